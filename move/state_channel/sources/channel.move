/// The rules of one channel: who is a member, who leads, what passes, who is punished. It moves no money and holds no application data; that, and
/// the entry points, are in `rooch::state_channel`. The rules are numbered in docs/contract.md.
///
/// Friends are written out in this package: the compiler forgets `package` visibility when it compiles a package as another one's dependency.
module rooch::channel {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::option::{Self, Option};
    use std::string::String;
    use rooch::ballot::{Self, Ballot};
    use rooch::batch_header::{Self, BatchHeader};
    use rooch::channel_events;
    use rooch::config::Config;
    use rooch::leadership::{Self, Leadership};
    use rooch::membership::{Self, MemberInfo, Membership};
    use rooch::proposal::{Self, Proposal, ProposalHead, ProposalInfo};
    use rooch::proposal_book::{Self, ProposalBook};
    use rooch::punishment::Punishment;
    use rooch::quorum;
    use rooch::settlement::{Self, Settlement};
    use rooch::signing;

    friend rooch::state_channel;

    /// The channel is closing: nobody can join, and it cannot be closed again.
    const E_CHANNEL_CLOSING: u64 = 56;
    /// The channel is closed.
    const E_CHANNEL_CLOSED: u64 = 57;
    /// The settlement does not start at the settled height.
    const E_FROM_HEIGHT: u64 = 66;
    /// The settlement lists somebody as leaving who is not a member.
    const E_LEAVING_NOT_MEMBER: u64 = 67;
    /// A closing settlement needs a channel that is closing.
    const E_NOT_CLOSING: u64 = 68;
    /// The proposer has a proposal that may still pass.
    const E_PROPOSAL_OPEN: u64 = 69;
    /// The proposal has been executed.
    const E_PROPOSAL_EXECUTED: u64 = 71;
    /// The channel was settled beyond the height at which the proposal starts.
    const E_PROPOSAL_STALE: u64 = 72;
    /// The proposal is too old.
    const E_PROPOSAL_EXPIRED: u64 = 73;
    /// Not enough members are for the proposal.
    const E_PROPOSAL_NOT_PASSED: u64 = 74;
    /// The channel still has members and is not closed; or nobody ever joined, and only the creator may take it back.
    const E_NOT_CLOSABLE: u64 = 75;
    /// The state has been given back to the application.
    const E_STATE_RETURNED: u64 = 76;
    /// The type argument is not the channel's.
    const E_WRONG_TYPE: u64 = 77;
    /// Somebody brought a newer state that two thirds of the members have signed.
    const E_PROPOSAL_CONTESTED: u64 = 78;
    /// Not two thirds of all members are for the settlement: it can be executed when its time to be contested is over.
    const E_CONTEST_OPEN: u64 = 79;
    /// The settlement passes at once or not at all: there is nothing to wait for.
    const E_NOTHING_TO_CONTEST: u64 = 80;
    /// The signed state is not newer than the proposal's, nor another at its height.
    const E_NOT_NEWER: u64 = 81;
    /// There is not one signature for each signer, or a signer is named twice.
    const E_SIGNERS: u64 = 82;
    /// A signature is not the signer's over this statement.
    const E_SIGNATURE: u64 = 83;
    /// Fewer members have signed than it takes.
    const E_TOO_FEW_SIGNERS: u64 = 84;
    /// Nobody can accuse itself.
    const E_ACCUSES_ITSELF: u64 = 85;
    /// The key in the evidence is not the accused member's.
    const E_NOT_THE_ACCUSED: u64 = 86;
    /// The two batches are one, or not of one leader, term and height: they prove nothing.
    const E_NOT_TWINS: u64 = 87;
    /// The batch is of a history that the members have given up since.
    const E_GIVEN_UP: u64 = 90;

    /// Ten minutes: long enough for every member's vote, short enough that a forgotten proposal does not stand in its proposer's way.
    const PROPOSAL_AGE_MS_MAX: u64 = 600_000;

    const DOMAIN_BATCH: vector<u8> = b"batch:1";
    const DOMAIN_ACKNOWLEDGEMENT: vector<u8> = b"acknowledgement:1";
    const DOMAIN_SETTLEMENT: vector<u8> = b"settlement:1";
    const DOMAIN_ELECTION: vector<u8> = b"election:1";

