// Builds the page and serves it, with the configuration of this run.

import { existsSync } from 'node:fs';
import { build, preview } from 'vite';
import { type PageConfig, servePageConfig } from './page-config.ts';

export const PAGE_PORT = 5173;

export async function buildPage(mode: 'production' | 'e2e', outDir: string): Promise<void> {
  await build({
    mode,
    // Where the build spends its time is not for those who start the page.
    build: { outDir, emptyOutDir: true, rolldownOptions: { checks: { pluginTimings: false } } },
    logLevel: 'warn',
  });
}

export interface ServedPage {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves what `buildPage` made. `port` 0: any free one. */
export async function servePage(outDir: string, port: number, config: PageConfig): Promise<ServedPage> {
  if (!existsSync(`${outDir}/index.html`)) throw new Error(`No page in ${outDir}: build it first.`);
  const server = await preview({
    preview: { port, strictPort: port !== 0, host: '127.0.0.1' },
    build: { outDir },
    plugins: [servePageConfig(config)],
    logLevel: 'warn',
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The page has no port.');
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() };
}
