// Every query that either version of ts-sdk has: answered, or refused by the name of what is not here.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../vm/json.ts';
import { ScriptedVm } from '../scripted-vm.suite.ts';
import { type Devchain, startDevchain } from '../server.ts';
import { Indexer } from './indexer.ts';
import { shapeOf, TABLE_NAMES } from './shape.ts';

const SDKS = ['node_modules/@aptos-labs/ts-sdk', 'node_modules/aptos-ts-sdk-6'];
const REFUSED: Readonly<Record<string, RegExp>> = {
  getAccountCollectionsWithOwnedTokens: /digital assets/,
  getAccountOwnedTokens: /digital assets/,
  getAccountOwnedTokensByTokenData: /digital assets/,
  getAccountOwnedTokensFromCollection: /digital assets/,
  getAccountTokensCount: /digital assets/,
  getCollectionData: /digital assets/,
  getCurrentTokenOwnership: /digital assets/,
  getTokenActivity: /digital assets/,
  getTokenData: /digital assets/,
  getDelegatedStakingActivities: /no staking/,
  getNumberOfDelegators: /no staking/,
  getNames: /Aptos names/,
};

let devchain: Devchain;
let indexer: Indexer;
beforeAll(async () => {
  devchain = await startDevchain({ port: 0, faucetPort: 0, vm: new ScriptedVm(), genesisPackages: [] });
  indexer = new Indexer(devchain.chain);
});
afterAll(() => devchain.close());

function queriesOf(sdk: string): (readonly [name: string, text: string])[] {
  const folder = join(sdk, 'src/internal/queries');
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const fragments = texts.filter((text) => text.startsWith('fragment '));
  return texts.flatMap((text) => {
    const name = /query (\w+)/.exec(text)?.[1];
    if (name === undefined) return [];
    const used = fragments.filter((fragment) => text.includes(`...${/^fragment (\w+)/.exec(fragment)?.[1]}`));
    return [[name, [text, ...used].join('\n')] as const];
  });
}

describe.each(SDKS)('%s', (sdk) => {
  const queries = queriesOf(sdk);

  it('has queries', () => expect(queries.length).toBeGreaterThan(20));

  it.each(queries)('%s', (name, query) => {
    const result = indexer.answer({ query, variables: { where_condition: {}, address: '0x1', limit: 3 } });
    const refusal = REFUSED[name];
    if (refusal) {
      expect(result).toMatchObject({ errors: expect.arrayContaining([{ message: expect.stringMatching(refusal) }]) });
      expect(JSON.stringify(result)).toContain(name);
    } else {
      expect(result).toEqual({ data: expect.anything() });
    }
  });
});

describe('what is null', () => {
  it('is not asked for: no filter, no order, the whole page', () => {
    const query = `query q($w: ledger_infos_bool_exp, $o: [ledger_infos_order_by!], $n: Int) {
      ledger_infos(where: $w, order_by: $o, limit: $n, offset: $n) { chain_id }
      ledger_infos_aggregate(where: $w, limit: $n) { aggregate { count } }
    }`;
    expect(indexer.answer({ query, variables: { w: null, o: null, n: null } })).toEqual({
      data: { ledger_infos: [{ chain_id: 4 }], ledger_infos_aggregate: { aggregate: { count: 1 } } },
    });
  });
});

