// One simulated life of a channel, drawn from a seed: members join, talk, crash, are cut off, settle and leave while messages are lost,
// doubled and overtake each other; then the world heals, and everything must have come together.

import { bytesEqual, toHex } from '../../base/bytes.ts';
import { stateKeyId } from '../../base/state.ts';
import { type World as ChannelWorld, executeBatch } from '../../channel/execution.ts';
import type { ApplicationOffers } from '../../channel/facts.ts';
import { genesisBase } from '../../channel/history.ts';
import { diffStates } from '../../channel/state-diff.ts';
import type { MemberAction } from '../../channel/transaction.ts';
import { SeededRandom } from '../seeded-random.ts';
import { CALM, type FaultSettings } from './faults.ts';
import type { SimNode } from './sim-node.ts';
import { TOY_GENESIS, ToyExecutor, type ToyFunction, toyCall } from './toy-executor.ts';
import { World } from './world.ts';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin'] as const;
const CALLS: readonly ToyFunction[] = ['add', 'add', 'add', 'put', 'put', 'erase', 'fail', 'burn', 'unknown'];
const HEALING_MS_MAX = 180_000;
/** Of the heartbeat window, with room for the last heartbeat's age: whoever is down no longer than this stays valid. */
const SHORT_CRASH_WINDOWS_MAX = 0.4;
/** Of the short crashes: that the end of the store is lost with them. */
const TEAR_RATE = 0.4;
const TORN_BATCHES_MAX = 6;
/** So that what tears draw does not move what a seed means otherwise. */
const TEAR_SEED_OFFSET = 1_000_003;
const OFFERS_SEED_OFFSET = 2_000_003;

export interface ScenarioOptions {
  readonly seed: number;
  /** Things that happen before the world heals. */
  readonly steps?: number;
  /** Share of the short crashes that damage the store. */
  readonly tearRate?: number;
  readonly verbose?: boolean;
}

export interface ScenarioResult {
  readonly height: bigint;
  readonly terms: bigint;
  readonly requests: number;
  readonly settlements: number;
  /** Of those, by signatures. */
  readonly signedSettlements: number;
  readonly left: number;
  /** Leaders replaced by their members' signatures, and for their silence. */
  readonly elections: number;
  readonly silences: number;
  readonly simulatedMs: number;
  readonly takenBack: number;
  readonly tears: number;
}

export function runScenario(options: ScenarioOptions): ScenarioResult {
  return new Scenario(options).run();
}

class Scenario {
  readonly #options: ScenarioOptions;
  readonly #random: SeededRandom;
  readonly #tearRandom: SeededRandom;
  readonly #world: World;
  readonly #leaving = new Set<SimNode>();
  /** Down for longer than the heartbeat window; one at a time, which is what five members are to bear. */
  #longDown: SimNode | undefined;
  #requests = 0;
  #tears = 0;
  /** Nothing bad begins any more. */
  #isHealing = false;

  constructor(options: ScenarioOptions) {
    this.#options = options;
    const random = new SeededRandom(options.seed);
    this.#random = random;
    this.#tearRandom = new SeededRandom(options.seed + TEAR_SEED_OFFSET);
    const settings = {
      heartbeatWindowMs: random.pick([6_000, 10_000, 15_000]),
      settleIntervalMs: random.chance(0.5) ? random.integer(5, 30) * 1_000 : 0,
      ...(random.chance(0.3) && { tick: { intervalMs: random.integer(5, 30) * 100 } }),
    };
    const offersRandom = new SeededRandom(options.seed + OFFERS_SEED_OFFSET);
    const offers = drawOffers(offersRandom);
    const isQuiet = offersRandom.chance(0.3);
    const allSettings = { ...settings, isQuiet };
    this.#world = new World({ seed: options.seed, settings: allSettings, offers, verbose: options.verbose ?? false });
  }

  run(): ScenarioResult {
    const world = this.#world;
    const startMs = world.nowMs;
    for (const name of NAMES) world.addNode(name);
    this.#begin();
    world.faults.settings = this.#drawFaults();
    const steps = this.#options.steps ?? 150;
    for (let step = 0; step < steps; step++) {
      this.#step();
      world.runFor(this.#random.integer(1, 800));
    }
    this.#heal();
    this.#checkEnd();
    return {
      height: world.invariants.finalHeight,
      terms: world.chain.term,
      requests: this.#requests,
      settlements: world.chain.settlements.length,
      signedSettlements: world.chain.signedSettlements,
      left: this.#leaving.size,
      elections: world.chain.elections,
      silences: world.chain.silences,
      simulatedMs: world.nowMs - startMs,
      takenBack: world.invariants.takenBack,
      tears: this.#tears,
    };
  }

  /** A first leader and a second member in calm: before two hold the history, one loss is more than a channel can bear. */
  get #windowMs(): number {
    return this.#world.settings.heartbeatWindowMs;
  }

