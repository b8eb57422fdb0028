// Chats on the local chain, driven by numbers: whatever members do, and however wrong, the books must balance after every transaction. Everyone signs
// with real keys, and nodes' statements are signed as nodes sign them.

import { ed25519 } from '@noble/curves/ed25519.js';
import { BcsReader, type BcsWriter, encodeBcs } from '../base/bcs.ts';
import { type Bytes, concatBytes, utf8Encode } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import {
  type Address,
  addressFromBytes,
  type ChannelId,
  type Height,
  nodeKeyFromBytes,
  parseAddress,
  readAddress,
  type Term,
  writeAddress,
} from '../base/ids.ts';
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
import { APTOS_ASSET, readAccount, readBalance } from '../devchain/accounts.ts';
import type { Chain } from '../devchain/chain.ts';
import { fund } from '../devchain/faucet.ts';
import { GAS_UNIT_PRICE_MIN } from '../devchain/gas.ts';
import { signingMessage } from '../devchain/signature.ts';
import { punishmentData } from './evidence.ts';

export const CONTRACT = parseAddress('0x57a17');
export const CHAT = parseAddress('0xc4a7');
export const STAKE = 1_001n;
const SESSION_GAS = 10n;
const MONEY = 10_000_000_000n;
const GAS_MAX = 100_000n;
const LIFETIME_S = 60n;
const OPENED = { kind: 'opened' } as const;

export interface Person {
  readonly seed: Uint8Array;
  readonly key: Bytes;
  readonly address: Address;
  /** Of the node: another key than the wallet's. */
  readonly nodeSeed: Uint8Array;
  readonly nodeKey: Bytes;
  readonly session: Address;
}

/** As `rooch::membership` shows it. */
export interface MemberRead {
  readonly address: Address;
  readonly valid: boolean;
  readonly settledOut: boolean;
  readonly stake: bigint;
  readonly isShared: boolean;
}

export interface ProposalRead {
  readonly id: bigint;
  readonly proposer: Address;
  readonly isSettlement: boolean;
  readonly contestUntilMs: bigint;
}

export function personOf(name: string): Person {
  const [seed, nodeSeed] = [sha3_256(utf8Encode(`wallet ${name}`)), sha3_256(utf8Encode(`node ${name}`))];
  const [key, nodeKey] = [ed25519.getPublicKey(seed) as Bytes, ed25519.getPublicKey(nodeSeed) as Bytes];
  return { seed, key, address: accountOf(key), nodeSeed, nodeKey, session: accountOf(nodeKey) };
}

function accountOf(key: Bytes): Address {
  return addressFromBytes(sha3_256(concatBytes(key, new Uint8Array([0]))));
}

// ---- Arguments in BCS

export const u64 = (value: bigint): Bytes => encodeBcs((w) => w.u64(value));
export const u8 = (value: number): Bytes => encodeBcs((w) => w.u8(value));
export const bytes = (value: Bytes): Bytes => encodeBcs((w) => w.bytes(value));
export const address = (value: Address): Bytes => encodeBcs((w) => writeAddress(w, value));
export const addresses = (values: readonly Address[]): Bytes => encodeBcs((w) => w.vector(values, writeAddress));
const byteStrings = (values: readonly Bytes[]): Bytes =>
  encodeBcs((w) => w.vector(values, (writer, value) => writer.bytes(value)));

/** The chain, its people and their money. */
export class LifecycleChain {
  readonly chain: Chain;
  readonly people: readonly Person[];
  /** Microseconds: what the chain's clock shows. */
  readonly clock: { micros: bigint };
  /** Octas that were burned for gas. */
  #gas = 0n;
  readonly #money: bigint;
  readonly #settledHeights = new Map<bigint, bigint>();

  constructor(chain: Chain, clock: { micros: bigint }, names: readonly string[]) {
    this.chain = chain;
    this.clock = clock;
    this.people = names.map(personOf);
    for (const person of this.people) {
      const funded = fund(chain, person.address, MONEY);
      if (typeof funded !== 'string') throw new Error('the faucet refuses');
    }
    this.#money = this.#moneyNow();
  }

  pass(durationMs: number): void {
    this.clock.micros += BigInt(durationMs) * 1000n;
  }

