/// ECDSA signatures on secp256k1, from which the signer's public key is recovered.
module aptos_std::secp256k1 {
    use std::error;
    use std::option::{Self, Option};

    /// The bytes are not as many as a key or signature has.
    const E_DESERIALIZE: u64 = 1;

    const RAW_PUBLIC_KEY_NUM_BYTES: u64 = 64;
    const SIGNATURE_NUM_BYTES: u64 = 64;

    /// Both coordinates, without a prefix.
    struct ECDSARawPublicKey has copy, drop, store {
        bytes: vector<u8>
    }

    /// r and s, without the recovery id.
    struct ECDSASignature has copy, drop, store {
        bytes: vector<u8>
    }

    public fun ecdsa_signature_from_bytes(bytes: vector<u8>): ECDSASignature {
        assert!(bytes.length() == SIGNATURE_NUM_BYTES, error::invalid_argument(E_DESERIALIZE));
        ECDSASignature { bytes }
    }

    public fun ecdsa_raw_public_key_from_64_bytes(bytes: vector<u8>): ECDSARawPublicKey {
        assert!(bytes.length() == RAW_PUBLIC_KEY_NUM_BYTES, error::invalid_argument(E_DESERIALIZE));
        ECDSARawPublicKey { bytes }
    }

    public fun ecdsa_raw_public_key_to_bytes(pk: &ECDSARawPublicKey): vector<u8> {
        pk.bytes
    }

    public fun ecdsa_signature_to_bytes(sig: &ECDSASignature): vector<u8> {
        sig.bytes
    }

    /// `message` is a hash of 32 bytes; none if no key has made this signature of it.
    public fun ecdsa_recover(
        message: vector<u8>, recovery_id: u8, signature: &ECDSASignature
    ): Option<ECDSARawPublicKey> {
        let (bytes, success) = ecdsa_recover_internal(message, recovery_id, signature.bytes);
        if (success) option::some(ecdsa_raw_public_key_from_64_bytes(bytes)) else option::none()
    }

    native fun ecdsa_recover_internal(
        message: vector<u8>, recovery_id: u8, signature: vector<u8>
    ): (vector<u8>, bool);

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun knows_a_signatures_length() {
        ecdsa_signature_from_bytes(x"00");
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun knows_a_keys_length() {
        ecdsa_raw_public_key_from_64_bytes(x"00");
    }
}
