// How sure a message is, as one small mark with words for those who ask (or cannot see it).

import type { CallState } from '../../sdk/call.ts';

type Grade = CallState['grade'];

const MEANING: Readonly<Record<Grade, string>> = {
  sending: 'Sending',
  queued: 'Waiting for the leader; kept in this tab',
  executed: 'Executed: the leader says so',
  verified: 'Verified: this tab’s own VM agrees',
  final: 'Final: two thirds of the members have signed it',
  refused: 'Not sent',
};

const CHECK = 'M1.5 6.2 4.300 9 10 2.800';
const SECOND_CHECK = 'M6.500 8.300 7.300 9 13 2.800';

export function GradeMark({ grade }: { readonly grade: Grade }) {
  return (
    <span className={`grade grade-${grade}`} data-grade={grade} title={MEANING[grade]}>
      <svg width="15" height="12" viewBox="0 0 15 12" aria-hidden="true">
        {grade === 'sending' || grade === 'queued' ? (
          <>
            <circle cx="7" cy="6" r="4.5" />
            <path d="M7 3.600V6l1.700 1.200" />
          </>
        ) : grade === 'refused' ? (
          <path d="M3 2l8 8M11 2l-8 8" />
        ) : (
          <>
            <path d={CHECK} />
            {grade === 'final' && <path d={SECOND_CHECK} />}
          </>
        )}
      </svg>
      <span className="sr-only">{MEANING[grade]}</span>
    </span>
  );
}
