// What a transaction may bring as an argument that is or holds a struct: text, what constructors of the framework make, and structs and enums
// that other modules may pack (bytecode version 10). The order of all checks, and the statuses, are those of Aptos's
// `transaction_arg_validation.rs`. That the bytes are BCS of the type is seen when they are decoded afterwards.

import { BcsReader } from '../../base/bcs.ts';
import type { Bytes } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { Ability } from '../bytecode/module.ts';
import { Trap } from '../errors.ts';
import { isUtf8 } from '../natives/string.ts';
import {
  type Field,
  FRAMEWORK_ADDRESS,
  isFrameworkStruct,
  isNominal,
  type NominalType,
  type Type,
} from '../types/type.ts';

/** Structs made for one argument, text apart: bounds what a constructor can cost. */
const CONSTRUCTIONS_MAX = 32;
const MEMBERS_MAX = 0x7fff_ffff;
/** Of `string::utf8`. */
const EINVALID_UTF8 = 1n;

export interface ArgumentHost {
  /** Runs the constructor of the type on the BCS of what it takes. @throws Trap */
  construct(type: NominalType, argument: Bytes): void;
  /** Whether the module of the type has a public function that packs it. */
  canPack(type: NominalType, variant: string | undefined): boolean;
}

/** Whether there is more to a value of the type than its BCS says. */
export function holdsStructs(type: Type): boolean {
  return type.kind === 'vector' ? holdsStructs(type.element) : isNominal(type);
}

/** @throws Trap */
export function checkArgument(type: Type, bytes: Bytes, host: ArgumentHost): void {
  const reader = new BcsReader(bytes);
  try {
    new Walk(reader, bytes, host).value(type);
    reader.end('argument');
  } catch (cause) {
    if (cause instanceof DecodeError) throw new Trap('FAILED_TO_DESERIALIZE_ARGUMENT', { message: cause.message });
    throw cause;
  }
}

class Walk {
  readonly #reader: BcsReader;
  readonly #bytes: Bytes;
  readonly #host: ArgumentHost;
  #constructionsLeft = CONSTRUCTIONS_MAX;

  constructor(reader: BcsReader, bytes: Bytes, host: ArgumentHost) {
    this.#reader = reader;
    this.#bytes = bytes;
    this.#host = host;
  }

  value(type: Type): void {
    switch (type.kind) {
      case 'vector':
        this.#elements(type.element);
        return;
      case 'struct':
      case 'enum':
        this.#struct(type);
        return;
      case 'signer':
      case 'reference':
      case 'function':
        throw refused(type);
      default:
        this.#reader.fixed(type.kind, type.size);
    }
  }

  #elements(element: Type): void {
    const length = this.#reader.length('elements', MEMBERS_MAX);
    if (element.plain && !holdsStructs(element)) {
      this.#reader.fixed('elements', length * element.size);
      return;
    }
    for (let i = 0; i < length; i++) this.value(element);
  }

  #struct(type: NominalType): void {
    if (this.#constructionsLeft === 0) {
      throw new Trap('FAILED_TO_DESERIALIZE_ARGUMENT', { message: `over ${CONSTRUCTIONS_MAX} structs in an argument` });
    }
    if (isFrameworkStruct(type, 'string', 'String')) {
      this.#text();
      return;
    }
    this.#constructionsLeft--;
    if (isFrameworkStruct(type, 'option', 'Option')) {
      const start = this.#reader.offset;
      for (const arg of type.typeArgs) this.#elements(arg);
      this.#host.construct(type, this.#bytes.slice(start, this.#reader.offset));
    } else if (isFrameworkStruct(type, 'object', 'Object')) {
      this.#host.construct(type, this.#reader.fixed('address', type.size));
    } else if (isFixedPoint(type)) {
      this.#reader.fixed(type.structName, type.size);
    } else {
      this.#fields(type);
    }
  }

  #text(): void {
    if (isUtf8(this.#reader.bytes('string', MEMBERS_MAX))) return;
    const place = { instance: { module: { address: FRAMEWORK_ADDRESS, name: 'string' }, name: 'utf8' }, offset: 0 };
    throw new Trap('ABORTED', { abortCode: EINVALID_UTF8, place });
  }

  /** As the function that packs it takes them, which is in their order. */
  #fields(type: NominalType): void {
    // What the struct declares, whatever its type arguments: an enum may have a variant without them.
    if ((type.abilities & Ability.copy) === 0 || (type.abilities & Ability.key) !== 0) throw refused(type);
    let fields: readonly Field[];
    let variant: string | undefined;
    if (type.kind === 'struct') {
      fields = type.fields;
    } else {
      const chosen = type.variants[this.#reader.variant('variant', type.variants.length)];
      if (chosen === undefined) throw refused(type);
      variant = chosen.name;
      fields = chosen.fields;
    }
    if (!this.#host.canPack(type, variant)) throw refused(type);
    for (const field of fields) this.value(field.type);
  }
}

function isFixedPoint(type: NominalType): boolean {
  return (
    isFrameworkStruct(type, 'fixed_point32', 'FixedPoint32') || isFrameworkStruct(type, 'fixed_point64', 'FixedPoint64')
  );
}

function refused(type: Type): Trap {
  return new Trap('INVALID_MAIN_FUNCTION_SIGNATURE', { message: `no caller can bring a ${type.name}` });
}
