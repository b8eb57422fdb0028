/// The prime-order group on Curve25519 (Ristretto) and its scalars.
module aptos_std::ristretto255 {
    use std::error;
    use std::option::{Self, Option};

    /// As many scalars as points are needed.
    const E_DIFFERENT_NUM_POINTS_AND_SCALARS: u64 = 1;
    /// There must be one point at least.
    const E_ZERO_POINTS: u64 = 2;
    /// There must be one scalar at least.
    const E_ZERO_SCALARS: u64 = 3;

    const BASE_POINT: vector<u8> = x"e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";
    /// The base point's hash to the group: nobody knows how many times the base point it is.
    const HASH_BASE_POINT: vector<u8> = x"8c9240b456a9e6dc65c377a1048d745f94a08cdb7f44cbcd7b46f34048871134";
    const ZERO: vector<u8> = x"0000000000000000000000000000000000000000000000000000000000000000";
    const ONE: vector<u8> = x"0100000000000000000000000000000000000000000000000000000000000000";

    /// 32 bytes, little endian, below the group's order.
    struct Scalar has copy, drop, store {
        data: vector<u8>
    }

    /// 32 bytes.
    struct CompressedRistretto has copy, drop, store {
        data: vector<u8>
    }

    /// A point that the VM keeps for the length of the transaction.
    struct RistrettoPoint has drop {
        handle: u64
    }

    public fun point_identity_compressed(): CompressedRistretto {
        CompressedRistretto { data: ZERO }
    }

    public fun point_identity(): RistrettoPoint {
        RistrettoPoint { handle: point_identity_internal() }
    }

    public fun basepoint_compressed(): CompressedRistretto {
        CompressedRistretto { data: BASE_POINT }
    }

    public fun basepoint(): RistrettoPoint {
        decompress(BASE_POINT)
    }

    public fun hash_to_point_base(): RistrettoPoint {
        decompress(HASH_BASE_POINT)
    }

    public fun basepoint_H_compressed(): CompressedRistretto {
        CompressedRistretto { data: HASH_BASE_POINT }
    }

    public fun basepoint_H(): RistrettoPoint {
        hash_to_point_base()
    }

    public fun basepoint_mul(a: &Scalar): RistrettoPoint {
        RistrettoPoint { handle: basepoint_mul_internal(a.data) }
    }

    /// None unless the bytes are a point's only encoding.
    public fun new_compressed_point_from_bytes(bytes: vector<u8>): Option<CompressedRistretto> {
        if (point_is_canonical_internal(bytes)) option::some(CompressedRistretto { data: bytes }) else option::none()
    }

    public fun new_point_from_bytes(bytes: vector<u8>): Option<RistrettoPoint> {
        let (handle, is_canonical) = point_decompress_internal(bytes);
        if (is_canonical) option::some(RistrettoPoint { handle }) else option::none()
    }

    public fun compressed_point_to_bytes(point: CompressedRistretto): vector<u8> {
        point.data
    }

    /// The older name of `new_point_from_sha2_512`.
    public fun new_point_from_sha512(sha2_512_input: vector<u8>): RistrettoPoint {
        new_point_from_sha2_512(sha2_512_input)
    }

    public fun new_point_from_sha2_512(sha2_512_input: vector<u8>): RistrettoPoint {
        RistrettoPoint { handle: new_point_from_sha512_internal(sha2_512_input) }
    }

    public fun new_point_from_64_uniform_bytes(bytes: vector<u8>): Option<RistrettoPoint> {
        if (bytes.length() != 64) return option::none();
        option::some(RistrettoPoint { handle: new_point_from_64_uniform_bytes_internal(bytes) })
    }

    public fun point_decompress(point: &CompressedRistretto): RistrettoPoint {
        decompress(point.data)
    }

    public fun point_clone(point: &RistrettoPoint): RistrettoPoint {
        RistrettoPoint { handle: point_clone_internal(point.handle) }
    }

    public fun point_compress(point: &RistrettoPoint): CompressedRistretto {
        CompressedRistretto { data: point_compress_internal(point) }
    }

