/// A piece of a document: a stretch of its text, linked to the stretches before and after it, with a short log of what happened to it. By the log an edit
/// made for an earlier version is carried over to the present one.
module editor::piece {
    use std::error;
    use std::string::{Self, String};
    use rooch::codec::{Self, Reader};

    friend editor::editor;
    friend editor::replays;
    friend editor::revision;
    friend editor::settling;

    /// Something follows the piece where nothing should.
    const E_NOT_CANONICAL: u64 = 31;
    /// The piece is not one that an edit can have left.
    const E_NOT_LAWFUL: u64 = 32;

    /// What one edit rewrites and one settlement carries of a long document: small, but long enough that text outweighs what is kept beside it.
    const BYTES_MAX: u64 = 512;
    /// Two seconds of four people who type fast. Each change takes eight bytes, in most cases.
    const LOG_MAX: u64 = 24;

    /// The text at `at`: `removed` bytes went, then `added` bytes came.
    const EDITED: u8 = 0;
    /// The text from `at` on is the piece `other[0]` now, in its version 1.
    const SPLIT: u8 = 1;
    /// The text of the piece `other[0]` follows from `at` on.
    const ABSORBED: u8 = 2;
    /// The whole text is part of the piece `other[0]` now, from `at` on, in that one's version `other[1]`.
    const MOVED: u8 = 3;

    struct Change has copy, drop, store {
        kind: u8,
        at: u16,
        removed: u16,
        added: u16,
        other: vector<u64>
    }

    struct Piece has copy, drop, store {
        text: String,
        /// Ids; 0 where there is none.
        previous: u64,
        next: u64,
        /// 1 at first; one more with every change of the text.
        version: u64,
        /// Who wrote here last.
        author: address,
        /// The changes that led to the present version, the newest last.
        log: vector<Change>,
        /// Its text has moved into another piece. It is kept for a while to show the way.
        gone: bool
    }

    /// A stretch of a piece in one of its versions; an empty one is a place between two characters.
    struct Span has copy, drop {
        piece: u64,
        version: u64,
        start: u64,
        end: u64
    }

    public(friend) fun new(text: String, previous: u64, next: u64, author: address): Piece {
        Piece { text, previous, next, version: 1, author, log: vector[], gone: false }
    }

    // ---- What is in it

    public fun text(self: &Piece): String {
        self.text
    }

    public fun length(self: &Piece): u64 {
        self.text.length()
    }

    public fun previous(self: &Piece): u64 {
        self.previous
    }

    public fun next(self: &Piece): u64 {
        self.next
    }

    public fun version(self: &Piece): u64 {
        self.version
    }

    public fun author(self: &Piece): address {
        self.author
    }

    public fun is_gone(self: &Piece): bool {
        self.gone
    }

    public fun is_too_long(self: &Piece): bool {
        self.text.length() > BYTES_MAX
    }

    /// The earliest version from which the log leads on.
    public fun oldest_version(self: &Piece): u64 {
        self.version - self.log.length()
    }

    /// Whether a character, or nothing, begins at this byte.
    public fun is_boundary(self: &Piece, at: u64): bool {
        at == self.text.length() || (self.text.bytes()[at] & 0xC0) != 0x80
    }

    /// The last place between two characters at or before this byte.
    public fun boundary_before(self: &Piece, at: u64): u64 {
        while (!self.is_boundary(at)) at -= 1;
        at
    }

    // ---- What happens to it

    public(friend) fun set_previous(self: &mut Piece, id: u64) {
        self.previous = id;
    }

    /// Puts `text` in the place of what is between two bytes.
    public(friend) fun rewrite(self: &mut Piece, start: u64, end: u64, text: String, author: address) {
        self.record(EDITED, start, end - start, text.length(), vector[]);
        let whole = self.text.sub_string(0, start);
        whole.append(text);
        whole.append(self.text.sub_string(end, self.text.length()));
        self.text = whole;
        self.author = author;
    }

    /// Cuts the text from `at` on off; it becomes the piece `other_id`, which is returned.
    public(friend) fun split(self: &mut Piece, id: u64, at: u64, other_id: u64): Piece {
        let other = new(self.text.sub_string(at, self.text.length()), id, self.next, self.author);
        self.record(SPLIT, at, 0, 0, vector[other_id]);
        self.text = self.text.sub_string(0, at);
        self.next = other_id;
        other
    }

    /// Takes in the text of the piece that follows, and what follows that; the other is gone then.
    public(friend) fun absorb(self: &mut Piece, id: u64, other: &mut Piece) {
        let at = self.text.length();
        self.record(ABSORBED, at, 0, 0, vector[self.next]);
        self.text.append(other.text);
        self.next = other.next;
        other.record(MOVED, at, 0, 0, vector[id, self.version]);
        other.text = string::utf8(b"");
        other.previous = 0;
        other.next = 0;
        other.gone = true;
    }

    fun record(self: &mut Piece, kind: u8, at: u64, removed: u64, added: u64, other: vector<u64>) {
        if (self.log.length() == LOG_MAX) { self.log.remove(0); };
        self.log.push_back(
            Change { kind, at: (at as u16), removed: (removed as u16), added: (added as u16), other }
        );
        self.version += 1;
    }

