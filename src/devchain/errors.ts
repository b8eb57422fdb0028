// Errors that the local chain throws at whoever started it. What a client did wrong is never thrown: it is a `Problem` (rest/problem.ts)
// or a `Discard` (vm-status.ts).

import { StraitError } from '../base/errors.ts';

/** Base of the local chain's errors. */
export abstract class DevchainError extends StraitError {}

/** The chain cannot be created: a package is missing, does not verify, or its `init_module` failed. */
export class GenesisError extends DevchainError {
  override readonly name = 'GenesisError';
}

/** A file in the data directory is not what this version wrote there, or another process holds the directory. */
export class LedgerFileError extends DevchainError {
  override readonly name = 'LedgerFileError';
  readonly path: string;

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options);
    this.path = path;
  }
}

/** Well-formed, and part of Aptos, but not of this chain (keyless accounts, for one). Names the feature. */
export class UnsupportedFeatureError extends DevchainError {
  override readonly name = 'UnsupportedFeatureError';
  readonly feature: string;

  constructor(feature: string) {
    super(`${feature} is not supported by the local chain`);
    this.feature = feature;
  }
}
