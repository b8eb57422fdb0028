/// Publishing modules. The package's metadata is kept on chain; the modules themselves the VM takes over from `request_publish`.
module aptos_framework::code {
    use std::error;
    use std::option::Option;
    use std::signer;
    use std::string::{Self, String};
    use std::vector;
    use aptos_std::copyable_any::Any;
    use aptos_framework::event;
    use aptos_framework::object::{Self, Object};
    use aptos_framework::system_addresses;
    use aptos_framework::util;

    /// Another package of the account has a module of that name.
    const EMODULE_NAME_CLASH: u64 = 0x1;
    /// The package says that it never changes.
    const EUPGRADE_IMMUTABLE: u64 = 0x2;
    /// A package's policy may become stricter, not weaker.
    const EUPGRADE_WEAKER_POLICY: u64 = 0x3;
    /// A compatible upgrade keeps every module.
    const EMODULE_MISSING: u64 = 0x4;
    /// A package that the new one needs is not there.
    const EPACKAGE_DEP_MISSING: u64 = 0x6;
    /// A package needs only packages that are at least as strict.
    const EDEP_WEAKER_POLICY: u64 = 0x7;
    /// The object belongs to somebody else.
    const ENOT_PACKAGE_OWNER: u64 = 0x9;
    /// There is no code at the object.
    const ECODE_OBJECT_DOES_NOT_EXIST: u64 = 0xA;
    /// Upgrades without any check do not exist any more.
    const EINCOMPATIBLE_POLICY_DISABLED: u64 = 0x8;

    const POLICY_COMPAT: u8 = 1;

    struct PackageRegistry has key, store, drop {
        packages: vector<PackageMetadata>
    }

    struct PackageMetadata has copy, drop, store {
        name: String,
        upgrade_policy: UpgradePolicy,
        /// How often the package was upgraded.
        upgrade_number: u64,
        source_digest: String,
        manifest: vector<u8>,
        modules: vector<ModuleMetadata>,
        deps: vector<PackageDep>,
        extension: Option<Any>
    }

    struct PackageDep has copy, drop, store {
        account: address,
        package_name: String
    }

    struct ModuleMetadata has copy, drop, store {
        name: String,
        source: vector<u8>,
        source_map: vector<u8>,
        extension: Option<Any>
    }

    /// A module that a package may import; all of the account's where the name is empty.
    struct AllowedDep has drop {
        account: address,
        module_name: String
    }

    /// 0 arbitrary, 1 compatible, 2 immutable.
    struct UpgradePolicy has copy, drop, store {
        policy: u8
    }

    #[event]
    struct PublishPackage has drop, store {
        code_address: address,
        is_upgrade: bool
    }

    public fun upgrade_policy_arbitrary(): UpgradePolicy {
        UpgradePolicy { policy: 0 }
    }

    public fun upgrade_policy_compat(): UpgradePolicy {
        UpgradePolicy { policy: POLICY_COMPAT }
    }

    public fun upgrade_policy_immutable(): UpgradePolicy {
        UpgradePolicy { policy: 2 }
    }

    public fun can_change_upgrade_policy_to(from: UpgradePolicy, to: UpgradePolicy): bool {
        from.policy <= to.policy
    }

    /// `pack` is the encoding of a `PackageMetadata`, `code` the modules, each after those that it imports.
    public entry fun publish_package_txn(
        owner: &signer, metadata_serialized: vector<u8>, code: vector<vector<u8>>
    ) acquires PackageRegistry {
        publish_package(owner, util::from_bytes<PackageMetadata>(metadata_serialized), code)
    }

    public fun publish_package(
        owner: &signer, pack: PackageMetadata, code: vector<vector<u8>>
    ) acquires PackageRegistry {
        let names = vector::map_ref(&pack.modules, |info| info.name);
        let policy = pack.upgrade_policy.policy;
        let allowed_deps = enter(owner, pack, &names);
        request_publish_with_allowed_deps(signer::address_of(owner), names, allowed_deps, code, policy)
    }

    /// From now on the code at the object's address never changes.
    public fun freeze_code_object(
        publisher: &signer, code_object: Object<PackageRegistry>
    ) acquires PackageRegistry {
        let code_object_addr = code_object.object_address();
        assert!(exists<PackageRegistry>(code_object_addr), error::not_found(ECODE_OBJECT_DOES_NOT_EXIST));
        assert!(
            object::is_owner(code_object, signer::address_of(publisher)),
            error::permission_denied(ENOT_PACKAGE_OWNER)
        );
        let packages = &mut borrow_global_mut<PackageRegistry>(code_object_addr).packages;
        vector::for_each_mut(packages, |package| {
            let package: &mut PackageMetadata = package;
            package.upgrade_policy = upgrade_policy_immutable();
        });
    }