  /** Sends a call; the name of the rule that refused it, if one did. The books are looked at either way. */
  send(person: Person, module: string, name: string, args: readonly Bytes[]): string | undefined {
    const raw = encodeBcs((w) => {
      writeAddress(w, person.address);
      w.u64(readAccount(this.chain.world.view(), person.address).sequenceNumber);
      w.uleb128(2);
      writeAddress(w, module === 'chat' ? CHAT : CONTRACT);
      writeCall(w, module, name, args);
      w.u64(GAS_MAX).u64(GAS_UNIT_PRICE_MIN);
      w.u64(this.chain.now() / 1_000_000n + LIFETIME_S).u8(this.chain.chainId);
    });
    const signature = ed25519.sign(signingMessage({ bytes: raw }), person.seed) as Bytes;
    const signed = encodeBcs((w) => w.fixed(raw).uleb128(0).bytes(person.key).bytes(signature));
    const submitted = this.chain.submit(signed);
    if (!submitted.ok) throw new Error(`not taken: ${JSON.stringify(submitted.error)}`);
    const { status, events } = this.chain.ledger.tip.outcome;
    this.#gas += this.gasOfLast();
    for (const { type, data } of events) {
      if (type.kind === 'struct' && type.name === 'ProposalExecuted') this.#noteSettled(new BcsReader(data));
    }
    if (status.kind === 'failure') throw new Error(`${name} failed: ${JSON.stringify(status)}`);
    return status.kind === 'executed' ? undefined : `0x${status.code.toString(16)}`;
  }

  /** In octas. */
  gasOfLast(): bigint {
    return this.chain.ledger.tip.outcome.gasUsed * GAS_UNIT_PRICE_MIN;
  }

  settledHeight(id: bigint): bigint {
    return this.#settledHeights.get(id) ?? 0n;
  }

  /** @throws Error if a channel was settled at a height that is not beyond the last */
  #noteSettled(r: BcsReader): void {
    const id = r.u64('channel');
    r.u64('proposal');
    readAddress(r, 'proposer');
    const height = r.u64('height');
    if (height <= this.settledHeight(id)) throw new Error(`channel ${id} was settled at ${height} again`);
    this.#settledHeights.set(id, height);
  }

  balance(person: Person): bigint {
    return readBalance(this.chain.world.view(), person.address);
  }

  /** In octas: held by the contract, lost in fines, deposited and free, deposited and held. */
  vault(): { readonly held: bigint; readonly lost: bigint; readonly free: bigint; readonly locked: bigint } {
    let [free, locked] = [0n, 0n];
    for (const person of this.people) {
      const deposit = this.deposit(person);
      free += deposit.free;
      locked += deposit.locked;
    }
    const amount = (name: string) => this.#view('staking', name, [address(APTOS_ASSET)])[0]?.u64(name) ?? 0n;
    return { held: amount('held'), lost: amount('lost'), free, locked };
  }

  deposit(person: Person): { readonly free: bigint; readonly locked: bigint } {
    const [free, locked] = this.#view('staking', 'deposited', [address(person.address), address(APTOS_ASSET)]);
    return { free: free?.u64('free') ?? 0n, locked: locked?.u64('locked') ?? 0n };
  }

  members(id: bigint): MemberRead[] {
    const [reader] = this.#view('state_channel', 'members', [u64(id)]);
    return reader?.vector('members', 100, readMember) ?? [];
  }

  proposals(id: bigint): ProposalRead[] {
    const [reader] = this.#view('state_channel', 'proposal_heads', [u64(id)]);
    return reader?.vector('proposals', 100, readProposal) ?? [];
  }

  /** The money that there was is in wallets, in the contract or burned. */
  moneyMissing(): bigint {
    return this.#money - this.#gas - this.#moneyNow();
  }

  #moneyNow(): bigint {
    const state = this.chain.world.view();
    let sum = this.vault().held;
    for (const person of this.people) sum += readBalance(state, person.address) + readBalance(state, person.session);
    return sum;
  }

  #view(module: string, name: string, args: readonly Bytes[]): BcsReader[] {
    const result = this.chain.view({ module: { address: CONTRACT, name: module }, function: name, typeArgs: [], args });
    if (result.status.kind !== 'executed') throw new Error(`view ${name}: ${JSON.stringify(result.status)}`);
    return result.returns.map((value) => new BcsReader(value));
  }
}

/** One chat and what can be done in it. Every method sends one transaction and returns the abort code, if it was refused. */
export class Lifecycle {
  readonly world: LifecycleChain;
  readonly id: bigint;
  readonly #scope: ChannelScope;
  /** Any hash. */
  readonly #root: Bytes = sha3_256(new Uint8Array());

  private constructor(world: LifecycleChain, id: bigint) {
    this.world = world;
    this.id = id;
    this.#scope = { chainId: world.chain.chainId, contract: CONTRACT, channelId: id as ChannelId };
  }

