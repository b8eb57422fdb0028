/// What a hero carries: so many of each kind.
module movecraft::items {
    use std::error;
    use movecraft::blocks;
    use rooch::codec::Reader;

    friend movecraft::land;
    friend movecraft::rules;

    /// The items are not in ascending order of kinds, of kinds that are none, or too many or none of one.
    const E_ITEMS_NOT_LAWFUL: u64 = 2;

    /// Of one kind.
    const COUNT_MAX: u64 = 9_999;

    struct Slot has copy, drop, store {
        kind: u8,
        count: u64
    }

    struct Items has copy, drop, store {
        /// Ascending by kind, none of them empty.
        slots: vector<Slot>
    }

    public(friend) fun none(): Items {
        Items { slots: vector[] }
    }

    public fun count(self: &Items, kind: u8): u64 {
        let (found, index) = self.find(kind);
        if (found) self.slots[index].count else 0
    }

    public fun has_room(self: &Items, kind: u8, count: u64): bool {
        self.count(kind) + count <= COUNT_MAX
    }

    /// 0 a hand, 1 wood, 2 stone, 3 iron.
    public fun best_tier(self: &Items): u8 {
        if (self.count(blocks::iron_pick()) > 0) 3
        else if (self.count(blocks::stone_pick()) > 0) 2
        else if (self.count(blocks::wooden_pick()) > 0) 1
        else 0
    }

    /// There must be room.
    public(friend) fun add(self: &mut Items, kind: u8, count: u64) {
        let (found, index) = self.find(kind);
        if (found) self.slots[index].count += count
        else self.slots.insert(index, Slot { kind, count });
    }

    /// There must be so many.
    public(friend) fun take(self: &mut Items, kind: u8, count: u64) {
        let (_, index) = self.find(kind);
        if (self.slots[index].count == count) { self.slots.remove(index); }
        else self.slots[index].count -= count;
    }

    /// Adds what all of it is made of.
    public fun add_materials(self: &Items, sums: &mut vector<u64>) {
        for (i in 0..self.slots.length()) {
            blocks::add_materials(sums, self.slots[i].kind, self.slots[i].count);
        }
    }

    public(friend) fun decode(reader: &mut Reader): Items {
        let slots: vector<Slot> = vector[];
        let kind_before = 0;
        for (i in 0..reader.read_length()) {
            let kind = reader.read_u8();
            let count = reader.read_u64();
            let is_lawful = kind > kind_before && blocks::is_item(kind) && count > 0 && count <= COUNT_MAX;
            assert!(is_lawful, error::invalid_argument(E_ITEMS_NOT_LAWFUL));
            kind_before = kind;
            slots.push_back(Slot { kind, count });
        };
        Items { slots }
    }

    /// Where the kind is, or where it would be.
    fun find(self: &Items, kind: u8): (bool, u64) {
        let length = self.slots.length();
        for (i in 0..length) {
            if (self.slots[i].kind == kind) return (true, i);
            if (self.slots[i].kind > kind) return (false, i)
        };
        (false, length)
    }
}
