// SPDX-License-Identifier: AGPL-3.0-or-later
import { integerAt, listAt, objectAt, textAt, textOrNullAt, WrongShape } from '../plan/check-stored.ts';
import { ok, problem, type Result } from '../problem.ts';
import { ROM_FOLDER } from '../whole-gpu/gpu-args.ts';

/** What is known of a ROM file that pveigpu installed. It stands beside the file, so that both are copied together. */
export interface RomManifest {
  readonly format: 1;
  /** SHA-256 of the file in hex; another one means that somebody changed it since. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** `8086:5a85` of each image. */
  readonly ids: readonly string[];
  /** Where it came from, in the words of who installed it. */
  readonly source: string;
  /** `0000:00:02.0 8086:5a85`: the device that it was installed for; null where none was named. */
  readonly device: string | null;
  /** Whether every node of the cluster shall have it. */
  readonly allNodes: boolean;
  /** When it was installed, ISO 8601 in UTC. */
  readonly installed: string;
}

const SUFFIX = '.pveigpu.json';
/** What PVE takes as `romfile` without quotes, and what leads to no other folder. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}$/;

/** The path of a ROM file that a guest names, and of its manifest. Fails with `usage` for a name that cannot be one. */
export function romPaths(name: string): Result<{ readonly rom: string; readonly manifest: string }> {
  if (!NAME.test(name) || name.endsWith(SUFFIX))
    return problem('usage', `"${name}" is no name for a ROM file.`, {
      hint: 'Use letters, digits and . _ + -, at most 100 of them, without a folder.',
    });
  return ok({ rom: `${ROM_FOLDER}${name}`, manifest: `${ROM_FOLDER}${name}${SUFFIX}` });
}

/** The name of the ROM file that a manifest is of; undefined for every other file. */
export function romOfManifest(name: string): string | undefined {
  return name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : undefined;
}

/** A manifest as text. */
export function printRomManifest(manifest: RomManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** A manifest from its text. Fails with `format.unreadable`, or `format.newer` where a newer pveigpu wrote it. */
export function parseRomManifest(text: string, where: string): Result<RomManifest> {
  try {
    const value = objectAt(JSON.parse(text), 'manifest');
    const format = integerAt(value.format, 'format');
    if (format > 1) return problem('format.newer', `${where} is from a newer pveigpu.`, { where });
    return ok({
      format: 1,
      sha256: textAt(value.sha256, 'sha256'),
      sizeBytes: integerAt(value.sizeBytes, 'sizeBytes'),
      ids: listAt(value.ids, 'ids', textAt),
      source: textAt(value.source, 'source'),
      device: textOrNullAt(value.device, 'device'),
      allNodes: value.allNodes === true,
      installed: textAt(value.installed, 'installed'),
    });
  } catch (error) {
    if (!(error instanceof WrongShape || error instanceof SyntaxError)) throw error;
    return problem('format.unreadable', `${where} cannot be understood: ${error.message}`, { where });
  }
}
