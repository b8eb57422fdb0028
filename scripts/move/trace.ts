// `npm run move:trace -- <storage dir> <0x…::module::function> [argument…] [--signer 0x…]… [--type T]… [--build dir]… [--keep]`: runs one function over
// a sandbox's storage directory and prints every instruction with its operands, how it ended, and where. Arguments are JSON, or text where that is
// none. `--build` names what the compiler wrote (`build/<package>`): its modules are put in place, its source maps give lines. A directory without
// a framework gets this project's. Writes what the function changes only with `--keep`.

import * as fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Bytes } from '../../src/base/bytes.ts';
import { selfId } from '../../src/vm/bytecode/access.ts';
import { decodeModule } from '../../src/vm/bytecode/decode.ts';
import { explainStatus, formatStack, formatStep, SourceMaps } from '../../src/vm/index.ts';
import type { Json } from '../../src/vm/json.ts';
import { MoveSandbox } from '../../src/vm/sandbox.ts';
import { FRAMEWORK_DIR } from './packages.ts';
import { runCommand } from './run-command.ts';

const FRAMEWORK_OWNER = `0x${'1'.padStart(64, '0')}`;
const USAGE =
  'usage: move:trace <storage dir> <0x…::module::function> [argument…] [--signer 0x…] [--type T] [--build dir] [--keep]';

/** Gives the exit code: 0 if the function came to its end. @throws StraitError */
export function trace(args: readonly string[], print: (line: string) => void): number {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      signer: { type: 'string', multiple: true, default: [] },
      type: { type: 'string', multiple: true, default: [] },
      build: { type: 'string', multiple: true, default: [] },
      keep: { type: 'boolean', default: false },
    },
  });
  const [storageDir, name, ...given] = positionals;
  if (storageDir === undefined || name === undefined) {
    print(USAGE);
    return 2;
  }
  const hasFramework = fs.existsSync(path.join(storageDir, FRAMEWORK_OWNER));
  const sandbox = new MoveSandbox({ fs }, { storage_dir: storageDir });
  if (!hasFramework) put(sandbox, filesIn(path.join(FRAMEWORK_DIR, 'bytecode'), '.mv'));
  const sources = new SourceMaps();
  for (const dir of values.build) {
    put(sandbox, filesIn(dir, '.mv'));
    for (const file of filesIn(dir, '.mvsm')) sources.addMap(read(file));
    for (const file of filesIn(dir, '.move')) sources.addFile(path.relative('', file), fs.readFileSync(file, 'utf8'));
  }
  const jsonArgs = given.map(json);
  const options = { signers: values.signer };
  const { result, stack, steps } = sandbox.trace(name, values.type, jsonArgs, {
    ...options,
    sources,
    onStep: (step) => print(formatStep(step)),
  });
  print(`${explainStatus(result.status)} (${steps} instructions, ${result.gasUsed} gas)`);
  if (stack.length > 0) print(formatStack(stack));
  if (values.keep) sandbox.run(name, values.type, jsonArgs, options);
  return result.status.kind === 'executed' ? 0 : 1;
}

function put(sandbox: MoveSandbox, files: readonly string[]): void {
  const modules = files.map(read);
  sandbox.setAccounts(modules.map((code) => ({ address: selfId(decodeModule(code)).address, modules: [code] })));
}

function json(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function read(file: string): Bytes {
  return new Uint8Array(fs.readFileSync(file));
}

function filesIn(dir: string, suffix: string): string[] {
  return fs
    .readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(suffix))
    .sort()
    .map((file) => path.join(dir, file));
}

if (import.meta.filename === path.resolve(process.argv[1] ?? '')) {
  await runCommand((args) => trace(args, (line) => console.log(line)), 2);
}
