// What goes into a run of Move code and what comes out: the types that the channel's ledger, the local chain and the sandbox share.

import type { Bytes } from '../base/bytes.ts';
import type { Address } from '../base/ids.ts';
import type { ChangeSet } from '../base/state.ts';
import type { TypeTag } from '../base/type-tag.ts';
import type { ModuleId } from './bytecode/module.ts';

export interface FunctionCall {
  readonly module: ModuleId;
  readonly function: string;
  readonly typeArgs: readonly TypeTag[];
  /** BCS of each argument that is not a signer, in order. */
  readonly args: readonly Bytes[];
}

/** A function as a caller would have it, whatever the arguments: what is compiled is compiled for this. */
export interface EntryRequest {
  readonly call: Omit<FunctionCall, 'args'>;
  /** `entry`: only entry functions (and what they may take as arguments); `view`: only `#[view]`; `any`: any function, private ones too, for initialisers, tests and tools. */
  readonly access: 'entry' | 'view' | 'any';
}

/** What a transaction tells the code that it runs, beyond what the request says of itself. */
export interface TransactionContext {
  /** u8 */
  readonly chainId: number;
  /** Who sent the transaction, where that is not the first of those whom it acts for. */
  readonly sender?: Address;
  /** The sender without it. */
  readonly gasPayer?: Address;
  /** Gas units that the sender allows; the run's limit without it. */
  readonly maxGasAmount?: bigint;
  /** 0 without it: a channel's transactions have no price. */
  readonly gasUnitPrice?: bigint;
  /** The call is made for a multisig account; `carriesCall` when the transaction itself says what to call. */
  readonly multisig?: { readonly account: Address; readonly carriesCall: boolean };
  /** Whoever runs it vouches that nobody can try a random outcome and take it back (`#[randomness]` and what it asks for). */
  readonly isUnbiasable?: boolean;
}

/** A script: code that is run once and stored nowhere. Its parameters are what entry functions may have. */
export interface ScriptCall {
  readonly code: Bytes;
  readonly typeArgs: readonly TypeTag[];
  /** BCS of each argument that is not a signer, in order. */
  readonly args: readonly Bytes[];
}

/** Names that a transaction's runs have made from its hash: each is made once. */
export interface NamesMade {
  readonly tables: number;
  readonly addresses: number;
}

/** What a run has beside what it calls. */
export interface RunContext {
  /** Fill the leading `signer` / `&signer` parameters, in order. */
  readonly senders: readonly Address[];
  /** Gas units that the run may use. */
  readonly gasLimit: bigint;
  /** How much of them may go to each part, in internal units (EXECUTION_LIMIT_REACHED, IO_LIMIT_REACHED beyond); any without it. */
  readonly partLimits?: GasSpent;
  /** 32 bytes; the seed of table handles and unique addresses. */
  readonly transactionHash: Bytes;
  /** By earlier runs of the same transaction; none without it. */
  readonly made?: NamesMade;
  /** For `0x1::transaction_context` and the like; what they ask for ends as on Aptos where it is not said. */
  readonly transaction?: TransactionContext;
  /** What the run writes and emits is not charged for: its caller does so, by slots of its own. A channel leaves it to the VM. */
  readonly isWriteFree?: boolean;
}

export interface RunRequest extends EntryRequest, RunContext {
  readonly call: FunctionCall;
}

export interface ScriptRequest extends RunContext {
  readonly script: ScriptCall;
}

/** Where a run stopped. */
export interface CodeLocation {
  readonly module: ModuleId | 'script';
  /** `main` in a script. */
  readonly function: string;
  /** Instruction index in the function. */
  readonly offset: number;
}

export type RunStatus =
  | { readonly kind: 'executed' }
  /** `abort` in Move. `reason` is the constant's name and doc from the module's error map, where it has one. */
  | {
      readonly kind: 'abort';
      readonly code: bigint;
      readonly location: CodeLocation;
      readonly reason?: { readonly name: string; readonly doc: string };
      /** What the code said (`ABORT_MSG` of bytecode version 10). */
      readonly message?: string;
    }
  /** The VM stopped the run. `code` is the Rust VM's status name, such as ARITHMETIC_ERROR, OUT_OF_GAS or MISSING_DATA. */
  | { readonly kind: 'failure'; readonly code: string; readonly location?: CodeLocation; readonly message?: string };

export interface MoveEvent {
  readonly type: TypeTag;
  readonly data: Bytes;
  /** Of an event that a handle emitted: BCS of the handle's `guid::ID`, and the event's number. */
  readonly handle?: { readonly guid: Bytes; readonly sequence: bigint };
}

/** A module that published code may import; all of the address's where `module` is empty. */
export interface AllowedDependency {
  readonly address: Address;
  readonly module: string;
}

/** What code asked the chain to publish (`0x1::code`): nothing is checked yet, and nothing done. */
export interface PublishAsked {
  readonly owner: Address;
  /** Names of the modules that the package says it has. */
  readonly names: readonly string[];
  readonly bundle: readonly Bytes[];
  /** Without it, any. */
  readonly allowed?: readonly AllowedDependency[];
}

/** What a run spent, in internal units (`GAS_SCALE` in one gas unit). */
export interface GasSpent {
  /** Instructions, natives, code, and reading table items, as Aptos counts. */
  readonly execution: bigint;
  /** Reading resources, and writing. */
  readonly io: bigint;
}

export interface RunResult {
  readonly status: RunStatus;
  /** Empty unless executed. */
  readonly changes: ChangeSet;
  /** Empty unless executed. */
  readonly events: readonly MoveEvent[];
  /** BCS of each return value; a reference is returned as what it points at. Empty unless executed. */
  readonly returns: readonly Bytes[];
  readonly gasUsed: bigint;
  /** The same in parts, exactly. */
  readonly gas: GasSpent;
  /** Of a run that was executed and asked for it. */
  readonly publish?: PublishAsked;
  /** In all, for the next run of the transaction: of a run that was executed and either given such a number or asks to publish. */
  readonly made?: NamesMade;
}
