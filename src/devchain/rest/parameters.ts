// What requests carry in path, query and JSON bodies, read under caps. Everything throws DecodeError, which the server answers with
// `invalid_input`.

import { type Bytes, fromHex, toHex, utf8Decode } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { HASH_SIZE } from '../../base/hash.ts';
import { parseU64 } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Json } from '../../vm/json.ts';
import type { Chain } from '../chain.ts';
import { type Answer, versionNotFound } from './problem.ts';
import type { RestRequest } from './router.ts';

/** JSON nests no deeper than the types it stands for. */
const JSON_DEPTH_MAX = 64;

export function param(request: RestRequest, name: string): string {
  const value = request.params[name];
  if (value === undefined) throw new DecodeError(name, 'missing', 0);
  return value;
}

/** `?ledger_version=`, or the last version. */
export function ledgerVersion(chain: Chain, request: RestRequest): Result<number, Answer> {
  const text = request.query.get('ledger_version');
  if (text === null || text === '') return ok(chain.world.version);
  const version = parseU64(text, 'ledger_version');
  return version > BigInt(chain.world.version) ? err(versionNotFound(version)) : ok(Number(version));
}

/** An unsigned number of the query; `fallback` where there is none. */
export function queryNumber(request: RestRequest, name: string, fallback: number): number {
  const text = request.query.get(name);
  if (text === null || text === '') return fallback;
  const value = parseU64(text, name);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}

export function queryFlag(request: RestRequest, name: string): boolean {
  return request.query.get(name) === 'true';
}

/** A transaction hash as map key: lower-case hex without prefix. */
export function parseHash(text: string): string {
  const bytes = fromHex(text, 'transaction hash');
  if (bytes.length !== HASH_SIZE) throw new DecodeError('transaction hash', `${bytes.length} bytes`, 0);
  return toHex(bytes);
}

/** A JSON object; every value checked to be JSON of bounded depth. */
export function jsonObject(body: Bytes): Readonly<Record<string, Json>> {
  let value: unknown;
  try {
    value = JSON.parse(utf8Decode(body, 'body'));
  } catch (cause) {
    if (cause instanceof DecodeError) throw cause;
    throw new DecodeError('body', 'not JSON', 0, { cause });
  }
  if (!isJson(value, 0)) throw new DecodeError('body', 'JSON nested too deeply', 0);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DecodeError('body', 'not a JSON object', 0);
  }
  return value as Readonly<Record<string, Json>>;
}

export function textField(object: Readonly<Record<string, Json>>, name: string): string {
  const value = object[name];
  if (typeof value !== 'string') throw new DecodeError(name, 'not a string', 0);
  return value;
}

export function listField(object: Readonly<Record<string, Json>>, name: string): readonly Json[] {
  const value = object[name] ?? [];
  if (!Array.isArray(value)) throw new DecodeError(name, 'not a list', 0);
  return value as readonly Json[];
}

function isJson(value: unknown, depth: number): value is Json {
  if (depth > JSON_DEPTH_MAX) return false;
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every((item) => isJson(item, depth + 1));
}
