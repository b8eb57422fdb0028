// Small functions that compiled code calls: allocation, gas by size, BCS lengths, comparing bytes. Each is written into a unit only if the
// unit uses it.

import type { VmLimits } from '../limits.ts';
import type { Code } from '../wasm/code.ts';
import { Op } from '../wasm/code.ts';
import type { FunctionRef, ModuleBuilder } from '../wasm/module-builder.ts';
import { MemOp, ValType } from '../wasm/opcodes.ts';
import {
  EXPORTED,
  HOST,
  IMPORTED,
  memoryEnd,
  PAGE_SIZE,
  RESOURCE_CACHE,
  SITE_MEMORY_LIMIT,
  SITE_OUT_OF_GAS,
} from './layout.ts';

const { i32, i64 } = ValType;

const ADDRESS_SIZE = 32;
/** BCS bounds lengths by this. */
const BCS_LENGTH_MAX = 0x7fff_ffff;

export class RuntimeFunctions {
  readonly builder: ModuleBuilder;
  /** What the unit's numbers of places begin with in `hostSite`, which all units share. */
  readonly #siteBase: number;
  /** The unit's first place in the table of functions. */
  readonly tableBase: number;
  /** Place that the host was last called from. */
  readonly hostSite: number;
  /** Gas left; below zero it is spent. */
  readonly gas: number;
  /** First free byte of the arena. */
  readonly top: number;
  /** Where the cache of resources begins. */
  readonly cache: number;
  readonly #limits: VmLimits;
  readonly #made = new Map<string, FunctionRef>();

  constructor(builder: ModuleBuilder, limits: VmLimits) {
    this.builder = builder;
    this.#limits = limits;
    this.#siteBase = builder.importGlobal(HOST, IMPORTED.siteBase, i32, false);
    this.tableBase = builder.importGlobal(HOST, IMPORTED.tableBase, i32, false);
    this.hostSite = builder.importGlobal(HOST, EXPORTED.hostSite, i32, true);
    this.gas = builder.global(i64, EXPORTED.gas);
    this.top = builder.global(i32, EXPORTED.top);
    this.cache = builder.global(i32, EXPORTED.cache);
  }

  /** Makes the unit one that can run together with others: gas and memory are counted in one place for all. */
  share(): void {
    this.builder.shareGlobal(this.gas, HOST);
    this.builder.shareGlobal(this.top, HOST);
    this.importTable();
  }

  /** For a unit that makes function values or calls them. */
  importTable(): void {
    this.builder.importTable(HOST, IMPORTED.table, this.tableBase);
  }

