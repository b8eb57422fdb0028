// The two kinds of thing that go wrong: an `AssertionError` is a bug of ours; every other thrown error has one base per layer.
// Refusals of what somebody else sent are values (see `result.ts`), not errors.

/** Base of every error that Strait throws. `name` is stable and may be matched on; `cause` keeps what lay beneath. */
export abstract class StraitError extends Error {
  abstract override readonly name: string;
}

/** A broken invariant: a bug in Strait itself, never something that a peer, a client or the chain can bring about. */
export class AssertionError extends StraitError {
  override readonly name = 'AssertionError';
}

/** Bytes or text from outside that are not of the form they claim. `what` names the field, `offset` the byte (or character). */
export class DecodeError extends StraitError {
  override readonly name = 'DecodeError';
  readonly what: string;
  readonly offset: number;

  constructor(what: string, problem: string, offset: number, options?: ErrorOptions) {
    super(`${what}: ${problem} (at ${offset})`, options);
    this.what = what;
    this.offset = offset;
  }
}

/** @throws AssertionError when `condition` is false. Stays on in production. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Marks a branch that the types say cannot be reached. */
export function unreachable(value: never, message = 'unreachable'): never {
  throw new AssertionError(`${message}: ${String(value)}`);
}
