/// A table that keeps several entries in a bucket. It grows one bucket at a time (linear hashing), so that no addition is dear.
module aptos_std::smart_table {
    use std::error;
    use std::option::{Self, Option};
    use std::vector;
    use aptos_std::aptos_hash::sip_hash_from_value;
    use aptos_std::math64::max;
    use aptos_std::simple_map::{Self, SimpleMap};
    use aptos_std::table_with_length::{Self, TableWithLength};
    use aptos_std::type_info::size_of_val;

    /// The table does not have the key.
    const ENOT_FOUND: u64 = 1;
    /// The table still has entries.
    const ENOT_EMPTY: u64 = 3;
    /// The table has the key already.
    const EALREADY_EXIST: u64 = 4;
    /// A load threshold is a percentage.
    const EINVALID_LOAD_THRESHOLD_PERCENT: u64 = 5;
    /// A bucket is meant to hold one entry at least.
    const EINVALID_TARGET_BUCKET_SIZE: u64 = 6;
    /// More entries than any bucket should have.
    const EEXCEED_MAX_BUCKET_SIZE: u64 = 7;
    /// There is no bucket of that index.
    const EINVALID_BUCKET_INDEX: u64 = 8;
    /// The bucket has no entry of that index.
    const EINVALID_VECTOR_INDEX: u64 = 9;

    const MAX_BUCKET_SIZE: u64 = 10000;
    /// Bytes of a bucket, where no size is given.
    const BUCKET_SIZE_AIM: u64 = 1024;

    struct Entry<K, V> has copy, drop, store {
        hash: u64,
        key: K,
        value: V
    }

    /// `num_buckets` lies between 2^level and 2^(level+1). The threshold is in percent of all buckets' target size.
    struct SmartTable<K, V> has store {
        buckets: TableWithLength<u64, vector<Entry<K, V>>>,
        num_buckets: u64,
        level: u8,
        size: u64,
        split_load_threshold: u8,
        target_bucket_size: u64
    }

    public fun new<K: copy + drop + store, V: store>(): SmartTable<K, V> {
        new_with_config(0, 0, 0)
    }

    /// 0 stands for two buckets, 75 percent, and a size that the first entry decides.
    public fun new_with_config<K: copy + drop + store, V: store>(
        num_initial_buckets: u64, split_load_threshold: u8, target_bucket_size: u64
    ): SmartTable<K, V> {
        assert!(split_load_threshold <= 100, error::invalid_argument(EINVALID_LOAD_THRESHOLD_PERCENT));
        let buckets = table_with_length::new();
        buckets.add(0, vector::empty());
        let table = SmartTable {
            buckets,
            num_buckets: 1,
            level: 0,
            size: 0,
            split_load_threshold: if (split_load_threshold == 0) 75 else split_load_threshold,
            target_bucket_size
        };
        let wanted = if (num_initial_buckets == 0) 2 else num_initial_buckets;
        while (table.num_buckets < wanted) table.split_one_bucket();
        table
    }

    public fun destroy_empty<K, V>(self: SmartTable<K, V>) {
        assert!(self.size == 0, error::invalid_argument(ENOT_EMPTY));
        for (i in 0..self.num_buckets) self.buckets.remove(i).destroy_empty();
        let SmartTable {
            buckets,
            num_buckets: _,
            level: _,
            size: _,
            split_load_threshold: _,
            target_bucket_size: _
        } = self;
        buckets.destroy_empty();
    }

    public fun destroy<K: drop, V: drop>(self: SmartTable<K, V>) {
        self.clear();
        self.destroy_empty();
    }

    public fun clear<K: drop, V: drop>(self: &mut SmartTable<K, V>) {
        *self.buckets.borrow_mut(0) = vector::empty();
        for (i in 1..self.num_buckets) {
            self.buckets.remove(i);
        };
        self.num_buckets = 1;
        self.level = 0;
        self.size = 0;
    }

