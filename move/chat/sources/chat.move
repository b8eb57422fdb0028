/// Chat groups. In a channel, members write to the group that lives there. On the chain, a server keeps groups, lends one to a channel for a
/// session, applies the session's settlements to it and takes it back.
///
/// One module, since a channel's code is the module that declares its state, and only that module may open the state up.
module chat::chat {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::{Self, String};
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::event;
    use aptos_framework::timestamp;
    use aptos_std::table::{Self, Table};
    use chat::address_text;
    use rooch::codec::{Self, Reader};
    use rooch::replay::{Self, Replay};
    use rooch::state_channel::{Self, SettleCap, SettlementAction};

    /// There is no chat group here: these functions run in a channel.
    const E_NOT_IN_CHANNEL: u64 = 1;
    /// A message is 1 to 1000 bytes long.
    const E_TEXT_LENGTH: u64 = 2;
    /// A nickname is 1 to 32 bytes long.
    const E_NICKNAME_LENGTH: u64 = 3;
    /// A title is 1 to 64 bytes long.
    const E_TITLE_LENGTH: u64 = 4;
    /// There is no such message (any more).
    const E_NO_MESSAGE: u64 = 5;
    /// Only its author may change a message.
    const E_NOT_AUTHOR: u64 = 6;
    /// There is no server at this address.
    const E_NO_SERVER: u64 = 7;
    /// There is a server at this address already.
    const E_SERVER_EXISTS: u64 = 8;
    /// The server has no such group.
    const E_NO_GROUP: u64 = 9;
    /// The group is lent to a channel.
    const E_GROUP_LENT: u64 = 10;
    /// The channel is not a session of this server.
    const E_NO_SESSION: u64 = 11;
    /// A settlement may only modify a group.
    const E_NOT_A_MODIFICATION: u64 = 12;
    /// The settlement starts from another value than the group has on the chain.
    const E_OLD_VALUE_DIFFERS: u64 = 13;
    /// Something follows the group where nothing should.
    const E_GROUP_NOT_CANONICAL: u64 = 14;
    /// The group in the settlement breaks a limit, or its messages are not in the order of their ids.
    const E_GROUP_BREAKS_LIMIT: u64 = 15;
    /// The transaction does not call a function that members call in the channel, or not with its arguments: only the members can tell what it does.
    const E_NOT_REPLAYED: u64 = 16;

    const TEXT_BYTES_MAX: u64 = 1_000;
    const NICKNAME_BYTES_MAX: u64 = 32;
    const TITLE_BYTES_MAX: u64 = 64;
    /// More than a channel has members; whoever set its nickname longest ago loses it.
    const PROFILES_MAX: u64 = 64;
    /// A settlement carries the whole group and must fit a transaction of 64 KiB, beside profiles, change set and signature.
    const MESSAGES_BYTES_MAX: u64 = 32_768;
    /// What is kept when the messages exceed that. Dropping a quarter at once makes it rare.
    const MESSAGES_BYTES_KEPT: u64 = 24_576;
    /// Of a message in BCS without its text: id, author, the text's length, time, mark.
    const MESSAGE_OVERHEAD_BYTES: u64 = 51;
    /// How long a settlement that some did not vote for can be contested: time for a node that was away to bring what it has, and no more, since a member
    /// that lapsed makes everyone wait for it.
    const CONTEST_WINDOW_MS: u64 = 10_000;
    /// Then a member that asked to leave goes by itself.
    const EXIT_WINDOW_MS: u64 = 120_000;
    /// How many sessions the lobby lists: the newest. Others are reached by their link.
    const LOBBY_SESSIONS_MAX: u64 = 64;

    const LABEL_SERVER: vector<u8> = b"server_address";
    const LABEL_RELAY: vector<u8> = b"relay";
    /// Which function applies a settlement: a node that has never heard of chat can settle it.
    const LABEL_SETTLE_FUNCTION: vector<u8> = b"settle_function";

    struct Profile has copy, drop, store {
        member: address,
        nickname: String
    }

    struct Message has copy, drop, store {
        id: u64,
        author: address,
        text: String,
        sent_at_ms: u64,
        edited: bool
    }

