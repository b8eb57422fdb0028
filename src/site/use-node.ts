// This tab's node for the connected wallet: opened when first needed, one per wallet address, closed when the wallet changes.

import { useCallback, useEffect, useState } from 'react';
import { openStrait, type Strait, StraitClientError, type StraitOptions, StreamErrorCode } from '../sdk/index.ts';
import type { SiteConfig } from './config.ts';

export type NodePhase =
  | { readonly phase: 'idle' }
  | { readonly phase: 'opening' }
  | { readonly phase: 'open'; readonly strait: Strait }
  | { readonly phase: 'failed'; readonly error: StraitClientError };

export type NodeState = NodePhase & {
  /** Opens again; `takeOver` asks the tab that runs this identity to stop. */
  readonly retry: (takeOver?: boolean) => void;
};

/** Defined at build time; false in every build that people use. */
declare const __STRAIT_TEST_HOOKS__: boolean;

/** `?tamperEvery=2` makes this tab's node cheat when it leads, in a build for browser tests. */
function testHooks(): Pick<StraitOptions, 'testHooks'> {
  const every = __STRAIT_TEST_HOOKS__ ? new URLSearchParams(location.search).get('tamperEvery') : null;
  return every === null ? {} : { testHooks: { tamperEvery: Number(every) } };
}

interface Attempt {
  readonly count: number;
  readonly takeOver: boolean;
}

export function useNode(config: SiteConfig, walletAddress: string | undefined): NodeState {
  const [state, setState] = useState<NodePhase>({ phase: 'idle' });
  const [attempt, setAttempt] = useState<Attempt>({ count: 0, takeOver: false });

  useEffect(() => {
    if (walletAddress === undefined) {
      setState({ phase: 'idle' });
      return;
    }
    let current = true;
    let opened: Strait | undefined;
    setState({ phase: 'opening' });
    openStrait({
      chainUrl: config.chainUrl,
      contract: config.contract,
      walletAddress,
      relays: config.relays,
      iceServers: config.iceServers,
      takeOver: attempt.takeOver,
      ...testHooks(),
    }).then(
      (strait) => {
        opened = strait;
        if (!current) {
          void strait.close();
          return;
        }
        strait.onStopped((error) => setState({ phase: 'failed', error }));
        setState({ phase: 'open', strait });
      },
      (error: unknown) => {
        if (!current) return;
        setState({
          phase: 'failed',
          error:
            error instanceof StraitClientError
              ? error
              : new StraitClientError({ code: StreamErrorCode.internal, message: String(error) }, { cause: error }),
        });
      },
    );
    return () => {
      current = false;
      void opened?.close();
    };
  }, [config, walletAddress, attempt]);

  const retry = useCallback((takeOver = false) => setAttempt(({ count }) => ({ count: count + 1, takeOver })), []);
  return { ...state, retry };
}
