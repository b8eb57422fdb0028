// Linking: what a unit says of other modules is true of them, it calls only what it may, and modules do not depend on one another, or
// befriend one another, in a circle.

import { at, moduleIdAt, moduleIdOf, moduleKey, selfId, type Unit } from '../bytecode/access.ts';
import type { Place } from '../bytecode/error.ts';
import type {
  AbilitySet,
  CompiledModule,
  FunctionAttribute,
  FunctionHandle,
  ModuleId,
  SignatureToken,
  StructHandle,
  StructTypeParameter,
  Visibility,
} from '../bytecode/module.ts';
import { isPersistent, isSubset } from './abilities.ts';
import { refuse } from './error.ts';

/** Finds a module that is published (or published together with the one verified). */
export type ResolveModule = (id: ModuleId) => CompiledModule | undefined;

/** @throws VerificationError */
export function checkLinking(unit: Unit, resolve: ResolveModule): void {
  const own = unit.kind === 'module' ? unit.self : undefined;
  const modules: (Exports | undefined)[] = [];
  for (const index of unit.moduleHandles.keys()) {
    if (index === own) continue;
    const id = moduleIdAt(unit, index);
    const module = resolve(id);
    if (!module) {
      refuse(unit, 'MISSING_DEPENDENCY', `no module ${moduleKey(id)}`, { table: 'moduleHandles', index });
    }
    modules[index] = new Exports(module);
  }
  for (let index = 0; index < unit.structHandles.length; index++) {
    const handle = at(unit.structHandles, index);
    const exports = modules[handle.module];
    if (exports) checkStruct(unit, handle, exports, { table: 'structHandles', index });
  }
  for (let index = 0; index < unit.functionHandles.length; index++) {
    const handle = at(unit.functionHandles, index);
    const exports = modules[handle.module];
    if (exports) checkFunction(unit, handle, exports, { table: 'functionHandles', index });
  }
}

/**
 * Follows dependencies and friends from `module` on. Friends that are not published are passed over: they can be no part of a circle yet.
 * @throws VerificationError
 */
export function checkCycles(module: CompiledModule, resolve: ResolveModule): void {
  const dependencies = reachable(module, resolve, dependenciesOf, 'CYCLIC_MODULE_DEPENDENCY');
  const friends = reachable(module, resolve, friendsOf, 'CYCLIC_MODULE_FRIENDSHIP');
  for (const key of friends) {
    if (!dependencies.has(key)) continue;
    const problem = `${key} is a friend and a dependency`;
    refuse(module, 'INVALID_FRIEND_DECL_WITH_MODULES_IN_DEPENDENCIES', problem);
  }
}

export function dependenciesOf(module: CompiledModule): readonly ModuleId[] {
  return module.moduleHandles.filter((_, index) => index !== module.self).map((handle) => moduleIdOf(module, handle));
}

export function friendsOf(module: CompiledModule): readonly ModuleId[] {
  return module.friends.map((friend) => moduleIdOf(module, friend));
}

interface ExportedFunction {
  readonly handle: FunctionHandle;
  readonly visibility: Visibility;
}

/** What a module defines, by name, for one unit that uses it. */
class Exports {
  readonly module: CompiledModule;
  readonly #structs = new Map<string, StructHandle>();
  readonly #functions = new Map<string, ExportedFunction>();
  /** Signatures of the user and of this module, and whether they are the same. */
  readonly #isSame = new Map<string, boolean>();

  constructor(module: CompiledModule) {
    this.module = module;
    for (const definition of module.structs) {
      const handle = at(module.structHandles, definition.handle);
      this.#structs.set(at(module.identifiers, handle.name), handle);
    }
    for (const definition of module.functions) {
      const handle = at(module.functionHandles, definition.handle);
      this.#functions.set(at(module.identifiers, handle.name), { handle, visibility: definition.visibility });
    }
  }

  struct(name: string): StructHandle | undefined {
    return this.#structs.get(name);
  }

  /** Whether a signature of `user` is one of this module. */
  isSame(user: Unit, signature: number, own: number): boolean {
    const key = `${signature} ${own}`;
    let isSame = this.#isSame.get(key);
    if (isSame === undefined) {
      isSame = sameTypes(user, at(user.signatures, signature), this.module, at(this.module.signatures, own));
      this.#isSame.set(key, isSame);
    }
    return isSame;
  }

  /** The function, if `caller` may call it. */
  callable(name: string, caller: Unit): ExportedFunction | undefined {
    const found = this.#functions.get(name);
    if (!found || found.visibility === 'private') return undefined;
    if (found.visibility === 'friend') {
      if (caller.kind === 'script') return undefined;
      const key = moduleKey(selfId(caller));
      if (!friendsOf(this.module).some((friend) => moduleKey(friend) === key)) return undefined;
    }
    return found;
  }
}

