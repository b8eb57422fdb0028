// Arithmetic in the fields and groups of BLS12-381 and BN254, run from `fixtures/curves.move`: against the vectors of aptos-core, RFC 9380 and EIP-197,
// and against the laws that hold between operations.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BcsReader } from '../../base/bcs.ts';
import { type Bytes, fromHex, toHex, utf8Encode } from '../../base/bytes.ts';
import { parseAddress } from '../../base/ids.ts';
import { parseTypeTag } from '../../base/type-tag.ts';
import { TRANSACTION_HASH, u64, vector } from '../../testing/native-calls.ts';
import { moduleBytes, TestState } from '../../testing/test-state.ts';
import { MoveVm, type RunResult } from '../index.ts';
import { CRYPTO_NATIVES } from './crypto.ts';
import { hashToG1, hashToG2 } from './hash-to-curve.ts';

const state = new TestState([
  ...moduleBytes(path.resolve(import.meta.dirname, '../../../move/framework/bytecode')),
  ...moduleBytes(path.resolve(import.meta.dirname, 'fixtures')),
]);
const vm = new MoveVm({ natives: CRYPTO_NATIVES });

function call(name: string, types: readonly string[], args: readonly Bytes[] = []): RunResult {
  return vm.run(state, {
    call: {
      module: { address: parseAddress('0xcafe'), name: 'curves' },
      function: name,
      typeArgs: types.map((type) => parseTypeTag(type)),
      args,
    },
    senders: [],
    gasLimit: 100_000_000n,
    transactionHash: TRANSACTION_HASH,
    access: 'any',
  });
}

/** The one `vector<u8>` that a function returns, in hex; or how the run ended. */
function bytes(name: string, types: readonly string[], args: readonly Bytes[] = []): string {
  const { status, returns } = call(name, types, args);
  if (status.kind === 'abort') return `abort ${status.code}`;
  if (status.kind === 'failure') return status.code;
  return toHex(new BcsReader(returns[0] ?? new Uint8Array(0)).bytes('bytes', 10_000));
}

function list(name: string, types: readonly string[], args: readonly Bytes[] = []): string[] {
  const { status, returns } = call(name, types, args);
  expect(status).toEqual({ kind: 'executed' });
  return new BcsReader(returns[0] ?? new Uint8Array(0)).vector('list', 100, (r) => toHex(r.bytes('item', 10_000)));
}

const hex = (text: string) => vector(fromHex(text));
const NONE = toHex(utf8Encode('none'));
const bls = (name: string) => `0x1::bls12381_algebra::${name}`;
const bn = (name: string) => `0x1::bn254_algebra::${name}`;
const NOT_IMPLEMENTED = `abort ${0xc0001}`;

const G1_ONE =
  '17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1';
const G1_SEVEN =
  '1928f3beb93519eecf0145da903b40a4c97dca00b21f12ac0df3be9116ef2ef27b2ae6bcd4c5bc2d54ef5a70627efcb7108dadbaa4b636445639d5ae3089b3c43a8a1d47818edd1839d7383959a41c10fdc66849cfa1b08c5a11ec7e28981a1c';
const G1_MINUS_SEVEN_COMPRESSED =
  '9928f3beb93519eecf0145da903b40a4c97dca00b21f12ac0df3be9116ef2ef27b2ae6bcd4c5bc2d54ef5a70627efcb7';
const G2_SEVEN_COMPRESSED =
  '8d0273f6bf31ed37c3b8d68083ec3d8e20b5f2cc170fa24b9b5be35b34ed013f9a921f1cad1644d4bdb14674247234c8049cd1dbb2d2c3581e54c088135fef36505a6823d61b859437bfc79b617030dc8b40e32bad1fa85b9c0f368af6d38d3c';
const R = '01000000fffffffffe5bfeff02a4bd5305d8a10908d83933487d9d2953a7ed73';

