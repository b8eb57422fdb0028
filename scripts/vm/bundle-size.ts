// How much of a page the Move VM is: `src/vm` bundled and minified as the page has it, gzipped. Hash functions and signature schemes are other
// people's packages, which the page has anyway, and stay outside.

import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/** What the VM may weigh. */
export const VM_BUNDLE_BYTES_MAX = 120 * 1024;

const ENTRY = path.resolve(import.meta.dirname, '../../src/vm/index.ts');

export async function vmBundleBytes(): Promise<number> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2023',
      minify: true,
      lib: { entry: ENTRY, formats: ['es'] },
      rolldownOptions: { external: /^@noble\// },
    },
  });
  const outputs = Array.isArray(built) ? built : [built];
  const chunks = outputs.flatMap((one) => ('output' in one ? one.output : []));
  return chunks.reduce((sum, chunk) => sum + ('code' in chunk ? gzipSync(chunk.code).length : 0), 0);
}
