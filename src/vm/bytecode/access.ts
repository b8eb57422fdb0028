// Small questions that everyone asks a decoded module: what an index names, which types a type holds, what an instruction points at. All of it
// expects indices that lead somewhere, which decoding sees to (`bounds.ts`).

import { AssertionError } from '../../base/errors.ts';
import type {
  CompiledModule,
  CompiledScript,
  FieldDefinition,
  FunctionHandle,
  Instantiation,
  Instruction,
  ModuleHandle,
  ModuleId,
  SignatureToken,
  StructDefinition,
  StructHandle,
} from './module.ts';

export type Unit = CompiledModule | CompiledScript;

const COMPOUND_KINDS: ReadonlySet<SignatureToken['kind']> = new Set([
  'vector',
  'reference',
  'mutableReference',
  'struct',
  'typeParameter',
  'function',
]);

/**
 * The entry of a table. Whoever goes through a table or through code counts and asks for each entry: a start runs all of this before the engine
 * has compiled any of it, when `for (const [index, entry] of table.entries())` makes six objects a turn.
 * @throws AssertionError where there is none: decoding checks bounds. */
export function at<T>(table: readonly T[], index: number): T {
  const entry = table[index];
  // Not by `assert`: the message is made only when it is told, as nothing is asked more often than this.
  if (entry === undefined) throw new AssertionError(`no entry ${index} in a table of ${table.length}`);
  return entry;
}

export function moduleIdOf(unit: Unit, handle: ModuleHandle): ModuleId {
  return { address: at(unit.addresses, handle.address), name: at(unit.identifiers, handle.name) };
}

export function moduleIdAt(unit: Unit, index: number): ModuleId {
  return moduleIdOf(unit, at(unit.moduleHandles, index));
}

export function selfId(module: CompiledModule): ModuleId {
  return moduleIdAt(module, module.self);
}

/** A map key; also how Move writes a module's name, but for the address's leading zeros. */
export function moduleKey(id: ModuleId): string {
  return `${id.address}::${id.name}`;
}

export function structHandleOf(module: CompiledModule, definition: StructDefinition): StructHandle {
  return at(module.structHandles, definition.handle);
}

/** The fields of a struct, or of one variant of an enum. Empty for natives, and where there is no such variant. */
export function fieldsOf(definition: StructDefinition, variant: number | undefined): readonly FieldDefinition[] {
  const layout = definition.layout;
  if (layout.kind === 'struct') return layout.fields;
  if (layout.kind === 'enum' && variant !== undefined) return layout.variants[variant]?.fields ?? [];
  return [];
}

/** Every field of a struct or of all variants of an enum. */
export function allFieldsOf(definition: StructDefinition): readonly FieldDefinition[] {
  const layout = definition.layout;
  if (layout.kind === 'struct') return layout.fields;
  return layout.kind === 'enum' ? layout.variants.flatMap((variant) => variant.fields) : [];
}

/** A type without parts and without a place in any table. */
export function isLeaf({ kind }: SignatureToken): boolean {
  return !COMPOUND_KINDS.has(kind);
}

/** Calls `visit` for a type and every type inside it, outermost first. `depth` is 1 for the outermost. */
export function visitTypes(
  type: SignatureToken,
  visit: (type: SignatureToken, depth: number) => void,
  depth = 1,
): void {
  visit(type, depth);
  if ('inner' in type) visitTypes(type.inner, visit, depth + 1);
  else if (type.kind === 'struct') for (const arg of type.typeArgs) visitTypes(arg, visit, depth + 1);
  else if (type.kind === 'function') {
    for (const part of type.parameters) visitTypes(part, visit, depth + 1);
    for (const part of type.returns) visitTypes(part, visit, depth + 1);
  }
}

export function sameType(a: SignatureToken, b: SignatureToken): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if ('inner' in a) return 'inner' in b && sameType(a.inner, b.inner);
  if (a.kind === 'typeParameter') return b.kind === 'typeParameter' && a.index === b.index;
  if (a.kind === 'function') {
    return (
      b.kind === 'function' &&
      a.abilities === b.abilities &&
      sameTypes(a.parameters, b.parameters) &&
      sameTypes(a.returns, b.returns)
    );
  }
  if (a.kind !== 'struct') return true;
  return b.kind === 'struct' && a.handle === b.handle && sameTypes(a.typeArgs, b.typeArgs);
}

function sameTypes(a: readonly SignatureToken[], b: readonly SignatureToken[]): boolean {
  return a === b || (a.length === b.length && a.every((type, i) => sameType(type, at(b, i))));
}

