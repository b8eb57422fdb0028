/// The least that an application can be: a room with a few bytes in it, whose channels heartbeat always or only when challenged. What it costs is what a
/// channel costs by itself (docs/costs.md).
module room::room {
    use std::signer;
    use aptos_framework::aptos_coin::AptosCoin;
    use rooch::state_channel::{Self, SettleCap};

    struct Room has store {
        words: vector<u8>
    }

    /// What a member brings in.
    struct Nothing has store {}

    /// With whoever opened the channel.
    struct House has key {
        cap: SettleCap
    }

    public entry fun open(account: &signer, stake: u64, quiet: bool) {
        let config = state_channel::create_config(stake).with_settle_interval(60000);
        let config = if (quiet) config.with_quiet_heartbeats() else config;
        let (cap, _) = state_channel::create<Room, Nothing, AptosCoin>(account, Room { words: b"hello" }, config);
        move_to(account, House { cap });
    }

    public entry fun join(account: &signer, id: u64, node_key: vector<u8>, session_gas: u64) {
        state_channel::join<Nothing, AptosCoin>(account, id, Nothing {}, node_key, session_gas);
    }

    public entry fun leave(account: &signer, id: u64) {
        let Nothing {} = state_channel::leave<Nothing>(account, id);
    }

    public entry fun settle(account: &signer, owner: address, id: u64, proposal_id: u64) acquires House {
        let cap = &borrow_global<House>(owner).cap;
        let action = state_channel::execute_proposal(cap, id, proposal_id);
        write(account, cap, id, state_channel::get_leaving(&action).length() as u8);
    }

    public entry fun settle_signed(
        account: &signer,
        owner: address,
        id: u64,
        data: vector<u8>,
        signers: vector<address>,
        signatures: vector<vector<u8>>
    ) acquires House {
        let cap = &borrow_global<House>(owner).cap;
        let action = state_channel::execute_signed_proposal(cap, account, id, data, signers, signatures);
        write(account, cap, id, state_channel::get_leaving(&action).length() as u8);
    }

    public entry fun close(account: &signer, id: u64) acquires House {
        let House { cap } = move_from<House>(signer::address_of(account));
        let Room { words: _ } = state_channel::close<Room>(account, id, cap);
    }

    fun write(account: &signer, cap: &SettleCap, id: u64, word: u8) {
        let lent = state_channel::borrow_mut<Room>(account, cap, id);
        *lent.state_mut().words.borrow_mut(0) = word;
        lent.give_back();
    }
}
