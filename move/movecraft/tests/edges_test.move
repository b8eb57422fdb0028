#[test_only]
/// The ends of what a land allows: its lowest and topmost blocks, its sides, full queues and hands, and the last millisecond.
module movecraft::edges_test {
    use std::bcs;
    use aptos_framework::timestamp;
    use aptos_std::from_bcs;
    use movecraft::blocks;
    use movecraft::body;
    use movecraft::craft_test::{begin, begin_on_floor, mine, pass_ms, person, place, spawn, tick};
    use movecraft::ground::{Self, spot};
    use movecraft::land;

    const ALICE: address = @0xa11ce;
    const BOB: address = @0xb0b;
    const CREATOR: address = @0xc4ea;
    const FLOOR: u64 = 25;
    const TOP: u64 = 31;
    const WIDTH: u64 = 16;

    /// Alice at the bottom of the land, in a pit where even bedrock is missing, 5 x 5.
    fun begin_in_pit(): (u64, u64) {
        begin();
        let (x, z) = spawn();
        for (i in 0..5) {
            for (j in 0..5) {
                for (y in 0..32) land::set_block_for_test(x + i - 2, y, z + j - 2, blocks::air());
            }
        };
        land::enter(&person(ALICE));
        assert!(land::position_for_test(ALICE) == vector[x, 0, z]);
        (x, z)
    }

    /// Alice at the top of the land, with her feet there.
    fun begin_at(y: u64): (u64, u64) {
        begin();
        let (x, z) = spawn();
        land::set_block_for_test(x, y - 1, z, blocks::stone());
        land::enter(&person(ALICE));
        assert!(land::position_for_test(ALICE) == vector[x, y, z]);
        (x, z)
    }

    fun queued_waters(): u64 {
        let (waters, _) = land::head_for_test().nature().queues_for_test();
        waters
    }

    fun queued_crops(): u64 {
        let (_, crops) = land::head_for_test().nature().queues_for_test();
        crops
    }

    // ---- What a call looks at

    #[test]
    fun m1_a_column_has_a_column_on_each_side_but_at_the_edge() {
        let (is_inside, next) = ground::beside(6, 3, 0, 8);
        assert!(is_inside && next == spot(7, 3));
        let (is_inside, next) = ground::beside(1, 3, 1, 8);
        assert!(is_inside && next == spot(0, 3));
        let (is_inside, next) = ground::beside(3, 6, 2, 8);
        assert!(is_inside && next == spot(3, 7));
        let (is_inside, next) = ground::beside(3, 1, 3, 8);
        assert!(is_inside && next == spot(3, 0));
        assert!(ground::sides(0, 0, 8) == vector[spot(1, 0), spot(0, 1)]);
        assert!(ground::sides(7, 7, 8) == vector[spot(6, 7), spot(7, 6)]);
        assert!(ground::sides(3, 4, 8) == vector[spot(4, 4), spot(2, 4), spot(3, 5), spot(3, 3)]);
    }

    #[test]
    #[expected_failure(abort_code = 0xb0001, location = ground)]
    fun m9_a_column_that_is_not_loaded_is_not_read() {
        let ground = ground::new(8);
        ground.load(spot(1, 1), b"................................");
        ground.block(1, 0, 2);
    }

    #[test]
    #[expected_failure(abort_code = 0xb0001, location = ground)]
    fun m9_a_column_that_is_not_loaded_is_not_written() {
        let ground = ground::new(8);
        ground.load(spot(1, 1), b"................................");
        ground.set_block(2, 0, 1, 0);
    }

    #[test]
    fun m9_a_way_is_looked_at_as_far_as_it_leads() {
        begin();
        let head = land::head_for_test();
        let hero = body::at_for_test(0, 20, 0);
        assert!(head.spots_of_walk(&hero, &vector[0, 1, 1, 2]) == vector[spot(0, 0), spot(1, 0), spot(0, 0)]);
        assert!(head.spots_of_walk(&hero, &vector[0, 1, 0, 1, 0]).length() == 6);
        // What is refused at once looks at nothing.
        assert!(head.spots_of_walk(&hero, &vector[0, 1, 0, 1, 0, 1]).is_empty());
        assert!(head.spots_of_walk(&body::outside_for_test(), &vector[0]).is_empty());
    }

