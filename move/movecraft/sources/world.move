/// Worlds on the chain: an owner's lands, the sessions that borrow them for channels, players' heroes, and the settlements that bring back what has
/// happened. What is in a land only `movecraft::land` opens.
module movecraft::world {
    use std::error;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::{Self, String};
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::event;
    use aptos_framework::object::{Self, ExtendRef};
    use aptos_framework::timestamp;
    use aptos_std::table::{Self, Table};
    use movecraft::address_text;
    use movecraft::blocks;
    use movecraft::land::{Self, Chunk, Land, LandAssets, StoredItem};
    use movecraft::replays;
    use movecraft::rules::{Self, Head};
    use rooch::state_channel::{Self, SettleCap, SettlementAction};

    /// There is no world at this address.
    const E_NO_WORLD: u64 = 81;
    /// There is a world at this address already.
    const E_WORLD_EXISTS: u64 = 82;
    /// The world has no such land.
    const E_NO_LAND: u64 = 83;
    /// The land is lent to a channel.
    const E_LAND_LENT: u64 = 84;
    /// A land has 1 to 64 chunks along its side.
    const E_LAND_SIZE: u64 = 85;
    /// The channel is not a session of this world.
    const E_NO_SESSION: u64 = 86;
    /// The player has no hero, or it is away in a land.
    const E_NO_HERO: u64 = 87;
    /// The player has a hero already.
    const E_HERO_EXISTS: u64 = 88;
    /// The settlement would leave more of a material than there was.
    const E_OUT_OF_NOTHING: u64 = 89;

    /// A page has 1 to 256 chunks, and begins with one of the land's.
    const E_LIMIT: u64 = 90;

    /// One coin, in octas.
    const STAKE: u64 = 100_000_000;
    const TICK_INTERVAL_MS: u64 = 500;
    const CONTEST_WINDOW_MS: u64 = 10_000;
    const EXIT_WINDOW_MS: u64 = 120_000;
    const LIMIT_MAX: u64 = 256;
    /// How many sessions the lobby lists: the newest. Others are reached by their link.
    const LOBBY_SESSIONS_MAX: u64 = 64;

    const LABEL_WORLD: vector<u8> = b"world_address";
    const LABEL_RELAY: vector<u8> = b"relay";
    const LABEL_SETTLE_FUNCTION: vector<u8> = b"settle_function";
    /// Where a node finds the items of the state's tables.
    const LABEL_ITEMS_FUNCTION: vector<u8> = b"items_function";
    const KEEPER_SEED: vector<u8> = b"keeper";

    struct World has key {
        /// The lands that are not lent.
        lands: Table<u64, Land>,
        next_land_id: u64,
        /// The channel that a land is lent to, by land id.
        lent_to: Table<u64, u64>,
        /// By channel id.
        sessions: Table<u64, Session>,
        /// Channel ids of the newest sessions, newest last.
        lobby: vector<u64>
    }

    struct Session has store {
        land_id: u64,
        size: u64,
        cap: SettleCap,
        stake: u64,
        relay: String,
        opened_by: address,
        opened_ms: u64,
        /// Of each material, what members may hold at most: what was brought in and mined, less what was placed and taken out.
        budget: vector<u64>,
        /// What members hold.
        held: vector<u64>,
        seats: vector<Seat>
    }

    struct Seat has drop, store {
        member: address,
        /// No settlement since it joined has said what it holds.
        is_fresh: bool,
        /// Its part of `held`: what the chain has of it.
        counted: vector<u64>
    }

    /// That a player has a hero, wherever it is.
    struct Player has key {
        away_in: Option<u64>
    }

    /// The contract lends a lent land's table for a look only against somebody's signature: this object's.
    struct Keeper has key {
        extend_ref: ExtendRef
    }

    /// What the views show of a session.
    struct SessionInfo has drop {
        channel_id: u64,
        land_id: u64,
        size: u64,
        member_count: u64,
        stake: u64,
        relay: String,
        opened_by: address,
        opened_ms: u64
    }

    struct ItemPage has copy, drop {
        items: vector<StoredItem>,
        /// 0 after the last.
        next: u64
    }

    #[event]
    struct LandCreated has drop, store {
        world: address,
        land_id: u64,
        seed: u64,
        size: u64
    }

    #[event]
    struct SessionOpened has drop, store {
        world: address,
        land_id: u64,
        channel_id: u64,
        stake: u64,
        opened_by: address
    }

