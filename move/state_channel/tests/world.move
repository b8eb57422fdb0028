#[test_only]
/// What the tests of channels share: a chain with a clock and money, characters, an application, and proposals in BCS.
module rooch::world {
    use std::bcs;
    use std::hash;
    use std::signer;
    use std::string::{Self, String};
    use aptos_framework::account;
    use aptos_framework::aptos_coin::{Self, AptosCoin};
    use aptos_framework::chain_id;
    use aptos_framework::coin;
    use aptos_framework::fungible_asset::Metadata;
    use aptos_framework::object::{Self, Object};
    use aptos_framework::timestamp;
    use aptos_std::from_bcs;
    use aptos_std::table::{Self, Table};
    use aptos_std::type_info;
    use rooch::config::Config;
    use rooch::replay::{Self, Replay};
    use rooch::staking;
    use rooch::state_channel::{Self, SettleCap, SettlementAction};
    use rooch::vectors;

    const ALICE: address = @0xa11ce;
    const BOB: address = @0xb0b;
    const CAROL: address = @0xca401;
    const MALLORY: address = @0xbad;

    /// What each character starts with, in octas.
    const MONEY: u64 = 1_000_000;
    const START_MS: u64 = 1_000_000;
    const STAKE: u64 = 100;
    const SESSION_GAS: u64 = 10;
    const CHAIN_ID: u8 = 4;

    /// The application: a notebook on loan to a channel, and pens that members bring in.
    struct Notebook has store {
        text: vector<u8>
    }

    struct Pens has store {
        count: u64
    }

    struct Shelf has key {
        caps: Table<u64, SettleCap>
    }

    struct OtherCoin {}

    // ---- The chain

    public fun begin() {
        let framework = account::create_signer_for_test(@aptos_framework);
        timestamp::set_time_has_started_for_testing(&framework);
        timestamp::update_global_time_for_test(START_MS * 1000);
        let (burn_cap, mint_cap) = aptos_coin::initialize_for_test(&framework);
        let people = vector[ALICE, BOB, CAROL, MALLORY];
        for (i in 0..people.length()) {
            let person = account::create_account_for_test(people[i]);
            coin::register<AptosCoin>(&person);
            coin::deposit(people[i], coin::mint<AptosCoin>(MONEY, &mint_cap));
        };
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_mint_cap(mint_cap);
        chain_id::initialize_for_test(&framework, CHAIN_ID);
        let publisher = account::create_signer_for_test(@rooch);
        staking::init_for_test(&publisher);
        state_channel::init_for_test(&publisher);
    }

    public fun pass_ms(duration_ms: u64) {
        timestamp::update_global_time_for_test(timestamp::now_microseconds() + duration_ms * 1000);
    }

    /// The fungible asset that the coin is paired with.
    public fun apt(): address {
        object::object_address(&coin::paired_metadata<AptosCoin>().destroy_some())
    }

    public fun balance(person: address): u64 {
        coin::balance<AptosCoin>(person)
    }

    // ---- Characters

    public fun alice(): signer {
        account::create_signer_for_test(ALICE)
    }

    public fun bob(): signer {
        account::create_signer_for_test(BOB)
    }

    public fun carol(): signer {
        account::create_signer_for_test(CAROL)
    }

    public fun mallory(): signer {
        account::create_signer_for_test(MALLORY)
    }

    public fun person(account: address): signer {
        account::create_signer_for_test(account)
    }

    public fun key(n: u64): vector<u8> {
        vectors::keys()[n]
    }

    /// The account of the n-th key.
    public fun session(n: u64): signer {
        account::create_signer_for_test(state_channel::session_address(key(n)))
    }

    // ---- The application

    public fun notebook(): Notebook {
        Notebook { text: b"draft" }
    }

    public fun pens(count: u64): Pens {
        Pens { count }
    }

    /// Alice opens channel 1 with the usual stake.
    public fun open(): u64 acquires Shelf {
        open_with(state_channel::create_config(STAKE))
    }

    public fun open_with(config: Config): u64 acquires Shelf {
        let creator = alice();
        let (cap, id) = state_channel::create<Notebook, Pens, AptosCoin>(&creator, notebook(), config);
        if (!exists<Shelf>(ALICE)) {
            move_to(&creator, Shelf { caps: table::new() });
        };
        borrow_global_mut<Shelf>(ALICE).caps.add(id, cap);
        id
    }

    /// The same with stakes in a fungible asset.
    public fun open_with_asset(asset: Object<Metadata>, config: Config): u64 acquires Shelf {
        let creator = alice();
        let (cap, id) = state_channel::create_with_asset<Notebook, Pens>(&creator, notebook(), asset, config);
        move_to(&creator, Shelf { caps: table::new() });
        borrow_global_mut<Shelf>(ALICE).caps.add(id, cap);
        id
    }

