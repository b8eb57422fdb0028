// Statements of random programs: assignments, references into values and through calls, vectors, branches and loops of every form, aborts.
// What goes into a place is computed before the place is borrowed.

import { borrow, type Context, type ProgramFunction, type Variable } from './context.ts';
import { BOOL, expression, literal, pattern, read, U64 } from './expressions.ts';
import {
  fieldsOf,
  isInteger,
  type MoveType,
  sameMoveType,
  substitute,
  typeArguments,
  typeText,
  variantsOf,
} from './move-types.ts';
import { placeOf, readablePlaces, rootOf, writablePlaces } from './places.ts';
import { storageStatement } from './storage-statements.ts';

const BLOCK_DEPTH_MAX = 3;
const LOOP_ROUNDS_MAX = 4;

export function statements(context: Context, count: number, depth: number): void {
  for (let i = 0; i < count; i++) {
    context.spend(1);
    statement(context, depth);
  }
}

export function declare(context: Context, type: MoveType): void {
  const value = expression(context, type);
  const place = context.fresh('v');
  context.line(`let ${place}: ${typeText(type)} = ${value};`);
  context.scope.push({ place, type });
}

function statement(context: Context, depth: number): void {
  const { random } = context;
  const flat = [assign, assign, compoundAssign, assignThrough, exchange, vectorStatement, vectorStatement];
  flat.push(mutatingCall, mutatingCall, severalResults, destructure, check, walk, (c) =>
    declare(c, random.pick(c.pool)),
  );
  const nesting = [branch, branch, matchStatement, whileLoop, forLoop, endlessLoop, borrowBlock, borrowBlock];
  nesting.push(storageStatement, leave);
  random.pick(depth < BLOCK_DEPTH_MAX ? [...flat, ...nesting] : flat)(context, depth);
}

function block(context: Context, depth: number): void {
  context.nested(() => statements(context, 1 + context.random.below(3), depth + 1));
}

function assign(context: Context): void {
  const target = context.pickOf(writablePlaces(context));
  if (target) context.line(`${target.place} = ${expression(context, target.type)};`);
}

function compoundAssign(context: Context): void {
  const target = context.pickOf(writablePlaces(context).filter(({ type }) => isInteger(type)));
  if (!target) return;
  const operator = context.random.pick(['|=', '&=', '^=', '%=', '/=', '+=', '-=']);
  // Mostly what does not abort.
  const value = context.percent(70)
    ? `${1 + context.random.below(30)}${typeText(target.type)}`
    : expression(context, target.type, 1);
  if (operator === '+=' || operator === '-=') {
    context.line(`if (${read(target.place)} % 7 > 3) ${target.place} ${operator} 1;`);
  } else context.line(`${target.place} ${operator} ${value};`);
}

/** Through a reference: made here, or returned by a function that chooses. */
function assignThrough(context: Context): void {
  const places = writablePlaces(context);
  const target = context.pickOf(places);
  if (!target) return;
  const value = context.fresh();
  context.line(`let ${value} = ${expression(context, target.type)};`);
  const other = context.pickOf(
    places.filter((place) => sameMoveType(place.type, target.type) && rootOf(place.place) !== rootOf(target.place)),
  );
  const type = typeText(target.type);
  if (other && context.percent(60)) {
    const flag = context.fresh();
    context.line(`let ${flag} = ${expression(context, BOOL, 1)};`);
    const chosen = `either<${type}>(&mut ${target.place}, &mut ${other.place}, ${flag})`;
    context.line(
      context.percent(50)
        ? `*${chosen} = ${value};`
        : `set(${chosen}, ${value}); flip(&mut ${other.place}, &mut ${target.place});`,
    );
    return;
  }
  const reference = context.fresh('r');
  context.line(`let ${reference} = &mut ${target.place}; *${reference} = ${value};`);
}

