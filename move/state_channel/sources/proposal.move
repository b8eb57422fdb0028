/// One proposal and the votes on it. Who may vote, and how many votes pass it, is for `rooch::channel` to say.
module rooch::proposal {
    use std::bcs;
    use std::error;
    use std::hash;
    use rooch::settlement::Settlement;

    friend rooch::channel;

    /// The vote is none of against (0), for (1) and abstain (2).
    const E_VOTE_OPTION: u64 = 41;
    /// The member has voted on this proposal; a vote is not changed.
    const E_ALREADY_VOTED: u64 = 42;

    const VOTE_AGAINST: u8 = 0;
    const VOTE_FOR: u8 = 1;
    const VOTE_ABSTAIN: u8 = 2;

    struct Proposal has drop, store {
        id: u64,
        proposer: address,
        proposal_type: u8,
        settlement: Settlement,
        votes_for: vector<address>,
        votes_against: vector<address>,
        votes_abstain: vector<address>,
        created_ms: u64,
        executed: bool
    }

    /// What the views show of a proposal to those who only follow the votes: its data may be tens of kilobytes.
    struct ProposalHead has drop {
        id: u64,
        proposer: address,
        proposal_type: u8,
        from_height: u64,
        to_height: u64,
        /// SHA3-256 of the data.
        data_hash: vector<u8>,
        votes_for: vector<address>,
        votes_against: vector<address>,
        votes_abstain: vector<address>,
        created_ms: u64,
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
        executed: bool
    }

    /// The proposer's own vote is for it.
    public(friend) fun new(
        id: u64, proposer: address, proposal_type: u8, settlement: Settlement, created_ms: u64
    ): Proposal {
        Proposal {
            id,
            proposer,
            proposal_type,
            settlement,
            votes_for: vector[proposer],
            votes_against: vector[],
            votes_abstain: vector[],
            created_ms,
            executed: false
        }
    }

    public(friend) fun vote(self: &mut Proposal, member: address, vote_option: u8) {
        let voted =
            self.votes_for.contains(&member)
                || self.votes_against.contains(&member)
                || self.votes_abstain.contains(&member);
        assert!(!voted, error::already_exists(E_ALREADY_VOTED));
        if (vote_option == VOTE_FOR) self.votes_for.push_back(member)
        else if (vote_option == VOTE_AGAINST) self.votes_against.push_back(member)
        else {
            assert!(vote_option == VOTE_ABSTAIN, error::invalid_argument(E_VOTE_OPTION));
            self.votes_abstain.push_back(member);
        }
    }

    public(friend) fun mark_executed(self: &mut Proposal) {
        self.executed = true;
    }

    public(friend) fun proposer(self: &Proposal): address {
        self.proposer
    }

    public(friend) fun settlement(self: &Proposal): &Settlement {
        &self.settlement
    }

    public(friend) fun created_ms(self: &Proposal): u64 {
        self.created_ms
    }

    public(friend) fun is_executed(self: &Proposal): bool {
        self.executed
    }

    /// How many of `voters` are for it.
    public(friend) fun count_for(self: &Proposal, voters: &vector<address>): u64 {
        count_common(&self.votes_for, voters)
    }

    /// How many of `voters` are against it or abstain.
    public(friend) fun count_not_for(self: &Proposal, voters: &vector<address>): u64 {
        count_common(&self.votes_against, voters) + count_common(&self.votes_abstain, voters)
    }

    public(friend) fun info(self: &Proposal): ProposalInfo {
        ProposalInfo {
            id: self.id,
            proposer: self.proposer,
            proposal_type: self.proposal_type,
            data: bcs::to_bytes(&self.settlement),
            votes_for: self.votes_for,
            votes_against: self.votes_against,
            votes_abstain: self.votes_abstain,
            created_ms: self.created_ms,
            executed: self.executed
        }
    }

    public(friend) fun head(self: &Proposal): ProposalHead {
        ProposalHead {
            id: self.id,
            proposer: self.proposer,
            proposal_type: self.proposal_type,
            from_height: self.settlement.from_height(),
            to_height: self.settlement.to_height(),
            data_hash: hash::sha3_256(bcs::to_bytes(&self.settlement)),
            votes_for: self.votes_for,
            votes_against: self.votes_against,
            votes_abstain: self.votes_abstain,
            created_ms: self.created_ms,
            executed: self.executed
        }
    }

    fun count_common(votes: &vector<address>, voters: &vector<address>): u64 {
        let common = 0;
        for (i in 0..votes.length()) {
            if (voters.contains(&votes[i])) common += 1;
        };
        common
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
    public fun head_for_test(self: &ProposalHead): (u64, u64, vector<u8>, bool) {
        (self.from_height, self.to_height, self.data_hash, self.executed)
    }
}
