// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openCapture } from '../../src/adapters/host-capture.ts';
import { PveCli } from '../../src/adapters/pve-cli.ts';
import type { DoctorView } from '../../src/core/doctor/doctor-view.ts';
import type { Simulated } from '../app/simulated.ts';
import { jsonOf, mustType, sentence, typed, wholeTree } from './command-line.ts';
import { setUpNode, withBlacklist, withoutItsVfs } from './sick-machine.ts';

const folder = mkdtempSync(join(tmpdir(), 'pveigpu-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function report(machine: Simulated): Promise<string> {
  return (await typed(machine, 'doctor --report -')).out;
}

function problemsOf(value: object): unknown {
  return (value as DoctorView).problems.map(({ id, subject, evidence }) => ({ id, subject, evidence }));
}

describe('doctor --report', () => {
  test.each([
    ['whose VFs are gone', withoutItsVfs],
    ['whose driver is blocked', withBlacklist],
  ])('of a node %s holds findings, runs, logs and the machine, which opens again', async (_name, make) => {
    const machine = await make();
    const before = wholeTree(machine);
    const text = await report(machine);
    expect(text).toMatch(/^pveigpu report, format 1\n# pveigpu \S+, node v\S+, \d{4}-\d\d-\d\d\./);
    expect(text).toContain('\nDo first: pveigpu ');
    expect(text).toMatch(/^run 1, .+, done: /m);
    expect(text).toContain('\n-- command dmesg [exit=0] --\n');
    expect(text).toContain('\n-- command journalctl -u pveigpu-boot.service ');
    expect(text).toContain('\n-- file /var/lib/pveigpu/desired.json');
    const opened = openCapture(text, 'capture:report');
    if (!opened.ok) throw new Error(opened.problem.message);
    const again = { context: { ...machine.context, host: opened.value, pve: new PveCli(opened.value) } };
    const [there, here] = [await typed(again, 'doctor --deep --json'), await typed(machine, 'doctor --deep --json')];
    expect(problemsOf(jsonOf(there))).toEqual(problemsOf(jsonOf(here)));
    expect(there.code).toBe(1);
    expect(wholeTree(machine)).toEqual(before);
  });

  test('names nothing that a person named', async () => {
    const machine = await setUpNode();
    const { tree } = machine.node.machine;
    await mustType(machine, 'pool create zqfamilygpu --yes');
    await mustType(machine, 'assign 102 --pool zqfamilygpu --yes');
    machine.writeConfig(
      103,
      'cores: 1\nhookscript: zqtank:snippets/zqscript.pl\nhostpci0: mapping=zqfamilygpu,romfile=zqrom.rom\nmemory: 64\nname: zqsister\nostype: l26\ntags: zqtag\n',
    );
    tree.setFile('/etc/modprobe.d/zqnotes.conf', '# zqremark\nblacklist i915\n');
    tree.setFile('/var/lib/dkms/zqdriver/1.0/source/dkms.conf', '');
    const text = await report(machine);
    expect(text).toContain('mapping=pool1');
    expect(text.match(/.{0,60}zq.{0,60}/g)).toBeNull();
  });

  test('is written for its owner alone, and never over another file', async () => {
    const machine = await withoutItsVfs();
    const path = join(folder, 'report.txt');
    const ran = await typed(machine, `doctor --report ${path}`);
    expect([ran.code, ran.err]).toEqual([1, '']);
    expect(ran.out).toContain(`pveigpu doctor --host capture:${path}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain('vf.gone');
    writeFileSync(path, 'mine\n');
    const again = await typed(machine, `doctor --report ${path}`);
    expect([again.code, sentence(again)]).toEqual([2, `${path} exists already.`]);
    expect(readFileSync(path, 'utf8')).toBe('mine\n');
    expect(jsonOf(await typed(machine, `doctor --report ${path} --force --json`))).toMatchObject({
      kind: 'doctor',
      report: path,
    });
    expect(readFileSync(path, 'utf8')).toContain('vf.gone');
  });
});
