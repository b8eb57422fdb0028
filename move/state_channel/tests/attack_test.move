#[test_only]
/// What an attacker would try, one by one (docs/contract.md, "What was attacked"), where no other test does already.
module rooch::attack_test {
    use std::option;
    use std::string;
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::event;
    use aptos_framework::fungible_asset::{Self, Metadata, TransferRef};
    use aptos_framework::object::{Self, Object};
    use aptos_framework::primary_fungible_store;
    use rooch::channel;
    use rooch::membership;
    use rooch::settlement;
    use rooch::staking::{Self, Staked};
    use rooch::state_channel;
    use rooch::vectors;
    use rooch::world::{Self, alice, bob, carol, mallory, member, beginning, settlement};

    fun assert_leader(id: u64, expected: address, expected_term: u64) {
        let (leader, term) = state_channel::channel_info(id).leadership_for_test();
        assert!(leader == option::some(expected) && term == expected_term);
    }

    fun punish_twins(id: u64, reporter: &signer) {
        state_channel::punish_twins_entry(
            reporter,
            id,
            vectors::honest_header(),
            vectors::honest_signature(),
            vectors::wrong_header(),
            vectors::wrong_signature()
        );
    }

    fun settled(id: u64): (u64, bool) {
        let (height, root, history) = state_channel::channel_info(id).settled_for_test();
        assert!(root.is_empty() == history.is_empty());
        (height, root.is_empty())
    }

    // ---- Escaping a fine

    #[test]
    fun c50_who_was_put_out_without_a_fine_answers_for_what_is_proved_later() {
        world::begin();
        let id = world::open();
        world::join(id, &alice(), 0);
        world::join(id, &bob(), 1);
        // A friend of Alice's gets in first, with a report that costs her nothing.
        state_channel::create_proposal_entry(&bob(), id, 2, vectors::accusation());
        assert!(state_channel::member(id, @0xa11ce).stake_for_test() == 100);
        world::join(id, &carol(), 2);
        punish_twins(id, &carol());
        assert!(state_channel::member(id, @0xa11ce).stake_for_test() == 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x30058, location = membership)]
    fun c50_but_once_where_nothing_was_left_to_take() {
        world::begin();
        let id = world::open_for(3);
        punish_twins(id, &bob());
        punish_twins(id, &carol());
    }

    #[test]
    #[expected_failure(abort_code = 0x5008d, location = membership)]
    fun c46_a_leader_is_known_by_its_key_however_many_have_left_since() {
        world::begin();
        let id = world::open_for(20);
        world::settle_out(id, world::members(1), 1, 14);
        let others = vector[];
        for (i in 3..20) others.push_back(world::address_of(&member(i)));
        world::propose(id, &bob(), settlement(1, 2).with_leaving(others));
        for (i in 2..15) world::vote_for(id, &member(i), 2);
        world::settle(id, &bob(), 2);
        punish_twins(id, &carol());
        world::leave(id, &alice());
        world::join(id, &alice(), 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x80037, location = membership)]
    fun c7_nobody_takes_the_key_of_one_that_still_answers_for_it() {
        world::begin();
        let id = world::open_for_three();
        world::settle_out(id, vector[@0xb0b], 1, 3);
        world::join(id, &mallory(), 1);
    }

    #[test]
    fun c7_the_key_of_one_that_has_taken_out_what_is_its_is_free() {
        world::begin();
        let id = world::open_for_three();
        world::settle_out(id, vector[@0xb0b], 1, 3);
        world::leave(id, &bob());
        world::join(id, &mallory(), 1);
        assert!(state_channel::is_member(id, @0xbad));
    }

    // ---- Outvoting those who hold a newer state

    fun contest(id: u64, signers: vector<u64>) {
        let acknowledgements = vectors::honest_acknowledgements();
        let (members, signatures) = (vector[], vector[]);
        for (i in 0..signers.length()) {
            members.push_back(world::address_of(&member(signers[i])));
            signatures.push_back(acknowledgements[signers[i]]);
        };
        state_channel::contest_entry(
            &carol(), id, 1, vectors::honest_header(), vectors::honest_signature(), members, signatures
        );
    }

    fun open_for_four_without_two(): u64 {
        let id = world::open_for(4);
        world::pass_ms(15_001);
        world::keep_alive(id, &alice());
        world::keep_alive(id, &bob());
        world::propose(id, &alice(), settlement(0, 1));
        id
    }

    #[test]
    fun c43_who_joins_afterwards_does_not_make_the_others_too_few() {
        world::begin();
        let id = open_for_four_without_two();
        for (i in 4..7) state_channel::join<world::Pens, AptosCoin>(&member(i), id, world::pens(i), world::key(i), 0);
        contest(id, vector[1, 2]);
        let (_, is_contested) = state_channel::proposal_heads(id)[0].contest_for_test();
        assert!(is_contested);
    }

