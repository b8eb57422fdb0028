// Saying where this node is ([P1]), so that a peer sends what follows.

import { HASH_SIZE } from '../base/hash.ts';
import type { NodeKey } from '../base/ids.ts';
import { linkOf } from './facts.ts';
import { HELLO_INTERVAL_MS } from './limits.ts';
import type { Turn } from './turn.ts';

/** In a `hello` of a node that does not know the root at height 0. */
export const UNKNOWN_ROOT = new Uint8Array(HASH_SIZE);

export function sayHello(turn: Turn, peer: NodeKey, options: { readonly atOnce?: boolean } = {}): void {
  const { facts } = turn;
  const known = facts.peers.get(peer);
  if (known === undefined || linkOf(facts, peer) === 'lost') return;
  const recently = known.lastHelloMs !== undefined && turn.nowMs - known.lastHelloMs < HELLO_INTERVAL_MS;
  if (recently && options.atOnce !== true) return;
  known.lastHelloMs = turn.nowMs;
  turn.send(peer, {
    kind: 'hello',
    term: facts.term,
    restarts: facts.history?.ledger.restarts ?? facts.view?.restarts ?? 0n,
    gasSchedule: facts.options.gasSchedule,
    genesisRoot: facts.genesisRoot ?? UNKNOWN_ROOT,
    known: facts.history?.knownPositions() ?? [],
  });
}
