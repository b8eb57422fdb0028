// The HTTP side of the local chain's servers: reads a request under caps, lets web pages of any origin in (CORS), and writes JSON or BCS.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Bytes, concatBytes } from '../../base/bytes.ts';
import { assert, DecodeError } from '../../base/errors.ts';
import { UnsupportedFeatureError } from '../errors.ts';
import { ParameterError } from './parameters.ts';
import { type Answer, BCS_TYPE, frameworkProblem, invalidInput, problem } from './problem.ts';
import type { Representation, Router } from './router.ts';

/** A batch of transactions fits; nothing that clients send is larger. */
const BODY_SIZE_MAX = 8 * 1024 * 1024;
/** A browser may keep the answer to a preflight this long. */
const PREFLIGHT_SECS = 600;
const ALLOWED_METHODS = 'GET, POST, OPTIONS';
const ALLOWED_HEADERS = 'content-type, x-aptos-client, x-aptos-typescript-sdk-origin-method, authorization';

export interface HttpOptions {
  readonly router: Router;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Sent with every answer. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Told of what a handler threw; the client only learns that it is our fault. */
  readonly onError: (error: unknown) => void;
}

export interface HttpServer {
  /** Without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

export async function serve(options: HttpOptions): Promise<HttpServer> {
  const server = createServer((request, response) => {
    handle(options, request, response).catch((error: unknown) => {
      // A client that goes away in the middle of its request is nothing to report.
      if (request.complete) options.onError(error);
      response.destroy();
    });
  });
  await listen(server, options.port, options.host);
  const { port } = addressOf(server);
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}`, close: () => close(server) };
}

async function handle(options: HttpOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const cors = corsHeaders(request);
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { ...cors, ...preflightHeaders(request) }).end();
    return;
  }
  const result = await answerTo(options, request, () => readBody(request));
  const own = { ...options.headers?.(), ...result.headers };
  const content = 'bytes' in result ? result.bytes : Buffer.from(JSON.stringify(result.body));
  response.writeHead(result.status, {
    ...cors,
    ...own,
    'access-control-expose-headers': Object.keys(own).join(', '),
    'cache-control': 'no-store',
    'content-type': 'bytes' in result ? result.contentType : 'application/json',
    'content-length': content.length,
  });
  response.end(request.method === 'HEAD' ? undefined : content);
}

/** A request as far as an answer depends on it. */
export interface Asked {
  readonly method?: string | undefined;
  /** Path and query, as they came. */
  readonly url?: string | undefined;
  readonly headers: { readonly 'content-type'?: string | undefined; readonly accept?: string | undefined };
}

/** `read` gives the whole body, or undefined when it is over the cap; it is not called for what no route takes. */
export async function answerTo(
  options: Pick<HttpOptions, 'router' | 'onError'>,
  asked: Asked,
  read: () => Promise<Bytes | undefined>,
): Promise<Answer> {
  const url = asked.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const method = asked.method === 'HEAD' ? 'GET' : (asked.method ?? 'GET');
  const match = options.router.match(method, path);
  if (match.kind === 'none') return frameworkProblem(404, `not found: ${path}`);
  if (match.kind === 'otherMethod') {
    const allowed = match.allowed.join(', ');
    return {
      ...frameworkProblem(405, `method not allowed: ${method} (allowed: ${allowed})`),
      headers: { allow: allowed },
    };
  }
  const body = await read();
  if (body === undefined) return frameworkProblem(413, `payload too large: over ${BODY_SIZE_MAX} bytes`);
  try {
    return await match.handler({
      params: match.params,
      query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
      contentType: mediaType(asked.headers['content-type'] ?? ''),
      accept: representation(asked.headers.accept ?? ''),
      body,
    });
  } catch (error) {
    // Handlers let what they cannot read of a request throw: it is the client's mistake.
    if (error instanceof ParameterError) return frameworkProblem(400, error.message);
    if (error instanceof DecodeError || error instanceof UnsupportedFeatureError) return invalidInput(error.message);
    options.onError(error);
    return problem(500, 'internal_error', 'internal error of the local chain');
  }
}

/** The first of JSON and BCS that the client names; JSON where it names neither, as on Aptos. */
function representation(accept: string): Representation {
  for (const range of accept.split(',')) {
    const type = mediaType(range);
    if (type === BCS_TYPE) return 'bcs';
    if (type === 'application/json') return 'json';
  }
  return 'json';
}

/** Without parameters, in lower case. */
function mediaType(header: string): string {
  return header.split(';')[0]?.trim().toLowerCase() ?? '';
}

/** What is over the cap is not kept, and not awaited. */
async function readBody(request: IncomingMessage): Promise<Bytes | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_SIZE_MAX) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    assert(chunk instanceof Uint8Array, 'a body is bytes');
    size += chunk.length;
    if (size > BODY_SIZE_MAX) return undefined;
    chunks.push(chunk);
  }
  return concatBytes(...chunks);
}

function corsHeaders(request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers;
  if (origin === undefined) return {};
  return { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', vary: 'origin' };
}

function preflightHeaders(request: IncomingMessage): Record<string, string> {
  const asked = request.headers['access-control-request-headers'];
  return {
    'access-control-allow-methods': ALLOWED_METHODS,
    'access-control-allow-headers': asked ?? ALLOWED_HEADERS,
    'access-control-max-age': String(PREFLIGHT_SECS),
    // Pages served over HTTPS may then reach a loopback address.
    'access-control-allow-private-network': 'true',
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  assert(address !== null && typeof address === 'object', 'a listening server has an address');
  return address;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    // Clients keep connections open for their next request; there will be none.
    server.closeAllConnections();
  });
}
