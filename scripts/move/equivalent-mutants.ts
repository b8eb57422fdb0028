// Mutants of move/state_channel that nobody could notice: what each is known by → why it does the same, and how many there are of that name. `mutate.ts`
// fails when one of them is noticed after all, or is not there any more.

export interface Equivalent {
  readonly count: number;
  readonly reason: string;
}

export const EQUIVALENT_MUTANTS: Readonly<Record<string, Equivalent>> = {
  'channel::new: constant one more: 0': { count: 1, reason: 'when the channel was closed is read once it is closed' },
  'channel::execute: constant one more: 0': {
    count: 1,
    reason: "a time of 0 stands for none, and no time is 1: the chain's clock is far from its beginning",
  },
  'channel::is_expired: constant one more: 0': {
    count: 1,
    reason: "a time of 0 stands for none, and no time is 1: the chain's clock is far from its beginning",
  },
  'membership::is_leaving: constant one more: 0': {
    count: 1,
    reason: "a time of 0 stands for none, and no time is 1: the chain's clock is far from its beginning",
  },
  'codec::read_fixed: constant one more: SHORT': {
    count: 1,
    reason: 'below that length a loop is cheaper than taking the data apart; both ways read the same',
  },
  'codec::read_fixed: constant one less: SHORT': {
    count: 1,
    reason: 'below that length a loop is cheaper than taking the data apart; both ways read the same',
  },
  'codec::read_fixed: boundary moved: length < SHORT': {
    count: 1,
    reason: 'below that length a loop is cheaper than taking the data apart; both ways read the same',
  },
  'codec::read_fixed: condition always false: if (length < SHORT) {': {
    count: 1,
    reason: 'below that length a loop is cheaper than taking the data apart; both ways read the same',
  },
  'codec::read_length: boundary moved: i': {
    count: 1,
    reason: 'a sixth byte makes a number above 2^32, which is refused with the same code',
  },
  'membership::find: constant one more: 0': { count: 1, reason: 'nobody looks at the place of one that was not found' },
  'settlement::find_account: constant one more: 0': {
    count: 1,
    reason: 'nobody looks at the place of one that was not found',
  },
  'settlement::find_type: constant one more: 0': {
    count: 1,
    reason: 'nobody looks at the place of one that was not found',
  },
  'membership::bar: boundary moved: bar.until_ms > now_ms': {
    count: 1,
    reason: 'a bar that is over bars nobody; that it is thrown away keeps the list short',
  },
  'membership::bar: condition always true: bar.until_ms > now_ms && bar.member != member': {
    count: 1,
    reason: 'a bar that is over bars nobody; that it is thrown away keeps the list short',
  },
  'leadership::report_silence: result negated: false': {
    count: 1,
    reason: 'where a second member says so nobody asks whether the first is alone',
  },
  'replay::open: constant one more: 0': {
    count: 1,
    reason: 'the code that is expected is looked at only where an abort is expected, which sets it',
  },
  'result::is_less: boundary moved: a.length() < b.length()': {
    count: 2,
    reason: 'of two equal lengths either is the shorter; no key is compared with itself',
  },
  'result::is_less: boundary moved: a[i] < b[i]': { count: 1, reason: 'the two bytes differ' },
  'staking::lock: condition always false: if (amount == 0) return': {
    count: 1,
    reason: 'nothing is held or let go of where nothing is staked; leaving early saves a slot',
  },
  'staking::unlock: condition always false: if (amount == 0) return': {
    count: 1,
    reason: 'nothing is held or let go of where nothing is staked; leaving early saves a slot',
  },
  'staking::pay_back: condition always true: if (amount > 0) borrow_global_mut<Vault>(@rooch).pay_or_keep(asset, owner, amount)':
    { count: 1, reason: 'paying nothing changes no balance; not doing it saves gas' },
  'state_channel::session_address: condition always true: assert': {
    count: 1,
    reason: "the framework's check refuses other lengths too, here with the same code and on a chain with its own",
  },
  'membership::bar: condition always true: if (bar.until_ms > now_ms && bar.member != member) { bars.push_back(bar); }':
    {
      count: 1,
      reason: 'a bar that is over bars nobody, and an older one of the same member is over first',
    },
  'membership::bar: result negated: bar.until_ms > now_ms && bar.member != member': {
    count: 1,
    reason: 'a bar that is over bars nobody; that it is thrown away keeps the list short',
  },
  'staking::put: statement left out: assert_whole(after - before, amount)': {
    count: 1,
    reason:
      'only an asset with hooks arrives as less than was sent, and the framework here has none; `assert_whole` has its own test',
  },
  'state_channel::join: condition always true: if (stake > 0) staking::take_in(coin::coin_to_fungible_asset(coin::withdraw<CoinType>(sender, stake)))':
    { count: 1, reason: 'to withdraw nothing is nothing; not doing it saves gas' },
  'state_channel::join_with_asset: condition always true: if (stake > 0) staking::take_in(primary_fungible_store::withdraw(sender, asset, stake))':
    { count: 1, reason: 'to withdraw nothing is nothing; not doing it saves gas' },
};