function exchange(context: Context): void {
  const places = writablePlaces(context);
  const a = context.pickOf(places);
  if (!a) return;
  const b = placeOf(
    context,
    a.type,
    places.filter(({ place }) => rootOf(place) !== rootOf(a.place)),
  );
  if (!b) return;
  const isPlain = ({ place }: Variable): boolean => !/[.*]/.test(place);
  if (isPlain(a) && isPlain(b)) {
    context.line(`(${a.place}, ${b.place}) = (${b.place}, ${a.place});`);
    return;
  }
  const kept = context.fresh();
  context.line(`let ${kept} = ${read(a.place)}; ${a.place} = ${read(b.place)}; ${b.place} = ${kept};`);
}

function vectorStatement(context: Context): void {
  const { random } = context;
  const target = context.pickOf(writablePlaces(context).filter(({ type }) => type.kind === 'vector'));
  if (target?.type.kind !== 'vector') return;
  const { element } = target.type;
  const place = borrow(target.place, 'mutable');
  const shared = borrow(target.place, 'shared');
  const index = context.fresh();
  const value = context.fresh();
  const prepare = (): void => {
    context.line(`let ${index} = ${expression(context, U64, 2)} % 4;`);
    context.line(`let ${value} = ${expression(context, element, 1)};`);
  };
  const inBounds = `if (${index} < vector::length(${shared}))`;
  random.pick<() => void>([
    () => {
      context.line(`let ${value} = ${expression(context, element, 1)}; put(${place}, ${value});`);
    },
    () => {
      context.line(
        `let ${value} = ${expression(context, element, 1)}; put(${place}, ${value}); put(${place}, ${value});`,
      );
    },
    () => {
      const bound = context.percent(95) ? `if (!vector::is_empty(${shared})) ` : '';
      context.line(`${bound}{ vector::pop_back(${place}); };`);
    },
    () => {
      prepare();
      context.line(`${inBounds} *vector::borrow_mut(${place}, ${index}) = ${value};`);
    },
    () => {
      prepare();
      context.line(`if (vector::length(${shared}) > 1) vector::swap(${place}, 0, ${index} % 2);`);
    },
    () => {
      prepare();
      const bound = context.percent(93) ? `${inBounds} ` : '';
      context.line(`${bound}{ set(at(${place}, ${index}), ${value}); };`);
    },
    () => {
      context.line(`let ${index} = vector::length(${shared}) / 2;`);
      const operation = random.pick([`reverse(${place})`, `trim(${place}, ${index})`, `rotate(${place}, ${index})`]);
      context.line(`vector::${operation};`);
    },
    () => {
      prepare();
      const operation = random.pick([`remove(${place}, ${index})`, `swap_remove(${place}, ${index})`]);
      context.line(`${inBounds} { vector::${operation}; };`);
    },
    () => {
      prepare();
      context.line(
        `if (vector::length(${shared}) < 20 && ${index} <= vector::length(${shared})) vector::insert(${place}, ${index}, ${value});`,
      );
    },
    () => {
      context.line(`let ${value} = ${expression(context, target.type, 1)};`);
      context.line(`if (vector::length(${shared}) < 12) vector::append(${place}, ${value});`);
    },
  ])();
}

/** A call with places lent to be changed; two of them never in one variable. */
function mutatingCall(context: Context): void {
  const callable = context.functions.filter(
    (candidate) => candidate.parameters.some(({ passing }) => passing === 'mutable') && context.mayCall(candidate),
  );
  const target = context.pickOf(callable);
  if (target) writeCall(context, target);
}

function severalResults(context: Context): void {
  const target = context.pickOf(
    context.functions.filter(({ returns, parameters }) => {
      return returns.length > 1 && parameters.every(({ passing }) => passing !== 'mutable');
    }),
  );
  if (target && context.mayCall(target)) writeCall(context, target);
}

