/// Who leads a channel: terms, replacement, and in a channel of more than five members the candidates and who is represented by whom.
module rooch::leadership {
    use std::error;
    use std::option::{Self, Option};
    use rooch::config::Config;
    use rooch::membership::Membership;
    use rooch::quorum;

    friend rooch::ballot;
    friend rooch::channel;

    /// The applicant's last heartbeat is too old.
    const E_APPLICANT_NOT_VALID: u64 = 61;
    /// The applicant leads the channel already.
    const E_ALREADY_LEADER: u64 = 62;
    /// The leader's heartbeat is recent: it cannot be replaced.
    const E_LEADER_VALID: u64 = 63;
    /// The applicant was put out of the lead and may not lead again yet.
    const E_BARRED_FROM_LEAD: u64 = 151;
    /// The channel has more than five members and candidates among them: one of those must lead.
    const E_NOT_A_CANDIDATE: u64 = 152;
    /// The member is a candidate already.
    const E_ALREADY_CANDIDATE: u64 = 153;
    /// There are five candidates, and all of them are valid.
    const E_CANDIDATES_FULL: u64 = 154;
    /// A candidate speaks for itself.
    const E_CANDIDATE_DELEGATES: u64 = 155;
    /// The candidate represents as many members as it may.
    const E_DELEGATIONS_FULL: u64 = 156;
    /// The member is represented by this candidate already.
    const E_ALREADY_DELEGATED: u64 = 157;
    /// There is no such candidate.
    const E_NO_CANDIDATE: u64 = 161;
    /// Nobody leads the channel.
    const E_NO_LEADER: u64 = 158;
    /// The leader cannot accuse itself.
    const E_OWN_SILENCE: u64 = 159;
    /// The member has accused this leader already, and the others still have time to say the same.
    const E_ALREADY_ACCUSED: u64 = 160;

    struct Delegation has copy, drop, store {
        member: address,
        candidate: address
    }

    /// A member says that the leader does not answer it.
    struct Silence has copy, drop, store {
        /// In which the leader led.
        term: u64,
        reporter: address,
        at_ms: u64
    }

    struct Leadership has store {
        leader: Option<address>,
        /// Counts the leaders.
        term: u64,
        candidates: vector<address>,
        delegations: vector<Delegation>,
        silence: Option<Silence>
    }

    public(friend) fun new(): Leadership {
        Leadership {
            leader: option::none(),
            term: 0,
            candidates: vector[],
            delegations: vector[],
            silence: option::none()
        }
    }

    // ---- Leading

    /// The applicant leads from now on, if nobody does or who does has lapsed.
    public(friend) fun apply(
        self: &mut Leadership, applicant: address, members: &Membership, config: &Config, now_ms: u64
    ) {
        self.assert_may_lead(applicant, members, config, now_ms);
        if (self.leader.is_some()) {
            let leader = *self.leader.borrow();
            assert!(!members.is_valid(leader, config, now_ms), error::invalid_state(E_LEADER_VALID));
        };
        self.lead(applicant);
    }

    /// The successor leads from now on, whoever leads: enough members have signed for it.
    public(friend) fun replace(
        self: &mut Leadership, successor: address, members: &Membership, config: &Config, now_ms: u64
    ) {
        self.assert_may_lead(successor, members, config, now_ms);
        self.lead(successor);
    }

    /// Whether the member could lead where nobody does.
    public(friend) fun may_lead(
        self: &Leadership, member: address, members: &Membership, config: &Config, now_ms: u64
    ): bool {
        members.is_valid(member, config, now_ms)
            && !members.is_barred(member, now_ms)
            && (self.is_candidate(member) || !self.candidates_lead(members, config, now_ms))
    }

    /// Nobody leads from now on.
    public(friend) fun vacate(self: &mut Leadership) {
        self.leader = option::none();
    }

    /// Notes that the leader does not answer the reporter. Returns whether a second member says so, and whether the first one has waited in vain
    /// for a second.
    public(friend) fun report_silence(
        self: &mut Leadership, reporter: address, config: &Config, now_ms: u64
    ): (bool, bool) {
        assert!(self.leader.is_some(), error::invalid_state(E_NO_LEADER));
        assert!(self.leader != option::some(reporter), error::invalid_argument(E_OWN_SILENCE));
        if (self.silence.is_some()) {
            let first = *self.silence.borrow();
            let is_late = now_ms > first.at_ms + config.heartbeat_window_ms();
            let is_current = first.term == self.term;
            if (is_current && first.reporter != reporter && !is_late) return (true, false);
            if (is_current && first.reporter == reporter) {
                assert!(is_late, error::already_exists(E_ALREADY_ACCUSED));
                return (false, true)
            };
        };
        self.silence = option::some(Silence { term: self.term, reporter, at_ms: now_ms });
        (false, false)
    }

    /// Who said first that the leader does not answer.
    public(friend) fun silence_reporter(self: &Leadership): Option<address> {
        if (self.silence.is_some()) option::some(self.silence.borrow().reporter) else option::none()
    }

    // ---- Candidates

