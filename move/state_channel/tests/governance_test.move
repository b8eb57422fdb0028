#[test_only]
/// Election, proposals, votes, execution, closing.
module rooch::governance_test {
    use rooch::channel;
    use rooch::leadership;
    use rooch::membership;
    use rooch::proposal;
    use rooch::proposal_book;
    use rooch::state_channel;
    use rooch::world::{Self, alice, bob, carol, mallory, session, settlement};

    // ---- Election

    #[test]
    fun c15_the_first_applicant_leads_in_term_1() {
        world::begin();
        let id = world::open();
        world::join(id, &bob(), 1);
        state_channel::apply_leader_entry(&session(1), id);
        assert_leader(id, @0xb0b, 1);
    }

    #[test]
    fun c13_a_lapsed_leader_is_replaced() {
        world::begin();
        let id = world::open_for_three();
        world::pass_ms(10_000);
        world::keep_alive(id, &bob());
        world::pass_ms(5_001);
        state_channel::apply_leader_entry(&bob(), id);
        assert_leader(id, @0xb0b, 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x3003f, location = leadership)]
    fun c13_a_leader_within_the_window_stays() {
        world::begin();
        let id = world::open_for_three();
        world::pass_ms(15_000);
        state_channel::apply_leader_entry(&bob(), id);
    }

