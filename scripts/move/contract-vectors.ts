// `npx tsx scripts/move/contract-vectors.ts`: writes move/state_channel/tests/vectors.move: keys, signatures, batches and evidence as nodes make them,
// for the Move tests, which cannot sign. `contract-vectors.test.ts` holds that the file is what this gives.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { encodeBcs } from '../../src/base/bcs.ts';
import { type Bytes, toHex, utf8Encode } from '../../src/base/bytes.ts';
import { sha3_256 } from '../../src/base/hash.ts';
import {
  type Address,
  type ChannelId,
  type Height,
  type NodeKey,
  nodeKeyFromBytes,
  parseAddress,
  type Term,
  writeAddress,
} from '../../src/base/ids.ts';
import type { StateKey } from '../../src/base/state.ts';
import { structTag } from '../../src/base/type-tag.ts';
import { encodeSettlementData } from '../../src/chain/settlement-data.ts';
import {
  acknowledgementSigningMessage,
  type BatchHeader,
  batchHash,
  batchSigningMessage,
  effectsHash,
  encodeHeader,
  lastHeight,
  transactionsHash,
} from '../../src/channel/batch.ts';
import { effectsDigest } from '../../src/channel/effects.ts';
import type { ExecutionOutcome } from '../../src/channel/executor.ts';
import { genesisHash } from '../../src/channel/history.ts';
import { channelRoot, GENESIS_LEDGER, type Ledger } from '../../src/channel/ledger.ts';
import { type ChannelScope, signingMessage } from '../../src/channel/scope.ts';
import { StateTree } from '../../src/channel/state-tree.ts';
import {
  type ChannelTransaction,
  type MemberTransaction,
  transactionSigningMessage,
  writeTransaction,
} from '../../src/channel/transaction.ts';
import { punishmentData, replayEvidence, type SignedOutcomes } from '../../src/testing/evidence.ts';
import { MOVE_DIR } from './packages.ts';

/** As many as a channel has seats, and one. */
const KEYS = 51;
/** How many sign. */
const SIGNERS = 6;

const CONTRACT = parseAddress('0x57a17');
const BOB = parseAddress('0xb0b');
const SCOPE: ChannelScope = { chainId: 4, contract: CONTRACT, channelId: 1n as ChannelId };
const NOTEBOOK: StateKey = { kind: 'resource', address: CONTRACT, type: structTag(CONTRACT, 'world', 'Notebook') };
/** Beside the notebook, so that proofs have steps. */
const OTHERS: readonly StateKey[] = ['0xa11ce', '0xb0b', '0xca401'].map((owner) => ({
  kind: 'resource',
  address: parseAddress(owner),
  type: structTag(CONTRACT, 'world', 'Pens'),
}));
/** An item of a table that hangs on the state. */
const PAGE: StateKey = { kind: 'item', handle: parseAddress('0x7ab1e'), key: encodeBcs((w) => w.u64(1n)) };
const ABSENT: StateKey = {
  kind: 'resource',
  address: parseAddress('0xbad'),
  type: structTag(CONTRACT, 'world', 'Pens'),
};

function seed(n: number): Uint8Array {
  return sha256(utf8Encode(`strait test key ${n}`));
}

function key(n: number): NodeKey {
  return nodeKeyFromBytes(ed25519.getPublicKey(seed(n)) as Bytes);
}

function sign(n: number, message: Bytes): Bytes {
  return ed25519.sign(message, seed(n)) as Bytes;
}

interface ModuleId {
  readonly address: Address;
  readonly module: string;
}

/** BCS of a notebook with this text. */
function notebook(text: string): Bytes {
  return encodeBcs((w) => w.bytes(utf8Encode(text)));
}

function stateWith(text: string): StateTree {
  const pens = OTHERS.map((each, index) => ({ key: each, value: encodeBcs((w) => w.u64(BigInt(index))) }));
  return StateTree.from([{ key: NOTEBOOK, value: notebook(text) }, ...pens]);
}

