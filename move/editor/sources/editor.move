/// Documents that several people write at once. In a channel, members edit the document that lives there. On the chain, a shelf keeps documents, lends one to
/// a channel for a session, applies the session's settlements to it and takes it back.
///
/// One module, since a channel's code is the module that declares its state, and only that module may open the state up.
module editor::editor {
    #[test_only]
    use std::bcs;
    use std::error;
    use std::option::Option;
    use std::signer;
    use std::string::{Self, String};
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::event;
    use aptos_std::table::{Self, Table};
    use channel_app::in_channel;
    use channel_app::items::{Self, ItemPage};
    use channel_app::labels;
    #[test_only]
    use channel_app::rerun;
    use channel_app::settling::Settling;
    use channel_app::shelf;
    use editor::head::{Self, Head};
    use editor::pages::{Self, PiecePage};
    #[test_only]
    use editor::piece;
    use editor::piece::Piece;
    use editor::replays;
    use editor::revision::{Self, Revision};
    use editor::settling;
    use rooch::state_channel;

    /// There is no shelf at this address.
    const E_NO_SHELF: u64 = 3;
    /// There is a shelf at this address already.
    const E_SHELF_EXISTS: u64 = 4;
    /// Only its owner adds to this shelf and lends from it.
    const E_NOT_OWNER: u64 = 5;
    /// The document in the settlement has another table than on the chain.
    const E_OTHER_TABLE: u64 = 11;

    /// One coin, in octas.
    const STAKE_DEFAULT: u64 = 100_000_000;
    /// A minute: an editor loses no more than that when all its members vanish at once.
    const SETTLE_INTERVAL_MS_DEFAULT: u64 = 60_000;

    /// The state of a channel, and what a shelf keeps. In the channel it is a resource under @editor, and the table has the handle that it has on the chain.
    struct Document has key, store {
        pieces: Table<u64, Piece>,
        head: Head
    }

    /// An author brings nothing in.
    struct NoAssets has store {}

    struct Shelf has key {
        /// Whether anyone may add documents and lend them, or only the owner.
        is_public: bool,
        documents: shelf::Shelf<Document, NoAssets, SessionTitle, AptosCoin>
    }

    /// What a shelf keeps of a session beside what every shelf does.
    struct SessionTitle has copy, drop, store {
        title: String
    }

    /// What the views show of a session.
    struct SessionInfo has drop {
        channel_id: u64,
        shelf: address,
        document_id: u64,
        title: String,
        member_count: u64,
        stake: u64,
        relay: String,
        opened_by: address,
        opened_ms: u64
    }

    struct DocumentInfo has drop {
        handle: address,
        head: Head,
        lent_to: Option<u64>
    }

    // ---- Events in the channel

    #[event]
    /// For the cursors of others: what the author asked for, in terms of what it saw. What came of it is in the pieces.
    struct DocumentEdited has drop, store {
        author: address,
        piece: u64,
        version: u64,
        at: u64,
        removed: u64,
        inserted: String
    }

    #[event]
    struct TitleSet has drop, store {
        title: String,
        set_by: address
    }

    // ---- Events on the chain

    #[event]
    struct ShelfOpened has drop, store {
        shelf: address,
        is_public: bool
    }

    #[event]
    struct DocumentCreated has drop, store {
        shelf: address,
        document_id: u64,
        title: String,
        created_by: address
    }

    #[event]
    struct SessionOpened has drop, store {
        shelf: address,
        document_id: u64,
        channel_id: u64,
        title: String,
        stake: u64,
        opened_by: address
    }

    #[event]
    struct SessionSettled has drop, store {
        shelf: address,
        document_id: u64,
        channel_id: u64,
        /// 0: by signatures.
        proposal_id: u64
    }

    #[event]
    struct SessionClosed has drop, store {
        shelf: address,
        document_id: u64,
        channel_id: u64
    }

    fun init_module(publisher: &signer) {
        move_shelf_to(publisher, true);
    }

    // ---- In the channel: the sender is a member

