/// A shelf of states: those at home, and the sessions that have borrowed one for a channel. An application keeps it in a resource of its own, and lends,
/// settles and takes back through it.
///
/// A shelf is the capability for what is on it. It holds the channels' `SettleCap`s and gives none out; `&mut Shelf` lends and settles, `&Shelf` looks.
/// Only the module that declares the resource with the shelf can borrow either, and Move lends no reference into storage to anybody else: so who cannot
/// borrow that resource can do nothing here but make a shelf of its own, on which there is nothing.
module channel_app::shelf {
    use std::bcs;
    use std::error;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::String;
    use aptos_framework::fungible_asset::Metadata;
    use aptos_framework::object::Object;
    use aptos_std::table::{Self, Table};
    use channel_app::in_channel;
    use channel_app::labels;
    use channel_app::settling::{Self, Settling};
    use rooch::config::Config;
    use rooch::replay::Replay;
    use rooch::state_channel::{Self, Borrowed, BorrowedAssets, SettleCap};

    /// The shelf has no such state.
    const E_NO_STATE: u64 = 41;
    /// The state is lent to a channel.
    const E_LENT: u64 = 42;
    /// The channel is not a session of this shelf.
    const E_NO_SESSION: u64 = 43;

    /// How many sessions the lobby lists: the newest. Others are reached by their link.
    const LOBBY_SESSIONS_MAX: u64 = 64;

    /// `StateT` is what channels start from, declared in the module that is their code. `AssetsT` is what a member brings in: without `drop`, and made and
    /// taken apart by the application alone, so that joining and leaving go through it. `DetailsT` is what the application keeps of a session, and shows.
    /// `CoinType` is what stakes are in.
    struct Shelf<StateT: store, phantom AssetsT: store, DetailsT: copy + drop + store, phantom CoinType> has store {
        /// Those that are not lent.
        states: Table<u64, StateT>,
        next_id: u64,
        /// The channel that a state is lent to, by the state's id.
        lent_to: Table<u64, u64>,
        /// By channel id.
        sessions: Table<u64, Session<DetailsT>>,
        /// Channel ids of the newest sessions, newest last.
        lobby: vector<u64>
    }

    struct Session<DetailsT> has store {
        state_id: u64,
        cap: SettleCap,
        stake: u64,
        relay: String,
        opened_by: address,
        opened_ms: u64,
        details: DetailsT
    }

    /// What views show of a session.
    struct SessionInfo<DetailsT> has copy, drop {
        channel_id: u64,
        state_id: u64,
        member_count: u64,
        stake: u64,
        relay: String,
        opened_by: address,
        opened_ms: u64,
        details: DetailsT
    }

    /// A lent state taken out of its channel to be looked at.
    struct Looked<StateT> {
        borrowed: Borrowed<StateT>
    }

    /// An empty shelf.
    public fun new<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>():
        Shelf<StateT, AssetsT, DetailsT, CoinType> {
        Shelf {
            states: table::new(),
            next_id: 1,
            lent_to: table::new(),
            sessions: table::new(),
            lobby: vector[]
        }
    }

    // ---- States

