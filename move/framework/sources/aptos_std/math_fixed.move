/// Roots, powers, logarithms and exponentials of `FixedPoint32`.
module aptos_std::math_fixed {
    use std::error;
    use std::fixed_point32::{Self, FixedPoint32};
    use aptos_std::math128;

    /// The result does not fit.
    const EOVERFLOW_EXP: u64 = 1;

    /// ln 2 in units of 2^-32.
    const LN2: u128 = 2977044472;
    /// `LN2 / 4999`, and 2 to the power of 1/4999.
    const LN2_PART: u128 = 595528;
    const ROOT_OF_TWO: u128 = 4295562865;

    public fun sqrt(x: FixedPoint32): FixedPoint32 {
        raw((math128::sqrt((x.get_raw_value() as u128) << 32)))
    }

    /// Good to six digits.
    public fun exp(x: FixedPoint32): FixedPoint32 {
        raw(exp_raw((x.get_raw_value() as u128)))
    }

    /// log2(x) + 32, which is never negative.
    public fun log2_plus_32(x: FixedPoint32): FixedPoint32 {
        math128::log2((x.get_raw_value() as u128))
    }

    /// ln(x) + 32 ln 2, which is never negative.
    public fun ln_plus_32ln2(x: FixedPoint32): FixedPoint32 {
        let log2 = (log2_plus_32(x).get_raw_value() as u128);
        raw((log2 * LN2) >> 32)
    }

    public fun pow(x: FixedPoint32, n: u64): FixedPoint32 {
        raw(pow_raw((x.get_raw_value() as u128), (n as u128)))
    }

    /// `x * y / z`, rounded once.
    public fun mul_div(x: FixedPoint32, y: FixedPoint32, z: FixedPoint32): FixedPoint32 {
        let product = (x.get_raw_value() as u128) * (y.get_raw_value() as u128);
        raw(product / (z.get_raw_value() as u128))
    }

    fun raw(value: u128): FixedPoint32 {
        fixed_point32::create_from_raw_value((value as u64))
    }

    /// e^x = 2^doublings * ROOT_OF_TWO^parts * e^rest, where the rest is small enough for two terms of its series.
    fun exp_raw(x: u128): u128 {
        let doublings = x / LN2;
        assert!(doublings <= 31, error::invalid_state(EOVERFLOW_EXP));
        let shift = (doublings as u8);
        let parts = (x % LN2) / LN2_PART;
        let rest = (x % LN2) % LN2_PART;
        let power = pow_raw(ROOT_OF_TWO, parts);
        let term1 = (power * rest) >> (32 - shift);
        let term2 = (term1 * rest) >> 32;
        (power << shift) + term1 + term2 / 2
    }

    fun pow_raw(x: u128, n: u128): u128 {
        let result = 1 << 32;
        while (n != 0) {
            if (n & 1 != 0) result = (result * x) >> 32;
            n >>= 1;
            x = (x * x) >> 32;
        };
        result
    }

    #[test]
    fun computes() {
        let two = fixed_point32::create_from_u64(2);
        assert!(sqrt(two).get_raw_value() == 6074000999, 0);
        assert!(pow(two, 10) == fixed_point32::create_from_u64(1024), 1);
        assert!(exp(fixed_point32::create_from_u64(0)) == fixed_point32::create_from_u64(1), 2);
        // e is 11674931554 and e^10 is 94602973571158 in units of 2^-32.
        assert!(near(exp(fixed_point32::create_from_u64(1)), 11674931554), 3);
        assert!(near(exp(fixed_point32::create_from_u64(10)), 94602973571158), 4);
        assert!(log2_plus_32(two) == fixed_point32::create_from_u64(33), 5);
        assert!(near(ln_plus_32ln2(two), 98242467576), 6);
        assert!(mul_div(two, two, fixed_point32::create_from_rational(1, 2)) == fixed_point32::create_from_u64(8), 7);
    }

    #[test_only]
    fun near(x: FixedPoint32, expected: u64): bool {
        let raw = x.get_raw_value();
        let distance = if (raw > expected) raw - expected else expected - raw;
        distance <= expected / 100000
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = Self)]
    fun ends_where_e_to_the_x_no_longer_fits() {
        exp(fixed_point32::create_from_u64(23));
    }
}
