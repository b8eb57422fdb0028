// Reading what the API shows of Move values: fields, addresses, integers.

import { sha3_256 } from '../../base/hash.ts';
import { type Address, addressFromBytes, addressToBytes, parseAddress } from '../../base/ids.ts';
import type { StateView } from '../../base/state.ts';
import { structTag } from '../../base/type-tag.ts';
import type { Json } from '../../vm/json.ts';
import { FRAMEWORK } from '../accounts.ts';
import { formatAddress } from '../format.ts';
import type { Entry } from '../ledger.ts';
import { renderValue } from '../values.ts';

export type Fields = Readonly<Record<string, Json>>;

/** Ends what the address of a primary store is the hash of. */
const PRIMARY_STORE_SCHEME = Uint8Array.of(0xfc);

export function asFields(value: Json | undefined): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export function longAddress(value: Json | undefined): Address | null {
  return typeof value === 'string' ? parseAddress(value) : null;
}

export function integer(value: Json | undefined): bigint | null {
  return typeof value === 'string' || typeof value === 'number' ? BigInt(value) : null;
}

/** The value in an `Option`. */
export function firstOf(option: Json | undefined): Json | undefined {
  const items = asFields(option)?.vec;
  return Array.isArray(items) ? (items as readonly Json[])[0] : undefined;
}

/** A resource of the framework without type arguments. */
export function readResource(state: StateView, address: Address, module: string, name: string): Fields | undefined {
  const type = structTag(FRAMEWORK, module, name);
  const bytes = state.get({ kind: 'resource', address, type });
  return bytes === undefined ? undefined : asFields(renderValue(state, type, bytes));
}

/** As the indexer shows times: without a zone, which is UTC. */
export function formatTimestamp(micros: bigint): string {
  const text = new Date(Number(micros / 1000n)).toISOString().slice(0, -1);
  const rest = micros % 1000n;
  return rest === 0n ? text : `${text}${String(rest).padStart(3, '0')}`;
}

/** `0x1::aptos_account::transfer`; null for what is no call of an entry function. */
export function entryFunctionOf({ transaction }: Entry): string | null {
  const executable = transaction?.raw.payload.executable;
  if (executable?.kind !== 'entryFunction') return null;
  const { module, function: name } = executable.call;
  return `${formatAddress(module.address)}::${module.name}::${name}`;
}

export function primaryStore(owner: Address, metadata: Address): Address {
  return addressFromBytes(sha3_256(addressToBytes(owner), addressToBytes(metadata), PRIMARY_STORE_SCHEME));
}
