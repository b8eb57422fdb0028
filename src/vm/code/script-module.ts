// A script as a module with one function, which no other code can name: so it is compiled and run as functions are. Its tables stay as they were,
// what makes it a module is put behind them.

import type { Bytes } from '../../base/bytes.ts';
import { parseAddress } from '../../base/ids.ts';
import { decodeScript } from '../bytecode/decode.ts';
import type { CompiledModule, CompiledScript, ModuleId } from '../bytecode/module.ts';
import { LoadedModule } from './loaded-module.ts';

/** The Rust VM's stand-in for the module of a script. The name is no identifier that a module could be published under. */
export const SCRIPT_ID: ModuleId = { address: parseAddress(`0x${'f'.repeat(64)}`), name: '__script__' };
export const SCRIPT_FUNCTION = 'main';

export interface LoadedScript {
  readonly compiled: CompiledScript;
  readonly module: LoadedModule;
}

/** Not verified. @throws BytecodeError */
export function loadScript(code: Bytes): LoadedScript {
  const compiled = decodeScript(code);
  return { compiled, module: new LoadedModule(code, asModule(compiled)) };
}

export function isScript(id: ModuleId): boolean {
  return id.address === SCRIPT_ID.address && id.name === SCRIPT_ID.name;
}

function asModule(script: CompiledScript): CompiledModule {
  // What a script says of its accesses the Rust VM does not look at.
  const { kind: _, typeParameters, parameters, accessSpecifiers: __, body, ...tables } = script;
  const self = { address: tables.addresses.length, name: tables.identifiers.length };
  const handle = {
    module: tables.moduleHandles.length,
    name: tables.identifiers.length + 1,
    parameters,
    returns: tables.signatures.length,
    typeParameters,
    attributes: [],
  };
  const main = {
    handle: tables.functionHandles.length,
    visibility: 'private',
    isEntry: true,
    acquires: [],
    body,
  } as const;
  return {
    ...tables,
    kind: 'module',
    addresses: [...tables.addresses, SCRIPT_ID.address],
    identifiers: [...tables.identifiers, SCRIPT_ID.name, SCRIPT_FUNCTION],
    signatures: [...tables.signatures, []],
    moduleHandles: [...tables.moduleHandles, self],
    functionHandles: [...tables.functionHandles, handle],
    self: handle.module,
    friends: [],
    structs: [],
    structInstantiations: [],
    functions: [main],
    fieldHandles: [],
    fieldInstantiations: [],
    structVariantHandles: [],
    structVariantInstantiations: [],
    variantFieldHandles: [],
    variantFieldInstantiations: [],
  };
}
