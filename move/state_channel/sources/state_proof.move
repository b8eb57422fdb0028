/// Proofs that a key has a value, or none, in the state of a channel ([B2] of docs/protocol.md): a binary Merkle tree over hashed keys.
///
///   key hash  sha3-256(key)          the path from the root, highest bit of the first byte first
///   leaf      sha3-256(00 || key hash || sha3-256(value))
///   inner     sha3-256(01 || left || right)
///   nothing   32 zero bytes
///
/// A subtree that holds one leaf is that leaf.
module rooch::state_proof {
    use std::error;
    use std::hash;

    /// The proof has more steps than a hash has bits, or a hash in it is not 32 bytes long.
    const E_PROOF_FORM: u64 = 131;
    /// What is to show that a key has no value is that key's own leaf, or lies elsewhere in the tree.
    const E_PROOF_OF_ABSENCE: u64 = 132;

    const HASH_LENGTH: u64 = 32;
    const DEPTH_MAX: u64 = 256;
    const NOTHING: vector<u8> = x"0000000000000000000000000000000000000000000000000000000000000000";

    /// The root under which `key` has `value`. `siblings` are the hashes beside the path, from the root down.
    public fun root_with(key: vector<u8>, value: vector<u8>, siblings: &vector<vector<u8>>): vector<u8> {
        let key_hash = hash::sha3_256(key);
        root_of(&key_hash, leaf(&key_hash, hash::sha3_256(value)), siblings)
    }

    /// The root under which `key` has no value. `other` is empty where the path ends in nothing; where it ends in another key's leaf, the hash of
    /// that key and the hash of its value.
    public fun root_without(
        key: vector<u8>, other: &vector<vector<u8>>, siblings: &vector<vector<u8>>
    ): vector<u8> {
        let key_hash = hash::sha3_256(key);
        if (other.is_empty()) return root_of(&key_hash, NOTHING, siblings);
        assert!(other.length() == 2, error::invalid_argument(E_PROOF_FORM));
        let other_key_hash = &other[0];
        assert!(
            other_key_hash.length() == HASH_LENGTH && other[1].length() == HASH_LENGTH,
            error::invalid_argument(E_PROOF_FORM)
        );
        assert!(other_key_hash != &key_hash, error::invalid_argument(E_PROOF_OF_ABSENCE));
        assert_depth(siblings);
        for (depth in 0..siblings.length()) {
            assert!(
                is_right(other_key_hash, depth) == is_right(&key_hash, depth),
                error::invalid_argument(E_PROOF_OF_ABSENCE)
            );
        };
        root_of(&key_hash, leaf(other_key_hash, other[1]), siblings)
    }

    fun root_of(key_hash: &vector<u8>, end: vector<u8>, siblings: &vector<vector<u8>>): vector<u8> {
        assert_depth(siblings);
        let node = end;
        let depth = siblings.length();
        while (depth > 0) {
            depth -= 1;
            let sibling = &siblings[depth];
            assert!(sibling.length() == HASH_LENGTH, error::invalid_argument(E_PROOF_FORM));
            let preimage = vector[1u8];
            if (is_right(key_hash, depth)) {
                preimage.append(*sibling);
                preimage.append(node);
            } else {
                preimage.append(node);
                preimage.append(*sibling);
            };
            node = hash::sha3_256(preimage);
        };
        node
    }

    fun leaf(key_hash: &vector<u8>, value_hash: vector<u8>): vector<u8> {
        let preimage = vector[0u8];
        preimage.append(*key_hash);
        preimage.append(value_hash);
        hash::sha3_256(preimage)
    }

    fun assert_depth(siblings: &vector<vector<u8>>) {
        assert!((siblings.length() <= DEPTH_MAX), error::invalid_argument(E_PROOF_FORM));
    }

    /// Whether the path turns right at this depth.
    fun is_right(key_hash: &vector<u8>, depth: u64): bool {
        let byte = key_hash[depth / 8];
        (byte >> (7 - ((depth % 8) as u8))) & 1 == 1
    }
}
