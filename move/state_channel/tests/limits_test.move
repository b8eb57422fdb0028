#[test_only]
/// Everything that has a limit, at the limit: just within it where other tests are just beyond.
module rooch::limits_test {
    use std::bcs;
    use std::string::{Self, String};
    use rooch::batch_header;
    use rooch::codec;
    use rooch::parcel;
    use rooch::punishment;
    use rooch::state_channel;
    use rooch::vectors;
    use rooch::world::bob;

    fun zeros(length: u64): vector<u8> {
        let bytes = vector[0u8];
        while (bytes.length() < length) { let again = bytes; bytes.append(again); };
        bytes.trim(length);
        bytes
    }

    fun text(length: u64): String {
        let bytes = vector[];
        for (i in 0..length) bytes.push_back(97);
        string::utf8(bytes)
    }

    fun name(n: u64): vector<u8> {
        let name = b"0x1::a::T";
        name.push_back(48 + (n as u8) / 10);
        name.push_back(48 + (n as u8) % 10);
        name
    }

    // ---- Configuration

    #[test]
    fun c1_all_at_its_most() {
        let config =
            state_channel::create_config(7).with_fine(7).with_tick(text(326), 86_400_000).with_heartbeat_window(600_000).with_settle_interval(
                86_400_000
            ).with_windows(604_800_000, 2_592_000_000).with_evidence_window(604_800_000);
        for (i in 0..16) config = config.with_label(string::utf8(name(i)), text(512));
        assert!(config.fine() == 7 && config.settle_interval_ms() == 86_400_000);
        assert!(config.label(string::utf8(name(15))) == text(512));
        state_channel::create_config(0).with_label(text(64), text(0));
    }

    #[test]
    fun c1_no_settlements_by_the_clock() {
        let config = state_channel::create_config(0).with_settle_interval(1_000).with_settle_interval(0);
        assert!(config.settle_interval_ms() == 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x2000e, location = rooch::config)]
    fun c1_one_millisecond_is_no_interval() {
        state_channel::create_config(0).with_settle_interval(1);
    }

    // ---- BCS

    #[test]
    fun c18_the_longest_short_length() {
        assert!(codec::new(x"7f").read_length() == 127);
    }

    #[test]
    #[expected_failure(abort_code = 0x100ca, location = codec)]
    fun c18_2_to_the_32_is_too_long() {
        codec::new(x"8080808010").read_length();
    }

    #[test]
    fun c18_strings_of_every_length_are_read() {
        for (length in 45..52) {
            let encoded = bcs::to_bytes(&zeros(length));
            encoded.push_back(7);
            let reader = codec::new(encoded);
            assert!(reader.read_bytes() == zeros(length));
            assert!(reader.read_u8() == 7 && reader.is_at_end());
        }
    }

    // ---- Evidence

    #[test]
    #[expected_failure(abort_code = 0x10088, location = punishment)]
    fun c18_evidence_is_not_too_long() {
        punishment::decode(zeros(1_048_577));
    }

    #[test]
    #[expected_failure(abort_code = 0x10089, location = punishment)]
    fun c18_evidence_of_1048576_bytes_is_read() {
        punishment::decode(zeros(1_048_576));
    }

    #[test]
    #[expected_failure(abort_code = 0x1008a, location = punishment)]
    fun c46_the_height_is_not_before_the_batch() {
        punishment::decode(vectors::accusation_before());
    }

    #[test]
    #[expected_failure(abort_code = 0x1008b, location = punishment)]
    fun c46_there_is_a_claim_for_every_transaction() {
        punishment::decode(vectors::accusation_of_130_bytes());
    }

    #[test]
    #[expected_failure(abort_code = 0x1007e, location = batch_header)]
    fun c46_a_batch_has_a_transaction() {
        let header = vectors::honest_header();
        // The count is after term, key and first height.
        for (i in 48..52) header[i] = 0;
        batch_header::decode(header);
    }

    #[test]
    fun c63_a_parcel_of_a_million_bytes() {
        parcel::put_entry(&bob(), zeros(999_999));
        parcel::put_entry(&bob(), b"1");
        assert!(parcel::size(@0xb0b) == 1_000_000);
    }

    #[test]
    #[expected_failure(abort_code = 0x900a5, location = parcel)]
    fun c63_and_not_one_more() {
        parcel::put_entry(&bob(), zeros(999_999));
        parcel::put_entry(&bob(), b"12");
    }
}
