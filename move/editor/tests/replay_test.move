#[test_only]
/// Edits run again on the chain, with evidence as nodes make it: the leader is Alice, who writes is Bob, who accuses is Carol.
module editor::replay_test {
    use aptos_framework::account;
    use editor::editor;
    use channel_app::rerun;
    use editor::session_test;
    use editor::vectors;
    use rooch::replay;
    use rooch::state_channel;

    const ALICE: address = @0xa11ce;
    const CAROL: address = @0xca401;

    fun prove(evidence: vector<u8>) {
        session_test::begin_session(10);
        state_channel::apply_leader_entry(&account::create_signer_for_test(ALICE), 1);
        editor::document_prove_wrong(&account::create_signer_for_test(CAROL), 1, evidence);
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

    #[test]
    fun e5_an_edit_as_it_was_is_no_fault() {
        assert_refuted(vectors::edit_honest());
    }

    #[test]
    fun e5_another_text_is_proved() {
        assert_proved(vectors::edit_wrong());
    }

    #[test]
    fun e5_an_edit_that_was_dropped_is_proved() {
        assert_proved(vectors::edit_dropped());
    }

    #[test]
    #[expected_failure(abort_code = 0x100b9, location = replay)]
    fun e5_what_an_edit_reads_is_shown() {
        prove(vectors::edit_not_shown());
    }

    #[test]
    fun e5_a_split_as_it_was_is_no_fault() {
        assert_refuted(vectors::split_honest());
    }

    #[test]
    fun e5_a_refusal_as_it_was_is_no_fault() {
        assert_refuted(vectors::refused_honest());
    }

    #[test]
    fun e5_another_refusal_is_proved() {
        assert_proved(vectors::refused_wrong());
    }

    #[test]
    fun e5_a_piece_that_is_not_there_is_not_edited() {
        assert_refuted(vectors::no_piece_honest());
    }

    #[test]
    fun e5_a_title_as_it_was_is_no_fault() {
        assert_refuted(vectors::title_honest());
    }

    #[test]
    fun e5_another_title_is_proved() {
        assert_proved(vectors::title_wrong());
    }

    #[test]
    fun e5_a_title_refused_as_it_was_is_no_fault() {
        assert_refuted(vectors::title_refused());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun e5_a_title_is_one_argument() {
        prove(vectors::title_twice());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun e5_other_functions_are_not_run_again() {
        prove(vectors::other_function());
    }

    #[test]
    fun e5_nothing_happens_without_a_document() {
        assert_refuted(vectors::no_document());
    }

    // ---- With as many pieces gone as are remembered

    #[test]
    fun e5_a_piece_forgotten_as_it_was_is_no_fault() {
        assert_refuted(vectors::forget_honest());
    }

    #[test]
    fun e5_a_piece_that_was_not_forgotten_is_proved() {
        assert_proved(vectors::forget_kept());
    }

    #[test]
    fun e5_a_piece_forgotten_besides_is_proved() {
        assert_proved(vectors::forget_more());
    }

    #[test]
    fun e5_another_piece_forgotten_is_proved() {
        assert_proved(vectors::forget_other());
    }

    #[test]
    fun e5_an_edit_that_forgets_and_was_dropped_is_proved() {
        assert_proved(vectors::forget_dropped());
    }

    #[test]
    fun e5_a_piece_that_an_edit_follows_and_forgets_is_no_fault() {
        assert_refuted(vectors::way_honest());
    }

    #[test]
    fun e5_a_piece_that_an_edit_follows_and_does_not_forget_is_proved() {
        assert_proved(vectors::way_kept());
    }

    #[test]
    fun e5_a_way_that_is_lost_is_no_fault() {
        assert_refuted(vectors::way_lost());
    }

    #[test]
    fun e5_two_pieces_forgotten_are_no_fault() {
        assert_refuted(vectors::forget_two_honest());
    }

    #[test]
    fun e5_one_of_two_that_was_not_forgotten_is_proved() {
        assert_proved(vectors::forget_two_kept());
    }

    #[test]
    fun e5_a_piece_that_was_forgotten_is_not_edited() {
        assert_refuted(vectors::forgotten_honest());
    }

    #[test]
    fun e5_an_edit_of_what_was_forgotten_is_refused() {
        assert_proved(vectors::forgotten_accepted());
    }

    // ---- After what another did meanwhile

    #[test]
    fun e5_a_stretch_carried_over_is_no_fault() {
        assert_refuted(vectors::around_honest());
    }

    #[test]
    fun e5_a_stretch_carried_over_too_wide_is_proved() {
        assert_proved(vectors::around_wrong());
    }
}
