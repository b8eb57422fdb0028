// The history as this node has it: a base (genesis or the last settled height) and the batches after it, with what each changed, so
// that taking back ([L4]), snapshots below the tip ([X5]) and settlements ([X2]) all come from the same data. It checks nothing that
// comes from outside: whoever appends has verified the batch.

import { type Bytes, toHex } from '../base/bytes.ts';
import { assert } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import type { Height, NodeKey } from '../base/ids.ts';
import type { ChangeSet } from '../base/state.ts';
import { type BatchHeader, batchHash, type Certificate, lastHeight, type SignedBatch } from './batch.ts';
import { ChangeFold, invertChanges } from './change-log.ts';
import type { Execution, Step, World } from './execution.ts';
import {
  type Beginning,
  channelRoot,
  countedMembers,
  FIRST_BEGINNING,
  genesisLedger,
  type Ledger,
  quorumOf,
} from './ledger.ts';
import { KNOWN_POSITIONS_DENSE, KNOWN_POSITIONS_MAX } from './limits.ts';
import type { Position, Snapshot } from './messages.ts';
import { type StateEntry, StateTree, sortEntries } from './state-tree.ts';

const GENESIS_TAG = new Uint8Array([3]);

export interface Entry {
  readonly batch: SignedBatch;
  readonly position: Position;
  readonly changes: ChangeSet;
  readonly steps: readonly Step[];
  /** After the batch. */
  readonly ledger: Ledger;
  /** Members that count after it: the very array of the entry before where nothing changed, so that runs of batches cost nothing. */
  readonly counted: readonly NodeKey[];
}

/** What the history starts from. */
export interface Base {
  readonly position: Position;
  /** Of the batch that ends there; absent at genesis, and where nobody had it. */
  readonly header?: BatchHeader;
  readonly world: World;
}

export class History {
  #base: Base;
  #entries: Entry[] = [];
  #state: StateTree;
  /** Hash of a position → how many entries it has before and in it (0: the base). */
  #places = new Map<string, number>();
  /** How many entries are final. */
  #final = 0;
  #certificate: Certificate | undefined;

  constructor(base: Base) {
    this.#base = base;
    this.#state = base.world.state;
    this.#places.set(toHex(base.position.hash), 0);
  }

  get base(): Base {
    return this.#base;
  }

  get tip(): Position {
    return this.#entries.at(-1)?.position ?? this.#base.position;
  }

  get world(): World {
    return { state: this.#state, ledger: this.ledger };
  }

  get ledger(): Ledger {
    return this.#entries.at(-1)?.ledger ?? this.#base.world.ledger;
  }

  get state(): StateTree {
    return this.#state;
  }

  get root(): Bytes {
    return this.#entries.at(-1)?.batch.header.rootAfter ?? rootOf(this.#base.world);
  }

  /** Batches after the base. */
  get length(): number {
    return this.#entries.length;
  }

  get finalCount(): number {
    return this.#final;
  }

  get finalPosition(): Position {
    return this.#entries[this.#final - 1]?.position ?? this.#base.position;
  }

  get finalLedger(): Ledger {
    return this.ledgerAt(this.#final);
  }

  get certificate(): Certificate | undefined {
    return this.#certificate;
  }

  /** How many entries end with the position of this hash; 0 for the base; undefined if the hash is not in this history. */
  placeOf(hash: Bytes): number | undefined {
    return this.#places.get(toHex(hash));
  }

  /** The place that ends at this height, if a batch (or the base) does. */
  placeAt(height: Height): number | undefined {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.positionAt(middle).height < height) low = middle + 1;
      else high = middle;
    }
    return this.positionAt(low).height === height ? low : undefined;
  }

  /** The `place`-th entry is the one that ends at that place; place 0 has none. */
  entryAt(place: number): Entry | undefined {
    return this.#entries[place - 1];
  }

  positionAt(place: number): Position {
    return this.entryAt(place)?.position ?? this.#base.position;
  }

  /** Of the batch that ends at `place`, as far as it is known. */
  headerAt(place: number): BatchHeader | undefined {
    return place === 0 ? this.#base.header : this.entryAt(place)?.batch.header;
  }

  ledgerAt(place: number): Ledger {
    return this.entryAt(place)?.ledger ?? this.#base.world.ledger;
  }

