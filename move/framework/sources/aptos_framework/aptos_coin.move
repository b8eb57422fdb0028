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
    /// The account has been offered it already.
    const EALREADY_DELEGATED: u64 = 2;
    /// The account has not been offered it.
    const EDELEGATION_NOT_FOUND: u64 = 3;

    const CORE_RESOURCES: address = @0xa550c18;

    struct AptosCoin has key {}

    struct MintCapStore has key {
        mint_cap: MintCapability<AptosCoin>
    }

    struct DelegatedMintCapability has store {
        to: address
    }

    /// With the core resources account: whom it has offered to mint too.
    struct Delegations has key {
        inner: vector<DelegatedMintCapability>
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
        move_to(core_resources, Delegations { inner: vector[] });
    }

    public entry fun mint(account: &signer, dst_addr: address, amount: u64) acquires MintCapStore {
        let account_addr = signer::address_of(account);
        assert!(exists<MintCapStore>(account_addr), error::not_found(ENO_CAPABILITIES));
        coin::deposit(dst_addr, coin::mint(amount, &borrow_global<MintCapStore>(account_addr).mint_cap));
    }

    public entry fun delegate_mint_capability(account: signer, to: address) acquires Delegations {
        system_addresses::assert_core_resource(&account);
        let offers = &mut borrow_global_mut<Delegations>(CORE_RESOURCES).inner;
        let (found, _) = find_offer(offers, to);
        assert!(!found, error::invalid_argument(EALREADY_DELEGATED));
        offers.push_back(DelegatedMintCapability { to });
    }

    public entry fun claim_mint_capability(account: &signer) acquires Delegations, MintCapStore {
        let offers = &mut borrow_global_mut<Delegations>(CORE_RESOURCES).inner;
        let (found, index) = find_offer(offers, signer::address_of(account));
        assert!(found, EDELEGATION_NOT_FOUND);
        let DelegatedMintCapability { to: _ } = offers.swap_remove(index);
        let mint_cap = borrow_global<MintCapStore>(CORE_RESOURCES).mint_cap;
        move_to(account, MintCapStore { mint_cap });
    }

    fun find_offer(offers: &vector<DelegatedMintCapability>, to: address): (bool, u64) {
        offers.find(|offer| {
            let offer: &DelegatedMintCapability = offer;
            offer.to == to
        })
    }

    #[test(framework = @0x1, core = @0xa550c18, alice = @0xa11ce)]
    fun is_minted_by_those_who_were_asked(
        framework: &signer, core: signer, alice: &signer
    ) acquires Delegations, MintCapStore {
        let (burn_cap, mint_cap) = initialize_for_test(framework);
        configure_accounts_for_test(framework, &core, mint_cap);
        delegate_mint_capability(core, @0xa11ce);
        claim_mint_capability(alice);
        mint(alice, @0xb0b, 5);
        assert!(has_mint_capability(alice) && coin::balance<AptosCoin>(@0xb0b) == 5, 0);
        coin::destroy_burn_cap(burn_cap);
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
