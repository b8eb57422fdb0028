// How far function values go: gas, depth of calls and of values, memory; equality.

import { describe, expect, it } from 'vitest';
import { type Bytes, concatBytes } from '../../base/bytes.ts';
import { addressToBytes } from '../../base/ids.ts';
import {
  assembled,
  BOOL,
  BYTES,
  bcs,
  CLOSURE_VERSION,
  ClosureWorld,
  COPY_DROP_STORE,
  callClosure,
  copyLoc,
  fn,
  immBorrowLoc,
  ldU64,
  leaf,
  moveLoc,
  mutBorrowLoc,
  packClosure,
  ret,
  stLoc,
  U64,
  u64,
  vector,
} from '../../testing/closure-programs.ts';
import { DRAFT_ADDRESS, ModuleDraft } from '../../testing/module-draft.ts';
import type { Instruction } from '../bytecode/module.ts';
import { MoveVm, STRAIT_1 } from '../index.ts';
import { DEFAULT_LIMITS } from '../limits.ts';

const THUNK = fn([], [U64]);
const executed = { kind: 'executed' };
const failure = (code: string) => ({ kind: 'failure', code });

/** `count` times what `body` does: local 0 counts down. */
function loop(body: readonly Instruction[]): Instruction[] {
  const start: Instruction[] = [copyLoc(0), ldU64(0), { op: 'eq' }, { op: 'brTrue', target: body.length + 9 }];
  const next: Instruction[] = [moveLoc(0), ldU64(1), { op: 'sub' }, stLoc(0), { op: 'branch', target: 0 }];
  return [...start, ...body, ...next];
}

/** `nest(n)`: a function value around a function value, n times; then it is called. */
function nesting(): ModuleDraft {
  const draft = new ModuleDraft('m', CLOSURE_VERSION);
  const type = draft.signature([THUNK]);
  const bottom = draft.function('bottom', { returns: [U64], code: [ldU64(42), ret] });
  const wrap = draft.function('wrap', {
    parameters: [THUNK],
    returns: [U64],
    code: [moveLoc(0), callClosure(type), ret],
  });
  const body = loop([moveLoc(1), packClosure(wrap, 1), stLoc(1)]).map((instruction) =>
    'target' in instruction ? { ...instruction, target: instruction.target + 2 } : instruction,
  );
  draft.function('nest', {
    parameters: [U64],
    returns: [U64],
    locals: [THUNK],
    code: [packClosure(bottom, 0), stLoc(1), ...body, moveLoc(1), callClosure(type), ret],
  });
  return draft;
}

