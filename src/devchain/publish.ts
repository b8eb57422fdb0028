// Publishing of packages, as code asks for it through `0x1::code` while it runs. Afterwards the modules are checked together (metadata,
// verification, linking, upgrade rules) and stored, and those that are new run their `init_module`.

import { encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { type Address, shortAddress, writeAddress } from '../base/ids.ts';
import { decodeModule } from '../vm/bytecode/decode.ts';
import { BytecodeError } from '../vm/bytecode/error.ts';
import type { CompiledModule, FunctionDefinition, ModuleId, SignatureToken } from '../vm/bytecode/module.ts';
import type {
  AllowedDependency,
  MoveEvent,
  MoveVm,
  NamesMade,
  PublishAsked,
  RunStatus,
  TransactionContext,
} from '../vm/index.ts';
import { dependenciesOf } from '../vm/verify/linking.ts';
import { FRAMEWORK } from './accounts.ts';
import { MODULE_GAS, MODULE_GAS_PER_BYTE } from './gas.ts';
import type { GasMeter, GasStop } from './gas-meter.ts';
import type { ModuleWrite } from './world.ts';
import type { Writes } from './writes.ts';

/** Move's constructor of a module: private, runs once when the module is first published. */
const INIT_MODULE = 'init_module';

/** How publishing went, `init_module`s included. */
export interface PublishRun {
  readonly status: RunStatus;
  readonly events: readonly MoveEvent[];
}

/** What the initialisers of a publication run with. */
export interface PublishLimits {
  readonly meter: GasMeter;
  readonly transactionHash: Bytes;
  readonly transaction?: TransactionContext;
  /** By the run that asked for the publication. */
  readonly made?: NamesMade;
}

/** Does what a run asked of `0x1::code`: the modules must be those that the package names, and import what it depends on. */
export function publishAsked(vm: MoveVm, writes: Writes, asked: PublishAsked, limits: PublishLimits): PublishRun {
  let modules: CompiledModule[];
  try {
    modules = asked.bundle.map((bytes) => decodeModule(bytes));
  } catch (error) {
    if (!(error instanceof BytecodeError)) throw error;
    return refused('CODE_DESERIALIZATION_ERROR', error.message);
  }
  const problem = metadataProblem(asked, modules);
  if (problem !== undefined) {
    return refused('CONSTRAINT_NOT_SATISFIED', `metadata and code bundle mismatch: ${problem}`);
  }
  return publishModules(vm, writes, asked.owner, asked.bundle, limits);
}

/** A package that another one stands on. */
export interface PackageDependency {
  readonly account: Address;
  readonly name: string;
}

/** What contracts import without thinking of it. */
const FRAMEWORK_DEPENDENCY: PackageDependency = { account: FRAMEWORK, name: 'AptosFramework' };

/** BCS of `0x1::code::PackageMetadata`, without sources. `policy`: 1 upgrades are compatible, 2 there are none. */
export function encodePackageMetadata(
  name: string,
  modules: readonly string[],
  policy = 1,
  dependencies: readonly PackageDependency[] = [FRAMEWORK_DEPENDENCY],
): Bytes {
  return encodeBcs((writer) => {
    writer.string(name).u8(policy).u64(0n).string('').bytes(new Uint8Array());
    writer.vector(modules, (w, module) => {
      // Name, source, source map, no extension.
      w.string(module).bytes(new Uint8Array()).bytes(new Uint8Array()).u8(0);
    });
    writer.vector(dependencies, (w, dependency) => {
      writeAddress(w, dependency.account);
      w.string(dependency.name);
    });
    // No extension.
    writer.u8(0);
  });
}

/** Checks `code`, adds it to `writes`, and runs the `init_module` of every new module in dependency order. */
export function publishModules(
  vm: MoveVm,
  writes: Writes,
  publisher: Address,
  code: readonly Bytes[],
  limits: PublishLimits,
): PublishRun {
  const checked = vm.checkPublish(writes.view, publisher, code);
  if (!checked.ok) {
    return refused(checked.error.code, checked.error.message);
  }
  const before = writes.view;
  const byName = new Map(code.map((bytes) => [moduleId(decodeModule(bytes)).name, bytes]));
  const published: ModuleWrite[] = [];
  for (const module of checked.value) {
    const { address, name } = moduleId(module);
    const bytes = byName.get(name);
    if (bytes === undefined) continue;
    const old = before.module(address, name);
    published.push({ address, name, code: bytes, ...(old !== undefined && { old }) });
  }
  const stop = chargeModules(limits.meter, published);
  if (stop !== undefined) return refused(stop);
  writes.addModules(published);
  const isNew = new Set(published.filter(({ old }) => old === undefined).map(({ name }) => name));
  const fresh = checked.value.filter((module) => isNew.has(moduleId(module).name));
  return initialise(vm, writes, publisher, fresh, limits);
}

function initialise(
  vm: MoveVm,
  writes: Writes,
  publisher: Address,
  modules: readonly CompiledModule[],
  limits: PublishLimits,
): PublishRun {
  const events: MoveEvent[] = [];
  let made: NamesMade = limits.made ?? { tables: 0, addresses: 0 };
  for (const module of modules) {
    const initialiser = findInitialiser(module);
    if (initialiser === undefined) continue;
    if (!isInitialiser(module, initialiser)) {
      return refused('CONSTRAINT_NOT_SATISFIED', 'init_module is not one');
    }
    const id = moduleId(module);
    const result = vm.run(writes.view, {
      call: { module: id, function: INIT_MODULE, typeArgs: [], args: [] },
      senders: [publisher],
      ...limits.meter.runLimits,
      isWriteFree: true,
      transactionHash: limits.transactionHash,
      made,
      ...(limits.transaction && { transaction: limits.transaction }),
      access: 'any',
    });
    const stop = limits.meter.chargeRun(result.gas);
    if (stop !== undefined) return refused(stop);
    if (result.status.kind !== 'executed') return { status: result.status, events: [] };
    writes.add(result.changes);
    events.push(...result.events);
    made = result.made ?? made;
  }
  return { status: { kind: 'executed' }, events };
}

function findInitialiser(module: CompiledModule): FunctionDefinition | undefined {
  return module.functions.find(({ handle }) => {
    const name = module.functionHandles[handle]?.name;
    return name !== undefined && module.identifiers[name] === INIT_MODULE;
  });
}

/** Private, no entry point, without type parameters or results, and given at most the publisher's signer. */
function isInitialiser(module: CompiledModule, { visibility, isEntry, handle }: FunctionDefinition): boolean {
  const declared = module.functionHandles[handle];
  if (declared === undefined || visibility !== 'private' || isEntry || declared.typeParameters.length > 0) return false;
  const parameters = module.signatures[declared.parameters] ?? [];
  const returns = module.signatures[declared.returns] ?? [];
  return returns.length === 0 && parameters.length <= 1 && parameters.every(isSigner);
}

function isSigner(token: SignatureToken): boolean {
  return token.kind === 'signer' || (token.kind === 'reference' && token.inner.kind === 'signer');
}

/** What is wrong between a package and its modules, in Aptos's words. */
function metadataProblem(
  { owner, names, allowed }: PublishAsked,
  modules: readonly CompiledModule[],
): string | undefined {
  const missing = new Set(names);
  for (const module of modules) {
    const { name } = moduleId(module);
    if (!missing.delete(name)) return `unregistered module: '${name}'`;
    const own = names.map((known): AllowedDependency => ({ address: owner, module: known }));
    const stranger = allowed && dependenciesOf(module).find((id) => !isAllowed([...own, ...allowed], id));
    if (stranger) return `unregistered dependency: '${shortAddress(stranger.address)}::${stranger.name}'`;
  }
  return missing.size === 0 ? undefined : 'not all registered modules published';
}

function isAllowed(allowed: readonly AllowedDependency[], { address, name }: ModuleId): boolean {
  return allowed.some((dep) => dep.address === address && (dep.module === '' || dep.module === name));
}

/** As for code that a run loads: each module, and each that is replaced. */
function chargeModules(meter: GasMeter, modules: readonly ModuleWrite[]): GasStop | undefined {
  let stop: GasStop | undefined;
  for (const { code, old } of modules) {
    for (const bytes of old === undefined ? [code] : [old, code]) {
      stop ??= meter.chargeExecution(MODULE_GAS + MODULE_GAS_PER_BYTE * BigInt(bytes.length));
    }
  }
  return stop;
}

function refused(code: string, message?: string): PublishRun {
  return { status: { kind: 'failure', code, ...(message !== undefined && { message }) }, events: [] };
}

function moduleId(module: CompiledModule): ModuleId {
  const handle = module.moduleHandles[module.self];
  const address = handle && module.addresses[handle.address];
  const name = handle && module.identifiers[handle.name];
  if (address === undefined || name === undefined) throw new DecodeError('module', 'has no name of its own', 0);
  return { address, name };
}
