// The relay as its clients and its operator see it.

import '../src/net/fixtures/node-platform.ts';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noise } from '@libp2p/noise';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { utf8Encode } from '../src/base/bytes.ts';
import { createLibp2pNetwork, type Libp2pNetwork } from '../src/net/libp2p.ts';
import { RELAY_RETRY_MS_MIN } from '../src/net/limits.ts';
import { Listener } from '../src/net/network.suite.ts';
import { loadRelayKey } from './key-file.ts';
import { RelayOptionError, type RelayOptions } from './options.ts';
import { type Relay, startRelay } from './server.ts';

let folder: string;
let running: { close(): Promise<void> }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strait-relay-'));
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((one) => one.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function open(options: Partial<RelayOptions> = {}): Promise<Relay> {
  const relay = await startRelay({ port: 0, keyFile: join(folder, 'relay.key'), ...options });
  running.push(relay);
  return relay;
}

function portOf(relay: Relay): number {
  return Number(/\/tcp\/(\d+)\//.exec(relay.multiaddr)?.[1]);
}

async function client(relay: Relay, identity: number): Promise<Listener> {
  const network: Libp2pNetwork = await createLibp2pNetwork({
    seed: new Uint8Array(32).fill(identity),
    relays: [relay.multiaddr],
  });
  running.push(network);
  return new Listener(network);
}

async function reserved(relay: Relay, identity: number): Promise<Listener> {
  return (await client(relay, identity)).listen();
}

function relayStates(listener: Listener): string[] {
  return listener.events.flatMap((event) => (event.kind === 'relay' ? [event.state.kind] : []));
}

describe('a relay', () => {
  it('tells a client that it is full, and takes it in when somebody has left', async () => {
    const relay = await open({ maxReservations: 1 });
    const alice = await reserved(relay, 1);
    const bob = await client(relay, 2);
    const listening = bob.listen();
    await bob.until(() => relayStates(bob).includes('full'));
    expect(relay.figures().reservations).toBe(1);
    await alice.network.close();
    await listening;
    expect(relayStates(bob).at(-1)).toBe('reserved');
  });

  it('keeps no place for a client that is gone', async () => {
    const relay = await open({ maxReservations: 2 });
    for (let identity = 1; identity <= 6; identity++) {
      const someone = await reserved(relay, identity);
      await someone.network.close();
      await someone.until(() => relay.figures().reservations === 0);
    }
  });

  it('is the same relay after a restart with its key: clients come back, links go on', async () => {
    const before = await open();
    const alice = await reserved(before, 1);
    const bob = await reserved(before, 2);
    alice.network.connect(bob.network.self);
    bob.network.connect(alice.network.self);
    await Promise.all([alice.linked(bob), bob.linked(alice)]);
    const port = portOf(before);
    await before.close();
    await alice.until(() => relayStates(alice).at(-1) !== 'reserved');

    const after = await open({ port });
    expect(after.multiaddr).toBe(before.multiaddr);
    await Promise.all([alice, bob].map((one) => one.until(() => relayStates(one).at(-1) === 'reserved')));
    await Promise.all([alice.linked(bob), bob.linked(alice)]);
    const carol = await reserved(after, 3);
    carol.network.connect(alice.network.self);
    await carol.linked(alice);
    expect(carol.say(alice, 'hello')).toBe(true);
    await alice.until(() => alice.texts(carol).length === 1);
  });

  it('is found by clients that came while something else was in its place', async () => {
    const key = await loadRelayKey(join(folder, 'relay.key'));
    const other = await createLibp2p({
      privateKey: key,
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
      transports: [webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
    });
    const address = String(other.getMultiaddrs()[0]);
    const network = await createLibp2pNetwork({ seed: new Uint8Array(32).fill(1), relays: [address] });
    running.push(network);
    const alice = new Listener(network);
    const listening = alice.listen();
    await alice.until(() => relayStates(alice).includes('unreachable'));
    await new Promise((resolve) => setTimeout(resolve, 3 * RELAY_RETRY_MS_MIN));
    await other.stop();
    await open({ port: Number(/\/tcp\/(\d+)\//.exec(address)?.[1]) });
    await listening;
  });

  it('cuts circuits at their limit of time, and a link over them loses nothing by it', async () => {
    const relay = await open({ circuitDurationS: 1 });
    const alice = await reserved(relay, 1);
    const bob = await reserved(relay, 2);
    alice.network.connect(bob.network.self);
    await alice.linked(bob);
    const texts = Array.from({ length: 300 }, (_, index) => String(index));
    for (const text of texts) {
      expect(alice.say(bob, text)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await bob.until(() => bob.texts(alice).length === texts.length);
    expect(bob.texts(alice)).toEqual(texts);
    expect(alice.count('lost', bob) + bob.count('lost', alice)).toBe(0);
  });

  it('cuts circuits at their limit of data, and clients have replaced them by then', async () => {
    const relay = await open({ circuitDataBytes: 24 * 1024 * 1024 });
    const alice = await reserved(relay, 1);
    const bob = await reserved(relay, 2);
    alice.network.connect(bob.network.self);
    await alice.linked(bob);
    const part = new Uint8Array(64 * 1024);
    const count = 640;
    for (let sent = 0; sent < count; sent++) {
      part.set(utf8Encode(String(sent).padStart(8, '0')));
      expect(alice.network.send(bob.network.self, part)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 12));
    }
    const received = () => bob.events.flatMap((event) => (event.kind === 'message' ? [event.data] : []));
    await bob.until(() => received().length === count);
    const order = received().map((data) => Number(new TextDecoder().decode(data.subarray(0, 8))));
    expect(order).toEqual(order.map((_, index) => index));
    expect(alice.count('lost', bob) + bob.count('lost', alice)).toBe(0);
  });

  it('says how it is', async () => {
    const relay = await open({ maxReservations: 1, healthPort: 0 });
    const base = `http://127.0.0.1:${relay.healthPort}`;
    expect(await (await fetch(`${base}/healthz`)).json()).toMatchObject({
      status: 'ok',
      addresses: [relay.multiaddr],
      reservations: 0,
      maxReservations: 1,
    });
    await reserved(relay, 1);
    expect(await (await fetch(`${base}/healthz`)).json()).toMatchObject({
      status: 'full',
      reservations: 1,
      connections: 1,
    });
    const metrics = await (await fetch(`${base}/metrics`)).text();
    expect(metrics).toContain('# TYPE strait_relay_reservations gauge\nstrait_relay_reservations 1\n');
    expect((await fetch(`${base}/elsewhere`)).status).toBe(404);
    expect((await fetch(`${base}/healthz`, { method: 'POST' })).status).toBe(405);
  });
});

describe('the key file', () => {
  it('is made for its owner alone, and read again', async () => {
    const file = join(folder, 'key');
    const made = await loadRelayKey(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect((await loadRelayKey(file)).publicKey.equals(made.publicKey)).toBe(true);
  });

  it('is refused when it holds something else, and left as it is', async () => {
    const file = join(folder, 'key');
    writeFileSync(file, 'precious');
    await expect(loadRelayKey(file)).rejects.toThrow(RelayOptionError);
    await expect(loadRelayKey(file)).rejects.toThrow(`key file ${file}: holds no key`);
    expect(readFileSync(file, 'utf8')).toBe('precious');
  });

  it('is refused when it cannot be made', async () => {
    await expect(loadRelayKey(join(folder, 'nowhere', 'key'))).rejects.toThrow('cannot be made');
  });
});

describe('the command', () => {
  async function run(args: string[], until?: RegExp): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn(process.execPath, ['node_modules/tsx/dist/cli.mjs', 'relay/main.ts', ...args], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let out = '';
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (until?.test(out)) child.kill('SIGTERM');
    });
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  }

  it('runs until it is told to stop, and then stops in order', async () => {
    const key = join(folder, 'key');
    const { code, out, err } = await run(['--port', '0', '--health-port', '0', '--key-file', key], /"started"/);
    expect(code).toBe(0);
    const events = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events).toEqual(['started', 'signal', 'stopping', 'stopped']);
    expect(err).toMatch(/^relay: \/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws\/p2p\/12D3KooW/);
  });

  it('ends with 2 and the name of a wrong flag', async () => {
    expect(await run(['--port', 'x'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--port: "x"') });
  });

  it('ends with 1 when the port is taken', async () => {
    const relay = await open();
    const { code, err } = await run(['--port', String(portOf(relay)), '--key-file', 'none', '--health-port', 'none']);
    expect(code).toBe(1);
    expect(err).toContain('relay: ');
  });
});
