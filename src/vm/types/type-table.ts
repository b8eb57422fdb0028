// Makes types from type tags and from signatures, each once, and lays them out.

import { parseAddress, shortAddress } from '../../base/ids.ts';
import type { PassedTag, TypeTag } from '../../base/type-tag.ts';
import { at } from '../bytecode/access.ts';
import type { AbilitySet, FieldDefinition, ModuleId, SignatureToken } from '../bytecode/module.ts';
import type { LoadedModule } from '../code/loaded-module.ts';
import { LoadError, UnsupportedError } from '../errors.ts';
import type { VmLimits } from '../limits.ts';
import { functionTypeName } from './function-type.ts';
import {
  ENUM_TAG_SIZE,
  type EnumType,
  type Field,
  type FunctionType,
  type NominalType,
  type PrimitiveKind,
  type PrimitiveType,
  type ReferenceType,
  type Representation,
  type StructType,
  type Type,
  VECTOR,
  type VectorType,
} from './type.ts';

const PRIMITIVES: Record<PrimitiveKind, { readonly representation: Representation; readonly size: number }> = {
  bool: { representation: 'i32', size: 1 },
  u8: { representation: 'i32', size: 1 },
  u16: { representation: 'i32', size: 2 },
  u32: { representation: 'i32', size: 4 },
  u64: { representation: 'i64', size: 8 },
  u128: { representation: 'memory', size: 16 },
  u256: { representation: 'memory', size: 32 },
  i8: { representation: 'i32', size: 1 },
  i16: { representation: 'i32', size: 2 },
  i32: { representation: 'i32', size: 4 },
  i64: { representation: 'i64', size: 8 },
  i128: { representation: 'memory', size: 16 },
  i256: { representation: 'memory', size: 32 },
  address: { representation: 'memory', size: 32 },
  signer: { representation: 'memory', size: 32 },
};
/** Variants that a one-byte tag can tell apart and whose BCS index is one byte: as many as Move allows. */
const VARIANTS_MAX = 127;
/** Characters of a type's name: bounds how far generics can multiply type nodes (a name can double with every level). */
const NAME_LENGTH_MAX = 16_384;

/** In the place of names, for what is known by its layout. */
const NAMELESS = {
  module: { address: parseAddress('0x0'), name: '' },
  structName: '',
  typeArgs: [],
  abilities: 0,
  phantoms: [],
} as const;

export class TypeTable {
  readonly #byName = new Map<string, Type>();
  readonly #ofToken = new WeakMap<SignatureToken, Type>();
  readonly #all: Type[] = [];
  /** Being laid out: what contains itself never ends. */
  readonly #pending = new Set<string>();
  readonly #module: (id: ModuleId) => LoadedModule;
  readonly #limits: VmLimits;

  constructor(module: (id: ModuleId) => LoadedModule, limits: VmLimits) {
    this.#module = module;
    this.#limits = limits;
  }

  get count(): number {
    return this.#all.length;
  }

