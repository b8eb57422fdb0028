/// A land with its chunks, and the heroes in it: the state of a channel, and what members and the tick call there. What may be done is in
/// `movecraft::rules`; here the land is opened for it and closed again. On the chain `movecraft::world` keeps lands and lends them.
module movecraft::land {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::signer;
    use aptos_framework::event;
    use aptos_std::table::{Self, Table};
    use channel_app::in_channel;
    use channel_app::items::{Self as stored, ItemPage};
    use movecraft::blocks;
    use movecraft::body::{Self, Body};
    use movecraft::chunks::{Self, Chunk, ChunkAt};
    use movecraft::ground::{Self, Ground, Spot};
    use movecraft::items::{Self, Items};
    use movecraft::rules::{Self, Head};
    use movecraft::terrain;
    use rooch::codec;
    use rooch::op::Op;

    friend movecraft::replays;
    friend movecraft::world;

    /// The sender has no hero in the channel.
    const E_NO_HERO_HERE: u64 = 62;
    /// A settlement modifies chunks and members' assets, and adds chunks; it does nothing else to them.
    const E_KIND_OF_CHANGE: u64 = 63;
    /// The settlement starts from other assets than the chain has.
    const E_OLD_VALUE_DIFFERS: u64 = 64;
    /// The value is not in its one form, or it is another land's.
    const E_NOT_CANONICAL: u64 = 65;
    /// The state of a channel. In the channel it is a resource under @movecraft.
    struct Land has key, store {
        head: Head,
        /// Those in which something was written.
        chunks: Table<ChunkAt, Chunk>
    }

    /// A player's hero, on the chain a resource of the player's.
    struct Hero has key, store {
        body: Body,
        /// How often it has set out for a session. So no two assets that a member brings in are the same, and a settlement that begins with what a
        /// member had in an earlier stay is known by it.
        journeys: u64
    }

    /// What the hero carries; likewise.
    struct Inventory has key, store {
        items: Items
    }

    /// What a member brings in and takes out. In the channel it is a resource under the member's address.
    struct LandAssets has key, store {
        hero: Hero,
        inventory: Inventory
    }

    // ---- Events in the channel

    #[event]
    struct HeroMoved has drop, store {
        member: address,
        x: u64,
        y: u64,
        z: u64
    }

    #[event]
    struct BlockSet has drop, store {
        member: address,
        x: u64,
        y: u64,
        z: u64,
        kind: u8
    }

    #[event]
    struct Crafted has drop, store {
        member: address,
        recipe: u8
    }

    // ---- In the channel: the sender is a member

    /// Puts the sender's hero into the land. Nothing else can be done before.
    public entry fun enter(sender: &signer) acquires Land, LandAssets {
        let member = signer::address_of(sender);
        let (head, body, _) = open(member);
        let spots = head.spots_of_enter(member);
        let ground = ground_at(&head, &spots);
        in_channel::allow(head.enter(&ground, &mut body, member));
        close(member, head, body);
        tell_moved(member, &body);
    }

    /// Goes step by step, five at most: 0 to larger x, 1 to smaller x, 2 to larger z, 3 to smaller z.
    public entry fun walk(sender: &signer, path: vector<u8>) acquires Land, LandAssets {
        let member = signer::address_of(sender);
        let (head, body, _) = open(member);
        let spots = head.spots_of_walk(&body, &path);
        let ground = ground_at(&head, &spots);
        in_channel::allow(head.walk(&ground, &mut body, member, path, in_channel::now_ms()));
        close(member, head, body);
        tell_moved(member, &body);
    }

    /// Takes a block out of the land.
    public entry fun mine(sender: &signer, x: u64, y: u64, z: u64) acquires Land, LandAssets {
        let member = signer::address_of(sender);
        let (head, body, items) = open(member);
        let spots = head.spots_of_block(&body, x, z);
        let ground = ground_at(&head, &spots);
        in_channel::allow(head.mine(&mut ground, &mut body, &mut items, member, x, y, z, in_channel::now_ms()));
        close(member, head, body);
        keep_items(member, items);
        keep_ground(&ground);
        event::emit(BlockSet { member, x, y, z, kind: blocks::air() });
    }

    /// Puts an item of the inventory into the land.
    public entry fun place(sender: &signer, x: u64, y: u64, z: u64, item: u8) acquires Land, LandAssets {
        let member = signer::address_of(sender);
        let (head, body, items) = open(member);
        let spots = head.spots_of_block(&body, x, z);
        let ground = ground_at(&head, &spots);
        in_channel::allow(head.place(&mut ground, &mut body, &mut items, x, y, z, item, in_channel::now_ms()));
        close(member, head, body);
        keep_items(member, items);
        keep_ground(&ground);
        event::emit(BlockSet { member, x, y, z, kind: blocks::placed_as(item) });
    }

