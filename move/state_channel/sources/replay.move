/// A transaction of a channel that is run again on the chain. The evidence binds what the accused signed: the state before, the transaction, and what
/// the accused claims that it did. The application says what it should have done; whoever is then in the wrong is punished, without any vote.
module rooch::replay {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::string::String;
    use aptos_std::type_info;
    use rooch::call::{Self, Call};
    use rooch::codec::{Self, Reader};
    use rooch::punishment::{Self, Punishment};
    use rooch::result::{Self, Change};
    use rooch::state_proof;

    friend rooch::state_channel;

    /// The bytes are not the canonical BCS of the evidence for a replay.
    const E_REPLAY_FORM: u64 = 181;
    /// The root before the batch is not the one that the batch builds on.
    const E_NOT_THE_ROOT_BEFORE: u64 = 182;
    /// The proof does not lead to the root before the batch.
    const E_PROOF: u64 = 183;
    /// An earlier transaction of the batch has another result than this.
    const E_EARLIER_RESULTS: u64 = 184;
    /// The evidence does not show this value, which the transaction depends on.
    const E_VALUE_NOT_SHOWN: u64 = 185;
    /// A type with type arguments cannot be replayed.
    const E_GENERIC_TYPE: u64 = 186;
    /// What the accused claims is neither an execution nor an abort: only the members can tell.
    const E_NOT_JUDGED: u64 = 187;
    /// Something is said twice about one value, or an aborted transaction is said to have changed one.
    const E_EXPECTED_TWICE: u64 = 188;

    const EXECUTED: u8 = 0;
    const ABORTED: u8 = 1;
    /// Before the first batch there is this in the place of a batch's hash, with the channel root.
    const GENESIS_TAG: u8 = 3;
    const ROOT_TAG: u8 = 2;
    /// `<`
    const OPENING_BRACKET: u8 = 60;

    /// A value before the batch, shown to be there or not to be.
    struct Shown has copy, drop {
        key: vector<u8>,
        value: vector<vector<u8>>
    }

    /// A transaction being run again. It must be concluded.
    struct Replay {
        channel_id: u64,
        accused: address,
        reporter: address,
        /// Who called; the accused where it was a tick.
        sender: address,
        call: Call,
        timestamp_ms: u64,
        before: vector<Shown>,
        /// 0 executed, 1 aborted.
        claimed_status: u8,
        claimed_digest: vector<u8>,
        is_abort_expected: bool,
        abort_code_expected: u64,
        expected: vector<Change>
    }

    /// Opens the evidence, all of it held against what the accused signed. Returns the accusation, to be held against the channel's members, and the
    /// replay.
    public(friend) fun open(channel_id: u64, reporter: address, evidence: vector<u8>): (Punishment, Replay) {
        let reader = codec::new(evidence);
        let punishment = punishment::decode(reader.read_bytes());
        let header = punishment.header();
        let state_root = reader.read_bytes();
        let ledger_hash = reader.read_bytes();
        let previous_header = reader.read_bytes();
        assert_root_before(header.previous_hash(), &state_root, ledger_hash, previous_header);
        let before = decode_shown(&mut reader, &state_root);
        apply_earlier(&mut reader, &punishment, &mut before);
        assert!(reader.is_at_end(), error::invalid_argument(E_REPLAY_FORM));

        let (claimed_status, claimed_digest) = punishment.claim_at(punishment.index());
        assert!((claimed_status <= ABORTED), error::invalid_argument(E_NOT_JUDGED));
        let replay = Replay {
            channel_id,
            accused: punishment.target_member(),
            reporter,
            sender: punishment.target_member(),
            call: call::decode(punishment.raw_transactions(), punishment.index()),
            timestamp_ms: header.timestamp_ms(),
            before,
            claimed_status,
            claimed_digest,
            is_abort_expected: false,
            abort_code_expected: 0,
            expected: vector[]
        };
        (punishment, replay)
    }

