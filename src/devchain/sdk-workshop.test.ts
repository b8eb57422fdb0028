// What contracts can do beyond calls, by the unmodified ts-sdk: draw random numbers, look at their transaction, publish packages; and the
// rules of each.

import type * as sdk5 from '@aptos-labs/ts-sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBcs } from '../base/bcs.ts';
import { type Bytes, concatBytes, fromHex, utf8Encode } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { parseAddress } from '../base/ids.ts';
import { assembleModule } from '../testing/assemble.ts';
import { decodeModule } from '../vm/bytecode/decode.ts';
import { guestbookCode, workshopCode } from './fixtures/packages.ts';
import { encodePackageMetadata } from './publish.ts';
import { devchainOfTests, SDK_VERSIONS, scriptCode } from './sdk.suite.ts';
import { SdkClient } from './sdk-client.suite.ts';

const devchain = devchainOfTests();

/** As Aptos's compiler marks a function with `#[randomness]`; the one that compiles the fixtures does not. */
function markRandom(code: Bytes, name: string): Bytes {
  const value = encodeBcs((writer) => {
    // No errors, no structs; one function with one attribute of kind 5.
    writer.uleb128(0).uleb128(0).uleb128(1).string(name).uleb128(1).u8(5).uleb128(0);
  });
  const module = decodeModule(code);
  return assembleModule({
    ...module,
    metadata: [...module.metadata, { key: utf8Encode('aptos::metadata_v1'), value }],
  });
}

