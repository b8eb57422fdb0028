#[test_only]
/// Kinds, columns and reach, number by number: what channel, replay and client must all have the same.
module movecraft::tables_test {
    use std::bcs;
    use std::hash;
    use movecraft::blocks;
    use movecraft::body;
    use movecraft::terrain;

    const KINDS: u64 = 48;
    const TOO_FAST: u64 = 0x3000d;

    inline fun assert_just(kinds: vector<u8>, is_one: |u8| bool) {
        for (i in 0..KINDS) assert!(is_one((i as u8)) == kinds.contains(&(i as u8)), i);
    }

    #[test]
    fun m1_the_land_is_what_it_always_was() {
        let chunks = vector[terrain::chunk(7, 0, 0), terrain::chunk(7, 1, 5), terrain::chunk(8, 63, 63)];
        let hash = hash::sha3_256(bcs::to_bytes(&chunks));
        assert!(hash == x"4ef72a9881182e2bc4fc67867fda5f0a4f0b47af3c2b35b72c281d43e5fd6e84");
    }

    #[test]
    /// Where some columns only just have no tree: one that lies one block too low, and one that draws the first number above the share.
    fun m1_trees_stand_on_dry_land() {
        assert!(hash::sha3_256(bcs::to_bytes(&terrain::chunk(7, 4, 3))) == x"f6b68671290a28d01f5ca4d0293f44357e59183a341d8d0b8dbcb5546f7cfe23");
    }

    #[test]
    fun m4_kinds_are_what_they_are() {
        assert_just(vector[0, 2, 3, 4, 5, 6, 7, 8, 9, 1, 16, 17, 18, 19, 24, 25, 26, 27], |kind| blocks::is_block(kind));
        assert_just(vector[2, 3, 4, 5, 6, 7, 8, 9, 32, 33, 40, 41, 42], |kind| blocks::is_item(kind));
        assert_just(vector[1, 2, 3, 4, 5, 6, 7, 8, 9], |kind| blocks::is_solid(kind));
        assert_just(vector[16, 17, 18, 19], |kind| blocks::is_water(kind));
        assert_just(vector[17, 18, 19], |kind| blocks::is_flow(kind));
        assert_just(vector[24, 25, 26, 27], |kind| blocks::is_crop(kind));
    }

    #[test]
    fun m4_what_a_block_takes_and_leaves() {
        // Hand, wood, stone, iron; nobody mines the last ones.
        assert_just(vector[2], |kind| blocks::tier_needed(kind) == 1);
        assert_just(vector[9], |kind| blocks::tier_needed(kind) == 2);
        assert_just(vector[0, 1, 16, 17, 18, 19], |kind| blocks::tier_needed(kind) > 3);
        assert_just(vector[2, 9], |kind| blocks::mining_ms(kind, 0) == 900);
        assert_just(vector[6, 8], |kind| blocks::mining_ms(kind, 0) == 600);
        assert_just(vector[7, 24, 25, 26, 27], |kind| blocks::mining_ms(kind, 0) == 100);
        assert!(blocks::mining_ms(3, 0) == 300 && blocks::mining_ms(2, 1) == 450);
        assert!(blocks::mining_ms(2, 2) == 300 && blocks::mining_ms(2, 3) == 225);
        // Grass, leaves and crops leave another kind.
        assert_just(vector[4, 7, 24, 25, 26, 27], |kind| blocks::drop_of(kind) != kind);
        assert!(blocks::drop_of(4) == 3 && blocks::drop_of(27) == 33);
        assert_just(vector[7, 24, 25, 26, 32], |kind| blocks::drop_of(kind) == 32);
    }

    #[test]
    fun m5_what_items_become() {
        assert_just(vector[2, 3, 5, 6, 8, 9, 32], |kind| blocks::placed_as(kind) != blocks::air());
        assert_just(vector[0, 2, 3, 5, 6, 8, 9], |kind| blocks::placed_as(kind) == kind);
        assert!(blocks::placed_as(32) == 24);
    }

