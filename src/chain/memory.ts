// The settlement chain's twin in memory: one `MemoryLedger` is the chain, `MemoryChain` a node's view of it. It follows the contract's
// rules (move/state_channel) as far as nodes can see them; wallets' part (create, join, take out) are its own methods.

import type { Bytes } from '../base/bytes.ts';
import { unreachable } from '../base/errors.ts';
import { HASH_SIZE, sha3_256 } from '../base/hash.ts';
import { type Address, addressFromBytes, type ChannelId, type Height, type NodeKey, type Term } from '../base/ids.ts';
import { stateKeyId } from '../base/state.ts';
import type { StructTag } from '../base/type-tag.ts';
import { MEMBERS_MAX } from '../channel/batch.ts';
import type { ChainAction, ChainView, ChannelSettings } from '../channel/update.ts';
import {
  type Chain,
  type ChannelDescription,
  type ChannelModule,
  PROVE_FUNCTION_LABEL,
  SETTLE_SIGNED_FUNCTION_LABEL,
  type SessionSigner,
  type StateItem,
} from '../ports/chain.ts';
import { ChainError } from './chain-error.ts';
import {
  type ChannelRecord,
  isValid,
  type MemoryProposal,
  refused,
  type Seat,
  validMembers,
} from './memory-channel.ts';
import { applyLeader, replaceLeader, reportSilence } from './memory-leadership.ts';
import { accuse, openReport, putOut, signerOfTwins, verdictOf } from './memory-reports.ts';
import { settlementHeights } from './memory-settlement-data.ts';
import { beginContest, contest, execute, openProposal, propose, settleSigned } from './memory-settlements.ts';
import { sessionAddress } from './session-address.ts';
import { encodeSettlementData } from './settlement-data.ts';

/** One unit for each transaction: enough to see that a session account pays. */
const FEE = 1n;

export interface MemoryChannelOptions {
  readonly creator: Address;
  readonly stateType: StructTag;
  readonly assetsType: StructTag;
  readonly state: Bytes;
  readonly items?: readonly StateItem[];
  readonly modules?: readonly ChannelModule[];
  readonly settings?: Partial<ChannelSettings>;
  readonly tickFunction?: string;
}

export class MemoryLedger {
  readonly chainId: number;
  readonly contract: Address;
  /** While true nothing answers. */
  isDown = false;
  readonly #nowMs: () => number;
  readonly #channels = new Map<ChannelId, ChannelRecord>();
  readonly #balances = new Map<Address, bigint>();

  constructor(options: { readonly chainId: number; readonly contract: Address; readonly nowMs: () => number }) {
    this.chainId = options.chainId;
    this.contract = options.contract;
    this.#nowMs = options.nowMs;
  }

  // ---- What wallets do

