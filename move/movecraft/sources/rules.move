/// What heroes and the tick may do to a land, and what it does. The channel and a replay on the chain both call this: a refusal is a code to abort with,
/// 0 if nothing is refused, and nothing here aborts by itself.
module movecraft::rules {
    use std::bcs;
    use std::error;
    use movecraft::blocks;
    use movecraft::body::{Self, Body};
    use movecraft::ground::{Self, Ground, Spot};
    use movecraft::items::Items;
    use movecraft::nature::{Self, Nature};
    use movecraft::terrain;
    use rooch::codec::Reader;

    friend movecraft::land;
    friend movecraft::replays;

    /// The hero has not entered the land.
    const E_NOT_ENTERED: u64 = 31;
    /// The hero is in the land already.
    const E_ENTERED: u64 = 32;
    /// There is no room for the hero: where it would stand, or among the heroes of the land.
    const E_NO_ROOM_FOR_HERO: u64 = 33;
    /// A way has 1 to 5 steps.
    const E_PATH_LENGTH: u64 = 34;
    /// There is no such block in the land.
    const E_NO_BLOCK: u64 = 35;
    /// The block is too far away.
    const E_OUT_OF_REACH: u64 = 36;
    /// The block needs a better tool, or cannot be mined.
    const E_TOOL: u64 = 37;
    /// There are blocks on all sides of it.
    const E_BURIED: u64 = 38;
    /// The hero cannot carry more of this.
    const E_FULL: u64 = 39;
    /// The hero does not have that.
    const E_NOT_HELD: u64 = 40;
    /// This cannot be placed.
    const E_NOT_PLACEABLE: u64 = 41;
    /// There is something already.
    const E_OCCUPIED: u64 = 42;
    /// There is a hero.
    const E_HERO_THERE: u64 = 43;
    /// Nothing is beside it that it could stick to; seeds grow on earth.
    const E_NO_HOLD: u64 = 44;
    /// There is no such recipe.
    const E_NO_RECIPE: u64 = 45;
    /// The land cannot care for more crops.
    const E_TOO_MANY_CROPS: u64 = 46;
    /// Only the channel makes the land go on, once in an interval.
    const E_NOT_DUE: u64 = 47;
    /// The land's head breaks a limit.
    const E_HEAD_NOT_LAWFUL: u64 = 48;

    const STEPS_MAX: u64 = 5;
    const PLACING_MS: u64 = 200;
    const SEEDS_OF_RIPE: u64 = 2;
    /// Of a full channel.
    const HEROES_MAX: u64 = 50;
    /// Chunks along the side of a land.
    const SIZE_MAX: u64 = 64;
    const HIGHEST: u64 = 31;
    /// Heroes enter somewhere on a square in the middle of the land.
    const SPAWN_SIDE: u64 = 8;

    struct Standing has copy, drop, store {
        member: address,
        body: Body
    }

    /// What there is to know of a land beside its blocks.
    struct Head has copy, drop, store {
        seed: u64,
        /// Chunks along the side.
        size: u64,
        /// Whose signature the tick has, and how often it comes.
        ticker: address,
        tick_interval_ms: u64,
        last_tick_ms: u64,
        nature: Nature,
        /// Where heroes are, in the order in which they came.
        heroes: vector<Standing>
    }

    public(friend) fun new_head(seed: u64, size: u64): Head {
        Head {
            seed,
            size,
            ticker: @0x0,
            tick_interval_ms: 0,
            last_tick_ms: 0,
            nature: nature::new(),
            heroes: vector[]
        }
    }

    public fun is_size(size: u64): bool {
        size > 0 && size <= SIZE_MAX
    }

    /// For a session: nobody is in the land yet.
    public(friend) fun prepare(self: &mut Head, ticker: address, tick_interval_ms: u64) {
        self.ticker = ticker;
        self.tick_interval_ms = tick_interval_ms;
        self.last_tick_ms = 0;
        self.heroes = vector[];
    }

