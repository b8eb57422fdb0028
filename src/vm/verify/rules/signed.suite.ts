// Rules on signed integers (bytecode version 9) and on aborts with a message (version 10), one broken module each.

import type { Instruction, SignatureToken } from '../../bytecode/module.ts';
import { ADDRESS, code, ONE, POP, RET, type Rule, rule, TRUE, U8, vector } from './rule.suite.ts';

const I64: SignatureToken = { kind: 'i64' };
const NEGATIVE: Instruction = { op: 'ldI64', value: -1n };
const ABORT_MSG: Instruction = { op: 'abortMsg' };

function mismatch(title: string, ...body: readonly Instruction[]): Rule {
  return code('INTEGER_OP_TYPE_MISMATCH_ERROR', title, () => ({ code: [...body, POP, RET] }), { version: 9 });
}

export const SIGNED: readonly Rule[] = [
  mismatch('numbers with and without a sign added', NEGATIVE, ONE, { op: 'add' }),
  mismatch('signed numbers of different sizes added', NEGATIVE, { op: 'ldI8', value: -1 }, { op: 'add' }),
  mismatch('numbers with and without a sign compared by size', ONE, NEGATIVE, { op: 'lt' }),
  mismatch('bits of signed numbers joined', NEGATIVE, NEGATIVE, { op: 'bitOr' }),
  mismatch('bits of signed numbers met', NEGATIVE, NEGATIVE, { op: 'bitAnd' }),
  mismatch('a signed number shifted', NEGATIVE, { op: 'ldU8', value: 1 }, { op: 'shl' }),
  mismatch('a shift by a signed number', ONE, { op: 'ldI8', value: 1 }, { op: 'shr' }),
  mismatch('a number without a sign negated', ONE, { op: 'negate' }),
  mismatch('a truth value negated', TRUE, { op: 'negate' }),
  mismatch('a truth value made a signed number', TRUE, { op: 'castI64' }),
  code(
    'EQUALITY_OP_TYPE_MISMATCH_ERROR',
    'numbers with and without a sign compared',
    () => ({ code: [NEGATIVE, ONE, { op: 'eq' }, POP, RET] }),
    { version: 9 },
  ),
  code(
    'BOOLEAN_OP_TYPE_MISMATCH_ERROR',
    'a signed number inverted',
    () => ({ code: [NEGATIVE, { op: 'not' }, POP, RET] }),
    {
      version: 9,
    },
  ),
  code(
    'ABORT_TYPE_MISMATCH_ERROR',
    'a signed number as the reason to stop',
    () => ({ code: [NEGATIVE, { op: 'abort' }] }),
    {
      version: 9,
    },
  ),
  rule(
    'MALFORMED_CONSTANT_DATA',
    'a signed constant cut short',
    (d) => d.constant({ kind: 'i256' }, new Uint8Array(31)),
    {
      version: 9,
    },
  ),
  rule('MALFORMED_CONSTANT_DATA', 'a signed constant too long', (d) => d.constant({ kind: 'i8' }, new Uint8Array(2)), {
    version: 9,
  }),
  code(
    'TYPE_MISMATCH',
    'a number with a sign in a vector of ones without',
    (d) => ({ code: [NEGATIVE, { op: 'vecPack', type: d.signature([{ kind: 'u64' }]), count: 1 }, POP, RET] }),
    { version: 9 },
  ),
];

function stop(status: string, title: string, ...parameters: readonly SignatureToken[]): Rule {
  const arguments_ = parameters.map((_, local): Instruction => ({ op: 'moveLoc', local }));
  return code(status, title, () => ({ parameters, code: [...arguments_, ABORT_MSG] }), { version: 10 });
}

export const MESSAGES: readonly Rule[] = [
  stop('ABORT_TYPE_MISMATCH_ERROR', 'a message below its code', vector(U8), { kind: 'u64' }),
  stop('ABORT_TYPE_MISMATCH_ERROR', 'a signed number as the code with a message', I64, vector(U8)),
  stop('ABORT_TYPE_MISMATCH_ERROR', 'a message of numbers other than bytes', { kind: 'u64' }, vector({ kind: 'u16' })),
  stop('ABORT_TYPE_MISMATCH_ERROR', 'an address as the message', { kind: 'u64' }, ADDRESS),
  stop('NEGATIVE_STACK_SIZE_WITHIN_BLOCK', 'a message without a code', vector(U8)),
  stop('POSITIVE_STACK_SIZE_AT_BLOCK_END', 'a value below code and message', U8, { kind: 'u64' }, vector(U8)),
];
