// Ristretto points and scalars against RFC 9496 and the vectors of aptos-core; what is told in `fixtures/curves.move` is run here.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BcsReader } from '../../base/bcs.ts';
import { type Bytes, fromHex, toHex, utf8Encode } from '../../base/bytes.ts';
import { parseAddress } from '../../base/ids.ts';
import { NativeCalls, TRANSACTION_HASH, u64, u128, vector } from '../../testing/native-calls.ts';
import { moduleBytes, TestState } from '../../testing/test-state.ts';
import { MoveVm } from '../index.ts';
import { CRYPTO_NATIVES } from './crypto.ts';

const state = new TestState([
  ...moduleBytes(path.resolve(import.meta.dirname, '../../../move/framework/bytecode')),
  ...moduleBytes(path.resolve(import.meta.dirname, 'fixtures')),
]);
const vm = new MoveVm({ natives: CRYPTO_NATIVES });

/** A function of the fixture: its one result, or how the run ended. */
function run(name: string, args: readonly Bytes[] = [], gasLimit = 1_000_000n): string {
  const { status, returns } = vm.run(state, {
    call: { module: { address: parseAddress('0xcafe'), name: 'curves' }, function: name, typeArgs: [], args },
    senders: [],
    gasLimit,
    transactionHash: TRANSACTION_HASH,
    access: 'any',
  });
  if (status.kind === 'abort') return `abort ${status.code}`;
  return status.kind === 'executed' ? toHex(returns[0] ?? new Uint8Array(0)) : status.code;
}

const hex = (text: string) => vector(fromHex(text));
/** A `vector<vector<u8>>`. */
const lists = (encoded: string) =>
  new BcsReader(fromHex(encoded)).vector('list', 100, (reader) => toHex(reader.bytes('item', 1000)));

// RFC 9496, A.1: multiples of the generator.
const MULTIPLES = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76',
  '6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919',
  '94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259',
  'da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57',
  'e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e',
  'f64746d3c92b13050ed8d80236a7f0007c3b3f962f5ba793d19a601ebb1df403',
  '44f53520926ec81fbd5a387845beb7df85a96a24ece18738bdcfa6a7822a176d',
  '903293d8f2287ebe10e2374dc1a53e0bc887e592699f02d077d5263cdd55601c',
  '02622ace8f7303a31cafc63f8fc48fdc16e1c8c8d234b2f0d6685282a9076031',
  '20706fd788b2720a1ed2a5dad4952b01f413bcf0e7564de8cdc816689e2db95f',
  'bce83f8ba5dd2fa572864c24ba1810f9522bc6004afe95877ac73241cafdab42',
  'e4549ee16b9aa03099ca208c67adafcafa4c3f3e4e5303de6026e3ca8ff84460',
  'aa52e000df2e16f55fb1032fc33bc42742dad6bd5a8fc0be0167436c5948501f',
  '46376b80f409b29dc2b5f6f0c52591990896e5716f41477cd30085ab7f10301e',
  'e0c418f7c8d9c4cdd7395b93ea124f3ad99021bb681dfc3302a9d99a2e53e64e',
];
const small = (value: number) => hex(value.toString(16).padStart(2, '0').padEnd(64, '0'));
const of = (index: number) => hex(MULTIPLES[index] ?? '');

