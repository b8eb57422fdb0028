#[test_only]
/// Proofs, results and transactions at the limits of their forms.
module rooch::evidence_limits_test {
    use std::bcs;
    use std::hash;
    use rooch::call;
    use rooch::result;
    use rooch::state_proof;

    const NOTHING: vector<u8> = x"0000000000000000000000000000000000000000000000000000000000000000";

    // ---- Proofs

    /// The root by the rules, from the end of the path up: bit by bit.
    fun root(key: vector<u8>, end: vector<u8>, siblings: &vector<vector<u8>>): vector<u8> {
        let bits = vector[];
        let key_hash = hash::sha3_256(key);
        for (i in 0..32) {
            let byte = key_hash[i];
            let weight = 128u8;
            while (weight > 0) {
                bits.push_back(byte >= weight);
                if (byte >= weight) byte -= weight;
                weight /= 2;
            }
        };
        let node = end;
        let depth = siblings.length();
        while (depth > 0) {
            depth -= 1;
            let preimage = x"01";
            preimage.append(if (bits[depth]) siblings[depth] else node);
            preimage.append(if (bits[depth]) node else siblings[depth]);
            node = hash::sha3_256(preimage);
        };
        node
    }

    #[test]
    fun c53_a_path_as_long_as_a_hash() {
        let siblings = vector[];
        for (i in 0..256) siblings.push_back(hash::sha3_256(bcs::to_bytes(&i)));
        let leaf = x"00";
        leaf.append(hash::sha3_256(b"key"));
        leaf.append(hash::sha3_256(b"value"));
        assert!(state_proof::root_with(b"key", b"value", &siblings) == root(b"key", hash::sha3_256(leaf), &siblings));
        assert!(state_proof::root_without(b"key", &vector[], &siblings) == root(b"key", NOTHING, &siblings));
    }

    #[test]
    fun c53_another_leaf_may_part_from_the_path_where_the_proof_ends() {
        let other = hash::sha3_256(b"key");
        other[1] ^= 64;
        let siblings = vector[];
        for (i in 0..9) siblings.push_back(hash::sha3_256(bcs::to_bytes(&i)));
        let leaf = x"00";
        leaf.append(other);
        leaf.append(NOTHING);
        let expected = root(b"key", hash::sha3_256(leaf), &siblings);
        assert!(state_proof::root_without(b"key", &vector[other, NOTHING], &siblings) == expected);
    }

    #[test]
    #[expected_failure(abort_code = 0x10084, location = state_proof)]
    fun c53_but_not_before() {
        let other = hash::sha3_256(b"key");
        other[1] ^= 128;
        let siblings = vector[];
        for (i in 0..9) siblings.push_back(NOTHING);
        state_proof::root_without(b"key", &vector[other, NOTHING], &siblings);
    }

    #[test]
    #[expected_failure(abort_code = 0x10083, location = state_proof)]
    fun c53_the_other_key_has_32_bytes_too() {
        state_proof::root_without(b"key", &vector[x"00", NOTHING], &vector[]);
    }

    #[test]
    #[expected_failure(abort_code = 0x10083, location = state_proof)]
    fun c53_no_path_is_longer_where_another_leaf_is() {
        let siblings = vector[];
        for (i in 0..257) siblings.push_back(NOTHING);
        let other = hash::sha3_256(b"key");
        other[31] ^= 1;
        state_proof::root_without(b"key", &vector[other, NOTHING], &siblings);
    }

    // ---- Results

    #[test]
    fun c53_keys_are_ordered_by_their_bytes() {
        let changes = vector[];
        let keys = vector[x"02", x"0102", x"01", x"0200", x"01ff", x"0101ff"];
        for (i in 0..6) result::insert_for_test(&mut changes, keys[i], true, vector[]);
        assert!(result::keys_for_test(&changes) == vector[x"01", x"0101ff", x"0102", x"01ff", x"02", x"0200"]);
    }

    /// The digest of so many changes, with their number written like this.
    fun assert_digest(count: u64, prefix: vector<u8>) {
        let changes = vector[];
        let bytes = x"0000000000000000";
        bytes.append(prefix);
        for (i in 0..count) {
            let key = vector[((i / 256) as u8), ((i % 256) as u8)];
            result::insert_for_test(&mut changes, key, false, vector[b"v"]);
            bytes.append(key);
            bytes.append(x"00010176");
        };
        assert!(result::digest_for_test(&changes) == hash::sha3_256(bytes));
    }

    #[test]
    fun c53_more_changes_than_a_byte_counts() {
        assert_digest(127, x"7f");
        assert_digest(128, x"8001");
        assert_digest(254, x"fe01");
        assert_digest(256, x"8002");
        assert_digest(300, x"ac02");
    }

    /// A change of a resource whose type has this one type argument.
    fun of_type(type_arg: vector<u8>): vector<u8> {
        let bytes = x"000000000000000001";
        bytes.append(x"00");
        bytes.append(bcs::to_bytes(&@0x1));
        bytes.append(bcs::to_bytes(&@0x1));
        bytes.append(x"016d015301");
        bytes.append(type_arg);
        bytes.append(x"0000");
        bytes
    }

    fun vectors_in_each_other(count: u64): vector<u8> {
        let bytes = vector[];
        for (i in 0..count) bytes.push_back(6);
        bytes.push_back(1);
        bytes
    }

    fun structs_in_each_other(count: u64): vector<u8> {
        let bytes = vector[];
        for (i in 0..count) {
            bytes.push_back(7);
            bytes.append(bcs::to_bytes(&@0x1));
            bytes.append(x"016d015301");
        };
        bytes.push_back(1);
        bytes
    }

    #[test]
    fun c53_types_nest_up_to_16() {
        assert!(result::decode_for_test(of_type(vectors_in_each_other(15))).length() == 1);
        assert!(result::decode_for_test(of_type(structs_in_each_other(7))).length() == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x100ad, location = result)]
    fun c53_vectors_do_not_nest_deeper() {
        result::decode_for_test(of_type(vectors_in_each_other(16)));
    }

    #[test]
    #[expected_failure(abort_code = 0x100ad, location = result)]
    fun c53_nor_do_structs() {
        result::decode_for_test(of_type(structs_in_each_other(8)));
    }

    #[test]
    fun c53_the_last_kind_of_type() {
        assert!(result::decode_for_test(of_type(x"0a")).length() == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x100ad, location = result)]
    fun c53_there_is_no_kind_of_type_after_it() {
        result::decode_for_test(of_type(x"0b"));
    }

    // ---- Transactions

    /// A member's transaction: what it does, and a signature.
    fun a_transaction(action: vector<u8>): vector<u8> {
        let bytes = x"00";
        bytes.append(NOTHING);
        bytes.append(bcs::to_bytes(&1u64));
        bytes.append(action);
        bytes.append(NOTHING);
        bytes.append(NOTHING);
        bytes
    }

    fun a_call(type_arg: vector<u8>): vector<u8> {
        let bytes = x"00";
        bytes.append(bcs::to_bytes(&@0x1));
        bytes.append(x"016d016601");
        bytes.append(type_arg);
        bytes.append(x"00");
        bytes
    }

    #[test]
    fun c53_leaving_and_closing_are_passed_over_and_so_is_every_type() {
        let bytes = x"04";
        bytes.append(a_transaction(x"01"));
        bytes.append(a_transaction(x"02"));
        bytes.append(a_transaction(a_call(x"0a")));
        bytes.push_back(3);
        let call = call::decode_for_test(bytes, 3);
        assert!(call.args_for_test().is_empty());
    }
}
