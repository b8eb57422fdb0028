// Reports and twins for the chain in memory: the evidence that the contract would take, and what the votes on a report come to.

import { ed25519 } from '@noble/curves/ed25519.js';
import { type Bytes, bytesEqual } from '../base/bytes.ts';
import { type Address, type NodeKey, nodeKeyToBytes } from '../base/ids.ts';
import { batchHash, batchSigningMessage } from '../channel/batch.ts';
import { decodeAccusation } from '../channel/evidence.ts';
import type { ChannelScope } from '../channel/scope.ts';
import type { ChainAction, SignedHeader } from '../channel/update.ts';

export interface MemoryReport {
  readonly id: bigint;
  readonly proposer: Address;
  readonly accused: Address;
  readonly data: Bytes;
  readonly votes: Map<Address, 'for' | 'against' | 'abstain'>;
  readonly createdMs: number;
  executed: boolean;
}

export interface Accused {
  readonly address: Address;
  readonly nodeKey: NodeKey;
}

/** Who signed what the data says, or the name of the abort ([C46]). */
export function accusedOf(
  scope: ChannelScope,
  seats: readonly Accused[],
  sender: Address,
  data: Bytes,
): Accused | string {
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
