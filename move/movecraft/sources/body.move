/// Where a hero is and how it moves. It is one block wide and two high; it steps up one block, falls, and swims.
module movecraft::body {
    use std::error;
    use movecraft::blocks;
    use movecraft::ground::{Self, Ground, Spot};
    use movecraft::terrain;
    use rooch::codec::Reader;

    friend movecraft::land;
    friend movecraft::rules;

    /// The way leads out of the land, or a step has no direction.
    const E_OUTSIDE: u64 = 11;
    /// Something is in the way.
    const E_BLOCKED: u64 = 12;
    /// The hero is still busy with what it did before.
    const E_TOO_FAST: u64 = 13;
    /// The hero is where no hero can be.
    const E_BODY_NOT_LAWFUL: u64 = 14;

    /// What can be done at once after a rest.
    const BURST_MS: u64 = 1_000;
    const STEP_MS: u64 = 200;
    /// From the eyes to a block, squared.
    const REACH_SQUARED: u64 = 25;

    struct Body has copy, drop, store {
        /// It comes from outside and has to enter first.
        is_in_land: bool,
        x: u64,
        /// Of the feet.
        y: u64,
        z: u64,
        /// Until when it is busy.
        busy_until_ms: u64
    }

    public(friend) fun outside(): Body {
        Body { is_in_land: false, x: 0, y: 0, z: 0, busy_until_ms: 0 }
    }

    public fun is_in_land(self: &Body): bool {
        self.is_in_land
    }

    public fun position(self: &Body): (u64, u64, u64) {
        (self.x, self.y, self.z)
    }

    public fun spot(self: &Body): Spot {
        ground::spot(self.x, self.z)
    }

    /// Puts the hero on top of a column. False: the column is full.
    public(friend) fun land_on(self: &mut Body, ground: &Ground, spot: &Spot): bool {
        let y = terrain::height();
        while (y > 0 && is_free(ground.block(spot.x(), y - 1, spot.z()))) y -= 1;
        if (y + 2 > terrain::height()) return false;
        self.is_in_land = true;
        self.x = spot.x();
        self.y = y;
        self.z = spot.z();
        true
    }

    /// Takes the time for something, or says that there is not enough.
    public(friend) fun spend(self: &mut Body, cost_ms: u64, now_ms: u64): u64 {
        let rested_ms = if (now_ms > BURST_MS) now_ms - BURST_MS else 0;
        let from_ms = if (self.busy_until_ms > rested_ms) self.busy_until_ms else rested_ms;
        if (from_ms + cost_ms > now_ms) return error::invalid_state(E_TOO_FAST);
        self.busy_until_ms = from_ms + cost_ms;
        0
    }

    /// Goes the whole way or says why not.
    public(friend) fun walk(self: &mut Body, ground: &Ground, path: &vector<u8>, now_ms: u64): u64 {
        let refusal = self.spend(STEP_MS * path.length(), now_ms);
        if (refusal > 0) return refusal;
        self.fall(ground);
        for (i in 0..path.length()) {
            let (is_inside, spot) = ground::beside(self.x, self.z, path[i], ground.width());
            if (!is_inside) return error::invalid_argument(E_OUTSIDE);
            if (!self.step(ground, &spot)) return error::invalid_state(E_BLOCKED);
            self.fall(ground);
        };
        0
    }

    /// The columns that a way leads over.
    public fun spots_of_path(self: &Body, path: &vector<u8>, width: u64): vector<Spot> {
        let spot = self.spot();
        let spots = vector[spot];
        for (i in 0..path.length()) {
            let (is_inside, next) = ground::beside(spot.x(), spot.z(), path[i], width);
            if (!is_inside) return spots;
            spot = next;
            spots.push_back(spot);
        };
        spots
    }

    /// Down to what carries it: a block or water.
    public(friend) fun fall(self: &mut Body, ground: &Ground) {
        while (self.y > 0) {
            let below = ground.block(self.x, self.y - 1, self.z);
            if (blocks::is_solid(below) || blocks::is_water(below)) return;
            self.y -= 1;
        }
    }

    public fun reaches(self: &Body, x: u64, y: u64, z: u64): bool {
        squared(self.x, x) + squared(self.y + 1, y) + squared(self.z, z) <= REACH_SQUARED
    }

    public fun is_at(self: &Body, x: u64, y: u64, z: u64): bool {
        self.is_in_land && self.x == x && self.z == z && (y == self.y || y == self.y + 1)
    }

    public fun is_within(self: &Body, width: u64): bool {
        !self.is_in_land || (self.x < width && self.z < width)
    }

    public(friend) fun decode(reader: &mut Reader): Body {
        let body = Body {
            is_in_land: reader.read_bool(),
            x: reader.read_u64(),
            y: reader.read_u64(),
            z: reader.read_u64(),
            busy_until_ms: reader.read_u64()
        };
        assert!((body.y < terrain::height()), error::invalid_argument(E_BODY_NOT_LAWFUL));
        body
    }

    fun step(self: &mut Body, ground: &Ground, spot: &Spot): bool {
        let y = self.y;
        if (!is_free(ground.block(spot.x(), y, spot.z()))) {
            // One block up needs room above the head too.
            y += 1;
            let has_room = y + 1 < terrain::height() && is_free(ground.block(self.x, y + 1, self.z));
            if (!has_room || !is_free(ground.block(spot.x(), y, spot.z()))) return false;
        };
        if (!is_free(ground.block(spot.x(), y + 1, spot.z()))) return false;
        self.x = spot.x();
        self.y = y;
        self.z = spot.z();
        true
    }

    fun is_free(kind: u8): bool {
        !blocks::is_solid(kind)
    }

    /// Capped, so that no coordinate overflows it.
    fun squared(a: u64, b: u64): u64 {
        let distance = if (a > b) a - b else b - a;
        if (distance > REACH_SQUARED) REACH_SQUARED + 1 else distance * distance
    }

    #[test_only]
    /// In the land, and not busy.
    public fun at_for_test(x: u64, y: u64, z: u64): Body {
        Body { is_in_land: true, x, y, z, busy_until_ms: 0 }
    }

    #[test_only]
    public fun outside_for_test(): Body {
        outside()
    }

    #[test_only]
    public fun spend_for_test(self: &mut Body, cost_ms: u64, now_ms: u64): u64 {
        self.spend(cost_ms, now_ms)
    }
}
