/// The rules of one channel: who is a member, who leads, what passes. It moves no money and holds no application data; that, and the
/// entry points, are in `rooch::state_channel`. The rules are numbered in docs/contract.md.
///
/// Friends are written out in this package: the compiler forgets `package` visibility when it compiles a package as another one's dependency.
module rooch::channel {
    use std::error;
    use std::option::{Self, Option};
    use std::string::String;
    use aptos_std::table::{Self, Table};
    use rooch::channel_events;
    use rooch::config::Config;
    use rooch::proposal::{Self, Proposal, ProposalHead, ProposalInfo};
    use rooch::settlement::{Self, Settlement};

    friend rooch::state_channel;

    /// The sender is neither a member of the channel nor the session account of one.
    const E_NOT_A_MEMBER: u64 = 51;
    /// The account is a member already.
    const E_ALREADY_MEMBER: u64 = 52;
    /// The account must first take out what it has in the channel from before.
    const E_NOT_TAKEN_OUT: u64 = 53;
    /// The channel has as many members as it can have.
    const E_CHANNEL_FULL: u64 = 54;
    /// Another member has this node key.
    const E_NODE_KEY_TAKEN: u64 = 55;
    /// The channel is closing: nobody can join, and it cannot be closed again.
    const E_CHANNEL_CLOSING: u64 = 56;
    /// The channel is closed.
    const E_CHANNEL_CLOSED: u64 = 57;
    /// The member has not been settled out, and the channel is not closed.
    const E_NOT_SETTLED_OUT: u64 = 58;
    /// The member has asked to leave already.
    const E_ALREADY_LEAVING: u64 = 59;
    /// There is not one delay for each peer, or there are more than members.
    const E_DELAYS: u64 = 60;
    /// The applicant's last heartbeat is too old.
    const E_APPLICANT_NOT_VALID: u64 = 61;
    /// The applicant leads the channel already.
    const E_ALREADY_LEADER: u64 = 62;
    /// The leader's heartbeat is recent: it cannot be replaced.
    const E_LEADER_VALID: u64 = 63;
    /// There is no such type of proposal.
    const E_PROPOSAL_TYPE: u64 = 64;
    /// Punishment proposals are not available in this version of the contract.
    const E_PUNISHMENT_NOT_AVAILABLE: u64 = 65;
    /// The settlement does not start at the settled height.
    const E_FROM_HEIGHT: u64 = 66;
    /// The settlement lists somebody as leaving who is not a member.
    const E_LEAVING_NOT_MEMBER: u64 = 67;
    /// A closing settlement needs a channel that is closing.
    const E_NOT_CLOSING: u64 = 68;
    /// The proposer has a proposal that may still pass.
    const E_PROPOSAL_OPEN: u64 = 69;
    /// There is no such proposal (any more).
    const E_NO_PROPOSAL: u64 = 70;
    /// The proposal has been executed.
    const E_PROPOSAL_EXECUTED: u64 = 71;
    /// The channel was settled beyond the height at which the proposal starts.
    const E_PROPOSAL_STALE: u64 = 72;
    /// The proposal is too old.
    const E_PROPOSAL_EXPIRED: u64 = 73;
    /// Fewer than two thirds of the valid members are for the proposal.
    const E_PROPOSAL_NOT_PASSED: u64 = 74;
    /// The channel still has members and is not closed; or nobody ever joined, and only the creator may take it back.
    const E_NOT_CLOSABLE: u64 = 75;
    /// The state has been given back to the application.
    const E_STATE_RETURNED: u64 = 76;
    /// The type argument is not the channel's.
    const E_WRONG_TYPE: u64 = 77;

    /// Every member speaks to every other, and a settlement transaction looks at all of them.
    const MEMBERS_MAX: u64 = 16;
    /// How many of the members that were settled out last, and have not taken out what is theirs, `members` lists.
    const DEPARTED_LISTED_MAX: u64 = 16;
    /// Ten minutes: long enough for every member's vote, short enough that a forgotten proposal does not stand in its proposer's way.
    const PROPOSAL_AGE_MS_MAX: u64 = 600_000;

