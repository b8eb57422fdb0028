// `npx tsx scripts/vm/record-emitted-code.ts`: writes down what the compiler makes of fixtures, for `emitted-code.test.ts`. Refuses while code has
// changed and `COMPILER_VERSION` has not: units kept by the version before would be taken for this one's.

import { writeFileSync } from 'node:fs';
import { EMITTED_CODE_FILE, emittedFunctions, recordedCode } from '../../src/testing/emitted-code.ts';
import { COMPILER_VERSION } from '../../src/vm/cache/compiler-version.ts';

const functions = emittedFunctions();
const before = recordedCode();
const changed = Object.keys(before.functions).filter((name) => before.functions[name] !== functions[name]);
if (changed.length > 0 && before.compilerVersion >= COMPILER_VERSION) {
  console.error(
    `Emitted code has changed (${changed.slice(0, 5).join(', ')}…): raise COMPILER_VERSION above ${before.compilerVersion} first.`,
  );
  process.exit(1);
}
writeFileSync(EMITTED_CODE_FILE, `${JSON.stringify({ compilerVersion: COMPILER_VERSION, functions }, null, 2)}\n`);
console.log(`${Object.keys(functions).length} functions, compiler version ${COMPILER_VERSION}`);
