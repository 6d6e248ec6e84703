// SPDX-License-Identifier: AGPL-3.0-or-later
import { sha256Hex } from '../../text/sha256.ts';
import { findGopVersion } from '../gop-version.ts';
import { u16 } from '../little-endian.ts';
import type { FirmwareItem } from './firmware-item.ts';
import { SECTION } from './firmware-section.ts';
import type { FirmwareFinds } from './found-piece.ts';

/** EFI_FV_FILETYPE_DRIVER. */
const DRIVER_FILE = 0x07;
/** Files that only set a GOP driver up are called after it too. */
const NAME = /gop/i;
const NO_DRIVER = /policy|override|config|setup|vbt/i;
const MOST_GOPS = 64;
const MOST_NAME = 80;

/** Watches the items of a walk for GOP drivers: what a driver is called stands behind its code. */
export class GopWatch {
  private guid: string | undefined;
  private code: Uint8Array | undefined;
  private name: string | undefined;
  private readonly finds: FirmwareFinds;

  private readonly where: string;

  constructor(finds: FirmwareFinds, where: string) {
    this.finds = finds;
    this.where = where;
  }

  see(item: FirmwareItem): void {
    if (item.kind === 'file' || item.kind === 'volume') {
      this.end();
      this.guid = item.kind === 'file' && item.type === DRIVER_FILE ? item.guid : undefined;
    } else if (item.kind === 'section' && this.guid !== undefined) {
      if (item.type === SECTION.pe32 || item.type === SECTION.te) this.code ??= item.body;
      else if (item.type === SECTION.name) this.name = textOf(item.body);
    }
  }

  /** The last file is over. */
  end(): void {
    const { guid, code, name, finds } = this;
    [this.guid, this.code, this.name] = [undefined, undefined, undefined];
    if (guid === undefined || code === undefined || finds.gops.length >= MOST_GOPS) return;
    const version = findGopVersion(code);
    const isNamed = name !== undefined && NAME.test(name) && !NO_DRIVER.test(name);
    if (version === undefined && !isNamed) return;
    const sha256 = sha256Hex(code);
    if (finds.gops.some((one) => one.sha256 === sha256)) return;
    finds.gops.push({
      bytes: code.slice(),
      sha256,
      where: `${this.where}file ${guid}`,
      name: name ?? guid,
      guid,
      ...(version === undefined ? {} : { version }),
    });
  }
}

/** The UTF-16 text of a section of names, to its first zero. */
function textOf(body: Uint8Array): string {
  let text = '';
  for (let at = 0; at + 1 < body.length && text.length < MOST_NAME; at += 2) {
    const unit = u16(body, at);
    if (unit === 0) break;
    text += String.fromCharCode(unit);
  }
  return text;
}
