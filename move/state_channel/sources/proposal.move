/// One proposal and the votes on it, apart from what it proposes: that may be a megabyte, and is read when it is needed. Who may vote, and how many votes
/// pass it, is for `rooch::channel` to say.
module rooch::proposal {
    use std::bcs;
    use std::error;
    use std::hash;
    use rooch::punishment::{Self, Punishment};
    use rooch::settlement::{Self, Settlement};

    friend rooch::ballot;
    friend rooch::channel;
    friend rooch::proposal_book;

    /// The vote is none of against (0), for (1) and abstain (2).
    const E_VOTE_OPTION: u64 = 41;
    /// The member has voted on this proposal; a vote is not changed.
    const E_ALREADY_VOTED: u64 = 42;
    /// There is no such type of proposal.
    const E_PROPOSAL_TYPE: u64 = 43;
    /// The proposal is of the other type.
    const E_OTHER_TYPE: u64 = 44;

    const VOTE_AGAINST: u8 = 0;
    const VOTE_FOR: u8 = 1;
    const VOTE_ABSTAIN: u8 = 2;

    const TYPE_SETTLEMENT: u8 = 1;
    const TYPE_PUNISHMENT: u8 = 2;

    enum Content has copy, drop, store {
        Settlement { settlement: Settlement },
        Punishment { punishment: Punishment }
    }

    struct Proposal has drop, store {
        id: u64,
        proposer: address,
        proposal_type: u8,
        /// Of a punishment both are the height complained of.
        from_height: u64,
        to_height: u64,
        /// SHA3-256 of the data.
        data_hash: vector<u8>,
        votes_for: vector<address>,
        votes_against: vector<address>,
        votes_abstain: vector<address>,
        created_ms: u64,
        /// The join sequence that was next then: members from there on have come since.
        next_join_sequence: u64,
        /// When a settlement that not two thirds of all members voted for can be executed; 0: its time to be contested has not begun.
        contest_until_ms: u64,
        /// Somebody brought a newer state.
        is_contested: bool,
        executed: bool
    }

    /// What the views show of a proposal to those who only follow the votes: its data may be tens of kilobytes.
    struct ProposalHead has drop {
        id: u64,
        proposer: address,
        proposal_type: u8,
        /// Of a punishment both are the height complained of.
        from_height: u64,
        to_height: u64,
        /// SHA3-256 of the data.
        data_hash: vector<u8>,
        votes_for: vector<address>,
        votes_against: vector<address>,
        votes_abstain: vector<address>,
        created_ms: u64,
        contest_until_ms: u64,
        is_contested: bool,
        executed: bool
    }

    /// What the views show of a proposal.
    struct ProposalInfo has drop {
        id: u64,
        proposer: address,
        proposal_type: u8,
        /// As it was proposed, in BCS.
        data: vector<u8>,
        votes_for: vector<address>,
        votes_against: vector<address>,
        votes_abstain: vector<address>,
        created_ms: u64,
        contest_until_ms: u64,
        is_contested: bool,
        executed: bool
    }

    public(friend) fun decode(proposal_type: u8, data: vector<u8>): Content {
        if (proposal_type == TYPE_SETTLEMENT) return Content::Settlement { settlement: settlement::decode(data) };
        assert!(proposal_type == TYPE_PUNISHMENT, error::invalid_argument(E_PROPOSAL_TYPE));
        Content::Punishment { punishment: punishment::decode(data) }
    }

    public(friend) fun is_of_settlement(self: &Content): bool {
        self is Content::Settlement
    }

    public(friend) fun as_settlement(self: &Content): &Settlement {
        assert!(self is Content::Settlement, error::invalid_argument(E_OTHER_TYPE));
        &self.settlement
    }

    public(friend) fun as_punishment(self: &Content): &Punishment {
        assert!(self is Content::Punishment, error::invalid_argument(E_OTHER_TYPE));
        &self.punishment
    }

    /// First and last height.
    public(friend) fun heights(self: &Content): (u64, u64) {
        if (self is Content::Settlement) (self.settlement.from_height(), self.settlement.to_height())
        else (self.punishment.height(), self.punishment.height())
    }

