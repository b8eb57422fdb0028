#[test_only]
/// The form of a settlement's data: one healthy one, and every way to spoil it.
module rooch::settlement_test {
    use std::hash;
    use std::string;
    use rooch::op;
    use rooch::settlement;
    use rooch::world::{Self, op_data, settlement};

    /// Written out by hand from docs/contract.md: heights 1 to 2, one modification, Bob leaves, closing.
    const GOLDEN: vector<u8> = x"01000000000000000200000000000000010000000000000000000000000000000000000000000000000000000000057a17010b3078313a3a616e793a3a5400022012e830c327d883d6c94968acb7c2df51256f94c3f893ecc5999363d30d19ff91036e65770000010000000000000000000000000000000000000000000000000000000000000b0b0120a00e4d3b352e9d11979549b9eef5dc951592f594488451e6cd86fdc4bce76a5320a1ebf9987b2984d54ac9c66284b23357f9782fe31e3a86dde02c37e7899196d8";

    const ONE: vector<vector<u8>> = vector[b"value"];

    fun hash32(): vector<u8> {
        hash::sha3_256(b"old")
    }

    fun decode(data: world::SettlementData) {
        settlement::decode(data.bytes());
    }

    fun decode_op(op: world::OpData) {
        decode(settlement(0, 1).with_op(op));
    }

    fun zeros(length: u64): vector<u8> {
        let bytes = vector[];
        for (i in 0..length) bytes.push_back(0);
        bytes
    }

    #[test]
    fun c18_a_settlement_is_read_as_it_was_written() {
        let data =
            settlement(3, 9).with_change_sets(
                vector[
                    world::account_changes(
                        @0xa11ce,
                        vector[
                            world::type_change(b"0x1::a::New", op_data(ONE, vector[], vector[])),
                            world::type_change(b"0x1::a::Mod", op_data(vector[], vector[hash32(), b"next"], vector[])),
                            world::type_change(b"0x1::a::Del", op_data(vector[], vector[], vector[true]))
                        ]
                    ),
                    world::account_changes(
                        @0xb0b, vector[world::type_change(b"0x1::a::New", op_data(ONE, vector[], vector[]))]
                    )
                ]
            ).with_leaving(vector[@0xb0b]).with_closing();
        let settlement = settlement::decode(data.bytes());
        assert!(settlement.from_height() == 3 && settlement.to_height() == 9);
        assert!(settlement.leaving() == vector[@0xb0b] && settlement.is_closing());
        assert!(settlement.state_root() == hash::sha3_256(b"root"));
        assert!(settlement.history_hash() == hash::sha3_256(b"history"));

        let changes = settlement.account_changes(@0xa11ce);
        let new = changes.op_of_type(&string::utf8(b"0x1::a::New"));
        assert!(new.is_new() && !new.is_modify() && !new.is_delete() && !new.is_none());
        assert!(new.new_value() == b"value");
        let modify = changes.op_of_type(&string::utf8(b"0x1::a::Mod"));
        assert!(modify.is_modify() && modify.old_hash() == hash32() && modify.modified_value() == b"next");
        assert!(changes.op_of_type(&string::utf8(b"0x1::a::Del")).is_delete());
        assert!(changes.op_of_type(&string::utf8(b"0x1::a::Other")).is_none());
        assert!(settlement.account_changes(@0xca401).op_of_type(&string::utf8(b"0x1::a::New")).is_none());
    }

    #[test]
    #[expected_failure(abort_code = 0x10015, location = settlement)]
    fun c18_data_is_not_too_long() {
        settlement::decode(zeros(262_145));
    }

    #[test]
    #[expected_failure(abort_code = 0x10016, location = settlement)]
    fun c18_nothing_follows_the_data() {
        let data = settlement(0, 1).bytes();
        data.push_back(0);
        settlement::decode(data);
    }

    #[test]
    #[expected_failure]
    fun c18_data_is_whole() {
        let data = settlement(0, 1).bytes();
        data.pop_back();
        settlement::decode(data);
    }

