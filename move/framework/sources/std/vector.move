/// Growable arrays. The first eight functions are single VM instructions.
module std::vector {
    /// An index lies outside of the vector.
    const EINDEX_OUT_OF_BOUNDS: u64 = 0x20000;
    /// A range ends before it begins, or outside of the vector.
    const EINVALID_RANGE: u64 = 0x20001;
    /// Two vectors that are walked together have different lengths.
    const EVECTORS_LENGTH_MISMATCH: u64 = 0x20002;
    /// A range needs a step of at least one.
    const EINVALID_STEP: u64 = 0x20003;
    /// A slice ends before it begins, or outside of the vector.
    const EINVALID_SLICE_RANGE: u64 = 0x20004;

    #[bytecode_instruction]
    native public fun empty<Element>(): vector<Element>;

    #[bytecode_instruction]
    native public fun length<Element>(self: &vector<Element>): u64;

    #[bytecode_instruction]
    native public fun borrow<Element>(self: &vector<Element>, i: u64): &Element;

    #[bytecode_instruction]
    native public fun push_back<Element>(self: &mut vector<Element>, e: Element);

    #[bytecode_instruction]
    native public fun borrow_mut<Element>(self: &mut vector<Element>, i: u64): &mut Element;

    #[bytecode_instruction]
    native public fun pop_back<Element>(self: &mut vector<Element>): Element;

    #[bytecode_instruction]
    native public fun destroy_empty<Element>(self: vector<Element>);

    #[bytecode_instruction]
    native public fun swap<Element>(self: &mut vector<Element>, i: u64, j: u64);

    /// Moves `length` elements of `from`, from `removal_position` on, into `to` before `insert_position`.
    native public fun move_range<T>(
        from: &mut vector<T>, removal_position: u64, length: u64, to: &mut vector<T>, insert_position: u64
    );

    public fun singleton<Element>(e: Element): vector<Element> {
        let v = empty();
        push_back(&mut v, e);
        v
    }

    public fun is_empty<Element>(self: &vector<Element>): bool {
        length(self) == 0
    }

    public fun last<Element>(self: &vector<Element>): &Element {
        assert!(!is_empty(self), EINDEX_OUT_OF_BOUNDS);
        borrow(self, length(self) - 1)
    }

    public fun last_mut<Element>(self: &mut vector<Element>): &mut Element {
        let len = length(self);
        assert!(len > 0, EINDEX_OUT_OF_BOUNDS);
        borrow_mut(self, len - 1)
    }

    public fun reverse<Element>(self: &mut vector<Element>) {
        let end = length(self);
        reverse_slice(self, 0, end);
    }

    /// Reverses the elements in `[left, right)`.
    public fun reverse_slice<Element>(self: &mut vector<Element>, left: u64, right: u64) {
        assert!(left <= right, EINVALID_RANGE);
        while (left + 1 < right) {
            right -= 1;
            swap(self, left, right);
            left += 1;
        }
    }

    public fun append<Element>(self: &mut vector<Element>, other: vector<Element>) {
        let self_length = length(self);
        let other_length = length(&other);
        move_range(&mut other, 0, other_length, self, self_length);
        destroy_empty(other);
    }

    /// Appends `other` back to front, which is cheaper than front to back.
    public fun reverse_append<Element>(self: &mut vector<Element>, other: vector<Element>) {
        let remaining = length(&other);
        while (remaining > 0) {
            push_back(self, pop_back(&mut other));
            remaining -= 1;
        };
        destroy_empty(other);
    }

    /// Cuts the vector to `new_len` elements and gives back the rest in order.
    public fun trim<Element>(self: &mut vector<Element>, new_len: u64): vector<Element> {
        let len = length(self);
        assert!(new_len <= len, EINDEX_OUT_OF_BOUNDS);
        let rest = empty();
        move_range(self, new_len, len - new_len, &mut rest, 0);
        rest
    }

    /// Cuts the vector to `new_len` elements and gives back the rest, last element first.
    public fun trim_reverse<Element>(self: &mut vector<Element>, new_len: u64): vector<Element> {
        let len = length(self);
        assert!(new_len <= len, EINDEX_OUT_OF_BOUNDS);
        let rest = empty();
        while (len > new_len) {
            push_back(&mut rest, pop_back(self));
            len -= 1;
        };
        rest
    }

    public fun contains<Element>(self: &vector<Element>, e: &Element): bool {
        let (found, _) = index_of(self, e);
        found
    }

    /// Whether an element equals `e`, and the first one's index.
    public fun index_of<Element>(self: &vector<Element>, e: &Element): (bool, u64) {
        let i = 0;
        let len = length(self);
        while (i < len) {
            if (borrow(self, i) == e) return (true, i);
            i += 1;
        };
        (false, 0)
    }

