// What members do in a channel, run as their nodes run it: the state that calls leave, and the changes that a settlement says of it.

import type { Bytes } from '../../../src/base/bytes.ts';
import { sha3_256 } from '../../../src/base/hash.ts';
import type { Address } from '../../../src/base/ids.ts';
import { type ChangeSet, type StateKey, type StateView, stateKeyId } from '../../../src/base/state.ts';
import { CLOCK_KEY, encodeClock } from '../../../src/devchain/timestamp.ts';
import { explainStatus } from '../../../src/devchain/vm-status.ts';
import { overlay } from '../../../src/devchain/world.ts';
import { Writes } from '../../../src/devchain/writes.ts';
import type { SessionApplication } from '../../../src/testing/lifecycle.ts';
import { MoveVm, type RunResult } from '../../../src/vm/index.ts';

/** Gas units of the channel's VM for one call. */
const GAS_MAX = 10_000n;
/** Of the channel's clock: nobody is busy for as long as from one call to the next. */
const BEGIN_MICROS = 1_900_000_000_000_000n;
const STEP_MICROS = 10_000_000n;

export class ChannelChanges {
  readonly #application: Pick<SessionApplication, 'address' | 'state'>;
  readonly #vm = new MoveVm();
  readonly #writes: Writes;
  #calls = 0;

  /** `code`: a view that has the application's modules; `state`: what the channel holds when it begins. */
  constructor(
    application: Pick<SessionApplication, 'address' | 'state'>,
    code: StateView,
    state: readonly { readonly key: StateKey; readonly value: Bytes }[],
  ) {
    this.#application = application;
    this.#writes = new Writes(
      overlay(
        code,
        state.map(({ key, value }) => ({ key, new: value })),
      ),
    );
  }

  get module(): string {
    return this.#application.state.module;
  }

  /** Gas units that the channel's VM takes for it. @throws Error unless it is executed */
  call(sender: Address, name: string, args: readonly Bytes[]): bigint {
    this.#calls++;
    this.#writes.set(CLOCK_KEY, encodeClock(BEGIN_MICROS + BigInt(this.#calls) * STEP_MICROS));
    const { status, changes, gasUsed } = this.#run(sender, name, args);
    if (status.kind !== 'executed') throw new Error(`${name}: ${explainStatus(status)}`);
    this.#writes.add(changes);
    return gasUsed;
  }

  /** Whether it would be executed; the state stays. */
  executes(sender: Address, name: string, args: readonly Bytes[]): boolean {
    return this.#run(sender, name, args).status.kind === 'executed';
  }

  #run(sender: Address, name: string, args: readonly Bytes[]): RunResult {
    const { address, state } = this.#application;
    return this.#vm.run(this.#writes.view, {
      call: { module: { address, name: state.module }, function: name, typeArgs: [], args },
      senders: [sender],
      gasLimit: GAS_MAX,
      transactionHash: sha3_256(Uint8Array.of(this.#calls)),
      access: 'entry',
    });
  }

  /** All that the calls so far have changed. */
  get changes(): ChangeSet {
    return this.#writes.changes().filter(({ key }) => stateKeyId(key) !== stateKeyId(CLOCK_KEY));
  }

  /** A value as the calls so far have left it. */
  get(key: StateKey): Bytes | undefined {
    return this.#writes.view.get(key);
  }
}
