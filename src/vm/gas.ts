// The gas schedule `strait-1`: what everything costs, in internal units; a million of them make one gas unit. All members of a channel must meter
// by the same schedule, so a figure that changes makes a new name.
//
// The figures are Aptos's (aptos-gas-schedule, releases 1.33 to 1.40; the last of these states every figure times ten, for a tenth of the
// price). Where metering itself differs from Aptos's:
// - Instructions are charged once a basic block, before it begins (`compile/instruction-gas.ts`). A block that cannot be paid is not begun.
// - The fixed part of a value weighs as Aptos's abstract value size does, by its type, known when code is compiled. What hangs on vectors
//   weighs its bytes as laid out in memory: equal to Aptos's for vectors of integers and addresses, less for vectors of structs.
// - Types are filled in when code is compiled, so substituting types costs nothing at run time.
// - Code is charged for by what the entry point can reach (`dependencyGas`), however often it was run or prepared before.
// - Storage is charged at the first touch of a slot and, for what changed, at the end of the run, of the same gas as execution. What the
//   chain charges beyond (the transaction itself, fees for growing state) is not the VM's.

import type { Bytes } from '../base/bytes.ts';
import type { ModuleId } from './bytecode/module.ts';
import { BLS12381_ALGEBRA_GAS, BN254_ALGEBRA_GAS, BULLETPROOFS_GAS } from './gas-curves.ts';

/** Internal units in one gas unit. */
export const GAS_SCALE = 1_000_000n;

