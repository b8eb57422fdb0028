#[test_only]
/// Rules that other tests pass by: each fails if the rule is left out.
module rooch::guards_test {
    use std::bcs;
    use std::option;
    use std::string;
    use aptos_framework::account;
    use aptos_framework::aptos_coin::AptosCoin;
    use rooch::channel;
    use rooch::leadership;
    use rooch::membership;
    use rooch::proposal;
    use rooch::staking;
    use rooch::state_channel;
    use rooch::vectors;
    use rooch::world::{Self, alice, bob, carol, mallory, member, session, settlement};

    fun leader(id: u64): option::Option<address> {
        let (leader, _) = state_channel::channel_info(id).leadership_for_test();
        leader
    }

    fun is_closing(id: u64): bool {
        let (closing, _) = state_channel::channel_info(id).closing_for_test();
        closing
    }

    fun accuse(id: u64, reporter: &signer) {
        state_channel::create_proposal_entry(reporter, id, 2, vectors::accusation());
    }

    fun stand(id: u64, n: u64) {
        state_channel::stand_entry(&member(n), id);
    }

    fun delegate(id: u64, n: u64, candidate: u64) {
        state_channel::delegate_entry(&member(n), id, world::address_of(&member(candidate)));
    }

    fun candidate_of(id: u64, n: u64): option::Option<address> {
        state_channel::candidate_of(id, world::address_of(&member(n)))
    }

    fun closed(): u64 {
        world::begin();
        let id = world::open_for(3);
        state_channel::close_entry(&bob(), id);
        world::propose(id, &alice(), settlement(0, 9).with_closing());
        world::vote_for(id, &bob(), 1);
        world::settle(id, &alice(), 1);
        id
    }

