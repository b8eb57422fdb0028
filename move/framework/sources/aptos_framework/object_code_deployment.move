/// Code at the address of an object, which whoever owns the object may upgrade and freeze.
module aptos_framework::object_code_deployment {
    use std::bcs;
    use std::error;
    use std::signer;
    use aptos_framework::account;
    use aptos_framework::code::{Self, PackageRegistry};
    use aptos_framework::event;
    use aptos_framework::object::{Self, ExtendRef, Object};

    /// The object belongs to somebody else.
    const ENOT_CODE_OBJECT_OWNER: u64 = 1;
    /// There is no code at the object.
    const ECODE_OBJECT_DOES_NOT_EXIST: u64 = 2;

    const OBJECT_CODE_DEPLOYMENT_DOMAIN_SEPARATOR: vector<u8> = b"aptos_framework::object_code_deployment";

    struct ManagingRefs has key {
        extend_ref: ExtendRef
    }

    #[event]
    struct Publish has drop, store {
        object_address: address
    }

    #[event]
    struct Upgrade has drop, store {
        object_address: address
    }

    #[event]
    struct Freeze has drop, store {
        object_address: address
    }

    /// The object is named by the publisher's sequence number after this transaction, so that the address is known before.
    public entry fun publish(publisher: &signer, metadata_serialized: vector<u8>, code: vector<vector<u8>>) {
        let seed = bcs::to_bytes(&OBJECT_CODE_DEPLOYMENT_DOMAIN_SEPARATOR);
        seed.append(bcs::to_bytes(&(account::get_sequence_number(signer::address_of(publisher)) + 1)));
        let ref = object::create_named_object(publisher, seed);
        let code_signer = &object::generate_signer(&ref);
        code::publish_package_txn(code_signer, metadata_serialized, code);
        event::emit(Publish { object_address: signer::address_of(code_signer) });
        move_to(code_signer, ManagingRefs { extend_ref: object::generate_extend_ref(&ref) });
    }

    public entry fun upgrade(
        publisher: &signer,
        metadata_serialized: vector<u8>,
        code: vector<vector<u8>>,
        code_object: Object<PackageRegistry>
    ) acquires ManagingRefs {
        assert!(
            object::is_owner(code_object, signer::address_of(publisher)),
            error::permission_denied(ENOT_CODE_OBJECT_OWNER)
        );
        let object_address = code_object.object_address();
        assert!(exists<ManagingRefs>(object_address), error::not_found(ECODE_OBJECT_DOES_NOT_EXIST));
        let extend_ref = &borrow_global<ManagingRefs>(object_address).extend_ref;
        code::publish_package_txn(&object::generate_signer_for_extending(extend_ref), metadata_serialized, code);
        event::emit(Upgrade { object_address });
    }

    public entry fun freeze_code_object(publisher: &signer, code_object: Object<PackageRegistry>) {
        code::freeze_code_object(publisher, code_object);
        event::emit(Freeze { object_address: code_object.object_address() });
    }
}
