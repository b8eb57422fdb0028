/// The land as it is before anyone has touched it: columns of 32 blocks, the same from the same seed everywhere.
module movecraft::terrain {
    use std::bcs;
    use std::hash;
    use movecraft::blocks;

    /// Blocks in a column.
    const HEIGHT: u64 = 32;
    /// Columns along the side of a chunk.
    const CHUNK_SIDE: u64 = 8;
    /// The surface lies between these.
    const SURFACE_MIN: u64 = 8;
    const SURFACE_SPAN: u64 = 12;
    /// Up to here hollows are full of water.
    const SEA: u64 = 12;
    const DIRT_DEPTH: u64 = 3;
    /// Ore lies below this, in so many of 256 blocks.
    const ORE_BELOW: u64 = 8;
    const ORE_SHARE: u8 = 20;
    /// Trees stand on so many of 256 columns.
    const TREE_SHARE: u8 = 6;
    const TRUNK: u64 = 3;

    const CORNER: u8 = 0;
    const DETAIL: u8 = 1;

    /// What a random number is drawn from.
    struct Draw has drop {
        purpose: u8,
        seed: u64,
        x: u64,
        z: u64
    }

    public fun height(): u64 { HEIGHT }

    public fun chunk_side(): u64 { CHUNK_SIDE }

    /// The blocks of one column, from the bottom.
    public fun column(seed: u64, x: u64, z: u64): vector<u8> {
        column_between(seed, x, z, &corners(seed, x / CHUNK_SIDE, z / CHUNK_SIDE))
    }

    /// The columns of a chunk: those of z = 0 by x, then those of z = 1, and so on.
    public fun chunk(seed: u64, chunk_x: u64, chunk_z: u64): vector<vector<u8>> {
        let corners = corners(seed, chunk_x, chunk_z);
        let columns = vector[];
        for (i in 0..(CHUNK_SIDE * CHUNK_SIDE)) {
            columns.push_back(column_of_chunk(seed, chunk_x, chunk_z, i, &corners));
        };
        columns
    }

    /// One of them, by its number, with the chunk's corners.
    public fun column_of_chunk(
        seed: u64, chunk_x: u64, chunk_z: u64, index: u64, corners: &vector<u64>
    ): vector<u8> {
        let (x, z) = (chunk_x * CHUNK_SIDE + index % CHUNK_SIDE, chunk_z * CHUNK_SIDE + index / CHUNK_SIDE);
        column_between(seed, x, z, corners)
    }

    /// The surface is given at the corners of chunks and slopes evenly between them.
    public fun corners(seed: u64, chunk_x: u64, chunk_z: u64): vector<u64> {
        vector[
            corner(seed, chunk_x, chunk_z),
            corner(seed, chunk_x + 1, chunk_z),
            corner(seed, chunk_x, chunk_z + 1),
            corner(seed, chunk_x + 1, chunk_z + 1)
        ]
    }

    fun corner(seed: u64, x: u64, z: u64): u64 {
        SURFACE_MIN + (noise(CORNER, seed, x, z)[0] as u64) % SURFACE_SPAN
    }

    fun column_between(seed: u64, x: u64, z: u64, corners: &vector<u64>): vector<u8> {
        let right = x % CHUNK_SIDE;
        let far = z % CHUNK_SIDE;
        let left = CHUNK_SIDE - right;
        let near = CHUNK_SIDE - far;
        let surface =
            (corners[0] * left * near + corners[1] * right * near + corners[2] * left * far + corners[3] * right * far)
                / (CHUNK_SIDE * CHUNK_SIDE);
        let detail = noise(DETAIL, seed, x, z);

        // Calls are dear, and a settlement makes many columns: what is laid in a loop is fetched before it.
        let (stone, dirt, spring, air) = (blocks::stone(), blocks::dirt(), blocks::spring(), blocks::air());
        let blocks = vector[blocks::bedrock()];
        for (y in 1..(surface - DIRT_DEPTH)) {
            let is_ore = y < ORE_BELOW && detail[y] < ORE_SHARE;
            blocks.push_back(if (is_ore) blocks::iron_ore() else stone);
        };
        for (i in 0..DIRT_DEPTH) blocks.push_back(dirt);
        blocks.push_back(if (surface < SEA) blocks::sand() else blocks::grass());
        for (y in (surface + 1)..(SEA + 1)) blocks.push_back(spring);
        if (surface >= SEA && detail[0] < TREE_SHARE) {
            for (i in 0..TRUNK) blocks.push_back(blocks::log());
            blocks.push_back(blocks::leaves());
        };
        for (y in blocks.length()..HEIGHT) blocks.push_back(air);
        blocks
    }

    fun noise(purpose: u8, seed: u64, x: u64, z: u64): vector<u8> {
        hash::sha3_256(bcs::to_bytes(&Draw { purpose, seed, x, z }))
    }
}
