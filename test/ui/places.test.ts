// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { themeOf } from '../../ui-extension/model/theme.ts';
import { placeOf } from '../../ui-extension/page/places.ts';

describe('addresses of the page', () => {
  test('a view, a guest, and the first view for anything else', () => {
    expect(placeOf('#findings')).toEqual({ place: 'findings', vmid: 0 });
    expect(placeOf('#guests/101')).toEqual({ place: 'guests', vmid: 101 });
    expect(placeOf('#guests/<script>')).toEqual({ place: 'guests', vmid: 0 });
    expect(placeOf('#findings/101')).toEqual({ place: 'findings', vmid: 0 });
    for (const hash of ['', '#', '#constructor', '#__proto__/1', '#nothing'])
      expect(placeOf(hash)).toEqual({ place: 'overview', vmid: 0 });
  });
});

describe("PVE's theme", () => {
  test('its cookie decides, else the system', () => {
    expect(themeOf('PVEAuthCookie=x; PVEThemeCookie=crisp', true)).toBe('light');
    expect(themeOf('PVEThemeCookie=proxmox-dark', false)).toBe('dark');
    expect(themeOf('PVEThemeCookie=__default__', true)).toBe('dark');
    expect(themeOf('OtherPVEThemeCookie=crisp', true)).toBe('dark');
    expect(themeOf('', false)).toBe('light');
  });
});
