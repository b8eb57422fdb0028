// Why bytes are not a Move module or script of a version that Strait runs.

import { StraitError } from '../../base/errors.ts';
import type { TableName } from './format.ts';

/**
 * The Rust VM's status names for what its deserializer refuses.
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
  // indices that lead nowhere
  | 'NO_MODULE_HANDLES'
  | 'INDEX_OUT_OF_BOUNDS'
  | 'NUMBER_OF_TYPE_ARGUMENTS_MISMATCH'
  | 'ZERO_VARIANTS_ERROR'
  | 'TOO_MANY_LOCALS';

/** Where in a module or script: an entry of a table, or an instruction of a function definition (of the script, where `function` is absent). */
export interface Place {
  readonly table?: TableName;
  readonly index?: number;
  readonly function?: number;
  readonly offset?: number;
}

export class BytecodeError extends StraitError {
  override readonly name = 'BytecodeError';
  readonly status: BytecodeStatus;
  /** A byte of the binary, or what a wrong index stands in. */
  readonly where: number | Place;

  constructor(status: BytecodeStatus, problem: string, where: number | Place) {
    super(`${status}: ${problem} (${typeof where === 'number' ? `byte ${where}` : placeText(where)})`);
    this.status = status;
    this.where = where;
  }

  /** Byte offset in the binary; absent for a wrong index. */
  get offset(): number | undefined {
    return typeof this.where === 'number' ? this.where : undefined;
  }
}

export function placeText(place: Place): string {
  const parts: string[] = [];
  if (place.table !== undefined) parts.push(`${place.table}[${place.index ?? '?'}]`);
  if (place.function !== undefined) parts.push(`function ${place.function}`);
  if (place.offset !== undefined) parts.push(`instruction ${place.offset}`);
  return parts.length === 0 ? 'whole' : parts.join(', ');
}
