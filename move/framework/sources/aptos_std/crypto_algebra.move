/// Groups, fields and pairings of any curve that the VM knows. `S` names the structure; other type parameters name formats and hash suites.
module aptos_std::crypto_algebra {
    use std::option::{Self, Option};

    /// An element that the VM keeps for the length of the transaction.
    struct Element<phantom S> has copy, drop {
        handle: u64
    }

    public fun eq<S>(x: &Element<S>, y: &Element<S>): bool {
        eq_internal<S>(x.handle, y.handle)
    }

    public fun from_u64<S>(value: u64): Element<S> {
        Element { handle: from_u64_internal<S>(value) }
    }

    public fun zero<S>(): Element<S> {
        Element { handle: zero_internal<S>() }
    }

    /// Of a group, its generator.
    public fun one<S>(): Element<S> {
        Element { handle: one_internal<S>() }
    }

    public fun neg<S>(x: &Element<S>): Element<S> {
        Element { handle: neg_internal<S>(x.handle) }
    }

    public fun add<S>(x: &Element<S>, y: &Element<S>): Element<S> {
        Element { handle: add_internal<S>(x.handle, y.handle) }
    }

    public fun sub<S>(x: &Element<S>, y: &Element<S>): Element<S> {
        Element { handle: sub_internal<S>(x.handle, y.handle) }
    }

    public fun mul<S>(x: &Element<S>, y: &Element<S>): Element<S> {
        Element { handle: mul_internal<S>(x.handle, y.handle) }
    }

    /// None if `y` is zero.
    public fun div<S>(x: &Element<S>, y: &Element<S>): Option<Element<S>> {
        let (success, handle) = div_internal<S>(x.handle, y.handle);
        if_success(success, handle)
    }

    public fun sqr<S>(x: &Element<S>): Element<S> {
        Element { handle: sqr_internal<S>(x.handle) }
    }

    /// None if `x` is zero.
    public fun inv<S>(x: &Element<S>): Option<Element<S>> {
        let (success, handle) = inv_internal<S>(x.handle);
        if_success(success, handle)
    }

    public fun double<S>(x: &Element<S>): Element<S> {
        Element { handle: double_internal<S>(x.handle) }
    }

    /// The sum of `scalars[i]` times `elements[i]`.
    public fun multi_scalar_mul<G, S>(elements: &vector<Element<G>>, scalars: &vector<Element<S>>): Element<G> {
        Element { handle: multi_scalar_mul_internal<G, S>(handles(elements), handles(scalars)) }
    }

    public fun scalar_mul<G, S>(element: &Element<G>, scalar: &Element<S>): Element<G> {
        Element { handle: scalar_mul_internal<G, S>(element.handle, scalar.handle) }
    }

    /// The product of the pairings of `g1_elements[i]` and `g2_elements[i]`.
    public fun multi_pairing<G1, G2, Gt>(
        g1_elements: &vector<Element<G1>>, g2_elements: &vector<Element<G2>>
    ): Element<Gt> {
        Element { handle: multi_pairing_internal<G1, G2, Gt>(handles(g1_elements), handles(g2_elements)) }
    }

    public fun pairing<G1, G2, Gt>(element_1: &Element<G1>, element_2: &Element<G2>): Element<Gt> {
        Element { handle: pairing_internal<G1, G2, Gt>(element_1.handle, element_2.handle) }
    }

    /// None if the bytes are no element in the format `F`.
    public fun deserialize<S, F>(bytes: &vector<u8>): Option<Element<S>> {
        let (success, handle) = deserialize_internal<S, F>(bytes);
        if_success(success, handle)
    }

    public fun serialize<S, F>(element: &Element<S>): vector<u8> {
        serialize_internal<S, F>(element.handle)
    }

    /// How many elements there are, little endian.
    public fun order<S>(): vector<u8> {
        order_internal<S>()
    }

    /// The same element in a larger structure.
    public fun upcast<S, L>(element: &Element<S>): Element<L> {
        Element { handle: upcast_internal<S, L>(element.handle) }
    }

    /// The same element in a smaller structure, if it is in it.
    public fun downcast<L, S>(element_x: &Element<L>): Option<Element<S>> {
        let (success, handle) = downcast_internal<L, S>(element_x.handle);
        if_success(success, handle)
    }

    /// By the suite `H`, with a tag that keeps different uses apart.
    public fun hash_to<S, H>(dst: &vector<u8>, msg: &vector<u8>): Element<S> {
        Element { handle: hash_to_internal<S, H>(dst, msg) }
    }

    fun if_success<S>(success: bool, handle: u64): Option<Element<S>> {
        if (success) option::some(Element { handle }) else option::none()
    }

    fun handles<S>(elements: &vector<Element<S>>): vector<u64> {
        elements.map_ref(|element| {
            let element: &Element<S> = element;
            element.handle
        })
    }

    native fun add_internal<S>(handle_1: u64, handle_2: u64): u64;

    native fun deserialize_internal<S, F>(bytes: &vector<u8>): (bool, u64);

    native fun div_internal<F>(handle_1: u64, handle_2: u64): (bool, u64);

    native fun double_internal<G>(element_handle: u64): u64;

    native fun downcast_internal<L, S>(handle: u64): (bool, u64);

    native fun from_u64_internal<S>(value: u64): u64;

    native fun eq_internal<S>(handle_1: u64, handle_2: u64): bool;

    native fun hash_to_internal<S, H>(dst: &vector<u8>, bytes: &vector<u8>): u64;

    native fun inv_internal<F>(handle: u64): (bool, u64);

    native fun mul_internal<F>(handle_1: u64, handle_2: u64): u64;

    native fun multi_pairing_internal<G1, G2, Gt>(g1_handles: vector<u64>, g2_handles: vector<u64>): u64;

    native fun multi_scalar_mul_internal<G, S>(element_handles: vector<u64>, scalar_handles: vector<u64>): u64;

    native fun neg_internal<F>(handle: u64): u64;

    native fun one_internal<S>(): u64;

    native fun order_internal<G>(): vector<u8>;

    native fun pairing_internal<G1, G2, Gt>(g1_handle: u64, g2_handle: u64): u64;

    native fun scalar_mul_internal<G, S>(element_handle: u64, scalar_handle: u64): u64;

    native fun serialize_internal<S, F>(handle: u64): vector<u8>;

    native fun sqr_internal<G>(handle: u64): u64;

    native fun sub_internal<G>(handle_1: u64, handle_2: u64): u64;

    native fun upcast_internal<S, L>(handle: u64): u64;

    native fun zero_internal<S>(): u64;
}
