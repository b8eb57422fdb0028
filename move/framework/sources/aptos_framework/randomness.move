/// Numbers that nobody could know before the transaction. They come from a seed that the chain's validators make for every block. The local
/// chain makes one from the block before, which its owner could have known.
module aptos_framework::randomness {
    use std::hash;
    use std::option::{Self, Option};
    use aptos_framework::event;
    use aptos_framework::system_addresses;
    use aptos_framework::transaction_context;

    friend aptos_framework::block;

    /// The call is not from an entry function that is marked for it, so that its caller could undo what it does not like.
    const E_API_USE_IS_BIASABLE: u64 = 1;

    const DST: vector<u8> = b"APTOS_RANDOMNESS";

    struct PerBlockRandomness has drop, key {
        epoch: u64,
        round: u64,
        seed: Option<vector<u8>>
    }

    #[event]
    struct RandomnessGeneratedEvent has drop, store {}

    public fun initialize(framework: &signer) {
        system_addresses::assert_aptos_framework(framework);
        if (exists<PerBlockRandomness>(@aptos_framework)) return;
        move_to(framework, PerBlockRandomness { epoch: 0, round: 0, seed: option::none() });
    }

    public(friend) fun on_new_block(
        vm: &signer, epoch: u64, round: u64, seed_for_new_block: Option<vector<u8>>
    ) acquires PerBlockRandomness {
        system_addresses::assert_vm(vm);
        if (!exists<PerBlockRandomness>(@aptos_framework)) return;
        *borrow_global_mut<PerBlockRandomness>(@aptos_framework) = PerBlockRandomness {
            epoch,
            round,
            seed: seed_for_new_block
        };
    }

    public fun bytes(n: u64): vector<u8> acquires PerBlockRandomness {
        let result = vector[];
        while (result.length() < n) result.append(next_32_bytes());
        result.trim(n);
        event::emit(RandomnessGeneratedEvent {});
        result
    }

    public fun u8_integer(): u8 acquires PerBlockRandomness {
        let result = (number(1) as u8);
        event::emit(RandomnessGeneratedEvent {});
        result
    }

    public fun u16_integer(): u16 acquires PerBlockRandomness {
        let result = (number(2) as u16);
        event::emit(RandomnessGeneratedEvent {});
        result
    }

    public fun u32_integer(): u32 acquires PerBlockRandomness {
        let result = (number(4) as u32);
        event::emit(RandomnessGeneratedEvent {});
        result
    }

    public fun u64_integer(): u64 acquires PerBlockRandomness {
        let result = (number(8) as u64);
        event::emit(RandomnessGeneratedEvent {});
        result
    }

    public fun u128_integer(): u128 acquires PerBlockRandomness {
        let result = (number(16) as u128);
        event::emit(RandomnessGeneratedEvent {});
        result
    }

    public fun u256_integer(): u256 acquires PerBlockRandomness {
        let result = number(32);
        event::emit(RandomnessGeneratedEvent {});
        result
    }

    public fun u8_range(min_incl: u8, max_excl: u8): u8 acquires PerBlockRandomness {
        let sample = below((max_excl - min_incl as u256));
        event::emit(RandomnessGeneratedEvent {});
        min_incl + (sample as u8)
    }

    public fun u16_range(min_incl: u16, max_excl: u16): u16 acquires PerBlockRandomness {
        let sample = below((max_excl - min_incl as u256));
        event::emit(RandomnessGeneratedEvent {});
        min_incl + (sample as u16)
    }

    public fun u32_range(min_incl: u32, max_excl: u32): u32 acquires PerBlockRandomness {
        let sample = below((max_excl - min_incl as u256));
        event::emit(RandomnessGeneratedEvent {});
        min_incl + (sample as u32)
    }

    public fun u64_range(min_incl: u64, max_excl: u64): u64 acquires PerBlockRandomness {
        let sample = below((max_excl - min_incl as u256));
        event::emit(RandomnessGeneratedEvent {});
        min_incl + (sample as u64)
    }

    public fun u128_range(min_incl: u128, max_excl: u128): u128 acquires PerBlockRandomness {
        let sample = below((max_excl - min_incl as u256));
        event::emit(RandomnessGeneratedEvent {});
        min_incl + (sample as u128)
    }

    /// Without an event.
    public fun u64_range_internal(min_incl: u64, max_excl: u64): u64 acquires PerBlockRandomness {
        min_incl + (below((max_excl - min_incl as u256)) as u64)
    }

    public fun u256_range(min_incl: u256, max_excl: u256): u256 acquires PerBlockRandomness {
        let range = max_excl - min_incl;
        // 512 random bits, so that no number is noticeably likelier: the higher half, doubled 256 times, and the lower half.
        let low = number(32);
        let sample = number(32) % range;
        for (i in 0..256) sample = add_modulo(sample, sample, range);
        sample = add_modulo(sample, low % range, range);
        event::emit(RandomnessGeneratedEvent {});
        min_incl + sample
    }

    /// 0 to n-1 in any order.
    public fun permutation(n: u64): vector<u64> acquires PerBlockRandomness {
        let values = std::vector::range(0, n);
        let tail = n;
        while (tail > 1) {
            let position = u64_range_internal(0, tail);
            tail -= 1;
            values.swap(position, tail);
        };
        event::emit(RandomnessGeneratedEvent {});
        values
    }

    fun next_32_bytes(): vector<u8> acquires PerBlockRandomness {
        assert!(is_unbiasable(), E_API_USE_IS_BIASABLE);
        let input = DST;
        input.append(*borrow_global<PerBlockRandomness>(@aptos_framework).seed.borrow());
        input.append(transaction_context::get_transaction_hash());
        input.append(fetch_and_increment_txn_counter());
        hash::sha3_256(input)
    }

    /// Of so many bytes, the last of the hash first.
    fun number(size: u64): u256 acquires PerBlockRandomness {
        let raw = next_32_bytes();
        let result = 0;
        for (i in 0..size) result = (result << 8) + (raw.pop_back() as u256);
        result
    }

    fun below(range: u256): u256 acquires PerBlockRandomness {
        number(32) % range
    }

    fun add_modulo(a: u256, b: u256, m: u256): u256 {
        let rest = m - b;
        if (a < rest) a + b else a - rest
    }

    native fun fetch_and_increment_txn_counter(): vector<u8>;

    native fun is_unbiasable(): bool;

    #[test]
    fun adds_without_overflow() {
        let most = 115792089237316195423570985008687907853269984665640564039457584007913129639935;
        assert!(add_modulo(most - 1, most - 1, most) == most - 2 && add_modulo(2, 3, 7) == 5, 0);
        assert!(add_modulo(3, 4, 7) == 0, 1);
    }

    #[test]
    #[expected_failure(abort_code = E_API_USE_IS_BIASABLE)]
    fun is_for_marked_functions_alone() acquires PerBlockRandomness {
        u64_integer();
    }
}
