// SPDX-License-Identifier: AGPL-3.0-or-later
import { dumpRom, ROM_SOURCES, type RomDump, type RomSource } from '../../app/rom-dump.ts';
import { parseBdf } from '../../core/pci/address.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { filePlace } from '../rom-place.ts';
import { romText } from '../rom-text.ts';
import { paint } from '../style.ts';

export async function run(call: Call): Promise<number> {
  const { io, options, args } = call;
  const bdf = parseBdf(args[0] ?? '');
  if (!bdf.ok) return refuse(call, bdf.problem);
  const source = sourceOf(options.source);
  if (!source.ok) return refuse(call, source.problem);
  const dumped = await dumpRom(await call.context(), { bdf: bdf.value, source: source.value, force: options.force === true });
  if (!dumped.ok) return refuse(call, dumped.problem);
  const written = await writeDump(call, dumped.value, args[1]);
  if (!written.ok) return refuse(call, written.problem);
  const { info, remarks } = dumped.value;
  if (options.json === true) {
    const value = { format: 1, kind: 'rom-dump', bdf: bdf.value, source: source.value, file: written.value, remarks, rom: info };
    io.out(`${JSON.stringify(value, null, 2)}\n`);
  } else {
    io.out(romText(io, written.value, info));
    for (const remark of remarks) io.out(`${paint(io, 'warn', 'warning')} ${remark}\n`);
  }
  return info.findings.some(({ severity }) => severity === 'error') ? EXIT.failed : EXIT.done;
}

function sourceOf(text: string | boolean | undefined): Result<RomSource> {
  const source = ROM_SOURCES.find((one) => one === (text ?? 'sysfs'));
  return source === undefined
    ? problem('usage', `"${text}" is no source of a ROM.`, { hint: `Use ${ROM_SOURCES.join(', ')}.` })
    : ok(source);
}

/** Writes the dump; a file without a name is called after the device and the hash, so that no two dumps share one. */
async function writeDump(call: Call, { device, content, info }: RomDump, file: string | undefined): Promise<Result<string>> {
  const name = file ?? `vbios_${device.vendor}_${device.device}_${info.sha256.slice(0, 8)}.rom`;
  const { host, path } = await filePlace(call, name);
  const present = await host.stat(path, { noFollow: true });
  if (present.kind === 'content' && call.options.force !== true)
    return problem('usage', `${name} exists already.`, { hint: 'Give another name, or --force.' });
  const written = await host.writeAtomic(path, content);
  return written.ok ? ok(path) : written;
}
