/// A vector whose first elements stand in the value itself, and all that do not fit in a `BigVector`.
module aptos_std::smart_vector {
    use std::error;
    use std::option::{Self, Option};
    use aptos_std::big_vector::{Self, BigVector};
    use aptos_std::math64;
    use aptos_std::type_info::size_of_val;

    /// The index lies outside of the vector.
    const EINDEX_OUT_OF_BOUNDS: u64 = 1;
    /// The vector still has elements.
    const EVECTOR_NOT_EMPTY: u64 = 2;
    /// The vector has no elements.
    const EVECTOR_EMPTY: u64 = 3;
    /// A bucket has room for one element at least.
    const EZERO_BUCKET_SIZE: u64 = 4;
    /// Two vectors that are walked together have different lengths.
    const ESMART_VECTORS_LENGTH_MISMATCH: u64 = 0x20005;

    /// Bytes of the elements that stand in the value, where no capacity is given.
    const INLINE_SIZE_MAX: u64 = 150;
    /// Bytes of a bucket, where no size is given.
    const BUCKET_SIZE_AIM: u64 = 1024;

    /// `big_vec` is there only as long as it has elements.
    struct SmartVector<T> has store {
        inline_vec: vector<T>,
        big_vec: Option<BigVector<T>>,
        inline_capacity: Option<u64>,
        bucket_size: Option<u64>
    }

    /// How many elements stand in the value follows from their size.
    public fun new<T: store>(): SmartVector<T> {
        SmartVector {
            inline_vec: vector[],
            big_vec: option::none(),
            inline_capacity: option::none(),
            bucket_size: option::none()
        }
    }

    /// The older name of `new`.
    public fun empty<T: store>(): SmartVector<T> {
        new()
    }

    public fun empty_with_config<T: store>(inline_capacity: u64, bucket_size: u64): SmartVector<T> {
        assert!(bucket_size > 0, error::invalid_argument(EZERO_BUCKET_SIZE));
        SmartVector {
            inline_vec: vector[],
            big_vec: option::none(),
            inline_capacity: option::some(inline_capacity),
            bucket_size: option::some(bucket_size)
        }
    }

    public fun singleton<T: store>(element: T): SmartVector<T> {
        let v = new();
        v.push_back(element);
        v
    }

    public fun destroy_empty<T>(self: SmartVector<T>) {
        assert!(self.is_empty(), error::invalid_argument(EVECTOR_NOT_EMPTY));
        let SmartVector { inline_vec, big_vec, inline_capacity: _, bucket_size: _ } = self;
        inline_vec.destroy_empty();
        big_vec.destroy_none();
    }

    public fun destroy<T: drop>(self: SmartVector<T>) {
        self.clear();
        self.destroy_empty();
    }

    public fun clear<T: drop>(self: &mut SmartVector<T>) {
        self.inline_vec = vector[];
        if (self.big_vec.is_some()) self.big_vec.extract().destroy();
    }

    public fun borrow<T>(self: &SmartVector<T>, i: u64): &T {
        assert!(i < self.length(), error::invalid_argument(EINDEX_OUT_OF_BOUNDS));
        let inline_len = self.inline_vec.length();
        if (i < inline_len) self.inline_vec.borrow(i) else self.big_vec.borrow().borrow(i - inline_len)
    }

    public fun borrow_mut<T>(self: &mut SmartVector<T>, i: u64): &mut T {
        assert!(i < self.length(), error::invalid_argument(EINDEX_OUT_OF_BOUNDS));
        let inline_len = self.inline_vec.length();
        if (i < inline_len) self.inline_vec.borrow_mut(i) else self.big_vec.borrow_mut().borrow_mut(i - inline_len)
    }

    public fun append<T: store>(self: &mut SmartVector<T>, other: SmartVector<T>) {
        // As in `big_vector::append`.
        let len = other.length();
        let half = len / 2;
        for (i in 0..half) self.push_back(other.swap_remove(i));
        for (i in half..len) self.push_back(other.pop_back());
        other.destroy_empty();
    }

    public fun add_all<T: store>(self: &mut SmartVector<T>, vals: vector<T>) {
        vals.for_each(|val| self.push_back(val));
    }

