import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesEqual, utf8Decode } from '../../src/base/bytes.ts';
import { decodeModule } from '../../src/vm/bytecode/decode.ts';
import { CompileError, compilePackage, compileSource } from './compiler.ts';
import { moduleNames, toAptosMetadata } from './metadata.ts';
import { FRAMEWORK_DIR } from './packages.ts';

const VIEWS = `module 0x42::views {
    #[event]
    struct Seen has drop, store { by: address }
    /// Nobody is there
    const ENOBODY: u64 = 7;
    #[view]
    public fun answer(): u64 { 42 }
    public fun fail() { abort ENOBODY }
    public fun see(by: address) { aptos_framework::event::emit(Seen { by }) }
}`;

describe('compileSource', () => {
  it('gives bytecode with metadata under the key that Aptos reads', async () => {
    const modules = await compileSource({ 'views.move': VIEWS });
    expect([...modules.keys()]).toEqual(['views']);
    const decoded = decodeModule(modules.get('views') ?? new Uint8Array());
    expect(decoded.version).toBe(7);
    const metadata = new Map(decoded.metadata.map(({ key, value }) => [utf8Decode(key), value]));
    expect([...metadata.keys()].sort()).toEqual(['aptos::metadata_v1', 'compilation_metadata']);
    // Not marked as unstable: Aptos mainnet refuses modules that are.
    expect(metadata.get('compilation_metadata')?.[0]).toBe(0);
  });

  it('throws the diagnostics of sources that do not compile', async () => {
    const wrong = compileSource({ 'wrong.move': 'module 0x42::wrong { public fun f(): u64 { true } }' });
    await expect(wrong).rejects.toThrow(CompileError);
    await expect(wrong).rejects.toThrow(/wrong\.move:1:44/);
    await expect(wrong).rejects.toThrow(/cannot return `bool` from a function with result type `u64`/);
  });

  it('compiles without the framework', async () => {
    const alone = { 'alone.move': 'module 0x42::alone { public fun f(): u64 { 1 } }' };
    expect([...(await compileSource(alone, { withFramework: false })).keys()]).toEqual(['alone']);
  });
});

describe('compilePackage', () => {
  it('gives the checked-in bytecode of the framework', async () => {
    const { modules, diagnostics } = await compilePackage(FRAMEWORK_DIR);
    expect(diagnostics).toBe('');
    for (const { name, bytecode } of modules) {
      const checkedIn = readFileSync(path.join(FRAMEWORK_DIR, 'bytecode', `${name}.mv`));
      expect(bytesEqual(bytecode, checkedIn), `${name} is not what its source gives`).toBe(true);
    }
  });
});

describe('module metadata', () => {
  const coin = new Uint8Array(readFileSync(path.join(FRAMEWORK_DIR, 'bytecode', 'coin.mv')));

  it('lists a module and what it imports', () => {
    const { self, imports } = moduleNames(coin);
    expect(self).toBe('0x1::coin');
    expect(imports).toContain('0x1::account');
    expect(imports).not.toContain('0x1::coin');
  });

  it('is left alone when it has no key of the compiler', () => {
    expect(toAptosMetadata(coin)).toEqual(coin);
  });

  it('is not read from what is not a module', () => {
    expect(() => moduleNames(new Uint8Array(100))).toThrow(/not Move bytecode/);
  });
});
