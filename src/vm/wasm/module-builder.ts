// Puts a WebAssembly module together: imports, functions, globals, exports, a part of an imported table, and passive data, each section in the
// order of the format.

import type { Bytes } from '../../base/bytes.ts';
import { AssertionError, assert } from '../../base/errors.ts';
import { ByteSink } from './byte-sink.ts';
import { Code } from './code.ts';
import { ValType } from './opcodes.ts';

export interface Signature {
  readonly params: readonly ValType[];
  readonly results: readonly ValType[];
}

/** A function that will have an index once the module is built. */
export class FunctionRef {
  index = -1;
  readonly signature: Signature;
  readonly name: string;
  code: Code | undefined;
  /** It works on its arguments and on memory alone: it always returns, and touches no global. */
  isPure = false;

  constructor(signature: Signature, name: string) {
    this.signature = signature;
    this.name = name;
  }
}

interface Import {
  readonly module: string;
  readonly name: string;
  readonly ref: FunctionRef;
}

interface Global {
  readonly type: ValType;
  readonly isMutable: boolean;
  readonly name: string | undefined;
  /** Module that it is imported from; absent: the module's own, and exported if it has a name. */
  source?: string;
}

/** Where a module's functions go in a table that it shares with others: behind the place that an imported global names. */
interface SharedTable {
  readonly module: string;
  readonly name: string;
  /** Index of the global with the first place. */
  readonly base: number;
}