    /// The state of a channel, and what a server keeps. In the channel it is a resource under @chat.
    struct ChatGroup has key, store {
        title: String,
        /// In the order in which they were set.
        profiles: vector<Profile>,
        /// Ascending by id.
        messages: vector<Message>,
        next_id: u64,
        /// Messages that had to go because newer ones needed the room.
        dropped: u64,
        /// Of all messages in BCS.
        messages_bytes: u64
    }

    /// A member of a chat brings nothing in.
    struct NoAssets has store {}

    struct Server has key {
        /// The groups that are not lent.
        groups: Table<u64, ChatGroup>,
        next_group_id: u64,
        /// The channel that a group is lent to, by group id.
        lent_to: Table<u64, u64>,
        /// By channel id.
        sessions: Table<u64, Session>,
        /// Channel ids of the newest sessions, newest last.
        lobby: vector<u64>
    }

    struct Session has store {
        group_id: u64,
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
        group_id: u64,
        title: String,
        member_count: u64,
        stake: u64,
        relay: String,
        opened_by: address,
        opened_ms: u64
    }

    // ---- Events in the channel

    #[event]
    struct MessagePosted has drop, store {
        id: u64,
        author: address,
        text: String,
        sent_at_ms: u64
    }

    #[event]
    struct MessageEdited has drop, store {
        id: u64,
        text: String
    }

    #[event]
    struct MessageDeleted has drop, store {
        id: u64
    }

    #[event]
    /// The oldest messages made room: those with smaller ids than `first_kept_id`.
    struct MessagesDropped has drop, store {
        count: u64,
        first_kept_id: u64
    }

    #[event]
    struct NicknameSet has drop, store {
        member: address,
        nickname: String
    }

    #[event]
    struct TopicSet has drop, store {
        title: String,
        set_by: address
    }

    // ---- Events on the chain

    #[event]
    struct ServerOpened has drop, store {
        server: address
    }

    #[event]
    struct GroupCreated has drop, store {
        server: address,
        group_id: u64,
        title: String,
        created_by: address
    }

    #[event]
    struct SessionOpened has drop, store {
        server: address,
        group_id: u64,
        channel_id: u64,
        title: String,
        stake: u64,
        opened_by: address
    }

    #[event]
    struct SessionSettled has drop, store {
        server: address,
        group_id: u64,
        channel_id: u64,
        proposal_id: u64
    }

    #[event]
    struct SessionClosed has drop, store {
        server: address,
        group_id: u64,
        channel_id: u64
    }

    fun init_module(publisher: &signer) {
        move_server_to(publisher);
    }

    // ---- In the channel: the sender is a member

    /// Writes a message.
    public entry fun post_message(sender: &signer, text: String) acquires ChatGroup {
        let group = borrow_group_in_channel();
        allow(refusal_of_text(&text));
        let message = group.add_message(signer::address_of(sender), text, now_ms());
        event::emit(
            MessagePosted {
                id: message.id,
                author: message.author,
                text: message.text,
                sent_at_ms: message.sent_at_ms
            }
        );
        group.make_room_and_tell();
    }

    /// Changes the text of one's own message.
    public entry fun edit_message(sender: &signer, id: u64, text: String) acquires ChatGroup {
        let group = borrow_group_in_channel();
        allow(refusal_of_text(&text));
        allow(group.refusal_of_author(id, signer::address_of(sender)));
        group.change_text(id, text);
        event::emit(MessageEdited { id, text });
        group.make_room_and_tell();
    }

    /// Removes one's own message.
    public entry fun delete_message(sender: &signer, id: u64) acquires ChatGroup {
        let group = borrow_group_in_channel();
        allow(group.refusal_of_author(id, signer::address_of(sender)));
        group.remove_message(id);
        event::emit(MessageDeleted { id });
    }

    /// Sets the sender's nickname.
    public entry fun set_nickname(sender: &signer, nickname: String) acquires ChatGroup {
        let group = borrow_group_in_channel();
        allow(refusal_of_nickname(&nickname));
        let member = signer::address_of(sender);
        group.put_profile(member, nickname);
        event::emit(NicknameSet { member, nickname });
    }

    /// Sets the group's title.
    public entry fun set_topic(sender: &signer, title: String) acquires ChatGroup {
        let group = borrow_group_in_channel();
        allow(refusal_of_title(&title));
        group.title = title;
        event::emit(TopicSet { title, set_by: signer::address_of(sender) });
    }

