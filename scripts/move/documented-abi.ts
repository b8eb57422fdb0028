// What a page says of a package's functions and structs, and what its compiled modules have: in one form, so that a test can hold the one against the other.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MOVE_DIR } from './packages.ts';

interface AbiModule {
  readonly exposed_functions: readonly {
    readonly name: string;
    readonly is_entry: boolean;
    readonly is_view: boolean;
    readonly params: readonly string[];
  }[];
  readonly structs: readonly {
    readonly name: string;
    readonly fields: readonly { readonly name: string; readonly type: string }[];
  }[];
}

/** Name → `name: Type` of each argument or field, `name` alone where a page gives no type. */
export type Signatures = ReadonlyMap<string, readonly string[]>;

// ---- What the modules have

/** Entry functions with their arguments after the sender. The ABI has the types, the sources the names. */
export function entryFunctionsOf(name: string): Signatures {
  const names = argumentNames(name);
  return new Map(
    functionsOf(name)
      .filter((each) => each.is_entry)
      .map(({ name: fn, params }) => {
        const types = params.filter((type) => type !== '&signer' && type !== 'signer');
        return [fn, types.map((type, index) => `${names.get(fn)?.[index]}: ${shortType(type)}`)];
      }),
  );
}

/** Views with the number of their arguments. */
export function viewsOf(name: string): ReadonlyMap<string, number> {
  const views = functionsOf(name).filter((each) => each.is_view);
  return new Map(views.map((each) => [each.name, each.params.length]));
}

export function structsOf(names: readonly string[]): Signatures {
  const structs = names.flatMap(abisOf).flatMap((module) => module.structs);
  return new Map(
    structs.map(({ name, fields }) => [
      name,
      fields.filter((field) => field.name !== 'dummy_field').map((field) => `${field.name}: ${shortType(field.type)}`),
    ]),
  );
}

/** Names of the structs that are emitted. */
export function eventsOf(name: string): string[] {
  return sourcesOf(name).flatMap((source) =>
    [...source.matchAll(/#\[event\]\s+(?:\/\/\/[^\n]*\s+)*struct (\w+)/g)].map((match) => match[1] ?? ''),
  );
}

function functionsOf(name: string): AbiModule['exposed_functions'] {
  return abisOf(name).flatMap((module) => module.exposed_functions);
}

function abisOf(name: string): AbiModule[] {
  const dir = path.join(MOVE_DIR, name, 'bytecode');
  const files = readdirSync(dir).filter((file) => file.endsWith('.abi.json'));
  return files.map((file) => JSON.parse(readFileSync(path.join(dir, file), 'utf8')) as AbiModule);
}

function sourcesOf(name: string): string[] {
  const dir = path.join(MOVE_DIR, name, 'sources');
  return readdirSync(dir).map((file) => readFileSync(path.join(dir, file), 'utf8'));
}

function argumentNames(name: string): ReadonlyMap<string, readonly string[]> {
  const functions = sourcesOf(name).flatMap((source) => [...source.matchAll(/entry fun (\w+)\(([^)]*)\)/g)]);
  return new Map(
    functions.map(([, fn = '', args = '']) => {
      const pairs = args.split(',').map((arg) => arg.split(':').map((part) => part.trim()));
      return [fn, pairs.filter(([, type]) => type !== '&signer').map(([arg = '']) => arg)];
    }),
  );
}

/** Without addresses and modules: `vector<0x1::string::String>` is `vector<String>`. */
function shortType(type: string): string {
  return type.replaceAll(/0x[0-9a-f]+::\w+::/gi, '');
}

// ---- What a page says

/** The part under a heading of the second level. */
export function sectionOf(page: string, heading: string): string {
  const after = page.split(`\n## ${heading}\n`)[1] ?? '';
  return after.split('\n## ')[0] ?? '';
}

/** Of `name(a: T, b: U)` in the text, and of tables with names in the first column and arguments first in the second. */
export function entryFunctionsIn(section: string): Signatures {
  const found = new Map<string, readonly string[]>();
  for (const [, name = '', args = ''] of section.matchAll(/`(\w+)\(([^`]*)\)`/g)) found.set(name, splitList(args));
  for (const line of section.split('\n')) {
    const [, first = '', second = ''] = line.split('|');
    if (!line.startsWith('| `')) continue;
    const args = /^ `([^`]*)`/.exec(second)?.[1] ?? '';
    for (const [, name = ''] of first.matchAll(/`(\w+)`/g)) found.set(name, splitList(args));
  }
  return found;
}

export function viewsIn(section: string): ReadonlyMap<string, number> {
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return new Map(
    rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`(\w+)\(([^)]*)\)`/g)].map(
        ([, name = '', args = '']) => [name, splitList(args).length] as const,
      ),
    ),
  );
}

/** Of every `Name { … }`, wherever it is, also within another's fields. */
export function structsIn(page: string): Signatures {
  const found = new Map<string, readonly string[]>();
  for (const match of page.matchAll(/\b([A-Z]\w+) \{/g)) {
    const start = match.index + match[0].length;
    const fields = page.slice(start, closingBrace(page, start));
    found.set(match[1] ?? '', splitList(fields).map(withoutInner));
  }
  return found;
}

function closingBrace(text: string, start: number): number {
  let depth = 1;
  let at = start;
  while (depth > 0 && at < text.length) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    at += 1;
  }
  return at - 1;
}

/** At the commas that are in no brackets. */
function splitList(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const char of text) {
    if ('<{('.includes(char)) depth += 1;
    if ('>})'.includes(char)) depth -= 1;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** `slots: vector<Slot { kind: u8 }>` is `slots: vector<Slot>`. */
function withoutInner(field: string): string {
  const start = field.indexOf(' {');
  return start < 0 ? field : field.slice(0, start) + field.slice(closingBrace(field, start + 2) + 1);
}
