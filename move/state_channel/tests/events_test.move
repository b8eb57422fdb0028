#[test_only]
/// What every event says, field by field: in BCS, as the fields of events are their module's own.
module rooch::events_test {
    use std::bcs;
    use std::option;
    use std::string;
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::event;
    use aptos_framework::object::{Self, Object};
    use aptos_framework::fungible_asset::Metadata;
    use rooch::channel_events::{
        CandidateStands, ChannelClosed, ChannelClosing, ChannelCreated, ContestBegun, HistoryBegun, LeaderChanged,
        LeaveRequested, MemberChallenged, MemberJoined, MemberLeft, MemberPunished, MemberSettledOut, ProposalCreated,
        ProposalExecuted, SettlementContested, SilenceReported, StateReturned, VoteCast, VoteDelegated
    };
    use rooch::staking::{Self, Fined, Staked, Unstaked};
    use rooch::state_channel;
    use rooch::vectors;
    use rooch::world::{Self, alice, bob, carol, mallory, member, beginning, settlement};

    /// The fields of an event, one after the other.
    struct Fields has copy, drop {
        bytes: vector<u8>
    }

    /// All events start with the channel's id.
    fun of_channel(id: u64): Fields {
        Fields { bytes: bcs::to_bytes(&id) }
    }

    fun fields(): Fields {
        Fields { bytes: vector[] }
    }

    fun with<T>(self: Fields, field: &T): Fields {
        self.bytes.append(bcs::to_bytes(field));
        self
    }

    /// That exactly these were emitted, in this order.
    fun assert_emitted<T: drop + store>(expected: vector<Fields>) {
        let bytes = vector[(expected.length() as u8)];
        for (i in 0..expected.length()) bytes.append(expected[i].bytes);
        assert!(bcs::to_bytes(&event::emitted_events<T>()) == bytes);
    }

    fun leads(id: u64, leader: address, term: u64): Fields {
        of_channel(id).with(&option::some(leader)).with(&term)
    }

    fun nobody_leads(id: u64, term: u64): Fields {
        of_channel(id).with(&option::none<address>()).with(&term)
    }

    fun reports(id: u64, account: address, other: address, reason: u8, fine: u64): Fields {
        of_channel(id).with(&account).with(&other).with(&reason).with(&fine)
    }

    fun joins(id: u64, account: address, n: u64, join_sequence: u64): Fields {
        let session = world::address_of(&world::session(n));
        of_channel(id).with(&account).with(&session).with(&world::key(n)).with(&join_sequence)
    }

    fun proposes(id: u64, n: u64, proposer: address, proposal_type: u8, from: u64, to: u64): Fields {
        of_channel(id).with(&n).with(&proposer).with(&proposal_type).with(&from).with(&to)
    }

    /// On the first proposal.
    fun votes(id: u64, voter: address, option: u8): Fields {
        of_channel(id).with(&1u64).with(&voter).with(&option)
    }

    fun punish_twins(id: u64, reporter: &signer) {
        state_channel::punish_twins_entry(
            reporter,
            id,
            vectors::honest_header(),
            vectors::honest_signature(),
            vectors::wrong_header(),
            vectors::wrong_signature()
        );
    }

    #[test]
    fun c2_opening_says_what_the_channel_is() {
        world::begin();
        let id = world::open();
        let expected =
            of_channel(id).with(&@0xa11ce).with(&@rooch).with(&string::utf8(b"world")).with(
                &string::utf8(b"0x57a17::world::Notebook")
            ).with(&string::utf8(b"0x57a17::world::Pens")).with(&string::utf8(b"0x1::aptos_coin::AptosCoin")).with(
                &world::apt()
            ).with(&100u64);
        assert_emitted<ChannelCreated>(vector[expected]);
    }

    #[test]
    fun c9_joining_says_who_with_what_key() {
        world::begin();
        let id = world::open();
        world::join(id, &bob(), 1);
        world::join(id, &alice(), 0);
        assert_emitted<MemberJoined>(vector[joins(id, @0xb0b, 1, 1), joins(id, @0xa11ce, 0, 2)]);
    }