    // ---- On the chain: servers and groups

    /// Opens a server under the sender's address. The community's is there from the start, under @chat.
    public entry fun open_server(account: &signer) {
        assert!(!exists<Server>(signer::address_of(account)), error::already_exists(E_SERVER_EXISTS));
        move_server_to(account);
    }

    /// Adds an empty group to a server. Anyone may; groups have ids 1, 2, ...
    public entry fun create_group(account: &signer, server_address: address, title: String) acquires Server {
        add_group(account, server_address, title);
    }

    // ---- On the chain: sessions

    /// Lends a group to a new channel. `stake` is in octas; `relay` is where its members meet, a multiaddress, or empty.
    public entry fun chat_session_create(
        account: &signer,
        server_address: address,
        chat_group_id: u64,
        stake: u64,
        settle_interval_ms: u64,
        relay: String
    ) acquires Server {
        open_session(account, server_address, chat_group_id, stake, settle_interval_ms, relay);
    }

    /// Creates a group, lends it to a new channel and joins it, for one signature of the wallet.
    public entry fun chat_session_create_and_join(
        account: &signer,
        server_address: address,
        title: String,
        stake: u64,
        settle_interval_ms: u64,
        relay: String,
        node_key: vector<u8>,
        session_gas: u64
    ) acquires Server {
        let group_id = add_group(account, server_address, title);
        let channel_id = open_session(account, server_address, group_id, stake, settle_interval_ms, relay);
        state_channel::join<NoAssets, AptosCoin>(account, channel_id, NoAssets {}, node_key, session_gas);
    }

    /// Joins a session: stakes, binds the node's key, gives its account gas.
    public entry fun chat_session_join(
        account: &signer,
        server_address: address,
        state_channel_id: u64,
        node_key: vector<u8>,
        session_gas: u64
    ) acquires Server {
        assert_session(server_address, state_channel_id);
        state_channel::join<NoAssets, AptosCoin>(account, state_channel_id, NoAssets {}, node_key, session_gas);
    }

    /// The same with the stake from what the sender has deposited in the shared staking contract.
    public entry fun chat_session_join_with_shared_stake(
        account: &signer,
        server_address: address,
        state_channel_id: u64,
        node_key: vector<u8>,
        session_gas: u64
    ) acquires Server {
        assert_session(server_address, state_channel_id);
        state_channel::join_with_shared_stake<NoAssets>(account, state_channel_id, NoAssets {}, node_key, session_gas);
    }

    /// Takes the stake back, after the settlement that lists the sender as leaving or once the channel is closed.
    public entry fun chat_session_leave(account: &signer, state_channel_id: u64) {
        let NoAssets {} = state_channel::leave<NoAssets>(account, state_channel_id);
    }

    /// Gives the group back to its server, once the channel is closed or empty. Anyone may.
    public entry fun chat_session_close(account: &signer, state_channel_id: u64) acquires Server {
        let server_address = server_of_session(state_channel_id);
        let server = borrow_global_mut<Server>(server_address);
        let Session { group_id, cap, title: _, stake: _, relay: _, opened_by: _, opened_ms: _ } =
            server.sessions.remove(state_channel_id);
        let group = state_channel::close<ChatGroup>(account, state_channel_id, cap);
        server.groups.add(group_id, group);
        server.lent_to.remove(group_id);
        let (listed, index) = server.lobby.index_of(&state_channel_id);
        if (listed) { server.lobby.remove(index); };
        event::emit(SessionClosed { server: server_address, group_id, channel_id: state_channel_id });
    }

    /// Executes a settlement that has passed: the group on the chain becomes what it was in the channel at the settled height. Anyone may; the
    /// votes decide.
    public entry fun chat_group_settlement(
        account: &signer, state_channel_id: u64, proposal_id: u64
    ) acquires Server {
        let server_address = server_of_session(state_channel_id);
        let session = borrow_global_mut<Server>(server_address).sessions.borrow_mut(state_channel_id);
        let action = state_channel::execute_proposal(&session.cap, state_channel_id, proposal_id);
        session.apply(account, server_address, state_channel_id, proposal_id, &action);
    }

