// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommandSpec } from './command.ts';

/** `pveigpu guest`. */
export const GUEST_COMMANDS: CommandSpec = {
  name: 'guest',
  summary: 'what a guest needs inside for its slice; do it, and see whether it works',
  details:
    'Decides by the kind of slice, the system and its kernel. Looks into a running guest through the QEMU guest agent, or pct exec for a container, and changes nothing there without --apply. --verify ends with 0 when it works, 1 when it does not, 7 when not all could be measured.',
  arguments: [{ name: 'vmid', description: 'the guest', complete: 'vmid' }],
  options: [
    { flags: '--apply', description: 'run the commands inside the guest; each is shown, and the question comes once' },
    { flags: '--verify', description: 'look whether it works: nodes, driver, firmware, log, VA-API, Quick Sync' },
    {
      flags: '--cloud-init <file>',
      description: 'write a vendor snippet for cloud-init instead; - for standard output',
      complete: 'file',
    },
    {
      flags: '--os <name>',
      description: 'the system of a guest that cannot be asked, for example debian:13',
      complete: ['debian', 'ubuntu', 'fedora', 'arch', 'alpine'],
    },
    { flags: '--kernel <release>', description: "the guest's kernel, where it cannot be asked or shall have another" },
    { flags: '--user <name>', description: 'who shall use the GPU in the guest' },
    { flags: '--sha256 <hash>', description: "accept the driver's package with this hash, for --apply" },
    { flags: '--force', description: 'overwrite an existing file' },
  ],
  writes: true,
  prints: true,
  examples: [
    { line: 'pveigpu guest 101', does: 'what VM 101 needs inside, as a list of steps' },
    { line: 'pveigpu guest 101 --apply', does: 'do it through the guest agent' },
    { line: 'pveigpu guest 101 --verify', does: 'a table to attach to a report' },
    { line: 'pveigpu guest 101 --os debian:13 --cloud-init gpu.yaml', does: 'the same at the first boot of a cloud image' },
  ],
  load: () => import('./commands/guest.ts'),
};
