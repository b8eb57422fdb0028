/// Sending coins and assets to an address, whether there is an account yet or not.
module aptos_framework::aptos_account {
    use std::error;
    use std::signer;
    use std::vector;
    use aptos_framework::account;
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::coin::{Self, Coin};
    use aptos_framework::create_signer::create_signer;
    use aptos_framework::event;
    use aptos_framework::fungible_asset::{Self, BurnRef, FungibleAsset, Metadata};
    use aptos_framework::object::{Self, Object};
    use aptos_framework::primary_fungible_store;

    friend aptos_framework::genesis;
    friend aptos_framework::resource_account;

    /// There is no account at the address.
    const EACCOUNT_NOT_FOUND: u64 = 1;
    /// The account does not hold APT.
    const EACCOUNT_NOT_REGISTERED_FOR_APT: u64 = 2;
    /// The account takes no coins that it has not registered for.
    const EACCOUNT_DOES_NOT_ACCEPT_DIRECT_COIN_TRANSFERS: u64 = 3;
    /// As many amounts as recipients are needed.
    const EMISMATCHING_RECIPIENTS_AND_AMOUNTS_LENGTH: u64 = 5;

    /// Whether others may send the account coins that it has not registered for. Absent: yes.
    struct DirectTransferConfig has key {
        allow_arbitrary_coin_transfers: bool
    }

    #[event]
    struct DirectCoinTransferConfigUpdated has drop, store {
        account: address,
        new_allow_direct_transfers: bool
    }

    public entry fun create_account(auth_key: address) {
        account::create_account(auth_key);
    }

    public entry fun batch_transfer(
        source: &signer, recipients: vector<address>, amounts: vector<u64>
    ) {
        assert_same_length(&recipients, &amounts);
        vector::enumerate_ref(&recipients, |i, to| transfer(source, *to, *vector::borrow(&amounts, i)));
    }

    public entry fun transfer(source: &signer, to: address, amount: u64) {
        if (!account::exists_at(to)) create_account(to);
        fungible_transfer_only(source, to, amount)
    }

    public entry fun batch_transfer_coins<CoinType>(
        from: &signer, recipients: vector<address>, amounts: vector<u64>
    ) acquires DirectTransferConfig {
        assert_same_length(&recipients, &amounts);
        vector::enumerate_ref(&recipients, |i, to|
            transfer_coins<CoinType>(from, *to, *vector::borrow(&amounts, i))
        );
    }

    public entry fun transfer_coins<CoinType>(
        from: &signer, to: address, amount: u64
    ) acquires DirectTransferConfig {
        deposit_coins(to, coin::withdraw<CoinType>(from, amount));
    }

    public fun deposit_coins<CoinType>(to: address, coins: Coin<CoinType>) acquires DirectTransferConfig {
        if (!account::exists_at(to)) create_account(to);
        if (!coin::is_account_registered<CoinType>(to)) {
            assert!(
                can_receive_direct_coin_transfers(to),
                error::permission_denied(EACCOUNT_DOES_NOT_ACCEPT_DIRECT_COIN_TRANSFERS)
            );
            coin::register<CoinType>(&create_signer(to));
        };
        coin::deposit<CoinType>(to, coins)
    }

    public entry fun batch_transfer_fungible_assets(
        from: &signer, metadata: Object<Metadata>, recipients: vector<address>, amounts: vector<u64>
    ) {
        assert_same_length(&recipients, &amounts);
        vector::enumerate_ref(&recipients, |i, to|
            transfer_fungible_assets(from, metadata, *to, *vector::borrow(&amounts, i))
        );
    }

    public entry fun transfer_fungible_assets(
        from: &signer, metadata: Object<Metadata>, to: address, amount: u64
    ) {
        deposit_fungible_assets(to, primary_fungible_store::withdraw(from, metadata, amount));
    }

    public fun deposit_fungible_assets(to: address, fa: FungibleAsset) {
        if (!account::exists_at(to)) create_account(to);
        primary_fungible_store::deposit(to, fa)
    }

    public fun assert_account_exists(addr: address) {
        assert!(account::exists_at(addr), error::not_found(EACCOUNT_NOT_FOUND));
    }

    public fun assert_account_is_registered_for_apt(addr: address) {
        assert_account_exists(addr);
        assert!(
            coin::is_account_registered<AptosCoin>(addr), error::not_found(EACCOUNT_NOT_REGISTERED_FOR_APT)
        );
    }

