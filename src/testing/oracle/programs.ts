// Writes random Move programs that compile: one module of functions that compute, loop, branch, call each other, handle structs, enums,
// vectors and references, and read and write resources. Every loop ends. The seed fixes the program.

import { EdgeRandom } from '../edge-random.ts';
import { ACCOUNTS } from './calls.ts';

const INTEGERS = ['u8', 'u16', 'u32', 'u64', 'u128', 'u256'] as const;
type IntegerType = (typeof INTEGERS)[number];
/** What functions take and locals hold. `Point` and `Shape` are the module's own struct and enum. */
type Type = IntegerType | 'bool' | 'address' | 'vector<u8>' | 'vector<u64>' | 'Point' | 'vector<Point>' | 'Shape';

const MODULE = '0xf0::program';

const FUNCTION_COUNT = 24;
const PARAMETERS_MAX = 4;
const STATEMENTS_MAX = 7;
const EXPRESSION_DEPTH_MAX = 3;
const BLOCK_DEPTH_MAX = 3;
const LOOP_ROUNDS_MAX = 9;
const VECTOR_LENGTH_MAX = 6;

const TYPES: readonly Type[] = [
  ...INTEGERS,
  'bool',
  'address',
  'vector<u8>',
  'vector<u64>',
  'Point',
  'vector<Point>',
  'Shape',
];
/** What a caller can give: structs and enums cannot come from outside. */
const PARAMETER_TYPES: readonly Type[] = [...INTEGERS, 'u64', 'bool', 'address', 'vector<u8>', 'vector<u64>'];
/** Enums have no JSON that the oracle's answers could be read from. */
const RETURN_TYPES: readonly Type[] = [
  ...INTEGERS,
  'bool',
  'address',
  'vector<u8>',
  'vector<u64>',
  'Point',
  'vector<Point>',
];
const BITS: Readonly<Record<IntegerType, number>> = { u8: 8, u16: 16, u32: 32, u64: 64, u128: 128, u256: 256 };

/** What every program has: its types, and functions over references, generics and storage for the others to call. */
const PRELUDE = `
    struct Point has copy, drop, store { x: u64, y: u8, label: vector<u8> }
    enum Shape has copy, drop, store { Dot, Circle { radius: u64, center: Point }, Line { from: u64, to: u64 } }
    struct Store has key { count: u64, point: Point, shape: Shape, list: vector<u64> }
    struct Pair<A, B> has copy, drop { first: A, second: B }
    #[event]
    struct Noted has drop, store { at: address, count: u64 }

    fun x_of(point: &mut Point): &mut u64 { &mut point.x }
    fun larger(a: &u64, b: &u64): &u64 { if (*a < *b) b else a }
    fun bump(value: &mut u64, by: u64): u64 { let old = *value; *value += by; old }
    fun swapped<A: copy + drop, B: copy + drop>(a: A, b: B): Pair<B, A> { Pair { first: b, second: a } }
    fun grow(list: &mut vector<u64>, value: u64) { if (vector::length(list) < 64) vector::push_back(list, value) }
    fun area(shape: &Shape): u64 {
        match (shape) {
            Shape::Dot => 0,
            Shape::Circle { radius, center } => (*radius % 1000) * 3 + center.x % 7,
            Shape::Line { from, to } => if (*to > *from) *to - *from else abort 404
        }
    }
    fun stretch(shape: &mut Shape, by: u64) {
        match (shape) {
            Shape::Circle { radius, center: _ } => *radius = *radius ^ by,
            Shape::Line { from: _, to } => *to = by,
            _ => *shape = Shape::Line { from: 1, to: by }
        }
    }
    fun ack(depth: u64, width: u64): u64 {
        if (depth == 0) width + 1 else if (width == 0) ack(depth - 1, 1) else ack(depth - 1, width % 3) + width
    }
    fun has_store(at: address): bool { exists<Store>(at) }
    fun count_at(at: address): u64 acquires Store { borrow_global<Store>(at).count }
    fun note(at: address, by: u64): u64 acquires Store {
        let store = borrow_global_mut<Store>(at);
        store.count += by;
        event::emit(Noted { at, count: store.count });
        store.count
    }
`;

/** Move source of one module. */
export function generateProgram(seed: string): string {
  const random = new EdgeRandom(seed);
  const functions = Array.from({ length: FUNCTION_COUNT }, (_, index) => new FunctionWriter(random, index).write());
  const uses = ['std::bcs', 'std::hash', 'std::vector', 'aptos_framework::event'].map((name) => `    use ${name};\n`);
  return `module ${MODULE} {\n${uses.join('')}${PRELUDE}\n${functions.join('\n')}}\n`;
}

interface Local {
  readonly name: string;
  readonly type: Type;
  /** Loop counters are not assigned to, so that loops end. */
  readonly isFixed: boolean;
}