    #[test]
    #[expected_failure(abort_code = 0x3003d, location = leadership)]
    fun c12_a_lapsed_applicant_is_refused() {
        world::begin();
        let id = world::open_for_three();
        world::pass_ms(15_001);
        state_channel::apply_leader_entry(&bob(), id);
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c12_a_stranger_does_not_lead() {
        world::begin();
        state_channel::apply_leader_entry(&mallory(), world::open());
    }

    #[test]
    #[expected_failure(abort_code = 0x8003e, location = leadership)]
    fun c14_the_leader_leads_already() {
        world::begin();
        state_channel::apply_leader_entry(&session(0), world::open_for_three());
    }

    #[test]
    fun c16_a_leader_that_is_settled_out_leads_no_more() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &alice(), settlement(0, 1).with_leaving(vector[@0xa11ce]));
        world::vote_for(id, &bob(), 1);
        world::settle(id, &alice(), 1);
        let (leader, _) = state_channel::channel_info(id).leadership_for_test();
        assert!(leader.is_none());
        state_channel::apply_leader_entry(&carol(), id);
        assert_leader(id, @0xca401, 2);
    }

    // ---- Proposals

    #[test]
    #[expected_failure(abort_code = 0x1002b, location = proposal)]
    fun c17_there_are_no_other_proposals() {
        world::begin();
        state_channel::create_proposal_entry(&bob(), world::open_for_three(), 3, settlement(0, 1).bytes());
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c17_a_stranger_does_not_propose() {
        world::begin();
        world::propose(world::open_for_three(), &mallory(), settlement(0, 1));
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = channel)]
    fun c19_a_settlement_starts_at_the_settled_height() {
        world::begin();
        world::propose(world::open_for_three(), &bob(), settlement(1, 2));
    }

    #[test]
    #[expected_failure(abort_code = 0x10043, location = channel)]
    fun c20_only_members_leave() {
        world::begin();
        world::propose(world::open_for_three(), &bob(), settlement(0, 1).with_leaving(vector[@0xbad]));
    }

    #[test]
    #[expected_failure(abort_code = 0x30044, location = channel)]
    fun c20_only_a_closing_channel_is_settled_for_good() {
        world::begin();
        world::propose(world::open_for_three(), &bob(), settlement(0, 1).with_closing());
    }

    #[test]
    fun c21_each_member_may_have_a_proposal() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &alice(), settlement(0, 1));
        world::propose(id, &bob(), settlement(0, 2));
        assert!(state_channel::proposals(id).length() == 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x80045, location = channel)]
    fun c21_a_member_has_one_open_proposal() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 1));
        world::propose(id, &session(1), settlement(0, 2));
    }

    #[test]
    #[expected_failure(abort_code = 0x60046, location = proposal_book)]
    fun c21_the_views_show_proposals_only() {
        world::begin();
        state_channel::proposal(world::open_for_three(), 1);
    }

    #[test]
    fun c21_the_views_show_proposals_with_and_without_their_data() {
        world::begin();
        let id = world::open_for_three();
        let data = settlement(0, 4).with_text(b"draft", b"final");
        world::propose(id, &alice(), data);
        let heads = state_channel::proposal_heads(id);
        let (from_height, to_height, data_hash, executed) = heads[0].head_for_test();
        assert!(heads.length() == 1 && from_height == 0 && to_height == 4 && !executed);
        assert!(data_hash == std::hash::sha3_256(state_channel::proposals(id)[0].data_for_test()));
        world::vote_for(id, &bob(), 1);
        world::settle(id, &bob(), 1);
        let (_, _, _, executed) = state_channel::proposal_heads(id)[0].head_for_test();
        assert!(executed);
    }

    #[test]
    fun c21_a_proposal_that_can_no_longer_pass_makes_way() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 1));
        state_channel::vote_proposal_entry(&alice(), id, 1, 0);
        state_channel::vote_proposal_entry(&carol(), id, 1, 2);
        world::propose(id, &bob(), settlement(0, 2));
        assert!(state_channel::proposals(id).length() == 1);
        state_channel::proposal(id, 2);
    }

    #[test]
    fun c22_an_old_proposal_makes_way() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 1));
        world::pass_ms(600_001);
        world::propose(id, &bob(), settlement(0, 2));
        assert!(state_channel::proposals(id).length() == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30049, location = channel)]
    fun c22_an_old_proposal_takes_no_votes() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 1));
        world::pass_ms(600_001);
        world::vote_for(id, &alice(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30048, location = channel)]
    fun c22_what_was_settled_otherwise_takes_no_votes() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 1));
        pass_settlement(id, 2);
        world::vote_for(id, &carol(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30047, location = channel)]
    fun c22_a_proposal_is_executed_once() {
        world::begin();
        let id = world::open_for_three();
        pass_settlement(id, 1);
        world::settle(id, &alice(), 1);
    }

    #[test]
    fun c22_what_is_settled_is_forgotten_at_the_next_proposal() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 1));
        pass_settlement(id, 2);
        assert!(state_channel::proposals(id).length() == 2);
        world::propose(id, &bob(), settlement(9, 10));
        assert!(state_channel::proposals(id).length() == 1);
    }

    #[test]
    fun c22_later_proposals_take_the_place_of_dead_ones() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &alice(), settlement(0, 1));
        world::propose(id, &bob(), settlement(0, 2));
        world::vote_for(id, &bob(), 1);
        world::settle(id, &alice(), 1);
        world::propose(id, &bob(), settlement(1, 3));
        world::propose(id, &carol(), settlement(1, 4));
        world::propose(id, &alice(), settlement(1, 5));
        let heads = state_channel::proposal_heads(id);
        assert!(heads.length() == 3);
        for (i in 0..3) {
            let (from_height, to_height, _, executed) = heads[i].head_for_test();
            assert!(from_height == 1 && to_height == i + 3 && !executed);
            assert!(state_channel::proposal(id, i + 3).data_for_test() == settlement(1, i + 3).bytes());
        };
        world::vote_for(id, &bob(), 4);
        world::settle(id, &carol(), 4);
        let (height, _, _) = state_channel::channel_info(id).settled_for_test();
        assert!(height == 4);
    }

    #[test]
    #[expected_failure(abort_code = 0x60046, location = proposal_book)]
    fun c22_a_forgotten_proposal_is_not_there() {
        world::begin();
        let id = world::open_for_three();
        pass_settlement(id, 1);
        world::propose(id, &bob(), settlement(9, 10));
        world::vote_for(id, &carol(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60046, location = proposal_book)]
    fun c23_a_vote_is_on_a_proposal() {
        world::begin();
        world::vote_for(world::open_for_three(), &bob(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10029, location = proposal)]
    fun c23_a_vote_is_0_1_or_2() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 1));
        state_channel::vote_proposal_entry(&alice(), id, 1, 3);
    }

    #[test]
    #[expected_failure(abort_code = 0x8002a, location = proposal)]
    fun c23_a_member_votes_once() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 1));
        state_channel::vote_proposal_entry(&alice(), id, 1, 0);
        world::vote_for(id, &session(0), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x8002a, location = proposal)]
    fun c23_the_proposer_has_voted() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 1));
        world::vote_for(id, &bob(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c23_a_stranger_does_not_vote() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 1));
        world::vote_for(id, &mallory(), 1);
    }

    #[test]
    fun c24_two_thirds_are_rounded_up() {
        let expected = vector[0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 9, 10, 10, 11];
        for (i in 0..17) assert!(state_channel::quorum(i) == expected[i]);
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = channel)]
    fun c24_one_of_three_is_not_enough() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &alice(), settlement(0, 1));
        world::settle(id, &alice(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = channel)]
    fun c24_abstentions_and_refusals_do_not_count_for_it() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &alice(), settlement(0, 1));
        state_channel::vote_proposal_entry(&bob(), id, 1, 0);
        state_channel::vote_proposal_entry(&carol(), id, 1, 2);
        world::settle(id, &alice(), 1);
    }

    #[test]
    fun c24_who_has_lapsed_is_not_waited_for() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &alice(), settlement(0, 1));
        world::pass_ms(15_001);
        world::keep_alive(id, &alice());
        state_channel::begin_contest_entry(&alice(), id, 1);
        world::pass_ms(60_000);
        world::keep_alive(id, &alice());
        world::settle(id, &alice(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = channel)]
    fun c24_votes_of_those_who_lapsed_do_not_count() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &alice(), settlement(0, 1));
        world::vote_for(id, &bob(), 1);
        world::pass_ms(15_001);
        world::keep_alive(id, &carol());
        world::settle(id, &alice(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = channel)]
    fun c24_nothing_passes_without_a_valid_member() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &alice(), settlement(0, 1));
        world::vote_for(id, &bob(), 1);
        world::pass_ms(15_001);
        world::settle(id, &alice(), 1);
    }

    #[test]
    fun c24_who_asked_to_leave_still_counts() {
        world::begin();
        let id = world::open_for_three();
        state_channel::request_leave_entry(&bob(), id);
        world::propose(id, &alice(), settlement(0, 1).with_leaving(vector[@0xb0b]));
        world::vote_for(id, &bob(), 1);
        world::settle(id, &alice(), 1);
        assert!(state_channel::member_count(id) == 2);
    }

    // ---- Execution

    #[test]
    fun c26_an_executed_settlement_is_the_channels_and_the_applications() {
        world::begin();
        let id = world::open_for_three();
        let data = settlement(0, 7).with_text(b"draft", b"final");
        world::propose(id, &alice(), data);
        assert!(state_channel::proposal(id, 1).data_for_test() == data.bytes());
        world::vote_for(id, &carol(), 1);
        world::settle(id, &mallory(), 1);
        let (height, root, history) = state_channel::channel_info(id).settled_for_test();
        assert!(height == 7 && root == std::hash::sha3_256(b"root") && history == std::hash::sha3_256(b"history"));
        assert!(world::text(id) == b"final");
    }

    #[test]
    #[expected_failure(abort_code = 0x5005c, location = state_channel)]
    fun c25_a_capability_is_for_one_channel() {
        world::begin();
        let id = world::open_for_three();
        let other = world::open();
        world::propose(id, &alice(), settlement(0, 1));
        world::vote_for(id, &bob(), 1);
        world::settle_with_cap_of(other, id, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x5005c, location = state_channel)]
    fun c25_a_capability_opens_one_state() {
        world::begin();
        world::borrow_with_cap_of(world::open(), world::open());
    }

    #[test]
    #[expected_failure(abort_code = 0x5005c, location = state_channel)]
    fun c25_a_capability_closes_one_channel() {
        world::begin();
        world::close_with_cap_of(world::open(), world::open());
    }

    // ---- Closing

    #[test]
    fun c30_a_closing_settlement_closes() {
        world::begin();
        let id = world::open_for_three();
        close_for_good(id);
        let (closing, closed) = state_channel::channel_info(id).closing_for_test();
        assert!(closing && closed);
        let (leader, _) = state_channel::channel_info(id).leadership_for_test();
        assert!(leader.is_none());
        assert!(world::close(id, &mallory()) == b"draft");
        // The state is back; each still takes out what is its.
        assert!(world::leave(id, &bob()) == 1 && world::leave(id, &alice()) == 0 && world::leave(id, &carol()) == 2);
        assert!(state_channel::member_count(id) == 0);
    }

    #[test]
    fun c29_the_creator_may_start_closing() {
        world::begin();
        let id = world::open();
        world::join(id, &bob(), 1);
        state_channel::close_entry(&alice(), id);
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c29_a_stranger_does_not_close() {
        world::begin();
        state_channel::close_entry(&mallory(), world::open_for_three());
    }

    #[test]
    #[expected_failure(abort_code = 0x30038, location = channel)]
    fun c29_closing_is_started_once() {
        world::begin();
        let id = world::open_for_three();
        state_channel::close_entry(&bob(), id);
        state_channel::close_entry(&session(2), id);
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_takes_no_heartbeat() {
        world::begin();
        let id = world::open_for_three();
        close_for_good(id);
        world::keep_alive(id, &alice());
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_takes_no_leader() {
        world::begin();
        let id = world::open_for_three();
        close_for_good(id);
        state_channel::apply_leader_entry(&alice(), id);
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_takes_no_proposal() {
        world::begin();
        let id = world::open_for_three();
        close_for_good(id);
        world::propose(id, &alice(), settlement(9, 10));
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_takes_no_vote() {
        world::begin();
        let id = world::open_for_three();
        close_for_good(id);
        world::vote_for(id, &carol(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_executes_nothing() {
        world::begin();
        let id = world::open_for_three();
        close_for_good(id);
        world::settle(id, &alice(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_takes_no_wish_to_leave() {
        world::begin();
        let id = world::open_for_three();
        close_for_good(id);
        state_channel::request_leave_entry(&alice(), id);
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_is_not_closed_again() {
        world::begin();
        let id = world::open_for_three();
        close_for_good(id);
        state_channel::close_entry(&alice(), id);
    }

    #[test]
    #[expected_failure(abort_code = 0x3004b, location = channel)]
    fun c31_the_state_stays_while_there_are_members() {
        world::begin();
        let id = world::open_for_three();
        state_channel::close_entry(&bob(), id);
        world::close(id, &alice());
    }

    #[test]
    fun c31_the_creator_takes_back_what_nobody_joined() {
        world::begin();
        assert!(world::close(world::open(), &alice()) == b"draft");
    }

    #[test]
    #[expected_failure(abort_code = 0x3004b, location = channel)]
    fun c31_a_stranger_does_not_end_what_nobody_has_joined_yet() {
        world::begin();
        world::close(world::open(), &mallory());
    }

    #[test]
    fun c31_when_all_have_left_anyone_may_give_the_state_back() {
        world::begin();
        let id = world::open();
        world::join(id, &bob(), 1);
        world::propose(id, &bob(), settlement(0, 2).with_leaving(vector[@0xb0b]).with_text(b"draft", b"last"));
        world::settle(id, &bob(), 1);
        assert!(world::close(id, &mallory()) == b"last");
        assert!(world::leave(id, &bob()) == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x3004c, location = channel)]
    fun c31_a_state_that_was_given_back_is_not_read() {
        world::begin();
        let id = world::open();
        world::close(id, &alice());
        world::text(id);
    }

    #[test]
    #[expected_failure(abort_code = 0x30038, location = channel)]
    fun c31_nobody_joins_a_channel_whose_state_was_given_back() {
        world::begin();
        let id = world::open();
        world::close(id, &alice());
        world::join(id, &bob(), 1);
    }

    // ---- Lifecycles

    #[test]
    fun c32_a_channel_from_opening_to_closing_conserves_all_stakes() {
        world::begin();
        let id = world::open_for_three();
        let members = vector[@0xa11ce, @0xb0b, @0xca401];
        for (i in 0..3) assert!(world::balance(members[i]) == 1_000_000 - 110);

        world::propose(id, &session(0), settlement(0, 10).with_text(b"draft", b"second"));
        world::vote_for(id, &session(1), 1);
        world::vote_for(id, &session(2), 1);
        world::settle(id, &session(0), 1);
        assert!(world::text(id) == b"second");

        // The leader falls silent; Bob takes over and settles Carol out.
        world::pass_ms(14_000);
        world::keep_alive(id, &session(1));
        world::keep_alive(id, &session(2));
        world::pass_ms(14_000);
        state_channel::apply_leader_entry(&session(1), id);
        assert_leader(id, @0xb0b, 2);
        state_channel::request_leave_entry(&session(2), id);
        world::propose(
            id,
            &session(1),
            settlement(10, 20).with_text(b"second", b"third").with_leaving(vector[@0xca401])
        );
        world::vote_for(id, &session(2), 2);
        world::settle(id, &session(1), 2);
        assert!(world::leave(id, &carol()) == 2);
        assert!(world::balance(@0xca401) == 1_000_000 - 10);

        // Alice is back. They close.
        world::pass_ms(1_000);
        world::keep_alive(id, &session(0));
        world::keep_alive(id, &session(1));
        state_channel::close_entry(&session(0), id);
        world::propose(id, &session(1), settlement(20, 21).with_closing());
        world::vote_for(id, &session(0), 3);
        world::settle(id, &session(1), 3);
        assert!(world::close(id, &bob()) == b"third");
        assert!(world::leave(id, &alice()) == 0 && world::leave(id, &bob()) == 1);
        for (i in 0..3) assert!(world::balance(members[i]) == 1_000_000 - 10);
        for (i in 0..3) assert!(world::balance(world::address_of(&session(i))) == 10);
    }

    #[test]
    fun c27_a_sole_member_settles_itself_out() {
        world::begin();
        let id = world::open();
        world::join(id, &bob(), 1);
        state_channel::apply_leader_entry(&bob(), id);
        world::propose(id, &session(1), settlement(0, 1).with_leaving(vector[@0xb0b]));
        world::settle(id, &session(1), 1);
        assert!(world::leave(id, &bob()) == 1);
        assert!(world::balance(@0xb0b) == 1_000_000 - 10);
        // The channel goes on for whoever comes.
        world::join(id, &carol(), 2);
        state_channel::apply_leader_entry(&carol(), id);
        assert_leader(id, @0xca401, 2);
    }

    // ---- Helpers

    fun assert_leader(id: u64, expected: address, expected_term: u64) {
        let (leader, term) = state_channel::channel_info(id).leadership_for_test();
        assert!(leader == std::option::some(expected) && term == expected_term);
    }

    /// Alice and Bob's votes settle to height 9 by the proposal with this id.
    fun pass_settlement(id: u64, proposal_id: u64) {
        world::propose(id, &alice(), settlement(0, 9));
        world::vote_for(id, &bob(), proposal_id);
        world::settle(id, &alice(), proposal_id);
    }

    fun close_for_good(id: u64) {
        state_channel::close_entry(&bob(), id);
        world::propose(id, &alice(), settlement(0, 9).with_closing());
        world::vote_for(id, &bob(), 1);
        world::settle(id, &alice(), 1);
    }
}