/**
 * Whether a value of type `from` may stand where `to` is asked for: a function value may have more abilities than asked for, and an immutable
 * reference may be to such a one. All other types must be the same.
 */
export function isAssignable(to: SignatureToken, from: SignatureToken): boolean {
  if (to === from) return true;
  if (to.kind === 'reference') return from.kind === 'reference' && isAssignable(to.inner, from.inner);
  if (to.kind !== 'function' || from.kind !== 'function') return sameType(to, from);
  return (
    (to.abilities & ~from.abilities) === 0 &&
    sameTypes(to.parameters, from.parameters) &&
    sameTypes(to.returns, from.returns)
  );
}

/** `type` with its type parameters replaced. Returns the same object where there is nothing to replace. */
export function substitute(type: SignatureToken, typeArgs: readonly SignatureToken[]): SignatureToken {
  if (typeArgs.length === 0) return type;
  if (type.kind === 'typeParameter') return at(typeArgs, type.index);
  if ('inner' in type) {
    const inner = substitute(type.inner, typeArgs);
    return inner === type.inner ? type : { kind: type.kind, inner };
  }
  if (type.kind === 'function') {
    const parameters = substituteAll(type.parameters, typeArgs);
    const returns = substituteAll(type.returns, typeArgs);
    return parameters === type.parameters && returns === type.returns ? type : { ...type, parameters, returns };
  }
  if (type.kind !== 'struct') return type;
  const args = substituteAll(type.typeArgs, typeArgs);
  return args === type.typeArgs ? type : { kind: 'struct', handle: type.handle, typeArgs: args };
}

function substituteAll(types: readonly SignatureToken[], typeArgs: readonly SignatureToken[]) {
  const substituted = types.map((type) => substitute(type, typeArgs));
  return substituted.every((type, i) => type === types[i]) ? types : substituted;
}

/** An instruction whose operand is an index into a table. */
export type IndexInstruction = Extract<Instruction, { readonly index: number }>;

export type VectorInstruction = Exclude<
  Extract<Instruction, { readonly type: number }>,
  { readonly op: 'callClosure' }
>;
export type ClosureInstruction = Extract<Instruction, { readonly mask: bigint }>;

/** The table that an instruction's `index` points into. */
export type OperandTable =
  | 'constants'
  | 'functionHandles'
  | 'functionInstantiations'
  | 'structs'
  | 'structInstantiations'
  | 'fieldHandles'
  | 'fieldInstantiations'
  | 'structVariantHandles'
  | 'structVariantInstantiations'
  | 'variantFieldHandles'
  | 'variantFieldInstantiations';

export const OPERAND_TABLES: Readonly<Record<IndexInstruction['op'], OperandTable>> = {
  ldConst: 'constants',
  call: 'functionHandles',
  callGeneric: 'functionInstantiations',
  packClosure: 'functionHandles',
  packClosureGeneric: 'functionInstantiations',
  pack: 'structs',
  packGeneric: 'structInstantiations',
  unpack: 'structs',
  unpackGeneric: 'structInstantiations',
  packVariant: 'structVariantHandles',
  packVariantGeneric: 'structVariantInstantiations',
  unpackVariant: 'structVariantHandles',
  unpackVariantGeneric: 'structVariantInstantiations',
  testVariant: 'structVariantHandles',
  testVariantGeneric: 'structVariantInstantiations',
  mutBorrowField: 'fieldHandles',
  mutBorrowFieldGeneric: 'fieldInstantiations',
  immBorrowField: 'fieldHandles',
  immBorrowFieldGeneric: 'fieldInstantiations',
  mutBorrowVariantField: 'variantFieldHandles',
  mutBorrowVariantFieldGeneric: 'variantFieldInstantiations',
  immBorrowVariantField: 'variantFieldHandles',
  immBorrowVariantFieldGeneric: 'variantFieldInstantiations',
  mutBorrowGlobal: 'structs',
  mutBorrowGlobalGeneric: 'structInstantiations',
  immBorrowGlobal: 'structs',
  immBorrowGlobalGeneric: 'structInstantiations',
  exists: 'structs',
  existsGeneric: 'structInstantiations',
  moveFrom: 'structs',
  moveFromGeneric: 'structInstantiations',
  moveTo: 'structs',
  moveToGeneric: 'structInstantiations',
};

