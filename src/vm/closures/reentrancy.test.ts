// What AIP-112 forbids code that is entered again through a function value.

import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../base/bytes.ts';
import { addressToBytes } from '../../base/ids.ts';
import {
  ALICE,
  assembled,
  BOOL,
  CLOSURE_VERSION,
  ClosureWorld,
  call,
  callClosure,
  copyLoc,
  fn,
  ldU64,
  leaf,
  moveLoc,
  mutable,
  packClosure,
  pop,
  ret,
  U64,
  u64,
} from '../../testing/closure-programs.ts';
import { type FunctionDraft, ModuleDraft } from '../../testing/module-draft.ts';
import type { FunctionAttribute, Instruction } from '../bytecode/module.ts';

const ADDRESS = leaf('address');
const SIGNER = { kind: 'reference', inner: leaf('signer') } as const;
const KEY = 8;
const alice = addressToBytes(ALICE);
const LOCK: readonly FunctionAttribute[] = [{ kind: 'moduleLock' }];

/** A module whose `Box` is at the sender's; `get` reads it, `has` looks for it, `id` does nothing, and some others. */
function boxModule(name: string): ModuleDraft {
  const draft = new ModuleDraft(name, CLOSURE_VERSION);
  draft.struct('Box', { abilities: KEY, fields: [['n', U64]] });
  const n = draft.fieldHandles.push({ owner: 0, field: 0 }) - 1;
  const read = { visibility: 'public', parameters: [ADDRESS], returns: [U64], acquires: [0] } as const;
  draft.function('get', {
    ...read,
    code: [moveLoc(0), { op: 'immBorrowGlobal', index: 0 }, { op: 'immBorrowField', index: n }, { op: 'readRef' }, ret],
  });
  draft.function('id', { visibility: 'public', parameters: [ADDRESS], returns: [U64], code: [ldU64(1), ret] });
  draft.function('has', {
    visibility: 'public',
    parameters: [ADDRESS],
    returns: [U64],
    code: [moveLoc(0), { op: 'exists', index: 0 }, pop, ldU64(1), ret],
  });
  draft.function('take', {
    ...read,
    code: [moveLoc(0), { op: 'moveFrom', index: 0 }, { op: 'unpack', index: 0 }, ret],
  });
  draft.function('put', {
    visibility: 'public',
    parameters: [SIGNER],
    code: [moveLoc(0), ldU64(42), { op: 'pack', index: 0 }, { op: 'moveTo', index: 0 }, ret],
  });
  return draft;
}

const READER = fn([ADDRESS], [U64]);

/** Index of the handle of a function of the draft, by name. */
function own(draft: ModuleDraft, name: string): number {
  return draft.functionHandles.findIndex((handle) => draft.identifiers[handle.name] === name);
}

function other(draft: ModuleDraft, module: string, name: string, signature: FunctionDraft): number {
  return draft.functionHandle(draft.module(module), name, signature);
}

const reads = { parameters: [ADDRESS], returns: [U64] } as const;

/** `apply(f, a)`: calls what it is given. */
function addApply(draft: ModuleDraft, attributes: readonly FunctionAttribute[] = []): number {
  return draft.function('apply', {
    visibility: 'public',
    attributes,
    parameters: [READER, ADDRESS],
    returns: [U64],
    code: [moveLoc(1), moveLoc(0), callClosure(draft.signature([READER])), ret],
  });
}

/** `run(a)`: puts a box, then whatever `code` does with the address in local 1. */
function addRun(draft: ModuleDraft, code: readonly Instruction[], acquires: readonly number[] = []): void {
  draft.function('run', {
    parameters: [SIGNER, ADDRESS],
    returns: [U64],
    acquires,
    code: [moveLoc(0), call(own(draft, 'put')), ...code, ret],
  });
}

function outcome(modules: readonly Bytes[]): unknown {
  const { status, returns } = new ClosureWorld(modules).run('run', [alice], { senders: [ALICE] });
  return status.kind === 'executed' ? returns : status;
}

