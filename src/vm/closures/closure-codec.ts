// Function values in storage: the encoding of the Rust VM (`SerializedFunctionData`, format 1). A sequence of five parts that name the function
// and the captured parameters, then layout and value of each captured value. What the values are is told by the layouts, so this works
// without the function's code; it goes through memory value by value, where compiled code would need code for every layout.

import { BcsReader, BcsWriter } from '../../base/bcs.ts';
import type { Bytes } from '../../base/bytes.ts';
import { AssertionError, DecodeError } from '../../base/errors.ts';
import { readAddress, writeAddress } from '../../base/ids.ts';
import { readIdentifier, readTypeTag, writeTypeTag } from '../../base/type-tag.ts';
import {
  type Captured,
  type ClosureShape,
  type ClosureShapes,
  type ClosureTarget,
  MASK_BITS,
} from '../code/closure-shapes.ts';
import { CLOSURE } from '../compile/layout.ts';
import { LoadError, Trap, UnsupportedError } from '../errors.ts';
import { ENUM_TAG_SIZE, type Field, type Type, VECTOR } from '../types/type.ts';
import type { TypeTable } from '../types/type-table.ts';
import { readLayout, writeLayout } from './layout.ts';

const FORMAT = 1;
/** Parts before the captured values, and for each of those. */
const HEAD_PARTS = 5;
const CAPTURED_PARTS = 2;
/** As many as a function can have. */
const TYPE_ARGS_MAX = 32;
const LENGTH_MAX = 0x7fff_ffff;

/** The memory of the run under way. */
export interface ClosureMemory {
  allocate(size: number): number;
  read(address: number, size: number): Bytes;
  peek(address: number, size: number): Bytes;
  write(address: number, bytes: Uint8Array): void;
  readU32(address: number): number;
  writeU32(address: number, value: number): void;
}

/** What a function value becomes while it is read: from bytes alone (`skip`), or in memory too. */
interface Head {
  readonly target: ClosureTarget;
  readonly count: number;
}

export class ClosureCodec {
  readonly #memory: ClosureMemory;
  readonly #types: TypeTable;
  readonly #shapes: ClosureShapes;
  readonly #depthMax: number;
  #abortCode = 0n;

  constructor(memory: ClosureMemory, types: TypeTable, shapes: ClosureShapes, depthMax: number) {
    this.#memory = memory;
    this.#types = types;
    this.#shapes = shapes;
    this.#depthMax = depthMax;
  }

  /** @throws Trap when it, or one that it captured, cannot be stored: an abort if there is a code for it */
  encode(closure: number, abortCode: bigint): Bytes {
    this.#abortCode = abortCode;
    if (this.#memory.readU32(closure + CLOSURE.depth) > this.#depthMax) {
      this.#refuse('VM_MAX_VALUE_DEPTH_REACHED', 'a function value nested too deeply');
    }
    const writer = new BcsWriter();
    this.#write(writer, closure);
    return writer.finish();
  }

  /** The value that stands at the beginning of `bytes`, and how long it is there; undefined when there is none. */
  decode(bytes: Bytes): { readonly closure: number; readonly length: number } | undefined {
    try {
      const length = this.#measure(bytes);
      // What is read now is not the memory that grows with it.
      const reader = new BcsReader(bytes.slice(0, length));
      return { closure: this.#read(reader), length };
    } catch (error) {
      if (error instanceof DecodeError || error instanceof LoadError || error instanceof UnsupportedError)
        return undefined;
      throw error;
    }
  }

  /** Writes captured values as they were captured, to be read as `types` at a new place. Gives the place. */
  convert(closure: number, types: readonly Captured[], size: number): number {
    const writer = new BcsWriter();
    const shape = this.shapeOf(closure);
    for (const { type, offset } of shape.captured) this.#writeValue(writer, type, closure + CLOSURE.size + offset);
    const reader = new BcsReader(writer.finish());
    const place = this.#memory.allocate(size);
    for (const { type, offset } of types) this.#readValue(reader, type, place + offset);
    return place;
  }

  shapeOf(closure: number): ClosureShape {
    const shape = this.#shapes.shape(this.#memory.readU32(closure + CLOSURE.shape));
    if (shape === undefined) throw new AssertionError('a function value without a shape');
    return shape;
  }

  #write(writer: BcsWriter, closure: number): void {
    const shape = this.shapeOf(closure);
    if (!shape.isPersistent) {
      this.#refuse('VALUE_SERIALIZATION_ERROR', `${shape.function} may change, so no value of it is stored`);
    }
    writer.uleb128(HEAD_PARTS + CAPTURED_PARTS * shape.captured.length).u16(FORMAT);
    writeAddress(writer, shape.module.address);
    writer.string(shape.module.name).string(shape.function).vector(shape.typeArgs, writeTypeTag).u64(shape.mask);
    for (const { type, offset } of shape.captured) {
      writeLayout(writer, type);
      this.#writeValue(writer, type, closure + CLOSURE.size + offset);
    }
  }

