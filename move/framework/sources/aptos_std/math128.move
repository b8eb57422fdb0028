/// Arithmetic on u128.
module aptos_std::math128 {
    use std::error;

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
