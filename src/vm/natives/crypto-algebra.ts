// 0x1::crypto_algebra: arithmetic in the fields and groups of BLS12-381 and BN254. An element of Move is the number of one that the run keeps; what a
// structure cannot do, or a format of another, is "not implemented", as on Aptos.

import { isFrameworkStruct, type Type } from '../types/type.ts';
import { CASTS, PAIRINGS, STRUCTURES } from './algebra-curves.ts';
import type { FieldOperations, Format, GroupOperations, Structure } from './algebra-structures.ts';
import { hashToG1, hashToG2 } from './hash-to-curve.ts';
import { type HostFunction, host, type Native, type NativeHost, type NativeModule, perRun } from './native.ts';
import { readU64s } from './vectors.ts';

/** `error::invalid_argument(2)`, `resource_exhausted(3)` and `not_implemented(1)` */
const INPUT_VECTOR_SIZES_NOT_MATCHING = 0x10002n;
const E_TOO_MUCH_MEMORY_USED = 0x90003n;
const NOT_IMPLEMENTED = 0xc0001n;
const MEMORY_MAX = 1 << 20;
/** Bits of a scalar, as the estimate of a sum of products takes it. */
const SCALAR_BITS = 255;

interface Kept {
  readonly elements: string;
  readonly value: unknown;
}
const store = perRun(() => ({ objects: [] as Kept[], bytes: 0 }));

type Any = Structure<unknown>;

