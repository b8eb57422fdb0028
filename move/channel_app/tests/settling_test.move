#[test_only]
/// What a settlement may do to a state, to assets and to items.
module channel_app::settling_test {
    use std::bcs;
    use aptos_std::table::{Self, Table};
    use channel_app::items;
    use channel_app::settling;
    use channel_app::tally;
    use rooch::codec;
    use rooch::op::Op;
    use rooch::settlement;

    const ALICE: address = @0xa11ce;
    const BOB: address = @0xb0b;
    const HANDLE: address = @0x7ab1e;

    struct Album has key {
        photos: Table<u64, vector<u8>>
    }

    fun number(value: u64): vector<u8> {
        bcs::to_bytes(&value)
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = settling)]
    fun a10_a_state_does_not_vanish() {
        tally::begin();
        tally::open_for_two();
        tally::pass(tally::settlement().with_tally(tally::op_delete()));
        tally::settle(ALICE, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000b, location = settling)]
    fun a10_nor_does_another_appear() {
        tally::begin();
        tally::open_for_two();
        tally::pass(tally::settlement().with_tally(tally::op_new(number(8))));
        tally::settle(ALICE, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x1000c, location = settling)]
    fun a10_a_settlement_starts_from_what_the_chain_has() {
        tally::begin();
        tally::open_for_two();
        tally::pass(tally::settlement().with_tally(tally::op_modify(number(6), number(8))));
        tally::settle(ALICE, 1);
    }

    #[test]
    fun a11_assets_are_settled_like_the_state() {
        tally::begin();
        tally::open_for_two();
        let settlement = tally::settlement().with_chalk(BOB, tally::op_modify(number(1), number(3)));
        tally::pass(settlement.with_item(HANDLE, number(4), tally::op_delete()));
        assert!(tally::settle_chalk(BOB, HANDLE) == 1);
        assert!(rooch::state_channel::assets_bytes<tally::Chalk>(1, BOB) == number(3));
    }

    // ---- Items

    #[test]
    fun a12_items_are_added_modified_and_removed() {
        let photos = album();
        assert!(items::item_after(&photos, 2, &op_of(tally::op_new(b"moon"))) == std::option::some(b"moon"));
        let op = op_of(tally::op_modify(bcs::to_bytes(&b"sun"), b"moon"));
        assert!(items::item_after(&photos, 1, &op) == std::option::some(b"moon"));
        assert!(items::item_after(&photos, 1, &op_of(tally::op_delete())).is_none());
        keep(photos);
    }

    #[test]
    #[expected_failure(abort_code = 0x80016, location = items)]
    fun a12_a_new_item_is_new() {
        let photos = album();
        items::item_after(&photos, 1, &op_of(tally::op_new(b"moon")));
        keep(photos);
    }

    #[test]
    #[expected_failure(abort_code = 0x10017, location = items)]
    fun a12_what_is_not_there_is_not_removed() {
        let photos = album();
        items::item_after(&photos, 2, &op_of(tally::op_delete()));
        keep(photos);
    }

    #[test]
    #[expected_failure(abort_code = 0x10017, location = items)]
    fun a12_what_is_modified_is_what_is_there() {
        let photos = album();
        items::item_after(&photos, 1, &op_of(tally::op_modify(bcs::to_bytes(&b"star"), b"moon")));
        keep(photos);
    }

    #[test]
    fun a13_a_page_has_the_items_that_are_there() {
        let photos = album();
        photos.add(3, b"sea");
        let page = items::new_page(1);
        let (_, _, next) = page.page_for_test();
        assert!(next == 0 && page.length() == 0);
        let page = items::new_page(256);
        for (id in 1..4) page.add(&photos, id);
        page.set_next(4);
        let (keys, values, next) = page.page_for_test();
        assert!(keys == vector[number(1), number(3)] && next == 4 && page.length() == 2);
        assert!(values == vector[bcs::to_bytes(&b"sun"), bcs::to_bytes(&b"sea")]);
        assert!(page.handle_for_test(1) == items::handle(&photos));
        assert!(bcs::to_bytes(&items::handle(&photos)) == bcs::to_bytes(&photos));
        keep(photos);
    }

    #[test]
    #[expected_failure(abort_code = 0x20015, location = items)]
    fun a13_a_page_is_not_of_nothing() {
        items::new_page(0);
    }

    #[test]
    #[expected_failure(abort_code = 0x20015, location = items)]
    fun a13_nor_of_more_than_256() {
        items::new_page(257);
    }

    fun album(): Table<u64, vector<u8>> {
        let photos = table::new();
        photos.add(1, b"sun");
        photos
    }

    fun keep(photos: Table<u64, vector<u8>>) {
        move_to(&tally::person(@channel_app), Album { photos });
    }

    /// As the contract reads it.
    fun op_of(op: tally::Op): Op {
        let data = tally::settlement().with_item(HANDLE, number(1), op).data();
        settlement::decode(data).item_changes(HANDLE)[0].item_op()
    }

    #[test]
    fun a12_ops_are_what_the_contract_reads() {
        let reader = codec::new(bcs::to_bytes(&tally::op_new(b"moon")));
        assert!(op_of(tally::op_new(b"moon")).new_value() == b"moon" && reader.read_length() == 1);
    }
}
