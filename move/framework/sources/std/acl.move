/// A list of addresses that may do something.
module std::acl {
    use std::error;

    /// The address is on the list already.
    const ECONTAIN: u64 = 0;
    /// The address is not on the list.
    const ENOT_CONTAIN: u64 = 1;

    struct ACL has copy, drop, store {
        list: vector<address>
    }

    public fun empty(): ACL {
        ACL { list: vector[] }
    }

    public fun add(self: &mut ACL, addr: address) {
        assert!(!self.contains(addr), error::invalid_argument(ECONTAIN));
        self.list.push_back(addr);
    }

    public fun remove(self: &mut ACL, addr: address) {
        let (found, index) = self.list.index_of(&addr);
        assert!(found, error::invalid_argument(ENOT_CONTAIN));
        self.list.remove(index);
    }

    public fun contains(self: &ACL, addr: address): bool {
        self.list.contains(&addr)
    }

    public fun assert_contains(self: &ACL, addr: address) {
        assert!(self.contains(addr), error::invalid_argument(ENOT_CONTAIN));
    }

    #[test]
    fun adds_and_removes() {
        let acl = empty();
        acl.add(@0xa11ce);
        acl.add(@0xb0b);
        acl.assert_contains(@0xa11ce);
        acl.remove(@0xa11ce);
        assert!(!acl.contains(@0xa11ce) && acl.contains(@0xb0b), 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x10000, location = Self)]
    fun lists_each_once() {
        let acl = empty();
        acl.add(@0xa11ce);
        acl.add(@0xa11ce);
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun refuses_who_is_not_listed() {
        empty().assert_contains(@0xbad);
    }
}
