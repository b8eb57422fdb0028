/// One edit of a document, from what its author saw to what it leaves. It asks for the pieces that it needs one by one, so that it runs alike in a channel,
/// where they are in a table, and on the chain again, where they are in evidence.
module editor::revision {
    use std::error;
    use std::string::{Self, String};
    use editor::head::Head;
    use editor::piece::{Self, Piece, Span};

    friend editor::editor;
    friend editor::replays;

    /// An edit removes or inserts something, and inserts at most 504 bytes.
    const E_EDIT_SIZE: u64 = 41;
    /// There is no such piece (any more): read the document and send the edit anew.
    const E_NO_PIECE: u64 = 42;
    /// Too much happened to the piece since the version that the edit was made for: send the edit anew.
    const E_TOO_OLD: u64 = 43;
    /// The piece has not had this version yet.
    const E_VERSION_AHEAD: u64 = 44;
    /// The stretch ends beyond the piece, or before it starts.
    const E_RANGE: u64 = 45;
    /// The stretch begins or ends within a character.
    const E_BOUNDARY: u64 = 46;
    /// The document has no room for the text.
    const E_DOCUMENT_FULL: u64 = 47;
    /// What was to be removed is spread over too many places by now: send the edit anew.
    const E_SCATTERED: u64 = 48;

    /// A full piece with that much more makes two halves that are no longer than a piece may be, wherever characters end.
    const INSERT_BYTES_MAX: u64 = 504;
    /// As long as a piece can be when an edit of it is not complete.
    const POSITION_MAX: u64 = 1_016;
    /// Two neighbours that are not longer than this together become one. Half a piece, so that it is not split again at once.
    const JOIN_BYTES_MAX: u64 = 256;
    /// Bounds what one edit costs.
    const SPANS_MAX: u64 = 8;

    /// A piece on the desk.
    struct Sheet has copy, drop {
        id: u64,
        piece: Piece,
        is_changed: bool
    }

    struct Revision has drop {
        author: address,
        text: String,
        head: Head,
        sheets: vector<Sheet>,
        /// Not carried over to the present version yet; the next is the last.
        pending: vector<Span>,
        /// Carried over.
        ready: vector<Span>,
        is_written: bool,
        /// Pieces whose length may be wrong now.
        untidy: vector<u64>,
        /// Pieces that are not needed any more.
        forgotten: vector<u64>,
        /// The code to abort with; 0 if nothing is wrong.
        refusal: u64
    }

    /// The author saw `version` of `piece` and takes `removed` bytes away at `at` and puts `text` there.
    public(friend) fun begin(
        head: Head, author: address, piece: u64, version: u64, at: u64, removed: u64, text: String
    ): Revision {
        let inserted = text.length();
        let refusal =
            if (inserted > INSERT_BYTES_MAX || (inserted == 0 && removed == 0)) error::invalid_argument(E_EDIT_SIZE)
            else if (at > POSITION_MAX || removed > POSITION_MAX) error::out_of_range(E_RANGE)
            else if (!head.has_room(inserted)) error::resource_exhausted(E_DOCUMENT_FULL)
            else 0;
        let pending = vector[];
        if (refusal == 0) {
            if (removed > 0) pending.push_back(piece::span(piece, version, at, at + removed));
            if (inserted > 0) pending.push_back(piece::span(piece, version, at, at));
        };
        head.count_edit();
        Revision {
            author,
            text,
            head,
            sheets: vector[],
            pending,
            ready: vector[],
            is_written: false,
            untidy: vector[],
            forgotten: vector[],
            refusal
        }
    }

    /// Goes on as far as it can. Returns the piece that it needs next, to be supplied; 0 when all is done or something is wrong.
    public(friend) fun wanted(self: &mut Revision): u64 {
        if (self.refusal > 0) return 0;
        if (!self.is_written) {
            let id = self.carry_over();
            if (id > 0 || self.refusal > 0) return id;
            self.write();
            if (self.refusal > 0) return 0;
            self.is_written = true;
        };
        self.tidy()
    }

    /// The piece that was wanted: none, or one.
    public(friend) fun supply(self: &mut Revision, id: u64, found: vector<Piece>) {
        if (found.is_empty()) self.refusal = error::not_found(E_NO_PIECE)
        else self.sheets.push_back(Sheet { id, piece: found[0], is_changed: false });
    }

    // ---- What comes of it

    public(friend) fun refusal(self: &Revision): u64 {
        self.refusal
    }

    public(friend) fun head(self: &Revision): Head {
        self.head
    }

    /// The pieces that are new or changed, by id.
    public(friend) fun changed(self: &Revision): (vector<u64>, vector<Piece>) {
        let (ids, pieces) = (vector[], vector[]);
        for (i in 0..self.sheets.length()) {
            let sheet = &self.sheets[i];
            if (sheet.is_changed) {
                ids.push_back(sheet.id);
                pieces.push_back(sheet.piece);
            }
        };
        (ids, pieces)
    }

    /// The pieces that go, where they are there.
    public(friend) fun forgotten(self: &Revision): vector<u64> {
        self.forgotten
    }

    // ---- Carrying over what the author saw

