/// Shares in a pool of coins. Who pays in gets shares at their present price; what the pool earns makes every share dearer. For any number of shareholders.
module aptos_std::pool_u64_unbound {
    use std::error;
    use aptos_std::table_with_length::{Self, TableWithLength};

    /// The address has no shares.
    const ESHAREHOLDER_NOT_FOUND: u64 = 1;
    /// The pool still has coins.
    const EPOOL_IS_NOT_EMPTY: u64 = 3;
    /// Not enough shares.
    const EINSUFFICIENT_SHARES: u64 = 4;
    /// One address cannot have that many shares.
    const ESHAREHOLDER_SHARES_OVERFLOW: u64 = 5;
    /// A pool cannot have that many coins.
    const EPOOL_TOTAL_COINS_OVERFLOW: u64 = 6;
    /// A pool cannot have that many shares.
    const EPOOL_TOTAL_SHARES_OVERFLOW: u64 = 7;

    const MAX_U64: u64 = 18446744073709551615;
    const MAX_U128: u128 = 340282366920938463463374607431768211455;

    /// The first coins buy `scaling_factor` shares each, which makes what is lost by rounding smaller.
    struct Pool has store {
        total_coins: u64,
        total_shares: u128,
        shares: TableWithLength<address, u128>,
        scaling_factor: u64
    }

    public fun new(): Pool {
        create_with_scaling_factor(1)
    }

    /// The older name of `new`.
    public fun create(): Pool {
        new()
    }

    public fun create_with_scaling_factor(scaling_factor: u64): Pool {
        Pool {
            total_coins: 0,
            total_shares: 0,
            shares: table_with_length::new(),
            scaling_factor
        }
    }

    public fun destroy_empty(self: Pool) {
        assert!(self.total_coins == 0, error::invalid_state(EPOOL_IS_NOT_EMPTY));
        let Pool { total_coins: _, total_shares: _, shares, scaling_factor: _ } = self;
        shares.destroy_empty();
    }

    public fun total_coins(self: &Pool): u64 {
        self.total_coins
    }

    public fun total_shares(self: &Pool): u128 {
        self.total_shares
    }

    public fun contains(self: &Pool, shareholder: address): bool {
        self.shares.contains(shareholder)
    }

    public fun shares(self: &Pool, shareholder: address): u128 {
        if (self.contains(shareholder)) *self.shares.borrow(shareholder) else 0
    }

    /// What the address's shares are worth.
    public fun balance(self: &Pool, shareholder: address): u64 {
        self.shares_to_amount(self.shares(shareholder))
    }

    public fun shareholders_count(self: &Pool): u64 {
        self.shares.length()
    }

    public fun update_total_coins(self: &mut Pool, new_total_coins: u64) {
        self.total_coins = new_total_coins;
    }

    /// Gives back the new shares.
    public fun buy_in(self: &mut Pool, shareholder: address, coins_amount: u64): u128 {
        if (coins_amount == 0) return 0;
        let new_shares = self.amount_to_shares(coins_amount);
        assert!(
            MAX_U64 - self.total_coins >= coins_amount, error::invalid_argument(EPOOL_TOTAL_COINS_OVERFLOW)
        );
        assert!(
            MAX_U128 - self.total_shares >= new_shares, error::invalid_argument(EPOOL_TOTAL_SHARES_OVERFLOW)
        );
        self.total_coins += coins_amount;
        self.total_shares += new_shares;
        self.add_shares(shareholder, new_shares);
        new_shares
    }

    /// Gives back how many coins the shares were worth.
    public fun redeem_shares(self: &mut Pool, shareholder: address, shares_to_redeem: u128): u64 {
        self.assert_shares(shareholder, shares_to_redeem);
        if (shares_to_redeem == 0) return 0;
        let coins = self.shares_to_amount(shares_to_redeem);
        self.total_coins -= coins;
        self.total_shares -= shares_to_redeem;
        self.deduct_shares(shareholder, shares_to_redeem);
        coins
    }

    public fun transfer_shares(
        self: &mut Pool, shareholder_1: address, shareholder_2: address, shares_to_transfer: u128
    ) {
        self.assert_shares(shareholder_1, shares_to_transfer);
        if (shares_to_transfer == 0) return;
        self.deduct_shares(shareholder_1, shares_to_transfer);
        self.add_shares(shareholder_2, shares_to_transfer);
    }

    public fun amount_to_shares(self: &Pool, coins_amount: u64): u128 {
        self.amount_to_shares_with_total_coins(coins_amount, self.total_coins)
    }