    // ---- What the application reads

    /// Whether the transaction is the channel's tick.
    public fun is_tick(self: &Replay): bool {
        self.call.sender().is_empty()
    }

    /// Who called.
    public fun sender(self: &Replay): address {
        self.sender
    }

    /// `module::function` of the transaction's call, in parts.
    public fun called(self: &Replay): (address, String, String) {
        (self.call.module_address(), self.call.module_name(), self.call.function_name())
    }

    /// The arguments after the sender, in BCS.
    public fun args(self: &Replay): vector<vector<u8>> {
        self.call.args()
    }

    /// What the transaction read as the time, in milliseconds.
    public fun timestamp_ms(self: &Replay): u64 {
        self.timestamp_ms
    }

    /// The resource `T` of an account before the transaction, in BCS: none, or one.
    public fun resource_before<T>(self: &Replay, owner: address): vector<vector<u8>> {
        self.value_before(resource_key<T>(owner))
    }

    /// The item of a table before the transaction, in BCS: none, or one. `handle` as the table has it in BCS, the key in BCS.
    public fun item_before(self: &Replay, handle: address, key: vector<u8>): vector<vector<u8>> {
        self.value_before(item_key(handle, key))
    }

    // ---- What the application says

    /// The transaction leaves this resource, in BCS (none: it is gone). What is not said is not changed.
    public fun expect_resource<T>(self: &mut Replay, owner: address, value: vector<vector<u8>>) {
        self.expect(resource_key<T>(owner), value);
    }

    /// The transaction leaves this item of a table.
    public fun expect_item(self: &mut Replay, handle: address, key: vector<u8>, value: vector<vector<u8>>) {
        self.expect(item_key(handle, key), value);
    }

    /// The transaction aborts with this code.
    public fun expect_abort(self: &mut Replay, code: u64) {
        assert!(
            !self.is_abort_expected && self.expected.is_empty(),
            error::invalid_argument(E_EXPECTED_TWICE)
        );
        self.is_abort_expected = true;
        self.abort_code_expected = code;
    }

    // ---- The end

    public(friend) fun sender_key(self: &Replay): vector<u8> {
        self.call.sender()
    }

    public(friend) fun set_reporter(self: &mut Replay, reporter: address) {
        self.reporter = reporter;
    }

    public(friend) fun set_sender(self: &mut Replay, sender: address) {
        self.sender = sender;
    }

    public(friend) fun channel_id(self: &Replay): u64 {
        self.channel_id
    }

    /// Who was accused, by whom, and whether the accused claims something else than what is expected.
    public(friend) fun conclude(self: Replay): (address, address, bool) {
        let is_wrong = !self.is_as_expected();
        let Replay {
            channel_id: _,
            accused,
            reporter,
            sender: _,
            call: _,
            timestamp_ms: _,
            before: _,
            claimed_status: _,
            claimed_digest: _,
            is_abort_expected: _,
            abort_code_expected: _,
            expected: _
        } = self;
        (accused, reporter, is_wrong)
    }

    // ---- Helpers

    /// The batch builds on another whose channel root is this, or on the state that the channel began with.
    fun assert_root_before(
        previous_hash: vector<u8>, state_root: &vector<u8>, ledger_hash: vector<u8>, previous_header: vector<u8>
    ) {
        let preimage = vector[ROOT_TAG];
        preimage.append(*state_root);
        preimage.append(ledger_hash);
        let root = hash::sha3_256(preimage);
        if (previous_header.is_empty()) {
            let genesis = vector[GENESIS_TAG];
            genesis.append(root);
            assert!(hash::sha3_256(genesis) == previous_hash, error::invalid_argument(E_NOT_THE_ROOT_BEFORE));
            return
        };
        let previous = rooch::batch_header::decode(previous_header);
        assert!(
            previous.hash() == previous_hash && previous.root_after() == root,
            error::invalid_argument(E_NOT_THE_ROOT_BEFORE)
        );
    }