    public fun point_to_bytes(point: &CompressedRistretto): vector<u8> {
        point.data
    }

    public fun points_to_bytes(points: &vector<RistrettoPoint>): vector<vector<u8>> {
        points.map_ref(|point| point_compress_internal(point))
    }

    public fun compressed_point_equals(self: &CompressedRistretto, b: &CompressedRistretto): bool {
        self.data == b.data
    }

    public fun is_identity(self: &CompressedRistretto): bool {
        self.data == ZERO
    }

    public fun point_mul(point: &RistrettoPoint, a: &Scalar): RistrettoPoint {
        RistrettoPoint { handle: point_mul_internal(point, a.data, false) }
    }

    public fun point_mul_assign(point: &mut RistrettoPoint, a: &Scalar): &mut RistrettoPoint {
        point_mul_internal(point, a.data, true);
        point
    }

    /// `a * A + b * B` with the base point B.
    public fun basepoint_double_mul(a: &Scalar, some_point: &RistrettoPoint, b: &Scalar): RistrettoPoint {
        RistrettoPoint { handle: basepoint_double_mul_internal(a.data, some_point, b.data) }
    }

    public fun point_add(a: &RistrettoPoint, b: &RistrettoPoint): RistrettoPoint {
        RistrettoPoint { handle: point_add_internal(a, b, false) }
    }

    public fun point_add_assign(a: &mut RistrettoPoint, b: &RistrettoPoint): &mut RistrettoPoint {
        point_add_internal(a, b, true);
        a
    }

    public fun point_sub(a: &RistrettoPoint, b: &RistrettoPoint): RistrettoPoint {
        RistrettoPoint { handle: point_sub_internal(a, b, false) }
    }

    public fun point_sub_assign(a: &mut RistrettoPoint, b: &RistrettoPoint): &mut RistrettoPoint {
        point_sub_internal(a, b, true);
        a
    }

    public fun point_neg(a: &RistrettoPoint): RistrettoPoint {
        RistrettoPoint { handle: point_neg_internal(a, false) }
    }

    public fun point_neg_assign(a: &mut RistrettoPoint): &mut RistrettoPoint {
        point_neg_internal(a, true);
        a
    }

    native public fun point_equals(g: &RistrettoPoint, h: &RistrettoPoint): bool;

    public fun double_scalar_mul(
        scalar1: &Scalar, point1: &RistrettoPoint, scalar2: &Scalar, point2: &RistrettoPoint
    ): RistrettoPoint {
        RistrettoPoint {
            handle: double_scalar_mul_internal(point1.handle, point2.handle, scalar1.data, scalar2.data)
        }
    }

    /// The sum of `scalars[i] * points[i]`.
    public fun multi_scalar_mul(points: &vector<RistrettoPoint>, scalars: &vector<Scalar>): RistrettoPoint {
        assert!(!points.is_empty(), error::invalid_argument(E_ZERO_POINTS));
        assert!(!scalars.is_empty(), error::invalid_argument(E_ZERO_SCALARS));
        assert!(
            points.length() == scalars.length(), error::invalid_argument(E_DIFFERENT_NUM_POINTS_AND_SCALARS)
        );
        RistrettoPoint { handle: multi_scalar_mul_internal<RistrettoPoint, Scalar>(points, scalars) }
    }

    /// None unless the number is below the group's order.
    public fun new_scalar_from_bytes(bytes: vector<u8>): Option<Scalar> {
        if (scalar_is_canonical_internal(bytes)) option::some(Scalar { data: bytes }) else option::none()
    }

    /// The older name of `new_scalar_from_sha2_512`.
    public fun new_scalar_from_sha512(sha2_512_input: vector<u8>): Scalar {
        new_scalar_from_sha2_512(sha2_512_input)
    }

    public fun new_scalar_from_sha2_512(sha2_512_input: vector<u8>): Scalar {
        Scalar { data: scalar_from_sha512_internal(sha2_512_input) }
    }

    public fun new_scalar_from_u8(byte: u8): Scalar {
        let data = ZERO;
        data[0] = byte;
        Scalar { data }
    }

