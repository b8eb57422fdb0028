// Move type tags: the types a caller or a storage key can name. Text form (`0x1::coin::Coin<0x1::aptos_coin::AptosCoin>`, addresses
// without leading zeros) and BCS as Aptos numbers it. References and generic parameters are not tags; a function's tag may have references.

import { type BcsReader, type BcsWriter, decodeBcs, encodeBcs } from './bcs.ts';
import type { Bytes } from './bytes.ts';
import { DecodeError, unreachable } from './errors.ts';
import { type Address, parseAddress, readAddress, shortAddress, writeAddress } from './ids.ts';

const PRIMITIVES = [
  'bool',
  'u8',
  'u16',
  'u32',
  'u64',
  'u128',
  'u256',
  'i8',
  'i16',
  'i32',
  'i64',
  'i128',
  'i256',
  'address',
  'signer',
] as const;
export type PrimitiveTag = (typeof PRIMITIVES)[number];

export interface StructTag {
  readonly kind: 'struct';
  readonly address: Address;
  readonly module: string;
  readonly name: string;
  readonly typeArgs: readonly TypeTag[];
}

/** What a function takes or gives: a value, or a reference to one. */
export interface PassedTag {
  readonly passed: 'reference' | 'mutableReference' | 'value';
  readonly type: TypeTag;
}

/** A function's type. `abilities` are the bits of the binary format: copy 1, drop 2, store 4, key 8. */
export interface FunctionTag {
  readonly kind: 'function';
  readonly params: readonly PassedTag[];
  readonly returns: readonly PassedTag[];
  readonly abilities: number;
}

export type TypeTag =
  | { readonly kind: PrimitiveTag }
  | { readonly kind: 'vector'; readonly element: TypeTag }
  | StructTag
  | FunctionTag;

/** As deep as Aptos lets a type be in a transaction. */
export const TYPE_TAG_DEPTH_MAX = 8;
/** As many as Aptos lets a generic type have in a transaction. */
export const TYPE_ARGS_MAX = 32;
/** As long as Move lets an identifier be. */
export const IDENTIFIER_LENGTH_MAX = 255;

/** BCS variant of each kind, in the order in which Move came to have them. */
const VARIANTS = [
  'bool',
  'u8',
  'u64',
  'u128',
  'address',
  'signer',
  'vector',
  'struct',
  'u16',
  'u32',
  'u256',
  'function',
  'i8',
  'i16',
  'i32',
  'i64',
  'i128',
  'i256',
] as const;
const PASSED = ['reference', 'mutableReference', 'value'] as const;
const PASSED_PREFIX = { reference: '&', mutableReference: '&mut ', value: '' } as const;
const ABILITIES = ['copy', 'drop', 'store', 'key'] as const;
const ABILITIES_END = 1 << ABILITIES.length;
/** As many as a Move function may take. */
const PASSED_MAX = 128;
const IDENTIFIER = /^(?:[a-zA-Z][a-zA-Z0-9_]*|_[a-zA-Z0-9_]+)$/;

export function isIdentifier(text: string): boolean {
  return text.length <= IDENTIFIER_LENGTH_MAX && IDENTIFIER.test(text);
}

export function structTag(
  address: Address,
  module: string,
  name: string,
  typeArgs: readonly TypeTag[] = [],
): StructTag {
  return { kind: 'struct', address, module, name, typeArgs };
}

export function formatTypeTag(tag: TypeTag): string {
  switch (tag.kind) {
    case 'vector':
      return `vector<${formatTypeTag(tag.element)}>`;
    case 'struct': {
      const args = tag.typeArgs.length === 0 ? '' : `<${tag.typeArgs.map(formatTypeTag).join(', ')}>`;
      return `${shortAddress(tag.address)}::${tag.module}::${tag.name}${args}`;
    }
    case 'function': {
      const list = (passed: readonly PassedTag[]): string =>
        passed.map(({ passed, type }) => PASSED_PREFIX[passed] + formatTypeTag(type)).join(', ');
      return `|${list(tag.params)}|(${list(tag.returns)})${formatAbilities(tag.abilities)}`;
    }
    default:
      return tag.kind;
  }
}