    // ---- Carrying an edit over

    public(friend) fun span(piece: u64, version: u64, start: u64, end: u64): Span {
        Span { piece, version, start, end }
    }

    public fun piece(self: &Span): u64 {
        self.piece
    }

    public fun seen_version(self: &Span): u64 {
        self.version
    }

    public fun start(self: &Span): u64 {
        self.start
    }

    public fun end(self: &Span): u64 {
        self.end
    }

    public fun is_place(self: &Span): bool {
        self.start == self.end
    }

    /// Whether it begins at that place.
    public fun starts_with(self: &Span, place: &Span): bool {
        self.piece == place.piece && self.version == place.version && self.start == place.start
    }

    /// Where the span is one change later, the last part first: what others put into it is left out, and what they took out of it is not there any
    /// more. A place stays one place. The log must lead on from the span's version.
    public(friend) fun carry(self: &Piece, span: Span): vector<Span> {
        let change = &self.log[self.log.length() - (self.version - span.version)];
        let at = (change.at as u64);
        let Span { piece, version, start, end } = span;
        version += 1;
        if (change.kind == ABSORBED) vector[Span { piece, version, start, end }]
        else if (change.kind == MOVED) {
            vector[Span { piece: change.other[0], version: change.other[1], start: start + at, end: end + at }]
        } else if (change.kind == SPLIT) {
            let other = change.other[0];
            let parts = vector[];
            if (end > at) {
                let start = if (start > at) start - at else 0;
                parts.push_back(Span { piece: other, version: 1, start, end: end - at });
            };
            if (end <= at || start < at) {
                parts.push_back(Span { piece, version, start, end: if (end < at) end else at });
            };
            parts
        } else {
            let (removed, added) = ((change.removed as u64), (change.added as u64));
            if (start == end) {
                let place = place_after_edit(start, at, removed, added);
                return vector[Span { piece, version, start: place, end: place }]
            };
            let parts = vector[];
            let first_behind = if (start > at + removed) start else at + removed;
            if (end > first_behind) {
                let start = first_behind - removed + added;
                parts.push_back(Span { piece, version, start, end: end - removed + added });
            };
            if (start < at) {
                let end = if (end < at) end else at;
                // Where nothing came in between, the two parts are one.
                if (added == 0 && parts.length() == 1) parts[0].start = start
                else parts.push_back(Span { piece, version, start, end });
            };
            parts
        }
    }

    /// Of two who write at one place the first to be heard stands first; who writes before or behind what another replaces stays before or behind.
    fun place_after_edit(place: u64, at: u64, removed: u64, added: u64): u64 {
        if (place < at || (place == at && removed > 0)) place
        else if (place <= at + removed) at + added
        else place - removed + added
    }

    // ---- Coming from BCS

    /// A piece as an edit can have left it: it is what the members voted for that is held against this.
    public(friend) fun decode_lawful(bytes: vector<u8>): Piece {
        let piece = decode(bytes);
        assert!(piece.is_lawful(), error::invalid_argument(E_NOT_LAWFUL));
        piece
    }

    public(friend) fun decode(bytes: vector<u8>): Piece {
        let reader = codec::new(bytes);
        let piece = Piece {
            text: reader.read_string(),
            previous: reader.read_u64(),
            next: reader.read_u64(),
            version: reader.read_u64(),
            author: reader.read_address(),
            log: read_log(&mut reader),
            gone: reader.read_bool()
        };
        assert!(reader.is_at_end(), error::invalid_argument(E_NOT_CANONICAL));
        piece
    }

    fun read_log(reader: &mut Reader): vector<Change> {
        let log = vector[];
        for (i in 0..reader.read_length()) {
            let kind = reader.read_u8();
            let at = read_u16(reader);
            let removed = read_u16(reader);
            let added = read_u16(reader);
            let other = vector[];
            for (j in 0..reader.read_length()) other.push_back(reader.read_u64());
            log.push_back(Change { kind, at, removed, added, other });
        };
        log
    }

    fun read_u16(reader: &mut Reader): u16 {
        let low = (reader.read_u8() as u16);
        low | ((reader.read_u8() as u16) << 8)
    }

    fun is_lawful(self: &Piece): bool {
        let changes = self.log.length();
        if (changes > LOG_MAX || changes >= self.version || self.is_too_long()) return false;
        for (i in 0..changes) {
            if (!self.log[i].is_lawful_change()) return false;
            // Nothing happens to a piece whose text has moved.
            if ((self.log[i].kind == MOVED) != (self.gone && i + 1 == changes)) return false;
        };
        let is_alone = self.previous == 0 && self.next == 0;
        if (self.gone) changes > 0 && is_alone && self.text.is_empty()
        else !self.text.is_empty() || is_alone
    }

    fun is_lawful_change(self: &Change): bool {
        let others = self.other.length();
        if (self.kind == EDITED) return others == 0;
        if (self.removed > 0 || self.added > 0) return false;
        if (self.kind == MOVED) others == 2 else self.kind < MOVED && others == 1
    }

    #[test_only]
    public fun assert_lawful_for_test(bytes: vector<u8>) {
        decode_lawful(bytes);
    }
}
