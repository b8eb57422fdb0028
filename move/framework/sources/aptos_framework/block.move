/// The block under way: its height and time, which the chain sets before the block's transactions run.
module aptos_framework::block {
    use std::error;
    use std::option::Option;
    use aptos_std::table_with_length::{Self, TableWithLength};
    use aptos_framework::account;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::randomness;
    use aptos_framework::reconfiguration;
    use aptos_framework::system_addresses;
    use aptos_framework::timestamp;

    friend aptos_framework::genesis;

    /// Heights follow one another.
    const ENUM_NEW_BLOCK_EVENTS_DOES_NOT_MATCH_BLOCK_HEIGHT: u64 = 1;
    /// An epoch takes some time, and the history holds at least one block.
    const EZERO: u64 = 3;

    const MAX_U64: u64 = 18446744073709551615;
    /// Blocks that are remembered.
    const COMMIT_HISTORY_CAPACITY: u32 = 2000;

    struct BlockResource has key {
        height: u64,
        /// Microseconds.
        epoch_interval: u64,
        new_block_events: EventHandle<NewBlockEvent>,
        update_epoch_interval_events: EventHandle<UpdateEpochIntervalEvent>
    }

    /// The last blocks, in a ring.
    struct CommitHistory has key {
        max_capacity: u32,
        next_idx: u32,
        table: TableWithLength<u32, NewBlockEvent>
    }

    struct NewBlockEvent has copy, drop, store {
        hash: address,
        epoch: u64,
        round: u64,
        height: u64,
        previous_block_votes_bitvec: vector<u8>,
        proposer: address,
        failed_proposer_indices: vector<u64>,
        time_microseconds: u64
    }

    struct UpdateEpochIntervalEvent has drop, store {
        old_epoch_interval: u64,
        new_epoch_interval: u64
    }

    #[event]
    struct NewBlock has drop, store {
        hash: address,
        epoch: u64,
        round: u64,
        height: u64,
        previous_block_votes_bitvec: vector<u8>,
        proposer: address,
        failed_proposer_indices: vector<u64>,
        time_microseconds: u64
    }

    #[event]
    struct UpdateEpochInterval has drop, store {
        old_epoch_interval: u64,
        new_epoch_interval: u64
    }

    /// Genesis is the block of height 0.
    public(friend) fun initialize(
        aptos_framework: &signer, epoch_interval_microsecs: u64
    ) acquires BlockResource, CommitHistory {
        system_addresses::assert_aptos_framework(aptos_framework);
        assert!(epoch_interval_microsecs > 0, error::invalid_argument(EZERO));
        initialize_commit_history(aptos_framework, COMMIT_HISTORY_CAPACITY);
        move_to(
            aptos_framework,
            BlockResource {
                height: 0,
                epoch_interval: epoch_interval_microsecs,
                new_block_events: account::new_event_handle(aptos_framework),
                update_epoch_interval_events: account::new_event_handle(aptos_framework)
            }
        );
        tell(
            NewBlockEvent {
                hash: @0x0,
                epoch: 0,
                round: 0,
                height: 0,
                previous_block_votes_bitvec: vector[],
                proposer: @0x0,
                failed_proposer_indices: vector[],
                time_microseconds: 0
            }
        );
    }

    public fun initialize_commit_history(fx: &signer, max_capacity: u32) {
        assert!(max_capacity > 0, error::invalid_argument(EZERO));
        move_to(fx, CommitHistory { max_capacity, next_idx: 0, table: table_with_length::new() });
    }

    public fun update_epoch_interval_microsecs(
        aptos_framework: &signer, new_epoch_interval: u64
    ) acquires BlockResource {
        system_addresses::assert_aptos_framework(aptos_framework);
        assert!(new_epoch_interval > 0, error::invalid_argument(EZERO));
        let block = borrow_global_mut<BlockResource>(@aptos_framework);
        let old_epoch_interval = block.epoch_interval;
        block.epoch_interval = new_epoch_interval;
        event::emit(UpdateEpochInterval { old_epoch_interval, new_epoch_interval });
    }

    #[view]
    public fun get_epoch_interval_secs(): u64 acquires BlockResource {
        borrow_global<BlockResource>(@aptos_framework).epoch_interval / 1000000
    }

    #[view]
    public fun get_current_block_height(): u64 acquires BlockResource {
        borrow_global<BlockResource>(@aptos_framework).height
    }

