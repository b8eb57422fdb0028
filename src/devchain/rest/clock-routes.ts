// The chain's clock over HTTP, for tests in other processes; not part of the API of an Aptos node. Refused unless the chain was started with a
// clock to drive.

import type { Json } from '../../vm/json.ts';
import type { Chain } from '../chain.ts';
import type { DrivenClock } from '../driven-clock.ts';
import { jsonObject } from './parameters.ts';
import { type Answer, answer, invalidInput, problem } from './problem.ts';
import type { RestRequest, Router } from './router.ts';

const PATH = '/v1/-/clock';

export function addClockRoutes(router: Router, chain: Chain, clock: DrivenClock | undefined): void {
  const driven = (handler: (clock: DrivenClock, request: RestRequest) => Answer) => (request: RestRequest) =>
    clock ? handler(clock, request) : problem(403, 'api_disabled', 'start the chain with --clock manual or running');
  router
    .on(
      'GET',
      PATH,
      driven((found) => answer(show(chain, found))),
    )
    .on(
      'POST',
      PATH,
      driven((found, request) => drive(chain, found, request)),
    );
}

/** The body says one of `advance_secs`, `advance_micros` and `set_micros`, each an integer, as text where it is large. Makes a block. */
function drive(chain: Chain, clock: DrivenClock, request: RestRequest): Answer {
  const body = jsonObject(request.body);
  const micros = target(chain, body);
  if (micros === undefined) return invalidInput('one of advance_secs, advance_micros and set_micros, not negative');
  if (!clock.advanceTo(micros)) {
    const [name] = Object.keys(body);
    return invalidInput(`${name}: time goes forward only, and not beyond 2^63 microseconds`);
  }
  // Whoever reads the ledger's time sees the new one, as does whoever waits for it.
  chain.makeBlock();
  return answer(show(chain, clock));
}

function target(chain: Chain, body: Readonly<Record<string, Json | undefined>>): bigint | undefined {
  const fields = Object.entries(body);
  const [name, value] = fields[0] ?? [];
  const amount = fields.length === 1 ? toInteger(value) : undefined;
  if (amount === undefined) return undefined;
  if (name === 'set_micros') return amount;
  if (name === 'advance_secs') return chain.now() + amount * 1_000_000n;
  return name === 'advance_micros' ? chain.now() + amount : undefined;
}

function toInteger(value: Json | undefined): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined;
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

function show(chain: Chain, clock: DrivenClock): Json {
  return { mode: clock.mode, now_micros: String(chain.now()) };
}
