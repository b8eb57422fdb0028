#[test_only]
/// Matches in the channel, and sessions on the chain.
module four_in_a_row::game_test {
    use std::bcs;
    use std::hash;
    use std::string;
    use aptos_framework::account;
    use aptos_framework::aptos_coin::{Self, AptosCoin};
    use aptos_framework::chain_id;
    use aptos_framework::coin;
    use aptos_framework::event;
    use aptos_framework::timestamp;
    use channel_app::labels;
    use channel_app::rerun;
    use channel_app::shelf;
    use four_in_a_row::game::{Self, MatchOver};
    use four_in_a_row::vectors;
    use rooch::staking;
    use rooch::state_channel::{Self, SettleCap};

    const ALICE: address = @0xa11ce;
    const BOB: address = @0xb0b;
    const CAROL: address = @0xca401;
    const MONEY: u64 = 1_000_000;
    const START_MS: u64 = 1_000_000;
    const GAME_TYPE: vector<u8> =
        b"0x666f75725f696e5f615f726f7700000000000000000000000000000000000001::game::Game";

    const KEY_A: vector<u8> = x"aa6ff606677d639dbba2e4e1bca3bf11cd5ff0cd6bc46d59e47cd867157ae200";
    const KEY_B: vector<u8> = x"4441a473ce624bfd626ab51fabb1c52654d09ad73b35011be295adb536a941cf";
    const KEY_C: vector<u8> = x"f471353d6e272b4f00eb89819eb9795687d2772e36fc2ca0440acbd02e5abdb6";

    /// An empty settlement from height 0 to 1, of channel 1 on chain 4, signed by the first two keys.
    const SIGNED_A: vector<u8> = x"ff3fc0e40867c03a712a7c5023a7e3ac7d36135d3da8d48a6310a7a8ff6ad75b7483d3da673a347df9b818e9030ae9f05b39fff68bc1f81cd31d0d0a98820b0e";
    const SIGNED_B: vector<u8> = x"4f2034e3b4f1094098f901617da8b31f432896624f5fc05a78b0c52cf2494cd07c7c3f0bcdbb68ec0de7e112096ec830e124ddee073c718c673eccf2a3b92304";

    /// The state of a channel that is not the game's.
    struct Forged has store {}

    struct Forger has key {
        cap: SettleCap
    }

    fun person(account: address): signer {
        account::create_signer_for_test(account)
    }

    fun at_ms(time_ms: u64) {
        timestamp::update_global_time_for_test(time_ms * 1000);
    }

    // ---- In the channel

    fun begin_match() {
        timestamp::set_time_has_started_for_testing(&person(@aptos_framework));
        at_ms(START_MS);
        game::place_for_test(&person(@four_in_a_row));
        game::take_seat(&person(ALICE));
        game::take_seat(&person(BOB));
    }

    /// Alice and Bob in turn.
    fun play(columns: vector<u64>) {
        for (i in 0..columns.length()) {
            game::play(&person(if (i % 2 == 0) ALICE else BOB), columns[i]);
        }
    }

    #[test]
    fun f3_two_sit_down_and_one_wins() {
        begin_match();
        assert!(game::seats_for_test() == vector[ALICE, BOB]);
        play(vector[3, 0, 3, 0, 3, 0, 3]);
        assert!(game::winners_for_test() == vector[1]);
        // It is told, once.
        let told = vector[1, 2];
        told.append(bcs::to_bytes(&ALICE));
        told.append(bcs::to_bytes(&BOB));
        told.push_back(1);
        assert!(bcs::to_bytes(&event::emitted_events<MatchOver>()) == told);
        // Whoever sits down next begins anew.
        game::take_seat(&person(CAROL));
        assert!(game::seats_for_test() == vector[CAROL]);
    }

    #[test]
    fun f3_a_full_board_is_nobodys() {
        begin_match();
        let pairs = vector[0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 2, 3, 2, 3, 3, 2, 3, 2, 2, 3, 2, 3];
        play(pairs);
        play(vector[4, 5, 4, 5, 5, 4, 5, 4, 4, 5, 4, 5, 6, 6, 6, 6, 6, 6]);
        assert!(game::winners_for_test() == vector[0]);
    }

