/// Who is a member of a channel, and which members count: seats, heartbeats, challenges, and who may not come back yet.
module rooch::membership {
    use std::error;
    use aptos_std::table::{Self, Table};
    use rooch::config::Config;

    friend rooch::channel;
    friend rooch::leadership;

    /// The sender is neither a member of the channel nor the session account of one.
    const E_NOT_A_MEMBER: u64 = 51;
    /// The account is a member already.
    const E_ALREADY_MEMBER: u64 = 52;
    /// The account must first take out what it has in the channel from before.
    const E_NOT_TAKEN_OUT: u64 = 53;
    /// The channel has as many members as it can have.
    const E_CHANNEL_FULL: u64 = 54;
    /// Another member has this node key, or one that has not taken out what is its.
    const E_NODE_KEY_TAKEN: u64 = 55;
    /// The member has not been settled out, and the channel is not closed.
    const E_NOT_SETTLED_OUT: u64 = 58;
    /// The member has asked to leave already.
    const E_ALREADY_LEAVING: u64 = 59;
    /// There is not one delay for each peer, or there are more than members.
    const E_DELAYS: u64 = 60;
    /// The account was put out of the channel and may not come back yet.
    const E_BARRED: u64 = 141;
    /// The member has not asked to leave, or the others still have time to settle it out.
    const E_EXIT_TOO_SOON: u64 = 142;
    /// Heartbeats are always owed in this channel: there is nothing to challenge.
    const E_NOT_QUIET: u64 = 143;
    /// The member has been challenged within the last heartbeat window.
    const E_CHALLENGED_LATELY: u64 = 144;
    /// The member's stake still answers for what it did.
    const E_EVIDENCE_WINDOW_OPEN: u64 = 145;
    /// The member has been punished already.
    const E_PUNISHED: u64 = 88;

    /// Each costs its part of a read whenever anybody acts; a settlement's transaction holds as many votes.
    const MEMBERS_MAX: u64 = 50;
    /// How many of the members that were settled out last, and have not taken out what is theirs, `members` lists.
    const DEPARTED_LISTED_MAX: u64 = 16;
    /// How long a member that was put out may not come back, and a leader that was deposed may not lead.
    const BAR_MS: u64 = 300_000;

    /// A member's place in the channel.
    struct Seat has copy, drop, store {
        member: address,
        /// The account whose key is the node key. It may do everything for the member but take out assets and stake.
        session: address,
        node_key: vector<u8>,
        join_sequence: u64,
        /// What is left of it after fines.
        stake: u64,
        /// Whether the stake is part of what the member deposited in the shared staking contract, and goes back there.
        is_shared: bool,
        /// When the member asked to leave; 0: it did not.
        leaving_since_ms: u64,
        /// Whether it was put out for cheating: once is enough.
        is_punished: bool
    }

    /// A member's last sign of life. It has a table slot of its own: members renew theirs without touching the others'.
    struct Heartbeat has copy, drop, store {
        at_ms: u64,
        /// When somebody last asked for a sign of life; 0: never. Only in a channel with quiet heartbeats.
        challenged_ms: u64,
        /// Members, and the delay to each as the member measured it.
        peers: vector<address>,
        delays_ms: vector<u64>
    }

    /// A member that is one no more and has not taken out what is its.
    struct Departed has copy, drop, store {
        seat: Seat,
        at_ms: u64
    }

    struct Bar has copy, drop, store {
        member: address,
        until_ms: u64
    }

    struct Membership has store {
        /// In the order of their join sequence.
        seats: vector<Seat>,
        next_join_sequence: u64,
        heartbeats: Table<address, Heartbeat>,
        departed: Table<address, Departed>,
        /// Whose a departed member's node key was: it still answers for what it signed.
        departed_keys: Table<vector<u8>, address>,
        /// Some of the departed, newest last, for the views.
        departed_listed: vector<address>,
        /// Who may not join or lead for a while. Those whose time is over go when the next one comes.
        bars: vector<Bar>
    }

    /// What the views show of a member.
    struct MemberInfo has drop {
        member: address,
        node_key: vector<u8>,
        session: address,
        join_sequence: u64,
        /// 0 once settled out.
        last_alive_ms: u64,
        /// 0: not challenged.
        challenged_ms: u64,
        /// Whether it counts in a quorum now.
        valid: bool,
        /// Whether it has asked to leave, and when.
        leaving: bool,
        leaving_since_ms: u64,
        /// Whether it is a member no more and may take out what is its, and since when.
        settled_out: bool,
        settled_out_ms: u64,
        stake: u64,
        is_shared: bool,
        peers: vector<address>,
        delays_ms: vector<u64>
    }

