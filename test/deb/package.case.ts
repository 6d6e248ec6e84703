// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { whyNot } from '../rig/build/debian-mirror.ts';
import { execute } from '../rig/build/execute.ts';
import { inRig } from '../rig/build/workspace.ts';
import { olderPackage } from './other-packages.ts';
import { assignedGuest, pageOf, pvePackages, startObstacles } from './pve-node.ts';
import { Root } from './root.ts';
import { brokenLinks, differences, treeOf } from './tree.ts';

const reason = whyNot() ?? (existsSync('/usr/bin/dh') ? undefined : 'it needs debhelper');
if (reason !== undefined) console.log(`deb: every case is skipped here: ${reason}`);

const FOLDER = inRig('deb');
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
const INSTALL = 'apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0';
const PAGE = '/usr/share/pve-manager/index.html.tpl';
const VERSION_OF = `dpkg-query -W -f '\${Version}' pveigpu`;
const STATUS_OF = `dpkg-query -W -f '\${db:Status-Status}' pveigpu`;
const HOOK = '/usr/lib/pveigpu/hook.cjs';

/** Builds the package into a folder of its own. */
async function build(name: string): Promise<string> {
  const out = join(FOLDER, name);
  rmSync(out, { recursive: true, force: true });
  await execute(['node', 'scripts/build-deb.mjs', '--out', out]);
  const [deb = ''] = readdirSync(out);
  return join(out, deb);
}

