/// Accounts that several owners control together: one proposes a call, enough of them approve it, and any of them has it executed with the
/// account's signer. The chain runs the call; this module keeps owners, proposals and votes, and says what may be executed.
module aptos_framework::multisig_account {
    use std::bcs;
    use std::error;
    use std::hash::sha3_256;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::String;
    use aptos_std::simple_map::{Self, SimpleMap};
    use aptos_std::table::{Self, Table};
    use aptos_framework::account::{Self, SignerCapability};
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::chain_id;
    use aptos_framework::coin;
    use aptos_framework::create_signer::create_signer;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::timestamp;

    /// An address is an owner twice.
    const EDUPLICATE_OWNER: u64 = 1;
    /// A proposal without a call.
    const EPAYLOAD_CANNOT_BE_EMPTY: u64 = 4;
    /// Fewer owners than signatures that are needed.
    const ENOT_ENOUGH_OWNERS: u64 = 5;
    /// Too few owners have voted against it.
    const ENOT_ENOUGH_REJECTIONS: u64 = 10;
    /// At least one signature, at most one from each owner.
    const EINVALID_SIGNATURES_REQUIRED: u64 = 11;
    /// A hash has 32 bytes.
    const EINVALID_PAYLOAD_HASH: u64 = 12;
    /// An account cannot own itself.
    const EOWNER_CANNOT_BE_MULTISIG_ACCOUNT_ITSELF: u64 = 13;
    /// Each key needs one value.
    const ENUMBER_OF_METADATA_KEYS_AND_VALUES_DONT_MATCH: u64 = 15;
    /// A key is there twice.
    const EDUPLICATE_METADATA_KEY: u64 = 16;
    /// There is no such proposal, or it is not its turn.
    const EINVALID_SEQUENCE_NUMBER: u64 = 17;
    /// The same owner is to come and to go.
    const EOWNERS_TO_REMOVE_NEW_OWNERS_OVERLAP: u64 = 18;
    /// Too many proposals wait.
    const EMAX_PENDING_TRANSACTIONS_EXCEEDED: u64 = 19;
    // Numbers from 2000 are known to the chain, which refuses a transaction with a status of its own.
    /// The address is no multisig account.
    const EACCOUNT_NOT_MULTISIG: u64 = 2002;
    /// Whoever asks is no owner.
    const ENOT_OWNER: u64 = 2003;
    /// There is no proposal of this number.
    const ETRANSACTION_NOT_FOUND: u64 = 2006;
    /// The call is not the one whose hash was approved.
    const EPAYLOAD_DOES_NOT_MATCH_HASH: u64 = 2008;
    /// Too few owners have approved it.
    const ENOT_ENOUGH_APPROVALS: u64 = 2009;
    /// The call is not the one that was approved.
    const EPAYLOAD_DOES_NOT_MATCH: u64 = 2010;

    /// Begins the seed of every multisig account's address.
    const DOMAIN_SEPARATOR: vector<u8> = b"aptos_framework::multisig_account";
    /// No key has this hash.
    const ZERO_AUTH_KEY: vector<u8> = x"0000000000000000000000000000000000000000000000000000000000000000";
    const PAYLOAD_HASH_LENGTH: u64 = 32;
    const MAX_PENDING_TRANSACTIONS: u64 = 20;

    struct MultisigAccount has key {
        owners: vector<address>,
        num_signatures_required: u64,
        /// Those that are neither executed nor rejected yet, by number from 1.
        transactions: Table<u64, MultisigTransaction>,
        last_executed_sequence_number: u64,
        next_sequence_number: u64,
        /// None where the account was there before it had owners.
        signer_cap: Option<SignerCapability>,
        metadata: SimpleMap<String, vector<u8>>,
        add_owners_events: EventHandle<AddOwnersEvent>,
        remove_owners_events: EventHandle<RemoveOwnersEvent>,
        update_signature_required_events: EventHandle<UpdateSignaturesRequiredEvent>,
        create_transaction_events: EventHandle<CreateTransactionEvent>,
        vote_events: EventHandle<VoteEvent>,
        execute_rejected_transaction_events: EventHandle<ExecuteRejectedTransactionEvent>,
        execute_transaction_events: EventHandle<TransactionExecutionSucceededEvent>,
        transaction_execution_failed_events: EventHandle<TransactionExecutionFailedEvent>,
        metadata_updated_events: EventHandle<MetadataUpdatedEvent>
    }

    /// A proposal: the call, or only its hash.
    struct MultisigTransaction has copy, drop, store {
        payload: Option<vector<u8>>,
        payload_hash: Option<vector<u8>>,
        votes: SimpleMap<address, bool>,
        creator: address,
        creation_time_secs: u64
    }

    /// Why an approved call failed. The chain fills it in.
    struct ExecutionError has copy, drop, store {
        abort_location: String,
        error_type: String,
        error_code: u64
    }

    /// What an account's key signs to hand it over to owners.
    struct MultisigAccountCreationMessage has copy, drop {
        chain_id: u8,
        account_address: address,
        sequence_number: u64,
        owners: vector<address>,
        num_signatures_required: u64
    }

    /// As above, and the key loses its power.
    struct MultisigAccountCreationWithAuthKeyRevocationMessage has copy, drop {
        chain_id: u8,
        account_address: address,
        sequence_number: u64,
        owners: vector<address>,
        num_signatures_required: u64
    }

    struct AddOwnersEvent has drop, store {
        owners_added: vector<address>
    }

    #[event]
    struct AddOwners has drop, store {
        multisig_account: address,
        owners_added: vector<address>
    }

