// Writes modules by hand for tests: names and types go in, tables come out, each entry once. Nothing is checked, so that a draft can hold
// any mistake.

import { type Bytes, utf8Encode } from '../base/bytes.ts';
import { type Address, parseAddress } from '../base/ids.ts';
import type {
  AbilitySet,
  CompiledModule,
  CompiledScript,
  Constant,
  FieldDefinition,
  FieldHandle,
  FunctionAttribute,
  FunctionDefinition,
  FunctionHandle,
  Instantiation,
  Instruction,
  Metadata,
  ModuleHandle,
  SignatureToken,
  StructDefinition,
  StructHandle,
  StructTypeParameter,
  StructVariantHandle,
  VariantFieldHandle,
  Visibility,
} from '../vm/bytecode/module.ts';

export const DRAFT_ADDRESS = parseAddress('0x42');

export interface StructDraft {
  readonly abilities?: AbilitySet;
  readonly typeParameters?: readonly (AbilitySet | StructTypeParameter)[];
  /** Name and type. */
  readonly fields?: readonly (readonly [string, SignatureToken])[];
  readonly variants?: Readonly<Record<string, readonly (readonly [string, SignatureToken])[]>>;
}

export interface FunctionDraft {
  readonly typeParameters?: readonly AbilitySet[];
  readonly parameters?: readonly SignatureToken[];
  readonly returns?: readonly SignatureToken[];
  readonly locals?: readonly SignatureToken[];
  readonly acquires?: readonly number[];
  readonly visibility?: Visibility;
  readonly attributes?: readonly FunctionAttribute[];
  readonly isEntry?: boolean;
  /** Absent: a native. */
  readonly code?: readonly Instruction[];
}

/** A module with its arrays open to be changed. */
export class ModuleDraft {
  readonly moduleHandles: ModuleHandle[] = [];
  readonly structHandles: StructHandle[] = [];
  readonly functionHandles: FunctionHandle[] = [];
  readonly functionInstantiations: Instantiation[] = [];
  readonly signatures: (readonly SignatureToken[])[] = [[]];
  readonly identifiers: string[] = [];
  readonly addresses: Address[] = [];
  readonly constants: Constant[] = [];
  readonly metadata: Metadata[] = [];
  readonly friends: ModuleHandle[] = [];
  readonly structs: StructDefinition[] = [];
  readonly structInstantiations: Instantiation[] = [];
  readonly functions: FunctionDefinition[] = [];
  readonly fieldHandles: FieldHandle[] = [];
  readonly fieldInstantiations: Instantiation[] = [];
  readonly structVariantHandles: StructVariantHandle[] = [];
  readonly structVariantInstantiations: Instantiation[] = [];
  readonly variantFieldHandles: VariantFieldHandle[] = [];
  readonly variantFieldInstantiations: Instantiation[] = [];
  version: number;
  self: number;

  constructor(name = 'm', version = 7, address = DRAFT_ADDRESS) {
    this.version = version;
    this.self = this.module(name, address);
  }

  identifier(text: string): number {
    return intern(this.identifiers, text);
  }

  module(name: string, address = DRAFT_ADDRESS): number {
    return intern(this.moduleHandles, { address: intern(this.addresses, address), name: this.identifier(name) });
  }

  friend(name: string, address = DRAFT_ADDRESS): void {
    this.friends.push({ address: intern(this.addresses, address), name: this.identifier(name) });
  }

  signature(types: readonly SignatureToken[]): number {
    return intern(this.signatures, types);
  }

  constant(type: SignatureToken, data: Bytes): number {
    this.constants.push({ type, data });
    return this.constants.length - 1;
  }

