/// What a transaction tells the world. `emit` is the way; handles are the older one, kept for the resources that hold them.
module aptos_framework::event {
    use std::bcs;
    use aptos_framework::guid::{Self, GUID};

    friend aptos_framework::account;
    friend aptos_framework::object;

    /// A stream of events of one type with a number of its own.
    struct EventHandle<phantom T: drop + store> has store {
        counter: u64,
        guid: GUID
    }

    /// `T` must be a struct marked `#[event]`, declared in the module that calls.
    public fun emit<T: drop + store>(msg: T) {
        write_module_event_to_store<T>(msg);
    }

    public(friend) fun new_event_handle<T: drop + store>(guid: GUID): EventHandle<T> {
        EventHandle { counter: 0, guid }
    }

    public fun emit_event<T: drop + store>(handle_ref: &mut EventHandle<T>, msg: T) {
        write_to_event_store<T>(bcs::to_bytes(&guid::id(&handle_ref.guid)), handle_ref.counter, msg);
        handle_ref.counter += 1;
    }

    public fun guid<T: drop + store>(handle_ref: &EventHandle<T>): &GUID {
        &handle_ref.guid
    }

    /// How many events the handle has emitted.
    public fun counter<T: drop + store>(handle_ref: &EventHandle<T>): u64 {
        handle_ref.counter
    }

    public fun destroy_handle<T: drop + store>(handle: EventHandle<T>) {
        let EventHandle { counter: _, guid: _ } = handle;
    }

    #[test_only]
    /// The events of one type that the test has emitted so far.
    native public fun emitted_events<T: drop + store>(): vector<T>;

    #[test_only]
    public fun was_event_emitted<T: drop + store>(msg: &T): bool {
        std::vector::contains(&emitted_events<T>(), msg)
    }

    native fun write_module_event_to_store<T: drop + store>(msg: T);

    /// `guid` is the encoding of the handle's `guid::ID`.
    native fun write_to_event_store<T: drop + store>(guid: vector<u8>, count: u64, msg: T);

    #[test_only]
    #[event]
    struct Ping has copy, drop, store {
        number: u64
    }

    #[test]
    fun remembers_what_was_emitted() {
        emit(Ping { number: 1 });
        emit(Ping { number: 2 });
        assert!(emitted_events<Ping>() == vector[Ping { number: 1 }, Ping { number: 2 }], 0);
        assert!(was_event_emitted(&Ping { number: 2 }) && !was_event_emitted(&Ping { number: 3 }), 1);
    }
}
