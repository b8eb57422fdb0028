/// The canonical encoding of values.
module std::bcs {
    native public fun to_bytes<MoveValue>(v: &MoveValue): vector<u8>;

    /// Length of `to_bytes(v)`.
    native public fun serialized_size<MoveValue>(v: &MoveValue): u64;
}
