/// Runs what members call in a channel again on the chain, from evidence, and says what it leaves of the document.
module editor::rerun {
    use std::bcs;
    use std::error;
    use editor::head::{Self, Head};
    use editor::piece;
    use editor::revision::{Self, Revision};
    use rooch::codec;
    use rooch::replay::{Self, Replay};

    friend editor::editor;

    /// The transaction does not call a function that members call in the channel, or not with its arguments: only the members can tell what it does.
    const E_NOT_REPLAYED: u64 = 71;

    /// Says what the transaction leaves of the document of this owner; `absent` is what it aborts with where there is none.
    public(friend) fun run<DocumentT>(replay: &mut Replay, owner: address, absent: u64) {
        assert!(!replay.is_tick(), error::invalid_argument(E_NOT_REPLAYED));
        let (_, _, function_name) = replay.called();
        let name = *function_name.bytes();
        let is_edit = name == b"edit";
        assert!(is_edit || name == b"set_title", error::invalid_argument(E_NOT_REPLAYED));
        let before = replay::resource_before<DocumentT>(replay, owner);
        if (before.is_empty()) {
            replay.expect_abort(absent);
            return
        };
        let (handle, head) = head::decode_document(before[0]);
        if (is_edit) edit<DocumentT>(replay, owner, handle, head) else set_title<DocumentT>(replay, owner, handle, head);
    }

    fun edit<DocumentT>(replay: &mut Replay, owner: address, handle: address, head: Head) {
        let revision = revision_of(head, replay.sender(), replay.args());
        let id = revision.wanted();
        while (id > 0) {
            let found = replay.item_before(handle, bcs::to_bytes(&id));
            revision.supply(id, if (found.is_empty()) vector[] else vector[piece::decode(found[0])]);
            id = revision.wanted();
        };
        if (revision.refusal() > 0) {
            replay.expect_abort(revision.refusal());
            return
        };
        let (ids, pieces) = revision.changed();
        for (i in 0..ids.length()) {
            replay.expect_item(handle, bcs::to_bytes(&ids[i]), vector[bcs::to_bytes(&pieces[i])]);
        };
        let forgotten = revision.forgotten();
        for (i in 0..forgotten.length()) replay.expect_item(handle, bcs::to_bytes(&forgotten[i]), vector[]);
        replay::expect_resource<DocumentT>(replay, owner, vector[head::document_bytes(handle, &revision.head())]);
    }

    fun set_title<DocumentT>(replay: &mut Replay, owner: address, handle: address, head: Head) {
        let args = replay.args();
        assert!(args.length() == 1, error::invalid_argument(E_NOT_REPLAYED));
        let reader = codec::new(args[0]);
        let title = reader.read_string();
        assert!(reader.is_at_end(), error::invalid_argument(E_NOT_REPLAYED));
        let refusal = head::refusal_of_title(&title);
        if (refusal > 0) {
            replay.expect_abort(refusal);
            return
        };
        head.set_title(title);
        replay::expect_resource<DocumentT>(replay, owner, vector[head::document_bytes(handle, &head)]);
    }

    /// The revision that a call of `edit` with these arguments begins.
    public(friend) fun revision_of(head: Head, author: address, args: vector<vector<u8>>): Revision {
        assert!(args.length() == 5, error::invalid_argument(E_NOT_REPLAYED));
        let bytes = vector[];
        for (i in 0..5) bytes.append(args[i]);
        let reader = codec::new(bytes);
        let (piece, version) = (reader.read_u64(), reader.read_u64());
        let (at, removed) = (reader.read_u64(), reader.read_u64());
        let text = reader.read_string();
        assert!(reader.is_at_end(), error::invalid_argument(E_NOT_REPLAYED));
        revision::begin(head, author, piece, version, at, removed, text)
    }
}
