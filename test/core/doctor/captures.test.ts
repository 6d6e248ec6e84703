// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { examine, type Finding } from '../../../src/core/doctor/examine.ts';
import type { FindingId } from '../../../src/core/doctor/finding.ts';
import { FINDINGS } from '../../../src/core/doctor/table.ts';
import type { Capture } from '../../support/facts.ts';
import { caseOf } from './doctor-state.ts';
import { styleFaults } from './style-faults.ts';

const FOLDER = resolve(import.meta.dirname, '../../fixtures/captures');
const names = readdirSync(FOLDER)
  .map((file) => file.replace(/\.ts$/, ''))
  .sort();

/** What each excerpt shows to be wrong, or looks so; an id after `open:` needs a section that the excerpt does not show. */
const SHOWN: { readonly [number: string]: readonly (FindingId | `open:${FindingId}`)[] } = {
  '04': ['driver.not-bound'],
  '08': ['driver.max-vfs-ignored'],
  '10': ['driver.not-bound', 'driver.newer-base'],
  '13': ['open:vf.host-driver'],
  '16': ['driver.xe-message-harmless'],
  '18': ['vf.guc-version', 'open:vf.host-driver'],
  '19': ['firmware.no-vf-address-space'],
  '20': ['driver.dkms-in-vain'],
  '21': ['kernel.frame-buffer-holds-bar'],
  '22': ['driver.dkms-in-vain'],
  '23': ['firmware.aperture-full'],
  '25': ['driver.forced-sriov'],
  '27': ['driver.stock-loaded', 'driver.dkms-not-built'],
  '28': ['vf.state-not-saved'],
  '29': ['open:vf.host-driver'],
  '33': ['open:mdev.unsupported'],
  '34': ['driver.dangerous-option-normal'],
  '36': ['kernel.known-bad', 'driver.flag-withdrawn'],
};

/** Why doctor finds nothing wrong in the others. */
const NOTHING: { readonly [number: string]: string } = {
  '01': 'a list of devices',
  '02': 'the whole GPU is bound for a guest, which works',
  '03': 'boot messages of an IOMMU that works; that kvmgt did not load is told by no line of the kernel',
  '05': 'boot messages of VF windows that got addresses later',
  '06': 'seven VFs that work',
  '07': 'a PF that works',
  '09': 'a PF that works',
  '11': 'VFs of stock xe that work',
  '12': 'a PF without VFs; whether some are wanted is not shown',
  '14': 'a PF that works; the warning about display microcode is not fatal',
  '15': 'the refused write went to a shell: no line of the kernel log is shown',
  '17': 'a PF that works',
  '24': 'a GPU of which nothing is wanted',
  '26': 'a card without SR-IOV of which no VFs are wanted',
  '30': 'a PF with a VF that works',
  '31': 'a list of devices',
  '32': 'versions of the ME, without a date',
  '35': 'boot messages of VF windows in an older form',
};

async function findingsOf(name: string): Promise<readonly Finding[]> {
  const { capture } = (await import(join(FOLDER, `${name}.ts`))) as { capture: Capture };
  return examine(caseOf(capture.facts), FINDINGS);
}

describe('what doctor says of real machines', () => {
  test('each capture shows something wrong, or it is said why not', () => {
    const told = [...Object.keys(SHOWN), ...Object.keys(NOTHING)].sort();
    expect(told).toEqual(names.map((name) => name.slice(0, 2)));
  });

  test.each(names)('%s', async (name) => {
    const number = name.slice(0, 2);
    const findings = await findingsOf(name);
    const found = findings.flatMap(({ rule, outcome }) =>
      outcome.state === 'ok' ? [] : [outcome.state === 'problem' ? rule.id : `open:${rule.id}`],
    );
    for (const id of SHOWN[number] ?? []) expect(found).toContain(id);
    if (SHOWN[number] === undefined) expect(found.filter((id) => !id.startsWith('open:'))).toEqual([]);
    expect(findings.flatMap(({ outcome }) => (outcome.state === 'problem' ? styleFaults(outcome) : []))).toEqual([]);
  });
});