export const STRAIT_1 = {
  name: 'strait-1',

  /** One of each; `per…` for each of what the instruction says it works on. */
  instructions: {
    nop: 36,
    pop: 147,
    ret: 220,
    abort: 220,
    abortMessage: 440,
    abortMessagePerByte: 45,
    branch: 294,
    conditionalBranch: 441,
    load: 220,
    /** 128 and 256 bits. */
    loadWide: 294,
    constant: 2389,
    constantPerByte: 128,
    copyLocal: 294,
    moveLocal: 441,
    storeLocal: 441,
    borrowLocal: 220,
    borrowField: 735,
    borrowVariantField: 835,
    testVariant: 535,
    readReference: 735,
    writeReference: 735,
    freezeReference: 36,
    call: 3676,
    callPerArgument: 367,
    /** Parameters and other locals of the callee; natives have none. */
    callPerLocal: 367,
    callPerTypeArgument: 367,
    pack: 808,
    unpack: 808,
    packPerField: 147,
    packClosure: 908,
    packClosurePerArgument: 147,
    arithmetic: 588,
    comparison: 588,
    cast: 441,
    equality: 367,
    borrowGlobal: 1838,
    exists: 919,
    moveFrom: 1286,
    moveTo: 1838,
    vectorLength: 808,
    vectorBorrow: 1213,
    vectorPush: 1396,
    vectorPop: 955,
    vectorSwap: 1102,
    vectorPack: 2205,
    vectorUnpack: 1838,
    vectorPerElement: 147,
  },

  /** What copying and comparing values costs beside the instruction. */
  data: {
    /** Aptos's abstract size of an integer, address, struct, vector header or reference. */
    unitsPerPart: 40,
    /** For each unit copied, and each unit of either side compared. */
    perUnit: 14,
    /** The same for each byte behind a vector's header. */
    copyPerByte: 14,
    comparePerByte: 28,
  },

  storage: {
    /** The first touch of a resource or table item, whether it is there or not. */
    readSlot: 302_385,
    /** By whole pages. */
    readPerByte: 151,
    readPageBytes: 4096,
    /** What a run writes or deletes, at its end; bytes of key and value. */
    writeSlot: 89_568,
    writePerByte: 89,
    eventPerByte: 89,
  },

  /** Code outside the framework that the entry point can reach. */
  code: { perModule: 74_460, perByte: 42 },

  /** By module of 0x1. What is `base` is charged at every call, beside the call itself. */
  natives: {
    account: { createAddress: 1102, createSigner: 1102 },
    aggregator: { add: 1102, read: 1102, sub: 1102, destroy: 1838, create: 1838 },
    aggregatorV2: {
      create: 1838,
      tryAdd: 1102,
      trySub: 1102,
      isAtLeast: 500,
      read: 2205,
      snapshot: 1102,
      createSnapshot: 1102,
      createSnapshotPerByte: 3,
      copySnapshot: 1102,
      readSnapshot: 2205,
      concat: 1102,
      concatPerByte: 3,
    },
    bcs: {
      toBytesPerByte: 36,
      failure: 3676,
      serializedSize: 735,
      serializedSizePerByte: 36,
      constantSize: 735,
      constantSizePerTypeNode: 40,
    },
    bls12381: {
      base: 551,
      keyDeserialize: 400_684,
      keyAggregate: 15_439,
      keySubgroupCheck: 1_360_120,
      signatureDeserialize: 816_072,
      signatureAggregate: 42_825,
      signatureSubgroupCheck: 1_692_798,
      signatureVerify: 31_190_860,
      possessionVerify: 37_862_800,
      pairing: 14_751_788,
      messageHash: 5_661_040,
      hashPerByte: 183,
    },
    bulletproofs: BULLETPROOFS_GAS,
    cmp: { compare: 367 },
    code: { requestPublish: 1838, requestPublishPerByte: 7 },
    cryptoAlgebra: { bls12381: BLS12381_ALGEBRA_GAS, bn254: BN254_ALGEBRA_GAS },
    ed25519: {
      base: 551,
      keyDeserialize: 139_688,
      keySmallOrderCheck: 23_342,
      signatureDeserialize: 1378,
      signatureVerify: 981_492,
      messageHash: 11_910,
      messageHashPerByte: 220,
    },
    event: { write: 20_006, writePerByte: 61 },
    fromBcs: { base: 1102, perByte: 18 },
    functionInfo: { isIdentifier: 551, isIdentifierPerByte: 3, checkDispatch: 1002, load: 551, dispatch: 551 },
    hash: {
      sha2_256: 11_028,
      sha2_256PerByte: 183,
      sha3_256: 14_704,
      sha3_256PerByte: 165,
      sip: 3676,
      sipPerByte: 73,
      keccak256: 14_704,
      keccak256PerByte: 165,
      sha2_512: 11_910,
      sha2_512PerByte: 220,
      sha3_512: 16_542,
      sha3_512PerByte: 183,
      ripemd160: 11_028,
      ripemd160PerByte: 183,
      blake2b_256: 6433,
      blake2b_256PerByte: 55,
    },
    mem: { swap: 1500 },
    object: { existsAt: 919, userDerivedAddress: 14_704 },
    randomness: { fetchCounter: 1 },
    reflect: { resolve: 4096 },
    ristretto255: {
      basepointMul: 470_528,
      basepointDoubleMul: 1_617_440,
      pointAdd: 7848,
      pointClone: 551,
      pointCompress: 147_040,
      pointDecompress: 148_878,
      pointEquals: 8454,
      pointFromUniformBytes: 299_594,
      pointIdentity: 551,
      pointMul: 1_731_396,
      pointDoubleMul: 1_869_907,
      pointNeg: 1323,
      pointSub: 7829,
      pointParse: 551,
      sha512: 11_910,
      sha512PerByte: 220,
      scalarAdd: 2830,
      scalarReduce: 2609,
      scalarFromUniformBytes: 4576,
      scalarFromInteger: 643,
      scalarInvert: 404_360,
      scalarIsCanonical: 4227,
      scalarMul: 3914,
      scalarNeg: 2665,
      scalarSub: 3896,
      scalarParse: 551,
    },
    secp256k1: { base: 551, recover: 5_918_360 },
    signer: { borrowAddress: 735 },
    stateStorage: { getUsage: 1838 },
    string: {
      checkUtf8: 1102,
      checkUtf8PerByte: 29,
      isCharBoundary: 1102,
      subString: 1470,
      subStringPerByte: 11,
      indexOf: 1470,
      indexOfPerPatternByte: 73,
      indexOfPerByte: 36,
    },
    stringUtils: { format: 1102, formatPerByte: 3 },
    table: { newHandle: 3676, box: 4411, boxPerKeyByte: 36, dropUnchecked: 367 },
    transactionContext: { get: 735, perSigner: 576, perByte: 18, uniqueAddress: 14_704 },
    typeInfo: { base: 1102, perByte: 18, chainId: 551 },
    vector: { moveRange: 4000, moveRangePerIndex: 10 },
  },
};

export type GasSchedule = Frozen<typeof STRAIT_1>;

type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;

/** Internal units for reading a slot of so many bytes, 0 for one that holds nothing. */
export function readGas({ storage }: GasSchedule, bytes: number): number {
  const pages = Math.ceil(bytes / storage.readPageBytes);
  return storage.readSlot + storage.readPerByte * pages * storage.readPageBytes;
}

/** Internal units for writing a slot; `valueBytes` is 0 when it is deleted. */
export function writeGas({ storage }: GasSchedule, keyBytes: number, valueBytes: number): number {
  return storage.writeSlot + storage.writePerByte * (keyBytes + valueBytes);
}

/** Internal units for code that a run can reach. Modules at the framework's addresses (below 0x10) are free, as on Aptos. */
export function dependencyGas(
  { code }: GasSchedule,
  modules: Iterable<{ readonly id: ModuleId; readonly bytes: Bytes }>,
): number {
  let units = 0;
  for (const { id, bytes } of modules) if (!isSpecial(id)) units += code.perModule + code.perByte * bytes.length;
  return units;
}

const SPECIAL_ADDRESS = /^0x0*[0-9a-f]$/;

function isSpecial(id: ModuleId): boolean {
  return SPECIAL_ADDRESS.test(id.address);
}
