// The one error that the public API throws: a Stream error with its code (docs/errors.md says what to do about each).

import { StraitError } from '../base/errors.ts';
import { type StreamError, StreamErrorCode } from '../wire/client.ts';

export type StreamErrorName = keyof typeof StreamErrorCode;

export class StraitClientError extends StraitError {
  override readonly name = 'StraitClientError';
  readonly code: StreamErrorCode;

  constructor(error: StreamError, options?: ErrorOptions) {
    super(error.message, options);
    this.code = error.code;
  }

  /** The code's name, such as `identityInUse`. */
  get reason(): StreamErrorName {
    for (const name of Object.keys(StreamErrorCode) as StreamErrorName[]) {
      if (StreamErrorCode[name] === this.code) return name;
    }
    return 'internal';
  }
}

/** The node gave another kind of answer than was asked for: a bug of the node. */
export function unexpectedAnswer(kind: string): StraitClientError {
  return new StraitClientError({ code: StreamErrorCode.internal, message: `the node gave an answer of kind ${kind}` });
}
