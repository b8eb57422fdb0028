// Function values in storage: their bytes, and what they call when they come out again.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bytes, concatBytes } from '../../base/bytes.ts';
import { addressToBytes } from '../../base/ids.ts';
import type { StateKey } from '../../base/state.ts';
import { structTag } from '../../base/type-tag.ts';
import {
  ALICE,
  assembled,
  BOOL,
  BYTES,
  bcs,
  CLOSURE_VERSION,
  ClosureWorld,
  COPY_DROP_STORE,
  call,
  callClosure,
  copyLoc,
  fn,
  ldU64,
  leaf,
  moveLoc,
  packClosure,
  ret,
  stLoc,
  U64,
  u64,
} from '../../testing/closure-programs.ts';
import { DRAFT_ADDRESS, ModuleDraft, type StructDraft } from '../../testing/module-draft.ts';
import type { Instruction, SignatureToken } from '../bytecode/module.ts';
import { MoveVm } from '../index.ts';
import { DEFAULT_LIMITS } from '../limits.ts';

const UNARY = fn([U64], [U64], COPY_DROP_STORE);
const SIGNER = { kind: 'reference', inner: leaf('signer') } as const;
const ADDRESS = leaf('address');
const KEY = 8;
const alice = addressToBytes(ALICE);

/** As the compiler has public functions. */
const PERSISTENT = { visibility: 'public', attributes: [{ kind: 'persistent' }] } as const;

const STORE: StateKey = { kind: 'resource', address: ALICE, type: structTag(DRAFT_ADDRESS, 'm', 'Store') };

/** `Store { f }` with what keeps and calls it, beside `add`, which `call` does not name. */
function storeModule(body: readonly Instruction[] = [moveLoc(0), moveLoc(1), { op: 'add' }, ret]): ModuleDraft {
  const draft = new ModuleDraft('m', CLOSURE_VERSION);
  draft.struct('Store', { abilities: KEY, fields: [['f', UNARY]] });
  const add = draft.function('add', {
    ...PERSISTENT,
    parameters: [U64, U64],
    returns: [U64],
    code: body,
  });
  draft.function('save', {
    parameters: [SIGNER, U64],
    code: [moveLoc(0), moveLoc(1), packClosure(add, 1), { op: 'pack', index: 0 }, { op: 'moveTo', index: 0 }, ret],
  });
  addCalls(draft);
  return draft;
}

/** `call(account, x)` and `first(account)`, for a `Store` that is the module's first struct. */
function addCalls(draft: ModuleDraft): void {
  const field = draft.fieldHandles.push({ owner: 0, field: 0 }) - 1;
  const type = draft.signature([UNARY]);
  const read: Instruction[] = [
    copyLoc(0),
    { op: 'immBorrowGlobal', index: 0 },
    { op: 'immBorrowField', index: field },
    { op: 'readRef' },
  ];
  draft.function('call', {
    parameters: [ADDRESS, U64],
    returns: [U64],
    acquires: [0],
    code: [moveLoc(1), ...read, callClosure(type), ret],
  });
  draft.function('stored', { parameters: [ADDRESS], returns: [UNARY], acquires: [0], code: [...read, ret] });
  draft.function('same', {
    parameters: [ADDRESS, ADDRESS],
    returns: [BOOL],
    acquires: [0],
    code: [
      ...read,
      moveLoc(1),
      { op: 'immBorrowGlobal', index: 0 },
      { op: 'immBorrowField', index: field },
      { op: 'readRef' },
      { op: 'eq' },
      ret,
    ],
  });
  draft.function('unused', {
    parameters: [ADDRESS],
    acquires: [0],
    code: [moveLoc(0), { op: 'mutBorrowGlobal', index: 0 }, { op: 'pop' }, ret],
  });
}

interface StoredForm {
  readonly parts?: number;
  readonly format?: number;
  readonly module?: string;
  readonly name?: string;
  readonly typeArgs?: Bytes;
  readonly mask?: bigint;
  /** Layouts and values. */
  readonly captured?: Bytes;
}

