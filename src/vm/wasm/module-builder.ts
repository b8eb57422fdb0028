// Puts a WebAssembly module together: imports, functions, globals, exports and passive data, each section in the order of the format.

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

const SECTION = { type: 1, import: 2, function: 3, global: 6, export: 7, code: 10, data: 11, dataCount: 12 } as const;
const HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

export class ModuleBuilder {
  readonly #imports: Import[] = [];
  readonly #functions: FunctionRef[] = [];
  readonly #globals: { readonly type: ValType; readonly name: string | undefined }[] = [];
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
    this.#globals.push({ type, name });
    return this.#globals.length - 1;
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

    const imports = new ByteSink();
    imports.u32(this.#imports.length + 1);
    for (const { module, name, ref } of this.#imports) {
      imports.name(module);
      imports.name(name);
      imports.byte(0);
      imports.u32(this.#type(ref.signature));
    }
    imports.name(this.#memory.module);
    imports.name(this.#memory.name);
    imports.byte(2);
    imports.byte(0);
    imports.u32(0);

    const functions = new ByteSink();
    functions.u32(this.#functions.length);
    for (const ref of this.#functions) functions.u32(this.#type(ref.signature));

    const code = new ByteSink(4096);
    code.u32(this.#functions.length);
    for (const ref of this.#functions) writeBody(code, ref);

    const out = new ByteSink(code.length + 4096);
    out.bytes(HEADER);
    section(out, SECTION.type, this.#typeSection());
    section(out, SECTION.import, imports);
    section(out, SECTION.function, functions);
    section(out, SECTION.global, this.#globalSection());
    section(out, SECTION.export, this.#exportSection());
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
    globals.u32(this.#globals.length);
    for (const { type } of this.#globals) {
      globals.byte(type);
      globals.byte(1);
      globals.byte(type === ValType.i32 ? 0x41 : 0x42);
      globals.byte(0);
      globals.byte(0x0b);
    }
    return globals;
  }

  #exportSection(): ByteSink {
    const exported = this.#globals.flatMap(({ name }, index) => (name === undefined ? [] : [{ name, index }]));
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

function writeBody(out: ByteSink, ref: FunctionRef): void {
  const code = ref.code;
  if (code === undefined) throw new AssertionError(`${ref.name} declared but not defined`);
  for (const { at, target } of code.calls) {
    assert(target.index >= 0, `${target.name} is in no module`);
    code.sink.patch(at, target.index);
  }
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
