/// A map in one value, its entries sorted by key: found by halving, added and taken out by moving what stands behind.
module aptos_std::ordered_map {
    use std::cmp;
    use std::error;
    use std::option::{Self, Option};
    use std::vector;

    friend aptos_std::big_ordered_map;

    /// The map has the key already.
    const EKEY_ALREADY_EXISTS: u64 = 1;
    /// The map does not have the key.
    const EKEY_NOT_FOUND: u64 = 2;
    /// The iterator stands before the first or behind the last entry.
    const EITER_OUT_OF_BOUNDS: u64 = 3;
    /// The key does not belong between those beside it.
    const ENEW_KEY_NOT_IN_ORDER: u64 = 4;

    struct Entry<K, V> has copy, drop, store {
        key: K,
        value: V
    }

    enum OrderedMap<K, V> has copy, drop, store {
        SortedVectorMap {
            entries: vector<Entry<K, V>>
        }
    }

    /// A place in a map, good until the map changes.
    enum IteratorPtr has copy, drop {
        End,
        Position {
            index: u64
        }
    }

    public fun new<K, V>(): OrderedMap<K, V> {
        OrderedMap::SortedVectorMap { entries: vector::empty() }
    }

    public fun new_from<K, V>(keys: vector<K>, values: vector<V>): OrderedMap<K, V> {
        let map = new();
        map.add_all(keys, values);
        map
    }

    public fun length<K, V>(self: &OrderedMap<K, V>): u64 {
        self.entries.length()
    }

    public fun is_empty<K, V>(self: &OrderedMap<K, V>): bool {
        self.entries.is_empty()
    }

    public fun add<K, V>(self: &mut OrderedMap<K, V>, key: K, value: V) {
        let (found, index) = self.search(&key);
        assert!(!found, error::invalid_argument(EKEY_ALREADY_EXISTS));
        self.entries.insert(index, Entry { key, value });
    }

    /// Sets the value of `key`; gives back the one that stood there, if any.
    public fun upsert<K: drop, V>(self: &mut OrderedMap<K, V>, key: K, value: V): Option<V> {
        let (found, index) = self.search(&key);
        if (found) {
            let Entry { key: _, value: old } = self.entries.replace(index, Entry { key, value });
            option::some(old)
        } else {
            self.entries.insert(index, Entry { key, value });
            option::none()
        }
    }

    public fun remove<K: drop, V>(self: &mut OrderedMap<K, V>, key: &K): V {
        let (found, index) = self.search(key);
        assert!(found, error::invalid_argument(EKEY_NOT_FOUND));
        self.take(index)
    }

    public fun remove_or_none<K: drop, V>(self: &mut OrderedMap<K, V>, key: &K): Option<V> {
        let (found, index) = self.search(key);
        if (found) option::some(self.take(index)) else option::none()
    }

    public fun contains<K, V>(self: &OrderedMap<K, V>, key: &K): bool {
        let (found, _) = self.search(key);
        found
    }

    public fun borrow<K, V>(self: &OrderedMap<K, V>, key: &K): &V {
        self.internal_find(key).iter_borrow(self)
    }

    public fun borrow_mut<K, V>(self: &mut OrderedMap<K, V>, key: &K): &mut V {
        self.internal_find(key).iter_borrow_mut(self)
    }

    public fun get<K: copy + drop + store, V: copy + store>(self: &OrderedMap<K, V>, key: &K): Option<V> {
        let (found, index) = self.search(key);
        if (found) option::some(self.entries[index].value) else option::none()
    }

    /// What `f` makes of the key's value, if there is one.
    public inline fun get_and_map<K: copy + drop + store, V: store, R>(
        self: &OrderedMap<K, V>, key: &K, f: |&V| R
    ): Option<R> {
        let iter = self.internal_find(key);
        if (iter.iter_is_end(self)) std::option::none<R>() else std::option::some<R>(f(iter.iter_borrow(self)))
    }

