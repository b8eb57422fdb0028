#[test_only]
/// The forms that evidence has: BCS, proofs, transactions, results. What nodes make of them is in `rooch::vectors`.
module rooch::evidence_test {
    use std::bcs;
    use std::hash;
    use rooch::call;
    use rooch::codec;
    use rooch::result;
    use rooch::state_proof;

    const NOTHING: vector<u8> = x"0000000000000000000000000000000000000000000000000000000000000000";

    // ---- BCS

    #[test]
    fun c18_everything_is_read_as_it_was_written() {
        let bytes = x"07";
        bytes.append(bcs::to_bytes(&true));
        bytes.append(bcs::to_bytes(&false));
        bytes.append(bcs::to_bytes(&1_000_000u32));
        bytes.append(bcs::to_bytes(&1_000_000_000_000u64));
        bytes.append(bcs::to_bytes(&@0xb0b));
        bytes.append(bcs::to_bytes(&b"short"));
        let long = b"0123456789";
        for (i in 0..5) { let again = long; long.append(again); };
        bytes.append(bcs::to_bytes(&long));
        bytes.append(bcs::to_bytes(&vector[b"a", b"", long]));
        bytes.append(bcs::to_bytes(&b"text"));
        let reader = codec::new(bytes);
        assert!(reader.read_u8() == 7);
        assert!(reader.read_bool() && !reader.read_bool());
        assert!(reader.read_u32() == 1_000_000);
        assert!(reader.read_u64() == 1_000_000_000_000);
        assert!(reader.read_address() == @0xb0b);
        assert!(reader.read_bytes() == b"short");
        assert!(reader.read_bytes() == long);
        assert!(!reader.is_at_end());
        assert!(reader.read_byte_strings() == vector[b"a", b"", long]);
        assert!(reader.read_string().bytes() == &b"text");
        assert!(reader.is_at_end());
    }

    #[test]
    #[expected_failure(abort_code = 0x200c9, location = codec)]
    fun c18_a_byte_is_there() {
        codec::new(vector[]).read_u8();
    }

    #[test]
    #[expected_failure(abort_code = 0x200c9, location = codec)]
    fun c18_a_string_is_whole() {
        codec::new(x"0361").read_bytes();
    }

    #[test]
    #[expected_failure(abort_code = 0x100ca, location = codec)]
    fun c18_a_truth_value_is_0_or_1() {
        codec::new(x"02").read_bool();
    }

    #[test]
    #[expected_failure(abort_code = 0x100ca, location = codec)]
    fun c18_a_length_is_in_its_shortest_form() {
        codec::new(x"8000").read_length();
    }

    #[test]
    #[expected_failure(abort_code = 0x100ca, location = codec)]
    fun c18_a_length_is_below_2_to_the_32() {
        codec::new(x"ffffffff1f").read_length();
    }

    #[test]
    #[expected_failure(abort_code = 0x100ca, location = codec)]
    fun c18_a_length_ends() {
        codec::new(x"ffffffffff01").read_length();
    }

    #[test]
    fun c18_the_longest_length_is_read() {
        assert!(codec::new(x"ffffffff0f").read_length() == 4_294_967_295);
    }

    // ---- Proofs

    #[test]
    fun c53_a_state_of_one_value_is_its_leaf() {
        let preimage = x"00";
        preimage.append(hash::sha3_256(b"key"));
        preimage.append(hash::sha3_256(b"value"));
        assert!(state_proof::root_with(b"key", b"value", &vector[]) == hash::sha3_256(preimage));
        assert!(state_proof::root_without(b"key", &vector[], &vector[]) == NOTHING);
    }

    #[test]
    #[expected_failure(abort_code = 0x10084, location = state_proof)]
    fun c53_a_key_is_not_absent_for_its_own_leaf() {
        let other = vector[hash::sha3_256(b"key"), hash::sha3_256(b"value")];
        state_proof::root_without(b"key", &other, &vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10084, location = state_proof)]
    fun c53_nor_for_a_leaf_elsewhere() {
        // The paths of "key" and of this leaf part at the first bit.
        let elsewhere = hash::sha3_256(b"key");
        elsewhere[0] ^= 128;
        state_proof::root_without(b"key", &vector[elsewhere, NOTHING], &vector[NOTHING]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10083, location = state_proof)]
    fun c53_another_leaf_has_two_hashes() {
        state_proof::root_without(b"key", &vector[NOTHING], &vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10083, location = state_proof)]
    fun c53_of_32_bytes() {
        state_proof::root_without(b"key", &vector[NOTHING, x"00"], &vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10083, location = state_proof)]
    fun c53_so_have_the_hashes_beside_the_path() {
        state_proof::root_with(b"key", b"value", &vector[x"00"]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10083, location = state_proof)]
    fun c53_a_path_is_no_longer_than_a_hash() {
        let siblings = vector[];
        for (i in 0..257) siblings.push_back(NOTHING);
        state_proof::root_with(b"key", b"value", &siblings);
    }

    // ---- Results

    #[test]
    fun c53_results_are_in_the_order_of_their_keys() {
        let changes = vector[];
        result::insert_for_test(&mut changes, x"00bb", true, vector[b"b"]);
        result::insert_for_test(&mut changes, x"00aa", false, vector[b"a"]);
        result::insert_for_test(&mut changes, x"00bbcc", true, vector[]);
        assert!(result::keys_for_test(&changes) == vector[x"00aa", x"00bb", x"00bbcc"]);
    }

