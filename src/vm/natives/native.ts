// What a native is: either a function of the host, bound to its type arguments when a unit is instantiated, or code written in place.
// Arguments come as compiled code passes them (see `compile/function-instance.ts`): numbers for i32 and addresses, bigints for u64.

import type { Bytes } from '../../base/bytes.ts';
import type { UnitContext } from '../compile/unit-context.ts';
import type { Scratch } from '../compile/values.ts';
import type { GasSchedule } from '../gas.ts';
import type { VmLimits } from '../limits.ts';
import type { RunState } from '../runtime/run-state.ts';
import type { Type } from '../types/type.ts';
import type { Code } from '../wasm/code.ts';

export type WasmValue = number | bigint;
// biome-ignore lint/suspicious/noConfusingVoidType: a WebAssembly import without results returns nothing
export type HostFunction = (...args: never[]) => WasmValue | readonly WasmValue[] | void;

/** What a host function may do. Addresses are good until the run ends. */
export interface NativeHost {
  readonly gas: GasSchedule;
  readonly limits: VmLimits;
  /** The run under way. */
  readonly run: RunState;
  /** Ends the run with OUT_OF_GAS when `units` (internal) are not left. */
  charge(units: number): void;
  /** What the VM's owner does with `debug::print`; nothing a run gives may depend on it. */
  print(text: string): void;
  /** Ends the run as `abort code` does, in the native's module. */
  abort(code: bigint): never;
  /** Ends the run with a status of the VM. */
  fail(status: string, message?: string): never;
  allocate(size: number): number;
  /** A copy. */
  read(address: number, size: number): Bytes;
  /** Not copied: good until anything is allocated. */
  peek(address: number, size: number): Bytes;
  write(address: number, bytes: Uint8Array): void;
  readU32(address: number): number;
  readU64(address: number): bigint;
  writeU32(address: number, value: number): void;
  writeU64(address: number, value: bigint): void;
  /** The bytes of a `vector<u8>` whose header is at `address`, copied. */
  readVector(address: number): Bytes;
  /** Makes a `vector<u8>` whose header is at `address`. */
  writeVector(address: number, bytes: Uint8Array): void;
  encode(type: Type, address: number): Bytes;
  /** Copies a value into the arena, to stay until the run ends. Gives its address. */
  keep(value: number, size: number): number;
  /** False when the bytes are no value of the type; then what is at `address` is unspecified. */
  decode(type: Type, bytes: Uint8Array, address: number): boolean;
}

export interface InlineNative {
  readonly code: Code;
  readonly scratch: Scratch;
  readonly unit: UnitContext;
}

/** What the native is declared with, type parameters filled in. */
export interface NativeSignature {
  readonly typeArgs: readonly Type[];
  readonly params: readonly Type[];
  readonly returns: readonly Type[];
}

export type Native =
  | {
      readonly kind: 'host';
      /** Gas of any call; the rest is charged by the function. */
      readonly gas: (schedule: GasSchedule) => number;
      /** Types of which the function encodes or decodes values. */
      readonly codecs?: (signature: NativeSignature) => readonly Type[];
      readonly bind: (host: NativeHost, signature: NativeSignature) => HostFunction;
    }
  | {
      readonly kind: 'inline';
      readonly gas: (schedule: GasSchedule) => number;
      /** With the arguments on the stack; leaves the results. */
      readonly emit: (target: InlineNative, signature: NativeSignature) => void;
    };

/** Natives of one module of `0x1`, by function name. */
export type NativeModule = Readonly<Record<string, Native>>;
/** Natives of `0x1`, by module name. */
export type NativeSet = Readonly<Record<string, NativeModule>>;

/** A native whose work the host does. `gas` is for any call; what depends on the arguments, `bind`'s function charges before it works. */
export function host(
  gas: (schedule: GasSchedule) => number,
  bind: (host: NativeHost, signature: NativeSignature) => HostFunction,
  codecs?: (signature: NativeSignature) => readonly Type[],
): Native {
  return codecs === undefined ? { kind: 'host', gas, bind } : { kind: 'host', gas, bind, codecs };
}

const scalar = new Uint8Array(8);
const scalarView = new DataView(scalar.buffer);

/** BCS of an argument as it was passed: a scalar, or the address of what stays in memory. */
export function encodeArgument(native: NativeHost, type: Type, value: WasmValue): Bytes {
  if (type.plain && type.representation === 'memory') return native.read(Number(value), type.size);
  if (type.representation === 'memory') return native.encode(type, Number(value));
  if (type.kind === 'function') {
    const place = native.allocate(type.size);
    native.writeU32(place, Number(value));
    return native.encode(type, place);
  }
  if (typeof value === 'bigint') scalarView.setBigUint64(0, value, true);
  else scalarView.setUint32(0, value, true);
  return scalar.slice(0, type.size);
}

/** Whatever a native keeps from one call to the next of the same run, and of no other. */
export function perRun<T>(make: () => T): (native: NativeHost) => T {
  const kept = new WeakMap<RunState, T>();
  return ({ run }) => {
    let value = kept.get(run);
    if (value === undefined) {
      value = make();
      kept.set(run, value);
    }
    return value;
  };
}
