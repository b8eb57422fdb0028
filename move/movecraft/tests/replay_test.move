#[test_only]
/// What heroes do, run again on the chain, with evidence as nodes make it: the leader is Alice, who acts is Bob, who accuses is Carol. What is no fault is what
/// the channel's own VM made of the call.
module movecraft::replay_test {
    use aptos_framework::account;
    use movecraft::vectors;
    use movecraft::world;
    use movecraft::world_test;
    use rooch::replay;
    use rooch::state_channel;

    const ALICE: address = @0xa11ce;
    const CAROL: address = @0xca401;

    fun prove(evidence: vector<u8>) {
        world_test::begin_with_stake();
        world::land_prove_wrong(&account::create_signer_for_test(CAROL), 1, evidence);
    }

    fun assert_proved(evidence: vector<u8>) {
        prove(evidence);
        assert!(state_channel::member(1, ALICE).is_settled_out_for_test());
        assert!(!state_channel::member(1, CAROL).is_settled_out_for_test());
    }

    fun assert_refuted(evidence: vector<u8>) {
        prove(evidence);
        assert!(!state_channel::member(1, ALICE).is_settled_out_for_test());
        assert!(state_channel::member(1, CAROL).is_settled_out_for_test());
    }

    #[test]
    fun m9_a_refused_walk_is_no_fault() {
        assert_refuted(vectors::walk_outside());
    }

    #[test]
    fun m9_an_entry_is_no_fault() {
        assert_refuted(vectors::enter_honest());
    }

    #[test]
    fun m9_a_walk_is_no_fault() {
        assert_refuted(vectors::walk_honest());
    }

    #[test]
    fun m9_mining_is_no_fault() {
        assert_refuted(vectors::mine_honest());
    }

    #[test]
    fun m9_mining_beside_what_is_written_is_no_fault() {
        assert_refuted(vectors::mine_beside());
    }

    #[test]
    fun m9_a_column_that_vanishes_is_proved() {
        assert_proved(vectors::mine_vanished());
    }

    #[test]
    fun m9_a_column_that_nobody_wrote_is_proved() {
        assert_proved(vectors::mine_overwritten());
    }

    #[test]
    fun m9_mining_refused_is_no_fault() {
        assert_refuted(vectors::mine_far());
    }

    #[test]
    fun m9_placing_is_no_fault() {
        assert_refuted(vectors::place_honest());
    }

    #[test]
    fun m9_placing_in_what_is_written_is_no_fault() {
        assert_refuted(vectors::place_back());
    }

    #[test]
    fun m9_placing_refused_is_no_fault() {
        assert_refuted(vectors::place_refused());
    }

    #[test]
    fun m9_crafting_is_no_fault() {
        assert_refuted(vectors::craft_honest());
    }

    #[test]
    fun m9_crafting_refused_is_no_fault() {
        assert_refuted(vectors::craft_refused());
    }

    #[test]
    fun m9_a_tick_is_no_fault() {
        assert_refuted(vectors::tick_honest());
    }

    #[test]
    fun m9_a_dropped_entry_is_proved() {
        assert_proved(vectors::enter_dropped());
    }

    #[test]
    fun m9_another_way_is_proved() {
        assert_proved(vectors::walk_wrong());
    }

    #[test]
    fun m9_a_false_refusal_is_proved() {
        assert_proved(vectors::mine_wrong());
    }

    #[test]
    fun m9_placing_for_nothing_is_proved() {
        assert_proved(vectors::place_free());
    }

    #[test]
    fun m9_a_dropped_tick_is_proved() {
        assert_proved(vectors::tick_dropped());
    }

    #[test]
    fun m9_growing_is_no_fault() {
        assert_refuted(vectors::tick_grown());
    }

    #[test]
    fun m9_growing_much_is_no_fault() {
        assert_refuted(vectors::tick_grown_much());
    }

    #[test]
    fun m9_growing_without_counting_is_proved() {
        assert_proved(vectors::tick_hurried());
    }

    #[test]
    #[expected_failure(abort_code = 0x100b9, location = replay)]
    fun m9_chunks_are_shown() {
        prove(vectors::mine_not_shown());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = channel_app::rerun)]
    fun m9_other_functions_are_not_run_again() {
        prove(vectors::other_function());
    }

    #[test]
    fun m9_nothing_happens_without_a_land() {
        assert_refuted(vectors::no_land());
    }

    #[test]
    fun m9_nothing_happens_without_a_hero() {
        assert_refuted(vectors::no_hero());
    }

    #[test]
    fun m9_a_member_that_ticks_is_refused() {
        assert_refuted(vectors::tick_of_bob());
    }

    #[test]
    fun m9_a_tick_too_soon_is_refused() {
        assert_refuted(vectors::tick_again());
    }

    #[test]
    fun m9_a_hero_that_is_gone_is_missed() {
        assert_refuted(vectors::tick_gone());
    }

    #[test]
    fun m9_keeping_the_place_of_who_is_gone_is_proved() {
        assert_proved(vectors::tick_kept());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = channel_app::rerun)]
    fun m9_enter_has_no_more_arguments() {
        prove(vectors::enter_more());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = channel_app::rerun)]
    fun m9_walk_has_no_more_arguments() {
        prove(vectors::walk_more());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = channel_app::rerun)]
    fun m9_mine_has_no_more_arguments() {
        prove(vectors::mine_more());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = channel_app::rerun)]
    fun m9_place_has_no_more_arguments() {
        prove(vectors::place_more());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = channel_app::rerun)]
    fun m9_craft_has_no_more_arguments() {
        prove(vectors::craft_more());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = channel_app::rerun)]
    fun m9_tick_has_no_arguments() {
        prove(vectors::tick_more());
    }
}
