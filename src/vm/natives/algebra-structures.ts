// What a field or group of `0x1::crypto_algebra` can do, its formats, and what either costs; and how such structures are made of fields and points.
// Which there are, `algebra-curves.ts` says.

import type { bls12_381 } from '@noble/curves/bls12-381.js';
import { type Bytes, concatBytes } from '../../base/bytes.ts';
import type { GasSchedule } from '../gas.ts';
import { fromLittleEndian, toLittleEndian } from './scalars.ts';

type Curves = GasSchedule['natives']['cryptoAlgebra'];
/** What an operation costs. */
type Gas = (gas: Curves) => number;
type Charge = (units: Gas) => void;

export interface Format<T> {
  /** Other sizes are refused before anything is charged. */
  readonly size: number;
  /** Charges as it goes. Nothing when the bytes are no element. */
  decode(bytes: Uint8Array, charge: Charge): T | undefined;
  readonly encodeGas: Gas;
  encode(value: T): Bytes;
}

/** Operations as Move names them. What a structure lacks, it does not have on Aptos. */
export interface Structure<T> {
  /** Elements that are kept in the same way can be cast into each other. */
  readonly elements: string;
  /** Memory that one takes, as Aptos counts it. */
  readonly bytes: number;
  /** Lowest byte first. */
  readonly order: Bytes;
  readonly formats: Readonly<Record<string, Format<T>>>;
  readonly gas: Readonly<Record<'zero' | 'one' | 'eq' | 'neg' | 'add' | 'sub', Gas>>;
  zero(): T;
  one(): T;
  eq(a: T, b: T): boolean;
  neg(a: T): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  readonly field?: FieldOperations<T>;
  readonly group?: GroupOperations<T>;
}

export interface FieldOperations<T> {
  readonly gas: Readonly<Record<'mul' | 'div' | 'sqr' | 'inv' | 'fromU64', Gas>>;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  sqr(a: T): T;
  inv(a: T): T;
  isZero(a: T): boolean;
  fromU64(value: bigint): T;
}

export interface GroupOperations<T> {
  /** Name of the structure of its scalars. */
  readonly scalars: string;
  readonly gas: Readonly<Record<'double' | 'scalarMul', Gas>>;
  double(a: T): T;
  times(a: T, scalar: bigint): T;
  /** Of points only: sums of products, and pairing. */
  readonly toAffine?: Gas;
}

/** From a field into a group within it. */
export interface Cast {
  readonly larger: string;
  readonly smaller: string;
  readonly gas: Gas;
  isMember(value: unknown): boolean;
}

export interface Pairing {
  readonly first: string;
  readonly second: string;
  readonly target: string;
  readonly gas: { readonly single: Gas; readonly multiBase: Gas; readonly multiPerPair: Gas };
  pair(pairs: readonly (readonly [first: unknown, second: unknown])[]): unknown;
}

/** Bytes of a scalar, and of a group's order. */
export const FR_SIZE = 32;

/** A field of noble's, as far as it is used here. */
interface Field<T> {
  readonly ORDER: bigint;
  readonly ZERO: T;
  readonly ONE: T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  sqr(a: T): T;
  neg(a: T): T;
  inv(a: T): T;
  eql(a: T, b: T): boolean;
  is0(a: T): boolean;
  pow(a: T, power: bigint): T;
}
interface Point<T> {
  add(other: T): T;
  subtract(other: T): T;
  negate(): T;
  double(): T;
  equals(other: T): boolean;
  multiplyUnsafe(scalar: bigint): T;
}
/** A field of degree twelve over that of a curve. */
export type Tower = typeof bls12_381.fields.Fp12;
export type TowerElement = Parameters<Tower['neg']>[0];
type FieldGas = Readonly<
  Record<
    | 'add'
    | 'deserialize'
    | 'div'
    | 'eq'
    | 'fromU64'
    | 'inv'
    | 'mul'
    | 'neg'
    | 'one'
    | 'serialize'
    | 'square'
    | 'sub'
    | 'zero',
    number
  >
>;
type Fq12Gas = FieldGas & { readonly clone: number; readonly pow: number };
type PointGas = Curves['bn254']['g1'];

export function primeField(
  field: Field<bigint>,
  elements: string,
  size: number,
  format: string,
  gas: (gas: Curves) => FieldGas,
): Structure<bigint> {
  const lowestFirst: Format<bigint> = {
    size,
    decode(bytes, charge) {
      charge((curves) => gas(curves).deserialize);
      const value = fromLittleEndian(bytes);
      return value < field.ORDER ? value : undefined;
    },
    encodeGas: (curves) => gas(curves).serialize,
    encode: (value) => toLittleEndian(value, size),
  };
  const highestFirst: Format<bigint> = {
    ...lowestFirst,
    decode: (bytes, charge) => lowestFirst.decode(bytes.slice().reverse(), charge),
    encode: (value) => lowestFirst.encode(value).reverse(),
  };
  return {
    ...fieldStructure(field, gas, (value) => value),
    elements,
    bytes: size,
    order: toLittleEndian(field.ORDER, size),
    formats: { [`${format}Lsb`]: lowestFirst, [`${format}Msb`]: highestFirst },
  };
}