    #[test]
    fun m7_water_gets_weaker() {
        assert!(blocks::weaker(16) == 17 && blocks::weaker(17) == 18 && blocks::weaker(18) == 19 && blocks::weaker(19) == 0);
    }

    #[test]
    fun m13_what_things_are_made_of() {
        assert_just(vector[2, 3, 4, 5, 6, 8, 9, 40, 41, 42], |kind| made_of(kind, 1) != blocks::no_materials());
        assert!(made_of(2, 3) == vector[3, 0, 0, 0, 0]);
        assert!(made_of(3, 3) == vector[0, 3, 0, 0, 0] && made_of(4, 3) == vector[0, 3, 0, 0, 0]);
        assert!(made_of(5, 3) == vector[0, 0, 3, 0, 0]);
        assert!(made_of(6, 3) == vector[0, 0, 0, 12, 0] && made_of(8, 3) == vector[0, 0, 0, 3, 0]);
        assert!(made_of(9, 3) == vector[0, 0, 0, 0, 3]);
        assert!(made_of(40, 3) == vector[0, 0, 0, 15, 0]);
        assert!(made_of(41, 3) == vector[9, 0, 0, 6, 0]);
        assert!(made_of(42, 3) == vector[0, 0, 0, 6, 9]);
    }

    fun made_of(kind: u8, count: u64): vector<u64> {
        let sums = blocks::no_materials();
        blocks::add_materials(&mut sums, kind, count);
        sums
    }

    #[test]
    fun m4_five_blocks_from_the_eyes() {
        // The eyes are one above the feet.
        let hero = body::at_for_test(10, 10, 10);
        assert!(hero.reaches(15, 11, 10) && hero.reaches(10, 16, 10) && hero.reaches(10, 11, 5) && hero.reaches(14, 14, 10));
        assert!(hero.reaches(10, 6, 10) && !hero.reaches(10, 5, 10));
        assert!(!hero.reaches(15, 12, 10) && !hero.reaches(16, 11, 10) && !hero.reaches(10, 11, 4) && !hero.reaches(14, 15, 10));
        let far = 18_446_744_073_709_551_615;
        assert!(!hero.reaches(far, 11, 10) && !hero.reaches(10, far, 10) && !hero.reaches(10, 11, far));
    }

    #[test]
    fun m5_a_hero_is_two_blocks_high() {
        let hero = body::at_for_test(3, 4, 5);
        assert!(hero.is_at(3, 4, 5) && hero.is_at(3, 5, 5));
        assert!(!hero.is_at(3, 3, 5) && !hero.is_at(3, 6, 5) && !hero.is_at(2, 4, 5) && !hero.is_at(3, 4, 6));
        assert!(!body::outside_for_test().is_at(0, 0, 0));
    }

    #[test]
    fun m12_a_hero_is_within_the_land_or_outside() {
        assert!(body::at_for_test(15, 4, 15).is_within(16) && body::outside_for_test().is_within(0));
        assert!(!body::at_for_test(16, 4, 15).is_within(16) && !body::at_for_test(15, 4, 16).is_within(16));
    }

    #[test]
    fun m3_a_second_is_saved() {
        let rested = body::at_for_test(0, 0, 0);
        assert!(rested.spend_for_test(1_001, 5_000) == TOO_FAST);
        assert!(rested.spend_for_test(600, 5_000) == 0 && rested.spend_for_test(401, 5_000) == TOO_FAST);
        assert!(rested.spend_for_test(400, 5_000) == 0 && rested.spend_for_test(1, 5_000) == TOO_FAST);
        assert!(rested.spend_for_test(1, 5_001) == 0);
        // At the beginning of time there is no more to save than there was.
        let early = body::at_for_test(0, 0, 0);
        assert!(early.spend_for_test(501, 500) == TOO_FAST && early.spend_for_test(500, 500) == 0);
        let later = body::at_for_test(0, 0, 0);
        assert!(later.spend_for_test(1_001, 1_001) == TOO_FAST && later.spend_for_test(1_000, 1_001) == 0);
    }
}