    /// Executes a settlement that two thirds of all members have signed, without a proposal and votes. Anyone may; the signatures decide.
    public entry fun chat_group_settlement_signed(
        account: &signer,
        state_channel_id: u64,
        data: vector<u8>,
        signers: vector<address>,
        signatures: vector<vector<u8>>
    ) acquires Server {
        let server_address = server_of_session(state_channel_id);
        let session = borrow_global_mut<Server>(server_address).sessions.borrow_mut(state_channel_id);
        let action =
            state_channel::execute_signed_proposal(
                &session.cap,
                account,
                state_channel_id,
                data,
                signers,
                signatures
            );
        session.apply(account, server_address, state_channel_id, 0, &action);
    }

    /// Runs a transaction of the channel again, from the state that it started from, and punishes the leader if it claimed another result, or the sender
    /// if it did not. `evidence` is described in docs/contract.md; empty: it is in the sender's parcel.
    public entry fun chat_prove_wrong(
        account: &signer, state_channel_id: u64, evidence: vector<u8>
    ) acquires Server {
        let server_address = server_of_session(state_channel_id);
        let session = borrow_global<Server>(server_address).sessions.borrow(state_channel_id);
        let replay = state_channel::open_replay(&session.cap, account, state_channel_id, evidence);
        run_again(&mut replay);
        state_channel::conclude_replay(&session.cap, state_channel_id, replay);
    }

    // ---- Views

    #[view]
    /// The newest sessions of a server, newest first.
    public fun sessions(server_address: address): vector<SessionInfo> acquires Server {
        assert_server(server_address);
        let server = borrow_global<Server>(server_address);
        let infos = vector[];
        let count = server.lobby.length();
        for (i in 0..count) infos.push_back(session_info(server, server.lobby[count - 1 - i]));
        infos
    }

    #[view]
    public fun session(server_address: address, state_channel_id: u64): SessionInfo acquires Server {
        assert_session(server_address, state_channel_id);
        session_info(borrow_global<Server>(server_address), state_channel_id)
    }

    #[view]
    /// A group as last settled, whether it is lent or not.
    public fun group(server_address: address, chat_group_id: u64): ChatGroup acquires Server {
        assert_server(server_address);
        let server = borrow_global<Server>(server_address);
        let bytes =
            if (server.lent_to.contains(chat_group_id)) {
                state_channel::state_bytes<ChatGroup>(*server.lent_to.borrow(chat_group_id))
            } else {
                assert!(server.groups.contains(chat_group_id), error::not_found(E_NO_GROUP));
                bcs::to_bytes(server.groups.borrow(chat_group_id))
            };
        decode_group(bytes)
    }

    #[view]
    /// The channel that a group is lent to.
    public fun group_session(server_address: address, chat_group_id: u64): Option<u64> acquires Server {
        assert_server(server_address);
        let server = borrow_global<Server>(server_address);
        if (server.lent_to.contains(chat_group_id)) option::some(*server.lent_to.borrow(chat_group_id))
        else {
            assert!(server.groups.contains(chat_group_id), error::not_found(E_NO_GROUP));
            option::none()
        }
    }

    #[view]
    /// How many groups a server has; their ids are 1 to this.
    public fun group_count(server_address: address): u64 acquires Server {
        assert_server(server_address);
        borrow_global<Server>(server_address).next_group_id - 1
    }

    // ---- Helpers: groups

    inline fun borrow_group_in_channel(): &mut ChatGroup acquires ChatGroup {
        assert!(exists<ChatGroup>(@chat), error::invalid_state(E_NOT_IN_CHANNEL));
        borrow_global_mut<ChatGroup>(@chat)
    }

    fun new_group(title: String): ChatGroup {
        ChatGroup { title, profiles: vector[], messages: vector[], next_id: 1, dropped: 0, messages_bytes: 0 }
    }

    fun discard(self: ChatGroup) {
        let ChatGroup {
            title: _,
            profiles: _,
            messages: _,
            next_id: _,
            dropped: _,
            messages_bytes: _
        } = self;
    }

    // ---- Helpers: what is refused, as the code to abort with; 0 if nothing is. The channel aborts with it, a replay says it.

    fun allow(refusal: u64) {
        assert!(refusal == 0, refusal);
    }

    fun refusal_of_text(text: &String): u64 {
        if (is_length_within(text, TEXT_BYTES_MAX)) 0 else error::invalid_argument(E_TEXT_LENGTH)
    }

