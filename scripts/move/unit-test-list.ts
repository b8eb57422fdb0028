// Finds the unit tests in Move sources, to run them on the project's own VM. It reads Move as this project writes it: attributes on lines of their
// own, four spaces deep, one module a file.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Address, parseAddress } from '../../src/base/ids.ts';
import type { RunStatus } from '../../src/vm/index.ts';

export interface UnitTest {
  readonly module: string;
  readonly name: string;
  /** In the order of the parameters. */
  readonly signers: readonly Address[];
  /** What `#[expected_failure]` says; undefined when the test must pass. */
  readonly expected?: { readonly abortCode?: bigint; readonly location: string };
}

const DECLARATION =
  /((?:^ {4}#\[[^\n]*\n)+)(?:^ {4}\/\/\/[^\n]*\n)*^ {4}(?:public |entry )*fun (\w+)\(([^)]*)\)[\s\S]*?^ {4}\}$/gm;

/** The tests of the modules in these folders; `isLeftOut` is shown a test's whole text. */
export function unitTestsIn(
  dirs: readonly string[],
  isLeftOut: (text: string) => boolean = () => false,
): readonly UnitTest[] {
  return dirs.flatMap(moveFilesIn).flatMap((file) => unitTestsOf(file, isLeftOut));
}

/** Empty for a folder that is not there. */
export function moveFilesIn(dir: string): readonly string[] {
  let files: string[];
  try {
    files = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return files
    .filter((file) => file.endsWith('.move'))
    .sort()
    .map((file) => path.join(dir, file));
}

/** Whether the run ended as the test says. */
export function isAsExpected({ expected }: UnitTest, status: RunStatus): boolean {
  if (expected === undefined) return status.kind === 'executed';
  if (expected.abortCode === undefined) return status.kind !== 'executed';
  return status.kind === 'abort' && describeOutcome(status) === `abort ${expected.abortCode} in ${expected.location}`;
}

/** `executed`, `abort 7 in chat`, or the VM's status. */
export function describeOutcome(status: RunStatus): string {
  if (status.kind === 'executed') return 'executed';
  if (status.kind === 'failure') return `${status.code} ${status.message ?? ''}`.trim();
  const { module } = status.location;
  return `abort ${status.code} in ${module === 'script' ? module : module.name}`;
}

function unitTestsOf(file: string, isLeftOut: (text: string) => boolean): UnitTest[] {
  const source = readFileSync(file, 'utf8');
  const module = /^module \w+::(\w+)/m.exec(source)?.[1] ?? path.basename(file, '.move');
  return [...source.matchAll(DECLARATION)].flatMap(([text, attributes = '', name = '', parameters = '']) => {
    const test = /#\[test(?:\(([^)]*)\))?\]/.exec(attributes);
    if (test === null || isLeftOut(text)) return [];
    const addresses = new Map(
      [...(test[1] ?? '').matchAll(/(\w+) = @(\w+)/g)].map(([, key = '', address = '']) => [
        key,
        parseAddress(address),
      ]),
    );
    const signers = [...parameters.matchAll(/(\w+): &?signer/g)].map(([, key = '']) => {
      const address = addresses.get(key);
      if (address === undefined) throw new Error(`${module}::${name} has no address for ${key}`);
      return address;
    });
    const failure = /#\[expected_failure(?:\(abort_code = (\w+)(?:, location = (\S+))?\))?\]/.exec(attributes);
    if (failure === null) return [{ module, name, signers }];
    const [, abortCode, where = 'Self'] = failure;
    const location = where === 'Self' ? module : where.replace(/^.*::/, '');
    if (abortCode === undefined) return [{ module, name, signers, expected: { location } }];
    return [{ module, name, signers, expected: { abortCode: constant(source, abortCode), location } }];
  });
}

/** A number, or the value of the constant of that name. */
function constant(source: string, value: string): bigint {
  if (/^\d/.test(value)) return BigInt(value);
  const declared = new RegExp(`const ${value}: u64 = (\\w+);`).exec(source)?.[1];
  if (declared === undefined) throw new Error(`no constant ${value}`);
  return BigInt(declared);
}