    /// Takes `removed` bytes away at `at` of a piece, as the sender saw it in `version`, and puts `text` there.
    public entry fun edit(
        sender: &signer, piece: u64, version: u64, at: u64, removed: u64, text: String
    ) acquires Document {
        let author = signer::address_of(sender);
        let document = in_channel::borrow_mut<Document>(@editor);
        let revision = revision::begin(document.head, author, piece, version, at, removed, text);
        document.revise(&mut revision);
        in_channel::allow(revision.refusal());
        document.take_over(&revision);
        event::emit(DocumentEdited { author, piece, version, at, removed, inserted: text });
    }

    /// Sets the document's title.
    public entry fun set_title(sender: &signer, title: String) acquires Document {
        let document = in_channel::borrow_mut<Document>(@editor);
        in_channel::allow(head::refusal_of_title(&title));
        document.head.set_title(title);
        event::emit(TitleSet { title, set_by: signer::address_of(sender) });
    }

    // ---- On the chain: shelves and documents

    /// Opens a shelf under the sender's address. The community's, which is public, is there from the start, under @editor.
    public entry fun shelf_open(account: &signer, is_public: bool) {
        assert!(!exists<Shelf>(signer::address_of(account)), error::already_exists(E_SHELF_EXISTS));
        move_shelf_to(account, is_public);
    }

    /// Adds a document that begins with this text, or is empty. Documents have ids 1, 2, ...
    public entry fun document_create(account: &signer, shelf: address, title: String, text: String) acquires Shelf {
        add_document(account, shelf, title, text);
    }

    // ---- On the chain: sessions

    /// Lends a document to a new channel, for a stake of one coin. `relay` is where its members meet, a multiaddress, or empty.
    public entry fun document_editor_open(
        account: &signer, shelf: address, document_id: u64, relay: String
    ) acquires Shelf {
        open_session(account, shelf, document_id, STAKE_DEFAULT, SETTLE_INTERVAL_MS_DEFAULT, relay);
    }

    /// The same with another stake, in octas, and another interval of settlements; 0: only when somebody proposes one.
    public entry fun document_editor_open_with(
        account: &signer, shelf: address, document_id: u64, stake: u64, settle_interval_ms: u64, relay: String
    ) acquires Shelf {
        open_session(account, shelf, document_id, stake, settle_interval_ms, relay);
    }

    /// Creates an empty document, lends it to a new channel and joins that, for one signature of the wallet.
    public entry fun document_editor_create_and_join(
        account: &signer,
        shelf: address,
        title: String,
        stake: u64,
        settle_interval_ms: u64,
        relay: String,
        node_key: vector<u8>,
        session_gas: u64
    ) acquires Shelf {
        let document_id = add_document(account, shelf, title, string::utf8(b""));
        let channel_id = open_session(account, shelf, document_id, stake, settle_interval_ms, relay);
        let documents = borrow_documents(shelf);
        documents.join(account, channel_id, NoAssets {}, node_key, session_gas);
    }

    /// Joins a session: stakes, binds the node's key, gives its account gas.
    public entry fun document_editor_join(
        account: &signer, state_channel_id: u64, node_key: vector<u8>, session_gas: u64
    ) acquires Shelf {
        let documents = borrow_documents(labels::server_of(state_channel_id));
        documents.join(account, state_channel_id, NoAssets {}, node_key, session_gas);
    }

    /// The same with the stake from the shared staking contract.
    public entry fun document_editor_join_with_shared_stake(
        account: &signer, state_channel_id: u64, node_key: vector<u8>, session_gas: u64
    ) acquires Shelf {
        let documents = borrow_documents(labels::server_of(state_channel_id));
        documents.join_with_shared_stake(account, state_channel_id, NoAssets {}, node_key, session_gas);
    }

    /// Takes the stake back, after the settlement that lists the sender as leaving or once the channel is closed.
    public entry fun document_editor_leave(account: &signer, state_channel_id: u64) {
        let NoAssets {} = state_channel::leave<NoAssets>(account, state_channel_id);
    }

    /// Gives the document back to its shelf, once the channel is closed or empty. Anyone may.
    public entry fun document_editor_close(account: &signer, state_channel_id: u64) acquires Shelf {
        let shelf = labels::server_of(state_channel_id);
        let documents = borrow_documents(shelf);
        let document_id = documents.take_back(account, state_channel_id);
        event::emit(SessionClosed { shelf, document_id, channel_id: state_channel_id });
    }

