// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { parseBdf } from '../../../src/core/pci/address.ts';
import { bdf, drmOf, intelGpu, vfDevices } from '../../support/facts.ts';
import { actions, guestChange, planOf, problemOf, remarkIds } from '../assign/ground.ts';
import { DISTRIBUTIONS } from './group-files.ts';
import { PLAIN, share } from './share-plan.ts';

const DEBIAN = 'root:x:0:\nvideo:x:44:\nrender:x:992:\n';
const node = (name: string, minor: number, pci: string) => ({ name, path: `/dev/dri/${name}`, major: 226, minor, pci: bdf(pci) });
/** The PF moved to renderD129, and a VF has its old number. */
const MOVED = {
  drm: {
    nodes: [node('card1', 1, '0000:00:02.0'), node('renderD128', 128, '0000:00:02.1'), node('renderD129', 129, '0000:00:02.0')],
  },
};
const withDev = (...lines: readonly string[]) => PLAIN.replace('hostname', `${lines.join('\n')}\nhostname`);

describe('the group inside', () => {
  test.each(DISTRIBUTIONS)('$name, unprivileged and privileged', ({ ostype, groups, gid }) => {
    const config = PLAIN.replace('debian', ostype);
    for (const one of [config, config.replace('unprivileged: 1\n', '')]) {
      const plan = planOf(share({ config: one, groups, running: [200] }));
      expect(guestChange(plan)?.set).toEqual({ dev0: `/dev/dri/renderD128,gid=${gid},mode=0660,uid=0` });
      expect(guestChange(plan)).toMatchObject({ kind: 'lxc', vmid: 200, remove: [], before: { dev0: null } });
    }
  });

  test('Alpine has no group render: video, and it is said', () => {
    const groups = DISTRIBUTIONS.find(({ name }) => name === 'Alpine')?.groups ?? '';
    expect(remarkIds(planOf(share({ groups })))).toContain('note container.no-render-group');
  });

  test('neither group: what to do', () => {
    const problem = problemOf(share({ groups: 'root:x:0:\n' }));
    expect(problem.message).toBe('container 200 has no group render and none called video.');
    expect(problem.hint).toContain('groupadd --system render');
  });

  test.each(DISTRIBUTIONS.map(({ ostype }) => ostype))('%s where nobody can look: a guess that is called one', (ostype) => {
    const plan = planOf(share({ config: PLAIN.replace('debian', ostype) }));
    expect(remarkIds(plan)).toContain('warning container.gid-guessed');
    expect(plan.remarks[0]?.text).toMatch(/^The group id \d+ is a guess, since nobody looked inside: /);
  });

  test('a system of which nothing is known needs --gid', () => {
    const config = PLAIN.replace('debian', 'unmanaged');
    expect(problemOf(share({ config })).code).toBe('guest.needs-flag');
    expect(guestChange(planOf(share({ config }, { share: { gid: 61 } })))?.set.dev0).toContain(',gid=61,');
  });

  test('nobody can look, but its entry has an id: that one stays', () => {
    const config = withDev('dev0: /dev/dri/renderD130,gid=104');
    const plan = planOf(share({ config }));
    expect(guestChange(plan)?.set.dev0).toBe('/dev/dri/renderD128,gid=104,mode=0660,uid=0');
    expect(remarkIds(plan)).not.toContain('warning container.gid-guessed');
  });

  test('--gid of another group is said', () => {
    const plan = planOf(share({ groups: `${DEBIAN}ssl-cert:x:104:\n` }, { share: { gid: 104 } }));
    expect(plan.remarks.map(({ text }) => text)).toContain('In container 200 the group ssl-cert has the id 104.');
  });
});

describe('id maps', () => {
  const MAP = 'lxc.idmap: u 0 100000 65536\nlxc.idmap: g 0 100000 104\nlxc.idmap: g 104 104 1\nlxc.idmap: g 105 100105 65431\n';

  test('the map of the guides has every id', () => {
    const plan = planOf(share({ config: PLAIN + MAP, groups: 'render:x:104:\n' }));
    expect(guestChange(plan)?.set.dev0).toContain(',gid=104,');
    expect(remarkIds(plan)).not.toContain('blocker container.gid-unmapped');
  });

  test("a hole in the map: the node would be nobody's", () => {
    const plan = planOf(share({ config: PLAIN + MAP.replace('g 104 104 1', 'g 44 44 1'), groups: 'render:x:104:\n' }));
    expect(remarkIds(plan)).toContain('blocker container.gid-unmapped');
  });

  test('an unprivileged container has 65536 ids, a privileged one all', () => {
    const groups = 'render:x:70000:\n';
    expect(remarkIds(planOf(share({ groups })))).toContain('blocker container.gid-unmapped');
    const privileged = PLAIN.replace('unprivileged: 1\n', '');
    expect(remarkIds(planOf(share({ config: privileged, groups })))).not.toContain('blocker container.gid-unmapped');
  });
});

