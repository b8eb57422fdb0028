// What every adapter of the network port must do, the one in memory and the real one alike. `networkSuite` declares the tests; each
// adapter's own test file calls it with a way to make networks that can reach each other.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bytes, compareBytes, utf8Decode, utf8Encode } from '../base/bytes.ts';
import { type NodeKey, nodeKeyToBytes } from '../base/ids.ts';
import { MESSAGE_SIZE_MAX, type NetworkEvent, type PageNetwork } from '../ports/network.ts';

/** Makes networks of one world, by a number that stands for an identity: the same number, the same key. */
export interface NetworkWorld {
  network(identity: number): Promise<PageNetwork>;
  /** Takes the road between two linked nodes away, once, as a network fault would. */
  breakRoad(a: PageNetwork, b: PageNetwork): Promise<void>;
  close(): Promise<void>;
}

/** One node of a test: a network and all that it has reported. */
export class Listener {
  readonly network: PageNetwork;
  readonly events: NetworkEvent[] = [];
  /** Links that are up, as reported. */
  readonly links = new Map<NodeKey, 'direct' | 'relayed'>();
  #waiting: (() => void)[] = [];

  constructor(network: PageNetwork) {
    this.network = network;
  }

  async listen(): Promise<this> {
    await this.network.listen((event) => {
      this.events.push(event);
      if (event.kind === 'link') {
        if (event.state === 'lost') this.links.delete(event.peer);
        else this.links.set(event.peer, event.state);
      }
      for (const wake of this.#waiting.splice(0)) wake();
    });
    await this.until(() => this.events.some((event) => event.kind === 'relay' && event.state.kind === 'reserved'));
    return this;
  }

  /** Resolves as soon as `met` holds, looked at after every event. */
  async until(met: () => boolean, timeoutMs = 15_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!met()) {
      if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${met}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  linkedTo(peer: Listener): boolean {
    return this.links.has(peer.network.self);
  }

  async linked(peer: Listener): Promise<void> {
    await this.until(() => this.linkedTo(peer));
  }

  texts(from: Listener): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'message' && event.peer === from.network.self ? [utf8Decode(event.data)] : [],
    );
  }

  say(to: Listener, text: string): boolean {
    return this.network.send(to.network.self, utf8Encode(text));
  }

  count(kind: 'direct' | 'relayed' | 'lost', peer: Listener): number {
    return this.events.filter((e) => e.kind === 'link' && e.peer === peer.network.self && e.state === kind).length;
  }
}

