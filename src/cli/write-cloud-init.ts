// SPDX-License-Identifier: AGPL-3.0-or-later
import { cloudConfig } from '../core/inside/cloud-config.ts';
import type { InsideCase } from '../core/inside/inside-case.ts';
import { insideNeeds, openSteps } from '../core/inside/inside-needs.ts';
import { composeLocal } from '../main/compose.ts';
import { refuse } from './carry-out.ts';
import type { Call } from './command.ts';
import { EXIT } from './exit-code.ts';
import { textOf } from './request.ts';

/** Writes the vendor snippet where `--cloud-init` says; the file is one of the machine that runs us, as with reports. */
export async function writeCloudInit(call: Call, inside: InsideCase): Promise<number> {
  const { io, options } = call;
  const { file = '-' } = textOf(options, 'cloudInit', 'file');
  if (openSteps(insideNeeds(inside)).length === 0)
    return refuse(call, {
      code: 'guest.config',
      message: `What guest ${inside.guest.vmid} needs is not known well enough for a snippet.`,
      hint: 'Name its system with --os, for example --os debian:13, and its kernel with --kernel.',
    });
  const text = cloudConfig(inside);
  if (options.json === true) {
    io.out(`${JSON.stringify({ format: 1, kind: 'guest-cloud-init', vmid: inside.guest.vmid, text }, null, 2)}\n`);
    if (file === '-') return EXIT.done;
  } else if (file === '-' || options.dryRun === true) io.out(text);
  if (file === '-' || options.dryRun === true) return EXIT.done;
  const { host } = await composeLocal({ root: '/', log: (await call.context()).log });
  const path = file.startsWith('/') ? file : `${process.cwd()}/${file}`;
  if (options.force !== true && (await host.stat(path, { noFollow: true })).kind === 'content')
    return refuse(call, { code: 'usage', message: `${file} exists already.`, hint: 'Give another name, or --force.' });
  const written = await host.writeAtomic(path, text, { mode: 0o644 });
  if (!written.ok) return refuse(call, written.problem);
  if (options.json !== true)
    io.out(
      `${file} is written. Put it on a storage for snippets and name it with: qm set ${inside.guest.vmid} --cicustom "vendor=..."\n`,
    );
  return EXIT.done;
}
