/// ElGamal encryption of numbers on Ristretto: `(v * G + r * Y, r * G)` for the public key `Y`. Ciphertexts add like what they hide.
module aptos_std::ristretto255_elgamal {
    use std::option::{Self, Option};
    use aptos_std::ristretto255::{Self, CompressedRistretto, RistrettoPoint, Scalar};

    struct Ciphertext has drop {
        left: RistrettoPoint,
        right: RistrettoPoint
    }

    struct CompressedCiphertext has copy, drop, store {
        left: CompressedRistretto,
        right: CompressedRistretto
    }

    struct CompressedPubkey has copy, drop, store {
        point: CompressedRistretto
    }

    public fun new_pubkey_from_bytes(bytes: vector<u8>): Option<CompressedPubkey> {
        let point = ristretto255::new_compressed_point_from_bytes(bytes);
        if (point.is_some()) option::some(CompressedPubkey { point: point.destroy_some() }) else option::none()
    }

    public fun pubkey_to_bytes(pubkey: &CompressedPubkey): vector<u8> {
        ristretto255::compressed_point_to_bytes(pubkey.point)
    }

    public fun pubkey_to_point(pubkey: &CompressedPubkey): RistrettoPoint {
        ristretto255::point_decompress(&pubkey.point)
    }

    public fun pubkey_to_compressed_point(pubkey: &CompressedPubkey): CompressedRistretto {
        pubkey.point
    }

    /// Both points, one after the other.
    public fun new_ciphertext_from_bytes(bytes: vector<u8>): Option<Ciphertext> {
        if (bytes.length() != 64) return option::none();
        let right_bytes = bytes.trim(32);
        let left = ristretto255::new_point_from_bytes(bytes);
        let right = ristretto255::new_point_from_bytes(right_bytes);
        if (left.is_none() || right.is_none()) return option::none();
        option::some(Ciphertext { left: left.destroy_some(), right: right.destroy_some() })
    }

    /// For anybody to read.
    public fun new_ciphertext_no_randomness(val: &Scalar): Ciphertext {
        Ciphertext { left: ristretto255::basepoint_mul(val), right: ristretto255::point_identity() }
    }

    public fun ciphertext_from_points(left: RistrettoPoint, right: RistrettoPoint): Ciphertext {
        Ciphertext { left, right }
    }

    public fun ciphertext_from_compressed_points(
        left: CompressedRistretto, right: CompressedRistretto
    ): CompressedCiphertext {
        CompressedCiphertext { left, right }
    }

    public fun ciphertext_to_bytes(ct: &Ciphertext): vector<u8> {
        let bytes = ristretto255::point_to_bytes(&ristretto255::point_compress(&ct.left));
        bytes.append(ristretto255::point_to_bytes(&ristretto255::point_compress(&ct.right)));
        bytes
    }

    public fun ciphertext_into_points(c: Ciphertext): (RistrettoPoint, RistrettoPoint) {
        let Ciphertext { left, right } = c;
        (left, right)
    }

    public fun ciphertext_as_points(c: &Ciphertext): (&RistrettoPoint, &RistrettoPoint) {
        (&c.left, &c.right)
    }

    public fun compress_ciphertext(ct: &Ciphertext): CompressedCiphertext {
        CompressedCiphertext {
            left: ristretto255::point_compress(&ct.left),
            right: ristretto255::point_compress(&ct.right)
        }
    }

    public fun decompress_ciphertext(ct: &CompressedCiphertext): Ciphertext {
        Ciphertext {
            left: ristretto255::point_decompress(&ct.left),
            right: ristretto255::point_decompress(&ct.right)
        }
    }

    public fun ciphertext_add(lhs: &Ciphertext, rhs: &Ciphertext): Ciphertext {
        Ciphertext {
            left: ristretto255::point_add(&lhs.left, &rhs.left),
            right: ristretto255::point_add(&lhs.right, &rhs.right)
        }
    }

    public fun ciphertext_add_assign(lhs: &mut Ciphertext, rhs: &Ciphertext) {
        ristretto255::point_add_assign(&mut lhs.left, &rhs.left);
        ristretto255::point_add_assign(&mut lhs.right, &rhs.right);
    }

    public fun ciphertext_sub(lhs: &Ciphertext, rhs: &Ciphertext): Ciphertext {
        Ciphertext {
            left: ristretto255::point_sub(&lhs.left, &rhs.left),
            right: ristretto255::point_sub(&lhs.right, &rhs.right)
        }
    }

    public fun ciphertext_sub_assign(lhs: &mut Ciphertext, rhs: &Ciphertext) {
        ristretto255::point_sub_assign(&mut lhs.left, &rhs.left);
        ristretto255::point_sub_assign(&mut lhs.right, &rhs.right);
    }

    public fun ciphertext_clone(c: &Ciphertext): Ciphertext {
        Ciphertext { left: ristretto255::point_clone(&c.left), right: ristretto255::point_clone(&c.right) }
    }

    public fun ciphertext_equals(lhs: &Ciphertext, rhs: &Ciphertext): bool {
        ristretto255::point_equals(&lhs.left, &rhs.left) && ristretto255::point_equals(&lhs.right, &rhs.right)
    }

    public fun get_value_component(ct: &Ciphertext): &RistrettoPoint {
        &ct.left
    }

    #[test]
    fun adds_what_it_hides() {
        let five = new_ciphertext_no_randomness(&ristretto255::new_scalar_from_u8(5));
        let two = new_ciphertext_no_randomness(&ristretto255::new_scalar_from_u8(2));
        let sum = ciphertext_add(&five, &two);
        ciphertext_sub_assign(&mut sum, &five);
        assert!(ciphertext_equals(&sum, &two) && !ciphertext_equals(&sum, &five), 0);
        let again = new_ciphertext_from_bytes(ciphertext_to_bytes(&five)).destroy_some();
        assert!(ciphertext_equals(&again, &decompress_ciphertext(&compress_ciphertext(&five))), 1);
    }
}
