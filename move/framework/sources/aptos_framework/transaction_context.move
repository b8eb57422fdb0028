/// Facts about the transaction that runs.
module aptos_framework::transaction_context {
    use std::option::Option;
    use std::string::String;

    /// An address that nothing else has.
    struct AUID has drop, store {
        unique_address: address
    }

    struct EntryFunctionPayload has copy, drop {
        account_address: address,
        module_name: String,
        function_name: String,
        ty_args_names: vector<String>,
        args: vector<vector<u8>>
    }

    struct MultisigPayload has copy, drop {
        multisig_address: address,
        entry_function_payload: Option<EntryFunctionPayload>
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

    /// Empty unless the transaction is a script.
    native public fun get_script_hash(): vector<u8>;

    public fun sender(): address {
        sender_internal()
    }

    /// Of a transaction with several agents.
    public fun secondary_signers(): vector<address> {
        secondary_signers_internal()
    }

    /// The sender, if nobody else pays.
    public fun gas_payer(): address {
        gas_payer_internal()
    }

    public fun max_gas_amount(): u64 {
        max_gas_amount_internal()
    }

    /// Octas.
    public fun gas_unit_price(): u64 {
        gas_unit_price_internal()
    }

    public fun chain_id(): u8 {
        chain_id_internal()
    }

    /// None for a script.
    public fun entry_function_payload(): Option<EntryFunctionPayload> {
        entry_function_payload_internal()
    }

    public fun account_address(payload: &EntryFunctionPayload): address {
        payload.account_address
    }

    public fun module_name(payload: &EntryFunctionPayload): String {
        payload.module_name
    }

    public fun function_name(payload: &EntryFunctionPayload): String {
        payload.function_name
    }

    public fun type_arg_names(payload: &EntryFunctionPayload): vector<String> {
        payload.ty_args_names
    }

    public fun args(payload: &EntryFunctionPayload): vector<vector<u8>> {
        payload.args
    }

    /// None unless several owners act together.
    public fun multisig_payload(): Option<MultisigPayload> {
        multisig_payload_internal()
    }

    public fun multisig_address(payload: &MultisigPayload): address {
        payload.multisig_address
    }

    public fun inner_entry_function_payload(payload: &MultisigPayload): Option<EntryFunctionPayload> {
        payload.entry_function_payload
    }

    native fun get_txn_hash(): vector<u8>;

    native fun sender_internal(): address;

    native fun secondary_signers_internal(): vector<address>;

    native fun gas_payer_internal(): address;

    native fun max_gas_amount_internal(): u64;

    native fun gas_unit_price_internal(): u64;

    native fun chain_id_internal(): u8;

    native fun entry_function_payload_internal(): Option<EntryFunctionPayload>;

    native fun multisig_payload_internal(): Option<MultisigPayload>;

    native fun generate_unique_address(): address;
}
