/// Four in a row, for two of those who are in the channel at a time. A hall keeps games and lends them to channels.
module four_in_a_row::game {
    use std::error;
    use std::signer;
    use std::string::String;
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::event;
    use channel_app::in_channel;
    use channel_app::labels;
    use channel_app::rerun::{Self, Call};
    use channel_app::settling::Settling;
    use channel_app::shelf::{Self, SessionInfo, Shelf};
    use four_in_a_row::board::{Self, Board};
    use rooch::codec::{Self, Reader};
    use rooch::config::Config;
    use rooch::replay::Replay;
    use rooch::state_channel;

    /// Two are playing.
    const E_NO_SEAT: u64 = 2;
    /// The player has a seat already.
    const E_SEATED: u64 = 3;
    /// Nobody plays at the moment.
    const E_NOT_RUNNING: u64 = 4;
    /// It is the other's turn, or the sender only watches.
    const E_NOT_ITS_TURN: u64 = 5;
    /// The column is full, or there is none.
    const E_NO_ROOM: u64 = 6;
    /// There is no hall at this address.
    const E_NO_HALL: u64 = 7;
    /// There is a hall at this address already.
    const E_HALL_EXISTS: u64 = 8;
    /// The game in the settlement is not one that these rules can have left.
    const E_NOT_LAWFUL: u64 = 9;

    /// Who has not moved by then has lost.
    const TURN_MS: u64 = 60_000;
    const TICK_INTERVAL_MS: u64 = 1_000;
    /// Of the matches played, the last are remembered.
    const RESULTS_MAX: u64 = 16;
    const SETTLE_INTERVAL_MS: u64 = 60_000;
    const CONTEST_WINDOW_MS: u64 = 10_000;
    const EXIT_WINDOW_MS: u64 = 120_000;

    /// The state of a channel. In the channel it is a resource under @four_in_a_row.
    struct Game has key, store {
        board: Board,
        /// Who plays: at most two, and who begins is the first. Over, they stay until somebody sits down anew.
        seats: vector<address>,
        is_over: bool,
        /// Since when it is the turn of whoever is to move.
        turn_began_ms: u64,
        /// The newest is the last.
        results: vector<MatchResult>
    }

    struct MatchResult has copy, drop, store {
        seats: vector<address>,
        /// The seat that won, 1 or 2; 0: nobody.
        winner: u8
    }

    /// A player brings nothing in.
    struct NoAssets has store {}

    /// What the lobby shows of a session besides.
    struct Standing has copy, drop, store {
        last_winner: vector<address>
    }

    struct Hall has key {
        games: Shelf<Game, NoAssets, Standing, AptosCoin>
    }

    /// What views show of a game: nobody can open a channel with it.
    struct GameInfo has drop {
        columns: vector<vector<u8>>,
        seats: vector<address>,
        is_over: bool,
        turn_began_ms: u64,
        results: vector<MatchResult>
    }

    #[event]
    struct DiscDropped has drop, store {
        player: address,
        column: u64
    }

    #[event]
    struct MatchOver has drop, store {
        result: MatchResult
    }

    // ---- Rules: each returns the code of what it refuses, or 0

    fun sit(self: &mut Game, player: address, now_ms: u64): u64 {
        if (self.is_over) self.clear();
        if (self.seats.contains(&player)) return error::already_exists(E_SEATED);
        if (self.seats.length() == 2) return error::invalid_state(E_NO_SEAT);
        self.seats.push_back(player);
        self.turn_began_ms = now_ms;
        0
    }

    fun drop_disc(self: &mut Game, player: address, column: u64, now_ms: u64): u64 {
        if (!self.is_running()) return error::invalid_state(E_NOT_RUNNING);
        let turn = self.board.count() % 2;
        if (self.seats[turn] != player) return error::permission_denied(E_NOT_ITS_TURN);
        if (!self.board.has_room(column)) return error::invalid_argument(E_NO_ROOM);
        let disc = (turn as u8) + 1;
        self.board.drop_disc(column, disc);
        self.turn_began_ms = now_ms;
        if (self.board.is_won_at(column)) self.end(disc)
        else if (self.board.is_full()) self.end(0);
        0
    }