    struct RemoveOwnersEvent has drop, store {
        owners_removed: vector<address>
    }

    #[event]
    struct RemoveOwners has drop, store {
        multisig_account: address,
        owners_removed: vector<address>
    }

    struct UpdateSignaturesRequiredEvent has drop, store {
        old_num_signatures_required: u64,
        new_num_signatures_required: u64
    }

    #[event]
    struct UpdateSignaturesRequired has drop, store {
        multisig_account: address,
        old_num_signatures_required: u64,
        new_num_signatures_required: u64
    }

    struct CreateTransactionEvent has drop, store {
        creator: address,
        sequence_number: u64,
        transaction: MultisigTransaction
    }

    #[event]
    struct CreateTransaction has drop, store {
        multisig_account: address,
        creator: address,
        sequence_number: u64,
        transaction: MultisigTransaction
    }

    struct VoteEvent has drop, store {
        owner: address,
        sequence_number: u64,
        approved: bool
    }

    #[event]
    struct Vote has drop, store {
        multisig_account: address,
        owner: address,
        sequence_number: u64,
        approved: bool
    }

    struct ExecuteRejectedTransactionEvent has drop, store {
        sequence_number: u64,
        num_rejections: u64,
        executor: address
    }

    #[event]
    struct ExecuteRejectedTransaction has drop, store {
        multisig_account: address,
        sequence_number: u64,
        num_rejections: u64,
        executor: address
    }

    struct TransactionExecutionSucceededEvent has drop, store {
        executor: address,
        sequence_number: u64,
        transaction_payload: vector<u8>,
        num_approvals: u64
    }

    #[event]
    struct TransactionExecutionSucceeded has drop, store {
        multisig_account: address,
        executor: address,
        sequence_number: u64,
        transaction_payload: vector<u8>,
        num_approvals: u64
    }

    struct TransactionExecutionFailedEvent has drop, store {
        executor: address,
        sequence_number: u64,
        transaction_payload: vector<u8>,
        num_approvals: u64,
        execution_error: ExecutionError
    }

    #[event]
    struct TransactionExecutionFailed has drop, store {
        multisig_account: address,
        executor: address,
        sequence_number: u64,
        transaction_payload: vector<u8>,
        num_approvals: u64,
        execution_error: ExecutionError
    }

    struct MetadataUpdatedEvent has drop, store {
        old_metadata: SimpleMap<String, vector<u8>>,
        new_metadata: SimpleMap<String, vector<u8>>
    }

    #[event]
    struct MetadataUpdated has drop, store {
        multisig_account: address,
        old_metadata: SimpleMap<String, vector<u8>>,
        new_metadata: SimpleMap<String, vector<u8>>
    }

    #[view]
    public fun metadata(multisig_account: address): SimpleMap<String, vector<u8>> acquires MultisigAccount {
        borrow_global<MultisigAccount>(multisig_account).metadata
    }

    #[view]
    public fun num_signatures_required(multisig_account: address): u64 acquires MultisigAccount {
        borrow_global<MultisigAccount>(multisig_account).num_signatures_required
    }

    #[view]
    public fun owners(multisig_account: address): vector<address> acquires MultisigAccount {
        borrow_global<MultisigAccount>(multisig_account).owners
    }

    #[view]
    public fun is_owner(owner: address, multisig_account: address): bool acquires MultisigAccount {
        borrow_global<MultisigAccount>(multisig_account).owners.contains(&owner)
    }

    #[view]
    public fun get_transaction(
        multisig_account: address, sequence_number: u64
    ): MultisigTransaction acquires MultisigAccount {
        let multisig = borrow_global<MultisigAccount>(multisig_account);
        assert_known(multisig, sequence_number);
        *multisig.transactions.borrow(sequence_number)
    }

    #[view]
    public fun get_pending_transactions(
        multisig_account: address
    ): vector<MultisigTransaction> acquires MultisigAccount {
        let multisig = borrow_global<MultisigAccount>(multisig_account);
        let pending = vector[];
        for (number in (multisig.last_executed_sequence_number + 1)..multisig.next_sequence_number) {
            pending.push_back(*multisig.transactions.borrow(number));
        };
        pending
    }

    #[view]
    /// What will be called next: what is stored, else what is brought.
    public fun get_next_transaction_payload(
        multisig_account: address, provided_payload: vector<u8>
    ): vector<u8> acquires MultisigAccount {
        let multisig = borrow_global<MultisigAccount>(multisig_account);
        let next = multisig.transactions.borrow(multisig.last_executed_sequence_number + 1);
        if (next.payload.is_some()) *next.payload.borrow() else provided_payload
    }

    #[view]
    public fun can_be_executed(multisig_account: address, sequence_number: u64): bool acquires MultisigAccount {
        let multisig = borrow_global<MultisigAccount>(multisig_account);
        assert_known(multisig, sequence_number);
        is_next(multisig, sequence_number)
            && votes_of(multisig, sequence_number, true) >= multisig.num_signatures_required
    }

    #[view]
    /// Executing is approving.
    public fun can_execute(
        owner: address, multisig_account: address, sequence_number: u64
    ): bool acquires MultisigAccount {
        let multisig = borrow_global<MultisigAccount>(multisig_account);
        assert_known(multisig, sequence_number);
        let approvals = votes_of(multisig, sequence_number, true);
        if (!has_voted(multisig, sequence_number, owner, true)) approvals += 1;
        multisig.owners.contains(&owner)
            && is_next(multisig, sequence_number)
            && approvals >= multisig.num_signatures_required
    }

