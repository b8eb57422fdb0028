// The Rust VM gives a view's return values as JSON, from which structs are hard to read back and the variant of an enum cannot be told. This
// adds, for each public function that returns such a value, another that returns the BCS of what the first returns. No index of the module
// changes.

import { parseAddress } from '../../base/ids.ts';
import { at, moduleIdAt, parametersOf, returnsOf, selfId, visitTypes } from '../../vm/bytecode/access.ts';
import {
  Ability,
  type CompiledModule,
  type FunctionDefinition,
  type FunctionHandle,
  type Instruction,
  type ModuleHandle,
  type SignatureToken,
} from '../../vm/bytecode/module.ts';
import { abilitiesOf, hasAbility } from '../../vm/verify/abilities.ts';

const FRAMEWORK_ADDRESS = parseAddress('0x1');
const BYTES: SignatureToken = { kind: 'vector', inner: { kind: 'u8' } };
const SUFFIX = '_in_bcs';

export function bcsViewName(name: string): string {
  return name + SUFFIX;
}

/** The module with the added functions at the end of its tables. */
export function withBcsViews(module: CompiledModule): CompiledModule {
  const wanted = module.functions.filter((definition) => needsBcsView(module, definition));
  if (wanted.length === 0) return module;
  const extension = new Extension(module);
  for (const definition of wanted) extension.addView(definition);
  return extension.finish();
}

/** Whether a public function's results cannot be read from JSON but in another way. */
export function needsBcsView(module: CompiledModule, definition: FunctionDefinition): boolean {
  // What encodes values in BCS is made of the framework, which cannot call it in turn.
  if (selfId(module).address === FRAMEWORK_ADDRESS) return false;
  if (definition.visibility !== 'public' || definition.body === undefined) return false;
  const handle = at(module.functionHandles, definition.handle);
  return !returnsOf(module, handle).every((type) => isPlain(module, type)) && hasReadableResults(module, handle);
}

/** Whether there is a way to a function's results: what cannot be dropped cannot be left behind by a view. */
export function hasReadableResults(module: CompiledModule, handle: FunctionHandle): boolean {
  const returns = returnsOf(module, handle);
  const isDropped = (type: SignatureToken): boolean =>
    hasAbility(abilitiesOf(module, type, handle.typeParameters), Ability.drop);
  if (returns.every((type) => isPlain(module, type))) return true;
  return selfId(module).address !== FRAMEWORK_ADDRESS && returns.every(isDropped);
}

/** Plain values, texts and vectors of them. */
function isPlain(module: CompiledModule, type: SignatureToken): boolean {
  let plain = true;
  visitTypes(type, (part) => {
    if (part.kind === 'typeParameter' || (part.kind === 'struct' && !isString(module, part.handle))) plain = false;
  });
  return plain;
}

/** Whether a handle is of `0x1::string::String`. */
export function isString(module: CompiledModule, index: number): boolean {
  const handle = at(module.structHandles, index);
  const home = moduleIdAt(module, handle.module);
  const name = at(module.identifiers, handle.name);
  return home.address === FRAMEWORK_ADDRESS && home.name === 'string' && name === 'String';
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };

/** The module's tables, open at their ends. */
class Extension {
  readonly #module: Mutable<CompiledModule>;

  constructor(module: CompiledModule) {
    this.#module = {
      ...module,
      moduleHandles: [...module.moduleHandles],
      identifiers: [...module.identifiers],
      addresses: [...module.addresses],
      signatures: [...module.signatures],
      functionHandles: [...module.functionHandles],
      functionInstantiations: [...module.functionInstantiations],
      functions: [...module.functions],
    } as Mutable<CompiledModule>;
  }

  finish(): CompiledModule {
    return this.#module;
  }

  addView(definition: FunctionDefinition): void {
    const module = this.#module;
    const handle = at(module.functionHandles, definition.handle);
    const parameters = parametersOf(module, handle);
    const returns = returnsOf(module, handle);
    const name = bcsViewName(at(module.identifiers, handle.name));
    const viewHandle: FunctionHandle = {
      ...handle,
      name: this.#intern(module.identifiers, name),
      returns: this.#signature(returns.map(() => BYTES)),
    };
    const view = module.functionHandles.push(viewHandle) - 1;
    const first = parameters.length;
    const code: Instruction[] = [
      ...parameters.map((_, local): Instruction => ({ op: 'moveLoc', local })),
      this.#call(definition.handle, handle),
      ...returns.map((_, i): Instruction => ({ op: 'stLoc', local: first + returns.length - 1 - i })),
      ...returns.flatMap((type, i) => this.#encoded(type, first + i)),
      { op: 'ret' },
    ];
    module.functions.push({
      handle: view,
      visibility: 'public',
      isEntry: false,
      acquires: definition.acquires,
      body: { locals: this.#signature(returns), code },
    });
  }

  #call(index: number, { typeParameters }: FunctionHandle): Instruction {
    if (typeParameters.length === 0) return { op: 'call', index };
    const own = typeParameters.map((_, parameter): SignatureToken => ({ kind: 'typeParameter', index: parameter }));
    return { op: 'callGeneric', index: this.#instantiation(index, own) };
  }

  #encoded(type: SignatureToken, local: number): readonly Instruction[] {
    const isReference = type.kind === 'reference' || type.kind === 'mutableReference';
    const encode: Instruction = {
      op: 'callGeneric',
      index: this.#instantiation(this.#toBytes(), [isReference ? type.inner : type]),
    };
    if (!isReference) return [{ op: 'immBorrowLoc', local }, encode];
    const freeze: readonly Instruction[] = type.kind === 'mutableReference' ? [{ op: 'freezeRef' }] : [];
    return [{ op: 'moveLoc', local }, ...freeze, encode];
  }

  /** The handle of `0x1::bcs::to_bytes`. */
  #toBytes(): number {
    const module = this.#module;
    const home: ModuleHandle = {
      address: this.#intern(module.addresses, FRAMEWORK_ADDRESS),
      name: this.#intern(module.identifiers, 'bcs'),
    };
    return this.#intern(module.functionHandles, {
      module: this.#intern(module.moduleHandles, home),
      name: this.#intern(module.identifiers, 'to_bytes'),
      parameters: this.#signature([{ kind: 'reference', inner: { kind: 'typeParameter', index: 0 } }]),
      returns: this.#signature([BYTES]),
      typeParameters: [0],
      attributes: [],
    });
  }

  #instantiation(handle: number, typeArgs: readonly SignatureToken[]): number {
    return this.#intern(this.#module.functionInstantiations, { handle, typeArgs: this.#signature(typeArgs) });
  }

  #signature(types: readonly SignatureToken[]): number {
    return this.#intern(this.#module.signatures, types);
  }

  #intern<T>(entries: T[], entry: T): number {
    const text = plainText(entry);
    const known = entries.findIndex((candidate) => plainText(candidate) === text);
    return known >= 0 ? known : entries.push(entry) - 1;
  }
}

/** In one order of keys, whoever made the value. */
function plainText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