    /// The clock.
    fun pass_time(self: &mut Game, now_ms: u64): u64 {
        let is_late = self.is_running() && now_ms > self.turn_began_ms && now_ms - self.turn_began_ms > TURN_MS;
        if (is_late) {
            let other = 2 - ((self.board.count() % 2) as u8);
            self.end(other);
        };
        0
    }

    fun is_running(self: &Game): bool {
        self.seats.length() == 2 && !self.is_over
    }

    fun clear(self: &mut Game) {
        self.board = board::empty();
        self.seats = vector[];
        self.is_over = false;
    }

    fun end(self: &mut Game, winner: u8) {
        self.is_over = true;
        if (self.results.length() == RESULTS_MAX) { self.results.remove(0); };
        self.results.push_back(MatchResult { seats: self.seats, winner });
    }

    // ---- In the channel: the sender is a member

    /// Takes a seat. When both are taken, the first begins.
    public entry fun take_seat(sender: &signer) acquires Game {
        let game = in_channel::borrow_mut<Game>(@four_in_a_row);
        in_channel::allow(game.sit(signer::address_of(sender), in_channel::now_ms()));
    }

    /// Drops a disc into a column, 0 to 6.
    public entry fun play(sender: &signer, column: u64) acquires Game {
        let game = in_channel::borrow_mut<Game>(@four_in_a_row);
        let player = signer::address_of(sender);
        in_channel::allow(game.drop_disc(player, column, in_channel::now_ms()));
        event::emit(DiscDropped { player, column });
        game.tell_if_over();
    }

    /// The channel calls it every second; nothing happens to it if a member does.
    public entry fun tick(_sender: &signer) acquires Game {
        let game = in_channel::borrow_mut<Game>(@four_in_a_row);
        let was_running = game.is_running();
        in_channel::allow(game.pass_time(in_channel::now_ms()));
        if (was_running) game.tell_if_over();
    }

    fun tell_if_over(self: &Game) {
        if (self.is_over) event::emit(MatchOver { result: self.results[self.results.length() - 1] });
    }

    // ---- On the chain: halls and sessions

    /// The community's hall is there from the start, under @four_in_a_row.
    fun init_module(publisher: &signer) {
        open_hall(publisher);
    }

    /// Opens a hall under the sender's address.
    public entry fun open_hall(account: &signer) {
        assert!(!exists<Hall>(signer::address_of(account)), error::already_exists(E_HALL_EXISTS));
        move_to(account, Hall { games: shelf::new() });
    }

    /// Puts a new game into a hall. Anyone may; games have ids 1, 2, ...
    public entry fun create_game(_account: &signer, hall: address) acquires Hall {
        borrow_games(hall).add(new_game());
    }

    /// Lends a game to a new channel. `stake` is in octas; `relay` is where its members meet, a multiaddress, or empty.
    public entry fun game_session_create(
        account: &signer, hall: address, game_id: u64, stake: u64, relay: String
    ) acquires Hall {
        let config = config(hall, stake, relay);
        borrow_games(hall).lend(account, game_id, config, Standing { last_winner: vector[] });
    }

    fun config(hall: address, stake: u64, relay: String): Config {
        let config =
            state_channel::create_config(stake)
                .with_tick(labels::function_name(@four_in_a_row, b"game::tick"), TICK_INTERVAL_MS)
                .with_settle_interval(SETTLE_INTERVAL_MS)
                .with_windows(CONTEST_WINDOW_MS, EXIT_WINDOW_MS);
        let settle_function = labels::function_name(@four_in_a_row, b"game::game_settlement");
        let config = labels::describe(config, hall, relay, settle_function);
        let settle_signed_function = labels::function_name(@four_in_a_row, b"game::game_settlement_signed");
        let prove_function = labels::function_name(@four_in_a_row, b"game::game_prove_wrong");
        labels::with_proofs(config, settle_signed_function, prove_function)
    }

