/// Arithmetic on u128.
module aptos_std::math128 {
    use std::error;
    use std::fixed_point32::{Self, FixedPoint32};
    use aptos_std::fixed_point64::{Self, FixedPoint64};

    /// Zero has no logarithm.
    const EINVALID_ARG_FLOOR_LOG2: u64 = 1;

    public fun max(a: u128, b: u128): u128 { if (a >= b) a else b }

    public fun min(a: u128, b: u128): u128 { if (a < b) a else b }

    /// Rounded down; never overflows.
    public fun average(a: u128, b: u128): u128 {
        if (a < b) a + (b - a) / 2 else b + (a - b) / 2
    }

    public inline fun gcd(a: u128, b: u128): u128 {
        let (larger, smaller) = if (a > b) (a, b) else (b, a);
        while (smaller != 0) {
            let rest = larger % smaller;
            larger = smaller;
            smaller = rest;
        };
        larger
    }

    public inline fun lcm(a: u128, b: u128): u128 {
        if (a == 0 || b == 0) 0 else a / gcd(a, b) * b
    }

    /// `a * b / c`, rounded down, with the product in 256 bits.
    public inline fun mul_div(a: u128, b: u128, c: u128): u128 {
        (((a as u256) * (b as u256) / (c as u256)) as u128)
    }

    /// `x`, but not below `lower` nor above `upper`.
    public fun clamp(x: u128, lower: u128, upper: u128): u128 {
        min(upper, max(lower, x))
    }

    public fun pow(n: u128, e: u128): u128 {
        let result = 1;
        while (e > 0) {
            if (e % 2 == 1) result *= n;
            e /= 2;
            // The last square may be too large, and is not needed.
            if (e > 0) n *= n;
        };
        result
    }

    /// Index of the highest bit that is set.
    public fun floor_log2(x: u128): u8 {
        assert!(x != 0, error::invalid_argument(EINVALID_ARG_FLOOR_LOG2));
        let result = 0;
        let step = 64;
        while (step > 0) {
            if (x >= 1 << step) {
                x >>= step;
                result += step;
            };
            step /= 2;
        };
        result
    }

    /// The logarithm, rounded down to 32 bits behind the point.
    public fun log2(x: u128): FixedPoint32 {
        let integer = floor_log2(x);
        // x without its power of two, in [1, 2) with 32 bits behind the point. Each squaring makes one more bit of the logarithm.
        let y = (if (integer >= 32) x >> (integer - 32) else x << (32 - integer));
        let fraction = 0;
        let bit = 1 << 31;
        while (bit != 0) {
            y = (y * y) >> 32;
            if (y >= 2 << 32) {
                fraction += bit;
                y >>= 1;
            };
            bit >>= 1;
        };
        fixed_point32::create_from_raw_value(((integer as u64) << 32) + fraction)
    }

    /// The logarithm, rounded down to 64 bits behind the point.
    public fun log2_64(x: u128): FixedPoint64 {
        let integer = floor_log2(x);
        // As in `log2`; with 63 bits behind the point, squares fit into 128.
        let y = if (integer >= 63) x >> (integer - 63) else x << (63 - integer);
        let fraction = 0;
        let bit = 1 << 63;
        while (bit != 0) {
            y = (y * y) >> 63;
            if (y >= 2 << 63) {
                fraction += bit;
                y >>= 1;
            };
            bit >>= 1;
        };
        fixed_point64::create_from_raw_value(((integer as u128) << 64) + fraction)
    }

    /// Square root, rounded down.
    public fun sqrt(x: u128): u128 {
        if (x == 0) return 0;
        // Newton's method from above: the estimate falls until it is the root.
        let root = 1 << (floor_log2(x) / 2 + 1);
        loop {
            let next = (root + x / root) / 2;
            if (next >= root) return root;
            root = next;
        }
    }

    /// `x / y`, rounded up.
    public inline fun ceil_div(x: u128, y: u128): u128 {
        if (x == 0) {
            assert!(y != 0, 0x10004);
            0
        } else (x - 1) / y + 1
    }

    #[test]
    fun computes() {
        let max = 340282366920938463463374607431768211455;
        assert!(average(max, max - 2) == max - 1, 0);
        assert!(gcd(54, 24) == 6 && gcd(0, 5) == 5 && lcm(4, 6) == 12, 1);
        assert!(mul_div(1 << 127, 6, 4) == (1 << 127) + (1 << 126), 2);
        assert!(clamp(5, 1, 3) == 3 && clamp(0, 1, 3) == 1, 3);
        assert!(pow(10, 38) == 100000000000000000000000000000000000000 && pow(2, 127) == 1 << 127, 4);
        assert!(floor_log2(1) == 0 && floor_log2(255) == 7 && floor_log2(max) == 127, 5);
        assert!(ceil_div(7, 2) == 4 && ceil_div(0, 2) == 0 && ceil_div(8, 2) == 4, 6);
        assert!(log2(8) == fixed_point32::create_from_u64(3), 7);
        assert!(log2(10).get_raw_value() == 14267572527, 8);
        assert!(log2_64(8) == fixed_point64::create_from_u128(3), 9);
        let log10 = log2_64(10).get_raw_value();
        assert!(log10 / 1000000 == 61278757397652, 10);
    }

    #[test]
    fun takes_roots() {
        let n = 0;
        while (n < 70) {
            let root = sqrt(n);
            assert!(root * root <= n && (root + 1) * (root + 1) > n, (n as u64));
            n += 1;
        };
        let max = 340282366920938463463374607431768211455;
        assert!(sqrt(max) == 18446744073709551615, 100);
        assert!(sqrt(18446744073709551615 * 18446744073709551615 - 1) == 18446744073709551614, 101);
    }
}
