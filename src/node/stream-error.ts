// What goes wrong in a node, as the Stream errors that clients see (docs/errors.md). The adapters' errors are told by their stable names.

import { DecodeError, StraitError } from '../base/errors.ts';
import { type StreamError, StreamErrorCode } from '../wire/client.ts';

/** A refusal on its way to the client. */
export class StreamFault extends StraitError {
  override readonly name = 'StreamFault';
  readonly code: StreamErrorCode;

  constructor(code: StreamErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** `kind` of an adapter's error with this name. */
export function errorKind(error: unknown, name: string): string | undefined {
  if (!(error instanceof StraitError) || error.name !== name || !('kind' in error)) return undefined;
  return typeof error.kind === 'string' ? error.kind : undefined;
}

/** Whether the chain gave no answer, as against saying no. */
export function isChainSilent(error: unknown): boolean {
  const kind = errorKind(error, 'ChainError');
  return kind === undefined || kind === 'unreachable';
}

export function asStreamError(error: unknown): StreamError {
  const message = error instanceof Error ? error.message : String(error);
  return { code: codeOf(error), message };
}

function codeOf(error: unknown): StreamErrorCode {
  if (error instanceof StreamFault) return error.code;
  if (error instanceof DecodeError) return StreamErrorCode.badRequest;
  if (!(error instanceof StraitError)) return StreamErrorCode.internal;
  switch (error.name) {
    case 'StoreError':
      return StreamErrorCode.storageFailed;
    case 'ChainError':
      if (isUnreadableCode(error)) return StreamErrorCode.unsupportedCode;
      // A contract or module that is not there has no channels either.
      return errorKind(error, 'ChainError') === 'not-found'
        ? StreamErrorCode.noSuchChannel
        : StreamErrorCode.chainUnreachable;
    case 'UnsupportedError':
    case 'LoadError':
    case 'BytecodeError':
      return StreamErrorCode.unsupportedCode;
    case 'NetworkBridgeError':
    case 'NetworkError':
      return StreamErrorCode.networkUnavailable;
    case 'NodeError':
      return errorKind(error, 'NodeError') === 'damaged-key'
        ? StreamErrorCode.storageFailed
        : StreamErrorCode.identityInUse;
    default:
      return StreamErrorCode.internal;
  }
}

function isUnreadableCode(error: StraitError): boolean {
  return error.cause instanceof StraitError && error.cause.name === 'BytecodeError';
}