    #[test]
    #[expected_failure(abort_code = 0x50054, location = channel)]
    fun c43_nor_does_it_help_them() {
        world::begin();
        let id = open_for_four_without_two();
        for (i in 4..6) state_channel::join<world::Pens, AptosCoin>(&member(i), id, world::pens(i), world::key(i), 0);
        contest(id, vector[1, 4, 5]);
    }

    #[test]
    #[expected_failure(abort_code = 0x50054, location = channel)]
    fun c43_a_leader_that_was_settled_out_does_not_count() {
        world::begin();
        let id = world::open_for(4);
        world::settle_out(id, world::members(1), 1, 4);
        world::propose(id, &bob(), beginning(1));
        state_channel::contest_entry(
            &carol(),
            id,
            2,
            vectors::honest_header(),
            vectors::honest_signature(),
            vector[@0xb0b],
            vector[vectors::honest_acknowledgements()[1]]
        );
    }

    // ---- Assets that somebody can freeze

    fun open_with_token(): (u64, Object<Metadata>, TransferRef) {
        let constructor_ref = object::create_named_object(&mallory(), b"token");
        primary_fungible_store::create_primary_store_enabled_fungible_asset(
            &constructor_ref,
            option::none(),
            string::utf8(b"Token"),
            string::utf8(b"TKN"),
            0,
            string::utf8(b""),
            string::utf8(b"")
        );
        let mint_ref = fungible_asset::generate_mint_ref(&constructor_ref);
        let asset = object::object_from_constructor_ref<Metadata>(&constructor_ref);
        let people = vector[@0xa11ce, @0xb0b];
        for (i in 0..2) primary_fungible_store::mint(&mint_ref, people[i], 1_000);
        let id = world::open_with_asset(asset, state_channel::create_config(100));
        for (i in 0..2) {
            let person = world::person(people[i]);
            state_channel::join_with_asset<world::Pens>(&person, id, world::pens(i), world::key(i), 0);
        };
        (id, asset, fungible_asset::generate_transfer_ref(&constructor_ref))
    }

    fun freeze_account(ref: &TransferRef, asset: Object<Metadata>, account: address) {
        let store = primary_fungible_store::primary_store(account, asset);
        fungible_asset::set_frozen_flag(ref, store, true);
    }

    fun vault(): address {
        object::create_object_address(&@rooch, b"strait::stakes")
    }

    fun free(owner: address, asset: Object<Metadata>): u64 {
        let (free, locked) = staking::deposited(owner, object::object_address(&asset));
        assert!(locked == 0);
        free
    }

    #[test]
    fun c28_a_frozen_account_does_not_hold_back_what_a_member_brought() {
        world::begin();
        let (id, asset, ref) = open_with_token();
        world::settle_out(id, vector[@0xb0b], 1, 2);
        freeze_account(&ref, asset, @0xb0b);
        assert!(world::leave(id, &bob()) == 1);
        assert!(free(@0xb0b, asset) == 100 && primary_fungible_store::balance(@0xb0b, asset) == 900);
        assert!(event::emitted_events<Staked>().length() == 1);
    }

    #[test]
    fun c28_nor_does_a_frozen_vault() {
        world::begin();
        let (id, asset, ref) = open_with_token();
        world::settle_out(id, vector[@0xb0b], 1, 2);
        freeze_account(&ref, asset, vault());
        assert!(world::leave(id, &bob()) == 1);
        assert!(free(@0xb0b, asset) == 100 && staking::held(object::object_address(&asset)) == 200);
        fungible_asset::set_frozen_flag(&ref, primary_fungible_store::primary_store(vault(), asset), false);
        staking::unstake_entry(&bob(), asset, 100);
        assert!(free(@0xb0b, asset) == 0 && primary_fungible_store::balance(@0xb0b, asset) == 1_000);
    }

    #[test]
    fun c54_a_frozen_account_does_not_save_the_leader() {
        world::begin();
        let (id, asset, ref) = open_with_token();
        freeze_account(&ref, asset, @0xb0b);
        punish_twins(id, &bob());
        assert!(free(@0xb0b, asset) == 50 && state_channel::member(id, @0xa11ce).stake_for_test() == 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x50003, location = aptos_framework::fungible_asset)]
    fun c60_what_is_frozen_is_not_taken_back() {
        world::begin();
        let (_, asset, ref) = open_with_token();
        staking::stake_entry(&bob(), asset, 10);
        freeze_account(&ref, asset, vault());
        staking::unstake_entry(&bob(), asset, 10);
    }

    // ---- A history that nobody has any more