describe.each(SDK_VERSIONS)('ts-sdk %s', (_version, sdk) => {
  let client: SdkClient;
  let owner: sdk5.Ed25519Account;
  let published: sdk5.UserTransactionResponse;
  const name = (member: string) => `${owner.accountAddress.toStringLong()}::workshop::${member}` as const;
  const call = (
    signer: sdk5.Account,
    member: string,
    functionArguments: sdk5.SimpleEntryFunctionArgumentTypes[] = [],
  ) => client.send(signer, { function: name(member), functionArguments });

  beforeAll(async () => {
    client = new SdkClient(sdk, devchain());
    owner = await client.funded();
    const code = markRandom(workshopCode(owner.accountAddress.toStringLong()), 'draw');
    const metadata = encodePackageMetadata('workshop', ['workshop']);
    published = await publish(owner, metadata, [code]);
    expect(published).toMatchObject({ success: true });
  });

  function publish(signer: sdk5.Account, metadata: Bytes, modules: readonly Bytes[]) {
    const functionArguments = [metadata, [...modules]];
    return client.send(signer, { function: '0x1::code::publish_package_txn', functionArguments });
  }

  async function drawn(): Promise<bigint> {
    const resource = { accountAddress: owner.accountAddress, resourceType: name('Drawn') } as const;
    return BigInt((await client.aptos.getAccountResource<{ number: string }>(resource)).number);
  }

  it('is begun by the transaction that publishes it', async () => {
    const resource = { accountAddress: owner.accountAddress, resourceType: name('Born') } as const;
    const born = await client.aptos.getAccountResource<{ transaction_hash: string; addresses: string[] }>(resource);
    expect(born.transaction_hash).toBe(published.hash);
    const made = [1n, 2n].map((number) => {
      const counter = new sdk.U64(number).bcsToBytes();
      const bytes = concatBytes(fromHex(published.hash.slice(2)), counter, Uint8Array.of(0xfb));
      return sdk.AccountAddress.from(sha3_256(bytes)).toString();
    });
    expect(born.addresses).toEqual(made);
  });

  it('draws a number that is another in every block', async () => {
    const done = await call(owner, 'draw');
    expect(done).toMatchObject({ success: true });
    expect(done.events.map(({ type }) => type)).toContain('0x1::randomness::RandomnessGeneratedEvent');
    const first = await drawn();
    await call(owner, 'draw');
    expect(await drawn()).not.toBe(first);
  });

  it('draws nothing that could be taken back', async () => {
    const done = await call(owner, 'draw_unmarked');
    expect(done.success).toBe(false);
    expect(done.vm_status).toMatch(/^Move abort in 0x1::randomness: E_API_USE_IS_BIASABLE\(0x1\)/);
  });

  it('tells code who sent the transaction, who pays, and what for', async () => {
    const sponsor = await client.funded();
    const transaction = await client.aptos.transaction.build.simple({
      sender: owner.accountAddress,
      data: { function: name('look'), functionArguments: [] },
      options: { maxGasAmount: 123_456, gasUnitPrice: 101 },
      withFeePayer: true,
    });
    const { hash } = await client.aptos.transaction.submit.simple({
      transaction,
      senderAuthenticator: client.aptos.transaction.sign({ signer: owner, transaction }),
      feePayerAuthenticator: client.aptos.transaction.signAsFeePayer({ signer: sponsor, transaction }),
    });
    expect(await client.done(hash)).toMatchObject({ success: true });
    const resource = { accountAddress: owner.accountAddress, resourceType: name('Seen') } as const;
    expect(await client.aptos.getAccountResource(resource)).toEqual({
      sender: owner.accountAddress.toString(),
      gas_payer: sponsor.accountAddress.toString(),
      max_gas_amount: '123456',
      gas_unit_price: '101',
      chain: 4,
      acted_for: false,
    });
  });

  describe('publishes a package for its caller', () => {
    const metadata = encodePackageMetadata('guestbook', ['guestbook']);

    it('at an object, whose initialiser runs', async () => {
      const deployer = await client.funded();
      const object = sdk.createObjectAddress(deployer.accountAddress, 'shop').toStringLong();
      const done = await call(deployer, 'deploy', [utf8Encode('shop'), metadata, [guestbookCode(1, object)]]);
      expect(done).toMatchObject({ success: true });
      const [module] = await client.aptos.getAccountModules({ accountAddress: object });
      expect(module?.abi?.name).toBe('guestbook');
      const book = { accountAddress: object, resourceType: `${object}::guestbook::Book` } as const;
      expect(await client.aptos.getAccountResource(book)).toMatchObject({ count: '0' });
    });

    it('that names its modules', async () => {
      const object = sdk.createObjectAddress(owner.accountAddress, 'odd').toStringLong();
      const code = guestbookCode(1, object);
      const mismatch = { success: false, vm_status: 'CONSTRAINT_NOT_SATISFIED' };
      const others = encodePackageMetadata('guestbook', ['other']);
      expect(await call(owner, 'deploy', [utf8Encode('odd'), others, [code]])).toMatchObject(mismatch);
      const more = encodePackageMetadata('guestbook', ['guestbook', 'other']);
      expect(await call(owner, 'deploy', [utf8Encode('odd'), more, [code]])).toMatchObject(mismatch);
      const garbage = await call(owner, 'deploy', [utf8Encode('odd'), metadata, [utf8Encode('garbage')]]);
      expect(garbage).toMatchObject({ success: false, vm_status: 'CODE_DESERIALIZATION_ERROR' });
      await expect(client.aptos.getAccountModules({ accountAddress: object })).resolves.toEqual([]);
    });

    it('that imports what it says it stands on', async () => {
      const object = sdk.createObjectAddress(owner.accountAddress, 'alone').toStringLong();
      const deploy = (dependencies: Parameters<typeof encodePackageMetadata>[3]) => {
        const described = encodePackageMetadata('guestbook', ['guestbook'], 1, dependencies);
        return call(owner, 'deploy', [utf8Encode('alone'), described, [guestbookCode(1, object)]]);
      };
      expect(await deploy([])).toMatchObject({ success: false, vm_status: 'CONSTRAINT_NOT_SATISFIED' });
      const account = parseAddress(owner.accountAddress.toStringLong());
      // Nobody has published that.
      const missing = await deploy([{ account, name: 'library' }]);
      expect(missing.vm_status).toMatch(/^Move abort in 0x1::code: EPACKAGE_DEP_MISSING\(0x60006\)/);
      const other = await deploy([{ account, name: 'workshop' }]);
      expect(other).toMatchObject({ success: false, vm_status: 'CONSTRAINT_NOT_SATISFIED' });
      const stricter = encodePackageMetadata('guestbook', ['guestbook'], 2, [{ account, name: 'workshop' }]);
      const weak = await call(owner, 'deploy', [utf8Encode('alone'), stricter, [guestbookCode(1, object)]]);
      expect(weak.vm_status).toMatch(/^Move abort in 0x1::code: EDEP_WEAKER_POLICY\(0x10007\)/);
    });

    it('at a resource account, by the framework and by a script', async () => {
      const source = await client.funded();
      const at = (seed: string) => sdk.createResourceAddress(source.accountAddress, seed);
      const byFramework = await client.send(source, {
        function: '0x1::resource_account::create_resource_account_and_publish_package',
        functionArguments: [utf8Encode('one'), metadata, [guestbookCode(1, at('one').toStringLong())]],
      });
      expect(byFramework).toMatchObject({ success: true });
      const byScript = await client.send(source, {
        bytecode: scriptCode('publish'),
        functionArguments: [
          sdk.MoveVector.U8(utf8Encode('two')),
          sdk.MoveVector.U8(metadata),
          sdk.MoveVector.U8(guestbookCode(2, at('two').toStringLong())),
        ],
      });
      expect(byScript).toMatchObject({ success: true, payload: { type: 'script_payload' } });
      for (const seed of ['one', 'two']) {
        const account = { accountAddress: at(seed) };
        expect((await client.aptos.getAccountModules(account)).map(({ abi }) => abi?.name)).toEqual(['guestbook']);
        const { authentication_key } = await client.aptos.getAccountInfo(account);
        expect(BigInt(authentication_key)).toBe(0n);
      }
      const again = await client.send(source, {
        function: '0x1::resource_account::create_resource_account',
        functionArguments: [utf8Encode('one'), []],
      });
      expect(again.vm_status).toMatch(/^Move abort in 0x1::account: ERESOURCE_ACCCOUNT_EXISTS\(0x8000f\)/);
    });

    it('once in a transaction', async () => {
      const done = await call(owner, 'deploy_twice', [
        metadata,
        [guestbookCode(1, owner.accountAddress.toStringLong())],
      ]);
      expect(done).toMatchObject({ success: false });
      expect(done.vm_status).toMatch(/^Move abort in 0x1::code: 0x30000/);
    });
  });
});