    /// Joins a session: stakes, binds the node's key, gives its account gas.
    public entry fun game_session_join(
        account: &signer, state_channel_id: u64, node_key: vector<u8>, session_gas: u64
    ) acquires Hall {
        games_of(state_channel_id).join(account, state_channel_id, NoAssets {}, node_key, session_gas);
    }

    /// Takes the stake back, after the settlement that lists the sender as leaving or once the channel is closed.
    public entry fun game_session_leave(account: &signer, state_channel_id: u64) {
        let NoAssets {} = state_channel::leave<NoAssets>(account, state_channel_id);
    }

    /// Gives the game back to its hall, once the channel is closed or empty. What was being played is over; what was won stays won.
    public entry fun game_session_close(account: &signer, state_channel_id: u64) acquires Hall {
        let games = games_of(state_channel_id);
        let game_id = games.take_back(account, state_channel_id);
        games.at_home_mut(game_id).clear();
    }

    // ---- On the chain: settlements

    /// Executes a settlement that has passed. Anyone may; the votes decide.
    public entry fun game_settlement(
        _account: &signer, state_channel_id: u64, proposal_id: u64
    ) acquires Hall {
        let games = games_of(state_channel_id);
        let settling = games.settle(state_channel_id, proposal_id);
        apply(games, settling, state_channel_id);
    }

    /// Executes a settlement that two thirds of all members have signed. Anyone may; the signatures decide.
    public entry fun game_settlement_signed(
        account: &signer,
        state_channel_id: u64,
        data: vector<u8>,
        signers: vector<address>,
        signatures: vector<vector<u8>>
    ) acquires Hall {
        let games = games_of(state_channel_id);
        let settling = games.settle_signed(account, state_channel_id, data, signers, signatures);
        apply(games, settling, state_channel_id);
    }

    fun apply(
        games: &mut Shelf<Game, NoAssets, Standing, AptosCoin>, settling: Settling<Game>, channel_id: u64
    ) {
        let after = settling.state_after();
        if (after.is_some()) {
            let Game { board, seats, is_over, turn_began_ms, results } = read_game(after.destroy_some());
            let game = settling.state_mut();
            game.board = board;
            game.seats = seats;
            game.is_over = is_over;
            game.turn_began_ms = turn_began_ms;
            game.results = results;
            games.details_mut(channel_id).last_winner = last_winner(&results);
        };
        settling.finish();
    }

    // ---- On the chain: a call run again

    /// Runs a transaction of the channel again, and punishes the leader if it claimed another result, or the sender if it did not.
    public entry fun game_prove_wrong(
        account: &signer, state_channel_id: u64, evidence: vector<u8>
    ) acquires Hall {
        let games = games_of(state_channel_id);
        let replay = games.open_replay(account, state_channel_id, evidence);
        run_again(&mut replay);
        games.conclude_replay(state_channel_id, replay);
    }

    fun run_again(replay: &mut Replay) {
        let before = rerun::state_before<Game>(replay);
        if (before.is_none()) return;
        let game = read_game(before.destroy_some());
        let call = rerun::call(replay);
        let refusal = game.perform(&mut call, replay.sender(), replay.timestamp_ms());
        call.conclude(replay, refusal, &game);
        game.discard();
    }

    fun perform(self: &mut Game, call: &mut Call, sender: address, now_ms: u64): u64 {
        if (call.is_tick() || call.is(b"tick")) self.pass_time(now_ms)
        else if (call.is(b"take_seat")) self.sit(sender, now_ms)
        else if (call.is(b"play")) self.drop_disc(sender, call.read_u64(), now_ms)
        else rerun::refuse()
    }

    // ---- Views

    #[view]
    /// The newest sessions of a hall, newest first.
    public fun sessions(hall: address): vector<SessionInfo<Standing>> acquires Hall {
        borrow_games(hall).sessions()
    }