    /// For changes that come without a block of their own.
    public fun emit_writeset_block_event(
        vm_signer: &signer, fake_block_hash: address
    ) acquires BlockResource, CommitHistory {
        system_addresses::assert_vm(vm_signer);
        begin(
            vm_signer,
            fake_block_hash,
            reconfiguration::current_epoch(),
            MAX_U64,
            @0x0,
            vector[],
            vector[],
            timestamp::now_microseconds()
        );
    }

    /// By the chain, before the transactions of each block. The seed is for `randomness`.
    fun block_prologue_ext(
        vm: signer,
        hash: address,
        epoch: u64,
        round: u64,
        proposer: address,
        failed_proposer_indices: vector<u64>,
        previous_block_votes_bitvec: vector<u8>,
        timestamp: u64,
        randomness_seed: Option<vector<u8>>
    ) acquires BlockResource, CommitHistory {
        system_addresses::assert_vm(&vm);
        begin(
            &vm,
            hash,
            epoch,
            round,
            proposer,
            failed_proposer_indices,
            previous_block_votes_bitvec,
            timestamp
        );
        randomness::on_new_block(&vm, epoch, round, randomness_seed);
    }

    fun begin(
        vm: &signer,
        hash: address,
        epoch: u64,
        round: u64,
        proposer: address,
        failed_proposer_indices: vector<u64>,
        previous_block_votes_bitvec: vector<u8>,
        time_microseconds: u64
    ) acquires BlockResource, CommitHistory {
        let block = borrow_global_mut<BlockResource>(@aptos_framework);
        let height = event::counter(&block.new_block_events);
        block.height = height;
        timestamp::update_global_time(vm, proposer, time_microseconds);
        tell(
            NewBlockEvent {
                hash,
                epoch,
                round,
                height,
                previous_block_votes_bitvec,
                proposer,
                failed_proposer_indices,
                time_microseconds
            }
        );
    }

    fun tell(block: NewBlockEvent) acquires BlockResource, CommitHistory {
        let history = borrow_global_mut<CommitHistory>(@aptos_framework);
        let index = history.next_idx;
        if (history.table.contains(index)) { history.table.remove(index); };
        history.table.add(index, block);
        history.next_idx = (index + 1) % history.max_capacity;
        let events = &mut borrow_global_mut<BlockResource>(@aptos_framework).new_block_events;
        assert!(
            event::counter(events) == block.height,
            error::invalid_argument(ENUM_NEW_BLOCK_EVENTS_DOES_NOT_MATCH_BLOCK_HEIGHT)
        );
        event::emit_event(events, block);
    }

    #[test_only]
    fun set_up(framework: &signer) acquires BlockResource, CommitHistory {
        account::create_account_for_test(@aptos_framework);
        timestamp::set_time_has_started_for_testing(framework);
        initialize(framework, 7200000000);
    }

    #[test_only]
    fun next(at: u64) acquires BlockResource, CommitHistory {
        let vm = account::create_signer_for_test(@0x0);
        block_prologue_ext(vm, @0xb10c, 1, at, @0xca401, vector[], vector[], at, std::option::none());
    }

    #[test(framework = @0x1)]
    fun counts_blocks(framework: &signer) acquires BlockResource, CommitHistory {
        set_up(framework);
        assert!(get_current_block_height() == 0 && get_epoch_interval_secs() == 7200, 0);
        next(1000001);
        next(2500000);
        assert!(get_current_block_height() == 2 && timestamp::now_seconds() == 2, 1);
        let history = borrow_global<CommitHistory>(@aptos_framework);
        assert!(history.next_idx == 3 && history.table.borrow(2).time_microseconds == 2500000, 2);
    }

    #[test(framework = @0x1)]
    fun remembers_the_last(framework: &signer) acquires BlockResource, CommitHistory {
        set_up(framework);
        borrow_global_mut<CommitHistory>(@aptos_framework).max_capacity = 2;
        next(1);
        next(2);
        let history = borrow_global<CommitHistory>(@aptos_framework);
        assert!(history.table.length() == 2 && history.table.borrow(0).height == 2, 0);
        assert!(history.next_idx == 1, 1);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x10002, location = aptos_framework::timestamp)]
    fun never_goes_back(framework: &signer) acquires BlockResource, CommitHistory {
        set_up(framework);
        next(2);
        next(1);
    }

    #[test(framework = @0x1)]
    fun changes_its_epochs(framework: &signer) acquires BlockResource, CommitHistory {
        set_up(framework);
        update_epoch_interval_microsecs(framework, 3600000000);
        assert!(get_epoch_interval_secs() == 3600, 0);
    }
}
