/// Names of the groups and fields of BLS12-381, and of their formats, for `crypto_algebra`.
module aptos_std::bls12381_algebra {
    struct Fq12 {}

    /// 12 coefficients, the least significant first, little endian.
    struct FormatFq12LscLsb {}

    struct G1 {}

    /// 96 bytes.
    struct FormatG1Uncompr {}

    /// 48 bytes.
    struct FormatG1Compr {}

    struct G2 {}

    /// 192 bytes.
    struct FormatG2Uncompr {}

    /// 96 bytes.
    struct FormatG2Compr {}

    struct Gt {}

    /// As an element of `Fq12`: 576 bytes.
    struct FormatGt {}

    struct Fr {}

    /// 32 bytes, little endian.
    struct FormatFrLsb {}

    /// 32 bytes, big endian.
    struct FormatFrMsb {}

    /// BLS12381G1_XMD:SHA-256_SSWU_RO_ of RFC 9380.
    struct HashG1XmdSha256SswuRo {}

    /// BLS12381G2_XMD:SHA-256_SSWU_RO_ of RFC 9380.
    struct HashG2XmdSha256SswuRo {}

    #[test_only]
    use aptos_std::crypto_algebra::{
        add, deserialize, double, eq, from_u64, hash_to, inv, mul, multi_scalar_mul, neg, one, order, pairing, scalar_mul, serialize, zero
    };

    #[test]
    fun has_a_group_and_its_field() {
        let g = one<G1>();
        let three = from_u64<Fr>(3);
        assert!(eq(&scalar_mul(&g, &three), &add(&g, &double(&g))), 0);
        assert!(eq(&add(&g, &neg(&g)), &zero<G1>()), 1);
        assert!(eq(&mul(&three, &inv(&three).destroy_some()), &one<Fr>()) && inv(&zero<Fr>()).is_none(), 2);
        let sum = multi_scalar_mul(&vector[g, double(&g)], &vector[three, three]);
        assert!(eq(&sum, &scalar_mul(&g, &from_u64<Fr>(9))), 3);
        let bytes = serialize<G1, FormatG1Compr>(&g);
        let generator =
            x"97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb";
        assert!(bytes == generator && eq(&deserialize<G1, FormatG1Compr>(&bytes).destroy_some(), &g), 4);
        assert!(order<Fr>() == x"01000000fffffffffe5bfeff02a4bd5305d8a10908d83933487d9d2953a7ed73", 5);
    }

    #[test]
    fun pairs() {
        let (p, q) = (one<G1>(), one<G2>());
        let (a, b) = (from_u64<Fr>(5), from_u64<Fr>(7));
        let left = pairing<G1, G2, Gt>(&scalar_mul(&p, &a), &scalar_mul(&q, &b));
        let right = scalar_mul(&pairing<G1, G2, Gt>(&p, &q), &from_u64<Fr>(35));
        assert!(eq(&left, &right) && !eq(&left, &one<Gt>()), 0);
    }

    #[test]
    fun hashes_the_published_vector() {
        // RFC 9380, J.9.1, the empty message.
        let point = hash_to<G1, HashG1XmdSha256SswuRo>(&b"QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_", &b"");
        let expected =
            x"052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a108ba738453bfed09cb546dbb0783dbb3a5f1f566ed67bb6be0e8c67e2e81a4cc68ee29813bb7994998f3eae0c9c6a265";
        assert!(serialize<G1, FormatG1Uncompr>(&point) == expected, 0);
    }
}