    #[view]
    public fun can_be_rejected(multisig_account: address, sequence_number: u64): bool acquires MultisigAccount {
        let multisig = borrow_global<MultisigAccount>(multisig_account);
        assert_known(multisig, sequence_number);
        is_next(multisig, sequence_number)
            && votes_of(multisig, sequence_number, false) >= multisig.num_signatures_required
    }

    #[view]
    /// Having it taken away is rejecting.
    public fun can_reject(
        owner: address, multisig_account: address, sequence_number: u64
    ): bool acquires MultisigAccount {
        let multisig = borrow_global<MultisigAccount>(multisig_account);
        assert_known(multisig, sequence_number);
        let rejections = votes_of(multisig, sequence_number, false);
        if (!has_voted(multisig, sequence_number, owner, false)) rejections += 1;
        multisig.owners.contains(&owner)
            && is_next(multisig, sequence_number)
            && rejections >= multisig.num_signatures_required
    }

    #[view]
    /// Of the account that `creator` would make with its next transaction.
    public fun get_next_multisig_account_address(creator: address): address {
        account::create_resource_address(&creator, seed_of(creator))
    }

    #[view]
    public fun last_resolved_sequence_number(multisig_account: address): u64 acquires MultisigAccount {
        borrow_global<MultisigAccount>(multisig_account).last_executed_sequence_number
    }

    #[view]
    public fun next_sequence_number(multisig_account: address): u64 acquires MultisigAccount {
        borrow_global<MultisigAccount>(multisig_account).next_sequence_number
    }

    #[view]
    /// Whether the owner has voted, and whether for it.
    public fun vote(
        multisig_account: address, sequence_number: u64, owner: address
    ): (bool, bool) acquires MultisigAccount {
        let multisig = borrow_global<MultisigAccount>(multisig_account);
        assert_known(multisig, sequence_number);
        let votes = &multisig.transactions.borrow(sequence_number).votes;
        let voted = votes.contains_key(&owner);
        (voted, voted && *votes.borrow(&owner))
    }

    #[view]
    public fun available_transaction_queue_capacity(multisig_account: address): u64 acquires MultisigAccount {
        let multisig = borrow_global<MultisigAccount>(multisig_account);
        let pending = multisig.next_sequence_number - multisig.last_executed_sequence_number - 1;
        if (pending > MAX_PENDING_TRANSACTIONS) 0 else MAX_PENDING_TRANSACTIONS - pending
    }

    /// An account that is there gets owners. Its key stays as it is.
    entry fun create_with_existing_account_call(
        multisig_account: &signer,
        owners: vector<address>,
        num_signatures_required: u64,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        set_up(
            multisig_account, owners, num_signatures_required, option::none(), metadata_keys, metadata_values
        );
    }

    /// As above, by anybody who has it signed by the account's key.
    public entry fun create_with_existing_account(
        multisig_address: address,
        owners: vector<address>,
        num_signatures_required: u64,
        account_scheme: u8,
        account_public_key: vector<u8>,
        create_multisig_account_signed_message: vector<u8>,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        let message = MultisigAccountCreationMessage {
            chain_id: chain_id::get(),
            account_address: multisig_address,
            sequence_number: account::get_sequence_number(multisig_address),
            owners,
            num_signatures_required
        };
        account::verify_signed_message(
            multisig_address, account_scheme, account_public_key, create_multisig_account_signed_message, message
        );
        let multisig = &create_signer(multisig_address);
        set_up(multisig, owners, num_signatures_required, option::none(), metadata_keys, metadata_values);
    }

    /// An account that is there gets owners, and its key loses its power.
    entry fun create_with_existing_account_and_revoke_auth_key_call(
        multisig_account: &signer,
        owners: vector<address>,
        num_signatures_required: u64,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        set_up(
            multisig_account, owners, num_signatures_required, option::none(), metadata_keys, metadata_values
        );
        revoke_keys(multisig_account);
    }

    /// As above, by anybody who has it signed by the account's key.
    public entry fun create_with_existing_account_and_revoke_auth_key(
        multisig_address: address,
        owners: vector<address>,
        num_signatures_required: u64,
        account_scheme: u8,
        account_public_key: vector<u8>,
        create_multisig_account_signed_message: vector<u8>,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        let message = MultisigAccountCreationWithAuthKeyRevocationMessage {
            chain_id: chain_id::get(),
            account_address: multisig_address,
            sequence_number: account::get_sequence_number(multisig_address),
            owners,
            num_signatures_required
        };
        account::verify_signed_message(
            multisig_address, account_scheme, account_public_key, create_multisig_account_signed_message, message
        );
        let multisig = &create_signer(multisig_address);
        set_up(multisig, owners, num_signatures_required, option::none(), metadata_keys, metadata_values);
        revoke_keys(multisig);
    }

    /// A new account with `owner` as its only one.
    public entry fun create(
        owner: &signer,
        num_signatures_required: u64,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        create_with_owners(owner, vector[], num_signatures_required, metadata_keys, metadata_values);
    }

    /// A new account with `owner` as the last of its owners.
    public entry fun create_with_owners(
        owner: &signer,
        additional_owners: vector<address>,
        num_signatures_required: u64,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        let owner_addr = signer::address_of(owner);
        let (multisig, cap) = account::create_resource_account(owner, seed_of(owner_addr));
        if (!coin::is_account_registered<AptosCoin>(signer::address_of(&multisig))) {
            coin::register<AptosCoin>(&multisig);
        };
        additional_owners.push_back(owner_addr);
        set_up(
            &multisig,
            additional_owners,
            num_signatures_required,
            option::some(cap),
            metadata_keys,
            metadata_values
        );
    }

