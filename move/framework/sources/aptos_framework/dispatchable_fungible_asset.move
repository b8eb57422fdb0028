/// On Aptos an asset may bring functions of its own for what is paid in and out, and this module calls them. Here no asset has any: every
/// store is as `fungible_asset` has it, and callers of this module find the same.
module aptos_framework::dispatchable_fungible_asset {
    use std::error;
    use std::option::Option;
    use aptos_framework::fungible_asset::{Self, FungibleAsset};
    use aptos_framework::object::Object;

    /// Less has arrived than was asked for.
    const EAMOUNT_MISMATCH: u64 = 2;

    public fun withdraw<T: key>(owner: &signer, store: Object<T>, amount: u64): FungibleAsset {
        fungible_asset::withdraw(owner, store, amount)
    }

    public fun deposit<T: key>(store: Object<T>, fa: FungibleAsset) {
        fungible_asset::deposit(store, fa);
    }

    public entry fun transfer<T: key>(
        sender: &signer, from: Object<T>, to: Object<T>, amount: u64
    ) {
        deposit(to, withdraw(sender, from, amount));
    }

    public entry fun transfer_assert_minimum_deposit<T: key>(
        sender: &signer, from: Object<T>, to: Object<T>, amount: u64, expected: u64
    ) {
        let before = fungible_asset::balance(to);
        transfer(sender, from, to, amount);
        assert!(fungible_asset::balance(to) - before >= expected, error::aborted(EAMOUNT_MISMATCH));
    }

    #[view]
    public fun derived_balance<T: key>(store: Object<T>): u64 {
        fungible_asset::balance(store)
    }

    #[view]
    public fun is_derived_balance_at_least<T: key>(store: Object<T>, amount: u64): bool {
        fungible_asset::is_balance_at_least(store, amount)
    }

    #[view]
    public fun derived_supply<T: key>(metadata: Object<T>): Option<u128> {
        fungible_asset::supply(metadata)
    }

    #[test_only]
    use std::option;
    #[test_only]
    use std::signer;
    #[test_only]
    use std::string;
    #[test_only]
    use aptos_framework::fungible_asset::FungibleStore;
    #[test_only]
    use aptos_framework::object;

    #[test_only]
    /// Two stores of alice's, ten in the first.
    fun two_stores(alice: &signer): (Object<FungibleStore>, Object<FungibleStore>) {
        let asset = object::create_named_object(alice, b"asset");
        let (name, symbol, uri) = (string::utf8(b"Gold"), string::utf8(b"AU"), string::utf8(b""));
        let metadata = fungible_asset::add_fungibility(&asset, option::none(), name, symbol, 2, uri, uri);
        let owner = signer::address_of(alice);
        let first = fungible_asset::create_store(&object::create_object(owner), metadata);
        let second = fungible_asset::create_store(&object::create_object(owner), metadata);
        deposit(first, fungible_asset::mint(&fungible_asset::generate_mint_ref(&asset), 10));
        (first, second)
    }

    #[test(alice = @0xa11ce)]
    fun moves_between_stores(alice: &signer) {
        let (first, second) = two_stores(alice);
        transfer(alice, first, second, 3);
        transfer_assert_minimum_deposit(alice, first, second, 2, 2);
        assert!(derived_balance(first) == 5 && is_derived_balance_at_least(second, 5), 0);
        let supply = derived_supply(fungible_asset::store_metadata(first));
        assert!(supply == option::some(10), 1);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x70002, location = Self)]
    fun promises_what_arrives(alice: &signer) {
        let (first, second) = two_stores(alice);
        transfer_assert_minimum_deposit(alice, first, second, 2, 3);
    }
}
