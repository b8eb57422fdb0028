// The local chain as a program runs it: genesis or what the data directory holds, the node's REST API and the faucet, each on its port.

import type { StateKey } from '../base/state.ts';
import { structTag } from '../base/type-tag.ts';
import { MoveVm } from '../vm/index.ts';
import { CRYPTO_NATIVES } from '../vm/natives/crypto.ts';
import { FRAMEWORK } from './accounts.ts';
import { Chain } from './chain.ts';
import { DrivenClock, wallClock } from './driven-clock.ts';
import { LedgerFileError } from './errors.ts';
import { faucetApi } from './faucet.ts';
import { DEFAULT_GENESIS_PACKAGES, FRAMEWORK_PACKAGE, genesisBlock, readPackage } from './genesis.ts';
import { type HttpServer, serve } from './rest/http.ts';
import { ledgerHeaders } from './rest/ledger-routes.ts';
import { nodeApi } from './rest/node-api.ts';
import { type DataDir, openDataDir } from './storage/data-dir.ts';

/** What ts-sdk and the wallet adapter take for granted of network `local`. */
export const LOCAL_CHAIN_ID = 4;
export const NODE_PORT = 8080;
export const FAUCET_PORT = 8081;
export const INDEXER_PORT = 8090;

/** Where the chain's id stands for contracts. */
export const CHAIN_ID_KEY: StateKey = {
  kind: 'resource',
  address: FRAMEWORK,
  type: structTag(FRAMEWORK, 'chain_id', 'ChainId'),
};

export interface DevchainOptions {
  /** 0: any free port. */
  readonly port?: number;
  readonly faucetPort?: number;
  /**
   * Where ts-sdk looks for the indexer. Absent: 8090 when the node is on its usual port, else only under the node's own port.
   */
  readonly indexerPort?: number;
  readonly host?: string;
  readonly chainId?: number;
  /** Keeps the chain across restarts. Absent: in memory alone. */
  readonly dataDir?: string;
  /** Directories of packages that the chain begins with, after the framework. Ignored when the data directory holds a chain. */
  readonly genesisPackages?: readonly string[];
  readonly vm?: MoveVm;
  /** Microseconds since 1970; the wall clock where absent. A `DrivenClock` may be driven by whoever reaches the node's port. */
  readonly clock?: (() => bigint) | DrivenClock;
  /** Told of failures that no client caused. */
  readonly onError?: (error: unknown) => void;
}

export interface Devchain {
  readonly chain: Chain;
  /** `http://127.0.0.1:8080/v1` */
  readonly nodeUrl: string;
  /** `http://127.0.0.1:8081` */
  readonly faucetUrl: string;
  /** `http://127.0.0.1:8090/v1/graphql` */
  readonly indexerUrl: string;
  /** Bytes of a half-written block that were cut off the data directory's ledger. */
  readonly tornBytes: number;
  close(): Promise<void>;
}

/** @throws GenesisError, LedgerFileError; a system error when a port is taken. */
export async function startDevchain(options: DevchainOptions = {}): Promise<Devchain> {
  const { chain, dataDir } = openChain(options);
  const servers: HttpServer[] = [];
  try {
    const host = options.host ?? '127.0.0.1';
    const onError = options.onError ?? ((error: unknown) => console.error(error));
    const router = nodeApi(chain, drivenClock(options));
    const headers = () => ledgerHeaders(chain);
    const port = options.port ?? NODE_PORT;
    const node = await serve({ router, host, port, headers, onError });
    servers.push(node);
    const faucet = await serve({ router: faucetApi(chain), host, port: options.faucetPort ?? FAUCET_PORT, onError });
    servers.push(faucet);
    const indexerPort = options.indexerPort ?? (port === NODE_PORT ? INDEXER_PORT : undefined);
    let indexer = node;
    if (indexerPort !== undefined) {
      indexer = await serve({ router, host, port: indexerPort, headers, onError });
      servers.push(indexer);
    }
    return {
      chain,
      nodeUrl: `${node.url}/v1`,
      faucetUrl: faucet.url,
      indexerUrl: `${indexer.url}/v1/graphql`,
      tornBytes: dataDir?.tornBytes ?? 0,
      close: () => closeAll(servers, dataDir),
    };
  } catch (error) {
    await closeAll(servers, dataDir);
    throw error;
  }
}

function openChain(options: DevchainOptions): { chain: Chain; dataDir: DataDir | undefined } {
  let dataDir: DataDir | undefined;
  const driven = drivenClock(options);
  const chain = new Chain({
    vm: options.vm ?? new MoveVm({ natives: CRYPTO_NATIVES }),
    chainId: options.chainId ?? LOCAL_CHAIN_ID,
    clock: clockOf(options),
    persist: (entry) => dataDir?.append(entry),
  });
  if (options.dataDir !== undefined) dataDir = openDataDir(options.dataDir, chain);
  try {
    if (chain.ledger.length > 0) {
      expectChainId(chain, options.dataDir ?? '');
      // It may have been driven ahead of the machine's clock, before it was stopped.
      const { timestampMicros } = chain.ledger.tip;
      if (driven && driven.now() < timestampMicros) driven.advanceTo(timestampMicros);
      return { chain, dataDir };
    }
    const packages = options.genesisPackages ?? DEFAULT_GENESIS_PACKAGES;
    const block = genesisBlock(chain.vm, {
      chainId: chain.chainId,
      timestampMicros: chain.now(),
      framework: readPackage(FRAMEWORK_PACKAGE),
      packages: packages.map(readPackage),
    });
    dataDir?.append(block);
    chain.restore(block);
    return { chain, dataDir };
  } catch (error) {
    dataDir?.close();
    throw error;
  }
}

function drivenClock({ clock }: DevchainOptions): DrivenClock | undefined {
  return clock instanceof DrivenClock ? clock : undefined;
}

function clockOf({ clock }: DevchainOptions): () => bigint {
  return clock instanceof DrivenClock ? () => clock.now() : (clock ?? wallClock);
}

/** A chain that was begun with one id stays that chain. */
function expectChainId(chain: Chain, path: string): void {
  const [id] = chain.world.get(CHAIN_ID_KEY) ?? [];
  if (id !== chain.chainId) throw new LedgerFileError(path, `holds a chain with id ${id}, not ${chain.chainId}`);
}

async function closeAll(servers: readonly HttpServer[], dataDir: DataDir | undefined): Promise<void> {
  try {
    await Promise.all(servers.map((server) => server.close()));
  } finally {
    dataDir?.close();
  }
}