    /// A new account whose maker is no owner of it.
    public entry fun create_with_owners_then_remove_bootstrapper(
        bootstrapper: &signer,
        owners: vector<address>,
        num_signatures_required: u64,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) acquires MultisigAccount {
        let bootstrapper_addr = signer::address_of(bootstrapper);
        let multisig = get_next_multisig_account_address(bootstrapper_addr);
        create_with_owners(bootstrapper, owners, num_signatures_required, metadata_keys, metadata_values);
        change_owners(multisig, vector[], vector[bootstrapper_addr], option::none());
    }

    // What follows, up to the proposals, is for the account itself: its owners have to propose and approve it. None of it is public, so
    // that no other code which is called with the account's signer can use it.

    entry fun add_owner(multisig_account: &signer, new_owner: address) acquires MultisigAccount {
        add_owners(multisig_account, vector[new_owner]);
    }

    entry fun add_owners(multisig_account: &signer, new_owners: vector<address>) acquires MultisigAccount {
        change_owners(signer::address_of(multisig_account), new_owners, vector[], option::none());
    }

    entry fun add_owners_and_update_signatures_required(
        multisig_account: &signer, new_owners: vector<address>, new_num_signatures_required: u64
    ) acquires MultisigAccount {
        change_owners(
            signer::address_of(multisig_account), new_owners, vector[], option::some(new_num_signatures_required)
        );
    }

    entry fun remove_owner(multisig_account: &signer, owner_to_remove: address) acquires MultisigAccount {
        remove_owners(multisig_account, vector[owner_to_remove]);
    }

    /// Those who are no owners are passed over.
    entry fun remove_owners(multisig_account: &signer, owners_to_remove: vector<address>) acquires MultisigAccount {
        change_owners(signer::address_of(multisig_account), vector[], owners_to_remove, option::none());
    }

    entry fun swap_owner(
        multisig_account: &signer, to_swap_in: address, to_swap_out: address
    ) acquires MultisigAccount {
        swap_owners(multisig_account, vector[to_swap_in], vector[to_swap_out]);
    }

    entry fun swap_owners(
        multisig_account: &signer, to_swap_in: vector<address>, to_swap_out: vector<address>
    ) acquires MultisigAccount {
        change_owners(signer::address_of(multisig_account), to_swap_in, to_swap_out, option::none());
    }

    entry fun swap_owners_and_update_signatures_required(
        multisig_account: &signer,
        new_owners: vector<address>,
        owners_to_remove: vector<address>,
        new_num_signatures_required: u64
    ) acquires MultisigAccount {
        change_owners(
            signer::address_of(multisig_account),
            new_owners,
            owners_to_remove,
            option::some(new_num_signatures_required)
        );
    }

    entry fun update_signatures_required(
        multisig_account: &signer, new_num_signatures_required: u64
    ) acquires MultisigAccount {
        change_owners(
            signer::address_of(multisig_account), vector[], vector[], option::some(new_num_signatures_required)
        );
    }

    /// What there was before is gone.
    entry fun update_metadata(
        multisig_account: &signer, keys: vector<String>, values: vector<vector<u8>>
    ) acquires MultisigAccount {
        let multisig_addr = signer::address_of(multisig_account);
        assert_multisig(multisig_addr);
        let multisig = borrow_global_mut<MultisigAccount>(multisig_addr);
        let old_metadata = multisig.metadata;
        multisig.metadata = metadata_from(keys, values);
        event::emit(
            MetadataUpdated { multisig_account: multisig_addr, old_metadata, new_metadata: multisig.metadata }
        );
    }

    /// Proposes a call: BCS of a `MultisigTransactionPayload`. The proposer approves it.
    public entry fun create_transaction(
        owner: &signer, multisig_account: address, payload: vector<u8>
    ) acquires MultisigAccount {
        assert!(!payload.is_empty(), error::invalid_argument(EPAYLOAD_CANNOT_BE_EMPTY));
        propose(owner, multisig_account, option::some(payload), option::none());
    }

    /// Proposes a call that whoever executes it will bring: here is its SHA3-256.
    public entry fun create_transaction_with_hash(
        owner: &signer, multisig_account: address, payload_hash: vector<u8>
    ) acquires MultisigAccount {
        assert!(
            payload_hash.length() == PAYLOAD_HASH_LENGTH, error::invalid_argument(EINVALID_PAYLOAD_HASH)
        );
        propose(owner, multisig_account, option::none(), option::some(payload_hash));
    }

    public entry fun approve_transaction(
        owner: &signer, multisig_account: address, sequence_number: u64
    ) acquires MultisigAccount {
        vote_transaction(owner, multisig_account, sequence_number, true);
    }

    public entry fun reject_transaction(
        owner: &signer, multisig_account: address, sequence_number: u64
    ) acquires MultisigAccount {
        vote_transaction(owner, multisig_account, sequence_number, false);
    }

    /// The name that the next function had at first.
    public entry fun vote_transanction(
        owner: &signer, multisig_account: address, sequence_number: u64, approved: bool
    ) acquires MultisigAccount {
        vote_transaction(owner, multisig_account, sequence_number, approved);
    }

    /// The last vote of an owner counts.
    public entry fun vote_transaction(
        owner: &signer, multisig_account: address, sequence_number: u64, approved: bool
    ) acquires MultisigAccount {
        let owner_addr = assert_owner(owner, multisig_account);
        let multisig = borrow_global_mut<MultisigAccount>(multisig_account);
        assert!(multisig.transactions.contains(sequence_number), error::not_found(ETRANSACTION_NOT_FOUND));
        multisig.transactions.borrow_mut(sequence_number).votes.upsert(owner_addr, approved);
        event::emit(Vote { multisig_account, owner: owner_addr, sequence_number, approved });
    }

