/// The canonical encoding of values.
module std::bcs {
    use std::option::Option;

    native public fun to_bytes<MoveValue>(v: &MoveValue): vector<u8>;

    /// Length of `to_bytes(v)`.
    native public fun serialized_size<MoveValue>(v: &MoveValue): u64;

    /// The length that every value of the type has, if it is one.
    native public fun constant_serialized_size<MoveValue>(): Option<u64>;
}
