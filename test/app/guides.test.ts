// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { type PlanSetupRequest, planHostSetup } from '../../src/app/plan-setup.ts';
import { guideFor } from '../../src/core/guides/guide-remarks.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import { headerPackage, kernelPackage } from '../../src/simulator/packages/kernel-packages.ts';
import { expectGolden } from '../support/golden.ts';
import { type Simulated, simulated } from './simulated.ts';

const KERNEL = '6.5.13-5-pve';

/** Every setting that the guide has its reader make by hand, as it stands in its text. */
const IN_THE_GUIDE: readonly string[] = [
  'UEFI',
  'kernel 6.5.13-5-pve',
  'proxmox-headers-6.5.13-5-pve',
  'quiet',
  'iommu=pt',
  'intel_iommu=on',
  'i915.enable_guc=2',
  'video=efifb:off',
  'video=vesa:off',
  'update-grub',
  'intel_hd500.rom',
  'vfio, vfio_iommu_type1, vfio_pci',
  'vfio_virqfd',
  'ids=8086:5a85',
  'ids=8086:5a98',
  'snd_hda_intel, snd_hda_codec_hdmi, snd_soc_skl, snd_soc_avs',
  'i915 (/etc/modprobe.d/blacklist.conf)',
  'update-initramfs -u -k all',
  'SeaBIOS',
  'args: -device vfio-pci,host=00:02.0,addr=0x02',
  'x-igd-gms=4',
  'vga: none',
  'options i915 enable_guc=2 (inside the guest)',
];

async function planned(machine: Simulated, more: PlanSetupRequest = {}): Promise<Plan> {
  const plan = await planHostSetup(machine.context, { mode: 'gvt-d', ...more });
  if (!plan.ok) throw new Error(plan.problem.message);
  return plan.value;
}

const told = ({ remarks }: Plan) => remarks.filter(({ id }) => id.startsWith('guide.')).map(({ text }) => text);
const actions = ({ steps }: Plan) => steps.map(({ action }) => action);

/** The same machine, where apt has the kernel of the guide. */
function withKernel(): Simulated {
  const machine = simulated('apollo-lake');
  machine.node.machine.packages.offered.push(kernelPackage(KERNEL), headerPackage(KERNEL));
  return machine;
}

describe('the guide for the NUC6CAYH', () => {
  test('each of its settings is kept, replaced or dropped, with the reason', async () => {
    const texts = told(await planned(simulated('apollo-lake')));
    expect(texts).toHaveLength(IN_THE_GUIDE.length + 1);
    for (const setting of IN_THE_GUIDE) {
      const own = texts.filter((text) => text.includes(setting));
      expect(own.length, setting).toBeGreaterThan(0);
      expect(
        own.some((text) => / is (kept: |dropped: |replaced by ).{10}/.test(text)),
        setting,
      ).toBe(true);
    }
    expectGolden('guides/nuc6cayh.txt', `${texts.join('\n')}\n`);
  });

  test('its kernel is not in the repositories of Proxmox VE 9, and that is said', async () => {
    const machine = simulated('apollo-lake');
    expect(told(await planned(machine)).find((text) => text.startsWith(`kernel ${KERNEL}`))).toContain(
      'not in your repositories',
    );
    expect(await planHostSetup(machine.context, { mode: 'gvt-d', kernel: KERNEL })).toMatchObject({
      ok: false,
      problem: { code: 'kernel.cannot', message: `Kernel ${KERNEL} is not installed and not in your repositories.` },
    });
  });

  test('where apt has it and it is asked for, it is installed and pinned before all else, and boots', async () => {
    const machine = withKernel();
    expect(told(await planned(machine)).find((text) => text.startsWith(`kernel ${KERNEL}`))).toContain('takes the other');
    const plan = await planned(machine, { kernel: KERNEL });
    expect(actions(plan)[0]).toBe('installPackage');
    expect(actions(plan)).toContain('pinKernel');
    expectGolden('guides/nuc6cayh-kernel.txt', `${told(plan).join('\n')}\n`);
    expect(plan.remarks.filter(({ level }) => level === 'blocker')).toEqual([]);
    expect(plan.remarks.map(({ id }) => id)).toContain('kernel.pin-older');
    expect(await applyPlan(machine.context, plan)).toMatchObject({ ok: true });
    await machine.node.reboot();
    expect((await machine.must('uname', '-r')).trim()).toBe(KERNEL);
    expect(machine.node.machine.tree.text('/proc/cmdline')).toContain('intel_iommu=on');
    const driver = machine.node.machine.tree.lookup('/sys/bus/pci/devices/0000:00:02.0/driver');
    expect('path' in driver ? driver.path : driver).toBe('/sys/bus/pci/drivers/vfio-pci');
  });

  test('a set-up that stands is not explained again', async () => {
    const machine = simulated('apollo-lake');
    expect(await applyPlan(machine.context, await planned(machine))).toMatchObject({ ok: true });
    await machine.node.reboot();
    const again = await planned(machine);
    expect([again.steps, told(again)]).toEqual([[], []]);
  });

  test('other modes and other GPUs have no guide', () => {
    expect(guideFor({ vendor: '8086', device: '5a85' }, 'gvt-g')).toBeUndefined();
    expect(guideFor({ vendor: '8086', device: 'a780' }, 'gvt-d')).toBeUndefined();
  });
});