export const CRYPTO_ALGEBRA: NativeModule = {
  zero_internal: inStructure((native, structure) => () => {
    charge(native, structure.gas.zero);
    return keep(native, structure, structure.zero());
  }),
  one_internal: inStructure((native, structure) => () => {
    charge(native, structure.gas.one);
    return keep(native, structure, structure.one());
  }),
  order_internal: inStructure((native, structure) => (result: number) => native.writeVector(result, structure.order)),
  eq_internal: inStructure((native, structure) => (a: bigint, b: bigint) => {
    const [x, y] = [borrow(native, structure, a), borrow(native, structure, b)];
    charge(native, structure.gas.eq);
    return structure.eq(x, y) ? 1 : 0;
  }),
  neg_internal: inStructure((native, structure) => (a: bigint) => {
    const x = borrow(native, structure, a);
    charge(native, structure.gas.neg);
    return keep(native, structure, structure.neg(x));
  }),
  add_internal: binary('add'),
  sub_internal: binary('sub'),
  from_u64_internal: inField((native, structure, field) => (value: bigint) => {
    charge(native, field.gas.fromU64);
    return keep(native, structure, field.fromU64(BigInt.asUintN(64, value)));
  }),
  mul_internal: inField((native, structure, field) => (a: bigint, b: bigint) => {
    const [x, y] = [borrow(native, structure, a), borrow(native, structure, b)];
    charge(native, field.gas.mul);
    return keep(native, structure, field.mul(x, y));
  }),
  sqr_internal: inField((native, structure, field) => (a: bigint) => {
    const x = borrow(native, structure, a);
    charge(native, field.gas.sqr);
    return keep(native, structure, field.sqr(x));
  }),
  div_internal: inField((native, structure, field) => (a: bigint, b: bigint) => {
    const [x, y] = [borrow(native, structure, a), borrow(native, structure, b)];
    charge(native, structure.gas.eq);
    if (field.isZero(y)) return [0, 0n];
    charge(native, field.gas.div);
    return [1, keep(native, structure, field.div(x, y))];
  }),
  inv_internal: inField((native, structure, field) => (a: bigint) => {
    const x = borrow(native, structure, a);
    charge(native, field.gas.inv);
    return field.isZero(x) ? [0, 0n] : [1, keep(native, structure, field.inv(x))];
  }),
  double_internal: inGroup((native, structure, group) => (a: bigint) => {
    const x = borrow(native, structure, a);
    charge(native, group.gas.double);
    return keep(native, structure, group.double(x));
  }),
  scalar_mul_internal: inGroup((native, structure, group, scalars) => {
    if (scalars === undefined) return notImplemented(native);
    return (element: bigint, scalar: bigint) => {
      const [x, k] = [borrow(native, structure, element), borrow(native, scalars, scalar)];
      charge(native, group.gas.scalarMul);
      return keep(native, structure, group.times(x, k as bigint));
    };
  }),
  multi_scalar_mul_internal: inGroup((native, structure, group, scalars) => {
    const { toAffine } = group;
    if (scalars === undefined || toAffine === undefined) return notImplemented(native);
    return (elements: number, factors: number) => {
      const [handles, scalarHandles] = [readU64s(native, elements), readU64s(native, factors)];
      const count = handles.length;
      if (count !== scalarHandles.length) native.abort(INPUT_VECTOR_SIZES_NOT_MATCHING);
      charge(native, toAffine, count);
      const points = handles.map((handle) => borrow(native, structure, handle));
      const numbers = scalarHandles.map((handle) => borrow(native, scalars, handle) as bigint);
      const { additions, doublings } = sumOfProducts(count);
      charge(native, structure.gas.add, additions);
      charge(native, group.gas.double, doublings);
      const sum = points.reduce(
        (total, point, i) => structure.add(total, group.times(point, numbers[i] ?? 0n)),
        structure.zero(),
      );
      return keep(native, structure, sum);
    };
  }),
  serialize_internal: inFormat((native, structure, format) => (handle: bigint, result: number) => {
    const value = borrow(native, structure, handle);
    charge(native, format.encodeGas);
    native.writeVector(result, format.encode(value));
  }),
  deserialize_internal: inFormat((native, structure, format) => (bytes: number) => {
    const encoded = native.readVector(bytes);
    if (encoded.length !== format.size) return [0, 0n];
    const value = format.decode(encoded, (gas) => charge(native, gas));
    return value === undefined ? [0, 0n] : [1, keep(native, structure, value)];
  }),
  downcast_internal: native0((native, [larger, smaller]) => {
    const cast = CASTS.find((each) => each.larger === larger && each.smaller === smaller);
    const structure = structureOf(larger);
    if (cast === undefined || structure === undefined) return notImplemented(native);
    return (handle: bigint) => {
      const value = borrow(native, structure, handle);
      charge(native, cast.gas);
      return [cast.isMember(value) ? 1 : 0, handle];
    };
  }),
  upcast_internal: native0((native, [smaller, larger]) => {
    const isCast = CASTS.some((each) => each.larger === larger && each.smaller === smaller);
    return isCast ? (handle: bigint) => handle : notImplemented(native);
  }),
  pairing_internal: inPairing((native, pairing, structures) => (a: bigint, b: bigint) => {
    const first = toAffine(native, structures.first, a);
    const second = toAffine(native, structures.second, b);
    charge(native, pairing.gas.single);
    return keep(native, structures.target, pairing.pair([[first, second]]));
  }),
  multi_pairing_internal: inPairing((native, pairing, structures) => (a: number, b: number) => {
    const [first, second] = [readU64s(native, a), readU64s(native, b)];
    if (first.length !== second.length) native.abort(INPUT_VECTOR_SIZES_NOT_MATCHING);
    const left = first.map((handle) => toAffine(native, structures.first, handle));
    const right = second.map((handle) => toAffine(native, structures.second, handle));
    charge(native, pairing.gas.multiBase);
    charge(native, pairing.gas.multiPerPair, first.length);
    return keep(native, structures.target, pairing.pair(left.map((point, i) => [point, right[i]] as const)));
  }),
  /** (domain separation tag, message) */
  hash_to_internal: native0((native, [structureName, suite]) => {
    const hash = HASHES.find((each) => each.structure === structureName && each.suite === suite);
    const structure = structureOf(structureName);
    if (hash === undefined || structure === undefined) return notImplemented(native);
    return (tag: number, message: number) => {
      const [dst, text] = [native.readVector(tag), native.readVector(message)];
      const { sha2_256, sha2_256PerByte } = native.gas.natives.hash;
      const { base, perByte } = native.gas.natives.cryptoAlgebra.bls12381[hash.gas];
      // A tag that is too long is hashed itself, behind seventeen bytes.
      const shortening = dst.length <= 255 ? 0 : sha2_256 + sha2_256PerByte * (17 + dst.length);
      native.charge(base + perByte * text.length + shortening);
      return keep(native, structure, hash.map(text, dst));
    };
  }),
};

const HASHES = [
  {
    structure: '0x1::bls12381_algebra::G1',
    suite: '0x1::bls12381_algebra::HashG1XmdSha256SswuRo',
    gas: 'hashToG1',
    map: hashToG1,
  },
  {
    structure: '0x1::bls12381_algebra::G2',
    suite: '0x1::bls12381_algebra::HashG2XmdSha256SswuRo',
    gas: 'hashToG2',
    map: hashToG2,
  },
] as const;

/** A native that finds what it does by its type arguments; all that it costs, it charges itself. */
function native0(bind: (native: NativeHost, names: readonly (string | undefined)[]) => HostFunction): Native {
  return host(
    () => 0,
    (native, { typeArgs }) => bind(native, typeArgs.map(nameOf)),
  );
}

