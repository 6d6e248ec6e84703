// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  applyPendingLikePve,
  type ConfigChange,
  canonicalVmConfig,
  rewriteLikePve,
  uniqueTags,
} from '../../../src/core/guest/vm-rewrite.ts';

interface Recorded {
  readonly scenario: string;
  readonly step: number;
  readonly running: boolean;
  readonly options: readonly string[];
  readonly before: string;
  readonly after: string;
  readonly warned: readonly string[];
}

const FILE = join(resolve(import.meta.dirname, '../../fixtures'), 'pve/qm-set.json');
const recorded = (JSON.parse(readFileSync(FILE, 'utf8')) as { cases: readonly Recorded[] }).cases;

/** Steps whose result depends on something that is not in the configuration text, and what that is. */
const EXCEPTIONS: { readonly [step: string]: string } = {
  'revert-stopped 12': 'PVE makes a random generation id',
  'set-vga-machine-bios-cpu 26': 'PVE allocates a disk',
};

function changeOf(one: Recorded): ConfigChange {
  const set: Record<string, string> = {};
  const change: { remove: string[]; revert: string[]; force?: boolean } = { remove: [], revert: [] };
  for (let at = 0; at < one.options.length; at++) {
    const option = /^--?([a-z0-9-]+)(?:=(.*))?$/s.exec(one.options[at] ?? '');
    if (option === null) throw new Error(`no option: ${one.options[at]}`);
    const name = option[1] ?? '';
    if (name === 'force') {
      change.force = true;
      continue;
    }
    const value = option[2] ?? one.options[++at] ?? '';
    if (name === 'delete') change.remove.push(...value.split(','));
    else if (name === 'revert') change.revert.push(...value.split(','));
    else if (name === 'skiplock' || name === 'digest') continue;
    else set[name] = /^(?:yes|on)$/.test(value) ? '1' : value;
  }
  return { ...change, set, running: one.running };
}

describe('what qm set makes of a file', () => {
  const cases = recorded.filter((one) => EXCEPTIONS[`${one.scenario} ${one.step}`] === undefined);

  test('there is much to compare, and every exception is a recorded step', () => {
    expect(cases.length).toBeGreaterThan(120);
    expect(recorded.length - cases.length).toBe(Object.keys(EXCEPTIONS).length);
  });

  test.each(cases)('$scenario $step: $options', (one) => {
    const rewritten = rewriteLikePve(one.before, changeOf(one));
    expect(rewritten.text).toBe(one.after);
    expect([...rewritten.notSet]).toEqual(one.warned);
  });
});

describe('rewriting', () => {
  test('applies what waits at a stop', () => {
    const text = 'memory: 64\nvga: std\n\n[PENDING]\nargs: -S\ndelete: vga\n';
    expect(applyPendingLikePve(text)).toBe('args: -S\nmemory: 64\n');
    expect(applyPendingLikePve('memory: 64\nboot: \n')).toBe('memory: 64\nboot: \n');
  });

  test('takes the outer quotes off args, so that they must never be the whole of it', () => {
    expect(canonicalVmConfig('args: "-a b" "c"\n')).toBe('args: -a b" "c\n');
  });

  test('keeps the boot order right when a device in it goes', () => {
    const text = 'boot: order=hostpci0;net0\nhostpci0: 0000:00:02.1\nnet0: virtio=AA:BB:CC:DD:EE:FF,bridge=vmbr0\n';
    expect(rewriteLikePve(text, { remove: ['hostpci0'] }).text).toBe(
      'boot: order=net0\nnet0: virtio=AA:BB:CC:DD:EE:FF,bridge=vmbr0\n',
    );
  });

  test('writes disks with the volume first and the options sorted', () => {
    const text = 'scsi0: local-lvm:vm-1-disk-0,size=32768M,iothread=on,cache=none\ncdrom: none,media=cdrom\n';
    expect(canonicalVmConfig(text)).toBe('ide2: none,media=cdrom\nscsi0: local-lvm:vm-1-disk-0,cache=none,iothread=1,size=32G\n');
  });

  test('leaves a list of pending deletions as it stands until one changes', () => {
    const text = 'memory: 64\nvga: std\n\n[PENDING]\ndelete: vga;memory\n';
    expect(canonicalVmConfig(text)).toBe(text);
    const running = { running: true, set: { args: '-S' } };
    expect(rewriteLikePve(text, running).text).toBe('memory: 64\nvga: std\n\n[PENDING]\nargs: -S\ndelete: vga;memory\n');
    expect(rewriteLikePve(text, { ...running, set: { vga: 'none' } }).text).toBe(
      'memory: 64\nvga: std\n\n[PENDING]\ndelete: memory\nvga: none\n',
    );
    expect(rewriteLikePve(text, { running: true, remove: ['vga'], force: true }).text).toBe(
      'memory: 64\nvga: std\n\n[PENDING]\ndelete: memory,!vga\n',
    );
    const only = 'vga: std\n\n[PENDING]\ndelete: vga\n';
    expect(rewriteLikePve(only, { running: true, revert: ['vga'] }).text).toBe('vga: std\n');
  });

  test('sorts tags, lower case, each once', () => {
    expect(uniqueTags('B;b,a  c')).toBe('a;b;c');
  });
});
