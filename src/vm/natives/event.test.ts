// Who may emit an event, on bytecode that the compiler would not make.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../base/bytes.ts';
import { parseAddress } from '../../base/ids.ts';
import { assembleModule } from '../../testing/assemble.ts';
import { flag, TRANSACTION_HASH, u64 } from '../../testing/native-calls.ts';
import { moduleBytes, TestState } from '../../testing/test-state.ts';
import { moduleIdAt } from '../bytecode/access.ts';
import { decodeModule } from '../bytecode/decode.ts';
import type { CompiledModule } from '../bytecode/module.ts';
import { MoveVm, type RunResult } from '../index.ts';

const CONTRACTS = parseAddress('0xcafe');
const FIXTURES = path.resolve(import.meta.dirname, 'fixtures');
const FRAMEWORK = path.resolve(import.meta.dirname, '../../../move/framework/bytecode');
/** Stands for `0x1::event` in the fixture. */
const STAND_IN = 'emitter';

const vm = new MoveVm();
const state = new TestState([...moduleBytes(FRAMEWORK), ...fixtures()]);

describe('an event', () => {
  it('is emitted by its own module, whoever calls that', () => {
    expect(run('notes', 'emit_own').events).toMatchObject([{ data: u64(1) }]);
    expect(run('note_senders', 'have_them_emit_theirs').events).toMatchObject([{ data: u64(3) }]);
  });

  it('is not emitted by another module', () => {
    for (const [module, name, at] of [
      ['note_senders', 'emit_theirs', { module: 'note_senders', function: 'emit_theirs' }],
      ['note_senders', 'have_them_emit_own', { module: 'notes', function: 'emit_for' }],
    ] as const) {
      const { status, events } = run(module, name);
      expect(status, name).toMatchObject({
        kind: 'failure',
        code: 'INTERNAL_TYPE_ERROR',
        location: { module: { name: at.module }, function: at.function },
      });
      expect(events).toEqual([]);
    }
  });

  it('fails where it is emitted, not before', () => {
    expect(run('note_senders', 'emit_theirs', false).status).toEqual({ kind: 'executed' });
  });

  it('is a struct', () => {
    expect(run('note_senders', 'emit_number').status).toMatchObject({ kind: 'failure', code: 'INTERNAL_TYPE_ERROR' });
  });
});

function run(module: string, name: string, really = true): RunResult {
  return vm.run(state, {
    call: {
      module: { address: CONTRACTS, name: module },
      function: name,
      typeArgs: [],
      args: name === 'emit_theirs' ? [flag(really)] : [],
    },
    senders: [],
    gasLimit: 1_000_000n,
    transactionHash: TRANSACTION_HASH,
    access: 'any',
  });
}

function fixtures(): Bytes[] {
  const modules = moduleBytes(FIXTURES).map(decodeModule);
  return modules.filter((module) => moduleIdAt(module, module.self).name !== STAND_IN).map(withEvent);
}

/** The same module, with `0x1::event` where it names the stand-in. */
function withEvent(module: CompiledModule): Bytes {
  const { addresses, identifiers } = module;
  return assembleModule({
    ...module,
    addresses: [...addresses, parseAddress('0x1')],
    identifiers: identifiers.map((name) => (name === STAND_IN ? 'event' : name)),
    moduleHandles: module.moduleHandles.map((handle, index) =>
      moduleIdAt(module, index).name === STAND_IN ? { ...handle, address: addresses.length } : handle,
    ),
  });
}
