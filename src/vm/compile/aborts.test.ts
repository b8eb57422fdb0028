// `AbortMsg`: the message that comes with the status, and what makes the run fail instead.

import { describe, expect, it } from 'vitest';
import { BcsWriter } from '../../base/bcs.ts';
import { type Bytes, utf8Encode } from '../../base/bytes.ts';
import { assembleModule } from '../../testing/assemble.ts';
import { DRAFT_ADDRESS, ModuleDraft } from '../../testing/module-draft.ts';
import { TestState } from '../../testing/test-state.ts';
import { MoveVm, type RunResult } from '../index.ts';
import { ABORT_MESSAGE_BYTES_MAX } from '../runtime/abort-message.ts';

const module = new ModuleDraft('aborts', 10);
module.function('stop', {
  isEntry: true,
  parameters: [{ kind: 'u64' }, { kind: 'vector', inner: { kind: 'u8' } }],
  code: [{ op: 'nop' }, { op: 'moveLoc', local: 0 }, { op: 'moveLoc', local: 1 }, { op: 'abortMsg' }],
});
const state = new TestState([assembleModule(module.build())]);
const vm = new MoveVm();
const LOCATION = { module: { address: DRAFT_ADDRESS, name: 'aborts' }, function: 'stop', offset: 3 };

function stop(code: bigint, message: Uint8Array, gasLimit = 1_000n): RunResult {
  const args: Bytes[] = [new BcsWriter().u64(code).finish(), new BcsWriter().bytes(message).finish()];
  return vm.run(state, {
    call: { module: LOCATION.module, function: 'stop', typeArgs: [], args },
    senders: [],
    gasLimit,
    transactionHash: new Uint8Array(32),
    access: 'entry',
  });
}

describe('aborts with a message', () => {
  it('tell code, place and message', () => {
    for (const message of [
      '',
      'the channel is closed',
      'gr\u00fc\u00dfe, \u{1f980}',
      '\ufeffmark',
      'x'.repeat(ABORT_MESSAGE_BYTES_MAX),
    ]) {
      const { status } = stop((1n << 64n) - 1n, utf8Encode(message));
      expect(status).toEqual({ kind: 'abort', code: (1n << 64n) - 1n, location: LOCATION, message });
    }
  });

  it('fail when the message is too long, whatever its bytes', () => {
    for (const byte of [0x78, 0xff]) {
      const { status } = stop(7n, new Uint8Array(ABORT_MESSAGE_BYTES_MAX + 1).fill(byte));
      expect(status).toMatchObject({ kind: 'failure', code: 'ABORT_MESSAGE_LIMIT_EXCEEDED', location: LOCATION });
    }
  });

  it('fail when the message is not UTF-8', () => {
    for (const bytes of [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
      const { status } = stop(7n, Uint8Array.from(bytes));
      expect(status).toMatchObject({ kind: 'failure', code: 'INVALID_ABORT_MESSAGE', location: LOCATION });
    }
  });

  it('cost gas by the length of the message', () => {
    const units = (length: number) => stop(1n, new Uint8Array(length).fill(0x61)).gasUsed;
    const perUnit = Number(1_000_000 / vm.gasSchedule.instructions.abortMessagePerByte);
    expect(units(1024 * 1024) - units(0)).toBe(BigInt(Math.floor((1024 * 1024) / perUnit)));
    expect(stop(1n, new Uint8Array(1024 * 1024), 20n).status).toMatchObject({ kind: 'failure', code: 'OUT_OF_GAS' });
  });
});
