// Scripts by the unmodified ts-sdk: with type arguments and several signers, sponsored, simulated, composed; and how they fail.

import { CallArgument, initSync, TransactionComposer, wasmModule } from '@aptos-labs/script-composer-pack';
import type * as sdk5 from '@aptos-labs/ts-sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { addressToBytes, parseAddress } from '../base/ids.ts';
import { devchainOfTests, SDK_VERSIONS, scriptCode } from './sdk.suite.ts';
import { SdkClient } from './sdk-client.suite.ts';

const APTOS_COIN = '0x1::aptos_coin::AptosCoin';

beforeAll(() => void initSync({ module: wasmModule }));
const devchain = devchainOfTests();

describe.each(SDK_VERSIONS)('ts-sdk %s', (_version, sdk) => {
  let client: SdkClient;
  let alice: sdk5.Ed25519Account;
  let bob: sdk5.Ed25519Account;

  beforeAll(async () => {
    client = new SdkClient(sdk, devchain());
    [alice, bob] = [await client.funded(), await client.funded()];
  });

  const stranger = () => sdk.Account.generate().accountAddress;

  function split(first: sdk5.AccountAddress, second: sdk5.AccountAddress, amounts: number[], isChecked = true) {
    return {
      bytecode: scriptCode('split'),
      typeArguments: [APTOS_COIN],
      functionArguments: [first, second, sdk.MoveVector.U64(amounts), new sdk.Bool(isChecked)],
    };
  }

  const swap = (toBob: number, toAlice: number) => ({
    bytecode: scriptCode('swap'),
    functionArguments: [new sdk.U64(toBob), new sdk.U64(toAlice)],
  });

  it('runs one with a type argument, and shows it', async () => {
    const [first, second] = [stranger(), stranger()];
    const done = await client.send(alice, split(first, second, [11, 22]));
    expect(done).toMatchObject({
      success: true,
      vm_status: 'Executed successfully',
      payload: {
        type: 'script_payload',
        type_arguments: [APTOS_COIN],
        code: {
          abi: { name: 'main', is_entry: true, params: ['&signer', 'address', 'address', 'vector<u64>', 'bool'] },
        },
      },
    });
    const { arguments: shown } = done.payload as sdk5.ScriptPayloadResponse;
    expect(shown.slice(0, 2)).toEqual([first.toString(), second.toString()]);
    expect(shown[3]).toBe(true);
    expect(await client.balance({ accountAddress: first })).toBe(11);
    expect(await client.balance({ accountAddress: second })).toBe(22);
  });

  it('simulates what it then does, without a key', async () => {
    const transaction = await client.aptos.transaction.build.simple({
      sender: alice.accountAddress,
      data: split(stranger(), stranger(), [1, 2]),
    });
    const [simulated] = await client.aptos.transaction.simulate.simple({ transaction });
    expect(simulated).toMatchObject({ success: true });
    const { hash } = await client.aptos.signAndSubmitTransaction({ signer: alice, transaction });
    expect((await client.done(hash)).gas_used).toBe(simulated?.gas_used);
  });

  it('runs one for two signers, with and without a sponsor', async () => {
    for (const withFeePayer of [false, true]) {
      const before = [await client.balance(alice), await client.balance(bob)];
      const transaction = await client.aptos.transaction.build.multiAgent({
        sender: alice.accountAddress,
        secondarySignerAddresses: [bob.accountAddress],
        data: swap(100, 30),
        withFeePayer,
      });
      const [simulated] = await client.aptos.transaction.simulate.multiAgent({ transaction });
      expect(simulated).toMatchObject({ success: true });
      const sponsor = await client.funded();
      const senderAuthenticator = client.aptos.transaction.sign({ signer: alice, transaction });
      const additionalSignersAuthenticators = [client.aptos.transaction.sign({ signer: bob, transaction })];
      const sent = await client.aptos.transaction.submit.multiAgent({
        transaction,
        senderAuthenticator,
        additionalSignersAuthenticators,
        ...(withFeePayer && {
          feePayerAuthenticator: client.aptos.transaction.signAsFeePayer({ signer: sponsor, transaction }),
        }),
      });
      const done = await client.done(sent.hash);
      expect(done).toMatchObject({
        success: true,
        signature: { type: withFeePayer ? 'fee_payer_signature' : 'multi_agent_signature' },
      });
      const fee = withFeePayer ? 0 : 100 * Number(done.gas_used);
      expect([await client.balance(alice), await client.balance(bob)]).toEqual([
        (before[0] ?? 0) - 70 - fee,
        (before[1] ?? 0) + 70,
      ]);
    }
  });

  it('keeps a failed one, with the abort', async () => {
    const done = await client.send(alice, split(stranger(), stranger(), [1e10, 1]));
    expect(done).toMatchObject({
      success: false,
      vm_status: 'Move abort: code 0x7',
      events: [{ type: '0x1::transaction_fee::FeeStatement' }],
    });
    const unchecked = await client.send(alice, split(stranger(), stranger(), [1, 1e10], false));
    expect(unchecked.vm_status).toMatch(/^Move abort in 0x1::fungible_asset: EINSUFFICIENT_BALANCE\(0x10004\)/);
  });

  const wrong: readonly (readonly [string, () => Partial<sdk5.InputScriptData>])[] = [
    ['NUMBER_OF_ARGUMENTS_MISMATCH', () => ({ functionArguments: [] })],
    ['NUMBER_OF_TYPE_ARGUMENTS_MISMATCH', () => ({ typeArguments: [] })],
    ['CODE_DESERIALIZATION_ERROR', () => ({ bytecode: new Uint8Array(9) })],
    ['FAILED_TO_DESERIALIZE_ARGUMENT', () => ({ functionArguments: Array.from({ length: 4 }, () => new sdk.U8(1)) })],
  ];
  it.each(wrong)('keeps one that cannot run as %s', async (status, change) => {
    const data = { ...split(bob.accountAddress, bob.accountAddress, [1, 2]), ...change() };
    expect(await client.send(alice, data)).toMatchObject({ success: false, vm_status: status });
  });

  it('wants as many signers as the script takes', async () => {
    const done = await client.send(alice, swap(1, 2));
    expect(done).toMatchObject({ success: false, vm_status: 'NUMBER_OF_SIGNER_ARGUMENTS_MISMATCH' });
  });

  it('runs what the script composer makes', async () => {
    const composer = TransactionComposer.single_signer();
    for (const { bytecode } of await client.aptos.getAccountModules({ accountAddress: '0x1' })) {
      composer.store_module(sdk.Hex.fromHexInput(bytecode).toUint8Array());
    }
    const to = stranger();
    const amount = new sdk.U64(77).bcsToBytes();
    const [coin] = composer.add_batched_call(
      '0x1::coin',
      'withdraw',
      [APTOS_COIN],
      [CallArgument.newSigner(0), CallArgument.newBytes(amount)],
    );
    if (coin === undefined) throw new Error('a withdrawal gives a coin');
    const recipient = CallArgument.newBytes(addressToBytes(parseAddress(to.toStringLong())));
    composer.add_batched_call('0x1::aptos_account', 'deposit_coins', [APTOS_COIN], [recipient, coin]);
    const deserializer = new sdk.Deserializer(composer.generate_batched_calls(true));
    const payload = sdk.TransactionPayloadScript.load(deserializer);
    const transaction = await client.aptos.transaction.build.simple({
      sender: alice.accountAddress,
      data: {
        bytecode: payload.script.bytecode,
        functionArguments: payload.script.args as sdk5.ScriptFunctionArgumentTypes[],
      },
    });
    const { hash } = await client.aptos.signAndSubmitTransaction({ signer: alice, transaction });
    expect(await client.done(hash)).toMatchObject({ success: true, payload: { type: 'script_payload' } });
    expect(await client.balance({ accountAddress: to })).toBe(77);
  });
});
