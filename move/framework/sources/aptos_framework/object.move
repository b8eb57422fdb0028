/// Things with an address and an owner, made of the resources at the address. Whoever holds a reference to one may do what it allows.
module aptos_framework::object {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::signer;
    use aptos_std::from_bcs;
    use aptos_framework::account;
    use aptos_framework::create_signer::create_signer;
    use aptos_framework::event::{Self, EventHandle};
    use aptos_framework::guid::{Self, GUID};
    use aptos_framework::transaction_context;

    friend aptos_framework::coin;
    friend aptos_framework::primary_fungible_store;

    /// There is an object at the address already.
    const EOBJECT_EXISTS: u64 = 1;
    /// There is no object at the address.
    const EOBJECT_DOES_NOT_EXIST: u64 = 2;
    /// The object, or one that it is in, moves only by a reference.
    const ENO_UNGATED_TRANSFERS: u64 = 3;
    /// The object belongs to somebody else.
    const ENOT_OBJECT_OWNER: u64 = 4;
    /// The object can never be deleted.
    const ECANNOT_DELETE: u64 = 5;
    /// The object is in too many others.
    const EMAXIMUM_NESTING: u64 = 6;
    /// There is no such resource at the address.
    const ERESOURCE_DOES_NOT_EXIST: u64 = 7;
    /// The object is not burnt.
    const EOBJECT_NOT_BURNT: u64 = 8;
    /// The object never changes its owner.
    const EOBJECT_NOT_TRANSFERRABLE: u64 = 9;
    /// Objects cannot be burnt any more (AIP-99).
    const EBURN_NOT_ALLOWED: u64 = 10;

    /// Above the numbers of accounts.
    const INIT_GUID_CREATION_NUM: u64 = 0x4000000000000;
    const MAXIMUM_OBJECT_NESTING: u8 = 8;
    /// The last byte of what an address is the hash of.
    const FROM_GUID_SCHEME: u8 = 0xFD;
    const FROM_SEED_SCHEME: u8 = 0xFE;

    struct ObjectCore has key {
        guid_creation_num: u64,
        owner: address,
        allow_ungated_transfer: bool,
        transfer_events: EventHandle<TransferEvent>
    }

    /// On objects that were burnt when that was possible.
    struct TombStone has key {
        original_owner: address
    }

    struct Untransferable has key {}

    /// On Aptos the resources of an object are stored together under this name.
    struct ObjectGroup {}

    /// The address of an object that had a `T` when this was made.
    struct Object<phantom T> has copy, drop, store {
        inner: address
    }

    /// Gives all references, once: whoever makes an object has it while the transaction lasts.
    struct ConstructorRef has drop {
        self: address,
        can_delete: bool
    }

    struct DeleteRef has drop, store {
        self: address
    }

    struct ExtendRef has drop, store {
        self: address
    }

    struct TransferRef has drop, store {
        self: address
    }

    /// For one transfer, by the owner of now.
    struct LinearTransferRef has drop {
        self: address,
        owner: address
    }

    struct DeriveRef has drop, store {
        self: address
    }

    struct TransferEvent has drop, store {
        object: address,
        from: address,
        to: address
    }

    #[event]
    struct Transfer has drop, store {
        object: address,
        from: address,
        to: address
    }

    #[view]
    public fun is_untransferable<T: key>(object: Object<T>): bool {
        exists<Untransferable>(object.inner)
    }

    #[view]
    public fun is_burnt<T: key>(object: Object<T>): bool {
        exists<TombStone>(object.inner)
    }

    public fun address_to_object<T: key>(object: address): Object<T> {
        assert!(exists<ObjectCore>(object), error::not_found(EOBJECT_DOES_NOT_EXIST));
        assert!(exists_at<T>(object), error::not_found(ERESOURCE_DOES_NOT_EXIST));
        Object { inner: object }
    }

    public fun is_object(object: address): bool {
        exists<ObjectCore>(object)
    }

    public fun object_exists<T: key>(object: address): bool {
        exists<ObjectCore>(object) && exists_at<T>(object)
    }