    /// Makes something of what the hero carries.
    public entry fun craft(sender: &signer, recipe: u8) acquires Land, LandAssets {
        let member = signer::address_of(sender);
        let (_, _, items) = open(member);
        in_channel::allow(rules::craft(&mut items, recipe));
        keep_items(member, items);
        event::emit(Crafted { member, recipe });
    }

    /// Lets water flow and crops grow. The channel calls it, with the signature of its creator.
    public entry fun tick(ticker: &signer) acquires Land, LandAssets {
        let head = in_channel::borrow<Land>(@movecraft).head;
        in_channel::allow(head.refusal_of_tick(signer::address_of(ticker), in_channel::now_ms()));
        let looked_after = head.looked_after();
        let is_gone = !looked_after.is_empty() && !is_here(looked_after[0]);
        let spots = head.spots_of_tick();
        let ground = ground_at(&head, &spots);
        head.tick(&mut ground, in_channel::now_ms(), is_gone);
        borrow_global_mut<Land>(@movecraft).head = head;
        keep_ground(&ground);
    }

    // ---- Helpers in the channel

    fun open(member: address): (Head, Body, Items) acquires Land, LandAssets {
        let head = in_channel::borrow<Land>(@movecraft).head;
        assert!(exists<LandAssets>(member), error::not_found(E_NO_HERO_HERE));
        let assets = borrow_global<LandAssets>(member);
        (head, assets.hero.body, assets.inventory.items)
    }

    fun close(member: address, head: Head, body: Body) acquires Land, LandAssets {
        borrow_global_mut<Land>(@movecraft).head = head;
        borrow_global_mut<LandAssets>(member).hero.body = body;
    }

    fun keep_items(member: address, items: Items) acquires LandAssets {
        borrow_global_mut<LandAssets>(member).inventory.items = items;
    }

    fun is_here(member: address): bool acquires LandAssets {
        exists<LandAssets>(member) && borrow_global<LandAssets>(member).hero.body.is_in_land()
    }

    fun ground_at(head: &Head, spots: &vector<Spot>): Ground acquires Land {
        let chunks = &borrow_global<Land>(@movecraft).chunks;
        let ground = ground::new(head.width());
        for (i in 0..spots.length()) {
            let spot = spots[i];
            if (!ground.is_loaded(&spot)) {
                let at = chunks::at_spot(&spot);
                let blocks =
                    if (chunks.contains(at)) chunks.borrow(at).column(head.seed(), &spot)
                    else terrain::column(head.seed(), spot.x(), spot.z());
                ground.load(spot, blocks);
            }
        };
        ground
    }

    fun keep_ground(ground: &Ground) acquires Land {
        let land = borrow_global_mut<Land>(@movecraft);
        for (i in 0..ground.length()) {
            let (spot, blocks, is_changed) = ground.column(i);
            if (is_changed) {
                let at = chunks::at_spot(&spot);
                if (!land.chunks.contains(at)) land.chunks.add(at, chunks::unwritten());
                land.chunks.borrow_mut(at).set_column(&spot, blocks);
            }
        }
    }

    fun tell_moved(member: address, body: &Body) {
        let (x, y, z) = body.position();
        event::emit(HeroMoved { member, x, y, z });
    }

    // ---- For replays: the same from bytes

    public(friend) fun refusal_without_hero(): u64 {
        error::not_found(E_NO_HERO_HERE)
    }

    /// A land's head and the handle of its chunks.
    public(friend) fun decode_land(bytes: vector<u8>): (Head, address) {
        let reader = codec::new(bytes);
        let head = rules::decode(&mut reader);
        let handle = reader.read_address();
        assert!(reader.is_at_end(), error::invalid_argument(E_NOT_CANONICAL));
        (head, handle)
    }

    public(friend) fun encode_land(head: &Head, handle: address): vector<u8> {
        let bytes = bcs::to_bytes(head);
        bytes.append(bcs::to_bytes(&handle));
        bytes
    }

    /// Body, journeys and items.
    public(friend) fun decode_assets(bytes: vector<u8>): (Body, u64, Items) {
        let reader = codec::new(bytes);
        let body = body::decode(&mut reader);
        let journeys = reader.read_u64();
        let items = items::decode(&mut reader);
        assert!(reader.is_at_end(), error::invalid_argument(E_NOT_CANONICAL));
        (body, journeys, items)
    }

