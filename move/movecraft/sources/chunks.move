/// Chunks of a land: eight by eight columns of 32 blocks, as they are stored, settled and shown. What nobody has written is not stored and not settled,
/// but made from the land's seed where it is read: a transaction on the chain could not make every column of many chunks.
module movecraft::chunks {
    use std::error;
    use std::vector;
    use movecraft::blocks;
    use movecraft::ground::Spot;
    use movecraft::terrain;
    use rooch::codec;

    friend movecraft::land;
    friend movecraft::replays;

    /// A chunk is not in the land, or a column that is written is not of blocks or vanishes.
    const E_CHUNK_NOT_LAWFUL: u64 = 66;
    /// Something follows a chunk, or its place, where nothing should.
    const E_CHUNK_NOT_CANONICAL: u64 = 67;

    const COLUMNS_IN_CHUNK: u64 = 64;
    /// So many empty columns: a loop would cost more.
    const UNWRITTEN: vector<vector<u8>> = vector[
        b"", b"", b"", b"", b"", b"", b"", b"",
        b"", b"", b"", b"", b"", b"", b"", b"",
        b"", b"", b"", b"", b"", b"", b"", b"",
        b"", b"", b"", b"", b"", b"", b"", b"",
        b"", b"", b"", b"", b"", b"", b"", b"",
        b"", b"", b"", b"", b"", b"", b"", b"",
        b"", b"", b"", b"", b"", b"", b"", b"",
        b"", b"", b"", b"", b"", b"", b"", b""
    ];

    /// Where a chunk is, in chunks.
    struct ChunkAt has copy, drop, store {
        x: u32,
        z: u32
    }

    /// The columns by z and then x; an empty one is as the terrain made it.
    struct Chunk has copy, drop, store {
        columns: vector<vector<u8>>
    }

    // ---- Where

    public(friend) fun at(x: u32, z: u32): ChunkAt {
        ChunkAt { x, z }
    }

    /// The chunk that a column is in.
    public(friend) fun at_spot(spot: &Spot): ChunkAt {
        ChunkAt { x: ((spot.x() / terrain::chunk_side()) as u32), z: ((spot.z() / terrain::chunk_side()) as u32) }
    }

    /// Number 0 is at (0, 0), 1 at (1, 0).
    public(friend) fun at_number(number: u64, size: u64): ChunkAt {
        ChunkAt { x: ((number % size) as u32), z: ((number / size) as u32) }
    }

    fun column_index(spot: &Spot): u64 {
        (spot.z() % terrain::chunk_side()) * terrain::chunk_side() + spot.x() % terrain::chunk_side()
    }

    public(friend) fun assert_inside(self: &ChunkAt, size: u64) {
        assert!(
            ((self.x as u64) < size && (self.z as u64) < size),
            error::invalid_argument(E_CHUNK_NOT_LAWFUL)
        );
    }

    public(friend) fun decode_at(key: vector<u8>): ChunkAt {
        let reader = codec::new(key);
        let at = ChunkAt { x: (reader.read_u32() as u32), z: (reader.read_u32() as u32) };
        assert!(reader.is_at_end(), error::invalid_argument(E_CHUNK_NOT_CANONICAL));
        at
    }

    // ---- What

    /// A chunk in which nobody has written.
    public(friend) fun unwritten(): Chunk {
        Chunk { columns: UNWRITTEN }
    }

    /// The blocks of the column there, written or made.
    public(friend) fun column(self: &Chunk, seed: u64, spot: &Spot): vector<u8> {
        let written = self.columns[column_index(spot)];
        if (written.is_empty()) terrain::column(seed, spot.x(), spot.z()) else written
    }

    /// What is written stays so, even if it becomes what the terrain made.
    public(friend) fun set_column(self: &mut Chunk, spot: &Spot, blocks: vector<u8>) {
        self.columns[column_index(spot)] = blocks;
    }

    /// The chunk with every column, for who looks at it.
    public(friend) fun whole(self: Chunk, seed: u64, at: ChunkAt): Chunk {
        let made = terrain::chunk(seed, (at.x as u64), (at.z as u64));
        for (i in 0..COLUMNS_IN_CHUNK) {
            if (self.columns[i].is_empty()) self.columns[i] = made[i];
        };
        self
    }

