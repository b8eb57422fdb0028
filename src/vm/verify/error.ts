// Why a module or script is refused, in the Rust verifier's words, and where.

import { StraitError } from '../../base/errors.ts';
import { moduleIdOf, type Unit } from '../bytecode/access.ts';
import type { TableName } from '../bytecode/format.ts';
import type { ModuleId } from '../bytecode/module.ts';

export type VerificationStatus =
  // bounds
  | 'NO_MODULE_HANDLES'
  | 'INDEX_OUT_OF_BOUNDS'
  | 'NUMBER_OF_TYPE_ARGUMENTS_MISMATCH'
  | 'ZERO_VARIANTS_ERROR'
  | 'TOO_MANY_LOCALS'
  | 'INVALID_OPERATION_IN_SCRIPT'
  // limits
  | 'TOO_MANY_TYPE_PARAMETERS'
  | 'TOO_MANY_PARAMETERS'
  | 'TOO_MANY_TYPE_NODES'
  | 'TOO_MANY_BASIC_BLOCKS'
  | 'LOOP_MAX_DEPTH_REACHED'
  | 'PROGRAM_TOO_COMPLEX'
  // duplicates
  | 'DUPLICATE_ELEMENT'
  | 'ZERO_SIZED_STRUCT'
  | 'INVALID_MODULE_HANDLE'
  | 'UNIMPLEMENTED_HANDLE'
  | 'DUPLICATE_ACQUIRES_ANNOTATION'
  // signatures, abilities, constants, friends, structs, instructions
  | 'INVALID_SIGNATURE_TOKEN'
  | 'CONSTRAINT_NOT_SATISFIED'
  | 'FIELD_MISSING_TYPE_ABILITY'
  | 'INVALID_PHANTOM_TYPE_PARAM_POSITION'
  | 'GENERIC_MEMBER_OPCODE_MISMATCH'
  | 'INVALID_CONSTANT_TYPE'
  | 'MALFORMED_CONSTANT_DATA'
  | 'INVALID_FRIEND_DECL_WITH_SELF'
  | 'INVALID_FRIEND_DECL_WITH_MODULES_OUTSIDE_ACCOUNT_ADDRESS'
  | 'INVALID_FRIEND_DECL_WITH_MODULES_IN_DEPENDENCIES'
  | 'RECURSIVE_STRUCT_DEFINITION'
  | 'LOOP_IN_INSTANTIATION_GRAPH'
  // control flow and the stack
  | 'EMPTY_CODE_UNIT'
  | 'INVALID_FALL_THROUGH'
  | 'INVALID_LOOP_SPLIT'
  | 'INVALID_LOOP_BREAK'
  | 'INVALID_LOOP_CONTINUE'
  | 'NEGATIVE_STACK_SIZE_WITHIN_BLOCK'
  | 'POSITIVE_STACK_SIZE_AT_BLOCK_END'
  | 'VALUE_STACK_OVERFLOW'
  | 'VALUE_STACK_PUSH_OVERFLOW'
  // types
  | 'TYPE_MISMATCH'
  | 'BORROWFIELD_TYPE_MISMATCH_ERROR'
  | 'BORROWFIELD_BAD_FIELD_ERROR'
  | 'BORROWLOC_REFERENCE_ERROR'
  | 'BORROWGLOBAL_TYPE_MISMATCH_ERROR'
  | 'BORROWGLOBAL_WITHOUT_KEY_ABILITY'
  | 'CALL_TYPE_MISMATCH_ERROR'
  | 'PACK_TYPE_MISMATCH_ERROR'
  | 'UNPACK_TYPE_MISMATCH_ERROR'
  | 'TEST_VARIANT_TYPE_MISMATCH_ERROR'
  | 'EXISTS_WITHOUT_KEY_ABILITY_OR_BAD_ARGUMENT'
  | 'MOVEFROM_WITHOUT_KEY_ABILITY'
  | 'MOVEFROM_TYPE_MISMATCH_ERROR'
  | 'MOVETO_WITHOUT_KEY_ABILITY'
  | 'MOVETO_TYPE_MISMATCH_ERROR'
  | 'POP_WITHOUT_DROP_ABILITY'
  | 'BR_TYPE_MISMATCH_ERROR'
  | 'STLOC_TYPE_MISMATCH_ERROR'
  | 'ABORT_TYPE_MISMATCH_ERROR'
  | 'RET_TYPE_MISMATCH_ERROR'
  | 'FREEZEREF_TYPE_MISMATCH_ERROR'
  | 'COPYLOC_WITHOUT_COPY_ABILITY'
  | 'READREF_WITHOUT_COPY_ABILITY'
  | 'READREF_TYPE_MISMATCH_ERROR'
  | 'WRITEREF_NO_MUTABLE_REFERENCE_ERROR'
  | 'WRITEREF_WITHOUT_DROP_ABILITY'
  | 'WRITEREF_TYPE_MISMATCH_ERROR'
  | 'INTEGER_OP_TYPE_MISMATCH_ERROR'
  | 'BOOLEAN_OP_TYPE_MISMATCH_ERROR'
  | 'EQUALITY_OP_TYPE_MISMATCH_ERROR'
  // locals
  | 'STLOC_UNSAFE_TO_DESTROY_ERROR'
  | 'MOVELOC_UNAVAILABLE_ERROR'
  | 'COPYLOC_UNAVAILABLE_ERROR'
  | 'BORROWLOC_UNAVAILABLE_ERROR'
  | 'UNSAFE_RET_UNUSED_VALUES_WITHOUT_DROP'
  // references
  | 'COPYLOC_EXISTS_BORROW_ERROR'
  | 'MOVELOC_EXISTS_BORROW_ERROR'
  | 'FREEZEREF_EXISTS_MUTABLE_BORROW_ERROR'
  | 'READREF_EXISTS_MUTABLE_BORROW_ERROR'
  | 'WRITEREF_EXISTS_BORROW_ERROR'
  | 'BORROWLOC_EXISTS_BORROW_ERROR'
  | 'BORROWFIELD_EXISTS_MUTABLE_BORROW_ERROR'
  | 'GLOBAL_REFERENCE_ERROR'
  | 'VEC_UPDATE_EXISTS_MUTABLE_BORROW_ERROR'
  | 'VEC_BORROW_ELEMENT_EXISTS_MUTABLE_BORROW_ERROR'
  | 'CALL_BORROWED_MUTABLE_REFERENCE_ERROR'
  | 'UNSAFE_RET_LOCAL_OR_RESOURCE_STILL_BORROWED'
  | 'RET_BORROWED_MUTABLE_REFERENCE_ERROR'
  // acquires
  | 'MISSING_ACQUIRES_ANNOTATION'
  | 'EXTRANEOUS_ACQUIRES_ANNOTATION'
  | 'INVALID_ACQUIRES_ANNOTATION'
  // linking and publishing
  | 'MISSING_DEPENDENCY'
  | 'LOOKUP_FAILED'
  | 'CYCLIC_MODULE_DEPENDENCY'
  | 'CYCLIC_MODULE_FRIENDSHIP'
  | 'BACKWARD_INCOMPATIBLE_MODULE_UPDATE'
  | 'USER_DEFINED_NATIVE_NOT_ALLOWED';

