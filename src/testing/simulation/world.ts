// The simulated world: time, a chain, links between nodes, and whatever goes wrong with them. It decides nothing; scenario.ts does.

import { type Address, type ChannelId, type NodeKey, parseAddress } from '../../base/ids.ts';
import type { Executor } from '../../channel/executor.ts';
import type { ApplicationOffers } from '../../channel/facts.ts';
import type { ChannelMessage } from '../../channel/messages.ts';
import type { ChannelScope } from '../../channel/scope.ts';
import type { ChannelSettings } from '../../channel/update.ts';
import { SeededRandom } from '../seeded-random.ts';
import { CALM, type FaultSettings, Faults } from './faults.ts';
import { Invariants } from './invariants.ts';
import { Scheduler } from './scheduler.ts';
import { SimChain } from './sim-chain.ts';
import { SimNode } from './sim-node.ts';

/** Some day; simulations must not depend on which. */
const START_MS = 1_790_000_000_000;
const LINK_UP_MS = 30;

export interface WorldOptions {
  readonly seed?: number;
  readonly faults?: FaultSettings;
  readonly settings?: Partial<ChannelSettings>;
  /** All, unless it says otherwise. */
  readonly offers?: Partial<ApplicationOffers>;
  readonly verbose?: boolean;
}

export class World {
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly scheduler = new Scheduler(START_MS);
  readonly settings: ChannelSettings;
  readonly offers: ApplicationOffers;
  readonly chain: SimChain;
  readonly invariants: Invariants;
  readonly nodes: SimNode[] = [];
  readonly scope: ChannelScope = { chainId: 4, contract: parseAddress('0xc0de'), channelId: 7n as ChannelId };
  readonly creator: Address = parseAddress('0xc4ea704');
  readonly trace: string[] = [];
  readonly #verbose: boolean;
  /** Links that are up, both directions: `from>to`. */
  readonly #links = new Set<string>();
  /** Who wants a link to whom. */
  readonly #wanted = new Set<string>();
  /** Nodes in different parts cannot reach each other. */
  #parts = new Map<NodeKey, number>();

  constructor(options: WorldOptions = {}) {
    this.random = new SeededRandom(options.seed ?? 1);
    this.faults = new Faults(this.random.fork(), options.faults ?? CALM);
    this.settings = { heartbeatWindowMs: 15_000, settleIntervalMs: 0, ...options.settings };
    this.chain = new SimChain(this.scope, this.settings.heartbeatWindowMs, this.settings.isQuiet === true);
    this.offers = { signedSettlements: true, replays: true, ...options.offers };
    this.invariants = new Invariants(this);
    this.#verbose = options.verbose ?? false;
  }

  get nowMs(): number {
    return this.scheduler.nowMs;
  }

  after(delayMs: number, run: () => void): void {
    this.scheduler.after(delayMs, run);
  }

  runFor(durationMs: number): void {
    this.scheduler.runUntil(this.nowMs + durationMs);
  }

  /** Runs until `isDone`, looking every 100 ms. False if that takes longer than `maxMs`. */
  runUntil(isDone: () => boolean, maxMs: number): boolean {
    const end = this.nowMs + maxMs;
    while (this.nowMs < end) {
      if (isDone()) return true;
      this.runFor(100);
    }
    return isDone();
  }

