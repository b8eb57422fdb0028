#[test_only]
/// Evidence, and what becomes of the accused and of those who accuse.
module rooch::punishment_test {
    use std::option;
    use rooch::batch_header;
    use rooch::channel;
    use rooch::membership;
    use rooch::proposal;
    use rooch::punishment;
    use rooch::replay;
    use rooch::staking;
    use rooch::state_channel;
    use rooch::vectors;
    use rooch::world::{Self, alice, bob, carol, mallory, member, settlement};

    const STAKE: u64 = 100;

    fun accuse(id: u64, reporter: &signer, data: vector<u8>) {
        state_channel::create_proposal_entry(reporter, id, 2, data);
    }

    fun vote(id: u64, voter: &signer, proposal_id: u64, option: u8) {
        state_channel::vote_proposal_entry(voter, id, proposal_id, option);
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

    fun assert_out(id: u64, account: address, stake: u64) {
        let info = state_channel::member(id, account);
        assert!(info.is_settled_out_for_test() && info.stake_for_test() == stake);
    }

    fun assert_leader(id: u64, expected: address, expected_term: u64) {
        let (leader, term) = state_channel::channel_info(id).leadership_for_test();
        assert!(leader == option::some(expected) && term == expected_term);
    }

    fun open_with_fine(fine: u64): u64 {
        let id = world::open_with(state_channel::create_config(STAKE).with_fine(fine));
        world::join(id, &alice(), 0);
        world::join(id, &bob(), 1);
        world::join(id, &carol(), 2);
        state_channel::apply_leader_entry(&alice(), id);
        id
    }

    fun open_for_two(): u64 {
        let id = world::open();
        world::join(id, &alice(), 0);
        world::join(id, &bob(), 1);
        state_channel::apply_leader_entry(&alice(), id);
        id
    }

    // ---- By votes

    #[test]
    fun c48_two_of_three_put_the_leader_out_and_fine_it() {
        world::begin();
        let id = open_with_fine(60);
        accuse(id, &bob(), vectors::accusation());
        vote(id, &carol(), 1, 1);
        state_channel::execute_punishment_entry(&mallory(), id, 1);
        assert_out(id, @0xa11ce, 40);
        assert_leader(id, @0xb0b, 2);
        assert!(staking::lost(world::apt()) == 60);
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = channel)]
    fun c48_one_vote_is_not_enough() {
        world::begin();
        let id = world::open_for_three();
        accuse(id, &bob(), vectors::accusation());
        state_channel::execute_punishment_entry(&bob(), id, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = channel)]
    fun c48_one_vote_is_not_enough_where_others_have_lapsed() {
        world::begin();
        let id = world::open_for_three();
        world::pass_ms(15_001);
        world::keep_alive(id, &alice());
        world::keep_alive(id, &bob());
        accuse(id, &bob(), vectors::accusation());
        state_channel::execute_punishment_entry(&bob(), id, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = channel)]
    fun c48_two_thirds_of_the_others_are_not_enough() {
        world::begin();
        let id = world::open_for(4);
        accuse(id, &bob(), vectors::accusation());
        vote(id, &carol(), 1, 1);
        state_channel::execute_punishment_entry(&bob(), id, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = channel)]
    fun c48_the_accused_does_not_count() {
        world::begin();
        let id = world::open_for(4);
        accuse(id, &bob(), vectors::accusation());
        vote(id, &alice(), 1, 1);
        vote(id, &carol(), 1, 1);
        state_channel::execute_punishment_entry(&bob(), id, 1);
    }

