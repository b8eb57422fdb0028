/// A value that may be absent, kept as a vector of at most one element.
module std::option {
    use std::vector;

    /// The option holds a value where none may be.
    const EOPTION_IS_SET: u64 = 0x40000;
    /// The option holds no value.
    const EOPTION_NOT_SET: u64 = 0x40001;
    /// A vector of more than one element is no option.
    const EOPTION_VEC_TOO_LONG: u64 = 0x40002;

    struct Option<Element> has copy, drop, store {
        vec: vector<Element>
    }

    public fun none<Element>(): Option<Element> {
        Option { vec: vector::empty() }
    }

    public fun some<Element>(e: Element): Option<Element> {
        Option { vec: vector::singleton(e) }
    }

    public fun from_vec<Element>(vec: vector<Element>): Option<Element> {
        assert!(vector::length(&vec) <= 1, EOPTION_VEC_TOO_LONG);
        Option { vec }
    }

    public fun is_none<Element>(self: &Option<Element>): bool {
        vector::is_empty(&self.vec)
    }

    public fun is_some<Element>(self: &Option<Element>): bool {
        !vector::is_empty(&self.vec)
    }

    public fun contains<Element>(self: &Option<Element>, e_ref: &Element): bool {
        vector::contains(&self.vec, e_ref)
    }

    public fun borrow<Element>(self: &Option<Element>): &Element {
        assert!(is_some(self), EOPTION_NOT_SET);
        vector::borrow(&self.vec, 0)
    }

    public fun borrow_with_default<Element>(self: &Option<Element>, default_ref: &Element): &Element {
        if (is_some(self)) vector::borrow(&self.vec, 0) else default_ref
    }

    public fun get_with_default<Element: copy + drop>(self: &Option<Element>, default: Element): Element {
        if (is_some(self)) *vector::borrow(&self.vec, 0) else default
    }

    public fun fill<Element>(self: &mut Option<Element>, e: Element) {
        assert!(is_none(self), EOPTION_IS_SET);
        vector::push_back(&mut self.vec, e);
    }

    /// Takes the value out; the option is empty then.
    public fun extract<Element>(self: &mut Option<Element>): Element {
        assert!(is_some(self), EOPTION_NOT_SET);
        vector::pop_back(&mut self.vec)
    }

    public fun borrow_mut<Element>(self: &mut Option<Element>): &mut Element {
        assert!(is_some(self), EOPTION_NOT_SET);
        vector::borrow_mut(&mut self.vec, 0)
    }

    /// Puts `e` in the place of the value, which is given back.
    public fun swap<Element>(self: &mut Option<Element>, e: Element): Element {
        assert!(is_some(self), EOPTION_NOT_SET);
        let old = vector::pop_back(&mut self.vec);
        vector::push_back(&mut self.vec, e);
        old
    }

    /// As `swap`, but the option may be empty.
    public fun swap_or_fill<Element>(self: &mut Option<Element>, e: Element): Option<Element> {
        let old = if (is_none(self)) none() else some(vector::pop_back(&mut self.vec));
        vector::push_back(&mut self.vec, e);
        old
    }

    public fun destroy_with_default<Element: drop>(self: Option<Element>, default: Element): Element {
        let Option { vec } = self;
        if (vector::is_empty(&vec)) default else vector::pop_back(&mut vec)
    }

    public fun destroy_some<Element>(self: Option<Element>): Element {
        assert!(is_some(&self), EOPTION_NOT_SET);
        let Option { vec } = self;
        let e = vector::pop_back(&mut vec);
        vector::destroy_empty(vec);
        e
    }

    public fun destroy_none<Element>(self: Option<Element>) {
        assert!(is_none(&self), EOPTION_IS_SET);
        let Option { vec } = self;
        vector::destroy_empty(vec)
    }

    public fun to_vec<Element>(self: Option<Element>): vector<Element> {
        let Option { vec } = self;
        vec
    }

    public inline fun for_each<Element>(self: Option<Element>, f: |Element|) {
        if (is_some(&self)) f(destroy_some(self)) else destroy_none(self)
    }

    public inline fun for_each_ref<Element>(self: &Option<Element>, f: |&Element|) {
        if (is_some(self)) f(borrow(self))
    }

    public inline fun for_each_mut<Element>(self: &mut Option<Element>, f: |&mut Element|) {
        if (is_some(self)) f(borrow_mut(self))
    }

    public inline fun fold<Accumulator, Element>(
        self: Option<Element>, init: Accumulator, f: |Accumulator, Element| Accumulator
    ): Accumulator {
        if (is_some(&self)) f(init, destroy_some(self))
        else {
            destroy_none(self);
            init
        }
    }

    public inline fun map<Element, OtherElement>(
        self: Option<Element>, f: |Element| OtherElement
    ): Option<OtherElement> {
        if (is_some(&self)) some(f(destroy_some(self)))
        else {
            destroy_none(self);
            none()
        }
    }

    public inline fun map_ref<Element, OtherElement>(
        self: &Option<Element>, f: |&Element| OtherElement
    ): Option<OtherElement> {
        if (is_some(self)) some(f(borrow(self))) else none()
    }

    /// The option itself if `f` accepts its value, else none.
    public inline fun filter<Element: drop>(self: Option<Element>, f: |&Element| bool): Option<Element> {
        if (is_some(&self) && f(borrow(&self))) self else none()
    }

    /// For values that cannot be dropped.
    public inline fun destroy<Element>(self: Option<Element>, d: |Element|) {
        for_each(self, |e| d(e))
    }

    public inline fun any<Element>(self: &Option<Element>, p: |&Element| bool): bool {
        is_some(self) && p(borrow(self))
    }

    #[test]
    fun fills_swaps_and_empties() {
        let o = none<u64>();
        fill(&mut o, 3);
        assert!(swap(&mut o, 4) == 3, 0);
        *borrow_mut(&mut o) += 1;
        assert!(extract(&mut o) == 5 && is_none(&o), 1);
        assert!(swap_or_fill(&mut o, 7) == none(), 2);
        assert!(swap_or_fill(&mut o, 8) == some(7), 3);
        assert!(get_with_default(&o, 1) == 8 && destroy_with_default(none(), 1) == 1, 4);
        assert!(contains(&o, &8) && to_vec(o) == vector[8], 5);
        assert!(map(o, |e| e * 2) == some(16), 6);
    }

    #[test]
    #[expected_failure(abort_code = EOPTION_IS_SET)]
    fun is_filled_once() {
        fill(&mut some(1), 2);
    }

    #[test]
    #[expected_failure(abort_code = EOPTION_NOT_SET)]
    fun gives_nothing_when_empty() {
        destroy_some(none<u64>());
    }

    #[test]
    #[expected_failure(abort_code = EOPTION_VEC_TOO_LONG)]
    fun holds_at_most_one() {
        from_vec(vector[1, 2]);
    }
}
