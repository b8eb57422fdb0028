// Questions that are right but for one thing: every route of node, faucet and indexer is asked as it should be, then with each part of the
// question missing, of another kind, torn or changed. None of it is the server's fault, and every refusal names what was wrong.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { utf8Encode } from '../../base/bytes.ts';
import type { Json } from '../../vm/json.ts';
import { DrivenClock } from '../driven-clock.ts';
import { faucetApi } from '../faucet.ts';
import { type Devchain, startDevchain } from '../server.ts';
import { answerTo } from './http.ts';
import { nodeApi } from './node-api.ts';
import {
  ODD_TEXTS,
  ODD_VALUES,
  type Place,
  placesOf,
  type Question,
  withValueAt,
  writeQuestions,
} from './questions.suite.ts';
import type { Router } from './router.ts';

const CONTENT_TYPES = [
  'application/json',
  'application/x.aptos.view_function+bcs',
  'application/x.aptos.signed_transaction+bcs',
  'text/plain',
];

let devchain: Devchain;
let node: Router;
let faucet: Router;
let questions: readonly Question[];
/** What handlers threw that is no refusal. */
const errors: unknown[] = [];
beforeAll(async () => {
  const clock = new DrivenClock('running');
  devchain = await startDevchain({ port: 0, faucetPort: 0, genesisPackages: [], clock });
  questions = await writeQuestions(devchain);
  node = nodeApi(devchain.chain, clock);
  faucet = faucetApi(devchain.chain);
});
afterAll(() => devchain.close());

/** What was wrong with a question; undefined where it was answered. */
async function problemWith(question: Question): Promise<string | undefined> {
  const { route, params = {}, query = {}, body, bytes, contentType = CONTENT_TYPES[0], accept } = question;
  const path = route.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const router = route.startsWith('/v1') ? node : faucet;
  const content = bytes ?? (body === undefined ? undefined : utf8Encode(JSON.stringify(body)));
  const asked = {
    method: content === undefined ? 'GET' : 'POST',
    url: `${path}?${new URLSearchParams(query)}`,
    headers: { 'content-type': contentType, accept },
  };
  const onError = (error: unknown) => errors.push(error);
  const answer = await answerTo({ router, onError }, asked, async () => content ?? new Uint8Array());
  const text = 'body' in answer ? JSON.stringify(answer.body) : '';
  expect(errors, text).toEqual([]);
  expect(answer.status, text).toBeLessThan(500);
  return answer.status < 400 ? queryProblem(route, text) : refusal(text);
}

function refusal(text: string): string {
  const { message, error_code } = JSON.parse(text) as Record<string, string>;
  expect(error_code).toMatch(/^(\w+_not_found|invalid_\w+|vm_error|api_disabled|web_framework_error)$/);
  expect(message).toBeTruthy();
  return message ?? '';
}

/** Of the indexer, which answers 200 and lists what is wrong. */
function queryProblem(route: string, text: string): string | undefined {
  if (!route.endsWith('/graphql')) return undefined;
  const { errors: found } = JSON.parse(text) as { errors?: { message: string }[] };
  return found?.map(({ message }) => message).join('; ');
}

/** A refusal names the part that was spoiled, one that it is in, or what stands there. */
function expectNamed(problem: string, names: readonly string[], odd: Json | undefined): void {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[_ ]/g, '');
  const said = plain(problem);
  const isNamed = names.some((name) => said.includes(plain(name)));
  const isShown = typeof odd === 'string' && odd !== '' && said.includes(plain(odd).replaceAll('\u0000', ''));
  expect(
    isNamed || isShown,
    `${names.join('.')} = ${JSON.stringify(odd)?.slice(0, 40)}: ${problem.slice(0, 200)}`,
  ).toBe(true);
}

describe('every route', () => {
  it('has a question here', () => {
    const asked = new Set(questions.map(({ route }) => route));
    const routes = [...node.routes, ...faucet.routes].map(({ pattern }) => pattern);
    expect(routes.filter((route) => !asked.has(route))).toEqual([]);
  });

  it('answers it', async () => {
    for (const question of questions) expect(await problemWith(question), question.route).toBeUndefined();
  });
});

describe('a question with one thing wrong', () => {
  it('in its path or its parameters', async () => {
    for (const question of questions) {
      const { params = {}, query = {} } = question;
      for (const odd of ODD_TEXTS) {
        for (const name of Object.keys(params)) {
          const problem = await problemWith({ ...question, params: { ...params, [name]: odd } });
          if (problem !== undefined) expectNamed(problem, [name], odd);
        }
        for (const name of Object.keys(query)) {
          const problem = await problemWith({ ...question, query: { ...query, [name]: odd } });
          if (problem !== undefined) expectNamed(problem, [name], odd);
        }
      }
    }
  });

  it('in its JSON', async () => {
    for (const question of questions) {
      const { body } = question;
      if (body === undefined) continue;
      for (const odd of ODD_VALUES) {
        await problemWith({ ...question, body: odd ?? null });
        for (const place of placesOf(body)) {
          const problem = await problemWith({ ...question, body: withValueAt(body, place, odd) });
          if (problem !== undefined) expectNamed(problem, [...namesOf(place), ...namesIn(body, place)], odd);
        }
      }
    }
  });

  it('in its bytes: torn anywhere it is refused, a bit changed anywhere it is no fault of the chain', async () => {
    for (const question of questions) {
      const { bytes } = question;
      if (bytes === undefined) continue;
      for (const at of bytes.keys()) {
        expect(await problemWith({ ...question, bytes: bytes.slice(0, at) })).toMatch(/: /);
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
        await problemWith({ ...question, bytes: changed });
      }
    }
  });

  /** What a value put there may lack. */
  function namesIn(body: Json, place: Place): string[] {
    const inner = placesOf(body).filter(
      (other) => other.length > place.length && place.every((part, i) => part === other[i]),
    );
    return inner.flatMap((other) => other.slice(place.length)).filter((part) => typeof part === 'string');
  }

  function namesOf(place: Place): string[] {
    const names = place.flatMap((part, index) => (typeof part === 'string' ? [part] : [`${place[index - 1]} ${part}`]));
    // Of a query the parser says what it did not expect; of a call it is the function, its module or its arguments that are wrong.
    if (place.includes('query')) names.push('syntax error');
    if (names.some((name) => /function|arguments/.test(name))) names.push('argument', 'module');
    return names;
  }
});

describe('a question with several things wrong', () => {
  it('is refused, or answered', async () => {
    const spoiling = fc.record({
      which: fc.nat(),
      spoiled: fc.array(fc.record({ place: fc.nat(), odd: fc.constantFrom(...ODD_VALUES) }), { maxLength: 4 }),
      contentType: fc.option(fc.constantFrom(...CONTENT_TYPES), { nil: undefined }),
      accept: fc.constantFrom('application/json', 'application/x-bcs', '*/*', ''),
    });
    await fc.assert(
      fc.asyncProperty(spoiling, async ({ which, spoiled, contentType, accept }) => {
        const question = questions[which % questions.length];
        if (question === undefined || question.route.includes('wait_by_hash')) return;
        const spoil = (body: Json): Json =>
          spoiled.reduce((now, { place, odd }) => {
            const places = placesOf(now);
            return withValueAt(now, places[place % Math.max(1, places.length)] ?? [], odd);
          }, body);
        await problemWith({
          ...question,
          ...(question.body !== undefined && { body: spoil(question.body) }),
          ...(contentType !== undefined && { contentType }),
          accept,
        });
      }),
      { numRuns: 300 },
    );
  });
});