    /// May split a bucket, not always the one that the entry came into.
    public fun add<K, V>(self: &mut SmartTable<K, V>, key: K, value: V) {
        let hash = sip_hash_from_value(&key);
        let index = bucket_index(self.level, self.num_buckets, hash);
        let bucket = self.buckets.borrow_mut(index);
        assert!(bucket.length() <= MAX_BUCKET_SIZE, error::permission_denied(EEXCEED_MAX_BUCKET_SIZE));
        let (found, _) = find(bucket, &key);
        assert!(!found, error::invalid_argument(EALREADY_EXIST));
        let entry = Entry { hash, key, value };
        if (self.target_bucket_size == 0) {
            self.target_bucket_size = max(BUCKET_SIZE_AIM / max(size_of_val(&entry), 1), 1);
        };
        bucket.push_back(entry);
        self.size += 1;
        if (self.load_factor() >= (self.split_load_threshold as u64)) self.split_one_bucket();
    }

    public fun add_all<K, V>(self: &mut SmartTable<K, V>, keys: vector<K>, values: vector<V>) {
        vector::zip(keys, values, |key, value| self.add(key, value));
    }

    /// All entries, which is dear if there are many.
    public fun to_simple_map<K: copy + drop + store, V: copy + store>(self: &SmartTable<K, V>): SimpleMap<K, V> {
        let map = simple_map::new();
        for (i in 0..self.num_buckets) {
            self.buckets.borrow(i).for_each_ref(|entry| {
                let entry: &Entry<K, V> = entry;
                map.add(entry.key, entry.value);
            });
        };
        map
    }

    /// All keys, which is dear if there are many.
    public fun keys<K: copy + drop + store, V: copy + store>(self: &SmartTable<K, V>): vector<K> {
        let (keys, _, _) = self.keys_paginated(0, 0, self.size);
        keys
    }

    /// So many keys from a place on, and the place of the next one, if there is one.
    public fun keys_paginated<K: copy + drop + store, V: copy + store>(
        self: &SmartTable<K, V>, starting_bucket_index: u64, starting_vector_index: u64, num_keys_to_get: u64
    ): (vector<K>, Option<u64>, Option<u64>) {
        assert!(starting_bucket_index < self.num_buckets, EINVALID_BUCKET_INDEX);
        let keys = vector::empty();
        if (num_keys_to_get == 0) return (keys, option::some(starting_bucket_index), option::some(starting_vector_index));
        let bucket = self.buckets.borrow(starting_bucket_index);
        assert!(
            starting_vector_index == 0 || starting_vector_index < bucket.length(), EINVALID_VECTOR_INDEX
        );
        let place = starting_vector_index;
        for (i in starting_bucket_index..self.num_buckets) {
            let bucket = self.buckets.borrow(i);
            let length = bucket.length();
            while (place < length) {
                keys.push_back(bucket.borrow(place).key);
                place += 1;
                if (keys.length() == num_keys_to_get) {
                    if (place < length) return (keys, option::some(i), option::some(place));
                    if (i + 1 < self.num_buckets) return (keys, option::some(i + 1), option::some(0));
                    return (keys, option::none(), option::none())
                };
            };
            place = 0;
        };
        (keys, option::none(), option::none())
    }

    public fun borrow<K: drop, V>(self: &SmartTable<K, V>, key: K): &V {
        let index = bucket_index(self.level, self.num_buckets, sip_hash_from_value(&key));
        let bucket = self.buckets.borrow(index);
        let (found, place) = find(bucket, &key);
        assert!(found, error::invalid_argument(ENOT_FOUND));
        &bucket.borrow(place).value
    }

    public fun borrow_with_default<K: copy + drop, V>(self: &SmartTable<K, V>, key: K, default: &V): &V {
        if (self.contains(copy key)) self.borrow(key) else default
    }

    public fun borrow_mut<K: drop, V>(self: &mut SmartTable<K, V>, key: K): &mut V {
        let index = bucket_index(self.level, self.num_buckets, sip_hash_from_value(&key));
        let bucket = self.buckets.borrow_mut(index);
        let (found, place) = find(bucket, &key);
        assert!(found, error::invalid_argument(ENOT_FOUND));
        &mut bucket.borrow_mut(place).value
    }

    public fun borrow_mut_with_default<K: copy + drop, V: drop>(
        self: &mut SmartTable<K, V>, key: K, default: V
    ): &mut V {
        if (!self.contains(copy key)) self.add(copy key, default);
        self.borrow_mut(key)
    }

    public fun contains<K: drop, V>(self: &SmartTable<K, V>, key: K): bool {
        let index = bucket_index(self.level, self.num_buckets, sip_hash_from_value(&key));
        let (found, _) = find(self.buckets.borrow(index), &key);
        found
    }