    #[view]
    /// A game as last settled, whether it is lent or not.
    public fun game(hall: address, game_id: u64): GameInfo acquires Hall {
        borrow_games(hall).look(
            game_id,
            |game| GameInfo {
                columns: game.board.columns(),
                seats: game.seats,
                is_over: game.is_over,
                turn_began_ms: game.turn_began_ms,
                results: game.results
            }
        )
    }

    // ---- Helpers

    fun new_game(): Game {
        Game { board: board::empty(), seats: vector[], is_over: false, turn_began_ms: 0, results: vector[] }
    }

    fun discard(self: Game) {
        let Game { board: _, seats: _, is_over: _, turn_began_ms: _, results: _ } = self;
    }

    /// From BCS, to the end, and only if these rules can have left it.
    fun read_game(bytes: vector<u8>): Game {
        let reader = codec::new(bytes);
        let game = Game {
            board: board::read(&mut reader),
            seats: read_seats(&mut reader),
            is_over: reader.read_bool(),
            turn_began_ms: reader.read_u64(),
            results: read_results(&mut reader)
        };
        assert!(reader.is_at_end() && game.is_lawful(), error::invalid_argument(E_NOT_LAWFUL));
        game
    }

    fun read_seats(reader: &mut Reader): vector<address> {
        let seats = vector[];
        for (i in 0..reader.read_length()) seats.push_back(reader.read_address());
        seats
    }

    fun read_results(reader: &mut Reader): vector<MatchResult> {
        let results = vector[];
        for (i in 0..reader.read_length()) {
            results.push_back(MatchResult { seats: read_seats(reader), winner: reader.read_u8() });
        };
        results
    }

    fun is_lawful(self: &Game): bool {
        self.board.is_lawful()
            && self.seats.length() <= 2
            && (self.seats.length() == 2 || (self.board.count() == 0 && !self.is_over))
            && (!self.is_over || !self.results.is_empty())
            && self.results.length() <= RESULTS_MAX
            && self.results.all(|result| result.seats.length() == 2 && result.winner <= 2)
    }

    /// None, or one.
    fun last_winner(results: &vector<MatchResult>): vector<address> {
        if (results.is_empty()) return vector[];
        let last = &results[results.length() - 1];
        if (last.winner == 0) vector[] else vector[last.seats[(last.winner as u64) - 1]]
    }

    inline fun games_of(channel_id: u64): &mut Shelf<Game, NoAssets, Standing, AptosCoin> acquires Hall {
        borrow_games(labels::server_of(channel_id))
    }

    inline fun borrow_games(hall: address): &mut Shelf<Game, NoAssets, Standing, AptosCoin> acquires Hall {
        assert!(exists<Hall>(hall), error::not_found(E_NO_HALL));
        &mut borrow_global_mut<Hall>(hall).games
    }

    // ---- For tests

    #[test_only]
    public fun init_for_test(publisher: &signer) {
        init_module(publisher);
    }

    #[test_only]
    /// What a node does when it loads a channel: the game becomes a resource.
    public fun place_for_test(publisher: &signer) {
        move_to(publisher, new_game());
    }

    #[test_only]
    public fun bytes_for_test(): vector<u8> acquires Game {
        std::bcs::to_bytes(borrow_global<Game>(@four_in_a_row))
    }

    #[test_only]
    public fun seats_for_test(): vector<address> acquires Game {
        borrow_global<Game>(@four_in_a_row).seats
    }

    #[test_only]
    /// Of all matches that are remembered.
    public fun winners_for_test(): vector<u8> acquires Game {
        borrow_global<Game>(@four_in_a_row).results.map(|result| result.winner)
    }

    #[test_only]
    public fun config_for_test(hall: address, stake: u64, relay: String): Config {
        config(hall, stake, relay)
    }

    #[test_only]
    public fun info_for_test(self: &GameInfo): (vector<vector<u8>>, vector<address>, u64) {
        (self.columns, self.seats, self.results.length())
    }

    #[test_only]
    public fun last_winner_for_test(self: &Standing): vector<address> {
        self.last_winner
    }
}
