// `POST /v1/tables/{handle}/item`: one item by its key in JSON; `raw_item` by its key in BCS.

import { fromHex } from '../../base/bytes.ts';
import { parseAddress } from '../../base/ids.ts';
import { parseTypeTag } from '../../base/type-tag.ts';
import type { Chain } from '../chain.ts';
import { formatBytes } from './format.ts';
import { jsonObject, ledgerVersion, param, textField } from './parameters.ts';
import { type Answer, answer, tableItemNotFound } from './problem.ts';
import type { RestRequest, Router } from './router.ts';
import { parseValue, renderValue } from './values.ts';

export function addTableRoutes(router: Router, chain: Chain): void {
  router
    .on('POST', '/v1/tables/:handle/item', (request) => item(chain, request))
    .on('POST', '/v1/tables/:handle/raw_item', (request) => rawItem(chain, request));
}

function item(chain: Chain, request: RestRequest): Answer {
  const version = ledgerVersion(chain, request);
  if (!version.ok) return version.error;
  const handle = parseAddress(param(request, 'handle'), 'table handle');
  const body = jsonObject(request.body);
  const keyType = parseTypeTag(textField(body, 'key_type'), 'key_type');
  const valueType = parseTypeTag(textField(body, 'value_type'), 'value_type');
  const state = chain.world.view(version.value);
  const json = body.key ?? null;
  const value = state.get({ kind: 'item', handle, key: parseValue(state, keyType, json) });
  return value === undefined
    ? tableItemNotFound(handle, json, version.value)
    : answer(renderValue(state, valueType, value));
}

function rawItem(chain: Chain, request: RestRequest): Answer {
  const version = ledgerVersion(chain, request);
  if (!version.ok) return version.error;
  const handle = parseAddress(param(request, 'handle'), 'table handle');
  const key = textField(jsonObject(request.body), 'key');
  const value = chain.world.view(version.value).get({ kind: 'item', handle, key: fromHex(key, 'key') });
  return value === undefined ? tableItemNotFound(handle, key, version.value) : answer(formatBytes(value));
}
