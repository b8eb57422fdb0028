// What becomes of the message of an abort (bytecode version 10): the Rust VM takes text of a bounded length, and fails otherwise.

import { utf8Decode } from '../../base/bytes.ts';
import { Trap } from '../errors.ts';
import { isUtf8 } from '../natives/string.ts';

/** Bytes, as in the Rust VM: a message becomes part of the transaction's status on chain. */
export const ABORT_MESSAGE_BYTES_MAX = 1024;

/** `site` is the place of the abort. The length is looked at before the text. */
export function abortTrap(abortCode: bigint, message: Uint8Array, site: number): Trap {
  if (message.length > ABORT_MESSAGE_BYTES_MAX) {
    const problem = `abort message of ${message.length} bytes, ${ABORT_MESSAGE_BYTES_MAX} at most`;
    return new Trap('ABORT_MESSAGE_LIMIT_EXCEEDED', { site, message: problem });
  }
  if (!isUtf8(message)) return new Trap('INVALID_ABORT_MESSAGE', { site, message: 'abort message is not UTF-8' });
  return new Trap('ABORTED', { site, abortCode, abortMessage: utf8Decode(message) });
}