    public(friend) fun new(): Membership {
        Membership {
            seats: vector[],
            next_join_sequence: 1,
            heartbeats: table::new(),
            departed: table::new(),
            departed_keys: table::new(),
            departed_listed: vector[],
            bars: vector[]
        }
    }

    // ---- Coming and going

    /// Gives the account a seat. Returns its join sequence.
    public(friend) fun join(
        self: &mut Membership,
        member: address,
        node_key: vector<u8>,
        session: address,
        stake: u64,
        is_shared: bool,
        now_ms: u64
    ): u64 {
        assert!(!self.is_seated(member), error::already_exists(E_ALREADY_MEMBER));
        assert!(!self.departed.contains(member), error::invalid_state(E_NOT_TAKEN_OUT));
        assert!(!self.is_barred(member, now_ms), error::permission_denied(E_BARRED));
        assert!((self.seats.length() < MEMBERS_MAX), error::resource_exhausted(E_CHANNEL_FULL));
        for (i in 0..self.seats.length()) {
            assert!(self.seats[i].node_key != node_key, error::already_exists(E_NODE_KEY_TAKEN));
        };
        assert!(!self.departed_keys.contains(node_key), error::already_exists(E_NODE_KEY_TAKEN));

        let join_sequence = self.next_join_sequence;
        self.next_join_sequence = join_sequence + 1;
        self.seats.push_back(
            Seat { member, session, node_key, join_sequence, stake, is_shared, leaving_since_ms: 0, is_punished: false }
        );
        self.heartbeats.add(
            member,
            Heartbeat { at_ms: now_ms, challenged_ms: 0, peers: vector[], delays_ms: vector[] }
        );
        join_sequence
    }

    /// Notes the member's wish to leave. Returns the member.
    public(friend) fun request_leave(self: &mut Membership, sender: address, now_ms: u64): address {
        let index = self.seat_of(sender);
        let seat = &mut self.seats[index];
        assert!(!seat.is_leaving(), error::invalid_state(E_ALREADY_LEAVING));
        seat.leaving_since_ms = now_ms;
        seat.member
    }

    /// The member behind `sender`, which asked to leave so long ago that it may go by itself.
    public(friend) fun assert_may_exit(self: &Membership, sender: address, config: &Config, now_ms: u64): address {
        let seat = &self.seats[self.seat_of(sender)];
        assert!(
            seat.is_leaving() && now_ms >= seat.leaving_since_ms + config.exit_window_ms(),
            error::invalid_state(E_EXIT_TOO_SOON)
        );
        seat.member
    }

    /// Takes the member's seat; its assets and stake wait for it. Returns its join sequence.
    public(friend) fun settle_out(self: &mut Membership, member: address, now_ms: u64): u64 {
        let seat = self.remove_seat(member);
        if (self.departed_listed.length() == DEPARTED_LISTED_MAX) { self.departed_listed.remove(0); };
        self.departed_listed.push_back(member);
        let join_sequence = seat.join_sequence;
        self.departed_keys.add(seat.node_key, member);
        self.departed.add(member, Departed { seat, at_ms: now_ms });
        join_sequence
    }

    /// Forgets a member that may take out what is its: one that was settled out, or any once the channel is closed. Not before its stake has
    /// ceased to answer for it.
    public(friend) fun take_out(
        self: &mut Membership, member: address, config: &Config, is_closed: bool, now_ms: u64
    ): Seat {
        if (self.departed.contains(member)) {
            let Departed { seat, at_ms } = *self.departed.borrow(member);
            assert!(
                seat.stake == 0 || now_ms >= at_ms + config.evidence_window_ms(),
                error::invalid_state(E_EVIDENCE_WINDOW_OPEN)
            );
            self.departed.remove(member);
            self.departed_keys.remove(seat.node_key);
            let (listed, index) = self.departed_listed.index_of(&member);
            if (listed) { self.departed_listed.remove(index); };
            return seat
        };
        assert!(self.is_seated(member), error::not_found(E_NOT_A_MEMBER));
        assert!(is_closed, error::invalid_state(E_NOT_SETTLED_OUT));
        self.remove_seat(member)
    }

    /// Takes the fine from the stake of a member, seated or settled out, and bars it. Nobody is punished twice for one membership, but who was put out
    /// without any proof (`is_proved`) answers for what is proved later. Returns whether the stake is shared.
    public(friend) fun punish(
        self: &mut Membership, member: address, fine: u64, is_proved: bool, now_ms: u64
    ): bool {
        self.bar(member, now_ms);
        let (seated, index) = self.find(member);
        let seat =
            if (seated) &mut self.seats[index]
            else &mut self.departed.borrow_mut(member).seat;
        assert!(!seat.is_punished, error::invalid_state(E_PUNISHED));
        seat.is_punished = is_proved;
        seat.stake -= fine;
        seat.is_shared
    }

