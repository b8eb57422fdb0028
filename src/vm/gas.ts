// What everything costs, in internal units: a million of them make one gas unit. The proportions follow Aptos's schedule, so that a
// cost here says something about the cost there; the exact figures are the channel's own.

/** Internal units in one gas unit. */
export const GAS_SCALE = 1_000_000n;

export interface GasSchedule {
  /** Per instruction. */
  readonly nop: number;
  readonly simple: number;
  readonly load: number;
  readonly loadWide: number;
  readonly constant: number;
  readonly constantPerByte: number;
  readonly branch: number;
  readonly conditionalBranch: number;
  readonly local: number;
  readonly borrowLocal: number;
  readonly borrowField: number;
  readonly arithmetic: number;
  readonly cast: number;
  readonly compare: number;
  readonly reference: number;
  readonly pack: number;
  readonly packPerField: number;
  readonly testVariant: number;
  readonly call: number;
  readonly callPerArgument: number;
  readonly global: number;
  readonly exists: number;
  readonly vectorLength: number;
  readonly vectorBorrow: number;
  readonly vectorPush: number;
  readonly vectorPop: number;
  readonly vectorSwap: number;
  readonly vectorPack: number;
  /** By what is touched. */
  readonly copyPerByte: number;
  readonly comparePerByte: number;
  readonly allocatePerByte: number;
  readonly bcsPerByte: number;
  readonly readSlot: number;
  readonly readPerByte: number;
  /** Natives. */
  readonly native: number;
  readonly nativePerByte: number;
  readonly hash: number;
  readonly hashPerByte: number;
  readonly ed25519Verify: number;
  readonly ed25519Validate: number;
  readonly tableOperation: number;
  readonly newTable: number;
  readonly event: number;
  readonly eventPerByte: number;
  readonly secp256k1Recover: number;
}

export const DEFAULT_GAS_SCHEDULE: GasSchedule = {
  nop: 36,
  simple: 220,
  load: 220,
  loadWide: 294,
  constant: 2389,
  constantPerByte: 128,
  branch: 294,
  conditionalBranch: 441,
  local: 441,
  borrowLocal: 220,
  borrowField: 735,
  arithmetic: 588,
  cast: 441,
  compare: 367,
  reference: 735,
  pack: 808,
  packPerField: 147,
  testVariant: 535,
  call: 3676,
  callPerArgument: 367,
  global: 1838,
  exists: 919,
  vectorLength: 808,
  vectorBorrow: 1213,
  vectorPush: 1396,
  vectorPop: 955,
  vectorSwap: 1102,
  vectorPack: 2205,
  copyPerByte: 2,
  comparePerByte: 2,
  allocatePerByte: 4,
  bcsPerByte: 36,
  readSlot: 302_385,
  readPerByte: 151,
  native: 1102,
  nativePerByte: 36,
  hash: 14_704,
  hashPerByte: 165,
  ed25519Verify: 981_492,
  ed25519Validate: 138_908,
  tableOperation: 4411,
  newTable: 3676,
  event: 20_006,
  eventPerByte: 61,
  secp256k1Recover: 5_918_360,
};
