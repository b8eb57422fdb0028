// Runs a command where there is no network but a loopback interface of its own, so that nothing a browser does can leave the machine:
// `tsx scripts/isolated.ts COMMAND [ARGUMENT…]`. Needs util-linux and iproute2, no privileges.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(chromium)) {
  console.error(`No browser at ${chromium}. Install Debian's (apt-get install chromium) or name another in CHROMIUM.`);
  process.exit(2);
}

const command = process.argv.slice(2);
const inside = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...command];
const run = spawnSync('unshare', ['--map-root-user', '--net', ...inside], { stdio: 'inherit' });
if (run.error) {
  console.error(`Cannot make a network namespace (unshare): ${run.error.message}`);
  process.exit(2);
}
process.exit(run.status ?? 1);