    fun carry_over(self: &mut Revision): u64 {
        while (!self.pending.is_empty()) {
            let span = self.pending[self.pending.length() - 1];
            let (found, index) = self.find(span.piece());
            if (!found) return span.piece();
            self.pending.pop_back();
            let piece = &self.sheets[index].piece;
            if (span.seen_version() > piece.version()) {
                self.refusal = error::invalid_argument(E_VERSION_AHEAD);
                return 0
            };
            if (span.seen_version() < piece.oldest_version()) {
                self.refusal = error::invalid_state(E_TOO_OLD);
                return 0
            };
            if (span.seen_version() < piece.version()) {
                self.pending.append(piece.carry(span));
                if (self.pending.length() + self.ready.length() > SPANS_MAX) {
                    self.refusal = error::invalid_state(E_SCATTERED);
                    return 0
                }
            } else if (piece.is_gone()) {
                self.refusal = error::not_found(E_NO_PIECE);
                return 0
            } else self.ready.push_back(span);
        };
        0
    }

    // ---- Writing

    /// Every step is carried over those before it, by the log of the piece.
    fun write(self: &mut Revision) {
        self.ready.reverse();
        while (!self.ready.is_empty()) {
            let span = self.ready.pop_back();
            let (_, index) = self.find(span.piece());
            let piece = &self.sheets[index].piece;
            if (span.seen_version() < piece.version()) {
                self.ready.append(piece.carry(span));
                continue
            };
            let (start, end, text) = (span.start(), span.end(), string::utf8(b""));
            if (span.is_place()) {
                text = self.text;
                end = self.take_end_of_stretch_at(&span);
            };
            let piece = &self.sheets[index].piece;
            if (end > piece.length()) {
                self.refusal = error::out_of_range(E_RANGE);
                return
            };
            if (!piece.is_boundary(start) || !piece.is_boundary(end)) {
                self.refusal = error::invalid_argument(E_BOUNDARY);
                return
            };
            let sheet = &mut self.sheets[index];
            sheet.piece.rewrite(start, end, text, self.author);
            sheet.is_changed = true;
            self.head.grow(text.length());
            self.head.shrink(end - start);
            // A piece that only grew fits its neighbours no better than before.
            if (end > start || sheet.piece.is_too_long()) self.untidy.push_back(span.piece());
        }
    }

    /// Where the stretch to be removed ends that begins at this place, so that both are one change: who writes before or behind a word that another
    /// replaces is told apart by it.
    fun take_end_of_stretch_at(self: &mut Revision, place: &Span): u64 {
        for (i in 0..self.ready.length()) {
            let span = self.ready[i];
            if (span.starts_with(place)) {
                self.ready.remove(i);
                return span.end()
            }
        };
        place.end()
    }

    // ---- Splitting what is too long, joining what is short

    fun tidy(self: &mut Revision): u64 {
        while (!self.untidy.is_empty()) {
            let id = self.untidy[self.untidy.length() - 1];
            let piece = *self.piece(id);
            // A neighbour took it in.
            if (piece.is_gone()) {
                self.untidy.pop_back();
                continue
            };
            let (previous, next) = (piece.previous(), piece.next());
            if (next > 0 && !self.has(next)) return next;
            if (piece.is_too_long()) {
                self.split(id);
                self.untidy.pop_back();
                continue
            };
            if (next > 0 && self.is_one_piece(id, next)) {
                let behind = self.piece(next).next();
                if (behind > 0 && !self.has(behind)) return behind;
                self.join(id, next);
                continue
            };
            if (previous > 0) {
                if (!self.has(previous)) return previous;
                if (self.is_one_piece(previous, id)) {
                    self.join(previous, id);
                    self.untidy.pop_back();
                    self.untidy.push_back(previous);
                    continue
                }
            };
            self.untidy.pop_back();
        };
        0
    }

    fun is_one_piece(self: &Revision, left: u64, right: u64): bool {
        let (left_length, right_length) = (self.piece(left).length(), self.piece(right).length());
        left_length == 0 || right_length == 0 || left_length + right_length <= JOIN_BYTES_MAX
    }

    /// In the middle, or as near before it as a character ends.
    fun split(self: &mut Revision, id: u64) {
        let other_id = self.head.add_piece();
        let piece = self.change(id);
        let next = piece.next();
        let at = piece.boundary_before(piece.length() / 2);
        let other = piece.split(id, at, other_id);
        self.sheets.push_back(Sheet { id: other_id, piece: other, is_changed: true });
        if (next > 0) self.change(next).set_previous(other_id);
    }

    fun join(self: &mut Revision, left: u64, right: u64) {
        let other = *self.piece(right);
        let behind = other.next();
        self.change(left).absorb(left, &mut other);
        *self.change(right) = other;
        if (behind > 0) self.change(behind).set_previous(left);
        let forgotten = self.head.remove_piece(right);
        self.forgotten.append(forgotten);
    }

    // ---- The desk

    fun find(self: &Revision, id: u64): (bool, u64) {
        for (i in 0..self.sheets.length()) {
            if (self.sheets[i].id == id) return (true, i)
        };
        (false, 0)
    }

    fun has(self: &Revision, id: u64): bool {
        let (found, _) = self.find(id);
        found
    }

    fun piece(self: &Revision, id: u64): &Piece {
        let (_, index) = self.find(id);
        &self.sheets[index].piece
    }

    fun change(self: &mut Revision, id: u64): &mut Piece {
        let (_, index) = self.find(id);
        let sheet = &mut self.sheets[index];
        sheet.is_changed = true;
        &mut sheet.piece
    }
}
