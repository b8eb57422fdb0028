/// A map of any size, sorted by key: a tree whose leaves hold the entries and whose other nodes hold, for each child, its largest key. Every
/// node but the root is a table entry of its own, so that an access touches as many entries as the tree is high.
module aptos_std::big_ordered_map {
    use std::bcs::{Self, constant_serialized_size};
    use std::cmp;
    use std::error;
    use std::option::{Self, Option};
    use std::vector;
    use aptos_std::math64::{max, min};
    use aptos_std::ordered_map::{Self, OrderedMap};
    use aptos_std::storage_slots_allocator::{Self, ReservedSlot, StorageSlotsAllocator, StoredSlot};

    /// The map has the key already.
    const EKEY_ALREADY_EXISTS: u64 = 1;
    /// The map does not have the key.
    const EKEY_NOT_FOUND: u64 = 2;
    /// The iterator stands before the first or behind the last entry.
    const EITER_OUT_OF_BOUNDS: u64 = 3;
    /// Nodes cannot be that small or that large.
    const EINVALID_CONFIG_PARAMETER: u64 = 11;
    /// The map still has entries.
    const EMAP_NOT_EMPTY: u64 = 12;
    /// So large an entry might make a node too large.
    const EARGUMENT_BYTES_TOO_LARGE: u64 = 13;
    /// A value that could grow behind a reference might make a node too large.
    const EBORROW_MUT_REQUIRES_CONSTANT_VALUE_SIZE: u64 = 14;
    /// So large a key might make a node too large.
    const EKEY_BYTES_TOO_LARGE: u64 = 15;
    /// The size of a node can be chosen only for types whose values have one size.
    const ECANNOT_USE_NEW_WITH_VARIABLE_SIZED_TYPES: u64 = 16;

    const INNER_MIN_DEGREE: u64 = 4;
    const LEAF_MIN_DEGREE: u64 = 3;
    const MAX_DEGREE: u64 = 4096;
    /// Bytes of all keys of an inner node, or all entries of a leaf.
    const MAX_NODE_BYTES: u64 = 409600;
    const TARGET_NODE_BYTES: u64 = 4096;
    const HINT_MAX_NODE_BYTES: u64 = 131072;
    /// Bytes of a key or a value that are always taken where no degree is given.
    const KEY_OR_VALUE_BYTES: u64 = 5120;

    const NULL_INDEX: u64 = 0;
    const ROOT_INDEX: u64 = 1;

    /// `prev` and `next` are the nodes beside it on its level, or `NULL_INDEX`.
    enum Node<K: store, V: store> has store {
        V1 {
            is_leaf: bool,
            children: OrderedMap<K, Child<V>>,
            prev: u64,
            next: u64
        }
    }

    enum Child<V: store> has store {
        Inner {
            node_index: StoredSlot
        }
        Leaf {
            value: V
        }
    }

    /// A place in a map, good until the map changes.
    enum IteratorPtr<K> has copy, drop {
        End,
        Some {
            node_index: u64,
            child_iter: ordered_map::IteratorPtr,
            key: K
        }
    }

    /// A node has from half its degree to its degree of children; the root may have fewer. `constant_kv_size`: no entry can be too large.
    enum BigOrderedMap<K: store, V: store> has store {
        BPlusTreeMap {
            root: Node<K, V>,
            nodes: StorageSlotsAllocator<Node<K, V>>,
            min_leaf_index: u64,
            max_leaf_index: u64,
            constant_kv_size: bool,
            inner_max_degree: u16,
            leaf_max_degree: u16
        }
    }

    /// For keys and values whose encodings have a constant size.
    public fun new<K: store, V: store>(): BigOrderedMap<K, V> {
        assert_constant_size<K, V>();
        new_with_config(0, 0, false)
    }

    /// As `new`; keeps the storage of nodes that are no longer needed.
    public fun new_with_reusable<K: store, V: store>(): BigOrderedMap<K, V> {
        assert_constant_size<K, V>();
        new_with_config(0, 0, true)
    }

    /// With nodes of 4 KiB on average and at most 128 KiB.
    public fun new_with_type_size_hints<K: store, V: store>(
        avg_key_bytes: u64, max_key_bytes: u64, avg_value_bytes: u64, max_value_bytes: u64
    ): BigOrderedMap<K, V> {
        assert!(
            avg_key_bytes <= max_key_bytes && avg_value_bytes <= max_value_bytes,
            error::invalid_argument(EINVALID_CONFIG_PARAMETER)
        );
        let inner_most = HINT_MAX_NODE_BYTES / max_key_bytes;
        let leaf_most = HINT_MAX_NODE_BYTES / (max_key_bytes + max_value_bytes);
        assert!(
            inner_most >= INNER_MIN_DEGREE && leaf_most >= INNER_MIN_DEGREE,
            error::invalid_argument(EINVALID_CONFIG_PARAMETER)
        );
        let inner = degree_for(avg_key_bytes, MAX_DEGREE, INNER_MIN_DEGREE);
        let leaf = degree_for(avg_key_bytes + avg_value_bytes, MAX_DEGREE, LEAF_MIN_DEGREE);
        new_with_config((min(inner, inner_most) as u16), (min(leaf, leaf_most) as u16), false)
    }

