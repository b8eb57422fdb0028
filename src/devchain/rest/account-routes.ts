// Routes about one account: its number and key, resources, modules, balance, transactions, events.

import { encodeBcs } from '../../base/bcs.ts';
import type { Bytes } from '../../base/bytes.ts';
import { type Address, addressToBytes, parseAddress, writeAddress } from '../../base/ids.ts';
import { ok, type Result } from '../../base/result.ts';
import {
  encodeStructTag,
  formatTypeTag,
  isIdentifier,
  parseStructTag,
  type TypeTag,
  writeStructTag,
} from '../../base/type-tag.ts';
import type { Json } from '../../vm/json.ts';
import { APTOS_ASSET, APTOS_COIN, accountKey, readAccount, readBalance } from '../accounts.ts';
import type { Chain } from '../chain.ts';
import { formatBytes } from '../format.ts';
import type { Entry } from '../ledger.ts';
import { renderValue } from '../values.ts';
import { coinBalance, fungibleBalance } from './balances.ts';
import { moduleBody } from './module-abi.ts';
import { pageOf } from './pages.ts';
import {
  addressParam,
  ledgerVersion,
  ParameterError,
  pageLimit,
  param,
  queryCursor,
  queryU64,
  structTagParam,
} from './parameters.ts';
import { type Answer, answer, bcsAnswer, moduleNotFound, resourceNotFound, withCursor } from './problem.ts';
import type { RestRequest, Router } from './router.ts';
import { entriesAnswer, PAGE_DEFAULT, PAGE_MAX } from './transaction-routes.ts';

/** What every route here has: the account and the version that is asked about. */
interface Place {
  readonly address: Address;
  readonly version: number;
}

/** Resources or modules of one page, unless fewer are asked for. */
const STATE_PAGE_MAX = 9999;

export function addAccountRoutes(router: Router, chain: Chain): void {
  const on = (pattern: string, handler: (chain: Chain, place: Place, request: RestRequest) => Answer) => {
    router.on('GET', `/v1/accounts/:address${pattern}`, (request) => {
      const place = readPlace(chain, request);
      return place.ok ? handler(chain, place.value, request) : place.error;
    });
  };
  on('', account);
  on('/resources', resources);
  on('/resource/:resource_type', resource);
  on('/modules', modules);
  on('/module/:module_name', module);
  on('/balance/:asset_type', balance);
  on('/transactions', transactions);
}

function readPlace(chain: Chain, request: RestRequest): Result<Place, Answer> {
  const address = addressParam(request);
  const version = ledgerVersion(chain, request);
  return version.ok ? ok({ address, version: version.value }) : version;
}

/** Every address is an account: one that nobody has used yet starts at 0 (AIP-115). */
function account(chain: Chain, { address, version }: Place, request: RestRequest): Answer {
  const state = chain.world.view(version);
  if (request.accept === 'bcs') return bcsAnswer(state.get(accountKey(address)) ?? unusedAccount(address));
  const { sequenceNumber, authenticationKey } = readAccount(state, address);
  return answer({
    sequence_number: String(sequenceNumber),
    authentication_key: formatBytes(authenticationKey),
  });
}

function resources(chain: Chain, { address, version }: Place, request: RestRequest): Answer {
  const limit = pageLimit(request, STATE_PAGE_MAX, STATE_PAGE_MAX);
  if (!limit.ok) return limit.error;
  const all = chain.world.resources(address, version).map((item) => ({ key: encodeStructTag(item.type), item }));
  const { items, cursor } = pageOf(all, queryCursor(request), limit.value);
  if (request.accept === 'bcs') {
    const map = encodeBcs((writer) => {
      writer.vector(items, (w, { type, bytes }) => {
        writeStructTag(w, type);
        w.bytes(bytes);
      });
    });
    return withCursor(bcsAnswer(map), cursor);
  }
  const state = chain.world.view(version);
  const page = items.map(({ type, bytes }): Json => {
    return { type: formatTypeTag(type), data: renderValue(state, type, bytes) };
  });
  return withCursor(answer(page), cursor);
}

