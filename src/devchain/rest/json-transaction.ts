// Transactions in JSON, as clients without BCS send them: read into the BCS that the rest of the chain works with. Forms: aptos-core,
// api/types/src/transaction.rs (`SubmitTransactionRequest`, `EncodeSubmissionRequest`).

import { type BcsWriter, encodeBcs, U64_MAX } from '../../base/bcs.ts';
import { type Bytes, fromHex } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { parseAddress, parseU64, writeAddress } from '../../base/ids.ts';
import type { StateView } from '../../base/state.ts';
import { isIdentifier, parseTypeTag, type TypeTag, writeTypeTag } from '../../base/type-tag.ts';
import { BytecodeError } from '../../vm/bytecode/error.ts';
import { scriptParameterTypes } from '../../vm/declared-types.ts';
import type { Json } from '../../vm/json.ts';
import type { FunctionCall } from '../../vm/run.ts';
import { signingMessage, signingMessageWithData } from '../signature.ts';
import { SCRIPT_ARGUMENTS, type ScriptArgumentKind } from '../transaction.ts';
import { encodeArguments, parseValue } from '../values.ts';
import { writeJsonSignature } from './json-signature.ts';
import { asObject, type JsonObject, listField, textField, u64Field } from './parameters.ts';

const NONCE = 'replay_protection_nonce';

/** A signed transaction's BCS. @throws DecodeError */
export function encodeJsonTransaction(state: StateView, chainId: number, body: JsonObject): Bytes {
  return encodeBcs((writer) => {
    writer.fixed(encodeRaw(state, chainId, body));
    writeJsonSignature(writer, asObject(body.signature, 'signature'));
  });
}

/** What the signers of an unsigned transaction are to sign. @throws DecodeError */
export function encodeSubmission(state: StateView, chainId: number, body: JsonObject): Bytes {
  const raw = { bytes: encodeRaw(state, chainId, body) };
  if (body.secondary_signers === undefined || body.secondary_signers === null) return signingMessage(raw);
  const secondary = listField(body, 'secondary_signers').map((text) =>
    parseAddress(asText(text, 'secondary_signers'), 'secondary_signers'),
  );
  return signingMessageWithData(raw, secondary);
}

/** `{ function: "0x1::m::f", type_arguments: [], arguments: [] }`, its arguments as the function takes them. @throws DecodeError */
export function readJsonCall(state: StateView, body: JsonObject): FunctionCall {
  const [address = '', name = '', functionName = '', ...rest] = textField(body, 'function').split('::');
  if (rest.length > 0 || !isIdentifier(name) || !isIdentifier(functionName)) {
    throw new DecodeError('function', 'not of the form address::module::function', 0);
  }
  const module = { address: parseAddress(address, 'function'), name };
  const call = { module, function: functionName, typeArgs: readTypeArguments(body), args: [] };
  return { ...call, args: encodeArguments(state, call, listField(body, 'arguments')) };
}

function encodeRaw(state: StateView, chainId: number, body: JsonObject): Bytes {
  return encodeBcs((writer) => {
    writeAddress(writer, parseAddress(textField(body, 'sender'), 'sender'));
    const nonce = body[NONCE];
    const isOrderless = nonce !== undefined && nonce !== null;
    if (!isOrderless && body.sequence_number === undefined) {
      throw new DecodeError('sequence_number', `missing, and so is ${NONCE}`, 0);
    }
    // The number of an orderless transaction says nothing; the highest stands for that.
    const sequenceNumber = isOrderless ? U64_MAX : u64Field(body, 'sequence_number');
    writer.u64(sequenceNumber);
    const payload = asObject(body.payload, 'payload');
    if (isOrderless) writeOrderlessPayload(writer, state, payload, parseU64(asText(nonce, NONCE), NONCE));
    else writePayload(writer, state, payload);
    writer.u64(u64Field(body, 'max_gas_amount')).u64(u64Field(body, 'gas_unit_price'));
    writer.u64(u64Field(body, 'expiration_timestamp_secs')).u8(chainId);
  });
}