    /// On several proposals, the last one included.
    public entry fun vote_transactions(
        owner: &signer,
        multisig_account: address,
        starting_sequence_number: u64,
        final_sequence_number: u64,
        approved: bool
    ) acquires MultisigAccount {
        let sequence_number = starting_sequence_number;
        while (sequence_number <= final_sequence_number) {
            vote_transaction(owner, multisig_account, sequence_number, approved);
            sequence_number += 1;
        };
    }

    /// Takes the next proposal away, which enough owners have rejected, this one among them.
    public entry fun execute_rejected_transaction(
        owner: &signer, multisig_account: address
    ) acquires MultisigAccount {
        let executor = assert_owner(owner, multisig_account);
        let sequence_number = last_resolved_sequence_number(multisig_account) + 1;
        let (voted, approved) = vote(multisig_account, sequence_number, executor);
        if (!voted || approved) reject_transaction(owner, multisig_account, sequence_number);
        let multisig = borrow_global_mut<MultisigAccount>(multisig_account);
        let num_rejections = votes_of(multisig, sequence_number, false);
        resolve(multisig);
        assert!(
            num_rejections >= multisig.num_signatures_required, error::invalid_state(ENOT_ENOUGH_REJECTIONS)
        );
        event::emit(ExecuteRejectedTransaction { multisig_account, sequence_number, num_rejections, executor });
    }

    /// Several, the last one included.
    public entry fun execute_rejected_transactions(
        owner: &signer, multisig_account: address, final_sequence_number: u64
    ) acquires MultisigAccount {
        assert!(
            last_resolved_sequence_number(multisig_account) < final_sequence_number
                && final_sequence_number < next_sequence_number(multisig_account),
            error::invalid_argument(EINVALID_SEQUENCE_NUMBER)
        );
        while (last_resolved_sequence_number(multisig_account) < final_sequence_number) {
            execute_rejected_transaction(owner, multisig_account);
        };
    }

    /// By the chain, before it takes a multisig transaction: may this owner have the next proposal executed? `payload` is empty where the
    /// transaction brings none.
    fun validate_multisig_transaction(
        owner: &signer, multisig_account: address, payload: vector<u8>
    ) acquires MultisigAccount {
        let owner_addr = assert_owner(owner, multisig_account);
        let sequence_number = last_resolved_sequence_number(multisig_account) + 1;
        assert!(
            borrow_global<MultisigAccount>(multisig_account).transactions.contains(sequence_number),
            error::not_found(ETRANSACTION_NOT_FOUND)
        );
        assert!(
            can_execute(owner_addr, multisig_account, sequence_number),
            error::invalid_argument(ENOT_ENOUGH_APPROVALS)
        );
        let transaction = get_transaction(multisig_account, sequence_number);
        if (transaction.payload_hash.is_some()) {
            assert!(
                sha3_256(payload) == transaction.payload_hash.destroy_some(),
                error::invalid_argument(EPAYLOAD_DOES_NOT_MATCH_HASH)
            );
        };
        if (transaction.payload.is_some() && !payload.is_empty()) {
            assert!(
                payload == transaction.payload.destroy_some(), error::invalid_argument(EPAYLOAD_DOES_NOT_MATCH)
            );
        };
    }

    /// By the chain, when the call has succeeded.
    fun successful_transaction_execution_cleanup(
        executor: address, multisig_account: address, transaction_payload: vector<u8>
    ) acquires MultisigAccount {
        let (sequence_number, num_approvals) = resolve_executed(executor, multisig_account);
        event::emit(
            TransactionExecutionSucceeded {
                multisig_account,
                executor,
                sequence_number,
                transaction_payload,
                num_approvals
            }
        );
    }

    /// By the chain, when the call has failed: it is not tried again.
    fun failed_transaction_execution_cleanup(
        executor: address, multisig_account: address, transaction_payload: vector<u8>, execution_error: ExecutionError
    ) acquires MultisigAccount {
        let (sequence_number, num_approvals) = resolve_executed(executor, multisig_account);
        event::emit(
            TransactionExecutionFailed {
                multisig_account,
                executor,
                sequence_number,
                transaction_payload,
                num_approvals,
                execution_error
            }
        );
    }

    fun set_up(
        multisig_account: &signer,
        owners: vector<address>,
        num_signatures_required: u64,
        signer_cap: Option<SignerCapability>,
        metadata_keys: vector<String>,
        metadata_values: vector<vector<u8>>
    ) {
        assert!(
            num_signatures_required > 0 && num_signatures_required <= owners.length(),
            error::invalid_argument(EINVALID_SIGNATURES_REQUIRED)
        );
        check_owners(&owners, signer::address_of(multisig_account));
        move_to(
            multisig_account,
            MultisigAccount {
                owners,
                num_signatures_required,
                transactions: table::new(),
                last_executed_sequence_number: 0,
                next_sequence_number: 1,
                signer_cap,
                metadata: metadata_from(metadata_keys, metadata_values),
                add_owners_events: account::new_event_handle(multisig_account),
                remove_owners_events: account::new_event_handle(multisig_account),
                update_signature_required_events: account::new_event_handle(multisig_account),
                create_transaction_events: account::new_event_handle(multisig_account),
                vote_events: account::new_event_handle(multisig_account),
                execute_rejected_transaction_events: account::new_event_handle(multisig_account),
                execute_transaction_events: account::new_event_handle(multisig_account),
                transaction_execution_failed_events: account::new_event_handle(multisig_account),
                metadata_updated_events: account::new_event_handle(multisig_account)
            }
        );
    }