describe.skipIf(reason !== undefined)('the Debian package', () => {
  let deb = '';
  let older = '';
  let pve: readonly string[] = [];
  let root: Root;

  /** A node as PVE's installer leaves it, without us. */
  async function node(name: string): Promise<Root> {
    const made = await Root.fresh('node', join(FOLDER, name));
    for (const [index, file] of [...pve, deb, older].entries())
      made.bring(file, `/tmp/${index < pve.length ? index : file === deb ? 'new' : 'old'}.deb`);
    await made.must('dpkg -i /tmp/0.deb /tmp/1.deb');
    return made;
  }

  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    deb = await build('first');
    older = await olderPackage(deb, FOLDER, '0.0.9');
    pve = await pvePackages(FOLDER, '9.0.1');
    root = await node('root');
  });

  test('two builds of one commit are the same bytes', async () => {
    expect(readFileSync(await build('second')).equals(readFileSync(deb))).toBe(true);
  });

  test('lintian of the suite finds no error and no warning', async () => {
    const lint = await Root.fresh('lint', join(FOLDER, 'lint'));
    lint.bring(deb, '/pveigpu.deb');
    const { code, text } = await lint.shell('lintian --allow-root --fail-on error,warning --tag-display-limit 0 /pveigpu.deb');
    expect([code, text.split('\n').filter((line) => /^[EW]:/.test(line))]).toEqual([0, []]);
  });

  test('holds bundles, and nothing of the tree that made them', async () => {
    const listed = await execute(['dpkg-deb', '-c', deb]);
    const paths = listed.stdout
      .toString()
      .split('\n')
      .map((line) => line.split(/\s+/)[5] ?? '');
    expect(paths.length).toBeGreaterThan(100);
    expect(paths.filter((path) => /node_modules|\.ts$|meta\.json|^\.\/(bin|sbin|lib|run|tmp)\//.test(path))).toEqual([]);
    for (const path of [HOOK, '/etc/pveigpu/pveigpu.conf', '/usr/share/man/man5/pveigpu.conf.5.gz'])
      expect(paths).toContain(`.${path}`);
  });

  test('is installed with what a node has, works on Debian’s node, and PVE’s daemons read the bridge', async () => {
    expect((await root.shell('command -v npm')).code).not.toBe(0);
    const said = await root.must(`${INSTALL} /tmp/new.deb`);
    expect(said).not.toMatch(/error|warning|fault/i);
    expect(await root.must('pveigpu --version; readlink -f $(command -v node); dpkg --audit')).toBe(
      `${version}\n/usr/bin/node\n`,
    );
    const story = await root.must('pveigpu demo --once');
    expect(story).toContain('pveigpu apply sriov');
    expect(story).not.toContain('fault in pveigpu');
    expect(root.read(PAGE)).toContain(`src="/pve2/js/pveigpu.js?v=${version}-`);
    expect(root.has('/usr/share/pve-manager/js/pveigpu.js')).toBe(true);
    expect(root.read('/var/log/reloads')).toContain('/usr/share/perl5/PVE');
    expect(brokenLinks(root.folder, treeOf(root.folder)).filter((line) => line.includes('pveigpu'))).toEqual([]);
    expect((await root.must('dpkg --verify pveigpu')).trim()).toBe('');
    expect(await root.must('pveigpu verdict --host sim:raptor-lake-s | head -n 3; man -w 2>/dev/null; true')).toContain(
      '0000:00:02.0',
    );
  });

  test('installed over itself nothing changes', async () => {
    const before = treeOf(root.folder);
    await root.must('dpkg -i /tmp/new.deb');
    expect(differences(before, treeOf(root.folder))).toEqual([]);
  });

  test('removed and purged the tree is as before, with the administrator’s file kept until the purge', async () => {
    const other = await node('clean');
    const before = treeOf(other.folder);
    await other.must('dpkg -i /tmp/new.deb');
    await other.must('dpkg -r pveigpu');
    expect(differences(before, treeOf(other.folder)).filter((line) => !/ \/(var\/lib|run)\//.test(line))).toEqual([
      '+ /etc/pveigpu',
      '+ /etc/pveigpu/pveigpu.conf',
    ]);
    await other.must('dpkg -P pveigpu');
    expect(differences(before, treeOf(other.folder))).toEqual([]);
    expect(other.read(PAGE)).toBe(pageOf('9.0.1'));
  });

  test('upgraded from the version before: settings stay, no chunk of the old one is left, and it is the new one that runs', async () => {
    const fresh = await node('upgrade');
    await fresh.must('dpkg -i /tmp/new.deb');
    const clean = treeOf(fresh.folder);
    await fresh.must('dpkg -P pveigpu; dpkg -i /tmp/old.deb');
    expect(await fresh.must(`${VERSION_OF}; pveigpu --version`)).toBe(`0.0.9${version}\n`);
    fresh.write('/etc/pveigpu/pveigpu.conf', '[vf]\ncount = 3\n');
    await fresh.must('dpkg -i --force-confold /tmp/new.deb');
    expect(differences(clean, treeOf(fresh.folder)).filter(notState)).toEqual(['~ /etc/pveigpu/pveigpu.conf']);
    expect(await fresh.must('pveigpu demo --once')).toContain('pveigpu apply sriov');
  });

  test('while it is upgraded the hook is whole at every moment', async () => {
    await root.must('dpkg -i --force-downgrade /tmp/old.deb');
    const watcher = root.start(WATCH_HOOK);
    const old = await root.must('ls /usr/lib/pveigpu/lib');
    await root.must('dpkg -i /tmp/new.deb; dpkg -i --force-downgrade /tmp/old.deb; dpkg -i /tmp/new.deb');
    expect(await root.must('ls /usr/lib/pveigpu/lib')).not.toBe(old);
    root.write('/tmp/enough', '');
    expect(await watcher.done).toMatch(/^looked [1-9]\d* times, 0 not whole\n$/);
  });

  test('a run that an upgrade meets needs no file but the one that it began with', async () => {
    const order = { format: 1, argv: ['demo', '--once'], agreed: null, columns: 80 };
    root.write('/tmp/order.json', JSON.stringify(order));
    const lib = '/usr/lib/pveigpu/lib';
    await root.must(`mkdir /tmp/away; mv ${lib}/* /tmp/away; mv /tmp/away/whole.mjs ${lib}`);
    expect((await root.shell('pveigpu verdict')).text).toContain('ERR_MODULE_NOT_FOUND');
    const story = await root.must('pveigpu carry-on /tmp/order.json');
    expect([story.includes('pveigpu apply sriov'), root.read('/tmp/order.exit')]).toEqual([true, '0\n']);
    await root.must(`mv /tmp/away/* ${lib}`);
  });

  test('an upgrade of pve-manager brings a new page, and what is ours is there again', async () => {
    const [manager = ''] = await pvePackages(FOLDER, '9.0.2');
    root.bring(manager, '/tmp/manager.deb');
    const before = root.read(PAGE).replace('9.0.1', '9.0.2');
    await root.must('dpkg -i /tmp/manager.deb');
    expect(root.read(PAGE)).toBe(before);
    expect(await root.must('dpkg --audit')).toBe('');
  });

  test('broken off between unpacking and configuring, it is finished', async () => {
    const other = await node('broken');
    await other.must('dpkg -i /tmp/new.deb');
    const clean = treeOf(other.folder);
    await other.must('dpkg -P pveigpu; dpkg --unpack /tmp/new.deb');
    expect(await other.must(STATUS_OF)).toBe('unpacked');
    expect(other.has(HOOK)).toBe(true);
    await other.must('dpkg --configure pveigpu');
    expect(differences(clean, treeOf(other.folder)).filter(notState)).toEqual([]);
    await other.must('dpkg --unpack /tmp/old.deb; dpkg --unpack /tmp/new.deb; dpkg --configure -a');
    expect(differences(clean, treeOf(other.folder)).filter(notState)).toEqual([]);
    await other.must('dpkg --unpack /tmp/new.deb; dpkg -P pveigpu');
    expect(other.has('/usr/lib/pveigpu')).toBe(false);
  });

  test('in PVE’s installer it is only installed', async () => {
    const other = await node('installer');
    other.write('/proxmox_install_mode', '');
    const page = other.read(PAGE);
    await other.must('dpkg -i /tmp/new.deb');
    expect(other.read(PAGE)).toBe(page);
    expect(other.has('/var/lib/pveigpu')).toBe(false);
    expect(await other.must('dpkg --audit; pveigpu --version')).toBe(`${version}\n`);
  });

  test('removed with a guest that has a slice: the guest starts, what stays is said, and a purge is refused until it is forced', async () => {
    const other = await node('guest');
    await other.must('dpkg -i /tmp/new.deb');
    assignedGuest(other, 101);
    await other.must(
      'cd /etc/pve && ln -s nodes/rig local && ln -s nodes/rig/qemu-server qemu-server && ln -s nodes/rig/lxc lxc',
    );
    const said = await other.must('dpkg -r pveigpu');
    expect(said).toContain('VM 101 does not name our hookscript any more; its slice stays.');
    expect(said).toContain('install the package again and run: pveigpu rollback --all');
    const config = other.read('/etc/pve/nodes/rig/qemu-server/101.conf');
    expect([config.includes('hookscript'), config.includes('hostpci0: 0000:00:02.3\n')]).toEqual([false, true]);
    expect(await startObstacles(other, 101)).toEqual([]);
    const refused = await other.shell('dpkg -P pveigpu');
    expect([refused.code !== 0, other.has('/var/lib/pveigpu/ledger.json')]).toEqual([true, true]);
    expect(refused.text).toContain('slices of the guests 101');
    expect(refused.text).toContain('PVEIGPU_PURGE=1 apt purge pveigpu');
    await other.must('dpkg -P pveigpu', { PVEIGPU_PURGE: '1' });
    expect([other.has('/var/lib/pveigpu/ledger.json'), await startObstacles(other, 101)]).toEqual([false, []]);
    expect(await other.must('find /var/lib/pveigpu -type f')).toBe('/var/lib/pveigpu/acpi/101.aml\n');
  });

  test('removed where PVE cannot be asked: the hookscript stays, does nothing, and the guest starts', async () => {
    const other = await node('without-quorum');
    await other.must('dpkg -i /tmp/new.deb');
    assignedGuest(other, 101);
    await other.must('cd /etc/pve && ln -s nodes/rig local; printf "#!/bin/sh\\necho no quorum >&2\\nexit 1\\n" > /usr/sbin/qm');
    const said = await other.must('dpkg -P pveigpu', { PVEIGPU_PURGE: '1' });
    expect(said).toContain('VM 101 keeps its hookscript, which will do nothing');
    expect(other.read('/etc/pve/nodes/rig/qemu-server/101.conf')).toContain('hookscript: local:snippets/pveigpu-hook\n');
    expect(await startObstacles(other, 101)).toEqual([]);
    await other.must('dpkg -i /tmp/new.deb');
    expect(other.read('/var/lib/vz/snippets/pveigpu-hook')).toBe(readFileSync('pve-hooks/pveigpu-hook.pl', 'utf8'));
  });

  test('while a command of ours is at work the package stays', async () => {
    const busy = root.start(`mkdir -p /run/pveigpu; rm -f /tmp/enough
flock /run/pveigpu/apply.lock sh -c "echo held > /tmp/held; while [ ! -e /tmp/enough ]; do sleep 0.1; done"`);
    while (!root.has('/tmp/held')) await new Promise((resolve) => setTimeout(resolve, 50));
    const refused = await root.shell('dpkg -r pveigpu');
    expect([refused.code !== 0, refused.text]).toEqual([true, expect.stringContaining('A command of pveigpu is at work')]);
    expect(await root.must(`${STATUS_OF}; pveigpu --version`)).toBe(`installed${version}\n`);
    root.write('/tmp/enough', '');
    await busy.done;
    await root.must('dpkg -r pveigpu');
  });
});

/** What was done on a node is noted there, with its time. */
const notState = (line: string) => !line.includes(' /var/lib/pveigpu');

/** Reads the hook as PVE's call would, over and over, until it is told to stop. */
const WATCH_HOOK = `perl -e 'my ($all, $bad) = (0, 0);
until (-e "/tmp/enough") {
  $all++;
  my $text = "";
  if (open my $file, "<", "${HOOK}") { local $/; $text = <$file> }
  $bad++ unless $text =~ /sourceMappingURL=hook[.]cjs[.]map\\s*\\z/;
}
print "looked $all times, $bad not whole\\n"'`;
