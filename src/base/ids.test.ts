// Addresses, type tags, state keys and hex: one canonical form each, and nothing else is let in.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBcs, encodeBcs } from './bcs.ts';
import { fromHex, toHex } from './bytes.ts';
import { DecodeError } from './errors.ts';
import { addressFromBytes, addressToBytes, parseAddress, parseChannelId, parseU64, shortAddress } from './ids.ts';
import { encodeStateKey, readStateKey, type StateKey, stateKeyId } from './state.ts';
import {
  formatTypeTag,
  type PassedTag,
  parseTypeTag,
  readTypeTag,
  structTag,
  type TypeTag,
  writeTypeTag,
} from './type-tag.ts';

const address = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => addressFromBytes(bytes));
const identifier = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,12}$/);
/** With the numbers that BCS gives them. */
const NUMBERS = {
  bool: 0,
  u8: 1,
  u64: 2,
  u128: 3,
  address: 4,
  signer: 5,
  u16: 8,
  u32: 9,
  u256: 10,
  i8: 12,
  i16: 13,
  i32: 14,
  i64: 15,
  i128: 16,
  i256: 17,
} as const;
const PRIMITIVES = Object.keys(NUMBERS) as (keyof typeof NUMBERS)[];
const { tag } = fc.letrec<{ tag: TypeTag; passed: PassedTag }>((tie) => ({
  passed: fc.record({
    passed: fc.constantFrom('reference', 'mutableReference', 'value'),
    type: tie('tag'),
  }),
  tag: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...PRIMITIVES).map((kind) => ({ kind }) as TypeTag),
    tie('tag').map((element) => ({ kind: 'vector', element }) as const),
    fc
      .tuple(address, identifier, identifier, fc.array(tie('tag'), { maxLength: 3 }))
      .map(([a, module, name, args]) => structTag(a, module, name, args)),
    fc.record({
      kind: fc.constant('function' as const),
      params: fc.array(tie('passed'), { maxLength: 2 }),
      returns: fc.array(tie('passed'), { maxLength: 2 }),
      abilities: fc.nat(15),
    }),
  ),
}));

describe('addresses', () => {
  it('have one form, whatever they were written as', () => {
    expect(parseAddress('0x1')).toBe(`0x${'0'.repeat(63)}1`);
    expect(parseAddress('A')).toBe(parseAddress('0x000a'));
    expect(shortAddress(parseAddress('0x0'))).toBe('0x0');
    fc.assert(
      fc.property(address, (a) => parseAddress(shortAddress(a)) === a && addressFromBytes(addressToBytes(a)) === a),
    );
  });

  it.each(['', '0x', '0xg', `0x${'1'.repeat(65)}`, '-1', ' 0x1'])('refuse %j', (text) => {
    expect(() => parseAddress(text)).toThrow(DecodeError);
  });
});

describe('numbers and hex', () => {
  it.each(['', '-1', '01', '1.0', '0x1', '18446744073709551616', '1e3'])('refuse %j as a u64', (text) => {
    expect(() => parseU64(text, 'field')).toThrow(DecodeError);
  });

  it('read the largest u64 and hex in either case', () => {
    expect(parseChannelId('18446744073709551615')).toBe(2n ** 64n - 1n);
    expect(toHex(fromHex('0xAbCd'))).toBe('abcd');
    expect(() => fromHex('abc')).toThrow(DecodeError);
    expect(() => fromHex('zz')).toThrow(DecodeError);
  });
});

describe('type tags', () => {
  it.each(['|||()|()', '||(||())', '|u8, &||(u8)|()', '|&mut |||()|()|()', '|| ()'])('read %j', (text) => {
    expect(formatTypeTag(parseTypeTag(text))).toBe(text.replace('| (', '|('));
  });

  it.each(Object.entries(NUMBERS))('%s has number %i', (kind, number) => {
    expect(encodeBcs((writer) => writeTypeTag(writer, parseTypeTag(kind)))).toEqual(Uint8Array.of(number));
  });

  it('come back from text and from BCS as they were', () => {
    fc.assert(
      fc.property(tag, (t) => {
        expect(parseTypeTag(formatTypeTag(t))).toEqual(t);
        const bytes = encodeBcs((w) => writeTypeTag(w, t));
        expect(decodeBcs(bytes, 'tag', (r) => readTypeTag(r))).toEqual(t);
      }),
    );
  });

  it.each([
    '',
    'u65',
    'vector',
    'vector<u8',
    'vector<u8,u8>',
    '0x1::m',
    '0x1::m::',
    '0x1::1m::S',
    '0x1::m::S<>',
    'u8 x',
    '&u8',
  ])('refuse %j', (text) => {
    expect(() => parseTypeTag(text)).toThrow(DecodeError);
  });

  it('refuse what is nested too deeply, as text and as BCS', () => {
    expect(() => parseTypeTag(`${'vector<'.repeat(50)}u8${'>'.repeat(50)}`)).toThrow(/nested too deeply/);
    expect(() => decodeBcs(new Uint8Array(100_000).fill(6), 'tag', (r) => readTypeTag(r))).toThrow(/nested too deeply/);
  });

  it('read hostile bytes to a tag or a DecodeError, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          decodeBcs(bytes, 'tag', (r) => readTypeTag(r));
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });
});

describe('state keys', () => {
  const key: fc.Arbitrary<StateKey> = fc.oneof(
    fc
      .tuple(address, address, identifier, identifier)
      .map(([at, a, module, name]) => ({ kind: 'resource', address: at, type: structTag(a, module, name) }) as const),
    fc
      .tuple(address, fc.uint8Array({ maxLength: 40 }))
      .map(([handle, bytes]) => ({ kind: 'item', handle, key: Uint8Array.from(bytes) }) as const),
  );

  it('come back from BCS, and have equal ids only if they are equal', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(decodeBcs(encodeStateKey(a), 'key', (r) => readStateKey(r))).toEqual(a);
        expect(stateKeyId(a) === stateKeyId(b)).toBe(toHex(encodeStateKey(a)) === toHex(encodeStateKey(b)));
      }),
    );
  });
});
