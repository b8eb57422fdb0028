// The tables as a GraphQL schema, in the form that Aptos's indexer has: for each table a list with `where`, `order_by`, `limit` and `offset`,
// and the same with `_aggregate` for counting.

import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLError,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  Kind,
  valueFromASTUntyped,
} from 'graphql';
import { type Cell, type ColumnType, type Row, shapeOf, TABLE_NAMES, type TableName } from './shape.ts';
import { type Condition, matches, ORDERS, ROWS_MAX, sorted } from './where.ts';

/** Where the rows are. */
export interface RowSource {
  rows(table: TableName): readonly Row[];
}

/** What is null is not asked for, as what is left out. */
interface ListArguments {
  readonly where?: Condition | null;
  readonly order_by?: readonly Condition[] | null;
  readonly limit?: number | null;
  readonly offset?: number | null;
}

const BIGINT = integerScalar('bigint');
const NUMERIC = integerScalar('numeric');
const TIMESTAMP = new GraphQLScalarType<string, string>({
  name: 'timestamp',
  parseValue: (value) => {
    if (typeof value !== 'string') throw new GraphQLError('a timestamp is text in ISO 8601');
    return value;
  },
});
const JSONB = new GraphQLScalarType<unknown, unknown>({
  name: 'jsonb',
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});
const SCALARS: Readonly<Record<ColumnType, GraphQLScalarType>> = {
  String: GraphQLString,
  Int: GraphQLInt,
  Boolean: GraphQLBoolean,
  bigint: BIGINT,
  numeric: NUMERIC,
  timestamp: TIMESTAMP,
  jsonb: JSONB,
};
const ORDER_BY = new GraphQLEnumType({
  name: 'order_by',
  values: Object.fromEntries(ORDERS.map((order) => [order, { value: order }])),
});
const COMPARISONS: Readonly<Record<ColumnType, GraphQLInputObjectType>> = {
  String: comparison('String', {
    _like: GraphQLString,
    _nlike: GraphQLString,
    _ilike: GraphQLString,
    _nilike: GraphQLString,
  }),
  Int: comparison('Int'),
  Boolean: comparison('Boolean'),
  bigint: comparison('bigint'),
  numeric: comparison('numeric'),
  timestamp: comparison('timestamp'),
  jsonb: comparison('jsonb', { _contains: JSONB, _has_key: GraphQLString }),
};

export function indexerSchema(source: RowSource): GraphQLSchema {
  return new GraphQLSchema({ query: new SchemaBuilder(source).query() });
}

class SchemaBuilder {
  readonly #source: RowSource;
  readonly #rows = new Map<TableName, GraphQLObjectType<Row>>();
  readonly #conditions = new Map<TableName, GraphQLInputObjectType>();

  constructor(source: RowSource) {
    this.#source = source;
  }