    fun refusal_of_nickname(nickname: &String): u64 {
        if (is_length_within(nickname, NICKNAME_BYTES_MAX)) 0 else error::invalid_argument(E_NICKNAME_LENGTH)
    }

    fun refusal_of_title(title: &String): u64 {
        if (is_length_within(title, TITLE_BYTES_MAX)) 0 else error::invalid_argument(E_TITLE_LENGTH)
    }

    fun refusal_of_author(self: &ChatGroup, id: u64, author: address): u64 {
        let (found, index) = self.find_message(id);
        if (!found) error::not_found(E_NO_MESSAGE)
        else if (self.messages[index].author != author) error::permission_denied(E_NOT_AUTHOR)
        else 0
    }

    fun is_length_within(text: &String, bytes_max: u64): bool {
        !text.is_empty() && text.length() <= bytes_max
    }

    // ---- Helpers: what members do, once it is not refused. The channel and a replay share it.

    fun add_message(self: &mut ChatGroup, author: address, text: String, sent_at_ms: u64): Message {
        let message = Message { id: self.next_id, author, text, sent_at_ms, edited: false };
        self.next_id += 1;
        self.messages_bytes += message_bytes(&message);
        self.messages.push_back(message);
        message
    }

    fun change_text(self: &mut ChatGroup, id: u64, text: String) {
        let (_, index) = self.find_message(id);
        let message = &mut self.messages[index];
        let bytes_before = message_bytes(message);
        message.text = text;
        message.edited = true;
        let bytes_after = message_bytes(message);
        self.messages_bytes = self.messages_bytes - bytes_before + bytes_after;
    }

    fun remove_message(self: &mut ChatGroup, id: u64) {
        let (_, index) = self.find_message(id);
        let message = self.messages.remove(index);
        self.messages_bytes -= message_bytes(&message);
    }

    fun put_profile(self: &mut ChatGroup, member: address, nickname: String) {
        let (found, index) = self.find_profile(member);
        if (found) { self.profiles.remove(index); }
        else if (self.profiles.length() == PROFILES_MAX) { self.profiles.remove(0); };
        self.profiles.push_back(Profile { member, nickname });
    }

    /// Drops the oldest messages once all together are too many bytes. Returns how many.
    fun make_room(self: &mut ChatGroup): u64 {
        if (self.messages_bytes <= MESSAGES_BYTES_MAX) return 0;
        let count = 0;
        while (self.messages_bytes > MESSAGES_BYTES_KEPT) {
            self.messages_bytes -= message_bytes(&self.messages[count]);
            count += 1;
        };
        let kept = self.messages.trim(count);
        self.messages = kept;
        self.dropped += count;
        count
    }

    fun make_room_and_tell(self: &mut ChatGroup) {
        let count = self.make_room();
        if (count > 0) event::emit(MessagesDropped { count, first_kept_id: self.messages[0].id });
    }

    fun find_message(self: &ChatGroup, id: u64): (bool, u64) {
        let index = self.messages.length();
        while (index > 0) {
            index -= 1;
            if (self.messages[index].id == id) return (true, index)
        };
        (false, 0)
    }

    fun find_profile(self: &ChatGroup, member: address): (bool, u64) {
        for (i in 0..self.profiles.length()) {
            if (self.profiles[i].member == member) return (true, i)
        };
        (false, 0)
    }

    fun message_bytes(message: &Message): u64 {
        MESSAGE_OVERHEAD_BYTES + message.text.length()
    }

    // ---- Helpers: running a transaction again

    /// Says what the transaction leaves.
    fun run_again(replay: &mut Replay) {
        assert!(!replay.is_tick(), error::invalid_argument(E_NOT_REPLAYED));
        let before = replay::resource_before<ChatGroup>(replay, @chat);
        if (before.is_empty()) {
            replay.expect_abort(error::invalid_state(E_NOT_IN_CHANNEL));
            return
        };
        let group = read_group(before[0]);
        let (_, _, function_name) = replay.called();
        let refusal =
            group.perform(
                function_name.bytes(),
                &replay.args(),
                replay.sender(),
                replay.timestamp_ms()
            );
        if (refusal == 0) replay::expect_resource<ChatGroup>(replay, @chat, vector[bcs::to_bytes(&group)])
        else replay.expect_abort(refusal);
        group.discard();
    }