    #[test]
    #[expected_failure]
    fun c18_data_is_there() {
        settlement::decode(vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10017, location = settlement)]
    fun c18_a_settlement_gets_on() {
        decode(settlement(5, 5));
    }

    #[test]
    #[expected_failure(abort_code = 0x10017, location = settlement)]
    fun c18_a_settlement_does_not_go_back() {
        decode(settlement(5, 4));
    }

    #[test]
    #[expected_failure(abort_code = 0x10018, location = settlement)]
    fun c18_a_state_root_has_32_bytes() {
        decode(settlement(0, 1).with_state_root(zeros(31)));
    }

    #[test]
    #[expected_failure(abort_code = 0x10019, location = settlement)]
    fun c18_a_history_hash_has_32_bytes() {
        decode(settlement(0, 1).with_history_hash(zeros(33)));
    }

    #[test]
    #[expected_failure(abort_code = 0x1001a, location = settlement)]
    fun c18_accounts_are_at_most_64() {
        let accounts = vector[];
        for (i in 0..65) {
            let bytes = zeros(32);
            bytes[31] = (i as u8);
            let account = aptos_std::from_bcs::to_address(bytes);
            let change = world::type_change(b"0x1::a::T", op_data(ONE, vector[], vector[]));
            accounts.push_back(world::account_changes(account, vector[change]));
        };
        decode(settlement(0, 1).with_change_sets(accounts));
    }

    #[test]
    #[expected_failure(abort_code = 0x1001a, location = settlement)]
    fun c18_types_of_an_account_are_at_most_64() {
        let changes = vector[];
        for (i in 0..65) {
            let name = b"0x1::a::T";
            name.push_back(48 + (i as u8) / 10);
            name.push_back(48 + (i as u8) % 10);
            changes.push_back(world::type_change(name, op_data(ONE, vector[], vector[])));
        };
        decode(settlement(0, 1).with_change_sets(vector[world::account_changes(@0x1, changes)]));
    }

    #[test]
    #[expected_failure(abort_code = 0x1001b, location = settlement)]
    fun c18_a_listed_account_has_changes() {
        decode(settlement(0, 1).with_change_sets(vector[world::account_changes(@0x1, vector[])]));
    }

    #[test]
    #[expected_failure(abort_code = 0x1001c, location = settlement)]
    fun c18_an_account_is_listed_once() {
        let changes = vector[world::type_change(b"0x1::a::T", op_data(ONE, vector[], vector[]))];
        let account = world::account_changes(@0x1, changes);
        decode(settlement(0, 1).with_change_sets(vector[account, account]));
    }

    #[test]
    #[expected_failure(abort_code = 0x1001d, location = settlement)]
    fun c18_a_type_is_listed_once() {
        let change = world::type_change(b"0x1::a::T", op_data(ONE, vector[], vector[]));
        decode(settlement(0, 1).with_change_sets(vector[world::account_changes(@0x1, vector[change, change])]));
    }

    #[test]
    #[expected_failure(abort_code = 0x1001e, location = settlement)]
    fun c18_a_leaving_member_is_listed_once() {
        decode(settlement(0, 1).with_leaving(vector[@0xb0b, @0xb0b]));
    }

