// std and aptos_std natives that need no cryptography, called one by one: results, aborts and what they charge, by the facts of Aptos's sources.

import { describe, expect, it } from 'vitest';
import { type Bytes, concatBytes, fromHex, utf8Encode } from '../../base/bytes.ts';
import { addressToBytes, parseAddress } from '../../base/ids.ts';
import { bcs, flag, NativeCalls, text, u64, u128, vector } from '../../testing/native-calls.ts';
import { STRAIT_1 } from '../gas.ts';

const printed: string[] = [];
const natives = new NativeCalls(
  {
    aggregator_v2: [
      'struct Aggregator<T> has drop, store { value: T, max_value: T }',
      'struct DerivedStringSnapshot has drop, store { value: 0x1::string::String, padding: vector<u8> }',
    ],
    bcs: [
      'native to_bytes<T>(&T): vector<u8>',
      'native serialized_size<T>(&T): u64',
      'native constant_serialized_size<T>(): 0x1::option::Option<u64>',
    ],
    cmp: ['enum Ordering has copy, drop { Less {}, Equal {}, Greater {} }', 'native compare<T>(&T, &T): Ordering'],
    debug: ['native native_print(0x1::string::String)', 'native native_stack_trace(): 0x1::string::String'],
    from_bcs: ['native from_bytes<T>(vector<u8>): T'],
    string: [
      'struct String has copy, drop, store { bytes: vector<u8> }',
      'native internal_sub_string(&vector<u8>, u64, u64): vector<u8>',
      'native internal_index_of(&vector<u8>, &vector<u8>): u64',
      'native internal_is_char_boundary(&vector<u8>, u64): bool',
    ],
    string_utils: [
      'struct Cons<T, N> has copy, drop, store { car: T, cdr: N }',
      'struct NIL has copy, drop, store { dummy_field: bool }',
      'native native_format<T>(&T, bool, bool, bool, bool): 0x1::string::String',
      'native native_format_list<T>(&vector<u8>, &T): 0x1::string::String',
    ],
    things: [
      'struct Pair<A, B> has copy, drop, store { first: A, second: B }',
      'enum Shape has copy, drop, store { Dot {}, Line { length: u64 }, Text { bytes: vector<u8>, scale: i16 } }',
    ],
    type_info: ['native chain_id_internal(): u8'],
    vector: ['native move_range<T>(&mut vector<T>, u64, u64, &mut vector<T>, u64)'],
  },
  { print: (line) => printed.push(line) },
);

const ORDER = { less: ['00'], equal: ['01'], greater: ['02'] };
const address = (hex: string) => addressToBytes(parseAddress(hex));
const list = (...items: readonly Bytes[]) => concatBytes(Uint8Array.of(items.length), ...items);
const hexOf = (value: string) => [Buffer.from(text(value)).toString('hex')];

