// What requests carry in path, query and JSON bodies, read under caps. A path or query that cannot be read throws ParameterError, which is
// answered as a node's web framework does; a body throws DecodeError, answered with `invalid_input`.

import { type Bytes, fromHex, toHex, utf8Decode } from '../../base/bytes.ts';
import { DecodeError } from '../../base/errors.ts';
import { HASH_SIZE } from '../../base/hash.ts';
import { type Address, parseAddress, parseU64 } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { parseStructTag, type StructTag } from '../../base/type-tag.ts';
import type { Json } from '../../vm/json.ts';
import type { Chain } from '../chain.ts';
import { DevchainError } from '../errors.ts';
import { type Answer, invalidInput, versionNotFound } from './problem.ts';
import type { RestRequest } from './router.ts';

export type JsonObject = Readonly<Record<string, Json>>;

/** JSON nests no deeper than the types it stands for. */
const JSON_DEPTH_MAX = 64;
/** Page sizes are u16. */
const LIMIT_MAX = 65_535n;

/** A path or query parameter is not what it has to be. */
export class ParameterError extends DevchainError {
  override readonly name = 'ParameterError';
}

export function param(request: RestRequest, name: string): string {
  const value = request.params[name];
  if (value === undefined) throw new DecodeError(name, 'missing', 0);
  return value;
}

export function addressParam(request: RestRequest, name = 'address'): Address {
  return fromPath(request, name, parseAddress);
}

export function structTagParam(request: RestRequest, name: string): StructTag {
  return fromPath(request, name, parseStructTag);
}

export function numberParam(request: RestRequest, name: string): bigint {
  return fromPath(request, name, parseU64);
}

/** A transaction hash of the path as map key: lower-case hex without prefix. */
export function hashParam(request: RestRequest, name: string): string {
  return fromPath(request, name, (text) => {
    const bytes = fromHex(text, 'transaction hash');
    if (bytes.length !== HASH_SIZE)
      throw new DecodeError('transaction hash', `${bytes.length} bytes, not ${HASH_SIZE}`, 0);
    return toHex(bytes);
  });
}

/** `?ledger_version=`, or the last version. */
export function ledgerVersion(chain: Chain, request: RestRequest): Result<number, Answer> {
  const version = queryU64(request, 'ledger_version');
  if (version === undefined) return ok(chain.world.version);
  return version > BigInt(chain.world.version) ? err(versionNotFound(version)) : ok(Number(version));
}

/** A u64 of the query, if it is there. */
export function queryU64(request: RestRequest, name: string): bigint | undefined {
  const text = request.query.get(name);
  return text === null || text === '' ? undefined : fromQuery(name, () => parseU64(text, name));
}

/** `?limit=`: how many items one page may have. More than `max` is cut to it, as on Aptos; none at all is refused. */
export function pageLimit(request: RestRequest, fallback: number, max: number): Result<number, Answer> {
  const limit = queryU64(request, 'limit');
  if (limit === undefined) return ok(fallback);
  if (limit > LIMIT_MAX) throw new ParameterError(`failed to parse parameter \`limit\`: over ${LIMIT_MAX}`);
  if (limit === 0n) return err(invalidInput('Given limit value (0) must not be zero'));
  return ok(Math.min(Number(limit), max));
}

/** `?start=` as the bytes of a cursor, if it is there. */
export function queryCursor(request: RestRequest): Bytes | undefined {
  const text = request.query.get('start');
  return text === null || text === '' ? undefined : fromQuery('start', () => fromHex(text, 'start'));
}

export function queryFlag(request: RestRequest, name: string): boolean {
  return request.query.get(name) === 'true';
}

/** A JSON object of bounded depth. */
export function jsonObject(body: Bytes): JsonObject {
  return asObject(parseJson(body), 'body');
}

/** A JSON array of bounded depth. */
export function jsonList(body: Bytes, what: string): readonly Json[] {
  const value = parseJson(body);
  if (!Array.isArray(value)) throw new DecodeError(what, 'not a list', 0);
  return value as readonly Json[];
}

function parseJson(body: Bytes): Json {
  let value: unknown;
  try {
    value = JSON.parse(utf8Decode(body, 'body'));
  } catch (cause) {
    if (cause instanceof DecodeError) throw cause;
    throw new DecodeError('body', 'not JSON', 0, { cause });
  }
  if (!isJson(value, 0)) throw new DecodeError('body', 'JSON nested too deeply', 0);
  return value;
}

export function asObject(value: Json | undefined, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DecodeError(what, value === undefined ? 'missing' : 'not a JSON object', 0);
  }
  return value as JsonObject;
}

export function textField(object: JsonObject, name: string): string {
  const value = object[name];
  if (typeof value !== 'string') throw new DecodeError(name, value === undefined ? 'missing' : 'not a string', 0);
  return value;
}

/** A u64, which JSON holds as text. */
export function u64Field(object: JsonObject, name: string): bigint {
  return parseU64(textField(object, name), name);
}

export function listField(object: JsonObject, name: string): readonly Json[] {
  const value = object[name] ?? [];
  if (!Array.isArray(value)) throw new DecodeError(name, 'not a list', 0);
  return value as readonly Json[];
}

function fromPath<T>(request: RestRequest, name: string, parse: (text: string, what: string) => T): T {
  const text = param(request, name);
  return orParameterError('path', name, () => parse(text, name));
}

function fromQuery<T>(name: string, parse: () => T): T {
  return orParameterError('parameter', name, parse);
}

function orParameterError<T>(place: 'path' | 'parameter', name: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    throw new ParameterError(`failed to parse ${place} \`${name}\`: ${cause.message}`, { cause });
  }
}

function isJson(value: unknown, depth: number): value is Json {
  if (depth > JSON_DEPTH_MAX) return false;
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every((item) => isJson(item, depth + 1));
}
