// Aptos's own verifier on scripts. `@aptos-labs/script-composer-pack` runs it on the script that it composed; here any script is put in its place,
// which takes two more globals in the WebAssembly module and a few instructions in front of the function that verifies.

import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { type Bytes, concatBytes } from '../../src/base/bytes.ts';
import { assert } from '../../src/base/errors.ts';

const PACKAGE = '@aptos-labs/script-composer-pack';
/** Of the module in version 0.2.4, in which the places below were found. */
const MODULE_SHA256 = '9c33930fb3c7408e7c01f3ad502dacccd6783d9a98e5f01af2c6f508654707a3';
/** `verify_script(&CompiledScript)`, and how large a `CompiledScript` is. */
const VERIFY_INDEX = 449;
const IMPORTS = 7;
const SCRIPT_SIZE = [0x9c, 0x01];
const BUFFER_SIZE = 160;
const SCRIPTS_PER_INSTANCE = 500;
const SECTION = { functions: 3, globals: 6, exports: 7, code: 10 } as const;

/** What the added global `mode` asks of the verifier: nothing, to keep a script and stop, or to verify the kept one instead. */
const Mode = { off: 0, keep: 1, replace: 2 } as const;

interface Instance {
  readonly mode: WebAssembly.Global;
  readonly buffer: WebAssembly.Global;
  readonly stackPointer: WebAssembly.Global;
  readonly __wbindgen_malloc: (size: number, align: number) => number;
}

interface Composer {
  initSync(options: { readonly module: WebAssembly.Module }): Instance;
  generate_batched_call_payload_wasm(payload: Uint8Array): unknown;
  readonly TransactionComposer: { single_signer(): { generate_batched_calls(withMetadata: boolean): unknown } };
}

export class AptosVerifier {
  readonly #module: WebAssembly.Module;
  #composer!: Composer;
  #instance!: Instance;
  #scripts = 0;

  constructor() {
    this.#module = new WebAssembly.Module(patch(packagedModule()));
    this.#begin();
  }