    #[event]
    struct SessionSettled has drop, store {
        world: address,
        land_id: u64,
        channel_id: u64,
        proposal_id: u64
    }

    #[event]
    struct SessionClosed has drop, store {
        world: address,
        land_id: u64,
        channel_id: u64
    }

    fun init_module(publisher: &signer) {
        let keeper = object::create_named_object(publisher, KEEPER_SEED);
        move_to(publisher, Keeper { extend_ref: object::generate_extend_ref(&keeper) });
        move_world_to(publisher);
    }

    // ---- Worlds, lands, heroes

    /// Opens a world under the sender's address. One is there from the start, under @movecraft.
    public entry fun open_world(account: &signer) {
        assert!(!exists<World>(signer::address_of(account)), error::already_exists(E_WORLD_EXISTS));
        move_world_to(account);
    }

    /// Adds a land to a world: `size` chunks along its side, made from `seed`. Anyone may; lands have ids 1, 2, ...
    public entry fun create_land(_account: &signer, world_address: address, seed: u64, size: u64) acquires World {
        add_land(world_address, seed, size);
    }

    /// Gives the sender a hero with empty hands.
    public entry fun create_hero(account: &signer) {
        let owner = signer::address_of(account);
        assert!(!exists<Player>(owner), error::already_exists(E_HERO_EXISTS));
        move_to(account, Player { away_in: option::none() });
        land::new_hero(account);
    }

    // ---- Sessions

    /// Lends a land to a new channel. `stake` is in octas, one coin where it is not given; a tick interval of 0 is the usual half a second; `relay` is
    /// where its members meet, a multiaddress, or empty.
    public entry fun land_session_create(
        account: &signer,
        world_address: address,
        land_id: u64,
        stake: Option<u64>,
        tick_interval_ms: u64,
        settle_interval_ms: u64,
        relay: String
    ) acquires World {
        open_session(account, world_address, land_id, stake, tick_interval_ms, settle_interval_ms, relay);
    }

    /// Makes a land, lends it to a new channel and joins it, with a new hero where the sender has none: one signature of the wallet.
    public entry fun land_session_create_and_join(
        account: &signer,
        world_address: address,
        seed: u64,
        size: u64,
        stake: Option<u64>,
        tick_interval_ms: u64,
        settle_interval_ms: u64,
        relay: String,
        node_key: vector<u8>,
        session_gas: u64
    ) acquires World, Player {
        let land_id = add_land(world_address, seed, size);
        let channel_id =
            open_session(account, world_address, land_id, stake, tick_interval_ms, settle_interval_ms, relay);
        if (!exists<Player>(signer::address_of(account))) create_hero(account);
        land_session_join(account, world_address, channel_id, node_key, session_gas);
    }

    /// Joins a session with hero and inventory: stakes, binds the node's key, gives its account gas.
    public entry fun land_session_join(
        account: &signer,
        world_address: address,
        state_channel_id: u64,
        node_key: vector<u8>,
        session_gas: u64
    ) acquires World, Player {
        let assets = send_away(account, world_address, state_channel_id);
        state_channel::join<LandAssets, AptosCoin>(account, state_channel_id, assets, node_key, session_gas);
    }

    /// The same with the stake from what the sender has deposited in the shared staking contract.
    public entry fun land_session_join_with_shared_stake(
        account: &signer,
        world_address: address,
        state_channel_id: u64,
        node_key: vector<u8>,
        session_gas: u64
    ) acquires World, Player {
        let assets = send_away(account, world_address, state_channel_id);
        state_channel::join_with_shared_stake<LandAssets>(account, state_channel_id, assets, node_key, session_gas);
    }

    /// Takes hero, inventory and stake back, after the settlement that lists the sender as leaving or once the channel is closed.
    public entry fun land_session_leave(account: &signer, state_channel_id: u64) acquires Player {
        let member = signer::address_of(account);
        let assets = state_channel::leave<LandAssets>(account, state_channel_id);
        land::unpack(assets, account);
        borrow_global_mut<Player>(member).away_in = option::none();
    }

