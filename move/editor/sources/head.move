/// What a document is besides its text: title, and what its pieces come to. It has the same size however long the text is.
module editor::head {
    use std::bcs;
    use std::error;
    use std::string::String;
    use rooch::codec::{Self, Reader};

    friend editor::revision;
    friend editor::settling;
    friend editor::editor;
    friend editor::replays;

    /// A title is 1 to 128 bytes long.
    const E_TITLE_LENGTH: u64 = 21;
    /// Something follows the document where nothing should.
    const E_DOCUMENT_NOT_CANONICAL: u64 = 22;

    /// The first piece is never joined to another, and so always the first.
    const FIRST_PIECE: u64 = 1;
    const TITLE_BYTES_MAX: u64 = 128;
    /// More is no document any more, and a settlement of all of it would take many stretches.
    const LENGTH_MAX: u64 = 4_194_304;
    /// Beyond these, edits of pieces that are gone are refused.
    const GONE_MAX: u64 = 32;

    struct Head has copy, drop, store {
        title: String,
        /// Of the text, in bytes.
        length: u64,
        piece_count: u64,
        next_piece_id: u64,
        /// How many edits there were.
        edits: u64,
        /// Pieces that are gone and not forgotten, the oldest first.
        gone: vector<u64>
    }

    public(friend) fun new(title: String): Head {
        Head {
            title,
            length: 0,
            piece_count: 0,
            next_piece_id: FIRST_PIECE,
            edits: 0,
            gone: vector[]
        }
    }

    public fun title(self: &Head): String {
        self.title
    }

    public fun length(self: &Head): u64 {
        self.length
    }

    public fun piece_count(self: &Head): u64 {
        self.piece_count
    }

    public fun next_piece_id(self: &Head): u64 {
        self.next_piece_id
    }

    public fun edits(self: &Head): u64 {
        self.edits
    }

    public fun gone(self: &Head): vector<u64> {
        self.gone
    }

    public fun first_piece(): u64 {
        FIRST_PIECE
    }

    public fun has_room(self: &Head, bytes: u64): bool {
        self.length + bytes <= LENGTH_MAX
    }

    public fun is_title(title: &String): bool {
        !title.is_empty() && title.length() <= TITLE_BYTES_MAX
    }

    /// The code to abort with; 0 if nothing is wrong.
    public fun refusal_of_title(title: &String): u64 {
        if (is_title(title)) 0 else error::invalid_argument(E_TITLE_LENGTH)
    }

    public(friend) fun set_title(self: &mut Head, title: String) {
        self.title = title;
    }

    public(friend) fun count_edit(self: &mut Head) {
        self.edits += 1;
    }

    public(friend) fun grow(self: &mut Head, bytes: u64) {
        self.length += bytes;
    }

    public(friend) fun shrink(self: &mut Head, bytes: u64) {
        self.length -= bytes;
    }

    /// The id of a piece that is new.
    public(friend) fun add_piece(self: &mut Head): u64 {
        let id = self.next_piece_id;
        self.next_piece_id = id + 1;
        self.piece_count += 1;
        id
    }

    /// A piece is gone. Returns the one that is forgotten instead, if any.
    public(friend) fun remove_piece(self: &mut Head, id: u64): vector<u64> {
        self.piece_count -= 1;
        let forgotten = vector[];
        if (self.gone.length() == GONE_MAX) forgotten.push_back(self.gone.remove(0));
        self.gone.push_back(id);
        forgotten
    }

    /// A document from BCS, in parts: nobody makes a table from its handle.
    public(friend) fun decode_document(bytes: vector<u8>): (address, Head) {
        let reader = codec::new(bytes);
        let handle = reader.read_address();
        let head = decode(&mut reader);
        assert!(reader.is_at_end(), error::invalid_argument(E_DOCUMENT_NOT_CANONICAL));
        (handle, head)
    }

    /// And back.
    public(friend) fun document_bytes(handle: address, head: &Head): vector<u8> {
        let bytes = bcs::to_bytes(&handle);
        bytes.append(bcs::to_bytes(head));
        bytes
    }

    fun decode(reader: &mut Reader): Head {
        Head {
            title: reader.read_string(),
            length: reader.read_u64(),
            piece_count: reader.read_u64(),
            next_piece_id: reader.read_u64(),
            edits: reader.read_u64(),
            gone: read_gone(reader)
        }
    }

    fun read_gone(reader: &mut Reader): vector<u64> {
        let gone = vector[];
        for (i in 0..reader.read_length()) gone.push_back(reader.read_u64());
        gone
    }

    /// Whether edits can have led from the one to the other; what the pieces come to is for `editor::settling` to say.
    public(friend) fun is_lawful_after(self: &Head, before: &Head): bool {
        is_title(&self.title)
            && self.length <= LENGTH_MAX
            && self.gone.length() <= GONE_MAX
            && self.next_piece_id >= before.next_piece_id
            && self.edits >= before.edits
    }
}
