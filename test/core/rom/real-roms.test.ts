// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { writeFixedRom } from '../../../src/app/rom-fix.ts';
import { fixRom } from '../../../src/core/rom/fix-rom.ts';
import { parseOptionRom } from '../../../src/core/rom/option-rom.ts';
import { ROM_FINDINGS } from '../../../src/core/rom/rom-finding.ts';
import { LEGACY_CODE } from '../../../src/core/rom/rom-image.ts';
import { romInfo } from '../../../src/core/rom/rom-info.ts';
import { simulated } from '../../app/simulated.ts';
import { absentPackages, debianRoms, saidOf } from './debian-roms.ts';

const PAGE = readFileSync(new URL('../../../docs/rom.md', import.meta.url), 'utf8');
const absent = absentPackages();
const why = absent.length === 0 ? '' : ` (not installed: ${absent.join(', ')})`;
const roms = debianRoms();
const legacy = roms.filter(({ bytes }) => parseOptionRom(bytes).images.some(({ codeType }) => codeType === LEGACY_CODE));

const NODE = simulated('apollo-lake');

/** Much faster than a comparison that could print the difference. */
const isSame = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

async function contentOf(path: string): Promise<Uint8Array> {
  const read = await NODE.node.readBytes(path);
  if (read.kind !== 'content') throw new Error(`no ${path}`);
  return read.value;
}

describe(`the ROMs of Debian's packages${why}`, () => {
  test.skipIf(absent.length > 0)(`there are some, most with a legacy image${why}`, () => {
    expect(roms.length).toBeGreaterThan(40);
    expect(legacy.length).toBeGreaterThan(20);
  });

  // One that cannot be looked at counts as skipped, with the reason in its name.
  const looked = roms.length > 0 ? roms : [{ name: 'any', package: absent.join(', '), bytes: new Uint8Array() }];
  test.skipIf(roms.length === 0).each(looked)('$package $name is as docs/rom.md says', ({ name, package: from, bytes }) => {
    const [, said] = new RegExp(`^\\| ${from} \`${name.replace(/[.,]/g, '\\$&')}\` \\| (.*) \\| .* \\|$`, 'm').exec(PAGE) ?? [];
    expect(said).toBe(saidOf(bytes));
    const { images, endOffset } = parseOptionRom(bytes);
    if (images.length > 0) expect(endOffset).toBe(bytes.length);
  });

  const mended = legacy.length > 0 ? legacy : looked;
  test.skipIf(legacy.length === 0).each(mended)('$package $name can be given another id, once, and back', async ({ bytes }) => {
    const rom = parseOptionRom(bytes);
    const changes = rom.images
      .filter(({ codeType }) => codeType === LEGACY_CODE)
      .map(({ offset }) => ({ offset, vendor: '8086', device: '5a85', class: '030000' }));
    const fixed = fixRom(bytes, rom, changes, { mendsChecksum: true });
    if (!fixed.ok) throw new Error(fixed.problem.message);
    const { content, fields } = fixed.value;
    expect(fields.map(({ field }) => field)).toContain('checksum');
    const info = romInfo(content, { vendor: '8086', device: '5a85' });
    expect(info.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    // EFI images are as they were, bit by bit
    for (const { codeType, offset, lengthBytes } of rom.images)
      if (codeType !== LEGACY_CODE)
        expect(isSame(content.slice(offset, offset + lengthBytes), bytes.slice(offset, offset + lengthBytes))).toBe(true);
    const again = fixRom(content, parseOptionRom(content), changes, { mendsChecksum: true });
    expect(again.ok && again.value.fields).toEqual([]);
    expect(again.ok && isSame(again.value.content, content)).toBe(true);
    const { tree } = NODE.node.machine;
    tree.setFile('/root/x.rom', bytes);
    const written = await writeFixedRom(NODE.node, {
      path: '/root/x.rom',
      original: bytes,
      content,
      output: '/root/x.rom',
      force: false,
    });
    if (!written.ok) throw new Error(written.problem.message);
    expect(isSame(await contentOf(written.value.backup), bytes)).toBe(true);
    expect(isSame(await contentOf('/root/x.rom'), content)).toBe(true);
  });
});

test('docs/rom.md lists every finding', () => {
  const listed = [...PAGE.matchAll(/^\| `([a-z-]+)` \| (error|warning|note) \| (.*) \|$/gm)].map(([, ...row]) => row);
  expect(listed).toEqual(Object.entries(ROM_FINDINGS).map(([id, [severity, meaning]]) => [id, severity, meaning]));
});
