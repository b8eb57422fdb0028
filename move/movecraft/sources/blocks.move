/// What blocks and items there are, and what can be done with them. A kind is a byte; the same kinds are blocks in a land and items in an inventory.
module movecraft::blocks {
    const AIR: u8 = 0;
    const BEDROCK: u8 = 1;
    const STONE: u8 = 2;
    const DIRT: u8 = 3;
    const GRASS: u8 = 4;
    const SAND: u8 = 5;
    const LOG: u8 = 6;
    const LEAVES: u8 = 7;
    const PLANKS: u8 = 8;
    const IRON_ORE: u8 = 9;
    /// A spring: it never runs dry. 17, 18 and 19 flow, each weaker than the one before.
    const SPRING: u8 = 16;
    const WEAKEST_FLOW: u8 = 19;
    /// A crop has four stages; the last one is ripe.
    const SPROUT: u8 = 24;
    const RIPE: u8 = 27;
    const SEEDS: u8 = 32;
    const WHEAT: u8 = 33;
    const WOODEN_PICK: u8 = 40;
    const STONE_PICK: u8 = 41;
    const IRON_PICK: u8 = 42;

    /// Of a tool that no hero has: nobody breaks it.
    const UNBREAKABLE: u8 = 255;

    public fun air(): u8 { AIR }

    public fun bedrock(): u8 { BEDROCK }

    public fun stone(): u8 { STONE }

    public fun dirt(): u8 { DIRT }

    public fun grass(): u8 { GRASS }

    public fun sand(): u8 { SAND }

    public fun log(): u8 { LOG }

    public fun leaves(): u8 { LEAVES }

    public fun planks(): u8 { PLANKS }

    public fun iron_ore(): u8 { IRON_ORE }

    public fun spring(): u8 { SPRING }

    public fun ripe(): u8 { RIPE }

    public fun seeds(): u8 { SEEDS }

    public fun wheat(): u8 { WHEAT }

    public fun wooden_pick(): u8 { WOODEN_PICK }

    public fun stone_pick(): u8 { STONE_PICK }

    public fun iron_pick(): u8 { IRON_PICK }

    public fun is_block(kind: u8): bool {
        kind <= IRON_ORE || is_water(kind) || is_crop(kind)
    }

    public fun is_item(kind: u8): bool {
        (kind >= STONE && kind <= IRON_ORE)
            || kind == SEEDS || kind == WHEAT
            || (kind >= WOODEN_PICK && kind <= IRON_PICK)
    }

    /// Heroes stand on it and do not go through it.
    public fun is_solid(kind: u8): bool {
        kind >= BEDROCK && kind <= IRON_ORE
    }

    public fun is_water(kind: u8): bool {
        kind >= SPRING && kind <= WEAKEST_FLOW
    }

    /// Water that runs dry where nothing feeds it.
    public fun is_flow(kind: u8): bool {
        kind > SPRING && kind <= WEAKEST_FLOW
    }

    public fun is_crop(kind: u8): bool {
        kind >= SPROUT && kind <= RIPE
    }

    /// What water becomes one block on; air where it is spent.
    public fun weaker(water: u8): u8 {
        if (water == WEAKEST_FLOW) AIR else water + 1
    }

    /// 0 a hand, 1 wood, 2 stone, 3 iron.
    public fun tier_needed(kind: u8): u8 {
        if (kind == STONE) 1
        else if (kind == IRON_ORE) 2
        else if (kind == AIR || kind == BEDROCK || is_water(kind)) UNBREAKABLE
        else 0
    }

    /// How long it takes to mine the block; a better tool is faster.
    public fun mining_ms(kind: u8, tier: u8): u64 {
        let by_hand =
            if (kind == STONE || kind == IRON_ORE) 900
            else if (kind == LOG || kind == PLANKS) 600
            else if (kind == LEAVES || is_crop(kind)) 100
            else 300;
        by_hand / ((tier as u64) + 1)
    }

    /// The item that a mined block leaves.
    public fun drop_of(kind: u8): u8 {
        if (kind == GRASS) DIRT
        else if (kind == LEAVES) SEEDS
        else if (kind == RIPE) WHEAT
        else if (is_crop(kind)) SEEDS
        else kind
    }

    /// The block that an item becomes when it is placed; air if it cannot be.
    public fun placed_as(item: u8): u8 {
        if (item == SEEDS) SPROUT
        else if (item == STONE || item == DIRT || item == SAND || item == LOG || item == PLANKS || item == IRON_ORE) item
        else AIR
    }

    /// Adds what so many of a kind are made of. A log is four planks; a tool is what it was crafted from.
    public fun add_materials(sums: &mut vector<u64>, kind: u8, count: u64) {
        if (kind == STONE) add(sums, 0, count)
        else if (kind == DIRT || kind == GRASS) add(sums, 1, count)
        else if (kind == SAND) add(sums, 2, count)
        else if (kind == LOG) add(sums, 3, 4 * count)
        else if (kind == PLANKS) add(sums, 3, count)
        else if (kind == IRON_ORE) add(sums, 4, count)
        else if (kind == WOODEN_PICK) add(sums, 3, 5 * count)
        else if (kind == STONE_PICK) {
            add(sums, 3, 2 * count);
            add(sums, 0, 3 * count);
        } else if (kind == IRON_PICK) {
            add(sums, 3, 2 * count);
            add(sums, 4, 3 * count);
        }
    }

    /// Stone, earth, sand, wood, iron: what is neither made nor lost by mining, placing and crafting.
    public fun no_materials(): vector<u64> {
        vector[0, 0, 0, 0, 0]
    }

    fun add(sums: &mut vector<u64>, index: u64, amount: u64) {
        sums[index] = sums[index] + amount;
    }
}
