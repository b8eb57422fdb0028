// Values as JSON and back: the forms of Aptos's REST API, every type through both ways, and JSON that means harm.

import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBcs } from '../base/bcs.ts';
import { type Bytes, fromHex, toHex } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { addressToBytes, parseAddress } from '../base/ids.ts';
import { parseTypeTag, type TypeTag, writeTypeTag } from '../base/type-tag.ts';
import { moduleBytes, TestState } from '../testing/test-state.ts';
import { type Json, valueToJson } from './json.ts';
import { type JsonForms, jsonToValue } from './json-parse.ts';

const FRAMEWORK = path.resolve(import.meta.dirname, '../../move/framework/bytecode');
const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const state = new TestState(
  [path.join(FIXTURES, 'bytecode'), path.join(FIXTURES, 'debug'), FRAMEWORK].flatMap(moduleBytes),
);

const show = (type: string, hex: string): Json => valueToJson(state, parseTypeTag(type), fromHex(hex));
const parse = (type: string, json: Json, forms: JsonForms = 'rest'): string =>
  toHex(jsonToValue(state, parseTypeTag(type), json, forms));

const LONG = `0x${'00'.repeat(31)}10`;
const ONE = '01'.padStart(64, '0');
const CASES: readonly (readonly [type: string, hex: string, json: Json])[] = [
  ['bool', '01', true],
  ['u8', 'ff', 255],
  ['u16', 'ffff', 65_535],
  ['u32', 'ffffffff', 4_294_967_295],
  ['u64', 'ff'.repeat(8), '18446744073709551615'],
  ['u128', 'ff'.repeat(16), '340282366920938463463374607431768211455'],
  ['u256', 'ff'.repeat(32), String((1n << 256n) - 1n)],
  ['i8', '80', -128],
  ['i16', 'feff', -2],
  ['i32', '00000080', -2_147_483_648],
  ['i64', '00000000000000ff', '-72057594037927936'],
  ['i128', `${'00'.repeat(15)}80`, String(-(1n << 127n))],
  ['i256', `${'ff'.repeat(31)}7f`, String((1n << 255n) - 1n)],
  ['address', ONE, '0x1'],
  ['address', `${'00'.repeat(31)}10`, LONG],
  ['vector<u8>', '03010203', '0x010203'],
  ['vector<u8>', '00', '0x'],
  ['vector<u16>', '0201000200', [1, 2]],
  ['vector<vector<u8>>', '0201ff00', ['0xff', '0x']],
  ['0x1::string::String', '03c3bc21', 'ü!'],
  ['0x1::option::Option<u64>', '00', { vec: [] }],
  ['0x1::option::Option<u64>', '010700000000000000', { vec: ['7'] }],
  ['0x1::option::Option<u8>', '0107', { vec: '0x07' }],
  ['0x1::table::Table<u64, u8>', ONE, { handle: '0x1' }],
  ['0xcafe::basic::Point', '01000000000000000200000000000000', { x: '1', y: '2' }],
  ['0xcafe::shop::Article', '03746561030000000000000005000000', { name: 'tea', price: '3', left: 5 }],
];

