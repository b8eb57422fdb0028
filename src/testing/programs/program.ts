// Random well-typed Move programs for differential tests: two modules, of which the second knows the first's types only from outside. They
// declare structs, enums and resources (generic ones too), and functions that compute, lend each other references, and work on
// storage; each may call those before it. The seed fixes the program.

import { Context, type Parameter, type Resource } from './context.ts';
import { expression, literal, packed, SHARED_FIELD, U64 } from './expressions.ts';
import {
  type Declaration,
  type Field,
  INTEGERS,
  type MoveType,
  type NamedType,
  typeText,
  type Variant,
  variantsOf,
} from './move-types.ts';
import { declare, statements } from './statements.ts';
import { TABLE_KEYS } from './storage-statements.ts';

export interface ProgramSource {
  /** The modules' names, in the order to publish them. */
  readonly modules: readonly string[];
  /** File name → source. */
  readonly files: Readonly<Record<string, string>>;
}

const ADDRESS = '0xf022';
const DECLARATIONS_MAX = 4;
const INNER_FUNCTIONS = 7;
const OUTER_FUNCTIONS = 9;
const SECOND_FUNCTIONS = 4;
const PRIMITIVES: readonly MoveType[] = [...INTEGERS, 'bool' as const, 'address' as const].map((kind) => ({ kind }));
/** What a caller can give. */
const OUTSIDE_TYPES: readonly MoveType[] = [
  ...PRIMITIVES,
  U64,
  U64,
  { kind: 'vector', element: { kind: 'u8' } },
  { kind: 'vector', element: U64 },
  { kind: 'vector', element: { kind: 'address' } },
];
const T: MoveType = { kind: 'parameter', name: 'T' };

/** Small functions on references and vectors that all others use. */
const PRELUDE = `
    fun pick<T: copy + drop>(v: &vector<T>, i: u64, other: T): T { if (i < vector::length(v)) *vector::borrow(v, i) else other }
    fun cut(v: vector<u8>): vector<u8> { if (vector::length(&v) > 40) { vector::trim(&mut v, 17); }; v }
    fun put<T: drop>(v: &mut vector<T>, x: T) { if (vector::length(v) < 20) vector::push_back(v, x) }
    fun at<T>(v: &mut vector<T>, i: u64): &mut T { vector::borrow_mut(v, i) }
    fun set<T: drop>(r: &mut T, x: T) { *r = x }
    fun flip<T: copy + drop>(a: &mut T, b: &mut T) { let kept = *a; *a = *b; *b = kept; }
    fun either<T>(a: &mut T, b: &mut T, first: bool): &mut T { if (first) a else b }
`;
const USES = ['std::bcs', 'std::hash', 'std::signer', 'std::vector', 'aptos_std::table'];

/** `name` begins the names of its modules. */
export function generateProgram(seed: string, name: string): ProgramSource {
  const context = new Context(seed);
  const [first, second] = [`${name}_a`, `${name}_b`];
  const files = {
    [`${first}.move`]: firstModule(context)
      .replaceAll(/\ba::/g, `${first}::`)
      .replace('module a', `module ${ADDRESS}::${first}`),
    [`${second}.move`]: secondModule(context)
      .replaceAll(/\ba::/g, `${first}::`)
      .replace('module b', `module ${ADDRESS}::${second}`),
  };
  return { modules: [first, second], files };
}

function firstModule(context: Context): string {
  context.module = 'a';
  const { random, declarations } = context;
  const count = 2 + random.below(DECLARATIONS_MAX - 1);
  declarations.push(boxDeclaration());
  for (let i = 0; i < count; i++) declarations.push(randomDeclaration(context, i));
  context.pool = randomPool(context);
  for (let i = 0; i < 2; i++) context.resources.push(randomResource(context, i));
  context.lines.length = 0;
  for (const declaration of declarations) writeMaker(context, declaration);
  for (let i = 0; i < INNER_FUNCTIONS; i++) writeInner(context, `f${i}`);
  for (let i = 0; i < OUTER_FUNCTIONS; i++) writeOuter(context, `h${i}`, i % 3 === 0);
  const body = context.lines.splice(0).join('\n');
  const declared = [...declarations.map(declarationText), ...context.resources.map(resourceText)].join('\n');
  return `module a {\n${uses()}${declared}\n${PRELUDE}\n${body}\n}\n`;
}

function secondModule(context: Context): string {
  context.module = 'b';
  const names = context.declarations.map(({ name }) => name);
  for (let i = 0; i < SECOND_FUNCTIONS; i++) writeOuter(context, `h${i}`, false);
  const body = context.lines.splice(0).join('\n');
  return `module b {\n${uses()}    use ${ADDRESS}::a::{Self, ${names.join(', ')}};\n${PRELUDE}\n${body}\n}\n`;
}

/** Every program has a generic struct with a phantom parameter. */
function boxDeclaration(): Declaration {
  const fields: readonly Field[] = [
    { name: 'item', type: T },
    { name: 'more', type: { kind: 'vector', element: T } },
    { name: 'n', type: U64 },
  ];
  return {
    name: 'Box',
    module: 'a',
    isEnum: false,
    typeParameters: ['T', 'P'],
    phantom: new Set(['P']),
    variants: [{ name: '', isPositional: false, fields }],
  };
}

