// What the views of `rooch::state_channel` return, read into the types that a node works with.

import { DecodeError } from '../base/errors.ts';
import { type Address, type Height, nodeKeyFromBytes, type Term } from '../base/ids.ts';
import { parseStructTag } from '../base/type-tag.ts';
import { MEMBERS_MAX } from '../channel/batch.ts';
import type { ChannelScope } from '../channel/scope.ts';
import type { ChainMember, ChainProposal, ChainReport, ChainView, ChannelSettings } from '../channel/update.ts';
import type { ChannelDescription, StateItem } from '../ports/chain.ts';
import { asList, JsonFields } from './json-fields.ts';

/** The contract lists the members and the last 16 that were settled out. */
const MEMBER_INFOS_MAX = 2 * MEMBERS_MAX;
/** One open proposal for each member, and dead ones until the next is made; members come and go meanwhile. */
const PROPOSALS_MAX = 4 * MEMBERS_MAX;
/** Places asked for in one page of a table's items, some KiB each; an application may show more than one item for a place. */
export const ITEMS_LIMIT = 16;
const ITEMS_PAGE_MAX = 1_024;
/** As the contract bounds them. */
const LABELS_MAX = 16;
export const PROPOSAL_SETTLEMENT = 1;
export const PROPOSAL_PUNISHMENT = 2;

/** What changes in a channel, apart from members and proposals. */
export interface ChannelInfo {
  readonly view: Omit<ChainView, 'members' | 'proposals' | 'reports'>;
  readonly memberCount: number;
}

/** `channel_info` as far as it never changes. @throws DecodeError */
export function readDescription(json: unknown, scope: ChannelScope): ChannelDescription {
  const info = new JsonFields(json, 'channel_info');
  const config = info.object('config');
  const tickFunction = config.option('tick_function');
  const stateType = parseStructTag(info.text('state_type'), 'state_type');
  const tickIntervalMs = config.ms('tick_interval_ms');
  const settings: ChannelSettings = {
    heartbeatWindowMs: config.ms('heartbeat_window_ms'),
    settleIntervalMs: config.ms('settle_interval_ms'),
    ...(typeof tickFunction === 'string' && { tick: { intervalMs: tickIntervalMs } }),
    ...(config.bool('quiet') && { isQuiet: true }),
  };
  const labels = new Map<string, string>();
  for (const item of config.object('labels').list('data', LABELS_MAX)) {
    const entry = new JsonFields(item, 'label');
    labels.set(entry.text('key'), entry.text('value'));
  }
  const coinType = info.text('coin_type');
  return {
    scope,
    creator: info.address('creator'),
    stateType,
    assetsType: parseStructTag(info.text('assets_type'), 'assets_type'),
    ...(coinType !== '' && { coinType: parseStructTag(coinType, 'coin_type') }),
    stake: config.u64('stake'),
    settings,
    ...(typeof tickFunction === 'string' && { tickFunction }),
    labels,
  };
}

/** `channel_info` as far as it changes. @throws DecodeError */
export function readChannelInfo(json: unknown): ChannelInfo {
  const info = new JsonFields(json, 'channel_info');
  const leader = info.option('leader');
  if (leader !== undefined && typeof leader !== 'string') throw new DecodeError('leader', 'not an address', 0);
  return {
    view: {
      atMs: info.u64('now_ms'),
      ...(leader !== undefined && { leader: parseLeader(leader) }),
      term: info.u64('term') as Term,
      settledHeight: info.u64('settled_height') as Height,
      settledRoot: info.bytes('settled_root'),
      historyHash: info.bytes('history_hash'),
      restarts: info.u64('restarts'),
      closing: info.bool('closing'),
      closed: info.bool('closed'),
    },
    memberCount: Number(info.u64('member_count')),
  };
}

/** `members`, without those that were settled out and with no assets yet. @throws DecodeError */
export function readMembers(json: unknown): ChainMember[] {
  const members: ChainMember[] = [];
  for (const item of asList(json, 'members', MEMBER_INFOS_MAX)) {
    const info = new JsonFields(item, 'member');
    if (info.bool('settled_out')) continue;
    members.push({
      address: info.address('member'),
      nodeKey: nodeKeyFromBytes(info.bytes('node_key'), 'node_key'),
      joinSequence: info.u64('join_sequence'),
      valid: info.bool('valid'),
      leaving: info.bool('leaving'),
      isChallenged: info.u64('challenged_ms') > info.u64('last_alive_ms'),
    });
  }
  return members;
}

/** The punishments among `proposal_heads`. @throws DecodeError */
export function readReports(json: unknown): ChainReport[] {
  return headsOf(json, PROPOSAL_PUNISHMENT).map((info) => ({
    id: info.u64('id'),
    proposer: info.address('proposer'),
    dataHash: info.bytes('data_hash'),
    votesFor: info.addresses('votes_for', MEMBERS_MAX),
    votesAgainst: info.addresses('votes_against', MEMBERS_MAX),
    executed: info.bool('executed'),
  }));
}

/** The settlements among `proposal_heads`. @throws DecodeError */
export function readProposals(json: unknown): ChainProposal[] {
  return headsOf(json, PROPOSAL_SETTLEMENT).map((info) => {
    return {
      id: info.u64('id'),
      proposer: info.address('proposer'),
      fromHeight: info.u64('from_height') as Height,
      toHeight: info.u64('to_height') as Height,
      dataHash: info.bytes('data_hash'),
      votesFor: info.addresses('votes_for', MEMBERS_MAX),
      votesAgainst: info.addresses('votes_against', MEMBERS_MAX),
      createdMs: info.u64('created_ms'),
      contestUntilMs: info.u64('contest_until_ms'),
      contested: info.bool('is_contested'),
      executed: info.bool('executed'),
    };
  });
}

/** One page of what the view that `items_function` names returns; `next` is 0 after the last. @throws DecodeError */
export function readItemPage(json: unknown): { readonly items: readonly StateItem[]; readonly next: bigint } {
  const page = new JsonFields(json, 'items');
  const items = page.list('items', ITEMS_PAGE_MAX).map((item): StateItem => {
    const info = new JsonFields(item, 'item');
    return {
      key: { kind: 'item', handle: info.address('handle'), key: info.bytes('key') },
      value: info.bytes('value'),
    };
  });
  return { items, next: page.u64('next') };
}

function headsOf(json: unknown, type: number): JsonFields[] {
  const heads = asList(json, 'proposals', PROPOSALS_MAX).map((item) => new JsonFields(item, 'proposal'));
  return heads.filter((info) => info.u64('proposal_type') === BigInt(type));
}

function parseLeader(text: string): Address {
  return new JsonFields({ leader: text }, 'channel_info').address('leader');
}