  primitive(kind: PrimitiveKind): PrimitiveType {
    const found = this.#byName.get(kind);
    if (found) return found as PrimitiveType;
    const { representation, size } = PRIMITIVES[kind];
    return this.#add<PrimitiveType>({
      ...this.#next(),
      kind,
      name: kind,
      representation,
      size,
      plain: true,
      unchecked: kind !== 'bool',
      deep: false,
      depth: 1,
    });
  }

  vector(element: Type): VectorType {
    const name = `vector<${element.name}>`;
    const found = this.#byName.get(name);
    if (found) return found as VectorType;
    const depth = this.#depth(element.depth + 1, name);
    const base = {
      representation: 'memory',
      size: VECTOR.size,
      plain: false,
      unchecked: false,
      deep: true,
      depth,
    } as const;
    return this.#add<VectorType>({ ...this.#next(), ...base, kind: 'vector', name, element });
  }

  reference(inner: Type, mutable: boolean): ReferenceType {
    const name = `${mutable ? '&mut ' : '&'}${inner.name}`;
    const found = this.#byName.get(name);
    if (found) return found as ReferenceType;
    const base = {
      representation: 'i32',
      size: 4,
      plain: false,
      unchecked: false,
      deep: false,
      depth: inner.depth,
    } as const;
    return this.#add<ReferenceType>({ ...this.#next(), ...base, kind: 'reference', name, inner, mutable });
  }

  /** @throws LoadError when its name would be too long */
  function(params: readonly Type[], returns: readonly Type[], abilities: AbilitySet): FunctionType {
    const parts = [...params, ...returns];
    if (parts.reduce((length, type) => length + type.name.length, 0) > NAME_LENGTH_MAX) {
      throw new LoadError('TOO_MANY_TYPE_NODES', 'a function type too large');
    }
    const name = functionTypeName(params, returns, abilities);
    const found = this.#byName.get(name);
    if (found) return found as FunctionType;
    const base = {
      representation: 'i32',
      size: 4,
      plain: false,
      unchecked: false,
      deep: false,
      depth: 1,
    } as const;
    return this.#add<FunctionType>({ ...this.#next(), ...base, kind: 'function', name, params, returns, abilities });
  }

  /** @throws LoadError when the struct is not there or the arguments do not fit in number */
  struct(id: ModuleId, structName: string, typeArgs: readonly Type[]): NominalType {
    if (typeArgs.reduce((length, type) => length + type.name.length, 0) > NAME_LENGTH_MAX) {
      throw new LoadError('TOO_MANY_TYPE_NODES', `type arguments of ${structName} too large`);
    }
    const args = typeArgs.length === 0 ? '' : `<${typeArgs.map((type) => type.name).join(', ')}>`;
    const name = `${shortAddress(id.address)}::${id.name}::${structName}${args}`;
    const found = this.#byName.get(name);
    if (found) return found as NominalType;
    if (this.#pending.has(name)) throw new LoadError('RECURSIVE_STRUCT_DEFINITION', `${name} contains itself`);
    this.#pending.add(name);
    try {
      return this.#layOut(name, id, structName, typeArgs);
    } finally {
      this.#pending.delete(name);
    }
  }

  /** A struct that is known by its fields alone. */
  nameless(fields: readonly Type[]): StructType {
    const name = namelessName(fields);
    const found = this.#byName.get(name);
    if (found) return found as StructType;
    const { fields: placed, size } = this.#place(fields, 0, name);
    const depth = this.#depth(fields.reduce((deepest, type) => Math.max(deepest, type.depth), 0) + 1, name);
    return this.#add<StructType>({
      ...this.#next(),
      ...NAMELESS,
      kind: 'struct',
      name,
      representation: 'memory',
      size,
      plain: fields.every((type) => type.plain),
      unchecked: fields.every((type) => type.unchecked),
      deep: fields.some((type) => type.deep),
      depth,
      fields: placed,
    });
  }

  namelessEnum(variants: readonly (readonly Type[])[]): EnumType {
    const name = `{${variants.map(namelessName).join('|')}}`;
    const found = this.#byName.get(name);
    if (found) return found as EnumType;
    if (variants.length > VARIANTS_MAX) throw new UnsupportedError(`an enum with ${variants.length} variants`);
    const placed = variants.map((fields) => this.#place(fields, ENUM_TAG_SIZE, name));
    const types = variants.flat();
    const depth = this.#depth(types.reduce((deepest, type) => Math.max(deepest, type.depth), 0) + 1, name);
    return this.#add<EnumType>({
      ...this.#next(),
      ...NAMELESS,
      kind: 'enum',
      name,
      representation: 'memory',
      size: placed.reduce((largest, { size }) => Math.max(largest, size), ENUM_TAG_SIZE),
      plain: false,
      unchecked: false,
      deep: types.some((type) => type.deep),
      depth,
      variants: placed.map(({ fields }) => ({ name: '', fields })),
    });
  }

  fromTag(tag: TypeTag): Type {
    switch (tag.kind) {
      case 'vector':
        return this.vector(this.fromTag(tag.element));
      case 'struct': {
        const id = { address: parseAddress(tag.address), name: tag.module };
        return this.struct(
          id,
          tag.name,
          tag.typeArgs.map((arg) => this.fromTag(arg)),
        );
      }
      case 'function': {
        const passed = ({ passed, type }: PassedTag): Type =>
          passed === 'value' ? this.fromTag(type) : this.reference(this.fromTag(type), passed === 'mutableReference');
        return this.function(tag.params.map(passed), tag.returns.map(passed), tag.abilities);
      }
      default:
        return this.primitive(tag.kind);
    }
  }

  fromToken(module: LoadedModule, token: SignatureToken, typeArgs: readonly Type[]): Type {
    if (typeArgs.length > 0) return this.#fromToken(module, token, typeArgs);
    let type = this.#ofToken.get(token);
    if (type === undefined) {
      type = this.#fromToken(module, token, typeArgs);
      this.#ofToken.set(token, type);
    }
    return type;
  }

  #fromToken(module: LoadedModule, token: SignatureToken, typeArgs: readonly Type[]): Type {
    switch (token.kind) {
      case 'vector':
        return this.vector(this.fromToken(module, token.inner, typeArgs));
      case 'reference':
        return this.reference(this.fromToken(module, token.inner, typeArgs), false);
      case 'mutableReference':
        return this.reference(this.fromToken(module, token.inner, typeArgs), true);
      case 'struct': {
        const { module: id, name } = module.structName(token.handle);
        return this.struct(
          id,
          name,
          token.typeArgs.map((arg) => this.fromToken(module, arg, typeArgs)),
        );
      }
      case 'typeParameter':
        return at(typeArgs, token.index);
      case 'function': {
        const resolve = (part: SignatureToken): Type => this.fromToken(module, part, typeArgs);
        return this.function(token.parameters.map(resolve), token.returns.map(resolve), token.abilities);
      }
      default:
        return this.primitive(token.kind);
    }
  }

  #layOut(name: string, id: ModuleId, structName: string, typeArgs: readonly Type[]): NominalType {
    const module = this.#module(id);
    const definition = module.structs.get(structName);
    if (definition === undefined) throw new LoadError('TYPE_RESOLUTION_FAILURE', `no type ${name}`);
    const parameters = module.structHandle(definition.handle).typeParameters;
    if (parameters.length !== typeArgs.length) {
      throw new LoadError('NUMBER_OF_TYPE_ARGUMENTS_MISMATCH', `${name} takes ${parameters.length} type arguments`);
    }
    const phantoms = parameters.map((parameter) => parameter.isPhantom);
    const identity = { module: id, structName, typeArgs, abilities: module.abilities(definition), phantoms };
    const argsDepth = typeArgs.reduce((depth, arg) => Math.max(depth, arg.depth), 0);
    const { layout } = definition;
    switch (layout.kind) {
      case 'struct': {
        const { fields, size } = this.#fields(module, layout.fields, typeArgs, 0, name);
        const types = fields.map((field) => field.type);
        const depth = this.#depth(types.reduce((deepest, type) => Math.max(deepest, type.depth), argsDepth) + 1, name);
        return this.#add<NominalType>({
          ...this.#next(),
          ...identity,
          kind: 'struct',
          name,
          representation: 'memory',
          size,
          plain: types.every((type) => type.plain),
          unchecked: types.every((type) => type.unchecked),
          deep: types.some((type) => type.deep),
          depth,
          fields,
        });
      }
      case 'enum': {
        if (layout.variants.length > VARIANTS_MAX)
          throw new UnsupportedError(`${name} with ${layout.variants.length} variants`);
        const laidOut = layout.variants.map((variant) => ({
          name: module.identifier(variant.name),
          ...this.#fields(module, variant.fields, typeArgs, ENUM_TAG_SIZE, name),
        }));
        const types = laidOut.flatMap((variant) => variant.fields.map((field) => field.type));
        const depth = this.#depth(types.reduce((deepest, type) => Math.max(deepest, type.depth), argsDepth) + 1, name);
        return this.#add<NominalType>({
          ...this.#next(),
          ...identity,
          kind: 'enum',
          name,
          representation: 'memory',
          size: laidOut.reduce((largest, variant) => Math.max(largest, variant.size), ENUM_TAG_SIZE),
          plain: false,
          unchecked: false,
          deep: types.some((type) => type.deep),
          depth,
          variants: laidOut.map((variant) => ({ name: variant.name, fields: variant.fields })),
        });
      }
      case 'native':
        throw new UnsupportedError(`native struct ${name}`);
    }
  }

  #fields(
    module: LoadedModule,
    definitions: readonly FieldDefinition[],
    typeArgs: readonly Type[],
    start: number,
    owner: string,
  ): { readonly fields: Field[]; readonly size: number } {
    let size = start;
    const fields: Field[] = [];
    for (const definition of definitions) {
      const type = this.fromToken(module, definition.type, typeArgs);
      fields.push({ name: module.identifier(definition.name), type, offset: size });
      size += type.size;
    }
    if (size > this.#limits.typeBytesMax) throw new UnsupportedError(`${owner} of ${size} bytes`);
    return { fields, size };
  }

  #place(types: readonly Type[], start: number, owner: string): { readonly fields: Field[]; readonly size: number } {
    let size = start;
    const fields = types.map((type) => {
      const offset = size;
      size += type.size;
      return { name: '', type, offset };
    });
    if (size > this.#limits.typeBytesMax) throw new UnsupportedError(`${owner.slice(0, 200)} of ${size} bytes`);
    return { fields, size };
  }

  #depth(depth: number, name: string): number {
    if (depth > this.#limits.typeDepthMax)
      throw new LoadError('VM_MAX_VALUE_DEPTH_REACHED', `${name.slice(0, 200)} nests too deeply`);
    return depth;
  }

  #next(): { readonly id: number } {
    return { id: this.#all.length };
  }

  #add<T extends Type>(type: T): T {
    this.#all.push(type);
    this.#byName.set(type.name, type);
    return type;
  }
}

function namelessName(fields: readonly Type[]): string {
  return `(${fields.map(({ name }) => name).join(', ')})`;
}
