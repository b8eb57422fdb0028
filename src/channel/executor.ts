// What the channel needs of a virtual machine: one synchronous, pure function. The node hands in the Move VM, tests a toy.

import type { Bytes } from '../base/bytes.ts';
import type { Address } from '../base/ids.ts';
import type { ChangeSet, StateKey } from '../base/state.ts';
import type { TypeTag } from '../base/type-tag.ts';
import type { Call } from './transaction.ts';

export interface ExecutionRequest {
  /** A tick has no call of its own: the executor runs the channel's tick function. */
  readonly call: Call | 'tick';
  /** The member whose signer the call gets; a tick gets the address of the channel's creator. */
  readonly sender: Address;
  /** From the batch's header. */
  readonly timestampMs: bigint;
  /** 32 bytes, the same on every node: the transaction's digest bound to its height. */
  readonly transactionHash: Bytes;
}

export interface ExecutionOutcome {
  readonly status:
    | { readonly kind: 'executed' }
    | { readonly kind: 'aborted'; readonly code: bigint; readonly location: string; readonly reason?: string }
    /** The call could not run to an end: no such function, arguments not of its types, out of gas, … */
    | { readonly kind: 'failed'; readonly code: string; readonly message?: string };
  /** Empty unless executed. */
  readonly changes: ChangeSet;
  readonly events: readonly { readonly type: TypeTag; readonly data: Bytes }[];
  readonly gasUsed: bigint;
}

export interface Executor {
  execute(read: (key: StateKey) => Bytes | undefined, request: ExecutionRequest): ExecutionOutcome;
}