    /// Changes the key's value, or adds one; whether it was there.
    public inline fun modify_or_add<K: copy, V>(
        self: &mut OrderedMap<K, V>, key: &K, modify_f: |&mut V|, add_f: || V
    ): bool {
        let iter = self.internal_find(key);
        let found = !iter.iter_is_end(self);
        if (found) modify_f(iter.iter_borrow_mut(self)) else self.add(*key, add_f());
        found
    }

    /// Changes the key's value if there is one; whether it was there.
    public inline fun modify_if_present<K, V>(self: &mut OrderedMap<K, V>, key: &K, modify_f: |&mut V|): bool {
        let iter = self.internal_find(key);
        let found = !iter.iter_is_end(self);
        if (found) modify_f(iter.iter_borrow_mut(self));
        found
    }

    public(friend) fun replace_key_inplace<K: drop, V>(self: &mut OrderedMap<K, V>, old_key: &K, new_key: K) {
        let (found, index) = self.search(old_key);
        assert!(found, error::invalid_argument(EKEY_NOT_FOUND));
        assert_between<K, V>(self, index, index + 1, &new_key);
        self.entries[index].key = new_key;
    }

    public fun add_all<K, V>(self: &mut OrderedMap<K, V>, keys: vector<K>, values: vector<V>) {
        vector::zip(keys, values, |key, value| self.add(key, value));
    }

    public fun upsert_all<K: drop, V: drop>(self: &mut OrderedMap<K, V>, keys: vector<K>, values: vector<V>) {
        vector::zip(keys, values, |key, value| {
            self.upsert(key, value);
        });
    }

    /// Adds the entries of `other`, whose values win.
    public fun append<K: drop, V: drop>(self: &mut OrderedMap<K, V>, other: OrderedMap<K, V>) {
        self.merge(other);
    }

    /// Adds the entries of `other`, which has none of the keys.
    public fun append_disjoint<K, V>(self: &mut OrderedMap<K, V>, other: OrderedMap<K, V>) {
        let replaced = self.merge(other);
        assert!(replaced.is_empty(), error::invalid_argument(EKEY_ALREADY_EXISTS));
        replaced.destroy_empty();
    }

    /// Leaves the first `at` entries and gives back the others.
    public fun trim<K, V>(self: &mut OrderedMap<K, V>, at: u64): OrderedMap<K, V> {
        OrderedMap::SortedVectorMap { entries: self.entries.trim(at) }
    }

    public fun borrow_front<K, V>(self: &OrderedMap<K, V>): (&K, &V) {
        let entry = self.entries.borrow(0);
        (&entry.key, &entry.value)
    }

    public fun borrow_back<K, V>(self: &OrderedMap<K, V>): (&K, &V) {
        let entry = self.entries.borrow(self.entries.length() - 1);
        (&entry.key, &entry.value)
    }

    public fun pop_front<K, V>(self: &mut OrderedMap<K, V>): (K, V) {
        let Entry { key, value } = self.entries.remove(0);
        (key, value)
    }

    public fun pop_back<K, V>(self: &mut OrderedMap<K, V>): (K, V) {
        let Entry { key, value } = self.entries.pop_back();
        (key, value)
    }

    /// The largest key below `key`.
    public fun prev_key<K: copy, V>(self: &OrderedMap<K, V>, key: &K): Option<K> {
        let (_, index) = self.search(key);
        if (index == 0) option::none() else option::some(self.entries[index - 1].key)
    }

    /// The smallest key above `key`.
    public fun next_key<K: copy, V>(self: &OrderedMap<K, V>, key: &K): Option<K> {
        let (found, index) = self.search(key);
        if (found) index += 1;
        if (index == self.length()) option::none() else option::some(self.entries[index].key)
    }

    /// The first entry whose key is not below `key`.
    public fun internal_lower_bound<K, V>(self: &OrderedMap<K, V>, key: &K): IteratorPtr {
        let (_, index) = self.search(key);
        self.at(index)
    }

    public fun internal_find<K, V>(self: &OrderedMap<K, V>, key: &K): IteratorPtr {
        let (found, index) = self.search(key);
        if (found) IteratorPtr::Position { index } else IteratorPtr::End
    }

    public fun internal_new_begin_iter<K, V>(self: &OrderedMap<K, V>): IteratorPtr {
        self.at(0)
    }

