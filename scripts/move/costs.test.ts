// docs/costs.md says of every entry function of the packages what it costs. That its figures are those of today `npm run costs -- --check` says: they take
// minutes, and every change of a package moves some.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { MOVE_DIR, PROJECT_ROOT } from './packages.ts';

interface AbiFile {
  readonly name: string;
  readonly exposed_functions: readonly { readonly name: string; readonly is_entry: boolean }[];
}

const page = readFileSync(path.join(PROJECT_ROOT, 'docs', 'costs.md'), 'utf8');

it.each(['state_channel', 'chat', 'editor', 'movecraft', 'four_in_a_row'])(
  'every entry function of %s has its line',
  (name) => {
    const directory = path.join(MOVE_DIR, name, 'bytecode');
    const abis = readdirSync(directory)
      .filter((file) => file.endsWith('.abi.json'))
      .map((file) => JSON.parse(readFileSync(path.join(directory, file), 'utf8')) as AbiFile);
    const entries = abis.flatMap((abi) =>
      abi.exposed_functions.filter(({ is_entry }) => is_entry).map((fn) => `${abi.name}::${fn.name}`),
    );
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.filter((entry) => !page.includes(`| \`${entry}\` |`))).toEqual([]);
  },
);
