/// Epochs: on Aptos the time for which one set of validators runs the chain. A local chain has no validators, and one epoch without end.
module aptos_framework::reconfiguration {
    use aptos_framework::account;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::system_addresses;

    friend aptos_framework::genesis;

    #[event]
    struct NewEpochEvent has drop, store {
        epoch: u64
    }

    #[event]
    struct NewEpoch has drop, store {
        epoch: u64
    }

    struct Configuration has key {
        epoch: u64,
        /// Microseconds since 1970.
        last_reconfiguration_time: u64,
        events: EventHandle<NewEpochEvent>
    }

    /// Epoch 1 begins with the chain.
    public(friend) fun initialize(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        let events = account::new_event_handle<NewEpochEvent>(aptos_framework);
        event::emit(NewEpoch { epoch: 1 });
        move_to(aptos_framework, Configuration { epoch: 1, last_reconfiguration_time: 0, events });
    }

    public fun last_reconfiguration_time(): u64 acquires Configuration {
        borrow_global<Configuration>(@aptos_framework).last_reconfiguration_time
    }

    public fun current_epoch(): u64 acquires Configuration {
        borrow_global<Configuration>(@aptos_framework).epoch
    }

    #[test(framework = @0x1)]
    fun stays_in_the_first_epoch(framework: &signer) acquires Configuration {
        account::create_account_for_test(@aptos_framework);
        initialize(framework);
        assert!(current_epoch() == 1 && last_reconfiguration_time() == 0, 0);
    }
}
