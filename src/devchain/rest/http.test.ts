// The HTTP side by itself: what browsers ask before they let a page through, caps, error bodies, headers. The chain behind it is scripted.

import { request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScriptedVm } from '../scripted-vm.suite.ts';
import { type Devchain, startDevchain } from '../server.ts';

let devchain: Devchain;
const errors: unknown[] = [];
beforeAll(async () => {
  devchain = await startDevchain({
    port: 0,
    faucetPort: 0,
    indexerPort: 0,
    vm: new ScriptedVm(),
    genesisPackages: [],
    onError: (error) => errors.push(error),
  });
});
afterAll(async () => {
  await devchain.close();
  expect(errors).toEqual([]);
});

const ORIGIN = 'https://game.example';

async function send(path: string, init: RequestInit = {}) {
  const response = await fetch(`${devchain.nodeUrl}${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

function post(path: string, contentType: string, body: BodyInit) {
  return send(path, { method: 'POST', headers: { 'content-type': contentType }, body });
}

describe('a page of another origin', () => {
  it('is let through by the preflight, with the headers that ts-sdk sends', async () => {
    const asked = 'content-type, x-aptos-client, x-aptos-typescript-sdk-origin-method';
    for (const url of [`${devchain.nodeUrl}/transactions`, `${devchain.faucetUrl}/fund`, devchain.indexerUrl]) {
      const { status, headers } = await fetch(url, {
        method: 'OPTIONS',
        headers: {
          origin: ORIGIN,
          'access-control-request-method': 'POST',
          'access-control-request-headers': asked,
          'access-control-request-private-network': 'true',
        },
      });
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(headers.get('access-control-allow-credentials')).toBe('true');
      expect(headers.get('access-control-allow-headers')).toBe(asked);
      expect(headers.get('access-control-allow-methods')).toContain('POST');
      expect(headers.get('access-control-allow-private-network')).toBe('true');
    }
  });

  it('may read answers, errors too, and their ledger headers', async () => {
    for (const path of ['', '/transactions/by_hash/0x00']) {
      const { headers } = await send(path, { headers: { origin: ORIGIN } });
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(headers.get('access-control-expose-headers')).toContain('x-aptos-ledger-version');
    }
    const { headers } = await send('/accounts/0x1/resources?limit=1', { headers: { origin: ORIGIN } });
    expect(headers.get('x-aptos-cursor')).toMatch(/^0x[0-9a-f]+$/);
    expect(headers.get('access-control-expose-headers')).toContain('x-aptos-cursor');
  });
});

describe('every answer', () => {
  it('carries the ledger headers of a node and no cursor', async () => {
    const { headers } = await send('/accounts/0x1/resources');
    expect(headers.get('x-aptos-chain-id')).toBe('4');
    expect(headers.get('x-aptos-ledger-oldest-version')).toBe('0');
    for (const name of ['epoch', 'ledger-version', 'ledger-timestampusec', 'block-height', 'oldest-block-height']) {
      expect(headers.get(`x-aptos-${name}`)).toMatch(/^\d+$/);
    }
    expect(headers.has('x-aptos-cursor')).toBe(false);
  });
});

describe('a request that is wrong', () => {
  const cases: readonly (readonly [string, () => Promise<Awaited<ReturnType<typeof send>>>, number, string])[] = [
    ['an unknown path', () => send('/nothing'), 404, 'web_framework_error'],
    ['another method', () => send('/view'), 405, 'web_framework_error'],
    ['a path that does not decode', () => send('/accounts/%zz'), 404, 'web_framework_error'],
    ['no address', () => send('/accounts/0xzz'), 400, 'web_framework_error'],
    ['no type', () => send('/accounts/0x1/resource/nonsense'), 400, 'web_framework_error'],
    ['a version in the future', () => send('/accounts/0x1/resources?ledger_version=999'), 404, 'version_not_found'],
    ['a version that is none', () => send('/accounts/0x1/resources?ledger_version=-1'), 400, 'web_framework_error'],
    ['a page of nothing', () => send('/transactions?limit=0'), 400, 'invalid_input'],
    ['a page of too much', () => send('/transactions?limit=65536'), 400, 'web_framework_error'],
    ['a page after the end', () => send('/transactions?start=9999'), 400, 'invalid_input'],
    ['a cursor that is none', () => send('/accounts/0x1/resources?start=zz'), 400, 'web_framework_error'],
    ['a hash that is none', () => send('/transactions/by_hash/0x12'), 400, 'web_framework_error'],
    ['a module that cannot be', () => send('/accounts/0x1/module/1a'), 400, 'web_framework_error'],
    ['events of no resource', () => send('/accounts/0x2/events/0x1::account::Account/x'), 404, 'resource_not_found'],
    ['JSON that is none', () => post('/view', 'application/json', '{'), 400, 'invalid_input'],
    [
      'JSON too deep',
      () => post('/view', 'application/json', `{"a":${'['.repeat(99)}${']'.repeat(99)}}`),
      400,
      'invalid_input',
    ],
    [
      'a view of no function',
      () => post('/view', 'application/json', '{"function":"0x1::coin::nope"}'),
      400,
      'invalid_input',
    ],
    ['a transaction in XML', () => post('/transactions', 'text/xml', '<a/>'), 415, 'web_framework_error'],
    ['a transaction of nothing', () => post('/transactions', 'application/json', '{}'), 400, 'invalid_input'],
    ['a view in XML', () => post('/view', 'text/xml', '<a/>'), 415, 'web_framework_error'],
    ['a raw item in JSON', () => post('/tables/0x1/raw_item', 'application/json', '{"key":"0x"}'), 403, 'api_disabled'],
    [
      'bytes that are no transaction',
      () => post('/transactions', 'application/x.aptos.signed_transaction+bcs', new Uint8Array(5)),
      400,
      'invalid_input',
    ],
    ['a table item that is not there', () => tableItem('0xabc', 'u64', '1'), 404, 'table_item_not_found'],
    ['a key of another type', () => tableItem('0xabc', 'u64', 'one'), 400, 'invalid_input'],
  ];
  it.each(cases)('%s', async (_name, ask, status, code) => {
    const { body, ...answer } = await ask();
    expect(answer.status).toBe(status);
    expect(body).toEqual({ message: expect.any(String), error_code: code, vm_error_code: null });
  });

  function tableItem(handle: string, keyType: string, key: string) {
    const body = JSON.stringify({ key_type: keyType, value_type: 'u64', key });
    return post(`/tables/${handle}/item`, 'application/json', body);
  }

  it('a body over the cap, announced or not', async () => {
    const large = new Uint8Array(9 * 1024 * 1024);
    const { status } = await post('/view', 'application/json', large).catch(() => ({ status: 413 }));
    expect(status).toBe(413);
    expect(await sendChunked(large)).toBe(413);
  });

  /** Without a content length. A server that hangs up in the middle of the body has refused it too. */
  function sendChunked(body: Uint8Array): Promise<number | undefined> {
    return new Promise((resolve) => {
      const sent = request(`${devchain.nodeUrl}/view`, { method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', () => resolve(413));
      for (let at = 0; at < body.length; at += 65_536) sent.write(body.subarray(at, at + 65_536));
      sent.end();
    });
  }
});

describe('hostile requests', () => {
  const CONTENT_TYPES = [
    'application/json',
    'application/x.aptos.view_function+bcs',
    'application/x.aptos.signed_transaction+bcs',
  ];
  const PATHS = [
    '/view',
    '/transactions',
    '/transactions/batch',
    '/transactions/simulate',
    '/transactions/encode_submission',
    '/tables/0x1/item',
    '/tables/0x1/raw_item',
    '/graphql',
  ];

  it('are never our fault: noise as a body', async () => {
    const call = fc.record({
      function: fc.constantFrom('0x1::coin::balance', '0x1::option::some', '0x1::coin', '::::', 'x'),
      type_arguments: fc.array(fc.constantFrom('u8', 'vector<vector<bool>>', '0x1::string::String', '<', 7)),
      arguments: fc.array(fc.jsonValue()),
    });
    const item = fc.record({
      key_type: fc.constantFrom('u8', 'address', '0x1::option::Option<u8>', '0x1::coin::Coin<u8>', 'signer'),
      value_type: fc.constantFrom('u8', '0x1::nothing::Nothing'),
      key: fc.jsonValue(),
    });
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
      fc.oneof(call, item, fc.json()).map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PATHS),
        fc.constantFrom(...CONTENT_TYPES),
        bodies,
        async (path, type, body) => {
          const { status } = await post(path, type, body);
          expect(status).toBeLessThan(500);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are never our fault: noise as a path', async () => {
    const segment = fc.oneof(
      fc.constantFrom(
        'accounts',
        '0x1',
        'resource',
        'transactions',
        'by_hash',
        'by_version',
        'blocks',
        'by_height',
        '1',
        '%',
      ),
      fc.string({ maxLength: 80 }).map(encodeURIComponent),
    );
    const query = fc.record(
      { ledger_version: fc.string(), start: fc.string(), limit: fc.string() },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { maxLength: 5 }), query, async (segments, fields) => {
        const { status } = await send(`/${segments.join('/')}?${new URLSearchParams(fields)}`);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the faucet', () => {
  const fund = (body: unknown) => fetch(`${devchain.faucetUrl}/fund`, { method: 'POST', body: JSON.stringify(body) });

  it('pays, the older way too', async () => {
    const response = await fund({ address: '0xa11ce', amount: '5' });
    expect(await response.json()).toEqual({ txn_hashes: [expect.stringMatching(/^0x[0-9a-f]{64}$/)] });
    const minted = await fetch(`${devchain.faucetUrl}/mint?address=0xa11ce&amount=7`, { method: 'POST' });
    expect(await minted.json()).toEqual([expect.stringMatching(/^0x[0-9a-f]{64}$/)]);
    const { body } = await send('/accounts/0xa11ce/balance/0x1::aptos_coin::AptosCoin');
    expect(body).toBe(12);
    expect((await send('/accounts/0xa11ce/balance/0xa')).body).toBe(12);
  });

  it.each([
    [{ amount: 1 }],
    [{ address: '0x1', amount: -1 }],
    [{ address: '0x1', amount: 1.5 }],
    [{ address: '0x1', amount: 1e18 }],
    [[]],
  ])('refuses %j', async (body) => {
    expect((await fund(body)).status).toBe(400);
  });
});

describe('the indexer', () => {
  it('has always caught up, and says what it does not have', async () => {
    const ask = async (query: string, variables = {}) => {
      const response = await fetch(devchain.indexerUrl, { method: 'POST', body: JSON.stringify({ query, variables }) });
      return response.json();
    };
    const variables = { where_condition: { processor: { _eq: 'fungible_asset_processor' } } };
    const query =
      'query getProcessorStatus($where_condition: processor_status_bool_exp) {\n processor_status(where: $where_condition) { processor last_success_version } }';
    expect(await ask(query, variables)).toMatchObject({
      data: { processor_status: [{ processor: 'fungible_asset_processor', last_success_version: expect.any(Number) }] },
    });
    expect(await ask('query getNames { current_aptos_names { domain } }')).toEqual({
      errors: [{ message: expect.stringContaining('getNames') }],
    });
  });
});
