/// Worlds on the chain: an owner's lands, the sessions that borrow them for channels, players' heroes, and the settlements that bring back what has
/// happened. What is in a land only `movecraft::land` opens.
module movecraft::world {
    use std::error;
    use std::option::{Self, Option};
    use std::signer;
    use std::string::{Self, String};
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::event;
    use channel_app::items::{Self, ItemPage};
    use channel_app::labels;
    use channel_app::settling::{Self, Settling};
    use channel_app::shelf::{Self, Shelf};
    use movecraft::blocks;
    use movecraft::chunks::Chunk;
    use movecraft::land::{Self, Land, LandAssets};
    use movecraft::replays;
    use movecraft::rules::{Self, Head};
    use movecraft::stock::{Self, Stock};
    use rooch::state_channel;

    /// There is no world at this address.
    const E_NO_WORLD: u64 = 81;
    /// There is a world at this address already.
    const E_WORLD_EXISTS: u64 = 82;
    /// A land has 1 to 64 chunks along its side.
    const E_LAND_SIZE: u64 = 85;
    /// The player has no hero, or it is away in a land.
    const E_NO_HERO: u64 = 87;
    /// The player has a hero already.
    const E_HERO_EXISTS: u64 = 88;
    /// A page has 1 to 256 chunks, and begins with one of the land's.
    const E_LIMIT: u64 = 90;

    /// One coin, in octas.
    const STAKE: u64 = 100_000_000;
    const TICK_INTERVAL_MS: u64 = 500;
    const CONTEST_WINDOW_MS: u64 = 10_000;
    const EXIT_WINDOW_MS: u64 = 120_000;
    const LIMIT_MAX: u64 = 256;

    /// The world, under the name that the specification gives it; every session has it as `server_address`, too.
    const LABEL_WORLD: vector<u8> = b"world_address";

    struct World has key {
        lands: Shelf<Land, LandAssets, Session, AptosCoin>
    }

    /// What a world keeps of a session beside what every shelf does.
    struct Session has copy, drop, store {
        size: u64,
        stock: Stock
    }

    /// That a player has a hero, wherever it is.
    struct Player has key {
        away_in: Option<u64>
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
        let world = labels::server_of(state_channel_id);
        let lands = borrow_lands(world);
        let land_id = lands.take_back(account, state_channel_id);
        event::emit(SessionClosed { world, land_id, channel_id: state_channel_id });
    }

    /// Executes a settlement that has passed: land, heroes and inventories on the chain become what they were in the channel at the settled height.
    /// Anyone may; the votes decide.
    public entry fun land_settlement(_account: &signer, state_channel_id: u64, proposal_id: u64) acquires World {
        let world = labels::server_of(state_channel_id);
        let lands = borrow_lands(world);
        lands.details_mut(state_channel_id).stock.forget_gone(state_channel_id);
        let settling = lands.settle(state_channel_id, proposal_id);
        apply(lands, settling, world, state_channel_id, proposal_id);
    }

    /// Executes a settlement that two thirds of all members have signed, without a proposal and votes. Anyone may; the signatures decide.
    public entry fun land_settlement_signed(
        account: &signer,
        state_channel_id: u64,
        data: vector<u8>,
        signers: vector<address>,
        signatures: vector<vector<u8>>
    ) acquires World {
        let world = labels::server_of(state_channel_id);
        let lands = borrow_lands(world);
        lands.details_mut(state_channel_id).stock.forget_gone(state_channel_id);
        let settling = lands.settle_signed(account, state_channel_id, data, signers, signatures);
        apply(lands, settling, world, state_channel_id, 0);
    }

    /// Runs a transaction of the channel again, from the state that it started from, and punishes the leader if it claimed another result, or the sender
    /// if it did not. `evidence` is described in docs/contract.md; empty: it is in the sender's parcel.
    public entry fun land_prove_wrong(account: &signer, state_channel_id: u64, evidence: vector<u8>) acquires World {
        let lands = borrow_lands(labels::server_of(state_channel_id));
        let replay = lands.open_replay(account, state_channel_id, evidence);
        replays::run_again(&mut replay);
        lands.conclude_replay(state_channel_id, replay);
    }