    /// The first element that `f` accepts.
    public inline fun find<Element>(self: &vector<Element>, f: |&Element| bool): (bool, u64) {
        let found = false;
        let at = 0;
        let i = 0;
        let len = length(self);
        while (i < len) {
            if (f(borrow(self, i))) {
                found = true;
                at = i;
                break
            };
            i += 1;
        };
        (found, at)
    }

    /// Puts `e` at `i`; what stood there and behind moves up.
    public fun insert<Element>(self: &mut vector<Element>, i: u64, e: Element) {
        let len = length(self);
        assert!(i <= len, EINDEX_OUT_OF_BOUNDS);
        if (i == len) push_back(self, e)
        else {
            let other = singleton(e);
            move_range(&mut other, 0, 1, self, i);
            destroy_empty(other);
        }
    }

    /// Takes out the element at `i`; what stands behind moves down.
    public fun remove<Element>(self: &mut vector<Element>, i: u64): Element {
        let len = length(self);
        assert!(i < len, EINDEX_OUT_OF_BOUNDS);
        if (i + 1 == len) pop_back(self)
        else {
            let removed = empty();
            move_range(self, i, 1, &mut removed, 0);
            let e = pop_back(&mut removed);
            destroy_empty(removed);
            e
        }
    }

    /// Takes out the first element that equals `val`; the result holds it, or is empty.
    public fun remove_value<Element>(self: &mut vector<Element>, val: &Element): vector<Element> {
        let (found, i) = index_of(self, val);
        if (found) singleton(remove(self, i)) else empty()
    }

    /// Takes out the element at `i` and puts the last one in its place.
    public fun swap_remove<Element>(self: &mut vector<Element>, i: u64): Element {
        assert!(!is_empty(self), EINDEX_OUT_OF_BOUNDS);
        let last = length(self) - 1;
        swap(self, i, last);
        pop_back(self)
    }

    /// Puts `val` at `i` and gives back what stood there.
    public fun replace<Element>(self: &mut vector<Element>, i: u64, val: Element): Element {
        let last = length(self);
        assert!(i < last, EINDEX_OUT_OF_BOUNDS);
        push_back(self, val);
        swap(self, i, last);
        pop_back(self)
    }

    public inline fun for_each<Element>(self: vector<Element>, f: |Element|) {
        reverse(&mut self);
        for_each_reverse(self, |e| f(e))
    }

    public inline fun for_each_reverse<Element>(self: vector<Element>, f: |Element|) {
        let remaining = length(&self);
        while (remaining > 0) {
            f(pop_back(&mut self));
            remaining -= 1;
        };
        destroy_empty(self)
    }

    public inline fun for_each_ref<Element>(self: &vector<Element>, f: |&Element|) {
        let i = 0;
        let len = length(self);
        while (i < len) {
            f(borrow(self, i));
            i += 1;
        }
    }

    public inline fun for_each_mut<Element>(self: &mut vector<Element>, f: |&mut Element|) {
        let i = 0;
        let len = length(self);
        while (i < len) {
            f(borrow_mut(self, i));
            i += 1;
        }
    }

    public inline fun enumerate_ref<Element>(self: &vector<Element>, f: |u64, &Element|) {
        let i = 0;
        let len = length(self);
        while (i < len) {
            f(i, borrow(self, i));
            i += 1;
        }
    }

    public inline fun enumerate_mut<Element>(self: &mut vector<Element>, f: |u64, &mut Element|) {
        let i = 0;
        let len = length(self);
        while (i < len) {
            f(i, borrow_mut(self, i));
            i += 1;
        }
    }

    public inline fun zip<Element1, Element2>(
        self: vector<Element1>, v2: vector<Element2>, f: |Element1, Element2|
    ) {
        reverse(&mut self);
        reverse(&mut v2);
        zip_reverse(self, v2, |e1, e2| f(e1, e2))
    }

    public inline fun zip_reverse<Element1, Element2>(
        self: vector<Element1>, v2: vector<Element2>, f: |Element1, Element2|
    ) {
        let remaining = length(&self);
        assert!(remaining == length(&v2), 0x20002);
        while (remaining > 0) {
            f(pop_back(&mut self), pop_back(&mut v2));
            remaining -= 1;
        };
        destroy_empty(self);
        destroy_empty(v2)
    }

    public inline fun zip_ref<Element1, Element2>(
        self: &vector<Element1>, v2: &vector<Element2>, f: |&Element1, &Element2|
    ) {
        let len = length(self);
        assert!(len == length(v2), 0x20002);
        let i = 0;
        while (i < len) {
            f(borrow(self, i), borrow(v2, i));
            i += 1;
        }
    }

