// From a method and a path to a handler. Patterns are literal segments and `:name` segments, matched after URL decoding.

import type { Bytes } from '../../base/bytes.ts';
import type { Answer } from './problem.ts';

export interface RestRequest {
  /** The `:name` segments of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Without parameters, in lower case; empty if there is none. */
  readonly contentType: string;
  /** What the client wants to be answered in, where there is a choice. */
  readonly accept: Representation;
  readonly body: Bytes;
}

export type Representation = 'json' | 'bcs';
export type Handler = (request: RestRequest) => Answer | Promise<Answer>;
export type Method = 'GET' | 'POST';

interface Route {
  readonly method: Method;
  readonly segments: readonly string[];
  readonly handler: Handler;
}

export type Match =
  | { readonly kind: 'found'; readonly handler: Handler; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'otherMethod'; readonly allowed: readonly Method[] }
  | { readonly kind: 'none' };

export class Router {
  readonly #routes: Route[] = [];

  /** Every route as it was added. */
  get routes(): readonly { readonly method: Method; readonly pattern: string }[] {
    return this.#routes.map(({ method, segments }) => ({ method, pattern: `/${segments.join('/')}` }));
  }

  on(method: Method, pattern: string, handler: Handler): this {
    this.#routes.push({ method, segments: split(pattern), handler });
    return this;
  }

  /** `path` without its query, percent-encoded as it came. A segment that does not decode matches nothing. */
  match(method: string, path: string): Match {
    const segments = decodeSegments(path);
    if (segments === undefined) return { kind: 'none' };
    const allowed: Method[] = [];
    for (const route of this.#routes) {
      const params = matchSegments(route.segments, segments);
      if (params === undefined) continue;
      if (route.method === method) return { kind: 'found', handler: route.handler, params };
      allowed.push(route.method);
    }
    return allowed.length === 0 ? { kind: 'none' } : { kind: 'otherMethod', allowed };
  }
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}

/** A trailing slash makes no difference. */
function split(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function decodeSegments(path: string): string[] | undefined {
  try {
    return split(path).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