    /// Where `create_named_object` with the same arguments puts its object.
    public fun create_object_address(source: &address, seed: vector<u8>): address {
        let bytes = bcs::to_bytes(source);
        bytes.append(seed);
        hash_to_address(bytes, FROM_SEED_SCHEME)
    }

    /// sha3-256 of both addresses and 0xfc.
    native fun create_user_derived_object_address_impl(source: address, derive_from: address): address;

    public fun create_user_derived_object_address(source: address, derive_from: address): address {
        create_user_derived_object_address_impl(source, derive_from)
    }

    public fun create_guid_object_address(source: address, creation_num: u64): address {
        hash_to_address(bcs::to_bytes(&guid::create_id(source, creation_num)), FROM_GUID_SCHEME)
    }

    native fun exists_at<T: key>(object: address): bool;

    public fun object_address<T: key>(self: &Object<T>): address {
        self.inner
    }

    public fun convert<X: key, Y: key>(object: Object<X>): Object<Y> {
        address_to_object(object.inner)
    }

    /// At an address that everybody can compute; never to be deleted.
    public fun create_named_object(creator: &signer, seed: vector<u8>): ConstructorRef {
        let owner = signer::address_of(creator);
        create_object_at(owner, create_object_address(&owner, seed), false)
    }

    public(friend) fun create_user_derived_object(
        creator_address: address, derive_ref: &DeriveRef
    ): ConstructorRef {
        let object = create_user_derived_object_address(creator_address, derive_ref.self);
        create_object_at(creator_address, object, false)
    }

    /// At a new address.
    public fun create_object(owner_address: address): ConstructorRef {
        create_object_at(owner_address, transaction_context::generate_auid_address(), true)
    }

    /// At a new address; never to be deleted.
    public fun create_sticky_object(owner_address: address): ConstructorRef {
        create_object_at(owner_address, transaction_context::generate_auid_address(), false)
    }

    public(friend) fun create_sticky_object_at_address(
        owner_address: address, object_address: address
    ): ConstructorRef {
        create_object_at(owner_address, object_address, false)
    }

    /// The older form of `create_object`.
    public fun create_object_from_account(creator: &signer): ConstructorRef {
        create_object_from_guid(signer::address_of(creator), account::create_guid(creator))
    }

    /// The older form of `create_object`, for an object that owns another.
    public fun create_object_from_object(creator: &signer): ConstructorRef acquires ObjectCore {
        create_object_from_guid(signer::address_of(creator), create_guid(creator))
    }

    public fun generate_delete_ref(ref: &ConstructorRef): DeleteRef {
        assert!(ref.can_delete, error::permission_denied(ECANNOT_DELETE));
        DeleteRef { self: ref.self }
    }

    public fun generate_extend_ref(ref: &ConstructorRef): ExtendRef {
        ExtendRef { self: ref.self }
    }

    public fun generate_transfer_ref(ref: &ConstructorRef): TransferRef {
        assert_transferable(ref.self);
        TransferRef { self: ref.self }
    }

    public fun generate_derive_ref(ref: &ConstructorRef): DeriveRef {
        DeriveRef { self: ref.self }
    }

    public fun generate_signer(ref: &ConstructorRef): signer {
        create_signer(ref.self)
    }

    public fun address_from_constructor_ref(ref: &ConstructorRef): address {
        ref.self
    }

    public fun object_from_constructor_ref<T: key>(ref: &ConstructorRef): Object<T> {
        address_to_object(ref.self)
    }

    public fun can_generate_delete_ref(ref: &ConstructorRef): bool {
        ref.can_delete
    }

    public fun create_guid(object: &signer): GUID acquires ObjectCore {
        let addr = signer::address_of(object);
        guid::create(addr, &mut borrow_global_mut<ObjectCore>(addr).guid_creation_num)
    }

    public fun new_event_handle<T: drop + store>(object: &signer): EventHandle<T> acquires ObjectCore {
        event::new_event_handle(create_guid(object))
    }

    public fun address_from_delete_ref(ref: &DeleteRef): address {
        ref.self
    }

    public fun object_from_delete_ref<T: key>(ref: &DeleteRef): Object<T> {
        address_to_object(ref.self)
    }

