// SPDX-License-Identifier: AGPL-3.0-or-later

/** Says whether a six-digit class is a display controller (base class 03 of the PCI class code list). */
export function isDisplayClass(classCode: string): boolean {
  return classCode.startsWith('03');
}

/** Says whether a six-digit class is an HD audio function (0403), which carries a GPU's HDMI sound. */
export function isAudioClass(classCode: string): boolean {
  return classCode.startsWith('0403');
}
