// The sandbox's storage: the Move CLI's layout, directories that are broken, writes that are cut, whole states out and in, publishing, views.

import * as nodeFs from 'node:fs';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WasmFs } from '@wasmer/wasmfs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { addressToBytes, parseAddress } from '../base/ids.ts';
import { parseStructTag } from '../base/type-tag.ts';
import { assembled, moveLoc, pop, ret } from '../testing/closure-programs.ts';
import { ModuleDraft } from '../testing/module-draft.ts';
import { moduleBytes } from '../testing/test-state.ts';
import { selfId } from './bytecode/access.ts';
import { decodeModule } from './bytecode/decode.ts';
import { MoveVm } from './index.ts';
import { MoveSandbox } from './sandbox.ts';
import { SandboxStorageError } from './sandbox-error.ts';
import { decodeState } from './sandbox-state.ts';
import type { SandboxFiles } from './sandbox-storage.ts';

const ALICE = '0xa11ce';
const DIR = '/storage';
const WRAPPED = '0xcafe::storage::Wrapper<vector<0x1::string::String>>';
const FRAMEWORK = path.resolve(import.meta.dirname, '../../move/framework/bytecode');
/** What the fixtures use. */
const NEEDED = new Set([
  'bcs',
  'error',
  'event',
  'guid',
  'hash',
  'mem',
  'option',
  'signer',
  'string',
  'table',
  'vector',
]);
const framework = moduleBytes(FRAMEWORK).filter((code) => NEEDED.has(selfId(decodeModule(code)).name));
const read = (file: string): Bytes => new Uint8Array(readFileSync(path.join(import.meta.dirname, 'fixtures', file)));
const storage = read('bytecode/storage.mv');
const shop = read('debug/shop.mv');
const vm = new MoveVm();

const u64 = (value: bigint): Bytes => encodeBcs((writer) => writer.u64(value));

/** Files in memory, that can be made to refuse. Paths are keys, so there are no empty directories. */
class MemoryFiles implements SandboxFiles {
  readonly files = new Map<string, Uint8Array>();
  /** Writes and removals until the file system refuses. */
  left = Number.POSITIVE_INFINITY;
  /** The write that is refused writes half. */
  tears = false;

  existsSync(name: string): boolean {
    return this.files.has(name) || [...this.files.keys()].some((file) => file.startsWith(`${name}/`));
  }
  mkdirSync(): void {}
  readdirSync(name: string): string[] {
    const inside = [...this.files.keys()].filter((file) => file.startsWith(`${name}/`));
    return [...new Set(inside.map((file) => file.slice(name.length + 1).split('/')[0] ?? ''))];
  }
  readFileSync(name: string): Uint8Array {
    const content = this.files.get(name);
    if (content === undefined) throw new Error(`ENOENT: ${name}`);
    return content;
  }
  unlinkSync(name: string): void {
    this.#spend();
    if (!this.files.delete(name)) throw new Error(`ENOENT: ${name}`);
  }
  writeFileSync(name: string, data: Uint8Array): void {
    if (this.left === 0 && this.tears) this.files.set(name, data.slice(0, data.length / 2));
    this.#spend();
    this.files.set(name, data.slice());
  }
  #spend(): void {
    if (this.left-- <= 0) {
      this.left = 0;
      throw new Error('ENOSPC');
    }
  }
}

function open(fs: SandboxFiles): MoveSandbox {
  return new MoveSandbox({ fs }, { storage_dir: DIR, vm });
}

function start(fs: SandboxFiles = new MemoryFiles()): MoveSandbox {
  const sandbox = open(fs);
  sandbox.setAccounts([
    { address: '0x1', modules: framework },
    { address: '0xcafe', modules: [storage] },
    { address: ALICE, resources: [{ type: '0xcafe::storage::Counter', data: u64(5n) }] },
  ]);
  return sandbox;
}

