// Mutants of the applications under move/ that nobody could notice, package by package; see `equivalent-mutants.ts`.

import type { Equivalent } from './equivalent-mutants.ts';

export const EQUIVALENT_MUTANTS_OF_APPLICATIONS: Readonly<Record<string, Readonly<Record<string, Equivalent>>>> = {
  movecraft: {
    'blocks::tier_needed: constant one less: UNBREAKABLE': { count: 1, reason: 'no hero has a tool of 254 either' },
    'body::spend: constant one less: BURST_MS': { count: 1, reason: 'at that millisecond both ways begin at 0' },
    'body::spend: boundary moved: now_ms > BURST_MS': { count: 1, reason: 'at that millisecond both ways begin at 0' },
    'body::spend: boundary moved: self.busy_until_ms > rested_ms': {
      count: 1,
      reason: 'of two equal times either is the later',
    },
    'body::squared: boundary moved: a > b': { count: 1, reason: 'of two equal numbers either is the larger' },
    'body::squared: constant one more: REACH_SQUARED': {
      count: 1,
      reason: 'the square of whatever is above five is out of reach, capped or not',
    },
    'body::squared: constant one less: REACH_SQUARED': {
      count: 1,
      reason: 'the square of whatever is above five is out of reach, capped or not',
    },
    'body::squared: boundary moved: distance > REACH_SQUARED': {
      count: 1,
      reason: 'the square of whatever is above five is out of reach, capped or not',
    },
    'body::squared: constant one more: REACH_SQUARED + 1': {
      count: 1,
      reason: 'whatever is above the reach is out of it',
    },
    'body::walk: constant one more: 0': { count: 1, reason: 'what is refused has a code far above 1' },
    'chunks::assert_lawful_after: condition always true: if (corners.is_empty()) corners = terrain::corners(seed, (at.x as u64), (at.z as u64))':
      { count: 1, reason: 'made again they are the same; not making them saves gas' },
    'ground::find: constant one more: 0': { count: 1, reason: 'nobody looks at the place of one that was not found' },
    'ground::sides: boundary moved: direction': { count: 1, reason: 'there is no fifth direction' },
    'items::find: boundary moved: self.slots[i].kind > kind': { count: 1, reason: 'the kinds differ there' },
    'items::decode: constant one more: 0': { count: 1, reason: 'kind 1, bedrock, is no item' },
    'land::ground_at: condition always true: if (!ground.is_loaded(&spot)) {': {
      count: 1,
      reason: 'of a column that is loaded twice the first is looked at and kept; loading it once saves gas',
    },
    'replays::ground_at: condition always true: if (!ground.is_loaded(&spot)) {': {
      count: 1,
      reason: 'of a column that is loaded twice the first is looked at and kept; loading it once saves gas',
    },
    'nature::is_near_water: condition always false: blocks::is_water(ground.block(x, y, z)) || blocks::is_water(ground.block(x, y + 1, z))':
      { count: 1, reason: 'where a block becomes water, that comes from water above it or beside it' },
    'nature::water_at: boundary moved: weaker < best': { count: 1, reason: 'of two equal ones either is the best' },
    'nature::work_of: constant one more: WORK_MAX': {
      count: 1,
      reason: 'of as many as there may be at most all are done, and of one more as many',
    },
    'nature::work_of: boundary moved: length < WORK_MAX': {
      count: 1,
      reason: 'of two equal numbers either is the smaller',
    },
    'replays::run_tick: constant one more: 0': { count: 1, reason: 'what is refused has a code far above 1' },
    'replays::run_tick: result negated: !looked_after.is_empty() && !is_here(replay, looked_after[0])': {
      count: 1,
      reason: 'where there are no heroes none is taken out',
    },
    'rules::find: constant one more: 0': { count: 1, reason: 'nobody looks at the place of one that was not found' },
    'rules::place: constant one more: 0': { count: 2, reason: 'what is refused has a code far above 1' },
    'rules::walk: condition always true: if (refusal == 0) self.note(member, body)': {
      count: 1,
      reason: 'a call that is refused leaves nothing, and a replay of it either',
    },
    'rules::make: constant one more: 0': { count: 1, reason: 'no recipe takes one of its second part' },
    'rules::mine: constant one more: 0': {
      count: 3,
      reason: 'what is refused has a code far above 1; a block leaves two seeds or none',
    },
    'rules::refusal_of_tick: constant one more: 0': { count: 1, reason: 'a channel has no interval below 50 ms' },
    'rules::spots_of_enter: constant one less: SPAWN_SIDE': {
      count: 1,
      reason: 'the width is even, and half of it is rounded down',
    },
    'world::end_of_page: boundary moved: limit < count - from': {
      count: 1,
      reason: 'of two equal numbers either is the smaller',
    },
  },
  four_in_a_row: {
    'game::pass_time: boundary moved: now_ms > self.turn_began_ms': {
      count: 1,
      reason: 'nobody is late in the moment in which the turn begins',
    },
  },
};
