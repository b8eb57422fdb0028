// How the REST API writes addresses, bytes and numbers.

import { toHex } from '../base/bytes.ts';
import { type Address, shortAddress } from '../base/ids.ts';

/** `0x1` for the special addresses 0x0 to 0xf, all 64 digits for the others (AIP-40). */
export function formatAddress(address: Address): string {
  const short = shortAddress(address);
  return short.length === 3 ? short : address;
}

export function formatBytes(bytes: Uint8Array): string {
  return `0x${toHex(bytes)}`;
}