    const PROPOSAL_SETTLEMENT: u8 = 1;
    const PROPOSAL_PUNISHMENT: u8 = 2;

    /// A member's place in the channel.
    struct Seat has copy, drop, store {
        member: address,
        /// The account whose key is the node key. It may do everything for the member but take out assets and stake.
        session: address,
        node_key: vector<u8>,
        join_sequence: u64,
        stake: u64,
        leaving: bool
    }

    /// A member's last sign of life. It has a table slot of its own: members renew theirs without touching the others'.
    struct Heartbeat has copy, drop, store {
        at_ms: u64,
        /// Members, and the delay to each as the member measured it.
        peers: vector<address>,
        delays_ms: vector<u64>
    }

    /// Where a proposal is stored.
    struct ProposalPlace has copy, drop, store {
        id: u64,
        slot: u64
    }

    struct Channel has store {
        id: u64,
        creator: address,
        code_address: address,
        code_module: String,
        state_type: String,
        assets_type: String,
        coin_type: String,
        config: Config,
        leader: Option<address>,
        /// Counts the leaders.
        term: u64,
        /// The members, in the order of their join sequence.
        seats: vector<Seat>,
        next_join_sequence: u64,
        heartbeats: Table<address, Heartbeat>,
        /// Members that were settled out and have not taken out what is theirs.
        departed: Table<address, Seat>,
        /// Some of them, newest last, for the views.
        departed_listed: vector<address>,
        settled_height: u64,
        /// Empty before the first settlement, as is the hash.
        settled_root: vector<u8>,
        history_hash: vector<u8>,
        /// By slot. A dead proposal is not removed but written over by a later one: tens of kilobytes are then paid for once.
        proposals: Table<u64, Proposal>,
        /// Those that are not forgotten, oldest first.
        proposal_places: vector<ProposalPlace>,
        /// Slots of forgotten proposals.
        free_slots: vector<u64>,
        next_proposal_id: u64,
        closing: bool,
        closed: bool,
        state_returned: bool
    }

    /// What the views show of a channel.
    struct ChannelInfo has drop {
        channel_id: u64,
        creator: address,
        code_address: address,
        code_module: String,
        state_type: String,
        assets_type: String,
        coin_type: String,
        config: Config,
        leader: Option<address>,
        term: u64,
        member_count: u64,
        next_join_sequence: u64,
        settled_height: u64,
        settled_root: vector<u8>,
        history_hash: vector<u8>,
        closing: bool,
        closed: bool,
        state_returned: bool,
        /// The chain's clock when this was read, to judge heartbeats by.
        now_ms: u64
    }

    /// What the views show of a member.
    struct MemberInfo has drop {
        member: address,
        node_key: vector<u8>,
        session: address,
        join_sequence: u64,
        /// 0 once settled out.
        last_alive_ms: u64,
        /// Whether it counts in a quorum now.
        valid: bool,
        /// Whether it has asked to leave.
        leaving: bool,
        /// Whether it is a member no more and may take out what is its.
        settled_out: bool,
        stake: u64,
        peers: vector<address>,
        delays_ms: vector<u64>
    }

    // ---- Opening

    public(friend) fun new(
        id: u64,
        creator: address,
        code_address: address,
        code_module: String,
        state_type: String,
        assets_type: String,
        coin_type: String,
        config: Config
    ): Channel {
        channel_events::emit_channel_created(
            id,
            creator,
            code_address,
            code_module,
            state_type,
            assets_type,
            coin_type,
            config.stake()
        );
        Channel {
            id,
            creator,
            code_address,
            code_module,
            state_type,
            assets_type,
            coin_type,
            config,
            leader: option::none(),
            term: 0,
            seats: vector[],
            next_join_sequence: 1,
            heartbeats: table::new(),
            departed: table::new(),
            departed_listed: vector[],
            settled_height: 0,
            settled_root: vector[],
            history_hash: vector[],
            proposals: table::new(),
            proposal_places: vector[],
            free_slots: vector[],
            next_proposal_id: 1,
            closing: false,
            closed: false,
            state_returned: false
        }
    }

