// A session of any of the applications on the local chain, driven by numbers: whatever members do, and however wrong, the books must balance after every
// transaction. Nodes' statements are signed as nodes sign them.

import { ed25519 } from '@noble/curves/ed25519.js';
import { BcsReader } from '../base/bcs.ts';
import { type Bytes, toHex } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, type ChannelId, type Height, nodeKeyFromBytes, type Term } from '../base/ids.ts';
import type { ChangeSet, StateKey } from '../base/state.ts';
import type { StructTag } from '../base/type-tag.ts';
import { encodeSettlementData } from '../chain/settlement-data.ts';
import {
  acknowledgementSigningMessage,
  type BatchHeader,
  batchHash,
  batchSigningMessage,
  effectsHash,
  encodeHeader,
  lastHeight,
  transactionsHash,
} from '../channel/batch.ts';
import { effectsDigest } from '../channel/effects.ts';
import { type ChannelScope, signingMessage as statement } from '../channel/scope.ts';
import type { Settlement } from '../channel/update.ts';
import { complaintEvidence, NOTHING_DONE } from './complaint.ts';
import { punishmentData } from './evidence.ts';
import {
  address,
  addresses,
  byteStrings,
  bytes,
  CONTRACT,
  type LifecycleChain,
  type MemberRead,
  type Person,
  u8,
  u64,
} from './lifecycle-chain.ts';

/** In octas; what a session of these tests takes. Odd, so that half a fine is rounded. */
export const STAKE = 1_001n;
const SESSION_GAS = 10n;
const OPENED = { kind: 'opened' } as const;

/** The entry points of an application, and a call that its channels know. */
export interface SessionApplication {
  readonly address: Address;
  readonly module: string;
  readonly names: Readonly<
    Record<
      'createAndJoin' | 'join' | 'joinWithDeposit' | 'leave' | 'close' | 'settle' | 'settleSigned' | 'proveWrong',
      string
    >
  >;
  /** Before node key and session gas; the stake is `STAKE`. */
  readonly createArgs: readonly Bytes[];
  /** Before the channel's id. */
  readonly joinArgs: readonly Bytes[];
  readonly state: StructTag;
  /** What a member calls in the channel, and the code with which it aborts where there is no state. */
  readonly call: { readonly function: string; readonly args: readonly Bytes[]; readonly abortCode: bigint };
}

/** What the chain does with a settlement that has passed. */
export type Verdict =
  | { readonly kind: 'unlawful'; readonly why: string }
  /** `enter` puts it into the books. */
  | { readonly kind: 'lawful'; readonly enter: () => void };

/** Accounts of what the chain must hold of an application's assets. */
export interface AssetBooks {
  /** What somebody needs that is to join. */
  prepare(person: Person): void;
  opened(life: Lifecycle): void;
  joined(life: Lifecycle, person: Person): void;
  left(life: Lifecycle, person: Person): void;
  /** What a settlement could say, right or wrong, of what the chain has. */
  changes(life: Lifecycle, n: number): ChangeSet;
  judge(life: Lifecycle, settlement: Settlement): Verdict;
  /** What became of it; the code of the refusal, if it was refused. */
  decided(verdict: Verdict, code: string | undefined): void;
  /** Whether it is the application that refused so, not the channel. */
  isOwnRefusal(code: string): boolean;
  /** @throws Error if the chain holds something else */
  audit(life: Lifecycle): void;
}

/** One session and what can be done in it. Every method sends one transaction and returns the abort code, if it was refused. */
export class Lifecycle {
  readonly world: LifecycleChain;
  readonly application: SessionApplication;
  readonly id: bigint;
  readonly #books: AssetBooks | undefined;
  readonly #scope: ChannelScope;
  /** By the hash of their data. */
  readonly #settlements = new Map<string, Settlement>();
  /** Any hash. */
  readonly #root: Bytes = sha3_256(new Uint8Array());

  private constructor(
    world: LifecycleChain,
    application: SessionApplication,
    books: AssetBooks | undefined,
    id: bigint,
  ) {
    this.world = world;
    this.application = application;
    this.id = id;
    this.#books = books;
    this.#scope = { chainId: world.chain.chainId, contract: CONTRACT, channelId: id as ChannelId };
  }

