// A member that does not play by the rules. Each kind of mischief bends what an otherwise ordinary node sends, with mallory's own
// signature where one is needed; nobody else's key is ever used.

import { type Bytes, toHex } from '../../base/bytes.ts';
import { sha3_256 } from '../../base/hash.ts';
import type { Height, NodeKey, Term } from '../../base/ids.ts';
import {
  acknowledgementSigningMessage,
  type BatchHeader,
  batchHash,
  batchSigningMessage,
  effectsHash,
  type SignedBatch,
  transactionsHash,
} from '../../channel/batch.ts';
import { beginningAfter } from '../../channel/beginning.ts';
import { type World as ChannelWorld, executeBatch } from '../../channel/execution.ts';
import { genesisBase } from '../../channel/history.ts';
import type { ChannelMessage } from '../../channel/messages.ts';
import { recoverySigningMessage } from '../../channel/recovery.ts';
import type { ChannelTransaction } from '../../channel/transaction.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { encodeToySettlement } from './sim-chain.ts';
import type { SimNode } from './sim-node.ts';
import { TOY_GAS_SCHEDULE, TOY_GENESIS, ToyExecutor } from './toy-executor.ts';
import { toyKey, toySign } from './toy-signatures.ts';
import type { World } from './world.ts';

export const MISCHIEF = [
  'effects',
  'root',
  'equivocation',
  'garbage',
  'stranger',
  'withhold',
  'liar',
  'forgetter',
] as const;
export type Mischief = (typeof MISCHIEF)[number];

/** Makes `node` misbehave from now on. */
export function corrupt(world: World, node: SimNode, mischief: Mischief, random: SeededRandom): void {
  node.isHonest = false;
  world.log(`${node.name} turns to ${mischief}`);
  const bend = bender(world, node, mischief, random);
  node.tamper = (to, message) => {
    const bent = bend(to, message);
    return mischief === 'garbage' ? [...bent, garbage(world, node, random)] : bent;
  };
}

/** Often enough to have one open at all times. */
const GIVE_UP_INTERVAL_MS = 1_000;

type Bend = (to: NodeKey, message: ChannelMessage) => readonly ChannelMessage[];

function bender(world: World, node: SimNode, mischief: Mischief, random: SeededRandom): Bend {
  const sign = (batch: Omit<SignedBatch, 'signature'>): SignedBatch => ({
    ...batch,
    signature: toySign(node.nodeKey, batchSigningMessage(world.scope, batch.header)),
  });
  switch (mischief) {
    case 'effects':
      return (_, message) => {
        if (message.kind !== 'batch') return [message];
        const effects = message.batch.effects.map((digest, index) => (index === 0 ? flipped(digest) : digest));
        const header = { ...message.batch.header, effectsHash: effectsHash(effects) };
        return [{ kind: 'batch', batch: sign({ ...message.batch, header, effects }) }];
      };
    case 'root':
      return (_, message) => {
        if (message.kind !== 'batch') return [message];
        const header = { ...message.batch.header, rootAfter: flipped(message.batch.header.rootAfter) };
        return [{ kind: 'batch', batch: sign({ ...message.batch, header }) }];
      };
    case 'equivocation':
      return equivocator(world, node, sign);
    case 'stranger':
      return (_, message) => {
        if (message.kind !== 'batch') return [message];
        const member = { address: node.address, nodeKey: toyKey('nobody'), joinSequence: 99n };
        const transactions: ChannelTransaction[] = [...message.batch.transactions, { kind: 'joined', member }];
        const effects = [...message.batch.effects, flipped(message.batch.header.rootAfter)];
        const header = {
          ...message.batch.header,
          count: transactions.length,
          transactionsHash: transactionsHash(transactions),
          effectsHash: effectsHash(effects),
        };
        return [{ kind: 'batch', batch: sign({ header, transactions, effects }) }];
      };
    case 'withhold':
      return (_, message) => (message.kind === 'batch' && random.chance(0.5) ? [] : [message]);
    case 'liar':
      return (_, message) => (message.kind === 'recovered' ? [exaggerated(world, node, message)] : [message]);
    case 'forgetter':
      giveUpAgainAndAgain(world, node);
      return (_, message) => forgetful(world, message);
    case 'garbage':
      return (_, message) => [message];
  }
}

/** Signs two batches for one height, each right in itself, and shows one to some and the other to the rest. */
function equivocator(world: World, node: SimNode, sign: (batch: Omit<SignedBatch, 'signature'>) => SignedBatch): Bend {
  const genesis = genesisBase(TOY_GENESIS);
  const worlds = new Map<string, ChannelWorld>([[toHex(genesis.position.hash), genesis.world]]);
  const runner = { executor: new ToyExecutor(), creator: world.creator };
  for (const batch of node.store.history()) {
    const before = worlds.get(toHex(batch.header.previousHash));
    if (before)
      worlds.set(toHex(batchHash(batch.header)), executeBatch(runner, before, batch.header, batch.transactions).after);
  }
  return (to, message) => {
    if (message.kind !== 'batch') return [message];
    const { header, transactions } = message.batch;
    const before = worlds.get(toHex(header.previousHash));
    if (before === undefined) return [message];
    worlds.set(toHex(batchHash(header)), executeBatch(runner, before, header, transactions).after);
    if (Number.parseInt(to.slice(0, 2), 16) % 2 === 0) return [message];
    const place = { ...header, timestampMs: header.timestampMs + 1n };
    const other = executeBatch(runner, before, place, transactions);
    const twin: BatchHeader = { ...place, effectsHash: effectsHash(other.effects), rootAfter: other.root };
    return [{ kind: 'batch', batch: sign({ header: twin, transactions, effects: other.effects }) }];
  };
}

