// Where the Rust VM at hand differs from Aptos's on purpose, translated: the codes that its natives abort with, and how it names tables.

import { BcsWriter } from '../../base/bcs.ts';
import { type Bytes, toHex } from '../../base/bytes.ts';
import { sha3_256 } from '../../base/hash.ts';
import { parseAddress } from '../../base/ids.ts';
import type { RunStatus } from '../../vm/run.ts';

const FRAMEWORK_ADDRESS = parseAddress('0x1');
/** By module of 0x1: its code → Aptos's. */
const ABORT_CODES: Readonly<Record<string, Readonly<Record<string, bigint>>>> = {
  from_bcs: { '65636': 0x10001n },
  type_info: { '65636': 1n },
  table: { '65636': 0x6407n, '65637': 0x6507n },
};
/** Goes before the transaction's hash in what a table's handle hashes. */
const HANDLE_PREFIX = Uint8Array.of(0, 0, 0, 2);
/** More than any test makes in one run. */
const TABLES_MAX = 16;

/** The status that Aptos's VM would give. */
export function toAptosStatus(status: RunStatus): RunStatus {
  if (status.kind !== 'abort' || status.location.module === 'script') return status;
  const { address, name } = status.location.module;
  const code = address === FRAMEWORK_ADDRESS ? ABORT_CODES[name]?.[String(status.code)] : undefined;
  return code === undefined ? status : { ...status, code };
}

/** `text` with the handles of the tables that the transaction made, in hex, as Aptos's VM derives them. */
export function toAptosHandles(text: string, transactionHash: Bytes): string {
  let renamed = text;
  for (let number = 0; number < TABLES_MAX; number++) {
    const bigEndian = new BcsWriter().u32(number).finish().reverse();
    const theirs = toHex(sha3_256(HANDLE_PREFIX, transactionHash, bigEndian));
    renamed = renamed.replaceAll(theirs, toHex(sha3_256(transactionHash, bigEndian)));
  }
  return renamed;
}
