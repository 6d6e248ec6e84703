// SPDX-License-Identifier: AGPL-3.0-or-later
import { FileTree } from '../../src/core/files/file-tree.ts';

/** A PCI function for a test machine; ids as hex digits. What is not told is as on an Alder Lake-P iGPU at 00:02.0. */
export interface TestFunction {
  readonly bdf?: string;
  readonly vendor?: string;
  readonly device?: string;
  readonly class?: string;
  readonly revision?: string;
  readonly subsystem?: readonly [vendor: string, device: string];
  readonly driver?: string | null;
  readonly override?: string;
  readonly group?: number | null;
  readonly resource?: string;
  readonly config?: Uint8Array;
  readonly files?: { readonly [name: string]: string };
}

/** A process for a test machine, with the device nodes that it has open. */
export interface TestProcess {
  readonly pid: number;
  readonly comm: string;
  readonly argv?: readonly string[];
  readonly cgroup?: string;
  readonly open?: readonly string[];
}

const ROOT_BUS = '/sys/devices/pci0000:00';
const BUS = '/sys/bus/pci/devices';

/** `resource` of an Alder Lake-P iGPU before any VF has an address (kernel log of a PVE 6.8 host, strongtz issue 292). */
export const ALDER_LAKE_RESOURCE = [
  '0x000000603c000000 0x000000603cffffff 0x0000000000140204',
  '0x0000000000000000 0x0000000000000000 0x0000000000000000',
  '0x0000004000000000 0x000000400fffffff 0x000000000014220c',
  '0x0000000000000000 0x0000000000000000 0x0000000000000000',
  '0x0000000000003000 0x000000000000303f 0x0000000000040101',
  '0x0000000000000000 0x0000000000000000 0x0000000000000000',
  '0x00000000000c0000 0x00000000000dffff 0x0000000000000212',
  '0x0000000000000000 0x0000000006ffffff 0x0000000020140204',
  '0x0000000000000000 0x0000000000000000 0x0000000000000000',
  '0x0000004020000000 0x00000040ffffffff 0x000000000014220c',
  '',
].join('\n');

/** Starts a machine that has sysfs and procfs and nothing in them yet. */
export function machine(): TestMachine {
  return new TestMachine();
}

/** Builds the file tree of a machine step by step, as its kernel and its administrator would have left it. */
export class TestMachine {
  readonly tree = new FileTree();

  constructor() {
    for (const path of [BUS, '/sys/class/drm', '/sys/class/iommu', '/sys/module', '/proc']) this.tree.setDirectory(path);
    this.tree.setFile('/proc/sys/kernel/osrelease', '6.17.2-1-pve\n');
    this.tree.setFile('/proc/cmdline', 'BOOT_IMAGE=/boot/vmlinuz-6.17.2-1-pve root=/dev/mapper/pve-root ro quiet\n');
  }

  withFile(path: string, content: string | Uint8Array): this {
    this.tree.setFile(path, content);
    return this;
  }

  withLink(path: string, target: string): this {
    this.tree.setLink(path, target);
    return this;
  }

  withFunction(what: TestFunction = {}): this {
    const { bdf = '0000:00:02.0', vendor = '8086', device = '46a6', driver = 'i915', group = 0 } = what;
    const path = `${ROOT_BUS}/${bdf}`;
    this.tree.setLink(`${BUS}/${bdf}`, `../../../devices/pci0000:00/${bdf}`);
    const [subsystemVendor, subsystemDevice] = what.subsystem ?? ['8086', '2212'];
    const files: { readonly [name: string]: string | Uint8Array } = {
      vendor: `0x${vendor}\n`,
      device: `0x${device}\n`,
      class: `0x${what.class ?? '030000'}\n`,
      revision: `0x${what.revision ?? '0c'}\n`,
      subsystem_vendor: `0x${subsystemVendor}\n`,
      subsystem_device: `0x${subsystemDevice}\n`,
      driver_override: `${what.override ?? '(null)'}\n`,
      enable: '1\n',
      power_state: 'D0\n',
      numa_node: '-1\n',
      resource: what.resource ?? ALDER_LAKE_RESOURCE,
      config: what.config ?? new Uint8Array(64),
      ...what.files,
    };
    for (const [name, content] of Object.entries(files)) this.tree.setFile(`${path}/${name}`, content);
    if (driver !== null) this.tree.setLink(`${path}/driver`, `../../../bus/pci/drivers/${driver}`);
    if (group !== null) {
      this.tree.setLink(`${path}/iommu_group`, `../../../kernel/iommu_groups/${group}`);
      this.tree.setLink(`/sys/kernel/iommu_groups/${group}/devices/${bdf}`, `../../../../devices/pci0000:00/${bdf}`);
      this.tree.setLink('/sys/class/iommu/dmar0', '../../devices/virtual/iommu/dmar0');
    }
    return this;
  }

