// The order of one channel's life: inputs go through `update` one by one, what they changed is on disk before anything of it leaves ([B5],
// [D2] of docs/protocol.md). Inputs that queue up while a write is under way share the next one; nothing is ever reordered.

import type { Effect, Event, Input, Update } from '../channel/update.ts';
import type { StoreChange } from '../ports/store.ts';
import { StoreChangeBuilder } from './journal.ts';

/** Inputs that share a write. More would hold back the first one's effects for the last one's sake. */
const INPUTS_PER_WRITE_MAX = 64;
/** What runs longer in a row shares no write with what follows. */
const TURN_MS_MAX = 50;

export interface RunQueueOptions {
  readonly update: (input: Input) => Update;
  readonly write: (change: StoreChange) => Promise<void>;
  /** In order, after the write. */
  readonly carryOut: (effect: Effect) => void;
  readonly monotonicMs: () => number;
  /** The channel is broken (a bug, or the disk): nothing further runs. Called once. */
  readonly onFailure: (error: unknown) => void;
}

type Step = { readonly kind: 'input'; readonly input: Input } | { readonly kind: 'task'; readonly task: () => void };

/** Life: `push` and `ask` at any time, `stop` once; nothing runs after `stop` but a write that is under way. */
export class RunQueue {
  readonly #options: RunQueueOptions;
  #steps: Step[] = [];
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: RunQueueOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#steps.length;
  }

  push(input: Input): void {
    this.#add({ kind: 'input', input });
  }

  /** Runs the task when everything pushed before is done and on disk. */
  ask(task: () => void): void {
    this.#add({ kind: 'task', task });
  }

  /** Drops what waits; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#steps = [];
    await this.#running;
  }

  #add(step: Step): void {
    if (this.#stopped) return;
    this.#steps.push(step);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // Not within the call that pushed: it may have more to push.
    await undefined;
    try {
      while (this.#steps.length > 0 && !this.#stopped) await this.#turn();
    } catch (error) {
      this.#stopped = true;
      this.#steps = [];
      this.#options.onFailure(error);
    } finally {
      this.#running = undefined;
    }
  }

  async #turn(): Promise<void> {
    const events: Event[] = [];
    const effects: Effect[] = [];
    const startMs = this.#options.monotonicMs();
    for (let count = 0; count < INPUTS_PER_WRITE_MAX && !this.#stopped; count++) {
      const step = this.#steps[0];
      if (step === undefined || step.kind === 'task') break;
      this.#steps.shift();
      const update = this.#options.update(step.input);
      events.push(...update.events);
      effects.push(...update.effects);
      if (this.#options.monotonicMs() - startMs > TURN_MS_MAX) break;
    }
    if (events.length > 0) {
      const builder = new StoreChangeBuilder();
      for (const event of events) builder.add(event);
      await this.#options.write(builder.build());
    }
    for (const effect of effects) if (!this.#stopped) this.#options.carryOut(effect);
    while (!this.#stopped && this.#steps[0]?.kind === 'task') {
      const step = this.#steps.shift();
      if (step?.kind === 'task') step.task();
    }
  }
}
