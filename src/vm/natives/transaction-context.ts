// 0x1::transaction_context: what the run was asked with, and addresses that no other run makes. A run without senders (a view, a tool's call) is no
// user's transaction: what Aptos tells of those only is not to be had there.

import { BcsWriter } from '../../base/bcs.ts';
import { type Bytes, concatBytes, utf8Encode } from '../../base/bytes.ts';
import { sha3_256 } from '../../base/hash.ts';
import { type Address, addressToBytes } from '../../base/ids.ts';
import { formatTypeTag } from '../../base/type-tag.ts';
import { UnsupportedError } from '../errors.ts';
import type { GasSchedule } from '../gas.ts';
import type { FunctionCall, RunRequest, ScriptRequest } from '../run.ts';
import { type Type, VECTOR } from '../types/type.ts';
import { host, type Native, type NativeHost, type NativeModule, type WasmValue } from './native.ts';
import { readOptionShape, writeOption } from './option.ts';
import { writeVectors } from './vectors.ts';

/** The scheme byte of addresses derived in a transaction. */
const DERIVE_AUID = Uint8Array.of(0xfb);
/** `error::invalid_state(1)` */
const ETRANSACTION_CONTEXT_NOT_AVAILABLE = 0x30001n;
const ADDRESS_SIZE = 32;

const baseGas = (gas: GasSchedule): number => gas.natives.transactionContext.get;

export const TRANSACTION_CONTEXT: NativeModule = {
  get_txn_hash: host(
    baseGas,
    (native) => (result: number) => native.writeVector(result, native.run.request.transactionHash),
  ),
  generate_unique_address: host(
    (gas) => gas.natives.transactionContext.uniqueAddress,
    (native) => (result: number) => {
      const { run } = native;
      run.addressesMade++;
      const counter = new BcsWriter().u64(BigInt(run.addressesMade)).finish();
      native.write(result, sha3_256(concatBytes(run.request.transactionHash, counter, DERIVE_AUID)));
    },
  ),
  /** Empty unless a script runs. */
  get_script_hash: host(
    baseGas,
    (native) => (result: number) => native.writeVector(result, scriptHash(native.run.request)),
  ),
  sender_internal: ofUser((native, { sender }, result) => native.write(result, addressToBytes(sender))),
  secondary_signers_internal: ofUser((native, { request }, result) => {
    const others = request.senders.slice(1);
    native.charge(native.gas.natives.transactionContext.perSigner * others.length);
    native.writeVector(result, concatBytes(...others.map(addressToBytes)));
    native.writeU32(result + VECTOR.length, others.length);
    native.writeU32(result + VECTOR.capacity, others.length);
  }),
  gas_payer_internal: ofUser((native, { request, sender }, result) =>
    native.write(result, addressToBytes(request.transaction?.gasPayer ?? sender)),
  ),
  max_gas_amount_internal: ofUser((_, { request }) => request.transaction?.maxGasAmount ?? request.gasLimit),
  gas_unit_price_internal: ofUser((_, { request }) => request.transaction?.gasUnitPrice ?? 0n),
  chain_id_internal: ofUser(
    (native, { request }) => request.transaction?.chainId ?? native.abort(ETRANSACTION_CONTEXT_NOT_AVAILABLE),
  ),
  entry_function_payload_internal: ofUser((native, { request }, result, option) => {
    const isEntry = 'call' in request && request.access === 'entry' && request.transaction?.multisig === undefined;
    writePayload(native, option, result, isEntry ? request.call : undefined);
  }),
  multisig_payload_internal: ofUser((native, { request }, result, option) => {
    const multisig = request.transaction?.multisig;
    if (multisig === undefined) return writeOption(native, option, result, undefined);
    const { type } = readOptionShape(option);
    const inner = type.kind === 'struct' ? type.fields[1]?.type : undefined;
    if (inner === undefined) throw new UnsupportedError(`${type.name} as a multisig payload`);
    return writeOption(native, option, result, (address) => {
      native.write(address, addressToBytes(multisig.account));
      writePayload(
        native,
        inner,
        address + ADDRESS_SIZE,
        multisig.carriesCall && 'call' in request ? request.call : undefined,
      );
    });
  }),
};

/** Empty where no script runs. */
function scriptHash(request: RunRequest | ScriptRequest): Bytes {
  return 'script' in request ? sha3_256(request.script.code) : new Uint8Array(0);
}

/** The run of a user's transaction. */
interface UserRun {
  readonly request: RunRequest | ScriptRequest;
  readonly sender: Address;
}
// biome-ignore lint/suspicious/noConfusingVoidType: a native that returns what stays in memory returns nothing itself
type Answer = (native: NativeHost, run: UserRun, result: number, type: Type) => WasmValue | void;

function ofUser(answer: Answer): Native {
  return host(baseGas, (native, { returns: [type] }) => {
    if (type === undefined) throw new UnsupportedError('a transaction context without a type');
    return (result: number) => {
      const { request } = native.run;
      const first = request.senders[0] ?? native.abort(ETRANSACTION_CONTEXT_NOT_AVAILABLE);
      const sender = request.transaction?.sender ?? first;
      return answer(native, { request, sender }, result, type);
    };
  });
}

/** `EntryFunctionPayload { account_address, module_name, function_name, ty_args_names: vector<String>, args: vector<vector<u8>> }` */
function writePayload(native: NativeHost, option: Type, address: number, call: FunctionCall | undefined): void {
  if (call === undefined) {
    writeOption(native, option, address, undefined);
    return;
  }
  const names = call.typeArgs.map((tag) => utf8Encode(formatTypeTag(tag)));
  const [module, name] = [utf8Encode(call.module.name), utf8Encode(call.function)];
  const bytes = [module, name, ...names, ...call.args].reduce((sum, { length }) => sum + length, ADDRESS_SIZE);
  native.charge(native.gas.natives.transactionContext.perByte * bytes);
  writeOption(native, option, address, (payload) => {
    native.write(payload, addressToBytes(call.module.address));
    native.writeVector(payload + ADDRESS_SIZE, module);
    native.writeVector(payload + ADDRESS_SIZE + VECTOR.size, name);
    writeVectors(native, payload + ADDRESS_SIZE + 2 * VECTOR.size, names);
    writeVectors(native, payload + ADDRESS_SIZE + 3 * VECTOR.size, call.args);
  });
}
