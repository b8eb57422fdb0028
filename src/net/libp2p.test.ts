// The real network between nodes in this process, over a real relay and relayed circuits. WebRTC is tested in the browser (e2e/net.spec.ts).

import './fixtures/node-platform.ts';
import { type Relay, startRelay } from '../../relay/server.ts';
import type { Bytes } from '../base/bytes.ts';
import { createLibp2pNetwork } from './libp2p.ts';
import { networkSuite } from './network.suite.ts';

const seed = (identity: number): Bytes => new Uint8Array(32).fill(identity);

networkSuite('libp2p over a relay', async () => {
  const relay: Relay = await startRelay({ port: 0 });
  return {
    network: (identity) => createLibp2pNetwork({ seed: seed(identity), relays: relay.addresses }),
    breakRoad: async () => undefined,
    close: () => relay.close(),
  };
});
