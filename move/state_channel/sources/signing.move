/// What a node's signature stands for ([S1], [S2] of docs/protocol.md), and how it is checked.
module rooch::signing {
    use std::bcs;
    use std::hash;
    use aptos_framework::chain_id;
    use aptos_std::ed25519;

    friend rooch::channel;

    const PREFIX: vector<u8> = b"STRAIT::";
    const SIGNATURE_LENGTH: u64 = 64;

    /// The 113 bytes that a node signs. `term` is 0 where the statement outlives a term.
    public fun message(domain: vector<u8>, channel_id: u64, term: u64, digest: vector<u8>): vector<u8> {
        let name = PREFIX;
        name.append(domain);
        let message = hash::sha3_256(name);
        message.push_back(chain_id::get());
        message.append(bcs::to_bytes(&@rooch));
        message.append(bcs::to_bytes(&channel_id));
        message.append(bcs::to_bytes(&term));
        message.append(digest);
        message
    }

    /// Whether `signature` is the node key's over that message. A signature of the wrong length is none.
    public(friend) fun is_signed(node_key: vector<u8>, signature: vector<u8>, message: vector<u8>): bool {
        signature.length() == SIGNATURE_LENGTH
            && ed25519::signature_verify_strict(
                &ed25519::new_signature_from_bytes(signature),
                &ed25519::new_unvalidated_public_key_from_bytes(node_key),
                message
            )
    }
}
