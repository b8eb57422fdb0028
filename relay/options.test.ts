// Flags, environment, and what is said about wrong ones.

import { describe, expect, it } from 'vitest';
import { parseRelayOptions, RELAY_DEFAULTS, RelayOptionError, relayHelp } from './options.ts';

describe('options of the relay', () => {
  it('are the defaults when nothing is said', () => {
    expect(parseRelayOptions([], {})).toEqual(RELAY_DEFAULTS);
    expect(parseRelayOptions([], { STRAIT_RELAY_PORT: '' })).toEqual(RELAY_DEFAULTS);
  });

  it('come from flags in either form, over the environment, over the defaults', () => {
    const options = parseRelayOptions(['--port', '1234', '--max-reservations=7'], {
      STRAIT_RELAY_PORT: '5678',
      STRAIT_RELAY_CIRCUIT_DATA: '1048576',
    });
    expect(options).toMatchObject({ port: 1234, maxReservations: 7, circuitDataBytes: 1_048_576 });
  });

  it('may do without a key file and without a health port', () => {
    const options = parseRelayOptions(['--key-file', 'none', '--health-port', 'none'], {});
    expect(options).not.toHaveProperty('keyFile');
    expect(options).not.toHaveProperty('healthPort');
  });

  it('take several announced addresses', () => {
    const options = parseRelayOptions(['--announce', '/dns4/a.example/tcp/443/wss,/ip6/::1/tcp/80/ws'], {});
    expect(options).toMatchObject({ announce: ['/dns4/a.example/tcp/443/wss', '/ip6/::1/tcp/80/ws'] });
  });

  it.each([
    [['--port', 'seven'], {}, '--port: "seven" is not a whole number from 0 to 65535'],
    [['--port', '65536'], {}, '--port: "65536"'],
    [['--port', '-1'], {}, '--port: "-1"'],
    [['--port'], {}, '--port: a value is needed (PORT)'],
    [['--prot', '1'], {}, '--prot: no such flag'],
    [['--host', 'localhost'], {}, '--host: "localhost" is not an IP address'],
    [['--announce', 'wss://relay.example'], {}, '--announce: "wss://relay.example"'],
    [['--announce', '/dns4/relay.example/tcp/443'], {}, '--announce: "/dns4/relay.example/tcp/443"'],
    [['--max-reservations', '0'], {}, '--max-reservations: "0"'],
    [['--circuit-duration', '1e3'], {}, '--circuit-duration: "1e3"'],
    [['--log-level', 'loud'], {}, '--log-level: "loud" is neither info nor debug'],
    [[], { STRAIT_RELAY_CIRCUIT_DATA: '12MB' }, 'STRAIT_RELAY_CIRCUIT_DATA: "12MB"'],
  ])('are refused by name: %j %j', (args, environment, message) => {
    expect(() => parseRelayOptions(args, environment)).toThrow(RelayOptionError);
    expect(() => parseRelayOptions(args, environment)).toThrow(message);
  });

  it('are all in the help', () => {
    expect(parseRelayOptions(['--help'], {})).toBe('help');
    for (const flag of [
      'host',
      'port',
      'announce',
      'key-file',
      'max-reservations',
      'circuit-duration',
      'circuit-data',
      'connect-rate',
      'health-port',
      'log-level',
    ]) {
      expect(relayHelp()).toContain(`--${flag} `);
    }
    expect(relayHelp()).toContain('STRAIT_RELAY_MAX_RESERVATIONS');
  });
});