function resource(chain: Chain, { address, version }: Place, request: RestRequest): Answer {
  const type = structTagParam(request, 'resource_type');
  const state = chain.world.view(version);
  const bytes = state.get({ kind: 'resource', address, type });
  if (bytes === undefined) return resourceNotFound(address, type, version);
  if (request.accept === 'bcs') return bcsAnswer(bytes);
  return answer({ type: formatTypeTag(type), data: renderValue(state, type, bytes) });
}

function modules(chain: Chain, { address, version }: Place, request: RestRequest): Answer {
  const limit = pageLimit(request, STATE_PAGE_MAX, STATE_PAGE_MAX);
  if (!limit.ok) return limit.error;
  const all = chain.world.modules(address, version).map((item) => ({ key: encodeModuleId(address, item.name), item }));
  const { items, cursor } = pageOf(all, queryCursor(request), limit.value);
  if (request.accept === 'bcs') {
    const map = encodeBcs((writer) => {
      writer.vector(items, (w, { name, code }) => w.fixed(encodeModuleId(address, name)).bytes(code));
    });
    return withCursor(bcsAnswer(map), cursor);
  }
  return withCursor(answer(items.map(({ code }) => moduleBody(code))), cursor);
}

function module(chain: Chain, { address, version }: Place, request: RestRequest): Answer {
  const name = param(request, 'module_name');
  if (!isIdentifier(name)) throw new ParameterError('failed to parse path `module_name`: not an identifier');
  const code = chain.world.module(address, name, version);
  if (code === undefined) return moduleNotFound(address, name, version);
  return request.accept === 'bcs' ? bcsAnswer(code) : answer(moduleBody(code));
}

/** Of a coin type or a fungible asset's address; a bare number. */
function balance(chain: Chain, place: Place, request: RestRequest): Answer {
  const octas = readAssetBalance(chain, place, request);
  if (request.accept === 'bcs') return bcsAnswer(encodeBcs((writer) => writer.u64(octas)));
  // A JSON number, as on Aptos: exact up to 2^53, which is ninety million APT.
  return answer(Number(octas));
}

function readAssetBalance(chain: Chain, { address, version }: Place, request: RestRequest): bigint {
  const asset = param(request, 'asset_type');
  const state = chain.world.view(version);
  if (asset.includes('::')) {
    const coin: TypeTag = parseStructTag(asset, 'asset_type');
    if (formatTypeTag(coin) === formatTypeTag(APTOS_COIN)) return readBalance(state, address);
    return coinBalance(chain, address, coin, version);
  }
  const metadata = parseAddress(asset, 'asset_type');
  return metadata === APTOS_ASSET ? readBalance(state, address) : fungibleBalance(chain, address, metadata, version);
}

/** What the account sent with a sequence number, from `start` on; the last ones without it. Orderless transactions have no number. */
function transactions(chain: Chain, { address }: Place, request: RestRequest): Answer {
  const limit = pageLimit(request, PAGE_DEFAULT, PAGE_MAX);
  if (!limit.ok) return limit.error;
  const sent = chain.ledger.sentBy(address).filter((entry) => numberOf(entry) !== undefined);
  const start = queryU64(request, 'start');
  if (start === undefined) return entriesAnswer(chain, sent.slice(-limit.value), request);
  const first = sent.findIndex((block) => (numberOf(block) ?? -1n) >= start);
  return entriesAnswer(chain, first < 0 ? [] : sent.slice(first, first + limit.value), request);
}

function numberOf({ transaction }: Entry): bigint | undefined {
  return transaction?.raw.payload.nonce === undefined ? transaction?.raw.sequenceNumber : undefined;
}

function encodeModuleId(address: Address, name: string): Bytes {
  return encodeBcs((writer) => {
    writeAddress(writer, address);
    writer.string(name);
  });
}

/** What `0x1::account::Account` would be for an address that nobody has used: no numbers taken, no capability offered. */
function unusedAccount(address: Address): Bytes {
  const handle = (creationNumber: bigint) =>
    encodeBcs((writer) => {
      writer.u64(0n).u64(creationNumber);
      writeAddress(writer, address);
    });
  return encodeBcs((writer) => {
    writer.bytes(addressToBytes(address)).u64(0n).u64(0n);
    writer.fixed(handle(0n)).fixed(handle(1n)).uleb128(0).uleb128(0);
  });
}
