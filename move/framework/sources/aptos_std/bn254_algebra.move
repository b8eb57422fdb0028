/// Names of the groups and fields of BN254, and of their formats, for `crypto_algebra`.
module aptos_std::bn254_algebra {
    struct Fr {}

    /// 32 bytes, little endian.
    struct FormatFrLsb {}

    /// 32 bytes, big endian.
    struct FormatFrMsb {}

    struct Fq {}

    /// 32 bytes, little endian.
    struct FormatFqLsb {}

    /// 32 bytes, big endian.
    struct FormatFqMsb {}

    struct Fq12 {}

    /// 12 coefficients, the least significant first, little endian.
    struct FormatFq12LscLsb {}

    struct G1 {}

    /// 64 bytes.
    struct FormatG1Uncompr {}

    /// 32 bytes.
    struct FormatG1Compr {}

    struct G2 {}

    /// 128 bytes.
    struct FormatG2Uncompr {}

    /// 64 bytes.
    struct FormatG2Compr {}

    struct Gt {}

    /// As an element of `Fq12`: 384 bytes.
    struct FormatGt {}
}
