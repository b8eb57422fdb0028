// Every bound of the channel and why it is what it is. Bounds on the form of one message are in `wire/limits.ts`; what is built here
// stays under those.

/** Encoded transactions of one batch, so that a batch with its effects stays far under one message (4 MiB), and under the buffer of one link. */
export const BATCH_SIZE_MAX = 1024 * 1024;
/** Batches of one `history` together. Two fit one message even where the second crosses this line. */
export const HISTORY_SIZE_MAX = 2 * 1024 * 1024;
/** Each costs the receiver a signature check and a run; keeps one answer short. */
export const HISTORY_BATCHES_MAX = 256;
/** Encoded entries of one snapshot: what a message holds, with room for its members. */
export const SNAPSHOT_SIZE_MAX = 3_900_000;
/** As many as wire admits. */
export const SNAPSHOT_ENTRIES_MAX = 65_536;
/** Positions in a `hello`: ten one by one, then doubling steps, reach any height that fits in memory. */
export const KNOWN_POSITIONS_MAX = 48;
/** Of those, how many are named one by one: a fork after a change of leader is seldom deeper. */
export const KNOWN_POSITIONS_DENSE = 10;

/** Own transactions that are not final yet. A client that writes faster than the channel settles on it is told so. */
export const OUTBOX_MAX = 1_024;
/** Requests that wait for this node to be a member of the history; nothing of them is durable yet. */
export const WAITING_REQUESTS_MAX = 256;
/** Own transactions sent ahead of the history; the rest follow as those are taken in. Not over the leader's pool for one sender. */
export const OUTBOX_WINDOW = 256;
/** Transactions of one sender that the leader holds beyond the history. */
export const POOL_PER_SENDER_MAX = 512;
/** What one sender may make the leader hold, in encoded bytes: 60,000 bytes of arguments many times over would not be bounded by a count alone. */
export const POOL_PER_SENDER_SIZE_MAX = 4 * 1024 * 1024;
/** Signatures asked for and not yet answered. The node signs in microseconds; beyond this it is stuck. */
export const SIGNATURES_PENDING_MAX = 2_048;
/** Acknowledgements are collected for this many batches beyond the final one; later ones make the earlier final. */
export const ACKNOWLEDGED_BATCHES_MAX = 1_024;
/** Batches that a follower still means to acknowledge one by one; with more to do it skips to its tip. */
export const ACKNOWLEDGEMENT_BACKLOG_MAX = 8;
/** Leaders of past terms remembered, to check batches of those terms by. */
export const KNOWN_LEADERS_MAX = 256;

/** [B3] How far a batch's timestamp may be ahead of this node's clock. */
export const CLOCK_AHEAD_MS_MAX = 10_000;
/** How long a batch may wait for the chain to show what it says (a member, a clock that is behind) before it is a dispute. A few polls of a slow chain. */
export const BATCH_PATIENCE_MS = 15_000;
/** [P2] */
export const HEARTBEAT_INTERVAL_MS = 2_000;
/** [P2] Three heartbeats. */
export const LINK_SILENT_MS = 6_000;
/** [L6] A gap between two inputs longer than this is a stall of this node; inputs come at least with every clock tick of the loop. */
export const STALL_MS = 2_000;
/** What matters is sent again after this, in case a link lost it without being lost. */
export const RESEND_MS = 3_000;
/** A `hello` to the same peer not sooner than this. */
export const HELLO_INTERVAL_MS = 500;
/** `recover` is repeated until answered. */
export const RECOVER_INTERVAL_MS = 1_000;
/** [L3] How long a new leader waits for answers from members that a quorum would need before it does without those that have lapsed. */
export const RECOVERY_PATIENCE_MS = 3_000;
/** [L3] How long a member may take to hand over the next part of what it says it has. Many times a slow round trip. */
export const RECOVERY_FETCH_MS = 5_000;
/** [N1] A node that has joined is handed the history by the leader within this; then it asks everybody. */
export const SEARCH_DELAY_MS = 3_000;
/** [N1] */
export const SEEK_INTERVAL_MS = 2_000;
/** [N3] How long all that can be heard have been without the history: two rounds of asking, with room. */
export const NOWHERE_PATIENCE_MS = 5_000;
/** [N3] How long one that has lapsed unheard, and may have the history, has to come back with it. Nobody is trapped meanwhile: the contract lets who wants to go by itself. */
export const ABSENT_PATIENCE_MS = 3_600_000;
/** [N3] How long one that says it has the history has to hand it over: a hundred times the time for one part of it. */
export const WITHHELD_PATIENCE_MS = 600_000;
/** [N2] The history is not handed to one member more often than it is asked for. */
export const GIVE_INTERVAL_MS = 2_000;
/** [N6] The chain's state is asked for again after this. */
export const STATE_READ_INTERVAL_MS = 5_000;
/** [L2] Distance between two applicants for leadership. */
export const APPLY_STAGGER_MS = 2_000;
/** A refused applicant looks at the chain and waits this long before it asks again. */
export const APPLY_RETRY_MS = 5_000;
/** The chain is asked for a fresh look not more often than this. */
export const REFRESH_INTERVAL_MS = 500;
/** [X4] The proposer's head start in executing its own proposal. */
export const EXECUTE_PATIENCE_MS = 5_000;
/** [H2] Who has not been heard in the mesh for so long, three heartbeats, is asked for on the chain: a tab can be reloaded in that time, and the others wait. */
export const CHALLENGE_PATIENCE_MS = 6_000;
/** [H2] A member that is there has answered on the chain by then, as far as can be told: it looks there every 2 s. */
export const CHALLENGE_ANSWER_MS = 4_000;
/** [H2] A member that has answered on the chain and is not heard in the mesh is asked for again after this. */
export const CHALLENGE_AGAIN_MS = 60_000;
/** [L8] A leader that has not been heard for so long, three heartbeats, is taken to be gone by those who miss it. */
export const ELECTION_SILENCE_MS = 6_000;
/** [E1] Distance between two members that could bring the same evidence: a chain's answer and a look at it. */
export const ACCUSE_STAGGER_MS = 3_000;
/** Members that this node has something against at one time. */
export const CHARGES_MAX = 50;
/** How often the data of a report is asked for while the chain does not give it. */
export const REPORT_READ_INTERVAL_MS = 5_000;
/** [X4] A chain action that was refused is not repeated sooner, nor a proposal, vote or execution that the chain has taken: a look at the chain may be older than that. */
export const CHAIN_RETRY_MS = 5_000;
/** [X8] Time for the members' signatures of a settlement: the question twice again, and a slow link. What has not come by then comes as votes. */
export const SETTLEMENT_SIGNATURES_MS_MAX = 8_000;
/** [X8] After that signatures are asked for anew, if the votes have not settled it either. */
export const SETTLEMENT_SIGN_RETRY_MS = 60_000;
/** [X8] Computing a change set costs a walk through the history: one for each peer that asks within this. */
export const SETTLEMENT_JUDGE_INTERVAL_MS = 1_000;
/** What the chain has taken it shows within this. */
export const CHAIN_SHOWS_MS_MAX = 10_000;
/** [X10] As long a settlement as was refused is tried again after so many times its length: one in five is wasted at worst, and cheaper history is not cut for long. */
export const REFUSED_LENGTHS = 2;
/** An open proposal stands in the way of another one for this long; then its proposer is taken to have given up. */
export const PROPOSAL_PATIENCE_MS = 60_000;
/** Batches kept since the last settlement before the leader settles without being asked: history is memory in a tab. */
export const UNSETTLED_BATCHES_MAX = 20_000;