describe('BLS12-381', () => {
  const [g1, g1c] = [bls('FormatG1Uncompr'), bls('FormatG1Compr')];
  const fr = [bls('Fr'), bls('FormatFrLsb')];

  it('has the constants of aptos-core', () => {
    expect(bytes('order', [bls('G1')])).toBe(R);
    expect(bytes('order', [bls('Gt')])).toBe(R);
    expect(bytes('order', [bls('Fq12')])).toMatch(/^1175f55da544c7625f8ccb13.*9a7cb4af5301$/);
    expect(bytes('one', [bls('G1'), g1])).toBe(G1_ONE);
    expect(bytes('zero', [bls('G1'), g1])).toBe('40'.padEnd(192, '0'));
    expect(bytes('zero', [bls('G2'), bls('FormatG2Compr')])).toBe('c0'.padEnd(192, '0'));
    expect(bytes('one', [bls('Gt'), bls('FormatGt')])).toMatch(/^b68917caaa0543a808c53908.*cf08bf6386e5410f$/);
    expect(bytes('zero', [bls('Gt'), bls('FormatGt')])).toBe('01'.padEnd(1152, '0'));
    expect(bytes('number', [bls('Fq12'), bls('FormatFq12LscLsb')], [u64(7)])).toBe('07'.padEnd(1152, '0'));
  });

  it('multiplies generators', () => {
    expect(list('multiple', [bls('G1'), g1, bls('Fr')], [u64(7)])).toEqual([G1_SEVEN, G1_SEVEN]);
    expect(list('multiple', [bls('G2'), bls('FormatG2Compr'), bls('Fr')], [u64(7)])).toEqual([
      G2_SEVEN_COMPRESSED,
      G2_SEVEN_COMPRESSED,
    ]);
    expect(list('multiple', [bls('G1'), g1, bls('Fr')], [u64(1)])).toEqual([G1_ONE, G1_ONE]);
  });

  it('adds, subtracts and negates points', () => {
    const [minus, sum, difference] = list(
      'group',
      [bls('G1'), g1c],
      [
        hex(bytes('rewrite', [bls('G1'), g1, g1c], [hex(G1_SEVEN)])),
        hex(bytes('rewrite', [bls('G1'), g1, g1c], [hex(G1_ONE)])),
      ],
    );
    expect(minus).toBe(G1_MINUS_SEVEN_COMPRESSED);
    const times = (k: number) => list('multiple', [bls('G1'), g1c, bls('Fr')], [u64(k)])[0];
    expect([sum, difference]).toEqual([times(8), times(6)]);
    expect(bytes('doubled', [bls('G1'), g1c], [hex(times(7) ?? '')])).toBe(times(14));
  });

  it('reads points of the group only, in the format asked for', () => {
    const read = (encoded: string, format = g1) => bytes('rewrite', [bls('G1'), format, g1], [hex(encoded)]);
    expect(read(G1_SEVEN)).toBe(G1_SEVEN);
    expect(read(G1_MINUS_SEVEN_COMPRESSED, g1c)).not.toBe(NONE);
    // (0, 2) is on the curve, but in no group of prime order.
    expect(read('02'.padStart(192, '0'))).toBe(NONE);
    expect(read('80'.padEnd(96, '0'), g1c)).toBe(NONE);
    expect(read(`${G1_ONE.slice(0, -2)}e2`)).toBe(NONE);
    expect(read(`9f${'ff'.repeat(47)}`, g1c)).toBe(NONE);
    expect(read(G1_MINUS_SEVEN_COMPRESSED)).toBe(NONE);
    expect(read('', g1c)).toBe(NONE);
    // As arkworks, which looks at the flag alone.
    expect(read('c0'.padEnd(96, '1'), g1c)).toBe('40'.padEnd(192, '0'));
  });

  it('computes in the field of scalars', () => {
    const scalar = (value: number) => hex(value.toString(16).padStart(2, '0').padEnd(64, '0'));
    const [product, quotient, square, inverse] = list('field', fr, [scalar(63), scalar(9)]);
    expect(product).toBe('3702'.padEnd(64, '0'));
    expect(quotient).toBe('07'.padEnd(64, '0'));
    expect(square).toBe('810f'.padEnd(64, '0'));
    expect(list('field', fr, [hex(inverse ?? ''), scalar(9)])[0]).toBe('01'.padEnd(64, '0'));
    expect(list('field', fr, [scalar(5), scalar(0)]).slice(1)).toEqual([NONE, '19'.padEnd(64, '0'), NONE]);
    expect(bytes('rewrite', [bls('Fr'), bls('FormatFrLsb'), bls('FormatFrMsb')], [scalar(7)])).toBe(
      '07'.padStart(64, '0'),
    );
    expect(bytes('rewrite', [...fr, bls('FormatFrLsb')], [hex(R)])).toBe(NONE);
  });

  it('computes in the field of degree twelve, as aptos-core has it', () => {
    const types = [bls('Fq12'), bls('FormatFq12LscLsb')];
    const number = (value: number) => hex(bytes('number', types, [u64(value)]));
    const [minus] = list('group', types, [number(7), number(9)]);
    expect(minus).toBe(
      'a4aafffffffffeb9ffff53b1feffab1e24f6b0f6a0d23067bf1285f3844b7764d7ac4b43b6a71b4b9ae67f39ea11011a'.padEnd(
        1152,
        '0',
      ),
    );
    const [product, quotient] = list('field', types, [number(63), number(9)]);
    expect(product).toBe(toHex(number(567).subarray(2)));
    expect(quotient).toBe(toHex(number(7).subarray(2)));
  });

  it('casts what generates the target group, and nothing else', () => {
    const types = [bls('Fq12'), bls('FormatFq12LscLsb'), bls('Gt')];
    const one = bytes('one', [bls('Gt'), bls('FormatGt')]);
    expect(bytes('cast', types, [hex(one)])).toBe(one);
    expect(bytes('cast', types, [hex('07'.padEnd(1152, '0'))])).toBe(NONE);
    expect(bytes('rewrite', [bls('Gt'), bls('FormatGt'), bls('FormatGt')], [hex('07'.padEnd(1152, '0'))])).toBe(NONE);
  });

  it('pairs bilinearly', () => {
    const types = [bls('G1'), bls('G2'), bls('Gt'), bls('FormatGt'), bls('Fr')];
    const power = (k: number) => bytes('power', [bls('Gt'), bls('FormatGt'), bls('Fr')], [u64(k)]);
    expect(list('pairings', types, [u64(3), u64(5)])).toEqual([power(15), power(16)]);
    expect(list('pairings', types, [u64(0), u64(5)])).toEqual([power(0), power(1)]);
  });

  // RFC 9380, appendices J.9.1 and J.10.1.
  it.each([
    [
      'G1',
      '',
      '052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a108ba738453bfed09cb546dbb0783dbb3a5f1f566ed67bb6be0e8c67e2e81a4cc68ee29813bb7994998f3eae0c9c6a265',
    ],
    [
      'G1',
      'abcdef0123456789',
      '11e0b079dea29a68f0383ee94fed1b940995272407e3bb916bbf268c263ddd57a6a27200a784cbc248e84f357ce82d9803a87ae2caf14e8ee52e51fa2ed8eefe80f02457004ba4d486d6aa1f517c0889501dc7413753f9599b099ebcbbd2d709',
    ],
    [
      'G2',
      'abcdef0123456789',
      '190d119345b94fbd15497bcba94ecf7db2cbfd1e1fe7da034d26cbba169fb3968288b3fafb265f9ebd380512a71c3f2c121982811d2491fde9ba7ed31ef9ca474f0e1501297f68c298e9f4c0028add35aea8bb83d53c08cfc007c1e005723cd00bb5e7572275c567462d91807de765611490205a941a5a6af3b1691bfe596c31225d3aabdf15faff860cb4ef17c7c3be05571a0f8d3c08d094576981f4a3b8eda0a8e771fcdcc8ecceaf1356a6acf17574518acb506e435b639353c2e14827c8',
    ],
  ])('hashes to %s "%s"', (group, message, expected) => {
    const tag = vector(utf8Encode(`QUUX-V01-CS02-with-BLS12381${group}_XMD:SHA-256_SSWU_RO_`));
    const types = [bls(group), bls(`Hash${group}XmdSha256SswuRo`), bls(`Format${group}Uncompr`)];
    expect(bytes('hashed_to', types, [tag, vector(utf8Encode(message))])).toBe(expected);
  });

  it('hashes under empty and very long tags', () => {
    expect(hashToG1(new Uint8Array(3), new Uint8Array(0)).isTorsionFree()).toBe(true);
    expect(hashToG2(new Uint8Array(3), new Uint8Array(0)).isTorsionFree()).toBe(true);
    const types = [bls('G1'), bls('HashG1XmdSha256SswuRo'), g1];
    expect(bytes('hashed_to', types, [vector(new Uint8Array(0)), hex('00')])).toHaveLength(192);
    expect(bytes('hashed_to', types, [vector(new Uint8Array(300)), hex('00')])).toHaveLength(192);
  });
});

