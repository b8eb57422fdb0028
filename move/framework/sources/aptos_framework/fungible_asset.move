/// Fungible assets: each has a metadata object, amounts of it are kept in store objects and move as `FungibleAsset`, which cannot be kept,
/// copied or lost.
module aptos_framework::fungible_asset {
    use std::error;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::String;
    use aptos_framework::aggregator_v2::{Self, Aggregator};
    use aptos_framework::event;
    use aptos_framework::object::{Self, ConstructorRef, DeleteRef, ExtendRef, Object};

    friend aptos_framework::aptos_account;
    friend aptos_framework::coin;
    friend aptos_framework::primary_fungible_store;

    /// The reference is to another asset than the amount.
    const ETRANSFER_REF_AND_FUNGIBLE_ASSET_MISMATCH: u64 = 2;
    /// The store is frozen.
    const ESTORE_IS_FROZEN: u64 = 3;
    /// Not enough of the asset.
    const EINSUFFICIENT_BALANCE: u64 = 4;
    /// There would be more of the asset than there may be.
    const EMAX_SUPPLY_EXCEEDED: u64 = 5;
    /// The amounts are of different assets.
    const EFUNGIBLE_ASSET_MISMATCH: u64 = 6;
    /// The store belongs to somebody else.
    const ENOT_STORE_OWNER: u64 = 8;
    /// The reference is to another asset than the store.
    const ETRANSFER_REF_AND_STORE_MISMATCH: u64 = 9;
    /// The store is for another asset than the amount.
    const EFUNGIBLE_ASSET_AND_STORE_MISMATCH: u64 = 11;
    /// What is worth something cannot be thrown away.
    const EAMOUNT_IS_NOT_ZERO: u64 = 12;
    /// The reference is to another asset than the amount.
    const EBURN_REF_AND_FUNGIBLE_ASSET_MISMATCH: u64 = 13;
    /// The store is not empty.
    const EBALANCE_IS_NOT_ZERO: u64 = 14;
    /// The name is too long.
    const ENAME_TOO_LONG: u64 = 15;
    /// The symbol is too long.
    const ESYMBOL_TOO_LONG: u64 = 16;
    /// There are at most 32 decimals.
    const EDECIMALS_TOO_LARGE: u64 = 17;
    /// An asset's metadata can never be deleted.
    const EOBJECT_IS_DELETABLE: u64 = 18;
    /// The URI is too long.
    const EURI_TOO_LONG: u64 = 19;
    /// More would be burnt than there is.
    const ESUPPLY_UNDERFLOW: u64 = 20;
    /// The asset does not count its supply.
    const ESUPPLY_NOT_FOUND: u64 = 21;
    /// There is no store at the address.
    const EFUNGIBLE_STORE_EXISTENCE: u64 = 23;
    /// There is no asset at the address.
    const EFUNGIBLE_METADATA_EXISTENCE: u64 = 30;
    /// The reference is to another asset.
    const ERAW_BALANCE_REF_AND_FUNGIBLE_ASSET_MISMATCH: u64 = 34;

    const MAX_NAME_LENGTH: u64 = 32;
    const MAX_SYMBOL_LENGTH: u64 = 32;
    const MAX_DECIMALS: u8 = 32;
    const MAX_URI_LENGTH: u64 = 512;
    const MAX_U128: u128 = 340282366920938463463374607431768211455;

    /// The older form of `ConcurrentSupply`.
    struct Supply has key {
        current: u128,
        maximum: Option<u128>
    }

    struct ConcurrentSupply has key {
        current: Aggregator<u128>
    }

    struct Metadata has copy, drop, key {
        name: String,
        symbol: String,
        /// Where the decimal point stands when an amount is shown.
        decimals: u8,
        icon_uri: String,
        project_uri: String
    }

    /// The asset's stores stay with their owners.
    struct Untransferable has key {}

    struct FungibleStore has key {
        metadata: Object<Metadata>,
        balance: u64,
        frozen: bool
    }

