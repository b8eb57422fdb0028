// The one question that ts-sdk asks an indexer without being told to: after funding an account it waits until the indexer has caught up.
// Here the node is its own indexer and always has. Every other query is refused by name; there is no indexer.

import type { Json } from '../../vm/json.ts';
import type { Chain } from '../chain.ts';
import { jsonObject, textField } from './parameters.ts';
import { type Answer, answer } from './problem.ts';
import type { RestRequest, Router } from './router.ts';

const DEFAULT_PROCESSOR = 'default_processor';

export function addIndexerRoutes(router: Router, chain: Chain): void {
  router.on('POST', '/v1/graphql', (request) => graphql(chain, request));
}

function graphql(chain: Chain, request: RestRequest): Answer {
  const body = jsonObject(request.body);
  const query = textField(body, 'query');
  if (!/^\s*query\s+\w+[^{]*\{\s*processor_status\b/.test(query)) {
    const name = /^\s*query\s+(\w+)/.exec(query)?.[1] ?? 'this query';
    return answer({ errors: [{ message: `the local chain has no indexer: ${name} is not answered` }] });
  }
  const status = {
    processor: processorOf(body.variables) ?? DEFAULT_PROCESSOR,
    last_success_version: chain.ledger.tip.version,
    last_updated: new Date(Number(chain.ledger.tip.timestampMicros / 1000n)).toISOString(),
  };
  return answer({ data: { processor_status: [status] } });
}

/** `variables.where_condition.processor._eq` */
function processorOf(variables: Json | undefined): string | undefined {
  const name = field(field(field(variables, 'where_condition'), 'processor'), '_eq');
  return typeof name === 'string' ? name : undefined;
}

function field(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return (value as Readonly<Record<string, Json>>)[name];
}
