// `npx tsx scripts/vm/record-stories.ts`: has the Rust VM run the VM's stories and writes down what it made of them, for
// `src/vm/agreement.test.ts`. To be run when stories or fixture modules change.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bytes } from '../../src/base/bytes.ts';
import { Oracle } from '../../src/testing/oracle/oracle.ts';
import { type RecordedCall, type RecordedStory, record, requestOf, unrecorded } from '../../src/testing/recorded-stories.ts';
import { STORIES } from '../../src/testing/vm-stories.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../src/vm/fixtures');

async function readModules(): Promise<Bytes[]> {
  const directory = path.join(FIXTURES, 'bytecode');
  const files = (await readdir(directory)).filter((file) => file.endsWith('.mv')).sort();
  return await Promise.all(files.map(async (file) => new Uint8Array(await readFile(path.join(directory, file)))));
}

const oracle = new Oracle();
try {
  await oracle.publishFramework();
  await oracle.publish(await readModules());
  const recorded: RecordedStory[] = [];
  for (const { name, module, calls } of STORIES) {
    const done: RecordedCall[] = [];
    for (const [index, call] of calls.entries()) {
      const plain = unrecorded(call);
      done.push(record(plain, await oracle.run(requestOf(module, plain, index))));
    }
    recorded.push({ name, module, calls: done });
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
