// `0x1::option::Option` in memory: a struct around a vector of at most one, or (in later frameworks) an enum of `None` and `Some`.

import { AssertionError } from '../../base/errors.ts';
import { isFrameworkStruct, type Type, VECTOR } from '../types/type.ts';
import type { NativeHost } from './native.ts';

const NONE = 0;
const SOME = 1;

export function isOption(type: Type): boolean {
  return isFrameworkStruct(type, 'option', 'Option');
}

/** What the option may hold, and where in its value that lies. */
interface Held {
  readonly type: Type;
  readonly offset: number;
}

/** Makes an option at `address`: `Some` of what `write` puts at the address that it gets, or `None`. */
export function writeOption(
  native: NativeHost,
  option: Type,
  address: number,
  write: ((address: number) => void) | undefined,
): void {
  const { type, offset } = readOptionShape(option);
  if (option.kind === 'enum') {
    native.write(address, Uint8Array.of(write ? SOME : NONE));
    write?.(address + offset);
    return;
  }
  const length = write ? 1 : 0;
  const elements = native.allocate(type.size * length);
  native.writeU32(address + VECTOR.elements, elements);
  native.writeU32(address + VECTOR.length, length);
  native.writeU32(address + VECTOR.capacity, length);
  write?.(elements);
}

/** What an option holds: its type, and its address, if there is something. */
export function readOption(
  native: NativeHost,
  option: Type,
  address: number,
): { readonly type: Type; readonly address: number | undefined } {
  const { type, offset } = readOptionShape(option);
  if (option.kind === 'enum') {
    return { type, address: native.peek(address, 1)[0] === NONE ? undefined : address + offset };
  }
  const isSome = native.readU32(address + VECTOR.length) > 0;
  return { type, address: isSome ? native.readU32(address + VECTOR.elements) : undefined };
}

/** What values of the type may hold. */
export function readOptionShape(option: Type): Held {
  if (option.kind === 'enum') {
    const field = option.variants[SOME]?.fields[0];
    if (field) return field;
  }
  if (option.kind === 'struct') {
    const inner = option.fields[0]?.type;
    if (inner?.kind === 'vector') return { type: inner.element, offset: 0 };
  }
  throw new AssertionError(`${option.name} is no option`);
}
