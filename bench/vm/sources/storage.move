// Global storage, tables and BCS.
module 0xbe7c::storage {
    use std::bcs;
    use std::signer;
    use std::vector;
    use aptos_std::table::{Self, Table};

    struct Counter has key { value: u64 }
    struct Ledger has key { items: Table<u64, u64> }
    struct Archive has key { pages: Table<u64, vector<u8>> }
    struct Item has copy, drop, store { id: u64, tags: vector<u8>, x: u32, y: u32, alive: bool }
    struct Herd has key { items: vector<Item> }

    public entry fun set_up(account: &signer, items: u64, animals: u64) {
        move_to(account, Counter { value: 1 });
        move_to(account, Herd { items: herd(animals) });
        let ledger = Ledger { items: table::new() };
        let i = 0;
        while (i < items) {
            table::add(&mut ledger.items, i, i * 7);
            i = i + 1;
        };
        move_to(account, ledger);
    }

    public fun globals(at: address, n: u64): u64 acquires Counter {
        let total = 0;
        let i = 0;
        while (i < n) {
            total = total + borrow_global<Counter>(at).value;
            let counter = borrow_global_mut<Counter>(at);
            counter.value = counter.value % 1000 + 1;
            i = i + 1;
        };
        total
    }

    public fun read_table(at: address, n: u64): u64 acquires Ledger {
        let items = &borrow_global<Ledger>(at).items;
        let total = 0;
        let i = 0;
        while (i < n) {
            total = total + *table::borrow(items, i);
            i = i + 1;
        };
        total
    }

    /// Every item again and again: after the first round nothing is read from storage.
    public fun reread_table(at: address, n: u64, rounds: u64): u64 acquires Ledger {
        let total = 0;
        while (rounds > 0) {
            let items = &borrow_global<Ledger>(at).items;
            let i = 0;
            while (i < n) {
                total = total + *table::borrow(items, i);
                i = i + 1;
            };
            rounds = rounds - 1;
        };
        total
    }

    public entry fun write_table(account: &signer, n: u64) acquires Ledger {
        let items = &mut borrow_global_mut<Ledger>(signer::address_of(account)).items;
        let i = 0;
        while (i < n) {
            let item = table::borrow_mut(items, i);
            *item = *item + 1;
            i = i + 1;
        };
    }

    /// As many pages of as many bytes.
    public entry fun fill_archive(account: &signer, pages: u64, bytes: u64) {
        let archive = Archive { pages: table::new() };
        let page = vector<u8>[];
        let i = 0;
        while (i < bytes) {
            vector::push_back(&mut page, ((i % 251) as u8));
            i = i + 1;
        };
        i = 0;
        while (i < pages) {
            table::add(&mut archive.pages, i, page);
            i = i + 1;
        };
        move_to(account, archive);
    }

    /// Touches one page, whatever else there is.
    public entry fun scribble(account: &signer, page: u64, at: u64) acquires Archive {
        let archive = borrow_global_mut<Archive>(signer::address_of(account));
        let byte = vector::borrow_mut(table::borrow_mut(&mut archive.pages, page), at);
        *byte = if (*byte == 255) 0 else *byte + 1;
    }

    /// Reads, changes and writes a resource of many small structs.
    public entry fun change_herd(account: &signer) acquires Herd {
        let herd = borrow_global_mut<Herd>(signer::address_of(account));
        let item = vector::borrow_mut(&mut herd.items, 0);
        item.x = item.x + 1;
    }

    public fun encode(animals: u64, rounds: u64): u64 {
        let items = herd(animals);
        let total = 0;
        while (rounds > 0) {
            let bytes = bcs::to_bytes(&items);
            total = total + vector::length(&bytes) + (*vector::borrow(&bytes, rounds) as u64);
            rounds = rounds - 1;
        };
        total
    }

    fun herd(count: u64): vector<Item> {
        let items = vector[];
        let i = 0;
        while (i < count) {
            vector::push_back(
                &mut items,
                Item { id: i, tags: b"four legs, wool", x: (i as u32), y: 7, alive: i % 3 != 0 }
            );
            i = i + 1;
        };
        items
    }
}
