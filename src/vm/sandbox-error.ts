// What goes wrong with a sandbox's storage directory. Nothing in the directory is changed when it is thrown, but for what a journal completes.

import { VmError } from './errors.ts';

/** The directory holds what no sandbox put there, or the file system refused. `path` is where. */
export class SandboxStorageError extends VmError {
  override readonly name = 'SandboxStorageError';
  readonly path: string;

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options);
    this.path = path;
  }
}