    // ---- After the end

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_takes_no_challenge() {
        state_channel::challenge_entry(&alice(), closed(), @0xb0b);
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_takes_no_candidate() {
        state_channel::stand_entry(&alice(), closed());
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_takes_no_delegation() {
        state_channel::delegate_entry(&alice(), closed(), @0xb0b);
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_takes_no_report_of_silence() {
        state_channel::report_silence_entry(&alice(), closed());
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_begins_no_contest() {
        state_channel::begin_contest_entry(&alice(), closed(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_is_not_contested() {
        state_channel::contest_entry(&alice(), closed(), 1, vector[], vector[], vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_is_not_left_by_oneself() {
        state_channel::exit_entry(&alice(), closed());
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_executes_no_punishment() {
        state_channel::execute_punishment_entry(&alice(), closed(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_executes_nothing_signed() {
        world::settle_signed(closed(), &alice(), settlement(9, 10).bytes(), vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x30039, location = channel)]
    fun c30_a_closed_channel_is_led_by_nobody_signed_for() {
        state_channel::replace_leader_entry(&alice(), closed(), @0xb0b, vector[], vector[]);
    }

    #[test]
    fun c52_two_batches_prove_themselves_even_then() {
        let id = closed();
        state_channel::punish_twins_entry(
            &bob(),
            id,
            vectors::honest_header(),
            vectors::honest_signature(),
            vectors::wrong_header(),
            vectors::wrong_signature()
        );
        assert!(leader(id).is_none() && !state_channel::is_member(id, @0xa11ce));
    }

    // ---- Dead proposals

    #[test]
    fun c22_ten_minutes_are_over_when_they_are_over() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 1));
        world::pass_ms(600_000);
        world::vote_for(id, &alice(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30049, location = channel)]
    fun c22_an_old_proposal_begins_no_contest() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &alice(), settlement(0, 1));
        world::pass_ms(600_001);
        world::keep_alive(id, &alice());
        state_channel::begin_contest_entry(&alice(), id, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30047, location = channel)]
    fun c22_an_executed_proposal_is_not_contested() {
        world::begin();
        let id = world::open_for(3);
        world::settle_out(id, vector[], 1, 2);
        state_channel::contest_entry(
            &carol(), id, 1, vectors::honest_header(), vectors::honest_signature(), vector[], vector[]
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x30049, location = channel)]
    fun c22_an_old_accusation_is_not_executed() {
        world::begin();
        let id = world::open_for_three();
        accuse(id, &bob());
        world::vote_for(id, &carol(), 1);
        world::pass_ms(600_001);
        world::keep_alive(id, &bob());
        world::keep_alive(id, &carol());
        state_channel::execute_punishment_entry(&bob(), id, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30047, location = channel)]
    fun c22_a_punishment_is_executed_once() {
        world::begin();
        let id = world::open_for(4);
        accuse(id, &bob());
        world::vote_for(id, &carol(), 1);
        world::vote_for(id, &member(3), 1);
        state_channel::execute_punishment_entry(&bob(), id, 1);
        state_channel::execute_punishment_entry(&bob(), id, 1);
    }

    #[test]
    fun c22_an_executed_punishment_makes_way() {
        world::begin();
        let id = world::open_for(4);
        accuse(id, &bob());
        world::vote_for(id, &carol(), 1);
        world::vote_for(id, &member(3), 1);
        state_channel::execute_punishment_entry(&bob(), id, 1);
        accuse(id, &bob());
        assert!(state_channel::proposal_heads(id).length() == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x80045, location = channel)]
    fun c21_an_accusation_does_not_make_way_for_another() {
        world::begin();
        let id = world::open_for_three();
        accuse(id, &bob());
        state_channel::vote_proposal_entry(&alice(), id, 1, 0);
        state_channel::vote_proposal_entry(&carol(), id, 1, 0);
        accuse(id, &bob());
    }

    #[test]
    #[expected_failure(abort_code = 0x80045, location = channel)]
    fun c21_a_settlement_that_just_may_pass_does_not_make_way() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 1));
        state_channel::vote_proposal_entry(&alice(), id, 1, 0);
        world::propose(id, &bob(), settlement(0, 2));
    }

    #[test]
    #[expected_failure(abort_code = 0x80045, location = channel)]
    fun c21_nor_one_that_passes() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 1));
        state_channel::vote_proposal_entry(&alice(), id, 1, 1);
        state_channel::vote_proposal_entry(&carol(), id, 1, 0);
        world::propose(id, &bob(), settlement(0, 2));
    }

    #[test]
    fun c22_a_proposal_takes_no_place_that_is_anothers() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &alice(), settlement(0, 1));
        world::propose(id, &bob(), settlement(0, 2));
        state_channel::vote_proposal_entry(&bob(), id, 1, 0);
        state_channel::vote_proposal_entry(&carol(), id, 1, 0);
        world::propose(id, &alice(), settlement(0, 3));
        assert!(state_channel::proposal(id, 2).data_for_test() == settlement(0, 2).bytes());
        assert!(state_channel::proposal(id, 3).data_for_test() == settlement(0, 3).bytes());
    }

    #[test]
    fun c21_the_views_show_every_field() {
        world::begin();
        let id = world::open_for(4);
        let data = settlement(0, 7).bytes();
        world::propose(id, &alice(), settlement(0, 7));
        world::vote_for(id, &bob(), 1);
        state_channel::vote_proposal_entry(&carol(), id, 1, 0);
        state_channel::vote_proposal_entry(&member(3), id, 1, 2);
        let votes = bcs::to_bytes(&vector[@0xa11ce, @0xb0b]);
        votes.append(bcs::to_bytes(&vector[@0xca401]));
        votes.append(bcs::to_bytes(&vector[world::address_of(&member(3))]));
        // Created, no contest window, not contested, not executed.
        votes.append(bcs::to_bytes(&1_000_000u64));
        votes.append(x"00000000000000000000");
        let head = bcs::to_bytes(&1u64);
        head.append(bcs::to_bytes(&@0xa11ce));
        head.append(x"01");
        let info = head;
        head.append(bcs::to_bytes(&0u64));
        head.append(bcs::to_bytes(&7u64));
        head.append(bcs::to_bytes(&std::hash::sha3_256(data)));
        head.append(votes);
        assert!(bcs::to_bytes(&state_channel::proposal_heads(id)[0]) == head);
        info.append(bcs::to_bytes(&data));
        info.append(votes);
        assert!(bcs::to_bytes(&state_channel::proposal(id, 1)) == info);
        assert!(state_channel::proposals(id) == vector[state_channel::proposal(id, 1)]);
    }

    #[test]
    fun c21_and_of_a_punishment() {
        world::begin();
        let id = world::open_for_three();
        accuse(id, &bob());
        let info = bcs::to_bytes(&1u64);
        info.append(bcs::to_bytes(&@0xb0b));
        info.append(x"02");
        info.append(bcs::to_bytes(&vectors::accusation()));
        info.append(bcs::to_bytes(&vector[@0xb0b]));
        info.append(x"0000");
        info.append(bcs::to_bytes(&1_000_000u64));
        info.append(x"00000000000000000000");
        assert!(bcs::to_bytes(&state_channel::proposal(id, 1)) == info);
        let (from_height, to_height, hash, executed) = state_channel::proposal_heads(id)[0].head_for_test();
        assert!(from_height == 2 && to_height == 2 && !executed);
        assert!(hash == std::hash::sha3_256(vectors::accusation()));
    }

    #[test]
    #[expected_failure(abort_code = 0x1002c, location = proposal)]
    fun c17_an_accusation_is_not_settled_by_signatures_of_a_batch() {
        world::begin();
        let id = world::open_for(3);
        accuse(id, &bob());
        state_channel::contest_entry(
            &carol(), id, 1, vectors::honest_header(), vectors::honest_signature(), vector[], vector[]
        );
    }

    // ---- Passing

    #[test]
    fun c24_quorums_are_exact_for_1_to_49_valid_members_of_50() {
        world::begin();
        let id = world::open_for(50);
        for (valid in 1..50) {
            world::pass_ms(660_001);
            for (i in 0..valid) world::keep_alive(id, &member(i));
            world::propose(id, &alice(), settlement(0, valid));
            // The window begins when two thirds of those who count are for it, and nobody needs to vote for that who does not count.
            let needed = (2 * valid + 2) / 3;
            for (i in 1..needed) {
                let (until_ms, _) = state_channel::proposal_heads(id)[0].contest_for_test();
                assert!(until_ms == 0);
                world::vote_for(id, &member(i), valid);
            };
            let (until_ms, _) = state_channel::proposal_heads(id)[0].contest_for_test();
            assert!(until_ms > 0);
        }
    }

    #[test]
    #[expected_failure(abort_code = 0x3004f, location = channel)]
    fun c42_no_window_no_settlement() {
        world::begin();
        let id = world::open_for(3);
        world::propose(id, &alice(), settlement(0, 1));
        world::pass_ms(15_001);
        world::keep_alive(id, &alice());
        world::settle(id, &alice(), 1);
    }

    #[test]
    fun c42_an_accusation_has_no_window() {
        world::begin();
        let id = world::open_for(4);
        world::pass_ms(15_001);
        world::keep_alive(id, &bob());
        accuse(id, &bob());
        let (until_ms, _) = state_channel::proposal_heads(id)[0].contest_for_test();
        assert!(until_ms == 0);
    }

    #[test]
    fun c44_a_sole_member_signs_alone() {
        world::begin();
        let id = world::open_for(1);
        let signatures = world::first(vectors::settlement_signatures(), 1);
        world::settle_signed(id, &alice(), settlement(0, 1).bytes(), world::members(1), signatures);
        let (height, _, _) = state_channel::channel_info(id).settled_for_test();
        assert!(height == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10053, location = channel)]
    fun c44_the_first_signature_is_looked_at_too() {
        world::begin();
        let id = world::open_for(3);
        let signatures = world::first(vectors::settlement_signatures(), 3);
        signatures[0] = vectors::election_signatures()[0];
        world::settle_signed(id, &alice(), settlement(0, 1).bytes(), world::members(3), signatures);
    }

    #[test]
    #[expected_failure(abort_code = 0x10057, location = channel)]
    fun c52_batches_of_two_terms_prove_nothing() {
        world::begin();
        let id = world::open_for_three();
        state_channel::punish_twins_entry(
            &bob(),
            id,
            vectors::honest_header(),
            vectors::honest_signature(),
            vectors::next_term_header(),
            vectors::next_term_signature()
        );
    }

    #[test]
    fun c64_a_batch_of_the_new_history_contests() {
        world::begin();
        let id = world::open_for(3);
        world::propose(id, &alice(), world::beginning(0));
        world::vote_for(id, &bob(), 1);
        contest_with_next_term(id, 1);
        let (_, is_contested) = state_channel::proposal_heads(id)[0].contest_for_test();
        assert!(is_contested);
    }

    fun contest_with_next_term(id: u64, proposal_id: u64) {
        state_channel::contest_entry(
            &carol(),
            id,
            proposal_id,
            vectors::next_term_header(),
            vectors::next_term_signature(),
            world::members(3),
            world::first(vectors::next_term_acknowledgements(), 3)
        );
    }

    // ---- Leading

    #[test]
    fun c38_a_candidate_leads_a_large_channel() {
        world::begin();
        let id = world::open_for(6);
        stand(id, 1);
        world::pass_ms(15_001);
        world::keep_alive(id, &bob());
        state_channel::apply_leader_entry(&bob(), id);
        assert!(leader(id) == option::some(@0xb0b));
    }

    #[test]
    fun c37_the_first_that_has_lapsed_makes_way() {
        world::begin();
        let id = world::open_for(7);
        for (i in 0..5) stand(id, i);
        delegate(id, 6, 0);
        world::pass_ms(15_001);
        world::keep_alive(id, &member(5));
        stand(id, 5);
        // It may stand again.
        world::keep_alive(id, &alice());
        assert!(candidate_of(id, 6).is_none());
        stand(id, 0);
    }

    #[test]
    fun c40_delegations_to_others_stay() {
        world::begin();
        let id = world::open_for(11);
        stand(id, 1);
        stand(id, 2);
        delegate(id, 3, 1);
        delegate(id, 4, 2);
        delegate(id, 5, 1);
        world::settle_out(id, vector[@0xb0b, world::address_of(&member(4))], 1, 8);
        assert!(candidate_of(id, 3).is_none() && candidate_of(id, 5).is_none());
        // Nobody speaks for one that is gone, and who comes back has chosen nobody.
        assert!(candidate_of(id, 4).is_none());
        delegate(id, 6, 2);
        assert!(candidate_of(id, 6) == option::some(@0xca401));
    }

    #[test]
    fun c40_a_candidate_that_goes_leaves_the_others_theirs() {
        world::begin();
        let id = world::open_for(11);
        stand(id, 1);
        stand(id, 2);
        delegate(id, 3, 2);
        delegate(id, 4, 1);
        world::settle_out(id, vector[@0xb0b], 1, 8);
        assert!(candidate_of(id, 3) == option::some(@0xca401) && candidate_of(id, 4).is_none());
        world::leave(id, &bob());
        state_channel::join<world::Pens, AptosCoin>(&bob(), id, world::pens(1), world::key(1), 0);
        stand(id, 1);
    }

    #[test]
    fun c55_who_may_not_lead_does_not_though_it_was_right() {
        world::begin();
        let id = world::open_for(6);
        stand(id, 1);
        state_channel::report_silence_entry(&carol(), id);
        state_channel::report_silence_entry(&member(3), id);
        assert!(leader(id).is_none());
    }

    #[test]
    fun c55_a_candidate_that_was_right_leads() {
        world::begin();
        let id = world::open_for(6);
        stand(id, 1);
        state_channel::report_silence_entry(&bob(), id);
        state_channel::report_silence_entry(&member(3), id);
        assert!(leader(id) == option::some(@0xb0b));
    }

    fun bob_takes_over(id: u64) {
        let signatures = world::first(vectors::election_signatures(), 4);
        state_channel::replace_leader_entry(&mallory(), id, @0xb0b, world::members(4), signatures);
    }

    #[test]
    fun c55_what_was_said_of_another_leader_does_not_count() {
        world::begin();
        let id = world::open_for(4);
        state_channel::report_silence_entry(&carol(), id);
        bob_takes_over(id);
        state_channel::report_silence_entry(&member(3), id);
        assert!(leader(id) == option::some(@0xb0b) && !is_closing(id));
        // It was the first to speak of this one.
        state_channel::report_silence_entry(&carol(), id);
        assert!(leader(id) == option::some(world::address_of(&member(3))));
    }

    #[test]
    fun c55_nor_does_it_keep_one_from_speaking_again() {
        world::begin();
        let id = world::open_for(4);
        state_channel::report_silence_entry(&carol(), id);
        bob_takes_over(id);
        state_channel::report_silence_entry(&carol(), id);
        assert!(leader(id) == option::some(@0xb0b) && !is_closing(id));
    }

    #[test]
    fun c51_nobody_leads_where_who_was_right_is_gone() {
        world::begin();
        let id = world::open_for(4);
        world::settle_out(id, vector[@0xa11ce], 1, 4);
        state_channel::apply_leader_entry(&bob(), id);
        // Bob leads, and reports falsely that Alice once cheated.
        world::replay(id, &bob(), vectors::replay_honest());
        assert!(leader(id).is_none() && !state_channel::is_member(id, @0xb0b));
    }

    // ---- Bars

    #[test]
    #[expected_failure(abort_code = 0x5008d, location = membership)]
    fun c33_a_bar_stays_when_another_comes() {
        world::begin();
        let id = world::open_for(4);
        world::replay(id, &carol(), vectors::replay_honest());
        world::replay(id, &bob(), vectors::replay_wrong());
        world::leave(id, &carol());
        state_channel::join<world::Pens, AptosCoin>(&carol(), id, world::pens(2), world::key(2), 0);
    }

    #[test]
    fun c33_a_bar_that_is_over_does_not_come_back() {
        world::begin();
        let id = world::open_for(4);
        world::replay(id, &carol(), vectors::replay_honest());
        world::pass_ms(300_000);
        world::replay(id, &bob(), vectors::replay_wrong());
        world::leave(id, &carol());
        state_channel::join<world::Pens, AptosCoin>(&carol(), id, world::pens(2), world::key(2), 0);
        assert!(state_channel::is_member(id, @0xca401));
    }

    #[test]
    #[expected_failure(abort_code = 0x50097, location = leadership)]
    fun c41_two_bars_hold_each() {
        world::begin();
        let id = world::open_for(5);
        state_channel::report_silence_entry(&bob(), id);
        state_channel::report_silence_entry(&carol(), id);
        state_channel::report_silence_entry(&carol(), id);
        state_channel::report_silence_entry(&member(3), id);
        state_channel::stand_entry(&alice(), id);
    }

    // ---- Joining and staking

    #[test]
    #[expected_failure(abort_code = 0x80037, location = membership)]
    fun c7_the_first_members_key_is_taken_too() {
        world::begin();
        world::join(world::open_for_three(), &mallory(), 0);
    }

    #[test]
    fun c9_one_octa_of_gas_is_paid() {
        world::begin();
        let id = world::open_with(state_channel::create_config(0));
        state_channel::join<world::Pens, AptosCoin>(&bob(), id, world::pens(1), world::key(1), 1);
        assert!(world::balance(world::address_of(&session(1))) == 1);
    }

    #[test]
    fun c34_one_octa_of_stake_is_held_and_paid_back() {
        world::begin();
        let id = world::open_with(state_channel::create_config(1));
        world::join(id, &alice(), 0);
        assert!(staking::held(world::apt()) == 1);
        let before = world::balance(@0xa11ce);
        world::settle_out(id, vector[@0xa11ce], 1, 1);
        world::leave(id, &alice());
        assert!(world::balance(@0xa11ce) == before + 1 && staking::held(world::apt()) == 0);
    }

    #[test]
    fun c61_one_octa_of_a_deposit_too() {
        world::begin();
        let id = world::open_with(state_channel::create_config(1));
        staking::stake_coin_entry<AptosCoin>(&alice(), 1);
        state_channel::join_with_shared_stake<world::Pens>(&alice(), id, world::pens(1), world::key(0), 5);
        let (free, locked) = staking::deposited(@0xa11ce, world::apt());
        assert!(free == 0 && locked == 1 && world::balance(world::address_of(&session(0))) == 5);
        world::settle_out(id, vector[@0xa11ce], 1, 1);
        world::leave(id, &alice());
        let (free, locked) = staking::deposited(@0xa11ce, world::apt());
        assert!(free == 1 && locked == 0);
        staking::unstake_entry(&alice(), aptos_framework::object::address_to_object(world::apt()), 1);
    }

    #[test]
    fun c54_a_fine_of_two_gives_one() {
        world::begin();
        let id = world::open_with(state_channel::create_config(2));
        world::join(id, &alice(), 0);
        world::join(id, &bob(), 1);
        let before = world::balance(@0xb0b);
        world::replay(id, &bob(), vectors::replay_wrong());
        assert!(world::balance(@0xb0b) == before + 1 && staking::lost(world::apt()) == 1);
    }

    #[test]
    fun c54_a_fine_of_one_is_lost() {
        world::begin();
        let id = world::open_with(state_channel::create_config(1));
        world::join(id, &alice(), 0);
        world::join(id, &bob(), 1);
        world::replay(id, &bob(), vectors::replay_wrong());
        assert!(staking::lost(world::apt()) == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x100c1, location = staking)]
    fun c2_an_asset_that_shrinks_is_not_staked() {
        staking::assert_whole_for_test(99, 100);
    }

    #[test]
    fun c28_who_stakes_nothing_need_not_wait() {
        world::begin();
        let id = world::open_with_members(state_channel::create_config(0).with_evidence_window(30_000), 1);
        world::settle_out(id, vector[@0xa11ce], 1, 1);
        world::leave(id, &alice());
    }

    #[test]
    fun c11_delays_to_all_members_are_taken() {
        world::begin();
        let id = world::open_for(50);
        let delays = vector[];
        for (i in 0..50) delays.push_back(i);
        state_channel::keep_alive_entry(&alice(), id, world::members(50), delays);
        let (peers, delays_ms) = state_channel::member(id, @0xa11ce).delays_for_test();
        assert!(peers == world::members(50) && delays_ms == delays);
    }

    // ---- Views

    fun member_bytes(n: u64, sequence: u64, alive_ms: u64, valid: bool, leaving_ms: u64, settled_ms: u64, stake: u64): vector<u8> {
        let account = member(n);
        let bytes = bcs::to_bytes(&world::address_of(&account));
        bytes.append(bcs::to_bytes(&world::key(n)));
        bytes.append(bcs::to_bytes(&world::address_of(&session(n))));
        bytes.append(bcs::to_bytes(&sequence));
        bytes.append(bcs::to_bytes(&alive_ms));
        // Never challenged.
        bytes.append(bcs::to_bytes(&0u64));
        bytes.append(bcs::to_bytes(&valid));
        bytes.append(bcs::to_bytes(&(leaving_ms > 0)));
        bytes.append(bcs::to_bytes(&leaving_ms));
        bytes.append(bcs::to_bytes(&(settled_ms > 0)));
        bytes.append(bcs::to_bytes(&settled_ms));
        bytes.append(bcs::to_bytes(&stake));
        // No shared stake, no peers, no delays.
        bytes.append(x"000000");
        bytes
    }

    #[test]
    fun c27_the_views_show_every_field_of_a_member() {
        world::begin();
        let id = world::open_for_three();
        state_channel::request_leave_entry(&carol(), id);
        world::pass_ms(1);
        world::settle_out(id, vector[@0xca401], 1, 2);
        assert!(bcs::to_bytes(&state_channel::member(id, @0xb0b)) == member_bytes(1, 2, 1_000_000, true, 0, 0, 100));
        let carol = member_bytes(2, 3, 0, false, 1_000_000, 1_000_001, 100);
        assert!(bcs::to_bytes(&state_channel::member(id, @0xca401)) == carol);
        assert!(bcs::to_bytes(&state_channel::members(id)[2]) == carol);
    }

    #[test]
    fun c28_the_views_list_sixteen_and_nobody_is_forgotten() {
        world::begin();
        let id = world::open_for(20);
        let leaving = vector[];
        for (i in 1..18) leaving.push_back(world::address_of(&member(i)));
        world::settle_out(id, leaving, 1, 14);
        assert!(state_channel::members(id).length() == 3 + 16);
        // The first that left is the one that is not listed.
        for (i in 0..16) assert!(state_channel::members(id)[3 + i].join_sequence_for_test() == 3 + i);
        assert!(state_channel::member(id, @0xb0b).is_settled_out_for_test());
        for (i in 1..18) world::leave(id, &member(i));
        assert!(state_channel::members(id).length() == 3);
    }

    #[test]
    fun c2_the_views_show_every_field_of_a_channel() {
        world::begin();
        let id = world::open_for(6);
        stand(id, 1);
        world::settle_out(id, vector[@0xca401], 1, 4);
        state_channel::close_entry(&alice(), id);
        let info = bcs::to_bytes(&id);
        info.append(bcs::to_bytes(&@0xa11ce));
        info.append(bcs::to_bytes(&@rooch));
        info.append(bcs::to_bytes(&string::utf8(b"world")));
        info.append(bcs::to_bytes(&string::utf8(b"0x57a17::world::Notebook")));
        info.append(bcs::to_bytes(&string::utf8(b"0x57a17::world::Pens")));
        info.append(bcs::to_bytes(&string::utf8(b"0x1::aptos_coin::AptosCoin")));
        info.append(bcs::to_bytes(&world::apt()));
        info.append(bcs::to_bytes(&state_channel::create_config(0)));
        info.append(bcs::to_bytes(&option::some(@0xa11ce)));
        info.append(bcs::to_bytes(&1u64));
        info.append(bcs::to_bytes(&vector[@0xb0b]));
        // Five members, seven join sequences begun, one height settled.
        info.append(bcs::to_bytes(&5u64));
        info.append(bcs::to_bytes(&7u64));
        info.append(bcs::to_bytes(&1u64));
        info.append(bcs::to_bytes(&std::hash::sha3_256(b"root")));
        info.append(bcs::to_bytes(&std::hash::sha3_256(b"history")));
        // Closing, not closed, the state is here, no new beginnings.
        info.append(x"010000");
        info.append(bcs::to_bytes(&0u64));
        info.append(bcs::to_bytes(&1_000_000u64));
        assert!(bcs::to_bytes(&state_channel::channel_info(id)) == info);
    }

    #[test]
    fun c2_a_stake_that_is_no_coin_has_no_coins_name() {
        world::begin();
        let asset = aptos_framework::object::address_to_object(world::apt());
        let id = world::open_with_asset(asset, state_channel::create_config(0));
        let (_, _, _, _, _, coin_type) = state_channel::channel_info(id).origin_for_test();
        assert!(coin_type.is_empty());
    }

    #[test]
    fun c9_an_account_without_money_joins_where_nothing_is_staked() {
        world::begin();
        let id = world::open_with(state_channel::create_config(0));
        let stranger = account::create_account_for_test(@0x57a);
        state_channel::join<world::Pens, AptosCoin>(&stranger, id, world::pens(1), world::key(1), 0);
        assert!(state_channel::is_member(id, @0x57a));
    }

    // ---- What is lawful

    #[test]
    fun c3_the_channels_own_types_are_taken() {
        world::begin();
        let id = world::open();
        world::join(id, &bob(), 1);
        assert!(world::text(id) == b"draft" && world::pens_of(id, @0xb0b) == 1);
    }

    #[test]
    fun c4_a_channel_is_joined_until_it_closes() {
        world::begin();
        let id = world::open_for_three();
        world::join(id, &mallory(), 3);
        state_channel::close_entry(&mallory(), id);
        assert!(state_channel::is_member(id, @0xbad));
    }

    #[test]
    fun c5_a_seat_in_each_of_two_channels() {
        world::begin();
        let (one, other) = (world::open(), world::open());
        world::join(one, &bob(), 1);
        world::join(other, &bob(), 1);
        assert!(state_channel::is_member(one, @0xb0b) && state_channel::is_member(other, @0xb0b));
    }

    #[test]
    fun c12_a_member_at_the_end_of_its_window_may_lead() {
        world::begin();
        let id = world::open();
        world::join(id, &bob(), 1);
        world::pass_ms(15_000);
        state_channel::apply_leader_entry(&bob(), id);
        assert!(leader(id) == option::some(@0xb0b));
    }

    #[test]
    fun c14_who_led_once_applies_again() {
        world::begin();
        let id = world::open_for(4);
        bob_takes_over(id);
        world::pass_ms(15_001);
        world::keep_alive(id, &alice());
        state_channel::apply_leader_entry(&alice(), id);
        assert!(leader(id) == option::some(@0xa11ce));
    }

    #[test]
    fun c19_settlements_follow_each_other() {
        world::begin();
        let id = world::open_for(1);
        for (i in 0..3) world::settle_out(id, vector[], i + 1, 1);
        let (height, _, _) = state_channel::channel_info(id).settled_for_test();
        assert!(height == 3);
    }

    #[test]
    fun c20_a_closing_channel_is_settled_for_good_while_others_leave() {
        world::begin();
        let id = world::open_for(3);
        state_channel::close_entry(&bob(), id);
        world::propose(id, &alice(), settlement(0, 1).with_closing().with_leaving(vector[@0xb0b]));
        world::vote_for(id, &bob(), 1);
        world::settle(id, &alice(), 1);
        assert!(!state_channel::is_member(id, @0xb0b) && state_channel::is_member(id, @0xca401));
    }

    #[test]
    fun c46_evidence_that_the_accused_signed_is_taken() {
        world::begin();
        let id = world::open_for_three();
        accuse(id, &bob());
        assert!(state_channel::proposal(id, 1).data_for_test() == vectors::accusation());
    }

    #[test]
    #[expected_failure(abort_code = 0x3009b, location = leadership)]
    fun c40_a_candidate_is_represented_by_nobody() {
        world::begin();
        let id = world::open_for(6);
        stand(id, 1);
        stand(id, 2);
        delegate(id, 1, 2);
    }

    // ---- Once

    #[test]
    #[expected_failure(abort_code = 0x50054, location = channel)]
    fun c43_a_leader_that_acknowledges_its_batch_is_not_two() {
        world::begin();
        let id = world::open_for(4);
        world::propose(id, &alice(), settlement(0, 1));
        state_channel::contest_entry(
            &carol(),
            id,
            1,
            vectors::honest_header(),
            vectors::honest_signature(),
            world::members(2),
            world::first(vectors::honest_acknowledgements(), 2)
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x30058, location = membership)]
    fun c50_who_was_voted_out_is_not_punished_again() {
        world::begin();
        let id = world::open_for_three();
        accuse(id, &bob());
        world::vote_for(id, &carol(), 1);
        state_channel::execute_punishment_entry(&bob(), id, 1);
        state_channel::punish_twins_entry(
            &carol(),
            id,
            vectors::honest_header(),
            vectors::honest_signature(),
            vectors::wrong_header(),
            vectors::wrong_signature()
        );
    }

    fun punish_bobs_twins(id: u64) {
        state_channel::punish_twins_entry(
            &carol(),
            id,
            vectors::bobs_header(),
            vectors::bobs_signature(),
            vectors::bobs_other_header(),
            vectors::bobs_other_signature()
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x30058, location = membership)]
    fun c50_nor_who_reported_falsely_as_the_votes_say() {
        world::begin();
        let id = world::open_for_three();
        accuse(id, &bob());
        state_channel::vote_proposal_entry(&alice(), id, 1, 0);
        state_channel::vote_proposal_entry(&carol(), id, 1, 0);
        state_channel::execute_punishment_entry(&carol(), id, 1);
        punish_bobs_twins(id);
    }

    #[test]
    #[expected_failure(abort_code = 0x30058, location = membership)]
    fun c50_nor_who_a_replay_refuted() {
        world::begin();
        let id = world::open_for_three();
        world::replay(id, &bob(), vectors::replay_honest());
        punish_bobs_twins(id);
    }

    #[test]
    fun c52_a_member_that_does_not_lead_is_punished_for_what_it_signed() {
        world::begin();
        let id = world::open_for_three();
        punish_bobs_twins(id);
        assert!(leader(id) == option::some(@0xa11ce) && !state_channel::is_member(id, @0xb0b));
    }
}