    /// Executes a settlement that has passed: the document on the chain becomes what it was in the channel at the settled height. Anyone may; the votes
    /// decide.
    public entry fun document_settlement(
        _account: &signer, state_channel_id: u64, proposal_id: u64
    ) acquires Shelf {
        let shelf = labels::server_of(state_channel_id);
        let documents = borrow_documents(shelf);
        let settling = documents.settle(state_channel_id, proposal_id);
        apply(documents, settling, shelf, state_channel_id, proposal_id);
    }

    /// Executes a settlement that two thirds of all members have signed, without a proposal and votes. Anyone may; the signatures decide.
    public entry fun document_settlement_signed(
        account: &signer,
        state_channel_id: u64,
        data: vector<u8>,
        signers: vector<address>,
        signatures: vector<vector<u8>>
    ) acquires Shelf {
        let shelf = labels::server_of(state_channel_id);
        let documents = borrow_documents(shelf);
        let settling = documents.settle_signed(account, state_channel_id, data, signers, signatures);
        apply(documents, settling, shelf, state_channel_id, 0);
    }

    /// Runs a transaction of the channel again, from the state that it started from, and punishes the leader if it claimed another result, or the sender
    /// if it did not. `evidence` is described in docs/contract.md; empty: it is in the sender's parcel.
    public entry fun document_prove_wrong(
        account: &signer, state_channel_id: u64, evidence: vector<u8>
    ) acquires Shelf {
        let documents = borrow_documents(labels::server_of(state_channel_id));
        let replay = documents.open_replay(account, state_channel_id, evidence);
        replays::run_again<Document>(&mut replay);
        documents.conclude_replay(state_channel_id, replay);
    }

    // ---- Views

    #[view]
    /// The newest sessions of a shelf, newest first.
    public fun sessions(shelf: address): vector<SessionInfo> acquires Shelf {
        borrow_documents(shelf).sessions().map(|shown| session_info(shelf, shown))
    }

    #[view]
    public fun session(state_channel_id: u64): SessionInfo acquires Shelf {
        let shelf = labels::server_of(state_channel_id);
        session_info(shelf, borrow_documents(shelf).session(state_channel_id))
    }

    #[view]
    /// How many documents a shelf has; their ids are 1 to this.
    public fun document_count(shelf: address): u64 acquires Shelf {
        borrow_documents(shelf).count()
    }

    #[view]
    /// A document without its text, as last settled, whether it is lent or not.
    public fun document(shelf: address, document_id: u64): DocumentInfo acquires Shelf {
        let documents = borrow_documents(shelf);
        let (handle, head) = head::decode_document(documents.state_bytes(document_id));
        DocumentInfo { handle, head, lent_to: documents.lent_to(document_id) }
    }

    #[view]
    /// The channel that a document is lent to.
    public fun document_session(shelf: address, document_id: u64): Option<u64> acquires Shelf {
        borrow_documents(shelf).lent_to(document_id)
    }

    #[view]
    /// At most `limit` pieces in the order of the text, from a piece on (0: from the first), and the piece that the next page begins with, or 0.
    public fun pieces(
        shelf: address, document_id: u64, from_piece: u64, limit: u64
    ): PiecePage acquires Shelf {
        borrow_documents(shelf).look(
            document_id, |document| pages::pieces(&document.pieces, from_piece, limit)
        )
    }

    #[view]
    /// The text of a document that has at most 256 pieces.
    public fun text(shelf: address, document_id: u64): String acquires Shelf {
        pieces(shelf, document_id, 0, pages::limit_max()).text()
    }

    #[view]
    /// The items of the tables that hang on a session's state, for a node that loads it, as last settled: at most `limit`, from a piece on (0: from the
    /// first), and the piece that the next page begins with, or 0. Pieces that are gone are on the last page.
    public fun session_items(
        state_channel_id: u64, from_piece: u64, limit: u64
    ): ItemPage acquires Shelf {
        let documents = borrow_documents(labels::server_of(state_channel_id));
        documents.look(
            documents.state_of(state_channel_id),
            |document| pages::items(&document.pieces, &document.head, from_piece, limit)
        )
    }

