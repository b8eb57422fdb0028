/// The items of tables that hang on an application's state: shown to nodes page by page, and changed by settlements one by one.
module channel_app::items {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::option::{Self, Option};
    use aptos_std::from_bcs;
    use aptos_std::table::Table;
    use rooch::op::Op;

    /// A page is of 1 to 256 items.
    const E_LIMIT: u64 = 21;
    /// A new item is there already.
    const E_ITEM_EXISTS: u64 = 22;
    /// The settlement starts from another item than the chain has.
    const E_OLD_ITEM_DIFFERS: u64 = 23;

    /// What a node of the chain answers in one go, with items of up to a kilobyte.
    const LIMIT_MAX: u64 = 256;

    /// An item as a node keeps it; key and value in BCS.
    struct Item has copy, drop {
        handle: address,
        key: vector<u8>,
        value: vector<u8>
    }

    struct ItemPage has copy, drop {
        items: vector<Item>,
        /// What the next page begins with, in the application's terms; 0 after the last.
        next: u64
    }

    /// A table's handle, by which nodes and settlements name it: what the table is in BCS.
    public fun handle<K: copy + drop, V>(table: &Table<K, V>): address {
        from_bcs::to_address(bcs::to_bytes(table))
    }

    // ---- Pages

    /// A page without items. `limit` is what the view was asked for.
    public fun new_page(limit: u64): ItemPage {
        assert!((limit > 0 && limit <= LIMIT_MAX), error::out_of_range(E_LIMIT));
        ItemPage { items: vector[], next: 0 }
    }

    /// Adds an item, if the table has it.
    public fun add<K: copy + drop, V>(self: &mut ItemPage, table: &Table<K, V>, key: K) {
        if (table.contains(key)) {
            let value = bcs::to_bytes(table.borrow(key));
            self.items.push_back(Item { handle: handle(table), key: bcs::to_bytes(&key), value });
        }
    }

    public fun length(self: &ItemPage): u64 {
        self.items.length()
    }

    /// There is another page.
    public fun set_next(self: &mut ItemPage, next: u64) {
        self.next = next;
    }

    // ---- Settling

    /// What a settlement leaves of an item, in BCS; none if nothing. A change that does not start from what the table has is refused; the value is to be read
    /// strictly, like the state's.
    public fun item_after<K: copy + drop, V>(table: &Table<K, V>, key: K, op: &Op): Option<vector<u8>> {
        if (op.is_new()) {
            assert!(!table.contains(key), error::already_exists(E_ITEM_EXISTS));
            return option::some(op.new_value())
        };
        assert!(table.contains(key), error::invalid_argument(E_OLD_ITEM_DIFFERS));
        if (op.is_delete()) return option::none();
        assert!(
            hash::sha3_256(bcs::to_bytes(table.borrow(key))) == op.old_hash(),
            error::invalid_argument(E_OLD_ITEM_DIFFERS)
        );
        option::some(op.modified_value())
    }

    #[test_only]
    public fun page_for_test(self: &ItemPage): (vector<vector<u8>>, vector<vector<u8>>, u64) {
        let (keys, values) = (vector[], vector[]);
        for (i in 0..self.items.length()) {
            keys.push_back(self.items[i].key);
            values.push_back(self.items[i].value);
        };
        (keys, values, self.next)
    }

    #[test_only]
    public fun handle_for_test(self: &ItemPage, index: u64): address {
        self.items[index].handle
    }
}
