#[test_only]
/// Replays, part by part: what evidence must show, and what an application may say.
module rooch::replay_test {
    use std::bcs;
    use std::option::Option;
    use std::string;
    use rooch::replay;
    use rooch::state_channel;
    use rooch::vectors;
    use rooch::world::{Self, Notebook, Pens, alice, bob, carol, settlement};

    const HANDLE: address = @0x7ab1e;

    fun assert_out(id: u64, account: address) {
        assert!(state_channel::member(id, account).is_settled_out_for_test());
    }

    fun key(): vector<u8> {
        bcs::to_bytes(&1u64)
    }

    /// Evidence for the second transaction of a batch ends in one earlier result: its number, its length, eleven bytes in all with the result itself.
    const TAIL: u64 = 11;

    #[test]
    #[expected_failure(abort_code = 0x100b5, location = replay)]
    fun c53_nothing_follows_the_evidence() {
        world::begin();
        let evidence = vectors::replay_wrong();
        evidence.push_back(0);
        world::replay(world::open_for_three(), &bob(), evidence);
    }

    #[test]
    #[expected_failure(abort_code = 0x100b7, location = replay)]
    fun c53_the_proof_leads_to_the_root() {
        world::begin();
        let evidence = vectors::replay_wrong();
        let last_of_siblings = evidence.length() - TAIL - 1;
        evidence[last_of_siblings] ^= 1;
        world::replay(world::open_for_three(), &bob(), evidence);
    }

    #[test]
    #[expected_failure(abort_code = 0x100b5, location = replay)]
    fun c53_a_key_has_one_value() {
        world::begin();
        let evidence = vectors::replay_wrong_nothing_shown();
        let start = evidence.length() - TAIL - 1;
        let tail = evidence.trim(start);
        tail.remove(0);
        // One value: an empty key, two empty values, no other leaf, no siblings.
        evidence.append(x"010002000000");
        evidence.append(x"00");
        evidence.append(tail);
        world::replay(world::open_for_three(), &bob(), evidence);
    }

    #[test]
    #[expected_failure(abort_code = 0x100b8, location = replay)]
    fun c53_there_is_a_result_for_each_earlier_transaction() {
        world::begin();
        let evidence = vectors::replay_wrong();
        let start = evidence.length() - TAIL;
        evidence.trim(start);
        evidence.push_back(0);
        world::replay(world::open_for_three(), &bob(), evidence);
    }

    #[test]
    #[expected_failure(abort_code = 0x100b8, location = replay)]
    fun c53_the_first_of_them_too() {
        world::begin();
        let evidence = vectors::replay_wrong();
        let last = evidence.length() - 2;
        evidence[last] ^= 1;
        world::replay(world::open_for_three(), &bob(), evidence);
    }

    #[test]
    fun c53_what_an_earlier_transaction_left_is_what_the_next_begins_with() {
        world::begin();
        let id = world::open_for_three();
        world::replay(id, &bob(), vectors::replay_back());
        assert_out(id, @0xb0b);
    }

    #[test]
    fun c53_writing_what_is_there_changes_nothing() {
        world::begin();
        let id = world::open_for_three();
        world::replay(id, &bob(), vectors::replay_idle());
        assert_out(id, @0xb0b);
    }

