#[test_only]
/// Writing in the channel: alone, at once with others, and run again.
module editor::writing_test {
    use std::bcs;
    use std::string;
    use aptos_framework::account;
    use aptos_framework::timestamp;
    use editor::editor;
    use channel_app::rerun;
    use editor::piece::{Self, Piece};

    const ALICE: address = @0xa11ce;
    const BOB: address = @0xb0b;
    const CAROL: address = @0xca401;

    fun begin(text: vector<u8>) {
        timestamp::set_time_has_started_for_testing(&person(@aptos_framework));
        editor::place_document_for_test(&person(@editor), string::utf8(b"Notes"), string::utf8(text));
    }

    fun person(account: address): signer {
        account::create_signer_for_test(account)
    }

    fun bytes(length: u64): vector<u8> {
        let bytes = vector[];
        for (i in 0..length) bytes.push_back(97 + ((i % 26) as u8));
        bytes
    }

    fun edit(author: address, piece: u64, version: u64, at: u64, removed: u64, text: vector<u8>) {
        editor::edit(&person(author), piece, version, at, removed, string::utf8(text));
    }

    /// The same where the present version is seen.
    fun edit_now(author: address, piece: u64, at: u64, removed: u64, text: vector<u8>) {
        edit(author, piece, editor::piece_for_test(piece).version(), at, removed, text);
    }

    fun text(): vector<u8> {
        *editor::text_for_test().bytes()
    }

    fun assert_text(expected: vector<u8>) {
        assert!(text() == expected, 900);
        assert_lawful();
    }

    /// The pieces hang together, none is too long, none could be joined to the next, and the head says what they come to.
    fun assert_lawful() {
        let head = editor::head_for_test();
        let (length, count, previous, previous_length) = (0, 0, 0, 0);
        let id = 1;
        while (id > 0) {
            let piece = editor::piece_for_test(id);
            piece::assert_lawful_for_test(bcs::to_bytes(&piece));
            assert!(!piece.is_gone() && piece.previous() == previous && id < head.next_piece_id(), 901);
            if (previous > 0) {
                assert!(piece.length() > 0 && previous_length > 0 && piece.length() + previous_length > 256, 902);
            };
            length += piece.length();
            count += 1;
            previous = id;
            previous_length = piece.length();
            id = piece.next();
        };
        assert!(head.length() == length && head.piece_count() == count, 903);
        let gone = head.gone();
        assert!((gone.length() <= 32), 904);
        for (i in 0..gone.length()) {
            let piece = editor::piece_for_test(gone[i]);
            piece::assert_lawful_for_test(bcs::to_bytes(&piece));
            assert!(piece.is_gone(), 905);
        };
        // Nothing else is kept.
        let kept = 0;
        for (i in 1..head.next_piece_id()) if (editor::has_piece_for_test(i)) kept += 1;
        assert!(kept == count + gone.length(), 906);
    }

    // ---- E1: edits

    #[test]
    fun e1_text_is_put_in_and_taken_out() {
        begin(b"");
        edit(ALICE, 1, 1, 0, 0, b"Hello world");
        edit(BOB, 1, 2, 5, 0, b",");
        edit(BOB, 1, 3, 12, 0, b"!");
        assert_text(b"Hello, world!");
        assert!(editor::piece_for_test(1).author() == BOB);
        edit(ALICE, 1, 4, 0, 7, b"");
        assert_text(b"world!");
        edit(ALICE, 1, 5, 0, 5, b"World");
        assert_text(b"World!");
        assert!(editor::head_for_test().edits() == 5 && editor::piece_for_test(1).author() == ALICE);
    }

    #[test]
    fun e1_all_can_go() {
        begin(b"all");
        edit(ALICE, 1, 1, 0, 3, b"");
        assert_text(b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x10029, location = editor)]
    fun e1_an_edit_does_something() {
        begin(b"text");
        edit(ALICE, 1, 1, 0, 0, b"");
    }

    #[test]
    fun e1_504_bytes_go_in_at_once() {
        begin(b"");
        edit(ALICE, 1, 1, 0, 0, bytes(504));
        assert_text(bytes(504));
    }