  query(): GraphQLObjectType {
    const fields = TABLE_NAMES.flatMap((table) => [
      [table, this.#list(table)] as const,
      [`${table}_aggregate`, this.#aggregate(table)] as const,
    ]);
    return new GraphQLObjectType({ name: 'query_root', fields: Object.fromEntries(fields) });
  }

  #list(table: TableName): GraphQLFieldConfig<unknown, unknown> {
    return {
      type: listOf(this.#row(table)),
      args: this.#arguments(table),
      resolve: (_root, args: ListArguments) => {
        const limit = Math.min(args.limit ?? ROWS_MAX, ROWS_MAX);
        return this.#select(table, args).slice(0, limit);
      },
    };
  }

  /** Counts what `where`, `offset` and `limit` leave; `nodes` are those rows, cut like a list. */
  #aggregate(table: TableName): GraphQLFieldConfig<unknown, unknown> {
    const fields = new GraphQLObjectType<readonly Row[]>({
      name: `${table}_aggregate_fields`,
      fields: { count: { type: new GraphQLNonNull(GraphQLInt), resolve: (rows) => rows.length } },
    });
    const type = new GraphQLObjectType<readonly Row[]>({
      name: `${table}_aggregate`,
      fields: {
        aggregate: { type: fields, resolve: (rows) => rows },
        nodes: { type: listOf(this.#row(table)), resolve: (rows) => rows.slice(0, ROWS_MAX) },
      },
    });
    return {
      type: new GraphQLNonNull(type),
      args: this.#arguments(table),
      resolve: (_root, args: ListArguments) => {
        const rows = this.#select(table, args);
        return rows.slice(0, args.limit ?? rows.length);
      },
    };
  }

  #select(table: TableName, args: ListArguments): readonly Row[] {
    const [where, orders, offset] = [args.where ?? {}, args.order_by ?? [], args.offset ?? 0];
    if (offset < 0 || (args.limit ?? 0) < 0) throw new GraphQLError('limit and offset must not be negative');
    const related = (from: TableName, row: Row, relation: string) => this.#related(from, row, relation);
    const found = this.#source.rows(table).filter((row) => matches(table, where, row, related));
    return sorted(found, orders).slice(offset);
  }

  #related(table: TableName, row: Row, name: string): Row | undefined {
    const relation = shapeOf(table).relations?.[name];
    if (!relation) return undefined;
    return this.#source.rows(relation.table).find((other) => other[relation.there] === row[relation.here]);
  }

  #arguments(table: TableName): GraphQLFieldConfigArgumentMap {
    return {
      where: { type: this.#condition(table) },
      order_by: { type: new GraphQLList(new GraphQLNonNull(this.#order(table))) },
      limit: { type: GraphQLInt },
      offset: { type: GraphQLInt },
    };
  }

  readonly #orders = new Map<TableName, GraphQLInputObjectType>();

  #order(table: TableName): GraphQLInputObjectType {
    const known = this.#orders.get(table);
    if (known) return known;
    const columns = Object.keys(shapeOf(table).columns);
    const type = new GraphQLInputObjectType({
      name: `${table}_order_by`,
      fields: Object.fromEntries(columns.map((name) => [name, { type: ORDER_BY }])),
    });
    this.#orders.set(table, type);
    return type;
  }

  #condition(table: TableName): GraphQLInputObjectType {
    const known = this.#conditions.get(table);
    if (known) return known;
    const { columns, relations = {} } = shapeOf(table);
    const type: GraphQLInputObjectType = new GraphQLInputObjectType({
      name: `${table}_bool_exp`,
      fields: () => ({
        _and: { type: new GraphQLList(new GraphQLNonNull(type)) },
        _or: { type: new GraphQLList(new GraphQLNonNull(type)) },
        _not: { type },
        ...mapValues(columns, (column) => ({ type: COMPARISONS[column] })),
        ...mapValues(relations, (relation) => ({ type: this.#condition(relation.table) })),
      }),
    });
    this.#conditions.set(table, type);
    return type;
  }

  #row(table: TableName): GraphQLObjectType<Row> {
    const known = this.#rows.get(table);
    if (known) return known;
    const { columns, relations = {} } = shapeOf(table);
    const type: GraphQLObjectType<Row> = new GraphQLObjectType<Row>({
      name: table,
      fields: () => ({
        ...mapValues(columns, (column) => ({ type: SCALARS[column] as GraphQLOutputType })),
        ...Object.fromEntries(
          Object.entries(relations).map(([name, relation]) => [
            name,
            { type: this.#row(relation.table), resolve: (row: Row) => this.#related(table, row, name) ?? null },
          ]),
        ),
      }),
    });
    this.#rows.set(table, type);
    return type;
  }
}

function comparison(type: ColumnType, more: Readonly<Record<string, GraphQLInputType>> = {}): GraphQLInputObjectType {
  const scalar = SCALARS[type];
  const list = new GraphQLList(new GraphQLNonNull(scalar));
  const operators = { _eq: scalar, _neq: scalar, _gt: scalar, _gte: scalar, _lt: scalar, _lte: scalar };
  return new GraphQLInputObjectType({
    name: `${type}_comparison_exp`,
    fields: mapValues({ ...operators, _in: list, _nin: list, _is_null: GraphQLBoolean, ...more }, (field) => ({
      type: field,
    })),
  });
}

/** Whole numbers, in and out as JSON numbers; text is taken too. What is over 2^53 loses digits on the way out, as on Aptos. */
function integerScalar(name: string): GraphQLScalarType<bigint, number> {
  const parse = (value: unknown): bigint => {
    const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
    if (!/^-?\d{1,78}$/.test(text)) throw new GraphQLError(`not a whole number: ${JSON.stringify(value)}`);
    return BigInt(text);
  };
  return new GraphQLScalarType({
    name,
    serialize: (value) => Number(value as Cell),
    parseValue: parse,
    parseLiteral: (node) => {
      if (node.kind !== Kind.INT && node.kind !== Kind.STRING) throw new GraphQLError('not a whole number');
      return parse(node.value);
    },
  });
}

function listOf(type: GraphQLOutputType): GraphQLOutputType {
  return new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(type)));
}

function mapValues<T, U>(object: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));
}