    public fun join(id: u64, member: &signer, key_number: u64) {
        state_channel::join<Pens, AptosCoin>(member, id, pens(key_number), key(key_number), SESSION_GAS);
    }

    /// Channel 1 with Alice (key 0), Bob (key 1) and Carol (key 2), and Alice leading it.
    public fun open_for_three(): u64 acquires Shelf {
        let id = open();
        join(id, &alice(), 0);
        join(id, &bob(), 1);
        join(id, &carol(), 2);
        state_channel::apply_leader_entry(&alice(), id);
        id
    }

    /// Channel 1 with members that stake nothing, as many as there are keys for: Alice, Bob and Carol, and the accounts of the keys after theirs.
    public fun open_for(count: u64): u64 acquires Shelf {
        open_with_members(state_channel::create_config(0), count)
    }

    public fun open_with_members(config: Config, count: u64): u64 acquires Shelf {
        let id = open_with(config);
        for (i in 0..count) {
            let member = member(i);
            state_channel::join<Pens, AptosCoin>(&member, id, pens(i), key(i), 0);
        };
        state_channel::apply_leader_entry(&alice(), id);
        id
    }

    /// The n-th member of `open_for`.
    public fun member(n: u64): signer {
        if (n == 0) alice()
        else if (n == 1) bob()
        else if (n == 2) carol()
        else session(n)
    }

    public fun members(count: u64): vector<address> {
        let members = vector[];
        for (i in 0..count) members.push_back(signer::address_of(&member(i)));
        members
    }

    /// The first so many.
    public fun first(signatures: vector<vector<u8>>, count: u64): vector<vector<u8>> {
        signatures.trim(count);
        signatures
    }

    /// The pens that come back.
    public fun leave(id: u64, member: &signer): u64 {
        let Pens { count } = state_channel::leave<Pens>(member, id);
        count
    }

    /// The text that comes back.
    public fun close(id: u64, sender: &signer): vector<u8> acquires Shelf {
        let cap = borrow_global_mut<Shelf>(ALICE).caps.remove(id);
        let Notebook { text } = state_channel::close<Notebook>(sender, id, cap);
        text
    }

    /// Executes the proposal and applies it to the notebook.
    public fun settle(id: u64, sender: &signer, proposal_id: u64) acquires Shelf {
        let cap = borrow_global<Shelf>(ALICE).caps.borrow(id);
        let action = state_channel::execute_proposal(cap, id, proposal_id);
        let changes = state_channel::get_account_change_sets(&action, @rooch);
        let op = state_channel::get_change_set_op<Notebook>(&changes);
        if (op.is_none()) return;
        let borrowed = state_channel::borrow_mut<Notebook>(sender, cap, id);
        let notebook = borrowed.state_mut();
        assert!(op.old_hash() == hash::sha3_256(bcs::to_bytes(notebook)), 1000);
        notebook.text = from_bcs::to_bytes(op.modified_value());
        borrowed.give_back();
    }

    /// Executes a settlement that members have signed.
    public fun settle_signed(
        id: u64, sender: &signer, data: vector<u8>, signers: vector<address>, signatures: vector<vector<u8>>
    ) acquires Shelf {
        let cap = borrow_global<Shelf>(ALICE).caps.borrow(id);
        state_channel::execute_signed_proposal(cap, sender, id, data, signers, signatures);
    }

    /// Adds a pen to those of a member, as a settlement would.
    public fun give_pen(id: u64, member: address) acquires Shelf {
        let cap = borrow_global<Shelf>(ALICE).caps.borrow(id);
        let borrowed = state_channel::borrow_assets<Pens>(cap, id, member);
        let pens = borrowed.assets_mut();
        pens.count += 1;
        borrowed.give_assets_back();
    }

    /// What `write(text)` does in the channel: the notebook's text becomes another; it aborts with 7 where there is none. Run again on the chain.
    public fun replay(id: u64, reporter: &signer, evidence: vector<u8>) acquires Shelf {
        let cap = borrow_global<Shelf>(ALICE).caps.borrow(id);
        let replay = state_channel::open_replay(cap, reporter, id, evidence);
        if (!replay.is_tick()) expect_write(&mut replay);
        state_channel::conclude_replay(cap, id, replay);
    }

    fun expect_write(replay: &mut Replay) {
        let text = from_bcs::to_bytes(replay.args()[0]);
        if (text.is_empty()) replay.expect_abort(7)
        else {
            replay::resource_before<Notebook>(replay, @rooch);
            replay::expect_resource<Notebook>(replay, @rooch, vector[bcs::to_bytes(&Notebook2 { text })]);
        }
    }

    /// Opens a replay, lets the caller say what it likes, and concludes it on whatever channel.
    public fun open_replay(id: u64, reporter: &signer, evidence: vector<u8>): Replay acquires Shelf {
        state_channel::open_replay(borrow_global<Shelf>(ALICE).caps.borrow(id), reporter, id, evidence)
    }

