/// The data of a punishment proposal: a batch that the accused signed, with its transactions and what the accused claims that each did. Read from BCS with
/// every bound checked, and held against the header that the signature covers. Whose signature it is, is for `rooch::channel` to say.
module rooch::punishment {
    use std::bcs;
    use std::error;
    use std::hash;
    use rooch::batch_header::{Self, BatchHeader};
    use rooch::codec;

    /// The data is too long.
    const E_EVIDENCE_LENGTH: u64 = 136;
    /// The data is not the canonical BCS of a punishment.
    const E_EVIDENCE_NOT_CANONICAL: u64 = 137;
    /// The height is not one of the batch.
    const E_EVIDENCE_HEIGHT: u64 = 138;
    /// The transactions or the digests are not those of the header.
    const E_EVIDENCE_NOT_SIGNED: u64 = 139;

    /// Evidence that is longer than a transaction comes in parts (`rooch::parcel`).
    const DATA_BYTES_MAX: u64 = 1_048_576;
    /// What the leader claims of one transaction: status 1, digest of the result 32, digest of the trace 32.
    const CLAIM_LENGTH: u64 = 65;
    const HASH_LENGTH: u64 = 32;

    struct Punishment has copy, drop, store {
        /// The accused.
        target_member: address,
        /// Of the transaction complained of.
        height: u64,
        /// Of the batch that holds it (188 bytes).
        header: vector<u8>,
        /// The batch's transactions, in BCS as its header binds them.
        raw_transactions: vector<u8>,
        /// What the accused claims that they did, likewise: a vector of digests ([B7] of docs/protocol.md).
        change_sets: vector<u8>,
        /// The accused's signature of the batch.
        target_sign: vector<u8>
    }

    public fun decode(data: vector<u8>): Punishment {
        assert!((data.length() <= DATA_BYTES_MAX), error::invalid_argument(E_EVIDENCE_LENGTH));
        let reader = codec::new(data);
        let punishment = Punishment {
            target_member: reader.read_address(),
            height: reader.read_u64(),
            header: reader.read_bytes(),
            raw_transactions: reader.read_bytes(),
            change_sets: reader.read_bytes(),
            target_sign: reader.read_bytes()
        };
        assert!(bcs::to_bytes(&punishment) == data, error::invalid_argument(E_EVIDENCE_NOT_CANONICAL));
        let header = punishment.header();
        assert!(
            punishment.height >= header.first_height() && punishment.height <= header.last_height(),
            error::invalid_argument(E_EVIDENCE_HEIGHT)
        );
        assert!(
            hash::sha3_256(punishment.raw_transactions) == header.transactions_hash()
                && hash::sha3_256(punishment.change_sets) == header.effects_hash()
                && punishment.change_sets.length() > header.count() * CLAIM_LENGTH,
            error::invalid_argument(E_EVIDENCE_NOT_SIGNED)
        );
        punishment
    }

    public fun target_member(self: &Punishment): address {
        self.target_member
    }

    public fun height(self: &Punishment): u64 {
        self.height
    }

    public fun header(self: &Punishment): BatchHeader {
        batch_header::decode(self.header)
    }

    public fun raw_transactions(self: &Punishment): vector<u8> {
        self.raw_transactions
    }

    public fun target_sign(self: &Punishment): vector<u8> {
        self.target_sign
    }

    /// Which of the batch's transactions it is, from 0.
    public fun index(self: &Punishment): u64 {
        self.height - self.header().first_height()
    }

    /// What the accused claims of the batch's transaction number `index`: its status (0 executed, 1 aborted, 2 failed) and the digest of its result. The
    /// claims follow each other at the end, after their number.
    public fun claim_at(self: &Punishment, index: u64): (u8, vector<u8>) {
        let start = self.change_sets.length() - (self.header().count() - index) * CLAIM_LENGTH;
        let result_start = start + 1;
        (self.change_sets[start], self.change_sets.slice(result_start, result_start + HASH_LENGTH))
    }
}
