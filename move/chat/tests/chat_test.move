#[test_only]
/// Talk in the channel, and a session on the chain from lending the group to giving it back.
module chat::chat_test {
    use std::bcs;
    use std::hash;
    use std::signer;
    use std::string::{Self, String};
    use aptos_framework::account;
    use aptos_framework::aptos_coin::{Self, AptosCoin};
    use aptos_framework::chain_id;
    use aptos_framework::coin;
    use aptos_framework::timestamp;
    use channel_app::labels;
    use channel_app::rerun;
    use channel_app::settling;
    use channel_app::shelf;
    use chat::chat;
    use rooch::channel;
    use rooch::op;
    use rooch::staking;
    use rooch::state_channel;

    const ALICE: address = @0xa11ce;
    const BOB: address = @0xb0b;
    const CAROL: address = @0xca401;
    const MALLORY: address = @0xbad;
    const MONEY: u64 = 1_000_000;
    const GROUP_TYPE: vector<u8> = b"0xc4a7::chat::ChatGroup";

    const KEY_A: vector<u8> = x"aa6ff606677d639dbba2e4e1bca3bf11cd5ff0cd6bc46d59e47cd867157ae200";
    const KEY_B: vector<u8> = x"4441a473ce624bfd626ab51fabb1c52654d09ad73b35011be295adb536a941cf";
    const KEY_C: vector<u8> = x"f471353d6e272b4f00eb89819eb9795687d2772e36fc2ca0440acbd02e5abdb6";

    const KEY_D: vector<u8> = x"378e36fe228f5d7da3cd31f92dd3091e3c9b83ff993820f175ee80c3b1384d07";

    /// `settlement(0, 1)` of channel 1 on chain 4, signed by the first two keys.
    const SIGNED_A: vector<u8> = x"ff3fc0e40867c03a712a7c5023a7e3ac7d36135d3da8d48a6310a7a8ff6ad75b7483d3da673a347df9b818e9030ae9f05b39fff68bc1f81cd31d0d0a98820b0e";
    const SIGNED_B: vector<u8> = x"4f2034e3b4f1094098f901617da8b31f432896624f5fc05a78b0c52cf2494cd07c7c3f0bcdbb68ec0de7e112096ec830e124ddee073c718c673eccf2a3b92304";

    /// The state of a channel that is not chat's.
    struct Forged has store {}

    fun begin() {
        let framework = account::create_signer_for_test(@aptos_framework);
        timestamp::set_time_has_started_for_testing(&framework);
        timestamp::update_global_time_for_test(5_000_000);
        let (burn_cap, mint_cap) = aptos_coin::initialize_for_test(&framework);
        let people = vector[ALICE, BOB, CAROL, MALLORY];
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
        chat::init_for_test(&person(@chat));
    }

    fun begin_in_channel() {
        timestamp::set_time_has_started_for_testing(&person(@aptos_framework));
        timestamp::update_global_time_for_test(5_000_000);
        chat::place_group_for_test(&person(@chat), string::utf8(b"Tea"));
    }

    fun person(account: address): signer {
        account::create_signer_for_test(account)
    }

    fun session(key: vector<u8>): signer {
        person(state_channel::session_address(key))
    }

    fun text(length: u64): String {
        let bytes = vector[];
        for (i in 0..length) bytes.push_back(97);
        string::utf8(bytes)
    }

    fun post(author: address, message: vector<u8>) {
        chat::post_message(&person(author), string::utf8(message));
    }

    // ---- In the channel

    #[test]
    fun ch1_messages_are_numbered_and_dated() {
        begin_in_channel();
        post(ALICE, b"hello");
        timestamp::update_global_time_for_test(6_000_000);
        post(BOB, b"hi");
        assert!(
            chat::messages_for_test()
                == vector[
                    chat::message_for_test(1, ALICE, string::utf8(b"hello"), 5_000, false),
                    chat::message_for_test(2, BOB, string::utf8(b"hi"), 6_000, false)
                ]
        );
    }

