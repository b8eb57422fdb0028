// What a rule's case is made of, and the small pieces that cases share.

import { ModuleDraft } from '../../../testing/module-draft.ts';
import { Ability, type Instruction, type SignatureToken } from '../../bytecode/module.ts';

export interface Rule {
  readonly status: string;
  readonly title: string;
  readonly draft: (draft: ModuleDraft) => void;
  readonly version?: number;
  /** Of the Rust VM, where it names the same fault otherwise. */
  readonly rustStatus?: string;
}

export const BOOL: SignatureToken = { kind: 'bool' };
export const U8: SignatureToken = { kind: 'u8' };
export const U64: SignatureToken = { kind: 'u64' };
export const ADDRESS: SignatureToken = { kind: 'address' };
export const SIGNER: SignatureToken = { kind: 'signer' };
export const T0: SignatureToken = { kind: 'typeParameter', index: 0 };
export const ref = (inner: SignatureToken): SignatureToken => ({ kind: 'reference', inner });
export const mut = (inner: SignatureToken): SignatureToken => ({ kind: 'mutableReference', inner });
export const vector = (inner: SignatureToken): SignatureToken => ({ kind: 'vector', inner });

export const { copy, drop, store, key } = Ability;
export const RET: Instruction = { op: 'ret' };
export const ONE: Instruction = { op: 'ldU64', value: 1n };
export const TRUE: Instruction = { op: 'ldTrue' };
export const POP: Instruction = { op: 'pop' };
export const ABORT: readonly Instruction[] = [ONE, { op: 'abort' }];

export const copyLoc = (local: number): Instruction => ({ op: 'copyLoc', local });
export const moveLoc = (local: number): Instruction => ({ op: 'moveLoc', local });
export const stLoc = (local: number): Instruction => ({ op: 'stLoc', local });
export const mutBorrowLoc = (local: number): Instruction => ({ op: 'mutBorrowLoc', local });
export const immBorrowLoc = (local: number): Instruction => ({ op: 'immBorrowLoc', local });
export const branch = (target: number): Instruction => ({ op: 'branch', target });
export const brTrue = (target: number): Instruction => ({ op: 'brTrue', target });
export const call = (index: number): Instruction => ({ op: 'call', index });

/** A resource `R { x: u64 }`, definition 0. */
export function resource(d: ModuleDraft, abilities = key | drop): number {
  return d.struct('R', { abilities });
}

export function addressConstant(d: ModuleDraft): Instruction {
  return { op: 'ldConst', index: d.constant(ADDRESS, new Uint8Array(32)) };
}

export function rule(status: string, title: string, draft: (d: ModuleDraft) => void, more: Partial<Rule> = {}): Rule {
  return { status, title, draft, ...more };
}

/** A function `f` with this code and nothing else wrong. */
export function code(
  status: string,
  title: string,
  make: (d: ModuleDraft) => Parameters<ModuleDraft['function']>[1],
  more: Partial<Rule> = {},
): Rule {
  return rule(status, title, (d) => d.function('f', make(d)), more);
}

/** The module that breaks `rule`, and nothing else. */
export function moduleBreaking(rule: Rule): ModuleDraft {
  const draft = new ModuleDraft('m', rule.version ?? 7);
  rule.draft(draft);
  return draft;
}