describe('which node', () => {
  test("the PF's by its address, never a VF's, whatever the numbers", () => {
    const plan = planOf(share({ groups: DEBIAN, parts: MOVED }));
    expect(guestChange(plan)?.set).toEqual({ dev0: '/dev/dri/renderD129,gid=992,mode=0660,uid=0' });
  });

  test('a VF by name is refused, and where to look instead', () => {
    const problem = problemOf(share({ groups: DEBIAN }, { gpu: bdf('0000:00:02.1') }));
    expect(problem).toMatchObject({ code: 'gpu.cannot', message: '0000:00:02.1 is a VF; a container shares the GPU itself.' });
  });

  test('the card only when asked, for the group video', () => {
    const plan = planOf(share({ groups: DEBIAN }, { share: { card: true } }));
    expect(guestChange(plan)?.set).toEqual({
      dev0: '/dev/dri/renderD128,gid=992,mode=0660,uid=0',
      dev1: '/dev/dri/card0,gid=44,mode=0660,uid=0',
    });
  });

  test('in gvt-d: refused with the reason', () => {
    const problem = problemOf(share({ groups: DEBIAN, vfs: 0, gpu: { driver: 'vfio-pci' }, parts: { drm: { nodes: [] } } }));
    expect(problem.code).toBe('gpu.cannot');
    expect(problem.message).toContain('is bound to vfio-pci for a VM (gvt-d), so the host has no render node');
  });

  test('two GPUs: which one must be said, once', () => {
    const displays = [
      intelGpu('a780'),
      intelGpu('e211', { bdf: bdf('0000:03:00.0'), driver: 'xe', bootVga: false }),
      ...vfDevices('a780', 0, null),
    ];
    const nodes = [
      ...drmOf().nodes,
      ...drmOf('0000:03:00.0').nodes.map((one) => ({
        ...one,
        ...node(one.name.replace('0', '1').replace('128', '129'), one.minor + 1, '0000:03:00.0'),
      })),
    ];
    const spec = { groups: DEBIAN, vfs: 0, parts: { pci: { displays }, drm: { nodes } } };
    expect(problemOf(share(spec)).code).toBe('gpu.several');
    const gpu = parseBdf('0000:03:00.0');
    const plan = planOf(share(spec, gpu.ok ? { gpu: gpu.value } : {}));
    const dev0 = guestChange(plan)?.set.dev0 ?? '';
    expect(dev0).toMatch(/^\/dev\/dri\/renderD1/);
    expect(planOf(share({ ...spec, config: withDev(`dev0: ${dev0}`) })).steps).toEqual([]);
  });
});

describe('what is there already', () => {
  test.each([
    '/dev/dri/renderD128,gid=992',
    'path=/dev/dri/renderD128,mode=0666',
    '/dev/dri/renderD128,gid=992,mode=0660,uid=0',
    '/dev/dri/by-path/pci-0000:00:02.0-render,gid=992',
  ])('%s works, so nothing is changed', (value) => {
    expect(planOf(share({ config: withDev(`dev3: ${value}`), groups: DEBIAN })).steps).toEqual([]);
  });

  test.each([
    '/dev/dri/renderD128',
    '/dev/dri/renderD128,gid=104',
    '/dev/dri/renderD128,gid=992,deny-write=1',
    '/dev/dri/renderD128,gid=992,mode=0600',
  ])('%s does not open it for the group: corrected in its place', (value) => {
    const plan = planOf(share({ config: withDev(`dev3: ${value}`), groups: DEBIAN }));
    expect(guestChange(plan)).toMatchObject({
      set: { dev3: '/dev/dri/renderD128,gid=992,mode=0660,uid=0' },
      before: { dev3: value },
    });
  });

  test('stale entries are mended, and what is one too many goes', () => {
    const config = withDev(
      'dev0: /dev/ttyUSB0',
      'dev1: /dev/dri/renderD128,gid=992',
      'dev2: /dev/dri/card7,gid=44',
      'dev3: /dev/dri/renderD140',
    );
    const plan = planOf(share({ config, groups: DEBIAN, parts: MOVED }));
    expect(guestChange(plan)).toMatchObject({
      set: { dev1: '/dev/dri/renderD129,gid=992,mode=0660,uid=0', dev2: '/dev/dri/card1,gid=44,mode=0660,uid=0' },
      remove: ['dev3'],
    });
    expect(plan.remarks.filter(({ id }) => id === 'container.node-stale').map(({ text }) => text)).toEqual([
      'dev1 of container 200: /dev/dri/renderD128 belongs to the VF 0000:00:02.1 now, which is for VMs; it becomes /dev/dri/renderD129, the render node of 0000:00:02.0.',
      'dev2 of container 200: /dev/dri/card7 does not exist now; it becomes /dev/dri/card1, the card of 0000:00:02.0.',
      'dev3 of container 200: /dev/dri/renderD140 does not exist now; it is taken out.',
    ]);
  });

  test('on a running container a new entry works at once, a changed one waits', () => {
    const texts = (config: string) => planOf(share({ config, groups: DEBIAN, running: [200] })).remarks.map(({ text }) => text);
    expect(texts(PLAIN).join()).toContain('gets the node at once');
    expect(texts(withDev('dev0: /dev/dri/renderD128,gid=5')).join()).toContain(
      'the change of dev0 waits until it is stopped and started',
    );
  });

  test('a VM that has the whole GPU is warned of', () => {
    const plan = planOf(share({ groups: DEBIAN, vms: { 101: 'hostpci0: 0000:00:02.0\n' } }));
    expect(remarkIds(plan)).toContain('warning pf.passed');
  });
});

