// One simulated life of a channel, drawn from a seed: members join, talk, crash, are cut off, settle and leave while messages are lost,
// doubled and overtake each other; then the world heals, and everything must have come together.

import { bytesEqual } from '../../base/bytes.ts';
import type { ApplicationOffers } from '../../channel/facts.ts';
import { SeededRandom } from '../seeded-random.ts';
import { CALM, type FaultSettings } from './faults.ts';
import { checkRequests, checkSettlements } from './life-checks.ts';
import type { SimNode } from './sim-node.ts';
import { type ToyFunction, toyCall } from './toy-executor.ts';
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
const DESERTION_SEED_OFFSET = 3_000_003;
/** Of the lives: that everybody leaves in the end, and others come. */
const DESERTION_RATE = 0.2;
/** Heirs of a channel that the others have left. */
const HEIRS = ['frank', 'grace', 'heidi'] as const;
const HEIRS_STEPS_MAX = 30;

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
  /** New beginnings. */
  readonly restarts: bigint;
}

export function runScenario(options: ScenarioOptions): ScenarioResult {
  return new Scenario(options).run();
}

class Scenario {
  readonly #options: ScenarioOptions;
  readonly #random: SeededRandom;
  readonly #tearRandom: SeededRandom;
  readonly #heirsRandom: SeededRandom;
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
    this.#heirsRandom = new SeededRandom(options.seed + DESERTION_SEED_OFFSET);
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
    this.#maybeDesert();
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
      restarts: world.chain.restarts,
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
    for (const node of world.nodes) {
      const isGone = this.#leaving.has(node) && !world.chain.seats.some(({ address }) => address === node.address);
      if (node.run > 0 && !node.isUp && !isGone) world.restart(node);
    }
    if (world.runUntil(() => this.#trouble() === undefined, HEALING_MS_MAX)) return;
    world.invariants.fail(`not healed: ${this.#trouble()}`);
  }

  /** [N4] Everybody leaves; who comes then, or was there and never got the history, begins anew. */
  #maybeDesert(): void {
    const world = this.#world;
    const random = this.#heirsRandom;
    if (!random.chance(DESERTION_RATE)) return;
    world.log('everybody leaves');
    const heirs = HEIRS.slice(0, random.integer(1, HEIRS.length)).map((name) => world.addNode(name));
    // One that has joined too late, and was gone before it could be told anything.
    const early = random.chance(0.5) ? heirs[0] : undefined;
    if (early) {
      world.partition([heirs, world.nodes.filter((node) => !heirs.includes(node))]);
      world.join(early);
      world.crash(early);
      world.partition([]);
      world.runFor(2 * this.#windowMs);
    }
    for (const node of this.#members()) {
      this.#leaving.add(node);
      node.request(`leave ${node.name}`, { kind: 'leave' });
      const isOut = () => !world.chain.seats.some(({ address }) => address === node.address);
      if (!world.runUntil(isOut, HEALING_MS_MAX)) world.invariants.fail(`${node.name} was not let go`);
      world.crash(node);
    }
    if (early) world.restart(early);
    world.faults.settings = this.#drawFaults();
    for (let step = random.integer(1, HEIRS_STEPS_MAX); step > 0; step--) {
      const next = heirs.find((node) => node.run === 0);
      if (next && random.chance(0.4)) world.join(next);
      const up = heirs.filter((node) => node.isUp);
      const heir = up.length > 0 ? random.pick(up) : undefined;
      if (heir && random.chance(0.7)) this.#talkAt(heir);
      else if (heir && random.chance(0.3)) this.#crashFor(heir, random.integer(50, 2_000));
      world.runFor(random.integer(1, 2_000));
    }
    for (const heir of heirs) if (heir.run === 0) world.join(heir);
    this.#heal();
    if (world.chain.restarts === 0n) world.invariants.fail('nobody began anew');
    this.#checkEnd();
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
    checkRequests(this.#world, this.#leaving);
    checkSettlements(this.#world);
  }
}

/** Some applications take only votes. */
function drawOffers(random: SeededRandom): ApplicationOffers {
  return { signedSettlements: random.chance(0.7), replays: random.chance(0.5) };
}
