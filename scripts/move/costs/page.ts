// docs/costs.md, from what was measured.

import { GAS_UNIT_PRICE_MIN } from '../../../src/devchain/gas.ts';
import type { ChannelRow } from './application-costs.ts';
import { addCosts, type Cost, type CostRow, NO_COST, octasOf } from './cost-book.ts';
import { type Hour, type HourPart, SETTLE_MS } from './hour-costs.ts';

export interface Measured {
  readonly transfers: readonly CostRow[];
  readonly staking: readonly CostRow[];
  readonly channel: readonly CostRow[];
  readonly sizes: readonly CostRow[];
  readonly applications: readonly {
    readonly name: string;
    readonly rows: readonly CostRow[];
    readonly calls: readonly ChannelRow[];
  }[];
  readonly hour: Hour;
}

const OCTAS_PER_APT = 100_000_000;
const COLUMNS = [
  'call',
  'when',
  'gas',
  'execution',
  'reading and writing',
  'new slots',
  'bytes paid',
  'slots freed',
  'refund',
  'octas',
  'APT',
  'size',
];

export function costsPage(measured: Measured): string {
  const { hour } = measured;
  return `${[
    '# What things cost',
    '',
    '<!-- Written by `npm run costs`; change scripts/move/costs/ instead. -->',
    '',
    INTRODUCTION,
    '',
    '## A channel of five for an hour',
    '',
    hourText(hour),
    '',
    hourTable(hour),
    '',
    '## The contract',
    '',
    'Called in a chat of five members, where nothing else is said; what nodes send comes from their session accounts.',
    '',
    costTable(measured.channel),
    '',
    '### Deposits and parcels',
    '',
    costTable(measured.staking),
    '',
    '### By the number of members',
    '',
    'A settlement is one transaction, however many members there are: it carries the signatures of two thirds of them. A heartbeat with the delays to all others is dearer than one without, since each of those addresses is looked up.',
    '',
    costTable(measured.sizes),
    ...measured.applications.flatMap(({ name, rows, calls }) => [
      '',
      `## ${name}`,
      '',
      costTable(rows),
      ...(calls.length === 0
        ? []
        : [
            '',
            "In the channel, for no fee; gas is that of the channel, whose units are ten times as large as the chain's:",
            '',
            callTable(calls),
          ]),
    ]),
    '',
    '## To compare with',
    '',
    'What a wallet does otherwise.',
    '',
    costTable(measured.transfers),
    '',
    '## What could be cheaper',
    '',
    CHEAPER,
    '',
    '## How these figures came about',
    '',
    METHOD,
  ].join('\n')}\n`;
}

const INTRODUCTION = `Every entry function of the project's packages on the local chain, which charges as Aptos's mainnet does ([devchain.md](devchain.md#gas)), at the lowest price of ${GAS_UNIT_PRICE_MIN} octas a gas unit. One APT is 100,000,000 octas.
*Gas* is what the transaction says as \`gas_used\`; *execution* and *reading and writing* are parts of it, the rest is for storage: 400,000 octas a new slot, 400 octas each of the *bytes paid*. *Refund* is what comes back for slots that were freed, beside the gas; *octas* and *APT* are what the
payer has less in the end, or more where they are negative. *Size* is that of the signed transaction in bytes, with one Ed25519 signature.`;

const CHEAPER = `- **A join** pays for five slots the first time. Two are the session account (its \`Account\` and its store of APT, a million octas together): whoever wants a node to send by itself pays for that once, not once a channel. Aptos's mainnet makes no \`Account\` for whoever is sent something (AIP-115), so there a join is some 490,000 octas cheaper.
  Two more are the member's own drawer for assets (\`AssetsOf\` and its table's item); a second channel of the same application needs only the item. One is the seat. All but the session account's come back with leaving.
- **Heartbeats** are what an hour costs where they are not quiet. Three in ten parts of each are the price of any transaction at all. The chat's channels are quiet; an application that is not pays less with a longer window than 15 s.
- **A settlement of a chat** carries the whole group. Its bytes are paid once, when the group grows; what repeats is execution and the transaction's own size. An editor's carries what has changed.
- **A settlement of a land** says and looks at the columns that somebody has written, and at the blocks of those that have changed. The 9,200 units of execution that a transaction may take are used up before it is too large (150 chunks with a column each, or eight whole ones, above). What is more than that nodes settle in several pieces: [contract-movecraft.md](contract-movecraft.md#how-much-a-settlement-can-bring).
- **Deleting** pays: closing a channel and leaving it gives back more than the gas of doing so.`;

const METHOD = `\`npm run costs\` begins a local chain with all packages, and a room without rules (\`scripts/move/costs/room\`) for what a channel costs by itself. It sends the transactions, signed, one after another, each to succeed, and writes down what the chain's \`FeeStatement\` says of each. Clock, keys and
order are fixed, so that the same packages give the same page; \`npm run costs -- --check\` says whether they still do. The hour is sent in full, not multiplied. What members do in a channel is run by the channel's VM, and the settlements say what that left.

What differs from Aptos: the framework's Move code is the project's own, so that what goes on inside \`fungible_asset\` or \`coin\` takes other instructions; code is charged for by what a call can reach; the first touch of a resource through \`object::address_to_object\` is charged as a read. What was compared with transactions
of Aptos itself is in [devchain.md](devchain.md#gas): for fourteen small calls storage is equal to the octa, and gas to a unit of then (ten of today's). A transfer of a fungible asset on mainnet in 2025, through a module of somebody's, took 5 units of execution and 7 of reading and writing, then; without that module it is, in today's units, what stands above. A price above ${GAS_UNIT_PRICE_MIN} octas raises what execution, reading and writing cost, and not storage.`;

function hourText(hour: Hour): string {
  const normal = total(hour.normal);
  const quiet = total(hour.quiet);
  const beats = hour.normal.find(({ what }) => what === 'heartbeats');
  const settlements = hour.normal.find(({ what }) => what === 'settlements');
  return `Five members in a room without rules, and a settlement every ${SETTLE_MS / 1000} s that four of them have signed: ${settlements?.count ?? 0} transactions, one each. With heartbeats as nodes send them, every five seconds with the delays to the others, ${number(beats?.count ?? 0)} more. Together that
is **${apt(octasOf(normal))} APT**. In quiet mode, as the chat's channels are, where heartbeats are owed only when somebody challenges, it is **${apt(octasOf(quiet))} APT**: a challenge and its answer are two transactions, which a healthy channel does not need. Opening, joining, leaving and closing come on top, once; so does what an application puts into its
settlements, for which the last line stands.`;
}

function hourTable(hour: Hour): string {
  const head = ['what', 'transactions', 'gas', 'execution', 'reading and writing', 'bytes paid', 'octas', 'APT'];
  const line = (label: string, { count, cost }: Pick<HourPart, 'count' | 'cost'>) => [
    label,
    number(count),
    number(cost.gas),
    number(cost.execution),
    number(cost.io),
    number(cost.bytesPaid),
    number(octasOf(cost)),
    apt(octasOf(cost)),
  ];
  const sum = (label: string, parts: readonly HourPart[]) =>
    line(`**${label}**`, { count: parts.reduce((all, { count }) => all + count, 0), cost: total(parts) });
  return table(head, [
    ...hour.normal.map((part) => line(`normal: ${part.what}`, part)),
    sum('an hour, normal', hour.normal),
    ...hour.quiet.filter(({ count }) => count > 0).map((part) => line(`quiet: ${part.what}`, part)),
    sum('an hour, quiet', hour.quiet),
    ...[...hour.opening, ...hour.closing].map((part) => line(part.what, part)),
    line(`instead of the room's: ${hour.chat.what}`, hour.chat),
  ]);
}

function total(parts: readonly HourPart[]): Cost {
  return parts.reduce((sum, { cost }) => addCosts(sum, cost), NO_COST);
}

function costTable(rows: readonly CostRow[]): string {
  return table(
    COLUMNS,
    rows.map((row) => [
      `\`${row.call}\``,
      row.when,
      number(row.gas),
      number(row.execution),
      number(row.io),
      number(row.slotsNew),
      number(row.bytesPaid),
      number(row.slotsFreed),
      number(row.refund),
      number(octasOf(row)),
      apt(octasOf(row)),
      number(row.size),
    ]),
  );
}

function callTable(rows: readonly ChannelRow[]): string {
  return table(
    ['call', 'when', 'gas'],
    rows.map(({ call, when, gas }) => [`\`${call}\``, when, number(gas)]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isText = (index: number) => index === 0 || head[index] === 'when';
  const rule = head.map((_, index) => (isText(index) ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function number(value: bigint | number): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

function apt(octas: bigint): string {
  return (Number(octas) / OCTAS_PER_APT).toFixed(6);
}
