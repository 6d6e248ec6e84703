// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendWords, parseArgs } from '../../../src/core/guest/args-line.ts';
import { withoutDeviceWords } from '../../../src/core/guest/device-words.ts';
import { displayWords } from '../../../src/core/mdev/display-words.ts';

/** Lines as people write them: quotes, runs of blanks, options of other devices. */
const LINE = fc
  .array(
    fc.constantFrom(
      '-cpu host,kvm=off',
      '-smbios "type=1,serial=a b"',
      "-name 'it''s'",
      '-set device.hostpci1.x-igd-opregion=on',
      '-set device.hostpci10.ramfb=on',
      '-set drive.hostpci0.cache=none',
      '-device vfio-pci,host=0000:00:02.0,id=hostpci2',
      '-display egl-headless,gl=core',
      '\\-odd',
      '-readconfig /run/x.cfg',
    ),
    { maxLength: 5 },
  )
  .chain((words) => fc.constantFrom(' ', '  ').map((blank) => words.join(blank)));

const CASE = fc.record({
  display: fc.constantFrom({ kind: 'off' } as const, { kind: 'ramfb' } as const),
  qemuVersion: fc.constantFrom('9.2', '10.0', '10.1', '11.0', ''),
  wantsOpregion: fc.boolean(),
  size: fc.record({ width: fc.integer({ min: 64, max: 4095 }), height: fc.integer({ min: 64, max: 4095 }) }),
});

describe('words about a device in args', () => {
  test('that were added for a mediated device go again, and leave the rest byte for byte', () => {
    fc.assert(
      fc.property(LINE, CASE, (text, one) => {
        const line = parseArgs(text);
        if (!line.ok) throw new Error(line.problem.message);
        const hasOpenGl = text.includes('-display');
        const words = displayWords({ ...one, key: 'hostpci0', hasOpenGl });
        // A display of the user's own that is word for word ours cannot be told from ours.
        fc.pre(!(hasOpenGl && one.display.kind === 'ramfb'));
        expect(withoutDeviceWords(appendWords(line.value, words).text, ['hostpci0'])).toBe(text);
      }),
    );
  });

  test('of other devices stay, and a line that PVE cannot split stays too', () => {
    const text = '-set device.hostpci1.display=on -set device.hostpci0.x-igd-opregion=on';
    expect(withoutDeviceWords(text, ['hostpci0'])).toBe('-set device.hostpci1.display=on');
    expect(withoutDeviceWords(text, [])).toBe(text);
    expect(withoutDeviceWords(`${text} "`, ['hostpci0'])).toBe(`${text} "`);
    expect(withoutDeviceWords('-set device.hostpci0.x-foo=1', ['hostpci0'], true)).toBe('-set device.hostpci0.x-foo=1');
    expect(withoutDeviceWords('-set device.hostpci0.x-foo=1', ['hostpci0'])).toBe('');
  });
});
