// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TEXT_RULES } from '../../src/core/doctor/explain/table.ts';
import { FINDINGS } from '../../src/core/doctor/table.ts';
import { simulated } from '../app/simulated.ts';
import { jsonOf, typed } from './command-line.ts';

const machine = simulated('raptor-lake-s');
const folder = mkdtempSync(join(tmpdir(), 'explain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FAILED_START = `error writing '1' to '/sys/bus/pci/devices/0000:00:02.1/reset': Inappropriate ioctl for device
kvm: -device vfio-pci,host=0000:00:02.1,id=hostpci0: vfio 0000:00:02.1: error getting device from group 16: Permission denied
Verify all devices in group 16 are bound to vfio-<bus> or pci-stub and not already in use
TASK ERROR: start failed: QEMU exited with code 1
`;

describe('explain', () => {
  test('a message', async () => {
    const { code, out } = await typed(machine, 'explain "no driver bound to device; cannot configure SR-IOV"');
    expect(code).toBe(0);
    expect(out).toMatch(/VFs were asked for while no driver had the GPU/);
    expect(out).toMatch(/do +See that i915 or xe is not blocked/);
  });

  test('what is piped in: the real error stands before what followed', async () => {
    const { code, out } = await typed(machine, 'explain', { input: FAILED_START });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^line 2: kvm: .*\n {2}error\n +IOMMU group 16 holds another device[\s\S]*QEMU ended right after its start/,
    );
  });

  test('a file of the machine, and one of where it is typed', async () => {
    const node = simulated('raptor-lake-s');
    node.node.machine.tree.setFile('/var/log/start.log', FAILED_START);
    expect((await typed(node, 'explain /var/log/start.log')).out).toMatch(/IOMMU group 16/);
    const file = join(folder, 'start.log');
    writeFileSync(file, FAILED_START);
    expect((await typed(node, `explain ${file}`)).out).toMatch(/IOMMU group 16/);
  });

  test('a finding that only programs show', async () => {
    const { out } = await typed(simulated('jasper-lake'), 'explain boot.unit-failed');
    expect(out).toContain('pveigpu doctor --only boot.unit-failed --deep ');
  });

  test('a finding, and one that does not exist', async () => {
    const { code, out } = await typed(machine, 'explain vf.gone');
    expect([code, out.split('\n')[0]]).toEqual([0, 'VFs are wanted and do not exist  vf.gone, error']);
    expect(await typed(machine, 'explain vf.nonsense')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/There is no finding vf\.nonsense\./),
    });
  });

  test('nothing, a file that is not there, and what nobody knows', async () => {
    expect((await typed(machine, 'explain')).code).toBe(2);
    expect(await typed(machine, 'explain /no/such.log')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/There is no file/),
    });
    expect(await typed(machine, 'explain "TASK ERROR: something new"')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/No cause for this line is known/),
    });
    expect(await typed(machine, 'explain "all is well"')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Nothing in this line/),
    });
  });

  test('as a value', async () => {
    const value = jsonOf(await typed(machine, 'explain --json', { input: FAILED_START }));
    expect(value).toMatchObject({
      kind: 'explained',
      lines: 4,
      explanations: [{ id: 'qemu.group-permission', lineNumber: 2 }, {}],
    });
  });

  test('escapes of strangers do nothing to the terminal', async () => {
    const { out } = await typed(machine, 'explain', { input: "TASK ERROR: no PCI device found for '\u001b[2J\u0007'\n" });
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  test('every text names a finding that exists, or none', () => {
    const ids = new Set<string>(FINDINGS.map(({ id }) => id));
    expect(
      TEXT_RULES.flatMap(({ id, finding }) => (finding === undefined || ids.has(finding) ? [] : [`${id}: ${finding}`])),
    ).toEqual([]);
  });
});
