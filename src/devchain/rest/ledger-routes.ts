// Routes about the ledger as a whole: `/v1`, health, the gas price, blocks.

import { parseU64 } from '../../base/ids.ts';
import type { Json } from '../../vm/json.ts';
import type { Chain } from '../chain.ts';
import { GAS_UNIT_PRICE_MIN } from '../gas.ts';
import type { Block } from '../ledger.ts';
import { param, queryFlag } from './parameters.ts';
import { type Answer, answer, blockNotFound, problem } from './problem.ts';
import { renderBlock, renderCommitted } from './render-transaction.ts';
import type { RestRequest, Router } from './router.ts';

/** There is one validator set and it never changes. */
const EPOCH = '1';

export function addLedgerRoutes(router: Router, chain: Chain): void {
  router
    .on('GET', '/v1', () => answer(ledgerInfo(chain)))
    .on('GET', '/v1/-/healthy', (request) => health(chain, request))
    .on('GET', '/v1/estimate_gas_price', () => answer(gasEstimate()))
    .on('GET', '/v1/blocks/by_height/:height', (request) =>
      blockAt(chain, request, param(request, 'height'), 'Block height'),
    )
    .on('GET', '/v1/blocks/by_version/:version', (request) =>
      blockAt(chain, request, param(request, 'version'), 'Ledger version'),
    );
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

/** With `duration_secs`: healthy only if the last block is that recent. */
function health(chain: Chain, request: RestRequest): Answer {
  const duration = request.query.get('duration_secs');
  if (duration !== null) {
    const age = chain.now() - chain.ledger.tip.timestampMicros;
    if (age > parseU64(duration, 'duration_secs') * 1_000_000n) {
      return problem(503, 'health_check_failed', 'the last block is older than that');
    }
  }
  return answer({ message: 'aptos-node:ok' });
}

function gasEstimate(): Json {
  const price = Number(GAS_UNIT_PRICE_MIN);
  return { deprioritized_gas_estimate: price, gas_estimate: price, prioritized_gas_estimate: price };
}

function blockAt(chain: Chain, request: RestRequest, text: string, what: string): Answer {
  const number = parseU64(text, what);
  const block = number < BigInt(chain.ledger.length) ? chain.ledger.byVersion(Number(number)) : undefined;
  if (!block) return blockNotFound(`${what}(${number})`);
  return answer(renderBlock(block, queryFlag(request, 'with_transactions') ? [committed(chain, block)] : null));
}

function committed(chain: Chain, block: Block): Json {
  return renderCommitted(block, chain.world.view(block.version));
}
