// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ExportFormat } from './exported.ts';
import { CDI } from './formats/cdi.ts';
import { COMPOSE } from './formats/compose.ts';
import { DOCKER, PODMAN } from './formats/docker.ts';
import { INCUS } from './formats/incus.ts';
import { LIBVIRT } from './formats/libvirt.ts';
import { LIBVIRT_DOMAIN } from './formats/libvirt-domain.ts';
import { LXC } from './formats/lxc.ts';
import { NIXOS } from './formats/nixos.ts';
import { QEMU } from './formats/qemu.ts';
import { QUADLET } from './formats/quadlet.ts';

/** Every format of `pveigpu export`. A new one is a file in `formats/` and a line here. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  LIBVIRT,
  LIBVIRT_DOMAIN,
  QEMU,
  NIXOS,
  DOCKER,
  COMPOSE,
  PODMAN,
  QUADLET,
  CDI,
  INCUS,
  LXC,
];
