// `npx tsx scripts/vm/write-natives-document.ts`: writes docs/natives.md from the code.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { nativesDocument } from '../../src/testing/natives-document.ts';

await writeFile(path.resolve(import.meta.dirname, '../../docs/natives.md'), nativesDocument());
