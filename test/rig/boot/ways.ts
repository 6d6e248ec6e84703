// SPDX-License-Identifier: AGPL-3.0-or-later
import { VF_BOOT_UNIT_NAME, vfBootUnit } from '../../../src/core/boot/vf-boot-unit.ts';
import { VF_UDEV_RULE, VF_UDEV_RULE_NAME } from '../../../src/core/boot/vf-udev-rule.ts';
import { generatedRules } from './generated-rules.ts';

/** The GPU of the rig's default machine, as the product keys it. */
const RIG_GPU_KEY = '0000:00:02.0 8086:46a6 8086:7270';

/** How VFs come at boot: not at all, by the unit, by the unit that a rule starts again, by rules and a unit that only looks. */
export type Way = 'nothing' | 'unit' | 'unit and rule' | 'generated rules';

const UNIT = { [`/etc/systemd/system/${VF_BOOT_UNIT_NAME}`]: vfBootUnit('/usr/bin/pveigpu') };
const RULES = `/etc/udev/rules.d/${VF_UDEV_RULE_NAME}`;
const GENERATED = generatedRules({ bdf: '0000:00:02.0', device: '46a6', subsystem: ['8086', '7270'], numVfs: 7 });

/** Looks as long as the boot unit would wait, and changes nothing; a shell, so that node's start does not count. */
const VERIFY = `[Unit]
After=systemd-udev-trigger.service
Before=pve-guests.service
[Service]
Type=oneshot
ExecStart=-/usr/bin/timeout 30 /bin/sh /usr/local/lib/vf-verify
[Install]
WantedBy=multi-user.target
`;

const VERIFY_ALL = `until [ $(ls -d /sys/bus/pci/devices/0000:00:02.0/virtfn*/driver 2>/dev/null | wc -l) = 7 ]; do sleep 0.1; done
`;

const FILES: { readonly [W in Way]: { readonly [path: string]: string } } = {
  nothing: {},
  unit: UNIT,
  'unit and rule': { ...UNIT, [RULES]: VF_UDEV_RULE },
  'generated rules': {
    [RULES]: GENERATED,
    '/etc/systemd/system/vf-verify.service': VERIFY,
    '/usr/local/lib/vf-verify': VERIFY_ALL,
  },
};

/** What stands in for PVE's start of all guests: notes when it ran and which driver each VF had. */
const GUESTS = `[Unit]
Description=Start of all guests (stand-in)
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /usr/local/lib/vf-drivers
[Install]
WantedBy=multi-user.target
`;

const VF_DRIVERS = `cut -d' ' -f1 /proc/uptime > /run/guests-at
for vf in /sys/bus/pci/devices/0000:00:02.0/virtfn*; do
  [ -e $vf ] && echo $(basename $(readlink $vf/driver || echo none))
done > /run/guests-saw
true
`;

/** The files of a node that is set up one way, absolute path to text. */
export function filesOf(way: Way): { readonly [path: string]: string } {
  return {
    '/var/lib/pveigpu/desired.json': JSON.stringify({ format: 1, gpus: { [RIG_GPU_KEY]: { mode: 'sriov', numVfs: 7 } } }),
    '/etc/systemd/system/pve-guests.service': GUESTS,
    '/usr/local/lib/vf-drivers': VF_DRIVERS,
    ...FILES[way],
  };
}

const UNITS: { readonly [W in Way]: readonly string[] } = {
  nothing: [],
  unit: [VF_BOOT_UNIT_NAME],
  'unit and rule': [VF_BOOT_UNIT_NAME],
  'generated rules': ['vf-verify.service'],
};

/** Units to enable. */
export function unitsOf(way: Way): readonly string[] {
  return ['pve-guests.service', ...UNITS[way]];
}
