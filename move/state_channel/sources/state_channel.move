/// The state channel contract: opening, joining, leaving and closing for applications; heartbeats, election, proposals and votes for nodes;
/// views for both. This module keeps the channels, and holds stakes, assets and states; the rules of a channel are in `rooch::channel`.
module rooch::state_channel {
    use std::bcs;
    use std::error;
    use std::option;
    use std::signer;
    use std::string::{Self, String};
    use aptos_framework::aptos_account;
    use aptos_framework::coin;
    use aptos_framework::fungible_asset::{Self, FungibleAsset, Metadata};
    use aptos_framework::object::{Self, Object};
    use aptos_framework::primary_fungible_store;
    use aptos_framework::timestamp;
    use aptos_std::ed25519;
    use aptos_std::from_bcs;
    use aptos_std::table::{Self, Table};
    use aptos_std::type_info;
    use rooch::channel::{Self, Channel, ChannelInfo, Fine};
    use rooch::config::{Self, Config};
    use rooch::membership::MemberInfo;
    use rooch::op::Op;
    use rooch::parcel;
    use rooch::proposal::{ProposalHead, ProposalInfo};
    use rooch::quorum;
    use rooch::replay::{Self, Replay};
    use rooch::settlement::{AccountChanges, ItemChange, Settlement};
    use rooch::staking;

    /// There is no such channel.
    const E_NO_CHANNEL: u64 = 91;
    /// The capability is for another channel.
    const E_WRONG_CAP: u64 = 92;
    /// The node key is not 32 bytes long, not a point of the curve, or one of small order.
    const E_NODE_KEY_INVALID: u64 = 93;
    /// The member has no assets in the channel.
    const E_NO_ASSETS: u64 = 94;
    /// The transaction is another module's than the channel's code.
    const E_OTHER_CODE: u64 = 95;
    /// Whoever called is no member any more, and has taken out what was its.
    const E_CALLER_UNKNOWN: u64 = 97;
    /// The replay is of another channel.
    const E_OTHER_REPLAY: u64 = 96;

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

    /// Whoever holds it settles and closes the channel: the application, which keeps it where only its own code reaches it.
    struct SettleCap has store {
        id: u64
    }

    /// A settlement that has passed and been applied to the channel; the application now applies it to its state.
    struct SettlementAction has drop {
        settlement: Settlement
    }

    /// A channel's state taken out to be changed. It can only be given back: Move cannot return a reference into storage.
    struct Borrowed<StateT> {
        channel_id: u64,
        state: StateT
    }

    /// A member's assets taken out to be changed; likewise.
    struct BorrowedAssets<AssetsT> {
        channel_id: u64,
        member: address,
        assets: AssetsT
    }

    fun init_module(publisher: &signer) {
        move_to(publisher, Registry { channels: table::new(), next_id: 1 });
    }

    // ---- For applications

    /// A configuration with this stake, in the smallest unit of the channel's coin; `rooch::config` has what can be added to it.
    public fun create_config(stake: u64): Config {
        config::new(stake)
    }

    /// Opens a channel that starts from `state`, with stakes in a coin. The module that declares `StateT` is the channel's code. Nobody is a member
    /// yet, the creator included.
    public fun create<StateT: store, AssetsT: store, CoinType>(
        creator: &signer, state: StateT, config: Config
    ): (SettleCap, u64) acquires Registry, States {
        let coin_type = type_info::type_name<CoinType>();
        open<StateT, AssetsT>(creator, state, coin_type, object::object_address(&paired_asset<CoinType>()), config)
    }

    /// The same with stakes in a fungible asset that may be no coin.
    public fun create_with_asset<StateT: store, AssetsT: store>(
        creator: &signer, state: StateT, stake_asset: Object<Metadata>, config: Config
    ): (SettleCap, u64) acquires Registry, States {
        open<StateT, AssetsT>(creator, state, string::utf8(b""), object::object_address(&stake_asset), config)
    }

