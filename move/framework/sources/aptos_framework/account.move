/// Accounts: the key that may sign for an address, and how many transactions it has sent.
module aptos_framework::account {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::option::{Self, Option};
    use std::signer;
    use std::vector;
    use aptos_std::ed25519;
    use aptos_std::from_bcs;
    use aptos_std::multi_ed25519;
    use aptos_std::table::{Self, Table};
    use aptos_std::type_info::{Self, TypeInfo};
    use aptos_framework::chain_id;
    use aptos_framework::create_signer::create_signer;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::guid::{Self, GUID};
    use aptos_framework::system_addresses;

    friend aptos_framework::aptos_account;
    friend aptos_framework::coin;
    friend aptos_framework::genesis;
    friend aptos_framework::multisig_account;
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
    /// The account has another key.
    const EWRONG_CURRENT_PUBLIC_KEY: u64 = 7;
    /// The key has not signed this.
    const EINVALID_PROOF_OF_KNOWLEDGE: u64 = 8;
    /// Keys are Ed25519 (0) or several of them (1); where nothing is signed, also one (2) or several (3) of any kind.
    const EINVALID_SCHEME: u64 = 12;
    /// The key is known as another account's.
    const EINVALID_ORIGINATING_ADDRESS: u64 = 13;
    /// The account was not offered this signer.
    const ENO_SUCH_SIGNER_CAPABILITY: u64 = 14;
    /// There is no account that could have offered anything.
    const EOFFERER_ADDRESS_DOES_NOT_EXIST: u64 = 17;
    /// The account may not rotate this key.
    const ENO_SUCH_ROTATION_CAPABILITY_OFFER: u64 = 18;
    /// The account has offered nothing.
    const ENO_SIGNER_CAPABILITY_OFFERED: u64 = 19;
    /// The new key is known as another account's.
    const ENEW_AUTH_KEY_ALREADY_MAPPED: u64 = 21;
    /// The new key is the old one.
    const ENEW_AUTH_KEY_SAME_AS_CURRENT: u64 = 22;
    /// The resource account is there already. Written as Aptos writes it.
    const ERESOURCE_ACCCOUNT_EXISTS: u64 = 15;
    /// Somebody has sent transactions from the address.
    const EACCOUNT_ALREADY_USED: u64 = 16;

    const MAX_U64: u128 = 18446744073709551615;
    /// Numbers below are for what the chain itself makes.
    const AUTHENTICATION_KEY_LENGTH: u64 = 32;
    const ED25519_SCHEME: u8 = 0;
    const MULTI_ED25519_SCHEME: u8 = 1;
    const SINGLE_KEY_SCHEME: u8 = 2;
    const MULTI_KEY_SCHEME: u8 = 3;
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

    #[event]
    struct KeyRotation has drop, store {
        account: address,
        old_authentication_key: vector<u8>,
        new_authentication_key: vector<u8>
    }

    #[event]
    /// The bitmap says which of the keys have signed.
    struct KeyRotationToPublicKey has drop, store {
        account: address,
        verified_public_key_bit_map: vector<u8>,
        public_key_scheme: u8,
        public_key: vector<u8>,
        old_auth_key: vector<u8>,
        new_auth_key: vector<u8>
    }

    /// Which account a key has been rotated to, for wallets that have only the key.
    struct OriginatingAddress has key {
        address_map: Table<address, address>
    }

    /// What the old and the new key sign.
    struct RotationProofChallenge has copy, drop {
        sequence_number: u64,
        originator: address,
        current_auth_key: address,
        new_public_key: vector<u8>
    }

    /// What the account's key signs.
    struct RotationCapabilityOfferProofChallengeV2 has drop {
        chain_id: u8,
        sequence_number: u64,
        source_address: address,
        recipient_address: address
    }

    /// What the account's key signs.
    struct SignerCapabilityOfferProofChallengeV2 has copy, drop {
        sequence_number: u64,
        source_address: address,
        recipient_address: address
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

