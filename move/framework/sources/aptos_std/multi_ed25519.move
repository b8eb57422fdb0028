/// Ed25519 signatures by at least k of n keys.
module aptos_std::multi_ed25519 {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::option::{Self, Option};
    use aptos_std::ed25519;

    /// The bytes are not as many as some keys and a threshold have.
    const E_WRONG_PUBKEY_SIZE: u64 = 1;
    /// The bytes are not as many as some signatures and a bitmap have.
    const E_WRONG_SIGNATURE_SIZE: u64 = 2;

    const SIGNATURE_SCHEME_ID: u8 = 1;
    const KEY_NUM_BYTES: u64 = 32;
    const SIGNATURE_NUM_BYTES: u64 = 64;
    const THRESHOLD_NUM_BYTES: u64 = 1;
    const BITMAP_NUM_BYTES: u64 = 4;
    const MAX_NUMBER_OF_PUBLIC_KEYS: u64 = 32;

    /// The keys, one after the other, and the threshold.
    struct UnvalidatedPublicKey has copy, drop, store {
        bytes: vector<u8>
    }

    /// One whose keys and threshold were found good.
    struct ValidatedPublicKey has copy, drop, store {
        bytes: vector<u8>
    }

    /// The signatures, one after the other, and a bitmap of whose they are.
    struct Signature has copy, drop, store {
        bytes: vector<u8>
    }

    public fun new_unvalidated_public_key_from_bytes(bytes: vector<u8>): UnvalidatedPublicKey {
        let length = bytes.length();
        assert!(
            length / KEY_NUM_BYTES <= MAX_NUMBER_OF_PUBLIC_KEYS && length % KEY_NUM_BYTES == THRESHOLD_NUM_BYTES,
            error::invalid_argument(E_WRONG_PUBKEY_SIZE)
        );
        UnvalidatedPublicKey { bytes }
    }

    /// Does not look at the threshold: use the second version.
    public fun new_validated_public_key_from_bytes(bytes: vector<u8>): Option<ValidatedPublicKey> {
        if (bytes.length() % KEY_NUM_BYTES == THRESHOLD_NUM_BYTES && public_key_validate_internal(bytes)) {
            option::some(ValidatedPublicKey { bytes })
        } else option::none()
    }

    public fun new_validated_public_key_from_bytes_v2(bytes: vector<u8>): Option<ValidatedPublicKey> {
        if (public_key_validate_v2_internal(bytes)) option::some(ValidatedPublicKey { bytes }) else option::none()
    }

    public fun new_signature_from_bytes(bytes: vector<u8>): Signature {
        assert!(
            bytes.length() % SIGNATURE_NUM_BYTES == BITMAP_NUM_BYTES,
            error::invalid_argument(E_WRONG_SIGNATURE_SIZE)
        );
        Signature { bytes }
    }

    public fun public_key_to_unvalidated(pk: &ValidatedPublicKey): UnvalidatedPublicKey {
        UnvalidatedPublicKey { bytes: pk.bytes }
    }

    public fun public_key_into_unvalidated(pk: ValidatedPublicKey): UnvalidatedPublicKey {
        UnvalidatedPublicKey { bytes: pk.bytes }
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

    public fun public_key_validate_v2(pk: &UnvalidatedPublicKey): Option<ValidatedPublicKey> {
        new_validated_public_key_from_bytes_v2(pk.bytes)
    }

    public fun signature_verify_strict(
        multisignature: &Signature, public_key: &UnvalidatedPublicKey, message: vector<u8>
    ): bool {
        signature_verify_strict_internal(multisignature.bytes, public_key.bytes, message)
    }

    /// As wallets sign it: with the type's name.
    public fun signature_verify_strict_t<T: drop>(
        multisignature: &Signature, public_key: &UnvalidatedPublicKey, data: T
    ): bool {
        let message = ed25519::new_signed_message(data);
        signature_verify_strict_internal(multisignature.bytes, public_key.bytes, bcs::to_bytes(&message))
    }

    public fun unvalidated_public_key_to_authentication_key(pk: &UnvalidatedPublicKey): vector<u8> {
        authentication_key(pk.bytes)
    }

    public fun unvalidated_public_key_num_sub_pks(pk: &UnvalidatedPublicKey): u8 {
        ((pk.bytes.length() / KEY_NUM_BYTES) as u8)
    }

    public fun unvalidated_public_key_threshold(pk: &UnvalidatedPublicKey): Option<u8> {
        check_and_get_threshold(pk.bytes)
    }

    public fun validated_public_key_to_authentication_key(pk: &ValidatedPublicKey): vector<u8> {
        authentication_key(pk.bytes)
    }

    public fun validated_public_key_num_sub_pks(pk: &ValidatedPublicKey): u8 {
        ((pk.bytes.length() / KEY_NUM_BYTES) as u8)
    }

    public fun validated_public_key_threshold(pk: &ValidatedPublicKey): u8 {
        pk.bytes[pk.bytes.length() - 1]
    }

    /// None unless the bytes are 1 to 32 keys and a threshold that they can reach.
    public fun check_and_get_threshold(bytes: vector<u8>): Option<u8> {
        let length = bytes.length();
        let keys = length / KEY_NUM_BYTES;
        if (keys == 0 || keys > MAX_NUMBER_OF_PUBLIC_KEYS || length % KEY_NUM_BYTES != THRESHOLD_NUM_BYTES) {
            return option::none()
        };
        let threshold = bytes[length - 1];
        if (threshold == 0 || (threshold as u64) > keys) option::none() else option::some(threshold)
    }

    fun authentication_key(bytes: vector<u8>): vector<u8> {
        bytes.push_back(SIGNATURE_SCHEME_ID);
        hash::sha3_256(bytes)
    }

    native fun public_key_validate_internal(bytes: vector<u8>): bool;

    native fun public_key_validate_v2_internal(bytes: vector<u8>): bool;

    native fun signature_verify_strict_internal(
        multisignature: vector<u8>, public_key: vector<u8>, message: vector<u8>
    ): bool;

    #[test_only]
    /// So many times the published test key, and a threshold.
    fun keys(count: u64, threshold: u8): vector<u8> {
        let bytes = vector[];
        for (i in 0..count) bytes.append(x"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        bytes.push_back(threshold);
        bytes
    }

    #[test]
    fun knows_its_threshold() {
        assert!(check_and_get_threshold(keys(3, 2)) == option::some(2), 0);
        assert!(check_and_get_threshold(keys(3, 0)).is_none() && check_and_get_threshold(keys(3, 4)).is_none(), 1);
        assert!(check_and_get_threshold(keys(33, 1)).is_none() && check_and_get_threshold(keys(0, 1)).is_none(), 2);
        assert!(check_and_get_threshold(vector[]).is_none(), 3);
        let key = new_unvalidated_public_key_from_bytes(keys(3, 2));
        assert!(unvalidated_public_key_num_sub_pks(&key) == 3, 4);
        assert!(unvalidated_public_key_threshold(&key) == option::some(2), 5);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun has_at_most_32_keys() {
        new_unvalidated_public_key_from_bytes(keys(33, 1));
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun knows_a_signatures_length() {
        new_signature_from_bytes(x"00000000ff");
    }
}
