// SPDX-License-Identifier: AGPL-3.0-or-later

/** One OpenCL device as `clinfo` lists it. */
export interface OpenclDevice {
  readonly platform: string;
  readonly name: string;
  readonly version?: string;
  readonly driver?: string;
  /** `GPU`, `CPU`, ...; absent where it is not told. */
  readonly type?: string;
}

/** Reads the devices out of `clinfo`: properties are two columns, each device follows the platform that it belongs to. */
export function parseClinfo(text: string): readonly OpenclDevice[] {
  const devices: { -readonly [K in keyof OpenclDevice]: OpenclDevice[K] }[] = [];
  let platform = '';
  for (const line of text.split('\n')) {
    // After the devices comes what a program gets that names no platform; names appear there once more.
    if (line.startsWith('NULL platform behavior')) break;
    const [, name = '', value = ''] = /^ {0,4}([A-Z][A-Za-z ]+?)(?: {2,}|\t+)(\S.*?)\s*$/.exec(line.replace(/\r$/, '')) ?? [];
    const last = devices.at(-1);
    if (name === 'Platform Name') platform = value;
    else if (name === 'Device Name') devices.push({ platform, name: value });
    else if (last === undefined) continue;
    else if (name === 'Device Version') last.version = value;
    else if (name === 'Driver Version') last.driver = value;
    else if (name === 'Device Type') last.type = value;
  }
  return devices;
}

/** The device that is an Intel GPU: Intel's runtime, or Mesa's rusticl on Intel hardware; CPUs are none. */
export function intelOpencl(devices: readonly OpenclDevice[]): OpenclDevice | undefined {
  return devices.find(({ name, platform, type }) => type !== 'CPU' && /intel/i.test(name) && /graphics|rusticl/i.test(platform));
}
