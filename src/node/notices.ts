// The channel's notices as clients read them: types as text, values as JSON.

import type { StateChange } from '../base/state.ts';
import { formatTypeTag } from '../base/type-tag.ts';
import type { StateEntry as ChannelStateEntry } from '../channel/state-tree.ts';
import type { Notice } from '../channel/update.ts';
import type { NodeNotice, StateChangeNotice, StateSnapshot } from '../wire/client.ts';
import type { MoveValues } from './move-values.ts';

type ChangesNotice = Extract<NodeNotice, { kind: 'changes' }>;

export function changesNotice(values: MoveValues, notice: Extract<Notice, { kind: 'changes' }>): ChangesNotice {
  return {
    kind: 'changes',
    fromHeight: notice.fromHeight,
    toHeight: notice.toHeight,
    changes: notice.changes.map((change) => changeNotice(values, change)),
    transactions: notice.transactions.map(({ height, sender, sequence, status, events }) => ({
      height,
      ...(sender !== undefined && { sender }),
      ...(sequence !== undefined && { sequence }),
      status,
      events: events.map(({ type, data }) => ({ type: formatTypeTag(type), data: values.json(type, data) })),
    })),
  };
}

export function snapshotAnswer(
  values: MoveValues,
  heights: { readonly height: bigint; readonly finalHeight: bigint },
  entries: Iterable<ChannelStateEntry>,
): StateSnapshot {
  return {
    height: heights.height,
    finalHeight: heights.finalHeight,
    entries: Array.from(entries, ({ key, value }) => {
      const { address, type, tag } = values.place(key);
      return { address, type, value: values.json(tag, value), bytes: value };
    }),
  };
}

function changeNotice(values: MoveValues, change: StateChange): StateChangeNotice {
  const { address, type, tag } = values.place(change.key);
  return { address, type, ...(change.new && { value: values.json(tag, change.new) }) };
}