    /// Makes the sender a member: takes its assets and its stake, binds the node key, whose account may from now on act for the member, and
    /// gives that account `session_gas` octas to pay its transactions with. One signature of the wallet does it all.
    public fun join<AssetsT: store, CoinType>(
        sender: &signer,
        id: u64,
        assets: AssetsT,
        node_key: vector<u8>,
        session_gas: u64
    ) acquires Registry, AssetsOf {
        let channel = borrow_channel_mut(id);
        channel.assert_coin_type(type_info::type_name<CoinType>());
        let stake = channel.config().stake();
        take_seat(channel, sender, assets, node_key, false);
        // An account without a balance can join where nothing is staked.
        if (stake > 0) staking::take_in(coin::coin_to_fungible_asset(coin::withdraw<CoinType>(sender, stake)));
        pay_session_gas(sender, node_key, session_gas);
    }

    /// The same where the stake is any fungible asset.
    public fun join_with_asset<AssetsT: store>(
        sender: &signer,
        id: u64,
        assets: AssetsT,
        node_key: vector<u8>,
        session_gas: u64
    ) acquires Registry, AssetsOf {
        let channel = borrow_channel_mut(id);
        let asset = object::address_to_object<Metadata>(channel.stake_asset());
        let stake = channel.config().stake();
        take_seat(channel, sender, assets, node_key, false);
        if (stake > 0) staking::take_in(primary_fungible_store::withdraw(sender, asset, stake));
        pay_session_gas(sender, node_key, session_gas);
    }

    /// The same with the stake from what the sender has deposited in the shared staking contract (`rooch::staking`).
    public fun join_with_shared_stake<AssetsT: store>(
        sender: &signer,
        id: u64,
        assets: AssetsT,
        node_key: vector<u8>,
        session_gas: u64
    ) acquires Registry, AssetsOf {
        let channel = borrow_channel_mut(id);
        let stake = channel.config().stake();
        take_seat(channel, sender, assets, node_key, true);
        staking::lock(signer::address_of(sender), channel.stake_asset(), stake);
        pay_session_gas(sender, node_key, session_gas);
    }

    /// Gives a member its assets and what is left of its stake back, after a settlement that lists it as leaving or once the channel is closed, and
    /// when its stake has ceased to answer for it. Only the member itself may, not its session account.
    public fun leave<AssetsT: store>(sender: &signer, id: u64): AssetsT acquires Registry, AssetsOf {
        let member = signer::address_of(sender);
        let channel = borrow_channel_mut(id);
        channel.assert_assets_type(type_info::type_name<AssetsT>());
        let (stake, is_shared) = channel.leave(member, now_ms());
        if (is_shared) staking::unlock(member, channel.stake_asset(), stake)
        else staking::pay_back(member, channel.stake_asset(), stake);
        borrow_global_mut<AssetsOf<AssetsT>>(member).by_channel.remove(id)
    }

    /// Gives the state back to the application: once the closing settlement has been executed, or when no members are left. Members that have not
    /// taken out what is theirs still can.
    public fun close<StateT: store>(sender: &signer, id: u64, cap: SettleCap): StateT acquires Registry, States {
        assert_cap(&cap, id);
        let SettleCap { id: _ } = cap;
        let channel = borrow_channel_mut(id);
        channel.assert_state_type(type_info::type_name<StateT>());
        channel.return_state(signer::address_of(sender), now_ms());
        borrow_global_mut<States<StateT>>(channel.creator()).by_channel.remove(id)
    }

    /// Takes the state out, to apply a settlement to it. What authorises is the capability; `_account` is whoever sent the transaction.
    public fun borrow_mut<StateT: store>(
        _account: &signer, cap: &SettleCap, id: u64
    ): Borrowed<StateT> acquires Registry, States {
        borrow_state<StateT>(cap, id)
    }

    /// The same where nobody has signed: for views, too, whose changes are thrown away.
    public fun borrow_state<StateT: store>(cap: &SettleCap, id: u64): Borrowed<StateT> acquires Registry, States {
        assert_cap(cap, id);
        let channel = borrow_channel(id);
        channel.assert_state_type(type_info::type_name<StateT>());
        let state = borrow_global_mut<States<StateT>>(channel.creator()).by_channel.remove(id);
        Borrowed { channel_id: id, state }
    }

