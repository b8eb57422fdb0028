// The WebAssembly that the VM emits for fixture functions, as hashes by name: each function compiled by a VM of its own, so that nothing
// else shows in it.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Bytes } from '../base/bytes.ts';
import { toHex } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { selfId } from '../vm/bytecode/access.ts';
import { decodeModule } from '../vm/bytecode/decode.ts';
import { LoadedModule } from '../vm/code/loaded-module.ts';
import { MoveVm } from '../vm/index.ts';
import { TestState } from './test-state.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../vm/fixtures/bytecode');
/** Without the framework: what reaches it is left out, as its code changes for other reasons. */
const MODULES = ['arithmetic', 'basic', 'bounds', 'storage', 'values'];

export interface EmittedCode {
  readonly compilerVersion: number;
  /** `module::function` → the first bytes of the hash of what it is compiled to. */
  readonly functions: Readonly<Record<string, string>>;
}

export const EMITTED_CODE_FILE = path.resolve(import.meta.dirname, '../vm/cache/fixtures/emitted-code.json');

export function recordedCode(): EmittedCode {
  return JSON.parse(readFileSync(EMITTED_CODE_FILE, 'utf8')) as EmittedCode;
}

export function emittedFunctions(): Record<string, string> {
  const functions: Record<string, string> = {};
  for (const name of MODULES) {
    const bytes = new Uint8Array(readFileSync(path.join(FIXTURES, `${name}.mv`)));
    const compiled = decodeModule(bytes);
    for (const [fn, { handle }] of new LoadedModule(bytes, compiled).functions) {
      if ((compiled.functionHandles[handle]?.typeParameters.length ?? 1) > 0) continue;
      const request = { call: { module: selfId(compiled), function: fn, typeArgs: [] }, access: 'any' } as const;
      const wasm = engineInput(() => {
        for (const _ of new MoveVm().prepare(new TestState([bytes]), request));
      });
      if (wasm !== undefined) functions[`${name}::${fn}`] = toHex(sha3_256(wasm).subarray(0, 8));
    }
  }
  return functions;
}

/** What the engine was last given while `work` ran. */
function engineInput(work: () => void): Bytes | undefined {
  const engine = WebAssembly.Module;
  let last: Bytes | undefined;
  WebAssembly.Module = class extends engine {
    constructor(bytes: BufferSource) {
      super(bytes);
      if (bytes instanceof Uint8Array) last = new Uint8Array(bytes);
    }
  };
  try {
    work();
    return last;
  } finally {
    WebAssembly.Module = engine;
  }
}