    #[test]
    fun c49_a_report_voted_down_costs_the_reporter() {
        world::begin();
        let id = world::open_for_three();
        accuse(id, &bob(), vectors::accusation());
        vote(id, &alice(), 1, 0);
        vote(id, &carol(), 1, 0);
        state_channel::execute_punishment_entry(&carol(), id, 1);
        assert_out(id, @0xb0b, 0);
        assert_leader(id, @0xa11ce, 1);
        assert!(staking::lost(world::apt()) == STAKE);
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = channel)]
    fun c49_not_by_the_accused_alone() {
        world::begin();
        let id = world::open_for_three();
        accuse(id, &bob(), vectors::accusation());
        vote(id, &alice(), 1, 0);
        vote(id, &carol(), 1, 2);
        state_channel::execute_punishment_entry(&alice(), id, 1);
    }

    #[test]
    fun c47_among_two_a_report_is_enough_and_costs_nothing() {
        world::begin();
        let id = open_for_two();
        accuse(id, &bob(), vectors::accusation());
        assert_out(id, @0xa11ce, STAKE);
        assert_leader(id, @0xb0b, 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10055, location = channel)]
    fun c46_nobody_accuses_itself() {
        world::begin();
        let id = world::open_for_three();
        accuse(id, &alice(), vectors::accusation());
    }

    #[test]
    #[expected_failure(abort_code = 0x10056, location = channel)]
    fun c46_the_accused_has_signed() {
        world::begin();
        let id = world::open_for_three();
        accuse(id, &carol(), vectors::accusation_of_bob());
    }

    #[test]
    #[expected_failure(abort_code = 0x10056, location = channel)]
    fun c46_the_key_is_a_members() {
        world::begin();
        let id = world::open();
        world::join(id, &bob(), 1);
        world::join(id, &carol(), 2);
        accuse(id, &bob(), vectors::accusation());
    }

    #[test]
    #[expected_failure(abort_code = 0x10053, location = channel)]
    fun c46_the_signature_is_of_this_batch() {
        world::begin();
        accuse(world::open_for_three(), &bob(), vectors::accusation_bent());
    }

    #[test]
    #[expected_failure(abort_code = 0x1008a, location = punishment)]
    fun c46_the_batch_has_the_height() {
        world::begin();
        accuse(world::open_for_three(), &bob(), vectors::accusation_beyond());
    }

    #[test]
    #[expected_failure(abort_code = 0x1008b, location = punishment)]
    fun c46_the_transactions_are_the_batchs() {
        world::begin();
        accuse(world::open_for_three(), &bob(), vectors::accusation_of_other_transactions());
    }

    #[test]
    #[expected_failure(abort_code = 0x1008b, location = punishment)]
    fun c46_the_results_are_the_batchs() {
        world::begin();
        accuse(world::open_for_three(), &bob(), vectors::accusation_of_other_results());
    }

    #[test]
    #[expected_failure(abort_code = 0x10089, location = punishment)]
    fun c18_evidence_ends_where_it_ends() {
        world::begin();
        let data = vectors::accusation();
        data.push_back(0);
        accuse(world::open_for_three(), &bob(), data);
    }

    #[test]
    #[expected_failure(abort_code = 0x1002c, location = proposal)]
    fun c17_a_punishment_is_no_settlement() {
        world::begin();
        let id = world::open_for_three();
        accuse(id, &bob(), vectors::accusation());
        vote(id, &carol(), 1, 1);
        world::settle(id, &bob(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1002c, location = proposal)]
    fun c17_a_settlement_is_no_punishment() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 1));
        state_channel::execute_punishment_entry(&bob(), id, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x80045, location = channel)]
    fun c21_a_member_accuses_once_at_a_time() {
        world::begin();
        let id = world::open_for_three();
        accuse(id, &bob(), vectors::accusation());
        accuse(id, &bob(), vectors::accusation());
    }

    #[test]
    fun c21_an_accusation_does_not_stand_in_a_settlements_way() {
        world::begin();
        let id = world::open_for_three();
        accuse(id, &bob(), vectors::accusation());
        world::propose(id, &bob(), settlement(0, 1));
        assert!(state_channel::proposal_heads(id).length() == 2);
    }

    // ---- What it means to be put out

    #[test]
    fun c50_who_is_put_out_takes_what_is_left() {
        world::begin();
        let id = open_with_fine(60);
        let before = world::balance(@0xa11ce);
        accuse(id, &bob(), vectors::accusation());
        vote(id, &carol(), 1, 1);
        state_channel::execute_punishment_entry(&bob(), id, 1);
        world::leave(id, &alice());
        assert!(world::balance(@0xa11ce) == before + 40);
    }

    #[test]
    #[expected_failure(abort_code = 0x5008d, location = membership)]
    fun c33_and_does_not_come_back_for_five_minutes() {
        world::begin();
        let id = open_for_two();
        accuse(id, &bob(), vectors::accusation());
        world::leave(id, &alice());
        world::pass_ms(299_999);
        world::join(id, &alice(), 0);
    }

    #[test]
    fun c33_and_then_does() {
        world::begin();
        let id = open_for_two();
        accuse(id, &bob(), vectors::accusation());
        world::leave(id, &alice());
        world::pass_ms(300_000);
        world::join(id, &alice(), 0);
        assert!(state_channel::member(id, @0xa11ce).join_sequence_for_test() == 3);
    }

    #[test]
    #[expected_failure(abort_code = 0x30058, location = membership)]
    fun c50_nobody_is_punished_twice() {
        world::begin();
        let id = world::open_for_three();
        punish_twins(id, &bob());
        punish_twins(id, &carol());
    }

    #[test]
    fun c50_who_has_left_the_seat_is_fined_while_its_stake_is_held() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &alice(), settlement(0, 1).with_leaving(vector[@0xa11ce]));
        world::vote_for(id, &bob(), 1);
        world::settle(id, &bob(), 1);
        punish_twins(id, &bob());
        assert_out(id, @0xa11ce, 0);
    }

    #[test]
    fun c51_nobody_leads_where_the_reporter_has_lapsed() {
        world::begin();
        let id = world::open_for_three();
        world::pass_ms(15_001);
        punish_twins(id, &bob());
        let (leader, _) = state_channel::channel_info(id).leadership_for_test();
        assert!(leader.is_none());
    }

    // ---- Two batches

    #[test]
    fun c52_two_batches_at_one_height_prove_themselves() {
        world::begin();
        let id = world::open_for_three();
        let before = world::balance(@0xb0b);
        punish_twins(id, &bob());
        assert_out(id, @0xa11ce, 0);
        assert_leader(id, @0xb0b, 2);
        assert!(world::balance(@0xb0b) == before + STAKE / 2);
        assert!(staking::lost(world::apt()) == STAKE / 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10057, location = channel)]
    fun c52_one_batch_proves_nothing() {
        world::begin();
        let id = world::open_for_three();
        let (header, signature) = (vectors::honest_header(), vectors::honest_signature());
        state_channel::punish_twins_entry(&bob(), id, header, signature, header, signature);
    }

    #[test]
    #[expected_failure(abort_code = 0x10057, location = channel)]
    fun c52_nor_do_batches_at_different_heights() {
        world::begin();
        let id = world::open_for_three();
        state_channel::punish_twins_entry(
            &bob(),
            id,
            vectors::honest_header(),
            vectors::honest_signature(),
            vectors::later_header(),
            vectors::later_signature()
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10057, location = channel)]
    fun c52_nor_of_different_leaders() {
        world::begin();
        let id = world::open_for_three();
        state_channel::punish_twins_entry(
            &carol(),
            id,
            vectors::honest_header(),
            vectors::honest_signature(),
            vectors::bobs_header(),
            vectors::bobs_signature()
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10053, location = channel)]
    fun c52_both_are_signed() {
        world::begin();
        let id = world::open_for_three();
        state_channel::punish_twins_entry(
            &bob(),
            id,
            vectors::honest_header(),
            vectors::honest_signature(),
            vectors::wrong_header(),
            vectors::honest_signature()
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10055, location = channel)]
    fun c52_nobody_proves_it_of_itself() {
        world::begin();
        punish_twins(world::open_for_three(), &alice());
    }

    #[test]
    #[expected_failure(abort_code = 0x1007e, location = batch_header)]
    fun c52_a_header_has_188_bytes() {
        world::begin();
        state_channel::punish_twins_entry(
            &bob(), world::open_for_three(), vector[], vector[], vectors::honest_header(), vectors::honest_signature()
        );
    }

    // ---- Replay

    #[test]
    fun c53_a_wrong_result_is_proved_among_three() {
        world::begin();
        let id = world::open_for_three();
        let before = world::balance(@0xb0b);
        world::replay(id, &bob(), vectors::replay_wrong());
        assert_out(id, @0xa11ce, 0);
        assert_leader(id, @0xb0b, 2);
        assert!(world::balance(@0xb0b) == before + STAKE / 2);
    }

    #[test]
    fun c53_and_among_two() {
        world::begin();
        let id = open_for_two();
        world::replay(id, &bob(), vectors::replay_wrong());
        assert_out(id, @0xa11ce, 0);
    }

    #[test]
    fun c53_a_false_report_costs_the_reporter() {
        world::begin();
        let id = world::open_for_three();
        world::replay(id, &carol(), vectors::replay_honest());
        assert_out(id, @0xca401, 0);
        assert_leader(id, @0xa11ce, 1);
        assert!(staking::lost(world::apt()) == STAKE);
    }

    #[test]
    fun c53_an_abort_that_the_leader_hides_is_proved() {
        world::begin();
        let id = world::open_for_three();
        world::replay(id, &bob(), vectors::replay_silent_abort());
        assert_out(id, @0xa11ce, 0);
    }

    #[test]
    fun c53_an_abort_that_the_leader_invents_is_proved() {
        world::begin();
        let id = world::open_for_three();
        world::replay(id, &bob(), vectors::replay_false_abort());
        assert_out(id, @0xa11ce, 0);
    }

    #[test]
    fun c53_an_abort_that_happened_is_no_fault() {
        world::begin();
        let id = world::open_for_three();
        world::replay(id, &bob(), vectors::replay_honest_abort());
        assert_out(id, @0xb0b, 0);
    }

    #[test]
    fun c53_a_tick_that_changes_what_it_should_not_is_proved() {
        world::begin();
        let id = world::open_for_three();
        world::replay(id, &bob(), vectors::replay_tick());
        assert_out(id, @0xa11ce, 0);
    }

    #[test]
    fun c53_a_batch_builds_on_another() {
        world::begin();
        let id = world::open_for_three();
        world::replay(id, &bob(), vectors::replay_later());
        assert_out(id, @0xa11ce, 0);
    }

    #[test]
    fun c53_and_a_transaction_on_those_before_it_in_its_batch() {
        world::begin();
        let id = world::open_for_three();
        world::replay(id, &bob(), vectors::replay_twice());
        assert_out(id, @0xa11ce, 0);
    }

    #[test]
    fun c53_whatever_else_is_shown() {
        world::begin();
        let id = world::open_for_three();
        world::replay(id, &bob(), vectors::replay_wrong_all_shown());
        assert_out(id, @0xa11ce, 0);
    }

    #[test]
    fun c63_evidence_may_come_as_a_parcel() {
        world::begin();
        let id = world::open_for_three();
        let rest = vectors::replay_wrong();
        let part = rest.trim(100);
        rooch::parcel::put_entry(&bob(), rest);
        rooch::parcel::put_entry(&bob(), part);
        world::replay(id, &bob(), vector[]);
        assert_out(id, @0xa11ce, 0);
        assert!(rooch::parcel::size(@0xb0b) == 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x100b9, location = replay)]
    fun c53_what_it_depends_on_is_shown() {
        world::begin();
        world::replay(world::open_for_three(), &bob(), vectors::replay_wrong_nothing_shown());
    }

    #[test]
    #[expected_failure(abort_code = 0x100b8, location = replay)]
    fun c53_with_the_results_that_were_signed() {
        world::begin();
        world::replay(world::open_for_three(), &bob(), vectors::replay_twice_bent());
    }

    #[test]
    #[expected_failure(abort_code = 0x100b6, location = replay)]
    fun c53_from_the_state_that_it_builds_on() {
        world::begin();
        world::replay(world::open_for_three(), &bob(), vectors::replay_other_root());
    }

    #[test]
    #[expected_failure(abort_code = 0x100b6, location = replay)]
    fun c53_and_the_batch_that_it_builds_on() {
        world::begin();
        world::replay(world::open_for_three(), &bob(), vectors::replay_other_header());
    }

    #[test]
    #[expected_failure(abort_code = 0x100bb, location = replay)]
    fun c53_running_out_of_gas_is_not_judged() {
        world::begin();
        world::replay(world::open_for_three(), &bob(), vectors::replay_out_of_gas());
    }

    #[test]
    #[expected_failure(abort_code = 0x100ac, location = rooch::call)]
    fun c53_a_leave_is_not_replayed() {
        world::begin();
        world::replay(world::open_for_three(), &bob(), vectors::replay_leave());
    }

    #[test]
    #[expected_failure(abort_code = 0x100ac, location = rooch::call)]
    fun c53_nor_is_the_opening_of_a_term() {
        world::begin();
        world::replay(world::open_for_three(), &bob(), vectors::replay_opened());
    }

    #[test]
    #[expected_failure(abort_code = 0x10055, location = channel)]
    fun c53_the_leader_does_not_report_itself() {
        world::begin();
        world::replay(world::open_for_three(), &alice(), vectors::replay_wrong());
    }

    #[test]
    #[expected_failure(abort_code = 0x60061, location = state_channel)]
    fun c53_whoever_called_is_known() {
        world::begin();
        let id = world::open();
        world::join(id, &alice(), 0);
        world::join(id, &carol(), 2);
        world::replay(id, &carol(), vectors::replay_wrong());
    }

    #[test]
    #[expected_failure(abort_code = 0x10060, location = state_channel)]
    fun c53_a_replay_is_of_one_channel() {
        world::begin();
        let id = world::open_for_three();
        let other = world::open();
        let replay = world::open_replay(id, &bob(), vectors::replay_wrong());
        world::conclude(other, replay);
    }

    #[test]
    #[expected_failure(abort_code = 0x100bc, location = replay)]
    fun c53_nothing_is_said_twice() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_wrong());
        replay.expect_abort(1);
        replay.expect_abort(2);
        world::conclude(id, replay);
    }

    #[test]
    fun c53_the_application_reads_what_was_called() {
        world::begin();
        let id = world::open_for_three();
        let replay = world::open_replay(id, &bob(), vectors::replay_wrong());
        assert!(replay.sender() == @0xb0b && !replay.is_tick());
        assert!(replay.timestamp_ms() == 1_000_500);
        let (module_address, module_name, function_name) = replay.called();
        assert!(module_address == @rooch);
        assert!(module_name.bytes() == &b"world" && function_name.bytes() == &b"write");
        world::conclude(id, replay);
        assert_out(id, @0xa11ce, 0);
    }

    #[test]
    fun c50_the_others_go_on() {
        world::begin();
        let id = world::open_for(4);
        world::replay(id, &bob(), vectors::replay_wrong());
        assert_leader(id, @0xb0b, 2);
        assert!(state_channel::member_count(id) == 3);
        world::propose(id, &bob(), settlement(0, 1));
        world::vote_for(id, &member(3), 1);
        world::settle(id, &bob(), 1);
    }
}
