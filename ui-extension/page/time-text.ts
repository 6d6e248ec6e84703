// SPDX-License-Identifier: AGPL-3.0-or-later

/** A time as PVE's task list writes it, `2026-11-21 19:36:02` in the browser's own zone; milliseconds since 1970. */
export function timeText(ms: number): string {
  const at = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
