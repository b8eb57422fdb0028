/// Numbered places in a table, which can be paid for ahead and used again.
module aptos_std::storage_slots_allocator {
    use std::error;
    use std::option::{Self, Option};
    use aptos_std::table_with_length::{Self, TableWithLength};

    /// The two halves are of different slots.
    const EINVALID_ARGUMENT: u64 = 1;
    /// Only an allocator that uses slots again keeps spare ones.
    const ECANNOT_HAVE_SPARES_WITHOUT_REUSE: u64 = 2;

    const NULL_INDEX: u64 = 0;
    /// The numbers below are left to whoever uses the allocator.
    const FIRST_INDEX: u64 = 10;

    /// `Vacant` slots hold the number of the next one.
    enum Link<T: store> has store {
        Occupied {
            value: T
        }
        Vacant {
            next: u64
        }
    }

    /// The table is made with the first slot.
    enum StorageSlotsAllocator<T: store> has store {
        V1 {
            slots: Option<TableWithLength<u64, Link<T>>>,
            new_slot_index: u64,
            should_reuse: bool,
            reuse_head_index: u64,
            reuse_spare_count: u32
        }
    }

    /// A slot without a value, which must be filled or freed within the transaction.
    struct ReservedSlot {
        slot_index: u64
    }

    /// The right to a slot.
    struct StoredSlot has store {
        slot_index: u64
    }

    public fun new<T: store>(should_reuse: bool): StorageSlotsAllocator<T> {
        StorageSlotsAllocator::V1 {
            slots: option::none(),
            new_slot_index: FIRST_INDEX,
            should_reuse,
            reuse_head_index: NULL_INDEX,
            reuse_spare_count: 0
        }
    }

    public fun allocate_spare_slots<T: store>(self: &mut StorageSlotsAllocator<T>, num_to_allocate: u64) {
        assert!(self.should_reuse, error::invalid_argument(ECANNOT_HAVE_SPARES_WITHOUT_REUSE));
        for (i in 0..num_to_allocate) {
            let slot_index = self.new_index();
            self.vacate(slot_index);
        }
    }

    public fun get_num_spare_slot_count<T: store>(self: &StorageSlotsAllocator<T>): u32 {
        assert!(self.should_reuse, error::invalid_argument(ECANNOT_HAVE_SPARES_WITHOUT_REUSE));
        self.reuse_spare_count
    }

    public fun add<T: store>(self: &mut StorageSlotsAllocator<T>, val: T): StoredSlot {
        let (stored, reserved) = self.reserve_slot();
        self.fill_reserved_slot(reserved, val);
        stored
    }

    public fun remove<T: store>(self: &mut StorageSlotsAllocator<T>, slot: StoredSlot): T {
        let (reserved, value) = self.remove_and_reserve(slot.stored_to_index());
        self.free_reserved_slot(reserved, slot);
        value
    }

    public fun destroy_empty<T: store>(self: StorageSlotsAllocator<T>) {
        while (self.reuse_head_index != NULL_INDEX) {
            self.take_spare();
        };
        let StorageSlotsAllocator::V1 {
            slots,
            new_slot_index: _,
            should_reuse: _,
            reuse_head_index: _,
            reuse_spare_count: _
        } = self;
        slots.destroy(|table| table.destroy_empty());
    }

    public fun borrow<T: store>(self: &StorageSlotsAllocator<T>, slot_index: u64): &T {
        &self.slots.borrow().borrow(slot_index).value
    }

    public fun borrow_mut<T: store>(self: &mut StorageSlotsAllocator<T>, slot_index: u64): &mut T {
        &mut self.slots.borrow_mut().borrow_mut(slot_index).value
    }

    public fun reserve_slot<T: store>(self: &mut StorageSlotsAllocator<T>): (StoredSlot, ReservedSlot) {
        let slot_index = if (self.reuse_head_index != NULL_INDEX) self.take_spare() else self.new_index();
        (StoredSlot { slot_index }, ReservedSlot { slot_index })
    }