    public fun internal_new_end_iter<K, V>(self: &OrderedMap<K, V>): IteratorPtr {
        IteratorPtr::End
    }

    public fun iter_next<K, V>(self: IteratorPtr, map: &OrderedMap<K, V>): IteratorPtr {
        map.at(self.index_in_map() + 1)
    }

    public fun iter_prev<K, V>(self: IteratorPtr, map: &OrderedMap<K, V>): IteratorPtr {
        assert!(!self.iter_is_begin(map), error::invalid_argument(EITER_OUT_OF_BOUNDS));
        let behind = if (self is IteratorPtr::End) map.length() else self.index;
        IteratorPtr::Position { index: behind - 1 }
    }

    public fun iter_is_begin<K, V>(self: &IteratorPtr, map: &OrderedMap<K, V>): bool {
        if (self is IteratorPtr::End) map.is_empty() else self.index == 0
    }

    /// As `iter_is_begin`, where the map is known to have entries.
    public fun iter_is_begin_from_non_empty(self: &IteratorPtr): bool {
        !(self is IteratorPtr::End) && self.index == 0
    }

    public fun iter_is_end<K, V>(self: &IteratorPtr, _map: &OrderedMap<K, V>): bool {
        self is IteratorPtr::End
    }

    public fun iter_borrow_key<K, V>(self: &IteratorPtr, map: &OrderedMap<K, V>): &K {
        &map.entries.borrow(self.index_in_map()).key
    }

    public fun iter_borrow<K, V>(self: IteratorPtr, map: &OrderedMap<K, V>): &V {
        &map.entries.borrow(self.index_in_map()).value
    }

    public fun iter_borrow_mut<K, V>(self: IteratorPtr, map: &mut OrderedMap<K, V>): &mut V {
        &mut map.entries.borrow_mut(self.index_in_map()).value
    }

    public fun iter_remove<K: drop, V>(self: IteratorPtr, map: &mut OrderedMap<K, V>): V {
        map.take(self.index_in_map())
    }

    public fun iter_replace<K: copy + drop, V>(self: IteratorPtr, map: &mut OrderedMap<K, V>, value: V): V {
        let index = self.index_in_map();
        let key = map.entries[index].key;
        let Entry { key: _, value: old } = map.entries.replace(index, Entry { key, value });
        old
    }

    /// Puts an entry before the iterator's, where its key must belong.
    public fun iter_add<K, V>(self: IteratorPtr, map: &mut OrderedMap<K, V>, key: K, value: V) {
        let index = if (self is IteratorPtr::End) map.length() else self.index;
        assert_between<K, V>(map, index, index, &key);
        map.entries.insert(index, Entry { key, value });
    }

    public fun destroy_empty<K, V>(self: OrderedMap<K, V>) {
        let OrderedMap::SortedVectorMap { entries } = self;
        entries.destroy_empty();
    }

    public fun keys<K: copy, V>(self: &OrderedMap<K, V>): vector<K> {
        vector::map_ref(&self.entries, |entry| {
            let entry: &Entry<K, V> = entry;
            entry.key
        })
    }

    public fun values<K, V: copy>(self: &OrderedMap<K, V>): vector<V> {
        vector::map_ref(&self.entries, |entry| {
            let entry: &Entry<K, V> = entry;
            entry.value
        })
    }

    public fun to_vec_pair<K, V>(self: OrderedMap<K, V>): (vector<K>, vector<V>) {
        let OrderedMap::SortedVectorMap { entries } = self;
        let keys = vector::empty();
        let values = vector::empty();
        vector::for_each(entries, |entry| {
            let Entry { key, value } = entry;
            keys.push_back(key);
            values.push_back(value);
        });
        (keys, values)
    }

    /// For entries that cannot be dropped.
    public inline fun destroy<K, V>(self: OrderedMap<K, V>, dk: |K|, dv: |V|) {
        let (keys, values) = self.to_vec_pair();
        keys.destroy(|key| dk(key));
        values.destroy(|value| dv(value));
    }