    /// The other resources at the address are for their modules to remove.
    public fun delete(ref: DeleteRef) acquires ObjectCore, Untransferable {
        let ObjectCore { guid_creation_num: _, owner: _, allow_ungated_transfer: _, transfer_events } =
            move_from<ObjectCore>(ref.self);
        if (exists<Untransferable>(ref.self)) {
            let Untransferable {} = move_from<Untransferable>(ref.self);
        };
        event::destroy_handle(transfer_events);
    }

    public fun generate_signer_for_extending(ref: &ExtendRef): signer {
        create_signer(ref.self)
    }

    public fun address_from_extend_ref(ref: &ExtendRef): address {
        ref.self
    }

    /// From now on the object moves only by a reference.
    public fun disable_ungated_transfer(ref: &TransferRef) acquires ObjectCore {
        borrow_global_mut<ObjectCore>(ref.self).allow_ungated_transfer = false;
    }

    /// From now on the object never moves.
    public fun set_untransferable(ref: &ConstructorRef) acquires ObjectCore {
        borrow_global_mut<ObjectCore>(ref.self).allow_ungated_transfer = false;
        move_to(&create_signer(ref.self), Untransferable {});
    }

    public fun enable_ungated_transfer(ref: &TransferRef) acquires ObjectCore {
        assert_transferable(ref.self);
        borrow_global_mut<ObjectCore>(ref.self).allow_ungated_transfer = true;
    }

    public fun generate_linear_transfer_ref(ref: &TransferRef): LinearTransferRef acquires ObjectCore {
        assert_transferable(ref.self);
        LinearTransferRef { self: ref.self, owner: owner(Object<ObjectCore> { inner: ref.self }) }
    }

    public fun transfer_with_ref(ref: LinearTransferRef, to: address) acquires ObjectCore, TombStone {
        assert_transferable(ref.self);
        if (exists<TombStone>(ref.self)) {
            let TombStone { original_owner: _ } = move_from<TombStone>(ref.self);
        };
        let core = borrow_global_mut<ObjectCore>(ref.self);
        assert!(core.owner == ref.owner, error::permission_denied(ENOT_OBJECT_OWNER));
        event::emit(Transfer { object: ref.self, from: core.owner, to });
        core.owner = to;
    }

    public entry fun transfer_call(owner: &signer, object: address, to: address) acquires ObjectCore {
        transfer_raw(owner, object, to)
    }

    public entry fun transfer<T: key>(owner: &signer, object: Object<T>, to: address) acquires ObjectCore {
        transfer_raw(owner, object.inner, to)
    }

    /// By the owner, who may own it through other objects.
    public fun transfer_raw(owner: &signer, object: address, to: address) acquires ObjectCore {
        assert_moves_for(signer::address_of(owner), object);
        let core = borrow_global_mut<ObjectCore>(object);
        if (core.owner == to) return;
        event::emit(Transfer { object, from: core.owner, to });
        core.owner = to;
    }

    public entry fun transfer_to_object<O: key, T: key>(
        owner: &signer, object: Object<O>, to: Object<T>
    ) acquires ObjectCore {
        transfer(owner, object, to.inner)
    }

    public entry fun burn<T: key>(_owner: &signer, _object: Object<T>) {
        abort error::permission_denied(EBURN_NOT_ALLOWED)
    }

    public entry fun unburn<T: key>(original_owner: &signer, object: Object<T>) acquires ObjectCore, TombStone {
        assert!(is_burnt(object), error::invalid_argument(EOBJECT_NOT_BURNT));
        assert!(
            is_owner(object, signer::address_of(original_owner)), error::permission_denied(ENOT_OBJECT_OWNER)
        );
        let TombStone { original_owner: _ } = move_from<TombStone>(object.inner);
    }

    public fun ungated_transfer_allowed<T: key>(object: Object<T>): bool acquires ObjectCore {
        borrow_core(object.inner).allow_ungated_transfer
    }

    #[view]
    public fun owner<T: key>(object: Object<T>): address acquires ObjectCore {
        borrow_core(object.inner).owner
    }

