// Making, holding and calling function values.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8Encode } from '../../base/bytes.ts';
import { sha3_256 } from '../../base/hash.ts';
import { parseAddress } from '../../base/ids.ts';
import {
  ALICE,
  assembled,
  BOOL,
  BYTES,
  bcs,
  CLOSURE_VERSION,
  ClosureWorld,
  call,
  callClosure,
  callGeneric,
  copyLoc,
  fn,
  immBorrowLoc,
  ldU64,
  leaf,
  moveLoc,
  mutable,
  mutBorrowLoc,
  packClosure,
  packClosureGeneric,
  parameter,
  ret,
  stLoc,
  U64,
  u64,
  vector,
} from '../../testing/closure-programs.ts';
import { ModuleDraft } from '../../testing/module-draft.ts';
import { moduleBytes } from '../../testing/test-state.ts';
import type { SignatureToken } from '../bytecode/module.ts';

/** A type, and random values of it in BCS. */
interface Sample {
  readonly name: string;
  readonly token: (draft: ModuleDraft) => SignatureToken;
  readonly value: fc.Arbitrary<Uint8Array<ArrayBuffer>>;
}

const fixed = (size: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => new Uint8Array(bytes));
const SAMPLES: readonly Sample[] = [
  { name: 'bool', token: () => BOOL, value: fc.boolean().map((bit) => Uint8Array.of(bit ? 1 : 0)) },
  { name: 'u8', token: () => leaf('u8'), value: fixed(1) },
  { name: 'u16', token: () => leaf('u16'), value: fixed(2) },
  { name: 'i32', token: () => leaf('i32'), value: fixed(4) },
  { name: 'u64', token: () => U64, value: fixed(8) },
  { name: 'u128', token: () => leaf('u128'), value: fixed(16) },
  { name: 'u256', token: () => leaf('u256'), value: fixed(32) },
  { name: 'address', token: () => leaf('address'), value: fixed(32) },
  {
    name: 'bytes',
    token: () => BYTES,
    value: fc.uint8Array({ maxLength: 20 }).map((bytes) => bcs((writer) => writer.bytes(bytes))),
  },
  {
    name: 'pair',
    token: (draft) => draft.typeOf(0),
    value: fc.tuple(fixed(8), fc.uint8Array({ maxLength: 9 })).map(([word, bytes]) =>
      concatBytes(
        word,
        bcs((writer) => writer.bytes(bytes)),
      ),
    ),
  },
];

/** `f` gives its parameters back; `run` calls it through a function value that captured those in `mask`. */
function echo(samples: readonly Sample[], mask: bigint): ModuleDraft {
  const draft = new ModuleDraft('m', CLOSURE_VERSION + 1);
  draft.struct('Pair', {
    abilities: 3,
    fields: [
      ['word', U64],
      ['bytes', BYTES],
    ],
  });
  const types = samples.map((sample) => sample.token(draft));
  const all = types.map((_, index) => index);
  const given = all.filter((index) => ((mask >> BigInt(index)) & 1n) === 0n);
  const taken = all.filter((index) => ((mask >> BigInt(index)) & 1n) === 1n);
  const f = draft.function('f', { parameters: types, returns: types, code: [...all.map(moveLoc), ret] });
  const givenTypes = given.map((index) => types[index] ?? U64);
  draft.function('run', {
    parameters: types,
    returns: types,
    code: [
      ...given.map(moveLoc),
      ...taken.map(moveLoc),
      packClosure(f, mask),
      callClosure(draft.signature([fn(givenTypes, types)])),
      ret,
    ],
  });
  return draft;
}

const maskOf = (bits: readonly boolean[]): bigint =>
  bits.reduce((mask, bit, index) => (bit ? mask | (1n << BigInt(index)) : mask), 0n);

