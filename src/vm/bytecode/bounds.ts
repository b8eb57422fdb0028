// Every index of a decoded module or script leads somewhere, and every type parameter that is used was declared. Aptos counts this as
// part of decoding, and so does `decode.ts`: what it returns can be followed without asking.

import {
  at,
  type IndexInstruction,
  isLeaf,
  OPERAND_TABLES,
  type OperandTable,
  operandTarget,
  type Unit,
  visitTypes,
} from './access.ts';
import { BytecodeError, type BytecodeStatus, type Place } from './error.ts';
import type { TableName } from './format.ts';
import type {
  CodeUnit,
  CompiledModule,
  FieldDefinition,
  Instantiation,
  Instruction,
  ModuleHandle,
  SignatureToken,
  StructDefinition,
} from './module.ts';

/** The tables that instructions point into, as far as a unit has them. */
type OperandTables = { readonly [T in OperandTable]?: readonly (object & Partial<Pick<Instantiation, 'typeArgs'>>)[] };

/** Parameters and locals of one function, together: local indices are bytes, of which the format leaves the last unused. */
const LOCALS_MAX = 255;

/** @throws BytecodeError */
export function checkBounds(unit: Unit): void {
  new BoundsPass(unit).run();
}

class BoundsPass {
  readonly #unit: Unit;
  /** Highest type parameter that each signature uses, -1 where none; filled as needed. */
  readonly #highestParameter = new Map<number, number>();

  constructor(unit: Unit) {
    this.#unit = unit;
  }

  run(): void {
    const unit = this.#unit;
    if (unit.kind === 'module' && unit.moduleHandles.length === 0) {
      refuse('NO_MODULE_HANDLES', 'a module without a name');
    }
    for (let index = 0; index < unit.signatures.length; index++) {
      const signature = at(unit.signatures, index);
      const place: Place = { table: 'signatures', index };
      for (const type of signature) this.#type(type, place);
    }
    for (const [index, constant] of unit.constants.entries()) this.#type(constant.type, { table: 'constants', index });
    for (let index = 0; index < unit.moduleHandles.length; index++) {
      const handle = at(unit.moduleHandles, index);
      this.#moduleHandle(handle, { table: 'moduleHandles', index });
    }
    if (unit.kind === 'module') this.#index(unit.self, 'moduleHandles', {});
    for (let index = 0; index < unit.structHandles.length; index++) {
      const handle = at(unit.structHandles, index);
      this.#index(handle.module, 'moduleHandles', { table: 'structHandles', index });
      this.#index(handle.name, 'identifiers', { table: 'structHandles', index });
    }
    this.#functionHandles();
    if (unit.kind === 'module') this.#moduleTables(unit);
    this.#instantiations('functionInstantiations', unit.functionInstantiations, 'functionHandles');
    if (unit.kind === 'module') this.#definitions(unit);
    else this.#script(unit);
  }

