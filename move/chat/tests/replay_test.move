#[test_only]
/// What members said run again on the chain, with evidence as nodes make it: the leader is Alice, who speaks is Bob, who accuses is Carol.
module chat::replay_test {
    use aptos_framework::account;
    use channel_app::rerun;
    use chat::chat;
    use chat::chat_test;
    use chat::vectors;
    use rooch::state_channel;

    const ALICE: address = @0xa11ce;
    const CAROL: address = @0xca401;

    fun prove(evidence: vector<u8>) {
        chat_test::begin_session();
        state_channel::apply_leader_entry(&account::create_signer_for_test(ALICE), 1);
        chat::chat_prove_wrong(&account::create_signer_for_test(CAROL), 1, evidence);
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

    // ---- Messages

    #[test]
    fun ch12_nobody_writes_where_there_is_no_group() {
        assert_refuted(vectors::post_without_group());
    }

    #[test]
    fun ch12_a_message_as_it_was_written_is_no_fault() {
        assert_refuted(vectors::post_honest());
    }

    #[test]
    fun ch12_another_message_is_proved() {
        assert_proved(vectors::post_wrong());
    }

    #[test]
    fun ch12_another_author_is_proved() {
        assert_proved(vectors::post_forged());
    }

    #[test]
    fun ch12_a_message_that_was_dropped_is_proved() {
        assert_proved(vectors::post_dropped());
    }

    #[test]
    fun ch12_a_message_refused_as_it_was_is_no_fault() {
        assert_refuted(vectors::post_refused());
    }

    #[test]
    fun ch12_a_message_that_was_refused_without_reason_is_proved() {
        assert_proved(vectors::post_censored());
    }

    // ---- Changes of messages

    #[test]
    fun ch12_a_text_as_it_was_changed_is_no_fault() {
        assert_refuted(vectors::edit_honest());
    }

    #[test]
    fun ch12_a_change_of_another_message_is_proved() {
        assert_proved(vectors::edit_wrong());
    }

    #[test]
    fun ch12_a_change_that_was_made_a_message_is_proved() {
        assert_proved(vectors::edit_posted());
    }

    #[test]
    fun ch12_who_changes_what_others_wrote_is_refused() {
        assert_refuted(vectors::edit_refused());
    }

    #[test]
    fun ch12_whoever_lets_it_be_changed_is_proved_wrong() {
        assert_proved(vectors::edit_allowed());
    }

    #[test]
    fun ch12_what_is_not_there_is_not_changed() {
        assert_refuted(vectors::edit_nothing());
    }

    #[test]
    fun ch12_a_change_to_nothing_is_refused() {
        assert_refuted(vectors::edit_empty());
    }

    // ---- Deletions

    #[test]
    fun ch12_a_message_as_it_was_deleted_is_no_fault() {
        assert_refuted(vectors::delete_honest());
    }

    #[test]
    fun ch12_another_message_deleted_is_proved() {
        assert_proved(vectors::delete_wrong());
    }

    #[test]
    fun ch12_a_message_that_was_kept_is_proved() {
        assert_proved(vectors::delete_dropped());
    }

    #[test]
    fun ch12_who_deletes_what_others_wrote_is_refused() {
        assert_refuted(vectors::delete_refused());
    }

    #[test]
    fun ch12_whoever_lets_it_be_deleted_is_proved_wrong() {
        assert_proved(vectors::delete_allowed());
    }

    // ---- Nicknames

    #[test]
    fun ch12_a_nickname_as_it_was_set_is_no_fault() {
        assert_refuted(vectors::nickname_honest());
    }

    #[test]
    fun ch12_another_nickname_is_proved() {
        assert_proved(vectors::nickname_wrong());
    }

    #[test]
    fun ch12_the_nickname_of_another_is_proved() {
        assert_proved(vectors::nickname_stolen());
    }

    #[test]
    fun ch12_a_nickname_refused_as_it_was_is_no_fault() {
        assert_refuted(vectors::nickname_refused());
    }

    #[test]
    fun ch12_a_second_nickname_is_no_fault() {
        assert_refuted(vectors::nickname_again());
    }

    #[test]
    fun ch12_a_nickname_set_anew_is_no_fault() {
        assert_refuted(vectors::nickname_same());
    }

    #[test]
    fun ch12_a_nickname_that_stays_as_it_was_is_no_fault() {
        assert_refuted(vectors::nickname_unchanged());
    }

    // ---- The title

    #[test]
    fun ch12_a_title_as_it_was_set_is_no_fault() {
        assert_refuted(vectors::topic_honest());
    }

    #[test]
    fun ch12_another_title_is_proved() {
        assert_proved(vectors::topic_wrong());
    }

    #[test]
    fun ch12_a_title_that_stays_as_it_was_is_no_fault() {
        assert_refuted(vectors::topic_unchanged());
    }

    // ---- Room for what is new

    #[test]
    fun ch12_room_as_it_was_made_is_no_fault() {
        assert_refuted(vectors::room_honest());
    }

    #[test]
    fun ch12_less_room_than_is_made_is_proved() {
        assert_proved(vectors::room_wrong());
    }

    // ---- What is left to the votes

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun ch12_a_message_is_one_argument() {
        prove(vectors::post_twice());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun ch12_a_call_that_is_not_for_channels_proves_nothing() {
        prove(vectors::other_function());
    }
}
