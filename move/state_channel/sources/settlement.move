/// The data of a settlement proposal: the stretch of history it covers and what that changed, read from BCS with every bound checked.
/// Whether it is lawful in a given channel is for `rooch::channel` to say.
module rooch::settlement {
    use std::bcs;
    use std::error;
    use std::string::String;
    use rooch::codec::{Self, Reader};
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
    /// The settlement names too many tables, or too many items of them.
    const E_TOO_MANY_ITEMS: u64 = 32;
    /// A table is listed twice, or without an item.
    const E_TABLE_LISTED: u64 = 33;
    /// A settlement that begins the history anew changes nothing and takes one height.
    const E_BEGINNING: u64 = 34;

    /// What is longer than a transaction comes as a parcel (`rooch::parcel`); what is longer than this is settled in stretches.
    const DATA_BYTES_MAX: u64 = 262_144;
    /// Duplicates are looked for pairwise. 50 members, the code's own account, and room.
    const ACCOUNTS_MAX: u64 = 64;
    const TYPES_MAX: u64 = 64;
    const TABLES_MAX: u64 = 16;
    /// Of all tables. An item with its key takes at least 40 bytes: more do not fit the data.
    const ITEMS_MAX: u64 = 1_536;
    /// The members of a full channel.
    const LEAVING_MAX: u64 = 50;
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

    struct ItemChange has copy, drop, store {
        /// In BCS.
        key: vector<u8>,
        op: Op
    }

    /// What happened to the items of one table that hangs on the channel's state.
    struct TableChanges has copy, drop, store {
        /// As the table has it in BCS.
        handle: address,
        items: vector<ItemChange>
    }

    struct Settlement has copy, drop, store {
        /// What the channel had settled so far.
        from_height: u64,
        to_height: u64,
        change_sets: vector<AccountChanges>,
        table_changes: vector<TableChanges>,
        /// Members that this settles out: they take no further part and may take out assets and stake.
        leaving: vector<address>,
        /// Nothing follows this settlement.
        closing: bool,
        /// Of the channel's state at `to_height`. Empty, as is the hash: the history begins anew, from the state that the chain has.
        state_root: vector<u8>,
        /// Of the channel's history up to `to_height`.
        history_hash: vector<u8>
    }

    /// Reads a settlement and refuses whatever is not in the one form that it has.
    public fun decode(data: vector<u8>): Settlement {
        assert!((data.length() <= DATA_BYTES_MAX), error::invalid_argument(E_DATA_LENGTH));
        let reader = codec::new(data);
        let settlement = Settlement {
            from_height: reader.read_u64(),
            to_height: reader.read_u64(),
            change_sets: decode_change_sets(&mut reader),
            table_changes: decode_table_changes(&mut reader),
            leaving: decode_leaving(&mut reader),
            closing: reader.read_bool(),
            state_root: reader.read_bytes(),
            history_hash: reader.read_bytes()
        };
        assert!((settlement.to_height > settlement.from_height), error::invalid_argument(E_HEIGHTS));
        if (settlement.is_beginning()) {
            let changes_nothing =
                settlement.change_sets.is_empty()
                    && settlement.table_changes.is_empty()
                    && settlement.leaving.is_empty()
                    && !settlement.closing;
            assert!(
                changes_nothing && settlement.to_height - settlement.from_height == 1,
                error::invalid_argument(E_BEGINNING)
            );
        } else {
            assert!(settlement.state_root.length() == HASH_LENGTH, error::invalid_argument(E_STATE_ROOT_LENGTH));
            assert!(settlement.history_hash.length() == HASH_LENGTH, error::invalid_argument(E_HISTORY_HASH_LENGTH));
        };
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

    /// Whether the history begins anew with it: nobody has the old one any more.
    public fun is_beginning(self: &Settlement): bool {
        self.state_root.is_empty() && self.history_hash.is_empty()
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

    /// What happened to a table that hangs on the state, in the order in which it is to be applied; `handle` as the table has it in BCS. Empty if
    /// nothing happened. No item is looked for twice here: whoever applies a change holds it against what the table has.
    public fun item_changes(self: &Settlement, handle: address): vector<ItemChange> {
        for (i in 0..self.table_changes.length()) {
            if (self.table_changes[i].handle == handle) return self.table_changes[i].items
        };
        vector[]
    }

    /// In BCS.
    public fun item_key(self: &ItemChange): vector<u8> {
        self.key
    }

    public fun item_op(self: &ItemChange): Op {
        self.op
    }

    fun decode_change_sets(reader: &mut Reader): vector<AccountChanges> {
        let accounts = reader.read_length();
        assert!((accounts <= ACCOUNTS_MAX), error::invalid_argument(E_TOO_MANY_CHANGES));
        let change_sets = vector[];
        for (i in 0..accounts) {
            let account = reader.read_address();
            let (twice, _) = find_account(&change_sets, account);
            assert!(!twice, error::invalid_argument(E_ACCOUNT_TWICE));
            change_sets.push_back(AccountChanges { account, changes: decode_type_changes(reader) });
        };
        change_sets
    }

    fun decode_type_changes(reader: &mut Reader): vector<TypeChange> {
        let types = reader.read_length();
        assert!((types > 0), error::invalid_argument(E_NO_CHANGES));
        assert!((types <= TYPES_MAX), error::invalid_argument(E_TOO_MANY_CHANGES));
        let changes = vector[];
        for (i in 0..types) {
            let type_name = reader.read_string();
            let (twice, _) = find_type(&changes, &type_name);
            assert!(!twice, error::invalid_argument(E_TYPE_TWICE));
            changes.push_back(TypeChange { type_name, op: op::decode(reader) });
        };
        changes
    }

    fun decode_table_changes(reader: &mut Reader): vector<TableChanges> {
        let tables = reader.read_length();
        assert!((tables <= TABLES_MAX), error::invalid_argument(E_TOO_MANY_ITEMS));
        let table_changes: vector<TableChanges> = vector[];
        let room = ITEMS_MAX;
        for (i in 0..tables) {
            let handle = reader.read_address();
            for (j in 0..i) assert!(table_changes[j].handle != handle, error::invalid_argument(E_TABLE_LISTED));
            let count = reader.read_length();
            assert!((count > 0), error::invalid_argument(E_TABLE_LISTED));
            assert!((count <= room), error::invalid_argument(E_TOO_MANY_ITEMS));
            room -= count;
            let items = vector[];
            for (j in 0..count) {
                items.push_back(ItemChange { key: reader.read_bytes(), op: op::decode(reader) });
            };
            table_changes.push_back(TableChanges { handle, items });
        };
        table_changes
    }

    fun decode_leaving(reader: &mut Reader): vector<address> {
        let members = reader.read_length();
        assert!((members <= LEAVING_MAX), error::invalid_argument(E_TOO_MANY_LEAVING));
        let leaving = vector[];
        for (i in 0..members) {
            let member = reader.read_address();
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
