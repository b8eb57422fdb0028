#[test_only]
/// Shelves, and a session on the chain from lending the document to giving it back.
module editor::session_test {
    use std::bcs;
    use std::hash;
    use std::option;
    use std::string::{Self, String};
    use aptos_framework::account;
    use aptos_framework::aptos_coin::{Self, AptosCoin};
    use aptos_framework::chain_id;
    use aptos_framework::coin;
    use aptos_framework::event;
    use aptos_framework::timestamp;
    use channel_app::items;
    use channel_app::labels;
    use channel_app::shelf;
    use editor::editor::{
        Self,
        DocumentCreated,
        DocumentEdited,
        SessionClosed,
        SessionOpened,
        SessionSettled,
        ShelfOpened,
        TitleSet
    };
    use editor::head;
    use editor::pages;
    use editor::piece;
    use editor::settling;
    use rooch::channel;
    use rooch::membership;
    use rooch::staking;
    use rooch::state_channel::{Self, SettleCap};

    const ALICE: address = @0xa11ce;
    const BOB: address = @0xb0b;
    const CAROL: address = @0xca401;
    const MALLORY: address = @0xbad;
    const MONEY: u64 = 300_000_000;
    const DOCUMENT_TYPE: vector<u8> =
        b"0xed17000000000000000000000000000000000000000000000000000000000001::editor::Document";

    const KEY_A: vector<u8> = x"aa6ff606677d639dbba2e4e1bca3bf11cd5ff0cd6bc46d59e47cd867157ae200";
    const KEY_B: vector<u8> = x"4441a473ce624bfd626ab51fabb1c52654d09ad73b35011be295adb536a941cf";
    const KEY_C: vector<u8> = x"f471353d6e272b4f00eb89819eb9795687d2772e36fc2ca0440acbd02e5abdb6";

    /// `settlement(0, 1)` of channel 1 on chain 4, signed by the first two keys.
    const SIGNED_A: vector<u8> = x"ff3fc0e40867c03a712a7c5023a7e3ac7d36135d3da8d48a6310a7a8ff6ad75b7483d3da673a347df9b818e9030ae9f05b39fff68bc1f81cd31d0d0a98820b0e";
    const SIGNED_B: vector<u8> = x"4f2034e3b4f1094098f901617da8b31f432896624f5fc05a78b0c52cf2494cd07c7c3f0bcdbb68ec0de7e112096ec830e124ddee073c718c673eccf2a3b92304";

    /// No document, and a channel that says it is one of the community's shelf.
    struct Lie has store {}

    struct Liar has key {
        cap: SettleCap
    }

    fun open_a_lie() {
        open_a_lie_about(@editor);
    }