    // ---- Membership

    /// Gives the account a seat, with the stake of the configuration. The key and the session account are taken as checked.
    public(friend) fun join(
        self: &mut Channel, member: address, node_key: vector<u8>, session: address, now_ms: u64
    ) {
        assert!(!self.closing, error::invalid_state(E_CHANNEL_CLOSING));
        let (seated, _) = self.find_member(member);
        assert!(!seated, error::already_exists(E_ALREADY_MEMBER));
        assert!(!self.departed.contains(member), error::invalid_state(E_NOT_TAKEN_OUT));
        assert!((self.seats.length() < MEMBERS_MAX), error::resource_exhausted(E_CHANNEL_FULL));
        for (i in 0..self.seats.length()) {
            assert!(self.seats[i].node_key != node_key, error::already_exists(E_NODE_KEY_TAKEN));
        };

        let join_sequence = self.next_join_sequence;
        self.next_join_sequence = join_sequence + 1;
        self.seats.push_back(
            Seat { member, session, node_key, join_sequence, stake: self.config.stake(), leaving: false }
        );
        self.heartbeats.add(member, Heartbeat { at_ms: now_ms, peers: vector[], delays_ms: vector[] });
        channel_events::emit_member_joined(self.id, member, session, node_key, join_sequence);
    }

    /// Renews the member's last-alive time. Delays to accounts that are not members are left out: one may just have left.
    public(friend) fun keep_alive(
        self: &mut Channel,
        sender: address,
        peers: vector<address>,
        delays_ms: vector<u64>,
        now_ms: u64
    ) {
        self.assert_not_closed();
        let member = self.member_of(sender);
        assert!(
            (peers.length() == delays_ms.length() && peers.length() <= MEMBERS_MAX),
            error::invalid_argument(E_DELAYS)
        );
        let heartbeat = Heartbeat { at_ms: now_ms, peers: vector[], delays_ms: vector[] };
        for (i in 0..peers.length()) {
            let (seated, _) = self.find_member(peers[i]);
            if (seated && !heartbeat.peers.contains(&peers[i])) {
                heartbeat.peers.push_back(peers[i]);
                heartbeat.delays_ms.push_back(delays_ms[i]);
            }
        };
        *self.heartbeats.borrow_mut(member) = heartbeat;
    }

    /// Makes the member's wish to leave known; a settlement that lists it grants it.
    public(friend) fun request_leave(self: &mut Channel, sender: address) {
        self.assert_not_closed();
        let index = self.seat_of(sender);
        let seat = &mut self.seats[index];
        assert!(!seat.leaving, error::invalid_state(E_ALREADY_LEAVING));
        seat.leaving = true;
        channel_events::emit_leave_requested(self.id, seat.member);
    }

    /// Forgets a member that may take out what is its: one that was settled out, or any once the channel is closed.
    public(friend) fun leave(self: &mut Channel, member: address) {
        let seat =
            if (self.departed.contains(member)) {
                let (listed, index) = self.departed_listed.index_of(&member);
                if (listed) { self.departed_listed.remove(index); };
                self.departed.remove(member)
            } else {
                let (seated, index) = self.find_member(member);
                assert!(seated, error::not_found(E_NOT_A_MEMBER));
                assert!(self.closed, error::invalid_state(E_NOT_SETTLED_OUT));
                self.heartbeats.remove(member);
                self.seats.remove(index)
            };
        channel_events::emit_member_left(self.id, member, seat.join_sequence, seat.stake);
    }

    // ---- Leadership