    #[test]
    fun m9_a_block_is_looked_at_with_what_is_beside_it() {
        begin();
        let head = land::head_for_test();
        let hero = body::at_for_test(3, 20, 3);
        let spots = vector[spot(5, 4), spot(3, 4), spot(4, 5), spot(4, 3), spot(4, 4), spot(3, 3)];
        assert!(head.spots_of_block(&hero, 4, 4) == spots);
        assert!(head.spots_of_block(&hero, WIDTH - 1, WIDTH - 1).length() == 4);
        assert!(head.spots_of_block(&hero, WIDTH, 0).is_empty() && head.spots_of_block(&hero, 0, WIDTH).is_empty());
        assert!(head.spots_of_block(&body::outside_for_test(), 4, 4).is_empty());
    }

    #[test]
    fun m9_a_tick_looks_at_four_crops() {
        let (x, z) = begin_on_floor();
        for (i in 0..3) plant(x + 1, z + i);
        assert!(land::head_for_test().spots_of_tick().length() == 3);
        tick();
        plant(x - 1, z);
        assert!(land::head_for_test().spots_of_tick().length() == 4);
        plant(x - 1, z + 1);
        assert!(land::head_for_test().spots_of_tick().length() == 4);
        tick();
        assert!(queued_crops() == 5);
    }

    // ---- Entering and walking

    #[test]
    fun m2_a_hero_needs_two_blocks_below_the_sky() {
        begin_at(30);
    }

    #[test]
    #[expected_failure(abort_code = 0x90021, location = land)]
    fun m2_one_block_below_the_sky_is_not_enough() {
        begin();
        let (x, z) = spawn();
        land::set_block_for_test(x, 30, z, blocks::stone());
        land::enter(&person(ALICE));
    }

    #[test]
    fun m2_who_has_its_place_among_fifty_comes_back_to_it() {
        begin();
        let last = @0x0;
        for (i in 0..50) {
            let bytes = bcs::to_bytes(&ALICE);
            bytes[0] = ((i + 1) as u8);
            last = from_bcs::to_address(bytes);
            land::place_hero_for_test(&person(last));
            land::enter(&person(last));
        };
        land::remove_hero_for_test(last);
        land::place_hero_for_test(&person(last));
        land::enter(&person(last));
        assert!(land::head_for_test().hero_count() == 50);
    }

    #[test]
    fun m3_a_passage_is_two_blocks_high() {
        let (x, z) = begin_on_floor();
        for (i in 0..3) land::set_block_for_test(x + i, FLOOR + 3, z, blocks::stone());
        land::walk(&person(ALICE), vector[0, 0]);
        assert!(land::position_for_test(ALICE) == vector[x + 2, FLOOR + 1, z]);
    }

    #[test]
    fun m3_a_hero_climbs_to_the_sky() {
        let (x, z) = begin_at(29);
        land::set_block_for_test(x + 1, 29, z, blocks::stone());
        land::walk(&person(ALICE), vector[0]);
        assert!(land::position_for_test(ALICE) == vector[x + 1, 30, z]);
    }

    #[test]
    #[expected_failure(abort_code = 0x3000c, location = land)]
    fun m3_a_hero_keeps_its_head_below_the_sky() {
        let (x, z) = begin_at(30);
        land::set_block_for_test(x + 1, 30, z, blocks::stone());
        land::walk(&person(ALICE), vector[0]);
    }

    #[test]
    fun m3_nobody_falls_out_of_the_land() {
        let (x, z) = begin_in_pit();
        land::set_block_for_test(x, 0, z, blocks::stone());
        land::walk(&person(ALICE), vector[1]);
        assert!(land::position_for_test(ALICE) == vector[x - 1, 0, z]);
        // From above, too.
        land::walk(&person(ALICE), vector[0]);
        assert!(land::position_for_test(ALICE) == vector[x, 1, z]);
        land::walk(&person(ALICE), vector[1]);
        assert!(land::position_for_test(ALICE) == vector[x - 1, 0, z]);
    }

    // ---- Mining and placing