    #[test]
    #[expected_failure(abort_code = 0x10029, location = editor)]
    fun e1_but_not_505() {
        begin(b"");
        edit(ALICE, 1, 1, 0, 0, bytes(505));
    }

    #[test]
    #[expected_failure(abort_code = 0x6002a, location = editor)]
    fun e1_an_edit_is_of_a_piece() {
        begin(b"text");
        edit(ALICE, 2, 1, 0, 1, b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x1002c, location = editor)]
    fun e1_nobody_saw_a_later_version() {
        begin(b"text");
        edit(ALICE, 1, 2, 0, 1, b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x2002d, location = editor)]
    fun e1_nothing_is_put_behind_the_end() {
        begin(b"text");
        edit(ALICE, 1, 1, 5, 0, b"x");
    }

    #[test]
    #[expected_failure(abort_code = 0x2002d, location = editor)]
    fun e1_nothing_is_taken_from_behind_the_end() {
        begin(b"text");
        edit(ALICE, 1, 1, 3, 2, b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x2002d, location = editor)]
    fun e1_positions_are_small() {
        begin(b"text");
        edit(ALICE, 1, 1, 18446744073709551615, 1, b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x2002d, location = editor)]
    fun e1_lengths_are_small() {
        begin(b"text");
        edit(ALICE, 1, 1, 1, 18446744073709551615, b"");
    }

    // Whether a piece is that long is looked at once it is there.

    #[test]
    #[expected_failure(abort_code = 0x6002a, location = editor)]
    fun e1_a_position_within_the_longest_piece_is_looked_for() {
        begin(b"text");
        edit(ALICE, 9, 1, 1016, 1, b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x2002d, location = editor)]
    fun e1_a_position_behind_it_is_not() {
        begin(b"text");
        edit(ALICE, 9, 1, 1017, 1, b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x6002a, location = editor)]
    fun e1_a_length_of_the_longest_piece_is_looked_for() {
        begin(b"text");
        edit(ALICE, 9, 1, 0, 1016, b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x2002d, location = editor)]
    fun e1_a_longer_one_is_not() {
        begin(b"text");
        edit(ALICE, 9, 1, 0, 1017, b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = editor)]
    fun e1_nobody_edits_on_the_chain() {
        edit(ALICE, 1, 1, 0, 0, b"x");
    }

    // ---- E2: characters

    #[test]
    fun e2_characters_of_many_bytes() {
        // "a", e with acute, euro, a smile: 1 + 2 + 3 + 4 bytes.
        begin(x"61c3a9e282acf09f9880");
        edit(ALICE, 1, 1, 3, 3, b"");
        assert_text(x"61c3a9f09f9880");
        edit(ALICE, 1, 2, 3, 0, x"e282ac");
        assert_text(x"61c3a9e282acf09f9880");
    }

    #[test]
    #[expected_failure(abort_code = 0x1002e, location = editor)]
    fun e2_nothing_is_put_into_a_character() {
        begin(x"61c3a9e282acf09f9880");
        edit(ALICE, 1, 1, 2, 0, b"x");
    }

    #[test]
    #[expected_failure(abort_code = 0x1002e, location = editor)]
    fun e2_no_character_is_cut_at_its_start() {
        begin(x"61c3a9e282acf09f9880");
        edit(ALICE, 1, 1, 7, 3, b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x1002e, location = editor)]
    fun e2_no_character_is_cut_at_its_end() {
        begin(x"61c3a9e282acf09f9880");
        edit(ALICE, 1, 1, 0, 2, b"");
    }

    #[test]
    fun e2_pieces_split_between_characters() {
        begin(b"");
        // Characters of four bytes, moved along by zero to three bytes.
        for (shift in 0..4) {
            let first = bytes(shift);
            for (i in 0..125) first.append(x"f09f9880");
            let more = vector[];
            for (i in 0..126) more.append(x"f09f9880");
            edit_now(ALICE, 1, 0, 0, first);
            edit_now(BOB, 1, first.length(), 0, more);
            first.append(more);
            assert_text(first);
            let head = editor::head_for_test();
            assert!(head.piece_count() > 1);
            // Clear it for the next round.
            while (editor::head_for_test().length() > 0) {
                let piece = editor::piece_for_test(1);
                edit_now(BOB, 1, 0, piece.length(), b"");
            };
            assert_text(b"");
        }
    }