  #begin(): void {
    const world = this.#world;
    for (const node of world.nodes.slice(0, 2)) world.join(node);
    const isReady = () => world.nodes.slice(0, 2).every((node) => node.running.status().finalHeight >= 3n);
    if (!world.runUntil(isReady, 30_000)) world.invariants.fail('two members never agreed on anything');
  }

  #drawFaults(): FaultSettings {
    const random = this.#random;
    return {
      dropRate: random.chance(0.6) ? random.next() * 0.15 : 0,
      duplicateRate: random.chance(0.6) ? random.next() * 0.2 : 0,
      delayMsMax: random.pick([2, 30, 200, 1_000]),
      persistMsMax: random.pick([0, 2, 30]),
      chainMsMax: random.pick([20, 300, 1_500]),
    };
  }

  #step(): void {
    const random = this.#random;
    const world = this.#world;
    const roll = random.next();
    if (roll < 0.55) this.#talk();
    else if (roll < 0.62) this.#joinNext();
    else if (roll < 0.7) this.#crashShortly();
    else if (roll < 0.74) this.#killForLong();
    else if (roll < 0.8) this.#cutOff();
    else if (roll < 0.86) {
      const [a, b] = [random.pick(world.nodes), random.pick(world.nodes)];
      if (a !== b) world.resetLink(a, b);
    } else if (roll < 0.92) this.#pickUp()?.input({ kind: 'settle' });
    else if (roll < 0.94) this.#leave();
    else world.faults.settings = this.#drawFaults();
  }

  #pickUp(): SimNode | undefined {
    const up = this.#world.nodes.filter((node) => node.isUp && !this.#leaving.has(node));
    return up.length > 0 ? this.#random.pick(up) : undefined;
  }

  #talk(): void {
    for (let count = this.#random.integer(1, 6); count > 0; count--) {
      const node = this.#pickUp();
      if (node) this.#talkAt(node);
    }
  }

  #talkAt(node: SimNode): void {
    node.request(`r${++this.#requests}`, toyCall(this.#random.pick(CALLS), this.#random.integer(0, 1_000)));
  }

  #joinNext(): void {
    const next = this.#world.nodes.find((node) => node.run === 0);
    if (next) this.#world.join(next);
  }

  #crashShortly(): void {
    const node = this.#pickUp();
    if (node === undefined) return;
    this.#crashFor(node, this.#random.integer(50, SHORT_CRASH_WINDOWS_MAX * this.#windowMs));
    this.#tear(node);
  }

  /** [D4] One at a time, and nobody gone for long: what two lose together may be lost to all. */
  #tear(node: SimNode): void {
    const random = this.#tearRandom;
    if (!random.chance(this.#options.tearRate ?? TEAR_RATE)) return;
    if (this.#longDown || this.#world.nodes.some(({ store }) => store.cutShort)) return;
    const lost = node.store.tear(random.integer(1, TORN_BATCHES_MAX));
    if (lost > 0) this.#tears += 1;
    this.#world.log(`${node.name} loses its last ${lost} batches`);
  }

  /** The leader by preference. */
  #killForLong(): void {
    const world = this.#world;
    const members = world.nodes.filter((node) => node.run > 0 && !this.#leaving.has(node));
    if (this.#longDown || members.length < 3 || members.some(({ store }) => store.cutShort)) return;
    const leader = members.find(({ address }) => address === world.chain.leader);
    const node = this.#random.chance(0.8) && leader?.isUp ? leader : this.#pickUp();
    if (node === undefined) return;
    this.#longDown = node;
    const downMs = this.#random.integer(1.1 * this.#windowMs, 3 * this.#windowMs);
    if (this.#random.chance(0.5)) {
      this.#crashFor(node, downMs);
      return;
    }
    // It writes on alone for a while before it goes: that will have to be taken back.
    world.log(`${node.name} is alone`);
    world.partition([[node], world.nodes.filter((other) => other !== node)]);
    for (let count = this.#random.integer(1, 4); count > 0; count--) this.#talkAt(node);
    world.after(this.#random.integer(100, 2_000), () => {
      if (node.isUp && !this.#isHealing) this.#crashFor(node, downMs);
      else this.#longDown = undefined;
      world.partition([]);
    });
  }

  #crashFor(node: SimNode, durationMs: number): void {
    const world = this.#world;
    world.crash(node);
    const { run } = node;
    world.after(durationMs, () => {
      if (this.#longDown === node) this.#longDown = undefined;
      if (node.run === run) world.restart(node);
    });
  }

  #cutOff(): void {
    const world = this.#world;
    const parts: [SimNode[], SimNode[]] = [[], []];
    for (const node of world.nodes) parts[this.#random.integer(0, 1) as 0 | 1].push(node);
    world.log(`cut: ${parts.map((part) => part.map(({ name }) => name).join(' ')).join(' | ')}`);
    world.partition(parts);
    world.after(this.#random.integer(500, 20_000), () => world.partition([]));
  }

  #leave(): void {
    const world = this.#world;
    const started = world.nodes.filter((node) => node.run > 0);
    if (started.length < 4 || this.#leaving.size >= 2) return;
    const node = this.#pickUp();
    if (node === undefined || node.running.status().role !== 'follower') return;
    this.#leaving.add(node);
    node.request(`leave ${node.name}`, { kind: 'leave' });
  }

  #heal(): void {
    const world = this.#world;
    world.log('the world heals');
    this.#isHealing = true;
    world.heal();
    world.faults.settings = CALM;
    for (const node of world.nodes) if (node.run > 0 && !node.isUp) world.restart(node);
    if (world.runUntil(() => this.#trouble() === undefined, HEALING_MS_MAX)) return;
    world.invariants.fail(`not healed: ${this.#trouble()}`);
  }

  /** What is still apart; `undefined` once all members are at one final tip with nothing queued. */
  #trouble(): string | undefined {
    const members = this.#members();
    const first = members[0]?.running.status();
    if (first === undefined) return 'nobody is left';
    for (const node of members) {
      const status = node.running.status();
      const at = `${node.name} (${status.role}, term ${status.term}) at ${status.height}, final ${status.finalHeight}`;
      if (status.dispute) return `${at} disputes: ${status.dispute.message}`;
      if (status.role !== 'leader' && status.role !== 'follower') return at;
      if (status.height !== first.height || !bytesEqual(status.root, first.root)) return `${at}, not ${first.height}`;
      if (status.finalHeight !== status.height && this.#world.settings.tick === undefined) return at;
      if (status.queued > 0 || node.store.queue.size > 0) return `${at}, ${node.store.queue.size} not final`;
    }
    for (const node of this.#leaving) {
      const asked = [...node.requests.values()].find(({ action }) => action.kind === 'leave');
      const isListed = this.#world.chain.seats.some(({ address }) => address === node.address);
      if (asked?.sequence !== undefined && isListed) return `${node.name} has not been let go`;
    }
    return undefined;
  }

  #members(): SimNode[] {
    const listed = new Set(this.#world.chain.seats.map(({ address }) => address));
    return this.#world.nodes.filter((node) => node.isUp && listed.has(node.address));
  }

  #checkEnd(): void {
    const { invariants } = this.#world;
    invariants.checkExactlyOnce();
    this.#checkRequests();
    this.#checkSettlements();
  }

  /** Whatever a client was told is queued is final now, once, unless it was told otherwise. */
  #checkRequests(): void {
    const world = this.#world;
    const final = new Map<string, string>();
    for (const batch of world.invariants.canonical()) {
      for (const transaction of batch.transactions) {
        if (transaction.kind !== 'member') continue;
        final.set(`${transaction.sender} ${transaction.sequence}`, JSON.stringify(describeAction(transaction.action)));
      }
    }
    for (const node of world.nodes) {
      if (this.#leaving.has(node)) continue;
      for (const { id, action, sequence } of node.requests.values()) {
        if (sequence === undefined) continue;
        const found = final.get(`${node.nodeKey} ${sequence}`);
        if (found === undefined) world.invariants.fail(`${id} of ${node.name} (${sequence}) was lost`);
        if (found !== JSON.stringify(describeAction(action)))
          world.invariants.fail(`${id} of ${node.name} became another`);
      }
    }
  }

  /** [X2] Change sets on chain are what executing the history between their heights comes to. */
  #checkSettlements(): void {
    const world: World = this.#world;
    const runner = { executor: new ToyExecutor(), creator: world.creator };
    let at: ChannelWorld = genesisBase(TOY_GENESIS).world;
    const worlds = new Map([[0n, at]]);
    const gone = new Set<string>();
    for (const batch of world.invariants.canonical()) {
      at = executeBatch(runner, at, batch.header, batch.transactions).after;
      worlds.set(at.ledger.height, at);
      for (const transaction of batch.transactions) if (transaction.kind === 'removed') gone.add(transaction.address);
    }
    for (const { fromHeight, toHeight, changes, stateRoot } of world.chain.settlements) {
      const from = worlds.get(fromHeight);
      const to = worlds.get(toHeight);
      if (from === undefined || to === undefined) {
        world.invariants.fail(`no batch ends at ${fromHeight} or ${toHeight}`);
      }
      const isKept = ({ key }: (typeof changes)[number]) => key.kind === 'item' || !gone.has(key.address);
      const expected = diffStates(from.state, to.state).filter(isKept);
      const claimed = changes.filter(isKept);
      const text = (set: typeof changes) =>
        set.map((change) => `${stateKeyId(change.key)}:${change.new ? toHex(change.new) : '-'}`).join();
      if (text(expected) !== text(claimed)) world.invariants.fail(`[X2] change set of ${fromHeight}..${toHeight}`);
      const root = world.invariants
        .canonical()
        .find(({ header }) => header.firstHeight + BigInt(header.count) - 1n === toHeight)?.header.rootAfter;
      if (root === undefined || !bytesEqual(root, stateRoot)) world.invariants.fail(`[X3] root at ${toHeight}`);
    }
  }
}

/** Some applications take only votes. */
function drawOffers(random: SeededRandom): ApplicationOffers {
  return { signedSettlements: random.chance(0.7), replays: random.chance(0.5) };
}

function describeAction(action: MemberAction): unknown {
  if (action.kind !== 'call') return action.kind;
  return [action.call.function, action.call.args.map(toHex)];
}
