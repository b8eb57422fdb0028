/// Coins: amounts that can be moved, split and joined, but neither copied nor lost. The older form of fungible assets: every coin can be paired
/// with an asset, and then an account holds the sum of both. APT is paired from the beginning and kept as the asset.
module aptos_framework::coin {
    use std::error;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::{Self, String};
    use aptos_std::table::{Self, Table};
    use aptos_std::type_info::{Self, TypeInfo};
    use aptos_framework::account;
    use aptos_framework::create_signer::create_signer;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::fungible_asset::{Self, BurnRef, FungibleAsset, Metadata, MintRef, TransferRef};
    use aptos_framework::guid;
    use aptos_framework::object::{Self, Object};
    use aptos_framework::primary_fungible_store;
    use aptos_framework::system_addresses;

    friend aptos_framework::aptos_coin;
    friend aptos_framework::genesis;
    friend aptos_framework::transaction_fee;

    /// A coin is initialised by the account that declares its type.
    const ECOIN_INFO_ADDRESS_MISMATCH: u64 = 1;
    /// The coin has been initialised already.
    const ECOIN_INFO_ALREADY_PUBLISHED: u64 = 2;
    /// The coin has not been initialised.
    const ECOIN_INFO_NOT_PUBLISHED: u64 = 3;
    /// The account does not hold this coin and has not registered for it.
    const ECOIN_STORE_NOT_PUBLISHED: u64 = 5;
    /// Not enough coins.
    const EINSUFFICIENT_BALANCE: u64 = 6;
    /// Coins that are worth something cannot be thrown away.
    const EDESTRUCTION_OF_NONZERO_TOKEN: u64 = 7;
    /// The account's coins are frozen.
    const EFROZEN: u64 = 10;
    /// A supply is counted as it was from the beginning.
    const ECOIN_SUPPLY_UPGRADE_NOT_SUPPORTED: u64 = 11;
    /// The name is too long.
    const ECOIN_NAME_TOO_LONG: u64 = 12;
    /// The symbol is too long.
    const ECOIN_SYMBOL_TOO_LONG: u64 = 13;
    /// The asset is not paired with a coin.
    const EPAIRED_COIN: u64 = 15;
    /// The coin is not paired with an asset.
    const EPAIRED_FUNGIBLE_ASSET: u64 = 16;
    /// The asset is paired with another coin.
    const ECOIN_TYPE_MISMATCH: u64 = 17;
    /// The references of the asset are not there.
    const EPAIRED_FUNGIBLE_ASSET_REFS_NOT_FOUND: u64 = 19;
    /// The receipt is for another reference.
    const EMINT_REF_RECEIPT_MISMATCH: u64 = 20;
    /// Somebody else has the reference.
    const EMINT_REF_NOT_FOUND: u64 = 21;
    /// The receipt is for another reference.
    const ETRANSFER_REF_RECEIPT_MISMATCH: u64 = 22;
    /// Somebody else has the reference.
    const ETRANSFER_REF_NOT_FOUND: u64 = 23;
    /// The receipt is for another reference.
    const EBURN_REF_RECEIPT_MISMATCH: u64 = 24;
    /// Somebody else has the reference.
    const EBURN_REF_NOT_FOUND: u64 = 25;
    /// The chain has not begun to pair coins.
    const ECOIN_CONVERSION_MAP_NOT_FOUND: u64 = 27;
    /// APT is paired when the chain begins.
    const EAPT_PAIRING_IS_NOT_ENABLED: u64 = 28;

    const MAX_COIN_NAME_LENGTH: u64 = 32;
    const MAX_COIN_SYMBOL_LENGTH: u64 = 32;

    struct Coin<phantom CoinType> has store {
        value: u64
    }

    struct CoinStore<phantom CoinType> has key {
        coin: Coin<CoinType>,
        frozen: bool,
        deposit_events: EventHandle<DepositEvent>,
        withdraw_events: EventHandle<WithdrawEvent>
    }

    struct CoinInfo<phantom CoinType> has key {
        name: String,
        symbol: String,
        /// Where the decimal point stands when an amount is shown.
        decimals: u8,
        /// All that was minted and not burnt; none for a coin that does not count.
        supply: Option<u128>
    }

    #[event]
    struct CoinDeposit has drop, store {
        coin_type: String,
        account: address,
        amount: u64
    }

    #[event]
    struct CoinWithdraw has drop, store {
        coin_type: String,
        account: address,
        amount: u64
    }

    #[event]
    struct CoinStoreDeletion has drop, store {
        coin_type: String,
        event_handle_creation_address: address,
        deleted_deposit_event_handle_creation_number: u64,
        deleted_withdraw_event_handle_creation_number: u64
    }

    #[event]
    struct PairCreation has drop, store {
        coin_type: TypeInfo,
        fungible_asset_metadata_address: address
    }

    struct DepositEvent has drop, store {
        amount: u64
    }