    public(friend) fun apply_leader(self: &mut Channel, sender: address, now_ms: u64) {
        self.assert_not_closed();
        let applicant = self.member_of(sender);
        assert!(self.is_valid(applicant, now_ms), error::invalid_state(E_APPLICANT_NOT_VALID));
        if (self.leader.is_some()) {
            let leader = *self.leader.borrow();
            assert!(leader != applicant, error::already_exists(E_ALREADY_LEADER));
            assert!(!self.is_valid(leader, now_ms), error::invalid_state(E_LEADER_VALID));
        };
        self.leader = option::some(applicant);
        self.term += 1;
        channel_events::emit_leader_changed(self.id, self.leader, self.term);
    }

    // ---- Proposals

    public(friend) fun propose(
        self: &mut Channel, sender: address, proposal_type: u8, data: vector<u8>, now_ms: u64
    ) {
        self.assert_not_closed();
        let proposer = self.member_of(sender);
        assert!(proposal_type != PROPOSAL_PUNISHMENT, error::not_implemented(E_PUNISHMENT_NOT_AVAILABLE));
        assert!(proposal_type == PROPOSAL_SETTLEMENT, error::invalid_argument(E_PROPOSAL_TYPE));
        let settlement = settlement::decode(data);
        self.assert_lawful(&settlement);
        self.forget_dead_proposals(now_ms);
        self.forget_lost_proposal(proposer, now_ms);

        let id = self.next_proposal_id;
        self.next_proposal_id = id + 1;
        channel_events::emit_proposal_created(
            self.id,
            id,
            proposer,
            proposal_type,
            settlement.from_height(),
            settlement.to_height()
        );
        let slot =
            if (self.free_slots.is_empty()) self.proposal_places.length() else self.free_slots.pop_back();
        self.proposals.upsert(slot, proposal::new(id, proposer, proposal_type, settlement, now_ms));
        self.proposal_places.push_back(ProposalPlace { id, slot });
    }

    public(friend) fun vote(
        self: &mut Channel, sender: address, proposal_id: u64, vote_option: u8, now_ms: u64
    ) {
        self.assert_not_closed();
        let member = self.member_of(sender);
        let slot = self.open_slot(proposal_id, now_ms);
        self.proposals.borrow_mut(slot).vote(member, vote_option);
        channel_events::emit_vote_cast(self.id, proposal_id, member, vote_option);
    }

    /// Applies a proposal that has passed to the channel, and returns it for the application to apply to the state.
    public(friend) fun execute(self: &mut Channel, proposal_id: u64, now_ms: u64): Settlement {
        self.assert_not_closed();
        let slot = self.open_slot(proposal_id, now_ms);
        let voters = self.valid_members(now_ms);
        let proposal = self.proposals.borrow_mut(slot);
        let votes_for = proposal.count_for(&voters);
        assert!(
            (votes_for > 0 && votes_for >= quorum(voters.length())),
            error::permission_denied(E_PROPOSAL_NOT_PASSED)
        );
        proposal.mark_executed();
        let proposer = proposal.proposer();
        let settlement = *proposal.settlement();

        self.settled_height = settlement.to_height();
        self.settled_root = settlement.state_root();
        self.history_hash = settlement.history_hash();
        channel_events::emit_proposal_executed(
            self.id,
            proposal_id,
            proposer,
            self.settled_height,
            self.settled_root,
            self.history_hash
        );
        let leaving = settlement.leaving();
        for (i in 0..leaving.length()) self.settle_out(leaving[i]);
        if (settlement.is_closing()) self.mark_closed();
        settlement
    }

    /// Votes in favour that pass a proposal among so many valid members: two thirds, rounded up.
    public(friend) fun quorum(valid_members: u64): u64 {
        (2 * valid_members + 2) / 3
    }

    // ---- Closing

    /// Marks the channel as closing. Any member may, and its creator.
    public(friend) fun start_closing(self: &mut Channel, sender: address) {
        self.assert_not_closed();
        assert!(!self.closing, error::invalid_state(E_CHANNEL_CLOSING));
        let closed_by = if (sender == self.creator) sender else self.member_of(sender);
        self.closing = true;
        channel_events::emit_channel_closing(self.id, closed_by);
    }