    /// Gives the land back to its world, once the channel is closed or empty. Anyone may.
    public entry fun land_session_close(account: &signer, state_channel_id: u64) acquires World {
        let world_address = world_of_session(state_channel_id);
        let world = borrow_global_mut<World>(world_address);
        let Session {
            land_id,
            size: _,
            cap,
            stake: _,
            relay: _,
            opened_by: _,
            opened_ms: _,
            budget: _,
            held: _,
            seats: _
        } = world.sessions.remove(state_channel_id);
        let land = state_channel::close<Land>(account, state_channel_id, cap);
        world.lands.add(land_id, land);
        world.lent_to.remove(land_id);
        let (listed, index) = world.lobby.index_of(&state_channel_id);
        if (listed) { world.lobby.remove(index); };
        event::emit(SessionClosed { world: world_address, land_id, channel_id: state_channel_id });
    }

    /// Executes a settlement that has passed: land, heroes and inventories on the chain become what they were in the channel at the settled height.
    /// Anyone may; the votes decide.
    public entry fun land_settlement(account: &signer, state_channel_id: u64, proposal_id: u64) acquires World {
        let world_address = world_of_session(state_channel_id);
        let session = borrow_global_mut<World>(world_address).sessions.borrow_mut(state_channel_id);
        session.forget_gone(state_channel_id);
        let action = state_channel::execute_proposal(&session.cap, state_channel_id, proposal_id);
        session.apply(account, world_address, state_channel_id, proposal_id, &action);
    }

    /// Executes a settlement that two thirds of all members have signed, without a proposal and votes. Anyone may; the signatures decide.
    public entry fun land_settlement_signed(
        account: &signer,
        state_channel_id: u64,
        data: vector<u8>,
        signers: vector<address>,
        signatures: vector<vector<u8>>
    ) acquires World {
        let world_address = world_of_session(state_channel_id);
        let session = borrow_global_mut<World>(world_address).sessions.borrow_mut(state_channel_id);
        session.forget_gone(state_channel_id);
        let action =
            state_channel::execute_signed_proposal(
                &session.cap,
                account,
                state_channel_id,
                data,
                signers,
                signatures
            );
        session.apply(account, world_address, state_channel_id, 0, &action);
    }

    /// Runs a transaction of the channel again, from the state that it started from, and punishes the leader if it claimed another result, or the sender
    /// if it did not. `evidence` is described in docs/contract.md; empty: it is in the sender's parcel.
    public entry fun land_prove_wrong(account: &signer, state_channel_id: u64, evidence: vector<u8>) acquires World {
        let world_address = world_of_session(state_channel_id);
        let session = borrow_global<World>(world_address).sessions.borrow(state_channel_id);
        let replay = state_channel::open_replay(&session.cap, account, state_channel_id, evidence);
        replays::run_again(&mut replay);
        state_channel::conclude_replay(&session.cap, state_channel_id, replay);
    }

    // ---- Views

    #[view]
    /// The newest sessions of a world, newest first.
    public fun sessions(world_address: address): vector<SessionInfo> acquires World {
        assert_world(world_address);
        let world = borrow_global<World>(world_address);
        let infos = vector[];
        let count = world.lobby.length();
        for (i in 0..count) infos.push_back(session_info(world, world.lobby[count - 1 - i]));
        infos
    }

    #[view]
    public fun session(world_address: address, state_channel_id: u64): SessionInfo acquires World {
        assert_world(world_address);
        let world = borrow_global<World>(world_address);
        assert!(world.sessions.contains(state_channel_id), error::not_found(E_NO_SESSION));
        session_info(world, state_channel_id)
    }

    #[view]
    /// How many lands a world has; their ids are 1 to this.
    public fun land_count(world_address: address): u64 acquires World {
        assert_world(world_address);
        borrow_global<World>(world_address).next_land_id - 1
    }

    #[view]
    /// The channel that a land is lent to.
    public fun land_session(world_address: address, land_id: u64): Option<u64> acquires World {
        assert_land(world_address, land_id);
        let world = borrow_global<World>(world_address);
        if (world.lent_to.contains(land_id)) option::some(*world.lent_to.borrow(land_id)) else option::none()
    }

    #[view]
    /// A land beside its blocks, as last settled, whether it is lent or not.
    public fun land_head(world_address: address, land_id: u64): Head acquires World, Keeper {
        let (head, _, _) = look(world_address, land_id, 0, 0, vector[]);
        head
    }

    #[view]
    /// One chunk as last settled, by its coordinates.
    public fun chunk(world_address: address, land_id: u64, x: u32, z: u32): Chunk acquires World, Keeper {
        let (_, _, chunks) = look(world_address, land_id, 0, 0, vector[vector[x, z]]);
        chunks[0]
    }