/** As it stands behind a function type: ` has copy + drop`, or nothing. */
export function formatAbilities(abilities: number): string {
  const names = ABILITIES.filter((_, bit) => (abilities & (1 << bit)) !== 0);
  return names.length === 0 ? '' : ` has ${names.join(' + ')}`;
}

/** @throws DecodeError naming the place where `text` stops being a type. */
export function parseTypeTag(text: string, what = 'type'): TypeTag {
  const parser = new TagParser(text, what);
  const tag = parser.tag(0);
  parser.end();
  return tag;
}

/** @throws DecodeError */
export function parseStructTag(text: string, what = 'struct type'): StructTag {
  const tag = parseTypeTag(text, what);
  if (tag.kind !== 'struct') throw new DecodeError(what, `not a struct: "${text.slice(0, 80)}"`, 0);
  return tag;
}

export function writeTypeTag(writer: BcsWriter, tag: TypeTag): void {
  writer.uleb128(VARIANTS.indexOf(tag.kind));
  switch (tag.kind) {
    case 'vector':
      writeTypeTag(writer, tag.element);
      return;
    case 'struct':
      writeStructTag(writer, tag);
      return;
    case 'function':
      writer.vector(tag.params, writePassedTag).vector(tag.returns, writePassedTag).u8(tag.abilities);
      return;
    case 'bool':
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
    case 'u128':
    case 'u256':
    case 'i8':
    case 'i16':
    case 'i32':
    case 'i64':
    case 'i128':
    case 'i256':
    case 'address':
    case 'signer':
      return;
    default:
      unreachable(tag);
  }
}

function writePassedTag(writer: BcsWriter, { passed, type }: PassedTag): void {
  writer.uleb128(PASSED.indexOf(passed));
  writeTypeTag(writer, type);
}

export function writeStructTag(writer: BcsWriter, tag: StructTag): void {
  writeAddress(writer, tag.address);
  writer.string(tag.module).string(tag.name).vector(tag.typeArgs, writeTypeTag);
}

export function readTypeTag(reader: BcsReader, what = 'type', depth = 0): TypeTag {
  if (depth > TYPE_TAG_DEPTH_MAX) throw new DecodeError(what, 'nested too deeply', reader.offset);
  const kind = VARIANTS[reader.variant(what, VARIANTS.length)];
  if (kind === undefined) throw new DecodeError(what, 'unknown kind', reader.offset);
  switch (kind) {
    case 'vector':
      return { kind, element: readTypeTag(reader, what, depth + 1) };
    case 'struct':
      return readStructTag(reader, what, depth);
    case 'function': {
      const params = reader.vector(what, PASSED_MAX, (r) => readPassedTag(r, what, depth + 1));
      const returns = reader.vector(what, PASSED_MAX, (r) => readPassedTag(r, what, depth + 1));
      const abilities = reader.u8(what);
      if (abilities >= ABILITIES_END) throw new DecodeError(what, `no abilities: ${abilities}`, reader.offset);
      return { kind, params, returns, abilities };
    }
    default:
      return { kind };
  }
}

function readPassedTag(reader: BcsReader, what: string, depth: number): PassedTag {
  const passed = PASSED[reader.variant(what, PASSED.length)];
  if (passed === undefined) throw new DecodeError(what, 'neither value nor reference', reader.offset);
  return { passed, type: readTypeTag(reader, what, depth) };
}

export function readStructTag(reader: BcsReader, what = 'struct type', depth = 0): StructTag {
  const address = readAddress(reader, `${what} address`);
  const module = readIdentifier(reader, `${what} module`);
  const name = readIdentifier(reader, `${what} name`);
  return structTag(
    address,
    module,
    name,
    reader.vector(what, TYPE_ARGS_MAX, (r) => readTypeTag(r, what, depth + 1)),
  );
}

export function readIdentifier(reader: BcsReader, what: string): string {
  const start = reader.offset;
  const text = reader.string(what, IDENTIFIER_LENGTH_MAX);
  if (!isIdentifier(text)) throw new DecodeError(what, 'not an identifier', start);
  return text;
}