  static open(world: LifecycleChain, creator: Person): Lifecycle {
    const title = encodeBcs((w) => w.string('Harbour'));
    const args = [address(CHAT), title, u64(STAKE), u64(0n), encodeBcs((w) => w.string(''))];
    const code = world.send(creator, 'chat', 'chat_session_create_and_join', [
      ...args,
      bytes(creator.nodeKey),
      u64(SESSION_GAS),
    ]);
    if (code !== undefined) throw new Error(`opening: ${code}`);
    const created = world.chain.ledger.tip.outcome.events.find(
      ({ type }) => type.kind === 'struct' && type.name === 'ChannelCreated',
    );
    if (!created) throw new Error('no channel was created');
    return new Lifecycle(world, new BcsReader(created.data).u64('channel'));
  }

  /** What the chain has settled. */
  get settledHeight(): bigint {
    return this.world.settledHeight(this.id);
  }

  join(person: Person, isShared: boolean): string | undefined {
    const name = isShared ? 'chat_session_join_with_shared_stake' : 'chat_session_join';
    const args = [address(CHAT), u64(this.id), bytes(person.nodeKey), u64(SESSION_GAS)];
    return this.world.send(person, 'chat', name, args);
  }

  leave(person: Person): string | undefined {
    return this.world.send(person, 'chat', 'chat_session_leave', [u64(this.id)]);
  }

  close(person: Person): string | undefined {
    return this.world.send(person, 'chat', 'chat_session_close', [u64(this.id)]);
  }

  /** An entry function of the contract itself. */
  node(person: Person, name: string, ...args: readonly Bytes[]): string | undefined {
    return this.world.send(person, 'state_channel', name, [u64(this.id), ...args]);
  }

  settlement(toHeight: bigint, leaving: readonly Address[], closing: boolean): Bytes {
    const settlement: Settlement = {
      fromHeight: this.settledHeight as Height,
      toHeight: toHeight as Height,
      changes: [],
      leaving,
      closing,
      stateRoot: this.#root,
      historyHash: sha3_256(u64(toHeight)),
    };
    return encodeSettlementData(settlement);
  }

  settleSigned(sender: Person, data: Bytes, signers: readonly Person[]): string | undefined {
    const message = statement('settlement:1', this.#scope, 0n as Term, sha3_256(data));
    return this.world.send(sender, 'chat', 'chat_group_settlement_signed', [
      u64(this.id),
      bytes(data),
      addresses(signers.map((signer) => signer.address)),
      byteStrings(signers.map((signer) => ed25519.sign(message, signer.nodeSeed) as Bytes)),
    ]);
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

  replaceLeader(sender: Person, successor: Person, term: bigint, signers: readonly Person[]): string | undefined {
    const digest = sha3_256(address(successor.address));
    const message = statement('election:1', this.#scope, term as Term, digest);
    const signatures = signers.map((signer) => ed25519.sign(message, signer.nodeSeed) as Bytes);
    const who = addresses(signers.map((signer) => signer.address));
    return this.node(sender, 'replace_leader_entry', address(successor.address), who, byteStrings(signatures));
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

function writeCall(w: BcsWriter, module: string, name: string, args: readonly Bytes[]): void {
  w.string(module).string(name).uleb128(0);
  w.vector(args, (writer, arg) => writer.bytes(arg));
}

function readMember(r: BcsReader): MemberRead {
  const member = readAddress(r, 'member');
  r.bytes('node key', 32);
  readAddress(r, 'session');
  for (const field of ['join sequence', 'last alive', 'challenged']) r.u64(field);
  const valid = r.bool('valid');
  r.bool('leaving');
  r.u64('leaving since');
  const settledOut = r.bool('settled out');
  r.u64('settled out at');
  const [stake, isShared] = [r.u64('stake'), r.bool('is shared')];
  r.vector('peers', 100, (peer) => readAddress(peer, 'peer'));
  r.vector('delays', 100, (delay) => delay.u64('delay'));
  return { address: member, valid, settledOut, stake, isShared };
}

function readProposal(r: BcsReader): ProposalRead {
  const id = r.u64('id');
  const proposer = readAddress(r, 'proposer');
  const isSettlement = r.u8('type') === 1;
  r.u64('from');
  r.u64('to');
  r.bytes('hash', 32);
  for (const field of ['for', 'against', 'abstain']) r.vector(field, 100, (voter) => readAddress(voter, field));
  r.u64('created');
  const contestUntilMs = r.u64('contest until');
  r.bool('contested');
  r.bool('executed');
  return { id, proposer, isSettlement, contestUntilMs };
}
