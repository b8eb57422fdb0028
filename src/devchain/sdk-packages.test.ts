// Packages by the unmodified ts-sdk: publish, call, view, tables, events, several signers, upgrade; and how each of them fails.

import type * as sdk5 from '@aptos-labs/ts-sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { guestbookCode } from './fixtures/packages.ts';
import { encodePackageMetadata } from './publish.ts';
import { devchainOfTests, SDK_VERSIONS } from './sdk.suite.ts';
import { SdkClient } from './sdk-client.suite.ts';

let nowMicros = 1_900_000_000_000_000n;
const devchain = devchainOfTests({ clock: () => nowMicros });

describe.each(SDK_VERSIONS)('ts-sdk %s', (version, sdk) => {
  type Call = sdk5.MoveFunctionId;
  let client: SdkClient;
  let aptos: sdk5.Aptos;
  let publisher: sdk5.Ed25519Account;
  let alice: sdk5.Ed25519Account;
  let bob: sdk5.Ed25519Account;
  let name: (member: string) => Call;

  beforeAll(async () => {
    client = new SdkClient(sdk, devchain());
    ({ aptos } = client);
    [publisher, alice, bob] = [await client.funded(), await client.funded(), await client.funded()];
    name = (member) => `${publisher.accountAddress.toStringLong()}::guestbook::${member}` as Call;
    await publish(1);
  });

  /** As types are shown: without leading zeros, which one address in sixteen has. */
  const shown = (member: string) => name(member).replace(/^0x0+/, '0x');

  const options = () => ({ expireTimestamp: Number(nowMicros / 1_000_000n) + 60 });

  async function publish(edition: 1 | 2 | 3, policy = 1, signer = publisher) {
    const owner = publisher.accountAddress.toStringLong();
    const transaction = await aptos.publishPackageTransaction({
      account: signer.accountAddress,
      metadataBytes: encodePackageMetadata('guestbook', ['guestbook'], policy),
      moduleBytecode: [guestbookCode(edition, owner)],
      options: options(),
    });
    return client.finish(signer, transaction);
  }

  async function call(
    signer: sdk5.Account,
    member: string,
    functionArguments: sdk5.SimpleEntryFunctionArgumentTypes[],
  ) {
    const data = { function: name(member), functionArguments };
    return client.finish(
      signer,
      await aptos.transaction.build.simple({ sender: signer.accountAddress, data, options: options() }),
    );
  }

  const view = (member: string, functionArguments: sdk5.SimpleEntryFunctionArgumentTypes[] = []) =>
    aptos.view({ payload: { function: name(member), functionArguments } });

  it('publishes a package, whose initialiser has run', async () => {
    const module = await aptos.getAccountModule({ accountAddress: publisher.accountAddress, moduleName: 'guestbook' });
    expect(module.abi?.exposed_functions.find((f) => f.name === 'count')).toMatchObject({
      is_view: true,
      return: ['u64'],
    });
    expect(module.abi?.structs.find((s) => s.name === 'Signed')).toMatchObject({ is_event: true });
    const book = await aptos.getAccountResource<{ owner: string; count: string; opened_at: string }>({
      accountAddress: publisher.accountAddress,
      resourceType: name('Book'),
    });
    expect(book).toMatchObject({ owner: publisher.accountAddress.toString(), count: '0' });
    expect(BigInt(book.opened_at)).toBeGreaterThanOrEqual(nowMicros);
    const registry = await aptos.getAccountResource<{ packages: { name: string }[] }>({
      accountAddress: publisher.accountAddress,
      resourceType: '0x1::code::PackageRegistry',
    });
    expect(registry.packages.map((each) => each.name)).toEqual(['guestbook']);
  });

  it('calls it, reads events, a table item and views', async () => {
    const done = await call(alice, 'sign', ['grüezi']);
    expect(done).toMatchObject({
      success: true,
      vm_status: 'Executed successfully',
      payload: { type: 'entry_function_payload', function: name('sign'), arguments: ['grüezi'] },
    });
    const number = Number((await view('count'))[0]) - 1;
    expect(done.events).toContainEqual({
      guid: { creation_number: '0', account_address: '0x0' },
      sequence_number: '0',
      type: shown('Signed'),
      data: { guest: alice.accountAddress.toString(), text: 'grüezi', number: String(number) },
    });
    const { entries } = await aptos.getAccountResource<{ entries: { handle: string } }>({
      accountAddress: publisher.accountAddress,
      resourceType: name('Book'),
    });
    const item = (key: string) =>
      aptos.getTableItem({
        handle: entries.handle,
        data: { key_type: 'u64', value_type: name('Entry'), key },
      });
    const entry = { guest: alice.accountAddress.toString(), text: 'grüezi' };
    expect(await item(String(number))).toEqual(entry);
    await expect(item('99')).rejects.toMatchObject({ status: 404, data: { error_code: 'table_item_not_found' } });
    expect(await view('read', [number])).toEqual([{ vec: [entry] }]);
    expect(await view('read', [99])).toEqual([{ vec: [] }]);
    const written = done.changes.find(({ type }) => type === 'write_table_item');
    expect(written).toMatchObject({
      handle: entries.handle,
      data: { key: String(number), key_type: 'u64', value: entry, value_type: shown('Entry') },
    });
  });

  it('views with arguments in BCS and in JSON, with type arguments', async () => {
    const who = alice.accountAddress.toString();
    const functionArguments = [['1', '340282366920938463463374607431768211455'], true, who, '0x00ff'];
    const typeArguments = ['0x1::string::String'] as const;
    const expected = [['1', '340282366920938463463374607431768211455'], true, who, '0x00ff'];
    const payload = { function: name('echo'), typeArguments: [...typeArguments], functionArguments };
    expect(await aptos.viewJson({ payload: { ...payload, functionArguments } })).toEqual(expected);
    const bytes = [['1', '340282366920938463463374607431768211455'], true, who, new Uint8Array([0, 255])];
    expect(await aptos.view({ payload: { ...payload, functionArguments: bytes } })).toEqual(expected);
  });

  it('tells views the time as it is now, without a block', async () => {
    const [before] = await view('now');
    nowMicros += 7_000_000n;
    const [after] = await view('now');
    expect(BigInt(String(after)) - BigInt(String(before))).toBeGreaterThanOrEqual(6_000_000n);
  });

  it('has several signers in one call', async () => {
    const transaction = await aptos.transaction.build.multiAgent({
      sender: alice.accountAddress,
      secondarySignerAddresses: [bob.accountAddress],
      data: { function: name('sign_together'), functionArguments: ['both'] },
      options: options(),
    });
    const { hash } = await aptos.transaction.submit.multiAgent({
      transaction,
      senderAuthenticator: aptos.transaction.sign({ signer: alice, transaction }),
      additionalSignersAuthenticators: [aptos.transaction.sign({ signer: bob, transaction })],
    });
    const done = (await aptos.waitForTransaction({ transactionHash: hash })) as sdk5.UserTransactionResponse;
    const guests = done.events.filter(({ type }) => type === shown('Signed')).map(({ data }) => data.guest);
    expect(guests).toEqual([alice.accountAddress.toString(), bob.accountAddress.toString()]);
    expect(done.signature).toMatchObject({ type: 'multi_agent_signature' });
  });

  it('lets another pay for an account that does not exist yet', async () => {
    const carol = sdk.Account.generate();
    const transaction = await aptos.transaction.build.simple({
      sender: carol.accountAddress,
      withFeePayer: true,
      data: { function: name('sign'), functionArguments: ['for free'] },
      options: options(),
    });
    const [simulated] = await aptos.transaction.simulate.simple({ signerPublicKey: carol.publicKey, transaction });
    expect(simulated).toMatchObject({ success: true, vm_status: 'Executed successfully' });
    const senderAuthenticator = aptos.transaction.sign({ signer: carol, transaction });
    const feePayerAuthenticator = aptos.transaction.signAsFeePayer({ signer: bob, transaction });
    const sent = await aptos.transaction.submit.simple({ transaction, senderAuthenticator, feePayerAuthenticator });
    await aptos.waitForTransaction({ transactionHash: sent.hash });
    const account = await aptos.getAccountInfo({ accountAddress: carol.accountAddress });
    expect(account.sequence_number).toBe('1');
  });

  it('fails in the ways of Move, and charges for it', async () => {
    const aborted = await call(alice, 'sign', ['']);
    expect(aborted).toMatchObject({ success: false, events: [{ type: '0x1::transaction_fee::FeeStatement' }] });
    expect(aborted.vm_status).toBe(
      `Move abort in ${shown('EEMPTY').replace('::EEMPTY', '')}: EEMPTY(0x10001): Nothing was written.`,
    );
    const divided = await call(alice, 'divide', [0]);
    expect(divided.vm_status).toMatch(/^Execution failed in 0x[0-9a-f]+::guestbook::divide at code offset \d+$/);
    const data = { function: name('spin'), functionArguments: [] };
    // Version 6 raises low limits.
    const [maxGasAmount, vm_status] = version === '5' ? [1000, 'Out of gas'] : [30_000, 'EXECUTION_LIMIT_REACHED'];
    const spin = await aptos.transaction.build.simple({
      sender: alice.accountAddress,
      data,
      options: { ...options(), maxGasAmount },
    });
    const spun = await client.finish(alice, spin);
    expect(spun).toMatchObject({ success: false, vm_status });
    expect(Number(spun.gas_used)).toBe(version === '5' ? 1000 : 9201);
    expect(Number(aborted.gas_used)).toBeGreaterThan(0);
  });

  it('refuses calls of what is not there or not to be called', async () => {
    const raw = async (member: string, args: sdk5.EntryFunctionArgument[]) => {
      const [address, module, member_] = name(member).split('::') as [string, string, string];
      const payload = new sdk.TransactionPayloadEntryFunction(
        sdk.EntryFunction.build(`${address}::${module}`, member_, [], args),
      );
      const transaction = await aptos.transaction.build.simple({
        sender: alice.accountAddress,
        data: { function: name('spin'), functionArguments: [] },
        options: options(),
      });
      const { rawTransaction } = transaction;
      Object.assign(rawTransaction, { payload });
      return client.finish(alice, transaction);
    };
    expect(await raw('nope', [])).toMatchObject({ success: false, vm_status: 'FUNCTION_RESOLUTION_FAILURE' });
    expect((await raw('count', [])).vm_status).toBe('EXECUTE_ENTRY_FUNCTION_CALLED_ON_NON_ENTRY_FUNCTION');
    expect((await raw('sign', [])).vm_status).toBe('NUMBER_OF_ARGUMENTS_MISMATCH');
    expect((await raw('divide', [new sdk.U8(1)])).vm_status).toBe('FAILED_TO_DESERIALIZE_ARGUMENT');
    await expect(
      aptos.viewJson({ payload: { function: name('sign'), functionArguments: ['x'] } }),
    ).rejects.toMatchObject({
      status: 400,
      data: { error_code: 'invalid_input' },
    });
  });

  it('upgrades compatibly, keeps what is stored, and never runs the initialiser again', async () => {
    // Without the ABI, which ts-sdk remembers for minutes.
    const isEmpty = () => aptos.viewJson({ payload: { function: name('is_empty') } });
    const [before] = await view('count');
    expect(await publish(2)).toMatchObject({ success: true });
    expect(await isEmpty()).toEqual([false]);
    expect(await view('count')).toEqual([before]);
    const incompatible = await publish(3);
    expect(incompatible).toMatchObject({ success: false, vm_status: 'BACKWARD_INCOMPATIBLE_MODULE_UPDATE' });
    expect(await isEmpty()).toEqual([false]);
  });

  it('does not publish for another, nor over what may not change', async () => {
    const foreign = await publish(1, 1, alice);
    expect(foreign).toMatchObject({ success: false, vm_status: 'MODULE_ADDRESS_DOES_NOT_MATCH_SENDER' });
    expect(await publish(2, 2)).toMatchObject({ success: true });
    const frozen = await publish(2, 2);
    expect(frozen.vm_status).toMatch(/^Move abort in 0x1::code: EUPGRADE_IMMUTABLE/);
  });

  it('publishes at an object and upgrades it by the owner alone', async () => {
    const { sequence_number } = await aptos.getAccountInfo({ accountAddress: alice.accountAddress });
    const domain = sdk.MoveVector.U8(new TextEncoder().encode('aptos_framework::object_code_deployment'));
    const number = new sdk.U64(BigInt(sequence_number) + 1n);
    const seed = Uint8Array.from([...domain.bcsToBytes(), ...number.bcsToBytes()]);
    const object = sdk.createObjectAddress(alice.accountAddress, seed).toStringLong();
    const metadata = encodePackageMetadata('guestbook', ['guestbook']);
    const code = (edition: 1 | 2) => [guestbookCode(edition, object)];
    const deploy = async (signer: sdk5.Account, member: string, args: sdk5.SimpleEntryFunctionArgumentTypes[]) => {
      const data = { function: `0x1::object_code_deployment::${member}` as Call, functionArguments: args };
      const sender = signer.accountAddress;
      return client.finish(signer, await aptos.transaction.build.simple({ sender, data, options: options() }));
    };
    const modules = () => aptos.getAccountModules({ accountAddress: object });
    expect(await deploy(alice, 'publish', [metadata, code(1)])).toMatchObject({ success: true });
    const [first] = await modules();
    expect(first?.abi?.name).toBe('guestbook');
    const refused = await deploy(bob, 'upgrade', [metadata, code(2), object]);
    expect(refused.vm_status).toMatch(/0x1::object_code_deployment: ENOT_CODE_OBJECT_OWNER\(0x50001\)/);
    expect(await deploy(alice, 'upgrade', [metadata, code(2), object])).toMatchObject({ success: true });
    expect((await modules())[0]?.bytecode).not.toBe(first?.bytecode);
    await deploy(alice, 'freeze_code_object', [object]);
    const frozen = await deploy(alice, 'upgrade', [metadata, code(2), object]);
    expect(frozen.vm_status).toMatch(/EUPGRADE_IMMUTABLE/);
  });
});
