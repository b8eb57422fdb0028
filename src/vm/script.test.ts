// Scripts beyond what the Rust VM is asked for (`testing/oracle/scripts.test.ts`): newer bytecode, gas, and that none is kept for ever.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BcsWriter } from '../base/bcs.ts';
import { type Bytes, utf8Encode } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { parseAddress } from '../base/ids.ts';
import { parseTypeTag, type TypeTag } from '../base/type-tag.ts';
import { assembleModule, assembleScript } from '../testing/assemble.ts';
import { ModuleDraft } from '../testing/module-draft.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { moduleBytes, TestState } from '../testing/test-state.ts';
import type { Instruction, SignatureToken } from './bytecode/module.ts';
import { MoveVm, type RunResult } from './index.ts';

const RET: Instruction = { op: 'ret' };
const BYTES: SignatureToken = { kind: 'vector', inner: { kind: 'u8' } };
const FRAMEWORK = parseAddress('0x1');
const state = new TestState(moduleBytes(path.resolve(import.meta.dirname, '../../move/framework/bytecode')));
const vm = new MoveVm();

function run(
  code: Bytes,
  args: readonly Bytes[] = [],
  typeArgs: readonly TypeTag[] = [],
  machine = vm,
  world = state,
): RunResult {
  const senders = [parseAddress('0xa11ce')];
  return machine.runScript(world, {
    script: { code, typeArgs, args },
    senders,
    gasLimit: 1_000n,
    transactionHash: new Uint8Array(32),
  });
}

/** Ends with a code of its own, so that no two have the same bytes. */
function aborting(code: bigint): Bytes {
  const draft = new ModuleDraft('script', 7);
  return assembleScript(draft.buildScript({ code: [{ op: 'ldU64', value: code }, { op: 'abort' }] }));
}

describe('scripts', () => {
  it('count with signed integers and abort with a message', () => {
    const draft = new ModuleDraft('script', 10);
    const message = draft.constant(BYTES, new BcsWriter().bytes(utf8Encode('below zero')).finish());
    const code = assembleScript(
      draft.buildScript({
        parameters: [{ kind: 'i64' }],
        code: [
          { op: 'moveLoc', local: 0 },
          { op: 'ldI64', value: 0n },
          { op: 'lt' },
          { op: 'brTrue', target: 5 },
          RET,
          { op: 'ldU64', value: 3n },
          { op: 'ldConst', index: message },
          { op: 'abortMsg' },
        ],
      }),
    );
    expect(run(code, [new Uint8Array(8)]).status).toEqual({ kind: 'executed' });
    expect(run(code, [new Uint8Array(8).fill(0xff)]).status).toEqual({
      kind: 'abort',
      code: 3n,
      location: { module: 'script', function: 'main', offset: 7 },
      message: 'below zero',
    });
  });

  it('know their own hash', () => {
    const library = new ModuleDraft('transaction_context', 7, FRAMEWORK);
    library.function('get_script_hash', { visibility: 'public', returns: [BYTES] });
    const world = new TestState([assembleModule(library.build())]);
    const draft = new ModuleDraft('script', 7);
    const context = draft.module('transaction_context', FRAMEWORK);
    draft.functionHandle(context, 'get_script_hash', { returns: [BYTES] });
    const code = assembleScript(
      draft.buildScript({
        parameters: [BYTES],
        code: [
          { op: 'call', index: 0 },
          { op: 'moveLoc', local: 0 },
          { op: 'eq' },
          { op: 'brTrue', target: 6 },
          { op: 'ldU64', value: 1n },
          { op: 'abort' },
          RET,
        ],
      }),
    );
    expect(run(code, [new BcsWriter().bytes(sha3_256(code)).finish()], [], vm, world).status).toEqual({
      kind: 'executed',
    });
    expect(run(code, [new BcsWriter().bytes(new Uint8Array(32)).finish()], [], vm, world).status).toMatchObject({
      kind: 'abort',
    });
  });

  it('emit no events themselves', () => {
    const draft = new ModuleDraft('script', 7);
    const event = draft.module('event', FRAMEWORK);
    const emit = draft.functionHandle(event, 'emit', {
      typeParameters: [6],
      parameters: [{ kind: 'typeParameter', index: 0 }],
    });
    const instance = draft.instantiate('functionInstantiations', emit, [{ kind: 'u64' }]);
    const code = assembleScript(
      draft.buildScript({ code: [{ op: 'ldU64', value: 1n }, { op: 'callGeneric', index: instance }, RET] }),
    );
    expect(run(code).status).toMatchObject({ kind: 'failure', code: 'INVALID_OPERATION_IN_SCRIPT' });
  });

  it('cost the same whatever ran before, and are not kept for ever', () => {
    const first = run(aborting(0n));
    for (let code = 1n; code < 1_200n; code++)
      expect(run(aborting(code)).status).toMatchObject({ kind: 'abort', code });
    expect(run(aborting(0n))).toEqual(first);
    expect(run(aborting(0n), [], [], new MoveVm())).toEqual(first);
  });

  it('are refused or run, whatever their bytes', () => {
    const random = new SeededRandom(7);
    const draft = new ModuleDraft('script', 10);
    const message = draft.constant(BYTES, new BcsWriter().bytes(utf8Encode('stop')).finish());
    const good = assembleScript(
      draft.buildScript({
        parameters: [{ kind: 'u64' }, { kind: 'i128' }],
        locals: [BYTES],
        code: [
          { op: 'ldConst', index: message },
          { op: 'stLoc', local: 2 },
          { op: 'moveLoc', local: 1 },
          { op: 'negate' },
          { op: 'castU128' },
          { op: 'castU64' },
          { op: 'moveLoc', local: 0 },
          { op: 'lt' },
          { op: 'brTrue', target: 2 + 8 },
          RET,
          { op: 'ldU64', value: 1n },
          { op: 'moveLoc', local: 2 },
          { op: 'abortMsg' },
        ],
      }),
    );
    const statuses = new Map<string, number>();
    for (let i = 0; i < 3_000; i++) {
      const code = good.slice(0, random.chance(0.2) ? random.integer(0, good.length) : good.length);
      for (let j = random.integer(1, 3); j > 0; j--) code[random.integer(0, code.length)] = random.integer(0, 255);
      const { status } = run(code, [new Uint8Array(8).fill(1), new Uint8Array(16).fill(0xff)]);
      const name = status.kind === 'failure' ? status.code : status.kind;
      statuses.set(name, (statuses.get(name) ?? 0) + 1);
    }
    expect(statuses.get('UNSUPPORTED')).toBeUndefined();
    expect(statuses.size).toBeGreaterThan(8);
    expect((statuses.get('abort') ?? 0) + (statuses.get('executed') ?? 0)).toBeGreaterThan(50);
  });

  it('are told apart by their type arguments', () => {
    const draft = new ModuleDraft('script', 7);
    const parameter: SignatureToken = { kind: 'typeParameter', index: 0 };
    const code = assembleScript(draft.buildScript({ typeParameters: [2], parameters: [parameter], code: [RET] }));
    expect(run(code, [Uint8Array.of(7)], [parseTypeTag('u8')]).status).toEqual({ kind: 'executed' });
    expect(run(code, [Uint8Array.of(7)], [parseTypeTag('bool')]).status).toMatchObject({
      code: 'FAILED_TO_DESERIALIZE_ARGUMENT',
    });
  });
});