    struct WithdrawEvent has drop, store {
        amount: u64
    }

    struct MintCapability<phantom CoinType> has copy, store {}

    struct FreezeCapability<phantom CoinType> has copy, store {}

    struct BurnCapability<phantom CoinType> has copy, store {}

    struct CoinConversionMap has key {
        coin_to_fungible_asset_map: Table<TypeInfo, Object<Metadata>>
    }

    /// With an asset's metadata.
    struct PairedCoinType has key {
        type: TypeInfo
    }

    /// With an asset's metadata. Who holds the coin's capability may take the reference and has to bring it back.
    struct PairedFungibleAssetRefs has key {
        mint_ref_opt: Option<MintRef>,
        transfer_ref_opt: Option<TransferRef>,
        burn_ref_opt: Option<BurnRef>
    }

    struct MintRefReceipt {
        metadata: Object<Metadata>
    }

    struct TransferRefReceipt {
        metadata: Object<Metadata>
    }

    struct BurnRefReceipt {
        metadata: Object<Metadata>
    }

    #[view]
    public fun paired_metadata<CoinType>(): Option<Object<Metadata>> acquires CoinConversionMap {
        if (!exists<CoinConversionMap>(@aptos_framework)) return option::none();
        let map = &borrow_global<CoinConversionMap>(@aptos_framework).coin_to_fungible_asset_map;
        let type = type_info::type_of<CoinType>();
        if (map.contains(type)) option::some(*map.borrow(type)) else option::none()
    }

    public entry fun create_coin_conversion_map(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        if (exists<CoinConversionMap>(@aptos_framework)) return;
        move_to(aptos_framework, CoinConversionMap { coin_to_fungible_asset_map: table::new() });
    }

    public entry fun create_pairing<CoinType>(aptos_framework: &signer) acquires CoinConversionMap, CoinInfo {
        system_addresses::assert_aptos_framework(aptos_framework);
        pair<CoinType>(true);
    }

    public(friend) fun ensure_paired_metadata<CoinType>(): Object<Metadata> acquires CoinConversionMap, CoinInfo {
        pair<CoinType>(false)
    }

    #[view]
    public fun paired_coin(metadata: Object<Metadata>): Option<TypeInfo> acquires PairedCoinType {
        let addr = metadata.object_address();
        if (exists<PairedCoinType>(addr)) option::some(borrow_global<PairedCoinType>(addr).type) else option::none()
    }

    public fun coin_to_fungible_asset<CoinType>(
        coin: Coin<CoinType>
    ): FungibleAsset acquires CoinConversionMap, CoinInfo {
        let metadata = ensure_paired_metadata<CoinType>();
        fungible_asset::mint_internal(metadata, burn_internal(coin))
    }

    #[view]
    public fun paired_mint_ref_exists<CoinType>(): bool acquires CoinConversionMap, PairedFungibleAssetRefs {
        borrow_refs<CoinType>().mint_ref_opt.is_some()
    }

    public fun get_paired_mint_ref<CoinType>(
        _cap: &MintCapability<CoinType>
    ): (MintRef, MintRefReceipt) acquires CoinConversionMap, PairedFungibleAssetRefs {
        let metadata = existing_pair<CoinType>();
        let ref = &mut borrow_refs_mut(metadata).mint_ref_opt;
        assert!(ref.is_some(), error::not_found(EMINT_REF_NOT_FOUND));
        (ref.extract(), MintRefReceipt { metadata })
    }

    public fun return_paired_mint_ref(mint_ref: MintRef, receipt: MintRefReceipt) acquires PairedFungibleAssetRefs {
        let MintRefReceipt { metadata } = receipt;
        assert!(
            fungible_asset::mint_ref_metadata(&mint_ref) == metadata,
            error::invalid_argument(EMINT_REF_RECEIPT_MISMATCH)
        );
        borrow_refs_mut(metadata).mint_ref_opt.fill(mint_ref);
    }

    #[view]
    public fun paired_transfer_ref_exists<CoinType>(): bool acquires CoinConversionMap, PairedFungibleAssetRefs {
        borrow_refs<CoinType>().transfer_ref_opt.is_some()
    }

    public fun get_paired_transfer_ref<CoinType>(
        _cap: &FreezeCapability<CoinType>
    ): (TransferRef, TransferRefReceipt) acquires CoinConversionMap, PairedFungibleAssetRefs {
        let metadata = existing_pair<CoinType>();
        let ref = &mut borrow_refs_mut(metadata).transfer_ref_opt;
        assert!(ref.is_some(), error::not_found(ETRANSFER_REF_NOT_FOUND));
        (ref.extract(), TransferRefReceipt { metadata })
    }

    public fun return_paired_transfer_ref(
        transfer_ref: TransferRef, receipt: TransferRefReceipt
    ) acquires PairedFungibleAssetRefs {
        let TransferRefReceipt { metadata } = receipt;
        assert!(
            fungible_asset::transfer_ref_metadata(&transfer_ref) == metadata,
            error::invalid_argument(ETRANSFER_REF_RECEIPT_MISMATCH)
        );
        borrow_refs_mut(metadata).transfer_ref_opt.fill(transfer_ref);
    }