describe('cmp::compare', () => {
  const compare = (type: string, a: Bytes, b: Bytes) => natives.call('cmp::compare', [a, b], { typeArgs: [type] });

  it.each(['u8', 'u16', 'u32', 'u64', 'u128', 'u256'])('orders %s by value', (type) => {
    const size = Number(type.slice(1)) / 8;
    const low = new Uint8Array(size).fill(0);
    const one = low.slice();
    one[0] = 1;
    // The highest bit: the largest byte last, as numbers are little-endian.
    const high = low.slice();
    high[size - 1] = 0x80;
    expect(compare(type, low, low)).toEqual(ORDER.equal);
    expect(compare(type, low, one)).toEqual(ORDER.less);
    expect(compare(type, high, one)).toEqual(ORDER.greater);
    expect(compare(type, one, high)).toEqual(ORDER.less);
  });

  it.each(['i8', 'i16', 'i32', 'i64', 'i128', 'i256'])('orders %s with its sign', (type) => {
    const size = Number(type.slice(1)) / 8;
    const minusOne = new Uint8Array(size).fill(0xff);
    const zero = new Uint8Array(size);
    const least = new Uint8Array(size);
    least[size - 1] = 0x80;
    expect(compare(type, minusOne, zero)).toEqual(ORDER.less);
    expect(compare(type, zero, minusOne)).toEqual(ORDER.greater);
    expect(compare(type, least, minusOne)).toEqual(ORDER.less);
    expect(compare(type, minusOne, minusOne)).toEqual(ORDER.equal);
  });

  it('orders bool, and addresses by their bytes', () => {
    expect(compare('bool', flag(false), flag(true))).toEqual(ORDER.less);
    expect(compare('address', address('0x1'), address('0x2'))).toEqual(ORDER.less);
    expect(compare('address', address('0x100'), address('0xff'))).toEqual(ORDER.greater);
    expect(compare('address', address(`0x${'ff'.repeat(32)}`), address('0xff'))).toEqual(ORDER.greater);
  });

  it('orders vectors by the first difference, then by length', () => {
    const bytes = (hex: string) => vector(fromHex(hex));
    expect(compare('vector<u8>', bytes('0102'), bytes('0103'))).toEqual(ORDER.less);
    expect(compare('vector<u8>', bytes('02'), bytes('0103'))).toEqual(ORDER.greater);
    expect(compare('vector<u8>', bytes('01'), bytes('0100'))).toEqual(ORDER.less);
    expect(compare('vector<u8>', bytes(''), bytes(''))).toEqual(ORDER.equal);
    expect(compare('vector<u64>', list(u64(1), u64(256)), list(u64(1), u64(2)))).toEqual(ORDER.greater);
    expect(compare('vector<vector<u8>>', list(bytes('ff')), list(bytes('ff'), bytes('')))).toEqual(ORDER.less);
  });

  it('orders structs by their fields and enums by their variants first', () => {
    const pair = (a: number, b: string) => concatBytes(u64(a), text(b));
    const type = '0x1::things::Pair<u64, 0x1::string::String>';
    expect(compare(type, pair(1, 'b'), pair(1, 'a'))).toEqual(ORDER.greater);
    expect(compare(type, pair(0, 'b'), pair(1, 'a'))).toEqual(ORDER.less);
    expect(compare(type, pair(1, 'a'), pair(1, 'a'))).toEqual(ORDER.equal);
    const shape = '0x1::things::Shape';
    const line = (length: number) => concatBytes(Uint8Array.of(1), u64(length));
    const words = (bytes: string, scale: number) =>
      concatBytes(
        Uint8Array.of(2),
        text(bytes),
        bcs((writer) => writer.u16(scale & 0xffff)),
      );
    expect(compare(shape, Uint8Array.of(0), Uint8Array.of(0))).toEqual(ORDER.equal);
    expect(compare(shape, line(1 << 30), words('', 0))).toEqual(ORDER.less);
    expect(compare(shape, line(2), line(1))).toEqual(ORDER.greater);
    expect(compare(shape, words('a', -5), words('a', 3))).toEqual(ORDER.less);
  });

  it('charges for both values whole, however soon they differ', () => {
    const long = (first: number) => vector(Uint8Array.from([first, ...new Uint8Array(999)]));
    const gas = (a: Bytes, b: Bytes) => natives.run('cmp::compare', [a, b], { typeArgs: ['vector<u8>'] }).gasUsed;
    expect(gas(long(1), long(2))).toBe(gas(long(1), long(1)));
  });
});

