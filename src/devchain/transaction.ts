// Transactions as clients send them: strict decoding of BCS (aptos-core, types/src/transaction) under caps, and the transaction hash.
// Nothing is checked here that needs the chain's state; signatures are in signature.ts.

import { BcsReader, decodeBcs, encodeBcs } from '../base/bcs.ts';
import { type Bytes, utf8Encode } from '../base/bytes.ts';
import { assert, DecodeError } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, readAddress } from '../base/ids.ts';
import { readIdentifier, readTypeTag, TYPE_ARGS_MAX, type TypeTag } from '../base/type-tag.ts';
import type { FunctionCall } from '../vm/run.ts';
import { readTransactionAuthenticator, type TransactionAuthenticator } from './authenticator.ts';

/** Aptos's limit for a transaction that is not a governance script. */
export const TRANSACTION_SIZE_MAX = 65_536;
/** Arguments of one call: as many as a Move function may have parameters. */
export const CALL_ARGS_MAX = 128;

/** Transactions of one batch, Aptos's default. */
export const BATCH_MAX = 100;

/** What a script's argument says that it is. */
export type ScriptArgumentKind =
  | Exclude<TypeTag['kind'], 'signer' | 'struct' | 'vector' | 'function'>
  | 'bytes'
  /** BCS of whatever the parameter is. */
  | 'serialized';

export interface ScriptArgument {
  readonly kind: ScriptArgumentKind;
  /** BCS of the value. */
  readonly bytes: Bytes;
}

export interface ScriptPayload {
  readonly code: Bytes;
  readonly typeArgs: readonly TypeTag[];
  readonly args: readonly ScriptArgument[];
}

export type Executable =
  | { readonly kind: 'entryFunction'; readonly call: FunctionCall }
  | { readonly kind: 'script'; readonly script: ScriptPayload }
  | { readonly kind: 'empty' };

export interface Payload {
  readonly executable: Executable;
  /** Execute on behalf of this multisig account. */
  readonly multisig?: Address;
  /** Replaces the sequence number as protection against replay (an orderless transaction). */
  readonly nonce?: bigint;
}

export interface RawTransaction {
  readonly sender: Address;
  readonly sequenceNumber: bigint;
  readonly payload: Payload;
  readonly maxGasAmount: bigint;
  /** Octas a gas unit. */
  readonly gasUnitPrice: bigint;
  readonly expirationTimestampSecs: bigint;
  readonly chainId: number;
  /** What was decoded: the bytes that signers sign. */
  readonly bytes: Bytes;
}

export interface SignedTransaction {
  readonly raw: RawTransaction;
  readonly authenticator: TransactionAuthenticator;
  readonly bytes: Bytes;
  readonly hash: Bytes;
}

/** Variants of `TransactionArgument` in order, with the size of those that have one. */
export const SCRIPT_ARGUMENTS: readonly (readonly [ScriptArgumentKind, number?])[] = [
  ['u8', 1],
  ['u64', 8],
  ['u128', 16],
  ['address', 32],
  ['bytes'],
  ['bool', 1],
  ['u16', 2],
  ['u32', 4],
  ['u256', 32],
  ['serialized'],
  ['i8', 1],
  ['i16', 2],
  ['i32', 4],
  ['i64', 8],
  ['i128', 16],
  ['i256', 32],
];
const HASH_PREFIX = sha3_256(utf8Encode('APTOS::Transaction'));
/** Variant of `Transaction` that a user's transaction is. */
const USER_TRANSACTION = Uint8Array.of(0);

/** @throws DecodeError; UnsupportedFeatureError for authenticators that the chain does not know. */
export function decodeSignedTransaction(bytes: Uint8Array): SignedTransaction {
  if (bytes.length > TRANSACTION_SIZE_MAX) {
    throw new DecodeError('transaction', `${bytes.length} bytes, over the limit of ${TRANSACTION_SIZE_MAX}`, 0);
  }
  const reader = new BcsReader(bytes);
  const raw = readRawTransaction(reader, bytes);
  const authenticator = readTransactionAuthenticator(reader);
  reader.end('transaction');
  const copy = new Uint8Array(bytes);
  return { raw, authenticator, bytes: copy, hash: sha3_256(HASH_PREFIX, USER_TRANSACTION, copy) };
}

