/// The state channel contract: opening, joining, leaving and closing for applications; heartbeats, election, proposals and votes for nodes;
/// views for both. This module keeps the channels, and holds stakes, assets and states; the rules of a channel are in `rooch::channel`.
module rooch::state_channel {
    use std::bcs;
    use std::error;
    use std::option;
    use std::signer;
    use std::string::{Self, String};
    use aptos_framework::aptos_account;
    use aptos_framework::coin::{Self, Coin};
    use aptos_framework::timestamp;
    use aptos_std::ed25519;
    use aptos_std::from_bcs;
    use aptos_std::table::{Self, Table};
    use aptos_std::type_info;
    use rooch::channel::{Self, Channel, ChannelInfo, MemberInfo};
    use rooch::config::{Self, Config};
    use rooch::op::Op;
    use rooch::proposal::{ProposalHead, ProposalInfo};
    use rooch::settlement::{AccountChanges, Settlement};

    /// There is no such channel.
    const E_NO_CHANNEL: u64 = 91;
    /// The capability is for another channel.
    const E_WRONG_CAP: u64 = 92;
    /// The node key is not 32 bytes long, not a point of the curve, or one of small order.
    const E_NODE_KEY_INVALID: u64 = 93;
    /// The member has no assets in the channel.
    const E_NO_ASSETS: u64 = 94;

    /// Of an Ed25519 public key.
    const NODE_KEY_LENGTH: u64 = 32;

    /// All channels, under @rooch. What depends on an application's types is in the three resources below.
    struct Registry has key {
        channels: Table<u64, Channel>,
        next_id: u64
    }

    /// States of channels by channel id, under the creator's address.
    struct States<StateT: store> has key {
        by_channel: Table<u64, StateT>
    }

    /// A member's assets by channel id, under its address.
    struct AssetsOf<AssetsT: store> has key {
        by_channel: Table<u64, AssetsT>
    }

    /// A member's stakes by channel id, under its address.
    struct Stakes<phantom CoinType> has key {
        by_channel: Table<u64, Coin<CoinType>>
    }

    /// Whoever holds it settles and closes the channel: the application, which keeps it where only its own code reaches it.
    struct SettleCap has store {
        id: u64
    }

    /// A settlement that has passed and been applied to the channel; the application now applies it to its state.
    struct SettlementAction has drop {
        channel_id: u64,
        proposal_id: u64,
        settlement: Settlement
    }

    /// A channel's state taken out to be changed. It can only be given back: Move cannot return a reference into storage.
    struct Borrowed<StateT> {
        channel_id: u64,
        state: StateT
    }

    fun init_module(publisher: &signer) {
        move_to(publisher, Registry { channels: table::new(), next_id: 1 });
    }

    // ---- For applications

    /// A configuration with this stake, in the smallest unit of the channel's coin; `rooch::config` has what can be added to it.
    public fun create_config(stake: u64): Config {
        config::new(stake)
    }

    /// Opens a channel that starts from `state`. The module that declares `StateT` is the channel's code. Nobody is a member yet, the creator included.
    public fun create<StateT: store, AssetsT: store, CoinType>(
        creator: &signer, state: StateT, config: Config
    ): (SettleCap, u64) acquires Registry, States {
        let creator_address = signer::address_of(creator);
        let registry = borrow_global_mut<Registry>(@rooch);
        let id = registry.next_id;
        registry.next_id = id + 1;
        let code = type_info::type_of<StateT>();
        registry.channels.add(
            id,
            channel::new(
                id,
                creator_address,
                code.account_address(),
                string::utf8(code.module_name()),
                type_info::type_name<StateT>(),
                type_info::type_name<AssetsT>(),
                type_info::type_name<CoinType>(),
                config
            )
        );

        if (!exists<States<StateT>>(creator_address)) {
            move_to(creator, States<StateT> { by_channel: table::new() });
        };
        borrow_global_mut<States<StateT>>(creator_address).by_channel.add(id, state);
        (SettleCap { id }, id)
    }

    /// Makes the sender a member: takes its assets and its stake, binds the node key, whose account may from now on act for the member, and
    /// gives that account `session_gas` octas to pay its transactions with. One signature of the wallet does it all.
    public fun join<AssetsT: store, CoinType>(
        sender: &signer,
        id: u64,
        assets: AssetsT,
        node_key: vector<u8>,
        session_gas: u64
    ) acquires Registry, AssetsOf, Stakes {
        let member = signer::address_of(sender);
        let channel = borrow_channel_mut(id);
        channel.assert_assets_type(type_info::type_name<AssetsT>());
        channel.assert_coin_type(type_info::type_name<CoinType>());
        let session = session_address(node_key);
        channel.join(member, node_key, session, now_ms());
        let stake = channel.config().stake();

        if (!exists<AssetsOf<AssetsT>>(member)) {
            move_to(sender, AssetsOf<AssetsT> { by_channel: table::new() });
        };
        borrow_global_mut<AssetsOf<AssetsT>>(member).by_channel.add(id, assets);
        if (!exists<Stakes<CoinType>>(member)) {
            move_to(sender, Stakes<CoinType> { by_channel: table::new() });
        };
        // An account without a balance can join where nothing is staked.
        let coins =
            if (stake == 0) coin::zero<CoinType>()
            else coin::withdraw<CoinType>(sender, stake);
        borrow_global_mut<Stakes<CoinType>>(member).by_channel.add(id, coins);
        if (session_gas > 0) aptos_account::transfer(sender, session, session_gas);
    }