    public fun conclude(id: u64, replay: Replay) acquires Shelf {
        state_channel::conclude_replay(borrow_global<Shelf>(ALICE).caps.borrow(id), id, replay);
    }

    /// Uses the capability of one channel on another.
    public fun settle_with_cap_of(cap_id: u64, id: u64, proposal_id: u64) acquires Shelf {
        let cap = borrow_global<Shelf>(ALICE).caps.borrow(cap_id);
        state_channel::execute_proposal(cap, id, proposal_id);
    }

    public fun borrow_with_cap_of(cap_id: u64, id: u64) acquires Shelf {
        let cap = borrow_global<Shelf>(ALICE).caps.borrow(cap_id);
        state_channel::borrow_mut<Notebook>(&alice(), cap, id).give_back();
    }

    public fun close_with_cap_of(cap_id: u64, id: u64) acquires Shelf {
        let cap = borrow_global_mut<Shelf>(ALICE).caps.remove(cap_id);
        let Notebook { text: _ } = state_channel::close<Notebook>(&alice(), id, cap);
    }

    public fun open_replay_with_cap_of(cap_id: u64, id: u64, evidence: vector<u8>): Replay acquires Shelf {
        state_channel::open_replay(borrow_global<Shelf>(ALICE).caps.borrow(cap_id), &bob(), id, evidence)
    }

    public fun conclude_with_cap_of(cap_id: u64, id: u64, replay: Replay) acquires Shelf {
        state_channel::conclude_replay(borrow_global<Shelf>(ALICE).caps.borrow(cap_id), id, replay);
    }

    public fun settle_signed_with_cap_of(cap_id: u64, id: u64, data: vector<u8>, signature: vector<u8>) acquires Shelf {
        let cap = borrow_global<Shelf>(ALICE).caps.borrow(cap_id);
        state_channel::execute_signed_proposal(cap, &alice(), id, data, vector[ALICE], vector[signature]);
    }

    public fun borrow_assets_with_cap_of(cap_id: u64, id: u64, member: address) acquires Shelf {
        let cap = borrow_global<Shelf>(ALICE).caps.borrow(cap_id);
        state_channel::borrow_assets<Pens>(cap, id, member).give_assets_back();
    }

    public fun borrow_notebook_of(id: u64, member: address) acquires Shelf {
        let cap = borrow_global<Shelf>(ALICE).caps.borrow(id);
        state_channel::borrow_assets<Notebook>(cap, id, member).give_assets_back();
    }

    public fun close_as_pens(id: u64) acquires Shelf {
        let cap = borrow_global_mut<Shelf>(ALICE).caps.remove(id);
        let Pens { count: _ } = state_channel::close<Pens>(&alice(), id, cap);
    }

    /// What a settlement that has passed says.
    public fun action(id: u64, proposal_id: u64): SettlementAction acquires Shelf {
        state_channel::execute_proposal(borrow_global<Shelf>(ALICE).caps.borrow(id), id, proposal_id)
    }

    /// Adds a notebook of this text to what is expected of a replay.
    public fun expect_text(replay: &mut Replay, text: vector<u8>) {
        replay::expect_resource<Notebook>(replay, @rooch, vector[bcs::to_bytes(&Notebook2 { text })]);
    }

    /// A notebook's encoding.
    public fun text_bytes(text: vector<u8>): vector<u8> {
        bcs::to_bytes(&Notebook2 { text })
    }

    public fun borrow_as_pens(id: u64) acquires Shelf {
        let cap = borrow_global<Shelf>(ALICE).caps.borrow(id);
        state_channel::borrow_mut<Pens>(&alice(), cap, id).give_back();
    }

    public fun join_with_other_coin(id: u64) {
        state_channel::join<Pens, OtherCoin>(&bob(), id, pens(1), key(1), 0);
    }

    public fun join_with_other_assets(id: u64) {
        state_channel::join<Notebook, AptosCoin>(&bob(), id, notebook(), key(1), 0);
    }

    public fun leave_with_other_assets(id: u64) {
        let Notebook { text: _ } = state_channel::leave<Notebook>(&bob(), id);
    }

    /// The text of the notebook on the chain.
    public fun text(id: u64): vector<u8> {
        from_bcs::to_bytes(state_channel::state_bytes<Notebook>(id))
    }

    public fun pens_of(id: u64, member: address): u64 {
        from_bcs::to_u64(state_channel::assets_bytes<Pens>(id, member))
    }

    // ---- Proposals: the layout of rooch::settlement, with every field free to be wrong

    struct OpData has copy, drop {
        new: vector<vector<u8>>,
        modify: vector<vector<u8>>,
        delete: vector<bool>
    }

