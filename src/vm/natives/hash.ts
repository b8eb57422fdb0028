// 0x1::hash and 0x1::aptos_hash: (vector<u8>, result vector), but for sip_hash, which returns a u64.

import { blake2b } from '@noble/hashes/blake2.js';
import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { keccak_256, sha3_256, sha3_512 } from '@noble/hashes/sha3.js';
import { host, type Native, type NativeModule } from './native.ts';
import { sipHash } from './sip-hash.ts';

type Digest = 'sha2_256' | 'sha3_256' | 'keccak256' | 'sha2_512' | 'sha3_512' | 'ripemd160' | 'blake2b_256';

export const HASH: NativeModule = {
  sha2_256: digest('sha2_256', (bytes) => sha256(bytes)),
  sha3_256: digest('sha3_256', (bytes) => sha3_256(bytes)),
};

export const APTOS_HASH: NativeModule = {
  keccak256: digest('keccak256', (bytes) => keccak_256(bytes)),
  sha2_512_internal: digest('sha2_512', (bytes) => sha512(bytes)),
  sha3_512_internal: digest('sha3_512', (bytes) => sha3_512(bytes)),
  ripemd160_internal: digest('ripemd160', (bytes) => ripemd160(bytes)),
  blake2b_256_internal: digest('blake2b_256', (bytes) => blake2b(bytes, { dkLen: 32 })),
  sip_hash: host(
    (gas) => gas.natives.hash.sip,
    (native) => (data: number) => {
      const bytes = native.readVector(data);
      native.charge(native.gas.natives.hash.sipPerByte * bytes.length);
      return sipHash(bytes);
    },
  ),
};

function digest(name: Digest, hash: (bytes: Uint8Array) => Uint8Array): Native {
  return host(
    (gas) => gas.natives.hash[name],
    (native) => (data: number, result: number) => {
      const bytes = native.readVector(data);
      native.charge(native.gas.natives.hash[`${name}PerByte`] * bytes.length);
      native.writeVector(result, hash(bytes));
    },
  );
}