    #[view]
    /// The chunks numbered `from` and on, `limit` of them: number 0 is at (0, 0), 1 at (1, 0).
    public fun chunks(
        world_address: address, land_id: u64, from: u64, limit: u64
    ): vector<Chunk> acquires World, Keeper {
        assert!((limit > 0 && limit <= LIMIT_MAX), error::out_of_range(E_LIMIT));
        let size = land_head(world_address, land_id).size();
        assert!((from < size * size), error::out_of_range(E_LIMIT));
        let places = vector[];
        let i = from;
        while (i < size * size && i - from < limit) {
            places.push_back(vector[((i % size) as u32), ((i / size) as u32)]);
            i += 1;
        };
        let (_, _, chunks) = look(world_address, land_id, 0, 0, places);
        chunks
    }

    #[view]
    /// The items of the tables that hang on a session's state, for a node that loads it, as last settled: those of the chunks numbered `from` and on, of
    /// `limit` numbers, that are stored; and the number that the next page begins with, or 0.
    public fun session_items(state_channel_id: u64, from: u64, limit: u64): ItemPage acquires World, Keeper {
        assert!((limit > 0 && limit <= LIMIT_MAX), error::out_of_range(E_LIMIT));
        let world_address = world_of_session(state_channel_id);
        let session = borrow_global<World>(world_address).sessions.borrow(state_channel_id);
        let (land_id, count) = (session.land_id, session.size * session.size);
        assert!((from < count), error::out_of_range(E_LIMIT));
        let end = if (limit < count - from) from + limit else count;
        let (_, items, _) = look(world_address, land_id, from, end, vector[]);
        ItemPage { items, next: if (end < count) end else 0 }
    }

    #[view]
    /// A player's hero in BCS while it is at home; one that is away is shown by `state_channel::assets_bytes`.
    public fun hero(owner: address): vector<u8> {
        assert!(land::has_hero(owner), error::not_found(E_NO_HERO));
        land::hero_bytes(owner)
    }

    #[view]
    /// What it carries, likewise.
    public fun inventory(owner: address): vector<u8> {
        assert!(land::has_hero(owner), error::not_found(E_NO_HERO));
        land::inventory_bytes(owner)
    }

    #[view]
    public fun item_count(owner: address, kind: u8): u64 {
        assert!(land::has_hero(owner), error::not_found(E_NO_HERO));
        land::item_count(owner, kind)
    }

    #[view]
    /// The channel that a player's hero is in.
    public fun hero_away_in(owner: address): Option<u64> acquires Player {
        assert!(exists<Player>(owner), error::not_found(E_NO_HERO));
        borrow_global<Player>(owner).away_in
    }

    // ---- Helpers: settling

    fun apply(
        self: &mut Session,
        account: &signer,
        world_address: address,
        channel_id: u64,
        proposal_id: u64,
        action: &SettlementAction
    ) {
        let borrowed = state_channel::borrow_mut<Land>(account, &self.cap, channel_id);
        let land = borrowed.state_mut();
        let changes = state_channel::get_account_change_sets(action, @movecraft);
        let op = state_channel::get_change_set_op<Land>(&changes);
        if (!op.is_none()) land.apply_head(&op);

        let before = blocks::no_materials();
        let after = blocks::no_materials();
        let items = state_channel::get_item_changes(action, land.handle());
        for (i in 0..items.length()) {
            land.apply_chunk(items[i].item_key(), &items[i].item_op(), &mut before, &mut after);
        };
        let width = land.head().width();
        borrowed.give_back();

        add_all(&mut self.budget, &before);
        for (i in 0..self.seats.length()) self.apply_to_member(channel_id, i, action, width);
        for (i in 0..after.length()) {
            assert!((self.held[i] + after[i] <= self.budget[i]), error::invalid_argument(E_OUT_OF_NOTHING));
        };
        take_all(&mut self.budget, &after);
        self.let_leave(&state_channel::get_leaving(action));
        event::emit(
            SessionSettled { world: world_address, land_id: self.land_id, channel_id, proposal_id }
        );
    }

    fun apply_to_member(
        self: &mut Session, channel_id: u64, index: u64, action: &SettlementAction, width: u64
    ) {
        let seat = &mut self.seats[index];
        let changes = state_channel::get_account_change_sets(action, seat.member);
        let op = state_channel::get_change_set_op<LandAssets>(&changes);
        if (op.is_none()) return;
        let borrowed = state_channel::borrow_assets<LandAssets>(&self.cap, channel_id, seat.member);
        if (borrowed.assets_mut().apply_assets(&op, seat.is_fresh, width)) {
            take_all(&mut self.held, &seat.counted);
            seat.counted = borrowed.assets_mut().materials();
            add_all(&mut self.held, &seat.counted);
            seat.is_fresh = false;
        };
        borrowed.give_assets_back();
    }

