// The clock that tests drive: in the process, over HTTP, and what follows it.

import type * as sdk5 from '@aptos-labs/ts-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOCK_MICROS_MAX, DrivenClock } from './driven-clock.ts';
import { SDK_VERSIONS } from './sdk.suite.ts';
import { SdkClient } from './sdk-client.suite.ts';
import { type Devchain, startDevchain } from './server.ts';

const START_MICROS = 1_900_000_000_000_000n;
const HOUR_MICROS = 3_600_000_000n;

describe('a driven clock', () => {
  it('stands still until it is driven', () => {
    let machine = START_MICROS;
    const clock = new DrivenClock('manual', () => machine);
    machine += 5n;
    expect(clock.now()).toBe(START_MICROS);
    expect(clock.advanceTo(START_MICROS + 7n)).toBe(true);
    expect(clock.now()).toBe(START_MICROS + 7n);
  });

  it('runs on, ahead of the machine', () => {
    let machine = START_MICROS;
    const clock = new DrivenClock('running', () => machine);
    expect(clock.advanceTo(START_MICROS + HOUR_MICROS)).toBe(true);
    machine += 5n;
    expect(clock.now()).toBe(START_MICROS + HOUR_MICROS + 5n);
  });

  it('goes neither back nor beyond the end of time', () => {
    const clock = new DrivenClock('manual', () => START_MICROS);
    expect([clock.advanceTo(START_MICROS - 1n), clock.advanceTo(CLOCK_MICROS_MAX + 1n)]).toEqual([false, false]);
    expect(clock.now()).toBe(START_MICROS);
    expect(clock.advanceTo(CLOCK_MICROS_MAX)).toBe(true);
  });
});

async function drive(devchain: Devchain, body?: unknown) {
  const url = `${devchain.nodeUrl}/-/clock`;
  const response = await fetch(url, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

describe('a chain with a driven clock', () => {
  let devchain: Devchain;
  beforeAll(async () => {
    const clock = new DrivenClock('manual', () => START_MICROS);
    devchain = await startDevchain({ port: 0, faucetPort: 0, genesisPackages: [], clock });
  });
  afterAll(() => devchain.close());

  it('makes a block at the time that it is told', async () => {
    const before = devchain.chain.ledger.tip;
    const { body } = await drive(devchain, { advance_secs: 90 });
    const { tip } = devchain.chain.ledger;
    expect(tip).toMatchObject({ height: before.height + 1, metadata: {} });
    expect(tip.timestampMicros - before.timestampMicros).toBe(90_000_001n);
    expect(body).toEqual({ mode: 'manual', now_micros: String(tip.timestampMicros + 1n) });
    expect((await drive(devchain, { advance_micros: '5' })).status).toBe(200);
    expect((await drive(devchain)).body.now_micros).toBe(String(devchain.chain.now()));
  });

  it.each([
    [{}],
    [{ advance_secs: -1 }],
    [{ advance_secs: 1.5 }],
    [{ advance_secs: 'soon' }],
    [{ advance_secs: 1, set_micros: '1' }],
    [{ rewind: 1 }],
    [{ set_micros: '5' }],
    [{ advance_secs: '99999999999999999999' }],
    [[]],
  ])('does not take %j', async (body) => {
    const before = devchain.chain.ledger.length;
    expect(await drive(devchain, body)).toMatchObject({ status: 400, body: { error_code: 'invalid_input' } });
    expect(devchain.chain.ledger.length).toBe(before);
  });

  it.each(SDK_VERSIONS)('has transactions expire and contracts see the time (ts-sdk %s)', async (_version, sdk) => {
    const client = new SdkClient(sdk, devchain);
    const now = async () => Number((await drive(devchain)).body.now_micros) / 1e6;
    const [alice, expireTimestamp] = [await client.funded(), Math.floor(await now()) + 100];
    const data: sdk5.InputEntryFunctionData = {
      function: '0x1::aptos_account::transfer',
      functionArguments: [sdk.Account.generate().accountAddress, 1],
    };
    expect(await client.send(alice, data, { expireTimestamp })).toMatchObject({ success: true });
    await drive(devchain, { advance_secs: 100 });
    await expect(client.send(alice, data, { expireTimestamp })).rejects.toThrow(/TRANSACTION_EXPIRED/);
    const [seconds] = await client.aptos.view({ payload: { function: '0x1::timestamp::now_seconds' } });
    expect(Number(seconds)).toBe(Math.floor(await now()));
    const [last] = await client.aptos.view<[string]>({ payload: { function: '0x1::block::get_current_block_height' } });
    const { block_timestamp: timestamp } = await client.aptos.getBlockByHeight({ blockHeight: Number(last) });
    expect(BigInt(timestamp)).toBe(devchain.chain.ledger.tip.timestampMicros);
  });
});

it('nobody drives the clock of a chain that was not started for it', async () => {
  const devchain = await startDevchain({ port: 0, faucetPort: 0, genesisPackages: [] });
  try {
    const refused = { status: 403, body: { error_code: 'api_disabled' } };
    expect(await drive(devchain, { advance_secs: 1 })).toMatchObject(refused);
    expect(await drive(devchain)).toMatchObject(refused);
  } finally {
    await devchain.close();
  }
});
