// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  currentSection,
  nextConfigValue,
  pendingSection,
  printConfig,
  rejectedLines,
  snapshotSections,
} from '../../../src/core/guest/config-document.ts';
import { parseVmConfig } from '../../../src/core/guest/vm-config.ts';
import { canonicalVmConfig } from '../../../src/core/guest/vm-rewrite.ts';
import { configText } from './config-text.ts';

/** A file full of oddities, recorded on Proxmox VE 9.2.11 with its warnings and what a write makes of it. */
const MESSY = `#first comment
# second  line with : colon and %25 escape

zzz: unknown key
name: messy
memory: 64
#comment in the middle
bios: seabios
boot:
ostype: l26
hostpci0: 0000:00:02.1
cores: notanumber
args: -S
foo bar without colon
tags: b;a,c d
vga: nope
scsihw: virtio-scsi-single

[PENDING]
tags: pend
delete: args,!vga

[snapone]
#snap description
memory: 32
name: messy
snaptime: 1700000000
hostpci0: 0000:00:02.2
xyz: unknown in snapshot

[special:cloudinit]
user: x
`;

describe('a messy configuration', () => {
  const config = parseVmConfig(MESSY);

  test('prints back byte for byte', () => {
    expect(printConfig(config)).toBe(MESSY);
  });

  test('rejects what PVE rejects, with its warnings', () => {
    expect(rejectedLines(config).map(({ line, rejection }) => [line, rejection.warning.split('\n')[0]])).toEqual([
      [4, "unable to parse value of 'zzz' - unknown setting 'zzz'"],
      [9, 'unable to parse config: boot:'],
      [12, "unable to parse value of 'cores' - type check ('integer') failed - got 'notanumber'"],
      [14, 'unable to parse config: foo bar without colon'],
      [16, expect.stringContaining("unable to parse value of 'vga' - format error")],
      [29, "unable to parse value of 'xyz' - unknown setting 'xyz'"],
    ]);
  });

  test('knows its sections', () => {
    expect(currentSection(config).description).toBe(
      'first comment\n second  line with : colon and % escape\ncomment in the middle',
    );
    expect(currentSection(config).values.get('args')).toBe('-S');
    expect(pendingSection(config)?.deletes).toEqual([
      { key: 'args', force: false },
      { key: 'vga', force: true },
    ]);
    expect(snapshotSections(config).map((section) => [section.name, section.values.get('hostpci0')])).toEqual([
      ['snapone', '0000:00:02.2'],
    ]);
    expect(nextConfigValue(config, 'args')).toBeUndefined();
    expect(nextConfigValue(config, 'tags')).toBe('pend');
    expect(nextConfigValue(config, 'memory')).toBe('64');
  });
});

describe('odd lines', () => {
  const value = (text: string, key: string) => currentSection(parseVmConfig(text)).values.get(key);

  test('are read where PVE reads them', () => {
    expect(value('memory: 64\r\nname: x\r\n', 'memory')).toBe('64');
    expect(value('memory: 64\nmemory: 128\n', 'memory')).toBe('128');
    expect(value('hostpci0:0000:00:02.1\n', 'hostpci0')).toBe('0000:00:02.1');
    expect(value('onboot: yes\n', 'onboot')).toBe('1');
    expect(value('cores: 007\n', 'cores')).toBe('7');
    expect(value('boot: \n', 'boot')).toBe(' ');
    expect(value('args:   -a  "b c" \n', 'args')).toBe('-a  "b c"');
    expect(value('cdrom: none,media=cdrom\n', 'ide2')).toBe('none,media=cdrom');
  });

  test.each([
    ' memory: 64',
    'Memory: 64',
    'hostpci0: 0000:00:02.1, pcie=1',
    'hostpci16: 0000:00:02.1',
    'delete: args',
    'args:',
    '[PENDING',
  ])('%j is rejected', (line) => {
    const config = parseVmConfig(`${line}\n`);
    expect(currentSection(config).values.size).toBe(0);
    expect(rejectedLines(config)).toHaveLength(1);
  });

  test('a section with a strange name is dropped whole, an empty snapshot stays', () => {
    const config = parseVmConfig('memory: 64\n[1bad]\nargs: -S\n#note\n\n[empty]\n');
    expect(config.sections.map((section) => section.name)).toEqual(['current', 'empty']);
    expect(currentSection(config).values.has('args')).toBe(false);
    expect(rejectedLines(config).map((one) => one.line)).toEqual([2]);
    expect(canonicalVmConfig('memory: 64\n[1bad]\nargs: -S\n\n[empty]\n')).toBe('memory: 64\n\n[empty]\n');
  });

  test('of two sections with one name the later one counts', () => {
    const config = parseVmConfig('[PENDING]\nargs: -a\n[pending]\nvga: none\n');
    expect([...(pendingSection(config)?.values ?? [])]).toEqual([['vga', 'none']]);
  });

  test('snapstate is forgotten outside snapshots', () => {
    const text = 'memory: 64\nsnapstate: delete\n[one]\nsnapstate: prepare\nmemory: 32\n';
    expect(canonicalVmConfig(text)).toBe('memory: 64\n\n[one]\nmemory: 32\nsnapstate: prepare\n');
  });
});

describe('any text', () => {
  test('prints back byte for byte, and PVE writes its own writing again', () => {
    fc.assert(
      fc.property(configText('qemu'), (text) => {
        expect(printConfig(parseVmConfig(text))).toBe(text);
        // Quotes around args and descriptions at the edge settle one write later.
        const settled = canonicalVmConfig(canonicalVmConfig(canonicalVmConfig(text)));
        expect(canonicalVmConfig(settled)).toBe(settled);
      }),
      { numRuns: 400 },
    );
  });
});
