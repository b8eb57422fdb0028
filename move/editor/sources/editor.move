/// Documents that several people write at once. In a channel, members edit the document that lives there. On the chain, a shelf keeps documents, lends one to
/// a channel for a session, applies the session's settlements to it and takes it back.
///
/// One module, since a channel's code is the module that declares its state, and only that module may open the state up.
module editor::editor {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::{Self, String};
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::event;
    use aptos_framework::object::{Self, ExtendRef};
    use aptos_framework::timestamp;
    use aptos_std::from_bcs;
    use aptos_std::table::{Self, Table};
    use editor::head::{Self, Head};
    use editor::pages::{Self, ItemPage, PiecePage};
    #[test_only]
    use editor::piece;
    use editor::piece::Piece;
    use editor::rerun;
    use editor::revision::{Self, Revision};
    use editor::settling;
    use rooch::state_channel::{Self, SettleCap, SettlementAction};

    /// There is no document here: these functions run in a channel.
    const E_NOT_IN_CHANNEL: u64 = 1;
    /// There is no shelf at this address.
    const E_NO_SHELF: u64 = 3;
    /// There is a shelf at this address already.
    const E_SHELF_EXISTS: u64 = 4;
    /// Only its owner adds to this shelf and lends from it.
    const E_NOT_OWNER: u64 = 5;
    /// The shelf has no such document.
    const E_NO_DOCUMENT: u64 = 6;
    /// The document is lent to a channel.
    const E_DOCUMENT_LENT: u64 = 7;
    /// The channel is not a session of an editor.
    const E_NO_SESSION: u64 = 8;
    /// A settlement may only modify a document.
    const E_NOT_A_MODIFICATION: u64 = 9;
    /// The settlement starts from another value than the document has on the chain.
    const E_OLD_VALUE_DIFFERS: u64 = 10;
    /// The document in the settlement has another table than on the chain.
    const E_OTHER_TABLE: u64 = 11;

    /// One coin, in octas.
    const STAKE_DEFAULT: u64 = 100_000_000;
    /// A minute: an editor loses no more than that when all its members vanish at once.
    const SETTLE_INTERVAL_MS_DEFAULT: u64 = 60_000;
    /// How many sessions the lobby of a shelf lists: the newest. Others are reached by their link.
    const LOBBY_SESSIONS_MAX: u64 = 64;
    const READER_SEED: vector<u8> = b"reader";