describe('JSON of values', () => {
  it.each(CASES)('%s %s is as the REST API has it, and is read back', (type, hex, json) => {
    expect(show(type, hex)).toEqual(json);
    expect(parse(type, json)).toBe(hex);
  });

  it('names the variant of an enum', () => {
    const square = `01${'02'.padEnd(16, '0')}0207ff`;
    expect(show('0xcafe::storage::Shape', square)).toEqual({ __variant__: 'Square', side: '2', label: '0x07ff' });
    expect(parse('0xcafe::storage::Shape', { __variant__: 'Square', side: '2', label: '0x07ff' })).toBe(square);
    expect(show('0xcafe::storage::Shape', '02')).toEqual({ __variant__: 'Empty' });
  });

  it('tells a function value by its function, mask and captured values', () => {
    const tag: TypeTag = { kind: 'function', params: [], returns: [], abilities: 0 };
    const bytes = encodeBcs((w) => {
      w.uleb128(9)
        .u16(1)
        .fixed(addressToBytes(parseAddress('0xcafe')))
        .string('shop')
        .string('pay');
      w.vector([parseTypeTag('u8')], writeTypeTag).u64(3n);
      // A struct's layout of three, the article; then u64.
      w.uleb128(6).uleb128(0).uleb128(3).uleb128(6).uleb128(0).uleb128(1).uleb128(5).uleb128(1).uleb128(2).uleb128(9);
      w.string('tea').u64(3n).u32(5).uleb128(2).u64(8n);
    });
    expect(valueToJson(state, tag, bytes)).toEqual({
      __fun_name__: '0xcafe::shop::pay',
      __ty_args__: ['u8'],
      __mask__: '11',
      __captured__: [{ name: 'tea', price: '3', left: 5 }, '8'],
    });
    expect(() => jsonToValue(state, tag, { __fun_name__: '0xcafe::shop::pay' })).toThrow(
      'nobody can send a function value',
    );
  });

  it('says of a String that is none what it is', () => {
    expect(show('0x1::string::String', '02c328')).toBe('Unparsable utf-8 0xc328');
  });

  it('takes other forms only where that is asked for', () => {
    const more: readonly (readonly [string, Json, Json])[] = [
      ['u8', '7', 7],
      ['u64', 7, '7'],
      ['i64', -7, '-7'],
      ['vector<u8>', [1, 2], '0x0102'],
      ['0x1::option::Option<u64>', null, { vec: [] }],
      ['0x1::option::Option<u64>', '7', { vec: ['7'] }],
    ];
    for (const [type, lenient, rest] of more) {
      expect(parse(type, lenient, 'lenient')).toBe(parse(type, rest));
      expect(() => parse(type, lenient)).toThrow(DecodeError);
    }
    expect(parse('0x1::object::Object<0x1::object::ObjectCore>', '0x1')).toBe(ONE);
    expect(parse('vector<0x1::object::Object<u8>>', ['0x1'], 'lenient')).toBe(`01${ONE}`);
    expect(parse('u64', '+7')).toBe(parse('u64', '7'));
  });

  it('names the place of what does not fit', () => {
    const article = { name: 'tea', price: '3', left: 5 };
    const wrong: readonly (readonly [string, Json, string])[] = [
      ['vector<0xcafe::shop::Article>', [article, { ...article, price: -1 }], 'value[1].price: -1 is no u64'],
      ['0xcafe::shop::Article', { name: 'tea', price: '3' }, 'value.left: missing in 0xcafe::shop::Article'],
      ['0x1::option::Option<vector<u8>>', { vec: ['0xfg'] }, 'value.vec[0]'],
      ['u8', 256, 'value: 256 is no u8'],
      ['u32', 1.5, 'value: 1.5 is no u32'],
      ['u32', Number.NaN, 'value: NaN is no u32'],
      ['i8', -129, 'value: -129 is no i8'],
      ['u64', '18446744073709551616', 'is no u64'],
      ['u256', '1'.repeat(79), 'is no u256'],
      ['u64', '0x10', 'is no u64'],
      ['address', '0xxyz', 'value: not an address'],
      ['signer', '0x1', 'nobody can send a signer'],
      ['0xcafe::storage::Shape', { __variant__: 'Nothing' }, 'value.__variant__'],
    ];
    for (const [type, json, problem] of wrong) expect(() => parse(type, json)).toThrow(problem);
  });

  it('is not led astray by what objects inherit, holes, or size', () => {
    const inherited = Object.create({ x: '1', y: '2' }) as Json;
    expect(() => parse('0xcafe::basic::Point', inherited)).toThrow('value.x: missing');
    expect(() => parse('0xcafe::storage::Shape', JSON.parse('{"__proto__":{"__variant__":"Circle"}}') as Json)).toThrow(
      DecodeError,
    );
    expect(() => parse('vector<u16>', new Array<Json>(2))).toThrow('value[0]: null is no u16');
    expect(() => parse('vector<u64>', new Array<Json>(200_000).fill('1'))).toThrow('over 1048576 bytes');
    const cyclic: Json[] = [];
    cyclic.push(cyclic);
    expect(() => parse('vector<vector<vector<u16>>>', cyclic)).toThrow(DecodeError);
  });

  it('comes back the same, whatever the type', () => {
    fc.assert(
      fc.property(typeAndJson, ([type, json]) => {
        const bytes = jsonToValue(state, type, json, 'rest');
        expect(valueToJson(state, type, bytes)).toEqual(json);
        expect(jsonToValue(state, type, json, 'lenient')).toEqual(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('of any bytes is refused, or gives those bytes again', () => {
    fc.assert(
      fc.property(typeAndJson, fc.uint8Array({ maxLength: 80 }), ([type], data) => {
        const bytes: Bytes = new Uint8Array(data);
        let json: Json;
        try {
          json = valueToJson(state, type, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
          return;
        }
        if (JSON.stringify(json).includes('Unparsable')) return;
        // An Option of two is shown as it is; nobody can send one.
        if (/"vec":(\[[^[\]]*,|"0x....)/.test(JSON.stringify(json))) return;
        expect(jsonToValue(state, type, json, 'rest')).toEqual(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  it('of anything for any type is refused or taken, and nothing else', () => {
    fc.assert(
      fc.property(
        typeAndJson,
        fc.jsonValue({ maxDepth: 6 }),
        fc.constantFrom<JsonForms>('rest', 'lenient'),
        ([type], json, forms) => {
          try {
            valueToJson(state, type, jsonToValue(state, type, json as Json, forms));
          } catch (error) {
            expect(error).toBeInstanceOf(DecodeError);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

/** A type, and a value of it as the REST API shows it. */
const typeAndJson: fc.Arbitrary<readonly [TypeTag, Json]> = typeAt(3).chain((type) =>
  jsonOf(type).map((json) => [type, json] as const),
);

function typeAt(depth: number): fc.Arbitrary<TypeTag> {
  const leaves = [
    'bool',
    'u8',
    'u16',
    'u32',
    'u64',
    'u128',
    'u256',
    'i8',
    'i16',
    'i32',
    'i64',
    'i128',
    'i256',
    'address',
  ];
  const named = ['0x1::string::String', '0xcafe::basic::Line', '0xcafe::shop::Article', '0xcafe::basic::Point'];
  const simple = fc.constantFrom(...leaves, ...named).map((text) => parseTypeTag(text));
  if (depth === 0) return simple;
  const inner = typeAt(depth - 1);
  const option = parseTypeTag('0x1::option::Option<u8>');
  return fc.oneof(
    simple,
    inner.map((element): TypeTag => ({ kind: 'vector', element })),
    inner.map((some): TypeTag => (option.kind === 'struct' ? { ...option, typeArgs: [some] } : option)),
  );
}

function jsonOf(type: TypeTag): fc.Arbitrary<Json> {
  const unsigned = (bits: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });
  const signed = (bits: number) => fc.bigInt({ min: -(1n << BigInt(bits - 1)), max: (1n << BigInt(bits - 1)) - 1n });
  const bits = Number(type.kind.slice(1));
  switch (type.kind) {
    case 'bool':
      return fc.boolean();
    case 'u8':
    case 'u16':
    case 'u32':
      return unsigned(bits).map(Number);
    case 'u64':
    case 'u128':
    case 'u256':
      return unsigned(bits).map(String);
    case 'i8':
    case 'i16':
    case 'i32':
      return signed(bits).map(Number);
    case 'i64':
    case 'i128':
    case 'i256':
      return signed(bits).map(String);
    case 'address':
      return unsigned(256).map((value) =>
        value < 16n ? `0x${value.toString(16)}` : `0x${value.toString(16).padStart(64, '0')}`,
      );
    case 'vector':
      return type.element.kind === 'u8'
        ? fc.uint8Array({ maxLength: 20 }).map((bytes) => `0x${toHex(bytes)}`)
        : fc.array(jsonOf(type.element), { maxLength: 3 });
    case 'struct':
      break;
    default:
      throw new Error(`no values of ${type.kind}`);
  }
  const parts = (fields: Readonly<Record<string, string>>) =>
    fc.record(Object.fromEntries(Object.entries(fields).map(([name, of]) => [name, jsonOf(parseTypeTag(of))])));
  switch (type.name) {
    case 'String':
      return fc.string({ unit: 'binary', maxLength: 10 });
    case 'Option':
      return type.typeArgs[0]?.kind === 'u8'
        ? fc.uint8Array({ maxLength: 1 }).map((bytes) => ({ vec: `0x${toHex(bytes)}` }))
        : fc.array(jsonOf(type.typeArgs[0] ?? { kind: 'bool' }), { maxLength: 1 }).map((vec) => ({ vec }));
    case 'Point':
      return parts({ x: 'u64', y: 'u64' });
    case 'Line':
      return parts({ from: '0xcafe::basic::Point', to: '0xcafe::basic::Point', name: 'vector<u8>' });
    default:
      return parts({ name: '0x1::string::String', price: 'u64', left: 'u32' });
  }
}
