#[test_only]
/// A shelf: what is on it, what it lends, and that nobody settles or takes back through another.
module channel_app::shelf_test {
    use std::bcs;
    use std::string;
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::coin;
    use channel_app::labels;
    use channel_app::shelf;
    use channel_app::tally;
    use rooch::channel;
    use rooch::config;
    use rooch::staking;
    use rooch::state_channel;

    const ALICE: address = @0xa11ce;
    const BOB: address = @0xb0b;
    const MONEY: u64 = 1_000_000;

    /// `settlement()` of channel 1 on chain 4, signed by the first two keys.
    const SIGNED_A: vector<u8> = x"ff3fc0e40867c03a712a7c5023a7e3ac7d36135d3da8d48a6310a7a8ff6ad75b7483d3da673a347df9b818e9030ae9f05b39fff68bc1f81cd31d0d0a98820b0e";
    const SIGNED_B: vector<u8> = x"4f2034e3b4f1094098f901617da8b31f432896624f5fc05a78b0c52cf2494cd07c7c3f0bcdbb68ec0de7e112096ec830e124ddee073c718c673eccf2a3b92304";

    // ---- States

    #[test]
    fun a1_states_are_numbered() {
        tally::begin();
        assert!(tally::count() == 1);
        assert!(tally::add_tally(7) == 2 && tally::count() == 2);
        assert!(tally::look_at_home(2) == 7 && tally::lent_to(2).is_none());
    }

    #[test]
    #[expected_failure(abort_code = 0x60029, location = shelf)]
    fun a1_what_was_not_added_is_not_there() {
        tally::begin();
        tally::look_at_home(2);
    }

    #[test]
    #[expected_failure(abort_code = 0x60029, location = shelf)]
    fun a1_what_was_not_added_is_not_lent() {
        tally::begin();
        tally::lent_to(2);
    }

    #[test]
    fun a2_what_is_at_home_can_be_changed() {
        tally::begin();
        tally::raise_at_home(1);
        assert!(tally::total(1) == 6);
    }

    #[test]
    #[expected_failure(abort_code = 0x3002a, location = shelf)]
    fun a2_what_is_lent_is_not_changed() {
        tally::begin();
        tally::lend();
        tally::raise_at_home(1);
    }

    #[test]
    #[expected_failure(abort_code = 0x3002a, location = shelf)]
    fun a2_nor_looked_at_as_if_it_were_at_home() {
        tally::begin();
        tally::lend();
        tally::look_at_home(1);
    }

    #[test]
    fun a3_a_look_at_what_is_at_home_and_at_what_is_lent() {
        tally::begin();
        assert!(tally::total(1) == 5 && tally::bytes(1) == bcs::to_bytes(&5u64));
        tally::lend();
        assert!(tally::total(1) == 5 && tally::bytes(1) == bcs::to_bytes(&5u64));
        // It has been put back.
        assert!(tally::total(1) == 5);
    }

    #[test]
    #[expected_failure(abort_code = 0x60029, location = shelf)]
    fun a3_no_look_at_what_is_not_there() {
        tally::begin();
        tally::total(2);
    }

    // ---- Lending

    #[test]
    fun a4_lending_opens_a_session() {
        tally::begin();
        assert!(!tally::has_session(ALICE, 1));
        assert!(tally::lend() == 1);
        assert!(tally::has_session(ALICE, 1) && tally::state_of(ALICE, 1) == 1);
        assert!(tally::lent_to(1) == std::option::some(1));
        assert!(labels::server_of(1) == ALICE);
        let info = tally::session(ALICE, 1);
        assert!(info.channel_id() == 1 && info.state_id() == 1 && info.member_count() == 0);
        assert!(info.stake() == 100 && info.relay() == string::utf8(b"/dns4/relay"));
        assert!(info.opened_by() == ALICE && info.opened_ms() == 1_000_000);
        assert!(tally::text(info.shown_details()) == b"chalky");
        assert!(tally::sessions() == vector[info]);
    }

    #[test]
    #[expected_failure(abort_code = 0x3002a, location = shelf)]
    fun a4_a_state_is_lent_once() {
        tally::begin();
        tally::lend();
        tally::lend();
    }

    #[test]
    #[expected_failure(abort_code = 0x60029, location = shelf)]
    fun a4_only_what_is_there_is_lent() {
        tally::begin();
        tally::lend_from(ALICE, 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x60012, location = config)]
    fun a4_a_session_has_labels() {
        tally::begin();
        tally::lend_without_labels();
    }

    #[test]
    fun a4_stakes_may_be_in_any_asset() {
        tally::begin();
        assert!(tally::lend_for_asset() == 1 && tally::has_session(ALICE, 1));
        assert!(tally::session(ALICE, 1).stake() == 100);
        tally::join_with_asset(ALICE, BOB, 1);
        assert!(state_channel::member_count(1) == 1 && coin::balance<AptosCoin>(BOB) == MONEY - 110);
    }

