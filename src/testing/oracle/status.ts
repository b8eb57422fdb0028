// The Rust VM says in a sentence how a run ended; this reads the sentence.

import { parseAddress } from '../../base/ids.ts';
import { SCRIPT_FUNCTION } from '../../vm/code/script-module.ts';
import type { CodeLocation, RunStatus } from '../../vm/run.ts';
import type { FindModule } from './json-value.ts';
import { functionName } from './open-module.ts';

const ABORT = /^VM aborted: location=(.+?), code=(\d+)/;
const FAILURE = /status (\w+) of type \w+(?: with message ([^\n]*))?/;
const LOCATION = /location=(?:Script|([0-9a-f]{64})::(\w+)), function=(\d+), code_offset=(\d+)\s*$/;
/** What the verifier said of code that stands in storage and should have passed it. */
const VERIFIER = /UNEXPECTED_VERIFIER_ERROR.*?major_status: (\w+).*?message: Some\("(.*?)(?:\\n|")/s;
const MODULE = /^([0-9a-f]{64})::(\w+)$/;

export function readStatus(problem: string, find: FindModule): RunStatus {
  const abort = ABORT.exec(problem);
  if (abort?.[2] !== undefined) {
    // The sentence does not say which function aborted.
    return {
      kind: 'abort',
      code: BigInt(abort[2]),
      location: { module: readModule(abort[1]), function: '', offset: -1 },
    };
  }
  const failure = FAILURE.exec(problem);
  if (failure?.[1] === undefined) throw new Error(`the VM says: ${problem}`);
  const location = readLocation(problem, find);
  const verdict = VERIFIER.exec(problem);
  const message = verdict ? `${verdict[1]}: ${verdict[2]}` : failure[2];
  return {
    kind: 'failure',
    code: failure[1],
    ...(location && { location }),
    ...(message !== undefined && message !== '' && !message.startsWith('Backtrace') && { message }),
  };
}

function readLocation(problem: string, find: FindModule): CodeLocation | undefined {
  const found = LOCATION.exec(problem);
  if (!found) return undefined;
  const offset = Number(found[4]);
  if (found[1] === undefined) return { module: 'script', function: SCRIPT_FUNCTION, offset };
  const module = { address: parseAddress(found[1] ?? ''), name: found[2] ?? '' };
  const published = find(module);
  const definition = published.functions[Number(found[3])];
  // Behind the module's own functions are those of bcs-views.ts.
  if (definition === undefined) return undefined;
  return { module, function: functionName(published, definition), offset: Number(found[4]) };
}

function readModule(text: string | undefined): CodeLocation['module'] {
  const found = MODULE.exec(text ?? '');
  return found ? { address: parseAddress(found[1] ?? ''), name: found[2] ?? '' } : 'script';
}
