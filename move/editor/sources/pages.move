/// What views show of a document's pieces, page by page.
module editor::pages {
    use std::error;
    use std::string::{Self, String};
    use aptos_std::table::Table;
    use channel_app::items::{Self, ItemPage};
    use editor::head::{Self, Head};
    use editor::piece::Piece;

    friend editor::editor;

    /// A page has 1 to 256 pieces.
    const E_LIMIT: u64 = 61;
    /// The document has no such piece.
    const E_NO_PIECE_HERE: u64 = 62;
    /// The text is too long to be shown at once: read it piece by piece.
    const E_TEXT_TOO_LONG: u64 = 63;

    /// 256 pieces are at most 200 KB, what a node of the chain answers in one go.
    const LIMIT_MAX: u64 = 256;

    struct PieceInfo has copy, drop {
        id: u64,
        text: String,
        previous: u64,
        next: u64,
        version: u64,
        author: address
    }

    struct PiecePage has copy, drop {
        pieces: vector<PieceInfo>,
        next_piece: u64
    }

    public fun limit_max(): u64 {
        LIMIT_MAX
    }

    public(friend) fun pieces(pieces: &Table<u64, Piece>, from_piece: u64, limit: u64): PiecePage {
        assert!((limit > 0 && limit <= LIMIT_MAX), error::out_of_range(E_LIMIT));
        let (ids, next_piece) = ids(pieces, from_piece, limit);
        let infos = vector[];
        for (i in 0..ids.length()) {
            let piece = pieces.borrow(ids[i]);
            infos.push_back(
                PieceInfo {
                    id: ids[i],
                    text: piece.text(),
                    previous: piece.previous(),
                    next: piece.next(),
                    version: piece.version(),
                    author: piece.author()
                }
            );
        };
        PiecePage { pieces: infos, next_piece }
    }

    /// Pieces that are gone are on the last page.
    public(friend) fun items(pieces: &Table<u64, Piece>, head: &Head, from_piece: u64, limit: u64): ItemPage {
        let page = items::new_page(limit);
        let (ids, next_piece) = ids(pieces, from_piece, limit);
        if (next_piece == 0) ids.append(head.gone());
        for (i in 0..ids.length()) page.add(pieces, ids[i]);
        page.set_next(next_piece);
        page
    }

    /// All text of the page, which must be the last.
    public fun text(self: &PiecePage): String {
        assert!(self.next_piece == 0, error::invalid_state(E_TEXT_TOO_LONG));
        let text = string::utf8(b"");
        for (i in 0..self.pieces.length()) text.append(self.pieces[i].text);
        text
    }

    /// The pieces on a page, in the order of the text, and the one that follows them, or 0.
    fun ids(pieces: &Table<u64, Piece>, from_piece: u64, limit: u64): (vector<u64>, u64) {
        let id = if (from_piece == 0) head::first_piece() else from_piece;
        let ids = vector[];
        while (id > 0 && ids.length() < limit) {
            assert!(
                pieces.contains(id) && !pieces.borrow(id).is_gone(),
                error::not_found(E_NO_PIECE_HERE)
            );
            ids.push_back(id);
            id = pieces.borrow(id).next();
        };
        (ids, id)
    }

    #[test_only]
    public fun ids_for_test(self: &PiecePage): vector<u64> {
        let ids = vector[];
        for (i in 0..self.pieces.length()) ids.push_back(self.pieces[i].id);
        ids
    }
}