  create(options: MemoryChannelOptions): ChannelId {
    const channelId = BigInt(this.#channels.size + 1) as ChannelId;
    const description: ChannelDescription = {
      scope: { chainId: this.chainId, contract: this.contract, channelId },
      creator: options.creator,
      stateType: options.stateType,
      assetsType: options.assetsType,
      coinType: {
        kind: 'struct',
        address: addressFromBytes(one()),
        module: 'aptos_coin',
        name: 'AptosCoin',
        typeArgs: [],
      },
      stake: 0n,
      settings: { heartbeatWindowMs: 15_000, settleIntervalMs: 0, ...options.settings },
      ...(options.tickFunction !== undefined && { tickFunction: options.tickFunction }),
      labels: new Map([[SETTLE_SIGNED_FUNCTION_LABEL, `${options.stateType.address}::memory::settle_signed`]]),
    };
    this.#channels.set(channelId, {
      description,
      modules: options.modules ?? [],
      state: options.state,
      items: new Map((options.items ?? []).map((item) => [stateKeyId(item.key), item])),
      leader: undefined,
      term: 0n,
      seats: [],
      departed: [],
      joinSequence: 1n,
      settledHeight: 0n,
      settledRoot: new Uint8Array(),
      historyHash: new Uint8Array(),
      restarts: 0n,
      givenUpTerm: 0n,
      proposals: [],
      reports: [],
      proposalId: 1n,
      closing: false,
      closed: false,
    });
    return channelId;
  }

  join(
    id: ChannelId,
    address: Address,
    nodeKey: NodeKey,
    options: { readonly assets?: Bytes; readonly gas?: bigint } = {},
  ): void {
    const channel = this.channel(id);
    if (channel.closing) throw refused('E_CHANNEL_CLOSING');
    if (channel.seats.some((seat) => seat.address === address)) throw refused('E_ALREADY_MEMBER');
    if (channel.departed.some((seat) => seat.address === address)) throw refused('E_NOT_TAKEN_OUT');
    if (channel.seats.length === MEMBERS_MAX) throw refused('E_CHANNEL_FULL');
    if (channel.seats.some((seat) => seat.nodeKey === nodeKey)) throw refused('E_NODE_KEY_TAKEN');
    channel.seats.push({
      address,
      nodeKey,
      joinSequence: channel.joinSequence++,
      ...(options.assets && { assets: { type: channel.description.assetsType, value: options.assets } }),
      aliveMs: this.#nowMs(),
      challengedMs: 0,
      leaving: false,
    });
    const session = sessionAddress(nodeKey);
    this.#balances.set(session, (this.#balances.get(session) ?? 0n) + (options.gas ?? 1_000_000n));
  }

  /** Takes out what a member that was settled out has left. */
  leave(id: ChannelId, address: Address): void {
    const channel = this.channel(id);
    const index = channel.departed.findIndex((seat) => seat.address === address);
    if (index < 0) throw refused('E_NOT_SETTLED_OUT');
    channel.departed.splice(index, 1);
  }

  // ---- What nodes do, through `MemoryChain`

  /** @throws ChainError (`unreachable`) while the chain is down */
  reach(): void {
    if (this.isDown) throw new ChainError('unreachable', 'the chain does not answer');
  }

  /** @throws ChainError (`not-found`) */
  channel(id: ChannelId): ChannelRecord {
    const channel = this.#channels.get(id);
    if (!channel) throw new ChainError('not-found', `there is no channel ${id}`);
    return channel;
  }

  find(id: ChannelId): ChannelRecord | undefined {
    return this.#channels.get(id);
  }

  view(id: ChannelId): ChainView {
    const channel = this.channel(id);
    return {
      atMs: BigInt(this.#nowMs()),
      ...(channel.leader !== undefined && { leader: channel.leader }),
      term: channel.term as Term,
      members: channel.seats.map((seat) => ({
        address: seat.address,
        nodeKey: seat.nodeKey,
        joinSequence: seat.joinSequence,
        ...(seat.assets && { assets: seat.assets }),
        valid: isValid(channel, seat, this.#nowMs()),
        leaving: seat.leaving,
        isChallenged: seat.challengedMs > seat.aliveMs,
      })),
      settledHeight: channel.settledHeight as Height,
      settledRoot: channel.settledRoot.slice(),
      historyHash: channel.historyHash.slice(),
      restarts: channel.restarts,
      proposals: channel.proposals.map((proposal) => ({
        id: proposal.id,
        proposer: proposal.proposer,
        fromHeight: settlementHeights(proposal.data).from,
        toHeight: settlementHeights(proposal.data).to,
        dataHash: sha3_256(proposal.data),
        votesFor: voters(proposal, 'for'),
        votesAgainst: voters(proposal, 'against'),
        createdMs: BigInt(proposal.createdMs),
        contestUntilMs: BigInt(proposal.contestUntilMs),
        contested: proposal.contested,
        executed: proposal.executed,
      })),
      reports: channel.reports.map((report) => ({
        id: report.id,
        proposer: report.proposer,
        dataHash: sha3_256(report.data),
        votesFor: voters(report, 'for'),
        votesAgainst: voters(report, 'against'),
        executed: report.executed,
      })),
      closing: channel.closing,
      closed: channel.closed,
    };
  }

  balance(signer: SessionSigner): bigint {
    return this.#balances.get(sessionAddress(signer.nodeKey)) ?? 0n;
  }

  setBalance(nodeKey: NodeKey, octas: bigint): void {
    this.#balances.set(sessionAddress(nodeKey), octas);
  }

  /** Charges the fee and finds whose session account it is. */
  authenticate(channel: ChannelRecord, signer: SessionSigner): Seat {
    const balance = this.balance(signer);
    if (balance < FEE) throw new ChainError('out-of-gas-money', 'the session account has no coins left');
    this.#balances.set(sessionAddress(signer.nodeKey), balance - FEE);
    if (channel.closed) throw refused('E_CHANNEL_CLOSED');
    const seat = channel.seats.find((each) => each.nodeKey === signer.nodeKey);
    if (!seat) throw refused('E_NOT_A_MEMBER');
    return seat;
  }

  keepAlive(channel: ChannelRecord, seat: Seat): void {
    if (channel.seats.includes(seat)) seat.aliveMs = this.#nowMs();
  }

  carryOut(channel: ChannelRecord, seat: Seat, action: ChainAction): void {
    const nowMs = this.#nowMs();
    switch (action.kind) {
      case 'applyLeader':
        applyLeader(channel, seat, nowMs);
        return;
      case 'close':
        channel.closing = true;
        return;
      case 'propose':
        propose(channel, seat, encodeSettlementData(action.settlement), nowMs);
        return;
      case 'vote': {
        const report = openReport(channel, action.proposal, nowMs);
        if (report) {
          if (report.votes.has(seat.address)) throw refused('E_ALREADY_VOTED');
          report.votes.set(seat.address, action.option);
          return;
        }
        const proposal = openProposal(channel, action.proposal, nowMs);
        if (proposal.votes.has(seat.address)) throw refused('E_ALREADY_VOTED');
        proposal.votes.set(seat.address, action.option);
        beginContest(channel, proposal, nowMs);
        return;
      }
      case 'beginContest':
        if (!beginContest(channel, openProposal(channel, action.proposal, nowMs), nowMs)) {
          throw refused('E_NOTHING_TO_CONTEST');
        }
        return;
      case 'contest':
        contest(channel, openProposal(channel, action.proposal, nowMs), action);
        return;
      case 'execute':
        execute(channel, openProposal(channel, action.proposal, nowMs), nowMs);
        return;
      case 'settleSigned':
        settleSigned(channel, action);
        return;
      case 'replaceLeader':
        replaceLeader(channel, action, nowMs);
        return;
      case 'reportSilence':
        reportSilence(channel, seat, nowMs);
        return;
      case 'challenge': {
        const { settings } = channel.description;
        if (settings.isQuiet !== true) throw refused('E_NOT_QUIET');
        const challenged = channel.seats.find(({ address }) => address === action.member);
        if (!challenged) throw refused('E_NOT_A_MEMBER');
        const isLate = nowMs > challenged.challengedMs + settings.heartbeatWindowMs;
        if (challenged.challengedMs > challenged.aliveMs || !isLate) throw refused('E_CHALLENGED_LATELY');
        challenged.challengedMs = nowMs;
        return;
      }
      case 'accuse':
        accuse(channel, seat, action.data, nowMs);
        return;
      case 'prove':
        throw new ChainError('not-found', `the channel has no label "${PROVE_FUNCTION_LABEL}"`);
      case 'punishTwins': {
        const accused = signerOfTwins(channel.description.scope, channel.seats, seat.address, action);
        if (typeof accused === 'string') throw refused(accused);
        putOut(channel, accused.address, seat.address, nowMs);
        return;
      }
      case 'punish': {
        const report = openReport(channel, action.proposal, nowMs);
        if (report === undefined) throw refused('E_NO_PROPOSAL');
        const verdict = verdictOf(report, validMembers(channel, nowMs));
        if (verdict === undefined) throw refused('E_PROPOSAL_NOT_PASSED');
        report.executed = true;
        if (verdict === 'guilty') putOut(channel, report.accused, report.proposer, nowMs);
        else putOut(channel, report.proposer, report.accused, nowMs);
        return;
      }
      default:
        unreachable(action);
    }
  }
}

export class MemoryChain implements Chain {
  readonly #ledger: MemoryLedger;

  constructor(ledger: MemoryLedger) {
    this.#ledger = ledger;
  }

  async chainId(): Promise<number> {
    this.#ledger.reach();
    return this.#ledger.chainId;
  }

  async describe(id: ChannelId): Promise<ChannelDescription | undefined> {
    this.#ledger.reach();
    return this.#ledger.find(id)?.description;
  }

  async view(id: ChannelId): Promise<ChainView> {
    this.#ledger.reach();
    return this.#ledger.view(id);
  }

  async stateBytes(description: ChannelDescription): Promise<Bytes> {
    this.#ledger.reach();
    return this.#ledger.channel(description.scope.channelId).state.slice();
  }

  async stateItems(description: ChannelDescription): Promise<readonly StateItem[]> {
    this.#ledger.reach();
    return [...this.#ledger.channel(description.scope.channelId).items.values()];
  }

  async modules(description: ChannelDescription): Promise<readonly ChannelModule[]> {
    this.#ledger.reach();
    return this.#ledger.channel(description.scope.channelId).modules;
  }

  async proposalData(id: ChannelId, proposal: bigint): Promise<Bytes> {
    this.#ledger.reach();
    const { proposals, reports } = this.#ledger.channel(id);
    const found = [...proposals, ...reports].find((each) => each.id === proposal);
    if (!found) throw refused('E_NO_PROPOSAL');
    return found.data.slice();
  }

  encodeSettlement(action: Extract<ChainAction, { kind: 'propose' }>): Bytes {
    return encodeSettlementData(action.settlement);
  }

  async submit(description: ChannelDescription, action: ChainAction, signer: SessionSigner): Promise<void> {
    this.#ledger.reach();
    const channel = this.#ledger.channel(description.scope.channelId);
    this.#ledger.carryOut(channel, this.#ledger.authenticate(channel, signer), action);
  }

  async keepAlive(id: ChannelId, _delaysMs: ReadonlyMap<Address, number>, signer: SessionSigner): Promise<void> {
    this.#ledger.reach();
    const channel = this.#ledger.channel(id);
    this.#ledger.keepAlive(channel, this.#ledger.authenticate(channel, signer));
  }

  async sessionBalance(signer: SessionSigner): Promise<bigint> {
    this.#ledger.reach();
    return this.#ledger.balance(signer);
  }

  async close(): Promise<void> {}
}

function voters(proposal: Pick<MemoryProposal, 'votes'>, option: 'for' | 'against'): Address[] {
  return [...proposal.votes].filter(([, vote]) => vote === option).map(([address]) => address);
}

function one(): Bytes {
  const bytes = new Uint8Array(HASH_SIZE);
  bytes[HASH_SIZE - 1] = 1;
  return bytes;
}
