// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import schema from '../../../src/simulator/pve/api-schema.json' with { type: 'json' };
import { findRoute, parameterRule, routeOf } from '../../../src/simulator/pve/api-schema.ts';
import { checkArgv } from '../../../src/simulator/pve/programs.ts';
import { lab, vm } from './lab.ts';

describe('the API schema', () => {
  test('the compact form has every call, parameter and permission of the data', () => {
    const data = JSON.parse(readFileSync(new URL('../../../data/pve-api-9.2.json', import.meta.url), 'utf8')) as {
      routes: { [call: string]: { parameters: string[]; permissions: { check?: unknown; user?: string } | null } };
    };
    const compact: { [call: string]: string[] } = schema;
    expect(Object.keys(compact).sort()).toEqual(Object.keys(data.routes).sort());
    for (const [call, { parameters, permissions }] of Object.entries(data.routes)) {
      const check = permissions?.check === undefined ? (permissions?.user ?? '') : JSON.stringify(permissions.check);
      expect(compact[call], call).toEqual([parameters.join(' '), check]);
    }
  });

  test('every parameter of a VM change has a rule, and numbered ones end where PVE ends them', () => {
    const route = routeOf('PUT', '/nodes/{node}/qemu/{vmid}/config');
    const missing = route.parameters.filter(
      (name) => !name.endsWith('[n]') && !['node', 'vmid'].includes(name) && parameterRule(route, name) === undefined,
    );
    expect(missing).toEqual([]);
    for (const name of ['hostpci15', 'net31', 'scsi30', 'usb13', 'virtiofs9'])
      expect(parameterRule(route, name), name).toBeDefined();
    for (const name of ['hostpci16', 'hostpci', 'hostpci01', 'net32', 'foo', 'constructor', 'toString'])
      expect(parameterRule(route, name), name).toBeUndefined();
  });

  test('a path finds its route and its values', () => {
    const found = findRoute('GET', '/nodes/pve/qemu/101/config');
    expect([found?.route.template, found?.values.get('vmid')]).toEqual(['/nodes/{node}/qemu/{vmid}/config', '101']);
    expect(findRoute('PUT', '/nodes/pve/qemu/101/status/start')).toBeUndefined();
  });
});

describe('checking an argument list', () => {
  const { machine } = lab({ 101: vm() });
  const text = machine.tree.text('/etc/pve/qemu-server/101.conf');

  test.each([
    ['qm', 'set', '101', '--digest', 'x', '--hostpci0', 'mapping=igpu', '--delete', 'args,tags'],
    ['qm', 'start', '101', '--skiplock', '1'],
    ['pct', 'set', '200', '--dev0', '/dev/dri/renderD128,gid=104'],
    ['pvesh', 'create', '/cluster/mapping/pci', '--id', 'pool', '--map', 'id=8086:4680,node=pve,path=0000:00:02.1'],
    ['pvesh', 'set', '/cluster/mapping/pci/pool', '--map', 'id=8086:4680,node=pve,path=0000:00:02.1', '--digest', 'x'],
    ['pvesh', 'get', '/nodes/pve/hardware/pci', '--output-format', 'json'],
  ])('%s %s %s is taken and not run', (...argv) => {
    expect(checkArgv(machine, argv)).toBeUndefined();
    expect(machine.tree.text('/etc/pve/qemu-server/101.conf')).toBe(text);
  });

  test.each([
    [['qm', 'set', '101', '--nosuch', '1'], 'Unknown option: nosuch\n400 unable to parse option\nqm set <vmid> [OPTIONS]\n'],
    [['qm', 'frob'], "ERROR: unknown command 'qm frob'\n"],
    [['qm', 'set', '101', '--hostpci0', 'x=1'], 'hostpci0.x: property is not defined in schema'],
    [['pct', 'set', '200', '--dev0', '/dev/dri/renderD128,mode=9'], 'dev0.mode: value does not match the regex pattern'],
    [['pct', 'frob'], "ERROR: unknown command 'pct frob'\n"],
    [['pvesh', 'set', '/cluster/mapping/pci/pool', '--nosuch', '1'], 'Unknown option: nosuch\n'],
    [['pvesh', 'get', '/cluster/nosuch'], "No 'get' handler defined for '/cluster/nosuch'\n"],
    [['pvesh', 'create', '/cluster/mapping/pci', '--id', 'pool'], 'map: property is missing and it is not optional\n'],
    [['qemu-img', 'info'], 'qemu-img: command not found\n'],
  ])('%j is refused', (argv, stderr) => {
    const refused = checkArgv(machine, argv);
    expect(refused?.exitCode).toBeGreaterThan(0);
    expect(refused?.stderr).toContain(stderr);
  });
});