    #[view]
    public fun is_owner<T: key>(object: Object<T>, owner: address): bool acquires ObjectCore {
        owner(object) == owner
    }

    #[view]
    /// Also through other objects.
    public fun owns<T: key>(object: Object<T>, owner: address): bool acquires ObjectCore {
        if (object.inner == owner) return true;
        let current = borrow_core(object.inner).owner;
        let depth = 0;
        while (owner != current) {
            depth += 1;
            assert!(depth < MAXIMUM_OBJECT_NESTING, error::out_of_range(EMAXIMUM_NESTING));
            if (!exists<ObjectCore>(current)) return false;
            current = borrow_global<ObjectCore>(current).owner;
        };
        true
    }

    #[view]
    /// The owner of the outermost object.
    public fun root_owner<T: key>(object: Object<T>): address acquires ObjectCore {
        let current = owner(object);
        while (is_object(current)) current = borrow_global<ObjectCore>(current).owner;
        current
    }

    inline fun borrow_core(object: address): &ObjectCore {
        assert!(exists<ObjectCore>(object), error::not_found(EOBJECT_DOES_NOT_EXIST));
        borrow_global<ObjectCore>(object)
    }

    fun assert_transferable(object: address) {
        assert!(!exists<Untransferable>(object), error::permission_denied(EOBJECT_NOT_TRANSFERRABLE));
    }

    /// The object belongs to `owner`, and it and all objects between them may move.
    fun assert_moves_for(owner: address, object: address) acquires ObjectCore {
        let core = borrow_core(object);
        assert!(core.allow_ungated_transfer, error::permission_denied(ENO_UNGATED_TRANSFERS));
        let current = core.owner;
        let depth = 0;
        while (owner != current) {
            depth += 1;
            assert!(depth < MAXIMUM_OBJECT_NESTING, error::out_of_range(EMAXIMUM_NESTING));
            // More likely than a missing object is another owner.
            assert!(exists<ObjectCore>(current), error::permission_denied(ENOT_OBJECT_OWNER));
            let core = borrow_global<ObjectCore>(current);
            assert!(core.allow_ungated_transfer, error::permission_denied(ENO_UNGATED_TRANSFERS));
            current = core.owner;
        }
    }

    fun create_object_from_guid(owner: address, guid: GUID): ConstructorRef {
        create_object_at(owner, hash_to_address(bcs::to_bytes(&guid), FROM_GUID_SCHEME), true)
    }

    fun create_object_at(owner: address, object: address, can_delete: bool): ConstructorRef {
        assert!(!exists<ObjectCore>(object), error::already_exists(EOBJECT_EXISTS));
        let guid_creation_num = INIT_GUID_CREATION_NUM;
        let transfer_events = event::new_event_handle(guid::create(object, &mut guid_creation_num));
        move_to(
            &create_signer(object),
            ObjectCore { guid_creation_num, owner, allow_ungated_transfer: true, transfer_events }
        );
        ConstructorRef { self: object, can_delete }
    }

    fun hash_to_address(bytes: vector<u8>, scheme: u8): address {
        bytes.push_back(scheme);
        from_bcs::to_address(hash::sha3_256(bytes))
    }

    #[test_only]
    struct Hero has key {}

    #[test_only]
    fun hero(owner: &signer, seed: vector<u8>): (ConstructorRef, Object<Hero>) {
        let ref = create_named_object(owner, seed);
        move_to(&generate_signer(&ref), Hero {});
        let hero = object_from_constructor_ref(&ref);
        (ref, hero)
    }

    #[test(alice = @0xa11ce)]
    fun belongs_through_others(alice: &signer) acquires ObjectCore {
        let (_, castle) = hero(alice, b"castle");
        let (_, room) = hero(alice, b"room");
        let (_, sword) = hero(alice, b"sword");
        assert!(castle.object_address() == create_object_address(&@0xa11ce, b"castle"), 0);
        transfer_to_object(alice, room, castle);
        transfer_to_object(alice, sword, room);
        assert!(owner(sword) == room.object_address() && !is_owner(sword, @0xa11ce), 1);
        assert!(owns(sword, @0xa11ce) && owns(sword, castle.object_address()) && !owns(sword, @0xb0b), 2);
        assert!(root_owner(sword) == @0xa11ce, 3);
        transfer(alice, sword, @0xb0b);
        assert!(is_owner(sword, @0xb0b) && !owns(sword, @0xa11ce), 4);
    }

