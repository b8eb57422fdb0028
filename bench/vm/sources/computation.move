// Loops, calls and integers. Every function has a twin in ../assembly.
module 0xbe7c::computation {
    const LCG_FACTOR: u64 = 1103515245;
    const LCG_STEP: u64 = 12345;
    const LCG_MODULUS: u64 = 2147483648;
    const GOLDEN_128: u128 = 0x9e3779b97f4a7c15;
    const GOLDEN_256: u256 = 0x9e3779b97f4a7c15f39cc0605cedc834;
    const LOW_128: u128 = 0xffffffffffffffff;
    const LOW_256: u256 = 0xffffffffffffffffffffffffffffffff;

    public entry fun nothing() {}

    public fun sum(n: u64): u64 {
        let total = 0;
        let i = 0;
        while (i < n) {
            total = total + i;
            i = i + 1;
        };
        total
    }

    public fun lcg(n: u64): u64 {
        let x = 1;
        let i = 0;
        while (i < n) {
            x = (x * LCG_FACTOR + LCG_STEP) % LCG_MODULUS;
            i = i + 1;
        };
        x
    }

    public fun fib(n: u64): u64 {
        if (n < 2) n else fib(n - 1) + fib(n - 2)
    }

    public fun wide128(n: u64): u64 {
        let x: u128 = 1;
        let i = 0;
        while (i < n) {
            let low = x & LOW_128;
            x = low * GOLDEN_128 + (x >> 64) + (i as u128);
            x = x ^ (x >> 29);
            i = i + 1;
        };
        ((x & LOW_128) as u64)
    }

    public fun wide256(n: u64): u64 {
        let x: u256 = 1;
        let i = 0;
        while (i < n) {
            let low = x & LOW_256;
            x = low * GOLDEN_256 + (x >> 128) + (i as u256);
            x = x ^ (x >> 29);
            i = i + 1;
        };
        ((x & (LOW_128 as u256)) as u64)
    }

    public fun divide128(n: u64): u64 {
        let x: u128 = 0xfedcba98765432100123456789abcdef;
        let total: u128 = 0;
        let i = 0;
        while (i < n) {
            let divisor = GOLDEN_128 + (i as u128);
            total = (total + x / divisor + x % divisor) & LOW_128;
            i = i + 1;
        };
        (total as u64)
    }
}