    /// From now on only the owners control the account.
    fun revoke_keys(multisig_account: &signer) {
        let multisig_addr = signer::address_of(multisig_account);
        account::rotate_authentication_key_internal(multisig_account, ZERO_AUTH_KEY);
        if (account::is_signer_capability_offered(multisig_addr)) {
            account::revoke_any_signer_capability(multisig_account);
        };
        if (account::is_rotation_capability_offered(multisig_addr)) {
            account::revoke_any_rotation_capability(multisig_account);
        };
    }

    fun propose(
        owner: &signer, multisig_account: address, payload: Option<vector<u8>>, payload_hash: Option<vector<u8>>
    ) acquires MultisigAccount {
        let creator = assert_owner(owner, multisig_account);
        assert!(
            available_transaction_queue_capacity(multisig_account) > 0,
            error::invalid_state(EMAX_PENDING_TRANSACTIONS_EXCEEDED)
        );
        let votes = simple_map::new();
        votes.add(creator, true);
        let transaction = MultisigTransaction {
            payload,
            payload_hash,
            votes,
            creator,
            creation_time_secs: timestamp::now_seconds()
        };
        let multisig = borrow_global_mut<MultisigAccount>(multisig_account);
        let sequence_number = multisig.next_sequence_number;
        multisig.next_sequence_number = sequence_number + 1;
        multisig.transactions.add(sequence_number, transaction);
        event::emit(CreateTransaction { multisig_account, creator, sequence_number, transaction });
    }

    /// The number of the proposal that is done with, and how many approved it: whoever had it executed did.
    fun resolve_executed(executor: address, multisig_account: address): (u64, u64) acquires MultisigAccount {
        let multisig = borrow_global_mut<MultisigAccount>(multisig_account);
        let sequence_number = multisig.last_executed_sequence_number + 1;
        let num_approvals = votes_of(multisig, sequence_number, true);
        if (!has_voted(multisig, sequence_number, executor, true)) {
            num_approvals += 1;
            event::emit(Vote { multisig_account, owner: executor, sequence_number, approved: true });
        };
        resolve(multisig);
        (sequence_number, num_approvals)
    }

    fun resolve(multisig: &mut MultisigAccount) {
        multisig.last_executed_sequence_number += 1;
        multisig.transactions.remove(multisig.last_executed_sequence_number);
    }

    fun change_owners(
        multisig_account: address,
        new_owners: vector<address>,
        owners_to_remove: vector<address>,
        new_num_signatures_required: Option<u64>
    ) acquires MultisigAccount {
        assert_multisig(multisig_account);
        let multisig = borrow_global_mut<MultisigAccount>(multisig_account);
        new_owners.for_each_ref(|owner| {
            assert!(
                !owners_to_remove.contains(owner), error::invalid_argument(EOWNERS_TO_REMOVE_NEW_OWNERS_OVERLAP)
            );
        });
        if (!new_owners.is_empty()) {
            multisig.owners.append(new_owners);
            check_owners(&multisig.owners, multisig_account);
            event::emit(AddOwners { multisig_account, owners_added: new_owners });
        };
        let owners_removed = vector[];
        owners_to_remove.for_each_ref(|owner| {
            let (found, index) = multisig.owners.index_of(owner);
            if (found) owners_removed.push_back(multisig.owners.swap_remove(index));
        });
        if (!owners_removed.is_empty()) event::emit(RemoveOwners { multisig_account, owners_removed });
        if (new_num_signatures_required.is_some()) {
            change_signatures_required(multisig, multisig_account, new_num_signatures_required.destroy_some());
        };
        assert!(
            multisig.owners.length() >= multisig.num_signatures_required, error::invalid_state(ENOT_ENOUGH_OWNERS)
        );
    }

    fun change_signatures_required(
        multisig: &mut MultisigAccount, multisig_account: address, new_num_signatures_required: u64
    ) {
        assert!(new_num_signatures_required > 0, error::invalid_argument(EINVALID_SIGNATURES_REQUIRED));
        let old_num_signatures_required = multisig.num_signatures_required;
        if (new_num_signatures_required == old_num_signatures_required) return;
        multisig.num_signatures_required = new_num_signatures_required;
        event::emit(
            UpdateSignaturesRequired {
                multisig_account,
                old_num_signatures_required,
                new_num_signatures_required
            }
        );
    }

    fun check_owners(owners: &vector<address>, multisig_account: address) {
        owners.enumerate_ref(|index, owner| {
            assert!(
                *owner != multisig_account, error::invalid_argument(EOWNER_CANNOT_BE_MULTISIG_ACCOUNT_ITSELF)
            );
            let (_, first) = owners.index_of(owner);
            assert!(first == index, error::invalid_argument(EDUPLICATE_OWNER));
        });
    }

    fun metadata_from(keys: vector<String>, values: vector<vector<u8>>): SimpleMap<String, vector<u8>> {
        assert!(
            keys.length() == values.length(),
            error::invalid_argument(ENUMBER_OF_METADATA_KEYS_AND_VALUES_DONT_MATCH)
        );
        let metadata = simple_map::new();
        keys.zip(values, |key, value| {
            assert!(!metadata.contains_key(&key), error::invalid_argument(EDUPLICATE_METADATA_KEY));
            metadata.add(key, value);
        });
        metadata
    }

