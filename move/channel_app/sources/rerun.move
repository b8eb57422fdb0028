/// A transaction of the channel run again on the chain, from evidence: what was called, with which arguments, on which state; and what came of it.
///
/// An abort here proves nothing, and a wrong result then stands until there are votes. So everything that the rules refuse in the channel is to be asked for
/// and said (`conclude`); only what could not have been a call of the channel's functions at all aborts.
module channel_app::rerun {
    use std::bcs;
    use std::error;
    use std::option::{Self, Option};
    use std::string::String;
    use aptos_std::type_info;
    use channel_app::in_channel;
    use rooch::codec::{Self, Reader};
    use rooch::replay::{Self, Replay};

    /// The transaction does not call a function that members call in the channel, or not with its arguments: only the members can tell what it does.
    const E_NOT_REPLAYED: u64 = 31;

    /// What was called. Arguments are read in their order, each whole.
    struct Call has drop {
        is_tick: bool,
        function: String,
        args: vector<vector<u8>>,
        /// How many arguments have been read.
        read: u64
    }

    public fun call(replay: &Replay): Call {
        let (_, _, function) = replay.called();
        Call { is_tick: replay.is_tick(), function, args: replay.args(), read: 0 }
    }

    /// Whether it is the channel's own tick, which nobody sent.
    public fun is_tick(self: &Call): bool {
        self.is_tick
    }

    /// Whether somebody called this function.
    public fun is(self: &Call, function: vector<u8>): bool {
        !self.is_tick && self.function.bytes() == &function
    }

    /// For ticks where there are none, and for calls of any other function: only the members can tell what they do. It stands where a refusal would.
    public fun refuse(): u64 {
        abort error::invalid_argument(E_NOT_REPLAYED)
    }

    // ---- Arguments

    public fun read_u8(self: &mut Call): u8 {
        let reader = self.next();
        let number = reader.read_u8();
        assert_whole(&reader);
        number
    }

    public fun read_u64(self: &mut Call): u64 {
        let reader = self.next();
        let number = reader.read_u64();
        assert_whole(&reader);
        number
    }

    public fun read_bool(self: &mut Call): bool {
        let reader = self.next();
        let truth = reader.read_bool();
        assert_whole(&reader);
        truth
    }

    public fun read_address(self: &mut Call): address {
        let reader = self.next();
        let account = reader.read_address();
        assert_whole(&reader);
        account
    }

    public fun read_string(self: &mut Call): String {
        let reader = self.next();
        let text = reader.read_string();
        assert_whole(&reader);
        text
    }

    public fun read_bytes(self: &mut Call): vector<u8> {
        let reader = self.next();
        let bytes = reader.read_bytes();
        assert_whole(&reader);
        bytes
    }

    /// No argument is left.
    public fun end(self: &Call) {
        assert!(self.read == self.args.length(), error::invalid_argument(E_NOT_REPLAYED));
    }

    // ---- The state

    /// The state before the transaction, in BCS. None: it was called where there is no channel, and that is said; nothing is left to do.
    public fun state_before<StateT>(replay: &mut Replay): Option<vector<u8>> {
        let before = replay::resource_before<StateT>(replay, owner<StateT>());
        if (before.is_empty()) {
            replay.expect_abort(in_channel::refusal_outside());
            option::none()
        } else option::some(before.pop_back())
    }

    /// Says what the transaction comes to: the abort code with which the rules refuse it, or, where that is 0, the state that it leaves. Where it changes
    /// more than the state, or the state has tables, the application says so itself: `end`, then `expect_abort` or `expect_resource` and `expect_item`.
    public fun conclude<StateT>(self: Call, replay: &mut Replay, refusal: u64, after: &StateT) {
        self.end();
        if (refusal > 0) replay.expect_abort(refusal)
        else replay::expect_resource<StateT>(replay, owner<StateT>(), vector[bcs::to_bytes(after)]);
    }

    // ---- Helpers

    /// A channel's state lives under the address of its code.
    fun owner<StateT>(): address {
        type_info::type_of<StateT>().account_address()
    }

    fun next(self: &mut Call): Reader {
        assert!((self.read < self.args.length()), error::invalid_argument(E_NOT_REPLAYED));
        let reader = codec::new(self.args[self.read]);
        self.read += 1;
        reader
    }

    fun assert_whole(reader: &Reader) {
        assert!(reader.is_at_end(), error::invalid_argument(E_NOT_REPLAYED));
    }

    #[test_only]
    public fun call_for_test(is_tick: bool, function: String, args: vector<vector<u8>>): Call {
        Call { is_tick, function, args, read: 0 }
    }
}