describe('BN254', () => {
  const [g1, g1c] = [bn('FormatG1Uncompr'), bn('FormatG1Compr')];

  it('has its constants', () => {
    // The generator is (1, 2); r and q as in EIP-197.
    expect(bytes('one', [bn('G1'), g1])).toBe(`${'01'.padEnd(64, '0')}${'02'.padEnd(64, '0')}`);
    expect(bytes('one', [bn('G1'), g1c])).toBe('01'.padEnd(64, '0'));
    expect(bytes('zero', [bn('G1'), g1])).toBe('40'.padStart(128, '0'));
    const number = (text: string) => BigInt(`0x${toHex(fromHex(text).reverse())}`);
    expect(number(bytes('order', [bn('G1')]))).toBe(
      21888242871839275222246405745257275088548364400416034343698204186575808495617n,
    );
    expect(number(bytes('order', [bn('Fq')]))).toBe(
      21888242871839275222246405745257275088696311157297823662689037894645226208583n,
    );
    expect(bytes('order', [bn('Fq12')])).toMatch(/^21f186cad2e2d4c1dbaf8a06.*adc8aacf008$/);
    expect(bytes('one', [bn('Gt'), bn('FormatGt')])).toMatch(/^950e879d73631f5eb5788589.*b626454721527bf900$/);
  });

  it('adds and multiplies points', () => {
    // 2 (1, 2), from EIP-196's tests.
    const [x, y] = [
      0x030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3n,
      0x15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4n,
    ];
    const little = (value: bigint) => toHex(fromHex(value.toString(16).padStart(64, '0')).reverse());
    expect(list('multiple', [bn('G1'), g1, bn('Fr')], [u64(2)])).toEqual([
      little(x) + little(y),
      little(x) + little(y),
    ]);
    const times = (k: number) => list('multiple', [bn('G2'), bn('FormatG2Compr'), bn('Fr')], [u64(k)])[0] ?? '';
    const [minus, sum, difference] = list('group', [bn('G2'), bn('FormatG2Compr')], [hex(times(7)), hex(times(5))]);
    expect([sum, difference]).toEqual([times(12), times(2)]);
    expect(bytes('doubled', [bn('G2'), bn('FormatG2Compr')], [hex(times(7))])).toBe(times(14));
    const gt = [bn('Gt'), bn('FormatGt')];
    expect(bytes('doubled', gt, [hex(bytes('one', gt))])).toBe(bytes('power', [...gt, bn('Fr')], [u64(2)]));
    const [, back] = list('group', [bn('G2'), bn('FormatG2Compr')], [hex(minus ?? ''), hex(times(9))]);
    expect(back).toBe(times(2));
  });

  it('reads points of the group only', () => {
    const read = (encoded: string, format = g1) => bytes('rewrite', [bn('G1'), format, g1], [hex(encoded)]);
    const one = '01'.padEnd(64, '0');
    const two = '02'.padEnd(64, '0');
    expect(read(one + two)).toBe(one + two);
    expect(read(`${'01'.padEnd(62, '0')}80`, g1c)).not.toBe(one + two);
    expect(read(one + one)).toBe(NONE);
    expect(read(`${'01'.padEnd(62, '0')}c0`, g1c)).toBe(NONE);
    expect(read('40'.padStart(64, '0'), g1c)).toBe('40'.padStart(128, '0'));
    // x³ + 3 has no root for x = 4.
    expect(read('04'.padEnd(64, '0'), g1c)).toBe(NONE);
    const g2 = bytes('one', [bn('G2'), bn('FormatG2Uncompr')]);
    const rewrite = (encoded: string) =>
      bytes('rewrite', [bn('G2'), bn('FormatG2Uncompr'), bn('FormatG2Compr')], [hex(encoded)]);
    expect(rewrite(g2)).toBe(bytes('one', [bn('G2'), bn('FormatG2Compr')]));
    expect(rewrite(`${g2.slice(0, -2)}00`)).toBe(NONE);
  });

  it('computes in its fields', () => {
    for (const name of ['Fr', 'Fq']) {
      const types = [bn(name), bn(`Format${name}Msb`)];
      const number = (value: number) => hex(value.toString(16).padStart(64, '0'));
      const [product, quotient] = list('field', types, [number(63), number(9)]);
      expect(product).toBe((567).toString(16).padStart(64, '0'));
      expect(quotient).toBe((7).toString(16).padStart(64, '0'));
    }
  });

  it('pairs bilinearly', () => {
    const types = [bn('G1'), bn('G2'), bn('Gt'), bn('FormatGt'), bn('Fr')];
    const power = (k: number) => bytes('power', [bn('Gt'), bn('FormatGt'), bn('Fr')], [u64(k)]);
    expect(list('pairings', types, [u64(3), u64(5)])).toEqual([power(15), power(16)]);
  });
});

describe('what is not there', () => {
  it('is said as on Aptos', () => {
    expect(bytes('order', ['u64'])).toBe(NOT_IMPLEMENTED);
    expect(bytes('order', [bls('FormatGt')])).toBe(NOT_IMPLEMENTED);
    expect(bytes('number', [bls('G1'), bls('FormatG1Compr')], [u64(1)])).toBe(NOT_IMPLEMENTED);
    expect(bytes('zero', [bls('G1'), bls('FormatG2Compr')])).toBe(NOT_IMPLEMENTED);
    expect(bytes('power', [bls('G1'), bls('FormatG1Compr'), bn('Fr')], [u64(1)])).toBe(NOT_IMPLEMENTED);
    expect(
      bytes('hashed_to', [bn('G1'), bls('HashG1XmdSha256SswuRo'), bn('FormatG1Compr')], [hex('00'), hex('00')]),
    ).toBe(NOT_IMPLEMENTED);
  });

  it('is memory beyond a mebibyte', () => {
    expect(call('too_many', [bls('G2')]).status).toMatchObject({ kind: 'abort', code: 0x90003n });
  });
});
