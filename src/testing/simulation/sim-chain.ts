// The contract's rules (move/state_channel), as far as nodes can notice them, without a chain beneath: membership, leadership,
// heartbeats, settlement proposals. Errors come back as text, like aborts do.

import { type BcsWriter, encodeBcs } from '../../base/bcs.ts';
import { type Bytes, bytesEqual } from '../../base/bytes.ts';
import { sha3_256 } from '../../base/hash.ts';
import { type Address, type Height, type NodeKey, type Term, writeAddress } from '../../base/ids.ts';
import { stateKeyId, writeStateKey } from '../../base/state.ts';
import { type BatchHeader, batchHash, batchSigningMessage, lastHeight } from '../../channel/batch.ts';
import { isBeginning } from '../../channel/beginning.ts';
import { type Accusation, decodeAccusation } from '../../channel/evidence.ts';
import type { Beginning } from '../../channel/ledger.ts';
import type { ChannelScope } from '../../channel/scope.ts';
import { settlementSigningMessage } from '../../channel/signed-settlement.ts';
import type { StateEntry } from '../../channel/state-tree.ts';
import { electionSigningMessage } from '../../channel/succession.ts';
import type { JoiningMember } from '../../channel/transaction.ts';
import type { ChainAction, ChainView, Settlement } from '../../channel/update.ts';
import { APP, TOY_GENESIS } from './toy-executor.ts';
import { replayToy } from './toy-replay.ts';
import { toyVerify } from './toy-signatures.ts';

const PROPOSAL_AGE_MS_MAX = 600_000;
/** [C41] Who was deposed for silence does not lead again for so long. */
const BAR_MS = 300_000;
/** Shorter than a contract's, so that a life sees many of them end. */
const CONTEST_WINDOW_MS = 10_000;

interface Seat extends JoiningMember {
  aliveMs: number;
  /** When it was last asked for a sign of life; 0: never. */
  challengedMs: number;
}

export interface SimProposal {
  readonly id: bigint;
  readonly proposer: Address;
  readonly settlement: Settlement;
  readonly votesFor: Address[];
  readonly votesAgainst: Address[];
  readonly createdMs: number;
  contestUntilMs: number;
  contested: boolean;
  executed: boolean;
}

/** An accusation that the members vote on. */
export interface SimReport {
  readonly id: bigint;
  readonly proposer: Address;
  readonly accused: Address;
  readonly data: Bytes;
  readonly votesFor: Address[];
  readonly votesAgainst: Address[];
  readonly createdMs: number;
  executed: boolean;
}

export interface SimBeginning extends Beginning {
  /** Of the history that was given up: its last term, and the hash that was settled of it. */
  readonly term: bigint;
  readonly givenUpHash: Bytes;
  readonly entries: readonly StateEntry[];
}

export interface SimPunishment {
  readonly member: Address;
  readonly other: Address;
  readonly how: 'report' | 'twins' | 'replay' | 'false report';
}

export class SimChain {
  readonly windowMs: number;
  seats: Seat[] = [];
  leader: Address | undefined;
  term = 0n;
  settledHeight = 0n;
  settledRoot: Bytes = new Uint8Array();
  historyHash: Bytes = new Uint8Array();
  /** [C64] */
  restarts = 0n;
  /** When the members began anew, and from what. */
  readonly beginnings: SimBeginning[] = [];
  /** What the application has of its state, and the members of theirs. */
  #entries = new Map<string, StateEntry>(TOY_GENESIS.map((entry) => [stateKeyId(entry.key), entry]));
  proposals: SimProposal[] = [];
  closing = false;
  closed = false;
  /** All that were executed, for the invariants. */
  readonly settlements: Settlement[] = [];
  /** Settlements that were stopped. */
  contests = 0;
  reports: SimReport[] = [];
  /** Who was put out, and by whom. */
  readonly punished: SimPunishment[] = [];
  /** Leaders by term, for the invariants. */
  readonly leaders = new Map<bigint, Address>();
  #nextJoin = 1n;
  #nextProposal = 1n;

  /** All that were executed or refused. Heartbeats are not among them. */
  transactions = 0;
  heartbeats = 0;
  /** Of `settlements`, those that came with signatures. */
  signedSettlements = 0;
  /** What a settlement can settle; all of it, unless a test says otherwise. */
  settledHeightsMax = 2n ** 64n;
  readonly #scope: ChannelScope;

