/// Accounts: the key that may sign for an address, and how many transactions it has sent.
module aptos_framework::account {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::option::{Self, Option};
    use std::signer;
    use std::vector;
    use aptos_std::type_info::{Self, TypeInfo};
    use aptos_framework::create_signer::create_signer;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::guid::{Self, GUID};
    use aptos_framework::system_addresses;

    friend aptos_framework::aptos_account;
    friend aptos_framework::coin;
    friend aptos_framework::genesis;
    friend aptos_framework::resource_account;

    /// There is an account at the address already.
    const EACCOUNT_ALREADY_EXISTS: u64 = 1;
    /// There is no account at the address.
    const EACCOUNT_DOES_NOT_EXIST: u64 = 2;
    /// The sequence number is used up.
    const ESEQUENCE_NUMBER_TOO_BIG: u64 = 3;
    /// An authentication key has 32 bytes.
    const EMALFORMED_AUTHENTICATION_KEY: u64 = 4;
    /// The chain keeps the address for itself.
    const ECANNOT_RESERVED_ADDRESS: u64 = 5;
    /// A resource account has been used already.
    const ERESOURCE_ACCOUNT_EXISTS: u64 = 15;

    const MAX_U64: u128 = 18446744073709551615;
    /// Numbers below are for what the chain itself makes.
    const AUTHENTICATION_KEY_LENGTH: u64 = 32;
    /// Follows the seed in what a resource account's address hashes.
    const DERIVE_RESOURCE_ACCOUNT_SCHEME: u8 = 255;
    /// No key has this hash: a resource account signs through its capability alone.
    const ZERO_AUTH_KEY: vector<u8> = x"0000000000000000000000000000000000000000000000000000000000000000";

    struct Account has key, store {
        authentication_key: vector<u8>,
        sequence_number: u64,
        guid_creation_num: u64,
        coin_register_events: EventHandle<CoinRegisterEvent>,
        key_rotation_events: EventHandle<KeyRotationEvent>,
        rotation_capability_offer: CapabilityOffer<RotationCapability>,
        signer_capability_offer: CapabilityOffer<SignerCapability>
    }

    struct KeyRotationEvent has drop, store {
        old_authentication_key: vector<u8>,
        new_authentication_key: vector<u8>
    }

    struct CoinRegisterEvent has drop, store {
        type_info: TypeInfo
    }

    #[event]
    struct CoinRegister has drop, store {
        account: address,
        type_info: TypeInfo
    }

    struct CapabilityOffer<phantom T> has store {
        for: Option<address>
    }

    struct RotationCapability has drop, store {
        account: address
    }

    /// Whoever holds it can sign for the account.
    struct SignerCapability has drop, store {
        account: address
    }

    public fun create_account_if_does_not_exist(account_address: address) {
        if (!exists_at(account_address)) {
            create_account(account_address);
        }
    }

    public(friend) fun create_account(new_address: address): signer {
        assert!(!exists_at(new_address), error::already_exists(EACCOUNT_ALREADY_EXISTS));
        assert!(
            !system_addresses::is_reserved_address(new_address),
            error::invalid_argument(ECANNOT_RESERVED_ADDRESS)
        );
        create_account_unchecked(new_address)
    }

    /// The accounts of 0x1 to 0xa, whose capability the framework keeps.
    public(friend) fun create_framework_reserved_account(addr: address): (signer, SignerCapability) {
        system_addresses::assert_framework_reserved(addr);
        (create_account_unchecked(addr), SignerCapability { account: addr })
    }

    #[view]
    public fun exists_at(addr: address): bool {
        exists<Account>(addr)
    }

    #[view]
    public fun get_guid_next_creation_num(addr: address): u64 acquires Account {
        borrow_account(addr).guid_creation_num
    }

    #[view]
    /// 0 where there is no account yet.
    public fun get_sequence_number(addr: address): u64 acquires Account {
        if (exists_at(addr)) borrow_account(addr).sequence_number else 0
    }

    #[view]
    /// The address itself where there is no account yet.
    public fun get_authentication_key(addr: address): vector<u8> acquires Account {
        if (exists_at(addr)) borrow_account(addr).authentication_key else bcs::to_bytes(&addr)
    }

    public(friend) fun increment_sequence_number(addr: address) acquires Account {
        let account = borrow_account_mut(addr);
        assert!((account.sequence_number as u128) < MAX_U64, error::out_of_range(ESEQUENCE_NUMBER_TOO_BIG));
        account.sequence_number += 1;
    }

    public(friend) fun rotate_authentication_key_internal(
        account: &signer, new_auth_key: vector<u8>
    ) acquires Account {
        assert!(
            vector::length(&new_auth_key) == AUTHENTICATION_KEY_LENGTH,
            error::invalid_argument(EMALFORMED_AUTHENTICATION_KEY)
        );
        borrow_account_mut(signer::address_of(account)).authentication_key = new_auth_key;
    }

