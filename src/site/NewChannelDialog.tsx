// Opens a channel and joins it, with one confirmation in the wallet.

import { Dialog } from 'radix-ui';
import { type FormEvent, useState } from 'react';
import { createAndJoinPayload, openedChannelId } from '../apps/chat/chat-contract.ts';
import { TITLE_SIZE_MAX } from '../apps/chat/chat-group.ts';
import { parseApt } from './amounts.ts';
import { explain } from './channel-facts.ts';
import { Icon } from './Icon.tsx';
import { NodeProblem } from './NodeProblem.tsx';
import { usePage } from './page-context.ts';
import { channelHref, goTo } from './route.ts';
import type { NodeState } from './use-node.ts';
import { ConnectButton } from './WalletButton.tsx';
import { useSubmit, useWalletAddress } from './wallet.ts';

export function NewChannelDialog({ node }: { readonly node: NodeState }) {
  const { config } = usePage();
  const submit = useSubmit();
  const address = useWalletAddress();
  const [open, setOpen] = useState(false);
  const [title, setTitle] = useState('');
  const [stakeText, setStakeText] = useState('0');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();

  const stake = parseApt(stakeText);
  const titleSize = new TextEncoder().encode(title.trim()).length;
  const ready = node.phase === 'open' && titleSize > 0 && titleSize <= TITLE_SIZE_MAX && stake !== undefined;

  const create = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const { nodeKeyHex } = node.strait.identity;
      const relay = config.relays[0] ?? '';
      const payload = createAndJoinPayload(config.chat, { title: title.trim(), stake, relay, nodeKeyHex });
      const { events } = await submit(payload);
      setOpen(false);
      goTo(channelHref(openedChannelId(config.chat, events)));
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger className="button primary" data-testid="new-channel">
        <Icon name="plus" /> New channel
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content
          className="dialog"
          // The wallet's own popup lies outside of this dialog.
          onInteractOutside={(event) => event.preventDefault()}
        >
          <Dialog.Title asChild>
            <h2>New channel</h2>
          </Dialog.Title>
          <Dialog.Description className="muted">
            You open it and join it with one confirmation in your wallet.
          </Dialog.Description>
          {!address ? (
            <ConnectButton />
          ) : (
            <form onSubmit={(event) => void create(event)} style={{ display: 'grid', gap: 16 }}>
              <label className="field">
                <span>Title</span>
                <input
                  className="input"
                  name="title"
                  required
                  value={title}
                  aria-invalid={titleSize > TITLE_SIZE_MAX}
                  onChange={(event) => setTitle(event.target.value)}
                />
                {titleSize > TITLE_SIZE_MAX && <small>{titleSize - TITLE_SIZE_MAX} bytes too long</small>}
              </label>
              <label className="field">
                <span>Stake to join, in APT</span>
                <input
                  className="input"
                  name="stake"
                  inputMode="decimal"
                  value={stakeText}
                  aria-invalid={stake === undefined}
                  onChange={(event) => setStakeText(event.target.value)}
                />
                <small>
                  {stake === undefined
                    ? 'An amount such as 0 or 1.5'
                    : 'Every member puts this in and gets it back on leaving; whoever cheats can lose it.'}
                </small>
              </label>
              <NodeProblem node={node} />
              {problem && (
                <div className="notice bad" role="alert">
                  <Icon name="warn" /> <div className="grow">{problem}</div>
                </div>
              )}
              <div className="actions">
                <Dialog.Close className="button">Cancel</Dialog.Close>
                <button type="submit" className="button primary" disabled={!ready || busy}>
                  {(busy || node.phase === 'opening') && <span className="spinner" />}
                  Create and join
                </button>
              </div>
            </form>
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
