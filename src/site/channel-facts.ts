// What the contract says of one channel and of this wallet's place in it, as the page needs it before (and beside) a running node.

import { parseAddress, shortAddress } from '../base/ids.ts';
import { parseStructTag } from '../base/type-tag.ts';
import type { Presence } from '../sdk/index.ts';
import type { ChainReader } from './chain-reader.ts';
import { ChainReadError } from './chain-reader.ts';

export interface ChannelFacts {
  readonly channelId: string;
  /** Move type of the application's state, e.g. `0xc4a7::chat::ChatGroup`. */
  readonly stateType: string;
  /** Octas. */
  readonly stake: bigint;
  readonly settledHeight: bigint;
  readonly closing: boolean;
  readonly closed: boolean;
  readonly members: readonly MemberFacts[];
}

export interface MemberFacts {
  readonly address: string;
  /** 64 hex digits. */
  readonly nodeKey: string;
  /** It has told the chain that it is there whenever it was asked. */
  readonly valid: boolean;
  /** No member any more; may take out its stake. */
  readonly settledOut: boolean;
  /** Octas. */
  readonly stake: bigint;
}

/** Undefined: there is no such channel. @throws ChainReadError */
export async function readChannelFacts(
  reader: ChainReader,
  contract: string,
  channelId: string,
): Promise<ChannelFacts | undefined> {
  const view = async (name: string): Promise<unknown> =>
    (await reader.view(`${contract}::state_channel::${name}`, [channelId]))[0];
  if ((await view('channel_exists')) !== true) return undefined;
  const [info, members] = (await Promise.all([view('channel_info'), view('members')])) as [
    Readonly<Record<string, unknown>>,
    readonly Readonly<Record<string, unknown>>[],
  ];
  const config = info.config as Readonly<Record<string, unknown>>;
  const type = parseStructTag(String(info.state_type));
  return {
    channelId,
    stateType: `${shortAddress(type.address)}::${type.module}::${type.name}`,
    stake: BigInt(String(config.stake)),
    settledHeight: BigInt(String(info.settled_height)),
    closing: info.closing === true,
    closed: info.closed === true,
    members: members.map((member) => ({
      address: parseAddress(String(member.member)),
      nodeKey: String(member.node_key).replace(/^0x/, ''),
      valid: member.valid === true,
      settledOut: member.settled_out === true,
      stake: BigInt(String(member.stake)),
    })),
  };
}

/**
 * Why nobody can join now; undefined when one can. Whoever joins gets the history from a member that is there: without one it would
 * stake and then wait. `presence` is that of any member, as soon as this tab's node can tell.
 */
export function whyNotJoin(facts: ChannelFacts, presence?: Presence): string | undefined {
  if (facts.closing || facts.closed) return 'The channel is closing. Its members are taking out what is theirs.';
  const members = facts.members.filter((member) => !member.settledOut);
  // Whoever comes first goes on from what the chain has.
  if (members.length === 0) return undefined;
  if (presence === 'unknown') {
    return 'The relay cannot be reached, so nobody can be found here. You can join as soon as it answers again.';
  }
  return presence !== 'away' && members.some((member) => member.valid)
    ? undefined
    : 'Its members are away. You can join as soon as one of them is back.';
}

/** In words for people, whatever was thrown. */
export function explain(error: unknown): string {
  if (error instanceof ChainReadError && error.kind === 'unreachable') return `${error.message} Is it running?`;
  return error instanceof Error ? error.message : String(error);
}
