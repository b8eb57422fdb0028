// Links shared by channels: members, strangers, and who misbehaves.

import { describe, expect, it } from 'vitest';
import type { Bytes } from '../base/bytes.ts';
import type { ChannelId, NodeKey } from '../base/ids.ts';
import { HeldClock } from '../net/fixtures/held-clock.ts';
import type { Network, NetworkEvent } from '../ports/network.ts';
import { type ChannelLinks, Links } from './links.ts';

const SELF = '5e'.repeat(32) as NodeKey;
const ALICE = 'a1'.repeat(32) as NodeKey;
const MALLORY = '66'.repeat(32) as NodeKey;
const ONE = 1n as ChannelId;
const TWO = 2n as ChannelId;

class ScriptedNetwork implements Network {
  readonly self = SELF;
  readonly commands: string[] = [];
  readonly sent: { peer: NodeKey; data: Bytes }[] = [];
  allow: (peer: NodeKey) => boolean = () => true;
  emit: (event: NetworkEvent) => void = () => {};

  async listen(onEvent: (event: NetworkEvent) => void): Promise<void> {
    this.emit = onEvent;
  }
  connect(peer: NodeKey): void {
    this.commands.push(`connect ${peer.slice(0, 2)}`);
  }
  disconnect(peer: NodeKey): void {
    this.commands.push(`disconnect ${peer.slice(0, 2)}`);
  }
  send(peer: NodeKey, data: Bytes): boolean {
    this.sent.push({ peer, data });
    return true;
  }
  admit(allow: (peer: NodeKey) => boolean): void {
    this.allow = allow;
  }
  async close(): Promise<void> {
    this.commands.push('close');
  }
}

interface Side {
  readonly links: ChannelLinks;
  readonly log: string[];
}

async function world() {
  const network = new ScriptedNetwork();
  const clock = new HeldClock();
  const links = new Links(network, clock, () => {});
  await links.listen();
  const attach = (channelId: ChannelId): Side => {
    const log: string[] = [];
    const side = links.attach(channelId, {
      onLink: (peer, state) => log.push(`${peer.slice(0, 2)} ${state}`),
      onMessage: (peer, message) => log.push(`${peer.slice(0, 2)} says ${message.join()}`),
      onStranger: (peer) => log.push(`stranger ${peer.slice(0, 2)}`),
    });
    return { links: side, log };
  };
  return { network, clock, links, attach };
}

/** As the other side would send it on this channel. */
function framed(channelId: ChannelId, ...message: number[]): Bytes {
  const data = new Uint8Array(8 + message.length);
  new DataView(data.buffer).setBigUint64(0, channelId, true);
  data.set(message, 8);
  return data;
}

describe('links', () => {
  it('[P5] carry each channel’s messages to that channel alone', async () => {
    const { network, attach } = await world();
    const one = attach(ONE);
    const two = attach(TWO);
    one.links.setMembers(new Set([ALICE]));
    two.links.setMembers(new Set([ALICE]));
    network.emit({ kind: 'link', peer: ALICE, state: 'direct' });
    network.emit({ kind: 'message', peer: ALICE, data: framed(TWO, 7) });
    expect(one.log).toEqual(['a1 direct']);
    expect(two.log).toEqual(['a1 direct', 'a1 says 7']);
    expect(one.links.send(ALICE, new Uint8Array([9]))).toBe(true);
    expect(network.sent.at(-1)?.data).toEqual(framed(ONE, 9));
  });

  it('[P3] send nothing to who is no member, and hear it only once it is one', async () => {
    const { network, attach } = await world();
    const one = attach(ONE);
    expect(one.links.send(ALICE, new Uint8Array([1]))).toBe(false);
    network.emit({ kind: 'link', peer: ALICE, state: 'relayed' });
    network.emit({ kind: 'message', peer: ALICE, data: framed(ONE, 1) });
    expect(one.log).toEqual(['stranger a1']);
    one.links.setMembers(new Set([ALICE]));
    expect(one.log).toEqual(['stranger a1', 'a1 relayed', 'a1 says 1']);
  });

  it('[P3] refuse a stranger that no fresh look at the chain knows', async () => {
    const { network, clock, attach } = await world();
    attach(ONE);
    network.emit({ kind: 'link', peer: MALLORY, state: 'relayed' });
    expect(network.allow(MALLORY)).toBe(true);
    clock.pass(20_000);
    expect(network.commands).toEqual(['disconnect 66']);
    expect(network.allow(MALLORY)).toBe(false);
    clock.pass(60_000);
    expect(network.allow(MALLORY)).toBe(true);
  });

  it('[P3] take a stranger in that turns out to be a member of a channel opened later', async () => {
    const { network, clock, attach } = await world();
    attach(ONE);
    network.emit({ kind: 'link', peer: ALICE, state: 'relayed' });
    clock.pass(20_000);
    expect(network.allow(ALICE)).toBe(false);
    const two = attach(TWO);
    two.links.connect(ALICE);
    expect(network.commands).toEqual(['disconnect a1']);
    two.links.setMembers(new Set([ALICE]));
    expect(network.commands).toEqual(['disconnect a1', 'connect a1']);
    expect(network.allow(ALICE)).toBe(true);
  });

  it('[P3] bear only so many strangers', async () => {
    const { network, attach } = await world();
    attach(ONE).links.setMembers(new Set([ALICE]));
    for (let n = 0; n < 40; n++) {
      network.emit({ kind: 'link', peer: n.toString(16).padStart(64, '0') as NodeKey, state: 'relayed' });
    }
    expect(network.commands).toHaveLength(8);
    expect(network.allow(MALLORY)).toBe(false);
    expect(network.allow(ALICE)).toBe(true);
  });

  it('[P4] cut off who sends what is no message, and dial it again after a minute', async () => {
    const { network, clock, attach } = await world();
    const one = attach(ONE);
    one.links.setMembers(new Set([ALICE]));
    one.links.connect(ALICE);
    network.emit({ kind: 'link', peer: ALICE, state: 'direct' });
    for (let n = 0; n < 9; n++) one.links.punish(ALICE);
    expect(network.commands).toEqual(['connect a1']);
    network.emit({ kind: 'message', peer: ALICE, data: new Uint8Array([1, 2]) });
    expect(network.commands).toEqual(['connect a1', 'disconnect a1']);
    expect(network.allow(ALICE)).toBe(false);
    one.links.connect(ALICE);
    expect(network.commands).toHaveLength(2);
    clock.pass(60_000);
    expect(network.commands.at(-1)).toBe('connect a1');
    expect(network.allow(ALICE)).toBe(true);
  });

  it('hold a link for as long as one channel wants it', async () => {
    const { network, attach } = await world();
    const one = attach(ONE);
    const two = attach(TWO);
    for (const { links } of [one, two]) {
      links.setMembers(new Set([ALICE]));
      links.connect(ALICE);
    }
    one.links.disconnect(ALICE);
    expect(network.commands).not.toContain('disconnect a1');
    two.links.close();
    expect(network.commands.at(-1)).toBe('disconnect a1');
  });
});
