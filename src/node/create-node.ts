// Puts a node together from its adapters: IndexedDB, Aptos and a network that it is given. The only place, besides the worker, that names them.

import type { Bytes } from '../base/bytes.ts';
import { type Address, type NodeKey, parseAddress } from '../base/ids.ts';
import { AptosChain } from '../chain/aptos.ts';
import { sessionAddress } from '../chain/session-address.ts';
import type { Executor } from '../channel/executor.ts';
import { systemClock } from '../net/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Network } from '../ports/network.ts';
import type { Store } from '../ports/store.ts';
import { openIndexedDbStore } from '../store/indexed-db.ts';
import { MoveVm } from '../vm/index.ts';
import { CodeCache } from './code-cache.ts';
import { createSigner, createVerifier } from './ed25519.ts';
import { acquireIdentityLock, browserLockPlatform, type IdentityLock } from './identity-lock.ts';
import { identityName, loadOrMakeKeys } from './keys.ts';
import { findChainId } from './known-chain.ts';
import { StraitNode } from './node.ts';

export interface NodeOptions {
  readonly chainUrl: string;
  readonly contract: string;
  readonly walletAddress: string;
  /** Name of the IndexedDB database. */
  readonly database: string;
  /** Ask a tab that runs this identity to give way. */
  readonly takeOver: boolean;
  /** Called once the node's key is known. */
  readonly network: (keys: { readonly nodeKey: NodeKey; readonly seed: Bytes }) => Network;
  /** The node cannot go on: another tab asked for the identity, or the database was taken away. It has stopped. */
  readonly onStopped: (reason: 'taken-over' | 'storage-lost', message: string) => void;
  readonly wrapExecutor?: (executor: Executor) => Executor;
}

export interface CreatedNode {
  readonly node: StraitNode;
  readonly nodeKey: NodeKey;
  readonly sessionAddress: Address;
  readonly seed: Bytes;
  /** Stops the node and lets go of everything. Idempotent. */
  stop(): Promise<void>;
}

/** @throws NodeError, StoreError, ChainError, DecodeError */
export async function createNode(options: NodeOptions): Promise<CreatedNode> {
  const contract = parseAddress(options.contract, 'contract');
  const wallet = parseAddress(options.walletAddress, 'wallet address');
  const chain = new AptosChain({ url: options.chainUrl, contract });
  let stop = async (): Promise<void> => {};
  const stopAndTell = (reason: 'taken-over' | 'storage-lost', message: string): void => {
    stop().then(
      () => options.onStopped(reason, message),
      () => options.onStopped(reason, message),
    );
  };
  const store = await openIndexedDbStore(options.database, {
    onLost: (reason) => stopAndTell('storage-lost', reason),
  });
  let lock: IdentityLock | undefined;
  try {
    const chainId = await findChainId(store, options.chainUrl, () => chain.chainId());
    const identity = { chainId, contract, wallet };
    const platform = browserLockPlatform();
    if (platform) {
      const name = identityName(identity);
      const onYield = () => stopAndTell('taken-over', 'another tab has taken over');
      lock = await acquireIdentityLock({ name, takeOver: options.takeOver, onYield }, platform);
    }
    const keys = await loadOrMakeKeys(store, identity, systemEntropy);
    const session = sessionAddress(keys.nodeKey);
    const code = await CodeCache.load(store, systemClock);
    // Behind an import of its own, so that a page that loads this file does not wait for the curves.
    const { CRYPTO_NATIVES } = await import('../vm/natives/crypto.ts');
    const node = new StraitNode({
      identity,
      session: keys,
      sessionAddress: session,
      clock: systemClock,
      network: options.network(keys),
      store,
      chain,
      vm: new MoveVm({ unitCache: code, natives: CRYPTO_NATIVES }),
      signer: await createSigner(keys.seed),
      verifier: await createVerifier(),
      ...(options.wrapExecutor && { wrapExecutor: options.wrapExecutor }),
    });
    let stopping: Promise<void> | undefined;
    stop = () => {
      stopping ??= letGo(node, code, store, lock);
      return stopping;
    };
    return { node, nodeKey: keys.nodeKey, sessionAddress: session, seed: keys.seed, stop: () => stop() };
  } catch (error) {
    await lock?.release();
    await store.close();
    await chain.close();
    throw error;
  }
}

/** The lock last: whoever gets it must find everything written and the network's address free. */
async function letGo(node: StraitNode, code: CodeCache, store: Store, lock: IdentityLock | undefined): Promise<void> {
  try {
    await node.stop();
    await code.stop();
    await store.close();
  } finally {
    await lock?.release();
  }
}

const systemEntropy: Entropy = {
  bytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
};