const numbers = (count: number, prefix = ''): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function networkSuite(name: string, openWorld: () => Promise<NetworkWorld>): void {
  describe(`network: ${name}`, () => {
    let world: NetworkWorld;
    let open: PageNetwork[];

    beforeEach(async () => {
      open = [];
      world = await openWorld();
    });

    afterEach(async () => {
      await Promise.all(open.map((network) => network.close()));
      await world.close();
    });

    async function node(identity: number): Promise<Listener> {
      const network = await world.network(identity);
      open.push(network);
      return new Listener(network).listen();
    }

    async function pair(): Promise<[Listener, Listener]> {
      const alice = await node(1);
      const bob = await node(2);
      alice.network.connect(bob.network.self);
      await Promise.all([alice.linked(bob), bob.linked(alice)]);
      return [alice, bob];
    }

    it('has one identity for one key', async () => {
      const alice = await node(1);
      const bob = await node(2);
      expect(alice.network.self).toMatch(/^[0-9a-f]{64}$/);
      expect(compareBytes(nodeKeyToBytes(alice.network.self), nodeKeyToBytes(bob.network.self))).not.toBe(0);
    });

    it('carries messages both ways, in order and once', async () => {
      const [alice, bob] = await pair();
      for (const text of numbers(200)) {
        expect(alice.say(bob, `a${text}`)).toBe(true);
        expect(bob.say(alice, `b${text}`)).toBe(true);
      }
      await bob.until(() => bob.texts(alice).length >= 200);
      await alice.until(() => alice.texts(bob).length >= 200);
      expect(bob.texts(alice)).toEqual(numbers(200, 'a'));
      expect(alice.texts(bob)).toEqual(numbers(200, 'b'));
    });

    it('carries an empty message and the largest one whole', async () => {
      const [alice, bob] = await pair();
      const large: Bytes = new Uint8Array(MESSAGE_SIZE_MAX).map((_, index) => (index * 31) & 0xff);
      expect(alice.network.send(bob.network.self, new Uint8Array())).toBe(true);
      expect(alice.network.send(bob.network.self, large)).toBe(true);
      const received = () => bob.events.flatMap((event) => (event.kind === 'message' ? [event.data] : []));
      await bob.until(() => received().length === 2);
      const [first, second] = received();
      expect(first?.length).toBe(0);
      expect(second && compareBytes(second, large)).toBe(0);
    });

    it('keeps what it was given to send, whatever the caller does to it afterwards', async () => {
      const [alice, bob] = await pair();
      const data = utf8Encode('as it was');
      alice.network.send(bob.network.self, data);
      data.fill(0);
      await bob.until(() => bob.texts(alice).length === 1);
      expect(bob.texts(alice)).toEqual(['as it was']);
    });

    it('drops what is sent without a link', async () => {
      const alice = await node(1);
      const bob = await node(2);
      expect(alice.say(bob, 'into the void')).toBe(false);
    });

    it('settles on one link when both dial at once', async () => {
      const alice = await node(1);
      const bob = await node(2);
      alice.network.connect(bob.network.self);
      bob.network.connect(alice.network.self);
      await Promise.all([alice.linked(bob), bob.linked(alice)]);
      for (const text of numbers(50)) {
        alice.say(bob, text);
        bob.say(alice, text);
        await pause(5);
      }
      await bob.until(() => bob.texts(alice).length === 50);
      await alice.until(() => alice.texts(bob).length === 50);
      expect(alice.count('lost', bob) + bob.count('lost', alice)).toBe(0);
      expect(bob.texts(alice)).toEqual(numbers(50));
      expect(alice.texts(bob)).toEqual(numbers(50));
    });

    it('tells a peer within a second that its link is let go', async () => {
      const [alice, bob] = await pair();
      alice.network.disconnect(bob.network.self);
      await bob.until(() => !bob.linkedTo(alice), 1_000);
      expect(alice.linkedTo(bob)).toBe(false);
      await pause(300);
      expect(alice.linkedTo(bob) || bob.linkedTo(alice)).toBe(false);
    });

    it('delivers what was sent before the link was let go, or nothing of it', async () => {
      const [alice, bob] = await pair();
      for (const text of numbers(20)) alice.say(bob, text);
      alice.network.disconnect(bob.network.self);
      await bob.until(() => !bob.linkedTo(alice));
      const arrived = bob.texts(alice);
      expect(arrived).toEqual(numbers(20).slice(0, arrived.length));
    });

    it('refuses links from whom it does not admit', async () => {
      const alice = await node(1);
      const mallory = await node(3);
      alice.network.admit((peer) => peer !== mallory.network.self);
      mallory.network.connect(alice.network.self);
      await pause(800);
      expect(alice.events.filter((event) => event.kind !== 'relay')).toEqual([]);
      expect(mallory.linkedTo(alice)).toBe(false);
    });

    it('finds out whether somebody is there, also for who is not admitted, and nobody hears of it', async () => {
      const alice = await node(1);
      const bob = await node(2);
      alice.network.admit(() => false);
      expect(await bob.network.presence(alice.network.self)).toBe('here');
      expect(await bob.network.presence('03'.repeat(32) as NodeKey)).toBe('away');
      await pause(300);
      expect([...alice.events, ...bob.events].filter((event) => event.kind !== 'relay')).toEqual([]);
      await alice.network.close();
      await expect.poll(() => bob.network.presence(alice.network.self)).toBe('away');
      await bob.network.close();
      expect(await bob.network.presence(alice.network.self)).toBe('unknown');
    });

    it('admits somebody later whom it refused before', async () => {
      const alice = await node(1);
      const bob = await node(2);
      alice.network.admit(() => false);
      bob.network.connect(alice.network.self);
      await pause(300);
      expect(alice.linkedTo(bob)).toBe(false);
      alice.network.admit(() => true);
      alice.network.connect(bob.network.self);
      await Promise.all([alice.linked(bob), bob.linked(alice)]);
    });

    it('cuts the links of those whom it admits no longer', async () => {
      const alice = await node(1);
      const bob = await node(2);
      bob.network.connect(alice.network.self);
      await Promise.all([alice.linked(bob), bob.linked(alice)]);
      alice.network.admit(() => false);
      await bob.until(() => !bob.linkedTo(alice));
      await pause(500);
      expect(alice.linkedTo(bob)).toBe(false);
    });

    it('reports a peer that is gone, and links again when it is back', async () => {
      const [alice, bob] = await pair();
      await bob.network.close();
      await alice.until(() => !alice.linkedTo(bob));
      expect(alice.say(bob, 'anyone?')).toBe(false);
      const back = await node(2);
      expect(back.network.self).toBe(bob.network.self);
      await Promise.all([alice.linked(back), back.linked(alice)]);
      alice.say(back, 'welcome');
      await back.until(() => back.texts(alice).length === 1);
      expect(back.texts(alice)).toEqual(['welcome']);
    });

    it('goes on over a broken road: nothing doubled, nothing out of order, nothing missing unless the link was lost', async () => {
      const [alice, bob] = await pair();
      let sent = 0;
      const flow = setInterval(() => {
        if (alice.linkedTo(bob) && alice.say(bob, String(sent))) sent++;
      }, 2);
      for (let round = 0; round < 3; round++) {
        await pause(150);
        await world.breakRoad(alice.network, bob.network);
        await alice.linked(bob);
      }
      await pause(300);
      clearInterval(flow);
      await alice.linked(bob);
      alice.say(bob, 'end');
      await bob.until(() => bob.texts(alice).at(-1) === 'end');
      const arrived = bob
        .texts(alice)
        .slice(0, -1)
        .map((text) => Number(text));
      expect(arrived).toEqual([...arrived].sort((x, y) => x - y));
      expect(new Set(arrived).size).toBe(arrived.length);
      if (alice.count('lost', bob) + bob.count('lost', alice) === 0) expect(arrived.length).toBe(sent);
      expect(arrived.length).toBeGreaterThan(20);
    });

    it('lets a link go whose queue is full, and makes it again', async () => {
      const [alice, bob] = await pair();
      const large = new Uint8Array(MESSAGE_SIZE_MAX);
      let accepted = 0;
      while (accepted < 100 && alice.network.send(bob.network.self, large)) accepted++;
      expect(accepted).toBeGreaterThan(0);
      expect(accepted).toBeLessThan(100);
      await alice.until(() => alice.count('lost', bob) === 1);
      await alice.until(() => alice.linkedTo(bob));
      await bob.until(() => bob.linkedTo(alice) && bob.count('lost', alice) >= 1);
      expect(alice.say(bob, 'afresh')).toBe(true);
      await bob.until(() => bob.texts(alice).includes('afresh'));
    });

    it('links five nodes with each other', async () => {
      const nodes: Listener[] = [];
      for (let identity = 1; identity <= 5; identity++) nodes.push(await node(identity));
      for (const a of nodes) for (const b of nodes) if (a !== b) a.network.connect(b.network.self);
      await Promise.all(nodes.flatMap((a) => nodes.filter((b) => b !== a).map((b) => a.linked(b))));
      for (const a of nodes) for (const b of nodes) if (a !== b) a.say(b, 'hello');
      await Promise.all(nodes.map((a) => a.until(() => nodes.every((b) => a === b || a.texts(b).length === 1))));
    });

    it('says nothing more once closed', async () => {
      const [alice, bob] = await pair();
      for (const text of numbers(50)) alice.say(bob, text);
      await bob.network.close();
      const before = bob.events.length;
      for (const text of numbers(50)) alice.say(bob, text);
      await pause(300);
      expect(bob.events.length).toBe(before);
      expect(bob.say(alice, 'too late')).toBe(false);
    });
  });
}