    // ---- E3: pieces

    #[test]
    fun e3_a_long_piece_splits_in_two() {
        begin(b"");
        edit_now(ALICE, 1, 0, 0, bytes(504));
        edit_now(ALICE, 1, 0, 0, bytes(9));
        assert!(editor::head_for_test().piece_count() == 2);
        let whole = bytes(9);
        whole.append(bytes(504));
        assert_text(whole);
        assert!(editor::piece_for_test(1).length() == 256 && editor::piece_for_test(2).length() == 257);
    }

    #[test]
    fun e3_512_bytes_are_one_piece() {
        begin(b"");
        edit_now(ALICE, 1, 0, 0, bytes(504));
        edit_now(ALICE, 1, 0, 0, bytes(8));
        assert!(editor::head_for_test().piece_count() == 1);
        assert_lawful();
    }

    #[test]
    fun e3_a_piece_in_the_middle_splits() {
        begin(bytes(1_152));
        assert!(editor::head_for_test().piece_count() == 3);
        edit_now(ALICE, 2, 100, 0, bytes(200));
        assert!(editor::head_for_test().piece_count() == 4);
        assert!(editor::piece_for_test(3).previous() == 4 && editor::piece_for_test(2).next() == 4);
        assert_lawful();
    }

    #[test]
    fun e3_short_neighbours_join() {
        begin(bytes(1_152));
        edit_now(ALICE, 2, 0, 256, b"");
        // 384 and 128 bytes: too much for one.
        assert!(editor::head_for_test().piece_count() == 3);
        edit_now(ALICE, 1, 0, 256, b"");
        assert!(editor::head_for_test().piece_count() == 2 && editor::head_for_test().gone() == vector[2]);
        assert!(editor::piece_for_test(1).next() == 3 && editor::piece_for_test(3).previous() == 1);
        assert_lawful();
    }

    #[test]
    fun e3_neighbours_of_257_bytes_do_not_join() {
        begin(bytes(1_152));
        edit_now(ALICE, 2, 0, 256, b"");
        edit_now(ALICE, 1, 0, 255, b"");
        assert!(editor::head_for_test().piece_count() == 3);
        // Of 256 they do.
        edit_now(ALICE, 1, 0, 1, b"");
        assert!(editor::head_for_test().piece_count() == 2);
        assert_lawful();
    }

    #[test]
    fun e3_an_empty_piece_goes_into_either_neighbour() {
        begin(bytes(1_152));
        edit_now(ALICE, 3, 0, 384, b"");
        assert!(editor::head_for_test().gone() == vector[3]);
        edit_now(ALICE, 1, 0, 384, b"");
        assert!(editor::head_for_test().gone() == vector[3, 2] && editor::piece_for_test(1).next() == 0);
        assert_lawful();
    }

    #[test]
    fun e3_a_piece_joins_both_neighbours() {
        begin(bytes(1_152));
        edit_now(ALICE, 1, 0, 284, b"");
        edit_now(ALICE, 3, 0, 284, b"");
        assert!(editor::head_for_test().piece_count() == 3);
        edit_now(ALICE, 2, 0, 334, b"");
        assert!(editor::head_for_test().piece_count() == 1 && editor::head_for_test().length() == 250);
        assert_lawful();
    }

    #[test]
    fun e3_the_33rd_piece_that_is_gone_makes_the_first_forgotten() {
        begin(bytes(384 * 40));
        for (i in 0..33) edit_now(ALICE, 1, 0, editor::piece_for_test(1).length(), b"");
        assert!(!editor::has_piece_for_test(2) && editor::has_piece_for_test(3));
        assert!(editor::head_for_test().gone().length() == 32);
        assert_lawful();
        assert!(editor::refusal_for_test(BOB, 2, 1, 0, 1, string::utf8(b"")) == 0x6002a);
        assert!(editor::refusal_for_test(BOB, 34, 1, 0, 1, string::utf8(b"")) == 0);
    }

