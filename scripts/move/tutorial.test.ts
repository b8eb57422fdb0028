// docs/tutorial.md shows the code of the game, word for word: every block is in the sources, and nothing of the game is left out.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from './packages.ts';

const PAGE = 'docs/tutorial.md';
const PACKAGE = 'move/four_in_a_row';
/** What stands behind this in a module is for its tests. */
const FOR_TESTS = '// ---- For tests';

interface Block {
  readonly language: string;
  /** Without their indentation; none is blank. */
  readonly lines: readonly string[];
}

function read(file: string): string {
  return readFileSync(path.join(PROJECT_ROOT, file), 'utf8');
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function blocksIn(page: string): Block[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    language,
    lines: linesOf(code),
  }));
}

/** Where the block stands in the source, as one piece; -1 if it does not. */
function placeOf(block: Block, source: readonly string[]): number {
  return source.findIndex((_, start) => block.lines.every((line, index) => source[start + index] === line));
}

describe('the tutorial', () => {
  const blocks = blocksIn(read(PAGE));

  it.each([
    ['toml', `${PACKAGE}/Move.toml`],
    ['ts', 'scripts/move/four-in-a-row.test.ts'],
    ['tsx', 'src/testing/FourInARowPage.tsx'],
  ])('shows %s as it is in %s', (language, file) => {
    const shown = blocks.filter((block) => block.language === language);
    expect(shown).not.toEqual([]);
    const source = linesOf(read(file));
    expect(shown.filter((block) => placeOf(block, source) < 0)).toEqual([]);
  });

  it('shows the modules whole', () => {
    const modules = ['board', 'game'].map((name) => linesOf(read(`${PACKAGE}/sources/${name}.move`)));
    const isShown = modules.map((source) => source.map(() => false));
    const foreign: Block[] = [];
    for (const block of blocks.filter(({ language }) => language === 'move')) {
      const places = modules.map((source) => placeOf(block, source));
      const module = places.findIndex((place) => place >= 0);
      if (module < 0) foreign.push(block);
      else isShown[module]?.fill(true, places[module], (places[module] ?? 0) + block.lines.length);
    }
    expect(foreign).toEqual([]);
    const missing = modules.flatMap((source, module) => {
      const end = source.indexOf(FOR_TESTS);
      const shippedLines = end < 0 ? source : source.slice(0, end);
      return shippedLines.filter((_, index) => isShown[module]?.[index] !== true);
    });
    // The comment that says what the module is.
    expect(missing.filter((line) => !line.startsWith('///'))).toEqual([]);
  });

  it('names commands that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const shell = blocks.filter(({ language }) => language === 'sh').flatMap(({ lines }) => lines);
    const named = shell.flatMap((line) => /^npm run ([\w:]+)/.exec(line)?.[1] ?? []);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});
