// Connects and disconnects a wallet, whichever the browser offers.

import { useWallet } from '@aptos-labs/wallet-adapter-react';
import { Dialog, DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { Avatar, shortAccount } from '../apps/shared/Avatar.tsx';
import { Icon } from './Icon.tsx';
import { usePage } from './page-context.ts';
import { useWalletAddress, walletProblem } from './wallet.ts';

const WEB_WALLET_PREFIX = 'Continue with ';
/** Of the wallets that one could install: enough to choose from. */
const WALLETS_SHOWN_MAX = 6;

export function WalletButton() {
  const { disconnect, network, wallet } = useWallet();
  const { toast } = usePage();
  const address = useWalletAddress();
  if (!address) return <ConnectButton />;
  const leave = (): void => {
    // The adapter's types hide that it returns a promise.
    Promise.resolve(disconnect() as unknown).catch((error: unknown) => toast(String(error), 'bad'));
  };
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="button" data-testid="account">
        <Avatar address={address} sizePx={22} />
        <span className="mono">{shortAccount(address)}</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
          <DropdownMenu.Label className="menu-label">
            {wallet && <img src={wallet.icon} alt="" width={18} height={18} />}
            {wallet?.name ?? 'Wallet'}
            {network && <span className="chip">{network.name}</span>}
          </DropdownMenu.Label>
          <DropdownMenu.Item
            className="menu-item"
            onSelect={() => void navigator.clipboard.writeText(address).then(() => toast('Address copied.'))}
          >
            Copy address
          </DropdownMenu.Item>
          <DropdownMenu.Item className="menu-item" onSelect={leave}>
            Disconnect
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function ConnectButton() {
  const { connect, wallets: known, notDetectedWallets, isLoading } = useWallet();
  const { config, toast } = usePage();
  // The adapter always offers its web wallets, which know nothing of a chain on this machine.
  const wallets = known.filter(({ name }) => config.network !== 'local' || !name.startsWith(WEB_WALLET_PREFIX));
  const [choosing, setChoosing] = useState(false);
  // The adapter's types hide that `connect` returns a promise.
  const connectTo = (name: string): void => {
    Promise.resolve(connect(name) as unknown).catch((error: unknown) => {
      const problem = walletProblem(error);
      if (problem !== undefined) toast(problem, 'bad');
    });
  };
  const start = (): void => {
    const only = wallets.length === 1 ? wallets[0] : undefined;
    if (only) connectTo(only.name);
    else setChoosing(true);
  };
  return (
    <>
      <button type="button" className="button primary" onClick={start} disabled={isLoading} data-testid="connect">
        {isLoading ? <span className="spinner" /> : <Icon name="wallet" />}
        Connect wallet
      </button>
      <Dialog.Root open={choosing} onOpenChange={setChoosing}>
        <Dialog.Portal>
          <Dialog.Overlay className="overlay" />
          <Dialog.Content className="dialog">
            <Dialog.Title asChild>
              <h2>Connect a wallet</h2>
            </Dialog.Title>
            <Dialog.Description className="muted">
              {wallets.length === 0
                ? 'This browser has no Aptos wallet. Install one and it appears here; any that follows the Aptos wallet standard will do.'
                : 'It signs once when you join a channel and once when you leave.'}
            </Dialog.Description>
            {wallets.map((wallet) => (
              <button
                key={wallet.name}
                type="button"
                className="button"
                onClick={() => {
                  setChoosing(false);
                  connectTo(wallet.name);
                }}
              >
                <img src={wallet.icon} alt="" width={22} height={22} /> {wallet.name}
              </button>
            ))}
            {wallets.length === 0 && (
              <ul className="wallet-list">
                {notDetectedWallets.slice(0, WALLETS_SHOWN_MAX).map(({ name, url, icon }) => (
                  <li key={name}>
                    <a className="button" href={url} target="_blank" rel="noreferrer">
                      <img src={icon} alt="" width={22} height={22} /> {name}
                    </a>
                  </li>
                ))}
              </ul>
            )}
            <div className="actions">
              <Dialog.Close className="button">Cancel</Dialog.Close>
            </div>
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
    </>
  );
}
