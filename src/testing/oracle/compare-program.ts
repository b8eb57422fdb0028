// Calls every function of a random program on both VMs, several times with other arguments, over state that earlier calls left.

import { toHex } from '../../base/bytes.ts';
import type { Comparison, Differential } from './differential.ts';
import { generateArguments, PROGRAM_ACCOUNTS, PROGRAM_MODULE, type Program } from './programs.ts';
import { SeededRandom } from './seeded-random.ts';

export interface ProgramOutcome {
  /** How the calls ended on which the two agree: `executed`, `abort`, a failure's code, or `inconclusive`. */
  readonly counts: ReadonlyMap<string, number>;
  readonly differences: readonly {
    readonly seed: string;
    readonly call: string;
    readonly comparison: Extract<Comparison, { kind: 'different' }>;
  }[];
}

/** Of the Rust VM's schedule; the programs' loops are short. */
const GAS_LIMIT = 10_000_000n;

export async function compareProgram(
  differential: Differential,
  program: Program,
  seed: string,
  rounds: number,
): Promise<ProgramOutcome> {
  const random = new SeededRandom(`${seed} calls`);
  const counts = new Map<string, number>();
  const differences: ProgramOutcome['differences'][number][] = [];
  for (let round = 0; round < rounds; round++) {
    for (const target of program.functions) {
      const args = generateArguments(random, target);
      const senders = target.takesSigner ? [random.pick(PROGRAM_ACCOUNTS)] : [];
      const comparison = await differential.compare({
        call: { module: PROGRAM_MODULE, function: target.name, typeArgs: [], args },
        senders,
        gasLimit: GAS_LIMIT,
        transactionHash: random.bytes(32),
        access: 'any',
      });
      if (comparison.kind === 'different') {
        const call = `${target.name}(${[...senders, ...args.map(toHex)].join(', ')}) in round ${round}`;
        differences.push({ seed, call, comparison });
        continue;
      }
      const ended = comparison.kind === 'same' ? endOf(comparison) : comparison.kind;
      counts.set(ended, (counts.get(ended) ?? 0) + 1);
    }
  }
  return { counts, differences };
}

function endOf({ status }: Extract<Comparison, { kind: 'same' }>): string {
  return status.kind === 'failure' ? status.code : status.kind;
}
