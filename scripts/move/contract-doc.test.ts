// The pages on Move packages say what the sources and the tests say: every abort code, every rule, the golden bytes.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  entryFunctionsIn,
  entryFunctionsOf,
  eventsOf,
  sectionOf,
  structsIn,
  structsOf,
  viewsIn,
  viewsOf,
} from './documented-abi.ts';
import { MOVE_DIR, PROJECT_ROOT } from './packages.ts';

/** Each page, the packages it is about, and the letters before the numbers of its rules. */
const PAGES = [
  { page: 'docs/contract.md', packages: ['state_channel', 'chat'], letters: 'CH?' },
  { page: 'docs/channel-app.md', packages: ['channel_app'], letters: 'A' },
  { page: 'docs/tutorial.md', packages: ['four_in_a_row'], letters: 'F' },
  { page: 'docs/contract-editor.md', packages: ['editor'], letters: 'E' },
  { page: 'docs/contract-movecraft.md', packages: ['movecraft'], letters: 'M' },
];

/** Pages that list all of an application's functions, events and values. */
const WHOLE_PAGES = [
  { page: 'docs/contract-editor.md', name: 'editor' },
  { page: 'docs/contract-movecraft.md', name: 'movecraft' },
];

/** As in std::error. */
const CATEGORIES = new Map([
  ['invalid_argument', 1n],
  ['out_of_range', 2n],
  ['invalid_state', 3n],
  ['permission_denied', 5n],
  ['not_found', 6n],
  ['already_exists', 8n],
  ['resource_exhausted', 9n],
  ['internal', 11n],
  ['not_implemented', 12n],
]);

function moveFiles(packages: readonly string[], folder: string): string[] {
  return packages.flatMap((name) => {
    const dir = path.join(MOVE_DIR, name, folder);
    return readdirSync(dir).map((file) => readFileSync(path.join(dir, file), 'utf8'));
  });
}

/** The table's rows as the sources give them. */
function abortRows(source: string): string[] {
  const module = /^module (\w+::\w+)/m.exec(source)?.[1];
  const rows: string[] = [];
  for (const [, comment = '', name = '', reason = ''] of source.matchAll(
    / {4}\/\/\/ ([^\n]*)\n {4}const (E_\w+): u64 = (\d+);/g,
  )) {
    const used = new Set([...source.matchAll(new RegExp(`error::(\\w+)\\(${name}\\)`, 'g'))].map((match) => match[1]));
    expect(used.size, `${name} is used in one category`).toBe(1);
    const category = CATEGORIES.get([...used][0] ?? '');
    expect(category, `category of ${name}`).toBeDefined();
    const code = (((category ?? 0n) << 16n) | BigInt(reason)).toString(16);
    rows.push(`| \`0x${code}\` | \`${module}\` | \`${name}\` | ${comment} |`);
  }
  return rows;
}

function rulesOf(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => (match[1] ?? '').toUpperCase()))].sort();
}

describe.each(PAGES)('$page', ({ page, packages, letters }) => {
  const text = readFileSync(path.join(PROJECT_ROOT, page), 'utf8');

  it('lists every abort code of the packages and no other', () => {
    const listed = text.split('\n').filter((line) => line.startsWith('| `0x'));
    expect([...listed].sort()).toEqual(moveFiles(packages, 'sources').flatMap(abortRows).sort());
  });

  it('states the rules that the Move tests are named after, and no rule is without a test', () => {
    const stated = rulesOf(text, new RegExp(`^- \\*\\*\\[(${letters}\\d+)\\]\\*\\*`, 'gm'));
    const tests = moveFiles(packages, 'tests').join('\n');
    const tested = rulesOf(tests, new RegExp(`^ {4}fun (${letters.toLowerCase()}\\d+)_`, 'gm'));
    expect(tested).toEqual(stated);
  });
});

describe.each(WHOLE_PAGES)('$page', ({ page, name }) => {
  const text = readFileSync(path.join(PROJECT_ROOT, page), 'utf8');

  it('lists every entry function with its arguments, and no other', () => {
    const listed = entryFunctionsIn(sectionOf(text, 'Entry functions'));
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(entryFunctionsOf(name)));
  });

  it('lists every view, and no other', () => {
    expect(Object.fromEntries(viewsIn(sectionOf(text, 'Views')))).toEqual(Object.fromEntries(viewsOf(name)));
  });

  it('shows structs as they are, with types where it gives them, and every event', () => {
    const structs = structsOf(['channel_app', name]);
    const shown = structsIn(text);
    for (const [struct, fields] of shown) {
      const actual = structs
        .get(struct)
        ?.map((field, at) => (fields[at]?.includes(': ') ? field : field.split(': ')[0]));
      expect(fields, struct).toEqual(actual);
    }
    expect([...shown.keys()]).toEqual(expect.arrayContaining(eventsOf(name)));
  });
});

describe('docs/contract.md', () => {
  it('shows the golden settlement that the Move tests decode', () => {
    const text = readFileSync(path.join(PROJECT_ROOT, 'docs/contract.md'), 'utf8');
    const golden = /GOLDEN: vector<u8> = x"(\w+)"/.exec(moveFiles(['state_channel'], 'tests').join('\n'))?.[1];
    expect(golden).toBeDefined();
    expect(text.replaceAll('\n', '')).toContain(golden);
  });
});
