// Prints measurements as a table, and writes them as JSON for machines with `-- --json FILE`.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export interface Measurement {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** The same measured on something to compare with, in the same run. */
  readonly peers: Readonly<Record<string, number>>;
}

/** The median, the 95th percentile, … of `values`. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

export function report(measurements: readonly Measurement[]): void {
  const { values } = parseArgs({ options: { json: { type: 'string' } }, strict: false });
  const rows = measurements.map(({ name, unit, ours, peers }) => [
    name,
    `${round(ours)} ${unit}`,
    Object.entries(peers)
      .map(([peer, value]) => `${peer} ${round(value)} (${ratio(ours, value)})`)
      .join(', '),
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    console.log(
      `${(row[0] ?? '').padEnd(widths[0] ?? 0)}  ${(row[1] ?? '').padStart(widths[1] ?? 0)}  ${row[2] ?? ''}`,
    );
  }
  if (typeof values.json === 'string') writeFileSync(values.json, `${JSON.stringify(measurements, null, 2)}\n`);
}

/** Of two durations. */
function ratio(ours: number, theirs: number): string {
  return ours < theirs ? `ours is ${round(theirs / ours)}× as fast` : `ours takes ${round(ours / theirs)}× as long`;
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