  /** `OK`, or the status with the offset of the instruction where there is one: `STATUS@0:12`. */
  verdict(script: Uint8Array): string {
    if (++this.#scripts % SCRIPTS_PER_INSTANCE === 0) this.#begin();
    const { mode, stackPointer } = this.#instance;
    const top: unknown = stackPointer.value;
    mode.value = Mode.keep;
    const refusal = attempt(() => this.#composer.generate_batched_call_payload_wasm(payload(script)));
    mode.value = Mode.off;
    if (!(refusal instanceof WebAssembly.RuntimeError)) return statusIn(refusal);
    stackPointer.value = top;
    mode.value = Mode.replace;
    const verdict = attempt(() => this.#composer.TransactionComposer.single_signer().generate_batched_calls(false));
    mode.value = Mode.off;
    if (verdict instanceof WebAssembly.RuntimeError) this.#begin();
    return verdict === undefined ? 'OK' : statusIn(verdict);
  }

  #begin(): void {
    this.#composer = load();
    this.#instance = this.#composer.initSync({ module: this.#module });
    this.#instance.buffer.value = this.#instance.__wbindgen_malloc(BUFFER_SIZE, 8);
  }
}

/** BCS of the script's bytes, no type arguments and no arguments. */
function payload(script: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.from(uleb(script.length)), script, Uint8Array.of(0, 0));
}

function attempt(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

function statusIn(refusal: unknown): string {
  const text = refusal instanceof Error ? refusal.message : String(refusal);
  const status = /major_status: (\w+)/.exec(text)?.[1] ?? /status (\w+)/.exec(text)?.[1] ?? text;
  const offset =
    /offsets: \[\(FunctionDefinitionIndex\(\d+\), (\d+)\)/.exec(text)?.[1] ??
    /at code offset (\d+) in function definition/.exec(text)?.[1];
  return offset === undefined ? status : `${status}@0:${offset}`;
}

/** The package afresh: it keeps its instance to itself. */
function load(): Composer {
  const require = createRequire(import.meta.url);
  for (const name of Object.keys(require.cache)) if (name.includes('script-composer-pack')) delete require.cache[name];
  return require(PACKAGE) as Composer;
}

/** The bytes that the package compiles. */
function packagedModule(): Bytes {
  const { Module } = WebAssembly;
  let found: Bytes | undefined;
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      super(bytes);
      found = Uint8Array.from(new Uint8Array(ArrayBuffer.isView(bytes) ? bytes.buffer : bytes));
    }
  };
  load();
  WebAssembly.Module = Module;
  assert(found !== undefined, 'the package compiles no module');
  const hash = createHash('sha256').update(found).digest('hex');
  assert(hash === MODULE_SHA256, `the places are known in another version of ${PACKAGE}`);
  return found;
}

function patch(wasm: Bytes): Bytes {
  const parts = [wasm.slice(0, 8)];
  const reader = new Reader(wasm, 8);
  let type = 0;
  let added = 0;
  while (!reader.isAtEnd) {
    const id = reader.byte();
    const end = reader.uleb() + reader.offset;
    if (id === SECTION.functions) {
      const types = Array.from({ length: reader.uleb() }, () => reader.uleb());
      type = types[VERIFY_INDEX - IMPORTS] ?? 0;
      added = IMPORTS + types.length;
      parts.push(section(id, [...uleb(types.length + 1), ...[...types, type].flatMap(uleb)]));
    } else if (id === SECTION.globals || id === SECTION.exports) {
      const entries = id === SECTION.globals ? [GLOBAL, GLOBAL] : EXPORTS;
      const count = reader.uleb() + entries.length;
      parts.push(section(id, [...uleb(count), ...wasm.slice(reader.offset, end), ...entries.flat()]));
    } else if (id === SECTION.code) {
      const bodies = Array.from({ length: reader.uleb() }, () => reader.blob());
      const own = bodies[VERIFY_INDEX - IMPORTS];
      assert(own !== undefined, 'no such function');
      bodies[VERIFY_INDEX - IMPORTS] = wrapper(added);
      const content = [...bodies, own].map((body) => concatBytes(Uint8Array.from(uleb(body.length)), body));
      parts.push(section(id, concatBytes(Uint8Array.from(uleb(content.length)), ...content)));
    } else {
      parts.push(section(id, wasm.slice(reader.offset, end)));
    }
    reader.offset = end;
  }
  return concatBytes(...parts);
}

const GLOBAL = [0x7f, 0x01, 0x41, 0x00, 0x0b];
const EXPORTS = [exported('stackPointer', 0), exported('mode', 1), exported('buffer', 2)];

function exported(name: string, global: number): number[] {
  return [name.length, ...Buffer.from(name), 0x03, global];
}

/** Calls the verifier, `inner`, with the kept script instead if asked to; keeps one that is healthy, and traps, if asked to. */
function wrapper(inner: number): Bytes {
  const getMode = [0x23, 1];
  const getBuffer = [0x23, 2];
  const copy = [0x41, ...SCRIPT_SIZE, 0xfc, 0x0a, 0, 0];
  return Uint8Array.from([
    ...[1, 1, 0x7f],
    ...[...getMode, 0x41, Mode.replace, 0x46, 0x04, 0x40, 0x20, 0, ...getBuffer, ...copy, 0x0b],
    ...[0x20, 0, 0x10, ...uleb(inner), 0x22, 1, 0x45, ...getMode, 0x41, Mode.keep, 0x46, 0x71],
    ...[0x04, 0x40, ...getBuffer, 0x20, 0, ...copy, 0x00, 0x0b],
    ...[0x20, 1, 0x0b],
  ]);
}

function section(id: number, content: Iterable<number>): Bytes {
  const bytes = Uint8Array.from(content);
  return concatBytes(Uint8Array.of(id, ...uleb(bytes.length)), bytes);
}

function uleb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...uleb(value >>> 7)];
}

class Reader {
  readonly #bytes: Bytes;
  offset: number;

  constructor(bytes: Bytes, offset: number) {
    this.#bytes = bytes;
    this.offset = offset;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.offset++] ?? 0;
  }

  uleb(): number {
    const byte = this.byte();
    return byte < 0x80 ? byte : (byte & 0x7f) | (this.uleb() << 7);
  }

  blob(): Bytes {
    const end = this.uleb() + this.offset;
    const bytes = this.#bytes.slice(this.offset, end);
    this.offset = end;
    return bytes;
  }
}