    public fun fill_reserved_slot<T: store>(
        self: &mut StorageSlotsAllocator<T>, slot: ReservedSlot, val: T
    ) {
        let ReservedSlot { slot_index } = slot;
        self.slots.borrow_mut().add(slot_index, Link::Occupied { value: val });
    }

    public fun remove_and_reserve<T: store>(
        self: &mut StorageSlotsAllocator<T>, slot_index: u64
    ): (ReservedSlot, T) {
        let Link::Occupied { value } = self.slots.borrow_mut().remove(slot_index);
        (ReservedSlot { slot_index }, value)
    }

    public fun free_reserved_slot<T: store>(
        self: &mut StorageSlotsAllocator<T>, reserved_slot: ReservedSlot, stored_slot: StoredSlot
    ) {
        let ReservedSlot { slot_index } = reserved_slot;
        let StoredSlot { slot_index: stored_index } = stored_slot;
        assert!(slot_index == stored_index, EINVALID_ARGUMENT);
        if (self.should_reuse) self.vacate(slot_index);
    }

    public fun reserved_to_index(self: &ReservedSlot): u64 {
        self.slot_index
    }

    public fun stored_to_index(self: &StoredSlot): u64 {
        self.slot_index
    }

    public fun is_null_index(slot_index: u64): bool {
        slot_index == NULL_INDEX
    }

    public fun is_special_unused_index(slot_index: u64): bool {
        slot_index != NULL_INDEX && slot_index < FIRST_INDEX
    }

    fun new_index<T: store>(self: &mut StorageSlotsAllocator<T>): u64 {
        let slot_index = self.new_slot_index;
        self.new_slot_index += 1;
        if (self.slots.is_none()) self.slots.fill(table_with_length::new());
        slot_index
    }

    fun take_spare<T: store>(self: &mut StorageSlotsAllocator<T>): u64 {
        let slot_index = self.reuse_head_index;
        let Link::Vacant { next } = self.slots.borrow_mut().remove(slot_index);
        self.reuse_head_index = next;
        self.reuse_spare_count -= 1;
        slot_index
    }

    fun vacate<T: store>(self: &mut StorageSlotsAllocator<T>, slot_index: u64) {
        let next = self.reuse_head_index;
        self.slots.borrow_mut().add(slot_index, Link::Vacant { next });
        self.reuse_head_index = slot_index;
        self.reuse_spare_count += 1;
    }

    #[test]
    fun uses_slots_again() {
        let slots = new(true);
        slots.allocate_spare_slots(2);
        assert!(slots.get_num_spare_slot_count() == 2, 0);
        let first = slots.add(b"a");
        let second = slots.add(b"b");
        let third = slots.add(b"c");
        assert!(first.stored_to_index() == 11 && second.stored_to_index() == 10 && third.stored_to_index() == 12, 1);
        *slots.borrow_mut(10) = b"bb";
        assert!(slots.remove(second) == b"bb" && slots.get_num_spare_slot_count() == 1, 2);
        let fourth = slots.add(b"d");
        assert!(fourth.stored_to_index() == 10 && *slots.borrow(10) == b"d", 3);
        slots.remove(first);
        slots.remove(third);
        slots.remove(fourth);
        slots.destroy_empty();
    }

    #[test]
    fun gives_new_numbers_without_reuse() {
        let slots = new<u64>(false);
        let first = slots.add(1);
        let (reserved, value) = slots.remove_and_reserve(10);
        slots.fill_reserved_slot(reserved, value + 1);
        assert!(slots.remove(first) == 2, 0);
        let second = slots.add(1);
        assert!(second.stored_to_index() == 11, 1);
        slots.remove(second);
        slots.destroy_empty();
        assert!(is_null_index(0) && is_special_unused_index(9) && !is_special_unused_index(10), 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun has_no_spares_without_reuse() {
        let slots = new<u8>(false);
        slots.allocate_spare_slots(1);
        slots.destroy_empty();
    }
}