  static open(world: LifecycleChain, application: SessionApplication, creator: Person, books?: AssetBooks): Lifecycle {
    books?.prepare(creator);
    const code = world.send(creator, { ...application, name: application.names.createAndJoin }, [
      ...application.createArgs,
      bytes(creator.nodeKey),
      u64(SESSION_GAS),
    ]);
    if (code !== undefined) throw new Error(`opening: ${code}`);
    const created = world.chain.ledger.tip.outcome.events.find(
      ({ type }) => type.kind === 'struct' && type.name === 'ChannelCreated',
    );
    if (!created) throw new Error('no channel was created');
    const life = new Lifecycle(world, application, books, new BcsReader(created.data).u64('channel'));
    books?.opened(life);
    books?.joined(life, creator);
    books?.audit(life);
    return life;
  }

  /** What the chain has settled. */
  get settledHeight(): bigint {
    return this.world.settledHeight(this.id);
  }

  /** Who has a seat: neither settled out nor put out nor gone by itself. */
  members(): MemberRead[] {
    return this.world.members(this.id).filter(({ settledOut }) => !settledOut);
  }

  join(person: Person, isShared: boolean): string | undefined {
    this.#books?.prepare(person);
    const { names, joinArgs } = this.application;
    const args = [...joinArgs, u64(this.id), bytes(person.nodeKey), u64(SESSION_GAS)];
    const code = this.#send(person, isShared ? names.joinWithDeposit : names.join, args);
    if (code === undefined) this.#books?.joined(this, person);
    this.#books?.audit(this);
    return code;
  }

  leave(person: Person): string | undefined {
    const code = this.#send(person, this.application.names.leave, [u64(this.id)]);
    if (code === undefined) this.#books?.left(this, person);
    this.#books?.audit(this);
    return code;
  }

  close(person: Person): string | undefined {
    const code = this.#send(person, this.application.names.close, [u64(this.id)]);
    this.#books?.audit(this);
    return code;
  }

  /** An entry function of the contract itself. */
  node(person: Person, name: string, ...args: readonly Bytes[]): string | undefined {
    return this.world.send(person, { address: CONTRACT, module: 'state_channel', name }, [u64(this.id), ...args]);
  }