    /// A degree of 0 is chosen by the size of the types, or of the first entry.
    public fun new_with_config<K: store, V: store>(
        inner_max_degree: u16, leaf_max_degree: u16, reuse_slots: bool
    ): BigOrderedMap<K, V> {
        assert_degree(inner_max_degree, INNER_MIN_DEGREE);
        assert_degree(leaf_max_degree, LEAF_MIN_DEGREE);
        let map = BigOrderedMap::BPlusTreeMap {
            root: new_node(true, ordered_map::new(), NULL_INDEX, NULL_INDEX),
            nodes: storage_slots_allocator::new(reuse_slots),
            min_leaf_index: ROOT_INDEX,
            max_leaf_index: ROOT_INDEX,
            constant_kv_size: false,
            inner_max_degree,
            leaf_max_degree
        };
        map.choose_degrees_by_type();
        map
    }

    public fun new_from<K: copy + drop + store, V: store>(
        keys: vector<K>, values: vector<V>
    ): BigOrderedMap<K, V> {
        let map = new();
        map.add_all(keys, values);
        map
    }

    public fun destroy_empty<K: store, V: store>(self: BigOrderedMap<K, V>) {
        let BigOrderedMap::BPlusTreeMap {
            root,
            nodes,
            min_leaf_index: _,
            max_leaf_index: _,
            constant_kv_size: _,
            inner_max_degree: _,
            leaf_max_degree: _
        } = self;
        destroy_empty_node(root);
        nodes.destroy_empty();
    }

    /// Pays for the storage of so many nodes now, in a map that keeps storage.
    public fun allocate_spare_slots<K: store, V: store>(self: &mut BigOrderedMap<K, V>, num_to_allocate: u64) {
        self.nodes.allocate_spare_slots(num_to_allocate)
    }

    public fun is_empty<K: store, V: store>(self: &BigOrderedMap<K, V>): bool {
        self.borrow_node(self.min_leaf_index).children.is_empty()
    }

    /// Looks at every leaf.
    public fun compute_length<K: store, V: store>(self: &BigOrderedMap<K, V>): u64 {
        let length = 0;
        let index = self.min_leaf_index;
        while (index != NULL_INDEX) {
            let node = self.borrow_node(index);
            length += node.children.length();
            index = node.next;
        };
        length
    }

    public fun add<K: copy + drop + store, V: store>(self: &mut BigOrderedMap<K, V>, key: K, value: V) {
        self.insert(key, value, false).destroy_none()
    }