describe('filters and orders of every kind', () => {
  const tables = TABLE_NAMES.map((table) => ({ table, columns: Object.keys(shapeOf(table).columns) }));
  const operand = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(null, '0x1', '%a_', '7'),
    fc.array(fc.integer()),
    fc.jsonValue(),
  );
  const operators = [
    '_eq',
    '_neq',
    '_gt',
    '_lte',
    '_in',
    '_nin',
    '_is_null',
    '_like',
    '_nilike',
    '_contains',
    '_has_key',
  ];
  const comparison = fc.dictionary(fc.constantFrom(...operators), operand, { maxKeys: 2 });

  it('are answered or refused, and never break the chain', () => {
    const asked = fc.constantFrom(...tables).chain(({ table, columns }) => {
      const column = fc.constantFrom(...columns);
      const simple = fc.dictionary(column, comparison, { maxKeys: 2 });
      const where = fc.oneof(
        simple,
        fc.record({ _and: fc.array(simple) }),
        fc.record({ _or: fc.array(simple) }),
        fc.record({ _not: simple }),
      );
      const order = fc.array(
        fc.dictionary(column, fc.constantFrom('asc', 'desc', 'asc_nulls_first', 'up'), { maxKeys: 2 }),
      );
      return fc.record({ table: fc.constant(table), column, where, order, limit: fc.integer({ min: -1, max: 9 }) });
    });
    fc.assert(
      fc.property(asked, ({ table, column, where, order, limit }) => {
        const query = `query q($where: ${table}_bool_exp, $order: [${table}_order_by!], $limit: Int) {
          ${table}(where: $where, order_by: $order, limit: $limit) { ${column} }
          ${table}_aggregate(where: $where) { aggregate { count } }
        }`;
        const variables = { where, order, limit } as unknown as Readonly<Record<string, Json>>;
        const result = indexer.answer({ query, variables }) as { errors?: unknown; data?: Record<string, unknown[]> };
        if (result.errors) expect(JSON.stringify(result.errors)).not.toMatch(/undefined|not a function|Cannot read/);
        else expect(result.data?.[table]?.length).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 400 },
    );
  });

  it('tell rows apart as SQL does', () => {
    const ask = (args: Readonly<Record<string, Json>>) => {
      const query = `query q($where: processor_status_bool_exp, $order: [processor_status_order_by!], $limit: Int, $offset: Int) {
        processor_status(where: $where, order_by: $order, limit: $limit, offset: $offset) { processor }
      }`;
      const { data } = indexer.answer({ query, variables: args }) as {
        data: { processor_status: { processor: string }[] };
      };
      return data.processor_status.map(({ processor }) => processor);
    };
    const where = (comparison: Json) => ask({ where: { processor: comparison } });
    const all = ask({});
    expect(all.length).toBeGreaterThan(5);
    expect(ask({ order: [{ processor: 'desc' }] })).toEqual(all.toSorted().toReversed());
    expect(where({ _like: 'events_%' })).toEqual(['events_processor']);
    expect(where({ _like: 'events\\_%' })).toEqual(['events_processor']);
    expect(where({ _like: 'event\\%' })).toEqual([]);
    expect(where({ _like: 'EVENTS%' })).toEqual([]);
    expect(where({ _ilike: 'EVENTS_PROCESSO_' })).toEqual(['events_processor']);
    expect(where({ _nlike: '%processor' })).toEqual([]);
    expect(where({ _like: '%.*%' })).toEqual([]);
    expect(where({ _like: `${'%s'.repeat(5000)}%` })).toEqual([]);
    expect(where({ _like: '%s%s%' }).toSorted()).toEqual(all.filter((name) => name.split('s').length > 2).toSorted());
    expect(where({ _gte: 'token', _lt: 'u' })).toEqual(['token_v2_processor']);
    expect(where({ _is_null: true })).toEqual([]);
    expect(ask({ where: { _not: { processor: { _in: ['events_processor'] } } } })).toHaveLength(all.length - 1);
    expect(ask({ limit: 2, offset: 1 })).toEqual(all.slice(1, 3));
    expect(ask({ offset: all.length })).toEqual([]);
  });
});

describe('a query that is wrong', () => {
  const ask = (query: string, variables: Readonly<Record<string, Json>> = {}) => indexer.answer({ query, variables });
  it.each([
    ['no query', 'what is there?', /Syntax Error/],
    ['a column that is none', '{ events { colour } }', /Cannot query field "colour"/],
    ['a filter by one', '{ events(where: { colour: { _eq: "red" } }) { type } }', /"colour" is not defined/],
    ['an operator that is none', '{ events(where: { type: { _regex: "a" } }) { type } }', /"_regex" is not defined/],
    ['a mutation', 'mutation { delete_events { type } }', /no delete_events/],
    ['a number that is none', '{ events(where: { event_index: { _eq: "one" } }) { type } }', /not a whole number/],
    ['less than nothing', '{ events(limit: -1) { type } }', /must not be negative/],
    ['more than anybody asks', `{ ${'events { type } '.repeat(999)} }`, /2000 tokens/],
  ])('%s', (_name, query, message) => {
    expect(ask(query)).toMatchObject({ errors: [{ message: expect.stringMatching(message) }] });
  });

  it('describes itself to tools', () => {
    const described = ask('{ __schema { queryType { name fields { name } } } }');
    expect(JSON.stringify(described)).toContain('current_fungible_asset_balances_aggregate');
  });
});
