/// What a land does by itself: water flows and crops grow, a few blocks with each tick.
module movecraft::nature {
    use std::error;
    use movecraft::blocks;
    use movecraft::ground::{Self, Ground, Spot};
    use movecraft::terrain;
    use rooch::codec::Reader;

    friend movecraft::rules;

    /// A queue is too long, or has a block outside of the land in it.
    const E_NATURE_NOT_LAWFUL: u64 = 21;

    /// Looked at in one tick, of each queue.
    const WORK_MAX: u64 = 4;
    /// Who comes when the queue is full is forgotten: water stands still there until somebody touches it.
    const QUEUE_MAX: u64 = 64;
    /// Of one stage of a crop.
    const GROWTH_TICKS: u64 = 32;

    struct Crop has copy, drop, store {
        place: u64,
        since_tick: u64
    }

    struct Nature has copy, drop, store {
        ticks: u64,
        /// Where water may come or go.
        waters: vector<u64>,
        crops: vector<Crop>
    }

    public(friend) fun new(): Nature {
        Nature { ticks: 0, waters: vector[], crops: vector[] }
    }

    public fun ticks(self: &Nature): u64 {
        self.ticks
    }

    /// The columns that the next tick looks at.
    public fun spots_of_tick(self: &Nature, width: u64): vector<Spot> {
        let spots = vector[];
        for (i in 0..work_of(self.waters.length())) {
            let (x, _, z) = coordinates(self.waters[i]);
            spots.push_back(ground::spot(x, z));
            spots.append(ground::sides(x, z, width));
        };
        for (i in 0..work_of(self.crops.length())) {
            let (x, _, z) = coordinates(self.crops[i].place);
            spots.push_back(ground::spot(x, z));
        };
        spots
    }

    public(friend) fun tick(self: &mut Nature, ground: &mut Ground) {
        self.ticks += 1;
        for (i in 0..work_of(self.waters.length())) {
            let place = self.waters.remove(0);
            self.let_flow(ground, place);
        };
        for (i in 0..work_of(self.crops.length())) {
            let crop = self.crops.remove(0);
            self.let_grow(ground, crop);
        }
    }

    public fun can_plant(self: &Nature): bool {
        self.crops.length() < QUEUE_MAX
    }

    /// There must be room, unless a crop stood there before.
    public(friend) fun plant(self: &mut Nature, x: u64, y: u64, z: u64) {
        let place = place(x, y, z);
        for (i in 0..self.crops.length()) {
            if (self.crops[i].place == place) {
                self.crops[i].since_tick = self.ticks;
                return
            }
        };
        self.crops.push_back(Crop { place, since_tick: self.ticks });
    }

    /// A block has changed: water around it may move. The columns beside it must have been loaded.
    public(friend) fun wake(self: &mut Nature, ground: &Ground, x: u64, y: u64, z: u64) {
        if (!is_near_water(ground, x, y, z)) return;
        self.wake_one(ground, x, y, z);
        if (y > 0) self.wake_one(ground, x, y - 1, z);
        // Water above spreads or falls by what is here.
        let is_below_water = blocks::is_water(ground.block(x, y + 1, z));
        let sides = ground::sides(x, z, ground.width());
        for (i in 0..sides.length()) {
            self.wake_one(ground, sides[i].x(), y, sides[i].z());
            if (is_below_water) self.wake_one(ground, sides[i].x(), y + 1, sides[i].z());
        }
    }

    public(friend) fun decode(reader: &mut Reader, width: u64): Nature {
        let ticks = reader.read_u64();
        let waters = vector[];
        for (i in 0..reader.read_length()) {
            let place = reader.read_u64();
            assert!(is_inside(place, width), error::invalid_argument(E_NATURE_NOT_LAWFUL));
            waters.push_back(place);
        };
        let crops = vector[];
        for (i in 0..reader.read_length()) {
            let crop = Crop { place: reader.read_u64(), since_tick: reader.read_u64() };
            let is_lawful = is_inside(crop.place, width) && crop.since_tick <= ticks;
            assert!(is_lawful, error::invalid_argument(E_NATURE_NOT_LAWFUL));
            crops.push_back(crop);
        };
        assert!(
            waters.length() <= QUEUE_MAX && crops.length() <= QUEUE_MAX,
            error::invalid_argument(E_NATURE_NOT_LAWFUL)
        );
        Nature { ticks, waters, crops }
    }

