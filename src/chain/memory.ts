// The settlement chain's twin in memory: one `MemoryLedger` is the chain, `MemoryChain` a node's view of it. It follows the contract's
// rules (move/state_channel) as far as nodes can see them; wallets' part (create, join, take out) are its own methods.

import { ed25519 } from '@noble/curves/ed25519.js';
import { BcsReader, decodeBcs } from '../base/bcs.ts';
import { type Bytes, bytesEqual } from '../base/bytes.ts';
import { unreachable } from '../base/errors.ts';
import { HASH_SIZE, sha3_256 } from '../base/hash.ts';
import {
  type Address,
  addressFromBytes,
  type ChannelId,
  type Height,
  type NodeKey,
  nodeKeyToBytes,
  readAddress,
  type Term,
} from '../base/ids.ts';
import { stateKeyId } from '../base/state.ts';
import { formatTypeTag, type StructTag } from '../base/type-tag.ts';
import { batchHash, lastHeight, MEMBERS_MAX } from '../channel/batch.ts';
import { settlementSigningMessage } from '../channel/signed-settlement.ts';
import { electionSigningMessage } from '../channel/succession.ts';
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
import { accusedOf, type MemoryReport, signerOfTwins, verdictOf } from './memory-reports.ts';
import { sessionAddress } from './session-address.ts';
import { encodeSettlementData } from './settlement-data.ts';

const PROPOSAL_AGE_MS_MAX = 600_000n;
/** The contract's own, where an application chooses none. */
const CONTEST_WINDOW_MS = 60_000;
/** One unit for each transaction: enough to see that a session account pays. */
const FEE = 1n;

interface Seat {
  readonly address: Address;
  readonly nodeKey: NodeKey;
  readonly joinSequence: bigint;
  assets?: { readonly type: StructTag; readonly value: Bytes };
  aliveMs: number;
  /** When somebody last asked for a sign of life; 0: never. */
  challengedMs: number;
  leaving: boolean;
}

interface Proposal {
  readonly id: bigint;
  readonly proposer: Address;
  readonly data: Bytes;
  readonly createdMs: number;
  readonly votes: Map<Address, 'for' | 'against' | 'abstain'>;
  contestUntilMs: number;
  contested: boolean;
  executed: boolean;
}

