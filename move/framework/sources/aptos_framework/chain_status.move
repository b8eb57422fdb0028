/// Whether the chain is still being made, or runs.
module aptos_framework::chain_status {
    use std::error;
    use aptos_framework::system_addresses;

    friend aptos_framework::genesis;

    /// The chain is still being made.
    const ENOT_OPERATING: u64 = 1;
    /// The chain runs already.
    const ENOT_GENESIS: u64 = 2;

    struct GenesisEndMarker has key {}

    public(friend) fun set_genesis_end(aptos_framework: &signer) {
        system_addresses::assert_aptos_framework(aptos_framework);
        move_to(aptos_framework, GenesisEndMarker {});
    }

    #[view]
    public fun is_genesis(): bool {
        !exists<GenesisEndMarker>(@aptos_framework)
    }

    #[view]
    public fun is_operating(): bool {
        exists<GenesisEndMarker>(@aptos_framework)
    }

    public fun assert_operating() {
        assert!(is_operating(), error::invalid_state(ENOT_OPERATING));
    }

    public fun assert_genesis() {
        assert!(is_genesis(), error::invalid_state(ENOT_GENESIS));
    }

    #[test(framework = @0x1)]
    fun begins_once(framework: &signer) {
        assert_genesis();
        set_genesis_end(framework);
        assert_operating();
        assert!(!is_genesis(), 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x30001, location = Self)]
    fun does_not_run_before() {
        assert_operating();
    }
}
