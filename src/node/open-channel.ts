// Brings one channel up: from what the store kept, from the chain, or from both, and says plainly why it cannot be brought up.

import type { Address, ChannelId, NodeKey } from '../base/ids.ts';
import { Channel } from '../channel/channel.ts';
import type { Executor } from '../channel/executor.ts';
import type { ApplicationOffers } from '../channel/facts.ts';
import type { StateEntry } from '../channel/state-tree.ts';
import type { ChainView } from '../channel/update.ts';
import {
  type Chain,
  type ChannelDescription,
  PROVE_FUNCTION_LABEL,
  SETTLE_SIGNED_FUNCTION_LABEL,
} from '../ports/chain.ts';
import type { Store } from '../ports/store.ts';
import type { MoveVm } from '../vm/index.ts';
import { StreamErrorCode } from '../wire/client.ts';
import { basisChange, type Restored, restore } from './journal.ts';
import { MoveExecutor } from './move-executor.ts';
import type { ChannelBasis } from './records.ts';
import { isChainSilent, StreamFault } from './stream-error.ts';

export interface OpenChannelParts {
  readonly channelId: ChannelId;
  readonly self: { readonly nodeKey: NodeKey; readonly address: Address };
  readonly chain: Chain;
  readonly store: Store;
  readonly storeName: string;
  readonly vm: MoveVm;
  /** For tests: stands between the channel and the Move VM. */
  readonly wrapExecutor: ((executor: Executor) => Executor) | undefined;
}

export interface OpenedChannel {
  readonly channel: Channel;
  readonly basis: ChannelBasis;
  /** Undefined: the chain does not answer; the node goes on from its store. */
  readonly view: ChainView | undefined;
  /** How many stored records were damaged and thrown out. */
  readonly damagedRecords: number;
  /** Compiles the channel's code ahead of calls, a piece each `next`. */
  readonly preparation: Iterator<void>;
}

/** @throws StreamFault, StoreError, ChainError */
export async function openChannel(parts: OpenChannelParts): Promise<OpenedChannel> {
  const { chain, store, storeName, self } = parts;
  const restored = await restore(store, storeName);
  const { basis, view } = await loadBasis(parts, restored);
  if (view) assertMember(view, self);
  const base = new MoveExecutor(parts.vm, basis.description, basis.modules);
  const executor = parts.wrapExecutor ? parts.wrapExecutor(base) : base;
  const { description, genesis } = basis;
  // The chain has the state at height 0 only until it is settled.
  const isUnsettled = (view?.settledHeight ?? 0n) === 0n;
  const channel = Channel.restore(
    {
      scope: description.scope,
      self,
      creator: description.creator,
      settings: description.settings,
      executor,
      ...(genesis && isUnsettled && { genesis: { entries: genesis } }),
      gasSchedule: parts.vm.gasSchedule.name,
      offers: offersOf(description.labels),
      encodeSettlement: (settlement) => chain.encodeSettlement({ kind: 'propose', settlement }),
    },
    restored.events,
  );
  return { channel, basis, view, damagedRecords: restored.damaged.length, preparation: base.preparation() };
}

function offersOf(labels: ReadonlyMap<string, string>): ApplicationOffers {
  return { signedSettlements: labels.has(SETTLE_SIGNED_FUNCTION_LABEL), replays: labels.has(PROVE_FUNCTION_LABEL) };
}

async function loadBasis(
  { chain, store, storeName, channelId, self }: OpenChannelParts,
  restored: Restored,
): Promise<{ readonly basis: ChannelBasis; readonly view: ChainView | undefined }> {
  const known = restored.basis;
  try {
    if (known) return { basis: known, view: await chain.view(channelId) };
    const description = await chain.describe(channelId);
    if (!description) throw new StreamFault(StreamErrorCode.noSuchChannel, `there is no channel ${channelId}`);
    const [entries, modules] = await Promise.all([readStateEntries(chain, description), chain.modules(description)]);
    // Read after the state: if nothing is settled by now, the state is that of height 0 ([G1]).
    const view = await chain.view(channelId);
    const basis: ChannelBasis = {
      description,
      modules,
      ...(view.settledHeight === 0n && { genesis: entries }),
    };
    // Only a member keeps it: with it a node starts later without asking the chain.
    assertMember(view, self);
    await store.write(storeName, basisChange(basis));
    return { basis, view };
  } catch (error) {
    if (known && isChainSilent(error)) return { basis: known, view: undefined };
    throw error;
  }
}

/** [G1] The application's state as the chain has it now, with the items of its tables. */
export async function readStateEntries(chain: Chain, description: ChannelDescription): Promise<readonly StateEntry[]> {
  const [value, items] = await Promise.all([chain.stateBytes(description), chain.stateItems(description)]);
  const { stateType } = description;
  return [{ key: { kind: 'resource', address: stateType.address, type: stateType }, value }, ...items];
}

function assertMember(view: ChainView, self: OpenChannelParts['self']): void {
  if (view.closed) throw new StreamFault(StreamErrorCode.channelClosed, 'the channel is closed');
  const member = view.members.find(({ address }) => address === self.address);
  if (!member) throw new StreamFault(StreamErrorCode.notAMember, `${self.address} is not a member of the channel`);
  if (member.nodeKey !== self.nodeKey) {
    throw new StreamFault(
      StreamErrorCode.notAMember,
      `${self.address} joined the channel with another node key: from another browser, or before this one lost its data`,
    );
  }
}