    #[test]
    fun e3_an_edit_of_a_megabyte_touches_what_an_edit_of_a_line_does() {
        begin(b"line");
        let (_, ids, _, _, document) = editor::edit_again_for_test(ALICE, args(1, 1, 2, 1, b"x"));
        assert!(ids == vector[1]);
        let small = document.length();
        edit_now(ALICE, 1, 0, 4, b"");
        for (i in 0..40) {
            let last = last_piece();
            edit_now(ALICE, last, editor::piece_for_test(last).length(), 0, bytes(504));
        };
        assert!(editor::head_for_test().length() == 20_160);
        let (_, ids, _, _, document) = editor::edit_again_for_test(ALICE, args(20, 1, 2, 1, b"x"));
        assert!(ids == vector[20] && document.length() == small);
        assert_lawful();
    }

    fun last_piece(): u64 {
        let id = 1;
        loop {
            let next = editor::piece_for_test(id).next();
            if (next == 0) return id;
            id = next;
        }
    }

    #[test]
    fun e3_the_title_is_set() {
        begin(b"");
        editor::set_title(&person(BOB), string::utf8(b"Letter"));
        assert!(editor::head_for_test().title() == string::utf8(b"Letter"));
        editor::set_title(&person(BOB), string::utf8(bytes(128)));
    }

    #[test]
    #[expected_failure(abort_code = 0x10015, location = editor)]
    fun e3_a_title_is_not_empty() {
        begin(b"");
        editor::set_title(&person(BOB), string::utf8(b""));
    }

