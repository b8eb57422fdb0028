// Routes that take and show transactions.

import { toHex } from '../../base/bytes.ts';
import { parseU64 } from '../../base/ids.ts';
import type { Json } from '../../vm/json.ts';
import type { Chain, Simulation } from '../chain.ts';
import { GAS_UNIT_PRICE_MIN } from '../gas.ts';
import type { Block, Outcome } from '../ledger.ts';
import { readTransactionBatch } from '../transaction.ts';
import { overlay } from '../world.ts';
import { param, parseHash, queryFlag, queryNumber } from './parameters.ts';
import { type Answer, answer, problem, submitRefused, transactionNotFound } from './problem.ts';
import { renderCommitted, renderPending, renderSimulated } from './render-transaction.ts';
import type { RestRequest, Router } from './router.ts';

const SIGNED_TRANSACTION = 'application/x.aptos.signed_transaction+bcs';
/** How long `wait_by_hash` holds a request, as on an Aptos node. */
const WAIT_MS = 1000;
export const PAGE_DEFAULT = 25;
export const PAGE_MAX = 100;

export function addTransactionRoutes(router: Router, chain: Chain): void {
  router
    .on('POST', '/v1/transactions', (request) => submit(chain, request))
    .on('POST', '/v1/transactions/batch', (request) => submitBatch(chain, request))
    .on('POST', '/v1/transactions/simulate', (request) => simulate(chain, request))
    .on('GET', '/v1/transactions', (request) => list(chain, request))
    .on('GET', '/v1/transactions/by_hash/:hash', (request) => byHash(chain, parseHash(param(request, 'hash'))))
    .on('GET', '/v1/transactions/wait_by_hash/:hash', (request) => waitByHash(chain, request))
    .on('GET', '/v1/transactions/by_version/:version', (request) => byVersion(chain, request));
}

export function renderBlocks(chain: Chain, blocks: readonly Block[]): Json[] {
  return blocks.map((block) => renderCommitted(block, chain.world.view(block.version)));
}

function submit(chain: Chain, request: RestRequest): Answer {
  const wrong = checkContentType(request);
  if (wrong) return wrong;
  const result = chain.submit(request.body);
  if (!result.ok) return submitRefused(result.error);
  return answer(renderPending(result.value, chain.world.view()), 202);
}

/** Each transaction of the batch is taken or refused by itself. */
function submitBatch(chain: Chain, request: RestRequest): Answer {
  const wrong = checkContentType(request);
  if (wrong) return wrong;
  const failures: Json[] = [];
  for (const [index, bytes] of readTransactionBatch(request.body).entries()) {
    const result = chain.submit(bytes);
    if (!result.ok) failures.push({ error: submitRefused(result.error).body, transaction_index: index });
  }
  return answer({ transaction_failures: failures }, failures.length === 0 ? 202 : 206);
}

function simulate(chain: Chain, request: RestRequest): Answer {
  const wrong = checkContentType(request);
  if (wrong) return wrong;
  const estimatePrice =
    queryFlag(request, 'estimate_gas_unit_price') || queryFlag(request, 'estimate_prioritized_gas_unit_price');
  const result = chain.simulate(request.body, {
    estimateMaxGas: queryFlag(request, 'estimate_max_gas_amount'),
    ...(estimatePrice && { gasUnitPrice: GAS_UNIT_PRICE_MIN }),
  });
  if (!result.ok) return submitRefused(result.error);
  return answer([renderSimulation(chain, result.value)]);
}

function renderSimulation(chain: Chain, simulation: Simulation): Json {
  const { transaction, timestampMicros } = simulation;
  const outcome = outcomeOf(simulation);
  const state = overlay(chain.world.view(), outcome.changes, outcome.modules);
  return renderSimulated({ transaction, timestampMicros, version: chain.ledger.length, outcome }, state);
}

/** A transaction that would not be taken is shown as one that failed with the reason. */
function outcomeOf({ outcome }: Simulation): Outcome {
  if (typeof outcome !== 'string') return outcome;
  return { status: { kind: 'failure', code: outcome }, gasUsed: 0n, changes: [], modules: [], events: [] };
}

function list(chain: Chain, request: RestRequest): Answer {
  const limit = Math.min(queryNumber(request, 'limit', PAGE_DEFAULT), PAGE_MAX);
  const start = queryNumber(request, 'start', Math.max(0, chain.ledger.length - limit));
  return answer(renderBlocks(chain, chain.ledger.range(start, limit)));
}

function byVersion(chain: Chain, request: RestRequest): Answer {
  const version = parseU64(param(request, 'version'), 'version');
  const block = version < BigInt(chain.ledger.length) ? chain.ledger.byVersion(Number(version)) : undefined;
  if (!block) return transactionNotFound(`Ledger version(${version})`);
  return answer(renderCommitted(block, chain.world.view(block.version)));
}

function byHash(chain: Chain, hash: string): Answer {
  const block = chain.ledger.byHash(hash);
  if (block) return answer(renderCommitted(block, chain.world.view(block.version)));
  const waiting = chain.pending(hash);
  if (waiting) return answer(renderPending(waiting, chain.world.view()));
  return transactionNotFound(`Transaction hash(0x${hash})`);
}

/** Answers as soon as the transaction is committed; after a second with what there is then. */
async function waitByHash(chain: Chain, request: RestRequest): Promise<Answer> {
  const hash = parseHash(param(request, 'hash'));
  if (!chain.ledger.byHash(hash)) await committedOrTimeout(chain, hash);
  return byHash(chain, hash);
}

function committedOrTimeout(chain: Chain, hash: string): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(done, WAIT_MS);
    const stop = chain.onBlock((block) => {
      if (toHex(block.hash) === hash) done();
    });
  });
}

function checkContentType(request: RestRequest): Answer | undefined {
  if (request.contentType === SIGNED_TRANSACTION) return undefined;
  const message = `the local chain takes transactions as ${SIGNED_TRANSACTION}, not as "${request.contentType}"`;
  return problem(415, 'web_framework_error', message);
}
