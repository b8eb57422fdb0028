// The production Rust Move VM (libmovevm of @initia/builder.js) behind its C ABI, with storage in a map. Loaded only in the child
// process of oracle-worker.ts: input that it does not expect ends the process.

import { createRequire } from 'node:module';
import path from 'node:path';
import koffi, { type KoffiFunc, type TypeObject } from 'koffi';
import { BcsWriter } from '../../base/bcs.ts';
import { toHex } from '../../base/bytes.ts';
import { sha3_256 } from '../../base/hash.ts';
import type { PublishedModule, StorageWrite, WorkerReply, WorkerRequest } from './protocol.ts';

/** The callbacks' return values. */
const CALLBACK_OK = 0;
const CALLBACK_UNIMPLEMENTED = 5;
/** Kinds of storage key, the byte after the address. */
const KEY_CODE = 0;
const KEY_CHECKSUM = 1;
/** Deep recursion in the VM overflows koffi's default native stack; this is the most that it takes. */
const STACK_SIZE_BYTES = 16 << 20;
/** Modules and scripts that the VM keeps loaded. */
const CACHE_CAPACITIES = [100n, 500n] as const;

interface Slice {
  readonly is_none: boolean;
  readonly ptr: unknown;
  readonly len: number | bigint;
}
interface UnmanagedVector extends Slice {
  readonly cap: number | bigint;
}
type NativeFunction = KoffiFunc<(...args: unknown[]) => UnmanagedVector>;
type RunRequest = Extract<WorkerRequest, { kind: 'run' }>;

koffi.config({ sync_stack_size: STACK_SIZE_BYTES });
koffi.struct('UnmanagedVector', { is_none: 'bool', ptr: 'void *', len: 'size_t', cap: 'size_t' });
koffi.struct('ByteSlice', { is_nil: 'bool', ptr: 'const void *', len: 'size_t' });
koffi.struct('SliceView', { is_none: 'bool', ptr: 'const void *', len: 'size_t' });
koffi.struct('Storage', { state: 'void *', read: 'void *', write: 'void *', remove: 'void *', scan: 'void *' });
koffi.struct('Host', {
  state: 'void *',
  query: 'void *',
  get_account_info: 'void *',
  amount_to_share: 'void *',
  share_to_amount: 'void *',
  unbond_timestamp: 'void *',
  get_price: 'void *',
});

export class NativeVm {
  readonly #storage = new Map<string, Uint8Array>();
  #writes: StorageWrite[] = [];
  readonly #newVector: NativeFunction;
  readonly #execute: NativeFunction;
  readonly #view: NativeFunction;
  readonly #script: NativeFunction;
  readonly #vm: unknown;
  readonly #storageCallbacks: unknown;
  readonly #hostCallbacks: unknown;