  /** Tells the host where it is called from, should it end the run. */
  enterHost(code: Code, site: number): void {
    code.globalGet(this.#siteBase).i32(site).op(Op.i32Add).globalSet(this.hostSite);
  }

  /** A function made at first use. `build` may name itself. */
  once(
    name: string,
    params: readonly ValType[],
    results: readonly ValType[],
    build: (code: Code, self: FunctionRef) => void,
  ): FunctionRef {
    const known = this.#made.get(name);
    if (known) return known;
    const ref = this.builder.declare(name, params, results);
    this.#made.set(name, ref);
    this.builder.define(ref, (code) => build(code, ref));
    return ref;
  }

  /** As `once`, for a function that always returns and touches no global. */
  pure(
    name: string,
    params: readonly ValType[],
    results: readonly ValType[],
    build: (code: Code, self: FunctionRef) => void,
  ): FunctionRef {
    const ref = this.once(name, params, results, build);
    ref.isPure = true;
    return ref;
  }

  host(name: string, params: readonly ValType[], results: readonly ValType[]): FunctionRef {
    const key = `host ${name}`;
    const known = this.#made.get(key);
    if (known) return known;
    const ref = this.builder.importFunction(HOST, name, params, results);
    this.#made.set(key, ref);
    return ref;
  }

  /** (site): ends the run with the status of the site. */
  get raise(): FunctionRef {
    return this.host('raise', [i32], []);
  }

  /** (count, size of one) → address of that much memory, its content unspecified. */
  get alloc(): FunctionRef {
    return this.once('alloc', [i32, i32], [i32], (code) => {
      const [count, size] = [0, 1];
      const start = code.local(i32);
      const end = code.local(i64);
      code.globalGet(this.top).tee(start).op(Op.i64ExtendI32U);
      code.get(count).op(Op.i64ExtendI32U).get(size).op(Op.i64ExtendI32U, Op.i64Mul, Op.i64Add).tee(end);
      code
        .i64(BigInt(memoryEnd(this.#limits)))
        .op(Op.i64GtU)
        .if();
      code.i32(SITE_MEMORY_LIMIT).call(this.raise).op(Op.unreachable).end();
      code.get(end).memorySize().op(Op.i64ExtendI32U).i64(BigInt(PAGE_SIZE)).op(Op.i64Mul, Op.i64GtU).if();
      code
        .get(end)
        .op(Op.i32WrapI64)
        .call(this.host('grow', [i32], []))
        .end();
      code.get(end).op(Op.i32WrapI64).globalSet(this.top).get(start);
    });
  }

  /** (bytes, internal gas units per byte) */
  get charge(): FunctionRef {
    return this.once('charge', [i32, i32], [], (code) => {
      const left = code.local(i64);
      code.globalGet(this.gas).get(0).op(Op.i64ExtendI32U).get(1).op(Op.i64ExtendI32U, Op.i64Mul, Op.i64Sub);
      code.tee(left).globalSet(this.gas).get(left).i64(0n).op(Op.i64LtS).if();
      code.i32(SITE_OUT_OF_GAS).call(this.raise).op(Op.unreachable).end();
    });
  }

  /** (vector, element size): makes room for one more element. */
  get growVector(): FunctionRef {
    return this.once('growVector', [i32, i32], [], (code) => {
      const [vector, size] = [0, 1];
      const elements = code.local(i32);
      const capacity = code.local(i32);
      code.get(vector).mem(MemOp.i32Load, 8).i32(1).op(Op.i32Shl).tee(capacity).i32(4).op(Op.i32LtU).if();
      code.i32(4).set(capacity).end();
      code.get(capacity, size).call(this.alloc).tee(elements);
      code.get(vector).mem(MemOp.i32Load, 0);
      code.get(vector).mem(MemOp.i32Load, 4).get(size).op(Op.i32Mul).memoryCopy();
      code.get(vector, elements).mem(MemOp.i32Store, 0);
      code.get(vector, capacity).mem(MemOp.i32Store, 8);
    });
  }

  /** (a, b, size) → 1 if the bytes are equal. */
  get bytesEqual(): FunctionRef {
    return this.pure('bytesEqual', [i32, i32, i32], [i32], (code) => {
      const [a, b, left] = [0, 1, 2];
      const done = code.block();
      const words = code.loop();
      code.get(left).i32(8).op(Op.i32LtU).brIf(done);
      code.get(a).mem(MemOp.i64Load, 0).get(b).mem(MemOp.i64Load, 0).op(Op.i64Ne).if();
      code.i32(0).op(Op.return).end();
      code.get(a).i32(8).op(Op.i32Add).set(a).get(b).i32(8).op(Op.i32Add).set(b);
      code.get(left).i32(8).op(Op.i32Sub).set(left).br(words);
      code.end().end();
      const rest = code.block();
      const bytes = code.loop();
      code.get(left).op(Op.i32Eqz).brIf(rest);
      code.get(a).mem(MemOp.i32Load8U, 0).get(b).mem(MemOp.i32Load8U, 0).op(Op.i32Ne).if();
      code.i32(0).op(Op.return).end();
      code.get(a).i32(1).op(Op.i32Add).set(a).get(b).i32(1).op(Op.i32Add).set(b);
      code.get(left).i32(1).op(Op.i32Sub).set(left).br(bytes);
      code.end().end();
      code.i32(1);
    });
  }

  /**
   * (account) → address of its resource, or 0 from a host that finds none (`exists`). Looks into the cache first; a mutable borrow has to
   * have been noted there. `slot` is the type's number among the unit's resource types.
   */
  resource(operation: 'exists' | 'borrowGlobal' | 'borrowGlobalMut', typeId: number, slot: number): FunctionRef {
    return this.once(`${operation} ${typeId}`, [i32], [i32], (code) => {
      const account = 0;
      const entry = code.local(i32);
      this.resourceEntry(code, account, slot);
      code.set(entry);
      const missed = code.block();
      const valid = operation === 'borrowGlobalMut' ? RESOURCE_CACHE.touched : RESOURCE_CACHE.value;
      code.get(entry).mem(MemOp.i32Load, valid).op(Op.i32Eqz).brIf(missed);
      for (let i = 0; i < ADDRESS_SIZE; i += 8) {
        code
          .get(account)
          .mem(MemOp.i64Load, i)
          .get(entry)
          .mem(MemOp.i64Load, RESOURCE_CACHE.account + i);
        code.op(Op.i64Xor);
        if (i > 0) code.op(Op.i64Or);
      }
      code.i64(0n).op(Op.i64Ne).brIf(missed);
      code.get(entry).mem(MemOp.i32Load, RESOURCE_CACHE.value).op(Op.return).end();
      code
        .get(account)
        .i32(typeId)
        .get(entry)
        .call(this.host(operation, [i32, i32, i32], [i32]));
    });
  }

  /** Leaves the address of the cache entry for the account whose address is in the local. */
  resourceEntry(code: Code, account: number, slot: number): void {
    const { entries, entrySize } = RESOURCE_CACHE;
    code
      .globalGet(this.cache)
      .i32(slot * entries * entrySize)
      .op(Op.i32Add);
    code
      .get(account)
      .mem(MemOp.i32Load8U, ADDRESS_SIZE - 1)
      .i32(entries - 1)
      .op(Op.i32And);
    code.i32(entrySize).op(Op.i32Mul, Op.i32Add);
  }

  /** (a, b, size): the bytes change places. */
  get swapBytes(): FunctionRef {
    return this.pure('swapBytes', [i32, i32, i32], [], (code) => {
      const [a, b, left] = [0, 1, 2];
      const word = code.local(i64);
      const byte = code.local(i32);
      const done = code.block();
      const words = code.loop();
      code.get(left).i32(8).op(Op.i32LtU).brIf(done);
      code.get(a).mem(MemOp.i64Load, 0).set(word).get(a, b).mem(MemOp.i64Load, 0).mem(MemOp.i64Store, 0);
      code.get(b, word).mem(MemOp.i64Store, 0);
      code.get(a).i32(8).op(Op.i32Add).set(a).get(b).i32(8).op(Op.i32Add).set(b);
      code.get(left).i32(8).op(Op.i32Sub).set(left).br(words);
      code.end().end();
      const rest = code.block();
      const bytes = code.loop();
      code.get(left).op(Op.i32Eqz).brIf(rest);
      code.get(a).mem(MemOp.i32Load8U, 0).set(byte).get(a, b).mem(MemOp.i32Load8U, 0).mem(MemOp.i32Store8, 0);
      code.get(b, byte).mem(MemOp.i32Store8, 0);
      code.get(a).i32(1).op(Op.i32Add).set(a).get(b).i32(1).op(Op.i32Add).set(b);
      code.get(left).i32(1).op(Op.i32Sub).set(left).br(bytes);
      code.end().end();
    });
  }

  /** (length) → bytes of its ULEB128. */
  get lengthSize(): FunctionRef {
    return this.once('lengthSize', [i32], [i32], (code) => {
      const size = code.local(i32);
      code.i32(1).set(size);
      const done = code.block();
      const loop = code.loop();
      code.get(0).i32(0x80).op(Op.i32LtU).brIf(done);
      code.get(0).i32(7).op(Op.i32ShrU).set(0).get(size).i32(1).op(Op.i32Add).set(size).br(loop);
      code.end().end().get(size);
    });
  }

  /** (target, length) → the address after it. */
  get writeLength(): FunctionRef {
    return this.once('writeLength', [i32, i32], [i32], (code) => {
      const done = code.block();
      const loop = code.loop();
      code.get(1).i32(0x80).op(Op.i32LtU).brIf(done);
      code.get(0, 1).i32(0x80).op(Op.i32Or).mem(MemOp.i32Store8, 0);
      code.get(0).i32(1).op(Op.i32Add).set(0).get(1).i32(7).op(Op.i32ShrU).set(1).br(loop);
      code.end().end();
      code.get(0, 1).mem(MemOp.i32Store8, 0).get(0).i32(1).op(Op.i32Add);
    });
  }

  /** (source, end) → (length, the address after it, or 0 when it is not a canonical length). */
  get readLength(): FunctionRef {
    return this.once('readLength', [i32, i32], [i32, i32], (code) => {
      const [source, end] = [0, 1];
      const byte = code.local(i32);
      const shift = code.local(i32);
      const value = code.local(i64);
      const bad = code.block();
      const loop = code.loop();
      code.get(source, end).op(Op.i32GeU).brIf(bad).get(shift).i32(28).op(Op.i32GtU).brIf(bad);
      code.get(source).mem(MemOp.i32Load8U, 0).set(byte).get(source).i32(1).op(Op.i32Add).set(source);
      code.get(value).get(byte).i32(0x7f).op(Op.i32And, Op.i64ExtendI32U);
      code.get(shift).op(Op.i64ExtendI32U, Op.i64Shl, Op.i64Or).set(value);
      code.get(byte).i32(0x80).op(Op.i32LtU).if();
      code.get(byte).op(Op.i32Eqz).get(shift).i32(0).op(Op.i32Ne, Op.i32And).brIf(bad);
      code.get(value).i64(BigInt(BCS_LENGTH_MAX)).op(Op.i64GtU).brIf(bad);
      code.get(value).op(Op.i32WrapI64).get(source).op(Op.return).end();
      code.get(shift).i32(7).op(Op.i32Add).set(shift).br(loop);
      code.end().end().i32(0).i32(0);
    });
  }
}
