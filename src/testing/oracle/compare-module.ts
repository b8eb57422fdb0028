// Calls every public function of a module on both VMs, several times with other arguments, over state that earlier calls left.

import type { Bytes } from '../../base/bytes.ts';
import { decodeModule } from '../../vm/bytecode/decode.ts';
import { EdgeRandom } from '../edge-random.ts';
import { callableFunctions, formatCall, randomCall } from './calls.ts';
import type { Comparison, Differential } from './differential.ts';

export interface ModuleOutcome {
  /** How the calls ended on which the two agree: `executed`, `abort`, a failure's code, or `inconclusive`. */
  readonly counts: ReadonlyMap<string, number>;
  readonly differences: readonly CallDifference[];
}

export interface CallDifference {
  /** The call, and the round in which it was made. */
  readonly call: string;
  readonly comparison: Extract<Comparison, { kind: 'different' }>;
}

/** The module is to be published before. */
export async function compareModule(
  differential: Differential,
  bytecode: Bytes,
  seed: string,
  rounds: number,
  gasLimit?: bigint,
): Promise<ModuleOutcome> {
  const module = decodeModule(bytecode);
  const random = new EdgeRandom(`${seed} calls`);
  const counts = new Map<string, number>();
  const differences: CallDifference[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const definition of callableFunctions(module)) {
      const call = randomCall(random, module, definition);
      const request = gasLimit === undefined ? call : { ...call, gasLimit };
      const comparison = await differential.compare(request);
      if (comparison.kind === 'different') {
        differences.push({ call: `${formatCall(request)} in round ${round}`, comparison });
        continue;
      }
      const ended = comparison.kind === 'same' ? endOf(comparison) : comparison.kind;
      counts.set(ended, (counts.get(ended) ?? 0) + 1);
    }
  }
  return { counts, differences };
}

export function formatDifference({ call, comparison }: CallDifference): string {
  return `${call}: ${comparison.what}\n  ours:   ${comparison.ours}\n  theirs: ${comparison.theirs}`;
}

function endOf({ status }: Extract<Comparison, { kind: 'same' }>): string {
  return status.kind === 'failure' ? status.code : status.kind;
}