    public entry fun set_allow_direct_coin_transfers(account: &signer, allow: bool) acquires DirectTransferConfig {
        let addr = signer::address_of(account);
        if (exists<DirectTransferConfig>(addr)) {
            let config = borrow_global_mut<DirectTransferConfig>(addr);
            if (config.allow_arbitrary_coin_transfers == allow) return;
            config.allow_arbitrary_coin_transfers = allow;
        } else {
            move_to(account, DirectTransferConfig { allow_arbitrary_coin_transfers: allow });
        };
        event::emit(DirectCoinTransferConfigUpdated { account: addr, new_allow_direct_transfers: allow });
    }

    #[view]
    public fun can_receive_direct_coin_transfers(account: address): bool acquires DirectTransferConfig {
        !exists<DirectTransferConfig>(account)
            || borrow_global<DirectTransferConfig>(account).allow_arbitrary_coin_transfers
    }

    /// APT is held without registration.
    public(friend) fun register_apt(_account_signer: &signer) {}

    /// From store to store: APT is never frozen, and its stores stay with their owners.
    public(friend) entry fun fungible_transfer_only(source: &signer, to: address, amount: u64) {
        let sender_store = ensure_apt_store(signer::address_of(source));
        let recipient_store = ensure_apt_store(to);
        fungible_asset::unchecked_deposit(
            recipient_store, fungible_asset::unchecked_withdraw(sender_store, amount)
        );
    }

    public(friend) fun is_fungible_balance_at_least(account: address, amount: u64): bool {
        fungible_asset::is_address_balance_at_least(apt_store_address(account), amount)
    }

    public(friend) fun burn_from_fungible_store_for_gas(ref: &BurnRef, account: address, amount: u64) {
        if (amount != 0) fungible_asset::address_burn_from_for_gas(ref, apt_store_address(account), amount);
    }

    fun ensure_apt_store(owner: address): address {
        let store = apt_store_address(owner);
        if (!fungible_asset::store_exists(store)) {
            let apt = object::address_to_object<Metadata>(@aptos_fungible_asset);
            primary_fungible_store::create_primary_store(owner, apt);
        };
        store
    }

    fun apt_store_address(account: address): address {
        object::create_user_derived_object_address(account, @aptos_fungible_asset)
    }

    fun assert_same_length(recipients: &vector<address>, amounts: &vector<u64>) {
        assert!(
            vector::length(recipients) == vector::length(amounts),
            error::invalid_argument(EMISMATCHING_RECIPIENTS_AND_AMOUNTS_LENGTH)
        );
    }

    #[test_only]
    use aptos_framework::aptos_coin;

    #[test_only]
    /// Alice with 1,000.
    fun set_up(framework: &signer): signer {
        let (burn_cap, mint_cap) = aptos_coin::initialize_for_test(framework);
        create_account(@0xa11ce);
        coin::deposit(@0xa11ce, coin::mint(1000, &mint_cap));
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_mint_cap(mint_cap);
        create_signer(@0xa11ce)
    }

    #[test(framework = @0x1)]
    fun makes_accounts_by_sending(framework: &signer) acquires DirectTransferConfig {
        let alice = set_up(framework);
        transfer(&alice, @0xb0b, 300);
        batch_transfer(&alice, vector[@0xb0b, @0xca401], vector[50, 150]);
        transfer_coins<AptosCoin>(&alice, @0xda4e, 500);
        assert!(coin::balance<AptosCoin>(@0xb0b) == 350 && coin::balance<AptosCoin>(@0xca401) == 150, 0);
        assert!(coin::balance<AptosCoin>(@0xda4e) == 500 && coin::balance<AptosCoin>(@0xa11ce) == 0, 1);
        assert_account_is_registered_for_apt(@0xda4e);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x10005, location = Self)]
    fun needs_an_amount_for_each(framework: &signer) {
        let alice = set_up(framework);
        batch_transfer(&alice, vector[@0xb0b], vector[]);
    }

    #[test(framework = @0x1)]
    fun sends_assets(framework: &signer) {
        let alice = set_up(framework);
        let apt = object::address_to_object<Metadata>(@aptos_fungible_asset);
        batch_transfer_fungible_assets(&alice, apt, vector[@0xb0b, @0xca401], vector[100, 200]);
        assert!(account::exists_at(@0xb0b) && is_fungible_balance_at_least(@0xca401, 200), 0);
        assert!(coin::balance<AptosCoin>(@0xb0b) == 100 && !is_fungible_balance_at_least(@0xb0b, 101), 1);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x10004, location = aptos_framework::fungible_asset)]
    fun sends_no_more_than_there_is(framework: &signer) {
        let alice = set_up(framework);
        transfer(&alice, @0xb0b, 1001);
    }
}