    #[test]
    #[expected_failure(abort_code = 0x80003, location = game)]
    fun f3_nobody_plays_against_itself() {
        begin_in_channel();
        game::take_seat(&person(ALICE));
        game::take_seat(&person(ALICE));
    }

    #[test]
    #[expected_failure(abort_code = 0x30002, location = game)]
    fun f3_two_play_at_a_time() {
        begin_match();
        game::take_seat(&person(CAROL));
    }

    #[test]
    #[expected_failure(abort_code = 0x30004, location = game)]
    fun f3_one_alone_does_not_play() {
        begin_in_channel();
        game::take_seat(&person(ALICE));
        game::play(&person(ALICE), 3);
    }

    #[test]
    #[expected_failure(abort_code = 0x50005, location = game)]
    fun f3_they_take_turns() {
        begin_match();
        game::play(&person(BOB), 3);
    }

    #[test]
    #[expected_failure(abort_code = 0x10006, location = game)]
    fun f3_there_are_seven_columns() {
        begin_match();
        game::play(&person(ALICE), 7);
    }

    #[test]
    #[expected_failure(abort_code = 0x30004, location = game)]
    fun f3_what_is_over_is_over() {
        begin_match();
        play(vector[3, 0, 3, 0, 3, 0, 3, 0]);
    }

    #[test]
    fun f4_who_does_not_move_for_a_minute_loses() {
        begin_match();
        play(vector[3]);
        game::tick(&person(CAROL));
        at_ms(START_MS + 60_000);
        game::tick(&person(CAROL));
        game::play(&person(BOB), 3);
        at_ms(START_MS + 120_001);
        game::tick(&person(CAROL));
        assert!(game::winners_for_test() == vector[2]);
        // Once.
        game::tick(&person(CAROL));
        assert!(game::winners_for_test() == vector[2]);
        assert!(event::emitted_events<MatchOver>().length() == 1);
    }