    fun seed_of(creator: address): vector<u8> {
        let seed = DOMAIN_SEPARATOR;
        seed.append(bcs::to_bytes(&account::get_sequence_number(creator)));
        seed
    }

    fun assert_multisig(multisig_account: address) {
        assert!(exists<MultisigAccount>(multisig_account), error::invalid_state(EACCOUNT_NOT_MULTISIG));
    }

    fun assert_owner(owner: &signer, multisig_account: address): address acquires MultisigAccount {
        assert_multisig(multisig_account);
        let owner_addr = signer::address_of(owner);
        assert!(is_owner(owner_addr, multisig_account), error::permission_denied(ENOT_OWNER));
        owner_addr
    }

    /// It may be done with already, which the table tells.
    fun assert_known(multisig: &MultisigAccount, sequence_number: u64) {
        assert!(
            sequence_number > 0 && sequence_number < multisig.next_sequence_number,
            error::invalid_argument(EINVALID_SEQUENCE_NUMBER)
        );
    }

    fun is_next(multisig: &MultisigAccount, sequence_number: u64): bool {
        sequence_number == multisig.last_executed_sequence_number + 1
    }

    fun has_voted(multisig: &MultisigAccount, sequence_number: u64, owner: address, approved: bool): bool {
        let votes = &multisig.transactions.borrow(sequence_number).votes;
        votes.contains_key(&owner) && *votes.borrow(&owner) == approved
    }

    /// Of those who are owners now.
    fun votes_of(multisig: &MultisigAccount, sequence_number: u64, approved: bool): u64 {
        let count = 0;
        multisig.owners.for_each_ref(|owner| {
            if (has_voted(multisig, sequence_number, *owner, approved)) count += 1;
        });
        count
    }

    #[test_only]
    use std::string;
    #[test_only]
    use aptos_framework::aptos_coin;

    #[test_only]
    const PAYLOAD: vector<u8> = x"010203";

    #[test_only]
    fun begin(framework: &signer): signer {
        timestamp::set_time_has_started_for_testing(framework);
        let (burn_cap, mint_cap) = aptos_coin::initialize_for_test(framework);
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_mint_cap(mint_cap);
        account::create_account_for_test(@0xa11ce)
    }

    #[test_only]
    /// Alice, Bob and Carol, of whom two are needed.
    fun set_up_three(framework: &signer): (signer, signer, signer, address) {
        let alice = begin(framework);
        let multisig = get_next_multisig_account_address(@0xa11ce);
        create_with_owners(&alice, vector[@0xb0b, @0xca401], 2, vector[string::utf8(b"name")], vector[b"club"]);
        (alice, create_signer(@0xb0b), create_signer(@0xca401), multisig)
    }

    #[test_only]
    fun failure(): ExecutionError {
        ExecutionError {
            abort_location: string::utf8(b"here"),
            error_type: string::utf8(b"MoveAbort"),
            error_code: 7
        }
    }

    #[test(framework = @0x1)]
    fun executes_in_order_what_enough_approve(framework: &signer) acquires MultisigAccount {
        let (alice, bob, carol, multisig) = set_up_three(framework);
        create_transaction(&alice, multisig, PAYLOAD);
        create_transaction_with_hash(&carol, multisig, sha3_256(PAYLOAD));
        approve_transaction(&alice, multisig, 2);
        assert!(!can_be_executed(multisig, 2) && !can_be_executed(multisig, 1), 0);
        assert!(can_execute(@0xb0b, multisig, 1) && !can_execute(@0xa11ce, multisig, 1), 1);
        validate_multisig_transaction(&bob, multisig, vector[]);
        validate_multisig_transaction(&bob, multisig, PAYLOAD);
        assert!(get_next_transaction_payload(multisig, b"other") == PAYLOAD, 2);
        successful_transaction_execution_cleanup(@0xb0b, multisig, PAYLOAD);
        assert!(last_resolved_sequence_number(multisig) == 1 && can_be_executed(multisig, 2), 3);
        validate_multisig_transaction(&carol, multisig, PAYLOAD);
        assert!(get_next_transaction_payload(multisig, PAYLOAD) == PAYLOAD, 4);
        failed_transaction_execution_cleanup(@0xca401, multisig, PAYLOAD, failure());
        assert!(get_pending_transactions(multisig).is_empty() && next_sequence_number(multisig) == 3, 5);
    }

    #[test(framework = @0x1)]
    fun tells_what_was_executed(framework: &signer) acquires MultisigAccount {
        let (alice, _, _, multisig) = set_up_three(framework);
        create_transaction(&alice, multisig, PAYLOAD);
        create_transaction(&alice, multisig, PAYLOAD);
        successful_transaction_execution_cleanup(@0xb0b, multisig, PAYLOAD);
        failed_transaction_execution_cleanup(@0xca401, multisig, PAYLOAD, failure());
        assert!(event::emitted_events<TransactionExecutionSucceeded>()[0].num_approvals == 2, 0);
        assert!(event::emitted_events<TransactionExecutionFailed>()[0].execution_error == failure(), 1);
        // Whoever had it executed approved it.
        assert!(event::emitted_events<Vote>().length() == 2, 2);
    }

