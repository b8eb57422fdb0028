// A package's unit tests on the project's own VM, with probes in the package's code: what coverage and mutants are measured with.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { encodeBcs } from '../../src/base/bcs.ts';
import { utf8Encode } from '../../src/base/bytes.ts';
import { sha3_256 } from '../../src/base/hash.ts';
import { formatTypeTag } from '../../src/base/type-tag.ts';
import { assembleModule } from '../../src/testing/assemble.ts';
import { TestState } from '../../src/testing/test-state.ts';
import { selfId } from '../../src/vm/bytecode/access.ts';
import { decodeModule } from '../../src/vm/bytecode/decode.ts';
import type { CompiledModule } from '../../src/vm/bytecode/module.ts';
import {
  DEFAULT_LIMITS,
  type ModuleId,
  MoveVm,
  type RunStatus,
  SourceMaps,
  type SourcePosition,
} from '../../src/vm/index.ts';
import { CRYPTO_NATIVES } from '../../src/vm/natives/crypto.ts';
import { EVENT } from '../../src/vm/natives/event.ts';
import { host, type NativeSet } from '../../src/vm/natives/native.ts';
import { tagOf } from '../../src/vm/types/type.ts';
import { compileUnitsWithTests } from './compiler.ts';
import { type MovePackage, PROJECT_ROOT, withDependencies } from './packages.ts';
import { type Place, type ProbedModule, Probes } from './probes.ts';
import { moveFilesIn, type UnitTest, unitTestsIn } from './unit-test-list.ts';

/** A module of the package under test. */
export interface TestedModule extends ProbedModule {
  readonly id: ModuleId;
  /** Without probes. */
  readonly original: CompiledModule;
}

export interface TestRun {
  readonly status: RunStatus;
  readonly gasUsed: bigint;
}

/** What the framework declares for tests alone. */
const TEST_NATIVES: NativeSet = {
  event: {
    ...EVENT,
    emitted_events: host(
      () => 0,
      (native, { typeArgs: [type], returns: [list] }) =>
        (result: number) => {
          if (type === undefined || list === undefined) return;
          const name = formatTypeTag(tagOf(type));
          const found = native.run.events.filter((event) => formatTypeTag(event.type) === name);
          const encoded = encodeBcs((w) => {
            w.uleb128(found.length);
            for (const { data } of found) w.fixed(data);
          });
          native.decode(list, encoded, result);
        },
      ({ returns }) => returns,
    ),
  },
};

/** Many times what the longest test uses. */
export const TEST_GAS_MAX = 10_000_000_000n;
/** Compiled functions that a VM keeps are counted: each test module has a VM of its own. */
const LIMITS = { ...DEFAULT_LIMITS, instructionsMax: 2_000_000 };

export class ProbedTests {
  readonly tests: readonly UnitTest[];
  readonly modules: readonly TestedModule[];
  readonly probes: Probes;
  readonly #state: TestState;
  readonly #sources: SourceMaps;
  readonly #vms = new Map<string, MoveVm>();

  private constructor(
    tests: readonly UnitTest[],
    modules: readonly TestedModule[],
    probes: Probes,
    state: TestState,
    sources: SourceMaps,
  ) {
    this.tests = tests;
    this.modules = modules;
    this.probes = probes;
    this.#state = state;
    this.#sources = sources;
  }

  /** Compiles the package in `dir` with all that it needs, and puts probes into its sources. @throws CompileError */
  static async of(
    dir: string,
    wanted: { readonly coverage: boolean; readonly mutants: boolean },
  ): Promise<ProbedTests> {
    const probes = new Probes();
    const state = new TestState([probes.probeModule()]);
    const sources = new SourceMaps();
    const modules: TestedModule[] = [];
    for (const found of await withDependencies([dir])) {
      const units = await compileUnitsWithTests(found.dir, found.dir === dir);
      if (found.dir !== dir) {
        state.publish(units.map(({ bytecode }) => bytecode));
        continue;
      }
      for (const file of moveFilesIn(path.join(dir, 'sources'))) {
        sources.addFile(path.relative(PROJECT_ROOT, file), readFileSync(file, 'utf8'));
      }
      for (const { bytecode, sourceMap } of units) {
        sources.addMap(sourceMap);
        const original = decodeModule(bytecode);
        const id = selfId(original);
        const forTests = functionsForTests(found, id.name);
        const probed =
          forTests &&
          probes.insert(original, {
            ...wanted,
            isLeftOut: (name, offset) => forTests.has(name) || sources.locate(id, original, name, offset) === undefined,
          });
        if (probed) modules.push({ ...probed, id, original });
        state.publish([probed ? assembleModule(probed.module) : bytecode]);
      }
    }
    const tests = unitTestsIn([path.join(dir, 'sources'), path.join(dir, 'tests')]);
    return new ProbedTests(tests, modules, probes, state, sources);
  }

  run(test: UnitTest, gasLimit = TEST_GAS_MAX): TestRun {
    const { module: name, name: functionName, signers } = test;
    const address = this.modules[0]?.id.address;
    if (address === undefined) throw new Error('the package has no modules');
    let vm = this.#vms.get(name);
    if (vm === undefined) {
      vm = new MoveVm({ natives: { ...CRYPTO_NATIVES, ...TEST_NATIVES, ...this.probes.natives() }, limits: LIMITS });
      this.#vms.set(name, vm);
    }
    return vm.run(this.#state, {
      call: { module: { address, name }, function: functionName, typeArgs: [], args: [] },
      senders: signers,
      gasLimit,
      transactionHash: sha3_256(utf8Encode(`${name}::${functionName}`)),
      access: 'any',
    });
  }

  /** Undefined where the code is another package's, that was compiled into this. */
  locate({ id, original }: TestedModule, { functionName, offset }: Place): SourcePosition | undefined {
    return this.#sources.locate(id, original, functionName, offset);
  }
}

/** The functions of a module of the package that are there for tests alone; undefined where the whole module is, or another's. */
function functionsForTests({ dir }: MovePackage, moduleName: string): ReadonlySet<string> | undefined {
  for (const file of moveFilesIn(path.join(dir, 'sources'))) {
    const text = readFileSync(file, 'utf8');
    const head = new RegExp(`(#\\[test_only\\]\\n)?(?:///[^\\n]*\\n)*^module \\w+::${moduleName}\\b`, 'm').exec(text);
    if (head === null) continue;
    if (head[1] !== undefined) return undefined;
    const marked = text.matchAll(
      /^ {4}#\[(?:test|test_only)\b[^\n]*\n(?: {4}(?:#\[|\/\/\/)[^\n]*\n)* {4}(?:public |entry |friend |inline )*fun (\w+)/gm,
    );
    return new Set([...marked].map(([, name = '']) => name));
  }
  return undefined;
}