    public fun seed(self: &Head): u64 {
        self.seed
    }

    public fun size(self: &Head): u64 {
        self.size
    }

    public fun nature(self: &Head): &Nature {
        &self.nature
    }

    public fun hero_count(self: &Head): u64 {
        self.heroes.length()
    }

    /// Columns along the side.
    public fun width(self: &Head): u64 {
        self.size * terrain::chunk_side()
    }

    // ---- Entering and walking

    /// Where a hero comes into the land.
    public fun spots_of_enter(self: &Head, member: address): vector<Spot> {
        let middle = (self.width() - SPAWN_SIDE) / 2;
        let bytes = bcs::to_bytes(&member);
        vector[ground::spot(middle + (bytes[31] as u64) % SPAWN_SIDE, middle + (bytes[30] as u64) % SPAWN_SIDE)]
    }

    public(friend) fun enter(self: &mut Head, ground: &Ground, body: &mut Body, member: address): u64 {
        if (body.is_in_land()) return error::invalid_state(E_ENTERED);
        let (found, _) = self.find(member);
        if (!found && self.heroes.length() == HEROES_MAX) return error::resource_exhausted(E_NO_ROOM_FOR_HERO);
        let spots = self.spots_of_enter(member);
        if (!body.land_on(ground, &spots[0])) return error::resource_exhausted(E_NO_ROOM_FOR_HERO);
        self.note(member, body);
        0
    }

    public fun spots_of_walk(self: &Head, body: &Body, path: &vector<u8>): vector<Spot> {
        if (!body.is_in_land() || path.length() > STEPS_MAX) vector[]
        else body.spots_of_path(path, self.width())
    }

    public(friend) fun walk(
        self: &mut Head,
        ground: &Ground,
        body: &mut Body,
        member: address,
        path: vector<u8>,
        now_ms: u64
    ): u64 {
        if (!body.is_in_land()) return error::invalid_state(E_NOT_ENTERED);
        if (path.is_empty() || path.length() > STEPS_MAX) return error::invalid_argument(E_PATH_LENGTH);
        let refusal = body.walk(ground, &path, now_ms);
        if (refusal == 0) self.note(member, body);
        refusal
    }

    // ---- Mining, placing, crafting

    /// The block's column, those beside it, and the hero's.
    public fun spots_of_block(self: &Head, body: &Body, x: u64, z: u64): vector<Spot> {
        let width = self.width();
        if (!body.is_in_land() || x >= width || z >= width) return vector[];
        let spots = ground::sides(x, z, width);
        spots.push_back(ground::spot(x, z));
        spots.push_back(body.spot());
        spots
    }

    public(friend) fun mine(
        self: &mut Head,
        ground: &mut Ground,
        body: &mut Body,
        items: &mut Items,
        member: address,
        x: u64,
        y: u64,
        z: u64,
        now_ms: u64
    ): u64 {
        let refusal = self.refusal_of_block(body, x, y, z);
        if (refusal > 0) return refusal;
        let kind = ground.block(x, y, z);
        let tier = items.best_tier();
        if (tier < blocks::tier_needed(kind)) return error::permission_denied(E_TOOL);
        if (!is_open(ground, x, y, z)) return error::invalid_state(E_BURIED);
        let item = blocks::drop_of(kind);
        let seeds = if (kind == blocks::ripe()) SEEDS_OF_RIPE else 0;
        if (!items.has_room(item, 1) || !items.has_room(blocks::seeds(), seeds)) {
            return error::resource_exhausted(E_FULL)
        };
        let refusal = body.spend(blocks::mining_ms(kind, tier), now_ms);
        if (refusal > 0) return refusal;

        ground.set_block(x, y, z, blocks::air());
        items.add(item, 1);
        if (seeds > 0) items.add(blocks::seeds(), seeds);
        // A crop does not stay without the earth that it stands on.
        if (blocks::is_crop(ground.block(x, y + 1, z))) ground.set_block(x, y + 1, z, blocks::air());
        self.nature.wake(ground, x, y, z);
        body.fall(ground);
        self.note(member, body);
        0
    }

