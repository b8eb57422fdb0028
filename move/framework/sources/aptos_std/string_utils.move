/// Values as text.
module aptos_std::string_utils {
    use std::string::String;

    /// There are more or fewer values than `{}` in the format.
    const EARGS_MISMATCH: u64 = 1;
    /// A brace in the format is neither `{}` nor doubled.
    const EINVALID_FORMAT: u64 = 2;
    /// A value that is only known when the block ends cannot be written.
    const EUNABLE_TO_FORMAT_DELAYED_FIELD: u64 = 3;

    /// The values of a format, one in the other; `NIL` is the innermost.
    struct Cons<T, N> has copy, drop, store {
        car: T,
        cdr: N
    }

    struct NIL has copy, drop, store {}

    /// `1`, `"text"`, `@0x1`, `0x0102` for bytes, `[ 1, 2 ]`, `Pair { left: 1, right: 2 }`, `Some(1)`: on one line.
    public fun to_string<T>(s: &T): String {
        native_format(s, false, false, true, false)
    }

    /// With addresses of 64 digits.
    public fun to_string_with_canonical_addresses<T>(s: &T): String {
        native_format(s, false, true, true, false)
    }

    /// The same as `to_string_with_canonical_addresses`: the name promises what Aptos does not do.
    public fun to_string_with_integer_types<T>(s: &T): String {
        native_format(s, false, true, true, false)
    }

    /// On many lines, with types.
    public fun debug_string<T>(s: &T): String {
        native_format(s, true, false, false, false)
    }

    /// `{}` in `fmt` stands for a value, `{{` and `}}` for braces.
    public fun format1<T0: drop>(fmt: &vector<u8>, a: T0): String {
        native_format_list(fmt, &cons(a, NIL {}))
    }

    public fun format2<T0: drop, T1: drop>(fmt: &vector<u8>, a: T0, b: T1): String {
        native_format_list(fmt, &cons(a, cons(b, NIL {})))
    }

    public fun format3<T0: drop, T1: drop, T2: drop>(fmt: &vector<u8>, a: T0, b: T1, c: T2): String {
        native_format_list(fmt, &cons(a, cons(b, cons(c, NIL {}))))
    }

    public fun format4<T0: drop, T1: drop, T2: drop, T3: drop>(
        fmt: &vector<u8>, a: T0, b: T1, c: T2, d: T3
    ): String {
        native_format_list(fmt, &cons(a, cons(b, cons(c, cons(d, NIL {})))))
    }

    inline fun cons<T, N>(car: T, cdr: N): Cons<T, N> {
        Cons { car, cdr }
    }

    native fun native_format<T>(
        s: &T, type_tag: bool, canonicalize: bool, single_line: bool, include_int_types: bool
    ): String;

    native fun native_format_list<T>(fmt: &vector<u8>, val: &T): String;

    #[test_only]
    use std::option;
    #[test_only]
    use std::string;

    #[test]
    fun writes_values() {
        assert!(to_string(&1) == string::utf8(b"1") && to_string(&false) == string::utf8(b"false"), 0);
        assert!(to_string(&vector[1, 2]) == string::utf8(b"[ 1, 2 ]"), 1);
        assert!(to_string(&x"0a0b") == string::utf8(b"0x0a0b") && to_string(&@0x1) == string::utf8(b"@0x1"), 2);
        assert!(to_string(&option::none<u64>()) == string::utf8(b"None"), 3);
        assert!(to_string(&option::some(1)) == string::utf8(b"Some(1)"), 4);
        let pair = Cons { car: string::utf8(b"one"), cdr: 2 };
        assert!(to_string(&pair) == string::utf8(b"Cons { car: \"one\", cdr: 2 }"), 5);
    }

    #[test]
    fun fills_formats() {
        assert!(format1(&b"{{{}}}", 1) == string::utf8(b"{1}"), 0);
        let text = format4(&b"{}{}-{}:{}", 1u8, true, string::utf8(b"x"), vector[2]);
        assert!(text == string::utf8(b"1true-\"x\":[ 2 ]"), 1);
    }

    #[test]
    #[expected_failure(abort_code = EARGS_MISMATCH)]
    fun has_as_many_values_as_places() {
        format2(&b"{}", 1, 2);
    }

    #[test]
    #[expected_failure(abort_code = EINVALID_FORMAT)]
    fun has_no_lone_brace() {
        format1(&b"{} {", 1);
    }
}