    /// From now on, for five minutes, the account may neither join nor lead.
    public(friend) fun bar(self: &mut Membership, member: address, now_ms: u64) {
        let bars = vector[Bar { member, until_ms: now_ms + BAR_MS }];
        for (i in 0..self.bars.length()) {
            let bar = self.bars[i];
            if (bar.until_ms > now_ms && bar.member != member) { bars.push_back(bar); };
        };
        self.bars = bars;
    }

    public(friend) fun is_barred(self: &Membership, member: address, now_ms: u64): bool {
        for (i in 0..self.bars.length()) {
            let bar = &self.bars[i];
            if (bar.member == member && bar.until_ms > now_ms) return true
        };
        false
    }

    // ---- Signs of life

    /// Renews the member's last-alive time. Delays to accounts that are not members are left out: one may just have left.
    public(friend) fun keep_alive(
        self: &mut Membership,
        sender: address,
        peers: vector<address>,
        delays_ms: vector<u64>,
        now_ms: u64
    ) {
        let member = self.member_of(sender);
        assert!(
            (peers.length() == delays_ms.length() && peers.length() <= MEMBERS_MAX),
            error::invalid_argument(E_DELAYS)
        );
        let known_peers = vector[];
        let known_delays_ms = vector[];
        for (i in 0..peers.length()) {
            if (self.is_seated(peers[i]) && !known_peers.contains(&peers[i])) {
                known_peers.push_back(peers[i]);
                known_delays_ms.push_back(delays_ms[i]);
            }
        };
        let heartbeat = self.heartbeats.borrow_mut(member);
        heartbeat.at_ms = now_ms;
        heartbeat.peers = known_peers;
        heartbeat.delays_ms = known_delays_ms;
    }

    /// Asks a member for a sign of life, in a channel with quiet heartbeats. Once in a heartbeat window; while one is unanswered there is no other.
    /// Returns who asked.
    public(friend) fun challenge(
        self: &mut Membership, sender: address, target: address, config: &Config, now_ms: u64
    ): address {
        let member = self.member_of(sender);
        assert!(config.is_quiet(), error::invalid_state(E_NOT_QUIET));
        assert!(self.is_seated(target), error::not_found(E_NOT_A_MEMBER));
        let heartbeat = self.heartbeats.borrow_mut(target);
        let is_open = heartbeat.challenged_ms > heartbeat.at_ms;
        let is_late = now_ms > heartbeat.challenged_ms + config.heartbeat_window_ms();
        assert!(!is_open && is_late, error::invalid_state(E_CHALLENGED_LATELY));
        heartbeat.challenged_ms = now_ms;
        member
    }

    /// Whether a member counts: its last heartbeat is within the window; with quiet heartbeats, no challenge has gone unanswered for so long.
    public(friend) fun is_valid(self: &Membership, member: address, config: &Config, now_ms: u64): bool {
        let heartbeat = self.heartbeats.borrow(member);
        let owed_since_ms =
            if (!config.is_quiet()) heartbeat.at_ms
            else if (heartbeat.challenged_ms > heartbeat.at_ms) heartbeat.challenged_ms
            else return true;
        now_ms <= owed_since_ms + config.heartbeat_window_ms()
    }

    /// In the order of their join sequence.
    public(friend) fun valid_members(self: &Membership, config: &Config, now_ms: u64): vector<address> {
        let valid = vector[];
        for (i in 0..self.seats.length()) {
            let member = self.seats[i].member;
            if (self.is_valid(member, config, now_ms)) valid.push_back(member);
        };
        valid
    }

    // ---- Readers

    public(friend) fun count(self: &Membership): u64 {
        self.seats.length()
    }

    public(friend) fun next_join_sequence(self: &Membership): u64 {
        self.next_join_sequence
    }

    public(friend) fun members(self: &Membership): vector<address> {
        let members = vector[];
        for (i in 0..self.seats.length()) members.push_back(self.seats[i].member);
        members
    }

    public(friend) fun is_seated(self: &Membership, member: address): bool {
        let (seated, _) = self.find(member);
        seated
    }

    /// The member itself, or the one whose session account the sender is.
    public(friend) fun member_of(self: &Membership, sender: address): address {
        self.seats[self.seat_of(sender)].member
    }

    /// Whose node key this is, among the members and those that have not taken out what is theirs. Empty: nobody's.
    public(friend) fun owner_of_key(self: &Membership, node_key: &vector<u8>): vector<address> {
        for (i in 0..self.seats.length()) {
            if (&self.seats[i].node_key == node_key) return vector[self.seats[i].member]
        };
        if (self.departed_keys.contains(*node_key)) vector[*self.departed_keys.borrow(*node_key)] else vector[]
    }

