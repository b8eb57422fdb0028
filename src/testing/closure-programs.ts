// Programs with function values, written by hand: the compiler at hand does not know them. Short names for types and instructions, and a state with
// modules that calls can be run on.

import { type BcsWriter, encodeBcs } from '../base/bcs.ts';
import type { Bytes } from '../base/bytes.ts';
import { type Address, parseAddress } from '../base/ids.ts';
import type { TypeTag } from '../base/type-tag.ts';
import type { AbilitySet, Instruction, LeafKind, SignatureToken } from '../vm/bytecode/module.ts';
import { MoveVm, type RunRequest, type RunResult } from '../vm/index.ts';
import { assembleModule } from './assemble.ts';
import { DRAFT_ADDRESS, type ModuleDraft } from './module-draft.ts';
import { TestState } from './test-state.ts';

export const CLOSURE_VERSION = 8;
export const ALICE = parseAddress('0xa11ce');
export const COPY_DROP = 3;
export const COPY_DROP_STORE = 7;

export const leaf = (kind: LeafKind): SignatureToken => ({ kind });
export const vector = (inner: SignatureToken): SignatureToken => ({ kind: 'vector', inner });
export const reference = (inner: SignatureToken): SignatureToken => ({ kind: 'reference', inner });
export const mutable = (inner: SignatureToken): SignatureToken => ({ kind: 'mutableReference', inner });
export const parameter = (index: number): SignatureToken => ({ kind: 'typeParameter', index });
export const fn = (
  parameters: readonly SignatureToken[],
  returns: readonly SignatureToken[],
  abilities: AbilitySet = COPY_DROP,
): SignatureToken => ({ kind: 'function', parameters, returns, abilities });

export const U64 = leaf('u64');
export const BOOL = leaf('bool');
export const BYTES = vector(leaf('u8'));

export const copyLoc = (local: number): Instruction => ({ op: 'copyLoc', local });
export const moveLoc = (local: number): Instruction => ({ op: 'moveLoc', local });
export const stLoc = (local: number): Instruction => ({ op: 'stLoc', local });
export const immBorrowLoc = (local: number): Instruction => ({ op: 'immBorrowLoc', local });
export const mutBorrowLoc = (local: number): Instruction => ({ op: 'mutBorrowLoc', local });
export const ldU64 = (value: bigint | number): Instruction => ({ op: 'ldU64', value: BigInt(value) });
export const call = (index: number): Instruction => ({ op: 'call', index });
export const callGeneric = (index: number): Instruction => ({ op: 'callGeneric', index });
export const packClosure = (index: number, mask: bigint | number): Instruction => ({
  op: 'packClosure',
  index,
  mask: BigInt(mask),
});
export const packClosureGeneric = (index: number, mask: bigint | number): Instruction => ({
  op: 'packClosureGeneric',
  index,
  mask: BigInt(mask),
});
export const callClosure = (type: number): Instruction => ({ op: 'callClosure', type });
export const ret: Instruction = { op: 'ret' };
export const pop: Instruction = { op: 'pop' };

export const u64 = (value: bigint | number): Bytes => encodeBcs((writer) => writer.u64(BigInt(value)));
export const bcs = (write: (writer: BcsWriter) => void): Bytes => encodeBcs(write);

export function assembled(...drafts: readonly ModuleDraft[]): Bytes[] {
  return drafts.map((draft) => assembleModule(draft.build()));
}

/** A state with modules, and a VM to call them with; changes of calls that end well stay. */
export class ClosureWorld {
  readonly state: TestState;
  vm: MoveVm;

  constructor(modules: readonly Bytes[], vm = new MoveVm()) {
    this.state = new TestState(modules);
    this.vm = vm;
  }

  run(name: string, args: readonly Bytes[] = [], options: CallOptions = {}): RunResult {
    const result = this.vm.run(this.state, request(name, args, options));
    if (result.status.kind === 'executed') this.state.apply(result.changes);
    return result;
  }
}

export interface CallOptions {
  readonly module?: string;
  readonly address?: Address;
  readonly senders?: readonly Address[];
  readonly typeArgs?: readonly TypeTag[];
  readonly access?: RunRequest['access'];
  readonly gasLimit?: bigint;
}

function request(name: string, args: readonly Bytes[], options: CallOptions): RunRequest {
  return {
    call: {
      module: { address: options.address ?? DRAFT_ADDRESS, name: options.module ?? 'm' },
      function: name,
      typeArgs: options.typeArgs ?? [],
      args,
    },
    access: options.access ?? 'any',
    senders: options.senders ?? [],
    gasLimit: options.gasLimit ?? 1_000_000n,
    transactionHash: new Uint8Array(32),
  };
}
