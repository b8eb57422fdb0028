#[test_only]
/// Settlements that some did not vote for, settlements that members signed, and members that go by themselves.
module rooch::settling_test {
    use rooch::channel;
    use rooch::membership;
    use rooch::proposal;
    use rooch::state_channel;
    use rooch::vectors;
    use rooch::world::{Self, alice, bob, carol, mallory, member, settlement};

    /// Alice, Bob and Carol; Carol lapses, Alice proposes and Bob votes for it.
    fun open_without_carol(to_height: u64): u64 {
        let id = world::open_for(4);
        world::pass_ms(15_001);
        world::keep_alive(id, &alice());
        world::keep_alive(id, &bob());
        world::propose(id, &alice(), settlement(0, to_height));
        id
    }

    fun contest(id: u64, sender: &signer, signers: u64) {
        let acknowledgements = vectors::honest_acknowledgements();
        let (members, signatures) = (vector[], vector[]);
        // Alice has signed the batch itself.
        for (i in 1..(signers + 1)) {
            members.push_back(world::address_of(&member(i)));
            signatures.push_back(acknowledgements[i]);
        };
        state_channel::contest_entry(
            sender, id, 1, vectors::honest_header(), vectors::honest_signature(), members, signatures
        );
    }

    fun settled_height(id: u64): u64 {
        let (height, _, _) = state_channel::channel_info(id).settled_for_test();
        height
    }

    // ---- The contest window

    #[test]
    fun c42_two_thirds_of_all_settle_at_once() {
        world::begin();
        let id = world::open_for(3);
        world::propose(id, &alice(), settlement(0, 1));
        world::vote_for(id, &bob(), 1);
        world::settle(id, &carol(), 1);
        assert!(settled_height(id) == 1);
    }

