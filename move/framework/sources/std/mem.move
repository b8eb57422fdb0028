/// Values that change places behind references.
module std::mem {
    native public fun swap<T>(left: &mut T, right: &mut T);

    /// Puts `new` behind `ref` and gives back what was there.
    public fun replace<T>(ref: &mut T, new: T): T {
        swap(ref, &mut new);
        new
    }

    #[test]
    fun swaps_and_replaces() {
        let a = vector[1, 2];
        let b = vector[3];
        swap(&mut a, &mut b);
        assert!(a == vector[3] && b == vector[1, 2], 0);
        assert!(replace(&mut a, vector[]) == vector[3] && a == vector[], 1);
    }
}
