/// The events of channels. All carry the channel's id first.
module rooch::channel_events {
    use std::option::Option;
    use std::string::String;
    use aptos_framework::event;

    friend rooch::channel;

    #[event]
    struct ChannelCreated has drop, store {
        channel_id: u64,
        creator: address,
        /// The module that is the channel's code.
        code_address: address,
        code_module: String,
        state_type: String,
        assets_type: String,
        coin_type: String,
        stake_asset: address,
        stake: u64
    }

    #[event]
    struct MemberJoined has drop, store {
        channel_id: u64,
        member: address,
        session: address,
        node_key: vector<u8>,
        join_sequence: u64
    }

    #[event]
    /// A sign of life is asked of the member, in a channel with quiet heartbeats.
    struct MemberChallenged has drop, store {
        channel_id: u64,
        member: address,
        challenged_by: address
    }

    #[event]
    struct CandidateStands has drop, store {
        channel_id: u64,
        member: address,
        /// Who had lapsed and made way.
        displaced: Option<address>
    }

    #[event]
    struct VoteDelegated has drop, store {
        channel_id: u64,
        member: address,
        candidate: address
    }

    #[event]
    /// The member says that the leader of this term does not answer it.
    struct SilenceReported has drop, store {
        channel_id: u64,
        member: address,
        term: u64
    }

    #[event]
    /// The member was put out of the channel: its leader's result was wrong (1), it signed two batches (2), or it accused another falsely (3). `other`
    /// is who accused it, or whom it accused.
    struct MemberPunished has drop, store {
        channel_id: u64,
        member: address,
        other: address,
        reason: u8,
        fine: u64
    }

    #[event]
    struct LeaveRequested has drop, store {
        channel_id: u64,
        member: address
    }

    #[event]
    /// The member takes no further part and may take out what it has in the channel.
    struct MemberSettledOut has drop, store {
        channel_id: u64,
        member: address,
        join_sequence: u64,
        settled_height: u64
    }

    #[event]
    /// The member has taken out its assets and its stake.
    struct MemberLeft has drop, store {
        channel_id: u64,
        member: address,
        join_sequence: u64,
        stake: u64
    }

    #[event]
    /// `leader` is none when the leader was settled out or deposed and nobody took its place, or the channel closed.
    struct LeaderChanged has drop, store {
        channel_id: u64,
        leader: Option<address>,
        term: u64
    }

    #[event]
    struct ProposalCreated has drop, store {
        channel_id: u64,
        proposal_id: u64,
        proposer: address,
        proposal_type: u8,
        from_height: u64,
        to_height: u64
    }

    #[event]
    struct VoteCast has drop, store {
        channel_id: u64,
        proposal_id: u64,
        member: address,
        vote_option: u8
    }

    #[event]
    /// Not two thirds of all members are for the settlement; until then somebody can bring a newer state.
    struct ContestBegun has drop, store {
        channel_id: u64,
        proposal_id: u64,
        until_ms: u64
    }

    #[event]
    /// Somebody brought a state that two thirds of all members have signed and the settlement does not know of.
    struct SettlementContested has drop, store {
        channel_id: u64,
        proposal_id: u64,
        contested_by: address,
        height: u64
    }

    #[event]
    /// `proposal_id` is 0 where members signed the settlement instead of voting for it.
    struct ProposalExecuted has drop, store {
        channel_id: u64,
        proposal_id: u64,
        proposer: address,
        settled_height: u64,
        settled_root: vector<u8>,
        history_hash: vector<u8>
    }

    #[event]
    /// Nobody can join any more; the last settlement is to follow.
    struct ChannelClosing has drop, store {
        channel_id: u64,
        closed_by: address
    }

    #[event]
    /// Nothing follows but members that take out what is theirs, and the state that goes back to the application.
    struct ChannelClosed has drop, store {
        channel_id: u64,
        settled_height: u64
    }

    #[event]
    /// Nobody had the history any more: the next one begins at this height, from the state that the chain has.
    struct HistoryBegun has drop, store {
        channel_id: u64,
        settled_height: u64,
        /// How many have begun so.
        restarts: u64
    }

    #[event]
    struct StateReturned has drop, store {
        channel_id: u64,
        returned_by: address
    }

