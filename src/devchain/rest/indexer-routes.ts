// The indexer over HTTP: `POST /v1/graphql { query, variables, operationName }`. Whatever is wrong with a query comes back as GraphQL's errors
// with status 200, as from Aptos's indexer.

import type { Json } from '../../vm/json.ts';
import type { Chain } from '../chain.ts';
import { Indexer } from '../indexer/indexer.ts';
import { asObject, jsonObject, textField } from './parameters.ts';
import { answer } from './problem.ts';
import type { Router } from './router.ts';

export function addIndexerRoutes(router: Router, chain: Chain): void {
  const indexer = new Indexer(chain);
  router.on('POST', '/v1/graphql', (request) => {
    const body = jsonObject(request.body);
    return answer(
      indexer.answer({
        query: textField(body, 'query'),
        ...(isGiven(body.variables) && { variables: asObject(body.variables, 'variables') }),
        ...(isGiven(body.operationName) && { operationName: textField(body, 'operationName') }),
      }),
    );
  });
}

function isGiven(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}