    /// All elements, which is dear if there are many.
    public fun to_vector<T: store + copy>(self: &SmartVector<T>): vector<T> {
        let result = self.inline_vec;
        if (self.big_vec.is_some()) result.append(self.big_vec.borrow().to_vector());
        result
    }

    public fun push_back<T: store>(self: &mut SmartVector<T>, val: T) {
        if (self.big_vec.is_none()) {
            let count = self.inline_vec.length();
            let bucket_size =
                if (self.inline_capacity.is_some()) {
                    if (count < *self.inline_capacity.borrow()) return self.inline_vec.push_back(val);
                    *self.bucket_size.borrow()
                } else {
                    let val_size = size_of_val(&val);
                    if (val_size * (count + 1) < INLINE_SIZE_MAX) return self.inline_vec.push_back(val);
                    let average = math64::max((size_of_val(&self.inline_vec) + val_size) / (count + 1), 1);
                    math64::max(BUCKET_SIZE_AIM / average, 1)
                };
            self.big_vec.fill(big_vector::empty(bucket_size));
        };
        self.big_vec.borrow_mut().push_back(val);
    }

    public fun pop_back<T>(self: &mut SmartVector<T>): T {
        assert!(!self.is_empty(), error::invalid_state(EVECTOR_EMPTY));
        if (self.big_vec.is_none()) return self.inline_vec.pop_back();
        let val = self.big_vec.borrow_mut().pop_back();
        self.drop_empty_big_vec();
        val
    }

    /// Takes out the element at `i`; what stands behind it in its part moves down.
    public fun remove<T>(self: &mut SmartVector<T>, i: u64): T {
        assert!(i < self.length(), error::invalid_argument(EINDEX_OUT_OF_BOUNDS));
        let inline_len = self.inline_vec.length();
        if (i < inline_len) return self.inline_vec.remove(i);
        let val = self.big_vec.borrow_mut().remove(i - inline_len);
        self.drop_empty_big_vec();
        val
    }

    /// Takes out the element at `i` and puts the last one in its place.
    public fun swap_remove<T>(self: &mut SmartVector<T>, i: u64): T {
        let len = self.length();
        assert!(i < len, error::invalid_argument(EINDEX_OUT_OF_BOUNDS));
        let inline_len = self.inline_vec.length();
        if (i >= inline_len) {
            let val = self.big_vec.borrow_mut().swap_remove(i - inline_len);
            self.drop_empty_big_vec();
            return val
        };
        if (inline_len < len) {
            let last = self.pop_back();
            self.inline_vec.push_back(last);
        };
        self.inline_vec.swap_remove(i)
    }

    public fun swap<T: store>(self: &mut SmartVector<T>, i: u64, j: u64) {
        let (i, j) = if (i > j) (j, i) else (i, j);
        assert!(j < self.length(), error::invalid_argument(EINDEX_OUT_OF_BOUNDS));
        let inline_len = self.inline_vec.length();
        if (j < inline_len) return self.inline_vec.swap(i, j);
        let big_vec = self.big_vec.borrow_mut();
        if (i >= inline_len) return big_vec.swap(i - inline_len, j - inline_len);
        let last = big_vec.length() - 1;
        let j_val = big_vec.swap_remove(j - inline_len);
        big_vec.push_back(self.inline_vec.replace(i, j_val));
        big_vec.swap(j - inline_len, last);
    }

    public fun reverse<T: store>(self: &mut SmartVector<T>) {
        let first = vector[];
        for (i in 0..self.inline_vec.length()) first.push_back(self.pop_back());
        if (self.big_vec.is_some()) self.big_vec.borrow_mut().reverse();
        // What was among the first and did not come out yet belongs to the end.
        let last = vector[];
        while (!self.inline_vec.is_empty()) last.push_back(self.inline_vec.pop_back());
        self.inline_vec.append(first);
        last.for_each(|val| self.push_back(val));
    }

    public fun index_of<T>(self: &SmartVector<T>, val: &T): (bool, u64) {
        let (found, i) = self.inline_vec.index_of(val);
        if (found || self.big_vec.is_none()) return (found, i);
        let (found, i) = self.big_vec.borrow().index_of(val);
        if (found) (true, self.inline_vec.length() + i) else (false, 0)
    }

    public fun contains<T>(self: &SmartVector<T>, val: &T): bool {
        let (found, _) = self.index_of(val);
        found
    }

