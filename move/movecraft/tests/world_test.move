#[test_only]
/// A session on the chain, from lending the land to giving it back, and what a settlement may not do.
module movecraft::world_test {
    use std::bcs;
    use std::hash;
    use std::option::{Self, Option};
    use std::string::{Self, String};
    use aptos_framework::account;
    use aptos_framework::chain_id;
    use aptos_framework::aptos_coin::{Self, AptosCoin};
    use aptos_framework::coin;
    use aptos_framework::event;
    use aptos_framework::timestamp;
    use aptos_std::from_bcs;
    use aptos_std::type_info;
    use channel_app::labels;
    use channel_app::settling;
    use channel_app::shelf;
    use movecraft::blocks;
    use movecraft::chunks;
    use movecraft::land::{Self, Land, LandAssets};
    use movecraft::rules;
    use movecraft::stock;
    use movecraft::vectors;
    use movecraft::world::{Self, LandCreated, SessionClosed, SessionOpened, SessionSettled};
    use rooch::staking;
    use rooch::state_channel::{Self, SettleCap};

    const ALICE: address = @0xa11ce;
    const BOB: address = @0xb0b;
    const CAROL: address = @0xca401;
    const MALLORY: address = @0xbad;
    const MONEY: u64 = 1_000_000_000;

    const KEY_A: vector<u8> = x"aa6ff606677d639dbba2e4e1bca3bf11cd5ff0cd6bc46d59e47cd867157ae200";
    const KEY_B: vector<u8> = x"4441a473ce624bfd626ab51fabb1c52654d09ad73b35011be295adb536a941cf";
    const KEY_C: vector<u8> = x"f471353d6e272b4f00eb89819eb9795687d2772e36fc2ca0440acbd02e5abdb6";

    /// `settlement(0, 1)` of channel 1 on chain 4, signed by the first two keys.
    const SIGNED_A: vector<u8> = x"ff3fc0e40867c03a712a7c5023a7e3ac7d36135d3da8d48a6310a7a8ff6ad75b7483d3da673a347df9b818e9030ae9f05b39fff68bc1f81cd31d0d0a98820b0e";
    const SIGNED_B: vector<u8> = x"4f2034e3b4f1094098f901617da8b31f432896624f5fc05a78b0c52cf2494cd07c7c3f0bcdbb68ec0de7e112096ec830e124ddee073c718c673eccf2a3b92304";

    /// No land, and a channel that says it is one of the first world's.
    struct Lie has store {}

    struct Liar has key {
        cap: SettleCap
    }

    fun begin_with_a_lie() {
        begin_with_a_lie_about(@movecraft);
    }

    fun begin_with_a_lie_about(world: address) {
        begin();
        let config = labels::describe(state_channel::create_config(0), world, relay(), relay());
        let (cap, _) = state_channel::create<Lie, Lie, AptosCoin>(&person(MALLORY), Lie {}, config);
        move_to(&person(MALLORY), Liar { cap });
    }

    fun begin() {
        let framework = account::create_signer_for_test(@aptos_framework);
        timestamp::set_time_has_started_for_testing(&framework);
        timestamp::update_global_time_for_test(5_000_000);
        let (burn_cap, mint_cap) = aptos_coin::initialize_for_test(&framework);
        let people = vector[ALICE, BOB, CAROL, MALLORY];
        for (i in 0..people.length()) {
            let person = account::create_account_for_test(people[i]);
            coin::register<AptosCoin>(&person);
            coin::deposit(people[i], coin::mint<AptosCoin>(MONEY, &mint_cap));
        };
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_mint_cap(mint_cap);
        staking::init_for_test(&person(@rooch));
        state_channel::init_for_test(&person(@rooch));
        world::init_for_test(&person(@movecraft));
    }

    fun person(account: address): signer {
        account::create_signer_for_test(account)
    }

    fun session(key: vector<u8>): signer {
        person(state_channel::session_address(key))
    }

    fun relay(): String {
        string::utf8(b"/dns4/relay")
    }

    fun create(account: address, land_id: u64, stake: Option<u64>) {
        world::land_session_create(&person(account), @movecraft, land_id, stake, 0, 60_000, relay());
    }

    /// Alice opens a session on a new land of 2 x 2 chunks and joins; Bob and Carol join: channel 1, land 1, no stake.
    fun open_for_three() {
        open_with_stake(0);
    }

    /// The same with a stake, at the time of the evidence.
    public fun begin_with_stake() {
        begin();
        chain_id::initialize_for_test(&person(@aptos_framework), 4);
        open_with_stake(100);
        state_channel::apply_leader_entry(&person(ALICE), 1);
    }

    fun open_with_stake(stake: u64) {
        world::land_session_create_and_join(
            &person(ALICE),
            @movecraft,
            7,
            2,
            option::some(stake),
            0,
            60_000,
            relay(),
            KEY_A,
            10
        );
        world::create_hero(&person(BOB));
        world::create_hero(&person(CAROL));
        world::land_session_join(&person(BOB), @movecraft, 1, KEY_B, 10);
        world::land_session_join(&person(CAROL), @movecraft, 1, KEY_C, 10);
    }

    // ---- Worlds, lands, heroes

    #[test]
    fun m10_anyone_opens_a_world_and_adds_lands() {
        begin();
        world::open_world(&person(BOB));
        world::create_land(&person(ALICE), BOB, 1, 1);
        world::create_land(&person(ALICE), BOB, 2, 3);
        assert!(world::land_count(BOB) == 2 && world::land_count(@movecraft) == 0);
        assert!(world::land_head(BOB, 2).size() == 3 && world::land_session(BOB, 2).is_none());
        assert!(world::chunks(BOB, 2, 7, 9).length() == 2);
        assert!(world::chunk(BOB, 2, 1, 0) == world::chunks(BOB, 2, 1, 1)[0]);
    }

    #[test]
    #[expected_failure(abort_code = 0x80052, location = world)]
    fun m10_there_is_one_world_at_an_address() {
        begin();
        world::open_world(&person(@movecraft));
    }

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m10_a_land_needs_a_world() {
        begin();
        world::create_land(&person(ALICE), BOB, 1, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x20055, location = world)]
    fun m10_a_land_is_not_too_large() {
        begin();
        world::create_land(&person(ALICE), @movecraft, 1, 65);
    }

