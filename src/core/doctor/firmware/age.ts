// SPDX-License-Identifier: AGPL-3.0-or-later

/** Whole months from a date of DMI (`MM/DD/YYYY`) to a day (`YYYY-MM-DD`); undefined for another form or a date to come. */
export function ageMonths(dmiDate: string, today: string): number | undefined {
  const [, month, day, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(dmiDate.trim()) ?? [];
  const [, thisYear, thisMonth, thisDay] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(today) ?? [];
  if (month === undefined || thisYear === undefined || Number(month) < 1 || Number(month) > 12) return undefined;
  const months =
    (Number(thisYear) - Number(year)) * 12 + Number(thisMonth) - Number(month) - (Number(thisDay) < Number(day) ? 1 : 0);
  return months < 0 ? undefined : months;
}

/** `2 years`, `8 months`. */
export function ageText(months: number): string {
  const [count, unit] = months >= 24 ? [Math.floor(months / 12), 'year'] : [months, 'month'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
