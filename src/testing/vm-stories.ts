// Stories for the VM: calls one after another on one state, told so that every instruction and its edge values come up. What the Rust VM makes of
// them is recorded in `src/vm/fixtures/recorded.json` (by `scripts/vm/record-stories.ts`); our VM has to make the same of them.

import { type BcsWriter, encodeBcs } from '../base/bcs.ts';
import { type Bytes, fromHex } from '../base/bytes.ts';
import { addressToBytes, parseAddress } from '../base/ids.ts';

export interface StoryCall {
  readonly function: string;
  readonly args: readonly Bytes[];
  readonly typeArgs?: readonly string[];
  /** Addresses. */
  readonly senders?: readonly string[];
}

export interface Story {
  readonly name: string;
  /** Of the fixture module that the functions are in, at 0xcafe. */
  readonly module: string;
  readonly calls: readonly StoryCall[];
}

const INTEGERS = { u8: 8, u16: 16, u32: 32, u64: 64, u128: 128, u256: 256 } as const;
type IntegerName = keyof typeof INTEGERS;
const INTEGER_NAMES = Object.keys(INTEGERS) as IntegerName[];
const ALICE = '0xa11ce';
const BOB = '0xb0b';

/**
 * Key, signature, message: RFC 8032 test 2, then with a bit off in each, an S that is too large, wrong sizes, R of
 * small order. Keys of small order are not here: the Rust VM at hand takes them, Aptos does not (`natives/natives.test.ts`).
 */
const KEY = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
const R = '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da';
const S = '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';
const S_TOO_LARGE = 'f52db6415839a7b6dc8c0876aeeb326d387b2eaeb4302aeeb00d291612bb0c10';
const SMALL_ORDER = '0100000000000000000000000000000000000000000000000000000000000000';
const NOT_A_POINT = '0200000000000000000000000000000000000000000000000000000000000000';
const ED25519_CASES: readonly (readonly [key: string, signature: string, message: string])[] = [
  [KEY, R + S, '72'],
  [KEY, R + S, '73'],
  [KEY, R + S_TOO_LARGE, '72'],
  [KEY, SMALL_ORDER + S, '72'],
  [NOT_A_POINT, R + S, '72'],
  [KEY, NOT_A_POINT + S, '72'],
  [KEY.slice(2), R + S, '72'],
  [KEY, R, '72'],
];

