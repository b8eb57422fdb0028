// `npx tsx scripts/move/channel-app-vectors.ts`: writes move/channel_app/tests/vectors.move: evidence of calls that a leader has signed, for the Move tests,
// which cannot sign. The tests' application is a count (move/channel_app/tests/tally.move).

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeBcs } from '../../src/base/bcs.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { type ChannelId, parseAddress } from '../../src/base/ids.ts';
import type { StateKey } from '../../src/base/state.ts';
import { structTag } from '../../src/base/type-tag.ts';
import type { ExecutionOutcome } from '../../src/channel/executor.ts';
import type { Call } from '../../src/channel/transaction.ts';
import { complaintEvidence, NOTHING_DONE, testKeySeed, vectorModule } from '../../src/testing/complaint.ts';
import { MOVE_DIR, NAMED_ADDRESSES } from './packages.ts';

const CHANNEL_APP = parseAddress(NAMED_ADDRESSES.channel_app ?? '');
const ALICE = parseAddress('0xa11ce');
const SCOPE = { chainId: 4, contract: parseAddress('0x57a17'), channelId: 1n as ChannelId };
const TALLY: StateKey = { kind: 'resource', address: CHANNEL_APP, type: structTag(CHANNEL_APP, 'tally', 'Tally') };
const START = 5n;
/** What the tally's rules refuse with. */
const NOTHING_ADDED = 77n;
/** `in_channel::refusal_outside`. */
const OUTSIDE = 0x30001n;

function u64(value: bigint): Bytes {
  return encodeBcs((w) => w.u64(value));
}

function left(total: bigint): ExecutionOutcome {
  return { ...NOTHING_DONE, changes: [{ key: TALLY, old: u64(START), new: u64(total) }] };
}

function aborted(code: bigint): ExecutionOutcome {
  return { ...NOTHING_DONE, status: { kind: 'aborted', code, location: `${CHANNEL_APP}::tally` } };
}

/** Bob calls, and Alice signs that this came of it. */
function evidence(
  fn: string,
  args: readonly Bytes[],
  outcome: ExecutionOutcome,
  { isThere = true }: { readonly isThere?: boolean } = {},
): Bytes {
  const call: Call = { address: CHANNEL_APP, module: 'tally', function: fn, typeArgs: [], args };
  return complaintEvidence({
    scope: SCOPE,
    accused: ALICE,
    leaderSeed: testKeySeed(0),
    callerSeed: testKeySeed(1),
    call: fn === 'tick' ? 'tick' : call,
    timestampMs: 1_000_500n,
    state: isThere ? [{ key: TALLY, value: u64(START) }] : [],
    outcome,
    shown: [TALLY],
  });
}

/** Move source. */
export function channelAppVectors(): string {
  const three = [u64(3n)];
  return vectorModule('channel_app', 'scripts/move/channel-app-vectors.ts', [
    { name: 'raise_honest', what: 'Bob raises 5 by 3.', value: evidence('raise', three, left(8n)) },
    { name: 'raise_wrong', what: 'The same, and Alice makes it 9.', value: evidence('raise', three, left(9n)) },
    {
      name: 'refused_honest',
      what: 'Bob raises by nothing, and is refused.',
      value: evidence('raise', [u64(0n)], aborted(NOTHING_ADDED)),
    },
    {
      name: 'refused_wrong',
      what: 'The same, and Alice lets it pass.',
      value: evidence('raise', [u64(0n)], NOTHING_DONE),
    },
    {
      name: 'outside_honest',
      what: 'There is no tally, and the call aborts.',
      value: evidence('raise', three, aborted(OUTSIDE), { isThere: false }),
    },
    { name: 'tick', what: 'A tick, which the tally does not have.', value: evidence('tick', [], NOTHING_DONE) },
    { name: 'other_function', what: 'What is not for channels.', value: evidence('lend', three, NOTHING_DONE) },
    { name: 'too_few_arguments', what: 'A call without its argument.', value: evidence('raise', [], NOTHING_DONE) },
    {
      name: 'too_many_arguments',
      what: 'A call with an argument more.',
      value: evidence('raise', [...three, ...three], NOTHING_DONE),
    },
  ]);
}

export const CHANNEL_APP_VECTORS_FILE = path.join(MOVE_DIR, 'channel_app/tests/vectors.move');

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(CHANNEL_APP_VECTORS_FILE, channelAppVectors());
