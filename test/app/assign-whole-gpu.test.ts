// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planAssign } from '../../src/app/assign.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import type { AssignRequest } from '../../src/core/assign/assign-request.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import type { Problem, Result } from '../../src/core/problem.ts';
import { HOOK_STUB, type Simulated, simulated } from './simulated.ts';

const GPU = '0000:00:02.0';
/** The line of https://github.com/roger-/proxmox-igpu-nuc6cayh, step 5. */
const GUIDE_ARGS = '-device vfio-pci,host=00:02.0,addr=0x02,x-igd-gms=4,romfile=intel_hd500.rom,x-vga=on';
const ROM = '/usr/share/kvm/intel_hd500.rom';

function done(result: Result<readonly Plan[]>): readonly Plan[] {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
}

/** A node whose GPU waits on vfio-pci, after the reboot that this takes. */
async function setAside(name: string): Promise<Simulated> {
  const node = simulated(name);
  done(await node.carryOut(async () => await planHostSetup(node.context, { mode: 'gvt-d' })));
  expect(await node.node.reboot()).toEqual({ booted: true });
  expect(node.node.machine.kernel.driverOf(GPU)).toBe('vfio-pci');
  node.node.machine.tree.setFile(ROM, 'rom');
  return node;
}

async function planned(node: Simulated, request: AssignRequest): Promise<Plan> {
  const plan = await planAssign(node.context, request, { hookStub: HOOK_STUB });
  if (!plan.ok) throw new Error(`${plan.problem.code}: ${plan.problem.message}`);
  return plan.value;
}

async function refused(node: Simulated, request: AssignRequest): Promise<Problem> {
  const plan = await planAssign(node.context, request, { hookStub: HOOK_STUB });
  if (plan.ok) throw new Error(`planned: ${plan.value.title}`);
  return plan.problem;
}

describe('there and back', () => {
  test.each([
    ['coffee-lake', 103, { noVga: true }, `hostpci0: ${GPU},legacy-igd=1,romfile=intel_hd500.rom`, undefined],
    ['raptor-lake-s-untouched', 100, {}, `hostpci0: ${GPU},pcie=1,romfile=intel_hd500.rom`, 'guest.needs-flag'],
    [
      'raptor-lake-s-untouched',
      100,
      { machine: 'pc', noVga: true },
      `hostpci0: ${GPU},legacy-igd=1,romfile=intel_hd500.rom`,
      undefined,
    ],
    ['arc-b580', 100, {}, 'hostpci0: 0000:03:00.0,pcie=1,romfile=intel_hd500.rom', 'gpu.several'],
  ] as const)('%s: VM %i with %j', async (name, vmid, whole, line, code) => {
    const node = name === 'arc-b580' ? simulated(name) : await setAside(name);
    const before = node.lasting();
    const request: AssignRequest = { vmid, mode: 'gvt-d', romfile: 'intel_hd500.rom', whole };
    if (code !== undefined) return expect((await refused(node, { ...request })).code).toMatch(/^(?:guest|gpu)\./);
    done(await node.assign(request));
    expect(node.config(vmid)).toContain(`${line}\n`);
    await node.must('qm', 'start', String(vmid));
    expect(node.held()).toEqual([`${GPU} ${vmid}`]);
    await node.must('qm', 'stop', String(vmid));
    expect((await planned(node, request)).steps).toEqual([]);
    done(await node.unassign(vmid));
    expect(node.lasting()).toEqual(before);
  });

  test('the sound function goes along when it has a group of its own', async () => {
    const node = await setAside('apollo-lake');
    const before = node.lasting();
    done(await node.assign({ vmid: 103, mode: 'gvt-d', whole: { noVga: true, audio: true } }));
    expect(node.config(103)).toContain(`hostpci0: ${GPU},legacy-igd=1\nhostpci1: 0000:00:0e.0\n`);
    await node.must('qm', 'start', '103');
    expect(node.held()).toEqual([`${GPU} 103`, '0000:00:0e.0 103']);
    await node.must('qm', 'stop', '103');
    done(await node.unassign(103));
    expect(node.lasting()).toEqual(before);
  });
});

