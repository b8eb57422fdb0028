// Writes random well-typed Move programs for differential tests: structs in structs, vectors, enums, wide integers, references into all of them,
// loops, calls and aborts. One module is a chain of functions, each of which may call those before it; what a function leaves in its locals comes
// back as BCS. The same seed writes the same program.

import { SeededRandom } from './seeded-random.ts';

type TypeName =
  | 'u8'
  | 'u16'
  | 'u32'
  | 'u64'
  | 'u128'
  | 'u256'
  | 'bool'
  | 'P'
  | 'Q'
  | 'E'
  | 'vector<u64>'
  | 'vector<P>'
  | 'vector<vector<u8>>'
  | 'vector<u8>';

interface Variable {
  readonly name: string;
  readonly type: TypeName;
}

const TYPES: readonly TypeName[] = [
  'u8',
  'u16',
  'u32',
  'u64',
  'u128',
  'u256',
  'bool',
  'P',
  'Q',
  'E',
  'vector<u64>',
  'vector<P>',
  'vector<vector<u8>>',
  'vector<u8>',
];
const INTEGERS: readonly TypeName[] = ['u8', 'u16', 'u32', 'u64', 'u128', 'u256'];
const FIELDS: Partial<Record<TypeName, readonly (readonly [name: string, type: TypeName])[]>> = {
  P: [
    ['a', 'u64'],
    ['b', 'u128'],
    ['v', 'vector<u8>'],
  ],
  Q: [
    ['p', 'P'],
    ['q', 'u256'],
    ['f', 'bool'],
    ['xs', 'vector<P>'],
    ['n', 'u8'],
  ],
};
const EXPRESSION_DEPTH_MAX = 3;
const BLOCK_DEPTH_MAX = 3;

/** Functions of a program: `public fun fN(x: u64): vector<u8>`, then `public entry fun gN(account: &signer, x: u64)`, which work on storage. */
export const PROGRAM_FUNCTIONS = 6;
export const PROGRAM_ENTRIES = 3;

export function generateProgram(seed: number, module: string): string {
  return new Generator(seed).program(module);
}

