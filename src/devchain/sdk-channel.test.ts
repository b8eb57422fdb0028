// The channel contract and the chat, as genesis leaves them, by the unmodified ts-sdk: create and join with one signature, then act by the
// session account that the join has paid for.

import {
  Account,
  Aptos,
  AptosConfig,
  Ed25519Account,
  Ed25519PrivateKey,
  type MoveFunctionId,
  Network,
  type SimpleEntryFunctionArgumentTypes,
  type UserTransactionResponse,
} from '@aptos-labs/ts-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Devchain, startDevchain } from './server.ts';

const APT = 100_000_000;
const SESSION_GAS = 5 * APT;
// ts-sdk takes no short addresses but the special ones.
const CHAT = `0x${'c4a7'.padStart(64, '0')}::chat`;
const CHANNEL = `0x${'57a17'.padStart(64, '0')}::state_channel`;

let devchain: Devchain;
let aptos: Aptos;
beforeAll(async () => {
  devchain = await startDevchain({ port: 0, faucetPort: 0 });
  aptos = new Aptos(
    new AptosConfig({
      network: Network.LOCAL,
      fullnode: devchain.nodeUrl,
      faucet: devchain.faucetUrl,
      indexer: devchain.indexerUrl,
    }),
  );
});
afterAll(() => devchain.close());

async function call(signer: Account, name: string, functionArguments: SimpleEntryFunctionArgumentTypes[]) {
  const data = { function: name as MoveFunctionId, functionArguments };
  const transaction = await aptos.transaction.build.simple({ sender: signer.accountAddress, data });
  const { hash } = await aptos.signAndSubmitTransaction({ signer, transaction });
  return (await aptos.waitForTransaction({ transactionHash: hash })) as UserTransactionResponse;
}

function view(name: string, functionArguments: SimpleEntryFunctionArgumentTypes[]) {
  return aptos.view({ payload: { function: `${CHANNEL}::${name}` as MoveFunctionId, functionArguments } });
}

describe('a chat channel on the local chain', () => {
  it('is created, joined, led and kept alive', async () => {
    const server = Account.generate();
    const members = await Promise.all(
      ['alice', 'bob'].map(async () => {
        const account = Account.generate();
        const session = new Ed25519Account({ privateKey: Ed25519PrivateKey.generate() });
        return { account, session, nodeKey: session.publicKey.toUint8Array() };
      }),
    );
    const [alice, bob] = members;
    if (!alice || !bob) throw new Error('two members');
    for (const account of [server, alice.account, bob.account]) {
      await aptos.fundAccount({ accountAddress: account.accountAddress, amount: 100 * APT });
    }
    await call(server, `${CHAT}::open_server`, []);

    const created = await call(alice.account, `${CHAT}::chat_session_create_and_join`, [
      server.accountAddress.toString(),
      'general',
      1000,
      60_000,
      '',
      alice.nodeKey,
      SESSION_GAS,
    ]);
    const opened = created.events.find(({ type }) => type === '0x57a17::channel_events::ChannelCreated');
    const id = String(opened?.data.channel_id);
    expect(opened?.data).toMatchObject({ creator: alice.account.accountAddress.toString(), code_module: 'chat' });
    await call(bob.account, `${CHAT}::chat_session_join`, [
      server.accountAddress.toString(),
      id,
      bob.nodeKey,
      SESSION_GAS,
    ]);

    const [listed] = (await view('members', [id])) as [{ member: string; session: string; valid: boolean }[]];
    expect(listed).toMatchObject(
      members.map(({ account, session }) => ({
        member: account.accountAddress.toString(),
        session: session.accountAddress.toString(),
        valid: true,
      })),
    );

    await call(alice.session, `${CHANNEL}::apply_leader_entry`, [id]);
    await call(bob.session, `${CHANNEL}::keep_alive_entry`, [id, [alice.account.accountAddress.toString()], [12]]);
    const [info] = await view('channel_info', [id]);
    expect(info).toMatchObject({
      leader: { vec: [alice.account.accountAddress.toString()] },
      term: '1',
      member_count: '2',
      code_address: CHAT.split('::')[0],
    });
    await expect(call(bob.session, `${CHANNEL}::apply_leader_entry`, [id])).rejects.toThrow(/Move abort in 0x57a17::/);
  });
});
