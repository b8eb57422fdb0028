// What both versions of ts-sdk ask an indexer for, against the local chain over HTTP: events, coins and fungible assets, objects, tables,
// transactions, the accounts of a key; and what is refused.

import type * as sdk5 from '@aptos-labs/ts-sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { guestbookCode } from './fixtures/packages.ts';
import { devchainOfTests, SDK_VERSIONS } from './sdk.suite.ts';
import { APT, SdkClient } from './sdk-client.suite.ts';

const devchain = devchainOfTests();

describe.each(SDK_VERSIONS)('ts-sdk %s', (_version, sdk) => {
  let client: SdkClient;
  let aptos: sdk5.Aptos;
  /** Owns a package, whose struct `Entry` serves as a coin too. */
  let publisher: sdk5.Ed25519Account;
  let alice: sdk5.Ed25519Account;
  let bob: sdk5.Ed25519Account;
  let coin: sdk5.MoveStructId;
  let book: `${string}::guestbook`;

  beforeAll(async () => {
    client = new SdkClient(sdk, devchain());
    ({ aptos } = client);
    [publisher, alice, bob] = [await client.funded(), await client.funded(), await client.funded()];
    const owner = publisher.accountAddress.toStringLong();
    book = `${owner}::guestbook`;
    coin = `${book}::Entry`;
    await client.publish(publisher, 'guestbook', guestbookCode(1, owner));
    const typeArguments = [coin];
    const managed = '0x1::managed_coin' as const;
    await client.call(publisher, `${managed}::initialize`, ['Guest Coin', 'GUEST', 6, true], typeArguments);
    await client.call(publisher, `${managed}::register`, [], typeArguments);
    await client.call(publisher, `${managed}::mint`, [publisher.accountAddress, 1000], typeArguments);
    await client.call(alice, `${book}::sign`, ['first']);
    await client.call(bob, `${book}::sign`, ['second']);
    await client.call(alice, `${book}::sign`, ['third']);
  });

  /** As types are shown: without leading zeros. */
  const shown = (name: string) => name.replace(/^0x0+/, '0x');

  describe('events', () => {
    const query = `query Events($where: events_bool_exp, $order: [events_order_by!], $limit: Int, $offset: Int) {
      events(where: $where, order_by: $order, limit: $limit, offset: $offset) {
        type indexed_type data event_index account_address creation_number sequence_number transaction_version
      }
    }`;
    type Found = { events: { data: Record<string, unknown>; type: string; transaction_version: number }[] };
    const ask = async (variables: Record<string, unknown>) =>
      (await aptos.queryIndexer<Found>({ query: { query, variables } })).events;

    it('are found by type, newest first or oldest first, a page at a time', async () => {
      const where = { indexed_type: { _eq: shown(`${book}::Signed`) } };
      const all = await ask({ where, order: [{ transaction_version: 'asc' }] });
      expect(all.map(({ data }) => data.text)).toEqual(['first', 'second', 'third']);
      expect(all[0]).toEqual({
        type: shown(`${book}::Signed`),
        indexed_type: shown(`${book}::Signed`),
        data: { guest: alice.accountAddress.toString(), text: 'first', number: '0' },
        event_index: expect.any(Number),
        account_address: `0x${'0'.repeat(64)}`,
        creation_number: 0,
        sequence_number: 0,
        transaction_version: expect.any(Number),
      });
      const newest = await ask({ where, order: [{ transaction_version: 'desc' }], limit: 1 });
      expect(newest.map(({ data }) => data.text)).toEqual(['third']);
      const second = await ask({ where, order: [{ transaction_version: 'asc' }], limit: 1, offset: 1 });
      expect(second.map(({ data }) => data.text)).toEqual(['second']);
    });

    it('are found by what they say, and by several things at once', async () => {
      const type = { _like: `${shown(book)}::%` };
      const texts = async (where: unknown) => (await ask({ where })).map(({ data }) => data.text);
      const guest = alice.accountAddress.toString();
      expect(await texts({ type, data: { _contains: { guest } } })).toEqual(['first', 'third']);
      expect(await texts({ _and: [{ type }, { _not: { data: { _contains: { guest } } } }] })).toEqual(['second']);
      const either = [{ data: { _contains: { number: '0' } } }, { data: { _contains: { number: '2' } } }];
      expect(await texts({ type, _or: either })).toEqual(['first', 'third']);
      expect(await texts({ type, transaction_version: { _lt: 0 } })).toEqual([]);
    });
  });

  describe('coins and fungible assets', () => {
    it('are listed and counted, with what they are', async () => {
      const { accountAddress } = publisher;
      const coins = await aptos.getAccountCoinsData({
        accountAddress,
        options: { orderBy: [{ token_standard: 'asc' }] },
      });
      expect(coins).toHaveLength(2);
      expect(coins[0]).toMatchObject({
        asset_type: shown(coin),
        amount: 1000,
        token_standard: 'v1',
        is_frozen: false,
        owner_address: accountAddress.toStringLong(),
        metadata: { name: 'Guest Coin', symbol: 'GUEST', decimals: 6, creator_address: accountAddress.toStringLong() },
      });
      const apt = { asset_type: sdk.AccountAddress.A.toStringLong(), is_primary: true, token_standard: 'v2' };
      expect(coins[1]).toMatchObject({ ...apt, metadata: { symbol: 'APT', decimals: 8 } });
      expect(await aptos.getAccountCoinsCount({ accountAddress })).toBe(2);
      expect(await aptos.getAccountCoinsCount({ accountAddress: sdk.Account.generate().accountAddress })).toBe(0);
    });

    it('have amounts, by the indexer and by the node', async () => {
      const { accountAddress } = publisher;
      expect(await aptos.getAccountCoinAmount({ accountAddress, coinType: coin })).toBe(1000);
      expect(await aptos.getBalance({ accountAddress, asset: coin })).toBe(1000);
      const amount = await aptos.getAccountAPTAmount({ accountAddress });
      expect(await aptos.getAccountCoinAmount({ accountAddress, faMetadataAddress: '0xa' })).toBe(amount);
      const [held] = await aptos.getCurrentFungibleAssetBalances({
        options: { where: { owner_address: { _eq: accountAddress.toStringLong() }, token_standard: { _eq: 'v2' } } },
      });
      expect(held?.amount).toBe(amount);
    });

    it('are described by what is known of them', async () => {
      const apt = await aptos.getFungibleAssetMetadataByAssetType({ assetType: sdk.AccountAddress.A.toStringLong() });
      expect(apt).toMatchObject({ symbol: 'APT', decimals: 8, token_standard: 'v2', maximum_v2: null });
      expect(apt.supply_v2).toBeGreaterThan(APT);
      const creatorAddress = publisher.accountAddress.toStringLong();
      const own = await aptos.getFungibleAssetMetadataByCreatorAddress({ creatorAddress });
      expect(own.map(({ symbol }) => symbol)).toEqual(['GUEST']);
      const tokens = await aptos.getFungibleAssetMetadata({
        options: { where: { symbol: { _in: ['APT', 'GUEST'] } } },
      });
      expect(tokens.length).toBeGreaterThanOrEqual(2);
    });

    it('are moved, which shows as activities with the fee', async () => {
      const before = await aptos.getAccountAPTAmount({ accountAddress: bob.accountAddress });
      const transaction = await aptos.transferFungibleAsset({
        sender: alice,
        fungibleAssetMetadataAddress: sdk.AccountAddress.A,
        recipient: bob.accountAddress,
        amount: 77,
      });
      const { version, gas_used, gas_unit_price } = await client.run(alice, transaction);
      expect(await aptos.getAccountAPTAmount({ accountAddress: bob.accountAddress })).toBe(before + 77);
      const activities = await aptos.getFungibleAssetActivities({
        options: { where: { transaction_version: { _eq: version } } },
      });
      const short = activities.map(({ type, amount, owner_address }) => [type, amount, owner_address]);
      expect(short).toContainEqual(['0x1::fungible_asset::Withdraw', 77, alice.accountAddress.toStringLong()]);
      expect(short).toContainEqual(['0x1::fungible_asset::Deposit', 77, bob.accountAddress.toStringLong()]);
      const fee = Number(gas_used) * Number(gas_unit_price);
      expect(activities.find(({ is_gas_fee }) => is_gas_fee)).toMatchObject({
        amount: fee,
        owner_address: alice.accountAddress.toStringLong(),
        entry_function_id_str: '0x1::primary_fungible_store::transfer',
        is_transaction_success: true,
      });
    });

    it('are moved between stores, by whoever owns the first', async () => {
      const stores = await aptos.getCurrentFungibleAssetBalances({
        options: {
          where: {
            owner_address: { _in: [alice, bob].map(({ accountAddress }) => accountAddress.toStringLong()) },
            asset_type: { _eq: sdk.AccountAddress.A.toStringLong() },
          },
        },
      });
      const storeOf = ({ accountAddress }: sdk5.Account) =>
        stores.find(({ owner_address }) => owner_address === accountAddress.toStringLong())?.storage_id ?? '';
      const move = (sender: sdk5.Account) =>
        aptos.transferFungibleAssetBetweenStores({
          sender,
          fromStore: storeOf(bob),
          toStore: storeOf(alice),
          amount: 5,
        });
      const before = await aptos.getAccountAPTAmount({ accountAddress: alice.accountAddress });
      await client.run(bob, await move(bob));
      expect(await aptos.getAccountAPTAmount({ accountAddress: alice.accountAddress })).toBe(before + 5);
      await expect(move(alice).then((transaction) => client.run(alice, transaction))).rejects.toThrow(
        /ENOT_STORE_OWNER/,
      );
    });
  });

  it('counts an account’s transactions and lists the chain’s last ones', async () => {
    const { accountAddress } = sdk.Account.generate();
    expect(await aptos.getAccountTransactionsCount({ accountAddress })).toBe(0);
    await aptos.fundAccount({ accountAddress, amount: 1 });
    const { version } = await aptos.fundAccount({ accountAddress, amount: 2 });
    expect(await aptos.getAccountTransactionsCount({ accountAddress })).toBe(2);
    const [last, before] = await aptos.getChainTopUserTransactions({ limit: 2 });
    expect(last?.version).toBe(Number(version));
    expect(before?.version).toBeLessThan(Number(version));
    expect(await aptos.getIndexerLastSuccessVersion()).toBe(BigInt(version));
    expect(await aptos.getProcessorStatus(sdk.ProcessorType.EVENTS_PROCESSOR)).toMatchObject({
      processor: 'events_processor',
      last_success_version: Number(version),
    });
  });

  it('knows objects and who owns them', async () => {
    const accountAddress = alice.accountAddress;
    const [store] = await aptos.getAccountOwnedObjects({ accountAddress });
    expect(store).toMatchObject({ owner_address: accountAddress.toStringLong(), is_deleted: false });
    const objectAddress = store?.object_address ?? '';
    expect(await aptos.getObjectDataByObjectAddress({ objectAddress })).toEqual(store);
  });

  it('reads tables, with keys and values as what they are', async () => {
    const { entries } = await aptos.getAccountResource<{ entries: { handle: string } }>({
      accountAddress: publisher.accountAddress,
      resourceType: `${book}::Book`,
    });
    const { handle } = entries;
    const [types] = await aptos.getTableItemsMetadata({ options: { where: { handle: { _eq: handle } } } });
    expect(types).toEqual({ handle, key_type: 'u64', value_type: shown(coin) });
    const items = await aptos.getTableItemsData({ options: { where: { table_handle: { _eq: handle } } } });
    expect(items.map(({ decoded_key, decoded_value }) => [decoded_key, decoded_value?.text])).toEqual([
      ['0', 'first'],
      ['1', 'second'],
      ['2', 'third'],
    ]);
  });

  it('finds the accounts that a key can sign for', async () => {
    const { privateKey, publicKey } = alice;
    const derived = await aptos.deriveAccountFromPrivateKey({ privateKey });
    expect(derived.accountAddress.equals(alice.accountAddress)).toBe(true);
    const multi = new sdk.MultiKeyAccount({
      multiKey: new sdk.MultiKey({ publicKeys: [alice.publicKey, bob.publicKey], signaturesRequired: 1 }),
      signers: [alice],
    });
    await aptos.fundAccount({ accountAddress: multi.accountAddress, amount: 10 * APT });
    await client.call(multi, '0x1::aptos_account::transfer', [bob.accountAddress, 1]);
    const owned = await aptos.deriveOwnedAccountsFromSigner({ signer: privateKey });
    const addresses = owned.map(({ accountAddress }) => accountAddress.toStringLong());
    expect(addresses.toSorted()).toEqual(
      [alice.accountAddress.toStringLong(), multi.accountAddress.toStringLong()].toSorted(),
    );
    const accounts = await aptos.getAccountsForPublicKey({ publicKey });
    expect(accounts).toHaveLength(2);
  });

  it('refuses digital assets, names and staking by name', async () => {
    const { accountAddress } = alice;
    await expect(aptos.getAccountOwnedTokens({ accountAddress })).rejects.toThrow(/digital assets/);
    await expect(aptos.getAccountTokensCount({ accountAddress })).rejects.toThrow(/digital assets/);
    await expect(aptos.getDigitalAssetData({ digitalAssetAddress: accountAddress })).rejects.toThrow(/digital assets/);
    await expect(aptos.getCollectionDataByCollectionId({ collectionId: accountAddress })).rejects.toThrow(
      /digital assets/,
    );
    await expect(aptos.getNumberOfDelegators({ poolAddress: accountAddress })).rejects.toThrow(/no staking/);
    await expect(aptos.queryIndexer({ query: { query: '{ nothing }' } })).rejects.toThrow(/no nothing/);
  });
});
