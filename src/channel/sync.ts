// Catching up ([P1]): `hello` says where a node is, `history` and `snapshot` bring it on. Only whoever decides the history answers: the
// leader that has taken up its term; and anyone to the leader that has not yet ([L3]).

import { BcsWriter } from '../base/bcs.ts';
import { bytesEqual } from '../base/bytes.ts';
import type { Height, NodeKey, Term } from '../base/ids.ts';
import { encodeStateKey } from '../base/state.ts';
import { batchHash, type Certificate, type SignedBatch, writeBatch } from './batch.ts';
import { raiseDispute } from './dispute.ts';
import { isLeaderByChain, isLeading, leaderKey } from './facts.ts';
import { onCertificate } from './finality.ts';
import { afterIntake } from './follower.ts';
import { sayHello, UNKNOWN_ROOT } from './hello.ts';
import { type Base, baseOf, History, isGenesis, rootOf, snapshotOf } from './history.ts';
import { isTwin, takeIn } from './intake.ts';
import { HISTORY_BATCHES_MAX, HISTORY_SIZE_MAX, SNAPSHOT_ENTRIES_MAX, SNAPSHOT_SIZE_MAX } from './limits.ts';
import type { ChannelMessage, Snapshot } from './messages.ts';
import { noteReplaced } from './outbox.ts';
import { chooseTwin, distrust, isAhead, noteMended } from './recovery.ts';
import { diffStates } from './state-diff.ts';
import type { Turn } from './turn.ts';

const NO_HEIGHT = 0n as Height;

export function onHello(turn: Turn, from: NodeKey, hello: Extract<ChannelMessage, { kind: 'hello' }>): void {
  const { facts } = turn;
  const { history, view } = facts;
  if (hello.term > facts.term || (view !== undefined && hello.restarts > view.restarts)) turn.refreshChain();
  if (metersOtherwise(turn, from, hello) || disagreesOnGenesis(turn, from, hello)) return;
  if (history === undefined) return;
  if (!isLeading(facts) && from !== leaderKey(facts)) return;

  const place = hello.known.map((position) => history.placeOf(position.hash)).find((found) => found !== undefined);
  if (place === undefined) {
    sendSnapshot(turn, from, history);
    return;
  }
  const batches = history.batchesAfter(place);
  const portion = firstPortion(batches);
  // Also where it is nothing: one that has lost records waits to hear that it lacks none ([D4]).
  turn.send(from, historyMessage(facts.term, portion, portion.length < batches.length, history.certificate));
}

export function onHistory(turn: Turn, from: NodeKey, message: Extract<ChannelMessage, { kind: 'history' }>): void {
  const { facts } = turn;
  const { history } = facts;
  if (history === undefined || facts.dispute) return;
  const isRecovering = isLeaderByChain(facts) && facts.recovery !== undefined;
  if (isRecovering ? !facts.recovery?.answers.has(from) : from !== leaderKey(facts)) {
    turn.refuse(from, 'history from one that does not decide it');
    return;
  }
  const isBinding = isRecovering ? isAhead(facts, from) : message.term === facts.term;
  let taken = 0;
  for (const batch of message.batches) {
    if (facts.waiting) {
      facts.missedBatches = true;
      return;
    }
    // The leader of a later term has chosen between twins that an earlier one signed.
    const overTwin = !isRecovering && isBinding && batch.header.term < facts.term;
    let intake = takeIn(turn, history, batch, { overNewer: isBinding, overTwin });
    if (intake.kind === 'known') continue;
    if (isRecovering && isTwin(intake)) {
      const choice = chooseTwin(turn, history, batch);
      if (choice === 'wait') return;
      if (choice === 'other') intake = takeIn(turn, history, batch, { overNewer: isBinding, overTwin: true });
    }
    if (isRecovering && (intake.kind === 'disputed' || intake.kind === 'refused')) {
      distrust(turn, from);
      return;
    }
    if (intake.kind === 'taken') taken += 1;
    else {
      afterIntake(turn, from, batch, intake);
      return;
    }
  }
  // Only the tip is acknowledged; what it stands on is acknowledged with it.
  if (message.certificate) onCertificate(turn, from, message.certificate);
  if (message.more && taken > 0) sayHello(turn, from, { atOnce: true });
  if (!message.more && !isRecovering && message.term === facts.term) noteMended(turn);
}

