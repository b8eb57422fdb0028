#[test_only]
/// What heroes and the tick do in the channel, rule by rule.
module movecraft::craft_test {
    use std::bcs;
    use aptos_framework::account;
    use aptos_framework::event;
    use aptos_framework::timestamp;
    use aptos_std::from_bcs;
    use movecraft::blocks;
    use movecraft::land::{Self, BlockSet, Crafted, HeroMoved};
    use movecraft::rules;
    use movecraft::terrain;

    const ALICE: address = @0xa11ce;
    const BOB: address = @0xb0b;
    const CREATOR: address = @0xc4ea;
    const SEED: u64 = 7;
    const SIZE: u64 = 2;
    /// Where there is a floor, it is laid where Alice enters, far above the land.
    const FLOOR: u64 = 25;

    public fun person(account: address): signer {
        account::create_signer_for_test(account)
    }

    /// A land of 2 x 2 chunks with Alice and Bob at its edge, nobody inside yet.
    public fun begin() {
        timestamp::set_time_has_started_for_testing(&person(@aptos_framework));
        timestamp::update_global_time_for_test(5_000_000);
        land::place_land_for_test(&person(@movecraft), SEED, SIZE, CREATOR);
        land::place_hero_for_test(&person(ALICE));
        land::place_hero_for_test(&person(BOB));
    }

    /// Alice on a floor of stone, 5 x 5, in the air; she stands in its middle at (x, 26, z).
    public fun begin_on_floor(): (u64, u64) {
        begin();
        let (x, z) = spawn();
        for (i in 0..5) {
            for (j in 0..5) {
                land::set_block_for_test(x + i - 2, FLOOR, z + j - 2, blocks::stone());
            }
        };
        land::enter(&person(ALICE));
        assert!(land::position_for_test(ALICE) == vector[x, FLOOR + 1, z]);
        (x, z)
    }

    /// Where Alice enters: the last bytes of her address say.
    public fun spawn(): (u64, u64) {
        (4 + 0xce % 8, 4 + 0x11 % 8)
    }

    public fun pass_ms(ms: u64) {
        timestamp::update_global_time_for_test(timestamp::now_microseconds() + ms * 1000);
    }

    public fun mine(x: u64, y: u64, z: u64) {
        land::mine(&person(ALICE), x, y, z);
    }

    public fun place(x: u64, y: u64, z: u64, item: u8) {
        land::place(&person(ALICE), x, y, z, item);
    }

    public fun tick() {
        pass_ms(500);
        land::tick(&person(CREATOR));
    }

    // ---- The land

    #[test]
    fun m1_the_same_seed_makes_the_same_land() {
        let chunk = terrain::chunk(SEED, 1, 0);
        assert!(chunk == terrain::chunk(SEED, 1, 0) && chunk != terrain::chunk(SEED + 1, 1, 0));
        for (i in 0..64) {
            assert!(chunk[i] == terrain::column(SEED, 8 + i % 8, i / 8) && chunk[i].length() == 32);
            assert!(chunk[i][0] == blocks::bedrock());
        }
    }

    #[test]
    fun m1_what_is_not_touched_is_as_it_was_made() {
        begin();
        land::set_block_for_test(3, 30, 3, blocks::stone());
        assert!(land::block_for_test(3, 30, 3) == blocks::stone());
        let made = terrain::column(SEED, 4, 3);
        for (y in 0..32) assert!(land::block_for_test(4, y, 3) == made[y]);
    }

    #[test]
    fun m1_only_what_is_written_is_stored() {
        begin();
        land::set_block_for_test(3, 30, 3, blocks::stone());
        land::set_block_for_test(3, 29, 3, blocks::stone());
        // 64 lengths and their number, and one column.
        assert!(land::stored_for_test(0, 0).length() == 65 + 32);
        land::set_block_for_test(4, 30, 3, blocks::stone());
        assert!(land::stored_for_test(0, 0).length() == 65 + 64);
        assert!(land::block_for_test(3, 30, 3) == blocks::stone() && land::block_for_test(3, 29, 3) == blocks::stone());
        // What is written stays so, though it is as it was made again.
        land::set_block_for_test(4, 30, 3, blocks::air());
        let made = terrain::column(SEED, 4, 3);
        for (y in 0..32) assert!(land::block_for_test(4, y, 3) == made[y]);
        assert!(land::stored_for_test(0, 0).length() == 65 + 64);
    }

