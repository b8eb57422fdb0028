#[test_only]
/// The smallest application, and a chain with people: a count that members raise in a channel, and that an owner's shelf lends.
module channel_app::tally {
    use std::bcs;
    use std::hash;
    use aptos_framework::account;
    use aptos_framework::aptos_coin::{Self, AptosCoin};
    use aptos_framework::chain_id;
    use aptos_framework::coin;
    use aptos_framework::timestamp;
    use channel_app::in_channel;
    use channel_app::labels;
    use channel_app::rerun;
    use channel_app::shelf::{Self, Shelf};
    use rooch::codec;
    use rooch::replay::Replay;
    use rooch::staking;
    use rooch::state_channel;

    const ALICE: address = @0xa11ce;
    const BOB: address = @0xb0b;
    const MONEY: u64 = 1_000_000;
    const START_US: u64 = 1_000_000_000;
    /// What the rules refuse.
    const NOTHING_ADDED: u64 = 77;

    const KEY_A: vector<u8> = x"aa6ff606677d639dbba2e4e1bca3bf11cd5ff0cd6bc46d59e47cd867157ae200";
    const KEY_B: vector<u8> = x"4441a473ce624bfd626ab51fabb1c52654d09ad73b35011be295adb536a941cf";
    const KEY_C: vector<u8> = x"f471353d6e272b4f00eb89819eb9795687d2772e36fc2ca0440acbd02e5abdb6";

    struct Tally has key, store {
        total: u64
    }

    /// What a member brings in.
    struct Chalk has key, store {
        pieces: u64
    }

    struct Note has copy, drop, store {
        text: vector<u8>
    }

    struct Board has key {
        tallies: Shelf<Tally, Chalk, Note, AptosCoin>
    }

    // ---- The chain

    public fun begin() acquires Board {
        let framework = account::create_signer_for_test(@aptos_framework);
        timestamp::set_time_has_started_for_testing(&framework);
        timestamp::update_global_time_for_test(START_US);
        let (burn_cap, mint_cap) = aptos_coin::initialize_for_test(&framework);
        let people = vector[ALICE, BOB, @0xca401];
        for (i in 0..people.length()) {
            let person = account::create_account_for_test(people[i]);
            coin::register<AptosCoin>(&person);
            coin::deposit(people[i], coin::mint<AptosCoin>(MONEY, &mint_cap));
        };
        coin::destroy_burn_cap(burn_cap);
        coin::destroy_mint_cap(mint_cap);
        chain_id::initialize_for_test(&framework, 4);
        staking::init_for_test(&person(@rooch));
        state_channel::init_for_test(&person(@rooch));
        move_to(&person(ALICE), Board { tallies: shelf::new() });
        move_to(&person(BOB), Board { tallies: shelf::new() });
        borrow_global_mut<Board>(ALICE).tallies.add(Tally { total: 5 });
    }

    public fun person(account: address): signer {
        account::create_signer_for_test(account)
    }

    public fun key(n: u64): vector<u8> {
        vector[KEY_A, KEY_B, KEY_C][n]
    }

    // ---- Alice's board and Bob's, function by function

    /// Alice lends the first tally for a stake of 100 to channel 1.
    public fun lend(): u64 acquires Board {
        lend_from(ALICE, 1)
    }

    public fun lend_from(owner: address, state_id: u64): u64 acquires Board {
        let config = state_channel::create_config(100);
        let settle_function = labels::function_name(@channel_app, b"tally::settle");
        let config = labels::describe(config, owner, std::string::utf8(b"/dns4/relay"), settle_function);
        borrow_global_mut<Board>(owner).tallies.lend(&person(ALICE), state_id, config, Note { text: b"chalky" })
    }

    public fun lend_without_labels() acquires Board {
        let config = state_channel::create_config(100);
        borrow_global_mut<Board>(ALICE).tallies.lend(&person(ALICE), 1, config, Note { text: b"" });
    }

    public fun join(owner: address, member: address, n: u64) acquires Board {
        borrow_global_mut<Board>(owner).tallies.join(&person(member), 1, Chalk { pieces: n }, key(n), 10);
    }

    /// The same with a stake in the asset that the coin is paired with.
    public fun lend_for_asset(): u64 acquires Board {
        let config = state_channel::create_config(100);
        let config = labels::describe(config, ALICE, std::string::utf8(b""), std::string::utf8(b""));
        let asset = coin::paired_metadata<AptosCoin>().destroy_some();
        let tallies = &mut borrow_global_mut<Board>(ALICE).tallies;
        tallies.lend_for_asset(&person(ALICE), 1, asset, config, Note { text: b"chalky" })
    }

    public fun join_with_asset(owner: address, member: address, n: u64) acquires Board {
        borrow_global_mut<Board>(owner).tallies.join_with_asset(&person(member), 1, Chalk { pieces: n }, key(n), 10);
    }

