/// Hashes beyond those of `std::hash`.
module aptos_std::aptos_hash {
    use std::bcs;

    /// SipHash-2-4 with a key of zeros: quick, and no protection against whoever looks for collisions.
    native public fun sip_hash(bytes: vector<u8>): u64;

    public fun sip_hash_from_value<MoveValue>(v: &MoveValue): u64 {
        sip_hash(bcs::to_bytes(v))
    }

    native public fun keccak256(bytes: vector<u8>): vector<u8>;

    public fun sha2_512(bytes: vector<u8>): vector<u8> {
        sha2_512_internal(bytes)
    }

    public fun sha2_512_value<MoveValue>(v: &MoveValue): vector<u8> {
        sha2_512(bcs::to_bytes(v))
    }

    public fun sha3_512(bytes: vector<u8>): vector<u8> {
        sha3_512_internal(bytes)
    }

    public fun ripemd160(bytes: vector<u8>): vector<u8> {
        ripemd160_internal(bytes)
    }

    public fun blake2b_256(bytes: vector<u8>): vector<u8> {
        blake2b_256_internal(bytes)
    }

    native fun sha2_512_internal(bytes: vector<u8>): vector<u8>;

    native fun sha3_512_internal(bytes: vector<u8>): vector<u8>;

    native fun ripemd160_internal(bytes: vector<u8>): vector<u8>;

    native fun blake2b_256_internal(bytes: vector<u8>): vector<u8>;

    #[test]
    fun hashes_the_published_vectors() {
        let keccak = x"4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45";
        assert!(keccak256(b"abc") == keccak, 0);
        let sha2 =
            x"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
        assert!(sha2_512(b"abc") == sha2, 1);
        let sha3 =
            x"b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0";
        assert!(sha3_512(b"abc") == sha3, 2);
        assert!(ripemd160(b"abc") == x"8eb208f7e05d987a9b044a8e98c6b087f15a0bfc", 3);
        let blake = x"bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319";
        assert!(blake2b_256(b"abc") == blake, 4);
        // The encoding of a vector begins with its length.
        assert!(sha2_512_value(&b"abc") == sha2_512(b"\x03abc") && sip_hash_from_value(&b"a") == sip_hash(b"\x01a"), 5);
    }
}
