// One function as the passes over code see it: its signature resolved, its flow graph, and how it refuses.

import { at, parametersOf, returnsOf } from '../bytecode/access.ts';
import type {
  AbilitySet,
  CompiledModule,
  CompiledScript,
  FunctionDefinition,
  Instruction,
  SignatureToken,
} from '../bytecode/module.ts';
import { refuse, type VerificationStatus } from './error.ts';
import type { FlowGraph } from './flow-graph.ts';

/** A function's code before its flow graph can be built. */
export interface FunctionCode {
  readonly unit: CompiledModule | CompiledScript;
  /** Index of the definition; absent for a script. */
  readonly index: number | undefined;
  readonly typeParameters: readonly AbilitySet[];
  readonly parameters: readonly SignatureToken[];
  /** Parameters, then the other locals. */
  readonly locals: readonly SignatureToken[];
  readonly returns: readonly SignatureToken[];
  readonly code: readonly Instruction[];
}

export interface FunctionBody extends FunctionCode {
  readonly graph: FlowGraph;
}

/** Absent for natives. */
export function functionCode(
  module: CompiledModule,
  index: number,
  definition: FunctionDefinition,
): FunctionCode | undefined {
  if (!definition.body) return undefined;
  const handle = at(module.functionHandles, definition.handle);
  const parameters = parametersOf(module, handle);
  return {
    unit: module,
    index,
    typeParameters: handle.typeParameters,
    parameters,
    locals: [...parameters, ...at(module.signatures, definition.body.locals)],
    returns: returnsOf(module, handle),
    code: definition.body.code,
  };
}

export function scriptCode(script: CompiledScript): FunctionCode {
  const parameters = at(script.signatures, script.parameters);
  return {
    unit: script,
    index: undefined,
    typeParameters: script.typeParameters,
    parameters,
    locals: [...parameters, ...at(script.signatures, script.body.locals)],
    returns: [],
    code: script.body.code,
  };
}

/** @throws VerificationError always. */
export function refuseAt(body: FunctionCode, status: VerificationStatus, problem: string, offset: number): never {
  refuse(body.unit, status, problem, body.index === undefined ? { offset } : { function: body.index, offset });
}
