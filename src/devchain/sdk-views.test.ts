// Views by both versions of ts-sdk with values of every kind, asked in BCS and in JSON, and what is said of wrong ones.

import type * as sdk5 from '@aptos-labs/ts-sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { kindsCode } from './fixtures/packages.ts';
import { devchainOfTests, SDK_VERSIONS } from './sdk.suite.ts';
import { SdkClient } from './sdk-client.suite.ts';

type Json = sdk5.MoveValue;

const U64_MAX = String(2n ** 64n - 1n);
const U128_MAX = String(2n ** 128n - 1n);
const U256_MAX = String(2n ** 256n - 1n);
const NUMBERS: Json[] = [255, 65_535, 4_294_967_295, U64_MAX, U128_MAX, U256_MAX];

const devchain = devchainOfTests();

describe.each(SDK_VERSIONS)('ts-sdk %s', (_version, sdk) => {
  let aptos: sdk5.Aptos;
  let owner: string;

  beforeAll(async () => {
    const client = new SdkClient(sdk, devchain());
    ({ aptos } = client);
    const publisher = await client.funded();
    owner = publisher.accountAddress.toStringLong();
    await client.publish(publisher, 'kinds', kindsCode(owner));
  });

  const named = (name: string) => `${owner}::kinds::${name}` as sdk5.MoveFunctionId;
  /** Arguments encoded by ts-sdk with the module's ABI. */
  const inBcs = (
    name: string,
    functionArguments: sdk5.SimpleEntryFunctionArgumentTypes[],
    typeArguments: string[] = [],
  ) => aptos.view({ payload: { function: named(name), functionArguments, typeArguments } });
  /** Arguments as JSON, encoded by the chain. */
  const inJson = (name: string, functionArguments: Json[], typeArguments: sdk5.MoveStructId[] = []) =>
    aptos.viewJson({ payload: { function: named(name), functionArguments, typeArguments } });

  it('numbers of every width, up to the last one', async () => {
    expect(await inJson('numbers', NUMBERS)).toEqual(NUMBERS);
    expect(await inBcs('numbers', NUMBERS as sdk5.SimpleEntryFunctionArgumentTypes[])).toEqual(NUMBERS);
    expect(await inBcs('numbers', [0, 0, 0, 0n, 0n, 0n])).toEqual([0, 0, 0, '0', '0', '0']);
  });

  it('texts and bytes, empty ones and long ones', async () => {
    const text = 'Grüezi, 水門 ⛵';
    const expected = [text, ['', text], '0x00ff', ['0x', '0x01']];
    expect(await inJson('texts', expected)).toEqual(expected);
    const bytes = [text, ['', text], new Uint8Array([0, 255]), [new Uint8Array(), new Uint8Array([1])]];
    expect(await inBcs('texts', bytes)).toEqual(expected);
    const long = 'x'.repeat(10_000);
    expect(await inJson('texts', [long, [], '0x', []])).toEqual([long, [], '0x', []]);
  });

  it('options and booleans', async () => {
    const flags = [true, false];
    const expected = [{ vec: ['7'] }, { vec: [] }, flags];
    expect(await inJson('options', [{ vec: ['7'] }, { vec: [] }, flags])).toEqual(expected);
    expect(await inBcs('options', [7, null, flags])).toEqual(expected);
  });

  it('addresses and objects', async () => {
    const expected = [owner, { inner: '0xa' }, ['0x1', owner]];
    expect(await inJson('places', [owner, '0xa', ['0x1', owner]])).toEqual(expected);
    expect(await inJson('places', [owner, { inner: '0xa' }, ['0x1', owner]])).toEqual(expected);
    expect(await inBcs('places', [owner, '0xa', ['0x1', owner]])).toEqual(expected);
  });

  it('whatever the type argument says', async () => {
    expect(await inBcs('generic', [1, [2, 3]], ['u16'])).toEqual([1, [2, 3]]);
    expect(await inBcs('generic', ['a', ['b']], ['0x1::string::String'])).toEqual(['a', ['b']]);
    const nested = await inBcs('generic', [[1, 2], [[3]]], ['vector<u64>']);
    expect(nested).toEqual([['1', '2'], [['3']]]);
  });

  it('structs, positional ones, variants of enums', async () => {
    const point = { x: '1', y: 2 };
    expect(await inJson('structs', [])).toEqual([
      point,
      { first: 4, second: { vec: ['five'] } },
      { _0: 6 },
      [
        { __variant__: 'Nothing' },
        { __variant__: 'Circle', center: point, radius: 3 },
        { __variant__: 'Line', _0: point, _1: point },
      ],
    ]);
  });

  it.each<[string, string, () => Json[]]>([
    ['a number too large', 'numbers', () => [256, ...NUMBERS.slice(1)]],
    ['a negative one', 'numbers', () => [-1, ...NUMBERS.slice(1)]],
    ['a wide number that is no text', 'numbers', () => [1, 1, 1, 1, '1', '1']],
    ['too few', 'numbers', () => [1]],
    ['text that is no text', 'texts', () => [7, [], '0x', []]],
    ['bytes that are none', 'texts', () => ['', [], '0xz', []]],
    ['an address that is none', 'places', () => ['0xnowhere', '0xa', []]],
    ['an option of two', 'options', () => [{ vec: ['1', '2'] }, { vec: [] }, []]],
  ])('%s is refused with a reason', async (_what, name, args) => {
    await expect(inJson(name, args())).rejects.toMatchObject({
      status: 400,
      data: { error_code: 'invalid_input', message: expect.stringMatching(/argument/) },
    });
  });

  it('a type argument too few or of no type is refused', async () => {
    await expect(inJson('generic', ['1', []])).rejects.toMatchObject({ status: 400 });
    await expect(inJson('generic', ['1', []], ['0x1::nothing::Nothing'])).rejects.toMatchObject({ status: 400 });
    await expect(inBcs('nothing', [])).rejects.toThrow(/Could not find/);
  });
});