    #[test]
    fun c64_the_members_begin_anew_from_what_the_chain_has() {
        world::begin();
        let id = world::open_for(3);
        world::propose(id, &alice(), settlement(0, 9).with_text(b"draft", b"final"));
        world::vote_for(id, &bob(), 1);
        world::settle(id, &alice(), 1);
        world::propose(id, &carol(), beginning(9));
        world::vote_for(id, &bob(), 2);
        world::settle(id, &carol(), 2);
        let (height, is_anew) = settled(id);
        assert!(height == 10 && is_anew && world::text(id) == b"final");
        let info = state_channel::channel_info(id);
        let (leader, _) = info.leadership_for_test();
        assert!(leader.is_none() && info.restarts_for_test() == 1);
        state_channel::apply_leader_entry(&carol(), id);
        assert_leader(id, @0xca401, 2);
        world::propose(id, &carol(), settlement(10, 12).with_text(b"final", b"more"));
        world::vote_for(id, &bob(), 3);
        world::settle(id, &carol(), 3);
        assert!(world::text(id) == b"more");
    }

    #[test]
    fun c64_with_signatures_and_without_a_leader_too() {
        world::begin();
        let id = world::open_with(state_channel::create_config(0));
        for (i in 0..3) state_channel::join<world::Pens, AptosCoin>(&member(i), id, world::pens(i), world::key(i), 0);
        let signatures = world::first(vectors::beginning_signatures(), 2);
        world::settle_signed(id, &mallory(), beginning(0).bytes(), world::members(2), signatures);
        let (height, is_anew) = settled(id);
        assert!(height == 1 && is_anew && state_channel::channel_info(id).restarts_for_test() == 1);
    }

    #[test]
    fun c64_and_again() {
        world::begin();
        let id = world::open_for(1);
        for (i in 0..2) {
            world::propose(id, &alice(), beginning(i));
            world::settle(id, &alice(), i + 1);
        };
        assert!(state_channel::channel_info(id).restarts_for_test() == 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x3004f, location = channel)]
    fun c64_fewer_than_two_thirds_of_all_wait_as_ever() {
        world::begin();
        let id = world::open_for(4);
        world::pass_ms(15_001);
        world::keep_alive(id, &alice());
        world::propose(id, &alice(), beginning(0));
        world::settle(id, &alice(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x3004e, location = channel)]
    fun c64_who_still_has_more_than_is_settled_stops_it() {
        world::begin();
        let id = world::open_for(4);
        world::pass_ms(15_001);
        world::keep_alive(id, &alice());
        world::propose(id, &alice(), beginning(0));
        contest(id, vector[1, 2]);
        world::pass_ms(60_000);
        world::keep_alive(id, &alice());
        world::settle(id, &alice(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1005a, location = channel)]
    fun c64_the_history_that_was_given_up_contests_nothing() {
        world::begin();
        let id = world::open_for(3);
        world::propose(id, &alice(), beginning(0));
        world::vote_for(id, &bob(), 1);
        world::settle(id, &alice(), 1);
        state_channel::apply_leader_entry(&alice(), id);
        world::propose(id, &alice(), settlement(1, 2));
        state_channel::contest_entry(
            &carol(), id, 2, vectors::honest_header(), vectors::honest_signature(), vector[], vector[]
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = channel)]
    fun c64_nor_is_it_settled() {
        world::begin();
        let id = world::open_for(3);
        world::settle_signed(
            id, &alice(), beginning(0).bytes(), world::members(2), world::first(vectors::beginning_signatures(), 2)
        );
        world::settle_signed(
            id, &alice(), settlement(0, 1).bytes(), world::members(3), world::first(vectors::settlement_signatures(), 3)
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10022, location = settlement)]
    fun c64_it_changes_no_state() {
        settlement::decode(beginning(0).with_text(b"a", b"b").bytes());
    }

    #[test]
    #[expected_failure(abort_code = 0x10022, location = settlement)]
    fun c64_nor_any_table() {
        let op = world::op_data(vector[b"value"], vector[], vector[]);
        let changes = world::table_changes(@0x7ab1e, vector[world::item_change(b"key", op)]);
        settlement::decode(beginning(0).with_table_changes(vector[changes]).bytes());
    }

    #[test]
    #[expected_failure(abort_code = 0x10022, location = settlement)]
    fun c64_nobody_leaves_with_it() {
        settlement::decode(beginning(0).with_leaving(vector[@0xb0b]).bytes());
    }

    #[test]
    #[expected_failure(abort_code = 0x10022, location = settlement)]
    fun c64_it_does_not_close() {
        settlement::decode(beginning(0).with_closing().bytes());
    }

    #[test]
    #[expected_failure(abort_code = 0x10022, location = settlement)]
    fun c64_it_takes_one_height() {
        settlement::decode(settlement(0, 2).with_state_root(vector[]).with_history_hash(vector[]).bytes());
    }

    #[test]
    #[expected_failure(abort_code = 0x10018, location = settlement)]
    fun c64_both_root_and_hash_are_missing_not_the_root() {
        settlement::decode(settlement(0, 1).with_state_root(vector[]).bytes());
    }

    #[test]
    #[expected_failure(abort_code = 0x10019, location = settlement)]
    fun c64_nor_the_hash() {
        settlement::decode(settlement(0, 1).with_history_hash(vector[]).bytes());
    }
}
