/// What functions that members call in the channel begin with. They are expanded in the application, which alone may open its state, and abort there.
module channel_app::in_channel {
    use std::error;
    use aptos_framework::timestamp;

    /// There is nothing of this kind here: these functions run in a channel.
    const E_NOT_IN_CHANNEL: u64 = 1;

    /// What the functions abort with where they are called on the chain; `channel_app::rerun` says the same.
    public fun refusal_outside(): u64 {
        error::invalid_state(E_NOT_IN_CHANNEL)
    }

    /// The channel's state, which lives under the application's address, or the assets of a member, which live under the member's.
    public inline fun borrow_mut<T: key>(owner: address): &mut T {
        assert!(exists<T>(owner), channel_app::in_channel::refusal_outside());
        borrow_global_mut<T>(owner)
    }

    /// The same to look at.
    public inline fun borrow<T: key>(owner: address): &T {
        assert!(exists<T>(owner), channel_app::in_channel::refusal_outside());
        borrow_global<T>(owner)
    }

    /// Goes on if the rules refuse nothing (0), aborts with what they say if they do. Rules that say what they refuse, and do not abort, are rules that a
    /// replay can ask.
    public inline fun allow(refusal: u64) {
        assert!(refusal == 0, refusal);
    }

    /// The time of the batch, which is `timestamp_ms` of a replay.
    public fun now_ms(): u64 {
        timestamp::now_microseconds() / 1000
    }
}
