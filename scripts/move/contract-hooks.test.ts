// A stake in an asset that has functions of its own for being paid (`dispatchable_fungible_asset`), which may abort whenever its owner likes:
// what the contract pays beside other things stays a deposit, and is paid by itself. The local framework has no such assets; here one
// instruction of it is changed, so that it calls all of them such.

import { beforeAll, describe, expect, it } from 'vitest';
import { encodeBcs } from '../../src/base/bcs.ts';
import { type Bytes, toHex } from '../../src/base/bytes.ts';
import { sha3_256 } from '../../src/base/hash.ts';
import { type Address, parseAddress, writeAddress } from '../../src/base/ids.ts';
import type { TypeTag } from '../../src/base/type-tag.ts';
import { readBalance } from '../../src/devchain/accounts.ts';
import { MAX_GAS_AMOUNT } from '../../src/devchain/gas.ts';
import { DEFAULT_GENESIS_PACKAGES, FRAMEWORK_PACKAGE, genesisBlock, readPackage } from '../../src/devchain/genesis.ts';
import { encodeArguments } from '../../src/devchain/values.ts';
import { World } from '../../src/devchain/world.ts';
import { Writes } from '../../src/devchain/writes.ts';
import { assembleModule } from '../../src/testing/assemble.ts';
import { selfId } from '../../src/vm/bytecode/access.ts';
import { decodeModule } from '../../src/vm/bytecode/decode.ts';
import { MoveVm } from '../../src/vm/index.ts';
import { type Json, valueToJson } from '../../src/vm/json.ts';
import { CRYPTO_NATIVES } from '../../src/vm/natives/crypto.ts';

const CONTRACT = '0x57a17';
const CHAT = '0xc4a7';
const APT = '0xa';
const FAUCET = parseAddress('0xa550c18');
const ALICE = parseAddress('0xa11ce');
/** A point of the curve: the key of no one. */
const NODE_KEY = `0x${'5866666666666666666666666666666666666666666666666666666666666666'}`;
const STAKE = 5_000_000;
const CHANNEL = '1';

const vm = new MoveVm({ natives: CRYPTO_NATIVES });
let writes: Writes;

/** With `is_store_dispatchable` true of every store. */
function withHooks(code: Bytes): Bytes {
  const module = decodeModule(code);
  if (selfId(module).name !== 'fungible_asset') return code;
  const functions = module.functions.map((definition) => {
    const name = module.identifiers[module.functionHandles[definition.handle]?.name ?? -1];
    if (name !== 'is_store_dispatchable' || definition.body === undefined) return definition;
    const changed = definition.body.code.map((instruction) =>
      instruction.op === 'ldFalse' ? ({ op: 'ldTrue' } as const) : instruction,
    );
    expect(changed).not.toEqual(definition.body.code);
    return { ...definition, body: { ...definition.body, code: changed } };
  });
  return assembleModule({ ...module, functions });
}

beforeAll(() => {
  const framework = readPackage(FRAMEWORK_PACKAGE);
  const block = genesisBlock(vm, {
    chainId: 4,
    timestampMicros: 1_900_000_000_000_000n,
    framework: { ...framework, modules: framework.modules.map(withHooks) },
    packages: DEFAULT_GENESIS_PACKAGES.map(readPackage),
  });
  const world = new World();
  world.apply(0, block.outcome.changes, block.outcome.modules);
  writes = new Writes(world.view());
  run(FAUCET, '0x1::genesis::fund', [ALICE, '100000000']);
});

function callOf(name: string, args: readonly Json[], typeArgs: readonly TypeTag[] = []) {
  const [address = '', module = '', member = ''] = name.split('::');
  const call = { module: { address: parseAddress(address), name: module }, function: member, typeArgs, args: [] };
  return { ...call, args: encodeArguments(writes.view, call, args) };
}

function run(sender: Address, name: string, args: readonly Json[]): void {
  const result = vm.run(writes.view, {
    call: callOf(name, args),
    access: 'entry',
    senders: [sender],
    gasLimit: MAX_GAS_AMOUNT,
    transactionHash: sha3_256(encodeBcs((writer) => writer.string(name))),
  });
  expect(result.status, name).toEqual({ kind: 'executed' });
  writes.add(result.changes);
}

/** Of APT: free, and held by channels. */
function deposited(): Json[] {
  const call = callOf(`${CONTRACT}::staking::deposited`, [ALICE, APT]);
  const { returns } = vm.run(writes.view, {
    call,
    access: 'view',
    senders: [],
    gasLimit: MAX_GAS_AMOUNT,
    transactionHash: sha3_256(),
  });
  return returns.map((bytes) => valueToJson(writes.view, { kind: 'u64' }, bytes));
}

/** Closes the channel at its first height. */
function closing(): string {
  const bytes = encodeBcs((writer) => {
    writer.u64(0n).u64(1n).uleb128(0).uleb128(0);
    writer.vector<Address>([], writeAddress);
    writer
      .bool(true)
      .bytes(sha3_256(Uint8Array.of(1)))
      .bytes(sha3_256(Uint8Array.of(2)));
  });
  return `0x${toHex(bytes)}`;
}

describe('a stake whose payment its asset may refuse', () => {
  it('[C61] stays a deposit when a member leaves, and is paid by itself', () => {
    run(ALICE, `${CHAT}::chat::chat_session_create_and_join`, [CHAT, 'Tea', String(STAKE), '60000', '', NODE_KEY, '0']);
    run(ALICE, `${CONTRACT}::state_channel::close_entry`, [CHANNEL]);
    run(ALICE, `${CONTRACT}::state_channel::create_proposal_entry`, [CHANNEL, 1, closing()]);
    run(ALICE, `${CHAT}::chat::chat_group_settlement`, [CHANNEL, '1']);
    run(ALICE, `${CHAT}::chat::chat_session_close`, [CHANNEL]);
    const before = readBalance(writes.view, ALICE);
    run(ALICE, `${CHAT}::chat::chat_session_leave`, [CHANNEL]);
    expect(deposited()).toEqual([String(STAKE), '0']);
    expect(readBalance(writes.view, ALICE)).toBe(before);
    run(ALICE, `${CONTRACT}::staking::unstake_entry`, [APT, String(STAKE)]);
    expect(deposited()).toEqual(['0', '0']);
    expect(readBalance(writes.view, ALICE)).toBe(before + BigInt(STAKE));
  });
});