    /// Of a member that has a seat.
    public(friend) fun node_key_of(self: &Membership, member: address): vector<u8> {
        self.seats[self.seat_of(member)].node_key
    }

    /// Whether it has a seat that it took before the join sequence was this.
    public(friend) fun is_older(self: &Membership, member: address, next_join_sequence: u64): bool {
        let (seated, index) = self.find(member);
        seated && self.seats[index].join_sequence < next_join_sequence
    }

    /// How many have such a seat.
    public(friend) fun count_older(self: &Membership, next_join_sequence: u64): u64 {
        let count = 0;
        for (i in 0..self.seats.length()) {
            if (self.seats[i].join_sequence < next_join_sequence) count += 1;
        };
        count
    }

    /// The members by join sequence, then those settled out that have not taken out what is theirs (the last 16 of them).
    public(friend) fun infos(self: &Membership, config: &Config, now_ms: u64): vector<MemberInfo> {
        let infos = vector[];
        for (i in 0..self.seats.length()) infos.push_back(self.seat_info(&self.seats[i], config, now_ms));
        for (i in 0..self.departed_listed.length()) {
            infos.push_back(departed_info(self.departed.borrow(self.departed_listed[i])));
        };
        infos
    }

    /// One member, whether seated or settled out.
    public(friend) fun info(self: &Membership, member: address, config: &Config, now_ms: u64): MemberInfo {
        if (self.departed.contains(member)) return departed_info(self.departed.borrow(member));
        let (seated, index) = self.find(member);
        assert!(seated, error::not_found(E_NOT_A_MEMBER));
        self.seat_info(&self.seats[index], config, now_ms)
    }

    public(friend) fun join_sequence(self: &Seat): u64 {
        self.join_sequence
    }

    public(friend) fun stake(self: &Seat): u64 {
        self.stake
    }

    public(friend) fun is_shared(self: &Seat): bool {
        self.is_shared
    }

    // ---- Helpers

    fun is_leaving(self: &Seat): bool {
        self.leaving_since_ms > 0
    }

    fun remove_seat(self: &mut Membership, member: address): Seat {
        let (_, index) = self.find(member);
        self.heartbeats.remove(member);
        self.seats.remove(index)
    }

    /// A member's own account goes before a session account: nobody takes a member's place by naming its wallet's key as a node key.
    fun seat_of(self: &Membership, sender: address): u64 {
        let (seated, index) = self.find(sender);
        if (seated) return index;
        for (i in 0..self.seats.length()) {
            if (self.seats[i].session == sender) return i
        };
        abort error::not_found(E_NOT_A_MEMBER)
    }

    fun find(self: &Membership, member: address): (bool, u64) {
        for (i in 0..self.seats.length()) {
            if (self.seats[i].member == member) return (true, i)
        };
        (false, 0)
    }

    fun seat_info(self: &Membership, seat: &Seat, config: &Config, now_ms: u64): MemberInfo {
        let heartbeat = self.heartbeats.borrow(seat.member);
        MemberInfo {
            member: seat.member,
            node_key: seat.node_key,
            session: seat.session,
            join_sequence: seat.join_sequence,
            last_alive_ms: heartbeat.at_ms,
            challenged_ms: heartbeat.challenged_ms,
            valid: self.is_valid(seat.member, config, now_ms),
            leaving: seat.is_leaving(),
            leaving_since_ms: seat.leaving_since_ms,
            settled_out: false,
            settled_out_ms: 0,
            stake: seat.stake,
            is_shared: seat.is_shared,
            peers: heartbeat.peers,
            delays_ms: heartbeat.delays_ms
        }
    }

    fun departed_info(departed: &Departed): MemberInfo {
        let seat = &departed.seat;
        MemberInfo {
            member: seat.member,
            node_key: seat.node_key,
            session: seat.session,
            join_sequence: seat.join_sequence,
            last_alive_ms: 0,
            challenged_ms: 0,
            valid: false,
            leaving: seat.is_leaving(),
            leaving_since_ms: seat.leaving_since_ms,
            settled_out: true,
            settled_out_ms: departed.at_ms,
            stake: seat.stake,
            is_shared: seat.is_shared,
            peers: vector[],
            delays_ms: vector[]
        }
    }

    // ---- For tests

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
    public fun stake_for_test(self: &MemberInfo): u64 {
        self.stake
    }

    #[test_only]
    public fun delays_for_test(self: &MemberInfo): (vector<address>, vector<u64>) {
        (self.peers, self.delays_ms)
    }
}
