// The chat's on-chain half as a page calls it: entry functions for the wallet to sign, and views for the lobby (docs/contract.md).

import { fromHex } from '../../base/bytes.ts';
import { parseAddress, shortAddress } from '../../base/ids.ts';
import type { JsonValue } from '../../sdk/index.ts';
import { ChatStateError } from './chat-group.ts';

export interface ChatDeployment {
  /** Where `chat::chat` is published. */
  readonly contract: string;
  /** The server whose sessions the lobby lists. */
  readonly server: string;
}

/** An entry function call in the form that wallets take. */
export interface EntryPayload {
  readonly function: `${string}::${string}::${string}`;
  /** `vector<u8>` as bytes: as text it would be taken for UTF-8. */
  readonly functionArguments: readonly (string | number | Uint8Array)[];
}

/** Calls a view function over the chain's REST interface. */
export type View = (
  name: string,
  args: readonly JsonValue[],
  typeArgs?: readonly string[],
) => Promise<readonly JsonValue[]>;

export interface ChatSession {
  readonly channelId: string;
  readonly title: string;
  readonly memberCount: number;
  /** Octas. */
  readonly stake: bigint;
  readonly relay: string;
  readonly openedBy: string;
  readonly openedMs: number;
}

/**
 * Gas money for the node's own account; 0.5 APT in octas. Some twenty hours of leading a chat of five messages a minute, whose settlements are 320,600
 * octas each and 0.13 APT once for the room that the group takes; who does not lead pays next to nothing. What is left can be used in the next channel.
 */
export const SESSION_GAS_OCTAS = 50_000_000n;
/** How often a channel settles by itself. */
export const SETTLE_INTERVAL_MS = 10 * 60_000;

export function chatStateType(deployment: ChatDeployment): string {
  return `${shortAddress(parseAddress(deployment.contract))}::chat::ChatGroup`;
}

export function createAndJoinPayload(
  deployment: ChatDeployment,
  channel: { readonly title: string; readonly stake: bigint; readonly relay: string; readonly nodeKeyHex: string },
): EntryPayload {
  return {
    function: `${deployment.contract}::chat::chat_session_create_and_join`,
    functionArguments: [
      deployment.server,
      channel.title,
      channel.stake.toString(),
      SETTLE_INTERVAL_MS,
      channel.relay,
      fromHex(channel.nodeKeyHex),
      SESSION_GAS_OCTAS.toString(),
    ],
  };
}

export function joinPayload(deployment: ChatDeployment, channelId: string, nodeKeyHex: string): EntryPayload {
  return {
    function: `${deployment.contract}::chat::chat_session_join`,
    functionArguments: [deployment.server, channelId, fromHex(nodeKeyHex), SESSION_GAS_OCTAS.toString()],
  };
}

export function leavePayload(deployment: ChatDeployment, channelId: string): EntryPayload {
  return { function: `${deployment.contract}::chat::chat_session_leave`, functionArguments: [channelId] };
}

/** The server's newest sessions, newest first. */
export async function listSessions(view: View, deployment: ChatDeployment): Promise<ChatSession[]> {
  const [sessions] = await view(`${deployment.contract}::chat::sessions`, [deployment.server]);
  if (!Array.isArray(sessions)) throw new ChatStateError('sessions is not a vector');
  return sessions.map(readSession);
}

/** The channel that a session's creation opened, from the transaction's events. */
export function openedChannelId(
  deployment: ChatDeployment,
  events: readonly { type: string; data: unknown }[],
): string {
  const opened = events.find((event) => event.type.endsWith('::chat::SessionOpened') && isOf(event.type, deployment));
  const id = (opened?.data as { channel_id?: unknown } | undefined)?.channel_id;
  if (typeof id !== 'string') throw new ChatStateError('the transaction opened no chat session');
  return id;
}

function isOf(eventType: string, deployment: ChatDeployment): boolean {
  return parseAddress(eventType.split('::')[0] ?? '') === parseAddress(deployment.contract);
}

function readSession(value: JsonValue): ChatSession {
  const session = value as Readonly<Record<string, JsonValue>>;
  const field = (name: string): string => {
    const text = session?.[name];
    if (typeof text !== 'string') throw new ChatStateError(`session.${name} is not text`);
    return text;
  };
  return {
    channelId: field('channel_id'),
    title: field('title'),
    memberCount: Number(field('member_count')),
    stake: BigInt(field('stake')),
    relay: field('relay'),
    openedBy: parseAddress(field('opened_by')),
    openedMs: Number(field('opened_ms')),
  };
}
