// Expressions of random programs, by type. They change nothing in scope; most do not abort, so that programs get somewhere.

import { ACCOUNTS } from '../oracle/calls.ts';
import { borrow, type Context, fieldPlace, type ProgramFunction } from './context.ts';
import {
  INTEGER_BITS,
  INTEGERS,
  type IntegerName,
  type MoveType,
  type NamedType,
  sameMoveType,
  substitute,
  typeArguments,
  typeText,
  type Variant,
  variantsOf,
} from './move-types.ts';
import { placeOf, readablePlaces } from './places.ts';

/** The field that several variants of an enum have, with one type. */
export const SHARED_FIELD = 'n';
const EXPRESSION_DEPTH_MAX = 3;
export const BOOL: MoveType = { kind: 'bool' };
export const U8: MoveType = { kind: 'u8' };
export const U64: MoveType = { kind: 'u64' };

export function expression(context: Context, type: MoveType, depth = 0): string {
  const variable = context.variableOf(type);
  if (depth >= EXPRESSION_DEPTH_MAX) {
    return variable && context.percent(70) ? read(variable.place) : literal(context, type);
  }
  const sub = (of: MoveType): string => expression(context, of, depth + 1);
  const choice = context.random.below(20);
  if (choice < 6 && variable) return read(variable.place);
  if (choice < 9) {
    const place = placeOf(context, type, readablePlaces(context));
    if (place) return read(place.place);
  }
  if (choice < 11) {
    const element = elementOf(context, type, sub);
    if (element !== undefined) return element;
  }
  if (choice < 13) {
    const call = callOf(context, type, depth);
    if (call !== undefined) return call;
  }
  if (choice === 13) return `(if (${sub(BOOL)}) ${sub(type)} else ${sub(type)})`;
  if (choice === 14) {
    const matched = matchExpression(context, type, depth);
    if (matched !== undefined) return matched;
  }
  if (choice === 15) return `{ let ${context.fresh()} = ${sub(context.random.pick(context.pool))}; ${sub(type)} }`;
  return compound(context, type, depth + 1);
}

/** A value without calls, in one of the shapes that its type has. */
export function literal(context: Context, type: MoveType): string {
  const { random } = context;
  switch (type.kind) {
    case 'bool':
      return random.oneIn(2) ? 'true' : 'false';
    case 'address':
      return `@${random.pick(ACCOUNTS)}`;
    case 'vector':
      // Always in this form: the compiler does not see that it has the same constant already in another.
      if (type.element.kind === 'u8') {
        return `x"${Buffer.from(random.bytes(random.below(5))).toString('hex')}"`;
      }
      if (!random.oneIn(3)) return `vector<${typeText(type.element)}>[]`;
      return `vector<${typeText(type.element)}>[${literal(context, type.element)}]`;
    case 'named': {
      if (!context.isOwn(type)) return make(context, type, '1');
      const variant = random.pick(variantsOf(type));
      return packed(type, variant, (of) => literal(context, of));
    }
    case 'parameter':
      return read(context.variableOf(type)?.place ?? 'seed');
    default:
      // Large ones overflow at the next step: most are small.
      return `${random.oneIn(3) ? random.integer(INTEGER_BITS[type.kind]) : random.below(40)}${type.kind}`;
  }
}

/** A call of a function written before that returns just this type. */
export function callOf(context: Context, type: MoveType, depth: number): string | undefined {
  const { functions } = context;
  const target = context.pickOf(
    functions.filter((candidate) => {
      const [returned] = candidate.returns;
      const fits = returned !== undefined && candidate.returns.length === 1 && argumentsFor(candidate, returned, type);
      return fits && candidate.parameters.every(({ passing }) => passing !== 'mutable') && context.mayCall(candidate);
    }),
  );
  if (target === undefined) return undefined;
  const [returned] = target.returns;
  const typeArgs = returned && argumentsFor(target, returned, type);
  if (!typeArgs) return undefined;
  const name = context.called(target);
  const args = target.parameters.map(({ passing, type: of }) => {
    const value = expression(context, substitute(of, target.typeParameters, typeArgs), depth + 1);
    return passing === 'value' ? value : `&${value}`;
  });
  return `${name}${typeArguments(typeArgs)}(${args.join(', ')})`;
}

