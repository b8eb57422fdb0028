// The client's side of a channel: the live state, and messages that come late or for nobody.

import { describe, expect, it } from 'vitest';
import type { Height, Term } from '../base/ids.ts';
import type { ChannelStatus } from '../channel/update.ts';
import { type ClientRequest, type NodeMessage, type NodeNotice, StreamErrorCode } from '../wire/client.ts';
import { StraitClient } from './client.ts';

const STATUS: ChannelStatus = {
  role: 'follower',
  term: 1n as Term,
  height: 0n as Height,
  finalHeight: 0n as Height,
  settledHeight: 0n as Height,
  root: new Uint8Array(32),
  members: [],
  queued: 0,
  closing: false,
  refusedMessages: 0,
};

const entry = (type: string, value: string) => ({ address: '0xa', type, value, bytes: new Uint8Array() });
const changes = (toHeight: bigint, ...list: { address: string; type: string; value?: string }[]): NodeNotice => ({
  kind: 'changes',
  fromHeight: toHeight,
  toHeight,
  changes: list,
  transactions: [],
});

/** A client with one open channel, and the node's side of it in the test's hand. */
async function open() {
  const requests: ClientRequest[] = [];
  const client = new StraitClient({ send: (request) => requests.push(request) });
  const say = (message: NodeMessage) => client.receive(message);
  const notify = (notice: NodeNotice) => say({ kind: 'notice', channel: '7', notice });
  const joining = client.join(7n, '0xa11ce');
  say({ kind: 'answer', id: requests.at(-1)?.id ?? '', answer: { kind: 'joined', status: STATUS } });
  await undefined;
  await undefined;
  const snapshot = { height: 1n, finalHeight: 0n, entries: [entry('T', 'one'), entry('U', 'u')] };
  say({ kind: 'answer', id: requests.at(-1)?.id ?? '', answer: { kind: 'state', snapshot } });
  // In the same breath as the snapshot.
  notify(changes(2n, { address: '0xa', type: 'T', value: 'two' }));
  return { client, channel: await joining, requests, say, notify };
}

describe('an open channel', () => {
  it('starts from the snapshot and misses nothing that follows it', async () => {
    const { channel } = await open();
    expect(channel.resource('T')).toBe('two');
    expect(channel.state.height).toBe(2n);
  });

  it('keeps the identity of what did not change, and drops what was deleted', async () => {
    const { channel, notify } = await open();
    const before = channel.state;
    notify(changes(3n, { address: '0xa', type: 'U' }));
    expect(channel.state).not.toBe(before);
    expect(channel.state.entries[0]).toBe(before.entries[0]);
    expect(channel.resource('U')).toBeUndefined();
  });

  it('takes the state anew when heights are taken back', async () => {
    const { channel, notify } = await open();
    const kinds: string[] = [];
    channel.subscribe((update) => kinds.push(update.kind));
    const snapshot = { height: 1n, finalHeight: 1n, entries: [entry('T', 'one')] };
    notify({ kind: 'tookBack', height: 1n as Height, snapshot });
    expect(channel.resource('T')).toBe('one');
    expect(kinds).toEqual(['snapshot', 'snapshot']);
  });

  it('is not joined twice', async () => {
    const { client, channel, requests } = await open();
    const count = requests.length;
    expect(await client.join('7', '0xa11ce')).toBe(channel);
    expect(requests).toHaveLength(count);
  });

  it('refuses its calls when it stops, and can be joined again', async () => {
    const { client, channel, requests, notify } = await open();
    const call = channel.call('f');
    notify({ kind: 'stopped', error: { code: StreamErrorCode.storageFailed, message: 'no room' } });
    await expect(call.final).rejects.toMatchObject({ reason: 'storageFailed' });
    await expect(channel.call('f').queued).rejects.toMatchObject({ reason: 'storageFailed' });
    void client.join(7n, '0xa11ce').catch(() => {});
    expect(requests.at(-1)?.body.command).toBe('state_channel.join');
  });

  it('tells a call that it was dropped after it was queued', async () => {
    const { channel, say } = await open();
    const call = channel.call('f');
    say({ kind: 'answer', id: call.id, answer: { kind: 'queued', sequence: 1n } });
    await call.queued;
    say({ kind: 'error', id: call.id, error: { code: StreamErrorCode.callRefused, message: 'given up' } });
    await expect(call.final).rejects.toMatchObject({ reason: 'callRefused' });
  });

  it('bears answers to nothing and notices for nobody', async () => {
    const { channel, say, notify } = await open();
    const before = channel.state;
    say({ kind: 'answer', id: 'r99', answer: { kind: 'done' } });
    say({ kind: 'error', id: 'r99', error: { code: StreamErrorCode.internal, message: '' } });
    say({ kind: 'notice', channel: '8', notice: changes(9n) });
    notify({ kind: 'grade', call: 'r99', sequence: 1n, grade: 'final' });
    expect(channel.state).toBe(before);
  });

  it('rejects what waits when the node is gone', async () => {
    const { client, channel, say } = await open();
    const waiting = channel.settle();
    say({
      kind: 'notice',
      channel: '',
      notice: { kind: 'stopped', error: { code: StreamErrorCode.internal, message: 'gone' } },
    });
    await expect(waiting).rejects.toMatchObject({ reason: 'internal' });
    expect(channel.stopped?.reason).toBe('internal');
    await expect(client.identity()).rejects.toMatchObject({ reason: 'internal' });
  });
});
