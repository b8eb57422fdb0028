/// One store of every fungible asset for every account, at an address that everybody can compute, made when it is first needed.
module aptos_framework::primary_fungible_store {
    use std::option::Option;
    use std::signer;
    use std::string::String;
    use aptos_framework::fungible_asset::{
        Self, BurnRef, FungibleAsset, FungibleStore, Metadata, MintRef, TransferRef
    };
    use aptos_framework::object::{Self, ConstructorRef, DeriveRef, Object};

    /// With an asset's metadata: lets anybody make the stores.
    struct DeriveRefPod has key {
        metadata_derive_ref: DeriveRef
    }

    /// As `fungible_asset::add_fungibility`, and every account can hold the asset.
    public fun create_primary_store_enabled_fungible_asset(
        constructor_ref: &ConstructorRef,
        maximum_supply: Option<u128>,
        name: String,
        symbol: String,
        decimals: u8,
        icon_uri: String,
        project_uri: String
    ) {
        fungible_asset::add_fungibility(
            constructor_ref, maximum_supply, name, symbol, decimals, icon_uri, project_uri
        );
        let metadata_derive_ref = object::generate_derive_ref(constructor_ref);
        move_to(&object::generate_signer(constructor_ref), DeriveRefPod { metadata_derive_ref });
    }

    public fun ensure_primary_store_exists<T: key>(
        owner: address, metadata: Object<T>
    ): Object<FungibleStore> acquires DeriveRefPod {
        let store = primary_store_address(owner, metadata);
        if (fungible_asset::store_exists(store)) object::address_to_object(store)
        else create_primary_store(owner, metadata)
    }

    public fun create_primary_store<T: key>(
        owner_addr: address, metadata: Object<T>
    ): Object<FungibleStore> acquires DeriveRefPod {
        let metadata_addr = metadata.object_address();
        object::address_to_object<Metadata>(metadata_addr);
        let derive_ref = &borrow_global<DeriveRefPod>(metadata_addr).metadata_derive_ref;
        let constructor_ref = object::create_user_derived_object(owner_addr, derive_ref);
        // A primary store stays with its owner.
        object::disable_ungated_transfer(&object::generate_transfer_ref(&constructor_ref));
        fungible_asset::create_store(&constructor_ref, metadata)
    }

    #[view]
    public fun primary_store_address<T: key>(owner: address, metadata: Object<T>): address {
        object::create_user_derived_object_address(owner, metadata.object_address())
    }

    #[view]
    public fun primary_store<T: key>(owner: address, metadata: Object<T>): Object<FungibleStore> {
        object::address_to_object(primary_store_address(owner, metadata))
    }

    #[view]
    public fun primary_store_exists<T: key>(account: address, metadata: Object<T>): bool {
        fungible_asset::store_exists(primary_store_address(account, metadata))
    }

    public inline fun primary_store_address_inlined<T: key>(owner: address, metadata: Object<T>): address {
        aptos_framework::object::create_user_derived_object_address(
            owner, aptos_framework::object::object_address(&metadata)
        )
    }

    public inline fun primary_store_inlined<T: key>(owner: address, metadata: Object<T>): Object<FungibleStore> {
        aptos_framework::object::address_to_object(primary_store_address_inlined(owner, metadata))
    }

    public inline fun primary_store_exists_inlined<T: key>(account: address, metadata: Object<T>): bool {
        aptos_framework::fungible_asset::store_exists(primary_store_address_inlined(account, metadata))
    }

    #[view]
    public fun balance<T: key>(account: address, metadata: Object<T>): u64 {
        if (!primary_store_exists(account, metadata)) return 0;
        fungible_asset::balance(primary_store(account, metadata))
    }

    #[view]
    public fun is_balance_at_least<T: key>(account: address, metadata: Object<T>, amount: u64): bool {
        if (!primary_store_exists(account, metadata)) return amount == 0;
        fungible_asset::is_balance_at_least(primary_store(account, metadata), amount)
    }

    #[view]
    public fun is_frozen<T: key>(account: address, metadata: Object<T>): bool {
        primary_store_exists(account, metadata) && fungible_asset::is_frozen(primary_store(account, metadata))
    }

    public fun withdraw<T: key>(
        owner: &signer, metadata: Object<T>, amount: u64
    ): FungibleAsset acquires DeriveRefPod {
        let store = ensure_primary_store_exists(signer::address_of(owner), metadata);
        fungible_asset::withdraw(owner, store, amount)
    }

    public fun deposit(owner: address, fa: FungibleAsset) acquires DeriveRefPod {
        let store = ensure_primary_store_exists(owner, fungible_asset::asset_metadata(&fa));
        fungible_asset::deposit(store, fa);
    }

    public fun deposit_with_signer(owner: &signer, fa: FungibleAsset) acquires DeriveRefPod {
        deposit(signer::address_of(owner), fa)
    }