/** Splits a batch, `vector<SignedTransaction>`, into the bytes of its transactions. @throws DecodeError; UnsupportedFeatureError */
export function readTransactionBatch(bytes: Uint8Array): Bytes[] {
  return decodeBcs(bytes, 'batch', (reader) =>
    reader.vector('batch', BATCH_MAX, (r) => {
      const start = r.offset;
      readRawTransaction(r, bytes);
      readTransactionAuthenticator(r);
      return new Uint8Array(bytes.subarray(start, r.offset));
    }),
  );
}

/** The argument of a view call in BCS: a function, its type arguments and arguments. @throws DecodeError */
export function decodeFunctionCall(bytes: Uint8Array): FunctionCall {
  return decodeBcs(bytes, 'function call', readFunctionCall);
}

function readRawTransaction(reader: BcsReader, bytes: Uint8Array): RawTransaction {
  const start = reader.offset;
  const sender = readAddress(reader, 'sender');
  const sequenceNumber = reader.u64('sequence_number');
  const payload = readPayload(reader);
  const maxGasAmount = reader.u64('max_gas_amount');
  const gasUnitPrice = reader.u64('gas_unit_price');
  const expirationTimestampSecs = reader.u64('expiration_timestamp_secs');
  const chainId = reader.u8('chain_id');
  const own = new Uint8Array(bytes.subarray(start, reader.offset));
  return {
    sender,
    sequenceNumber,
    payload,
    maxGasAmount,
    gasUnitPrice,
    expirationTimestampSecs,
    chainId,
    bytes: own,
  };
}

function readPayload(reader: BcsReader): Payload {
  const start = reader.offset;
  switch (reader.variant('payload', 5)) {
    case 0:
      return { executable: { kind: 'script', script: readScript(reader) } };
    case 2:
      return { executable: { kind: 'entryFunction', call: readFunctionCall(reader) } };
    case 3: {
      const multisig = readAddress(reader, 'multisig_address');
      const call = reader.option('multisig payload', (r) => {
        r.variant('multisig payload', 1);
        return readFunctionCall(r);
      });
      return { executable: call ? { kind: 'entryFunction', call } : { kind: 'empty' }, multisig };
    }
    case 4:
      return readInnerPayload(reader);
    default:
      // 1 was the module bundle, which Aptos removed.
      throw new DecodeError('payload', 'module bundles are no longer a payload', start);
  }
}

function readInnerPayload(reader: BcsReader): Payload {
  reader.variant('inner payload', 1);
  const executable = readExecutable(reader);
  reader.variant('extra config', 1);
  const multisig = reader.option('multisig_address', (r) => readAddress(r, 'multisig_address'));
  const nonce = reader.option('replay_protection_nonce', (r) => r.u64('replay_protection_nonce'));
  return { executable, ...(multisig !== undefined && { multisig }), ...(nonce !== undefined && { nonce }) };
}

function readExecutable(reader: BcsReader): Executable {
  switch (reader.variant('executable', 3)) {
    case 0:
      return { kind: 'script', script: readScript(reader) };
    case 1:
      return { kind: 'entryFunction', call: readFunctionCall(reader) };
    default:
      return { kind: 'empty' };
  }
}

/** @throws DecodeError */
export function readFunctionCall(reader: BcsReader): FunctionCall {
  const address = readAddress(reader, 'module address');
  const name = readIdentifier(reader, 'module name');
  return {
    module: { address, name },
    function: readIdentifier(reader, 'function name'),
    typeArgs: reader.vector('type arguments', TYPE_ARGS_MAX, (r) => readTypeTag(r, 'type argument')),
    args: reader.vector('arguments', CALL_ARGS_MAX, (r) => r.bytes('argument', TRANSACTION_SIZE_MAX)),
  };
}

function readScript(reader: BcsReader): ScriptPayload {
  return {
    code: reader.bytes('script code', TRANSACTION_SIZE_MAX),
    typeArgs: reader.vector('type arguments', TYPE_ARGS_MAX, (r) => readTypeTag(r, 'type argument')),
    args: reader.vector('script arguments', CALL_ARGS_MAX, readScriptArgument),
  };
}

/** `TransactionArgument`: a tagged value. */
function readScriptArgument(reader: BcsReader): ScriptArgument {
  const form = SCRIPT_ARGUMENTS[reader.variant('script argument', SCRIPT_ARGUMENTS.length)];
  assert(form !== undefined, 'a variant within bounds');
  const [kind, size] = form;
  if (size !== undefined) return { kind, bytes: reader.fixed('script argument', size) };
  const bytes = reader.bytes('script argument', TRANSACTION_SIZE_MAX);
  return { kind, bytes: kind === 'bytes' ? encodeBcs((writer) => writer.bytes(bytes)) : bytes };
}
