// Function values beside the rest of the VM: natives, tables, scripts, traces, preparation.

import { describe, expect, it } from 'vitest';
import { addressToBytes, parseAddress } from '../../base/ids.ts';
import { assembleScript } from '../../testing/assemble.ts';
import {
  ALICE,
  assembled,
  BYTES,
  bcs,
  CLOSURE_VERSION,
  ClosureWorld,
  COPY_DROP_STORE,
  call,
  callClosure,
  callGeneric,
  copyLoc,
  fn,
  immBorrowLoc,
  ldU64,
  moveLoc,
  mutable,
  packClosure,
  parameter,
  reference,
  ret,
  stLoc,
  U64,
  u64,
} from '../../testing/closure-programs.ts';
import { DRAFT_ADDRESS, ModuleDraft } from '../../testing/module-draft.ts';
import { moduleBytes } from '../../testing/test-state.ts';
import type { SignatureToken } from '../bytecode/module.ts';

const FRAMEWORK = moduleBytes('move/framework/bytecode');
const ONE = parseAddress('0x1');
const UNARY = fn([U64], [U64], COPY_DROP_STORE);
const PERSISTENT = { visibility: 'public', attributes: [{ kind: 'persistent' }] } as const;
const BCS_SERIALIZATION_FAILURE = 0x1c5n;

/** A module with `add`, which may be stored, and `hidden`, which may not. */
function adding(): {
  readonly draft: ModuleDraft;
  readonly add: number;
  readonly hidden: number;
  readonly type: number;
} {
  const draft = new ModuleDraft('m', CLOSURE_VERSION);
  const binary = {
    parameters: [U64, U64],
    returns: [U64],
    code: [moveLoc(0), moveLoc(1), { op: 'add' } as const, ret],
  };
  const add = draft.function('add', { ...PERSISTENT, ...binary });
  const hidden = draft.function('hidden', binary);
  return { draft, add, hidden, type: draft.signature([UNARY]) };
}