/** The type arguments that make `returned` the wanted type, when it is a type parameter or needs none. */
function argumentsFor(target: ProgramFunction, returned: MoveType, wanted: MoveType): readonly MoveType[] | undefined {
  if (target.typeParameters.length === 0) return sameMoveType(returned, wanted) ? [] : undefined;
  return target.typeParameters.length === 1 && returned.kind === 'parameter' ? [wanted] : undefined;
}

/** A struct's or variant's value, each field's by `value`. */
export function packed(type: NamedType, variant: Variant, value: (type: MoveType) => string): string {
  const name = `${type.declaration.name}${variant.name === '' ? '' : `::${variant.name}`}${typeArguments(type.args)}`;
  const values = variant.fields.map((field) => value(field.type));
  if (variant.fields.length === 0) return variant.isPositional || type.declaration.isEnum ? name : `${name} {}`;
  if (variant.isPositional) return `${name}(${values.join(', ')})`;
  return `${name} { ${variant.fields.map((field, i) => `${field.name}: ${values[i]}`).join(', ')} }`;
}

/** Names for a variant's fields and the pattern that binds them. */
export function pattern(context: Context, type: NamedType, variant: Variant): { text: string; names: string[] } {
  const names = variant.fields.map(() => context.fresh('m'));
  const base = `${type.declaration.name}${variant.name === '' ? '' : `::${variant.name}`}`;
  if (variant.fields.length === 0) return { text: type.declaration.isEnum ? base : `${base} {}`, names };
  if (variant.isPositional) return { text: `${base}(${names.join(', ')})`, names };
  return { text: `${base} { ${variant.fields.map(({ name }, i) => `${name}: ${names[i]}`).join(', ')} }`, names };
}

/** Values of another module's types come from that module. */
function make(context: Context, type: NamedType, seed: string): string {
  const { module, name } = type.declaration;
  const [argument] = type.args;
  const item = argument ? `, ${literal(context, argument)}` : '';
  return `${module}::make_${name.toLowerCase()}${typeArguments(type.args)}(${seed}${item})`;
}

function elementOf(context: Context, type: MoveType, sub: (of: MoveType) => string): string | undefined {
  const vector = placeOf(context, { kind: 'vector', element: type }, readablePlaces(context));
  if (vector === undefined) return undefined;
  // Out of bounds now and then.
  if (context.percent(8)) return `*vector::borrow(${borrow(vector.place, 'shared')}, ${sub(U64)} % 3)`;
  return `pick(${borrow(vector.place, 'shared')}, ${sub(U64)} % 4, ${sub(type)})`;
}

/** `match` over an enum in scope, with a value of `type` from each arm. */
function matchExpression(context: Context, type: MoveType, depth: number): string | undefined {
  const { random } = context;
  const places = readablePlaces(context).filter(
    (place) => place.type.kind === 'named' && place.type.declaration.isEnum && context.isOwn(place.type),
  );
  const matched = context.pickOf(places);
  if (matched?.type.kind !== 'named') return undefined;
  const enumType = matched.type;
  const variants = variantsOf(enumType);
  const covered = random.oneIn(2) ? variants : variants.slice(0, 1 + random.below(variants.length));
  const byReference = random.oneIn(2);
  const arms = covered.map((variant) => {
    const { text, names } = pattern(context, enumType, variant);
    const outer = [...context.scope];
    names.forEach((name, i) => {
      const field = variant.fields[i];
      if (!field) return;
      const place = byReference ? `*${name}` : name;
      context.scope.push({ place, type: field.type, ...(byReference && { reference: 'shared' as const }) });
    });
    const guard = byReference && random.oneIn(5) ? ` if (${expression(context, BOOL, depth + 2)})` : '';
    const arm = `${text}${guard} => ${expression(context, type, depth + 1)}`;
    context.scope = outer;
    return { arm, isGuarded: guard !== '' };
  });
  const isTotal = covered.length === variants.length && arms.every(({ isGuarded }) => !isGuarded);
  const rest = isTotal ? [] : [`_ => ${expression(context, type, depth + 1)}`];
  const subject = byReference ? `&${matched.place}` : read(matched.place);
  return `(match (${subject}) { ${[...arms.map(({ arm }) => arm), ...rest].join(', ')} })`;
}

