// A decoded module with its tables resolved as far as one module allows: names instead of handles, definitions by name.

import type { Bytes } from '../../base/bytes.ts';
import { at, moduleKey } from '../bytecode/access.ts';
import type {
  AbilitySet,
  CompiledModule,
  FunctionDefinition,
  FunctionHandle,
  ModuleId,
  SignatureToken,
  StructDefinition,
  StructHandle,
} from '../bytecode/module.ts';

export interface StructName {
  readonly module: ModuleId;
  readonly name: string;
}
export interface FunctionName {
  readonly module: ModuleId;
  readonly name: string;
}

export class LoadedModule {
  readonly id: ModuleId;
  /** `moduleKey` of it. */
  readonly key: string;
  readonly bytes: Bytes;
  readonly compiled: CompiledModule;
  /** Definitions by name. */
  readonly structs: ReadonlyMap<string, StructDefinition>;
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  /** The modules that it names, itself among them. */
  readonly moduleIds: readonly ModuleId[];

  constructor(bytes: Bytes, compiled: CompiledModule) {
    this.bytes = bytes;
    this.compiled = compiled;
    this.moduleIds = compiled.moduleHandles.map((handle) => ({
      address: at(compiled.addresses, handle.address),
      name: at(compiled.identifiers, handle.name),
    }));
    this.id = at(this.moduleIds, compiled.self);
    this.key = moduleKey(this.id);
    this.structs = new Map(
      compiled.structs.map((definition) => [this.identifier(this.structHandle(definition.handle).name), definition]),
    );
    this.functions = new Map(
      compiled.functions.map((definition) => [
        this.identifier(this.functionHandle(definition.handle).name),
        definition,
      ]),
    );
  }

  identifier(index: number): string {
    return at(this.compiled.identifiers, index);
  }

  signature(index: number): readonly SignatureToken[] {
    return at(this.compiled.signatures, index);
  }

  structHandle(index: number): StructHandle {
    return at(this.compiled.structHandles, index);
  }

  functionHandle(index: number): FunctionHandle {
    return at(this.compiled.functionHandles, index);
  }

  /** Which struct a handle stands for. */
  structName(handleIndex: number): StructName {
    const handle = this.structHandle(handleIndex);
    return { module: at(this.moduleIds, handle.module), name: this.identifier(handle.name) };
  }

  functionName(handle: FunctionHandle): FunctionName {
    return { module: at(this.moduleIds, handle.module), name: this.identifier(handle.name) };
  }

  abilities(definition: StructDefinition): AbilitySet {
    return this.structHandle(definition.handle).abilities;
  }
}
