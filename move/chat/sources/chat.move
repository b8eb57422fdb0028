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
    use aptos_std::bcs_stream::{Self, BCSStream};
    use aptos_std::table::{Self, Table};
    use chat::address_text;
    use rooch::state_channel::{Self, SettleCap};

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
    /// The group in the settlement is not the canonical encoding of one.
    const E_GROUP_NOT_CANONICAL: u64 = 14;
    /// The group in the settlement breaks a limit, or its messages are not in the order of their ids.
    const E_GROUP_BREAKS_LIMIT: u64 = 15;

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
        assert_text(&text);
        let message = Message {
            id: group.next_id,
            author: signer::address_of(sender),
            text,
            sent_at_ms: now_ms(),
            edited: false
        };
        group.next_id += 1;
        group.messages_bytes += message_bytes(&message);
        group.messages.push_back(message);
        event::emit(
            MessagePosted {
                id: message.id,
                author: message.author,
                text: message.text,
                sent_at_ms: message.sent_at_ms
            }
        );
        group.make_room();
    }

    /// Changes the text of one's own message.
    public entry fun edit_message(sender: &signer, id: u64, text: String) acquires ChatGroup {
        let group = borrow_group_in_channel();
        assert_text(&text);
        let index = group.find_own_message(id, signer::address_of(sender));
        let message = &mut group.messages[index];
        let bytes_before = message_bytes(message);
        message.text = text;
        message.edited = true;
        let bytes_after = message_bytes(message);
        group.messages_bytes = group.messages_bytes - bytes_before + bytes_after;
        event::emit(MessageEdited { id, text });
        group.make_room();
    }

    /// Removes one's own message.
    public entry fun delete_message(sender: &signer, id: u64) acquires ChatGroup {
        let group = borrow_group_in_channel();
        let index = group.find_own_message(id, signer::address_of(sender));
        let message = group.messages.remove(index);
        group.messages_bytes -= message_bytes(&message);
        event::emit(MessageDeleted { id });
    }

    /// Sets the sender's nickname.
    public entry fun set_nickname(sender: &signer, nickname: String) acquires ChatGroup {
        let group = borrow_group_in_channel();
        assert!(is_length_within(&nickname, NICKNAME_BYTES_MAX), error::invalid_argument(E_NICKNAME_LENGTH));
        let member = signer::address_of(sender);
        let (found, index) = group.find_profile(member);
        if (found) { group.profiles.remove(index); }
        else if (group.profiles.length() == PROFILES_MAX) { group.profiles.remove(0); };
        group.profiles.push_back(Profile { member, nickname });
        event::emit(NicknameSet { member, nickname });
    }

    /// Sets the group's title.
    public entry fun set_topic(sender: &signer, title: String) acquires ChatGroup {
        let group = borrow_group_in_channel();
        assert_title(&title);
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
        assert_server(server_address);
        assert!(
            borrow_global<Server>(server_address).sessions.contains(state_channel_id),
            error::not_found(E_NO_SESSION)
        );
        state_channel::join<NoAssets, AptosCoin>(account, state_channel_id, NoAssets {}, node_key, session_gas);
    }

    /// Takes the stake back, after the settlement that lists the sender as leaving or once the channel is closed.
    public entry fun chat_session_leave(account: &signer, state_channel_id: u64) {
        let NoAssets {} = state_channel::leave<NoAssets, AptosCoin>(account, state_channel_id);
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
        let changes = state_channel::get_account_change_sets(&action, @chat);
        let op = state_channel::get_change_set_op<ChatGroup>(&changes);
        if (!op.is_none()) {
            assert!(op.is_modify(), error::invalid_argument(E_NOT_A_MODIFICATION));
            let borrowed = state_channel::borrow_mut<ChatGroup>(account, &session.cap, state_channel_id);
            let group = borrowed.state_mut();
            assert!(
                hash::sha3_256(bcs::to_bytes(group)) == op.old_hash(),
                error::invalid_argument(E_OLD_VALUE_DIFFERS)
            );
            group.replace(decode_group(op.modified_value()));
            session.title = group.title;
            borrowed.give_back();
        };
        event::emit(
            SessionSettled {
                server: server_address,
                group_id: session.group_id,
                channel_id: state_channel_id,
                proposal_id
            }
        );
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
        assert_server(server_address);
        let server = borrow_global<Server>(server_address);
        assert!(server.sessions.contains(state_channel_id), error::not_found(E_NO_SESSION));
        session_info(server, state_channel_id)
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

    /// Drops the oldest messages once all together are too many bytes.
    fun make_room(self: &mut ChatGroup) {
        if (self.messages_bytes <= MESSAGES_BYTES_MAX) return;
        let count = 0;
        while (self.messages_bytes > MESSAGES_BYTES_KEPT) {
            self.messages_bytes -= message_bytes(&self.messages[count]);
            count += 1;
        };
        let kept = self.messages.trim(count);
        self.messages = kept;
        self.dropped += count;
        event::emit(MessagesDropped { count, first_kept_id: self.messages[0].id });
    }

    fun find_own_message(self: &ChatGroup, id: u64, author: address): u64 {
        let index = self.messages.length();
        while (index > 0) {
            index -= 1;
            let message = &self.messages[index];
            if (message.id == id) {
                assert!(message.author == author, error::permission_denied(E_NOT_AUTHOR));
                return index
            }
        };
        abort error::not_found(E_NO_MESSAGE)
    }

    fun find_profile(self: &ChatGroup, member: address): (bool, u64) {
        for (i in 0..self.profiles.length()) {
            if (self.profiles[i].member == member) return (true, i)
        };
        (false, 0)
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

    fun message_bytes(message: &Message): u64 {
        MESSAGE_OVERHEAD_BYTES + message.text.length()
    }

    fun assert_text(text: &String) {
        assert!(is_length_within(text, TEXT_BYTES_MAX), error::invalid_argument(E_TEXT_LENGTH));
    }

    fun assert_title(title: &String) {
        assert!(is_length_within(title, TITLE_BYTES_MAX), error::invalid_argument(E_TITLE_LENGTH));
    }

    fun is_length_within(text: &String, bytes_max: u64): bool {
        !text.is_empty() && text.length() <= bytes_max
    }

    // ---- Helpers: reading a group from BCS

    fun decode_group(bytes: vector<u8>): ChatGroup {
        let stream = bcs_stream::new(bytes);
        let group = ChatGroup {
            title: bcs_stream::deserialize_string(&mut stream),
            profiles: decode_profiles(&mut stream),
            messages: decode_messages(&mut stream),
            next_id: bcs_stream::deserialize_u64(&mut stream),
            dropped: bcs_stream::deserialize_u64(&mut stream),
            messages_bytes: bcs_stream::deserialize_u64(&mut stream)
        };
        assert!(bcs::to_bytes(&group) == bytes, error::invalid_argument(E_GROUP_NOT_CANONICAL));
        assert!(is_lawful(&group), error::invalid_argument(E_GROUP_BREAKS_LIMIT));
        group
    }

    fun decode_profiles(stream: &mut BCSStream): vector<Profile> {
        let profiles = vector[];
        for (i in 0..bcs_stream::deserialize_uleb128(stream)) {
            profiles.push_back(
                Profile {
                    member: bcs_stream::deserialize_address(stream),
                    nickname: bcs_stream::deserialize_string(stream)
                }
            );
        };
        profiles
    }

    fun decode_messages(stream: &mut BCSStream): vector<Message> {
        let messages = vector[];
        for (i in 0..bcs_stream::deserialize_uleb128(stream)) {
            messages.push_back(
                Message {
                    id: bcs_stream::deserialize_u64(stream),
                    author: bcs_stream::deserialize_address(stream),
                    text: bcs_stream::deserialize_string(stream),
                    sent_at_ms: bcs_stream::deserialize_u64(stream),
                    edited: bcs_stream::deserialize_bool(stream)
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
        assert_title(&title);
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
        let ChatGroup { title, profiles: _, messages: _, next_id: _, dropped: _, messages_bytes: _ } = self;
        title
    }

    #[test_only]
    public fun into_bytes_for_test(self: ChatGroup): vector<u8> {
        let bytes = bcs::to_bytes(&self);
        self.into_title_for_test();
        bytes
    }

    #[test_only]
    public fun title_for_test(self: &SessionInfo): String {
        self.title
    }
}
