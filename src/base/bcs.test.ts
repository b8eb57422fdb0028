// The BCS writer and reader against an independent implementation, and against hostile bytes.

import { bcs } from '@mysten/bcs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BcsReader, BcsWriter, decodeBcs, encodeBcs, U64_MAX, U128_MAX, U256_MAX } from './bcs.ts';
import { concatBytes } from './bytes.ts';
import { AssertionError, DecodeError } from './errors.ts';

describe('BcsWriter', () => {
  it('writes integers, text, bytes and options as an independent implementation does', () => {
    const other = bcs.struct('Everything', {
      a: bcs.u8(),
      b: bcs.u16(),
      c: bcs.u32(),
      d: bcs.u64(),
      e: bcs.u128(),
      f: bcs.u256(),
      g: bcs.bool(),
      h: bcs.string(),
      i: bcs.vector(bcs.u8()),
      j: bcs.option(bcs.u64()),
    });
    fc.assert(
      fc.property(
        fc.record({
          a: fc.nat(0xff),
          b: fc.nat(0xffff),
          c: fc.nat(0xffff_ffff),
          d: fc.bigInt(0n, U64_MAX),
          e: fc.bigInt(0n, U128_MAX),
          f: fc.bigInt(0n, U256_MAX),
          g: fc.boolean(),
          h: fc.string({ unit: 'grapheme', maxLength: 300 }),
          i: fc.uint8Array({ maxLength: 300 }),
          j: fc.option(fc.bigInt(0n, U64_MAX), { nil: null }),
        }),
        (v) => {
          const ours = encodeBcs((w) =>
            w
              .u8(v.a)
              .u16(v.b)
              .u32(v.c)
              .u64(v.d)
              .u128(v.e)
              .u256(v.f)
              .bool(v.g)
              .string(v.h)
              .bytes(v.i)
              .option(v.j ?? undefined, (writer, item) => writer.u64(item)),
          );
          expect(ours).toEqual(other.serialize({ ...v, i: [...v.i] }).toBytes());
          const r = new BcsReader(ours);
          expect([r.u8('a'), r.u16('b'), r.u32('c'), r.u64('d'), r.u128('e'), r.u256('f'), r.bool('g')]).toEqual([
            v.a,
            v.b,
            v.c,
            v.d,
            v.e,
            v.f,
            v.g,
          ]);
          expect(r.string('h', 4000)).toBe(v.h);
          expect(r.bytes('i', 300)).toEqual(v.i);
          expect(r.option('j', (reader) => reader.u64('j'))).toBe(v.j ?? undefined);
          r.end('all');
        },
      ),
    );
  });

  it.each([
    ['u8', () => new BcsWriter().u8(256)],
    ['u16', () => new BcsWriter().u16(-1)],
    ['u32', () => new BcsWriter().u32(1.5)],
    ['u64', () => new BcsWriter().u64(U64_MAX + 1n)],
    ['uleb128', () => new BcsWriter().uleb128(2 ** 32)],
  ])('refuses to write a %s out of its range', (_, write) => {
    expect(write).toThrow(AssertionError);
  });
});

describe('BcsReader', () => {
  it('names the field and the place of what is wrong', () => {
    const read = () => decodeBcs(Uint8Array.of(1, 2), 'pair', (r) => [r.u8('first'), r.u16('second')]);
    expect(read).toThrow(expect.objectContaining({ name: 'DecodeError', what: 'second', offset: 1 }));
  });

  it.each([
    ['a length that is not canonical', [0x80, 0x00]],
    ['a length over 32 bits', [0xff, 0xff, 0xff, 0xff, 0x1f]],
    ['a length without an end', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['a length over the cap', [0x05, 1, 2, 3, 4, 5]],
    ['a length over what is there', [0x04, 1]],
  ])('refuses %s', (_, data) => {
    expect(() => new BcsReader(Uint8Array.from(data)).bytes('field', 4)).toThrow(DecodeError);
  });

  it('refuses a bool that is neither 0 nor 1, text that is not UTF-8, and bytes left over', () => {
    expect(() => new BcsReader(Uint8Array.of(2)).bool('flag')).toThrow(DecodeError);
    expect(() => new BcsReader(Uint8Array.of(2, 0xc3, 0x28)).string('text', 9)).toThrow(DecodeError);
    expect(() => decodeBcs(Uint8Array.of(1, 1), 'flag', (r) => r.bool('flag'))).toThrow(DecodeError);
  });

  it('does not allocate by a claimed length', () => {
    const claimsFourBillion = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f);
    expect(() => new BcsReader(claimsFourBillion).vector('items', 2 ** 32, (r) => r.u8('item'))).toThrow(DecodeError);
  });

  it('copies, so that a caller may reuse its buffer', () => {
    const data = concatBytes(Uint8Array.of(2, 7, 8));
    const bytes = new BcsReader(data).bytes('field', 2);
    data.fill(0);
    expect([...bytes]).toEqual([7, 8]);
  });
});
