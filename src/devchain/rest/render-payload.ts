// What a transaction calls, as the REST API shows it (aptos-core, api/types/src/transaction.rs).

import { decodeBcs } from '../../base/bcs.ts';
import { unreachable } from '../../base/errors.ts';
import type { StateView } from '../../base/state.ts';
import { formatTypeTag } from '../../base/type-tag.ts';
import { BytecodeError } from '../../vm/bytecode/error.ts';
import { loadScript } from '../../vm/code/script-module.ts';
import type { Json } from '../../vm/json.ts';
import type { FunctionCall } from '../../vm/run.ts';
import { formatAddress, formatBytes } from '../format.ts';
import type { Payload, ScriptArgument, ScriptPayload } from '../transaction.ts';
import { renderArguments, renderValue } from '../values.ts';
import { moduleAbi } from './module-abi.ts';

/** `state` is what arguments are decoded with. */
export function renderPayload({ executable, multisig }: Payload, state: StateView): Json {
  if (multisig !== undefined) {
    const call = executable.kind === 'entryFunction' ? renderCall(executable.call, state) : null;
    return { multisig_address: formatAddress(multisig), transaction_payload: call, type: 'multisig_payload' };
  }
  switch (executable.kind) {
    case 'entryFunction':
      return renderCall(executable.call, state);
    case 'script':
      return renderScript(executable.script, state);
    case 'empty':
      return { type: 'empty_payload' };
    default:
      return unreachable(executable);
  }
}

function renderCall(call: FunctionCall, state: StateView): Json {
  return {
    function: `${formatAddress(call.module.address)}::${call.module.name}::${call.function}`,
    type_arguments: call.typeArgs.map(formatTypeTag),
    arguments: renderArguments(state, call),
    type: 'entry_function_payload',
  };
}

function renderScript({ code, typeArgs, args }: ScriptPayload, state: StateView): Json {
  return {
    code: { bytecode: formatBytes(code), abi: scriptAbi(code) },
    type_arguments: typeArgs.map(formatTypeTag),
    arguments: args.map((arg) => renderArgument(arg, state)),
    type: 'script_payload',
  };
}

/** Nothing but what the argument says of itself: what the script takes does not matter. */
function renderArgument({ kind, bytes }: ScriptArgument, state: StateView): Json {
  if (kind === 'serialized') return formatBytes(bytes);
  if (kind === 'bytes') {
    return formatBytes(decodeBcs(bytes, 'script argument', (reader) => reader.bytes('argument', bytes.length)));
  }
  return renderValue(state, { kind }, bytes);
}

/** Of its only function; null for what is no script. */
function scriptAbi(code: ScriptPayload['code']): Json {
  try {
    const { exposed_functions: functions } = moduleAbi(loadScript(code).module.compiled);
    const [main] = functions;
    return main === undefined ? null : { ...main, visibility: 'public' };
  } catch (error) {
    if (error instanceof BytecodeError) return null;
    throw error;
  }
}
