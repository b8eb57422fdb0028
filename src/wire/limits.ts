// Caps on what a peer may send. A message that breaks one is refused before anything is allocated for it.

/**
 * Largest encoded message between peers: the largest frame of a link (`MESSAGE_SIZE_MAX` of the network port, to which a test holds
 * it). Whoever builds batches, histories and snapshots keeps them under it.
 */
export const PEER_MESSAGE_SIZE_MAX = 4 * 1024 * 1024;

/** Positions in a `hello`: growing steps back from the tip reach any u64 height in 64, and a few more may be named exactly. */
export const KNOWN_POSITIONS_MAX = 128;

/** Batches in one `history`. The size of the message is the real bound; this one keeps empty batches from costing a signature check each. */
export const HISTORY_BATCHES_MAX = 1_024;

/** Values in a snapshot. Even resources of 40 bytes fill the message with that many. */
export const SNAPSHOT_ENTRIES_MAX = 65_536;

/** One value of the state, as Aptos bounds a single write. */
export const STATE_VALUE_SIZE_MAX = 1024 * 1024;

/** Name of a gas schedule. */
export const GAS_SCHEDULE_SIZE_MAX = 32;

/** A refusal's text, for a log line. */
export const REASON_SIZE_MAX = 512;

/** A latency over this is not one to route by; larger ones are sent as this. */
export const LEADER_LATENCY_MS_MAX = 60_000;
