// What a signature stands for: the domain that every signed byte string opens with (rules [S1], [S2] of docs/protocol.md).

import { encodeBcs } from '../base/bcs.ts';
import { type Bytes, concatBytes, utf8Encode } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, type ChannelId, type Term, writeAddress } from '../base/ids.ts';

/** Which channel of which contract on which chain. */
export interface ChannelScope {
  /** u8. */
  readonly chainId: number;
  /** Where `state_channel` is published. */
  readonly contract: Address;
  readonly channelId: ChannelId;
}

/** What is signed; the number is the version of the signed form. */
export type SigningDomain =
  | 'transaction:1'
  | 'batch:1'
  | 'acknowledgement:1'
  | 'recovery:1'
  /** A settlement that members sign instead of voting for it. */
  | 'settlement:1'
  /** Who leads the next term. */
  | 'election:1';

const DOMAIN_HASHES = new Map<SigningDomain, Bytes>();

/**
 * The bytes that an Ed25519 key signs: `sha3-256("STRAIT::" domain) ‖ chain id (u8) ‖ contract (32) ‖ channel (u64) ‖ term (u64, 0
 * where none applies) ‖ digest (32)`: 113 bytes, short enough for a contract to rebuild.
 */
export function signingMessage(domain: SigningDomain, scope: ChannelScope, term: Term, digest: Bytes): Bytes {
  let domainHash = DOMAIN_HASHES.get(domain);
  if (domainHash === undefined) {
    domainHash = sha3_256(utf8Encode(`STRAIT::${domain}`));
    DOMAIN_HASHES.set(domain, domainHash);
  }
  const place = encodeBcs((w) => {
    w.u8(scope.chainId);
    writeAddress(w, scope.contract);
    w.u64(scope.channelId).u64(term);
  });
  return concatBytes(domainHash, place, digest);
}