    struct FungibleAsset {
        metadata: Object<Metadata>,
        amount: u64
    }

    struct MintRef has drop, store {
        metadata: Object<Metadata>
    }

    struct TransferRef has drop, store {
        metadata: Object<Metadata>
    }

    struct RawBalanceRef has drop, store {
        metadata: Object<Metadata>
    }

    struct RawSupplyRef has drop, store {
        metadata: Object<Metadata>
    }

    struct BurnRef has drop, store {
        metadata: Object<Metadata>
    }

    struct MutateMetadataRef has drop, store {
        metadata: Object<Metadata>
    }

    #[event]
    struct Deposit has drop, store {
        store: address,
        amount: u64
    }

    #[event]
    struct Withdraw has drop, store {
        store: address,
        amount: u64
    }

    #[event]
    struct Frozen has drop, store {
        store: address,
        frozen: bool
    }

    #[event]
    struct FungibleStoreDeletion has drop, store {
        store: address,
        owner: address,
        metadata: address
    }

    /// Makes the object an asset's metadata. Without a maximum there may be 2^128-1 of it.
    public fun add_fungibility(
        constructor_ref: &ConstructorRef,
        maximum_supply: Option<u128>,
        name: String,
        symbol: String,
        decimals: u8,
        icon_uri: String,
        project_uri: String
    ): Object<Metadata> {
        assert!(
            !object::can_generate_delete_ref(constructor_ref), error::invalid_argument(EOBJECT_IS_DELETABLE)
        );
        let metadata = Metadata { name, symbol, decimals, icon_uri, project_uri };
        assert_metadata(&metadata);
        let metadata_signer = &object::generate_signer(constructor_ref);
        move_to(metadata_signer, metadata);
        let current =
            if (maximum_supply.is_some()) aggregator_v2::create_aggregator(maximum_supply.destroy_some())
            else aggregator_v2::create_unbounded_aggregator();
        move_to(metadata_signer, ConcurrentSupply { current });
        object::object_from_constructor_ref(constructor_ref)
    }

    public fun set_untransferable(constructor_ref: &ConstructorRef) {
        let metadata_addr = object::address_from_constructor_ref(constructor_ref);
        assert!(exists<Metadata>(metadata_addr), error::not_found(EFUNGIBLE_METADATA_EXISTENCE));
        move_to(&object::generate_signer(constructor_ref), Untransferable {});
    }

    #[view]
    public fun is_untransferable<T: key>(metadata: Object<T>): bool {
        exists<Untransferable>(metadata.object_address())
    }

    public fun generate_mint_ref(constructor_ref: &ConstructorRef): MintRef {
        MintRef { metadata: object::object_from_constructor_ref(constructor_ref) }
    }

    public fun generate_burn_ref(constructor_ref: &ConstructorRef): BurnRef {
        BurnRef { metadata: object::object_from_constructor_ref(constructor_ref) }
    }

    public(friend) fun generate_burn_copy_ref(ref: &BurnRef): BurnRef {
        BurnRef { metadata: ref.metadata }
    }

    public fun generate_transfer_ref(constructor_ref: &ConstructorRef): TransferRef {
        TransferRef { metadata: object::object_from_constructor_ref(constructor_ref) }
    }

    public fun generate_raw_balance_ref(constructor_ref: &ConstructorRef): RawBalanceRef {
        RawBalanceRef { metadata: object::object_from_constructor_ref(constructor_ref) }
    }

    public fun generate_raw_supply_ref(constructor_ref: &ConstructorRef): RawSupplyRef {
        RawSupplyRef { metadata: object::object_from_constructor_ref(constructor_ref) }
    }

    public fun generate_mutate_metadata_ref(constructor_ref: &ConstructorRef): MutateMetadataRef {
        MutateMetadataRef { metadata: object::object_from_constructor_ref(constructor_ref) }
    }