    public inline fun zip_mut<Element1, Element2>(
        self: &mut vector<Element1>, v2: &mut vector<Element2>, f: |&mut Element1, &mut Element2|
    ) {
        let len = length(self);
        assert!(len == length(v2), 0x20002);
        let i = 0;
        while (i < len) {
            f(borrow_mut(self, i), borrow_mut(v2, i));
            i += 1;
        }
    }

    public inline fun zip_map_ref<Element1, Element2, NewElement>(
        self: &vector<Element1>, v2: &vector<Element2>, f: |&Element1, &Element2| NewElement
    ): vector<NewElement> {
        let result = empty<NewElement>();
        zip_ref(self, v2, |e1, e2| push_back(&mut result, f(e1, e2)));
        result
    }

    public inline fun zip_map<Element1, Element2, NewElement>(
        self: vector<Element1>, v2: vector<Element2>, f: |Element1, Element2| NewElement
    ): vector<NewElement> {
        let result = empty<NewElement>();
        zip(self, v2, |e1, e2| push_back(&mut result, f(e1, e2)));
        result
    }

    public inline fun fold<Accumulator, Element>(
        self: vector<Element>, init: Accumulator, f: |Accumulator, Element| Accumulator
    ): Accumulator {
        let accu = init;
        for_each(self, |e| accu = f(accu, e));
        accu
    }

    /// As `fold`, from the last element to the first.
    public inline fun foldr<Accumulator, Element>(
        self: vector<Element>, init: Accumulator, f: |Element, Accumulator| Accumulator
    ): Accumulator {
        let accu = init;
        for_each_reverse(self, |e| accu = f(e, accu));
        accu
    }

    public inline fun map_ref<Element, NewElement>(
        self: &vector<Element>, f: |&Element| NewElement
    ): vector<NewElement> {
        let result = empty<NewElement>();
        for_each_ref(self, |e| push_back(&mut result, f(e)));
        result
    }

    public inline fun map<Element, NewElement>(self: vector<Element>, f: |Element| NewElement): vector<NewElement> {
        let result = empty<NewElement>();
        for_each(self, |e| push_back(&mut result, f(e)));
        result
    }

    public inline fun filter<Element: drop>(self: vector<Element>, p: |&Element| bool): vector<Element> {
        let result = empty<Element>();
        for_each(self, |e| {
            if (p(&e)) push_back(&mut result, e);
        });
        result
    }

    /// Moves the elements that `pred` accepts before the others, in any order; gives their number.
    public inline fun partition<Element>(self: &mut vector<Element>, pred: |&Element| bool): u64 {
        let accepted = 0;
        let len = length(self);
        while (accepted < len) {
            if (!pred(borrow(self, accepted))) break;
            accepted += 1;
        };
        let i = accepted + 1;
        while (i < len) {
            if (pred(borrow(self, i))) {
                swap(self, accepted, i);
                accepted += 1;
            };
            i += 1;
        };
        accepted
    }

    /// As `partition`, and both parts keep their order.
    public inline fun stable_partition<Element>(self: &mut vector<Element>, pred: |&Element| bool): u64 {
        let len = length(self);
        let accepted = empty();
        let refused = empty();
        while (len > 0) {
            let e = pop_back(self);
            if (pred(&e)) push_back(&mut accepted, e) else push_back(&mut refused, e);
            len -= 1;
        };
        let count = length(&accepted);
        reverse_append(self, accepted);
        reverse_append(self, refused);
        count
    }

    public inline fun any<Element>(self: &vector<Element>, p: |&Element| bool): bool {
        let result = false;
        let i = 0;
        let len = length(self);
        while (i < len) {
            if (p(borrow(self, i))) {
                result = true;
                break
            };
            i += 1;
        };
        result
    }

    public inline fun all<Element>(self: &vector<Element>, p: |&Element| bool): bool {
        let result = true;
        let i = 0;
        let len = length(self);
        while (i < len) {
            if (!p(borrow(self, i))) {
                result = false;
                break
            };
            i += 1;
        };
        result
    }

    /// For elements that cannot be dropped: `d` destroys each.
    public inline fun destroy<Element>(self: vector<Element>, d: |Element|) {
        for_each_reverse(self, |e| d(e))
    }

    /// Moves the first `rot` elements behind the others; the index of what was first.
    public fun rotate<Element>(self: &mut vector<Element>, rot: u64): u64 {
        let len = length(self);
        rotate_slice(self, 0, rot, len)
    }

    /// `rotate` within `[left, right)`: what stood at `rot` comes to `left`.
    public fun rotate_slice<Element>(self: &mut vector<Element>, left: u64, rot: u64, right: u64): u64 {
        reverse_slice(self, left, rot);
        reverse_slice(self, rot, right);
        reverse_slice(self, left, right);
        left + (right - rot)
    }

    /// `start`, `start + 1` and so on, below `end`.
    public fun range(start: u64, end: u64): vector<u64> {
        range_with_step(start, end, 1)
    }

