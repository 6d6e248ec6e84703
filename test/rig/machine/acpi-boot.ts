// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpio } from '../build/cpio.ts';
import { guestRelease } from '../build/root-tree.ts';
import { inRig, RIG_SOURCE } from '../build/workspace.ts';
import { chooseAccelerator } from './accelerator.ts';
import { QEMU_ENVIRONMENT, qemuProgram } from './qemu-program.ts';

/** Only so that a guest that hangs ends: nothing is proved by how long a busy host takes. */
const LONGEST_MS = 1_800_000;
/** What the kernel says when nothing can switch the machine off (kernel/reboot.c). */
const HALTED = 'System halted';

/** A guest that is started only to see what its kernel makes of ACPI tables. */
export interface AcpiGuest {
  readonly machine: 'pc' | 'q35';
  readonly firmware: 'seabios' | 'ovmf';
  /** Files of tables, by name; each is given with an `-acpitable` of its own. */
  readonly tables: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** QEMU's arguments for the devices. */
  readonly devices: readonly string[];
}

/** What the kernel said. */
export interface AcpiReport {
  /** Names and SHA-256 of the tables that it loaded. */
  readonly tables: readonly { readonly name: string; readonly sha256: string }[];
  /** ACPI paths by the chain of slots that leads to a device, for example `1c.0 00.0`. */
  readonly nodes: { readonly [slots: string]: string };
  /** `_STA` of each battery. */
  readonly batteries: readonly string[];
  /** Complaints of the kernel's log. */
  readonly said: readonly string[];
  /** Whether the machine was off when the guest had asked for it. */
  readonly isOff: boolean;
  readonly seconds: number;
}

/** Starts the guest and waits until it is off, or has said everything and does not get off. */
export async function bootWithTables({ machine, firmware, tables, devices }: AcpiGuest): Promise<AcpiReport> {
  mkdirSync(inRig('run'), { recursive: true });
  const folder = mkdtempSync(inRig('run', 'acpi-'));
  const at = (name: string) => join(folder, name);
  try {
    writeFileSync(at('initrd'), initrd());
    for (const { name, bytes } of tables) writeFileSync(at(name), bytes);
    const accelerator = await chooseAccelerator((line) => console.log(line));
    const argv = [
      ...qemuProgram('qemu-system-x86_64'),
      ...[
        '-accel',
        accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi',
        '-M',
        machine,
        '-cpu',
        accelerator === 'kvm' ? 'host' : 'max',
      ],
      // More than 2 GiB: QEMU puts the initrd right below what it believes ACPI tables to need at the end of memory, and they need more here.
      ...['-smp', '1', '-m', '2560', '-nodefaults', '-display', 'none', '-no-reboot'],
      ...['-chardev', `file,id=serial,path=${at('serial.log')}`, '-serial', 'chardev:serial'],
      ...firmwareArguments(firmware, at('variables.fd')),
      ...[
        '-kernel',
        inRig('root/boot', `vmlinuz-${guestRelease()}`),
        '-initrd',
        at('initrd'),
        '-append',
        'console=ttyS0 quiet panic=-1 mitigations=off no_timer_check',
      ],
      ...devices,
      ...tables.flatMap(({ name }) => ['-acpitable', `file=${at(name)}`]),
    ];
    return await watch(argv, at('serial.log'), at('qemu.log'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function watch(argv: readonly string[], console: string, log: string): Promise<AcpiReport> {
  const begin = Date.now();
  const output = openSync(log, 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...argv], {
    env: { ...process.env, ...QEMU_ENVIRONMENT() },
    stdio: ['ignore', output, output],
  });
  const runs = () => child.exitCode === null && child.signalCode === null;
  const said = () => (existsSync(console) ? readFileSync(console, 'latin1') : '');
  while (runs() && Date.now() < begin + LONGEST_MS && !said().includes(HALTED))
    await new Promise((resolve) => setTimeout(resolve, 50));
  const isOff = !runs();
  if (!isOff) {
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
  }
  const text = said();
  if (!text.includes('RIG-END')) throw new Error(`The guest did not come up.\n${text.slice(-3000)}${readFileSync(log, 'utf8')}`);
  return { ...reportOf(text), isOff, seconds: (Date.now() - begin) / 1000 };
}

function reportOf(text: string): Pick<AcpiReport, 'tables' | 'nodes' | 'batteries' | 'said'> {
  const lines = (word: string) =>
    text.split(/\r?\n/).flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
  const nodes = lines('RIG-NODE').map((line) => {
    const [path = '', node = ''] = line.split(' ');
    return [
      Array.from(path.matchAll(/\/[0-9a-f]{4}:[0-9a-f]{2}:([0-9a-f]{2}\.[0-7])/g), ([, slot]) => slot).join(' '),
      node,
    ] as const;
  });
  return {
    tables: lines('RIG-TABLE').map((line) => {
      const [name = '', sha256 = ''] = line.split(/\s+/);
      return { name, sha256 };
    }),
    nodes: Object.fromEntries(nodes),
    batteries: lines('RIG-BATTERY'),
    said: lines('RIG-SAID'),
  };
}

function firmwareArguments(firmware: AcpiGuest['firmware'], variables: string): readonly string[] {
  if (firmware === 'seabios') return [];
  copyFileSync(inRig('root/usr/share/OVMF/OVMF_VARS_4M.fd'), variables);
  const flash = (unit: number, rest: string) => ['-drive', `if=pflash,unit=${unit},format=raw,${rest}`];
  return [...flash(0, `readonly=on,file=${inRig('root/usr/share/OVMF/OVMF_CODE_4M.fd')}`), ...flash(1, `file=${variables}`)];
}

function initrd(): Buffer {
  const folders = ['bin', 'proc', 'sys', 'dev'].map((name) => ({ name, mode: 0o40755 }));
  const program = (name: string, content: Buffer) => ({ name, mode: 0o100755, content });
  return cpio([
    ...folders,
    program('bin/busybox', readFileSync(inRig('root/usr/bin/busybox'))),
    program('init', readFileSync(join(RIG_SOURCE, 'guest/acpi-init'))),
  ]);
}