describe('bounds of function values', () => {
  it('values nest as deep as the Rust VM lets values be', () => {
    const world = new ClosureWorld(assembled(nesting()));
    expect(world.run('nest', [u64(DEFAULT_LIMITS.typeDepthMax)])).toMatchObject({
      status: executed,
      returns: [u64(42)],
    });
    expect(world.run('nest', [u64(DEFAULT_LIMITS.typeDepthMax + 1)]).status).toMatchObject({
      ...failure('VM_MAX_VALUE_DEPTH_REACHED'),
      location: { function: 'nest' },
    });
  });

  it('values that nest deeper are not copied, alone or in others', () => {
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    const box = draft.struct('Box', { abilities: 3, fields: [['f', THUNK]] });
    const held = draft.typeOf(box);
    const type = draft.signature([THUNK]);
    const bottom = draft.function('bottom', { returns: [U64], code: [ldU64(42), ret] });
    const wrap = draft.function('wrap', {
      parameters: [THUNK],
      returns: [U64],
      code: [moveLoc(0), callClosure(type), ret],
    });
    const body = loop([moveLoc(1), packClosure(wrap, 1), stLoc(1)]).map((instruction) =>
      'target' in instruction ? { ...instruction, target: instruction.target + 2 } : instruction,
    );
    const nested: Instruction[] = [packClosure(bottom, 0), stLoc(1), ...body];
    const locals = [THUNK, held];
    const boxed: Instruction[] = [moveLoc(1), { op: 'pack', index: box }, stLoc(2)];
    const endings: Record<string, readonly Instruction[]> = {
      moved: [moveLoc(1), { op: 'pop' }],
      copied: [copyLoc(1), { op: 'pop' }],
      read: [immBorrowLoc(1), { op: 'readRef' }, { op: 'pop' }],
      boxMoved: [...boxed, moveLoc(2), { op: 'pop' }],
      boxCopied: [...boxed, copyLoc(2), { op: 'pop' }],
    };
    for (const [name, code] of Object.entries(endings)) {
      draft.function(name, { parameters: [U64], locals, code: [...nested, ...code, ret] });
    }
    const world = new ClosureWorld(assembled(draft));
    // The last one made is as deep as captured values may be, and itself one deeper; a struct adds another.
    const statuses = (packed: number): unknown[] =>
      Object.keys(endings).map((name) => {
        const { status } = world.run(name, [u64(packed)]);
        return status.kind === 'failure' ? status.code : status.kind;
      });
    const deep = 'VM_MAX_VALUE_DEPTH_REACHED';
    const most = DEFAULT_LIMITS.typeDepthMax;
    expect(statuses(most)).toEqual(['executed', deep, deep, 'executed', deep]);
    expect(statuses(most - 1)).toEqual(['executed', 'executed', 'executed', 'executed', deep]);
    expect(statuses(most - 2)).toEqual(['executed', 'executed', 'executed', 'executed', 'executed']);
  });

  it('count the depth of function values inside of what they capture', () => {
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    const box = draft.struct('Box', { abilities: 3, fields: [['items', vector(THUNK)]] });
    const type = draft.signature([THUNK]);
    const bottom = draft.function('bottom', { returns: [U64], code: [ldU64(42), ret] });
    const wrap = draft.function('wrap', {
      parameters: [draft.typeOf(box)],
      returns: [U64],
      code: [moveLoc(0), { op: 'unpack', index: box }, { op: 'vecUnpack', type, count: 1 }, callClosure(type), ret],
    });
    const body = loop([
      moveLoc(1),
      { op: 'vecPack', type, count: 1 },
      { op: 'pack', index: box },
      packClosure(wrap, 1),
      stLoc(1),
    ]).map((instruction) =>
      'target' in instruction ? { ...instruction, target: instruction.target + 2 } : instruction,
    );
    draft.function('nest', {
      parameters: [U64],
      returns: [U64],
      locals: [THUNK],
      code: [packClosure(bottom, 0), stLoc(1), ...body, moveLoc(1), callClosure(type), ret],
    });
    const world = new ClosureWorld(assembled(draft));
    // Each turn adds the struct, the vector and the function value.
    const turns = Math.floor(DEFAULT_LIMITS.typeDepthMax / 3);
    expect(world.run('nest', [u64(turns)])).toMatchObject({ status: executed, returns: [u64(42)] });
    expect(world.run('nest', [u64(turns + 1)]).status).toMatchObject(failure('VM_MAX_VALUE_DEPTH_REACHED'));
  });

  it('calls nest as deep as others, at the same instruction', () => {
    const unary = fn([U64], [U64]);
    const straight = new ModuleDraft('m', CLOSURE_VERSION);
    straight.function('down', {
      parameters: [U64],
      returns: [U64],
      code: [
        copyLoc(0),
        ldU64(0),
        { op: 'eq' },
        { op: 'brTrue', target: 10 },
        moveLoc(0),
        ldU64(1),
        { op: 'sub' },
        packClosure(0, 0),
        callClosure(straight.signature([unary])),
        ret,
        ldU64(42),
        ret,
      ],
    });
    const world = new ClosureWorld(assembled(straight));
    const most = DEFAULT_LIMITS.callDepthMax;
    expect(world.run('down', [u64(most)])).toMatchObject({ status: executed, returns: [u64(42)] });
    expect(world.run('down', [u64(most + 1)]).status).toMatchObject({
      ...failure('CALL_STACK_OVERFLOW'),
      location: { function: 'down', offset: 8 },
    });
  });

  it.each([0, 7, 20, 60])(
    'ends before the engine’s own stack does, with %i parameters more, called by name or by value',
    (more) => {
      const parameters = Array.from({ length: more + 1 }, () => U64);
      const rest = Array.from({ length: more }, (_, index) => copyLoc(index + 1));
      const allButFirst = ((1n << BigInt(more)) - 1n) << 1n;
      for (const mask of [undefined, 0n, allButFirst]) {
        const draft = new ModuleDraft('m', CLOSURE_VERSION);
        const given = mask === allButFirst ? [U64] : parameters;
        const step: Instruction[] = [moveLoc(0), ldU64(1), { op: 'sub' }, ...rest];
        const down: Instruction[] =
          mask === undefined
            ? [{ op: 'call', index: 0 }]
            : [packClosure(0, mask), callClosure(draft.signature([fn(given, [U64])]))];
        draft.function('down', {
          parameters,
          returns: [U64],
          code: [
            copyLoc(0),
            ldU64(0),
            { op: 'eq' },
            { op: 'brTrue', target: step.length + down.length + 5 },
            ...step,
            ...down,
            ret,
            ldU64(42),
            ret,
          ],
        });
        const world = new ClosureWorld(assembled(draft));
        const args = parameters.map((_, index) => u64(index === 0 ? 2000 : 0));
        expect(world.run('down', args).status).toMatchObject(failure('CALL_STACK_OVERFLOW'));
      }
    },
  );

  it('a call copies a captured vector when the function may change it, and only then', () => {
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    const element = draft.signature([leaf('u8')]);
    const taking = { parameters: [BYTES], returns: [U64] };
    const look = draft.function('look', {
      ...taking,
      code: [immBorrowLoc(0), { op: 'vecLen', type: element }, ret],
    });
    const grow = draft.function('grow', {
      ...taking,
      code: [
        mutBorrowLoc(0),
        { op: 'ldU8', value: 1 },
        { op: 'vecPushBack', type: element },
        immBorrowLoc(0),
        { op: 'vecLen', type: element },
        ret,
      ],
    });
    const type = draft.signature([THUNK]);
    const body = loop([copyLoc(2), callClosure(type), { op: 'pop' }]).map((instruction) =>
      'target' in instruction ? { ...instruction, target: instruction.target + 3 } : instruction,
    );
    for (const [name, handle] of [
      ['looking', look],
      ['growing', grow],
    ] as const) {
      draft.function(name, {
        parameters: [U64, BYTES],
        locals: [THUNK],
        code: [moveLoc(1), packClosure(handle, 1), stLoc(2), ...body, ret],
      });
    }
    const small = new MoveVm({ limits: { ...DEFAULT_LIMITS, arenaBytesMax: 1 << 20 } });
    const world = new ClosureWorld(assembled(draft), small);
    const bytes = bcs((writer) => writer.bytes(new Uint8Array(1000)));
    expect(world.run('looking', [u64(5000), bytes]).status).toEqual(executed);
    expect(world.run('growing', [u64(100), bytes]).status).toEqual(executed);
    expect(world.run('growing', [u64(5000), bytes]).status).toMatchObject(failure('MEMORY_LIMIT_EXCEEDED'));
  });

  it('a value that is made takes memory', () => {
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    const bottom = draft.function('bottom', { returns: [U64], code: [ldU64(42), ret] });
    draft.function('run', {
      parameters: [U64],
      code: [...loop([packClosure(bottom, 0), { op: 'pop' }]), ret],
    });
    const small = new MoveVm({ limits: { ...DEFAULT_LIMITS, arenaBytesMax: 1 << 20 } });
    const world = new ClosureWorld(assembled(draft), small);
    expect(world.run('run', [u64(60_000)]).status).toEqual(executed);
    expect(world.run('run', [u64(70_000)]).status).toMatchObject(failure('MEMORY_LIMIT_EXCEEDED'));
  });

  it('a call through a value costs what a call by name does, and what making the value does', () => {
    const { instructions } = STRAIT_1;
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    const add = draft.function('add', {
      parameters: [U64, U64],
      returns: [U64],
      code: [moveLoc(0), moveLoc(1), { op: 'add' }, ret],
    });
    const type = draft.signature([fn([U64], [U64])]);
    const twoParams = { parameters: [U64, U64], returns: [U64] };
    draft.function('byName', { ...twoParams, code: [moveLoc(0), moveLoc(1), { op: 'call', index: add }, ret] });
    draft.function('byValue', {
      ...twoParams,
      code: [moveLoc(1), moveLoc(0), packClosure(add, 1), callClosure(type), ret],
    });
    const vm = new MoveVm({
      gasSchedule: {
        ...STRAIT_1,
        instructions: Object.fromEntries(
          Object.entries(instructions).map(([name, cost]) => [name, cost * 1_000_000]),
        ) as typeof instructions,
        code: { ...STRAIT_1.code, perModule: 0, perByte: 0 },
      },
    });
    const world = new ClosureWorld(assembled(draft), vm);
    const options = { gasLimit: 1n << 60n };
    const byName = world.run('byName', [u64(1), u64(2)], options);
    const byValue = world.run('byValue', [u64(1), u64(2)], options);
    expect(byValue.returns).toEqual(byName.returns);
    const making = instructions.packClosure + instructions.packClosurePerArgument;
    expect(byValue.gasUsed - byName.gasUsed).toBe(BigInt(making));
  });

  it('runs out of gas at every limit below what it needs, and leaves nothing', () => {
    const world = new ClosureWorld(assembled(nesting()));
    const whole = world.run('nest', [u64(20)]);
    expect(whole.status).toEqual(executed);
    for (let limit = 0n; limit < whole.gasUsed; limit++) {
      const cut = world.run('nest', [u64(20)], { gasLimit: limit });
      expect(cut).toMatchObject({ status: failure('OUT_OF_GAS'), gasUsed: limit, returns: [], changes: [] });
    }
  });
});

