// Limits and times of links, each with its reason. Relay-side limits are the relay's own (relay/options.ts).

import { MESSAGE_SIZE_MAX } from '../ports/network.ts';

/** Bytes that one link may hold unacknowledged: four of the largest messages, about a second at the speed of a relayed circuit. */
export const LINK_QUEUE_BYTES_MAX = 4 * MESSAGE_SIZE_MAX;

/** Messages that one link may hold unacknowledged: keeps small ones from costing more in bookkeeping than in bytes. */
export const LINK_QUEUE_MESSAGES_MAX = 16_384;

/** Bytes per write to a stream: what every WebRTC implementation takes as one data channel message, less libp2p's own frame around it. */
export const CHUNK_SIZE = 16 * 1024 - 64;

/** A road's greeting takes one round trip; a peer that has not managed that is not there. */
export const GREETING_TIMEOUT_MS = 5_000;

/** Greetings from outside under way at once: members, and as many again that are to be refused. */
export const GREETINGS_MAX = 32;

/** How long a link without a road keeps its place, so that a new road goes on where the old one broke off. Under the 6 s after which the channel shows a link as lost ([P2]). */
export const RESUME_WINDOW_MS = 4_000;

/** Acknowledge at the latest after so many messages … */
export const ACK_MESSAGES = 64;
/** … or bytes … */
export const ACK_BYTES = 256 * 1024;
/** … or ms. One that is due after a longer silence goes at once, as hidden tabs' timers are slow. */
export const ACK_DELAY_MS = 100;

/** Something is unacknowledged and nothing has come for so long: ask. */
export const PROBE_AFTER_MS = 2_000;
/** Nothing has come for so long after all: look for another road. A WebRTC path that is gone is reported by the browser only after 5 to 15 s. */
export const STALL_AFTER_MS = 5_000;
/** How often a link is looked at. */
export const LINK_CHECK_MS = 1_000;

/** Wait before a redial: doubled each time up to the maximum, each time by a random half to whole, so that many tabs do not return as one. */
export const REDIAL_MS_MIN = 250;
export const REDIAL_MS_MAX = 30_000;
/** Establishing a circuit takes 30 ms on one machine; a relay that needs longer than this is of no use. */
export const CIRCUIT_DIAL_TIMEOUT_MS = 6_000;

/** Two ends that dial at once have two roads for a moment; the direct path is negotiated over the one that stays. */
export const UPGRADE_SETTLE_MS = 100;
/** After how long to try again for a direct path; the last one repeats. A failed try costs 10 s of ICE and nothing else. */
export const UPGRADE_RETRY_MS = [5_000, 20_000, 60_000, 300_000] as const;
/** ICE gives up after 10 to 15 s. */
export const UPGRADE_TIMEOUT_MS = 20_000;

/** What must be left of a relayed circuit's allowance when it is replaced: one message of the largest size, sent and received. */
export const CIRCUIT_BYTES_MARGIN = 2 * MESSAGE_SIZE_MAX;
export const CIRCUIT_SECONDS_MARGIN = 15;

/** Relay watchdog: wait before asking a relay again, doubled each time. */
export const RELAY_RETRY_MS_MIN = 500;
export const RELAY_RETRY_MS_MAX = 30_000;
/** A full relay is not asked more often than this. */
export const RELAY_FULL_RETRY_MS_MIN = 5_000;
/** Makes sure that the connection to a relay is still one: a network change leaves it half open. */
export const RELAY_PING_MS = 30_000;
export const RELAY_PING_TIMEOUT_MS = 5_000;