    public fun remove<K: copy + drop, V>(self: &mut SmartTable<K, V>, key: K): V {
        let index = bucket_index(self.level, self.num_buckets, sip_hash_from_value(&key));
        let bucket = self.buckets.borrow_mut(index);
        let (found, place) = find(bucket, &key);
        assert!(found, error::invalid_argument(ENOT_FOUND));
        let Entry { hash: _, key: _, value } = bucket.swap_remove(place);
        self.size -= 1;
        value
    }

    public fun upsert<K: copy + drop, V: drop>(self: &mut SmartTable<K, V>, key: K, value: V) {
        if (self.contains(copy key)) *self.borrow_mut(key) = value else self.add(key, value)
    }

    public fun length<K, V>(self: &SmartTable<K, V>): u64 {
        self.size
    }

    /// Entries in percent of all buckets' target size.
    public fun load_factor<K, V>(self: &SmartTable<K, V>): u64 {
        self.size * 100 / (self.num_buckets * self.target_bucket_size)
    }

    public fun update_split_load_threshold<K, V>(self: &mut SmartTable<K, V>, split_load_threshold: u8) {
        assert!(
            split_load_threshold <= 100 && split_load_threshold > 0,
            error::invalid_argument(EINVALID_LOAD_THRESHOLD_PERCENT)
        );
        self.split_load_threshold = split_load_threshold;
    }

    public fun update_target_bucket_size<K, V>(self: &mut SmartTable<K, V>, target_bucket_size: u64) {
        assert!(target_bucket_size > 0, error::invalid_argument(EINVALID_TARGET_BUCKET_SIZE));
        self.target_bucket_size = target_bucket_size;
    }

    public inline fun for_each_ref<K, V>(self: &SmartTable<K, V>, f: |&K, &V|) {
        let i = 0;
        let count = self.num_buckets();
        while (i < count) {
            self.borrow_buckets().borrow(i).for_each_ref(|entry| {
                let (key, value) = entry.borrow_kv();
                f(key, value)
            });
            i += 1;
        }
    }

    public inline fun for_each_mut<K, V>(self: &mut SmartTable<K, V>, f: |&K, &mut V|) {
        let i = 0;
        let count = self.num_buckets();
        while (i < count) {
            self.borrow_buckets_mut().borrow_mut(i).for_each_mut(|entry| {
                let (key, value) = entry.borrow_kv_mut();
                f(key, value)
            });
            i += 1;
        }
    }

    public inline fun map_ref<K: copy + drop + store, V1, V2: store>(
        self: &SmartTable<K, V1>, f: |&V1| V2
    ): SmartTable<K, V2> {
        let mapped = aptos_std::smart_table::new<K, V2>();
        self.for_each_ref(|key, value| mapped.add(*key, f(value)));
        mapped
    }

    public inline fun any<K, V>(self: &SmartTable<K, V>, p: |&K, &V| bool): bool {
        let found = false;
        let i = 0;
        let count = self.num_buckets();
        while (!found && i < count) {
            found = self.borrow_buckets().borrow(i).any(|entry| {
                let (key, value) = entry.borrow_kv();
                p(key, value)
            });
            i += 1;
        };
        found
    }

    public fun borrow_kv<K, V>(self: &Entry<K, V>): (&K, &V) {
        (&self.key, &self.value)
    }

    public fun borrow_kv_mut<K, V>(self: &mut Entry<K, V>): (&mut K, &mut V) {
        (&mut self.key, &mut self.value)
    }

    public fun num_buckets<K, V>(self: &SmartTable<K, V>): u64 {
        self.num_buckets
    }

    public fun borrow_buckets<K, V>(self: &SmartTable<K, V>): &TableWithLength<u64, vector<Entry<K, V>>> {
        &self.buckets
    }

    public fun borrow_buckets_mut<K, V>(
        self: &mut SmartTable<K, V>
    ): &mut TableWithLength<u64, vector<Entry<K, V>>> {
        &mut self.buckets
    }

    fun find<K, V>(bucket: &vector<Entry<K, V>>, key: &K): (bool, u64) {
        vector::find(bucket, |entry| {
            let entry: &Entry<K, V> = entry;
            &entry.key == key
        })
    }

