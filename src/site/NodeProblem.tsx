// Says why this tab's node does not run, and what can be done.

import { useWallet } from '@aptos-labs/wallet-adapter-react';
import { StreamErrorCode } from '../sdk/index.ts';
import { Icon } from './Icon.tsx';
import type { NodeState } from './use-node.ts';

export function NodeProblem({ node }: { readonly node: NodeState }) {
  const { disconnect } = useWallet();
  if (node.phase !== 'failed') return null;
  const elsewhere = node.error.code === StreamErrorCode.identityInUse;
  return (
    <div className="notice warn" role="alert" data-testid="node-problem">
      <Icon name="warn" />
      <div className="grow" style={{ display: 'grid', gap: 8 }}>
        <div>
          <strong>{elsewhere ? 'You are already here in another tab' : 'This tab’s node has stopped'}</strong>
          {elsewhere
            ? 'Two tabs must never sign as one member. Go on in the other tab, move here, or use another account.'
            : node.error.message}
        </div>
        <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap' }}>
          <button type="button" className="button small" onClick={() => node.retry(elsewhere)}>
            {elsewhere ? 'Use this tab instead' : 'Start again'}
          </button>
          {elsewhere && (
            <button type="button" className="button small" onClick={() => disconnect()}>
              Use another account
            </button>
          )}
        </div>
      </div>
    </div>
  );
}