  #functionHandles(): void {
    const { functionHandles, moduleHandles, identifiers, signatures } = this.#unit;
    for (let index = 0; index < functionHandles.length; index++) {
      const handle = at(functionHandles, index);
      const { parameters, returns } = handle;
      const declared = handle.typeParameters.length;
      const isGood =
        handle.module < moduleHandles.length &&
        handle.name < identifiers.length &&
        parameters < signatures.length &&
        returns < signatures.length &&
        this.#highestIn(parameters) < declared &&
        this.#highestIn(returns) < declared;
      if (isGood) continue;
      const place: Place = { table: 'functionHandles', index };
      this.#index(handle.module, 'moduleHandles', place);
      this.#index(handle.name, 'identifiers', place);
      this.#index(parameters, 'signatures', place);
      this.#index(returns, 'signatures', place);
      this.#parametersIn(parameters, declared, place);
      this.#parametersIn(returns, declared, place);
    }
  }

  #moduleTables(module: CompiledModule): void {
    for (let index = 0; index < module.fieldHandles.length; index++) {
      const handle = at(module.fieldHandles, index);
      const place: Place = { table: 'fieldHandles', index };
      this.#index(handle.owner, 'structs', place);
      const layout = module.structs[handle.owner]?.layout;
      this.#below(handle.field, layout?.kind === 'struct' ? layout.fields.length : 0, 'fields', place);
    }
    for (const [index, friend] of module.friends.entries()) this.#moduleHandle(friend, { table: 'friends', index });
    this.#instantiations('structInstantiations', module.structInstantiations, 'structs');
    this.#instantiations('fieldInstantiations', module.fieldInstantiations, 'fieldHandles');
  }

  #definitions(module: CompiledModule): void {
    for (const [index, definition] of module.structs.entries()) this.#structDefinition(definition, index);
    this.#variantTables(module);
    for (let index = 0; index < module.functions.length; index++) {
      const definition = at(module.functions, index);
      const place: Place = { table: 'functions', index };
      this.#index(definition.handle, 'functionHandles', place);
      for (const struct of definition.acquires) this.#index(struct, 'structs', place);
      const handle = module.functionHandles[definition.handle];
      if (definition.body && handle) {
        const parameters = module.signatures[handle.parameters]?.length ?? 0;
        this.#code(definition.body, parameters, handle.typeParameters.length, index);
      }
    }
  }

  #variantTables(module: CompiledModule): void {
    for (let index = 0; index < module.variantFieldHandles.length; index++) {
      const handle = at(module.variantFieldHandles, index);
      const place: Place = { table: 'variantFieldHandles', index };
      this.#index(handle.struct, 'structs', place);
      if (handle.variants.length === 0) refuse('ZERO_VARIANTS_ERROR', 'a field of no variant', place);
      for (const variant of handle.variants) {
        const fields = this.#variant(module, handle.struct, variant, place);
        this.#below(handle.field, fields.length, 'fields', place);
      }
    }
    for (let index = 0; index < module.structVariantHandles.length; index++) {
      const handle = at(module.structVariantHandles, index);
      const place: Place = { table: 'structVariantHandles', index };
      this.#index(handle.struct, 'structs', place);
      this.#variant(module, handle.struct, handle.variant, place);
    }
    this.#instantiations('variantFieldInstantiations', module.variantFieldInstantiations, 'variantFieldHandles');
    this.#instantiations('structVariantInstantiations', module.structVariantInstantiations, 'structVariantHandles');
  }

  #variant(module: CompiledModule, struct: number, variant: number, place: Place): readonly FieldDefinition[] {
    const layout = module.structs[struct]?.layout;
    const variants = layout?.kind === 'enum' ? layout.variants : [];
    this.#below(variant, variants.length, 'variants', place);
    return variants[variant]?.fields ?? [];
  }

  #script(script: Extract<Unit, { readonly kind: 'script' }>): void {
    this.#index(script.parameters, 'signatures', {});
    this.#parametersIn(script.parameters, script.typeParameters.length, {});
    const parameters = script.signatures[script.parameters]?.length ?? 0;
    this.#code(script.body, parameters, script.typeParameters.length, undefined);
  }

  #moduleHandle(handle: ModuleHandle, place: Place): void {
    this.#index(handle.address, 'addresses', place);
    this.#index(handle.name, 'identifiers', place);
  }

  #instantiations(table: TableName, entries: readonly Instantiation[], of: TableName): void {
    for (let index = 0; index < entries.length; index++) {
      const entry = at(entries, index);
      this.#index(entry.handle, of, { table, index });
      this.#index(entry.typeArgs, 'signatures', { table, index });
    }
  }

  #structDefinition(definition: StructDefinition, index: number): void {
    const place: Place = { table: 'structs', index };
    this.#index(definition.handle, 'structHandles', place);
    const parameters = this.#unit.structHandles[definition.handle]?.typeParameters.length ?? 0;
    const { layout } = definition;
    if (layout.kind === 'struct') for (const field of layout.fields) this.#field(field, parameters, place);
    if (layout.kind !== 'enum') return;
    for (const variant of layout.variants) {
      this.#index(variant.name, 'identifiers', place);
      for (const field of variant.fields) this.#field(field, parameters, place);
    }
    if (layout.variants.length === 0) refuse('ZERO_VARIANTS_ERROR', 'an enum without variants', place);
  }

  #field(field: FieldDefinition, parameters: number, place: Place): void {
    this.#index(field.name, 'identifiers', place);
    this.#type(field.type, place);
    this.#below(highestParameter([field.type]), parameters, 'type parameters', place);
  }

  #code(body: CodeUnit, parameters: number, typeParameters: number, index: number | undefined): void {
    const place: Place = index === undefined ? {} : { function: index };
    this.#index(body.locals, 'signatures', place);
    const locals = parameters + (this.#unit.signatures[body.locals]?.length ?? 0);
    if (locals > LOCALS_MAX) refuse('TOO_MANY_LOCALS', `${locals} locals`, place);
    this.#parametersIn(body.locals, typeParameters, place);
    for (let offset = 0; offset < body.code.length; offset++) {
      const instruction = at(body.code, offset);
      // Where each instruction stands is put into words only when it is refused: nearly all of a start's instructions pass through here.
      if ('local' in instruction) {
        if (instruction.local >= locals) this.#below(instruction.local, locals, 'locals', { ...place, offset });
      } else if ('index' in instruction) {
        if (!this.#isGoodOperand(instruction, typeParameters)) {
          this.#operand(instruction, typeParameters, { ...place, offset });
        }
      } else if ('target' in instruction) {
        const { length } = body.code;
        if (instruction.target >= length) this.#below(instruction.target, length, 'instructions', { ...place, offset });
      } else if ('type' in instruction) {
        this.#vectorOperand(instruction, typeParameters, { ...place, offset });
      }
    }
  }

  /** What `#operand` finds, without saying what is wrong. */
  #isGoodOperand({ op, index }: IndexInstruction, typeParameters: number): boolean {
    const unit: OperandTables = this.#unit;
    const entry = unit[OPERAND_TABLES[op]]?.[index];
    if (entry === undefined) return false;
    return entry.typeArgs === undefined || this.#highestIn(entry.typeArgs) < typeParameters;
  }

  #operand(instruction: IndexInstruction, typeParameters: number, place: Place): void {
    const unit = this.#unit;
    const table = OPERAND_TABLES[instruction.op];
    // Scripts have no structs. That they do nothing with any is for the verifier to see.
    if (unit.kind === 'script' && !(table in unit)) return;
    this.#index(instruction.index, table, place);
    const target = operandTarget(unit, instruction);
    if (target.kind !== 'constant' && target.typeArgs !== undefined) {
      this.#parametersIn(target.typeArgs, typeParameters, place);
    }
  }

  #vectorOperand(instruction: Extract<Instruction, { readonly type: number }>, parameters: number, place: Place): void {
    this.#index(instruction.type, 'signatures', place);
    this.#parametersIn(instruction.type, parameters, place);
  }

  /** Struct handles exist and have as many type parameters as they are given arguments. */
  #type(type: SignatureToken, place: Place): void {
    if (isLeaf(type)) return;
    visitTypes(type, (part) => {
      if (part.kind !== 'struct') return;
      this.#index(part.handle, 'structHandles', place);
      const expected = this.#unit.structHandles[part.handle]?.typeParameters.length ?? 0;
      if (expected === part.typeArgs.length) return;
      const problem = `${expected} type arguments expected, ${part.typeArgs.length} given`;
      refuse('NUMBER_OF_TYPE_ARGUMENTS_MISMATCH', problem, place);
    });
  }

  #parametersIn(signature: number, declared: number, place: Place): void {
    this.#below(this.#highestIn(signature), declared, 'type parameters', place);
  }

  #highestIn(signature: number): number {
    let highest = this.#highestParameter.get(signature);
    if (highest === undefined) {
      highest = highestParameter(this.#unit.signatures[signature] ?? []);
      this.#highestParameter.set(signature, highest);
    }
    return highest;
  }

  #index(index: number, table: TableName, place: Place): void {
    this.#below(index, tableLength(this.#unit, table), table, place);
  }

  #below(index: number, length: number, what: string, place: Place): void {
    if (index >= length) refuse('INDEX_OUT_OF_BOUNDS', `${index} of ${length} ${what}`, place);
  }
}

/** @throws BytecodeError always. */
function refuse(status: BytecodeStatus, problem: string, place: Place = {}): never {
  throw new BytecodeError(status, problem, place);
}

function tableLength(unit: Unit, table: TableName): number {
  const tables: Partial<Record<TableName, readonly unknown[]>> = unit;
  return tables[table]?.length ?? 0;
}

function highestParameter(types: readonly SignatureToken[]): number {
  let highest = -1;
  for (const type of types) {
    if (isLeaf(type)) continue;
    visitTypes(type, (part) => {
      if (part.kind === 'typeParameter') highest = Math.max(highest, part.index);
    });
  }
  return highest;
}