    public(friend) fun emit_channel_created(
        channel_id: u64,
        creator: address,
        code_address: address,
        code_module: String,
        state_type: String,
        assets_type: String,
        coin_type: String,
        stake_asset: address,
        stake: u64
    ) {
        event::emit(
            ChannelCreated {
                channel_id,
                creator,
                code_address,
                code_module,
                state_type,
                assets_type,
                coin_type,
                stake_asset,
                stake
            }
        );
    }

    public(friend) fun emit_member_joined(
        channel_id: u64, member: address, session: address, node_key: vector<u8>, join_sequence: u64
    ) {
        event::emit(MemberJoined { channel_id, member, session, node_key, join_sequence });
    }

    public(friend) fun emit_member_challenged(channel_id: u64, member: address, challenged_by: address) {
        event::emit(MemberChallenged { channel_id, member, challenged_by });
    }

    public(friend) fun emit_candidate_stands(channel_id: u64, member: address, displaced: Option<address>) {
        event::emit(CandidateStands { channel_id, member, displaced });
    }

    public(friend) fun emit_vote_delegated(channel_id: u64, member: address, candidate: address) {
        event::emit(VoteDelegated { channel_id, member, candidate });
    }

    public(friend) fun emit_silence_reported(channel_id: u64, member: address, term: u64) {
        event::emit(SilenceReported { channel_id, member, term });
    }

    public(friend) fun emit_member_punished(
        channel_id: u64, member: address, other: address, reason: u8, fine: u64
    ) {
        event::emit(MemberPunished { channel_id, member, other, reason, fine });
    }

    public(friend) fun emit_contest_begun(channel_id: u64, proposal_id: u64, until_ms: u64) {
        event::emit(ContestBegun { channel_id, proposal_id, until_ms });
    }

    public(friend) fun emit_settlement_contested(
        channel_id: u64, proposal_id: u64, contested_by: address, height: u64
    ) {
        event::emit(SettlementContested { channel_id, proposal_id, contested_by, height });
    }

    public(friend) fun emit_leave_requested(channel_id: u64, member: address) {
        event::emit(LeaveRequested { channel_id, member });
    }

    public(friend) fun emit_member_settled_out(
        channel_id: u64, member: address, join_sequence: u64, settled_height: u64
    ) {
        event::emit(MemberSettledOut { channel_id, member, join_sequence, settled_height });
    }

    public(friend) fun emit_member_left(channel_id: u64, member: address, join_sequence: u64, stake: u64) {
        event::emit(MemberLeft { channel_id, member, join_sequence, stake });
    }

    public(friend) fun emit_leader_changed(channel_id: u64, leader: Option<address>, term: u64) {
        event::emit(LeaderChanged { channel_id, leader, term });
    }

    public(friend) fun emit_proposal_created(
        channel_id: u64,
        proposal_id: u64,
        proposer: address,
        proposal_type: u8,
        from_height: u64,
        to_height: u64
    ) {
        event::emit(ProposalCreated { channel_id, proposal_id, proposer, proposal_type, from_height, to_height });
    }

    public(friend) fun emit_vote_cast(channel_id: u64, proposal_id: u64, member: address, vote_option: u8) {
        event::emit(VoteCast { channel_id, proposal_id, member, vote_option });
    }

    public(friend) fun emit_proposal_executed(
        channel_id: u64,
        proposal_id: u64,
        proposer: address,
        settled_height: u64,
        settled_root: vector<u8>,
        history_hash: vector<u8>
    ) {
        event::emit(
            ProposalExecuted { channel_id, proposal_id, proposer, settled_height, settled_root, history_hash }
        );
    }

    public(friend) fun emit_channel_closing(channel_id: u64, closed_by: address) {
        event::emit(ChannelClosing { channel_id, closed_by });
    }

    public(friend) fun emit_channel_closed(channel_id: u64, settled_height: u64) {
        event::emit(ChannelClosed { channel_id, settled_height });
    }

    public(friend) fun emit_history_begun(channel_id: u64, settled_height: u64, restarts: u64) {
        event::emit(HistoryBegun { channel_id, settled_height, restarts });
    }

    public(friend) fun emit_state_returned(channel_id: u64, returned_by: address) {
        event::emit(StateReturned { channel_id, returned_by });
    }
}
