/// A settlement that has passed, while the application applies it to its state. It is begun by a shelf (`channel_app::shelf`) and must be finished.
module channel_app::settling {
    use std::bcs;
    use std::error;
    use std::hash;
    use std::option::{Self, Option};
    use aptos_std::type_info;
    use rooch::op::Op;
    use rooch::settlement::ItemChange;
    use rooch::state_channel::{Self, Borrowed, SettleCap, SettlementAction};

    friend channel_app::shelf;

    /// A settlement may only modify what was lent.
    const E_NOT_A_MODIFICATION: u64 = 11;
    /// The settlement starts from another value than the chain has.
    const E_OLD_VALUE_DIFFERS: u64 = 12;

    /// The state is out of the channel meanwhile, and the settlement in force. Neither is so unless it is finished: otherwise there is no transaction.
    struct Settling<StateT: store> {
        action: SettlementAction,
        borrowed: Borrowed<StateT>
    }

    public(friend) fun begin<StateT: store>(action: SettlementAction, cap: &SettleCap, channel_id: u64): Settling<StateT> {
        Settling { action, borrowed: state_channel::borrow_state<StateT>(cap, channel_id) }
    }

    /// The state as the chain has it.
    public fun state<StateT: store>(self: &Settling<StateT>): &StateT {
        self.borrowed.state()
    }

    /// The same, to be changed.
    public fun state_mut<StateT: store>(self: &mut Settling<StateT>): &mut StateT {
        self.borrowed.state_mut()
    }

    /// The state after the settlement, in BCS; none if it does not change. The value is what the members voted for, and nothing else is known of it: read it
    /// strictly, and refuse what the rules cannot have left. Whatever is not a modification of the state on the chain is refused here.
    public fun state_after<StateT: store>(self: &Settling<StateT>): Option<vector<u8>> {
        let op = op_of<StateT, StateT>(self, type_info::type_of<StateT>().account_address());
        value_after(&op, self.state())
    }

    /// What happened to the items of a table of the state, in order; `handle` by `channel_app::items::handle`.
    public fun item_changes<StateT: store>(self: &Settling<StateT>, handle: address): vector<ItemChange> {
        state_channel::get_item_changes(&self.action, handle)
    }

    /// What happened to a resource of an account: to the assets of a member, `settling::op_of<StateT, AssetsT>(&settling, member)`.
    public fun op_of<StateT: store, T>(self: &Settling<StateT>, owner: address): Op {
        state_channel::get_change_set_op<T>(&state_channel::get_account_change_sets(&self.action, owner))
    }

    /// Who takes no further part.
    public fun leaving<StateT: store>(self: &Settling<StateT>): vector<address> {
        state_channel::get_leaving(&self.action)
    }

    /// Gives the state back to the channel.
    public fun finish<StateT: store>(self: Settling<StateT>) {
        let Settling { action: _, borrowed } = self;
        borrowed.give_back();
    }

    /// What a change leaves of a value, in BCS; none if it is no change. Whatever is not a modification of just this value is refused.
    public fun value_after<T>(op: &Op, value: &T): Option<vector<u8>> {
        if (op.is_none()) return option::none();
        assert!(op.is_modify(), error::invalid_argument(E_NOT_A_MODIFICATION));
        assert!(hash::sha3_256(bcs::to_bytes(value)) == op.old_hash(), error::invalid_argument(E_OLD_VALUE_DIFFERS));
        option::some(op.modified_value())
    }
}
