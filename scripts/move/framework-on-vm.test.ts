// Runs the framework's Move unit tests on the project's own VM, with its natives: `npm run test:move` runs them on the compiler's VM, which
// lacks some natives and has others in another form.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { utf8Encode } from '../../src/base/bytes.ts';
import { sha3_256 } from '../../src/base/hash.ts';
import { type Address, parseAddress } from '../../src/base/ids.ts';
import { moduleBytes, TestState } from '../../src/testing/test-state.ts';
import { selfId } from '../../src/vm/bytecode/access.ts';
import { decodeModule } from '../../src/vm/bytecode/decode.ts';
import { MoveVm, type RunStatus } from '../../src/vm/index.ts';
import { CRYPTO_NATIVES } from '../../src/vm/natives/crypto.ts';
import { STANDARD_NATIVES } from '../../src/vm/natives/table.ts';
import { compileWithTests } from './compiler.ts';
import { FRAMEWORK_DIR } from './packages.ts';

interface UnitTest {
  readonly module: string;
  readonly name: string;
  /** In the order of the parameters. */
  readonly signers: readonly Address[];
  /** What `#[expected_failure]` says; undefined when the test must pass. */
  readonly expected?: { readonly abortCode?: bigint; readonly location: string };
}

const FRAMEWORK = parseAddress('0x1');
const GAS_LIMIT = 1_000_000_000n;
/** They ask the compiler's VM which events were emitted; here events come with the result. */
const READS_EVENTS = /\b(was_event_emitted|emitted_events)\b/;

const TESTS = moduleFiles(path.join(FRAMEWORK_DIR, 'sources')).flatMap(unitTests);

let state: TestState;
const vm = new MoveVm({ natives: CRYPTO_NATIVES });

beforeAll(async () => {
  state = new TestState((await compileWithTests(FRAMEWORK_DIR)).values());
}, 60_000);

describe.each([...new Set(TESTS.map(({ module }) => module))])('0x1::%s', (module) => {
  it.each(TESTS.filter((test) => test.module === module))('$name', ({ name, signers, expected }) => {
    const { status } = vm.run(state, {
      call: { module: { address: FRAMEWORK, name: module }, function: name, typeArgs: [], args: [] },
      senders: signers,
      gasLimit: GAS_LIMIT,
      transactionHash: sha3_256(utf8Encode(`${module}::${name}`)),
      access: 'any',
    });
    if (expected === undefined) expect(outcome(status)).toBe('executed');
    else if (expected.abortCode === undefined) expect(status.kind).not.toBe('executed');
    else expect(outcome(status)).toBe(`abort ${expected.abortCode} in ${expected.location}`);
  });
});

it('declares no native that the VM has not', () => {
  const known = { ...STANDARD_NATIVES, ...CRYPTO_NATIVES };
  const unknown = moduleBytes(path.join(FRAMEWORK_DIR, 'bytecode')).flatMap((bytes) => {
    const module = decodeModule(bytes);
    const name = selfId(module).name;
    const natives = module.functions
      .filter(({ body }) => body === undefined)
      .map(({ handle }) => module.identifiers[module.functionHandles[handle]?.name ?? -1] ?? '');
    return natives.filter((native) => known[name]?.[native] === undefined).map((native) => `${name}::${native}`);
  });
  // The instructions of std::vector are declared like natives and are none.
  const instructions = ['borrow', 'borrow_mut', 'destroy_empty', 'empty', 'length', 'pop_back', 'push_back', 'swap'];
  expect(unknown.sort()).toEqual(instructions.map((instruction) => `vector::${instruction}`));
});

function outcome(status: RunStatus): string {
  if (status.kind === 'executed') return 'executed';
  if (status.kind === 'failure') return `${status.code} ${status.message ?? ''}`.trim();
  const { module } = status.location;
  return `abort ${status.code} in ${module === 'script' ? module : module.name}`;
}

function moduleFiles(dir: string): string[] {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.move'))
    .sort()
    .map((file) => path.join(dir, file));
}

/** As far as this framework's sources go: attributes on lines of their own, a module a file. */
function unitTests(file: string): UnitTest[] {
  const source = readFileSync(file, 'utf8');
  const module = path.basename(file, '.move');
  const declaration =
    /((?:^ {4}#\[[^\n]*\n)+)(?:^ {4}\/\/\/[^\n]*\n)*^ {4}(?:public |entry )*fun (\w+)\(([^)]*)\)[\s\S]*?^ {4}\}$/gm;
  return [...source.matchAll(declaration)].flatMap(([text, attributes = '', name = '', parameters = '']) => {
    const test = /#\[test(?:\(([^)]*)\))?\]/.exec(attributes);
    if (test === null || READS_EVENTS.test(text)) return [];
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
