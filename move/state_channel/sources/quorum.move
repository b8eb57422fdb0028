/// How many of how many make a decision. All arithmetic on votes is here.
module rooch::quorum {
    /// Up to this many members every one speaks for itself; beyond it there are as many candidates.
    const CANDIDATES_MAX: u64 = 5;

    /// Two thirds of `n`, rounded up: what passes a settlement. 0 of 0.
    public fun two_thirds(n: u64): u64 {
        (2 * n + 2) / 3
    }

    /// The least number that is more than two thirds of `n`: what replaces a leader and what punishes.
    public fun more_than_two_thirds(n: u64): u64 {
        2 * n / 3 + 1
    }

    public fun candidates_max(): u64 {
        CANDIDATES_MAX
    }

    /// How many delegations one candidate takes among `n` members, of whom there is at least one: `n/5 - 1` rounded up, so that all candidates together take everyone.
    public fun delegations_max(n: u64): u64 {
        (n + CANDIDATES_MAX - 1) / CANDIDATES_MAX - 1
    }
}
