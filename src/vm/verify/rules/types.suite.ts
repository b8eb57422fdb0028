// Rules on code, one broken module each: control flow, use of the stack, types of operands.

import type { Instruction } from '../../bytecode/module.ts';
import {
  ADDRESS,
  addressConstant,
  BOOL,
  branch,
  brTrue,
  call,
  code,
  copyLoc,
  drop,
  immBorrowLoc,
  moveLoc,
  mut,
  ONE,
  POP,
  RET,
  type Rule,
  ref,
  resource,
  SIGNER,
  stLoc,
  TRUE,
  U64,
  vector,
} from './rule.suite.ts';

export const FLOW: readonly Rule[] = [
  code('EMPTY_CODE_UNIT', 'no instructions', () => ({ code: [] })),
  code('INVALID_FALL_THROUGH', 'code that runs out', () => ({ code: [{ op: 'nop' }] })),
  code('INVALID_LOOP_SPLIT', 'a loop with two entries', () => ({
    code: [TRUE, brTrue(4), { op: 'nop' }, { op: 'nop' }, { op: 'nop' }, branch(3)],
  })),
  code(
    'INVALID_LOOP_SPLIT',
    'a jump into a loop, version 5',
    () => ({ code: [TRUE, brTrue(3), { op: 'nop' }, { op: 'nop' }, branch(2)] }),
    { version: 5 },
  ),
  code(
    'INVALID_LOOP_BREAK',
    'a jump over the end of a loop, version 5',
    () => ({ code: [TRUE, brTrue(4), branch(0), RET, RET] }),
    { version: 5 },
  ),
  code(
    'INVALID_LOOP_CONTINUE',
    'a jump back out of the inner loop, version 5',
    () => ({ code: [{ op: 'nop' }, { op: 'nop' }, TRUE, brTrue(0), TRUE, brTrue(1), TRUE, brTrue(0), RET] }),
    { version: 5 },
  ),
  code('NEGATIVE_STACK_SIZE_WITHIN_BLOCK', 'a value taken from the empty stack', () => ({ code: [POP, RET] })),
  code('POSITIVE_STACK_SIZE_AT_BLOCK_END', 'a value left on the stack', () => ({ code: [ONE, RET] })),
  code('VALUE_STACK_OVERFLOW', '1,025 values on the stack', () => ({
    code: [...new Array<Instruction>(1025).fill(ONE), ...new Array<Instruction>(1025).fill(POP), RET],
  })),
  code('VALUE_STACK_PUSH_OVERFLOW', '10,001 pushes in a block', () => ({
    code: [...new Array<readonly Instruction[]>(10_001).fill([ONE, POP]).flat(), RET],
  })),
];

