// The chain as `npm run devchain` begins it: framework, channel contract and applications, on the real VM, and the same after a restart.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../base/bytes.ts';
import { parseAddress } from '../base/ids.ts';
import { parseStructTag } from '../base/type-tag.ts';
import { selfId } from '../vm/bytecode/access.ts';
import { decodeModule } from '../vm/bytecode/decode.ts';
import { readBalance } from './accounts.ts';
import type { Chain } from './chain.ts';
import { GenesisError, LedgerFileError } from './errors.ts';
import { FAUCET_ADDRESS, fund } from './faucet.ts';
import { DEFAULT_GENESIS_PACKAGES, readPackage } from './genesis.ts';
import { type Devchain, startDevchain } from './server.ts';

const CHANNEL = parseAddress('0x57a17');
const CHAT = parseAddress('0xc4a7');
const ALICE = parseAddress('0xa11ce');
let directory: string;
const running: Devchain[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'strait-genesis-'));
});
afterEach(async () => {
  for (const devchain of running.splice(0)) await devchain.close();
  rmSync(directory, { recursive: true });
});

async function start(options: Parameters<typeof startDevchain>[0] = {}): Promise<Devchain> {
  const devchain = await startDevchain({ port: 0, faucetPort: 0, ...options });
  running.push(devchain);
  return devchain;
}

async function stop(devchain: Devchain): Promise<void> {
  running.splice(running.indexOf(devchain), 1);
  await devchain.close();
}

function hasResource(chain: Chain, address: string, type: string): boolean {
  return (
    chain.world.get({ kind: 'resource', address: parseAddress(address), type: parseStructTag(type) }) !== undefined
  );
}

function supply(chain: Chain): bigint {
  const call = { module: { address: parseAddress('0x1'), name: 'coin' }, function: 'supply', args: [] };
  const result = chain.view({ ...call, typeArgs: [parseStructTag('0x1::aptos_coin::AptosCoin')] });
  expect(result.status).toEqual({ kind: 'executed' });
  // Some, then a little-endian u128.
  const [bytes] = result.returns;
  return BigInt(`0x${toHex(bytes?.slice(1).reverse() ?? new Uint8Array())}`);
}

describe('genesis', () => {
  it('publishes the framework and the packages, and registers the packages', async () => {
    const { chain } = await start();
    expect(chain.world.modules(parseAddress('0x1')).map(({ name }) => name)).toContain('coin');
    expect(chain.world.modules(CHANNEL).length).toBeGreaterThan(0);
    expect(chain.world.modules(CHAT).length).toBeGreaterThan(0);
    for (const publisher of ['0x57a17', '0xc4a7']) {
      expect(hasResource(chain, publisher, '0x1::code::PackageRegistry')).toBe(true);
    }
    expect(chain.ledger.tip.version).toBe(0);
    expect(readBalance(chain.world.view(), FAUCET_ADDRESS)).toBeGreaterThan(0n);
  });

  it('counts every coin: what is funded is minted, what is paid for gas is burnt', async () => {
    const { chain } = await start({ genesisPackages: [] });
    const before = supply(chain);
    fund(chain, ALICE, 1_000_000n);
    expect(supply(chain)).toBe(before + 1_000_000n - 100n * chain.ledger.tip.outcome.gasUsed);
  });

  it('is read back from the data directory, whatever the packages are by then', async () => {
    const first = await start({ dataDir: join(directory, 'data') });
    fund(first.chain, ALICE, 5n);
    const { accumulatorRootHash } = first.chain.ledger.tip;
    await stop(first);
    const { chain } = await start({ dataDir: join(directory, 'data'), genesisPackages: ['/nowhere'] });
    expect(toHex(chain.ledger.tip.accumulatorRootHash)).toBe(toHex(accumulatorRootHash));
    expect(chain.world.modules(CHANNEL).length).toBeGreaterThan(0);
    fund(chain, ALICE, 6n);
    expect(readBalance(chain.world.view(), ALICE)).toBe(11n);
  });

  it('has every application of the project', async () => {
    const { chain } = await start();
    const view = chain.world.view();
    for (const code of DEFAULT_GENESIS_PACKAGES.flatMap((directory) => readPackage(directory).modules)) {
      const id = selfId(decodeModule(code));
      expect(view.module(id.address, id.name)).toEqual(code);
    }
  });

  it('stays the chain that it was', async () => {
    const dataDir = join(directory, 'data');
    await stop(await start({ dataDir, genesisPackages: [] }));
    await expect(start({ dataDir, chainId: 9 })).rejects.toThrow(LedgerFileError);
    await stop(await start({ dataDir }));
  });

  it('does not begin with a package that is missing, altered or wrong', async () => {
    await expect(start({ genesisPackages: [join(directory, 'none')] })).rejects.toThrow(GenesisError);
    const [source = ''] = DEFAULT_GENESIS_PACKAGES;
    const copy = join(directory, 'copy');
    cpSync(join(source, 'bytecode'), join(copy, 'bytecode'), { recursive: true });
    expect(readPackage(copy)).toEqual(readPackage(source));
    const manifest = JSON.parse(readFileSync(join(copy, 'bytecode/manifest.json'), 'utf8'));
    const module = join(copy, 'bytecode', `${manifest.modules[0].name}.mv`);
    const code = readFileSync(module);
    writeFileSync(module, Buffer.concat([code, Buffer.from([0])]));
    await expect(start({ genesisPackages: [copy] })).rejects.toThrow(/is not what the manifest says/);
    // The chat without the contract that it imports does not link.
    await expect(start({ genesisPackages: DEFAULT_GENESIS_PACKAGES.slice(1) })).rejects.toThrow(GenesisError);
  });
});
