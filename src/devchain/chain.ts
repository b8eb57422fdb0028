// The chain itself, without HTTP: takes signed transactions, executes each in a block of its own, keeps state, ledger and mempool, and
// answers what a client may ask. Everything is synchronous; a transaction whose turn it is has been executed when `submit` returns.

import { toHex } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import type { Address } from '../base/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { StateView } from '../base/state.ts';
import type { FunctionCall, MoveVm, RunResult } from '../vm/index.ts';
import { readAccount, readBalance } from './accounts.ts';
import { beginBlock } from './block-prologue.ts';
import { UnsupportedFeatureError } from './errors.ts';
import { executeTransaction } from './execute.ts';
import { MAX_GAS_AMOUNT } from './gas.ts';
import { GasMeter } from './gas-meter.ts';
import { type Entry, Ledger, type NewEntry, type Outcome } from './ledger.ts';
import { Mempool, type MempoolRefusal } from './mempool.ts';
import { checkMultisig } from './multisig.ts';
import { checkPrologue, feePayerOf, type PrologueContext, type PrologueMode } from './prologue.ts';
import { isSigned } from './signature.ts';
import { TableTypeIndex } from './table-types.ts';
import { CLOCK_KEY, encodeClock } from './timestamp.ts';
import { decodeSignedTransaction, type SignedTransaction, TRANSACTION_SIZE_MAX } from './transaction.ts';
import type { Discard } from './vm-status.ts';
import { overlay, World } from './world.ts';

/** Why a transaction was not taken. */
export type SubmitRefusal =
  | { readonly kind: 'malformed'; readonly message: string }
  /** `feature`: what Aptos has and this chain has not. */
  | { readonly kind: 'discarded'; readonly discard: Discard; readonly feature?: string }
  | { readonly kind: 'mempool'; readonly reason: MempoolRefusal }
  /** Simulations only: the transaction could be submitted by whoever sees it. */
  | { readonly kind: 'validSignature' };

export interface Simulation {
  readonly transaction: SignedTransaction;
  readonly timestampMicros: bigint;
  /** A discard where the prologue refused it. */
  readonly outcome: Outcome | Discard;
}

export interface SimulateOptions {
  readonly gasUnitPrice?: bigint;
  readonly estimateMaxGas?: boolean;
}

export interface ChainOptions {
  readonly vm: MoveVm;
  readonly chainId: number;
  /** Microseconds since 1970. Blocks never go back in time, whatever it says. */
  readonly clock: () => bigint;
  /** Called with every transaction before it takes effect; what it throws leaves the chain as it was. */
  readonly persist?: (entry: NewEntry) => void;
}

export class Chain {
  readonly chainId: number;
  readonly world = new World();
  readonly ledger = new Ledger();
  readonly mempool = new Mempool();
  /** What the tables are of, as far as anything that was stored says. */
  readonly tableTypes = new TableTypeIndex(this.ledger, this.world);
  readonly vm: MoveVm;
  readonly #clock: () => bigint;
  readonly #persist: (entry: NewEntry) => void;
  /** Nonces of orderless transactions, each until its transaction has expired. */
  readonly #nonces = new Map<string, bigint>();
  readonly #listeners = new Set<(entry: Entry) => void>();

  /** An empty chain: the first block that it must be given is the genesis block. */
  constructor(options: ChainOptions) {
    this.vm = options.vm;
    this.chainId = options.chainId;
    this.#clock = options.clock;
    this.#persist = options.persist ?? (() => {});
  }

  /** The time that a block made now would have: later than the last block's. */
  now(): bigint {
    const clock = this.#clock();
    if (this.ledger.length === 0) return clock;
    const earliest = this.ledger.tip.timestampMicros + 1n;
    return clock > earliest ? clock : earliest;
  }

  /** The state after the last block, at the present time. */
  present(nowMicros = this.now()): StateView {
    return overlay(this.world.view(), [{ key: CLOCK_KEY, new: encodeClock(nowMicros) }]);
  }

  /** Puts a transaction at the end: genesis, or one read back from storage, which `persist` must not see again. */
  restore(entry: NewEntry): Entry {
    return this.#commit(entry);
  }

  /** Decodes, checks and, if it is its turn, executes a transaction; otherwise keeps it until then. */
  submit(bytes: Uint8Array): Result<SignedTransaction, SubmitRefusal> {
    const decoded = decode(bytes);
    if (!decoded.ok) return decoded;
    const transaction = decoded.value;
    const nowMicros = this.now();
    this.mempool.expire(nowMicros);
    if (this.mempool.byHash(toHex(transaction.hash))) return ok(transaction);
    const discard = this.#check(transaction, nowMicros, 'mempool');
    if (discard) return err({ kind: 'discarded', discard });
    const { sender, sequenceNumber, payload } = transaction.raw;
    const expected = readAccount(this.world.view(), sender).sequenceNumber;
    if (payload.nonce === undefined && sequenceNumber !== expected) {
      const reason = this.mempool.add(transaction);
      return reason ? err({ kind: 'mempool', reason }) : ok(transaction);
    }
    this.#execute(transaction, nowMicros);
    this.#drain(sender);
    return ok(transaction);
  }