describe('function values and the framework', () => {
  it('are encoded and decoded by natives; what cannot be stored aborts there', () => {
    const { draft, add, hidden, type } = adding();
    const bytes = draft.functionHandle(draft.module('bcs', ONE), 'to_bytes', {
      typeParameters: [0],
      parameters: [reference(parameter(0))],
      returns: [BYTES],
    });
    const plain = fn([U64], [U64]);
    for (const [name, handle] of [
      ['kept', add],
      ['transient', hidden],
    ] as const) {
      draft.function(name, {
        parameters: [U64],
        returns: [BYTES],
        locals: [plain],
        code: [
          moveLoc(0),
          packClosure(handle, 1),
          stLoc(1),
          immBorrowLoc(1),
          callGeneric(draft.instantiate('functionInstantiations', bytes, [plain])),
          ret,
        ],
      });
    }
    draft.function('apply', {
      parameters: [UNARY, U64],
      returns: [U64],
      code: [moveLoc(1), moveLoc(0), callClosure(type), ret],
    });
    const world = new ClosureWorld([...FRAMEWORK, ...assembled(draft)]);
    const encoded = bcs((writer) => {
      writer
        .uleb128(7)
        .u16(1)
        .fixed(addressToBytes(DRAFT_ADDRESS))
        .string('m')
        .string('add')
        .u8(0)
        .u64(1n)
        .u8(2)
        .u64(40n);
    });
    expect(world.run('kept', [u64(40)]).returns).toEqual([bcs((writer) => writer.bytes(encoded))]);
    expect(world.run('transient', [u64(40)]).status).toMatchObject({
      kind: 'abort',
      code: BCS_SERIALIZATION_FAILURE,
      location: { module: { name: 'bcs' }, function: 'to_bytes' },
    });
    expect(world.run('apply', [encoded, u64(2)]).returns).toEqual([u64(42)]);
  });

  it('are items and keys of tables', () => {
    const { draft, add, type } = adding();
    const table = draft.module('table', ONE);
    const handle = draft.structHandle(table, 'Table', {
      abilities: 4,
      typeParameters: [
        { constraints: 3, isPhantom: true },
        { constraints: 0, isPhantom: true },
      ],
    });
    const of = (key: SignatureToken, value: SignatureToken): SignatureToken => ({
      kind: 'struct',
      handle,
      typeArgs: [key, value],
    });
    const generic = of(parameter(0), parameter(1));
    const native = (name: string, parameters: readonly SignatureToken[], returns: readonly SignatureToken[]): number =>
      draft.instantiate(
        'functionInstantiations',
        draft.functionHandle(table, name, { typeParameters: [3, name === 'new' ? 4 : 0], parameters, returns }),
        [UNARY, UNARY],
      );
    draft.struct('Held', { abilities: 8, fields: [['t', of(UNARY, UNARY)]] });
    const signer = reference({ kind: 'signer' });
    draft.function('fill', {
      parameters: [signer, U64],
      returns: [U64],
      locals: [of(UNARY, UNARY), UNARY],
      code: [
        callGeneric(native('new', [], [generic])),
        stLoc(2),
        copyLoc(1),
        packClosure(add, 1),
        stLoc(3),
        { op: 'mutBorrowLoc', local: 2 },
        copyLoc(3),
        copyLoc(3),
        callGeneric(native('add', [mutable(generic), parameter(0), parameter(1)], [])),
        ldU64(2),
        immBorrowLoc(2),
        moveLoc(1),
        packClosure(add, 1),
        callGeneric(native('borrow', [reference(generic), parameter(0)], [reference(parameter(1))])),
        { op: 'readRef' },
        callClosure(type),
        moveLoc(0),
        moveLoc(2),
        { op: 'pack', index: 0 },
        { op: 'moveTo', index: 0 },
        ret,
      ],
    });
    const world = new ClosureWorld([...FRAMEWORK, ...assembled(draft)]);
    const result = world.run('fill', [u64(40)], { senders: [ALICE] });
    expect(result).toMatchObject({ status: { kind: 'executed' }, returns: [u64(42)] });
    expect(result.changes.filter(({ key }) => key.kind === 'item').map(({ key, new: value }) => [key, value])).toEqual([
      [expect.objectContaining({ key: expect.any(Uint8Array) }), expect.any(Uint8Array)],
    ]);
    const [item] = result.changes.filter(({ key }) => key.kind === 'item');
    expect(item?.key.kind === 'item' && item.key.key).toEqual(item?.new);
  });

  it('are made and called by scripts', () => {
    const { draft } = adding();
    const script = new ModuleDraft('script', CLOSURE_VERSION);
    const add = script.functionHandle(script.module('m'), 'add', {
      parameters: [U64, U64],
      returns: [U64],
      attributes: [{ kind: 'persistent' }],
    });
    const code = assembleScript(
      script.buildScript({
        parameters: [U64],
        code: [
          ldU64(40),
          moveLoc(0),
          packClosure(add, 1),
          callClosure(script.signature([fn([U64], [U64])])),
          { op: 'abort' },
        ],
      }),
    );
    const world = new ClosureWorld(assembled(draft));
    const result = world.vm.runScript(world.state, {
      script: { code, typeArgs: [], args: [u64(2)] },
      senders: [ALICE],
      gasLimit: 10_000n,
      transactionHash: new Uint8Array(32),
    });
    expect(result.status).toMatchObject({ kind: 'abort', code: 42n });
  });

  it('are traced into, and prepared for, without a difference', () => {
    const { draft, add, type } = adding();
    draft.struct('Store', { abilities: 8, fields: [['f', UNARY]] });
    const field = draft.fieldHandles.push({ owner: 0, field: 0 }) - 1;
    draft.function('save', {
      parameters: [reference({ kind: 'signer' }), U64],
      code: [moveLoc(0), moveLoc(1), packClosure(add, 1), { op: 'pack', index: 0 }, { op: 'moveTo', index: 0 }, ret],
    });
    const through = draft.function('through', {
      parameters: [{ kind: 'address' }, U64],
      returns: [U64],
      acquires: [0],
      code: [
        moveLoc(1),
        moveLoc(0),
        { op: 'immBorrowGlobal', index: 0 },
        { op: 'immBorrowField', index: field },
        { op: 'readRef' },
        callClosure(type),
        ret,
      ],
    });
    draft.function('outer', {
      parameters: [{ kind: 'address' }, U64],
      returns: [U64],
      acquires: [0],
      code: [moveLoc(0), moveLoc(1), call(through), ret],
    });
    const world = new ClosureWorld(assembled(draft));
    world.run('save', [u64(40)], { senders: [ALICE] });
    const request = {
      call: {
        module: { address: DRAFT_ADDRESS, name: 'm' },
        function: 'outer',
        typeArgs: [],
        args: [addressToBytes(ALICE), u64(2)],
      },
      access: 'any',
      senders: [],
      gasLimit: 1_000_000n,
      transactionHash: new Uint8Array(32),
    } as const;
    const traced = world.vm.trace(world.state, request);
    const prepared = [...world.vm.prepare(world.state, request)].filter(({ kind }) => kind === 'compiled');
    expect(prepared).toEqual([{ kind: 'compiled' }]);
    const plain = world.vm.run(world.state, request);
    expect(plain).toMatchObject({ status: { kind: 'executed' }, returns: [u64(42)] });
    expect(traced.result).toEqual(plain);
    expect(traced.steps).toBe(4 + 7 + 4);
    expect(world.vm.reach(world.state, request.call.module, 'save')).toMatchObject({
      instructions: 6 + 4,
      dispatches: false,
    });
    expect(world.vm.reach(world.state, request.call.module, 'outer')).toMatchObject({ dispatches: true });
  });
});