    // ---- Views

    #[view]
    /// The newest sessions of a world, newest first.
    public fun sessions(world_address: address): vector<SessionInfo> acquires World {
        borrow_lands(world_address).sessions().map(|shown| session_info(shown))
    }

    #[view]
    public fun session(world_address: address, state_channel_id: u64): SessionInfo acquires World {
        session_info(borrow_lands(world_address).session(state_channel_id))
    }

    #[view]
    /// How many lands a world has; their ids are 1 to this.
    public fun land_count(world_address: address): u64 acquires World {
        borrow_lands(world_address).count()
    }

    #[view]
    /// The channel that a land is lent to.
    public fun land_session(world_address: address, land_id: u64): Option<u64> acquires World {
        borrow_lands(world_address).lent_to(land_id)
    }

    #[view]
    /// A land beside its blocks, as last settled, whether it is lent or not.
    public fun land_head(world_address: address, land_id: u64): Head acquires World {
        borrow_lands(world_address).look(land_id, |land| *land.head())
    }

    #[view]
    /// One chunk as last settled, by its coordinates: every column, also where nobody has written.
    public fun chunk(world_address: address, land_id: u64, x: u32, z: u32): Chunk acquires World {
        borrow_lands(world_address).look(land_id, |land| land.chunk(x, z))
    }

    #[view]
    /// The chunks numbered `from` and on, whole, `limit` of them: number 0 is at (0, 0), 1 at (1, 0).
    public fun chunks(
        world_address: address, land_id: u64, from: u64, limit: u64
    ): vector<Chunk> acquires World {
        assert!((limit > 0 && limit <= LIMIT_MAX), error::out_of_range(E_LIMIT));
        borrow_lands(world_address).look(land_id, |land| page_of_chunks(land, from, limit))
    }

    #[view]
    /// The items of the tables that hang on a session's state, for a node that loads it, as last settled: those of the chunks numbered `from` and on, of
    /// `limit` numbers, that are stored; and the number that the next page begins with, or 0.
    public fun session_items(state_channel_id: u64, from: u64, limit: u64): ItemPage acquires World {
        let page = items::new_page(limit);
        let lands = borrow_lands(labels::server_of(state_channel_id));
        let size = lands.details(state_channel_id).size;
        let end = end_of_page(from, limit, size);
        page.set_next(if (end < size * size) end else 0);
        lands.look(lands.state_of(state_channel_id), |land| land.with_items(page, from, end))
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
        lands: &mut Shelf<Land, LandAssets, Session, AptosCoin>,
        settling: Settling<Land>,
        world: address,
        channel_id: u64,
        proposal_id: u64
    ) {
        let value = settling.state_after();
        if (value.is_some()) settling.state_mut().apply_head(value.destroy_some());
        let before = blocks::no_materials();
        let after = blocks::no_materials();
        let changes = settling.item_changes(settling.state().handle());
        for (i in 0..changes.length()) {
            settling.state_mut().apply_chunk(changes[i].item_key(), &changes[i].item_op(), &mut before, &mut after);
        };

        let stock = lands.details(channel_id).stock;
        for (i in 0..stock.count()) apply_to_member(lands, &settling, channel_id, &mut stock, i);
        stock.exchange(&before, &after);
        stock.let_leave(&settling.leaving());
        lands.details_mut(channel_id).stock = stock;
        settling.finish();
        let land_id = lands.state_of(channel_id);
        event::emit(SessionSettled { world, land_id, channel_id, proposal_id });
    }

    fun apply_to_member(
        lands: &mut Shelf<Land, LandAssets, Session, AptosCoin>,
        settling: &Settling<Land>,
        channel_id: u64,
        stock: &mut Stock,
        index: u64
    ) {
        let member = stock.member(index);
        let op = settling::op_of<Land, LandAssets>(settling, member);
        if (op.is_none()) return;
        let width = settling.state().head().width();
        let borrowed = lands.borrow_assets(channel_id, member);
        let assets = borrowed.assets_mut();
        if (assets.apply_assets(&op, stock.is_fresh(index), width)) stock.recount(index, assets.materials());
        borrowed.give_assets_back();
    }