    /// The hash's lowest bits: one more than `level` of them if that bucket is there already.
    fun bucket_index(level: u8, num_buckets: u64, hash: u64): u64 {
        let index = hash % (1 << (level + 1));
        if (index < num_buckets) index else index % (1 << level)
    }

    /// Makes the next bucket, of entries from the one whose index has one bit less.
    fun split_one_bucket<K, V>(self: &mut SmartTable<K, V>) {
        let new_index = self.num_buckets;
        let old_index = new_index ^ (1 << self.level);
        self.num_buckets = new_index + 1;
        if (old_index + 1 == 1 << self.level) self.level += 1;
        let (level, num_buckets) = (self.level, self.num_buckets);
        let old = self.buckets.borrow_mut(old_index);
        let staying = vector::partition(old, |entry| {
            let entry: &Entry<K, V> = entry;
            bucket_index(level, num_buckets, entry.hash) != new_index
        });
        let leaving = old.trim_reverse(staying);
        self.buckets.add(new_index, leaving);
    }

    #[test_only]
    /// Two entries a bucket; each key's value is its square.
    fun filled(count: u64): SmartTable<u64, u64> {
        let table = new_with_config(1, 50, 2);
        for (i in 0..count) table.add(i, i * i);
        table
    }

    #[test]
    fun grows_by_buckets() {
        let table = filled(100);
        assert!(table.length() == 100 && table.num_buckets() == 101 && table.level == 6, 0);
        for (i in 0..100) assert!(*table.borrow(i) == i * i, i);
        for (i in 0..50) assert!(table.remove(i * 2) == i * i * 4, i);
        for (i in 0..100) assert!(table.contains(i) == (i % 2 == 1), i);
        table.upsert(1, 7);
        table.upsert(200, 8);
        *table.borrow_mut_with_default(201, 1) += 8;
        assert!(*table.borrow(1) == 7 && *table.borrow(200) == 8 && *table.borrow(201) == 9, 200);
        assert!(*table.borrow_with_default(0, &5) == 5 && table.length() == 52, 201);
        table.clear();
        assert!(table.length() == 0 && table.num_buckets() == 1, 202);
        table.destroy_empty();
    }

    #[test]
    fun walks() {
        let table = filled(20);
        let sum: u64 = 0;
        table.for_each_ref(|key, value| sum += *key + *value);
        assert!(sum == 190 + 2470, 0);
        table.for_each_mut(|key, value| *value = *key + 1);
        let mapped = table.map_ref(|value| *value * 2);
        assert!(*mapped.borrow(7) == 16, 1);
        assert!(mapped.any(|_key, value| *value == 40) && !mapped.any(|_key, value| *value == 41), 2);
        let map = table.to_simple_map();
        assert!(map.length() == 20 && *map.borrow(&7) == 8, 3);
        assert!(table.keys().length() == 20, 4);
        let (keys, bucket, place) = table.keys_paginated(0, 0, 15);
        let (more, bucket, place) = table.keys_paginated(bucket.destroy_some(), place.destroy_some(), 15);
        assert!(keys.length() == 15 && more.length() == 5 && bucket.is_none() && place.is_none(), 5);
        for (i in 0..20) assert!(keys.contains(&i) != more.contains(&i), i);
        mapped.destroy();
        table.destroy();
    }

    #[test]
    fun chooses_the_bucket_size() {
        let table = new<u64, u64>();
        table.add_all(vector[1, 2], vector[3, 4]);
        // An entry has 24 bytes.
        assert!(table.target_bucket_size == 42 && table.num_buckets() == 2, 0);
        table.update_target_bucket_size(1);
        table.update_split_load_threshold(100);
        assert!(table.load_factor() == 100, 1);
        table.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = Self)]
    fun has_each_key_once() {
        let table = filled(3);
        table.add(2, 0);
        table.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun lends_only_what_is_there() {
        let table = filled(3);
        table.borrow(3);
        table.destroy();
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = Self)]
    fun is_destroyed_when_empty() {
        filled(3).destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = EINVALID_BUCKET_INDEX)]
    fun has_no_more_buckets() {
        let table = filled(3);
        table.keys_paginated(4, 0, 1);
        table.destroy();
    }
}
