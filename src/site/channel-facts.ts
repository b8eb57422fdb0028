// What the contract says of one channel and of this wallet's place in it, as the page needs it before (and beside) a running node.

import { parseAddress, shortAddress } from '../base/ids.ts';
import { parseStructTag } from '../base/type-tag.ts';
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
      settledOut: member.settled_out === true,
      stake: BigInt(String(member.stake)),
    })),
  };
}

/** In words for people, whatever was thrown. */
export function explain(error: unknown): string {
  if (error instanceof ChainReadError && error.kind === 'unreachable') return `${error.message} Is it running?`;
  return error instanceof Error ? error.message : String(error);
}