    public entry fun transfer<T: key>(
        sender: &signer, metadata: Object<T>, recipient: address, amount: u64
    ) acquires DeriveRefPod {
        let from = ensure_primary_store_exists(signer::address_of(sender), metadata);
        let to = ensure_primary_store_exists(recipient, metadata);
        fungible_asset::transfer(sender, from, to, amount);
    }

    public fun mint(mint_ref: &MintRef, owner: address, amount: u64) acquires DeriveRefPod {
        let store = ensure_primary_store_exists(owner, fungible_asset::mint_ref_metadata(mint_ref));
        fungible_asset::mint_to(mint_ref, store, amount);
    }

    public fun burn(burn_ref: &BurnRef, owner: address, amount: u64) {
        let store = primary_store(owner, fungible_asset::burn_ref_metadata(burn_ref));
        fungible_asset::burn_from(burn_ref, store, amount);
    }

    public fun set_frozen_flag(transfer_ref: &TransferRef, owner: address, frozen: bool) acquires DeriveRefPod {
        let store = ensure_primary_store_exists(owner, fungible_asset::transfer_ref_metadata(transfer_ref));
        fungible_asset::set_frozen_flag(transfer_ref, store, frozen);
    }

    /// Also from a frozen store.
    public fun withdraw_with_ref(transfer_ref: &TransferRef, owner: address, amount: u64): FungibleAsset {
        let store = primary_store(owner, fungible_asset::transfer_ref_metadata(transfer_ref));
        fungible_asset::withdraw_with_ref(transfer_ref, store, amount)
    }

    /// Also into a frozen store.
    public fun deposit_with_ref(
        transfer_ref: &TransferRef, owner: address, fa: FungibleAsset
    ) acquires DeriveRefPod {
        let store = ensure_primary_store_exists(owner, fungible_asset::transfer_ref_metadata(transfer_ref));
        fungible_asset::deposit_with_ref(transfer_ref, store, fa);
    }

    /// Also between frozen stores.
    public fun transfer_with_ref(
        transfer_ref: &TransferRef, from: address, to: address, amount: u64
    ) acquires DeriveRefPod {
        deposit_with_ref(transfer_ref, to, withdraw_with_ref(transfer_ref, from, amount));
    }

    #[test_only]
    use std::option;
    #[test_only]
    use std::string;

    #[test_only]
    public fun create_test_asset(creator: &signer): (MintRef, TransferRef, BurnRef, Object<Metadata>) {
        let ref = object::create_named_object(creator, b"SHELL");
        create_primary_store_enabled_fungible_asset(
            &ref,
            option::some(1000),
            string::utf8(b"Shell"),
            string::utf8(b"SH"),
            2,
            string::utf8(b""),
            string::utf8(b"")
        );
        (
            fungible_asset::generate_mint_ref(&ref),
            fungible_asset::generate_transfer_ref(&ref),
            fungible_asset::generate_burn_ref(&ref),
            object::object_from_constructor_ref(&ref)
        )
    }

    #[test(creator = @0xc0de, alice = @0xa11ce)]
    fun makes_stores_by_sending(creator: &signer, alice: &signer) acquires DeriveRefPod {
        let (mint_ref, transfer_ref, burn_ref, shell) = create_test_asset(creator);
        assert!(!primary_store_exists(@0xa11ce, shell) && balance(@0xa11ce, shell) == 0, 0);
        mint(&mint_ref, @0xa11ce, 100);
        transfer(alice, shell, @0xb0b, 30);
        assert!(balance(@0xa11ce, shell) == 70 && balance(@0xb0b, shell) == 30, 1);
        assert!(is_balance_at_least(@0xb0b, shell, 30) && !is_balance_at_least(@0xca401, shell, 1), 2);
        burn(&burn_ref, @0xb0b, 10);
        set_frozen_flag(&transfer_ref, @0xb0b, true);
        transfer_with_ref(&transfer_ref, @0xb0b, @0xca401, 20);
        assert!(is_frozen(@0xb0b, shell) && !is_frozen(@0xca401, shell) && balance(@0xca401, shell) == 20, 3);
        deposit_with_signer(alice, withdraw(alice, shell, 5));
        assert!(fungible_asset::supply(shell) == option::some(90), 4);
        let store = primary_store(@0xa11ce, shell);
        assert!(object::is_owner(store, @0xa11ce) && !object::ungated_transfer_allowed(store), 5);
    }

    #[test(creator = @0xc0de, bob = @0xb0b)]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::fungible_asset)]
    fun stays_when_frozen(creator: &signer, bob: &signer) acquires DeriveRefPod {
        let (_, transfer_ref, _, shell) = create_test_asset(creator);
        set_frozen_flag(&transfer_ref, @0xb0b, true);
        transfer(bob, shell, @0xa11ce, 0);
    }
}
