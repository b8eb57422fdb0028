// Starts the page: reads the configuration, offers the development wallet on the local chain, and draws the app.

import { AptosWalletAdapterProvider, type AptosWalletProviderProps } from '@aptos-labs/wallet-adapter-react';
import { Toast } from 'radix-ui';
import { StrictMode, useCallback, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { ChainReader } from './chain-reader.ts';
import { loadConfig, type SiteConfig } from './config.ts';
import { DEV_WALLET_NAME } from './dev-wallet/name.ts';
import { PageContext } from './page-context.ts';
import { walletProblem } from './wallet.ts';
import { NETWORKS } from './wallet-network.ts';
import './styles/theme.css';
import './styles/layout.css';

interface ShownToast {
  readonly id: number;
  readonly message: string;
  readonly kind: 'info' | 'bad';
}

const TOAST_MS = 6_000;

type AutoConnect = Extract<AptosWalletProviderProps['autoConnect'], (...args: never) => unknown>;

/** A wallet that was connected is so again after a reload. The development wallet has one account a tab: a new tab is asked anew. */
async function isConnectedAgain(walletName: string): Promise<boolean> {
  if (walletName !== DEV_WALLET_NAME) return true;
  const { tabAccount } = await import('./dev-wallet/accounts.ts');
  return tabAccount() !== undefined;
}

function Page({ config }: { readonly config: SiteConfig }) {
  const reader = useMemo(() => new ChainReader(config.chainUrl), [config.chainUrl]);
  const [toasts, setToasts] = useState<readonly ShownToast[]>([]);
  const toast = useCallback((message: string, kind: 'info' | 'bad' = 'info') => {
    setToasts((shown) => [...shown, { id: (shown.at(-1)?.id ?? 0) + 1, message, kind }]);
  }, []);
  const page = useMemo(() => ({ config, reader, toast }), [config, reader, toast]);
  // Connects by itself, since what the adapter meets on the way nobody could catch.
  const connectAgain = useCallback<AutoConnect>(
    async (core, { name }) => {
      try {
        if (await isConnectedAgain(name)) await core.connect(name);
      } catch (error) {
        const problem = walletProblem(error);
        if (problem !== undefined) toast(problem, 'bad');
      }
      return false;
    },
    [toast],
  );
  const dappConfig = useMemo(() => ({ network: NETWORKS[config.network] }), [config.network]);
  return (
    <PageContext value={page}>
      <AptosWalletAdapterProvider autoConnect={connectAgain} disableTelemetry dappConfig={dappConfig}>
        <Toast.Provider duration={TOAST_MS}>
          <App />
          {toasts.map(({ id, message, kind }) => (
            <Toast.Root
              key={id}
              className={`toast ${kind}`}
              onOpenChange={(open) => {
                if (!open) setToasts((shown) => shown.filter((each) => each.id !== id));
              }}
            >
              <Toast.Description className="grow">{message}</Toast.Description>
              <Toast.Close aria-label="Dismiss">✕</Toast.Close>
            </Toast.Root>
          ))}
          <Toast.Viewport className="toasts" />
        </Toast.Provider>
      </AptosWalletAdapterProvider>
    </PageContext>
  );
}

async function start(): Promise<void> {
  const host = document.getElementById('root');
  if (!host) throw new Error('index.html has no #root');
  const root = createRoot(host);
  try {
    const config = await loadConfig();
    if (config.network === 'local' && config.faucetUrl !== undefined) {
      const { registerDevWallet } = await import('./dev-wallet/dev-wallet.ts');
      registerDevWallet({ chainUrl: config.chainUrl, faucetUrl: config.faucetUrl });
    }
    root.render(
      <StrictMode>
        <Page config={config} />
      </StrictMode>,
    );
  } catch (error) {
    root.render(
      <main className="centered">
        <div className="card panel" role="alert">
          <h2>This page is not set up</h2>
          <p className="muted">{error instanceof Error ? error.message : String(error)}</p>
        </div>
      </main>,
    );
  }
}

void start();
