// What one run gathers outside compiled code: storage it touched, events, and the counters that names are made from.

import type { Tracer } from '../debug/tracer.ts';
import type { MoveEvent, PublishAsked, RunRequest, ScriptRequest } from '../run.ts';
import type { AccessControl } from './access-control.ts';
import type { RunStorage } from './run-storage.ts';

export interface RunState {
  readonly request: RunRequest | ScriptRequest;
  readonly storage: RunStorage;
  readonly access: AccessControl;
  readonly events: MoveEvent[];
  /** Tables and unique addresses made so far. */
  tablesMade: number;
  addressesMade: number;
  /** The one thing that the run may ask to publish. */
  publish?: PublishAsked;
  /** Follows the run of a traced unit. */
  readonly tracer?: Tracer;
}