    // ---- Helpers: the document in the channel

    /// Gives the revision the pieces that it asks for.
    fun revise(self: &Document, revision: &mut Revision) {
        let id = revision.wanted();
        while (id > 0) {
            revision.supply(id, if (self.pieces.contains(id)) vector[*self.pieces.borrow(id)] else vector[]);
            id = revision.wanted();
        }
    }

    fun take_over(self: &mut Document, revision: &Revision) {
        let (ids, pieces) = revision.changed();
        for (i in 0..ids.length()) self.pieces.upsert(ids[i], pieces[i]);
        let forgotten = revision.forgotten();
        for (i in 0..forgotten.length()) {
            if (self.pieces.contains(forgotten[i])) { self.pieces.remove(forgotten[i]); }
        };
        self.head = revision.head();
    }

    // ---- Helpers: settling

    fun apply(
        documents: &mut shelf::Shelf<Document, NoAssets, SessionTitle, AptosCoin>,
        settling: Settling<Document>,
        shelf: address,
        channel_id: u64,
        proposal_id: u64
    ) {
        let handle = items::handle(&settling.state().pieces);
        let before = settling.state().head;
        let head = before;
        let after = settling.state_after();
        if (after.is_some()) {
            let (new_handle, new_head) = head::decode_document(after.destroy_some());
            assert!(new_handle == handle, error::invalid_argument(E_OTHER_TABLE));
            head = new_head;
        };
        let changes = settling.item_changes(handle);
        let document = settling.state_mut();
        settling::apply(&mut document.pieces, &before, &head, changes);
        document.head = head;
        settling.finish();
        documents.details_mut(channel_id).title = head.title();
        let document_id = documents.state_of(channel_id);
        event::emit(SessionSettled { shelf, document_id, channel_id, proposal_id });
    }

    // ---- Helpers: shelves and sessions

    fun move_shelf_to(account: &signer, is_public: bool) {
        move_to(account, Shelf { is_public, documents: shelf::new() });
        event::emit(ShelfOpened { shelf: signer::address_of(account), is_public });
    }

    fun new_document(title: String, text: String, author: address): Document {
        in_channel::allow(head::refusal_of_title(&title));
        let head = head::new(title);
        let pieces = table::new();
        settling::fill(&mut pieces, &mut head, text, author);
        Document { pieces, head }
    }

    fun add_document(account: &signer, shelf: address, title: String, text: String): u64 acquires Shelf {
        let created_by = signer::address_of(account);
        let documents = borrow_documents_as(created_by, shelf);
        let document_id = documents.add(new_document(title, text, created_by));
        event::emit(DocumentCreated { shelf, document_id, title, created_by });
        document_id
    }

    fun open_session(
        account: &signer,
        shelf: address,
        document_id: u64,
        stake: u64,
        settle_interval_ms: u64,
        relay: String
    ): u64 acquires Shelf {
        let opened_by = signer::address_of(account);
        let documents = borrow_documents_as(opened_by, shelf);
        let title = documents.at_home(document_id).head.title();
        let config = state_channel::create_config(stake).with_settle_interval(settle_interval_ms);
        let settle_function = labels::function_name(@editor, b"editor::document_settlement");
        let items_function = labels::function_name(@editor, b"editor::session_items");
        let config = labels::describe(config, shelf, relay, settle_function);
        let config = labels::with_items_function(config, items_function);
        let settle_signed_function = labels::function_name(@editor, b"editor::document_settlement_signed");
        let prove_function = labels::function_name(@editor, b"editor::document_prove_wrong");
        let config = labels::with_proofs(config, settle_signed_function, prove_function);
        let channel_id = documents.lend(account, document_id, config, SessionTitle { title });
        event::emit(SessionOpened { shelf, document_id, channel_id, title, stake, opened_by });
        channel_id
    }

    fun session_info(shelf: address, shown: shelf::SessionInfo<SessionTitle>): SessionInfo {
        SessionInfo {
            channel_id: shown.channel_id(),
            shelf,
            document_id: shown.state_id(),
            title: shown.shown_details().title,
            member_count: shown.member_count(),
            stake: shown.stake(),
            relay: shown.relay(),
            opened_by: shown.opened_by(),
            opened_ms: shown.opened_ms()
        }
    }

