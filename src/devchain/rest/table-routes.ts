// `POST /v1/tables/{handle}/item`: one item by its key in JSON; `raw_item` by its key in BCS, answered in BCS alone.

import { fromHex } from '../../base/bytes.ts';
import { parseTypeTag } from '../../base/type-tag.ts';
import type { Chain } from '../chain.ts';
import { parseValue, renderValue } from '../values.ts';
import { addressParam, jsonObject, ledgerVersion, textField } from './parameters.ts';
import { type Answer, answer, bcsAnswer, frameworkProblem, problem, tableItemNotFound } from './problem.ts';
import type { RestRequest, Router } from './router.ts';

export function addTableRoutes(router: Router, chain: Chain): void {
  router
    .on('POST', '/v1/tables/:table_handle/item', (request) => item(chain, request))
    .on('POST', '/v1/tables/:table_handle/raw_item', (request) => rawItem(chain, request));
}

function item(chain: Chain, request: RestRequest): Answer {
  const handle = addressParam(request, 'table_handle');
  const version = ledgerVersion(chain, request);
  if (!version.ok) return version.error;
  const wrong = expectJson(request);
  if (wrong) return wrong;
  const body = jsonObject(request.body);
  const keyType = parseTypeTag(textField(body, 'key_type'), 'key_type');
  const valueType = parseTypeTag(textField(body, 'value_type'), 'value_type');
  const state = chain.world.view(version.value);
  const json = body.key ?? null;
  const value = state.get({ kind: 'item', handle, key: parseValue(state, keyType, json, 'key') });
  if (value === undefined) return tableItemNotFound(handle, json, version.value);
  return request.accept === 'bcs' ? bcsAnswer(value) : answer(renderValue(state, valueType, value));
}

function rawItem(chain: Chain, request: RestRequest): Answer {
  const handle = addressParam(request, 'table_handle');
  const version = ledgerVersion(chain, request);
  if (!version.ok) return version.error;
  const wrong = expectJson(request);
  if (wrong) return wrong;
  if (request.accept !== 'bcs') {
    return problem(403, 'api_disabled', 'Get raw table item is not allowed: Only BCS is supported as an AcceptType.');
  }
  const key = textField(jsonObject(request.body), 'key');
  const value = chain.world.view(version.value).get({ kind: 'item', handle, key: fromHex(key, 'key') });
  return value === undefined ? tableItemNotFound(handle, key, version.value) : bcsAnswer(value);
}

export function expectJson(request: RestRequest): Answer | undefined {
  if (request.contentType === 'application/json') return undefined;
  return frameworkProblem(415, `the content type must be application/json, not "${request.contentType}"`);
}
