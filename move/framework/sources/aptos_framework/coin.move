/// Coins: amounts that can be moved, split and joined, but neither copied nor lost.
module aptos_framework::coin {
    use std::error;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::{Self, String};
    use aptos_std::type_info;
    use aptos_framework::account;
    use aptos_framework::event::{Self, EventHandle};

    friend aptos_framework::aptos_coin;
    friend aptos_framework::genesis;

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
    /// The name is too long.
    const ECOIN_NAME_TOO_LONG: u64 = 12;
    /// The symbol is too long.
    const ECOIN_SYMBOL_TOO_LONG: u64 = 13;

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

    struct DepositEvent has drop, store {
        amount: u64
    }

    struct WithdrawEvent has drop, store {
        amount: u64
    }

    struct MintCapability<phantom CoinType> has copy, store {}

    struct FreezeCapability<phantom CoinType> has copy, store {}

    struct BurnCapability<phantom CoinType> has copy, store {}

    #[view]
    public fun balance<CoinType>(owner: address): u64 acquires CoinStore {
        if (exists<CoinStore<CoinType>>(owner)) borrow_global<CoinStore<CoinType>>(owner).coin.value else 0
    }

    #[view]
    public fun is_balance_at_least<CoinType>(owner: address, amount: u64): bool acquires CoinStore {
        balance<CoinType>(owner) >= amount
    }

    #[view]
    public fun is_coin_initialized<CoinType>(): bool {
        exists<CoinInfo<CoinType>>(coin_address<CoinType>())
    }

    #[view]
    public fun is_coin_store_frozen<CoinType>(account_addr: address): bool acquires CoinStore {
        exists<CoinStore<CoinType>>(account_addr) && borrow_global<CoinStore<CoinType>>(account_addr).frozen
    }

    #[view]
    public fun is_account_registered<CoinType>(account_addr: address): bool {
        assert!(is_coin_initialized<CoinType>(), error::invalid_argument(ECOIN_INFO_NOT_PUBLISHED));
        exists<CoinStore<CoinType>>(account_addr)
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
    public fun supply<CoinType>(): Option<u128> acquires CoinInfo {
        borrow_global<CoinInfo<CoinType>>(coin_address<CoinType>()).supply
    }

    #[view]
    public fun coin_supply<CoinType>(): Option<u128> acquires CoinInfo {
        supply<CoinType>()
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
    public fun register<CoinType>(account: &signer) {
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
        if (amount > 0) {
            let supply = &mut borrow_global_mut<CoinInfo<CoinType>>(coin_address<CoinType>()).supply;
            if (option::is_some(supply)) {
                let total = option::borrow_mut(supply);
                *total += (amount as u128);
            }
        };
        Coin { value: amount }
    }

    public fun burn<CoinType>(coin: Coin<CoinType>, _cap: &BurnCapability<CoinType>) acquires CoinInfo {
        let Coin { value } = coin;
        if (value > 0) {
            let supply = &mut borrow_global_mut<CoinInfo<CoinType>>(coin_address<CoinType>()).supply;
            if (option::is_some(supply)) {
                let total = option::borrow_mut(supply);
                *total -= (value as u128);
            }
        }
    }

    public fun burn_from<CoinType>(
        account_addr: address, amount: u64, burn_cap: &BurnCapability<CoinType>
    ) acquires CoinInfo, CoinStore {
        if (amount == 0) return;
        let store = borrow_store_mut<CoinType>(account_addr);
        burn(extract(&mut store.coin, amount), burn_cap);
    }

    public fun deposit<CoinType>(account_addr: address, coin: Coin<CoinType>) acquires CoinStore {
        let amount = coin.value;
        let store = borrow_store_mut<CoinType>(account_addr);
        assert!(!store.frozen, error::permission_denied(EFROZEN));
        merge(&mut store.coin, coin);
        event::emit(CoinDeposit { coin_type: type_info::type_name<CoinType>(), account: account_addr, amount });
    }

    /// As `deposit`, to an account that may have to be registered first.
    public fun deposit_with_signer<CoinType>(account: &signer, coin: Coin<CoinType>) acquires CoinStore {
        register<CoinType>(account);
        deposit(signer::address_of(account), coin)
    }

    public fun withdraw<CoinType>(account: &signer, amount: u64): Coin<CoinType> acquires CoinStore {
        let account_addr = signer::address_of(account);
        let store = borrow_store_mut<CoinType>(account_addr);
        assert!(!store.frozen, error::permission_denied(EFROZEN));
        let coin = extract(&mut store.coin, amount);
        event::emit(CoinWithdraw { coin_type: type_info::type_name<CoinType>(), account: account_addr, amount });
        coin
    }

    public entry fun transfer<CoinType>(from: &signer, to: address, amount: u64) acquires CoinStore {
        deposit(to, withdraw<CoinType>(from, amount));
    }

    public fun freeze_coin_store<CoinType>(
        account_addr: address, _freeze_cap: &FreezeCapability<CoinType>
    ) acquires CoinStore {
        borrow_store_mut<CoinType>(account_addr).frozen = true;
    }

    public fun unfreeze_coin_store<CoinType>(
        account_addr: address, _freeze_cap: &FreezeCapability<CoinType>
    ) acquires CoinStore {
        borrow_store_mut<CoinType>(account_addr).frozen = false;
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

    inline fun borrow_store_mut<CoinType>(account_addr: address): &mut CoinStore<CoinType> {
        assert!(
            exists<CoinStore<CoinType>>(account_addr), error::not_found(ECOIN_STORE_NOT_PUBLISHED)
        );
        borrow_global_mut<CoinStore<CoinType>>(account_addr)
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
    fun set_up(framework: &signer): (signer, signer) acquires CoinInfo, CoinStore {
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
    fun conserves_the_supply(framework: &signer) acquires CoinInfo, CoinStore, Caps {
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
    fun gives_no_more_than_there_is(framework: &signer) acquires CoinInfo, CoinStore {
        let (alice, _) = set_up(framework);
        transfer<Shell>(&alice, @0xb0b, 101);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x60005, location = Self)]
    fun goes_only_where_it_can_be_held(framework: &signer) acquires CoinInfo, CoinStore {
        let (alice, _) = set_up(framework);
        transfer<Shell>(&alice, @0xca401, 1);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x10007, location = Self)]
    fun is_not_thrown_away(framework: &signer) acquires CoinInfo, CoinStore {
        let (alice, _) = set_up(framework);
        destroy_zero(withdraw<Shell>(&alice, 1));
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x5000a, location = Self)]
    fun stays_when_frozen(framework: &signer) acquires CoinInfo, CoinStore, Caps {
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
}
