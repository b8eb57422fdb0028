// Where the page finds its chain, contracts and relays: /config.json, read once at start, so that one build serves every network.

import { StraitError } from '../base/errors.ts';
import { parseAddress } from '../base/ids.ts';

export interface SiteConfig {
  /** As wallets name it: `local`, `devnet`, `testnet`, `mainnet`. */
  readonly network: 'local' | 'devnet' | 'testnet' | 'mainnet';
  readonly chainUrl: string;
  /** Local chain only. */
  readonly faucetUrl: string | undefined;
  /** Where `rooch::state_channel` is published. */
  readonly contract: string;
  readonly chat: { readonly contract: string; readonly server: string };
  /** Multiaddresses of relays, the preferred one first. */
  readonly relays: readonly string[];
  readonly iceServers: readonly RTCIceServer[];
}

/** /config.json is missing or wrong; the message says what. */
export class ConfigError extends StraitError {
  override readonly name = 'ConfigError';
}

const NETWORKS = ['local', 'devnet', 'testnet', 'mainnet'] as const;

/** @throws ConfigError */
export async function loadConfig(): Promise<SiteConfig> {
  let json: unknown;
  try {
    const response = await fetch('/config.json', { cache: 'no-store' });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    json = await response.json();
  } catch (cause) {
    throw new ConfigError(`/config.json could not be read: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  return readConfig(json);
}

/** @throws ConfigError naming the field */
export function readConfig(json: unknown): SiteConfig {
  const root = object(json, 'the file');
  const chat = object(root.chat, 'chat');
  const network = NETWORKS.find((name) => name === root.network);
  if (!network) throw new ConfigError(`config.json: network must be one of ${NETWORKS.join(', ')}`);
  return {
    network,
    chainUrl: url(root.chainUrl, 'chainUrl').replace(/\/$/, ''),
    faucetUrl: root.faucetUrl === undefined ? undefined : url(root.faucetUrl, 'faucetUrl').replace(/\/$/, ''),
    contract: address(root.contract, 'contract'),
    chat: { contract: address(chat.contract, 'chat.contract'), server: address(chat.server, 'chat.server') },
    relays: list(root.relays, 'relays').map((relay, index) => {
      if (typeof relay !== 'string' || !relay.startsWith('/')) {
        throw new ConfigError(`config.json: relays[${index}] is not a multiaddress`);
      }
      return relay;
    }),
    iceServers: list(root.iceServers ?? [], 'iceServers').map((server, index) => {
      const { urls, username, credential } = object(server, `iceServers[${index}]`);
      if (typeof urls !== 'string') throw new ConfigError(`config.json: iceServers[${index}].urls is not text`);
      return {
        urls,
        ...(typeof username === 'string' && { username }),
        ...(typeof credential === 'string' && { credential }),
      };
    }),
  };
}

function object(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError(`config.json: ${field} is not an object`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function list(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ConfigError(`config.json: ${field} is not a list`);
  return value;
}

function url(value: unknown, field: string): string {
  if (typeof value !== 'string' || !URL.canParse(value)) throw new ConfigError(`config.json: ${field} is not a URL`);
  return value;
}

function address(value: unknown, field: string): string {
  try {
    return parseAddress(String(value), field);
  } catch (cause) {
    throw new ConfigError(`config.json: ${field} is not an address`, { cause });
  }
}
