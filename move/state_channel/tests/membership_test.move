#[test_only]
/// Opening, joining, acting for a member, heartbeats and leaving.
module rooch::membership_test {
    use std::string;
    use aptos_framework::account;
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::coin;
    use rooch::channel;
    use rooch::config;
    use rooch::membership;
    use rooch::state_channel;
    use rooch::world::{Self, alice, bob, carol, mallory, key, session, settlement};

    // ---- Opening

    #[test]
    fun c2_channels_are_numbered_from_one_and_start_empty() {
        world::begin();
        assert!(!state_channel::channel_exists(1));
        assert!(world::open() == 1 && world::open() == 2);
        assert!(state_channel::channel_exists(1) && state_channel::channel_exists(2));
        assert!(state_channel::member_count(1) == 0);
        assert!(world::text(1) == b"draft");
    }

    #[test]
    fun c2_a_channel_tells_what_it_is() {
        world::begin();
        let config = state_channel::create_config(5).with_label(string::utf8(b"relay"), string::utf8(b"here"));
        let id = world::open_with(config);
        let info = state_channel::channel_info(id);
        let (creator, code_address, code_module, state_type, assets_type, coin_type) = info.origin_for_test();
        assert!(creator == @0xa11ce && code_address == @rooch && code_module == string::utf8(b"world"));
        assert!(state_type == string::utf8(b"0x57a17::world::Notebook"));
        assert!(assets_type == string::utf8(b"0x57a17::world::Pens"));
        assert!(coin_type == string::utf8(b"0x1::aptos_coin::AptosCoin"));
        assert!(state_channel::get_label(id, string::utf8(b"relay")) == string::utf8(b"here"));
        assert!(state_channel::get_config_label(id, string::utf8(b"relay")) == string::utf8(b"here"));
    }

    #[test]
    #[expected_failure(abort_code = 0x6005b, location = state_channel)]
    fun c2_a_channel_that_was_not_opened_is_not_there() {
        world::begin();
        state_channel::channel_info(1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6005b, location = state_channel)]
    fun c2_nobody_acts_in_a_channel_that_was_not_opened() {
        world::begin();
        world::keep_alive(1, &alice());
    }

    #[test]
    #[expected_failure(abort_code = 0x60012, location = config)]
    fun c2_a_channel_has_only_the_labels_it_was_given() {
        world::begin();
        state_channel::get_label(world::open(), string::utf8(b"relay"));
    }

    #[test]
    #[expected_failure(abort_code = 0x1004d, location = channel)]
    fun c3_stakes_are_in_the_channels_coin() {
        world::begin();
        world::join_with_other_coin(world::open());
    }

    #[test]
    #[expected_failure(abort_code = 0x1004d, location = channel)]
    fun c3_assets_are_of_the_channels_type() {
        world::begin();
        world::join_with_other_assets(world::open());
    }

    #[test]
    #[expected_failure(abort_code = 0x1004d, location = channel)]
    fun c3_no_other_assets_are_taken_out() {
        world::begin();
        world::leave_with_other_assets(world::open_for_three());
    }

    #[test]
    #[expected_failure(abort_code = 0x1004d, location = channel)]
    fun c3_the_state_is_of_the_channels_type() {
        world::begin();
        world::borrow_as_pens(world::open());
    }

    // ---- Joining

    #[test]
    fun c9_joining_takes_stake_and_assets_and_pays_the_session_account() {
        world::begin();
        let id = world::open();
        world::join(id, &bob(), 7);
        assert!(world::balance(@0xb0b) == 1_000_000 - 100 - 10);
        let session = world::address_of(&session(7));
        assert!(account::exists_at(session) && world::balance(session) == 10);
        assert!(world::pens_of(id, @0xb0b) == 7);
        let member = state_channel::member(id, @0xb0b);
        assert!(member.is_valid_for_test() && !member.is_settled_out_for_test());
        assert!(member.session_for_test() == session);
    }

