// Why a module or script is refused, in the Rust verifier's words, and where.

import { StraitError } from '../../base/errors.ts';
import { moduleKey, selfId, type Unit } from '../bytecode/access.ts';
import { type Place, placeText } from '../bytecode/error.ts';
import type { ModuleId } from '../bytecode/module.ts';

export type VerificationStatus =
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
  | 'NUMBER_OF_TYPE_ARGUMENTS_MISMATCH'
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
  | 'ZERO_VARIANTS_ERROR'
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

export class VerificationError extends StraitError {
  override readonly name = 'VerificationError';
  readonly status: VerificationStatus;
  readonly unit: ModuleId | 'script';
  readonly place: Place;

  constructor(status: VerificationStatus, problem: string, unit: ModuleId | 'script', place: Place = {}) {
    super(`${status}: ${problem}${whereText(unit, place)}`);
    this.status = status;
    this.unit = unit;
    this.place = place;
  }
}

/** @throws VerificationError always. */
export function refuse(unit: Unit, status: VerificationStatus, problem: string, place: Place = {}): never {
  throw new VerificationError(status, problem, unit.kind === 'script' ? 'script' : selfId(unit), place);
}

function whereText(unit: ModuleId | 'script', place: Place): string {
  return ` (${unit === 'script' ? unit : moduleKey(unit)}, ${placeText(place)})`;
}