describe('the lines of the guides', () => {
  const MOUNT = 'lxc.mount.entry: /dev/dri dev/dri none bind,optional,create=dir';
  const RULE = 'lxc.cgroup2.devices.allow: c 226:128 rwm';
  const OTHERS = 'lxc.cgroup2.devices.allow: c 188:0 rwm\nlxc.mount.entry: /dev/ttyUSB0 dev/ttyUSB0 none bind\n';
  const config = `${PLAIN}${RULE}\n${OTHERS}${MOUNT}\n\n[before]\nostype: debian\n${MOUNT}\n`;

  test('a mount is said and left: beside it a dev entry would stop the start', () => {
    const problem = problemOf(share({ config, groups: DEBIAN }));
    expect(problem.code).toBe('guest.needs-flag');
    expect(problem.message).toContain(`${MOUNT}; ${RULE}`);
    expect(problem.hint).toContain('--convert');
  });

  test('a rule alone harms nobody', () => {
    expect(remarkIds(planOf(share({ config: `${PLAIN}${RULE}\n`, groups: DEBIAN })))).toContain('note container.rules-by-hand');
  });

  test('--convert takes out exactly these lines, of the current section alone', () => {
    const plan = planOf(share({ config, groups: DEBIAN }, { share: { convert: true } }));
    expect(actions(plan)).toEqual(['editFile', 'setGuestConfig']);
    const [edit] = plan.steps;
    if (edit?.action !== 'editFile') throw new Error('no edit');
    expect(atob(edit.args.base64)).toBe(config.replace(`${RULE}\n`, '').replace(`${MOUNT}\n`, ''));
    expect(edit.args.edit).toEqual({ kind: 'lines', added: [], removed: [RULE, MOUNT] });
  });

  test('not while it runs', () => {
    const problem = problemOf(share({ config, groups: DEBIAN, running: [200] }, { share: { convert: true } }));
    expect(problem.message).toContain('can only be replaced while it is stopped');
  });
});

describe('refusals', () => {
  test.each(['sriov', 'gvt-g', 'gvt-d'] as const)('%s is for VMs', (mode) => {
    expect(problemOf(share({ groups: DEBIAN }, { mode })).message).toContain(`${mode} gives slices to VMs only`);
  });

  test.each([{ vf: 2 }, { pool: 'igpu-vf' }, { primary: true }, { hook: true }])('%j is for VMs', (request) => {
    expect(problemOf(share({ groups: DEBIAN }, request)).code).toBe('usage');
  });

  test('a template and a locked container', () => {
    expect(problemOf(share({ config: `${PLAIN}template: 1\n`, groups: DEBIAN })).code).toBe('guest.template');
    expect(problemOf(share({ config: `lock: backup\n${PLAIN}`, groups: DEBIAN })).code).toBe('guest.locked');
  });

  test('256 entries are all there are', () => {
    const config = withDev(...Array.from({ length: 256 }, (_, at) => `dev${at}: /dev/tty${at}`));
    expect(problemOf(share({ config, groups: DEBIAN })).message).toContain('has no free dev entry');
  });

  test('--gid for a VM', () => {
    expect(problemOf(share({ groups: DEBIAN, vms: { 101: 'memory: 1\n' } }, { vmid: 101, share: { gid: 5 } })).code).toBe(
      'usage',
    );
  });
});
