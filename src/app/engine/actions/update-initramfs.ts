// SPDX-License-Identifier: AGPL-3.0-or-later
import { initramfsArgv } from '../../../core/plan/host-argv.ts';
import { ok, problem, type Result } from '../../../core/problem.ts';
import type { Host } from '../../../ports/host.ts';
import { enoughSpace } from '../enough-space.ts';
import type { Executor } from '../executor.ts';
import { runProgram } from '../run-program.ts';

/** Compressing an initramfs with all modules takes a minute on the slowest machines that PVE runs on. */
const BUILD_MS = 15 * 60_000;
const LIST_MS = 2 * 60_000;
/** How modules may be compressed (kernel scripts/Makefile.modinst). */
const COMPRESSED = /\.ko\.(?:xz|gz|zst)$/;

/**
 * Builds the initramfs of one kernel. initramfs-tools writes a new file beside the present one and renames it, so that the
 * present one boots until then; that needs room for both.
 */
export const updateInitramfs: Executor<'updateInitramfs'> = {
  needsDeviceLock: false,
  checkTells: false,
  onlyRuns: true,
  check: async () => ok('ready'),
  async execute(context, { release, holds }) {
    const { host } = context;
    const image = `/boot/initrd.img-${release}`;
    const present = await host.stat(image);
    if (present.kind !== 'content')
      return problem('plan.failed', `The kernel ${release} has no initramfs ${image} that could be built again.`, {
        hint: 'Install the kernel again; its package makes one.',
        where: image,
      });
    const room = await enoughSpace(host, '/boot', present.value.sizeBytes, `a new ${image}`);
    if (!room.ok) return room;
    const built = await runProgram(context, initramfsArgv(release), {
      timeoutMs: BUILD_MS,
      aim: `build the initramfs of ${release}`,
    });
    return built.ok ? await mustHold(host, image, holds) : built;
  },
};

/** Looks into the image for files that must be in it, wherever the merged `/usr` puts them and however modules are compressed. */
async function mustHold(host: Host, image: string, holds: readonly string[]): Promise<Result<void>> {
  if (holds.length === 0) return ok(undefined);
  const listed = await host.run(['lsinitramfs', image], { timeoutMs: LIST_MS });
  if (!listed.ok) return listed;
  const inside = new Set(listed.value.stdout.split('\n').map(plainPath));
  const missing = holds.filter((path) => !inside.has(plainPath(path)));
  if (listed.value.exitCode === 0 && missing.length === 0) return ok(undefined);
  return problem('plan.failed', `The new ${image} does not hold ${missing.join(', ')}, so it would not do what is wanted.`, {
    hint: 'Look at /etc/initramfs-tools (MODULES=, hooks) and try again.',
    where: image,
  });
}

function plainPath(path: string): string {
  return path
    .replace(/^\.?\//, '')
    .replace(/^usr\//, '')
    .replace(COMPRESSED, '.ko');
}