    #[test]
    fun c42_votes_of_those_who_lapsed_count_among_all() {
        world::begin();
        let id = world::open_for(4);
        world::propose(id, &alice(), settlement(0, 1));
        world::vote_for(id, &bob(), 1);
        world::vote_for(id, &carol(), 1);
        world::pass_ms(15_001);
        world::keep_alive(id, &alice());
        world::keep_alive(id, &bob());
        world::settle(id, &alice(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x3004f, location = channel)]
    fun c42_fewer_wait() {
        world::begin();
        let id = open_without_carol(1);
        world::vote_for(id, &bob(), 1);
        world::pass_ms(59_999);
        world::keep_alive(id, &alice());
        world::keep_alive(id, &bob());
        world::settle(id, &alice(), 1);
    }

    #[test]
    fun c42_and_settle_when_the_window_is_over() {
        world::begin();
        let id = open_without_carol(1);
        world::vote_for(id, &bob(), 1);
        world::pass_ms(60_000);
        world::keep_alive(id, &alice());
        world::keep_alive(id, &bob());
        world::settle(id, &alice(), 1);
        assert!(settled_height(id) == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x3004f, location = channel)]
    fun c42_the_window_begins_when_it_passes() {
        world::begin();
        let id = open_without_carol(1);
        world::pass_ms(60_000);
        world::keep_alive(id, &alice());
        world::keep_alive(id, &bob());
        world::vote_for(id, &bob(), 1);
        world::settle(id, &alice(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = channel)]
    fun c42_who_comes_back_can_still_vote_against_it() {
        world::begin();
        let id = open_without_carol(1);
        world::vote_for(id, &bob(), 1);
        world::pass_ms(60_000);
        for (i in 0..4) world::keep_alive(id, &member(i));
        state_channel::vote_proposal_entry(&carol(), id, 1, 0);
        world::settle(id, &alice(), 1);
    }

    #[test]
    fun c42_the_window_is_the_configurations() {
        world::begin();
        let config = state_channel::create_config(0).with_windows(5_000, 20_000);
        let id = world::open_with_members(config, 4);
        world::pass_ms(15_001);
        world::keep_alive(id, &alice());
        world::propose(id, &alice(), settlement(0, 1));
        world::pass_ms(5_000);
        world::settle(id, &alice(), 1);
    }

    #[test]
    fun c42_anyone_begins_it_where_members_have_lapsed_since_the_last_vote() {
        world::begin();
        let id = world::open_for(3);
        world::propose(id, &alice(), settlement(0, 1));
        world::pass_ms(15_001);
        world::keep_alive(id, &alice());
        state_channel::begin_contest_entry(&mallory(), id, 1);
        world::pass_ms(60_000);
        world::keep_alive(id, &alice());
        world::settle(id, &alice(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30050, location = channel)]
    fun c42_there_is_nothing_to_begin_where_it_does_not_pass() {
        world::begin();
        let id = world::open_for(3);
        world::propose(id, &alice(), settlement(0, 1));
        state_channel::begin_contest_entry(&alice(), id, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30050, location = channel)]
    fun c42_nor_where_it_has_begun() {
        world::begin();
        let id = open_without_carol(1);
        world::vote_for(id, &bob(), 1);
        state_channel::begin_contest_entry(&alice(), id, 1);
    }

    #[test]
    fun c22_a_settlement_in_its_window_is_not_too_old() {
        world::begin();
        let config = state_channel::create_config(0).with_windows(700_000, 800_000);
        let id = world::open_with_members(config, 3);
        world::pass_ms(15_001);
        world::keep_alive(id, &alice());
        world::propose(id, &alice(), settlement(0, 1));
        world::pass_ms(700_000);
        world::keep_alive(id, &alice());
        world::settle(id, &alice(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30049, location = channel)]
    fun c22_but_ten_minutes_after_it_is() {
        world::begin();
        let id = open_without_carol(1);
        world::vote_for(id, &bob(), 1);
        world::pass_ms(660_001);
        world::keep_alive(id, &alice());
        world::keep_alive(id, &bob());
        world::settle(id, &alice(), 1);
    }

    // ---- Contesting

    #[test]
    #[expected_failure(abort_code = 0x3004e, location = channel)]
    fun c43_a_newer_state_stops_it() {
        world::begin();
        let id = open_without_carol(1);
        contest(id, &carol(), 2);
        world::settle(id, &alice(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x3004e, location = channel)]
    fun c43_so_does_another_at_its_height() {
        world::begin();
        let id = open_without_carol(2);
        contest(id, &carol(), 2);
        world::vote_for(id, &bob(), 1);
    }

    #[test]
    fun c43_a_contested_settlement_makes_way() {
        world::begin();
        let id = open_without_carol(1);
        contest(id, &carol(), 2);
        world::propose(id, &alice(), settlement(0, 2));
        assert!(state_channel::proposal_heads(id).length() == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10051, location = channel)]
    fun c43_an_older_state_does_not() {
        world::begin();
        let id = open_without_carol(3);
        contest(id, &carol(), 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10051, location = channel)]
    fun c43_nor_the_very_state_that_is_settled() {
        world::begin();
        let id = world::open_for(3);
        let hash = std::hash::sha3_256(vectors::honest_header());
        world::propose(id, &alice(), settlement(0, 2).with_history_hash(hash));
        contest(id, &carol(), 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x50054, location = channel)]
    fun c43_two_thirds_of_all_have_acknowledged_it() {
        world::begin();
        let id = open_without_carol(1);
        contest(id, &carol(), 1);
    }

    #[test]
    fun c43_the_leader_counts_once() {
        world::begin();
        let id = open_without_carol(1);
        let acknowledgements = vectors::honest_acknowledgements();
        state_channel::contest_entry(
            &carol(),
            id,
            1,
            vectors::honest_header(),
            vectors::honest_signature(),
            world::members(3),
            world::first(acknowledgements, 3)
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10053, location = channel)]
    fun c43_with_their_own_signatures() {
        world::begin();
        let id = open_without_carol(1);
        state_channel::contest_entry(
            &carol(),
            id,
            1,
            vectors::honest_header(),
            vectors::honest_signature(),
            world::members(3),
            world::first(vectors::election_signatures(), 3)
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c43_a_stranger_contests_nothing() {
        world::begin();
        let id = open_without_carol(1);
        contest(id, &mallory(), 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x1002c, location = proposal)]
    fun c43_a_punishment_is_not_contested() {
        world::begin();
        let id = world::open_for(4);
        state_channel::create_proposal_entry(&bob(), id, 2, vectors::accusation());
        contest(id, &carol(), 2);
    }

    // ---- Signed settlements

    #[test]
    fun c44_two_thirds_of_all_settle_in_one_transaction() {
        world::begin();
        let id = world::open_for(5);
        let signatures = world::first(vectors::settlement_signatures(), 4);
        world::settle_signed(id, &mallory(), settlement(0, 1).bytes(), world::members(4), signatures);
        assert!(settled_height(id) == 1);
        assert!(state_channel::proposal_heads(id).is_empty());
    }

    #[test]
    #[expected_failure(abort_code = 0x50054, location = channel)]
    fun c44_fewer_do_not() {
        world::begin();
        let id = world::open_for(5);
        let signatures = world::first(vectors::settlement_signatures(), 3);
        world::settle_signed(id, &alice(), settlement(0, 1).bytes(), world::members(3), signatures);
    }

    #[test]
    #[expected_failure(abort_code = 0x50054, location = channel)]
    fun c44_nobody_is_not_two_thirds_of_nobody() {
        world::begin();
        let id = world::open();
        world::settle_signed(id, &alice(), settlement(0, 1).bytes(), vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10053, location = channel)]
    fun c44_they_signed_this_settlement() {
        world::begin();
        let id = world::open_for(3);
        let signatures = world::first(vectors::settlement_signatures(), 3);
        world::settle_signed(id, &alice(), settlement(0, 2).bytes(), world::members(3), signatures);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = channel)]
    fun c44_it_is_not_executed_twice() {
        world::begin();
        let id = world::open_for(3);
        let signatures = world::first(vectors::settlement_signatures(), 3);
        world::settle_signed(id, &alice(), settlement(0, 1).bytes(), world::members(3), signatures);
        world::settle_signed(id, &alice(), settlement(0, 1).bytes(), world::members(3), signatures);
    }

    #[test]
    fun c44_an_open_proposal_is_void_then() {
        world::begin();
        let id = world::open_for(3);
        world::propose(id, &alice(), settlement(0, 5));
        let signatures = world::first(vectors::settlement_signatures(), 2);
        world::settle_signed(id, &bob(), settlement(0, 1).bytes(), world::members(2), signatures);
        world::propose(id, &alice(), settlement(1, 5));
        assert!(state_channel::proposal_heads(id).length() == 1);
    }

    // ---- Leaving without the others

    #[test]
    fun c45_who_is_not_settled_out_in_time_goes_by_itself() {
        world::begin();
        let id = world::open_for_three();
        state_channel::request_leave_entry(&bob(), id);
        world::pass_ms(600_000);
        state_channel::exit_entry(&bob(), id);
        let before = world::balance(@0xb0b);
        assert!(world::leave(id, &bob()) == 1);
        assert!(world::balance(@0xb0b) == before + 100);
    }

    #[test]
    fun c27_who_is_gone_already_holds_up_no_settlement() {
        world::begin();
        let id = world::open_for_three();
        state_channel::request_leave_entry(&bob(), id);
        world::pass_ms(600_000);
        world::keep_alive(id, &alice());
        world::keep_alive(id, &carol());
        world::propose(id, &alice(), settlement(0, 1).with_leaving(vector[@0xb0b, @0xca401]));
        world::vote_for(id, &carol(), 1);
        state_channel::exit_entry(&bob(), id);
        assert!(!state_channel::is_member(id, @0xb0b) && state_channel::is_member(id, @0xca401));
        world::settle(id, &alice(), 1);
        assert!(!state_channel::is_member(id, @0xca401) && state_channel::is_member(id, @0xa11ce));
    }

    #[test]
    #[expected_failure(abort_code = 0x3008e, location = membership)]
    fun c45_not_sooner() {
        world::begin();
        let id = world::open_for_three();
        state_channel::request_leave_entry(&bob(), id);
        world::pass_ms(599_999);
        state_channel::exit_entry(&bob(), id);
    }

    #[test]
    #[expected_failure(abort_code = 0x3008e, location = membership)]
    fun c45_not_without_having_said_so() {
        world::begin();
        let id = world::open_for_three();
        world::pass_ms(600_000);
        state_channel::exit_entry(&bob(), id);
    }

    #[test]
    fun c45_a_leader_that_goes_leads_no_more() {
        world::begin();
        let id = world::open_for_three();
        state_channel::request_leave_entry(&alice(), id);
        world::pass_ms(600_000);
        state_channel::exit_entry(&alice(), id);
        let (leader, _) = state_channel::channel_info(id).leadership_for_test();
        assert!(leader.is_none());
    }

    #[test]
    #[expected_failure(abort_code = 0x30091, location = membership)]
    fun c28_a_stake_answers_for_a_while() {
        world::begin();
        let config = state_channel::create_config(100).with_evidence_window(30_000);
        let id = world::open_with(config);
        world::join(id, &alice(), 0);
        world::propose(id, &alice(), settlement(0, 1).with_leaving(vector[@0xa11ce]));
        world::settle(id, &alice(), 1);
        world::pass_ms(29_999);
        world::leave(id, &alice());
    }

    #[test]
    fun c28_and_is_free_then() {
        world::begin();
        let config = state_channel::create_config(100).with_evidence_window(30_000);
        let id = world::open_with(config);
        world::join(id, &alice(), 0);
        world::propose(id, &alice(), settlement(0, 1).with_leaving(vector[@0xa11ce]));
        world::settle(id, &alice(), 1);
        world::pass_ms(30_000);
        let before = world::balance(@0xa11ce);
        world::leave(id, &alice());
        assert!(world::balance(@0xa11ce) == before + 100);
    }

    #[test]
    #[expected_failure(abort_code = 0x3003a, location = membership)]
    fun c28_a_closed_channel_holds_stakes_as_long() {
        world::begin();
        let config = state_channel::create_config(100).with_evidence_window(30_000);
        let id = world::open_with(config);
        world::join(id, &alice(), 0);
        state_channel::close_entry(&alice(), id);
        world::propose(id, &alice(), settlement(0, 1).with_closing());
        world::settle(id, &alice(), 1);
        world::leave(id, &alice());
    }

    #[test]
    fun c26_a_settlement_may_change_what_members_own() {
        world::begin();
        let id = world::open_for_three();
        world::give_pen(id, @0xb0b);
        assert!(world::pens_of(id, @0xb0b) == 2);
    }
}
