// SPDX-License-Identifier: AGPL-3.0-or-later
import { argsItems } from './args-items.ts';
import { parseArgs, printArgs, removeWords } from './args-line.ts';

/** The display with OpenGL that shows nothing by itself, as PVE has it for `vga: virtio-gl` (qemu-server QemuServer.pm). */
export const OPENGL_DISPLAY: readonly [string, string] = ['-display', 'egl-headless,gl=core'];

/** What pveigpu sets of a device beyond `hostpciN`. */
const OUR_PROPERTY = /^(?:driver|display|ramfb|xres|yres|x-igd-.*)$/;

/**
 * An `args` line without `-set device.X...` of devices that go, and without the OpenGL display that came with the picture of one; all
 * else byte for byte. QEMU does not start with a `-set` for a device that is not there ("there is no device ... defined", system/vl.c). A
 * line that PVE cannot split stays. With `onlyOurs` the words of properties that pveigpu never sets stay as well.
 */
export function withoutDeviceWords(text: string, devices: readonly string[], onlyOurs = false): string {
  const parsed = parseArgs(text);
  if (!parsed.ok) return text;
  let line = parsed.value;
  let hadPicture = false;
  for (const item of argsItems(line)) {
    if (item.kind !== 'set' || !devices.includes(item.device) || (onlyOurs && !OUR_PROPERTY.test(item.property))) continue;
    hadPicture ||= item.property === 'display';
    const words = parsed.value.words.slice(item.at, item.at + item.count).map(({ value }) => value);
    line = removeWords(line, words) ?? line;
  }
  if (hadPicture) line = removeWords(line, OPENGL_DISPLAY) ?? line;
  return printArgs(line);
}
