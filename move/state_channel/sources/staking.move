/// Where all stakes are. Who deposits here once can name the deposit as the stake of any channel; what a channel holds cannot be withdrawn. Also keeps
/// the stakes that members bring to one channel only, and takes fines.
module rooch::staking {
    use std::error;
    use std::option::Option;
    use std::signer;
    use aptos_framework::coin;
    use aptos_framework::event;
    use aptos_framework::fungible_asset::{Self, FungibleAsset, Metadata};
    use aptos_framework::object::{Self, ExtendRef, Object};
    use aptos_framework::primary_fungible_store;
    use aptos_std::table::{Self, Table};

    friend rooch::state_channel;

    /// The deposit holds less than that free of channels.
    const E_NOT_ENOUGH_FREE: u64 = 191;
    /// Nothing is to be staked or withdrawn.
    const E_NO_AMOUNT: u64 = 192;
    /// The asset takes something off when it moves: it cannot be staked.
    const E_ASSET_SHRINKS: u64 = 193;

    const VAULT_SEED: vector<u8> = b"strait::stakes";

    struct Account has copy, drop, store {
        owner: address,
        asset: address
    }

    /// What an account has deposited for all channels.
    struct Deposit has copy, drop, store {
        free: u64,
        /// Held by channels.
        locked: u64
    }

    /// Under @rooch.
    struct Vault has key {
        /// Of the object whose stores hold everything.
        extend_ref: ExtendRef,
        deposits: Table<Account, Deposit>,
        /// Fines that went to nobody, by asset: they stay here for good.
        lost: Table<address, u64>
    }

    #[event]
    struct Staked has drop, store {
        owner: address,
        asset: address,
        amount: u64
    }

    #[event]
    struct Unstaked has drop, store {
        owner: address,
        asset: address,
        amount: u64
    }

    #[event]
    struct Fined has drop, store {
        owner: address,
        asset: address,
        amount: u64,
        /// Who got `reward` of it.
        rewarded: Option<address>,
        reward: u64
    }

    fun init_module(publisher: &signer) {
        let constructor_ref = object::create_named_object(publisher, VAULT_SEED);
        move_to(
            publisher,
            Vault {
                extend_ref: object::generate_extend_ref(&constructor_ref),
                deposits: table::new(),
                lost: table::new()
            }
        );
    }

    // ---- For people

    /// Deposits a fungible asset for all channels.
    public entry fun stake_entry(account: &signer, asset: Object<Metadata>, amount: u64) acquires Vault {
        deposit_free(account, primary_fungible_store::withdraw(account, asset, amount));
    }

    /// Deposits a coin for all channels. It comes back as the fungible asset that it is paired with.
    public entry fun stake_coin_entry<CoinType>(account: &signer, amount: u64) acquires Vault {
        deposit_free(account, coin::coin_to_fungible_asset(coin::withdraw<CoinType>(account, amount)));
    }

    /// Takes back what no channel holds.
    public entry fun unstake_entry(account: &signer, asset: Object<Metadata>, amount: u64) acquires Vault {
        assert!((amount > 0), error::invalid_argument(E_NO_AMOUNT));
        let owner = signer::address_of(account);
        let asset_address = object::object_address(&asset);
        let vault = borrow_global_mut<Vault>(@rooch);
        let deposit = vault.borrow_deposit(owner, asset_address);
        assert!((deposit.free >= amount), error::invalid_state(E_NOT_ENOUGH_FREE));
        deposit.free -= amount;
        vault.pay(asset, owner, amount);
        event::emit(Unstaked { owner, asset: asset_address, amount });
    }

    // ---- For channels

    /// Takes a stake for one channel in.
    public(friend) fun take_in(stake: FungibleAsset) acquires Vault {
        borrow_global<Vault>(@rooch).put(stake);
    }

    /// Pays a stake for one channel back, or keeps it as a free deposit where it cannot be paid.
    public(friend) fun pay_back(owner: address, asset: address, amount: u64) acquires Vault {
        if (amount > 0) borrow_global_mut<Vault>(@rooch).pay_or_keep(asset, owner, amount);
    }

    /// Holds a part of the owner's deposit for a channel.
    public(friend) fun lock(owner: address, asset: address, amount: u64) acquires Vault {
        if (amount == 0) return;
        let deposit = borrow_global_mut<Vault>(@rooch).borrow_deposit(owner, asset);
        assert!((deposit.free >= amount), error::invalid_state(E_NOT_ENOUGH_FREE));
        deposit.free -= amount;
        deposit.locked += amount;
    }

    /// Lets go of what a channel held.
    public(friend) fun unlock(owner: address, asset: address, amount: u64) acquires Vault {
        if (amount == 0) return;
        let deposit = borrow_global_mut<Vault>(@rooch).borrow_deposit(owner, asset);
        deposit.locked -= amount;
        deposit.free += amount;
    }