    struct TypeChangeData has copy, drop {
        type_name: String,
        op: OpData
    }

    struct AccountChangesData has copy, drop {
        account: address,
        changes: vector<TypeChangeData>
    }

    struct ItemChangeData has copy, drop {
        key: vector<u8>,
        op: OpData
    }

    struct TableChangesData has copy, drop {
        handle: address,
        items: vector<ItemChangeData>
    }

    struct SettlementData has copy, drop {
        from_height: u64,
        to_height: u64,
        change_sets: vector<AccountChangesData>,
        table_changes: vector<TableChangesData>,
        leaving: vector<address>,
        closing: bool,
        state_root: vector<u8>,
        history_hash: vector<u8>
    }

    public fun op_data(new: vector<vector<u8>>, modify: vector<vector<u8>>, delete: vector<bool>): OpData {
        OpData { new, modify, delete }
    }

    public fun type_change(type_name: vector<u8>, op: OpData): TypeChangeData {
        TypeChangeData { type_name: string::utf8(type_name), op }
    }

    public fun account_changes(account: address, changes: vector<TypeChangeData>): AccountChangesData {
        AccountChangesData { account, changes }
    }

    /// The settlement that members settle out by: to the next height, with the votes of the first so many.
    public fun settle_out(id: u64, leaving: vector<address>, proposal_id: u64, voters: u64) acquires Shelf {
        let (height, _, _) = state_channel::channel_info(id).settled_for_test();
        propose(id, &alice(), settlement(height, height + 1).with_leaving(leaving));
        for (i in 1..voters) vote_for(id, &member(i), proposal_id);
        settle(id, &alice(), proposal_id);
    }

    /// Nothing but the height changes.
    public fun settlement(from_height: u64, to_height: u64): SettlementData {
        SettlementData {
            from_height,
            to_height,
            change_sets: vector[],
            table_changes: vector[],
            leaving: vector[],
            closing: false,
            state_root: hash::sha3_256(b"root"),
            history_hash: hash::sha3_256(b"history")
        }
    }

    /// The history begins anew.
    public fun beginning(from_height: u64): SettlementData {
        settlement(from_height, from_height + 1).with_state_root(vector[]).with_history_hash(vector[])
    }

    public fun with_leaving(self: SettlementData, leaving: vector<address>): SettlementData {
        self.leaving = leaving;
        self
    }

    public fun with_closing(self: SettlementData): SettlementData {
        self.closing = true;
        self
    }

    public fun with_state_root(self: SettlementData, state_root: vector<u8>): SettlementData {
        self.state_root = state_root;
        self
    }

    public fun with_history_hash(self: SettlementData, history_hash: vector<u8>): SettlementData {
        self.history_hash = history_hash;
        self
    }

    public fun with_change_sets(
        self: SettlementData, change_sets: vector<AccountChangesData>
    ): SettlementData {
        self.change_sets = change_sets;
        self
    }

    public fun item_change(key: vector<u8>, op: OpData): ItemChangeData {
        ItemChangeData { key, op }
    }

    public fun table_changes(handle: address, items: vector<ItemChangeData>): TableChangesData {
        TableChangesData { handle, items }
    }

    public fun with_table_changes(self: SettlementData, table_changes: vector<TableChangesData>): SettlementData {
        self.table_changes = table_changes;
        self
    }

    /// One operation on one type of one account.
    public fun with_op(self: SettlementData, op: OpData): SettlementData {
        self.with_change_sets(vector[account_changes(@rooch, vector[type_change(b"0x1::any::T", op)])])
    }

    /// The notebook's text becomes another.
    public fun with_text(self: SettlementData, old: vector<u8>, new: vector<u8>): SettlementData {
        let op = OpData {
            new: vector[],
            modify: vector[hash::sha3_256(bcs::to_bytes(&Notebook2 { text: old })), bcs::to_bytes(&Notebook2 { text: new })],
            delete: vector[]
        };
        let type_name = type_info::type_name<Notebook>();
        self.with_change_sets(
            vector[account_changes(@rooch, vector[TypeChangeData { type_name, op }])]
        )
    }

    /// A notebook that may be dropped, for its encoding.
    struct Notebook2 has drop {
        text: vector<u8>
    }

    public fun bytes(self: &SettlementData): vector<u8> {
        bcs::to_bytes(self)
    }

    public fun propose(id: u64, proposer: &signer, data: SettlementData) {
        state_channel::create_proposal_entry(proposer, id, 1, data.bytes());
    }

    public fun vote_for(id: u64, voter: &signer, proposal_id: u64) {
        state_channel::vote_proposal_entry(voter, id, proposal_id, 1);
    }

    public fun keep_alive(id: u64, member: &signer) {
        state_channel::keep_alive_entry(member, id, vector[], vector[]);
    }

    public fun address_of(account: &signer): address {
        signer::address_of(account)
    }
}