function writeCall(context: Context, target: ProgramFunction): void {
  const typeArgs = target.typeParameters.map(() => context.random.pick(context.pool));
  const fill = (type: MoveType): MoveType => substitute(type, target.typeParameters, typeArgs);
  const lent = new Set<string>();
  const args: string[] = [];
  for (const { passing, type } of target.parameters) {
    const wanted = fill(type);
    if (passing === 'mutable') {
      const free = writablePlaces(context).filter(({ place }) => !lent.has(rootOf(place)));
      const place = placeOf(context, wanted, free);
      if (place) {
        lent.add(rootOf(place.place));
        args.push(borrow(place.place, 'mutable'));
        continue;
      }
    }
    const value = context.fresh();
    context.line(`let ${value} = ${expression(context, wanted, 1)};`);
    lent.add(value);
    args.push(passing === 'value' ? value : borrow(value, passing));
  }
  const call = `${context.called(target)}${typeArguments(typeArgs)}(${args.join(', ')})`;
  const names = target.returns.map(() => context.fresh('v'));
  if (names.length === 0) context.line(`${call};`);
  else context.line(`let ${names.length === 1 ? names[0] : `(${names.join(', ')})`} = ${call};`);
  target.returns.forEach((type, i) => {
    context.scope.push({ place: names[i] ?? '', type: fill(type) });
  });
}

function destructure(context: Context): void {
  const place = context.pickOf(
    readablePlaces(context).filter(({ type }) => fieldsOf(type).length > 0 && context.isOwn(type)),
  );
  if (place?.type.kind !== 'named') return;
  const [variant] = variantsOf(place.type);
  if (!variant) return;
  const { text, names } = pattern(context, place.type, variant);
  context.line(`let ${text} = ${read(place.place)};`);
  variant.fields.forEach(({ type }, i) => {
    context.scope.push({ place: names[i] ?? '', type });
  });
}

function check(context: Context): void {
  const code = context.random.below(1000);
  if (context.percent(70)) {
    context.line(`assert!(${expression(context, BOOL, 1)} || ${expression(context, U64, 2)} % 8 != 3, ${code});`);
  } else {
    context.line(`if (${expression(context, U64, 1)} % 16 == 5) abort ${expression(context, U64, 2)};`);
  }
}

/** The standard library's functions that take code in, which the compiler writes out as loops. */
function walk(context: Context): void {
  const target = context.pickOf(writablePlaces(context).filter(({ type }) => type.kind === 'vector'));
  if (target?.type.kind !== 'vector') return;
  const { element } = target.type;
  const place = borrow(target.place, 'mutable');
  if (isInteger(element)) {
    context.line(
      context.percent(50)
        ? `vector::for_each_mut(${place}, |e| { *e = *e / 2; });`
        : `${target.place} = vector::map(${read(target.place)}, |e| e ^ 5);`,
    );
    return;
  }
  const value = context.fresh();
  context.line(`let ${value} = ${literal(context, element)};`);
  context.line(
    context.percent(50)
      ? `${target.place} = vector::filter(${read(target.place)}, |e| e != &${value});`
      : `vector::for_each_mut(${place}, |e| { if (e == &mut ${value}) { *e = ${value}; }; });`,
  );
}

function branch(context: Context, depth: number): void {
  context.line(`if (${expression(context, BOOL)}) {`);
  block(context, depth);
  if (context.percent(30)) {
    context.line(`} else if (${expression(context, BOOL, 1)}) {`);
    block(context, depth);
  }
  if (context.percent(70)) {
    context.line('} else {');
    block(context, depth);
  }
  context.line('};');
}