    /// The state that was taken out, to look at.
    public fun state<StateT: store>(self: &Borrowed<StateT>): &StateT {
        &self.state
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

    /// Takes a member's assets out, to apply a settlement to them.
    public fun borrow_assets<AssetsT: store>(
        cap: &SettleCap, id: u64, member: address
    ): BorrowedAssets<AssetsT> acquires Registry, AssetsOf {
        assert_cap(cap, id);
        borrow_channel(id).assert_assets_type(type_info::type_name<AssetsT>());
        assert_has_assets<AssetsT>(id, member);
        let assets = borrow_global_mut<AssetsOf<AssetsT>>(member).by_channel.remove(id);
        BorrowedAssets { channel_id: id, member, assets }
    }

    /// The assets that were taken out, to look at.
    public fun assets<AssetsT: store>(self: &BorrowedAssets<AssetsT>): &AssetsT {
        &self.assets
    }

    /// The assets that were taken out.
    public fun assets_mut<AssetsT: store>(self: &mut BorrowedAssets<AssetsT>): &mut AssetsT {
        &mut self.assets
    }

    /// Puts the assets back.
    public fun give_assets_back<AssetsT: store>(self: BorrowedAssets<AssetsT>) acquires AssetsOf {
        let BorrowedAssets { channel_id, member, assets } = self;
        borrow_global_mut<AssetsOf<AssetsT>>(member).by_channel.add(channel_id, assets);
    }

    /// Executes a proposal that has passed. Called by the application's settlement function, which anyone may send: the votes decide.
    public fun execute_proposal(cap: &SettleCap, id: u64, proposal_id: u64): SettlementAction acquires Registry {
        assert_cap(cap, id);
        let settlement = borrow_channel_mut(id).execute(proposal_id, now_ms());
        SettlementAction { settlement }
    }

    /// Executes a settlement that two thirds of all members have signed, in one transaction, without a proposal. `data` is a settlement as it would be
    /// proposed; the signatures are Ed25519, of the signers' node keys ([S1] of docs/protocol.md, domain `settlement:1`, term 0, over the SHA3-256 of `data`).
    public fun execute_signed_proposal(
        cap: &SettleCap,
        sender: &signer,
        id: u64,
        data: vector<u8>,
        signers: vector<address>,
        signatures: vector<vector<u8>>
    ): SettlementAction acquires Registry {
        assert_cap(cap, id);
        let channel = borrow_channel_mut(id);
        let settlement =
            channel.execute_signed(signer::address_of(sender), data, signers, signatures, now_ms());
        SettlementAction { settlement }
    }

    /// Opens evidence against a leader for the application to run the transaction again. What comes back must be concluded. Empty evidence: it is
    /// in the sender's parcel (`rooch::parcel`).
    public fun open_replay(cap: &SettleCap, sender: &signer, id: u64, evidence: vector<u8>): Replay acquires Registry {
        assert_cap(cap, id);
        let bytes = if (evidence.is_empty()) parcel::take(sender) else evidence;
        let (punishment, replay) = replay::open(id, signer::address_of(sender), bytes);
        let channel = borrow_channel(id);
        let reporter = channel.assert_accusation(signer::address_of(sender), &punishment);
        replay.set_reporter(reporter);
        if (!replay.is_tick()) {
            let (code_address, code_module) = channel.code();
            let (module_address, module_name, _) = replay.called();
            assert!(
                module_address == code_address && module_name == code_module,
                error::invalid_argument(E_OTHER_CODE)
            );
            let owner = channel.owner_of_key(&replay.sender_key());
            assert!(!owner.is_empty(), error::not_found(E_CALLER_UNKNOWN));
            replay.set_sender(owner[0]);
        };
        replay
    }

    /// Punishes the leader if it claimed something else than what the application expects, and the reporter if not.
    public fun conclude_replay(cap: &SettleCap, id: u64, replay: Replay) acquires Registry {
        assert_cap(cap, id);
        assert!(replay.channel_id() == id, error::invalid_argument(E_OTHER_REPLAY));
        let (accused, reporter, is_wrong) = replay.conclude();
        let channel = borrow_channel_mut(id);
        take_fine(channel.stake_asset(), &channel.punish_after_replay(accused, reporter, is_wrong, now_ms()));
    }

    /// What the settlement changes under one address.
    public fun get_account_change_sets(action: &SettlementAction, account: address): AccountChanges {
        action.settlement.account_changes(account)
    }

    /// What happened to the items of a table that hangs on the state, in order; `handle` as the table has it in BCS.
    public fun get_item_changes(action: &SettlementAction, handle: address): vector<ItemChange> {
        action.settlement.item_changes(handle)
    }

    /// Who takes no further part.
    public fun get_leaving(action: &SettlementAction): vector<address> {
        action.settlement.leaving()
    }

    /// Whether the account is a member now: one that was settled out, put out or left by itself is none, and what it has here is settled for good.
    public fun is_member(id: u64, account: address): bool acquires Registry {
        borrow_channel(id).is_member(account)
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

    /// Asks a member for a sign of life within the heartbeat window, in a channel with quiet heartbeats.
    public entry fun challenge_entry(sender: &signer, id: u64, member: address) acquires Registry {
        borrow_channel_mut(id).challenge(signer::address_of(sender), member, now_ms());
    }

    /// Makes the member the leader, if there is none or its heartbeat has lapsed.
    public entry fun apply_leader_entry(sender: &signer, id: u64) acquires Registry {
        borrow_channel_mut(id).apply_leader(signer::address_of(sender), now_ms());
    }

    /// Makes `successor` the leader of the next term, as more than two thirds of the members have signed ([S1] of docs/protocol.md, domain
    /// `election:1`, the next term, over the SHA3-256 of the successor's address). Anyone may bring the signatures.
    public entry fun replace_leader_entry(
        _sender: &signer,
        id: u64,
        successor: address,
        signers: vector<address>,
        signatures: vector<vector<u8>>
    ) acquires Registry {
        borrow_channel_mut(id).replace_leader(successor, signers, signatures, now_ms());
    }

    /// Stands as a candidate.
    public entry fun stand_entry(sender: &signer, id: u64) acquires Registry {
        borrow_channel_mut(id).stand(signer::address_of(sender), now_ms());
    }

    /// Lets a candidate vote wherever the member does not vote itself.
    public entry fun delegate_entry(sender: &signer, id: u64, candidate: address) acquires Registry {
        borrow_channel_mut(id).delegate(signer::address_of(sender), candidate, now_ms());
    }

    /// Says that the leader does not answer.
    public entry fun report_silence_entry(sender: &signer, id: u64) acquires Registry {
        borrow_channel_mut(id).report_silence(signer::address_of(sender), now_ms());
    }

    /// Proposes: type 1 is a settlement, type 2 a punishment; their data is described in docs/contract.md. Empty data: it is in the sender's parcel.
    public entry fun create_proposal_entry(
        sender: &signer, id: u64, proposal_type: u8, proposal_data: vector<u8>
    ) acquires Registry {
        let data = if (proposal_data.is_empty()) parcel::take(sender) else proposal_data;
        let channel = borrow_channel_mut(id);
        channel.propose(signer::address_of(sender), proposal_type, data, now_ms());
    }

    /// Votes against (0), for (1), or abstains (2).
    public entry fun vote_proposal_entry(
        sender: &signer, id: u64, proposal_id: u64, vote_option: u8
    ) acquires Registry {
        borrow_channel_mut(id).vote(signer::address_of(sender), proposal_id, vote_option, now_ms());
    }

    /// Begins the time to contest a settlement that passes only because members have lapsed since the last vote. Anyone may.
    public entry fun begin_contest_entry(_sender: &signer, id: u64, proposal_id: u64) acquires Registry {
        borrow_channel_mut(id).begin_contest(proposal_id, now_ms());
    }

    /// Stops a settlement by a batch that two thirds of all members have acknowledged, and that is beyond it or contradicts it.
    public entry fun contest_entry(
        sender: &signer,
        id: u64,
        proposal_id: u64,
        header: vector<u8>,
        leader_signature: vector<u8>,
        signers: vector<address>,
        signatures: vector<vector<u8>>
    ) acquires Registry {
        borrow_channel_mut(id).contest(
            signer::address_of(sender),
            proposal_id,
            header,
            leader_signature,
            signers,
            signatures,
            now_ms()
        );
    }

    /// Executes a punishment as the votes say. Anyone may.
    public entry fun execute_punishment_entry(_sender: &signer, id: u64, proposal_id: u64) acquires Registry {
        let channel = borrow_channel_mut(id);
        take_fine(channel.stake_asset(), &channel.execute_punishment(proposal_id, now_ms()));
    }

    /// Punishes a leader for two different batches at one height and term.
    public entry fun punish_twins_entry(
        sender: &signer,
        id: u64,
        header_a: vector<u8>,
        signature_a: vector<u8>,
        header_b: vector<u8>,
        signature_b: vector<u8>
    ) acquires Registry {
        let channel = borrow_channel_mut(id);
        let fine =
            channel.punish_twins(
                signer::address_of(sender),
                header_a,
                signature_a,
                header_b,
                signature_b,
                now_ms()
            );
        take_fine(channel.stake_asset(), &fine);
    }

    /// Settles the member out with what the chain has of it, when the others had the exit window to do so and did not.
    public entry fun exit_entry(sender: &signer, id: u64) acquires Registry {
        borrow_channel_mut(id).exit(signer::address_of(sender), now_ms());
    }

    /// Makes it known that the member wants to leave.
    public entry fun request_leave_entry(sender: &signer, id: u64) acquires Registry {
        borrow_channel_mut(id).request_leave(signer::address_of(sender), now_ms());
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
        assert_has_assets<AssetsT>(id, member);
        bcs::to_bytes(borrow_global<AssetsOf<AssetsT>>(member).by_channel.borrow(id))
    }

    #[view]
    /// Votes in favour that pass a proposal among so many valid members.
    public fun quorum(valid_members: u64): u64 {
        quorum::two_thirds(valid_members)
    }

    #[view]
    /// Who represents the member, if anybody does.
    public fun candidate_of(id: u64, member: address): option::Option<address> acquires Registry {
        borrow_channel(id).candidate_of(member)
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

    fun open<StateT: store, AssetsT: store>(
        creator: &signer, state: StateT, coin_type: String, stake_asset: address, config: Config
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
                coin_type,
                stake_asset,
                config
            )
        );

        if (!exists<States<StateT>>(creator_address)) {
            move_to(creator, States<StateT> { by_channel: table::new() });
        };
        borrow_global_mut<States<StateT>>(creator_address).by_channel.add(id, state);
        (SettleCap { id }, id)
    }

    /// The fungible asset that a coin is paired with; converting none of it pairs it where it is not.
    fun paired_asset<CoinType>(): Object<Metadata> {
        let nothing: FungibleAsset = coin::coin_to_fungible_asset(coin::zero<CoinType>());
        let asset = fungible_asset::asset_metadata(&nothing);
        fungible_asset::destroy_zero(nothing);
        asset
    }

    fun take_seat<AssetsT: store>(
        channel: &mut Channel, sender: &signer, assets: AssetsT, node_key: vector<u8>, is_shared: bool
    ) acquires AssetsOf {
        let member = signer::address_of(sender);
        channel.assert_assets_type(type_info::type_name<AssetsT>());
        channel.join(member, node_key, session_address(node_key), is_shared, now_ms());
        if (!exists<AssetsOf<AssetsT>>(member)) {
            move_to(sender, AssetsOf<AssetsT> { by_channel: table::new() });
        };
        borrow_global_mut<AssetsOf<AssetsT>>(member).by_channel.add(channel.id(), assets);
    }

    fun pay_session_gas(sender: &signer, node_key: vector<u8>, session_gas: u64) {
        if (session_gas > 0) aptos_account::transfer(sender, session_address(node_key), session_gas);
    }

    fun take_fine(asset: address, fine: &Fine) {
        staking::fine(
            fine.fined_member(),
            asset,
            fine.fined_amount(),
            fine.is_from_shared_stake(),
            fine.rewarded()
        );
    }

    fun assert_has_assets<AssetsT: store>(id: u64, member: address) acquires AssetsOf {
        let has_assets =
            exists<AssetsOf<AssetsT>>(member)
                && borrow_global<AssetsOf<AssetsT>>(member).by_channel.contains(id);
        assert!(has_assets, error::not_found(E_NO_ASSETS));
    }

    inline fun borrow_channel(id: u64): &Channel acquires Registry {
        borrow_global<Registry>(@rooch).channel(id)
    }

    inline fun borrow_channel_mut(id: u64): &mut Channel acquires Registry {
        borrow_global_mut<Registry>(@rooch).channel_mut(id)
    }

    fun channel(self: &Registry, id: u64): &Channel {
        assert!(self.channels.contains(id), error::not_found(E_NO_CHANNEL));
        self.channels.borrow(id)
    }

    fun channel_mut(self: &mut Registry, id: u64): &mut Channel {
        assert!(self.channels.contains(id), error::not_found(E_NO_CHANNEL));
        self.channels.borrow_mut(id)
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