class Generator {
  readonly #random: SeededRandom;
  #names = 0;
  #scope: Variable[] = [];
  #function = 0;
  #lines: string[] = [];
  #indent = 1;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  program(module: string): string {
    this.#lines = [
      `module 0xf022::${module} {`,
      '    use std::bcs;',
      '    use std::signer;',
      '    use std::vector;',
      '    struct P has copy, drop, store { a: u64, b: u128, v: vector<u8> }',
      '    struct Q has copy, drop, store { p: P, q: u256, f: bool, xs: vector<P>, n: u8 }',
      '    enum E has copy, drop, store { One { n: u64, w: u128 }, Two { v: vector<u8>, n: u64 }, Three }',
      '    fun pick<T: copy + drop>(v: &vector<T>, i: u64, other: T): T { if (i < vector::length(v)) *vector::borrow(v, i) else other }',
      '    fun edit(p: &mut P, by: u64): u64 { p.a = p.a / 2 + by % 1000; vector::push_back(&mut p.v, (by % 256 as u8)); p.a }',
      '    fun two(p: P, x: u128): (P, u128, u64) { p.b = p.b / 3 + x % 77; (p, p.b, p.a) }',
    ];
    this.#lines.push('    struct R has key { q: Q, list: vector<P>, e: E, n: u64, w: u256 }');
    for (this.#function = 0; this.#function < PROGRAM_FUNCTIONS; this.#function++) this.#writeFunction();
    for (let entry = 0; entry < PROGRAM_ENTRIES; entry++) this.#writeEntry(entry);
    this.#lines.push('}', '');
    return this.#lines.join('\n');
  }

  #writeFunction(): void {
    this.#names = 0;
    this.#scope = [{ name: 'x', type: 'u64' }];
    this.#lines.push(`    public fun f${this.#function}(x: u64): vector<u8> {`);
    this.#indent = 2;
    for (const type of TYPES) if (this.#chance(0.6)) this.#declare(type);
    this.#statements(3 + this.#below(6), 0);
    this.#line('let out = vector[];');
    for (const { name } of this.#scope) this.#line(`vector::append(&mut out, bcs::to_bytes(&${name}));`);
    this.#line('out');
    this.#lines.push('    }');
  }

  /** Makes a resource, changes it in place, takes it out and puts it back, or leaves it out. */
  #writeEntry(entry: number): void {
    this.#names = 0;
    this.#scope = [{ name: 'x', type: 'u64' }];
    this.#indent = 2;
    this.#lines.push(`    public entry fun g${entry}(account: &signer, x: u64) acquires R {`);
    this.#line('let at = signer::address_of(account);');
    this.#line('if (!exists<R>(at)) {');
    const parts = `q: ${this.#literal('Q')}, list: vector[${this.#literal('P')}], e: ${this.#literal('E')}`;
    this.#line(`    move_to(account, R { ${parts}, n: x, w: ${this.#literal('u256')} });`);
    this.#line('};');
    for (const type of TYPES) if (this.#chance(0.3)) this.#declare(type);
    this.#line('let r = borrow_global_mut<R>(at);');
    const fields: readonly Variable[] = [
      { name: 'r.q', type: 'Q' },
      { name: 'r.list', type: 'vector<P>' },
      { name: 'r.e', type: 'E' },
      { name: 'r.n', type: 'u64' },
      { name: 'r.w', type: 'u256' },
    ];
    this.#scope.push(...fields, ...fields);
    this.#statements(4 + this.#below(6), 1);
    if (this.#chance(0.3)) {
      this.#line(`if (x % 3 == ${this.#below(3)}) {`);
      this.#line('    let R { q, list, e, n, w } = move_from<R>(at);');
      this.#line(`    if (x % 2 == 0) move_to(account, R { q, list, e, n: n / 2 + 1, w: w / 3 });`);
      this.#line('};');
    }
    this.#lines.push('    }');
  }

  #declare(type: TypeName): void {
    const value = this.#expression(type, 0);
    const name = `v${this.#names++}`;
    this.#line(`let ${name}: ${type} = ${value};`);
    this.#scope.push({ name, type });
  }

  #statements(count: number, depth: number): void {
    for (let i = 0; i < count; i++) this.#statement(depth);
  }

  #statement(depth: number): void {
    switch (this.#below(depth < BLOCK_DEPTH_MAX ? 16 : 12)) {
      case 0:
      case 1:
      case 2: {
        const target = this.#pick(this.#scope);
        this.#line(`${target.name} = ${this.#expression(target.type, 0)};`);
        return;
      }
      case 3: {
        const place = this.#place();
        this.#line(`${place.name} = ${this.#expression(place.type, 0)};`);
        return;
      }
      case 4: {
        const place = this.#place();
        const value = this.#fresh();
        this.#line(`let ${value} = ${this.#expression(place.type, 0)};`);
        const reference = this.#fresh();
        this.#line(`let ${reference} = &mut ${place.name}; *${reference} = ${value};`);
        return;
      }
      case 5: {
        const [a, b] = this.#pairOfSameType();
        if (!a || !b) return;
        // Only locals can be assigned to together.
        if (!`${a.name}${b.name}`.includes('.')) this.#line(`(${a.name}, ${b.name}) = (${b.name}, ${a.name});`);
        else this.#line(`let kept = ${a.name}; ${a.name} = ${b.name}; ${b.name} = kept;`);
        return;
      }
      case 6:
        this.#vectorStatement();
        return;
      case 7: {
        const p = this.#placeOf('P');
        const by = this.#fresh();
        if (p) this.#line(`let ${by} = ${this.#expression('u64', 1)}; edit(&mut ${p}, ${by});`);
        return;
      }
      case 8: {
        const [p, wide, n] = [this.#variable('P'), this.#variable('u128'), this.#variable('u64')];
        if (p && wide && n)
          this.#line(`let (i, j, k) = two(${p.name}, ${wide.name}); ${p.name} = i; ${wide.name} = j; ${n.name} = k;`);
        return;
      }
      case 9: {
        const e = this.#variable('E');
        if (!e) return;
        this.#line(`match (&mut ${e.name}) {`);
        this.#line('    E::One { n, w } => { *n = *n / 2 + 1; *w = *w / 3; },');
        this.#line('    E::Two { v, n } => { vector::push_back(v, (*n % 256 as u8)); },');
        this.#line('    E::Three => {}');
        this.#line('};');
        return;
      }
      case 11:
        this.#elementStatement();
        return;
      case 10:
        if (this.#chance(0.2)) this.#line(`if (${this.#expression('bool', 1)} && x == 1) abort ${this.#below(1000)};`);
        else this.#line(`assert!(${this.#expression('bool', 2)} || x < 5, ${this.#below(1000)});`);
        return;
      case 12:
      case 13:
        this.#line(`if (${this.#expression('bool', 0)}) {`);
        this.#nested(depth);
        this.#line('} else {');
        this.#nested(depth);
        this.#line('};');
        return;
      default: {
        const counter = this.#fresh();
        this.#line(`let ${counter} = 0u64;`);
        this.#line(`while (${counter} < ${1 + this.#below(4)}) {`);
        this.#line(`    ${counter} = ${counter} + 1;`);
        if (this.#chance(0.3))
          this.#line(`    if (${this.#expression('bool', 1)}) ${this.#chance(0.5) ? 'break' : 'continue'};`);
        this.#nested(depth);
        this.#line('};');
      }
    }
  }

  #nested(depth: number): void {
    const outer = this.#scope.length;
    this.#indent++;
    this.#statements(1 + this.#below(3), depth + 1);
    this.#indent--;
    this.#scope.length = outer;
  }

  #vectorStatement(): void {
    const vectors = this.#scope.filter(({ type }) => type.startsWith('vector'));
    if (vectors.length === 0) return;
    const vector = this.#pick(vectors);
    const element = vector.type.slice('vector<'.length, -1) as TypeName;
    const index = `${this.#expression('u64', 2)} % 5`;
    const value = this.#fresh();
    switch (this.#below(6)) {
      case 0:
      case 1:
        this.#line(`let ${value} = ${this.#expression(element, 1)}; vector::push_back(&mut ${vector.name}, ${value});`);
        return;
      case 2:
        this.#line(`if (!vector::is_empty(&${vector.name})) { vector::pop_back(&mut ${vector.name}); };`);
        return;
      case 3:
        this.#line(`let ${value} = vector::length(&${vector.name});`);
        this.#line(`if (${value} > 1) { let at = (${index}) % ${value}; vector::swap(&mut ${vector.name}, at, 0); };`);
        return;
      case 4: {
        const at = this.#fresh();
        this.#line(`let ${at} = ${index};`);
        this.#line(`let ${value} = ${this.#expression(element, 1)};`);
        this.#line(
          `if (${at} < vector::length(&${vector.name})) *vector::borrow_mut(&mut ${vector.name}, ${at}) = ${value};`,
        );
        return;
      }
      default:
        // Out of bounds now and then.
        if (this.#chance(0.2)) this.#line(`let ${value} = *vector::borrow(&${vector.name}, (${index}) / 4);`);
        else this.#line(`let ${value} = pick(&${vector.name}, ${index}, ${this.#expression(element, 1)});`);
        this.#scope.push({ name: value, type: element });
    }
  }

  /** References into elements, and elements from one vector to another. */
  #elementStatement(): void {
    const vectors = this.#scope.flatMap(({ name, type }) =>
      type === 'vector<P>' ? [name] : type === 'Q' ? [`${name}.xs`] : [],
    );
    if (vectors.length === 0) return;
    const from = this.#pick(vectors);
    const [at, by, element] = [this.#fresh(), this.#fresh(), this.#fresh()];
    this.#line(`let ${at} = ${this.#expression('u64', 2)} % 3;`);
    this.#line(`let ${by} = ${this.#expression('u64', 2)};`);
    if (this.#chance(0.5)) {
      this.#line(`if (${at} < vector::length(&${from})) {`);
      this.#line(`    let ${element} = vector::borrow_mut(&mut ${from}, ${at});`);
      this.#line(`    edit(${element}, ${by});`);
      this.#line(
        `    let bytes = &mut ${element}.v; vector::push_back(bytes, 7); let last = vector::length(bytes) - 1; vector::swap(bytes, 0, last);`,
      );
      this.#line(`    ${element}.b = ${element}.b / 2 + (${element}.a as u128);`);
      this.#line('};');
    } else {
      const to = this.#pick(vectors);
      this.#line(`if (!vector::is_empty(&${from})) {`);
      this.#line(`    let ${element} = vector::pop_back(&mut ${from});`);
      this.#line(`    ${element}.a = ${element}.a % 10 + ${by} % 7;`);
      this.#line(`    vector::push_back(&mut ${to}, ${element});`);
      this.#line(`    vector::push_back(&mut ${to}, ${element});`);
      this.#line('};');
    }
  }

  #expression(type: TypeName, depth: number): string {
    const variable = this.#variable(type);
    if (depth >= EXPRESSION_DEPTH_MAX) return variable && this.#chance(0.7) ? variable.name : this.#literal(type);
    const choice = this.#below(10);
    if (choice < 3 && variable) return variable.name;
    if (choice < 4) {
      const place = this.#placeOf(type);
      if (place !== undefined) return place;
    }
    if (choice < 5 && depth < 2) {
      const vector = this.#variable(`vector<${type}>` as TypeName);
      if (vector)
        return `pick(&${vector.name}, ${this.#expression('u64', depth + 1)} % 4, ${this.#expression(type, depth + 1)})`;
    }
    return this.#compound(type, depth + 1);
  }

  #compound(type: TypeName, depth: number): string {
    const sub = (of: TypeName): string => this.#expression(of, depth);
    switch (type) {
      case 'u8':
      case 'u16':
      case 'u32':
      case 'u64':
      case 'u128':
      case 'u256':
        return this.#integer(type, depth);
      case 'bool': {
        const compared = this.#pick([...INTEGERS, 'P', 'Q', 'E', 'vector<u64>', 'bool'] as TypeName[]);
        const operators = INTEGERS.includes(compared) ? ['<', '>', '<=', '>=', '==', '!='] : ['==', '!='];
        if (this.#chance(0.3)) return `(${sub('bool')} ${this.#pick(['&&', '||'])} !${sub('bool')})`;
        return `(${sub(compared)} ${this.#pick(operators)} ${sub(compared)})`;
      }
      case 'P':
        return `P { a: ${sub('u64')}, b: ${sub('u128')}, v: ${sub('vector<u8>')} }`;
      case 'Q':
        return `Q { p: ${sub('P')}, q: ${sub('u256')}, f: ${sub('bool')}, xs: ${sub('vector<P>')}, n: ${sub('u8')} }`;
      case 'E':
        return this.#pick([
          `E::One { n: ${sub('u64')}, w: ${sub('u128')} }`,
          `E::Two { v: ${sub('vector<u8>')}, n: ${sub('u64')} }`,
          'E::Three',
        ]);
      case 'vector<u8>':
        if (this.#function > 0 && this.#chance(0.2)) return `f${this.#below(this.#function)}(${sub('u64')} % 10)`;
        return `bcs::to_bytes(&${sub(this.#pick(TYPES))})`;
      default: {
        const element = type.slice('vector<'.length, -1) as TypeName;
        return `${type}[${Array.from({ length: 1 + this.#below(3) }, () => sub(element)).join(', ')}]`;
      }
    }
  }

  #integer(type: TypeName, depth: number): string {
    const sub = (of: TypeName): string => this.#expression(of, depth);
    switch (this.#below(9)) {
      case 0:
        return `(${sub(type)} / 2 + ${sub(type)} / 2)`;
      case 1:
        // Mostly safe: a program that always aborts tells little.
        if (this.#chance(0.85)) return `(${sub(type)} % ${this.#positive(type)} * 2)`;
        return `(${sub(type)} ${this.#pick(['+', '-', '*'])} ${sub(type)})`;
      case 2:
        return `(${sub(type)} ${this.#pick(['/', '%'])} ${this.#chance(0.96) ? this.#positive(type) : sub(type)})`;
      case 3:
        return `(${sub(type)} ${this.#pick(['&', '|', '^'])} ${sub(type)})`;
      case 4:
        return `(${sub(type)} ${this.#pick(['<<', '>>'])} ${this.#chance(0.97) ? `(${sub('u8')} % 8)` : sub('u8')})`;
      case 5: {
        const from = this.#pick(INTEGERS);
        const mask = this.#chance(0.95) ? ' % 200' : '';
        return `((${sub(from)}${mask}) as ${type})`;
      }
      case 6:
        return `(if (${sub('bool')}) ${sub(type)} else ${sub(type)})`;
      case 7:
        if (type === 'u64')
          return `vector::length(&${sub(this.#pick(['vector<u64>', 'vector<P>', 'vector<u8>'] as const))})`;
        return this.#literal(type);
      default:
        return this.#literal(type);
    }
  }

  #literal(type: TypeName): string {
    switch (type) {
      case 'u8':
        return `${this.#below(256)}u8`;
      case 'u16':
        return `${this.#pick([0, 1, 65_535, this.#below(65_536)])}u16`;
      case 'u32':
        return `${this.#pick([0, 1, 4_294_967_295, this.#below(1_000_000)])}u32`;
      case 'u64':
        return `${this.#pick(['0', '1', '7', '18446744073709551615', String(this.#below(100_000))])}u64`;
      case 'u128':
        return `${this.#pick(['0', '1', '340282366920938463463374607431768211455', '18446744073709551616', String(this.#below(1_000_000))])}u128`;
      case 'u256':
        return `${this.#pick(['0', '3', '340282366920938463463374607431768211456', String(this.#below(1_000_000_000))])}u256`;
      case 'bool':
        return this.#chance(0.5) ? 'true' : 'false';
      case 'P':
        return `P { a: ${this.#literal('u64')}, b: ${this.#literal('u128')}, v: b"p" }`;
      case 'Q':
        return `Q { p: ${this.#literal('P')}, q: ${this.#literal('u256')}, f: true, xs: vector::empty<P>(), n: ${this.#literal('u8')} }`;
      case 'E':
        return this.#pick(['E::Three', `E::One { n: ${this.#literal('u64')}, w: 5 }`, 'E::Two { v: b"two", n: 2 }']);
      case 'vector<u8>':
        return this.#pick(['vector::empty<u8>()', 'b"bytes"', 'x"00ff"']);
      default:
        return `vector::empty<${type.slice('vector<'.length, -1)}>()`;
    }
  }

  #positive(type: TypeName): string {
    return `${1 + this.#below(99)}${type}`;
  }

  /** Something that can be assigned to, inside a variable. */
  #place(): Variable {
    const variable = this.#pick(this.#scope);
    const fields = FIELDS[variable.type];
    if (!fields) return variable;
    const [name, type] = this.#pick(fields);
    return { name: `${variable.name}.${name}`, type };
  }

  #placeOf(type: TypeName): string | undefined {
    const places = this.#scope.flatMap((variable) =>
      (FIELDS[variable.type] ?? []).flatMap(([name, of]) => (of === type ? [`${variable.name}.${name}`] : [])),
    );
    return places.length > 0 ? this.#pick(places) : undefined;
  }

  #variable(type: TypeName): Variable | undefined {
    const matching = this.#scope.filter((variable) => variable.type === type);
    return matching.length > 0 ? this.#pick(matching) : undefined;
  }

  #pairOfSameType(): readonly (Variable | undefined)[] {
    const a = this.#pick(this.#scope);
    const others = this.#scope.filter(({ name, type }) => type === a.type && name !== a.name);
    return others.length > 0 ? [a, this.#pick(others)] : [];
  }

  #fresh(): string {
    return `t${this.#names++}`;
  }

  #line(text: string): void {
    this.#lines.push('    '.repeat(this.#indent) + text);
  }

  #chance(probability: number): boolean {
    return this.#random.chance(probability);
  }

  #pick<T>(items: readonly T[]): T {
    return this.#random.pick(items);
  }

  #below(limit: number): number {
    return this.#random.integer(0, limit - 1);
  }
}
