// State in the directory layout of the Move CLI (`sandbox-paths.ts`), in whatever file system is given. Every write goes to the files; nothing else
// is the state. What a run changes is written whole or not at all: first to a journal, which the next to open the directory completes.

import { decodeBcs, encodeBcs } from '../base/bcs.ts';
import { type Bytes, bytesEqual, concatBytes } from '../base/bytes.ts';
import { DecodeError, StraitError } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, parseAddress } from '../base/ids.ts';
import type { ChangeSet, StateKey, StateView } from '../base/state.ts';
import { isIdentifier } from '../base/type-tag.ts';
import { SandboxStorageError } from './sandbox-error.ts';
import {
  entryOf,
  fileOf,
  MODULE_SUFFIX,
  MODULES,
  modulePath,
  RESOURCES,
  storedValue,
  TABLES,
  valuePath,
} from './sandbox-paths.ts';
import { checkModule, type SandboxState, type StateEntry, type StateModule } from './sandbox-state.ts';

/** What is used of a file system; `WasmFs.fs` and Node's `fs` have it. */
export interface SandboxFiles {
  existsSync(path: string): boolean;
  mkdirSync(path: string, options: { recursive: true }): unknown;
  readdirSync(path: string): unknown[];
  readFileSync(path: string): unknown;
  unlinkSync(path: string): void;
  writeFileSync(path: string, data: Uint8Array): void;
}

/** A file to write, or to remove. */
interface FileChange {
  readonly path: string;
  readonly content: Bytes | undefined;
}

const JOURNAL = 'journal.bcs';
const RUNS = 'runs.bcs';
const HASH_SIZE = 32;
const LENGTH_MAX = 0x7fff_ffff;

export class SandboxStorage implements StateView {
  /** Another object whenever modules change. */
  codeVersion: object = {};
  readonly #files: SandboxFiles;
  readonly #root: string;
  #runs = 0n;
  /** The journal holds changes that the files do not have yet. */
  #isBehind = false;

  /** @throws SandboxStorageError */
  constructor(files: SandboxFiles, root: string) {
    this.#files = files;
    this.#root = root.replace(/\/+$/, '');
    this.#try('', () => files.mkdirSync(this.#root, { recursive: true }));
    this.#completeJournal();
  }

  /** Change sets written so far. */
  get runs(): bigint {
    this.#catchUp();
    return this.#runs;
  }

  get(key: StateKey): Bytes | undefined {
    const content = this.#read(valuePath(key));
    return content && storedValue(key, content);
  }

  module(address: Address, name: string): Bytes | undefined {
    return this.#read(modulePath(address, name));
  }