    public fun join_with_shared_stake(owner: address, member: address, n: u64) acquires Board {
        borrow_global_mut<Board>(owner).tallies.join_with_shared_stake(
            &person(member), 1, Chalk { pieces: n }, key(n), 10
        );
    }

    /// Alice and Bob are members of channel 1.
    public fun open_for_two() acquires Board {
        lend();
        join(ALICE, ALICE, 0);
        join(ALICE, BOB, 1);
    }

    public fun leave(member: address): u64 {
        let Chalk { pieces } = state_channel::leave<Chalk>(&person(member), 1);
        pieces
    }

    public fun take_back(owner: address): u64 acquires Board {
        borrow_global_mut<Board>(owner).tallies.take_back(&person(ALICE), 1)
    }

    public fun settle(owner: address, proposal_id: u64) acquires Board {
        let tallies = &mut borrow_global_mut<Board>(owner).tallies;
        let settling = tallies.settle(1, proposal_id);
        let before = settling.state().total;
        let after = settling.state_after();
        if (after.is_some()) {
            let reader = codec::new(after.destroy_some());
            settling.state_mut().total = reader.read_u64();
            assert!(settling.state().total != before);
        };
        settling.finish();
    }

    public fun settle_signed(
        owner: address, data: vector<u8>, signers: vector<address>, signatures: vector<vector<u8>>
    ): vector<address> acquires Board {
        let tallies = &mut borrow_global_mut<Board>(owner).tallies;
        let settling = tallies.settle_signed(&person(ALICE), 1, data, signers, signatures);
        assert!(settling.state_after().is_none() && settling.item_changes(@0x7ab1e).is_empty());
        let leaving = settling.leaving();
        settling.finish();
        leaving
    }

    /// Executes proposal 1 and looks at what it says of somebody's chalk and of a table. Returns how many changes the table has.
    public fun settle_chalk(member: address, handle: address): u64 acquires Board {
        let tallies = &mut borrow_global_mut<Board>(ALICE).tallies;
        let settling = tallies.settle(1, 1);
        let op = channel_app::settling::op_of<Tally, Chalk>(&settling, member);
        let borrowed = tallies.borrow_assets(1, member);
        let after = channel_app::settling::value_after(&op, borrowed.assets());
        let reader = codec::new(after.destroy_some());
        borrowed.assets_mut().pieces = reader.read_u64();
        borrowed.give_assets_back();
        let changes = settling.item_changes(handle).length();
        settling.finish();
        changes
    }

    public fun borrow_assets(owner: address, member: address) acquires Board {
        borrow_global_mut<Board>(owner).tallies.borrow_assets(1, member).give_assets_back();
    }

    public fun prove_wrong(owner: address, reporter: address, evidence: vector<u8>) acquires Board {
        let tallies = &mut borrow_global_mut<Board>(owner).tallies;
        let replay = tallies.open_replay(&person(reporter), 1, evidence);
        run_again(&mut replay);
        tallies.conclude_replay(1, replay);
    }

    /// Opens a replay on one board and concludes it on another.
    public fun prove_wrong_on(owner: address, other: address, reporter: address, evidence: vector<u8>) acquires Board {
        let replay = borrow_global_mut<Board>(owner).tallies.open_replay(&person(reporter), 1, evidence);
        run_again(&mut replay);
        borrow_global_mut<Board>(other).tallies.conclude_replay(1, replay);
    }

    public fun total(state_id: u64): u64 acquires Board {
        borrow_global<Board>(ALICE).tallies.look(state_id, |tally| tally.total)
    }

    public fun bytes(state_id: u64): vector<u8> acquires Board {
        borrow_global<Board>(ALICE).tallies.state_bytes(state_id)
    }

    public fun add_tally(total: u64): u64 acquires Board {
        borrow_global_mut<Board>(ALICE).tallies.add(Tally { total })
    }

    public fun count(): u64 acquires Board {
        borrow_global<Board>(ALICE).tallies.count()
    }

    public fun lent_to(state_id: u64): std::option::Option<u64> acquires Board {
        borrow_global<Board>(ALICE).tallies.lent_to(state_id)
    }

    /// Raises a tally that is not lent.
    public fun raise_at_home(state_id: u64) acquires Board {
        let tallies = &mut borrow_global_mut<Board>(ALICE).tallies;
        tallies.at_home_mut(state_id).total += 1;
    }

    public fun look_at_home(state_id: u64): u64 acquires Board {
        borrow_global<Board>(ALICE).tallies.at_home(state_id).total
    }

    public fun has_session(owner: address, channel_id: u64): bool acquires Board {
        borrow_global<Board>(owner).tallies.has_session(channel_id)
    }

    public fun state_of(owner: address, channel_id: u64): u64 acquires Board {
        borrow_global<Board>(owner).tallies.state_of(channel_id)
    }

