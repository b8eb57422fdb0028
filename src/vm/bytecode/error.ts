// Why bytes are not a Move module or script of a version that Strait runs.

import { StraitError } from '../../base/errors.ts';

/**
 * The Rust VM's status names for what its deserializer refuses. `UNSUPPORTED` is ours: well-known bytecode that is newer than version 7 (or
 * an access specifier of version 7); the message names it.
 */
export type BytecodeStatus =
  | 'MALFORMED'
  | 'BAD_MAGIC'
  | 'UNKNOWN_VERSION'
  | 'UNKNOWN_TABLE_TYPE'
  | 'BAD_HEADER_TABLE'
  | 'DUPLICATE_TABLE'
  | 'UNKNOWN_SERIALIZED_TYPE'
  | 'UNKNOWN_OPCODE'
  | 'UNKNOWN_NATIVE_STRUCT_FLAG'
  | 'INVALID_FLAG_BITS'
  | 'BAD_U16'
  | 'BAD_U32'
  | 'BAD_U64'
  | 'BAD_U128'
  | 'BAD_U256'
  | 'UNSUPPORTED';

export class BytecodeError extends StraitError {
  override readonly name = 'BytecodeError';
  readonly status: BytecodeStatus;
  /** Byte offset in the binary. */
  readonly offset: number;

  constructor(status: BytecodeStatus, problem: string, offset: number) {
    super(`${status}: ${problem} (at byte ${offset})`);
    this.status = status;
    this.offset = offset;
  }
}