    fun open_a_lie_about(shelf: address) {
        let config = labels::describe(state_channel::create_config(0), shelf, text(1), text(1));
        let (cap, _) = state_channel::create<Lie, Lie, AptosCoin>(&person(MALLORY), Lie {}, config);
        move_to(&person(MALLORY), Liar { cap });
    }

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
        account::create_account_for_test(@editor);
        staking::init_for_test(&person(@rooch));
        state_channel::init_for_test(&person(@rooch));
        editor::init_for_test(&person(@editor));
    }

    fun person(account: address): signer {
        account::create_signer_for_test(account)
    }

    fun session(key: vector<u8>): signer {
        person(state_channel::session_address(key))
    }

    fun text(length: u64): String {
        let bytes = vector[];
        for (i in 0..length) bytes.push_back(97 + ((i % 26) as u8));
        string::utf8(bytes)
    }

    fun create(length: u64) {
        editor::document_create(&person(ALICE), @editor, string::utf8(b"Notes"), text(length));
    }

    fun open() {
        editor::document_editor_open_with(&person(ALICE), @editor, 1, 100, 60_000, string::utf8(b"/dns4/relay"));
    }

    /// Channel 1 with a document of so many bytes, Alice, Bob and Carol, and the same document as a node would load it.
    public fun begin_session(length: u64) {
        begin();
        create(length);
        open();
        editor::document_editor_join(&person(ALICE), 1, KEY_A, 10);
        editor::document_editor_join(&person(BOB), 1, KEY_B, 10);
        editor::document_editor_join(&person(CAROL), 1, KEY_C, 10);
        editor::place_document_for_test(&person(@editor), string::utf8(b"Notes"), text(length));
    }

    fun edit(author: address, piece: u64, at: u64, removed: u64, text: vector<u8>) {
        let version = editor::piece_for_test(piece).version();
        editor::edit(&person(author), piece, version, at, removed, string::utf8(text));
    }

    fun propose(proposer: &signer, data: SettlementData) {
        state_channel::create_proposal_entry(proposer, 1, 1, data.bytes());
    }

    /// Alice proposes, Bob agrees, Mallory executes.
    fun settle(data: SettlementData, proposal_id: u64) {
        propose(&session(KEY_A), data);
        state_channel::vote_proposal_entry(&session(KEY_B), 1, proposal_id, 1);
        editor::document_settlement(&person(MALLORY), 1, proposal_id);
    }

    // ---- E6: shelves and documents

    #[test]
    fun e6_a_document_begins_with_text() {
        begin();
        create(0);
        create(1_000);
        assert!(editor::document_count(@editor) == 2);
        assert!(editor::text(@editor, 1).is_empty() && editor::text(@editor, 2) == text(1_000));
        assert!(editor::pieces(@editor, 2, 0, 9).ids_for_test() == vector[1, 2, 3]);
        let head = editor::document(@editor, 2).head_of_info_for_test();
        assert!(head.length() == 1_000 && head.piece_count() == 3 && head.edits() == 0);
    }

    #[test]
    fun e6_the_first_text_is_cut_between_characters() {
        begin();
        let bytes = b"a";
        for (i in 0..200) bytes.append(x"f09f9880");
        editor::document_create(&person(ALICE), @editor, string::utf8(b"Notes"), string::utf8(bytes));
        assert!(editor::text(@editor, 1) == string::utf8(bytes));
    }

    #[test]
    fun e7_who_joins_brings_nothing() {
        begin_session(10);
        assert!(brings_nothing(ALICE));
    }

    #[test]
    #[expected_failure(abort_code = 0x10015, location = editor)]
    fun e6_a_document_needs_a_title() {
        begin();
        editor::document_create(&person(ALICE), @editor, text(0), text(1));
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e6_a_document_needs_a_shelf() {
        begin();
        editor::document_create(&person(ALICE), BOB, text(1), text(1));
    }

    #[test]
    fun e6_an_owner_uses_its_shelf() {
        begin();
        editor::shelf_open(&person(BOB), false);
        editor::document_create(&person(BOB), BOB, text(1), text(1));
        editor::document_editor_open(&person(BOB), BOB, 1, text(1));
        assert!(editor::document_session(BOB, 1) == option::some(1));
    }

    #[test]
    #[expected_failure(abort_code = 0x80004, location = editor)]
    fun e6_there_is_one_shelf_at_an_address() {
        begin();
        editor::shelf_open(&person(@editor), true);
    }

    #[test]
    #[expected_failure(abort_code = 0x50005, location = editor)]
    fun e6_nobody_else_adds_to_it() {
        begin();
        editor::shelf_open(&person(BOB), false);
        editor::document_create(&person(ALICE), BOB, text(1), text(1));
    }

    #[test]
    #[expected_failure(abort_code = 0x50005, location = editor)]
    fun e6_nobody_else_lends_from_it() {
        begin();
        editor::shelf_open(&person(BOB), false);
        editor::document_create(&person(BOB), BOB, text(1), text(1));
        editor::document_editor_open(&person(ALICE), BOB, 1, text(1));
    }

    #[test]
    #[expected_failure(abort_code = 0x60029, location = shelf)]
    fun e6_a_document_that_is_not_there_is_not_shown() {
        begin();
        editor::document(@editor, 1);
    }

    // ---- E7: sessions

    #[test]
    fun e7_a_session_borrows_the_document() {
        begin();
        create(10);
        editor::document_editor_open(&person(ALICE), @editor, 1, string::utf8(b"/dns4/relay"));
        editor::document_editor_join(&person(BOB), 1, KEY_B, 10);
        assert!(coin::balance<AptosCoin>(BOB) == MONEY - 100_000_000 - 10);
        assert!(state_channel::get_label(1, string::utf8(b"relay")) == string::utf8(b"/dns4/relay"));
        let home = b"0xed17000000000000000000000000000000000000000000000000000000000001";
        assert!(state_channel::get_label(1, string::utf8(b"server_address")) == string::utf8(home));
        let settle_function = home;
        settle_function.append(b"::editor::document_settlement");
        assert!(state_channel::get_label(1, string::utf8(b"settle_function")) == string::utf8(settle_function));
        let items_function = home;
        items_function.append(b"::editor::session_items");
        assert!(state_channel::get_label(1, string::utf8(b"items_function")) == string::utf8(items_function));
        let settle_signed_function = home;
        settle_signed_function.append(b"::editor::document_settlement_signed");
        assert!(
            state_channel::get_label(1, string::utf8(b"settle_signed_function")) == string::utf8(settle_signed_function)
        );
        let prove_function = home;
        prove_function.append(b"::editor::document_prove_wrong");
        assert!(state_channel::get_label(1, string::utf8(b"prove_function")) == string::utf8(prove_function));
        let sessions = editor::sessions(@editor);
        assert!(sessions.length() == 1 && &sessions[0] == &editor::session(1));
        // A lent document can still be read.
        assert!(editor::text(@editor, 1) == text(10));
    }

    #[test]
    fun e7_one_transaction_creates_opens_and_joins() {
        begin();
        editor::document_editor_create_and_join(
            &person(ALICE), @editor, string::utf8(b"Notes"), 100, 60_000, text(1), KEY_A, 10
        );
        assert!(state_channel::member_count(1) == 1 && coin::balance<AptosCoin>(ALICE) == MONEY - 110);
        assert!(editor::text(@editor, 1).is_empty() && brings_nothing(ALICE));
    }

    fun brings_nothing(member: address): bool {
        state_channel::assets_bytes<editor::NoAssets>(1, member) == bcs::to_bytes(&false)
    }

    #[test]
    fun e7_the_stake_may_be_shared() {
        begin();
        create(10);
        open();
        staking::stake_coin_entry<AptosCoin>(&person(BOB), 100);
        editor::document_editor_join_with_shared_stake(&person(BOB), 1, KEY_B, 0);
        assert!(state_channel::member_count(1) == 1 && coin::balance<AptosCoin>(BOB) == MONEY - 100);
        assert!(brings_nothing(BOB));
    }

    #[test]
    #[expected_failure(abort_code = 0x3002a, location = shelf)]
    fun e7_a_document_is_lent_once() {
        begin();
        create(10);
        open();
        open();
    }

    #[test]
    #[expected_failure(abort_code = 0x60029, location = shelf)]
    fun e7_only_a_document_is_lent() {
        begin();
        open();
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e7_only_a_shelf_lends() {
        begin();
        editor::document_editor_open(&person(BOB), BOB, 1, text(1));
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun e7_nobody_joins_what_is_no_session() {
        begin();
        open_a_lie();
        editor::document_editor_join(&person(BOB), 1, KEY_B, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun e7_nor_with_a_shared_stake() {
        begin();
        open_a_lie();
        editor::document_editor_join_with_shared_stake(&person(BOB), 1, KEY_B, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun e7_what_is_no_session_is_not_shown() {
        begin();
        open_a_lie();
        editor::session(1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e7_what_is_no_shelf_has_no_sessions() {
        begin();
        editor::sessions(BOB);
    }

    #[test]
    fun e7_the_lobby_lists_the_64_newest() {
        begin();
        for (i in 0..65) {
            create(0);
            editor::document_editor_open_with(&person(ALICE), @editor, i + 1, 0, 0, text(1));
        };
        let sessions = editor::sessions(@editor);
        assert!(sessions.length() == 64);
        assert!(&sessions[0] == &editor::session(65) && &sessions[63] == &editor::session(2));
    }

    // ---- E8: settlement

    /// What the channel did since the chain's state, as nodes write it.
    fun edits(from_height: u64, to_height: u64): SettlementData {
        let head = editor::head_for_test();
        let handle = handle();
        let items = vector[];
        for (id in 1..head.next_piece_id()) {
            let old = chain_piece(id);
            let op = OpData { new: vector[], modify: vector[], delete: vector[] };
            if (editor::has_piece_for_test(id)) {
                let new = bcs::to_bytes(&editor::piece_for_test(id));
                if (old.is_empty()) op.new.push_back(new)
                else if (old[0] != new) op.modify = vector[hash::sha3_256(old[0]), new];
            } else if (!old.is_empty()) op.delete.push_back(true);
            let is_changed = !(op.new.is_empty() && op.modify.is_empty() && op.delete.is_empty());
            if (is_changed) items.push_back(ItemChangeData { key: bcs::to_bytes(&id), op });
        };
        let document = bcs::to_bytes(&handle);
        document.append(bcs::to_bytes(&head));
        settlement(from_height, to_height).with_items(items).with_document(document)
    }

    fun handle(): address {
        editor::document(@editor, 1).handle_of_info_for_test()
    }

    fun chain_piece(id: u64): vector<vector<u8>> {
        let (keys, values, _) = editor::session_items(1, 0, 256).page_for_test();
        let (found, index) = keys.index_of(&bcs::to_bytes(&id));
        if (found) vector[values[index]] else vector[]
    }

    #[test]
    fun e8_a_settlement_brings_the_edits_to_the_chain() {
        begin_session(1_000);
        edit(ALICE, 1, 0, 0, b"Dear all, ");
        edit(BOB, 2, 100, 0, *text(300).bytes());
        edit(CAROL, 3, 0, 200, b"");
        editor::set_title(&person(CAROL), string::utf8(b"Letter"));
        settle(edits(0, 5), 1);
        assert!(editor::text(@editor, 1) == editor::text_for_test());
        assert!(editor::document(@editor, 1).head_of_info_for_test() == editor::head_for_test());
        assert!(editor::session(1).title_of_info_for_test() == string::utf8(b"Letter"));
        // The next one starts from it, joins and all.
        edit(ALICE, 1, 0, 300, b"");
        edit(BOB, 2, 0, 200, b"");
        edit(BOB, 4, 0, editor::piece_for_test(4).length(), b"");
        settle(edits(5, 9), 2);
        assert!(editor::text(@editor, 1) == editor::text_for_test());
        assert!(editor::document(@editor, 1).head_of_info_for_test() == editor::head_for_test());
        assert!(!editor::head_for_test().gone().is_empty());
    }

    #[test]
    fun e8_what_was_forgotten_goes_from_the_chain() {
        begin_session(384 * 40);
        for (i in 0..20) edit(ALICE, 1, 0, editor::piece_for_test(1).length(), b"");
        settle(edits(0, 5), 1);
        for (i in 0..20) edit(ALICE, 1, 0, editor::piece_for_test(1).length(), b"");
        settle(edits(5, 9), 2);
        assert!(editor::text(@editor, 1).is_empty() && chain_piece(2).is_empty() && !chain_piece(40).is_empty());
    }

    #[test]
    fun e8_a_settlement_without_edits_changes_nothing() {
        begin_session(1_000);
        settle(settlement(0, 1), 1);
        assert!(editor::text(@editor, 1) == text(1_000));
    }

    #[test]
    fun e8_signatures_settle_without_votes() {
        begin_session(10);
        let signers = vector[ALICE, BOB];
        editor::document_settlement_signed(&person(MALLORY), 1, settlement(0, 1).bytes(), signers, vector[SIGNED_A, SIGNED_B]);
        propose(&person(ALICE), settlement(1, 2));
    }

    #[test]
    #[expected_failure(abort_code = 0x10053, location = channel)]
    fun e8_the_signatures_are_of_this_settlement() {
        begin_session(10);
        let signers = vector[ALICE, BOB];
        editor::document_settlement_signed(&person(ALICE), 1, settlement(0, 2).bytes(), signers, vector[SIGNED_A, SIGNED_B]);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun e8_signatures_are_of_a_session() {
        begin();
        open_a_lie();
        editor::document_settlement_signed(&person(ALICE), 1, vector[], vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun e8_a_settlement_is_of_a_session() {
        begin();
        open_a_lie();
        editor::document_settlement(&person(ALICE), 1, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = channel)]
    fun e8_a_settlement_needs_the_votes() {
        begin_session(10);
        propose(&person(ALICE), settlement(0, 1));
        editor::document_settlement(&person(ALICE), 1, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000c, location = channel_app::settling)]
    fun e8_it_starts_from_the_document_on_the_chain() {
        begin_session(10);
        let data = edits(0, 1);
        data.change_sets[0].changes[0].op.modify[0] = hash::sha3_256(b"another");
        settle(data, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = channel_app::settling)]
    fun e8_a_document_does_not_come_into_being() {
        begin_session(10);
        settle(settlement(0, 1).with_op(OpData { new: vector[b"x"], modify: vector[], delete: vector[] }), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = channel_app::settling)]
    fun e8_a_document_does_not_vanish() {
        begin_session(10);
        settle(settlement(0, 1).with_op(OpData { new: vector[], modify: vector[], delete: vector[true] }), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = editor)]
    fun e8_a_document_keeps_its_table() {
        begin_session(10);
        let document = bcs::to_bytes(&@0x1);
        document.append(bcs::to_bytes(&editor::head_for_test()));
        settle(settlement(0, 1).with_document(document), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10016, location = head)]
    fun e8_nothing_follows_a_document() {
        begin_session(10);
        let document = bcs::to_bytes(&handle());
        document.append(bcs::to_bytes(&editor::head_for_test()));
        document.push_back(0);
        settle(settlement(0, 1).with_document(document), 1);
    }

    // ---- E8: heads and pieces that edits cannot have left. Piece 1 has 384 bytes, piece 2 has 384, piece 3 has 232.

    fun head_data(): HeadData {
        HeadData { title: string::utf8(b"Notes"), length: 1_000, piece_count: 3, next_piece_id: 4, edits: 0, gone: vector[] }
    }

    fun settle_head(head: HeadData) {
        begin_session(1_000);
        settle(settlement(0, 1).with_head(head), 1);
    }

    #[test]
    fun e8_a_head_may_be_new() {
        let head = head_data();
        head.title = text(128);
        head.edits = 7;
        settle_head(head);
    }

    #[test]
    #[expected_failure(abort_code = 0x10038, location = settling)]
    fun e8_a_settled_title_is_within_its_limit() {
        let head = head_data();
        head.title = text(129);
        settle_head(head);
    }

    #[test]
    #[expected_failure(abort_code = 0x10038, location = settling)]
    fun e8_ids_are_not_given_again() {
        let head = head_data();
        head.next_piece_id = 3;
        settle_head(head);
    }

    #[test]
    #[expected_failure(abort_code = 0x10038, location = settling)]
    fun e8_a_settled_length_is_within_its_limit() {
        let head = head_data();
        head.length = 4_194_305;
        settle_head(head);
    }

    #[test]
    #[expected_failure(abort_code = 0x10038, location = settling)]
    fun e8_few_are_remembered_that_are_gone() {
        let head = head_data();
        for (i in 0..33) head.gone.push_back(i);
        settle_head(head);
    }

    #[test]
    #[expected_failure(abort_code = 0x10037, location = settling)]
    fun e8_the_length_is_that_of_the_pieces() {
        let head = head_data();
        head.length = 999;
        settle_head(head);
    }

    #[test]
    #[expected_failure(abort_code = 0x10037, location = settling)]
    fun e8_the_pieces_are_counted() {
        let head = head_data();
        head.piece_count = 4;
        settle_head(head);
    }

    /// Piece 2, as it could be after an edit.
    fun piece_data(): PieceData {
        let change = ChangeData { kind: 0, at: 0, removed: 0, added: 0, other: vector[] };
        PieceData { text: text(384), previous: 1, next: 3, version: 2, author: BOB, log: vector[change], gone: false }
    }

    fun settle_piece(piece: PieceData) {
        begin_session(1_000);
        settle(settlement(0, 1).with_items(vector[modify(2, bcs::to_bytes(&piece))]), 1);
    }

    fun modify(id: u64, new: vector<u8>): ItemChangeData {
        let old = chain_piece(id)[0];
        let op = OpData { new: vector[], modify: vector[hash::sha3_256(old), new], delete: vector[] };
        ItemChangeData { key: bcs::to_bytes(&id), op }
    }

    fun new_item(key: vector<u8>, new: vector<u8>): ItemChangeData {
        ItemChangeData { key, op: OpData { new: vector[new], modify: vector[], delete: vector[] } }
    }

    #[test]
    fun e8_a_piece_may_be_rewritten() {
        settle_piece(piece_data());
    }

    #[test]
    #[expected_failure(abort_code = 0x10037, location = settling)]
    fun e8_a_piece_does_not_grow_unseen() {
        let piece = piece_data();
        piece.text = text(385);
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = piece)]
    fun e8_a_settled_piece_is_not_too_long() {
        let piece = piece_data();
        piece.text = text(513);
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = piece)]
    fun e8_a_settled_piece_is_not_empty() {
        let piece = piece_data();
        piece.text = text(0);
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = piece)]
    fun e8_a_log_is_short() {
        let piece = piece_data();
        piece.version = 100;
        let change = piece.log[0];
        for (i in 0..24) piece.log.push_back(change);
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = piece)]
    fun e8_a_log_is_no_longer_than_the_versions() {
        let piece = piece_data();
        piece.version = 1;
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = piece)]
    fun e8_a_change_is_of_four_kinds() {
        let piece = piece_data();
        piece.log[0] = ChangeData { kind: 4, at: 0, removed: 0, added: 0, other: vector[1] };
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = piece)]
    fun e8_an_edit_names_no_other_piece() {
        let piece = piece_data();
        piece.log[0].other = vector[1];
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = piece)]
    fun e8_a_split_removes_nothing() {
        let piece = piece_data();
        piece.log[0] = ChangeData { kind: 1, at: 0, removed: 1, added: 0, other: vector[1] };
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = piece)]
    fun e8_what_moved_is_gone() {
        let piece = piece_data();
        piece.log[0] = ChangeData { kind: 3, at: 0, removed: 0, added: 0, other: vector[1, 1] };
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = piece)]
    fun e8_what_is_gone_has_no_text() {
        let piece = piece_data();
        piece.log[0] = ChangeData { kind: 3, at: 0, removed: 0, added: 0, other: vector[1, 1] };
        piece.gone = true;
        piece.previous = 0;
        piece.next = 0;
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = piece)]
    fun e8_nothing_follows_a_piece() {
        begin_session(1_000);
        let piece = bcs::to_bytes(&piece_data());
        piece.push_back(0);
        settle(settlement(0, 1).with_items(vector[modify(2, piece)]), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10036, location = settling)]
    fun e8_a_piece_names_the_one_before() {
        let piece = piece_data();
        piece.previous = 3;
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10036, location = settling)]
    fun e8_a_piece_names_the_one_behind() {
        let piece = piece_data();
        piece.next = 0;
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10036, location = settling)]
    fun e8_only_the_first_piece_has_none_before() {
        let piece = piece_data();
        piece.previous = 0;
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10036, location = settling)]
    fun e8_a_piece_that_goes_is_not_left_in_the_order() {
        begin_session(1_000);
        let op = OpData { new: vector[], modify: vector[], delete: vector[true] };
        settle(settlement(0, 1).with_items(vector[ItemChangeData { key: bcs::to_bytes(&2u64), op }]), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10036, location = settling)]
    fun e8_the_first_piece_does_not_go() {
        begin_session(10);
        let op = OpData { new: vector[], modify: vector[], delete: vector[true] };
        settle(settlement(0, 1).with_items(vector[ItemChangeData { key: bcs::to_bytes(&1u64), op }]), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10017, location = items)]
    fun e8_a_piece_starts_from_what_is_on_the_chain() {
        begin_session(1_000);
        let item = modify(2, bcs::to_bytes(&piece_data()));
        item.op.modify[0] = hash::sha3_256(b"another");
        settle(settlement(0, 1).with_items(vector[item]), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10017, location = items)]
    fun e8_a_piece_that_is_not_there_does_not_go() {
        begin_session(1_000);
        let op = OpData { new: vector[], modify: vector[], delete: vector[true] };
        let head = head_data();
        head.next_piece_id = 10;
        let item = ItemChangeData { key: bcs::to_bytes(&9u64), op };
        settle(settlement(0, 1).with_items(vector[item]).with_head(head), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x80016, location = items)]
    fun e8_a_piece_comes_once() {
        begin_session(1_000);
        settle(settlement(0, 1).with_items(vector[new_item(bcs::to_bytes(&2u64), bcs::to_bytes(&piece_data()))]), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10035, location = settling)]
    fun e8_a_piece_has_an_id_that_was_given_out() {
        begin_session(1_000);
        settle(settlement(0, 1).with_items(vector[new_item(bcs::to_bytes(&4u64), bcs::to_bytes(&piece_data()))]), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10035, location = settling)]
    fun e8_no_piece_is_0() {
        begin_session(1_000);
        settle(settlement(0, 1).with_items(vector[new_item(bcs::to_bytes(&0u64), bcs::to_bytes(&piece_data()))]), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10035, location = settling)]
    fun e8_an_id_has_eight_bytes() {
        begin_session(1_000);
        let key = bcs::to_bytes(&2u64);
        key.push_back(0);
        settle(settlement(0, 1).with_items(vector[new_item(key, bcs::to_bytes(&piece_data()))]), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10036, location = settling)]
    fun e8_a_new_piece_is_in_the_order() {
        let piece = piece_data();
        piece.previous = 0;
        piece.next = 0;
        settle_fourth(piece, false);
    }

    #[test]
    #[expected_failure(abort_code = 0x10036, location = settling)]
    fun e8_a_new_piece_is_named_by_the_one_before() {
        let piece = piece_data();
        piece.previous = 3;
        piece.next = 0;
        settle_fourth(piece, false);
    }

    #[test]
    #[expected_failure(abort_code = 0x10036, location = settling)]
    fun e8_a_new_piece_names_one_that_is_there() {
        let piece = piece_data();
        piece.previous = 9;
        piece.next = 0;
        settle_fourth(piece, false);
    }

    #[test]
    #[expected_failure(abort_code = 0x10036, location = settling)]
    fun e8_a_new_piece_is_named_by_the_one_behind() {
        let piece = piece_data();
        piece.previous = 3;
        piece.next = 2;
        settle_fourth(piece, true);
    }

    #[test]
    fun e8_a_new_piece_may_be_the_last() {
        let piece = piece_data();
        piece.previous = 3;
        piece.next = 0;
        settle_fourth(piece, true);
        assert!(editor::pieces(@editor, 1, 0, 9).ids_for_test() == vector[1, 2, 3, 4]);
    }

    /// Piece 3 as it is, but that another is behind it.
    fun last_piece(next: u64): ItemChangeData {
        let piece = piece_data();
        piece.text = text(232);
        piece.previous = 2;
        piece.next = next;
        modify(3, bcs::to_bytes(&piece))
    }

    fun settle_fourth(piece: PieceData, is_named: bool) {
        begin_session(1_000);
        let items = if (is_named) vector[last_piece(4)] else vector[];
        let head = head_data();
        head.length = 1_384;
        head.piece_count = 4;
        head.next_piece_id = 5;
        items.push_back(new_item(bcs::to_bytes(&4u64), bcs::to_bytes(&piece)));
        settle(settlement(0, 1).with_items(items).with_head(head), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10036, location = settling)]
    fun e8_the_last_piece_does_not_go_unnoticed() {
        begin_session(1_000);
        let head = head_data();
        head.length = 768;
        head.piece_count = 2;
        let op = OpData { new: vector[], modify: vector[], delete: vector[true] };
        let item = ItemChangeData { key: bcs::to_bytes(&3u64), op };
        settle(settlement(0, 1).with_items(vector[item]).with_head(head), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = piece)]
    fun e8_what_is_gone_has_no_neighbours() {
        let piece = gone_piece();
        piece.next = 3;
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = piece)]
    fun e8_what_is_gone_has_none_before_it() {
        let piece = gone_piece();
        piece.previous = 1;
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = piece)]
    fun e8_what_is_gone_says_where_its_text_is() {
        let piece = gone_piece();
        piece.log = vector[];
        settle_piece(piece);
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = piece)]
    fun e8_only_what_is_alone_is_empty() {
        let piece = piece_data();
        piece.text = text(0);
        piece.previous = 0;
        settle_piece(piece);
    }

    fun gone_piece(): PieceData {
        let piece = piece_data();
        piece.log[0] = ChangeData { kind: 3, at: 0, removed: 0, added: 0, other: vector[1, 1] };
        piece.gone = true;
        piece.text = text(0);
        piece.previous = 0;
        piece.next = 0;
        piece
    }

    #[test]
    #[expected_failure(abort_code = 0x10037, location = settling)]
    fun e8_a_document_may_have_four_megabytes() {
        let head = head_data();
        head.length = 4_194_304;
        settle_head(head);
    }

    // ---- Shelves that are not there

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e7_sessions_are_of_a_shelf() {
        begin();
        editor::sessions(BOB);
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e6_a_document_is_looked_for_on_a_shelf() {
        begin();
        editor::document(BOB, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e6_documents_are_counted_on_a_shelf() {
        begin();
        editor::document_count(BOB);
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e7_a_document_is_lent_from_a_shelf() {
        begin();
        editor::document_session(BOB, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e10_pieces_are_of_a_document_on_a_shelf() {
        begin();
        editor::pieces(BOB, 1, 0, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e7_a_session_is_of_a_shelf() {
        begin();
        open_a_lie_about(BOB);
        editor::session(1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e7_who_joins_joins_a_session_of_a_shelf() {
        begin();
        open_a_lie_about(BOB);
        editor::document_editor_join(&person(BOB), 1, KEY_B, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e7_nor_is_a_stake_held_for_another() {
        begin();
        open_a_lie_about(BOB);
        editor::document_editor_join_with_shared_stake(&person(BOB), 1, KEY_B, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e9_what_is_closed_is_of_a_shelf() {
        begin();
        open_a_lie_about(BOB);
        editor::document_editor_close(&person(BOB), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e8_a_settlement_is_of_a_shelf() {
        begin();
        open_a_lie_about(BOB);
        editor::document_settlement(&person(BOB), 1, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e8_signatures_are_of_a_shelf() {
        begin();
        open_a_lie_about(BOB);
        editor::document_settlement_signed(&person(BOB), 1, vector[], vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e5_evidence_is_of_a_shelf() {
        begin();
        open_a_lie_about(BOB);
        editor::document_prove_wrong(&person(BOB), 1, b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x60003, location = editor)]
    fun e10_items_are_of_a_shelf() {
        begin();
        open_a_lie_about(BOB);
        editor::session_items(1, 0, 1);
    }

    // ---- What is told

    #[test]
    fun e7_a_session_tells_of_itself() {
        begin_session(10);
        let signers = vector[ALICE, BOB];
        editor::document_settlement_signed(&person(ALICE), 1, settlement(0, 1).bytes(), signers, vector[SIGNED_A, SIGNED_B]);
        settle(settlement(1, 2).with_leaving(vector[BOB, CAROL]), 1);
        propose(&session(KEY_A), settlement(2, 3).with_leaving(vector[ALICE]));
        editor::document_settlement(&session(KEY_A), 1, 2);
        editor::document_editor_close(&person(ALICE), 1);
        editor::shelf_open(&person(BOB), false);
        let notes = string::utf8(b"Notes");
        assert_told<ShelfOpened>(vector[fields(&@editor).and(&true), fields(&BOB).and(&false)]);
        assert_told<DocumentCreated>(vector[fields(&@editor).and(&1u64).and(&notes).and(&ALICE)]);
        let opened = fields(&@editor).and(&1u64).and(&1u64);
        assert_told<SessionOpened>(vector[opened.and(&notes).and(&100u64).and(&ALICE)]);
        let settled = vector[0u64, 1, 2].map(|proposal| opened.and(&proposal));
        assert_told<SessionSettled>(settled);
        assert_told<SessionClosed>(vector[opened]);
    }

    #[test]
    fun e1_an_edit_is_told_as_it_was_asked_for() {
        begin_session(10);
        edit(CAROL, 1, 2, 3, b"Hello");
        editor::set_title(&person(BOB), string::utf8(b"Letter"));
        let edited = fields(&CAROL).and(&1u64).and(&1u64).and(&2u64).and(&3u64).and(&string::utf8(b"Hello"));
        assert_told<DocumentEdited>(vector[edited]);
        assert_told<TitleSet>(vector[fields(&string::utf8(b"Letter")).and(&BOB)]);
    }

    #[test]
    fun e7_settlements_come_every_minute() {
        begin();
        create(10);
        editor::document_editor_open(&person(ALICE), @editor, 1, text(1));
        let info = bcs::to_bytes(&state_channel::channel_info(1));
        let minute = bcs::to_bytes(&60_000u64);
        let found = 0;
        for (i in 0..(info.length() - 7)) {
            if (info.slice(i, i + 8) == minute) found += 1;
        };
        // The contest window is a minute, too.
        assert!(found == 2);
    }

    /// An event's, in BCS.
    struct Fields has copy, drop {
        bytes: vector<u8>
    }

    fun fields<T>(first: &T): Fields {
        Fields { bytes: bcs::to_bytes(first) }
    }

    fun and<T>(self: Fields, field: &T): Fields {
        self.bytes.append(bcs::to_bytes(field));
        self
    }

    /// That exactly these were emitted, in this order.
    fun assert_told<T: drop + store>(expected: vector<Fields>) {
        let bytes = vector[(expected.length() as u8)];
        for (i in 0..expected.length()) bytes.append(expected[i].bytes);
        assert!(bcs::to_bytes(&event::emitted_events<T>()) == bytes);
    }

    // ---- E9: the whole way

    #[test]
    fun e9_a_session_from_lending_to_giving_back() {
        begin_session(10);
        state_channel::apply_leader_entry(&session(KEY_A), 1);
        edit(CAROL, 1, 0, 0, b"Hello ");
        settle(edits(0, 9).with_leaving(vector[CAROL]), 1);
        editor::document_editor_leave(&person(CAROL), 1);
        assert!(coin::balance<AptosCoin>(CAROL) == MONEY - 10);

        state_channel::close_entry(&session(KEY_B), 1);
        propose(&session(KEY_A), settlement(9, 10).with_closing());
        state_channel::vote_proposal_entry(&session(KEY_B), 1, 2, 1);
        editor::document_settlement(&session(KEY_A), 1, 2);
        editor::document_editor_close(&person(BOB), 1);
        editor::document_editor_leave(&person(ALICE), 1);
        editor::document_editor_leave(&person(BOB), 1);
        assert!(coin::balance<AptosCoin>(ALICE) == MONEY - 10 && coin::balance<AptosCoin>(BOB) == MONEY - 10);

        assert!(editor::sessions(@editor).is_empty() && editor::document_session(@editor, 1).is_none());
        assert!(editor::text(@editor, 1) == string::utf8(b"Hello abcdefghij"));
        // And it can be lent again.
        open();
        assert!(editor::document_session(@editor, 1) == option::some(2));
    }

    #[test]
    #[expected_failure(abort_code = 0x3004b, location = channel)]
    fun e9_a_session_with_members_is_not_closed() {
        begin_session(10);
        editor::document_editor_close(&person(ALICE), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun e9_a_session_is_closed_once() {
        begin();
        create(10);
        open();
        editor::document_editor_close(&person(ALICE), 1);
        editor::document_editor_close(&person(ALICE), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x3003a, location = membership)]
    fun e9_nobody_leaves_without_a_settlement() {
        begin_session(10);
        editor::document_editor_leave(&person(BOB), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun e9_evidence_is_of_a_session() {
        begin();
        open_a_lie();
        editor::document_prove_wrong(&person(ALICE), 1, b"");
    }

    // ---- E10: pages

    #[test]
    fun e10_pieces_come_in_pages() {
        begin();
        create(384 * 10);
        assert!(editor::pieces(@editor, 1, 0, 4).ids_for_test() == vector[1, 2, 3, 4]);
        assert!(editor::pieces(@editor, 1, 9, 4).ids_for_test() == vector[9, 10]);
        open();
        assert!(editor::pieces(@editor, 1, 5, 4).ids_for_test() == vector[5, 6, 7, 8]);
    }

    #[test]
    fun e10_items_come_in_pages_the_gone_ones_last() {
        begin_session(384 * 4);
        edit(ALICE, 2, 0, 384, b"");
        settle(edits(0, 1), 1);
        let (keys, values, next) = editor::session_items(1, 0, 2).page_for_test();
        assert!(keys == vector[bcs::to_bytes(&1u64), bcs::to_bytes(&2u64)] && next == 4);
        assert!(values[1] == bcs::to_bytes(&editor::piece_for_test(2)));
        let (keys, values, next) = editor::session_items(1, 4, 2).page_for_test();
        assert!(keys == vector[bcs::to_bytes(&4u64), bcs::to_bytes(&3u64)] && next == 0);
        assert!(values[1] == bcs::to_bytes(&editor::piece_for_test(3)));
    }

    #[test]
    #[expected_failure(abort_code = 0x2003d, location = pages)]
    fun e10_a_page_is_not_empty() {
        begin();
        create(10);
        editor::pieces(@editor, 1, 0, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x2003d, location = pages)]
    fun e10_a_page_is_not_too_long() {
        begin();
        create(10);
        editor::pieces(@editor, 1, 0, 257);
    }

    #[test]
    fun e10_a_page_may_have_256_pieces() {
        begin();
        create(384 * 256);
        let page = editor::pieces(@editor, 1, 0, 256);
        assert!(page.ids_for_test().length() == 256 && editor::text(@editor, 1).length() == 384 * 256);
    }

    #[test]
    #[expected_failure(abort_code = 0x6003e, location = pages)]
    fun e10_a_page_begins_with_a_piece() {
        begin();
        create(10);
        editor::pieces(@editor, 1, 2, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x3003f, location = pages)]
    fun e10_a_long_text_is_not_shown_at_once() {
        begin();
        create(384 * 256 + 1);
        editor::text(@editor, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x20015, location = items)]
    fun e10_a_page_of_items_is_not_empty() {
        begin_session(10);
        editor::session_items(1, 0, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x20015, location = items)]
    fun e10_nor_too_long() {
        begin_session(10);
        editor::session_items(1, 0, 257);
    }

    #[test]
    #[expected_failure(abort_code = 0x6003e, location = pages)]
    fun e10_a_page_of_items_begins_with_a_piece() {
        begin_session(10);
        editor::session_items(1, 7, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun e10_items_are_of_a_session() {
        begin();
        open_a_lie();
        editor::session_items(1, 0, 1);
    }

    // ---- Settlements: the layout of rooch::settlement, and of what is in them, with every field free to be wrong

    struct HeadData has copy, drop {
        title: String,
        length: u64,
        piece_count: u64,
        next_piece_id: u64,
        edits: u64,
        gone: vector<u64>
    }

    struct ChangeData has copy, drop {
        kind: u8,
        at: u16,
        removed: u16,
        added: u16,
        other: vector<u64>
    }

    struct PieceData has copy, drop {
        text: String,
        previous: u64,
        next: u64,
        version: u64,
        author: address,
        log: vector<ChangeData>,
        gone: bool
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

    struct ItemChangeData has copy, drop {
        key: vector<u8>,
        op: OpData
    }

    struct TableChangesData has copy, drop {
        handle: address,
        items: vector<ItemChangeData>
    }

    struct SettlementData has copy, drop {
        from_height: u64,
        to_height: u64,
        change_sets: vector<AccountChangesData>,
        table_changes: vector<TableChangesData>,
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
            AccountChangesData { account: @editor, changes: vector[TypeChangeData { type_name: DOCUMENT_TYPE, op }] }
        ];
        self
    }

    fun with_document(self: SettlementData, document: vector<u8>): SettlementData {
        let old = state_channel::state_bytes<editor::Document>(1);
        self.with_op(OpData { new: vector[], modify: vector[hash::sha3_256(old), document], delete: vector[] })
    }

    fun with_head(self: SettlementData, head: HeadData): SettlementData {
        let document = bcs::to_bytes(&handle());
        document.append(bcs::to_bytes(&head));
        self.with_document(document)
    }

    fun with_items(self: SettlementData, items: vector<ItemChangeData>): SettlementData {
        self.table_changes = if (items.is_empty()) vector[] else vector[TableChangesData { handle: handle(), items }];
        self
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
