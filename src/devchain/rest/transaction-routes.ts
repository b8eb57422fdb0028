// Routes that take and show transactions.

import { encodeBcs } from '../../base/bcs.ts';
import { type Bytes, toHex } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import type { Json } from '../../vm/json.ts';
import type { Chain, Simulation } from '../chain.ts';
import { formatBytes } from '../format.ts';
import { GAS_UNIT_PRICE_MIN } from '../gas.ts';
import type { Entry, Outcome } from '../ledger.ts';
import { BATCH_MAX, readTransactionBatch } from '../transaction.ts';
import { overlay } from '../world.ts';
import { encodeJsonTransaction, encodeSubmission } from './json-transaction.ts';
import {
  asObject,
  hashParam,
  jsonList,
  jsonObject,
  numberParam,
  pageLimit,
  queryFlag,
  queryU64,
} from './parameters.ts';
import {
  type Answer,
  answer,
  bcsAnswer,
  frameworkProblem,
  invalidInput,
  submitRefused,
  transactionNotFound,
} from './problem.ts';
import { writeOnChainData } from './render-bcs.ts';
import { renderCommitted, renderPending, renderSimulated } from './render-transaction.ts';
import type { RestRequest, Router } from './router.ts';
import { expectJson } from './table-routes.ts';

const SIGNED_TRANSACTION = 'application/x.aptos.signed_transaction+bcs';
const JSON_TYPE = 'application/json';
/** How long `wait_by_hash` holds a request, as on an Aptos node. */
const WAIT_MS = 1000;
export const PAGE_DEFAULT = 25;
export const PAGE_MAX = 100;

export function addTransactionRoutes(router: Router, chain: Chain): void {
  router
    .on('POST', '/v1/transactions', (request) => submit(chain, request))
    .on('POST', '/v1/transactions/batch', (request) => submitBatch(chain, request))
    .on('POST', '/v1/transactions/simulate', (request) => simulate(chain, request))
    .on('POST', '/v1/transactions/encode_submission', (request) => encodeForSigning(chain, request))
    .on('GET', '/v1/transactions', (request) => list(chain, request))
    .on('GET', '/v1/transactions/by_hash/:txn_hash', (request) =>
      byHash(chain, hashParam(request, 'txn_hash'), request),
    )
    .on('GET', '/v1/transactions/wait_by_hash/:txn_hash', (request) => waitByHash(chain, request))
    .on('GET', '/v1/transactions/by_version/:txn_version', (request) => byVersion(chain, request));
}

/** A list of committed transactions as the client wants it. */
export function entriesAnswer(chain: Chain, entries: readonly Entry[], request: RestRequest): Answer {
  if (request.accept === 'bcs') return bcsAnswer(encodeBcs((writer) => writer.vector(entries, writeOnChainData)));
  return answer(entries.map((entry) => renderCommitted(entry, chain.world.view(entry.version), chain.tableTypes)));
}

function submit(chain: Chain, request: RestRequest): Answer {
  const bytes = readSubmission(chain, request);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const result = chain.submit(bytes);
  if (!result.ok) return submitRefused(result.error);
  if (request.accept === 'bcs') return bcsAnswer(new Uint8Array(), 202);
  return answer(renderPending(result.value, chain.world.view()), 202);
}

/** Each transaction of the batch is taken or refused by itself. */
function submitBatch(chain: Chain, request: RestRequest): Answer {
  const batch = readBatch(chain, request);
  if (!Array.isArray(batch)) return batch;
  const failures: Json[] = [];
  for (const [index, bytes] of batch.entries()) {
    const result = chain.submit(bytes);
    if (!result.ok) failures.push({ error: submitRefused(result.error).body, transaction_index: index });
  }
  return answer({ transaction_failures: failures }, failures.length === 0 ? 202 : 206);
}

function simulate(chain: Chain, request: RestRequest): Answer {
  const bytes = readSubmission(chain, request);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const gasUnitPrice = estimatedPrice(request);
  const result = chain.simulate(bytes, {
    estimateMaxGas: queryFlag(request, 'estimate_max_gas_amount'),
    ...(gasUnitPrice !== undefined && { gasUnitPrice }),
  });
  if (!result.ok) return submitRefused(result.error);
  return answer([renderSimulation(chain, result.value)]);
}

/** Blocks are never full here, so that being in a hurry costs nothing more. */
function estimatedPrice(request: RestRequest): bigint | undefined {
  const isAsked = ['estimate_gas_unit_price', 'estimate_prioritized_gas_unit_price'];
  return isAsked.some((name) => queryFlag(request, name)) ? GAS_UNIT_PRICE_MIN : undefined;
}