describe('string_utils', () => {
  /** Flags: type tag, canonical addresses, single line, integer types. */
  const format = (type: string, value: Bytes, flags = '0010') =>
    natives.call('string_utils::native_format', [value, ...[...flags].map((digit) => flag(digit === '1'))], {
      typeArgs: [type],
    });
  const pair = concatBytes(u64(7), text('say "\\"'));
  const type = '0x1::things::Pair<u64, 0x1::string::String>';

  it('writes integers, with their types if asked', () => {
    expect(format('u8', Uint8Array.of(255))).toEqual(hexOf('255'));
    expect(format('u128', u128((1n << 128n) - 1n), '0011')).toEqual(
      hexOf('340282366920938463463374607431768211455u128'),
    );
    expect(format('i16', fromHex('feff'), '0011')).toEqual(hexOf('-2i16'));
    expect(format('i256', fromHex(`${'00'.repeat(31)}80`))).toEqual(hexOf(`${-(1n << 255n)}`));
    expect(format('bool', flag(true), '0011')).toEqual(hexOf('true'));
  });

  it('writes addresses short or whole', () => {
    expect(format('address', address('0xabc'))).toEqual(hexOf('@0xabc'));
    expect(format('address', address('0x0'))).toEqual(hexOf('@0x0'));
    expect(format('address', address('0xabc'), '0110')).toEqual(hexOf(`@${'abc'.padStart(64, '0')}`));
  });

  it('writes strings with quotes and bytes in hex', () => {
    expect(format('0x1::string::String', text('a "b" \\ é'))).toEqual(hexOf('"a \\"b\\" \\\\ é"'));
    expect(format('vector<u8>', vector(fromHex('00ff')))).toEqual(hexOf('0x00ff'));
    expect(format('vector<u8>', vector(fromHex('')))).toEqual(hexOf('0x'));
  });

  it('writes vectors, on lines only if what they hold has parts', () => {
    expect(format('vector<u64>', list())).toEqual(hexOf('[]'));
    expect(format('vector<u64>', list(u64(1), u64(2)), '0000')).toEqual(hexOf('[ 1, 2 ]'));
    expect(format('vector<vector<u16>>', list(list(fromHex('0100')), list()), '0000')).toEqual(
      hexOf('[\n  [ 1 ],\n  []\n]'),
    );
  });

  it('writes structs with field names, on one line or on several', () => {
    expect(format(type, pair)).toEqual(hexOf('Pair { first: 7, second: "say \\"\\\\\\"" }'));
    expect(format(type, pair, '1010')).toEqual(
      hexOf('0x1::things::Pair<u64, 0x1::string::String> { first: 7, second: "say \\"\\\\\\"" }'),
    );
    expect(format(`vector<${type}>`, list(pair), '0001')).toEqual(
      hexOf('[\n  Pair {\n    first: 7u64,\n    second: "say \\"\\\\\\""\n  }\n]'),
    );
  });

  it('writes options and variants', () => {
    expect(format('0x1::option::Option<u64>', list())).toEqual(hexOf('None'));
    expect(format('0x1::option::Option<u64>', list(u64(5)), '0011')).toEqual(hexOf('Some(5u64)'));
    expect(format('0x1::things::Shape', Uint8Array.of(0))).toEqual(hexOf('Dot{}'));
    const words = concatBytes(Uint8Array.of(2), vector(fromHex('aa')), fromHex('0100'));
    expect(format('0x1::things::Shape', words)).toEqual(hexOf('Text{ bytes: 0xaa, scale: 1 }'));
    expect(format('0x1::things::Shape', words, '0000')).toEqual(hexOf('Text{\n  bytes: 0xaa,\n  scale: 1\n}'));
  });

  it('does not write what Aptos keeps apart', () => {
    expect(format('0x1::aggregator_v2::Aggregator<u64>', concatBytes(u64(1), u64(2)))).toBe('abort 3');
  });

  it('charges for each node, and for the bytes of texts', () => {
    const { format: node, formatPerByte } = STRAIT_1.natives.stringUtils;
    const gas = (type: string, value: Bytes) =>
      natives.run('string_utils::native_format', [value, ...Array.from({ length: 4 }, () => flag(true))], {
        typeArgs: [type],
      }).gasUsed;
    const bools = (count: number) => bcs((writer) => writer.vector(new Array(count).fill(0), (w, bit) => w.u8(bit)));
    const units = (internal: number) => BigInt(Math.floor(internal / 1_000_000));
    const nodes = gas('vector<bool>', bools(20_000)) - gas('vector<bool>', bools(0));
    expect([0n, 1n]).toContain(nodes - units(20_000 * node));
    const bytes = gas('vector<u8>', vector(new Uint8Array(1_000_000))) - gas('vector<u8>', vector(new Uint8Array(0)));
    expect([0n, 1n]).toContain(bytes - units(1_000_000 * formatPerByte));
  });

  const NIL = '0x1::string_utils::NIL';
  const cons = (car: string, cdr: string) => `0x1::string_utils::Cons<${car}, ${cdr}>`;
  const formatList = (pattern: string, type: string, value: Bytes) =>
    natives.call('string_utils::native_format_list', [vector(utf8Encode(pattern)), value], { typeArgs: [type] });

  it('fills a list into a format', () => {
    const two = cons('u64', cons('address', NIL));
    const value = concatBytes(u64(9), address('0x1'), flag(false));
    expect(formatList('a {} b {}!', two, value)).toEqual(hexOf('a 9 b @0x1!'));
    expect(formatList('{{{}}} {}', two, value)).toEqual(hexOf('{9} @0x1'));
    expect(formatList('no', NIL, flag(false))).toEqual(hexOf('no'));
  });

  it('says what is wrong with a format or a list', () => {
    const one = cons('u64', NIL);
    const value = concatBytes(u64(9), flag(false));
    expect(formatList('{} {}', one, value)).toBe('abort 1');
    expect(formatList('', one, value)).toBe('abort 1');
    expect(formatList('x', 'u64', u64(1))).toBe('abort 1');
    for (const pattern of ['{', '}', '{x}', '}x', '{}}'])
      expect(formatList(pattern, one, value), pattern).toBe('abort 2');
    expect(natives.call('string_utils::native_format_list', [vector(fromHex('ff')), value], { typeArgs: [one] })).toBe(
      'abort 2',
    );
  });
});

