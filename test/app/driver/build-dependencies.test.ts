// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/exit-code.ts';
import { i915SriovDeb } from '../../../src/simulator/packages/i915-sriov-deb.ts';
import { mustType, typed } from '../../cli/command-line.ts';
import { type Simulated, simulated } from '../simulated.ts';

const DEB = '/root/i915-sriov-dkms_2026.05.06_amd64.deb';

function untouched(): Simulated {
  const machine = simulated('raptor-lake-s-untouched');
  machine.node.machine.tree.setFile(DEB, i915SriovDeb('2026.05.06'));
  return machine;
}

const installed = ({ node }: Simulated) =>
  [...(node.machine.tree.text('/var/lib/dpkg/status') ?? '').matchAll(/^Package: (.*)$/gm)].map(([, name]) => name).sort();

async function install(machine: Simulated): Promise<void> {
  const digest = (await machine.must('sha256sum', DEB)).split(' ')[0];
  await mustType(machine, `driver install --driver i915-dkms --driver-from ${DEB} --sha256 ${digest} --yes`);
}

describe('packages that came with a driver build', () => {
  test.each(['driver remove --yes', 'rollback --all --yes'])('%s takes all of them back', async (line) => {
    const machine = untouched();
    const before = installed(machine);
    await install(machine);
    expect(installed(machine)).toEqual(expect.arrayContaining(['gcc', 'make', 'patch', 'dpkg-dev', 'dkms']));
    expect([EXIT.done, EXIT.rebootNeeded]).toContain((await typed(machine, line)).code);
    expect(installed(machine)).toEqual(before);
    expect(JSON.parse(machine.node.machine.tree.text('/var/lib/pveigpu/ledger.json') ?? '{}').packages).toEqual({});
  });

  test('one that somebody asked for by name since stays, and it is said', async () => {
    const machine = untouched();
    const before = installed(machine);
    await install(machine);
    await machine.must('apt-get', '-y', 'install', 'gcc');
    const { out } = await typed(machine, 'driver remove --dry-run');
    expect(out.replace(/\s+/g, ' ')).toContain('Of what came with the build tools gcc stays:');
    await mustType(machine, 'driver remove --yes');
    expect(installed(machine)).toEqual([...before, 'gcc'].sort());
  });
});