    #[test]
    #[expected_failure(abort_code = 0x10015, location = editor)]
    fun e3_a_title_is_not_too_long() {
        begin(b"");
        editor::set_title(&person(BOB), string::utf8(bytes(129)));
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = editor)]
    fun e3_nobody_sets_the_title_on_the_chain() {
        editor::set_title(&person(BOB), string::utf8(b"Letter"));
    }

    #[test]
    #[expected_failure(abort_code = 0x9002f, location = editor)]
    fun e3_a_document_has_up_to_four_megabytes() {
        begin(b"text");
        editor::set_length_for_test(4_194_303);
        edit(ALICE, 1, 1, 0, 0, b"xx");
    }

    #[test]
    fun e3_and_not_less() {
        begin(b"text");
        editor::set_length_for_test(4_194_302);
        edit(ALICE, 1, 1, 0, 0, b"xx");
    }

    // ---- E4: at once

    #[test]
    fun e4_two_write_in_different_places() {
        begin(b"one two three");
        edit(ALICE, 1, 1, 3, 0, b" and a half");
        edit(BOB, 1, 1, 8, 5, b"four");
        assert_text(b"one and a half two four");
    }

    #[test]
    fun e4_two_write_in_one_place() {
        begin(b"()");
        edit(ALICE, 1, 1, 1, 0, b"alice");
        edit(BOB, 1, 1, 1, 0, b"bob");
        assert_text(b"(alicebob)");
    }

    #[test]
    fun e4_what_another_put_into_a_removed_stretch_stays() {
        begin(b"0123456789");
        edit(ALICE, 1, 1, 5, 0, b"alice");
        edit(BOB, 1, 1, 2, 6, b"bob");
        assert_text(b"01bobalice89");
    }

    #[test]
    fun e4_what_two_remove_is_removed_once() {
        begin(b"0123456789");
        edit(ALICE, 1, 1, 2, 4, b"");
        edit(BOB, 1, 1, 4, 4, b"");
        assert_text(b"0189");
        // All of it was gone: nothing happens.
        edit(CAROL, 1, 1, 3, 4, b"");
        assert_text(b"0189");
        assert!(editor::head_for_test().edits() == 3);
    }

    #[test]
    fun e4_a_stretch_around_what_another_removed() {
        begin(b"0123456789");
        edit(ALICE, 1, 1, 4, 2, b"");
        edit(BOB, 1, 1, 2, 6, b"");
        assert_text(b"0189");
    }

    #[test]
    fun e4_before_within_and_behind_what_another_replaced() {
        begin(b"[word]");
        edit(ALICE, 1, 1, 1, 4, b"text");
        edit(BOB, 1, 1, 1, 0, b"<");
        edit(BOB, 1, 1, 5, 0, b">");
        assert_text(b"[<text>]");
        edit(CAROL, 1, 1, 3, 0, b"*");
        assert_text(b"[<text>*]");
    }

    #[test]
    fun e4_a_place_in_a_piece_that_split() {
        begin(bytes(384));
        edit(ALICE, 1, 1, 0, 0, bytes(200));
        assert!(editor::head_for_test().piece_count() == 2);
        edit(BOB, 1, 1, 0, 0, b"<");
        edit(BOB, 1, 1, 384, 0, b">");
        edit(CAROL, 1, 1, 92, 0, b"|");
        let expected = bytes(200);
        expected.append(b"<");
        let old = bytes(384);
        expected.append(old.slice(0, 92));
        expected.append(b"|");
        expected.append(old.slice(92, 384));
        expected.append(b">");
        assert_text(expected);
    }

    #[test]
    fun e4_a_stretch_across_a_split() {
        begin(bytes(384));
        edit(ALICE, 1, 1, 384, 0, bytes(200));
        assert!(editor::piece_for_test(1).length() == 292);
        edit(BOB, 1, 1, 280, 40, b"bob");
        let expected = bytes(280);
        expected.append(b"bob");
        let old = bytes(384);
        expected.append(old.slice(320, 384));
        expected.append(bytes(200));
        assert_text(expected);
        // And one wholly behind it.
        edit(CAROL, 1, 1, 300, 84, b"");
        let expected = bytes(280);
        expected.append(b"bob");
        expected.append(bytes(200));
        assert_text(expected);
    }

    #[test]
    fun e4_a_stretch_of_a_piece_that_moved() {
        begin(bytes(768));
        edit(ALICE, 1, 1, 0, 300, b"");
        edit(ALICE, 2, 1, 300, 84, b"");
        edit(ALICE, 2, 2, 0, 200, b"");
        assert!(editor::head_for_test().gone() == vector[2]);
        // Bytes 384 + 210 to 384 + 220 of the text at first: 84 bytes of the first piece are left, and 100 of the second.
        edit(BOB, 2, 1, 210, 10, b"bob");
        let old = bytes(768);
        let expected = old.slice(300, 384);
        expected.append(old.slice(584, 594));
        expected.append(b"bob");
        expected.append(old.slice(604, 684));
        assert_text(expected);
        edit(CAROL, 1, 1, 384, 0, b"carol");
        let expected = old.slice(300, 384);
        expected.append(b"carol");
        expected.append(old.slice(584, 594));
        expected.append(b"bob");
        expected.append(old.slice(604, 684));
        assert_text(expected);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002a, location = editor)]
    fun e4_nobody_edits_a_piece_that_it_saw_gone() {
        begin(bytes(768));
        edit(ALICE, 1, 1, 0, 384, b"");
        edit(BOB, 2, 2, 0, 1, b"");
    }

    #[test]
    fun e4_24_changes_later_an_edit_is_carried_over() {
        begin(b"end");
        for (i in 0..24) edit_now(ALICE, 1, 0, 0, b"a");
        edit(BOB, 1, 1, 3, 0, b"!");
        assert_text(b"aaaaaaaaaaaaaaaaaaaaaaaaend!");
    }

    #[test]
    #[expected_failure(abort_code = 0x3002b, location = editor)]
    fun e4_25_changes_later_it_is_refused() {
        begin(b"end");
        for (i in 0..25) edit_now(ALICE, 1, 0, 0, b"a");
        edit(BOB, 1, 1, 3, 0, b"!");
    }

    #[test]
    fun e4_a_stretch_in_eight_parts() {
        begin(bytes(40));
        for (i in 0..7) edit(ALICE, 1, 1, 5 + 2 * i, 0, b"-");
        edit(BOB, 1, 1, 0, 40, b"");
        assert_text(b"-------");
    }

    #[test]
    #[expected_failure(abort_code = 0x30030, location = editor)]
    fun e4_a_stretch_in_nine_parts_is_refused() {
        begin(bytes(40));
        for (i in 0..8) edit(ALICE, 1, 1, 5 + 2 * i, 0, b"-");
        edit(BOB, 1, 1, 0, 40, b"");
    }

    // ---- E4: in every order

    /// The n-th order of three.
    fun order(n: u64): vector<u64> {
        let orders = vector[
            vector[0, 1, 2], vector[0, 2, 1], vector[1, 0, 2], vector[1, 2, 0], vector[2, 0, 1], vector[2, 1, 0]
        ];
        orders[n]
    }

    /// Three people edit what all of them saw as version 1: one puts in before, one replaces, one takes out behind.
    fun three_apart(n: u64) {
        begin(b"The quick brown fox");
        let order = order(n);
        for (i in 0..3) {
            if (order[i] == 0) edit(ALICE, 1, 1, 4, 0, b"very ")
            else if (order[i] == 1) edit(BOB, 1, 1, 10, 5, b"red")
            else edit(CAROL, 1, 1, 15, 4, b"");
        };
        assert_text(b"The very quick red");
    }

    #[test]
    fun e4_three_apart_order_0() { three_apart(0) }
    #[test]
    fun e4_three_apart_order_1() { three_apart(1) }
    #[test]
    fun e4_three_apart_order_2() { three_apart(2) }
    #[test]
    fun e4_three_apart_order_3() { three_apart(3) }
    #[test]
    fun e4_three_apart_order_4() { three_apart(4) }
    #[test]
    fun e4_three_apart_order_5() { three_apart(5) }

    /// Overlapping, and with splits and joins: what comes out depends on who is heard first, but nothing that somebody wrote is lost, and what somebody
    /// removed does not come back.
    fun three_across(n: u64) {
        begin(bytes(768));
        let order = order(n);
        for (i in 0..3) {
            if (order[i] == 0) {
                // Version by version: every edit of one author follows its own.
                edit(ALICE, 1, 1, 100, 0, big(65));
                assert_lawful();
            } else if (order[i] == 1) {
                edit(BOB, 1, 1, 50, 300, b"BOB");
                assert_lawful();
                edit(BOB, 2, 1, 0, 384, b"");
                assert_lawful();
            } else {
                edit(CAROL, 1, 1, 340, 44, b"CAROL");
                assert_lawful();
                edit(CAROL, 2, 1, 10, 0, b"NEXT");
                assert_lawful();
            }
        };
        let text = editor::text_for_test();
        assert!(text.length() == 50 + 200 + 3 + 5 + 4);
        assert!((text.index_of(&string::utf8(b"BOB")) < text.length()));
        assert!((text.index_of(&string::utf8(b"CAROL")) < text.length()));
        assert!((text.index_of(&string::utf8(b"NEXT")) < text.length()));
        assert!((text.index_of(&string::utf8(big(65))) < text.length()));
        assert!(text.sub_string(0, 50) == string::utf8(bytes(50)));
    }

    fun big(byte: u8): vector<u8> {
        let bytes = vector[];
        for (i in 0..200) bytes.push_back(byte);
        bytes
    }

    #[test]
    fun e4_three_across_order_0() { three_across(0) }
    #[test]
    fun e4_three_across_order_1() { three_across(1) }
    #[test]
    fun e4_three_across_order_2() { three_across(2) }
    #[test]
    fun e4_three_across_order_3() { three_across(3) }
    #[test]
    fun e4_three_across_order_4() { three_across(4) }
    #[test]
    fun e4_three_across_order_5() { three_across(5) }

    /// Three people who see the document a while late, at random places: every step leaves a lawful document, and is the same when it is run again.
    fun at_random(seed: u64, steps: u64) {
        begin(bytes(900));
        let (ids, versions, lengths) = (vector[], vector[], vector[]);
        let done = 0;
        for (step in 0..steps) {
            // What somebody sees now, and will edit up to eight steps later.
            let head = editor::head_for_test();
            seed = next(seed);
            let id = 1;
            for (i in 0..(seed % head.piece_count())) id = editor::piece_for_test(id).next();
            let piece = editor::piece_for_test(id);
            ids.push_back(id);
            versions.push_back(piece.version());
            lengths.push_back(piece.length());
            seed = next(seed);
            let late = seed % 8;
            let seen = if (late > step) step else step - late;
            seed = next(seed);
            let at = seed % (lengths[seen] + 1);
            seed = next(seed);
            let removed = seed % (lengths[seen] - at + 1);
            seed = next(seed);
            let inserted = bytes(seed % 300);
            let author = vector[ALICE, BOB, CAROL][step % 3];
            let text = string::utf8(inserted);
            let refusal = editor::refusal_for_test(author, ids[seen], versions[seen], at, removed, text);
            let (again, changed, pieces, forgotten, document) =
                editor::edit_again_for_test(author, args(ids[seen], versions[seen], at, removed, inserted));
            assert!(again == refusal, 910);
            if (refusal == 0) {
                edit(author, ids[seen], versions[seen], at, removed, inserted);
                done += 1;
                assert_lawful();
                assert_left(changed, pieces, forgotten, document);
            }
        };
        assert!(done > steps * 3 / 4, 911);
    }

    fun next(seed: u64): u64 {
        (seed * 1103515245 + 12345) % 2147483648
    }

    fun assert_left(ids: vector<u64>, pieces: vector<Piece>, forgotten: vector<u64>, document: vector<u8>) {
        for (i in 0..ids.length()) assert!(editor::piece_for_test(ids[i]) == pieces[i], 912);
        for (i in 0..forgotten.length()) assert!(!editor::has_piece_for_test(forgotten[i]), 913);
        assert!(editor::document_bytes_for_test() == document, 914);
    }

    #[test]
    fun e4_at_random_1() { at_random(1, 60) }
    #[test]
    fun e4_at_random_2() { at_random(20_261_122, 60) }
    #[test]
    fun e4_at_random_3() { at_random(77_777, 60) }
    #[test]
    fun e4_at_random_4() { at_random(424_242, 60) }

    // ---- E5: run again

    fun args(piece: u64, version: u64, at: u64, removed: u64, text: vector<u8>): vector<vector<u8>> {
        vector[
            bcs::to_bytes(&piece), bcs::to_bytes(&version), bcs::to_bytes(&at), bcs::to_bytes(&removed), bcs::to_bytes(&text)
        ]
    }

    #[test]
    fun e5_what_is_run_again_is_what_the_channel_does() {
        begin(bytes(384));
        let (refusal, ids, pieces, forgotten, document) = editor::edit_again_for_test(ALICE, args(1, 1, 10, 5, bytes(300)));
        assert!(refusal == 0 && ids == vector[1, 2]);
        edit(ALICE, 1, 1, 10, 5, bytes(300));
        assert_left(ids, pieces, forgotten, document);
    }

    #[test]
    fun e5_what_is_refused_is_refused_again() {
        begin(b"text");
        assert_refused(args(1, 1, 0, 0, b""), 0x10029);
        assert_refused(args(2, 1, 0, 1, b""), 0x6002a);
        assert_refused(args(1, 2, 0, 1, b""), 0x1002c);
        assert_refused(args(1, 1, 5, 0, b"x"), 0x2002d);
    }

    fun assert_refused(args: vector<vector<u8>>, code: u64) {
        let (refusal, _, _, _, _) = editor::edit_again_for_test(ALICE, args);
        assert!(refusal == code);
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun e5_not_with_too_few_arguments() {
        begin(b"text");
        let args = args(1, 1, 0, 1, b"");
        args.pop_back();
        editor::edit_again_for_test(ALICE, args);
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun e5_nor_with_arguments_that_something_follows() {
        begin(b"text");
        let args = args(1, 1, 0, 1, b"");
        args[4] = x"0000";
        editor::edit_again_for_test(ALICE, args);
    }
}
