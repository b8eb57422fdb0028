// Mutants of move/state_channel that nobody could notice, each with the reason: what it is known by → why it does the same. `mutate.ts` fails when one of
// them is noticed after all, or is not there any more.

export const EQUIVALENT_MUTANTS: Readonly<Record<string, string>> = {};