function write(
  sender: number,
  sequence: bigint,
  text: string,
  { address, module }: ModuleId = { address: CONTRACT, module: 'world' },
): MemberTransaction {
  const unsigned = {
    kind: 'member' as const,
    sender: key(sender),
    sequence,
    action: {
      kind: 'call' as const,
      call: { address, module, function: 'write', typeArgs: [], args: [notebook(text)] },
    },
  };
  return { ...unsigned, signature: sign(sender, transactionSigningMessage(SCOPE, unsigned)) };
}

function modified(before: string, after: string): ExecutionOutcome {
  const changes = [{ key: NOTEBOOK, old: notebook(before), new: notebook(after) }];
  return { status: { kind: 'executed' }, changes, events: [], gasUsed: 5n };
}

/** The page's text becomes another: `old` nothing where there was no page, `text` nothing where there is none any more. */
function page(old: string | undefined, text: string | undefined): ExecutionOutcome {
  const value = (of: string | undefined) => (of === undefined ? {} : { value: notebook(of) });
  const [before, after] = [value(old), value(text)];
  const changes = [
    {
      key: PAGE,
      ...('value' in before && { old: before.value }),
      ...('value' in after && { new: after.value }),
    },
  ];
  return { status: { kind: 'executed' }, changes, events: [], gasUsed: 5n };
}

const NOTHING: ExecutionOutcome = { status: { kind: 'executed' }, changes: [], events: [], gasUsed: 0n };
const ABORTED: ExecutionOutcome = {
  status: { kind: 'aborted', code: 7n, location: '0x57a17::world' },
  changes: [],
  events: [],
  gasUsed: 5n,
};
/** Its result is that of a transaction that changes nothing. */
const ABORTED_WITH_0: ExecutionOutcome = {
  ...ABORTED,
  status: { kind: 'aborted', code: 0n, location: '0x57a17::world' },
};
const OUT_OF_GAS: ExecutionOutcome = {
  status: { kind: 'failed', code: 'OUT_OF_GAS' },
  changes: [],
  events: [],
  gasUsed: 9n,
};

function batch(
  place: {
    readonly term?: bigint;
    readonly firstHeight: bigint;
    readonly previousHash: Bytes;
    readonly rootAfter: Bytes;
  },
  transactions: readonly ChannelTransaction[],
  outcomes: readonly ExecutionOutcome[],
  leader = 0,
): SignedOutcomes {
  const header: BatchHeader = {
    term: (place.term ?? 1n) as Term,
    leader: key(leader),
    firstHeight: place.firstHeight as Height,
    count: transactions.length,
    timestampMs: 1_000_500n,
    previousHash: place.previousHash,
    transactionsHash: transactionsHash(transactions),
    effectsHash: effectsHash(outcomes.map(effectsDigest)),
    rootAfter: place.rootAfter,
  };
  return { header, signature: sign(leader, batchSigningMessage(SCOPE, header)), transactions, outcomes };
}

