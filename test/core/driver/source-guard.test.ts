// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { guardAround, prototypeOf } from '../../../src/core/driver/source-guard.ts';

// As the thread github.com/strongtz/i915-sriov-dkms/issues/151 and pull request 152 have it.
const CALL = `static int f(void)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6,6,14)
	crtc_state->pbn = drm_dp_calc_pbn_mode(clock, bpp, dsc);
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6,6,14)
	crtc_state->pbn = drm_dp_calc_pbn_mode(clock, bpp);
#else
	other();
#endif
	return 0;
}
`;

describe('the guard around a call', () => {
  test('is the condition that let it be compiled', () => {
    expect(guardAround(CALL, 4)).toEqual({ condition: '#if LINUX_VERSION_CODE < KERNEL_VERSION(6,6,14)', lineNumber: 3 });
    expect(guardAround(CALL, 7)).toEqual({ condition: '#if LINUX_VERSION_CODE >= KERNEL_VERSION(6,6,14)', lineNumber: 6 });
    expect(guardAround(CALL, 9)?.condition).toBe('#else of #if LINUX_VERSION_CODE >= KERNEL_VERSION(6,6,14)');
  });

  test('outside of any there is none, nor is the include guard of a header one', () => {
    expect(guardAround(CALL, 11)).toBeUndefined();
    expect(guardAround('#ifndef _DRM_DP_MST_HELPER_H_\n#define _DRM_DP_MST_HELPER_H_\nint x;\n#endif\n', 3)).toBeUndefined();
  });
});

describe('the prototype in a header', () => {
  test('on one line, over several, and after a comment that names it', () => {
    const header = `/* drm_dp_calc_pbn_mode(old) */\nint drm_dp_calc_pbn_mode(int clock, int bpp);\n\nstruct drm_dp_aux *\ndrm_dp_aux_for(struct drm_device *dev,\n\t       int port);\n`;
    expect(prototypeOf(header, 'drm_dp_calc_pbn_mode')).toBe('int drm_dp_calc_pbn_mode(int clock, int bpp)');
    expect(prototypeOf(header, 'drm_dp_aux_for')).toBe('struct drm_dp_aux * drm_dp_aux_for(struct drm_device *dev, int port)');
  });

  test('a call is no declaration', () => {
    expect(prototypeOf('void g(void) { drm_dp_calc_pbn_mode(1, 2); }', 'drm_dp_calc_pbn_mode')).toBeUndefined();
    expect(prototypeOf('int other(int a);', 'drm_dp_calc_pbn_mode')).toBeUndefined();
  });
});
