// SPDX-License-Identifier: AGPL-3.0-or-later
import { deviceOf, dumpRom } from '../../app/rom-dump.ts';
import { readRomFile } from '../../app/rom-file.ts';
import { parseBdf } from '../../core/pci/address.ts';
import { ok, type Result } from '../../core/problem.ts';
import { type DeviceIds, romInfo } from '../../core/rom/rom-info.ts';
import { romParserText } from '../../core/rom/rom-parser-text.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { filePlace } from '../rom-place.ts';
import { romText } from '../rom-text.ts';

export async function run(call: Call): Promise<number> {
  const { io, options, args } = call;
  const [what = ''] = args;
  const wanted = await wantedIds(call);
  if (!wanted.ok) return refuse(call, wanted.problem);
  const read = await readNamed(call, what);
  if (!read.ok) return refuse(call, read.problem);
  const { source, content, remarks } = read.value;
  const info = romInfo(content, wanted.value ?? read.value.ids);
  if (options.json === true) io.out(`${JSON.stringify({ format: 1, kind: 'rom-info', source, remarks, rom: info }, null, 2)}\n`);
  else if (options.romParser === true) io.out(romParserText(content));
  else io.out(romText(io, what, info) + remarks.map((remark) => `warning ${remark}\n`).join(''));
  return info.findings.some(({ severity }) => severity === 'error') ? EXIT.failed : EXIT.done;
}

interface NamedRom {
  /** The path, or the address of the device. */
  readonly source: string;
  readonly content: Uint8Array;
  readonly remarks: readonly string[];
  readonly ids?: DeviceIds;
}

/** An address is a device of the machine, everything else a file. */
async function readNamed(call: Call, what: string): Promise<Result<NamedRom>> {
  const bdf = parseBdf(what);
  if (bdf.ok) {
    const dumped = await dumpRom(await call.context(), { bdf: bdf.value, source: 'sysfs', force: call.options.force === true });
    if (!dumped.ok) return dumped;
    const { content, remarks, device } = dumped.value;
    return ok({ source: bdf.value, content, remarks, ids: { vendor: device.vendor, device: device.device } });
  }
  const { host, path } = await filePlace(call, what);
  const read = await readRomFile(host, path);
  return read.ok ? ok({ source: path, content: read.value, remarks: [] }) : read;
}

/** The ids of the device of `--for`, where it was given. */
async function wantedIds(call: Call): Promise<Result<DeviceIds | undefined>> {
  const { for: named } = call.options;
  if (typeof named !== 'string') return ok(undefined);
  const bdf = parseBdf(named);
  return bdf.ok ? await deviceOf(await call.context(), bdf.value) : bdf;
}
