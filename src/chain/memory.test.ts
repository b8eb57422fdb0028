// The chain in memory against the common suite.

import { parseAddress } from '../base/ids.ts';
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
