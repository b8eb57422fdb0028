#[test_only]
/// Candidates, delegations, replacement by signatures, silence.
module rooch::leadership_test {
    use std::option;
    use rooch::channel;
    use rooch::leadership;
    use rooch::membership;
    use rooch::quorum;
    use rooch::state_channel;
    use rooch::vectors;
    use rooch::world::{Self, alice, bob, carol, mallory, member, settlement};

    fun leader(id: u64): option::Option<address> {
        let (leader, _) = state_channel::channel_info(id).leadership_for_test();
        leader
    }

    fun assert_leader(id: u64, expected: address, expected_term: u64) {
        let (leader, term) = state_channel::channel_info(id).leadership_for_test();
        assert!(leader == option::some(expected) && term == expected_term);
    }

    fun keep_all_alive(id: u64, count: u64) {
        for (i in 0..count) world::keep_alive(id, &member(i));
    }

    fun address_of(n: u64): address {
        world::address_of(&member(n))
    }

    // ---- Arithmetic

    #[test]
    fun c24_quorums_are_exact_from_1_to_50() {
        for (n in 1..51) {
            let two_thirds = quorum::two_thirds(n);
            assert!(3 * two_thirds >= 2 * n && 3 * (two_thirds - 1) < 2 * n);
            let more = quorum::more_than_two_thirds(n);
            assert!(3 * more > 2 * n && 3 * (more - 1) <= 2 * n);
        }
    }

    #[test]
    fun c39_five_candidates_can_represent_everyone() {
        for (n in 1..6) assert!(quorum::delegations_max(n) == 0);
        for (n in 6..51) {
            let places = 5 * quorum::delegations_max(n);
            assert!(places >= n - 5 && places < n);
        }
    }

    // ---- Replacement by signatures

    #[test]
    fun c36_more_than_two_thirds_replace_a_valid_leader() {
        world::begin();
        let id = world::open_for(6);
        state_channel::replace_leader_entry(
            &mallory(), id, @0xb0b, world::members(5), world::first(vectors::election_signatures(), 5)
        );
        assert_leader(id, @0xb0b, 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x50054, location = channel)]
    fun c36_two_thirds_are_not_enough() {
        world::begin();
        let id = world::open_for(6);
        state_channel::replace_leader_entry(
            &bob(), id, @0xb0b, world::members(4), world::first(vectors::election_signatures(), 4)
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10053, location = channel)]
    fun c36_the_signatures_are_for_this_successor() {
        world::begin();
        let id = world::open_for(3);
        state_channel::replace_leader_entry(
            &carol(), id, @0xca401, world::members(3), world::first(vectors::election_signatures(), 3)
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10053, location = channel)]
    fun c36_the_signatures_are_for_the_next_term() {
        world::begin();
        let id = world::open_for(3);
        let signatures = world::first(vectors::election_signatures(), 3);
        state_channel::replace_leader_entry(&bob(), id, @0xb0b, world::members(3), signatures);
        state_channel::replace_leader_entry(&bob(), id, @0xb0b, world::members(3), signatures);
    }

