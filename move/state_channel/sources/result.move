/// What a transaction of a channel did, as its digest binds it ([B7] of docs/protocol.md): the code that it aborted with, or what it changed.
module rooch::result {
    use std::bcs;
    use std::error;
    use std::hash;
    use rooch::codec::{Self, Reader};

    friend rooch::replay;

    /// The bytes are not the result of a transaction.
    const E_NOT_A_RESULT: u64 = 173;

    const RESOURCE: u8 = 0;
    const TABLE_ITEM: u8 = 1;
    /// Deeper type arguments than Move itself admits.
    const TYPE_DEPTH_MAX: u64 = 16;

    struct Change has copy, drop {
        /// The key in BCS.
        key: vector<u8>,
        was_there: bool,
        /// The value after it: none, or one.
        value: vector<vector<u8>>
    }

    /// In the order of the keys' bytes.
    public(friend) fun decode(bytes: vector<u8>): vector<Change> {
        let reader = codec::new(bytes);
        reader.read_u64();
        let changes = vector[];
        let count = reader.read_length();
        for (i in 0..count) {
            let key = read_state_key(&mut reader);
            let was_there = reader.read_bool();
            let value = vector[];
            if (reader.read_bool()) value.push_back(reader.read_bytes());
            changes.push_back(Change { key, was_there, value });
        };
        assert!(reader.is_at_end(), error::invalid_argument(E_NOT_A_RESULT));
        changes
    }

    /// Puts a change where its key belongs. There must be none of that key.
    public(friend) fun insert(
        changes: &mut vector<Change>, key: vector<u8>, was_there: bool, value: vector<vector<u8>>
    ) {
        let index = changes.length();
        while (index > 0 && is_less(&key, &changes[index - 1].key)) index -= 1;
        changes.insert(index, Change { key, was_there, value });
    }

    /// The digest of a result that is not an abort.
    public(friend) fun digest(changes: &vector<Change>): vector<u8> {
        let bytes = bcs::to_bytes(&0u64);
        // A change's parts in BCS follow each other as the channel writes them: its key is no byte string there but stands as it is.
        bytes.append(length_prefix(changes.length()));
        for (i in 0..changes.length()) {
            let change = &changes[i];
            bytes.append(change.key);
            bytes.push_back(if (change.was_there) 1 else 0);
            bytes.append(bcs::to_bytes(&change.value));
        };
        hash::sha3_256(bytes)
    }

    /// The digest of an abort.
    public(friend) fun abort_digest(code: u64): vector<u8> {
        let bytes = bcs::to_bytes(&code);
        bytes.push_back(0);
        hash::sha3_256(bytes)
    }

    public(friend) fun key(self: &Change): vector<u8> {
        self.key
    }

    public(friend) fun value(self: &Change): vector<vector<u8>> {
        self.value
    }

    fun read_state_key(reader: &mut Reader): vector<u8> {
        let kind = reader.read_u8();
        assert!(kind == RESOURCE || kind == TABLE_ITEM, error::invalid_argument(E_NOT_A_RESULT));
        let key = vector[kind];
        key.append(reader.read_32_bytes());
        if (kind == RESOURCE) read_struct_tag(reader, &mut key, 0)
        else key.append(codec::with_length(reader.read_bytes()));
        key
    }

    /// Reads a struct tag and appends its bytes.
    fun read_struct_tag(reader: &mut Reader, bytes: &mut vector<u8>, depth: u64) {
        bytes.append(reader.read_32_bytes());
        bytes.append(codec::with_length(reader.read_bytes()));
        bytes.append(codec::with_length(reader.read_bytes()));
        let count = reader.read_length();
        bytes.append(length_prefix(count));
        for (i in 0..count) read_type_tag(reader, bytes, depth + 1);
    }

    fun read_type_tag(reader: &mut Reader, bytes: &mut vector<u8>, depth: u64) {
        assert!((depth <= TYPE_DEPTH_MAX), error::invalid_argument(E_NOT_A_RESULT));
        let kind = reader.read_u8();
        assert!((kind <= 10), error::invalid_argument(E_NOT_A_RESULT));
        bytes.push_back(kind);
        if (kind == 6) read_type_tag(reader, bytes, depth + 1)
        else if (kind == 7) read_struct_tag(reader, bytes, depth + 1);
    }

    /// Of a vector in BCS.
    fun length_prefix(length: u64): vector<u8> {
        let bytes = vector[];
        while (length >= 128) {
            bytes.push_back(((length % 128 + 128) as u8));
            length /= 128;
        };
        bytes.push_back((length as u8));
        bytes
    }

    /// Whether `a` comes before `b`, byte by byte.
    fun is_less(a: &vector<u8>, b: &vector<u8>): bool {
        let shorter = if (a.length() < b.length()) a.length() else b.length();
        for (i in 0..shorter) {
            if (a[i] != b[i]) return a[i] < b[i]
        };
        a.length() < b.length()
    }

    // ---- For tests

    #[test_only]
    public fun decode_for_test(bytes: vector<u8>): vector<Change> {
        decode(bytes)
    }

    #[test_only]
    public fun insert_for_test(
        changes: &mut vector<Change>, key: vector<u8>, was_there: bool, value: vector<vector<u8>>
    ) {
        insert(changes, key, was_there, value);
    }

    #[test_only]
    public fun digest_for_test(changes: &vector<Change>): vector<u8> {
        digest(changes)
    }

    #[test_only]
    public fun keys_for_test(changes: &vector<Change>): vector<vector<u8>> {
        let keys = vector[];
        for (i in 0..changes.length()) keys.push_back(changes[i].key);
        keys
    }
}