    /// Does to the group what the transaction does in the channel, or returns the code that it aborts with.
    fun perform(
        self: &mut ChatGroup,
        function_name: &vector<u8>,
        args: &vector<vector<u8>>,
        sender: address,
        sent_at_ms: u64
    ): u64 {
        let name = *function_name;
        if (name == b"post_message") {
            assert_args(args, 1);
            let text = read_text(args[0]);
            let refusal = refusal_of_text(&text);
            if (refusal > 0) return refusal;
            self.add_message(sender, text, sent_at_ms);
            self.make_room();
        } else if (name == b"edit_message") {
            assert_args(args, 2);
            let id = read_id(args[0]);
            let text = read_text(args[1]);
            let refusal = refusal_of_text(&text);
            if (refusal == 0) refusal = self.refusal_of_author(id, sender);
            if (refusal > 0) return refusal;
            self.change_text(id, text);
            self.make_room();
        } else if (name == b"delete_message") {
            assert_args(args, 1);
            let id = read_id(args[0]);
            let refusal = self.refusal_of_author(id, sender);
            if (refusal > 0) return refusal;
            self.remove_message(id);
        } else if (name == b"set_nickname") {
            assert_args(args, 1);
            let nickname = read_text(args[0]);
            let refusal = refusal_of_nickname(&nickname);
            if (refusal > 0) return refusal;
            self.put_profile(sender, nickname);
        } else {
            assert!(name == b"set_topic", error::invalid_argument(E_NOT_REPLAYED));
            assert_args(args, 1);
            let title = read_text(args[0]);
            let refusal = refusal_of_title(&title);
            if (refusal > 0) return refusal;
            self.title = title;
        };
        0
    }

    fun assert_args(args: &vector<vector<u8>>, count: u64) {
        assert!(args.length() == count, error::invalid_argument(E_NOT_REPLAYED));
    }

    fun read_text(arg: vector<u8>): String {
        let reader = codec::new(arg);
        let text = reader.read_string();
        assert!(reader.is_at_end(), error::invalid_argument(E_NOT_REPLAYED));
        text
    }

    fun read_id(arg: vector<u8>): u64 {
        let reader = codec::new(arg);
        let id = reader.read_u64();
        assert!(reader.is_at_end(), error::invalid_argument(E_NOT_REPLAYED));
        id
    }

    // ---- Helpers: settling and reading a group

    fun apply(
        self: &mut Session,
        account: &signer,
        server_address: address,
        channel_id: u64,
        proposal_id: u64,
        action: &SettlementAction
    ) {
        let changes = state_channel::get_account_change_sets(action, @chat);
        let op = state_channel::get_change_set_op<ChatGroup>(&changes);
        if (!op.is_none()) {
            assert!(op.is_modify(), error::invalid_argument(E_NOT_A_MODIFICATION));
            let borrowed = state_channel::borrow_mut<ChatGroup>(account, &self.cap, channel_id);
            let group = borrowed.state_mut();
            assert!(
                hash::sha3_256(bcs::to_bytes(group)) == op.old_hash(),
                error::invalid_argument(E_OLD_VALUE_DIFFERS)
            );
            group.replace(decode_group(op.modified_value()));
            self.title = group.title;
            borrowed.give_back();
        };
        event::emit(
            SessionSettled { server: server_address, group_id: self.group_id, channel_id, proposal_id }
        );
    }

    fun replace(self: &mut ChatGroup, group: ChatGroup) {
        let ChatGroup { title, profiles, messages, next_id, dropped, messages_bytes } = group;
        self.title = title;
        self.profiles = profiles;
        self.messages = messages;
        self.next_id = next_id;
        self.dropped = dropped;
        self.messages_bytes = messages_bytes;
    }

    /// The group in BCS, as lawful as the functions above would have left it.
    fun decode_group(bytes: vector<u8>): ChatGroup {
        let group = read_group(bytes);
        assert!(is_lawful(&group), error::invalid_argument(E_GROUP_BREAKS_LIMIT));
        group
    }