  /** State and ledger as they were at `place`, from whichever end is nearer. */
  worldAt(place: number): World {
    const ledger = this.ledgerAt(place);
    let state: StateTree;
    if (place > this.#entries.length / 2) {
      state = this.#state;
      for (const entry of this.#entries.slice(place).reverse()) state = state.revert(entry.changes);
    } else {
      state = this.#base.world.state;
      for (const entry of this.#entries.slice(0, place)) state = state.apply(entry.changes);
    }
    return { state, ledger };
  }

  append(batch: SignedBatch, execution: Execution): Entry {
    const { header } = batch;
    assert(header.firstHeight === this.tip.height + 1n, 'a batch is appended out of place');
    const position: Position = { height: lastHeight(header), hash: batchHash(header), term: header.term };
    const { ledger } = execution.after;
    const counted = sameOr(this.#countedAt(this.#entries.length), countedMembers(ledger));
    const { changes, steps } = execution;
    const entry: Entry = { batch, position, changes, steps, ledger, counted };
    this.#entries.push(entry);
    this.#places.set(toHex(position.hash), this.#entries.length);
    this.#state = execution.after.state;
    return entry;
  }

  /** [L4] Drops everything after `place`, never a final entry ([F3]). Returns what was dropped and the changes that undo it. */
  takeBackTo(place: number): { readonly dropped: readonly Entry[]; readonly changes: ChangeSet } {
    assert(place >= this.#final, '[F3] a final entry is taken back');
    const dropped = this.#entries.splice(place);
    const undo = new ChangeFold();
    for (const entry of [...dropped].reverse()) {
      this.#state = this.#state.revert(entry.changes);
      undo.add(invertChanges(entry.changes));
      this.#places.delete(toHex(entry.position.hash));
    }
    return { dropped, changes: undo.changes() };
  }

  /** The certificate's batch is in this history and the quorums were checked. */
  finalize(certificate: Certificate): void {
    const place = this.placeOf(certificate.batchHash);
    assert(place !== undefined && place >= this.#final, 'a certificate for what is not here, or final already');
    this.#final = place;
    this.#certificate = certificate;
  }

  /**
   * Sets of members that each must have acknowledged `place` before it is final: those after every batch from the last final one
   * on, so that each change of membership is carried by the members before it and after it.
   */
  quorumsFor(place: number): readonly (readonly NodeKey[])[] {
    const sets = new Set<readonly NodeKey[]>();
    for (let at = Math.min(this.#final, place); at <= place; at++) sets.add(this.#countedAt(at));
    return [...sets];
  }

  /** [F2] */
  isQuorum(place: number, signers: ReadonlySet<NodeKey>): boolean {
    return this.quorumsFor(place).every(
      (members) => members.filter((member) => signers.has(member)).length >= quorumOf(members.length),
    );
  }

  #countedAt(place: number): readonly NodeKey[] {
    return this.entryAt(place)?.counted ?? countedMembers(this.#base.world.ledger);
  }

  /** [P1] Positions from the tip back, the first few one by one, then in doubling steps, the base last. */
  knownPositions(): readonly Position[] {
    const known: Position[] = [];
    let step = 1;
    for (let place = this.#entries.length; place > 0 && known.length < KNOWN_POSITIONS_MAX - 1; place -= step) {
      known.push(this.positionAt(place));
      if (known.length >= KNOWN_POSITIONS_DENSE) step *= 2;
    }
    known.push(this.#base.position);
    return known;
  }

  batchesAfter(place: number): readonly SignedBatch[] {
    return this.#entries.slice(place).map((entry) => entry.batch);
  }

  /** [X2] Between two places. What the chain vouches for itself is the measure, not a change. */
  changesBetween(from: number, to: number): ChangeSet {
    const fold = new ChangeFold();
    for (const entry of this.#entries.slice(from, to)) {
      for (const step of entry.steps) {
        if (step.source === 'chain') fold.rebase(step.changes);
        else fold.add(step.changes);
      }
    }
    return fold.changes();
  }

  snapshotAt(place: number): Snapshot {
    return snapshotOf(this.#baseAt(place));
  }

  /** [X5] Makes `place` the base and forgets what was before. */
  trimTo(place: number): void {
    const base = this.#baseAt(place);
    const dropped = this.#entries.splice(0, place);
    this.#base = base;
    this.#final = Math.max(0, this.#final - dropped.length);
    if (this.#final === 0) this.#certificate = undefined;
    this.#places.clear();
    for (let at = 0; at <= this.#entries.length; at++) this.#places.set(toHex(this.positionAt(at).hash), at);
  }

  #baseAt(place: number): Base {
    const header = this.headerAt(place);
    return { position: this.positionAt(place), ...(header && { header }), world: this.worldAt(place) };
  }
}

function sameOr(before: readonly NodeKey[], after: readonly NodeKey[]): readonly NodeKey[] {
  const isSame = before.length === after.length && before.every((key, index) => key === after[index]);
  return isSame ? before : after;
}

/** [G1] [N6] The application's state as the chain has it at a beginning, and nobody in it. */
export function genesisBase(entries: Iterable<StateEntry>, beginning: Beginning = FIRST_BEGINNING): Base {
  const ledger = genesisLedger(beginning);
  const world: World = { state: StateTree.from(entries), ledger };
  return { position: { height: ledger.height, hash: genesisHash(rootOf(world)), term: ledger.term }, world };
}

/** Whether no batch ends there: terms begin with 1. */
export function isGenesis(position: Position): boolean {
  return position.term === 0n;
}

/** What the first batch names as the one before it. */
export function genesisHash(genesisRoot: Bytes): Bytes {
  return sha3_256(GENESIS_TAG, genesisRoot);
}

export function rootOf(world: World): Bytes {
  return channelRoot(world.state.root(), world.ledger);
}

export function snapshotOf(base: Base): Snapshot {
  const { position, header, world } = base;
  return {
    position,
    ...(header && { header }),
    timestampMs: world.ledger.timestampMs,
    members: world.ledger.members,
    closing: world.ledger.closing,
    restarts: world.ledger.restarts,
    entries: sortEntries(world.state.entries()),
  };
}

/** The root of the result tells whether the snapshot is the right one. */
export function baseOf(snapshot: Snapshot): Base {
  const { position, header, timestampMs, closing, restarts, members } = snapshot;
  const { term, height } = position;
  const ledger: Ledger = { term, height, timestampMs, closing, restarts, members };
  return { position, ...(header && { header }), world: { state: StateTree.from(snapshot.entries), ledger } };
}