    public fun new_scalar_from_u32(four_bytes: u32): Scalar {
        Scalar { data: scalar_from_u64_internal((four_bytes as u64)) }
    }

    public fun new_scalar_from_u64(eight_bytes: u64): Scalar {
        Scalar { data: scalar_from_u64_internal(eight_bytes) }
    }

    public fun new_scalar_from_u128(sixteen_bytes: u128): Scalar {
        Scalar { data: scalar_from_u128_internal(sixteen_bytes) }
    }

    /// The number modulo the group's order.
    public fun new_scalar_reduced_from_32_bytes(bytes: vector<u8>): Option<Scalar> {
        if (bytes.length() != 32) return option::none();
        option::some(Scalar { data: scalar_reduced_from_32_bytes_internal(bytes) })
    }

    /// The number modulo the group's order.
    public fun new_scalar_uniform_from_64_bytes(bytes: vector<u8>): Option<Scalar> {
        if (bytes.length() != 64) return option::none();
        option::some(Scalar { data: scalar_uniform_from_64_bytes_internal(bytes) })
    }

    public fun scalar_zero(): Scalar {
        Scalar { data: ZERO }
    }

    public fun scalar_is_zero(s: &Scalar): bool {
        s.data == ZERO
    }

    public fun scalar_one(): Scalar {
        Scalar { data: ONE }
    }

    public fun scalar_is_one(s: &Scalar): bool {
        s.data == ONE
    }

    public fun scalar_equals(lhs: &Scalar, rhs: &Scalar): bool {
        lhs.data == rhs.data
    }

    /// None if `s` is zero.
    public fun scalar_invert(s: &Scalar): Option<Scalar> {
        if (scalar_is_zero(s)) option::none() else option::some(Scalar { data: scalar_invert_internal(s.data) })
    }

    public fun scalar_mul(a: &Scalar, b: &Scalar): Scalar {
        Scalar { data: scalar_mul_internal(a.data, b.data) }
    }

    public fun scalar_mul_assign(a: &mut Scalar, b: &Scalar): &mut Scalar {
        a.data = scalar_mul_internal(a.data, b.data);
        a
    }

    public fun scalar_add(a: &Scalar, b: &Scalar): Scalar {
        Scalar { data: scalar_add_internal(a.data, b.data) }
    }

    public fun scalar_add_assign(a: &mut Scalar, b: &Scalar): &mut Scalar {
        a.data = scalar_add_internal(a.data, b.data);
        a
    }

    public fun scalar_sub(a: &Scalar, b: &Scalar): Scalar {
        Scalar { data: scalar_sub_internal(a.data, b.data) }
    }

    public fun scalar_sub_assign(a: &mut Scalar, b: &Scalar): &mut Scalar {
        a.data = scalar_sub_internal(a.data, b.data);
        a
    }

    public fun scalar_neg(a: &Scalar): Scalar {
        Scalar { data: scalar_neg_internal(a.data) }
    }

    public fun scalar_neg_assign(a: &mut Scalar): &mut Scalar {
        a.data = scalar_neg_internal(a.data);
        a
    }

    public fun scalar_to_bytes(s: &Scalar): vector<u8> {
        s.data
    }

    fun decompress(bytes: vector<u8>): RistrettoPoint {
        let (handle, _) = point_decompress_internal(bytes);
        RistrettoPoint { handle }
    }

    native fun new_point_from_sha512_internal(sha2_512_input: vector<u8>): u64;

    native fun new_point_from_64_uniform_bytes_internal(bytes: vector<u8>): u64;

    native fun point_is_canonical_internal(bytes: vector<u8>): bool;

    native fun point_identity_internal(): u64;

    native fun point_decompress_internal(maybe_non_canonical_bytes: vector<u8>): (u64, bool);

    native fun point_clone_internal(point_handle: u64): u64;

    native fun point_compress_internal(point: &RistrettoPoint): vector<u8>;

    /// Here and below, `in_place` changes the point (the first one) instead of making another.
    native fun point_mul_internal(point: &RistrettoPoint, a: vector<u8>, in_place: bool): u64;

    native fun basepoint_mul_internal(a: vector<u8>): u64;