class FunctionWriter {
  readonly #random: EdgeRandom;
  readonly #name: string;
  readonly #takesSigner: boolean;
  readonly #parameters: readonly Local[];
  readonly #returns: readonly Type[];
  #scope: Local[];
  #locals = 0;
  #loops = 0;

  constructor(random: EdgeRandom, index: number) {
    this.#random = random;
    this.#name = `f${index}`;
    // Every third function writes to storage and returns nothing; the others compute.
    this.#takesSigner = index % 3 === 2;
    this.#parameters = Array.from({ length: 1 + random.below(PARAMETERS_MAX) }, (_, i) => ({
      name: `p${i}`,
      type: random.pick(PARAMETER_TYPES),
      isFixed: false,
    }));
    this.#returns = this.#takesSigner
      ? []
      : Array.from({ length: 1 + random.below(3) }, () => random.pick(RETURN_TYPES));
    this.#scope = [...this.#parameters];
  }

  write(): string {
    const body = this.#block(1, STATEMENTS_MAX);
    const tail = this.#returns.length > 0 ? [this.#tuple()] : this.#storageStatements();
    const parameters = this.#parameters.map(({ name, type }) => `${name}: ${type}`);
    if (this.#takesSigner) parameters.unshift('account: &signer');
    const returns = this.#returns.length === 0 ? '' : `: (${this.#returns.join(', ')})`;
    return [
      `    public fun ${this.#name}(${parameters.join(', ')})${returns} acquires Store {`,
      // Every function touches the storage, which keeps the acquires lists simple.
      '        if (false) { count_at(@0xf0); };',
      ...[...body, ...tail].map((line) => `        ${line}`),
      '    }',
      '',
    ].join('\n');
  }

  #tuple(): string {
    const values = this.#returns.map((type) => this.#expression(type, 0));
    return values.length === 1 ? (values[0] ?? '') : `(${values.join(', ')})`;
  }

  #storageStatements(): string[] {
    const here = 'std::signer::address_of(account)';
    const fresh = [
      `if (!exists<Store>(${here})) {`,
      `    let count = ${this.#expression('u64', 1)};`,
      `    let point = ${this.#expression('Point', 1)};`,
      `    let shape = ${this.#expression('Shape', 1)};`,
      `    let list = ${this.#expression('vector<u64>', 1)};`,
      '    move_to(account, Store { count, point, shape, list });',
      '} else {',
      `    let value = ${this.#expression('u64', 1)};`,
      `    let store = borrow_global_mut<Store>(${here});`,
      `    ${this.#random.pick(['store.point.x = value;', 'grow(&mut store.list, value);', '*x_of(&mut store.point) = value;', 'store.count = area(&store.shape);', 'bump(&mut store.count, value);'])}`,
      '};',
    ];
    const away = [
      `if (exists<Store>(${here}) && ${this.#expression('bool', 1)}) {`,
      `    let Store { count: _, point: _, shape: _, list: _ } = move_from<Store>(${here});`,
      '};',
    ];
    return this.#random.oneIn(3) ? [...fresh, ...away] : fresh;
  }

  /** Statements; what they declare is gone behind them. */
  #block(depth: number, most: number): string[] {
    const outer = this.#scope;
    this.#scope = [...outer];
    const lines: string[] = [];
    for (let count = 1 + this.#random.below(most); count > 0; count--) lines.push(...this.#statement(depth));
    if (depth > 1) this.#scope = outer;
    return lines;
  }

  #statement(depth: number): string[] {
    const choice = this.#random.below(depth < BLOCK_DEPTH_MAX ? 12 : 8);
    const type = this.#random.pick(TYPES);
    switch (choice) {
      case 0:
      case 1:
      case 2: {
        const name = `v${this.#locals++}`;
        const line = `let ${name}: ${type} = ${this.#expression(type, 0)};`;
        this.#scope.push({ name, type, isFixed: false });
        return [line];
      }
      case 3:
      case 4: {
        const target = this.#local(type, true);
        return target === undefined ? [] : [`${target} = ${this.#expression(type, 0)};`];
      }
      case 5:
        return this.#mutation();
      case 6: {
        if (!this.#random.oneIn(3)) return [];
        return [`if (${this.#expression('bool', 1)}) abort ${this.#random.below(100)};`];
      }
      case 7: {
        const integer = this.#random.pick(INTEGERS);
        const target = this.#local(integer, true);
        if (target === undefined) return [];
        const operator = this.#random.pick(['+=', '-=', '*=', '^=', '|=', '&=', '%=', '/=']);
        return [`${target} ${operator} ${this.#expression(integer, 1)};`];
      }
      case 8:
      case 9: {
        const condition = this.#expression('bool', 0);
        const then = indent(this.#block(depth + 1, 3));
        if (this.#random.oneIn(3)) return [`if (${condition}) {`, ...then, '};'];
        return [`if (${condition}) {`, ...then, '} else {', ...indent(this.#block(depth + 1, 3)), '};'];
      }
      default:
        return this.#loop(depth);
    }
  }

  #loop(depth: number): string[] {
    const counter = `i${this.#loops++}`;
    this.#scope.push({ name: counter, type: 'u64', isFixed: true });
    const body = this.#block(depth + 1, 3);
    const exit = this.#random.pick(['break', 'continue']);
    const leave = this.#random.oneIn(2) ? [`if (${this.#expression('bool', 1)}) ${exit};`] : [];
    const rest = leave.length > 0 ? this.#block(depth + 1, 2) : [];
    return [
      `let ${counter}: u64 = 0;`,
      `while (${counter} < ${1 + this.#random.below(LOOP_ROUNDS_MAX)}) {`,
      `    ${counter} += 1;`,
      ...indent([...body, ...leave, ...rest]),
      '};',
    ];
  }

  /** Through a reference. What goes in is computed before: it may read what is borrowed. */
  #mutation(): string[] {
    const options: (() => string | undefined)[] = [
      () => this.#change('Point', 'u64', (name, value) => `${name}.x = ${value};`),
      () => this.#change('Point', 'u64', (name, value) => `*x_of(&mut ${name}) = ${value};`),
      () => this.#change('Point', 'u8', (name, value) => `vector::push_back(&mut ${name}.label, ${value});`),
      () => this.#change('vector<u64>', 'u64', (name, value) => `grow(&mut ${name}, ${value});`),
      () =>
        this.#change(
          'vector<u64>',
          'u64',
          (name, value) => `if (!vector::contains(&${name}, &${value})) vector::reverse(&mut ${name});`,
        ),
      () =>
        this.#change(
          'vector<u64>',
          'bool',
          (name, value) => `if (${value} && !vector::is_empty(&${name})) { vector::pop_back(&mut ${name}); };`,
        ),
      () =>
        this.#change(
          'vector<u64>',
          'u64',
          (name, value) => `*vector::borrow_mut(&mut ${name}, ${this.#random.below(3)}) = ${value};`,
        ),
      () =>
        this.#change(
          'vector<u64>',
          'u64',
          (name, value) => `vector::insert(&mut ${name}, ${this.#random.below(2)}, ${value});`,
        ),
      () => this.#change('vector<Point>', 'Point', (name, value) => `vector::push_back(&mut ${name}, ${value});`),
      () =>
        this.#change(
          'vector<Point>',
          'u64',
          (name, value) =>
            `if (${value} < vector::length(&${name})) { bump(x_of(vector::borrow_mut(&mut ${name}, ${value})), 3); };`,
        ),
      () =>
        this.#change(
          'vector<u8>',
          'vector<u8>',
          (name, value) => `if (vector::length(&${name}) < 99) vector::append(&mut ${name}, ${value});`,
        ),
      () => this.#change('Shape', 'u64', (name, value) => `stretch(&mut ${name}, ${value});`),
      () => this.#change('u64', 'u64', (name, value) => `bump(&mut ${name}, ${value} % 1000);`),
      () => `if (has_store(${this.#expression('address', 2)})) { note(${this.#expression('address', 2)}, 1); };`,
    ];
    const line = this.#random.pick(options)();
    return line === undefined ? [] : [line];
  }

  #change(target: Type, type: Type, write: (name: string, value: string) => string): string | undefined {
    const name = this.#local(target, true);
    return name && `{ let value = ${this.#expression(type, 1)}; ${write(name, 'value')} };`;
  }

  #index(): string {
    return this.#random.oneIn(4) ? this.#expression('u64', 2) : String(this.#random.below(3));
  }

  #local(type: Type, toChange: boolean): string | undefined {
    const fitting = this.#scope.filter((local) => local.type === type && !(toChange && local.isFixed));
    return fitting.length === 0 ? undefined : this.#random.pick(fitting).name;
  }

  #expression(type: Type, depth: number): string {
    const local = this.#local(type, false);
    if (local !== undefined && this.#random.oneIn(depth >= EXPRESSION_DEPTH_MAX ? 1 : 3)) return local;
    if (depth >= EXPRESSION_DEPTH_MAX) return this.#literal(type);
    if (this.#random.oneIn(9)) {
      const condition = this.#expression('bool', depth + 1);
      return `(if (${condition}) ${this.#expression(type, depth + 1)} else ${this.#expression(type, depth + 1)})`;
    }
    return this.#operation(type, depth + 1);
  }

  #operation(type: Type, depth: number): string {
    const of = (wanted: Type) => this.#expression(wanted, depth);
    switch (type) {
      case 'bool':
        return this.#truth(depth);
      case 'address':
        return this.#literal(type);
      case 'vector<u8>':
        return this.#random.pick([
          () => this.#literal(type),
          () => `bcs::to_bytes(&${of(this.#random.pick(TYPES))})`,
          () => `hash::sha3_256(${of(type)})`,
          () => `${of('Point')}.label`,
        ])();
      case 'vector<u64>':
        return this.#random.pick([
          () => this.#literal(type),
          () => `vector[${of('u64')}, ${of('u64')}]`,
          () => `vector::singleton(${of('u64')})`,
          () => `vector::map_ref(&${of(type)}, |e| *e ^ 5)`,
        ])();
      case 'vector<Point>':
        return this.#random.oneIn(3) ? 'vector<Point>[]' : `vector[${of('Point')}, ${of('Point')}]`;
      case 'Point':
        return this.#random.oneIn(4)
          ? `swapped(${of('u8')}, ${of('Point')}).first`
          : `Point { x: ${of('u64')}, y: ${of('u8')}, label: ${of('vector<u8>')} }`;
      case 'Shape':
        return this.#random.pick([
          () => 'Shape::Dot',
          () => `Shape::Circle { radius: ${of('u64')}, center: ${of('Point')} }`,
          () => `Shape::Line { from: ${of('u64')}, to: ${of('u64')} }`,
        ])();
      default:
        return this.#number(type, depth);
    }
  }

  #number(type: IntegerType, depth: number): string {
    const of = (wanted: Type) => this.#expression(wanted, depth);
    const general = [
      () => this.#literal(type),
      () => `(${of(type)} ${this.#random.pick(['+', '+', '-', '*', '/', '%'])} ${of(type)})`,
      () => `(${of(type)} ${this.#random.pick(['|', '&', '^', '%'])} ${of(type)})`,
      () => `(${of(type)} ${this.#random.pick(['<<', '>>'])} ${this.#shift(type, depth)})`,
      () => `(${of(this.#random.pick(INTEGERS))} as ${type})`,
      () => `(((${of('u64')} % 100) as u8) as ${type})`,
    ];
    const own = [
      () => `vector::length(&${of(this.#random.pick(['vector<u8>', 'vector<u64>', 'vector<Point>']))})`,
      () => `*vector::borrow(&${of('vector<u64>')}, ${this.#index()})`,
      () => `${of('Point')}.x`,
      () => `*larger(&${of('u64')}, &${of('u64')})`,
      () => `area(&${of('Shape')})`,
      () => `ack(${of('u64')} % 4, ${of('u64')} % 4)`,
      () => `swapped(${of('bool')}, ${of('u64')}).first`,
      () => `(if (has_store(${this.#literal('address')})) count_at(${this.#literal('address')}) else 1)`,
    ];
    return this.#random.pick(type === 'u64' ? [...general, ...own] : general)();
  }

  #shift(type: IntegerType, depth: number): string {
    // The compiler refuses a constant shift that is too far; one that it cannot see may be.
    return this.#random.oneIn(3) ? this.#expression('u8', depth) : `${this.#random.below(BITS[type])}u8`;
  }

  #truth(depth: number): string {
    const of = (wanted: Type) => this.#expression(wanted, depth);
    const integer = this.#random.pick(INTEGERS);
    const any = this.#random.pick(TYPES);
    return this.#random.pick([
      () => `(${of(integer)} ${this.#random.pick(['<', '<=', '>', '>=', '==', '!='])} ${of(integer)})`,
      () => `(${of(any)} ${this.#random.pick(['==', '!='])} ${of(any)})`,
      () => `(${of('bool')} ${this.#random.pick(['&&', '||'])} ${of('bool')})`,
      () => `!${of('bool')}`,
      () => `(${of('Shape')} is Shape::Circle)`,
      () => `has_store(${of('address')})`,
      () => this.#literal('bool'),
    ])();
  }

  #literal(type: Type): string {
    switch (type) {
      case 'bool':
        return this.#random.oneIn(2) ? 'true' : 'false';
      case 'address':
        return `@${this.#random.pick(ACCOUNTS)}`;
      case 'vector<u8>':
        return `x"${Buffer.from(this.#random.bytes(this.#random.below(VECTOR_LENGTH_MAX))).toString('hex')}"`;
      case 'vector<u64>':
        return `vector<u64>[${Array.from({ length: this.#random.below(4) }, () => this.#random.integer(64)).join(', ')}]`;
      case 'Point':
        return `Point { x: ${this.#random.integer(64)}, y: ${this.#random.integer(8)}, label: b"ab" }`;
      case 'vector<Point>':
        return 'vector<Point>[]';
      case 'Shape':
        return 'Shape::Dot';
      default:
        // Large ones overflow at the next step: most are small.
        return `${this.#random.oneIn(4) ? this.#random.integer(BITS[type]) : this.#random.below(40)}${type}`;
    }
  }
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${line}`);
}