describe('bcs and from_bcs', () => {
  const constant = (type: string) => natives.call('bcs::constant_serialized_size', [], { typeArgs: [type] });

  it('knows which types have one size only', () => {
    expect(constant('u8')).toEqual([`01${'01'.padEnd(16, '0')}`]);
    expect(constant('i64')).toEqual([`01${'08'.padEnd(16, '0')}`]);
    expect(constant('0x1::things::Pair<u256, bool>')).toEqual([`01${'21'.padEnd(16, '0')}`]);
    for (const type of ['vector<u8>', 'signer', '0x1::things::Shape', '0x1::things::Pair<u8, vector<u8>>']) {
      expect(constant(type), type).toEqual(['00']);
    }
    expect(constant('0x1::aggregator_v2::Aggregator<u64>')).toEqual([`01${'10'.padEnd(16, '0')}`]);
  });

  it('encodes a signer as its address, and decodes none', () => {
    const alice = parseAddress('0xa11ce');
    expect(natives.call('bcs::to_bytes', [], { typeArgs: ['signer'], senders: [alice] })).toEqual([
      `20${alice.slice(2)}`,
    ]);
    expect(natives.call('from_bcs::from_bytes', [vector(addressToBytes(alice))], { typeArgs: ['signer'] })).toBe(
      'abort 65537',
    );
  });

  it('does not encode what Aptos keeps apart, but knows its size', () => {
    const [value, typeArgs] = [concatBytes(u64(1), u64(2)), ['0x1::aggregator_v2::Aggregator<u64>']];
    expect(natives.call('bcs::to_bytes', [value], { typeArgs })).toBe('abort 453');
    expect(natives.call('bcs::serialized_size', [value], { typeArgs })).toEqual(['10'.padEnd(16, '0')]);
    expect(natives.call('from_bcs::from_bytes', [vector(value)], { typeArgs })).toBe('abort 65537');
  });
});

describe('string', () => {
  const bytes = vector(utf8Encode('aé€z'));

  it('cuts and finds', () => {
    expect(natives.call('string::internal_sub_string', [bytes, u64(1), u64(3)])).toEqual(['02c3a9']);
    expect(natives.call('string::internal_sub_string', [bytes, u64(3), u64(1)])).toBe('abort 1');
    expect(natives.call('string::internal_index_of', [bytes, vector(utf8Encode('€'))])).toEqual(['03'.padEnd(16, '0')]);
    expect(natives.call('string::internal_index_of', [bytes, vector(utf8Encode('q'))])).toEqual(['07'.padEnd(16, '0')]);
    expect(natives.call('string::internal_index_of', [bytes, vector(utf8Encode(''))])).toEqual(['00'.padEnd(16, '0')]);
  });

  it('ends out of gas for a range that no memory holds', () => {
    const end = u64((1n << 64n) - 1n);
    expect(natives.call('string::internal_sub_string', [bytes, u64(0), end], { gasLimit: 1000n })).toBe('OUT_OF_GAS');
  });
});

describe('vector::move_range', () => {
  const call = (from: Bytes, start: bigint, length: bigint, to: Bytes, at: bigint) =>
    natives.run('vector::move_range', [from, u64(start), u64(length), to, u64(at)], { typeArgs: ['u64'] }).status;
  const [from, to] = [list(u64(1), u64(2), u64(3)), list(u64(9))];

  it('aborts with 1 when a range is not there, however large the numbers', () => {
    for (const [start, length, at] of [
      [1n, 3n, 0n],
      [4n, 0n, 0n],
      [0n, 1n, 2n],
      [(1n << 64n) - 1n, 2n, 0n],
      [0n, 0n, (1n << 64n) - 1n],
    ] as const) {
      expect(call(from, start, length, to, at)).toMatchObject({ kind: 'abort', code: 1n });
    }
    expect(call(from, 3n, 0n, to, 1n)).toEqual({ kind: 'executed' });
  });
});

describe('debug and type_info', () => {
  it('prints where the owner says, and shows no stack', () => {
    expect(natives.call('debug::native_print', [text('hello')])).toEqual([]);
    expect(printed).toEqual(['hello']);
    expect(natives.call('debug::native_stack_trace')).toEqual(['00']);
  });

  it('tells the chain if there is one', () => {
    expect(natives.call('type_info::chain_id_internal', [], { transaction: { chainId: 4 } })).toEqual(['04']);
    expect(natives.call('type_info::chain_id_internal')).toBe('VM_EXTENSION_ERROR');
  });
});
