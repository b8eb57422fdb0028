#[test_only]
/// What is done to a server where there is none, or to a channel that says it is of such a one, is refused.
module chat::server_test {
    use std::string;
    use aptos_framework::account;
    use aptos_framework::aptos_coin::{Self, AptosCoin};
    use aptos_framework::chain_id;
    use aptos_framework::coin;
    use aptos_framework::timestamp;
    use channel_app::labels;
    use chat::chat;
    use rooch::staking;
    use rooch::state_channel::{Self, SettleCap};

    const BOB: address = @0xb0b;
    const MALLORY: address = @0xbad;

    /// The state of a channel that is not chat's.
    struct Forged has store {}

    struct Forger has key {
        cap: SettleCap
    }

    fun person(account: address): signer {
        account::create_signer_for_test(account)
    }

    fun begin() {
        let framework = person(@aptos_framework);
        timestamp::set_time_has_started_for_testing(&framework);
        timestamp::update_global_time_for_test(5_000_000);
        let (burn_cap, mint_cap) = aptos_coin::initialize_for_test(&framework);
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_mint_cap(mint_cap);
        chain_id::initialize_for_test(&framework, 4);
        account::create_account_for_test(MALLORY);
        staking::init_for_test(&person(@rooch));
        state_channel::init_for_test(&person(@rooch));
        chat::init_for_test(&person(@chat));
    }

    /// Channel 1 says that it is of Bob's server, who has none.
    fun begin_with_forgery() {
        begin();
        let config = state_channel::create_config(0);
        let config = labels::describe(config, BOB, string::utf8(b""), string::utf8(b""));
        let (cap, _) = state_channel::create<Forged, Forged, AptosCoin>(&person(MALLORY), Forged {}, config);
        move_to(&person(MALLORY), Forger { cap });
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = chat)]
    fun a_settlement_is_of_a_server() {
        begin_with_forgery();
        chat::chat_group_settlement(&person(MALLORY), 1, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = chat)]
    fun a_settlement_by_signatures_is_of_a_server() {
        begin_with_forgery();
        chat::chat_group_settlement_signed(&person(MALLORY), 1, vector[], vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = chat)]
    fun evidence_is_of_a_server() {
        begin_with_forgery();
        chat::chat_prove_wrong(&person(MALLORY), 1, vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = chat)]
    fun what_is_closed_is_of_a_server() {
        begin_with_forgery();
        chat::chat_session_close(&person(MALLORY), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = chat)]
    fun who_joins_with_a_shared_stake_names_a_server() {
        begin_with_forgery();
        chat::chat_session_join_with_shared_stake(&person(MALLORY), BOB, 1, x"", 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = chat)]
    fun sessions_are_of_a_server() {
        begin();
        chat::sessions(BOB);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = chat)]
    fun a_session_is_of_a_server() {
        begin();
        chat::session(BOB, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = chat)]
    fun a_group_is_of_a_server() {
        begin();
        chat::group(BOB, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = chat)]
    fun a_group_is_lent_by_a_server() {
        begin();
        chat::group_session(BOB, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = chat)]
    fun groups_are_counted_in_a_server() {
        begin();
        chat::group_count(BOB);
    }
}
