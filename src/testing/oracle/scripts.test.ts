// Scripts on both VMs: status and place, writes, and what is refused before they run.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BcsWriter } from '../../base/bcs.ts';
import type { Bytes } from '../../base/bytes.ts';
import { type Address, addressToBytes, parseAddress } from '../../base/ids.ts';
import { parseTypeTag, type TypeTag } from '../../base/type-tag.ts';
import { Ability, type CompiledModule, type Instruction, type SignatureToken } from '../../vm/bytecode/module.ts';
import { MoveVm, type RunStatus } from '../../vm/index.ts';
import { assembleModule, assembleScript } from '../assemble.ts';
import { DRAFT_ADDRESS, type FunctionDraft, ModuleDraft } from '../module-draft.ts';
import { TestState } from '../test-state.ts';
import { Oracle } from './oracle.ts';

const [ALICE, BOB] = [parseAddress('0xa11ce'), parseAddress('0xb0b')];
const U64: SignatureToken = { kind: 'u64' };
const SIGNER: SignatureToken = { kind: 'signer' };
const SIGNER_REFERENCE: SignatureToken = { kind: 'reference', inner: SIGNER };
const RET: Instruction = { op: 'ret' };
const local = (index: number): Instruction => ({ op: 'moveLoc', local: index });
const call = (index: number): Instruction => ({ op: 'call', index });

type ScriptDraft = Pick<FunctionDraft, 'typeParameters' | 'parameters' | 'locals' | 'code'>;
interface Ask {
  readonly code: Bytes;
  readonly args?: readonly Bytes[];
  readonly senders?: readonly Address[];
  readonly typeArgs?: readonly TypeTag[];
  readonly gasLimit?: bigint;
}

/** What scripts call: a counter that an account has. */
function counters(): CompiledModule {
  const module = new ModuleDraft('counters', 6);
  const counter = module.struct('Counter', { abilities: Ability.key, fields: [['n', U64]] });
  const field = module.fieldHandles.push({ owner: counter, field: 0 }) - 1;
  module.function('open', {
    visibility: 'public',
    parameters: [SIGNER_REFERENCE, U64],
    code: [local(0), local(1), { op: 'pack', index: counter }, { op: 'moveTo', index: counter }, RET],
  });
  module.function('add', {
    visibility: 'public',
    parameters: [{ kind: 'address' }, U64],
    returns: [U64],
    acquires: [counter],
    locals: [{ kind: 'mutableReference', inner: U64 }],
    code: [
      local(0),
      { op: 'mutBorrowGlobal', index: counter },
      { op: 'mutBorrowField', index: field },
      { op: 'stLoc', local: 2 },
      { op: 'copyLoc', local: 2 },
      { op: 'readRef' },
      local(1),
      { op: 'add' },
      { op: 'copyLoc', local: 2 },
      { op: 'writeRef' },
      local(2),
      { op: 'readRef' },
      RET,
    ],
  });
  module.function('hidden', { code: [RET] });
  module.function('stop', { visibility: 'public', code: [{ op: 'ldU64', value: 99n }, { op: 'abort' }] });
  return module.build();
}

/** A script that knows the functions of `counters`: `open` is 0, `add` 1, `hidden` 2, `stop` 3. */
function script(draft: ScriptDraft, version = 6): Bytes {
  const module = new ModuleDraft('script', version);
  const other = module.module('counters', DRAFT_ADDRESS);
  module.functionHandle(other, 'open', { parameters: [SIGNER_REFERENCE, U64] });
  module.functionHandle(other, 'add', { parameters: [{ kind: 'address' }, U64], returns: [U64] });
  if (draft.code?.some((instruction) => 'index' in instruction && instruction.index >= 2)) {
    module.functionHandle(other, 'hidden');
    module.functionHandle(other, 'stop');
  }
  return assembleScript(module.buildScript(draft));
}

/** A script that names nothing. */
function bare(draft: ScriptDraft, version = 6): Bytes {
  return assembleScript(new ModuleDraft('script', version).buildScript(draft));
}

function u64(value: bigint): Bytes {
  return new BcsWriter().u64(value).finish();
}

const OPEN = script({
  parameters: [SIGNER, U64],
  code: [{ op: 'immBorrowLoc', local: 0 }, local(1), call(0), RET],
});
const ADD = script({ parameters: [{ kind: 'address' }, U64], code: [local(0), local(1), call(1), { op: 'pop' }, RET] });
const BYTES: SignatureToken = { kind: 'vector', inner: { kind: 'u8' } };
const returning = (parameters: readonly SignatureToken[], typeParameters: readonly number[] = []) =>
  bare({ parameters, typeParameters, code: [RET] });

