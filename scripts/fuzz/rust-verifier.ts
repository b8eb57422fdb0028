// The verifier of the Rust VM, by itself: what it says of a module among others that are published.

import { BcsWriter } from '../../src/base/bcs.ts';
import { addressToBytes } from '../../src/base/ids.ts';
import { assembleModule } from '../../src/testing/assemble.ts';
import { NativeVm } from '../../src/testing/oracle/native-vm.ts';
import { selfId } from '../../src/vm/bytecode/access.ts';
import type { CompiledModule, ModuleId } from '../../src/vm/bytecode/module.ts';

/** After so many modules a new VM is begun: the old one keeps what it loaded. */
const MODULES_PER_VM = 400;
/** Asking for a function that no module has makes the VM load and verify the module, and nothing more. */
const ABSENT_FUNCTION = 'none_such';

export class RustVerifier {
  readonly #background: readonly CompiledModule[];
  #vm = new NativeVm();
  #uses = 0;

  constructor(background: readonly CompiledModule[]) {
    this.#background = background;
    this.#publishBackground();
  }

  /** `OK`, or the status with its place. `module` stands among the others for this once. */
  verdict(module: CompiledModule, bytes: Uint8Array, original: CompiledModule | undefined): string {
    if (++this.#uses % MODULES_PER_VM === 0) {
      this.#vm = new NativeVm();
      this.#publishBackground();
    }
    const id = selfId(module);
    this.#publish(id, bytes);
    const problem = this.#load(id);
    if (original) this.#publish(selfId(original), assembleModule(original));
    const status = /major_status: (\w+)/.exec(problem)?.[1] ?? /status (\w+) of/.exec(problem)?.[1] ?? problem;
    if (status === 'FUNCTION_RESOLUTION_FAILURE') return 'OK';
    const place = /offsets: \[\(FunctionDefinitionIndex\((\d+)\), (\d+)\)/.exec(problem);
    return place ? `${status}@${place[1]}:${place[2]}` : status;
  }

  #publishBackground(): void {
    for (const module of this.#background) this.#publish(selfId(module), assembleModule(module));
  }

  #publish({ address, name }: ModuleId, bytes: Uint8Array): void {
    this.#vm.publish({ address: addressToBytes(address), name, open: bytes });
  }

  #load({ address, name }: ModuleId): string {
    const call = new BcsWriter().fixed(addressToBytes(address)).string(name).string(ABSENT_FUNCTION);
    const reply = this.#vm.run({
      kind: 'run',
      mode: 'execute',
      environment: new BcsWriter().u64(1n).u64(1n).u64(1n).fixed(new Uint8Array(64)).finish(),
      senders: new BcsWriter().uleb128(1).fixed(new Uint8Array(32).fill(9)).finish(),
      // No type arguments, no arguments, not in JSON.
      call: call.uleb128(0).uleb128(0).bool(false).finish(),
      gasLimit: 1_000_000n,
      commit: false,
    });
    return reply.kind === 'ran' && !reply.outcome.ok ? reply.outcome.problem : 'ran what is not there';
  }
}
