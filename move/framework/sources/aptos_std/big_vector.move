/// A vector in buckets of one table entry each, of which an access touches one.
module aptos_std::big_vector {
    use std::error;
    use aptos_std::table_with_length::{Self, TableWithLength};

    friend aptos_std::smart_vector;

    /// The index lies outside of the vector.
    const EINDEX_OUT_OF_BOUNDS: u64 = 1;
    /// The vector still has elements.
    const EVECTOR_NOT_EMPTY: u64 = 2;
    /// The vector has no elements.
    const EVECTOR_EMPTY: u64 = 3;
    /// A bucket has room for one element at least.
    const EZERO_BUCKET_SIZE: u64 = 4;

    /// All buckets but the last are full, and none is empty.
    struct BigVector<T> has store {
        buckets: TableWithLength<u64, vector<T>>,
        end_index: u64,
        bucket_size: u64
    }

    public(friend) fun empty<T: store>(bucket_size: u64): BigVector<T> {
        assert!(bucket_size > 0, error::invalid_argument(EZERO_BUCKET_SIZE));
        BigVector { buckets: table_with_length::new(), end_index: 0, bucket_size }
    }

    public(friend) fun singleton<T: store>(element: T, bucket_size: u64): BigVector<T> {
        let v = empty(bucket_size);
        v.push_back(element);
        v
    }

    public fun destroy_empty<T>(self: BigVector<T>) {
        assert!(self.is_empty(), error::invalid_argument(EVECTOR_NOT_EMPTY));
        let BigVector { buckets, end_index: _, bucket_size: _ } = self;
        buckets.destroy_empty();
    }

    public fun destroy<T: drop>(self: BigVector<T>) {
        let BigVector { buckets, end_index, bucket_size: _ } = self;
        let i = 0;
        while (end_index > 0) {
            end_index -= buckets.remove(i).length();
            i += 1;
        };
        buckets.destroy_empty();
    }

    public fun borrow<T>(self: &BigVector<T>, i: u64): &T {
        assert!(i < self.length(), error::invalid_argument(EINDEX_OUT_OF_BOUNDS));
        self.buckets.borrow(i / self.bucket_size).borrow(i % self.bucket_size)
    }

    public fun borrow_mut<T>(self: &mut BigVector<T>, i: u64): &mut T {
        assert!(i < self.length(), error::invalid_argument(EINDEX_OUT_OF_BOUNDS));
        self.buckets.borrow_mut(i / self.bucket_size).borrow_mut(i % self.bucket_size)
    }

    public fun append<T: store>(self: &mut BigVector<T>, other: BigVector<T>) {
        // The first half is taken out where it stands; behind each, the last comes into its place, so that the second half lies
        // back to front.
        let len = other.length();
        let half = len / 2;
        for (i in 0..half) self.push_back(other.swap_remove(i));
        for (i in half..len) self.push_back(other.pop_back());
        other.destroy_empty();
    }

    public fun push_back<T: store>(self: &mut BigVector<T>, val: T) {
        let bucket_count = self.buckets.length();
        if (self.end_index == bucket_count * self.bucket_size) self.buckets.add(bucket_count, vector[val])
        else self.buckets.borrow_mut(bucket_count - 1).push_back(val);
        self.end_index += 1;
    }

    public fun pop_back<T>(self: &mut BigVector<T>): T {
        assert!(!self.is_empty(), error::invalid_state(EVECTOR_EMPTY));
        let last = self.buckets.length() - 1;
        let val = self.buckets.borrow_mut(last).pop_back();
        self.end_index -= 1;
        self.drop_empty_bucket();
        val
    }

    /// Takes out the element at `i`; what stands behind moves down, through all later buckets.
    public fun remove<T>(self: &mut BigVector<T>, i: u64): T {
        assert!(i < self.length(), error::invalid_argument(EINDEX_OUT_OF_BOUNDS));
        let at = i / self.bucket_size;
        let val = self.buckets.borrow_mut(at).remove(i % self.bucket_size);
        let bucket_count = self.buckets.length();
        while (at + 1 < bucket_count) {
            let first = self.buckets.borrow_mut(at + 1).remove(0);
            self.buckets.borrow_mut(at).push_back(first);
            at += 1;
        };
        self.end_index -= 1;
        self.drop_empty_bucket();
        val
    }