    /// Takes the columns that are written out of the bytes, so that the length of each is where it would be if none were.
    public(friend) fun decode(bytes: vector<u8>): Chunk {
        let height = terrain::height();
        let is_whole = bytes.length() > COLUMNS_IN_CHUNK && (bytes[0] as u64) == COLUMNS_IN_CHUNK;
        assert!(is_whole, error::invalid_argument(E_CHUNK_NOT_LAWFUL));
        let columns = UNWRITTEN;
        for (i in 0..COLUMNS_IN_CHUNK) {
            let length = (bytes[i + 1] as u64);
            if (length > 0) {
                let is_column = length == height && bytes.length() > COLUMNS_IN_CHUNK + height;
                assert!(is_column, error::invalid_argument(E_CHUNK_NOT_LAWFUL));
                vector::move_range(&mut bytes, i + 2, height, columns.borrow_mut(i), 0);
            }
        };
        assert!(bytes.length() == COLUMNS_IN_CHUNK + 1, error::invalid_argument(E_CHUNK_NOT_CANONICAL));
        Chunk { columns }
    }

    /// That this one can come after `old`: a column that differs is of blocks, where it differs from what was written or made. Adds up what both are made
    /// of there.
    public(friend) fun assert_lawful_after(
        self: &Chunk,
        old: &Chunk,
        seed: u64,
        at: ChunkAt,
        before: &mut vector<u64>,
        after: &mut vector<u64>
    ) {
        let corners = vector[];
        for (i in 0..COLUMNS_IN_CHUNK) {
            let column = &old.columns[i];
            let changed = &self.columns[i];
            if (column != changed) {
                if (column.is_empty()) {
                    if (corners.is_empty()) corners = terrain::corners(seed, (at.x as u64), (at.z as u64));
                    let made = terrain::column_of_chunk(seed, (at.x as u64), (at.z as u64), i, &corners);
                    swap_column(&made, changed, before, after);
                } else swap_column(column, changed, before, after);
            }
        }
    }

    /// One column for another, which is lawful where it is as before: only what differs has to be looked at.
    fun swap_column(
        column: &vector<u8>, changed: &vector<u8>, before: &mut vector<u64>, after: &mut vector<u64>
    ) {
        assert!(changed.length() == terrain::height(), error::invalid_argument(E_CHUNK_NOT_LAWFUL));
        let bedrock = blocks::bedrock();
        for (y in 0..terrain::height()) {
            let (was, is) = (column[y], changed[y]);
            if (was != is) {
                // Bedrock neither comes nor goes.
                let is_lawful = blocks::is_block(is) && is != bedrock && was != bedrock;
                assert!(is_lawful, error::invalid_argument(E_CHUNK_NOT_LAWFUL));
                blocks::add_materials(before, was, 1);
                blocks::add_materials(after, is, 1);
            }
        }
    }

    #[test_only]
    /// Of a whole chunk.
    public fun materials_for_test(self: &Chunk, sums: &mut vector<u64>) {
        for (i in 0..COLUMNS_IN_CHUNK) {
            let column = &self.columns[i];
            for (y in 0..terrain::height()) blocks::add_materials(sums, column[y], 1);
        }
    }

    #[test_only]
    /// The chunk with one column another, by its number.
    public fun with_column_for_test(self: Chunk, index: u64, blocks: vector<u8>): Chunk {
        self.columns[index] = blocks;
        self
    }

    #[test_only]
    public fun column_for_test(self: &Chunk, index: u64): vector<u8> {
        self.columns[index]
    }

    #[test_only]
    public fun unwritten_for_test(): Chunk {
        unwritten()
    }

    #[test_only]
    /// The chunk with one block another.
    public fun with_block_for_test(self: Chunk, x: u64, y: u64, z: u64, kind: u8): Chunk {
        *self.columns.borrow_mut(z * 8 + x).borrow_mut(y) = kind;
        self
    }

    #[test_only]
    public fun block_of_for_test(self: &Chunk, x: u64, y: u64, z: u64): u8 {
        self.columns[z * 8 + x][y]
    }
}
