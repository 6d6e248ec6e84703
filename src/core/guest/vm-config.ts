// SPDX-License-Identifier: AGPL-3.0-or-later
import { buildConfig, type GuestConfig } from './config-document.ts';
import { scanVmConfig } from './vm-scan.ts';

/** Reads a VM configuration as PVE does, without losing a byte of it (`printConfig`). Nothing is refused. */
export function parseVmConfig(text: string): GuestConfig {
  return buildConfig(text, scanVmConfig, (decoded) => decoded.replace(/[\t\n\v\f\r ]+$/, ''));
}
