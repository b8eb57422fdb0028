// Runs the same calls on our VM and on the Rust VM, each with its own copy of the state, and says where they differ: status with code
// and location, write set, return values, events. Gas is not compared: the schedules are different.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { FRAMEWORK_DIR } from '../../../scripts/move/packages.ts';
import { MISSING_NATIVE_ABORT_CODE } from '../../../scripts/move/test-variant.ts';
import { type Bytes, toHex } from '../../base/bytes.ts';
import { parseAddress } from '../../base/ids.ts';
import { type ChangeSet, formatStateKey, type StateKey, type StateView, stateKeyId } from '../../base/state.ts';
import { formatTypeTag } from '../../base/type-tag.ts';
import type { CodeLocation, RunRequest, RunResult, RunStatus } from '../../vm/run.ts';
import { TestState } from '../test-state.ts';
import { toAptosHandles, toAptosStatus } from './dialect.ts';
import { Oracle, type OracleResult } from './oracle.ts';

/** What a comparison needs of our VM. */
export interface VmUnderTest {
  run(view: StateView, request: RunRequest): RunResult;
}

export type Comparison =
  | { readonly kind: 'same'; readonly status: RunStatus }
  /** One of the two ran out of what only it counts in this way (gas, memory), or the Rust VM lacks a native. */
  | { readonly kind: 'inconclusive'; readonly why: string }
  | { readonly kind: 'different'; readonly what: string; readonly ours: string; readonly theirs: string };

/** The framework that the Rust VM runs differs from ours in its natives, so that offsets in it say nothing. */
const FRAMEWORK_ADDRESS = parseAddress('0x1');
/** Where a VM stops for reasons of its own. */
const OWN_LIMITS: readonly string[] = ['OUT_OF_GAS', 'MEMORY_LIMIT_EXCEEDED', 'EXECUTION_LIMIT_REACHED'];

const TOO_COMPLEX = 'program too complex';
/** Where the Rust VM's framework keeps something in another resource, for want of a native, our VM runs that too: what is compared is VMs. */
const SHARED_MODULES: readonly string[] = ['fungible_asset'];

export class Differential {
  readonly #vm: VmUnderTest;
  readonly #oracle: Oracle;
  readonly #state = new TestState();
  readonly #written = new Map<string, StateKey>();

  private constructor(vm: VmUnderTest, oracle: Oracle) {
    this.#vm = vm;
    this.#oracle = oracle;
  }

  /** Starts the Rust VM and puts the framework in place on both sides. `stop` must be called in the end. */
  static async start(vm: VmUnderTest): Promise<Differential> {
    const oracle = new Oracle();
    const differential = new Differential(vm, oracle);
    const theirs = await oracle.publishFramework();
    const dir = path.join(FRAMEWORK_DIR, 'bytecode');
    const files = (await readdir(dir)).filter((file) => file.endsWith('.mv'));
    const ours = files.map(async (file) => {
      const name = path.basename(file, '.mv');
      const shared = SHARED_MODULES.includes(name) ? theirs.get(name) : undefined;
      return shared ?? new Uint8Array(await readFile(path.join(dir, file)));
    });
    differential.#state.publish(await Promise.all(ours));
    return differential;
  }

  async stop(): Promise<void> {
    await this.#oracle.stop();
  }

  async publish(modules: Iterable<Bytes>): Promise<void> {
    const published = [...modules];
    this.#state.publish(published);
    await this.#oracle.publish(published);
  }