    #[test]
    fun c35_a_challenge_says_whom_and_by_whom() {
        world::begin();
        let id = world::open_with_members(state_channel::create_config(0).with_quiet_heartbeats(), 2);
        world::pass_ms(20_000);
        state_channel::challenge_entry(&world::session(1), id, @0xa11ce);
        assert_emitted<MemberChallenged>(vector[of_channel(id).with(&@0xa11ce).with(&@0xb0b)]);
    }

    #[test]
    fun c37_standing_says_who_made_way() {
        world::begin();
        let id = world::open_for(6);
        for (i in 0..5) state_channel::stand_entry(&member(i), id);
        world::pass_ms(15_001);
        world::keep_alive(id, &alice());
        world::keep_alive(id, &member(5));
        state_channel::stand_entry(&member(5), id);
        let expected = vector[];
        for (i in 0..5) {
            expected.push_back(of_channel(id).with(&world::address_of(&member(i))).with(&option::none<address>()));
        };
        expected.push_back(of_channel(id).with(&world::address_of(&member(5))).with(&option::some(@0xb0b)));
        assert_emitted<CandidateStands>(expected);
    }

    #[test]
    fun c39_delegating_says_to_whom() {
        world::begin();
        let id = world::open_for(6);
        state_channel::stand_entry(&bob(), id);
        state_channel::delegate_entry(&carol(), id, @0xb0b);
        assert_emitted<VoteDelegated>(vector[of_channel(id).with(&@0xca401).with(&@0xb0b)]);
    }

    #[test]
    fun c15_every_change_of_the_leader_is_said() {
        world::begin();
        let id = world::open_for(3);
        let signatures = world::first(vectors::election_signatures(), 3);
        state_channel::replace_leader_entry(&mallory(), id, @0xb0b, world::members(3), signatures);
        world::settle_out(id, vector[@0xb0b], 1, 3);
        state_channel::apply_leader_entry(&carol(), id);
        assert_emitted<LeaderChanged>(
            vector[leads(id, @0xa11ce, 1), leads(id, @0xb0b, 2), nobody_leads(id, 2), leads(id, @0xca401, 3)]
        );
    }

    #[test]
    fun c55_silence_says_of_which_term_and_who_leads_then() {
        world::begin();
        let id = world::open_for(4);
        state_channel::report_silence_entry(&bob(), id);
        state_channel::report_silence_entry(&carol(), id);
        assert_emitted<SilenceReported>(
            vector[of_channel(id).with(&@0xb0b).with(&1u64), of_channel(id).with(&@0xca401).with(&1u64)]
        );
        assert_emitted<LeaderChanged>(vector[leads(id, @0xa11ce, 1), leads(id, @0xb0b, 2)]);
    }

    #[test]
    fun c55_among_two_it_closes() {
        world::begin();
        let id = world::open_for(2);
        state_channel::report_silence_entry(&bob(), id);
        assert_emitted<ChannelClosing>(vector[of_channel(id).with(&@0xb0b)]);
    }