    #[view]
    public fun paired_burn_ref_exists<CoinType>(): bool acquires CoinConversionMap, PairedFungibleAssetRefs {
        borrow_refs<CoinType>().burn_ref_opt.is_some()
    }

    public fun get_paired_burn_ref<CoinType>(
        _cap: &BurnCapability<CoinType>
    ): (BurnRef, BurnRefReceipt) acquires CoinConversionMap, PairedFungibleAssetRefs {
        let metadata = existing_pair<CoinType>();
        (take_burn_ref(metadata), BurnRefReceipt { metadata })
    }

    public(friend) fun get_paired_burn_copy_ref<CoinType>(
        _cap: &BurnCapability<CoinType>
    ): BurnRef acquires CoinConversionMap, PairedFungibleAssetRefs {
        let ref = &borrow_refs<CoinType>().burn_ref_opt;
        assert!(ref.is_some(), error::not_found(EBURN_REF_NOT_FOUND));
        fungible_asset::generate_burn_copy_ref(ref.borrow())
    }

    /// Takes the reference for good.
    public fun convert_and_take_paired_burn_ref<CoinType>(
        burn_cap: BurnCapability<CoinType>
    ): BurnRef acquires CoinConversionMap, PairedFungibleAssetRefs {
        destroy_burn_cap(burn_cap);
        take_burn_ref(existing_pair<CoinType>())
    }

    public fun return_paired_burn_ref(burn_ref: BurnRef, receipt: BurnRefReceipt) acquires PairedFungibleAssetRefs {
        let BurnRefReceipt { metadata } = receipt;
        assert!(
            fungible_asset::burn_ref_metadata(&burn_ref) == metadata,
            error::invalid_argument(EBURN_REF_RECEIPT_MISMATCH)
        );
        borrow_refs_mut(metadata).burn_ref_opt.fill(burn_ref);
    }

    /// Moves the account's coins into its store of the asset.
    public entry fun migrate_to_fungible_store<CoinType>(
        account: &signer
    ) acquires CoinStore, CoinConversionMap, CoinInfo {
        migrate<CoinType>(signer::address_of(account));
    }

    public entry fun migrate_coin_store_to_fungible_store<CoinType>(
        accounts: vector<address>
    ) acquires CoinStore, CoinConversionMap, CoinInfo {
        accounts.for_each(|account| migrate<CoinType>(account));
    }

    public fun allow_supply_upgrades(_aptos_framework: &signer, _allowed: bool) {
        abort error::invalid_state(ECOIN_SUPPLY_UPGRADE_NOT_SUPPORTED)
    }

    public entry fun upgrade_supply<CoinType>(_account: &signer) {
        abort error::invalid_state(ECOIN_SUPPLY_UPGRADE_NOT_SUPPORTED)
    }

    #[view]
    /// Coins and asset.
    public fun balance<CoinType>(owner: address): u64 acquires CoinConversionMap, CoinStore {
        let metadata = paired_metadata<CoinType>();
        let assets = if (metadata.is_some()) primary_fungible_store::balance(owner, metadata.extract()) else 0;
        coin_balance<CoinType>(owner) + assets
    }

    #[view]
    public fun is_balance_at_least<CoinType>(
        owner: address, amount: u64
    ): bool acquires CoinConversionMap, CoinStore {
        balance<CoinType>(owner) >= amount
    }

    #[view]
    public fun is_coin_initialized<CoinType>(): bool {
        exists<CoinInfo<CoinType>>(coin_address<CoinType>())
    }

    #[view]
    /// True also for an account that cannot hold the coin.
    public fun is_coin_store_frozen<CoinType>(account_addr: address): bool acquires CoinStore, CoinConversionMap {
        if (!is_account_registered<CoinType>(account_addr)) return true;
        if (exists<CoinStore<CoinType>>(account_addr)) return borrow_global<CoinStore<CoinType>>(account_addr).frozen;
        primary_fungible_store::is_frozen(account_addr, existing_pair<CoinType>())
    }

    #[view]
    public fun is_account_registered<CoinType>(account_addr: address): bool acquires CoinConversionMap {
        assert!(is_coin_initialized<CoinType>(), error::invalid_argument(ECOIN_INFO_NOT_PUBLISHED));
        exists<CoinStore<CoinType>>(account_addr) || holds_asset<CoinType>(account_addr)
    }

    #[view]
    public fun name<CoinType>(): String acquires CoinInfo {
        borrow_global<CoinInfo<CoinType>>(coin_address<CoinType>()).name
    }

    #[view]
    public fun symbol<CoinType>(): String acquires CoinInfo {
        borrow_global<CoinInfo<CoinType>>(coin_address<CoinType>()).symbol
    }

