#[test_only]
/// Labels, and addresses as text.
module channel_app::labels_test {
    use std::string::{Self, String};
    use channel_app::labels;
    use channel_app::tally;
    use rooch::state_channel;

    #[test]
    fun a14_labels_describe_a_session() {
        tally::begin();
        tally::lend();
        assert!(
            label(b"server_address")
                == string::utf8(b"0x00000000000000000000000000000000000000000000000000000000000a11ce")
        );
        assert!(label(b"relay") == string::utf8(b"/dns4/relay"));
        assert!(
            label(b"settle_function")
                == string::utf8(
                    b"0x6368616e6e656c5f617070000000000000000000000000000000000000000001::tally::settle"
                )
        );
        assert!(labels::server_of(1) == @0xa11ce);
    }

    #[test]
    fun a14_and_where_its_items_are() {
        let config = labels::with_items_function(state_channel::create_config(0), string::utf8(b"items"));
        assert!(config.label(string::utf8(b"items_function")) == string::utf8(b"items"));
    }

    #[test]
    fun a14_and_what_takes_signatures_and_evidence() {
        let config = state_channel::create_config(0);
        config = labels::with_proofs(config, string::utf8(b"signed"), string::utf8(b"prove"));
        assert!(config.label(string::utf8(b"settle_signed_function")) == string::utf8(b"signed"));
        assert!(config.label(string::utf8(b"prove_function")) == string::utf8(b"prove"));
    }

    #[test]
    fun a15_an_address_comes_back_from_its_text() {
        let account = @0xfedcba9876543210000000000000000000000000000000000123456789abcdef;
        let text = labels::to_text(account);
        assert!(text == string::utf8(b"0xfedcba9876543210000000000000000000000000000000000123456789abcdef"));
        assert!(labels::from_text(&text) == account);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = labels)]
    fun a15_an_address_is_written_in_full() {
        labels::from_text(&string::utf8(b"0xc4a7"));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = labels)]
    fun a15_an_address_begins_with_0() {
        labels::from_text(&string::utf8(b"1x00000000000000000000000000000000000000000000000000000000000a11ce"));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = labels)]
    fun a15_and_goes_on_with_x() {
        labels::from_text(&string::utf8(b"0000000000000000000000000000000000000000000000000000000000000a11ce"));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = labels)]
    fun a15_an_address_has_lower_case_digits() {
        labels::from_text(&string::utf8(b"0x00000000000000000000000000000000000000000000000000000000000A11CE"));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = labels)]
    fun a15_and_none_below_0() {
        labels::from_text(&string::utf8(b"0x00000000000000000000000000000000000000000000000000000000000/11ce"));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = labels)]
    fun a15_nor_above_9() {
        labels::from_text(&string::utf8(b"0x00000000000000000000000000000000000000000000000000000000000:11ce"));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = labels)]
    fun a15_nor_below_a() {
        labels::from_text(&string::utf8(b"0x00000000000000000000000000000000000000000000000000000000000`11ce"));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = labels)]
    fun a15_and_no_other_letters() {
        labels::from_text(&string::utf8(b"0x00000000000000000000000000000000000000000000000000000000000g11ce"));
    }

    fun label(key: vector<u8>): String {
        state_channel::get_label(1, string::utf8(key))
    }
}