export const TYPES: readonly Rule[] = [
  code('POP_WITHOUT_DROP_ABILITY', 'a value thrown away that cannot be', (d) => {
    const struct = d.struct('S');
    return { parameters: [d.typeOf(struct)], code: [moveLoc(0), POP, RET] };
  }),
  code('BR_TYPE_MISMATCH_ERROR', 'a branch on a number', () => ({ code: [ONE, brTrue(2), RET] })),
  code('STLOC_TYPE_MISMATCH_ERROR', 'a number put into a bool', () => ({ locals: [BOOL], code: [ONE, stLoc(0), RET] })),
  code('ABORT_TYPE_MISMATCH_ERROR', 'an abort with a bool', () => ({ code: [TRUE, { op: 'abort' }] })),
  code('RET_TYPE_MISMATCH_ERROR', 'a bool returned as a number', () => ({ returns: [U64], code: [TRUE, RET] })),
  code('FREEZEREF_TYPE_MISMATCH_ERROR', 'a value frozen', () => ({ code: [ONE, { op: 'freezeRef' }, POP, RET] })),
  code('READREF_TYPE_MISMATCH_ERROR', 'a value read through', () => ({ code: [ONE, { op: 'readRef' }, POP, RET] })),
  code('READREF_WITHOUT_COPY_ABILITY', 'a signer copied through a reference', () => ({
    parameters: [ref(SIGNER)],
    code: [moveLoc(0), { op: 'readRef' }, POP, RET],
  })),
  code('WRITEREF_NO_MUTABLE_REFERENCE_ERROR', 'a write through an immutable reference', () => ({
    parameters: [ref(U64)],
    code: [ONE, moveLoc(0), { op: 'writeRef' }, RET],
  })),
  code('WRITEREF_WITHOUT_DROP_ABILITY', 'a value overwritten that cannot be dropped', (d) => {
    const type = d.typeOf(d.struct('S'));
    return { parameters: [type, mut(type)], code: [moveLoc(0), moveLoc(1), { op: 'writeRef' }, RET] };
  }),
  code('WRITEREF_TYPE_MISMATCH_ERROR', 'a bool written over a number', () => ({
    parameters: [mut(U64)],
    code: [TRUE, moveLoc(0), { op: 'writeRef' }, RET],
  })),
  code('INTEGER_OP_TYPE_MISMATCH_ERROR', 'numbers of two sizes added', () => ({
    code: [ONE, { op: 'ldU8', value: 1 }, { op: 'add' }, POP, RET],
  })),
  code('INTEGER_OP_TYPE_MISMATCH_ERROR', 'a shift by a u64', () => ({ code: [ONE, ONE, { op: 'shl' }, POP, RET] })),
  code('INTEGER_OP_TYPE_MISMATCH_ERROR', 'a bool cast', () => ({ code: [TRUE, { op: 'castU8' }, POP, RET] })),
  code('BOOLEAN_OP_TYPE_MISMATCH_ERROR', 'a number negated', () => ({ code: [ONE, { op: 'not' }, POP, RET] })),
  code('EQUALITY_OP_TYPE_MISMATCH_ERROR', 'a number compared with a bool', () => ({
    code: [ONE, TRUE, { op: 'eq' }, POP, RET],
  })),
  code('COPYLOC_WITHOUT_COPY_ABILITY', 'a signer copied', () => ({
    parameters: [SIGNER],
    code: [copyLoc(0), POP, RET],
  })),
  code('BORROWLOC_REFERENCE_ERROR', 'a reference to a reference', () => ({
    parameters: [ref(U64)],
    code: [immBorrowLoc(0), POP, RET],
  })),
  code('BORROWFIELD_TYPE_MISMATCH_ERROR', 'a field borrowed mutably from an immutable reference', (d) => {
    const struct = d.struct('S');
    d.fieldHandles.push({ owner: struct, field: 0 });
    return { parameters: [ref(d.typeOf(struct))], code: [moveLoc(0), { op: 'mutBorrowField', index: 0 }, POP, RET] };
  }),
  code('BORROWFIELD_TYPE_MISMATCH_ERROR', 'a field of variants that is of two types', (d) => {
    const struct = d.struct('E', { variants: { A: [['x', U64]], B: [['x', BOOL]] } });
    d.variantFieldHandles.push({ struct, variants: [0, 1], field: 0 });
    const index = 0;
    return {
      parameters: [ref(d.typeOf(struct))],
      code: [moveLoc(0), { op: 'immBorrowVariantField', index }, POP, RET],
    };
  }),
  code('CALL_TYPE_MISMATCH_ERROR', 'a call with the wrong argument', (d) => {
    const g = d.function('g', { parameters: [U64], code: [RET] });
    return { code: [TRUE, call(g), RET] };
  }),
  code('PACK_TYPE_MISMATCH_ERROR', 'a struct packed from the wrong value', (d) => ({
    code: [TRUE, { op: 'pack', index: d.struct('S', { abilities: drop }) }, POP, RET],
  })),
  code('PACK_TYPE_MISMATCH_ERROR', 'an enum packed as a struct', (d) => ({
    code: [{ op: 'pack', index: d.struct('E', { abilities: drop, variants: { A: [] } }) }, POP, RET],
  })),
  code('UNPACK_TYPE_MISMATCH_ERROR', 'a number unpacked', (d) => ({
    code: [ONE, { op: 'unpack', index: d.struct('S') }, POP, RET],
  })),
  code('TEST_VARIANT_TYPE_MISMATCH_ERROR', 'a number asked for its variant', (d) => {
    const struct = d.struct('E', { variants: { A: [['x', U64]] } });
    d.structVariantHandles.push({ struct, variant: 0 });
    return { code: [ONE, { op: 'testVariant', index: 0 }, POP, RET] };
  }),
  code('BORROWGLOBAL_TYPE_MISMATCH_ERROR', 'a resource borrowed at a number', (d) => ({
    acquires: [resource(d)],
    code: [ONE, { op: 'immBorrowGlobal', index: 0 }, POP, RET],
  })),
  code('BORROWGLOBAL_WITHOUT_KEY_ABILITY', 'a struct borrowed that is no resource', (d) => ({
    acquires: [resource(d, drop)],
    code: [addressConstant(d), { op: 'immBorrowGlobal', index: 0 }, POP, RET],
  })),
  code('EXISTS_WITHOUT_KEY_ABILITY_OR_BAD_ARGUMENT', 'a struct looked for that is no resource', (d) => ({
    code: [addressConstant(d), { op: 'exists', index: resource(d, drop) }, POP, RET],
  })),
  code('MOVEFROM_WITHOUT_KEY_ABILITY', 'a struct taken that is no resource', (d) => ({
    acquires: [resource(d, drop)],
    code: [addressConstant(d), { op: 'moveFrom', index: 0 }, POP, RET],
  })),
  code('MOVEFROM_TYPE_MISMATCH_ERROR', 'a resource taken from a number', (d) => ({
    acquires: [resource(d)],
    code: [ONE, { op: 'moveFrom', index: 0 }, POP, RET],
  })),
  code('MOVETO_WITHOUT_KEY_ABILITY', 'a struct published that is no resource', (d) => {
    const struct = resource(d, drop);
    const code: readonly Instruction[] = [moveLoc(0), moveLoc(1), { op: 'moveTo', index: struct }, RET];
    return { parameters: [ref(SIGNER), d.typeOf(struct)], code };
  }),
  code('MOVETO_TYPE_MISMATCH_ERROR', 'a resource published under an address', (d) => {
    const struct = resource(d);
    const code: readonly Instruction[] = [moveLoc(0), moveLoc(1), { op: 'moveTo', index: struct }, RET];
    return { parameters: [ADDRESS, d.typeOf(struct)], code };
  }),
  code('TYPE_MISMATCH', 'a bool put into a vector of numbers', (d) => ({
    code: [TRUE, { op: 'vecPack', type: d.signature([U64]), count: 1 }, POP, RET],
  })),
  code('TYPE_MISMATCH', 'an element of a vector borrowed mutably from an immutable reference', (d) => ({
    parameters: [ref(vector(U64))],
    code: [moveLoc(0), ONE, { op: 'vecMutBorrow', type: d.signature([U64]) }, POP, RET],
  })),
];
