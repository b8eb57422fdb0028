// Modules of `0x1` written down as declarations, with a function `call_…` around each native that passes its arguments on: so that tests reach
// a native by itself, with any type arguments, whatever the framework declares.
//
//   struct Table<phantom K, V> has store { handle: address }
//   enum Ordering has copy, drop { Less {}, Equal {}, Greater {} }
//   native add_box<K: copy + drop, V>(&mut Table<K, V>, K): (bool, vector<u8>)
//
// Structs of other modules are named in full (`0x1::string::String`) and have to be declared in the same call.

import type { Bytes } from '../base/bytes.ts';
import { parseAddress } from '../base/ids.ts';
import { Ability, type AbilitySet, type SignatureToken } from '../vm/bytecode/module.ts';
import { assembleModule } from './assemble.ts';
import { ModuleDraft } from './module-draft.ts';

const FRAMEWORK = parseAddress('0x1');
/** Enums and signed integers both fit in. */
const VERSION = 9;

interface TypeParameterText {
  readonly name: string;
  readonly constraints: AbilitySet;
  readonly isPhantom: boolean;
}
/** What a struct's handle needs to say of it. */
interface StructText {
  readonly typeParameters: readonly TypeParameterText[];
  readonly abilities: AbilitySet;
}

/** Declarations of each module, by name → its bytecode. */
export function nativeModules(declarations: Readonly<Record<string, readonly string[]>>): Bytes[] {
  const structs = new Map<string, StructText>();
  for (const [module, items] of Object.entries(declarations)) {
    for (const item of items) {
      const reader = new Reader(item);
      if (!reader.take('native')) structs.set(`${module}::${reader.nominalName()}`, reader.nominalHead());
    }
  }
  return Object.entries(declarations).map(([module, items]) => build(module, items, structs));
}

function build(name: string, items: readonly string[], structs: ReadonlyMap<string, StructText>): Bytes {
  const draft = new ModuleDraft(name, VERSION, FRAMEWORK);
  const handles = new Map<string, number>();
  const handleOf = (module: string, struct: string): number => {
    const key = `${module}::${struct}`;
    const text = structs.get(key);
    if (text === undefined) throw new Error(`${key} is declared nowhere`);
    let handle = handles.get(key);
    if (handle === undefined) {
      handle = draft.structHandle(draft.module(module, FRAMEWORK), struct, text);
      handles.set(key, handle);
    }
    return handle;
  };
  for (const item of items) {
    const reader = new Reader(item);
    if (reader.take('native')) {
      addNative(draft, reader, (module, struct) => handleOf(module ?? name, struct));
      continue;
    }
    const isEnum = reader.peek('enum');
    const struct = reader.nominalName();
    const handle = handleOf(name, struct);
    const parameters = reader.nominalHead().typeParameters;
    const types = new TypeReader(reader, parameters, (module, other) => handleOf(module ?? name, other));
    const fields = () => types.fields().map(([field, type]) => ({ name: draft.identifier(field), type }));
    draft.structs.push({
      handle,
      layout: isEnum
        ? {
            kind: 'enum',
            variants: reader.list('{', '}', () => ({ name: draft.identifier(reader.word()), fields: fields() })),
          }
        : { kind: 'struct', fields: fields() },
    });
  }
  return assembleModule(draft.build());
}

function addNative(draft: ModuleDraft, reader: Reader, handleOf: HandleOf): void {
  const name = reader.word();
  const typeParameters = reader.typeParameters();
  const types = new TypeReader(reader, typeParameters, handleOf);
  const signature = {
    typeParameters: typeParameters.map(({ constraints }) => constraints),
    parameters: reader.list('(', ')', () => types.type()),
    returns: types.returns(),
  };
  const handle = draft.function(name, signature);
  const typeArgs = typeParameters.map((_, index): SignatureToken => ({ kind: 'typeParameter', index }));
  draft.function(`call_${name}`, {
    ...signature,
    visibility: 'public',
    code: [
      ...signature.parameters.map((_, local) => ({ op: 'moveLoc' as const, local })),
      typeArgs.length === 0
        ? { op: 'call', index: handle }
        : { op: 'callGeneric', index: draft.instantiate('functionInstantiations', handle, typeArgs) },
      { op: 'ret' },
    ],
  });
}

