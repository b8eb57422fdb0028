// `POST /v1/view`: runs a view function, given in BCS or JSON, and shows what it returns in either.

import { encodeBcs } from '../../base/bcs.ts';
import type { FunctionCall } from '../../vm/run.ts';
import type { Chain } from '../chain.ts';
import { gasUnits, VM_GAS_MULTIPLIER } from '../gas.ts';
import { decodeFunctionCall } from '../transaction.ts';
import { renderReturns } from '../values.ts';
import { readJsonCall } from './json-transaction.ts';
import { jsonObject, ledgerVersion } from './parameters.ts';
import { type Answer, answer, bcsAnswer, frameworkProblem, viewFailed } from './problem.ts';
import type { RestRequest, Router } from './router.ts';

const VIEW_FUNCTION = 'application/x.aptos.view_function+bcs';
const GAS_USED_HEADER = 'x-aptos-gas-used';

export function addViewRoutes(router: Router, chain: Chain): void {
  router.on('POST', '/v1/view', (request) => view(chain, request));
}

function view(chain: Chain, request: RestRequest): Answer {
  const version = ledgerVersion(chain, request);
  if (!version.ok) return version.error;
  const state = chain.world.view(version.value);
  let call: FunctionCall;
  if (request.contentType === VIEW_FUNCTION) call = decodeFunctionCall(request.body);
  else if (request.contentType === 'application/json') call = readJsonCall(state, jsonObject(request.body));
  else return frameworkProblem(415, `neither ${VIEW_FUNCTION} nor application/json`);
  const result = chain.view(call, version.value);
  if (result.status.kind !== 'executed') return viewFailed(result.status);
  const values =
    request.accept === 'bcs'
      ? bcsAnswer(encodeBcs((writer) => writer.vector(result.returns, (w, bytes) => w.bytes(bytes))))
      : answer(renderReturns(state, call, result.returns));
  const { execution, io } = result.gas;
  return { ...values, headers: { [GAS_USED_HEADER]: String(gasUnits((execution + io) * VM_GAS_MULTIPLIER)) } };
}