    /// Marks the state as given back: once the closing settlement has been executed or all members have been settled out. Where nobody ever joined
    /// only the creator may, lest a stranger end a channel that has just been opened.
    public(friend) fun return_state(self: &mut Channel, sender: address) {
        let deserted = self.seats.is_empty() && (self.next_join_sequence > 1 || sender == self.creator);
        assert!(self.closed || deserted, error::invalid_state(E_NOT_CLOSABLE));
        if (!self.closed) self.mark_closed();
        self.state_returned = true;
        channel_events::emit_state_returned(self.id, sender);
    }

    // ---- Readers

    public(friend) fun creator(self: &Channel): address {
        self.creator
    }

    public(friend) fun config(self: &Channel): &Config {
        &self.config
    }

    public(friend) fun assert_state_type(self: &Channel, type_name: String) {
        assert!(self.state_type == type_name, error::invalid_argument(E_WRONG_TYPE));
        assert!(!self.state_returned, error::invalid_state(E_STATE_RETURNED));
    }

    public(friend) fun assert_assets_type(self: &Channel, type_name: String) {
        assert!(self.assets_type == type_name, error::invalid_argument(E_WRONG_TYPE));
    }

    public(friend) fun assert_coin_type(self: &Channel, type_name: String) {
        assert!(self.coin_type == type_name, error::invalid_argument(E_WRONG_TYPE));
    }

    public(friend) fun info(self: &Channel, now_ms: u64): ChannelInfo {
        ChannelInfo {
            channel_id: self.id,
            creator: self.creator,
            code_address: self.code_address,
            code_module: self.code_module,
            state_type: self.state_type,
            assets_type: self.assets_type,
            coin_type: self.coin_type,
            config: self.config,
            leader: self.leader,
            term: self.term,
            member_count: self.seats.length(),
            next_join_sequence: self.next_join_sequence,
            settled_height: self.settled_height,
            settled_root: self.settled_root,
            history_hash: self.history_hash,
            closing: self.closing,
            closed: self.closed,
            state_returned: self.state_returned,
            now_ms
        }
    }

    public(friend) fun member_count(self: &Channel): u64 {
        self.seats.length()
    }

    /// The members by join sequence, then those settled out that have not taken out what is theirs (the last 16 of them).
    public(friend) fun member_infos(self: &Channel, now_ms: u64): vector<MemberInfo> {
        let infos = vector[];
        for (i in 0..self.seats.length()) infos.push_back(self.seat_info(&self.seats[i], now_ms));
        for (i in 0..self.departed_listed.length()) {
            infos.push_back(departed_info(self.departed.borrow(self.departed_listed[i])));
        };
        infos
    }

    /// One member, whether seated or settled out.
    public(friend) fun member_info(self: &Channel, member: address, now_ms: u64): MemberInfo {
        if (self.departed.contains(member)) return departed_info(self.departed.borrow(member));
        let (seated, index) = self.find_member(member);
        assert!(seated, error::not_found(E_NOT_A_MEMBER));
        self.seat_info(&self.seats[index], now_ms)
    }

    public(friend) fun proposal_infos(self: &Channel): vector<ProposalInfo> {
        let infos = vector[];
        for (i in 0..self.proposal_places.length()) {
            infos.push_back(self.proposals.borrow(self.proposal_places[i].slot).info());
        };
        infos
    }

    public(friend) fun proposal_heads(self: &Channel): vector<ProposalHead> {
        let heads = vector[];
        for (i in 0..self.proposal_places.length()) {
            heads.push_back(self.proposals.borrow(self.proposal_places[i].slot).head());
        };
        heads
    }

    public(friend) fun proposal_info(self: &Channel, proposal_id: u64): ProposalInfo {
        self.proposals.borrow(self.slot_of(proposal_id)).info()
    }

    // ---- Helpers

