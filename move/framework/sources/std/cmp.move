/// An order on the values of any type: numbers by size, vectors and structs by the first part that differs.
module std::cmp {
    enum Ordering has copy, drop {
        Less,
        Equal,
        Greater
    }

    /// Shorter vectors come before those that continue them; enums go by variant first.
    native public fun compare<T>(first: &T, second: &T): Ordering;

    public fun is_eq(self: &Ordering): bool {
        self is Ordering::Equal
    }

    public fun is_ne(self: &Ordering): bool {
        !(self is Ordering::Equal)
    }

    public fun is_lt(self: &Ordering): bool {
        self is Ordering::Less
    }

    public fun is_le(self: &Ordering): bool {
        !(self is Ordering::Greater)
    }

    public fun is_gt(self: &Ordering): bool {
        self is Ordering::Greater
    }

    public fun is_ge(self: &Ordering): bool {
        !(self is Ordering::Less)
    }

    #[test_only]
    struct Pair has drop {
        left: u64,
        right: vector<u64>
    }

    #[test]
    fun orders() {
        let seven = compare(&7, &7);
        assert!(seven.is_eq() && seven.is_le() && seven.is_ge() && !seven.is_ne(), 0);
        let sizes = compare(&256, &1);
        assert!(sizes.is_gt() && sizes.is_ge() && sizes.is_ne() && !sizes.is_lt(), 1);
        assert!(compare(&vector[1, 2], &vector[1, 2, 0]).is_lt(), 2);
        assert!(compare(&vector[2], &vector[1, 2, 0]).is_gt(), 3);
        let smaller = Pair { left: 1, right: vector[9] };
        let larger = Pair { left: 2, right: vector[] };
        assert!(compare(&smaller, &larger).is_lt() && compare(&smaller, &smaller).is_eq(), 4);
    }
}
