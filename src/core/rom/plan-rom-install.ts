// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileImage, Plan, Remark, Step } from '../plan/action.ts';
import { fromBase64, sameContent, textToBase64, toBase64 } from '../plan/file-image.ts';
import { ok, type Result } from '../problem.ts';
import { sha256Hex } from '../text/sha256.ts';
import { visible } from '../text/visible.ts';
import { type OptionRom, parseOptionRom } from './option-rom.ts';
import { EFI_CODE } from './rom-image.ts';
import { type DeviceIds, isFor } from './rom-info.ts';
import { parseRomManifest, printRomManifest, type RomManifest, romPaths } from './rom-manifest.ts';
import { type RomUser, usersText } from './rom-users.ts';

/** A device of the machine that a ROM could be for. */
export interface RomDevice extends DeviceIds {
  readonly bdf: string;
}

/** What a plan to install a ROM rests on. */
export interface RomInstallGround {
  /** The name that guests will use. */
  readonly name: string;
  readonly content: Uint8Array;
  readonly source: string;
  /** ISO 8601 in UTC. */
  readonly now: string;
  /** The device that was named, else undefined. */
  readonly wanted?: RomDevice;
  /** Display devices of this machine. */
  readonly displays: readonly RomDevice[];
  readonly localNode: string;
  /** Nodes of the cluster, this one included; undefined where the ROM is for this node alone. */
  readonly allNodes?: readonly string[];
  readonly users: readonly RomUser[];
  /** The files as they are now. */
  readonly rom: FileImage;
  readonly manifest: FileImage;
}

const MODE = 0o644;
/** `MZ`: a program of EFI without the header of an option ROM. */
const PROGRAM = [0x4d, 0x5a];

/** Plans putting a ROM file where PVE looks for it, with a manifest beside it. Nothing to do where both are there already. */
export function planRomInstall(ground: RomInstallGround): Result<Plan> {
  const paths = romPaths(ground.name);
  if (!paths.ok) return paths;
  const { content, source, wanted, now } = ground;
  const rom = parseOptionRom(content);
  const sha256 = sha256Hex(content);
  const old = manifestOf(ground.manifest, paths.value.manifest);
  const device = wanted === undefined ? null : `${wanted.bdf} ${wanted.vendor}:${wanted.device}`;
  const fresh: RomManifest = {
    format: 1,
    sha256,
    sizeBytes: content.length,
    ids: idsOf(rom),
    source,
    device,
    allNodes: ground.allNodes !== undefined,
    installed: now,
  };
  // Installed once more from the same place for the same device: the date stays, so that there is nothing to do.
  const isSame = old?.sha256 === sha256 && old.source === source && old.device === device && old.allNodes === fresh.allNodes;
  const manifest = isSame ? { ...fresh, installed: old.installed } : fresh;
  const steps = [
    ...write(paths.value.rom, toBase64(content), ground.rom, 'the ROM, where PVE looks for romfile'),
    ...write(
      paths.value.manifest,
      textToBase64(printRomManifest(manifest)),
      ground.manifest,
      'what it is and where it came from',
    ),
  ];
  const remarks =
    steps.length === 0 ? [] : [...replaced(ground, old), ...soundness(content, rom), ...fitting(ground, rom), ...usage(ground)];
  return ok({ title: `install the ROM ${ground.name}`, steps, remarks });
}

/** `8086:5a85` of each image that firmware runs, each once. */
function idsOf({ images }: OptionRom): readonly string[] {
  const own = images.filter(({ signature }) => signature === '55aa');
  return [...new Set(own.map(({ vendor, device }) => `${vendor}:${device}`))];
}

function write(path: string, base64: string, before: FileImage, reason: string): readonly Step[] {
  const mode = before.kind === 'file' ? before.mode : MODE;
  if (sameContent(before, { kind: 'file', base64, mode, uid: 0, gid: 0 })) return [];
  return [{ action: 'writeFile', args: { path, base64, mode, before }, reason }];
}

function manifestOf(image: FileImage, path: string): RomManifest | undefined {
  if (image.kind === 'absent') return undefined;
  const parsed = parseRomManifest(new TextDecoder().decode(fromBase64(image.base64)), path);
  return parsed.ok ? parsed.value : undefined;
}