    #[view]
    public fun decimals<CoinType>(): u8 acquires CoinInfo {
        borrow_global<CoinInfo<CoinType>>(coin_address<CoinType>()).decimals
    }

    #[view]
    /// Coins and asset.
    public fun supply<CoinType>(): Option<u128> acquires CoinInfo, CoinConversionMap {
        let supply = coin_supply<CoinType>();
        let metadata = paired_metadata<CoinType>();
        if (supply.is_some() && metadata.is_some()) {
            let coins = supply.borrow_mut();
            *coins += fungible_asset::supply(metadata.extract()).destroy_some();
        };
        supply
    }

    #[view]
    public fun coin_supply<CoinType>(): Option<u128> acquires CoinInfo {
        borrow_global<CoinInfo<CoinType>>(coin_address<CoinType>()).supply
    }

    public fun initialize<CoinType>(
        account: &signer, name: String, symbol: String, decimals: u8, monitor_supply: bool
    ): (BurnCapability<CoinType>, FreezeCapability<CoinType>, MintCapability<CoinType>) {
        let account_addr = signer::address_of(account);
        assert!(
            coin_address<CoinType>() == account_addr, error::invalid_argument(ECOIN_INFO_ADDRESS_MISMATCH)
        );
        assert!(
            !exists<CoinInfo<CoinType>>(account_addr), error::already_exists(ECOIN_INFO_ALREADY_PUBLISHED)
        );
        assert!(string::length(&name) <= MAX_COIN_NAME_LENGTH, error::invalid_argument(ECOIN_NAME_TOO_LONG));
        assert!(
            string::length(&symbol) <= MAX_COIN_SYMBOL_LENGTH, error::invalid_argument(ECOIN_SYMBOL_TOO_LONG)
        );
        let supply = if (monitor_supply) option::some(0) else option::none();
        move_to(account, CoinInfo<CoinType> { name, symbol, decimals, supply });
        (BurnCapability {}, FreezeCapability {}, MintCapability {})
    }

    /// Lets the account hold the coin. Nothing happens if it can already.
    public fun register<CoinType>(account: &signer) acquires CoinConversionMap {
        let account_addr = signer::address_of(account);
        if (is_account_registered<CoinType>(account_addr)) return;
        account::register_coin<CoinType>(account_addr);
        move_to(
            account,
            CoinStore<CoinType> {
                coin: zero(),
                frozen: false,
                deposit_events: account::new_event_handle(account),
                withdraw_events: account::new_event_handle(account)
            }
        );
    }

    public fun mint<CoinType>(amount: u64, _cap: &MintCapability<CoinType>): Coin<CoinType> acquires CoinInfo {
        mint_internal(amount)
    }

    public fun burn<CoinType>(coin: Coin<CoinType>, _cap: &BurnCapability<CoinType>) acquires CoinInfo {
        burn_internal(coin);
    }

    /// Also from a frozen account.
    public fun burn_from<CoinType>(
        account_addr: address, amount: u64, burn_cap: &BurnCapability<CoinType>
    ) acquires CoinInfo, CoinStore, CoinConversionMap, PairedFungibleAssetRefs {
        let assets = burn_coins_from(account_addr, amount, burn_cap);
        if (assets == 0) return;
        let store = primary_fungible_store::primary_store(account_addr, existing_pair<CoinType>());
        fungible_asset::burn_from(&get_paired_burn_copy_ref(burn_cap), store, assets);
    }

    /// Without an event.
    public(friend) fun burn_from_for_gas<CoinType>(
        account_addr: address, amount: u64, burn_cap: &BurnCapability<CoinType>
    ) acquires CoinInfo, CoinStore, CoinConversionMap, PairedFungibleAssetRefs {
        let assets = burn_coins_from(account_addr, amount, burn_cap);
        if (assets == 0) return;
        let store = primary_fungible_store::primary_store_address(account_addr, existing_pair<CoinType>());
        fungible_asset::address_burn_from_for_gas(&get_paired_burn_copy_ref(burn_cap), store, assets);
    }

    /// Also to a frozen account, and without an event.
    public(friend) fun deposit_for_gas_fee<CoinType>(
        account_addr: address, coin: Coin<CoinType>
    ) acquires CoinStore, CoinConversionMap, CoinInfo {
        if (exists<CoinStore<CoinType>>(account_addr)) {
            return merge(&mut borrow_global_mut<CoinStore<CoinType>>(account_addr).coin, coin)
        };
        let store = primary_fungible_store::ensure_primary_store_exists(account_addr, existing_pair<CoinType>());
        fungible_asset::unchecked_deposit_with_no_events(store.object_address(), coin_to_fungible_asset(coin));
    }