    #[test]
    #[expected_failure(abort_code = 0x1001f, location = settlement)]
    fun c18_no_more_leave_than_a_channel_has() {
        let leaving = vector[];
        for (i in 0..51) {
            let bytes = zeros(32);
            bytes[31] = (i as u8);
            leaving.push_back(aptos_std::from_bcs::to_address(bytes));
        };
        decode(settlement(0, 1).with_leaving(leaving));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = op)]
    fun c18_an_operation_is_something() {
        decode_op(op_data(vector[], vector[], vector[]));
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = op)]
    fun c18_an_operation_is_one_thing() {
        decode_op(op_data(ONE, vector[], vector[true]));
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = op)]
    fun c18_a_new_resource_has_one_value() {
        decode_op(op_data(vector[b"a", b"b"], vector[], vector[]));
    }

    #[test]
    #[expected_failure(abort_code = 0x10003, location = op)]
    fun c18_a_modification_has_two_values() {
        decode_op(op_data(vector[], vector[hash32()], vector[]));
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = op)]
    fun c18_a_deletion_is_marked_true() {
        decode_op(op_data(vector[], vector[], vector[false]));
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = op)]
    fun c18_a_deletion_is_marked_once() {
        decode_op(op_data(vector[], vector[], vector[true, true]));
    }

    #[test]
    #[expected_failure(abort_code = 0x10005, location = op)]
    fun c18_an_old_hash_has_32_bytes() {
        decode_op(op_data(vector[], vector[b"short", b"next"], vector[]));
    }

    #[test]
    #[expected_failure(abort_code = 0x30006, location = op)]
    fun c18_only_a_new_resource_has_a_new_value() {
        op::none().new_value();
    }

    #[test]
    #[expected_failure(abort_code = 0x30007, location = op)]
    fun c18_only_a_modification_has_an_old_hash() {
        op::none().old_hash();
    }

    #[test]
    #[expected_failure(abort_code = 0x30007, location = op)]
    fun c18_only_a_modification_has_a_modified_value() {
        op::none().modified_value();
    }

    #[test]
    fun c18_the_layout_of_a_settlement_is_frozen() {
        let op = op_data(vector[], vector[hash32(), b"new"], vector[]);
        let data = settlement(1, 2).with_op(op).with_leaving(vector[@0xb0b]).with_closing();
        assert!(data.bytes() == GOLDEN);
        let changes = settlement::decode(GOLDEN).account_changes(@rooch);
        assert!(changes.op_of_type(&string::utf8(b"0x1::any::T")).modified_value() == b"new");
    }

    // ---- Tables

    fun item(key: vector<u8>): world::ItemChangeData {
        world::item_change(key, op_data(ONE, vector[], vector[]))
    }

    #[test]
    fun c18_items_of_tables_are_read_in_their_order() {
        let tables = vector[
            world::table_changes(@0x7, vector[item(b"b"), item(b"a")]),
            world::table_changes(@0x6, vector[item(b"c")])
        ];
        let settlement = settlement::decode(settlement(0, 1).with_table_changes(tables).bytes());
        let items = settlement.item_changes(@0x7);
        assert!(items.length() == 2 && items[0].item_key() == b"b" && items[1].item_key() == b"a");
        assert!(items[0].item_op().new_value() == b"value");
        assert!(settlement.item_changes(@0x6).length() == 1 && settlement.item_changes(@0x5).is_empty());
    }

    #[test]
    #[expected_failure(abort_code = 0x10021, location = settlement)]
    fun c18_no_table_is_listed_twice() {
        let table = world::table_changes(@0x7, vector[item(b"a")]);
        decode(settlement(0, 1).with_table_changes(vector[table, table]));
    }

    #[test]
    #[expected_failure(abort_code = 0x10021, location = settlement)]
    fun c18_no_table_is_listed_for_nothing() {
        decode(settlement(0, 1).with_table_changes(vector[world::table_changes(@0x7, vector[])]));
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = settlement)]
    fun c18_there_are_not_too_many_tables() {
        let tables = vector[];
        for (i in 0..17) {
            let bytes = zeros(32);
            bytes[31] = (i as u8);
            tables.push_back(world::table_changes(aptos_std::from_bcs::to_address(bytes), vector[item(b"a")]));
        };
        decode(settlement(0, 1).with_table_changes(tables));
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = settlement)]
    fun c18_there_are_not_too_many_items() {
        let items = vector[];
        for (i in 0..1537) items.push_back(item(b"a"));
        decode(settlement(0, 1).with_table_changes(vector[world::table_changes(@0x7, items)]));
    }
}
