// Serves the page's /config.json for a local run, so that one build works against any chain and relay.

import type { Connect, Plugin } from 'vite';

/** What the page needs to know of its surroundings. `public/config.json` documents each field for operators. */
export interface PageConfig {
  readonly network: string;
  readonly chainUrl: string;
  readonly faucetUrl?: string;
  readonly contract: string;
  readonly chat: { readonly contract: string; readonly server: string };
  readonly relays: readonly string[];
  readonly iceServers: readonly { readonly urls: string; readonly username?: string; readonly credential?: string }[];
}

export function servePageConfig(config: PageConfig): Plugin {
  const answer: Connect.NextHandleFunction = (request, response, next) => {
    if (request.url?.split('?')[0] !== '/config.json') {
      next();
      return;
    }
    response.setHeader('content-type', 'application/json');
    response.setHeader('cache-control', 'no-store');
    response.end(JSON.stringify(config));
  };
  return {
    name: 'strait:page-config',
    configureServer: (server) => void server.middlewares.use(answer),
    configurePreviewServer: (server) => void server.middlewares.use(answer),
  };
}
