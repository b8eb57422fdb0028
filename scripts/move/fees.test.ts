// What transactions cost on the local chain against what the same ones cost on Aptos, and the limits that end them.
//
// The figures of Aptos are fee statements of its testnet for a module `storage` that its author noted beside its functions in 2025, before AIP-141 made
// everything ten times dearer. The module here is written anew with the same names, since names are part of keys.

import { ed25519 } from '@noble/curves/ed25519.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBcs } from '../../src/base/bcs.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { parseAddress, writeAddress } from '../../src/base/ids.ts';
import { readAccount, readBalance } from '../../src/devchain/accounts.ts';
import { Chain } from '../../src/devchain/chain.ts';
import { fund } from '../../src/devchain/faucet.ts';
import { feeOctasOf, feeStatementOf } from '../../src/devchain/fee-statement.ts';
import { MAX_GAS_AMOUNT } from '../../src/devchain/gas.ts';
import type { FeeStatement } from '../../src/devchain/gas-meter.ts';
import { FRAMEWORK_PACKAGE, genesisBlock, readPackage } from '../../src/devchain/genesis.ts';
import { signingMessage } from '../../src/devchain/signature.ts';
import { personOf, u64 } from '../../src/testing/lifecycle-chain.ts';
import { MoveVm } from '../../src/vm/index.ts';
import { compileSource } from './compiler.ts';

const ANTO = parseAddress('0xa070');
const CHAIN_ID = 4;
const NOW = 1_900_000_000_000_000n;
const MONEY = 1_000_000_000_000n;
/** AIP-141. */
const FACTOR = 10n;

const SOURCE = `
module anto::storage {
    use std::bcs;
    use std::signer;
    use aptos_std::from_bcs;
    use aptos_std::table::{Self, Table};
    use aptos_std::table_with_length::{Self, TableWithLength};
    use aptos_std::ordered_map::{Self, OrderedMap};
    use aptos_std::big_ordered_map::{Self, BigOrderedMap};
    use aptos_framework::object::{Self, DeleteRef};

    struct Data has store, drop { user: address, value: u64 }
    struct VectorHolder has key { all: vector<Data>, count: u64 }
    struct OrderedMapHolder has key { all: OrderedMap<u64, Data>, count: u64 }
    struct BigOrderedMapHolder has key { all: BigOrderedMap<u64, Data>, count: u64 }
    struct TableHolder has key { all: TableWithLength<u64, Data>, count: u64 }
    struct ObjectCtrl has key { delete_ref: DeleteRef }
    struct Hoard has key { all: Table<u64, vector<u8>> }

    fun data(me: address): Data { Data { user: me, value: 1000 } }

    public entry fun create_vector(me: &signer) { move_to(me, VectorHolder { all: vector[], count: 0 }); }
    public entry fun add_to_vector(me: &signer) acquires VectorHolder {
        let at = signer::address_of(me);
        borrow_global_mut<VectorHolder>(at).all.push_back(data(at));
    }
    public entry fun remove_from_vector(me: &signer) acquires VectorHolder {
        borrow_global_mut<VectorHolder>(signer::address_of(me)).all.remove(0);
    }
    public entry fun delete_vector(me: &signer) acquires VectorHolder {
        let VectorHolder { all, count: _ } = move_from<VectorHolder>(signer::address_of(me));
        all.destroy_empty();
    }

    public entry fun create_ordered_map(me: &signer) {
        move_to(me, OrderedMapHolder { all: ordered_map::new(), count: 0 });
    }
    public entry fun add_to_ordered_map(me: &signer, key: u64) acquires OrderedMapHolder {
        let at = signer::address_of(me);
        borrow_global_mut<OrderedMapHolder>(at).all.add(key, data(at));
    }

    public entry fun create_big_ordered_map(me: &signer) {
        move_to(me, BigOrderedMapHolder { all: big_ordered_map::new(), count: 0 });
    }
    public entry fun add_to_big_ordered_map(me: &signer, key: u64) acquires BigOrderedMapHolder {
        let at = signer::address_of(me);
        borrow_global_mut<BigOrderedMapHolder>(at).all.add(key, data(at));
    }

    public entry fun create_table(me: &signer) {
        move_to(me, TableHolder { all: table_with_length::new(), count: 0 });
    }
    public entry fun add_to_table(me: &signer, key: u64) acquires TableHolder {
        let at = signer::address_of(me);
        borrow_global_mut<TableHolder>(at).all.add(key, data(at));
    }
    public entry fun remove_from_table(me: &signer, key: u64) acquires TableHolder {
        let all = &mut borrow_global_mut<TableHolder>(signer::address_of(me)).all;
        if (all.contains(key)) { all.remove(key); };
    }
    public entry fun delete_table(me: &signer) acquires TableHolder {
        let TableHolder { all, count: _ } = move_from<TableHolder>(signer::address_of(me));
        all.destroy_empty();
    }

    public entry fun create_obj(me: &signer) {
        let made = object::create_object(signer::address_of(me));
        move_to(me, ObjectCtrl { delete_ref: object::generate_delete_ref(&made) });
    }
    public entry fun delete_obj(me: &signer) acquires ObjectCtrl {
        let ObjectCtrl { delete_ref } = move_from<ObjectCtrl>(signer::address_of(me));
        object::delete(delete_ref);
    }

    /// Reads as many slots.
    public entry fun look(_me: &signer, count: u64) {
        for (n in 0..count) {
            let at = x"100000000000000000000000000000000000000000000000";
            at.append(bcs::to_bytes(&n));
            exists<VectorHolder>(from_bcs::to_address(at));
        }
    }

    /// Items of 262,144 bytes.
    public entry fun hoard(me: &signer, count: u64) {
        let all = table::new<u64, vector<u8>>();
        let bytes = x"00";
        while (bytes.length() < 250000) {
            let more = copy bytes;
            bytes.append(more);
        };
        for (n in 0..count) all.add(n, bytes);
        move_to(me, Hoard { all });
    }
}
`;