    /// Puts the package into the registry, if it may go there. Gives what its modules may import.
    fun enter(
        owner: &signer, pack: PackageMetadata, names: &vector<String>
    ): vector<AllowedDep> acquires PackageRegistry {
        assert!(
            pack.upgrade_policy.policy >= POLICY_COMPAT, error::invalid_argument(EINCOMPATIBLE_POLICY_DISABLED)
        );
        let addr = signer::address_of(owner);
        if (!exists<PackageRegistry>(addr)) move_to(owner, PackageRegistry { packages: vector::empty() });
        let allowed_deps = check_dependencies(&pack);

        let packages = &mut borrow_global_mut<PackageRegistry>(addr).packages;
        let (is_upgrade, index) = vector::find(packages, |old| old.name == pack.name);
        vector::enumerate_ref(packages, |i, old| {
            if (is_upgrade && i == index) check_upgradability(old, &pack, names)
            else check_coexistence(old, names)
        });
        if (is_upgrade) {
            let place = vector::borrow_mut(packages, index);
            pack.upgrade_number = place.upgrade_number + 1;
            *place = pack;
        } else {
            pack.upgrade_number = 0;
            vector::push_back(packages, pack);
        };
        event::emit(PublishPackage { code_address: addr, is_upgrade });
        allowed_deps
    }

    fun check_upgradability(old: &PackageMetadata, new: &PackageMetadata, names: &vector<String>) {
        assert!(
            old.upgrade_policy.policy < upgrade_policy_immutable().policy,
            error::invalid_argument(EUPGRADE_IMMUTABLE)
        );
        assert!(
            can_change_upgrade_policy_to(old.upgrade_policy, new.upgrade_policy),
            error::invalid_argument(EUPGRADE_WEAKER_POLICY)
        );
        vector::for_each_ref(&old.modules, |info|
            assert!(vector::contains(names, &info.name), EMODULE_MISSING)
        );
    }

    fun check_coexistence(old: &PackageMetadata, names: &vector<String>) {
        vector::for_each_ref(&old.modules, |info|
            assert!(!vector::contains(names, &info.name), error::already_exists(EMODULE_NAME_CLASH))
        );
    }

    /// Those that `pack` names must be there and at least as strict. Gives their modules.
    fun check_dependencies(pack: &PackageMetadata): vector<AllowedDep> acquires PackageRegistry {
        let allowed_deps = vector[];
        vector::for_each_ref(&pack.deps, |dep| {
            let dep: &PackageDep = dep;
            assert!(exists<PackageRegistry>(dep.account), error::not_found(EPACKAGE_DEP_MISSING));
            if (system_addresses::is_framework_reserved_address(dep.account)) {
                // Whatever the chain itself has, of any strictness.
                vector::push_back(&mut allowed_deps, AllowedDep { account: dep.account, module_name: string::utf8(b"") });
            } else allow_modules(&mut allowed_deps, dep, pack.upgrade_policy);
        });
        allowed_deps
    }

    fun allow_modules(
        allowed_deps: &mut vector<AllowedDep>, dep: &PackageDep, policy: UpgradePolicy
    ) acquires PackageRegistry {
        let packages = &borrow_global<PackageRegistry>(dep.account).packages;
        let (found, index) = vector::find(packages, |known| known.name == dep.package_name);
        assert!(found, error::not_found(EPACKAGE_DEP_MISSING));
        let known = vector::borrow(packages, index);
        assert!(known.upgrade_policy.policy >= policy.policy, error::invalid_argument(EDEP_WEAKER_POLICY));
        vector::for_each_ref(&known.modules, |info| {
            vector::push_back(allowed_deps, AllowedDep { account: dep.account, module_name: info.name });
        });
    }

    /// Hands the modules to the VM, which verifies and installs them when the transaction succeeds. They may import each other and `allowed_deps`.
    native fun request_publish_with_allowed_deps(
        owner: address,
        expected_modules: vector<String>,
        allowed_deps: vector<AllowedDep>,
        bundle: vector<vector<u8>>,
        policy: u8
    );

    #[test_only]
    use std::option;

