/// Decoding for the framework itself.
module aptos_framework::util {
    friend aptos_framework::code;

    /// Aborts if `bytes` is not exactly the encoding of a `T`.
    native public(friend) fun from_bytes<T>(bytes: vector<u8>): T;

    public fun address_from_bytes(bytes: vector<u8>): address {
        from_bytes(bytes)
    }
}