  #refuse(status: string, message: string): never {
    if (this.#abortCode !== 0n) throw new Trap('ABORTED', { abortCode: this.#abortCode });
    throw new Trap(status, { message });
  }

  #writeValue(writer: BcsWriter, type: Type, address: number): void {
    if (type.plain) {
      writer.fixed(this.#memory.peek(address, type.size));
      return;
    }
    const writeFields = (fields: readonly Field[]): void => {
      for (const field of fields) this.#writeValue(writer, field.type, address + field.offset);
    };
    switch (type.kind) {
      case 'vector': {
        const elements = this.#memory.readU32(address + VECTOR.elements);
        const length = this.#memory.readU32(address + VECTOR.length);
        const { element } = type;
        writer.uleb128(length);
        if (element.plain) writer.fixed(this.#memory.peek(elements, length * element.size));
        else for (let i = 0; i < length; i++) this.#writeValue(writer, element, elements + i * element.size);
        return;
      }
      case 'struct':
        writeFields(type.fields);
        return;
      case 'enum': {
        const [tag = 0] = this.#memory.peek(address, ENUM_TAG_SIZE);
        writer.uleb128(tag);
        writeFields(type.variants[tag]?.fields ?? []);
        return;
      }
      case 'function':
        this.#write(writer, this.#memory.readU32(address));
        return;
      default:
        throw new AssertionError(`${type.name} captured`);
    }
  }

  #readHead(reader: BcsReader): Head {
    const parts = reader.uleb128('function value');
    const format = reader.u16('format');
    if (format !== FORMAT) throw new DecodeError('format', `unknown: ${format}`, reader.offset);
    const module = { address: readAddress(reader, 'module address'), name: readIdentifier(reader, 'module') };
    const name = readIdentifier(reader, 'function');
    const typeArgs = reader.vector('type arguments', TYPE_ARGS_MAX, (r) => readTypeTag(r));
    const mask = reader.u64('mask');
    let count = 0;
    for (let bit = 0; bit < MASK_BITS; bit++) if ((mask >> BigInt(bit)) & 1n) count++;
    if (parts !== HEAD_PARTS + CAPTURED_PARTS * count) {
      throw new DecodeError('function value', `${parts} parts for ${count} captured values`, reader.offset);
    }
    return { target: { module, function: name, typeArgs, mask }, count };
  }

