// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../../core/files/file-tree.ts';
import { PBN_HEADER } from '../kernel-files.ts';

/** The source file whose call has to fit the kernel's headers, below a source tree. */
export const PBN_SOURCE = 'drivers/gpu/drm/i915/display/intel_dp_mst.c';

const FUNCTION = 'drm_dp_calc_pbn_mode';

/**
 * Compiles as far as simulated sources go: a call is checked against the prototype in the kernel's headers, as gcc does, and
 * `#if LINUX_VERSION_CODE < KERNEL_VERSION(a, b, c)` around it decides which of two calls counts. Answers gcc's and make's lines, or undefined when all fits.
 */
export function compileErrors(tree: FileTree, build: string, release: string): readonly string[] | undefined {
  const headers = `/usr/src/linux-headers-${release}`;
  const source = tree.text(`${build}/${PBN_SOURCE}`)?.split('\n') ?? [];
  const call = activeCall(source, release);
  const header = tree.text(`${headers}/${PBN_HEADER}`)?.split('\n') ?? [];
  const declared = header.findIndex((line) => line.includes(`${FUNCTION}(`));
  if (call === undefined || declared < 0) return undefined;
  const [given, wanted] = [argumentsOf(call.text), argumentsOf(header[declared] ?? '')];
  if (given === wanted) return undefined;
  const few = given < wanted ? 'few' : 'many';
  const file = `${build}/${PBN_SOURCE}`;
  const column = call.text.indexOf(FUNCTION) + 1;
  return [
    `${file}: In function 'intel_dp_mst_compute_m_n':`,
    `${file}:${call.line}:${column}: error: too ${few} arguments to function '${FUNCTION}'`,
    `  ${call.line} | ${call.text}`,
    `      | ${' '.repeat(column - 1)}^${'~'.repeat(FUNCTION.length - 1)}`,
    `In file included from ${file}:1:`,
    `./${PBN_HEADER}:${declared + 1}:5: note: declared here`,
    `  ${declared + 1} | ${header[declared]}`,
    `      |     ^${'~'.repeat(FUNCTION.length - 1)}`,
    `make[4]: *** [${headers}/scripts/Makefile.build:287: ${file.replace(/c$/, 'o')}] Error 1`,
    `make[3]: *** [${headers}/scripts/Makefile.build:556: ${build}/drivers/gpu/drm/i915] Error 2`,
    `make[2]: *** [${headers}/Makefile:2009: ${build}] Error 2`,
    'make[1]: *** [Makefile:248: __sub-make] Error 2',
    `make[1]: Leaving directory '${headers}'`,
    'make: *** [Makefile:248: __sub-make] Error 2',
  ];
}

interface Call {
  readonly line: number;
  readonly text: string;
}

function activeCall(source: readonly string[], release: string): Call | undefined {
  let counts = true;
  for (const [at, text] of source.entries()) {
    const guard = /^#if LINUX_VERSION_CODE < KERNEL_VERSION\(([0-9]+, [0-9]+, [0-9]+)\)/.exec(text)?.[1];
    if (guard !== undefined) counts = versionCode(release) < versionCode(guard);
    else if (text.startsWith('#else')) counts = !counts;
    else if (text.startsWith('#endif')) counts = true;
    else if (counts && text.includes(`${FUNCTION}(`)) return { line: at + 1, text };
  }
  return undefined;
}

function argumentsOf(text: string): number {
  const inside = new RegExp(`${FUNCTION}\\(([^)]*)\\)`).exec(text)?.[1] ?? '';
  return inside.split(',').length;
}

/** LINUX_VERSION_CODE of the three numbers that a text begins with. */
function versionCode(text: string): number {
  const [major = 0, minor = 0, patch = 0] = (text.match(/[0-9]+/g) ?? []).map(Number);
  return major * 65_536 + minor * 256 + patch;
}
