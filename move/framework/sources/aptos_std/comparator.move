/// An order on the values of any type: that of their encodings, byte by byte. Numbers do not come in the order of their size.
module aptos_std::comparator {
    use std::bcs;
    use std::vector;

    const EQUAL: u8 = 0;
    const SMALLER: u8 = 1;
    const GREATER: u8 = 2;

    struct Result has drop {
        inner: u8
    }

    public fun is_equal(self: &Result): bool {
        self.inner == EQUAL
    }

    public fun is_smaller_than(self: &Result): bool {
        self.inner == SMALLER
    }

    public fun is_greater_than(self: &Result): bool {
        self.inner == GREATER
    }

    public fun compare<T>(left: &T, right: &T): Result {
        compare_u8_vector(bcs::to_bytes(left), bcs::to_bytes(right))
    }

    /// By the first byte that differs; of two where one continues the other, the shorter is smaller.
    public fun compare_u8_vector(left: vector<u8>, right: vector<u8>): Result {
        let left_length = vector::length(&left);
        let right_length = vector::length(&right);
        let i = 0;
        while (i < left_length && i < right_length) {
            let l = *vector::borrow(&left, i);
            let r = *vector::borrow(&right, i);
            if (l != r) return order(l < r);
            i += 1;
        };
        if (left_length == right_length) Result { inner: EQUAL } else order(left_length < right_length)
    }

    fun order(smaller: bool): Result {
        Result { inner: if (smaller) SMALLER else GREATER }
    }

    #[test]
    fun orders() {
        assert!(is_equal(&compare(&7u64, &7)), 0);
        assert!(is_smaller_than(&compare_u8_vector(b"ab", b"abc")), 1);
        assert!(is_greater_than(&compare_u8_vector(b"b", b"abc")), 2);
        assert!(is_smaller_than(&compare(&256u64, &1)), 3);
    }
}