    public(friend) fun place(
        self: &mut Head,
        ground: &mut Ground,
        body: &mut Body,
        items: &mut Items,
        x: u64,
        y: u64,
        z: u64,
        item: u8,
        now_ms: u64
    ): u64 {
        let refusal = self.refusal_of_block(body, x, y, z);
        if (refusal > 0) return refusal;
        let kind = blocks::placed_as(item);
        if (kind == blocks::air()) return error::invalid_argument(E_NOT_PLACEABLE);
        if (items.count(item) == 0) return error::invalid_state(E_NOT_HELD);
        let there = ground.block(x, y, z);
        if (there != blocks::air() && !blocks::is_water(there)) return error::invalid_state(E_OCCUPIED);
        for (i in 0..self.heroes.length()) {
            if (self.heroes[i].body.is_at(x, y, z)) return error::invalid_state(E_HERO_THERE)
        };
        let is_seed = blocks::is_crop(kind);
        let has_hold = if (is_seed) there == blocks::air() && is_earth_below(ground, x, y, z) else is_held(ground, x, y, z);
        if (!has_hold) return error::invalid_state(E_NO_HOLD);
        if (is_seed && !self.nature.can_plant()) return error::resource_exhausted(E_TOO_MANY_CROPS);
        let refusal = body.spend(PLACING_MS, now_ms);
        if (refusal > 0) return refusal;

        items.take(item, 1);
        ground.set_block(x, y, z, kind);
        if (is_seed) self.nature.plant(x, y, z);
        self.nature.wake(ground, x, y, z);
        0
    }

    /// Recipe 0: a log to four planks; 1, 2, 3: a pick of wood, stone, iron.
    public(friend) fun craft(items: &mut Items, recipe: u8): u64 {
        if (recipe == 0) make(items, blocks::log(), 1, blocks::planks(), 0, blocks::planks(), 4)
        else if (recipe == 1) make(items, blocks::planks(), 5, blocks::planks(), 0, blocks::wooden_pick(), 1)
        else if (recipe == 2) make(items, blocks::planks(), 2, blocks::stone(), 3, blocks::stone_pick(), 1)
        else if (recipe == 3) make(items, blocks::planks(), 2, blocks::iron_ore(), 3, blocks::iron_pick(), 1)
        else error::invalid_argument(E_NO_RECIPE)
    }

    // ---- The tick

    public fun spots_of_tick(self: &Head): vector<Spot> {
        self.nature.spots_of_tick(self.width())
    }

    /// Whose hero this tick looks after: none, or one. A hero that is gone takes up no room.
    public fun looked_after(self: &Head): vector<address> {
        let count = self.heroes.length();
        if (count == 0) vector[] else vector[self.heroes[self.nature.ticks() % count].member]
    }

    /// Whether the tick may come: it does in the first batch that reaches a multiple of the interval.
    public fun refusal_of_tick(self: &Head, sender: address, now_ms: u64): u64 {
        let is_due =
            sender == self.ticker && self.tick_interval_ms > 0
                && now_ms / self.tick_interval_ms > self.last_tick_ms / self.tick_interval_ms;
        if (is_due) 0 else error::permission_denied(E_NOT_DUE)
    }

    public(friend) fun tick(self: &mut Head, ground: &mut Ground, now_ms: u64, is_gone: bool) {
        if (is_gone && !self.heroes.is_empty()) {
            let index = self.nature.ticks() % self.heroes.length();
            self.heroes.remove(index);
        };
        self.last_tick_ms = now_ms;
        self.nature.tick(ground);
    }

    public fun ticker(self: &Head): address {
        self.ticker
    }

    // ---- Reading