function compound(context: Context, type: MoveType, depth: number): string {
  const sub = (of: MoveType): string => expression(context, of, depth);
  const { random } = context;
  switch (type.kind) {
    case 'bool':
      return truth(context, depth);
    case 'address':
    case 'parameter':
      return literal(context, type);
    case 'vector':
      if (type.element.kind === 'u8' && random.oneIn(2)) {
        const bytes = `bcs::to_bytes(&${sub(random.pick(context.pool))})`;
        return random.oneIn(3) ? `hash::sha3_256(${bytes})` : `cut(${bytes})`;
      }
      return `vector<${typeText(type.element)}>[${Array.from({ length: 1 + random.below(3) }, () => sub(type.element)).join(', ')}]`;
    case 'named':
      if (!context.isOwn(type)) return make(context, type, sub(U64));
      return packed(type, random.pick(variantsOf(type)), sub);
    default:
      return integer(context, type.kind, depth);
  }
}

function truth(context: Context, depth: number): string {
  const sub = (of: MoveType): string => expression(context, of, depth);
  const { random } = context;
  const number: MoveType = { kind: random.pick(INTEGERS) };
  const any = random.pick(context.pool);
  const enums = readablePlaces(context).filter(
    ({ type }) => type.kind === 'named' && type.declaration.isEnum && context.isOwn(type),
  );
  const tested = context.pickOf(enums);
  return random.pick([
    () => `(${sub(number)} ${random.pick(['<', '<=', '>', '>=', '==', '!='])} ${sub(number)})`,
    () => `(${sub(any)} ${random.pick(['==', '!='])} ${sub(any)})`,
    () => `(${sub(BOOL)} ${random.pick(['&&', '||'])} ${sub(BOOL)})`,
    () => `!${sub(BOOL)}`,
    () => {
      if (tested?.type.kind !== 'named') return literal(context, BOOL);
      const { declaration, args } = tested.type;
      const names = declaration.variants.map(({ name }) => `${declaration.name}::${name}${typeArguments(args)}`);
      const some = names.slice(0, 1 + random.below(2));
      return `(${read(tested.place)} is ${(random.oneIn(2) ? some : [random.pick(names)]).join(' | ')})`;
    },
    () => {
      const vector = placeOf(context, { kind: 'vector', element: any }, readablePlaces(context));
      return vector ? `vector::contains(&${vector.place}, &${sub(any)})` : literal(context, BOOL);
    },
  ])();
}

function integer(context: Context, kind: IntegerName, depth: number): string {
  const { random } = context;
  const type: MoveType = { kind };
  const sub = (of: MoveType): string => expression(context, of, depth);
  const positive = `${1 + random.below(99)}${kind}`;
  const general = [
    () => `(${sub(type)} / 2 + ${sub(type)} / 2)`,
    () =>
      context.percent(80)
        ? `(${sub(type)} % ${positive} ${random.pick(['+', '*'])} 2)`
        : `(${sub(type)} ${random.pick(['+', '-', '*'])} ${sub(type)})`,
    () => `(${sub(type)} ${random.pick(['/', '%'])} ${context.percent(95) ? positive : sub(type)})`,
    () => `(${sub(type)} ${random.pick(['&', '|', '^'])} ${sub(type)})`,
    () => `(${sub(type)} ${random.pick(['<<', '>>'])} ${context.percent(96) ? `(${sub(U8)} % 8)` : sub(U8)})`,
    () => `((${sub({ kind: random.pick(INTEGERS) })}${context.percent(94) ? ' % 200' : ''}) as ${kind})`,
    () => literal(context, type),
    () => variantField(context, type) ?? literal(context, type),
  ];
  const own = [
    () => {
      const vector = context.pickOf(readablePlaces(context).filter((place) => place.type.kind === 'vector'));
      return vector ? `vector::length(&${vector.place})` : literal(context, type);
    },
    () => `vector::fold(${sub({ kind: 'vector', element: U64 })}, 7u64, |a, b| (a ^ b) / 2)`,
  ];
  return random.pick(kind === 'u64' ? [...general, ...own] : general)();
}

/** A field read straight from an enum, which fails where the variant has no such field. */
function variantField(context: Context, type: MoveType): string | undefined {
  const fields = readablePlaces(context).flatMap((place) => {
    if (place.type.kind !== 'named' || !place.type.declaration.isEnum || !context.isOwn(place.type)) return [];
    const isShared = variantsOf(place.type).some(({ fields }) =>
      fields.some((field) => field.name === SHARED_FIELD && sameMoveType(field.type, type)),
    );
    return isShared ? [fieldPlace(place, SHARED_FIELD).place] : [];
  });
  return context.percent(40) ? context.pickOf(fields) : undefined;
}

/** In parentheses where it is read through a reference. */
export function read(place: string): string {
  return place.startsWith('*') ? `(${place})` : place;
}
