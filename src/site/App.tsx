// The page's frame: the bar on top, and the lobby or a channel below it.

import { ChannelPage, Message } from './ChannelPage.tsx';
import { Lobby } from './Lobby.tsx';
import { NetworkNotice } from './NetworkNotice.tsx';
import { usePage } from './page-context.ts';
import { useRoute } from './route.ts';
import { useNode } from './use-node.ts';
import { WalletButton } from './WalletButton.tsx';
import { useWalletAddress } from './wallet.ts';

export function App() {
  const { config } = usePage();
  const route = useRoute();
  const node = useNode(config, useWalletAddress());
  return (
    <div className="app">
      <header className="topbar">
        <a className="brand" href="#/">
          <img src="/strait.svg" alt="" /> Strait
        </a>
        <span className="chip hide-narrow">{config.network}</span>
        <span className="spacer" />
        <WalletButton />
        <NetworkNotice />
      </header>
      {route.page === 'lobby' && <Lobby node={node} />}
      {route.page === 'channel' && <ChannelPage key={route.channelId} channelId={route.channelId} node={node} />}
      {route.page === 'wrongLink' && (
        <Message title="This link leads nowhere">
          <code>#/{route.text}</code> is not the address of a channel. Ask for the link again, or choose from the list.
        </Message>
      )}
    </div>
  );
}