    #[test]
    fun f4_the_last_16_matches_are_remembered() {
        begin_in_channel();
        for (i in 0..17) {
            game::take_seat(&person(ALICE));
            game::take_seat(&person(BOB));
            if (i == 0 || i == 16) play(vector[0]);
            at_ms(START_MS + (i + 1) * 70_000);
            game::tick(&person(CAROL));
            if (i == 14) assert!(game::winners_for_test() == vector[1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
        };
        // The oldest is forgotten.
        assert!(game::winners_for_test() == vector[2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1]);
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = game)]
    fun f5_nobody_plays_on_the_chain() {
        begin();
        game::play(&person(ALICE), 3);
    }

    fun begin_in_channel() {
        timestamp::set_time_has_started_for_testing(&person(@aptos_framework));
        at_ms(START_MS);
        game::place_for_test(&person(@four_in_a_row));
    }

    // ---- On the chain

    fun begin() {
        let framework = person(@aptos_framework);
        timestamp::set_time_has_started_for_testing(&framework);
        at_ms(START_MS);
        let (burn_cap, mint_cap) = aptos_coin::initialize_for_test(&framework);
        let people = vector[ALICE, BOB, CAROL];
        for (i in 0..people.length()) {
            let person = account::create_account_for_test(people[i]);
            coin::register<AptosCoin>(&person);
            coin::deposit(people[i], coin::mint<AptosCoin>(MONEY, &mint_cap));
        };
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_mint_cap(mint_cap);
        chain_id::initialize_for_test(&framework, 4);
        staking::init_for_test(&person(@rooch));
        state_channel::init_for_test(&person(@rooch));
        game::init_for_test(&person(@four_in_a_row));
        game::create_game(&person(ALICE), @four_in_a_row);
        game::game_session_create(&person(ALICE), @four_in_a_row, 1, 100, string::utf8(b"/dns4/relay"));
        game::game_session_join(&person(ALICE), 1, KEY_A, 10);
        game::game_session_join(&person(BOB), 1, KEY_B, 10);
        game::game_session_join(&person(CAROL), 1, KEY_C, 10);
        state_channel::apply_leader_entry(&person(ALICE), 1);
    }

    #[test]
    fun f6_a_match_is_settled_and_the_game_comes_back() {
        begin();
        let before = state_channel::state_bytes<game::Game>(1);
        let after = encode(vector[x"", x"", x"", x"01", x"", x"", x""], vector[ALICE, BOB], true, vector[vector[ALICE, BOB]], 1);
        state_channel::close_entry(&person(ALICE), 1);
        pass_settlement(before, after, true);
        game::game_settlement(&person(CAROL), 1, 1);
        let sessions = game::sessions(@four_in_a_row);
        assert!(sessions[0].shown_details().last_winner_for_test() == vector[ALICE]);
        game::game_session_close(&person(BOB), 1);
        game::game_session_leave(&person(ALICE), 1);
        assert!(coin::balance<AptosCoin>(ALICE) == MONEY - 10);
        // Of what was played the result is left.
        let (columns, seats, results) = game::game(@four_in_a_row, 1).info_for_test();
        assert!(columns == vector[x"", x"", x"", x"", x"", x"", x""] && seats.is_empty() && results == 1);
        assert!(game::sessions(@four_in_a_row).is_empty());
    }

    #[test]
    fun f6_the_largest_game_is_settled_to_the_byte() {
        begin();
        let results = vector[];
        for (i in 0..16) results.push_back(vector[ALICE, BOB]);
        let column = x"010201020102";
        let columns = vector[column, x"", x"", x"", x"", x"", x""];
        let after = encode(columns, vector[ALICE, BOB], true, results, 2);
        pass_settlement(state_channel::state_bytes<game::Game>(1), after, false);
        game::game_settlement(&person(CAROL), 1, 1);
        assert!(state_channel::state_bytes<game::Game>(1) == after);
        assert!(game::sessions(@four_in_a_row)[0].shown_details().last_winner_for_test() == vector[BOB]);
    }

    #[test]
    fun f6_signatures_settle() {
        begin();
        let data = settlement(vector[], false);
        game::game_settlement_signed(&person(CAROL), 1, data, vector[ALICE, BOB], vector[SIGNED_A, SIGNED_B]);
        let (_, _, results) = game::game(@four_in_a_row, 1).info_for_test();
        assert!(results == 0);
    }

    #[test]
    fun f6_a_draw_has_no_winner() {
        begin();
        let before = state_channel::state_bytes<game::Game>(1);
        let empty = vector[x"", x"", x"", x"", x"", x"", x""];
        pass_settlement(before, encode(empty, vector[ALICE, BOB], true, vector[vector[ALICE, BOB]], 0), false);
        game::game_settlement(&person(CAROL), 1, 1);
        assert!(game::sessions(@four_in_a_row)[0].shown_details().last_winner_for_test().is_empty());
    }

    #[test]
    fun f6_one_who_waits_is_settled() {
        begin();
        let before = state_channel::state_bytes<game::Game>(1);
        let empty = vector[x"", x"", x"", x"", x"", x"", x""];
        pass_settlement(before, encode(empty, vector[ALICE], false, vector[], 0), false);
        game::game_settlement(&person(CAROL), 1, 1);
        let (_, seats, _) = game::game(@four_in_a_row, 1).info_for_test();
        assert!(seats == vector[ALICE]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10009, location = game)]
    fun f6_a_board_without_players_is_not_settled() {
        settle(encode(vector[x"01", x"", x"", x"", x"", x"", x""], vector[ALICE], false, vector[], 0));
    }

    #[test]
    #[expected_failure(abort_code = 0x10009, location = game)]
    fun f6_nor_a_board_that_no_game_has() {
        settle(encode(vector[x"02", x"", x"", x"", x"", x"", x""], vector[ALICE, BOB], false, vector[], 0));
    }

    #[test]
    #[expected_failure(abort_code = 0x10009, location = game)]
    fun f6_nor_three_players() {
        settle(encode(vector[x"", x"", x"", x"", x"", x"", x""], vector[ALICE, BOB, CAROL], false, vector[], 0));
    }

    #[test]
    #[expected_failure(abort_code = 0x10009, location = game)]
    fun f6_nor_an_end_without_a_result() {
        settle(encode(vector[x"", x"", x"", x"", x"", x"", x""], vector[ALICE, BOB], true, vector[], 0));
    }

    #[test]
    #[expected_failure(abort_code = 0x10009, location = game)]
    fun f6_nor_the_victory_of_a_third() {
        let empty = vector[x"", x"", x"", x"", x"", x"", x""];
        settle(encode(empty, vector[ALICE, BOB], true, vector[vector[ALICE, BOB]], 3));
    }

    #[test]
    #[expected_failure(abort_code = 0x10009, location = game)]
    fun f6_nor_a_match_of_one() {
        let empty = vector[x"", x"", x"", x"", x"", x"", x""];
        settle(encode(empty, vector[], false, vector[vector[ALICE]], 1));
    }

    #[test]
    #[expected_failure(abort_code = 0x10009, location = game)]
    fun f6_nor_more_than_16_results() {
        let results = vector[];
        for (i in 0..17) results.push_back(vector[ALICE, BOB]);
        settle(encode(vector[x"", x"", x"", x"", x"", x"", x""], vector[], false, results, 1));
    }

    #[test]
    #[expected_failure(abort_code = 0x10009, location = game)]
    fun f6_nothing_follows_a_game() {
        let bytes = encode(vector[x"", x"", x"", x"", x"", x"", x""], vector[], false, vector[], 0);
        bytes.push_back(0);
        settle(bytes);
    }

    #[test]
    #[expected_failure(abort_code = 0x80008, location = game)]
    fun f7_there_is_one_hall_at_an_address() {
        begin();
        game::open_hall(&person(@four_in_a_row));
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = game)]
    fun f7_a_game_needs_a_hall() {
        begin();
        game::create_game(&person(ALICE), ALICE);
    }