describe("the guide's line in args", () => {
  async function byGuide(more = ''): Promise<Simulated> {
    const node = await setAside('apollo-lake');
    node.writeConfig(103, `args: ${GUIDE_ARGS}${more}\n${node.config(103)}vga: none\n`);
    return node;
  }

  test('is shown, and kept until somebody asks', async () => {
    const node = await byGuide();
    expect(await refused(node, { vmid: 103, mode: 'gvt-d' })).toMatchObject({
      code: 'guest.slice-taken',
      hint: 'Give --convert to turn it into an entry of PVE.',
    });
  });

  test('is turned into an entry of PVE with what was chosen in it, and comes back as it was', async () => {
    const node = await byGuide(' -smbios type=1,serial=SECRET');
    const before = node.lasting();
    done(await node.assign({ vmid: 103, mode: 'gvt-d', whole: { convert: true } }));
    expect(node.config(103)).toContain('args: -smbios type=1,serial=SECRET -set device.hostpci0.x-igd-gms=4\n');
    expect(node.config(103)).toContain(`hostpci0: ${GPU},legacy-igd=1,romfile=intel_hd500.rom\n`);
    await node.must('qm', 'start', '103');
    expect(node.held()).toEqual([`${GPU} 103`]);
    await node.must('qm', 'stop', '103');
    done(await node.unassign(103));
    // PVE writes its keys sorted, so the values are compared.
    expect(node.config(103).split('\n').sort()).toEqual(
      (before['/etc/pve/nodes/pve/qemu-server/103.conf'] ?? '').split('\n').sort(),
    );
  });

  test('as JSON it keeps what was chosen in it too', async () => {
    const node = await setAside('apollo-lake');
    const json = '{"driver":"vfio-pci","host":"0000:00:02.0","x-igd-gms":4,"romfile":"intel_hd500.rom"}';
    node.writeConfig(103, `args: -device '${json}'\n${node.config(103)}vga: none\n`);
    done(await node.assign({ vmid: 103, mode: 'gvt-d', whole: { convert: true } }));
    expect(node.config(103)).toContain('args: -set device.hostpci0.x-igd-gms=4\n');
    expect(node.config(103)).toContain(`hostpci0: ${GPU},legacy-igd=1,romfile=intel_hd500.rom\n`);
  });

  test('a ROM elsewhere is not lost in silence', async () => {
    const node = await setAside('apollo-lake');
    node.writeConfig(103, `args: ${GUIDE_ARGS.replace('intel', '/root/../intel')}\n${node.config(103)}vga: none\n`);
    expect(await refused(node, { vmid: 103, mode: 'gvt-d', whole: { convert: true } })).toMatchObject({ code: 'guest.config' });
  });

  test('nothing there to convert', async () => {
    const node = await setAside('apollo-lake');
    expect(await refused(node, { vmid: 103, mode: 'gvt-d', whole: { convert: true } })).toMatchObject({ code: 'guest.config' });
  });

  test('whatever else stands in args stays byte for byte and comes back', async () => {
    const node = await setAside('apollo-lake');
    const original = node.config(103);
    const word = fc.constantFrom('-foo', '"a  b"', "'x y'", '-name', 'a,,b', '-set', 'device.net0.mac=1', '\\ ', 'é');
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 4 }), fc.array(word, { maxLength: 4 }), async (left, right) => {
        const args = [...left, GUIDE_ARGS, ...right].join(' ');
        node.writeConfig(103, `args: ${args}\n${original}vga: none\n`);
        const plan = await planAssign(
          node.context,
          { vmid: 103, mode: 'gvt-d', whole: { convert: true } },
          { hookStub: HOOK_STUB },
        );
        if (!plan.ok) return fc.pre(false);
        const step = plan.value.steps.find(({ action }) => action === 'setGuestConfig');
        const kept = [...left, ...right].join(' ');
        expect(step).toMatchObject({
          args: { set: { args: `${kept}${kept === '' ? '' : ' '}-set device.hostpci0.x-igd-gms=4` }, before: { args } },
        });
      }),
      { numRuns: 30 },
    );
  });
});

describe('not given away', () => {
  const ids = ({ remarks }: Plan) => remarks.map(({ level, id }) => `${level} ${id}`);

  test.each([
    [
      'a VF exists',
      'blocker pf.has-vfs',
      (node: Simulated): void => void node.node.machine.kernel.write(`/sys/bus/pci/devices/${GPU}/sriov_numvfs`, '2'),
    ],
    [
      'somebody has /dev/dri open',
      'blocker pf.open-on-host',
      (node: Simulated): void =>
        void node.node.machine.kernel.startProcess({ command: 'plex', argv: ['plex'], open: ['/dev/dri/card0'] }),
    ],
    [
      'another guest that starts at boot has it',
      'blocker slice.shared',
      (node: Simulated): void => node.writeConfig(101, `${node.config(101)}hostpci0: ${GPU}\n`),
    ],
    [
      'another guest has a VF',
      'blocker slice.shared',
      (node: Simulated): void => node.writeConfig(103, `${node.config(103)}hostpci0: 0000:00:02.1\n`),
    ],
    ['the host still has it', 'blocker gpu.not-set-aside', () => {}],
  ] as const)('%s', async (_, id, change) => {
    const node = simulated('raptor-lake-s');
    change(node);
    expect(ids(await planned(node, { vmid: 100, mode: 'gvt-d' }))).toContain(id);
  });

  test('another guest may have it as long as they do not run together', async () => {
    const node = await setAside('raptor-lake-s-untouched');
    node.writeConfig(103, `${node.config(103)}hostpci0: ${GPU}\n`);
    expect(ids(await planned(node, { vmid: 100, mode: 'gvt-d' }))).toContain('warning slice.shared');
  });

  test('handed over only with our hookscript', async () => {
    const node = simulated('raptor-lake-s-untouched');
    const request: AssignRequest = { vmid: 100, mode: 'gvt-d', whole: { handover: true } };
    expect(ids(await planned(node, request))).not.toContain('blocker gpu.handover-without-hook');
    node.writeConfig(100, `${node.config(100)}hookscript: local:snippets/other.sh\n`);
    expect(ids(await planned(node, request))).toContain('blocker gpu.handover-without-hook');
  });

  test('a set-up that waits for its reboot is said', async () => {
    const node = simulated('raptor-lake-s-untouched');
    done(await node.carryOut(async () => await planHostSetup(node.context, { mode: 'gvt-d' })));
    expect(ids(await planned(node, { vmid: 100, mode: 'gvt-d' }))).toContain('warning gpu.waits-for-reboot');
  });

  test.each([
    ['a pool', { pool: 'igpu-vf' }, 'usage'],
    ['a VF', { vf: 1 }, 'usage'],
    ['a ROM that is not there', { romfile: 'x.rom' }, 'guest.config'],
    ['a ROM with a path', { romfile: '../x' }, 'usage'],
  ] as const)('with %s', async (_, more, code) => {
    expect((await refused(simulated('raptor-lake-s-untouched'), { vmid: 100, mode: 'gvt-d', ...more })).code).toBe(code);
  });
});
