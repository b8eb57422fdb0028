#[test_only]
/// Stakes: brought to one channel, or deposited once for all of them; in coins and in any fungible asset.
module rooch::staking_test {
    use std::option;
    use std::string;
    use aptos_framework::account;
    use aptos_framework::aptos_coin::AptosCoin;
    use aptos_framework::fungible_asset::{Self, Metadata, MintRef};
    use aptos_framework::object::{Self, Object};
    use aptos_framework::primary_fungible_store;
    use rooch::parcel;
    use rooch::staking;
    use rooch::state_channel;
    use rooch::vectors;
    use rooch::world::{Self, alice, bob, carol, key, mallory, settlement};

    fun apt(): Object<Metadata> {
        object::address_to_object<Metadata>(world::apt())
    }

    fun deposited(owner: address): (u64, u64) {
        staking::deposited(owner, world::apt())
    }

    fun join_shared(id: u64, member: &signer, n: u64) {
        state_channel::join_with_shared_stake<world::Pens>(member, id, world::pens(n), key(n), 0);
    }

    /// A token that is no coin; everyone has 1,000.
    fun token(): (Object<Metadata>, MintRef) {
        let constructor_ref = object::create_named_object(&alice(), b"token");
        primary_fungible_store::create_primary_store_enabled_fungible_asset(
            &constructor_ref,
            option::none(),
            string::utf8(b"Token"),
            string::utf8(b"TKN"),
            0,
            string::utf8(b""),
            string::utf8(b"")
        );
        let mint_ref = fungible_asset::generate_mint_ref(&constructor_ref);
        let asset = object::object_from_constructor_ref<Metadata>(&constructor_ref);
        let people = vector[@0xa11ce, @0xb0b, @0xca401];
        for (i in 0..people.length()) primary_fungible_store::mint(&mint_ref, people[i], 1_000);
        (asset, mint_ref)
    }

    #[test]
    fun c60_what_no_channel_holds_comes_back() {
        world::begin();
        let before = world::balance(@0xa11ce);
        staking::stake_coin_entry<AptosCoin>(&alice(), 500);
        let (free, locked) = deposited(@0xa11ce);
        assert!(free == 500 && locked == 0 && world::balance(@0xa11ce) == before - 500);
        staking::unstake_entry(&alice(), apt(), 200);
        let (free, _) = deposited(@0xa11ce);
        assert!(free == 300 && world::balance(@0xa11ce) == before - 300);
        assert!(staking::held(world::apt()) == 300);
    }

    #[test]
    #[expected_failure(abort_code = 0x300bf, location = staking)]
    fun c60_no_more_than_there_is() {
        world::begin();
        staking::stake_coin_entry<AptosCoin>(&alice(), 500);
        staking::unstake_entry(&alice(), apt(), 501);
    }

