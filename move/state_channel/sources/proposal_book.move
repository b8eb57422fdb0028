/// Where a channel keeps its proposals, and apart from them what they propose: whoever votes, or looks which ones are dead, does not pay for reading and
/// writing that, and nobody can hold up the others with proposals too large to be read together. A dead one is not removed but written over by a later
/// one: tens of kilobytes are then paid for once.
module rooch::proposal_book {
    use std::error;
    use aptos_std::table::{Self, Table};
    use rooch::proposal::{Content, Proposal, ProposalHead, ProposalInfo};

    friend rooch::channel;

    /// There is no such proposal (any more).
    const E_NO_PROPOSAL: u64 = 70;

    struct Place has copy, drop, store {
        id: u64,
        slot: u64
    }

    struct ProposalBook has store {
        by_slot: Table<u64, Proposal>,
        contents: Table<u64, Content>,
        /// Those that are not forgotten, oldest first.
        places: vector<Place>,
        /// Slots of forgotten proposals.
        free_slots: vector<u64>,
        next_id: u64
    }

    public(friend) fun new(): ProposalBook {
        ProposalBook {
            by_slot: table::new(),
            contents: table::new(),
            places: vector[],
            free_slots: vector[],
            next_id: 1
        }
    }

    /// The id of the proposal that is added next.
    public(friend) fun next_id(self: &ProposalBook): u64 {
        self.next_id
    }

    public(friend) fun add(self: &mut ProposalBook, proposal: Proposal, content: Content) {
        let id = self.next_id;
        self.next_id = id + 1;
        let slot = if (self.free_slots.is_empty()) self.places.length() else self.free_slots.pop_back();
        self.by_slot.upsert(slot, proposal);
        self.contents.upsert(slot, content);
        self.places.push_back(Place { id, slot });
    }

    public(friend) fun borrow(self: &ProposalBook, id: u64): &Proposal {
        self.by_slot.borrow(self.slot_of(id))
    }

    public(friend) fun borrow_mut(self: &mut ProposalBook, id: u64): &mut Proposal {
        let slot = self.slot_of(id);
        self.by_slot.borrow_mut(slot)
    }

    /// What it proposes.
    public(friend) fun content(self: &ProposalBook, id: u64): &Content {
        self.contents.borrow(self.slot_of(id))
    }

    public(friend) fun info(self: &ProposalBook, id: u64): ProposalInfo {
        self.borrow(id).info(self.content(id))
    }

    /// Of those that are not forgotten, oldest first.
    public(friend) fun ids(self: &ProposalBook): vector<u64> {
        let ids = vector[];
        for (i in 0..self.places.length()) ids.push_back(self.places[i].id);
        ids
    }

    public(friend) fun forget(self: &mut ProposalBook, id: u64) {
        let index = self.place_of(id);
        self.free_slots.push_back(self.places.remove(index).slot);
    }

    public(friend) fun infos(self: &ProposalBook): vector<ProposalInfo> {
        let infos = vector[];
        for (i in 0..self.places.length()) infos.push_back(self.info(self.places[i].id));
        infos
    }

    public(friend) fun heads(self: &ProposalBook): vector<ProposalHead> {
        let heads = vector[];
        for (i in 0..self.places.length()) heads.push_back(self.borrow(self.places[i].id).head());
        heads
    }

    fun slot_of(self: &ProposalBook, id: u64): u64 {
        self.places[self.place_of(id)].slot
    }

    fun place_of(self: &ProposalBook, id: u64): u64 {
        for (i in 0..self.places.length()) {
            if (self.places[i].id == id) return i
        };
        abort error::not_found(E_NO_PROPOSAL)
    }
}
