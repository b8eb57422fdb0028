/// What a channel is opened with and never changes: stake and fine, tick, the windows of time that its rules count in, and labels.
module rooch::config {
    use std::error;
    use std::option::{Self, Option};
    use std::string::String;
    use aptos_std::simple_map::{Self, SimpleMap};

    friend rooch::channel;
    friend rooch::state_channel;

    /// The name of the tick function is empty or too long.
    const E_TICK_FUNCTION_LENGTH: u64 = 11;
    /// The tick interval is out of range.
    const E_TICK_INTERVAL: u64 = 12;
    /// The heartbeat window is out of range.
    const E_HEARTBEAT_WINDOW: u64 = 13;
    /// The settle interval is out of range.
    const E_SETTLE_INTERVAL: u64 = 14;
    /// There are too many labels.
    const E_TOO_MANY_LABELS: u64 = 15;
    /// A label's key is empty, or its key or value is too long.
    const E_LABEL_LENGTH: u64 = 16;
    /// A label with this key is there already.
    const E_LABEL_EXISTS: u64 = 17;
    /// There is no label with this key.
    const E_NO_LABEL: u64 = 18;
    /// The fine is more than the stake.
    const E_FINE: u64 = 19;
    /// The time to contest a settlement is out of range.
    const E_CONTEST_WINDOW: u64 = 20;
    /// The time after which a member may leave by itself is out of range, or not longer than the time to contest a settlement.
    const E_EXIT_WINDOW: u64 = 111;
    /// The time in which evidence can be brought is out of range.
    const E_EVIDENCE_WINDOW: u64 = 112;

    /// A member whose last heartbeat is older than this is not valid, unless the channel says otherwise.
    const DEFAULT_HEARTBEAT_WINDOW_MS: u64 = 15_000;
    /// Below this one late transaction would make a member lapse.
    const HEARTBEAT_WINDOW_MS_MIN: u64 = 5_000;
    /// Above this a dead leader would hold up the channel for too long.
    const HEARTBEAT_WINDOW_MS_MAX: u64 = 600_000;
    /// 20 ticks a second: more would fill the batches with ticks.
    const TICK_INTERVAL_MS_MIN: u64 = 50;
    /// A day, for tick and settle intervals: beyond it a timer is of no use.
    const INTERVAL_MS_MAX: u64 = 86_400_000;
    /// A settlement costs gas and a round of votes.
    const SETTLE_INTERVAL_MS_MIN: u64 = 1_000;
    /// Each label is stored with the channel, and read whenever the channel is.
    const LABELS_MAX: u64 = 16;
    const LABEL_KEY_BYTES_MAX: u64 = 64;
    /// Room for the multiaddress of a relay.
    const LABEL_VALUE_BYTES_MAX: u64 = 512;
    /// `0x` and 64 digits, two names of at most 128, four colons.
    const FUNCTION_NAME_BYTES_MAX: u64 = 326;

    /// Long enough for a member that was away for a moment to bring what it knows; it holds up only settlements that some did not vote for.
    const DEFAULT_CONTEST_WINDOW_MS: u64 = 60_000;
    /// Below this nobody could answer; above it nobody would wait.
    const CONTEST_WINDOW_MS_MIN: u64 = 5_000;
    const CONTEST_WINDOW_MS_MAX: u64 = 604_800_000;
    /// Ten minutes: many times what a settlement takes, its contest included.
    const DEFAULT_EXIT_WINDOW_MS: u64 = 600_000;
    const EXIT_WINDOW_MS_MAX: u64 = 2_592_000_000;
    /// A stake that is wanted back at once cannot answer for what comes out later: zero unless the channel says otherwise.
    const DEFAULT_EVIDENCE_WINDOW_MS: u64 = 0;

    /// A week. The shared stake is held for at least as long (`rooch::staking`).
    const EVIDENCE_WINDOW_MS_MAX: u64 = 604_800_000;

    struct Config has copy, drop, store {
        /// What each member stakes, in the smallest unit of the channel's asset.
        stake: u64,
        /// What is taken from the stake of a member that is found to have cheated, or to have accused another falsely; the whole stake by default.
        fine: u64,
        /// Called by the leader as a transaction of its own, if there is one: `address::module::function`.
        tick_function: Option<String>,
        tick_interval_ms: u64,
        heartbeat_window_ms: u64,
        /// Heartbeats are owed only when somebody challenges. A member is valid until a challenge has gone unanswered for the heartbeat window.
        quiet: bool,
        /// 0: settlements only when somebody proposes one, as when a member leaves or the channel closes.
        settle_interval_ms: u64,
        /// How long a settlement that fewer than two thirds of all members voted for can be contested before it is executed.
        contest_window_ms: u64,
        /// How long the others have to settle a member out that asked to leave; then it may go by itself.
        exit_window_ms: u64,
        /// How long after a member was settled out its stake still answers for what it did.
        evidence_window_ms: u64,
        labels: SimpleMap<String, String>
    }