    #[test]
    #[expected_failure(abort_code = 0x300bf, location = staking)]
    fun c60_nothing_of_others() {
        world::begin();
        staking::stake_coin_entry<AptosCoin>(&alice(), 500);
        staking::unstake_entry(&mallory(), apt(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x100c0, location = staking)]
    fun c60_nothing_is_not_staked() {
        world::begin();
        staking::stake_coin_entry<AptosCoin>(&alice(), 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x100c0, location = staking)]
    fun c60_nor_taken_back() {
        world::begin();
        staking::unstake_entry(&alice(), apt(), 0);
    }

    #[test]
    fun c61_one_deposit_backs_several_channels() {
        world::begin();
        let (one, other) = (world::open(), world::open());
        staking::stake_coin_entry<AptosCoin>(&bob(), 250);
        join_shared(one, &bob(), 1);
        join_shared(other, &bob(), 1);
        let (free, locked) = deposited(@0xb0b);
        assert!(free == 50 && locked == 200);
    }

    #[test]
    #[expected_failure(abort_code = 0x300bf, location = staking)]
    fun c61_each_holds_its_own_part() {
        world::begin();
        let (one, other) = (world::open(), world::open());
        staking::stake_coin_entry<AptosCoin>(&bob(), 150);
        join_shared(one, &bob(), 1);
        join_shared(other, &bob(), 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x300bf, location = staking)]
    fun c61_what_a_channel_holds_is_not_taken_back() {
        world::begin();
        let id = world::open();
        staking::stake_coin_entry<AptosCoin>(&bob(), 150);
        join_shared(id, &bob(), 1);
        staking::unstake_entry(&bob(), apt(), 51);
    }

    #[test]
    fun c61_it_is_free_when_the_member_has_left() {
        world::begin();
        let id = world::open();
        staking::stake_coin_entry<AptosCoin>(&bob(), 150);
        join_shared(id, &bob(), 1);
        world::propose(id, &bob(), settlement(0, 1).with_leaving(vector[@0xb0b]));
        world::settle(id, &bob(), 1);
        assert!(world::leave(id, &bob()) == 1);
        let (free, locked) = deposited(@0xb0b);
        assert!(free == 150 && locked == 0);
    }

    #[test]
    fun c61_who_stakes_nothing_needs_no_deposit() {
        world::begin();
        let id = world::open_with(state_channel::create_config(0));
        join_shared(id, &bob(), 1);
        world::propose(id, &bob(), settlement(0, 1).with_leaving(vector[@0xb0b]));
        world::settle(id, &bob(), 1);
        world::leave(id, &bob());
    }

    #[test]
    fun c54_a_fine_is_taken_from_the_shared_stake() {
        world::begin();
        let id = world::open_with(state_channel::create_config(100).with_fine(30));
        staking::stake_coin_entry<AptosCoin>(&alice(), 150);
        join_shared(id, &alice(), 0);
        world::join(id, &bob(), 1);
        state_channel::apply_leader_entry(&alice(), id);
        world::replay(id, &bob(), vectors::replay_wrong());
        world::leave(id, &alice());
        let (free, locked) = deposited(@0xa11ce);
        assert!(free == 120 && locked == 0 && staking::lost(world::apt()) == 15);
    }

    #[test]
    fun c54_half_of_an_odd_fine_is_rounded_down() {
        world::begin();
        let id = world::open_with(state_channel::create_config(100).with_fine(31));
        world::join(id, &alice(), 0);
        world::join(id, &bob(), 1);
        let before = world::balance(@0xb0b);
        world::replay(id, &bob(), vectors::replay_wrong());
        assert!(world::balance(@0xb0b) == before + 15 && staking::lost(world::apt()) == 16);
    }

    #[test]
    fun c62_all_that_is_held_is_accounted_for() {
        world::begin();
        let id = world::open_for_three();
        staking::stake_coin_entry<AptosCoin>(&mallory(), 70);
        world::replay(id, &bob(), vectors::replay_wrong());
        assert!(staking::held(world::apt()) == 70 + 200 + 50);
        assert!(staking::lost(@0x1) == 0);
        let (free, locked) = staking::deposited(@0x1, world::apt());
        assert!(free == 0 && locked == 0);
    }

    #[test]
    fun c34_any_fungible_asset_can_be_staked() {
        world::begin();
        let (asset, _mint_ref) = token();
        let id = world::open_with_asset(asset, state_channel::create_config(100));
        state_channel::join_with_asset<world::Pens>(&bob(), id, world::pens(1), key(1), 0);
        assert!(primary_fungible_store::balance(@0xb0b, asset) == 900);
        staking::stake_entry(&carol(), asset, 100);
        join_shared(id, &carol(), 2);
        state_channel::apply_leader_entry(&bob(), id);
        world::propose(id, &bob(), settlement(0, 1).with_leaving(vector[@0xb0b]));
        world::vote_for(id, &carol(), 1);
        world::settle(id, &bob(), 1);
        world::leave(id, &bob());
        assert!(primary_fungible_store::balance(@0xb0b, asset) == 1_000);
    }

    #[test]
    fun c34_one_unit_is_held_too_and_the_session_account_gets_its_gas() {
        world::begin();
        let (asset, _mint_ref) = token();
        let id = world::open_with_asset(asset, state_channel::create_config(1));
        state_channel::join_with_asset<world::Pens>(&bob(), id, world::pens(1), key(1), 5);
        assert!(primary_fungible_store::balance(@0xb0b, asset) == 999);
        assert!(world::balance(world::address_of(&world::session(1))) == 5);
    }

    #[test]
    #[expected_failure(abort_code = 0x10004, location = aptos_framework::fungible_asset)]
    fun c34_who_has_not_got_it_does_not_join() {
        world::begin();
        let (asset, _mint_ref) = token();
        let id = world::open_with_asset(asset, state_channel::create_config(1_001));
        state_channel::join_with_asset<world::Pens>(&bob(), id, world::pens(1), key(1), 0);
    }

    #[test]
    fun c34_where_nothing_is_staked_nothing_is_needed() {
        world::begin();
        let (asset, _mint_ref) = token();
        let id = world::open_with_asset(asset, state_channel::create_config(0));
        let stranger = account::create_account_for_test(@0x57a);
        state_channel::join_with_asset<world::Pens>(&stranger, id, world::pens(1), key(1), 0);
    }

    // ---- Parcels

    #[test]
    fun c63_a_proposal_may_come_as_a_parcel() {
        world::begin();
        let id = world::open_for_three();
        parcel::put_entry(&bob(), settlement(0, 1).bytes());
        assert!(parcel::size(@0xb0b) > 0);
        state_channel::create_proposal_entry(&bob(), id, 1, vector[]);
        assert!(parcel::size(@0xb0b) == 0);
        assert!(state_channel::proposal_heads(id).length() == 1);
    }

    #[test]
    #[expected_failure(abort_code = 0x600a6, location = parcel)]
    fun c63_there_is_a_parcel() {
        world::begin();
        state_channel::create_proposal_entry(&bob(), world::open_for_three(), 1, vector[]);
    }

    #[test]
    fun c63_a_parcel_can_be_thrown_away() {
        world::begin();
        parcel::put_entry(&bob(), b"bytes");
        parcel::discard_entry(&bob());
        assert!(parcel::size(@0xb0b) == 0);
    }

    #[test]
    #[expected_failure(abort_code = 0x900a5, location = parcel)]
    fun c63_a_parcel_has_a_million_bytes() {
        world::begin();
        let part = b"0123456789";
        for (i in 0..16) { let again = part; part.append(again); };
        parcel::put_entry(&bob(), part);
        parcel::put_entry(&bob(), part);
    }
}