describe('equality of function values', () => {
  const PAIR = fn([U64], [U64], COPY_DROP_STORE);
  /** `same(a, b)` of two values that `first` and `second` leave on the stack, from the parameters in locals 0 and 1. */
  function comparing(
    first: (draft: ModuleDraft, f: number, g: number) => readonly Instruction[],
    second: (draft: ModuleDraft, f: number, g: number) => readonly Instruction[],
  ): ClosureWorld {
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    const attributes = [{ kind: 'persistent' }] as const;
    const binary = { attributes, parameters: [U64, U64], returns: [U64] };
    const f = draft.function('f', { ...binary, code: [moveLoc(0), ret] });
    const g = draft.function('g', { ...binary, code: [moveLoc(0), ret] });
    draft.function('mixed', { attributes, parameters: [U64, BOOL, U64], returns: [U64], code: [moveLoc(0), ret] });
    draft.function('same', {
      parameters: [U64, U64],
      returns: [BOOL, BOOL],
      locals: [PAIR, PAIR],
      code: [
        ...first(draft, f, g),
        stLoc(2),
        ...second(draft, f, g),
        stLoc(3),
        copyLoc(2),
        copyLoc(3),
        { op: 'eq' },
        moveLoc(2),
        moveLoc(3),
        { op: 'neq' },
        ret,
      ],
    });
    draft.function('compare', {
      parameters: [PAIR, PAIR],
      returns: [BOOL],
      code: [moveLoc(0), moveLoc(1), { op: 'eq' }, ret],
    });
    return new ClosureWorld(assembled(draft));
  }
  const equal = [Uint8Array.of(1), Uint8Array.of(0)];
  const different = [Uint8Array.of(0), Uint8Array.of(1)];

  it('is that of the functions and of what was captured', () => {
    const captureFirst = (_: ModuleDraft, f: number): Instruction[] => [copyLoc(0), packClosure(f, 1)];
    const captureSecond = (_: ModuleDraft, f: number): Instruction[] => [copyLoc(1), packClosure(f, 1)];
    const other = (_: ModuleDraft, __: number, g: number): Instruction[] => [copyLoc(0), packClosure(g, 1)];
    const world = comparing(captureFirst, captureSecond);
    expect(world.run('same', [u64(1), u64(1)]).returns).toEqual(equal);
    expect(world.run('same', [u64(1), u64(2)]).returns).toEqual(different);
    expect(comparing(captureFirst, other).run('same', [u64(1), u64(1)]).returns).toEqual(different);
  });

  it('does not ask which parameters were captured, as in the Rust VM', () => {
    const world = comparing(
      (_, f) => [copyLoc(0), packClosure(f, 1)],
      (_, f) => [copyLoc(1), packClosure(f, 2)],
    );
    expect(world.run('same', [u64(5), u64(5)]).returns).toEqual(equal);
    expect(world.run('same', [u64(5), u64(6)]).returns).toEqual(different);
  });

  it('ends the run when captured values of two forms meet, as in the Rust VM', () => {
    const mixed = 2;
    const world = comparing(
      () => [copyLoc(0), { op: 'ldTrue' }, packClosure(mixed, 0b011)],
      () => [{ op: 'ldTrue' }, copyLoc(0), packClosure(mixed, 0b110)],
    );
    expect(world.run('same', [u64(5), u64(5)]).status).toMatchObject({
      ...failure('INTERNAL_TYPE_ERROR'),
    });
  });

  it('is the same for values from storage as for values that were made', () => {
    const world = comparing(
      (_, f) => [copyLoc(0), packClosure(f, 1)],
      (_, f) => [copyLoc(0), packClosure(f, 1)],
    );
    const value = (name: string, captured: bigint): Bytes =>
      concatBytes(
        bcs((writer) => {
          writer.uleb128(7).u16(1).fixed(addressToBytes(DRAFT_ADDRESS)).string('m').string(name).u8(0).u64(1n).u8(2);
        }),
        u64(captured),
      );
    expect(world.run('compare', [value('f', 1n), value('f', 1n)]).returns).toEqual([Uint8Array.of(1)]);
    expect(world.run('compare', [value('f', 1n), value('f', 2n)]).returns).toEqual([Uint8Array.of(0)]);
    expect(world.run('compare', [value('f', 1n), value('nowhere', 1n)]).returns).toEqual([Uint8Array.of(0)]);
  });
});
