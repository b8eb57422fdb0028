/// Values from their encoding. Only for types that carry no authority: `from_bytes` itself is not public.
module aptos_std::from_bcs {
    use std::string::{Self, String};

    friend aptos_std::any;
    friend aptos_std::copyable_any;

    /// The bytes of a text are not UTF-8.
    const EINVALID_UTF8: u64 = 0x1;

    public fun to_bool(v: vector<u8>): bool { from_bytes<bool>(v) }

    public fun to_u8(v: vector<u8>): u8 { from_bytes<u8>(v) }

    public fun to_u16(v: vector<u8>): u16 { from_bytes<u16>(v) }

    public fun to_u32(v: vector<u8>): u32 { from_bytes<u32>(v) }

    public fun to_u64(v: vector<u8>): u64 { from_bytes<u64>(v) }

    public fun to_u128(v: vector<u8>): u128 { from_bytes<u128>(v) }

    public fun to_u256(v: vector<u8>): u256 { from_bytes<u256>(v) }

    public fun to_address(v: vector<u8>): address { from_bytes<address>(v) }

    public fun to_bytes(v: vector<u8>): vector<u8> { from_bytes<vector<u8>>(v) }

    public fun to_string(v: vector<u8>): String {
        // The native checks the structure, not what String promises about it.
        let text = from_bytes<String>(v);
        assert!(string::internal_check_utf8(string::bytes(&text)), EINVALID_UTF8);
        text
    }

    /// Aborts if `bytes` is not exactly the encoding of a `T`.
    native public(friend) fun from_bytes<T>(bytes: vector<u8>): T;

    #[test]
    fun reads_what_bcs_writes() {
        use std::bcs;
        assert!(to_bool(bcs::to_bytes(&true)), 0);
        assert!(to_u16(bcs::to_bytes(&65535u16)) == 65535, 1);
        assert!(to_u128(bcs::to_bytes(&7u128)) == 7, 2);
        assert!(to_address(bcs::to_bytes(&@0xb0b)) == @0xb0b, 3);
        assert!(to_bytes(bcs::to_bytes(&b"xyz")) == b"xyz", 4);
        assert!(to_string(bcs::to_bytes(&string::utf8(b"text"))) == string::utf8(b"text"), 5);
    }

    #[test]
    #[expected_failure]
    fun reads_nothing_beyond() {
        to_u8(x"0101");
    }
}
