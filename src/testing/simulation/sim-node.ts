// One member's node: the run loop around a channel as the real one has it (persist, then act; one input at a time; signatures checked at
// the door), with a store that survives crashes and a process that does not.

import { type Address, type NodeKey, parseAddress } from '../../base/ids.ts';
import { Channel, type ChannelOptions } from '../../channel/channel.ts';
import type { Executor } from '../../channel/executor.ts';
import type { ChannelMessage } from '../../channel/messages.ts';
import { signaturesOf } from '../../channel/signatures.ts';
import type { MemberAction } from '../../channel/transaction.ts';
import type { Effect, Event, Input, Notice } from '../../channel/update.ts';
import { encodeToySettlement } from './sim-chain.ts';
import { SimStore } from './sim-store.ts';
import { TOY_GAS_SCHEDULE, TOY_GENESIS, ToyExecutor } from './toy-executor.ts';
import { toyKey, toySign, toyVerify } from './toy-signatures.ts';
import type { World } from './world.ts';

const CLOCK_MS = 250;
const POLL_MS = 2_000;

export interface Request {
  readonly id: string;
  readonly action: MemberAction;
  /** Set once the node has said that it is durable. */
  sequence: bigint | undefined;
  readonly grades: Notice[];
}

export class SimNode {
  readonly name: string;
  readonly address: Address;
  readonly nodeKey: NodeKey;
  readonly world: World;
  readonly store = new SimStore();
  readonly requests = new Map<string, Request>();
  readonly executor: Executor;
  isHonest = true;
  gasSchedule = TOY_GAS_SCHEDULE;
  channel: Channel | undefined;
  /** Counts starts; what belongs to an earlier run finds another number and does nothing. */
  run = 0;
  refusedAtDoor = 0;
  readonly notices: Notice[] = [];
  /** Changes what it sends; a Byzantine node's. Nothing: the message is swallowed. */
  tamper: (to: NodeKey, message: ChannelMessage) => readonly ChannelMessage[] = (_, message) => [message];
  #inputs: Input[] = [];
  #busy = false;

  constructor(world: World, name: string, executor: Executor = new ToyExecutor()) {
    this.world = world;
    this.name = name;
    this.executor = executor;
    this.nodeKey = toyKey(name);
    this.address = parseAddress(
      `0x${Array.from(name, (letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join('')}`,
    );
  }

  get isUp(): boolean {
    return this.channel !== undefined;
  }

  get running(): Channel {
    if (this.channel === undefined) throw new Error(`${this.name} is down`);
    return this.channel;
  }

  start(): void {
    const { world } = this;
    const run = ++this.run;
    const events = this.store.load();
    const isFresh = this.store.snapshot === undefined;
    const options: ChannelOptions = {
      scope: world.scope,
      self: { nodeKey: this.nodeKey, address: this.address },
      creator: world.creator,
      settings: world.settings,
      executor: this.executor,
      ...(isFresh && world.chain.settledHeight === 0n && { genesis: { entries: TOY_GENESIS } }),
      offers: world.offers,
      gasSchedule: this.gasSchedule,
      encodeSettlement: encodeToySettlement,
    };
    this.channel = Channel.restore(options, events);
    this.#inputs = [];
    this.#busy = false;
    this.#every(run, CLOCK_MS, () => this.input({ kind: 'clock' }));
    this.#every(run, POLL_MS, () => this.#readChain());
    if (world.settings.isQuiet !== true) {
      this.#every(run, world.settings.heartbeatWindowMs / 4, () => this.#keepAlive());
    }
  }

  crash(): void {
    this.channel = undefined;
    this.run += 1;
    this.#inputs = [];
    this.#busy = false;
  }

  request(id: string, action: MemberAction): void {
    this.requests.set(id, { id, action, sequence: undefined, grades: [] });
    this.input({ kind: 'request', id, action });
  }

  receive(from: NodeKey, message: ChannelMessage): void {
    for (const { signer, message: signed, signature } of signaturesOf(this.world.scope, message)) {
      if (toyVerify(signer, signed, signature)) continue;
      this.refusedAtDoor += 1;
      return;
    }
    this.input({ kind: 'message', from, message });
  }