export const STORIES: readonly Story[] = [
  ...INTEGER_NAMES.map((name) => ({ name: `arithmetic on ${name}`, module: 'arithmetic', calls: arithmetic(name) })),
  {
    name: 'bool and constants',
    module: 'arithmetic',
    calls: [
      ...[0, 1].flatMap((a) => [0, 1].map((b) => call('logic', Uint8Array.of(a), Uint8Array.of(b)))),
      call('constants'),
      ...[0n, 1n, 12_345_678n, (1n << 64n) - 1n].flatMap((a) =>
        [0n, 7n, (1n << 127n) + 5n].map((b) =>
          call('mixed', integer('u64', a), integer('u128', b), integer('u256', (1n << 255n) + a * b)),
        ),
      ),
    ],
  },
  {
    name: 'control flow and calls',
    module: 'basic',
    calls: [
      ...[0n, 1n, 1000n].map((n) => call('sum_to', u64(n))),
      call('fib', u64(15n)),
      call('fib', u64(3000n)),
      ...[1n, 27n, 97n].map((n) => call('collatz', u64(n))),
      call('make_line', u64(3n), u64(4n)),
      call('use_two', u64(3n)),
      call('use_two', u64(9n)),
      call('use_two', u64((1n << 64n) - 1n)),
      call('nested'),
      call('shell_sort', u64(50n)),
      call('fail', u64(0n)),
      call('fail', u64((1n << 64n) - 1n)),
    ],
  },
  {
    name: 'values, references, generics, enums',
    module: 'values',
    calls: [
      ...[0n, 9n, (1n << 64n) - 1n].map((x) => call('wide', u64(x))),
      call('swap_locals', integer('u128', 1n), integer('u128', 2n)),
      call('swap_locals', integer('u128', (1n << 128n) - 1n), integer('u128', 2n)),
      ...[0n, 1n, 2n, 5n].map((n) => call('rotate', u64(n))),
      ...[0n, 1n, 2n, 5n].map((n) => call('rotate_structs', u64(n))),
      call('arguments'),
      call('copies'),
      ...[0, 1].map((kind) => call('tree', Uint8Array.of(kind))),
      ...[0, 1].map((kind) => call('unpack_wrong', Uint8Array.of(kind))),
      ...[0, 1, 2].map((kind) => call('mixed', Uint8Array.of(kind))),
      call('colors'),
      call('generics'),
      call('bytes_of', u64(77n)),
      call('order'),
      ...[0n, 1n, 3n, 10n].map((n) => call('vectors', u64(n))),
      ...[0n, 2n, 3n, 1n << 32n, (1n << 64n) - 1n].map((i) => call('get', u64s(1n, 2n, 3n), u64(i))),
      ...[0n, 2n, 3n, 1n << 32n].map((i) => call('set', u64s(1n, 2n, 3n), u64(i), u64(9n))),
      ...[0n, 1n, 2n].flatMap((i) =>
        [0n, 1n, 2n, 1n << 33n].map((j) => call('swap', bytesList([1], [2, 3]), u64(i), u64(j))),
      ),
      call(
        'pop',
        encodeBcs((w) => w.vector([1n, 2n], (x, v) => x.u256(v))),
      ),
      call('pop', Uint8Array.of(0)),
      call('destroy', Uint8Array.of(0)),
      call('destroy', Uint8Array.of(1, 5)),
      call('echo', Uint8Array.of(2, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0), text('héllo'), Uint8Array.of(2, 1, 1, 0)),
      ...[0n, 1n, 10n, 1000n, 1022n, 1023n, 1024n, 1025n, 1030n].map((n) => call('mutual', u64(n))),
      ...[0n, 500n, 1000n, 1020n, 1021n, 1022n, 1023n, 1024n, 1030n].map((n) => call('deep', u64(n))),
      ...[0n, 1n, 5n, 30n].map((n) => call('labelled', u64(n))),
      call('strings', text('abc'), text('ü')),
      call('strings', text(''), text('')),
      ...[
        [0n, 0n],
        [0n, 3n],
        [1n, 3n],
        [2n, 3n],
        [1n, 2n],
        [3n, 1n],
        [0n, 9n],
      ].map(([i, j]) => call('sub', text('aüb'), u64(i ?? 0n), u64(j ?? 0n))),
      call('bad_utf8', Uint8Array.of(2, 0xc3, 0x28)),
      call('bad_utf8', Uint8Array.of(2, 0xc3, 0xbc)),
    ],
  },
  {
    name: 'resources',
    module: 'storage',
    calls: [
      call('value', address(ALICE)),
      call('bump', address(ALICE), u64(1n)),
      signed(ALICE, 'start', u64(5n)),
      signed(ALICE, 'start', u64(6n)),
      signed(BOB, 'start', u64(7n)),
      call('has', address(ALICE)),
      call('bump', address(ALICE), u64(10n)),
      call('bump', address(ALICE), u64((1n << 64n) - 1n)),
      call('bump_twice', address(ALICE), address(BOB)),
      call('bump_twice', address(ALICE), address(ALICE)),
      call('bump_twice', address(ALICE), address('0x5')),
      call('touch', address(ALICE)),
      call('value', address(ALICE)),
      signed(ALICE, 'restart'),
      signed('0x5', 'restart'),
      signed('0x5', 'abort_late', address(ALICE)),
      call('stop', address(ALICE)),
      call('stop', address(ALICE)),
      call('value', address(ALICE)),
      call('value', address(BOB)),
    ],
  },
  {
    name: 'nested values in storage',
    module: 'storage',
    calls: [
      signed(ALICE, 'open'),
      call('add', address(ALICE), u64(1n), bytes(1, 2)),
      call('add', address(ALICE), u64(2n), bytes()),
      call('add', address(ALICE), u64(3n), bytes(9)),
      call('add', address(ALICE), u64(1n << 32n), bytes(9)),
      call('edit', address(ALICE), u64(0n), u64(1n), Uint8Array.of(77)),
      call('edit', address(ALICE), u64(1n), u64(1n), Uint8Array.of(77)),
      call('edit', address(ALICE), u64(5n), u64(0n), Uint8Array.of(77)),
      call('summary', address(ALICE)),
      call('close', address(ALICE)),
      call('summary', address(ALICE)),
    ],
  },
  {
    name: 'generic resources and enums in storage',
    module: 'storage',
    calls: [
      { ...signed(ALICE, 'wrap', Uint8Array.of(1), bytes(1, 2, 3)), typeArgs: ['u8'] },
      { ...signed(ALICE, 'wrap', Uint8Array.of(0), bytes(1, 2, 3)), typeArgs: ['u8'] },
      { ...signed(ALICE, 'wrap', Uint8Array.of(1), bytes()), typeArgs: ['u8'] },
      { ...call('unwrap', address(ALICE)), typeArgs: ['vector<u8>'] },
      { ...call('unwrap', address(ALICE)), typeArgs: ['vector<u8>'] },
      { ...call('unwrap', address(ALICE)), typeArgs: ['0xcafe::storage::Counter'] },
      { ...call('unwrap', address(ALICE)), typeArgs: ['signer'] },
      ...[0, 1, 2].map((kind) => signed(`0x10${kind}`, 'draw', Uint8Array.of(kind), u64(10n))),
      ...[0, 1, 2].map((kind) => call('grow', address(`0x10${kind}`))),
      ...[0, 1, 2].map((kind) => call('force_radius', address(`0x10${kind}`), u64(4n))),
      call('reshape', address('0x101')),
      call('grow', address('0x101')),
      call('grow', address('0x777')),
    ],
  },
  {
    name: 'tables',
    module: 'storage',
    calls: [
      signed(ALICE, 'write'),
      call('read', address(ALICE), u64(1n)),
      call('read', address(ALICE), u64(3n)),
      call('page', address(ALICE), u64(1n), text(' more')),
      call('page', address(ALICE), u64(3n), text('three')),
      call('page', address(ALICE), u64(4n), text('three')),
      call('read', address(ALICE), u64(1n)),
      call('rewrite', address(ALICE), u64(1n)),
      call('duplicate', address(ALICE), u64(1n)),
      call('tear', address(ALICE), u64(2n)),
      call('tear', address(ALICE), u64(2n)),
      call('read', address(ALICE), u64(2n)),
    ],
  },
  {
    name: 'natives',
    module: 'natives',
    calls: [
      ...[bytes(), bytes(1, 2, 3), bytes(...new Array<number>(200).fill(7))].map((data) => call('hashes', data)),
      call('names'),
      call('no_struct'),
      call('round_trip', u64(1n << 63n)),
      call('bad_bool'),
      call('long_u64', bytes(1, 2, 3)),
      call('long_u64', bytes(1, 2, 3, 4, 5, 6, 7, 8, 9)),
      call('text', bytes(3, 0x61, 0x62, 0x63)),
      call('text', bytes(2, 0xc3, 0x28)),
      call('text', bytes(0x83, 0x00, 0x61, 0x62, 0x63)),
      call('sizes'),
      ...ED25519_CASES.map(([key, signature, message]) => call('verify', hex(key), hex(signature), hex(message))),
    ],
  },
  {
    name: 'generic forms',
    module: 'forms',
    calls: [
      call('change', address(ALICE), u64(1n)),
      call('drop_held', address(ALICE)),
      { ...signed(ALICE, 'hold', bytes(1, 2)), typeArgs: ['u8'] },
      { ...signed(ALICE, 'hold', bytes()), typeArgs: ['u8'] },
      call('held', address(ALICE)),
      call('held', address(BOB)),
      call('held_bool', address(ALICE)),
      call('change', address(ALICE), u64(1n)),
      call('change', address(ALICE), u64((1n << 64n) - 1n)),
      call('change_bool', address(ALICE)),
      call('held', address(ALICE)),
      call('drop_held', address(ALICE)),
      call('drop_held', address(ALICE)),
      ...[0, 1].map((kind) => call('field', Uint8Array.of(kind), integer('u128', 9n))),
      ...[0, 1].map((kind) => call('shared_field', Uint8Array.of(kind), integer('u128', 1n << 127n))),
      ...[0, 1].map((kind) => call('set_field', Uint8Array.of(kind), u64((1n << 64n) - 1n))),
      ...[0, 1, 2].map((kind) => call('matched', Uint8Array.of(kind))),
      ...[0, 1].map((kind) => call('tested', Uint8Array.of(kind))),
      { ...signed(ALICE, 'open'), typeArgs: ['u8'] },
      call('enter', address(ALICE), u64(3n), u64(4n)),
      call('enter', address(ALICE), u64(2n), u64((1n << 64n) - 4n)),
      call('enter', address(ALICE), u64((1n << 64n) - 1n), u64(1n)),
      ...[2n, 3n, 4n, 9n].map((entry) => call('entered', address(ALICE), u64(entry))),
      call('entered', address(BOB), u64(1n)),
      signed(ALICE, 'emptied'),
      call('written', integer('u256', (1n << 256n) - 1n), address(ALICE)),
      call('written', integer('u256', 0n), address('0x0')),
      call('formatted', u64(7n), address(BOB)),
      call('formatted_wrong', u64(7n)),
      call('transaction'),
    ],
  },
  {
    name: 'what no compiler writes',
    module: 'assembled',
    calls: [
      ...[0, 1].flatMap((a) => [0, 1].map((b) => call('logic', Uint8Array.of(a), Uint8Array.of(b)))),
      ...[0, 1].map((isFirst) => call('open', Uint8Array.of(isFirst), u64((1n << 64n) - 1n))),
      ...[0, 1].map((isFirst) => call('open_generic', Uint8Array.of(isFirst), integer('u128', (1n << 128n) - 1n))),
      call('same', ...INTEGER_NAMES.map((name) => integer(name, (1n << BigInt(INTEGERS[name])) - 1n))),
      ...[0n, 1n, 2n, 3n, 4n].map((count) =>
        call(
          'unpack_three',
          encodeBcs((writer) =>
            writer.vector(
              Array.from({ length: Number(count) }, (_, i) => BigInt(i) << 100n),
              (w, value) => w.u128(value),
            ),
          ),
        ),
      ),
    ],
  },
];