/** Another file stands there: ours is replaced, somebody else's is not without being told. */
function replaced({ rom, name, content, users, localNode }: RomInstallGround, old: RomManifest | undefined): readonly Remark[] {
  if (rom.kind === 'absent' || rom.base64 === toBase64(content)) return [];
  const used = users.length === 0 ? '' : ` ${usersText(users, localNode)} will get the new one at the next start.`;
  if (old !== undefined && old.sha256 === sha256Hex(fromBase64(rom.base64)))
    return [{ level: 'warning', id: 'rom.replaces', text: `It replaces ${name} from ${visible(old.source, 80)}.${used}` }];
  const text = `There is a file ${name} with other content already, which pveigpu did not install.${used}`;
  const hint = 'Give another name with --name.';
  return [{ level: 'blocker', id: 'rom.foreign-file', text, hint, overridable: true, code: 'plan.drift' }];
}

function soundness(content: Uint8Array, { images, faults }: OptionRom): readonly Remark[] {
  const blocker = (text: string, hint?: string): Remark => ({
    level: 'blocker',
    id: 'rom.damaged',
    text,
    ...(hint === undefined ? {} : { hint }),
    overridable: true,
    code: 'format.unreadable',
  });
  if (images.length === 0 && PROGRAM.every((byte, at) => content[at] === byte))
    return [
      blocker(
        'It is a driver of EFI and no option ROM: no firmware runs it from there, and only guests whose own driver reads it have a use for it.',
      ),
    ];
  if (images.length === 0) return [blocker('It is no option ROM.', 'pveigpu rom info FILE says what is in it.')];
  if (faults.includes('header-in-front'))
    return [blocker('The ROM begins behind a header that a flash tool left, and firmware looks only at the beginning.')];
  if (faults.length > 0) return [blocker(`The ROM is damaged (${faults.join(', ')}).`, 'pveigpu rom info FILE says where.')];
  if (images.some(({ checksumOk }) => checksumOk === false))
    return [
      {
        level: 'warning',
        id: 'rom.checksum',
        text: 'The checksum of a legacy image is wrong, so SeaBIOS does not run it.',
        hint: 'pveigpu rom fix FILE corrects it.',
      },
    ];
  return [];
}

/** The ids must be those of the named device, else of a display of this machine. */
function fitting({ wanted, displays }: RomInstallGround, rom: OptionRom): readonly Remark[] {
  const devices = wanted === undefined ? displays : [wanted];
  if (rom.images.length === 0 || devices.some((device) => isFor(rom, device))) return [];
  const own = rom.images.filter(({ signature }) => signature === '55aa');
  const isEfi = own.every(({ codeType }) => codeType === EFI_CODE);
  const here =
    devices.map((device) => `${device.bdf} is ${device.vendor}:${device.device}`).join(', ') ||
    'this machine has no display device';
  const text = `The ROM is for ${idsOf(rom).join(', ')}, and ${here}.`;
  const hint = isEfi
    ? 'OVMF does not compare the ids of EFI images, so it may work in a guest with OVMF.'
    : 'pveigpu rom fix FILE --for BDF gives it the right ids, where it is for the same GPU under another number.';
  return [{ level: 'blocker', id: 'rom.other-device', text, hint, overridable: true, code: 'gpu.cannot' }];
}

function usage({ users, localNode, name, allNodes }: RomInstallGround): readonly Remark[] {
  const wanting = allNodes ?? users.map(({ node }) => node);
  const elsewhere = [...new Set(wanting.filter((node) => node !== localNode))];
  const named: readonly Remark[] =
    users.length === 0 ? [] : [{ level: 'note', id: 'rom.users', text: `${usersText(users, localNode)} names ${name} already.` }];
  if (elsewhere.length === 0) return named;
  const text = `It is written on this node only; ${elsewhere.join(', ')} ${elsewhere.length === 1 ? 'needs' : 'need'} it too.`;
  const hint = `Run the same command there, or copy ${name} and the note beside it.`;
  return [...named, { level: 'note', id: 'rom.other-nodes', text, hint }];
}
