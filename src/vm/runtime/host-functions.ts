// What compiled code asks of the host: to end the run, for memory, for resources (`resource-cache.ts`), for function values (`closures/`) and
// about access rules.

import { AssertionError } from '../../base/errors.ts';
import { type Address, addressFromBytes } from '../../base/ids.ts';
import { activeLayout, memoryEnd } from '../compile/layout.ts';
import type { CompiledUnit } from '../compile/unit.ts';
import { TRACE_ENTER, TRACE_STEP } from '../debug/trace-hooks.ts';
import type { TracedMachine } from '../debug/tracer.ts';
import { Trap } from '../errors.ts';
import { isNominal, type Type } from '../types/type.ts';
import { abortTrap } from './abort-message.ts';
import type { Machine, UnitWorld } from './machine.ts';
import { emptyEntries, fillEntry } from './resource-cache.ts';
import type { Slot } from './run-storage.ts';

const ADDRESS_SIZE = 32;

/** By name, for one unit. */
export function hostFunctions(
  machine: Machine,
  unit: CompiledUnit,
  siteBase: number,
  { closures }: UnitWorld,
): Record<string, unknown> {
  const traced: TracedMachine = {
    operand: (height, isWide) => machine.operand(unit, height, isWide),
    inspect: (type, address, sizeMax) => machine.inspect(type, address, sizeMax),
  };
  const typeOf = (id: number): Type => {
    const type = unit.codecs.get(id);
    if (type === undefined) throw new AssertionError(`no type ${id}`);
    return type;
  };
  const slotAt = (account: number, id: number): Slot =>
    machine.run.storage.resource(typeOf(id), machine.peek(account, ADDRESS_SIZE));
  const borrow = (account: number, id: number): Slot => {
    const slot = slotAt(account, id);
    if (slot.address === 0) throw new Trap('MISSING_DATA');
    return slot;
  };
  return {
    memory: machine.memory,
    raise: (site: number): never => {
      const status = unit.sites[site]?.status;
      throw new Trap(status ?? 'UNKNOWN_INVARIANT_VIOLATION_ERROR', { site: siteBase + site });
    },
    stackOverflow: (block: number, room: number): never => {
      const heights = unit.heights[block];
      const offset = heights?.offsets[room] ?? 0;
      throw new Trap('EXECUTION_STACK_OVERFLOW', heights ? { place: { instance: heights.instance, offset } } : {});
    },
    abort: (code: bigint, site: number): never => {
      throw new Trap('ABORTED', { site: siteBase + site, abortCode: BigInt.asUintN(64, code) });
    },
    giveAddress: (address: number): void => machine.run.access.give(addressAt(machine, address)),
    enterRule: (number: number): void => {
      const rule = unit.accessRules[number];
      if (rule === undefined) throw new AssertionError(`no access rule ${number}`);
      setRules(machine, machine.run.access.enter(rule));
    },
    leaveRule: (): void => setRules(machine, machine.run.access.leave()),
    checkAccess: (writes: number, id: number, account: number): void => {
      const type = typeOf(id);
      if (!isNominal(type)) throw new AssertionError(`${type.name} is no resource`);
      machine.run.access.check(writes === 1 ? 'writes' : 'reads', type, addressAt(machine, account));
    },
    abortWith: (code: bigint, message: number, site: number): never => {
      throw abortTrap(BigInt.asUintN(64, code), machine.readVector(message), siteBase + site);
    },
    [TRACE_ENTER]: (index: number, callState: number): void => {
      const instance = unit.trace?.functions[index];
      if (instance) machine.run.tracer?.enter(instance, callState);
    },
    [TRACE_STEP]: (index: number, callState: number): void => {
      if (unit.trace) machine.run.tracer?.step(unit.trace, index, callState, traced);
    },
    nativeAbort: (code: bigint): never => machine.abort(BigInt.asUintN(64, code)),
    grow: (end: number): void => machine.grow(end >>> 0, memoryEnd(machine.limits)),
    resolveClosure: (closure: number, type: number): void => {
      const called = unit.closures?.functionTypes[type];
      if (called === undefined) throw new AssertionError(`no function type ${type}`);
      closures.resolve(closure, called);
    },
    abortForTransient: (code: bigint): void => closures.abortForTransient(code),
    equalClosures: (a: number, b: number): number => (closures.equal(a, b) ? 1 : 0),
    compareClosures: (a: number, b: number): number => Math.sign(closures.compare(a, b)),
    closureSize: (closure: number): number => closures.size(closure),
    encodeClosure: (closure: number, target: number): number => closures.encode(closure, target),
    decodeClosure: (source: number, end: number, target: number): number => closures.decode(source, end, target),
    exists: (account: number, id: number, entry: number): number => {
      const slot = slotAt(account, id);
      if (slot.address !== 0) fillEntry(machine, entry, account, slot);
      return slot.address;
    },
    borrowGlobal: (account: number, id: number, entry: number): number => {
      const slot = borrow(account, id);
      fillEntry(machine, entry, account, slot);
      return slot.address;
    },
    borrowGlobalMut: (account: number, id: number, entry: number): number => {
      const slot = borrow(account, id);
      slot.touched = true;
      fillEntry(machine, entry, account, slot);
      return slot.address;
    },
    moveFrom: (account: number, entry: number, id: number): number => {
      const slot = borrow(account, id);
      const { address } = slot;
      slot.touched = true;
      slot.address = 0;
      emptyEntries(machine, entry, account, id);
      return address;
    },
    moveTo: (account: number, entry: number, value: number, id: number): void => {
      const slot = slotAt(account, id);
      emptyEntries(machine, entry, account, id);
      if (slot.address !== 0) throw new Trap('RESOURCE_ALREADY_EXISTS');
      slot.touched = true;
      slot.address = machine.keep(value, slot.type.size);
    },
  };
}

function setRules(machine: Machine, count: number): void {
  machine.writeU32(activeLayout(machine.limits).rules, count);
}

function addressAt(machine: Machine, address: number): Address {
  return addressFromBytes(machine.peek(address, ADDRESS_SIZE));
}
