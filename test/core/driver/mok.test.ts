// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { MokState } from '../../../src/core/driver/driver-inputs.ts';
import { mokRemarks, mokSteps } from '../../../src/core/driver/mok.ts';
import { imageText } from '../../../src/core/plan/file-image.ts';
import { inverseOf } from '../../../src/core/plan/inverse.ts';

const HASH = '$6$UtNZiPZqQsNkBvTe$bFCzJ7HKdPg6bJPyHXqO8rHo3nJ0qAo8T9';
const TO_ENROL: MokState = { kind: 'to-enrol', password: '40817365', hash: HASH };

describe('the key for Secure Boot', () => {
  test('is handed over by mokutil with the hash, and the password stands in no step', () => {
    const steps = mokSteps(TO_ENROL);
    expect(steps.map(({ action }) => action)).toEqual(['writeFile', 'run', 'removeFile']);
    const [first, second] = steps;
    expect(
      first?.action === 'writeFile' && [first.args.mode, imageText({ kind: 'file', ...first.args, uid: 0, gid: 0 })],
    ).toEqual([0o600, `${HASH}\n`]);
    expect(second?.action === 'run' && second.args.argv.slice(0, 3)).toEqual(['mokutil', '--import', '/var/lib/dkms/mok.pub']);
    expect(JSON.stringify(steps)).not.toContain('40817365');
    const back = second === undefined ? null : inverseOf(second);
    expect(back?.action === 'run' && back.args.argv).toEqual(['mokutil', '--revoke-import']);
  });

  test('the console step is one remark with the password and each key', () => {
    const remarks = mokRemarks(TO_ENROL);
    expect(remarks).toHaveLength(1);
    expect(remarks[0]?.text).toContain('40817365');
    expect(remarks[0]?.hint?.match(/Enter/g)).toHaveLength(5);
  });

  test.each<[MokState, readonly string[]]>([
    [{ kind: 'not-needed' }, []],
    [{ kind: 'enrolled' }, []],
    [{ kind: 'pending' }, ['driver.mok-pending']],
    [{ kind: 'unknown', because: 'mokutil is not installed.' }, ['driver.mok-unknown']],
  ])('%j hands nothing over', (state, ids) => {
    expect(mokSteps(state)).toEqual([]);
    expect(mokRemarks(state).map(({ id }) => id)).toEqual(ids);
  });
});