    public inline fun for_each<K, V>(self: OrderedMap<K, V>, f: |K, V|) {
        let (keys, values) = self.to_vec_pair();
        keys.zip(values, |key, value| f(key, value));
    }

    public inline fun for_each_ref<K, V>(self: &OrderedMap<K, V>, f: |&K, &V|) {
        let iter = self.internal_new_begin_iter();
        while (!iter.iter_is_end(self)) {
            f(iter.iter_borrow_key(self), iter.iter_borrow(self));
            iter = iter.iter_next(self);
        }
    }

    public inline fun for_each_mut<K: copy + drop, V>(self: &mut OrderedMap<K, V>, f: |&K, &mut V|) {
        let iter = self.internal_new_begin_iter();
        while (!iter.iter_is_end(freeze(self))) {
            let key = *iter.iter_borrow_key(freeze(self));
            f(&key, iter.iter_borrow_mut(self));
            iter = iter.iter_next(freeze(self));
        }
    }

    /// Whether the key is there, and the index of the first entry whose key is not below it.
    fun search<K, V>(self: &OrderedMap<K, V>, key: &K): (bool, u64) {
        let low = 0;
        let high = self.entries.length();
        while (low < high) {
            let middle = low + (high - low) / 2;
            let order = cmp::compare(&self.entries.borrow(middle).key, key);
            if (order.is_eq()) return (true, middle);
            if (order.is_lt()) low = middle + 1 else high = middle;
        };
        (false, low)
    }

    fun at<K, V>(self: &OrderedMap<K, V>, index: u64): IteratorPtr {
        if (index < self.length()) IteratorPtr::Position { index } else IteratorPtr::End
    }

    fun index_in_map(self: &IteratorPtr): u64 {
        assert!(!(self is IteratorPtr::End), error::invalid_argument(EITER_OUT_OF_BOUNDS));
        self.index
    }

    fun take<K: drop, V>(self: &mut OrderedMap<K, V>, index: u64): V {
        let Entry { key: _, value } = self.entries.remove(index);
        value
    }

    /// Aborts unless `key` is above those before `start` and below those from `end` on.
    fun assert_between<K, V>(self: &OrderedMap<K, V>, start: u64, end: u64, key: &K) {
        let above = start == 0 || cmp::compare(&self.entries.borrow(start - 1).key, key).is_lt();
        let below = end == self.length() || cmp::compare(key, &self.entries.borrow(end).key).is_lt();
        assert!(above && below, error::invalid_argument(ENEW_KEY_NOT_IN_ORDER));
    }

    /// Adds the entries of `other`; gives back those of the map that they replaced.
    fun merge<K, V>(self: &mut OrderedMap<K, V>, other: OrderedMap<K, V>): vector<Entry<K, V>> {
        let OrderedMap::SortedVectorMap { entries: added } = other;
        let replaced = vector::empty();
        // From the back: what is above all that is left to add goes out, and comes back on top of it.
        let above = vector::empty();
        while (!added.is_empty() && !self.entries.is_empty()) {
            let last = &self.entries.borrow(self.entries.length() - 1).key;
            let order = cmp::compare(last, &added.borrow(added.length() - 1).key);
            if (order.is_gt()) above.push_back(self.entries.pop_back())
            else {
                if (order.is_eq()) replaced.push_back(self.entries.pop_back())
                // All that is left is above all that the map has left.
                else if (cmp::compare(last, &added.borrow(0).key).is_lt()) break;
                above.push_back(added.pop_back());
            }
        };
        self.entries.append(added);
        self.entries.reverse_append(above);
        replaced
    }

    #[test_only]
    /// Three apart, beginning with `start`; each key's value is ten times it.
    fun every_third(start: u64, count: u64): OrderedMap<u64, u64> {
        let map = new();
        for (i in 0..count) map.add(start + i * 3, (start + i * 3) * 10);
        map
    }