  /** The integrated GPU as PF with room for 7 VFs, and its render node. */
  withGpu(what: TestFunction = {}): this {
    const bdf = what.bdf ?? '0000:00:02.0';
    this.withFunction({
      ...what,
      files: {
        boot_vga: '1\n',
        rom: '',
        reset: '',
        reset_method: 'flr bus\n',
        sriov_totalvfs: '7\n',
        sriov_offset: '1\n',
        sriov_stride: '1\n',
        sriov_vf_device: `${what.device ?? '46a6'}\n`,
        sriov_drivers_autoprobe: '1\n',
        ...what.files,
      },
    });
    // Reading this one must never happen; see onAccess in the tests.
    this.tree.setFile(`${ROOT_BUS}/${bdf}/sriov_numvfs`, '0\n');
    return what.driver === null || what.driver === 'vfio-pci' ? this : this.withRenderNode(bdf, 0);
  }

  /** VFs 1 to `count` of the iGPU, each in a group of its own, on `driver`. */
  withVfs(count: number, { driver = 'vfio-pci' as string | null, override = 'vfio-pci', firstGroup = 18 } = {}): this {
    for (let vf = 1; vf <= count; vf += 1) {
      const bdf = `0000:00:02.${vf}`;
      this.withFunction({
        bdf,
        driver,
        override,
        group: firstGroup + vf - 1,
        resource: '',
        files: { reset: '', reset_method: 'flr\n' },
      });
      this.tree.setLink(`${ROOT_BUS}/${bdf}/physfn`, '../0000:00:02.0');
      this.tree.setLink(`${ROOT_BUS}/0000:00:02.0/virtfn${vf - 1}`, `../${bdf}`);
    }
    return this;
  }

  /** Takes a VF away as the kernel does: its directory goes, links to it dangle for a moment. */
  withoutFunction(bdf: string): this {
    this.tree.remove(`${ROOT_BUS}/${bdf}`);
    return this;
  }

  /** `cardN` with its connectors and `renderD(128+N)` of a function. */
  withRenderNode(
    bdf: string,
    index: number,
    connectors: { readonly [name: string]: string } = { 'HDMI-A-1': 'disconnected' },
  ): this {
    for (const [name, minor] of [
      [`card${index}`, index],
      [`renderD${128 + index}`, 128 + index],
    ] as const) {
      const path = `${ROOT_BUS}/${bdf}/drm/${name}`;
      this.tree.setFile(`${path}/dev`, `226:${minor}\n`);
      this.tree.setLink(`${path}/device`, `../../../${bdf}`);
      this.tree.setLink(`/sys/class/drm/${name}`, `../../devices/pci0000:00/${bdf}/drm/${name}`);
    }
    for (const [name, status] of Object.entries(connectors)) {
      const path = `${ROOT_BUS}/${bdf}/drm/card${index}/card${index}-${name}`;
      this.tree.setFile(`${path}/status`, `${status}\n`);
      this.tree.setLink(`${path}/device`, `../../card${index}`);
      this.tree.setLink(
        `/sys/class/drm/card${index}-${name}`,
        `../../devices/pci0000:00/${bdf}/drm/card${index}/card${index}-${name}`,
      );
    }
    return this;
  }

  withProcess({ pid, comm, argv = [comm], cgroup = '/system.slice/some.service', open = [] }: TestProcess): this {
    this.tree.setFile(`/proc/${pid}/comm`, `${comm}\n`);
    this.tree.setFile(`/proc/${pid}/cmdline`, argv.map((word) => `${word}\0`).join(''));
    this.tree.setFile(`/proc/${pid}/cgroup`, `0::${cgroup}\n`);
    this.tree.setDirectory(`/proc/${pid}/fd`);
    [...['/dev/null', 'socket:[4711]'], ...open].forEach((path, fd) => {
      this.tree.setLink(`/proc/${pid}/fd/${fd}`, path);
    });
    return this;
  }

  /** A loaded module with its parameters, as `/sys/module` shows it. */
  withModule(
    name: string,
    parameters: { readonly [name: string]: string } = {},
    files: { readonly [name: string]: string } = {},
  ): this {
    this.tree.setFile(`/sys/module/${name}/refcnt`, '0\n');
    for (const [parameter, value] of Object.entries(parameters)) {
      this.tree.setFile(`/sys/module/${name}/parameters/${parameter}`, `${value}\n`);
    }
    for (const [file, content] of Object.entries(files)) this.tree.setFile(`/sys/module/${name}/${file}`, content);
    return this;
  }

  /** A GVT-g type that the function offers. */
  withMdevType(bdf: string, id: string, description: string, available: number, devices: readonly string[] = []): this {
    const path = `${ROOT_BUS}/${bdf}/mdev_supported_types/${id}`;
    this.tree.setFile(`${path}/available_instances`, `${available}\n`);
    this.tree.setFile(`${path}/device_api`, 'vfio-pci\n');
    this.tree.setFile(`${path}/name`, `${id}\n`);
    this.tree.setFile(`${path}/description`, description);
    this.tree.setFile(`${path}/create`, '');
    this.tree.setDirectory(`${path}/devices`);
    for (const uuid of devices) this.tree.setLink(`${path}/devices/${uuid}`, `../../../${uuid}`);
    return this;
  }
}