    #[test]
    fun c53_keys_of_tables_and_of_generic_types_are_read() {
        let bytes = bcs::to_bytes(&0u64);
        bytes.push_back(2);
        // 0xb0b's 0x1::m::S<vector<u64>, 0x1::m::T>, deleted.
        let resource = x"00";
        resource.append(bcs::to_bytes(&@0xb0b));
        resource.append(bcs::to_bytes(&@0x1));
        resource.append(x"016d0153020602");
        resource.push_back(7);
        resource.append(bcs::to_bytes(&@0x1));
        resource.append(x"016d015400");
        bytes.append(resource);
        bytes.append(x"0100");
        let item = x"01";
        item.append(bcs::to_bytes(&@0x7ab1e));
        item.append(x"026b31");
        bytes.append(item);
        bytes.append(x"00010176");
        let changes = result::decode_for_test(bytes);
        assert!(result::keys_for_test(&changes) == vector[resource, item]);
        assert!(result::digest_for_test(&changes) == hash::sha3_256(bytes));
    }

    #[test]
    #[expected_failure(abort_code = 0x100ad, location = result)]
    fun c53_there_are_two_kinds_of_keys() {
        result::decode_for_test(x"00000000000000000102");
    }

    #[test]
    #[expected_failure(abort_code = 0x100ad, location = result)]
    fun c53_a_result_ends_where_it_ends() {
        result::decode_for_test(x"00000000000000000000");
    }

    #[test]
    #[expected_failure(abort_code = 0x100ad, location = result)]
    fun c53_types_do_not_nest_for_ever() {
        let bytes = x"000000000000000001";
        bytes.append(x"00");
        bytes.append(bcs::to_bytes(&@0x1));
        bytes.append(bcs::to_bytes(&@0x1));
        bytes.append(x"016d015301");
        for (i in 0..32) bytes.push_back(6);
        result::decode_for_test(bytes);
    }

    #[test]
    #[expected_failure(abort_code = 0x100ad, location = result)]
    fun c53_there_are_so_many_kinds_of_types() {
        let bytes = x"000000000000000001";
        bytes.append(x"00");
        bytes.append(bcs::to_bytes(&@0x1));
        bytes.append(bcs::to_bytes(&@0x1));
        bytes.append(x"016d01530163");
        result::decode_for_test(bytes);
    }

    // ---- Transactions

    /// A member's call of 0x1::m::f<vector<u8>, 0x1::m::S>("x"), with that many type arguments.
    fun a_call(type_args: vector<u8>): vector<u8> {
        let bytes = x"00";
        bytes.append(NOTHING);
        bytes.append(bcs::to_bytes(&1u64));
        bytes.push_back(0);
        bytes.append(bcs::to_bytes(&@0x1));
        bytes.append(x"016d0166");
        bytes.append(type_args);
        bytes.append(x"010178");
        bytes.append(NOTHING);
        bytes.append(NOTHING);
        bytes
    }

    fun type_args(): vector<u8> {
        let bytes = x"02060107";
        bytes.append(bcs::to_bytes(&@0x1));
        bytes.append(x"016d015300");
        bytes
    }

    fun a_join(assets: vector<u8>): vector<u8> {
        let bytes = x"01";
        bytes.append(bcs::to_bytes(&@0xb0b));
        bytes.append(NOTHING);
        bytes.append(bcs::to_bytes(&1u64));
        bytes.append(assets);
        bytes
    }

    fun assets(): vector<u8> {
        let bytes = x"01";
        bytes.append(bcs::to_bytes(&@0x1));
        bytes.append(x"016d01530106020178");
        bytes
    }

    #[test]
    fun c53_all_kinds_of_transactions_are_passed_over() {
        let bytes = x"08";
        bytes.append(a_call(x"00"));
        bytes.append(a_call(type_args()));
        bytes.append(a_join(x"00"));
        bytes.append(a_join(assets()));
        bytes.push_back(2);
        bytes.append(bcs::to_bytes(&@0xb0b));
        bytes.append(bcs::to_bytes(&1u64));
        bytes.push_back(3);
        bytes.push_back(4);
        bytes.append(a_call(x"00"));
        let call = call::decode_for_test(bytes, 7);
        assert!(call.args_for_test() == vector[b"x"]);
    }

    #[test]
    #[expected_failure(abort_code = 0x100ac, location = call)]
    fun c53_a_call_with_type_arguments_is_not_replayed() {
        let bytes = x"01";
        bytes.append(a_call(type_args()));
        call::decode_for_test(bytes, 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x100ab, location = call)]
    fun c53_the_batch_has_that_many() {
        let bytes = x"01";
        bytes.append(a_call(x"00"));
        call::decode_for_test(bytes, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x100ab, location = call)]
    fun c53_there_are_five_kinds_of_transactions() {
        call::decode_for_test(x"020503", 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x100ab, location = call)]
    fun c53_and_three_kinds_of_actions() {
        let bytes = x"0200";
        bytes.append(NOTHING);
        bytes.append(bcs::to_bytes(&1u64));
        bytes.push_back(3);
        call::decode_for_test(bytes, 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x100ab, location = call)]
    fun c53_types_in_a_call_are_types() {
        let bytes = x"02";
        bytes.append(a_call(x"010b"));
        call::decode_for_test(bytes, 1);
    }
}