    fun assert_not_closed(self: &Channel) {
        assert!(!self.closed, error::invalid_state(E_CHANNEL_CLOSED));
    }

    /// What a settlement must be, besides well formed, to be proposed here. None of it can change while the settled height stays.
    fun assert_lawful(self: &Channel, settlement: &Settlement) {
        assert!(settlement.from_height() == self.settled_height, error::invalid_argument(E_FROM_HEIGHT));
        let leaving = settlement.leaving();
        for (i in 0..leaving.length()) {
            let (seated, _) = self.find_member(leaving[i]);
            assert!(seated, error::invalid_argument(E_LEAVING_NOT_MEMBER));
        };
        assert!(!settlement.is_closing() || self.closing, error::invalid_state(E_NOT_CLOSING));
    }

    fun slot_of(self: &Channel, proposal_id: u64): u64 {
        for (i in 0..self.proposal_places.length()) {
            let place = &self.proposal_places[i];
            if (place.id == proposal_id) return place.slot
        };
        abort error::not_found(E_NO_PROPOSAL)
    }

    /// The slot of a proposal that takes votes and can be executed.
    fun open_slot(self: &Channel, proposal_id: u64, now_ms: u64): u64 {
        let slot = self.slot_of(proposal_id);
        let proposal = self.proposals.borrow(slot);
        assert!(!proposal.is_executed(), error::invalid_state(E_PROPOSAL_EXECUTED));
        assert!(!self.is_stale(proposal), error::invalid_state(E_PROPOSAL_STALE));
        assert!(!is_expired(proposal, now_ms), error::invalid_state(E_PROPOSAL_EXPIRED));
        slot
    }

    fun is_stale(self: &Channel, proposal: &Proposal): bool {
        proposal.settlement().from_height() != self.settled_height
    }

    fun is_expired(proposal: &Proposal, now_ms: u64): bool {
        now_ms > proposal.created_ms() + PROPOSAL_AGE_MS_MAX
    }

    fun forget_dead_proposals(self: &mut Channel, now_ms: u64) {
        let alive = vector[];
        for (i in 0..self.proposal_places.length()) {
            let place = self.proposal_places[i];
            let proposal = self.proposals.borrow(place.slot);
            if (proposal.is_executed() || self.is_stale(proposal) || is_expired(proposal, now_ms)) {
                self.free_slots.push_back(place.slot);
            } else {
                alive.push_back(place);
            }
        };
        self.proposal_places = alive;
    }

    /// Makes way for another proposal of the same member: an open one is in the way unless too many votes are against it.
    fun forget_lost_proposal(self: &mut Channel, proposer: address, now_ms: u64) {
        let voters = self.valid_members(now_ms);
        let alive = vector[];
        for (i in 0..self.proposal_places.length()) {
            let place = self.proposal_places[i];
            let proposal = self.proposals.borrow(place.slot);
            if (proposal.proposer() == proposer) {
                let may_be_for = voters.length() - proposal.count_not_for(&voters);
                assert!((may_be_for < quorum(voters.length())), error::already_exists(E_PROPOSAL_OPEN));
                self.free_slots.push_back(place.slot);
            } else {
                alive.push_back(place);
            }
        };
        self.proposal_places = alive;
    }

    /// Takes the member's seat and leadership; its assets and stake wait for it.
    fun settle_out(self: &mut Channel, member: address) {
        let (_, index) = self.find_member(member);
        let seat = self.seats.remove(index);
        self.heartbeats.remove(member);
        if (self.departed_listed.length() == DEPARTED_LISTED_MAX) { self.departed_listed.remove(0); };
        self.departed_listed.push_back(member);
        channel_events::emit_member_settled_out(self.id, member, seat.join_sequence, self.settled_height);
        self.departed.add(member, seat);
        if (self.leader == option::some(member)) self.vacate_leadership();
    }

    fun vacate_leadership(self: &mut Channel) {
        self.leader = option::none();
        channel_events::emit_leader_changed(self.id, self.leader, self.term);
    }

