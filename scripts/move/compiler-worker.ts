// The child process of compiler.ts: takes one job over IPC, runs it, reports, ends.

import { readFileSync } from 'node:fs';
import { buildPackage, describeModule, type NativeBuildOptions, testPackage } from './native-compiler.ts';

export type CompilerJob =
  | { readonly kind: 'build'; readonly options: NativeBuildOptions }
  | { readonly kind: 'test'; readonly options: NativeBuildOptions; readonly filter?: string }
  | { readonly kind: 'describe'; readonly files: readonly string[] };

/** `texts`: for `describe`, one JSON document a file, in the job's order. */
export type CompilerReply =
  | { readonly ok: true; readonly texts: readonly string[] }
  | { readonly ok: false; readonly problem: string };

process.once('message', (job: CompilerJob) => {
  process.send?.(run(job), () => process.disconnect());
});

function run(job: CompilerJob): CompilerReply {
  try {
    switch (job.kind) {
      case 'build':
        buildPackage(job.options);
        return { ok: true, texts: [] };
      case 'test':
        testPackage(job.options, job.filter);
        return { ok: true, texts: [] };
      case 'describe':
        return { ok: true, texts: job.files.map((file) => describeModule(readFileSync(file))) };
    }
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}
