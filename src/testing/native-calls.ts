// Calls natives one by one, through modules declared for it (`native-modules.ts`), with arguments and results as BCS.

import { type BcsWriter, encodeBcs } from '../base/bcs.ts';
import { type Bytes, toHex } from '../base/bytes.ts';
import { sha3_256 } from '../base/hash.ts';
import { parseAddress } from '../base/ids.ts';
import { parseTypeTag } from '../base/type-tag.ts';
import { MoveVm, type MoveVmOptions, type RunRequest, type RunResult } from '../vm/index.ts';
import { nativeModules } from './native-modules.ts';
import { TestState } from './test-state.ts';

/** Declarations that many natives' signatures need. */
export const COMMON_DECLARATIONS = {
  option: ['struct Option<T> has copy, drop, store { vec: vector<T> }'],
  string: ['struct String has copy, drop, store { bytes: vector<u8> }'],
};

export type CallOptions = Partial<Pick<RunRequest, 'senders' | 'transaction' | 'gasLimit' | 'access'>> & {
  readonly typeArgs?: readonly string[];
};

export class NativeCalls {
  readonly state: TestState;
  readonly vm: MoveVm;

  constructor(declarations: Readonly<Record<string, readonly string[]>>, options: MoveVmOptions = {}) {
    this.state = new TestState(nativeModules({ ...COMMON_DECLARATIONS, ...declarations }));
    this.vm = new MoveVm(options);
  }

  /** `module::native` */
  run(name: string, args: readonly Bytes[] = [], options: CallOptions = {}): RunResult {
    const [module = '', native = ''] = name.split('::');
    const { typeArgs = [], ...rest } = options;
    return this.vm.run(this.state, {
      call: {
        module: { address: parseAddress('0x1'), name: module },
        function: `call_${native}`,
        typeArgs: typeArgs.map((text) => parseTypeTag(text)),
        args,
      },
      senders: [],
      gasLimit: 1_000_000n,
      transactionHash: TRANSACTION_HASH,
      access: 'any',
      ...rest,
    });
  }

  /** Runs, and keeps what changed. */
  apply(name: string, args: readonly Bytes[] = [], options: CallOptions = {}): RunResult {
    const result = this.run(name, args, options);
    this.state.apply(result.changes);
    return result;
  }

  /** The results in hex; or how the run ended. */
  call(name: string, args: readonly Bytes[] = [], options: CallOptions = {}): readonly string[] | string {
    const { status, returns } = this.run(name, args, options);
    if (status.kind === 'executed') return returns.map(toHex);
    return status.kind === 'abort' ? `abort ${status.code}` : status.code;
  }
}

export const TRANSACTION_HASH = sha3_256(new TextEncoder().encode('transaction'));

export function bcs(write: (writer: BcsWriter) => unknown): Bytes {
  return encodeBcs((writer) => void write(writer));
}

/** A `vector<u8>`. */
export function vector(data: Uint8Array): Bytes {
  return bcs((writer) => writer.bytes(data));
}

export function text(value: string): Bytes {
  return bcs((writer) => writer.string(value));
}

export function u64(value: number | bigint): Bytes {
  return bcs((writer) => writer.u64(BigInt(value)));
}

export function u128(value: number | bigint): Bytes {
  return bcs((writer) => writer.u128(BigInt(value)));
}

export function flag(value: boolean): Bytes {
  return Uint8Array.of(value ? 1 : 0);
}