    const LABEL_SERVER: vector<u8> = b"server_address";
    const LABEL_RELAY: vector<u8> = b"relay";
    /// Which function applies a settlement, and which view lists the items of the table: a node that has never heard of editors can load and settle one.
    const LABEL_SETTLE_FUNCTION: vector<u8> = b"settle_function";
    const LABEL_ITEMS_FUNCTION: vector<u8> = b"items_function";

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
        /// The documents that are not lent.
        documents: Table<u64, Document>,
        next_document_id: u64,
        /// The channel that a document is lent to, by document id.
        lent_to: Table<u64, u64>,
        /// Channel ids of the newest sessions, newest last.
        lobby: vector<u64>
    }

    /// Of all shelves, under @editor.
    struct Sessions has key {
        by_channel: Table<u64, Session>,
        /// Gives the signer that views take a document out with.
        reader: ExtendRef
    }

    struct Session has store {
        shelf: address,
        document_id: u64,
        cap: SettleCap,
        title: String,
        stake: u64,
        relay: String,
        opened_by: address,
        opened_ms: u64
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
        let reader = object::generate_extend_ref(&object::create_named_object(publisher, READER_SEED));
        move_to(publisher, Sessions { by_channel: table::new(), reader });
        move_shelf_to(publisher, true);
    }

    // ---- In the channel: the sender is a member

    /// Takes `removed` bytes away at `at` of a piece, as the sender saw it in `version`, and puts `text` there.
    public entry fun edit(
        sender: &signer, piece: u64, version: u64, at: u64, removed: u64, text: String
    ) acquires Document {
        let author = signer::address_of(sender);
        let document = borrow_document_in_channel();
        let revision = revision::begin(document.head, author, piece, version, at, removed, text);
        document.revise(&mut revision);
        allow(revision.refusal());
        document.take_over(&revision);
        event::emit(DocumentEdited { author, piece, version, at, removed, inserted: text });
    }

    /// Sets the document's title.
    public entry fun set_title(sender: &signer, title: String) acquires Document {
        let document = borrow_document_in_channel();
        allow(head::refusal_of_title(&title));
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
    ) acquires Shelf, Sessions {
        open_session(account, shelf, document_id, STAKE_DEFAULT, SETTLE_INTERVAL_MS_DEFAULT, relay);
    }

    /// The same with another stake, in octas, and another interval of settlements; 0: only when somebody proposes one.
    public entry fun document_editor_open_with(
        account: &signer, shelf: address, document_id: u64, stake: u64, settle_interval_ms: u64, relay: String
    ) acquires Shelf, Sessions {
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
    ) acquires Shelf, Sessions {
        let document_id = add_document(account, shelf, title, string::utf8(b""));
        let channel_id = open_session(account, shelf, document_id, stake, settle_interval_ms, relay);
        state_channel::join<NoAssets, AptosCoin>(account, channel_id, NoAssets {}, node_key, session_gas);
    }

    /// Joins a session: stakes, binds the node's key, gives its account gas.
    public entry fun document_editor_join(
        account: &signer, state_channel_id: u64, node_key: vector<u8>, session_gas: u64
    ) acquires Sessions {
        assert_session(state_channel_id);
        state_channel::join<NoAssets, AptosCoin>(account, state_channel_id, NoAssets {}, node_key, session_gas);
    }

    /// The same with the stake from the shared staking contract.
    public entry fun document_editor_join_with_shared_stake(
        account: &signer, state_channel_id: u64, node_key: vector<u8>, session_gas: u64
    ) acquires Sessions {
        assert_session(state_channel_id);
        state_channel::join_with_shared_stake<NoAssets>(
            account, state_channel_id, NoAssets {}, node_key, session_gas
        );
    }

    /// Takes the stake back, after the settlement that lists the sender as leaving or once the channel is closed.
    public entry fun document_editor_leave(account: &signer, state_channel_id: u64) {
        let NoAssets {} = state_channel::leave<NoAssets>(account, state_channel_id);
    }

    /// Gives the document back to its shelf, once the channel is closed or empty. Anyone may.
    public entry fun document_editor_close(account: &signer, state_channel_id: u64) acquires Shelf, Sessions {
        assert_session(state_channel_id);
        let Session {
            shelf: shelf_address,
            document_id,
            cap,
            title: _,
            stake: _,
            relay: _,
            opened_by: _,
            opened_ms: _
        } = borrow_global_mut<Sessions>(@editor).by_channel.remove(state_channel_id);
        let document = state_channel::close<Document>(account, state_channel_id, cap);
        let shelf = borrow_global_mut<Shelf>(shelf_address);
        shelf.documents.add(document_id, document);
        shelf.lent_to.remove(document_id);
        let (listed, index) = shelf.lobby.index_of(&state_channel_id);
        if (listed) { shelf.lobby.remove(index); };
        event::emit(SessionClosed { shelf: shelf_address, document_id, channel_id: state_channel_id });
    }

    /// Executes a settlement that has passed: the document on the chain becomes what it was in the channel at the settled height. Anyone may; the votes
    /// decide.
    public entry fun document_settlement(
        account: &signer, state_channel_id: u64, proposal_id: u64
    ) acquires Sessions {
        assert_session(state_channel_id);
        let session = borrow_global_mut<Sessions>(@editor).by_channel.borrow_mut(state_channel_id);
        let action = state_channel::execute_proposal(&session.cap, state_channel_id, proposal_id);
        session.apply(account, state_channel_id, proposal_id, &action);
    }

    /// Executes a settlement that two thirds of all members have signed, without a proposal and votes. Anyone may; the signatures decide.
    public entry fun document_settlement_signed(
        account: &signer,
        state_channel_id: u64,
        data: vector<u8>,
        signers: vector<address>,
        signatures: vector<vector<u8>>
    ) acquires Sessions {
        assert_session(state_channel_id);
        let session = borrow_global_mut<Sessions>(@editor).by_channel.borrow_mut(state_channel_id);
        let action =
            state_channel::execute_signed_proposal(
                &session.cap, account, state_channel_id, data, signers, signatures
            );
        session.apply(account, state_channel_id, 0, &action);
    }

    /// Runs a transaction of the channel again, from the state that it started from, and punishes the leader if it claimed another result, or the sender
    /// if it did not. `evidence` is described in docs/contract.md; empty: it is in the sender's parcel.
    public entry fun document_prove_wrong(
        account: &signer, state_channel_id: u64, evidence: vector<u8>
    ) acquires Sessions {
        assert_session(state_channel_id);
        let session = borrow_global<Sessions>(@editor).by_channel.borrow(state_channel_id);
        let replay = state_channel::open_replay(&session.cap, account, state_channel_id, evidence);
        rerun::run<Document>(&mut replay, @editor, error::invalid_state(E_NOT_IN_CHANNEL));
        state_channel::conclude_replay(&session.cap, state_channel_id, replay);
    }

    // ---- Views

    #[view]
    /// The newest sessions of a shelf, newest first.
    public fun sessions(shelf: address): vector<SessionInfo> acquires Shelf, Sessions {
        assert_shelf(shelf);
        let lobby = borrow_global<Shelf>(shelf).lobby;
        let infos = vector[];
        let count = lobby.length();
        for (i in 0..count) infos.push_back(session(lobby[count - 1 - i]));
        infos
    }

    #[view]
    public fun session(state_channel_id: u64): SessionInfo acquires Sessions {
        assert_session(state_channel_id);
        let session = borrow_global<Sessions>(@editor).by_channel.borrow(state_channel_id);
        SessionInfo {
            channel_id: state_channel_id,
            shelf: session.shelf,
            document_id: session.document_id,
            title: session.title,
            member_count: state_channel::member_count(state_channel_id),
            stake: session.stake,
            relay: session.relay,
            opened_by: session.opened_by,
            opened_ms: session.opened_ms
        }
    }

    #[view]
    /// How many documents a shelf has; their ids are 1 to this.
    public fun document_count(shelf: address): u64 acquires Shelf {
        assert_shelf(shelf);
        borrow_global<Shelf>(shelf).next_document_id - 1
    }

    #[view]
    /// A document without its text, as last settled, whether it is lent or not.
    public fun document(shelf: address, document_id: u64): DocumentInfo acquires Shelf {
        let lent_to = document_session(shelf, document_id);
        let bytes =
            if (lent_to.is_some()) state_channel::state_bytes<Document>(*lent_to.borrow())
            else bcs::to_bytes(borrow_global<Shelf>(shelf).documents.borrow(document_id));
        let (handle, head) = head::decode_document(bytes);
        DocumentInfo { handle, head, lent_to }
    }

    #[view]
    /// The channel that a document is lent to.
    public fun document_session(shelf: address, document_id: u64): Option<u64> acquires Shelf {
        assert_shelf(shelf);
        let shelf = borrow_global<Shelf>(shelf);
        if (shelf.lent_to.contains(document_id)) option::some(*shelf.lent_to.borrow(document_id))
        else {
            assert!(shelf.documents.contains(document_id), error::not_found(E_NO_DOCUMENT));
            option::none()
        }
    }

    #[view]
    /// At most `limit` pieces in the order of the text, from a piece on (0: from the first), and the piece that the next page begins with, or 0.
    public fun pieces(
        shelf: address, document_id: u64, from_piece: u64, limit: u64
    ): PiecePage acquires Shelf, Sessions {
        let lent_to = document_session(shelf, document_id);
        if (lent_to.is_none()) {
            let document = borrow_global<Shelf>(shelf).documents.borrow(document_id);
            return pages::pieces(&document.pieces, from_piece, limit)
        };
        let sessions = borrow_global<Sessions>(@editor);
        let session = sessions.by_channel.borrow(*lent_to.borrow());
        let account = object::generate_signer_for_extending(&sessions.reader);
        let borrowed = state_channel::borrow_mut<Document>(&account, &session.cap, *lent_to.borrow());
        let page = pages::pieces(&borrowed.state_mut().pieces, from_piece, limit);
        borrowed.give_back();
        page
    }

    #[view]
    /// The text of a document that has at most 256 pieces.
    public fun text(shelf: address, document_id: u64): String acquires Shelf, Sessions {
        pieces(shelf, document_id, 0, pages::limit_max()).text()
    }

    #[view]
    /// The items of the tables that hang on a session's state, for a node that loads it, as last settled: at most `limit`, from a piece on (0: from the
    /// first), and the piece that the next page begins with, or 0. Pieces that are gone are on the last page.
    public fun session_items(
        state_channel_id: u64, from_piece: u64, limit: u64
    ): ItemPage acquires Sessions {
        assert_session(state_channel_id);
        let sessions = borrow_global<Sessions>(@editor);
        let session = sessions.by_channel.borrow(state_channel_id);
        let account = object::generate_signer_for_extending(&sessions.reader);
        let borrowed = state_channel::borrow_mut<Document>(&account, &session.cap, state_channel_id);
        let document = borrowed.state_mut();
        let page = pages::items(&document.pieces, document.handle(), &document.head, from_piece, limit);
        borrowed.give_back();
        page
    }

    // ---- Helpers: the document in the channel

    inline fun borrow_document_in_channel(): &mut Document acquires Document {
        assert!(exists<Document>(@editor), error::invalid_state(E_NOT_IN_CHANNEL));
        borrow_global_mut<Document>(@editor)
    }

    fun allow(refusal: u64) {
        assert!(refusal == 0, refusal);
    }

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

    fun handle(self: &Document): address {
        from_bcs::to_address(bcs::to_bytes(&self.pieces))
    }

    // ---- Helpers: settling

    fun apply(
        self: &mut Session, account: &signer, channel_id: u64, proposal_id: u64, action: &SettlementAction
    ) {
        let changes = state_channel::get_account_change_sets(action, @editor);
        let op = state_channel::get_change_set_op<Document>(&changes);
        let borrowed = state_channel::borrow_mut<Document>(account, &self.cap, channel_id);
        let document = borrowed.state_mut();
        let handle = document.handle();
        let after = document.head;
        if (!op.is_none()) {
            assert!(op.is_modify(), error::invalid_argument(E_NOT_A_MODIFICATION));
            assert!(
                hash::sha3_256(bcs::to_bytes(document)) == op.old_hash(),
                error::invalid_argument(E_OLD_VALUE_DIFFERS)
            );
            let (new_handle, new_head) = head::decode_document(op.modified_value());
            assert!(new_handle == handle, error::invalid_argument(E_OTHER_TABLE));
            after = new_head;
        };
        let items = state_channel::get_item_changes(action, handle);
        settling::apply(&mut document.pieces, &document.head, &after, items);
        document.head = after;
        self.title = after.title();
        borrowed.give_back();
        event::emit(
            SessionSettled { shelf: self.shelf, document_id: self.document_id, channel_id, proposal_id }
        );
    }

    // ---- Helpers: shelves and sessions

    fun move_shelf_to(account: &signer, is_public: bool) {
        move_to(
            account,
            Shelf {
                is_public,
                documents: table::new(),
                next_document_id: 1,
                lent_to: table::new(),
                lobby: vector[]
            }
        );
        event::emit(ShelfOpened { shelf: signer::address_of(account), is_public });
    }

    fun new_document(title: String, text: String, author: address): Document {
        allow(head::refusal_of_title(&title));
        let head = head::new(title);
        let pieces = table::new();
        settling::fill(&mut pieces, &mut head, text, author);
        Document { pieces, head }
    }

    fun add_document(account: &signer, shelf_address: address, title: String, text: String): u64 acquires Shelf {
        let created_by = signer::address_of(account);
        let shelf = borrow_shelf_of(created_by, shelf_address);
        let document_id = shelf.next_document_id;
        shelf.next_document_id = document_id + 1;
        shelf.documents.add(document_id, new_document(title, text, created_by));
        event::emit(DocumentCreated { shelf: shelf_address, document_id, title, created_by });
        document_id
    }

    fun open_session(
        account: &signer,
        shelf_address: address,
        document_id: u64,
        stake: u64,
        settle_interval_ms: u64,
        relay: String
    ): u64 acquires Shelf, Sessions {
        let opened_by = signer::address_of(account);
        let shelf = borrow_shelf_of(opened_by, shelf_address);
        assert!(!shelf.lent_to.contains(document_id), error::invalid_state(E_DOCUMENT_LENT));
        assert!(shelf.documents.contains(document_id), error::not_found(E_NO_DOCUMENT));
        let document = shelf.documents.remove(document_id);
        let title = document.head.title();
        let config =
            state_channel::create_config(stake)
                .with_settle_interval(settle_interval_ms)
                .with_label(string::utf8(LABEL_SERVER), address_text(shelf_address))
                .with_label(string::utf8(LABEL_RELAY), relay)
                .with_label(string::utf8(LABEL_SETTLE_FUNCTION), function_name(b"::editor::document_settlement"))
                .with_label(string::utf8(LABEL_ITEMS_FUNCTION), function_name(b"::editor::session_items"));
        let (cap, channel_id) = state_channel::create<Document, NoAssets, AptosCoin>(account, document, config);

        shelf.lent_to.add(document_id, channel_id);
        if (shelf.lobby.length() == LOBBY_SESSIONS_MAX) { shelf.lobby.remove(0); };
        shelf.lobby.push_back(channel_id);
        let opened_ms = timestamp::now_microseconds() / 1000;
        borrow_global_mut<Sessions>(@editor).by_channel.add(
            channel_id,
            Session { shelf: shelf_address, document_id, cap, title, stake, relay, opened_by, opened_ms }
        );
        event::emit(
            SessionOpened { shelf: shelf_address, document_id, channel_id, title, stake, opened_by }
        );
        channel_id
    }

    /// `0x` and 64 digits.
    fun address_text(account: address): String {
        let digits = b"0123456789abcdef";
        let text = b"0x";
        let bytes = bcs::to_bytes(&account);
        for (i in 0..bytes.length()) {
            text.push_back(digits[((bytes[i] >> 4) as u64)]);
            text.push_back(digits[((bytes[i] & 15) as u64)]);
        };
        string::utf8(text)
    }

    fun function_name(name: vector<u8>): String {
        let text = address_text(@editor);
        text.append_utf8(name);
        text
    }

    inline fun borrow_shelf_of(user: address, shelf_address: address): &mut Shelf acquires Shelf {
        assert_shelf(shelf_address);
        let shelf = borrow_global_mut<Shelf>(shelf_address);
        assert!(shelf.is_public || user == shelf_address, error::permission_denied(E_NOT_OWNER));
        shelf
    }

    fun assert_shelf(shelf: address) {
        assert!(exists<Shelf>(shelf), error::not_found(E_NO_SHELF));
    }

    fun assert_session(channel_id: u64) acquires Sessions {
        assert!(
            borrow_global<Sessions>(@editor).by_channel.contains(channel_id),
            error::not_found(E_NO_SESSION)
        );
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
        let revision = rerun::revision_of(head, author, args);
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
