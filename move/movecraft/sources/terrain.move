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
        for (z in 0..CHUNK_SIDE) {
            for (x in 0..CHUNK_SIDE) {
                columns.push_back(
                    column_between(seed, chunk_x * CHUNK_SIDE + x, chunk_z * CHUNK_SIDE + z, &corners)
                );
            }
        };
        columns
    }

    /// The surface is given at the corners of chunks and slopes evenly between them.
    fun corners(seed: u64, chunk_x: u64, chunk_z: u64): vector<u64> {
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

        let blocks = vector[blocks::bedrock()];
        for (y in 1..(surface - DIRT_DEPTH)) {
            let is_ore = y < ORE_BELOW && detail[y] < ORE_SHARE;
            blocks.push_back(if (is_ore) blocks::iron_ore() else blocks::stone());
        };
        for (i in 0..DIRT_DEPTH) blocks.push_back(blocks::dirt());
        blocks.push_back(if (surface < SEA) blocks::sand() else blocks::grass());
        while (blocks.length() <= SEA) blocks.push_back(blocks::spring());
        if (surface >= SEA && detail[0] < TREE_SHARE) {
            for (i in 0..TRUNK) blocks.push_back(blocks::log());
            blocks.push_back(blocks::leaves());
        };
        while (blocks.length() < HEIGHT) blocks.push_back(blocks::air());
        blocks
    }

    fun noise(purpose: u8, seed: u64, x: u64, z: u64): vector<u8> {
        let preimage = vector[purpose];
        preimage.append(bcs::to_bytes(&seed));
        preimage.append(bcs::to_bytes(&x));
        preimage.append(bcs::to_bytes(&z));
        hash::sha3_256(preimage)
    }
}
