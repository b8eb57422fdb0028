// What both versions of ts-sdk ask of a node, group by group beside what sdk.test.ts has: pages, blocks, keys that change, several
// transactions at once, simulations, views with values of every kind, and the errors of each.

import type * as sdk5 from '@aptos-labs/ts-sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { devchainOfTests, SDK_VERSIONS } from './sdk.suite.ts';
import { APT, type CallArguments, SdkClient } from './sdk-client.suite.ts';

const devchain = devchainOfTests();

describe.each(SDK_VERSIONS)('ts-sdk %s', (_version, sdk) => {
  let client: SdkClient;
  let aptos: sdk5.Aptos;
  let alice: sdk5.Ed25519Account;

  beforeAll(async () => {
    client = new SdkClient(sdk, devchain());
    ({ aptos } = client);
    alice = await client.funded(100 * APT);
  });

  const transferOf = (amount: number, to = sdk.Account.generate().accountAddress) => ({
    function: '0x1::aptos_account::transfer' as const,
    functionArguments: [to, amount],
  });

  describe('pages', () => {
    it('of resources, by cursor, give each once', async () => {
      const accountAddress = sdk.AccountAddress.ONE;
      const all = await aptos.getAccountResources({ accountAddress });
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await aptos.getAccountResourcesPage({
          accountAddress,
          options: { limit: 3, ...(cursor !== undefined && { cursor }) },
        });
        expect(page.resources.length).toBeLessThanOrEqual(3);
        seen.push(...page.resources.map(({ type }) => type));
        ({ cursor } = page);
      } while (cursor !== undefined);
      expect(seen).toEqual(all.map(({ type }) => type));
      expect(new Set(seen).size).toBe(seen.length);
    });

    it('of modules, by cursor', async () => {
      const accountAddress = sdk.AccountAddress.ONE;
      const all = await aptos.getAccountModules({ accountAddress });
      expect(all.length).toBeGreaterThan(40);
      const few = await aptos.getAccountModules({ accountAddress, options: { limit: 10 } });
      expect(few).toEqual(all.slice(0, 10));
      const first = await aptos.getAccountModulesPage({ accountAddress, options: { limit: 10 } });
      expect(first.modules).toHaveLength(10);
      const options = { limit: 10, ...(first.cursor !== undefined && { cursor: first.cursor }) };
      const second = await aptos.getAccountModulesPage({ accountAddress, options });
      expect([...first.modules, ...second.modules]).toEqual(all.slice(0, 20));
    });

    it('of an account’s transactions, by sequence number', async () => {
      const carol = await client.funded();
      for (let count = 0; count < 3; count++) {
        const data = transferOf(1);
        await client.run(carol, await aptos.transaction.build.simple({ sender: carol.accountAddress, data }));
      }
      const numbers = async (options: { offset?: number; limit?: number }) => {
        const sent = await aptos.getAccountTransactions({ accountAddress: carol.accountAddress, options });
        return sent.map((transaction) => (transaction as sdk5.UserTransactionResponse).sequence_number);
      };
      expect(await numbers({})).toEqual(['0', '1', '2']);
      expect(await numbers({ offset: 1, limit: 1 })).toEqual(['1']);
      expect(await numbers({ offset: 9, limit: 1 })).toEqual([]);
    });

    it('of the chain’s transactions', async () => {
      const page = await aptos.getTransactions({ options: { offset: 0, limit: 3 } });
      expect(page.map((transaction) => 'version' in transaction && transaction.version)).toEqual(['0', '1', '2']);
      const wrong = aptos.getTransactions({ options: { offset: 1_000_000 } });
      await expect(wrong).rejects.toMatchObject({ status: 400, data: { error_code: 'invalid_input' } });
    });
  });

  describe('keys', () => {
    it('change, with both holders agreeing, and the account is found by its first', async () => {
      const carol = await client.funded();
      const next = sdk.Account.generate();
      await client.run(carol, await aptos.rotateAuthKey({ fromAccount: carol, toNewPrivateKey: next.privateKey }));
      const { authentication_key: key } = await aptos.getAccountInfo({ accountAddress: carol.accountAddress });
      expect(key).toBe(next.publicKey.authKey().toString());
      const found = await aptos.lookupOriginalAccountAddress({ authenticationKey: next.accountAddress });
      expect(found.equals(carol.accountAddress)).toBe(true);
      const rotated = sdk.Account.fromPrivateKey({ privateKey: next.privateKey, address: carol.accountAddress });
      const data = transferOf(1);
      const build = () => aptos.transaction.build.simple({ sender: carol.accountAddress, data });
      expect(await client.run(rotated, await build())).toMatchObject({ success: true });
      await expect(client.run(carol, await build())).rejects.toMatchObject({ data: { vm_error_code: 2 } });
      const owned = await aptos.deriveOwnedAccountsFromSigner({ signer: next.privateKey });
      expect(owned.map(({ accountAddress }) => accountAddress.toString())).toEqual([carol.accountAddress.toString()]);
    });

    it('change without the new one’s proof, which a search leaves out unless told otherwise', async () => {
      for (const legacy of [true, false]) {
        const carol = await client.funded();
        const toNewPublicKey = sdk.Account.generate({ scheme: sdk.SigningSchemeInput.Ed25519, legacy } as {
          scheme: sdk5.SigningSchemeInput.Ed25519;
          legacy: true;
        }).publicKey;
        await client.run(carol, await aptos.rotateAuthKeyUnverified({ fromAccount: carol, toNewPublicKey }));
        const { authentication_key: key } = await aptos.getAccountInfo({ accountAddress: carol.accountAddress });
        expect(key).toBe(toNewPublicKey.authKey().toString());
        const search = (includeUnverified: boolean) =>
          aptos.getAccountsForPublicKey({ publicKey: toNewPublicKey, options: { includeUnverified } });
        expect(await search(false)).toEqual([]);
        const [found] = await search(true);
        expect(found?.accountAddress.equals(carol.accountAddress)).toBe(true);
      }
    });

    it('belong to an account that has not been used', async () => {
      const { privateKey, publicKey } = sdk.Account.generate();
      const derived = await aptos.deriveAccountFromPrivateKey({
        privateKey,
        options: { throwIfNoAccountFound: false },
      });
      expect(derived.publicKey.authKey().toString()).toBe(publicKey.authKey().toString());
    });
  });

  describe('several transactions at once', () => {
    it('are sent by the worker, twenty in order', async () => {
      const carol = await client.funded();
      const target = sdk.Account.generate().accountAddress;
      const worker = aptos.transaction.batch;
      const executed = new Promise<void>((resolve) => {
        worker.on(sdk.TransactionWorkerEventsEnum.ExecutionFinish, () => resolve());
      });
      const failures: unknown[] = [];
      worker.on(sdk.TransactionWorkerEventsEnum.TransactionExecutionFailed, (event) => failures.push(event));
      worker.on(sdk.TransactionWorkerEventsEnum.TransactionSendFailed, (event) => failures.push(event));
      await worker.forSingleAccount({ sender: carol, data: Array.from({ length: 20 }, () => transferOf(1, target)) });
      await executed;
      worker.removeAllListeners();
      const sent = await waitFor(
        () => aptos.getAccountTransactions({ accountAddress: carol.accountAddress }),
        (all) => all.length === 20,
      );
      expect(failures).toEqual([]);
      expect(sent.every((transaction) => 'success' in transaction && transaction.success)).toBe(true);
      expect(await aptos.getAccountAPTAmount({ accountAddress: target })).toBe(20);
    });

    it('are waited for, each with its own outcome', async () => {
      const carol = await client.funded();
      const build = (amount: number, accountSequenceNumber: number) =>
        aptos.transaction.build.simple({
          sender: carol.accountAddress,
          data: transferOf(amount),
          options: { accountSequenceNumber },
        });
      const [good, bad] = [await build(1, 0), await build(1e15, 1)];
      const hashes = [];
      for (const transaction of [bad, good]) {
        hashes.push((await aptos.signAndSubmitTransaction({ signer: carol, transaction })).hash);
      }
      const [badHash = '', goodHash = ''] = hashes;
      expect((await aptos.waitForTransaction({ transactionHash: goodHash })).success).toBe(true);
      const failed = aptos.waitForTransaction({ transactionHash: badHash });
      await expect(failed).rejects.toThrow(/failed with an error: Move abort/);
      const looked = await aptos.waitForTransaction({ transactionHash: badHash, options: { checkSuccess: false } });
      expect(looked.success).toBe(false);
      const never = aptos.waitForTransaction({
        transactionHash: `0x${'ab'.repeat(32)}`,
        options: { timeoutSecs: 1, waitForIndexer: false },
      });
      await expect(never).rejects.toThrow(/timed out|not_found|not found/i);
    });

    async function waitFor<T>(ask: () => Promise<T>, isDone: (answer: T) => boolean): Promise<T> {
      for (let attempt = 0; attempt < 100; attempt++) {
        const answer = await ask();
        if (isDone(answer)) return answer;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return ask();
    }
  });

  describe('simulations', () => {
    it('choose price and limit where they are asked to', async () => {
      const transaction = await aptos.transaction.build.simple({
        sender: alice.accountAddress,
        data: transferOf(1),
        options: { gasUnitPrice: 123 },
      });
      const simulate = async (options: sdk5.InputSimulateTransactionOptions) => {
        const [result] = await aptos.transaction.simulate.simple({
          transaction,
          signerPublicKey: alice.publicKey,
          options,
        });
        return result;
      };
      expect((await simulate({}))?.gas_unit_price).toBe('123');
      const estimated = await simulate({ estimateGasUnitPrice: true, estimateMaxGasAmount: true });
      expect(estimated).toMatchObject({ success: true, gas_unit_price: '100' });
      expect(Number(estimated?.max_gas_amount)).toBeGreaterThan(Number(estimated?.gas_used));
      expect((await simulate({ estimatePrioritizedGasUnitPrice: true }))?.gas_unit_price).toBe('100');
      expect(Number(estimated?.gas_used)).toBeGreaterThan(0);
    });

    it('have several signers and a fee payer', async () => {
      const [bob, payer] = [await client.funded(), await client.funded()];
      const transaction = await aptos.transaction.build.multiAgent({
        sender: alice.accountAddress,
        secondarySignerAddresses: [bob.accountAddress],
        withFeePayer: true,
        data: transferOf(1),
      });
      transaction.feePayerAddress = payer.accountAddress;
      const [result] = await aptos.transaction.simulate.multiAgent({
        transaction,
        signerPublicKey: alice.publicKey,
        secondarySignersPublicKeys: [bob.publicKey],
        feePayerPublicKey: payer.publicKey,
      });
      // One signer too many for a transfer, which is found out before anything runs.
      expect(result).toMatchObject({
        success: false,
        vm_status: expect.stringMatching(/^NUMBER_OF_SIGNER_ARGUMENTS_MISMATCH\nExecution failed with message: /),
      });
    });

    it('show what would fail, and are not taken with a good signature', async () => {
      const build = (amount: number) =>
        aptos.transaction.build.simple({ sender: alice.accountAddress, data: transferOf(amount) });
      const [poor] = await aptos.transaction.simulate.simple({
        transaction: await build(1e15),
        signerPublicKey: alice.publicKey,
      });
      expect(poor).toMatchObject({ success: false, vm_status: expect.stringContaining('EINSUFFICIENT_BALANCE') });
      const transaction = await build(1);
      const signed = sdk.generateSignedTransaction({
        transaction,
        senderAuthenticator: aptos.transaction.sign({ signer: alice, transaction }),
      });
      const response = await fetch(`${devchain().nodeUrl}/transactions/simulate`, {
        method: 'POST',
        headers: { 'content-type': 'application/x.aptos.signed_transaction+bcs' },
        body: new Uint8Array(signed),
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error_code: 'invalid_input' });
    });
  });

  describe('views', () => {
    const view = (name: string, functionArguments: CallArguments, types: string[] = []) =>
      aptos.view({
        payload: { function: `0x1::${name}` as sdk5.MoveFunctionId, functionArguments, typeArguments: types },
      });

    it('answer in values of every kind', async () => {
      expect(await view('coin::decimals', [], ['0x1::aptos_coin::AptosCoin'])).toEqual([8]);
      expect(await view('coin::symbol', [], ['0x1::aptos_coin::AptosCoin'])).toEqual(['APT']);
      expect(await view('account::exists_at', [alice.accountAddress])).toEqual([true]);
      expect(await view('account::get_authentication_key', [alice.accountAddress])).toEqual([
        alice.publicKey.authKey().toString(),
      ]);
      expect(await view('chain_id::get', [])).toEqual([4]);
      const [supply] = await view('fungible_asset::supply', ['0xa'], ['0x1::fungible_asset::Metadata']);
      expect(supply).toEqual({ vec: [expect.stringMatching(/^\d+$/)] });
      const [store] = await view(
        'primary_fungible_store::primary_store',
        [alice.accountAddress, '0xa'],
        ['0x1::fungible_asset::Metadata'],
      );
      expect(store).toEqual({ inner: expect.stringMatching(/^0x[0-9a-f]{64}$/) });
    });

    it('say what is wrong with a question', async () => {
      const payload = { function: '0x1::coin::decimals' as const, functionArguments: [] };
      await expect(aptos.viewJson({ payload })).rejects.toMatchObject({ status: 400 });
      const wrong = { ...payload, function: '0x1::coin::nothing' as const };
      await expect(aptos.viewJson({ payload: wrong })).rejects.toMatchObject({ data: { error_code: 'invalid_input' } });
      const stranger = ['0x7::nothing::Coin'];
      await expect(view('coin::decimals', [], stranger)).rejects.toMatchObject({ status: 400 });
      const past = aptos.view({
        payload: { function: '0x1::account::exists_at', functionArguments: [alice.accountAddress] },
        options: { ledgerVersion: 0 },
      });
      expect(await past).toEqual([false]);
    });
  });

  it('has blocks by height and by version, with what is in them and without', async () => {
    const { version } = await aptos.fundAccount({ accountAddress: alice.accountAddress, amount: 1 });
    const ledgerVersion = Number(version);
    const bare = await aptos.getBlockByVersion({ ledgerVersion });
    expect(bare.transactions ?? null).toBeNull();
    const blockHeight = Number(bare.block_height);
    const full = await aptos.getBlockByHeight({ blockHeight, options: { withTransactions: true } });
    expect(full.transactions?.map((transaction) => 'version' in transaction && transaction.version)).toContain(version);
    await expect(aptos.getBlockByVersion({ ledgerVersion: 1e9 })).rejects.toMatchObject({ status: 404 });
  });

  it('lets another sign as the fee payer and send it', async () => {
    const [poor, payer] = [sdk.Account.generate(), await client.funded()];
    const transaction = await aptos.transaction.build.simple({
      sender: alice.accountAddress,
      data: transferOf(3, poor.accountAddress),
      withFeePayer: true,
    });
    const senderAuthenticator = aptos.transaction.sign({ signer: alice, transaction });
    const { hash } = await aptos.signAndSubmitAsFeePayer({ feePayer: payer, senderAuthenticator, transaction });
    expect((await aptos.waitForTransaction({ transactionHash: hash })).success).toBe(true);
    expect(aptos.transaction.getSigningMessage({ transaction })).toBeInstanceOf(Uint8Array);
  });

  it('refuses names, digital assets and keyless accounts in ways that say so', async () => {
    await expect(aptos.ans.getPrimaryName({ address: alice.accountAddress })).rejects.toThrow();
    const transaction = aptos.mintDigitalAssetTransaction({
      creator: alice,
      collection: 'c',
      description: '',
      name: 'n',
      uri: '',
    });
    await expect(transaction.then((built) => client.run(alice, built))).rejects.toThrow();
  });
});
