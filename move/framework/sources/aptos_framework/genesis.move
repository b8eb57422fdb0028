/// The local chain's beginning and its bookkeeping around each transaction. Unlike the rest of this package it has no counterpart on
/// Aptos, where the VM calls private functions: contracts cannot use it.
module aptos_framework::genesis {
    use std::error;
    use std::signer;
    use aptos_framework::account;
    use aptos_framework::aptos_account;
    use aptos_framework::aptos_coin::{Self, AptosCoin};
    use aptos_framework::block;
    use aptos_framework::chain_id;
    use aptos_framework::chain_status;
    use aptos_framework::coin;
    use aptos_framework::randomness;
    use aptos_framework::reconfiguration;
    use aptos_framework::system_addresses;
    use aptos_framework::timestamp;
    use aptos_framework::transaction_fee::{Self, FeeStatement};

    /// The transaction's key is not the account's.
    const EINVALID_ACCOUNT_AUTH_KEY: u64 = 1;
    /// The transaction was sent before.
    const ESEQUENCE_NUMBER_TOO_OLD: u64 = 2;
    /// Transactions before this one are missing.
    const ESEQUENCE_NUMBER_TOO_NEW: u64 = 3;
    /// The account cannot pay for the gas that the transaction allows.
    const ECANT_PAY_GAS_DEPOSIT: u64 = 5;
    /// The transaction came too late.
    const ETRANSACTION_EXPIRED: u64 = 6;
    /// The transaction is for another chain.
    const EBAD_CHAIN_ID: u64 = 7;

    const CORE_RESOURCES: address = @0xa550c18;
    /// Two hours, as on Aptos; what it would end does not exist here.
    const EPOCH_INTERVAL_MICROS: u64 = 7200000000;

    /// Once, before the first transaction: accounts of the chain itself, clock, chain id, blocks, coin and bank.
    public fun initialize(aptos_framework: &signer, id: u8) {
        system_addresses::assert_aptos_framework(aptos_framework);
        account::create_framework_reserved_account(@aptos_framework);
        account::initialize(aptos_framework);
        timestamp::set_time_has_started(aptos_framework);
        chain_id::initialize(aptos_framework, id);
        reconfiguration::initialize(aptos_framework);
        block::initialize(aptos_framework, EPOCH_INTERVAL_MICROS);
        randomness::initialize(aptos_framework);
        let (burn_cap, mint_cap) = aptos_coin::initialize(aptos_framework);
        coin::create_coin_conversion_map(aptos_framework);
        coin::create_pairing<AptosCoin>(aptos_framework);
        transaction_fee::store_aptos_coin_burn_cap(aptos_framework, burn_cap);
        transaction_fee::store_aptos_coin_mint_cap(aptos_framework, mint_cap);
        let core_resources = account::create_account(CORE_RESOURCES);
        aptos_coin::configure_accounts_for_test(aptos_framework, &core_resources, mint_cap);
        chain_status::set_genesis_end(aptos_framework);
    }

    /// Before a transaction: may it run? Aborts with the reason if not. An account that is not there yet may be paid for by another.
    public fun prologue(
        vm: &signer,
        sender: address,
        authentication_key: vector<u8>,
        sequence_number: u64,
        gas_payer: address,
        gas_unit_price: u64,
        max_gas_amount: u64,
        expiration_seconds: u64,
        chain: u8
    ) {
        system_addresses::assert_vm(vm);
        assert!(timestamp::now_seconds() < expiration_seconds, error::invalid_argument(ETRANSACTION_EXPIRED));
        assert!(chain_id::get() == chain, error::invalid_argument(EBAD_CHAIN_ID));
        assert!(
            authentication_key == account::get_authentication_key(sender),
            error::invalid_argument(EINVALID_ACCOUNT_AUTH_KEY)
        );
        let expected = account::get_sequence_number(sender);
        assert!(sequence_number >= expected, error::invalid_argument(ESEQUENCE_NUMBER_TOO_OLD));
        assert!(sequence_number == expected, error::invalid_argument(ESEQUENCE_NUMBER_TOO_NEW));
        let deposit = (gas_unit_price as u128) * (max_gas_amount as u128);
        assert!(
            (coin::balance<AptosCoin>(gas_payer) as u128) >= deposit,
            error::invalid_argument(ECANT_PAY_GAS_DEPOSIT)
        );
    }

    /// After a transaction, whether it succeeded or not: the sequence number is used, and the payer pays the fee less what comes back for storage,
    /// or is given the rest.
    public fun epilogue(
        vm: &signer,
        sender: address,
        gas_payer: address,
        gas_unit_price: u64,
        gas_used: u64,
        statement: FeeStatement
    ) {
        system_addresses::assert_vm(vm);
        let fee = gas_unit_price * gas_used;
        let storage_fee_refund = transaction_fee::storage_fee_refund_octas(&statement);
        if (fee > storage_fee_refund) {
            transaction_fee::burn_fee(gas_payer, fee - storage_fee_refund);
        } else if (fee < storage_fee_refund && gas_unit_price > 0) {
            transaction_fee::mint_and_refund(gas_payer, storage_fee_refund - fee);
        };
        account::create_account_if_does_not_exist(sender);
        account::increment_sequence_number(sender);
        transaction_fee::emit_fee_statement(statement);
    }

