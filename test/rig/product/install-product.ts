// SPDX-License-Identifier: AGPL-3.0-or-later
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { inRig } from '../build/workspace.ts';
import type { VirtualMachine } from '../machine/virtual-machine.ts';

/** What a command of the product answered, and how long it took in the guest. */
export interface ProductAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** Copies the bundle that ships to where the guests see it, once for a run: `dist/` may be built again meanwhile. */
export function shareProduct(): void {
  rmSync(inRig('share/product'), { recursive: true, force: true });
  if (!existsSync('dist')) return;
  cpSync('dist', inRig('share/product'), {
    recursive: true,
    filter: (path) => !path.endsWith('.map') && !path.endsWith('meta.json'),
  });
}

/** The command of the shared copy below its folder, as the package names it below `dist/`. */
export function commandFile(): string {
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly bin: { readonly pveigpu: string } };
  const file = bin.pveigpu.replace(/^(\.\/)?dist\//, '');
  if (!existsSync(inRig('share/product', file))) throw new Error(`${bin.pveigpu} is missing. Run npm run build first.`);
  return file;
}

/** Puts the bundle into a booted machine, at `/usr/lib/pveigpu`. */
export async function installProduct(machine: VirtualMachine): Promise<void> {
  commandFile();
  // The time limit only ends what hangs.
  await machine.must('rm -rf /usr/lib/pveigpu && cp -r /mnt/share/product /usr/lib/pveigpu', { timeoutMs: 600_000 });
}

/** The files of `/etc/pve` of a node without guests and pools, as pmxcfs shows them; there is no Proxmox in the guest. */
export const EMPTY_PVE_NODE = `mkdir -p /etc/pve/nodes/rig/qemu-server /etc/pve/nodes/rig/lxc /etc/pve/mapping
ln -sfn nodes/rig /etc/pve/local; ln -sfn nodes/rig/qemu-server /etc/pve/qemu-server; ln -sfn nodes/rig/lxc /etc/pve/lxc
printf '{"version":1,"ids":{}}' > /etc/pve/.vmlist
printf '{"nodename":"rig","version":1}' > /etc/pve/.members`;

/** Runs the product in the guest. A command that does not end within the limit (seconds) is an error of its own. */
export async function pveigpu(machine: VirtualMachine, args: string, limit = 240): Promise<ProductAnswer> {
  const begin = Date.now();
  const command = `timeout -s KILL ${limit} node /usr/lib/pveigpu/${commandFile()} ${args} </dev/null`;
  const answer = await machine.shell(command, { timeoutMs: (limit + 10) * 1000 });
  const ms = Date.now() - begin;
  if (answer.timedOut || answer.code === 137) throw new Error(`pveigpu ${args} did not end within ${limit} s.`);
  return { code: answer.code, stdout: answer.stdout, stderr: answer.stderr, ms };
}
