// 0x1::hash and 0x1::aptos_hash: (vector<u8>, result vector), but for sip_hash, which returns a u64.

import { blake2b } from '@noble/hashes/blake2.js';
import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { keccak_256, sha3_256, sha3_512 } from '@noble/hashes/sha3.js';
import { host, type Native, type NativeModule } from './native.ts';
import { sipHash } from './sip-hash.ts';

export const HASH: NativeModule = {
  sha2_256: digest((bytes) => sha256(bytes)),
  sha3_256: digest((bytes) => sha3_256(bytes)),
};

export const APTOS_HASH: NativeModule = {
  keccak256: digest((bytes) => keccak_256(bytes)),
  sha2_512_internal: digest((bytes) => sha512(bytes)),
  sha3_512_internal: digest((bytes) => sha3_512(bytes)),
  ripemd160_internal: digest((bytes) => ripemd160(bytes)),
  blake2b_256_internal: digest((bytes) => blake2b(bytes, { dkLen: 32 })),
  sip_hash: host(
    (gas) => gas.hash,
    (native) => (data: number) => {
      const bytes = native.readVector(data);
      native.charge(native.gas.hashPerByte * bytes.length);
      return sipHash(bytes);
    },
  ),
};

function digest(hash: (bytes: Uint8Array) => Uint8Array): Native {
  return host(
    (gas) => gas.hash,
    (native) => (data: number, result: number) => {
      const bytes = native.readVector(data);
      native.charge(native.gas.hashPerByte * bytes.length);
      native.writeVector(result, hash(bytes));
    },
  );
}
