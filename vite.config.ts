// The web page and its worker. Which chain, relays and contracts it talks to is not built in: it reads /config.json at start.

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { aptosConnectFix } from './vite-plugins/aptos-connect-fix.ts';
import { libp2pWebRtcFix } from './vite-plugins/libp2p-webrtc-fix.ts';

export default defineConfig(({ mode }) => ({
  plugins: [react(), libp2pWebRtcFix(), aptosConnectFix()],
  // Hooks that let a browser test make a node cheat; only `vite build --mode e2e` has them.
  define: { __STRAIT_TEST_HOOKS__: JSON.stringify(mode === 'e2e') },
  build: { target: 'es2023', sourcemap: true, chunkSizeWarningLimit: 2000 },
  worker: { format: 'es' },
  preview: { host: '127.0.0.1' },
  server: { host: '127.0.0.1' },
}));