const SECTION = {
  type: 1,
  import: 2,
  function: 3,
  global: 6,
  export: 7,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const;
const IMPORT = { function: 0, table: 1, memory: 2, global: 3 } as const;
const FUNCREF = 0x70;
const END = 0x0b;
const GLOBAL_GET = 0x23;
const HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

export class ModuleBuilder {
  readonly #imports: Import[] = [];
  readonly #functions: FunctionRef[] = [];
  readonly #globals: Global[] = [];
  readonly #elements: FunctionRef[] = [];
  #table: SharedTable | undefined;
  readonly #exports: { readonly name: string; readonly ref: FunctionRef }[] = [];
  readonly #data: Uint8Array[] = [];
  readonly #types = new Map<string, number>();
  readonly #typeList: Signature[] = [];
  readonly #memory: { readonly module: string; readonly name: string };

  constructor(memory: { readonly module: string; readonly name: string }) {
    this.#memory = memory;
  }

  importFunction(module: string, name: string, params: readonly ValType[], results: readonly ValType[]): FunctionRef {
    const ref = new FunctionRef({ params, results }, name);
    this.#imports.push({ module, name, ref });
    return ref;
  }

  /** A function whose code comes later (`define`): so that functions may call each other. */
  declare(name: string, params: readonly ValType[], results: readonly ValType[]): FunctionRef {
    const ref = new FunctionRef({ params, results }, name);
    this.#functions.push(ref);
    return ref;
  }

  define(ref: FunctionRef, build: (code: Code) => void): void {
    assert(ref.code === undefined, `${ref.name} defined twice`);
    const code = new Code(ref.signature.params);
    ref.code = code;
    build(code);
    code.finish();
  }

  /** A mutable global, zero at first, exported if it has a name. */
  global(type: ValType, name?: string): number {
    this.#globals.push({ type, name, isMutable: true });
    return this.#globals.length - 1;
  }

  /** All imported globals come before the module's own. */
  importGlobal(module: string, name: string, type: ValType, isMutable: boolean): number {
    this.#globals.push({ type, name, isMutable, source: module });
    return this.#globals.length - 1;
  }

  /** Makes a global that was the module's own an imported one; those before it are or become imported too. */
  shareGlobal(index: number, module: string): void {
    const global = this.#globals[index];
    if (global === undefined) throw new AssertionError(`no global ${index}`);
    global.source = module;
  }

  /** The table that `callIndirect` looks into. */
  importTable(module: string, name: string, base: number): void {
    this.#table = { module, name, base };
  }

  /** Puts a function into the imported table. Gives its place behind the table's base. */
  element(ref: FunctionRef): number {
    this.#elements.push(ref);
    return this.#elements.length - 1;
  }

  export(name: string, ref: FunctionRef): void {
    this.#exports.push({ name, ref });
  }

  /** A passive data segment, for `memory.init`. */
  data(bytes: Uint8Array): number {
    this.#data.push(bytes);
    return this.#data.length - 1;
  }

  build(): Bytes {
    let index = 0;
    for (const { ref } of this.#imports) ref.index = index++;
    for (const ref of this.#functions) ref.index = index++;

    const imports = this.#importSection();
    const functions = new ByteSink();
    functions.u32(this.#functions.length);
    for (const ref of this.#functions) functions.u32(this.#type(ref.signature));

    const code = new ByteSink(4096);
    code.u32(this.#functions.length);
    for (const ref of this.#functions) writeBody(code, ref, (signature) => this.#type(signature));

    const out = new ByteSink(code.length + 4096);
    out.bytes(HEADER);
    section(out, SECTION.type, this.#typeSection());
    section(out, SECTION.import, imports);
    section(out, SECTION.function, functions);
    section(out, SECTION.global, this.#globalSection());
    section(out, SECTION.export, this.#exportSection());
    if (this.#table && this.#elements.length > 0) section(out, SECTION.element, this.#elementSection(this.#table));
    const count = new ByteSink();
    count.u32(this.#data.length);
    section(out, SECTION.dataCount, count);
    section(out, SECTION.code, code);
    const data = new ByteSink();
    data.u32(this.#data.length);
    for (const bytes of this.#data) {
      data.byte(1);
      data.u32(bytes.length);
      data.bytes(bytes);
    }
    section(out, SECTION.data, data);
    return out.view().slice();
  }

  #type(signature: Signature): number {
    const key = `${signature.params.join()}>${signature.results.join()}`;
    let index = this.#types.get(key);
    if (index === undefined) {
      index = this.#typeList.length;
      this.#typeList.push(signature);
      this.#types.set(key, index);
    }
    return index;
  }

  #importSection(): ByteSink {
    const globals = this.#globals.filter(({ source }) => source !== undefined);
    assert(
      this.#globals.slice(0, globals.length).every(({ source }) => source !== undefined),
      'an imported global behind one of its own',
    );
    const imports = new ByteSink();
    const begin = (module: string, name: string, kind: number): void => {
      imports.name(module);
      imports.name(name);
      imports.byte(kind);
    };
    imports.u32(this.#imports.length + 1 + (this.#table ? 1 : 0) + globals.length);
    for (const { module, name, ref } of this.#imports) {
      begin(module, name, IMPORT.function);
      imports.u32(this.#type(ref.signature));
    }
    begin(this.#memory.module, this.#memory.name, IMPORT.memory);
    imports.byte(0);
    imports.u32(0);
    if (this.#table) {
      begin(this.#table.module, this.#table.name, IMPORT.table);
      imports.byte(FUNCREF);
      imports.byte(0);
      imports.u32(0);
    }
    for (const { type, name, source, isMutable } of globals) {
      begin(source ?? '', name ?? '', IMPORT.global);
      imports.byte(type);
      imports.byte(isMutable ? 1 : 0);
    }
    return imports;
  }

  #elementSection({ base }: SharedTable): ByteSink {
    const elements = new ByteSink();
    elements.u32(1);
    elements.u32(0);
    elements.byte(GLOBAL_GET);
    elements.u32(base);
    elements.byte(END);
    elements.u32(this.#elements.length);
    for (const ref of this.#elements) elements.u32(ref.index);
    return elements;
  }

  #typeSection(): ByteSink {
    const types = new ByteSink();
    types.u32(this.#typeList.length);
    for (const { params, results } of this.#typeList) {
      types.byte(0x60);
      types.u32(params.length);
      for (const type of params) types.byte(type);
      types.u32(results.length);
      for (const type of results) types.byte(type);
    }
    return types;
  }

  #globalSection(): ByteSink {
    const globals = new ByteSink();
    const own = this.#globals.filter(({ source }) => source === undefined);
    globals.u32(own.length);
    for (const { type } of own) {
      globals.byte(type);
      globals.byte(1);
      globals.byte(type === ValType.i32 ? 0x41 : 0x42);
      globals.byte(0);
      globals.byte(END);
    }
    return globals;
  }

  #exportSection(): ByteSink {
    const exported = this.#globals.flatMap(({ name, isMutable }, index) =>
      name === undefined || !isMutable ? [] : [{ name, index }],
    );
    const exports = new ByteSink();
    exports.u32(this.#exports.length + exported.length);
    for (const { name, ref } of this.#exports) {
      exports.name(name);
      exports.byte(0);
      exports.u32(ref.index);
    }
    for (const { name, index } of exported) {
      exports.name(name);
      exports.byte(3);
      exports.u32(index);
    }
    return exports;
  }
}

function writeBody(out: ByteSink, ref: FunctionRef, typeIndex: (signature: Signature) => number): void {
  const code = ref.code;
  if (code === undefined) throw new AssertionError(`${ref.name} declared but not defined`);
  for (const { at, target } of code.calls) {
    assert(target.index >= 0, `${target.name} is in no module`);
    code.sink.patch(at, target.index);
  }
  for (const { at, signature } of code.indirectCalls) code.sink.patch(at, typeIndex(signature));
  const runs: { count: number; readonly type: ValType }[] = [];
  for (const type of code.locals.slice(code.parameterCount)) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ count: 1, type });
  }
  const head = new ByteSink();
  head.u32(runs.length);
  for (const { count, type } of runs) {
    head.u32(count);
    head.byte(type);
  }
  out.u32(head.length + code.sink.length);
  out.bytes(head.view());
  out.bytes(code.sink.view());
}

function section(out: ByteSink, id: number, content: ByteSink): void {
  out.byte(id);
  out.u32(content.length);
  out.bytes(content.view());
}
