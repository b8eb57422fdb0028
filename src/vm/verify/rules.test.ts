// Every rule of the verifier has a module that breaks it alone.

import { describe, expect, it } from 'vitest';
import { assembleModule } from '../../testing/assemble.ts';
import { ModuleDraft } from '../../testing/module-draft.ts';
import { decodeModule } from '../bytecode/decode.ts';
import { statusOf } from './outcome.suite.ts';
import { healthyClosures } from './rules/closures.suite.ts';
import { LATER_RULES } from './rules/later.suite.ts';
import { moduleBreaking } from './rules/rule.suite.ts';
import { RULES } from './rules/rules.suite.ts';
import { healthyStructApi } from './rules/struct-api.suite.ts';
import { verifyModule } from './verify.ts';

function verdict(draft: ModuleDraft): string {
  return statusOf(() => verifyModule(decodeModule(assembleModule(draft.build())), () => undefined));
}

describe('a healthy module', () => {
  it('passes', () => {
    const draft = new ModuleDraft();
    draft.function('f', { code: [{ op: 'ret' }] });
    expect(verdict(draft)).toBe('OK');
  });

  it('passes with closures', () => {
    const draft = new ModuleDraft('m', 8);
    healthyClosures(draft);
    expect(verdict(draft)).toBe('OK');
  });

  it('passes with functions that stand for operations on structs', () => {
    const draft = new ModuleDraft('m', 10);
    healthyStructApi(draft);
    expect(verdict(draft)).toBe('OK');
  });
});

describe('the verifier refuses', () => {
  const rules = [...RULES, ...LATER_RULES];
  it.each(rules.map((rule) => [`${rule.title}: ${rule.status}`, rule] as const))('%s', (_, rule) => {
    expect(verdict(moduleBreaking(rule))).toBe(rule.status);
  });
});