    public(friend) fun encode_assets(body: &Body, journeys: u64, items: &Items): vector<u8> {
        let bytes = bcs::to_bytes(body);
        bytes.append(bcs::to_bytes(&journeys));
        bytes.append(bcs::to_bytes(items));
        bytes
    }

    // ---- For the chain

    public(friend) fun new_land(seed: u64, size: u64): Land {
        Land { head: rules::new_head(seed, size), chunks: table::new() }
    }

    /// A hero with empty hands.
    public(friend) fun new_hero(owner: &signer) {
        move_to(owner, Hero { body: body::outside(), journeys: 0 });
        move_to(owner, Inventory { items: items::none() });
    }

    public(friend) fun head(self: &Land): &Head {
        &self.head
    }

    /// For a session: nobody is in the land yet.
    public(friend) fun prepare(self: &mut Land, ticker: address, tick_interval_ms: u64) {
        self.head.prepare(ticker, tick_interval_ms);
    }

    public(friend) fun handle(self: &Land): address {
        stored::handle(&self.chunks)
    }

    public(friend) fun has_hero(owner: address): bool {
        exists<Hero>(owner)
    }

    /// Takes the hero and what it carries from its owner. It comes from outside, wherever it was before.
    public(friend) fun pack(owner: address): LandAssets acquires Hero, Inventory {
        let hero = move_from<Hero>(owner);
        hero.body = body::outside();
        hero.journeys += 1;
        LandAssets { hero, inventory: move_from<Inventory>(owner) }
    }

    public(friend) fun unpack(assets: LandAssets, owner: &signer) {
        let LandAssets { hero, inventory } = assets;
        move_to(owner, hero);
        move_to(owner, inventory);
    }

    public(friend) fun materials(self: &LandAssets): vector<u64> {
        let sums = blocks::no_materials();
        self.inventory.items.add_materials(&mut sums);
        sums
    }

    public(friend) fun item_count(owner: address, kind: u8): u64 acquires Inventory {
        borrow_global<Inventory>(owner).items.count(kind)
    }

    public(friend) fun hero_bytes(owner: address): vector<u8> acquires Hero {
        bcs::to_bytes(borrow_global<Hero>(owner))
    }

    public(friend) fun inventory_bytes(owner: address): vector<u8> acquires Inventory {
        bcs::to_bytes(borrow_global<Inventory>(owner))
    }

    /// The chunk at these coordinates, whole, as it is now.
    public(friend) fun chunk(self: &Land, x: u32, z: u32): Chunk {
        let at = chunks::at(x, z);
        at.assert_inside(self.head.size());
        self.whole_chunk_at(at)
    }

    /// The chunks numbered `from` to before `to`, whole, as they are now.
    public(friend) fun chunks(self: &Land, from: u64, to: u64): vector<Chunk> {
        let shown = vector[];
        for (i in from..to) shown.push_back(self.whole_chunk_at(chunks::at_number(i, self.head.size())));
        shown
    }

    /// Adds those of the chunks with these numbers to a page that are stored.
    public(friend) fun with_items(self: &Land, page: ItemPage, from: u64, to: u64): ItemPage {
        for (i in from..to) page.add(&self.chunks, chunks::at_number(i, self.head.size()));
        page
    }

    /// Applies what a settlement says of the land itself.
    public(friend) fun apply_head(self: &mut Land, value: vector<u8>) {
        let (head, handle) = decode_land(value);
        assert!(
            handle == self.handle() && self.head.is_same_land(&head), error::invalid_argument(E_NOT_CANONICAL)
        );
        self.head = head;
    }

    /// Applies what a settlement says of one chunk; adds up what it was and is made of, where it differs.
    public(friend) fun apply_chunk(
        self: &mut Land, key: vector<u8>, op: &Op, before: &mut vector<u64>, after: &mut vector<u64>
    ) {
        let at = chunks::decode_at(key);
        at.assert_inside(self.head.size());
        let value = stored::item_after(&self.chunks, at, op);
        assert!(value.is_some(), error::invalid_argument(E_KIND_OF_CHANGE));
        let chunk = chunks::decode(value.destroy_some());
        let seed = self.head.seed();
        chunk.assert_lawful_after(&self.chunk_at(at), seed, at, before, after);
        self.chunks.upsert(at, chunk);
    }

