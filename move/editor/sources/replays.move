/// Runs what members call in a channel again on the chain, from evidence, and says what it leaves of the document.
module editor::replays {
    use std::bcs;
    use channel_app::rerun::{Self, Call};
    use editor::head::{Self, Head};
    use editor::piece;
    use editor::revision::{Self, Revision};
    use rooch::replay::{Self, Replay};

    friend editor::editor;

    /// Says what the transaction leaves of the document.
    public(friend) fun run_again<DocumentT>(replay: &mut Replay) {
        let before = rerun::state_before<DocumentT>(replay);
        if (before.is_none()) return;
        let (handle, head) = head::decode_document(before.destroy_some());
        let call = rerun::call(replay);
        if (call.is(b"edit")) edit<DocumentT>(replay, &mut call, handle, head)
        else if (call.is(b"set_title")) set_title<DocumentT>(replay, &mut call, handle, head)
        else { rerun::refuse(); }
    }

    fun edit<DocumentT>(replay: &mut Replay, call: &mut Call, handle: address, head: Head) {
        let revision = revision_of(call, head, replay.sender());
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
        leave<DocumentT>(replay, handle, &revision.head());
    }

    fun set_title<DocumentT>(replay: &mut Replay, call: &mut Call, handle: address, head: Head) {
        let title = call.read_string();
        call.end();
        let refusal = head::refusal_of_title(&title);
        if (refusal > 0) {
            replay.expect_abort(refusal);
            return
        };
        head.set_title(title);
        leave<DocumentT>(replay, handle, &head);
    }

    fun leave<DocumentT>(replay: &mut Replay, handle: address, head: &Head) {
        replay::expect_resource<DocumentT>(replay, @editor, vector[head::document_bytes(handle, head)]);
    }

    /// The revision that a call of `edit` begins.
    public(friend) fun revision_of(call: &mut Call, head: Head, author: address): Revision {
        let (piece, version) = (call.read_u64(), call.read_u64());
        let (at, removed) = (call.read_u64(), call.read_u64());
        let text = call.read_string();
        call.end();
        revision::begin(head, author, piece, version, at, removed, text)
    }
}
