// What an operator can set: flags, environment, defaults, and a clear word about whatever is wrong.

import { StraitError } from '../src/base/errors.ts';

/** Each reason is in docs/relay.md, for operators. */
export interface RelayOptions {
  /** Address to bind. */
  readonly host: string;
  /** TCP port for WebSocket; 0 lets the system choose. */
  readonly port: number;
  /** Multiaddresses that clients are told, where they are not those that are bound (a TLS proxy in front). */
  readonly announce: readonly string[];
  /** Holds the relay's identity; made if it is not there. Without one every start has a new identity. */
  readonly keyFile?: string;
  /** Clients that can be reached through this relay at a time. */
  readonly maxReservations: number;
  /** A relayed connection is cut after so long. */
  readonly circuitDurationS: number;
  /** A relayed connection is cut after so many bytes, both ways together. */
  readonly circuitDataBytes: number;
  /** New connections a second from one address. */
  readonly connectRate: number;
  /** Port for /healthz and /metrics; absent: none. */
  readonly healthPort?: number;
  readonly logLevel: 'info' | 'debug';
}

export class RelayOptionError extends StraitError {
  override readonly name = 'RelayOptionError';
}

/** Seven hours at 10 kB/s, should two clients never get a direct path; bounds what a pair can cost. */
const CIRCUIT_DATA_DEFAULT = 256 * 1024 * 1024;

export const RELAY_DEFAULTS: RelayOptions = {
  host: '127.0.0.1',
  port: 9090,
  announce: [],
  keyFile: 'relay.key',
  maxReservations: 1_024,
  circuitDurationS: 3_600,
  circuitDataBytes: CIRCUIT_DATA_DEFAULT,
  connectRate: 100,
  healthPort: 9091,
  logLevel: 'info',
};

interface Flag {
  readonly name: string;
  readonly value: string;
  readonly help: string;
  readonly set: (options: RelayOptions, text: string, source: string) => RelayOptions;
}

const PORT_MAX = 65_535;
/** libp2p sends a circuit's duration in milliseconds as a u32. */
const DURATION_S_MAX = 4_294_967;

const FLAGS: readonly Flag[] = [
  {
    name: 'host',
    value: 'ADDRESS',
    help: 'address to bind',
    set: (o, text, source) => ({ ...o, host: parseHost(text, source) }),
  },
  {
    name: 'port',
    value: 'PORT',
    help: 'port for WebSocket, 0 for any',
    set: (o, text, source) => ({ ...o, port: parseInteger(text, source, 0, PORT_MAX) }),
  },
  {
    name: 'announce',
    value: 'MULTIADDR[,…]',
    help: 'what clients are told, behind a TLS proxy: /dns4/relay.example.org/tcp/443/wss',
    set: (o, text, source) => ({ ...o, announce: parseAnnounce(text, source) }),
  },
  {
    name: 'key-file',
    value: 'FILE',
    help: 'the relay’s identity, made if missing; "none" for a new one at each start',
    set: (o, text) => (text === 'none' ? without(o, 'keyFile') : { ...o, keyFile: text }),
  },
  {
    name: 'max-reservations',
    value: 'COUNT',
    help: 'clients that can be reached at a time',
    set: (o, text, source) => ({ ...o, maxReservations: parseInteger(text, source, 1, 1_000_000) }),
  },
  {
    name: 'circuit-duration',
    value: 'SECONDS',
    help: 'a relayed connection is cut after so long',
    set: (o, text, source) => ({ ...o, circuitDurationS: parseInteger(text, source, 1, DURATION_S_MAX) }),
  },
  {
    name: 'circuit-data',
    value: 'BYTES',
    help: 'a relayed connection is cut after so many bytes',
    set: (o, text, source) => ({ ...o, circuitDataBytes: parseInteger(text, source, 1, Number.MAX_SAFE_INTEGER) }),
  },
  {
    name: 'connect-rate',
    value: 'COUNT',
    help: 'new connections a second from one address',
    set: (o, text, source) => ({ ...o, connectRate: parseInteger(text, source, 1, 1_000_000) }),
  },
  {
    name: 'health-port',
    value: 'PORT',
    help: 'port for /healthz and /metrics, 0 for any, "none" for none',
    set: (o, text, source) =>
      text === 'none' ? without(o, 'healthPort') : { ...o, healthPort: parseInteger(text, source, 0, PORT_MAX) },
  },
  {
    name: 'log-level',
    value: 'info|debug',
    help: 'debug adds a line for every connection',
    set: (o, text, source) => ({ ...o, logLevel: parseLevel(text, source) }),
  },
];