    #[view]
    public fun supply<T: key>(metadata: Object<T>): Option<u128> acquires Supply, ConcurrentSupply {
        let addr = metadata.object_address();
        if (exists<ConcurrentSupply>(addr)) {
            option::some(borrow_global<ConcurrentSupply>(addr).current.read())
        } else if (exists<Supply>(addr)) option::some(borrow_global<Supply>(addr).current)
        else option::none()
    }

    #[view]
    public fun maximum<T: key>(metadata: Object<T>): Option<u128> acquires Supply, ConcurrentSupply {
        let addr = metadata.object_address();
        if (exists<ConcurrentSupply>(addr)) {
            let most = borrow_global<ConcurrentSupply>(addr).current.max_value();
            if (most == MAX_U128) option::none() else option::some(most)
        } else if (exists<Supply>(addr)) borrow_global<Supply>(addr).maximum
        else option::none()
    }

    #[view]
    public fun name<T: key>(metadata: Object<T>): String acquires Metadata {
        borrow_metadata(&metadata).name
    }

    #[view]
    public fun symbol<T: key>(metadata: Object<T>): String acquires Metadata {
        borrow_metadata(&metadata).symbol
    }

    #[view]
    public fun decimals<T: key>(metadata: Object<T>): u8 acquires Metadata {
        borrow_metadata(&metadata).decimals
    }

    #[view]
    public fun icon_uri<T: key>(metadata: Object<T>): String acquires Metadata {
        borrow_metadata(&metadata).icon_uri
    }

    #[view]
    public fun project_uri<T: key>(metadata: Object<T>): String acquires Metadata {
        borrow_metadata(&metadata).project_uri
    }

    #[view]
    public fun metadata<T: key>(metadata: Object<T>): Metadata acquires Metadata {
        *borrow_metadata(&metadata)
    }

    #[view]
    public fun store_exists(store: address): bool {
        exists<FungibleStore>(store)
    }

    public fun metadata_from_asset(fa: &FungibleAsset): Object<Metadata> {
        fa.metadata
    }

    #[view]
    public fun store_metadata<T: key>(store: Object<T>): Object<Metadata> acquires FungibleStore {
        borrow_store(store.object_address()).metadata
    }

    public fun amount(fa: &FungibleAsset): u64 {
        fa.amount
    }

    #[view]
    public fun balance<T: key>(store: Object<T>): u64 acquires FungibleStore {
        borrow_store(store.object_address()).balance
    }

    #[view]
    public fun is_balance_at_least<T: key>(store: Object<T>, amount: u64): bool acquires FungibleStore {
        is_address_balance_at_least(store.object_address(), amount)
    }

    public(friend) fun is_address_balance_at_least(store_addr: address, amount: u64): bool acquires FungibleStore {
        if (store_exists(store_addr)) borrow_store(store_addr).balance >= amount else amount == 0
    }

    #[view]
    public fun is_frozen<T: key>(store: Object<T>): bool acquires FungibleStore {
        let store_addr = store.object_address();
        store_exists(store_addr) && borrow_store(store_addr).frozen
    }

    #[view]
    /// No asset here has functions of its own for withdrawals and deposits.
    public fun is_store_dispatchable<T: key>(store: Object<T>): bool acquires FungibleStore {
        borrow_store(store.object_address());
        false
    }

    #[view]
    /// No asset here has functions of its own for withdrawals and deposits.
    public fun is_asset_type_dispatchable(_metadata: Object<Metadata>): bool {
        false
    }

    public fun asset_metadata(fa: &FungibleAsset): Object<Metadata> {
        fa.metadata
    }

    public fun mint_ref_metadata(ref: &MintRef): Object<Metadata> {
        ref.metadata
    }

    public fun transfer_ref_metadata(ref: &TransferRef): Object<Metadata> {
        ref.metadata
    }

    public fun burn_ref_metadata(ref: &BurnRef): Object<Metadata> {
        ref.metadata
    }

    public fun object_from_metadata_ref(ref: &MutateMetadataRef): Object<Metadata> {
        ref.metadata
    }