    fun read_group(bytes: vector<u8>): ChatGroup {
        let reader = codec::new(bytes);
        let group = ChatGroup {
            title: reader.read_string(),
            profiles: read_profiles(&mut reader),
            messages: read_messages(&mut reader),
            next_id: reader.read_u64(),
            dropped: reader.read_u64(),
            messages_bytes: reader.read_u64()
        };
        assert!(reader.is_at_end(), error::invalid_argument(E_GROUP_NOT_CANONICAL));
        group
    }

    fun read_profiles(reader: &mut Reader): vector<Profile> {
        let profiles = vector[];
        for (i in 0..reader.read_length()) {
            profiles.push_back(Profile { member: reader.read_address(), nickname: reader.read_string() });
        };
        profiles
    }

    fun read_messages(reader: &mut Reader): vector<Message> {
        let messages = vector[];
        for (i in 0..reader.read_length()) {
            messages.push_back(
                Message {
                    id: reader.read_u64(),
                    author: reader.read_address(),
                    text: reader.read_string(),
                    sent_at_ms: reader.read_u64(),
                    edited: reader.read_bool()
                }
            );
        };
        messages
    }

    /// Whether a group is one that the functions above can have made: the votes say that it is, and what would break later is not let in.
    fun is_lawful(group: &ChatGroup): bool {
        if (!is_length_within(&group.title, TITLE_BYTES_MAX)) return false;
        if (group.profiles.length() > PROFILES_MAX) return false;
        for (i in 0..group.profiles.length()) {
            if (!is_length_within(&group.profiles[i].nickname, NICKNAME_BYTES_MAX)) return false
        };
        let bytes = 0;
        let id_before = 0;
        for (i in 0..group.messages.length()) {
            let message = &group.messages[i];
            if (message.id <= id_before || !is_length_within(&message.text, TEXT_BYTES_MAX)) return false;
            id_before = message.id;
            bytes += message_bytes(message);
        };
        group.next_id > id_before && group.messages_bytes == bytes && bytes <= MESSAGES_BYTES_MAX
    }

    // ---- Helpers: servers and sessions

    fun move_server_to(account: &signer) {
        move_to(
            account,
            Server {
                groups: table::new(),
                next_group_id: 1,
                lent_to: table::new(),
                sessions: table::new(),
                lobby: vector[]
            }
        );
        event::emit(ServerOpened { server: signer::address_of(account) });
    }

    fun add_group(account: &signer, server_address: address, title: String): u64 acquires Server {
        assert_server(server_address);
        allow(refusal_of_title(&title));
        let server = borrow_global_mut<Server>(server_address);
        let group_id = server.next_group_id;
        server.next_group_id = group_id + 1;
        server.groups.add(group_id, new_group(title));
        event::emit(
            GroupCreated {
                server: server_address,
                group_id,
                title,
                created_by: signer::address_of(account)
            }
        );
        group_id
    }

    fun open_session(
        account: &signer,
        server_address: address,
        group_id: u64,
        stake: u64,
        settle_interval_ms: u64,
        relay: String
    ): u64 acquires Server {
        assert_server(server_address);
        let server = borrow_global_mut<Server>(server_address);
        assert!(!server.lent_to.contains(group_id), error::invalid_state(E_GROUP_LENT));
        assert!(server.groups.contains(group_id), error::not_found(E_NO_GROUP));
        let group = server.groups.remove(group_id);
        let title = group.title;
        let config =
            state_channel::create_config(stake)
                .with_settle_interval(settle_interval_ms)
                .with_windows(CONTEST_WINDOW_MS, EXIT_WINDOW_MS)
                .with_label(string::utf8(LABEL_SERVER), address_text::to_text(server_address))
                .with_label(string::utf8(LABEL_RELAY), relay)
                .with_label(string::utf8(LABEL_SETTLE_FUNCTION), settle_function());
        let (cap, channel_id) = state_channel::create<ChatGroup, NoAssets, AptosCoin>(account, group, config);

        let opened_by = signer::address_of(account);
        server.lent_to.add(group_id, channel_id);
        server.sessions.add(
            channel_id,
            Session { group_id, cap, title, stake, relay, opened_by, opened_ms: now_ms() }
        );
        if (server.lobby.length() == LOBBY_SESSIONS_MAX) { server.lobby.remove(0); };
        server.lobby.push_back(channel_id);
        event::emit(
            SessionOpened { server: server_address, group_id, channel_id, title, stake, opened_by }
        );
        channel_id
    }

