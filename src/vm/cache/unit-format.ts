// A compiled unit as bytes and back: the WebAssembly as it is, the rest as data. Of functions it keeps what a run asks for, which is their names;
// natives go by name and are found again in the VM's own table.

import { BcsReader, BcsWriter } from '../../base/bcs.ts';
import { type Bytes, utf8Decode, utf8Encode } from '../../base/bytes.ts';
import { AssertionError } from '../../base/errors.ts';
import type { BoundNative, CompiledUnit } from '../compile/unit.ts';
import type { Native, NativeSet } from '../natives/native.ts';
import { NotPortable, readGraph, writeGraph } from './portable-graph.ts';

/** Nothing compiled under the VM's limits comes near. */
const PART_BYTES_MAX = 1 << 26;

interface NamedNative extends Omit<BoundNative, 'native'> {
  readonly module: string;
  readonly function: string;
}

type KeptData = Omit<CompiledUnit, 'wasm' | 'natives'> & {
  readonly natives: readonly NamedNative[];
};

/** @throws NotPortable when the unit holds something that cannot be kept */
export function writeUnit(unit: CompiledUnit, natives: NativeSet): Bytes {
  const { wasm, ...rest } = unit;
  if (unit.closures) throw new NotPortable('a unit with function values is good for its own code world only');
  const named = unit.natives.map(({ native, ...bound }): NamedNative => ({ ...bound, ...nameOf(native, natives) }));
  const bare = new Map<unknown, unknown>();
  const withoutCode = <T extends { readonly emitCall: unknown }>(instance: T | undefined): unknown => {
    if (instance === undefined) return undefined;
    const known = bare.get(instance);
    if (known !== undefined) return known;
    const { emitCall: _, ...data } = instance;
    bare.set(instance, data);
    return data;
  };
  const data = {
    ...rest,
    natives: named,
    entry: withoutCode(unit.entry),
    sites: unit.sites.map((site) => ({ ...site, instance: withoutCode(site.instance) })),
    heights: unit.heights.map((heights) => ({ ...heights, instance: withoutCode(heights.instance) })),
  };
  const text = utf8Encode(writeGraph(data));
  return new BcsWriter(wasm.length + text.length + 16).bytes(text).bytes(wasm).finish();
}

/**
 * A unit that runs as the one that was written. Its functions can be named, not called: that is done with once code is emitted.
 * @throws DecodeError, SyntaxError or AssertionError when the bytes are not `writeUnit`'s, or name a native that is not there
 */
export function readUnit(bytes: Uint8Array, natives: NativeSet): CompiledUnit {
  const reader = new BcsReader(bytes);
  const data = readGraph(utf8Decode(reader.bytes('data', PART_BYTES_MAX))) as KeptData;
  const wasm = reader.bytes('code', PART_BYTES_MAX);
  reader.end('unit');
  const bound = data.natives.map(({ module, function: name, ...rest }): BoundNative => {
    const native = natives[module]?.[name];
    if (native?.kind !== 'host') throw new AssertionError(`no native ${module}::${name}`);
    return { ...rest, native };
  });
  return { ...data, wasm, natives: bound };
}

function nameOf(native: Native, natives: NativeSet): { readonly module: string; readonly function: string } {
  for (const [module, functions] of Object.entries(natives)) {
    for (const [name, candidate] of Object.entries(functions)) {
      if (candidate === native) return { module, function: name };
    }
  }
  throw new NotPortable('a native without a name');
}