  /** Leaders that their members replaced before they had lapsed; and by two who told of their silence. */
  elections = 0;
  silences = 0;
  readonly #isQuiet: boolean;
  readonly #barredUntilMs = new Map<Address, number>();
  #silence: { readonly term: bigint; readonly reporter: Address; readonly atMs: number } | undefined;

  constructor(scope: ChannelScope, windowMs: number, isQuiet: boolean) {
    this.#scope = scope;
    this.windowMs = windowMs;
    this.#isQuiet = isQuiet;
  }

  join(address: Address, nodeKey: NodeKey, assets: JoiningMember['assets'], nowMs: number): string | undefined {
    if (this.closing) return 'E_CHANNEL_CLOSING';
    if (this.seats.some((seat) => seat.address === address)) return 'E_ALREADY_MEMBER';
    this.seats.push({
      address,
      nodeKey,
      joinSequence: this.#nextJoin++,
      ...(assets && { assets }),
      aliveMs: nowMs,
      challengedMs: 0,
    });
    return undefined;
  }

  keepAlive(address: Address, nowMs: number): void {
    const seat = this.#seat(address);
    this.heartbeats += 1;
    if (seat) seat.aliveMs = nowMs;
  }

  /** As a punishment would: nobody leads. */
  depose(): void {
    this.leader = undefined;
  }

  startClosing(): void {
    this.closing = true;
  }

