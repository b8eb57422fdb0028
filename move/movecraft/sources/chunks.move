/// Chunks of a land: eight by eight columns of 32 blocks, as they are stored, settled and shown.
module movecraft::chunks {
    use std::error;
    use movecraft::blocks;
    use movecraft::ground::Spot;
    use movecraft::terrain;
    use rooch::codec;

    friend movecraft::land;
    friend movecraft::replays;

    /// A chunk is not in the land, or not of blocks.
    const E_CHUNK_NOT_LAWFUL: u64 = 66;
    /// Something follows a chunk, or its place, where nothing should.
    const E_CHUNK_NOT_CANONICAL: u64 = 67;

    const COLUMNS_IN_CHUNK: u64 = 64;

    /// Where a chunk is, in chunks.
    struct ChunkAt has copy, drop, store {
        x: u32,
        z: u32
    }

    /// The columns by z and then x.
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

    /// Which of its chunk's columns a column is.
    public(friend) fun column_index(spot: &Spot): u64 {
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

    /// A chunk as nobody has touched it.
    public(friend) fun made(seed: u64, at: ChunkAt): Chunk {
        Chunk { columns: terrain::chunk(seed, (at.x as u64), (at.z as u64)) }
    }

    public(friend) fun column(self: &Chunk, index: u64): vector<u8> {
        self.columns[index]
    }

    public(friend) fun set_column(self: &mut Chunk, index: u64, blocks: vector<u8>) {
        self.columns[index] = blocks;
    }

    public(friend) fun decode(bytes: vector<u8>): Chunk {
        let reader = codec::new(bytes);
        let columns = reader.read_byte_strings();
        assert!(reader.is_at_end(), error::invalid_argument(E_CHUNK_NOT_CANONICAL));
        assert!(columns.length() == COLUMNS_IN_CHUNK, error::invalid_argument(E_CHUNK_NOT_LAWFUL));
        Chunk { columns }
    }

    /// That this one can come after `old`: what differs is of blocks. Adds up what both are made of where they differ.
    public(friend) fun assert_lawful_after(
        self: &Chunk, old: &Chunk, before: &mut vector<u64>, after: &mut vector<u64>
    ) {
        for (i in 0..COLUMNS_IN_CHUNK) {
            if (&old.columns[i] != &self.columns[i]) {
                assert!(is_column(&self.columns[i]), error::invalid_argument(E_CHUNK_NOT_LAWFUL));
                add_column(before, &old.columns[i]);
                add_column(after, &self.columns[i]);
            }
        }
    }

    fun is_column(column: &vector<u8>): bool {
        if (column.length() != terrain::height() || column[0] != blocks::bedrock()) return false;
        for (i in 1..column.length()) {
            if (!blocks::is_block(column[i]) || column[i] == blocks::bedrock()) return false
        };
        true
    }

    fun add_column(sums: &mut vector<u64>, column: &vector<u8>) {
        for (i in 0..column.length()) blocks::add_materials(sums, column[i], 1);
    }

    #[test_only]
    public fun materials_for_test(self: &Chunk, sums: &mut vector<u64>) {
        for (i in 0..COLUMNS_IN_CHUNK) add_column(sums, &self.columns[i]);
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
