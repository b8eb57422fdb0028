// The public API.

export type {
  ChannelStatus,
  Desertion,
  Dispute,
  Grade,
  MemberStatus,
  Role,
  TransactionStatus,
} from '../channel/update.ts';
export type { Presence } from '../ports/network.ts';
export {
  type JsonValue,
  type NodeNotice,
  type StateChangeNotice,
  type StateEntry,
  type StateSnapshot,
  StreamErrorCode,
} from '../wire/client.ts';
export type { CallHandle, CallOutcome, CallState } from './call.ts';
export { type ChannelState, type ChannelUpdate, type StateItem, StraitChannel } from './channel.ts';
export type { ChainNotice, NodeIdentity, RelayNotice } from './client.ts';
export { StraitClientError, type StreamErrorName } from './client-error.ts';
export type { Unsubscribe } from './listeners.ts';
export { openStrait } from './open.ts';
export type { Strait, StraitOptions } from './strait.ts';
