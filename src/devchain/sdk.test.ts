// The unmodified ts-sdk against the local chain over HTTP, both versions that users bring: real packages on the real VM.

import type * as sdk5 from '@aptos-labs/ts-sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { devchainOfTests, SDK_VERSIONS } from './sdk.suite.ts';
import { APT, SdkClient } from './sdk-client.suite.ts';

const devchain = devchainOfTests();

describe.each(SDK_VERSIONS)('ts-sdk %s', (_version, sdk) => {
  let aptos: sdk5.Aptos;
  let alice: sdk5.Ed25519Account;
  let bob: sdk5.SingleKeyAccount;

  beforeAll(async () => {
    const client = new SdkClient(sdk, devchain());
    ({ aptos } = client);
    alice = await client.funded();
    bob = sdk.Account.generate({ scheme: sdk.SigningSchemeInput.Secp256k1Ecdsa });
    await client.fund(bob.accountAddress);
  });

  async function transfer(from: sdk5.Account, to: sdk5.AccountAddress, amount: number, options = {}) {
    const transaction = await aptos.transferCoinTransaction({
      sender: from.accountAddress,
      recipient: to,
      amount,
      options,
    });
    return aptos.signAndSubmitTransaction({ signer: from, transaction });
  }

  const balance = (account: { accountAddress: sdk5.AccountAddress }) =>
    aptos.getBalance({ accountAddress: account.accountAddress, asset: sdk.APTOS_COIN as sdk5.MoveStructId });

  it('reads the ledger, the gas price and the health of the chain', async () => {
    const info = await aptos.getLedgerInfo();
    expect(info.chain_id).toBe(4);
    expect(BigInt(info.ledger_version)).toBeGreaterThan(0n);
    expect(await aptos.getChainId()).toBe(4);
    expect((await aptos.getGasPriceEstimation()).gas_estimate).toBe(100);
    expect(await (await fetch(`${devchain().nodeUrl}/-/healthy`)).json()).toEqual({ message: 'aptos-node:ok' });
  });

  it('funds an account, transfers, waits, reads the balance', async () => {
    const carol = sdk.Account.generate();
    const before = await balance(alice);
    const pending = await transfer(alice, carol.accountAddress, 12345);
    expect(pending.type).toBe('pending_transaction');
    const committed = await aptos.waitForTransaction({ transactionHash: pending.hash });
    expect(committed).toMatchObject({ success: true, vm_status: 'Executed successfully', type: 'user_transaction' });
    expect(await balance(carol)).toBe(12345);
    expect(await balance(alice)).toBe(before - 12345 - 100 * Number(committed.gas_used));
    expect(await aptos.getAccountAPTAmount({ accountAddress: carol.accountAddress })).toBe(12345);
  });

  it('signs with secp256k1, with k of n keys, and for a fee payer', async () => {
    const target = sdk.Account.generate();
    await aptos.waitForTransaction({ transactionHash: (await transfer(bob, target.accountAddress, 1)).hash });

    const multi = new sdk.MultiKeyAccount({
      multiKey: new sdk.MultiKey({ publicKeys: [alice.publicKey, bob.publicKey], signaturesRequired: 2 }),
      signers: [alice, bob],
    });
    await aptos.fundAccount({ accountAddress: multi.accountAddress, amount: 10 * APT });
    await aptos.waitForTransaction({ transactionHash: (await transfer(multi, target.accountAddress, 2)).hash });

    const sponsored = sdk.Account.generate();
    await aptos.fundAccount({ accountAddress: sponsored.accountAddress, amount: 3 });
    const transaction = await aptos.transaction.build.simple({
      sender: sponsored.accountAddress,
      withFeePayer: true,
      data: { function: '0x1::aptos_account::transfer', functionArguments: [target.accountAddress, 3] },
    });
    const senderAuthenticator = aptos.transaction.sign({ signer: sponsored, transaction });
    const feePayerAuthenticator = aptos.transaction.signAsFeePayer({ signer: bob, transaction });
    const sent = await aptos.transaction.submit.simple({ transaction, senderAuthenticator, feePayerAuthenticator });
    const done = await aptos.waitForTransaction({ transactionHash: sent.hash });
    expect(done).toMatchObject({ success: true, signature: { type: 'fee_payer_signature' } });
    expect(await balance(target)).toBe(6);
    expect(await balance(sponsored)).toBe(0);
  });

  it('simulates what it then does', async () => {
    const transaction = await aptos.transferCoinTransaction({
      sender: alice.accountAddress,
      recipient: sdk.Account.generate().accountAddress,
      amount: 5,
    });
    const [simulated] = await aptos.transaction.simulate.simple({ signerPublicKey: alice.publicKey, transaction });
    expect(simulated).toMatchObject({ success: true });
    const [anonymous] = await aptos.transaction.simulate.simple({ transaction });
    expect(anonymous).toMatchObject({ success: true });
    const sent = await aptos.signAndSubmitTransaction({ signer: alice, transaction });
    const done = await aptos.waitForTransaction({ transactionHash: sent.hash });
    expect(done.gas_used).toBe(simulated?.gas_used);
  });

  it('waits for a transaction whose turn has not come', async () => {
    const dave = sdk.Account.generate();
    await aptos.fundAccount({ accountAddress: dave.accountAddress, amount: 10 * APT });
    const second = await transfer(dave, alice.accountAddress, 2, { accountSequenceNumber: 1 });
    expect(await aptos.isPendingTransaction({ transactionHash: second.hash })).toBe(true);
    const waiting = aptos.waitForTransaction({ transactionHash: second.hash });
    await transfer(dave, alice.accountAddress, 1, { accountSequenceNumber: 0 });
    expect((await waiting).success).toBe(true);
  });

  it('takes orderless transactions once', async () => {
    const options = { replayProtectionNonce: 4711, expireTimestamp: Math.floor(Date.now() / 1000) + 30 };
    const { sequence_number: before } = await aptos.getAccountInfo({ accountAddress: alice.accountAddress });
    const { hash } = await transfer(alice, bob.accountAddress, 1, options);
    expect(await aptos.waitForTransaction({ transactionHash: hash })).toMatchObject({
      replay_protection_nonce: '4711',
    });
    await expect(transfer(alice, bob.accountAddress, 2, options)).rejects.toThrow(/NONCE/);
    const { sequence_number: after } = await aptos.getAccountInfo({ accountAddress: alice.accountAddress });
    expect(after).toBe(before);
  });

  it('gets refusals that say why', async () => {
    const old = { accountSequenceNumber: 0 };
    await aptos.waitForTransaction({ transactionHash: (await transfer(alice, bob.accountAddress, 1)).hash });
    await expect(transfer(alice, bob.accountAddress, 1, old)).rejects.toMatchObject({
      status: 400,
      data: { error_code: 'vm_error', vm_error_code: 3 },
    });
    await expect(transfer(alice, bob.accountAddress, 1, { expireTimestamp: 1 })).rejects.toThrow(/TRANSACTION_EXPIRED/);
    const poor = sdk.Account.generate();
    await expect(transfer(poor, bob.accountAddress, 1)).rejects.toThrow(/INSUFFICIENT_BALANCE_FOR_TRANSACTION_FEE/);
    const transaction = await aptos.transferCoinTransaction({
      sender: alice.accountAddress,
      recipient: bob.accountAddress,
      amount: 1,
    });
    const senderAuthenticator = aptos.transaction.sign({ signer: poor, transaction });
    await expect(aptos.transaction.submit.simple({ transaction, senderAuthenticator })).rejects.toThrow(
      /INVALID_AUTH_KEY/,
    );
  });

  it('sees an abort with its name, and the sequence number used', async () => {
    const { hash } = await transfer(alice, bob.accountAddress, 1e15);
    await expect(aptos.waitForTransaction({ transactionHash: hash })).rejects.toThrow(
      /Move abort in 0x1::fungible_asset: EINSUFFICIENT_BALANCE\(0x10004\)/,
    );
    const failed = await aptos.waitForTransaction({ transactionHash: hash, options: { checkSuccess: false } });
    expect(failed).toMatchObject({ success: false, events: [{ type: '0x1::transaction_fee::FeeStatement' }] });
    expect(await aptos.getTransactionByVersion({ ledgerVersion: Number(failed.version) })).toEqual(failed);
  });

  it('finds nothing where there is nothing', async () => {
    const stranger = sdk.Account.generate().accountAddress;
    expect(await aptos.getAccountInfo({ accountAddress: stranger })).toMatchObject({
      sequence_number: '0',
      authentication_key: stranger.toStringLong(),
    });
    const wanted = aptos.getAccountResource({ accountAddress: stranger, resourceType: '0x1::account::Account' });
    await expect(wanted).rejects.toMatchObject({ status: 404, data: { error_code: 'resource_not_found' } });
    await expect(aptos.getAccountModule({ accountAddress: stranger, moduleName: 'm' })).rejects.toMatchObject({
      data: { error_code: 'module_not_found' },
    });
    await expect(aptos.getTransactionByHash({ transactionHash: `0x${'0'.repeat(64)}` })).rejects.toMatchObject({
      data: { error_code: 'transaction_not_found' },
    });
    await expect(aptos.getBlockByHeight({ blockHeight: 1e9 })).rejects.toMatchObject({
      data: { error_code: 'block_not_found' },
    });
  });

  it('lists resources, modules, transactions and blocks on one page each', async () => {
    const { accountAddress } = alice;
    const resources = await aptos.getAccountResources({ accountAddress });
    expect(resources.map(({ type }) => type)).toContain('0x1::account::Account');
    const modules = await aptos.getAccountModules({ accountAddress: '0x1' });
    expect(modules.map(({ abi }) => abi?.name)).toContain('coin');
    const sent = await aptos.getAccountTransactions({ accountAddress });
    expect(sent.length).toBeGreaterThan(0);
    const all = await aptos.getTransactions({ options: { offset: 0, limit: 2 } });
    expect(all.map(({ type }) => type)).toEqual(['genesis_transaction', 'block_metadata_transaction']);
    const block = await aptos.getBlockByVersion({ ledgerVersion: 2, options: { withTransactions: true } });
    expect(block).toMatchObject({ block_height: '1', first_version: '1', last_version: '2' });
    const transactions = block.transactions ?? [];
    expect(transactions.map(({ type }) => type)).toEqual(['block_metadata_transaction', 'user_transaction']);
    expect(transactions[0]).toMatchObject({
      id: block.block_hash,
      timestamp: block.block_timestamp,
      epoch: '1',
      round: '1',
    });
    expect(await aptos.getBlockByHeight({ blockHeight: 1 })).toEqual({ ...block, transactions: null });
  });

  it('tells contracts of the block', async () => {
    const height = async () => {
      const [shown] = await aptos.view({ payload: { function: '0x1::block::get_current_block_height' } });
      return Number(shown);
    };
    const before = await height();
    await aptos.fundAccount({ accountAddress: alice.accountAddress, amount: 1 });
    expect(await height()).toBe(before + 1);
    const history = await aptos.getAccountResource<{ height: string; new_block_events: { counter: string } }>({
      accountAddress: '0x1',
      resourceType: '0x1::block::BlockResource',
    });
    expect(history).toMatchObject({
      height: String(before + 1),
      new_block_events: { counter: String(before + 2) },
    });
    expect(await aptos.getBlockByHeight({ blockHeight: before + 1 })).toMatchObject({
      block_height: String(before + 1),
    });
  });

  it('reads the state of the past', async () => {
    const erin = sdk.Account.generate();
    const { version } = await aptos.fundAccount({ accountAddress: erin.accountAddress, amount: 100 });
    await aptos.fundAccount({ accountAddress: erin.accountAddress, amount: 11 });
    const [store] = await aptos.view<[{ inner: string }]>({
      payload: {
        function: '0x1::primary_fungible_store::primary_store',
        typeArguments: ['0x1::fungible_asset::Metadata'],
        functionArguments: [erin.accountAddress, '0xa'],
      },
    });
    const read = (options = {}) =>
      aptos.getAccountResource<{ balance: string }>({
        accountAddress: store.inner,
        resourceType: '0x1::fungible_asset::FungibleStore',
        options,
      });
    expect((await read()).balance).toBe('111');
    expect((await read({ ledgerVersion: Number(version) })).balance).toBe('100');
  });
});