const ASKS: Readonly<Record<string, Ask>> = {
  'does nothing': { code: returning([]) },
  'does nothing in version 5': { code: bare({ code: [RET] }, 5) },
  'does nothing in version 7': { code: bare({ code: [RET] }, 7) },
  aborts: { code: bare({ parameters: [U64], code: [local(0), { op: 'abort' }] }), args: [u64(7n)] },
  'aborts in a module': { code: script({ code: [call(3), RET] }) },
  calculates: {
    code: bare({ parameters: [U64], code: [{ op: 'ldU64', value: 1n }, local(0), { op: 'sub' }, { op: 'pop' }, RET] }),
    args: [u64(2n)],
  },
  'loops for ever': { code: bare({ code: [{ op: 'branch', target: 0 }] }), gasLimit: 10_000n },
  'opens a counter': { code: OPEN, args: [u64(5n)] },
  'opens it again': { code: OPEN, args: [u64(6n)] },
  'opens one for two': { code: OPEN, args: [u64(6n)], senders: [ALICE, BOB] },
  adds: { code: ADD, args: [addressToBytes(ALICE), u64(3n)] },
  'adds too much': { code: ADD, args: [addressToBytes(ALICE), u64((1n << 64n) - 1n)] },
  'adds to none': { code: ADD, args: [addressToBytes(BOB), u64(3n)] },
  'takes two signers': { code: returning([SIGNER, SIGNER]), senders: [ALICE, BOB] },
  'takes a reference to a signer': { code: returning([SIGNER_REFERENCE]) },
  'takes a signer late': { code: returning([U64, SIGNER]), args: [u64(1n)] },
  'takes a reference': { code: returning([{ kind: 'reference', inner: U64 }]), args: [u64(1n)] },
  'takes no signer of two': { code: returning([]), senders: [ALICE, BOB] },
  'takes every plain type': {
    code: returning([
      { kind: 'bool' },
      { kind: 'u8' },
      { kind: 'u16' },
      { kind: 'u32' },
      { kind: 'u128' },
      { kind: 'u256' },
      BYTES,
    ]),
    args: [[1], [2], [3, 0], [4, 0, 0, 0], [...Array(16).fill(5)], [...Array(32).fill(6)], [2, 7, 8]].map((bytes) =>
      Uint8Array.from(bytes),
    ),
  },
  'is given a bool that is none': { code: returning([{ kind: 'bool' }]), args: [Uint8Array.of(2)] },
  'is given too little': { code: returning([U64]), args: [Uint8Array.of(2)] },
  'is given too much': { code: returning([U64]), args: [new Uint8Array(9)] },
  'is given no argument': { code: returning([U64]) },
  'is given an argument too many': { code: returning([]), args: [u64(1n)] },
  'takes a type': {
    code: returning([{ kind: 'typeParameter', index: 0 }], [Ability.drop]),
    typeArgs: [parseTypeTag('u64')],
    args: [u64(1n)],
  },
  'is given no type': { code: returning([], [Ability.drop]) },
  'is given a type too many': { code: returning([]), typeArgs: [parseTypeTag('u64')] },
  'is given a type that cannot be copied': { code: returning([], [Ability.copy]), typeArgs: [parseTypeTag('signer')] },
  'takes a type that nobody can bring': {
    code: returning([{ kind: 'typeParameter', index: 0 }], [0]),
    typeArgs: [parseTypeTag('signer')],
    args: [u64(1n)],
  },
  'is no script': { code: Uint8Array.of(1, 2, 3) },
  'is a module': { code: assembleModule(counters()) },
  'takes from an empty stack': { code: bare({ code: [{ op: 'pop' }, RET] }) },
  'leaves a value behind': { code: bare({ code: [{ op: 'ldTrue' }, RET] }) },
  'calls a private function': { code: script({ code: [call(2), RET] }) },
  'calls a module that is not there': {
    code: (() => {
      const module = new ModuleDraft('script', 6);
      module.functionHandle(module.module('nowhere', DRAFT_ADDRESS), 'f');
      return assembleScript(module.buildScript({ code: [call(0), RET] }));
    })(),
  },
  'calls a function that is not there': {
    code: (() => {
      const module = new ModuleDraft('script', 6);
      module.functionHandle(module.module('counters', DRAFT_ADDRESS), 'f');
      return assembleScript(module.buildScript({ code: [call(0), RET] }));
    })(),
  },
};

let oracle: Oracle;
beforeAll(async () => {
  oracle = new Oracle();
  await oracle.publish([assembleModule(counters())]);
}, 60_000);
afterAll(() => oracle.stop());

/** The Rust VM does not say in which function an abort was, and says other things in its messages. */
function comparable(status: RunStatus): unknown {
  if (status.kind === 'abort') return { code: status.code, module: status.location.module };
  if (status.kind === 'failure')
    return { code: status.code, location: status.code === 'OUT_OF_GAS' ? undefined : status.location };
  return status;
}

describe('a script that', () => {
  const state = new TestState([assembleModule(counters())]);
  const vm = new MoveVm();

  for (const [title, ask] of Object.entries(ASKS)) {
    it(`${title} ends as in the Rust VM`, async () => {
      const { code, args = [], senders = [ALICE], typeArgs = [], gasLimit = 1_000_000n } = ask;
      const request = { script: { code, typeArgs, args }, senders, gasLimit, transactionHash: new Uint8Array(32) };
      const theirs = await oracle.runScript(request);
      const ours = vm.runScript(state, request);
      state.apply(ours.changes);
      expect(comparable(ours.status)).toEqual(comparable(theirs.status));
      expect(ours.changes).toEqual(theirs.changes);
    });
  }
});