    public fun deposit<CoinType>(
        account_addr: address, coin: Coin<CoinType>
    ) acquires CoinStore, CoinConversionMap, CoinInfo {
        if (!exists<CoinStore<CoinType>>(account_addr)) {
            assert!(holds_asset<CoinType>(account_addr), error::not_found(ECOIN_STORE_NOT_PUBLISHED));
            return primary_fungible_store::deposit(account_addr, coin_to_fungible_asset(coin))
        };
        let amount = coin.value;
        let store = borrow_global_mut<CoinStore<CoinType>>(account_addr);
        assert!(!store.frozen, error::permission_denied(EFROZEN));
        merge(&mut store.coin, coin);
        event::emit(CoinDeposit { coin_type: type_info::type_name<CoinType>(), account: account_addr, amount });
    }

    public fun deposit_with_signer<CoinType>(
        account: &signer, coin: Coin<CoinType>
    ) acquires CoinStore, CoinConversionMap, CoinInfo {
        ensure_paired_metadata<CoinType>();
        deposit(signer::address_of(account), coin)
    }

    /// Coins first, then the asset.
    public fun withdraw<CoinType>(
        account: &signer, amount: u64
    ): Coin<CoinType> acquires CoinStore, CoinConversionMap, CoinInfo, PairedCoinType {
        let account_addr = signer::address_of(account);
        let (coins, assets) = parts_to_withdraw<CoinType>(account_addr, amount);
        let withdrawn = zero();
        if (coins > 0) {
            let store = borrow_global_mut<CoinStore<CoinType>>(account_addr);
            assert!(!store.frozen, error::permission_denied(EFROZEN));
            merge(&mut withdrawn, extract(&mut store.coin, coins));
            event::emit(
                CoinWithdraw {
                    coin_type: type_info::type_name<CoinType>(),
                    account: account_addr,
                    amount: coins
                }
            );
        };
        if (assets > 0) {
            let fa = primary_fungible_store::withdraw(account, existing_pair<CoinType>(), assets);
            merge(&mut withdrawn, fungible_asset_to_coin(fa));
        };
        withdrawn
    }

    public entry fun transfer<CoinType>(
        from: &signer, to: address, amount: u64
    ) acquires CoinStore, CoinConversionMap, CoinInfo, PairedCoinType {
        deposit(to, withdraw<CoinType>(from, amount));
    }

    public fun freeze_coin_store<CoinType>(
        account_addr: address, _freeze_cap: &FreezeCapability<CoinType>
    ) acquires CoinStore {
        borrow_global_mut<CoinStore<CoinType>>(account_addr).frozen = true;
    }

    public fun unfreeze_coin_store<CoinType>(
        account_addr: address, _freeze_cap: &FreezeCapability<CoinType>
    ) acquires CoinStore {
        borrow_global_mut<CoinStore<CoinType>>(account_addr).frozen = false;
    }

    public fun zero<CoinType>(): Coin<CoinType> {
        Coin { value: 0 }
    }

    public fun value<CoinType>(coin: &Coin<CoinType>): u64 {
        coin.value
    }

    public fun merge<CoinType>(dst_coin: &mut Coin<CoinType>, source_coin: Coin<CoinType>) {
        let Coin { value } = source_coin;
        dst_coin.value += value;
    }

    public fun extract<CoinType>(coin: &mut Coin<CoinType>, amount: u64): Coin<CoinType> {
        assert!(coin.value >= amount, error::invalid_argument(EINSUFFICIENT_BALANCE));
        coin.value -= amount;
        Coin { value: amount }
    }

    public fun extract_all<CoinType>(coin: &mut Coin<CoinType>): Coin<CoinType> {
        let value = coin.value;
        coin.value = 0;
        Coin { value }
    }

    public fun destroy_zero<CoinType>(zero_coin: Coin<CoinType>) {
        let Coin { value } = zero_coin;
        assert!(value == 0, error::invalid_argument(EDESTRUCTION_OF_NONZERO_TOKEN))
    }

    public fun destroy_freeze_cap<CoinType>(freeze_cap: FreezeCapability<CoinType>) {
        let FreezeCapability {} = freeze_cap;
    }

    public fun destroy_mint_cap<CoinType>(mint_cap: MintCapability<CoinType>) {
        let MintCapability {} = mint_cap;
    }

    public fun destroy_burn_cap<CoinType>(burn_cap: BurnCapability<CoinType>) {
        let BurnCapability {} = burn_cap;
    }

    /// The account that declares the coin's type, and keeps its `CoinInfo`.
    fun coin_address<CoinType>(): address {
        type_info::account_address(&type_info::type_of<CoinType>())
    }

    fun coin_balance<CoinType>(owner: address): u64 acquires CoinStore {
        if (exists<CoinStore<CoinType>>(owner)) borrow_global<CoinStore<CoinType>>(owner).coin.value else 0
    }

