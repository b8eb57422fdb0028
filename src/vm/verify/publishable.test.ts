// The rules for publishing that are not about safety.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BcsWriter, encodeBcs } from '../../base/bcs.ts';
import { ModuleDraft } from '../../testing/module-draft.ts';
import { decodeModule } from '../bytecode/decode.ts';
import { Ability, type SignatureToken } from '../bytecode/module.ts';
import { checkComplexity } from './complexity.ts';
import { checkMetadata } from './metadata.ts';
import { statusOf } from './outcome.suite.ts';
import { checkPublishable } from './publishable.ts';

const MOVE_DIR = path.resolve(import.meta.dirname, '../../../move');
const COMPILED = readdirSync(MOVE_DIR, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mv'));
const KEY = 'aptos::metadata_v1';
const U64: SignatureToken = { kind: 'u64' };

type Attributes = Readonly<Record<string, readonly (readonly [kind: number, ...args: readonly string[]])[]>>;

function writeAttributes(writer: BcsWriter, attributes: Attributes): void {
  writer.vector(Object.entries(attributes), (w, [name, list]) => {
    w.string(name).vector(list, (v, [kind, ...args]) => v.u8(kind).vector(args, (a, text) => a.string(text)));
  });
}

function metadata(structs: Attributes, functions: Attributes) {
  return encodeBcs((writer) => {
    writer.uleb128(0);
    writeAttributes(writer, structs);
    writeAttributes(writer, functions);
  });
}

function outcome(change: (draft: ModuleDraft) => void): string {
  const draft = new ModuleDraft();
  draft.struct('Marker');
  draft.struct('Resource', { abilities: Ability.key });
  const code = [{ op: 'ldU64', value: 1n }, { op: 'abort' }] as const;
  draft.function('view', { returns: [U64], visibility: 'public', code });
  draft.function('enter', { isEntry: true, code });
  change(draft);
  return statusOf(() => checkMetadata(draft.build()));
}

describe('what the project compiles', () => {
  it.each(COMPILED)('%s may be published', (name) => {
    const bytes = new Uint8Array(readFileSync(path.join(MOVE_DIR, name)));
    expect(statusOf(() => checkPublishable(decodeModule(bytes), bytes.length))).toBe('OK');
  });
});

describe('metadata', () => {
  it('may mark views, randomness, events and resource groups', () => {
    const structs: Attributes = { Marker: [[2, 'global']], Resource: [[3, '0x1::m::G'], [4]] };
    const functions: Attributes = { view: [[1]], enter: [[5]] };
    expect(outcome((d) => d.describe(KEY, metadata(structs, functions)))).toBe('OK');
  });

  it.each<[string, Attributes, Attributes]>([
    ['a view that returns nothing', {}, { enter: [[1]] }],
    ['a view that is not there', {}, { absent: [[1]] }],
    ['randomness in a public function', {}, { view: [[5]] }],
    ['an event among functions', {}, { view: [[4]] }],
    ['a group with abilities', { Resource: [[2, 'global']] }, {}],
    ['a group of no known scope', { Marker: [[2, 'world']] }, {}],
    ['a member of a group that is no resource', { Marker: [[3, '0x1::m::G']] }, {}],
    ['an attribute that is not known', { Marker: [[9]] }, {}],
  ])('may not mark %s', (_, structs, functions) => {
    expect(outcome((d) => d.describe(KEY, metadata(structs, functions)))).toBe('CONSTRAINT_NOT_SATISFIED');
  });

  it.each<[string, (draft: ModuleDraft) => void]>([
    ['of an unknown kind', (d) => d.describe('initia::metadata_v0', metadata({}, {}))],
    ['that cannot be read', (d) => d.describe(KEY, Uint8Array.of(1))],
    ['with bytes behind it', (d) => d.describe('compilation_metadata', Uint8Array.of(0, 0, 0, 0))],
    [
      'twice',
      (d) => {
        d.describe(KEY, metadata({}, {}));
        d.describe('aptos::metadata_v0', Uint8Array.of(0));
      },
    ],
  ])('%s is refused', (_, change) => {
    expect(outcome(change)).toBe('CONSTRAINT_NOT_SATISFIED');
  });
});

describe('complexity', () => {
  it('counts a signature as often as it is named', () => {
    const draft = new ModuleDraft();
    const types = new Array<SignatureToken>(200).fill({ kind: 'vector', inner: U64 });
    const names = Array.from({ length: 20 }, (_, i) => `f${i}`);
    for (const name of names) draft.function(name, { locals: types, code: [{ op: 'ret' }] });
    const module = draft.build();
    expect(statusOf(() => checkComplexity(module, 4_000))).toBe('OK');
    expect(statusOf(() => checkComplexity(module, 1_000))).toBe('PROGRAM_TOO_COMPLEX');
  });
});
