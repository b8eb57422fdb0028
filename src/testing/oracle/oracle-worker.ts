// The oracle's child process: answers one request after the other from the Rust VM that it holds.

import { NativeVm } from './native-vm.ts';
import type { WorkerReply, WorkerRequest } from './protocol.ts';

const vm = new NativeVm();

process.on('message', (request: WorkerRequest) => {
  process.send?.(answer(request));
});

// The native callbacks would keep the process when the parent has gone.
process.once('disconnect', () => process.exit());

function answer(request: WorkerRequest): WorkerReply {
  try {
    switch (request.kind) {
      case 'publish':
        for (const module of request.modules) vm.publish(module);
        return { kind: 'done' };
      case 'write':
        vm.write(request.key, request.value);
        return { kind: 'done' };
      case 'read': {
        const value = vm.read(request.key);
        return { kind: 'value', ...(value && { value }) };
      }
      case 'run':
        return vm.run(request);
    }
  } catch (error) {
    return { kind: 'failed', problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
