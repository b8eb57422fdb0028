/// Resource accounts whose capability waits for the code that is published at them.
module aptos_framework::resource_account {
    use std::error;
    use std::signer;
    use aptos_std::simple_map::{Self, SimpleMap};
    use aptos_framework::account::{Self, SignerCapability};
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::code;
    use aptos_framework::coin;

    /// The account has made no resource accounts that wait.
    const ECONTAINER_NOT_PUBLISHED: u64 = 1;
    /// The account has not made this resource account.
    const EUNAUTHORIZED_NOT_OWNER: u64 = 2;

    /// No key has this hash.
    const ZERO_AUTH_KEY: vector<u8> = x"0000000000000000000000000000000000000000000000000000000000000000";

    /// With whoever made the accounts.
    struct Container has key {
        store: SimpleMap<address, SignerCapability>
    }

    /// An empty key stands for the key of `origin`.
    public entry fun create_resource_account(
        origin: &signer, seed: vector<u8>, optional_auth_key: vector<u8>
    ) acquires Container {
        let (resource, cap) = account::create_resource_account(origin, seed);
        keep(origin, resource, cap, optional_auth_key);
    }

    public entry fun create_resource_account_and_fund(
        origin: &signer, seed: vector<u8>, optional_auth_key: vector<u8>, fund_amount: u64
    ) acquires Container {
        let (resource, cap) = account::create_resource_account(origin, seed);
        coin::register<AptosCoin>(&resource);
        coin::transfer<AptosCoin>(origin, signer::address_of(&resource), fund_amount);
        keep(origin, resource, cap, optional_auth_key);
    }

    public entry fun create_resource_account_and_publish_package(
        origin: &signer, seed: vector<u8>, metadata_serialized: vector<u8>, code: vector<vector<u8>>
    ) acquires Container {
        let (resource, cap) = account::create_resource_account(origin, seed);
        code::publish_package_txn(&resource, metadata_serialized, code);
        keep(origin, resource, cap, ZERO_AUTH_KEY);
    }

    /// From then on the capability alone signs for the account.
    public fun retrieve_resource_account_cap(
        resource: &signer, source_addr: address
    ): SignerCapability acquires Container {
        assert!(exists<Container>(source_addr), error::not_found(ECONTAINER_NOT_PUBLISHED));
        let resource_addr = signer::address_of(resource);
        let store = &mut borrow_global_mut<Container>(source_addr).store;
        assert!(store.contains_key(&resource_addr), error::invalid_argument(EUNAUTHORIZED_NOT_OWNER));
        let (_, cap) = store.remove(&resource_addr);
        if (store.length() == 0) {
            let Container { store } = move_from<Container>(source_addr);
            store.destroy_empty();
        };
        account::rotate_authentication_key_internal(resource, ZERO_AUTH_KEY);
        cap
    }

    fun keep(
        origin: &signer, resource: signer, cap: SignerCapability, optional_auth_key: vector<u8>
    ) acquires Container {
        let origin_addr = signer::address_of(origin);
        if (!exists<Container>(origin_addr)) move_to(origin, Container { store: simple_map::new() });
        borrow_global_mut<Container>(origin_addr).store.add(signer::address_of(&resource), cap);
        let key =
            if (optional_auth_key.is_empty()) account::get_authentication_key(origin_addr) else optional_auth_key;
        account::rotate_authentication_key_internal(&resource, key);
    }

    #[test(alice = @0xa11ce)]
    fun keeps_the_capability(alice: &signer) acquires Container {
        account::create_account_for_test(@0xa11ce);
        create_resource_account(alice, b"one", vector[]);
        create_resource_account(alice, b"two", ZERO_AUTH_KEY);
        let one = account::create_resource_address(&@0xa11ce, b"one");
        assert!(account::get_authentication_key(one) == account::get_authentication_key(@0xa11ce), 0);
        let cap = retrieve_resource_account_cap(&account::create_signer_for_test(one), @0xa11ce);
        assert!(account::get_signer_capability_address(&cap) == one, 1);
        assert!(account::get_authentication_key(one) == ZERO_AUTH_KEY, 2);
        let two = account::create_resource_address(&@0xa11ce, b"two");
        retrieve_resource_account_cap(&account::create_signer_for_test(two), @0xa11ce);
        assert!(!exists<Container>(@0xa11ce), 3);
    }

    #[test(alice = @0xa11ce, mallory = @0xbad)]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun gives_it_to_nobody_else(alice: &signer, mallory: &signer) acquires Container {
        account::create_account_for_test(@0xa11ce);
        create_resource_account(alice, b"one", vector[]);
        retrieve_resource_account_cap(mallory, @0xa11ce);
    }
}
