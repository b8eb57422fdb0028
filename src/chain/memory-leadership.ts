// Who leads a channel of the chain in memory, by the contract's rules.

import type { Term } from '../base/ids.ts';
import { electionSigningMessage } from '../channel/succession.ts';
import type { ChainAction } from '../channel/update.ts';
import { assertSigned, type ChannelRecord, isValid, refused, type Seat } from './memory-channel.ts';

export function applyLeader(channel: ChannelRecord, applicant: Seat, nowMs: number): void {
  if (!isValid(channel, applicant, nowMs)) throw refused('E_APPLICANT_NOT_VALID');
  if (channel.leader === applicant.address) throw refused('E_ALREADY_LEADER');
  const leader = channel.seats.find((seat) => seat.address === channel.leader);
  if (leader && isValid(channel, leader, nowMs)) throw refused('E_LEADER_VALID');
  channel.leader = applicant.address;
  channel.term += 1n;
}

/** [C36] */
export function replaceLeader(
  channel: ChannelRecord,
  action: Extract<ChainAction, { kind: 'replaceLeader' }>,
  nowMs: number,
): void {
  const { successor, signatures } = action;
  const message = electionSigningMessage(channel.description.scope, (channel.term + 1n) as Term, successor);
  assertSigned(channel, signatures, message);
  if (signatures.length < Math.floor((2 * channel.seats.length) / 3) + 1) throw refused('E_TOO_FEW_SIGNERS');
  const seat = channel.seats.find(({ address }) => address === successor);
  if (!seat) throw refused('E_NOT_A_MEMBER');
  if (channel.leader === successor) throw refused('E_ALREADY_LEADER');
  if (!isValid(channel, seat, nowMs)) throw refused('E_APPLICANT_NOT_VALID');
  channel.leader = successor;
  channel.term += 1n;
}

/** [C55], but for the bar from the lead. */
export function reportSilence(channel: ChannelRecord, seat: Seat, nowMs: number): void {
  if (channel.leader === undefined) throw refused('E_NO_LEADER');
  if (channel.leader === seat.address) throw refused('E_OWN_SILENCE');
  const first = channel.silence?.term === channel.term ? channel.silence : undefined;
  const isLate = first !== undefined && nowMs > first.atMs + channel.description.settings.heartbeatWindowMs;
  if (first && first.reporter !== seat.address && !isLate) {
    const successor = channel.seats.find(({ address }) => address === first.reporter);
    const leads = successor !== undefined && isValid(channel, successor, nowMs);
    channel.leader = leads ? first.reporter : undefined;
    if (leads) channel.term += 1n;
    return;
  }
  if (first?.reporter === seat.address && !isLate) throw refused('E_ALREADY_ACCUSED');
  if (first?.reporter === seat.address || channel.seats.length === 2) channel.closing = true;
  channel.silence = { term: channel.term, reporter: seat.address, atMs: nowMs };
}