  /** Takes back all that runs have written. */
  async forget(): Promise<void> {
    this.#state.apply([...this.#written.values()].map((key) => ({ key })));
    for (const key of this.#written.values()) await this.#oracle.write(key, undefined);
    this.#written.clear();
  }

  /** Runs the call on both sides; what it writes stays, on both, if both executed and agree. */
  async compare(request: RunRequest): Promise<Comparison> {
    const ours = this.#vm.run(this.#state, request);
    const theirs = await this.#oracle.run(request, { commit: false });
    const comparison = compareResults(ours, theirs, request.transactionHash);
    if (comparison.kind !== 'same' || ours.status.kind !== 'executed') return comparison;
    this.#state.apply(ours.changes);
    for (const { key } of ours.changes) this.#written.set(stateKeyId(key), key);
    for (const { key, new: value } of ours.changes) await this.#oracle.write(key, value);
    return comparison;
  }
}

export function compareResults(ours: RunResult, theirs: OracleResult, transactionHash: Bytes): Comparison {
  for (const { status } of [ours, theirs]) {
    if (status.kind === 'failure' && OWN_LIMITS.includes(status.code))
      return { kind: 'inconclusive', why: status.code };
  }
  if (lacksNative(theirs.status)) return { kind: 'inconclusive', why: 'the Rust VM lacks a native' };
  if (theirs.status.kind === 'failure' && theirs.status.message?.includes(TOO_COMPLEX)) {
    return { kind: 'inconclusive', why: 'the Rust VM at hand verifies a tenth of what Aptos verifies of one module' };
  }
  const theirStatus = toAptosStatus(theirs.status);
  const status = difference(
    'status',
    describeStatus(ours.status, theirStatus),
    describeStatus(theirStatus, ours.status),
  );
  if (status) return status;
  const same: Comparison = { kind: 'same', status: ours.status };
  if (theirs.mode === 'view') {
    return difference('returns', ours.returns.map(toHex).join(', '), theirs.returns.map(toHex).join(', ')) ?? same;
  }
  return (
    difference('changes', describeChanges(ours.changes), describeChanges(theirs.changes, transactionHash)) ??
    difference('events', describeTypes(ours.events.filter(isModuleEvent)), describeTypes(theirs.events)) ??
    same
  );
}

/** A stand-in aborts with a code of its own; what has none ends where it is called. */
function lacksNative(status: RunStatus): boolean {
  if (status.kind === 'abort') return status.code === MISSING_NATIVE_ABORT_CODE;
  return status.kind === 'failure' && status.code === 'MISSING_DEPENDENCY';
}

function difference(what: string, ours: string, theirs: string): Comparison | undefined {
  return ours === theirs ? undefined : { kind: 'different', what, ours, theirs };
}

/** In text, as exactly as `other` is known: the Rust VM does not say which function aborted, nor always where something failed. */
function describeStatus(status: RunStatus, other: RunStatus): string {
  switch (status.kind) {
    case 'executed':
      return 'executed';
    case 'abort':
      return `abort ${status.code} in ${describeModule(status.location)}`;
    case 'failure': {
      const isLocated = status.location !== undefined && other.kind === 'failure' && other.location !== undefined;
      return `${status.code}${isLocated && status.location ? ` at ${describeLocation(status.location)}` : ''}`;
    }
  }
}

function describeLocation(location: CodeLocation): string {
  const isFramework = location.module !== 'script' && location.module.address === FRAMEWORK_ADDRESS;
  return isFramework
    ? describeModule(location)
    : `${describeModule(location)}::${location.function} offset ${location.offset}`;
}

function describeModule({ module }: CodeLocation): string {
  return module === 'script' ? 'script' : `${module.address}::${module.name}`;
}

/** With `transactionHash`, tables that the run made have the handles that Aptos's VM would give. */
function describeChanges(changes: ChangeSet, transactionHash?: Bytes): string {
  const lines = changes
    .map((change) => `${formatStateKey(change.key)}: ${describeValue(change.old)} → ${describeValue(change.new)}`)
    .map((line) => (transactionHash ? toAptosHandles(line, transactionHash) : line));
  return lines.sort().join('\n');
}

function describeValue(value: Bytes | undefined): string {
  return value === undefined ? 'absent' : toHex(value);
}

/** The Rust VM at hand has no events of handles. */
function isModuleEvent(event: RunResult['events'][number]): boolean {
  return event.handle === undefined;
}

function describeTypes(events: RunResult['events'] | OracleResult['events']): string {
  return events.map(({ type }) => formatTypeTag(type)).join(', ');
}