    #[test]
    fun c9_without_stake_and_gas_nothing_is_paid() {
        world::begin();
        let id = world::open_with(state_channel::create_config(0));
        state_channel::join<world::Pens, AptosCoin>(&bob(), id, world::pens(1), key(1), 0);
        assert!(world::balance(@0xb0b) == 1_000_000);
        assert!(!account::exists_at(world::address_of(&session(1))));
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_framework::fungible_asset)]
    fun c9_who_cannot_stake_does_not_join() {
        world::begin();
        let id = world::open_with(state_channel::create_config(1_000_001));
        world::join(id, &bob(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c10_the_creator_is_no_member_unless_it_joins() {
        world::begin();
        world::keep_alive(world::open(), &alice());
    }

    #[test]
    #[expected_failure(abort_code = 0x30038, location = channel)]
    fun c4_nobody_joins_a_closing_channel() {
        world::begin();
        let id = world::open_for_three();
        state_channel::close_entry(&bob(), id);
        world::join(id, &mallory(), 3);
    }

    #[test]
    #[expected_failure(abort_code = 0x80034, location = membership)]
    fun c5_a_member_does_not_join_again() {
        world::begin();
        let id = world::open_for_three();
        world::join(id, &bob(), 3);
    }

    #[test]
    #[expected_failure(abort_code = 0x30035, location = membership)]
    fun c5_who_was_settled_out_first_takes_out_what_it_has() {
        world::begin();
        let id = world::open_for_three();
        settle_bob_out(id);
        world::join(id, &bob(), 3);
    }

    #[test]
    fun c8_who_has_left_joins_again_with_a_new_number() {
        world::begin();
        let id = world::open_for_three();
        assert!(state_channel::member(id, @0xb0b).join_sequence_for_test() == 2);
        settle_bob_out(id);
        world::leave(id, &bob());
        world::join(id, &bob(), 1);
        assert!(state_channel::member(id, @0xb0b).join_sequence_for_test() == 4);
    }

    #[test]
    fun c6_a_channel_has_50_members() {
        world::begin();
        let id = world::open_with(state_channel::create_config(0));
        join_crowd(id, 50);
        assert!(state_channel::member_count(id) == 50);
    }

    #[test]
    #[expected_failure(abort_code = 0x90036, location = membership)]
    fun c6_a_channel_has_no_51st_member() {
        world::begin();
        let id = world::open_with(state_channel::create_config(0));
        join_crowd(id, 51);
    }

    #[test]
    #[expected_failure(abort_code = 0x80037, location = membership)]
    fun c7_two_members_do_not_share_a_key() {
        world::begin();
        let id = world::open_for_three();
        world::join(id, &mallory(), 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x1005d, location = state_channel)]
    fun c7_a_node_key_has_32_bytes() {
        world::begin();
        let short = key(1);
        short.pop_back();
        let id = world::open();
        state_channel::join<world::Pens, AptosCoin>(&bob(), id, world::pens(1), short, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x1005d, location = state_channel)]
    fun c7_a_node_key_is_a_key() {
        world::begin();
        let id = world::open();
        // A point of small order: every signature would verify for some message.
        let weak = x"0100000000000000000000000000000000000000000000000000000000000000";
        state_channel::join<world::Pens, AptosCoin>(&bob(), id, world::pens(1), weak, 0);
    }

    // ---- Acting

    #[test]
    fun c10_a_session_account_acts_for_its_member() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &session(1), settlement(0, 1));
        world::vote_for(id, &session(2), 1);
        let (proposer, votes_for) = state_channel::proposal(id, 1).votes_for_test();
        assert!(proposer == @0xb0b && votes_for == vector[@0xb0b, @0xca401]);
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c10_a_session_account_takes_nothing_out() {
        world::begin();
        let id = world::open_for_three();
        settle_bob_out(id);
        world::leave(id, &session(1));
    }

    #[test]
    fun c10_a_wallet_named_as_session_still_acts_for_itself() {
        world::begin();
        let id = world::open_with(state_channel::create_config(0));
        let wallet = account::create_account_for_test(world::address_of(&session(5)));
        coin::register<AptosCoin>(&wallet);
        state_channel::join<world::Pens, AptosCoin>(&mallory(), id, world::pens(1), key(5), 0);
        state_channel::join<world::Pens, AptosCoin>(&wallet, id, world::pens(1), key(6), 0);
        world::propose(id, &wallet, settlement(0, 1));
        let (proposer, _) = state_channel::proposal(id, 1).votes_for_test();
        assert!(proposer == world::address_of(&wallet));
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c10_a_stranger_does_not_keep_alive() {
        world::begin();
        world::keep_alive(world::open_for_three(), &mallory());
    }

    #[test]
    fun c11_a_member_is_valid_to_the_end_of_the_window() {
        world::begin();
        let id = world::open_for_three();
        world::pass_ms(15_000);
        assert!(state_channel::member(id, @0xb0b).is_valid_for_test());
        world::pass_ms(1);
        assert!(!state_channel::member(id, @0xb0b).is_valid_for_test());
    }

    #[test]
    fun c11_a_heartbeat_makes_a_lapsed_member_valid() {
        world::begin();
        let id = world::open_for_three();
        world::pass_ms(60_000);
        world::keep_alive(id, &session(1));
        assert!(state_channel::member(id, @0xb0b).is_valid_for_test());
        assert!(!state_channel::member(id, @0xca401).is_valid_for_test());
    }

    #[test]
    fun c11_a_heartbeat_says_how_far_the_others_are() {
        world::begin();
        let id = world::open_for_three();
        state_channel::keep_alive_entry(&bob(), id, vector[@0xa11ce, @0xbad, @0xa11ce], vector[20, 30, 40]);
        let (peers, delays_ms) = state_channel::member(id, @0xb0b).delays_for_test();
        assert!(peers == vector[@0xa11ce] && delays_ms == vector[20]);
    }

    #[test]
    #[expected_failure(abort_code = 0x1003c, location = membership)]
    fun c11_there_is_one_delay_for_each_peer() {
        world::begin();
        let id = world::open_for_three();
        state_channel::keep_alive_entry(&bob(), id, vector[@0xa11ce], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x1003c, location = membership)]
    fun c11_there_are_no_more_delays_than_members() {
        world::begin();
        let id = world::open_for_three();
        let peers = vector[];
        let delays_ms = vector[];
        for (i in 0..51) {
            peers.push_back(@0xa11ce);
            delays_ms.push_back(1);
        };
        state_channel::keep_alive_entry(&bob(), id, peers, delays_ms);
    }

    // ---- Leaving

    #[test]
    fun c28_after_its_settlement_a_member_gets_assets_and_stake() {
        world::begin();
        let id = world::open_for_three();
        let before = world::balance(@0xb0b);
        settle_bob_out(id);
        assert!(state_channel::member(id, @0xb0b).is_settled_out_for_test());
        assert!(world::leave(id, &bob()) == 1);
        assert!(world::balance(@0xb0b) == before + 100);
    }

    #[test]
    #[expected_failure(abort_code = 0x3003a, location = membership)]
    fun c28_nobody_leaves_without_a_settlement() {
        world::begin();
        let id = world::open_for_three();
        state_channel::request_leave_entry(&bob(), id);
        world::leave(id, &bob());
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c28_nobody_leaves_twice() {
        world::begin();
        let id = world::open_for_three();
        settle_bob_out(id);
        world::leave(id, &bob());
        world::leave(id, &bob());
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c28_a_stranger_takes_nothing_out() {
        world::begin();
        world::leave(world::open_for_three(), &mallory());
    }

    #[test]
    #[expected_failure(abort_code = 0x6005e, location = state_channel)]
    fun c28_who_has_left_has_no_assets() {
        world::begin();
        let id = world::open_for_three();
        settle_bob_out(id);
        world::leave(id, &bob());
        world::pens_of(id, @0xb0b);
    }

    #[test]
    fun c29_a_wish_to_leave_is_seen() {
        world::begin();
        let id = world::open_for_three();
        assert!(!state_channel::member(id, @0xb0b).is_leaving_for_test());
        state_channel::request_leave_entry(&session(1), id);
        assert!(state_channel::member(id, @0xb0b).is_leaving_for_test());
    }

    #[test]
    #[expected_failure(abort_code = 0x3003b, location = membership)]
    fun c29_a_wish_to_leave_is_said_once() {
        world::begin();
        let id = world::open_for_three();
        state_channel::request_leave_entry(&bob(), id);
        state_channel::request_leave_entry(&bob(), id);
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c27_the_views_show_members_only() {
        world::begin();
        state_channel::member(world::open_for_three(), @0xbad);
    }

    #[test]
    fun c27_the_views_list_members_and_the_last_that_were_settled_out() {
        world::begin();
        let id = world::open_for_three();
        settle_bob_out(id);
        let members = state_channel::members(id);
        assert!(members.length() == 3 && state_channel::member_count(id) == 2);
        assert!(members[2].is_settled_out_for_test());
        world::leave(id, &bob());
        assert!(state_channel::members(id).length() == 2);
    }

    fun settle_bob_out(id: u64) {
        world::propose(id, &alice(), settlement(0, 5).with_leaving(vector[@0xb0b]));
        world::vote_for(id, &carol(), 1);
        world::settle(id, &alice(), 1);
    }

    // ---- Quiet heartbeats

    fun open_quietly(): u64 {
        let config = state_channel::create_config(0).with_quiet_heartbeats();
        world::open_with_members(config, 3)
    }

    fun is_valid(id: u64, account: address): bool {
        state_channel::member(id, account).is_valid_for_test()
    }

    #[test]
    fun c35_who_is_not_challenged_owes_no_heartbeat() {
        world::begin();
        let id = open_quietly();
        world::pass_ms(86_400_000);
        assert!(is_valid(id, @0xa11ce) && is_valid(id, @0xb0b));
    }

    #[test]
    fun c35_a_challenge_that_is_not_answered_makes_one_lapse() {
        world::begin();
        let id = open_quietly();
        world::pass_ms(60_000);
        state_channel::challenge_entry(&bob(), id, @0xa11ce);
        world::pass_ms(15_000);
        assert!(is_valid(id, @0xa11ce));
        world::pass_ms(1);
        assert!(!is_valid(id, @0xa11ce) && is_valid(id, @0xb0b));
        state_channel::apply_leader_entry(&bob(), id);
        world::keep_alive(id, &alice());
        assert!(is_valid(id, @0xa11ce));
    }

    #[test]
    fun c35_a_heartbeat_answers_it() {
        world::begin();
        let id = open_quietly();
        world::pass_ms(60_000);
        state_channel::challenge_entry(&bob(), id, @0xa11ce);
        world::keep_alive(id, &alice());
        world::pass_ms(86_400_000);
        assert!(is_valid(id, @0xa11ce));
        state_channel::challenge_entry(&bob(), id, @0xa11ce);
    }

    #[test]
    #[expected_failure(abort_code = 0x30090, location = membership)]
    fun c35_nobody_is_challenged_twice_at_once() {
        world::begin();
        let id = open_quietly();
        world::pass_ms(60_000);
        state_channel::challenge_entry(&bob(), id, @0xa11ce);
        world::pass_ms(60_000);
        state_channel::challenge_entry(&carol(), id, @0xa11ce);
    }

    #[test]
    #[expected_failure(abort_code = 0x30090, location = membership)]
    fun c35_nor_twice_within_the_window() {
        world::begin();
        let id = open_quietly();
        world::pass_ms(60_000);
        state_channel::challenge_entry(&bob(), id, @0xa11ce);
        world::keep_alive(id, &alice());
        world::pass_ms(15_000);
        state_channel::challenge_entry(&bob(), id, @0xa11ce);
    }

    #[test]
    #[expected_failure(abort_code = 0x3008f, location = membership)]
    fun c35_where_heartbeats_are_owed_there_is_nothing_to_challenge() {
        world::begin();
        state_channel::challenge_entry(&bob(), world::open_for_three(), @0xa11ce);
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c35_only_members_are_challenged() {
        world::begin();
        state_channel::challenge_entry(&bob(), open_quietly(), @0xbad);
    }

    #[test]
    #[expected_failure(abort_code = 0x60033, location = membership)]
    fun c35_only_members_challenge() {
        world::begin();
        state_channel::challenge_entry(&mallory(), open_quietly(), @0xa11ce);
    }

    fun join_crowd(id: u64, size: u64) {
        for (i in 0..size) {
            let member = session(i);
            state_channel::join<world::Pens, AptosCoin>(&member, id, world::pens(i), key(i), 0);
        }
    }
}
