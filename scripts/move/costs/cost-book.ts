// What transactions cost on the local chain, written down as they happen.

import { readBalance } from '../../../src/devchain/accounts.ts';
import type { Chain } from '../../../src/devchain/chain.ts';
import { fund } from '../../../src/devchain/faucet.ts';
import { feeStatementOf } from '../../../src/devchain/fee-statement.ts';
import { GAS_UNIT_PRICE_MIN, STORAGE_BYTE_OCTAS, STORAGE_SLOT_OCTAS } from '../../../src/devchain/gas.ts';
import { LifecycleChain, type Person, personOf } from '../../../src/testing/lifecycle-chain.ts';
import { costChain } from './cost-chain.ts';

/** Octas: more than anybody spends here. */
const MONEY = 100_000_000_000n;

/** What the chain tells of a transaction that was committed. */
type Committed = Parameters<Parameters<Chain['onEntry']>[0]>[0];

/** Of one transaction, or the sum of several. */
export interface Cost {
  readonly gas: bigint;
  readonly execution: bigint;
  readonly io: bigint;
  /** Octas, in the gas at the price of 100. */
  readonly storage: bigint;
  readonly refund: bigint;
  readonly slotsNew: number;
  readonly slotsFreed: number;
  /** Of new slots, and by which others grew. */
  readonly bytesPaid: bigint;
  /** Of the signed transaction. */
  readonly size: number;
}

export interface CostRow extends Cost {
  /** `module::function`. */
  readonly call: string;
  readonly when: string;
}

export const NO_COST: Cost = {
  gas: 0n,
  execution: 0n,
  io: 0n,
  storage: 0n,
  refund: 0n,
  slotsNew: 0,
  slotsFreed: 0,
  bytesPaid: 0n,
  size: 0,
};

export function addCosts(one: Cost, other: Cost): Cost {
  return {
    gas: one.gas + other.gas,
    execution: one.execution + other.execution,
    io: one.io + other.io,
    storage: one.storage + other.storage,
    refund: one.refund + other.refund,
    slotsNew: one.slotsNew + other.slotsNew,
    slotsFreed: one.slotsFreed + other.slotsFreed,
    bytesPaid: one.bytesPaid + other.bytesPaid,
    size: one.size + other.size,
  };
}

/** Octas that the payer has less, at the lowest price. */
export function octasOf({ gas, refund }: Cost): bigint {
  return gas * GAS_UNIT_PRICE_MIN - refund;
}

/** One chain with people on it, and what their transactions cost. The same calls in the same order give the same figures. */
export class CostBook {
  readonly world: LifecycleChain;
  readonly clock: { micros: bigint };
  readonly rows: CostRow[] = [];
  readonly #slots = new Set<string>();
  #last: CostRow | undefined;
  /** Transactions so far. */
  #count = 0;

  private constructor(world: LifecycleChain, clock: { micros: bigint }) {
    this.world = world;
    this.clock = clock;
    world.chain.onEntry((committed) => {
      if (committed.transaction === undefined) return;
      this.#last = this.#costOf(committed);
      this.#count++;
    });
  }

  static async open(): Promise<CostBook> {
    const clock = { micros: 1_900_000_000_000_000n };
    const chain = await costChain(clock);
    return new CostBook(new LifecycleChain(chain, clock, []), clock);
  }

  /** People with money. Their session accounts are made when they join. */
  people(...names: readonly string[]): Person[] {
    return names.map((name) => {
      const person = personOf(name);
      this.#fund(person);
      return person;
    });
  }

  /** The account from which a member's node sends, with money. The member has joined. */
  session(person: Person): Person {
    const session = sessionOf(person);
    this.#fund(session);
    return session;
  }

  #fund({ address }: Person): void {
    if (readBalance(this.world.chain.world.view(), address) >= MONEY / 2n) return;
    const funded = fund(this.world.chain, address, MONEY);
    if (typeof funded !== 'string') throw new Error('the faucet refuses');
  }

  /** Runs what sends one transaction, which must succeed, and puts it into the book. */
  measure(when: string, send: () => string | undefined): CostRow {
    const before = this.#count;
    const refused = send();
    if (refused !== undefined) throw new Error(`${when}: ${refused}`);
    if (this.#count !== before + 1 || !this.#last) throw new Error(`${when}: not one transaction`);
    const row = { ...this.#last, when };
    this.rows.push(row);
    return row;
  }

  /** Runs what sends transactions that must succeed, and sums them up. */
  sum(send: () => readonly (string | undefined)[]): { readonly count: number; readonly cost: Cost } {
    let cost = NO_COST;
    let count = 0;
    // Called after the book's own listener.
    const stop = this.world.chain.onEntry(({ transaction }) => {
      if (transaction === undefined) return;
      cost = addCosts(cost, this.#last ?? NO_COST);
      count++;
    });
    const refused = send().find((code) => code !== undefined);
    stop();
    if (refused !== undefined) throw new Error(refused);
    return { count, cost };
  }

  #costOf({ outcome, transaction }: Committed): CostRow {
    const statement = feeStatementOf(outcome);
    const isNew = ({ slot, deposit }: (typeof outcome.deposits)[number]) => deposit && !this.#slots.has(slot);
    const slotsNew = outcome.deposits.filter(isNew).length;
    const slotsFreed = outcome.deposits.filter(({ deposit }) => !deposit).length;
    this.#noteSlots(outcome.deposits);
    const executable = transaction?.raw.payload.executable;
    const call = executable?.kind === 'entryFunction' ? executable.call : undefined;
    const storage = statement?.storageFeeOctas ?? 0n;
    return {
      call: call ? `${call.module.name}::${call.function}` : '',
      when: '',
      gas: outcome.gasUsed,
      execution: statement?.executionGasUnits ?? 0n,
      io: statement?.ioGasUnits ?? 0n,
      storage,
      refund: statement?.storageFeeRefundOctas ?? 0n,
      slotsNew,
      slotsFreed,
      bytesPaid: (storage - STORAGE_SLOT_OCTAS * BigInt(slotsNew)) / STORAGE_BYTE_OCTAS,
      size: transaction?.bytes.length ?? 0,
    };
  }

  #noteSlots(deposits: Committed['outcome']['deposits']): void {
    for (const { slot, deposit } of deposits) {
      if (deposit) this.#slots.add(slot);
      else this.#slots.delete(slot);
    }
  }
}

/** A member's node, which sends by itself from the account of its key. */
function sessionOf(person: Person): Person {
  return { ...person, seed: person.nodeSeed, key: person.nodeKey, address: person.session };
}
