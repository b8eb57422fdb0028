#[test_only]
/// Settlements that are as large as may be, and just beyond.
module rooch::settlement_limits_test {
    use std::bcs;
    use aptos_std::from_bcs;
    use rooch::settlement;
    use rooch::world::{Self, settlement};

    fun zeros(length: u64): vector<u8> {
        let bytes = vector[0u8];
        while (bytes.length() < length) { let again = bytes; bytes.append(again); };
        bytes.trim(length);
        bytes
    }

    fun numbered(n: u64): address {
        let bytes = bcs::to_bytes(&n);
        bytes.append(zeros(24));
        from_bcs::to_address(bytes)
    }

    fun name(n: u64): vector<u8> {
        let name = b"0x1::a::T";
        name.push_back(48 + (n as u8) / 10);
        name.push_back(48 + (n as u8) % 10);
        name
    }

    fun decode(data: vector<u8>) {
        settlement::decode(data);
    }

    fun with_value(length: u64): vector<u8> {
        settlement(0, 1).with_op(world::op_data(vector[zeros(length)], vector[], vector[])).bytes()
    }

    #[test]
    fun c18_262144_bytes() {
        let rest = with_value(20_000).length() - 20_000;
        let data = with_value(262_144 - rest);
        assert!(data.length() == 262_144);
        decode(data);
    }

    #[test]
    fun c18_64_accounts() {
        let accounts = vector[];
        for (i in 0..64) {
            let change = world::type_change(b"0x1::a::T", world::op_data(vector[b"value"], vector[], vector[]));
            accounts.push_back(world::account_changes(numbered(i), vector[change]));
        };
        decode(settlement(0, 1).with_change_sets(accounts).bytes());
    }

    #[test]
    fun c18_64_types() {
        let changes = vector[];
        for (i in 0..64) {
            changes.push_back(world::type_change(name(i), world::op_data(vector[b"value"], vector[], vector[])));
        };
        decode(settlement(0, 1).with_change_sets(vector[world::account_changes(@0xb0b, changes)]).bytes());
    }

    #[test]
    fun c18_50_leaving() {
        let leaving = vector[];
        for (i in 0..50) leaving.push_back(numbered(i));
        decode(settlement(0, 1).with_leaving(leaving).bytes());
    }

    fun with_items(counts: vector<u64>): vector<u8> {
        let item = world::item_change(b"key", world::op_data(vector[b"v"], vector[], vector[]));
        let tables = vector[];
        for (i in 0..counts.length()) {
            let items = vector[];
            for (j in 0..counts[i]) items.push_back(item);
            tables.push_back(world::table_changes(numbered(i), items));
        };
        settlement(0, 1).with_table_changes(tables).bytes()
    }

    #[test]
    fun c18_16_tables() {
        decode(with_items(vector[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]));
    }

    #[test]
    fun c18_1536_items() {
        decode(with_items(vector[1_000, 536]));
    }

    #[test]
    #[expected_failure(abort_code = 0x10020, location = settlement)]
    fun c18_no_1537_in_two_tables() {
        decode(with_items(vector[1_000, 537]));
    }

    #[test]
    fun c18_items_are_read_by_their_table() {
        let change = world::item_change(b"key", world::op_data(vector[b"v"], vector[], vector[]));
        let other = world::item_change(b"other", world::op_data(vector[], vector[], vector[true]));
        let data =
            settlement(0, 1).with_table_changes(
                vector[world::table_changes(@0x1, vector[change]), world::table_changes(@0x2, vector[other])]
            );
        let settlement = settlement::decode(data.bytes());
        let items = settlement.item_changes(@0x2);
        assert!(items.length() == 1 && items[0].item_key() == b"other" && items[0].item_op().is_delete());
        assert!(settlement.item_changes(@0x3).is_empty());
    }
}
