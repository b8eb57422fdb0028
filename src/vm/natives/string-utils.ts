// 0x1::string_utils: values as text, exactly as Aptos writes them. What a node of a value costs is charged before it is written.

import { toHex, utf8Decode, utf8Encode } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { addressFromBytes, shortAddress } from '../../base/ids.ts';
import { UnsupportedError } from '../errors.ts';
import { INTEGER_BITS, isInteger, isSigned } from '../types/integer-kind.ts';
import { type Field, isFrameworkStruct, isNominal, type Type, VECTOR } from '../types/type.ts';
import { holdsDelayedField } from './delayed-fields.ts';
import { host, type NativeHost, type NativeModule } from './native.ts';
import { isOption, readOption } from './option.ts';

/** The list that the format asks for is not the list that was given. */
const EARGS_MISMATCH = 1n;
const EINVALID_FORMAT = 2n;
const EUNABLE_TO_FORMAT_DELAYED_FIELD = 3n;
const ADDRESS_SIZE = 32;

interface Style {
  /** Struct names in full, with their type arguments. */
  readonly typeTag: boolean;
  /** Addresses with all their digits. */
  readonly canonicalize: boolean;
  readonly singleLine: boolean;
  /** `5u8` */
  readonly integerTypes: boolean;
}

const LIST_STYLE: Style = { typeTag: true, canonicalize: false, singleLine: true, integerTypes: false };

export const STRING_UTILS: NativeModule = {
  native_format: host(
    () => 0,
    (native, { typeArgs: [type] }) => {
      const checked = formattable(type);
      return (
        value: number,
        typeTag: number,
        canonicalize: number,
        singleLine: number,
        types: number,
        result: number,
      ) => {
        if (holdsDelayedField(checked)) native.abort(EUNABLE_TO_FORMAT_DELAYED_FIELD);
        const flags = [typeTag, canonicalize, singleLine, types].map((flag) => flag !== 0);
        const [isTag = false, isCanonical = false, isSingleLine = false, integerTypes = false] = flags;
        const style = { typeTag: isTag, canonicalize: isCanonical, singleLine: isSingleLine, integerTypes };
        native.writeVector(result, utf8Encode(new Formatter(native, style).format(checked, value)));
      };
    },
  ),
  /** The format's `{}` take the list's elements one after the other; `{{` and `}}` stand for a brace. */
  native_format_list: host(
    () => 0,
    (native, { typeArgs: [list] }) => {
      const checked = formattable(list);
      return (format: number, value: number, result: number) => {
        const bytes = native.readVector(format);
        let text: string;
        try {
          text = utf8Decode(bytes);
        } catch (error) {
          if (error instanceof DecodeError) return native.abort(EINVALID_FORMAT);
          throw error;
        }
        native.charge(native.gas.natives.stringUtils.formatPerByte * bytes.length);
        native.writeVector(result, utf8Encode(formatList(native, text, checked, value)));
      };
    },
  ),
};

function formatList(native: NativeHost, format: string, list: Type, value: number): string {
  let [rest, address] = [list, value];
  let out = '';
  let open = '';
  for (const char of format) {
    if (open === '{' && char === '}') {
      open = '';
      const [car, cdr] = isListNode(rest, 'Cons') && rest.kind === 'struct' ? rest.fields : [];
      if (car === undefined || cdr === undefined) return native.abort(EARGS_MISMATCH);
      if (holdsDelayedField(car.type)) native.abort(EUNABLE_TO_FORMAT_DELAYED_FIELD);
      out += new Formatter(native, LIST_STYLE).format(car.type, address + car.offset);
      address += cdr.offset;
      rest = cdr.type;
    } else if (open !== '') {
      if (char !== open) return native.abort(EINVALID_FORMAT);
      open = '';
      out += char;
    } else if (char === '{' || char === '}') {
      open = char;
    } else {
      out += char;
    }
  }
  if (open !== '') return native.abort(EINVALID_FORMAT);
  if (!isListNode(rest, 'NIL')) return native.abort(EARGS_MISMATCH);
  return out;
}

class Formatter {
  readonly #native: NativeHost;
  readonly #style: Style;

  constructor(native: NativeHost, style: Style) {
    this.#native = native;
    this.#style = style;
  }