  isValid(address: Address, nowMs: number): boolean {
    const seat = this.#seat(address);
    if (seat === undefined) return false;
    if (!this.#isQuiet) return nowMs <= seat.aliveMs + this.windowMs;
    return seat.challengedMs <= seat.aliveMs || nowMs <= seat.challengedMs + this.windowMs;
  }

  submit(sender: Address, action: ChainAction, nowMs: number): 'done' | { readonly refused: string } {
    this.transactions += 1;
    if (this.closed) return { refused: 'E_CHANNEL_CLOSED' };
    if (this.#seat(sender) === undefined) return { refused: 'E_NOT_A_MEMBER' };
    const problem = this.#carryOut(sender, action, nowMs);
    return problem === undefined ? 'done' : { refused: problem };
  }

  /** What a node reads of the state: as it was settled last, without what has gone with members. */
  stateEntries(): StateEntry[] {
    const isOwned = ({ key }: StateEntry) =>
      key.kind === 'item' || key.address === APP || this.#seat(key.address) !== undefined;
    return [...this.#entries.values()].filter(isOwned);
  }

  /** What a node reads of a report. */
  reportData(id: bigint): Bytes | undefined {
    return this.reports.find((report) => report.id === id)?.data;
  }

  view(nowMs: number): ChainView {
    return {
      atMs: BigInt(Math.floor(nowMs)),
      ...(this.leader && { leader: this.leader }),
      term: this.term as Term,
      members: this.seats.map(({ aliveMs, challengedMs, ...seat }) => ({
        ...seat,
        isChallenged: challengedMs > aliveMs,
        valid: this.isValid(seat.address, nowMs),
        leaving: false,
      })),
      settledHeight: this.settledHeight as Height,
      settledRoot: this.settledRoot,
      historyHash: this.historyHash,
      restarts: this.restarts,
      proposals: this.proposals.map((proposal) => ({
        id: proposal.id,
        proposer: proposal.proposer,
        fromHeight: proposal.settlement.fromHeight,
        toHeight: proposal.settlement.toHeight,
        dataHash: sha3_256(encodeToySettlement(proposal.settlement)),
        votesFor: [...proposal.votesFor],
        votesAgainst: [...proposal.votesAgainst],
        createdMs: BigInt(Math.floor(proposal.createdMs)),
        contestUntilMs: BigInt(Math.ceil(proposal.contestUntilMs)),
        contested: proposal.contested,
        executed: proposal.executed,
      })),
      reports: this.reports.map(({ id, proposer, data, votesFor, votesAgainst, executed }) => {
        const votes = { votesFor: [...votesFor], votesAgainst: [...votesAgainst] };
        return { id, proposer, dataHash: sha3_256(data), ...votes, executed };
      }),
      closing: this.closing,
      closed: this.closed,
    };
  }

  #carryOut(sender: Address, action: ChainAction, nowMs: number): string | undefined {
    switch (action.kind) {
      case 'applyLeader':
        return this.#apply(sender, nowMs);
      case 'close':
        this.closing = true;
        return undefined;
      case 'propose':
        return this.#propose(sender, action.settlement, nowMs);
      case 'vote': {
        const proposal = this.#openReport(action.proposal, nowMs) ?? this.#open(action.proposal, nowMs);
        if (typeof proposal === 'string') return proposal;
        if ([...proposal.votesFor, ...proposal.votesAgainst].includes(sender)) return 'E_ALREADY_VOTED';
        if (action.option === 'for') proposal.votesFor.push(sender);
        else proposal.votesAgainst.push(sender);
        if ('settlement' in proposal) this.#beginContest(proposal, nowMs);
        return undefined;
      }
      case 'beginContest': {
        const proposal = this.#open(action.proposal, nowMs);
        if (typeof proposal === 'string') return proposal;
        return this.#beginContest(proposal, nowMs) ? undefined : 'E_NOTHING_TO_CONTEST';
      }
      case 'contest':
        return this.#contest(action, nowMs);
      case 'execute':
        return this.#execute(action.proposal, nowMs);
      case 'settleSigned':
        return this.#settleSigned(action);
      case 'replaceLeader':
        return this.#replaceLeader(action, nowMs);
      case 'reportSilence':
        return this.#reportSilence(sender, nowMs);
      case 'challenge': {
        const seat = this.#seat(action.member);
        if (!this.#isQuiet) return 'E_NOT_QUIET';
        if (seat === undefined) return 'E_NOT_A_MEMBER';
        const isOpen = seat.challengedMs > seat.aliveMs;
        if (isOpen || (seat.challengedMs > 0 && nowMs <= seat.challengedMs + this.windowMs))
          return 'E_CHALLENGED_LATELY';
        seat.challengedMs = nowMs;
        return undefined;
      }
      case 'accuse':
        return this.#accuse(sender, action.data, nowMs);
      case 'prove': {
        const replay = replayToy(action.evidence, (key) => this.seats.find(({ nodeKey }) => nodeKey === key)?.address);
        if (typeof replay === 'string') return replay;
        const { accusation, isWrong } = replay;
        const problem = this.#refusalOfAccusation(sender, accusation);
        if (problem !== undefined) return problem;
        if (isWrong) this.#putOut(accusation.accused, sender, 'replay', nowMs);
        else this.#putOut(sender, accusation.accused, 'false report', nowMs);
        return undefined;
      }
      case 'punishTwins': {
        const { a, b } = action;
        const [first, second] = [a.header, b.header];
        const isOnePlace = first.term === second.term && first.firstHeight === second.firstHeight;
        if (!isOnePlace || first.leader !== second.leader) return 'E_NOT_TWINS';
        if (bytesEqual(batchHash(first), batchHash(second))) return 'E_NOT_TWINS';
        const accused = this.seats.find(({ nodeKey }) => nodeKey === first.leader);
        if (accused === undefined) return 'E_NOT_THE_ACCUSED';
        if (![a, b].every(({ header, signature }) => this.#isBatchSigned(header, signature))) return 'E_SIGNATURE';
        if (accused.address === sender) return 'E_ACCUSES_ITSELF';
        this.#putOut(accused.address, sender, 'twins', nowMs);
        return undefined;
      }
      case 'punish':
        return this.#punish(action.proposal, nowMs);
    }
  }

  #apply(sender: Address, nowMs: number): string | undefined {
    if (!this.isValid(sender, nowMs)) return 'E_APPLICANT_NOT_VALID';
    if (this.leader === sender) return 'E_ALREADY_LEADER';
    if (this.leader !== undefined && this.isValid(this.leader, nowMs)) return 'E_LEADER_VALID';
    if (this.#isBarred(sender, nowMs)) return 'E_BARRED_FROM_LEAD';
    this.#lead(sender);
    return undefined;
  }

  #lead(member: Address): void {
    this.leader = member;
    this.term += 1n;
    this.leaders.set(this.term, member);
  }

  #isBarred(member: Address, nowMs: number): boolean {
    return nowMs < (this.#barredUntilMs.get(member) ?? 0);
  }

  #replaceLeader(
    { successor, signatures }: Extract<ChainAction, { kind: 'replaceLeader' }>,
    nowMs: number,
  ): string | undefined {
    const message = electionSigningMessage(this.#scope, (this.term + 1n) as Term, successor);
    const unsigned = this.#refusalOfSigners(message, signatures, Math.floor((2 * this.seats.length) / 3) + 1);
    if (unsigned !== undefined) return unsigned;
    if (this.#seat(successor) === undefined) return 'E_NOT_A_MEMBER';
    if (this.leader === successor) return 'E_ALREADY_LEADER';
    if (!this.isValid(successor, nowMs)) return 'E_APPLICANT_NOT_VALID';
    if (this.#isBarred(successor, nowMs)) return 'E_BARRED_FROM_LEAD';
    this.#lead(successor);
    this.elections += 1;
    return undefined;
  }

  #reportSilence(reporter: Address, nowMs: number): string | undefined {
    if (this.leader === undefined) return 'E_NO_LEADER';
    if (this.leader === reporter) return 'E_OWN_SILENCE';
    const first = this.#silence?.term === this.term ? this.#silence : undefined;
    const isLate = first !== undefined && nowMs > first.atMs + this.windowMs;
    if (first && first.reporter !== reporter && !isLate) {
      this.#barredUntilMs.set(this.leader, nowMs + BAR_MS);
      this.leader = undefined;
      this.silences += 1;
      const mayLead = this.isValid(first.reporter, nowMs) && !this.#isBarred(first.reporter, nowMs);
      if (mayLead) this.#lead(first.reporter);
      return undefined;
    }
    if (first?.reporter === reporter) {
      if (!isLate) return 'E_ALREADY_ACCUSED';
      this.closing = true;
      return undefined;
    }
    this.#silence = { term: this.term, reporter, atMs: nowMs };
    if (this.seats.length === 2) this.closing = true;
    return undefined;
  }

  /** Each a member's, once, over this, and at least so many. */
  #refusalOfSigners(
    message: Bytes,
    signatures: Extract<ChainAction, { kind: 'settleSigned' }>['signatures'],
    needed: number,
  ): string | undefined {
    const signers = new Set(signatures.map(({ member }) => member));
    if (signers.size !== signatures.length) return 'E_SIGNERS';
    for (const { member, signature } of signatures) {
      const seat = this.#seat(member);
      if (seat === undefined) return 'E_SIGNERS';
      if (!toyVerify(seat.nodeKey, message, signature)) return 'E_SIGNATURE';
    }
    return signers.size < needed ? 'E_TOO_FEW_SIGNERS' : undefined;
  }

  #settleSigned({ settlement, signatures }: Extract<ChainAction, { kind: 'settleSigned' }>): string | undefined {
    const problem = this.#refusalOf(settlement);
    if (problem !== undefined) return problem;
    const message = settlementSigningMessage(this.#scope, sha3_256(encodeToySettlement(settlement)));
    const unsigned = this.#refusalOfSigners(message, signatures, quorum(this.seats.length));
    if (unsigned !== undefined) return unsigned;
    if (this.#isTooMuch(settlement)) return 'EXECUTION_LIMIT_REACHED';
    this.#settle(settlement);
    this.signedSettlements += 1;
    return undefined;
  }

  #refusalOf(settlement: Settlement): string | undefined {
    if (settlement.fromHeight !== this.settledHeight) return 'E_FROM_HEIGHT';
    if (settlement.toHeight <= settlement.fromHeight) return 'E_HEIGHTS';
    if (isBeginning(settlement) && !isEmpty(settlement)) return 'E_BEGINNING';
    if (settlement.leaving.some((address) => this.#seat(address) === undefined)) return 'E_LEAVING_NOT_MEMBER';
    if (settlement.closing && !this.closing) return 'E_NOT_CLOSING';
    return undefined;
  }

  #propose(proposer: Address, settlement: Settlement, nowMs: number): string | undefined {
    const problem = this.#refusalOf(settlement);
    if (problem !== undefined) return problem;
    this.proposals = this.proposals.filter((proposal) => !this.#isDead(proposal, nowMs));
    const valid = this.#valid(nowMs);
    const own = this.proposals.find((proposal) => proposal.proposer === proposer);
    if (own) {
      const against = own.votesAgainst.filter((address) => valid.includes(address)).length;
      if (valid.length - against >= quorum(valid.length)) return 'E_PROPOSAL_OPEN';
      this.proposals = this.proposals.filter((proposal) => proposal !== own);
    }
    const id = this.#nextProposal++;
    const votes = { votesFor: [proposer], votesAgainst: [] };
    const proposal: SimProposal = {
      id,
      proposer,
      settlement,
      ...votes,
      createdMs: nowMs,
      contestUntilMs: 0,
      contested: false,
      executed: false,
    };
    this.proposals.push(proposal);
    this.#beginContest(proposal, nowMs);
    return undefined;
  }

  /** Where it passes among the valid members only. */
  #beginContest(proposal: SimProposal, nowMs: number): boolean {
    const isDue =
      proposal.contestUntilMs === 0 &&
      passes(proposal, this.#valid(nowMs)) &&
      !passes(
        proposal,
        this.seats.map(({ address }) => address),
      );
    if (isDue) proposal.contestUntilMs = nowMs + CONTEST_WINDOW_MS;
    return isDue;
  }

  /** The signatures are taken as checked. */
  #contest(action: Extract<ChainAction, { kind: 'contest' }>, nowMs: number): string | undefined {
    const proposal = this.#open(action.proposal, nowMs);
    if (typeof proposal === 'string') return proposal;
    const { header, signatures } = action;
    if (header.term <= (this.beginnings.at(-1)?.term ?? 0n)) return 'E_GIVEN_UP';
    const { toHeight, historyHash } = proposal.settlement;
    const isOther = lastHeight(header) === toHeight && !bytesEqual(batchHash(header), historyHash);
    if (lastHeight(header) <= toHeight && !isOther) return 'E_NOT_NEWER';
    const signers = new Set(signatures.map(({ member }) => member));
    const count = this.seats.filter((seat) => signers.has(seat.address) || seat.nodeKey === header.leader).length;
    if (count < quorum(this.seats.length)) return 'E_TOO_FEW_SIGNERS';
    proposal.contested = true;
    this.contests += 1;
    return undefined;
  }

  #execute(id: bigint, nowMs: number): string | undefined {
    const proposal = this.#open(id, nowMs);
    if (typeof proposal === 'string') return proposal;
    if (!passes(proposal, this.#valid(nowMs))) return 'E_PROPOSAL_NOT_PASSED';
    const isUncontested = proposal.contestUntilMs > 0 && nowMs >= proposal.contestUntilMs;
    if (
      !passes(
        proposal,
        this.seats.map(({ address }) => address),
      ) &&
      !isUncontested
    )
      return 'E_CONTEST_OPEN';
    if (this.#isTooMuch(proposal.settlement)) return 'EXECUTION_LIMIT_REACHED';
    proposal.executed = true;
    this.#settle(proposal.settlement);
    return undefined;
  }

  /** More than the application can apply in one transaction. */
  #isTooMuch({ fromHeight, toHeight }: Settlement): boolean {
    return toHeight - fromHeight > this.settledHeightsMax;
  }

  #settle(settlement: Settlement): void {
    const givenUpHash = this.historyHash;
    this.settledHeight = settlement.toHeight;
    this.settledRoot = settlement.stateRoot;
    this.historyHash = settlement.historyHash;
    this.settlements.push(settlement);
    for (const change of settlement.changes) {
      if (change.new === undefined) this.#entries.delete(stateKeyId(change.key));
      else this.#entries.set(stateKeyId(change.key), { key: change.key, value: change.new });
    }
    for (const address of settlement.leaving) {
      this.seats = this.seats.filter((seat) => seat.address !== address);
      if (this.leader === address) this.leader = undefined;
    }
    if (isBeginning(settlement)) {
      this.restarts += 1n;
      this.leader = undefined;
      const { settledHeight, restarts, term } = this;
      const entries = this.stateEntries();
      this.beginnings.push({ height: settledHeight as Height, restarts, term, givenUpHash, entries });
    }
    if (settlement.closing) {
      this.closed = true;
      this.leader = undefined;
    }
  }

  #accuse(sender: Address, data: Bytes, nowMs: number): string | undefined {
    const accusation = decodeAccusation(data);
    if (accusation === undefined) return 'E_EVIDENCE_NOT_CANONICAL';
    const problem = this.#refusalOfAccusation(sender, accusation);
    if (problem !== undefined) return problem;
    const { accused } = accusation;
    if (this.seats.length === 2) {
      this.#putOut(accused, sender, 'report', nowMs);
      return undefined;
    }
    this.reports = this.reports.filter((report) => !report.executed && nowMs <= report.createdMs + PROPOSAL_AGE_MS_MAX);
    if (this.reports.some(({ proposer }) => proposer === sender)) return 'E_PROPOSAL_OPEN';
    const votes = { votesFor: [sender], votesAgainst: [] };
    this.reports.push({
      id: this.#nextProposal++,
      proposer: sender,
      accused,
      data,
      ...votes,
      createdMs: nowMs,
      executed: false,
    });
    return undefined;
  }

  #refusalOfAccusation(sender: Address, { accused, batch }: Accusation): string | undefined {
    if (accused === sender) return 'E_ACCUSES_ITSELF';
    if (this.#seat(accused)?.nodeKey !== batch.header.leader) return 'E_NOT_THE_ACCUSED';
    return this.#isBatchSigned(batch.header, batch.signature) ? undefined : 'E_SIGNATURE';
  }

  #isBatchSigned(header: BatchHeader, signature: Bytes): boolean {
    return toyVerify(header.leader, batchSigningMessage(this.#scope, header), signature);
  }

  #punish(id: bigint, nowMs: number): string | undefined {
    const report = this.#openReport(id, nowMs);
    if (report === undefined) return 'E_NO_PROPOSAL';
    const { accused, proposer, votesFor, votesAgainst } = report;
    const valid = this.#valid(nowMs);
    const isGuilty = punishes(votesFor, valid, accused);
    if (!isGuilty && !punishes(votesAgainst, valid, proposer)) return 'E_PROPOSAL_NOT_PASSED';
    report.executed = true;
    if (isGuilty) this.#putOut(accused, proposer, 'report', nowMs);
    else this.#putOut(proposer, accused, 'false report', nowMs);
    return undefined;
  }

  /** The seat is gone at once; if it led, whoever was right leads next. */
  #putOut(member: Address, other: Address, how: SimPunishment['how'], nowMs: number): void {
    this.punished.push({ member, other, how });
    this.seats = this.seats.filter((seat) => seat.address !== member);
    if (this.leader !== member) return;
    this.leader = undefined;
    if (!this.isValid(other, nowMs)) return;
    this.#lead(other);
  }

  #openReport(id: bigint, nowMs: number): SimReport | undefined {
    const report = this.reports.find((candidate) => candidate.id === id);
    return report && !report.executed && nowMs <= report.createdMs + PROPOSAL_AGE_MS_MAX ? report : undefined;
  }

  #open(id: bigint, nowMs: number): SimProposal | string {
    const proposal = this.proposals.find((candidate) => candidate.id === id);
    if (proposal === undefined) return 'E_NO_PROPOSAL';
    return this.#isDead(proposal, nowMs) ? 'E_PROPOSAL_STALE' : proposal;
  }

  #isDead(proposal: SimProposal, nowMs: number): boolean {
    const { executed, contested, settlement, createdMs, contestUntilMs } = proposal;
    const beginsMs = contestUntilMs > 0 ? contestUntilMs : createdMs;
    const isOld = nowMs > beginsMs + PROPOSAL_AGE_MS_MAX;
    return executed || contested || settlement.fromHeight !== this.settledHeight || isOld;
  }