    #[test]
    #[expected_failure(abort_code = 0x10052, location = channel)]
    fun c36_there_is_a_signature_for_each_signer() {
        world::begin();
        let id = world::open_for(3);
        state_channel::replace_leader_entry(
            &bob(), id, @0xb0b, world::members(3), world::first(vectors::election_signatures(), 2)
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10052, location = channel)]
    fun c36_nobody_signs_twice() {
        world::begin();
        let id = world::open_for(3);
        let signature = vectors::election_signatures()[1];
        state_channel::replace_leader_entry(
            &bob(), id, @0xb0b, vector[@0xb0b, @0xb0b, @0xb0b], vector[signature, signature, signature]
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10052, location = channel)]
    fun c36_strangers_do_not_sign() {
        world::begin();
        let id = world::open_for(3);
        state_channel::replace_leader_entry(
            &bob(), id, @0xb0b, world::members(4), world::first(vectors::election_signatures(), 4)
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10053, location = channel)]
    fun c36_a_signature_has_64_bytes() {
        world::begin();
        let id = world::open_for(3);
        state_channel::replace_leader_entry(
            &bob(), id, @0xb0b, world::members(3), vector[vector[], vector[], vector[]]
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c36_the_successor_is_a_member() {
        world::begin();
        let id = world::open_for(2);
        state_channel::request_leave_entry(&bob(), id);
        world::propose(id, &alice(), settlement(0, 1).with_leaving(vector[@0xb0b]));
        world::vote_for(id, &bob(), 1);
        world::settle(id, &alice(), 1);
        state_channel::replace_leader_entry(
            &alice(), id, @0xb0b, vector[@0xa11ce], world::first(vectors::election_signatures(), 1)
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x3003d, location = leadership)]
    fun c36_the_successor_is_valid() {
        world::begin();
        let id = world::open_for(3);
        world::pass_ms(15_001);
        state_channel::replace_leader_entry(
            &alice(), id, @0xb0b, world::members(3), world::first(vectors::election_signatures(), 3)
        );
    }

    // ---- Candidates

    #[test]
    #[expected_failure(abort_code = 0x50098, location = leadership)]
    fun c38_among_more_than_five_a_candidate_leads() {
        world::begin();
        let id = world::open_for(6);
        state_channel::stand_entry(&bob(), id);
        world::pass_ms(15_001);
        world::keep_alive(id, &bob());
        world::keep_alive(id, &carol());
        state_channel::apply_leader_entry(&carol(), id);
    }

    #[test]
    fun c38_where_no_candidate_is_valid_anyone_leads() {
        world::begin();
        let id = world::open_for(6);
        state_channel::stand_entry(&bob(), id);
        world::pass_ms(15_001);
        world::keep_alive(id, &carol());
        state_channel::apply_leader_entry(&carol(), id);
        assert_leader(id, @0xca401, 2);
    }

    #[test]
    fun c38_among_five_anyone_leads() {
        world::begin();
        let id = world::open_for(5);
        state_channel::stand_entry(&bob(), id);
        world::pass_ms(15_001);
        world::keep_alive(id, &bob());
        world::keep_alive(id, &carol());
        state_channel::apply_leader_entry(&carol(), id);
        assert_leader(id, @0xca401, 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x9009a, location = leadership)]
    fun c37_there_are_five_candidates() {
        world::begin();
        let id = world::open_for(6);
        for (i in 0..6) state_channel::stand_entry(&member(i), id);
    }

    #[test]
    fun c37_one_that_has_lapsed_makes_way() {
        world::begin();
        let id = world::open_for(11);
        for (i in 0..5) state_channel::stand_entry(&member(i), id);
        state_channel::delegate_entry(&member(7), id, @0xca401);
        world::pass_ms(15_001);
        keep_all_alive(id, 2);
        world::keep_alive(id, &member(6));
        state_channel::stand_entry(&member(6), id);
        assert!(state_channel::candidate_of(id, address_of(7)).is_none());
    }

    #[test]
    #[expected_failure(abort_code = 0x80099, location = leadership)]
    fun c37_nobody_stands_twice() {
        world::begin();
        let id = world::open_for(6);
        state_channel::stand_entry(&bob(), id);
        state_channel::stand_entry(&bob(), id);
    }

    #[test]
    #[expected_failure(abort_code = 0x3003d, location = leadership)]
    fun c37_who_has_lapsed_does_not_stand() {
        world::begin();
        let id = world::open_for(6);
        world::pass_ms(15_001);
        state_channel::stand_entry(&bob(), id);
    }

    #[test]
    fun c39_a_candidate_represents_so_many() {
        world::begin();
        let id = world::open_for(11);
        state_channel::stand_entry(&alice(), id);
        state_channel::delegate_entry(&member(5), id, @0xa11ce);
        state_channel::delegate_entry(&member(6), id, @0xa11ce);
        assert!(state_channel::candidate_of(id, address_of(6)) == option::some(@0xa11ce));
    }

    #[test]
    #[expected_failure(abort_code = 0x9009c, location = leadership)]
    fun c39_and_no_more() {
        world::begin();
        let id = world::open_for(11);
        state_channel::stand_entry(&alice(), id);
        for (i in 5..8) state_channel::delegate_entry(&member(i), id, @0xa11ce);
    }

    #[test]
    #[expected_failure(abort_code = 0x9009c, location = leadership)]
    fun c39_among_five_nobody_is_represented() {
        world::begin();
        let id = world::open_for(5);
        state_channel::stand_entry(&alice(), id);
        state_channel::delegate_entry(&bob(), id, @0xa11ce);
    }

    #[test]
    #[expected_failure(abort_code = 0x600a1, location = leadership)]
    fun c39_only_a_candidate_represents() {
        world::begin();
        let id = world::open_for(6);
        state_channel::delegate_entry(&carol(), id, @0xb0b);
    }

    #[test]
    #[expected_failure(abort_code = 0x3003d, location = leadership)]
    fun c39_only_a_valid_one() {
        world::begin();
        let id = world::open_for(6);
        state_channel::stand_entry(&bob(), id);
        world::pass_ms(15_001);
        state_channel::delegate_entry(&carol(), id, @0xb0b);
    }

    #[test]
    #[expected_failure(abort_code = 0x3009b, location = leadership)]
    fun c39_a_candidate_speaks_for_itself() {
        world::begin();
        let id = world::open_for(6);
        state_channel::stand_entry(&bob(), id);
        state_channel::stand_entry(&carol(), id);
        state_channel::delegate_entry(&carol(), id, @0xb0b);
    }

    #[test]
    #[expected_failure(abort_code = 0x8009d, location = leadership)]
    fun c39_nobody_names_the_same_twice() {
        world::begin();
        let id = world::open_for(6);
        state_channel::stand_entry(&bob(), id);
        state_channel::delegate_entry(&carol(), id, @0xb0b);
        state_channel::delegate_entry(&carol(), id, @0xb0b);
    }

    #[test]
    fun c39_a_member_may_change_its_mind() {
        world::begin();
        let id = world::open_for(6);
        state_channel::stand_entry(&alice(), id);
        state_channel::stand_entry(&bob(), id);
        state_channel::delegate_entry(&carol(), id, @0xb0b);
        state_channel::delegate_entry(&carol(), id, @0xa11ce);
        assert!(state_channel::candidate_of(id, @0xca401) == option::some(@0xa11ce));
    }

    #[test]
    fun c40_who_stands_is_represented_no_more() {
        world::begin();
        let id = world::open_for(6);
        state_channel::stand_entry(&bob(), id);
        state_channel::delegate_entry(&carol(), id, @0xb0b);
        state_channel::stand_entry(&carol(), id);
        assert!(state_channel::candidate_of(id, @0xca401).is_none());
    }

    #[test]
    fun c40_who_has_gone_represents_nobody() {
        world::begin();
        let id = world::open_for(6);
        state_channel::stand_entry(&bob(), id);
        state_channel::delegate_entry(&carol(), id, @0xb0b);
        world::propose(id, &alice(), settlement(0, 1).with_leaving(vector[@0xb0b]));
        for (i in 1..4) world::vote_for(id, &member(i), 1);
        world::settle(id, &alice(), 1);
        assert!(state_channel::candidate_of(id, @0xca401).is_none());
    }

    #[test]
    fun c24_a_candidate_votes_for_those_it_represents() {
        world::begin();
        let id = world::open_for(6);
        for (i in 0..3) state_channel::stand_entry(&member(i), id);
        for (i in 0..3) state_channel::delegate_entry(&member(3 + i), id, address_of(i));
        world::propose(id, &alice(), settlement(0, 1));
        world::vote_for(id, &bob(), 1);
        world::settle(id, &alice(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = channel)]
    fun c24_but_not_where_they_have_voted() {
        world::begin();
        let id = world::open_for(6);
        for (i in 0..3) state_channel::stand_entry(&member(i), id);
        for (i in 0..3) state_channel::delegate_entry(&member(3 + i), id, address_of(i));
        world::propose(id, &alice(), settlement(0, 1));
        world::vote_for(id, &bob(), 1);
        state_channel::vote_proposal_entry(&member(3), id, 1, 0);
        world::settle(id, &alice(), 1);
    }

    // ---- Silence

    #[test]
    fun c55_two_depose_a_silent_leader() {
        world::begin();
        let id = world::open_for(3);
        state_channel::report_silence_entry(&bob(), id);
        assert_leader(id, @0xa11ce, 1);
        state_channel::report_silence_entry(&carol(), id);
        assert_leader(id, @0xb0b, 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x50097, location = leadership)]
    fun c41_who_was_deposed_does_not_lead_for_five_minutes() {
        world::begin();
        let id = world::open_for(3);
        state_channel::report_silence_entry(&bob(), id);
        state_channel::report_silence_entry(&carol(), id);
        world::pass_ms(299_999);
        world::keep_alive(id, &alice());
        state_channel::apply_leader_entry(&alice(), id);
    }

    #[test]
    fun c41_and_then_may_again() {
        world::begin();
        let id = world::open_for(3);
        state_channel::report_silence_entry(&bob(), id);
        state_channel::report_silence_entry(&carol(), id);
        world::pass_ms(300_000);
        world::keep_alive(id, &alice());
        state_channel::apply_leader_entry(&alice(), id);
        assert_leader(id, @0xa11ce, 3);
    }

    #[test]
    #[expected_failure(abort_code = 0x50097, location = leadership)]
    fun c41_nor_stand() {
        world::begin();
        let id = world::open_for(3);
        state_channel::report_silence_entry(&bob(), id);
        state_channel::report_silence_entry(&carol(), id);
        state_channel::stand_entry(&alice(), id);
    }

    #[test]
    fun c55_where_the_first_has_lapsed_nobody_leads() {
        world::begin();
        let id = world::open_for(3);
        world::pass_ms(14_000);
        world::keep_alive(id, &carol());
        state_channel::report_silence_entry(&bob(), id);
        world::pass_ms(2_000);
        state_channel::report_silence_entry(&carol(), id);
        assert!(leader(id).is_none());
    }

    #[test]
    fun c55_a_report_nobody_seconds_closes_when_repeated() {
        world::begin();
        let id = world::open_for(3);
        state_channel::report_silence_entry(&bob(), id);
        world::pass_ms(15_001);
        state_channel::report_silence_entry(&bob(), id);
        let (closing, closed) = state_channel::channel_info(id).closing_for_test();
        assert!(closing && !closed);
        assert_leader(id, @0xa11ce, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x800a0, location = leadership)]
    fun c55_but_not_before_the_others_had_time() {
        world::begin();
        let id = world::open_for(3);
        state_channel::report_silence_entry(&bob(), id);
        world::pass_ms(15_000);
        state_channel::report_silence_entry(&bob(), id);
    }

    #[test]
    fun c55_a_second_report_that_comes_late_is_a_first_one() {
        world::begin();
        let id = world::open_for(3);
        state_channel::report_silence_entry(&bob(), id);
        world::pass_ms(15_001);
        state_channel::report_silence_entry(&carol(), id);
        assert_leader(id, @0xa11ce, 1);
        world::keep_alive(id, &carol());
        state_channel::report_silence_entry(&bob(), id);
        assert_leader(id, @0xca401, 2);
    }

    #[test]
    fun c55_a_report_on_an_earlier_leader_does_not_count() {
        world::begin();
        let id = world::open_for(3);
        state_channel::report_silence_entry(&carol(), id);
        state_channel::replace_leader_entry(
            &bob(), id, @0xb0b, world::members(3), world::first(vectors::election_signatures(), 3)
        );
        state_channel::report_silence_entry(&alice(), id);
        assert_leader(id, @0xb0b, 2);
    }

    #[test]
    fun c55_among_two_it_closes_the_channel() {
        world::begin();
        let id = world::open_for(2);
        state_channel::report_silence_entry(&bob(), id);
        let (closing, _) = state_channel::channel_info(id).closing_for_test();
        assert!(closing);
    }

    #[test]
    fun c55_in_a_closing_channel_it_changes_nothing() {
        world::begin();
        let id = world::open_for(2);
        state_channel::close_entry(&bob(), id);
        state_channel::report_silence_entry(&bob(), id);
        assert_leader(id, @0xa11ce, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1009f, location = leadership)]
    fun c55_the_leader_does_not_accuse_itself() {
        world::begin();
        state_channel::report_silence_entry(&alice(), world::open_for(3));
    }

    #[test]
    #[expected_failure(abort_code = 0x3009e, location = leadership)]
    fun c55_there_is_a_leader_to_accuse() {
        world::begin();
        let id = world::open();
        world::join(id, &alice(), 0);
        state_channel::report_silence_entry(&alice(), id);
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c55_a_stranger_accuses_nobody() {
        world::begin();
        state_channel::report_silence_entry(&mallory(), world::open_for(3));
    }
}