function checkStruct(unit: Unit, handle: StructHandle, exports: Exports, place: Place): void {
  const name = at(unit.identifiers, handle.name);
  const defined = exports.struct(name);
  if (!defined) refuse(unit, 'LOOKUP_FAILED', `no struct ${name}`, place);
  // The definition may have more abilities and ask for fewer than this unit counts on.
  const isMatch =
    isSubset(handle.abilities, defined.abilities) &&
    sameLength(handle.typeParameters, defined.typeParameters) &&
    handle.typeParameters.every((parameter, i) => isSuitable(parameter, at(defined.typeParameters, i)));
  if (!isMatch) refuse(unit, 'TYPE_MISMATCH', `struct ${name} is declared otherwise`, place);
}

function isSuitable(used: StructTypeParameter, defined: StructTypeParameter): boolean {
  return (!used.isPhantom || defined.isPhantom) && isSubset(defined.constraints, used.constraints);
}

function checkFunction(unit: Unit, handle: FunctionHandle, exports: Exports, place: Place): void {
  const name = at(unit.identifiers, handle.name);
  const found = exports.callable(name, unit);
  if (!found) refuse(unit, 'LOOKUP_FAILED', `no function ${name} that may be called`, place);
  const { handle: defined } = found;
  const isMatch =
    constraintsMatch(handle.typeParameters, defined.typeParameters) &&
    exports.isSame(unit, handle.parameters, defined.parameters) &&
    exports.isSame(unit, handle.returns, defined.returns);
  if (!isMatch) refuse(unit, 'TYPE_MISMATCH', `function ${name} is declared otherwise`, place);
  if (hasAttributes(found, handle.attributes)) return;
  refuse(unit, 'LINKER_ERROR', `function ${name} lacks an attribute that is counted on`, place);
}

/** Only `persistent` matters to others. A public function of a module older than attributes has it. */
function hasAttributes({ handle, visibility }: ExportedFunction, expected: readonly FunctionAttribute[]): boolean {
  if (!isPersistent(expected) || isPersistent(handle.attributes)) return true;
  return handle.attributes.length === 0 && visibility === 'public';
}

function constraintsMatch(used: readonly AbilitySet[], defined: readonly AbilitySet[]): boolean {
  return sameLength(used, defined) && used.every((abilities, i) => isSubset(at(defined, i), abilities));
}

/** Whether types of two units are the same, structs by their names. */
export function sameTypes(
  unit: Unit,
  types: readonly SignatureToken[],
  otherUnit: Unit,
  otherTypes: readonly SignatureToken[],
): boolean {
  return (
    sameLength(types, otherTypes) && types.every((type, i) => sameTypeAcross(unit, type, otherUnit, at(otherTypes, i)))
  );
}

function sameTypeAcross(unit: Unit, type: SignatureToken, otherUnit: Unit, other: SignatureToken): boolean {
  if (type.kind !== other.kind) return false;
  if ('inner' in type) return 'inner' in other && sameTypeAcross(unit, type.inner, otherUnit, other.inner);
  if (type.kind === 'typeParameter') return other.kind === 'typeParameter' && type.index === other.index;
  if (type.kind === 'function') {
    return (
      other.kind === 'function' &&
      type.abilities === other.abilities &&
      sameTypes(unit, type.parameters, otherUnit, other.parameters) &&
      sameTypes(unit, type.returns, otherUnit, other.returns)
    );
  }
  if (type.kind !== 'struct') return true;
  return (
    other.kind === 'struct' &&
    structName(unit, type.handle) === structName(otherUnit, other.handle) &&
    sameTypes(unit, type.typeArgs, otherUnit, other.typeArgs)
  );
}

function structName(unit: Unit, index: number): string {
  const handle = at(unit.structHandles, index);
  return `${moduleKey(moduleIdAt(unit, handle.module))}::${at(unit.identifiers, handle.name)}`;
}

/** All modules that `next` leads to from `module`. */
function reachable(
  module: CompiledModule,
  resolve: ResolveModule,
  next: (module: CompiledModule) => readonly ModuleId[],
  status: 'CYCLIC_MODULE_DEPENDENCY' | 'CYCLIC_MODULE_FRIENDSHIP',
): ReadonlySet<string> {
  const self = moduleKey(selfId(module));
  const seen = new Set<string>();
  const todo = [...next(module)];
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    const key = moduleKey(id);
    if (key === self) refuse(module, status, 'the module leads back to itself');
    if (seen.has(key)) continue;
    seen.add(key);
    const found = resolve(id);
    if (found) todo.push(...next(found));
  }
  return seen;
}

function sameLength(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length;
}