    native fun basepoint_double_mul_internal(a: vector<u8>, some_point: &RistrettoPoint, b: vector<u8>): u64;

    native fun point_add_internal(a: &RistrettoPoint, b: &RistrettoPoint, in_place: bool): u64;

    native fun point_sub_internal(a: &RistrettoPoint, b: &RistrettoPoint, in_place: bool): u64;

    native fun point_neg_internal(a: &RistrettoPoint, in_place: bool): u64;

    native fun double_scalar_mul_internal(
        point1: u64, point2: u64, scalar1: vector<u8>, scalar2: vector<u8>
    ): u64;

    native fun multi_scalar_mul_internal<P, S>(points: &vector<P>, scalars: &vector<S>): u64;

    native fun scalar_is_canonical_internal(s: vector<u8>): bool;

    native fun scalar_from_u64_internal(num: u64): vector<u8>;

    native fun scalar_from_u128_internal(num: u128): vector<u8>;

    native fun scalar_reduced_from_32_bytes_internal(bytes: vector<u8>): vector<u8>;

    native fun scalar_uniform_from_64_bytes_internal(bytes: vector<u8>): vector<u8>;

    native fun scalar_invert_internal(bytes: vector<u8>): vector<u8>;

    native fun scalar_from_sha512_internal(sha2_512_input: vector<u8>): vector<u8>;

    native fun scalar_mul_internal(a_bytes: vector<u8>, b_bytes: vector<u8>): vector<u8>;

    native fun scalar_add_internal(a_bytes: vector<u8>, b_bytes: vector<u8>): vector<u8>;

    native fun scalar_sub_internal(a_bytes: vector<u8>, b_bytes: vector<u8>): vector<u8>;

    native fun scalar_neg_internal(a_bytes: vector<u8>): vector<u8>;

    #[test]
    fun has_a_group() {
        let b = basepoint();
        let twice = point_add(&b, &b);
        // RFC 9496, A.1.
        let expected = x"6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919";
        assert!(point_to_bytes(&point_compress(&twice)) == expected, 0);
        let two = new_scalar_from_u64(2);
        assert!(point_equals(&basepoint_mul(&two), &twice) && point_equals(&point_mul(&b, &two), &twice), 1);
        assert!(point_equals(&point_sub(&twice, &b), &b) && is_identity(&point_compress(&point_identity())), 2);
        point_neg_assign(&mut twice);
        assert!(point_equals(&point_add(&twice, &b), &point_neg(&b)), 3);
        let three = new_scalar_from_u8(3);
        let sum = multi_scalar_mul(&vector[basepoint(), basepoint()], &vector[two, three]);
        assert!(point_equals(&sum, &double_scalar_mul(&two, &b, &three, &b)), 4);
        assert!(point_equals(&sum, &basepoint_double_mul(&two, &b, &three)), 5);
        assert!(new_point_from_bytes(BASE_POINT).is_some() && new_point_from_bytes(ONE).is_none(), 6);
        assert!(new_compressed_point_from_bytes(ONE).is_none(), 7);
    }

    #[test]
    fun has_scalars() {
        let a = new_scalar_from_u128(1 << 100);
        let b = new_scalar_from_u32(12345);
        assert!(scalar_equals(&scalar_sub(&scalar_add(&a, &b), &a), &b), 0);
        assert!(scalar_is_one(&scalar_mul(&a, &scalar_invert(&a).destroy_some())), 1);
        assert!(scalar_invert(&scalar_zero()).is_none() && scalar_is_zero(&scalar_add(&a, &scalar_neg(&a))), 2);
        let order = x"edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
        assert!(new_scalar_from_bytes(order).is_none(), 3);
        assert!(scalar_is_zero(&new_scalar_reduced_from_32_bytes(order).destroy_some()), 4);
        scalar_mul_assign(&mut a, &scalar_one());
        assert!(new_scalar_from_bytes(scalar_to_bytes(&a)) == option::some(a), 5);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun multiplies_pairs() {
        multi_scalar_mul(&vector[basepoint()], &vector[scalar_one(), scalar_one()]);
    }
}
