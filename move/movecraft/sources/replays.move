/// A transaction of a land's channel, run again on the chain from what the evidence shows: the land, the member's assets and every chunk that the
/// transaction looks at.
module movecraft::replays {
    use std::bcs;
    use channel_app::rerun::{Self, Call};
    use movecraft::body::Body;
    use movecraft::chunks::{Self, Chunk, ChunkAt};
    use movecraft::ground::{Self, Ground, Spot};
    use movecraft::items::Items;
    use movecraft::land::{Self, Land, LandAssets};
    use movecraft::rules::{Self, Head};
    use movecraft::terrain;
    use rooch::replay::{Self, Replay};

    friend movecraft::world;

    struct ChangedChunk has copy, drop {
        at: ChunkAt,
        chunk: Chunk
    }

    /// Says what the transaction leaves.
    public(friend) fun run_again(replay: &mut Replay) {
        let before = rerun::state_before<Land>(replay);
        if (before.is_none()) return;
        let (head, handle) = land::decode_land(before.destroy_some());
        let call = rerun::call(replay);
        if (call.is_tick()) {
            let ticker = head.ticker();
            run_tick(replay, head, handle, ticker);
            return
        };
        if (call.is(b"tick")) {
            call.end();
            let sender = replay.sender();
            run_tick(replay, head, handle, sender);
            return
        };
        let member = replay.sender();
        let assets = replay::resource_before<LandAssets>(replay, member);
        if (assets.is_empty()) {
            replay.expect_abort(land::refusal_without_hero());
            return
        };
        let (body, journeys, items) = land::decode_assets(assets[0]);
        let (refusal, ground) = run_call(replay, &mut call, &mut head, handle, &mut body, &mut items);
        if (refusal > 0) {
            replay.expect_abort(refusal);
            return
        };
        replay::expect_resource<LandAssets>(replay, member, vector[land::encode_assets(&body, journeys, &items)]);
        leave(replay, &head, handle, &ground);
    }

    fun run_tick(replay: &mut Replay, head: Head, handle: address, sender: address) {
        let now_ms = replay.timestamp_ms();
        let refusal = head.refusal_of_tick(sender, now_ms);
        if (refusal > 0) {
            replay.expect_abort(refusal);
            return
        };
        let looked_after = head.looked_after();
        let is_gone = !looked_after.is_empty() && !is_here(replay, looked_after[0]);
        let spots = head.spots_of_tick();
        let ground = ground_at(replay, &head, handle, &spots);
        head.tick(&mut ground, now_ms, is_gone);
        leave(replay, &head, handle, &ground);
    }

    fun run_call(
        replay: &Replay, call: &mut Call, head: &mut Head, handle: address, body: &mut Body, items: &mut Items
    ): (u64, Ground) {
        let member = replay.sender();
        let now_ms = replay.timestamp_ms();
        if (call.is(b"enter")) {
            call.end();
            let spots = head.spots_of_enter(member);
            let ground = ground_at(replay, head, handle, &spots);
            (head.enter(&ground, body, member), ground)
        } else if (call.is(b"walk")) {
            let path = call.read_bytes();
            call.end();
            let spots = head.spots_of_walk(body, &path);
            let ground = ground_at(replay, head, handle, &spots);
            (head.walk(&ground, body, member, path, now_ms), ground)
        } else if (call.is(b"mine")) {
            let (x, y, z) = (call.read_u64(), call.read_u64(), call.read_u64());
            call.end();
            let spots = head.spots_of_block(body, x, z);
            let ground = ground_at(replay, head, handle, &spots);
            (head.mine(&mut ground, body, items, member, x, y, z, now_ms), ground)
        } else if (call.is(b"place")) {
            let (x, y, z) = (call.read_u64(), call.read_u64(), call.read_u64());
            let item = call.read_u8();
            call.end();
            let spots = head.spots_of_block(body, x, z);
            let ground = ground_at(replay, head, handle, &spots);
            (head.place(&mut ground, body, items, x, y, z, item, now_ms), ground)
        } else if (call.is(b"craft")) {
            let recipe = call.read_u8();
            call.end();
            (rules::craft(items, recipe), ground::new(head.width()))
        } else {
            (rerun::refuse(), ground::new(head.width()))
        }
    }

    fun is_here(replay: &Replay, member: address): bool {
        let assets = replay::resource_before<LandAssets>(replay, member);
        if (assets.is_empty()) return false;
        let (body, _, _) = land::decode_assets(assets[0]);
        body.is_in_land()
    }

    fun ground_at(replay: &Replay, head: &Head, handle: address, spots: &vector<Spot>): Ground {
        let ground = ground::new(head.width());
        for (i in 0..spots.length()) {
            let spot = spots[i];
            if (!ground.is_loaded(&spot)) {
                let stored = replay.item_before(handle, bcs::to_bytes(&chunks::at_spot(&spot)));
                let blocks =
                    if (stored.is_empty()) terrain::column(head.seed(), spot.x(), spot.z())
                    else chunks::decode(stored[0]).column(head.seed(), &spot);
                ground.load(spot, blocks);
            }
        };
        ground
    }

    /// The land and its chunks are left like this.
    fun leave(replay: &mut Replay, head: &Head, handle: address, ground: &Ground) {
        replay::expect_resource<Land>(replay, @movecraft, vector[land::encode_land(head, handle)]);
        let changed: vector<ChangedChunk> = vector[];
        for (i in 0..ground.length()) {
            let (spot, blocks, is_changed) = ground.column(i);
            if (is_changed) {
                let index = changed_index(&mut changed, replay, handle, chunks::at_spot(&spot));
                let chunk = &mut changed[index].chunk;
                chunk.set_column(&spot, blocks);
            }
        };
        for (i in 0..changed.length()) {
            replay.expect_item(handle, bcs::to_bytes(&changed[i].at), vector[bcs::to_bytes(&changed[i].chunk)]);
        }
    }

    fun changed_index(
        changed: &mut vector<ChangedChunk>, replay: &Replay, handle: address, at: ChunkAt
    ): u64 {
        for (i in 0..changed.length()) {
            if (changed[i].at == at) return i
        };
        let stored = replay.item_before(handle, bcs::to_bytes(&at));
        let chunk = if (stored.is_empty()) chunks::unwritten() else chunks::decode(stored[0]);
        changed.push_back(ChangedChunk { at, chunk });
        changed.length() - 1
    }
}