/** What a client without BCS has to sign, by its transaction in JSON. */
function encodeForSigning(chain: Chain, request: RestRequest): Answer {
  const wrong = expectJson(request);
  if (wrong) return wrong;
  const message = encodeSubmission(chain.world.view(), chain.chainId, jsonObject(request.body));
  return request.accept === 'bcs'
    ? bcsAnswer(encodeBcs((writer) => writer.bytes(message)))
    : answer(formatBytes(message));
}

function renderSimulation(chain: Chain, simulation: Simulation): Json {
  const { transaction, timestampMicros } = simulation;
  const outcome = outcomeOf(simulation);
  const state = overlay(chain.world.view(), outcome.changes, outcome.modules);
  return renderSimulated(
    { transaction, timestampMicros, version: chain.ledger.length, outcome },
    state,
    chain.tableTypes,
  );
}

/** A transaction that would not be taken is shown as one that failed with the reason. */
function outcomeOf({ outcome }: Simulation): Outcome {
  if (typeof outcome !== 'string') return outcome;
  return {
    status: { kind: 'failure', code: outcome },
    gasUsed: 0n,
    changes: [],
    modules: [],
    events: [],
    deposits: [],
  };
}

function list(chain: Chain, request: RestRequest): Answer {
  const limit = pageLimit(request, PAGE_DEFAULT, PAGE_MAX);
  if (!limit.ok) return limit.error;
  const last = chain.ledger.length - 1;
  const start = queryU64(request, 'start') ?? BigInt(Math.max(0, last - limit.value + 1));
  if (start > BigInt(last)) {
    return invalidInput(`Given start value (${start}) is higher than the current ledger version, it must be < ${last}`);
  }
  return entriesAnswer(chain, chain.ledger.range(Number(start), limit.value), request);
}

function byVersion(chain: Chain, request: RestRequest): Answer {
  const version = numberParam(request, 'txn_version');
  const entry = version < BigInt(chain.ledger.length) ? chain.ledger.byVersion(Number(version)) : undefined;
  return entry ? entryAnswer(chain, entry, request) : transactionNotFound(`Ledger version(${version})`);
}

function byHash(chain: Chain, hash: string, request: RestRequest): Answer {
  const entry = chain.ledger.byHash(hash);
  if (entry) return entryAnswer(chain, entry, request);
  const waiting = chain.pending(hash);
  if (!waiting) return transactionNotFound(`Transaction hash(0x${hash})`);
  if (request.accept === 'bcs') return bcsAnswer(encodeBcs((writer) => writer.uleb128(1).fixed(waiting.bytes)));
  return answer(renderPending(waiting, chain.world.view()));
}

/** `TransactionData::OnChain` */
function entryAnswer(chain: Chain, entry: Entry, request: RestRequest): Answer {
  if (request.accept === 'bcs') return bcsAnswer(encodeBcs((writer) => writeOnChainData(writer.uleb128(0), entry)));
  return answer(renderCommitted(entry, chain.world.view(entry.version), chain.tableTypes));
}

/** Answers as soon as the transaction is committed; after a second with what there is then. */
async function waitByHash(chain: Chain, request: RestRequest): Promise<Answer> {
  const hash = hashParam(request, 'txn_hash');
  if (!chain.ledger.byHash(hash)) await committedOrTimeout(chain, hash);
  return byHash(chain, hash, request);
}

function committedOrTimeout(chain: Chain, hash: string): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(done, WAIT_MS);
    const stop = chain.onEntry((entry) => {
      if (toHex(entry.hash) === hash) done();
    });
  });
}

/** The BCS of the signed transaction that the body is or describes. */
function readSubmission(chain: Chain, request: RestRequest): Bytes | Answer {
  if (request.contentType === SIGNED_TRANSACTION) return request.body;
  if (request.contentType !== JSON_TYPE) return wrongContentType(request);
  return encodeJsonTransaction(chain.world.view(), chain.chainId, jsonObject(request.body));
}

function readBatch(chain: Chain, request: RestRequest): Bytes[] | Answer {
  if (request.contentType === SIGNED_TRANSACTION) return readTransactionBatch(request.body);
  if (request.contentType !== JSON_TYPE) return wrongContentType(request);
  const batch = jsonList(request.body, 'batch');
  if (batch.length > BATCH_MAX) throw new DecodeError('batch', `${batch.length} transactions, over ${BATCH_MAX}`, 0);
  const state = chain.world.view();
  return batch.map((item) => encodeJsonTransaction(state, chain.chainId, asObject(item, 'transaction')));
}

function wrongContentType(request: RestRequest): Answer {
  const known = `${SIGNED_TRANSACTION} or ${JSON_TYPE}`;
  return frameworkProblem(415, `the content type must be ${known}, not "${request.contentType}"`);
}
