// The fix must fit the installed version, and must say so when it does not.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixInitiateConnection } from './libp2p-webrtc-fix.ts';

const installed = readFileSync(
  new URL('../node_modules/@libp2p/webrtc/dist/src/private-to-private/initiate-connection.js', import.meta.url),
  'utf8',
);

describe('the fix of the WebRTC dial race', () => {
  it('applies to the installed version', () => {
    const mended = fixInitiateConnection(installed);
    expect(mended).toContain("if (channel.readyState === 'connecting')");
    expect(mended).toContain("if (channel.readyState !== 'closed')");
    expect(mended).not.toContain("readyState !== 'open'");
    expect(mended.match(/await pEvent\(/g)).toHaveLength(2);
  });

  it('throws when the code is another', () => {
    expect(() =>
      fixInitiateConnection(installed.replace("pEvent(channel, 'close'", "pEvent(channel, 'closed'")),
    ).toThrow('close');
    expect(() => fixInitiateConnection(installed.replace("readyState !== 'open'", "readyState != 'open'"))).toThrow(
      'open',
    );
    expect(() => fixInitiateConnection(fixInitiateConnection(installed))).toThrow('6.0.33');
  });
});
