/// Maps whose entries are separate items of global storage: any size, but no way to list the keys.
module aptos_std::table {
    friend aptos_std::storage_slots_allocator;
    friend aptos_std::table_with_length;

    struct Table<phantom K: copy + drop, phantom V> has store {
        handle: address
    }

    /// What an entry's storage holds: natives want a resource type.
    struct Box<V> has key, drop, store {
        val: V
    }

    public fun new<K: copy + drop, V: store>(): Table<K, V> {
        Table { handle: new_table_handle<K, V>() }
    }

    /// Aborts if there is an entry for `key`.
    public fun add<K: copy + drop, V>(self: &mut Table<K, V>, key: K, val: V) {
        add_box<K, V, Box<V>>(self, key, Box { val })
    }

    /// Aborts if there is no entry for `key`.
    public fun borrow<K: copy + drop, V>(self: &Table<K, V>, key: K): &V {
        &borrow_box<K, V, Box<V>>(self, key).val
    }

    public fun borrow_with_default<K: copy + drop, V>(self: &Table<K, V>, key: K, default: &V): &V {
        if (contains(self, copy key)) borrow(self, key) else default
    }

    /// Aborts if there is no entry for `key`.
    public fun borrow_mut<K: copy + drop, V>(self: &mut Table<K, V>, key: K): &mut V {
        &mut borrow_box_mut<K, V, Box<V>>(self, key).val
    }

    /// Adds `default` first if there is no entry for `key`.
    public fun borrow_mut_with_default<K: copy + drop, V: drop>(
        self: &mut Table<K, V>, key: K, default: V
    ): &mut V {
        if (!contains(self, copy key)) add(self, copy key, default);
        borrow_mut(self, key)
    }

    /// Sets the entry for `key`, whether there was one or not.
    public fun upsert<K: copy + drop, V: drop>(self: &mut Table<K, V>, key: K, value: V) {
        if (contains(self, copy key)) *borrow_mut(self, key) = value
        else add(self, key, value)
    }

    /// Aborts if there is no entry for `key`.
    public fun remove<K: copy + drop, V>(self: &mut Table<K, V>, key: K): V {
        let Box { val } = remove_box<K, V, Box<V>>(self, key);
        val
    }

    public fun contains<K: copy + drop, V>(self: &Table<K, V>, key: K): bool {
        contains_box<K, V, Box<V>>(self, key)
    }

    /// For containers that count their entries: nothing here checks that the table is empty.
    public(friend) fun destroy_known_empty_unsafe<K: copy + drop, V>(self: Table<K, V>) {
        destroy_empty_box<K, V, Box<V>>(&self);
        drop_unchecked_box<K, V, Box<V>>(self)
    }

    native fun new_table_handle<K, V>(): address;

    native fun add_box<K: copy + drop, V, B>(table: &mut Table<K, V>, key: K, val: Box<V>);

    native fun borrow_box<K: copy + drop, V, B>(table: &Table<K, V>, key: K): &Box<V>;

    native fun borrow_box_mut<K: copy + drop, V, B>(table: &mut Table<K, V>, key: K): &mut Box<V>;

    native fun contains_box<K: copy + drop, V, B>(table: &Table<K, V>, key: K): bool;

    native fun remove_box<K: copy + drop, V, B>(table: &mut Table<K, V>, key: K): Box<V>;

    native fun destroy_empty_box<K: copy + drop, V, B>(table: &Table<K, V>);

    native fun drop_unchecked_box<K: copy + drop, V, B>(table: Table<K, V>);

    #[test_only]
    struct Holder has key {
        table: Table<u64, vector<u8>>
    }

    #[test(owner = @0xa11ce)]
    fun keeps_entries(owner: signer) {
        let table = new<u64, vector<u8>>();
        add(&mut table, 1, b"one");
        upsert(&mut table, 2, b"zwei");
        upsert(&mut table, 2, b"two");
        assert!(*borrow(&table, 1) == b"one" && *borrow(&table, 2) == b"two", 0);
        assert!(*borrow_with_default(&table, 3, &b"none") == b"none", 1);
        *borrow_mut_with_default(&mut table, 3, b"three") = b"3";
        assert!(remove(&mut table, 3) == b"3" && !contains(&table, 3), 2);
        move_to(&owner, Holder { table });
    }

    #[test]
    fun is_destroyed_when_empty() {
        let table = new<address, u64>();
        add(&mut table, @0x1, 7);
        assert!(remove(&mut table, @0x1) == 7, 0);
        destroy_known_empty_unsafe(table);
    }
}
