/// The board: seven columns that discs are dropped into, six high. Nothing here knows of players, turns or channels.
module four_in_a_row::board {
    use rooch::codec::Reader;

    const COLUMNS: u64 = 7;
    const ROWS: u64 = 6;
    /// So many in a row win.
    const RUN: u64 = 4;

    struct Board has copy, drop, store {
        /// Each from the bottom up: discs 1 and 2.
        columns: vector<vector<u8>>
    }

    public fun empty(): Board {
        let columns = vector[];
        for (i in 0..COLUMNS) columns.push_back(vector[]);
        Board { columns }
    }

    public fun has_room(self: &Board, column: u64): bool {
        column < COLUMNS && self.columns[column].length() < ROWS
    }

    /// How many discs there are.
    public fun count(self: &Board): u64 {
        let count = 0;
        self.columns.for_each_ref(|column| count += column.length());
        count
    }

    public fun is_full(self: &Board): bool {
        self.count() == COLUMNS * ROWS
    }

    /// Whether the disc that was dropped last into this column is one of four in a row.
    public fun is_won_at(self: &Board, column: u64): bool {
        let row = self.columns[column].length() - 1;
        self.is_run(column, row, 1, 2)
            || self.is_run(column, row, 2, 1)
            || self.is_run(column, row, 2, 2)
            || self.is_run(column, row, 2, 0)
    }

    /// There must be room.
    public fun drop_disc(self: &mut Board, column: u64, disc: u8) {
        self.columns.borrow_mut(column).push_back(disc);
    }

    public fun columns(self: &Board): vector<vector<u8>> {
        self.columns
    }

    /// Reads a board from BCS; whether it is one that a game can have is for `is_lawful` to say.
    public fun read(reader: &mut Reader): Board {
        Board { columns: reader.read_byte_strings() }
    }

    public fun is_lawful(self: &Board): bool {
        if (self.columns.length() != COLUMNS) return false;
        let (ones, twos) = (0, 0);
        let is_lawful = true;
        self.columns.for_each_ref(|column: &vector<u8>| {
            is_lawful = is_lawful && column.length() <= ROWS;
            column.for_each_ref(|disc| {
                if (*disc == 1) ones += 1 else if (*disc == 2) twos += 1 else is_lawful = false;
            });
        });
        // They take turns, and the first begins.
        is_lawful && (ones == twos || ones == twos + 1)
    }

    /// Whether there is a run through this place along a line. A step along it is `right` and `up`, each one more than it is, since Move has no numbers
    /// below 0: 0 goes back, 1 stays, 2 goes on.
    fun is_run(self: &Board, column: u64, row: u64, right: u64, up: u64): bool {
        // The place itself is counted from both ends.
        self.length_from(column, row, right, up) + self.length_from(column, row, 2 - right, 2 - up) > RUN
    }

    /// How many discs of one kind there are from this place on.
    fun length_from(self: &Board, column: u64, row: u64, right: u64, up: u64): u64 {
        let disc = self.columns[column][row];
        let length = 0;
        // Like the steps, one more than they are.
        let (c, r) = (column + 1, row + 1);
        while (c > 0 && r > 0 && self.is_disc(c - 1, r - 1, disc)) {
            length += 1;
            c = c + right - 1;
            r = r + up - 1;
        };
        length
    }

    fun is_disc(self: &Board, column: u64, row: u64, disc: u8): bool {
        column < COLUMNS && row < self.columns[column].length() && self.columns[column][row] == disc
    }
}