    fun decode_shown(reader: &mut Reader, state_root: &vector<u8>): vector<Shown> {
        let shown: vector<Shown> = vector[];
        let count = reader.read_length();
        for (i in 0..count) {
            let key = reader.read_bytes();
            let value = reader.read_byte_strings();
            let other = reader.read_byte_strings();
            let siblings = reader.read_byte_strings();
            assert!((value.length() <= 1), error::invalid_argument(E_REPLAY_FORM));
            let root =
                if (value.is_empty()) state_proof::root_without(key, &other, &siblings)
                else state_proof::root_with(key, value[0], &siblings);
            assert!(&root == state_root, error::invalid_argument(E_PROOF));
            put(&mut shown, key, value);
        };
        shown
    }

    /// The results of the batch's transactions before this one, each with the digest that the accused signed.
    fun apply_earlier(reader: &mut Reader, punishment: &Punishment, before: &mut vector<Shown>) {
        let earlier = reader.read_byte_strings();
        assert!(earlier.length() == punishment.index(), error::invalid_argument(E_EARLIER_RESULTS));
        for (i in 0..earlier.length()) {
            let (_, digest) = punishment.claim_at(i);
            assert!(hash::sha3_256(earlier[i]) == digest, error::invalid_argument(E_EARLIER_RESULTS));
            let changes = result::decode(earlier[i]);
            for (j in 0..changes.length()) put(before, changes[j].key(), changes[j].value());
        }
    }

    fun put(values: &mut vector<Shown>, key: vector<u8>, value: vector<vector<u8>>) {
        for (i in 0..values.length()) {
            if (values[i].key == key) {
                values[i].value = value;
                return
            }
        };
        values.push_back(Shown { key, value });
    }

    fun value_before(self: &Replay, key: vector<u8>): vector<vector<u8>> {
        for (i in 0..self.before.length()) {
            if (self.before[i].key == key) return self.before[i].value
        };
        abort error::invalid_argument(E_VALUE_NOT_SHOWN)
    }

    fun expect(self: &mut Replay, key: vector<u8>, value: vector<vector<u8>>) {
        assert!((value.length() <= 1), error::invalid_argument(E_REPLAY_FORM));
        assert!(!self.is_abort_expected, error::invalid_argument(E_EXPECTED_TWICE));
        for (i in 0..self.expected.length()) {
            assert!(self.expected[i].key() != key, error::invalid_argument(E_EXPECTED_TWICE));
        };
        // What stays as it was is no change. It must have been shown.
        let before = self.value_before(key);
        if (before != value) result::insert(&mut self.expected, key, !before.is_empty(), value);
    }

    /// Whether the accused claims what is expected: the same end, and exactly the same changes.
    fun is_as_expected(self: &Replay): bool {
        if (self.is_abort_expected) {
            self.claimed_status == ABORTED && self.claimed_digest == result::abort_digest(self.abort_code_expected)
        } else {
            self.claimed_status == EXECUTED && self.claimed_digest == result::digest(&self.expected)
        }
    }

    /// BCS of the key under which a channel keeps a resource.
    fun resource_key<T>(owner: address): vector<u8> {
        let type = type_info::type_of<T>();
        let struct_name = type.struct_name();
        assert!(!struct_name.contains(&OPENING_BRACKET), error::invalid_argument(E_GENERIC_TYPE));
        let key = vector[0u8];
        key.append(bcs::to_bytes(&owner));
        key.append(bcs::to_bytes(&type.account_address()));
        key.append(codec::with_length(type.module_name()));
        key.append(codec::with_length(struct_name));
        key.push_back(0);
        key
    }

    /// BCS of the key under which a channel keeps the item of a table.
    fun item_key(handle: address, key: vector<u8>): vector<u8> {
        let state_key = vector[1u8];
        state_key.append(bcs::to_bytes(&handle));
        state_key.append(codec::with_length(key));
        state_key
    }
}