describe('the storage directory', () => {
  it('is laid out as the Move CLI has it, on Node and in WasmFs', () => {
    const root = mkdtempSync(path.join(tmpdir(), 'sandbox-'));
    try {
      for (const [fs, dir] of [
        [nodeFs as SandboxFiles, path.join(root, 'storage')],
        [new WasmFs().fs as SandboxFiles, '/storage'],
      ] as const) {
        const sandbox = new MoveSandbox({ fs }, { storage_dir: dir, vm });
        sandbox.setAccounts([
          { address: '0x1', modules: framework },
          { address: '0xcafe', modules: [storage] },
          { address: ALICE, resources: [{ type: WRAPPED, data: Uint8Array.of(0, 0) }] },
        ]);
        const owner = `${dir}/${parseAddress(ALICE)}`;
        expect(fs.readdirSync(`${dir}/${parseAddress('0xcafe')}/modules`).map(String)).toEqual(['storage.mv']);
        const stored = fs.existsSync(`${owner}/resources`) ? fs.readdirSync(`${owner}/resources`).map(String) : [];
        expect(stored).toEqual([
          `${parseAddress('0xcafe')}::storage::Wrapper<vector<${parseAddress('0x1')}::string::String>>.bcs`,
        ]);
        sandbox.run('0xcafe::storage::write', [], [], { signers: [ALICE] });
        expect(fs.readdirSync(`${dir}/tables`)).toHaveLength(1);
        expect(new MoveSandbox({ fs }, { storage_dir: dir, vm }).exportState()).toEqual(sandbox.exportState());
      }
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('takes names that no file system takes', () => {
    const files = new MemoryFiles();
    const sandbox = start(files);
    const long = `0xcafe::storage::Wrapper<${'vector<0xcafe::storage::Wrapper<'.repeat(3)}u8${'>>'.repeat(3)}>`;
    sandbox.setAccounts([{ address: ALICE, resources: [{ type: long, data: u64(1n) }] }]);
    for (const file of files.files.keys())
      for (const part of file.split('/')) expect(part.length).toBeLessThanOrEqual(255);
    expect(open(files).subscribe()[0]).toContainEqual({
      key: { kind: 'resource', address: parseAddress(ALICE), type: parseStructTag(long) },
      value: u64(1n),
    });
    const again = open(new MemoryFiles());
    again.importState(sandbox.exportState());
    expect(again.exportState()).toEqual(sandbox.exportState());
  });

  it('never gives two runs the same table handle, opened anew or not', () => {
    const files = new MemoryFiles();
    start(files).run('0xcafe::storage::write', [], [], { signers: ['0xb0b'] });
    open(files).run('0xcafe::storage::write', [], [], { signers: [ALICE] });
    // Of the two tables that each makes, one has items.
    expect(files.readdirSync(`${DIR}/tables`)).toHaveLength(2);
  });

  it('is told of where it is broken, and left as it is', () => {
    const cases: readonly (readonly [file: string, content: Bytes, problem: RegExp])[] = [
      [`${parseAddress(ALICE)}/resources/rubbish.bcs`, u64(1n), /rubbish\.bcs/],
      [`${parseAddress(ALICE)}/resources/Counter.txt`, u64(1n), /Counter\.txt: no \.bcs file/],
      [`${parseAddress(ALICE)}/resources/0xcafe::storage::Counter.bcs`, u64(1n), /should be 0x0/],
      [`0xa11ce/resources/x.bcs`, u64(1n), /0xa11ce: should be 0x0/],
      [`tables/0x1/00.bcs`, u64(1n), /should be tables/],
      [`tables/${parseAddress('0x1')}/xyz.bcs`, u64(1n), /xyz\.bcs/],
      [`${parseAddress('0xcafe')}/modules/other.mv`, storage, /other\.mv: .*holds 0x.*::storage/],
      [`${parseAddress('0xcafe')}/modules/bad.mv`, u64(7n), /bad\.mv/],
      ['runs.bcs', Uint8Array.of(1), /runs\.bcs/],
    ];
    for (const [file, content, problem] of cases) {
      const files = new MemoryFiles();
      start(files);
      files.files.set(`${DIR}/${file}`, content);
      const before = new Map(files.files);
      let thrown: unknown;
      try {
        open(files).exportState();
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(SandboxStorageError);
      expect(String(thrown)).toMatch(problem);
      expect(files.files).toEqual(before);
    }
  });

  it('has all of a run or nothing, wherever the file system stops', () => {
    const before = start().exportState();
    const whole = start();
    whole.run('0xcafe::storage::write', [], [], { signers: [ALICE] });
    const after = whole.exportState();
    const seen = new Set<string>();
    for (const tears of [false, true]) {
      for (let writes = 0; writes < 12; writes++) {
        const files = new MemoryFiles();
        const sandbox = start(files);
        files.left = writes;
        files.tears = tears;
        let failed = false;
        try {
          sandbox.run('0xcafe::storage::write', [], [], { signers: [ALICE] });
        } catch (error) {
          expect(error).toBeInstanceOf(SandboxStorageError);
          failed = true;
        }
        files.left = Number.POSITIVE_INFINITY;
        const state = open(files).exportState();
        const same = [before, after].findIndex((bytes) => Buffer.compare(bytes, state) === 0);
        expect(same).toBeGreaterThanOrEqual(0);
        if (!failed) expect(same).toBe(1);
        // The sandbox that met the failure agrees with one that is opened anew.
        expect(Buffer.compare(sandbox.exportState(), state)).toBe(0);
        seen.add(`${failed} ${same}`);
      }
    }
    expect(seen).toEqual(new Set(['true 0', 'true 1', 'false 1']));
  });

  it('writes nowhere else, whatever its journal says', () => {
    const source = new MemoryFiles();
    start(source);
    source.left = 1;
    expect(() =>
      open(source).setAccounts([{ address: ALICE, resources: [{ type: '0xcafe::storage::Counter', data: u64(6n) }] }]),
    ).toThrow(SandboxStorageError);
    const journal = source.files.get(`${DIR}/journal.bcs`);
    expect(journal).toBeDefined();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        const files = new MemoryFiles();
        files.files.set(`${DIR}/journal.bcs`, bytes);
        open(files);
        expect([...files.files.keys()]).toEqual([]);
      }),
    );
  });
});

describe('a whole state', () => {
  it('goes out as one byte string, the same for the same state, and comes back', () => {
    const sandbox = start();
    sandbox.run('0xcafe::storage::write', [], [], { signers: [ALICE] });
    const state = sandbox.exportState();
    const again = open(new MemoryFiles());
    again.importState(state);
    expect(again.exportState()).toEqual(state);
    expect(again.subscribe()[0]).toHaveLength(sandbox.subscribe()[0].length);
    const [one, other] = [again, sandbox].map((each) =>
      each.run('0xcafe::storage::write', [], [], { signers: ['0xb0b'] }),
    );
    expect(one).toEqual(other);
  });

  it('is not put over another', () => {
    const sandbox = start();
    const state = sandbox.exportState();
    expect(() => sandbox.importState(state)).toThrow(SandboxStorageError);
    expect(sandbox.exportState()).toEqual(state);
  });

  it('is refused where a byte is wrong, and nothing is written', () => {
    const state = start().exportState();
    fc.assert(
      fc.property(fc.nat(state.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, cut) => {
        const changed = cut ? state.slice(0, at) : state.slice();
        if (!cut) changed[at] = (changed[at] ?? 0) ^ change;
        const files = new MemoryFiles();
        expect(() => open(files).importState(changed)).toThrow(DecodeError);
        expect(files.files.size).toBe(0);
      }),
      { numRuns: 100 },
    );
    expect(() => decodeState(new Uint8Array())).toThrow(DecodeError);
  });
});

describe('publishing', () => {
  it('verifies, and refuses with a status, leaving nothing', () => {
    const sandbox = start();
    const before = sandbox.exportState();
    const broken = shop.slice();
    broken[broken.length - 40] = 0xff;
    for (const [address, modules] of [
      [ALICE, [shop]],
      ['0xcafe', [shop, shop]],
      ['0xcafe', [broken]],
      ['0xcafe', [u64(1n)]],
    ] as const) {
      const { status, change_sets } = sandbox.publish(address, modules);
      expect(status).toMatchObject({ kind: 'failure' });
      expect(change_sets).toEqual([]);
    }
    expect(sandbox.exportState()).toEqual(before);
  });

  it('makes modules callable, and runs their initialisers once', () => {
    const draft = new ModuleDraft('made', 7, parseAddress('0xcafe'));
    const signer = { kind: 'reference', inner: { kind: 'signer' } } as const;
    const made = draft.struct('Made', { abilities: 8, fields: [['times', { kind: 'u64' }]] });
    draft.function('init_module', {
      parameters: [signer],
      code: [moveLoc(0), { op: 'ldU64', value: 1n }, { op: 'pack', index: made }, { op: 'moveTo', index: made }, ret],
    });
    draft.function('again', {
      visibility: 'public',
      isEntry: true,
      parameters: [signer],
      code: [moveLoc(0), pop, ret],
    });
    const [module] = assembled(draft);
    if (module === undefined) throw new Error('no module');
    const sandbox = start();
    const seen: number[] = [];
    sandbox.subscribe()[1].on('change_set', (changes) => seen.push(changes.length));
    const result = sandbox.publish('0xcafe', [module, shop]);
    expect(result).toMatchObject({ status: { kind: 'executed' }, change_sets: [{ new: u64(1n) }] });
    expect(result.gas_used).toBeGreaterThan(0n);
    expect(sandbox.publish('0xcafe', [module])).toMatchObject({ status: { kind: 'executed' }, change_sets: [] });
    expect(seen).toEqual([1]);
    expect(sandbox.run('0xcafe::made::again', [], [], { signers: [ALICE] }).status.kind).toBe('executed');
    expect(sandbox.publish('0xcafe', [shop], { gas_limit: 0n }).status.kind).toBe('executed');
  });
});

describe('looking without writing', () => {
  it('gives what a view returns as JSON', () => {
    const sandbox = start();
    sandbox.setAccounts([{ address: '0xcafe', modules: [shop] }]);
    sandbox.run('0xcafe::shop::open', [], [], { signers: [ALICE] });
    sandbox.run('0xcafe::shop::stock', [], ['tea', '3', 9], { signers: [ALICE] });
    const before = sandbox.exportState();
    const seen = sandbox.view('0xcafe::shop::look', [], [ALICE]);
    expect(seen.status).toEqual({ kind: 'executed' });
    expect(seen.returns).toEqual(['0', [{ name: 'tea', price: '3', left: 9 }], '0x6f70656e']);
    expect(seen.gas_used).toBeGreaterThan(0n);
    const refused = sandbox.view('0xcafe::storage::value', [], [ALICE]);
    expect(refused).toMatchObject({ returns: [], status: { code: 'INVALID_MAIN_FUNCTION_SIGNATURE' } });
    expect(sandbox.exportState()).toEqual(before);
  });

  it('traces a run and leaves the state', () => {
    const sandbox = start();
    const before = sandbox.exportState();
    const { result, steps } = sandbox.trace(
      '0xcafe::storage::bump',
      [],
      [addressToBytes(parseAddress(ALICE)), u64(3n)],
    );
    expect(result.status).toEqual({ kind: 'executed' });
    expect(steps).toBeGreaterThan(5);
    expect(sandbox.exportState()).toEqual(before);
  });
});
