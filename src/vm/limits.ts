// What a run and a compilation may use. All are counted by the VM itself, so that running out is the same on every machine.

export interface VmLimits {
  /** Nested Move calls. The Rust VM's call stack holds 1024 frames. */
  readonly callDepthMax: number;
  /** Bytes of frames: bounds the engine's own stack too, since a function's weight in it counts here (see `FunctionContext.settleFrame`). */
  readonly frameBytesMax: number;
  /** Bytes of vectors, loaded resources and arguments that one run may make. Nothing is freed before its end. */
  readonly arenaBytesMax: number;
  /** Bytes that one struct may take in memory, vectors' contents apart: flat layout multiplies nested structs. */
  readonly typeBytesMax: number;
  /** As deep as the Rust VM lets a value's type nest. */
  readonly typeDepthMax: number;
  /** Function instances compiled for one entry point: bounds what generics can multiply. */
  readonly functionInstancesMax: number;
  /** Instructions compiled for one entry point, counted in every instance of a function; and for all function values of one run together. */
  readonly instructionsMax: number;
  /** Functions that one run may call through function values from storage and does not reach otherwise: each is compiled by itself. */
  readonly unitsLinkedMax: number;
  /** Events that one run may emit, as on Aptos. */
  readonly eventsMax: number;
  /** BCS bytes of one resource, table item or event, as Aptos bounds a write. */
  readonly valueBytesMax: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const DEFAULT_LIMITS: VmLimits = {
  callDepthMax: 1024,
  frameBytesMax: 512 * KIB,
  arenaBytesMax: 128 * MIB,
  typeBytesMax: 16 * KIB,
  typeDepthMax: 128,
  functionInstancesMax: 4096,
  instructionsMax: 200_000,
  unitsLinkedMax: 512,
  eventsMax: 4096,
  valueBytesMax: MIB,
};
