// Statements of random programs on global storage: every operation, on resources of plain and of generic types, and on tables in them.

import { ACCOUNTS } from '../oracle/calls.ts';
import { borrow, type Context, type Resource } from './context.ts';
import { BOOL, expression, U64 } from './expressions.ts';
import { type MoveType, substitute, typeText } from './move-types.ts';
import { statements } from './statements.ts';

/** A resource with its type argument filled in. */
interface Place {
  readonly resource: Resource;
  /** As it stands in the source. */
  readonly type: string;
  readonly typeArgument: MoveType;
}

export function storageStatement(context: Context, depth: number): void {
  const { random, account } = context;
  const free = context.resources.filter(({ name }) => !context.held.has(name));
  const resource = context.pickOf(free);
  if (resource === undefined || context.module !== 'a') return;
  const typeArgument = random.pick(context.pool);
  const type = resource.isGeneric ? `${resource.name}<${typeText(typeArgument)}>` : resource.name;
  const place: Place = { resource, type, typeArgument };
  const address = context.fresh('at');
  context.line(`let ${address} = ${addressOf(context)};`);
  const forms = [readGlobal, changeGlobal, changeGlobal, testGlobal];
  random.pick(account === undefined ? forms : [...forms, publish, publish, take])(context, place, address, depth);
}

function addressOf(context: Context): string {
  if (context.account !== undefined && context.percent(70)) return `signer::address_of(${context.account})`;
  const known = context.variableOf({ kind: 'address' });
  return known ? known.place.replace(/^(\*.*)$/, '($1)') : `@${context.random.pick(ACCOUNTS)}`;
}

function testGlobal(context: Context, { type }: Place, address: string): void {
  const name = context.fresh('v');
  context.line(`let ${name} = exists<${type}>(${address});`);
  context.scope.push({ place: name, type: BOOL });
}

function readGlobal(context: Context, place: Place, address: string): void {
  const { resource, type, typeArgument } = place;
  context.acquires.add(resource.name);
  const field = context.random.pick(resource.fields);
  const wanted = filled(field.type, typeArgument);
  const name = context.fresh('v');
  const otherwise = expression(context, wanted, 1);
  // Without the question now and then.
  const value = `borrow_global<${type}>(${address}).${field.name}`;
  const asked = context.percent(88) ? `if (exists<${type}>(${address})) ${value} else ${otherwise}` : value;
  context.line(`let ${name} = ${asked};`);
  context.scope.push({ place: name, type: wanted });
}

function changeGlobal(context: Context, place: Place, address: string, depth: number): void {
  const { resource, type } = place;
  context.acquires.add(resource.name);
  const reference = context.fresh('g');
  context.line(context.percent(92) ? `if (exists<${type}>(${address})) {` : '{');
  const outer = { scope: context.scope, held: context.held };
  context.indented(() => {
    context.line(`let ${reference} = borrow_global_mut<${type}>(${address});`);
    context.held = new Set([...context.held, resource.name]);
    const fields = resource.fields.map(({ name, type: of }) => ({
      place: `${reference}.${name}`,
      type: filled(of, place.typeArgument),
    }));
    context.scope = [...outer.scope, ...fields, ...fields];
    if (resource.table && context.percent(70))
      tableStatement(context, resource.table, `${reference}.${resource.table.name}`);
    statements(context, 1 + context.random.below(3), depth + 1);
    if (resource.table && context.percent(30))
      tableStatement(context, resource.table, `${reference}.${resource.table.name}`);
  });
  Object.assign(context, outer);
  context.line('};');
}

function publish(context: Context, place: Place, address: string): void {
  const { type } = place;
  const account = context.account ?? '';
  const value = newResource(context, place);
  const test = context.percent(85) ? `if (!exists<${type}>(signer::address_of(${account}))) ` : '';
  context.line(`${test}{ move_to(${account}, ${value}); };`);
  if (context.percent(30)) testGlobal(context, place, address);
}

/** Out of storage, changed in hand, and back again or not. */
function take(context: Context, place: Place, address: string): void {
  const { resource, type, typeArgument } = place;
  context.acquires.add(resource.name);
  context.line(context.percent(90) ? `if (exists<${type}>(${address})) {` : '{');
  context.nested(() => {
    const names = resource.fields.map(() => context.fresh('v'));
    const table = resource.table ? [`${resource.table.name}`] : [];
    const bound = [...resource.fields.map(({ name }, i) => `${name}: ${names[i]}`), ...table];
    context.line(`let ${resource.name} { ${bound.join(', ')} } = move_from<${type}>(${address});`);
    resource.fields.forEach((field, i) => {
      context.scope.push({ place: names[i] ?? '', type: filled(field.type, typeArgument) });
    });
    const outer = { held: context.held, labels: context.labels };
    context.held = new Set([...context.held, resource.name]);
    // A table cannot be dropped: no way out of here but by the end.
    context.labels = [];
    statements(context, 1 + context.random.below(2), 2);
    Object.assign(context, outer);
    const back = `move_to(${context.account}, ${resource.name} { ${bound.join(', ')} });`;
    const isLeft = !resource.table && context.percent(25);
    const isPerhaps = !resource.table && context.percent(25);
    if (!isLeft) context.line(isPerhaps ? `if (${expression(context, BOOL, 1)}) ${back}` : back);
  });
  context.line('};');
}

function tableStatement(context: Context, table: NonNullable<Resource['table']>, place: string): void {
  const { random } = context;
  const [key, value] = [context.fresh(), context.fresh()];
  const isSmall = table.key.kind !== 'vector' && table.key.kind !== 'named' && table.key.kind !== 'bool';
  context.line(
    `let ${key} = ${expression(context, table.key, 1)}${isSmall && table.key.kind !== 'address' ? ' % 3' : ''};`,
  );
  context.line(`let ${value} = ${expression(context, table.value, 1)};`);
  const lent = borrow(place, 'mutable');
  const has = `table::contains(&${place}, ${key})`;
  random.pick<() => void>([
    () => context.line(`table::upsert(${lent}, ${key}, ${value});`),
    () => context.line(`table::upsert(${lent}, ${key}, ${value});`),
    () => context.line(`${context.percent(85) ? `if (!${has}) ` : ''}{ table::add(${lent}, ${key}, ${value}); };`),
    () => context.line(`${context.percent(85) ? `if (${has}) ` : ''}{ table::remove(${lent}, ${key}); };`),
    () =>
      context.line(
        `*table::borrow_mut_with_default(${lent}, ${key}, ${value}) = ${expression(context, table.value, 2)};`,
      ),
    () => context.line(`if (${has}) { flip(table::borrow_mut(${lent}, ${key}), &mut ${value}); };`),
    () => {
      const name = context.fresh('v');
      context.line(`let ${name} = *table::borrow_with_default(&${place}, ${key}, &${value});`);
      context.scope.push({ place: name, type: table.value });
    },
  ])();
}

function newResource(context: Context, { resource, typeArgument }: Place): string {
  const values = resource.fields.map(
    ({ name, type }) => `${name}: ${expression(context, filled(type, typeArgument), 2)}`,
  );
  if (resource.table) values.push(`${resource.table.name}: table::new()`);
  return `${resource.name} { ${values.join(', ')} }`;
}

function filled(type: MoveType, typeArgument: MoveType): MoveType {
  return substitute(type, ['T'], [typeArgument]);
}

/** A table key's type: anything that can be copied and dropped. */
export const TABLE_KEYS: readonly MoveType[] = [
  U64,
  { kind: 'address' },
  { kind: 'u8' },
  { kind: 'u128' },
  { kind: 'bool' },
];