interface Sent {
  readonly fee: FeeStatement;
  readonly status: string;
  readonly gasUsed: bigint;
}

const alice = personOf('alice of fees');
let chain: Chain;

beforeAll(async () => {
  const compiled = await compileSource({ 'storage.move': SOURCE }, { namedAddresses: { anto: ANTO } });
  const vm = new MoveVm();
  chain = new Chain({ vm, chainId: CHAIN_ID, clock: () => NOW });
  chain.restore(
    genesisBlock(vm, {
      chainId: CHAIN_ID,
      timestampMicros: NOW,
      framework: readPackage(FRAMEWORK_PACKAGE),
      packages: [{ name: 'Storage', modules: [...compiled.values()] }],
    }),
  );
  expect(fund(chain, alice.address, MONEY)).toMatch(/^0x/);
}, 60_000);

function transaction(name: string, args: readonly Bytes[], maxGas: bigint, price: bigint, isSigned: boolean): Bytes {
  const raw = encodeBcs((w) => {
    writeAddress(w, alice.address);
    w.u64(readAccount(chain.world.view(), alice.address).sequenceNumber).uleb128(2);
    writeAddress(w, ANTO);
    w.string('storage').string(name).uleb128(0);
    w.vector(args, (writer, arg) => writer.bytes(arg));
    w.u64(maxGas)
      .u64(price)
      .u64(chain.now() / 1_000_000n + 60n)
      .u8(CHAIN_ID);
  });
  const signature = isSigned ? (ed25519.sign(signingMessage({ bytes: raw }), alice.seed) as Bytes) : new Uint8Array(64);
  return encodeBcs((w) => w.fixed(raw).uleb128(0).bytes(alice.key).bytes(signature));
}

/** Simulates and sends: both must say the same. */
function send(name: string, args: readonly Bytes[] = [], maxGas = 200_000n, price = 100n): Sent {
  const simulated = chain.simulate(transaction(name, args, maxGas, price, false));
  const before = readBalance(chain.world.view(), alice.address);
  const submitted = chain.submit(transaction(name, args, maxGas, price, true));
  if (!submitted.ok || !simulated.ok) throw new Error(`not taken: ${JSON.stringify([submitted, simulated])}`);
  const { outcome } = chain.ledger.tip;
  const fee = feeStatementOf(outcome);
  if (fee === undefined) throw new Error('no fee statement');
  expect(readBalance(chain.world.view(), alice.address)).toBe(before - feeOctasOf(outcome, price));
  expect(simulated.value.outcome).toMatchObject({ gasUsed: outcome.gasUsed, status: outcome.status });
  const { status } = outcome;
  return { fee, gasUsed: outcome.gasUsed, status: status.kind === 'failure' ? status.code : status.kind };
}

