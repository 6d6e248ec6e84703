// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestSystem } from './guest-system.ts';
import { linuxGuest } from './linux-guest.ts';

const DEBIAN_13 = `PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
NAME="Debian GNU/Linux"
VERSION_ID="13"
VERSION="13 (trixie)"
VERSION_CODENAME=trixie
DEBIAN_VERSION_FULL=13.2
ID=debian
HOME_URL="https://www.debian.org/"
`;

const DEBIAN_SOURCES = `Types: deb
URIs: http://debian.org/debian/
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://debian.org/debian-security/
Suites: trixie-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

/** Debian 13 as its installer leaves it: stanzas for sources, the component main alone, and kernel 6.12. */
export function debianGuest(more: Partial<Parameters<typeof linuxGuest>[0]> = {}): GuestSystem {
  const { files, ...rest } = more;
  return linuxGuest({
    kernel: '6.12.57+deb13-amd64',
    ...rest,
    files: { '/etc/os-release': DEBIAN_13, '/etc/apt/sources.list.d/debian.sources': DEBIAN_SOURCES, ...files },
  });
}
