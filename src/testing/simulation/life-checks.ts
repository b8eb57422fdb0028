// What a life must have come to at its end, apart from the invariants of every moment: what was asked for is in the final history, and the chain
// has what that history comes to.

import { bytesEqual, toHex } from '../../base/bytes.ts';
import { stateKeyId } from '../../base/state.ts';
import { isBeginning } from '../../channel/beginning.ts';
import { type World as ChannelWorld, executeBatch } from '../../channel/execution.ts';
import { genesisBase } from '../../channel/history.ts';
import { diffStates } from '../../channel/state-diff.ts';
import type { StateEntry } from '../../channel/state-tree.ts';
import type { MemberAction } from '../../channel/transaction.ts';
import type { SimBeginning } from './sim-chain.ts';
import type { SimNode } from './sim-node.ts';
import { APP, TOY_GENESIS, ToyExecutor } from './toy-executor.ts';
import type { World } from './world.ts';

/** Whatever a client was told is queued is final now, once, unless it was told otherwise. */
export function checkRequests(world: World, leaving: ReadonlySet<SimNode>): void {
  const final = new Map<string, string>();
  for (const batch of world.invariants.canonical()) {
    for (const transaction of batch.transactions) {
      if (transaction.kind !== 'member') continue;
      final.set(`${transaction.sender} ${transaction.sequence}`, JSON.stringify(describeAction(transaction.action)));
    }
  }
  for (const node of world.nodes) {
    if (leaving.has(node)) continue;
    for (const { id, action, sequence } of node.requests.values()) {
      if (sequence === undefined) continue;
      const found = final.get(`${node.nodeKey} ${sequence}`);
      if (found === undefined) world.invariants.fail(`${id} of ${node.name} (${sequence}) was lost`);
      if (found !== JSON.stringify(describeAction(action)))
        world.invariants.fail(`${id} of ${node.name} became another`);
    }
  }
}

/** [X2] Change sets on chain are what executing the history between their heights comes to. */
export function checkSettlements(world: World): void {
  const runner = { executor: new ToyExecutor(), creator: world.creator };
  let at: ChannelWorld = genesisBase(TOY_GENESIS).world;
  const worlds = new Map([[0n, at]]);
  const gone = new Set<string>();
  const beginnings = [...world.chain.beginnings];
  for (const batch of world.invariants.canonical()) {
    const [beginning] = beginnings;
    if (beginning && batch.header.firstHeight === beginning.height + 1n) {
      beginnings.shift();
      checkBeginning(world, beginning, at);
      at = genesisBase(beginning.entries, beginning).world;
      worlds.set(beginning.height, at);
    }
    at = executeBatch(runner, at, batch.header, batch.transactions).after;
    worlds.set(at.ledger.height, at);
    for (const transaction of batch.transactions) if (transaction.kind === 'removed') gone.add(transaction.address);
  }
  for (const { fromHeight, toHeight, changes, stateRoot } of world.chain.settlements.filter((s) => !isBeginning(s))) {
    const from = worlds.get(fromHeight);
    const to = worlds.get(toHeight);
    if (from === undefined || to === undefined) {
      world.invariants.fail(`no batch ends at ${fromHeight} or ${toHeight}`);
    }
    const isKept = ({ key }: (typeof changes)[number]) => key.kind === 'item' || !gone.has(key.address);
    const expected = diffStates(from.state, to.state).filter(isKept);
    const claimed = changes.filter(isKept);
    const text = (set: typeof changes) =>
      set.map((change) => `${stateKeyId(change.key)}:${change.new ? toHex(change.new) : '-'}`).join();
    if (text(expected) !== text(claimed)) world.invariants.fail(`[X2] change set of ${fromHeight}..${toHeight}`);
    const root = world.invariants
      .canonical()
      .find(({ header }) => header.firstHeight + BigInt(header.count) - 1n === toHeight)?.header.rootAfter;
    if (root === undefined || !bytesEqual(root, stateRoot)) world.invariants.fail(`[X3] root at ${toHeight}`);
  }
}

/** [N6] The state that the chain has at a beginning is what the history had come to where it was settled, but for what went with members. */
function checkBeginning(
  { invariants }: World,
  { entries, height }: SimBeginning,
  { state, ledger }: ChannelWorld,
): void {
  if (ledger.height + 1n !== height) invariants.fail(`[N6] ${height} does not follow ${ledger.height}`);
  for (const { key, value } of entries) {
    const settled = state.get(key);
    if (settled === undefined || !bytesEqual(settled, value)) invariants.fail(`[N6] ${stateKeyId(key)} is another`);
  }
  const kept = new Set(entries.map(({ key }) => stateKeyId(key)));
  for (const entry of state.entries()) {
    const isLost = ownerOf(entry) === undefined && !kept.has(stateKeyId(entry.key));
    if (isLost) invariants.fail(`[N6] ${stateKeyId(entry.key)} is lost`);
  }
}

/** The member whose it is, if it is one's. */
function ownerOf({ key }: StateEntry): string | undefined {
  return key.kind === 'resource' && key.address !== APP ? key.address : undefined;
}

function describeAction(action: MemberAction): unknown {
  if (action.kind !== 'call') return action.kind;
  return [action.call.function, action.call.args.map(toHex)];
}
