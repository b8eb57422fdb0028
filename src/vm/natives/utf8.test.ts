// The compiled check of UTF-8 against the platform's own.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXPORTED } from '../compile/layout.ts';
import { RuntimeFunctions } from '../compile/runtime-functions.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { ModuleBuilder } from '../wasm/module-builder.ts';
import { isUtf8 } from './string.ts';
import { utf8Check } from './utf8.ts';

const memory = new WebAssembly.Memory({ initial: 1 });
const builder = new ModuleBuilder({ module: 'host', name: 'memory' });
builder.export('check', utf8Check(new RuntimeFunctions(builder, DEFAULT_LIMITS)));
const module = new WebAssembly.Module(builder.build());
const host: WebAssembly.ModuleImports = { memory };
for (const { name, kind } of WebAssembly.Module.imports(module)) {
  if (kind === 'global') host[name] = new WebAssembly.Global({ value: 'i32', mutable: name === EXPORTED.hostSite }, 0);
}
const instance = new WebAssembly.Instance(module, { host });
const compiled = instance.exports.check as (address: number, length: number) => number;

/** At an odd address, with bytes around that would complete a piece cut short. */
function check(bytes: Uint8Array): boolean {
  const view = new Uint8Array(memory.buffer);
  view.fill(0x80, 0, 17 + bytes.length + 8);
  view.set(bytes, 17);
  return compiled(17, bytes.length) === 1;
}

/** First bytes, edges of ranges, and what stands in the middle of pieces. */
const telling = fc.constantFrom(0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec);
const rare = fc.constantFrom(0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff);

describe('the compiled check of UTF-8', () => {
  it('says of every beginning of three bytes what the platform says', () => {
    for (let first = 0x7f; first < 0x100; first++) {
      for (let second = 0x7c; second < 0xc4; second++) {
        for (const rest of [[], [0x80], [0xbf], [0x7f], [0xc0], [0x80, 0x80], [0xbf, 0xc0], [0x80, 0x41]]) {
          const bytes = Uint8Array.of(first, second, ...rest);
          if (check(bytes) !== isUtf8(bytes)) expect(`${bytes}: ${check(bytes)}`).toBe(`${bytes}: ${isUtf8(bytes)}`);
        }
      }
    }
  });

  it('agrees on text and on near misses', () => {
    const near = fc.array(fc.oneof(telling, rare), { maxLength: 12 }).map((bytes) => Uint8Array.from(bytes));
    const text = fc.string({ unit: 'binary', maxLength: 40 }).map((value) => new TextEncoder().encode(value));
    fc.assert(
      fc.property(fc.oneof(near, text), (bytes) => check(bytes) === isUtf8(bytes)),
      { numRuns: 20_000 },
    );
  });
});
