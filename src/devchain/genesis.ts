// The first block: the framework's modules and their start, the faucet's key, then the packages that the chain is to begin with, each
// published by the address that it was compiled for.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBcs } from '../base/bcs.ts';
import { type Bytes, toHex, utf8Encode } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import type { Address } from '../base/ids.ts';
import { isIdentifier } from '../base/type-tag.ts';
import { selfId } from '../vm/bytecode/access.ts';
import { decodeModule } from '../vm/bytecode/decode.ts';
import type { FunctionCall, MoveEvent, MoveVm, RunStatus } from '../vm/index.ts';
import { accountKey, FRAMEWORK, withAuthenticationKey } from './accounts.ts';
import { GenesisError } from './errors.ts';
import { FAUCET_ADDRESS, faucetAuthenticationKey } from './faucet.ts';
import { MAX_GAS_AMOUNT } from './gas.ts';
import { GasMeter } from './gas-meter.ts';
import type { NewEntry } from './ledger.ts';
import { encodePackageMetadata, type PackageDependency, publishModules } from './publish.ts';
import { explainInFull } from './vm-status.ts';
import { World } from './world.ts';
import { Writes } from './writes.ts';

/** A package as `npm run build:move` leaves it. */
export interface MovePackage {
  readonly name: string;
  /** Each after those that it imports. */
  readonly modules: readonly Bytes[];
}

/** In the registry of 0x1, where Aptos has it with two more. */
const FRAMEWORK_PACKAGE_NAME = 'AptosFramework';
const UPGRADES_ARE_COMPATIBLE = 1;
/** Gas for each step of genesis; nobody pays for it. */
const GENESIS_GAS = 1_000_000_000n;
const GENESIS_HASH = sha3_256(utf8Encode('STRAIT_DEVCHAIN::Genesis'));

const MOVE_ROOT = join(import.meta.dirname, '..', '..', 'move');
export const FRAMEWORK_PACKAGE = join(MOVE_ROOT, 'framework');
/** Each after those that it needs. With all applications: their clients find them where they start the chain. */
export const DEFAULT_GENESIS_PACKAGES: readonly string[] = [
  'state_channel',
  'channel_app',
  'chat',
  'editor',
  'movecraft',
].map((name) => join(MOVE_ROOT, name));

/** Reads `bytecode/manifest.json` and the modules that it lists. @throws GenesisError */
export function readPackage(path: string): MovePackage {
  const directory = join(path, 'bytecode');
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'));
    const modules = moduleEntries(manifest).map(({ name, hash }) => {
      const code = new Uint8Array(readFileSync(join(directory, `${name}.mv`)));
      if (toHex(sha3_256(code)) !== hash) throw new GenesisError(`${name}.mv is not what the manifest says`);
      return code;
    });
    return { name: packageName(manifest), modules };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new GenesisError(`package ${path}: ${message} (npm run build:move makes it)`, { cause });
  }
}

/** Runs genesis over an empty state. @throws GenesisError */
export function genesisBlock(
  vm: MoveVm,
  options: {
    readonly chainId: number;
    readonly timestampMicros: bigint;
    readonly framework: MovePackage;
    readonly packages: readonly MovePackage[];
  },
): NewEntry {
  const writes = new Writes(new World().view());
  const events: MoveEvent[] = [];
  events.push(...publishPackage(vm, writes, options.framework));
  events.push(...initialise(vm, writes, options.chainId));
  events.push(...registerPackage(vm, writes, { ...options.framework, name: FRAMEWORK_PACKAGE_NAME }, []));
  for (const movePackage of options.packages) {
    events.push(...registerPackage(vm, writes, movePackage), ...publishPackage(vm, writes, movePackage));
  }
  return {
    timestampMicros: options.timestampMicros,
    outcome: {
      status: { kind: 'executed' },
      gasUsed: 0n,
      changes: writes.changes(),
      modules: writes.modules,
      events,
      deposits: [],
    },
  };
}

