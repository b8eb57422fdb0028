// Modules and scripts in order, of every version, that hostile inputs are made from.

import path from 'node:path';
import { decodeModule } from '../../vm/bytecode/decode.ts';
import type { CompiledModule } from '../../vm/bytecode/module.ts';
import { statusOf } from '../../vm/verify/outcome.suite.ts';
import { moduleBytes } from '../test-state.ts';
import type { Specimen } from './hostile-bytes.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const FIXTURES = path.join(ROOT, 'src/vm/bytecode/fixtures');
const FRAMEWORK = path.join(ROOT, 'move/framework/bytecode');
/** The first are small and show every construct; most inputs are made of them. */
const LARGE_BYTES_MIN = 4_000;

export function specimens(): readonly Specimen[] {
  const fixtures = moduleBytes(FIXTURES);
  const small = [...fixtures, ...framework()].filter((bytes) => bytes.length < LARGE_BYTES_MIN);
  return small.map((bytes) => {
    let module: CompiledModule | undefined;
    // Scripts stand among the fixtures.
    const isModule = statusOf(() => {
      module = decodeModule(bytes);
    });
    return isModule === 'OK' && module && module.signatures.length > 0 ? { bytes, module } : { bytes };
  });
}

/** What modules refer to. */
export function framework(): readonly Uint8Array<ArrayBuffer>[] {
  return moduleBytes(FRAMEWORK);
}