interface ChannelRecord {
  readonly description: ChannelDescription;
  readonly modules: readonly ChannelModule[];
  state: Bytes;
  /** Of the state's tables, by key. */
  items: Map<string, StateItem>;
  leader: Address | undefined;
  term: bigint;
  seats: Seat[];
  departed: Seat[];
  joinSequence: bigint;
  settledHeight: bigint;
  settledRoot: Bytes;
  historyHash: Bytes;
  /** [C64] */
  restarts: bigint;
  /** Batches of the terms up to then are of a history that was given up. */
  givenUpTerm: bigint;
  proposals: Proposal[];
  reports: MemoryReport[];
  proposalId: bigint;
  closing: boolean;
  closed: boolean;
  /** Who said first that the leader of a term does not answer. */
  silence?: { readonly term: bigint; readonly reporter: Address; readonly atMs: number };
}

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
        valid: this.#isValid(channel, seat),
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
    switch (action.kind) {
      case 'applyLeader':
        this.#applyLeader(channel, seat);
        return;
      case 'close':
        channel.closing = true;
        return;
      case 'propose':
        this.#propose(channel, seat, encodeSettlementData(action.settlement));
        return;
      case 'vote': {
        const report = this.#openReport(channel, action.proposal);
        if (report) {
          if (report.votes.has(seat.address)) throw refused('E_ALREADY_VOTED');
          report.votes.set(seat.address, action.option);
          return;
        }
        const proposal = this.#openProposal(channel, action.proposal);
        if (proposal.votes.has(seat.address)) throw refused('E_ALREADY_VOTED');
        proposal.votes.set(seat.address, action.option);
        this.#beginContest(channel, proposal);
        return;
      }
      case 'beginContest':
        if (!this.#beginContest(channel, this.#openProposal(channel, action.proposal))) {
          throw refused('E_NOTHING_TO_CONTEST');
        }
        return;
      case 'contest':
        this.#contest(channel, this.#openProposal(channel, action.proposal), action);
        return;
      case 'execute':
        this.#execute(channel, this.#openProposal(channel, action.proposal));
        return;
      case 'settleSigned':
        this.#settleSigned(channel, action);
        return;
      case 'replaceLeader':
        this.#replaceLeader(channel, action);
        return;
      case 'reportSilence':
        this.#reportSilence(channel, seat);
        return;
      case 'challenge': {
        const { settings } = channel.description;
        if (settings.isQuiet !== true) throw refused('E_NOT_QUIET');
        const challenged = channel.seats.find(({ address }) => address === action.member);
        if (!challenged) throw refused('E_NOT_A_MEMBER');
        const isLate = this.#nowMs() > challenged.challengedMs + settings.heartbeatWindowMs;
        if (challenged.challengedMs > challenged.aliveMs || !isLate) throw refused('E_CHALLENGED_LATELY');
        challenged.challengedMs = this.#nowMs();
        return;
      }
      case 'accuse':
        this.#accuse(channel, seat, action.data);
        return;
      case 'prove':
        throw new ChainError('not-found', `the channel has no label "${PROVE_FUNCTION_LABEL}"`);
      case 'punishTwins': {
        const accused = signerOfTwins(channel.description.scope, channel.seats, seat.address, action);
        if (typeof accused === 'string') throw refused(accused);
        this.#putOut(channel, accused.address, seat.address);
        return;
      }
      case 'punish': {
        const report = this.#openReport(channel, action.proposal);
        if (report === undefined) throw refused('E_NO_PROPOSAL');
        const verdict = verdictOf(report, this.#validMembers(channel));
        if (verdict === undefined) throw refused('E_PROPOSAL_NOT_PASSED');
        report.executed = true;
        if (verdict === 'guilty') this.#putOut(channel, report.accused, report.proposer);
        else this.#putOut(channel, report.proposer, report.accused);
        return;
      }
      default:
        unreachable(action);
    }
  }

  #accuse(channel: ChannelRecord, seat: Seat, data: Bytes): void {
    const accused = accusedOf(channel.description.scope, channel.seats, seat.address, data);
    if (typeof accused === 'string') throw refused(accused);
    // Among two there is nobody to vote.
    if (channel.seats.length === 2) {
      this.#putOut(channel, accused.address, seat.address);
      return;
    }
    channel.reports = channel.reports.filter(({ id }) => this.#openReport(channel, id) !== undefined);
    if (channel.reports.some(({ proposer }) => proposer === seat.address)) throw refused('E_PROPOSAL_OPEN');
    channel.reports.push({
      id: channel.proposalId++,
      proposer: seat.address,
      accused: accused.address,
      data,
      votes: new Map([[seat.address, 'for']]),
      createdMs: this.#nowMs(),
      executed: false,
    });
  }

  #openReport(channel: ChannelRecord, id: bigint): MemoryReport | undefined {
    const report = channel.reports.find((each) => each.id === id);
    if (report === undefined || report.executed) return undefined;
    return BigInt(this.#nowMs() - report.createdMs) <= PROPOSAL_AGE_MS_MAX ? report : undefined;
  }

  /** [C50] [C51] */
  #putOut(channel: ChannelRecord, member: Address, other: Address): void {
    const seat = channel.seats.find(({ address }) => address === member);
    if (seat) channel.departed.push(seat);
    channel.seats = channel.seats.filter((each) => each !== seat);
    if (channel.leader !== member) return;
    const successor = channel.seats.find(({ address }) => address === other);
    const leads = successor !== undefined && this.#isValid(channel, successor);
    channel.leader = leads ? other : undefined;
    if (leads) channel.term += 1n;
  }

  #applyLeader(channel: ChannelRecord, applicant: Seat): void {
    if (!this.#isValid(channel, applicant)) throw refused('E_APPLICANT_NOT_VALID');
    if (channel.leader === applicant.address) throw refused('E_ALREADY_LEADER');
    const leader = channel.seats.find((seat) => seat.address === channel.leader);
    if (leader && this.#isValid(channel, leader)) throw refused('E_LEADER_VALID');
    channel.leader = applicant.address;
    channel.term += 1n;
  }

  /** [C36] */
  #replaceLeader(channel: ChannelRecord, action: Extract<ChainAction, { kind: 'replaceLeader' }>): void {
    const { successor, signatures } = action;
    const message = electionSigningMessage(channel.description.scope, (channel.term + 1n) as Term, successor);
    assertSigned(channel, signatures, message);
    if (signatures.length < Math.floor((2 * channel.seats.length) / 3) + 1) throw refused('E_TOO_FEW_SIGNERS');
    const seat = channel.seats.find(({ address }) => address === successor);
    if (!seat) throw refused('E_NOT_A_MEMBER');
    if (channel.leader === successor) throw refused('E_ALREADY_LEADER');
    if (!this.#isValid(channel, seat)) throw refused('E_APPLICANT_NOT_VALID');
    channel.leader = successor;
    channel.term += 1n;
  }

  /** [C55], but for the bar from the lead. */
  #reportSilence(channel: ChannelRecord, seat: Seat): void {
    if (channel.leader === undefined) throw refused('E_NO_LEADER');
    if (channel.leader === seat.address) throw refused('E_OWN_SILENCE');
    const first = channel.silence?.term === channel.term ? channel.silence : undefined;
    const isLate = first !== undefined && this.#nowMs() > first.atMs + channel.description.settings.heartbeatWindowMs;
    if (first && first.reporter !== seat.address && !isLate) {
      const successor = channel.seats.find(({ address }) => address === first.reporter);
      const leads = successor !== undefined && this.#isValid(channel, successor);
      channel.leader = leads ? first.reporter : undefined;
      if (leads) channel.term += 1n;
      return;
    }
    if (first?.reporter === seat.address && !isLate) throw refused('E_ALREADY_ACCUSED');
    if (first?.reporter === seat.address || channel.seats.length === 2) channel.closing = true;
    channel.silence = { term: channel.term, reporter: seat.address, atMs: this.#nowMs() };
  }

  #propose(channel: ChannelRecord, seat: Seat, data: Bytes): void {
    assertLawful(channel, data);
    channel.proposals = channel.proposals.filter((proposal) => this.#isAlive(channel, proposal));
    const own = channel.proposals.find((proposal) => proposal.proposer === seat.address);
    if (own) {
      const valid = this.#validMembers(channel);
      const lost = valid.filter((member) => (own.votes.get(member) ?? 'for') !== 'for').length;
      if (valid.length - lost >= quorum(valid.length)) throw refused('E_PROPOSAL_OPEN');
      channel.proposals = channel.proposals.filter((proposal) => proposal !== own);
    }
    const proposal: Proposal = {
      id: channel.proposalId++,
      proposer: seat.address,
      data,
      createdMs: this.#nowMs(),
      votes: new Map([[seat.address, 'for']]),
      contestUntilMs: 0,
      contested: false,
      executed: false,
    };
    channel.proposals.push(proposal);
    this.#beginContest(channel, proposal);
  }

  /** Where it passes among the valid members only. */
  #beginContest(channel: ChannelRecord, proposal: Proposal): boolean {
    const isDue =
      proposal.contestUntilMs === 0 &&
      passes(proposal, this.#validMembers(channel)) &&
      !passes(proposal, allMembers(channel));
    if (isDue) proposal.contestUntilMs = this.#nowMs() + CONTEST_WINDOW_MS;
    return isDue;
  }

  /** As the contract does, but for the signatures, which this twin takes as checked. */
  #contest(channel: ChannelRecord, proposal: Proposal, action: Extract<ChainAction, { kind: 'contest' }>): void {
    const { header, signatures } = action;
    const settlement = readSettlement(proposal.data);
    if (header.term <= channel.givenUpTerm) throw refused('E_GIVEN_UP');
    const height = lastHeight(header);
    const isNewer = height > settlement.toHeight;
    const isOther = height === settlement.toHeight && !bytesEqual(batchHash(header), settlement.historyHash);
    if (!isNewer && !isOther) throw refused('E_NOT_NEWER');
    const signers = new Set(signatures.map(({ member }) => member));
    const leader = channel.seats.find((seat) => seat.nodeKey === header.leader);
    if (leader) signers.add(leader.address);
    const count = allMembers(channel).filter((member) => signers.has(member)).length;
    if (count < quorum(channel.seats.length)) throw refused('E_TOO_FEW_SIGNERS');
    proposal.contested = true;
  }

  #execute(channel: ChannelRecord, proposal: Proposal): void {
    if (!passes(proposal, this.#validMembers(channel))) throw refused('E_PROPOSAL_NOT_PASSED');
    const isUncontested = proposal.contestUntilMs > 0 && this.#nowMs() >= proposal.contestUntilMs;
    if (!passes(proposal, allMembers(channel)) && !isUncontested) throw refused('E_CONTEST_OPEN');
    proposal.executed = true;
    this.#settle(channel, proposal.data);
  }

  /** [C44] */
  #settleSigned(channel: ChannelRecord, action: Extract<ChainAction, { kind: 'settleSigned' }>): void {
    if (!channel.description.labels.has(SETTLE_SIGNED_FUNCTION_LABEL)) {
      throw new ChainError('not-found', `the channel has no label "${SETTLE_SIGNED_FUNCTION_LABEL}"`);
    }
    const { settlement, signatures } = action;
    const data = encodeSettlementData(settlement);
    assertLawful(channel, data);
    const message = settlementSigningMessage(channel.description.scope, sha3_256(data));
    assertSigned(channel, signatures, message);
    if (signatures.length < quorum(channel.seats.length)) throw refused('E_TOO_FEW_SIGNERS');
    this.#settle(channel, data);
  }

  #settle(channel: ChannelRecord, data: Bytes): void {
    const settlement = readSettlement(data);
    const change = settlement.changes.find(
      ({ address, type }) =>
        address === channel.description.stateType.address && type === formatTypeTag(channel.description.stateType),
    );
    if (change?.modified) {
      if (!bytesEqual(change.modified.oldHash, sha3_256(channel.state))) throw refused('E_STATE_CHANGED');
      channel.state = change.modified.value;
    }
    for (const { address, type, modified } of settlement.changes) {
      const seat = channel.seats.find((each) => each.address === address);
      if (seat?.assets && modified && type === formatTypeTag(seat.assets.type)) {
        seat.assets = { type: seat.assets.type, value: modified.value };
      }
    }
    for (const { key, value } of settlement.items) {
      if (value === undefined) channel.items.delete(stateKeyId(key));
      else channel.items.set(stateKeyId(key), { key, value });
    }
    channel.settledHeight = settlement.toHeight;
    channel.settledRoot = settlement.stateRoot;
    channel.historyHash = settlement.historyHash;
    if (isBeginning(settlement)) {
      channel.restarts += 1n;
      channel.givenUpTerm = channel.term;
      channel.leader = undefined;
    }
    for (const leaving of settlement.leaving) {
      const seat = channel.seats.find((each) => each.address === leaving);
      if (seat) channel.departed.push(seat);
      channel.seats = channel.seats.filter((each) => each !== seat);
      if (channel.leader === leaving) channel.leader = undefined;
    }
    if (settlement.closing) {
      channel.closed = true;
      channel.leader = undefined;
    }
  }

  #openProposal(channel: ChannelRecord, id: bigint): Proposal {
    const proposal = channel.proposals.find((each) => each.id === id);
    if (!proposal) throw refused('E_NO_PROPOSAL');
    if (proposal.executed) throw refused('E_PROPOSAL_EXECUTED');
    if (proposal.contested) throw refused('E_PROPOSAL_CONTESTED');
    if (!this.#isAlive(channel, proposal)) throw refused('E_PROPOSAL_STALE');
    return proposal;
  }

  #isAlive(channel: ChannelRecord, proposal: Proposal): boolean {
    const beginsMs = proposal.contestUntilMs > 0 ? proposal.contestUntilMs : proposal.createdMs;
    const isFresh = BigInt(this.#nowMs() - beginsMs) <= PROPOSAL_AGE_MS_MAX;
    return (
      !proposal.executed &&
      !proposal.contested &&
      isFresh &&
      settlementHeights(proposal.data).from === channel.settledHeight
    );
  }

  #isValid(channel: ChannelRecord, seat: Seat): boolean {
    const { heartbeatWindowMs, isQuiet } = channel.description.settings;
    if (isQuiet !== true) return this.#nowMs() <= seat.aliveMs + heartbeatWindowMs;
    return seat.challengedMs <= seat.aliveMs || this.#nowMs() <= seat.challengedMs + heartbeatWindowMs;
  }

  #validMembers(channel: ChannelRecord): Address[] {
    return channel.seats.filter((seat) => this.#isValid(channel, seat)).map(({ address }) => address);
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

function quorum(validMembers: number): number {
  return Math.ceil((2 * validMembers) / 3);
}

/** One voter at least, and two thirds of them, are for it. */
function passes(proposal: Proposal, members: readonly Address[]): boolean {
  const inFavour = members.filter((member) => proposal.votes.get(member) === 'for').length;
  return inFavour > 0 && inFavour >= quorum(members.length);
}

/** By different members, each with its node key. */
function assertSigned(
  channel: ChannelRecord,
  signatures: readonly { readonly member: Address; readonly signature: Bytes }[],
  message: Bytes,
): void {
  if (new Set(signatures.map(({ member }) => member)).size !== signatures.length) throw refused('E_SIGNERS');
  for (const { member, signature } of signatures) {
    const seat = channel.seats.find(({ address }) => address === member);
    if (!seat) throw refused('E_SIGNERS');
    if (!ed25519.verify(signature, message, nodeKeyToBytes(seat.nodeKey))) throw refused('E_SIGNATURE');
  }
}

function allMembers(channel: ChannelRecord): Address[] {
  return channel.seats.map(({ address }) => address);
}

function voters(proposal: Pick<Proposal, 'votes'>, option: 'for' | 'against'): Address[] {
  return [...proposal.votes].filter(([, vote]) => vote === option).map(([address]) => address);
}

function refused(name: string): ChainError {
  return new ChainError('refused', `Move abort in ${name}`, {
    abort: { module: 'rooch::channel', code: 0n, name },
  });
}

function one(): Bytes {
  const bytes = new Uint8Array(HASH_SIZE);
  bytes[HASH_SIZE - 1] = 1;
  return bytes;
}

function settlementHeights(data: Bytes): { readonly from: Height; readonly to: Height } {
  const reader = new BcsReader(data);
  return { from: reader.u64('from height') as Height, to: reader.u64('to height') as Height };
}

interface SettlementRead {
  readonly toHeight: bigint;
  readonly changes: readonly {
    readonly address: Address;
    readonly type: string;
    readonly modified?: { readonly oldHash: Bytes; readonly value: Bytes };
  }[];
  /** Without a value: gone. */
  readonly items: readonly { readonly key: StateItem['key']; readonly value: Bytes | undefined }[];
  readonly leaving: readonly Address[];
  readonly closing: boolean;
  readonly stateRoot: Bytes;
  readonly historyHash: Bytes;
}

/** [C64] */
function isBeginning({ stateRoot, historyHash }: SettlementRead): boolean {
  return stateRoot.length === 0 && historyHash.length === 0;
}

/** Well formed, and to be proposed here, as the contract looks at it, in its order. */
function assertLawful(channel: ChannelRecord, data: Bytes): void {
  assertWellFormed(data);
  const { leaving, closing } = readSettlement(data);
  if (settlementHeights(data).from !== channel.settledHeight) throw refused('E_FROM_HEIGHT');
  if (leaving.some((member) => !allMembers(channel).includes(member))) throw refused('E_LEAVING_NOT_MEMBER');
  if (closing && !channel.closing) throw refused('E_NOT_CLOSING');
}

function assertWellFormed(data: Bytes): void {
  const { from, to } = settlementHeights(data);
  if (to <= from) throw refused('E_HEIGHTS');
  const settlement = readSettlement(data);
  const { changes, items, leaving, closing, stateRoot, historyHash } = settlement;
  if (isBeginning(settlement)) {
    const changesNothing = changes.length + items.length + leaving.length === 0 && !closing;
    if (!changesNothing || to - from !== 1n) throw refused('E_BEGINNING');
    return;
  }
  if (stateRoot.length !== HASH_SIZE) throw refused('E_STATE_ROOT_LENGTH');
  if (historyHash.length !== HASH_SIZE) throw refused('E_HISTORY_HASH_LENGTH');
}

/** The contract's reading of the data, as far as this twin acts on it. */
function readSettlement(data: Bytes): SettlementRead {
  const SIZE_MAX = 1 << 20;
  return decodeBcs(data, 'settlement', (r) => {
    r.u64('from height');
    const toHeight = r.u64('to height');
    const changes = r.vector('accounts', 64, (account) => {
      const address = readAddress(account, 'account');
      return account.vector('types', 64, (change) => {
        const type = change.string('type', 1_000);
        const values = (what: string) => change.vector(what, 2, (value) => value.bytes(what, SIZE_MAX));
        values('new');
        const [oldHash, value] = values('modify');
        change.vector('delete', 1, (mark) => mark.bool('delete'));
        return { address, type, ...(oldHash && value && { modified: { oldHash, value } }) };
      });
    });
    const items = r.vector('tables', 16, (table) => {
      const handle = readAddress(table, 'handle');
      return table.vector('items', 1_536, (item) => {
        const key: StateItem['key'] = { kind: 'item', handle, key: item.bytes('key', SIZE_MAX) };
        const values = (what: string) => item.vector(what, 2, (each) => each.bytes(what, SIZE_MAX));
        const [added] = values('new');
        const [, modified] = values('modify');
        item.vector('delete', 1, (mark) => mark.bool('delete'));
        return { key, value: added ?? modified };
      });
    });
    return {
      toHeight,
      items: items.flat(),
      changes: changes.flat(),
      leaving: r.vector('leaving', MEMBERS_MAX, (member) => readAddress(member, 'leaving')),
      closing: r.bool('closing'),
      stateRoot: r.bytes('state root', HASH_SIZE),
      historyHash: r.bytes('history hash', HASH_SIZE),
    };
  });
}