export function fq12(
  field: Tower,
  elements: string,
  size: number,
  modulus: bigint,
  format: string,
  gas: (gas: Curves) => Fq12Gas,
): Structure<TowerElement> {
  const zeros = new Array<bigint>(11).fill(0n);
  return {
    ...fieldStructure<TowerElement>(field, gas, (value) => fromCoefficients(field, [value, ...zeros])),
    elements,
    bytes: 12 * size,
    order: shortest(modulus ** 12n),
    formats: {
      [format]: {
        size: 12 * size,
        decode(bytes, charge) {
          charge((curves) => gas(curves).deserialize);
          return decodeTower(field, bytes, size, modulus);
        },
        encodeGas: (curves) => gas(curves).serialize,
        encode: (value) => encodeTower(value, size),
      },
    },
  };
}

/** The group that pairings lead into: powers of a root of one, written as a sum by Move. */
export function target(
  field: Tower,
  about: { elements: string; size: number; modulus: bigint; order: bigint; prefix: string },
  gas: (gas: Curves) => Fq12Gas,
  generator: () => TowerElement,
): Structure<TowerElement> {
  const { elements, size, modulus, order, prefix } = about;
  let one: TowerElement | undefined;
  return {
    elements,
    bytes: 12 * size,
    order: toLittleEndian(order, FR_SIZE),
    formats: {
      [`${prefix}FormatGt`]: {
        size: 12 * size,
        decode(bytes, charge) {
          charge((curves) => gas(curves).deserialize);
          const value = decodeTower(field, bytes, size, modulus);
          if (value === undefined) return undefined;
          charge((curves) => gas(curves).pow + gas(curves).eq);
          return isRootOfOne(field, value, order) ? value : undefined;
        },
        encodeGas: (curves) => gas(curves).serialize,
        encode: (value) => encodeTower(value, size),
      },
    },
    gas: {
      zero: (curves) => gas(curves).one,
      one: (curves) => gas(curves).clone,
      eq: (curves) => gas(curves).eq,
      neg: (curves) => gas(curves).inv,
      add: (curves) => gas(curves).mul,
      sub: (curves) => gas(curves).div,
    },
    zero: () => field.ONE,
    one() {
      one ??= generator();
      return one;
    },
    eq: (a, b) => field.eql(a, b),
    neg: (a) => field.inv(a),
    add: (a, b) => field.mul(a, b),
    sub: (a, b) => field.mul(a, field.inv(b)),
    group: {
      scalars: `${prefix}Fr`,
      gas: { double: (curves) => gas(curves).square, scalarMul: (curves) => gas(curves).pow },
      double: (a) => field.sqr(a),
      times: (a, scalar) => field.pow(a, scalar),
    },
  };
}

export function isRootOfOne(field: Tower, value: TowerElement, order: bigint): boolean {
  return field.eql(field.pow(value, order), field.ONE);
}

function fieldStructure<T>(
  field: Field<T>,
  gas: (gas: Curves) => FieldGas,
  fromU64: (value: bigint) => T,
): Omit<Structure<T>, 'elements' | 'bytes' | 'order' | 'formats'> {
  return {
    gas: {
      zero: (curves) => gas(curves).zero,
      one: (curves) => gas(curves).one,
      eq: (curves) => gas(curves).eq,
      neg: (curves) => gas(curves).neg,
      add: (curves) => gas(curves).add,
      sub: (curves) => gas(curves).sub,
    },
    zero: () => field.ZERO,
    one: () => field.ONE,
    eq: (a, b) => field.eql(a, b),
    neg: (a) => field.neg(a),
    add: (a, b) => field.add(a, b),
    sub: (a, b) => field.sub(a, b),
    field: {
      gas: {
        mul: (curves) => gas(curves).mul,
        div: (curves) => gas(curves).div,
        sqr: (curves) => gas(curves).square,
        inv: (curves) => gas(curves).inv,
        fromU64: (curves) => gas(curves).fromU64,
      },
      mul: (a, b) => field.mul(a, b),
      div: (a, b) => field.mul(a, field.inv(b)),
      sqr: (a) => field.sqr(a),
      inv: (a) => field.inv(a),
      isZero: (a) => field.is0(a),
      fromU64,
    },
  };
}

interface PointsAbout<T> {
  readonly elements: string;
  readonly bytes: number;
  readonly order: bigint;
  readonly zero: T;
  readonly base: T;
  readonly scalars: string;
  readonly gas: (gas: Curves) => PointGas;
  readonly formats: Readonly<Record<string, PointFormat<T>>>;
}
interface PointFormat<T> {
  readonly size: number;
  readonly isCompressed: boolean;
  readonly decode: (bytes: Uint8Array) => T | undefined;
  readonly encode: (value: T) => Bytes;
}