    fun mark_closed(self: &mut Channel) {
        self.closing = true;
        self.closed = true;
        if (self.leader.is_some()) self.vacate_leadership();
        channel_events::emit_channel_closed(self.id, self.settled_height);
    }

    /// The member itself, or the one whose session account the sender is.
    fun member_of(self: &Channel, sender: address): address {
        self.seats[self.seat_of(sender)].member
    }

    /// A member's own account goes before a session account: nobody takes a member's place by naming its wallet's key as a node key.
    fun seat_of(self: &Channel, sender: address): u64 {
        let (seated, index) = self.find_member(sender);
        if (seated) return index;
        for (i in 0..self.seats.length()) {
            if (self.seats[i].session == sender) return i
        };
        abort error::not_found(E_NOT_A_MEMBER)
    }

    fun find_member(self: &Channel, member: address): (bool, u64) {
        for (i in 0..self.seats.length()) {
            if (self.seats[i].member == member) return (true, i)
        };
        (false, 0)
    }

    /// Whether a member's last heartbeat is within the window.
    fun is_valid(self: &Channel, member: address, now_ms: u64): bool {
        now_ms <= self.heartbeats.borrow(member).at_ms + self.config.heartbeat_window_ms()
    }

    fun valid_members(self: &Channel, now_ms: u64): vector<address> {
        let valid = vector[];
        for (i in 0..self.seats.length()) {
            let member = self.seats[i].member;
            if (self.is_valid(member, now_ms)) valid.push_back(member);
        };
        valid
    }

    fun seat_info(self: &Channel, seat: &Seat, now_ms: u64): MemberInfo {
        let heartbeat = self.heartbeats.borrow(seat.member);
        MemberInfo {
            member: seat.member,
            node_key: seat.node_key,
            session: seat.session,
            join_sequence: seat.join_sequence,
            last_alive_ms: heartbeat.at_ms,
            valid: self.is_valid(seat.member, now_ms),
            leaving: seat.leaving,
            settled_out: false,
            stake: seat.stake,
            peers: heartbeat.peers,
            delays_ms: heartbeat.delays_ms
        }
    }

    fun departed_info(seat: &Seat): MemberInfo {
        MemberInfo {
            member: seat.member,
            node_key: seat.node_key,
            session: seat.session,
            join_sequence: seat.join_sequence,
            last_alive_ms: 0,
            valid: false,
            leaving: seat.leaving,
            settled_out: true,
            stake: seat.stake,
            peers: vector[],
            delays_ms: vector[]
        }
    }

    // ---- For tests

    #[test_only]
    public fun origin_for_test(self: &ChannelInfo): (address, address, String, String, String, String) {
        (self.creator, self.code_address, self.code_module, self.state_type, self.assets_type, self.coin_type)
    }

    #[test_only]
    public fun leadership_for_test(self: &ChannelInfo): (Option<address>, u64) {
        (self.leader, self.term)
    }

    #[test_only]
    public fun settled_for_test(self: &ChannelInfo): (u64, vector<u8>, vector<u8>) {
        (self.settled_height, self.settled_root, self.history_hash)
    }

    #[test_only]
    public fun closing_for_test(self: &ChannelInfo): (bool, bool) {
        (self.closing, self.closed)
    }

    #[test_only]
    public fun is_valid_for_test(self: &MemberInfo): bool {
        self.valid
    }

    #[test_only]
    public fun is_leaving_for_test(self: &MemberInfo): bool {
        self.leaving
    }

    #[test_only]
    public fun is_settled_out_for_test(self: &MemberInfo): bool {
        self.settled_out
    }

    #[test_only]
    public fun session_for_test(self: &MemberInfo): address {
        self.session
    }

    #[test_only]
    public fun join_sequence_for_test(self: &MemberInfo): u64 {
        self.join_sequence
    }

    #[test_only]
    public fun delays_for_test(self: &MemberInfo): (vector<address>, vector<u64>) {
        (self.peers, self.delays_ms)
    }
}