function arithmetic(name: IntegerName): StoryCall[] {
  const bits = INTEGERS[name];
  const max = (1n << BigInt(bits)) - 1n;
  const half = 1n << BigInt(bits / 2);
  const values = [0n, 1n, 3n, half - 1n, half, max / 3n, max - 1n, max];
  const some = [0n, 1n, max / 3n, max];
  const binary = (operations: readonly string[], of: readonly bigint[]): StoryCall[] =>
    operations.flatMap((operation) =>
      of.flatMap((a) => of.map((b) => call(`${operation}_${name}`, integer(name, a), integer(name, b)))),
    );
  const amounts = [0, 1, 7, 8, 31, 32, 63, 64, 65, 127, 128, 200, 255];
  const limits = INTEGER_NAMES.flatMap((to) => {
    const toMax = (1n << BigInt(INTEGERS[to])) - 1n;
    return [...some, toMax, toMax + 1n]
      .filter((value) => value <= max)
      .map((value) => call(`cast_${name}_${to}`, integer(name, value)));
  });
  return [
    ...binary(['add', 'sub', 'mul', 'div', 'mod'], values),
    ...binary(['and', 'or', 'xor', 'compare'], some),
    ...['shl', 'shr'].flatMap((operation) =>
      [1n, max, max / 3n].flatMap((value) =>
        amounts.map((amount) => call(`${operation}_${name}`, integer(name, value), Uint8Array.of(amount))),
      ),
    ),
    ...limits,
  ];
}