    /// The proposer's own vote is for it.
    public(friend) fun new(
        id: u64, proposer: address, content: &Content, created_ms: u64, next_join_sequence: u64
    ): Proposal {
        let (from_height, to_height) = content.heights();
        Proposal {
            id,
            proposer,
            proposal_type: if (content.is_of_settlement()) TYPE_SETTLEMENT else TYPE_PUNISHMENT,
            from_height,
            to_height,
            data_hash: hash::sha3_256(content.data()),
            votes_for: vector[proposer],
            votes_against: vector[],
            votes_abstain: vector[],
            created_ms,
            next_join_sequence,
            contest_until_ms: 0,
            is_contested: false,
            executed: false
        }
    }

    public(friend) fun vote(self: &mut Proposal, member: address, vote_option: u8) {
        assert!(!self.has_voted(member), error::already_exists(E_ALREADY_VOTED));
        if (vote_option == VOTE_FOR) self.votes_for.push_back(member)
        else if (vote_option == VOTE_AGAINST) self.votes_against.push_back(member)
        else {
            assert!(vote_option == VOTE_ABSTAIN, error::invalid_argument(E_VOTE_OPTION));
            self.votes_abstain.push_back(member);
        }
    }

    /// From when on it can be executed though not two thirds of all members voted for it.
    public(friend) fun begin_contest(self: &mut Proposal, until_ms: u64) {
        self.contest_until_ms = until_ms;
    }

    public(friend) fun mark_contested(self: &mut Proposal) {
        self.is_contested = true;
    }

    public(friend) fun mark_executed(self: &mut Proposal) {
        self.executed = true;
    }

    public(friend) fun proposer(self: &Proposal): address {
        self.proposer
    }

    public(friend) fun is_settlement(self: &Proposal): bool {
        self.proposal_type == TYPE_SETTLEMENT
    }

    public(friend) fun from_height(self: &Proposal): u64 {
        self.from_height
    }

    public(friend) fun next_join_sequence(self: &Proposal): u64 {
        self.next_join_sequence
    }

    public(friend) fun created_ms(self: &Proposal): u64 {
        self.created_ms
    }

    public(friend) fun contest_until_ms(self: &Proposal): u64 {
        self.contest_until_ms
    }

    public(friend) fun is_contested(self: &Proposal): bool {
        self.is_contested
    }

    public(friend) fun is_executed(self: &Proposal): bool {
        self.executed
    }

    public(friend) fun is_for(self: &Proposal, member: address): bool {
        self.votes_for.contains(&member)
    }

    public(friend) fun is_against(self: &Proposal, member: address): bool {
        self.votes_against.contains(&member)
    }

    public(friend) fun has_voted(self: &Proposal, member: address): bool {
        self.is_for(member) || self.is_against(member) || self.votes_abstain.contains(&member)
    }

    public(friend) fun info(self: &Proposal, content: &Content): ProposalInfo {
        ProposalInfo {
            id: self.id,
            proposer: self.proposer,
            proposal_type: self.proposal_type,
            data: content.data(),
            votes_for: self.votes_for,
            votes_against: self.votes_against,
            votes_abstain: self.votes_abstain,
            created_ms: self.created_ms,
            contest_until_ms: self.contest_until_ms,
            is_contested: self.is_contested,
            executed: self.executed
        }
    }

    public(friend) fun head(self: &Proposal): ProposalHead {
        ProposalHead {
            id: self.id,
            proposer: self.proposer,
            proposal_type: self.proposal_type,
            from_height: self.from_height,
            to_height: self.to_height,
            data_hash: self.data_hash,
            votes_for: self.votes_for,
            votes_against: self.votes_against,
            votes_abstain: self.votes_abstain,
            created_ms: self.created_ms,
            contest_until_ms: self.contest_until_ms,
            is_contested: self.is_contested,
            executed: self.executed
        }
    }

    fun data(self: &Content): vector<u8> {
        if (self is Content::Settlement) bcs::to_bytes(&self.settlement)
        else bcs::to_bytes(&self.punishment)
    }

    #[test_only]
    public fun votes_for_test(self: &ProposalInfo): (address, vector<address>) {
        (self.proposer, self.votes_for)
    }

    #[test_only]
    public fun data_for_test(self: &ProposalInfo): vector<u8> {
        self.data
    }

    #[test_only]
    public fun contest_for_test(self: &ProposalHead): (u64, bool) {
        (self.contest_until_ms, self.is_contested)
    }

    #[test_only]
    public fun head_for_test(self: &ProposalHead): (u64, u64, vector<u8>, bool) {
        (self.from_height, self.to_height, self.data_hash, self.executed)
    }
}
