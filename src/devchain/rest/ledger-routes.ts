// Routes about the ledger as a whole: `/v1`, health, the gas price, blocks.

import { encodeBcs } from '../../base/bcs.ts';
import type { Json } from '../../vm/json.ts';
import type { Chain } from '../chain.ts';
import { GAS_UNIT_PRICE_MIN } from '../gas.ts';
import type { Block } from '../ledger.ts';
import { numberParam, queryFlag, queryU64 } from './parameters.ts';
import { type Answer, answer, bcsAnswer, blockNotFound, problem } from './problem.ts';
import { writeOnChainData } from './render-bcs.ts';
import { renderBlock, renderCommitted } from './render-transaction.ts';
import type { RestRequest, Router } from './router.ts';

/** There is one validator set and it never changes. */
const EPOCH = '1';

export function addLedgerRoutes(router: Router, chain: Chain): void {
  router
    .on('GET', '/v1', (request) => (request.accept === 'bcs' ? ledgerInfoBcs(chain) : answer(ledgerInfo(chain))))
    .on('GET', '/v1/info', () => answer(nodeInfo(chain)))
    .on('GET', '/v1/-/healthy', (request) => health(chain, request))
    .on('GET', '/v1/estimate_gas_price', (request) => gasEstimate(request))
    .on('GET', '/v1/blocks/by_height/:block_height', (request) => {
      return blockAt(chain, request, numberParam(request, 'block_height'), 'Block height');
    })
    .on('GET', '/v1/blocks/by_version/:version', (request) => {
      return blockAt(chain, request, numberParam(request, 'version'), 'Ledger version');
    });
}

/** The `x-aptos-*` headers that every answer of a node carries. */
export function ledgerHeaders(chain: Chain): Record<string, string> {
  const { version, timestampMicros } = chain.ledger.tip;
  return {
    'x-aptos-chain-id': String(chain.chainId),
    'x-aptos-epoch': EPOCH,
    'x-aptos-ledger-version': String(version),
    'x-aptos-ledger-oldest-version': '0',
    'x-aptos-ledger-timestampusec': String(timestampMicros),
    'x-aptos-block-height': String(version),
    'x-aptos-oldest-block-height': '0',
  };
}

function ledgerInfo(chain: Chain): Json {
  const { version, timestampMicros } = chain.ledger.tip;
  return {
    chain_id: chain.chainId,
    epoch: EPOCH,
    ledger_version: String(version),
    oldest_ledger_version: '0',
    ledger_timestamp: String(timestampMicros),
    node_role: 'full_node',
    oldest_block_height: '0',
    block_height: String(version),
    git_hash: '',
  };
}

/** `IndexResponseBcs`: the same in another order, ended by the node's role (a full node). */
function ledgerInfoBcs(chain: Chain): Answer {
  const { version, timestampMicros } = chain.ledger.tip;
  const height = BigInt(version);
  return bcsAnswer(
    encodeBcs((writer) => {
      writer.u8(chain.chainId).u64(BigInt(EPOCH)).u64(height).u64(0n).u64(height).u64(0n).u64(timestampMicros);
      writer.uleb128(1);
    }),
  );
}

function nodeInfo(chain: Chain): Json {
  return { chain_id: String(chain.chainId), node_type: 'strait_devchain', role_type: 'full_node' };
}

/** With `duration_secs`: healthy only if the last block is that recent. */
function health(chain: Chain, request: RestRequest): Answer {
  const durationSecs = queryU64(request, 'duration_secs');
  if (durationSecs !== undefined) {
    const age = chain.now() - chain.ledger.tip.timestampMicros;
    if (age > durationSecs * 1_000_000n) {
      return problem(503, 'health_check_failed', 'the last block is older than that');
    }
  }
  return answer({ message: 'aptos-node:ok' });
}

/** The same for everybody: blocks are never full. */
function gasEstimate(request: RestRequest): Answer {
  if (request.accept === 'bcs') {
    const price = GAS_UNIT_PRICE_MIN;
    return bcsAnswer(
      encodeBcs((writer) => {
        writer.option(price, (w, value) => w.u64(value)).u64(price);
        writer.option(price, (w, value) => w.u64(value));
      }),
    );
  }
  const price = Number(GAS_UNIT_PRICE_MIN);
  return answer({ deprioritized_gas_estimate: price, gas_estimate: price, prioritized_gas_estimate: price });
}

function blockAt(chain: Chain, request: RestRequest, number: bigint, what: string): Answer {
  const block = number < BigInt(chain.ledger.length) ? chain.ledger.byVersion(Number(number)) : undefined;
  if (!block) return blockNotFound(`${what}(${number})`);
  const withTransactions = queryFlag(request, 'with_transactions');
  if (request.accept === 'bcs') return blockBcs(block, withTransactions);
  return answer(renderBlock(block, withTransactions ? [committed(chain, block)] : null));
}

/** `BcsBlock` */
function blockBcs(block: Block, withTransactions: boolean): Answer {
  const version = BigInt(block.version);
  return bcsAnswer(
    encodeBcs((writer) => {
      writer.u64(version).bytes(block.accumulatorRootHash).u64(block.timestampMicros).u64(version).u64(version);
      writer.option(withTransactions ? [block] : undefined, (w, blocks) => w.vector(blocks, writeOnChainData));
    }),
  );
}

function committed(chain: Chain, block: Block): Json {
  return renderCommitted(block, chain.world.view(block.version));
}