    /// How much of `amount` comes from coins, and how much from the asset.
    fun parts_to_withdraw<CoinType>(
        account_addr: address, amount: u64
    ): (u64, u64) acquires CoinStore, CoinConversionMap {
        let coins = coin_balance<CoinType>(account_addr);
        if (coins >= amount) return (amount, 0);
        let metadata = paired_metadata<CoinType>();
        assert!(
            metadata.is_some() && primary_fungible_store::primary_store_exists(account_addr, metadata.destroy_some()),
            error::invalid_argument(EINSUFFICIENT_BALANCE)
        );
        (coins, amount - coins)
    }

    /// Burns the account's coins; how much of the asset is left to burn.
    fun burn_coins_from<CoinType>(
        account_addr: address, amount: u64, burn_cap: &BurnCapability<CoinType>
    ): u64 acquires CoinInfo, CoinStore, CoinConversionMap {
        if (amount == 0) return 0;
        let (coins, assets) = parts_to_withdraw<CoinType>(account_addr, amount);
        if (coins > 0) {
            let store = borrow_global_mut<CoinStore<CoinType>>(account_addr);
            burn(extract(&mut store.coin, coins), burn_cap);
        };
        assets
    }

    fun mint_internal<CoinType>(amount: u64): Coin<CoinType> acquires CoinInfo {
        if (amount > 0) {
            let supply = &mut borrow_global_mut<CoinInfo<CoinType>>(coin_address<CoinType>()).supply;
            supply.for_each_mut(|total| *total += (amount as u128));
        };
        Coin { value: amount }
    }

    fun burn_internal<CoinType>(coin: Coin<CoinType>): u64 acquires CoinInfo {
        let Coin { value } = coin;
        if (value > 0) {
            let supply = &mut borrow_global_mut<CoinInfo<CoinType>>(coin_address<CoinType>()).supply;
            supply.for_each_mut(|total| *total -= (value as u128));
        };
        value
    }

    fun fungible_asset_to_coin<CoinType>(fa: FungibleAsset): Coin<CoinType> acquires CoinInfo, PairedCoinType {
        let coin_type = paired_coin(fungible_asset::asset_metadata(&fa));
        assert!(coin_type.is_some(), error::not_found(EPAIRED_COIN));
        assert!(
            coin_type == option::some(type_info::type_of<CoinType>()), error::invalid_argument(ECOIN_TYPE_MISMATCH)
        );
        mint_internal(fungible_asset::burn_internal(fa))
    }

    /// Whether deposits can go into the account's store of the asset. Of APT every account has one when it is needed.
    fun holds_asset<CoinType>(account_addr: address): bool acquires CoinConversionMap {
        let metadata = paired_metadata<CoinType>();
        if (metadata.is_none()) return false;
        let metadata = metadata.extract();
        metadata.object_address() == @aptos_fungible_asset
            || primary_fungible_store::primary_store_exists(account_addr, metadata)
    }

    fun existing_pair<CoinType>(): Object<Metadata> acquires CoinConversionMap {
        let metadata = paired_metadata<CoinType>();
        assert!(metadata.is_some(), error::not_found(EPAIRED_FUNGIBLE_ASSET));
        metadata.destroy_some()
    }

    inline fun borrow_refs<CoinType>(): &PairedFungibleAssetRefs {
        let addr = existing_pair<CoinType>().object_address();
        assert!(exists<PairedFungibleAssetRefs>(addr), error::internal(EPAIRED_FUNGIBLE_ASSET_REFS_NOT_FOUND));
        borrow_global<PairedFungibleAssetRefs>(addr)
    }

    inline fun borrow_refs_mut(metadata: Object<Metadata>): &mut PairedFungibleAssetRefs {
        let addr = metadata.object_address();
        assert!(exists<PairedFungibleAssetRefs>(addr), error::internal(EPAIRED_FUNGIBLE_ASSET_REFS_NOT_FOUND));
        borrow_global_mut<PairedFungibleAssetRefs>(addr)
    }

    fun take_burn_ref(metadata: Object<Metadata>): BurnRef acquires PairedFungibleAssetRefs {
        let ref = &mut borrow_refs_mut(metadata).burn_ref_opt;
        assert!(ref.is_some(), error::not_found(EBURN_REF_NOT_FOUND));
        ref.extract()
    }