    inline fun borrow_documents(
        shelf: address
    ): &mut shelf::Shelf<Document, NoAssets, SessionTitle, AptosCoin> acquires Shelf {
        assert!(exists<Shelf>(shelf), error::not_found(E_NO_SHELF));
        &mut borrow_global_mut<Shelf>(shelf).documents
    }

    /// For somebody who adds to it or lends from it.
    inline fun borrow_documents_as(
        user: address, shelf: address
    ): &mut shelf::Shelf<Document, NoAssets, SessionTitle, AptosCoin> acquires Shelf {
        assert!(exists<Shelf>(shelf), error::not_found(E_NO_SHELF));
        let opened = borrow_global_mut<Shelf>(shelf);
        assert!(opened.is_public || user == shelf, error::permission_denied(E_NOT_OWNER));
        &mut opened.documents
    }

    // ---- For tests

    #[test_only]
    public fun init_for_test(publisher: &signer) {
        init_module(publisher);
    }

    #[test_only]
    /// What a node does when it loads a channel: the document becomes a resource.
    public fun place_document_for_test(publisher: &signer, title: String, text: String) {
        move_to(publisher, new_document(title, text, signer::address_of(publisher)));
    }

    #[test_only]
    public fun head_for_test(): Head acquires Document {
        borrow_global<Document>(@editor).head
    }

    #[test_only]
    public fun has_piece_for_test(id: u64): bool acquires Document {
        borrow_global<Document>(@editor).pieces.contains(id)
    }

    #[test_only]
    public fun piece_for_test(id: u64): Piece acquires Document {
        *borrow_global<Document>(@editor).pieces.borrow(id)
    }

    #[test_only]
    public fun text_for_test(): String acquires Document {
        pages::pieces(&borrow_global<Document>(@editor).pieces, 0, pages::limit_max()).text()
    }

    #[test_only]
    public fun document_bytes_for_test(): vector<u8> acquires Document {
        bcs::to_bytes(borrow_global<Document>(@editor))
    }

    #[test_only]
    /// The code that the edit would abort with.
    public fun refusal_for_test(
        author: address, piece: u64, version: u64, at: u64, removed: u64, text: String
    ): u64 acquires Document {
        let document = borrow_global<Document>(@editor);
        let revision = revision::begin(document.head, author, piece, version, at, removed, text);
        document.revise(&mut revision);
        revision.refusal()
    }

    #[test_only]
    /// What a call of `edit` comes to when it is run again: the code that it aborts with; pieces that it leaves; pieces that it forgets; the document.
    public fun edit_again_for_test(
        author: address, args: vector<vector<u8>>
    ): (u64, vector<u64>, vector<Piece>, vector<u64>, vector<u8>) acquires Document {
        let document = borrow_global<Document>(@editor);
        let (handle, head) = head::decode_document(bcs::to_bytes(document));
        let call = rerun::call_for_test(false, string::utf8(b"edit"), args);
        let revision = replays::revision_of(&mut call, head, author);
        let id = revision.wanted();
        while (id > 0) {
            let found = vector[];
            if (document.pieces.contains(id)) found.push_back(piece::decode(bcs::to_bytes(document.pieces.borrow(id))));
            revision.supply(id, found);
            id = revision.wanted();
        };
        let (ids, pieces) = revision.changed();
        (revision.refusal(), ids, pieces, revision.forgotten(), head::document_bytes(handle, &revision.head()))
    }

    #[test_only]
    /// As if the document were that long.
    public fun set_length_for_test(length: u64) acquires Document {
        let head = &mut borrow_global_mut<Document>(@editor).head;
        let more = length - head.length();
        head.grow(more);
    }

    #[test_only]
    public fun handle_of_info_for_test(self: &DocumentInfo): address {
        self.handle
    }

    #[test_only]
    public fun head_of_info_for_test(self: &DocumentInfo): Head {
        self.head
    }

    #[test_only]
    public fun title_of_info_for_test(self: &SessionInfo): String {
        self.title
    }
}
