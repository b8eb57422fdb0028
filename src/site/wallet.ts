// The wallet as the page uses it: one address, one way to have something signed and executed.

import { useWallet } from '@aptos-labs/wallet-adapter-react';
import { useCallback } from 'react';
import type { EntryPayload } from '../apps/chat/chat-contract.ts';
import { StraitError } from '../base/errors.ts';
import { parseAddress } from '../base/ids.ts';
import type { ExecutedTransaction } from './chain-reader.ts';
import { usePage } from './page-context.ts';

/** The person said no in the wallet's popup. Nothing was sent. */
export class WalletRejectedError extends StraitError {
  override readonly name = 'WalletRejectedError';
}

export function useWalletAddress(): string | undefined {
  const { account } = useWallet();
  return account ? parseAddress(account.address.toString()) : undefined;
}

/** Asks the wallet to sign and send, and waits for the chain. @throws WalletRejectedError, ChainReadError */
export function useSubmit(): (payload: EntryPayload) => Promise<ExecutedTransaction> {
  const { signAndSubmitTransaction } = useWallet();
  const { reader } = usePage();
  return useCallback(
    async (payload) => {
      let hash: string;
      try {
        const data = { function: payload.function, functionArguments: [...payload.functionArguments] };
        ({ hash } = await signAndSubmitTransaction({ data }));
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        if (/reject|denied|cancel/i.test(message)) {
          throw new WalletRejectedError('You declined in the wallet. Nothing was sent.', { cause });
        }
        throw cause;
      }
      return reader.executed(hash);
    },
    [signAndSubmitTransaction, reader],
  );
}
