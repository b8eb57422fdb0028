// The promise of a link under everything that can happen to its roads: from one seed each, two ends that talk all the time while pipes
// break, stall, cross and come back, and now and then one end reloads.

import { describe, expect, it } from 'vitest';
import { type Bytes, utf8Decode, utf8Encode } from '../base/bytes.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { HeldClock } from './fixtures/held-clock.ts';
import { SimEnd, SimRoads } from './fixtures/sim-roads.ts';
import type { AcceptFrame, Frame, OpenFrame } from './frames.ts';
import { LINK_CHECK_MS, LINK_QUEUE_BYTES_MAX, RESUME_WINDOW_MS, STALL_AFTER_MS } from './limits.ts';
import { Link } from './link.ts';
import type { Pipe, PipeUser } from './pipe.ts';

const SEEDS = Number(process.env.LINK_SEEDS ?? 100);
const DISTURBANCES = 12;

interface Story {
  readonly states: string[];
  /** Lives of the sender, each a run of messages without a loss at its own end; by life the numbers accepted for sending. */
  readonly sent: number[];
  readonly received: { readonly life: number; readonly number: number }[];
}

/** One seed's run. Returns what each end saw, and throws on a message out of place. */
async function run(seed: number): Promise<Record<'a' | 'b', Story>> {
  const random = new SeededRandom(seed);
  const clock = new HeldClock();
  const world = new SimRoads(clock, random.fork());
  const stories = { a: newStory(), b: newStory() };

  const start = (key: 'a' | 'b'): SimEnd => {
    const story = stories[key];
    story.sent.push(0);
    const end = new SimEnd(world, {
      key,
      onState: (state) => {
        story.states.push(state);
        if (state === 'lost') story.sent.push(0);
      },
      onMessage: (data) => story.received.push(parse(data)),
    });
    world.ends.set(key, end);
    return end;
  };
  const talk = (key: 'a' | 'b'): void => {
    const end = world.ends.get(key);
    const { sent } = stories[key];
    const life = sent.length - 1;
    const number = sent[life] ?? 0;
    if (end?.link.send(utf8Encode(`${life} ${number}`)) && sent.length - 1 === life) sent[life] = number + 1;
  };
  let isTalking = true;
  const keepTalking = (): void => {
    if (!isTalking) return;
    talk(random.pick(['a', 'b']));
    clock.after(random.integer(1, 60), keepTalking);
  };
  const pass = async (ms: number): Promise<void> => {
    const end = clock.monotonicMs() + ms;
    do await settled();
    while (clock.step(end));
    await settled();
  };

  const a = start('a');
  const b = start('b');
  a.keeper.hold();
  if (random.chance(0.7)) b.keeper.hold();
  keepTalking();
  await pass(random.integer(0, 3_000));
  for (let count = 0; count < DISTURBANCES; count++) {
    const what = random.pick(['break', 'break', 'black hole', 'outage', 'reload', 'both dial', 'calm'] as const);
    if (what === 'break' || what === 'black hole') world.disturb(what);
    if (what === 'outage') {
      world.isDown = true;
      world.disturb(random.pick(['break', 'black hole']));
      await pass(random.integer(100, 8_000));
      world.isDown = false;
    }
    if (what === 'reload') {
      const key = random.pick(['a', 'b'] as const);
      const old = world.ends.get(key);
      if (old) world.remove(old);
      await pass(random.integer(10, 5_000));
      start(key).keeper.hold();
    }
    if (what === 'both dial') for (const end of world.ends.values()) end.keeper.nudge();
    await pass(random.integer(50, random.chance(0.3) ? 20_000 : 2_000));
  }

  // Left in peace, the link comes up, gets its direct road, and carries everything.
  for (const end of world.ends.values()) end.keeper.hold();
  isTalking = false;
  await pass(120_000);
  for (const key of ['a', 'b'] as const) talk(key);
  await pass(5_000);
  for (const key of ['a', 'b'] as const) {
    expect(world.ends.get(key)?.link.state, `seed ${seed}: ${key}`).not.toBe('lost');
    check(seed, stories[key === 'a' ? 'b' : 'a'], stories[key]);
  }
  return stories;
}