    #[test_only]
    fun package(
        name: vector<u8>, policy: u8, modules: vector<vector<u8>>, deps: vector<PackageDep>
    ): PackageMetadata {
        PackageMetadata {
            name: string::utf8(name),
            upgrade_policy: UpgradePolicy { policy },
            upgrade_number: 0,
            source_digest: string::utf8(b""),
            manifest: b"",
            modules: vector::map(modules, |module_name| ModuleMetadata {
                name: string::utf8(module_name),
                source: b"",
                source_map: b"",
                extension: option::none()
            }),
            deps,
            extension: option::none()
        }
    }

    #[test_only]
    fun enter_package(owner: &signer, pack: PackageMetadata) acquires PackageRegistry {
        let names = vector::map_ref(&pack.modules, |info| info.name);
        enter(owner, pack, &names);
    }

    #[test(alice = @0xa11ce)]
    fun counts_upgrades(alice: &signer) acquires PackageRegistry {
        let pack = package(b"chat", 1, vector[b"chat"], vector[]);
        publish_package_txn(alice, std::bcs::to_bytes(&pack), vector[]);
        enter_package(alice, package(b"chat", 1, vector[b"chat", b"emoji"], vector[]));
        enter_package(alice, package(b"land", 2, vector[b"land"], vector[]));
        let packages = &borrow_global<PackageRegistry>(@0xa11ce).packages;
        assert!(vector::length(packages) == 2, 0);
        assert!(vector::borrow(packages, 0).upgrade_number == 1, 1);
        assert!(vector::length(&vector::borrow(packages, 0).modules) == 2, 2);
    }

    #[test]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun never_changes_once_frozen() acquires PackageRegistry {
        let ref = object::create_object(@0xa11ce);
        let code_signer = &object::generate_signer(&ref);
        enter_package(code_signer, package(b"chat", 1, vector[b"chat"], vector[]));
        let alice = aptos_framework::account::create_signer_for_test(@0xa11ce);
        freeze_code_object(&alice, object::object_from_constructor_ref(&ref));
        enter_package(code_signer, package(b"chat", 2, vector[b"chat"], vector[]));
    }

    #[test(mallory = @0xbad)]
    #[expected_failure(abort_code = 0x50009, location = Self)]
    fun is_frozen_by_its_owner(mallory: &signer) acquires PackageRegistry {
        let ref = object::create_object(@0xa11ce);
        enter_package(&object::generate_signer(&ref), package(b"chat", 1, vector[b"chat"], vector[]));
        freeze_code_object(mallory, object::object_from_constructor_ref(&ref));
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10002, location = Self)]
    fun never_changes_what_is_immutable(alice: &signer) acquires PackageRegistry {
        enter_package(alice, package(b"chat", 2, vector[b"chat"], vector[]));
        enter_package(alice, package(b"chat", 2, vector[b"chat"], vector[]));
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = EMODULE_MISSING, location = Self)]
    fun keeps_every_module(alice: &signer) acquires PackageRegistry {
        enter_package(alice, package(b"chat", 1, vector[b"chat", b"emoji"], vector[]));
        enter_package(alice, package(b"chat", 1, vector[b"chat"], vector[]));
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x80001, location = Self)]
    fun has_a_module_in_one_package(alice: &signer) acquires PackageRegistry {
        enter_package(alice, package(b"chat", 1, vector[b"chat"], vector[]));
        enter_package(alice, package(b"talk", 1, vector[b"chat"], vector[]));
    }

    #[test(alice = @0xa11ce)]
    #[expected_failure(abort_code = 0x10008, location = Self)]
    fun always_checks_upgrades(alice: &signer) acquires PackageRegistry {
        enter_package(alice, package(b"chat", 0, vector[b"chat"], vector[]));
    }

    #[test(alice = @0xa11ce, bob = @0xb0b)]
    #[expected_failure(abort_code = 0x10007, location = Self)]
    fun stands_on_packages_as_strict(alice: &signer, bob: &signer) acquires PackageRegistry {
        enter_package(alice, package(b"base", 1, vector[b"base"], vector[]));
        let dep = PackageDep { account: @0xa11ce, package_name: string::utf8(b"base") };
        enter_package(bob, package(b"chat", 2, vector[b"chat"], vector[dep]));
    }

    #[test(bob = @0xb0b)]
    #[expected_failure(abort_code = 0x60006, location = Self)]
    fun stands_on_packages_that_are_there(bob: &signer) acquires PackageRegistry {
        let dep = PackageDep { account: @0xa11ce, package_name: string::utf8(b"base") };
        enter_package(bob, package(b"chat", 1, vector[b"chat"], vector[dep]));
    }
}