describe('function values', () => {
  it('call their function with captured and given arguments in order, whichever were captured', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...SAMPLES), fc.boolean()), { maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        (parts, seeds) => {
          const samples = parts.map(([sample]) => sample);
          const world = new ClosureWorld(assembled(echo(samples, maskOf(parts.map(([, bit]) => bit)))));
          const args = samples.map(({ value }) => {
            const [seed = 0] = [seeds.next().value];
            return fc.sample(value, { seed, numRuns: 1 })[0] ?? new Uint8Array();
          });
          const result = world.run('run', args);
          expect(result.status).toEqual({ kind: 'executed' });
          expect(result.returns).toEqual(args);
          expect(result.returns).toEqual(world.run('f', args).returns);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    ['all', (1n << 64n) - 1n, 64],
    ['every other', 0x5555_5555_5555_5555n, 64],
    ['the last', 1n << 63n, 64],
    ['all but the first', (1n << 64n) - 2n, 64],
    // With one more the function type would have more parts than a type may have.
    ['none', 0n, 63],
  ])('can capture %s of many arguments', (_, mask, count) => {
    const u64Sample = SAMPLES.filter(({ name }) => name === 'u64');
    const samples = Array.from({ length: count }, () => u64Sample).flat();
    const args = samples.map((_part, index) => u64(index * index));
    const result = new ClosureWorld(assembled(echo(samples, mask))).run('run', args);
    expect(result.status).toEqual({ kind: 'executed' });
    expect(result.returns).toEqual(args);
  });

  it('can be called again after being copied: what one call does to a captured vector, the next does not see', () => {
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    const element = draft.signature([U64]);
    const push = draft.function('push', {
      parameters: [vector(U64), U64],
      returns: [U64],
      code: [
        mutBorrowLoc(0),
        moveLoc(1),
        { op: 'vecPushBack', type: element },
        immBorrowLoc(0),
        { op: 'vecLen', type: element },
        ret,
      ],
    });
    const type = draft.signature([fn([U64], [U64])]);
    draft.function('run', {
      parameters: [vector(U64)],
      returns: [U64, U64, vector(U64)],
      locals: [fn([U64], [U64])],
      code: [
        copyLoc(0),
        packClosure(push, 1),
        stLoc(1),
        ldU64(7),
        copyLoc(1),
        callClosure(type),
        ldU64(8),
        moveLoc(1),
        callClosure(type),
        moveLoc(0),
        ret,
      ],
    });
    const three = bcs((writer) => writer.vector([1n, 2n, 3n], (w, item) => w.u64(item)));
    const result = new ClosureWorld(assembled(draft)).run('run', [three]);
    expect(result.status).toEqual({ kind: 'executed' });
    expect(result.returns).toEqual([u64(4), u64(4), three]);
  });

  it('give nothing, one scalar, and several values, through references too', () => {
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    const add = draft.function('add', {
      parameters: [{ kind: 'mutableReference', inner: U64 }, U64],
      code: [copyLoc(0), { op: 'readRef' }, moveLoc(1), { op: 'add' }, moveLoc(0), { op: 'writeRef' }, ret],
    });
    const type = draft.signature([fn([{ kind: 'mutableReference', inner: U64 }], [])]);
    draft.function('run', {
      parameters: [U64, U64],
      returns: [U64],
      code: [mutBorrowLoc(0), moveLoc(1), packClosure(add, 2), callClosure(type), moveLoc(0), ret],
    });
    const result = new ClosureWorld(assembled(draft)).run('run', [u64(40), u64(2)]);
    expect(result.status).toEqual({ kind: 'executed' });
    expect(result.returns).toEqual([u64(42)]);
  });

  it('can be captured by others, held in structs, enums and vectors, passed and returned', () => {
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    const unary = fn([U64], [U64]);
    const holder = draft.struct('Holder', { abilities: 3, fields: [['f', unary]] });
    draft.struct('Choice', { abilities: 3, variants: { none: [], some: [['f', unary]] } });
    const choice = draft.typeOf(1);
    const add = draft.function('add', {
      parameters: [U64, U64],
      returns: [U64],
      code: [moveLoc(0), moveLoc(1), { op: 'add' }, ret],
    });
    const type = draft.signature([unary]);
    const twice = draft.function('twice', {
      parameters: [unary, U64],
      returns: [U64],
      code: [moveLoc(1), copyLoc(0), callClosure(type), moveLoc(0), callClosure(type), ret],
    });
    const make = draft.function('make', {
      parameters: [U64],
      returns: [unary],
      code: [moveLoc(0), packClosure(add, 1), ret],
    });
    const some = draft.structVariantHandles.push({ struct: 1, variant: 1 }) - 1;
    draft.function('run', {
      parameters: [U64, U64],
      returns: [U64],
      locals: [draft.typeOf(holder), vector(unary), choice],
      code: [
        // A vector of a choice of a holder of a function that calls a captured one twice.
        moveLoc(0),
        call(make),
        packClosure(twice, 1),
        { op: 'pack', index: holder },
        stLoc(2),
        moveLoc(2),
        { op: 'unpack', index: holder },
        { op: 'packVariant', index: some },
        stLoc(4),
        moveLoc(4),
        { op: 'unpackVariant', index: some },
        { op: 'vecPack', type, count: 1 },
        stLoc(3),
        moveLoc(1),
        moveLoc(3),
        { op: 'vecUnpack', type, count: 1 },
        callClosure(type),
        ret,
      ],
    });
    const result = new ClosureWorld(assembled(draft)).run('run', [u64(20), u64(2)]);
    expect(result.status).toEqual({ kind: 'executed' });
    expect(result.returns).toEqual([u64(42)]);
  });

  it('are made of generic functions, and fill type parameters', () => {
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    const T = parameter(0);
    const second = draft.function('second', {
      typeParameters: [3, 3],
      parameters: [T, parameter(1)],
      returns: [parameter(1)],
      code: [moveLoc(1), ret],
    });
    const apply = draft.function('apply', {
      typeParameters: [3, 3],
      parameters: [fn([T], [parameter(1)]), T],
      returns: [parameter(1)],
      code: [moveLoc(1), moveLoc(0), callClosure(draft.signature([fn([T], [parameter(1)])])), ret],
    });
    const identity = draft.function('identity', {
      typeParameters: [3],
      parameters: [T],
      returns: [T],
      code: [moveLoc(0), ret],
    });
    const unary = fn([U64], [U64]);
    const instance = (handle: number, args: readonly SignatureToken[]): number =>
      draft.instantiate('functionInstantiations', handle, args);
    draft.function('run', {
      parameters: [U64, BYTES],
      returns: [BYTES, U64],
      locals: [unary],
      code: [
        moveLoc(1),
        packClosureGeneric(instance(second, [U64, BYTES]), 2),
        copyLoc(0),
        callGeneric(instance(apply, [U64, BYTES])),
        packClosureGeneric(instance(identity, [U64]), 0),
        callGeneric(instance(identity, [unary])),
        stLoc(2),
        moveLoc(0),
        moveLoc(2),
        callClosure(draft.signature([unary])),
        ret,
      ],
    });
    const text = bcs((writer) => writer.string('generic'));
    const result = new ClosureWorld(assembled(draft)).run('run', [u64(9), text]);
    expect(result.status).toEqual({ kind: 'executed' });
    expect(result.returns).toEqual([text, u64(9)]);
  });

  it('call natives, which abort in their own module', () => {
    const framework = moduleBytes('move/framework/bytecode');
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    const one = parseAddress('0x1');
    const hash = draft.functionHandle(draft.module('hash', one), 'sha3_256', { parameters: [BYTES], returns: [BYTES] });
    const destroy = draft.functionHandle(draft.module('vector', one), 'move_range', {
      typeParameters: [0],
      parameters: [mutable(vector(parameter(0))), U64, U64, mutable(vector(parameter(0))), U64],
    });
    const bytesType = draft.signature([fn([], [BYTES])]);
    draft.function('hashed', {
      parameters: [BYTES],
      returns: [BYTES],
      code: [moveLoc(0), packClosure(hash, 1), callClosure(bytesType), ret],
    });
    const range = draft.instantiate('functionInstantiations', destroy, [leaf('u8')]);
    const rest = draft.signature([fn([mutable(BYTES), mutable(BYTES), U64], [])]);
    draft.function('moved', {
      parameters: [BYTES, BYTES],
      code: [
        mutBorrowLoc(0),
        mutBorrowLoc(1),
        ldU64(0),
        ldU64(9),
        ldU64(9),
        packClosureGeneric(range, 0b110),
        callClosure(rest),
        ret,
      ],
    });
    const world = new ClosureWorld([...framework, ...assembled(draft)]);
    const text = bcs((writer) => writer.string('text'));
    const result = world.run('hashed', [text]);
    expect(result.returns).toEqual([bcs((writer) => writer.bytes(sha3_256(utf8Encode('text'))))]);
    expect(world.run('moved', [text, text]).status).toMatchObject({
      kind: 'abort',
      location: { module: { name: 'vector' }, function: 'move_range', offset: 0 },
    });
  });

  it('are not for callers to bring, and not for entry functions to take', () => {
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    draft.function('run', { parameters: [fn([], [])], visibility: 'public', isEntry: true, code: [ret] });
    const result = new ClosureWorld(assembled(draft)).run('run', [u64(0)], { access: 'entry', senders: [ALICE] });
    expect(result.status).toMatchObject({ kind: 'failure', code: 'INVALID_MAIN_FUNCTION_SIGNATURE' });
  });
});
