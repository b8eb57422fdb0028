// The settlement chain as a node needs it. One adapter per chain; the rules of the channel know none of them.

import type { Bytes } from '../base/bytes.ts';
import type { Address, ChannelId, NodeKey } from '../base/ids.ts';
import type { StateKey } from '../base/state.ts';
import type { StructTag } from '../base/type-tag.ts';
import type { ChannelScope } from '../channel/scope.ts';
import type { ChainAction, ChainView, ChannelSettings } from '../channel/update.ts';

/** What the contract holds for one channel and does not change while it lives. */
export interface ChannelDescription {
  readonly scope: ChannelScope;
  readonly creator: Address;
  /** Type of the application's state; its module is the channel's code. */
  readonly stateType: StructTag;
  /** Type of what members bring in. */
  readonly assetsType: StructTag;
  /** Coin of the stake, e.g. `0x1::aptos_coin::AptosCoin`; absent: a fungible asset that is no coin. */
  readonly coinType?: StructTag;
  /** In the stake's smallest unit. */
  readonly stake: bigint;
  readonly settings: ChannelSettings;
  readonly tickFunction?: string;
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * Labels by which an application says what nodes may call, each as `0x…::module::function`; what it does not name it does not offer.
 * The application's settlement, an entry function with arguments `(id, proposal_id)`.
 */
export const SETTLE_FUNCTION_LABEL = 'settle_function';
/** The same by signatures, `(id, data, signers, signatures)`. */
export const SETTLE_SIGNED_FUNCTION_LABEL = 'settle_signed_function';

/** Running a transaction of the channel again, `(id, evidence)`. */
export const PROVE_FUNCTION_LABEL = 'prove_function';

/** A view of the items of the state's tables, `(id, from, limit)`, page by page. */
export const ITEMS_FUNCTION_LABEL = 'items_function';

export interface StateItem {
  readonly key: Extract<StateKey, { kind: 'item' }>;
  readonly value: Bytes;
}

export interface ChannelModule {
  readonly address: Address;
  readonly name: string;
  readonly bytecode: Bytes;
}

/** The node's account on chain: its node key's authentication key. */
export interface SessionSigner {
  readonly nodeKey: NodeKey;
  /** 32-byte Ed25519 seed. */
  readonly seed: Bytes;
}

/** Life: any calls, then `close` once. Every call may throw `ChainError` (`unreachable`, `not-found`, `refused`, `malformed`, `out-of-gas-money`). */
export interface Chain {
  /** Undefined: no such channel. */
  describe(id: ChannelId): Promise<ChannelDescription | undefined>;
  view(id: ChannelId): Promise<ChainView>;
  /** BCS of the application's state as the chain holds it now. */
  stateBytes(description: ChannelDescription): Promise<Bytes>;
  /** The items of the tables that hang on it, likewise; none where the application names no view of them. */
  stateItems(description: ChannelDescription): Promise<readonly StateItem[]>;
  /** The module that declares the state and everything that it can reach. */
  modules(description: ChannelDescription): Promise<readonly ChannelModule[]>;
  /** Full data of a proposal. */
  proposalData(id: ChannelId, proposal: bigint): Promise<Bytes>;
  /** What `ChainAction.propose` would put on chain, to compare a proposal with. */
  encodeSettlement(action: Extract<ChainAction, { kind: 'propose' }>): Bytes;
  /** Signs with the session account and waits until the chain has executed it. @throws ChainError `refused` with the contract's abort as text. */
  submit(description: ChannelDescription, action: ChainAction, signer: SessionSigner): Promise<void>;
  keepAlive(id: ChannelId, delaysMs: ReadonlyMap<Address, number>, signer: SessionSigner): Promise<void>;
  /** Gas money left on the session account, in octas. */
  sessionBalance(signer: SessionSigner): Promise<bigint>;
  close(): Promise<void>;
}