    /// As if the pool had `total_coins`.
    public fun amount_to_shares_with_total_coins(self: &Pool, coins_amount: u64, total_coins: u64): u128 {
        if (self.total_coins == 0 || self.total_shares == 0) (coins_amount as u128) * (self.scaling_factor as u128)
        else self.multiply_then_divide((coins_amount as u128), self.total_shares, (total_coins as u128))
    }

    public fun shares_to_amount(self: &Pool, shares: u128): u64 {
        self.shares_to_amount_with_total_coins(shares, self.total_coins)
    }

    /// As if the pool had `total_coins`.
    public fun shares_to_amount_with_total_coins(self: &Pool, shares: u128, total_coins: u64): u64 {
        self.shares_to_amount_with_total_stats(shares, total_coins, self.total_shares)
    }

    /// As if the pool had `total_coins` and `total_shares`.
    public fun shares_to_amount_with_total_stats(
        self: &Pool, shares: u128, total_coins: u64, total_shares: u128
    ): u64 {
        if (self.total_coins == 0 || total_shares == 0) 0
        else (self.multiply_then_divide(shares, (total_coins as u128), total_shares) as u64)
    }

    /// `x * y / z`, rounded down, whatever the pool.
    public fun multiply_then_divide(self: &Pool, x: u128, y: u128, z: u128): u128 {
        (((x as u256) * (y as u256) / (z as u256)) as u128)
    }

    fun assert_shares(self: &Pool, shareholder: address, shares: u128) {
        assert!(self.contains(shareholder), error::invalid_argument(ESHAREHOLDER_NOT_FOUND));
        assert!(self.shares(shareholder) >= shares, error::invalid_argument(EINSUFFICIENT_SHARES));
    }

    fun add_shares(self: &mut Pool, shareholder: address, new_shares: u128) {
        if (self.contains(shareholder)) {
            let shares = self.shares.borrow_mut(shareholder);
            assert!(MAX_U128 - *shares >= new_shares, error::invalid_argument(ESHAREHOLDER_SHARES_OVERFLOW));
            *shares += new_shares;
        } else if (new_shares > 0) {
            self.shares.add(shareholder, new_shares);
        }
    }

    fun deduct_shares(self: &mut Pool, shareholder: address, num_shares: u128) {
        let shares = self.shares.borrow_mut(shareholder);
        *shares -= num_shares;
        if (*shares == 0) {
            self.shares.remove(shareholder);
        }
    }

    #[test]
    fun shares_what_it_earns() {
        let pool = new();
        assert!(pool.buy_in(@0xa11ce, 1000) == 1000 && pool.buy_in(@0xb0b, 0) == 0, 0);
        pool.update_total_coins(2000);
        assert!(pool.buy_in(@0xb0b, 1000) == 500 && pool.balance(@0xa11ce) == 2000, 1);
        pool.update_total_coins(6000);
        assert!(pool.redeem_shares(@0xa11ce, 500) == 2000 && pool.total_coins() == 4000, 2);
        assert!(pool.total_shares() == 1000 && pool.shareholders_count() == 2, 3);
        pool.transfer_shares(@0xb0b, @0xca401, 500);
        assert!(!pool.contains(@0xb0b) && pool.shares(@0xca401) == 500 && pool.balance(@0xca401) == 2000, 4);
        assert!(pool.amount_to_shares_with_total_coins(100, 1000) == 100, 5);
        assert!(pool.shares_to_amount_with_total_coins(100, 500) == 50, 6);
        assert!(pool.redeem_shares(@0xca401, 500) == 2000 && pool.redeem_shares(@0xa11ce, 500) == 2000, 7);
        assert!(pool.shareholders_count() == 0, 8);
        pool.destroy_empty();
    }

    #[test]
    fun scales_the_first_shares() {
        let pool = create_with_scaling_factor(100);
        assert!(pool.buy_in(@0xa11ce, 10) == 1000, 0);
        pool.update_total_coins(11);
        assert!(pool.buy_in(@0xb0b, 10) == 909, 1);
        assert!(pool.redeem_shares(@0xb0b, 909) == 9 && pool.redeem_shares(@0xa11ce, 1000) == 12, 2);
        pool.destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = Self)]
    fun gives_no_more_than_there_is() {
        let pool = new();
        pool.buy_in(@0xa11ce, 10);
        pool.redeem_shares(@0xa11ce, 11);
        pool.destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x10001, location = Self)]
    fun gives_nothing_to_strangers() {
        let pool = new();
        pool.redeem_shares(@0xbad, 0);
        pool.destroy_empty();
    }

    #[test]
    #[expected_failure(abort_code = 0x30003, location = Self)]
    fun is_destroyed_when_empty() {
        let pool = new();
        pool.update_total_coins(1);
        pool.destroy_empty();
    }
}
