// Every query that either version of ts-sdk has: answered, or refused by the name of what is not here.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../vm/json.ts';
import { ScriptedVm } from '../scripted-vm.suite.ts';
import { type Devchain, startDevchain } from '../server.ts';
import { Indexer } from './indexer.ts';

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