    /// Gives a member its assets and its stake back, after a settlement that lists it as leaving or once the channel is closed. Only the member
    /// itself may, not its session account.
    public fun leave<AssetsT: store, CoinType>(
        sender: &signer, id: u64
    ): AssetsT acquires Registry, AssetsOf, Stakes {
        let member = signer::address_of(sender);
        let channel = borrow_channel_mut(id);
        channel.assert_assets_type(type_info::type_name<AssetsT>());
        channel.assert_coin_type(type_info::type_name<CoinType>());
        channel.leave(member);

        let stake = borrow_global_mut<Stakes<CoinType>>(member).by_channel.remove(id);
        if (coin::value(&stake) == 0) coin::destroy_zero(stake)
        else coin::deposit(member, stake);
        borrow_global_mut<AssetsOf<AssetsT>>(member).by_channel.remove(id)
    }

    /// Gives the state back to the application: once the closing settlement has been executed, or when no members are left. Members that have not
    /// taken out what is theirs still can.
    public fun close<StateT: store>(sender: &signer, id: u64, cap: SettleCap): StateT acquires Registry, States {
        assert_cap(&cap, id);
        let SettleCap { id: _ } = cap;
        let channel = borrow_channel_mut(id);
        channel.assert_state_type(type_info::type_name<StateT>());
        channel.return_state(signer::address_of(sender));
        borrow_global_mut<States<StateT>>(channel.creator()).by_channel.remove(id)
    }

    /// Takes the state out, to apply a settlement to it. What authorises is the capability; `_account` is whoever sent the transaction.
    public fun borrow_mut<StateT: store>(
        _account: &signer, cap: &SettleCap, id: u64
    ): Borrowed<StateT> acquires Registry, States {
        assert_cap(cap, id);
        let channel = borrow_channel(id);
        channel.assert_state_type(type_info::type_name<StateT>());
        let state = borrow_global_mut<States<StateT>>(channel.creator()).by_channel.remove(id);
        Borrowed { channel_id: id, state }
    }

    /// The state that was taken out.
    public fun state_mut<StateT: store>(self: &mut Borrowed<StateT>): &mut StateT {
        &mut self.state
    }

    /// Puts the state back.
    public fun give_back<StateT: store>(self: Borrowed<StateT>) acquires Registry, States {
        let Borrowed { channel_id, state } = self;
        let creator = borrow_channel(channel_id).creator();
        borrow_global_mut<States<StateT>>(creator).by_channel.add(channel_id, state);
    }

    /// Executes a proposal that has passed. Called by the application's settlement function, which anyone may send: the votes decide.
    public fun execute_proposal(cap: &SettleCap, id: u64, proposal_id: u64): SettlementAction acquires Registry {
        assert_cap(cap, id);
        let settlement = borrow_channel_mut(id).execute(proposal_id, now_ms());
        SettlementAction { channel_id: id, proposal_id, settlement }
    }

    /// What the settlement changes under one address.
    public fun get_account_change_sets(action: &SettlementAction, account: address): AccountChanges {
        action.settlement.account_changes(account)
    }

    /// What happened to the resource `T`; none of the three kinds if nothing.
    public fun get_change_set_op<T>(changes: &AccountChanges): Op {
        changes.op_of_type(&type_info::type_name<T>())
    }

    /// The channel's label with this key.
    public fun get_label(id: u64, key: String): String acquires Registry {
        borrow_channel(id).config().label(key)
    }

    /// The same under the specification's other name.
    public fun get_config_label(id: u64, key: String): String acquires Registry {
        get_label(id, key)
    }

    // ---- For nodes: the sender is a member's own account or its session account

    /// Renews the member's last-alive time, and says how far away it finds the others.
    public entry fun keep_alive_entry(
        sender: &signer, id: u64, peers: vector<address>, delays_ms: vector<u64>
    ) acquires Registry {
        borrow_channel_mut(id).keep_alive(signer::address_of(sender), peers, delays_ms, now_ms());
    }

    /// Makes the member the leader, if there is none or its heartbeat has lapsed.
    public entry fun apply_leader_entry(sender: &signer, id: u64) acquires Registry {
        borrow_channel_mut(id).apply_leader(signer::address_of(sender), now_ms());
    }

