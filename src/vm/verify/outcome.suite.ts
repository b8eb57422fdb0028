// What became of a module, as text that tests and the comparison with the Rust VM can compare.

import { BytecodeError } from '../bytecode/error.ts';
import { VerificationError } from './error.ts';

/** `OK` or the status of the refusal. Whatever else is thrown is a bug, and thrown on. */
export function statusOf(check: () => void): string {
  try {
    check();
    return 'OK';
  } catch (error) {
    if (error instanceof VerificationError || error instanceof BytecodeError) return error.status;
    throw error;
  }
}

/** As `statusOf`, with the function definition and instruction where the verifier has them: `STATUS@0:12`. */
export function verdictOf(check: () => void): string {
  try {
    check();
    return 'OK';
  } catch (error) {
    if (error instanceof BytecodeError) return error.status;
    if (!(error instanceof VerificationError)) throw error;
    const { function: definition, offset } = error.place;
    return offset === undefined ? error.status : `${error.status}@${definition}:${offset}`;
  }
}
