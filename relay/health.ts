// /healthz for whoever watches over the relay, /metrics for Prometheus.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RelayFigures {
  readonly stopping: boolean;
  readonly addresses: readonly string[];
  readonly connections: number;
  readonly reservations: number;
  readonly maxReservations: number;
  readonly connectionsTotal: number;
  readonly uptimeS: number;
}

export interface HealthServer {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startHealth(host: string, port: number, figures: () => RelayFigures): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const now = figures();
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405).end();
    else if (path === '/healthz') {
      const { stopping, ...rest } = now;
      const status = stopping ? 'stopping' : rest.reservations >= rest.maxReservations ? 'full' : 'ok';
      response.writeHead(stopping ? 503 : 200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(`${JSON.stringify({ status, ...rest })}\n`);
    } else if (path === '/metrics') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
      response.end(metrics(now));
    } else response.writeHead(404).end();
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function metrics(now: RelayFigures): string {
  const lines: readonly (readonly [string, string, string, number])[] = [
    ['strait_relay_connections', 'gauge', 'Clients connected now.', now.connections],
    ['strait_relay_connections_total', 'counter', 'Connections since the start.', now.connectionsTotal],
    ['strait_relay_reservations', 'gauge', 'Clients that can be reached now.', now.reservations],
    ['strait_relay_reservations_max', 'gauge', 'Clients that can be reached at most.', now.maxReservations],
    ['strait_relay_uptime_seconds', 'gauge', 'Time since the start.', now.uptimeS],
  ];
  return lines
    .map(([name, type, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`)
    .join('');
}
