/// What a channel is opened with and never changes: stake, tick, heartbeat window, settle interval and labels.
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

    struct Config has copy, drop, store {
        /// What each member stakes, in the smallest unit of the channel's coin.
        stake: u64,
        /// `0x..::module::function`, called by the leader at each tick.
        tick_function: Option<String>,
        /// 0 without a tick function.
        tick_interval_ms: u64,
        heartbeat_window_ms: u64,
        /// How often the leader settles; 0: only when somebody asks, leaves or closes.
        settle_interval_ms: u64,
        labels: SimpleMap<String, String>
    }

    public(friend) fun new(stake: u64): Config {
        Config {
            stake,
            tick_function: option::none(),
            tick_interval_ms: 0,
            heartbeat_window_ms: DEFAULT_HEARTBEAT_WINDOW_MS,
            settle_interval_ms: 0,
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