  /** Puts modules and values in place together, over what is there. */
  put(modules: readonly StateModule[], entries: readonly StateEntry[]): void {
    this.#commit([
      ...modules.map(({ address, name, code }) => ({ path: modulePath(address, name), content: code })),
      ...entries.map(({ key, value }) => fileOf(key, value)),
    ]);
    if (modules.length > 0) this.codeVersion = {};
  }

  /** What a run changed, and modules that it published. */
  apply(changes: ChangeSet, modules: readonly StateModule[] = []): void {
    if (changes.length === 0 && modules.length === 0) return;
    const runs = this.runs + 1n;
    this.#commit([
      ...modules.map(({ address, name, code }) => ({ path: modulePath(address, name), content: code })),
      ...changes.map(({ key, new: value }) =>
        value ? fileOf(key, value) : { path: valuePath(key), content: undefined },
      ),
      runsFile(runs),
    ]);
    this.#runs = runs;
    if (modules.length > 0) this.codeVersion = {};
  }

  /** Takes over a whole state. @throws SandboxStorageError when there is one already */
  load({ runs, modules, entries }: SandboxState): void {
    if (this.#list('').length > 0) throw new SandboxStorageError(this.#root, 'is not empty');
    this.#commit([
      ...modules.map(({ address, name, code }) => ({ path: modulePath(address, name), content: code })),
      ...entries.map(({ key, value }) => fileOf(key, value)),
      runsFile(runs),
    ]);
    this.#runs = runs;
    this.codeVersion = {};
  }

  /** All resources and table items, in the order of their paths. @throws SandboxStorageError */
  entries(): readonly StateEntry[] {
    const directories = [
      ...this.#accounts().map((owner) => `${owner}/${RESOURCES}`),
      ...this.#list(TABLES).map((handle) => `${TABLES}/${handle}`),
    ];
    return directories.flatMap((directory) =>
      this.#list(directory).map((file) => entryOf(directory, file, this.#required(`${directory}/${file}`))),
    );
  }

  /** @throws SandboxStorageError */
  modules(): readonly StateModule[] {
    return this.#accounts().flatMap((owner) =>
      this.#list(`${owner}/${MODULES}`).map((file) => {
        const path = `${owner}/${MODULES}/${file}`;
        const name = file.slice(0, -MODULE_SUFFIX.length);
        if (!file.endsWith(MODULE_SUFFIX) || !isIdentifier(name)) throw new SandboxStorageError(path, 'no module');
        const module = { address: parseAddress(owner), name, code: this.#required(path) };
        this.#decode(path, () => checkModule(module));
        return module;
      }),
    );
  }

  /** Directories of accounts: all digits, as the Move CLI names them. */
  #accounts(): readonly string[] {
    return this.#list('').filter((name) => {
      if (!name.startsWith('0x')) return false;
      const address = this.#decode(name, () => parseAddress(name));
      if (address !== name) throw new SandboxStorageError(name, `should be ${address}`);
      return true;
    });
  }

  #list(directory: string): readonly string[] {
    this.#catchUp();
    const path = this.#path(directory);
    return this.#try(directory, () =>
      this.#files.existsSync(path) ? this.#files.readdirSync(path).map(String).sort() : [],
    );
  }

  #read(path: string): Bytes | undefined {
    this.#catchUp();
    const full = this.#path(path);
    return this.#try(path, () => {
      if (!this.#files.existsSync(full)) return undefined;
      const content = this.#files.readFileSync(full);
      if (!(content instanceof Uint8Array)) throw new SandboxStorageError(path, 'cannot be read as bytes');
      return new Uint8Array(content);
    });
  }

  #required(path: string): Bytes {
    const content = this.#read(path);
    if (content === undefined) throw new SandboxStorageError(path, 'is gone');
    return content;
  }

  /** Journal, files, no journal. What fails before the journal is there leaves all as it was; what fails after is done when it is read. */
  #commit(changes: readonly FileChange[]): void {
    this.#catchUp();
    this.#write(JOURNAL, encodeJournal(changes));
    this.#isBehind = true;
    this.#carryOut(changes);
  }

  #catchUp(): void {
    if (this.#isBehind) this.#completeJournal();
  }

  #carryOut(changes: readonly FileChange[]): void {
    for (const { path, content } of changes) {
      if (content) this.#write(path, content);
      else this.#remove(path);
    }
    this.#remove(JOURNAL);
    this.#isBehind = false;
  }

  /** A journal that is not whole was never acted on. */
  #completeJournal(): void {
    this.#isBehind = false;
    const journal = this.#read(JOURNAL);
    const changes = journal && decodeJournal(journal);
    this.#isBehind = changes !== undefined;
    if (changes) this.#carryOut(changes);
    else if (journal) this.#remove(JOURNAL);
    const runs = this.#read(RUNS);
    this.#runs = runs === undefined ? 0n : this.#decode(RUNS, () => decodeBcs(runs, RUNS, (r) => r.u64('runs')));
    this.codeVersion = {};
  }

  #write(path: string, data: Bytes): void {
    const full = this.#path(path);
    this.#try(path, () => {
      this.#files.mkdirSync(full.slice(0, full.lastIndexOf('/')), { recursive: true });
      this.#files.writeFileSync(full, data);
    });
  }

  #remove(path: string): void {
    const full = this.#path(path);
    this.#try(path, () => {
      if (this.#files.existsSync(full)) this.#files.unlinkSync(full);
    });
  }

  #path(path: string): string {
    return path === '' ? this.#root : `${this.#root}/${path}`;
  }

  #decode<T>(path: string, decode: () => T): T {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof StraitError)) throw error;
      throw new SandboxStorageError(path, error.message, { cause: error });
    }
  }

  /** Whatever the file system throws. */
  #try<T>(path: string, act: () => T): T {
    try {
      return act();
    } catch (cause) {
      if (cause instanceof StraitError) throw cause;
      throw new SandboxStorageError(path, cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }
}

/** A directory may come from anybody: its journal is not to write elsewhere. */
function isWithin(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\\'));
}

function runsFile(runs: bigint): FileChange {
  return { path: RUNS, content: encodeBcs((w) => w.u64(runs)) };
}

function encodeJournal(changes: readonly FileChange[]): Bytes {
  const body = encodeBcs((writer) =>
    writer.vector(changes, (w, { path, content }) => {
      w.string(path).bool(content !== undefined);
      if (content) w.bytes(content);
    }),
  );
  return concatBytes(body, sha3_256(body));
}

function decodeJournal(bytes: Bytes): readonly FileChange[] | undefined {
  const body = bytes.subarray(0, Math.max(0, bytes.length - HASH_SIZE));
  if (!bytesEqual(sha3_256(body), bytes.subarray(body.length))) return undefined;
  try {
    const changes = decodeBcs(body, JOURNAL, (reader) =>
      reader.vector('changes', LENGTH_MAX, (r) => ({
        path: r.string('path', LENGTH_MAX),
        content: r.option('content', (inner) => inner.bytes('content', LENGTH_MAX)),
      })),
    );
    return changes.every(({ path }) => isWithin(path)) ? changes : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