  input(input: Input): void {
    if (this.channel === undefined) return;
    this.#inputs.push(input);
    this.#pump();
  }

  #pump(): void {
    while (!this.#busy && this.channel && this.#inputs.length > 0) {
      const input = this.#inputs.shift();
      if (input) this.#process(this.channel, input);
    }
  }

  #process(channel: Channel, input: Input): void {
    const { world, run } = this;
    const { events, effects } = channel.update(input, world.nowMs);
    if (events.length === 0) {
      this.#act(effects);
      return;
    }
    this.#busy = true;
    world.after(world.faults.persistMs(), () => {
      if (this.run !== run) return;
      this.#persist(events);
      // A crash may fall between what is on disk and what has left.
      world.after(world.faults.actMs(), () => {
        if (this.run !== run) return;
        this.#act(effects);
        this.#busy = false;
        this.#pump();
      });
    });
  }

  #persist(events: readonly Event[]): void {
    this.store.write(events);
    this.world.invariants.afterPersist(this, events);
  }

  #act(effects: readonly Effect[]): void {
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: Effect): void {
    const { world, run } = this;
    switch (effect.kind) {
      case 'send':
        for (const message of this.tamper(effect.to, effect.message)) world.send(this, effect.to, message);
        return;
      case 'sign':
        world.after(world.faults.signMs(), () => {
          if (this.run !== run) return;
          this.input({ kind: 'signed', token: effect.token, signature: toySign(this.nodeKey, effect.message) });
        });
        return;
      case 'chain':
        world.callChain(this, () => {
          const result = world.chain.submit(this.address, effect.action, world.nowMs);
          world.log(`${this.name} ${effect.action.kind}: ${result === 'done' ? 'done' : result.refused}`);
          world.invariants.afterChain();
          world.after(world.faults.chainMs(), () => {
            if (this.run === run) this.input({ kind: 'submitted', action: effect.action, result });
          });
        });
        return;
      case 'notify':
        this.#note(effect.notice);
        return;
      case 'readReport':
        world.callChain(this, () => {
          const data = world.chain.reportData(effect.proposal);
          if (this.run === run) this.input({ kind: 'report', proposal: effect.proposal, ...(data && { data }) });
        });
        return;
      case 'readState':
        world.callChain(this, () => {
          const { settledHeight, restarts, historyHash } = world.chain;
          const { beginning } = effect;
          const isThere =
            settledHeight === beginning.height && restarts === beginning.restarts && historyHash.length === 0;
          const entries = isThere ? world.chain.stateEntries() : undefined;
          world.after(world.faults.chainMs(), () => {
            if (this.run === run) this.input({ kind: 'state', beginning, ...(entries && { entries }) });
          });
        });
        return;
      case 'refreshChain':
        this.#readChain();
        return;
      case 'connect':
      case 'disconnect':
        world.setWanted(this, effect.peer, effect.kind === 'connect');
        return;
    }
  }

  #note(notice: Notice): void {
    this.notices.push(notice);
    if (this.notices.length > 2_000) this.notices.splice(0, 1_000);
    this.world.invariants.afterNotice(this, notice);
  }

  #readChain(): void {
    const { world, run } = this;
    world.callChain(this, () => {
      const view = world.chain.view(world.nowMs);
      world.after(world.faults.chainMs(), () => {
        if (this.run !== run) return;
        const own = view.members.find(({ nodeKey }) => nodeKey === this.nodeKey);
        if (world.settings.isQuiet === true && own && (own.isChallenged === true || !own.valid)) this.#keepAlive();
        this.input({ kind: 'chain', view });
      });
    });
  }

  #keepAlive(): void {
    const { world } = this;
    world.callChain(this, () => world.chain.keepAlive(this.address, world.nowMs));
  }

  #every(run: number, periodMs: number, act: () => void): void {
    if (this.run !== run) return;
    act();
    this.world.after(periodMs, () => this.#every(run, periodMs, act));
  }
}
