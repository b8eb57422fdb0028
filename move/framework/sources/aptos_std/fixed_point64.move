/// Numbers with 64 bits before and 64 bits behind the point. All operations round down unless they say otherwise.
module aptos_std::fixed_point64 {
    /// The denominator is zero.
    const EDENOMINATOR: u64 = 0x10001;
    /// The quotient does not fit into 128 bits.
    const EDIVISION: u64 = 0x20002;
    /// The product or sum does not fit into 128 bits.
    const EMULTIPLICATION: u64 = 0x20003;
    /// Nothing can be divided by zero.
    const EDIVISION_BY_ZERO: u64 = 0x10004;
    /// The result is too large, or too small to differ from zero.
    const ERATIO_OUT_OF_RANGE: u64 = 0x20005;
    /// The subtrahend is larger.
    const ENEGATIVE_RESULT: u64 = 0x10006;

    const MAX_U128: u256 = 340282366920938463463374607431768211455;
    const ONE: u256 = 1 << 64;

    struct FixedPoint64 has copy, drop, store {
        value: u128
    }

    public fun sub(self: FixedPoint64, y: FixedPoint64): FixedPoint64 {
        assert!(self.value >= y.value, ENEGATIVE_RESULT);
        FixedPoint64 { value: self.value - y.value }
    }

    public fun add(self: FixedPoint64, y: FixedPoint64): FixedPoint64 {
        checked((self.value as u256) + (y.value as u256))
    }

    public fun multiply_u128(val: u128, multiplier: FixedPoint64): u128 {
        let product = ((val as u256) * (multiplier.value as u256)) >> 64;
        assert!(product <= MAX_U128, EMULTIPLICATION);
        (product as u128)
    }

    public fun divide_u128(val: u128, divisor: FixedPoint64): u128 {
        assert!(divisor.value != 0, EDIVISION_BY_ZERO);
        let quotient = ((val as u256) << 64) / (divisor.value as u256);
        assert!(quotient <= MAX_U128, EDIVISION);
        (quotient as u128)
    }

    /// The ratio rounded down; 0 only if the numerator is.
    public fun create_from_rational(numerator: u128, denominator: u128): FixedPoint64 {
        assert!(denominator != 0, EDENOMINATOR);
        let quotient = ((numerator as u256) << 64) / (denominator as u256);
        assert!(quotient != 0 || numerator == 0, ERATIO_OUT_OF_RANGE);
        checked(quotient)
    }

    public fun create_from_raw_value(value: u128): FixedPoint64 {
        FixedPoint64 { value }
    }

    /// In units of 2^-64.
    public fun get_raw_value(self: FixedPoint64): u128 {
        self.value
    }

    public fun is_zero(self: FixedPoint64): bool {
        self.value == 0
    }

    public fun min(num1: FixedPoint64, num2: FixedPoint64): FixedPoint64 {
        if (num1.value < num2.value) num1 else num2
    }

    public fun max(num1: FixedPoint64, num2: FixedPoint64): FixedPoint64 {
        if (num1.value > num2.value) num1 else num2
    }

    public fun less_or_equal(self: FixedPoint64, num2: FixedPoint64): bool {
        self.value <= num2.value
    }

    public fun less(self: FixedPoint64, num2: FixedPoint64): bool {
        self.value < num2.value
    }

    public fun greater_or_equal(self: FixedPoint64, num2: FixedPoint64): bool {
        self.value >= num2.value
    }

    public fun greater(self: FixedPoint64, num2: FixedPoint64): bool {
        self.value > num2.value
    }

    public fun equal(self: FixedPoint64, num2: FixedPoint64): bool {
        self.value == num2.value
    }

    /// Whether the two are at most `precision` apart.
    public fun almost_equal(self: FixedPoint64, num2: FixedPoint64, precision: FixedPoint64): bool {
        let (larger, smaller) = if (self.value > num2.value) (self.value, num2.value) else (num2.value, self.value);
        larger - smaller <= precision.value
    }

    public fun create_from_u128(val: u128): FixedPoint64 {
        checked((val as u256) << 64)
    }

    public fun floor(self: FixedPoint64): u128 {
        self.value >> 64
    }

    public fun ceil(self: FixedPoint64): u128 {
        (((self.value as u256) + ONE - 1) >> 64 as u128)
    }

    /// To the nearest; a half goes up.
    public fun round(self: FixedPoint64): u128 {
        (((self.value as u256) + ONE / 2) >> 64 as u128)
    }

    fun checked(value: u256): FixedPoint64 {
        assert!(value <= MAX_U128, ERATIO_OUT_OF_RANGE);
        FixedPoint64 { value: (value as u128) }
    }

    #[test]
    fun computes() {
        let third = create_from_rational(1, 3);
        assert!(third.get_raw_value() == 6148914691236517205 && !third.is_zero(), 0);
        assert!(multiply_u128(10, third) == 3 && divide_u128(3, third) == 9, 1);
        let x = create_from_rational(7, 2);
        assert!(x.floor() == 3 && x.ceil() == 4 && x.round() == 4, 2);
        assert!(min(x, third) == third && max(x, third) == x, 3);
        assert!(x.add(x) == create_from_u128(7) && x.sub(x).is_zero(), 4);
        assert!(third.less(x) && third.less_or_equal(x) && x.greater(third) && x.greater_or_equal(x), 5);
        assert!(x.equal(x) && third.almost_equal(create_from_rational(2, 6), create_from_raw_value(1)), 6);
        assert!(!third.almost_equal(x, create_from_u128(3)), 7);
        let top = create_from_raw_value(340282366920938463463374607431768211455);
        assert!(top.ceil() == 18446744073709551616 && top.round() == 18446744073709551616, 8);
    }

    #[test]
    #[expected_failure(abort_code = ENEGATIVE_RESULT)]
    fun is_not_negative() {
        create_from_u128(1).sub(create_from_u128(2));
    }

    #[test]
    #[expected_failure(abort_code = ERATIO_OUT_OF_RANGE)]
    fun adds_within_128_bits() {
        create_from_u128(1 << 63).add(create_from_u128(1 << 63));
    }

    #[test]
    #[expected_failure(abort_code = EDIVISION)]
    fun divides_within_128_bits() {
        divide_u128(1 << 65, create_from_raw_value(1));
    }
}