    /// Why a member was put out of the channel.
    const FOR_WRONG_RESULT: u8 = 1;
    const FOR_TWO_BATCHES: u8 = 2;
    const FOR_FALSE_REPORT: u8 = 3;

    struct Channel has store {
        id: u64,
        creator: address,
        code_address: address,
        code_module: String,
        state_type: String,
        assets_type: String,
        /// Empty where the stake is a fungible asset that is no coin.
        coin_type: String,
        /// The fungible asset of the stake.
        stake_asset: address,
        config: Config,
        membership: Membership,
        leadership: Leadership,
        proposals: ProposalBook,
        settled_height: u64,
        /// Empty before the first settlement, as is the hash.
        settled_root: vector<u8>,
        history_hash: vector<u8>,
        closing: bool,
        closed: bool,
        closed_ms: u64,
        state_returned: bool,
        /// How often the history began anew, and the last term of the one before.
        restarts: u64,
        given_up_term: u64
    }

    /// Money to be taken from a stake.
    struct Fine has drop {
        member: address,
        amount: u64,
        is_shared: bool,
        /// Who gets half of it; nobody: all of it is lost.
        reporter: Option<address>
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
        stake_asset: address,
        config: Config,
        leader: Option<address>,
        term: u64,
        candidates: vector<address>,
        member_count: u64,
        next_join_sequence: u64,
        settled_height: u64,
        settled_root: vector<u8>,
        history_hash: vector<u8>,
        closing: bool,
        closed: bool,
        state_returned: bool,
        /// How often the history began anew.
        restarts: u64,
        /// The chain's clock when this was read, to judge heartbeats by.
        now_ms: u64
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
        stake_asset: address,
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
            stake_asset,
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
            stake_asset,
            config,
            membership: membership::new(),
            leadership: leadership::new(),
            proposals: proposal_book::new(),
            settled_height: 0,
            settled_root: vector[],
            history_hash: vector[],
            closing: false,
            closed: false,
            closed_ms: 0,
            state_returned: false,
            restarts: 0,
            given_up_term: 0
        }
    }

    // ---- Membership

    /// Gives the account a seat, with the stake of the configuration. The key and the session account are taken as checked.
    public(friend) fun join(
        self: &mut Channel,
        member: address,
        node_key: vector<u8>,
        session: address,
        is_shared: bool,
        now_ms: u64
    ) {
        assert!(!self.closing, error::invalid_state(E_CHANNEL_CLOSING));
        let join_sequence =
            self.membership.join(member, node_key, session, self.config.stake(), is_shared, now_ms);
        channel_events::emit_member_joined(self.id, member, session, node_key, join_sequence);
    }

    public(friend) fun keep_alive(
        self: &mut Channel,
        sender: address,
        peers: vector<address>,
        delays_ms: vector<u64>,
        now_ms: u64
    ) {
        self.assert_not_closed();
        self.membership.keep_alive(sender, peers, delays_ms, now_ms);
    }

    public(friend) fun challenge(self: &mut Channel, sender: address, target: address, now_ms: u64) {
        self.assert_not_closed();
        let by = self.membership.challenge(sender, target, &self.config, now_ms);
        channel_events::emit_member_challenged(self.id, target, by);
    }

    /// Makes the member's wish to leave known; a settlement that lists it grants it.
    public(friend) fun request_leave(self: &mut Channel, sender: address, now_ms: u64) {
        self.assert_not_closed();
        let member = self.membership.request_leave(sender, now_ms);
        channel_events::emit_leave_requested(self.id, member);
    }

    /// Settles a member out, with what the chain has of it, whom the others did not settle out in time.
    public(friend) fun exit(self: &mut Channel, sender: address, now_ms: u64) {
        self.assert_not_closed();
        let member = self.membership.assert_may_exit(sender, &self.config, now_ms);
        self.settle_out(member, now_ms);
    }

    /// Forgets a member that may take out what is its. Returns what is left of its stake, and whether that is shared.
    public(friend) fun leave(self: &mut Channel, member: address, now_ms: u64): (u64, bool) {
        let may_take = self.closed && now_ms >= self.closed_ms + self.config.evidence_window_ms();
        let seat = self.membership.take_out(member, &self.config, may_take, now_ms);
        channel_events::emit_member_left(self.id, member, seat.join_sequence(), seat.stake());
        (seat.stake(), seat.is_shared())
    }

    // ---- Leadership

    public(friend) fun apply_leader(self: &mut Channel, sender: address, now_ms: u64) {
        self.assert_not_closed();
        let applicant = self.membership.member_of(sender);
        self.leadership.apply(applicant, &self.membership, &self.config, now_ms);
        self.emit_leader();
    }

    /// More than two thirds of the members have signed that this one leads the next term.
    public(friend) fun replace_leader(
        self: &mut Channel,
        successor: address,
        signers: vector<address>,
        signatures: vector<vector<u8>>,
        now_ms: u64
    ) {
        self.assert_not_closed();
        let needed = quorum::more_than_two_thirds(self.membership.count());
        let message =
            signing::message(
                DOMAIN_ELECTION,
                self.id,
                self.leadership.term() + 1,
                hash::sha3_256(bcs::to_bytes(&successor))
            );
        self.assert_signed_by(&signers, &signatures, message);
        assert!((signers.length() >= needed), error::permission_denied(E_TOO_FEW_SIGNERS));
        let member = self.membership.member_of(successor);
        self.leadership.replace(member, &self.membership, &self.config, now_ms);
        self.emit_leader();
    }

    public(friend) fun stand(self: &mut Channel, sender: address, now_ms: u64) {
        self.assert_not_closed();
        let member = self.membership.member_of(sender);
        let displaced = self.leadership.stand(member, &self.membership, &self.config, now_ms);
        channel_events::emit_candidate_stands(self.id, member, displaced);
    }

    public(friend) fun delegate(self: &mut Channel, sender: address, candidate: address, now_ms: u64) {
        self.assert_not_closed();
        let member = self.membership.member_of(sender);
        self.leadership.delegate(member, candidate, &self.membership, &self.config, now_ms);
        channel_events::emit_vote_delegated(self.id, member, candidate);
    }

    /// The leader does not answer the sender. Among two members that closes the channel. Among more, a second one that says so within the heartbeat
    /// window deposes the leader, and the one that spoke first leads; where nobody does, saying it again closes the channel.
    public(friend) fun report_silence(self: &mut Channel, sender: address, now_ms: u64) {
        self.assert_not_closed();
        let reporter = self.membership.member_of(sender);
        let first_reporter = self.leadership.silence_reporter();
        let (is_seconded, is_alone) = self.leadership.report_silence(reporter, &self.config, now_ms);
        channel_events::emit_silence_reported(self.id, reporter, self.leadership.term());
        if (is_seconded) {
            let leader = self.leadership.leader().destroy_some();
            self.membership.bar(leader, now_ms);
            self.leadership.vacate();
            self.appoint(first_reporter.destroy_some(), now_ms);
            self.emit_leader();
        } else if ((is_alone || self.membership.count() == 2) && !self.closing) {
            self.closing = true;
            channel_events::emit_channel_closing(self.id, reporter);
        }
    }

    // ---- Proposals

    public(friend) fun propose(
        self: &mut Channel, sender: address, proposal_type: u8, data: vector<u8>, now_ms: u64
    ) {
        self.assert_not_closed();
        let proposer = self.membership.member_of(sender);
        let content = proposal::decode(proposal_type, data);
        let is_settlement = content.is_of_settlement();
        if (is_settlement) self.assert_lawful(content.as_settlement())
        else {
            self.assert_evidence(content.as_punishment(), proposer);
            // Among two there is nobody to vote: the accused goes, and keeps its stake.
            if (self.membership.count() == 2) {
                let accused = content.as_punishment().target_member();
                self.put_out(accused, proposer, FOR_WRONG_RESULT, 0, false, now_ms);
                return
            }
        };
        self.forget_dead_proposals(now_ms);
        self.forget_lost_proposals(proposer, is_settlement, now_ms);

        let id = self.proposals.next_id();
        let (from_height, to_height) = content.heights();
        channel_events::emit_proposal_created(self.id, id, proposer, proposal_type, from_height, to_height);
        let next_join_sequence = self.membership.next_join_sequence();
        self.proposals.add(proposal::new(id, proposer, &content, now_ms, next_join_sequence), content);
        self.begin_contest_if_due(id, now_ms);
    }

    public(friend) fun vote(
        self: &mut Channel, sender: address, proposal_id: u64, vote_option: u8, now_ms: u64
    ) {
        self.assert_not_closed();
        let member = self.membership.member_of(sender);
        self.assert_open(proposal_id, now_ms);
        self.proposals.borrow_mut(proposal_id).vote(member, vote_option);
        channel_events::emit_vote_cast(self.id, proposal_id, member, vote_option);
        self.begin_contest_if_due(proposal_id, now_ms);
    }

    /// Begins the time in which a settlement can be contested that passes only because some members have lapsed since the last vote.
    public(friend) fun begin_contest(self: &mut Channel, proposal_id: u64, now_ms: u64) {
        self.assert_not_closed();
        self.assert_open(proposal_id, now_ms);
        assert!(self.begin_contest_if_due(proposal_id, now_ms), error::invalid_state(E_NOTHING_TO_CONTEST));
    }

    /// Stops a settlement by a batch that two thirds of all members have acknowledged and that the settlement does not know of.
    public(friend) fun contest(
        self: &mut Channel,
        sender: address,
        proposal_id: u64,
        header: vector<u8>,
        leader_signature: vector<u8>,
        signers: vector<address>,
        signatures: vector<vector<u8>>,
        now_ms: u64
    ) {
        self.assert_not_closed();
        let member = self.membership.member_of(sender);
        self.assert_open(proposal_id, now_ms);
        let batch = batch_header::decode(header);
        let settlement = self.proposals.content(proposal_id).as_settlement();
        assert!((batch.term() > self.given_up_term), error::invalid_argument(E_GIVEN_UP));
        assert!(
            batch.last_height() > settlement.to_height()
                || (batch.last_height() == settlement.to_height() && batch.hash() != settlement.history_hash()),
            error::invalid_argument(E_NOT_NEWER)
        );
        let next_join_sequence = self.proposals.borrow(proposal_id).next_join_sequence();
        self.assert_certified(&batch, leader_signature, &signers, &signatures, next_join_sequence);
        self.proposals.borrow_mut(proposal_id).mark_contested();
        channel_events::emit_settlement_contested(self.id, proposal_id, member, batch.last_height());
    }

    /// Applies a settlement that has passed to the channel, and returns it for the application to apply to the state.
    public(friend) fun execute(self: &mut Channel, proposal_id: u64, now_ms: u64): Settlement {
        self.assert_not_closed();
        self.assert_open(proposal_id, now_ms);
        let proposal = self.proposals.borrow(proposal_id);
        let settlement = *self.proposals.content(proposal_id).as_settlement();
        let proposer = proposal.proposer();
        assert!(self.ballot(now_ms).passes(proposal, &self.leadership), error::permission_denied(E_PROPOSAL_NOT_PASSED));
        let contest_until_ms = proposal.contest_until_ms();
        assert!(
            ballot::new(self.membership.members()).reaches_two_thirds(proposal, &self.leadership) || (contest_until_ms > 0 && now_ms >= contest_until_ms),
            error::invalid_state(E_CONTEST_OPEN)
        );
        self.proposals.borrow_mut(proposal_id).mark_executed();
        self.apply_settlement(&settlement, proposal_id, proposer, now_ms);
        settlement
    }

    /// The same for a settlement that two thirds of all members have signed: no proposal, no votes.
    public(friend) fun execute_signed(
        self: &mut Channel,
        sender: address,
        data: vector<u8>,
        signers: vector<address>,
        signatures: vector<vector<u8>>,
        now_ms: u64
    ): Settlement {
        self.assert_not_closed();
        let message = signing::message(DOMAIN_SETTLEMENT, self.id, 0, hash::sha3_256(data));
        let settlement = settlement::decode(data);
        self.assert_lawful(&settlement);
        self.assert_signed_by(&signers, &signatures, message);
        let count = self.membership.count();
        assert!(
            (count > 0 && signers.length() >= quorum::two_thirds(count)),
            error::permission_denied(E_TOO_FEW_SIGNERS)
        );
        self.apply_settlement(&settlement, 0, sender, now_ms);
        settlement
    }

    // ---- Punishment

    /// Punishes the accused, or whoever accused it falsely, as the votes say.
    public(friend) fun execute_punishment(self: &mut Channel, proposal_id: u64, now_ms: u64): Fine {
        self.assert_not_closed();
        self.assert_open(proposal_id, now_ms);
        let proposal = self.proposals.borrow(proposal_id);
        let accused = self.proposals.content(proposal_id).as_punishment().target_member();
        let reporter = proposal.proposer();
        let is_guilty = self.ballot(now_ms).without(accused).punishes(proposal, &self.leadership, true);
        let is_false = self.ballot(now_ms).without(reporter).punishes(proposal, &self.leadership, false);
        assert!(is_guilty || is_false, error::permission_denied(E_PROPOSAL_NOT_PASSED));
        self.proposals.borrow_mut(proposal_id).mark_executed();
        let fine = self.config.fine();
        if (is_guilty) self.put_out(accused, reporter, FOR_WRONG_RESULT, fine, true, now_ms)
        else self.put_out(reporter, accused, FOR_FALSE_REPORT, fine, true, now_ms)
    }

    /// Two different batches at one height of one term, signed by one leader, prove themselves.
    public(friend) fun punish_twins(
        self: &mut Channel,
        sender: address,
        header_a: vector<u8>,
        signature_a: vector<u8>,
        header_b: vector<u8>,
        signature_b: vector<u8>,
        now_ms: u64
    ): Fine {
        let reporter = self.membership.member_of(sender);
        let a = batch_header::decode(header_a);
        let b = batch_header::decode(header_b);
        assert!(
            a.term() == b.term()
                && a.leader() == b.leader()
                && a.first_height() == b.first_height()
                && a.hash() != b.hash(),
            error::invalid_argument(E_NOT_TWINS)
        );
        let accused = self.assert_batch_signed(&a, signature_a);
        self.assert_batch_signed(&b, signature_b);
        assert!(accused != reporter, error::invalid_argument(E_ACCUSES_ITSELF));
        self.put_out_with_reward(accused, reporter, FOR_TWO_BATCHES, now_ms)
    }

    /// The member behind `sender`, and that the evidence is what its accused signed.
    public(friend) fun assert_accusation(self: &Channel, sender: address, punishment: &Punishment): address {
        let reporter = self.membership.member_of(sender);
        self.assert_evidence(punishment, reporter);
        reporter
    }

    /// Punishes the accused, whose result a replay has shown to be wrong, or else the reporter: the replay gave what the accused said.
    public(friend) fun punish_after_replay(
        self: &mut Channel, accused: address, reporter: address, is_guilty: bool, now_ms: u64
    ): Fine {
        if (is_guilty) return self.put_out_with_reward(accused, reporter, FOR_WRONG_RESULT, now_ms);
        let fine = self.config.fine();
        self.put_out(reporter, accused, FOR_FALSE_REPORT, fine, true, now_ms)
    }

    public(friend) fun fined_member(self: &Fine): address {
        self.member
    }

    public(friend) fun fined_amount(self: &Fine): u64 {
        self.amount
    }

    public(friend) fun is_from_shared_stake(self: &Fine): bool {
        self.is_shared
    }

    public(friend) fun rewarded(self: &Fine): Option<address> {
        self.reporter
    }

    // ---- Closing

    /// Marks the channel as closing. Any member may, and its creator.
    public(friend) fun start_closing(self: &mut Channel, sender: address) {
        self.assert_not_closed();
        assert!(!self.closing, error::invalid_state(E_CHANNEL_CLOSING));
        let closed_by = if (sender == self.creator) sender else self.membership.member_of(sender);
        self.closing = true;
        channel_events::emit_channel_closing(self.id, closed_by);
    }

    /// Marks the state as given back: once the closing settlement has been executed or all members have been settled out. Where nobody ever joined
    /// only the creator may, lest a stranger end a channel that has just been opened.
    public(friend) fun return_state(self: &mut Channel, sender: address, now_ms: u64) {
        let was_joined = self.membership.next_join_sequence() > 1;
        let deserted = self.membership.count() == 0 && (was_joined || sender == self.creator);
        assert!(self.closed || deserted, error::invalid_state(E_NOT_CLOSABLE));
        if (!self.closed) self.mark_closed(now_ms);
        self.state_returned = true;
        channel_events::emit_state_returned(self.id, sender);
    }

    // ---- Readers

    public(friend) fun id(self: &Channel): u64 {
        self.id
    }

    public(friend) fun creator(self: &Channel): address {
        self.creator
    }

    public(friend) fun config(self: &Channel): &Config {
        &self.config
    }

    public(friend) fun stake_asset(self: &Channel): address {
        self.stake_asset
    }

    public(friend) fun code(self: &Channel): (address, String) {
        (self.code_address, self.code_module)
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

    /// Whose node key this is, among the members and those that have not taken out what is theirs. Empty: nobody's.
    public(friend) fun owner_of_key(self: &Channel, node_key: &vector<u8>): vector<address> {
        self.membership.owner_of_key(node_key)
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
            stake_asset: self.stake_asset,
            config: self.config,
            leader: self.leadership.leader(),
            term: self.leadership.term(),
            candidates: self.leadership.candidates(),
            member_count: self.membership.count(),
            next_join_sequence: self.membership.next_join_sequence(),
            settled_height: self.settled_height,
            settled_root: self.settled_root,
            history_hash: self.history_hash,
            closing: self.closing,
            closed: self.closed,
            state_returned: self.state_returned,
            restarts: self.restarts,
            now_ms
        }
    }

    public(friend) fun member_count(self: &Channel): u64 {
        self.membership.count()
    }

    public(friend) fun is_member(self: &Channel, account: address): bool {
        self.membership.is_seated(account)
    }

    public(friend) fun member_infos(self: &Channel, now_ms: u64): vector<MemberInfo> {
        self.membership.infos(&self.config, now_ms)
    }

    public(friend) fun member_info(self: &Channel, member: address, now_ms: u64): MemberInfo {
        self.membership.info(member, &self.config, now_ms)
    }

    public(friend) fun candidate_of(self: &Channel, member: address): Option<address> {
        self.leadership.candidate_of(member)
    }

    public(friend) fun proposal_infos(self: &Channel): vector<ProposalInfo> {
        self.proposals.infos()
    }

    public(friend) fun proposal_heads(self: &Channel): vector<ProposalHead> {
        self.proposals.heads()
    }

    public(friend) fun proposal_info(self: &Channel, proposal_id: u64): ProposalInfo {
        self.proposals.info(proposal_id)
    }

    // ---- What is lawful

    fun assert_not_closed(self: &Channel) {
        assert!(!self.closed, error::invalid_state(E_CHANNEL_CLOSED));
    }

    /// What a settlement must be, besides well formed, to be proposed here. None of it can change while the settled height stays.
    fun assert_lawful(self: &Channel, settlement: &Settlement) {
        assert!(settlement.from_height() == self.settled_height, error::invalid_argument(E_FROM_HEIGHT));
        let leaving = settlement.leaving();
        for (i in 0..leaving.length()) {
            assert!(self.membership.is_seated(leaving[i]), error::invalid_argument(E_LEAVING_NOT_MEMBER));
        };
        assert!(!settlement.is_closing() || self.closing, error::invalid_state(E_NOT_CLOSING));
    }

    /// The accused has signed exactly what it is accused of.
    fun assert_evidence(self: &Channel, punishment: &Punishment, reporter: address) {
        let accused = punishment.target_member();
        assert!(accused != reporter, error::invalid_argument(E_ACCUSES_ITSELF));
        let signer = self.assert_batch_signed(&punishment.header(), punishment.target_sign());
        assert!(signer == accused, error::invalid_argument(E_NOT_THE_ACCUSED));
    }

    /// Who signed the batch.
    fun assert_batch_signed(self: &Channel, batch: &BatchHeader, signature: vector<u8>): address {
        let node_key = batch.leader();
        let owner = self.membership.owner_of_key(&node_key);
        assert!(!owner.is_empty(), error::invalid_argument(E_NOT_THE_ACCUSED));
        let message = signing::message(DOMAIN_BATCH, self.id, batch.term(), batch.hash());
        assert!(signing::is_signed(node_key, signature, message), error::invalid_argument(E_SIGNATURE));
        owner[0]
    }

    /// Two thirds of all who are members since before the join sequence was this, its leader among them or not, stand for the batch. Whoever came later
    /// cannot have signed it, and must not make the others too few.
    fun assert_certified(
        self: &Channel,
        batch: &BatchHeader,
        leader_signature: vector<u8>,
        signers: &vector<address>,
        signatures: &vector<vector<u8>>,
        next_join_sequence: u64
    ) {
        let leader = self.assert_batch_signed(batch, leader_signature);
        let digest = bcs::to_bytes(&batch.last_height());
        digest.append(batch.hash());
        let message =
            signing::message(DOMAIN_ACKNOWLEDGEMENT, self.id, batch.term(), hash::sha3_256(digest));
        self.assert_signed_by(signers, signatures, message);
        let certifying = *signers;
        if (!certifying.contains(&leader)) certifying.push_back(leader);
        let count = 0;
        for (i in 0..certifying.length()) {
            if (self.membership.is_older(certifying[i], next_join_sequence)) count += 1;
        };
        assert!(
            (count >= quorum::two_thirds(self.membership.count_older(next_join_sequence))),
            error::permission_denied(E_TOO_FEW_SIGNERS)
        );
    }

    /// Every signer is a member, named once, and has signed.
    fun assert_signed_by(
        self: &Channel, signers: &vector<address>, signatures: &vector<vector<u8>>, message: vector<u8>
    ) {
        assert!(signers.length() == signatures.length(), error::invalid_argument(E_SIGNERS));
        for (i in 0..signers.length()) {
            let signer = signers[i];
            let (_, first) = signers.index_of(&signer);
            assert!(first == i && self.membership.is_seated(signer), error::invalid_argument(E_SIGNERS));
            let node_key = self.membership.node_key_of(signer);
            assert!(signing::is_signed(node_key, signatures[i], message), error::invalid_argument(E_SIGNATURE));
        }
    }

    // ---- Proposals that live

    /// A proposal that takes votes and can be executed.
    fun assert_open(self: &Channel, proposal_id: u64, now_ms: u64) {
        let proposal = self.proposals.borrow(proposal_id);
        assert!(!proposal.is_executed(), error::invalid_state(E_PROPOSAL_EXECUTED));
        assert!(!self.is_stale(proposal), error::invalid_state(E_PROPOSAL_STALE));
        assert!(!proposal.is_contested(), error::invalid_state(E_PROPOSAL_CONTESTED));
        assert!(!is_expired(proposal, now_ms), error::invalid_state(E_PROPOSAL_EXPIRED));
    }

    /// The members that count now.
    fun ballot(self: &Channel, now_ms: u64): Ballot {
        ballot::new(self.membership.valid_members(&self.config, now_ms))
    }

    fun is_stale(self: &Channel, proposal: &Proposal): bool {
        proposal.is_settlement() && proposal.from_height() != self.settled_height
    }

    /// A settlement that waits to be contested is not too old before it could be executed.
    fun is_expired(proposal: &Proposal, now_ms: u64): bool {
        let contest_until_ms = proposal.contest_until_ms();
        let begins_ms = if (contest_until_ms > 0) contest_until_ms else proposal.created_ms();
        now_ms > begins_ms + PROPOSAL_AGE_MS_MAX
    }

    fun begin_contest_if_due(self: &mut Channel, proposal_id: u64, now_ms: u64): bool {
        let proposal = self.proposals.borrow(proposal_id);
        let is_due =
            proposal.is_settlement()
                && proposal.contest_until_ms() == 0
                && self.ballot(now_ms).passes(proposal, &self.leadership)
                && !ballot::new(self.membership.members()).reaches_two_thirds(proposal, &self.leadership);
        if (is_due) {
            let until_ms = now_ms + self.config.contest_window_ms();
            self.proposals.borrow_mut(proposal_id).begin_contest(until_ms);
            channel_events::emit_contest_begun(self.id, proposal_id, until_ms);
        };
        is_due
    }

    fun forget_dead_proposals(self: &mut Channel, now_ms: u64) {
        let ids = self.proposals.ids();
        for (i in 0..ids.length()) {
            let proposal = self.proposals.borrow(ids[i]);
            let is_dead =
                proposal.is_executed()
                    || proposal.is_contested()
                    || self.is_stale(proposal)
                    || is_expired(proposal, now_ms);
            if (is_dead) self.proposals.forget(ids[i]);
        }
    }

    /// Makes way for another proposal of the same member: an open one of the same kind is in the way unless it is a settlement that cannot pass.
    fun forget_lost_proposals(self: &mut Channel, proposer: address, is_settlement: bool, now_ms: u64) {
        let ids = self.proposals.ids();
        for (i in 0..ids.length()) {
            let proposal = self.proposals.borrow(ids[i]);
            if (proposal.proposer() == proposer && proposal.is_settlement() == is_settlement) {
                assert!(is_settlement && self.ballot(now_ms).is_lost(proposal, &self.leadership), error::already_exists(E_PROPOSAL_OPEN));
                self.proposals.forget(ids[i]);
            }
        }
    }

    // ---- Consequences

    fun apply_settlement(
        self: &mut Channel, settlement: &Settlement, proposal_id: u64, proposer: address, now_ms: u64
    ) {
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
        // One that was put out or left by itself since this was proposed is gone already.
        for (i in 0..leaving.length()) {
            if (self.is_member(leaving[i])) self.settle_out(leaving[i], now_ms);
        };
        if (settlement.is_beginning()) self.begin_anew();
        if (settlement.is_closing()) self.mark_closed(now_ms);
    }

    /// Nobody leads: the next term is the first of the new history, so that what was signed in the old one is told from it.
    fun begin_anew(self: &mut Channel) {
        self.restarts += 1;
        self.given_up_term = self.leadership.term();
        channel_events::emit_history_begun(self.id, self.settled_height, self.restarts);
        if (self.leadership.leader().is_some()) {
            self.leadership.vacate();
            self.emit_leader();
        };
    }

    /// Takes the member's seat and what else it was; its assets and stake wait for it.
    fun settle_out(self: &mut Channel, member: address, now_ms: u64) {
        let join_sequence = self.membership.settle_out(member, now_ms);
        channel_events::emit_member_settled_out(self.id, member, join_sequence, self.settled_height);
        if (self.leadership.forget(member)) self.emit_leader();
    }

    /// Half of the fine is the reporter's: somebody who has a friend report it still loses the other half.
    fun put_out_with_reward(
        self: &mut Channel, member: address, reporter: address, reason: u8, now_ms: u64
    ): Fine {
        let amount = self.config.fine();
        let fine = self.put_out(member, reporter, reason, amount, true, now_ms);
        fine.reporter = option::some(reporter);
        fine
    }

    /// Puts a member out for five minutes, and lets whoever was right lead in its place. A member that has been settled out meanwhile is only fined.
    fun put_out(
        self: &mut Channel,
        member: address,
        other: address,
        reason: u8,
        fine: u64,
        is_proved: bool,
        now_ms: u64
    ): Fine {
        let is_shared = self.membership.punish(member, fine, is_proved, now_ms);
        channel_events::emit_member_punished(self.id, member, other, reason, fine);
        if (self.membership.is_seated(member)) {
            let led = self.leadership.leader() == option::some(member);
            self.settle_out(member, now_ms);
            if (led) {
                self.appoint(other, now_ms);
                if (self.leadership.leader().is_some()) self.emit_leader();
            }
        };
        Fine { member, amount: fine, is_shared, reporter: option::none() }
    }

    /// Lets the member lead if it may.
    fun appoint(self: &mut Channel, member: address, now_ms: u64) {
        if (self.membership.is_seated(member)
            && self.leadership.may_lead(member, &self.membership, &self.config, now_ms)) {
            self.leadership.replace(member, &self.membership, &self.config, now_ms);
        }
    }

    fun mark_closed(self: &mut Channel, now_ms: u64) {
        self.closing = true;
        self.closed = true;
        self.closed_ms = now_ms;
        if (self.leadership.leader().is_some()) {
            self.leadership.vacate();
            self.emit_leader();
        };
        channel_events::emit_channel_closed(self.id, self.settled_height);
    }

    fun emit_leader(self: &Channel) {
        channel_events::emit_leader_changed(self.id, self.leadership.leader(), self.leadership.term());
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
    public fun restarts_for_test(self: &ChannelInfo): u64 {
        self.restarts
    }

    #[test_only]
    public fun closing_for_test(self: &ChannelInfo): (bool, bool) {
        (self.closing, self.closed)
    }
}