function call(name: string, ...args: readonly Bytes[]): StoryCall {
  return { function: name, args };
}

function signed(sender: string, name: string, ...args: readonly Bytes[]): StoryCall {
  return { function: name, args, senders: [sender] };
}

function integer(name: IntegerName, value: bigint): Bytes {
  const result = new Uint8Array(INTEGERS[name] / 8);
  for (let i = 0; i < result.length; i++) result[i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return result;
}

function u64(value: bigint): Bytes {
  return integer('u64', value);
}

function u64s(...values: readonly bigint[]): Bytes {
  return encodeBcs((writer: BcsWriter) => writer.vector(values, (w, value) => w.u64(value)));
}

function bytes(...values: readonly number[]): Bytes {
  return encodeBcs((writer) => writer.bytes(Uint8Array.from(values)));
}

function bytesList(...values: readonly (readonly number[])[]): Bytes {
  return encodeBcs((writer) => writer.vector(values, (w, value) => w.bytes(Uint8Array.from(value))));
}

/** A `vector<u8>`. */
function hex(value: string): Bytes {
  return encodeBcs((writer) => writer.bytes(fromHex(value)));
}

function text(value: string): Bytes {
  return encodeBcs((writer) => writer.string(value));
}

function address(value: string): Bytes {
  return addressToBytes(parseAddress(value));
}
