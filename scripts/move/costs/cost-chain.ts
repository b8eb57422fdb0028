// A local chain with every package of the project and a room without rules, on a clock of its own.

import path from 'node:path';
import { Chain } from '../../../src/devchain/chain.ts';
import {
  DEFAULT_GENESIS_PACKAGES,
  FRAMEWORK_PACKAGE,
  genesisBlock,
  readPackage,
} from '../../../src/devchain/genesis.ts';
import { MoveVm } from '../../../src/vm/index.ts';
import { CRYPTO_NATIVES } from '../../../src/vm/natives/crypto.ts';
import { compilePackage } from '../compiler.ts';
import { MOVE_DIR } from '../packages.ts';

/** As of every local chain. */
const CHAIN_ID = 4;
const ROOM = path.join(import.meta.dirname, 'room');

export async function costChain(clock: { readonly micros: bigint }): Promise<Chain> {
  const room = await compilePackage(ROOM);
  const paths = new Set([
    ...DEFAULT_GENESIS_PACKAGES,
    ...['editor', 'movecraft', 'four_in_a_row'].map((name) => path.join(MOVE_DIR, name)),
  ]);
  const vm = new MoveVm({ natives: CRYPTO_NATIVES });
  const chain = new Chain({ vm, chainId: CHAIN_ID, clock: () => clock.micros });
  const block = genesisBlock(vm, {
    chainId: CHAIN_ID,
    timestampMicros: clock.micros,
    framework: readPackage(FRAMEWORK_PACKAGE),
    packages: [...[...paths].map(readPackage), { name: 'Room', modules: room.modules.map(({ bytecode }) => bytecode) }],
  });
  chain.restore(block);
  return chain;
}
