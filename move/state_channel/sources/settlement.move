/// The data of a settlement proposal: the stretch of history it covers and what that changed, read from BCS with every bound checked.
/// Whether it is lawful in a given channel is for `rooch::channel` to say.
module rooch::settlement {
    use std::bcs;
    use std::error;
    use std::string::String;
    use aptos_std::bcs_stream;
    use rooch::op::{Self, Op};

    /// The proposal's data is too long.
    const E_DATA_LENGTH: u64 = 21;
    /// The data is not the canonical BCS of a settlement: bytes are left over, or a length is not in its shortest form.
    const E_NOT_CANONICAL: u64 = 22;
    /// The settlement ends at or before the height at which it starts.
    const E_HEIGHTS: u64 = 23;
    /// The state root is not 32 bytes long.
    const E_STATE_ROOT_LENGTH: u64 = 24;
    /// The history hash is not 32 bytes long.
    const E_HISTORY_HASH_LENGTH: u64 = 25;
    /// The change sets name too many accounts, or an account too many types.
    const E_TOO_MANY_CHANGES: u64 = 26;
    /// An account is listed without a change.
    const E_NO_CHANGES: u64 = 27;
    /// An account is listed twice.
    const E_ACCOUNT_TWICE: u64 = 28;
    /// A type is listed twice in one account.
    const E_TYPE_TWICE: u64 = 29;
    /// A member is listed twice as leaving.
    const E_LEAVING_TWICE: u64 = 30;
    /// More members are listed as leaving than a channel has.
    const E_TOO_MANY_LEAVING: u64 = 31;

    /// A transaction holds 65,536 bytes; 4 KiB are left for what is around the data.
    const DATA_BYTES_MAX: u64 = 61_440;
    /// Duplicates are looked for pairwise. 16 members, the code's own account, and room.
    const ACCOUNTS_MAX: u64 = 64;
    const TYPES_MAX: u64 = 64;
    /// The members of a full channel.
    const LEAVING_MAX: u64 = 16;
    /// Length of a SHA3-256 hash.
    const HASH_LENGTH: u64 = 32;

    struct TypeChange has copy, drop, store {
        /// As `type_info::type_name` writes it.
        type_name: String,
        op: Op
    }

    struct AccountChanges has copy, drop, store {
        account: address,
        changes: vector<TypeChange>
    }

    struct Settlement has copy, drop, store {
        /// What the channel had settled so far.
        from_height: u64,
        to_height: u64,
        change_sets: vector<AccountChanges>,
        /// Members that this settles out: they take no further part and may take out assets and stake.
        leaving: vector<address>,
        /// Nothing follows this settlement.
        closing: bool,
        /// Of the channel's state at `to_height`.
        state_root: vector<u8>,
        /// Of the channel's history up to `to_height`.
        history_hash: vector<u8>
    }

    /// Reads a settlement and refuses whatever is not in the one form that it has.
    public fun decode(data: vector<u8>): Settlement {
        assert!((data.length() <= DATA_BYTES_MAX), error::invalid_argument(E_DATA_LENGTH));
        let stream = bcs_stream::new(data);
        let settlement = Settlement {
            from_height: bcs_stream::deserialize_u64(&mut stream),
            to_height: bcs_stream::deserialize_u64(&mut stream),
            change_sets: decode_change_sets(&mut stream),
            leaving: decode_leaving(&mut stream),
            closing: bcs_stream::deserialize_bool(&mut stream),
            state_root: op::decode_bytes(&mut stream),
            history_hash: op::decode_bytes(&mut stream)
        };
        assert!((settlement.to_height > settlement.from_height), error::invalid_argument(E_HEIGHTS));
        assert!(settlement.state_root.length() == HASH_LENGTH, error::invalid_argument(E_STATE_ROOT_LENGTH));
        assert!(settlement.history_hash.length() == HASH_LENGTH, error::invalid_argument(E_HISTORY_HASH_LENGTH));
        assert!(bcs::to_bytes(&settlement) == data, error::invalid_argument(E_NOT_CANONICAL));
        settlement
    }

    public fun from_height(self: &Settlement): u64 {
        self.from_height
    }

    public fun to_height(self: &Settlement): u64 {
        self.to_height
    }

    public fun leaving(self: &Settlement): vector<address> {
        self.leaving
    }

    public fun is_closing(self: &Settlement): bool {
        self.closing
    }

    public fun state_root(self: &Settlement): vector<u8> {
        self.state_root
    }

    public fun history_hash(self: &Settlement): vector<u8> {
        self.history_hash
    }

    /// The changes of one account; empty if it has none.
    public fun account_changes(self: &Settlement, account: address): AccountChanges {
        let (found, index) = find_account(&self.change_sets, account);
        if (found) self.change_sets[index]
        else AccountChanges { account, changes: vector[] }
    }

    /// What happened to the resource of this type; `op::none()` if nothing.
    public fun op_of_type(self: &AccountChanges, type_name: &String): Op {
        let (found, index) = find_type(&self.changes, type_name);
        if (found) self.changes[index].op else op::none()
    }

    fun decode_change_sets(stream: &mut bcs_stream::BCSStream): vector<AccountChanges> {
        let accounts = bcs_stream::deserialize_uleb128(stream);
        assert!((accounts <= ACCOUNTS_MAX), error::invalid_argument(E_TOO_MANY_CHANGES));
        let change_sets = vector[];
        for (i in 0..accounts) {
            let account = bcs_stream::deserialize_address(stream);
            let (twice, _) = find_account(&change_sets, account);
            assert!(!twice, error::invalid_argument(E_ACCOUNT_TWICE));
            change_sets.push_back(AccountChanges { account, changes: decode_type_changes(stream) });
        };
        change_sets
    }

    fun decode_type_changes(stream: &mut bcs_stream::BCSStream): vector<TypeChange> {
        let types = bcs_stream::deserialize_uleb128(stream);
        assert!((types > 0), error::invalid_argument(E_NO_CHANGES));
        assert!((types <= TYPES_MAX), error::invalid_argument(E_TOO_MANY_CHANGES));
        let changes = vector[];
        for (i in 0..types) {
            let type_name = bcs_stream::deserialize_string(stream);
            let (twice, _) = find_type(&changes, &type_name);
            assert!(!twice, error::invalid_argument(E_TYPE_TWICE));
            changes.push_back(TypeChange { type_name, op: op::decode(stream) });
        };
        changes
    }

    fun decode_leaving(stream: &mut bcs_stream::BCSStream): vector<address> {
        let members = bcs_stream::deserialize_uleb128(stream);
        assert!((members <= LEAVING_MAX), error::invalid_argument(E_TOO_MANY_LEAVING));
        let leaving = vector[];
        for (i in 0..members) {
            let member = bcs_stream::deserialize_address(stream);
            assert!(!leaving.contains(&member), error::invalid_argument(E_LEAVING_TWICE));
            leaving.push_back(member);
        };
        leaving
    }

    fun find_account(change_sets: &vector<AccountChanges>, account: address): (bool, u64) {
        for (i in 0..change_sets.length()) {
            if (change_sets[i].account == account) return (true, i)
        };
        (false, 0)
    }

    fun find_type(changes: &vector<TypeChange>, type_name: &String): (bool, u64) {
        for (i in 0..changes.length()) {
            if (&changes[i].type_name == type_name) return (true, i)
        };
        (false, 0)
    }
}
