// A module's ABI as the REST API gives it (aptos-core, api/types/src/bytecode.rs): what ts-sdk reads before it encodes a call. Addresses
// are whole, but for the special ones: ts-sdk refuses types at an address like 0xc4a7.

import type { Bytes } from '../../base/bytes.ts';
import { parseAddress } from '../../base/ids.ts';
import { type FunctionAbi, moduleAbi as readAbi, type StructAbi } from '../../vm/bytecode/abi.ts';
import type { CompiledModule, ModuleId } from '../../vm/bytecode/module.ts';
import { compiledModule } from '../../vm/declared-types.ts';
import type { Json } from '../../vm/json.ts';
import { formatAddress, formatBytes } from '../format.ts';

type JsonObject = { readonly [key: string]: Json };

export function moduleAbi(module: CompiledModule): JsonObject & { readonly exposed_functions: readonly JsonObject[] } {
  const { id, friends, functions, structs } = readAbi(module);
  return {
    address: formatAddress(id.address),
    name: id.name,
    friends: friends.map(formatModule),
    exposed_functions: functions.map(functionJson),
    structs: structs.map(structJson),
  };
}

/** `{ bytecode, abi }` */
export function moduleBody(code: Bytes): Json {
  return { bytecode: formatBytes(code), abi: moduleAbi(compiledModule(code)) };
}

function functionJson(abi: FunctionAbi): JsonObject {
  return {
    name: abi.name,
    visibility: abi.visibility,
    is_entry: abi.isEntry,
    is_view: abi.isView,
    generic_type_params: abi.typeParameters.map((constraints) => ({ constraints: [...constraints] })),
    params: abi.parameters.map(withWholeAddresses),
    return: abi.returns.map(withWholeAddresses),
  };
}

function structJson(abi: StructAbi): Json {
  return {
    name: abi.name,
    is_native: abi.isNative,
    is_event: abi.isEvent,
    is_enum: abi.variants !== undefined,
    abilities: [...abi.abilities],
    generic_type_params: abi.typeParameters.map(({ constraints, isPhantom }) => ({
      constraints: [...constraints],
      is_phantom: isPhantom,
    })),
    fields: abi.fields.map(({ name, type }) => ({ name, type: withWholeAddresses(type) })),
  };
}

function formatModule({ address, name }: ModuleId): string {
  return `${formatAddress(address)}::${name}`;
}

function withWholeAddresses(type: string): string {
  return type.replace(/0x[0-9a-f]+(?=::)/g, (address) => formatAddress(parseAddress(address)));
}
