// 0x1::transaction_context: what the run was asked with, and addresses that no other run makes.

import { BcsWriter } from '../../base/bcs.ts';
import { concatBytes } from '../../base/bytes.ts';
import { sha3_256 } from '../../base/hash.ts';
import { addressToBytes } from '../../base/ids.ts';
import { host, type NativeHost, type NativeModule } from './native.ts';

/** The scheme byte of addresses derived in a transaction. */
const DERIVE_AUID = Uint8Array.of(0xfb);
const U32_SIZE = 4;

export const TRANSACTION_CONTEXT: NativeModule = {
  get_txn_hash: host(
    (gas) => gas.natives.transactionContext.get,
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
  /** Empty: there are no scripts. */
  get_script_hash: host(
    (gas) => gas.natives.transactionContext.get,
    (native) => (result: number) => native.writeVector(result, new Uint8Array(0)),
  ),
  sender_internal: host(
    (gas) => gas.natives.transactionContext.get,
    (native) => (result: number) => native.write(result, addressToBytes(sender(native))),
  ),
  gas_payer_internal: host(
    (gas) => gas.natives.transactionContext.get,
    (native) => (result: number) => native.write(result, addressToBytes(sender(native))),
  ),
  secondary_signers_internal: host(
    (gas) => gas.natives.transactionContext.get,
    (native) => (result: number) => {
      const others = native.run.request.senders.slice(1);
      native.writeVector(result, concatBytes(...others.map(addressToBytes)));
      native.writeU32(result + U32_SIZE, others.length);
      native.writeU32(result + 2 * U32_SIZE, others.length);
    },
  ),
  max_gas_amount_internal: host(
    (gas) => gas.natives.transactionContext.get,
    (native) => () => native.run.request.gasLimit,
  ),
};

/** Aborts as Aptos does when a transaction's context is not there. */
function sender(native: NativeHost): (typeof native.run.request.senders)[number] {
  const first = native.run.request.senders[0];
  return first ?? native.abort(ETRANSACTION_CONTEXT_NOT_AVAILABLE);
}

/** `error::invalid_state(1)` */
const ETRANSACTION_CONTEXT_NOT_AVAILABLE = 0x30001n;
