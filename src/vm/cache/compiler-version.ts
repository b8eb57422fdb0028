// Stands for what the compiler makes of code. To be raised whenever that changes, so that units kept by an earlier version are not found any more:
// `emitted-code.test.ts` notices.

export const COMPILER_VERSION = 9;