    /// Where `create_resource_account` with the same arguments puts its account.
    public fun create_resource_address(source: &address, seed: vector<u8>): address {
        let bytes = bcs::to_bytes(source);
        vector::append(&mut bytes, seed);
        vector::push_back(&mut bytes, DERIVE_RESOURCE_ACCOUNT_SCHEME);
        aptos_std::from_bcs::to_address(hash::sha3_256(bytes))
    }

    /// An account that no key controls, for a module to keep things in.
    public fun create_resource_account(source: &signer, seed: vector<u8>): (signer, SignerCapability) acquires Account {
        let addr = create_resource_address(&signer::address_of(source), seed);
        // Somebody may have sent coins there before: such an account is taken over as long as it is unused.
        let resource = if (exists_at(addr)) {
            let account = borrow_account(addr);
            assert!(
                option::is_none(&account.signer_capability_offer.for) && account.sequence_number == 0,
                error::already_exists(ERESOURCE_ACCOUNT_EXISTS)
            );
            create_signer(addr)
        } else create_account_unchecked(addr);
        rotate_authentication_key_internal(&resource, ZERO_AUTH_KEY);
        borrow_account_mut(addr).signer_capability_offer.for = option::some(addr);
        (resource, SignerCapability { account: addr })
    }

    public fun create_guid(account_signer: &signer): GUID acquires Account {
        let addr = signer::address_of(account_signer);
        guid::create(addr, &mut borrow_account_mut(addr).guid_creation_num)
    }

    public fun new_event_handle<T: drop + store>(account: &signer): EventHandle<T> acquires Account {
        event::new_event_handle(create_guid(account))
    }

    public(friend) fun register_coin<CoinType>(account_addr: address) {
        event::emit(CoinRegister { account: account_addr, type_info: type_info::type_of<CoinType>() });
    }

    public fun create_signer_with_capability(capability: &SignerCapability): signer {
        create_signer(capability.account)
    }

    public fun get_signer_capability_address(capability: &SignerCapability): address {
        capability.account
    }

    fun create_account_unchecked(new_address: address): signer {
        let new_account = create_signer(new_address);
        let guid_creation_num = 0;
        let coin_register_events = event::new_event_handle(guid::create(new_address, &mut guid_creation_num));
        let key_rotation_events = event::new_event_handle(guid::create(new_address, &mut guid_creation_num));
        move_to(
            &new_account,
            Account {
                authentication_key: bcs::to_bytes(&new_address),
                sequence_number: 0,
                guid_creation_num,
                coin_register_events,
                key_rotation_events,
                rotation_capability_offer: CapabilityOffer { for: option::none() },
                signer_capability_offer: CapabilityOffer { for: option::none() }
            }
        );
        new_account
    }

    inline fun borrow_account(addr: address): &Account {
        assert!(exists<Account>(addr), error::not_found(EACCOUNT_DOES_NOT_EXIST));
        borrow_global<Account>(addr)
    }

    inline fun borrow_account_mut(addr: address): &mut Account {
        assert!(exists<Account>(addr), error::not_found(EACCOUNT_DOES_NOT_EXIST));
        borrow_global_mut<Account>(addr)
    }

    #[test_only]
    public fun create_account_for_test(new_address: address): signer {
        if (system_addresses::is_framework_reserved_address(new_address)) {
            create_account_unchecked(new_address)
        } else create_account(new_address)
    }

    #[test_only]
    public fun create_signer_for_test(addr: address): signer {
        create_signer(addr)
    }

    #[test]
    fun counts_transactions() acquires Account {
        let alice = create_account(@0xa11ce);
        assert!(signer::address_of(&alice) == @0xa11ce && exists_at(@0xa11ce) && !exists_at(@0xb0b), 0);
        assert!(get_authentication_key(@0xa11ce) == bcs::to_bytes(&@0xa11ce), 1);
        increment_sequence_number(@0xa11ce);
        assert!(get_sequence_number(@0xa11ce) == 1 && get_sequence_number(@0xb0b) == 0, 2);
        assert!(get_guid_next_creation_num(@0xa11ce) == 2, 3);
    }

    #[test]
    #[expected_failure(abort_code = 0x80001, location = Self)]
    fun is_created_once() {
        create_account(@0xa11ce);
        create_account(@0xa11ce);
    }

    #[test]
    #[expected_failure(abort_code = 0x10005, location = Self)]
    fun is_never_the_chains_own() {
        create_account(@0x1);
    }

    #[test]
    fun keeps_things_for_modules() acquires Account {
        let alice = create_account(@0xa11ce);
        let (resource, capability) = create_resource_account(&alice, b"vault");
        let addr = signer::address_of(&resource);
        assert!(addr == create_resource_address(&@0xa11ce, b"vault"), 0);
        assert!(signer::address_of(&create_signer_with_capability(&capability)) == addr, 1);
        assert!(get_authentication_key(addr) == ZERO_AUTH_KEY, 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x8000f, location = Self)]
    fun keeps_one_vault_a_seed() acquires Account {
        let alice = create_account(@0xa11ce);
        create_resource_account(&alice, b"vault");
        create_resource_account(&alice, b"vault");
    }
}
