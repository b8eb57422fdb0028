// Source maps: what the compiler writes is read whole; anything else is refused or read, and nothing else happens.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../base/errors.ts';
import { decodeModule } from '../bytecode/decode.ts';
import { decodeSourceMap, rangeAt } from './source-map.ts';
import { SourceMaps } from './source-maps.ts';

const DEBUG = path.resolve(import.meta.dirname, '../fixtures/debug');
const bytes = new Uint8Array(readFileSync(path.join(DEBUG, 'shop.mvsm')));
const source = readFileSync(path.join(DEBUG, 'shop.move'), 'utf8');
const module = decodeModule(new Uint8Array(readFileSync(path.join(DEBUG, 'shop.mv'))));

describe('source maps', () => {
  it('name the module, the locals and a place for every instruction', () => {
    const map = decodeSourceMap(bytes);
    expect(map.module?.name).toBe('shop');
    expect(map.functions.size).toBe(module.functions.length);
    for (const [index, { body }] of module.functions.entries()) {
      const found = map.functions.get(index);
      body?.code.forEach((_, offset) => {
        const range = found && rangeAt(found, offset);
        expect(range?.end).toBeGreaterThan(range?.start ?? Number.NaN);
        expect(range?.end).toBeLessThanOrEqual(source.length);
      });
    }
    expect([...map.functions.values()].flatMap(({ locals }) => locals)).toContain('paid');
  });

  it('give file, line and column, only where the file is the one that was compiled', () => {
    const { module: id } = decodeSourceMap(bytes);
    if (id === undefined) throw new Error('a script');
    const maps = new SourceMaps().addMap(bytes).addFile('sources/shop.move', source);
    const first = maps.locate(id, module, 'pay', 0);
    expect(first).toMatchObject({ file: 'sources/shop.move', line: 48 });
    expect(source.split('\n')[47]).toContain(first?.text);
    expect(maps.locate(id, module, 'nothing', 0)).toBeUndefined();
    expect(
      new SourceMaps().addMap(bytes).addFile('shop.move', `${source} `).locate(id, module, 'pay', 0),
    ).toBeUndefined();
  });

  it('are refused or read, whatever they are', () => {
    const change = fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255), cut: fc.nat(bytes.length) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 4 }), fc.boolean(), (changes, isCut) => {
        const changed = bytes.slice();
        for (const { at, to } of changes) changed[at] = to;
        const given = isCut ? changed.subarray(0, changes[0]?.cut ?? 0) : changed;
        try {
          for (const map of decodeSourceMap(given).functions.values()) rangeAt(map, 3);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