    public fun length<T>(self: &SmartVector<T>): u64 {
        self.inline_vec.length() + if (self.big_vec.is_some()) self.big_vec.borrow().length() else 0
    }

    public fun is_empty<T>(self: &SmartVector<T>): bool {
        self.length() == 0
    }

    public inline fun for_each<T: store>(self: SmartVector<T>, f: |T|) {
        self.reverse();
        self.for_each_reverse(|e| f(e))
    }

    public inline fun for_each_reverse<T>(self: SmartVector<T>, f: |T|) {
        let remaining = self.length();
        while (remaining > 0) {
            f(self.pop_back());
            remaining -= 1;
        };
        self.destroy_empty()
    }

    public inline fun for_each_ref<T>(self: &SmartVector<T>, f: |&T|) {
        let i = 0;
        let len = self.length();
        while (i < len) {
            f(self.borrow(i));
            i += 1;
        }
    }

    public inline fun for_each_mut<T>(self: &mut SmartVector<T>, f: |&mut T|) {
        let i = 0;
        let len = self.length();
        while (i < len) {
            f(self.borrow_mut(i));
            i += 1;
        }
    }

    public inline fun enumerate_ref<T>(self: &SmartVector<T>, f: |u64, &T|) {
        let i = 0;
        let len = self.length();
        while (i < len) {
            f(i, self.borrow(i));
            i += 1;
        }
    }

    public inline fun enumerate_mut<T>(self: &mut SmartVector<T>, f: |u64, &mut T|) {
        let i = 0;
        let len = self.length();
        while (i < len) {
            f(i, self.borrow_mut(i));
            i += 1;
        }
    }

    public inline fun fold<Accumulator, T: store>(
        self: SmartVector<T>, init: Accumulator, f: |Accumulator, T| Accumulator
    ): Accumulator {
        let accu = init;
        self.for_each(|e| accu = f(accu, e));
        accu
    }

    /// As `fold`, from the last element to the first.
    public inline fun foldr<Accumulator, T>(
        self: SmartVector<T>, init: Accumulator, f: |T, Accumulator| Accumulator
    ): Accumulator {
        let accu = init;
        self.for_each_reverse(|e| accu = f(e, accu));
        accu
    }

    public inline fun map_ref<T1, T2: store>(self: &SmartVector<T1>, f: |&T1| T2): SmartVector<T2> {
        let result = aptos_std::smart_vector::new<T2>();
        self.for_each_ref(|e| result.push_back(f(e)));
        result
    }

    public inline fun map<T1: store, T2: store>(self: SmartVector<T1>, f: |T1| T2): SmartVector<T2> {
        let result = aptos_std::smart_vector::new<T2>();
        self.for_each(|e| result.push_back(f(e)));
        result
    }

    public inline fun filter<T: store + drop>(self: SmartVector<T>, p: |&T| bool): SmartVector<T> {
        let result = aptos_std::smart_vector::new<T>();
        self.for_each(|e| {
            if (p(&e)) result.push_back(e);
        });
        result
    }

    public inline fun zip<T1: store, T2: store>(self: SmartVector<T1>, v2: SmartVector<T2>, f: |T1, T2|) {
        self.reverse();
        v2.reverse();
        self.zip_reverse(v2, |e1, e2| f(e1, e2))
    }

    public inline fun zip_reverse<T1, T2>(self: SmartVector<T1>, v2: SmartVector<T2>, f: |T1, T2|) {
        let remaining = self.length();
        assert!(remaining == v2.length(), 0x20005);
        while (remaining > 0) {
            f(self.pop_back(), v2.pop_back());
            remaining -= 1;
        };
        self.destroy_empty();
        v2.destroy_empty()
    }

    public inline fun zip_ref<T1, T2>(self: &SmartVector<T1>, v2: &SmartVector<T2>, f: |&T1, &T2|) {
        let len = self.length();
        assert!(len == v2.length(), 0x20005);
        let i = 0;
        while (i < len) {
            f(self.borrow(i), v2.borrow(i));
            i += 1;
        }
    }

    public inline fun zip_mut<T1, T2>(
        self: &mut SmartVector<T1>, v2: &mut SmartVector<T2>, f: |&mut T1, &mut T2|
    ) {
        let len = self.length();
        assert!(len == v2.length(), 0x20005);
        let i = 0;
        while (i < len) {
            f(self.borrow_mut(i), v2.borrow_mut(i));
            i += 1;
        }
    }

