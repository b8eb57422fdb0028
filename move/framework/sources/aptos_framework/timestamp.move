/// The chain's clock: microseconds since 1970, set by the chain before each block.
module aptos_framework::timestamp {
    use std::error;
    use aptos_framework::system_addresses;

    friend aptos_framework::genesis;

    /// The clock does not run yet.
    const ENOT_OPERATING: u64 = 1;
    /// Time does not go back.
    const EINVALID_TIMESTAMP: u64 = 2;

    const MICRO_CONVERSION_FACTOR: u64 = 1000000;

    struct CurrentTimeMicroseconds has key {
        microseconds: u64
    }

    public(friend) fun set_time_has_started(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        move_to(aptos_framework, CurrentTimeMicroseconds { microseconds: 0 })
    }

    /// By the VM before each block. Blocks without a proposer keep the time.
    public fun update_global_time(
        account: &signer, proposer: address, timestamp: u64
    ) acquires CurrentTimeMicroseconds {
        system_addresses::assert_vm(account);
        let clock = borrow_global_mut<CurrentTimeMicroseconds>(@aptos_framework);
        if (system_addresses::is_vm_address(proposer)) {
            assert!(clock.microseconds == timestamp, error::invalid_argument(EINVALID_TIMESTAMP));
        } else {
            assert!(clock.microseconds < timestamp, error::invalid_argument(EINVALID_TIMESTAMP));
            clock.microseconds = timestamp;
        }
    }

    #[view]
    public fun now_microseconds(): u64 acquires CurrentTimeMicroseconds {
        borrow_global<CurrentTimeMicroseconds>(@aptos_framework).microseconds
    }

    #[view]
    public fun now_seconds(): u64 acquires CurrentTimeMicroseconds {
        now_microseconds() / MICRO_CONVERSION_FACTOR
    }

    #[test_only]
    public fun set_time_has_started_for_testing(aptos_framework: &signer) {
        if (!exists<CurrentTimeMicroseconds>(@aptos_framework)) set_time_has_started(aptos_framework);
    }

    #[test_only]
    public fun update_global_time_for_test(timestamp_microsecs: u64) acquires CurrentTimeMicroseconds {
        let clock = borrow_global_mut<CurrentTimeMicroseconds>(@aptos_framework);
        assert!(clock.microseconds < timestamp_microsecs, error::invalid_argument(EINVALID_TIMESTAMP));
        clock.microseconds = timestamp_microsecs;
    }

    #[test_only]
    public fun update_global_time_for_test_secs(timestamp_seconds: u64) acquires CurrentTimeMicroseconds {
        update_global_time_for_test(timestamp_seconds * MICRO_CONVERSION_FACTOR);
    }

    #[test_only]
    public fun fast_forward_seconds(timestamp_seconds: u64) acquires CurrentTimeMicroseconds {
        update_global_time_for_test(now_microseconds() + timestamp_seconds * MICRO_CONVERSION_FACTOR);
    }

    #[test(framework = @0x1, vm = @0x0)]
    fun goes_forward(framework: &signer, vm: &signer) acquires CurrentTimeMicroseconds {
        set_time_has_started(framework);
        update_global_time(vm, @0xca401, 2500000);
        update_global_time(vm, @0x0, 2500000);
        assert!(now_seconds() == 2 && now_microseconds() == 2500000, 0);
    }

    #[test(framework = @0x1, vm = @0x0)]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun never_stands_still(framework: &signer, vm: &signer) acquires CurrentTimeMicroseconds {
        set_time_has_started(framework);
        update_global_time(vm, @0xca401, 7);
        update_global_time(vm, @0xca401, 7);
    }

    #[test(framework = @0x1)]
    #[expected_failure(abort_code = 0x50002, location = aptos_framework::system_addresses)]
    fun is_set_by_the_vm_alone(framework: &signer) acquires CurrentTimeMicroseconds {
        set_time_has_started(framework);
        update_global_time(framework, @0xca401, 7);
    }
}
