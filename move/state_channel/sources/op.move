/// What happened to one resource between two heights of a channel: it is new, was modified, was deleted, or none of these.
module rooch::op {
    use std::error;
    use rooch::codec::Reader;

    friend rooch::settlement;

    /// An operation must be exactly one of new, modify and delete.
    const E_NOT_ONE_KIND: u64 = 1;
    /// `new` holds more than one value.
    const E_NEW_COUNT: u64 = 2;
    /// `modify` holds something else than the hash of the old value and the new value.
    const E_MODIFY_COUNT: u64 = 3;
    /// `delete` holds more than one mark, or one that is not `true`.
    const E_DELETE_MARK: u64 = 4;
    /// The hash of the old value is not 32 bytes long.
    const E_OLD_HASH_LENGTH: u64 = 5;
    /// A new value was asked of an operation that is not new.
    const E_IS_NOT_NEW: u64 = 6;
    /// A modified value, or the hash of the old one, was asked of an operation that is not modify.
    const E_IS_NOT_MODIFY: u64 = 7;

    /// Length of a SHA3-256 hash.
    const HASH_LENGTH: u64 = 32;

    /// At most one of the three is non-empty. Values are in BCS.
    struct Op has copy, drop, store {
        /// The value, or nothing.
        new: vector<vector<u8>>,
        /// The SHA3-256 hash of the old value and then the new value, or nothing. The hash keeps a settlement small; the old value is on the chain.
        modify: vector<vector<u8>>,
        /// `true`, or nothing.
        delete: vector<bool>
    }

    public fun none(): Op {
        Op { new: vector[], modify: vector[], delete: vector[] }
    }

    public fun is_none(self: &Op): bool {
        self.new.is_empty() && self.modify.is_empty() && self.delete.is_empty()
    }

    public fun is_new(self: &Op): bool {
        !self.new.is_empty()
    }

    public fun is_modify(self: &Op): bool {
        !self.modify.is_empty()
    }

    public fun is_delete(self: &Op): bool {
        !self.delete.is_empty()
    }

    /// The value of a resource that is new, in BCS.
    public fun new_value(self: &Op): vector<u8> {
        assert!(self.is_new(), error::invalid_state(E_IS_NOT_NEW));
        self.new[0]
    }

    /// The SHA3-256 hash of the BCS of the value before.
    public fun old_hash(self: &Op): vector<u8> {
        assert!(self.is_modify(), error::invalid_state(E_IS_NOT_MODIFY));
        self.modify[0]
    }

    /// The value after, in BCS.
    public fun modified_value(self: &Op): vector<u8> {
        assert!(self.is_modify(), error::invalid_state(E_IS_NOT_MODIFY));
        self.modify[1]
    }

    /// Reads one operation and refuses whatever is not exactly one of the three kinds.
    public(friend) fun decode(reader: &mut Reader): Op {
        let new = reader.read_byte_strings();
        let modify = reader.read_byte_strings();
        let delete = vector[];
        let marks = reader.read_length();
        assert!((marks <= 1), error::invalid_argument(E_DELETE_MARK));
        if (marks == 1) {
            assert!(reader.read_bool(), error::invalid_argument(E_DELETE_MARK));
            delete.push_back(true);
        };

        let op = Op { new, modify, delete };
        let kinds = count(op.is_new()) + count(op.is_modify()) + count(op.is_delete());
        assert!(kinds == 1, error::invalid_argument(E_NOT_ONE_KIND));
        assert!((op.new.length() <= 1), error::invalid_argument(E_NEW_COUNT));
        if (op.is_modify()) {
            assert!(op.modify.length() == 2, error::invalid_argument(E_MODIFY_COUNT));
            assert!(op.modify[0].length() == HASH_LENGTH, error::invalid_argument(E_OLD_HASH_LENGTH));
        };
        op
    }

    fun count(condition: bool): u64 {
        if (condition) 1 else 0
    }
}