/** Move source. */
export function contractVectors(): string {
  const [genesis, next] = [stateWith('draft'), stateWith('next')];
  const ledgerAfter: Ledger = { ...GENESIS_LEDGER, term: 1n as Term, height: 2n as Height, timestampMs: 1_000_500n };
  const genesisRoot = channelRoot(genesis.root(), GENESIS_LEDGER);
  const first = {
    firstHeight: 1n,
    previousHash: genesisHash(genesisRoot),
    rootAfter: channelRoot(next.root(), ledgerAfter),
  };
  const opened = { kind: 'opened' } as const;
  const bobWrites = write(1, 1n, 'next');

  const honest = batch(first, [opened, bobWrites], [NOTHING, modified('draft', 'next')]);
  const wrong = batch(first, [opened, bobWrites], [NOTHING, modified('draft', 'evil')]);
  const silentAbort = batch(first, [opened, write(1, 1n, '')], [NOTHING, modified('draft', '')]);
  const falseAbort = batch(first, [opened, bobWrites], [NOTHING, ABORTED]);
  const honestAbort = batch(first, [opened, write(1, 1n, '')], [NOTHING, ABORTED]);
  const outOfGas = batch(first, [opened, bobWrites], [NOTHING, OUT_OF_GAS]);
  const ticks = batch(first, [opened, { kind: 'tick' }], [NOTHING, modified('draft', 'evil')]);
  const leaves = batch(
    first,
    [opened, { ...bobWrites, action: { kind: 'leave' } } as MemberTransaction],
    [NOTHING, NOTHING],
  );
  const second = { firstHeight: 3n, previousHash: batchHash(honest.header), rootAfter: sha3_256(utf8Encode('root')) };
  const later = batch(second, [write(2, 1n, 'third')], [modified('next', 'evil')]);
  const twice = batch(
    first,
    [opened, bobWrites, write(2, 1n, 'third')],
    [NOTHING, modified('draft', 'next'), modified('next', 'evil')],
  );
  const bobsTerm = batch({ ...first, term: 2n }, [opened], [NOTHING], 1);
  const bobsOther = batch({ ...first, term: 2n }, [opened, bobWrites], [NOTHING, NOTHING], 1);
  const nextTerm = batch({ ...first, term: 2n }, [opened], [NOTHING]);
  const back = batch(
    first,
    [opened, bobWrites, write(2, 1n, 'draft')],
    [NOTHING, modified('draft', 'next'), modified('next', 'draft')],
  );
  const called = (module: ModuleId) =>
    batch(first, [opened, write(1, 1n, 'next', module)], [NOTHING, modified('draft', 'next')]);
  const idle = batch(first, [opened, write(1, 1n, 'draft')], [NOTHING, NOTHING]);
  const abortedWith0 = batch(first, [opened, bobWrites], [NOTHING, ABORTED_WITH_0]);
  // As long as the claims of two transactions, but for their number before them.
  const claimsOf130 = new Uint8Array(130);
  const headerOf130 = { ...honest.header, effectsHash: sha3_256(claimsOf130) };
  const accusationOf130 = encodeBcs((w) => {
    writeAddress(w, parseAddress('0xa11ce'));
    w.u64(2n)
      .bytes(encodeHeader(headerOf130))
      .bytes(encodeBcs((to) => to.vector(honest.transactions, writeTransaction)));
    w.bytes(claimsOf130).bytes(sign(0, batchSigningMessage(SCOPE, headerOf130)));
  });
  const itemAfterItem = batch(
    first,
    [opened, bobWrites, write(2, 1n, 'third')],
    [NOTHING, page(undefined, 'one'), page('one', undefined)],
  );

  const alice = parseAddress('0xa11ce');
  const start = { state: genesis, ledger: GENESIS_LEDGER };
  const all = [NOTEBOOK, ...OTHERS, ABSENT];
  const replayOf = (each: SignedOutcomes, height = 2n, shown: readonly StateKey[] = [NOTEBOOK]) =>
    replayEvidence(punishmentData(alice, height, each), start, shown, each.outcomes.slice(0, Number(height) - 1));

  const settlement = {
    fromHeight: 0n as Height,
    toHeight: 1n as Height,
    changes: [],
    leaving: [],
    closing: false,
    stateRoot: sha3_256(utf8Encode('root')),
    historyHash: sha3_256(utf8Encode('history')),
  };
  const settlementData = encodeSettlementData(settlement);
  const beginningData = encodeSettlementData({
    ...settlement,
    stateRoot: new Uint8Array(),
    historyHash: new Uint8Array(),
  });
  const signers = Array.from({ length: SIGNERS }, (_, n) => n);
  const signatures = (message: Bytes) => signers.map((n) => sign(n, message));
  const acknowledged = ({ header }: SignedOutcomes) =>
    signatures(
      acknowledgementSigningMessage(SCOPE, {
        term: header.term,
        height: lastHeight(header),
        batchHash: batchHash(header),
      }),
    );
  const bobDigest = sha3_256(encodeBcs((w) => writeAddress(w, BOB)));

  return source([
    [
      'keys',
      'Keys of nodes: seed `sha256("strait test key " || n)`.',
      Array.from({ length: KEYS }, (_, n) => ed25519.getPublicKey(seed(n))),
    ],
    [
      'settlement_signatures',
      '`settlement(0, 1)` signed.',
      signatures(signingMessage('settlement:1', SCOPE, 0n as Term, sha3_256(settlementData))),
    ],
    [
      'beginning_signatures',
      '`beginning(0)` signed.',
      signatures(signingMessage('settlement:1', SCOPE, 0n as Term, sha3_256(beginningData))),
    ],
    [
      'election_signatures',
      'Bob for leader of term 2, signed.',
      signatures(signingMessage('election:1', SCOPE, 2n as Term, bobDigest)),
    ],
    [
      'honest_header',
      'Term 1, heights 1 and 2, led by Alice: the term opens, Bob writes "next".',
      encodeHeader(honest.header),
    ],
    ['honest_signature', 'Alice signed it.', honest.signature],
    ['honest_acknowledgements', 'So did the others, as acknowledged.', acknowledged(honest)],
    ['wrong_header', 'The same with "evil" in the place of "next".', encodeHeader(wrong.header)],
    ['wrong_signature', 'Alice signed it.', wrong.signature],
    [
      'later_header',
      'The batch after the honest one: Carol writes "third", and Alice says "evil".',
      encodeHeader(later.header),
    ],
    ['later_signature', 'Alice signed it.', later.signature],
    ['bobs_header', 'Term 2, height 1, led by Bob.', encodeHeader(bobsTerm.header)],
    ['bobs_signature', 'Bob signed it.', bobsTerm.signature],
    ['bobs_other_header', 'Another in its place.', encodeHeader(bobsOther.header)],
    ['bobs_other_signature', 'Bob signed it.', bobsOther.signature],
    ['next_term_header', 'Term 2, height 1, led by Alice.', encodeHeader(nextTerm.header)],
    ['next_term_signature', 'Alice signed it.', nextTerm.signature],
    ['next_term_acknowledgements', 'So did the others, as acknowledged.', acknowledged(nextTerm)],
    ['accusation', 'Alice is accused of the wrong batch, at height 2.', punishmentData(alice, 2n, wrong)],
    ['accusation_of_honest', 'Alice is accused of the honest batch, at height 2.', punishmentData(alice, 2n, honest)],
    ['accusation_of_bob', 'Bob is accused of a batch that Alice signed.', punishmentData(BOB, 2n, wrong)],
    ['accusation_beyond', 'A height that the batch does not have.', punishmentData(alice, 3n, wrong)],
    ['accusation_before', 'A height before the batch.', punishmentData(alice, 2n, later)],
    ['accusation_of_130_bytes', 'Claims that are one byte too short.', accusationOf130],
    [
      'accusation_bent',
      "Another signature than the accused's.",
      punishmentData(alice, 2n, { ...wrong, signature: honest.signature }),
    ],
    [
      'accusation_of_other_transactions',
      'Transactions that the header does not bind.',
      punishmentData(alice, 2n, { ...wrong, transactions: [opened, opened] }),
    ],
    [
      'accusation_of_other_results',
      'Digests that the header does not bind.',
      punishmentData(alice, 2n, { ...wrong, outcomes: honest.outcomes }),
    ],
    ['replay_wrong', 'The wrong batch run again.', replayOf(wrong)],
    [
      'replay_wrong_all_shown',
      'The same with every value of the state shown, and one that is not there.',
      replayOf(wrong, 2n, all),
    ],
    ['replay_wrong_nothing_shown', 'The same with nothing shown.', replayOf(wrong, 2n, [])],
    ['replay_honest', 'The honest batch run again.', replayOf(honest)],
    ['replay_silent_abort', 'Bob writes nothing, which aborts; Alice says that it did not.', replayOf(silentAbort)],
    ['replay_false_abort', "Alice says that Bob's writing aborted.", replayOf(falseAbort)],
    ['replay_honest_abort', 'Bob writes nothing, and Alice says that it aborted.', replayOf(honestAbort)],
    ['replay_out_of_gas', "Alice says that Bob's writing ran out of gas.", replayOf(outOfGas)],
    ['replay_tick', 'A tick that changes what it should not.', replayOf(ticks)],
    ['replay_leave', 'A leave.', replayOf(leaves)],
    ['replay_opened', 'The opening of the term.', replayOf(honest, 1n)],
    [
      'replay_later',
      'The later batch, which builds on the honest one.',
      replayEvidence(
        punishmentData(alice, 3n, later),
        { state: next, ledger: ledgerAfter, header: honest.header },
        [NOTEBOOK],
        [],
      ),
    ],
    ['replay_back', 'Bob writes "next" and Carol "draft" again, and Alice says so.', replayOf(back, 3n)],
    [
      'replay_other_code',
      "A call of another module's function.",
      replayOf(called({ address: CONTRACT, module: 'other' })),
    ],
    [
      'replay_other_address',
      'A call of a module of that name elsewhere.',
      replayOf(called({ address: BOB, module: 'world' })),
    ],
    ['replay_idle', 'Bob writes what is there, and Alice says that nothing changes.', replayOf(idle)],
    ['replay_abort_0', "Alice says that Bob's writing aborted with 0.", replayOf(abortedWith0)],
    [
      'replay_item',
      'Carol writes; Alice says that a page is gone then that Bob had made.',
      replayOf(itemAfterItem, 3n, [NOTEBOOK, PAGE]),
    ],
    ['replay_twice', 'The third of three transactions.', replayOf(twice, 3n)],
    [
      'replay_twice_bent',
      'The same with another result of the second.',
      replayEvidence(punishmentData(alice, 3n, twice), start, [NOTEBOOK], [NOTHING, modified('draft', 'evil')]),
    ],
    [
      'replay_other_root',
      'Another state than the batch builds on.',
      replayEvidence(punishmentData(alice, 2n, wrong), { state: next, ledger: GENESIS_LEDGER }, [NOTEBOOK], [NOTHING]),
    ],
    [
      'replay_other_header',
      'Another header than the batch builds on.',
      replayEvidence(
        punishmentData(alice, 3n, later),
        { state: next, ledger: ledgerAfter, header: wrong.header },
        [NOTEBOOK],
        [],
      ),
    ],
  ]);
}

function source(
  vectors: readonly (readonly [name: string, what: string, value: Uint8Array | readonly Uint8Array[]])[],
): string {
  const functions = vectors.map(([name, what, value]) => {
    const hex = (bytes: Uint8Array) => `x"${toHex(bytes as Bytes)}"`;
    if (value instanceof Uint8Array)
      return `    /// ${what}\n    public fun ${name}(): vector<u8> {\n        ${hex(value)}\n    }\n`;
    const list = value.map((each) => `            ${hex(each)}`).join(',\n');
    return `    /// ${what}\n    public fun ${name}(): vector<vector<u8>> {\n        vector[\n${list}\n        ]\n    }\n`;
  });
  return `#[test_only]\n/// Written by scripts/move/contract-vectors.ts: what nodes sign on channel 1 of chain 4, for tests, which cannot sign.\nmodule rooch::vectors {\n${functions.join('\n')}}\n`;
}

export const VECTORS_FILE = path.join(MOVE_DIR, 'state_channel/tests/vectors.move');

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(VECTORS_FILE, contractVectors());