    // ---- Helpers: worlds and sessions

    /// Takes the sender's hero and inventory for a session.
    fun send_away(account: &signer, world_address: address, channel_id: u64): LandAssets acquires World, Player {
        let member = signer::address_of(account);
        let stock = &mut borrow_lands(world_address).details_mut(channel_id).stock;
        let is_home = exists<Player>(member) && borrow_global<Player>(member).away_in.is_none();
        assert!(is_home, error::not_found(E_NO_HERO));
        let assets = land::pack(member);
        stock.forget_gone(channel_id);
        stock.seat(member, assets.materials());
        borrow_global_mut<Player>(member).away_in = option::some(channel_id);
        assets
    }

    fun move_world_to(account: &signer) {
        move_to(account, World { lands: shelf::new() });
    }

    fun add_land(world: address, seed: u64, size: u64): u64 acquires World {
        let lands = borrow_lands(world);
        assert!(rules::is_size(size), error::out_of_range(E_LAND_SIZE));
        let land_id = lands.add(land::new_land(seed, size));
        event::emit(LandCreated { world, land_id, seed, size });
        land_id
    }

    fun open_session(
        account: &signer,
        world: address,
        land_id: u64,
        stake: Option<u64>,
        tick_interval_ms: u64,
        settle_interval_ms: u64,
        relay: String
    ): u64 acquires World {
        let lands = borrow_lands(world);
        let opened_by = signer::address_of(account);
        let stake = if (stake.is_some()) *stake.borrow() else STAKE;
        let interval_ms = if (tick_interval_ms == 0) TICK_INTERVAL_MS else tick_interval_ms;
        let land = lands.at_home_mut(land_id);
        land.prepare(opened_by, interval_ms);
        let size = land.head().size();
        let config =
            state_channel::create_config(stake)
                .with_tick(labels::function_name(@movecraft, b"land::tick"), interval_ms)
                .with_settle_interval(settle_interval_ms)
                .with_windows(CONTEST_WINDOW_MS, EXIT_WINDOW_MS)
                .with_label(string::utf8(LABEL_WORLD), labels::to_text(world));
        let settle_function = labels::function_name(@movecraft, b"world::land_settlement");
        let items_function = labels::function_name(@movecraft, b"world::session_items");
        let config = labels::describe(config, world, relay, settle_function);
        let config = labels::with_items_function(config, items_function);
        let settle_signed_function = labels::function_name(@movecraft, b"world::land_settlement_signed");
        let prove_function = labels::function_name(@movecraft, b"world::land_prove_wrong");
        let config = labels::with_proofs(config, settle_signed_function, prove_function);
        let channel_id = lands.lend(account, land_id, config, Session { size, stock: stock::new() });
        event::emit(SessionOpened { world, land_id, channel_id, stake, opened_by });
        channel_id
    }

    fun session_info(shown: shelf::SessionInfo<Session>): SessionInfo {
        SessionInfo {
            channel_id: shown.channel_id(),
            land_id: shown.state_id(),
            size: shown.shown_details().size,
            member_count: shown.member_count(),
            stake: shown.stake(),
            relay: shown.relay(),
            opened_by: shown.opened_by(),
            opened_ms: shown.opened_ms()
        }
    }

    fun page_of_chunks(land: &Land, from: u64, limit: u64): vector<Chunk> {
        land.chunks(from, end_of_page(from, limit, land.head().size()))
    }

    /// Of a page of chunks that begins with number `from`.
    fun end_of_page(from: u64, limit: u64, size: u64): u64 {
        let count = size * size;
        assert!((from < count), error::out_of_range(E_LIMIT));
        if (limit < count - from) from + limit else count
    }

    inline fun borrow_lands(world: address): &mut Shelf<Land, LandAssets, Session, AptosCoin> acquires World {
        assert!(exists<World>(world), error::not_found(E_NO_WORLD));
        &mut borrow_global_mut<World>(world).lands
    }

    #[test_only]
    public fun init_for_test(publisher: &signer) {
        init_module(publisher);
    }
}
