// Routes about the ledger as a whole: `/v1`, health, the gas price, blocks.

import { encodeBcs } from '../../base/bcs.ts';
import type { Json } from '../../vm/json.ts';
import { EPOCH } from '../block-prologue.ts';
import type { Chain } from '../chain.ts';
import { GAS_UNIT_PRICE_MIN } from '../gas.ts';
import type { Block } from '../ledger.ts';
import { numberParam, queryFlag, queryU64 } from './parameters.ts';
import { type Answer, answer, bcsAnswer, blockNotFound, problem } from './problem.ts';
import { writeOnChainData } from './render-bcs.ts';
import { renderBlock, renderCommitted } from './render-transaction.ts';
import type { RestRequest, Router } from './router.ts';

export function addLedgerRoutes(router: Router, chain: Chain): void {
  router
    .on('GET', '/v1', (request) => (request.accept === 'bcs' ? ledgerInfoBcs(chain) : answer(ledgerInfo(chain))))
    .on('GET', '/v1/info', () => answer(nodeInfo(chain)))
    .on('GET', '/v1/-/healthy', (request) => health(chain, request))
    .on('GET', '/v1/estimate_gas_price', (request) => gasEstimate(request))
    .on('GET', '/v1/blocks/by_height/:block_height', (request) => {
      const height = numberParam(request, 'block_height');
      return blockAnswer(chain, request, chain.ledger.block(Number(height)), `Block height(${height})`);
    })
    .on('GET', '/v1/blocks/by_version/:version', (request) => {
      const version = numberParam(request, 'version');
      const entry = chain.ledger.byVersion(Number(version));
      const block = entry && chain.ledger.block(entry.height);
      return blockAnswer(chain, request, block, `Ledger version(${version})`);
    });
}

/** The `x-aptos-*` headers that every answer of a node carries. */
export function ledgerHeaders(chain: Chain): Record<string, string> {
  const { version, height, timestampMicros } = chain.ledger.tip;
  return {
    'x-aptos-chain-id': String(chain.chainId),
    'x-aptos-epoch': String(EPOCH),
    'x-aptos-ledger-version': String(version),
    'x-aptos-ledger-oldest-version': '0',
    'x-aptos-ledger-timestampusec': String(timestampMicros),
    'x-aptos-block-height': String(height),
    'x-aptos-oldest-block-height': '0',
  };
}

function ledgerInfo(chain: Chain): Json {
  const { version, height, timestampMicros } = chain.ledger.tip;
  return {
    chain_id: chain.chainId,
    epoch: String(EPOCH),
    ledger_version: String(version),
    oldest_ledger_version: '0',
    ledger_timestamp: String(timestampMicros),
    node_role: 'full_node',
    oldest_block_height: '0',
    block_height: String(height),
    git_hash: '',
  };
}

/** `IndexResponseBcs`: the same in another order, ended by the node's role (a full node). */
function ledgerInfoBcs(chain: Chain): Answer {
  const { version, height, timestampMicros } = chain.ledger.tip;
  return bcsAnswer(
    encodeBcs((writer) => {
      writer.u8(chain.chainId).u64(EPOCH).u64(BigInt(version)).u64(0n);
      writer.u64(BigInt(height)).u64(0n).u64(timestampMicros);
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

function blockAnswer(chain: Chain, request: RestRequest, block: Block | undefined, by: string): Answer {
  if (!block) return blockNotFound(by);
  const withTransactions = queryFlag(request, 'with_transactions');
  if (request.accept === 'bcs') return blockBcs(block, withTransactions);
  const transactions = block.entries.map((entry) =>
    renderCommitted(entry, chain.world.view(entry.version), chain.tableTypes),
  );
  return answer(renderBlock(block, withTransactions ? transactions : null));
}

/** `BcsBlock` */
function blockBcs({ height, hash, timestampMicros, entries }: Block, withTransactions: boolean): Answer {
  const first = entries[0]?.version ?? 0;
  return bcsAnswer(
    encodeBcs((writer) => {
      writer.u64(BigInt(height)).bytes(hash).u64(timestampMicros);
      writer.u64(BigInt(first)).u64(BigInt(first + entries.length - 1));
      writer.option(withTransactions ? entries : undefined, (w, shown) => w.vector(shown, writeOnChainData));
    }),
  );
}
