// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { inRig } from '../build/workspace.ts';
import { QEMU_ENVIRONMENT, qemuProgram } from './qemu-program.ts';

const PROBE_MS = 8000;

/**
 * KVM only when it really boots this kernel within 8 s: a `/dev/kvm` of a host that is a guest itself may exist, answer its
 * version and yet not run an ordinary kernel. Remembered for one boot of the host.
 */
export async function chooseAccelerator(say: (line: string) => void): Promise<'tcg' | 'kvm'> {
  try {
    accessSync('/dev/kvm', constants.W_OK);
  } catch {
    return 'tcg';
  }
  const memory = inRig('accelerator');
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  if (existsSync(memory)) {
    const [known, answer] = readFileSync(memory, 'utf8').split(' ');
    if (known === boot && (answer === 'kvm' || answer === 'tcg')) return answer;
  }
  const works = await probeBoot();
  say(works ? 'rig: KVM boots the guest kernel' : 'rig: /dev/kvm exists but does not boot the guest kernel; using TCG');
  writeFileSync(memory, `${boot} ${works ? 'kvm' : 'tcg'}`);
  return works ? 'kvm' : 'tcg';
}

async function probeBoot(): Promise<boolean> {
  const [program, ...start] = qemuProgram('qemu-system-x86_64');
  const machine = ['-accel', 'kvm', '-M', 'q35', '-cpu', 'host', '-m', '256', '-nodefaults', '-display', 'none', '-no-reboot'];
  const boot = ['-serial', 'stdio', '-kernel', inRig('vmlinux'), '-initrd', inRig('initrd')];
  const argv = [...start, ...machine, ...boot, '-append', 'console=ttyS0 quiet panic=-1 rig.probe=1'];
  const child = spawn(program, argv, { env: { ...process.env, ...QEMU_ENVIRONMENT() }, stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve) => {
    let text = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), PROBE_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('RIG-UP')) child.kill('SIGKILL');
    });
    child.on('error', () => resolve(false));
    child.on('close', () => {
      clearTimeout(timer);
      resolve(text.includes('RIG-UP'));
    });
  });
}
