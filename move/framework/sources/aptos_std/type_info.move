/// Names of types at run time.
module aptos_std::type_info {
    use std::bcs;
    use std::string::String;

    struct TypeInfo has copy, drop, store {
        account_address: address,
        module_name: vector<u8>,
        struct_name: vector<u8>
    }

    public fun account_address(self: &TypeInfo): address {
        self.account_address
    }

    public fun module_name(self: &TypeInfo): vector<u8> {
        self.module_name
    }

    /// With the type arguments, if the struct has any.
    public fun struct_name(self: &TypeInfo): vector<u8> {
        self.struct_name
    }

    /// Of the chain that runs this code.
    public fun chain_id(): u8 {
        chain_id_internal()
    }

    /// Aborts if `T` is not a struct.
    native public fun type_of<T>(): TypeInfo;

    /// As in `0x1::option::Option<u64>`.
    native public fun type_name<T>(): String;

    /// Length of the value's encoding.
    public fun size_of_val<T>(val_ref: &T): u64 {
        bcs::serialized_size(val_ref)
    }

    native fun chain_id_internal(): u8;

    #[test_only]
    struct Pair<phantom A, phantom B> {}

    #[test]
    fun names_types() {
        let info = type_of<Pair<u8, vector<bool>>>();
        assert!(account_address(&info) == @0x1 && module_name(&info) == b"type_info", 0);
        assert!(struct_name(&info) == b"Pair<u8, vector<bool>>", 1);
        assert!(*std::string::bytes(&type_name<TypeInfo>()) == b"0x1::type_info::TypeInfo", 2);
        assert!(*std::string::bytes(&type_name<vector<u64>>()) == b"vector<u64>", 3);
        assert!(size_of_val(&vector[1u64, 2]) == 17, 4);
    }
}