  /** Bytes of the function value that `bytes` begin with. Allocates nothing in the run's memory. */
  #measure(bytes: Bytes): number {
    const reader = new BcsReader(bytes);
    this.#skip(reader, 1);
    return reader.offset;
  }

  #skip(reader: BcsReader, depth: number): void {
    if (depth > this.#depthMax) throw new DecodeError('function value', 'nested too deeply', reader.offset);
    const { count } = this.#readHead(reader);
    for (let i = 0; i < count; i++) this.#skipValue(reader, readLayout(reader, this.#types), depth);
  }

  #skipValue(reader: BcsReader, type: Type, depth: number): void {
    switch (type.kind) {
      case 'vector': {
        const length = reader.length('length', LENGTH_MAX);
        if (type.element.plain) reader.fixed('elements', length * type.element.size);
        else for (let i = 0; i < length; i++) this.#skipValue(reader, type.element, depth);
        return;
      }
      case 'struct':
        for (const field of type.fields) this.#skipValue(reader, field.type, depth);
        return;
      case 'enum': {
        const variant = type.variants[reader.variant('variant', type.variants.length)];
        for (const field of variant?.fields ?? []) this.#skipValue(reader, field.type, depth);
        return;
      }
      case 'function':
        this.#skip(reader, depth + 1);
        return;
      default:
        reader.fixed('value', type.size);
    }
  }

  #read(reader: BcsReader): number {
    const { target, count } = this.#readHead(reader);
    const types: Type[] = [];
    const places: number[] = [];
    let depth = 0;
    for (let i = 0; i < count; i++) {
      const type = readLayout(reader, this.#types);
      const place = this.#memory.allocate(type.size);
      depth = Math.max(depth, this.#readValue(reader, type, place));
      types.push(type);
      places.push(place);
    }
    if (depth > this.#depthMax) throw new DecodeError('function value', 'nested too deeply', reader.offset);
    const shape = this.#shapes.intern(target, types, true);
    const closure = this.#memory.allocate(CLOSURE.size + shape.capturedSize);
    this.#memory.writeU32(closure + CLOSURE.entry, 0);
    this.#memory.writeU32(closure + CLOSURE.shape, shape.id);
    this.#memory.writeU32(closure + CLOSURE.depth, depth + 1);
    this.#memory.writeU32(closure + CLOSURE.captured, closure + CLOSURE.size);
    for (const [index, { type, offset }] of shape.captured.entries()) {
      this.#memory.write(closure + CLOSURE.size + offset, this.#memory.read(places[index] ?? 0, type.size));
    }
    return closure;
  }

  /** Gives how deep the value nests, a type's depth for what holds no function values. */
  #readValue(reader: BcsReader, type: Type, address: number): number {
    const readFields = (fields: readonly Field[]): number => {
      let deepest = 0;
      for (const field of fields) {
        deepest = Math.max(deepest, this.#readValue(reader, field.type, address + field.offset));
      }
      return deepest + 1;
    };
    if (type.kind === 'signer') throw new DecodeError('value', 'a signer', reader.offset);
    if (type.unchecked) {
      this.#memory.write(address, reader.fixed('value', type.size));
      return type.depth;
    }
    switch (type.kind) {
      case 'bool':
        this.#memory.write(address, Uint8Array.of(reader.bool('bool') ? 1 : 0));
        return 1;
      case 'vector':
        return this.#readVector(reader, type.element, address);
      case 'struct':
        return readFields(type.fields);
      case 'enum': {
        const tag = reader.variant('variant', type.variants.length);
        this.#memory.write(address, Uint8Array.of(tag));
        return readFields(type.variants[tag]?.fields ?? []);
      }
      case 'function': {
        const closure = this.#read(reader);
        this.#memory.writeU32(address, closure);
        return this.#memory.readU32(closure + CLOSURE.depth);
      }
      default:
        throw new DecodeError('value', `no values of ${type.name}`, reader.offset);
    }
  }

  #readVector(reader: BcsReader, element: Type, address: number): number {
    const length = reader.length('length', LENGTH_MAX);
    // Every element takes a byte at least, so no room is made for elements that cannot be there.
    if (length * (element.plain ? element.size : 1) > reader.remaining) {
      throw new DecodeError('length', 'more elements than bytes', reader.offset);
    }
    const elements = this.#memory.allocate(length * element.size);
    this.#memory.writeU32(address + VECTOR.elements, elements);
    this.#memory.writeU32(address + VECTOR.length, length);
    this.#memory.writeU32(address + VECTOR.capacity, length);
    if (element.unchecked && element.kind !== 'signer') {
      this.#memory.write(elements, reader.fixed('elements', length * element.size));
      return element.depth + 1;
    }
    let deepest = 0;
    for (let i = 0; i < length; i++) {
      deepest = Math.max(deepest, this.#readValue(reader, element, elements + i * element.size));
    }
    return deepest + 1;
  }
}
