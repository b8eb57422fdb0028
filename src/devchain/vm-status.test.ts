// How outcomes read in the REST API, where the place that the VM knows is told and where Aptos tells the status alone.

import { describe, expect, it } from 'vitest';
import { parseAddress } from '../base/ids.ts';
import type { CodeLocation, RunStatus } from '../vm/run.ts';
import { explainInFull, explainSimulated, explainStatus, failurePlace, statusCode } from './vm-status.ts';

const location: CodeLocation = {
  module: { address: parseAddress('0xcafe'), name: 'guestbook' },
  function: 'sign',
  offset: 7,
};
const failure = (code: string) => ({ kind: 'failure' as const, code, location });

describe('vm_status', () => {
  it('tells where running code failed', () => {
    const place = 'Execution failed in 0xcafe::guestbook::sign at code offset 7';
    expect(explainStatus(failure('ARITHMETIC_ERROR'))).toBe(place);
    expect(explainStatus(failure('RUNTIME_DISPATCH_ERROR'))).toBe(place);
    const script: RunStatus = { kind: 'failure', code: 'MISSING_DATA', location: { ...location, module: 'script' } };
    expect(explainStatus(script)).toBe('Execution failed in script at code offset 7');
  });

  it.each([
    ['EXECUTION_LIMIT_REACHED', 4030],
    ['IO_LIMIT_REACHED', 4031],
    ['MEMORY_LIMIT_EXCEEDED', 4028],
    ['VM_MAX_VALUE_DEPTH_REACHED', 4025],
    ['LINKER_ERROR', 1081],
    ['CODE_DESERIALIZATION_ERROR', 3024],
  ])('tells %s alone', (code, number) => {
    expect(explainStatus(failure(code))).toBe(code);
    expect(failurePlace(failure(code))).toBeUndefined();
    expect(statusCode(failure(code))).toBe(number);
  });

  it('says what nobody but this chain knows, once', () => {
    const status: RunStatus = { ...failure('UNSUPPORTED'), message: 'a native that is not there' };
    expect(explainStatus(status)).toBe('UNSUPPORTED: a native that is not there');
    expect(explainInFull(status)).toBe(explainStatus(status));
    const missing: RunStatus = { kind: 'failure', code: 'LINKER_ERROR', message: 'no module' };
    expect([explainStatus(missing), explainInFull(missing)]).toEqual(['LINKER_ERROR', 'LINKER_ERROR: no module']);
    expect(explainSimulated(missing)).toBe('LINKER_ERROR\nExecution failed with message: no module');
    expect(explainSimulated(status)).toBe(explainStatus(status));
  });

  it('has no number for what Aptos does not know', () => {
    expect(statusCode(failure('UNSUPPORTED'))).toBeUndefined();
    expect(statusCode({ kind: 'executed' })).toBeUndefined();
    expect(statusCode({ kind: 'abort', code: 5n, location })).toBe(4016);
  });
});
