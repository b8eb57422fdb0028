// Pass 3: nothing stands twice in a table, definitions are of this module and complete. Later passes may compare indices instead of
// what they name.

import { toHex } from '../../base/bytes.ts';
import { at, type Unit } from '../bytecode/access.ts';
import type { Place } from '../bytecode/error.ts';
import type { TableName } from '../bytecode/format.ts';
import type { CompiledModule, FieldDefinition, SignatureToken } from '../bytecode/module.ts';
import { refuse } from './error.ts';

/** @throws VerificationError */
export function checkDuplicates(unit: Unit): void {
  const distinct = <T>(table: TableName, entries: readonly T[], key: (entry: T) => string | number): void => {
    const index = firstDuplicate(entries.map(key));
    if (index !== undefined) refuse(unit, 'DUPLICATE_ELEMENT', `${table} has an entry twice`, { table, index });
  };
  distinct('identifiers', unit.identifiers, (text) => text);
  distinct('addresses', unit.addresses, (address) => address);
  distinct('constants', unit.constants, (constant) => `${typeKey(constant.type)} ${toHex(constant.data)}`);
  distinct('signatures', unit.signatures, (signature) => signature.map(typeKey).join());
  distinct('moduleHandles', unit.moduleHandles, (handle) => `${handle.address} ${handle.name}`);
  if (unit.kind === 'module') distinct('friends', unit.friends, (friend) => `${friend.address} ${friend.name}`);
  distinct('structHandles', unit.structHandles, (handle) => `${handle.module} ${handle.name}`);
  distinct('functionHandles', unit.functionHandles, (handle) => `${handle.module} ${handle.name}`);
  distinct('functionInstantiations', unit.functionInstantiations, instantiationKey);
  if (unit.kind === 'script') return;
  distinct('fieldHandles', unit.fieldHandles, (handle) => `${handle.owner} ${handle.field}`);
  distinct('fieldInstantiations', unit.fieldInstantiations, instantiationKey);
  distinct('variantFieldHandles', unit.variantFieldHandles, (handle) =>
    [handle.struct, handle.field, ...handle.variants].join(' '),
  );
  distinct('variantFieldInstantiations', unit.variantFieldInstantiations, instantiationKey);
  distinct('structVariantHandles', unit.structVariantHandles, (handle) => `${handle.struct} ${handle.variant}`);
  distinct('structVariantInstantiations', unit.structVariantInstantiations, instantiationKey);
  distinct('functions', unit.functions, (definition) => definition.handle);
  checkFunctions(unit);
  distinct('structs', unit.structs, (definition) => definition.handle);
  checkStructs(unit);
  distinct('structInstantiations', unit.structInstantiations, instantiationKey);
}

function checkFunctions(module: CompiledModule): void {
  for (let index = 0; index < module.functions.length; index++) {
    const definition = at(module.functions, index);
    if (firstDuplicate(definition.acquires) === undefined) continue;
    refuse(module, 'DUPLICATE_ACQUIRES_ANNOTATION', 'a struct acquired twice', { table: 'functions', index });
  }
  checkHandles(module, 'functions', 'functionHandles');
}

function checkStructs(module: CompiledModule): void {
  for (let index = 0; index < module.structs.length; index++) {
    const { layout } = at(module.structs, index);
    const place: Place = { table: 'structs', index };
    if (layout.kind === 'struct') {
      if (layout.fields.length === 0) refuse(module, 'ZERO_SIZED_STRUCT', 'a struct without fields', place);
      checkFieldNames(module, layout.fields, place);
    }
    if (layout.kind !== 'enum') continue;
    if (firstDuplicate(layout.variants.map((variant) => variant.name)) !== undefined) {
      refuse(module, 'DUPLICATE_ELEMENT', 'two variants of one name', place);
    }
    for (const variant of layout.variants) checkFieldNames(module, variant.fields, place);
  }
  checkHandles(module, 'structs', 'structHandles');
}

function checkFieldNames(module: CompiledModule, fields: readonly FieldDefinition[], place: Place): void {
  if (firstDuplicate(fields.map((field) => field.name)) === undefined) return;
  refuse(module, 'DUPLICATE_ELEMENT', 'two fields of one name', place);
}

/** Definitions are of this module, and whatever handle is of this module has a definition. */
function checkHandles(
  module: CompiledModule,
  definitions: 'functions' | 'structs',
  handles: 'functionHandles' | 'structHandles',
): void {
  const table: readonly { readonly module: number }[] = module[handles];
  const defined = new Set<number>();
  const all: readonly { readonly handle: number }[] = module[definitions];
  for (let index = 0; index < all.length; index++) {
    const definition = at(all, index);
    if (at(table, definition.handle).module !== module.self) {
      refuse(module, 'INVALID_MODULE_HANDLE', "a definition of another module's", { table: definitions, index });
    }
    defined.add(definition.handle);
  }
  for (let index = 0; index < table.length; index++) {
    const handle = at(table, index);
    if (handle.module !== module.self || defined.has(index)) continue;
    refuse(module, 'UNIMPLEMENTED_HANDLE', 'declared but not defined', { table: handles, index });
  }
}

function instantiationKey(entry: { readonly handle: number; readonly typeArgs: number }): string {
  return `${entry.handle} ${entry.typeArgs}`;
}

/** Text that two types share only if they are the same. */
function typeKey(type: SignatureToken): string {
  if ('inner' in type) return `${type.kind}<${typeKey(type.inner)}>`;
  if (type.kind === 'typeParameter') return `#${type.index}`;
  if (type.kind === 'struct') return `@${type.handle}<${type.typeArgs.map(typeKey).join()}>`;
  if (type.kind === 'function') {
    return `|${type.parameters.map(typeKey).join()}|(${type.returns.map(typeKey).join()})${type.abilities}`;
  }
  return type.kind;
}

/** Index of the first entry that stood before. */
function firstDuplicate(keys: readonly (string | number)[]): number | undefined {
  const seen = new Set<string | number>();
  for (let index = 0; index < keys.length; index++) {
    const key = at(keys, index);
    if (seen.has(key)) return index;
    seen.add(key);
  }
  return undefined;
}
