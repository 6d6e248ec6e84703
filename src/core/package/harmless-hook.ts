// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * What stands in for our hookscript when the package is gone and a guest still names it: PVE starts no guest whose hookscript is
 * not there or not executable (pve-guest-common GuestHelpers.pm, check_hookscript).
 */
export const HARMLESS_HOOK = `#!/bin/sh
# pveigpu was removed from this node while guests still named this hookscript. It does nothing, and can be
# deleted when no guest names it any more: qm set VMID --delete hookscript
exit 0
`;