    /// Channel 2 says that it is of a hall where there is none.
    fun begin_with_forgery() {
        begin();
        let config = state_channel::create_config(0);
        let config = labels::describe(config, ALICE, string::utf8(b""), string::utf8(b""));
        let (cap, _) = state_channel::create<Forged, Forged, AptosCoin>(&person(ALICE), Forged {}, config);
        move_to(&person(ALICE), Forger { cap });
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = game)]
    fun f7_what_is_settled_is_of_a_hall() {
        begin_with_forgery();
        game::game_settlement(&person(ALICE), 2, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = game)]
    fun f7_what_is_settled_by_signatures_is_of_a_hall() {
        begin_with_forgery();
        game::game_settlement_signed(&person(ALICE), 2, vector[], vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = game)]
    fun f7_what_is_joined_is_of_a_hall() {
        begin_with_forgery();
        game::game_session_join(&person(ALICE), 2, KEY_A, 10);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = game)]
    fun f7_what_is_closed_is_of_a_hall() {
        begin_with_forgery();
        game::game_session_close(&person(ALICE), 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = game)]
    fun f7_what_is_run_again_is_of_a_hall() {
        begin_with_forgery();
        game::game_prove_wrong(&person(ALICE), 2, vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = game)]
    fun f7_a_session_is_opened_in_a_hall() {
        begin();
        game::game_session_create(&person(ALICE), ALICE, 1, 100, string::utf8(b""));
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = game)]
    fun f7_sessions_are_looked_for_in_a_hall() {
        begin();
        game::sessions(ALICE);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = game)]
    fun f7_a_game_is_looked_for_in_a_hall() {
        begin();
        game::game(ALICE, 1);
    }

    #[test]
    fun f7_a_new_game_is_empty_and_players_bring_nothing() {
        begin();
        // Seven columns, no seats, not over, no time, no results.
        assert!(state_channel::state_bytes<game::Game>(1) == x"07000000000000000000000000000000000000");
        assert!(state_channel::assets_bytes<game::NoAssets>(1, ALICE) == bcs::to_bytes(&false));
    }

    #[test]
    fun f7_a_session_says_how_it_is_run() {
        let name = b"0x666f75725f696e5f615f726f7700000000000000000000000000000000000001::game::";
        let settle = name;
        settle.append(b"game_settlement");
        let settle_signed = name;
        settle_signed.append(b"game_settlement_signed");
        let prove = name;
        prove.append(b"game_prove_wrong");
        name.append(b"tick");
        let expected =
            state_channel::create_config(100)
                .with_tick(string::utf8(name), 1_000)
                .with_settle_interval(60_000)
                .with_windows(10_000, 120_000);
        let expected = labels::describe(expected, ALICE, string::utf8(b"/dns4/relay"), string::utf8(settle));
        let expected = labels::with_proofs(expected, string::utf8(settle_signed), string::utf8(prove));
        assert!(game::config_for_test(ALICE, 100, string::utf8(b"/dns4/relay")) == expected);
    }

    #[test]
    #[expected_failure(abort_code = 0x3002a, location = shelf)]
    fun f7_a_game_is_lent_once() {
        begin();
        game::game_session_create(&person(ALICE), @four_in_a_row, 1, 0, string::utf8(b""));
    }

    // ---- Run again

    #[test]
    fun f8_a_move_as_it_was_is_no_fault() {
        assert_refuted(vectors::play_honest());
    }

    #[test]
    fun f8_a_disc_in_another_column_is_proved() {
        assert_proved(vectors::play_wrong());
    }

    #[test]
    fun f8_a_move_that_was_refused_is_no_fault() {
        assert_refuted(vectors::play_refused());
    }

    #[test]
    fun f8_a_victory_that_was_withheld_is_proved() {
        assert_proved(vectors::victory_withheld());
    }

    #[test]
    fun f8_a_seat_as_it_was_taken_is_no_fault() {
        assert_refuted(vectors::seat_honest());
    }

    #[test]
    fun f8_the_clock_is_no_fault() {
        assert_refuted(vectors::tick_honest());
    }

    #[test]
    fun f8_a_clock_that_was_stopped_is_proved() {
        assert_proved(vectors::tick_stopped());
    }

    #[test]
    fun f8_a_tick_that_a_member_called_is_one() {
        assert_refuted(vectors::tick_called());
    }

    #[test]
    fun f8_there_is_nothing_to_play_before_there_is_a_game() {
        assert_refuted(vectors::play_without_game());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun f8_other_functions_are_left_to_the_votes() {
        prove(vectors::other_function());
    }

    fun prove(evidence: vector<u8>) {
        begin();
        game::game_prove_wrong(&person(CAROL), 1, evidence);
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

    // ---- Settlements in BCS

    struct Op has drop {
        new: vector<vector<u8>>,
        modify: vector<vector<u8>>,
        delete: vector<bool>
    }

    struct TypeChange has drop {
        type_name: vector<u8>,
        op: Op
    }

    struct AccountChanges has drop {
        account: address,
        changes: vector<TypeChange>
    }

    fun settle(after: vector<u8>) {
        begin();
        pass_settlement(state_channel::state_bytes<game::Game>(1), after, false);
        game::game_settlement(&person(CAROL), 1, 1);
    }

    /// Alice proposes and Bob agrees.
    fun pass_settlement(before: vector<u8>, after: vector<u8>, closing: bool) {
        let op = Op { new: vector[], modify: vector[hash::sha3_256(before), after], delete: vector[] };
        let changes = vector[TypeChange { type_name: GAME_TYPE, op }];
        let data = settlement(vector[AccountChanges { account: @four_in_a_row, changes }], closing);
        state_channel::create_proposal_entry(&person(ALICE), 1, 1, data);
        state_channel::vote_proposal_entry(&person(BOB), 1, 1, 1);
    }

    fun settlement(change_sets: vector<AccountChanges>, closing: bool): vector<u8> {
        let bytes = bcs::to_bytes(&0u64);
        bytes.append(bcs::to_bytes(&1u64));
        bytes.append(bcs::to_bytes(&change_sets));
        // No tables, nobody leaves.
        bytes.append(x"0000");
        bytes.append(bcs::to_bytes(&closing));
        bytes.append(bcs::to_bytes(&hash::sha3_256(b"root")));
        bytes.append(bcs::to_bytes(&hash::sha3_256(b"history")));
        bytes
    }

    /// The layout of a `Game`, with every field free to be wrong. All matches were won by the same seat.
    fun encode(
        columns: vector<vector<u8>>, seats: vector<address>, is_over: bool, results: vector<vector<address>>, winner: u8
    ): vector<u8> {
        let bytes = bcs::to_bytes(&columns);
        bytes.append(bcs::to_bytes(&seats));
        bytes.append(bcs::to_bytes(&is_over));
        bytes.append(bcs::to_bytes(&START_MS));
        bytes.push_back((results.length() as u8));
        for (i in 0..results.length()) {
            bytes.append(bcs::to_bytes(&results[i]));
            bytes.push_back(winner);
        };
        bytes
    }
}