function randomDeclaration(context: Context, index: number): Declaration {
  const { random } = context;
  const isEnum = index % 2 === 1;
  const isGeneric = random.oneIn(3);
  const types = [...PRIMITIVES, ...(isGeneric ? [T, T] : []), ...context.declarations.filter(notGeneric).map(named)];
  const field = (name: string): Field => {
    const type = random.pick(types);
    return { name, type: random.oneIn(4) ? { kind: 'vector', element: type } : type };
  };
  // Each variant begins with the same field, mostly, so that it can be read without asking for the variant.
  const shared = field(SHARED_FIELD);
  const variants: Variant[] = Array.from({ length: isEnum ? 2 + random.below(3) : 1 }, (_, number) => {
    const isPositional = random.oneIn(5);
    const own = Array.from({ length: random.below(4) + (isEnum ? 0 : 1) }, (_unused, i) =>
      field(isPositional ? String(i) : `f${i}`),
    );
    const withShared = isEnum && !isPositional && !random.oneIn(3) ? [shared, ...own] : own;
    return { name: isEnum ? `V${number}` : '', isPositional, fields: withShared };
  });
  return {
    name: `${isEnum ? 'E' : 'S'}${index}`,
    module: 'a',
    isEnum,
    typeParameters: isGeneric ? ['T'] : [],
    phantom: new Set(variants.some(({ fields }) => fields.some(({ type }) => mentions(type))) ? [] : ['T']),
    variants,
  };
}

/** Types of values: all primitive ones, what the program declares, and vectors of some. */
function randomPool(context: Context): readonly MoveType[] {
  const { random } = context;
  const declared = context.declarations.flatMap((declaration): MoveType[] => {
    if (declaration.typeParameters.length === 0) return [named(declaration)];
    const args = (): MoveType[] => declaration.typeParameters.map(() => random.pick(PRIMITIVES));
    return [
      { kind: 'named', declaration, args: args() },
      { kind: 'named', declaration, args: args() },
    ];
  });
  const vectors = Array.from({ length: 4 }, (): MoveType => {
    return { kind: 'vector', element: random.pick([...declared, ...PRIMITIVES]) };
  });
  return [
    ...PRIMITIVES,
    ...declared,
    ...declared,
    ...vectors,
    { kind: 'vector', element: U64 },
    { kind: 'vector', element: { kind: 'vector', element: { kind: 'u8' } } },
  ];
}

function randomResource(context: Context, index: number): Resource {
  const { random } = context;
  const isGeneric = index === 1;
  const fields = Array.from({ length: 2 + random.below(3) }, (_, i) => ({
    name: `x${i}`,
    type: random.pick(context.pool),
  }));
  if (isGeneric) fields.push({ name: 'item', type: T }, { name: 'items', type: { kind: 'vector', element: T } });
  const hasTable = !isGeneric && random.oneIn(2);
  return {
    name: `R${index}`,
    isGeneric,
    fields,
    ...(hasTable && { table: { name: 'entries', key: random.pick(TABLE_KEYS), value: random.pick(context.pool) } }),
  };
}

/** `make_name(seed)`, by which another module gets values of the type. */
function writeMaker(context: Context, declaration: Declaration): void {
  context.beginFunction();
  const args: MoveType[] = declaration.typeParameters.map((name) => ({ kind: 'parameter', name }));
  const type: NamedType = { kind: 'named', declaration, args };
  const generics = declaration.typeParameters.map((name) => `${name}: copy + drop + store`).join(', ');
  const isGeneric = generics !== '';
  // A value of a type parameter can only be handed in.
  const parameters = ['seed: u64', ...(isGeneric ? ['item: T'] : [])].join(', ');
  context.scope.push({ place: 'seed', type: U64 });
  if (isGeneric) context.scope.push({ place: 'item', type: T });
  const variants = variantsOf(type);
  context.line(
    `public fun make_${declaration.name.toLowerCase()}${isGeneric ? `<${generics}>` : ''}(${parameters}): ${typeText(type)} {`,
  );
  context.indented(() => {
    variants.slice(1).forEach((variant, i) => {
      context.line(
        `if (seed % ${variants.length} == ${i}) return ${packed(type, variant, (of) => literal(context, of))};`,
      );
    });
    const [first] = variants;
    if (first) context.line(packed(type, first, (of) => (of.kind === 'u64' ? 'seed' : literal(context, of))));
  });
  context.line('}');
}

