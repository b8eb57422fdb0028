// Multisig accounts by the unmodified ts-sdk: creating one, proposing, voting, executing what is stored or only known by its hash, failing,
// changing owners, and what is refused.

import type * as sdk5 from '@aptos-labs/ts-sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha3_256 } from '../base/hash.ts';
import { devchainOfTests, SDK_VERSIONS } from './sdk.suite.ts';
import { APT, SdkClient } from './sdk-client.suite.ts';

const devchain = devchainOfTests();

describe.each(SDK_VERSIONS)('ts-sdk %s', (_version, sdk) => {
  type Call = sdk5.InputEntryFunctionData;
  type Argument = sdk5.EntryFunctionArgumentTypes | sdk5.SimpleEntryFunctionArgumentTypes;
  let client: SdkClient;
  let alice: sdk5.Ed25519Account;
  let bob: sdk5.Ed25519Account;
  let carol: sdk5.Ed25519Account;
  let multisig: sdk5.AccountAddress;
  let proposals = 0;

  const view = <T extends sdk5.MoveValue[]>(name: string, functionArguments: Argument[]) =>
    client.aptos.view<T>({ payload: { function: `0x1::multisig_account::${name}`, functionArguments } });
  const call = (name: string, ...functionArguments: Argument[]): Call => ({
    function: `0x1::multisig_account::${name}`,
    functionArguments,
  });
  const pay = (to: sdk5.AccountAddress, amount: number): Call => ({
    function: '0x1::aptos_account::transfer',
    functionArguments: [to, amount],
  });

  beforeAll(async () => {
    client = new SdkClient(sdk, devchain());
    [alice, bob, carol] = [await client.funded(), await client.funded(), await client.funded()];
    const [next] = await view<[string]>('get_next_multisig_account_address', [alice.accountAddress]);
    multisig = sdk.AccountAddress.from(next);
    const owners = [bob.accountAddress, carol.accountAddress];
    const created = await client.send(alice, call('create_with_owners', owners, 2, ['name'], [[1, 2, 3]]));
    expect(created).toMatchObject({ success: true });
    await client.fund(multisig);
  });

  async function payloadOf(data: Call): Promise<Uint8Array> {
    const payload = await sdk.generateTransactionPayload({
      ...data,
      multisigAddress: multisig,
      aptosConfig: client.aptos.config,
    } as sdk5.InputMultiSigDataWithRemoteABI);
    const inner = (payload as unknown as sdk5.TransactionPayloadMultiSig).multiSig.transaction_payload;
    if (inner === undefined) throw new Error('a multisig payload with a call');
    return inner.bcsToBytes();
  }

  /** Proposes, and has the others vote. */
  async function propose(data: Call, byHash = false): Promise<void> {
    const payload = await payloadOf(data);
    const proposal = byHash
      ? call('create_transaction_with_hash', multisig, sha3_256(payload))
      : call('create_transaction', multisig, payload);
    expect(await client.send(alice, proposal)).toMatchObject({ success: true });
    proposals++;
  }

  /** A multisig transaction: without `data`, of what is stored. */
  async function build(by: sdk5.Account, data?: Call): Promise<sdk5.SimpleTransaction> {
    if (data) {
      const multisigData = { ...data, multisigAddress: multisig } as sdk5.InputMultiSigData;
      return client.aptos.transaction.build.simple({ sender: by.accountAddress, data: multisigData });
    }
    const any = await client.aptos.transaction.build.simple({ sender: by.accountAddress, data: pay(multisig, 1) });
    const { rawTransaction: raw } = any;
    const payload = new sdk.TransactionPayloadMultiSig(new sdk.MultiSig(multisig));
    return new sdk.SimpleTransaction(
      new sdk.RawTransaction(
        raw.sender,
        raw.sequence_number,
        payload,
        raw.max_gas_amount,
        raw.gas_unit_price,
        raw.expiration_timestamp_secs,
        raw.chain_id,
      ),
    );
  }

  async function execute(by: sdk5.Account, data?: Call) {
    const transaction = await build(by, data);
    const { hash } = await client.aptos.signAndSubmitTransaction({ signer: by, transaction });
    return client.done(hash);
  }

  const types = (done: sdk5.UserTransactionResponse) => done.events.map(({ type }) => type);

  it('knows its owners and keeps its money', async () => {
    const [owners] = await view<[string[]]>('owners', [multisig]);
    expect(owners).toEqual([bob, carol, alice].map(({ accountAddress }) => accountAddress.toString()));
    expect(await view('num_signatures_required', [multisig])).toEqual(['2']);
    expect(await client.balance({ accountAddress: multisig })).toBe(10 * APT);
    const { authentication_key } = await client.aptos.getAccountInfo({ accountAddress: multisig });
    expect(BigInt(authentication_key)).toBe(0n);
  });

  it('executes a stored call as the account, at the expense of whoever executes it', async () => {
    const to = sdk.Account.generate().accountAddress;
    await propose(pay(to, 500));
    expect(await view('can_be_executed', [multisig, proposals])).toEqual([false]);
    const before = [await client.balance({ accountAddress: multisig }), await client.balance(bob)];
    const done = await execute(bob);
    expect(done).toMatchObject({
      success: true,
      payload: { type: 'multisig_payload', multisig_address: multisig.toString(), transaction_payload: null },
    });
    expect(types(done)).toEqual(
      expect.arrayContaining(['0x1::multisig_account::Vote', '0x1::multisig_account::TransactionExecutionSucceeded']),
    );
    expect(await client.balance({ accountAddress: to })).toBe(500);
    expect(await client.balance({ accountAddress: multisig })).toBe((before[0] ?? 0) - 500);
    expect(await client.balance(bob)).toBeLessThan(before[1] ?? 0);
    expect(await view('last_resolved_sequence_number', [multisig])).toEqual([String(proposals)]);
  });

  it('executes a call of which only the hash is stored', async () => {
    const data = pay(sdk.Account.generate().accountAddress, 7);
    await propose(data, true);
    await expect(execute(bob, pay(bob.accountAddress, 7))).rejects.toThrow(/PAYLOAD_DOES_NOT_MATCH_HASH/);
    await expect(execute(bob)).rejects.toThrow(/PAYLOAD_DOES_NOT_MATCH_HASH/);
    const transaction = await build(carol, data);
    const [simulated] = await client.aptos.transaction.simulate.simple({ transaction });
    expect(simulated).toMatchObject({ success: true });
    expect(await execute(carol, data)).toMatchObject({
      success: true,
      payload: { transaction_payload: { type: 'entry_function_payload', function: '0x1::aptos_account::transfer' } },
    });
  });

  it('simulates what nobody has proposed', async () => {
    const transaction = await build(bob, pay(bob.accountAddress, 3));
    const [simulated] = await client.aptos.transaction.simulate.simple({ transaction });
    expect(simulated).toMatchObject({ success: true });
    const [empty] = await client.aptos.transaction.simulate.simple({ transaction: await build(bob) });
    expect(empty).toMatchObject({ success: false, vm_status: 'MISSING_DATA' });
  });

  it('is done with a call that fails', async () => {
    await propose(pay(bob.accountAddress, 1e12));
    const done = await execute(bob);
    expect(done).toMatchObject({ success: true, vm_status: 'Executed successfully' });
    const failed = done.events.find(({ type }) => type === '0x1::multisig_account::TransactionExecutionFailed');
    expect(failed?.data).toMatchObject({
      execution_error: {
        error_type: 'MoveAbort',
        abort_location: `${'0'.repeat(63)}1::fungible_asset`,
        error_code: String(0x10004),
      },
      num_approvals: '2',
    });
    expect(await view('last_resolved_sequence_number', [multisig])).toEqual([String(proposals)]);
    await propose({ function: '0x1::aptos_account::transfer', functionArguments: [bob.accountAddress, 1] });
    const other = await execute(bob, pay(bob.accountAddress, 1));
    expect(types(other)).toContain('0x1::multisig_account::TransactionExecutionSucceeded');
  });

  it('is done with a call that is none', async () => {
    expect(await client.send(alice, call('create_transaction', multisig, [9, 9]))).toMatchObject({ success: true });
    proposals++;
    expect(await execute(bob)).toMatchObject({ success: false, vm_status: 'FAILED_TO_DESERIALIZE_ARGUMENT' });
    await client.send(bob, call('reject_transaction', multisig, proposals));
    expect(await client.send(carol, call('execute_rejected_transaction', multisig))).toMatchObject({ success: true });
  });

  it('refuses what is not agreed on, and strangers', async () => {
    const stranger = await client.funded();
    await expect(execute(stranger)).rejects.toMatchObject({ data: { vm_error_code: 32 } });
    await expect(execute(bob)).rejects.toMatchObject({ data: { vm_error_code: 33 } });
    await propose(pay(bob.accountAddress, 1));
    await expect(execute(alice)).rejects.toMatchObject({ data: { vm_error_code: 34 } });
    await expect(execute(bob, pay(bob.accountAddress, 2))).rejects.toMatchObject({ data: { vm_error_code: 40 } });
    expect(await client.send(bob, call('reject_transaction', multisig, proposals))).toMatchObject({ success: true });
    expect(await client.send(carol, call('execute_rejected_transaction', multisig))).toMatchObject({ success: true });
  });

  it('changes its owners by itself alone', async () => {
    const direct = await client.send(alice, call('add_owner', alice.accountAddress));
    expect(direct.vm_status).toMatch(/EACCOUNT_NOT_MULTISIG\(0x307d2\)/);
    const dave = sdk.Account.generate().accountAddress;
    await propose(call('add_owner', dave));
    expect(types(await execute(bob))).toContain('0x1::multisig_account::AddOwners');
    expect(await view('is_owner', [dave, multisig])).toEqual([true]);
  });

  it('lets somebody else pay for the execution', async () => {
    await propose(pay(bob.accountAddress, 1));
    const sponsor = await client.funded();
    const transaction = await build(carol);
    transaction.feePayerAddress = sponsor.accountAddress;
    const before = await client.balance(carol);
    const sent = await client.aptos.transaction.submit.simple({
      transaction,
      senderAuthenticator: client.aptos.transaction.sign({ signer: carol, transaction }),
      feePayerAuthenticator: client.aptos.transaction.signAsFeePayer({ signer: sponsor, transaction }),
    });
    expect(await client.done(sent.hash)).toMatchObject({ success: true });
    expect(await client.balance(carol)).toBe(before);
  });
});