    // ---- Helpers

    fun work_of(length: u64): u64 {
        if (length < WORK_MAX) length else WORK_MAX
    }

    fun is_near_water(ground: &Ground, x: u64, y: u64, z: u64): bool {
        if (blocks::is_water(ground.block(x, y, z)) || blocks::is_water(ground.block(x, y + 1, z))) return true;
        if (y > 0 && blocks::is_water(ground.block(x, y - 1, z))) return true;
        let sides = ground::sides(x, z, ground.width());
        for (i in 0..sides.length()) {
            if (blocks::is_water(ground.block(sides[i].x(), y, sides[i].z()))) return true
        };
        false
    }

    /// Water comes to air and to flowing water, and goes from the latter.
    fun wake_one(self: &mut Nature, ground: &Ground, x: u64, y: u64, z: u64) {
        let kind = ground.block(x, y, z);
        if (kind != blocks::air() && !blocks::is_flow(kind)) return;
        let place = place(x, y, z);
        if (self.waters.length() < QUEUE_MAX && !self.waters.contains(&place)) self.waters.push_back(place);
    }

    fun let_flow(self: &mut Nature, ground: &mut Ground, place: u64) {
        let (x, y, z) = coordinates(place);
        let kind = ground.block(x, y, z);
        if (kind != blocks::air() && !blocks::is_flow(kind)) return;
        let becomes = water_at(ground, x, y, z);
        if (becomes == kind) return;
        ground.set_block(x, y, z, becomes);
        self.wake(ground, x, y, z);
    }

    /// Water falls, and spreads from where it cannot fall, weaker with each block.
    fun water_at(ground: &Ground, x: u64, y: u64, z: u64): u8 {
        if (blocks::is_water(ground.block(x, y + 1, z))) return blocks::weaker(blocks::spring());
        let best = blocks::air();
        let sides = ground::sides(x, z, ground.width());
        for (i in 0..sides.length()) {
            let (side_x, side_z) = (sides[i].x(), sides[i].z());
            let water = ground.block(side_x, y, side_z);
            if (blocks::is_water(water) && y > 0 && blocks::is_solid(ground.block(side_x, y - 1, side_z))) {
                let weaker = blocks::weaker(water);
                if (best == blocks::air() || (weaker != blocks::air() && weaker < best)) best = weaker;
            }
        };
        best
    }

    fun let_grow(self: &mut Nature, ground: &mut Ground, crop: Crop) {
        let (x, y, z) = coordinates(crop.place);
        let kind = ground.block(x, y, z);
        // Harvested, or ripe.
        if (!blocks::is_crop(kind) || kind == blocks::ripe()) return;
        if (self.ticks - crop.since_tick >= GROWTH_TICKS) {
            ground.set_block(x, y, z, kind + 1);
            crop.since_tick = self.ticks;
            if (kind + 1 == blocks::ripe()) return;
        };
        self.crops.push_back(crop);
    }

    /// A block of the land in one number: x and z in 24 bits each, y in 8.
    fun place(x: u64, y: u64, z: u64): u64 {
        (x << 32) | (z << 8) | y
    }

    fun coordinates(place: u64): (u64, u64, u64) {
        (place >> 32, place & 255, (place >> 8) & 0xffffff)
    }

    fun is_inside(place: u64, width: u64): bool {
        let (x, y, z) = coordinates(place);
        x < width && z < width && y < terrain::height()
    }

    #[test_only]
    public fun queues_for_test(self: &Nature): (u64, u64) {
        (self.waters.length(), self.crops.length())
    }
}