    /// Proposes: type 1 is a settlement; its data is described in docs/contract.md.
    public entry fun create_proposal_entry(
        sender: &signer, id: u64, proposal_type: u8, proposal_data: vector<u8>
    ) acquires Registry {
        borrow_channel_mut(id).propose(signer::address_of(sender), proposal_type, proposal_data, now_ms());
    }

    /// Votes against (0), for (1), or abstains (2).
    public entry fun vote_proposal_entry(
        sender: &signer, id: u64, proposal_id: u64, vote_option: u8
    ) acquires Registry {
        borrow_channel_mut(id).vote(signer::address_of(sender), proposal_id, vote_option, now_ms());
    }

    /// Makes it known that the member wants to leave.
    public entry fun request_leave_entry(sender: &signer, id: u64) acquires Registry {
        borrow_channel_mut(id).request_leave(signer::address_of(sender));
    }

    /// Starts to close the channel: no joins from now on, and one last settlement. The creator may too.
    public entry fun close_entry(sender: &signer, id: u64) acquires Registry {
        borrow_channel_mut(id).start_closing(signer::address_of(sender));
    }

    // ---- Views

    #[view]
    public fun channel_exists(id: u64): bool acquires Registry {
        borrow_global<Registry>(@rooch).channels.contains(id)
    }

    #[view]
    public fun channel_info(id: u64): ChannelInfo acquires Registry {
        borrow_channel(id).info(now_ms())
    }

    #[view]
    public fun member_count(id: u64): u64 acquires Registry {
        borrow_channel(id).member_count()
    }

    #[view]
    public fun members(id: u64): vector<MemberInfo> acquires Registry {
        borrow_channel(id).member_infos(now_ms())
    }

    #[view]
    public fun member(id: u64, member: address): MemberInfo acquires Registry {
        borrow_channel(id).member_info(member, now_ms())
    }

    #[view]
    public fun proposals(id: u64): vector<ProposalInfo> acquires Registry {
        borrow_channel(id).proposal_infos()
    }

    #[view]
    /// The proposals without their data, for those who only follow the votes.
    public fun proposal_heads(id: u64): vector<ProposalHead> acquires Registry {
        borrow_channel(id).proposal_heads()
    }

    #[view]
    public fun proposal(id: u64, proposal_id: u64): ProposalInfo acquires Registry {
        borrow_channel(id).proposal_info(proposal_id)
    }

    #[view]
    /// The state as last settled, in BCS.
    public fun state_bytes<StateT: store>(id: u64): vector<u8> acquires Registry, States {
        let channel = borrow_channel(id);
        channel.assert_state_type(type_info::type_name<StateT>());
        bcs::to_bytes(borrow_global<States<StateT>>(channel.creator()).by_channel.borrow(id))
    }

    #[view]
    /// A member's assets as last settled, in BCS.
    public fun assets_bytes<AssetsT: store>(id: u64, member: address): vector<u8> acquires Registry, AssetsOf {
        borrow_channel(id).assert_assets_type(type_info::type_name<AssetsT>());
        let has_assets =
            exists<AssetsOf<AssetsT>>(member)
                && borrow_global<AssetsOf<AssetsT>>(member).by_channel.contains(id);
        assert!(has_assets, error::not_found(E_NO_ASSETS));
        bcs::to_bytes(borrow_global<AssetsOf<AssetsT>>(member).by_channel.borrow(id))
    }

    #[view]
    /// Votes in favour that pass a proposal among so many valid members.
    public fun quorum(valid_members: u64): u64 {
        channel::quorum(valid_members)
    }

    #[view]
    /// The account whose authentication key this Ed25519 key is.
    public fun session_address(node_key: vector<u8>): address {
        assert!(node_key.length() == NODE_KEY_LENGTH, error::invalid_argument(E_NODE_KEY_INVALID));
        let validated = ed25519::new_validated_public_key_from_bytes(node_key);
        assert!(validated.is_some(), error::invalid_argument(E_NODE_KEY_INVALID));
        let key = ed25519::public_key_into_unvalidated(option::destroy_some(validated));
        from_bcs::to_address(ed25519::unvalidated_public_key_to_authentication_key(&key))
    }

    // ---- Helpers

    inline fun borrow_channel(id: u64): &Channel acquires Registry {
        let registry = borrow_global<Registry>(@rooch);
        assert!(registry.channels.contains(id), error::not_found(E_NO_CHANNEL));
        registry.channels.borrow(id)
    }

    inline fun borrow_channel_mut(id: u64): &mut Channel acquires Registry {
        let registry = borrow_global_mut<Registry>(@rooch);
        assert!(registry.channels.contains(id), error::not_found(E_NO_CHANNEL));
        registry.channels.borrow_mut(id)
    }

    fun assert_cap(cap: &SettleCap, id: u64) {
        assert!(cap.id == id, error::permission_denied(E_WRONG_CAP));
    }

    fun now_ms(): u64 {
        timestamp::now_microseconds() / 1000
    }

    #[test_only]
    public fun init_for_test(publisher: &signer) {
        init_module(publisher);
    }
}
