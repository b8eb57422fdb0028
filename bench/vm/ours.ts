// The programs on this VM: a call as a channel makes it, arguments and change set included.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Bytes } from '../../src/base/bytes.ts';
import { moduleBytes, TestState } from '../../src/testing/test-state.ts';
import { MoveVm, type RunRequest, type RunResult } from '../../src/vm/index.ts';
import { ACCOUNT, BENCH_ADDRESS, encodeArguments, HERD, type Program, TABLE_ITEMS } from './programs.ts';

const FRAMEWORK = path.resolve(import.meta.dirname, '../../move/framework/bytecode');
const MODULES = ['computation', 'values', 'storage'];
const GAS_LIMIT = 1_000_000_000_000n;

export function benchModules(): Bytes[] {
  return MODULES.map((name) => new Uint8Array(readFileSync(`${import.meta.dirname}/bytecode/${name}.mv`)));
}

export const SET_UP: RunRequest = {
  call: {
    module: { address: BENCH_ADDRESS, name: 'storage' },
    function: 'set_up',
    typeArgs: [],
    args: encodeArguments({ args: [BigInt(TABLE_ITEMS), BigInt(HERD)] }),
  },
  senders: [ACCOUNT],
  gasLimit: GAS_LIMIT,
  transactionHash: new Uint8Array(32).fill(7),
  access: 'any',
};

export function requestOf(program: Program): RunRequest {
  return {
    call: {
      module: { address: BENCH_ADDRESS, name: program.module },
      function: program.function,
      typeArgs: [],
      args: encodeArguments(program),
    },
    senders: program.account === 'signer' ? [ACCOUNT] : [],
    gasLimit: GAS_LIMIT,
    transactionHash: new Uint8Array(32).fill(9),
    access: 'any',
  };
}

export class Ours {
  readonly #vm = new MoveVm();
  readonly #state = new TestState([...moduleBytes(FRAMEWORK), ...benchModules()]);

  constructor() {
    const result = this.#vm.run(this.#state, SET_UP);
    if (result.status.kind !== 'executed') throw new Error(`set_up: ${JSON.stringify(result.status)}`);
    this.#state.apply(result.changes);
  }

  /** Nothing that it writes is kept, so every call does the same. */
  run(request: RunRequest): RunResult {
    const result = this.#vm.run(this.#state, request);
    if (result.status.kind !== 'executed')
      throw new Error(`${request.call.function}: ${JSON.stringify(result.status)}`);
    return result;
  }
}
