// Routes about one account: its number and key, resources, modules, balance, transactions.

import { type Address, parseAddress } from '../../base/ids.ts';
import { ok, type Result } from '../../base/result.ts';
import { formatTypeTag, isIdentifier, parseStructTag, type TypeTag } from '../../base/type-tag.ts';
import type { Json } from '../../vm/json.ts';
import { APTOS_ASSET, APTOS_COIN, readAccount, readBalance } from '../accounts.ts';
import type { Chain } from '../chain.ts';
import { formatBytes } from './format.ts';
import { ledgerVersion, param, queryNumber } from './parameters.ts';
import { type Answer, answer, moduleNotFound, resourceNotFound } from './problem.ts';
import type { RestRequest, Router } from './router.ts';
import { PAGE_DEFAULT, PAGE_MAX, renderBlocks } from './transaction-routes.ts';
import { coinBalance, fungibleBalance, moduleBody, renderValue } from './values.ts';

/** What every route here has: the account and the version that is asked about. */
interface Place {
  readonly address: Address;
  readonly version: number;
}

export function addAccountRoutes(router: Router, chain: Chain): void {
  const on = (pattern: string, handler: (chain: Chain, place: Place, request: RestRequest) => Answer) => {
    router.on('GET', `/v1/accounts/:address${pattern}`, (request) => {
      const place = readPlace(chain, request);
      return place.ok ? handler(chain, place.value, request) : place.error;
    });
  };
  on('', account);
  on('/resources', resources);
  on('/resource/:type', resource);
  on('/modules', modules);
  on('/module/:name', module);
  on('/balance/:asset', balance);
  on('/transactions', transactions);
}

function readPlace(chain: Chain, request: RestRequest): Result<Place, Answer> {
  const address = parseAddress(param(request, 'address'), 'address');
  const version = ledgerVersion(chain, request);
  return version.ok ? ok({ address, version: version.value }) : version;
}

/** Every address is an account: one that nobody has used yet starts at 0 (AIP-115). */
function account(chain: Chain, { address, version }: Place): Answer {
  const { sequenceNumber, authenticationKey } = readAccount(chain.world.view(version), address);
  return answer({
    sequence_number: String(sequenceNumber),
    authentication_key: formatBytes(authenticationKey),
  });
}

function resources(chain: Chain, { address, version }: Place): Answer {
  const state = chain.world.view(version);
  return answer(
    chain.world.resources(address, version).map(({ type, bytes }): Json => {
      return { type: formatTypeTag(type), data: renderValue(state, type, bytes) };
    }),
  );
}

function resource(chain: Chain, { address, version }: Place, request: RestRequest): Answer {
  const type = parseStructTag(param(request, 'type'), 'resource type');
  const state = chain.world.view(version);
  const bytes = state.get({ kind: 'resource', address, type });
  if (bytes === undefined) return resourceNotFound(address, type, version);
  return answer({ type: formatTypeTag(type), data: renderValue(state, type, bytes) });
}

function modules(chain: Chain, { address, version }: Place): Answer {
  return answer(chain.world.modules(address, version).map(({ code }) => moduleBody(code)));
}

function module(chain: Chain, { address, version }: Place, request: RestRequest): Answer {
  const name = param(request, 'name');
  const code = isIdentifier(name) ? chain.world.module(address, name, version) : undefined;
  return code === undefined ? moduleNotFound(address, name, version) : answer(moduleBody(code));
}

/** Of a coin type or a fungible asset's address; a bare number. */
function balance(chain: Chain, { address, version }: Place, request: RestRequest): Answer {
  const asset = param(request, 'asset');
  const state = chain.world.view(version);
  if (asset.includes('::')) {
    const coin: TypeTag = parseStructTag(asset, 'asset');
    if (formatTypeTag(coin) === formatTypeTag(APTOS_COIN)) return answer(asNumber(readBalance(state, address)));
    return answer(asNumber(coinBalance(chain, address, coin, version)));
  }
  const metadata = parseAddress(asset, 'asset');
  if (metadata === APTOS_ASSET) return answer(asNumber(readBalance(state, address)));
  return answer(asNumber(fungibleBalance(chain, address, metadata, version)));
}

/** `start` counts from the account's first transaction. */
function transactions(chain: Chain, { address }: Place, request: RestRequest): Answer {
  const sent = chain.ledger.sentBy(address);
  const limit = Math.min(queryNumber(request, 'limit', PAGE_DEFAULT), PAGE_MAX);
  const start = queryNumber(request, 'start', Math.max(0, sent.length - limit));
  return answer(renderBlocks(chain, sent.slice(start, start + limit)));
}

/** The API gives a JSON number, which is exact up to 2^53 octas: ninety million APT. */
function asNumber(octas: bigint): number {
  return Number(octas);
}