describe('points', () => {
  it('are the multiples of the generator that RFC 9496 lists', () => {
    expect(lists(run('multiples', [u64(16)]))).toEqual(MULTIPLES);
    for (const encoded of MULTIPLES) expect(run('same_again', [hex(encoded)])).toBe(`20${encoded}`);
  });

  // A.2 of the RFC: fields that are not reduced, negative ones, and such as give no point.
  it.each([
    '00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0100000000000000000000000000000000000000000000000000000000000000',
    '01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20',
    'c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562',
    'c940e5a4404157cfb1628b108db051a8d439e1a421394ec4ebccb9ec92a8ac78',
    '47cfc5497c53dc8e61c91d17fd626ffb1c49e2bca94eed052281b510b1117a24',
    'f1c6165d33367351b0da8f6e4511010c68174a03b6581212c71c0e1d026c3c72',
    '87260f7a2f12495118360f02c26a470f450dadf34a413d21042b43b9d93e1309',
    '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371',
    'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2df6',
    '',
    'e2f2',
  ])('are not what %s encodes', (encoded) => {
    expect(run('is_point', [hex(encoded)])).toBe('00');
  });

  it('are made of uniform bytes and of hashes', () => {
    // RFC 9496, A.3: the SHA-512 of a sentence.
    const bytes =
      '5d1be09e3d0c82fc538112490e35701979d99e06ca3e2b5b54bffe8b4dc772c14d98b696a1bbfb5ca32c436cc61c16563790306c79eaca7705668b47dffe5bb6';
    expect(run('uniform', [hex(bytes)])).toBe('203066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46');
    const sentence = utf8Encode('Ristretto is traditionally a short shot of espresso coffee');
    expect(run('hashed', [vector(sentence)])).toBe(
      '203066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46',
    );
    const murder = utf8Encode('To really appreciate architecture, you may even need to commit a murder');
    expect(run('hashed', [vector(murder)])).toBe('20baaa91eb43e5e2f12ffc96347e14bc458fdb1772b2232b08977ee61ea9f84e31');
  });

  it('add, subtract and negate, new or in place', () => {
    const [sum, difference, , ...inPlace] = lists(run('sums', [of(5), of(3)]));
    expect([sum, difference]).toEqual([MULTIPLES[8], MULTIPLES[2]]);
    expect(inPlace.slice(0, 2)).toEqual([sum, difference]);
    const [back] = lists(run('sums', [hex(inPlace[2] ?? ''), of(7)]));
    expect(back).toBe(MULTIPLES[2]);
  });

  it('multiply, alone and in sums', () => {
    expect(lists(run('products', [of(2), small(3), small(4)]))).toEqual([
      MULTIPLES[6],
      MULTIPLES[6],
      MULTIPLES[10],
      MULTIPLES[10],
      MULTIPLES[10],
      MULTIPLES[4],
    ]);
    expect(lists(run('products', [of(2), small(0), small(0)]))).toEqual(new Array(6).fill(MULTIPLES[0]));
    expect(run('hashed_sum')).toBe('20c4a98fbe6bd0f315a0c150858aec8508be397443093e955ef982e299c1318928');
  });

  it('are bounded in a run as on Aptos', () => {
    expect(run('without_end', [], 10_000_000n)).toBe(`abort ${0x90004}`);
  });
});