    #[test(framework = @0x1)]
    fun takes_away_what_enough_reject(framework: &signer) acquires MultisigAccount {
        let (alice, bob, carol, multisig) = set_up_three(framework);
        create_transaction(&alice, multisig, PAYLOAD);
        create_transaction(&bob, multisig, PAYLOAD);
        vote_transactions(&bob, multisig, 1, 2, false);
        assert!(!can_be_rejected(multisig, 1) && can_reject(@0xca401, multisig, 1), 0);
        execute_rejected_transactions(&carol, multisig, 2);
        assert!(available_transaction_queue_capacity(multisig) == MAX_PENDING_TRANSACTIONS, 1);
        assert!(last_resolved_sequence_number(multisig) == 2, 2);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x3000a, location = Self)]
    fun takes_nothing_away_that_one_rejects(framework: &signer) acquires MultisigAccount {
        let (alice, bob, _, multisig) = set_up_three(framework);
        create_transaction(&alice, multisig, PAYLOAD);
        execute_rejected_transaction(&bob, multisig);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x107d9, location = Self)]
    fun executes_nothing_that_one_approves(framework: &signer) acquires MultisigAccount {
        let (alice, _, _, multisig) = set_up_three(framework);
        create_transaction(&alice, multisig, PAYLOAD);
        validate_multisig_transaction(&alice, multisig, vector[]);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x107d8, location = Self)]
    fun executes_nothing_with_another_hash(framework: &signer) acquires MultisigAccount {
        let (alice, bob, _, multisig) = set_up_three(framework);
        create_transaction_with_hash(&alice, multisig, sha3_256(PAYLOAD));
        validate_multisig_transaction(&bob, multisig, b"other");
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x107da, location = Self)]
    fun executes_nothing_but_what_is_stored(framework: &signer) acquires MultisigAccount {
        let (alice, bob, _, multisig) = set_up_three(framework);
        create_transaction(&alice, multisig, PAYLOAD);
        validate_multisig_transaction(&bob, multisig, b"other");
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x607d6, location = Self)]
    fun executes_nothing_that_nobody_proposed(framework: &signer) acquires MultisigAccount {
        let (alice, _, _, multisig) = set_up_three(framework);
        validate_multisig_transaction(&alice, multisig, vector[]);
    }

    #[test(framework = @0x1, mallory = @0xbad)]
    #[expected_failure(abort_code = 0x507d3, location = Self)]
    fun is_for_owners_alone(framework: &signer, mallory: &signer) acquires MultisigAccount {
        let (_, _, _, multisig) = set_up_three(framework);
        create_transaction(mallory, multisig, PAYLOAD);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x307d2, location = Self)]
    fun is_no_other_account(alice: &signer) acquires MultisigAccount {
        create_transaction(alice, @0xb0b, PAYLOAD);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x30013, location = Self)]
    fun keeps_a_bounded_number_waiting(framework: &signer) acquires MultisigAccount {
        let (alice, _, _, multisig) = set_up_three(framework);
        for (_i in 0..(MAX_PENDING_TRANSACTIONS + 1)) create_transaction(&alice, multisig, PAYLOAD);
    }

    #[test(framework = @0x1)]
    fun changes_its_owners(framework: &signer) acquires MultisigAccount {
        let (_, _, _, multisig) = set_up_three(framework);
        let account = &create_signer(multisig);
        add_owner(account, @0xda7e);
        swap_owner(account, @0xe41c, @0xb0b);
        remove_owner(account, @0xbad);
        assert!(owners(multisig) == vector[@0xe41c, @0xca401, @0xa11ce, @0xda7e], 0);
        swap_owners_and_update_signatures_required(account, vector[], vector[@0xda7e], 3);
        assert!(num_signatures_required(multisig) == 3 && !is_owner(@0xda7e, multisig), 1);
        update_metadata(account, vector[], vector[]);
        assert!(metadata(multisig) == simple_map::new(), 2);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x30005, location = Self)]
    fun keeps_enough_owners(framework: &signer) acquires MultisigAccount {
        let (_, _, _, multisig) = set_up_three(framework);
        remove_owners(&create_signer(multisig), vector[@0xa11ce, @0xb0b]);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun has_an_owner_once(framework: &signer) acquires MultisigAccount {
        let (_, _, _, multisig) = set_up_three(framework);
        add_owner(&create_signer(multisig), @0xb0b);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x1000d, location = Self)]
    fun owns_not_itself(framework: &signer) acquires MultisigAccount {
        let (_, _, _, multisig) = set_up_three(framework);
        add_owner(&create_signer(multisig), multisig);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x1000b, location = Self)]
    fun needs_no_more_than_all(framework: &signer) {
        create(&begin(framework), 2, vector[], vector[]);
    }

    #[test(framework = @0x1)]
    fun is_left_to_others_by_its_maker(framework: &signer) acquires MultisigAccount {
        let maker = begin(framework);
        let multisig = get_next_multisig_account_address(@0xa11ce);
        create_with_owners_then_remove_bootstrapper(&maker, vector[@0xb0b], 1, vector[], vector[]);
        assert!(owners(multisig) == vector[@0xb0b], 0);
        assert!(account::get_authentication_key(multisig) == ZERO_AUTH_KEY, 1);
    }

    #[test]
    fun takes_over_an_account() acquires MultisigAccount {
        let alice = account::create_account_for_test(@0xa11ce);
        create_with_existing_account_call(&alice, vector[@0xb0b], 1, vector[], vector[]);
        assert!(account::get_authentication_key(@0xa11ce) == bcs::to_bytes(&@0xa11ce), 0);
        let bob = account::create_account_for_test(@0xb0b);
        create_with_existing_account_and_revoke_auth_key_call(&bob, vector[@0xa11ce], 1, vector[], vector[]);
        assert!(account::get_authentication_key(@0xb0b) == ZERO_AUTH_KEY && is_owner(@0xa11ce, @0xb0b), 1);
    }
}
