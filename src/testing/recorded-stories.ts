// The form in which stories and what the Rust VM made of them are kept, and how a run is brought into it.

import { fromHex, toHex } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, parseAddress, shortAddress } from '../base/ids.ts';
import { encodeStateKey } from '../base/state.ts';
import { formatTypeTag, parseTypeTag } from '../base/type-tag.ts';
import type { RunRequest, RunResult } from '../vm/run.ts';
import type { StoryCall } from './vm-stories.ts';

export interface RecordedCall {
  readonly function: string;
  /** Hex. */
  readonly args: readonly string[];
  readonly typeArgs?: readonly string[];
  readonly senders?: readonly string[];
  /** `executed`, `abort <code> in <module>`, `<STATUS> in <module>::<function> at <offset>`, or `<STATUS>`. */
  readonly status: string;
  /** Hex; left out where empty. */
  readonly returns?: readonly string[];
  /** Key (its encoding in hex) and what is there now (hex, or null). */
  readonly writes?: readonly (readonly [key: string, value: string | null])[];
  readonly events?: readonly string[];
}

export interface RecordedStory {
  readonly name: string;
  readonly module: string;
  readonly calls: readonly RecordedCall[];
}

export const FIXTURE_ADDRESS: Address = parseAddress('0xcafe');
/** The Rust VM does not keep an event's BCS, so events are compared by type and number. */
type Outcome = Pick<RunResult, 'status' | 'returns' | 'changes'> & {
  readonly events: readonly { readonly type: RunResult['events'][number]['type'] }[];
};

export function requestOf(module: string, call: Omit<RecordedCall, 'status'>, index: number): RunRequest {
  return {
    call: {
      module: { address: FIXTURE_ADDRESS, name: module },
      function: call.function,
      typeArgs: (call.typeArgs ?? []).map((tag) => parseTypeTag(tag)),
      args: call.args.map((arg) => fromHex(arg)),
    },
    senders: (call.senders ?? []).map((sender) => parseAddress(sender)),
    gasLimit: GAS_LIMIT,
    transactionHash: sha3_256(Uint8Array.of(index & 0xff, index >> 8)),
    access: 'any',
  };
}

/**
 * Tables by order instead of by handle: the Rust VM at hand derives handles in another way than Aptos's. A handle is known by an item's
 * key, and its place by where it first stands in a resource.
 */
export function withoutHandles(calls: readonly RecordedCall[]): readonly RecordedCall[] {
  const writes = calls.flatMap((call) => call.writes ?? []);
  const values = writes.map(([, value]) => value ?? '').join(' ');
  const handles = [...new Set(writes.flatMap(([key]) => (key.startsWith(ITEM_KEY) ? [key.slice(2, 2 + 64)] : [])))];
  handles.sort((a, b) => values.indexOf(a) - values.indexOf(b));
  const rename = (text: string): string =>
    handles.reduce((renamed, handle, index) => renamed.replaceAll(handle, `(table ${index})`), text);
  return calls.map((call) => {
    if (!call.writes) return call;
    const renamed = call.writes.map(([key, value]) => [rename(key), value === null ? null : rename(value)] as const);
    return { ...call, writes: renamed.sort(([a], [b]) => (a < b ? -1 : 1)) };
  });
}

/** Variant of `StateKey` for an item, in hex. */
const ITEM_KEY = '01';

/** More than any story needs, by either VM's schedule. */
const GAS_LIMIT = 100_000_000n;

export function unrecorded(call: StoryCall): Omit<RecordedCall, 'status'> {
  return { ...call, args: call.args.map(toHex) };
}

export function record(call: Omit<RecordedCall, 'status'>, outcome: Outcome): RecordedCall {
  const { returns, changes, events } = outcome;
  return {
    ...call,
    status: describe(outcome.status),
    ...(returns.length > 0 && { returns: returns.map(toHex) }),
    ...(changes.length > 0 && {
      writes: changes.map(
        (change) => [toHex(encodeStateKey(change.key)), change.new ? toHex(change.new) : null] as const,
      ),
    }),
    ...(events.length > 0 && { events: events.map((event) => formatTypeTag(event.type)) }),
  };
}

function describe(status: RunResult['status']): string {
  switch (status.kind) {
    case 'executed':
      return 'executed';
    case 'abort': {
      const { module } = status.location;
      return `abort ${status.code} in ${module === 'script' ? module : `${shortAddress(module.address)}::${module.name}`}`;
    }
    case 'failure': {
      if (status.location === undefined || status.location.module === 'script') return status.code;
      const { module, function: name, offset } = status.location;
      return `${status.code} in ${shortAddress(module.address)}::${module.name}::${name} at ${offset}`;
    }
  }
}
