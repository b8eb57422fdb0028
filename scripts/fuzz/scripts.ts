// Verifies random and changed scripts of versions 8 to 10, here and by Aptos's own verifier, and compares the verdicts: `npm run fuzz:scripts -- <first> <count>`.
// With `--record` it writes Aptos's verdicts on the first samples for the tests instead.

import { writeFile } from 'node:fs/promises';
import {
  SCRIPT_VERDICTS_FILE,
  sameVerdict,
  scriptSample,
  scriptVerdict,
} from '../../src/vm/verify/script-samples.suite.ts';
import { AptosVerifier } from './aptos-verifier.ts';

const RECORDED = 2_000;
const COUNT = 10_000;

const verifier = new AptosVerifier();
if (process.argv.includes('--record')) {
  const lines = Array.from({ length: RECORDED }, (_, i) => verifier.verdict(scriptSample(i)));
  await writeFile(SCRIPT_VERDICTS_FILE, `${lines.join('\n')}\n`);
} else {
  const [first = RECORDED, count = COUNT] = process.argv.slice(2).map(Number);
  const verdicts = new Map<string, number>();
  let differences = 0;
  for (let i = first; i < first + count; i++) {
    const bytes = scriptSample(i);
    const [ours, theirs] = [scriptVerdict(bytes), verifier.verdict(bytes)];
    const status = theirs.replace(/@.*/, '');
    verdicts.set(status, (verdicts.get(status) ?? 0) + 1);
    if (sameVerdict(ours, theirs)) continue;
    differences++;
    console.log(`${i}: ours ${ours}, theirs ${theirs}`);
  }
  for (const [status, times] of [...verdicts].sort((a, b) => b[1] - a[1])) console.log(`${times} ${status}`);
  console.log(`${count} scripts, ${differences} differences`);
  if (differences > 0) process.exitCode = 1;
}