    public(friend) fun decode(reader: &mut Reader): Head {
        let seed = reader.read_u64();
        let size = reader.read_u64();
        assert!(is_size(size), error::invalid_argument(E_HEAD_NOT_LAWFUL));
        let ticker = reader.read_address();
        let tick_interval_ms = reader.read_u64();
        let last_tick_ms = reader.read_u64();
        let nature = nature::decode(reader, size * terrain::chunk_side());
        let count = reader.read_length();
        assert!((count <= HEROES_MAX), error::invalid_argument(E_HEAD_NOT_LAWFUL));
        let heroes = vector[];
        for (i in 0..count) {
            let standing = Standing { member: reader.read_address(), body: body::decode(reader) };
            let is_within = standing.body.is_within(size * terrain::chunk_side());
            assert!(is_within, error::invalid_argument(E_HEAD_NOT_LAWFUL));
            heroes.push_back(standing);
        };
        Head { seed, size, ticker, tick_interval_ms, last_tick_ms, nature, heroes }
    }

    /// Whether one land can become the other in a channel.
    public fun is_same_land(self: &Head, other: &Head): bool {
        self.seed == other.seed && self.size == other.size && self.ticker == other.ticker
            && self.tick_interval_ms == other.tick_interval_ms
            && self.nature.ticks() <= other.nature.ticks()
    }

    // ---- Helpers

    fun refusal_of_block(self: &Head, body: &Body, x: u64, y: u64, z: u64): u64 {
        if (!body.is_in_land()) return error::invalid_state(E_NOT_ENTERED);
        let width = self.width();
        if (x >= width || z >= width || y > HIGHEST) return error::out_of_range(E_NO_BLOCK);
        if (!body.reaches(x, y, z)) return error::out_of_range(E_OUT_OF_REACH);
        0
    }

    /// Whether a side of it can be seen.
    fun is_open(ground: &Ground, x: u64, y: u64, z: u64): bool {
        if (!blocks::is_solid(ground.block(x, y + 1, z))) return true;
        if (y > 0 && !blocks::is_solid(ground.block(x, y - 1, z))) return true;
        let sides = ground::sides(x, z, ground.width());
        for (i in 0..sides.length()) {
            if (!blocks::is_solid(ground.block(sides[i].x(), y, sides[i].z()))) return true
        };
        false
    }

    fun is_held(ground: &Ground, x: u64, y: u64, z: u64): bool {
        if (blocks::is_solid(ground.block(x, y + 1, z))) return true;
        if (y > 0 && blocks::is_solid(ground.block(x, y - 1, z))) return true;
        let sides = ground::sides(x, z, ground.width());
        for (i in 0..sides.length()) {
            if (blocks::is_solid(ground.block(sides[i].x(), y, sides[i].z()))) return true
        };
        false
    }

    fun is_earth_below(ground: &Ground, x: u64, y: u64, z: u64): bool {
        if (y == 0) return false;
        let below = ground.block(x, y - 1, z);
        below == blocks::dirt() || below == blocks::grass()
    }

    fun make(
        items: &mut Items, first: u8, first_count: u64, second: u8, second_count: u64, product: u8, count: u64
    ): u64 {
        if (items.count(first) < first_count || items.count(second) < second_count) {
            return error::invalid_state(E_NOT_HELD)
        };
        if (!items.has_room(product, count)) return error::resource_exhausted(E_FULL);
        items.take(first, first_count);
        if (second_count > 0) items.take(second, second_count);
        items.add(product, count);
        0
    }

    fun note(self: &mut Head, member: address, body: &Body) {
        let (found, index) = self.find(member);
        if (found) self.heroes[index].body = *body
        else self.heroes.push_back(Standing { member, body: *body });
    }

    fun find(self: &Head, member: address): (bool, u64) {
        for (i in 0..self.heroes.length()) {
            if (self.heroes[i].member == member) return (true, i)
        };
        (false, 0)
    }
}
