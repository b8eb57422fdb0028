// The chain in memory against the common suite.

import { describe, expect, it } from 'vitest';
import { utf8Encode } from '../base/bytes.ts';
import { type Height, parseAddress } from '../base/ids.ts';
import { parseStructTag } from '../base/type-tag.ts';
import { chainSuite } from './chain.suite.ts';
import { CHAT, CHAT_GROUP, CONTRACT, chatModules, emptyGroup, sessionOf } from './fixtures/chat-group.ts';
import { MemoryChain, MemoryLedger } from './memory.ts';

chainSuite('memory', async () => {
  let passedMs = 0;
  const options = { chainId: 4, contract: CONTRACT, nowMs: () => Date.now() + passedMs };
  const ledger = new MemoryLedger(options);
  const create = () =>
    ledger.create({
      creator: CHAT,
      stateType: parseStructTag(CHAT_GROUP),
      assetsType: parseStructTag('0xc4a7::chat::NoAssets'),
      state: emptyGroup('Harbour'),
      modules: chatModules(),
      settings: { heartbeatWindowMs: 8_000, isQuiet: true },
    });
  const channelId = create();
  const [alice, bob, carol] = [
    { address: parseAddress('0xa11ce'), signer: sessionOf(1) },
    { address: parseAddress('0xb0b'), signer: sessionOf(2) },
    { address: parseAddress('0xca401'), signer: sessionOf(3) },
  ];
  if (!alice || !bob || !carol) throw new Error('three people');
  for (const { address, signer } of [alice, bob]) ledger.join(channelId, address, signer.nodeKey);
  const down = new MemoryLedger(options);
  down.isDown = true;
  return {
    chain: new MemoryChain(ledger),
    channelId,
    alice,
    bob,
    carol,
    group: emptyGroup,
    unreachable: new MemoryChain(down),
    openForThree: async () => {
      const id = create();
      for (const { address, signer } of [alice, bob, carol]) ledger.join(id, address, signer.nodeKey);
      return id;
    },
    pass: (durationMs) => {
      passedMs += durationMs;
    },
    dispose: async () => {},
  };
});

describe('the chain in memory', () => {
  it('keeps the items of a state’s tables, and what settlements make of them', async () => {
    const ledger = new MemoryLedger({ chainId: 4, contract: CONTRACT, nowMs: () => Date.now() });
    const signer = sessionOf(1);
    const item = (key: number, value: string) => ({
      key: { kind: 'item', handle: CHAT, key: Uint8Array.of(key) } as const,
      value: utf8Encode(value),
    });
    const id = ledger.create({
      creator: CHAT,
      stateType: parseStructTag(CHAT_GROUP),
      assetsType: parseStructTag('0xc4a7::chat::NoAssets'),
      state: emptyGroup('Harbour'),
      items: [item(1, 'stays'), item(2, 'goes'), item(3, 'changes')],
    });
    ledger.join(id, CHAT, signer.nodeKey);
    const chain = new MemoryChain(ledger);
    const description = await chain.describe(id);
    if (!description) throw new Error('the channel is not there');
    const [, gone, changed] = await chain.stateItems(description);
    if (!gone || !changed) throw new Error('three items');
    const settlement = {
      fromHeight: 0n as Height,
      toHeight: 1n as Height,
      changes: [
        { key: gone.key, old: gone.value },
        { key: changed.key, old: changed.value, new: utf8Encode('changed') },
        { key: item(4, '').key, new: utf8Encode('new') },
      ],
      leaving: [],
      closing: false,
      stateRoot: new Uint8Array(32),
      historyHash: new Uint8Array(32),
    };
    await chain.submit(description, { kind: 'propose', settlement }, signer);
    await chain.submit(description, { kind: 'execute', proposal: 1n }, signer);
    expect(await chain.stateItems(description)).toEqual([item(1, 'stays'), item(3, 'changed'), item(4, 'new')]);
  });

  it('[N6] keeps what settlements make of members’ assets, for the next beginning', async () => {
    const ledger = new MemoryLedger({ chainId: 4, contract: CONTRACT, nowMs: () => Date.now() });
    const signer = sessionOf(1);
    const assetsType = parseStructTag('0xc4a7::chat::Purse');
    const id = ledger.create({
      creator: CHAT,
      stateType: parseStructTag(CHAT_GROUP),
      assetsType,
      state: emptyGroup('Harbour'),
    });
    const [brought, left] = [utf8Encode('12 coins'), utf8Encode('7 coins')];
    ledger.join(id, CHAT, signer.nodeKey, { assets: brought });
    const chain = new MemoryChain(ledger);
    const description = await chain.describe(id);
    if (!description) throw new Error('the channel is not there');
    const key = { kind: 'resource', address: CHAT, type: assetsType } as const;
    const settlement = {
      fromHeight: 0n as Height,
      toHeight: 1n as Height,
      changes: [{ key, old: brought, new: left }],
      leaving: [],
      closing: false,
      stateRoot: new Uint8Array(32),
      historyHash: new Uint8Array(32),
    };
    await chain.submit(description, { kind: 'propose', settlement }, signer);
    await chain.submit(description, { kind: 'execute', proposal: 1n }, signer);
    const [member] = (await chain.view(id)).members;
    expect(member?.assets).toEqual({ type: assetsType, value: left });
  });
});
