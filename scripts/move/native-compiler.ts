// The Move compiler's C ABI (libcompiler and libmovevm of @initia/builder.js), called through koffi. Loaded only in the child process
// of compiler-worker.ts: the libraries print diagnostics on file descriptors 1 and 2, and a bug in them ends the process.

import { createRequire } from 'node:module';
import path from 'node:path';
import koffi from 'koffi';
import { BcsWriter } from '../../src/base/bcs.ts';
import { StraitError } from '../../src/base/errors.ts';
import { addressToBytes, parseAddress } from '../../src/base/ids.ts';

/** What the compiler said in one line; its diagnostics are on the file descriptors. */
export class NativeCompilerError extends StraitError {
  override readonly name = 'NativeCompilerError';
}

/** v7 is the newest that the compiler writes, with enums. */
const BYTECODE_VERSION = 7;
/** "2.1" compiles the same code but marks it as unstable in the module's metadata, and Aptos mainnet refuses such modules. */
const COMPILER_VERSION = '2.0';
const LANGUAGE_VERSION = '2.1';
/** Deeply nested expressions overflow koffi's default native stack. */
const STACK_SIZE_BYTES = 16 << 20;

export interface NativeBuildOptions {
  readonly packageDir: string;
  /** Gets `build/<package name>/…`. Nothing is written beside the sources. */
  readonly installDir: string;
  readonly namedAddresses: Readonly<Record<string, string>>;
  readonly testMode: boolean;
}

interface UnmanagedVector {
  is_none: boolean;
  ptr: unknown;
  len: number | bigint;
  cap: number | bigint;
}

koffi.config({ sync_stack_size: STACK_SIZE_BYTES, async_stack_size: STACK_SIZE_BYTES });
koffi.struct('UnmanagedVector', { is_none: 'bool', ptr: 'void *', len: 'size_t', cap: 'size_t' });
koffi.struct('ByteSlice', { is_nil: 'bool', ptr: 'const void *', len: 'size_t' });

/** Compiles a package and its local dependencies. @throws NativeCompilerError */
export function buildPackage(options: NativeBuildOptions): void {
  const compiler = koffi.load(libraryPath('libcompiler'));
  const build = compiler.func('UnmanagedVector build_move_package(_Inout_ UnmanagedVector *error, ByteSlice args)');
  call((error) => build(error, slice(encodeArguments(options))));
}

/** Runs the package's unit tests. The report is on standard output. @throws NativeCompilerError when one fails, too */
export function testPackage(options: NativeBuildOptions, filter: string | undefined): void {
  const compiler = koffi.load(libraryPath('libcompiler'));
  const test = compiler.func(
    'UnmanagedVector test_move_package(_Inout_ UnmanagedVector *error, ByteSlice args, ByteSlice options)',
  );
  const testOptions = new BcsWriter()
    .option(filter, (writer, text) => writer.string(text))
    .bool(false) // statistics
    .bool(false) // storage on error
    .bool(false) // ignore warnings
    .bool(false) // coverage
    .finish();
  call((error) => test(error, slice(encodeArguments(options)), slice(testOptions)));
}

/** The module's public face as JSON, in the form of Aptos's REST API. Reads the compiler's own metadata key. @throws NativeCompilerError */
export function describeModule(bytecode: Uint8Array): string {
  const vm = koffi.load(libraryPath('libmovevm'));
  const decode = vm.func('UnmanagedVector decode_module_bytes(_Inout_ UnmanagedVector *error, ByteSlice bytes)');
  return call((error) => decode(error, slice(bytecode)));
}

function encodeArguments(options: NativeBuildOptions): Uint8Array {
  const addresses = Object.entries(options.namedAddresses).sort(([a], [b]) => (a < b ? -1 : 1));
  return new BcsWriter()
    .option(options.packageDir, (writer, dir) => writer.string(dir))
    .bool(false) // verbose
    .bool(false) // dev
    .bool(options.testMode)
    .bool(false) // docs
    .bool(false) // abis: the compiler's own kind lists entry functions only
    .option(options.installDir, (writer, dir) => writer.string(dir))
    .bool(true) // force
    .bool(false) // fetch only
    .bool(true) // skip fetching
    .u32(BYTECODE_VERSION)
    .string(COMPILER_VERSION)
    .string(LANGUAGE_VERSION)
    .vector(addresses, (writer, [name, address]) =>
      writer.string(name).fixed(addressToBytes(parseAddress(address, `address of ${name}`))),
    )
    .finish();
}

/** Makes one call; its result as text. The library's memory is not given back: the process ends after the job. */
function call(run: (error: UnmanagedVector) => UnmanagedVector): string {
  const error: UnmanagedVector = { is_none: true, ptr: null, len: 0, cap: 0 };
  const result = run(error);
  if (!error.is_none) throw new NativeCompilerError(text(error));
  return text(result);
}

function text(vector: UnmanagedVector): string {
  const length = Number(vector.len);
  if (vector.is_none || length === 0) return '';
  return Buffer.from(koffi.decode(vector.ptr, 'uint8_t', length) as Uint8Array).toString();
}

function slice(bytes: Uint8Array): { is_nil: boolean; ptr: Uint8Array; len: number } {
  return { is_nil: false, ptr: bytes, len: bytes.length };
}

/** The wrapper's entry file cannot be loaded (it needs a compiled addon), but its package.json says where the libraries are. */
function libraryPath(name: string): string {
  const root = path.dirname(createRequire(import.meta.url).resolve('@initia/builder.js/package.json'));
  const suffix =
    process.platform === 'darwin'
      ? 'dylib'
      : process.platform === 'linux' && process.arch === 'x64'
        ? 'x86_64.so'
        : process.platform === 'linux' && process.arch === 'arm64'
          ? 'aarch64.so'
          : undefined;
  if (suffix === undefined) {
    throw new NativeCompilerError(`no Move compiler for ${process.platform} on ${process.arch}`);
  }
  return path.join(root, 'library', `${name}.${suffix}`);
}