/** Flags over environment over defaults. @throws RelayOptionError naming the flag or variable */
export function parseRelayOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): RelayOptions | 'help' {
  let options = RELAY_DEFAULTS;
  for (const flag of FLAGS) {
    const variable = variableOf(flag);
    const text = environment[variable];
    if (text !== undefined && text !== '') options = flag.set(options, text, variable);
  }
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--help' || arg === '-h') return 'help';
    const [name, inline] = splitFlag(arg);
    const flag = FLAGS.find((known) => `--${known.name}` === name);
    if (!flag) throw new RelayOptionError(`${arg}: no such flag; see --help`);
    const text = inline ?? rest.shift();
    if (text === undefined || text === '') throw new RelayOptionError(`${name}: a value is needed (${flag.value})`);
    options = flag.set(options, text, name);
  }
  return options;
}

export function relayHelp(): string {
  const defaults: Readonly<Record<string, unknown>> = {
    host: RELAY_DEFAULTS.host,
    port: RELAY_DEFAULTS.port,
    'key-file': RELAY_DEFAULTS.keyFile,
    'max-reservations': RELAY_DEFAULTS.maxReservations,
    'circuit-duration': RELAY_DEFAULTS.circuitDurationS,
    'circuit-data': RELAY_DEFAULTS.circuitDataBytes,
    'connect-rate': RELAY_DEFAULTS.connectRate,
    'health-port': RELAY_DEFAULTS.healthPort,
    'log-level': RELAY_DEFAULTS.logLevel,
  };
  const lines = FLAGS.map((flag) => {
    const usage = `--${flag.name} ${flag.value}`;
    const standard = defaults[flag.name];
    return `  ${usage.padEnd(28)} ${flag.help}${standard === undefined ? '' : ` [${standard}]`}\n${' '.repeat(31)}${variableOf(flag)}`;
  });
  return ['Circuit relay for browsers that cannot reach each other yet.', '', ...lines].join('\n');
}

function variableOf(flag: Flag): string {
  return `STRAIT_RELAY_${flag.name.toUpperCase().replaceAll('-', '_')}`;
}

function splitFlag(arg: string): [string, string | undefined] {
  const at = arg.indexOf('=');
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

function without<K extends 'keyFile' | 'healthPort'>(options: RelayOptions, name: K): RelayOptions {
  const { [name]: _dropped, ...rest } = options;
  return rest as RelayOptions;
}

function parseInteger(text: string, source: string, min: number, max: number): number {
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new RelayOptionError(`${source}: "${text}" is not a whole number from ${min} to ${max}`);
  }
  return value;
}

function parseHost(text: string, source: string): string {
  if (/^[0-9.]+$|^[0-9a-fA-F:]+$/.test(text)) return text;
  throw new RelayOptionError(`${source}: "${text}" is not an IP address`);
}

function parseAnnounce(text: string, source: string): string[] {
  const addresses = text.split(',').filter((part) => part !== '');
  const wrong = addresses.find((address) => !/^\/[a-z0-9]+\/.+\/(ws|wss)$/.test(address));
  if (wrong !== undefined)
    throw new RelayOptionError(`${source}: "${wrong}" is not a multiaddress that ends in /ws or /wss`);
  return addresses;
}

function parseLevel(text: string, source: string): RelayOptions['logLevel'] {
  if (text === 'info' || text === 'debug') return text;
  throw new RelayOptionError(`${source}: "${text}" is neither info nor debug`);
}
