/// Reads one encoded value after the other. With it a module decodes structures of its own, which `from_bcs` does not.
module aptos_std::bcs_stream {
    use std::error;
    use std::option::{Self, Option};
    use std::string::{Self, String};
    use std::vector;
    use aptos_std::from_bcs;

    /// The bytes are no encoding of what was asked for.
    const EMALFORMED_DATA: u64 = 1;
    /// The bytes end too early.
    const EOUT_OF_BYTES: u64 = 2;

    struct BCSStream has drop {
        data: vector<u8>,
        cur: u64
    }

    public fun new(data: vector<u8>): BCSStream {
        BCSStream { data, cur: 0 }
    }

    public fun has_remaining(stream: &mut BCSStream): bool {
        stream.cur < vector::length(&stream.data)
    }

    /// A length or an enum's variant: seven bits a byte, lowest first. At most 64 bits.
    public fun deserialize_uleb128(stream: &mut BCSStream): u64 {
        let result = 0;
        let shift = 0;
        loop {
            let byte = deserialize_u8(stream);
            // The tenth byte holds the 64th bit and nothing more.
            assert!(shift < 63 || byte <= 1, error::invalid_argument(EMALFORMED_DATA));
            result |= ((byte & 0x7f) as u64) << shift;
            if (byte < 0x80) break;
            shift += 7;
        };
        result
    }

    public fun deserialize_bool(stream: &mut BCSStream): bool {
        let byte = deserialize_u8(stream);
        assert!(byte <= 1, error::invalid_argument(EMALFORMED_DATA));
        byte == 1
    }

    public fun deserialize_address(stream: &mut BCSStream): address {
        from_bcs::to_address(take(stream, 32))
    }

    public fun deserialize_u8(stream: &mut BCSStream): u8 {
        assert!(has_remaining(stream), error::out_of_range(EOUT_OF_BYTES));
        let byte = *vector::borrow(&stream.data, stream.cur);
        stream.cur += 1;
        byte
    }

    public fun deserialize_u16(stream: &mut BCSStream): u16 {
        (little_endian(stream, 2) as u16)
    }

    public fun deserialize_u32(stream: &mut BCSStream): u32 {
        (little_endian(stream, 4) as u32)
    }

    public fun deserialize_u64(stream: &mut BCSStream): u64 {
        (little_endian(stream, 8) as u64)
    }

    public fun deserialize_u128(stream: &mut BCSStream): u128 {
        (little_endian(stream, 16) as u128)
    }

    public fun deserialize_u256(stream: &mut BCSStream): u256 {
        little_endian(stream, 32)
    }

    /// Reads a u256 at `cursor` and forgets it: a way to try the decoding from outside.
    public entry fun deserialize_u256_entry(data: vector<u8>, cursor: u64) {
        let stream = BCSStream { data, cur: cursor };
        deserialize_u256(&mut stream);
    }

    public inline fun deserialize_vector<E>(
        stream: &mut BCSStream, elem_deserializer: |&mut BCSStream| E
    ): vector<E> {
        let remaining = deserialize_uleb128(stream);
        let elements = vector::empty();
        while (remaining > 0) {
            vector::push_back(&mut elements, elem_deserializer(stream));
            remaining -= 1;
        };
        elements
    }

    public fun deserialize_string(stream: &mut BCSStream): String {
        let length = deserialize_uleb128(stream);
        string::utf8(take(stream, length))
    }

    public inline fun deserialize_option<E>(
        stream: &mut BCSStream, elem_deserializer: |&mut BCSStream| E
    ): Option<E> {
        if (deserialize_bool(stream)) option::some(elem_deserializer(stream)) else option::none()
    }

    fun remaining(stream: &BCSStream): u64 {
        let length = vector::length(&stream.data);
        if (stream.cur < length) length - stream.cur else 0
    }

    fun take(stream: &mut BCSStream, length: u64): vector<u8> {
        assert!(length <= remaining(stream), error::out_of_range(EOUT_OF_BYTES));
        let bytes = vector::slice(&stream.data, stream.cur, stream.cur + length);
        stream.cur += length;
        bytes
    }

    fun little_endian(stream: &mut BCSStream, size: u64): u256 {
        assert!(size <= remaining(stream), error::out_of_range(EOUT_OF_BYTES));
        let value: u256 = 0;
        let i = size;
        while (i > 0) {
            i -= 1;
            value = (value << 8) | (*vector::borrow(&stream.data, stream.cur + i) as u256);
        };
        stream.cur += size;
        value
    }

    #[test_only]
    use std::bcs;

    #[test_only]
    struct Sample has drop {
        flag: bool,
        small: u16,
        medium: u32,
        number: u64,
        large: u128,
        largest: u256,
        who: address,
        text: String,
        list: vector<vector<u8>>,
        maybe: Option<u64>
    }

    #[test]
    fun reads_every_kind() {
        let sample = Sample {
            flag: true,
            small: 513,
            medium: 4294967295,
            number: 18446744073709551615,
            large: 1 << 127,
            largest: (1 << 255) + 5,
            who: @0xca401,
            text: string::utf8(b"hello"),
            list: vector[b"", b"ab"],
            maybe: option::some(9)
        };
        let stream = new(bcs::to_bytes(&sample));
        assert!(deserialize_bool(&mut stream), 0);
        assert!(deserialize_u16(&mut stream) == 513, 1);
        assert!(deserialize_u32(&mut stream) == 4294967295, 2);
        assert!(deserialize_u64(&mut stream) == 18446744073709551615, 3);
        assert!(deserialize_u128(&mut stream) == 1 << 127, 4);
        assert!(deserialize_u256(&mut stream) == (1 << 255) + 5, 5);
        assert!(deserialize_address(&mut stream) == @0xca401, 6);
        assert!(deserialize_string(&mut stream) == string::utf8(b"hello"), 7);
        let list = deserialize_vector(&mut stream, |s| deserialize_vector(s, |t| deserialize_u8(t)));
        assert!(list == vector[b"", b"ab"], 8);
        assert!(has_remaining(&mut stream), 9);
        assert!(deserialize_option(&mut stream, |s| deserialize_u64(s)) == option::some(9), 10);
        assert!(!has_remaining(&mut stream), 11);
    }

    #[test]
    fun reads_lengths_of_many_bytes() {
        assert!(deserialize_uleb128(&mut new(x"8001")) == 128, 0);
        assert!(deserialize_uleb128(&mut new(x"ffffffff0f")) == 4294967295, 1);
        assert!(deserialize_uleb128(&mut new(x"ffffffffffffffffff01")) == 18446744073709551615, 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun refuses_a_length_over_64_bits() {
        deserialize_uleb128(&mut new(x"ffffffffffffffffff02"));
    }

    #[test]
    #[expected_failure(abort_code = 0x20002, location = Self)]
    fun refuses_a_short_number() {
        deserialize_u64(&mut new(x"01020304050607"));
    }

    #[test]
    #[expected_failure(abort_code = 0x20002, location = Self)]
    fun refuses_a_length_beyond_the_end() {
        deserialize_string(&mut new(x"ffffffffffffffffff0161"));
    }

    #[test]
    #[expected_failure(abort_code = 0x20002, location = Self)]
    fun refuses_to_start_beyond_the_end() {
        deserialize_u256_entry(x"00", 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun refuses_a_third_truth() {
        deserialize_bool(&mut new(x"02"));
    }
}
