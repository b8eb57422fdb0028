// What a script may not do: work on structs, which are their modules' own; call functions that stand for such work; and call
// `0x1::event::emit`, since only the module of an event may emit it.

import { parseAddress } from '../../base/ids.ts';
import { at, type IndexInstruction, moduleIdAt } from '../bytecode/access.ts';
import type { Place } from '../bytecode/error.ts';
import type { CompiledScript } from '../bytecode/module.ts';
import { refuse } from './error.ts';
import { structApiAttributes } from './struct-api.ts';

const FRAMEWORK_ADDRESS = parseAddress('0x1');

/** @throws VerificationError `INVALID_OPERATION_IN_SCRIPT` */
export function checkScriptHandles(script: CompiledScript): void {
  for (const [index, handle] of script.functionHandles.entries()) {
    const { address, name } = moduleIdAt(script, handle.module);
    const isEmit = address === FRAMEWORK_ADDRESS && name === 'event' && at(script.identifiers, handle.name) === 'emit';
    if (!isEmit && structApiAttributes(handle).length === 0) continue;
    const problem = isEmit ? 'events are emitted by modules' : 'a function that stands for a struct operation';
    refuse(script, 'INVALID_OPERATION_IN_SCRIPT', problem, { table: 'functionHandles', index });
  }
}

/** @throws VerificationError always. */
export function refuseInScript(script: CompiledScript, { op }: IndexInstruction, place: Place): never {
  refuse(script, 'INVALID_OPERATION_IN_SCRIPT', `${op} in a script`, place);
}