  /** The value in memory at `address`. */
  format(type: Type, address: number, depth = 0): string {
    const native = this.#native;
    native.charge(native.gas.natives.stringUtils.format);
    const { kind } = type;
    if (isInteger(kind)) {
      const suffix = this.#style.integerTypes ? kind : '';
      return integer(native.read(address, type.size), INTEGER_BITS[kind], isSigned(kind)).toString() + suffix;
    }
    switch (type.kind) {
      case 'bool':
        return native.peek(address, 1)[0] === 0 ? 'false' : 'true';
      case 'address':
        return `@${this.#address(address)}`;
      case 'signer':
        return `signer(@${this.#address(address)})`;
      case 'vector':
        return this.#vector(type.element, address, depth);
      case 'struct':
      case 'enum':
        return this.#nominal(type, address, depth);
      default:
        throw new UnsupportedError(`text of ${type.name}`);
    }
  }

  #address(address: number): string {
    const full = addressFromBytes(this.#native.peek(address, ADDRESS_SIZE));
    return this.#style.canonicalize ? full.slice(2) : shortAddress(full);
  }

  #vector(element: Type, address: number, depth: number): string {
    if (element.kind === 'u8') return `0x${toHex(this.#bytes(address))}`;
    const length = this.#native.readU32(address + VECTOR.length);
    const elements = this.#native.readU32(address + VECTOR.elements);
    const isNested = element.kind === 'vector' || isNominal(element);
    const parts = Array.from(
      { length },
      (_, index) => () => this.format(element, elements + index * element.size, depth + 1),
    );
    return `[${this.#list(parts, depth, !this.#style.singleLine && isNested)}]`;
  }

  #nominal(type: Type & { readonly kind: 'struct' | 'enum' }, address: number, depth: number): string {
    if (isFrameworkStruct(type, 'string', 'String')) {
      const escaped = this.#text(this.#bytes(address)).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
      return `"${escaped}"`;
    }
    if (isOption(type)) {
      const option = readOption(this.#native, type, address);
      return option.address === undefined ? 'None' : `Some(${this.format(option.type, option.address, depth)})`;
    }
    if (type.kind === 'enum') {
      const variant = type.variants[this.#native.peek(address, 1)[0] ?? 0];
      if (variant === undefined) return this.#native.abort(EINVALID_FORMAT);
      return `${variant.name}{${this.#fields(variant.fields, address, depth)}}`;
    }
    const name = this.#style.typeTag ? type.name : type.structName;
    return `${name} {${this.#fields(type.fields, address, depth)}}`;
  }

  #fields(fields: readonly Field[], address: number, depth: number): string {
    const parts = fields.map(
      ({ name, type, offset }) =>
        () =>
          `${name}: ${this.format(type, address + offset, depth + 1)}`,
    );
    return this.#list(parts, depth, !this.#style.singleLine);
  }

  /** Nothing when there are no parts; else they stand apart from what is around them. */
  #list(parts: readonly (() => string)[], depth: number, isOnLines: boolean): string {
    if (parts.length === 0) return '';
    const space = (level: number) => (isOnLines ? `\n${'  '.repeat(level)}` : ' ');
    return space(depth + 1) + parts.map((part) => part()).join(`,${space(depth + 1)}`) + space(depth);
  }

  #bytes(address: number): Uint8Array {
    const bytes = this.#native.readVector(address);
    this.#native.charge(this.#native.gas.natives.stringUtils.formatPerByte * bytes.length);
    return bytes;
  }

  #text(bytes: Uint8Array): string {
    try {
      return utf8Decode(bytes);
    } catch (error) {
      if (error instanceof DecodeError)
        return this.#native.fail('UNKNOWN_INVARIANT_VIOLATION_ERROR', 'no UTF-8 in a String');
      throw error;
    }
  }
}

function isListNode(type: Type, name: 'Cons' | 'NIL'): boolean {
  return isFrameworkStruct(type, 'string_utils', name);
}

/** @throws UnsupportedError for what this VM writes no text of: told before anything runs */
function formattable(type: Type | undefined): Type {
  if (type === undefined || !isFormattable(type)) throw new UnsupportedError(`text of ${type?.name ?? 'nothing'}`);
  return type;
}

function isFormattable(type: Type): boolean {
  if (type.kind === 'vector') return isFormattable(type.element);
  if (!isNominal(type)) return isInteger(type.kind) || ['bool', 'address', 'signer'].includes(type.kind);
  const fields = type.kind === 'struct' ? type.fields : type.variants.flatMap((variant) => variant.fields);
  return fields.every((field) => isFormattable(field.type));
}

/** Little-endian, in two's complement if it has a sign. */
function integer(bytes: Uint8Array, bits: number, signed: boolean): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return signed ? BigInt.asIntN(bits, value) : value;
}
