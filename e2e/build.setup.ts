// Builds the page once for all journeys: as people get it, and with the hooks that let a node cheat.

import { buildPage } from '../scripts/serve-page.ts';

export default async function setup(): Promise<void> {
  await buildPage('production', 'dist');
  await buildPage('e2e', 'dist-e2e');
}