    #[test]
    #[expected_failure(abort_code = 0x60029, location = shelf)]
    fun m10_a_land_that_was_not_made_is_not_there() {
        begin();
        world::land_head(@movecraft, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m10_a_chunk_is_in_the_land() {
        begin();
        world::create_land(&person(ALICE), @movecraft, 1, 1);
        world::chunk(@movecraft, 1, 1, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x80058, location = world)]
    fun m10_a_player_has_one_hero() {
        begin();
        world::create_hero(&person(ALICE));
        world::create_hero(&person(ALICE));
    }

    #[test]
    #[expected_failure(abort_code = 0x2005a, location = world)]
    fun m10_a_page_has_256_chunks_at_most() {
        begin();
        world::create_land(&person(ALICE), @movecraft, 1, 20);
        world::chunks(@movecraft, 1, 0, 257);
    }

    #[test]
    fun m10_a_page_may_have_256_chunks() {
        begin();
        world::create_land(&person(ALICE), @movecraft, 1, 1);
        assert!(world::chunks(@movecraft, 1, 0, 256).length() == 1);
    }

    #[test]
    fun m10_a_page_of_items_ends_before_the_next() {
        begin();
        open_for_three();
        settle(settlement(0, 3).with_item(x"0100000000000000", new(bcs::to_bytes(&unwritten()))), 1);
        let (keys, _, next) = world::session_items(1, 0, 1).page_for_test();
        assert!(keys.is_empty() && next == 1);
        let (keys, _, next) = world::session_items(1, 1, 1).page_for_test();
        assert!(keys == vector[x"0100000000000000"] && next == 2);
    }

    #[test]
    fun m10_a_new_land_has_nobody_and_no_time() {
        begin();
        world::create_land(&person(ALICE), @movecraft, 7, 2);
        let expected = bcs::to_bytes(&7u64);
        expected.append(bcs::to_bytes(&2u64));
        expected.append(bcs::to_bytes(&@0x0));
        // Interval, last tick, ticks; no water, crops, heroes.
        for (i in 0..3) expected.append(bcs::to_bytes(&0u64));
        expected.append(x"000000");
        assert!(bcs::to_bytes(&world::land_head(@movecraft, 1)) == expected);
    }

    #[test]
    #[expected_failure(abort_code = 0x2005a, location = world)]
    fun m10_a_page_begins_in_the_land() {
        begin();
        open_for_three();
        world::session_items(1, 4, 1);
    }

    // ---- Sessions

    #[test]
    fun m11_a_session_borrows_the_land() {
        begin();
        world::create_land(&person(ALICE), @movecraft, 7, 2);
        create(ALICE, 1, option::none());
        assert!(world::land_session(@movecraft, 1) == option::some(1));
        let label = state_channel::get_label(1, string::utf8(b"world_address"));
        assert!(label == string::utf8(b"0x4d6f766543726166740000000000000000000000000000000000000000000001"));
        label.append_utf8(b"::world::land_settlement");
        assert!(state_channel::get_label(1, string::utf8(b"settle_function")) == label);
        assert!(state_channel::get_label(1, string::utf8(b"relay")) == relay());
        let sessions = world::sessions(@movecraft);
        assert!(sessions.length() == 1 && &sessions[0] == &world::session(@movecraft, 1));
        // A lent land can still be looked into.
        assert!(world::land_head(@movecraft, 1).size() == 2 && world::chunks(@movecraft, 1, 0, 9).length() == 4);
        let (keys, _, next) = world::session_items(1, 0, 9).page_for_test();
        assert!(keys.is_empty() && next == 0);
    }

    #[test]
    fun m11_the_stake_is_one_coin() {
        begin();
        world::create_land(&person(ALICE), @movecraft, 7, 2);
        create(ALICE, 1, option::none());
        world::create_hero(&person(BOB));
        world::land_session_join(&person(BOB), @movecraft, 1, KEY_B, 0);
        assert!(coin::balance<AptosCoin>(BOB) == MONEY - 100_000_000);
    }

    #[test]
    fun m11_the_stake_may_be_shared() {
        begin();
        world::create_land(&person(ALICE), @movecraft, 7, 2);
        create(ALICE, 1, option::some(100));
        world::create_hero(&person(BOB));
        staking::stake_coin_entry<AptosCoin>(&person(BOB), 100);
        world::land_session_join_with_shared_stake(&person(BOB), @movecraft, 1, KEY_B, 0);
        assert!(state_channel::member_count(1) == 1 && coin::balance<AptosCoin>(BOB) == MONEY - 100);
    }

    #[test]
    #[expected_failure(abort_code = 0x3002a, location = shelf)]
    fun m11_a_land_is_lent_once() {
        begin();
        open_for_three();
        create(BOB, 1, option::none());
    }

    #[test]
    #[expected_failure(abort_code = 0x60029, location = shelf)]
    fun m11_only_a_land_is_lent() {
        begin();
        create(BOB, 1, option::none());
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun m11_joining_needs_a_session() {
        begin();
        world::create_hero(&person(BOB));
        world::land_session_join(&person(BOB), @movecraft, 1, KEY_B, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x60057, location = world)]
    fun m11_joining_needs_a_hero() {
        begin();
        open_for_three();
        world::land_session_join(&person(MALLORY), @movecraft, 1, KEY_A, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x60057, location = world)]
    fun m11_a_hero_is_in_one_land() {
        begin();
        open_for_three();
        world::create_land(&person(BOB), @movecraft, 8, 1);
        create(BOB, 2, option::some(0));
        world::land_session_join(&person(BOB), @movecraft, 2, KEY_B, 0);
    }

    #[test]
    fun m11_a_hero_that_is_away_is_not_at_home() {
        begin();
        open_for_three();
        assert!(world::hero_away_in(ALICE) == option::some(1));
        let (x, y) = (state_channel::assets_bytes<LandAssets>(1, ALICE), assets(false, 0, 0, 0, vector[], vector[]));
        assert!(x == y);
    }

    #[test]
    #[expected_failure(abort_code = 0x80058, location = world)]
    fun m11_a_hero_that_is_away_is_not_made_again() {
        begin();
        open_for_three();
        world::create_hero(&person(BOB));
    }

    #[test]
    #[expected_failure(abort_code = 0x3003a, location = rooch::membership)]
    fun m11_nobody_leaves_without_a_settlement() {
        begin();
        open_for_three();
        world::land_session_leave(&person(BOB), 1);
    }

    // ---- Settlement

    #[test]
    fun m12_a_settlement_brings_blocks_and_items_to_the_chain() {
        begin();
        open_for_three();
        let (x, y, z) = top();
        settle(mined_dirt(1), 1);
        assert!(world::chunk(@movecraft, 1, 0, 0).block_of_for_test(x, y, z) == blocks::air());
        let held = assets(true, 1, 20, 1, vector[blocks::dirt()], vector[1]);
        assert!(state_channel::assets_bytes<LandAssets>(1, ALICE) == held);
        let page = world::session_items(1, 0, 3);
        let (keys, values, next) = page.page_for_test();
        assert!(next == 3 && keys == vector[key()] && page.handle_for_test(0) == handle());
        assert!(values == vector[bcs::to_bytes(&world::chunk(@movecraft, 1, 0, 0))]);
        let (keys, _, next) = world::session_items(1, 3, 256).page_for_test();
        assert!(next == 0 && keys.is_empty());

        // The next one starts from it: Alice puts the earth back.
        let chunk = chunk_bytes();
        let back = world::chunk(@movecraft, 1, 0, 0).with_block_for_test(x, y, z, blocks::dirt());
        let next =
            settlement(3, 5).with_item(key(), modify(chunk, bcs::to_bytes(&back)))
                .with_assets(ALICE, modify(held, assets(true, 1, 20, 1, vector[], vector[])));
        settle(next, 2);
        assert!(chunk_bytes() == bcs::to_bytes(&back));
    }

    #[test]
    fun m12_the_head_is_settled() {
        begin();
        open_for_three();
        let head = world::land_head(@movecraft, 1);
        let bytes = state_channel::state_bytes<Land>(1);
        assert!(bytes == land::land_bytes_for_test(&head, handle()));
        let new = ticked(bytes);
        settle(settlement(0, 3).with_land(modify(bytes, new)), 1);
        assert!(state_channel::state_bytes<Land>(1) == new && world::land_head(@movecraft, 1).nature().ticks() == 1);
    }

    #[test]
    fun m12_heroes_move_between_ticks() {
        begin();
        open_for_three();
        settle_head(0, vector[], vector[], vector[standing(1, 2, 3)]);
        assert!(world::land_head(@movecraft, 1).hero_count() == 1 && world::land_head(@movecraft, 1).nature().ticks() == 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000c, location = settling)]
    fun m12_the_head_starts_from_the_chain() {
        begin();
        open_for_three();
        let bytes = state_channel::state_bytes<Land>(1);
        settle(settlement(0, 3).with_land(modify(ticked(bytes), bytes)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = settling)]
    fun m12_a_land_does_not_vanish() {
        begin();
        open_for_three();
        settle(settlement(0, 3).with_land(OpData { new: vector[], modify: vector[], delete: vector[true] }), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10041, location = land)]
    fun m12_ticks_do_not_go_back() {
        begin();
        open_for_three();
        let bytes = state_channel::state_bytes<Land>(1);
        settle(settlement(0, 3).with_land(modify(bytes, ticked(bytes))), 1);
        settle(settlement(3, 4).with_land(modify(ticked(bytes), bytes)), 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10041, location = land)]
    fun m12_a_land_keeps_its_seed() {
        begin();
        open_for_three();
        let bytes = state_channel::state_bytes<Land>(1);
        let new = bytes;
        new[0] = 8;
        settle(settlement(0, 3).with_land(modify(bytes, new)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10041, location = land)]
    fun m12_a_land_keeps_its_table() {
        begin();
        open_for_three();
        let bytes = state_channel::state_bytes<Land>(1);
        let new = bytes;
        let last = new.length() - 1;
        new[last] = new[last] ^ 1;
        settle(settlement(0, 3).with_land(modify(bytes, new)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10041, location = land)]
    fun m12_nothing_follows_a_land() {
        begin();
        open_for_three();
        let bytes = state_channel::state_bytes<Land>(1);
        let new = bytes;
        new.push_back(0);
        settle(settlement(0, 3).with_land(modify(bytes, new)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10017, location = channel_app::items)]
    fun m12_a_chunk_does_not_vanish() {
        begin();
        open_for_three();
        settle(settlement(0, 3).with_item(key(), OpData { new: vector[], modify: vector[], delete: vector[true] }), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x80016, location = channel_app::items)]
    fun m12_a_stored_chunk_is_not_new() {
        begin();
        open_for_three();
        settle(mined_dirt(1), 1);
        settle(settlement(3, 5).with_item(key(), new(chunk_bytes())), 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10017, location = channel_app::items)]
    fun m12_a_chunk_starts_from_the_chain() {
        begin();
        open_for_three();
        let made = chunk_bytes();
        settle(mined_dirt(1), 1);
        settle(settlement(3, 5).with_item(key(), modify(made, chunk_bytes())), 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_a_settled_chunk_is_in_the_land() {
        begin();
        open_for_three();
        settle(settlement(0, 3).with_item(x"0200000000000000", new(chunk_bytes())), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_a_settled_chunk_is_of_blocks() {
        begin();
        open_for_three();
        let (x, y, z) = top();
        let chunk = world::chunk(@movecraft, 1, 0, 0).with_block_for_test(x, y, z, blocks::wheat());
        settle(settlement(0, 3).with_item(key(), new(bcs::to_bytes(&chunk))), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_bedrock_stays() {
        begin();
        open_for_three();
        let chunk = world::chunk(@movecraft, 1, 0, 0).with_block_for_test(0, 0, 0, blocks::air());
        settle(settlement(0, 3).with_item(key(), new(bcs::to_bytes(&chunk))), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10043, location = chunks)]
    fun m12_nothing_follows_a_chunk() {
        begin();
        open_for_three();
        let bytes = chunk_bytes();
        bytes.push_back(0);
        settle(settlement(0, 3).with_item(key(), new(bytes)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10040, location = land)]
    fun m12_assets_start_from_the_chain() {
        begin();
        open_for_three();
        settle(mined_dirt(1), 1);
        let other = assets(true, 1, 20, 1, vector[], vector[]);
        settle(settlement(3, 5).with_assets(ALICE, modify(other, other)), 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = movecraft::items)]
    fun m12_items_are_in_order() {
        begin();
        open_for_three();
        let wrong = assets(true, 1, 20, 1, vector[blocks::wheat(), blocks::seeds()], vector[1, 1]);
        settle(settlement(0, 3).with_assets(ALICE, begun(wrong)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000e, location = movecraft::body)]
    fun m12_a_hero_is_not_above_the_sky() {
        begin();
        open_for_three();
        settle(settlement(0, 3).with_assets(ALICE, begun(assets(true, 1, 32, 1, vector[], vector[]))), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10041, location = land)]
    fun m12_a_hero_is_in_the_land() {
        begin();
        open_for_three();
        settle(settlement(0, 3).with_assets(ALICE, begun(assets(true, 16, 20, 1, vector[], vector[]))), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1003f, location = land)]
    fun m12_a_hero_does_not_vanish() {
        begin();
        open_for_three();
        let gone = OpData { new: vector[], modify: vector[], delete: vector[true] };
        settle(settlement(0, 3).with_assets(ALICE, gone), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1003f, location = land)]
    fun m12_a_hero_is_not_new() {
        begin();
        open_for_three();
        settle(settlement(0, 3).with_assets(ALICE, new(brought())), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10041, location = land)]
    fun m12_a_hero_goes_on_no_journey_in_the_channel() {
        begin();
        open_for_three();
        settle(settlement(0, 3).with_assets(ALICE, begun(on_journey(brought(), 2))), 1);
    }

    #[test]
    fun m12_who_is_gone_keeps_what_the_chain_has_of_it() {
        begin();
        open_for_three();
        settle(mined_dirt(1), 1);
        let held = assets(true, 1, 20, 1, vector[blocks::dirt()], vector[1]);
        go_by_herself();
        settle_without_alice(settlement(3, 5).with_assets(ALICE, modify(held, brought())), 2);
        assert!(state_channel::assets_bytes<LandAssets>(1, ALICE) == held);
        world::land_session_leave(&person(ALICE), 1);
        assert!(world::item_count(ALICE, blocks::dirt()) == 1);
    }

    #[test]
    fun m12_who_comes_back_keeps_what_it_brings() {
        begin();
        open_for_three();
        settle(mined_dirt(1), 1);
        let held = assets(true, 1, 20, 1, vector[blocks::dirt()], vector[1]);
        go_by_herself();
        world::land_session_leave(&person(ALICE), 1);
        world::land_session_join(&person(ALICE), @movecraft, 1, KEY_A, 0);
        let back = on_journey(assets(false, 0, 0, 0, vector[blocks::dirt()], vector[1]), 2);
        assert!(state_channel::assets_bytes<LandAssets>(1, ALICE) == back);
        // What she did before she went is not what she does now.
        settle_without_alice(settlement(3, 4).with_assets(ALICE, modify(held, brought())), 2);
        assert!(state_channel::assets_bytes<LandAssets>(1, ALICE) == back);
        // As often as it is said.
        settle_without_alice(settlement(4, 5).with_assets(ALICE, modify(brought(), held)), 3);
        assert!(state_channel::assets_bytes<LandAssets>(1, ALICE) == back);
        let entered = on_journey(assets(true, 1, 20, 1, vector[blocks::dirt()], vector[1]), 2);
        settle_without_alice(settlement(5, 6).with_assets(ALICE, modify(back, entered)), 4);
        assert!(state_channel::assets_bytes<LandAssets>(1, ALICE) == entered);
    }

    #[test]
    fun m12_signatures_settle_without_votes() {
        begin_with_stake();
        let signers = vector[ALICE, BOB];
        world::land_settlement_signed(&person(MALLORY), 1, settlement(0, 1).bytes(), signers, vector[SIGNED_A, SIGNED_B]);
        let (height, _, _) = state_channel::channel_info(1).settled_for_test();
        assert!(height == 1);
    }

    #[test]
    fun m12_signatures_of_what_somebody_did_who_is_gone_settle_the_rest() {
        begin_with_stake();
        state_channel::request_leave_entry(&session(KEY_C), 1);
        timestamp::update_global_time_for_test(200_000_000);
        state_channel::exit_entry(&session(KEY_C), 1);
        let signatures = vector[vectors::of_who_is_gone_by_alice(), vectors::of_who_is_gone_by_bob()];
        world::land_settlement_signed(&person(MALLORY), 1, vectors::of_who_is_gone(), vector[ALICE, BOB], signatures);
        let (height, _, _) = state_channel::channel_info(1).settled_for_test();
        assert!(height == 1 && state_channel::assets_bytes<LandAssets>(1, CAROL) == brought());
    }

    #[test]
    #[expected_failure(abort_code = 0x10053, location = rooch::channel)]
    fun m12_signatures_are_of_this_settlement() {
        begin_with_stake();
        let signers = vector[ALICE, BOB];
        world::land_settlement_signed(&person(ALICE), 1, settlement(0, 2).bytes(), signers, vector[SIGNED_A, SIGNED_B]);
    }

    #[test]
    #[expected_failure(abort_code = 0x50054, location = rooch::channel)]
    fun m12_two_thirds_sign() {
        begin_with_stake();
        world::land_settlement_signed(&person(ALICE), 1, settlement(0, 1).bytes(), vector[ALICE], vector[SIGNED_A]);
    }

    #[test]
    #[expected_failure(abort_code = 0x1003f, location = land)]
    fun m12_a_stored_chunk_does_not_vanish() {
        begin();
        open_for_three();
        settle(mined_dirt(1), 1);
        settle(settlement(3, 5).with_item(key(), OpData { new: vector[], modify: vector[], delete: vector[true] }), 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10043, location = chunks)]
    fun m12_nothing_follows_the_place_of_a_chunk() {
        begin();
        open_for_three();
        settle(settlement(0, 3).with_item(x"000000000000000000", new(chunk_bytes())), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_a_settled_chunk_is_whole() {
        begin();
        open_for_three();
        settle(settlement(0, 3).with_item(key(), new(x"00")), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_a_settled_column_is_not_said_to_have_one_block() {
        begin();
        open_for_three();
        let bytes = bcs::to_bytes(&unwritten());
        bytes[64] = 1;
        settle(settlement(0, 3).with_item(key(), new(bytes)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_a_settled_chunk_is_within_the_depth() {
        begin();
        open_for_three();
        settle(settlement(0, 3).with_item(x"0000000002000000", new(bcs::to_bytes(&unwritten()))), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_a_settled_chunk_is_within_the_width() {
        begin();
        open_for_three();
        settle(settlement(0, 3).with_item(x"0200000000000000", new(bcs::to_bytes(&unwritten()))), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_a_settled_column_is_whole() {
        begin();
        open_for_three();
        let bytes = chunk_bytes();
        // Behind the number of columns is the length of the first.
        bytes[1] = 31;
        bytes.remove(33);
        settle(settlement(0, 3).with_item(key(), new(bytes)), 1);
    }

    // ---- Settlement: chunks of which not every column is written

    #[test]
    fun m12_a_settlement_says_what_is_written() {
        begin();
        open_for_three();
        let (x, y, z) = top();
        let before = world::chunk(@movecraft, 1, 0, 0);
        let mined = with_column(unwritten(), 0, y, blocks::air());
        settle(
            settlement(0, 3).with_item(key(), new(bcs::to_bytes(&mined)))
                .with_assets(ALICE, begun(assets(true, 1, 20, 1, vector[blocks::dirt()], vector[1]))),
            1
        );
        // Who looks sees every column; nodes get what is stored.
        assert!(world::chunk(@movecraft, 1, 0, 0) == before.with_block_for_test(x, y, z, blocks::air()));
        assert!(world::chunks(@movecraft, 1, 0, 1)[0] == world::chunk(@movecraft, 1, 0, 0));
        assert!(stored() == bcs::to_bytes(&mined) && stored().length() == 97);

        // Another column, and the first once more.
        let more = with_column(mined, 9, 3, blocks::air());
        let more = more.with_column_for_test(0, with_block(mined.column_for_test(0), y - 1, blocks::air()));
        settle(settlement(3, 5).with_item(key(), modify(bcs::to_bytes(&mined), bcs::to_bytes(&more))), 2);
        assert!(stored() == bcs::to_bytes(&more) && stored().length() == 129);
        let seen = world::chunk(@movecraft, 1, 0, 0);
        assert!(seen.block_of_for_test(x, y - 1, z) == blocks::air() && seen.block_of_for_test(1, 3, 1) == blocks::air());
        for (i in 0..64) {
            if (i != 0 && i != 9) assert!(seen.column_for_test(i) == before.column_for_test(i));
        }
    }

    #[test]
    fun m12_what_is_written_may_be_as_it_was_made() {
        begin();
        open_for_three();
        let before = world::chunk(@movecraft, 1, 0, 0);
        let same = unwritten().with_column_for_test(63, before.column_for_test(63));
        settle(settlement(0, 3).with_item(key(), new(bcs::to_bytes(&same))), 1);
        assert!(world::chunk(@movecraft, 1, 0, 0) == before && stored() == bcs::to_bytes(&same));
    }

    #[test]
    fun m12_a_chunk_is_made_where_it_is() {
        begin();
        open_for_three();
        let before = world::chunk(@movecraft, 1, 1, 0);
        let y = 31;
        while (before.column_for_test(13)[y] != blocks::dirt()) y -= 1;
        let blocks = with_block(before.column_for_test(13), y, blocks::air());
        let mined = unwritten().with_column_for_test(13, blocks);
        settle(
            settlement(0, 3).with_item(x"0100000000000000", new(bcs::to_bytes(&mined)))
                .with_assets(ALICE, begun(assets(true, 1, 20, 1, vector[blocks::dirt()], vector[1]))),
            1
        );
        assert!(world::chunk(@movecraft, 1, 1, 0) == before.with_column_for_test(13, blocks));
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_a_written_column_does_not_vanish() {
        begin();
        open_for_three();
        let mined = with_column(unwritten(), 0, 3, blocks::air());
        settle(settlement(0, 3).with_item(key(), new(bcs::to_bytes(&mined))), 1);
        settle(settlement(3, 5).with_item(key(), modify(bcs::to_bytes(&mined), bcs::to_bytes(&unwritten()))), 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_a_written_column_is_of_blocks() {
        begin();
        open_for_three();
        let chunk = with_column(unwritten(), 5, 31, blocks::wheat());
        settle(settlement(0, 3).with_item(key(), new(bcs::to_bytes(&chunk))), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_there_is_no_bedrock_above() {
        begin();
        open_for_three();
        let chunk = with_column(unwritten(), 5, 31, blocks::bedrock());
        settle(settlement(0, 3).with_item(key(), new(bcs::to_bytes(&chunk))), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_a_written_column_is_not_longer() {
        begin();
        open_for_three();
        let chunk = unwritten().with_column_for_test(5, many_blocks(33));
        settle(settlement(0, 3).with_item(key(), new(bcs::to_bytes(&chunk))), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_a_settled_chunk_does_not_end_in_a_column() {
        begin();
        open_for_three();
        let bytes = bcs::to_bytes(&with_column(unwritten(), 63, 3, blocks::air()));
        bytes.pop_back();
        settle(settlement(0, 3).with_item(key(), new(bytes)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_a_settled_chunk_has_64_columns() {
        begin();
        open_for_three();
        let bytes = bcs::to_bytes(&unwritten());
        bytes[0] = 63;
        settle(settlement(0, 3).with_item(key(), new(bytes)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10042, location = chunks)]
    fun m12_a_settled_chunk_has_no_fewer_columns() {
        begin();
        open_for_three();
        let bytes = bcs::to_bytes(&unwritten());
        bytes.pop_back();
        settle(settlement(0, 3).with_item(key(), new(bytes)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10043, location = chunks)]
    fun m12_nothing_follows_the_columns_of_a_chunk() {
        begin();
        open_for_three();
        let bytes = bcs::to_bytes(&with_column(unwritten(), 63, 3, blocks::air()));
        bytes.push_back(0);
        settle(settlement(0, 3).with_item(key(), new(bytes)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10059, location = stock)]
    fun m13_a_column_first_written_comes_not_from_nothing() {
        begin();
        open_for_three();
        let chunk = with_column(unwritten(), 5, 31, blocks::stone());
        settle(settlement(0, 3).with_item(key(), new(bcs::to_bytes(&chunk))), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10059, location = stock)]
    fun m13_a_column_first_written_is_mined_for_what_it_was() {
        begin();
        open_for_three();
        let (_, y, _) = top();
        let mined = with_column(unwritten(), 0, y, blocks::air());
        settle(
            settlement(0, 3).with_item(key(), new(bcs::to_bytes(&mined)))
                .with_assets(ALICE, begun(assets(true, 1, 20, 1, vector[blocks::dirt()], vector[2]))),
            1
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10059, location = stock)]
    fun m13_a_column_is_mined_once() {
        begin();
        open_for_three();
        let (_, y, _) = top();
        let mined = with_column(unwritten(), 0, y, blocks::air());
        settle(settlement(0, 3).with_item(key(), new(bcs::to_bytes(&mined))), 1);
        // One block of earth is out of the land, which nobody has claimed yet.
        let held = assets(true, 1, 20, 1, vector[blocks::dirt()], vector[2]);
        let same = with_block(mined.column_for_test(0), y, blocks::air());
        let next = mined.with_column_for_test(0, same);
        settle(
            settlement(3, 5).with_item(key(), modify(bcs::to_bytes(&mined), bcs::to_bytes(&next)))
                .with_assets(ALICE, begun(held)),
            2
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10041, location = land)]
    fun m12_nothing_follows_a_hero() {
        begin();
        open_for_three();
        let value = brought();
        value.push_back(0);
        settle(settlement(0, 3).with_assets(ALICE, begun(value)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun m12_a_settlement_is_of_a_session() {
        begin_with_a_lie();
        world::land_settlement(&person(MALLORY), 1, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun m12_signatures_are_of_a_session() {
        begin_with_a_lie();
        world::land_settlement_signed(&person(MALLORY), 1, vector[], vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun m9_evidence_is_of_a_session() {
        begin_with_a_lie();
        world::land_prove_wrong(&person(MALLORY), 1, b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun m10_items_are_of_a_session() {
        begin_with_a_lie();
        world::session_items(1, 0, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x20015, location = channel_app::items)]
    fun m10_a_page_of_items_is_not_empty() {
        begin();
        open_for_three();
        world::session_items(1, 0, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun m11_what_is_no_session_is_not_shown() {
        begin_with_a_lie();
        world::session(@movecraft, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun m11_nobody_brings_a_hero_into_what_is_no_session() {
        begin_with_a_lie();
        world::create_hero(&person(BOB));
        world::land_session_join_with_shared_stake(&person(BOB), @movecraft, 1, KEY_B, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x60057, location = world)]
    fun m10_a_hero_that_is_not_there_is_not_shown() {
        begin();
        world::hero(BOB);
    }

    #[test]
    #[expected_failure(abort_code = 0x60057, location = world)]
    fun m11_what_a_hero_that_is_away_carries_is_not_shown() {
        begin();
        open_for_three();
        world::inventory(BOB);
    }

    #[test]
    #[expected_failure(abort_code = 0x60057, location = world)]
    fun m11_nor_counted() {
        begin();
        open_for_three();
        world::item_count(BOB, blocks::dirt());
    }

    #[test]
    #[expected_failure(abort_code = 0x60057, location = world)]
    fun m11_who_has_no_hero_is_nowhere() {
        begin();
        world::hero_away_in(BOB);
    }

    // ---- What a head can be: seed, size, ticker, interval and last tick are its first 64 bytes, the table its last 32

    #[test]
    fun m12_a_full_head_is_lawful() {
        begin();
        open_for_three();
        let heroes = vector[];
        for (i in 0..50) heroes.push_back(standing(15, 31, 15));
        settle_head(1, many(at(15, 31, 15), 64), many_crops(at(15, 31, 15), 1, 64), heroes);
        let (waters, crops) = world::land_head(@movecraft, 1).nature().queues_for_test();
        assert!(waters == 64 && crops == 64 && world::land_head(@movecraft, 1).hero_count() == 50);
    }

    #[test]
    #[expected_failure(abort_code = 0x10015, location = movecraft::nature)]
    fun m12_water_is_within_the_width() {
        begin();
        open_for_three();
        settle_head(1, vector[at(16, 4, 4)], vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10015, location = movecraft::nature)]
    fun m12_water_is_within_the_depth() {
        begin();
        open_for_three();
        settle_head(1, vector[at(4, 4, 16)], vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10015, location = movecraft::nature)]
    fun m12_water_is_within_the_height() {
        begin();
        open_for_three();
        settle_head(1, vector[at(4, 32, 4)], vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10015, location = movecraft::nature)]
    fun m12_there_are_64_waters_at_most() {
        begin();
        open_for_three();
        settle_head(1, many(at(4, 4, 4), 65), vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10015, location = movecraft::nature)]
    fun m12_there_are_64_crops_at_most() {
        begin();
        open_for_three();
        settle_head(1, vector[], many_crops(at(4, 4, 4), 1, 65), vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10015, location = movecraft::nature)]
    fun m12_a_crop_is_in_the_land() {
        begin();
        open_for_three();
        settle_head(1, vector[], many_crops(at(16, 4, 4), 1, 1), vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10015, location = movecraft::nature)]
    fun m12_a_crop_has_not_grown_in_the_future() {
        begin();
        open_for_three();
        settle_head(1, vector[], many_crops(at(4, 4, 4), 2, 1), vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10030, location = rules)]
    fun m12_there_are_fifty_heroes_at_most() {
        begin();
        open_for_three();
        let heroes = vector[];
        for (i in 0..51) heroes.push_back(standing(4, 4, 4));
        settle_head(1, vector[], vector[], heroes);
    }

    #[test]
    #[expected_failure(abort_code = 0x10030, location = rules)]
    fun m12_a_hero_stands_in_the_land() {
        begin();
        open_for_three();
        settle_head(1, vector[], vector[], vector[standing(16, 4, 4)]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10030, location = rules)]
    fun m12_a_land_keeps_a_size() {
        begin();
        open_for_three();
        let bytes = state_channel::state_bytes<Land>(1);
        let new = bytes;
        new[8] = 65;
        settle(settlement(0, 3).with_land(modify(bytes, new)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10041, location = land)]
    fun m12_a_land_keeps_its_size() {
        begin();
        open_for_three();
        let bytes = state_channel::state_bytes<Land>(1);
        let new = bytes;
        new[8] = 3;
        settle(settlement(0, 3).with_land(modify(bytes, new)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10041, location = land)]
    fun m12_a_land_keeps_its_ticker() {
        begin();
        open_for_three();
        let bytes = state_channel::state_bytes<Land>(1);
        let new = bytes;
        new[16] = new[16] ^ 1;
        settle(settlement(0, 3).with_land(modify(bytes, new)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10041, location = land)]
    fun m12_a_land_keeps_its_interval() {
        begin();
        open_for_three();
        let bytes = state_channel::state_bytes<Land>(1);
        let new = bytes;
        new[48] = new[48] ^ 1;
        settle(settlement(0, 3).with_land(modify(bytes, new)), 1);
    }

    // ---- What a hero can carry

    #[test]
    fun m12_hands_can_be_full() {
        begin();
        open_for_three();
        let held = assets(true, 15, 31, 15, vector[blocks::leaves(), blocks::seeds(), blocks::wheat()], vector[1, 9_999, 9_999]);
        settle(settlement(0, 3).with_assets(ALICE, begun(held)), 1);
        assert!(state_channel::assets_bytes<LandAssets>(1, ALICE) == held);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = movecraft::items)]
    fun m12_hands_are_not_fuller_than_full() {
        begin();
        open_for_three();
        let wrong = assets(true, 1, 20, 1, vector[blocks::seeds()], vector[10_000]);
        settle(settlement(0, 3).with_assets(ALICE, begun(wrong)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = movecraft::items)]
    fun m12_nothing_is_carried_none_of() {
        begin();
        open_for_three();
        let wrong = assets(true, 1, 20, 1, vector[blocks::seeds()], vector[0]);
        settle(settlement(0, 3).with_assets(ALICE, begun(wrong)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = movecraft::items)]
    fun m12_a_kind_is_carried_once() {
        begin();
        open_for_three();
        let wrong = assets(true, 1, 20, 1, vector[blocks::seeds(), blocks::seeds()], vector[1, 1]);
        settle(settlement(0, 3).with_assets(ALICE, begun(wrong)), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = movecraft::items)]
    fun m12_water_is_not_carried() {
        begin();
        open_for_three();
        let wrong = assets(true, 1, 20, 1, vector[blocks::spring()], vector[1]);
        settle(settlement(0, 3).with_assets(ALICE, begun(wrong)), 1);
    }

    // ---- Worlds that are not there

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m10_a_land_is_looked_for_in_a_world() {
        begin();
        world::land_head(BOB, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m10_a_chunk_is_looked_for_in_a_world() {
        begin();
        world::chunk(BOB, 1, 0, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m10_chunks_are_looked_for_in_a_world() {
        begin();
        world::chunks(BOB, 1, 0, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x2005a, location = world)]
    fun m10_a_page_has_a_chunk() {
        begin();
        world::create_land(&person(ALICE), @movecraft, 1, 1);
        world::chunks(@movecraft, 1, 0, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m10_lands_are_counted_in_a_world() {
        begin();
        world::land_count(BOB);
    }

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m10_a_land_is_lent_by_a_world() {
        begin();
        world::land_session(BOB, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m11_sessions_are_of_a_world() {
        begin();
        world::sessions(BOB);
    }

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m11_a_session_is_of_a_world() {
        begin();
        world::session(BOB, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m11_a_session_needs_a_world() {
        begin();
        world::land_session_create(&person(ALICE), BOB, 1, option::none(), 0, 0, relay());
    }

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m11_who_joins_names_a_world() {
        begin();
        world::create_hero(&person(BOB));
        world::land_session_join(&person(BOB), BOB, 1, KEY_B, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m14_what_is_closed_is_of_a_world() {
        begin_with_a_lie_about(BOB);
        world::land_session_close(&person(MALLORY), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m12_a_settlement_is_of_a_world() {
        begin_with_a_lie_about(BOB);
        world::land_settlement(&person(MALLORY), 1, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m12_signatures_are_of_a_world() {
        begin_with_a_lie_about(BOB);
        world::land_settlement_signed(&person(MALLORY), 1, vector[], vector[], vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m9_evidence_is_of_a_world() {
        begin_with_a_lie_about(BOB);
        world::land_prove_wrong(&person(MALLORY), 1, b"");
    }

    #[test]
    #[expected_failure(abort_code = 0x60051, location = world)]
    fun m10_items_are_of_a_world() {
        begin_with_a_lie_about(BOB);
        world::session_items(1, 0, 1);
    }

    // ---- What a session is opened with, and what is told of it

    #[test]
    fun m11_a_session_has_tick_windows_and_functions() {
        begin();
        open_for_three();
        let items_function = string::utf8(b"0x4d6f766543726166740000000000000000000000000000000000000000000001");
        let tick = items_function;
        let settle_signed_function = items_function;
        let prove_function = items_function;
        items_function.append_utf8(b"::world::session_items");
        tick.append_utf8(b"::land::tick");
        assert!(state_channel::get_label(1, string::utf8(b"items_function")) == items_function);
        settle_signed_function.append_utf8(b"::world::land_settlement_signed");
        assert!(state_channel::get_label(1, string::utf8(b"settle_signed_function")) == settle_signed_function);
        prove_function.append_utf8(b"::world::land_prove_wrong");
        assert!(state_channel::get_label(1, string::utf8(b"prove_function")) == prove_function);
        let info = bcs::to_bytes(&state_channel::channel_info(1));
        assert!(contains(&info, bcs::to_bytes(&tick)));
        assert!(contains(&info, bcs::to_bytes(&10_000u64)) && contains(&info, bcs::to_bytes(&120_000u64)));
        // The land has the ticker and the usual interval, and the channel the same.
        let head = state_channel::state_bytes<Land>(1).slice(16, 56);
        let expected = bcs::to_bytes(&ALICE);
        expected.append(bcs::to_bytes(&500u64));
        assert!(head == expected && contains(&info, bcs::to_bytes(&500u64)));
    }

    #[test]
    fun m11_a_land_that_is_lent_again_begins_without_heroes() {
        begin();
        world::create_land(&person(ALICE), @movecraft, 7, 2);
        create(ALICE, 1, option::some(0));
        world::create_hero(&person(BOB));
        world::land_session_join(&person(BOB), @movecraft, 1, KEY_B, 0);
        let bytes = state_channel::state_bytes<Land>(1);
        let left = head_bytes(1, vector[at(1, 2, 3)], vector[], vector[standing(1, 2, 3)]);
        // It has ticked at some time.
        left[56] = 9;
        state_channel::create_proposal_entry(
            &session(KEY_B), 1, 1, settlement(0, 3).with_land(modify(bytes, left)).with_leaving(vector[BOB]).bytes()
        );
        world::land_settlement(&session(KEY_B), 1, 1);
        world::land_session_close(&person(ALICE), 1);
        world::land_session_create(&person(CAROL), @movecraft, 1, option::some(0), 250, 0, relay());
        assert!(world::land_head(@movecraft, 1).hero_count() == 0 && world::land_head(@movecraft, 1).nature().ticks() == 1);
        let head = state_channel::state_bytes<Land>(2).slice(16, 64);
        let expected = bcs::to_bytes(&CAROL);
        expected.append(bcs::to_bytes(&250u64));
        expected.append(bcs::to_bytes(&0u64));
        assert!(head == expected);
    }

    #[test]
    fun m11_who_has_a_hero_brings_it_into_what_it_opens() {
        begin();
        world::create_hero(&person(ALICE));
        open_for_three();
        assert!(world::hero_away_in(ALICE) == option::some(1));
    }

    #[test]
    fun m14_a_session_tells_of_itself() {
        begin_with_stake();
        let signers = vector[ALICE, BOB];
        world::land_settlement_signed(&person(ALICE), 1, settlement(0, 1).bytes(), signers, vector[SIGNED_A, SIGNED_B]);
        settle(settlement(1, 2).with_leaving(vector[BOB, CAROL]), 1);
        state_channel::create_proposal_entry(&session(KEY_A), 1, 1, settlement(2, 3).with_leaving(vector[ALICE]).bytes());
        world::land_settlement(&session(KEY_A), 1, 2);
        world::land_session_close(&person(ALICE), 1);
        assert_told<LandCreated>(vector[fields(&@movecraft, 1, 7).and(&2u64)]);
        assert_told<SessionOpened>(vector[fields(&@movecraft, 1, 1).and(&100u64).and(&ALICE)]);
        let settled = vector[0u64, 1, 2].map(|proposal| fields(&@movecraft, 1, 1).and(&proposal));
        assert_told<SessionSettled>(settled);
        assert_told<SessionClosed>(vector[fields(&@movecraft, 1, 1)]);
    }

    // ---- Conservation

    #[test]
    #[expected_failure(abort_code = 0x10059, location = stock)]
    fun m13_items_do_not_come_from_nothing() {
        begin();
        open_for_three();
        settle(settlement(0, 3).with_assets(ALICE, begun(assets(true, 1, 20, 1, vector[blocks::iron_pick()], vector[1]))), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10059, location = stock)]
    fun m13_more_is_not_mined_than_there_was() {
        begin();
        open_for_three();
        settle(mined_dirt(2), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10059, location = stock)]
    fun m13_blocks_do_not_come_from_nothing() {
        begin();
        open_for_three();
        let chunk = world::chunk(@movecraft, 1, 0, 0).with_block_for_test(0, 31, 0, blocks::stone());
        settle(settlement(0, 3).with_item(key(), new(bcs::to_bytes(&chunk))), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10059, location = stock)]
    fun m13_what_was_placed_is_not_held_again() {
        begin();
        open_for_three();
        settle(mined_dirt(1), 1);
        let held = assets(true, 1, 20, 1, vector[blocks::dirt()], vector[1]);
        let empty = assets(true, 1, 20, 1, vector[], vector[]);
        let chunk = world::chunk(@movecraft, 1, 0, 0);
        let back = chunk.with_block_for_test(0, 30, 0, blocks::dirt());
        let placed = modify(bcs::to_bytes(&chunk), bcs::to_bytes(&back));
        settle(settlement(3, 5).with_item(key(), placed).with_assets(ALICE, modify(held, empty)), 2);
        settle(settlement(5, 6).with_assets(ALICE, modify(empty, held)), 3);
    }

    /// Alice has mined the stone at the corner of the land, above bedrock.
    fun settle_mined_stone() {
        let chunk = world::chunk(@movecraft, 1, 0, 0);
        assert!(chunk.block_of_for_test(0, 1, 0) == blocks::stone());
        let mined = settlement(0, 3).with_item(key(), new(bcs::to_bytes(&chunk.with_block_for_test(0, 1, 0, blocks::air()))));
        settle(mined.with_assets(ALICE, begun(stones(20))), 1);
    }

    /// One stone, held at this height.
    fun stones(y: u64): vector<u8> {
        assets(true, 1, y, 1, vector[blocks::stone()], vector[1])
    }

    #[test]
    fun m13_stone_is_mined_and_kept() {
        begin();
        open_for_three();
        settle_mined_stone();
        // Counted anew, it is no more.
        settle(settlement(3, 5).with_assets(ALICE, modify(stones(20), stones(21))), 2);
        settle(settlement(5, 6).with_assets(ALICE, modify(stones(21), stones(22))), 3);
    }

    #[test]
    #[expected_failure(abort_code = 0x10059, location = stock)]
    fun m13_stone_is_mined_once() {
        begin();
        open_for_three();
        settle_mined_stone();
        settle(settlement(3, 5).with_assets(BOB, begun(stones(20))), 2);
    }

    #[test]
    fun m13_what_grows_is_not_counted() {
        begin();
        open_for_three();
        let held = assets(true, 1, 20, 1, vector[blocks::seeds(), blocks::wheat()], vector[9, 9]);
        settle(settlement(0, 3).with_assets(ALICE, begun(held)), 1);
    }

    #[test]
    fun m13_what_one_has_another_can_place() {
        begin();
        open_for_three();
        settle(mined_dirt(1), 1);
        let held = assets(true, 1, 20, 1, vector[blocks::dirt()], vector[1]);
        let chunk = world::chunk(@movecraft, 1, 0, 0);
        let back = chunk.with_block_for_test(0, 30, 0, blocks::dirt());
        // Alice goes by herself after placing it: the chain still has it in her hands, and the others can go on.
        go_by_herself();
        settle_without_alice(
            settlement(3, 5).with_item(key(), modify(bcs::to_bytes(&chunk), bcs::to_bytes(&back)))
                .with_assets(ALICE, modify(held, brought())),
            2
        );
        assert!(chunk_bytes() == bcs::to_bytes(&back) && state_channel::assets_bytes<LandAssets>(1, ALICE) == held);
    }

    #[test]
    fun m13_what_is_brought_may_be_placed() {
        begin();
        open_for_three();
        settle(mined_dirt(1).with_leaving(vector[ALICE]), 1);
        world::land_session_leave(&person(ALICE), 1);
        world::land_session_join(&person(ALICE), @movecraft, 1, KEY_A, 0);
        let chunk = world::chunk(@movecraft, 1, 0, 0);
        let back = chunk.with_block_for_test(0, 30, 0, blocks::dirt());
        let held = on_journey(assets(false, 0, 0, 0, vector[blocks::dirt()], vector[1]), 2);
        settle_without_alice(
            settlement(3, 5).with_item(key(), modify(bcs::to_bytes(&chunk), bcs::to_bytes(&back)))
                .with_assets(ALICE, modify(held, on_journey(assets(true, 0, 31, 0, vector[], vector[]), 2))),
            2
        );
        assert!(chunk_bytes() == bcs::to_bytes(&back));
    }

    #[test]
    #[expected_failure(abort_code = 0x10059, location = stock)]
    fun m13_what_was_taken_out_is_not_placed() {
        begin();
        open_for_three();
        settle(mined_dirt(1).with_leaving(vector[ALICE]), 1);
        let chunk = world::chunk(@movecraft, 1, 0, 0);
        let back = chunk.with_block_for_test(0, 30, 0, blocks::dirt());
        settle_without_alice(
            settlement(3, 5).with_item(key(), modify(bcs::to_bytes(&chunk), bcs::to_bytes(&back))),
            2
        );
    }

    #[test]
    #[expected_failure(abort_code = 0x10059, location = stock)]
    fun m13_what_a_newcomer_takes_out_is_not_placed() {
        begin();
        open_for_three();
        settle(mined_dirt(1).with_leaving(vector[ALICE]), 1);
        // She comes back with her earth, and goes before a settlement has said a word of it.
        world::land_session_leave(&person(ALICE), 1);
        world::land_session_join(&person(ALICE), @movecraft, 1, KEY_A, 0);
        settle_without_alice(settlement(3, 4).with_leaving(vector[ALICE]), 2);
        let chunk = world::chunk(@movecraft, 1, 0, 0);
        let back = chunk.with_block_for_test(0, 30, 0, blocks::dirt());
        settle_without_alice(
            settlement(4, 5).with_item(key(), modify(bcs::to_bytes(&chunk), bcs::to_bytes(&back))),
            3
        );
    }

    // ---- The whole way

    #[test]
    fun m14_a_session_from_lending_to_giving_back() {
        begin();
        open_for_three();
        state_channel::apply_leader_entry(&session(KEY_A), 1);
        settle(mined_dirt(1).with_leaving(vector[ALICE]), 1);
        world::land_session_leave(&person(ALICE), 1);
        assert!(world::item_count(ALICE, blocks::dirt()) == 1 && world::hero_away_in(ALICE).is_none());
        assert!(!world::hero(ALICE).is_empty() && world::inventory(ALICE).length() == 10);

        state_channel::close_entry(&session(KEY_B), 1);
        state_channel::create_proposal_entry(&session(KEY_B), 1, 1, settlement(3, 4).with_closing().bytes());
        state_channel::vote_proposal_entry(&session(KEY_C), 1, 2, 1);
        world::land_settlement(&session(KEY_C), 1, 2);
        world::land_session_close(&person(CAROL), 1);
        world::land_session_leave(&person(BOB), 1);
        world::land_session_leave(&person(CAROL), 1);
        assert!(world::sessions(@movecraft).is_empty() && world::land_session(@movecraft, 1).is_none());
        let (x, y, z) = top_of(&world::chunk(@movecraft, 1, 0, 0));
        assert!(y > 0 && x == 0 && z == 0);

        // It can be lent again, and Alice brings her earth along.
        create(BOB, 1, option::some(0));
        world::land_session_join(&person(ALICE), @movecraft, 2, KEY_A, 0);
        let held = on_journey(assets(false, 0, 0, 0, vector[blocks::dirt()], vector[1]), 2);
        assert!(state_channel::assets_bytes<LandAssets>(2, ALICE) == held);
    }

    #[test]
    #[expected_failure(abort_code = 0x3004b, location = rooch::channel)]
    fun m14_a_session_with_members_is_not_closed() {
        begin();
        open_for_three();
        world::land_session_close(&person(ALICE), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x5004a, location = rooch::channel)]
    fun m14_a_settlement_needs_the_votes() {
        begin();
        open_for_three();
        state_channel::create_proposal_entry(&session(KEY_A), 1, 1, settlement(0, 1).bytes());
        world::land_settlement(&session(KEY_A), 1, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x6002b, location = shelf)]
    fun m14_a_session_is_closed_once() {
        begin();
        world::create_land(&person(ALICE), @movecraft, 7, 2);
        create(ALICE, 1, option::none());
        world::land_session_close(&person(ALICE), 1);
        world::land_session_close(&person(ALICE), 1);
    }

    // ---- Helpers

    /// Alice proposes, Bob agrees, Alice executes.
    fun settle(data: SettlementData, proposal_id: u64) {
        state_channel::create_proposal_entry(&session(KEY_A), 1, 1, data.bytes());
        state_channel::vote_proposal_entry(&session(KEY_B), 1, proposal_id, 1);
        world::land_settlement(&session(KEY_A), 1, proposal_id);
    }

    /// Bob and Carol settle.
    fun settle_without_alice(data: SettlementData, proposal_id: u64) {
        state_channel::create_proposal_entry(&session(KEY_B), 1, 1, data.bytes());
        state_channel::vote_proposal_entry(&session(KEY_C), 1, proposal_id, 1);
        world::land_settlement(&session(KEY_B), 1, proposal_id);
    }

    /// Alice leaves when nobody has settled her out in time.
    fun go_by_herself() {
        state_channel::request_leave_entry(&session(KEY_A), 1);
        timestamp::update_global_time_for_test(200_000_000);
        state_channel::exit_entry(&session(KEY_A), 1);
        state_channel::keep_alive_entry(&session(KEY_B), 1, vector[], vector[]);
        state_channel::keep_alive_entry(&session(KEY_C), 1, vector[], vector[]);
    }

    /// Where grass or earth lies at the corner of the land.
    fun top(): (u64, u64, u64) {
        top_of(&world::chunk(@movecraft, 1, 0, 0))
    }

    fun top_of(chunk: &chunks::Chunk): (u64, u64, u64) {
        let y = 31;
        while (chunk.block_of_for_test(0, y, 0) != blocks::dirt()) y -= 1;
        (0, y, 0)
    }

    /// Alice has mined one block of earth and claims so many.
    fun mined_dirt(count: u64): SettlementData {
        let (x, y, z) = top();
        let chunk = world::chunk(@movecraft, 1, 0, 0).with_block_for_test(x, y, z, blocks::air());
        settlement(0, 3).with_item(key(), new(bcs::to_bytes(&chunk)))
            .with_assets(ALICE, begun(assets(true, 1, 20, 1, vector[blocks::dirt()], vector[count])))
    }

    fun key(): vector<u8> {
        x"0000000000000000"
    }

    fun chunk_bytes(): vector<u8> {
        bcs::to_bytes(&world::chunk(@movecraft, 1, 0, 0))
    }

    /// The chunk as nodes load it.
    fun stored(): vector<u8> {
        let (_, values, _) = world::session_items(1, 0, 1).page_for_test();
        values[0]
    }

    fun unwritten(): chunks::Chunk {
        chunks::unwritten_for_test()
    }

    /// With one column written: as the chain has it, but for one block.
    fun with_column(chunk: chunks::Chunk, index: u64, y: u64, kind: u8): chunks::Chunk {
        let blocks = world::chunk(@movecraft, 1, 0, 0).column_for_test(index);
        chunk.with_column_for_test(index, with_block(blocks, y, kind))
    }

    fun with_block(blocks: vector<u8>, y: u64, kind: u8): vector<u8> {
        blocks[y] = kind;
        blocks
    }

    fun many_blocks(count: u64): vector<u8> {
        let blocks = vector[blocks::bedrock()];
        while (blocks.length() < count) blocks.push_back(blocks::air());
        blocks
    }

    /// The last 32 bytes of the land.
    fun handle(): address {
        let bytes = state_channel::state_bytes<Land>(1);
        from_bcs::to_address(bytes.slice(bytes.length() - 32, bytes.length()))
    }

    /// A block's place in one number.
    fun at(x: u64, y: u64, z: u64): u64 {
        (x << 32) | (z << 8) | y
    }

    fun many(place: u64, count: u64): vector<u64> {
        let places = vector[];
        for (i in 0..count) places.push_back(place);
        places
    }

    /// Places, each with the tick since which it has grown.
    fun many_crops(place: u64, since_tick: u64, count: u64): vector<vector<u64>> {
        let crops = vector[];
        for (i in 0..count) crops.push_back(vector[place, since_tick]);
        crops
    }

    /// Alice, standing there, in BCS.
    fun standing(x: u64, y: u64, z: u64): vector<u8> {
        let bytes = bcs::to_bytes(&ALICE);
        bytes.append(assets(true, x, y, z, vector[], vector[]).slice(0, 33));
        bytes
    }

    /// The land with another head.
    fun head_bytes(
        ticks: u64, waters: vector<u64>, crops: vector<vector<u64>>, heroes: vector<vector<u8>>
    ): vector<u8> {
        let bytes = state_channel::state_bytes<Land>(1).slice(0, 64);
        bytes.append(bcs::to_bytes(&ticks));
        bytes.append(bcs::to_bytes(&waters));
        bytes.push_back((crops.length() as u8));
        for (i in 0..crops.length()) {
            bytes.append(bcs::to_bytes(&crops[i][0]));
            bytes.append(bcs::to_bytes(&crops[i][1]));
        };
        bytes.push_back((heroes.length() as u8));
        for (i in 0..heroes.length()) bytes.append(heroes[i]);
        bytes.append(bcs::to_bytes(&handle()));
        bytes
    }

    fun settle_head(ticks: u64, waters: vector<u64>, crops: vector<vector<u64>>, heroes: vector<vector<u8>>) {
        let new = head_bytes(ticks, waters, crops, heroes);
        settle(settlement(0, 3).with_land(modify(state_channel::state_bytes<Land>(1), new)), 1);
    }

    fun contains(bytes: &vector<u8>, part: vector<u8>): bool {
        for (i in 0..(bytes.length() - part.length() + 1)) {
            if (bytes.slice(i, i + part.length()) == part) return true
        };
        false
    }

    /// An event's, in BCS.
    struct Fields has copy, drop {
        bytes: vector<u8>
    }

    fun fields(world: &address, land_id: u64, next: u64): Fields {
        let bytes = bcs::to_bytes(world);
        bytes.append(bcs::to_bytes(&land_id));
        bytes.append(bcs::to_bytes(&next));
        Fields { bytes }
    }

    fun and<T>(self: Fields, field: &T): Fields {
        self.bytes.append(bcs::to_bytes(field));
        self
    }

    /// That exactly these were emitted, in this order.
    fun assert_told<T: drop + store>(expected: vector<Fields>) {
        let bytes = vector[(expected.length() as u8)];
        for (i in 0..expected.length()) bytes.append(expected[i].bytes);
        assert!(bcs::to_bytes(&event::emitted_events<T>()) == bytes);
    }

    /// The land after one tick: seed, size, ticker, interval and last tick are before the count.
    fun ticked(bytes: vector<u8>): vector<u8> {
        bytes[64] = bytes[64] + 1;
        bytes
    }

    /// The layout of `LandAssets`, with every field free to be wrong.
    fun assets(
        is_in_land: bool, x: u64, y: u64, z: u64, kinds: vector<u8>, counts: vector<u64>
    ): vector<u8> {
        let bytes = bcs::to_bytes(&is_in_land);
        bytes.append(bcs::to_bytes(&x));
        bytes.append(bcs::to_bytes(&y));
        bytes.append(bcs::to_bytes(&z));
        // Not busy; on its first journey.
        bytes.append(bcs::to_bytes(&0u64));
        bytes.append(bcs::to_bytes(&1u64));
        bytes.push_back((kinds.length() as u8));
        for (i in 0..kinds.length()) {
            bytes.push_back(kinds[i]);
            bytes.append(bcs::to_bytes(&counts[i]));
        };
        bytes
    }

    /// The number of journeys comes behind the body, which is 33 bytes long.
    fun on_journey(assets: vector<u8>, journeys: u8): vector<u8> {
        assets[33] = journeys;
        assets
    }

    /// From what everyone brought in: nothing, and a hero outside of the land.
    fun begun(value: vector<u8>): OpData {
        modify(brought(), value)
    }

    fun brought(): vector<u8> {
        assets(false, 0, 0, 0, vector[], vector[])
    }

    struct OpData has copy, drop {
        new: vector<vector<u8>>,
        modify: vector<vector<u8>>,
        delete: vector<bool>
    }

    struct TypeChangeData has copy, drop {
        type_name: String,
        op: OpData
    }

    struct AccountChangesData has copy, drop {
        account: address,
        changes: vector<TypeChangeData>
    }

    struct ItemChangeData has copy, drop {
        key: vector<u8>,
        op: OpData
    }

    struct TableChangesData has copy, drop {
        handle: address,
        items: vector<ItemChangeData>
    }

    struct SettlementData has copy, drop {
        from_height: u64,
        to_height: u64,
        change_sets: vector<AccountChangesData>,
        table_changes: vector<TableChangesData>,
        leaving: vector<address>,
        closing: bool,
        state_root: vector<u8>,
        history_hash: vector<u8>
    }

    fun new(value: vector<u8>): OpData {
        OpData { new: vector[value], modify: vector[], delete: vector[] }
    }

    fun modify(old: vector<u8>, value: vector<u8>): OpData {
        OpData { new: vector[], modify: vector[hash::sha3_256(old), value], delete: vector[] }
    }

    fun settlement(from_height: u64, to_height: u64): SettlementData {
        SettlementData {
            from_height,
            to_height,
            change_sets: vector[],
            table_changes: vector[],
            leaving: vector[],
            closing: false,
            state_root: hash::sha3_256(b"root"),
            history_hash: hash::sha3_256(b"history")
        }
    }

    fun with_land(self: SettlementData, op: OpData): SettlementData {
        let change = TypeChangeData { type_name: type_info::type_name<Land>(), op };
        self.change_sets.push_back(AccountChangesData { account: @movecraft, changes: vector[change] });
        self
    }

    fun with_assets(self: SettlementData, member: address, op: OpData): SettlementData {
        let change = TypeChangeData { type_name: type_info::type_name<LandAssets>(), op };
        self.change_sets.push_back(AccountChangesData { account: member, changes: vector[change] });
        self
    }

    fun with_item(self: SettlementData, key: vector<u8>, op: OpData): SettlementData {
        self.table_changes.push_back(TableChangesData { handle: handle(), items: vector[ItemChangeData { key, op }] });
        self
    }

    fun with_leaving(self: SettlementData, leaving: vector<address>): SettlementData {
        self.leaving = leaving;
        self
    }

    fun with_closing(self: SettlementData): SettlementData {
        self.closing = true;
        self
    }

    fun bytes(self: &SettlementData): vector<u8> {
        bcs::to_bytes(self)
    }
}
