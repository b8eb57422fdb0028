// Scripts of versions 8 to 10 to try the verifier on, by number, and what Aptos's verifier said of them. Tests and `scripts/fuzz/scripts.ts` draw from
// the same.

import path from 'node:path';
import { assembleScript } from '../../testing/assemble.ts';
import { mutateScript } from '../../testing/mutate-script.ts';
import { randomScript } from '../../testing/random-script.ts';
import { decodeScript } from '../bytecode/decode.ts';
import { verdictOf } from './outcome.suite.ts';
import { verifyScript } from './verify.ts';

/** Aptos's verdicts on the samples 0, 1, …, one a line. */
export const SCRIPT_VERDICTS_FILE = path.join(import.meta.dirname, 'fixtures/script-verdicts.txt');

/** A random script; two of three are changed in one place or a few. */
export function scriptSample(index: number): Uint8Array {
  const script = randomScript(`sample ${index}`);
  return assembleScript(index % 3 === 0 ? script : mutateScript(script, `mutant ${index}`));
}

/** `OK`, or the status with the offset of the instruction where there is one. What a script calls need not be there. */
export function scriptVerdict(bytes: Uint8Array): string {
  const verdict = verdictOf(() => verifyScript(decodeScript(bytes), () => undefined));
  return verdict === 'MISSING_DEPENDENCY' ? 'OK' : verdict.replace('@undefined:', '@0:');
}

/** Not both always give the place. */
export function sameVerdict(a: string, b: string): boolean {
  return a === b || a === b.replace(/@.*/, '') || b === a.replace(/@.*/, '');
}
