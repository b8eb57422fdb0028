/// Proofs that a committed number has at most so many bits.
module aptos_std::ristretto255_bulletproofs {
    use std::error;
    use aptos_std::ristretto255::{Self, RistrettoPoint};
    use aptos_std::ristretto255_pedersen::{Self as pedersen, Commitment};

    /// The bytes are no proof.
    const E_DESERIALIZE_RANGE_PROOF: u64 = 1;
    /// Proofs are of 8, 16, 32 or 64 bits.
    const E_RANGE_NOT_SUPPORTED: u64 = 3;
    /// So many numbers cannot be proved at once.
    const E_BATCH_SIZE_NOT_SUPPORTED: u64 = 4;
    /// The tag is too long.
    const E_DST_TOO_LONG: u64 = 6;

    const MAX_RANGE_BITS: u64 = 64;
    const MAX_DST_LENGTH: u64 = 256;

    struct RangeProof has copy, drop, store {
        bytes: vector<u8>
    }

    public fun get_max_range_bits(): u64 {
        MAX_RANGE_BITS
    }

    public fun range_proof_from_bytes(bytes: vector<u8>): RangeProof {
        RangeProof { bytes }
    }

    public fun range_proof_to_bytes(proof: &RangeProof): vector<u8> {
        proof.bytes
    }

    /// `dst` keeps proofs for different uses apart.
    public fun verify_range_proof_pedersen(
        com: &Commitment, proof: &RangeProof, num_bits: u64, dst: vector<u8>
    ): bool {
        verify_range_proof(
            pedersen::commitment_as_point(com),
            &ristretto255::basepoint(),
            &ristretto255::hash_to_point_base(),
            proof,
            num_bits,
            dst
        )
    }

    public fun verify_range_proof(
        com: &RistrettoPoint,
        val_base: &RistrettoPoint,
        rand_base: &RistrettoPoint,
        proof: &RangeProof,
        num_bits: u64,
        dst: vector<u8>
    ): bool {
        assert!(dst.length() <= MAX_DST_LENGTH, error::invalid_argument(E_DST_TOO_LONG));
        let com = ristretto255::point_to_bytes(&ristretto255::point_compress(com));
        verify_range_proof_internal(com, val_base, rand_base, proof.bytes, num_bits, dst)
    }

    /// One proof for 1, 2, 4, 8 or 16 numbers.
    public fun verify_batch_range_proof_pedersen(
        comms: &vector<Commitment>, proof: &RangeProof, num_bits: u64, dst: vector<u8>
    ): bool {
        let points = comms.map_ref(|com| ristretto255::point_clone(pedersen::commitment_as_point(com)));
        verify_batch_range_proof(
            &points, &ristretto255::basepoint(), &ristretto255::hash_to_point_base(), proof, num_bits, dst
        )
    }

    public fun verify_batch_range_proof(
        comms: &vector<RistrettoPoint>,
        val_base: &RistrettoPoint,
        rand_base: &RistrettoPoint,
        proof: &RangeProof,
        num_bits: u64,
        dst: vector<u8>
    ): bool {
        assert!(dst.length() <= MAX_DST_LENGTH, error::invalid_argument(E_DST_TOO_LONG));
        let comms = comms.map_ref(|com| ristretto255::point_to_bytes(&ristretto255::point_compress(com)));
        verify_batch_range_proof_internal(comms, val_base, rand_base, proof.bytes, num_bits, dst)
    }

    native fun verify_range_proof_internal(
        com: vector<u8>,
        val_base: &RistrettoPoint,
        rand_base: &RistrettoPoint,
        proof: vector<u8>,
        num_bits: u64,
        dst: vector<u8>
    ): bool;

    native fun verify_batch_range_proof_internal(
        comms: vector<vector<u8>>,
        val_base: &RistrettoPoint,
        rand_base: &RistrettoPoint,
        proof: vector<u8>,
        num_bits: u64,
        dst: vector<u8>
    ): bool;
}