/** [G3] Only the snapshot that the contract names. */
export function onSnapshot(turn: Turn, from: NodeKey, snapshot: Snapshot): void {
  const { facts } = turn;
  const { view, history } = facts;
  const { position } = snapshot;
  if (view === undefined || facts.dispute) return;
  if (history && position.height <= history.base.position.height) return;
  if (position.height !== view.settledHeight) {
    if (position.height > view.settledHeight) turn.refreshChain();
    return;
  }
  if (history?.placeOf(position.hash) !== undefined) return;
  const { header } = snapshot;
  const isNamed =
    bytesEqual(position.hash, view.historyHash) &&
    snapshot.restarts === view.restarts &&
    (header === undefined || bytesEqual(batchHash(header), position.hash));
  const base = isNamed ? baseOf(snapshot) : undefined;
  if (base === undefined || !bytesEqual(rootOf(base.world), view.settledRoot)) {
    turn.refuse(from, '[G3] not the snapshot that was settled');
    return;
  }
  if (history && history.finalPosition.height >= position.height) {
    raiseDispute(turn, {
      kind: 'conflict',
      term: facts.term,
      height: position.height,
      accused: from,
      message: '[F3] the chain has settled another history than what is final here',
      claimed: position.hash,
      computed: history.finalPosition.hash,
    });
    return;
  }
  startFrom(turn, base);
  sayHello(turn, from, { atOnce: true });
}

/** In place of whatever history this node had. */
export function startFrom(turn: Turn, base: Base): void {
  const { facts } = turn;
  const { height } = base.position;
  const before = facts.history?.state ?? facts.givenUp;
  if (facts.givenUp) turn.event({ kind: 'forgotten' });
  facts.givenUp = undefined;
  facts.history = new History(base);
  facts.waiting = undefined;
  facts.toAcknowledge.length = 0;
  facts.lastAcknowledgement = undefined;
  facts.proposal = undefined;
  turn.event({ kind: 'snapshot', snapshot: snapshotOf(base) });
  noteReplaced(turn, facts.history);
  const changes = diffStates(before, base.world.state);
  turn.notify({ kind: 'changes', fromHeight: height, toHeight: height, changes, transactions: [] });
  turn.notify({ kind: 'final', height });
  turn.statusChanged();
}

/** [G5] Whose calls cost something else comes to other effects, if not today. */
function metersOtherwise(turn: Turn, from: NodeKey, hello: Extract<ChannelMessage, { kind: 'hello' }>): boolean {
  const { facts } = turn;
  const { gasSchedule } = facts.options;
  if (hello.gasSchedule === gasSchedule) return false;
  turn.refuse(from, `[G5] gas schedule ${hello.gasSchedule}, this node meters by ${gasSchedule}`, 'gasSchedule');
  if (from === leaderKey(facts)) {
    raiseDispute(turn, {
      kind: 'gasSchedule',
      term: facts.term,
      height: facts.history?.tip.height ?? NO_HEIGHT,
      accused: from,
      message: `[G5] the leader meters by the gas schedule ${hello.gasSchedule}, this node by ${gasSchedule}`,
    });
  }
  return true;
}

/** [G2] */
function disagreesOnGenesis(turn: Turn, from: NodeKey, hello: Extract<ChannelMessage, { kind: 'hello' }>): boolean {
  const { facts } = turn;
  const known = facts.genesisRoot;
  if (known === undefined || bytesEqual(hello.genesisRoot, UNKNOWN_ROOT)) return false;
  // [N6] One of the two has not seen yet that the channel has begun anew.
  if (hello.restarts !== facts.history?.ledger.restarts) return false;
  if (bytesEqual(known, hello.genesisRoot)) return false;
  turn.refuse(from, '[G2] another genesis', 'genesis');
  if (from === leaderKey(facts)) {
    raiseDispute(turn, {
      kind: 'genesis',
      term: facts.term,
      height: NO_HEIGHT,
      accused: from,
      message: '[G2] the leader starts from another state than the chain holds',
      claimed: hello.genesisRoot,
      computed: known,
    });
  }
  return true;
}

export function sendSnapshot(turn: Turn, to: NodeKey, history: History): void {
  if (isGenesis(history.base.position)) {
    turn.refuse(to, '[P1] nothing in common, and nothing settled yet');
    return;
  }
  const snapshot = history.snapshotAt(0);
  if (snapshotSize(snapshot) > SNAPSHOT_SIZE_MAX || snapshot.entries.length > SNAPSHOT_ENTRIES_MAX) {
    turn.refuse(to, 'the state is too large for a snapshot');
    return;
  }
  turn.send(to, { kind: 'snapshot', snapshot });
}

function snapshotSize(snapshot: Snapshot): number {
  let size = 0;
  for (const { key, value } of snapshot.entries) size += encodeStateKey(key).length + value.length + 8;
  return size;
}

function firstPortion(batches: readonly SignedBatch[]): SignedBatch[] {
  const portion: SignedBatch[] = [];
  let size = 0;
  for (const batch of batches) {
    size += encodedSize(batch);
    if (portion.length > 0 && (size > HISTORY_SIZE_MAX || portion.length >= HISTORY_BATCHES_MAX)) break;
    portion.push(batch);
  }
  return portion;
}

function encodedSize(batch: SignedBatch): number {
  const writer = new BcsWriter();
  writeBatch(writer, batch);
  return writer.finish().length;
}

function historyMessage(
  term: Term,
  batches: readonly SignedBatch[],
  more: boolean,
  certificate?: Certificate,
): ChannelMessage {
  return { kind: 'history', term, batches, more, ...(certificate && { certificate }) };
}
