/// What the votes on a proposal come to among certain members. Everyone has one vote; who has not voted is represented by its candidate, if it has chosen
/// one and that one is among the voters. Who is absent so far counts as abstaining.
module rooch::ballot {
    use rooch::leadership::Leadership;
    use rooch::proposal::Proposal;
    use rooch::quorum;

    friend rooch::channel;

    /// So many must agree on a punishment, however few members count.
    const PUNISHING_VOTES_MIN: u64 = 2;

    struct Ballot has drop {
        voters: vector<address>
    }

    public(friend) fun new(voters: vector<address>): Ballot {
        Ballot { voters }
    }

    /// The same without one of them.
    public(friend) fun without(self: Ballot, member: address): Ballot {
        self.voters.remove_value(&member);
        self
    }

    /// Whether a settlement passes: two thirds are for it, one voter at least.
    public(friend) fun passes(self: &Ballot, proposal: &Proposal, leadership: &Leadership): bool {
        !self.voters.is_empty() && self.reaches_two_thirds(proposal, leadership)
    }

    public(friend) fun reaches_two_thirds(self: &Ballot, proposal: &Proposal, leadership: &Leadership): bool {
        let votes_for = self.count(proposal, leadership, true);
        votes_for >= quorum::two_thirds(self.voters.length())
    }

    /// Whether more than two thirds, and at least two, say that the accused is guilty, or that it is not.
    public(friend) fun punishes(
        self: &Ballot, proposal: &Proposal, leadership: &Leadership, is_guilty: bool
    ): bool {
        let votes = self.count(proposal, leadership, is_guilty);
        votes >= PUNISHING_VOTES_MIN && votes >= quorum::more_than_two_thirds(self.voters.length())
    }

    /// Whether so many are against it, or abstain, that two thirds cannot be for it any more.
    public(friend) fun is_lost(self: &Ballot, proposal: &Proposal, leadership: &Leadership): bool {
        let may_be_for = 0;
        for (i in 0..self.voters.length()) {
            let voice = self.voice_of(proposal, leadership, self.voters[i]);
            if (proposal.is_for(voice) || !proposal.has_voted(voice)) may_be_for += 1;
        };
        may_be_for < quorum::two_thirds(self.voters.length())
    }

    /// How many are for it, or against it.
    fun count(self: &Ballot, proposal: &Proposal, leadership: &Leadership, is_for: bool): u64 {
        let count = 0;
        for (i in 0..self.voters.length()) {
            let voice = self.voice_of(proposal, leadership, self.voters[i]);
            if (if (is_for) proposal.is_for(voice) else proposal.is_against(voice)) count += 1;
        };
        count
    }

    /// Whose vote is the member's: its own if it has voted, else its candidate's.
    fun voice_of(self: &Ballot, proposal: &Proposal, leadership: &Leadership, member: address): address {
        if (proposal.has_voted(member)) return member;
        let candidate = leadership.candidate_of(member);
        if (candidate.is_some() && self.voters.contains(candidate.borrow())) *candidate.borrow()
        else member
    }
}
