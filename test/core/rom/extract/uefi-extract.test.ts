// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as made from './firmware-image.ts';
import { newWalk, reportLines, walkLines } from './walk-lines.ts';

const PROGRAM = '/usr/bin/UEFIExtract';
const OVMF = ['OVMF_CODE_4M.fd', 'OVMF_CODE_4M.secboot.fd', 'OVMF_CODE.fd', 'OVMF_CODE.secboot.fd', 'OVMF_VARS_4M.ms.fd']
  .map((name) => `/usr/share/OVMF/${name}`)
  .concat('/usr/share/ovmf/OVMF.fd');
const hasProgram = existsSync(PROGRAM);

/** What UEFIExtract (Debian's uefitool-cli) says of an image. */
function report(image: Uint8Array): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'pveigpu-uefi-'));
  const path = join(folder, 'image');
  writeFileSync(path, image);
  const run = spawnSync(PROGRAM, [path, 'report'], { cwd: folder, encoding: 'utf8' });
  const text = existsSync(`${path}.report.txt`) ? readFileSync(`${path}.report.txt`, 'utf8') : '';
  rmSync(folder, { recursive: true });
  if (text === '') throw new Error(`UEFIExtract wrote no report: ${run.stdout}${run.stderr}`);
  return reportLines(text);
}

describe.skipIf(!hasProgram)(`volumes, files and sections as UEFIExtract sees them (needs ${PROGRAM} of uefitool-cli)`, () => {
  for (const path of OVMF)
    test.skipIf(!existsSync(path))(`${path} (needs Debian's ovmf)`, () => {
      const image = new Uint8Array(readFileSync(path));
      const [walk, theirs] = [newWalk(), report(image)];
      expect(theirs.length).toBeGreaterThan(0);
      expect(walkLines(image, walk)).toEqual(theirs);
      expect(walk.faults).toEqual([]);
    });

  const text = made.section(0x19, made.bytes('some bytes that repeat, some bytes that repeat, and some that do not'));
  const driver = made.file('11111111-2222-3333-4444-555555555555', 0x07, made.sections(text, made.nameSection('SomeDriver')));
  const inner = made.section(0x17, made.volume([driver, driver]));
  test.each([
    ['plain', made.sections(text, inner)],
    ['LZMA', made.lzmaSection(text, inner)],
    ['Tiano', made.tianoSection(text, inner)],
    ['EFI 1.1', made.efiSection(text, inner)],
    ['Tiano in LZMA in EFI 1.1', made.efiSection(made.lzmaSection(made.tianoSection(inner, text)))],
  ])('a volume of our own making, %s', (_name, body) => {
    const image = made.volume([made.file('AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE', 0x02, body), driver], 0x2000);
    const walk = newWalk();
    expect(walkLines(image, walk)).toEqual(report(image));
    expect(walkLines(image).filter((line) => line.startsWith('file')).length).toBeGreaterThanOrEqual(4);
    expect(walk.faults).toEqual([]);
  });
});