/** For the functions behind it: takes anything in any way, generic or not. */
function writeInner(context: Context, name: string): void {
  const { random } = context;
  context.beginFunction();
  const outerPool = context.pool;
  const isGeneric = random.oneIn(3);
  if (isGeneric) {
    const box = context.declarations[0];
    const boxed: readonly MoveType[] = box ? [{ kind: 'named', declaration: box, args: [T, U64] }] : [];
    context.pool = [...outerPool, T, T, { kind: 'vector', element: T }, ...boxed];
  }
  const parameters: Parameter[] = Array.from({ length: 1 + random.below(4) }, () => ({
    passing: random.pick(['value', 'value', 'shared', 'mutable', 'mutable'] as const),
    type: random.pick(context.pool),
  }));
  if (isGeneric) parameters.unshift({ passing: 'value', type: T });
  const returns = Array.from({ length: random.below(3) }, () => random.pick(context.pool));
  writeFunction(context, { name, parameters, returns, isGeneric, account: false });
  context.pool = outerPool;
}

/** For calls from outside: with a signer it works on storage and returns nothing. */
function writeOuter(context: Context, name: string, account: boolean): void {
  const { random } = context;
  context.beginFunction();
  const parameters: Parameter[] = Array.from({ length: 1 + random.below(4) }, () => ({
    passing: 'value',
    type: random.pick(OUTSIDE_TYPES),
  }));
  const pool = context.pool;
  const returns = account ? [] : Array.from({ length: 1 + random.below(3) }, () => random.pick(pool));
  writeFunction(context, { name, parameters, returns, isGeneric: false, account });
}

function writeFunction(
  context: Context,
  head: {
    readonly name: string;
    readonly parameters: readonly Parameter[];
    readonly returns: readonly MoveType[];
    readonly isGeneric: boolean;
    readonly account: boolean;
  },
): void {
  const { random } = context;
  const { name, parameters, returns } = head;
  const declared = parameters.map(({ passing, type }, i) => {
    const mark = { value: '', shared: '&', mutable: '&mut ' }[passing];
    context.scope.push(passing === 'value' ? { place: `p${i}`, type } : { place: `*p${i}`, type, reference: passing });
    return `p${i}: ${mark}${typeText(type)}`;
  });
  if (head.account) {
    declared.unshift('account: &signer');
    context.account = 'account';
  }
  context.returns = returns;
  const outer = context.lines.splice(0);
  context.indented(() => {
    for (let i = random.below(4); i > 0; i--) declare(context, random.pick(context.pool));
    statements(context, 3 + random.below(7), head.account ? 1 : 0);
    if (returns.length > 0) {
      const values = returns.map((type) => expression(context, type));
      context.line(values.length === 1 ? (values[0] ?? '') : `(${values.join(', ')})`);
    }
  });
  const body = context.lines.splice(0);
  context.lines.push(...outer);
  const result = returns.length === 0 ? '' : `: (${returns.map(typeText).join(', ')})`;
  const acquires = context.acquires.size === 0 ? '' : ` acquires ${[...context.acquires].join(', ')}`;
  const generics = head.isGeneric ? '<T: copy + drop + store>' : '';
  context.line(
    `public fun ${name}${generics}(${declared.join(', ')})${result}${context.module === 'a' ? acquires : ''} {`,
  );
  context.lines.push(...body);
  context.line('}');
  context.functions.push({
    name,
    module: context.module,
    typeParameters: head.isGeneric ? ['T'] : [],
    parameters: head.account ? [] : parameters,
    returns,
    acquires: context.acquires,
    // What takes a signer is for callers from outside alone.
    weight: head.account ? Number.POSITIVE_INFINITY : context.weight + 1,
  });
}

function declarationText({ name, isEnum, typeParameters, phantom, variants }: Declaration): string {
  const generics = typeParameters
    .map((parameter) => `${phantom.has(parameter) ? 'phantom ' : ''}${parameter}`)
    .join(', ');
  const head = `${name}${generics === '' ? '' : `<${generics}>`}`;
  const fields = ({ isPositional, fields: list }: Variant): string => {
    if (isPositional && list.length > 0) return `(${list.map(({ type }) => typeText(type)).join(', ')})`;
    if (isEnum && list.length === 0) return '';
    return ` { ${list.map((field) => `${field.name}: ${typeText(field.type)}`).join(', ')} }`;
  };
  if (isEnum) {
    const list = variants.map((variant) => `${variant.name}${fields(variant)}`).join(', ');
    return `    enum ${head} has copy, drop, store { ${list} }`;
  }
  const [variant] = variants;
  if (variant?.isPositional) return `    struct ${head}${fields(variant)} has copy, drop, store;`;
  return `    struct ${head} has copy, drop, store${variant ? fields(variant) : ' {}'}`;
}

function resourceText({ name, isGeneric, fields, table }: Resource): string {
  const list = fields.map((field) => `${field.name}: ${typeText(field.type)}`);
  if (table) list.push(`${table.name}: table::Table<${typeText(table.key)}, ${typeText(table.value)}>`);
  return `    struct ${name}${isGeneric ? '<T: store>' : ''} has key { ${list.join(', ')} }`;
}

function uses(): string {
  return USES.map((name) => `    use ${name};\n`).join('');
}

function notGeneric({ typeParameters }: Declaration): boolean {
  return typeParameters.length === 0;
}

function named(declaration: Declaration): NamedType {
  return { kind: 'named', declaration, args: [] };
}

function mentions(type: MoveType): boolean {
  if (type.kind === 'vector') return mentions(type.element);
  return type.kind === 'parameter';
}
