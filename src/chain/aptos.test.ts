// The Aptos adapter against the common suite, on the local chain with the compiled contracts.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChannelId, parseAddress } from '../base/ids.ts';
import { AptosChain } from './aptos.ts';
import { chainSuite, expectChainError, SETUP_MS_MAX } from './chain.suite.ts';
import { CONTRACT, emptyGroup, sessionOf } from './fixtures/chat-group.ts';
import { openWallets, type Wallets } from './fixtures/wallets.ts';

const NOBODY = 'http://127.0.0.1:9/v1';

chainSuite('Aptos', async () => {
  // Behind the wall clock, so that set forward it is still before the expiry of what is sent.
  let passedMs = -3_600_000;
  const wallets = await openWallets({ clock: () => BigInt(Date.now() + passedMs) * 1000n });
  const person = async (fill: number) => ({ ...(await wallets.person()), signer: sessionOf(fill) });
  const alice = await person(1);
  const bob = await person(2);
  const carol = await person(3);
  const channelId = await wallets.openChat(alice, alice.signer.nodeKey);
  await wallets.joinChat(bob, channelId, bob.signer.nodeKey);
  const url = wallets.devchain.nodeUrl;
  return {
    chain: new AptosChain({ url, contract: CONTRACT }),
    channelId,
    alice,
    bob,
    carol,
    group: emptyGroup,
    unreachable: new AptosChain({ url: NOBODY, contract: CONTRACT }),
    openForThree: async () => {
      const id = await wallets.openChat(alice, alice.signer.nodeKey);
      for (const { signer, ...person } of [bob, carol]) await wallets.joinChat(person, id, signer.nodeKey);
      return id;
    },
    pass: (durationMs) => {
      passedMs += durationMs;
    },
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
    const signer = sessionOf(11);
    const channelId = await wallets.openChat(await wallets.person(), signer.nodeKey);
    const one = new AptosChain({ url: wallets.devchain.nodeUrl, contract: CONTRACT });
    const other = new AptosChain({ url: wallets.devchain.nodeUrl, contract: CONTRACT });
    for (const chain of [one, other, other, one, one]) await chain.keepAlive(channelId, new Map(), signer);
  });

  it('says that the session account has run out of coins', async () => {
    const signer = sessionOf(12);
    const channelId = await wallets.openChat(await wallets.person(), signer.nodeKey, 0);
    const chain = new AptosChain({ url: wallets.devchain.nodeUrl, contract: CONTRACT });
    expect(await chain.sessionBalance(signer)).toBe(0n);
    await expectChainError(chain.keepAlive(channelId, new Map(), signer), 'out-of-gas-money');
  });

  it('recovers when a chain that was down answers again', async () => {
    const signer = sessionOf(13);
    const channelId = await wallets.openChat(await wallets.person(), signer.nodeKey);
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