    /// Takes out the element at `i` and puts the last one in its place.
    public fun swap_remove<T>(self: &mut BigVector<T>, i: u64): T {
        assert!(i < self.length(), error::invalid_argument(EINDEX_OUT_OF_BOUNDS));
        let last = self.pop_back();
        if (i == self.end_index) return last;
        self.buckets.borrow_mut(i / self.bucket_size).replace(i % self.bucket_size, last)
    }

    public fun swap<T>(self: &mut BigVector<T>, i: u64, j: u64) {
        assert!(i < self.length() && j < self.length(), error::invalid_argument(EINDEX_OUT_OF_BOUNDS));
        let (i_bucket, i_place) = (i / self.bucket_size, i % self.bucket_size);
        let (j_bucket, j_place) = (j / self.bucket_size, j % self.bucket_size);
        if (i_bucket == j_bucket) return self.buckets.borrow_mut(i_bucket).swap(i_place, j_place);
        // Each gap is closed with the bucket's last element for the moment.
        let i_val = self.buckets.borrow_mut(i_bucket).swap_remove(i_place);
        let bucket = self.buckets.borrow_mut(j_bucket);
        let j_val = bucket.swap_remove(j_place);
        put_back(bucket, j_place, i_val);
        put_back(self.buckets.borrow_mut(i_bucket), i_place, j_val);
    }

    public fun reverse<T>(self: &mut BigVector<T>) {
        let (i, j) = (0, self.length());
        while (i + 1 < j) {
            j -= 1;
            self.swap(i, j);
            i += 1;
        }
    }

    public fun index_of<T>(self: &BigVector<T>, val: &T): (bool, u64) {
        for (i in 0..self.buckets.length()) {
            let (found, place) = self.buckets.borrow(i).index_of(val);
            if (found) return (true, i * self.bucket_size + place);
        };
        (false, 0)
    }

    public fun contains<T>(self: &BigVector<T>, val: &T): bool {
        let (found, _) = self.index_of(val);
        found
    }

    /// All elements, which is dear if there are many.
    public fun to_vector<T: copy>(self: &BigVector<T>): vector<T> {
        let result = vector[];
        for (i in 0..self.buckets.length()) result.append(*self.buckets.borrow(i));
        result
    }

    public fun length<T>(self: &BigVector<T>): u64 {
        self.end_index
    }

    public fun is_empty<T>(self: &BigVector<T>): bool {
        self.end_index == 0
    }

    fun drop_empty_bucket<T>(self: &mut BigVector<T>) {
        let last = self.buckets.length() - 1;
        if (self.buckets.borrow(last).is_empty()) self.buckets.remove(last).destroy_empty();
    }

    /// Puts `val` where `swap_remove` took something out.
    fun put_back<T>(bucket: &mut vector<T>, place: u64, val: T) {
        let last = bucket.length();
        bucket.push_back(val);
        bucket.swap(place, last);
    }

    #[test_only]
    fun filled(count: u64): BigVector<u64> {
        let v = empty(5);
        for (i in 0..count) v.push_back(i);
        v
    }

    #[test]
    fun grows_and_shrinks() {
        let v = filled(12);
        assert!(v.length() == 12 && *v.borrow(11) == 11 && v.buckets.length() == 3, 0);
        assert!(v.remove(3) == 3 && v.swap_remove(0) == 0 && v.pop_back() == 10, 1);
        assert!(v.to_vector() == vector[11, 1, 2, 4, 5, 6, 7, 8, 9] && v.buckets.length() == 2, 2);
        *v.borrow_mut(1) = 20;
        let (found, at) = v.index_of(&8);
        assert!(found && at == 7 && v.contains(&20) && !v.contains(&1), 3);
        while (!v.is_empty()) {
            v.pop_back();
        };
        assert!(v.buckets.empty(), 4);
        v.destroy_empty();
    }

    #[test]
    fun swaps_appends_and_reverses() {
        let v = filled(7);
        v.swap(1, 6);
        v.swap(2, 3);
        assert!(v.to_vector() == vector[0, 6, 3, 2, 4, 5, 1], 0);
        v.reverse();
        assert!(v.to_vector() == vector[1, 5, 4, 2, 3, 6, 0], 1);
        v.append(filled(11));
        assert!(v.to_vector() == vector[1, 5, 4, 2, 3, 6, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 2);
        v.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun ends() {
        let v = filled(5);
        v.borrow(5);
        v.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x30003, location = Self)]
    fun gives_nothing_when_empty() {
        let v = filled(0);
        v.pop_back();
        v.destroy();
    }
}