  constructor() {
    const library = koffi.load(libraryPath());
    this.#newVector = library.func('UnmanagedVector new_unmanaged_vector(bool nil, const uint8_t *ptr, size_t length)');
    this.#execute = library.func(
      'UnmanagedVector execute_contract(void *vm, _Inout_ uint64_t *gas, Storage db, Host api, ByteSlice env, ByteSlice senders, ByteSlice call, _Inout_ UnmanagedVector *error)',
    );
    this.#view = library.func(
      'UnmanagedVector execute_view_function(void *vm, _Inout_ uint64_t *gas, Storage db, Host api, ByteSlice env, ByteSlice call, _Inout_ UnmanagedVector *error)',
    );
    this.#script = library.func(
      'UnmanagedVector execute_script(void *vm, _Inout_ uint64_t *gas, Storage db, Host api, ByteSlice env, ByteSlice senders, ByteSlice script, _Inout_ UnmanagedVector *error)',
    );
    const allocate = library.func('void *allocate_vm(ByteSlice config)');
    const [modules, scripts] = CACHE_CAPACITIES;
    this.#vm = allocate(slice(new BcsWriter().bool(true).u64(modules).u64(scripts).finish()));
    this.#storageCallbacks = this.#registerStorage();
    this.#hostCallbacks = registerHost();
  }

  publish(module: PublishedModule): void {
    const key = (kind: number) => toHex(new BcsWriter().fixed(module.address).u8(kind).string(module.name).finish());
    this.#storage.set(key(KEY_CODE), module.open);
    this.#storage.set(key(KEY_CHECKSUM), sha3_256(module.open));
  }

  read(key: Uint8Array): Uint8Array | undefined {
    return this.#storage.get(toHex(key));
  }

  write(key: Uint8Array, value: Uint8Array | undefined): void {
    if (value === undefined) this.#storage.delete(toHex(key));
    else this.#storage.set(toHex(key), value);
  }

  run(request: RunRequest): Extract<WorkerReply, { kind: 'ran' }> {
    this.#writes = [];
    const gas: (number | bigint)[] = [request.gasLimit];
    const error: UnmanagedVector = { is_none: true, ptr: null, len: 0, cap: 0 };
    const before = [this.#vm, gas, this.#storageCallbacks, this.#hostCallbacks, slice(request.environment)];
    const startMs = performance.now();
    const result: UnmanagedVector =
      request.mode === 'view'
        ? this.#view(...before, slice(request.call), error)
        : this.#executor(request.mode)(...before, slice(request.senders), slice(request.call), error);
    const durationMs = performance.now() - startMs;
    if (request.commit) for (const write of this.#writes) this.write(write.key, write.new);
    return {
      kind: 'ran',
      gasUsed: request.gasLimit - BigInt(gas[0] ?? 0),
      durationMs,
      writes: this.#writes,
      outcome: error.is_none
        ? { ok: true, result: bytesOf(result) }
        : { ok: false, problem: Buffer.from(bytesOf(error)).toString() },
    };
  }

  #executor(mode: 'execute' | 'script'): NativeFunction {
    return mode === 'script' ? this.#script : this.#execute;
  }

  /** The VM writes only at the end of a successful execution: writes are kept apart until the caller commits. */
  #registerStorage(): unknown {
    const read = callback('int32_t read_db(void *state, SliceView key, UnmanagedVector *out, UnmanagedVector *error)');
    const write = callback('int32_t write_db(void *state, SliceView key, SliceView value, UnmanagedVector *error)');
    const remove = callback('int32_t remove_db(void *state, SliceView key, UnmanagedVector *error)');
    return {
      state: null,
      read: koffi.register((_state: unknown, key: Slice, out: unknown) => {
        const value = this.#storage.get(toHex(bytesOf(key)));
        if (value !== undefined) koffi.encode(out, 'UnmanagedVector', this.#newVector(false, value, value.length));
        return CALLBACK_OK;
      }, read),
      write: koffi.register((_state: unknown, key: Slice, value: Slice) => {
        this.#record(bytesOf(key), bytesOf(value));
        return CALLBACK_OK;
      }, write),
      remove: koffi.register((_state: unknown, key: Slice) => {
        this.#record(bytesOf(key), undefined);
        return CALLBACK_OK;
      }, remove),
      scan: unimplemented(),
    };
  }

  #record(key: Uint8Array, value: Uint8Array | undefined): void {
    const old = this.read(key);
    this.#writes.push({ key, ...(old && { old }), ...(value && { new: value }) });
  }
}

/** What the VM asks of a chain about stakes, prices and accounts: there is none. */
function registerHost(): unknown {
  const nothing = unimplemented();
  return {
    state: null,
    query: nothing,
    get_account_info: nothing,
    amount_to_share: nothing,
    share_to_amount: nothing,
    unbond_timestamp: nothing,
    get_price: nothing,
  };
}

function unimplemented(): unknown {
  return koffi.register(() => CALLBACK_UNIMPLEMENTED, callback('int32_t unimplemented(void *state)'));
}

const callbacks = new Map<string, TypeObject>();

function callback(prototype: string): TypeObject {
  const known = callbacks.get(prototype);
  if (known) return known;
  const type = koffi.pointer(koffi.proto(prototype));
  callbacks.set(prototype, type);
  return type;
}

function bytesOf(view: Slice): Uint8Array {
  const length = Number(view.len);
  if (view.is_none || length === 0) return new Uint8Array();
  return Uint8Array.from(koffi.decode(view.ptr, 'uint8_t', length) as Uint8Array);
}

function slice(bytes: Uint8Array): { is_nil: boolean; ptr: Uint8Array; len: number } {
  return { is_nil: false, ptr: bytes, len: bytes.length };
}

function libraryPath(): string {
  const root = path.dirname(createRequire(import.meta.url).resolve('@initia/builder.js/package.json'));
  const file =
    process.platform === 'darwin'
      ? 'libmovevm.dylib'
      : `libmovevm.${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so`;
  return path.join(root, 'library', file);
}
