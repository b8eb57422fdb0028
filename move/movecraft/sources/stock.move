/// What the members of a session hold of each material, and what they may hold: nothing comes out of nothing, whatever two thirds of them sign.
module movecraft::stock {
    use std::error;
    use movecraft::blocks;
    use rooch::state_channel;

    friend movecraft::world;

    /// The settlement would leave more of a material than there was.
    const E_OUT_OF_NOTHING: u64 = 89;

    struct Stock has copy, drop, store {
        /// What members may hold at most: what was brought in and mined, less what was placed and taken out.
        budget: vector<u64>,
        /// What they hold.
        held: vector<u64>,
        seats: vector<Seat>
    }

    struct Seat has copy, drop, store {
        member: address,
        /// No settlement since it joined has said what it holds.
        is_fresh: bool,
        /// Its part of `held`: what the chain has of it.
        counted: vector<u64>
    }

    public(friend) fun new(): Stock {
        Stock { budget: blocks::no_materials(), held: blocks::no_materials(), seats: vector[] }
    }

    // ---- Coming and going

    /// Somebody joins. Who is gone is to be forgotten before.
    public(friend) fun seat(self: &mut Stock, member: address, brought: vector<u64>) {
        add(&mut self.budget, &brought);
        add(&mut self.held, &brought);
        self.seats.push_back(Seat { member, is_fresh: true, counted: brought });
    }

    /// Who was put out, or left by itself, has no part in what is settled from now on: what the chain has of it is its own. What it did in the channel since
    /// the last settlement stays allowed: the budget stays. To be done before a settlement is executed, which makes leaving members members no more.
    public(friend) fun forget_gone(self: &mut Stock, channel_id: u64) {
        let i = self.seats.length();
        while (i > 0) {
            i -= 1;
            if (!state_channel::is_member(channel_id, self.seats[i].member)) {
                take(&mut self.held, &self.seats.remove(i).counted);
            }
        }
    }

    /// What leaving members hold goes out with them.
    public(friend) fun let_leave(self: &mut Stock, leaving: &vector<address>) {
        let i = self.seats.length();
        while (i > 0) {
            i -= 1;
            if (leaving.contains(&self.seats[i].member)) {
                let Seat { member: _, is_fresh: _, counted } = self.seats.remove(i);
                take(&mut self.held, &counted);
                take(&mut self.budget, &counted);
            }
        }
    }

    // ---- Settling

    public(friend) fun count(self: &Stock): u64 {
        self.seats.length()
    }

    public(friend) fun member(self: &Stock, index: u64): address {
        self.seats[index].member
    }

    public(friend) fun is_fresh(self: &Stock, index: u64): bool {
        self.seats[index].is_fresh
    }

    /// A settlement says what the member holds.
    public(friend) fun recount(self: &mut Stock, index: u64, counted: vector<u64>) {
        let seat = &mut self.seats[index];
        take(&mut self.held, &seat.counted);
        add(&mut self.held, &counted);
        seat.counted = counted;
        seat.is_fresh = false;
    }

    /// What the land was made of has become something else. All that members hold has been counted.
    public(friend) fun exchange(self: &mut Stock, before: &vector<u64>, after: &vector<u64>) {
        add(&mut self.budget, before);
        for (i in 0..after.length()) {
            assert!((self.held[i] + after[i] <= self.budget[i]), error::invalid_argument(E_OUT_OF_NOTHING));
        };
        take(&mut self.budget, after);
    }

    fun add(sums: &mut vector<u64>, amounts: &vector<u64>) {
        for (i in 0..amounts.length()) sums[i] = sums[i] + amounts[i];
    }

    fun take(sums: &mut vector<u64>, amounts: &vector<u64>) {
        for (i in 0..amounts.length()) sums[i] = sums[i] - amounts[i];
    }
}
