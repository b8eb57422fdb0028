/// Addresses as text, for the labels of a channel: `0x` and 64 lower-case digits.
module movecraft::address_text {
    use std::bcs;
    use std::error;
    use std::string::{Self, String};
    use aptos_std::from_bcs;

    friend movecraft::world;

    /// The text is not `0x` and 64 lower-case hexadecimal digits.
    const E_NOT_AN_ADDRESS: u64 = 31;

    /// `0x` and two digits for each of 32 bytes.
    const TEXT_LENGTH: u64 = 66;

    public(friend) fun to_text(account: address): String {
        let bytes = bcs::to_bytes(&account);
        let text = b"0x";
        for (i in 0..bytes.length()) {
            text.push_back(digit(bytes[i] >> 4));
            text.push_back(digit(bytes[i] & 15));
        };
        string::utf8(text)
    }

    public(friend) fun from_text(text: &String): address {
        let digits = text.bytes();
        assert!(
            digits.length() == TEXT_LENGTH && digits[0] == 48 && digits[1] == 120,
            error::invalid_argument(E_NOT_AN_ADDRESS)
        );
        let bytes = vector[];
        let i = 2;
        while (i < TEXT_LENGTH) {
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
