// The memory that all units share, the units of the run under way, and what natives and the run itself do with both. One run at a time.

import type { Bytes } from '../../base/bytes.ts';
import { AssertionError } from '../../base/errors.ts';
import type { StateKey } from '../../base/state.ts';
import type { ClosureHost, PlacedThunk } from '../closures/closure-host.ts';
import { activeLayout, arenaStart, PAGE_SIZE, RESOURCE_CACHE } from '../compile/layout.ts';
import { type CompiledUnit, constructorExport, type Site } from '../compile/unit.ts';
import { operandGlobal } from '../debug/trace-hooks.ts';
import { EngineError, Trap, UnsupportedError } from '../errors.ts';
import { dependencyGas, type GasSchedule, readGas, writeGas } from '../gas.ts';
import type { VmLimits } from '../limits.ts';
import type { NativeSet } from '../natives/native.ts';
import type { Type } from '../types/type.ts';
import type { GasBudget } from './gas-budget.ts';
import { hostFunctions } from './host-functions.ts';
import { LinearMemory } from './linear-memory.ts';
import type { RunState } from './run-state.ts';

const U32_MAX = 0xffff_ffff;
/** Nothing that is looked at costs as much. */
const INSPECTION_GAS = 1n << 62n;

type Codec = {
  readonly size: (address: number) => number;
  readonly encode: (address: number, target: number) => number;
  readonly decode: (source: number, end: number, target: number) => number;
};
/** A WebAssembly global, as far as it is used here. */
interface Cell<T> {
  value: T;
}
interface Exports {
  readonly gas: Cell<bigint>;
  readonly top: Cell<number>;
  readonly site: Cell<number>;
  readonly main: (base: number) => void;
  readonly cache: Cell<number>;
  readonly alloc: (count: number, size: number) => number;
  readonly charge: (count: number, units: number) => void;
}

/** What an instance imports, in terms that both the core's and the platform's types of WebAssembly accept. */
type Imports = Record<string, Record<string, never>>;

/** What the units of one code world share beside memory. */
export interface UnitWorld {
  /** Where function values find what they call. The first place stays empty: it stands for what is not known yet. */
  readonly table: WebAssembly.Table;
  readonly closures: ClosureHost;
}

/** An instantiated unit. */
export interface UnitInstance {
  readonly unit: CompiledUnit;
  readonly world: UnitWorld;
  /** What its numbers of places, and its places in the table, begin with. */
  readonly siteBase: number;
  readonly tableBase: number;
  readonly exports: Exports;
  readonly codecs: ReadonlyMap<number, Codec>;
}

/** What the VM's owner gives it. */
export interface MachineOptions {
  readonly gas: GasSchedule;
  readonly limits: VmLimits;
  readonly natives: NativeSet;
  /** Where `debug::print` goes. */
  readonly print: (text: string) => void;
}

