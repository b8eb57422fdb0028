// Compiled units that outlive the VM: what is kept of one, under which name, and when what was kept is still good. The VM itself stores nothing;
// whoever owns it gives it somewhere to put bytes (docs/adr/0007-cached-units.md).

import { BcsReader, type BcsWriter, encodeBcs } from '../../base/bcs.ts';
import { type Bytes, bytesEqual, toHex, utf8Encode } from '../../base/bytes.ts';
import { AssertionError, DecodeError } from '../../base/errors.ts';
import { HASH_SIZE, sha3_256 } from '../../base/hash.ts';
import { readAddress, writeAddress } from '../../base/ids.ts';
import type { StateView } from '../../base/state.ts';
import type { ReadModule } from '../code/code-world.ts';
import type { CompiledUnit } from '../compile/unit.ts';
import type { GasSchedule } from '../gas.ts';
import type { VmLimits } from '../limits.ts';
import type { NativeSet } from '../natives/native.ts';
import { COMPILER_VERSION } from './compiler-version.ts';
import { NotPortable } from './portable-graph.ts';
import { readUnit, writeUnit } from './unit-format.ts';

/** Bytes by name, at once: in memory while the VM runs, filled and emptied by its owner. May forget anything at any time. */
export interface UnitCache {
  get(key: string): Bytes | undefined;
  /** `make` gives the bytes, or nothing where there is nothing to keep. The same whenever it is called, so it can wait until nobody else does. */
  put(key: string, make: () => Bytes | undefined): void;
}

export interface KeptUnit {
  readonly unit: CompiledUnit;
  readonly rests: readonly ReadModule[];
}

/** Against torn and flipped bytes. */
const CHECKSUM_SIZE = 8;
const MODULES_MAX = 4096;
const NAME_SIZE_MAX = 255;
const UNIT_BYTES_MAX = 1 << 26;

export class UnitShelf {
  readonly #cache: UnitCache;
  readonly #natives: NativeSet;
  /** Everything besides the code and the request that decides what is compiled. */
  readonly #circumstances: string;
  readonly #hashes = new WeakMap<Bytes, Bytes>();

  constructor(cache: UnitCache, gas: GasSchedule, limits: VmLimits, natives: NativeSet) {
    this.#cache = cache;
    this.#natives = natives;
    const names = Object.entries(natives).map(([module, functions]) => [module, Object.keys(functions).sort()]);
    const all = JSON.stringify([COMPILER_VERSION, gas, limits, names.sort()]);
    this.#circumstances = toHex(sha3_256(utf8Encode(all)).subarray(0, 16));
  }

  /** Nothing when there is none, or it is damaged, or rests on other code than the view shows. */
  find(request: string, view: StateView): KeptUnit | undefined {
    const key = this.#key(request);
    const sealed = this.#cache.get(key);
    const body = sealed && unseal(key, sealed);
    if (body === undefined) return undefined;
    try {
      const reader = new BcsReader(body);
      const rests = this.#readModules(reader, view);
      if (rests === undefined) return undefined;
      const unit = readUnit(reader.bytes('unit', UNIT_BYTES_MAX), this.#natives);
      reader.end('kept unit');
      return { unit, rests };
    } catch (error) {
      // Whole and yet not ours: as good as none.
      if (error instanceof DecodeError || error instanceof AssertionError || error instanceof SyntaxError)
        return undefined;
      throw error;
    }
  }

  /** Writing a unit down takes a good part of what compiling it takes, and nobody waits for it: the cache does it when it likes. */
  keep(request: string, kept: KeptUnit): void {
    const key = this.#key(request);
    this.#cache.put(key, () => this.#write(key, kept));
  }

  #write(key: string, { unit, rests }: KeptUnit): Bytes | undefined {
    let bytes: Bytes;
    try {
      bytes = writeUnit(unit, this.#natives);
    } catch (error) {
      if (error instanceof NotPortable) return undefined;
      throw error;
    }
    const body = encodeBcs((w) => {
      w.vector(rests, (writer, module) => this.#writeModule(writer, module));
      w.bytes(bytes);
    });
    return seal(key, body);
  }

  #key(request: string): string {
    return `${this.#circumstances} ${request}`;
  }

  #writeModule(writer: BcsWriter, { id, bytes }: ReadModule): void {
    writeAddress(writer, id.address);
    writer.string(id.name).option(bytes, (w, code) => w.fixed(this.#hash(code)));
  }

  /** Nothing when the view shows another. */
  #readModules(reader: BcsReader, view: StateView): readonly ReadModule[] | undefined {
    const kept = reader.vector('modules', MODULES_MAX, (r) => ({
      id: { address: readAddress(r, 'address'), name: r.string('name', NAME_SIZE_MAX) },
      hash: r.option('hash', (hashReader) => hashReader.fixed('hash', HASH_SIZE)),
    }));
    const rests: ReadModule[] = [];
    for (const { id, hash } of kept) {
      const bytes = view.module(id.address, id.name);
      const isSame = hash === undefined ? bytes === undefined : bytes && bytesEqual(this.#hash(bytes), hash);
      if (!isSame) return undefined;
      rests.push({ id, bytes });
    }
    return rests;
  }

  #hash(code: Bytes): Bytes {
    let hash = this.#hashes.get(code);
    if (hash === undefined) {
      hash = sha3_256(code);
      this.#hashes.set(code, hash);
    }
    return hash;
  }
}

function seal(key: string, body: Bytes): Bytes {
  const sealed = new Uint8Array(body.length + CHECKSUM_SIZE);
  sealed.set(body);
  sealed.set(checksum(key, body), body.length);
  return sealed;
}

function unseal(key: string, sealed: Bytes): Uint8Array | undefined {
  if (sealed.length < CHECKSUM_SIZE) return undefined;
  const body = sealed.subarray(0, sealed.length - CHECKSUM_SIZE);
  return bytesEqual(checksum(key, body), sealed.subarray(body.length)) ? body : undefined;
}

/** Binds the key too: a unit under another's name is damage. */
function checksum(key: string, body: Uint8Array): Bytes {
  return sha3_256(utf8Encode(key), new Uint8Array([0]), body).slice(0, CHECKSUM_SIZE);
}