    public(friend) fun initialize(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        move_to(aptos_framework, OriginatingAddress { address_map: table::new() });
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

    #[view]
    /// The account that a key has been rotated to.
    public fun originating_address(auth_key: address): Option<address> acquires OriginatingAddress {
        let map = &borrow_global<OriginatingAddress>(@aptos_framework).address_map;
        if (map.contains(auth_key)) option::some(*map.borrow(auth_key)) else option::none()
    }

    /// Without a proof that anybody has the key.
    entry fun rotate_authentication_key_call(account: &signer, new_auth_key: vector<u8>) acquires Account {
        rotate_authentication_key_internal(account, new_auth_key);
    }

    /// Without a proof too, but telling which key it is.
    entry fun rotate_authentication_key_from_public_key(
        account: &signer, scheme: u8, new_public_key_bytes: vector<u8>
    ) acquires Account {
        let addr = signer::address_of(account);
        create_account_if_does_not_exist(addr);
        let old_auth_key = borrow_account(addr).authentication_key;
        let new_auth_key =
            if (scheme == SINGLE_KEY_SCHEME || scheme == MULTI_KEY_SCHEME) {
                let preimage = new_public_key_bytes;
                preimage.push_back(scheme);
                hash::sha3_256(preimage)
            } else key_hash(scheme, new_public_key_bytes);
        rotate_authentication_key_call(account, new_auth_key);
        event::emit(
            KeyRotationToPublicKey {
                account: addr,
                // Nobody has signed.
                verified_public_key_bit_map: x"00000000",
                public_key_scheme: scheme,
                public_key: new_public_key_bytes,
                old_auth_key,
                new_auth_key
            }
        );
    }

    /// Makes the account's present key known as the account's.
    entry fun set_originating_address(account: &signer) acquires Account, OriginatingAddress {
        let addr = signer::address_of(account);
        let key = from_bcs::to_address(borrow_account(addr).authentication_key);
        let map = &mut borrow_global_mut<OriginatingAddress>(@aptos_framework).address_map;
        if (map.contains(key)) {
            assert!(*map.borrow(key) == addr, error::invalid_argument(ENEW_AUTH_KEY_ALREADY_MAPPED));
        } else map.add(key, addr);
    }

    /// Both keys sign the challenge.
    public entry fun rotate_authentication_key(
        account: &signer,
        from_scheme: u8,
        from_public_key_bytes: vector<u8>,
        to_scheme: u8,
        to_public_key_bytes: vector<u8>,
        cap_rotate_key: vector<u8>,
        cap_update_table: vector<u8>
    ) acquires Account, OriginatingAddress {
        let addr = signer::address_of(account);
        create_account_if_does_not_exist(addr);
        assert!(
            borrow_account(addr).authentication_key == key_hash(from_scheme, from_public_key_bytes),
            error::unauthenticated(EWRONG_CURRENT_PUBLIC_KEY)
        );
        let challenge = rotation_challenge(addr, get_sequence_number(addr), to_public_key_bytes);
        verify(from_scheme, from_public_key_bytes, cap_rotate_key, copy challenge);
        rotate(addr, to_scheme, to_public_key_bytes, cap_update_table, challenge);
    }

    /// By somebody to whom the account has offered that.
    public entry fun rotate_authentication_key_with_rotation_capability(
        delegate_signer: &signer,
        rotation_cap_offerer_address: address,
        new_scheme: u8,
        new_public_key_bytes: vector<u8>,
        cap_update_table: vector<u8>
    ) acquires Account, OriginatingAddress {
        let offerer = rotation_cap_offerer_address;
        assert!(exists_at(offerer), error::not_found(EOFFERER_ADDRESS_DOES_NOT_EXIST));
        let delegate = signer::address_of(delegate_signer);
        assert!(
            borrow_account(offerer).rotation_capability_offer.for.contains(&delegate),
            error::not_found(ENO_SUCH_ROTATION_CAPABILITY_OFFER)
        );
        let challenge = rotation_challenge(offerer, get_sequence_number(delegate), new_public_key_bytes);
        rotate(offerer, new_scheme, new_public_key_bytes, cap_update_table, challenge);
    }

    /// To one account at a time. The account's key signs the challenge.
    public entry fun offer_rotation_capability(
        account: &signer,
        rotation_capability_sig_bytes: vector<u8>,
        account_scheme: u8,
        account_public_key_bytes: vector<u8>,
        recipient_address: address
    ) acquires Account {
        let source_address = signer::address_of(account);
        create_account_if_does_not_exist(source_address);
        assert!(exists_at(recipient_address), error::not_found(EACCOUNT_DOES_NOT_EXIST));
        let challenge = RotationCapabilityOfferProofChallengeV2 {
            chain_id: chain_id::get(),
            sequence_number: get_sequence_number(source_address),
            source_address,
            recipient_address
        };
        verify_signed_message(
            source_address, account_scheme, account_public_key_bytes, rotation_capability_sig_bytes, challenge
        );
        borrow_account_mut(source_address).rotation_capability_offer.for.swap_or_fill(recipient_address);
    }

    #[view]
    public fun is_rotation_capability_offered(account_addr: address): bool acquires Account {
        borrow_account(account_addr).rotation_capability_offer.for.is_some()
    }

    #[view]
    public fun get_rotation_capability_offer_for(account_addr: address): address acquires Account {
        let offer = borrow_account(account_addr).rotation_capability_offer.for;
        assert!(offer.is_some(), error::not_found(ENO_SIGNER_CAPABILITY_OFFERED));
        offer.destroy_some()
    }

    public entry fun revoke_rotation_capability(
        account: &signer, to_be_revoked_address: address
    ) acquires Account {
        assert!(exists_at(to_be_revoked_address), error::not_found(EACCOUNT_DOES_NOT_EXIST));
        assert!(
            borrow_account(signer::address_of(account)).rotation_capability_offer.for.contains(&to_be_revoked_address),
            error::not_found(ENO_SUCH_ROTATION_CAPABILITY_OFFER)
        );
        revoke_any_rotation_capability(account);
    }

    public entry fun revoke_any_rotation_capability(account: &signer) acquires Account {
        borrow_account_mut(signer::address_of(account)).rotation_capability_offer.for.extract();
    }

    /// To one account at a time. The account's key signs the challenge.
    public entry fun offer_signer_capability(
        account: &signer,
        signer_capability_sig_bytes: vector<u8>,
        account_scheme: u8,
        account_public_key_bytes: vector<u8>,
        recipient_address: address
    ) acquires Account {
        let source_address = signer::address_of(account);
        create_account_if_does_not_exist(source_address);
        assert!(exists_at(recipient_address), error::not_found(EACCOUNT_DOES_NOT_EXIST));
        let sequence_number = get_sequence_number(source_address);
        let challenge = SignerCapabilityOfferProofChallengeV2 { sequence_number, source_address, recipient_address };
        verify_signed_message(
            source_address, account_scheme, account_public_key_bytes, signer_capability_sig_bytes, challenge
        );
        borrow_account_mut(source_address).signer_capability_offer.for.swap_or_fill(recipient_address);
    }

    #[view]
    public fun is_signer_capability_offered(account_addr: address): bool acquires Account {
        borrow_account(account_addr).signer_capability_offer.for.is_some()
    }

    #[view]
    public fun get_signer_capability_offer_for(account_addr: address): address acquires Account {
        let offer = borrow_account(account_addr).signer_capability_offer.for;
        assert!(offer.is_some(), error::not_found(ENO_SIGNER_CAPABILITY_OFFERED));
        offer.destroy_some()
    }

    public entry fun revoke_signer_capability(account: &signer, to_be_revoked_address: address) acquires Account {
        assert!(exists_at(to_be_revoked_address), error::not_found(EACCOUNT_DOES_NOT_EXIST));
        assert_signer_offered(signer::address_of(account), to_be_revoked_address);
        revoke_any_signer_capability(account);
    }

    public entry fun revoke_any_signer_capability(account: &signer) acquires Account {
        borrow_account_mut(signer::address_of(account)).signer_capability_offer.for.extract();
    }

    /// The signer of an account that has offered it.
    public fun create_authorized_signer(account: &signer, offerer_address: address): signer acquires Account {
        assert_signer_offered(offerer_address, signer::address_of(account));
        create_signer(offerer_address)
    }

    /// Aborts unless the account's key has signed the message in the form that wallets sign.
    public fun verify_signed_message<T: drop>(
        account: address, account_scheme: u8, account_public_key: vector<u8>, signed_message_bytes: vector<u8>, message: T
    ) acquires Account {
        assert!(
            borrow_account(account).authentication_key == key_hash(account_scheme, account_public_key),
            error::invalid_argument(EWRONG_CURRENT_PUBLIC_KEY)
        );
        verify(account_scheme, account_public_key, signed_message_bytes, message);
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
                option::is_none(&account.signer_capability_offer.for),
                error::already_exists(ERESOURCE_ACCCOUNT_EXISTS)
            );
            assert!(account.sequence_number == 0, error::invalid_state(EACCOUNT_ALREADY_USED));
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

    fun assert_signer_offered(offerer: address, recipient: address) acquires Account {
        assert!(
            borrow_account(offerer).signer_capability_offer.for.contains(&recipient),
            error::not_found(ENO_SUCH_SIGNER_CAPABILITY)
        );
    }

    fun rotation_challenge(
        originator: address, sequence_number: u64, new_public_key: vector<u8>
    ): RotationProofChallenge acquires Account {
        let current_auth_key = from_bcs::to_address(borrow_account(originator).authentication_key);
        RotationProofChallenge { sequence_number, originator, current_auth_key, new_public_key }
    }

    /// Gives the account another key, which has signed the challenge, and makes it known as the account's.
    fun rotate(
        addr: address, scheme: u8, public_key: vector<u8>, signature: vector<u8>, challenge: RotationProofChallenge
    ) acquires Account, OriginatingAddress {
        let old_auth_key = borrow_account(addr).authentication_key;
        let new_auth_key = key_hash(scheme, public_key);
        verify(scheme, public_key, signature, challenge);
        assert!(new_auth_key != old_auth_key, error::invalid_argument(ENEW_AUTH_KEY_SAME_AS_CURRENT));
        let map = &mut borrow_global_mut<OriginatingAddress>(@aptos_framework).address_map;
        let (old, new) = (from_bcs::to_address(old_auth_key), from_bcs::to_address(new_auth_key));
        if (map.contains(old)) {
            assert!(map.remove(old) == addr, error::not_found(EINVALID_ORIGINATING_ADDRESS));
        };
        assert!(!map.contains(new), error::invalid_argument(ENEW_AUTH_KEY_ALREADY_MAPPED));
        map.add(new, addr);
        borrow_account_mut(addr).authentication_key = new_auth_key;
        event::emit(
            KeyRotation {
                account: addr,
                old_authentication_key: old_auth_key,
                new_authentication_key: new_auth_key
            }
        );
        let length = signature.length();
        event::emit(
            KeyRotationToPublicKey {
                account: addr,
                // A multi-signature ends with the bitmap of those who signed.
                verified_public_key_bit_map: if (scheme == ED25519_SCHEME) x"80000000"
                else signature.slice(length - 4, length),
                public_key_scheme: scheme,
                public_key,
                old_auth_key,
                new_auth_key
            }
        );
    }

    fun key_hash(scheme: u8, public_key: vector<u8>): vector<u8> {
        if (scheme == ED25519_SCHEME) {
            let key = ed25519::new_unvalidated_public_key_from_bytes(public_key);
            ed25519::unvalidated_public_key_to_authentication_key(&key)
        } else {
            assert!(scheme == MULTI_ED25519_SCHEME, error::invalid_argument(EINVALID_SCHEME));
            let key = multi_ed25519::new_unvalidated_public_key_from_bytes(public_key);
            multi_ed25519::unvalidated_public_key_to_authentication_key(&key)
        }
    }

    fun verify<T: drop>(scheme: u8, public_key: vector<u8>, signature: vector<u8>, message: T) {
        let verified =
            if (scheme == ED25519_SCHEME) {
                let key = ed25519::new_unvalidated_public_key_from_bytes(public_key);
                let signature = ed25519::new_signature_from_bytes(signature);
                ed25519::signature_verify_strict_t(&signature, &key, message)
            } else {
                assert!(scheme == MULTI_ED25519_SCHEME, error::invalid_argument(EINVALID_SCHEME));
                let key = multi_ed25519::new_unvalidated_public_key_from_bytes(public_key);
                let signature = multi_ed25519::new_signature_from_bytes(signature);
                multi_ed25519::signature_verify_strict_t(&signature, &key, message)
            };
        assert!(verified, error::invalid_argument(EINVALID_PROOF_OF_KNOWLEDGE));
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
    fun takes_any_key_without_proof() acquires Account {
        let alice = create_account(@0xa11ce);
        rotate_authentication_key_from_public_key(&alice, ED25519_SCHEME, KEY_1);
        assert!(get_authentication_key(@0xa11ce) == key_hash(ED25519_SCHEME, KEY_1), 0);
        // One key that says its kind, Ed25519: its number, its length, itself.
        let single = x"0020";
        single.append(KEY_1);
        rotate_authentication_key_from_public_key(&alice, SINGLE_KEY_SCHEME, single);
        let preimage = single;
        preimage.push_back(2);
        assert!(get_authentication_key(@0xa11ce) == hash::sha3_256(preimage), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000c, location = Self)]
    fun takes_no_key_of_another_kind() acquires Account {
        rotate_authentication_key_from_public_key(&create_account(@0xa11ce), 4, KEY_1);
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

    #[test_only]
    /// The published test keys of RFC 8032, sections 7.1.1 and 7.1.2.
    const KEY_1: vector<u8> = x"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    #[test_only]
    const KEY_2: vector<u8> = x"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

    #[test(framework = @0x1)]
    fun rotates_its_key(framework: &signer) acquires Account, OriginatingAddress {
        initialize(framework);
        let alice = create_account(@0xa11ce);
        rotate_authentication_key_call(&alice, key_hash(ED25519_SCHEME, KEY_1));
        set_originating_address(&alice);
        // Both keys over RotationProofChallenge { 0, @0xa11ce, key 1, key 2 }, made with @noble/curves.
        let by_old =
            x"c81da0440218d282216ee1086b65135a3a61aa642a637ccc6664b2438ebc18ccafe64242f71ffea75f2e642d4c273de698bd0b397d386a4c8c809bd685f0060b";
        let by_new =
            x"84f448501b245157aea010f3ec7fa2ce3d8889794ed729cab67247ebeb72f779fa6517bf11d25751f116cb119d1399aa9890ff9baa7c26ce3f36f401f4d0a801";
        rotate_authentication_key(&alice, ED25519_SCHEME, KEY_1, ED25519_SCHEME, KEY_2, by_old, by_new);
        let new = key_hash(ED25519_SCHEME, KEY_2);
        assert!(get_authentication_key(@0xa11ce) == new, 0);
        assert!(originating_address(from_bcs::to_address(new)) == option::some(@0xa11ce), 1);
        let old = from_bcs::to_address(key_hash(ED25519_SCHEME, KEY_1));
        assert!(originating_address(old).is_none(), 2);
    }

    #[test]
    fun offers_its_signer() acquires Account {
        let alice = create_account(@0xa11ce);
        let bob = create_account(@0xb0b);
        rotate_authentication_key_call(&alice, key_hash(ED25519_SCHEME, KEY_1));
        // Key 1 over SignerCapabilityOfferProofChallengeV2 { 0, @0xa11ce, @0xb0b }.
        let signature =
            x"c4230124b701441eb078b5039c9d0557aae6e10b6d1cee0725bcf2ac7b75279c738c0a56f38bcf2ce7e37427505a537d630c2b63b423429ff33356256879e30b";
        offer_signer_capability(&alice, signature, ED25519_SCHEME, KEY_1, @0xb0b);
        assert!(get_signer_capability_offer_for(@0xa11ce) == @0xb0b && is_signer_capability_offered(@0xa11ce), 0);
        assert!(signer::address_of(&create_authorized_signer(&bob, @0xa11ce)) == @0xa11ce, 1);
        revoke_signer_capability(&alice, @0xb0b);
        assert!(!is_signer_capability_offered(@0xa11ce), 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10008, location = Self)]
    fun offers_nothing_unsigned() acquires Account {
        let alice = create_account(@0xa11ce);
        create_account(@0xb0b);
        rotate_authentication_key_call(&alice, key_hash(ED25519_SCHEME, KEY_1));
        let zeros = ZERO_AUTH_KEY;
        zeros.append(ZERO_AUTH_KEY);
        offer_signer_capability(&alice, zeros, ED25519_SCHEME, KEY_1, @0xb0b);
    }

    #[test]
    #[expected_failure(abort_code = 0x6000e, location = Self)]
    fun signs_for_nobody_unasked() acquires Account {
        create_account(@0xa11ce);
        let mallory = create_account(@0xbad);
        create_authorized_signer(&mallory, @0xa11ce);
    }
}
