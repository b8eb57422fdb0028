/// Roots, powers, logarithms and exponentials of `FixedPoint64`.
module aptos_std::math_fixed64 {
    use std::error;
    use aptos_std::fixed_point64::{Self, FixedPoint64};
    use aptos_std::math128;

    /// The result does not fit.
    const EOVERFLOW_EXP: u64 = 1;

    /// ln 2 in units of 2^-64.
    const LN2: u256 = 12786308645202655660;
    /// `LN2 / 580`, and 2 to the power of 1/580 with the part in 2^128 that it is too large by.
    const LN2_PART: u256 = 22045359733108027;
    const ROOT_OF_TWO: u256 = 18468802611690918839;
    const ROOT_EXCESS: u256 = 219071715585908898;

    public fun sqrt(x: FixedPoint64): FixedPoint64 {
        // One step of Newton's method doubles the digits of the integer root.
        let y = x.get_raw_value();
        let root = ((math128::sqrt(y) << 32) as u256);
        raw((root + (((y as u256) << 64) / root)) >> 1)
    }

    /// Good to fifteen digits.
    public fun exp(x: FixedPoint64): FixedPoint64 {
        raw(exp_raw((x.get_raw_value() as u256)))
    }

    /// log2(x) + 64, which is never negative.
    public fun log2_plus_64(x: FixedPoint64): FixedPoint64 {
        math128::log2_64(x.get_raw_value())
    }

    /// ln(x) + 64 ln 2, which is never negative. The name is older than the type.
    public fun ln_plus_32ln2(x: FixedPoint64): FixedPoint64 {
        let log2 = (log2_plus_64(x).get_raw_value() as u256);
        raw((log2 * LN2) >> 64)
    }

    public fun pow(x: FixedPoint64, n: u64): FixedPoint64 {
        raw(pow_raw((x.get_raw_value() as u256), (n as u128)))
    }

    /// `x * y / z`, rounded once.
    public fun mul_div(x: FixedPoint64, y: FixedPoint64, z: FixedPoint64): FixedPoint64 {
        let product = (x.get_raw_value() as u256) * (y.get_raw_value() as u256);
        raw(product / (z.get_raw_value() as u256))
    }

    fun raw(value: u256): FixedPoint64 {
        fixed_point64::create_from_raw_value((value as u128))
    }

    /// e^x = 2^doublings * 2^(parts / 580) * e^rest, where the rest is small enough for six terms of its series.
    fun exp_raw(x: u256): u256 {
        let doublings = x / LN2;
        assert!(doublings <= 63, error::invalid_state(EOVERFLOW_EXP));
        let shift = (doublings as u8);
        let parts = (x % LN2) / LN2_PART;
        let rest = (x % LN2) % LN2_PART;
        let power = pow_raw(ROOT_OF_TWO, (parts as u128));
        power -= (power * ROOT_EXCESS * parts) >> 128;
        let term1 = (power * rest) >> (64 - shift);
        let term2 = (term1 * rest) >> 64;
        let term3 = (term2 * rest) >> 64;
        let term4 = (term3 * rest) >> 64;
        let term5 = (term4 * rest) >> 64;
        let term6 = (term5 * rest) >> 64;
        (power << shift) + term1 + term2 / 2 + term3 / 6 + term4 / 24 + term5 / 120 + term6 / 720
    }

    fun pow_raw(x: u256, n: u128): u256 {
        let result = 1 << 64;
        while (n != 0) {
            if (n & 1 != 0) result = (result * x) >> 64;
            n >>= 1;
            x = (x * x) >> 64;
        };
        result
    }

    #[test]
    fun computes() {
        let two = fixed_point64::create_from_u128(2);
        assert!(near(sqrt(two), 26087635650665564424), 0);
        assert!(pow(two, 10) == fixed_point64::create_from_u128(1024), 1);
        assert!(exp(fixed_point64::create_from_u128(0)) == fixed_point64::create_from_u128(1), 2);
        // e and e^10 in units of 2^-64.
        assert!(near(exp(fixed_point64::create_from_u128(1)), 50143449209799256682), 3);
        assert!(near(exp(fixed_point64::create_from_u128(10)), 406316577365116946489258), 4);
        assert!(log2_plus_64(two) == fixed_point64::create_from_u128(65), 5);
        assert!(near(ln_plus_32ln2(two), 831110061938172617900), 6);
        assert!(mul_div(two, two, fixed_point64::create_from_rational(1, 2)) == fixed_point64::create_from_u128(8), 7);
    }

    #[test_only]
    fun near(x: FixedPoint64, expected: u128): bool {
        let raw = x.get_raw_value();
        let distance = if (raw > expected) raw - expected else expected - raw;
        distance <= expected / 1000000000000000
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = Self)]
    fun ends_where_e_to_the_x_no_longer_fits() {
        exp(fixed_point64::create_from_u128(45));
    }
}
