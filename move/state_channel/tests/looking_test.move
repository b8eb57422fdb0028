#[test_only]
/// Looking into what a channel has been lent, without anybody's signature: the capability is what it takes.
module rooch::looking_test {
    use std::signer;
    use aptos_framework::aptos_coin::AptosCoin;
    use rooch::state_channel::{Self, SettleCap};
    use rooch::world;

    struct Lamp has store {
        is_lit: bool
    }

    struct Oil has store {
        drops: u64
    }

    #[test]
    fun c25_the_capability_lets_look_into_the_state() {
        world::begin();
        let (cap, id) = open();
        let borrowed = state_channel::borrow_state<Lamp>(&cap, id);
        assert!(!borrowed.state().is_lit);
        borrowed.state_mut().is_lit = true;
        borrowed.give_back();
        // What is taken out is put back: it can be taken out again.
        let borrowed = state_channel::borrow_state<Lamp>(&cap, id);
        assert!(borrowed.state().is_lit);
        borrowed.give_back();
        finish(cap, id);
    }

    #[test]
    fun c25_and_at_the_assets() {
        world::begin();
        let (cap, id) = open();
        let alice = world::alice();
        state_channel::join<Oil, AptosCoin>(&alice, id, Oil { drops: 3 }, world::key(0), 0);
        let borrowed = state_channel::borrow_assets<Oil>(&cap, id, signer::address_of(&alice));
        assert!(borrowed.assets().drops == 3);
        borrowed.give_assets_back();
        state_channel::request_leave_entry(&alice, id);
        world::pass_ms(600_000);
        state_channel::exit_entry(&alice, id);
        let Oil { drops } = state_channel::leave<Oil>(&alice, id);
        assert!(drops == 3);
        finish(cap, id);
    }

    #[test]
    #[expected_failure(abort_code = 0x5005c, location = state_channel)]
    fun c25_but_not_of_another_channel() {
        world::begin();
        let (cap, _) = open();
        let (other_cap, other) = open();
        state_channel::borrow_state<Lamp>(&cap, other).give_back();
        finish(cap, 1);
        finish(other_cap, other);
    }

    #[test]
    #[expected_failure(abort_code = 0x1004d, location = rooch::channel)]
    fun c25_nor_by_another_type() {
        world::begin();
        let (cap, id) = open();
        state_channel::borrow_state<Oil>(&cap, id).give_back();
        finish(cap, id);
    }

    fun open(): (SettleCap, u64) {
        state_channel::create<Lamp, Oil, AptosCoin>(
            &world::alice(), Lamp { is_lit: false }, state_channel::create_config(0)
        )
    }

    fun finish(cap: SettleCap, id: u64) {
        let Lamp { is_lit: _ } = state_channel::close<Lamp>(&world::alice(), id, cap);
    }
}