    public entry fun transfer<T: key>(
        sender: &signer, from: Object<T>, to: Object<T>, amount: u64
    ) acquires FungibleStore {
        deposit(to, withdraw(sender, from, amount));
    }

    /// Makes the object a store.
    public fun create_store<T: key>(
        constructor_ref: &ConstructorRef, metadata: Object<T>
    ): Object<FungibleStore> {
        move_to(
            &object::generate_signer(constructor_ref),
            FungibleStore { metadata: object::convert(metadata), balance: 0, frozen: false }
        );
        if (is_untransferable(metadata)) object::set_untransferable(constructor_ref);
        object::object_from_constructor_ref(constructor_ref)
    }

    /// Takes an empty store out of its object, which is deleted next.
    public fun remove_store(delete_ref: &DeleteRef) acquires FungibleStore {
        let store = object::object_from_delete_ref<FungibleStore>(delete_ref);
        let addr = store.object_address();
        let FungibleStore { metadata, balance, frozen: _ } = move_from<FungibleStore>(addr);
        assert!(balance == 0, error::permission_denied(EBALANCE_IS_NOT_ZERO));
        event::emit(
            FungibleStoreDeletion {
                store: addr,
                owner: object::owner(store),
                metadata: metadata.object_address()
            }
        );
    }

    public fun withdraw<T: key>(
        owner: &signer, store: Object<T>, amount: u64
    ): FungibleAsset acquires FungibleStore {
        assert!(
            object::owns(store, signer::address_of(owner)), error::permission_denied(ENOT_STORE_OWNER)
        );
        assert_not_frozen(&store);
        unchecked_withdraw(store.object_address(), amount)
    }

    /// Whether `deposit` would succeed is what this aborts by. No asset here has functions of its own for deposits.
    public fun deposit_sanity_check<T: key>(store: Object<T>, _abort_on_dispatch: bool) acquires FungibleStore {
        assert_not_frozen(&store);
    }

    public fun deposit<T: key>(store: Object<T>, fa: FungibleAsset) acquires FungibleStore {
        assert_not_frozen(&store);
        unchecked_deposit(store.object_address(), fa);
    }

    public fun mint(ref: &MintRef, amount: u64): FungibleAsset acquires Supply, ConcurrentSupply {
        mint_internal(ref.metadata, amount)
    }

    public(friend) fun mint_internal(
        metadata: Object<Metadata>, amount: u64
    ): FungibleAsset acquires Supply, ConcurrentSupply {
        increase_supply(metadata.object_address(), (amount as u128));
        FungibleAsset { metadata, amount }
    }

    public fun mint_to<T: key>(
        ref: &MintRef, store: Object<T>, amount: u64
    ) acquires FungibleStore, Supply, ConcurrentSupply {
        deposit(store, mint(ref, amount));
    }

    public fun set_frozen_flag<T: key>(ref: &TransferRef, store: Object<T>, frozen: bool) acquires FungibleStore {
        assert!(
            ref.metadata == store_metadata(store), error::invalid_argument(ETRANSFER_REF_AND_STORE_MISMATCH)
        );
        set_frozen_flag_internal(store, frozen)
    }

    public(friend) fun set_frozen_flag_internal<T: key>(store: Object<T>, frozen: bool) acquires FungibleStore {
        let store = store.object_address();
        borrow_global_mut<FungibleStore>(store).frozen = frozen;
        event::emit(Frozen { store, frozen });
    }

    public fun burn(ref: &BurnRef, fa: FungibleAsset) acquires Supply, ConcurrentSupply {
        assert!(
            ref.metadata == fa.metadata, error::invalid_argument(EBURN_REF_AND_FUNGIBLE_ASSET_MISMATCH)
        );
        burn_internal(fa);
    }

    public(friend) fun burn_internal(fa: FungibleAsset): u64 acquires Supply, ConcurrentSupply {
        let FungibleAsset { metadata, amount } = fa;
        decrease_supply(metadata.object_address(), (amount as u128));
        amount
    }

