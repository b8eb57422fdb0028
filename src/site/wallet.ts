// The wallet as the page uses it: one address, one way to have something signed and executed.

import { useWallet } from '@aptos-labs/wallet-adapter-react';
import { useCallback } from 'react';
import type { EntryPayload } from '../apps/chat/chat-contract.ts';
import { StraitError } from '../base/errors.ts';
import { parseAddress } from '../base/ids.ts';
import type { ExecutedTransaction } from './chain-reader.ts';
import { usePage } from './page-context.ts';
import { isSameNetwork } from './wallet-network.ts';

/** The person said no in the wallet's popup. Nothing was sent. */
export class WalletRejectedError extends StraitError {
  override readonly name = 'WalletRejectedError';
}

/** The wallet is on another network than the page. Nothing was asked of it. */
export class WrongNetworkError extends StraitError {
  override readonly name = 'WrongNetworkError';
}

export interface WrongNetwork {
  readonly walletName: string;
  readonly network: string;
}

/** Where the wallet is, if that is not where the page is. */
export function useWrongNetwork(): WrongNetwork | undefined {
  const { connected, network, wallet } = useWallet();
  const { config } = usePage();
  if (!connected || !network || isSameNetwork(config.network, network)) return undefined;
  return { walletName: wallet?.name ?? 'Your wallet', network: network.name };
}

/** What to tell of a wallet's failure; undefined where the person said no, and knows it. */
export function walletProblem(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : String(error);
  return /reject|denied|cancel/i.test(message) ? undefined : message;
}

export function useWalletAddress(): string | undefined {
  const { account } = useWallet();
  return account ? parseAddress(account.address.toString()) : undefined;
}

/** Asks the wallet to sign and send, and waits for the chain. @throws WalletRejectedError, WrongNetworkError, ChainReadError */
export function useSubmit(): (payload: EntryPayload) => Promise<ExecutedTransaction> {
  const { signAndSubmitTransaction } = useWallet();
  const { config, reader } = usePage();
  const wrong = useWrongNetwork();
  return useCallback(
    async (payload) => {
      if (wrong) {
        const message = `${wrong.walletName} is on ${wrong.network}, this page on ${config.network}. Nothing was sent.`;
        throw new WrongNetworkError(message);
      }
      let hash: string;
      try {
        const data = { function: payload.function, functionArguments: [...payload.functionArguments] };
        ({ hash } = await signAndSubmitTransaction({ data }));
      } catch (cause) {
        if (walletProblem(cause) === undefined) {
          throw new WalletRejectedError('You declined in the wallet. Nothing was sent.', { cause });
        }
        throw cause;
      }
      return reader.executed(hash);
    },
    [signAndSubmitTransaction, reader, config.network, wrong],
  );
}
