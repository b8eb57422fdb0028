#!/usr/bin/env -S npx tsx
// The relay as a command. One line of JSON for each event on standard output; exit 2 for a wrong flag, 1 for anything else.

import { parseRelayOptions, RelayOptionError, type RelayOptions, relayHelp } from './options.ts';
import { startRelay } from './server.ts';

/** Connections that do not close in this time are dropped with the process. */
const STOP_TIMEOUT_MS = 5_000;

function log(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));
}

async function main(): Promise<void> {
  let options: RelayOptions | 'help';
  try {
    options = parseRelayOptions(process.argv.slice(2), process.env);
    if (options === 'help') {
      console.log(relayHelp());
      return;
    }
    const relay = await startRelay(options, log);
    const stop = (signal: NodeJS.Signals): void => {
      log('signal', { signal });
      setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
      void relay.close().then(() => process.exit(0));
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    for (const address of relay.addresses) console.error(`relay: ${address}`);
  } catch (error) {
    console.error(`relay: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(error instanceof RelayOptionError ? 2 : 1);
  }
}

await main();
