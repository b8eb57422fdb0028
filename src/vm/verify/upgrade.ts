// Whether a published module may be replaced by a new version, under Aptos's "compatible" policy (move-binary-format/compatibility.rs): stored
// resources keep their layout, and whoever calls public, entry or persistent functions still can. Friends, and what is for them alone, may
// change.

import { at, fieldsOf, moduleKey, parametersOf, returnsOf, selfId, structHandleOf } from '../bytecode/access.ts';
import type { CompiledModule, FieldDefinition, FunctionDefinition, StructDefinition } from '../bytecode/module.ts';
import { isPersistent, isSubset } from './abilities.ts';
import { refuse } from './error.ts';
import { sameTypes } from './linking.ts';

/** @throws VerificationError `BACKWARD_INCOMPATIBLE_MODULE_UPDATE` with all that is wrong. Both modules are verified. */
export function checkUpgrade(old: CompiledModule, replacement: CompiledModule): void {
  const problems: string[] = [];
  if (moduleKey(selfId(old)) !== moduleKey(selfId(replacement))) problems.push('the module has another name');
  const structs = new Map(replacement.structs.map((definition) => [structName(replacement, definition), definition]));
  for (const definition of old.structs) {
    const name = structName(old, definition);
    const found = structs.get(name);
    if (!found) problems.push(`struct ${name}: it is gone`);
    else problems.push(...structProblems(old, definition, replacement, found).map((what) => `struct ${name}: ${what}`));
  }
  const functions = new Map(
    replacement.functions.map((definition) => [functionName(replacement, definition), definition]),
  );
  for (const definition of old.functions) {
    if (definition.visibility !== 'public' && !definition.isEntry && !isKept(old, definition)) continue;
    const name = functionName(old, definition);
    const found = functions.get(name);
    const problem = found ? functionProblem(old, definition, replacement, found) : 'it is gone';
    if (problem !== undefined) problems.push(`function ${name}: ${problem}`);
  }
  if (problems.length > 0) refuse(replacement, 'BACKWARD_INCOMPATIBLE_MODULE_UPDATE', problems.join('; '));
}

function structProblems(
  old: CompiledModule,
  definition: StructDefinition,
  replacement: CompiledModule,
  found: StructDefinition,
): readonly string[] {
  const problems: string[] = [];
  const was = structHandleOf(old, definition);
  const is = structHandleOf(replacement, found);
  if (!isSubset(was.abilities, is.abilities)) problems.push('abilities are gone');
  const fits =
    was.typeParameters.length === is.typeParameters.length &&
    was.typeParameters.every((parameter, i) => {
      const now = at(is.typeParameters, i);
      return (!parameter.isPhantom || now.isPhantom) && isSubset(now.constraints, parameter.constraints);
    });
  if (!fits) problems.push('type parameters have changed');
  if (!isLayoutKept(old, definition, replacement, found)) problems.push('the layout has changed');
  return problems;
}

/** A struct keeps its fields; an enum keeps its variants and may get more behind them. */
function isLayoutKept(
  old: CompiledModule,
  definition: StructDefinition,
  replacement: CompiledModule,
  found: StructDefinition,
): boolean {
  const was = definition.layout;
  const is = found.layout;
  if (was.kind !== 'enum' || is.kind !== 'enum') {
    // To the policy a native is a struct without fields.
    if (was.kind === 'enum' || is.kind === 'enum') return false;
    return sameFields(old, fieldsOf(definition, undefined), replacement, fieldsOf(found, undefined));
  }
  return was.variants.every((variant, i) => {
    const now = is.variants[i];
    return (
      now !== undefined &&
      at(old.identifiers, variant.name) === at(replacement.identifiers, now.name) &&
      sameFields(old, variant.fields, replacement, now.fields)
    );
  });
}

function sameFields(
  old: CompiledModule,
  was: readonly FieldDefinition[],
  replacement: CompiledModule,
  is: readonly FieldDefinition[],
): boolean {
  const types = (fields: readonly FieldDefinition[]) => fields.map((field) => field.type);
  return (
    sameTypes(old, types(was), replacement, types(is)) &&
    was.every((field, i) => at(old.identifiers, field.name) === at(replacement.identifiers, at(is, i).name))
  );
}

function functionProblem(
  old: CompiledModule,
  definition: FunctionDefinition,
  replacement: CompiledModule,
  found: FunctionDefinition,
): string | undefined {
  const was = at(old.functionHandles, definition.handle);
  const is = at(replacement.functionHandles, found.handle);
  if (definition.visibility === 'public' && found.visibility !== 'public') return 'it is no longer public';
  if (definition.visibility === 'friend' && found.visibility === 'private') return 'it is no longer for friends';
  if (definition.isEntry && !found.isEntry) return 'it is no longer an entry function';
  if (isPersistent(was.attributes) && !isPersistent(is.attributes)) return 'it is no longer persistent';
  if (!sameTypes(old, parametersOf(old, was), replacement, parametersOf(replacement, is))) {
    return 'parameters have changed';
  }
  if (!sameTypes(old, returnsOf(old, was), replacement, returnsOf(replacement, is))) return 'returns have changed';
  const fits =
    was.typeParameters.length === is.typeParameters.length &&
    was.typeParameters.every((constraints, i) => isSubset(at(is.typeParameters, i), constraints));
  return fits ? undefined : 'type parameters have changed';
}

/** A persistent function may be behind a stored function value. */
function isKept(module: CompiledModule, definition: FunctionDefinition): boolean {
  return isPersistent(at(module.functionHandles, definition.handle).attributes);
}

function structName(module: CompiledModule, definition: StructDefinition): string {
  return at(module.identifiers, structHandleOf(module, definition).name);
}

function functionName(module: CompiledModule, definition: FunctionDefinition): string {
  return at(module.identifiers, at(module.functionHandles, definition.handle).name);
}
