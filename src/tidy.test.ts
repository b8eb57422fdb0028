// Keeps the house as ARCHITECTURE.md draws it: who may import whom, and what the pure core may not touch.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** Each room and the rooms of ours that it may import from. A room may always import from itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'src/base': [],
  'src/vm': ['src/base'],
  'src/channel': ['src/base'],
  'src/wire': ['src/base', 'src/vm', 'src/channel'],
  'src/ports': ['src/base', 'src/vm', 'src/channel', 'src/wire'],
  'src/net': ['src/base', 'src/vm', 'src/channel', 'src/wire', 'src/ports'],
  'src/store': ['src/base', 'src/vm', 'src/channel', 'src/wire', 'src/ports'],
  'src/chain': ['src/base', 'src/vm', 'src/channel', 'src/wire', 'src/ports'],
  'src/node': ['src/base', 'src/vm', 'src/channel', 'src/wire', 'src/ports', 'src/net', 'src/store', 'src/chain'],
  // The sdk starts the node and, on the main thread, the network; everything else it has through them.
  'src/sdk': ['src/base', 'src/channel', 'src/wire', 'src/ports', 'src/net', 'src/node'],
  'src/widget': ['src/base', 'src/sdk'],
  'src/apps': ['src/base', 'src/sdk'],
  'src/site': ['src/base', 'src/sdk', 'src/widget', 'src/apps'],
  'src/devchain': ['src/base', 'src/vm'],
  relay: ['src/base', 'src/wire'],
};

/** Only this file of `node` may name adapters. */
const ADAPTERS = ['src/net', 'src/store', 'src/chain'];
const NAMES_ADAPTERS = /^src\/node\/(create-node|worker)\.ts$/;

const PURE = ['src/base', 'src/vm', 'src/channel', 'src/wire'];
const IMPURE =
  /\b(?:Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|queueMicrotask|performance\.now|crypto\.)/;

interface SourceFile {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  readonly isTest: boolean;
}

function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({
      path,
      room: roomOf(path),
      text: readFileSync(join(ROOT, path), 'utf8'),
      isTest: /\.(test|suite)\.tsx?$/.test(path) || path.startsWith('src/testing/') || path.includes('/fixtures/'),
    }));
}

function roomOf(path: string): string {
  const parts = path.split('/');
  return parts[0] === 'src' ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

function importsOf(file: SourceFile): string[] {
  const found = file.text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*|new URL\(\s*)'(\.{1,2}\/[^']+)'/g);
  return [...found].map((match) => relative(ROOT, resolve(ROOT, dirname(file.path), match[1] ?? '')));
}

const files = [...sourceFiles('src'), ...sourceFiles('relay')];

describe('the house', () => {
  it('has only the rooms that the architecture names', () => {
    const rooms = new Set(files.map((file) => file.room).filter((room) => !/\.tsx?$/.test(room)));
    expect([...rooms].filter((room) => !(room in MAY_IMPORT) && room !== 'src/testing')).toEqual([]);
  });

  it('is entered one way only', () => {
    const wrong = files
      .filter((file) => !file.isTest && MAY_IMPORT[file.room])
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => roomOf(target) !== file.room && !MAY_IMPORT[file.room]?.includes(roomOf(target)))
          .map((target) => `${file.path} imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it('names adapters in one place of the node', () => {
    const wrong = files
      .filter((file) => !file.isTest && file.room === 'src/node' && !NAMES_ADAPTERS.test(file.path))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => ADAPTERS.includes(roomOf(target)))
          .map((target) => `${file.path} imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it('has a core without clock, chance or timers', () => {
    const wrong = files
      .filter((file) => !file.isTest && PURE.includes(file.room))
      .flatMap((file) =>
        file.text
          .split('\n')
          .map((line, index) => ({ line, at: `${file.path}:${index + 1}` }))
          .filter(({ line }) => !/^\s*(\/\/|\*|\/\*)/.test(line) && IMPURE.test(line))
          .map(({ at, line }) => `${at} ${line.trim()}`),
      );
    expect(wrong).toEqual([]);
  });

  it('says at the top of each file what it is for', () => {
    const wrong = files.filter((file) => !/^(#!.*\n)?(\/\/|\/\*)/.test(file.text)).map((file) => file.path);
    expect(wrong).toEqual([]);
  });
});
