// A VM for tests of the chain around it: genesis, fees and transfers written out in TypeScript, no bytecode executed.

import { BcsReader, BcsWriter, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { type Address, addressToBytes, readAddress, writeAddress } from '../base/ids.ts';
import { ok } from '../base/result.ts';
import type { StateView } from '../base/state.ts';
import { decodeModule } from '../vm/bytecode/decode.ts';
import { MoveVm, type RunRequest, type RunResult, type RunStatus } from '../vm/index.ts';
import { accountKey, coinStoreKey, readAccount, readBalance, withSequenceNumber } from './accounts.ts';
import { FAUCET_ADDRESS } from './faucet.ts';
import { CHAIN_ID_KEY } from './server.ts';
import { CLOCK_KEY, encodeClock } from './timestamp.ts';
import { Writes } from './writes.ts';

const FUNCTION_RESOLUTION_FAILURE: RunStatus = { kind: 'failure', code: 'FUNCTION_RESOLUTION_FAILURE' };

export class ScriptedVm extends MoveVm {
  override checkPublish(_view: StateView, _sender: Address, modules: readonly Bytes[]) {
    return ok(modules.map(decodeModule));
  }

  override run(view: StateView, { call, senders }: RunRequest): RunResult {
    const writes = new Writes(view);
    const reader = new BcsReader(Uint8Array.from(call.args.flatMap((arg) => [...arg])));
    const [sender = FAUCET_ADDRESS] = senders;
    let status: RunStatus = { kind: 'executed' };
    switch (`${call.module.name}::${call.function}`) {
      case 'genesis::initialize':
        writes.set(CLOCK_KEY, encodeClock(0n));
        writes.set(CHAIN_ID_KEY, Uint8Array.from(call.args[0] ?? []));
        createAccount(writes, FAUCET_ADDRESS);
        setBalance(writes, FAUCET_ADDRESS, 10n ** 18n);
        break;
      case 'block::block_prologue_ext':
        // Hash, epoch, round, proposer, nobody who voted or failed, then the time.
        writes.set(CLOCK_KEY, encodeClock(new BcsReader(call.args[6] ?? new Uint8Array()).u64('time')));
        break;
      // A registry of packages nobody here asks for.
      case 'code::publish_package_txn':
        break;
      case 'genesis::epilogue': {
        const payer = [readAddress(reader, 'sender'), readAddress(reader, 'payer')] as const;
        const fee = reader.u64('price') * reader.u64('gas');
        if (readBalance(view, payer[1]) < fee) status = { kind: 'failure', code: 'UNKNOWN_STATUS' };
        else if (fee > 0n) setBalance(writes, payer[1], readBalance(view, payer[1]) - fee);
        createAccount(writes, payer[0]);
        const account = writes.view.get(accountKey(payer[0])) ?? new Uint8Array();
        const { sequenceNumber } = readAccount(writes.view, payer[0]);
        writes.set(accountKey(payer[0]), withSequenceNumber(account, sequenceNumber + 1n));
        break;
      }
      case 'genesis::fund':
      case 'aptos_account::transfer':
      case 'aptos_account::transfer_coins': {
        const to = readAddress(reader, 'to');
        const amount = reader.u64('amount');
        if (readBalance(view, sender) < amount) {
          const location = { module: call.module, function: call.function, offset: 3 };
          const reason = { name: 'EINSUFFICIENT_BALANCE', doc: 'Not enough coins.' };
          status = { kind: 'abort', code: 0x10006n, location, reason };
          break;
        }
        createAccount(writes, to);
        setBalance(writes, sender, readBalance(writes.view, sender) - amount);
        setBalance(writes, to, readBalance(writes.view, to) + amount);
        break;
      }
      default:
        status = FUNCTION_RESOLUTION_FAILURE;
    }
    const changes = status.kind === 'executed' ? writes.changes() : [];
    return { status, changes, events: [], returns: [], gasUsed: 5n, gas: { execution: 4_500_000n, io: 500_000n } };
  }
}

function createAccount(writes: Writes, address: Address): void {
  if (writes.view.get(accountKey(address))) return;
  const writer = new BcsWriter().bytes(addressToBytes(address)).u64(0n).u64(2n);
  for (const number of [0n, 1n]) writeAddress(writer.u64(0n).u64(number), address);
  writes.set(accountKey(address), writer.u8(0).u8(0).finish());
}

function setBalance(writes: Writes, address: Address, balance: bigint): void {
  const store = encodeBcs((writer) => {
    writer.u64(balance).bool(false);
    for (const number of [2n, 3n]) writeAddress(writer.u64(0n).u64(number), address);
  });
  writes.set(coinStoreKey(address), store);
}
