// Functions that stand for an operation on a struct or enum of their module, so that other modules may have it by calling them (bytecode version
// 10): who has the name has the attribute and the other way round, and does exactly that one thing with its arguments in their order.

import { assert } from '../../base/errors.ts';
import {
  at,
  fieldsOf,
  type OperandTarget,
  operandTarget,
  parametersOf,
  returnsOf,
  sameType,
  structHandleOf,
  typeArgsAt,
  visitTypes,
} from '../bytecode/access.ts';
import { VERSION_STRUCT_API } from '../bytecode/format.ts';
import {
  Ability,
  type CompiledModule,
  type FieldDefinition,
  type FunctionDefinition,
  type FunctionHandle,
  type Instruction,
  type SignatureToken,
  type StructApiAttribute,
  type StructDefinition,
} from '../bytecode/module.ts';
import { hasAbility } from './abilities.ts';
import { refuse } from './error.ts';
import { variantFieldsOf } from './struct-api-fields.ts';
import { parseStructApiName, type StructApiName } from './struct-api-name.ts';

type FieldAttribute = Extract<StructApiAttribute, { readonly field: number }>;

/** The operation in a name that each attribute goes with, and whether a variant is named too. */
const NAMES: Readonly<Record<StructApiAttribute['kind'], readonly [StructApiName['operation'], boolean]>> = {
  pack: ['pack', false],
  packVariant: ['pack', true],
  unpack: ['unpack', false],
  unpackVariant: ['unpack', true],
  testVariant: ['test_variant', true],
  borrowField: ['borrow', false],
  borrowFieldMutable: ['borrow_mut', false],
};

/** The attributes of a function that say which operation it stands for: one at most, in code that passed. */
export function structApiAttributes(handle: FunctionHandle): readonly StructApiAttribute[] {
  return handle.attributes.filter(
    (attribute): attribute is StructApiAttribute => attribute.kind !== 'persistent' && attribute.kind !== 'moduleLock',
  );
}

/** Checks functions one by one. Does nothing for modules of earlier versions, where a `$` in a name means nothing. */
export class StructApi {
  readonly #module: CompiledModule;
  /** Definitions by name. */
  readonly #structs = new Map<string, number>();

  /** @throws VerificationError for a function, of whatever module, with two of the attributes. */
  constructor(module: CompiledModule) {
    this.#module = module;
    if (module.version < VERSION_STRUCT_API) return;
    for (const [index, definition] of module.structs.entries()) {
      this.#structs.set(at(module.identifiers, structHandleOf(module, definition).name), index);
    }
    for (const [index, handle] of module.functionHandles.entries()) {
      if (structApiAttributes(handle).length < 2) continue;
      const problem = 'a function that stands for two operations';
      refuse(module, 'INVALID_STRUCT_API_CODE', problem, { table: 'functionHandles', index });
    }
  }

  /** @throws VerificationError */
  check(index: number): void {
    const module = this.#module;
    if (module.version < VERSION_STRUCT_API) return;
    const definition = at(module.functions, index);
    const handle = at(module.functionHandles, definition.handle);
    const [attribute] = structApiAttributes(handle);
    const expectsVariant = attribute !== undefined && NAMES[attribute.kind][1];
    const text = at(module.identifiers, handle.name);
    const name = parseStructApiName(text, (struct) => this.#structs.has(struct), expectsVariant);
    if (!name && !attribute) return;
    const fail: (problem: string) => never = (problem) =>
      refuse(module, 'INVALID_STRUCT_API_CODE', `${text}: ${problem}`, { function: index });
    if (!name) fail('an attribute that the name does not say');
    if (!attribute) fail('a name without its attribute');
    const [operation, hasVariant] = NAMES[attribute.kind];
    if (name.operation !== operation || (name.variant !== undefined) !== hasVariant) {
      fail('name and attribute say different things');
    }
    const struct = this.#structs.get(name.struct);
    assert(struct !== undefined, 'a struct that is not there was named');
    new StructApiFunction(module, definition, struct, fail).check(name, attribute);
  }
}

class StructApiFunction {
  readonly #module: CompiledModule;
  readonly #struct: number;
  readonly #definition: StructDefinition;
  readonly #handle: FunctionHandle;
  readonly #code: readonly Instruction[];
  readonly #fail: (problem: string) => never;

  constructor(
    module: CompiledModule,
    definition: FunctionDefinition,
    struct: number,
    fail: (problem: string) => never,
  ) {
    this.#module = module;
    this.#struct = struct;
    this.#definition = at(module.structs, struct);
    this.#handle = at(module.functionHandles, definition.handle);
    this.#code = definition.body?.code ?? fail('a native');
    this.#fail = fail;
  }

