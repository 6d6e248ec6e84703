// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localHost } from '../../src/adapters/host-local.ts';
import { extractRoms } from '../../src/app/rom-extract.ts';
import { unpackWrapped } from '../../src/app/unpack-wrapped.ts';
import { wrappingOf } from '../../src/core/rom/extract/wrapping.ts';
import { composeInflaters } from '../../src/main/compose.ts';
import { bytes, optionRom } from '../core/rom/extract/firmware-image.ts';
import { simulated } from './simulated.ts';

const SEVEN_ZIP = '/usr/bin/7zz';
const canRun = process.getuid?.() === 0 && existsSync(SEVEN_ZIP) && spawnSync('unshare', ['-n', 'true']).status === 0;

describe.skipIf(!canRun)('programs that unpack (needs root and 7zz of the package 7zip)', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pveigpu-unpack-'));
    writeFileSync(join(folder, 'bios.bin'), 'the image');
    writeFileSync(join(folder, 'zeros'), new Uint8Array(600 * 1024 * 1024));
    symlinkSync('/etc/shadow', join(folder, 'link'));
    for (const [name, ...files] of [
      ['good.zip', 'bios.bin'],
      ['bomb.7z', 'zeros'],
      ['link.7z', 'bios.bin', 'link'],
    ] as const)
      spawnSync(SEVEN_ZIP, ['a', '-bso0', '-mx1', ...(name === 'link.7z' ? ['-snl'] : []), name, ...files], { cwd: folder });
    rmSync(join(folder, 'zeros'));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  const host = localHost({ root: '/' });
  const unpacked = async (name: string) => {
    const path = join(folder, name);
    const wrapping = wrappingOf(new Uint8Array(readFileSync(path)));
    if (wrapping === undefined) throw new Error(`${name} is not wrapped`);
    return await unpackWrapped(host, path, wrapping, async (files) =>
      files.map((file) => ({ name: file.name, sizeBytes: file.sizeBytes, text: readFileSync(file.path, 'utf8') })),
    );
  };
  const leftovers = () => [
    ...readdirSync('/var/tmp').filter((name) => name.startsWith('pveigpu-')),
    ...readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes('/var/tmp/pveigpu-')),
  ];

  test('what comes out, and nothing stays', async () => {
    expect(await unpacked('good.zip')).toEqual({ ok: true, value: [{ name: 'bios.bin', sizeBytes: 9, text: 'the image' }] });
    expect(leftovers()).toEqual([]);
  });

  test('a bomb fills only the room that it is given', async () => {
    const answer = await unpacked('bomb.7z');
    expect(answer).toMatchObject({
      ok: false,
      problem: { code: 'host.run', message: expect.stringMatching(/7zz could not unpack it/) },
    });
    expect(leftovers()).toEqual([]);
  }, 120_000);

  test('archives in archives are unpacked three deep, since each takes its room while the others have theirs', async () => {
    const rom = optionRom(0x8086, 0x5a85, 0x8000);
    writeFileSync(join(folder, 'image'), bytes(rom, randomBytes(600 * 1024)));
    let inner = 'image';
    for (const name of ['one.7z', 'two.7z', 'three.7z', 'four.7z']) {
      spawnSync(SEVEN_ZIP, ['a', '-bso0', '-mx1', name, inner], { cwd: folder });
      inner = name;
    }
    const inflaters = await composeInflaters();
    const { context } = simulated('apollo-lake');
    const found = async (name: string) => {
      const answer = await extractRoms(context, { host, path: join(folder, name), inflaters });
      if (!answer.ok) throw new Error(answer.problem.message);
      return answer.value.view;
    };
    expect((await found('three.7z')).roms).toMatchObject([{ fits: ['0000:00:02.0'] }]);
    const deep = await found('four.7z');
    expect(deep.roms).toEqual([]);
    expect(deep.remarks.join()).toContain('in one.7z, was not unpacked: it lies in 3 other archives.');
    expect(leftovers()).toEqual([]);
  }, 120_000);

  test('a link is no file', async () => {
    const answer = await unpacked('link.7z');
    // 7zip refuses a link that leads out; where it makes one, it is not followed
    if (answer.ok) expect(answer.value.map(({ name }) => name)).toEqual(['bios.bin']);
    else expect(answer.problem.code).toBe('host.run');
    expect(leftovers()).toEqual([]);
  });
});