    /// Who was put out, or left by itself, has no part in what is settled from now on: what the chain has of it is its own. What it did in the channel since
    /// the last settlement stays allowed: the budget stays.
    fun forget_gone(self: &mut Session, channel_id: u64) {
        let i = self.seats.length();
        while (i > 0) {
            i -= 1;
            if (!state_channel::is_member(channel_id, self.seats[i].member)) {
                let Seat { member: _, is_fresh: _, counted } = self.seats.remove(i);
                take_all(&mut self.held, &counted);
            }
        }
    }

    /// What leaving members hold goes out with them.
    fun let_leave(self: &mut Session, leaving: &vector<address>) {
        for (i in 0..leaving.length()) {
            let (found, index) = self.find(leaving[i]);
            if (found) {
                let Seat { member: _, is_fresh: _, counted } = self.seats.remove(index);
                take_all(&mut self.held, &counted);
                take_all(&mut self.budget, &counted);
            }
        }
    }

    fun seat(self: &mut Session, member: address, brought: vector<u64>) {
        add_all(&mut self.budget, &brought);
        add_all(&mut self.held, &brought);
        self.seats.push_back(Seat { member, is_fresh: true, counted: brought });
    }

    fun find(self: &Session, member: address): (bool, u64) {
        for (i in 0..self.seats.length()) {
            if (self.seats[i].member == member) return (true, i)
        };
        (false, 0)
    }

    fun add_all(sums: &mut vector<u64>, amounts: &vector<u64>) {
        for (i in 0..amounts.length()) sums[i] = sums[i] + amounts[i];
    }

    fun take_all(sums: &mut vector<u64>, amounts: &vector<u64>) {
        for (i in 0..amounts.length()) sums[i] = sums[i] - amounts[i];
    }

    // ---- Helpers: worlds and sessions

    /// Takes the sender's hero and inventory for a session.
    fun send_away(account: &signer, world_address: address, channel_id: u64): LandAssets acquires World, Player {
        let member = signer::address_of(account);
        assert_world(world_address);
        let world = borrow_global_mut<World>(world_address);
        assert!(world.sessions.contains(channel_id), error::not_found(E_NO_SESSION));
        let is_home = exists<Player>(member) && borrow_global<Player>(member).away_in.is_none();
        assert!(is_home, error::not_found(E_NO_HERO));
        let assets = land::pack(member);
        let session = world.sessions.borrow_mut(channel_id);
        session.forget_gone(channel_id);
        session.seat(member, assets.materials());
        borrow_global_mut<Player>(member).away_in = option::some(channel_id);
        assets
    }

    fun move_world_to(account: &signer) {
        move_to(
            account,
            World {
                lands: table::new(),
                next_land_id: 1,
                lent_to: table::new(),
                sessions: table::new(),
                lobby: vector[]
            }
        );
    }

    fun add_land(world_address: address, seed: u64, size: u64): u64 acquires World {
        assert_world(world_address);
        assert!(rules::is_size(size), error::out_of_range(E_LAND_SIZE));
        let world = borrow_global_mut<World>(world_address);
        let land_id = world.next_land_id;
        world.next_land_id = land_id + 1;
        world.lands.add(land_id, land::new_land(seed, size));
        event::emit(LandCreated { world: world_address, land_id, seed, size });
        land_id
    }

