// Runs the framework's Move unit tests on the project's own VM, with its natives: `npm run test:move` runs them on the compiler's VM, which
// lacks some natives and has others in another form.

import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { utf8Encode } from '../../src/base/bytes.ts';
import { sha3_256 } from '../../src/base/hash.ts';
import { parseAddress } from '../../src/base/ids.ts';
import { moduleBytes, TestState } from '../../src/testing/test-state.ts';
import { selfId } from '../../src/vm/bytecode/access.ts';
import { decodeModule } from '../../src/vm/bytecode/decode.ts';
import { MoveVm } from '../../src/vm/index.ts';
import { CRYPTO_NATIVES } from '../../src/vm/natives/crypto.ts';
import { STANDARD_NATIVES } from '../../src/vm/natives/table.ts';
import { compileWithTests } from './compiler.ts';
import { FRAMEWORK_DIR } from './packages.ts';
import { describeOutcome, unitTestsIn } from './unit-test-list.ts';

const FRAMEWORK = parseAddress('0x1');
const GAS_LIMIT = 1_000_000_000n;
/** They ask the compiler's VM which events were emitted; here events come with the result. */
const READS_EVENTS = /\b(was_event_emitted|emitted_events)\b/;

const TESTS = unitTestsIn([path.join(FRAMEWORK_DIR, 'sources')], (text) => READS_EVENTS.test(text));

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
    if (expected === undefined) expect(describeOutcome(status)).toBe('executed');
    else if (expected.abortCode === undefined) expect(status.kind).not.toBe('executed');
    else expect(describeOutcome(status)).toBe(`abort ${expected.abortCode} in ${expected.location}`);
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