/** "I have no history; let us begin anew." */
function forgetful(world: World, message: ChannelMessage): readonly ChannelMessage[] {
  if (message.kind === 'sought') return [{ ...message, isHeld: false }];
  const { fromHeight, toHeight, ...rest } = beginningAfter(world.chain.settledHeight as Height);
  const dataHash = sha3_256(encodeToySettlement({ fromHeight, toHeight, ...rest }));
  return [message, { kind: 'settlement', fromHeight, toHeight, dataHash }];
}

/** Before the chain too, once something is settled that could be given up. */
function giveUpAgainAndAgain(world: World, node: SimNode): void {
  const { settledHeight } = world.chain;
  const settlement = beginningAfter(settledHeight as Height);
  if (settledHeight === 0n) node.input({ kind: 'settle' });
  else world.chain.submit(node.address, { kind: 'propose', settlement }, world.nowMs);
  world.after(GIVE_UP_INTERVAL_MS, () => giveUpAgainAndAgain(world, node));
}

/** "I have more than anyone", with nothing to show for it. */
function exaggerated(
  world: World,
  node: SimNode,
  message: Extract<ChannelMessage, { kind: 'recovered' }>,
): ChannelMessage {
  const tip = { ...message.tip, height: (message.tip.height + 1_000n) as Height, hash: flipped(message.tip.hash) };
  const signature = toySign(node.nodeKey, recoverySigningMessage(world.scope, message.term, tip, message.isWhole));
  return { ...message, tip, signature };
}

/** Well-formed and signed by mallory where it has to be, and wrong in everything else. */
function garbage(world: World, node: SimNode, random: SeededRandom): ChannelMessage {
  const hash = (): Bytes => new Uint8Array(Array.from({ length: 32 }, () => random.integer(0, 255)));
  const number = (): bigint => random.pick([0n, 1n, 5n, 100n, (1n << 63n) - 1n, (1n << 64n) - 1n]);
  const height = () => number() as Height;
  const term = () => (random.chance(0.5) ? world.chain.term : number()) as Term;
  const position = () => ({ height: height(), hash: hash(), term: term() });
  const known = random.pick([...world.invariants.batches.values()]);
  switch (random.integer(0, 12)) {
    case 0:
      return {
        kind: 'hello',
        term: term(),
        restarts: random.chance(0.8) ? 0n : number(),
        genesisRoot: hash(),
        gasSchedule: TOY_GAS_SCHEDULE,
        known: [position(), position()],
      };
    case 1:
      return { kind: 'history', term: term(), batches: [known, known], more: true };
    case 2: {
      const header: BatchHeader = {
        ...known.header,
        term: term(),
        leader: node.nodeKey,
        firstHeight: height(),
        count: random.integer(0, 5),
        timestampMs: number(),
      };
      const signature = toySign(node.nodeKey, batchSigningMessage(world.scope, header));
      return { kind: 'batch', batch: { ...known, header, signature } };
    }
    case 3: {
      const acknowledgement = { term: term(), height: height(), batchHash: batchHash(known.header) };
      const signature = toySign(node.nodeKey, acknowledgementSigningMessage(world.scope, acknowledgement));
      return { kind: 'acknowledgement', acknowledgement: { ...acknowledgement, signer: node.nodeKey, signature } };
    }
    case 4: {
      const certified = {
        term: term(),
        height: height(),
        batchHash: random.chance(0.5) ? hash() : batchHash(known.header),
      };
      const signature = toySign(node.nodeKey, acknowledgementSigningMessage(world.scope, certified));
      const own = { signer: node.nodeKey, signature };
      return { kind: 'certificate', certificate: { ...certified, signatures: [own, own, own, own] } };
    }
    case 5:
      return { kind: 'recover', term: term() };
    case 6: {
      const [tip, at, isWhole] = [position(), term(), true];
      const signature = toySign(node.nodeKey, recoverySigningMessage(world.scope, at, tip, isWhole));
      return { kind: 'recovered', term: at, tip, isWhole, signer: node.nodeKey, signature };
    }
    case 7:
      return {
        kind: 'snapshot',
        snapshot: {
          position: { ...position(), height: random.chance(0.5) ? (world.chain.settledHeight as Height) : height() },
          timestampMs: number(),
          members: [],
          closing: random.chance(0.5),
          restarts: 0n,
          entries: [],
        },
      };
    case 8:
      return {
        kind: 'heartbeat',
        stamp: number(),
        echo: number(),
        term: term(),
        height: height(),
        finalHeight: height(),
        leaderLatencyMs: random.integer(0, 100),
      };
    case 9: {
      // Its own signature under somebody else's name: refused at the door.
      const acknowledgement = { term: term(), height: height(), batchHash: batchHash(known.header) };
      const signature = toySign(node.nodeKey, acknowledgementSigningMessage(world.scope, acknowledgement));
      return { kind: 'acknowledgement', acknowledgement: { ...acknowledgement, signer: toyKey('alice'), signature } };
    }
    case 10:
      return { kind: 'seek', height: height(), give: random.chance(0.5) };
    case 11:
      return { kind: 'sought', height: height(), isHeld: random.chance(0.5) };
    default:
      return { kind: 'refused', code: 'gasSchedule', reason: 'because' };
  }
}

function flipped(bytes: Bytes): Bytes {
  const other = new Uint8Array(bytes);
  other[0] = (other[0] ?? 0) ^ 1;
  return other;
}
