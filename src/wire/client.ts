// What a client (a page, a widget, another tab) and the node say to each other over a MessagePort: the Stream commands of the
// specification (section 9) and their answers, as two unions. Values cross by structured clone, so bytes and bigints go as they are.

import type { Bytes } from '../base/bytes.ts';
import type { ChannelStatus, Dispute, Grade, TransactionStatus } from '../channel/update.ts';

/** A Move value as JSON, as Aptos REST renders it: u64 and wider as decimal text, addresses and `vector<u8>` as 0x hex. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export type ClientCommand =
  /** Start (or resume) this node's part in the channel. The chain must already list `sender` with this node's key. */
  | { readonly command: 'state_channel.join'; readonly sender: string; readonly state_channel_id: string }
  /** Leave with settlement; answered when the departure is settled. */
  | { readonly command: 'state_channel.leave'; readonly sender: string; readonly state_channel_id: string }
  | { readonly command: 'state_channel.close'; readonly sender: string; readonly state_channel_id: string }
  /** `function` is `0x…::module::name`, or a name in the channel's own module. `args` are JSON by the function's parameter types. Answered when queued; grades follow as notices with the same `id`. */
  | {
      readonly command: 'state_channel.call';
      readonly sender: string;
      readonly state_channel_id: string;
      readonly function: string;
      readonly ty_args: readonly string[];
      readonly args: readonly JsonValue[];
    }
  | { readonly command: 'state_channel.get_state'; readonly state_channel_id: string }
  /** Answered with a snapshot; then every change set comes as a notice. */
  | { readonly command: 'state_channel.subscribe'; readonly state_channel_id: string }
  | { readonly command: 'state_channel.unsubscribe'; readonly state_channel_id: string }
  | { readonly command: 'state_channel.settle'; readonly state_channel_id: string }
  | { readonly command: 'state_channel.status'; readonly state_channel_id: string }
  /** This node's keys, before any channel: what the wallet's join transaction binds. */
  | { readonly command: 'node.identity' };

export interface ClientRequest {
  readonly id: string;
  readonly body: ClientCommand;
}

export interface StateEntry {
  readonly address: string;
  /** Move type, or `item 0x…` with its key for a table item (whose address is the table's handle). */
  readonly type: string;
  readonly value: JsonValue;
  readonly bytes: Bytes;
}

export interface StateSnapshot {
  readonly height: bigint;
  readonly finalHeight: bigint;
  readonly entries: readonly StateEntry[];
}

export interface StateChangeNotice {
  readonly address: string;
  readonly type: string;
  /** Absent: deleted. */
  readonly value?: JsonValue;
}

/** Errors of the Stream commands. 100001 is the specification's; the rest are listed in docs/errors.md. */
export const StreamErrorCode = {
  noSuchChannel: 100001,
  notAMember: 100002,
  badRequest: 100004,
  notJoined: 100005,
  chainUnreachable: 100006,
  storageFailed: 100007,
  callRefused: 100008,
  channelClosed: 100009,
  unsupportedCode: 100011,
  identityInUse: 100012,
  settlementFailed: 100013,
  networkUnavailable: 100014,
  internal: 100099,
} as const;
export type StreamErrorCode = (typeof StreamErrorCode)[keyof typeof StreamErrorCode];

export interface StreamError {
  readonly code: StreamErrorCode;
  readonly message: string;
}

export type ClientAnswer =
  | { readonly kind: 'identity'; readonly nodeKey: string; readonly sessionAddress: string }
  | { readonly kind: 'joined'; readonly status: ChannelStatus }
  | { readonly kind: 'done' }
  /** A call is durable in the queue and has this number. */
  | { readonly kind: 'queued'; readonly sequence: bigint }
  | { readonly kind: 'state'; readonly snapshot: StateSnapshot }
  | { readonly kind: 'status'; readonly status: ChannelStatus };

export type NodeNotice =
  | {
      readonly kind: 'grade';
      readonly call: string;
      readonly sequence: bigint;
      readonly grade: Grade;
      readonly height?: bigint;
      readonly status?: TransactionStatus;
    }
  /** One batch applied. */
  | {
      readonly kind: 'changes';
      readonly fromHeight: bigint;
      readonly toHeight: bigint;
      readonly changes: readonly StateChangeNotice[];
      readonly transactions: readonly {
        readonly height: bigint;
        readonly sender?: string;
        readonly sequence?: bigint;
        readonly status: TransactionStatus;
        readonly events: readonly { readonly type: string; readonly data: JsonValue }[];
      }[];
    }
  /** Heights above were taken back; take the state from `snapshot`. */
  | { readonly kind: 'tookBack'; readonly height: bigint; readonly snapshot: StateSnapshot }
  | { readonly kind: 'final'; readonly height: bigint }
  | { readonly kind: 'status'; readonly status: ChannelStatus }
  | { readonly kind: 'dispute'; readonly dispute: Dispute }
  | { readonly kind: 'settled'; readonly height: bigint }
  | {
      readonly kind: 'relay';
      readonly state: 'connecting' | 'reserved' | 'unreachable' | 'full';
      readonly detail?: string;
    }
  | { readonly kind: 'chain'; readonly reachable: boolean; readonly detail?: string; readonly sessionBalance?: bigint }
  /** The node has stopped and why; nothing follows. */
  | { readonly kind: 'stopped'; readonly error: StreamError };

export type NodeMessage =
  | { readonly kind: 'answer'; readonly id: string; readonly answer: ClientAnswer }
  | { readonly kind: 'error'; readonly id: string; readonly error: StreamError }
  | { readonly kind: 'notice'; readonly channel: string; readonly notice: NodeNotice };