    #[test]
    fun m4_the_topmost_block_is_placed_and_mined() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 2, TOP, z, blocks::stone());
        land::give_for_test(ALICE, blocks::planks(), 1);
        place(x + 1, TOP, z, blocks::planks());
        mine(x + 1, TOP, z);
        assert!(land::block_for_test(x + 1, TOP, z) == blocks::air());
    }

    #[test]
    fun m4_the_lowest_block_is_open_to_a_side() {
        let (x, z) = begin_in_pit();
        land::set_block_for_test(x + 1, 0, z, blocks::dirt());
        land::set_block_for_test(x + 1, 1, z, blocks::stone());
        mine(x + 1, 0, z);
        assert!(land::held_for_test(ALICE, blocks::dirt()) == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x30026, location = land)]
    fun m4_the_lowest_block_is_not_open_from_below() {
        let (x, z) = begin_in_pit();
        for (i in 0..3) {
            for (j in 0..3) {
                for (y in 0..2) land::set_block_for_test(x + i, y, z + j - 1, blocks::dirt());
            }
        };
        mine(x + 1, 0, z);
    }

    #[test]
    fun m4_the_lowest_but_one_is_open_from_below() {
        let (x, z) = begin_in_pit();
        for (i in 0..3) {
            for (j in 0..3) {
                for (y in 1..3) land::set_block_for_test(x + i, y, z + j - 1, blocks::dirt());
            }
        };
        mine(x + 1, 1, z);
        assert!(land::held_for_test(ALICE, blocks::dirt()) == 1);
    }

    #[test]
    fun m5_the_lowest_block_is_held_by_a_side() {
        let (x, z) = begin_in_pit();
        land::set_block_for_test(x + 1, 0, z + 1, blocks::stone());
        land::give_for_test(ALICE, blocks::planks(), 1);
        place(x + 1, 0, z, blocks::planks());
        assert!(land::block_for_test(x + 1, 0, z) == blocks::planks() && queued_waters() == 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x3002c, location = land)]
    fun m5_nothing_holds_the_lowest_block_from_below() {
        let (x, z) = begin_in_pit();
        land::give_for_test(ALICE, blocks::planks(), 1);
        place(x + 1, 0, z, blocks::planks());
    }

    #[test]
    fun m5_bedrock_holds_what_is_placed() {
        let (x, z) = begin_in_pit();
        land::set_block_for_test(x + 1, 0, z, blocks::bedrock());
        land::give_for_test(ALICE, blocks::planks(), 1);
        place(x + 1, 1, z, blocks::planks());
        assert!(land::block_for_test(x + 1, 1, z) == blocks::planks());
    }

    #[test]
    #[expected_failure(abort_code = 0x3002c, location = land)]
    fun m5_nothing_grows_without_anything_below() {
        let (x, z) = begin_in_pit();
        land::give_for_test(ALICE, blocks::seeds(), 1);
        place(x + 1, 0, z, blocks::seeds());
    }

    #[test]
    fun m5_seeds_grow_on_the_lowest_earth() {
        let (x, z) = begin_in_pit();
        land::set_block_for_test(x + 1, 0, z, blocks::dirt());
        land::give_for_test(ALICE, blocks::seeds(), 1);
        place(x + 1, 1, z, blocks::seeds());
        assert!(queued_crops() == 1);
    }

    #[test]
    fun m4_what_is_above_a_mined_block_stays() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::dirt());
        land::set_block_for_test(x + 1, FLOOR + 2, z, blocks::stone());
        mine(x + 1, FLOOR + 1, z);
        assert!(land::block_for_test(x + 1, FLOOR + 2, z) == blocks::stone());
        // Nor is anything carried that there is none of.
        land::assert_read_for_test(ALICE);
    }

    #[test]
    #[expected_failure(abort_code = 0x20023, location = land)]
    fun m4_a_block_is_within_the_width() {
        begin_on_floor();
        mine(WIDTH, 26, 4);
    }

    #[test]
    fun m4_hands_take_all_that_they_hold() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::dirt(), 9_998);
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::dirt());
        mine(x + 1, FLOOR + 1, z);
        assert!(land::held_for_test(ALICE, blocks::dirt()) == 9_999);
    }

    #[test]
    #[expected_failure(abort_code = 0x3000d, location = land)]
    fun m4_an_iron_pick_mines_four_stones_a_second() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::iron_pick(), 1);
        for (i in 0..4) mine(x + i % 2 + 1, FLOOR, z + i / 2);
        assert!(land::held_for_test(ALICE, blocks::stone()) == 4);
        mine(x, FLOOR, z + 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x3000d, location = land)]
    fun m4_a_stone_pick_mines_three() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::stone_pick(), 1);
        for (i in 0..3) mine(x + i % 2 + 1, FLOOR, z + i / 2);
        assert!(land::held_for_test(ALICE, blocks::stone()) == 3);
        mine(x, FLOOR, z + 1);
    }

    #[test]
    fun m1_only_the_mined_column_is_written() {
        let (x, z) = begin_on_floor();
        // The corner of the floor lies beside a chunk that is not stored, and beside columns of its own that nobody has written.
        let (chunk_x, chunk_z) = (((x / 8) as u32), ((z / 8) as u32));
        let before = land::stored_for_test(chunk_x, chunk_z).length();
        land::give_for_test(ALICE, blocks::stone_pick(), 1);
        mine(x + 2, FLOOR, z + 2);
        assert!(land::stored_for_test(chunk_x, chunk_z).length() == before);
    }

    // ---- Crops

    fun plant(x: u64, z: u64) {
        pass_ms(1_000);
        land::set_block_for_test(x, FLOOR, z, blocks::dirt());
        land::give_for_test(ALICE, blocks::seeds(), 1);
        place(x, FLOOR + 1, z, blocks::seeds());
    }

    /// So many around Alice.
    fun plant_many(count: u64): (u64, u64) {
        let (x, z) = begin_on_floor();
        for (i in 0..81) {
            let (right, far) = (i % 9, i / 9);
            let is_near = (right * right + 16 - 8 * right) + (far * far + 16 - 8 * far) <= 24;
            if (is_near && i != 40 && count > 0) {
                plant(x + right - 4, z + far - 4);
                count -= 1;
            }
        };
        assert!(count == 0);
        (x, z)
    }

    #[test]
    fun m5_there_are_64_crops() {
        let (x, z) = plant_many(64);
        assert!(queued_crops() == 64);
        land::assert_read_for_test(ALICE);
        // What does not grow is still placed.
        land::give_for_test(ALICE, blocks::planks(), 1);
        pass_ms(1_000);
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::air());
        place(x + 1, FLOOR + 1, z, blocks::planks());
    }

    #[test]
    #[expected_failure(abort_code = 0x9002e, location = land)]
    fun m5_there_are_64_crops_at_most() {
        plant_many(65);
    }

    #[test]
    fun m7_what_was_harvested_does_not_grow() {
        let (x, z) = begin_on_floor();
        plant(x + 1, z);
        mine(x + 1, FLOOR + 1, z);
        assert!(queued_crops() == 1);
        for (i in 0..40) tick();
        assert!(queued_crops() == 0 && land::block_for_test(x + 1, FLOOR + 1, z) == blocks::air());
    }

    #[test]
    fun m7_what_is_ripe_grows_no_more() {
        let (x, z) = begin_on_floor();
        plant(x + 1, z);
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::ripe());
        for (i in 0..40) tick();
        assert!(queued_crops() == 0 && land::block_for_test(x + 1, FLOOR + 1, z) == blocks::ripe());
    }

    #[test]
    fun m7_what_is_sown_anew_grows_anew() {
        let (x, z) = begin_on_floor();
        plant(x + 1, z);
        for (i in 0..31) tick();
        mine(x + 1, FLOOR + 1, z);
        place(x + 1, FLOOR + 1, z, blocks::seeds());
        for (i in 0..31) tick();
        assert!(land::block_for_test(x + 1, FLOOR + 1, z) == 24);
        tick();
        assert!(land::block_for_test(x + 1, FLOOR + 1, z) == 25);
    }

    // ---- Water

    #[test]
    fun m7_water_falls_into_a_hole_and_fills_all_sides() {
        let (x, z) = begin_on_floor();
        let (wet_x, wet_z) = (x + 1, z + 1);
        land::set_block_for_test(wet_x, FLOOR + 1, wet_z, blocks::dirt());
        land::set_block_for_test(wet_x, FLOOR + 2, wet_z, blocks::spring());
        for (i in 0..3) {
            for (j in 0..3) land::set_block_for_test(wet_x + i - 1, FLOOR, wet_z + j - 1, blocks::stone());
        };
        mine(wet_x, FLOOR + 1, wet_z);
        tick();
        assert!(land::block_for_test(wet_x, FLOOR + 1, wet_z) == 17);
        for (i in 0..2) tick();
        let sides = ground::sides(wet_x, wet_z, WIDTH);
        for (i in 0..4) assert!(land::block_for_test(sides[i].x(), FLOOR + 1, sides[i].z()) == 18);
        for (i in 0..60) tick();
        // It comes to rest.
        assert!(queued_waters() == 0);
    }

    #[test]
    fun m7_one_place_is_looked_at_in_one_tick() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::spring());
        land::give_for_test(ALICE, blocks::planks(), 1);
        // Four sides and the block above are closed, so that just one place may get wet.
        let sides = ground::sides(x + 1, z, WIDTH);
        for (i in 0..4) land::set_block_for_test(sides[i].x(), FLOOR + 1, sides[i].z(), blocks::dirt());
        for (i in 0..4) {
            land::set_block_for_test(sides[i].x(), FLOOR + 2, sides[i].z(), blocks::stone());
        };
        let beyond = ground::sides(x + 2, z, WIDTH);
        for (i in 0..4) {
            if (beyond[i] != spot(x + 1, z)) {
                land::set_block_for_test(beyond[i].x(), FLOOR + 1, beyond[i].z(), blocks::dirt());
            }
        };
        pass_ms(1_000);
        mine(x + 2, FLOOR + 1, z);
        assert!(queued_waters() == 1);
        tick();
        assert!(land::block_for_test(x + 2, FLOOR + 1, z) == 17);
    }

    #[test]
    fun m7_four_places_are_looked_at_in_one_tick() {
        let (x, z) = begin_on_floor();
        land::give_for_test(ALICE, blocks::planks(), 1);
        // Five blocks of water that nothing feeds.
        let y = FLOOR + 3;
        land::set_block_for_test(x + 2, y + 1, z, blocks::stone());
        land::set_block_for_test(x + 2, y - 1, z, 19);
        let sides = ground::sides(x + 2, z, WIDTH);
        for (i in 0..4) land::set_block_for_test(sides[i].x(), y, sides[i].z(), 19);
        place(x + 2, y, z, blocks::planks());
        assert!(queued_waters() == 5);
        tick();
        let left = 0;
        for (i in 0..4) {
            if (land::block_for_test(sides[i].x(), y, sides[i].z()) == 19) left += 1;
        };
        assert!(land::block_for_test(x + 2, y - 1, z) == blocks::air() && left == 1);
    }

    #[test]
    fun m7_what_is_built_stays_though_water_was_to_come() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 2, FLOOR + 1, z, blocks::spring());
        land::set_block_for_test(x + 1, FLOOR + 1, z, blocks::dirt());
        land::give_for_test(ALICE, blocks::planks(), 1);
        mine(x + 1, FLOOR + 1, z);
        place(x + 1, FLOOR + 1, z, blocks::planks());
        for (i in 0..9) tick();
        assert!(land::block_for_test(x + 1, FLOOR + 1, z) == blocks::planks());
    }

    #[test]
    fun m7_water_spreads_where_it_can_fall_no_more() {
        let (x, z) = begin_on_floor();
        let (y, wet_x) = (FLOOR + 3, x + 1);
        // A spring in the air, above a block that is missing in a platform.
        for (i in 0..3) {
            for (j in 0..3) land::set_block_for_test(wet_x + i - 1, y - 1, z + j - 1, blocks::stone());
        };
        land::set_block_for_test(wet_x, y - 1, z, blocks::air());
        land::set_block_for_test(wet_x, y, z, blocks::spring());
        land::give_for_test(ALICE, blocks::planks(), 1);
        place(wet_x, y - 1, z, blocks::planks());
        for (i in 0..3) tick();
        let sides = ground::sides(wet_x, z, WIDTH);
        for (i in 0..4) assert!(land::block_for_test(sides[i].x(), y, sides[i].z()) == 17);
        // It falls again: what had spread from it runs dry.
        pass_ms(1_000);
        mine(wet_x, y - 1, z);
        for (i in 0..200) tick();
        for (i in 0..4) assert!(land::block_for_test(sides[i].x(), y, sides[i].z()) == blocks::air());
        assert!(land::block_for_test(wet_x, y - 1, z) == 17 && queued_waters() == 0);
    }

    #[test]
    fun m7_water_below_a_block_that_is_placed_runs_dry() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, FLOOR + 1, z, 17);
        land::set_block_for_test(x + 2, FLOOR + 2, z, blocks::stone());
        land::give_for_test(ALICE, blocks::planks(), 1);
        place(x + 1, FLOOR + 2, z, blocks::planks());
        tick();
        assert!(land::block_for_test(x + 1, FLOOR + 1, z) == blocks::air());
    }

    /// What comes where a block of earth is mined between these: to larger x, to smaller x, to larger z, to smaller z.
    fun assert_between(waters: vector<u8>, becomes: u8) {
        let (x, z) = begin_on_floor();
        let sides = ground::sides(x + 1, z + 1, WIDTH);
        for (i in 0..4) land::set_block_for_test(sides[i].x(), FLOOR + 1, sides[i].z(), waters[i]);
        land::set_block_for_test(x + 1, FLOOR + 1, z + 1, blocks::dirt());
        mine(x + 1, FLOOR + 1, z + 1);
        tick();
        assert!(land::block_for_test(x + 1, FLOOR + 1, z + 1) == becomes);
    }

    #[test]
    fun m7_the_strongest_water_comes_though_it_is_not_the_last() {
        assert_between(vector[16, 18, 18, 18], 17);
    }

    #[test]
    fun m7_the_strongest_water_comes_though_it_is_not_the_first() {
        assert_between(vector[18, 16, 18, 18], 17);
    }

    #[test]
    fun m7_spent_water_takes_nothing_from_strong() {
        assert_between(vector[16, 19, 19, 19], 17);
    }

    #[test]
    fun m7_spent_water_does_not_come() {
        assert_between(vector[19, 19, 19, 19], blocks::air());
    }

    #[test]
    fun m7_water_at_the_ends_of_a_land() {
        let (x, z) = begin_in_pit();
        // Nothing is below the lowest block, and water spreads on it.
        land::set_block_for_test(x + 1, 0, z + 1, blocks::stone());
        land::set_block_for_test(x, 0, z + 1, 17);
        land::set_block_for_test(x + 1, 0, z - 1, 17);
        land::give_for_test(ALICE, blocks::planks(), 2);
        place(x + 1, 0, z, blocks::planks());
        land::set_block_for_test(x, 2, z + 1, blocks::stone());
        place(x, 1, z + 1, blocks::planks());
        assert!(queued_waters() > 0);
        for (i in 0..9) tick();
        assert!(land::block_for_test(x, 0, z + 1) == blocks::air());
        land::assert_read_for_test(ALICE);
    }

    #[test]
    fun m7_water_spreads_on_bedrock() {
        let (x, z) = begin_in_pit();
        for (i in 0..3) land::set_block_for_test(x + i - 1, 0, z, blocks::bedrock());
        land::set_block_for_test(x, 1, z, blocks::dirt());
        land::set_block_for_test(x + 1, 1, z, blocks::spring());
        mine(x, 1, z);
        tick();
        assert!(land::block_for_test(x, 1, z) == 17);
    }

    #[test]
    fun m7_water_below_the_sky() {
        let (x, z) = begin_on_floor();
        land::set_block_for_test(x + 1, TOP, z, blocks::dirt());
        land::set_block_for_test(x + 2, TOP, z, blocks::spring());
        mine(x + 1, TOP, z);
        // The block, three of its sides (the fourth is the spring), and what is below it.
        assert!(queued_waters() == 5);
        land::assert_read_for_test(ALICE);
        tick();
    }

    #[test]
    fun m7_64_places_are_remembered() {
        let (x, z) = begin_on_floor();
        let y = FLOOR + 3;
        for (i in 0..9) {
            for (j in 0..9) {
                land::set_block_for_test(x + i - 4, y, z + j - 4, 17);
                land::set_block_for_test(x + i - 4, y + 1, z + j - 4, blocks::stone());
            }
        };
        land::give_for_test(ALICE, blocks::planks(), 30);
        let counts = vector[];
        for (i in 0..25) {
            pass_ms(1_000);
            // Every other block of seven rows of seven.
            place(x + i * 2 % 7 - 3, y, z + i * 2 / 7 - 3, blocks::planks());
            counts.push_back(queued_waters());
        };
        // The water around the first one and the air below it; the second one shares a side with it.
        assert!(counts[0] == 5 && counts[1] == 9);
        assert!(counts[22] < 64 && counts[24] == 64);
        land::assert_read_for_test(ALICE);
    }

    // ---- The tick

    #[test]
    fun m7_a_land_without_heroes_goes_on() {
        begin();
        tick();
        assert!(land::head_for_test().nature().ticks() == 1);
    }

    #[test]
    fun m2_who_enters_is_remembered_by_where_it_is() {
        begin();
        land::enter(&person(BOB));
        assert!(land::head_for_test().looked_after() == vector[BOB]);
        assert!(land::head_for_test().refusal_of_tick(CREATOR, timestamp::now_microseconds() / 1_000) == 0);
    }
}
