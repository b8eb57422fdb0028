// The fields and groups that `0x1::crypto_algebra` computes in: those of BLS12-381 and BN254. A type of Move such as `0x1::bls12381_algebra::G1` names a
// structure, another such as `FormatG1Compr` a format.

import { bls12_381 } from '@noble/curves/bls12-381.js';
import { bn254 } from '@noble/curves/bn254.js';
import {
  blsFormat,
  bnFormat,
  type Cast,
  FR_SIZE,
  fq12,
  isRootOfOne,
  type Pairing,
  pairingOf,
  points,
  primeField,
  type Structure,
  type TowerElement,
  target,
} from './algebra-structures.ts';
import * as bls from './bls12381-points.ts';
import * as bn from './bn254-points.ts';

const BLS = '0x1::bls12381_algebra::';
const BN = '0x1::bn254_algebra::';

const { Fp12: BlsFp12, Fr: BlsFr, Fp: BlsFp } = bls12_381.fields;
const { Fp12: BnFp12, Fr: BnFr, Fp: BnFp } = bn254.fields;

/** By the name of the type. */
export const STRUCTURES: Readonly<Record<string, Structure<unknown>>> = {
  [`${BLS}Fr`]: primeField(BlsFr, 'bls12381 fr', FR_SIZE, `${BLS}FormatFr`, (gas) => gas.bls12381.fr),
  [`${BLS}Fq12`]: fq12(BlsFp12, 'bls12381 fq12', 48, BlsFp.ORDER, `${BLS}FormatFq12LscLsb`, (gas) => gas.bls12381.fq12),
  [`${BLS}G1`]: points<bls.G1Point>({
    elements: 'bls12381 g1',
    bytes: 144,
    order: BlsFr.ORDER,
    zero: bls.G1.ZERO,
    base: bls.G1.BASE,
    scalars: `${BLS}Fr`,
    gas: (gas) => gas.bls12381.g1,
    formats: {
      [`${BLS}FormatG1Uncompr`]: blsFormat(96, bls.decodeG1, bls.encodeG1, false),
      [`${BLS}FormatG1Compr`]: blsFormat(48, bls.decodeG1, bls.encodeG1, true),
    },
  }),
  [`${BLS}G2`]: points<bls.G2Point>({
    elements: 'bls12381 g2',
    bytes: 288,
    order: BlsFr.ORDER,
    zero: bls.G2.ZERO,
    base: bls.G2.BASE,
    scalars: `${BLS}Fr`,
    gas: (gas) => gas.bls12381.g2,
    formats: {
      [`${BLS}FormatG2Uncompr`]: blsFormat(192, bls.decodeG2, bls.encodeG2, false),
      [`${BLS}FormatG2Compr`]: blsFormat(96, bls.decodeG2, bls.encodeG2, true),
    },
  }),
  [`${BLS}Gt`]: target(
    BlsFp12,
    { elements: 'bls12381 fq12', size: 48, modulus: BlsFp.ORDER, order: BlsFr.ORDER, prefix: BLS },
    (gas) => gas.bls12381.fq12,
    () => bls12_381.pairing(bls.G1.BASE, bls.G2.BASE),
  ),
  [`${BN}Fr`]: primeField(BnFr, 'bn254 fr', FR_SIZE, `${BN}FormatFr`, (gas) => gas.bn254.fr),
  [`${BN}Fq`]: primeField(BnFp, 'bn254 fq', 32, `${BN}FormatFq`, (gas) => gas.bn254.fq),
  [`${BN}Fq12`]: fq12(BnFp12, 'bn254 fq12', 32, BnFp.ORDER, `${BN}FormatFq12LscLsb`, (gas) => gas.bn254.fq12),
  [`${BN}G1`]: points<bn.G1Point>({
    elements: 'bn254 g1',
    bytes: 96,
    order: BnFr.ORDER,
    zero: bn.G1.ZERO,
    base: bn.G1.BASE,
    scalars: `${BN}Fr`,
    gas: (gas) => gas.bn254.g1,
    formats: {
      [`${BN}FormatG1Uncompr`]: bnFormat(64, bn.decodeG1, bn.encodeG1, false),
      [`${BN}FormatG1Compr`]: bnFormat(32, bn.decodeG1, bn.encodeG1, true),
    },
  }),
  [`${BN}G2`]: points<bn.G2Point>({
    elements: 'bn254 g2',
    bytes: 192,
    order: BnFr.ORDER,
    zero: bn.G2.ZERO,
    base: bn.G2.BASE,
    scalars: `${BN}Fr`,
    gas: (gas) => gas.bn254.g2,
    formats: {
      [`${BN}FormatG2Uncompr`]: bnFormat(128, bn.decodeG2, bn.encodeG2, false),
      [`${BN}FormatG2Compr`]: bnFormat(64, bn.decodeG2, bn.encodeG2, true),
    },
  }),
  [`${BN}Gt`]: target(
    BnFp12,
    { elements: 'bn254 fq12', size: 32, modulus: BnFp.ORDER, order: BnFr.ORDER, prefix: BN },
    (gas) => gas.bn254.fq12,
    () => bn254.pairing(bn.G1.BASE, bn.G2.BASE),
  ),
};

export const PAIRINGS: readonly Pairing[] = [
  pairingOf(
    BLS,
    bls12_381,
    (gas) => gas.bls12381.pairing,
    (point: bls.G1Point | bls.G2Point) => point.is0(),
  ),
  pairingOf(
    BN,
    bn254,
    (gas) => gas.bn254.pairing,
    (point: bn.G1Point | bn.G2Point) => point.is0(),
  ),
];

/** Casting an element of the field into the group costs a power, and succeeds for its elements. */
export const CASTS: readonly Cast[] = [
  {
    larger: `${BLS}Fq12`,
    smaller: `${BLS}Gt`,
    gas: (curves) => curves.bls12381.fq12.pow,
    isMember: (value) => isRootOfOne(BlsFp12, value as TowerElement, BlsFr.ORDER),
  },
  {
    larger: `${BN}Fq12`,
    smaller: `${BN}Gt`,
    gas: (curves) => curves.bn254.fq12.pow,
    isMember: (value) => isRootOfOne(BnFp12, value as TowerElement, BnFr.ORDER),
  },
];
