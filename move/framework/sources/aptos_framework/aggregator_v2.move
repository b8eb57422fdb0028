/// Numbers that transactions may change without waiting for each other. Here they are kept like any other.
module aptos_framework::aggregator_v2 {
    use std::error;
    use std::string::String;

    /// The sum is above the limit.
    const EAGGREGATOR_OVERFLOW: u64 = 1;
    /// The difference is below zero.
    const EAGGREGATOR_UNDERFLOW: u64 = 2;

    /// Of u64 or u128, from 0 to `max_value`.
    struct Aggregator<IntElement> has store, drop {
        value: IntElement,
        max_value: IntElement
    }

    /// What an aggregator was at some point.
    struct AggregatorSnapshot<IntElement> has store, drop {
        value: IntElement
    }

    /// Padded, so that its size does not tell its value.
    struct DerivedStringSnapshot has store, drop {
        value: String,
        padding: vector<u8>
    }

    public fun max_value<IntElement: copy + drop>(self: &Aggregator<IntElement>): IntElement {
        self.max_value
    }

    native public fun create_aggregator<IntElement: copy + drop>(max_value: IntElement): Aggregator<IntElement>;

    public fun create_aggregator_with_value<IntElement: copy + drop>(
        start_value: IntElement, max_value: IntElement
    ): Aggregator<IntElement> {
        let aggregator = create_aggregator(max_value);
        aggregator.add(start_value);
        aggregator
    }

    native public fun create_unbounded_aggregator<IntElement: copy + drop>(): Aggregator<IntElement>;

    public fun create_unbounded_aggregator_with_value<IntElement: copy + drop>(
        start_value: IntElement
    ): Aggregator<IntElement> {
        let aggregator = create_unbounded_aggregator();
        aggregator.add(start_value);
        aggregator
    }

    /// Whether the sum was within the limit; if not, nothing changes.
    native public fun try_add<IntElement>(self: &mut Aggregator<IntElement>, value: IntElement): bool;

    public fun add<IntElement>(self: &mut Aggregator<IntElement>, value: IntElement) {
        assert!(self.try_add(value), error::out_of_range(EAGGREGATOR_OVERFLOW));
    }

    /// Whether the difference was not below zero; if it was, nothing changes.
    native public fun try_sub<IntElement>(self: &mut Aggregator<IntElement>, value: IntElement): bool;

    public fun sub<IntElement>(self: &mut Aggregator<IntElement>, value: IntElement) {
        assert!(self.try_sub(value), error::out_of_range(EAGGREGATOR_UNDERFLOW));
    }

    native fun is_at_least_impl<IntElement>(self: &Aggregator<IntElement>, min_amount: IntElement): bool;

    public fun is_at_least<IntElement>(self: &Aggregator<IntElement>, min_amount: IntElement): bool {
        is_at_least_impl(self, min_amount)
    }

    native public fun read<IntElement>(self: &Aggregator<IntElement>): IntElement;

    native public fun snapshot<IntElement>(self: &Aggregator<IntElement>): AggregatorSnapshot<IntElement>;

    native public fun create_snapshot<IntElement: copy + drop>(value: IntElement): AggregatorSnapshot<IntElement>;

    native public fun read_snapshot<IntElement>(self: &AggregatorSnapshot<IntElement>): IntElement;

    native public fun read_derived_string(self: &DerivedStringSnapshot): String;

    native public fun create_derived_string(value: String): DerivedStringSnapshot;

    native public fun derive_string_concat<IntElement>(
        before: String, snapshot: &AggregatorSnapshot<IntElement>, after: String
    ): DerivedStringSnapshot;

    native public fun copy_snapshot<IntElement: copy + drop>(
        snapshot: &AggregatorSnapshot<IntElement>
    ): AggregatorSnapshot<IntElement>;

    native public fun string_concat<IntElement>(
        before: String, snapshot: &AggregatorSnapshot<IntElement>, after: String
    ): AggregatorSnapshot<String>;

    #[test]
    fun counts_within_limits() {
        let counter = create_aggregator_with_value<u64>(10, 15);
        assert!(counter.try_add(5) && !counter.try_add(1) && counter.read() == 15 && counter.max_value() == 15, 0);
        assert!(counter.try_sub(15) && !counter.try_sub(1) && counter.is_at_least(0) && !counter.is_at_least(1), 1);
        let wide = create_unbounded_aggregator_with_value<u128>(7);
        wide.sub(2);
        let text = derive_string_concat(std::string::utf8(b"<"), &wide.snapshot(), std::string::utf8(b">"));
        assert!(text.read_derived_string() == std::string::utf8(b"<5>"), 2);
        assert!(create_snapshot(3u64).read_snapshot() == 3, 3);
    }

    #[test]
    #[expected_failure(abort_code = 0x20001, location = Self)]
    fun stays_below_the_limit() {
        create_aggregator<u64>(10).add(11);
    }
}
