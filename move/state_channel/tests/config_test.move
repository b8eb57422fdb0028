#[test_only]
module rooch::config_test {
    use std::string::{Self, String};
    use rooch::config;
    use rooch::state_channel;

    fun text(length: u64): String {
        let bytes = vector[];
        for (i in 0..length) bytes.push_back(97);
        string::utf8(bytes)
    }

    #[test]
    fun c1_a_configuration_holds_what_it_was_given() {
        let config =
            state_channel::create_config(7)
                .with_tick(string::utf8(b"0x1::land::tick"), 50)
                .with_heartbeat_window(5_000)
                .with_settle_interval(1_000)
                .with_label(string::utf8(b"relay"), string::utf8(b""));
        assert!(config.stake() == 7);
        assert!(*config.tick_function().borrow() == string::utf8(b"0x1::land::tick"));
        assert!(config.tick_interval_ms() == 50);
        assert!(config.heartbeat_window_ms() == 5_000);
        assert!(config.settle_interval_ms() == 1_000);
        assert!(config.label(string::utf8(b"relay")) == string::utf8(b""));
    }

    #[test]
    fun c1_a_plain_configuration_has_a_window_of_15_s_and_no_timers() {
        let config = state_channel::create_config(0);
        assert!(config.heartbeat_window_ms() == 15_000);
        assert!(config.settle_interval_ms() == 0);
        assert!(config.tick_function().is_none() && config.tick_interval_ms() == 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = config)]
    fun c1_a_tick_function_has_a_name() {
        state_channel::create_config(0).with_tick(text(0), 50);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = config)]
    fun c1_the_name_of_a_tick_function_is_not_too_long() {
        state_channel::create_config(0).with_tick(text(327), 50);
    }

    #[test]
    #[expected_failure(abort_code = 0x2000c, location = config)]
    fun c1_ticks_are_not_too_frequent() {
        state_channel::create_config(0).with_tick(text(1), 49);
    }

    #[test]
    #[expected_failure(abort_code = 0x2000c, location = config)]
    fun c1_ticks_are_not_too_rare() {
        state_channel::create_config(0).with_tick(text(1), 86_400_001);
    }

    #[test]
    #[expected_failure(abort_code = 0x2000d, location = config)]
    fun c1_a_heartbeat_window_is_not_too_short() {
        state_channel::create_config(0).with_heartbeat_window(4_999);
    }

    #[test]
    #[expected_failure(abort_code = 0x2000d, location = config)]
    fun c1_a_heartbeat_window_is_not_too_long() {
        state_channel::create_config(0).with_heartbeat_window(600_001);
    }

    #[test]
    #[expected_failure(abort_code = 0x2000e, location = config)]
    fun c1_settlements_are_not_too_frequent() {
        state_channel::create_config(0).with_settle_interval(999);
    }

    #[test]
    #[expected_failure(abort_code = 0x2000e, location = config)]
    fun c1_settlements_are_not_too_rare() {
        state_channel::create_config(0).with_settle_interval(86_400_001);
    }

    #[test]
    #[expected_failure(abort_code = 0x9000f, location = config)]
    fun c1_there_are_at_most_16_labels() {
        let config = state_channel::create_config(0);
        for (i in 1..18) config = config.with_label(text(i), text(1));
    }

    #[test]
    #[expected_failure(abort_code = 0x10010, location = config)]
    fun c1_a_label_has_a_key() {
        state_channel::create_config(0).with_label(text(0), text(1));
    }

    #[test]
    #[expected_failure(abort_code = 0x10010, location = config)]
    fun c1_a_labels_key_is_not_too_long() {
        state_channel::create_config(0).with_label(text(65), text(1));
    }

    #[test]
    #[expected_failure(abort_code = 0x10010, location = config)]
    fun c1_a_labels_value_is_not_too_long() {
        state_channel::create_config(0).with_label(text(64), text(513));
    }

    #[test]
    #[expected_failure(abort_code = 0x80011, location = config)]
    fun c1_a_label_is_given_once() {
        state_channel::create_config(0).with_label(text(1), text(1)).with_label(text(1), text(2));
    }

    #[test]
    #[expected_failure(abort_code = 0x60012, location = config)]
    fun c1_a_label_that_was_not_given_is_not_there() {
        state_channel::create_config(0).label(text(1));
    }

    #[test]
    fun c1_the_fine_is_the_stake_unless_it_is_less() {
        assert!(state_channel::create_config(100).fine() == 100);
        assert!(state_channel::create_config(100).with_fine(0).fine() == 0);
        assert!(state_channel::create_config(100).with_fine(100).fine() == 100);
    }

    #[test]
    #[expected_failure(abort_code = 0x20013, location = config)]
    fun c1_the_fine_is_not_more_than_the_stake() {
        state_channel::create_config(100).with_fine(101);
    }

    #[test]
    fun c1_windows_are_as_they_are_given() {
        let config =
            state_channel::create_config(0).with_windows(5_000, 5_001).with_evidence_window(604_800_000)
                .with_quiet_heartbeats();
        assert!(config.contest_window_ms() == 5_000 && config.exit_window_ms() == 5_001);
        assert!(config.evidence_window_ms() == config::evidence_window_ms_max() && config.is_quiet());
        let longest = state_channel::create_config(0).with_windows(604_800_000, 2_592_000_000);
        assert!(longest.exit_window_ms() == 2_592_000_000);
    }

    #[test]
    #[expected_failure(abort_code = 0x20014, location = config)]
    fun c1_time_to_contest_is_not_too_short() {
        state_channel::create_config(0).with_windows(4_999, 600_000);
    }

    #[test]
    #[expected_failure(abort_code = 0x20014, location = config)]
    fun c1_time_to_contest_is_not_too_long() {
        state_channel::create_config(0).with_windows(604_800_001, 2_592_000_000);
    }

    #[test]
    #[expected_failure(abort_code = 0x2006f, location = config)]
    fun c1_nobody_goes_while_a_settlement_can_be_contested() {
        state_channel::create_config(0).with_windows(60_000, 60_000);
    }

    #[test]
    #[expected_failure(abort_code = 0x2006f, location = config)]
    fun c1_nobody_waits_to_go_for_ever() {
        state_channel::create_config(0).with_windows(60_000, 2_592_000_001);
    }

    #[test]
    #[expected_failure(abort_code = 0x20070, location = config)]
    fun c1_evidence_is_not_awaited_for_ever() {
        state_channel::create_config(0).with_evidence_window(604_800_001);
    }
}
