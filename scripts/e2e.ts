// Runs Playwright in a network namespace with nothing but a loopback interface. Arguments go to Playwright.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(chromium)) {
  console.error(`No browser at ${chromium}. Install Debian's (apt-get install chromium) or name another in CHROMIUM.`);
  process.exit(2);
}

const inside = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
const playwright = [process.execPath, 'node_modules/@playwright/test/cli.js', 'test', ...process.argv.slice(2)];
const run = spawnSync('unshare', ['--map-root-user', '--net', ...inside, ...playwright], { stdio: 'inherit' });
if (run.error) {
  console.error(`Cannot make a network namespace (unshare): ${run.error.message}`);
  process.exit(2);
}
process.exit(run.status ?? 1);
