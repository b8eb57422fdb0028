// Publishing of packages: what `0x1::code::publish_package_txn`, and the framework's functions around it, ask for once their Move code has run. The modules are checked together
// (verification, linking, upgrade rules), stored, and those that are new run their `init_module`.

import { BcsReader, decodeBcs, encodeBcs } from '../base/bcs.ts';
import { type Bytes, utf8Encode } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, readAddress } from '../base/ids.ts';
import { formatTypeTag } from '../base/type-tag.ts';
import { decodeModule } from '../vm/bytecode/decode.ts';
import type { CompiledModule, ModuleId } from '../vm/bytecode/module.ts';
import type { FunctionCall, MoveEvent, MoveVm, RunStatus } from '../vm/index.ts';
import { FRAMEWORK } from './accounts.ts';
import { TRANSACTION_SIZE_MAX } from './transaction.ts';
import type { ModuleWrite } from './world.ts';
import type { Writes } from './writes.ts';

/** More than any package that fits into a transaction has. */
export const MODULES_PER_PACKAGE_MAX = 128;
/** Entry functions of the framework that publish → which argument holds the modules. */
const CODE_ARGUMENTS: Readonly<Record<string, number>> = {
  'code::publish_package_txn': 1,
  'object_code_deployment::publish': 1,
  'object_code_deployment::upgrade': 1,
  'resource_account::create_resource_account_and_publish_package': 2,
};
const PUBLISH_EVENT = '0x1::code::PublishPackage';
/** Move's constructor of a module: private, runs once when the module is first published. */
const INIT_MODULE = 'init_module';

export interface PublishRun {
  readonly status: RunStatus;
  readonly gasUsed: bigint;
  readonly events: readonly MoveEvent[];
}

/**
 * The modules that this call publishes once it has run, as `vector<vector<u8>>`; undefined for a call that does not publish.
 * @throws DecodeError
 */
export function publishedCode(call: FunctionCall): Bytes[] | undefined {
  if (call.module.address !== FRAMEWORK) return undefined;
  const index = CODE_ARGUMENTS[`${call.module.name}::${call.function}`];
  if (index === undefined) return undefined;
  const code = call.args[index];
  if (code === undefined) throw new DecodeError('code', 'an argument is missing', 0);
  return decodeBcs(code, 'code', (reader) =>
    reader.vector('code', MODULES_PER_PACKAGE_MAX, (r) => r.bytes('module', TRANSACTION_SIZE_MAX)),
  );
}

/** The address at which a run has entered a package into a registry: a wallet's, an object's or a resource account's. */
export function publisherIn(events: readonly MoveEvent[]): Address | undefined {
  const event = events.findLast(({ type }) => formatTypeTag(type) === PUBLISH_EVENT);
  return event && readAddress(new BcsReader(event.data), 'code_address');
}

/** BCS of `0x1::code::PackageMetadata`, without sources or dependencies. `policy`: 1 upgrades are compatible, 2 there are none. */
export function encodePackageMetadata(name: string, modules: readonly string[], policy = 1): Bytes {
  return encodeBcs((writer) => {
    writer.string(name).u8(policy).u64(0n).string('').bytes(new Uint8Array());
    writer.vector(modules, (w, module) => {
      // Name, source, source map, no extension.
      w.string(module).bytes(new Uint8Array()).bytes(new Uint8Array()).u8(0);
    });
    // No dependencies, no extension.
    writer.uleb128(0).u8(0);
  });
}

/** Checks `code`, adds it to `writes`, and runs the `init_module` of every new module in dependency order. */
export function publishModules(
  vm: MoveVm,
  writes: Writes,
  publisher: Address,
  code: readonly Bytes[],
  run: { readonly gasLimit: bigint; readonly transactionHash: Bytes },
): PublishRun {
  const checked = vm.checkPublish(writes.view, publisher, code);
  if (!checked.ok) {
    const { code: status, message } = checked.error;
    return { status: { kind: 'failure', code: status, message }, gasUsed: 0n, events: [] };
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
  writes.addModules(published);
  const isNew = new Set(published.filter(({ old }) => old === undefined).map(({ name }) => name));
  const fresh = checked.value.filter((module) => isNew.has(moduleId(module).name));
  return initialise(vm, writes, publisher, fresh, run);
}

function initialise(
  vm: MoveVm,
  writes: Writes,
  publisher: Address,
  modules: readonly CompiledModule[],
  run: { readonly gasLimit: bigint; readonly transactionHash: Bytes },
): PublishRun {
  let gasUsed = 0n;
  const events: MoveEvent[] = [];
  for (const module of modules) {
    if (!hasInitialiser(module)) continue;
    const id = moduleId(module);
    const result = vm.run(writes.view, {
      call: { module: id, function: INIT_MODULE, typeArgs: [], args: [] },
      senders: [publisher],
      gasLimit: run.gasLimit - gasUsed,
      // Each initialiser makes table handles and addresses of its own.
      transactionHash: sha3_256(run.transactionHash, utf8Encode(`${id.address}::${id.name}`)),
      access: 'any',
    });
    gasUsed += result.gasUsed;
    if (result.status.kind !== 'executed') return { status: result.status, gasUsed, events: [] };
    writes.add(result.changes);
    events.push(...result.events);
  }
  return { status: { kind: 'executed' }, gasUsed, events };
}

function hasInitialiser(module: CompiledModule): boolean {
  return module.functions.some(({ handle }) => {
    const name = module.functionHandles[handle]?.name;
    return name !== undefined && module.identifiers[name] === INIT_MODULE;
  });
}

function moduleId(module: CompiledModule): ModuleId {
  const handle = module.moduleHandles[module.self];
  const address = handle && module.addresses[handle.address];
  const name = handle && module.identifiers[handle.name];
  if (address === undefined || name === undefined) throw new DecodeError('module', 'has no name of its own', 0);
  return { address, name };
}
