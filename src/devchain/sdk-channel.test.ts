// The channel contract and the chat, as genesis leaves them, by the unmodified ts-sdk: create and join with one signature, then act by the
// session account that the join has paid for.

import type * as sdk5 from '@aptos-labs/ts-sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_GENESIS_PACKAGES } from './genesis.ts';
import { devchainOfTests, SDK_VERSIONS } from './sdk.suite.ts';
import { APT, SdkClient } from './sdk-client.suite.ts';

const SESSION_GAS = 5 * APT;
// ts-sdk takes no short addresses but the special ones.
const CHAT = `0x${'c4a7'.padStart(64, '0')}::chat`;
const CHANNEL = `0x${'57a17'.padStart(64, '0')}::state_channel`;

const devchain = devchainOfTests({ genesisPackages: DEFAULT_GENESIS_PACKAGES });

describe.each(SDK_VERSIONS)('a chat channel on the local chain, by ts-sdk %s', (_version, sdk) => {
  let client: SdkClient;
  beforeAll(() => {
    client = new SdkClient(sdk, devchain());
  });

  function view(name: string, functionArguments: sdk5.SimpleEntryFunctionArgumentTypes[]) {
    return client.aptos.view({
      payload: { function: `${CHANNEL}::${name}` as sdk5.MoveFunctionId, functionArguments },
    });
  }

  it('is created, joined, led and kept alive', async () => {
    const server = sdk.Account.generate();
    const members = await Promise.all(
      ['alice', 'bob'].map(async () => {
        const account = sdk.Account.generate();
        const session = new sdk.Ed25519Account({ privateKey: sdk.Ed25519PrivateKey.generate() });
        return { account, session, nodeKey: session.publicKey.toUint8Array() };
      }),
    );
    const [alice, bob] = members;
    if (!alice || !bob) throw new Error('two members');
    for (const account of [server, alice.account, bob.account]) {
      await client.fund(account.accountAddress, 100 * APT);
    }
    await client.call(server, `${CHAT}::open_server`, []);

    const created = await client.call(alice.account, `${CHAT}::chat_session_create_and_join`, [
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
    await client.call(bob.account, `${CHAT}::chat_session_join`, [
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

    await client.call(alice.session, `${CHANNEL}::apply_leader_entry`, [id]);
    await client.call(bob.session, `${CHANNEL}::keep_alive_entry`, [
      id,
      [alice.account.accountAddress.toString()],
      [12],
    ]);
    const [info] = await view('channel_info', [id]);
    expect(info).toMatchObject({
      leader: { vec: [alice.account.accountAddress.toString()] },
      term: '1',
      member_count: '2',
      code_address: CHAT.split('::')[0],
    });
    await expect(client.call(bob.session, `${CHANNEL}::apply_leader_entry`, [id])).rejects.toThrow(
      /Move abort in 0x57a17::/,
    );
  });
});