    #[test]
    fun ch1_a_message_has_up_to_1000_bytes() {
        begin_in_channel();
        chat::post_message(&person(ALICE), text(1));
        chat::post_message(&person(ALICE), text(1_000));
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = chat)]
    fun ch1_a_message_is_not_empty() {
        begin_in_channel();
        post(ALICE, b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = chat)]
    fun ch1_a_message_is_not_too_long() {
        begin_in_channel();
        chat::post_message(&person(ALICE), text(1_001));
    }

    #[test]
    fun ch2_the_author_edits() {
        begin_in_channel();
        post(ALICE, b"helo");
        post(BOB, b"hi");
        chat::edit_message(&person(ALICE), 1, string::utf8(b"hello"));
        let messages = chat::messages_for_test();
        assert!(messages[0] == chat::message_for_test(1, ALICE, string::utf8(b"hello"), 5_000, true));
        chat::assert_lawful_for_test();
    }

    #[test]
    #[expected_failure(abort_code = 0x50006, location = chat)]
    fun ch2_nobody_else_edits() {
        begin_in_channel();
        post(ALICE, b"hello");
        chat::edit_message(&person(MALLORY), 1, string::utf8(b"goodbye"));
    }

    #[test]
    #[expected_failure(abort_code = 0x60005, location = chat)]
    fun ch2_what_is_not_there_is_not_edited() {
        begin_in_channel();
        chat::edit_message(&person(ALICE), 1, string::utf8(b"hello"));
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = chat)]
    fun ch2_an_edited_message_is_not_too_long() {
        begin_in_channel();
        post(ALICE, b"hello");
        chat::edit_message(&person(ALICE), 1, text(1_001));
    }

    #[test]
    fun ch2_the_author_deletes() {
        begin_in_channel();
        post(ALICE, b"one");
        post(ALICE, b"two");
        post(ALICE, b"three");
        chat::delete_message(&person(ALICE), 2);
        let messages = chat::messages_for_test();
        assert!(messages.length() == 2);
        chat::assert_lawful_for_test();
        // Numbers are not given again.
        post(ALICE, b"four");
        assert!(chat::messages_for_test()[2] == chat::message_for_test(4, ALICE, string::utf8(b"four"), 5_000, false));
    }

    #[test]
    #[expected_failure(abort_code = 0x50006, location = chat)]
    fun ch2_nobody_else_deletes() {
        begin_in_channel();
        post(ALICE, b"hello");
        chat::delete_message(&person(MALLORY), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60005, location = chat)]
    fun ch2_what_is_not_there_is_not_deleted() {
        begin_in_channel();
        chat::delete_message(&person(ALICE), 7);
    }

    #[test]
    fun ch3_a_nickname_is_set_and_changed() {
        begin_in_channel();
        chat::set_nickname(&person(ALICE), string::utf8(b"Al"));
        chat::set_nickname(&person(BOB), string::utf8(b"Bob"));
        chat::set_nickname(&person(ALICE), string::utf8(b"Alice"));
        assert!(
            chat::profiles_for_test()
                == vector[
                    chat::profile_for_test(BOB, string::utf8(b"Bob")),
                    chat::profile_for_test(ALICE, string::utf8(b"Alice"))
                ]
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = chat)]
    fun ch3_a_nickname_is_not_empty() {
        begin_in_channel();
        chat::set_nickname(&person(ALICE), text(0));
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = chat)]
    fun ch3_a_nickname_is_not_too_long() {
        begin_in_channel();
        chat::set_nickname(&person(ALICE), text(33));
    }

    #[test]
    fun ch3_the_65th_nickname_replaces_the_oldest() {
        begin_in_channel();
        for (i in 0..65) {
            let bytes = bcs::to_bytes(&ALICE);
            bytes[0] = (i as u8);
            chat::set_nickname(&person(aptos_std::from_bcs::to_address(bytes)), text(32));
        };
        assert!(chat::profiles_for_test().length() == 64);
        chat::assert_lawful_for_test();
    }

    #[test]
    fun ch3_the_title_is_set() {
        begin_in_channel();
        chat::set_topic(&person(BOB), string::utf8(b"Coffee"));
        assert!(chat::topic_for_test() == string::utf8(b"Coffee"));
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = chat)]
    fun ch3_a_title_is_not_empty() {
        begin_in_channel();
        chat::set_topic(&person(BOB), text(0));
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = chat)]
    fun ch3_a_title_is_not_too_long() {
        begin_in_channel();
        chat::set_topic(&person(BOB), text(65));
    }

    #[test]
    fun ch4_the_oldest_messages_make_room() {
        begin_in_channel();
        // Each is 1,051 bytes: 31 fit 32,768, and 23 are kept of 32.
        for (i in 0..31) chat::post_message(&person(ALICE), text(1_000));
        assert!(chat::messages_for_test().length() == 31 && chat::dropped_for_test() == 0);
        chat::post_message(&person(ALICE), text(1_000));
        assert!(chat::messages_for_test().length() == 23 && chat::dropped_for_test() == 9);
        chat::assert_lawful_for_test();
    }

    #[test]
    fun ch4_the_oldest_of_too_many_make_room() {
        begin_in_channel();
        for (i in 0..256) post(ALICE, b"short");
        assert!(chat::messages_for_test().length() == 256 && chat::dropped_for_test() == 0);
        chat::assert_lawful_for_test();
        post(ALICE, b"one more");
        assert!(chat::messages_for_test().length() == 192 && chat::dropped_for_test() == 65);
        chat::assert_lawful_for_test();
    }

    #[test]
    fun ch4_a_longer_edit_makes_room_too() {
        begin_in_channel();
        for (i in 0..31) chat::post_message(&person(ALICE), text(1_000));
        post(ALICE, b"short");
        chat::edit_message(&person(ALICE), 32, text(1_000));
        assert!(chat::dropped_for_test() == 9);
        chat::assert_lawful_for_test();
    }

    #[test]
    fun ch4_the_largest_group_fits_a_settlement() {
        begin_in_channel();
        chat::set_topic(&person(ALICE), text(64));
        for (i in 0..64) {
            let bytes = bcs::to_bytes(&ALICE);
            bytes[0] = (i as u8);
            chat::set_nickname(&person(aptos_std::from_bcs::to_address(bytes)), text(32));
        };
        for (i in 0..31) chat::post_message(&person(ALICE), text(1_000));
        chat::post_message(&person(ALICE), text(136));
        assert!(chat::dropped_for_test() == 0);
        let group = chat::group_bytes_for_test();
        assert!(group.length() > 36_000);
        assert!((settlement(0, 1).with_group(vector[], group).bytes().length() <= 61_440));
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = chat)]
    fun ch5_nobody_posts_on_the_chain() {
        begin();
        post(ALICE, b"hello");
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = chat)]
    fun ch5_nobody_edits_on_the_chain() {
        begin();
        chat::edit_message(&person(ALICE), 1, text(1));
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = chat)]
    fun ch5_nobody_deletes_on_the_chain() {
        begin();
        chat::delete_message(&person(ALICE), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = chat)]
    fun ch5_nobody_sets_a_nickname_on_the_chain() {
        begin();
        chat::set_nickname(&person(ALICE), text(1));
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = chat)]
    fun ch5_nobody_sets_the_title_on_the_chain() {
        begin();
        chat::set_topic(&person(ALICE), text(1));
    }

    // ---- Servers and groups

    #[test]
    fun ch6_anyone_opens_a_server_and_adds_groups() {
        begin();
        chat::open_server(&person(BOB));
        chat::create_group(&person(ALICE), BOB, string::utf8(b"Tea"));
        chat::create_group(&person(ALICE), BOB, string::utf8(b"Coffee"));
        assert!(chat::group_count(BOB) == 2 && chat::group_count(@chat) == 0);
        assert!(chat::group_session(BOB, 2).is_none());
        assert!(chat::group(BOB, 2).title_of_for_test() == string::utf8(b"Coffee"));
    }

    #[test]
    #[expected_failure(abort_code = 0x80008, location = chat)]
    fun ch6_there_is_one_server_at_an_address() {
        begin();
        chat::open_server(&person(@chat));
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = chat)]
    fun ch6_a_group_needs_a_server() {
        begin();
        chat::create_group(&person(ALICE), BOB, string::utf8(b"Tea"));
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = chat)]
    fun ch6_a_group_needs_a_title() {
        begin();
        chat::create_group(&person(ALICE), @chat, text(0));
    }

    #[test]
    #[expected_failure(abort_code = 0x60029, location = shelf)]
    fun ch6_a_group_that_was_not_created_is_not_there() {
        begin();
        chat::group(@chat, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60029, location = shelf)]
    fun ch6_a_group_that_was_not_created_is_not_lent() {
        begin();
        chat::group_session(@chat, 1);
    }

    // ---- Sessions

    #[test]
    fun ch7_a_session_borrows_the_group() {
        begin();
        chat::create_group(&person(ALICE), @chat, string::utf8(b"Tea"));
        chat::chat_session_create(&person(ALICE), @chat, 1, 100, 60_000, string::utf8(b"/dns4/relay"));
        assert!(chat::group_session(@chat, 1) == std::option::some(1));
        assert!(state_channel::get_label(1, string::utf8(b"relay")) == string::utf8(b"/dns4/relay"));
        assert!(
            state_channel::get_label(1, string::utf8(b"server_address"))
                == string::utf8(b"0x000000000000000000000000000000000000000000000000000000000000c4a7")
        );
        assert!(
            state_channel::get_label(1, string::utf8(b"settle_function"))
                == string::utf8(
                    b"0x000000000000000000000000000000000000000000000000000000000000c4a7::chat::chat_group_settlement"
                )
        );
        assert!(
            state_channel::get_label(1, string::utf8(b"settle_signed_function"))
                == labels::function_name(@chat, b"chat::chat_group_settlement_signed")
        );
        assert!(
            state_channel::get_label(1, string::utf8(b"prove_function"))
                == labels::function_name(@chat, b"chat::chat_prove_wrong")
        );
        let sessions = chat::sessions(@chat);
        assert!(sessions.length() == 1 && &sessions[0] == &chat::session(@chat, 1));
        // A lent group can still be read.
        assert!(chat::group(@chat, 1).title_of_for_test() == string::utf8(b"Tea"));
    }

    #[test]
    #[expected_failure(abort_code = 0x3002a, location = shelf)]
    fun ch7_a_group_is_lent_once() {
        begin();
        open_session_for_three();
        chat::chat_session_create(&person(BOB), @chat, 1, 0, 0, text(1));
    }

    #[test]
    #[expected_failure(abort_code = 0x60029, location = shelf)]
    fun ch7_only_a_group_is_lent() {
        begin();
        chat::chat_session_create(&person(BOB), @chat, 1, 0, 0, text(1));
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = chat)]
    fun ch7_only_a_server_lends() {
        begin();
        chat::chat_session_create(&person(BOB), BOB, 1, 0, 0, text(1));
    }

    #[test]
    fun ch7_one_transaction_creates_and_joins() {
        begin();
        open_session_for_three();
        assert!(state_channel::member_count(1) == 3);
        assert!(coin::balance<AptosCoin>(ALICE) == MONEY - 110);
        assert!(coin::balance<AptosCoin>(signer::address_of(&session(KEY_A))) == 10);
    }

    #[test]
    fun ch7_a_deposit_may_be_the_stake() {
        begin();
        open_session_for_three();
        staking::stake_coin_entry<AptosCoin>(&person(MALLORY), 150);
        chat::chat_session_join_with_shared_stake(&person(MALLORY), @chat, 1, KEY_D, 10);
        assert!(state_channel::member_count(1) == 4 && coin::balance<AptosCoin>(MALLORY) == MONEY - 160);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun ch7_and_joins_a_session_likewise() {
        begin();
        chat::chat_session_join_with_shared_stake(&person(MALLORY), @chat, 1, KEY_D, 10);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = chat)]
    fun ch7_joining_needs_a_server() {
        begin();
        open_session_for_three();
        chat::chat_session_join(&person(MALLORY), BOB, 1, KEY_A, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun ch7_joining_needs_a_session_of_that_server() {
        begin();
        open_session_for_three();
        chat::open_server(&person(BOB));
        chat::chat_session_join(&person(MALLORY), BOB, 1, KEY_A, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun ch7_a_session_is_shown_by_its_server() {
        begin();
        chat::session(@chat, 1);
    }

    #[test]
    fun ch7_the_lobby_lists_the_64_newest() {
        begin();
        for (i in 0..65) {
            chat::create_group(&person(ALICE), @chat, text(1));
            chat::chat_session_create(&person(ALICE), @chat, i + 1, 0, 0, text(1));
        };
        let sessions = chat::sessions(@chat);
        assert!(sessions.length() == 64);
        assert!(&sessions[0] == &chat::session(@chat, 65) && &sessions[63] == &chat::session(@chat, 2));
    }

    // ---- Settlement

    #[test]
    fun ch8_a_settlement_brings_the_talk_to_the_chain() {
        begin();
        open_session_for_three();
        let talk = talk_of(1);
        settle(settlement(0, 3).with_group(chain_group(), talk), 1);
        assert!(chain_group() == talk);
        // The next one starts from it.
        settle(settlement(3, 5).with_group(talk, talk_of(2)), 2);
        assert!(chain_group() == talk_of(2));
    }

    #[test]
    fun ch8_a_settlement_without_talk_changes_nothing() {
        begin();
        open_session_for_three();
        let before = chain_group();
        settle(settlement(0, 1), 1);
        assert!(chain_group() == before);
    }

    #[test]
    fun ch8_the_lobby_shows_the_settled_title() {
        begin();
        open_session_for_three();
        let group = encode(b"Coffee", vector[], vector[], 1, 0, 0);
        settle(settlement(0, 3).with_group(chain_group(), group), 1);
        assert!(chat::session(@chat, 1).title_for_test() == string::utf8(b"Coffee"));
    }

    #[test]
    #[expected_failure(abort_code = 0x1000c, location = settling)]
    fun ch8_a_settlement_starts_from_the_group_on_the_chain() {
        begin();
        open_session_for_three();
        settle(settlement(0, 3).with_group(talk_of(1), talk_of(2)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = settling)]
    fun ch8_a_group_does_not_come_into_being() {
        begin();
        open_session_for_three();
        settle(settlement(0, 3).with_op(OpData { new: vector[talk_of(1)], modify: vector[], delete: vector[] }), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = settling)]
    fun ch8_a_group_does_not_vanish() {
        begin();
        open_session_for_three();
        settle(settlement(0, 3).with_op(OpData { new: vector[], modify: vector[], delete: vector[true] }), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000e, location = chat)]
    fun ch8_nothing_follows_a_group() {
        begin();
        open_session_for_three();
        let talk = talk_of(1);
        talk.push_back(0);
        settle(settlement(0, 3).with_group(chain_group(), talk), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000f, location = chat)]
    fun ch8_a_settled_title_is_within_its_limit() {
        settle_group(encode(b"", vector[], vector[], 1, 0, 0));
    }

    #[test]
    #[expected_failure(abort_code = 0x1000f, location = chat)]
    fun ch8_a_settled_nickname_is_within_its_limit() {
        let profile = chat::profile_for_test(ALICE, text(33));
        settle_group(encode(b"Tea", vector[profile], vector[], 1, 0, 0));
    }

    #[test]
    #[expected_failure(abort_code = 0x1000f, location = chat)]
    fun ch8_settled_profiles_are_within_their_limit() {
        let profiles = vector[];
        for (i in 0..65) profiles.push_back(chat::profile_for_test(ALICE, text(1)));
        settle_group(encode(b"Tea", profiles, vector[], 1, 0, 0));
    }

    #[test]
    #[expected_failure(abort_code = 0x1000f, location = chat)]
    fun ch8_a_settled_message_is_within_its_limit() {
        let message = chat::message_for_test(1, ALICE, text(1_001), 0, false);
        settle_group(encode(b"Tea", vector[], vector[message], 2, 0, 1_052));
    }

    #[test]
    #[expected_failure(abort_code = 0x1000f, location = chat)]
    fun ch8_settled_messages_ascend() {
        let message = chat::message_for_test(1, ALICE, text(1), 0, false);
        settle_group(encode(b"Tea", vector[], vector[message, message], 2, 0, 104));
    }

    #[test]
    #[expected_failure(abort_code = 0x1000f, location = chat)]
    fun ch8_the_next_id_is_beyond_the_settled_messages() {
        let message = chat::message_for_test(1, ALICE, text(1), 0, false);
        settle_group(encode(b"Tea", vector[], vector[message], 1, 0, 52));
    }

    #[test]
    #[expected_failure(abort_code = 0x1000f, location = chat)]
    fun ch8_settled_bytes_are_counted_rightly() {
        let message = chat::message_for_test(1, ALICE, text(1), 0, false);
        settle_group(encode(b"Tea", vector[], vector[message], 2, 0, 51));
    }

    #[test]
    #[expected_failure(abort_code = 0x1000f, location = chat)]
    fun ch8_settled_messages_are_within_their_limit() {
        let messages = vector[];
        for (i in 0..32) messages.push_back(chat::message_for_test(i + 1, ALICE, text(1_000), 0, false));
        settle_group(encode(b"Tea", vector[], messages, 33, 0, 33_632));
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = channel)]
    fun ch8_a_settlement_needs_the_votes() {
        begin();
        open_session_for_three();
        propose(&person(ALICE), settlement(0, 3).with_group(chain_group(), talk_of(1)));
        chat::chat_group_settlement(&person(ALICE), 1, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6005b, location = state_channel)]
    fun ch8_a_settlement_is_of_a_channel() {
        begin();
        chat::chat_group_settlement(&person(ALICE), 1, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = op)]
    fun ch8_a_malformed_change_is_not_even_proposed() {
        begin();
        open_session_for_three();
        let op = OpData { new: vector[], modify: vector[talk_of(1)], delete: vector[] };
        propose(&person(ALICE), settlement(0, 3).with_op(op));
    }

    // ---- Settlement by signatures, and contests

    #[test]
    fun ch11_signatures_settle_without_votes() {
        begin();
        open_session_for_three();
        let signers = vector[ALICE, BOB];
        chat::chat_group_settlement_signed(&person(MALLORY), 1, settlement(0, 1).bytes(), signers, vector[SIGNED_A, SIGNED_B]);
        propose(&person(ALICE), settlement(1, 2));
    }

    #[test]
    #[expected_failure(abort_code = 0x50054, location = channel)]
    fun ch11_one_of_three_is_too_few() {
        begin();
        open_session_for_three();
        chat::chat_group_settlement_signed(&person(ALICE), 1, settlement(0, 1).bytes(), vector[ALICE], vector[SIGNED_A]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10053, location = channel)]
    fun ch11_the_signatures_are_of_this_settlement() {
        begin();
        open_session_for_three();
        let signers = vector[ALICE, BOB];
        chat::chat_group_settlement_signed(&person(ALICE), 1, settlement(0, 2).bytes(), signers, vector[SIGNED_A, SIGNED_B]);
    }

    #[test]
    fun ch13_a_settlement_of_one_of_three_can_be_contested_for_ten_seconds() {
        begin();
        open_session_for_three();
        propose_alone();
        pass_ms(10_000);
        chat::chat_group_settlement(&person(ALICE), 1, 1);
        assert!(chain_group() == talk_of(1));
    }

    #[test]
    #[expected_failure(abort_code = 0x3004f, location = channel)]
    fun ch13_and_is_not_executed_before() {
        begin();
        open_session_for_three();
        propose_alone();
        pass_ms(9_999);
        chat::chat_group_settlement(&person(ALICE), 1, 1);
    }

    #[test]
    fun ch13_who_asked_to_leave_goes_after_two_minutes() {
        begin();
        open_session_for_three();
        state_channel::request_leave_entry(&person(BOB), 1);
        pass_ms(120_000);
        state_channel::exit_entry(&person(BOB), 1);
        chat::chat_session_leave(&person(BOB), 1);
        assert!(coin::balance<AptosCoin>(BOB) == MONEY - 10);
    }

    #[test]
    fun ch13_members_say_that_they_live_only_when_they_are_asked() {
        begin();
        open_session_for_three();
        pass_ms(3_600_000);
        assert!(is_valid(ALICE) && is_valid(BOB) && is_valid(CAROL));
        state_channel::challenge_entry(&session(KEY_A), 1, BOB);
        state_channel::challenge_entry(&session(KEY_A), 1, CAROL);
        pass_ms(8_000);
        state_channel::keep_alive_entry(&session(KEY_B), 1, vector[], vector[]);
        assert!(is_valid(BOB) && is_valid(CAROL));
        pass_ms(1);
        assert!(is_valid(ALICE) && is_valid(BOB) && !is_valid(CAROL));
    }

    // ---- Replay: what a call gives when it is run again is what it gives in the channel

    #[test]
    fun ch12_what_is_run_again_is_what_the_channel_does() {
        begin_in_channel();
        let before = chat::group_bytes_for_test();
        post(ALICE, b"hello");
        let before = assert_same(before, b"post_message", vector[bcs::to_bytes(&b"hello")], ALICE);
        chat::edit_message(&person(ALICE), 1, string::utf8(b"hi"));
        let args = vector[bcs::to_bytes(&1u64), bcs::to_bytes(&b"hi")];
        let before = assert_same(before, b"edit_message", args, ALICE);
        chat::set_nickname(&person(BOB), string::utf8(b"Bob"));
        let before = assert_same(before, b"set_nickname", vector[bcs::to_bytes(&b"Bob")], BOB);
        chat::set_topic(&person(BOB), string::utf8(b"Coffee"));
        let before = assert_same(before, b"set_topic", vector[bcs::to_bytes(&b"Coffee")], BOB);
        chat::delete_message(&person(ALICE), 1);
        assert_same(before, b"delete_message", vector[bcs::to_bytes(&1u64)], ALICE);
    }

    #[test]
    fun ch12_room_is_made_likewise() {
        begin_in_channel();
        for (i in 0..31) chat::post_message(&person(ALICE), text(1_000));
        let before = chat::group_bytes_for_test();
        chat::post_message(&person(ALICE), text(1_000));
        assert_same(before, b"post_message", vector[bcs::to_bytes(&text(1_000))], ALICE);
        for (i in 0..8) chat::post_message(&person(ALICE), text(1_000));
        post(ALICE, b"short");
        before = chat::group_bytes_for_test();
        chat::edit_message(&person(ALICE), 41, text(1_000));
        let args = vector[bcs::to_bytes(&41u64), bcs::to_bytes(&text(1_000))];
        assert_same(before, b"edit_message", args, ALICE);
        assert!(chat::dropped_for_test() == 18);
    }

    #[test]
    fun ch12_what_is_refused_is_refused_again() {
        begin_in_channel();
        post(ALICE, b"hello");
        let nothing = vector[0u8];
        assert_refused(b"post_message", vector[nothing], ALICE, 0x10002);
        assert_refused(b"edit_message", vector[bcs::to_bytes(&1u64), nothing], ALICE, 0x10002);
        assert_refused(b"edit_message", vector[bcs::to_bytes(&1u64), bcs::to_bytes(&b"x")], BOB, 0x50006);
        assert_refused(b"edit_message", vector[bcs::to_bytes(&2u64), bcs::to_bytes(&b"x")], ALICE, 0x60005);
        assert_refused(b"delete_message", vector[bcs::to_bytes(&1u64)], BOB, 0x50006);
        assert_refused(b"delete_message", vector[bcs::to_bytes(&2u64)], ALICE, 0x60005);
        assert_refused(b"set_nickname", vector[nothing], ALICE, 0x10003);
        assert_refused(b"set_topic", vector[nothing], ALICE, 0x10004);
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun ch12_other_functions_are_not_run_again() {
        begin_in_channel();
        chat::run_again_for_test(chat::group_bytes_for_test(), b"open_server", vector[], ALICE, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun ch12_nor_with_other_arguments() {
        begin_in_channel();
        chat::run_again_for_test(chat::group_bytes_for_test(), b"set_topic", vector[], ALICE, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun ch12_nor_with_text_that_something_follows() {
        begin_in_channel();
        let args = vector[x"017800"];
        chat::run_again_for_test(chat::group_bytes_for_test(), b"set_topic", args, ALICE, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun ch12_nor_with_a_number_that_something_follows() {
        begin_in_channel();
        let args = vector[x"010000000000000000"];
        chat::run_again_for_test(chat::group_bytes_for_test(), b"delete_message", args, ALICE, 0);
    }

    // ---- The whole way

    #[test]
    fun ch9_a_session_from_lending_to_giving_back() {
        begin();
        open_session_for_three();
        state_channel::apply_leader_entry(&session(KEY_A), 1);
        let talk = talk_of(1);
        settle(settlement(0, 9).with_group(chain_group(), talk).with_leaving(vector[CAROL]), 1);
        chat::chat_session_leave(&person(CAROL), 1);
        assert!(coin::balance<AptosCoin>(CAROL) == MONEY - 10);

        state_channel::close_entry(&session(KEY_B), 1);
        propose(&session(KEY_A), settlement(9, 10).with_closing());
        state_channel::vote_proposal_entry(&session(KEY_B), 1, 2, 1);
        chat::chat_group_settlement(&session(KEY_A), 1, 2);
        chat::chat_session_close(&person(BOB), 1);
        chat::chat_session_leave(&person(ALICE), 1);
        chat::chat_session_leave(&person(BOB), 1);
        assert!(coin::balance<AptosCoin>(ALICE) == MONEY - 10 && coin::balance<AptosCoin>(BOB) == MONEY - 10);

        assert!(chat::sessions(@chat).is_empty() && chat::group_session(@chat, 1).is_none());
        assert!(chain_group() == talk);
        // And it can be lent again.
        chat::chat_session_create(&person(BOB), @chat, 1, 0, 0, text(1));
        assert!(chat::group_session(@chat, 1) == std::option::some(2));
    }

    #[test]
    #[expected_failure(abort_code = 0x3004b, location = channel)]
    fun ch9_a_session_with_members_is_not_closed() {
        begin();
        open_session_for_three();
        chat::chat_session_close(&person(ALICE), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun ch9_a_session_is_closed_once() {
        begin();
        chat::create_group(&person(ALICE), @chat, string::utf8(b"Tea"));
        chat::chat_session_create(&person(ALICE), @chat, 1, 0, 0, text(1));
        chat::chat_session_close(&person(ALICE), 1);
        chat::chat_session_close(&person(ALICE), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x3003a, location = rooch::membership)]
    fun ch9_nobody_leaves_without_a_settlement() {
        begin();
        open_session_for_three();
        chat::chat_session_leave(&person(BOB), 1);
    }

    // ---- Labels

    #[test]
    fun ch10_the_label_leads_back_to_the_server() {
        begin();
        chat::open_server(&person(BOB));
        chat::create_group(&person(ALICE), BOB, string::utf8(b"Tea"));
        chat::chat_session_create(&person(ALICE), BOB, 1, 0, 0, text(1));
        assert!(labels::server_of(1) == BOB);
        chat::chat_session_close(&person(ALICE), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun ch10_who_only_says_so_is_no_session() {
        begin();
        let config = state_channel::create_config(0);
        let config = labels::describe(config, @chat, string::utf8(b""), string::utf8(b""));
        let (cap, id) = state_channel::create<Forged, Forged, AptosCoin>(&person(MALLORY), Forged {}, config);
        chat::chat_session_close(&person(MALLORY), id);
        let Forged {} = state_channel::close<Forged>(&person(MALLORY), id, cap);
    }

    // ---- Helpers

    /// Alice opens a session on a new group and joins; Bob and Carol join: channel 1, group 1, stake 100, 10 octas of gas each.
    /// Of Alice, Bob and Carol.
    public fun begin_session() {
        begin();
        open_session_for_three();
    }

    fun open_session_for_three() {
        chat::chat_session_create_and_join(
            &person(ALICE),
            @chat,
            string::utf8(b"Tea"),
            100,
            60_000,
            string::utf8(b"/dns4/relay"),
            KEY_A,
            10
        );
        chat::chat_session_join(&person(BOB), @chat, 1, KEY_B, 10);
        chat::chat_session_join(&person(CAROL), @chat, 1, KEY_C, 10);
    }

    fun propose(proposer: &signer, data: SettlementData) {
        state_channel::create_proposal_entry(proposer, 1, 1, data.bytes());
    }

    /// Alice proposes, Bob agrees, Alice executes.
    fun settle(data: SettlementData, proposal_id: u64) {
        propose(&session(KEY_A), data);
        state_channel::vote_proposal_entry(&session(KEY_B), 1, proposal_id, 1);
        chat::chat_group_settlement(&session(KEY_A), 1, proposal_id);
    }

    fun is_valid(member: address): bool {
        state_channel::member(1, member).is_valid_for_test()
    }

    /// Bob and Carol did not answer; Alice proposes.
    fun propose_alone() {
        pass_ms(8_001);
        state_channel::challenge_entry(&session(KEY_A), 1, BOB);
        state_channel::challenge_entry(&session(KEY_A), 1, CAROL);
        pass_ms(8_001);
        propose(&session(KEY_A), settlement(0, 3).with_group(chain_group(), talk_of(1)));
    }

    fun pass_ms(duration_ms: u64) {
        timestamp::update_global_time_for_test(timestamp::now_microseconds() + duration_ms * 1000);
    }

    /// The call gives, from this group, the one that there is now. Returns that.
    fun assert_same(
        before: vector<u8>, name: vector<u8>, args: vector<vector<u8>>, sender: address
    ): vector<u8> {
        let (refusal, after) = chat::run_again_for_test(before, name, args, sender, 5_000);
        assert!(refusal == 0 && after == chat::group_bytes_for_test());
        after
    }

    fun assert_refused(name: vector<u8>, args: vector<vector<u8>>, sender: address, code: u64) {
        let before = chat::group_bytes_for_test();
        let (refusal, after) = chat::run_again_for_test(before, name, args, sender, 5_000);
        assert!(refusal == code && after == before);
    }

    fun settle_group(group: vector<u8>) {
        begin();
        open_session_for_three();
        settle(settlement(0, 3).with_group(chain_group(), group), 1);
    }

    fun chain_group(): vector<u8> {
        chat::chain_bytes_for_test(@chat, 1)
    }

    /// A group with one profile and so many messages, in BCS.
    fun talk_of(count: u64): vector<u8> {
        let messages = vector[];
        for (i in 0..count) {
            messages.push_back(chat::message_for_test(i + 1, ALICE, string::utf8(b"hello"), 5_000, false));
        };
        let profile = chat::profile_for_test(ALICE, string::utf8(b"Alice"));
        encode(b"Tea", vector[profile], messages, count + 1, 0, count * 56)
    }

    /// The layout of a `ChatGroup`, with every field free to be wrong.
    fun encode(
        title: vector<u8>,
        profiles: vector<chat::Profile>,
        messages: vector<chat::Message>,
        next_id: u64,
        dropped: u64,
        messages_bytes: u64
    ): vector<u8> {
        let bytes = bcs::to_bytes(&title);
        bytes.append(bcs::to_bytes(&profiles));
        bytes.append(bcs::to_bytes(&messages));
        bytes.append(bcs::to_bytes(&next_id));
        bytes.append(bcs::to_bytes(&dropped));
        bytes.append(bcs::to_bytes(&messages_bytes));
        bytes
    }

    struct OpData has copy, drop {
        new: vector<vector<u8>>,
        modify: vector<vector<u8>>,
        delete: vector<bool>
    }

    struct TypeChangeData has copy, drop {
        type_name: vector<u8>,
        op: OpData
    }

    struct AccountChangesData has copy, drop {
        account: address,
        changes: vector<TypeChangeData>
    }

    struct SettlementData has copy, drop {
        from_height: u64,
        to_height: u64,
        change_sets: vector<AccountChangesData>,
        table_changes: vector<u8>,
        leaving: vector<address>,
        closing: bool,
        state_root: vector<u8>,
        history_hash: vector<u8>
    }

    fun settlement(from_height: u64, to_height: u64): SettlementData {
        SettlementData {
            from_height,
            to_height,
            change_sets: vector[],
            table_changes: vector[],
            leaving: vector[],
            closing: false,
            state_root: hash::sha3_256(b"root"),
            history_hash: hash::sha3_256(b"history")
        }
    }

    fun with_op(self: SettlementData, op: OpData): SettlementData {
        self.change_sets = vector[
            AccountChangesData { account: @chat, changes: vector[TypeChangeData { type_name: GROUP_TYPE, op }] }
        ];
        self
    }

    fun with_group(self: SettlementData, old: vector<u8>, new: vector<u8>): SettlementData {
        self.with_op(OpData { new: vector[], modify: vector[hash::sha3_256(old), new], delete: vector[] })
    }

    fun with_leaving(self: SettlementData, leaving: vector<address>): SettlementData {
        self.leaving = leaving;
        self
    }

    fun with_closing(self: SettlementData): SettlementData {
        self.closing = true;
        self
    }

    fun bytes(self: &SettlementData): vector<u8> {
        bcs::to_bytes(self)
    }
}