/** Puts modules in place and runs their initialisers. */
function publishPackage(vm: MoveVm, writes: Writes, { name, modules }: MovePackage): readonly MoveEvent[] {
  const result = publishModules(vm, writes, publisherOf({ name, modules }), modules, {
    meter: new GasMeter(MAX_GAS_AMOUNT, 0n),
    transactionHash: sha3_256(GENESIS_HASH, utf8Encode(name)),
  });
  expectExecuted(`publishing ${name}`, result.status);
  return result.events;
}

/** Enters a package into its publisher's registry, so that packages which depend on it can be published later. */
function registerPackage(
  vm: MoveVm,
  writes: Writes,
  movePackage: MovePackage,
  dependencies?: readonly PackageDependency[],
): readonly MoveEvent[] {
  const { name, modules } = movePackage;
  const metadata = encodePackageMetadata(
    name,
    modules.map((code) => selfId(decodeModule(code)).name),
    UPGRADES_ARE_COMPATIBLE,
    dependencies,
  );
  const code = encodeBcs((writer) => writer.vector(modules, (w, module) => w.bytes(module)));
  const result = vm.run(writes.view, {
    call: {
      module: { address: FRAMEWORK, name: 'code' },
      function: 'publish_package_txn',
      typeArgs: [],
      args: [encodeBcs((writer) => writer.bytes(metadata)), code],
    },
    senders: [publisherOf(movePackage)],
    gasLimit: GENESIS_GAS,
    transactionHash: sha3_256(GENESIS_HASH, utf8Encode(`registry ${name}`)),
    access: 'entry',
  });
  expectExecuted(`registering ${name}`, result.status);
  writes.add(result.changes);
  return result.events;
}

function publisherOf({ name, modules }: MovePackage): Address {
  const first = modules[0];
  if (first === undefined) throw new GenesisError(`package ${name} has no modules`);
  return selfId(decodeModule(first)).address;
}

/** The chain's own accounts, clock, id and coin; the faucet's account gets a key that somebody has. */
function initialise(vm: MoveVm, writes: Writes, chainId: number): readonly MoveEvent[] {
  const call: FunctionCall = {
    module: { address: FRAMEWORK, name: 'genesis' },
    function: 'initialize',
    typeArgs: [],
    args: [Uint8Array.of(chainId)],
  };
  const result = vm.run(writes.view, {
    call,
    senders: [FRAMEWORK],
    gasLimit: GENESIS_GAS,
    transactionHash: GENESIS_HASH,
    access: 'any',
  });
  expectExecuted('0x1::genesis::initialize', result.status);
  writes.add(result.changes);
  const key = accountKey(FAUCET_ADDRESS);
  const account = writes.view.get(key);
  if (account === undefined) throw new GenesisError(`genesis made no account ${FAUCET_ADDRESS}`);
  writes.set(key, withAuthenticationKey(account, faucetAuthenticationKey()));
  return result.events;
}

function expectExecuted(what: string, status: RunStatus): void {
  if (status.kind !== 'executed') throw new GenesisError(`${what}: ${explainInFull(status)}`);
}

function packageName(manifest: unknown): string {
  if (typeof manifest === 'object' && manifest !== null && 'package' in manifest) {
    if (typeof manifest.package === 'string') return manifest.package;
  }
  throw new GenesisError('the manifest has no package name');
}

function moduleEntries(manifest: unknown): { name: string; hash: string }[] {
  if (typeof manifest !== 'object' || manifest === null || !('modules' in manifest)) {
    throw new GenesisError('the manifest has no modules');
  }
  const { modules } = manifest;
  if (!Array.isArray(modules)) throw new GenesisError('the manifest has no modules');
  return modules.map((entry: unknown) => {
    const { name, sha3_256: hash } = Object(entry) as { readonly name?: unknown; readonly sha3_256?: unknown };
    if (typeof name !== 'string' || !isIdentifier(name) || typeof hash !== 'string') {
      throw new GenesisError('the manifest lists something that is no module');
    }
    return { name, hash };
  });
}