    /// The coin's asset, which is made if there is none yet.
    fun pair<CoinType>(may_be_apt: bool): Object<Metadata> acquires CoinConversionMap, CoinInfo {
        assert!(
            exists<CoinConversionMap>(@aptos_framework), error::not_found(ECOIN_CONVERSION_MAP_NOT_FOUND)
        );
        let paired = paired_metadata<CoinType>();
        if (paired.is_some()) return paired.extract();
        let type = type_info::type_of<CoinType>();
        let name = type_info::type_name<CoinType>();
        let is_apt = name == string::utf8(b"0x1::aptos_coin::AptosCoin");
        assert!(!is_apt || may_be_apt, error::invalid_state(EAPT_PAIRING_IS_NOT_ENABLED));
        let ref =
            if (is_apt) object::create_sticky_object_at_address(@aptos_framework, @aptos_fungible_asset)
            else object::create_named_object(&create_signer(@aptos_fungible_asset), *name.bytes());
        primary_fungible_store::create_primary_store_enabled_fungible_asset(
            &ref,
            option::none(),
            name<CoinType>(),
            symbol<CoinType>(),
            decimals<CoinType>(),
            string::utf8(b""),
            string::utf8(b"")
        );
        let metadata_signer = &object::generate_signer(&ref);
        move_to(metadata_signer, PairedCoinType { type });
        move_to(
            metadata_signer,
            PairedFungibleAssetRefs {
                mint_ref_opt: option::some(fungible_asset::generate_mint_ref(&ref)),
                transfer_ref_opt: option::some(fungible_asset::generate_transfer_ref(&ref)),
                burn_ref_opt: option::some(fungible_asset::generate_burn_ref(&ref))
            }
        );
        let metadata = object::object_from_constructor_ref<Metadata>(&ref);
        let map = &mut borrow_global_mut<CoinConversionMap>(@aptos_framework).coin_to_fungible_asset_map;
        map.add(type, metadata);
        event::emit(
            PairCreation { coin_type: type, fungible_asset_metadata_address: metadata.object_address() }
        );
        metadata
    }

    fun migrate<CoinType>(account_addr: address) acquires CoinStore, CoinConversionMap, CoinInfo {
        assert!(is_coin_initialized<CoinType>(), error::invalid_argument(ECOIN_INFO_NOT_PUBLISHED));
        let metadata = ensure_paired_metadata<CoinType>();
        let store = primary_fungible_store::ensure_primary_store_exists(account_addr, metadata);
        if (!exists<CoinStore<CoinType>>(account_addr)) return;
        let CoinStore { coin, frozen, deposit_events, withdraw_events } =
            move_from<CoinStore<CoinType>>(account_addr);
        let (deposits, withdrawals) = (event::guid(&deposit_events), event::guid(&withdraw_events));
        event::emit(
            CoinStoreDeletion {
                coin_type: type_info::type_name<CoinType>(),
                event_handle_creation_address: guid::creator_address(deposits),
                deleted_deposit_event_handle_creation_number: guid::creation_num(deposits),
                deleted_withdraw_event_handle_creation_number: guid::creation_num(withdrawals)
            }
        );
        fungible_asset::unchecked_deposit_with_no_events(store.object_address(), coin_to_fungible_asset(coin));
        event::destroy_handle(deposit_events);
        event::destroy_handle(withdraw_events);
        if (frozen != fungible_asset::is_frozen(store)) fungible_asset::set_frozen_flag_internal(store, frozen);
    }

    #[test_only]
    struct Shell {}

    #[test_only]
    struct Caps has key {
        burn: BurnCapability<Shell>,
        freeze_: FreezeCapability<Shell>,
        mint: MintCapability<Shell>
    }

    #[test_only]
    /// Alice with 100 shells and Bob with none.
    fun set_up(framework: &signer): (signer, signer) acquires CoinInfo, CoinStore, CoinConversionMap {
        let (burn, freeze_, mint) =
            initialize<Shell>(framework, string::utf8(b"Shell"), string::utf8(b"SH"), 2, true);
        let alice = account::create_account_for_test(@0xa11ce);
        let bob = account::create_account_for_test(@0xb0b);
        register<Shell>(&alice);
        register<Shell>(&bob);
        deposit(@0xa11ce, mint(100, &mint));
        move_to(framework, Caps { burn, freeze_, mint });
        (alice, bob)
    }

