#[test_only]
/// The board's rules.
module four_in_a_row::board_test {
    use std::bcs;
    use four_in_a_row::board::{Self, Board};
    use rooch::codec;

    fun after(columns: vector<u64>): Board {
        let board = board::empty();
        for (i in 0..columns.length()) board.drop_disc(columns[i], ((i % 2) as u8) + 1);
        board
    }

    #[test]
    fun f1_discs_lie_on_each_other() {
        let board = after(vector[3, 3, 0]);
        assert!(board.columns() == vector[x"01", x"", x"", x"0102", x"", x"", x""] && board.count() == 3);
    }

    #[test]
    fun f1_a_column_has_room_for_six() {
        let board = after(vector[3, 3, 3, 3, 3]);
        assert!(board.has_room(3) && !board.has_room(7));
        board.drop_disc(3, 2);
        assert!(!board.has_room(3) && !board.is_full());
    }

    #[test]
    fun f1_42_discs_fill_it() {
        let board = board::empty();
        for (i in 0..42) board.drop_disc(i % 7, 1);
        assert!(board.is_full());
    }

    #[test]
    fun f2_four_upward_win() {
        assert!(after(vector[3, 0, 3, 0, 3, 0, 3]).is_won_at(3));
        assert!(!after(vector[3, 0, 3, 0, 3]).is_won_at(3));
    }

    #[test]
    fun f2_four_beside_each_other_win_wherever_the_last_fell() {
        assert!(after(vector[0, 0, 1, 1, 2, 2, 3]).is_won_at(3));
        assert!(after(vector[0, 0, 1, 1, 3, 3, 2]).is_won_at(2));
        assert!(after(vector[6, 6, 5, 5, 4, 4, 3]).is_won_at(3));
        assert!(!after(vector[0, 0, 1, 1, 2, 2, 4]).is_won_at(4));
    }

    #[test]
    fun f2_four_aslant_win() {
        // A staircase up to the right, and one up to the left.
        assert!(after(vector[0, 1, 1, 2, 2, 3, 2, 3, 3, 6, 3]).is_won_at(3));
        assert!(after(vector[6, 5, 5, 4, 4, 3, 4, 3, 3, 0, 3]).is_won_at(3));
    }

    #[test]
    fun f2_others_between_do_not_count() {
        assert!(!after(vector[0, 2, 1, 6, 3, 6, 4]).is_won_at(4));
    }

    #[test]
    fun f6_a_board_comes_back_from_its_bytes() {
        let board = after(vector[3, 3, 0]);
        let reader = codec::new(bcs::to_bytes(&board));
        assert!(board::read(&mut reader) == board && board.is_lawful());
    }

    #[test]
    fun f6_no_board_is_lawful_that_no_game_has() {
        assert!(!read(vector[x"", x"", x"", x"", x"", x""]).is_lawful());
        assert!(!read(vector[x"01020102010201", x"", x"", x"", x"", x"", x""]).is_lawful());
        assert!(!read(vector[x"03", x"", x"", x"", x"", x"", x""]).is_lawful());
        assert!(!read(vector[x"0103", x"", x"", x"", x"", x"", x""]).is_lawful());
        assert!(!read(vector[x"02", x"", x"", x"", x"", x"", x""]).is_lawful());
        assert!(!read(vector[x"0101", x"", x"", x"", x"", x"", x""]).is_lawful());
    }

    fun read(columns: vector<vector<u8>>): Board {
        let reader = codec::new(bcs::to_bytes(&columns));
        board::read(&mut reader)
    }
}