    /// Also from a frozen store.
    public fun burn_from<T: key>(
        ref: &BurnRef, store: Object<T>, amount: u64
    ) acquires FungibleStore, Supply, ConcurrentSupply {
        burn(ref, unchecked_withdraw(store.object_address(), amount));
    }

    public(friend) fun address_burn_from_for_gas(
        ref: &BurnRef, store_addr: address, amount: u64
    ) acquires FungibleStore, Supply, ConcurrentSupply {
        burn(ref, take(store_addr, amount));
    }

    /// Also from a frozen store.
    public fun withdraw_with_ref<T: key>(
        ref: &TransferRef, store: Object<T>, amount: u64
    ): FungibleAsset acquires FungibleStore {
        assert!(
            ref.metadata == store_metadata(store), error::invalid_argument(ETRANSFER_REF_AND_STORE_MISMATCH)
        );
        unchecked_withdraw(store.object_address(), amount)
    }

    /// Also into a frozen store.
    public fun deposit_with_ref<T: key>(
        ref: &TransferRef, store: Object<T>, fa: FungibleAsset
    ) acquires FungibleStore {
        assert!(
            ref.metadata == fa.metadata, error::invalid_argument(ETRANSFER_REF_AND_FUNGIBLE_ASSET_MISMATCH)
        );
        unchecked_deposit(store.object_address(), fa);
    }

    /// Also between frozen stores.
    public fun transfer_with_ref<T: key>(
        transfer_ref: &TransferRef, from: Object<T>, to: Object<T>, amount: u64
    ) acquires FungibleStore {
        deposit_with_ref(transfer_ref, to, withdraw_with_ref(transfer_ref, from, amount));
    }

    public fun balance_with_ref<T: key>(ref: &RawBalanceRef, store: Object<T>): u64 acquires FungibleStore {
        assert!(
            ref.metadata == store_metadata(store),
            error::invalid_argument(ERAW_BALANCE_REF_AND_FUNGIBLE_ASSET_MISMATCH)
        );
        balance(store)
    }

    public fun supply_with_ref<T: key>(
        ref: &RawSupplyRef, metadata: Object<T>
    ): Option<u128> acquires Supply, ConcurrentSupply {
        assert!(
            ref.metadata.object_address() == metadata.object_address(),
            error::invalid_argument(ERAW_BALANCE_REF_AND_FUNGIBLE_ASSET_MISMATCH)
        );
        supply(metadata)
    }

    /// Changes what is given.
    public fun mutate_metadata(
        metadata_ref: &MutateMetadataRef,
        name: Option<String>,
        symbol: Option<String>,
        decimals: Option<u8>,
        icon_uri: Option<String>,
        project_uri: Option<String>
    ) acquires Metadata {
        let metadata = borrow_global_mut<Metadata>(metadata_ref.metadata.object_address());
        metadata.name = name.destroy_with_default(metadata.name);
        metadata.symbol = symbol.destroy_with_default(metadata.symbol);
        metadata.decimals = decimals.destroy_with_default(metadata.decimals);
        metadata.icon_uri = icon_uri.destroy_with_default(metadata.icon_uri);
        metadata.project_uri = project_uri.destroy_with_default(metadata.project_uri);
        assert_metadata(metadata);
    }

    public fun zero<T: key>(metadata: Object<T>): FungibleAsset {
        FungibleAsset { metadata: object::convert(metadata), amount: 0 }
    }

    public fun extract(fungible_asset: &mut FungibleAsset, amount: u64): FungibleAsset {
        assert!(fungible_asset.amount >= amount, error::invalid_argument(EINSUFFICIENT_BALANCE));
        fungible_asset.amount -= amount;
        FungibleAsset { metadata: fungible_asset.metadata, amount }
    }

    public fun merge(dst_fungible_asset: &mut FungibleAsset, src_fungible_asset: FungibleAsset) {
        let FungibleAsset { metadata, amount } = src_fungible_asset;
        assert!(metadata == dst_fungible_asset.metadata, error::invalid_argument(EFUNGIBLE_ASSET_MISMATCH));
        dst_fungible_asset.amount += amount;
    }

