/// What a channel's labels say, by which nodes and pages that have never heard of an application find their way: whose shelf its state is from, where its
/// members meet, which function settles it and which view lists its items.
module channel_app::labels {
    use std::bcs;
    use std::error;
    use std::string::{Self, String};
    use aptos_std::from_bcs;
    use rooch::config::Config;
    use rooch::state_channel;

    friend channel_app::shelf;

    /// The text is not `0x` and 64 lower-case hexadecimal digits.
    const E_NOT_AN_ADDRESS: u64 = 1;

    const SERVER: vector<u8> = b"server_address";
    const RELAY: vector<u8> = b"relay";
    const SETTLE_FUNCTION: vector<u8> = b"settle_function";
    const ITEMS_FUNCTION: vector<u8> = b"items_function";
    const SETTLE_SIGNED_FUNCTION: vector<u8> = b"settle_signed_function";
    const PROVE_FUNCTION: vector<u8> = b"prove_function";

    /// `0x` and two digits for each of 32 bytes.
    const TEXT_LENGTH: u64 = 66;

    // ---- Writing them

    /// Labels every session has: the address with the shelf; where its members meet, a multiaddress, or empty; the entry function that takes a channel's
    /// and a proposal's number and settles.
    public fun describe(config: Config, server: address, relay: String, settle_function: String): Config {
        config
            .with_label(string::utf8(SERVER), to_text(server))
            .with_label(string::utf8(RELAY), relay)
            .with_label(string::utf8(SETTLE_FUNCTION), settle_function)
    }

    /// For a state with tables: the view that takes a channel's number, a place and a limit, and gives a page of items (`channel_app::items`).
    public fun with_items_function(config: Config, items_function: String): Config {
        config.with_label(string::utf8(ITEMS_FUNCTION), items_function)
    }

    /// What nodes use instead of votes where it is there: the entry function that takes a channel's number, a settlement's data, signers and signatures and
    /// settles; the one that takes a channel's number and evidence and runs a transaction again.
    public fun with_proofs(config: Config, settle_signed_function: String, prove_function: String): Config {
        config
            .with_label(string::utf8(SETTLE_SIGNED_FUNCTION), settle_signed_function)
            .with_label(string::utf8(PROVE_FUNCTION), prove_function)
    }

    /// A function's full name; `place` is `module::function`.
    public fun function_name(publisher: address, place: vector<u8>): String {
        let name = to_text(publisher);
        name.append_utf8(b"::");
        name.append_utf8(place);
        name
    }

    // ---- Reading them

    /// The address with the shelf that a channel's state is from. Anybody can open a channel that says so: ask that shelf whether it is true.
    public fun server_of(channel_id: u64): address {
        from_text(&state_channel::get_label(channel_id, string::utf8(SERVER)))
    }

    public(friend) fun relay_in(config: &Config): String {
        config.label(string::utf8(RELAY))
    }

    // ---- Addresses as text: `0x` and 64 lower-case digits

    public fun to_text(account: address): String {
        let text = b"0x";
        bcs::to_bytes(&account).for_each(|byte| {
            text.push_back(digit(byte >> 4));
            text.push_back(digit(byte & 15));
        });
        string::utf8(text)
    }

    public fun from_text(text: &String): address {
        let digits = text.bytes();
        assert!(
            digits.length() == TEXT_LENGTH && digits[0] == 48 && digits[1] == 120,
            error::invalid_argument(E_NOT_AN_ADDRESS)
        );
        let bytes = vector[];
        let i = 2;
        while (i < digits.length()) {
            bytes.push_back((value(digits[i]) << 4) | value(digits[i + 1]));
            i += 2;
        };
        from_bcs::to_address(bytes)
    }

    /// 48 is `0`, 97 is `a`.
    fun digit(value: u8): u8 {
        if (value < 10) 48 + value else 87 + value
    }

    fun value(digit: u8): u8 {
        if (digit >= 48 && digit <= 57) digit - 48
        else {
            assert!((digit >= 97 && digit <= 102), error::invalid_argument(E_NOT_AN_ADDRESS));
            digit - 87
        }
    }
}