    public(friend) fun new(stake: u64): Config {
        Config {
            stake,
            fine: stake,
            tick_function: option::none(),
            tick_interval_ms: 0,
            heartbeat_window_ms: DEFAULT_HEARTBEAT_WINDOW_MS,
            quiet: false,
            settle_interval_ms: 0,
            contest_window_ms: DEFAULT_CONTEST_WINDOW_MS,
            exit_window_ms: DEFAULT_EXIT_WINDOW_MS,
            evidence_window_ms: DEFAULT_EVIDENCE_WINDOW_MS,
            labels: simple_map::new()
        }
    }

    /// The leader calls `function` every `interval_ms`.
    public fun with_tick(self: Config, function: String, interval_ms: u64): Config {
        let length = function.length();
        assert!((length > 0 && length <= FUNCTION_NAME_BYTES_MAX), error::invalid_argument(E_TICK_FUNCTION_LENGTH));
        assert!(
            (interval_ms >= TICK_INTERVAL_MS_MIN && interval_ms <= INTERVAL_MS_MAX),
            error::out_of_range(E_TICK_INTERVAL)
        );
        self.tick_function = option::some(function);
        self.tick_interval_ms = interval_ms;
        self
    }

    /// A member is valid for `window_ms` after a heartbeat.
    public fun with_heartbeat_window(self: Config, window_ms: u64): Config {
        assert!(
            (window_ms >= HEARTBEAT_WINDOW_MS_MIN && window_ms <= HEARTBEAT_WINDOW_MS_MAX),
            error::out_of_range(E_HEARTBEAT_WINDOW)
        );
        self.heartbeat_window_ms = window_ms;
        self
    }

    /// The leader settles every `interval_ms` in which something happened; 0: only when asked.
    public fun with_settle_interval(self: Config, interval_ms: u64): Config {
        assert!(
            (interval_ms == 0 || (interval_ms >= SETTLE_INTERVAL_MS_MIN && interval_ms <= INTERVAL_MS_MAX)),
            error::out_of_range(E_SETTLE_INTERVAL)
        );
        self.settle_interval_ms = interval_ms;
        self
    }

    /// A member found to have cheated loses this much of its stake.
    public fun with_fine(self: Config, fine: u64): Config {
        assert!((fine <= self.stake), error::out_of_range(E_FINE));
        self.fine = fine;
        self
    }

    /// Heartbeats only when somebody challenges: a channel in which all is well costs no transactions.
    public fun with_quiet_heartbeats(self: Config): Config {
        self.quiet = true;
        self
    }

    /// A settlement that not two thirds of all members voted for is executed `contest_ms` after it passed, unless somebody brings a newer state; a
    /// member that asked to leave goes by itself after `exit_ms`.
    public fun with_windows(self: Config, contest_ms: u64, exit_ms: u64): Config {
        assert!(
            (contest_ms >= CONTEST_WINDOW_MS_MIN && contest_ms <= CONTEST_WINDOW_MS_MAX),
            error::out_of_range(E_CONTEST_WINDOW)
        );
        assert!(
            (exit_ms > contest_ms && exit_ms <= EXIT_WINDOW_MS_MAX),
            error::out_of_range(E_EXIT_WINDOW)
        );
        self.contest_window_ms = contest_ms;
        self.exit_window_ms = exit_ms;
        self
    }

    /// A member's stake is held for `window_ms` after it was settled out, and can be fined in that time.
    public fun with_evidence_window(self: Config, window_ms: u64): Config {
        assert!((window_ms <= EVIDENCE_WINDOW_MS_MAX), error::out_of_range(E_EVIDENCE_WINDOW));
        self.evidence_window_ms = window_ms;
        self
    }

    /// Adds a label, for the application and its clients to read.
    public fun with_label(self: Config, key: String, value: String): Config {
        assert!((self.labels.length() < LABELS_MAX), error::resource_exhausted(E_TOO_MANY_LABELS));
        assert!(
            (!key.is_empty() && key.length() <= LABEL_KEY_BYTES_MAX && value.length() <= LABEL_VALUE_BYTES_MAX),
            error::invalid_argument(E_LABEL_LENGTH)
        );
        assert!(!self.labels.contains_key(&key), error::already_exists(E_LABEL_EXISTS));
        self.labels.add(key, value);
        self
    }

    public fun stake(self: &Config): u64 {
        self.stake
    }

    public fun fine(self: &Config): u64 {
        self.fine
    }

    public fun is_quiet(self: &Config): bool {
        self.quiet
    }

    public fun contest_window_ms(self: &Config): u64 {
        self.contest_window_ms
    }

    public fun exit_window_ms(self: &Config): u64 {
        self.exit_window_ms
    }

    public fun evidence_window_ms(self: &Config): u64 {
        self.evidence_window_ms
    }

    /// The longest that any channel can ask for.
    public fun evidence_window_ms_max(): u64 {
        EVIDENCE_WINDOW_MS_MAX
    }

    public fun heartbeat_window_ms(self: &Config): u64 {
        self.heartbeat_window_ms
    }

    public fun settle_interval_ms(self: &Config): u64 {
        self.settle_interval_ms
    }

    public fun tick_function(self: &Config): Option<String> {
        self.tick_function
    }

    public fun tick_interval_ms(self: &Config): u64 {
        self.tick_interval_ms
    }

    public fun label(self: &Config, key: String): String {
        assert!(self.labels.contains_key(&key), error::not_found(E_NO_LABEL));
        *self.labels.borrow(&key)
    }
}
