// Every rule of docs/contract.md that is the contract's has a test in which it is kept and one in which it is broken and refused with its code; every
// abort code is met by a test; every entry function and every view is called by a test that passes.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MOVE_DIR, PROJECT_ROOT } from './packages.ts';
import { moveFilesIn, unitTestsIn } from './unit-test-list.ts';

const PACKAGE_DIR = path.join(MOVE_DIR, 'state_channel');
const PAGE = readFileSync(path.join(PROJECT_ROOT, 'docs/contract.md'), 'utf8');
const TESTS = unitTestsIn([path.join(PACKAGE_DIR, 'tests')]);
const SOURCES = moveFilesIn(path.join(PACKAGE_DIR, 'sources')).map((file) => readFileSync(file, 'utf8'));
const TEST_SOURCES = moveFilesIn(path.join(PACKAGE_DIR, 'tests')).map((file) => readFileSync(file, 'utf8'));

/** Rules that refuse nothing: they say what something comes to. */
const WITHOUT_REFUSAL: Readonly<Record<string, string>> = {
  C8: 'counts',
  C15: 'counts',
  C16: 'what becomes of the lead',
  C26: 'what is written',
  C32: 'what is paid, to the unit',
  C47: 'what a report among two does; C46 says which are refused',
  C51: 'who leads next',
  C54: 'where a fine goes',
  C62: 'what is held',
};

const RULES = [...PAGE.matchAll(/^- \*\*\[(C\d+)\]\*\*/gm)].map(([, rule = '']) => rule);

describe('docs/contract.md', () => {
  it.each(RULES)('[%s] is kept in one test and broken in another', (rule) => {
    const own = TESTS.filter(({ name }) => name.toUpperCase().startsWith(`${rule}_`));
    expect(own.filter(({ expected }) => expected === undefined).length, 'kept').toBeGreaterThan(0);
    const isRefused = own.some(({ expected }) => expected?.abortCode !== undefined);
    expect(isRefused, 'broken').toBe(!(rule in WITHOUT_REFUSAL));
  });

  it('names tests that are there against what was attacked', () => {
    const section = /## What was attacked\n([\s\S]*?)\n## /.exec(PAGE)?.[1] ?? '';
    const named = [...section.matchAll(/`(c\d+_\w+)` \|$/gm)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((name) => !TESTS.some((test) => test.name === name))).toEqual([]);
  });

  it('has no rule that refuses nothing but those that are listed', () => {
    expect(Object.keys(WITHOUT_REFUSAL).filter((rule) => !RULES.includes(rule))).toEqual([]);
  });
});

describe('the tests of move/state_channel', () => {
  it('meet every abort code in its module', () => {
    const met = new Set(TESTS.map(({ expected }) => `${expected?.abortCode} in ${expected?.location}`));
    const missing = [...PAGE.matchAll(/^\| `(0x\w+)` \| `rooch::(\w+)` \| `(\w+)`/gm)].filter(
      ([, code = '', module = '']) => !met.has(`${BigInt(code)} in ${module}`),
    );
    expect(missing.map(([, , module, name]) => `${module}::${name}`)).toEqual([]);
  });

  it('call every entry function and every view, and pass', () => {
    const healthy = TEST_SOURCES.map(withoutRefusals).join('\n');
    const names = SOURCES.flatMap((source) => [
      ...[...source.matchAll(/public entry fun (\w+)/g)].map(([, name = '']) => name),
      ...[...source.matchAll(/#\[view\]\n(?: {4}\/\/\/[^\n]*\n)* {4}public fun (\w+)/g)].map(([, name = '']) => name),
    ]);
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !new RegExp(`\\b${name}(?:<[^>]*>)?\\(`).test(healthy))).toEqual([]);
  });
});

/** The source without tests that expect a failure. */
function withoutRefusals(source: string): string {
  return source.replaceAll(/ {4}#\[test\]\n {4}#\[expected_failure[\s\S]*?^ {4}\}$/gm, '');
}