describe('handles and scalars', () => {
  const natives = new NativeCalls(
    {
      ristretto255: [
        'struct RistrettoPoint has drop { handle: u64 }',
        'struct Scalar has copy, drop, store { data: vector<u8> }',
        'native point_compress_internal(&RistrettoPoint): vector<u8>',
        'native point_clone_internal(u64): u64',
        'native point_add_internal(&RistrettoPoint, &RistrettoPoint, bool): u64',
        'native point_mul_internal(&RistrettoPoint, vector<u8>, bool): u64',
        'native point_decompress_internal(vector<u8>): (u64, bool)',
        'native multi_scalar_mul_internal<P, S>(&vector<P>, &vector<S>): u64',
        'native scalar_is_canonical_internal(vector<u8>): bool',
        'native scalar_from_u64_internal(u64): vector<u8>',
        'native scalar_from_u128_internal(u128): vector<u8>',
        'native scalar_reduced_from_32_bytes_internal(vector<u8>): vector<u8>',
        'native scalar_uniform_from_64_bytes_internal(vector<u8>): vector<u8>',
        'native scalar_from_sha512_internal(vector<u8>): vector<u8>',
        'native scalar_invert_internal(vector<u8>): vector<u8>',
        'native scalar_mul_internal(vector<u8>, vector<u8>): vector<u8>',
        'native scalar_add_internal(vector<u8>, vector<u8>): vector<u8>',
        'native scalar_sub_internal(vector<u8>, vector<u8>): vector<u8>',
        'native scalar_neg_internal(vector<u8>): vector<u8>',
      ],
    },
    { natives: CRYPTO_NATIVES },
  );
  const call = (name: string, ...args: readonly Bytes[]) => natives.call(`ristretto255::${name}_internal`, args);
  const ORDER = 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';
  const LAST = 'ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010';
  const scalar = (text: string) => [`20${text.padEnd(64, '0')}`];

  it('aborts for a handle that the run did not make', () => {
    for (const handle of [0n, (1n << 64n) - 1n]) {
      expect(call('point_compress', u64(handle))).toBe(`abort ${0xa0001}`);
      expect(call('point_clone', u64(handle))).toBe(`abort ${0xa0001}`);
    }
    expect(call('point_add', u64(0), u64(0), Uint8Array.of(1))).toBe(`abort ${0xa0003}`);
    expect(call('point_decompress', hex('01'))).toEqual(['ff'.repeat(8), '00']);
    expect(
      natives.call('ristretto255::multi_scalar_mul_internal', [Uint8Array.of(0), Uint8Array.of(0)], {
        typeArgs: ['0x1::ristretto255::RistrettoPoint', '0x1::ristretto255::Scalar'],
      }),
    ).toBe('VECTOR_OPERATION_ERROR');
  });

  it('tells scalars that are reduced from others', () => {
    for (const text of ['', '00', ORDER, `${'00'.repeat(31)}80`, '10'.repeat(32)]) {
      expect(call('scalar_is_canonical', hex(text)), text).toEqual(['00']);
    }
    for (const text of ['00'.repeat(32), LAST]) expect(call('scalar_is_canonical', hex(text))).toEqual(['01']);
    expect(call('scalar_neg', hex(ORDER))).toBe('UNKNOWN_INVARIANT_VIOLATION_ERROR');
    expect(call('scalar_neg', hex('00'))).toBe('INTERNAL_TYPE_ERROR');
    expect(call('scalar_uniform_from_64_bytes', hex(ORDER))).toBe('INTERNAL_TYPE_ERROR');
  });

  it('reduces and hashes', () => {
    expect(call('scalar_from_u64', u64(258))).toEqual(scalar('0201'));
    expect(call('scalar_from_u128', u128(1n << 127n))).toEqual(scalar('00000000000000000000000000000080'));
    expect(call('scalar_reduced_from_32_bytes', hex(ORDER))).toEqual(scalar(''));
    expect(call('scalar_uniform_from_64_bytes', hex(ORDER + '00'.repeat(32)))).toEqual(scalar(''));
    const text = [
      'To really appreciate architecture, you may even need to commit a murder.',
      'While the programs used for The Manhattan Transcripts are of the most extreme',
      'nature, they also parallel the most common formula plot: the archetype of',
      'murder. Other phantasms were occasionally used to underline the fact that',
      'perhaps all architecture, rather than being about functional standards, is',
      'about love and death.',
    ].join('');
    // As aptos-core's own test has it.
    expect(call('scalar_from_sha512', vector(utf8Encode(text)))).toEqual([
      '201558d0fc3f7ad2989a260f1710a75096c0dd4de23e19e094ef30b00ab945a80b',
    ]);
  });

  it('computes modulo the order', () => {
    const [one, two] = [small(1), small(2)];
    expect(call('scalar_add', hex(LAST), one)).toEqual(scalar(''));
    expect(call('scalar_sub', small(0), one)).toEqual([`20${LAST}`]);
    expect(call('scalar_neg', one)).toEqual([`20${LAST}`]);
    expect(call('scalar_neg', small(0))).toEqual(scalar(''));
    expect(call('scalar_mul', hex(LAST), hex(LAST))).toEqual(scalar('01'));
    expect(call('scalar_invert', small(0))).toEqual(scalar(''));
    const [half = ''] = call('scalar_invert', two) as string[];
    expect(call('scalar_mul', hex(half.slice(2)), two)).toEqual(scalar('01'));
  });
});