    /// The faucet: new coins from the bank, to an account that may have to be made.
    public entry fun fund(core_resources: &signer, to: address, amount: u64) {
        system_addresses::assert_core_resource_address(signer::address_of(core_resources));
        if (!account::exists_at(to)) aptos_account::create_account(to);
        aptos_coin::mint(core_resources, to, amount);
    }

    #[test_only]
    use aptos_framework::create_signer::create_signer;

    #[test_only]
    const KEY: vector<u8> = x"00000000000000000000000000000000000000000000000000000000000a11ce";

    #[test_only]
    /// A chain with id 4 at second 10, and Alice with 1,000.
    fun set_up(framework: &signer, vm: &signer) {
        initialize(framework, 4);
        timestamp::update_global_time(vm, @0xca401, 10000000);
        fund(&create_signer(CORE_RESOURCES), @0xa11ce, 1000);
    }

    #[test_only]
    fun refunding(octas: u64): FeeStatement {
        transaction_fee::new_fee_statement(30, 20, 11, 0, octas)
    }

    #[test(framework = @0x1, vm = @0x0)]
    fun charges_and_counts(framework: &signer, vm: &signer) {
        set_up(framework, vm);
        let supply = *std::option::borrow(&coin::supply<AptosCoin>());
        prologue(vm, @0xa11ce, KEY, 0, @0xa11ce, 10, 100, 11, 4);
        epilogue(vm, @0xa11ce, @0xa11ce, 10, 30, refunding(0));
        assert!(coin::balance<AptosCoin>(@0xa11ce) == 700, 0);
        assert!(coin::supply<AptosCoin>() == std::option::some(supply - 300), 1);
        assert!(account::get_sequence_number(@0xa11ce) == 1, 2);
    }

    #[test(framework = @0x1, vm = @0x0)]
    fun gives_back_what_storage_was_paid_for(framework: &signer, vm: &signer) {
        set_up(framework, vm);
        let supply = *std::option::borrow(&coin::supply<AptosCoin>());
        epilogue(vm, @0xa11ce, @0xa11ce, 10, 30, refunding(120));
        assert!(coin::balance<AptosCoin>(@0xa11ce) == 820, 0);
        epilogue(vm, @0xa11ce, @0xa11ce, 10, 30, refunding(300));
        assert!(coin::balance<AptosCoin>(@0xa11ce) == 820, 1);
        epilogue(vm, @0xa11ce, @0xa11ce, 10, 30, refunding(1300));
        assert!(coin::balance<AptosCoin>(@0xa11ce) == 1820, 2);
        assert!(coin::supply<AptosCoin>() == std::option::some(supply + 820), 3);
        assert!(std::vector::length(&aptos_framework::event::emitted_events<FeeStatement>()) == 3, 4);
    }

    #[test(framework = @0x1, vm = @0x0)]
    fun lets_another_pay(framework: &signer, vm: &signer) {
        set_up(framework, vm);
        let key = x"0000000000000000000000000000000000000000000000000000000000000b0b";
        prologue(vm, @0xb0b, key, 0, @0xa11ce, 1, 100, 11, 4);
        epilogue(vm, @0xb0b, @0xa11ce, 1, 100, refunding(0));
        assert!(account::get_sequence_number(@0xb0b) == 1, 0);
        assert!(coin::balance<AptosCoin>(@0xa11ce) == 900, 1);
    }

    #[test(framework = @0x1, vm = @0x0)]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun runs_nothing_twice(framework: &signer, vm: &signer) {
        set_up(framework, vm);
        epilogue(vm, @0xa11ce, @0xa11ce, 1, 1, refunding(0));
        prologue(vm, @0xa11ce, KEY, 0, @0xa11ce, 1, 1, 11, 4);
    }

    #[test(framework = @0x1, vm = @0x0)]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun skips_nothing(framework: &signer, vm: &signer) {
        set_up(framework, vm);
        prologue(vm, @0xa11ce, KEY, 1, @0xa11ce, 1, 1, 11, 4);
    }

    #[test(framework = @0x1, vm = @0x0)]
    #[expected_failure(abort_code = 0x10005, location = Self)]
    fun wants_the_gas_first(framework: &signer, vm: &signer) {
        set_up(framework, vm);
        prologue(vm, @0xa11ce, KEY, 0, @0xa11ce, 11, 100, 11, 4);
    }

    #[test(framework = @0x1, vm = @0x0)]
    #[expected_failure(abort_code = 0x10006, location = Self)]
    fun runs_nothing_late(framework: &signer, vm: &signer) {
        set_up(framework, vm);
        prologue(vm, @0xa11ce, KEY, 0, @0xa11ce, 1, 1, 10, 4);
    }

    #[test(framework = @0x1, vm = @0x0)]
    #[expected_failure(abort_code = 0x10007, location = Self)]
    fun runs_nothing_of_another_chain(framework: &signer, vm: &signer) {
        set_up(framework, vm);
        prologue(vm, @0xa11ce, KEY, 0, @0xa11ce, 1, 1, 11, 1);
    }

    #[test(framework = @0x1, vm = @0x0)]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun runs_nothing_for_another_key(framework: &signer, vm: &signer) {
        set_up(framework, vm);
        prologue(vm, @0xa11ce, x"00", 0, @0xa11ce, 1, 1, 11, 4);
    }
}
