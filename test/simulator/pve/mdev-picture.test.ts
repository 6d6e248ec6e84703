// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { simulated } from '../../app/simulated.ts';

/** Starts a guest with a mediated device and these `args`; what QEMU says, or the type of its device. */
async function started(args: string, more = ''): Promise<string> {
  const machine = simulated('coffee-lake');
  const entry = 'hostpci0: 0000:00:02.0,mdev=i915-GVTg_V5_4';
  machine.writeConfig(110, `${args === '' ? '' : `args: ${args}\n`}${entry}${more}\nmemory: 64\nname: plain\nostype: l26\n`);
  const { exitCode, text } = await machine.run('qm', 'start', '110');
  if (exitCode !== 0) return text;
  const link = machine.node.machine.tree.lookup('/sys/bus/mdev/devices/00000000-0000-0000-0000-000000000110/mdev_type');
  return 'path' in link ? (link.path.split('/').at(-1) ?? '') : 'no device';
}

const SET = '-set device.hostpci0';
const NOHOTPLUG = `${SET}.driver=vfio-pci-nohotplug`;

describe('the picture of a mediated device, as QEMU has it (hw/vfio/pci.c, hw/vfio/display.c)', () => {
  test.each([
    ['', ''],
    [`${NOHOTPLUG} ${SET}.display=on ${SET}.ramfb=on ${SET}.xres=1920 ${SET}.yres=1080 -display egl-headless,gl=core`, ''],
    [`${NOHOTPLUG} ${SET}.display=on ${SET}.ramfb=on`, '\nvga: virtio-gl'],
    [`${SET}.display=off ${SET}.x-igd-opregion=on`, ''],
  ])('starts with args "%s"%s', async (args, more) => {
    expect(await started(args, more)).toBe('i915-GVTg_V5_4');
  });

  test.each([
    [`${SET}.display=on`, '', 'vfio-display-dmabuf: opengl not available'],
    [`${SET}.ramfb=on`, '', "Property 'vfio-pci.ramfb' not found"],
    [`${NOHOTPLUG} ${SET}.ramfb=on`, '', 'ramfb=on requires display=on'],
    [`${SET}.xres=1024`, '', 'xres and yres properties require display=on'],
    ['', ',x-vga=1', 'device does not support requested feature x-vga'],
    [`${NOHOTPLUG} ${SET}.x-nonsense=1`, '', "Property 'vfio-pci-nohotplug.x-nonsense' not found"],
  ])('does not start with args "%s" and "%s"', async (args, more, message) => {
    expect(await started(args, more)).toContain(message);
  });
});