    #[test(alice = @0xa11ce)]
    fun moves_by_reference(alice: &signer) acquires ObjectCore, TombStone {
        let (ref, sword) = hero(alice, b"sword");
        let transfer_ref = generate_transfer_ref(&ref);
        disable_ungated_transfer(&transfer_ref);
        assert!(!ungated_transfer_allowed(sword), 0);
        let once = generate_linear_transfer_ref(&transfer_ref);
        transfer_with_ref(once, @0xb0b);
        assert!(owner(sword) == @0xb0b, 1);
        enable_ungated_transfer(&transfer_ref);
        assert!(ungated_transfer_allowed(sword), 2);
    }

    #[test(alice = @0xa11ce)]
    fun is_made_and_deleted(alice: &signer) acquires ObjectCore, Untransferable {
        let ref = create_object(@0xa11ce);
        let extend_ref = generate_extend_ref(&ref);
        assert!(signer::address_of(&generate_signer_for_extending(&extend_ref)) == address_from_extend_ref(&extend_ref), 0);
        set_untransferable(&ref);
        let object = object_from_constructor_ref<ObjectCore>(&ref);
        assert!(is_untransferable(object) && is_object(object.object_address()), 1);
        delete(generate_delete_ref(&ref));
        assert!(!is_object(object.object_address()) && !exists<Untransferable>(object.object_address()), 2);
        account::create_account_for_test(@0xa11ce);
        let from_account = create_object_from_account(alice);
        assert!(address_from_constructor_ref(&from_account) == create_guid_object_address(@0xa11ce, 2), 3);
        let inner = create_object_from_object(&generate_signer(&from_account));
        assert!(object_exists<ObjectCore>(address_from_constructor_ref(&inner)), 4);
        assert!(!can_generate_delete_ref(&create_sticky_object(@0xb0b)), 5);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x50003, location = Self)]
    fun stays_when_gated(alice: &signer) acquires ObjectCore {
        let (ref, sword) = hero(alice, b"sword");
        disable_ungated_transfer(&generate_transfer_ref(&ref));
        transfer(alice, sword, @0xb0b);
    }

    #[test(alice = @0xa11ce, mallory = @0xbad)]
    #[expected_failure(abort_code = 0x50004, location = Self)]
    fun is_not_moved_by_others(alice: &signer, mallory: &signer) acquires ObjectCore {
        let (_, sword) = hero(alice, b"sword");
        transfer(mallory, sword, @0xbad);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x50004, location = Self)]
    fun moves_once_by_a_linear_reference(alice: &signer) acquires ObjectCore, TombStone {
        let (ref, _) = hero(alice, b"sword");
        let transfer_ref = generate_transfer_ref(&ref);
        let first = generate_linear_transfer_ref(&transfer_ref);
        let second = generate_linear_transfer_ref(&transfer_ref);
        transfer_with_ref(first, @0xb0b);
        transfer_with_ref(second, @0xca401);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x50009, location = Self)]
    fun never_moves_when_untransferable(alice: &signer) acquires ObjectCore {
        let (ref, _) = hero(alice, b"sword");
        set_untransferable(&ref);
        generate_transfer_ref(&ref);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x50005, location = Self)]
    fun is_never_deleted_when_named(alice: &signer) {
        let (ref, _) = hero(alice, b"sword");
        generate_delete_ref(&ref);
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x80001, location = Self)]
    fun is_named_once(alice: &signer) {
        hero(alice, b"sword");
        hero(alice, b"sword");
    }

    #[test]
    #[expected_failure(abort_code = 0x60002, location = Self)]
    fun is_an_object() {
        address_to_object<Hero>(@0xa11ce);
    }

    #[test]
    #[expected_failure(abort_code = 0x60007, location = Self)]
    fun is_of_its_type() {
        object_from_constructor_ref<Hero>(&create_object(@0xa11ce));
    }
}
