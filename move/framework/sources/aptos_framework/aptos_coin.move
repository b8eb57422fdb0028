/// The coin that pays for gas. On a test chain the core resources account mints it.
module aptos_framework::aptos_coin {
    use std::error;
    use std::signer;
    use std::string;
    use aptos_framework::coin::{Self, BurnCapability, MintCapability};
    use aptos_framework::system_addresses;

    friend aptos_framework::genesis;

    /// The account may not mint.
    const ENO_CAPABILITIES: u64 = 1;

    struct AptosCoin has key {}

    struct MintCapStore has key {
        mint_cap: MintCapability<AptosCoin>
    }

    public(friend) fun initialize(aptos_framework: &signer): (
        BurnCapability<AptosCoin>, MintCapability<AptosCoin>
    ) {
        system_addresses::assert_aptos_framework(aptos_framework);
        let (burn_cap, freeze_cap, mint_cap) =
            coin::initialize<AptosCoin>(
                aptos_framework, string::utf8(b"Aptos Coin"), string::utf8(b"APT"), 8, true
            );
        coin::destroy_freeze_cap(freeze_cap);
        (burn_cap, mint_cap)
    }

    public fun has_mint_capability(account: &signer): bool {
        exists<MintCapStore>(signer::address_of(account))
    }

    /// Makes `core_resources` the bank of a test chain.
    public(friend) fun configure_accounts_for_test(
        aptos_framework: &signer, core_resources: &signer, mint_cap: MintCapability<AptosCoin>
    ) {
        system_addresses::assert_aptos_framework(aptos_framework);
        coin::deposit(
            signer::address_of(core_resources), coin::mint(18446744073709551615 / 2, &mint_cap)
        );
        move_to(core_resources, MintCapStore { mint_cap });
    }

    public entry fun mint(account: &signer, dst_addr: address, amount: u64) acquires MintCapStore {
        let account_addr = signer::address_of(account);
        assert!(exists<MintCapStore>(account_addr), error::not_found(ENO_CAPABILITIES));
        coin::deposit(dst_addr, coin::mint(amount, &borrow_global<MintCapStore>(account_addr).mint_cap));
    }

    #[test_only]
    public fun initialize_for_test(aptos_framework: &signer): (
        BurnCapability<AptosCoin>, MintCapability<AptosCoin>
    ) {
        let (burn_cap, mint_cap) = initialize(aptos_framework);
        coin::create_coin_conversion_map(aptos_framework);
        coin::create_pairing<AptosCoin>(aptos_framework);
        (burn_cap, mint_cap)
    }
}