/** Within one life of the sender the receiver has every message from the first on, in order and once; and of the last life all of them. */
function check(seed: number, sender: Story, receiver: Story): void {
  let life = -1;
  let next = 0;
  for (const message of receiver.received) {
    if (message.life !== life) {
      expect(message.life, `seed ${seed}: lives in order`).toBeGreaterThan(life);
      life = message.life;
      next = 0;
    }
    expect(message.number, `seed ${seed}: life ${life}`).toBe(next);
    next++;
  }
  expect(life, `seed ${seed}`).toBe(sender.sent.length - 1);
  expect(next, `seed ${seed}`).toBe(sender.sent.at(-1));
}

function newStory(): Story {
  return { states: [], sent: [], received: [] };
}

function parse(data: Bytes): { life: number; number: number } {
  const [life, number] = utf8Decode(data).split(' ').map(Number);
  return { life: life ?? Number.NaN, number: number ?? Number.NaN };
}

/** Promises that are settled have run what waits for them. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('a link', () => {
  /** Two ends that take note of their states and of the numbers they receive. */
  function pair(seed: number) {
    const clock = new HeldClock();
    const world = new SimRoads(clock, new SeededRandom(seed));
    const states: Record<'a' | 'b', string[]> = { a: [], b: [] };
    const received: Record<'a' | 'b', string[]> = { a: [], b: [] };
    const start = (key: 'a' | 'b'): SimEnd => {
      const end = new SimEnd(world, {
        key,
        onState: (state) => states[key].push(state),
        onMessage: (data) => received[key].push(utf8Decode(data)),
      });
      world.ends.set(key, end);
      return end;
    };
    const pass = async (ms: number): Promise<void> => {
      const end = clock.monotonicMs() + ms;
      do await settled();
      while (clock.step(end));
      await settled();
    };
    return { world, states, received, start, pass };
  }

  /** One link whose peer is played by the test. */
  function alone() {
    let ids = 0;
    const clock = new HeldClock();
    const link = new Link({
      isLower: true,
      clock,
      newSession: () => `a${++ids}`,
      onState: () => undefined,
      onMessage: () => undefined,
      onRoads: () => undefined,
    });
    let user: PipeUser | undefined;
    /** The peer dials; what the link answers. */
    const open = (given: Partial<OpenFrame> & { readonly session: string }): AcceptFrame => {
      const answers: Frame[] = [];
      const pipe: Pipe = {
        kind: 'relayed',
        address: '',
        attach: (given) => {
          user = given;
        },
        put: (frame) => answers.push(frame),
        greeted: () => undefined,
        wake: () => undefined,
        allowance: () => ({}),
        close: () => undefined,
        abort: () => undefined,
      };
      link.accept({ kind: 'open', road: `r${++ids}`, received: 0, gone: [], ...given }, pipe);
      const [answer] = answers;
      if (answer?.kind !== 'accept') throw new Error('not accepted');
      return answer;
    };
    return { link, open, say: (frame: Frame) => user?.frame(frame) };
  }

  const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

  it.each(seeds)('settles on one road when both ends dial at once: seed %i', async (seed) => {
    const { world, states, start, pass } = pair(seed);
    world.hasDirect = false;
    const [a, b] = [start('a'), start('b')];
    a.keeper.hold();
    b.keeper.hold();
    await pass(2_000);
    expect(states).toEqual({ a: ['relayed'], b: ['relayed'] });
    expect(a.link.current?.id).toBe(b.link.current?.id);
    expect(world.openPipes).toBe(2);
    expect(world.dials).toBe(2);
  });

  it.each(seeds)('is lost once, at the end that stayed, when the other reloads: seed %i', async (seed) => {
    const { world, states, start, pass } = pair(seed);
    world.hasDirect = false;
    const a = start('a');
    const old = start('b');
    a.keeper.hold();
    old.keeper.hold();
    await pass(8_000);
    states.a.length = 0;
    world.remove(old);
    states.b.length = 0;
    const b = start('b');
    b.keeper.hold();
    await pass(3_000);
    expect(states).toEqual({ a: ['lost', 'relayed'], b: ['relayed'] });
    expect(a.link.current?.id).toBe(b.link.current?.id);
  });

  it.each(seeds)(
    'leaves a road that has gone silent, before anybody reports it, and loses nothing: seed %i',
    async (seed) => {
      const { world, states, received, start, pass } = pair(seed);
      const [a, b] = [start('a'), start('b')];
      a.keeper.hold();
      while (a.link.state !== 'direct') await pass(10_000);
      states.a.length = 0;
      world.hasDirect = false;
      world.disturb('black hole', 60_000);
      const texts = Array.from({ length: 100 }, (_, index) => String(index));
      for (const text of texts) {
        a.link.send(utf8Encode(text));
        b.link.send(utf8Encode(text));
        await pass(90);
      }
      await pass(200);
      expect(received).toEqual({ a: texts, b: texts });
      expect(states.a).toEqual(['relayed']);
      expect(a.link.current?.id).toBe(b.link.current?.id);
    },
  );

  it('takes the peer along from a silent road, though it has nothing to say and so has not noticed', async () => {
    const { world, states, received, start, pass } = pair(1);
    const [a, b] = [start('a'), start('b')];
    a.keeper.hold();
    while (b.link.state !== 'direct') await pass(10_000);
    world.hasDirect = false;
    world.disturb('black hole', 60_000);
    a.link.send(utf8Encode('are you there?'));
    await pass(STALL_AFTER_MS + 3 * LINK_CHECK_MS);
    expect(received.b).toEqual(['are you there?']);
    expect([states.a.at(-1), states.b.at(-1)]).toEqual(['relayed', 'relayed']);
  });

  it('never counts twice in the same pair of sessions, whatever turns up late', () => {
    const { link, open } = alone();
    const first = open({ session: 'b1' });
    const second = open({ session: 'b2' });
    expect(second.session).toBe(first.session);
    // A road of the first session that has been under way all the time: to count with b2 again from here on takes a new id.
    open({ session: 'b1' });
    const third = open({ session: 'b2', peerSession: second.session, received: 0 });
    expect(third.session).not.toBe(second.session);
    expect(link.state).toBe('relayed');
  });

  it('does not take what was received in another session for an acknowledgement', () => {
    const { link, open } = alone();
    open({ session: 'b1', peerSession: 'before the reload', received: 57 });
    expect(link.state).toBe('relayed');
  });

  it('gives up a road on which the peer acknowledges what was never sent, or leaves out a message', () => {
    for (const frame of [
      { kind: 'ack', acknowledged: 1 },
      { kind: 'data', sequence: 2, acknowledged: 0, payload: new Uint8Array() },
      { kind: 'accept', session: 'b1', forSession: 'a', received: 0, gone: [] },
    ] as const) {
      const { link, open, say } = alone();
      open({ session: 'b1' });
      say(frame);
      expect(link.current).toBeUndefined();
      expect(link.isResuming).toBe(true);
    }
  });

  it('is lost when its queue is full, and both ends start afresh', async () => {
    const { states, received, start, pass } = pair(1);
    const [a, b] = [start('a'), start('b')];
    a.keeper.hold();
    await pass(1_000);
    const large = new Uint8Array(LINK_QUEUE_BYTES_MAX / 4);
    for (let count = 0; count < 4; count++) expect(a.link.send(large)).toBe(true);
    expect(a.link.send(new Uint8Array(1))).toBe(false);
    expect(states.a.at(-1)).toBe('lost');
    await pass(1_000);
    expect(b.link.state).not.toBe('lost');
    expect(states.b).toContain('lost');
    received.b.length = 0;
    a.link.send(utf8Encode('afresh'));
    await pass(1_000);
    expect(received.b).toEqual(['afresh']);
  });

  it('waits for a road only so long', async () => {
    const { world, states, start, pass } = pair(2);
    const [a, b] = [start('a'), start('b')];
    a.keeper.hold();
    await pass(1_000);
    world.isDown = true;
    world.disturb('break');
    await pass(RESUME_WINDOW_MS - 200);
    expect(a.link.send(utf8Encode('kept'))).toBe(true);
    expect([a.link.state, b.link.state]).not.toContain('lost');
    await pass(400);
    expect([a.link.state, b.link.state]).toEqual(['lost', 'lost']);
    expect(a.link.send(utf8Encode('dropped'))).toBe(false);
    expect(states.a.filter((state) => state === 'lost')).toHaveLength(1);
  });
});

describe('a link over roads that come and go', () => {
  it(`keeps order, loses nothing unsaid, and comes back: seeds 1 to ${SEEDS}`, async () => {
    const seen = { messages: 0, lost: 0, direct: 0 };
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { a, b } = await run(seed);
      for (const story of [a, b]) {
        seen.messages += story.received.length;
        seen.lost += story.states.filter((state) => state === 'lost').length;
        seen.direct += story.states.filter((state) => state === 'direct').length;
      }
    }
    // The runs are worth something only if things did happen in them.
    expect(seen.messages).toBeGreaterThan(100 * SEEDS);
    expect(seen.lost).toBeGreaterThan(SEEDS);
    expect(seen.direct).toBeGreaterThan(2 * SEEDS);
  }, 300_000);
});
