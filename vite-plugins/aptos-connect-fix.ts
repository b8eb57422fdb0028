// Mends an oversight in @aptos-connect/wallet-adapter-plugin 3.0.4: at construction each of its web wallets asks the chain for its id and
// leaves the promise without a handler, so that a chain that cannot be reached shows as an uncaught error of the page. Whoever needs
// the id awaits `chainIdPromise` itself and still gets the error.

import type { Plugin } from 'vite';

const TARGET = /\/@aptos-connect\/wallet-adapter-plugin\/dist\/index\.mjs$/;
const UNHANDLED = /this\.chainIdPromise\.then\(\(chainId\) => \{\s*this\.chainId = chainId;\s*\}\);/;
const HANDLED = `this.chainIdPromise.then((chainId) => {
      this.chainId = chainId;
    }, () => {});`;

/** @throws Error when the code is not as it was in 3.0.4: look whether it is mended there, and drop this plugin if so. */
export function fixChainIdPromise(code: string): string {
  if (!UNHANDLED.test(code)) {
    throw new Error(
      'aptos-connect-fix: chainIdPromise is not where it was in 3.0.4; see vite-plugins/aptos-connect-fix.ts',
    );
  }
  return code.replace(UNHANDLED, HANDLED);
}

export function aptosConnectFix(): Plugin {
  return {
    name: 'strait:aptos-connect-fix',
    enforce: 'pre',
    config: () => ({ optimizeDeps: { exclude: ['@aptos-connect/wallet-adapter-plugin'] } }),
    transform(code, id) {
      return TARGET.test(id.split('?')[0] ?? id) ? { code: fixChainIdPromise(code), map: null } : undefined;
    },
  };
}
