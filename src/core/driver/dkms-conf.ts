// SPDX-License-Identifier: AGPL-3.0-or-later

/** What a module source says of itself in `dkms.conf` (dkms(8)). */
export interface DkmsConf {
  readonly name: string;
  readonly version: string;
  /** Names of the modules that it builds. */
  readonly modules: readonly string[];
  /** `BUILD_EXCLUSIVE_KERNEL`, a regular expression of bash. */
  readonly kernels?: string;
}

/** The form of a name or version that may become part of a path: what dkms itself accepts, and no `/`. */
const WORD = /^[A-Za-z0-9][A-Za-z0-9._+~-]{0,79}$/;
const ASSIGNMENT = /^\s*(?:export\s+)?([A-Z_]+)(?:\[(\d+)\])?=(?:"([^"]*)"|'([^']*)'|(\S*))\s*(?:#.*)?$/;

/** Reads the plain assignments of a `dkms.conf`; undefined without a usable name and version. It is shell, and is not run. */
export function parseDkmsConf(text: string): DkmsConf | undefined {
  const values = new Map<string, string>();
  const modules: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, key = '', , double, single, bare] = ASSIGNMENT.exec(line) ?? [];
    const value = double ?? single ?? bare ?? '';
    if (key === 'BUILT_MODULE_NAME') modules.push(value);
    else if (key !== '') values.set(key, value);
  }
  const name = values.get('PACKAGE_NAME') ?? '';
  const version = values.get('PACKAGE_VERSION') ?? '';
  const kernels = values.get('BUILD_EXCLUSIVE_KERNEL');
  if (!WORD.test(name) || !WORD.test(version)) return undefined;
  return { name, version, modules, ...(kernels === undefined || kernels === '' ? {} : { kernels }) };
}

/** Whether a source says that it builds for a kernel; undefined when its expression is not of the simple kind read here. */
export function confAllows({ kernels }: Pick<DkmsConf, 'kernels'>, release: string): boolean | undefined {
  if (kernels === undefined) return true;
  // Only what bash and JavaScript read alike, and without nested repetition.
  if (!/^[\w^$.|()[\]\\-]{1,200}$/.test(kernels)) return undefined;
  try {
    return new RegExp(kernels).test(release);
  } catch {
    return undefined;
  }
}