    public fun destroy_zero(fungible_asset: FungibleAsset) {
        let FungibleAsset { metadata: _, amount } = fungible_asset;
        assert!(amount == 0, error::invalid_argument(EAMOUNT_IS_NOT_ZERO));
    }

    public(friend) fun unchecked_deposit(store_addr: address, fa: FungibleAsset) acquires FungibleStore {
        let amount = fa.amount;
        unchecked_deposit_with_no_events(store_addr, fa);
        if (amount != 0) event::emit(Deposit { store: store_addr, amount });
    }

    public(friend) fun unchecked_deposit_with_no_events(
        store_addr: address, fa: FungibleAsset
    ) acquires FungibleStore {
        let FungibleAsset { metadata, amount } = fa;
        let store = borrow_store_mut(store_addr);
        assert!(metadata == store.metadata, error::invalid_argument(EFUNGIBLE_ASSET_AND_STORE_MISMATCH));
        store.balance += amount;
    }

    public(friend) fun unchecked_withdraw(store_addr: address, amount: u64): FungibleAsset acquires FungibleStore {
        let fa = take(store_addr, amount);
        if (amount != 0) event::emit(Withdraw { store: store_addr, amount });
        fa
    }

    /// To an asset of before `ConcurrentSupply`.
    public fun upgrade_to_concurrent(ref: &ExtendRef) acquires Supply {
        let addr = object::address_from_extend_ref(ref);
        assert!(exists<Supply>(addr), error::not_found(ESUPPLY_NOT_FOUND));
        let Supply { current, maximum } = move_from<Supply>(addr);
        let current =
            if (maximum.is_some()) {
                aggregator_v2::create_aggregator_with_value(current, maximum.destroy_some())
            } else aggregator_v2::create_unbounded_aggregator_with_value(current);
        move_to(&object::generate_signer_for_extending(ref), ConcurrentSupply { current });
    }

    fun take(store_addr: address, amount: u64): FungibleAsset acquires FungibleStore {
        let store = borrow_store_mut(store_addr);
        assert!(store.balance >= amount, error::invalid_argument(EINSUFFICIENT_BALANCE));
        store.balance -= amount;
        FungibleAsset { metadata: store.metadata, amount }
    }

    fun increase_supply(metadata_addr: address, amount: u128) acquires Supply, ConcurrentSupply {
        if (amount == 0) return;
        if (exists<ConcurrentSupply>(metadata_addr)) {
            let current = &mut borrow_global_mut<ConcurrentSupply>(metadata_addr).current;
            assert!(current.try_add(amount), error::out_of_range(EMAX_SUPPLY_EXCEEDED));
        } else {
            assert!(exists<Supply>(metadata_addr), error::not_found(ESUPPLY_NOT_FOUND));
            let supply = borrow_global_mut<Supply>(metadata_addr);
            let most = supply.maximum.get_with_default(MAX_U128);
            assert!(most - supply.current >= amount, error::out_of_range(EMAX_SUPPLY_EXCEEDED));
            supply.current += amount;
        }
    }

    fun decrease_supply(metadata_addr: address, amount: u128) acquires Supply, ConcurrentSupply {
        if (amount == 0) return;
        if (exists<ConcurrentSupply>(metadata_addr)) {
            let current = &mut borrow_global_mut<ConcurrentSupply>(metadata_addr).current;
            assert!(current.try_sub(amount), error::out_of_range(ESUPPLY_UNDERFLOW));
        } else {
            assert!(exists<Supply>(metadata_addr), error::not_found(ESUPPLY_NOT_FOUND));
            let supply = borrow_global_mut<Supply>(metadata_addr);
            assert!(supply.current >= amount, error::invalid_state(ESUPPLY_UNDERFLOW));
            supply.current -= amount;
        }
    }