function matchStatement(context: Context, depth: number): void {
  const places = writablePlaces(context).filter(
    ({ type }) => type.kind === 'named' && type.declaration.isEnum && context.isOwn(type),
  );
  const matched = context.pickOf(places);
  if (matched?.type.kind !== 'named') return;
  const { type } = matched;
  context.line(`match (&mut ${matched.place}) {`);
  const outer = context.scope;
  const variants = variantsOf(type);
  const covered = context.percent(60) ? variants : variants.slice(0, 1);
  context.indented(() => {
    for (const variant of covered) {
      const { text, names } = pattern(context, type, variant);
      context.scope = outer.filter(({ place }) => rootOf(place) !== rootOf(matched.place));
      variant.fields.forEach((field, i) => {
        context.scope.push({ place: `*${names[i]}`, type: field.type, reference: 'mutable' });
      });
      context.line(`${text} => {`);
      block(context, depth);
      context.line('},');
    }
    if (covered.length < variants.length) context.line('_ => {}');
  });
  context.scope = outer;
  context.line('};');
}

/** A reference that lives through several statements, in which nothing else touches what it leads into. */
function borrowBlock(context: Context, depth: number): void {
  const isMutable = context.percent(70);
  const places = isMutable ? writablePlaces(context) : readablePlaces(context);
  const target = context.pickOf(places.filter(({ type }) => !isInteger(type) || context.percent(20)));
  if (!target) return;
  const outer = context.scope;
  const reference = context.fresh('r');
  context.line('{');
  context.indented(() => {
    const how = isMutable ? 'mutable' : 'shared';
    context.line(`let ${reference} = ${borrow(target.place, how)};`);
    const rest = outer.filter(({ place }) => rootOf(place) !== rootOf(target.place));
    context.scope = [...rest, { place: `*${reference}`, type: target.type, reference: how }];
  });
  block(context, depth);
  context.line('};');
  context.scope = outer;
}

function whileLoop(context: Context, depth: number): void {
  const counter = context.fresh('i');
  const label = context.fresh('l');
  context.line(`let ${counter} = 0u64;`);
  loop(context, depth, label, `'${label}: while (${counter} < ${rounds(context)}) {`, () => {
    context.line(`${counter} = ${counter} + 1;`);
  });
}

function forLoop(context: Context, depth: number): void {
  const counter = context.fresh('i');
  loop(context, depth, '', `for (${counter} in ${context.random.below(2)}..${1 + rounds(context)}) {`, () => {
    context.line(`assert!(${counter} < 10, ${context.random.below(50)});`);
  });
}

function endlessLoop(context: Context, depth: number): void {
  const counter = context.fresh('i');
  const label = context.fresh('l');
  context.line(`let ${counter} = ${rounds(context)}u64;`);
  loop(context, depth, label, `'${label}: loop {`, () => {
    context.line(`if (${counter} == 0) break;`);
    context.line(`${counter} -= 1;`);
  });
}

function loop(context: Context, depth: number, label: string, head: string, first: () => void): void {
  const outer = context.multiplier;
  context.line(head);
  context.multiplier *= LOOP_ROUNDS_MAX;
  context.labels.push(label);
  context.nested(() => {
    first();
    statements(context, 1 + context.random.below(2), depth + 1);
    if (context.percent(60)) exit(context);
    statements(context, context.random.below(3), depth + 1);
  });
  context.labels.pop();
  context.multiplier = outer;
  context.line('};');
}

/** Out of a loop around, or on with its next round. */
function exit(context: Context): void {
  const how = context.random.pick(['break', 'continue']);
  const label = context.random.pick(context.labels);
  context.line(
    `if (${expression(context, BOOL, 1)}) ${how}${label !== '' && context.percent(60) ? ` '${label}` : ''};`,
  );
}

function leave(context: Context): void {
  if (context.account !== undefined || !context.percent(40)) return;
  const values = context.returns.map((type) => expression(context, type, 1));
  const result = values.length === 1 ? values[0] : `(${values.join(', ')})`;
  context.line(`if (${expression(context, BOOL, 1)} && ${expression(context, BOOL, 1)}) return ${result};`);
}

function rounds(context: Context): number {
  return 1 + context.random.below(LOOP_ROUNDS_MAX);
}
