/// The columns that one transaction looks at and changes. The channel fills them from the land's table, a replay from what the evidence shows.
module movecraft::ground {
    use std::error;
    use movecraft::blocks;
    use movecraft::terrain;

    /// A column is looked at that nobody has loaded.
    const E_NOT_LOADED: u64 = 1;

    struct Spot has copy, drop, store {
        x: u64,
        z: u64
    }

    struct Column has copy, drop {
        spot: Spot,
        blocks: vector<u8>,
        is_changed: bool
    }

    struct Ground has copy, drop {
        /// Columns along the land's side.
        width: u64,
        columns: vector<Column>
    }

    public fun new(width: u64): Ground {
        Ground { width, columns: vector[] }
    }

    public fun spot(x: u64, z: u64): Spot {
        Spot { x, z }
    }

    public fun x(self: &Spot): u64 {
        self.x
    }

    public fun z(self: &Spot): u64 {
        self.z
    }

    public fun width(self: &Ground): u64 {
        self.width
    }

    public fun is_loaded(self: &Ground, spot: &Spot): bool {
        let (found, _) = self.find(spot);
        found
    }

    public fun load(self: &mut Ground, spot: Spot, blocks: vector<u8>) {
        self.columns.push_back(Column { spot, blocks, is_changed: false });
    }

    public fun length(self: &Ground): u64 {
        self.columns.length()
    }

    /// The n-th column: where, its blocks, and whether they have been changed.
    public fun column(self: &Ground, index: u64): (Spot, vector<u8>, bool) {
        let column = &self.columns[index];
        (column.spot, column.blocks, column.is_changed)
    }

    /// Above the land there is air. The column must have been loaded.
    public fun block(self: &Ground, x: u64, y: u64, z: u64): u8 {
        if (y >= terrain::height()) return blocks::air();
        let (found, index) = self.find(&Spot { x, z });
        assert!(found, error::internal(E_NOT_LOADED));
        self.columns[index].blocks[y]
    }

    public fun set_block(self: &mut Ground, x: u64, y: u64, z: u64, kind: u8) {
        let (found, index) = self.find(&Spot { x, z });
        assert!(found, error::internal(E_NOT_LOADED));
        let column = &mut self.columns[index];
        column.blocks[y] = kind;
        column.is_changed = true;
    }

    /// The four columns beside one, less those beyond the land's edge.
    public fun sides(x: u64, z: u64, width: u64): vector<Spot> {
        let sides = vector[];
        for (direction in 0..4) {
            let (is_inside, spot) = beside(x, z, (direction as u8), width);
            if (is_inside) sides.push_back(spot);
        };
        sides
    }

    /// The column one further on: 0 to larger x, 1 to smaller x, 2 to larger z, 3 to smaller z. False: beyond the edge, or no direction.
    public fun beside(x: u64, z: u64, direction: u8, width: u64): (bool, Spot) {
        if (direction == 0 && x + 1 < width) (true, Spot { x: x + 1, z })
        else if (direction == 1 && x > 0) (true, Spot { x: x - 1, z })
        else if (direction == 2 && z + 1 < width) (true, Spot { x, z: z + 1 })
        else if (direction == 3 && z > 0) (true, Spot { x, z: z - 1 })
        else (false, Spot { x, z })
    }

    fun find(self: &Ground, spot: &Spot): (bool, u64) {
        for (i in 0..self.columns.length()) {
            if (&self.columns[i].spot == spot) return (true, i)
        };
        (false, 0)
    }
}
