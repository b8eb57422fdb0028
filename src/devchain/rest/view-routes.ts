// `POST /v1/view`: runs a view function, given in BCS or JSON, and shows what it returns.

import { DecodeError } from '../../base/errors.ts';
import { parseAddress } from '../../base/ids.ts';
import { isIdentifier, parseTypeTag } from '../../base/type-tag.ts';
import type { Json } from '../../vm/json.ts';
import type { FunctionCall } from '../../vm/run.ts';
import type { Chain } from '../chain.ts';
import { decodeFunctionCall } from '../transaction.ts';
import { jsonObject, ledgerVersion, listField, textField } from './parameters.ts';
import { type Answer, answer, problem, viewFailed } from './problem.ts';
import type { RestRequest, Router } from './router.ts';
import { encodeArguments, renderReturns } from './values.ts';

const VIEW_FUNCTION = 'application/x.aptos.view_function+bcs';

export function addViewRoutes(router: Router, chain: Chain): void {
  router.on('POST', '/v1/view', (request) => view(chain, request));
}

function view(chain: Chain, request: RestRequest): Answer {
  const version = ledgerVersion(chain, request);
  if (!version.ok) return version.error;
  const state = chain.world.view(version.value);
  let call: FunctionCall;
  if (request.contentType === VIEW_FUNCTION) call = decodeFunctionCall(request.body);
  else if (request.contentType === 'application/json') {
    const named = readJsonCall(jsonObject(request.body));
    call = { ...named.call, args: encodeArguments(state, named.call, named.args) };
  } else {
    return problem(415, 'web_framework_error', `neither ${VIEW_FUNCTION} nor application/json`);
  }
  const result = chain.view(call, version.value);
  if (result.status.kind !== 'executed') return viewFailed(result.status);
  return answer(renderReturns(state, call, result.returns));
}

/** `{ function: "0x1::m::f", type_arguments: [], arguments: [] }`. */
function readJsonCall(body: Readonly<Record<string, Json>>): { call: FunctionCall; args: readonly Json[] } {
  const [address = '', name = '', functionName = '', ...rest] = textField(body, 'function').split('::');
  if (rest.length > 0 || !isIdentifier(name) || !isIdentifier(functionName)) {
    throw new DecodeError('function', 'not of the form address::module::function', 0);
  }
  const typeArgs = listField(body, 'type_arguments').map((text) => {
    if (typeof text !== 'string') throw new DecodeError('type_arguments', 'not a type', 0);
    return parseTypeTag(text, 'type argument');
  });
  const module = { address: parseAddress(address, 'function'), name };
  return { call: { module, function: functionName, typeArgs, args: [] }, args: listField(body, 'arguments') };
}