export function encodeStructTag(tag: StructTag): Bytes {
  return encodeBcs((writer) => writeStructTag(writer, tag));
}

export function decodeStructTag(bytes: Uint8Array): StructTag {
  return decodeBcs(bytes, 'struct type', (reader) => readStructTag(reader));
}

class TagParser {
  #offset = 0;
  readonly #text: string;
  readonly #what: string;

  constructor(text: string, what: string) {
    this.#text = text;
    this.#what = what;
  }

  tag(depth: number): TypeTag {
    if (depth > TYPE_TAG_DEPTH_MAX) this.#fail('nested too deeply');
    if (this.#peek('|')) return this.#function(depth);
    const word = this.#word();
    const primitive = PRIMITIVES.find((name) => name === word);
    if (primitive) return { kind: primitive };
    if (word === 'vector') {
      const args = this.#args(depth);
      const element = args[0];
      if (args.length !== 1 || !element) this.#fail('a vector has one type argument');
      return { kind: 'vector', element };
    }
    this.#expect('::');
    const module = this.#identifier();
    this.#expect('::');
    const name = this.#identifier();
    return structTag(parseAddress(word, this.#what), module, name, this.#peek('<') ? this.#args(depth) : []);
  }

  end(): void {
    this.#space();
    if (this.#offset !== this.#text.length) this.#fail('text after the type');
  }

  #args(depth: number): TypeTag[] {
    this.#expect('<');
    const args = [this.tag(depth + 1)];
    while (this.#peek(',')) {
      this.#expect(',');
      args.push(this.tag(depth + 1));
      if (args.length > TYPE_ARGS_MAX) this.#fail(`over ${TYPE_ARGS_MAX} type arguments`);
    }
    this.#expect('>');
    return args;
  }

  #function(depth: number): FunctionTag {
    const params = this.#passed('|', '|', depth);
    const returns = this.#passed('(', ')', depth);
    let abilities = 0;
    if (this.#peek('has ')) {
      this.#expect('has ');
      do {
        if (abilities !== 0) this.#expect('+');
        const word = this.#word();
        const bit = (ABILITIES as readonly string[]).indexOf(word);
        if (bit < 0 || (abilities & (1 << bit)) !== 0) this.#fail('an ability expected');
        abilities |= 1 << bit;
      } while (this.#peek('+'));
    }
    return { kind: 'function', params, returns, abilities };
  }

  #passed(open: string, close: string, depth: number): PassedTag[] {
    this.#expect(open);
    const found: PassedTag[] = [];
    while (!this.#closes(close)) {
      if (found.length > 0) this.#expect(',');
      if (found.length >= PASSED_MAX) this.#fail(`over ${PASSED_MAX} types`);
      const passed = this.#peek('&mut ') ? 'mutableReference' : this.#peek('&') ? 'reference' : 'value';
      if (passed !== 'value') this.#expect(PASSED_PREFIX[passed]);
      found.push({ passed, type: this.tag(depth + 1) });
    }
    this.#expect(close);
    return found;
  }

  /** A `|` without results behind it opens another function type. */
  #closes(token: string): boolean {
    return this.#peek(token) && (token !== '|' || /^\| *\(/.test(this.#text.slice(this.#offset)));
  }

  #identifier(): string {
    const word = this.#word();
    if (!isIdentifier(word)) this.#fail('not an identifier');
    return word;
  }

  #word(): string {
    this.#space();
    const word = /^[a-zA-Z0-9_]+/.exec(this.#text.slice(this.#offset, this.#offset + IDENTIFIER_LENGTH_MAX + 1))?.[0];
    if (word === undefined) this.#fail('a name expected');
    this.#offset += word.length;
    return word;
  }

  #space(): void {
    while (this.#text[this.#offset] === ' ') this.#offset++;
  }

  #peek(token: string): boolean {
    this.#space();
    return this.#text.startsWith(token, this.#offset);
  }

  #expect(token: string): void {
    if (!this.#peek(token)) this.#fail(`"${token}" expected`);
    this.#offset += token.length;
  }

  #fail(problem: string): never {
    throw new DecodeError(this.#what, `${problem} in "${this.#text.slice(0, 80)}"`, this.#offset);
  }
}