  /** Data of a settlement from the settled height; what it says of assets depends on `n`. */
  settlement(toHeight: bigint, leaving: readonly Address[], closing: boolean, n: number): Bytes {
    return this.#noted({
      fromHeight: this.settledHeight as Height,
      toHeight: toHeight as Height,
      changes: this.#books?.changes(this, n) ?? [],
      leaving,
      closing,
      stateRoot: this.#root,
      historyHash: sha3_256(u64(toHeight)),
    });
  }

  /** Data of the settlement with which members begin the history anew, from what the chain has. */
  beginning(): Bytes {
    const nothing: Bytes = new Uint8Array();
    const { settledHeight } = this;
    return this.#noted({
      fromHeight: settledHeight as Height,
      toHeight: (settledHeight + 1n) as Height,
      changes: [],
      leaving: [],
      closing: false,
      stateRoot: nothing,
      historyHash: nothing,
    });
  }

  #noted(settlement: Settlement): Bytes {
    const data = encodeSettlementData(settlement);
    this.#settlements.set(toHex(sha3_256(data)), settlement);
    return data;
  }

  settle(sender: Person, proposal: bigint): string | undefined {
    const hash = this.world.proposals(this.id).find(({ id }) => id === proposal)?.hash;
    return this.#settleAs(hash, () => this.#send(sender, this.application.names.settle, [u64(this.id), u64(proposal)]));
  }

  settleSigned(sender: Person, data: Bytes, signers: readonly Person[]): string | undefined {
    const hash = sha3_256(data);
    const message = statement('settlement:1', this.#scope, 0n as Term, hash);
    return this.#settleAs(hash, () =>
      this.#send(sender, this.application.names.settleSigned, [
        u64(this.id),
        bytes(data),
        addresses(signers.map((signer) => signer.address)),
        byteStrings(signers.map((signer) => ed25519.sign(message, signer.nodeSeed) as Bytes)),
      ]),
    );
  }

  /** @throws Error if the chain does something else with it than the books say */
  #settleAs(hash: Bytes | undefined, send: () => string | undefined): string | undefined {
    const settlement = hash && this.#settlements.get(toHex(hash));
    const verdict = settlement && this.#books?.judge(this, settlement);
    const code = send();
    if (verdict) this.#books?.decided(verdict, code);
    if (code === undefined) {
      if (verdict?.kind === 'unlawful') throw new Error(`what is unlawful was settled: ${verdict.why}`);
      verdict?.enter();
    } else if (verdict?.kind === 'lawful' && this.#books?.isOwnRefusal(code)) {
      throw new Error(`what is lawful was refused: ${code}`);
    }
    this.#books?.audit(this);
    return code;
  }

  contest(sender: Person, proposal: bigint, leader: Person, firstHeight: bigint, signers: readonly Person[]) {
    const header = this.#header(leader, firstHeight, 1);
    const acknowledged = { term: header.term, height: lastHeight(header), batchHash: batchHash(header) };
    const message = acknowledgementSigningMessage(this.#scope, acknowledged);
    return this.node(
      sender,
      'contest_entry',
      u64(proposal),
      bytes(encodeHeader(header)),
      bytes(this.#signBatch(leader, header)),
      addresses(signers.map((signer) => signer.address)),
      byteStrings(signers.map((signer) => ed25519.sign(message, signer.nodeSeed) as Bytes)),
    );
  }

  /** Two batches of the accused; the same one twice where it is honest. */
  punishTwins(sender: Person, accused: Person, isHonest: boolean): string | undefined {
    const batches = [this.#header(accused, 1n, 1), this.#header(accused, 1n, isHonest ? 1 : 2)];
    const evidence = batches.flatMap((header) => [
      bytes(encodeHeader(header)),
      bytes(this.#signBatch(accused, header)),
    ]);
    return this.node(sender, 'punish_twins_entry', ...evidence);
  }

  /** A wrong result, which only votes can judge. */
  accuse(sender: Person, accused: Person): string | undefined {
    const outcome = { status: { kind: 'executed' }, changes: [], events: [], gasUsed: 7n } as const;
    const header = {
      ...this.#header(accused, 1n, 1),
      transactionsHash: transactionsHash([OPENED]),
      effectsHash: effectsHash([effectsDigest(outcome)]),
    };
    const signature = this.#signBatch(accused, header);
    const signed = { header, signature, transactions: [OPENED], outcomes: [outcome] };
    const data = punishmentData(accused.address, 1n, signed);
    return this.node(sender, 'create_proposal_entry', u8(2), bytes(data));
  }

  /** A member's call, which aborts for want of a state, and a leader that says so or says nothing of it: run again on the chain. */
  proveWrong(sender: Person, accused: Person, caller: Person, isHonest: boolean): string | undefined {
    const { address: owner, module, state, call } = this.application;
    const key: StateKey = { kind: 'resource', address: owner, type: state };
    const location = `${owner}::${state.module}`;
    const evidence = complaintEvidence({
      scope: this.#scope,
      accused: accused.address,
      leaderSeed: accused.nodeSeed,
      callerSeed: caller.nodeSeed,
      call: { address: owner, module: state.module, function: call.function, typeArgs: [], args: call.args },
      timestampMs: 1n,
      state: [],
      outcome: isHonest
        ? { ...NOTHING_DONE, status: { kind: 'aborted', code: call.abortCode, location } }
        : NOTHING_DONE,
      shown: [key],
    });
    const name = this.application.names.proveWrong;
    return this.world.send(sender, { address: owner, module, name }, [u64(this.id), bytes(evidence)]);
  }

  replaceLeader(sender: Person, successor: Person, term: bigint, signers: readonly Person[]): string | undefined {
    const digest = sha3_256(address(successor.address));
    const message = statement('election:1', this.#scope, term as Term, digest);
    const signatures = signers.map((signer) => ed25519.sign(message, signer.nodeSeed) as Bytes);
    const who = addresses(signers.map((signer) => signer.address));
    return this.node(sender, 'replace_leader_entry', address(successor.address), who, byteStrings(signatures));
  }

  #send(person: Person, name: string, args: readonly Bytes[]): string | undefined {
    return this.world.send(person, { ...this.application, name }, args);
  }

  #header(leader: Person, firstHeight: bigint, count: number): BatchHeader {
    const hash = this.#root;
    return {
      term: 1n as Term,
      leader: nodeKeyFromBytes(leader.nodeKey),
      firstHeight: firstHeight as Height,
      count,
      timestampMs: 1n,
      previousHash: hash,
      transactionsHash: hash,
      effectsHash: hash,
      rootAfter: hash,
    };
  }

  #signBatch(leader: Person, header: BatchHeader): Bytes {
    return ed25519.sign(batchSigningMessage(this.#scope, header), leader.nodeSeed) as Bytes;
  }
}
