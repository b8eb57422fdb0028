// What the VM throws and how a run is stopped. Statuses carry the Rust VM's names, so that they can be compared with it.

import { StraitError } from '../base/errors.ts';
import type { ModuleId } from './bytecode/module.ts';

/** Base of the errors of the VM's back half. */
export abstract class VmError extends StraitError {}

/** The code asks for something that this VM does not have (yet): it is refused before it runs, never run wrongly. */
export class UnsupportedError extends VmError {
  override readonly name = 'UnsupportedError';
  readonly feature: string;

  constructor(feature: string) {
    super(`not supported by this VM: ${feature}`);
    this.feature = feature;
  }
}

/** Code or a request that cannot be linked, loaded or started; `code` is the status that the run ends with. */
export class LoadError extends VmError {
  override readonly name = 'LoadError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The engine under us failed (out of real memory, out of real stack): nothing that a result may be built on. */
export class EngineError extends VmError {
  override readonly name = 'EngineError';
}

export interface TrapPlace {
  readonly instance: { readonly module: ModuleId; readonly name: string };
  readonly offset: number;
}

interface TrapOptions {
  readonly abortCode?: bigint;
  readonly abortMessage?: string;
  readonly site?: number;
  readonly place?: TrapPlace;
  readonly message?: string;
}

/** Leaves compiled code. Never seen outside `src/vm`: the run turns it into its status. */
export class Trap extends VmError {
  override readonly name = 'Trap';
  /** Status name; `ABORTED` carries `abortCode`. */
  readonly code: string;
  readonly abortCode: bigint | undefined;
  /** What the code said when it aborted. */
  readonly abortMessage: string | undefined;
  /** Index into the unit's table of places; absent: the place of the native call that threw it. */
  readonly site: number | undefined;
  /** The place itself, where it has no number. */
  readonly place: TrapPlace | undefined;

  constructor(code: string, options: TrapOptions = {}) {
    super(options.message ?? code);
    this.code = code;
    this.abortCode = options.abortCode;
    this.abortMessage = options.abortMessage;
    this.site = options.site;
    this.place = options.place;
  }
}