    fun assert_metadata(metadata: &Metadata) {
        assert!(metadata.name.length() <= MAX_NAME_LENGTH, error::out_of_range(ENAME_TOO_LONG));
        assert!(metadata.symbol.length() <= MAX_SYMBOL_LENGTH, error::out_of_range(ESYMBOL_TOO_LONG));
        assert!(metadata.decimals <= MAX_DECIMALS, error::out_of_range(EDECIMALS_TOO_LARGE));
        assert!(metadata.icon_uri.length() <= MAX_URI_LENGTH, error::out_of_range(EURI_TOO_LONG));
        assert!(metadata.project_uri.length() <= MAX_URI_LENGTH, error::out_of_range(EURI_TOO_LONG));
    }

    fun assert_not_frozen<T: key>(store: &Object<T>) acquires FungibleStore {
        assert!(!borrow_store(store.object_address()).frozen, error::permission_denied(ESTORE_IS_FROZEN));
    }

    inline fun borrow_metadata<T: key>(metadata: &Object<T>): &Metadata {
        borrow_global<Metadata>(metadata.object_address())
    }

    inline fun borrow_store(store_addr: address): &FungibleStore {
        assert!(exists<FungibleStore>(store_addr), error::not_found(EFUNGIBLE_STORE_EXISTENCE));
        borrow_global<FungibleStore>(store_addr)
    }

    inline fun borrow_store_mut(store_addr: address): &mut FungibleStore {
        assert!(exists<FungibleStore>(store_addr), error::not_found(EFUNGIBLE_STORE_EXISTENCE));
        borrow_global_mut<FungibleStore>(store_addr)
    }

    #[test_only]
    use std::string;

    #[test_only]
    struct Refs has drop {
        mint: MintRef,
        transfer: TransferRef,
        burn: BurnRef,
        metadata: Object<Metadata>
    }

    #[test_only]
    /// An asset of which there may be 100.
    fun shell(creator: &signer, name: vector<u8>): Refs {
        let ref = object::create_named_object(creator, name);
        let metadata = add_fungibility(
            &ref,
            option::some(100),
            string::utf8(name),
            string::utf8(b"SH"),
            2,
            string::utf8(b"https://shell.example/icon"),
            string::utf8(b"https://shell.example")
        );
        Refs {
            mint: generate_mint_ref(&ref),
            transfer: generate_transfer_ref(&ref),
            burn: generate_burn_ref(&ref),
            metadata
        }
    }

    #[test_only]
    fun store_of(owner: address, refs: &Refs): Object<FungibleStore> {
        create_store(&object::create_object(owner), refs.metadata)
    }

    #[test(creator = @0xc0de, alice = @0xa11ce)]
    fun conserves_the_supply(
        creator: &signer, alice: &signer
    ) acquires FungibleStore, Supply, ConcurrentSupply {
        let refs = shell(creator, b"Shell");
        let purse = store_of(@0xa11ce, &refs);
        let other = store_of(@0xb0b, &refs);
        mint_to(&refs.mint, purse, 60);
        transfer(alice, purse, other, 25);
        assert!(balance(purse) == 35 && balance(other) == 25 && is_balance_at_least(other, 25), 0);
        let part = withdraw(alice, purse, 20);
        let rest = extract(&mut part, 5);
        assert!(amount(&part) == 15 && amount(&rest) == 5 && asset_metadata(&part) == refs.metadata, 1);
        merge(&mut part, rest);
        burn(&refs.burn, part);
        burn_from(&refs.burn, other, 25);
        assert!(supply(refs.metadata) == option::some(15) && maximum(refs.metadata) == option::some(100), 2);
        destroy_zero(withdraw(alice, purse, 0));
        destroy_zero(zero(refs.metadata));
    }

    #[test(creator = @0xc0de)]
    fun moves_what_is_frozen_by_reference(creator: &signer) acquires FungibleStore, Supply, ConcurrentSupply {
        let refs = shell(creator, b"Shell");
        let purse = store_of(@0xa11ce, &refs);
        let other = store_of(@0xb0b, &refs);
        mint_to(&refs.mint, purse, 10);
        set_frozen_flag(&refs.transfer, purse, true);
        assert!(is_frozen(purse) && !is_frozen(other), 0);
        transfer_with_ref(&refs.transfer, purse, other, 10);
        assert!(balance(other) == 10, 1);
    }

