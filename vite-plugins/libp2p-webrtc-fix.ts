// Mends a race in @libp2p/webrtc 6.0.33. The initiator of a connection waits for its `init` data channel to open and then to close; the
// recipient closes that channel as soon as it sees it, so either event may be past before the wait begins, and the dial then hangs until
// it times out (6 dials of 10 on a fast link). The mended code looks at the channel's state before it waits for an event.

import type { Plugin } from 'vite';

const TARGET = /\/@libp2p\/webrtc\/dist\/src\/private-to-private\/initiate-connection\.js$/;

const OPEN_WAIT =
  /if \(channel\.readyState !== 'open'\) \{\s*(?<log>log\.trace\('wait for init channel to open'\);)\s*await pEvent\(channel, 'open', \{\s*signal\s*\}\);\s*\}/;
const CLOSE_WAIT =
  /channel\.close\(\);(?<comments>(?:\s*\/\/[^\n]*)*)\s*(?<log>log\.trace\('waiting for init channel to close'\);)\s*await pEvent\(channel, 'close', \{\s*signal\s*\}\);/;

const OPEN_FIX = `if (channel.readyState === 'connecting') {
            $<log>
            await pEvent(channel, ['open', 'closing', 'close'], { signal });
        }`;
const CLOSE_FIX = `if (channel.readyState !== 'closed') {
            channel.close();$<comments>
            $<log>
            await pEvent(channel, 'close', { signal });
        }`;

/** @throws Error when the code is not as it was in 6.0.33: look whether the race is mended there, and drop this plugin if so. */
export function fixInitiateConnection(code: string): string {
  for (const [name, pattern] of [
    ['open', OPEN_WAIT],
    ['close', CLOSE_WAIT],
  ] as const) {
    if (!pattern.test(code)) {
      throw new Error(
        `libp2p-webrtc-fix: the wait for "${name}" is not where it was in @libp2p/webrtc 6.0.33; see vite-plugins/libp2p-webrtc-fix.ts`,
      );
    }
  }
  return code.replace(OPEN_WAIT, OPEN_FIX).replace(CLOSE_WAIT, CLOSE_FIX);
}

/** Applies the fix in development and in builds; a build that has libp2p's WebRTC without having been mended fails. */
export function libp2pWebRtcFix(): Plugin {
  let mended = false;
  let present = false;
  const transform = (code: string, id: string): { code: string; map: null } | undefined => {
    const file = id.split('?')[0] ?? id;
    if (file.includes('/@libp2p/webrtc/')) present = true;
    if (!TARGET.test(file)) return undefined;
    mended = true;
    return { code: fixInitiateConnection(code), map: null };
  };
  return {
    name: 'strait:libp2p-webrtc-fix',
    enforce: 'pre',
    // The development server bundles dependencies beforehand, where ordinary plugins do not see them.
    config: () => ({
      optimizeDeps: { rolldownOptions: { plugins: [{ name: 'strait:libp2p-webrtc-fix-deps', transform }] } },
    }),
    buildStart() {
      mended = false;
      present = false;
    },
    transform,
    buildEnd(error) {
      if (error || !present || mended) return;
      throw new Error('libp2p-webrtc-fix: @libp2p/webrtc is in the build, but not the file that needs mending');
    },
  };
}
