/// Text in UTF-8. Every length and index counts bytes.
module std::string {
    use std::option::{Self, Option};
    use std::vector;

    /// The bytes are not UTF-8.
    const EINVALID_UTF8: u64 = 1;
    /// An index lies outside of the text or inside of a character.
    const EINVALID_INDEX: u64 = 2;

    struct String has copy, drop, store {
        bytes: vector<u8>
    }

    public fun utf8(bytes: vector<u8>): String {
        assert!(internal_check_utf8(&bytes), EINVALID_UTF8);
        String { bytes }
    }

    public fun try_utf8(bytes: vector<u8>): Option<String> {
        if (internal_check_utf8(&bytes)) option::some(String { bytes }) else option::none()
    }

    public fun bytes(self: &String): &vector<u8> {
        &self.bytes
    }

    public fun into_bytes(self: String): vector<u8> {
        let String { bytes } = self;
        bytes
    }

    public fun is_empty(self: &String): bool {
        vector::is_empty(&self.bytes)
    }

    public fun length(self: &String): u64 {
        vector::length(&self.bytes)
    }

    public fun append(self: &mut String, r: String) {
        let String { bytes } = r;
        vector::append(&mut self.bytes, bytes);
    }

    public fun append_utf8(self: &mut String, bytes: vector<u8>) {
        append(self, utf8(bytes));
    }

    /// Puts `o` before the character at `at`.
    public fun insert(self: &mut String, at: u64, o: String) {
        assert!(at <= length(self) && internal_is_char_boundary(&self.bytes, at), EINVALID_INDEX);
        let rest = vector::trim(&mut self.bytes, at);
        append(self, o);
        vector::append(&mut self.bytes, rest);
    }

    /// The characters in `[i, j)`.
    public fun sub_string(self: &String, i: u64, j: u64): String {
        assert!(
            i <= j && j <= length(self)
                && internal_is_char_boundary(&self.bytes, i)
                && internal_is_char_boundary(&self.bytes, j),
            EINVALID_INDEX
        );
        String { bytes: internal_sub_string(&self.bytes, i, j) }
    }

    /// Where `r` first stands in the text, or the text's length.
    public fun index_of(self: &String, r: &String): u64 {
        internal_index_of(&self.bytes, &r.bytes)
    }

    native public fun internal_check_utf8(v: &vector<u8>): bool;

    native fun internal_is_char_boundary(v: &vector<u8>, i: u64): bool;

    native fun internal_sub_string(v: &vector<u8>, i: u64, j: u64): vector<u8>;

    native fun internal_index_of(v: &vector<u8>, r: &vector<u8>): u64;

    #[test]
    fun joins_and_cuts() {
        let text = utf8(b"channel");
        append(&mut text, utf8(b"s"));
        append_utf8(&mut text, b"!");
        insert(&mut text, 0, utf8(b"two "));
        assert!(text == utf8(b"two channels!"), 0);
        assert!(sub_string(&text, 4, 8) == utf8(b"chan"), 1);
        assert!(index_of(&text, &utf8(b"nn")) == 7, 2);
        assert!(index_of(&text, &utf8(b"zz")) == length(&text), 3);
    }

    #[test]
    fun refuses_what_is_not_utf8() {
        assert!(option::is_none(&try_utf8(x"ff")), 0);
        assert!(option::is_some(&try_utf8(x"e282ac")), 1);
    }

    #[test]
    #[expected_failure(abort_code = EINVALID_UTF8)]
    fun aborts_on_a_lone_continuation_byte() {
        utf8(x"80");
    }

    #[test]
    #[expected_failure(abort_code = EINVALID_INDEX)]
    fun does_not_cut_through_a_character() {
        sub_string(&utf8(x"e282ac"), 0, 1);
    }
}
