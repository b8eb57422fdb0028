/// The data of a punishment proposal: a batch that the accused signed, one of its transactions, and what the accused claims that it did. Read from BCS
/// with every bound checked, and held against the header that the signature covers. Whose signature it is, is for `rooch::channel` to say.
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
    /// The claimed outcome is not the one with that digest.
    const E_CLAIM_NOT_SIGNED: u64 = 140;

    /// Evidence that is longer than a transaction comes in parts (`rooch::parcel`).
    const DATA_BYTES_MAX: u64 = 1_048_576;
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
        /// The digests of their effects, likewise.
        effects: vector<u8>,
        /// What the accused claims that the transaction did: the BCS that has the transaction's digest.
        claimed: vector<u8>,
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
            effects: reader.read_bytes(),
            claimed: reader.read_bytes(),
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
                && hash::sha3_256(punishment.effects) == header.effects_hash(),
            error::invalid_argument(E_EVIDENCE_NOT_SIGNED)
        );
        assert!(
            hash::sha3_256(punishment.claimed) == punishment.digest_at(punishment.index()),
            error::invalid_argument(E_CLAIM_NOT_SIGNED)
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

    public fun claimed(self: &Punishment): vector<u8> {
        self.claimed
    }

    public fun target_sign(self: &Punishment): vector<u8> {
        self.target_sign
    }

    /// Which of the batch's transactions it is, from 0.
    public fun index(self: &Punishment): u64 {
        self.height - self.header().first_height()
    }

    /// The digest of the effects of the batch's transaction number `index`. The digests follow each other at the end, after their number.
    public fun digest_at(self: &Punishment, index: u64): vector<u8> {
        let count = self.header().count();
        assert!((self.effects.length() > count * HASH_LENGTH), error::invalid_argument(E_EVIDENCE_NOT_SIGNED));
        let start = self.effects.length() - (count - index) * HASH_LENGTH;
        self.effects.slice(start, start + HASH_LENGTH)
    }
}
