// SPDX-License-Identifier: AGPL-3.0-or-later
import { selectedKernels } from '../core/boot/boot-tool-files.ts';
import type { BootFacts } from '../core/facts/boot-facts.ts';
import type { HostFacts } from '../core/facts/host-facts.ts';
import { ifKnown } from '../core/facts/section.ts';
import { releaseOfPackage } from '../core/kernels/kernel-packages.ts';
import type { Remark, Step } from '../core/plan/action.ts';
import { type BootRoom, type KernelFile, neededForCopies, neededInBoot, roomRemarks } from '../core/preflight/boot-room.ts';
import { type BrokenEsp, brokenEspRemarks } from '../core/preflight/broken-esps.ts';
import { ok } from '../core/problem.ts';
import type { Host } from '../ports/host.ts';
import type { Context } from './context.ts';
import { lookAtEsp } from './engine/boot/mounted-esp.ts';
import { RUN_DIR } from './engine/state-paths.ts';

const LIST_MS = 60_000;
/** Another plan that looks is done within this time. */
const LOCK_MS = 30_000;

/**
 * Whether `/boot` and each EFI system partition of proxmox-boot-tool have room for what a plan builds and copies, looked at before its
 * first step. Partitions are mounted for a moment, at a place of their own; those that cannot be are said.
 */
export async function bootRoom(context: Context, facts: HostFacts, steps: readonly Step[]): Promise<readonly Remark[]> {
  const boot = ifKnown(facts.boot);
  const rebuilt = steps.flatMap((step) => (step.action === 'updateInitramfs' ? [step.args.release] : []));
  const comes = newKernels(steps, boot);
  const isCopied = comes > 0 || steps.some((step) => step.action === 'refreshBoot' && step.args.tool === 'proxmox-boot-tool');
  if (boot === undefined || (rebuilt.length === 0 && comes === 0 && !isCopied)) return [];
  const sizes = await sizesIn(context.host);
  const kernelBytes = largest(sizes, 'vmlinuz-') + largest(sizes, 'initrd.img-');
  const images = rebuilt.map((release) => sizes.get(`initrd.img-${release}`) ?? 0);
  const rooms: BootRoom[] = [];
  const free = boot.freeBytes['/boot'];
  if (free !== undefined) rooms.push({ place: '/boot', freeBytes: free, neededBytes: neededInBoot(images, comes, kernelBytes) });
  const esps = isCopied ? await lookAtEsps(context, boot, { sizes, rebuilt, comes, kernelBytes }) : NO_ESPS;
  const isNoneLeft = esps.rooms.length === 0;
  return [...roomRemarks([...rooms, ...esps.rooms]), ...brokenEspRemarks(esps.broken, isNoneLeft)];
}

interface Coming {
  readonly sizes: ReadonlyMap<string, number>;
  readonly rebuilt: readonly string[];
  readonly comes: number;
  readonly kernelBytes: number;
}

/** How many kernels a plan installs that are not there yet. */
function newKernels(steps: readonly Step[], boot: BootFacts | undefined): number {
  const names = steps.flatMap((step) => (step.action === 'installPackage' ? step.args.packages.map(({ name }) => name) : []));
  const releases = new Set(names.flatMap((name) => (name.includes('headers') ? [] : (releaseOfPackage(name) ?? []))));
  return [...releases].filter((release) => boot?.kernels.every((kernel) => kernel.release !== release) ?? true).length;
}

interface Esps {
  readonly rooms: readonly BootRoom[];
  readonly broken: readonly BrokenEsp[];
}

const NO_ESPS: Esps = { rooms: [], broken: [] };

async function lookAtEsps(context: Context, boot: BootFacts, coming: Coming): Promise<Esps> {
  const { host } = context;
  if (boot.espUuids.state !== 'known' || !host.abilities.run || !host.abilities.write) return NO_ESPS;
  const listed = await host.run(['proxmox-boot-tool', 'kernel', 'list'], { timeoutMs: LIST_MS });
  if (!listed.ok || listed.value.exitCode !== 0) return NO_ESPS;
  const releases = selectedKernels(listed.value.stdout);
  const folder = await host.mkdir(RUN_DIR, { mode: 0o700 });
  const lock = folder.ok ? await host.lock(`${RUN_DIR}/look.lock`, { timeoutMs: LOCK_MS }) : folder;
  if (!lock.ok) return NO_ESPS;
  try {
    const rooms: BootRoom[] = [];
    const broken: BrokenEsp[] = [];
    for (const uuid of boot.espUuids.value) {
      if ((await host.stat(`/dev/disk/by-uuid/${uuid}`)).kind !== 'content') continue;
      const room = await lookAtEsp(context, uuid, async (esp) => ok(await espRoom(host, esp, uuid, releases, coming)));
      if (!room.ok) broken.push({ uuid, message: room.problem.message });
      else if (room.value !== undefined) rooms.push(room.value);
    }
    return { rooms, broken };
  } finally {
    await lock.value.release();
  }
}

async function espRoom(
  host: Host,
  esp: string,
  uuid: string,
  releases: readonly string[],
  { sizes, rebuilt, comes, kernelBytes }: Coming,
): Promise<BootRoom | undefined> {
  const free = await host.freeSpace(esp);
  if (free.kind !== 'content') return undefined;
  const files: KernelFile[] = [];
  for (const release of releases) {
    for (const name of [`vmlinuz-${release}`, `initrd.img-${release}`]) {
      const sizeBytes = sizes.get(name);
      if (sizeBytes === undefined) continue;
      // GRUB's copies lie at the top, those of systemd-boot in a folder of each kernel.
      const copies = await Promise.all(
        [`${esp}/${name}`, `${esp}/EFI/proxmox/${release}/${name}`].map((path) => host.stat(path)),
      );
      const copy = copies.find((stat) => stat.kind === 'content');
      const copyBytes = copy?.kind === 'content' ? copy.value.sizeBytes : null;
      files.push({ sizeBytes, copyBytes, rebuilt: name.startsWith('initrd') && rebuilt.includes(release) });
    }
  }
  const place = `The EFI system partition ${uuid}`;
  return { place, freeBytes: free.value, neededBytes: neededForCopies(files, comes, kernelBytes) };
}

/** The files of `/boot` with their sizes. */
async function sizesIn(host: Host): Promise<ReadonlyMap<string, number>> {
  const listed = await host.list('/boot');
  const names = listed.kind === 'content' ? listed.value.filter((name) => /^(?:vmlinuz|initrd\.img)-/.test(name)) : [];
  const stats = await Promise.all(names.map(async (name) => [name, await host.stat(`/boot/${name}`)] as const));
  return new Map(stats.flatMap(([name, stat]) => (stat.kind === 'content' ? [[name, stat.value.sizeBytes] as const] : [])));
}

function largest(sizes: ReadonlyMap<string, number>, prefix: string): number {
  return Math.max(0, ...[...sizes].flatMap(([name, bytes]) => (name.startsWith(prefix) ? [bytes] : [])));
}
