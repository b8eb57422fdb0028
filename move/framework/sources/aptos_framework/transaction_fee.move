/// What a transaction cost, and its settling: fees are burnt, and what comes back for deleted storage is minted anew.
module aptos_framework::transaction_fee {
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::coin::{Self, BurnCapability, MintCapability};
    use aptos_framework::event;
    use aptos_framework::system_addresses;

    friend aptos_framework::genesis;

    /// Burns the fees.
    struct AptosCoinCapabilities has key {
        burn_cap: BurnCapability<AptosCoin>
    }

    /// Mints the refunds.
    struct AptosCoinMintCapability has key {
        mint_cap: MintCapability<AptosCoin>
    }

    #[event]
    /// One of every transaction. What it cost in the end: the total at its price, less the refund. The parts are rounded one by one and may come
    /// to more than the total.
    struct FeeStatement has drop, store {
        /// Gas used in all, storage included.
        total_charge_gas_units: u64,
        /// For computing.
        execution_gas_units: u64,
        /// For reading and writing.
        io_gas_units: u64,
        /// For taking up storage: in the total, at the transaction's price.
        storage_fee_octas: u64,
        /// For storage given up. Not in the total.
        storage_fee_refund_octas: u64
    }

    public(friend) fun burn_fee(account: address, fee: u64) acquires AptosCoinCapabilities {
        coin::burn_from_for_gas<AptosCoin>(
            account, fee, &borrow_global<AptosCoinCapabilities>(@aptos_framework).burn_cap
        );
    }

    public(friend) fun mint_and_refund(account: address, refund: u64) acquires AptosCoinMintCapability {
        let cap = &borrow_global<AptosCoinMintCapability>(@aptos_framework).mint_cap;
        coin::deposit_for_gas_fee(account, coin::mint(refund, cap));
    }

    /// Only at genesis.
    public(friend) fun store_aptos_coin_burn_cap(aptos_framework: &signer, burn_cap: BurnCapability<AptosCoin>) {
        system_addresses::assert_aptos_framework(aptos_framework);
        move_to(aptos_framework, AptosCoinCapabilities { burn_cap });
    }

    /// Only at genesis.
    public(friend) fun store_aptos_coin_mint_cap(aptos_framework: &signer, mint_cap: MintCapability<AptosCoin>) {
        system_addresses::assert_aptos_framework(aptos_framework);
        move_to(aptos_framework, AptosCoinMintCapability { mint_cap });
    }

    #[test_only]
    public fun new_fee_statement(
        total_charge_gas_units: u64,
        execution_gas_units: u64,
        io_gas_units: u64,
        storage_fee_octas: u64,
        storage_fee_refund_octas: u64
    ): FeeStatement {
        FeeStatement {
            total_charge_gas_units,
            execution_gas_units,
            io_gas_units,
            storage_fee_octas,
            storage_fee_refund_octas
        }
    }

    public(friend) fun emit_fee_statement(fee_statement: FeeStatement) {
        event::emit(fee_statement)
    }

    public(friend) fun storage_fee_refund_octas(self: &FeeStatement): u64 {
        self.storage_fee_refund_octas
    }
}