function writePayload(writer: BcsWriter, state: StateView, payload: JsonObject): void {
  const type = textField(payload, 'type');
  switch (type) {
    case 'entry_function_payload':
      writer.uleb128(2);
      writeCall(writer, readJsonCall(state, payload));
      return;
    case 'script_payload':
      writer.uleb128(0);
      writeScript(writer, state, payload);
      return;
    case 'multisig_payload': {
      writer.uleb128(3);
      writeAddress(writer, parseAddress(textField(payload, 'multisig_address'), 'multisig_address'));
      const inner = multisigCall(payload);
      writer.option(inner, (w, call) => {
        w.uleb128(0);
        writeCall(w, readJsonCall(state, call));
      });
      return;
    }
    default:
      throw new DecodeError('payload', `of no known type: "${type}"`, 0);
  }
}

/** `TransactionPayloadInner`: what is executed, then for whom and with which nonce. */
function writeOrderlessPayload(writer: BcsWriter, state: StateView, payload: JsonObject, nonce: bigint): void {
  const type = textField(payload, 'type');
  writer.uleb128(4).uleb128(0);
  const multisig = type === 'multisig_payload' ? textField(payload, 'multisig_address') : undefined;
  const call = multisig === undefined ? payload : multisigCall(payload);
  if (type === 'script_payload') {
    writer.uleb128(0);
    writeScript(writer, state, payload);
  } else if (call === undefined) {
    writer.uleb128(2);
  } else if (textField(call, 'type') === 'entry_function_payload') {
    writer.uleb128(1);
    writeCall(writer, readJsonCall(state, call));
  } else {
    throw new DecodeError('payload', `of no known type: "${type}"`, 0);
  }
  writer.uleb128(0);
  writer.option(multisig, (w, address) => writeAddress(w, parseAddress(address, 'multisig_address')));
  writer.option(nonce, (w, value) => w.u64(value));
}

function multisigCall(payload: JsonObject): JsonObject | undefined {
  const { transaction_payload: inner } = payload;
  return inner === undefined || inner === null ? undefined : asObject(inner, 'transaction_payload');
}

function writeCall(writer: BcsWriter, { module, function: name, typeArgs, args }: FunctionCall): void {
  writeAddress(writer, module.address);
  writer.string(module.name).string(name);
  writer.vector(typeArgs, writeTypeTag).vector(args, (w, bytes) => w.bytes(bytes));
}

/** Arguments as the script's bytecode says that it takes them. */
function writeScript(writer: BcsWriter, state: StateView, payload: JsonObject): void {
  const code = fromHex(textField(asObject(payload.code, 'code'), 'bytecode'), 'bytecode');
  const typeArgs = readTypeArguments(payload);
  const args = listField(payload, 'arguments');
  const types = readScriptTypes(code, typeArgs);
  if (types.length !== args.length) {
    throw new DecodeError('arguments', `${args.length} given, ${types.length} taken`, 0);
  }
  writer.bytes(code).vector(typeArgs, writeTypeTag);
  const values = types.map((type, index) => ({
    type,
    bytes: parseValue(state, type, args[index] ?? null, `argument ${index}`),
  }));
  writer.vector(values, (w, { type, bytes }) => {
    const kind = argumentKind(type);
    w.uleb128(SCRIPT_ARGUMENTS.findIndex(([name]) => name === kind));
    if (kind === 'serialized') w.bytes(bytes);
    else w.fixed(bytes);
  });
}

/** How `TransactionArgument` has a value of the type: as itself where it can. */
function argumentKind(type: TypeTag): ScriptArgumentKind {
  if (type.kind === 'vector') return type.element.kind === 'u8' ? 'bytes' : 'serialized';
  return type.kind === 'struct' || type.kind === 'function' || type.kind === 'signer' ? 'serialized' : type.kind;
}

function readScriptTypes(code: Bytes, typeArgs: readonly TypeTag[]): TypeTag[] {
  try {
    return scriptParameterTypes(code, typeArgs);
  } catch (cause) {
    if (!(cause instanceof BytecodeError)) throw cause;
    throw new DecodeError('bytecode', cause.message, 0, { cause });
  }
}

function readTypeArguments(body: JsonObject): TypeTag[] {
  return listField(body, 'type_arguments').map((text) =>
    parseTypeTag(asText(text, 'type_arguments'), 'type_arguments'),
  );
}

function asText(value: Json, what: string): string {
  if (typeof value !== 'string') throw new DecodeError(what, 'not a string', 0);
  return value;
}