    public fun range_with_step(start: u64, end: u64, step: u64): vector<u64> {
        assert!(step > 0, EINVALID_STEP);
        let numbers = empty();
        while (start < end) {
            push_back(&mut numbers, start);
            start += step;
        };
        numbers
    }

    /// A copy of the elements in `[start, end)`.
    public fun slice<Element: copy>(self: &vector<Element>, start: u64, end: u64): vector<Element> {
        assert!(start <= end && end <= length(self), EINVALID_SLICE_RANGE);
        let part = empty();
        while (start < end) {
            push_back(&mut part, *borrow(self, start));
            start += 1;
        };
        part
    }

    #[test]
    fun reverses_rotates_and_cuts() {
        let v = vector[1, 2, 3, 4, 5];
        reverse(&mut v);
        assert!(v == vector[5, 4, 3, 2, 1], 0);
        assert!(rotate(&mut v, 2) == 3, 1);
        assert!(v == vector[3, 2, 1, 5, 4], 2);
        assert!(trim(&mut v, 3) == vector[5, 4], 3);
        assert!(trim_reverse(&mut v, 1) == vector[1, 2], 4);
        append(&mut v, vector[7, 8]);
        reverse_append(&mut v, vector[9, 10]);
        assert!(v == vector[3, 7, 8, 10, 9], 5);
        assert!(slice(&v, 1, 3) == vector[7, 8], 6);
        *last_mut(&mut v) += 1;
        assert!(*last(&v) == 10, 7);
    }

    #[test]
    fun inserts_and_removes_in_order() {
        let v = vector[1, 2, 3];
        insert(&mut v, 0, 9);
        insert(&mut v, 4, 8);
        assert!(v == vector[9, 1, 2, 3, 8], 0);
        assert!(remove(&mut v, 1) == 1, 1);
        assert!(swap_remove(&mut v, 0) == 9, 2);
        assert!(v == vector[8, 2, 3], 3);
        assert!(replace(&mut v, 1, 7) == 2, 4);
        assert!(v == vector[8, 7, 3], 5);
        assert!(remove_value(&mut v, &7) == vector[7], 6);
        assert!(remove_value(&mut v, &7) == vector[], 7);
        let (found, at) = index_of(&v, &3);
        assert!(found && at == 1, 8);
    }

    #[test]
    fun walks() {
        let v = vector[1, 2, 3, 4];
        assert!(fold(v, 0, |sum, e| sum * 10 + e) == 1234, 0);
        assert!(map(v, |e| e * 2) == vector[2, 4, 6, 8], 1);
        assert!(filter(v, |e| *e % 2 == 0) == vector[2, 4], 2);
        assert!(any(&v, |e| *e == 3) && !all(&v, |e| *e == 3), 3);
        let (found, at) = find(&v, |e| *e > 2);
        assert!(found && at == 2, 4);
        let dot = 0;
        zip(v, vector[1, 1, 1, 1], |a, b| dot += a * b);
        assert!(dot == 10, 5);
        assert!(range_with_step(1, 10, 4) == vector[1, 5, 9], 6);
        assert!(foldr(v, 0, |e, sum| sum * 10 + e) == 4321, 7);
        assert!(zip_map(v, vector[4, 3, 2, 1], |a, b| a * b) == vector[4, 6, 6, 4], 8);
        assert!(zip_map_ref(&v, &vector[4, 3, 2, 1], |a, b| *a + *b) == vector[5, 5, 5, 5], 9);
        let w = vector[0, 0, 0, 0];
        zip_mut(&mut v, &mut w, |a, b| swap_values(a, b));
        assert!(v == vector[0, 0, 0, 0] && w == vector[1, 2, 3, 4], 10);
    }

    #[test_only]
    fun swap_values(a: &mut u64, b: &mut u64) {
        let old = *a;
        *a = *b;
        *b = old;
    }

    #[test]
    fun partitions() {
        let v = vector[1, 2, 3, 4, 5, 6];
        assert!(stable_partition(&mut v, |e| *e % 2 == 0) == 3 && v == vector[2, 4, 6, 1, 3, 5], 0);
        assert!(partition(&mut v, |e| *e < 3) == 2, 1);
        assert!(*borrow(&v, 0) + *borrow(&v, 1) == 3, 2);
    }

    #[test]
    fun moves_ranges() {
        let from = vector[1, 2, 3, 4];
        let to = vector[8, 9];
        move_range(&mut from, 1, 2, &mut to, 1);
        assert!(from == vector[1, 4] && to == vector[8, 2, 3, 9], 0);
    }

    #[test]
    #[expected_failure(abort_code = EINDEX_OUT_OF_BOUNDS)]
    fun does_not_insert_behind_the_end() {
        insert(&mut vector[1], 2, 5);
    }
}