    /// Takes a fine from a stake. Half of it, rounded down, goes to whoever is rewarded; the rest to nobody.
    public(friend) fun fine(
        owner: address, asset: address, amount: u64, is_shared: bool, rewarded: Option<address>
    ) acquires Vault {
        if (amount == 0) return;
        let vault = borrow_global_mut<Vault>(@rooch);
        if (is_shared) {
            let deposit = vault.borrow_deposit(owner, asset);
            deposit.locked -= amount;
        };
        let reward = if (rewarded.is_some()) amount / 2 else 0;
        if (reward > 0) vault.pay_or_keep(asset, *rewarded.borrow(), reward);
        let lost = vault.lost.borrow_mut_with_default(asset, 0);
        *lost += amount - reward;
        event::emit(Fined { owner, asset, amount, rewarded, reward });
    }

    // ---- Views

    #[view]
    /// What the account has deposited for all channels: free, and held by channels.
    public fun deposited(owner: address, asset: address): (u64, u64) acquires Vault {
        let deposits = &borrow_global<Vault>(@rooch).deposits;
        let account = Account { owner, asset };
        if (!deposits.contains(account)) return (0, 0);
        let deposit = deposits.borrow(account);
        (deposit.free, deposit.locked)
    }

    #[view]
    /// Fines that went to nobody.
    public fun lost(asset: address): u64 acquires Vault {
        *borrow_global<Vault>(@rooch).lost.borrow_with_default(asset, &0)
    }

    #[view]
    /// All that is here of an asset: deposits, stakes and lost fines.
    public fun held(asset: address): u64 acquires Vault {
        let vault = borrow_global<Vault>(@rooch);
        primary_fungible_store::balance(vault.vault_address(), object::address_to_object<Metadata>(asset))
    }

    // ---- Helpers

    fun deposit_free(account: &signer, stake: FungibleAsset) acquires Vault {
        let amount = fungible_asset::amount(&stake);
        assert!((amount > 0), error::invalid_argument(E_NO_AMOUNT));
        let owner = signer::address_of(account);
        let asset = object::object_address(&fungible_asset::asset_metadata(&stake));
        let vault = borrow_global_mut<Vault>(@rooch);
        vault.put(stake);
        let deposit = vault.borrow_deposit(owner, asset);
        deposit.free += amount;
        event::emit(Staked { owner, asset, amount });
    }

    /// What arrives must be what was sent, or the books would not hold.
    fun put(self: &Vault, stake: FungibleAsset) {
        let amount = fungible_asset::amount(&stake);
        let asset = fungible_asset::asset_metadata(&stake);
        let before = primary_fungible_store::balance(self.vault_address(), asset);
        primary_fungible_store::deposit(self.vault_address(), stake);
        let after = primary_fungible_store::balance(self.vault_address(), asset);
        assert_whole(after - before, amount);
    }

    fun assert_whole(arrived: u64, sent: u64) {
        assert!(arrived == sent, error::invalid_argument(E_ASSET_SHRINKS));
    }

    /// Whoever may freeze the asset, or has written functions of its own for paying it, must not hold up what else comes with the payment: a
    /// member's leaving with its assets, a leader's punishment.
    fun pay_or_keep(self: &mut Vault, asset: address, to: address, amount: u64) {
        let metadata = object::address_to_object<Metadata>(asset);
        let store = primary_fungible_store::primary_store(self.vault_address(), metadata);
        if (fungible_asset::is_frozen(store)
            || primary_fungible_store::is_frozen(to, metadata)
            || fungible_asset::is_store_dispatchable(store)) {
            let deposit = self.borrow_deposit(to, asset);
            deposit.free += amount;
            event::emit(Staked { owner: to, asset, amount });
        } else self.pay(metadata, to, amount)
    }

    fun pay(self: &Vault, asset: Object<Metadata>, to: address, amount: u64) {
        let vault_signer = object::generate_signer_for_extending(&self.extend_ref);
        primary_fungible_store::transfer(&vault_signer, asset, to, amount);
    }

    fun vault_address(self: &Vault): address {
        object::address_from_extend_ref(&self.extend_ref)
    }

    fun borrow_deposit(self: &mut Vault, owner: address, asset: address): &mut Deposit {
        self.deposits.borrow_mut_with_default(Account { owner, asset }, Deposit { free: 0, locked: 0 })
    }

    #[test_only]
    public fun assert_whole_for_test(arrived: u64, sent: u64) {
        assert_whole(arrived, sent);
    }

    #[test_only]
    public fun init_for_test(publisher: &signer) {
        init_module(publisher);
    }
}