    /// The member stands as a candidate, in the place of one that has lapsed if there are five. Returns who had to make way, or nobody.
    public(friend) fun stand(
        self: &mut Leadership, member: address, members: &Membership, config: &Config, now_ms: u64
    ): Option<address> {
        assert!(!self.is_candidate(member), error::already_exists(E_ALREADY_CANDIDATE));
        assert!(members.is_valid(member, config, now_ms), error::invalid_state(E_APPLICANT_NOT_VALID));
        assert!(!members.is_barred(member, now_ms), error::permission_denied(E_BARRED_FROM_LEAD));
        let displaced = option::none();
        if (self.candidates.length() == quorum::candidates_max()) {
            for (i in 0..self.candidates.length()) {
                let candidate = self.candidates[i];
                if (displaced.is_none() && !members.is_valid(candidate, config, now_ms)) {
                    displaced = option::some(candidate);
                }
            };
            assert!(displaced.is_some(), error::resource_exhausted(E_CANDIDATES_FULL));
            self.forget_candidate(*displaced.borrow());
        };
        self.forget_delegation(member);
        self.candidates.push_back(member);
        displaced
    }

    /// The candidate votes for the member, too, wherever the member does not vote itself.
    public(friend) fun delegate(
        self: &mut Leadership,
        member: address,
        candidate: address,
        members: &Membership,
        config: &Config,
        now_ms: u64
    ) {
        assert!(!self.is_candidate(member), error::invalid_state(E_CANDIDATE_DELEGATES));
        assert!(self.is_candidate(candidate), error::not_found(E_NO_CANDIDATE));
        assert!(members.is_valid(candidate, config, now_ms), error::invalid_state(E_APPLICANT_NOT_VALID));
        assert!(self.candidate_of(member) != option::some(candidate), error::already_exists(E_ALREADY_DELEGATED));
        self.forget_delegation(member);
        assert!(
            (self.delegations_to(candidate) < quorum::delegations_max(members.count())),
            error::resource_exhausted(E_DELEGATIONS_FULL)
        );
        self.delegations.push_back(Delegation { member, candidate });
    }

    /// Forgets what a former member was here. Returns whether it led.
    public(friend) fun forget(self: &mut Leadership, member: address): bool {
        self.forget_candidate(member);
        self.forget_delegation(member);
        let led = self.leader == option::some(member);
        if (led) self.vacate();
        led
    }

    // ---- Readers

    public(friend) fun leader(self: &Leadership): Option<address> {
        self.leader
    }

    public(friend) fun term(self: &Leadership): u64 {
        self.term
    }

    public(friend) fun candidates(self: &Leadership): vector<address> {
        self.candidates
    }

    /// Who represents the member, if anybody does.
    public(friend) fun candidate_of(self: &Leadership, member: address): Option<address> {
        for (i in 0..self.delegations.length()) {
            let delegation = &self.delegations[i];
            if (delegation.member == member) return option::some(delegation.candidate)
        };
        option::none()
    }

    // ---- Helpers

    fun assert_may_lead(
        self: &Leadership, applicant: address, members: &Membership, config: &Config, now_ms: u64
    ) {
        assert!(self.leader != option::some(applicant), error::already_exists(E_ALREADY_LEADER));
        assert!(members.is_valid(applicant, config, now_ms), error::invalid_state(E_APPLICANT_NOT_VALID));
        assert!(!members.is_barred(applicant, now_ms), error::permission_denied(E_BARRED_FROM_LEAD));
        assert!(
            self.is_candidate(applicant) || !self.candidates_lead(members, config, now_ms),
            error::permission_denied(E_NOT_A_CANDIDATE)
        );
    }

    /// Whether a candidate must lead: the channel is large and has a valid one that may.
    fun candidates_lead(self: &Leadership, members: &Membership, config: &Config, now_ms: u64): bool {
        if (members.count() <= quorum::candidates_max()) return false;
        for (i in 0..self.candidates.length()) {
            let candidate = self.candidates[i];
            if (members.is_valid(candidate, config, now_ms) && !members.is_barred(candidate, now_ms)) return true
        };
        false
    }

    fun lead(self: &mut Leadership, member: address) {
        self.leader = option::some(member);
        self.term += 1;
    }

    fun is_candidate(self: &Leadership, member: address): bool {
        self.candidates.contains(&member)
    }

    fun delegations_to(self: &Leadership, candidate: address): u64 {
        let count = 0;
        for (i in 0..self.delegations.length()) {
            if (self.delegations[i].candidate == candidate) count += 1;
        };
        count
    }

    fun forget_candidate(self: &mut Leadership, candidate: address) {
        let (found, index) = self.candidates.index_of(&candidate);
        if (!found) return;
        self.candidates.remove(index);
        let kept = vector[];
        for (i in 0..self.delegations.length()) {
            if (self.delegations[i].candidate != candidate) kept.push_back(self.delegations[i]);
        };
        self.delegations = kept;
    }

    fun forget_delegation(self: &mut Leadership, member: address) {
        for (i in 0..self.delegations.length()) {
            if (self.delegations[i].member == member) {
                self.delegations.remove(i);
                return
            }
        }
    }
}
