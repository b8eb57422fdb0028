// React hooks over the public API. They hold no state of their own beyond what React needs to see that something changed.

import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { ChannelStatus } from '../channel/update.ts';
import type { JsonValue } from '../wire/client.ts';
import type { CallHandle, CallState } from './call.ts';
import type { ChannelState, StraitChannel } from './channel.ts';
import type { ChainNotice, RelayNotice } from './client.ts';
import { StraitClientError } from './client-error.ts';
import type { Strait } from './strait.ts';

export type ChannelPhase =
  | { readonly phase: 'idle' }
  | { readonly phase: 'joining' }
  | { readonly phase: 'open'; readonly channel: StraitChannel }
  | { readonly phase: 'failed'; readonly error: StraitClientError };

/** Joins the channel while mounted. `retry` tries again after a failure, such as when the wallet has joined meanwhile. */
export function useChannel(
  strait: Strait | undefined,
  channelId: string | undefined,
): ChannelPhase & { readonly retry: () => void } {
  const [state, setState] = useState<ChannelPhase>({ phase: 'idle' });
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an attempt is a reason to join again
  useEffect(() => {
    if (!strait || channelId === undefined) {
      setState({ phase: 'idle' });
      return;
    }
    let current = true;
    let unsubscribe = (): void => {};
    setState({ phase: 'joining' });
    strait.join(channelId).then(
      (channel) => {
        if (!current) return;
        setState({ phase: 'open', channel });
        unsubscribe = channel.subscribe((update) => {
          if (update.kind === 'stopped') setState({ phase: 'failed', error: update.error });
        });
      },
      (error: unknown) => {
        if (!current) return;
        setState({ phase: 'failed', error: asClientError(error) });
      },
    );
    return () => {
      current = false;
      unsubscribe();
    };
  }, [strait, channelId, attempt]);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return { ...state, retry };
}

/** The channel's whole state, live. */
export function useChannelState(channel: StraitChannel | undefined): ChannelState | undefined {
  const subscribe = useCallback((changed: () => void) => channel?.subscribe(changed) ?? (() => {}), [channel]);
  return useSyncExternalStore(subscribe, () => channel?.state);
}

/** One resource of the state, live. Keeps its identity while it does not change. */
export function useResource(channel: StraitChannel | undefined, type: string, address?: string): JsonValue | undefined {
  const subscribe = useCallback((changed: () => void) => channel?.subscribe(changed) ?? (() => {}), [channel]);
  return useSyncExternalStore(subscribe, () => channel?.resource(type, address));
}

/** Role, members, heights and links, live. */
export function useStatus(channel: StraitChannel | undefined): ChannelStatus | undefined {
  const subscribe = useCallback((changed: () => void) => channel?.onStatus(changed) ?? (() => {}), [channel]);
  return useSyncExternalStore(subscribe, () => channel?.status);
}

/** Grade of one call, live. */
export function useCall(call: CallHandle | undefined): CallState | undefined {
  const subscribe = useCallback((changed: () => void) => call?.on(changed) ?? (() => {}), [call]);
  return useSyncExternalStore(subscribe, () => call?.state);
}

export function useRelay(strait: Strait | undefined): RelayNotice | undefined {
  const subscribe = useCallback((changed: () => void) => strait?.onRelay(changed) ?? (() => {}), [strait]);
  return useSyncExternalStore(subscribe, () => strait?.relay);
}

export function useChain(strait: Strait | undefined): ChainNotice | undefined {
  const subscribe = useCallback((changed: () => void) => strait?.onChain(changed) ?? (() => {}), [strait]);
  return useSyncExternalStore(subscribe, () => strait?.chain);
}

function asClientError(error: unknown): StraitClientError {
  if (error instanceof StraitClientError) return error;
  return new StraitClientError({ code: 100099, message: String(error) }, { cause: error });
}