    fun open_session(
        account: &signer,
        world_address: address,
        land_id: u64,
        stake: Option<u64>,
        tick_interval_ms: u64,
        settle_interval_ms: u64,
        relay: String
    ): u64 acquires World {
        assert_land(world_address, land_id);
        let world = borrow_global_mut<World>(world_address);
        assert!(!world.lent_to.contains(land_id), error::invalid_state(E_LAND_LENT));
        let opened_by = signer::address_of(account);
        let stake = if (stake.is_some()) *stake.borrow() else STAKE;
        let interval_ms = if (tick_interval_ms == 0) TICK_INTERVAL_MS else tick_interval_ms;
        let land = world.lands.remove(land_id);
        let size = land.head().size();
        land.prepare(opened_by, interval_ms);
        let config =
            state_channel::create_config(stake)
                .with_tick(function_name(b"::land::tick"), interval_ms)
                .with_settle_interval(settle_interval_ms)
                .with_windows(CONTEST_WINDOW_MS, EXIT_WINDOW_MS)
                .with_label(string::utf8(LABEL_WORLD), address_text::to_text(world_address))
                .with_label(string::utf8(LABEL_RELAY), relay)
                .with_label(string::utf8(LABEL_SETTLE_FUNCTION), function_name(b"::world::land_settlement"))
                .with_label(string::utf8(LABEL_ITEMS_FUNCTION), function_name(b"::world::session_items"));
        let (cap, channel_id) = state_channel::create<Land, LandAssets, AptosCoin>(account, land, config);

        world.lent_to.add(land_id, channel_id);
        world.sessions.add(
            channel_id,
            Session {
                land_id,
                size,
                cap,
                stake,
                relay,
                opened_by,
                opened_ms: timestamp::now_microseconds() / 1000,
                budget: blocks::no_materials(),
                held: blocks::no_materials(),
                seats: vector[]
            }
        );
        if (world.lobby.length() == LOBBY_SESSIONS_MAX) { world.lobby.remove(0); };
        world.lobby.push_back(channel_id);
        event::emit(SessionOpened { world: world_address, land_id, channel_id, stake, opened_by });
        channel_id
    }

    fun function_name(end: vector<u8>): String {
        let name = address_text::to_text(@movecraft);
        name.append_utf8(end);
        name
    }

    /// Only this module opens channels with a `Land`, so the label can be believed.
    fun world_of_channel(channel_id: u64): address {
        address_text::from_text(&state_channel::get_label(channel_id, string::utf8(LABEL_WORLD)))
    }

    /// The world that lent its land to this channel.
    fun world_of_session(channel_id: u64): address acquires World {
        let world_address = world_of_channel(channel_id);
        let is_session =
            exists<World>(world_address)
                && borrow_global<World>(world_address).sessions.contains(channel_id);
        assert!(is_session, error::not_found(E_NO_SESSION));
        world_address
    }

    fun assert_world(world_address: address) {
        assert!(exists<World>(world_address), error::not_found(E_NO_WORLD));
    }

    fun assert_land(world_address: address, land_id: u64) acquires World {
        assert_world(world_address);
        let is_land = land_id > 0 && land_id < borrow_global<World>(world_address).next_land_id;
        assert!(is_land, error::not_found(E_NO_LAND));
    }

    // ---- Helpers: looking into a land, lent or not

    /// Its head, the stored items of the chunks numbered from `from` to before `to`, and the chunks at some places.
    fun look(
        world_address: address, land_id: u64, from: u64, to: u64, places: vector<vector<u32>>
    ): (Head, vector<StoredItem>, vector<Chunk>) acquires World, Keeper {
        assert_land(world_address, land_id);
        let world = borrow_global<World>(world_address);
        if (!world.lent_to.contains(land_id)) return look_into(world.lands.borrow(land_id), from, to, &places);
        let channel_id = *world.lent_to.borrow(land_id);
        let keeper = object::generate_signer_for_extending(&borrow_global<Keeper>(@movecraft).extend_ref);
        let cap = &world.sessions.borrow(channel_id).cap;
        let borrowed = state_channel::borrow_mut<Land>(&keeper, cap, channel_id);
        let (head, items, chunks) = look_into(borrowed.state_mut(), from, to, &places);
        borrowed.give_back();
        (head, items, chunks)
    }

    fun look_into(
        land: &Land, from: u64, to: u64, places: &vector<vector<u32>>
    ): (Head, vector<StoredItem>, vector<Chunk>) {
        let chunks = vector[];
        for (i in 0..places.length()) chunks.push_back(land.chunk(places[i][0], places[i][1]));
        (*land.head(), land.stored_items(from, to), chunks)
    }

    fun session_info(world: &World, channel_id: u64): SessionInfo {
        let session = world.sessions.borrow(channel_id);
        SessionInfo {
            channel_id,
            land_id: session.land_id,
            size: session.size,
            member_count: state_channel::member_count(channel_id),
            stake: session.stake,
            relay: session.relay,
            opened_by: session.opened_by,
            opened_ms: session.opened_ms
        }
    }

    #[test_only]
    public fun page_for_test(self: &ItemPage): (vector<StoredItem>, u64) {
        (self.items, self.next)
    }

    #[test_only]
    public fun init_for_test(publisher: &signer) {
        init_module(publisher);
    }
}
