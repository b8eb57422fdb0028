/// Where a channel keeps its proposals. A dead one is not removed but written over by a later one: tens of kilobytes are then paid for once.
module rooch::proposal_book {
    use std::error;
    use aptos_std::table::{Self, Table};
    use rooch::proposal::{Proposal, ProposalHead, ProposalInfo};

    friend rooch::channel;

    /// There is no such proposal (any more).
    const E_NO_PROPOSAL: u64 = 70;

    struct Place has copy, drop, store {
        id: u64,
        slot: u64
    }

    struct ProposalBook has store {
        by_slot: Table<u64, Proposal>,
        /// Those that are not forgotten, oldest first.
        places: vector<Place>,
        /// Slots of forgotten proposals.
        free_slots: vector<u64>,
        next_id: u64
    }

    public(friend) fun new(): ProposalBook {
        ProposalBook { by_slot: table::new(), places: vector[], free_slots: vector[], next_id: 1 }
    }

    /// The id of the proposal that is added next.
    public(friend) fun next_id(self: &ProposalBook): u64 {
        self.next_id
    }

    public(friend) fun add(self: &mut ProposalBook, proposal: Proposal) {
        let id = self.next_id;
        self.next_id = id + 1;
        let slot = if (self.free_slots.is_empty()) self.places.length() else self.free_slots.pop_back();
        self.by_slot.upsert(slot, proposal);
        self.places.push_back(Place { id, slot });
    }

    public(friend) fun borrow(self: &ProposalBook, id: u64): &Proposal {
        self.by_slot.borrow(self.slot_of(id))
    }

    public(friend) fun borrow_mut(self: &mut ProposalBook, id: u64): &mut Proposal {
        let slot = self.slot_of(id);
        self.by_slot.borrow_mut(slot)
    }

    /// Of those that are not forgotten, oldest first.
    public(friend) fun ids(self: &ProposalBook): vector<u64> {
        let ids = vector[];
        for (i in 0..self.places.length()) ids.push_back(self.places[i].id);
        ids
    }

    public(friend) fun forget(self: &mut ProposalBook, id: u64) {
        for (i in 0..self.places.length()) {
            if (self.places[i].id == id) {
                self.free_slots.push_back(self.places.remove(i).slot);
                return
            }
        }
    }

    public(friend) fun infos(self: &ProposalBook): vector<ProposalInfo> {
        let infos = vector[];
        for (i in 0..self.places.length()) infos.push_back(self.by_slot.borrow(self.places[i].slot).info());
        infos
    }

    public(friend) fun heads(self: &ProposalBook): vector<ProposalHead> {
        let heads = vector[];
        for (i in 0..self.places.length()) heads.push_back(self.by_slot.borrow(self.places[i].slot).head());
        heads
    }

    fun slot_of(self: &ProposalBook, id: u64): u64 {
        for (i in 0..self.places.length()) {
            if (self.places[i].id == id) return self.places[i].slot
        };
        abort error::not_found(E_NO_PROPOSAL)
    }
}
