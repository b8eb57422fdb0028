/// A coin that its account mints and burns as it likes.
module aptos_framework::managed_coin {
    use std::error;
    use std::signer;
    use std::string;
    use aptos_framework::coin::{Self, BurnCapability, FreezeCapability, MintCapability};

    /// The account has not initialised the coin.
    const ENO_CAPABILITIES: u64 = 1;

    struct Capabilities<phantom CoinType> has key {
        burn_cap: BurnCapability<CoinType>,
        freeze_cap: FreezeCapability<CoinType>,
        mint_cap: MintCapability<CoinType>
    }

    /// Burns coins of the account itself.
    public entry fun burn<CoinType>(account: &signer, amount: u64) acquires Capabilities {
        let account_addr = signer::address_of(account);
        assert_capabilities<CoinType>(account_addr);
        let coins = coin::withdraw<CoinType>(account, amount);
        coin::burn(coins, &borrow_global<Capabilities<CoinType>>(account_addr).burn_cap);
    }

    public entry fun initialize<CoinType>(
        account: &signer, name: vector<u8>, symbol: vector<u8>, decimals: u8, monitor_supply: bool
    ) {
        let (burn_cap, freeze_cap, mint_cap) =
            coin::initialize<CoinType>(
                account, string::utf8(name), string::utf8(symbol), decimals, monitor_supply
            );
        move_to(account, Capabilities<CoinType> { burn_cap, freeze_cap, mint_cap });
    }

    public entry fun mint<CoinType>(account: &signer, dst_addr: address, amount: u64) acquires Capabilities {
        let account_addr = signer::address_of(account);
        assert_capabilities<CoinType>(account_addr);
        coin::deposit(dst_addr, coin::mint(amount, &borrow_global<Capabilities<CoinType>>(account_addr).mint_cap));
    }

    public entry fun register<CoinType>(account: &signer) {
        coin::register<CoinType>(account);
    }

    public entry fun destroy_caps<CoinType>(account: &signer) acquires Capabilities {
        let (burn_cap, freeze_cap, mint_cap) = remove_caps<CoinType>(account);
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_freeze_cap(freeze_cap);
        coin::destroy_mint_cap(mint_cap);
    }

    public fun remove_caps<CoinType>(
        account: &signer
    ): (BurnCapability<CoinType>, FreezeCapability<CoinType>, MintCapability<CoinType>) acquires Capabilities {
        let account_addr = signer::address_of(account);
        assert_capabilities<CoinType>(account_addr);
        let Capabilities { burn_cap, freeze_cap, mint_cap } = move_from<Capabilities<CoinType>>(account_addr);
        (burn_cap, freeze_cap, mint_cap)
    }

    fun assert_capabilities<CoinType>(account_addr: address) {
        assert!(exists<Capabilities<CoinType>>(account_addr), error::not_found(ENO_CAPABILITIES));
    }

    #[test_only]
    struct Shell {}

    #[test(framework = @0x1, alice = @0xa11ce)]
    fun mints_and_burns(framework: &signer, alice: &signer) acquires Capabilities {
        aptos_framework::account::create_account_for_test(@0x1);
        aptos_framework::account::create_account_for_test(@0xa11ce);
        initialize<Shell>(framework, b"Shell", b"SH", 2, true);
        register<Shell>(framework);
        register<Shell>(alice);
        mint<Shell>(framework, @0xa11ce, 30);
        mint<Shell>(framework, @0x1, 20);
        burn<Shell>(framework, 5);
        assert!(coin::supply<Shell>() == std::option::some(45) && coin::balance<Shell>(@0xa11ce) == 30, 0);
        destroy_caps<Shell>(framework);
    }

    #[test(mallory = @0xbad)]
    #[expected_failure(abort_code = 0x60001, location = Self)]
    fun is_minted_by_its_account_alone(mallory: &signer) acquires Capabilities {
        mint<Shell>(mallory, @0xbad, 1);
    }
}