    public inline fun zip_map<T1: store, T2: store, NewT: store>(
        self: SmartVector<T1>, v2: SmartVector<T2>, f: |T1, T2| NewT
    ): SmartVector<NewT> {
        let result = aptos_std::smart_vector::new<NewT>();
        self.zip(v2, |e1, e2| result.push_back(f(e1, e2)));
        result
    }

    public inline fun zip_map_ref<T1, T2, NewT: store>(
        self: &SmartVector<T1>, v2: &SmartVector<T2>, f: |&T1, &T2| NewT
    ): SmartVector<NewT> {
        let result = aptos_std::smart_vector::new<NewT>();
        self.zip_ref(v2, |e1, e2| result.push_back(f(e1, e2)));
        result
    }

    fun drop_empty_big_vec<T>(self: &mut SmartVector<T>) {
        if (self.big_vec.borrow().is_empty()) self.big_vec.extract().destroy_empty();
    }

    #[test_only]
    /// 0, 1 and so on, three in the value and buckets of two.
    fun filled(count: u64): SmartVector<u64> {
        let v = empty_with_config(3, 2);
        for (i in 0..count) v.push_back(i);
        v
    }

    #[test]
    fun grows_and_shrinks() {
        let v = filled(9);
        assert!(v.length() == 9 && *v.borrow(8) == 8 && v.inline_vec.length() == 3, 0);
        assert!(v.remove(7) == 7 && v.remove(1) == 1 && v.swap_remove(0) == 0 && v.swap_remove(3) == 4, 1);
        assert!(v.to_vector() == vector[8, 2, 3, 6, 5], 2);
        let (found, at) = v.index_of(&6);
        assert!(found && at == 3 && !v.contains(&4), 3);
        *v.borrow_mut(4) = 50;
        assert!(v.pop_back() == 50 && v.pop_back() == 6 && v.pop_back() == 3 && v.big_vec.is_none(), 4);
        v.clear();
        v.destroy_empty();
    }

    #[test]
    fun swaps_appends_and_reverses() {
        let v = filled(6);
        v.swap(5, 1);
        v.swap(0, 2);
        v.swap(3, 4);
        assert!(v.to_vector() == vector[2, 5, 0, 4, 3, 1], 0);
        v.reverse();
        assert!(v.to_vector() == vector[1, 3, 4, 0, 5, 2] && v.inline_vec.length() == 3, 1);
        v.append(filled(5));
        v.add_all(vector[7, 7]);
        assert!(v.to_vector() == vector[1, 3, 4, 0, 5, 2, 0, 1, 2, 3, 4, 7, 7], 2);
        v.destroy();
        let short = filled(4);
        short.reverse();
        assert!(short.to_vector() == vector[3, 2, 1, 0], 3);
        short.destroy();
    }

    #[test]
    fun keeps_150_bytes_in_the_value() {
        let v = new();
        for (i in 0..100u64) v.push_back(i);
        assert!(v.inline_vec.length() == 18 && v.to_vector() == std::vector::range(0, 100), 0);
        v.destroy();
    }

    #[test]
    fun walks() {
        assert!(filled(5).fold(0, |sum, e| sum * 10 + e) == 1234, 0);
        assert!(filled(5).foldr(0, |e, sum| sum * 10 + e) == 43210, 1);
        let doubled = filled(5).map(|e| e * 2);
        let even = filled(5).filter(|e| *e % 2 == 0);
        assert!(doubled.to_vector() == vector[0, 2, 4, 6, 8] && even.to_vector() == vector[0, 2, 4], 2);
        let sums = doubled.zip_map_ref(&doubled, |a, b| *a + *b);
        doubled.enumerate_mut(|i, e| *e += i);
        assert!(doubled.to_vector() == vector[0, 3, 6, 9, 12], 3);
        let products = doubled.zip_map(sums, |a, b| a * b);
        assert!(products.to_vector() == vector[0, 12, 48, 108, 192], 4);
        products.destroy();
        even.destroy();
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

    #[test]
    #[expected_failure(abort_code = ESMART_VECTORS_LENGTH_MISMATCH)]
    fun are_walked_together_only_at_one_length() {
        filled(3).zip_map(filled(4), |a, b| a + b).destroy();
    }
}