    #[test(creator = @0xc0de)]
    fun changes_its_metadata(creator: &signer) acquires Metadata {
        let ref = object::create_named_object(creator, b"Shell");
        let text = string::utf8(b"Shell");
        let shell = add_fungibility(&ref, option::none(), text, text, 2, text, text);
        let mutate = generate_mutate_metadata_ref(&ref);
        mutate_metadata(
            &mutate, option::none(), option::some(string::utf8(b"S")), option::some(3), option::none(), option::none()
        );
        assert!(symbol(shell) == string::utf8(b"S") && decimals(shell) == 3 && name(shell) == text, 0);
        assert!(icon_uri(shell) == text && project_uri(shell) == text && metadata(shell).decimals == 3, 1);
    }

    #[test(creator = @0xc0de)]
    fun removes_an_empty_store(creator: &signer) acquires FungibleStore {
        let refs = shell(creator, b"Shell");
        let ref = object::create_object(@0xa11ce);
        let store = create_store(&ref, refs.metadata);
        let delete_ref = object::generate_delete_ref(&ref);
        remove_store(&delete_ref);
        assert!(!store_exists(store.object_address()), 0);
        object::delete(delete_ref);
    }

    #[test(creator = @0xc0de)]
    #[expected_failure(abort_code = 0x20005, location = Self)]
    fun has_a_maximum(creator: &signer) acquires Supply, ConcurrentSupply, FungibleStore {
        let refs = shell(creator, b"Shell");
        mint_to(&refs.mint, store_of(@0xa11ce, &refs), 101);
    }

    #[test(creator = @0xc0de, mallory = @0xbad)]
    #[expected_failure(abort_code = 0x50008, location = Self)]
    fun is_taken_by_the_owner_alone(creator: &signer, mallory: &signer) acquires FungibleStore {
        let refs = shell(creator, b"Shell");
        destroy_zero(withdraw(mallory, store_of(@0xa11ce, &refs), 0));
    }

    #[test(creator = @0xc0de, alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10004, location = Self)]
    fun gives_no_more_than_there_is(creator: &signer, alice: &signer) acquires FungibleStore {
        let refs = shell(creator, b"Shell");
        destroy_zero(withdraw(alice, store_of(@0xa11ce, &refs), 1));
    }

    #[test(creator = @0xc0de)]
    #[expected_failure(abort_code = 0x1000b, location = Self)]
    fun goes_into_its_own_stores(creator: &signer) acquires FungibleStore, Supply, ConcurrentSupply {
        let shells = shell(creator, b"Shell");
        let pearls = shell(creator, b"Pearl");
        deposit(store_of(@0xa11ce, &shells), mint(&pearls.mint, 1));
    }

    #[test(creator = @0xc0de)]
    #[expected_failure(abort_code = 0x1000d, location = Self)]
    fun is_burnt_by_its_own_reference(creator: &signer) acquires Supply, ConcurrentSupply {
        let shells = shell(creator, b"Shell");
        let pearls = shell(creator, b"Pearl");
        burn(&shells.burn, mint(&pearls.mint, 1));
    }

    #[test(creator = @0xc0de, alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x50003, location = Self)]
    fun stays_when_frozen(creator: &signer, alice: &signer) acquires FungibleStore {
        let refs = shell(creator, b"Shell");
        let purse = store_of(@0xa11ce, &refs);
        set_frozen_flag(&refs.transfer, purse, true);
        destroy_zero(withdraw(alice, purse, 0));
    }

    #[test]
    #[expected_failure(abort_code = 0x10012, location = Self)]
    fun is_never_deleted() {
        let text = string::utf8(b"");
        add_fungibility(&object::create_object(@0xa11ce), option::none(), text, text, 0, text, text);
    }
}
