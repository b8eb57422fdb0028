/// The header of a batch: what the leader of a channel signs ([B2] of docs/protocol.md).
module rooch::batch_header {
    use std::error;
    use std::hash;
    use rooch::codec;

    /// The header is not 188 bytes long, or holds no transaction.
    const E_NOT_A_HEADER: u64 = 126;

    /// term 8, leader 32, first height 8, count 4, timestamp 8, four hashes.
    const LENGTH: u64 = 188;

    struct BatchHeader has copy, drop {
        term: u64,
        /// The node key of the term's leader.
        leader: vector<u8>,
        /// Of the first transaction.
        first_height: u64,
        /// Transactions; at least one.
        count: u64,
        timestamp_ms: u64,
        previous_hash: vector<u8>,
        transactions_hash: vector<u8>,
        effects_hash: vector<u8>,
        root_after: vector<u8>,
        /// SHA3-256 of the header.
        hash: vector<u8>
    }

    public fun decode(bytes: vector<u8>): BatchHeader {
        assert!(bytes.length() == LENGTH, error::invalid_argument(E_NOT_A_HEADER));
        let hash = hash::sha3_256(bytes);
        let reader = codec::new(bytes);
        let header = BatchHeader {
            term: reader.read_u64(),
            leader: reader.read_32_bytes(),
            first_height: reader.read_u64(),
            count: reader.read_u32(),
            timestamp_ms: reader.read_u64(),
            previous_hash: reader.read_32_bytes(),
            transactions_hash: reader.read_32_bytes(),
            effects_hash: reader.read_32_bytes(),
            root_after: reader.read_32_bytes(),
            hash
        };
        assert!((header.count > 0), error::invalid_argument(E_NOT_A_HEADER));
        header
    }

    public fun term(self: &BatchHeader): u64 {
        self.term
    }

    public fun leader(self: &BatchHeader): vector<u8> {
        self.leader
    }

    public fun first_height(self: &BatchHeader): u64 {
        self.first_height
    }

    public fun count(self: &BatchHeader): u64 {
        self.count
    }

    /// Of the last transaction.
    public fun last_height(self: &BatchHeader): u64 {
        self.first_height + (self.count - 1)
    }

    public fun timestamp_ms(self: &BatchHeader): u64 {
        self.timestamp_ms
    }

    public fun previous_hash(self: &BatchHeader): vector<u8> {
        self.previous_hash
    }

    public fun transactions_hash(self: &BatchHeader): vector<u8> {
        self.transactions_hash
    }

    public fun effects_hash(self: &BatchHeader): vector<u8> {
        self.effects_hash
    }

    public fun root_after(self: &BatchHeader): vector<u8> {
        self.root_after
    }

    public fun hash(self: &BatchHeader): vector<u8> {
        self.hash
    }
}
