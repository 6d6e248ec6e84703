// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { examine } from '../../../src/core/doctor/examine.ts';
import { FINDINGS } from '../../../src/core/doctor/table.ts';
import { isPlain } from '../../../src/core/text/visible.ts';
import { all, logs } from './acts.ts';
import { file } from './apply.ts';
import { profileOf, state } from './doctor-state.ts';

const ESCAPE = '\u001b[2J\u202e';

test('what strangers wrote into paths, parameters and logs is shown with its escapes written out', async () => {
  const machine = state(
    'somebody hides something',
    { ...profileOf('raptor-lake-s'), cmdline: `root=/dev/mapper/pve-root intel_iommu=on,igfx_off${ESCAPE} i915.enable_guc=7` },
    all(
      file(`/etc/modprobe.d/${ESCAPE}.conf`, `options vfio-pci ids=8086:a780 ${ESCAPE}\nblacklist i915\n`),
      file('/var/lib/dkms/i915-sriov-dkms/1.0/source', ''),
      logs(`i915 0000:00:02.0: Direct firmware load for i915/tgl_guc${ESCAPE} failed with error -2`),
    ),
  );
  const troubles = examine(await machine.make(), FINDINGS).flatMap(({ outcome }) =>
    outcome.state === 'problem' ? [outcome] : [],
  );
  const texts = troubles.flatMap(({ subject = '', because, evidence, remedy }) => [
    subject,
    because,
    remedy.text,
    ...evidence.flatMap(({ source, value }) => [source, value]),
  ]);
  expect(texts.filter((text) => text.includes('\\x1b[2J'))).not.toEqual([]);
  expect(texts.filter((text) => !isPlain(text))).toEqual([]);
});
