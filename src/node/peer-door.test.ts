// The door for peers: what is no message or is signed by nobody never reaches the channel, and nothing overtakes.

import { describe, expect, it } from 'vitest';
import { type Bytes, fromHex } from '../base/bytes.ts';
import { type ChannelId, type NodeKey, parseAddress, type Term } from '../base/ids.ts';
import type { ChannelMessage } from '../channel/messages.ts';
import { type MemberTransaction, transactionSigningMessage } from '../channel/transaction.ts';
import { encodePeerMessage } from '../wire/peer.ts';
import { createSigner, createVerifier, type Verifier } from './ed25519.ts';
import { keysOf } from './keys.ts';
import { PeerDoor } from './peer-door.ts';

const SCOPE = { chainId: 4, contract: parseAddress('0x57a17'), channelId: 1n as ChannelId };
const BOB = keysOf(new Uint8Array(32).fill(2));
const CAROL = 'ca'.repeat(32) as NodeKey;

async function signed(sequence: bigint, scope = SCOPE): Promise<MemberTransaction> {
  const unsigned = { kind: 'member', sender: BOB.nodeKey, sequence, action: { kind: 'leave' } } as const;
  const signature = await (await createSigner(BOB.seed)).sign(transactionSigningMessage(scope, unsigned));
  return { ...unsigned, signature };
}

async function door(verifier?: Verifier) {
  const log: string[] = [];
  const describeMessage = (message: ChannelMessage) =>
    message.kind === 'transaction' ? `transaction ${message.transaction.sequence}` : message.kind;
  const peerDoor = new PeerDoor({
    scope: SCOPE,
    verifier: verifier ?? (await createVerifier()),
    onMessage: (from, message) => log.push(`${from.slice(0, 2)} ${describeMessage(message)}`),
    onBad: (from, reason) => log.push(`${from.slice(0, 2)} bad: ${reason}`),
  });
  return { peerDoor, log };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 50));
const bob = BOB.nodeKey.slice(0, 2);

describe('the door for peers', () => {
  it('[S3] lets through what verifies and nothing else', async () => {
    const { peerDoor, log } = await door();
    const good = await signed(1n);
    const elsewhere = await signed(2n, { ...SCOPE, channelId: 2n as ChannelId });
    const altered = { ...good, sequence: 3n };
    for (const transaction of [good, elsewhere, altered]) {
      peerDoor.receive(BOB.nodeKey, encodePeerMessage({ kind: 'transaction', transaction }));
    }
    await settled();
    expect(log).toEqual([
      `${bob} transaction 1`,
      `${bob} bad: a transaction with a bad signature`,
      `${bob} bad: a transaction with a bad signature`,
    ]);
  });

  it('[P4] counts what is no message against who sent it', async () => {
    const { peerDoor, log } = await door();
    peerDoor.receive(CAROL, fromHex('ffff'));
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/^ca bad: /);
  });

  it('lets nothing overtake within one peer, and nobody wait for another', async () => {
    const releases: ((isGood: boolean) => void)[] = [];
    const slow: Verifier = { verify: () => new Promise((resolve) => releases.push(resolve)) };
    const { peerDoor, log } = await door(slow);
    peerDoor.receive(BOB.nodeKey, encodePeerMessage({ kind: 'transaction', transaction: await signed(1n) }));
    peerDoor.receive(BOB.nodeKey, encodePeerMessage({ kind: 'recover', term: 2n as Term }));
    peerDoor.receive(CAROL, encodePeerMessage({ kind: 'recover', term: 2n as Term }));
    await settled();
    expect(log).toEqual(['ca recover']);
    releases[0]?.(true);
    await settled();
    expect(log).toEqual(['ca recover', `${bob} transaction 1`, `${bob} recover`]);
  });

  it('bounds what one peer may make it hold', async () => {
    const { peerDoor, log } = await door({ verify: () => new Promise(() => {}) });
    const reason: Bytes = encodePeerMessage({ kind: 'transaction', transaction: await signed(1n) });
    const large = encodePeerMessage({
      kind: 'snapshot',
      snapshot: {
        position: { height: 1n as never, hash: new Uint8Array(32), term: 1n as Term },
        timestampMs: 0n,
        members: [],
        closing: false,
        restarts: 0n,
        entries: Array.from({ length: 3 }, (_, n) => ({
          key: { kind: 'item', handle: parseAddress('0x1'), key: new Uint8Array([n]) } as const,
          value: new Uint8Array(1_000_000),
        })),
      },
    });
    peerDoor.receive(BOB.nodeKey, reason);
    for (let n = 0; n < 20; n++) peerDoor.receive(BOB.nodeKey, large);
    expect(log.filter((line) => line.includes('faster'))).toHaveLength(9);
  });

  it('lets nothing through once it is closed', async () => {
    const { peerDoor, log } = await door();
    peerDoor.receive(CAROL, encodePeerMessage({ kind: 'recover', term: 2n as Term }));
    peerDoor.close();
    await settled();
    expect(log).toEqual([]);
  });
});
