/// Reads BCS where the framework's reader does not do: it takes byte strings out whole. Byte by byte a settlement of sixty kilobytes would cost half of what a
/// transaction on Aptos may compute.
module rooch::codec {
    use std::bcs;
    use std::error;
    use std::string::{Self, String};
    use aptos_std::from_bcs;

    /// The data ends early.
    const E_ENDS_EARLY: u64 = 201;
    /// A length is not in its shortest form, or not below 2^32; or a truth value is neither 0 nor 1.
    const E_NOT_CANONICAL_BCS: u64 = 202;

    /// Below this many bytes a loop is cheaper than taking the rest of the data apart.
    const SHORT: u64 = 48;
    const ADDRESS_LENGTH: u64 = 32;
    /// A length takes at most five bytes of seven bits.
    const LENGTH_BYTES_MAX: u8 = 5;
    const LENGTH_MAX: u64 = 4_294_967_295;

    struct Reader has drop {
        bytes: vector<u8>,
        position: u64
    }

    public fun new(bytes: vector<u8>): Reader {
        Reader { bytes, position: 0 }
    }

    public fun is_at_end(self: &Reader): bool {
        self.position == self.bytes.length()
    }

    public fun read_u8(self: &mut Reader): u8 {
        assert!((self.position < self.bytes.length()), error::out_of_range(E_ENDS_EARLY));
        let byte = self.bytes[self.position];
        self.position += 1;
        byte
    }

    public fun read_bool(self: &mut Reader): bool {
        let byte = self.read_u8();
        assert!((byte <= 1), error::invalid_argument(E_NOT_CANONICAL_BCS));
        byte == 1
    }

    public fun read_u32(self: &mut Reader): u64 {
        self.read_little_endian(4)
    }

    public fun read_u64(self: &mut Reader): u64 {
        self.read_little_endian(8)
    }

    /// The length of a vector, or the number of a variant.
    public fun read_length(self: &mut Reader): u64 {
        let length = 0;
        for (i in 0..LENGTH_BYTES_MAX) {
            let byte = (self.read_u8() as u64);
            length |= (byte & 127) << (7 * i);
            if (byte < 128) {
                let is_shortest = byte > 0 || i == 0;
                assert!(is_shortest && length <= LENGTH_MAX, error::invalid_argument(E_NOT_CANONICAL_BCS));
                return length
            }
        };
        abort error::invalid_argument(E_NOT_CANONICAL_BCS)
    }

    public fun read_address(self: &mut Reader): address {
        from_bcs::to_address(self.read_fixed(ADDRESS_LENGTH))
    }

    /// 32 bytes: a hash or a key.
    public fun read_32_bytes(self: &mut Reader): vector<u8> {
        self.read_fixed(ADDRESS_LENGTH)
    }

    /// A byte string.
    public fun read_bytes(self: &mut Reader): vector<u8> {
        let length = self.read_length();
        self.read_fixed(length)
    }

    /// A vector of byte strings.
    public fun read_byte_strings(self: &mut Reader): vector<vector<u8>> {
        let strings = vector[];
        let count = self.read_length();
        for (i in 0..count) strings.push_back(self.read_bytes());
        strings
    }

    /// Text in UTF-8.
    public fun read_string(self: &mut Reader): String {
        string::utf8(self.read_bytes())
    }

    /// A byte string as BCS writes it: with its length before it.
    public fun with_length(bytes: vector<u8>): vector<u8> {
        bcs::to_bytes(&bytes)
    }

    fun read_fixed(self: &mut Reader, length: u64): vector<u8> {
        assert!((length <= self.bytes.length() - self.position), error::out_of_range(E_ENDS_EARLY));
        if (length < SHORT) {
            let bytes = vector[];
            for (i in 0..length) bytes.push_back(self.bytes[self.position + i]);
            self.position += length;
            return bytes
        };
        let bytes = self.bytes.trim(self.position);
        self.bytes = bytes.trim(length);
        self.position = 0;
        bytes
    }

    fun read_little_endian(self: &mut Reader, length: u8): u64 {
        let number = 0;
        for (i in 0..length) number |= (self.read_u8() as u64) << (8 * i);
        number
    }
}