    /// Replaces a member's assets by what the settlement says of them. False: they stay, because what it says is of an earlier stay of a member that no
    /// settlement has said anything of since it came back.
    public(friend) fun apply_assets(
        self: &mut LandAssets, op: &Op, is_fresh: bool, width: u64
    ): bool {
        assert!(op.is_modify(), error::invalid_argument(E_KIND_OF_CHANGE));
        if (hash::sha3_256(bcs::to_bytes(self)) != op.old_hash()) {
            assert!(is_fresh, error::invalid_argument(E_OLD_VALUE_DIFFERS));
            return false
        };
        let (body, journeys, items) = decode_assets(op.modified_value());
        assert!(
            body.is_within(width) && journeys == self.hero.journeys, error::invalid_argument(E_NOT_CANONICAL)
        );
        self.hero.body = body;
        self.inventory.items = items;
        true
    }

    fun chunk_at(self: &Land, at: ChunkAt): Chunk {
        if (self.chunks.contains(at)) *self.chunks.borrow(at) else chunks::unwritten()
    }

    fun whole_chunk_at(self: &Land, at: ChunkAt): Chunk {
        let chunk = self.chunk_at(at);
        chunk.whole(self.head.seed(), at)
    }

    // ---- For tests

    #[test_only]
    /// What a node does when it loads a channel: the land becomes a resource.
    public fun place_land_for_test(publisher: &signer, seed: u64, size: u64, ticker: address) {
        let land = new_land(seed, size);
        land.prepare(ticker, 500);
        move_to(publisher, land);
    }

    #[test_only]
    /// What the channel does when somebody joins.
    public fun place_hero_for_test(member: &signer) {
        move_to(
            member,
            LandAssets { hero: Hero { body: body::outside(), journeys: 1 }, inventory: Inventory { items: items::none() } }
        );
    }

    #[test_only]
    public fun remove_hero_for_test(member: address) acquires LandAssets {
        let LandAssets { hero, inventory } = move_from<LandAssets>(member);
        let Hero { body: _, journeys: _ } = hero;
        let Inventory { items: _ } = inventory;
    }

    #[test_only]
    public fun give_for_test(member: address, kind: u8, count: u64) acquires LandAssets {
        borrow_global_mut<LandAssets>(member).inventory.items.add(kind, count);
    }

    #[test_only]
    public fun held_for_test(member: address, kind: u8): u64 acquires LandAssets {
        borrow_global<LandAssets>(member).inventory.items.count(kind)
    }

    #[test_only]
    public fun position_for_test(member: address): vector<u64> acquires LandAssets {
        let (x, y, z) = borrow_global<LandAssets>(member).hero.body.position();
        vector[x, y, z]
    }

    #[test_only]
    public fun head_for_test(): Head acquires Land {
        borrow_global<Land>(@movecraft).head
    }

    #[test_only]
    public fun block_for_test(x: u64, y: u64, z: u64): u8 acquires Land {
        let head = head_for_test();
        let ground = ground_at(&head, &vector[ground::spot(x, z)]);
        ground.block(x, y, z)
    }

    #[test_only]
    public fun set_block_for_test(x: u64, y: u64, z: u64, kind: u8) acquires Land {
        let head = head_for_test();
        let ground = ground_at(&head, &vector[ground::spot(x, z)]);
        ground.set_block(x, y, z, kind);
        keep_ground(&ground);
    }

    #[test_only]
    public fun stored_for_test(x: u32, z: u32): vector<u8> acquires Land {
        bcs::to_bytes(borrow_global<Land>(@movecraft).chunks.borrow(chunks::at(x, z)))
    }

    #[test_only]
    /// Of all that is in the land and in these heroes' hands.
    public fun materials_for_test(members: vector<address>): vector<u64> acquires Land, LandAssets {
        let sums = blocks::no_materials();
        let land = borrow_global<Land>(@movecraft);
        let size = land.head.size();
        for (i in 0..(size * size)) {
            let chunk = land.chunk(((i % size) as u32), ((i / size) as u32));
            chunk.materials_for_test(&mut sums);
        };
        for (i in 0..members.length()) {
            borrow_global<LandAssets>(members[i]).inventory.items.add_materials(&mut sums);
        };
        sums
    }

    #[test_only]
    public fun land_bytes_for_test(head: &Head, handle: address): vector<u8> {
        encode_land(head, handle)
    }

    #[test_only]
    /// The decoders give back what was encoded: a replay reads what the channel writes.
    public fun assert_read_for_test(member: address) acquires Land, LandAssets {
        let bytes = bcs::to_bytes(borrow_global<Land>(@movecraft));
        let (head, handle) = decode_land(bytes);
        assert!(encode_land(&head, handle) == bytes);
        let bytes = bcs::to_bytes(borrow_global<LandAssets>(member));
        let (body, journeys, items) = decode_assets(bytes);
        assert!(encode_assets(&body, journeys, &items) == bytes);
    }
}