    #[test]
    #[expected_failure(abort_code = 0x3002a, location = shelf)]
    fun a4_but_a_state_is_lent_once() {
        tally::begin();
        tally::lend();
        tally::lend_for_asset();
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun a7_nor_those_of_others_with_an_asset() {
        tally::begin();
        tally::lend_for_asset();
        tally::join_with_asset(BOB, BOB, 1);
    }

    #[test]
    fun a5_the_lobby_lists_the_newest_64() {
        tally::begin();
        tally::lend();
        for (i in 0..64) { tally::lend_from(ALICE, tally::add_tally(i)); };
        let listed = tally::sessions();
        assert!(listed.length() == 64);
        assert!(listed[0].channel_id() == 65 && listed[63].channel_id() == 2);
        // The first is there all the same, and goes without being on the list.
        assert!(tally::session(ALICE, 1).channel_id() == 1);
        assert!(tally::take_back(ALICE) == 1);
        assert!(tally::sessions().length() == 64);
    }

    #[test]
    fun a6_details_are_the_applications() {
        tally::begin();
        tally::lend();
        tally::write_note(ALICE, 1, b"dusty");
        assert!(tally::note(ALICE, 1) == b"dusty");
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun a6_of_its_own_sessions() {
        tally::begin();
        tally::lend();
        tally::note(BOB, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun a6_and_written_by_nobody_else() {
        tally::begin();
        tally::lend();
        tally::write_note(BOB, 1, b"dusty");
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun a6_nor_shown() {
        tally::begin();
        tally::lend();
        tally::session(BOB, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun a6_nor_named() {
        tally::begin();
        tally::lend();
        tally::state_of(BOB, 1);
    }

    // ---- Members

    #[test]
    fun a7_members_join_with_what_they_bring() {
        tally::begin();
        tally::open_for_two();
        assert!(state_channel::member_count(1) == 2 && coin::balance<AptosCoin>(BOB) == MONEY - 110);
        assert!(state_channel::assets_bytes<tally::Chalk>(1, BOB) == bcs::to_bytes(&1u64));
    }

    #[test]
    fun a7_or_with_a_stake_that_they_have_deposited() {
        tally::begin();
        tally::lend();
        staking::stake_coin_entry<AptosCoin>(&tally::person(BOB), 100);
        tally::join_with_shared_stake(ALICE, BOB, 1);
        assert!(state_channel::member_count(1) == 1 && coin::balance<AptosCoin>(BOB) == MONEY - 110);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun a7_the_shelfs_own_sessions() {
        tally::begin();
        tally::lend();
        tally::join(BOB, BOB, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun a7_either_way() {
        tally::begin();
        tally::lend();
        tally::join_with_shared_stake(BOB, BOB, 1);
    }

    // ---- Settling

    #[test]
    fun a8_votes_settle() {
        tally::begin();
        tally::open_for_two();
        let op = tally::op_modify(bcs::to_bytes(&5u64), bcs::to_bytes(&8u64));
        tally::pass(tally::settlement().with_tally(op));
        tally::settle(ALICE, 1);
        assert!(tally::total(1) == 8);
    }

    #[test]
    fun a8_signatures_settle() {
        tally::begin();
        tally::open_for_two();
        let leaving =
            tally::settle_signed(ALICE, tally::settlement().data(), vector[ALICE, BOB], vector[SIGNED_A, SIGNED_B]);
        assert!(leaving.is_empty() && tally::total(1) == 5);
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = channel)]
    fun a8_nothing_settles_without_either() {
        tally::begin();
        tally::open_for_two();
        state_channel::create_proposal_entry(&tally::person(ALICE), 1, 1, tally::settlement().data());
        tally::settle(ALICE, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun a8_nor_through_another_shelf() {
        tally::begin();
        tally::open_for_two();
        tally::pass(tally::settlement());
        tally::settle(BOB, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun a8_nor_with_signatures() {
        tally::begin();
        tally::open_for_two();
        tally::settle_signed(BOB, tally::settlement().data(), vector[ALICE, BOB], vector[SIGNED_A, SIGNED_B]);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun a8_nor_are_assets_lent_to_another() {
        tally::begin();
        tally::open_for_two();
        tally::borrow_assets(BOB, BOB);
    }

    // ---- The end

    #[test]
    fun a9_what_is_settled_comes_back() {
        tally::begin();
        tally::open_for_two();
        let op = tally::op_modify(bcs::to_bytes(&5u64), bcs::to_bytes(&8u64));
        state_channel::close_entry(&tally::person(ALICE), 1);
        tally::pass(tally::settlement().with_tally(op).closing());
        tally::settle(ALICE, 1);
        assert!(tally::take_back(ALICE) == 1);
        assert!(tally::leave(ALICE) == 0 && tally::leave(BOB) == 1);
        assert!(coin::balance<AptosCoin>(ALICE) == MONEY - 10 && coin::balance<AptosCoin>(BOB) == MONEY - 10);
        assert!(tally::look_at_home(1) == 8 && tally::sessions().is_empty() && !tally::has_session(ALICE, 1));
        // And can be lent again.
        assert!(tally::lend() == 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x3004b, location = channel)]
    fun a9_nothing_comes_back_while_there_are_members() {
        tally::begin();
        tally::open_for_two();
        tally::take_back(ALICE);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun a9_nor_to_another_shelf() {
        tally::begin();
        tally::lend();
        tally::take_back(BOB);
    }
}