    /// Puts a state on the shelf. States have ids 1, 2, ...
    public fun add<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>, state: StateT
    ): u64 {
        let id = self.next_id;
        self.next_id = id + 1;
        self.states.add(id, state);
        id
    }

    /// How many there are, lent or not; their ids are 1 to this.
    public fun count<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &Shelf<StateT, AssetsT, DetailsT, CoinType>
    ): u64 {
        self.next_id - 1
    }

    /// The channel that a state is lent to.
    public fun lent_to<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &Shelf<StateT, AssetsT, DetailsT, CoinType>, state_id: u64
    ): Option<u64> {
        if (self.lent_to.contains(state_id)) option::some(*self.lent_to.borrow(state_id))
        else {
            assert!(self.states.contains(state_id), error::not_found(E_NO_STATE));
            option::none()
        }
    }

    /// A state that is not lent.
    public fun at_home<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &Shelf<StateT, AssetsT, DetailsT, CoinType>, state_id: u64
    ): &StateT {
        self.assert_at_home(state_id);
        self.states.borrow(state_id)
    }

    /// The same, to be changed.
    public fun at_home_mut<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>, state_id: u64
    ): &mut StateT {
        self.assert_at_home(state_id);
        self.states.borrow_mut(state_id)
    }

    /// Whatever `read` reads in a state as last settled, lent or not. For views: to look into a lent state it is taken out of its channel and put back.
    public inline fun look<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType, ResultT>(
        self: &Shelf<StateT, AssetsT, DetailsT, CoinType>, state_id: u64, read: |&StateT| ResultT
    ): ResultT {
        if (self.lent_to(state_id).is_none()) read(self.at_home(state_id))
        else {
            let looked = self.take_out(state_id);
            let result = read(looked.state());
            looked.put_back();
            result
        }
    }

    /// A state as last settled, in BCS, lent or not.
    public fun state_bytes<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &Shelf<StateT, AssetsT, DetailsT, CoinType>, state_id: u64
    ): vector<u8> {
        let lent_to = self.lent_to(state_id);
        if (lent_to.is_some()) state_channel::state_bytes<StateT>(*lent_to.borrow())
        else bcs::to_bytes(self.states.borrow(state_id))
    }

    /// Takes a lent state out of its channel, to look at it; `look` does.
    public fun take_out<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &Shelf<StateT, AssetsT, DetailsT, CoinType>, state_id: u64
    ): Looked<StateT> {
        let channel_id = self.lent_to(state_id).destroy_some();
        let cap = &self.sessions.borrow(channel_id).cap;
        Looked { borrowed: state_channel::borrow_state<StateT>(cap, channel_id) }
    }

    public fun state<StateT: store>(self: &Looked<StateT>): &StateT {
        self.borrowed.state()
    }

    public fun put_back<StateT: store>(self: Looked<StateT>) {
        let Looked { borrowed } = self;
        borrowed.give_back();
    }

    // ---- Sessions

    /// Lends a state to a new channel. `config` has the labels of a session (`labels::describe`). Returns the channel's id.
    public fun lend<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>,
        account: &signer,
        state_id: u64,
        config: Config,
        details: DetailsT
    ): u64 {
        self.assert_at_home(state_id);
        let (stake, relay) = (config.stake(), labels::relay_in(&config));
        let state = self.states.remove(state_id);
        let (cap, channel_id) = state_channel::create<StateT, AssetsT, CoinType>(account, state, config);
        let opened_by = signer::address_of(account);
        let opened_ms = in_channel::now_ms();
        self.begin(channel_id, Session { state_id, cap, stake, relay, opened_by, opened_ms, details })
    }

    /// The same with stakes in a fungible asset that may be no coin; members join with `join_with_asset`.
    public fun lend_for_asset<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>,
        account: &signer,
        state_id: u64,
        stake_asset: Object<Metadata>,
        config: Config,
        details: DetailsT
    ): u64 {
        self.assert_at_home(state_id);
        let (stake, relay) = (config.stake(), labels::relay_in(&config));
        let state = self.states.remove(state_id);
        let (cap, channel_id) =
            state_channel::create_with_asset<StateT, AssetsT>(account, state, stake_asset, config);
        let opened_by = signer::address_of(account);
        let opened_ms = in_channel::now_ms();
        self.begin(channel_id, Session { state_id, cap, stake, relay, opened_by, opened_ms, details })
    }

    /// Makes the sender a member: takes what it brings in and its stake, binds the node's key, gives that key's account `session_gas` octas.
    public fun join<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>,
        account: &signer,
        channel_id: u64,
        assets: AssetsT,
        node_key: vector<u8>,
        session_gas: u64
    ) {
        self.assert_session(channel_id);
        state_channel::join<AssetsT, CoinType>(account, channel_id, assets, node_key, session_gas);
    }

    /// The same where the stake is a fungible asset that may be no coin.
    public fun join_with_asset<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>,
        account: &signer,
        channel_id: u64,
        assets: AssetsT,
        node_key: vector<u8>,
        session_gas: u64
    ) {
        self.assert_session(channel_id);
        state_channel::join_with_asset<AssetsT>(account, channel_id, assets, node_key, session_gas);
    }

    /// The same with the stake from what the sender has deposited in the shared staking contract.
    public fun join_with_shared_stake<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>,
        account: &signer,
        channel_id: u64,
        assets: AssetsT,
        node_key: vector<u8>,
        session_gas: u64
    ) {
        self.assert_session(channel_id);
        state_channel::join_with_shared_stake<AssetsT>(account, channel_id, assets, node_key, session_gas);
    }

    /// Executes a settlement that has passed. Anyone may: the votes decide. What comes back is to be applied and finished.
    public fun settle<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>, channel_id: u64, proposal_id: u64
    ): Settling<StateT> {
        let cap = self.cap_of(channel_id);
        let action = state_channel::execute_proposal(cap, channel_id, proposal_id);
        settling::begin(action, cap, channel_id)
    }

    /// Executes a settlement that two thirds of all members have signed, without a proposal and votes. Anyone may: the signatures decide.
    public fun settle_signed<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>,
        account: &signer,
        channel_id: u64,
        data: vector<u8>,
        signers: vector<address>,
        signatures: vector<vector<u8>>
    ): Settling<StateT> {
        let cap = self.cap_of(channel_id);
        let action =
            state_channel::execute_signed_proposal(cap, account, channel_id, data, signers, signatures);
        settling::begin(action, cap, channel_id)
    }

    /// Takes a member's assets out, to apply a settlement to them.
    public fun borrow_assets<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>, channel_id: u64, member: address
    ): BorrowedAssets<AssetsT> {
        state_channel::borrow_assets<AssetsT>(self.cap_of(channel_id), channel_id, member)
    }

    /// Opens evidence against the leader, to run a transaction again (`channel_app::rerun`). It is to be concluded.
    public fun open_replay<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>,
        account: &signer,
        channel_id: u64,
        evidence: vector<u8>
    ): Replay {
        state_channel::open_replay(self.cap_of(channel_id), account, channel_id, evidence)
    }

    /// Punishes the leader if it claimed something else than what was said of the transaction, and the sender if not.
    public fun conclude_replay<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>, channel_id: u64, replay: Replay
    ) {
        state_channel::conclude_replay(self.cap_of(channel_id), channel_id, replay);
    }

    /// Takes the state back from a channel that is closed or empty. Anyone may send it. Returns the state's id.
    public fun take_back<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>, account: &signer, channel_id: u64
    ): u64 {
        self.assert_session(channel_id);
        let Session { state_id, cap, stake: _, relay: _, opened_by: _, opened_ms: _, details: _ } =
            self.sessions.remove(channel_id);
        self.states.add(state_id, state_channel::close<StateT>(account, channel_id, cap));
        self.lent_to.remove(state_id);
        let (listed, index) = self.lobby.index_of(&channel_id);
        if (listed) { self.lobby.remove(index); };
        state_id
    }

    // ---- What is known of sessions

    public fun has_session<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &Shelf<StateT, AssetsT, DetailsT, CoinType>, channel_id: u64
    ): bool {
        self.sessions.contains(channel_id)
    }

    /// The id of the state that a channel was lent.
    public fun state_of<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &Shelf<StateT, AssetsT, DetailsT, CoinType>, channel_id: u64
    ): u64 {
        self.assert_session(channel_id);
        self.sessions.borrow(channel_id).state_id
    }

    public fun details<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &Shelf<StateT, AssetsT, DetailsT, CoinType>, channel_id: u64
    ): &DetailsT {
        self.assert_session(channel_id);
        &self.sessions.borrow(channel_id).details
    }

    public fun details_mut<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>, channel_id: u64
    ): &mut DetailsT {
        self.assert_session(channel_id);
        &mut self.sessions.borrow_mut(channel_id).details
    }

    public fun session<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &Shelf<StateT, AssetsT, DetailsT, CoinType>, channel_id: u64
    ): SessionInfo<DetailsT> {
        self.assert_session(channel_id);
        let session = self.sessions.borrow(channel_id);
        SessionInfo {
            channel_id,
            state_id: session.state_id,
            member_count: state_channel::member_count(channel_id),
            stake: session.stake,
            relay: session.relay,
            opened_by: session.opened_by,
            opened_ms: session.opened_ms,
            details: session.details
        }
    }

    /// The newest 64 sessions, newest first.
    public fun sessions<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &Shelf<StateT, AssetsT, DetailsT, CoinType>
    ): vector<SessionInfo<DetailsT>> {
        let infos = vector[];
        let count = self.lobby.length();
        for (i in 0..count) infos.push_back(self.session(self.lobby[count - 1 - i]));
        infos
    }

    // ---- For applications that show sessions in a form of their own

    public fun channel_id<DetailsT>(self: &SessionInfo<DetailsT>): u64 {
        self.channel_id
    }

    public fun state_id<DetailsT>(self: &SessionInfo<DetailsT>): u64 {
        self.state_id
    }

    public fun member_count<DetailsT>(self: &SessionInfo<DetailsT>): u64 {
        self.member_count
    }

    public fun stake<DetailsT>(self: &SessionInfo<DetailsT>): u64 {
        self.stake
    }

    public fun relay<DetailsT>(self: &SessionInfo<DetailsT>): String {
        self.relay
    }

    public fun opened_by<DetailsT>(self: &SessionInfo<DetailsT>): address {
        self.opened_by
    }

    public fun opened_ms<DetailsT>(self: &SessionInfo<DetailsT>): u64 {
        self.opened_ms
    }

    public fun shown_details<DetailsT>(self: &SessionInfo<DetailsT>): &DetailsT {
        &self.details
    }

    // ---- Helpers

    fun begin<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &mut Shelf<StateT, AssetsT, DetailsT, CoinType>, channel_id: u64, session: Session<DetailsT>
    ): u64 {
        self.lent_to.add(session.state_id, channel_id);
        self.sessions.add(channel_id, session);
        if (self.lobby.length() == LOBBY_SESSIONS_MAX) { self.lobby.remove(0); };
        self.lobby.push_back(channel_id);
        channel_id
    }

    fun assert_at_home<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &Shelf<StateT, AssetsT, DetailsT, CoinType>, state_id: u64
    ) {
        assert!(!self.lent_to.contains(state_id), error::invalid_state(E_LENT));
        assert!(self.states.contains(state_id), error::not_found(E_NO_STATE));
    }

    fun assert_session<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &Shelf<StateT, AssetsT, DetailsT, CoinType>, channel_id: u64
    ) {
        assert!(self.sessions.contains(channel_id), error::not_found(E_NO_SESSION));
    }

    fun cap_of<StateT: store, AssetsT: store, DetailsT: copy + drop + store, CoinType>(
        self: &Shelf<StateT, AssetsT, DetailsT, CoinType>, channel_id: u64
    ): &SettleCap {
        self.assert_session(channel_id);
        &self.sessions.borrow(channel_id).cap
    }
}
