/// A value of any type in a box that remembers the type.
module aptos_std::any {
    use std::bcs;
    use std::error;
    use std::string::String;
    use aptos_std::from_bcs;
    use aptos_std::type_info;

    /// The box holds a value of another type.
    const ETYPE_MISMATCH: u64 = 0;

    struct Any has drop, store {
        type_name: String,
        data: vector<u8>
    }

    public fun pack<T: drop + store>(x: T): Any {
        Any { type_name: type_info::type_name<T>(), data: bcs::to_bytes(&x) }
    }

    public fun unpack<T>(self: Any): T {
        assert!(type_info::type_name<T>() == self.type_name, error::invalid_argument(ETYPE_MISMATCH));
        from_bcs::from_bytes<T>(self.data)
    }

    public fun type_name(self: &Any): &String {
        &self.type_name
    }

    #[test]
    fun gives_back_what_it_holds() {
        assert!(unpack<vector<u64>>(pack(vector[1u64, 2])) == vector[1, 2], 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x10000, location = Self)]
    fun knows_the_type() {
        unpack<u32>(pack(1u16));
    }
}
