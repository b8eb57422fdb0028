// Reports and twins for the chain in memory: the evidence that the contract would take, and what the votes on a report come to.

import { ed25519 } from '@noble/curves/ed25519.js';
import { type Bytes, bytesEqual } from '../base/bytes.ts';
import { type Address, type NodeKey, nodeKeyToBytes } from '../base/ids.ts';
import { batchHash, batchSigningMessage } from '../channel/batch.ts';
import { decodeAccusation } from '../channel/evidence.ts';
import type { ChannelScope } from '../channel/scope.ts';
import type { ChainAction, SignedHeader } from '../channel/update.ts';
import {
  type ChannelRecord,
  isValid,
  type MemoryReport,
  PROPOSAL_AGE_MS_MAX,
  refused,
  type Seat,
} from './memory-channel.ts';

interface Accused {
  readonly address: Address;
  readonly nodeKey: NodeKey;
}

/** [C46] [C47] */
export function accuse(channel: ChannelRecord, seat: Seat, data: Bytes, nowMs: number): void {
  const accused = accusedOf(channel.description.scope, channel.seats, seat.address, data);
  if (typeof accused === 'string') throw refused(accused);
  // Among two there is nobody to vote.
  if (channel.seats.length === 2) {
    putOut(channel, accused.address, seat.address, nowMs);
    return;
  }
  channel.reports = channel.reports.filter(({ id }) => openReport(channel, id, nowMs) !== undefined);
  if (channel.reports.some(({ proposer }) => proposer === seat.address)) throw refused('E_PROPOSAL_OPEN');
  channel.reports.push({
    id: channel.proposalId++,
    proposer: seat.address,
    accused: accused.address,
    data,
    votes: new Map([[seat.address, 'for']]),
    createdMs: nowMs,
    executed: false,
  });
}

/** Undefined: it takes no votes any more. */
export function openReport(channel: ChannelRecord, id: bigint, nowMs: number): MemoryReport | undefined {
  const report = channel.reports.find((each) => each.id === id);
  if (report === undefined || report.executed) return undefined;
  return BigInt(nowMs - report.createdMs) <= PROPOSAL_AGE_MS_MAX ? report : undefined;
}

/** [C50] [C51] */
export function putOut(channel: ChannelRecord, member: Address, other: Address, nowMs: number): void {
  const seat = channel.seats.find(({ address }) => address === member);
  if (seat) channel.departed.push(seat);
  channel.seats = channel.seats.filter((each) => each !== seat);
  if (channel.leader !== member) return;
  const successor = channel.seats.find(({ address }) => address === other);
  const leads = successor !== undefined && isValid(channel, successor, nowMs);
  channel.leader = leads ? other : undefined;
  if (leads) channel.term += 1n;
}

/** Who signed what the data says, or the name of the abort ([C46]). */
function accusedOf(scope: ChannelScope, seats: readonly Accused[], sender: Address, data: Bytes): Accused | string {
  const accusation = decodeAccusation(data);
  if (accusation === undefined) return 'E_EVIDENCE_NOT_CANONICAL';
  if (accusation.accused === sender) return 'E_ACCUSES_ITSELF';
  const signer = signerOf(scope, seats, accusation.batch);
  if (typeof signer === 'string') return signer;
  return signer.address === accusation.accused ? signer : 'E_NOT_THE_ACCUSED';
}

/** Who signed both of two different batches for one place, or the name of the abort ([C52]). */
export function signerOfTwins(
  scope: ChannelScope,
  seats: readonly Accused[],
  sender: Address,
  { a, b }: Extract<ChainAction, { kind: 'punishTwins' }>,
): Accused | string {
  const isOnePlace = a.header.term === b.header.term && a.header.firstHeight === b.header.firstHeight;
  const isOneBatch = bytesEqual(batchHash(a.header), batchHash(b.header));
  if (!isOnePlace || a.header.leader !== b.header.leader || isOneBatch) return 'E_NOT_TWINS';
  const signer = signerOf(scope, seats, a);
  const other = signerOf(scope, seats, b);
  if (typeof signer === 'string') return signer;
  if (typeof other === 'string') return other;
  return signer.address === sender ? 'E_ACCUSES_ITSELF' : signer;
}

/** 'guilty', 'false' where the report is, undefined while the votes decide nothing ([C48], [C49]). */
export function verdictOf(report: MemoryReport, valid: readonly Address[]): 'guilty' | 'false' | undefined {
  const decides = (option: 'for' | 'against', without: Address) => {
    const voters = valid.filter((member) => member !== without);
    const count = voters.filter((member) => report.votes.get(member) === option).length;
    return count >= 2 && count >= Math.floor((2 * voters.length) / 3) + 1;
  };
  if (decides('for', report.accused)) return 'guilty';
  return decides('against', report.proposer) ? 'false' : undefined;
}

function signerOf(
  scope: ChannelScope,
  seats: readonly Accused[],
  { header, signature }: SignedHeader,
): Accused | string {
  const seat = seats.find(({ nodeKey }) => nodeKey === header.leader);
  if (seat === undefined) return 'E_NOT_THE_ACCUSED';
  const message = batchSigningMessage(scope, header);
  return ed25519.verify(signature, message, nodeKeyToBytes(seat.nodeKey)) ? seat : 'E_SIGNATURE';
}