const U64_LAYOUT = 2;

/** The Rust VM's encoding, written out; `add` with 40 captured where nothing else is said. */
function stored(form: StoredForm = {}): Bytes {
  return concatBytes(
    bcs((writer) => {
      writer.uleb128(form.parts ?? 7).u16(form.format ?? 1);
      writer.fixed(addressToBytes(DRAFT_ADDRESS)).string(form.module ?? 'm');
      writer.string(form.name ?? 'add');
    }),
    form.typeArgs ?? Uint8Array.of(0),
    u64(form.mask ?? 1n),
    form.captured ?? concatBytes(Uint8Array.of(U64_LAYOUT), u64(40)),
  );
}

const failure = (code: string) => ({ kind: 'failure', code });

describe('function values in storage', () => {
  it('are written as the Rust VM writes them, and called in another world', () => {
    const world = new ClosureWorld(assembled(storeModule()));
    expect(world.run('save', [u64(40)], { senders: [ALICE] }).status).toEqual({ kind: 'executed' });
    expect(world.state.get(STORE)).toEqual(stored());
    const first = world.run('call', [alice, u64(2)]);
    expect(first).toMatchObject({ status: { kind: 'executed' }, returns: [u64(42)] });
    const again = world.run('call', [alice, u64(2)]);
    world.vm = new MoveVm();
    const elsewhere = world.run('call', [alice, u64(2)]);
    expect([again, elsewhere]).toEqual([first, first]);
  });

  it('come back as they were when nobody calls them, whatever they name', () => {
    const world = new ClosureWorld(assembled(storeModule()));
    const bytes = stored({ module: 'nowhere', name: 'nothing' });
    world.state.set(STORE, bytes);
    const result = world.run('unused', [alice]);
    expect(result).toMatchObject({ status: { kind: 'executed' }, changes: [] });
    expect(world.run('stored', [alice]).returns).toEqual([bytes]);
  });

  it('call the function as it is after an upgrade', () => {
    const world = new ClosureWorld(assembled(storeModule()));
    world.run('save', [u64(40)], { senders: [ALICE] });
    expect(world.run('call', [alice, u64(2)]).returns).toEqual([u64(42)]);
    world.state.publish(assembled(storeModule([moveLoc(0), moveLoc(1), { op: 'sub' }, ret])));
    expect(world.run('call', [alice, u64(2)]).returns).toEqual([u64(38)]);
  });

  it.each([
    ['a module that is not there', { module: 'nowhere' }, 'LINKER_ERROR'],
    ['a function that is not there', { name: 'nothing' }, 'FUNCTION_RESOLUTION_FAILURE'],
    [
      'type arguments that the function does not take',
      { typeArgs: Uint8Array.of(1, 0) },
      'NUMBER_OF_TYPE_ARGUMENTS_MISMATCH',
    ],
    [
      'a type that is not there',
      { typeArgs: Uint8Array.of(1, 7, ...addressToBytes(DRAFT_ADDRESS), 1, 0x6d, 1, 0x58, 0) },
      'TYPE_RESOLUTION_FAILURE',
    ],
    ['another type of captured value', { captured: Uint8Array.of(0, 1) }, 'FUNCTION_RESOLUTION_FAILURE'],
    ['a captured value that the function has no parameter for', { mask: 4n }, 'FUNCTION_RESOLUTION_FAILURE'],
    ['nothing captured', { mask: 0n, parts: 5, captured: new Uint8Array() }, 'UNKNOWN_INVARIANT_VIOLATION_ERROR'],
  ])('end the call when they name %s', (_, form, code) => {
    const world = new ClosureWorld(assembled(storeModule()));
    world.state.set(STORE, stored(form));
    const { status } = world.run('call', [alice, u64(2)]);
    expect(status).toMatchObject({ ...failure(code), location: { function: 'call', offset: 5 } });
  });

  it.each([
    ['no parts', { parts: 0 }],
    ['a part too few', { parts: 6 }],
    ['a part too many', { parts: 8 }],
    ['another format', { format: 2 }],
    ['a name that is none', { name: '0' }],
    ['a layout that is none', { captured: concatBytes(Uint8Array.of(19), u64(1)) }],
    ['a layout that is only for showing', { captured: concatBytes(Uint8Array.of(6, 2, 0), u64(1)) }],
    ['a native layout', { captured: concatBytes(Uint8Array.of(11, 0, 2), u64(1)) }],
    ['a captured value cut short', { captured: Uint8Array.of(U64_LAYOUT, 1, 2) }],
    ['more than one value', { captured: concatBytes(Uint8Array.of(U64_LAYOUT), u64(1), Uint8Array.of(1)) }],
    ['a bool that is none', { captured: Uint8Array.of(0, 2) }],
    ['a captured signer', { captured: concatBytes(Uint8Array.of(7), alice) }],
    ['a vector longer than the bytes', { captured: Uint8Array.of(5, 2, 0xff, 0xff, 0xff, 0x7f) }],
    ['a layout too deep', { captured: new Uint8Array(300).fill(5) }],
    ['a layout with too many parts', { captured: Uint8Array.of(6, 0, 0x80, 0x08, ...new Uint8Array(1100)) }],
    ['nothing but a beginning', { captured: new Uint8Array() }],
  ])('are no value with %s', (_, form) => {
    const world = new ClosureWorld(assembled(storeModule()));
    world.state.set(STORE, stored(form));
    expect(world.run('call', [alice, u64(2)]).status).toMatchObject(failure('FAILED_TO_DESERIALIZE_RESOURCE'));
  });

  it('capture anything that can be stored, other function values too', () => {
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    draft.struct('Store', { abilities: KEY, fields: [['f', UNARY]] });
    const inner: StructDraft = {
      abilities: 7,
      fields: [
        ['flag', BOOL],
        ['names', { kind: 'vector', inner: BYTES }],
        ['wide', leaf('u256')],
      ],
    };
    const record = draft.typeOf(draft.struct('Record', inner));
    draft.struct('Choice', { abilities: 7, variants: { one: [['a', U64]], two: [['b', record]] } });
    const choice = draft.typeOf(2);
    const variant = draft.structVariantHandles.push({ struct: 2, variant: 1 }) - 1;
    const type = draft.signature([UNARY]);
    const parameters: SignatureToken[] = [record, choice, UNARY, U64];
    const deep = draft.function('deep', {
      ...PERSISTENT,
      parameters,
      returns: [U64],
      code: [moveLoc(3), moveLoc(2), callClosure(type), ret],
    });
    const add = draft.function('add', {
      ...PERSISTENT,
      parameters: [U64, U64],
      returns: [U64],
      code: [moveLoc(0), moveLoc(1), { op: 'add' }, ret],
    });
    draft.function('save', {
      parameters: [SIGNER, record],
      code: [
        moveLoc(0),
        copyLoc(1),
        moveLoc(1),
        { op: 'packVariant', index: variant },
        ldU64(40),
        packClosure(add, 1),
        packClosure(deep, 7),
        { op: 'pack', index: 0 },
        { op: 'moveTo', index: 0 },
        ret,
      ],
    });
    addCalls(draft);
    const world = new ClosureWorld(assembled(draft));
    const bytes = bcs((writer) => {
      writer
        .bool(true)
        .vector(['a', '', 'long'], (w, text) => w.string(text))
        .u256(7n);
    });
    expect(world.run('save', [bytes], { senders: [ALICE] }).status).toEqual({ kind: 'executed' });
    const layout = Uint8Array.of(6, 0, 3, 0, 5, 5, 1, 10);
    const expected = stored({
      parts: 11,
      name: 'deep',
      mask: 7n,
      captured: concatBytes(
        layout,
        bytes,
        Uint8Array.of(6, 1, 2, 1, 2, 1),
        layout,
        Uint8Array.of(1),
        bytes,
        Uint8Array.of(12),
        stored(),
      ),
    });
    expect(world.state.get(STORE)).toEqual(expected);
    expect(world.run('call', [alice, u64(2)])).toMatchObject({ status: { kind: 'executed' }, returns: [u64(42)] });
    expect(world.run('stored', [alice]).returns).toEqual([expected]);
    expect(world.run('same', [alice, alice]).returns).toEqual([Uint8Array.of(1)]);
  });

  it('never do more than end the run, whatever bytes stand for them', () => {
    const whole = stored({
      parts: 9,
      mask: 3n,
      captured: concatBytes(
        Uint8Array.of(6, 1, 2, 1, U64_LAYOUT, 2, 5, 0, 12),
        concatBytes(Uint8Array.of(1, 2, 0, 1), stored()),
        Uint8Array.of(U64_LAYOUT),
        u64(7),
      ),
    });
    const world = new ClosureWorld(assembled(storeModule()));
    world.state.set(STORE, whole);
    expect(world.run('stored', [alice]).returns).toEqual([whole]);
    const edit = fc.record({
      at: fc.nat(whole.length - 1),
      drop: fc.nat(3),
      put: fc.uint8Array({ maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let bytes: Bytes = whole;
        for (const { at, drop, put } of edits) {
          bytes = concatBytes(bytes.slice(0, at), new Uint8Array(put), bytes.slice(at + drop));
        }
        world.state.set(STORE, bytes);
        const shown = world.run('stored', [alice]);
        if (shown.status.kind === 'executed') expect(shown.returns).toEqual([bytes]);
        else expect(shown.status).toMatchObject(failure('FAILED_TO_DESERIALIZE_RESOURCE'));
        const called = world.run('call', [alice, u64(2)]);
        expect(called.status.kind).not.toBe('abort');
        expect(called.changes).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('keep what they captured when an enum has got larger variants since', () => {
    const module = (isLater: boolean): ModuleDraft => {
      const draft = new ModuleDraft('m', CLOSURE_VERSION);
      draft.struct('Store', { abilities: KEY, fields: [['f', UNARY]] });
      draft.struct('Choice', {
        abilities: 7,
        variants: {
          one: [['a', U64]],
          ...(isLater && {
            two: [
              ['b', leaf('u256')],
              ['c', leaf('u256')],
            ],
          }),
        },
      });
      const choice = draft.typeOf(1);
      const one = draft.structVariantHandles.push({ struct: 1, variant: 0 }) - 1;
      const f = draft.function('f', {
        ...PERSISTENT,
        parameters: [choice, U64, U64],
        returns: [U64],
        code: [
          moveLoc(0),
          { op: 'unpackVariant', index: one },
          moveLoc(1),
          { op: 'mul' },
          moveLoc(2),
          { op: 'add' },
          ret,
        ],
      });
      draft.function('save', {
        parameters: [SIGNER, U64],
        code: [
          moveLoc(0),
          moveLoc(1),
          { op: 'packVariant', index: one },
          ldU64(4),
          packClosure(f, 3),
          { op: 'pack', index: 0 },
          { op: 'moveTo', index: 0 },
          ret,
        ],
      });
      addCalls(draft);
      return draft;
    };
    const world = new ClosureWorld(assembled(module(false)));
    world.run('save', [u64(10)], { senders: [ALICE] });
    const before = world.state.get(STORE);
    expect(world.run('call', [alice, u64(2)]).returns).toEqual([u64(42)]);
    world.state.publish(assembled(module(true)));
    expect(world.run('call', [alice, u64(2)])).toMatchObject({ status: { kind: 'executed' }, returns: [u64(42)] });
    expect(world.run('stored', [alice]).returns).toEqual([before]);
  });

  it('bring no more functions into a run than it may have, whether those were compiled before or not', () => {
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    draft.struct('Store', { abilities: KEY, fields: [['f', UNARY]] });
    draft.struct('Many', { abilities: KEY, fields: [['all', { kind: 'vector', inner: UNARY }]] });
    const type = draft.signature([UNARY]);
    const many = draft.fieldHandles.push({ owner: 1, field: 0 }) - 1;
    draft.function('add', {
      ...PERSISTENT,
      typeParameters: [0],
      parameters: [U64, U64],
      returns: [U64],
      code: [
        ...Array.from({ length: 12 }, (): Instruction => ({ op: 'nop' })),
        moveLoc(0),
        moveLoc(1),
        { op: 'add' },
        ret,
      ],
    });
    draft.function('callBoth', {
      parameters: [ADDRESS],
      returns: [U64],
      acquires: [1],
      code: [
        ...[0, 1].flatMap((index): Instruction[] => [
          ldU64(1),
          copyLoc(0),
          { op: 'immBorrowGlobal', index: 1 },
          { op: 'immBorrowField', index: many },
          ldU64(index),
          { op: 'vecImmBorrow', type },
          { op: 'readRef' },
          callClosure(type),
        ]),
        { op: 'add' },
        ret,
      ],
    });
    const two = (first: number, second: number): Bytes =>
      concatBytes(Uint8Array.of(2), ...[first, second].map((tag) => stored({ typeArgs: Uint8Array.of(1, tag) })));
    const key: StateKey = { kind: 'resource', address: ALICE, type: structTag(DRAFT_ADDRESS, 'm', 'Many') };
    const limited = (limits: Partial<typeof DEFAULT_LIMITS>): ClosureWorld => {
      const world = new ClosureWorld(assembled(draft), new MoveVm({ limits: { ...DEFAULT_LIMITS, ...limits } }));
      world.state.set(key, two(0, 0));
      return world;
    };
    const call = (world: ClosureWorld): unknown => world.run('callBoth', [alice]);
    const one = limited({ unitsLinkedMax: 1 });
    // The same function twice is one; with another type argument it is another.
    const alone = call(one);
    expect(alone).toMatchObject({ status: { kind: 'executed' }, returns: [u64(82)] });
    one.state.set(key, two(0, 1));
    const refused = { status: { ...failure('UNSUPPORTED'), location: { function: 'callBoth', offset: 15 } } };
    expect([call(one), call(one)]).toMatchObject([refused, refused]);
    one.state.set(key, two(1, 0));
    expect(call(one)).toMatchObject(refused);
    one.state.set(key, two(0, 0));
    expect(call(one)).toEqual(alone);
    // 16 instructions each, and as many as the entry point has may come in.
    const short = limited({ instructionsMax: 18 });
    expect(call(short)).toMatchObject({ status: { kind: 'executed' } });
    short.state.set(key, two(0, 1));
    expect(call(short)).toMatchObject(refused);
  });

  it('share storage with the code that calls them', () => {
    const lib = new ModuleDraft('lib', CLOSURE_VERSION);
    const counter = lib.struct('Counter', { abilities: KEY, fields: [['n', U64]] });
    const n = lib.fieldHandles.push({ owner: counter, field: 0 }) - 1;
    const borrow = (mutable: boolean): Instruction[] => [
      moveLoc(0),
      { op: mutable ? 'mutBorrowGlobal' : 'immBorrowGlobal', index: 0 },
      { op: mutable ? 'mutBorrowField' : 'immBorrowField', index: n },
    ];
    const get = { visibility: 'public', parameters: [ADDRESS], returns: [U64], acquires: [0] } as const;
    lib.function('get', { ...get, code: [...borrow(false), { op: 'readRef' }, ret] });
    lib.function('has', {
      visibility: 'public',
      parameters: [ADDRESS],
      returns: [BOOL],
      code: [moveLoc(0), { op: 'exists', index: 0 }, ret],
    });
    const put = { visibility: 'public', parameters: [SIGNER, U64] } as const;
    lib.function('put', {
      ...put,
      code: [moveLoc(0), moveLoc(1), { op: 'pack', index: 0 }, { op: 'moveTo', index: 0 }, ret],
    });
    // Called through function values alone: adds, or takes away.
    lib.function('change', {
      visibility: 'public',
      parameters: [ADDRESS, U64],
      returns: [U64],
      acquires: [0],
      locals: [{ kind: 'mutableReference', inner: U64 }],
      code: [
        ...borrow(true),
        stLoc(2),
        copyLoc(2),
        { op: 'readRef' },
        moveLoc(1),
        { op: 'add' },
        copyLoc(2),
        { op: 'writeRef' },
        moveLoc(2),
        { op: 'readRef' },
        ret,
      ],
    });
    lib.function('take', {
      visibility: 'public',
      parameters: [ADDRESS, U64],
      returns: [U64],
      acquires: [0],
      code: [moveLoc(0), { op: 'moveFrom', index: 0 }, { op: 'unpack', index: 0 }, ret],
    });
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    draft.struct('Store', { abilities: KEY, fields: [['f', UNARY]] });
    addCalls(draft);
    const libHandle = draft.module('lib');
    const [libGet, libHas, libPut] = [
      draft.functionHandle(libHandle, 'get', { parameters: [ADDRESS], returns: [U64] }),
      draft.functionHandle(libHandle, 'has', { parameters: [ADDRESS], returns: [BOOL] }),
      draft.functionHandle(libHandle, 'put', put),
    ];
    const callHandle = draft.functionHandles.findIndex(({ name }) => draft.identifiers[name] === 'call');
    draft.function('run', {
      parameters: [SIGNER, ADDRESS],
      returns: [U64, U64, U64, BOOL],
      acquires: [0],
      locals: [U64, U64, U64],
      code: [
        moveLoc(0),
        ldU64(40),
        call(libPut),
        copyLoc(1),
        call(libGet),
        stLoc(2),
        copyLoc(1),
        ldU64(2),
        call(callHandle),
        stLoc(3),
        copyLoc(1),
        call(libGet),
        stLoc(4),
        moveLoc(2),
        moveLoc(3),
        moveLoc(4),
        moveLoc(1),
        call(libHas),
        ret,
      ],
    });
    const world = new ClosureWorld(assembled(lib, draft));
    const through = (name: string): Bytes =>
      stored({ module: 'lib', name, captured: concatBytes(Uint8Array.of(4), alice) });
    world.state.set(STORE, through('change'));
    const changed = world.vm.run(world.state, {
      call: { module: { address: DRAFT_ADDRESS, name: 'm' }, function: 'run', typeArgs: [], args: [alice] },
      access: 'any',
      senders: [ALICE],
      gasLimit: 100_000n,
      transactionHash: new Uint8Array(32),
    });
    expect(changed.status).toEqual({ kind: 'executed' });
    expect(changed.returns).toEqual([u64(40), u64(42), u64(42), Uint8Array.of(1)]);
    expect(changed.changes.map((change) => change.new)).toEqual([u64(42)]);
    // What was taken behind the back of the first unit's cache is missing there too.
    world.state.set(STORE, through('take'));
    const taken = world.run('run', [alice], { senders: [ALICE] });
    expect(taken.status).toMatchObject({
      ...failure('MISSING_DATA'),
      location: { module: { name: 'lib' }, function: 'get' },
    });
  });

  it('are no values to store when their function may change', () => {
    const draft = new ModuleDraft('m', CLOSURE_VERSION);
    const hidden = draft.function('hidden', { parameters: [U64], returns: [U64], code: [moveLoc(0), ret] });
    const kept = draft.function('kept', {
      attributes: [{ kind: 'persistent' }],
      parameters: [U64],
      returns: [U64],
      code: [moveLoc(0), ret],
    });
    const plain = fn([U64], [U64]);
    draft.function('hiddenOne', { returns: [plain], code: [packClosure(hidden, 0), ret] });
    draft.function('keptOne', { returns: [plain], code: [packClosure(kept, 0), ret] });
    const world = new ClosureWorld(assembled(draft));
    expect(world.run('hiddenOne').status).toMatchObject(failure('VALUE_SERIALIZATION_ERROR'));
    expect(world.run('keptOne').returns).toEqual([
      stored({ parts: 5, name: 'kept', mask: 0n, captured: new Uint8Array() }),
    ]);
  });
});
