/// Unforgeable tokens for features: the module that declares the feature's type hands out what its owner may do.
module aptos_std::capability {
    use std::error;
    use std::signer;

    /// The account has created the capability already.
    const ECAPABILITY_ALREADY_EXISTS: u64 = 1;
    /// The account neither owns the capability nor was given it.
    const ECAPABILITY_NOT_FOUND: u64 = 2;
    /// The delegation was revoked.
    const EDELEGATE: u64 = 3;

    struct Cap<phantom Feature> has copy, drop {
        root: address
    }

    /// One that cannot be copied.
    struct LinearCap<phantom Feature> has drop {
        root: address
    }

    struct CapState<phantom Feature> has key {
        delegates: vector<address>
    }

    struct CapDelegateState<phantom Feature> has key {
        root: address
    }

    public fun create<Feature>(owner: &signer, _feature_witness: &Feature) {
        let addr = signer::address_of(owner);
        assert!(!exists<CapState<Feature>>(addr), error::already_exists(ECAPABILITY_ALREADY_EXISTS));
        move_to(owner, CapState<Feature> { delegates: vector[] });
    }

    public fun acquire<Feature>(
        requester: &signer, _feature_witness: &Feature
    ): Cap<Feature> acquires CapState, CapDelegateState {
        Cap { root: root_of<Feature>(requester) }
    }

    public fun acquire_linear<Feature>(
        requester: &signer, _feature_witness: &Feature
    ): LinearCap<Feature> acquires CapState, CapDelegateState {
        LinearCap { root: root_of<Feature>(requester) }
    }

    public fun root_addr<Feature>(self: Cap<Feature>, _feature_witness: &Feature): address {
        self.root
    }

    public fun linear_root_addr<Feature>(self: LinearCap<Feature>, _feature_witness: &Feature): address {
        self.root
    }

    /// Lets `to` acquire the capability too. Nothing happens if it can already.
    public fun delegate<Feature>(
        self: Cap<Feature>, _feature_witness: &Feature, to: &signer
    ) acquires CapState {
        let addr = signer::address_of(to);
        if (exists<CapDelegateState<Feature>>(addr)) return;
        move_to(to, CapDelegateState<Feature> { root: self.root });
        let delegates = &mut borrow_global_mut<CapState<Feature>>(self.root).delegates;
        if (!delegates.contains(&addr)) delegates.push_back(addr);
    }

    public fun revoke<Feature>(
        self: Cap<Feature>, _feature_witness: &Feature, from: address
    ) acquires CapState, CapDelegateState {
        if (!exists<CapDelegateState<Feature>>(from)) return;
        let CapDelegateState { root: _ } = move_from<CapDelegateState<Feature>>(from);
        borrow_global_mut<CapState<Feature>>(self.root).delegates.remove_value(&from);
    }

    /// The owner of the capability that the account owns or was given.
    fun root_of<Feature>(requester: &signer): address acquires CapState, CapDelegateState {
        let addr = signer::address_of(requester);
        if (!exists<CapDelegateState<Feature>>(addr)) {
            assert!(exists<CapState<Feature>>(addr), error::not_found(ECAPABILITY_NOT_FOUND));
            return addr
        };
        let root = borrow_global<CapDelegateState<Feature>>(addr).root;
        assert!(exists<CapState<Feature>>(root), error::invalid_state(EDELEGATE));
        assert!(
            borrow_global<CapState<Feature>>(root).delegates.contains(&addr), error::invalid_state(EDELEGATE)
        );
        root
    }

    #[test_only]
    struct Shop has drop {}

    #[test(alice = @0xa11ce, bob = @0xb0b)]
    fun is_delegated_and_revoked(alice: &signer, bob: &signer) acquires CapState, CapDelegateState {
        create(alice, &Shop {});
        let cap = acquire(alice, &Shop {});
        cap.delegate(&Shop {}, bob);
        assert!(acquire(bob, &Shop {}).root_addr(&Shop {}) == @0xa11ce, 0);
        assert!(acquire_linear(bob, &Shop {}).linear_root_addr(&Shop {}) == @0xa11ce, 1);
        cap.revoke(&Shop {}, @0xb0b);
        assert!(!exists<CapDelegateState<Shop>>(@0xb0b), 2);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x80001, location = Self)]
    fun is_created_once(alice: &signer) {
        create(alice, &Shop {});
        create(alice, &Shop {});
    }

    #[test(mallory = @0xbad)]
    #[expected_failure(abort_code = 0x60002, location = Self)]
    fun is_not_taken(mallory: &signer) acquires CapState, CapDelegateState {
        acquire(mallory, &Shop {});
    }
}