  /** Adds a struct or enum. Returns the index of the definition. */
  struct(name: string, draft: StructDraft = {}): number {
    const handle = this.structHandle(this.self, name, draft);
    const fields = (pairs: readonly (readonly [string, SignatureToken])[]): readonly FieldDefinition[] =>
      pairs.map(([field, type]) => ({ name: this.identifier(field), type }));
    const layout: StructDefinition['layout'] = draft.variants
      ? {
          kind: 'enum',
          variants: Object.entries(draft.variants).map(([variant, pairs]) => ({
            name: this.identifier(variant),
            fields: fields(pairs),
          })),
        }
      : { kind: 'struct', fields: fields(draft.fields ?? [['x', { kind: 'u64' }]]) };
    this.structs.push({ handle, layout });
    return this.structs.length - 1;
  }

  structHandle(module: number, name: string, draft: StructDraft = {}): number {
    const typeParameters = (draft.typeParameters ?? []).map((parameter) =>
      typeof parameter === 'number' ? { constraints: parameter, isPhantom: false } : parameter,
    );
    this.structHandles.push({ module, name: this.identifier(name), abilities: draft.abilities ?? 0, typeParameters });
    return this.structHandles.length - 1;
  }

  /** Adds a function of this module. Returns the index of its handle. */
  function(name: string, draft: FunctionDraft = {}): number {
    const handle = this.functionHandle(this.self, name, draft);
    const definition = {
      handle,
      visibility: draft.visibility ?? 'private',
      isEntry: draft.isEntry ?? false,
      acquires: draft.acquires ?? [],
    };
    const body = draft.code && { locals: this.signature(draft.locals ?? []), code: draft.code };
    this.functions.push(body ? { ...definition, body } : definition);
    return handle;
  }

  functionHandle(module: number, name: string, draft: FunctionDraft = {}): number {
    this.functionHandles.push({
      module,
      name: this.identifier(name),
      parameters: this.signature(draft.parameters ?? []),
      returns: this.signature(draft.returns ?? []),
      typeParameters: draft.typeParameters ?? [],
      attributes: draft.attributes ?? [],
    });
    return this.functionHandles.length - 1;
  }

  /** An entry of one of the instantiation tables. */
  instantiate(
    table: 'functionInstantiations' | 'structInstantiations' | 'fieldInstantiations' | 'structVariantInstantiations',
    handle: number,
    typeArgs: readonly SignatureToken[],
  ): number {
    return intern(this[table], { handle, typeArgs: this.signature(typeArgs) });
  }

  /** The type of a struct of this module by the index of its definition. */
  typeOf(struct: number, ...typeArgs: readonly SignatureToken[]): SignatureToken {
    return { kind: 'struct', handle: this.structs[struct]?.handle ?? 0, typeArgs };
  }

  describe(key: string, value: Bytes): void {
    this.metadata.push({ key: utf8Encode(key), value });
  }

  build(): CompiledModule {
    return { kind: 'module', ...this };
  }

  /** A script with this draft's tables; `module` handles but for those it names are dropped. */
  buildScript(draft: Pick<FunctionDraft, 'typeParameters' | 'parameters' | 'locals' | 'code'>): CompiledScript {
    const parameters = this.signature(draft.parameters ?? []);
    const locals = this.signature(draft.locals ?? []);
    const { version, moduleHandles, structHandles, functionHandles, functionInstantiations } = this;
    const { signatures, identifiers, addresses, constants, metadata } = this;
    return {
      kind: 'script',
      version,
      moduleHandles: moduleHandles.slice(1),
      structHandles: structHandles.map((handle) => ({ ...handle, module: handle.module - 1 })),
      functionHandles: functionHandles.map((handle) => ({ ...handle, module: handle.module - 1 })),
      functionInstantiations,
      signatures,
      identifiers,
      addresses,
      constants,
      metadata,
      typeParameters: draft.typeParameters ?? [],
      parameters,
      body: { locals, code: draft.code ?? [] },
    };
  }
}

/** Index of an entry that is there, or is now. */
function intern<T>(table: T[], entry: T): number {
  const text = JSON.stringify(entry);
  const known = table.findIndex((candidate) => JSON.stringify(candidate) === text);
  if (known >= 0) return known;
  table.push(entry);
  return table.length - 1;
}
