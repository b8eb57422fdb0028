// `npm run costs [-- --check]`: writes docs/costs.md, what every entry function costs on the local chain. `--check` writes nothing and fails where the
// page says something else.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { measureChat, measureChunks, measureEditor, measureEvidence, measureLand } from './costs/application-costs.ts';
import {
  measureChallenge,
  measureChannel,
  measureDelegation,
  measureParcels,
  measureSizes,
  measureStaking,
  measureTransfers,
} from './costs/contract-costs.ts';
import { CostBook, type CostRow } from './costs/cost-book.ts';
import { measureGame } from './costs/game-costs.ts';
import { measureHour } from './costs/hour-costs.ts';
import { costsPage } from './costs/page.ts';
import { PROJECT_ROOT } from './packages.ts';

const PAGE = path.join(PROJECT_ROOT, 'docs', 'costs.md');

async function measure(): Promise<string> {
  const book = await CostBook.open();
  /** The rows that a measurement has added. */
  const taken = (...measurements: readonly ((book: CostBook) => unknown)[]): readonly CostRow[] => {
    const { length } = book.rows;
    for (const each of measurements) each(book);
    return book.rows.slice(length);
  };
  const transfers = taken(measureTransfers);
  const staking = taken(measureStaking, measureParcels);
  const channel = taken(measureChannel, measureDelegation, measureChallenge);
  const sizes = taken(measureSizes);
  const applications = [
    { name: 'Chat', run: measureChat },
    { name: 'Editor', run: measureEditor },
    { name: 'MoveCraft', run: measureLand },
    { name: 'Four in a row', run: measureGame },
  ].map(({ name, run }) => {
    const { length } = book.rows;
    const calls = run(book);
    if (run === measureChat) measureEvidence(book);
    if (run === measureLand) measureChunks(book);
    return { name, rows: book.rows.slice(length), calls };
  });
  return costsPage({ transfers, staking, channel, sizes, applications, hour: measureHour(book) });
}

const page = await measure();
if (!process.argv.includes('--check')) {
  writeFileSync(PAGE, page);
  console.log(`docs/costs.md: ${page.split('\n').length} lines`);
} else if (readFileSync(PAGE, 'utf8') === page) {
  console.log('docs/costs.md is what the packages give');
} else {
  console.error('docs/costs.md is not what the packages give: npm run costs');
  process.exitCode = 1;
}