  log(line: string): void {
    const stamped = `${((this.nowMs - START_MS) / 1000).toFixed(3)} ${line}`;
    this.trace.push(stamped);
    if (this.trace.length > 5_000) this.trace.splice(0, 1_000);
    if (this.#verbose) console.log(stamped);
  }

  addNode(name: string, executor?: Executor): SimNode {
    const node = new SimNode(this, name, executor);
    this.nodes.push(node);
    return node;
  }

  /** The wallet's part: the contract lists the member. Then its node starts. */
  join(node: SimNode): void {
    this.log(`${node.name} joins`);
    this.chain.join(node.address, node.nodeKey, undefined, this.nowMs);
    node.start();
  }

  crash(node: SimNode): void {
    this.log(`${node.name} crashes`);
    node.crash();
    for (const other of this.nodes) {
      this.#wanted.delete(linkKey(node, other));
      this.#cut(node, other);
    }
  }

  restart(node: SimNode): void {
    this.log(`${node.name} restarts`);
    node.start();
  }

  setWanted(node: SimNode, peer: NodeKey, wanted: boolean): void {
    const other = this.nodes.find(({ nodeKey }) => nodeKey === peer);
    if (other === undefined) return;
    if (wanted) this.#wanted.add(linkKey(node, other));
    else this.#wanted.delete(linkKey(node, other));
    if (!wanted) this.#cut(node, other);
    else this.#connect(node, other);
  }

  isLinked(a: SimNode, b: SimNode): boolean {
    return this.#links.has(linkKey(a, b));
  }

  /** Cuts a link for a moment; whoever wants it has it again soon. */
  resetLink(a: SimNode, b: SimNode): void {
    this.#cut(a, b);
    this.#connect(a, b);
  }

  partition(parts: readonly (readonly SimNode[])[]): void {
    this.#parts = new Map(parts.flatMap((part, index) => part.map((node) => [node.nodeKey, index] as const)));
    for (const a of this.nodes) for (const b of this.nodes) if (!this.#canReach(a, b)) this.#cut(a, b);
    for (const a of this.nodes) for (const b of this.nodes) this.#connect(a, b);
  }

  heal(): void {
    this.partition([]);
    this.faults.settings = CALM;
  }

  send(from: SimNode, to: NodeKey, message: ChannelMessage): void {
    const node = this.nodes.find(({ nodeKey }) => nodeKey === to);
    if (node === undefined || !this.#links.has(linkKey(from, node))) return;
    if (this.#verbose && message.kind !== 'heartbeat') this.log(`${from.name} → ${node.name} ${summary(message)}`);
    const { run } = node;
    for (const delayMs of this.faults.deliveriesMs()) {
      this.after(delayMs, () => {
        if (node.run === run && this.#canReach(from, node)) node.receive(from.nodeKey, message);
      });
    }
  }

  /** The chain is always reachable, if slowly. */
  callChain(node: SimNode, call: () => void): void {
    const { run } = node;
    this.after(this.faults.chainMs(), () => {
      // A transaction that has been sent takes its course even if the sender is gone.
      if (node.run === run || this.random.chance(0.5)) call();
    });
  }

  #connect(a: SimNode, b: SimNode): void {
    if (a === b) return;
    this.after(LINK_UP_MS, () => {
      const isWanted = this.#wanted.has(linkKey(a, b)) || this.#wanted.has(linkKey(b, a));
      if (!isWanted || !a.isUp || !b.isUp || !this.#canReach(a, b) || this.#links.has(linkKey(a, b))) return;
      // The other side admits only whom it lists too; it will dial when it does.
      if (!this.#wanted.has(linkKey(a, b)) || !this.#wanted.has(linkKey(b, a))) return;
      this.#links.add(linkKey(a, b)).add(linkKey(b, a));
      a.input({ kind: 'link', peer: b.nodeKey, state: 'direct' });
      b.input({ kind: 'link', peer: a.nodeKey, state: 'direct' });
    });
  }

  #cut(a: SimNode, b: SimNode): void {
    if (!this.#links.delete(linkKey(a, b))) return;
    this.#links.delete(linkKey(b, a));
    a.input({ kind: 'link', peer: b.nodeKey, state: 'lost' });
    b.input({ kind: 'link', peer: a.nodeKey, state: 'lost' });
  }

  #canReach(a: SimNode, b: SimNode): boolean {
    return (this.#parts.get(a.nodeKey) ?? 0) === (this.#parts.get(b.nodeKey) ?? 0);
  }
}

function linkKey(a: SimNode, b: SimNode): string {
  return `${a.nodeKey}>${b.nodeKey}`;
}

function summary(message: ChannelMessage): string {
  switch (message.kind) {
    case 'batch':
      return `batch ${message.batch.header.firstHeight}+${message.batch.header.count} term ${message.batch.header.term}`;
    case 'history':
      return `history of ${message.batches.length}`;
    case 'hello':
      return `hello at ${message.known[0]?.height ?? 'nothing'}`;
    case 'certificate':
      return `certificate ${message.certificate.height}`;
    case 'acknowledgement':
      return `acknowledgement ${message.acknowledgement.height}`;
    case 'refused':
      return `refused: ${message.reason}`;
    default:
      return message.kind;
  }
}
