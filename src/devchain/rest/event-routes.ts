// Routes for the events of a handle, which has a creation number at the account that it belongs to. Module events have no handle: they are
// read from transactions, or asked of the indexer.

import { encodeBcs } from '../../base/bcs.ts';
import { type Bytes, toHex } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { type Address, parseAddress, parseU64, writeAddress } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Json } from '../../vm/json.ts';
import type { MoveEvent } from '../../vm/run.ts';
import type { Chain } from '../chain.ts';
import type { Ledger } from '../ledger.ts';
import { renderValue } from '../values.ts';
import { addressParam, asObject, numberParam, pageLimit, param, queryU64, structTagParam } from './parameters.ts';
import { type Answer, answer, bcsAnswer, resourceNotFound, structFieldNotFound } from './problem.ts';
import { writeContractEvent } from './render-bcs.ts';
import { renderEvent } from './render-transaction.ts';
import type { RestRequest, Router } from './router.ts';
import { PAGE_DEFAULT, PAGE_MAX } from './transaction-routes.ts';

interface PlacedEvent {
  readonly version: number;
  readonly event: MoveEvent;
}

export function addEventRoutes(router: Router, chain: Chain): void {
  const streams = new EventStreams(chain.ledger);
  router
    .on('GET', '/v1/accounts/:address/events/:creation_number', (request) => {
      const guid = encodeGuid(addressParam(request), numberParam(request, 'creation_number'));
      return eventsOf(chain, streams, guid, request);
    })
    .on('GET', '/v1/accounts/:address/events/:event_handle/:field_name', (request) => {
      const guid = findHandle(chain, request);
      return guid.ok ? eventsOf(chain, streams, guid.value, request) : guid.error;
    });
}

/** The events of every handle, oldest first; reads new blocks when it is asked. */
class EventStreams {
  readonly #ledger: Ledger;
  readonly #streams = new Map<string, PlacedEvent[]>();
  #next = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  of(guid: Bytes): readonly PlacedEvent[] {
    for (const { version, outcome } of this.#ledger.range(this.#next, this.#ledger.length)) {
      for (const event of outcome.events) if (event.handle) this.#append(event.handle.guid, { version, event });
      this.#next = version + 1;
    }
    return this.#streams.get(toHex(guid)) ?? [];
  }

  #append(guid: Bytes, placed: PlacedEvent): void {
    const stream = this.#streams.get(toHex(guid));
    if (stream) stream.push(placed);
    else this.#streams.set(toHex(guid), [placed]);
  }
}

/** From sequence number `start` on; the last ones without it. */
function eventsOf(chain: Chain, streams: EventStreams, guid: Bytes, request: RestRequest): Answer {
  const limit = pageLimit(request, PAGE_DEFAULT, PAGE_MAX);
  if (!limit.ok) return limit.error;
  const start = queryU64(request, 'start');
  const all = streams.of(guid);
  const page =
    start === undefined
      ? all.slice(-limit.value)
      : all.filter(({ event }) => (event.handle?.sequence ?? 0n) >= start).slice(0, limit.value);
  if (request.accept === 'bcs') {
    const bytes = encodeBcs((writer) => {
      writer.vector(page, (w, { version, event }) => {
        w.u64(BigInt(version));
        writeContractEvent(w, event);
      });
    });
    return bcsAnswer(bytes);
  }
  return answer(
    page.map(({ version, event }): Json => {
      return { version: String(version), ...renderEvent(event, chain.world.view(version)) };
    }),
  );
}

/** The guid of the event handle in a field of a resource. */
function findHandle(chain: Chain, request: RestRequest): Result<Bytes, Answer> {
  const address = addressParam(request);
  const type = structTagParam(request, 'event_handle');
  const field = param(request, 'field_name');
  const { version } = chain.world;
  const state = chain.world.view();
  const bytes = state.get({ kind: 'resource', address, type });
  if (bytes === undefined) return err(resourceNotFound(address, type, version));
  const value = asObject(renderValue(state, type, bytes), 'resource')[field];
  const guid = value === undefined ? undefined : readHandle(value);
  return guid ? ok(guid) : err(structFieldNotFound(address, type, field, version));
}

/** `{ counter, guid: { id: { creation_num, addr } } }`; undefined for any other value. */
function readHandle(value: Json): Bytes | undefined {
  try {
    const id = asObject(asObject(asObject(value, 'handle').guid, 'guid').id, 'id');
    const { addr, creation_num: creationNumber } = id;
    if (typeof addr !== 'string' || typeof creationNumber !== 'string') return undefined;
    return encodeGuid(parseAddress(addr), parseU64(creationNumber, 'creation_num'));
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** `0x1::guid::ID` */
function encodeGuid(address: Address, creationNumber: bigint): Bytes {
  return encodeBcs((writer) => {
    writer.u64(creationNumber);
    writeAddress(writer, address);
  });
}