function inStructure(bind: (native: NativeHost, structure: Any) => HostFunction): Native {
  return native0((native, [name]) => {
    const structure = structureOf(name);
    return structure ? bind(native, structure) : notImplemented(native);
  });
}

function inField(bind: (native: NativeHost, structure: Any, field: FieldOperations<unknown>) => HostFunction): Native {
  return inStructure((native, structure) =>
    structure.field ? bind(native, structure, structure.field) : notImplemented(native),
  );
}

/** `scalars` where the second type argument is the group's own. */
function inGroup(
  bind: (native: NativeHost, structure: Any, group: GroupOperations<unknown>, scalars: Any | undefined) => HostFunction,
): Native {
  return native0((native, [name, scalars]) => {
    const structure = structureOf(name);
    if (structure?.group === undefined) return notImplemented(native);
    const own = scalars === structure.group.scalars ? structureOf(scalars) : undefined;
    return bind(native, structure, structure.group, own);
  });
}

function inFormat(bind: (native: NativeHost, structure: Any, format: Format<unknown>) => HostFunction): Native {
  return native0((native, [name, formatName]) => {
    const structure = structureOf(name);
    const format =
      formatName !== undefined && structure && Object.hasOwn(structure.formats, formatName)
        ? structure.formats[formatName]
        : undefined;
    return structure && format ? bind(native, structure, format) : notImplemented(native);
  });
}

interface PairingStructures {
  readonly first: Any;
  readonly second: Any;
  readonly target: Any;
}

function inPairing(
  bind: (native: NativeHost, pairing: (typeof PAIRINGS)[number], structures: PairingStructures) => HostFunction,
): Native {
  return native0((native, names) => {
    const pairing = PAIRINGS.find(({ first, second, target }) => [first, second, target].join() === names.join());
    const [first, second, target] = names.map(structureOf);
    if (!pairing || !first || !second || !target) return notImplemented(native);
    return bind(native, pairing, { first, second, target });
  });
}

function binary(operation: 'add' | 'sub'): Native {
  return inStructure((native, structure) => (a: bigint, b: bigint) => {
    const [x, y] = [borrow(native, structure, a), borrow(native, structure, b)];
    charge(native, structure.gas[operation]);
    return keep(native, structure, structure[operation](x, y));
  });
}

function notImplemented(native: NativeHost): HostFunction {
  return () => native.abort(NOT_IMPLEMENTED);
}

function nameOf(type: Type): string | undefined {
  if (type.kind !== 'struct' && type.kind !== 'enum') return undefined;
  return isFrameworkStruct(type, type.module.name, type.structName) ? type.name : undefined;
}

function structureOf(name: string | undefined): Any | undefined {
  return name !== undefined && Object.hasOwn(STRUCTURES, name) ? STRUCTURES[name] : undefined;
}

function charge(
  native: NativeHost,
  gas: (gas: NativeHost['gas']['natives']['cryptoAlgebra']) => number,
  times = 1,
): void {
  native.charge(gas(native.gas.natives.cryptoAlgebra) * times);
}

function keep(native: NativeHost, { elements, bytes }: Any, value: unknown): bigint {
  const kept = store(native);
  if (kept.bytes + bytes > MEMORY_MAX) native.abort(E_TOO_MUCH_MEMORY_USED);
  kept.bytes += bytes;
  return BigInt(kept.objects.push({ elements, value }) - 1);
}

/** The framework hands out handles only of the right structure: others are a bug to Aptos. */
function borrow(native: NativeHost, { elements }: Any, handle: bigint): unknown {
  const { objects } = store(native);
  const number = BigInt.asUintN(64, handle);
  const found = number < BigInt(objects.length) ? objects[Number(number)] : undefined;
  if (found?.elements !== elements) native.fail('UNKNOWN_INVARIANT_VIOLATION_ERROR', 'no such element');
  return found?.value;
}

function toAffine(native: NativeHost, structure: Any, handle: bigint): unknown {
  if (structure.group?.toAffine) charge(native, structure.group.toAffine);
  return borrow(native, structure, handle);
}

/** How Aptos estimates the work of a sum of products: by buckets of windows of the scalars. */
function sumOfProducts(count: number): { readonly additions: number; readonly doublings: number } {
  const log2 = 32 - Math.clz32(Math.max(count - 1, 0));
  const window = count < 32 ? 3 : Math.floor((log2 * 69) / 100) + 2;
  const windows = Math.ceil(SCALAR_BITS / window);
  const buckets = 2 ** window;
  return { additions: (count + buckets + 1) * windows, doublings: buckets * windows };
}
