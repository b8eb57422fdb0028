/// Numbers with 32 bits before and 32 bits behind the point. All operations round down unless they say otherwise.
module std::fixed_point32 {
    /// The denominator is zero.
    const EDENOMINATOR: u64 = 0x10001;
    /// The quotient does not fit into 64 bits.
    const EDIVISION: u64 = 0x20002;
    /// The product does not fit into 64 bits.
    const EMULTIPLICATION: u64 = 0x20003;
    /// Nothing can be divided by zero.
    const EDIVISION_BY_ZERO: u64 = 0x10004;
    /// The ratio is too large, or too small to differ from zero.
    const ERATIO_OUT_OF_RANGE: u64 = 0x20005;

    const MAX_U64: u128 = 18446744073709551615;
    const ONE: u128 = 1 << 32;

    struct FixedPoint32 has copy, drop, store {
        value: u64
    }

    public fun multiply_u64(val: u64, multiplier: FixedPoint32): u64 {
        let product = ((val as u128) * (multiplier.value as u128)) >> 32;
        assert!(product <= MAX_U64, EMULTIPLICATION);
        (product as u64)
    }

    public fun divide_u64(val: u64, divisor: FixedPoint32): u64 {
        assert!(divisor.value != 0, EDIVISION_BY_ZERO);
        let quotient = ((val as u128) << 32) / (divisor.value as u128);
        assert!(quotient <= MAX_U64, EDIVISION);
        (quotient as u64)
    }

    /// The ratio rounded down; 0 only if the numerator is.
    public fun create_from_rational(numerator: u64, denominator: u64): FixedPoint32 {
        assert!(denominator != 0, EDENOMINATOR);
        let quotient = ((numerator as u128) << 64) / ((denominator as u128) << 32);
        assert!(quotient != 0 || numerator == 0, ERATIO_OUT_OF_RANGE);
        assert!(quotient <= MAX_U64, ERATIO_OUT_OF_RANGE);
        FixedPoint32 { value: (quotient as u64) }
    }

    public fun create_from_raw_value(value: u64): FixedPoint32 {
        FixedPoint32 { value }
    }

    /// In units of 2^-32.
    public fun get_raw_value(self: FixedPoint32): u64 {
        self.value
    }

    public fun is_zero(self: FixedPoint32): bool {
        self.value == 0
    }

    public fun min(num1: FixedPoint32, num2: FixedPoint32): FixedPoint32 {
        if (num1.value < num2.value) num1 else num2
    }

    public fun max(num1: FixedPoint32, num2: FixedPoint32): FixedPoint32 {
        if (num1.value > num2.value) num1 else num2
    }

    public fun create_from_u64(val: u64): FixedPoint32 {
        let value = (val as u128) << 32;
        assert!(value <= MAX_U64, ERATIO_OUT_OF_RANGE);
        FixedPoint32 { value: (value as u64) }
    }

    public fun floor(self: FixedPoint32): u64 {
        self.value >> 32
    }

    public fun ceil(self: FixedPoint32): u64 {
        (((self.value as u128) + ONE - 1) >> 32 as u64)
    }

    /// To the nearest; a half goes up.
    public fun round(self: FixedPoint32): u64 {
        (((self.value as u128) + ONE / 2) >> 32 as u64)
    }

    #[test]
    fun computes() {
        let third = create_from_rational(1, 3);
        assert!(third.get_raw_value() == 1431655765 && !third.is_zero(), 0);
        assert!(multiply_u64(9, third) == 2 && multiply_u64(10, third) == 3 && divide_u64(3, third) == 9, 1);
        let x = create_from_rational(7, 2);
        assert!(x.floor() == 3 && x.ceil() == 4 && x.round() == 4, 2);
        assert!(min(x, third) == third && max(x, third) == x, 3);
        let top = create_from_raw_value(18446744073709551615);
        assert!(top.ceil() == 4294967296 && top.round() == 4294967296 && top.floor() == 4294967295, 4);
        assert!(create_from_u64(4294967295).floor() == 4294967295, 5);
    }

    #[test]
    #[expected_failure(abort_code = ERATIO_OUT_OF_RANGE)]
    fun does_not_round_to_zero() {
        create_from_rational(1, 4294967297);
    }

    #[test]
    #[expected_failure(abort_code = EDENOMINATOR)]
    fun has_a_denominator() {
        create_from_rational(2, 0);
    }

    #[test]
    #[expected_failure(abort_code = EDIVISION)]
    fun divides_within_64_bits() {
        divide_u64(1 << 33, create_from_raw_value(1));
    }

    #[test]
    #[expected_failure(abort_code = EMULTIPLICATION)]
    fun multiplies_within_64_bits() {
        multiply_u64(1 << 63, create_from_u64(2));
    }
}
