// Types as modules declare them, for showing values: the fields of a struct, the parameters and results of a function, with type
// parameters filled in. Modules come from the state that is asked about; decoded ones are kept as long as their bytes are.

import type { Bytes } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import type { StateView } from '../base/state.ts';
import { type PassedTag, type StructTag, structTag, type TypeTag } from '../base/type-tag.ts';
import { at, moduleIdAt, parametersOf, returnsOf, type Unit } from './bytecode/access.ts';
import { decodeModule, decodeScript } from './bytecode/decode.ts';
import type {
  CompiledModule,
  FieldDefinition,
  FunctionHandle,
  ModuleId,
  SignatureToken,
  StructDefinition,
} from './bytecode/module.ts';
import type { FunctionCall } from './run.ts';

export interface Field {
  readonly name: string;
  readonly type: TypeTag;
}
export type Fields =
  | { readonly kind: 'struct'; readonly fields: readonly Field[] }
  | {
      readonly kind: 'enum';
      readonly variants: readonly { readonly name: string; readonly fields: readonly Field[] }[];
    };

const decoded = new WeakMap<Bytes, CompiledModule>();

export function compiledModule(code: Bytes): CompiledModule {
  const known = decoded.get(code);
  if (known) return known;
  const module = decodeModule(code);
  decoded.set(code, module);
  return module;
}

/** @throws DecodeError when there is no such struct */
export function fieldsOfStruct(state: StateView, tag: StructTag): Fields {
  const module = findModule(state, { address: tag.address, name: tag.module });
  const definition = module.structs.find((struct) => structName(module, struct) === tag.name);
  if (definition === undefined) throw new DecodeError('type', `no struct ${tag.module}::${tag.name}`, 0);
  const { layout } = definition;
  const fields = (definitions: readonly FieldDefinition[]) =>
    definitions.map(({ name, type }) => ({
      name: at(module.identifiers, name),
      type: tagOf(module, type, tag.typeArgs),
    }));
  switch (layout.kind) {
    case 'native':
      throw new DecodeError('type', `${tag.name} is native`, 0);
    case 'struct':
      return { kind: 'struct', fields: fields(layout.fields) };
    case 'enum':
      return {
        kind: 'enum',
        variants: layout.variants.map((variant) => ({
          name: at(module.identifiers, variant.name),
          fields: fields(variant.fields),
        })),
      };
  }
}

/** Types of the arguments that a caller gives, signers left out. @throws DecodeError when there is no such function */
export function parameterTypes(state: StateView, call: FunctionCall): TypeTag[] {
  const { module, handle } = findFunction(state, call);
  return parametersOf(module, handle)
    .filter((token) => !isSigner(token))
    .map((token) => tagOf(module, token, call.typeArgs));
}

/** The same of a script. @throws DecodeError, BytecodeError */
export function scriptParameterTypes(code: Bytes, typeArgs: readonly TypeTag[]): TypeTag[] {
  const script = decodeScript(code);
  return at(script.signatures, script.parameters)
    .filter((token) => !isSigner(token))
    .map((token) => tagOf(script, token, typeArgs));
}

/** Types of all parameters, signers among them. @throws DecodeError when there is no such function */
export function allParameterTypes(state: StateView, call: Omit<FunctionCall, 'args'>): TypeTag[] {
  const { module, handle } = findFunction(state, call);
  return parametersOf(module, handle).map((token) => tagOf(module, token, call.typeArgs));
}

/** Types of what a function returns; a reference stands for what it points at. @throws DecodeError */
export function returnTypes(state: StateView, call: FunctionCall): TypeTag[] {
  const { module, handle } = findFunction(state, call);
  return returnsOf(module, handle).map((token) => tagOf(module, token, call.typeArgs));
}

function findModule(state: StateView, id: ModuleId): CompiledModule {
  const code = state.module(id.address, id.name);
  if (code === undefined) throw new DecodeError('type', `no module ${id.address}::${id.name}`, 0);
  return compiledModule(code);
}

function findFunction(
  state: StateView,
  call: Omit<FunctionCall, 'args'>,
): { module: CompiledModule; handle: FunctionHandle } {
  const module = findModule(state, call.module);
  for (const definition of module.functions) {
    const handle = at(module.functionHandles, definition.handle);
    if (at(module.identifiers, handle.name) === call.function) return { module, handle };
  }
  throw new DecodeError('function', `no function ${call.module.name}::${call.function}`, 0);
}

export function structName(module: CompiledModule, definition: StructDefinition): string {
  return at(module.identifiers, at(module.structHandles, definition.handle).name);
}

function isSigner(token: SignatureToken): boolean {
  return token.kind === 'signer' || (token.kind === 'reference' && token.inner.kind === 'signer');
}

function tagOf(module: Unit, token: SignatureToken, typeArgs: readonly TypeTag[]): TypeTag {
  switch (token.kind) {
    case 'vector':
      return { kind: 'vector', element: tagOf(module, token.inner, typeArgs) };
    case 'reference':
    case 'mutableReference':
      return tagOf(module, token.inner, typeArgs);
    case 'struct': {
      const handle = at(module.structHandles, token.handle);
      const { address, name } = moduleIdAt(module, handle.module);
      const args = token.typeArgs.map((arg) => tagOf(module, arg, typeArgs));
      return structTag(address, name, at(module.identifiers, handle.name), args);
    }
    case 'typeParameter': {
      const tag = typeArgs[token.index];
      if (tag === undefined) throw new DecodeError('type arguments', `no type argument ${token.index}`, 0);
      return tag;
    }
    case 'function': {
      const passed = (part: SignatureToken): PassedTag => ({
        passed: part.kind === 'reference' || part.kind === 'mutableReference' ? part.kind : 'value',
        type: tagOf(module, part, typeArgs),
      });
      const { parameters, returns, abilities } = token;
      return { kind: 'function', params: parameters.map(passed), returns: returns.map(passed), abilities };
    }
    default:
      return { kind: token.kind };
  }
}
