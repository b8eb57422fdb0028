/// Pedersen commitments on Ristretto: `v * G + r * H` hides `v`, and its maker cannot open it to another value.
module aptos_std::ristretto255_pedersen {
    use std::option::{Self, Option};
    use aptos_std::ristretto255::{Self, CompressedRistretto, RistrettoPoint, Scalar};

    struct Commitment has drop {
        point: RistrettoPoint
    }

    public fun new_commitment_from_bytes(bytes: vector<u8>): Option<Commitment> {
        let point = ristretto255::new_point_from_bytes(bytes);
        if (point.is_some()) option::some(Commitment { point: point.destroy_some() })
        else {
            point.destroy_none();
            option::none()
        }
    }

    public fun commitment_to_bytes(comm: &Commitment): vector<u8> {
        ristretto255::point_to_bytes(&ristretto255::point_compress(&comm.point))
    }

    public fun commitment_from_point(point: RistrettoPoint): Commitment {
        Commitment { point }
    }

    public fun commitment_from_compressed(point: &CompressedRistretto): Commitment {
        Commitment { point: ristretto255::point_decompress(point) }
    }

    public fun new_commitment(
        v: &Scalar, val_base: &RistrettoPoint, r: &Scalar, rand_base: &RistrettoPoint
    ): Commitment {
        Commitment { point: ristretto255::double_scalar_mul(v, val_base, r, rand_base) }
    }

    public fun new_commitment_with_basepoint(v: &Scalar, r: &Scalar, rand_base: &RistrettoPoint): Commitment {
        Commitment { point: ristretto255::basepoint_double_mul(r, rand_base, v) }
    }

    public fun new_commitment_for_bulletproof(v: &Scalar, r: &Scalar): Commitment {
        new_commitment_with_basepoint(v, r, &randomness_base_for_bulletproof())
    }

    public fun commitment_add(lhs: &Commitment, rhs: &Commitment): Commitment {
        Commitment { point: ristretto255::point_add(&lhs.point, &rhs.point) }
    }

    public fun commitment_add_assign(lhs: &mut Commitment, rhs: &Commitment) {
        ristretto255::point_add_assign(&mut lhs.point, &rhs.point);
    }

    public fun commitment_sub(lhs: &Commitment, rhs: &Commitment): Commitment {
        Commitment { point: ristretto255::point_sub(&lhs.point, &rhs.point) }
    }

    public fun commitment_sub_assign(lhs: &mut Commitment, rhs: &Commitment) {
        ristretto255::point_sub_assign(&mut lhs.point, &rhs.point);
    }

    public fun commitment_clone(c: &Commitment): Commitment {
        Commitment { point: ristretto255::point_clone(&c.point) }
    }

    public fun commitment_equals(lhs: &Commitment, rhs: &Commitment): bool {
        ristretto255::point_equals(&lhs.point, &rhs.point)
    }

    public fun commitment_as_point(c: &Commitment): &RistrettoPoint {
        &c.point
    }

    public fun commitment_as_compressed_point(c: &Commitment): CompressedRistretto {
        ristretto255::point_compress(&c.point)
    }

    public fun commitment_into_point(c: Commitment): RistrettoPoint {
        let Commitment { point } = c;
        point
    }

    public fun commitment_into_compressed_point(c: Commitment): CompressedRistretto {
        ristretto255::point_compress(&c.point)
    }

    public fun randomness_base_for_bulletproof(): RistrettoPoint {
        ristretto255::hash_to_point_base()
    }

    #[test_only]
    fun one(v: u64, r: u64): Commitment {
        new_commitment_for_bulletproof(&ristretto255::new_scalar_from_u64(v), &ristretto255::new_scalar_from_u64(r))
    }

    #[test]
    fun adds_what_it_hides() {
        let sum = commitment_add(&one(2, 10), &one(3, 20));
        assert!(commitment_equals(&sum, &one(5, 30)) && !commitment_equals(&sum, &one(5, 31)), 0);
        commitment_sub_assign(&mut sum, &one(5, 0));
        assert!(commitment_equals(&sum, &one(0, 30)), 1);
        let again = new_commitment_from_bytes(commitment_to_bytes(&sum)).destroy_some();
        assert!(commitment_equals(&again, &commitment_clone(&sum)), 2);
    }
}
