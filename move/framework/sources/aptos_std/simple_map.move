/// A small map in one value: entries in the order in which they came, found by looking at each.
module aptos_std::simple_map {
    use std::error;
    use std::option::{Self, Option};
    use std::vector;

    /// The map has the key already.
    const EKEY_ALREADY_EXISTS: u64 = 1;
    /// The map does not have the key.
    const EKEY_NOT_FOUND: u64 = 2;

    struct SimpleMap<Key, Value> has copy, drop, store {
        data: vector<Element<Key, Value>>
    }

    struct Element<Key, Value> has copy, drop, store {
        key: Key,
        value: Value
    }

    public fun length<Key: store, Value: store>(self: &SimpleMap<Key, Value>): u64 {
        vector::length(&self.data)
    }

    public fun new<Key: store, Value: store>(): SimpleMap<Key, Value> {
        SimpleMap { data: vector::empty() }
    }

    public fun new_from<Key: store, Value: store>(
        keys: vector<Key>, values: vector<Value>
    ): SimpleMap<Key, Value> {
        let map = new();
        add_all(&mut map, keys, values);
        map
    }

    /// The older name of `new`.
    public fun create<Key: store, Value: store>(): SimpleMap<Key, Value> {
        new()
    }

    public fun borrow<Key: store, Value: store>(self: &SimpleMap<Key, Value>, key: &Key): &Value {
        &vector::borrow(&self.data, index_of(self, key)).value
    }

    public fun borrow_mut<Key: store, Value: store>(self: &mut SimpleMap<Key, Value>, key: &Key): &mut Value {
        let index = index_of(self, key);
        &mut vector::borrow_mut(&mut self.data, index).value
    }

    public fun contains_key<Key: store, Value: store>(self: &SimpleMap<Key, Value>, key: &Key): bool {
        let (found, _) = find(self, key);
        found
    }

    public fun destroy_empty<Key: store, Value: store>(self: SimpleMap<Key, Value>) {
        let SimpleMap { data } = self;
        vector::destroy_empty(data);
    }

    public fun add<Key: store, Value: store>(self: &mut SimpleMap<Key, Value>, key: Key, value: Value) {
        let (found, _) = find(self, &key);
        assert!(!found, error::invalid_argument(EKEY_ALREADY_EXISTS));
        vector::push_back(&mut self.data, Element { key, value });
    }

    public fun add_all<Key: store, Value: store>(
        self: &mut SimpleMap<Key, Value>, keys: vector<Key>, values: vector<Value>
    ) {
        vector::zip(keys, values, |key, value| add(self, key, value));
    }

    /// Sets the value of `key`; gives back the entry that stood there, if any.
    public fun upsert<Key: store, Value: store>(
        self: &mut SimpleMap<Key, Value>, key: Key, value: Value
    ): (Option<Key>, Option<Value>) {
        let (found, index) = find(self, &key);
        let element = Element { key, value };
        if (found) {
            let Element { key, value } = vector::replace(&mut self.data, index, element);
            (option::some(key), option::some(value))
        } else {
            vector::push_back(&mut self.data, element);
            (option::none(), option::none())
        }
    }

    public fun keys<Key: copy, Value>(self: &SimpleMap<Key, Value>): vector<Key> {
        vector::map_ref(&self.data, |element| element.key)
    }

    public fun values<Key, Value: copy>(self: &SimpleMap<Key, Value>): vector<Value> {
        vector::map_ref(&self.data, |element| element.value)
    }

    public fun to_vec_pair<Key: store, Value: store>(self: SimpleMap<Key, Value>): (vector<Key>, vector<Value>) {
        let keys = vector::empty();
        let values = vector::empty();
        let SimpleMap { data } = self;
        vector::for_each(data, |element| {
            let Element { key, value } = element;
            vector::push_back(&mut keys, key);
            vector::push_back(&mut values, value);
        });
        (keys, values)
    }

    /// For entries that cannot be dropped.
    public inline fun destroy<Key: store, Value: store>(
        self: SimpleMap<Key, Value>, dk: |Key|, dv: |Value|
    ) {
        let (keys, values) = to_vec_pair(self);
        vector::destroy(keys, |key| dk(key));
        vector::destroy(values, |value| dv(value));
    }

    /// Takes the entry out; the last one moves to its place.
    public fun remove<Key: store, Value: store>(self: &mut SimpleMap<Key, Value>, key: &Key): (Key, Value) {
        let index = index_of(self, key);
        let Element { key, value } = vector::swap_remove(&mut self.data, index);
        (key, value)
    }

    fun index_of<Key, Value>(self: &SimpleMap<Key, Value>, key: &Key): u64 {
        let (found, index) = find(self, key);
        assert!(found, error::invalid_argument(EKEY_NOT_FOUND));
        index
    }

    fun find<Key, Value>(self: &SimpleMap<Key, Value>, key: &Key): (bool, u64) {
        vector::find(&self.data, |element| &element.key == key)
    }

    #[test]
    fun sets_finds_and_removes() {
        let map = new_from(vector[b"a", b"b", b"c"], vector[1, 2, 3]);
        assert!(length(&map) == 3 && *borrow(&map, &b"b") == 2, 0);
        *borrow_mut(&mut map, &b"b") = 20;
        let (key, value) = upsert(&mut map, b"c", 30);
        assert!(key == option::some(b"c") && value == option::some(3), 1);
        let (key, value) = upsert(&mut map, b"d", 40);
        assert!(option::is_none(&key) && option::is_none(&value), 2);
        let (key, value) = remove(&mut map, &b"a");
        assert!(key == b"a" && value == 1 && !contains_key(&map, &b"a"), 3);
        assert!(keys(&map) == vector[b"d", b"b", b"c"] && values(&map) == vector[40, 20, 30], 4);
        let (keys, values) = to_vec_pair(map);
        assert!(vector::length(&keys) == 3 && vector::length(&values) == 3, 5);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun has_each_key_once() {
        let map = new();
        add(&mut map, 1, 1);
        add(&mut map, 1, 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun removes_only_what_is_there() {
        remove(&mut new<u64, u64>(), &1);
    }
}