/** What an instruction works on, with instantiations looked through. `typeArgs` is a signature; absent in the forms without type arguments. */
export type OperandTarget =
  | { readonly kind: 'constant'; readonly constant: number }
  | { readonly kind: 'function'; readonly handle: number; readonly typeArgs: number | undefined }
  | { readonly kind: 'struct'; readonly struct: number; readonly typeArgs: number | undefined }
  | {
      readonly kind: 'variant';
      readonly struct: number;
      readonly variant: number;
      readonly typeArgs: number | undefined;
    }
  | {
      readonly kind: 'field';
      readonly struct: number;
      readonly field: number;
      /** Index of the field handle. */
      readonly handle: number;
      readonly typeArgs: number | undefined;
    }
  | {
      readonly kind: 'variantField';
      readonly struct: number;
      readonly field: number;
      readonly variants: readonly number[];
      /** Index of the variant field handle. */
      readonly handle: number;
      readonly typeArgs: number | undefined;
    };

/** Whether it works on structs, which scripts do not have: the verifier takes no script with such an instruction. */
export function isForModules(instruction: IndexInstruction): boolean {
  const table = OPERAND_TABLES[instruction.op];
  return table !== 'constants' && table !== 'functionHandles' && table !== 'functionInstantiations';
}

/** Scripts have constants and functions only; the verifier sees to it. */
export function operandTarget(unit: Unit, instruction: IndexInstruction): OperandTarget {
  const { index } = instruction;
  const table = OPERAND_TABLES[instruction.op];
  switch (table) {
    case 'constants':
      return { kind: 'constant', constant: index };
    case 'functionHandles':
      return { kind: 'function', handle: index, typeArgs: undefined };
    case 'functionInstantiations': {
      const { handle, typeArgs } = at(unit.functionInstantiations, index);
      return { kind: 'function', handle, typeArgs };
    }
    default:
      if (unit.kind !== 'module') throw new AssertionError(`${instruction.op} in a script`);
      return structTarget(unit, table, index);
  }
}

function structTarget(
  module: CompiledModule,
  table: Exclude<OperandTable, 'constants' | 'functionHandles' | 'functionInstantiations'>,
  index: number,
): OperandTarget {
  switch (table) {
    case 'structs':
      return { kind: 'struct', struct: index, typeArgs: undefined };
    case 'structInstantiations': {
      const { handle, typeArgs } = at(module.structInstantiations, index);
      return { kind: 'struct', struct: handle, typeArgs };
    }
    case 'structVariantHandles':
      return { kind: 'variant', ...at(module.structVariantHandles, index), typeArgs: undefined };
    case 'structVariantInstantiations': {
      const { handle, typeArgs } = at(module.structVariantInstantiations, index);
      return { kind: 'variant', ...at(module.structVariantHandles, handle), typeArgs };
    }
    case 'fieldHandles':
      return fieldTarget(module, { handle: index });
    case 'fieldInstantiations':
      return fieldTarget(module, at(module.fieldInstantiations, index));
    case 'variantFieldHandles':
      return variantFieldTarget(module, { handle: index });
    case 'variantFieldInstantiations':
      return variantFieldTarget(module, at(module.variantFieldInstantiations, index));
  }
}

type MaybeInstantiation = Pick<Instantiation, 'handle'> & Partial<Instantiation>;

function fieldTarget(module: CompiledModule, { handle, typeArgs }: MaybeInstantiation): OperandTarget {
  const { owner, field } = at(module.fieldHandles, handle);
  return { kind: 'field', struct: owner, field, handle, typeArgs };
}

function variantFieldTarget(module: CompiledModule, { handle, typeArgs }: MaybeInstantiation): OperandTarget {
  return { kind: 'variantField', ...at(module.variantFieldHandles, handle), handle, typeArgs };
}

/** The signature of type arguments; empty where there are none. */
export function typeArgsAt(unit: Unit, index: number | undefined): readonly SignatureToken[] {
  return index === undefined ? [] : at(unit.signatures, index);
}

export function parametersOf(unit: Unit, handle: FunctionHandle): readonly SignatureToken[] {
  return at(unit.signatures, handle.parameters);
}

/** The parameters that a closure with this mask captures, or those that it leaves to its callers. In order. */
export function maskedParameters(
  parameters: readonly SignatureToken[],
  mask: bigint,
  isCaptured: boolean,
): readonly SignatureToken[] {
  return parameters.filter((_, i) => ((mask >> BigInt(i)) & 1n) === (isCaptured ? 1n : 0n));
}

export function returnsOf(unit: Unit, handle: FunctionHandle): readonly SignatureToken[] {
  return at(unit.signatures, handle.returns);
}

/** `Ret`, `Abort`, `AbortMsg` and `Branch`: what follows is reached by jumps alone. */
export function endsFlow({ op }: Instruction): boolean {
  return op === 'ret' || op === 'abort' || op === 'abortMsg' || op === 'branch';
}