    #[test]
    fun sets_finds_and_removes() {
        let map = new_from(vector[30, 10, 20], vector[3, 1, 2]);
        assert!(map.keys() == vector[10, 20, 30] && map.values() == vector[1, 2, 3], 0);
        assert!(map.upsert(20, 22) == option::some(2) && map.upsert(5, 0) == option::none(), 1);
        *map.borrow_mut(&10) += 10;
        assert!(*map.borrow(&10) == 11 && map.contains(&5) && !map.contains(&6) && map.length() == 4, 2);
        assert!(map.remove(&10) == 11 && map.remove_or_none(&10) == option::none(), 3);
        assert!(map.get(&30) == option::some(3) && map.get(&31) == option::none(), 4);
        assert!(map.prev_key(&20) == option::some(5) && map.prev_key(&5) == option::none(), 5);
        assert!(map.next_key(&20) == option::some(30) && map.next_key(&21) == option::some(30), 6);
        assert!(map.next_key(&30) == option::none() && map.prev_key(&99) == option::some(30), 7);
        let (key, value) = map.pop_front();
        assert!(key == 5 && value == 0, 8);
        let (key, value) = map.pop_back();
        assert!(key == 30 && value == 3, 9);
        let (key, value) = map.borrow_front();
        assert!(*key == 20 && *value == 22, 10);
        map.upsert_all(vector[20, 1], vector[0, 0]);
        assert!(map == new_from(vector[1, 20], vector[0, 0]), 11);
    }

    #[test]
    fun merges() {
        let low = every_third(0, 4);
        low.append_disjoint(every_third(1, 4));
        assert!(low.keys() == vector[0, 1, 3, 4, 6, 7, 9, 10], 0);
        low.append(new_from(vector[3, 5, 20], vector[1, 2, 3]));
        assert!(low.keys() == vector[0, 1, 3, 4, 5, 6, 7, 9, 10, 20] && *low.borrow(&3) == 1, 1);
        let high = low.trim(7);
        assert!(low.keys() == vector[0, 1, 3, 4, 5, 6, 7] && high.keys() == vector[9, 10, 20], 2);
        high.append_disjoint(low);
        assert!(high.keys() == vector[0, 1, 3, 4, 5, 6, 7, 9, 10, 20], 3);
        let empty = new();
        empty.append(high);
        empty.append(new());
        assert!(empty.length() == 10, 4);
    }

    #[test]
    fun walks() {
        let map = every_third(1, 3);
        let sum: u64 = 0;
        map.for_each_ref(|key, value| sum += *key + *value);
        assert!(sum == (1 + 4 + 7) * 11, 0);
        map.for_each_mut(|key, value| *value = *key);
        assert!(map.values() == vector[1, 4, 7], 1);
        let back = map.internal_new_end_iter().iter_prev(&map);
        assert!(*back.iter_borrow_key(&map) == 7 && back.iter_replace(&mut map, 70) == 7, 2);
        let middle = map.internal_lower_bound(&2);
        middle.iter_add(&mut map, 2, 20);
        assert!(middle.iter_remove(&mut map) == 20 && *middle.iter_borrow(&map) == 4, 3);
        assert!(map.modify_or_add(&4, |v| *v += 1, || 9) && !map.modify_or_add(&5, |v| *v += 1, || 9), 4);
        assert!(!map.modify_if_present(&6, |v| *v += 1), 5);
        let doubled: Option<u64> = map.get_and_map(&5, |v| *v * 2);
        assert!(doubled == option::some(18), 6);
        let total: u64 = 0;
        map.for_each(|key, value| total += key * value);
        assert!(total == 1 + 4 * 5 + 5 * 9 + 7 * 70, 7);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun has_each_key_once() {
        new_from(vector[1, 2, 1], vector[0, 0, 0]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun does_not_replace_when_disjoint() {
        let map = every_third(0, 4);
        map.append_disjoint(every_third(6, 1));
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun removes_only_what_is_there() {
        every_third(0, 4).remove(&1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun ends() {
        let map = every_third(0, 1);
        map.internal_find(&0).iter_next(&map).iter_next(&map);
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun lends_only_what_is_there() {
        every_third(0, 1).borrow(&1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = Self)]
    fun keeps_the_order() {
        let map = every_third(0, 3);
        map.internal_find(&3).iter_add(&mut map, 0, 0);
    }
}