    public fun note(owner: address, channel_id: u64): vector<u8> acquires Board {
        borrow_global<Board>(owner).tallies.details(channel_id).text
    }

    public fun write_note(owner: address, channel_id: u64, text: vector<u8>) acquires Board {
        borrow_global_mut<Board>(owner).tallies.details_mut(channel_id).text = text;
    }

    public fun session(owner: address, channel_id: u64): shelf::SessionInfo<Note> acquires Board {
        borrow_global<Board>(owner).tallies.session(channel_id)
    }

    public fun sessions(): vector<shelf::SessionInfo<Note>> acquires Board {
        borrow_global<Board>(ALICE).tallies.sessions()
    }

    public fun text(note: &Note): vector<u8> {
        note.text
    }

    // ---- In the channel, and again

    public fun place(total: u64) {
        move_to(&person(@channel_app), Tally { total });
    }

    public fun raise(number: u64) acquires Tally {
        let tally = in_channel::borrow_mut<Tally>(@channel_app);
        in_channel::allow(tally.add(number));
    }

    public fun total_in_channel(): u64 acquires Tally {
        in_channel::borrow<Tally>(@channel_app).total
    }

    fun add(self: &mut Tally, number: u64): u64 {
        if (number == 0) return NOTHING_ADDED;
        self.total += number;
        0
    }

    fun run_again(replay: &mut Replay) {
        let before = rerun::state_before<Tally>(replay);
        if (before.is_none()) return;
        let reader = codec::new(before.destroy_some());
        let tally = Tally { total: reader.read_u64() };
        let call = rerun::call(replay);
        let refusal = if (call.is(b"raise")) tally.add(call.read_u64()) else rerun::refuse();
        call.conclude(replay, refusal, &tally);
        let Tally { total: _ } = tally;
    }

    // ---- Settlements in BCS

    struct Op has copy, drop {
        new: vector<vector<u8>>,
        modify: vector<vector<u8>>,
        delete: vector<bool>
    }

    struct TypeChange has copy, drop {
        type_name: vector<u8>,
        op: Op
    }

    struct AccountChanges has copy, drop {
        account: address,
        changes: vector<TypeChange>
    }

    struct ItemChange has copy, drop {
        key: vector<u8>,
        op: Op
    }

    struct TableChanges has copy, drop {
        handle: address,
        items: vector<ItemChange>
    }

    struct Settlement has copy, drop {
        from_height: u64,
        to_height: u64,
        change_sets: vector<AccountChanges>,
        table_changes: vector<TableChanges>,
        leaving: vector<address>,
        closing: bool,
        state_root: vector<u8>,
        history_hash: vector<u8>
    }

    public fun op_new(value: vector<u8>): Op {
        Op { new: vector[value], modify: vector[], delete: vector[] }
    }

    public fun op_modify(old: vector<u8>, new: vector<u8>): Op {
        Op { new: vector[], modify: vector[hash::sha3_256(old), new], delete: vector[] }
    }

    public fun op_delete(): Op {
        Op { new: vector[], modify: vector[], delete: vector[true] }
    }

    /// From height 0 to 1.
    public fun settlement(): Settlement {
        Settlement {
            from_height: 0,
            to_height: 1,
            change_sets: vector[],
            table_changes: vector[],
            leaving: vector[],
            closing: false,
            state_root: hash::sha3_256(b"root"),
            history_hash: hash::sha3_256(b"history")
        }
    }

    public fun with_tally(self: Settlement, op: Op): Settlement {
        let type_name = b"0x6368616e6e656c5f617070000000000000000000000000000000000000000001::tally::Tally";
        self.change_sets.push_back(AccountChanges { account: @channel_app, changes: vector[TypeChange { type_name, op }] });
        self
    }

    public fun with_chalk(self: Settlement, member: address, op: Op): Settlement {
        let type_name = b"0x6368616e6e656c5f617070000000000000000000000000000000000000000001::tally::Chalk";
        self.change_sets.push_back(AccountChanges { account: member, changes: vector[TypeChange { type_name, op }] });
        self
    }

    public fun with_item(self: Settlement, handle: address, key: vector<u8>, op: Op): Settlement {
        self.table_changes.push_back(TableChanges { handle, items: vector[ItemChange { key, op }] });
        self
    }

    public fun with_leaving(self: Settlement, member: address): Settlement {
        self.leaving.push_back(member);
        self
    }

    public fun closing(self: Settlement): Settlement {
        self.closing = true;
        self
    }

    public fun data(self: &Settlement): vector<u8> {
        bcs::to_bytes(self)
    }

    /// Proposed by Alice, agreed to by Bob.
    public fun pass(settlement: Settlement) {
        state_channel::create_proposal_entry(&person(ALICE), 1, 1, settlement.data());
        state_channel::vote_proposal_entry(&person(BOB), 1, 1, 1);
    }
}