    #[test]
    fun c53_an_abort_with_0_is_not_an_execution_without_changes() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_idle());
        replay.expect_abort(0);
        world::conclude(id, replay);
        assert_out(id, @0xa11ce);
    }

    #[test]
    fun c53_nor_the_other_way_round() {
        world::begin();
        let id = world::open_for_three();
        world::conclude(id, world::open_replay(id, &bob(), vectors::replay_abort_0()));
        assert_out(id, @0xa11ce);
    }

    #[test]
    fun c53_all_that_is_shown_can_be_read() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_wrong_all_shown());
        assert!(replay::resource_before<Pens>(&replay, @0xb0b) == vector[bcs::to_bytes(&1u64)]);
        assert!(replay::resource_before<Pens>(&replay, @0xbad).is_empty());
        assert!(replay::resource_before<Notebook>(&replay, @rooch) == vector[world::text_bytes(b"draft")]);
        world::expect_text(&mut replay, b"next");
        world::conclude(id, replay);
        assert_out(id, @0xa11ce);
    }

    #[test]
    fun c53_items_of_tables_are_read_and_expected() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_item());
        assert!(replay.item_before(HANDLE, key()) == vector[world::text_bytes(b"one")]);
        replay.expect_item(HANDLE, key(), vector[]);
        world::conclude(id, replay);
        assert_out(id, @0xb0b);
    }

    #[test]
    fun c53_an_item_that_is_not_taken_away_is_still_there() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_item());
        replay.expect_item(HANDLE, key(), vector[world::text_bytes(b"one")]);
        world::conclude(id, replay);
        assert_out(id, @0xa11ce);
    }

    #[test]
    fun c53_two_values_are_expected() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_item());
        replay.expect_item(HANDLE, key(), vector[]);
        world::expect_text(&mut replay, b"third");
        world::conclude(id, replay);
        assert_out(id, @0xa11ce);
    }

    #[test]
    #[expected_failure(abort_code = 0x100b9, location = replay)]
    fun c53_an_item_of_another_key_is_another() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_item());
        replay.item_before(HANDLE, bcs::to_bytes(&2u64));
        world::conclude(id, replay);
    }

    #[test]
    #[expected_failure(abort_code = 0x100b9, location = replay)]
    fun c53_and_of_another_table() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_item());
        replay.item_before(@0x7ab1f, key());
        world::conclude(id, replay);
    }

    #[test]
    #[expected_failure(abort_code = 0x100b5, location = replay)]
    fun c53_a_value_is_one() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_item());
        replay.expect_item(HANDLE, key(), vector[b"a", b"b"]);
        world::conclude(id, replay);
    }

    #[test]
    #[expected_failure(abort_code = 0x100bc, location = replay)]
    fun c53_a_value_is_said_once() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_wrong());
        for (i in 0..2) world::expect_text(&mut replay, b"next");
        world::conclude(id, replay);
    }

    #[test]
    #[expected_failure(abort_code = 0x100bc, location = replay)]
    fun c53_what_aborts_changes_nothing() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_wrong());
        replay.expect_abort(7);
        world::expect_text(&mut replay, b"next");
        world::conclude(id, replay);
    }

    #[test]
    #[expected_failure(abort_code = 0x100bc, location = replay)]
    fun c53_what_changes_something_does_not_abort() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_wrong());
        world::expect_text(&mut replay, b"next");
        replay.expect_abort(7);
        world::conclude(id, replay);
    }

    #[test]
    #[expected_failure(abort_code = 0x100ba, location = replay)]
    fun c53_no_type_has_type_arguments() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_wrong());
        replay::resource_before<Option<u8>>(&replay, @rooch);
        world::conclude(id, replay);
    }

    #[test]
    fun c53_a_tick_has_no_caller_and_calls_nothing() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_tick());
        let (module_address, module_name, function_name) = replay.called();
        assert!(replay.is_tick() && module_address == @0x0 && replay.args().is_empty());
        assert!(module_name == string::utf8(b"") && function_name == string::utf8(b""));
        assert!(replay.sender() == @0xa11ce);
        world::conclude(id, replay);
    }

    #[test]
    #[expected_failure(abort_code = 0x1005f, location = state_channel)]
    fun c53_the_code_is_the_channels() {
        world::begin();
        world::replay(world::open_for_three(), &bob(), vectors::replay_other_code());
    }

    #[test]
    #[expected_failure(abort_code = 0x1005f, location = state_channel)]
    fun c53_at_its_address() {
        world::begin();
        world::replay(world::open_for_three(), &bob(), vectors::replay_other_address());
    }

    #[test]
    fun c53_a_session_account_reports_for_its_member() {
        world::begin();
        let id = world::open_for_three();
        let before = world::balance(@0xb0b);
        world::replay(id, &world::session(1), vectors::replay_wrong());
        assert_out(id, @0xa11ce);
        assert!(world::balance(@0xb0b) == before + 50);
    }

    #[test]
    #[expected_failure(abort_code = 0x5005c, location = state_channel)]
    fun c25_a_capability_opens_replays_of_one_channel() {
        world::begin();
        let id = world::open_for_three();
        let other = world::open();
        let replay = world::open_replay_with_cap_of(other, id, vectors::replay_wrong());
        world::conclude(id, replay);
    }

    #[test]
    #[expected_failure(abort_code = 0x5005c, location = state_channel)]
    fun c25_and_concludes_them() {
        world::begin();
        let id = world::open_for_three();
        let other = world::open();
        let replay = world::open_replay(id, &bob(), vectors::replay_wrong());
        world::conclude_with_cap_of(other, id, replay);
    }

    #[test]
    #[expected_failure(abort_code = 0x5005c, location = state_channel)]
    fun c25_and_executes_what_was_signed() {
        world::begin();
        let id = world::open_for(1);
        let other = world::open();
        world::settle_signed_with_cap_of(other, id, settlement(0, 1).bytes(), vectors::settlement_signatures()[0]);
    }

    #[test]
    #[expected_failure(abort_code = 0x5005c, location = state_channel)]
    fun c25_and_lends_assets() {
        world::begin();
        let id = world::open_for_three();
        world::borrow_assets_with_cap_of(world::open(), id, @0xb0b);
    }

    #[test]
    #[expected_failure(abort_code = 0x1004d, location = rooch::channel)]
    fun c3_of_the_channels_type() {
        world::begin();
        world::borrow_notebook_of(world::open_for_three(), @0xb0b);
    }

    #[test]
    #[expected_failure(abort_code = 0x1004d, location = rooch::channel)]
    fun c3_the_view_of_assets_is_of_the_channels_type() {
        world::begin();
        state_channel::assets_bytes<Notebook>(world::open_for_three(), @0xb0b);
    }

    #[test]
    #[expected_failure(abort_code = 0x1004d, location = rooch::channel)]
    fun c3_no_other_state_is_given_back() {
        world::begin();
        world::close_as_pens(world::open());
    }

    #[test]
    #[expected_failure(abort_code = 0x6005e, location = state_channel)]
    fun c27_who_has_no_assets_anywhere_lends_none() {
        world::begin();
        let id = world::open();
        world::borrow_assets_with_cap_of(id, id, @0xb0b);
    }

    #[test]
    #[expected_failure(abort_code = 0x6005e, location = state_channel)]
    fun c27_nor_who_has_them_in_another_channel() {
        world::begin();
        let id = world::open();
        world::join(world::open(), &bob(), 1);
        world::borrow_assets_with_cap_of(id, id, @0xb0b);
    }

    #[test]
    fun c26_the_application_sees_what_is_settled() {
        world::begin();
        let id = world::open_for_three();
        let item = world::item_change(b"key", world::op_data(vector[b"v"], vector[], vector[]));
        let data =
            settlement(0, 1).with_leaving(vector[@0xca401]).with_table_changes(
                vector[world::table_changes(HANDLE, vector[item])]
            );
        world::propose(id, &alice(), data);
        world::vote_for(id, &carol(), 1);
        let action = world::action(id, 1);
        assert!(state_channel::get_leaving(&action) == vector[@0xca401]);
        assert!(state_channel::get_item_changes(&action, HANDLE).length() == 1);
        assert!(state_channel::get_item_changes(&action, @0x1).is_empty());
    }
}
