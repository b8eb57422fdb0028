// Every rule of the verifier has a module that breaks it alone.

import { describe, expect, it } from 'vitest';
import { assembleModule } from '../../testing/assemble.ts';
import { ModuleDraft } from '../../testing/module-draft.ts';
import { decodeModule } from '../bytecode/decode.ts';
import { statusOf } from './outcome.suite.ts';
import { moduleBreaking } from './rules/rule.suite.ts';
import { RULES } from './rules/rules.suite.ts';
import { verifyModule } from './verify.ts';

describe('a healthy module', () => {
  it('passes', () => {
    const draft = new ModuleDraft();
    draft.function('f', { code: [{ op: 'ret' }] });
    expect(statusOf(() => verifyModule(decodeModule(assembleModule(draft.build())), () => undefined))).toBe('OK');
  });
});

describe('the verifier refuses', () => {
  it.each(RULES.map((rule) => [`${rule.title}: ${rule.status}`, rule] as const))('%s', (_, rule) => {
    const bytes = assembleModule(moduleBreaking(rule).build());
    expect(statusOf(() => verifyModule(decodeModule(bytes), () => undefined))).toBe(rule.status);
  });
});
