// The Aptos adapter against the common suite, on the local chain with the compiled contracts.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Account,
  Aptos,
  AptosConfig,
  type MoveFunctionId,
  Network,
  type SimpleEntryFunctionArgumentTypes,
  type UserTransactionResponse,
} from '@aptos-labs/ts-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChannelId, nodeKeyToBytes, parseAddress } from '../base/ids.ts';
import { type Devchain, startDevchain } from '../devchain/server.ts';
import type { SessionSigner } from '../ports/chain.ts';
import { AptosChain } from './aptos.ts';
import { chainSuite, expectChainError, SETUP_MS_MAX } from './chain.suite.ts';
import { CHAT, CONTRACT, emptyGroup, sessionOf } from './fixtures/chat-group.ts';

const APT = 100_000_000;
const SESSION_GAS = 5 * APT;

class Wallets {
  readonly devchain: Devchain;
  readonly aptos: Aptos;

  constructor(devchain: Devchain) {
    this.devchain = devchain;
    this.aptos = new Aptos(
      new AptosConfig({
        network: Network.LOCAL,
        fullnode: devchain.nodeUrl,
        faucet: devchain.faucetUrl,
        indexer: devchain.indexerUrl,
      }),
    );
  }

  async person(signer: SessionSigner) {
    const account = Account.generate();
    await this.aptos.fundAccount({ accountAddress: account.accountAddress, amount: 100 * APT });
    return { account, address: parseAddress(account.accountAddress.toString()), signer };
  }

  async call(signer: Account, name: string, functionArguments: SimpleEntryFunctionArgumentTypes[]) {
    const data = { function: `${CHAT}::chat::${name}` as MoveFunctionId, functionArguments };
    const transaction = await this.aptos.transaction.build.simple({ sender: signer.accountAddress, data });
    const { hash } = await this.aptos.signAndSubmitTransaction({ signer, transaction });
    return (await this.aptos.waitForTransaction({ transactionHash: hash })) as UserTransactionResponse;
  }

  /** A chat opened by its first member and joined by the others. */
  async openChat(
    members: readonly Awaited<ReturnType<Wallets['person']>>[],
    sessionGas = SESSION_GAS,
  ): Promise<ChannelId> {
    const [creator, ...others] = members;
    if (!creator) throw new Error('nobody opens it');
    const key = (signer: SessionSigner) => nodeKeyToBytes(signer.nodeKey);
    const opened = await this.call(creator.account, 'chat_session_create_and_join', [
      CHAT,
      'Harbour',
      0,
      0,
      '',
      key(creator.signer),
      sessionGas,
    ]);
    const event = opened.events.find(({ type }) => type.endsWith('::channel_events::ChannelCreated'));
    const channelId = BigInt(String(event?.data.channel_id)) as ChannelId;
    for (const { account, signer } of others) {
      await this.call(account, 'chat_session_join', [CHAT, channelId, key(signer), sessionGas]);
    }
    return channelId;
  }

  close(): Promise<void> {
    return this.devchain.close();
  }
}

async function openWallets(): Promise<Wallets> {
  return new Wallets(await startDevchain({ port: 0, faucetPort: 0 }));
}

const NOBODY = 'http://127.0.0.1:9/v1';

chainSuite('Aptos', async () => {
  const wallets = await openWallets();
  const alice = await wallets.person(sessionOf(1));
  const bob = await wallets.person(sessionOf(2));
  const carol = await wallets.person(sessionOf(3));
  const channelId = await wallets.openChat([alice, bob]);
  const url = wallets.devchain.nodeUrl;
  return {
    chain: new AptosChain({ url, contract: CONTRACT }),
    channelId,
    alice,
    bob,
    carol,
    group: emptyGroup,
    unreachable: new AptosChain({ url: NOBODY, contract: CONTRACT }),
    dispose: () => wallets.close(),
  };
});

describe('the Aptos adapter', () => {
  let wallets: Wallets;
  beforeAll(async () => {
    wallets = await openWallets();
  }, SETUP_MS_MAX);
  afterAll(() => wallets.close());

  it('says that the contract is not there', async () => {
    const chain = new AptosChain({ url: wallets.devchain.nodeUrl, contract: parseAddress('0xdead') });
    await expectChainError(chain.describe(1n as ChannelId), 'not-found');
  });

  it('goes on when another program has used the session account meanwhile', async () => {
    const alice = await wallets.person(sessionOf(11));
    const channelId = await wallets.openChat([alice]);
    const one = new AptosChain({ url: wallets.devchain.nodeUrl, contract: CONTRACT });
    const other = new AptosChain({ url: wallets.devchain.nodeUrl, contract: CONTRACT });
    for (const chain of [one, other, other, one, one]) await chain.keepAlive(channelId, new Map(), alice.signer);
  });

  it('says that the session account has run out of coins', async () => {
    const alice = await wallets.person(sessionOf(12));
    const channelId = await wallets.openChat([alice], 0);
    const chain = new AptosChain({ url: wallets.devchain.nodeUrl, contract: CONTRACT });
    expect(await chain.sessionBalance(alice.signer)).toBe(0n);
    await expectChainError(chain.keepAlive(channelId, new Map(), alice.signer), 'out-of-gas-money');
  });

  it('recovers when a chain that was down answers again', async () => {
    const alice = await wallets.person(sessionOf(13));
    const channelId = await wallets.openChat([alice]);
    const target = new URL(wallets.devchain.nodeUrl);
    const server = createServer((_request, response) => {
      response.writeHead(503, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const chain = new AptosChain({ url: `http://127.0.0.1:${port}/v1`, contract: CONTRACT });
    await expectChainError(chain.view(channelId), 'unreachable');
    server.removeAllListeners('request');
    server.on('request', async (request, response) => {
      const body: Uint8Array[] = [];
      for await (const chunk of request) body.push(chunk as Uint8Array);
      const answer = await fetch(new URL(request.url ?? '', target), {
        method: request.method ?? 'GET',
        headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
        ...(body.length > 0 && { body: Buffer.concat(body) }),
      });
      response
        .writeHead(answer.status, { 'content-type': 'application/json' })
        .end(Buffer.from(await answer.arrayBuffer()));
    });
    expect((await chain.view(channelId)).members).toHaveLength(1);
    await new Promise((resolve) => server.close(resolve));
  });

  it('refuses answers that are not of the form that the contract gives', async () => {
    const answers: Record<string, unknown> = { channel_exists: [true], channel_info: [{ term: 'x' }] };
    const server = createServer(async (request, response) => {
      const body: Uint8Array[] = [];
      for await (const chunk of request) body.push(chunk as Uint8Array);
      const text = Buffer.concat(body).toString();
      const name = Object.keys(answers).find((view) => text.includes(view));
      const answer = name === undefined ? { chain_id: 4 } : answers[name];
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const chain = new AptosChain({ url: `http://127.0.0.1:${port}/v1`, contract: CONTRACT });
    await expectChainError(chain.describe(1n as ChannelId), 'malformed');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
