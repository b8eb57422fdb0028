// Natives of elliptic curves beyond Ed25519. They bring as much code as the rest of the VM, so they stand behind an entry of their own: whoever makes
// a VM imports them when it likes (`await import` keeps them out of a page's first load) and gives them to it, `new MoveVm({ natives: CRYPTO_NATIVES })`.

import { BLS12381 } from './bls12381.ts';
import { BULLETPROOFS } from './bulletproofs.ts';
import { CRYPTO_ALGEBRA } from './crypto-algebra.ts';
import type { NativeSet } from './native.ts';
import { RISTRETTO255 } from './ristretto255.ts';
import { SECP256K1 } from './secp256k1.ts';

export const CRYPTO_NATIVES: NativeSet = {
  bls12381: BLS12381,
  crypto_algebra: CRYPTO_ALGEBRA,
  ristretto255: RISTRETTO255,
  ristretto255_bulletproofs: BULLETPROOFS,
  secp256k1: SECP256K1,
};