describe('against Aptos', () => {
  /** Where the framework's own Move code takes a little less: execution, input-output, all. */
  const OFF: Readonly<Record<string, readonly bigint[]>> = {
    add_to_ordered_map: [-1n, 0n, 0n],
    delete_table: [0n, 0n, -1n],
  };
  /** Call, its arguments; execution, input-output, storage fee, refund and gas in all on Aptos, in the units of then. */
  const STATEMENTS: readonly (readonly [
    string,
    readonly bigint[],
    readonly [bigint, bigint, bigint, bigint, bigint],
  ])[] = [
    ['create_vector', [], [3n, 1n, 43_840n, 0n, 442n]],
    ['add_to_vector', [], [3n, 2n, 1_600n, 0n, 20n]],
    ['remove_from_vector', [], [3n, 2n, 0n, 0n, 4n]],
    ['delete_vector', [], [3n, 2n, 0n, 45_440n, 4n]],
    ['create_ordered_map', [], [3n, 1n, 44_040n, 0n, 444n]],
    ['add_to_ordered_map', [7n], [4n, 2n, 1_920n, 0n, 24n]],
    ['create_big_ordered_map', [], [4n, 1n, 46_680n, 0n, 471n]],
    ['add_to_big_ordered_map', [7n], [4n, 2n, 1_960n, 0n, 24n]],
    ['create_table', [], [3n, 1n, 45_360n, 0n, 457n]],
    ['add_to_table', [7n], [4n, 2n, 43_200n, 0n, 437n]],
    ['remove_from_table', [7n], [4n, 2n, 0n, 43_200n, 6n]],
    ['delete_table', [], [3n, 2n, 0n, 45_360n, 5n]],
    ['create_obj', [], [4n, 1n, 93_760n, 0n, 942n]],
    ['delete_obj', [], [3n, 3n, 0n, 93_760n, 6n]],
  ];

  it.each(STATEMENTS)('%s costs the same storage to the octa, and gas within a unit', (name, numbers, statement) => {
    const { fee, status } = send(name, numbers.map(u64));
    const [execution, io, storage, refund, total] = statement;
    expect(status).toBe('executed');
    expect(fee.storageFeeOctas).toBe(storage * FACTOR);
    expect(fee.storageFeeRefundOctas).toBe(refund * FACTOR);
    // Aptos's figures were rounded up to units of ten of today's.
    const tenth = (units: bigint) => (units + FACTOR - 1n) / FACTOR;
    const ours = [fee.executionGasUnits, fee.ioGasUnits, fee.totalChargeGasUnits].map(tenth);
    const off = ours.map((units, index) => units - ([execution, io, total][index] ?? 0n));
    expect(off).toEqual(OFF[name] ?? [0n, 0n, 0n]);
  });
});

describe('a transaction ends', () => {
  it('OUT_OF_GAS where its gas does not pay for what it leaves, and pays it all', () => {
    const { status, gasUsed, fee } = send('create_table', [], 4_000n);
    expect([status, gasUsed, fee.storageFeeRefundOctas]).toEqual(['OUT_OF_GAS', 4_000n, 0n]);
  });

  it('with exactly the gas that the simulation says', () => {
    const simulated = chain.simulate(transaction('create_table', [], 200_000n, 100n, false));
    if (!simulated.ok || typeof simulated.value.outcome === 'string') throw new Error('not simulated');
    const { gasUsed } = simulated.value.outcome;
    expect(send('create_table', [], gasUsed - 1n).status).toBe('OUT_OF_GAS');
    expect(send('create_table', [], gasUsed)).toMatchObject({ status: 'executed', gasUsed });
  });

  it('with IO_LIMIT_REACHED at the slot read that is one too many', () => {
    const { status, gasUsed, fee } = send('look', [u64(3_500n)], MAX_GAS_AMOUNT);
    // Each slot read is three units.
    expect([status, fee.ioGasUnits]).toEqual(['IO_LIMIT_REACHED', 10_003n]);
    const further = send('look', [u64(1_000_000n)], MAX_GAS_AMOUNT);
    expect([further.status, further.gasUsed]).toEqual(['IO_LIMIT_REACHED', gasUsed]);
    expect(send('look', [u64(3_000n)], MAX_GAS_AMOUNT).status).toBe('executed');
    expect(send('look', [u64(3_500n)], 9_000n).status).toBe('OUT_OF_GAS');
  });

  it('with STORAGE_LIMIT_REACHED where it would pay more than 20 APT for storage', () => {
    // Each is more than 1 APT; at a price of 1,000 that is 105,000 units.
    expect(send('hoard', [u64(19n)], MAX_GAS_AMOUNT, 1_000n).status).toBe('STORAGE_LIMIT_REACHED');
    expect(send('hoard', [u64(19n)], 1_000_000n, 1_000n).status).toBe('OUT_OF_GAS');
    expect(send('hoard', [u64(18n)], MAX_GAS_AMOUNT, 1_000n).status).toBe('executed');
  });
});
