// The network in memory keeps the port's promises, and the hub's own controls do what they say.

import { describe, expect, it } from 'vitest';
import { utf8Encode } from '../base/bytes.ts';
import type { NodeKey } from '../base/ids.ts';
import type { NetworkEvent } from '../ports/network.ts';
import { HeldClock } from './fixtures/held-clock.ts';
import { MemoryHub } from './memory.ts';
import { networkSuite } from './network.suite.ts';

const key = (identity: number): NodeKey => identity.toString(16).padStart(64, '0') as NodeKey;

networkSuite('memory', async () => {
  const hub = new MemoryHub({ delayMs: 1 });
  return {
    network: async (identity) => hub.network(key(identity)),
    breakRoad: async (a, b) => hub.drop(a.self, b.self),
    close: async () => undefined,
  };
});

describe('the hub', () => {
  async function three() {
    const clock = new HeldClock();
    const hub = new MemoryHub({ clock, delayMs: 10 });
    const logs: string[][] = [];
    const networks = [1, 2, 3].map((identity) => hub.network(key(identity)));
    for (const network of networks) {
      const log: string[] = [];
      logs.push(log);
      await network.listen((event) => {
        log.push(say(event));
      });
    }
    for (const a of networks) for (const b of networks) if (a !== b) a.connect(b.self);
    clock.pass(10);
    for (const log of logs) log.length = 0;
    return { clock, hub, networks, logs };
  }

  function say(event: NetworkEvent): string {
    if (event.kind === 'relay') return `relay ${event.state.kind}`;
    const peer = Number.parseInt(event.peer, 16);
    return event.kind === 'link' ? `${peer} ${event.state}` : `${peer}: ${new TextDecoder().decode(event.data)}`;
  }

  it('delivers after the delay, and keeps the order when the delay shrinks', async () => {
    const { clock, hub, networks, logs } = await three();
    networks[0]?.send(key(2), utf8Encode('slow'));
    hub.setDelay(1);
    networks[0]?.send(key(2), utf8Encode('fast'));
    clock.pass(1);
    expect(logs[1]).toEqual(['1: slow']);
    clock.pass(9);
    expect(logs[1]).toEqual(['1: slow', '1: fast']);
  });

  it('cuts two from each other, with what is under way, until healed', async () => {
    const { clock, hub, networks, logs } = await three();
    networks[0]?.send(key(2), utf8Encode('gone'));
    hub.cut(key(1), key(2));
    clock.pass(1_000);
    expect(logs).toEqual([['2 lost'], ['1 lost'], []]);
    hub.heal(key(1), key(2));
    clock.pass(10);
    expect(logs).toEqual([['2 lost', '2 direct'], ['1 lost', '1 direct'], []]);
  });

  it('keeps links without a relay, but makes no new one', async () => {
    const { clock, hub, networks, logs } = await three();
    hub.setRelay('unreachable');
    networks[0]?.send(key(3), utf8Encode('still here'));
    clock.pass(10);
    expect(logs[2]).toEqual(['relay unreachable', '1: still here']);
    const late = hub.network(key(4));
    await late.listen(() => undefined);
    late.connect(key(1));
    clock.pass(1_000);
    expect(logs[0]).toEqual(['relay unreachable']);
    hub.setRelay('reserved');
    clock.pass(10);
    expect(logs[0]).toEqual(['relay unreachable', 'relay reserved', '4 direct']);
  });

  it('takes a second network of one key for a reload', async () => {
    const { clock, hub, logs } = await three();
    const again = hub.network(key(1));
    await again.listen(() => undefined);
    clock.pass(10);
    expect(logs[0]).toEqual([]);
    expect(logs[1]).toEqual(['1 lost', '1 direct']);
  });
});
