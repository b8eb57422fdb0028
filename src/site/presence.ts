// Whether anybody is there in a channel that somebody thinks of joining. The chain cannot tell: it calls members valid until another one asks
// for them ([C35]), and in a channel whose tabs are all closed nobody does.

import type { Presence } from '../sdk/index.ts';
import type { ChannelFacts } from './channel-facts.ts';

/** Asked at a time, so that a channel of fifty is not knocked at all at once. */
const ASKED_AT_ONCE = 8;

/** The keys of the members that may be there; none: nobody has to be. */
export function keysToAsk(facts: ChannelFacts): readonly string[] {
  return facts.members.filter((member) => member.valid && !member.settledOut).map((member) => member.nodeKey);
}

/** `here` as soon as one of them is; `unknown` where it could be asked of none. */
export async function anyPresence(
  keys: readonly string[],
  presenceOf: (nodeKey: string) => Promise<Presence>,
): Promise<Presence> {
  let found: Presence = 'unknown';
  for (let from = 0; from < keys.length; from += ASKED_AT_ONCE) {
    const some = keys.slice(from, from + ASKED_AT_ONCE);
    const answers = await Promise.all(some.map(presenceOf));
    if (answers.includes('here')) return 'here';
    if (answers.includes('away')) found = 'away';
  }
  return found;
}