    #[test(framework = @0x1)]
    fun conserves_the_supply(
        framework: &signer
    ) acquires CoinInfo, CoinStore, CoinConversionMap, PairedCoinType, PairedFungibleAssetRefs, Caps {
        let (alice, bob) = set_up(framework);
        transfer<Shell>(&alice, @0xb0b, 30);
        assert!(balance<Shell>(@0xa11ce) == 70 && balance<Shell>(@0xb0b) == 30, 0);
        let purse = withdraw<Shell>(&bob, 30);
        let part = extract(&mut purse, 10);
        assert!(value(&purse) == 20 && value(&part) == 10, 1);
        merge(&mut part, extract_all(&mut purse));
        destroy_zero(purse);
        assert!(supply<Shell>() == option::some(100), 2);
        burn(part, &borrow_global<Caps>(@0x1).burn);
        burn_from(@0xa11ce, 20, &borrow_global<Caps>(@0x1).burn);
        assert!(supply<Shell>() == option::some(50) && balance<Shell>(@0xa11ce) == 50, 3);
        register<Shell>(&alice);
        assert!(balance<Shell>(@0xa11ce) == 50 && balance<Shell>(@0xca401) == 0, 4);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x10006, location = Self)]
    fun gives_no_more_than_there_is(
        framework: &signer
    ) acquires CoinInfo, CoinStore, CoinConversionMap, PairedCoinType {
        let (alice, _) = set_up(framework);
        transfer<Shell>(&alice, @0xb0b, 101);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x60005, location = Self)]
    fun goes_only_where_it_can_be_held(
        framework: &signer
    ) acquires CoinInfo, CoinStore, CoinConversionMap, PairedCoinType {
        let (alice, _) = set_up(framework);
        transfer<Shell>(&alice, @0xca401, 1);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x10007, location = Self)]
    fun is_not_thrown_away(
        framework: &signer
    ) acquires CoinInfo, CoinStore, CoinConversionMap, PairedCoinType {
        let (alice, _) = set_up(framework);
        destroy_zero(withdraw<Shell>(&alice, 1));
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x5000a, location = Self)]
    fun stays_when_frozen(
        framework: &signer
    ) acquires CoinInfo, CoinStore, CoinConversionMap, PairedCoinType, Caps {
        let (alice, _) = set_up(framework);
        freeze_coin_store(@0xa11ce, &borrow_global<Caps>(@0x1).freeze_);
        withdraw<Shell>(&alice, 1);
        abort 99
    }

    #[test(mallory = @0xbad)]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun is_initialised_by_its_owner(mallory: &signer) {
        let (burn, freeze_, mint) =
            initialize<Shell>(mallory, string::utf8(b"Shell"), string::utf8(b"SH"), 2, true);
        destroy_burn_cap(burn);
        destroy_freeze_cap(freeze_);
        destroy_mint_cap(mint);
    }

    #[test(framework = @0x1)]
    fun is_paired_with_an_asset(
        framework: &signer
    ) acquires CoinInfo, CoinStore, CoinConversionMap, PairedCoinType, PairedFungibleAssetRefs, Caps {
        let (alice, bob) = set_up(framework);
        create_coin_conversion_map(framework);
        assert!(paired_metadata<Shell>().is_none(), 0);
        migrate_to_fungible_store<Shell>(&alice);
        let metadata = paired_metadata<Shell>().destroy_some();
        assert!(paired_coin(metadata) == option::some(type_info::type_of<Shell>()), 1);
        assert!(!exists<CoinStore<Shell>>(@0xa11ce) && is_account_registered<Shell>(@0xa11ce), 2);
        assert!(primary_fungible_store::balance(@0xa11ce, metadata) == 100 && balance<Shell>(@0xa11ce) == 100, 3);
        assert!(supply<Shell>() == option::some(100) && coin_supply<Shell>() == option::some(0), 4);
        // Bob still has coins, and gets some of the asset too.
        transfer<Shell>(&alice, @0xb0b, 30);
        primary_fungible_store::transfer(&alice, metadata, @0xb0b, 20);
        assert!(balance<Shell>(@0xb0b) == 50 && coin_balance<Shell>(@0xb0b) == 30, 5);
        transfer<Shell>(&bob, @0xa11ce, 40);
        assert!(primary_fungible_store::balance(@0xb0b, metadata) == 10, 6);
        burn_from(@0xb0b, 5, &borrow_global<Caps>(@0x1).burn);
        burn_from_for_gas(@0xb0b, 1, &borrow_global<Caps>(@0x1).burn);
        assert!(supply<Shell>() == option::some(94) && is_balance_at_least<Shell>(@0xb0b, 4), 7);
    }

    #[test(framework = @0x1)]
    fun lends_the_references_of_its_asset(
        framework: &signer
    ) acquires CoinInfo, CoinStore, CoinConversionMap, PairedFungibleAssetRefs, Caps {
        set_up(framework);
        create_coin_conversion_map(framework);
        let metadata = ensure_paired_metadata<Shell>();
        let caps = borrow_global<Caps>(@0x1);
        let (mint_ref, mint_receipt) = get_paired_mint_ref(&caps.mint);
        assert!(!paired_mint_ref_exists<Shell>(), 0);
        primary_fungible_store::mint(&mint_ref, @0xca401, 5);
        return_paired_mint_ref(mint_ref, mint_receipt);
        let (transfer_ref, transfer_receipt) = get_paired_transfer_ref(&caps.freeze_);
        primary_fungible_store::set_frozen_flag(&transfer_ref, @0xca401, true);
        return_paired_transfer_ref(transfer_ref, transfer_receipt);
        let (burn_ref, burn_receipt) = get_paired_burn_ref(&caps.burn);
        primary_fungible_store::burn(&burn_ref, @0xca401, 2);
        return_paired_burn_ref(burn_ref, burn_receipt);
        assert!(paired_mint_ref_exists<Shell>() && paired_transfer_ref_exists<Shell>(), 1);
        assert!(paired_burn_ref_exists<Shell>() && primary_fungible_store::balance(@0xca401, metadata) == 3, 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x60010, location = Self)]
    fun has_no_references_unpaired() acquires CoinConversionMap, PairedFungibleAssetRefs {
        paired_mint_ref_exists<Shell>();
    }
}
