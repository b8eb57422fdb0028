// The real network between nodes in this process, over a real relay and relayed circuits. WebRTC is tested in the browser (e2e/net.spec.ts).

import './fixtures/node-platform.ts';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startRelay } from '../../relay/server.ts';
import type { Bytes } from '../base/bytes.ts';
import { NetError } from './errors.ts';
import { createLibp2pNetwork } from './libp2p.ts';
import { networkSuite } from './network.suite.ts';

const seed = (identity: number): Bytes => new Uint8Array(32).fill(identity);

/** A wire to the relay that can be cut. */
async function openWire(port: number) {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

networkSuite('libp2p over a relay', async () => {
  const relay = await startRelay({ port: 0 });
  const relayPort = Number(/\/tcp\/(\d+)\//.exec(relay.multiaddr)?.[1]);
  const wires = new Map<string, Awaited<ReturnType<typeof openWire>>>();
  const all: Awaited<ReturnType<typeof openWire>>[] = [];
  return {
    async network(identity) {
      const wire = await openWire(relayPort);
      all.push(wire);
      const address = relay.multiaddr.replace(`/tcp/${relayPort}/`, `/tcp/${wire.port}/`);
      const network = await createLibp2pNetwork({ seed: seed(identity), relays: [address] });
      wires.set(network.self, wire);
      return network;
    },
    breakRoad: async (a) => wires.get(a.self)?.cut(),
    async close() {
      await relay.close();
      await Promise.all(all.map((wire) => wire.close()));
    },
  };
});

describe('the network over libp2p', () => {
  it('has the identity that the node key says', async () => {
    // RFC 8032, test 1.
    const secret = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
    const network = await createLibp2pNetwork({ seed: new Uint8Array(Buffer.from(secret, 'hex')), relays: [] });
    expect(network.self).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    await network.close();
  });

  it.each([
    ['not a multiaddress', 'not a relay'],
    ['/ip4/127.0.0.1/tcp/9090/ws', 'does not end in /p2p/'],
    ['/ip4/127.0.0.1/tcp/9090/ws/p2p/nobody', 'not a relay'],
  ])('refuses "%s" as a relay', async (address, problem) => {
    const made = createLibp2pNetwork({ seed: seed(1), relays: [address] });
    await expect(made).rejects.toThrow(NetError);
    await expect(made).rejects.toThrow(problem);
  });

  it('refuses a seed of another size', async () => {
    await expect(createLibp2pNetwork({ seed: new Uint8Array(31), relays: [] })).rejects.toThrow('31 bytes');
  });

  it('listens without a relay and says that it has none', async () => {
    const dead = '/ip4/127.0.0.1/tcp/1/ws/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5';
    for (const relays of [[], [dead]]) {
      const states: string[] = [];
      const network = await createLibp2pNetwork({ seed: seed(1), relays });
      await network.listen((event) => states.push(event.kind === 'relay' ? event.state.kind : event.kind));
      await expect.poll(() => states.at(-1)).toBe('unreachable');
      await network.close();
    }
  });

  it('can be closed before, while and after it starts, more than once', async () => {
    const early = await createLibp2pNetwork({ seed: seed(1), relays: [] });
    await early.close();
    const starting = await createLibp2pNetwork({ seed: seed(1), relays: [] });
    const listening = starting.listen(() => undefined);
    await starting.close();
    await listening;
    await starting.close();
  });
});