export class Machine extends LinearMemory {
  readonly gas: GasSchedule;
  readonly limits: VmLimits;
  readonly natives: NativeSet;
  readonly print: (text: string) => void;
  /** Of the units that run together, and what every unit tells when it calls the host. */
  readonly #shared = {
    gas: new WebAssembly.Global({ value: 'i64', mutable: true }, 0n),
    top: new WebAssembly.Global({ value: 'i32', mutable: true }, 0),
    site: new WebAssembly.Global({ value: 'i32', mutable: true }, 0),
  };
  /** Places of all units that were instantiated. */
  #siteCount = 0;
  #active: UnitInstance | undefined;
  /** Units that came into the run behind function values. */
  #linked: UnitInstance[] = [];
  #run: RunState | undefined;
  #budget: GasBudget | undefined;

  constructor({ gas, limits, natives, print }: MachineOptions) {
    super(arenaStart(limits) + PAGE_SIZE);
    this.gas = gas;
    this.limits = limits;
    this.natives = natives;
    this.print = print;
  }

  instantiate(unit: CompiledUnit, world: UnitWorld): UnitInstance {
    const siteBase = this.#siteCount;
    this.#siteCount += unit.sites.length;
    const tableBase = world.table.length;
    const thunks = unit.closures?.thunks.size ?? 0;
    if (thunks > 0) world.table.grow(thunks);
    const { table } = world;
    const bases = {
      table,
      siteBase: new WebAssembly.Global({ value: 'i32' }, siteBase),
      tableBase: new WebAssembly.Global({ value: 'i32' }, tableBase),
    };
    const natives = Object.fromEntries(
      unit.natives.map(({ name, native, signature }) => [name, native.bind(this, signature)]),
    );
    const instance = new WebAssembly.Instance(engineModule(unit.wasm), {
      host: { ...hostFunctions(this, unit, siteBase, world), ...this.#shared, ...bases },
      native: natives,
    } as unknown as Imports);
    const { exports } = instance;
    const codecs = new Map<number, Codec>();
    for (const id of unit.codecs.keys()) {
      codecs.set(id, {
        size: exports[`size${id}`],
        encode: exports[`encode${id}`],
        decode: exports[`decode${id}`],
      } as Codec);
    }
    return { unit, world, siteBase, tableBase, exports: exports as unknown as Exports, codecs };
  }

  /** Makes `instance` and `run` the ones that host functions work on, while `body` runs, with an empty arena. */
  execute<T>(instance: UnitInstance, run: RunState, budget: GasBudget, body: () => T): T {
    if (this.#active !== undefined) throw new AssertionError('a run inside a run');
    this.#active = instance;
    this.#linked = [];
    this.#run = run;
    this.#budget = budget;
    instance.world.closures.forget();
    this.#clearActive(instance);
    instance.exports.gas.value = budget.start;
    instance.exports.top.value = arenaStart(this.limits);
    instance.exports.site.value = 0;
    try {
      this.#makeCache(instance);
      return body();
    } finally {
      instance.world.closures.forget();
      this.#active = undefined;
      this.#linked = [];
      this.#run = undefined;
      this.#budget = undefined;
    }
  }

  /** Before a unit comes into the run, and before it is compiled. @throws UnsupportedError when the run has as many as it may */
  expectUnit(): void {
    const most = this.limits.unitsLinkedMax;
    if (this.#linked.length >= most)
      throw new UnsupportedError(`more than ${most} functions called from storage in one run`);
  }

  /**
   * Makes a unit one of the run's: pays for its code, as far as the run has not, and gives it a cache of resources.
   * @throws UnsupportedError when the run's function values lead to more code than they may
   */
  link(instance: UnitInstance): void {
    const most = this.limits.instructionsMax;
    const instructions = [instance, ...this.#linked].reduce(
      (sum, { unit }) => sum + (unit.closures?.instructions ?? 0),
      0,
    );
    if (instructions > most)
      throw new UnsupportedError(`more than ${most} instructions called from storage in one run`);
    const paid = new Set(this.units.flatMap(({ unit }) => unit.closures?.modules ?? []));
    const modules = (instance.unit.closures?.modules ?? []).filter((module) => !paid.has(module));
    this.charge(dependencyGas(this.gas, modules));
    this.#makeCache(instance);
    this.#linked.push(instance);
  }

  /** Where the run's units have a function for function values in the table. */
  placed(key: string): PlacedThunk | undefined {
    for (const { unit, tableBase } of this.units) {
      const thunk = unit.closures?.thunks.get(key);
      if (thunk) return { thunk, entry: tableBase + thunk.place };
    }
    return undefined;
  }

  /** A place by the number that the run's units have for it. */
  siteAt(number: number): Site | undefined {
    for (const { unit, siteBase } of this.units) {
      if (number >= siteBase && number < siteBase + unit.sites.length) return unit.sites[number - siteBase];
    }
    return undefined;
  }

  /** The units of the run, that of the entry point first. */
  get units(): readonly UnitInstance[] {
    return this.#active === undefined ? [] : [this.#active, ...this.#linked];
  }

  #makeCache({ unit, exports }: UnitInstance): void {
    const size = unit.resourceCount * RESOURCE_CACHE.entries * RESOURCE_CACHE.entrySize;
    const cache = this.allocate(size);
    this.fill(0, cache, cache + size);
    exports.cache.value = cache;
  }

  /** No rule is in force, no module is entered. */
  #clearActive({ unit }: UnitInstance): void {
    const { rules, locks, end } = activeLayout(this.limits);
    this.fill(0, rules, unit.closures ? end : locks);
  }

  get run(): RunState {
    if (this.#run === undefined) throw new AssertionError('no run under way');
    return this.#run;
  }

  charge(units: number): void {
    const { charge } = this.#unit.exports;
    if (units > U32_MAX) charge(Math.min(Math.floor(units / 0x10000), U32_MAX), 0x10000);
    charge(units > U32_MAX ? units % 0x10000 : units, 1);
  }

  abort(code: bigint): never {
    throw new Trap('ABORTED', { abortCode: code });
  }

  fail(status: string, message?: string): never {
    throw new Trap(status, message === undefined ? {} : { message });
  }

  allocate(size: number): number {
    return this.#unit.exports.alloc(1, size);
  }

  /** Runs the constructor of a type on the BCS of what it takes. False when the unit has none, or the bytes are no such value. */
  construct(type: Type, argument: Uint8Array): boolean {
    const { unit, exports } = this.#unit;
    const found = unit.constructors.get(type.id);
    const [param] = found?.params ?? [];
    if (found === undefined || param === undefined) return false;
    const base = this.allocate(found.bytes);
    if (!this.decode(param.type, argument, base + param.offset)) return false;
    const starts = exports as unknown as Readonly<Record<string, (base: number) => void>>;
    starts[constructorExport(type)]?.(base);
    exports.site.value = 0;
    return true;
  }

  encode(type: Type, address: number): Bytes {
    const { size, encode } = this.#codec(type);
    const length = size(address);
    if (length > this.limits.valueBytesMax) this.fail('STORAGE_WRITE_LIMIT_REACHED', `${type.name} of ${length} bytes`);
    const target = this.allocate(length);
    encode(address, target);
    return this.read(target, length);
  }

  decode(type: Type, bytes: Uint8Array, address: number): boolean {
    const source = this.allocate(bytes.length);
    this.write(source, bytes);
    const end = source + bytes.length;
    return this.#codec(type).decode(source, end, address) === end;
  }

  /** An operand that a traced unit of the run put aside (`debug/trace-hooks.ts`). */
  operand(unit: CompiledUnit, height: number, isWide: boolean): number | bigint {
    const instance = this.units.find((candidate) => candidate.unit === unit);
    const cells = instance?.exports as unknown as Readonly<Record<string, Cell<number | bigint> | undefined>>;
    return cells[operandGlobal(height, isWide)]?.value ?? 0;
  }

  /** BCS of the value at an address, if it is no longer than `sizeMax`. Leaves no trace in gas, memory or place. */
  inspect(type: Type, address: number, sizeMax: number): Bytes | undefined {
    const { gas, top, site } = this.#unit.exports;
    const [gasBefore, topBefore, siteBefore] = [gas.value, top.value, site.value];
    gas.value = INSPECTION_GAS;
    try {
      const { size, encode } = this.#codec(type);
      const length = size(address);
      if (length > sizeMax) return undefined;
      const target = this.allocate(length);
      encode(address, target);
      return this.read(target, length);
    } catch (error) {
      // No room left in memory for the copy.
      if (error instanceof Trap) return undefined;
      throw error;
    } finally {
      gas.value = gasBefore;
      top.value = topBefore;
      site.value = siteBefore;
    }
  }

  chargeRead(kind: StateKey['kind'], bytes: number): void {
    const units = readGas(this.gas, bytes);
    // Aptos's natives of tables charge for what they read as for all they do, as execution.
    if (kind === 'resource') this.#chargeIo(units);
    else this.charge(units);
  }

  chargeWrite(keyBytes: number, valueBytes: number): void {
    if (this.run.request.isWriteFree) return;
    this.#chargeIo(writeGas(this.gas, keyBytes, valueBytes));
  }

  #chargeIo(units: number): void {
    if (this.#budget === undefined) throw new AssertionError('no run under way');
    this.charge(this.#budget.takeIo(units));
    if (this.#budget.isIoOver) this.fail('IO_LIMIT_REACHED');
  }

  /** A stored value, made. */
  load(type: Type, bytes: Bytes): number {
    const address = this.allocate(type.size);
    if (!this.decode(type, bytes, address)) {
      this.fail('FAILED_TO_DESERIALIZE_RESOURCE', `the stored value is no ${type.name}`);
    }
    return address;
  }

  get #unit(): UnitInstance {
    if (this.#active === undefined) throw new AssertionError('no unit active');
    return this.#active;
  }

  #codec(type: Type): Codec {
    const codec = this.#unit.codecs.get(type.id);
    if (codec) return codec;
    for (const { codecs } of this.#linked) {
      const found = codecs.get(type.id);
      if (found) return found;
    }
    throw new AssertionError(`no codec for ${type.name}`);
  }

  /** A value out of a frame into the arena. */
  keep(value: number, size: number): number {
    const address = this.allocate(size);
    this.copyWithin(address, value, value + size);
    return address;
  }
}

/** @throws EngineError when the engine does not take the module: a limit of its own, as what is compiled is well-formed */
function engineModule(wasm: Bytes): WebAssembly.Module {
  try {
    return new WebAssembly.Module(wasm);
  } catch (cause) {
    throw new EngineError('the engine refuses compiled code', { cause });
  }
}
