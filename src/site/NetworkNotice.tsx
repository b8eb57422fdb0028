// Tells of a wallet that is on another network than this page, and offers to change that where the wallet can.

import { useWallet } from '@aptos-labs/wallet-adapter-react';
import { useState } from 'react';
import { Icon } from './Icon.tsx';
import { usePage } from './page-context.ts';
import { useWrongNetwork, walletProblem } from './wallet.ts';
import { NETWORKS } from './wallet-network.ts';

export function NetworkNotice() {
  const { changeNetwork, wallet } = useWallet();
  const { config, toast } = usePage();
  const wrong = useWrongNetwork();
  const [asking, setAsking] = useState(false);
  if (!wrong) return null;
  const canChange = wallet?.features['aptos:changeNetwork'] !== undefined;
  const change = async (): Promise<void> => {
    setAsking(true);
    try {
      await changeNetwork(NETWORKS[config.network]);
    } catch (error) {
      const problem = walletProblem(error);
      if (problem !== undefined) toast(problem, 'bad');
    } finally {
      setAsking(false);
    }
  };
  return (
    <div className="notice warn network-notice" role="status" data-testid="wrong-network">
      <Icon name="warn" />
      <div className="grow">
        <strong>
          {wrong.walletName} is on {wrong.network}, this page on {config.network}
        </strong>
        {canChange ? 'What it signs would go to another chain.' : `Change to ${config.network} in the wallet to go on.`}
      </div>
      {canChange && (
        <button type="button" className="button small" disabled={asking} onClick={() => void change()}>
          {asking && <span className="spinner" />} Switch to {config.network}
        </button>
      )}
    </div>
  );
}
