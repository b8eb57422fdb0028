// Heartbeats between nodes ([P2]): signs of life, round trips, and how far everyone is.

import type { Height, NodeKey } from '../base/ids.ts';
import { type Facts, isLeading, leaderKey, linkedPeers, type PeerFacts } from './facts.ts';
import { sayHello } from './hello.ts';
import { HEARTBEAT_INTERVAL_MS, LINK_SILENT_MS, STALL_MS } from './limits.ts';
import type { ChannelMessage } from './messages.ts';
import { sendAllAgain } from './outbox.ts';
import { forgetAnswerOf } from './recovery.ts';
import { forgiveSearch } from './search.ts';
import type { Turn } from './turn.ts';
import type { Input } from './update.ts';

type Heartbeat = Extract<ChannelMessage, { kind: 'heartbeat' }>;

export function onLink(turn: Turn, input: Extract<Input, { kind: 'link' }>): void {
  const { facts } = turn;
  const { peer, state } = input;
  turn.statusChanged();
  if (state === 'lost') {
    facts.peers.delete(peer);
    forgetAnswerOf(facts, peer);
    return;
  }
  const known = facts.peers.get(peer);
  if (known) {
    known.link = state;
    return;
  }
  facts.peers.set(peer, newPeer(state, turn.nowMs));
  // [P1] [T5] [F1] Whatever was under way on an older link may be lost.
  sayHello(turn, peer, { atOnce: true });
  if (peer === leaderKey(facts)) {
    sendAllAgain(facts);
    if (facts.lastAcknowledgement) facts.lastAcknowledgement.sentMs = 0;
  }
  sendHeartbeat(turn, peer);
}

export function driveHeartbeats(turn: Turn): void {
  const { facts } = turn;
  if (facts.lastHeartbeatMs !== undefined && turn.nowMs - facts.lastHeartbeatMs < HEARTBEAT_INTERVAL_MS) return;
  facts.lastHeartbeatMs = turn.nowMs;
  for (const peer of linkedPeers(facts)) sendHeartbeat(turn, peer);
}

/** One with a stamp asks for an echo; an echo has none, so that echoes end there. */
export function onHeartbeat(turn: Turn, from: NodeKey, heartbeat: Heartbeat): void {
  const { facts } = turn;
  const peer = facts.peers.get(from);
  if (peer === undefined) return;
  if (heartbeat.echo !== 0n && heartbeat.echo === peer.stamp) {
    peer.latencyMs = Math.max(0, turn.nowMs - Number(heartbeat.echo));
    peer.stamp = undefined;
  }
  const heightBefore = peer.height;
  peer.height = heartbeat.height;
  peer.finalHeight = heartbeat.finalHeight;
  peer.leaderLatencyMs = heartbeat.leaderLatencyMs;
  if (heartbeat.term > facts.term) turn.refreshChain();
  if (heartbeat.stamp !== 0n) turn.send(from, { ...report(facts), stamp: 0n, echo: heartbeat.stamp });
  // What the leader had a heartbeat ago should be here by now.
  const { history } = facts;
  if (from !== leaderKey(facts)) return;
  const isBehind =
    history === undefined ||
    (heightBefore !== undefined && heightBefore > history.tip.height) ||
    (heartbeat.finalHeight > history.finalPosition.height && heartbeat.finalHeight <= history.tip.height);
  if (isBehind) sayHello(turn, from);
}

/** [L6] Time in which this node did not run is nobody's silence. */
export function forgiveStall(facts: Facts, nowMs: number): void {
  const gap = nowMs - facts.lastInputMs;
  facts.lastInputMs = nowMs;
  if (gap <= STALL_MS) return;
  facts.leaderHeardMs += gap;
  if (facts.recovery?.heardAllSinceMs !== undefined) facts.recovery.heardAllSinceMs += gap;
  forgiveSearch(facts, gap);
  for (const peer of facts.peers.values()) peer.lastHeardMs += gap;
  for (const [key, missed] of facts.missed) facts.missed.set(key, { ...missed, sinceMs: missed.sinceMs + gap });
}

/** [P2] A link that has said nothing for three heartbeats is shown as lost, whatever the network thinks. */
export function isSilent(peer: PeerFacts, nowMs: number): boolean {
  return nowMs - peer.lastHeardMs > LINK_SILENT_MS;
}

/** Best known latency to the leader: the direct one, or a peer's best and the way to that peer. */
export function leaderLatency(facts: Facts): number | undefined {
  if (isLeading(facts)) return 0;
  const leader = leaderKey(facts);
  return leader === undefined ? undefined : facts.peers.get(leader)?.latencyMs;
}

function sendHeartbeat(turn: Turn, to: NodeKey): void {
  const peer = turn.facts.peers.get(to);
  if (peer === undefined) return;
  // Rounded to whole ms; 0 would mean "no echo wanted".
  peer.stamp = BigInt(Math.max(1, Math.floor(turn.nowMs)));
  turn.send(to, { ...report(turn.facts), stamp: peer.stamp, echo: 0n });
}

function report(facts: Facts): Omit<Heartbeat, 'stamp' | 'echo'> {
  const latency = leaderLatency(facts);
  const none = 0n as Height;
  return {
    kind: 'heartbeat',
    term: facts.term,
    height: facts.history?.tip.height ?? none,
    finalHeight: facts.history?.finalPosition.height ?? none,
    ...(latency !== undefined && { leaderLatencyMs: latency }),
  };
}

function newPeer(link: PeerFacts['link'], nowMs: number): PeerFacts {
  return {
    link,
    lastHeardMs: nowMs,
    lastHelloMs: undefined,
    stamp: undefined,
    latencyMs: undefined,
    leaderLatencyMs: undefined,
    refusal: undefined,
    lastGivenMs: undefined,
    height: undefined,
    finalHeight: undefined,
  };
}