  #valid(nowMs: number): Address[] {
    return this.seats.map(({ address }) => address).filter((address) => this.isValid(address, nowMs));
  }

  #seat(address: Address): Seat | undefined {
    return this.seats.find((seat) => seat.address === address);
  }
}

/** [C64] */
function isEmpty({ fromHeight, toHeight, changes, leaving, closing }: Settlement): boolean {
  return toHeight - fromHeight === 1n && changes.length + leaving.length === 0 && !closing;
}

/** More than two thirds of the others, and at least two. */
function punishes(votes: readonly Address[], valid: readonly Address[], without: Address): boolean {
  const voters = valid.filter((address) => address !== without);
  const count = voters.filter((address) => votes.includes(address)).length;
  return count >= 2 && count >= Math.floor((2 * voters.length) / 3) + 1;
}

/** One voter at least, and two thirds of them, are for it. */
function passes(proposal: SimProposal, members: readonly Address[]): boolean {
  const votes = proposal.votesFor.filter((address) => members.includes(address)).length;
  return votes > 0 && votes >= quorum(members.length);
}

function quorum(validMembers: number): number {
  return Math.floor((2 * validMembers + 2) / 3);
}

/** Stands in for the contract's encoding. */
export function encodeToySettlement(settlement: Settlement): Bytes {
  return encodeBcs((w: BcsWriter) => {
    w.u64(settlement.fromHeight).u64(settlement.toHeight);
    w.vector(settlement.changes, (writer, change) => {
      writeStateKey(writer, change.key);
      writer.option(change.old, (inner, value) => inner.bytes(value));
      writer.option(change.new, (inner, value) => inner.bytes(value));
    });
    w.vector(settlement.leaving, (writer, address) => writeAddress(writer, address));
    w.bool(settlement.closing).bytes(settlement.stateRoot).bytes(settlement.historyHash);
  });
}