    /// Sets the value of `key`; gives back the one that stood there, if any.
    public fun upsert<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: K, value: V
    ): Option<V> {
        self.insert(key, value, true).map(|child| leaf_value(child))
    }

    public fun remove<K: copy + drop + store, V: store>(self: &mut BigOrderedMap<K, V>, key: &K): V {
        let path = self.path_to(key);
        assert!(!path.is_empty(), error::invalid_argument(EKEY_NOT_FOUND));
        leaf_value(self.remove_at(path, key))
    }

    public fun remove_or_none<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: &K
    ): Option<V> {
        if (self.contains(key)) option::some(self.remove(key)) else option::none()
    }

    /// What `f` gives back for the value of `key`, which it may change.
    public inline fun modify_and_return<K: copy + drop + store, V: store, R>(
        self: &mut BigOrderedMap<K, V>, key: &K, f: |&mut V| R
    ): R {
        f(self.borrow_mut(key))
    }

    public inline fun modify<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: &K, f: |&mut V|
    ) {
        f(self.borrow_mut(key))
    }

    /// Changes the key's value, or adds one; whether it was there.
    public inline fun modify_or_add<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: &K, modify_f: |&mut V|, add_f: || V
    ): bool {
        let iter = self.internal_find(key);
        let found = !iter.iter_is_end(self);
        if (found) modify_f(iter.iter_borrow_mut(self)) else self.add(*key, add_f());
        found
    }

    /// Changes the key's value if there is one; whether it was there.
    public inline fun modify_if_present<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: &K, modify_f: |&mut V|
    ): bool {
        let iter = self.internal_find(key);
        let found = !iter.iter_is_end(self);
        if (found) modify_f(iter.iter_borrow_mut(self));
        found
    }

    public fun add_all<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, keys: vector<K>, values: vector<V>
    ) {
        vector::zip(keys, values, |key, value| self.add(key, value));
    }

    public fun pop_front<K: copy + drop + store, V: store>(self: &mut BigOrderedMap<K, V>): (K, V) {
        let key = self.front_key();
        let value = self.remove(&key);
        (key, value)
    }

    public fun pop_back<K: copy + drop + store, V: store>(self: &mut BigOrderedMap<K, V>): (K, V) {
        let key = self.back_key();
        let value = self.remove(&key);
        (key, value)
    }

    /// The first entry whose key is not below `key`.
    public fun internal_lower_bound<K: copy + drop + store, V: store>(
        self: &BigOrderedMap<K, V>, key: &K
    ): IteratorPtr<K> {
        let leaf = self.leaf_of(key);
        if (leaf == NULL_INDEX) return IteratorPtr::End;
        let child_iter = self.borrow_node(leaf).children.internal_lower_bound(key);
        self.at(leaf, child_iter)
    }

    public fun internal_find<K: copy + drop + store, V: store>(
        self: &BigOrderedMap<K, V>, key: &K
    ): IteratorPtr<K> {
        let leaf = self.leaf_of(key);
        if (leaf == NULL_INDEX) return IteratorPtr::End;
        let child_iter = self.borrow_node(leaf).children.internal_find(key);
        self.at(leaf, child_iter)
    }

    public fun contains<K: copy + drop + store, V: store>(self: &BigOrderedMap<K, V>, key: &K): bool {
        !(self.internal_find(key) is IteratorPtr::End<K>)
    }

    public fun borrow<K: copy + drop + store, V: store>(self: &BigOrderedMap<K, V>, key: &K): &V {
        let iter = self.internal_find(key);
        assert!(!iter.iter_is_end(self), error::invalid_argument(EKEY_NOT_FOUND));
        iter.iter_borrow(self)
    }

    public fun get<K: copy + drop + store, V: copy + store>(self: &BigOrderedMap<K, V>, key: &K): Option<V> {
        let iter = self.internal_find(key);
        if (iter.iter_is_end(self)) option::none() else option::some(*iter.iter_borrow(self))
    }

    /// What `f` makes of the key's value, if there is one.
    public inline fun get_and_map<K: copy + drop + store, V: store, R>(
        self: &BigOrderedMap<K, V>, key: &K, f: |&V| R
    ): Option<R> {
        let iter = self.internal_find(key);
        if (iter.iter_is_end(self)) std::option::none<R>() else std::option::some<R>(f(iter.iter_borrow(self)))
    }

    /// For values of a constant size; others are taken out and added again, or set with `upsert`.
    public fun borrow_mut<K: copy + drop + store, V: store>(self: &mut BigOrderedMap<K, V>, key: &K): &mut V {
        let iter = self.internal_find(key);
        assert!(!iter.iter_is_end(self), error::invalid_argument(EKEY_NOT_FOUND));
        iter.iter_borrow_mut(self)
    }

    public fun borrow_front<K: copy + drop + store, V: store>(self: &BigOrderedMap<K, V>): (K, &V) {
        let iter = self.internal_new_begin_iter();
        (*iter.iter_borrow_key(), iter.iter_borrow(self))
    }

    public fun front_key<K: copy + drop + store, V: store>(self: &BigOrderedMap<K, V>): K {
        *self.internal_new_begin_iter().iter_borrow_key()
    }

    public fun borrow_back<K: copy + drop + store, V: store>(self: &BigOrderedMap<K, V>): (K, &V) {
        let iter = self.internal_new_end_iter().iter_prev(self);
        (*iter.iter_borrow_key(), iter.iter_borrow(self))
    }

    public fun back_key<K: copy + drop + store, V: store>(self: &BigOrderedMap<K, V>): K {
        *self.internal_new_end_iter().iter_prev(self).iter_borrow_key()
    }

    /// The largest key below `key`.
    public fun prev_key<K: copy + drop + store, V: store>(self: &BigOrderedMap<K, V>, key: &K): Option<K> {
        let iter = self.internal_lower_bound(key);
        if (iter.iter_is_begin(self)) option::none() else option::some(*iter.iter_prev(self).iter_borrow_key())
    }

    /// The smallest key above `key`.
    public fun next_key<K: copy + drop + store, V: store>(self: &BigOrderedMap<K, V>, key: &K): Option<K> {
        let iter = self.internal_lower_bound(key);
        if (!iter.iter_is_end(self) && iter.iter_borrow_key() == key) iter = iter.iter_next(self);
        if (iter.iter_is_end(self)) option::none() else option::some(*iter.iter_borrow_key())
    }

    /// All entries, which is dear if there are many.
    public fun to_ordered_map<K: copy + drop + store, V: copy + store>(
        self: &BigOrderedMap<K, V>
    ): OrderedMap<K, V> {
        let result = ordered_map::new();
        let iter = self.internal_new_begin_iter();
        while (!iter.iter_is_end(self)) {
            let end = result.internal_new_end_iter();
            end.iter_add(&mut result, *iter.iter_borrow_key(), *iter.iter_borrow(self));
            iter = iter.iter_next(self);
        };
        result
    }

    /// All keys, which is dear if there are many.
    public fun keys<K: copy + drop + store, V: store>(self: &BigOrderedMap<K, V>): vector<K> {
        let result = vector::empty();
        let index = self.min_leaf_index;
        while (index != NULL_INDEX) {
            let node = self.borrow_node(index);
            result.append(node.children.keys());
            index = node.next;
        };
        result
    }

    public inline fun for_each_and_clear<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, f: |K, V|
    ) {
        while (!self.is_empty()) {
            let (key, value) = self.pop_front();
            f(key, value);
        }
    }

    public inline fun for_each<K: copy + drop + store, V: store>(self: BigOrderedMap<K, V>, f: |K, V|) {
        self.for_each_and_clear(|key, value| f(key, value));
        self.destroy_empty()
    }

    public inline fun for_each_ref<K: copy + drop + store, V: store>(self: &BigOrderedMap<K, V>, f: |&K, &V|) {
        let iter = self.internal_new_begin_iter();
        while (!iter.iter_is_end(self)) {
            f(iter.iter_borrow_key(), iter.iter_borrow(self));
            iter = iter.iter_next(self);
        }
    }

    /// The entries of keys that both maps have.
    public inline fun intersection_zip_for_each_ref<K: copy + drop + store, V1: store, V2: store>(
        self: &BigOrderedMap<K, V1>, other: &BigOrderedMap<K, V2>, f: |&K, &V1, &V2|
    ) {
        let iter = self.internal_new_begin_iter();
        let other_iter = other.internal_new_begin_iter();
        while (!iter.iter_is_end(self) && !other_iter.iter_is_end(other)) {
            let order = std::cmp::compare(iter.iter_borrow_key(), other_iter.iter_borrow_key());
            if (order.is_eq()) f(iter.iter_borrow_key(), iter.iter_borrow(self), other_iter.iter_borrow(other));
            if (order.is_le()) iter = iter.iter_next(self);
            if (order.is_ge()) other_iter = other_iter.iter_next(other);
        }
    }

    public inline fun for_each_mut<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, f: |&K, &mut V|
    ) {
        let iter = self.internal_new_begin_iter();
        while (!iter.iter_is_end(freeze(self))) {
            f(iter.iter_borrow_key(), iter.iter_borrow_mut(self));
            iter = iter.iter_next(freeze(self));
        }
    }

    /// For values that cannot be dropped.
    public inline fun destroy<K: copy + drop + store, V: store>(self: BigOrderedMap<K, V>, dv: |V|) {
        self.for_each(|_key, value| dv(value))
    }

    public fun internal_new_begin_iter<K: copy + store, V: store>(self: &BigOrderedMap<K, V>): IteratorPtr<K> {
        let first = self.borrow_node(self.min_leaf_index).children.internal_new_begin_iter();
        self.at(self.min_leaf_index, first)
    }

    public fun internal_new_end_iter<K: store, V: store>(self: &BigOrderedMap<K, V>): IteratorPtr<K> {
        IteratorPtr::End
    }

    public fun iter_is_begin<K: store, V: store>(self: &IteratorPtr<K>, map: &BigOrderedMap<K, V>): bool {
        if (self is IteratorPtr::End<K>) map.is_empty()
        else self.node_index == map.min_leaf_index && self.child_iter.iter_is_begin_from_non_empty()
    }

    public fun iter_is_end<K: store, V: store>(self: &IteratorPtr<K>, _map: &BigOrderedMap<K, V>): bool {
        self is IteratorPtr::End<K>
    }

    public fun iter_borrow_key<K>(self: &IteratorPtr<K>): &K {
        assert!(!(self is IteratorPtr::End<K>), error::invalid_argument(EITER_OUT_OF_BOUNDS));
        &self.key
    }

    public fun iter_borrow<K: drop + store, V: store>(self: IteratorPtr<K>, map: &BigOrderedMap<K, V>): &V {
        assert!(!(self is IteratorPtr::End<K>), error::invalid_argument(EITER_OUT_OF_BOUNDS));
        &self.child_iter.iter_borrow(&map.borrow_node(self.node_index).children).value
    }

    public fun iter_borrow_mut<K: drop + store, V: store>(
        self: IteratorPtr<K>, map: &mut BigOrderedMap<K, V>
    ): &mut V {
        assert!(
            map.constant_kv_size || constant_serialized_size<V>().is_some(),
            error::invalid_argument(EBORROW_MUT_REQUIRES_CONSTANT_VALUE_SIZE)
        );
        assert!(!(self is IteratorPtr::End<K>), error::invalid_argument(EITER_OUT_OF_BOUNDS));
        &mut self.child_iter.iter_borrow_mut(&mut map.borrow_node_mut(self.node_index).children).value
    }

    public fun iter_next<K: copy + drop + store, V: store>(
        self: IteratorPtr<K>, map: &BigOrderedMap<K, V>
    ): IteratorPtr<K> {
        assert!(!(self is IteratorPtr::End<K>), error::invalid_argument(EITER_OUT_OF_BOUNDS));
        let node = map.borrow_node(self.node_index);
        let child_iter = self.child_iter.iter_next(&node.children);
        if (!child_iter.iter_is_end(&node.children)) return map.at(self.node_index, child_iter);
        if (node.next == NULL_INDEX) return IteratorPtr::End;
        let first = map.borrow_node(node.next).children.internal_new_begin_iter();
        map.at(node.next, first)
    }

    public fun iter_prev<K: copy + drop + store, V: store>(
        self: IteratorPtr<K>, map: &BigOrderedMap<K, V>
    ): IteratorPtr<K> {
        let before =
            if (self is IteratorPtr::End<K>) map.max_leaf_index
            else {
                let node = map.borrow_node(self.node_index);
                if (!self.child_iter.iter_is_begin(&node.children)) {
                    return map.at(self.node_index, self.child_iter.iter_prev(&node.children))
                };
                node.prev
            };
        assert!(before != NULL_INDEX, error::invalid_argument(EITER_OUT_OF_BOUNDS));
        let children = &map.borrow_node(before).children;
        map.at(before, children.internal_new_end_iter().iter_prev(children))
    }

    fun at<K: copy + store, V: store>(
        self: &BigOrderedMap<K, V>, node_index: u64, child_iter: ordered_map::IteratorPtr
    ): IteratorPtr<K> {
        let children = &self.borrow_node(node_index).children;
        if (child_iter.iter_is_end(children)) return IteratorPtr::End;
        IteratorPtr::Some { node_index, child_iter, key: *child_iter.iter_borrow_key(children) }
    }

    fun borrow_node<K: store, V: store>(self: &BigOrderedMap<K, V>, node_index: u64): &Node<K, V> {
        if (node_index == ROOT_INDEX) &self.root else self.nodes.borrow(node_index)
    }

    fun borrow_node_mut<K: store, V: store>(self: &mut BigOrderedMap<K, V>, node_index: u64): &mut Node<K, V> {
        if (node_index == ROOT_INDEX) &mut self.root else self.nodes.borrow_mut(node_index)
    }

    fun new_node<K: store, V: store>(
        is_leaf: bool, children: OrderedMap<K, Child<V>>, prev: u64, next: u64
    ): Node<K, V> {
        Node::V1 { is_leaf, children, prev, next }
    }

    fun destroy_empty_node<K: store, V: store>(node: Node<K, V>) {
        let Node::V1 { is_leaf: _, children, prev: _, next: _ } = node;
        assert!(children.is_empty(), error::invalid_argument(EMAP_NOT_EMPTY));
        children.destroy_empty();
    }

    fun leaf_value<V: store>(child: Child<V>): V {
        let Child::Leaf { value } = child;
        value
    }

    fun inner_slot<V: store>(child: Child<V>): StoredSlot {
        let Child::Inner { node_index } = child;
        node_index
    }

    /// The largest key of a node that has children.
    fun last_key<K: copy + store, V: store>(node: &Node<K, V>): K {
        let (key, _) = node.children.borrow_back();
        *key
    }

    /// The leaf where the key is or belongs; `NULL_INDEX` if it is above all keys.
    fun leaf_of<K: copy + drop + store, V: store>(self: &BigOrderedMap<K, V>, key: &K): u64 {
        let index = ROOT_INDEX;
        loop {
            let node = self.borrow_node(index);
            if (node.is_leaf) return index;
            let iter = node.children.internal_lower_bound(key);
            if (iter.iter_is_end(&node.children)) return NULL_INDEX;
            index = iter.iter_borrow(&node.children).node_index.stored_to_index();
        }
    }

    /// As `leaf_of`, with all nodes from the root on; empty if the key is above all keys.
    fun path_to<K: copy + drop + store, V: store>(self: &BigOrderedMap<K, V>, key: &K): vector<u64> {
        let path = vector[ROOT_INDEX];
        let node = &self.root;
        while (!node.is_leaf) {
            let iter = node.children.internal_lower_bound(key);
            if (iter.iter_is_end(&node.children)) return vector[];
            let index = iter.iter_borrow(&node.children).node_index.stored_to_index();
            path.push_back(index);
            node = self.nodes.borrow(index);
        };
        path
    }

    /// The path to the last leaf, after `key` has become the largest of all inner nodes on it.
    fun raise_last_keys<K: copy + drop + store, V: store>(self: &mut BigOrderedMap<K, V>, key: K): vector<u64> {
        let path = vector[];
        let index = ROOT_INDEX;
        loop {
            path.push_back(index);
            let node = self.borrow_node_mut(index);
            if (node.is_leaf) return path;
            let (_, last) = node.children.pop_back();
            index = last.node_index.stored_to_index();
            node.children.add(key, last);
        }
    }

    fun insert<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: K, value: V, overwrite: bool
    ): Option<Child<V>> {
        if (!self.constant_kv_size) {
            self.choose_and_check_degrees(bcs::serialized_size(&key), bcs::serialized_size(&value));
        };
        let path = self.path_to(&key);
        if (path.is_empty()) path = self.raise_last_keys(key);
        self.add_at(path, key, Child::Leaf { value }, overwrite)
    }

    /// Adds a child to the last node of the path, all above which reach as far as `key`. The child that it replaced, if any.
    fun add_at<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, path: vector<u64>, key: K, child: Child<V>, overwrite: bool
    ): Option<Child<V>> {
        let node_index = path.pop_back();
        let degree_max = self.degree_max(node_index);
        let children = &mut self.borrow_node_mut(node_index).children;
        let iter = children.internal_find(&key);
        if (!iter.iter_is_end(children)) {
            assert!(overwrite, error::invalid_argument(EKEY_ALREADY_EXISTS));
            return option::some(iter.iter_replace(children, child))
        };
        if (children.length() < degree_max) children.add(key, child)
        else self.split(path, node_index, key, child);
        option::none()
    }

    /// Adds a child to a full node, the first half of which becomes a node of its own.
    fun split<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, path: vector<u64>, node_index: u64, key: K, child: Child<V>
    ) {
        let degree_max = self.degree_max(node_index);
        let (right_slot, left) =
            if (node_index == ROOT_INDEX) {
                path.push_back(ROOT_INDEX);
                self.push_root_down(&key)
            } else self.nodes.remove_and_reserve(node_index);
        // The parent knows the node under its largest key, so the second half keeps the slot.
        let right_index = right_slot.reserved_to_index();
        let (left_stored, left_slot) = self.nodes.reserve_slot();
        let left_index = left_stored.stored_to_index();

        left.children.add(key, child);
        let upper = left.children.trim((degree_max + 1) / 2);
        let right = new_node(left.is_leaf, upper, left_index, left.next);
        left.next = right_index;
        if (left.prev != NULL_INDEX) self.nodes.borrow_mut(left.prev).next = left_index
        else if (left.is_leaf) self.min_leaf_index = left_index;

        let split_key = last_key(&left);
        self.nodes.fill_reserved_slot(left_slot, left);
        self.nodes.fill_reserved_slot(right_slot, right);
        self.add_at(path, split_key, Child::Inner { node_index: left_stored }, false).destroy_none();
    }

    /// Makes a new root above the old one, which comes out without its place and is to hold `key` as well.
    fun push_root_down<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, key: &K
    ): (ReservedSlot, Node<K, V>) {
        let (stored, reserved) = self.nodes.reserve_slot();
        let largest = last_key(&self.root);
        if (cmp::compare(&largest, key).is_lt()) largest = *key;
        let children = ordered_map::new();
        children.add(largest, Child::Inner { node_index: stored });
        let old = self.replace_root(new_node(false, children, NULL_INDEX, NULL_INDEX));
        if (old.is_leaf) {
            self.min_leaf_index = reserved.reserved_to_index();
            self.max_leaf_index = reserved.reserved_to_index();
        };
        (reserved, old)
    }

    fun replace_root<K: store, V: store>(self: &mut BigOrderedMap<K, V>, root: Node<K, V>): Node<K, V> {
        let Node::V1 { is_leaf, children, prev: _, next: _ } = root;
        let old = new_node(self.root.is_leaf, self.root.children.trim(0), NULL_INDEX, NULL_INDEX);
        self.root.is_leaf = is_leaf;
        self.root.children.append_disjoint(children);
        old
    }

    /// Takes the child under `key` out of the last node of the path.
    fun remove_at<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, path: vector<u64>, key: &K
    ): Child<V> {
        let node_index = path.pop_back();
        let node = self.borrow_node_mut(node_index);
        let child = node.children.remove(key);
        let degree = node.children.length();
        if (node_index == ROOT_INDEX) {
            if (!node.is_leaf && degree == 1) self.pull_root_up();
            return child
        };
        let largest = last_key(node);
        if (cmp::compare(&largest, key).is_lt()) self.update_key(path, key, largest);
        if (degree * 2 < self.degree_max(node_index)) self.rebalance(path, node_index);
        child
    }

    /// Puts the root's only child in its place.
    fun pull_root_up<K: drop + store, V: store>(self: &mut BigOrderedMap<K, V>) {
        let (_, child) = self.root.children.pop_back();
        let node = self.nodes.remove(inner_slot(child));
        if (node.is_leaf) {
            self.min_leaf_index = ROOT_INDEX;
            self.max_leaf_index = ROOT_INDEX;
        };
        destroy_empty_node(self.replace_root(node));
    }

    /// The nodes of the path know what lies below them under `old_key`, which becomes `new_key`.
    fun update_key<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, path: vector<u64>, old_key: &K, new_key: K
    ) {
        while (!path.is_empty()) {
            let node = self.borrow_node_mut(path.pop_back());
            node.children.replace_key_inplace(old_key, new_key);
            // Above, the node is known under its largest key.
            if (last_key(node) != new_key) return;
        }
    }

    /// Fills up a node that has too few children from the node beside it, or joins the two.
    fun rebalance<K: copy + drop + store, V: store>(
        self: &mut BigOrderedMap<K, V>, path: vector<u64>, node_index: u64
    ) {
        let degree_max = self.degree_max(node_index);
        let parent = self.borrow_node(path[path.length() - 1]);
        let (_, last) = parent.children.borrow_back();
        let is_left = last.node_index.stored_to_index() != node_index;
        let node = self.borrow_node(node_index);
        let (left_index, right_index) = if (is_left) (node_index, node.next) else (node.prev, node_index);
        let (left_slot, left) = self.nodes.remove_and_reserve(left_index);
        let (right_slot, right) = self.nodes.remove_and_reserve(right_index);
        let left_key = last_key(&left);

        let sibling_degree = if (is_left) right.children.length() else left.children.length();
        if ((sibling_degree - 1) * 2 >= degree_max) {
            if (is_left) {
                let (key, child) = right.children.pop_front();
                left.children.add(key, child);
            } else {
                let (key, child) = left.children.pop_back();
                right.children.add(key, child);
            };
            self.update_key(path, &left_key, last_key(&left));
            self.nodes.fill_reserved_slot(left_slot, left);
            self.nodes.fill_reserved_slot(right_slot, right);
            return
        };
        // The parent knows the right node under the largest key of both, so the joined node takes its slot.
        let Node::V1 { is_leaf: _, children, prev: _, next } = right;
        left.children.append_disjoint(children);
        left.next = next;
        if (left.prev != NULL_INDEX) self.nodes.borrow_mut(left.prev).next = right_index
        else if (left.is_leaf) self.min_leaf_index = right_index;
        self.nodes.fill_reserved_slot(right_slot, left);
        let left_stored = inner_slot(self.remove_at(path, &left_key));
        self.nodes.free_reserved_slot(left_slot, left_stored);
    }

    fun degree_max<K: store, V: store>(self: &BigOrderedMap<K, V>, node_index: u64): u64 {
        if (self.borrow_node(node_index).is_leaf) (self.leaf_max_degree as u64) else (self.inner_max_degree as u64)
    }

    fun assert_degree(degree: u16, least: u64) {
        let degree = (degree as u64);
        assert!(
            degree == 0 || (degree >= least && degree <= MAX_DEGREE), error::invalid_argument(EINVALID_CONFIG_PARAMETER)
        );
    }

    fun assert_constant_size<K, V>() {
        assert!(
            constant_serialized_size<K>().is_some() && constant_serialized_size<V>().is_some(),
            error::invalid_argument(ECANNOT_USE_NEW_WITH_VARIABLE_SIZED_TYPES)
        );
    }

    fun degree_for(size: u64, most: u64, least: u64): u64 {
        max(min(most, TARGET_NODE_BYTES / size), least)
    }

    fun choose_degrees_by_type<K: store, V: store>(self: &mut BigOrderedMap<K, V>) {
        let key_size = constant_serialized_size<K>();
        if (key_size.is_none()) return;
        let key_size = key_size.destroy_some();
        if (self.inner_max_degree == 0) {
            self.inner_max_degree = (degree_for(key_size, MAX_DEGREE, INNER_MIN_DEGREE) as u16);
        };
        self.assert_key_fits(key_size);
        let value_size = constant_serialized_size<V>();
        if (value_size.is_none()) return;
        let entry_size = key_size + value_size.destroy_some();
        if (self.leaf_max_degree == 0) {
            self.leaf_max_degree = (degree_for(entry_size, MAX_DEGREE, LEAF_MIN_DEGREE) as u16);
        };
        self.assert_entry_fits(entry_size);
        self.constant_kv_size = true;
    }

    fun choose_and_check_degrees<K: store, V: store>(
        self: &mut BigOrderedMap<K, V>, key_size: u64, value_size: u64
    ) {
        let entry_size = key_size + value_size;
        let most = MAX_NODE_BYTES / KEY_OR_VALUE_BYTES;
        if (self.inner_max_degree == 0) {
            self.inner_max_degree = (degree_for(key_size, most, INNER_MIN_DEGREE) as u16);
        };
        if (self.leaf_max_degree == 0) {
            self.leaf_max_degree = (degree_for(entry_size, most / 2, LEAF_MIN_DEGREE) as u16);
        };
        self.assert_key_fits(key_size);
        self.assert_entry_fits(entry_size);
    }

    fun assert_key_fits<K: store, V: store>(self: &BigOrderedMap<K, V>, key_size: u64) {
        assert!(
            key_size * (self.inner_max_degree as u64) <= MAX_NODE_BYTES, error::invalid_argument(EKEY_BYTES_TOO_LARGE)
        );
    }

    fun assert_entry_fits<K: store, V: store>(self: &BigOrderedMap<K, V>, entry_size: u64) {
        assert!(
            entry_size * (self.leaf_max_degree as u64) <= MAX_NODE_BYTES,
            error::invalid_argument(EARGUMENT_BYTES_TOO_LARGE)
        );
    }

    #[test_only]
    /// Aborts unless each node has as many children as it may, is known under its largest key, and the leaves hold `count` entries in order.
    fun check(map: &BigOrderedMap<u64, u64>, count: u64) {
        assert!(check_below(map, ROOT_INDEX, option::none()) == count, 900);
        assert!(map.compute_length() == count && map.keys().length() == count, 901);
        let seen = 0;
        let previous = option::none();
        map.for_each_ref(|key, value| {
            assert!(*value == *key + 1, 902);
            assert!(previous.is_none() || *previous.borrow() < *key, 903);
            previous = option::some(*key);
            seen += 1;
        });
        assert!(seen == count, 904);
        let iter = map.internal_new_end_iter();
        while (!iter.iter_is_begin(map)) {
            iter = iter.iter_prev(map);
            seen -= 1;
        };
        assert!(seen == 0, 905);
    }

    #[test_only]
    /// How many entries there are below a node, which the parent knows under `key`.
    fun check_below(map: &BigOrderedMap<u64, u64>, index: u64, key: Option<u64>): u64 {
        let node = map.borrow_node(index);
        let degree = node.children.length();
        let most = map.degree_max(index);
        assert!(degree <= most && (index == ROOT_INDEX || degree * 2 >= most), 910);
        if (index != ROOT_INDEX) assert!(last_key(node) == key.destroy_some(), 911);
        if (node.is_leaf) return degree;
        let count = 0;
        node.children.for_each_ref(|child_key, child| {
            let child: &Child<u64> = child;
            count += check_below(map, child.node_index.stored_to_index(), option::some(*child_key));
        });
        count
    }

    #[test_only]
    /// Numbers below 64 in an order that jumps about.
    fun scattered(i: u64): u64 {
        (i * 37 + 11) % 64
    }

    #[test_only]
    fun clear(map: BigOrderedMap<u64, u64>) {
        map.destroy(|_value| {});
    }

    #[test]
    fun grows_and_shrinks_in_any_order() {
        let map = new_with_config(4, 3, false);
        for (i in 0..64) {
            map.add(scattered(i), scattered(i) + 1);
            check(&map, i + 1);
        };
        for (i in 0..64) {
            let key = scattered(i * 5);
            assert!(map.remove(&key) == key + 1 && !map.contains(&key), 0);
            check(&map, 63 - i);
        };
        map.destroy_empty();
    }

    #[test]
    fun grows_and_shrinks_at_either_end() {
        let map = new_with_config(5, 4, true);
        map.allocate_spare_slots(3);
        for (i in 0..40) map.add(100 + i, 101 + i);
        for (i in 0..40) map.add(99 - i, 100 - i);
        check(&map, 80);
        for (i in 0..40) {
            let (first, _) = map.pop_front();
            let (last, _) = map.pop_back();
            assert!(first == 60 + i && last == 139 - i, i);
        };
        check(&map, 0);
        map.destroy_empty();
    }

    #[test]
    fun finds_neighbours() {
        let map = new_with_config(4, 3, false);
        for (i in 0..20) map.add(i * 10, i * 10 + 1);
        for (i in 1..19) {
            let key = i * 10;
            assert!(map.next_key(&key) == option::some(key + 10) && map.prev_key(&key) == option::some(key - 10), i);
            assert!(map.next_key(&(key + 1)) == option::some(key + 10), i);
            assert!(map.prev_key(&(key + 1)) == option::some(key), i);
        };
        assert!(map.prev_key(&0).is_none() && map.next_key(&190).is_none() && map.next_key(&500).is_none(), 100);
        assert!(map.prev_key(&500) == option::some(190) && map.front_key() == 0 && map.back_key() == 190, 101);
        assert!(*map.borrow(&50) == 51 && map.get(&55).is_none() && map.get(&50) == option::some(51), 102);
        assert!(map.upsert(50, 7) == option::some(51) && map.upsert(55, 8).is_none(), 103);
        assert!(map.remove_or_none(&56).is_none() && map.remove_or_none(&55) == option::some(8), 104);
        *map.borrow_mut(&50) += 1;
        map.modify(&50, |v| *v += 1);
        assert!(map.modify_if_present(&50, |v| *v += 1) && !map.modify_or_add(&51, |v| *v += 1, || 3), 105);
        assert!(*map.borrow(&50) == 10 && *map.borrow(&51) == 3, 106);
        let copy_of_it = map.to_ordered_map();
        assert!(copy_of_it.length() == 21 && copy_of_it.keys() == map.keys(), 107);
        clear(map);
    }

    #[test]
    fun walks() {
        let map = new_from<u64, u64>(vector[1, 2, 3], vector[10, 20, 30]);
        map.for_each_mut(|key, value| *value += *key);
        let other = new_from<u64, u64>(vector[2, 3, 4], vector[5, 6, 7]);
        let sum = 0;
        map.intersection_zip_for_each_ref(&other, |key, a, b| sum += *key * (*a + *b));
        assert!(sum == 2 * 27 + 3 * 39, 0);
        let after: Option<u64> = map.get_and_map(&3, |v| *v + 1);
        assert!(after == option::some(34), 1);
        let total = 0;
        map.for_each(|key, value| total += key + value);
        assert!(total == 72, 2);
        clear(other);
    }

    #[test]
    fun chooses_degrees() {
        let map = new<u64, u64>();
        assert!(map.inner_max_degree == 512 && map.leaf_max_degree == 256 && map.constant_kv_size, 0);
        clear(map);
        let map = new_with_config<vector<u8>, u64>(0, 0, false);
        assert!(map.inner_max_degree == 0 && !map.constant_kv_size, 1);
        map.add(b"0123456789", 1);
        assert!(map.inner_max_degree == 80 && map.leaf_max_degree == 40, 2);
        map.remove(&b"0123456789");
        map.destroy_empty();
        let map = new_with_type_size_hints<vector<u8>, u64>(100, 1000, 8, 8);
        assert!(map.inner_max_degree == 40 && map.leaf_max_degree == 37, 3);
        map.destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10010, location = Self)]
    fun wants_a_constant_size() {
        new<vector<u8>, u64>().destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun has_each_key_once() {
        clear(new_from(vector[1, 2, 1], vector[0, 0, 0]));
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun lends_only_what_is_there() {
        let map = new_from(vector[1], vector[1]);
        map.borrow(&2);
        clear(map);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000c, location = Self)]
    fun is_destroyed_when_empty() {
        new_from(vector[1], vector[1]).destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = Self)]
    fun has_nodes_of_some_size() {
        clear(new_with_config(3, 0, false));
    }

    #[test]
    #[expected_failure(abort_code = 0x1000f, location = Self)]
    fun refuses_large_keys() {
        let map = new_with_config<vector<u8>, u64>(0, 0, false);
        map.add(b"", 1);
        let key = b"0123456789";
        for (i in 0..10) {
            let more = key;
            key.append(more);
        };
        map.add(key, 1);
        map.destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x1000e, location = Self)]
    fun lends_no_value_that_may_grow() {
        let map = new_with_config<u64, vector<u8>>(0, 0, false);
        map.add(1, b"");
        map.borrow_mut(&1).push_back(1);
        map.destroy_empty();
    }
}
