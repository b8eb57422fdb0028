/// Brings what a channel did to the pieces of a document to the chain. The members voted for it; what would break the document later is not let in all the
/// same, as far as it shows in what is touched.
module editor::settling {
    use std::error;
    use std::string::String;
    use aptos_std::table::Table;
    use channel_app::items;
    use editor::head::{Self, Head};
    use editor::piece::{Self, Piece};
    use rooch::codec;
    use rooch::settlement::ItemChange;

    friend editor::editor;

    /// The id of a piece is not eight bytes, is 0 or has not been given out.
    const E_PIECE_ID: u64 = 53;
    /// A piece and its neighbour do not name each other.
    const E_LINKS: u64 = 54;
    /// The pieces do not come to what the document's head says.
    const E_SUMS: u64 = 55;
    /// The document's head is not one that edits can have left.
    const E_HEAD: u64 = 56;

    /// What a new document's pieces hold: room for some edits before they split, and too much to be joined.
    const FIRST_BYTES: u64 = 384;

    /// What is taken from the sums and added to them.
    struct Sums has drop {
        length_taken: u64,
        length_added: u64,
        pieces_taken: u64,
        pieces_added: u64
    }

    /// Fills a new document with text.
    public(friend) fun fill(pieces: &mut Table<u64, Piece>, head: &mut Head, text: String, author: address) {
        let length = text.length();
        let id = head.add_piece();
        let previous = 0;
        let start = 0;
        head.grow(length);
        while (length - start > FIRST_BYTES) {
            let end = start + FIRST_BYTES;
            while ((text.bytes()[end] & 0xC0) == 0x80) end -= 1;
            let next = head.add_piece();
            pieces.add(id, piece::new(text.sub_string(start, end), previous, next, author));
            previous = id;
            id = next;
            start = end;
        };
        pieces.add(id, piece::new(text.sub_string(start, length), previous, 0, author));
    }

    /// `after` is the head that the settlement leaves.
    public(friend) fun apply(
        pieces: &mut Table<u64, Piece>, before: &Head, after: &Head, changes: vector<ItemChange>
    ) {
        assert!(after.is_lawful_after(before), error::invalid_argument(E_HEAD));
        let sums = Sums { length_taken: 0, length_added: 0, pieces_taken: 0, pieces_added: 0 };
        let linked = vector[];
        for (i in 0..changes.length()) apply_one(pieces, &changes[i], after, &mut sums, &mut linked);
        for (i in 0..linked.length()) {
            assert!(is_linked(pieces, linked[i]), error::invalid_argument(E_LINKS));
        };
        assert!(
            before.length() + sums.length_added == after.length() + sums.length_taken
                && before.piece_count() + sums.pieces_added == after.piece_count() + sums.pieces_taken,
            error::invalid_argument(E_SUMS)
        );
    }

    fun apply_one(
        pieces: &mut Table<u64, Piece>, change: &ItemChange, after: &Head, sums: &mut Sums, linked: &mut vector<u64>
    ) {
        let id = read_id(change.item_key(), after);
        let value = items::item_after(pieces, id, &change.item_op());
        if (pieces.contains(id)) {
            let old = pieces.remove(id);
            sums.length_taken += old.length();
            if (!old.is_gone()) sums.pieces_taken += 1;
            linked.push_back(old.previous());
            linked.push_back(old.next());
        };
        linked.push_back(id);
        if (value.is_none()) return;
        let piece = piece::decode_lawful(value.destroy_some());
        sums.length_added += piece.length();
        if (!piece.is_gone()) sums.pieces_added += 1;
        pieces.add(id, piece);
    }

    fun read_id(key: vector<u8>, after: &Head): u64 {
        let reader = codec::new(key);
        let id = reader.read_u64();
        assert!(
            reader.is_at_end() && id > 0 && id < after.next_piece_id(),
            error::invalid_argument(E_PIECE_ID)
        );
        id
    }

    /// Whether the piece and its neighbours name each other; a piece that is not there, or gone, has none.
    fun is_linked(pieces: &Table<u64, Piece>, id: u64): bool {
        if (!pieces.contains(id)) return id != head::first_piece();
        let piece = pieces.borrow(id);
        if (piece.is_gone()) return id != head::first_piece();
        let (previous, next) = (piece.previous(), piece.next());
        if ((previous == 0) != (id == head::first_piece())) return false;
        if (previous > 0 && !(pieces.contains(previous) && pieces.borrow(previous).next() == id)) return false;
        next == 0 || (pieces.contains(next) && pieces.borrow(next).previous() == id)
    }
}