/** Where in the unit: an entry of a table, or an instruction of a function definition (of the script, where `function` is absent). */
export interface Place {
  readonly table?: TableName;
  readonly index?: number;
  readonly function?: number;
  readonly offset?: number;
}

export class VerificationError extends StraitError {
  override readonly name = 'VerificationError';
  readonly status: VerificationStatus;
  /** Absent while the unit's own handle may not lead anywhere. */
  readonly unit: ModuleId | 'script' | undefined;
  readonly place: Place;

  constructor(status: VerificationStatus, problem: string, unit: ModuleId | 'script' | undefined, place: Place = {}) {
    super(`${status}: ${problem}${whereText(unit, place)}`);
    this.status = status;
    this.unit = unit;
    this.place = place;
  }
}

/** @throws VerificationError always. */
export function refuse(unit: Unit, status: VerificationStatus, problem: string, place: Place = {}): never {
  throw new VerificationError(status, problem, nameOf(unit), place);
}

/** The unit's name, even of a module whose bounds are not checked yet. */
function nameOf(unit: Unit): ModuleId | 'script' | undefined {
  if (unit.kind === 'script') return 'script';
  const handle = unit.moduleHandles[unit.self];
  if (!handle || !(handle.address in unit.addresses) || !(handle.name in unit.identifiers)) return undefined;
  return moduleIdOf(unit, handle);
}

function whereText(unit: ModuleId | 'script' | undefined, place: Place): string {
  const parts: string[] = [];
  if (unit !== undefined) parts.push(unit === 'script' ? 'script' : `${unit.address}::${unit.name}`);
  if (place.table !== undefined) parts.push(`${place.table}[${place.index ?? '?'}]`);
  if (place.function !== undefined) parts.push(`function ${place.function}`);
  if (place.offset !== undefined) parts.push(`instruction ${place.offset}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
