// The transaction with which the chain begins every block: `0x1::block` sets height and time, tells of the block, and seeds `0x1::randomness`.

import { encodeBcs } from '../base/bcs.ts';
import { type Bytes, utf8Encode } from '../base/bytes.ts';
import { assert } from '../base/errors.ts';
import { sha3_256 } from '../base/hash.ts';
import { type Address, addressToBytes, parseAddress } from '../base/ids.ts';
import type { StateView } from '../base/state.ts';
import type { MoveVm } from '../vm/index.ts';
import { FRAMEWORK } from './accounts.ts';
import { MAX_GAS_AMOUNT } from './gas.ts';
import type { Entry, NewEntry } from './ledger.ts';

/** There is one validator set and it never changes. */
export const EPOCH = 1n;
/** Who makes every block: the chain's own account, as it has no validators. */
export const PROPOSER: Address = parseAddress('0xa550c18');
/** Signs for the chain itself, as `system_addresses::assert_vm` wants it. */
const VM_ADDRESS = parseAddress('0x0');
const ID_PREFIX = sha3_256(utf8Encode('STRAIT_DEVCHAIN::BlockId'));
const SEED_PREFIX = sha3_256(utf8Encode('STRAIT_DEVCHAIN::Randomness'));

/** The first transaction of the block after `tip`. `state` is what that left behind. */
export function beginBlock(vm: MoveVm, state: StateView, tip: Entry, timestampMicros: bigint): NewEntry {
  const round = encodeU64(BigInt(tip.height + 1));
  const id = sha3_256(ID_PREFIX, tip.accumulatorRootHash, round);
  const seed = sha3_256(SEED_PREFIX, tip.accumulatorRootHash);
  const none = encodeBcs((writer) => writer.uleb128(0));
  const { status, changes, events } = vm.run(state, {
    call: {
      module: { address: FRAMEWORK, name: 'block' },
      function: 'block_prologue_ext',
      typeArgs: [],
      args: [
        id,
        encodeU64(EPOCH),
        round,
        addressToBytes(PROPOSER),
        none,
        none,
        encodeU64(timestampMicros),
        encodeBcs((writer) => writer.option(seed, (w, bytes) => w.bytes(bytes))),
      ],
    },
    senders: [VM_ADDRESS],
    gasLimit: MAX_GAS_AMOUNT,
    transactionHash: id,
    access: 'any',
  });
  assert(status.kind === 'executed', 'a block did not begin');
  const outcome = { status, gasUsed: 0n, changes, modules: [], events, deposits: [] };
  return { timestampMicros, metadata: { id }, outcome };
}

function encodeU64(value: bigint): Bytes {
  return encodeBcs((writer) => writer.u64(value));
}