    #[test]
    fun m1_the_land_is_read_as_it_is_written() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::seeds(), 3);
        land::give_for_test(ALICE, blocks::dirt(), 2);
        place(x + 1, FLOOR + 1, z, blocks::dirt());
        place(x + 1, FLOOR + 2, z, blocks::seeds());
        tick();
        land::assert_read_for_test(ALICE);
    }

    // ---- Entering

    #[test]
    fun m2_a_hero_enters_on_the_ground() {
        begin();
        land::enter(&person(ALICE));
        let (x, z) = spawn();
        let at = land::position_for_test(ALICE);
        assert!(at[0] == x && at[2] == z);
        assert!(blocks::is_solid(land::block_for_test(x, at[1] - 1, z)));
        assert!(!blocks::is_solid(land::block_for_test(x, at[1], z)));
        assert!(land::head_for_test().hero_count() == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30020, location = land)]
    fun m2_a_hero_enters_once() {
        begin();
        land::enter(&person(ALICE));
        land::enter(&person(ALICE));
    }

    #[test]
    #[expected_failure(abort_code = 0x90021, location = land)]
    fun m2_a_hero_does_not_enter_where_it_is_full() {
        begin();
        let (x, z) = spawn();
        land::set_block_for_test(x, 31, z, blocks::stone());
        land::enter(&person(ALICE));
    }

    #[test]
    #[expected_failure(abort_code = 0x90021, location = land)]
    fun m2_fifty_heroes_are_enough() {
        begin();
        for (i in 0..51) {
            let bytes = bcs::to_bytes(&ALICE);
            bytes[0] = ((i + 1) as u8);
            let hero = person(from_bcs::to_address(bytes));
            land::place_hero_for_test(&hero);
            land::enter(&hero);
            assert!(land::head_for_test().hero_count() == i + 1);
        }
    }

    #[test]
    #[expected_failure(abort_code = 0x6003e, location = land)]
    fun m2_who_has_no_hero_does_nothing() {
        begin();
        land::enter(&person(@0xbad));
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = land)]
    fun m2_nobody_enters_on_the_chain() {
        land::enter(&person(ALICE));
    }

    #[test]
    #[expected_failure(abort_code = 0x3001f, location = land)]
    fun m2_nobody_walks_before_entering() {
        begin();
        land::walk(&person(ALICE), vector[0]);
    }

    #[test]
    #[expected_failure(abort_code = 0x3001f, location = land)]
    fun m2_nobody_mines_before_entering() {
        begin();
        mine(4, 20, 4);
    }

    // ---- Walking

    #[test]
    fun m3_a_hero_walks_and_falls() {
        let (x, z) = begin_on_floor();
        land::walk(&person(ALICE), vector[0, 2]);
        assert!(land::position_for_test(ALICE) == vector[x + 1, FLOOR + 1, z + 1]);
        // Over the edge of the floor, down to the land.
        land::walk(&person(ALICE), vector[0, 0]);
        let at = land::position_for_test(ALICE);
        assert!(at[0] == x + 3 && at[1] < FLOOR);
        let below = land::block_for_test(at[0], at[1] - 1, at[2]);
        assert!(blocks::is_solid(below) || blocks::is_water(below));
    }

    #[test]
    fun m3_a_hero_steps_up_one_block() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::stone());
        land::walk(&person(ALICE), vector[0]);
        assert!(land::position_for_test(ALICE) == vector[x + 1, FLOOR + 2, z]);
    }

    #[test]
    #[expected_failure(abort_code = 0x3000c, location = land)]
    fun m3_a_hero_does_not_step_up_two() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::stone());
        land::set_block_for_test(x + 1, FLOOR + 2, z, blocks::stone());
        land::walk(&person(ALICE), vector[0]);
    }

    #[test]
    #[expected_failure(abort_code = 0x3000c, location = land)]
    fun m3_a_hero_does_not_step_up_under_a_ceiling() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::stone());
        land::set_block_for_test(x, FLOOR + 3, z, blocks::stone());
        land::walk(&person(ALICE), vector[0]);
    }

    #[test]
    #[expected_failure(abort_code = 0x3000c, location = land)]
    fun m3_a_hero_does_not_put_its_head_through_a_wall() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, FLOOR + 2, z, blocks::stone());
        land::walk(&person(ALICE), vector[0]);
    }

    #[test]
    fun m3_five_steps_a_second() {
        begin_on_floor();
        land::walk(&person(ALICE), vector[0, 1, 0, 1, 0]);
        pass_ms(200);
        land::walk(&person(ALICE), vector[1]);
    }

    #[test]
    #[expected_failure(abort_code = 0x3000d, location = land)]
    fun m3_a_sixth_step_has_to_wait() {
        begin_on_floor();
        land::walk(&person(ALICE), vector[0, 1, 0, 1, 0]);
        pass_ms(199);
        land::walk(&person(ALICE), vector[1]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10022, location = land)]
    fun m3_a_way_has_five_steps_at_most() {
        begin_on_floor();
        land::walk(&person(ALICE), vector[0, 1, 0, 1, 0, 1]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10022, location = land)]
    fun m3_a_way_has_a_step() {
        begin_on_floor();
        land::walk(&person(ALICE), vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = land)]
    fun m3_a_step_has_one_of_four_directions() {
        begin_on_floor();
        land::walk(&person(ALICE), vector[4]);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = land)]
    fun m3_nobody_walks_out_of_the_land() {
        let (x, z) = begin_on_floor();
        for (i in 0..20) {
            if (x > i) land::set_block_for_test(x - i, FLOOR, z, blocks::stone());
        };
        land::set_block_for_test(0, FLOOR, z, blocks::stone());
        for (i in 0..5) {
            pass_ms(1_000);
            land::walk(&person(ALICE), vector[1, 1, 1, 1, 1]);
        }
    }

    // ---- Mining

    #[test]
    fun m4_a_mined_block_is_carried() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::grass());
        mine(x + 1, FLOOR + 1, z);
        assert!(land::block_for_test(x + 1, FLOOR + 1, z) == blocks::air());
        assert!(land::held_for_test(ALICE, blocks::dirt()) == 1);
    }

    #[test]
    fun m4_who_mines_what_it_stands_on_falls() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::wooden_pick(), 1);
        mine(x, FLOOR, z);
        assert!(land::position_for_test(ALICE)[1] < FLOOR + 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x50025, location = land)]
    fun m4_stone_needs_a_tool() {
        let (x, z) = begin_on_floor();
        mine(x + 1, FLOOR, z);
    }

    #[test]
    #[expected_failure(abort_code = 0x50025, location = land)]
    fun m4_ore_needs_a_better_tool() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::wooden_pick(), 1);
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::iron_ore());
        mine(x + 1, FLOOR + 1, z);
    }

    #[test]
    #[expected_failure(abort_code = 0x50025, location = land)]
    fun m4_bedrock_is_not_mined() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::iron_pick(), 1);
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::bedrock());
        mine(x + 1, FLOOR + 1, z);
    }

    #[test]
    #[expected_failure(abort_code = 0x50025, location = land)]
    fun m4_air_is_not_mined() {
        let (x, z) = begin_on_floor();
        mine(x + 1, FLOOR + 1, z);
    }

    #[test]
    #[expected_failure(abort_code = 0x20024, location = land)]
    fun m4_a_block_out_of_reach_is_not_mined() {
        let (x, z) = begin_on_floor();
        mine(x, FLOOR - 5, z);
    }

    #[test]
    #[expected_failure(abort_code = 0x20023, location = land)]
    fun m4_a_block_is_in_the_land() {
        begin_on_floor();
        mine(18_446_744_073_709_551_615, 4, 4);
    }

    #[test]
    #[expected_failure(abort_code = 0x20023, location = land)]
    fun m4_a_block_is_below_the_top() {
        let (x, z) = begin_on_floor();
        mine(x, 32, z);
    }

    #[test]
    #[expected_failure(abort_code = 0x30026, location = land)]
    fun m4_nobody_mines_through_walls() {
        let (x, z) = begin_on_floor();
        for (i in 0..3) {
            for (j in 0..3) {
                for (y in 1..4) land::set_block_for_test(x + i, FLOOR + y, z + j - 1, blocks::dirt());
            }
        };
        mine(x + 1, FLOOR + 2, z);
    }

    #[test]
    #[expected_failure(abort_code = 0x90027, location = land)]
    fun m4_hands_get_full() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::dirt(), 9_999);
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::dirt());
        mine(x + 1, FLOOR + 1, z);
    }

    #[test]
    fun m4_hands_full_of_seeds_still_take_earth() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::seeds(), 9_999);
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::dirt());
        mine(x + 1, FLOOR + 1, z);
        assert!(land::held_for_test(ALICE, blocks::dirt()) == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x90027, location = land)]
    fun m4_there_has_to_be_room_for_the_seeds_of_a_ripe_crop() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::seeds(), 9_998);
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::ripe());
        mine(x + 1, FLOOR + 1, z);
    }

    #[test]
    #[expected_failure(abort_code = 0x3000d, location = land)]
    fun m4_mining_takes_time() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::wooden_pick(), 1);
        mine(x + 1, FLOOR, z);
        mine(x + 2, FLOOR, z);
        mine(x + 1, FLOOR, z + 1);
    }

    #[test]
    fun m4_a_crop_goes_with_the_earth_below_it() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::dirt());
        land::give_for_test(ALICE, blocks::seeds(), 1);
        place(x + 1, FLOOR + 2, z, blocks::seeds());
        mine(x + 1, FLOOR + 1, z);
        assert!(land::block_for_test(x + 1, FLOOR + 2, z) == blocks::air());
        assert!(land::held_for_test(ALICE, blocks::dirt()) == 1 && land::held_for_test(ALICE, blocks::seeds()) == 0);
    }

    #[test]
    fun m4_leaves_and_sprouts_leave_a_seed() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::leaves());
        mine(x + 1, FLOOR + 1, z);
        assert!(land::held_for_test(ALICE, blocks::seeds()) == 1);
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::dirt());
        place(x + 1, FLOOR + 2, z, blocks::seeds());
        mine(x + 1, FLOOR + 2, z);
        assert!(land::held_for_test(ALICE, blocks::seeds()) == 1 && land::held_for_test(ALICE, blocks::wheat()) == 0);
    }

    #[test]
    fun m4_one_open_side_is_enough() {
        let (x, z) = begin_on_floor();
        let sides = vector[vector[1, 1, 2], vector[1, 1, 0], vector[0, 1, 1], vector[2, 1, 1], vector[1, 2, 1], vector[1, 0, 1]];
        for (i in 0..sides.length()) {
            for (j in 0..27) {
                land::set_block_for_test(x + 1 + j % 3, FLOOR + 1 + j / 9, z + (j / 3) % 3 - 1, blocks::dirt());
            };
            let side = sides[i];
            land::set_block_for_test(x + 1 + side[0], FLOOR + 1 + side[1], z + side[2] - 1, blocks::air());
            pass_ms(1_000);
            mine(x + 2, FLOOR + 2, z);
        };
        assert!(land::held_for_test(ALICE, blocks::dirt()) == 6);
    }

    #[test]
    fun m4_better_tools_are_faster() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::wooden_pick(), 1);
        land::give_for_test(ALICE, blocks::stone_pick(), 1);
        land::give_for_test(ALICE, blocks::iron_pick(), 1);
        // Four times 225 ms.
        for (i in 0..4) mine(x + i % 2 + 1, FLOOR, z + i / 2);
        assert!(land::held_for_test(ALICE, blocks::stone()) == 4);
    }

    #[test]
    fun m4_stone_tools_mine_ore() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::stone_pick(), 1);
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::iron_ore());
        mine(x + 1, FLOOR + 1, z);
        assert!(land::held_for_test(ALICE, blocks::iron_ore()) == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x90027, location = land)]
    fun m4_there_has_to_be_room_for_wheat() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::wheat(), 9_999);
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::ripe());
        mine(x + 1, FLOOR + 1, z);
    }

    #[test]
    #[expected_failure(abort_code = 0x20023, location = land)]
    fun m4_a_block_is_within_the_depth() {
        begin_on_floor();
        mine(4, 4, 16);
    }

    #[test]
    fun m4_what_is_done_is_told() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::log());
        mine(x + 1, FLOOR + 1, z);
        land::craft(&person(ALICE), 0);
        place(x + 1, FLOOR + 1, z, blocks::planks());
        pass_ms(1_000);
        land::walk(&person(ALICE), vector[1]);
        let moved = bcs::to_bytes(&event::emitted_events<HeroMoved>());
        let set = bcs::to_bytes(&event::emitted_events<BlockSet>());
        assert!(moved == two(place_of(x, FLOOR + 1, z), place_of(x - 1, FLOOR + 1, z)));
        let (mined, placed) = (place_of(x + 1, FLOOR + 1, z), place_of(x + 1, FLOOR + 1, z));
        mined.push_back(blocks::air());
        placed.push_back(blocks::planks());
        assert!(set == two(mined, placed));
        let crafted = vector[1];
        crafted.append(bcs::to_bytes(&ALICE));
        crafted.push_back(0);
        assert!(bcs::to_bytes(&event::emitted_events<Crafted>()) == crafted);
    }

    /// Alice, and a place, in BCS.
    fun place_of(x: u64, y: u64, z: u64): vector<u8> {
        let bytes = bcs::to_bytes(&ALICE);
        bytes.append(bcs::to_bytes(&x));
        bytes.append(bcs::to_bytes(&y));
        bytes.append(bcs::to_bytes(&z));
        bytes
    }

    fun two(first: vector<u8>, second: vector<u8>): vector<u8> {
        let bytes = vector[2];
        bytes.append(first);
        bytes.append(second);
        bytes
    }

    // ---- Placing

    #[test]
    fun m5_one_neighbour_is_hold_enough() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::planks(), 6);
        let sides = vector[vector[1, 1, 2], vector[1, 1, 0], vector[0, 1, 1], vector[2, 1, 1], vector[1, 2, 1], vector[1, 0, 1]];
        for (i in 0..sides.length()) {
            for (j in 0..27) {
                land::set_block_for_test(x + 1 + j % 3, FLOOR + 2 + j / 9, z + (j / 3) % 3 - 1, blocks::air());
            };
            let side = sides[i];
            land::set_block_for_test(x + 1 + side[0], FLOOR + 2 + side[1], z + side[2] - 1, blocks::stone());
            pass_ms(1_000);
            place(x + 2, FLOOR + 3, z, blocks::planks());
        };
        assert!(land::held_for_test(ALICE, blocks::planks()) == 0);
    }

    #[test]
    fun m5_water_makes_way() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::planks(), 1);
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::spring());
        place(x + 1, FLOOR + 1, z, blocks::planks());
        assert!(land::block_for_test(x + 1, FLOOR + 1, z) == blocks::planks());
    }

    #[test]
    #[expected_failure(abort_code = 0x3002c, location = land)]
    fun m5_nothing_is_sown_in_water() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::seeds(), 1);
        land::set_block_for_test(x + 1, FLOOR, z, blocks::dirt());
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::spring());
        place(x + 1, FLOOR + 1, z, blocks::seeds());
    }

    #[test]
    fun m5_seeds_grow_on_grass() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::seeds(), 1);
        land::set_block_for_test(x + 1, FLOOR, z, blocks::grass());
        place(x + 1, FLOOR + 1, z, blocks::seeds());
        assert!(land::block_for_test(x + 1, FLOOR + 1, z) == 24);
    }

    #[test]
    fun m5_an_item_becomes_a_block() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::planks(), 1);
        place(x + 1, FLOOR + 1, z, blocks::planks());
        assert!(land::block_for_test(x + 1, FLOOR + 1, z) == blocks::planks());
        assert!(land::held_for_test(ALICE, blocks::planks()) == 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x30028, location = land)]
    fun m5_nobody_places_what_it_has_not() {
        let (x, z) = begin_on_floor();
        place(x + 1, FLOOR + 1, z, blocks::planks());
    }

    #[test]
    #[expected_failure(abort_code = 0x10029, location = land)]
    fun m5_tools_are_not_placed() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::iron_pick(), 1);
        place(x + 1, FLOOR + 1, z, blocks::iron_pick());
    }

    #[test]
    #[expected_failure(abort_code = 0x3002a, location = land)]
    fun m5_where_something_is_nothing_is_placed() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::planks(), 1);
        place(x + 1, FLOOR, z, blocks::planks());
    }

    #[test]
    #[expected_failure(abort_code = 0x3002b, location = land)]
    fun m5_nobody_walls_itself_in() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::planks(), 1);
        place(x, FLOOR + 1, z, blocks::planks());
    }

    #[test]
    #[expected_failure(abort_code = 0x3002b, location = land)]
    fun m5_nobody_walls_in_another() {
        begin_on_floor();
        land::enter(&person(BOB));
        let at = land::position_for_test(BOB);
        // Alice comes to where Bob entered: they may stand in one place.
        land::remove_hero_for_test(ALICE);
        land::place_hero_for_test(&person(ALICE));
        let (x, z) = spawn();
        for (y in 0..32) land::set_block_for_test(x, y, z, blocks::air());
        land::set_block_for_test(x, at[1] - 1, z, blocks::stone());
        land::enter(&person(ALICE));
        land::give_for_test(ALICE, blocks::planks(), 1);
        place(at[0], at[1] + 1, at[2], blocks::planks());
    }

    #[test]
    #[expected_failure(abort_code = 0x3002c, location = land)]
    fun m5_nothing_hangs_in_the_air() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::planks(), 1);
        place(x + 1, FLOOR + 3, z, blocks::planks());
    }

    #[test]
    #[expected_failure(abort_code = 0x20024, location = land)]
    fun m5_nothing_is_placed_far_away() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::planks(), 1);
        place(x, FLOOR - 5, z, blocks::planks());
    }

    #[test]
    #[expected_failure(abort_code = 0x3000d, location = land)]
    fun m5_placing_takes_time() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::planks(), 9);
        for (i in 0..6) place(x + 1 + i / 3, FLOOR + 1 + i % 3, z, blocks::planks());
    }

    #[test]
    #[expected_failure(abort_code = 0x3002c, location = land)]
    fun m5_seeds_need_earth() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::seeds(), 1);
        place(x + 1, FLOOR + 1, z, blocks::seeds());
    }

    #[test]
    fun m3_the_four_directions() {
        let (x, z) = begin_on_floor();
        land::walk(&person(ALICE), vector[0]);
        assert!(land::position_for_test(ALICE) == vector[x + 1, FLOOR + 1, z]);
        land::walk(&person(ALICE), vector[2]);
        assert!(land::position_for_test(ALICE) == vector[x + 1, FLOOR + 1, z + 1]);
        land::walk(&person(ALICE), vector[1]);
        assert!(land::position_for_test(ALICE) == vector[x, FLOOR + 1, z + 1]);
        land::walk(&person(ALICE), vector[3]);
        assert!(land::position_for_test(ALICE) == vector[x, FLOOR + 1, z]);
    }

    #[test]
    fun m3_a_hero_swims() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, FLOOR, z, blocks::spring());
        land::walk(&person(ALICE), vector[0]);
        assert!(land::position_for_test(ALICE) == vector[x + 1, FLOOR + 1, z]);
    }

    #[test]
    #[expected_failure(abort_code = 0x3000c, location = land)]
    fun m3_who_has_lost_its_ground_falls_before_it_goes() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x, FLOOR, z, blocks::air());
        land::set_block_for_test(x, FLOOR - 1, z, blocks::stone());
        // One step up from where it stood, two from where it fell to.
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::stone());
        land::walk(&person(ALICE), vector[0]);
    }

    // ---- Crafting

    #[test]
    fun m6_tools_are_made_of_what_is_carried() {
        begin();
        land::give_for_test(ALICE, blocks::log(), 3);
        land::give_for_test(ALICE, blocks::stone(), 3);
        land::give_for_test(ALICE, blocks::iron_ore(), 3);
        let before = land::materials_for_test(vector[ALICE]);
        let alice = person(ALICE);
        for (i in 0..3) land::craft(&alice, 0);
        land::craft(&alice, 1);
        land::craft(&alice, 2);
        land::craft(&alice, 3);
        assert!(land::held_for_test(ALICE, blocks::planks()) == 3);
        assert!(land::held_for_test(ALICE, blocks::wooden_pick()) == 1);
        assert!(land::held_for_test(ALICE, blocks::iron_pick()) == 1);
        assert!(land::materials_for_test(vector[ALICE]) == before);
    }

    #[test]
    #[expected_failure(abort_code = 0x30028, location = land)]
    fun m6_nothing_is_made_of_nothing() {
        begin();
        land::craft(&person(ALICE), 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x30028, location = land)]
    fun m6_a_recipe_needs_both_parts() {
        begin();
        land::give_for_test(ALICE, blocks::planks(), 2);
        land::give_for_test(ALICE, blocks::stone(), 2);
        land::craft(&person(ALICE), 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x1002d, location = land)]
    fun m6_there_are_four_recipes() {
        begin();
        land::craft(&person(ALICE), 4);
    }

    #[test]
    #[expected_failure(abort_code = 0x90027, location = land)]
    fun m6_hands_get_full() {
        begin();
        land::give_for_test(ALICE, blocks::planks(), 9_996);
        land::give_for_test(ALICE, blocks::log(), 1);
        land::craft(&person(ALICE), 0);
    }

    // ---- The tick

    #[test]
    fun m7_water_comes_in_where_a_wall_is_taken_away() {
        let (x, z) = begin_on_floor();
        // A spring behind a wall of earth.
        land::set_block_for_test(x + 2, FLOOR + 1, z, blocks::spring());
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::dirt());
        mine(x + 1, FLOOR + 1, z);
        for (i in 0..20) tick();
        assert!(land::block_for_test(x + 1, FLOOR + 1, z) == 17);
        assert!(land::block_for_test(x, FLOOR + 1, z) == 18);
        // A block in its way stops it, and what had flown on runs dry.
        land::give_for_test(ALICE, blocks::planks(), 1);
        place(x + 1, FLOOR + 1, z, blocks::planks());
        let before = land::block_for_test(x + 1, FLOOR + 1, z);
        assert!(before == blocks::planks());
        for (i in 0..60) tick();
        assert!(land::block_for_test(x + 1, FLOOR + 1, z) == blocks::planks());
        assert!(land::block_for_test(x, FLOOR + 1, z) == blocks::air());
    }

    #[test]
    fun m7_water_falls_over_an_edge() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 2, FLOOR + 1, z, blocks::spring());
        land::set_block_for_test(x + 3, FLOOR + 1, z, blocks::dirt());
        mine(x + 3, FLOOR + 1, z);
        for (i in 0..30) tick();
        assert!(blocks::is_flow(land::block_for_test(x + 3, FLOOR + 1, z)));
        assert!(blocks::is_flow(land::block_for_test(x + 3, FLOOR - 1, z)));
    }

    #[test]
    fun m7_seeds_become_wheat() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::dirt());
        land::give_for_test(ALICE, blocks::seeds(), 1);
        place(x + 1, FLOOR + 2, z, blocks::seeds());
        for (i in 0..95) tick();
        assert!(land::block_for_test(x + 1, FLOOR + 2, z) == blocks::ripe() - 1);
        tick();
        assert!(land::block_for_test(x + 1, FLOOR + 2, z) == blocks::ripe());
        mine(x + 1, FLOOR + 2, z);
        assert!(land::held_for_test(ALICE, blocks::wheat()) == 1 && land::held_for_test(ALICE, blocks::seeds()) == 2);
        let (waters, crops) = land::head_for_test().nature().queues_for_test();
        assert!(waters == 0 && crops == 0);
    }

    #[test]
    fun m7_sowing_again_does_not_hurry_a_crop() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::dirt());
        land::give_for_test(ALICE, blocks::seeds(), 5);
        for (i in 0..3) {
            pass_ms(2_000);
            place(x + 1, FLOOR + 2, z, blocks::seeds());
            mine(x + 1, FLOOR + 2, z);
        };
        place(x + 1, FLOOR + 2, z, blocks::seeds());
        let (_, crops) = land::head_for_test().nature().queues_for_test();
        assert!(crops == 1);
    }

    #[test]
    fun m7_queues_stay_within_their_bounds_over_many_ticks() {
        let (x, z) = begin_on_floor();
        for (i in 0..5) land::set_block_for_test(x + i - 2, FLOOR + 2, z - 2, blocks::spring());
        land::give_for_test(ALICE, blocks::dirt(), 1);
        place(x + 1, FLOOR + 1, z - 1, blocks::dirt());
        for (i in 0..300) {
            tick();
            let (waters, crops) = land::head_for_test().nature().queues_for_test();
            assert!(waters <= 64 && crops <= 64);
        };
        land::assert_read_for_test(ALICE);
    }

    #[test]
    fun m7_a_hero_that_is_gone_takes_up_no_room() {
        begin_on_floor();
        land::enter(&person(BOB));
        land::remove_hero_for_test(BOB);
        tick();
        tick();
        assert!(land::head_for_test().hero_count() == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x5002f, location = land)]
    fun m7_no_member_makes_the_land_go_on() {
        begin_on_floor();
        pass_ms(500);
        land::tick(&person(ALICE));
    }

    #[test]
    #[expected_failure(abort_code = 0x5002f, location = land)]
    fun m7_the_land_goes_on_once_in_an_interval() {
        begin_on_floor();
        tick();
        pass_ms(499);
        land::tick(&person(CREATOR));
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = land)]
    fun m7_nothing_goes_on_on_the_chain() {
        land::tick(&person(CREATOR));
    }

    // ---- Conservation

    #[test]
    fun m8_nothing_is_made_or_lost() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::stone_pick(), 1);
        land::give_for_test(ALICE, blocks::log(), 2);
        land::set_block_for_test(x + 2, FLOOR + 1, z, blocks::spring());
        let before = land::materials_for_test(vector[ALICE, BOB]);
        for (i in 0..3) {
            pass_ms(2_000);
            mine(x + 1, FLOOR, z - 2 + i);
            land::craft(&person(ALICE), if (i < 2) 0 else 1);
            tick();
            pass_ms(1_000);
            place(x + 1, FLOOR, z - 2 + i, if (i < 2) blocks::planks() else blocks::stone());
        };
        for (i in 0..40) tick();
        assert!(land::materials_for_test(vector[ALICE, BOB]) == before);
    }

    #[test]
    fun m8_a_land_has_a_size() {
        assert!(!rules::is_size(0) && rules::is_size(1) && rules::is_size(64) && !rules::is_size(65));
    }
}
