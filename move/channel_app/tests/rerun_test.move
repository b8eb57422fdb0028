#[test_only]
/// In the channel, and again on the chain, with evidence as nodes make it: the leader is Alice, who calls is Bob, who accuses is Carol.
module channel_app::rerun_test {
    use std::bcs;
    use std::string;
    use channel_app::in_channel;
    use channel_app::rerun::{Self, Call};
    use channel_app::shelf;
    use channel_app::tally;
    use channel_app::vectors;
    use aptos_framework::timestamp;
    use rooch::state_channel;

    const ALICE: address = @0xa11ce;
    const BOB: address = @0xb0b;
    const CAROL: address = @0xca401;

    // ---- In the channel

    #[test]
    fun a16_what_lives_in_the_channel_is_borrowed() {
        tally::place(5);
        tally::raise(3);
        assert!(tally::total_in_channel() == 8);
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = tally)]
    fun a16_there_is_nothing_to_change_on_the_chain() {
        tally::raise(3);
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = tally)]
    fun a16_nor_to_look_at() {
        tally::total_in_channel();
    }

    #[test]
    #[expected_failure(abort_code = 77, location = tally)]
    fun a16_what_the_rules_refuse_aborts_with_what_they_say() {
        tally::place(5);
        tally::raise(0);
    }

    #[test]
    fun a16_the_time_is_in_milliseconds() {
        timestamp::set_time_has_started_for_testing(&tally::person(@aptos_framework));
        timestamp::update_global_time_for_test(5_999_999);
        assert!(in_channel::now_ms() == 5_999);
    }

    // ---- Calls

    #[test]
    fun a17_arguments_are_read_in_their_order() {
        let args = vector[
            bcs::to_bytes(&7u8),
            bcs::to_bytes(&8u64),
            bcs::to_bytes(&true),
            bcs::to_bytes(&BOB),
            bcs::to_bytes(&b"text"),
            bcs::to_bytes(&x"c0de")
        ];
        let call = call_with(args);
        assert!(call.is(b"raise") && !call.is(b"rais") && !call.is_tick());
        assert!(call.read_u8() == 7 && call.read_u64() == 8 && call.read_bool() && call.read_address() == BOB);
        assert!(call.read_string() == string::utf8(b"text") && call.read_bytes() == x"c0de");
        call.end();
    }

    #[test]
    fun a17_a_tick_is_no_call() {
        let call = rerun::call_for_test(true, string::utf8(b""), vector[]);
        assert!(call.is_tick() && !call.is(b""));
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun a17_an_argument_is_there() {
        call_with(vector[]).read_u64();
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun a17_no_argument_is_left() {
        call_with(vector[x"00"]).end();
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun a17_a_byte_is_one() {
        call_with(vector[x"0000"]).read_u8();
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun a17_a_number_is_of_eight_bytes() {
        call_with(vector[x"000000000000000000"]).read_u64();
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun a17_a_truth_value_is_one_byte() {
        call_with(vector[x"0100"]).read_bool();
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun a17_an_address_is_of_32() {
        let bytes = bcs::to_bytes(&BOB);
        bytes.push_back(0);
        call_with(vector[bytes]).read_address();
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun a17_text_ends() {
        call_with(vector[x"017800"]).read_string();
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun a17_bytes_end() {
        call_with(vector[x"017800"]).read_bytes();
    }

    // ---- Judgements

    #[test]
    fun a18_a_call_as_it_was_is_no_fault() {
        assert_refuted(vectors::raise_honest());
    }

    #[test]
    fun a18_another_result_is_proved() {
        assert_proved(vectors::raise_wrong());
    }

    #[test]
    fun a18_a_refusal_as_it_was_is_no_fault() {
        assert_refuted(vectors::refused_honest());
    }

    #[test]
    fun a18_a_refusal_that_was_passed_over_is_proved() {
        assert_proved(vectors::refused_wrong());
    }

    #[test]
    fun a18_where_there_is_no_state_calls_abort() {
        assert_refuted(vectors::outside_honest());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun a18_ticks_are_not_judged_where_there_are_none() {
        prove(vectors::tick());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun a18_nor_other_functions() {
        prove(vectors::other_function());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun a18_nor_calls_without_their_arguments() {
        prove(vectors::too_few_arguments());
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = rerun)]
    fun a18_nor_with_more() {
        prove(vectors::too_many_arguments());
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun a19_evidence_is_opened_by_the_shelf_that_lent() {
        begin_three();
        tally::prove_wrong(BOB, CAROL, vectors::raise_wrong());
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun a19_and_concluded_by_it() {
        begin_three();
        tally::prove_wrong_on(ALICE, BOB, CAROL, vectors::raise_wrong());
    }

    fun call_with(args: vector<vector<u8>>): Call {
        rerun::call_for_test(false, string::utf8(b"raise"), args)
    }

    fun begin_three() {
        tally::begin();
        tally::open_for_two();
        tally::join(ALICE, CAROL, 2);
        state_channel::apply_leader_entry(&tally::person(ALICE), 1);
    }

    fun prove(evidence: vector<u8>) {
        begin_three();
        tally::prove_wrong(ALICE, CAROL, evidence);
    }

    fun assert_proved(evidence: vector<u8>) {
        prove(evidence);
        assert!(!is_seated(ALICE) && is_seated(CAROL));
    }

    fun assert_refuted(evidence: vector<u8>) {
        prove(evidence);
        assert!(is_seated(ALICE) && !is_seated(CAROL));
    }

    fun is_seated(member: address): bool {
        !state_channel::member(1, member).is_settled_out_for_test()
    }
}
