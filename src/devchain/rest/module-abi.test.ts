// The ABI of every module of ours against the one that the compiler's own decoder gave at build time.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compiledModule } from '../../vm/declared-types.ts';
import { DEFAULT_GENESIS_PACKAGES, FRAMEWORK_PACKAGE } from '../genesis.ts';
import { moduleAbi } from './module-abi.ts';

interface Abi {
  readonly structs: readonly Record<string, unknown>[];
  readonly exposed_functions: readonly Record<string, unknown>[];
}

const modules = [FRAMEWORK_PACKAGE, ...DEFAULT_GENESIS_PACKAGES]
  .map((path) => join(path, 'bytecode'))
  .filter(existsSync)
  .flatMap((directory) =>
    readdirSync(directory)
      .filter((file) => file.endsWith('.mv'))
      .map((file) => [file.slice(0, -3), directory] as const),
  );

/** Functions and structs by name, addresses short; the markers that the other decoder does not know left out. */
function comparable(abi: Abi): unknown {
  const byName = (items: readonly Record<string, unknown>[]) =>
    items
      .map(({ is_event: _event, is_enum: _enum, ...item }) => item)
      .sort((a, b) => String(a.name).localeCompare(String(b.name)));
  const sorted = { ...abi, structs: byName(abi.structs), exposed_functions: byName(abi.exposed_functions) };
  return JSON.parse(JSON.stringify(sorted).replaceAll(/0x0+(?=[0-9a-f])/g, '0x'));
}

describe('the ABI of a module', () => {
  it.each(modules)('%s is what the compiler says', (name, directory) => {
    const code = new Uint8Array(readFileSync(join(directory, `${name}.mv`)));
    const expected = JSON.parse(readFileSync(join(directory, `${name}.abi.json`), 'utf8')) as Abi;
    expect(comparable(moduleAbi(compiledModule(code)) as unknown as Abi)).toEqual(comparable(expected));
  });

  it('writes addresses whole, but for the special ones', () => {
    const code = new Uint8Array(readFileSync('move/chat/bytecode/chat.mv'));
    const text = JSON.stringify(moduleAbi(compiledModule(code)));
    expect(text).toContain(`vector<0x${'c4a7'.padStart(64, '0')}::chat::Message>`);
    expect(text).toContain('"0x1::string::String"');
    expect(text).not.toMatch(/0xc4a7|0x57a17/);
  });
});
