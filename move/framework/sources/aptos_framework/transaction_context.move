/// Facts about the transaction that runs.
module aptos_framework::transaction_context {
    /// An address that nothing else has.
    struct AUID has drop, store {
        unique_address: address
    }

    public fun get_transaction_hash(): vector<u8> {
        get_txn_hash()
    }

    /// A new address at each call.
    public fun generate_auid_address(): address {
        generate_unique_address()
    }

    public fun generate_auid(): AUID {
        AUID { unique_address: generate_unique_address() }
    }

    public fun auid_address(auid: &AUID): address {
        auid.unique_address
    }

    native fun get_txn_hash(): vector<u8>;

    native fun generate_unique_address(): address;
}
