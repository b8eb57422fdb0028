/// Ed25519 signatures, checked strictly: no small-order keys, no second form of a signature.
module aptos_std::ed25519 {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::option::{Self, Option};
    use std::vector;
    use aptos_std::type_info::{Self, TypeInfo};

    /// A public key has 32 bytes.
    const E_WRONG_PUBKEY_SIZE: u64 = 1;
    /// A signature has 64 bytes.
    const E_WRONG_SIGNATURE_SIZE: u64 = 2;

    const PUBLIC_KEY_NUM_BYTES: u64 = 32;
    const SIGNATURE_NUM_BYTES: u64 = 64;
    /// Follows the public key in what an authentication key hashes.
    const SIGNATURE_SCHEME_ID: u8 = 0;

    /// What `signature_verify_strict_t` says was signed: the value and its type, so that no value can pass for another type's.
    struct SignedMessage<MessageType> has drop {
        type_info: TypeInfo,
        inner: MessageType
    }

    /// Bytes of the right length; verification checks the rest.
    struct UnvalidatedPublicKey has copy, drop, store {
        bytes: vector<u8>
    }

    /// A point on the curve, and not of small order.
    struct ValidatedPublicKey has copy, drop, store {
        bytes: vector<u8>
    }

    struct Signature has copy, drop, store {
        bytes: vector<u8>
    }

    public fun new_unvalidated_public_key_from_bytes(bytes: vector<u8>): UnvalidatedPublicKey {
        assert!(vector::length(&bytes) == PUBLIC_KEY_NUM_BYTES, error::invalid_argument(E_WRONG_PUBKEY_SIZE));
        UnvalidatedPublicKey { bytes }
    }

    public fun new_validated_public_key_from_bytes(bytes: vector<u8>): Option<ValidatedPublicKey> {
        if (public_key_validate_internal(bytes)) option::some(ValidatedPublicKey { bytes }) else option::none()
    }

    public fun new_signature_from_bytes(bytes: vector<u8>): Signature {
        assert!(vector::length(&bytes) == SIGNATURE_NUM_BYTES, error::invalid_argument(E_WRONG_SIGNATURE_SIZE));
        Signature { bytes }
    }

    public fun public_key_to_unvalidated(pk: &ValidatedPublicKey): UnvalidatedPublicKey {
        UnvalidatedPublicKey { bytes: pk.bytes }
    }

    public fun public_key_into_unvalidated(pk: ValidatedPublicKey): UnvalidatedPublicKey {
        let ValidatedPublicKey { bytes } = pk;
        UnvalidatedPublicKey { bytes }
    }

    public fun unvalidated_public_key_to_bytes(pk: &UnvalidatedPublicKey): vector<u8> {
        pk.bytes
    }

    public fun validated_public_key_to_bytes(pk: &ValidatedPublicKey): vector<u8> {
        pk.bytes
    }

    public fun signature_to_bytes(sig: &Signature): vector<u8> {
        sig.bytes
    }

    public fun public_key_validate(pk: &UnvalidatedPublicKey): Option<ValidatedPublicKey> {
        new_validated_public_key_from_bytes(pk.bytes)
    }

    public fun signature_verify_strict(
        signature: &Signature, public_key: &UnvalidatedPublicKey, message: vector<u8>
    ): bool {
        signature_verify_strict_internal(signature.bytes, public_key.bytes, message)
    }

    /// Whether `data`, with its type, was signed: the message is the encoding of a `SignedMessage`.
    public fun signature_verify_strict_t<T: drop>(
        signature: &Signature, public_key: &UnvalidatedPublicKey, data: T
    ): bool {
        signature_verify_strict_internal(
            signature.bytes, public_key.bytes, bcs::to_bytes(&new_signed_message(data))
        )
    }

    public fun new_signed_message<T: drop>(data: T): SignedMessage<T> {
        SignedMessage { type_info: type_info::type_of<T>(), inner: data }
    }

    public fun unvalidated_public_key_to_authentication_key(pk: &UnvalidatedPublicKey): vector<u8> {
        authentication_key(pk.bytes)
    }

    public fun validated_public_key_to_authentication_key(pk: &ValidatedPublicKey): vector<u8> {
        authentication_key(pk.bytes)
    }

    fun authentication_key(bytes: vector<u8>): vector<u8> {
        vector::push_back(&mut bytes, SIGNATURE_SCHEME_ID);
        hash::sha3_256(bytes)
    }

    native fun public_key_validate_internal(bytes: vector<u8>): bool;

    native fun signature_verify_strict_internal(
        signature: vector<u8>, public_key: vector<u8>, message: vector<u8>
    ): bool;

    // RFC 8032, section 7.1, test 2.
    #[test_only]
    const TEST_PUBLIC_KEY: vector<u8> = x"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    #[test_only]
    const TEST_SIGNATURE: vector<u8> = x"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

    #[test]
    fun verifies_the_published_vector() {
        let key = new_unvalidated_public_key_from_bytes(TEST_PUBLIC_KEY);
        let signature = new_signature_from_bytes(TEST_SIGNATURE);
        assert!(signature_verify_strict(&signature, &key, x"72"), 0);
        assert!(!signature_verify_strict(&signature, &key, x"73"), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun knows_a_keys_length() {
        new_unvalidated_public_key_from_bytes(x"00");
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun knows_a_signatures_length() {
        new_signature_from_bytes(TEST_PUBLIC_KEY);
    }
}