    fun settle_function(): String {
        let name = address_text::to_text(@chat);
        name.append_utf8(b"::chat::chat_group_settlement");
        name
    }

    /// The server that lent its group to this channel. Only this module opens channels with a `ChatGroup`, so the label can be believed.
    fun server_of_session(channel_id: u64): address acquires Server {
        let server_address =
            address_text::from_text(
                &state_channel::get_label(channel_id, string::utf8(LABEL_SERVER))
            );
        let is_session =
            exists<Server>(server_address)
                && borrow_global<Server>(server_address).sessions.contains(channel_id);
        assert!(is_session, error::not_found(E_NO_SESSION));
        server_address
    }

    fun session_info(server: &Server, channel_id: u64): SessionInfo {
        let session = server.sessions.borrow(channel_id);
        SessionInfo {
            channel_id,
            group_id: session.group_id,
            title: session.title,
            member_count: state_channel::member_count(channel_id),
            stake: session.stake,
            relay: session.relay,
            opened_by: session.opened_by,
            opened_ms: session.opened_ms
        }
    }

    fun assert_server(server_address: address) {
        assert!(exists<Server>(server_address), error::not_found(E_NO_SERVER));
    }

    fun assert_session(server_address: address, channel_id: u64) acquires Server {
        assert_server(server_address);
        assert!(
            borrow_global<Server>(server_address).sessions.contains(channel_id),
            error::not_found(E_NO_SESSION)
        );
    }

    fun now_ms(): u64 {
        timestamp::now_microseconds() / 1000
    }

    // ---- For tests

    #[test_only]
    public fun init_for_test(publisher: &signer) {
        init_module(publisher);
    }

    #[test_only]
    /// What a node does when it loads a channel: the group becomes a resource.
    public fun place_group_for_test(publisher: &signer, title: String) {
        move_to(publisher, new_group(title));
    }

    #[test_only]
    public fun messages_for_test(): vector<Message> acquires ChatGroup {
        borrow_global<ChatGroup>(@chat).messages
    }

    #[test_only]
    public fun profiles_for_test(): vector<Profile> acquires ChatGroup {
        borrow_global<ChatGroup>(@chat).profiles
    }

    #[test_only]
    public fun topic_for_test(): String acquires ChatGroup {
        borrow_global<ChatGroup>(@chat).title
    }

    #[test_only]
    public fun dropped_for_test(): u64 acquires ChatGroup {
        borrow_global<ChatGroup>(@chat).dropped
    }

    #[test_only]
    public fun group_bytes_for_test(): vector<u8> acquires ChatGroup {
        bcs::to_bytes(borrow_global<ChatGroup>(@chat))
    }

    #[test_only]
    /// That the group in the channel could be settled.
    public fun assert_lawful_for_test() acquires ChatGroup {
        decode_group(bcs::to_bytes(borrow_global<ChatGroup>(@chat))).into_title_for_test();
    }

    #[test_only]
    public fun message_for_test(
        id: u64, author: address, text: String, sent_at_ms: u64, edited: bool
    ): Message {
        Message { id, author, text, sent_at_ms, edited }
    }

    #[test_only]
    public fun profile_for_test(member: address, nickname: String): Profile {
        Profile { member, nickname }
    }

    #[test_only]
    public fun into_title_for_test(self: ChatGroup): String {
        let title = self.title;
        self.discard();
        title
    }

    #[test_only]
    public fun into_bytes_for_test(self: ChatGroup): vector<u8> {
        let bytes = bcs::to_bytes(&self);
        self.into_title_for_test();
        bytes
    }

    #[test_only]
    /// What running a call again gives: the code that it aborts with, or 0, and the group after it in BCS.
    public fun run_again_for_test(
        before: vector<u8>,
        function_name: vector<u8>,
        args: vector<vector<u8>>,
        sender: address,
        sent_at_ms: u64
    ): (u64, vector<u8>) {
        let group = read_group(before);
        let refusal = group.perform(&function_name, &args, sender, sent_at_ms);
        (refusal, group.into_bytes_for_test())
    }

    #[test_only]
    public fun title_for_test(self: &SessionInfo): String {
        self.title
    }
}