    #[test]
    fun c17_a_proposal_says_its_heights() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 7));
        state_channel::create_proposal_entry(&carol(), id, 2, vectors::accusation());
        assert_emitted<ProposalCreated>(
            vector[proposes(id, 1, @0xb0b, 1, 0, 7), proposes(id, 2, @0xca401, 2, 2, 2)]
        );
    }

    #[test]
    fun c23_a_vote_says_what_it_is() {
        world::begin();
        let id = world::open_for_three();
        world::propose(id, &bob(), settlement(0, 7));
        state_channel::vote_proposal_entry(&alice(), id, 1, 2);
        state_channel::vote_proposal_entry(&carol(), id, 1, 0);
        assert_emitted<VoteCast>(vector[votes(id, @0xa11ce, 2), votes(id, @0xca401, 0)]);
    }

    #[test]
    fun c42_a_contest_window_says_its_end() {
        world::begin();
        let id = world::open_for(4);
        world::pass_ms(15_001);
        world::keep_alive(id, &alice());
        world::propose(id, &alice(), settlement(0, 1));
        assert_emitted<ContestBegun>(vector[of_channel(id).with(&1u64).with(&1_075_001u64)]);
    }

    #[test]
    fun c43_a_contest_says_by_whom_and_up_to_where() {
        world::begin();
        let id = world::open_for(3);
        world::propose(id, &alice(), settlement(0, 1));
        state_channel::contest_entry(
            &world::session(2),
            id,
            1,
            vectors::honest_header(),
            vectors::honest_signature(),
            world::members(3),
            world::first(vectors::honest_acknowledgements(), 3)
        );
        assert_emitted<SettlementContested>(vector[of_channel(id).with(&1u64).with(&@0xca401).with(&2u64)]);
    }

    #[test]
    fun c26_an_execution_says_where_the_channel_is() {
        world::begin();
        let id = world::open_for_three();
        world::settle_out(id, vector[@0xca401], 1, 3);
        let (_, root, history) = state_channel::channel_info(id).settled_for_test();
        assert_emitted<ProposalExecuted>(
            vector[of_channel(id).with(&1u64).with(&@0xa11ce).with(&1u64).with(&root).with(&history)]
        );
        assert_emitted<MemberSettledOut>(vector[of_channel(id).with(&@0xca401).with(&3u64).with(&1u64)]);
        assert_emitted<LeaderChanged>(vector[leads(id, @0xa11ce, 1)]);
        world::leave(id, &carol());
        assert_emitted<MemberLeft>(vector[of_channel(id).with(&@0xca401).with(&3u64).with(&100u64)]);
    }

    #[test]
    fun c44_by_signatures_it_is_proposal_0_of_whoever_brought_them() {
        world::begin();
        let id = world::open_for(3);
        let signatures = world::first(vectors::settlement_signatures(), 2);
        world::settle_signed(id, &mallory(), settlement(0, 1).bytes(), world::members(2), signatures);
        let (_, root, history) = state_channel::channel_info(id).settled_for_test();
        assert_emitted<ProposalExecuted>(
            vector[of_channel(id).with(&0u64).with(&@0xbad).with(&1u64).with(&root).with(&history)]
        );
    }

    #[test]
    fun c48_votes_that_punish_say_why_and_how_much() {
        world::begin();
        let id = world::open_for_three();
        state_channel::create_proposal_entry(&bob(), id, 2, vectors::accusation());
        world::vote_for(id, &carol(), 1);
        state_channel::execute_punishment_entry(&mallory(), id, 1);
        assert_emitted<MemberPunished>(vector[reports(id, @0xa11ce, @0xb0b, 1, 100)]);
        assert_emitted<LeaderChanged>(
            vector[leads(id, @0xa11ce, 1), nobody_leads(id, 1), leads(id, @0xb0b, 2)]
        );
        assert_emitted<Fined>(
            vector[fields().with(&@0xa11ce).with(&world::apt()).with(&100u64).with(&option::none<address>()).with(&0u64)]
        );
    }

    #[test]
    fun c49_and_of_a_false_report() {
        world::begin();
        let id = world::open_for_three();
        state_channel::create_proposal_entry(&bob(), id, 2, vectors::accusation());
        state_channel::vote_proposal_entry(&alice(), id, 1, 0);
        state_channel::vote_proposal_entry(&carol(), id, 1, 0);
        state_channel::execute_punishment_entry(&mallory(), id, 1);
        assert_emitted<MemberPunished>(vector[reports(id, @0xb0b, @0xa11ce, 3, 100)]);
        assert_emitted<LeaderChanged>(vector[leads(id, @0xa11ce, 1)]);
    }

    #[test]
    fun c47_among_two_there_is_no_fine() {
        world::begin();
        let id = world::open();
        world::join(id, &alice(), 0);
        world::join(id, &bob(), 1);
        state_channel::create_proposal_entry(&bob(), id, 2, vectors::accusation());
        assert_emitted<MemberPunished>(vector[reports(id, @0xa11ce, @0xb0b, 1, 0)]);
        // Nobody led, and nobody leads.
        assert_emitted<LeaderChanged>(vector[]);
        assert_emitted<Fined>(vector[]);
    }

    #[test]
    fun c52_two_batches_are_reason_2() {
        world::begin();
        let id = world::open_for_three();
        punish_twins(id, &bob());
        assert_emitted<MemberPunished>(vector[reports(id, @0xa11ce, @0xb0b, 2, 100)]);
        assert_emitted<Fined>(
            vector[fields().with(&@0xa11ce).with(&world::apt()).with(&100u64).with(&option::some(@0xb0b)).with(&50u64)]
        );
    }

    #[test]
    fun c53_a_replay_is_reason_1_or_3() {
        world::begin();
        let id = world::open_for_three();
        world::replay(id, &carol(), vectors::replay_honest());
        world::replay(id, &bob(), vectors::replay_wrong());
        assert_emitted<MemberPunished>(
            vector[reports(id, @0xca401, @0xa11ce, 3, 100), reports(id, @0xa11ce, @0xb0b, 1, 100)]
        );
    }

    #[test]
    fun c51_where_the_reporter_may_not_lead_nobody_does() {
        world::begin();
        let id = world::open_for_three();
        world::pass_ms(15_001);
        punish_twins(id, &bob());
        assert_emitted<LeaderChanged>(vector[leads(id, @0xa11ce, 1), nobody_leads(id, 1)]);
    }

    #[test]
    fun c29_wishes_are_said() {
        world::begin();
        let id = world::open_for_three();
        state_channel::request_leave_entry(&world::session(1), id);
        state_channel::close_entry(&world::session(2), id);
        assert_emitted<LeaveRequested>(vector[of_channel(id).with(&@0xb0b)]);
        assert_emitted<ChannelClosing>(vector[of_channel(id).with(&@0xca401)]);
    }

    #[test]
    fun c30_the_end_is_said_once() {
        world::begin();
        let id = world::open_for_three();
        state_channel::close_entry(&alice(), id);
        world::propose(id, &alice(), settlement(0, 9).with_closing());
        world::vote_for(id, &bob(), 1);
        world::settle(id, &alice(), 1);
        world::close(id, &mallory());
        assert_emitted<ChannelClosed>(vector[of_channel(id).with(&9u64)]);
        assert_emitted<StateReturned>(vector[of_channel(id).with(&@0xbad)]);
        assert_emitted<LeaderChanged>(vector[leads(id, @0xa11ce, 1), nobody_leads(id, 1)]);
    }

    #[test]
    fun c31_a_channel_without_a_leader_ends_without_losing_one() {
        world::begin();
        let id = world::open();
        world::close(id, &alice());
        assert_emitted<ChannelClosed>(vector[of_channel(id).with(&0u64)]);
        assert_emitted<LeaderChanged>(vector[]);
    }

    #[test]
    fun c64_a_beginning_says_which() {
        world::begin();
        let id = world::open_for(1);
        for (i in 0..2) {
            world::propose(id, &alice(), beginning(i));
            world::settle(id, &alice(), i + 1);
        };
        assert_emitted<HistoryBegun>(
            vector[of_channel(id).with(&1u64).with(&1u64), of_channel(id).with(&2u64).with(&2u64)]
        );
        assert_emitted<LeaderChanged>(vector[leads(id, @0xa11ce, 1), nobody_leads(id, 1)]);
    }

    #[test]
    fun c60_deposits_say_whose_and_how_much() {
        world::begin();
        let asset: Object<Metadata> = object::address_to_object<Metadata>(world::apt());
        staking::stake_coin_entry<AptosCoin>(&bob(), 70);
        staking::unstake_entry(&bob(), asset, 30);
        assert_emitted<Staked>(vector[fields().with(&@0xb0b).with(&world::apt()).with(&70u64)]);
        assert_emitted<Unstaked>(vector[fields().with(&@0xb0b).with(&world::apt()).with(&30u64)]);
    }

    #[test]
    fun c52_where_nothing_is_staked_nobody_is_fined() {
        world::begin();
        let id = world::open_for(3);
        punish_twins(id, &bob());
        assert_emitted<MemberPunished>(vector[reports(id, @0xa11ce, @0xb0b, 2, 0)]);
        assert_emitted<Fined>(vector[]);
    }
}