export function points<T extends Point<T>>(about: PointsAbout<T>): Structure<T> {
  const { gas, zero, base } = about;
  const formats = Object.entries(about.formats).map(([name, { size, isCompressed, decode, encode }]) => {
    const format: Format<T> = {
      size,
      decode(bytes, charge) {
        charge((curves) => (isCompressed ? gas(curves).deserializeCompressed : gas(curves).deserialize));
        return decode(bytes);
      },
      encodeGas: (curves) =>
        gas(curves).toAffine + (isCompressed ? gas(curves).serializeCompressed : gas(curves).serialize),
      encode,
    };
    return [name, format] as const;
  });
  return {
    elements: about.elements,
    bytes: about.bytes,
    order: toLittleEndian(about.order, FR_SIZE),
    formats: Object.fromEntries(formats),
    gas: {
      zero: (curves) => gas(curves).infinity,
      one: (curves) => gas(curves).generator,
      eq: (curves) => gas(curves).eq,
      neg: (curves) => gas(curves).neg,
      add: (curves) => gas(curves).add,
      sub: (curves) => gas(curves).sub,
    },
    zero: () => zero,
    one: () => base,
    eq: (a, b) => a.equals(b),
    neg: (a) => a.negate(),
    add: (a, b) => a.add(b),
    sub: (a, b) => a.subtract(b),
    group: {
      scalars: about.scalars,
      gas: { double: (curves) => gas(curves).double, scalarMul: (curves) => gas(curves).scalarMul },
      double: (a) => a.double(),
      times: (a, scalar) => (scalar === 0n ? zero : a.multiplyUnsafe(scalar)),
      toAffine: (curves) => gas(curves).toAffine,
    },
  };
}

export function blsFormat<T extends { isTorsionFree(): boolean; is0(): boolean }>(
  size: number,
  decode: (bytes: Uint8Array, form: 'compressed' | 'uncompressed') => T | undefined,
  encode: (value: T, isCompressed: boolean) => Bytes,
  isCompressed: boolean,
): PointFormat<T> {
  return {
    size,
    isCompressed,
    decode(bytes) {
      const point = decode(bytes, isCompressed ? 'compressed' : 'uncompressed');
      return point?.is0() || point?.isTorsionFree() ? point : undefined;
    },
    encode: (value) => encode(value, isCompressed),
  };
}

export function bnFormat<T>(
  size: number,
  decode: (bytes: Uint8Array, isCompressed: boolean) => T | undefined,
  encode: (value: T, isCompressed: boolean) => Bytes,
  isCompressed: boolean,
): PointFormat<T> {
  return {
    size,
    isCompressed,
    decode: (bytes) => decode(bytes, isCompressed),
    encode: (value) => encode(value, isCompressed),
  };
}

export function pairingOf<G1, G2>(
  prefix: string,
  curves: {
    pairingBatch(pairs: { g1: G1; g2: G2 }[]): unknown;
    readonly fields: { readonly Fp12: { readonly ONE: unknown } };
  },
  gas: (gas: Curves) => { readonly single: number; readonly multiBase: number; readonly multiPerPair: number },
  isInfinity: (point: G1 | G2) => boolean,
): Pairing {
  return {
    first: `${prefix}G1`,
    second: `${prefix}G2`,
    target: `${prefix}Gt`,
    gas: {
      single: (all) => gas(all).single,
      multiBase: (all) => gas(all).multiBase,
      multiPerPair: (all) => gas(all).multiPerPair,
    },
    /** Infinity contributes nothing. */
    pair(pairs) {
      const finite = pairs
        .map(([g1, g2]) => ({ g1: g1 as G1, g2: g2 as G2 }))
        .filter(({ g1, g2 }) => !isInfinity(g1) && !isInfinity(g2));
      return finite.length === 0 ? curves.fields.Fp12.ONE : curves.pairingBatch(finite);
    },
  };
}

/** Twelve coefficients, the least significant first, each lowest byte first. */
function decodeTower(field: Tower, bytes: Uint8Array, size: number, modulus: bigint): TowerElement | undefined {
  const coefficients = Array.from({ length: 12 }, (_, i) => fromLittleEndian(bytes.subarray(i * size, (i + 1) * size)));
  return coefficients.every((value) => value < modulus) ? fromCoefficients(field, coefficients) : undefined;
}

function fromCoefficients(field: Tower, coefficients: readonly bigint[]): TowerElement {
  return field.fromBigTwelve(coefficients as Parameters<typeof field.fromBigTwelve>[0]);
}

function encodeTower({ c0, c1 }: TowerElement, size: number): Bytes {
  const parts = [c0, c1].flatMap((six) => [six.c0, six.c1, six.c2]).flatMap((two) => [two.c0, two.c1]);
  return concatBytes(...parts.map((value) => toLittleEndian(value, size)));
}

function shortest(value: bigint): Bytes {
  return toLittleEndian(value, Math.ceil(value.toString(16).length / 2));
}
