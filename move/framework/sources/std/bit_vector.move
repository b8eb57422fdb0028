/// Up to 1024 bits.
module std::bit_vector {
    use std::vector;

    /// The index lies outside of the vector.
    const EINDEX: u64 = 0x20000;
    /// A bit vector has at least one bit and fewer than `MAX_SIZE`.
    const ELENGTH: u64 = 0x20001;

    const MAX_SIZE: u64 = 1024;

    struct BitVector has copy, drop, store {
        length: u64,
        bit_field: vector<bool>
    }

    public fun new(length: u64): BitVector {
        assert!(length > 0 && length < MAX_SIZE, ELENGTH);
        let bit_field = vector::empty();
        for (i in 0..length) bit_field.push_back(false);
        BitVector { length, bit_field }
    }

    public fun set(self: &mut BitVector, bit_index: u64) {
        assert!(bit_index < self.length(), EINDEX);
        self.bit_field[bit_index] = true;
    }

    public fun unset(self: &mut BitVector, bit_index: u64) {
        assert!(bit_index < self.length(), EINDEX);
        self.bit_field[bit_index] = false;
    }

    /// Bit `i` takes the value of bit `i + amount`; what comes in at the end is unset.
    public fun shift_left(self: &mut BitVector, amount: u64) {
        let length = self.length();
        for (i in 0..length) {
            self.bit_field[i] = amount < length - i && self.bit_field[i + amount];
        }
    }

    public fun is_index_set(self: &BitVector, bit_index: u64): bool {
        assert!(bit_index < self.length(), EINDEX);
        self.bit_field[bit_index]
    }

    public fun length(self: &BitVector): u64 {
        self.bit_field.length()
    }

    /// How many bits are set without a gap, from `start_index` on.
    public fun longest_set_sequence_starting_at(self: &BitVector, start_index: u64): u64 {
        assert!(start_index < self.length, EINDEX);
        let end = start_index;
        while (end < self.length && self.bit_field[end]) end += 1;
        end - start_index
    }

    #[test]
    fun sets_shifts_and_counts() {
        let bits = new(8);
        bits.set(2);
        bits.set(3);
        bits.set(4);
        bits.unset(3);
        bits.set(3);
        assert!(bits.longest_set_sequence_starting_at(2) == 3 && bits.longest_set_sequence_starting_at(5) == 0, 0);
        bits.shift_left(2);
        assert!(bits.is_index_set(0) && bits.is_index_set(2) && !bits.is_index_set(3), 1);
        bits.shift_left(100);
        assert!(bits == new(8) && bits.length() == 8, 2);
    }

    #[test]
    #[expected_failure(abort_code = EINDEX)]
    fun ends() {
        new(8).set(8);
    }

    #[test]
    #[expected_failure(abort_code = ELENGTH)]
    fun has_at_most_1023_bits() {
        new(1024);
    }
}
