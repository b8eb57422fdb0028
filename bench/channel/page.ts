// The page's half of the channel benchmark: opens a node, joins, calls, and times each grade. The driver is ../channel.ts.

import { openStrait, type Strait, type StraitChannel, type StraitOptions } from '../../src/sdk/index.ts';

export interface GradeTimes {
  /** Milliseconds from the call to each grade, one number a call. */
  readonly executed: number[];
  readonly verified: number[];
  readonly final: number[];
}

export interface BenchPage {
  open(options: StraitOptions): Promise<{ nodeKeyHex: string }>;
  join(channelId: string): Promise<void>;
  /** Until every member is reached directly. */
  direct(): Promise<void>;
  /** One call after the other, the next when the one before is final. */
  oneByOne(fn: string, count: number): Promise<GradeTimes>;
  /** All at once; milliseconds from the first call until the last is final. */
  together(fn: string, count: number): Promise<number>;
  role(): string;
  offer(): Promise<string>;
  answer(offer: string): Promise<string>;
  accept(answer: string): Promise<void>;
  /** Round trips of a raw, ordered data channel between the same two tabs, in milliseconds. */
  rawRoundTrips(count: number, size: number): Promise<number[]>;
}

let strait: Strait | undefined;
let channel: StraitChannel | undefined;
const raw = new RTCPeerConnection({ iceServers: [] });
let rawChannel: RTCDataChannel | undefined;

function joined(): StraitChannel {
  if (!channel) throw new Error('not joined');
  return channel;
}

async function gathered(): Promise<string> {
  if (raw.iceGatheringState !== 'complete') {
    await new Promise<void>((resolve) => {
      raw.addEventListener('icegatheringstatechange', () => {
        if (raw.iceGatheringState === 'complete') resolve();
      });
    });
  }
  return JSON.stringify(raw.localDescription);
}

const page: BenchPage = {
  async open(options) {
    strait = await openStrait(options);
    return { nodeKeyHex: strait.identity.nodeKeyHex };
  },
  async join(channelId) {
    if (!strait) throw new Error('not open');
    channel = await strait.join(channelId);
  },
  direct: () =>
    new Promise((resolve) => {
      const look = (): void => {
        const others = joined().status.members.filter((member) => !member.isSelf);
        if (others.length > 0 && others.every((member) => member.link === 'direct')) resolve();
      };
      joined().onStatus(look);
      look();
    }),
  async oneByOne(fn, count) {
    const times: GradeTimes = { executed: [], verified: [], final: [] };
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      const call = joined().call(fn, [`call number ${i}`]);
      const timed = (['executed', 'verified', 'final'] as const).map((grade) =>
        call[grade].then((outcome) => {
          times[grade].push(performance.now() - start);
          if (outcome.status.kind !== 'executed') throw new Error(`${fn}: ${outcome.status.kind}`);
        }),
      );
      await Promise.all(timed);
    }
    return times;
  },
  async together(fn, count) {
    const start = performance.now();
    const calls = Array.from({ length: count }, (_, i) => joined().call(fn, [`call number ${i}`]));
    await Promise.all(calls.map((call) => call.final));
    return performance.now() - start;
  },
  role: () => joined().status.role,
  async offer() {
    rawChannel = raw.createDataChannel('raw', { ordered: true });
    rawChannel.binaryType = 'arraybuffer';
    await raw.setLocalDescription(await raw.createOffer());
    return gathered();
  },
  async answer(offer) {
    raw.addEventListener('datachannel', ({ channel: incoming }) => {
      incoming.binaryType = 'arraybuffer';
      incoming.addEventListener('message', ({ data }) => incoming.send(data));
    });
    await raw.setRemoteDescription(JSON.parse(offer));
    await raw.setLocalDescription(await raw.createAnswer());
    return gathered();
  },
  async accept(answer) {
    await raw.setRemoteDescription(JSON.parse(answer));
    if (rawChannel?.readyState === 'open') return;
    await new Promise((resolve) => rawChannel?.addEventListener('open', resolve, { once: true }));
  },
  async rawRoundTrips(count, size) {
    const open = rawChannel;
    if (!open) throw new Error('no raw channel');
    const message = new Uint8Array(size);
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      const echoed = new Promise((resolve) => open.addEventListener('message', resolve, { once: true }));
      open.send(message);
      await echoed;
      times.push(performance.now() - start);
    }
    return times;
  },
};

Object.assign(window, { bench: page });