const forbidden = (module: string, name: string) => ({
  kind: 'failure',
  code: 'RUNTIME_DISPATCH_ERROR',
  location: { module: { name: module }, function: name },
});

describe('reentrancy', () => {
  it.each(['get', 'has', 'take'])('locks the resources of a module that calls its own %s through a value', (name) => {
    const draft = boxModule('m');
    const type = draft.signature([READER]);
    addRun(draft, [copyLoc(1), packClosure(own(draft, name), 0), callClosure(type)]);
    expect(outcome(assembled(draft))).toMatchObject(forbidden('m', name));
  });

  it('lets a module call its own function that touches no resource, and its resources afterwards', () => {
    const draft = boxModule('m');
    const type = draft.signature([READER]);
    addRun(
      draft,
      [
        copyLoc(1),
        packClosure(own(draft, 'id'), 0),
        callClosure(type),
        moveLoc(1),
        call(own(draft, 'get')),
        { op: 'add' },
      ],
      [0],
    );
    expect(outcome(assembled(draft))).toEqual([u64(43)]);
  });

  it('leaves a module open that is entered through a value alone', () => {
    const lib = boxModule('lib');
    const draft = boxModule('m');
    const put = other(draft, 'lib', 'put', { parameters: [SIGNER] });
    const get = other(draft, 'lib', 'get', reads);
    draft.function('run', {
      parameters: [SIGNER, ADDRESS],
      returns: [U64],
      code: [moveLoc(0), call(put), moveLoc(1), packClosure(get, 0), callClosure(draft.signature([READER])), ret],
    });
    expect(outcome(assembled(lib, draft))).toEqual([u64(42)]);
  });

  it.each([
    ['id', [u64(1)]],
    ['get', forbidden('m', 'get')],
    ['has', forbidden('m', 'has')],
  ])('locks the resources of the module that another one calls back: %s', (name, expected) => {
    const lib = new ModuleDraft('lib', CLOSURE_VERSION);
    addApply(lib);
    const draft = boxModule('m');
    const apply = other(draft, 'lib', 'apply', { parameters: [READER, ADDRESS], returns: [U64] });
    addRun(draft, [packClosure(own(draft, name), 0), moveLoc(1), call(apply)]);
    if (Array.isArray(expected)) expect(outcome(assembled(lib, draft))).toEqual(expected);
    else expect(outcome(assembled(lib, draft))).toMatchObject(expected);
  });

  it.each([
    ['id', [u64(1)]],
    ['get', forbidden('lib', 'get')],
  ])('locks the resources of a module that the function called back calls by name: %s', (name, expected) => {
    const lib = boxModule('lib');
    addApply(lib);
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    const target = other(draft, 'lib', name, reads);
    const put = other(draft, 'lib', 'put', { parameters: [SIGNER] });
    const apply = other(draft, 'lib', 'apply', { parameters: [READER, ADDRESS], returns: [U64] });
    const back = draft.function('back', { ...reads, code: [moveLoc(0), call(target), ret] });
    draft.function('run', {
      parameters: [SIGNER, ADDRESS],
      returns: [U64],
      code: [moveLoc(0), call(put), packClosure(back, 0), moveLoc(1), call(apply), ret],
    });
    const result = outcome(assembled(lib, draft));
    if (Array.isArray(expected)) expect(result).toEqual(expected);
    else expect(result).toMatchObject(expected);
  });

  it('lets references work on that were taken before', () => {
    const draft = boxModule('m');
    const n = draft.fieldHandles.length - 1;
    const set = draft.function('set', {
      parameters: [mutable(U64)],
      code: [ldU64(7), moveLoc(0), { op: 'writeRef' }, ret],
    });
    const type = draft.signature([fn([mutable(U64)], [])]);
    addRun(
      draft,
      [
        copyLoc(1),
        { op: 'mutBorrowGlobal', index: 0 },
        { op: 'mutBorrowField', index: n },
        packClosure(set, 0),
        callClosure(type),
        moveLoc(1),
        call(own(draft, 'get')),
      ],
      [0],
    );
    expect(outcome(assembled(draft))).toEqual([u64(7)]);
  });

  describe('under a module lock', () => {
    const callBack = (attributes: readonly FunctionAttribute[]): readonly Bytes[] => {
      // m::run → m::apply (locks) → m::back through a value, or lib::visit, which calls m again through another value.
      const lib = new ModuleDraft('lib', CLOSURE_VERSION);
      addApply(lib);
      const draft = boxModule('m');
      const local = addApply(draft, attributes);
      const visit = other(draft, 'lib', 'apply', { parameters: [READER, ADDRESS], returns: [U64] });
      addRun(draft, [packClosure(own(draft, 'id'), 0), packClosure(visit, 1), moveLoc(1), call(local)]);
      return assembled(lib, draft);
    };

    it('no module is entered again from another one', () => {
      expect(outcome(callBack([]))).toEqual([u64(1)]);
      expect(outcome(callBack(LOCK))).toMatchObject(forbidden('m', 'id'));
    });

    it('a module calls its own functions through values', () => {
      const draft = boxModule('m');
      const local = addApply(draft, LOCK);
      addRun(draft, [packClosure(own(draft, 'id'), 0), moveLoc(1), call(local)]);
      expect(outcome(assembled(draft))).toEqual([u64(1)]);
    });

    it('a call by name cannot enter a module again either', () => {
      const lib = boxModule('lib');
      const locked = addApply(lib, LOCK);
      expect(locked).toBeGreaterThan(0);
      const draft = new ModuleDraft('m', CLOSURE_VERSION);
      const id = other(draft, 'lib', 'id', reads);
      const apply = other(draft, 'lib', 'apply', { parameters: [READER, ADDRESS], returns: [U64] });
      const third = new ModuleDraft('third', CLOSURE_VERSION);
      third.function('back', {
        ...reads,
        visibility: 'public',
        code: [moveLoc(0), call(other(third, 'lib', 'id', reads)), ret],
      });
      const back = other(draft, 'third', 'back', reads);
      draft.function('run', {
        parameters: [SIGNER, ADDRESS],
        returns: [U64],
        code: [packClosure(back, 0), copyLoc(1), call(apply), moveLoc(1), call(id), { op: 'add' }, ret],
      });
      expect(outcome(assembled(lib, third, draft))).toMatchObject(forbidden('third', 'back'));
    });

    it('is over when the function returns', () => {
      const lib = new ModuleDraft('lib', CLOSURE_VERSION);
      addApply(lib);
      const draft = boxModule('m');
      const local = addApply(draft, LOCK);
      const visit = other(draft, 'lib', 'apply', { parameters: [READER, ADDRESS], returns: [U64] });
      addRun(draft, [
        packClosure(own(draft, 'id'), 0),
        copyLoc(1),
        call(local),
        packClosure(own(draft, 'id'), 0),
        moveLoc(1),
        call(visit),
        { op: 'add' },
      ]);
      expect(outcome(assembled(lib, draft))).toEqual([u64(2)]);
    });
  });

  it('begins anew with each run, however the last one ended', () => {
    const draft = boxModule('m');
    const type = draft.signature([READER]);
    draft.function('fails', {
      parameters: [ADDRESS],
      returns: [U64],
      code: [moveLoc(0), packClosure(own(draft, 'get'), 0), callClosure(type), ret],
    });
    draft.function('works', {
      parameters: [ADDRESS],
      returns: [U64, BOOL],
      code: [
        copyLoc(0),
        packClosure(own(draft, 'id'), 0),
        callClosure(type),
        moveLoc(0),
        { op: 'exists', index: 0 },
        ret,
      ],
    });
    const world = new ClosureWorld(assembled(draft));
    for (let i = 0; i < 3; i++) {
      expect(world.run('fails', [alice]).status).toMatchObject(forbidden('m', 'get'));
      expect(world.run('works', [alice]).returns).toEqual([u64(1), Uint8Array.of(0)]);
    }
  });
});
