// People with money and keys on the local chain, who call the contract and whose money is counted. Everyone signs with real keys.

import { ed25519 } from '@noble/curves/ed25519.js';
import { BcsReader, encodeBcs } from '../base/bcs.ts';
import { type Bytes, concatBytes, utf8Encode } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, addressFromBytes, parseAddress, readAddress, writeAddress } from '../base/ids.ts';
import { type TypeTag, writeTypeTag } from '../base/type-tag.ts';
import { APTOS_ASSET, readAccount, readBalance } from '../devchain/accounts.ts';
import type { Chain } from '../devchain/chain.ts';
import { fund } from '../devchain/faucet.ts';
import { GAS_UNIT_PRICE_MIN } from '../devchain/gas.ts';
import { signingMessage } from '../devchain/signature.ts';

export const CONTRACT = parseAddress('0x57a17');
const MONEY = 10_000_000_000n;
const GAS_MAX = 2_000_000n;
const LIFETIME_S = 60n;

export interface EntryFunction {
  readonly address: Address;
  readonly module: string;
  readonly name: string;
  readonly typeArgs?: readonly TypeTag[];
}

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
  /** Of its data. */
  readonly hash: Bytes;
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
export const byteStrings = (values: readonly Bytes[]): Bytes =>
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

  /** Sends a call. Returns where and with which code it was refused, if it was: `channel::0x30039`. */
  send(
    person: Person,
    { address: owner, module, name, typeArgs = [] }: EntryFunction,
    args: readonly Bytes[],
  ): string | undefined {
    const raw = encodeBcs((w) => {
      writeAddress(w, person.address);
      w.u64(readAccount(this.chain.world.view(), person.address).sequenceNumber);
      w.uleb128(2);
      writeAddress(w, owner);
      w.string(module).string(name).vector(typeArgs, writeTypeTag);
      w.vector(args, (writer, arg) => writer.bytes(arg));
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
    if (status.kind === 'executed') return undefined;
    const { module: where } = status.location;
    return `${where === 'script' ? where : where.name}::0x${status.code.toString(16)}`;
  }

  /** What the last transaction cost, in octas: its gas, less what it got back for storage that it freed. */
  gasOfLast(): bigint {
    const { gasUsed, events } = this.chain.ledger.tip.outcome;
    const statement = events.find(({ type }) => type.kind === 'struct' && type.name === 'FeeStatement');
    if (statement === undefined) return gasUsed * GAS_UNIT_PRICE_MIN;
    const r = new BcsReader(statement.data);
    for (const field of ['total', 'execution', 'io', 'storage']) r.u64(field);
    return gasUsed * GAS_UNIT_PRICE_MIN - r.u64('refund');
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
    const amount = (name: string) => this.#contractView('staking', name, [address(APTOS_ASSET)])[0]?.u64(name) ?? 0n;
    return { held: amount('held'), lost: amount('lost'), free, locked };
  }

  deposit(person: Person): { readonly free: bigint; readonly locked: bigint } {
    const [free, locked] = this.#contractView('staking', 'deposited', [address(person.address), address(APTOS_ASSET)]);
    return { free: free?.u64('free') ?? 0n, locked: locked?.u64('locked') ?? 0n };
  }

  members(id: bigint): MemberRead[] {
    const [reader] = this.#contractView('state_channel', 'members', [u64(id)]);
    return reader?.vector('members', 100, readMember) ?? [];
  }

  proposals(id: bigint): ProposalRead[] {
    const [reader] = this.#contractView('state_channel', 'proposal_heads', [u64(id)]);
    return reader?.vector('proposals', 100, readProposal) ?? [];
  }

  /** What a view of the contract returns, in BCS. @throws Error if it aborts */
  #contractView(module: string, name: string, args: readonly Bytes[]): BcsReader[] {
    return this.view({ address: CONTRACT, module, name }, args);
  }

  /** What a view returns, in BCS. @throws Error if it aborts */
  view({ address: owner, module, name }: EntryFunction, args: readonly Bytes[], typeArgs: readonly TypeTag[] = []) {
    const call = { module: { address: owner, name: module }, function: name, typeArgs: [...typeArgs], args };
    const result = this.chain.view(call);
    if (result.status.kind !== 'executed') throw new Error(`view ${name}: ${JSON.stringify(result.status)}`);
    return result.returns.map((value) => new BcsReader(value));
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
  const hash = r.bytes('hash', 32);
  for (const field of ['for', 'against', 'abstain']) r.vector(field, 100, (voter) => readAddress(voter, field));
  r.u64('created');
  const contestUntilMs = r.u64('contest until');
  r.bool('contested');
  r.bool('executed');
  return { id, proposer, isSettlement, hash, contestUntilMs };
}