  check(name: StructApiName, attribute: StructApiAttribute): void {
    const { abilities, typeParameters } = structHandleOf(this.#module, this.#definition);
    if (hasAbility(abilities, Ability.key)) this.#fail('resources stay in their module');
    if (this.#handle.typeParameters.length !== typeParameters.length) this.#fail('other type parameters');
    this.#checkCanonical();
    const parameters = parametersOf(this.#module, this.#handle);
    const returns = returnsOf(this.#module, this.#handle);
    if ('field' in attribute) {
      this.#borrow(name, attribute, parameters, returns);
      return;
    }
    const fields = this.#fieldsOf(name, attribute);
    switch (attribute.kind) {
      case 'pack':
      case 'packVariant':
        this.#expectTypes(parameters, fields);
        this.#expectStruct(returns);
        break;
      case 'unpack':
      case 'unpackVariant':
        this.#expectStruct(parameters);
        this.#expectTypes(returns, fields);
        break;
      case 'testVariant': {
        const [parameter, ...more] = parameters;
        if (parameter?.kind !== 'reference' || more.length > 0) this.#fail('a reference expected');
        this.#expectStruct([parameter.inner]);
      }
    }
    const isPack = attribute.kind === 'pack' || attribute.kind === 'packVariant';
    const target = this.#operation(isPack ? fields.length : 1, [attribute.kind, `${attribute.kind}Generic`]);
    const variant = target.kind === 'variant' ? target.variant : undefined;
    if (variant !== ('variant' in attribute ? attribute.variant : undefined)) this.#fail('another variant');
  }

  #borrow(
    name: StructApiName,
    attribute: FieldAttribute,
    parameters: readonly SignatureToken[],
    returns: readonly SignatureToken[],
  ): void {
    const kind = attribute.kind === 'borrowField' ? 'reference' : 'mutableReference';
    const [parameter] = parameters;
    const [result] = returns;
    if (parameters.length !== 1 || parameter?.kind !== kind) this.#fail(`a ${kind} expected`);
    if (returns.length !== 1 || result?.kind !== kind) this.#fail(`a ${kind} expected in return`);
    this.#expectStruct([parameter.inner]);
    const offset = name.field?.offset;
    if (offset !== attribute.field) this.#fail('another field');
    const { type, variants } = this.#fieldType(offset, name.field?.typeOrder);
    if (!sameType(result.inner, type)) this.#fail('another type than the field has');
    const prefix = attribute.kind === 'borrowField' ? 'imm' : 'mut';
    const ops = ['BorrowField', 'BorrowFieldGeneric', 'BorrowVariantField', 'BorrowVariantFieldGeneric'];
    const target = this.#operation(
      1,
      ops.map((op) => `${prefix}${op}`),
    );
    if (!('field' in target) || target.field !== offset) this.#fail('another field');
    if (target.kind !== 'variantField') return;
    const isWhole = target.variants.length === variants.length && target.variants.every((v, i) => v === variants[i]);
    if (!isWhole) this.#fail('not all variants with such a field');
  }

  /** The type of a field, and the variants that have it there. */
  #fieldType(
    offset: number,
    typeOrder: number | undefined,
  ): { readonly type: SignatureToken; readonly variants: readonly number[] } {
    const { layout } = this.#definition;
    if (layout.kind !== 'enum') {
      const field = fieldsOf(this.#definition, undefined)[offset];
      if (!field || typeOrder !== undefined) return this.#fail('no such field');
      return { type: field.type, variants: [] };
    }
    const entry = typeOrder === undefined ? undefined : variantFieldsOf(this.#definition)[typeOrder];
    return entry?.offset === offset ? entry : this.#fail('no such field');
  }

  /** Of the struct, or of the variant that name and attribute agree on. */
  #fieldsOf(name: StructApiName, attribute: Exclude<StructApiAttribute, FieldAttribute>): readonly FieldDefinition[] {
    const { layout } = this.#definition;
    if (!('variant' in attribute)) return layout.kind === 'struct' ? layout.fields : this.#fail('no struct');
    const variant = layout.kind === 'enum' ? layout.variants[attribute.variant] : undefined;
    if (!variant || at(this.#module.identifiers, variant.name) !== name.variant) return this.#fail('no such variant');
    return variant.fields;
  }

  /** The instruction between as many arguments moved onto the stack, in order, and the return. */
  #operation(argCount: number, ops: readonly string[]): Exclude<OperandTarget, { readonly kind: 'constant' }> {
    const code = this.#code;
    const operation = code[argCount];
    const isWrapper =
      code.length === argCount + 2 &&
      code[argCount + 1]?.op === 'ret' &&
      code.slice(0, argCount).every((move, i) => move.op === 'moveLoc' && move.local === i);
    if (!isWrapper || !operation || !ops.includes(operation.op) || !('index' in operation)) {
      return this.#fail('does more than its name says');
    }
    const target = operandTarget(this.#module, operation);
    if (!('struct' in target) || target.struct !== this.#struct) return this.#fail('works on another struct');
    if (target.typeArgs !== undefined && !this.#isCanonical(typeArgsAt(this.#module, target.typeArgs))) {
      this.#fail('type arguments in another order');
    }
    return target;
  }

  /** Wherever the struct stands in the signature it has the function's type parameters in their order. */
  #checkCanonical(): void {
    for (const type of [...parametersOf(this.#module, this.#handle), ...returnsOf(this.#module, this.#handle)]) {
      visitTypes(type, (part) => {
        if (part.kind !== 'struct' || part.handle !== this.#definition.handle) return;
        if (!this.#isCanonical(part.typeArgs)) this.#fail('type arguments in another order');
      });
    }
  }

  #isCanonical(typeArgs: readonly SignatureToken[]): boolean {
    return (
      typeArgs.length === this.#handle.typeParameters.length &&
      typeArgs.every((type, i) => type.kind === 'typeParameter' && type.index === i)
    );
  }

  #expectStruct(types: readonly SignatureToken[]): void {
    const [type, ...more] = types;
    if (more.length === 0 && type?.kind === 'struct' && type.handle === this.#definition.handle) return;
    this.#fail('the struct expected');
  }

  #expectTypes(types: readonly SignatureToken[], fields: readonly FieldDefinition[]): void {
    const isMatch = types.length === fields.length && types.every((type, i) => sameType(type, at(fields, i).type));
    if (!isMatch) this.#fail('other types than the fields have');
  }
}