  /** What `submit` would do, without doing it. With `estimateMaxGas` the limit is what the payer can afford. */
  simulate(bytes: Uint8Array, options: SimulateOptions = {}): Result<Simulation, SubmitRefusal> {
    const decoded = decode(bytes);
    if (!decoded.ok) return decoded;
    if (isSigned(decoded.value)) return err({ kind: 'validSignature' });
    const transaction = this.#adjusted(decoded.value, options);
    const timestampMicros = this.now();
    const discard = this.#check(transaction, timestampMicros, 'simulation');
    if (discard) return ok({ transaction, timestampMicros, outcome: discard });
    const outcome = executeTransaction(this.vm, this.present(timestampMicros), this.world, transaction, true);
    return ok({ transaction, timestampMicros, outcome });
  }

  /** Runs a `#[view]` function on the present state, or on that of an earlier version, within the limits of a transaction. */
  view(call: FunctionCall, version?: number): RunResult {
    const isPast = version !== undefined && version !== this.world.version;
    return this.vm.run(isPast ? this.world.view(version) : this.present(), {
      call,
      senders: [],
      ...new GasMeter(MAX_GAS_AMOUNT, 0n).runLimits,
      transactionHash: sha3_256(),
      access: 'view',
    });
  }

  /** Calls back with every committed transaction from now on, the chain's own too; returns what stops it. */
  onEntry(listener: (entry: Entry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  pending(hash: string): SignedTransaction | undefined {
    this.mempool.expire(this.now());
    return this.mempool.byHash(hash);
  }

  #check(transaction: SignedTransaction, nowMicros: bigint, mode: PrologueMode): Discard | undefined {
    const context: PrologueContext = {
      state: this.world.view(),
      chainId: this.chainId,
      nowMicros,
      isNonceUsed: (sender, nonce) => (this.#nonces.get(nonceId(sender, nonce)) ?? 0n) * 1_000_000n > nowMicros,
      checkMultisig: (asked) => checkMultisig(this.vm, this.world.view(), asked),
    };
    return checkPrologue(transaction, context, mode);
  }

  /** Makes a block without a transaction of a user: the ledger's time is the present from then on. */
  makeBlock(): Entry {
    return this.#begin(this.now());
  }

  #begin(timestampMicros: bigint): Entry {
    return this.#add(beginBlock(this.vm, this.world.view(), this.ledger.tip, timestampMicros));
  }

  #execute(transaction: SignedTransaction, timestampMicros: bigint): void {
    this.#begin(timestampMicros);
    const outcome = executeTransaction(this.vm, this.world.view(), this.world, transaction);
    this.#add({ timestampMicros, transaction, outcome });
  }

  #add(entry: NewEntry): Entry {
    this.#persist(entry);
    return this.#commit(entry);
  }

  /** Executes what waited for the transaction that has just been executed. */
  #drain(sender: Address): void {
    for (;;) {
      const next = this.mempool.at(sender, readAccount(this.world.view(), sender).sequenceNumber);
      if (!next) return;
      this.mempool.remove(next);
      const nowMicros = this.now();
      // It was in order when it came, but the balance may be gone since or the key rotated.
      if (this.#check(next, nowMicros, 'block') === undefined) this.#execute(next, nowMicros);
    }
  }

  #commit(entry: NewEntry): Entry {
    const placed = this.ledger.append(entry);
    const { changes, modules, deposits } = entry.outcome;
    // Genesis has a time before there are blocks to tell it.
    const clock = placed.version === 0 ? [{ key: CLOCK_KEY, new: encodeClock(entry.timestampMicros) }] : [];
    this.world.apply(placed.version, [...changes, ...clock], modules, deposits);
    this.#rememberNonce(entry);
    for (const listener of [...this.#listeners]) listener(placed);
    return placed;
  }

  #rememberNonce({ transaction, timestampMicros }: NewEntry): void {
    const nonce = transaction?.raw.payload.nonce;
    if (!transaction || nonce === undefined) return;
    for (const [id, expirySecs] of this.#nonces) {
      if (expirySecs * 1_000_000n <= timestampMicros) this.#nonces.delete(id);
    }
    this.#nonces.set(nonceId(transaction.raw.sender, nonce), transaction.raw.expirationTimestampSecs);
  }

  #adjusted(transaction: SignedTransaction, options: SimulateOptions): SignedTransaction {
    const gasUnitPrice = options.gasUnitPrice ?? transaction.raw.gasUnitPrice;
    let { maxGasAmount } = transaction.raw;
    if (options.estimateMaxGas && gasUnitPrice > 0n) {
      maxGasAmount = readBalance(this.world.view(), feePayerOf(transaction)) / gasUnitPrice;
      if (maxGasAmount > MAX_GAS_AMOUNT) maxGasAmount = MAX_GAS_AMOUNT;
    }
    return { ...transaction, raw: { ...transaction.raw, gasUnitPrice, maxGasAmount } };
  }
}

function decode(bytes: Uint8Array): Result<SignedTransaction, SubmitRefusal> {
  if (bytes.length > TRANSACTION_SIZE_MAX) return err({ kind: 'discarded', discard: 'EXCEEDED_MAX_TRANSACTION_SIZE' });
  try {
    return ok(decodeSignedTransaction(bytes));
  } catch (error) {
    if (error instanceof UnsupportedFeatureError) {
      return err({ kind: 'discarded', discard: 'FEATURE_UNDER_GATING', feature: error.feature });
    }
    if (error instanceof DecodeError) return err({ kind: 'malformed', message: error.message });
    throw error;
  }
}

function nonceId(sender: Address, nonce: bigint): string {
  return `${sender}:${nonce}`;
}
