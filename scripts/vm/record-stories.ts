// `npx tsx scripts/vm/record-stories.ts`: has the Rust VM run the VM's stories and writes down what it made of them, for
// `src/vm/agreement.test.ts`. To be run when stories or fixture modules change.

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bytes } from '../../src/base/bytes.ts';
import { assembleModule } from '../../src/testing/assemble.ts';
import { assembledFixture } from '../../src/testing/assembled-fixture.ts';
import { Oracle } from '../../src/testing/oracle/oracle.ts';
import {
  type RecordedCall,
  type RecordedStory,
  record,
  requestOf,
  unrecorded,
  withoutHandles,
} from '../../src/testing/recorded-stories.ts';
import { STORIES } from '../../src/testing/vm-stories.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../src/vm/fixtures');

/** Writes the fixture that is not compiled. */
async function assembleFixture(): Promise<void> {
  await writeFile(path.join(FIXTURES, 'bytecode/assembled.mv'), assembleModule(assembledFixture()));
}

/** Only what stories are about: other fixtures need natives that the Rust VM at hand does not have. */
async function readModules(): Promise<Bytes[]> {
  const directory = path.join(FIXTURES, 'bytecode');
  const files = new Set(STORIES.map(({ module }) => `${module}.mv`));
  return await Promise.all([...files].map(async (file) => new Uint8Array(await readFile(path.join(directory, file)))));
}

/** Natives of the Rust VM at hand abort with other codes than Aptos's for the same things. */
const ABORTS_OF_APTOS: Readonly<Record<string, string>> = {
  'abort 65636 in 0x1::table': 'abort 25607 in 0x1::table',
  'abort 65637 in 0x1::table': 'abort 25863 in 0x1::table',
  'abort 65636 in 0x1::from_bcs': 'abort 65537 in 0x1::from_bcs',
  'abort 65636 in 0x1::type_info': 'abort 1 in 0x1::type_info',
};

await assembleFixture();
const oracle = new Oracle();
try {
  await oracle.publishFramework();
  await oracle.publish(await readModules());
  const recorded: RecordedStory[] = [];
  for (const { name, module, calls } of STORIES) {
    const done: RecordedCall[] = [];
    for (const [index, call] of calls.entries()) {
      const plain = unrecorded(call);
      const outcome = record(plain, await oracle.run(requestOf(module, plain, index)));
      done.push({ ...outcome, status: ABORTS_OF_APTOS[outcome.status] ?? outcome.status });
    }
    recorded.push({ name, module, calls: withoutHandles(done) });
    console.log(`${name}: ${done.length} calls`);
  }
  const lines = recorded.map(
    ({ name, module, calls }) =>
      `{"name":${JSON.stringify(name)},"module":${JSON.stringify(module)},"calls":[\n${calls.map((call) => JSON.stringify(call)).join(',\n')}\n]}`,
  );
  await writeFile(path.join(FIXTURES, 'recorded.json'), `[\n${lines.join(',\n')}\n]\n`);
} finally {
  await oracle.stop();
}