type HandleOf = (module: string | undefined, struct: string) => number;

class TypeReader {
  readonly #reader: Reader;
  readonly #parameters: readonly TypeParameterText[];
  readonly #handleOf: HandleOf;

  constructor(reader: Reader, parameters: readonly TypeParameterText[], handleOf: HandleOf) {
    this.#reader = reader;
    this.#parameters = parameters;
    this.#handleOf = handleOf;
  }

  type(): SignatureToken {
    const reader = this.#reader;
    if (reader.take('&')) {
      return { kind: reader.take('mut') ? 'mutableReference' : 'reference', inner: this.type() };
    }
    const word = reader.word();
    if (word === 'vector') return { kind: 'vector', inner: reader.single('<', '>', () => this.type()) };
    const index = this.#parameters.findIndex(({ name }) => name === word);
    if (index >= 0) return { kind: 'typeParameter', index };
    if (/^([iu](8|16|32|64|128|256)|bool|address|signer)$/.test(word)) return { kind: word } as SignatureToken;
    const isElsewhere = word === '0x1';
    const module = isElsewhere ? reader.after('::').word() : undefined;
    const struct = isElsewhere ? reader.after('::').word() : word;
    const typeArgs = reader.peek('<') ? reader.list('<', '>', () => this.type()) : [];
    return { kind: 'struct', handle: this.#handleOf(module, struct), typeArgs };
  }

  returns(): readonly SignatureToken[] {
    if (!this.#reader.take(':')) return [];
    return this.#reader.peek('(') ? this.#reader.list('(', ')', () => this.type()) : [this.type()];
  }

  fields(): readonly (readonly [string, SignatureToken])[] {
    return this.#reader.list('{', '}', () => {
      const name = this.#reader.word();
      this.#reader.after(':');
      return [name, this.type()] as const;
    });
  }
}

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(/\w+|::|[^\s\w]/g) ?? [];
  }

  peek(token: string): boolean {
    return this.#tokens[this.#at] === token;
  }

  take(token: string): boolean {
    if (!this.peek(token)) return false;
    this.#at++;
    return true;
  }

  after(token: string): this {
    if (!this.take(token)) throw new Error(`no ${token} at ${this.#tokens.slice(this.#at).join(' ')}`);
    return this;
  }

  word(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Error('a declaration ends too early');
    return token;
  }

  single<T>(open: string, close: string, item: () => T): T {
    this.after(open);
    const value = item();
    this.after(close);
    return value;
  }

  list<T>(open: string, close: string, item: () => T): T[] {
    this.after(open);
    const items: T[] = [];
    while (!this.take(close)) {
      items.push(item());
      if (!this.peek(close)) this.after(',');
    }
    return items;
  }

  /** `struct Name` or `enum Name` → the name. */
  nominalName(): string {
    this.word();
    return this.word();
  }

  /** `<T: copy, phantom U> has drop, store` */
  nominalHead(): StructText {
    const typeParameters = this.typeParameters();
    const abilities = this.take('has') ? this.#abilities(',') : 0;
    return { typeParameters, abilities };
  }

  typeParameters(): TypeParameterText[] {
    if (!this.peek('<')) return [];
    return this.list('<', '>', () => {
      const isPhantom = this.take('phantom');
      const name = this.word();
      return { name, isPhantom, constraints: this.take(':') ? this.#abilities('+') : 0 };
    });
  }

  #abilities(separator: string): AbilitySet {
    let abilities = 0;
    do {
      abilities |= Ability[this.word() as keyof typeof Ability];
    } while (this.take(separator));
    return abilities;
  }
}
