// What must hold at every moment of a simulation, checked by someone who sees everything: one final history among honest members,
// nothing final lost or changed, nothing applied twice.

import { bytesEqual, toHex } from '../../base/bytes.ts';
import { AssertionError } from '../../base/errors.ts';
import { batchHash, lastHeight, type SignedBatch } from '../../channel/batch.ts';
import { executeBatch } from '../../channel/execution.ts';
import type { Executor } from '../../channel/executor.ts';
import { baseOf } from '../../channel/history.ts';
import { firstSequenceBefore } from '../../channel/transaction.ts';
import type { Event, Grade, Notice } from '../../channel/update.ts';
import type { SimBeginning } from './sim-chain.ts';
import type { SimNode } from './sim-node.ts';
import type { World } from './world.ts';

const GRADES: readonly Grade[] = ['queued', 'executed', 'verified', 'final'];

export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export class Invariants {
  readonly #world: World;
  /** Every batch that any honest node has persisted, by hash. */
  readonly batches = new Map<string, SignedBatch>();
  /** Final batches by first height: what was final once, anywhere. */
  readonly final = new Map<bigint, { readonly hash: string; readonly batch: SignedBatch }>();
  finalHeight = 0n;
  /** Beginnings of the chain that have been looked at. */
  #beginnings = 0;
  /** Times that a node took back what it had executed. */
  takenBack = 0;

  constructor(world: World) {
    this.#world = world;
  }

  afterPersist(node: SimNode, events: readonly Event[]): void {
    if (!node.isHonest) return;
    for (const event of events) {
      if (event.kind === 'appended') this.batches.set(toHex(batchHash(event.batch.header)), event.batch);
      if (event.kind === 'truncated') this.takenBack += 1;
      if (event.kind === 'certified') this.#noteFinal(node.name, toHex(event.certificate.batchHash));
      if (event.kind === 'snapshot' && event.snapshot.position.height > 0n) {
        this.#noteFinal(node.name, toHex(event.snapshot.position.hash));
      }
    }
    this.#checkStore(node);
  }

  afterChain(): void {
    const { chain } = this.#world;
    for (const { member, how } of chain.punished) {
      const node = this.#world.nodes.find(({ address }) => address === member);
      if (node?.isHonest) this.fail(`[E1] ${node.name}, which is honest, was put out: ${how}`);
    }
    if (chain.historyHash.length > 0) this.#noteFinal('the chain', toHex(chain.historyHash));
    for (const beginning of chain.beginnings.slice(this.#beginnings)) this.#checkBeginning(beginning);
    this.#beginnings = chain.beginnings.length;
  }

  /** [F4] Grades only rise, but for what is taken back. */
  afterNotice(node: SimNode, notice: Notice): void {
    if (!node.isHonest) return;
    if (notice.kind === 'dispute') this.#world.log(`${node.name} disputes: ${notice.dispute.message}`);
    if (notice.kind !== 'grade') return;
    const request = node.requests.get(notice.request);
    if (request === undefined) return;
    const before = request.grades.at(-1);
    if (before?.kind === 'grade') {
      const from = GRADES.indexOf(before.grade);
      const to = GRADES.indexOf(notice.grade);
      if (before.grade === 'final') this.fail(`${node.name}: a grade after final for ${notice.request}`);
      if (to < from && notice.grade !== 'queued')
        this.fail(`${node.name}: grade of ${notice.request} fell to ${notice.grade}`);
    }
    request.sequence = notice.sequence;
    request.grades.push(notice);
  }

  /** The final history from the first batch on. */
  canonical(): SignedBatch[] {
    return [...this.final.values()]
      .map(({ batch }) => batch)
      .sort((a, b) => (a.header.firstHeight < b.header.firstHeight ? -1 : 1));
  }

  /** At the end: that the final history holds each member's transactions once and in order. */
  checkExactlyOnce(): void {
    const last = new Map<string, bigint>();
    const senders = new Map<string, Set<bigint>>();
    let height = 0n;
    let restarts = 0n;
    for (const batch of this.canonical()) {
      const beginning = this.#world.chain.beginnings.find((each) => each.height === height + 1n);
      if (beginning && batch.header.firstHeight === beginning.height + 1n) {
        ({ height, restarts } = beginning);
        last.clear();
      }
      if (batch.header.firstHeight !== height + 1n) this.fail(`the final history has a hole at ${height}`);
      height = lastHeight(batch.header);
      for (const transaction of batch.transactions) {
        if (transaction.kind === 'joined') {
          const { nodeKey, joinSequence } = transaction.member;
          last.set(nodeKey, firstSequenceBefore(joinSequence, restarts));
        }
        if (transaction.kind !== 'member') continue;
        const before = last.get(transaction.sender);
        if (before === undefined || transaction.sequence !== before + 1n) {
          this.fail(`[T1] ${transaction.sender.slice(0, 8)} ${transaction.sequence} follows ${before}`);
        }
        last.set(transaction.sender, transaction.sequence);
        const seen = senders.get(transaction.sender) ?? new Set();
        seen.add(transaction.sequence);
        senders.set(transaction.sender, seen);
      }
    }
  }

  /** [B4] That everything on a node's disk comes to the roots that its leaders signed. */
  checkReplay(node: SimNode, executor: Executor): void {
    const { snapshot } = node.store;
    if (snapshot === undefined) return;
    const runner = { executor, creator: this.#world.creator };
    let { world } = baseOf(snapshot);
    for (const { header, transactions } of node.store.history()) {
      const execution = executeBatch(runner, world, header, transactions);
      if (!bytesEqual(execution.root, header.rootAfter)) this.fail(`[B4] ${node.name} keeps a false root`);
      world = execution.after;
    }
  }

  fail(message: string): never {
    const trace = this.#world.trace.slice(-60).join('\n');
    throw new InvariantError(`${message}\n${trace}`);
  }

  /** [N3] [N4] What was given up nobody had any more that the others could have heard of. */
  #checkBeginning(beginning: SimBeginning): void {
    const { chain, nodes, nowMs } = this.#world;
    const listed = nodes.filter((node) => node.isUp && chain.seats.some(({ address }) => address === node.address));
    for (const node of listed.filter(({ isHonest }) => isHonest)) {
      const { snapshot } = node.store;
      const hashes = node.store.history().map(({ header }) => batchHash(header));
      if (snapshot) hashes.push(snapshot.position.hash);
      if (!hashes.some((hash) => bytesEqual(hash, beginning.givenUpHash))) continue;
      const isThere = chain.isValid(node.address, nowMs) || listed.some((other) => this.#world.isLinked(node, other));
      if (isThere) this.fail(`[N4] the members began anew, and ${node.name} had the history`);
    }
    for (const [firstHeight, { batch }] of this.final) if (this.#isGivenUp(batch)) this.final.delete(firstHeight);
    this.finalHeight = beginning.height;
  }

  /** Of a history that was given up, and not settled. */
  #isGivenUp({ header }: SignedBatch): boolean {
    const isOf = ({ height, term }: SimBeginning) => lastHeight(header) >= height && header.term <= term;
    return this.#world.chain.beginnings.some(isOf);
  }

  /** Walks back from a final batch to what is known to be final, and notes all of it. */
  #noteFinal(who: string, hash: string): void {
    let at = hash;
    for (;;) {
      const batch = this.batches.get(at);
      // Before the first batch: the genesis hash.
      if (batch === undefined) return;
      const { firstHeight } = batch.header;
      if (this.#isGivenUp(batch)) {
        at = toHex(batch.header.previousHash);
        continue;
      }
      const known = this.final.get(firstHeight);
      if (known) {
        if (known.hash !== at) this.fail(`[F3] ${who}: another batch at ${firstHeight} was final`);
        return;
      }
      this.final.set(firstHeight, { hash: at, batch });
      const height = lastHeight(batch.header);
      if (height > this.finalHeight) this.finalHeight = height;
      at = toHex(batch.header.previousHash);
    }
  }

  /** What a node has on disk is a chain. */
  #checkStore(node: SimNode): void {
    const { store } = node;
    let previous = store.snapshot ? toHex(store.snapshot.position.hash) : undefined;
    for (const batch of store.history()) {
      if (previous !== undefined && toHex(batch.header.previousHash) !== previous) {
        throw new AssertionError(`${node.name} has a broken chain on disk at ${batch.header.firstHeight}`);
      }
      previous = toHex(batchHash(batch.header));
    }
  }
}
