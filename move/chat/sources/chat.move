/// Chat groups. In a channel, members write to the group that lives there. On the chain, a server keeps groups, lends one to a channel for a
/// session, applies the session's settlements to it and takes it back.
///
/// One module, since a channel's code is the module that declares its state, and only that module may open the state up.
module chat::chat {
    #[test_only]
    use std::bcs;
    use std::error;
    use std::option::Option;
    use std::signer;
    use std::string::String;
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::event;
    use channel_app::in_channel;
    use channel_app::labels;
    use channel_app::rerun::{Self, Call};
    use channel_app::settling::Settling;
    use channel_app::shelf::{Self, Shelf};
    use rooch::codec::{Self, Reader};
    use rooch::replay::Replay;
    use rooch::state_channel;

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
    /// Something follows the group where nothing should.
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
    /// A settlement reads every message, and so does a transaction that is run again: with 64 profiles and the signatures of 50 members that many
    /// still stay below what Aptos lets one transaction compute.
    const MESSAGES_MAX: u64 = 256;
    /// What is kept when there are more.
    const MESSAGES_KEPT: u64 = 192;
    /// Of a message in BCS without its text: id, author, the text's length, time, mark.
    const MESSAGE_OVERHEAD_BYTES: u64 = 51;
    /// How long a settlement that some did not vote for can be contested: time for a node that was away to bring what it has, and no more, since a member
    /// that lapsed makes everyone wait for it.
    const CONTEST_WINDOW_MS: u64 = 10_000;
    /// Then a member that asked to leave goes by itself.
    const EXIT_WINDOW_MS: u64 = 120_000;
    /// A member that is asked on the chain whether it is there has this long to answer: a node looks every two seconds, and its answer takes another two
    /// or three. Not longer, since the others wait for it.
    const HEARTBEAT_WINDOW_MS: u64 = 8_000;

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
        groups: Shelf<ChatGroup, NoAssets, SessionTitle, AptosCoin>
    }

    /// What a server keeps of a session beside what every shelf does.
    struct SessionTitle has copy, drop, store {
        title: String
    }

    /// What the views show of a group: like a `ChatGroup`, but nobody can open a channel with it.
    struct GroupInfo has copy, drop {
        title: String,
        profiles: vector<Profile>,
        messages: vector<Message>,
        next_id: u64,
        dropped: u64,
        messages_bytes: u64
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
        let group = in_channel::borrow_mut<ChatGroup>(@chat);
        in_channel::allow(refusal_of_text(&text));
        let message = group.add_message(signer::address_of(sender), text, in_channel::now_ms());
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
        let group = in_channel::borrow_mut<ChatGroup>(@chat);
        in_channel::allow(refusal_of_text(&text));
        in_channel::allow(group.refusal_of_author(id, signer::address_of(sender)));
        group.change_text(id, text);
        event::emit(MessageEdited { id, text });
        group.make_room_and_tell();
    }

    /// Removes one's own message.
    public entry fun delete_message(sender: &signer, id: u64) acquires ChatGroup {
        let group = in_channel::borrow_mut<ChatGroup>(@chat);
        in_channel::allow(group.refusal_of_author(id, signer::address_of(sender)));
        group.remove_message(id);
        event::emit(MessageDeleted { id });
    }

    /// Sets the sender's nickname.
    public entry fun set_nickname(sender: &signer, nickname: String) acquires ChatGroup {
        let group = in_channel::borrow_mut<ChatGroup>(@chat);
        in_channel::allow(refusal_of_nickname(&nickname));
        let member = signer::address_of(sender);
        group.put_profile(member, nickname);
        event::emit(NicknameSet { member, nickname });
    }

    /// Sets the group's title.
    public entry fun set_topic(sender: &signer, title: String) acquires ChatGroup {
        let group = in_channel::borrow_mut<ChatGroup>(@chat);
        in_channel::allow(refusal_of_title(&title));
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
        let groups = borrow_groups(server_address);
        groups.join(account, channel_id, NoAssets {}, node_key, session_gas);
    }

    /// Joins a session: stakes, binds the node's key, gives its account gas.
    public entry fun chat_session_join(
        account: &signer,
        server_address: address,
        state_channel_id: u64,
        node_key: vector<u8>,
        session_gas: u64
    ) acquires Server {
        let groups = borrow_groups(server_address);
        groups.join(account, state_channel_id, NoAssets {}, node_key, session_gas);
    }

    /// The same with the stake from what the sender has deposited in the shared staking contract.
    public entry fun chat_session_join_with_shared_stake(
        account: &signer,
        server_address: address,
        state_channel_id: u64,
        node_key: vector<u8>,
        session_gas: u64
    ) acquires Server {
        let groups = borrow_groups(server_address);
        groups.join_with_shared_stake(account, state_channel_id, NoAssets {}, node_key, session_gas);
    }

    /// Takes the stake back, after the settlement that lists the sender as leaving or once the channel is closed.
    public entry fun chat_session_leave(account: &signer, state_channel_id: u64) {
        let NoAssets {} = state_channel::leave<NoAssets>(account, state_channel_id);
    }

    /// Gives the group back to its server, once the channel is closed or empty. Anyone may.
    public entry fun chat_session_close(account: &signer, state_channel_id: u64) acquires Server {
        let server_address = labels::server_of(state_channel_id);
        let groups = borrow_groups(server_address);
        let group_id = groups.take_back(account, state_channel_id);
        event::emit(SessionClosed { server: server_address, group_id, channel_id: state_channel_id });
    }

    /// Executes a settlement that has passed: the group on the chain becomes what it was in the channel at the settled height. Anyone may; the
    /// votes decide.
    public entry fun chat_group_settlement(
        _account: &signer, state_channel_id: u64, proposal_id: u64
    ) acquires Server {
        let server_address = labels::server_of(state_channel_id);
        let groups = borrow_groups(server_address);
        let settling = groups.settle(state_channel_id, proposal_id);
        apply(groups, settling, server_address, state_channel_id, proposal_id);
    }

    /// Executes a settlement that two thirds of all members have signed, without a proposal and votes. Anyone may; the signatures decide.
    public entry fun chat_group_settlement_signed(
        account: &signer,
        state_channel_id: u64,
        data: vector<u8>,
        signers: vector<address>,
        signatures: vector<vector<u8>>
    ) acquires Server {
        let server_address = labels::server_of(state_channel_id);
        let groups = borrow_groups(server_address);
        let settling = groups.settle_signed(account, state_channel_id, data, signers, signatures);
        apply(groups, settling, server_address, state_channel_id, 0);
    }

    /// Runs a transaction of the channel again, from the state that it started from, and punishes the leader if it claimed another result, or the sender
    /// if it did not. `evidence` is described in docs/contract.md; empty: it is in the sender's parcel.
    public entry fun chat_prove_wrong(
        account: &signer, state_channel_id: u64, evidence: vector<u8>
    ) acquires Server {
        let groups = borrow_groups(labels::server_of(state_channel_id));
        let replay = groups.open_replay(account, state_channel_id, evidence);
        run_again(&mut replay);
        groups.conclude_replay(state_channel_id, replay);
    }

    // ---- Views

    #[view]
    /// The newest sessions of a server, newest first.
    public fun sessions(server_address: address): vector<SessionInfo> acquires Server {
        borrow_groups(server_address).sessions().map(|shown| session_info(shown))
    }

    #[view]
    public fun session(server_address: address, state_channel_id: u64): SessionInfo acquires Server {
        session_info(borrow_groups(server_address).session(state_channel_id))
    }

    #[view]
    /// A group as last settled, whether it is lent or not.
    public fun group(server_address: address, chat_group_id: u64): GroupInfo acquires Server {
        borrow_groups(server_address).look(
            chat_group_id,
            |group| GroupInfo {
                title: group.title,
                profiles: group.profiles,
                messages: group.messages,
                next_id: group.next_id,
                dropped: group.dropped,
                messages_bytes: group.messages_bytes
            }
        )
    }

    #[view]
    /// The channel that a group is lent to.
    public fun group_session(server_address: address, chat_group_id: u64): Option<u64> acquires Server {
        borrow_groups(server_address).lent_to(chat_group_id)
    }

    #[view]
    /// How many groups a server has; their ids are 1 to this.
    public fun group_count(server_address: address): u64 acquires Server {
        borrow_groups(server_address).count()
    }

    // ---- Helpers: groups

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

    /// Drops the oldest messages once there are too many of them, or of their bytes. Returns how many.
    fun make_room(self: &mut ChatGroup): u64 {
        let length = self.messages.length();
        if (self.messages_bytes <= MESSAGES_BYTES_MAX && length <= MESSAGES_MAX) return 0;
        let count = 0;
        while (self.messages_bytes > MESSAGES_BYTES_KEPT || length - count > MESSAGES_KEPT) {
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
        let before = rerun::state_before<ChatGroup>(replay);
        if (before.is_none()) return;
        let group = read_group(before.destroy_some());
        let call = rerun::call(replay);
        let refusal = group.perform(&mut call, replay.sender(), replay.timestamp_ms());
        call.conclude(replay, refusal, &group);
        group.discard();
    }

    /// Does to the group what the transaction does in the channel, or returns the code that it aborts with.
    fun perform(self: &mut ChatGroup, call: &mut Call, sender: address, sent_at_ms: u64): u64 {
        if (call.is(b"post_message")) {
            let text = call.read_string();
            let refusal = refusal_of_text(&text);
            if (refusal > 0) return refusal;
            self.add_message(sender, text, sent_at_ms);
            self.make_room();
        } else if (call.is(b"edit_message")) {
            let id = call.read_u64();
            let text = call.read_string();
            let refusal = refusal_of_text(&text);
            if (refusal == 0) refusal = self.refusal_of_author(id, sender);
            if (refusal > 0) return refusal;
            self.change_text(id, text);
            self.make_room();
        } else if (call.is(b"delete_message")) {
            let id = call.read_u64();
            let refusal = self.refusal_of_author(id, sender);
            if (refusal > 0) return refusal;
            self.remove_message(id);
        } else if (call.is(b"set_nickname")) {
            let nickname = call.read_string();
            let refusal = refusal_of_nickname(&nickname);
            if (refusal > 0) return refusal;
            self.put_profile(sender, nickname);
        } else if (call.is(b"set_topic")) {
            let title = call.read_string();
            let refusal = refusal_of_title(&title);
            if (refusal > 0) return refusal;
            self.title = title;
        } else return rerun::refuse();
        0
    }

    // ---- Helpers: settling and reading a group

    fun apply(
        groups: &mut Shelf<ChatGroup, NoAssets, SessionTitle, AptosCoin>,
        settling: Settling<ChatGroup>,
        server_address: address,
        channel_id: u64,
        proposal_id: u64
    ) {
        let after = settling.state_after();
        if (after.is_some()) {
            let group = settling.state_mut();
            group.replace(decode_group(after.destroy_some()));
            groups.details_mut(channel_id).title = group.title;
        };
        settling.finish();
        event::emit(
            SessionSettled {
                server: server_address,
                group_id: groups.state_of(channel_id),
                channel_id,
                proposal_id
            }
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
        if (group.profiles.length() > PROFILES_MAX || group.messages.length() > MESSAGES_MAX) return false;
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
        move_to(account, Server { groups: shelf::new() });
        event::emit(ServerOpened { server: signer::address_of(account) });
    }

    fun add_group(account: &signer, server_address: address, title: String): u64 acquires Server {
        let groups = borrow_groups(server_address);
        in_channel::allow(refusal_of_title(&title));
        let group_id = groups.add(new_group(title));
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
        let groups = borrow_groups(server_address);
        let title = groups.at_home(group_id).title;
        let config =
            state_channel::create_config(stake)
                .with_settle_interval(settle_interval_ms)
                .with_heartbeat_window(HEARTBEAT_WINDOW_MS)
                .with_quiet_heartbeats()
                .with_windows(CONTEST_WINDOW_MS, EXIT_WINDOW_MS);
        let settle_function = labels::function_name(@chat, b"chat::chat_group_settlement");
        let config = labels::describe(config, server_address, relay, settle_function);
        let settle_signed_function = labels::function_name(@chat, b"chat::chat_group_settlement_signed");
        let prove_function = labels::function_name(@chat, b"chat::chat_prove_wrong");
        let config = labels::with_proofs(config, settle_signed_function, prove_function);
        let channel_id = groups.lend(account, group_id, config, SessionTitle { title });
        let opened_by = signer::address_of(account);
        event::emit(
            SessionOpened { server: server_address, group_id, channel_id, title, stake, opened_by }
        );
        channel_id
    }

    fun session_info(shown: shelf::SessionInfo<SessionTitle>): SessionInfo {
        SessionInfo {
            channel_id: shown.channel_id(),
            group_id: shown.state_id(),
            title: shown.shown_details().title,
            member_count: shown.member_count(),
            stake: shown.stake(),
            relay: shown.relay(),
            opened_by: shown.opened_by(),
            opened_ms: shown.opened_ms()
        }
    }

    inline fun borrow_groups(
        server_address: address
    ): &mut Shelf<ChatGroup, NoAssets, SessionTitle, AptosCoin> acquires Server {
        assert!(exists<Server>(server_address), error::not_found(E_NO_SERVER));
        &mut borrow_global_mut<Server>(server_address).groups
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
        decode_group(bcs::to_bytes(borrow_global<ChatGroup>(@chat))).discard();
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
    /// The group on the chain in BCS, whether it is lent or not.
    public fun chain_bytes_for_test(server_address: address, group_id: u64): vector<u8> acquires Server {
        borrow_groups(server_address).state_bytes(group_id)
    }

    #[test_only]
    public fun title_of_for_test(self: &GroupInfo): String {
        self.title
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
        let call = rerun::call_for_test(false, std::string::utf8(function_name), args);
        let refusal = group.perform(&mut call, sender, sent_at_ms);
        call.end();
        let after = bcs::to_bytes(&group);
        group.discard();
        (refusal, after)
    }

    #[test_only]
    public fun title_for_test(self: &SessionInfo): String {
        self.title
    }
}
