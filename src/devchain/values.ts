// Values, arguments and results of Move in the REST API's JSON, out and in.

import type { Bytes } from '../base/bytes.ts';
import { DecodeError } from '../base/errors.ts';
import type { StateView } from '../base/state.ts';
import type { TypeTag } from '../base/type-tag.ts';
import { BytecodeError } from '../vm/bytecode/error.ts';
import { parameterTypes, returnTypes } from '../vm/declared-types.ts';
import type { Json } from '../vm/json.ts';
import { valueToJson } from '../vm/json.ts';
import { jsonToValue } from '../vm/json-parse.ts';
import type { FunctionCall } from '../vm/run.ts';
import { formatBytes } from './format.ts';

/** A stored value. One that does not decode with the types of today is shown as its bytes. */
export function renderValue(state: StateView, type: TypeTag, bytes: Bytes): Json {
  return orHex(bytes, () => valueToJson(state, type, bytes));
}

/** The arguments of a call, as what the function takes; as bytes where there is no such function. */
export function renderArguments(state: StateView, call: FunctionCall): readonly Json[] {
  let types: readonly TypeTag[] = [];
  try {
    types = parameterTypes(state, call);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  }
  return call.args.map((bytes, index) => {
    const type = types[index];
    return type === undefined ? formatBytes(bytes) : renderValue(state, type, bytes);
  });
}

export function renderReturns(state: StateView, call: FunctionCall, returns: readonly Bytes[]): Json {
  const types = returnTypes(state, call);
  return returns.map((bytes, index) => {
    const type = types[index];
    return type === undefined ? formatBytes(bytes) : valueToJson(state, type, bytes);
  });
}

/** `what` it is, for whoever got it wrong. @throws DecodeError */
export function parseValue(state: StateView, type: TypeTag, json: Json, what: string): Bytes {
  return jsonToValue(state, type, json, 'rest', what);
}

/** @throws DecodeError when there is no such function or the arguments are not what it takes */
export function encodeArguments(state: StateView, call: FunctionCall, args: readonly Json[]): Bytes[] {
  const types = parameterTypes(state, call);
  if (types.length !== args.length) {
    throw new DecodeError('arguments', `${args.length} given, ${types.length} taken`, 0);
  }
  return types.map((type, index) => parseValue(state, type, args[index] ?? null, `argument ${index}`));
}

function orHex(bytes: Bytes, render: () => Json): Json {
  try {
    return render();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return formatBytes(bytes);
  }
}

function isUnreadable(error: unknown): boolean {
  return error instanceof DecodeError || error instanceof BytecodeError;
}
