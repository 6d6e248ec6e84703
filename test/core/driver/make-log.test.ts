// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMakeLog } from '../../../src/core/driver/make-log.ts';

const BUILD = '/var/lib/dkms/i915-sriov-dkms';

/** Short excerpts of logs in public threads: what they say, and what they are about. */
const REAL: readonly {
  readonly source: string;
  readonly log: string;
  readonly first: { readonly kind: string; readonly [key: string]: unknown };
}[] = [
  {
    source: 'github.com/strongtz/i915-sriov-dkms/issues/155',
    log: `${BUILD}/6.5.13-1/build/drivers/gpu/drm/i915/display/intel_dp_mst.c: In function ‘intel_dp_mst_find_vcpi_slots_for_bpp’:
${BUILD}/6.5.13-1/build/drivers/gpu/drm/i915/display/intel_dp_mst.c:85:31: error: too few arguments to function ‘drm_dp_calc_pbn_mode’
   85 |             crtc_state->pbn = drm_dp_calc_pbn_mode(adjusted_mode->crtc_clock,
      |                               ^~~~~~~~~~~~~~~~~~~~
In file included from ${BUILD}/6.5.13-1/build/drivers/gpu/drm/i915/display/intel_display_types.h:36,
                 from ${BUILD}/6.5.13-1/build/drivers/gpu/drm/i915/display/intel_dp_mst.c:40:
./include/drm/display/drm_dp_mst_helper.h:835:5: note: declared here
  835 | int drm_dp_calc_pbn_mode(int clock, int bpp, bool dsc);
`,
    first: {
      kind: 'api',
      difference: 'arguments',
      symbol: 'drm_dp_calc_pbn_mode',
      lineNumber: 85,
      declared: {
        file: './include/drm/display/drm_dp_mst_helper.h',
        prototype: 'int drm_dp_calc_pbn_mode(int clock, int bpp, bool dsc);',
      },
    },
  },
  {
    source: 'github.com/intel-gpu/intel-gpu-i915-backports/issues/153',
    log: `/var/lib/dkms/intel-i915-dkms/1.24.1.11.240117.14/build/drivers/gpu/drm/i915/display/intel_dp_mst.c:87:35: error: too many arguments to function ‘drm_dp_calc_pbn_mode’
   87 |                 crtc_state->pbn = drm_dp_calc_pbn_mode(adjusted_mode->crtc_clock,
./include/drm/display/drm_dp_mst_helper.h:835:5: note: declared here
  835 | int drm_dp_calc_pbn_mode(int clock, int bpp);
`,
    first: { kind: 'api', difference: 'arguments', declared: { prototype: 'int drm_dp_calc_pbn_mode(int clock, int bpp);' } },
  },
  {
    source: 'github.com/strongtz/i915-sriov-dkms/issues/140',
    log: `${BUILD}/6.8.4-2/build/drivers/gpu/drm/i915/intel_device_info.c:220:9: error: implicit declaration of function ‘INTEL_MTL_M_IDS’; did you mean ‘INTEL_MTL_IDS’? [-Werror=implicit-function-declaration]`,
    first: { kind: 'api', difference: 'function', symbol: 'INTEL_MTL_M_IDS', lineNumber: 220 },
  },
  {
    source: 'github.com/strongtz/i915-sriov-dkms/issues/109',
    log: `${BUILD}/6.1/build/drivers/gpu/drm/i915/display/intel_display_debugfs.c:537:47: error: ‘struct drm_dp_mst_port’ has no member named ‘has_audio’`,
    first: { kind: 'api', difference: 'member', symbol: 'has_audio' },
  },
  {
    source: 'github.com/strongtz/i915-sriov-dkms/issues/169, in the C locale',
    log: `/usr/src/i915-sriov-dkms/drivers/gpu/drm/i915/i915_memcpy.c:118:35: error: 'has_movntdqa' undeclared (first use in this function)`,
    first: { kind: 'api', difference: 'declaration', symbol: 'has_movntdqa' },
  },
  {
    source: 'github.com/strongtz/i915-sriov-dkms/issues/125',
    log: `warning: the compiler differs from the one used to build the kernel
  The kernel was built by: gcc (Debian 12.2.0-14) 12.2.0
  You are using:           gcc (Debian 10.2.1-6) 10.2.1 20210110
gcc: error: unrecognized command-line option ‘-mharden-sls=all’
make[2]: *** [scripts/Makefile.build:251: ${BUILD}/6.5.11-6/build/drivers/gpu/drm/i915/i915_driver.o] Error 1`,
    first: { kind: 'compiler-too-old', option: '-mharden-sls=all' },
  },
  {
    source: 'github.com/strongtz/i915-sriov-dkms/issues/237',
    log: `make[2]: ${BUILD}/2024.12.28/build/configure: Permission denied`,
    first: { kind: 'not-executable', file: `${BUILD}/2024.12.28/build/configure` },
  },
  {
    source: 'github.com/strongtz/i915-sriov-dkms/issues/86',
    log: 'Error! Your kernel headers for kernel 6.2.16-3-pve cannot be found.',
    first: { kind: 'headers-missing' },
  },
  {
    source: 'github.com/DisplayLink/evdi/issues/215',
    log: '/bin/sh: 1: flex: not found\nmake[3]: *** [scripts/kconfig/lexer.lex.c] Error 127',
    first: { kind: 'tool-missing', tool: 'flex' },
  },
  {
    source: 'github.com/F-Stack/f-stack/issues/737',
    log: 'cc: fatal error: Killed signal terminated program cc1\ncompilation terminated.',
    first: { kind: 'out-of-memory' },
  },
  {
    source: 'github.com/strongtz/i915-sriov-dkms/issues/442',
    log: 'Error! The /var/lib/dkms/i915-sriov-dkms/2026.03.05/6.1.0-44-amd64/x86_64/dkms.conf for module i915-sriov-dkms includes a BUILD_EXCLUSIVE directive which does not match this kernel/arch/config.',
    first: { kind: 'excluded' },
  },
  {
    source: 'github.com/Upinel/PVE-Intel-vGPU/issues/13',
    log: `Warning: Failed to sign module '${BUILD}/2025.10.10/build/drivers/gpu/drm/xe/xe.ko'!\nAt main.c:174:\n- SSL error:1E08010C:DECODER routines::unsupported: ../crypto/encode_decode/decoder_lib.c:102`,
    first: { kind: 'signing' },
  },
  {
    source: 'github.com/google-coral/edgetpu/issues/228',
    log: 'ERROR: modpost: "__stack_chk_guard" [/var/lib/dkms/gasket/1.0/build/apex.ko] undefined!',
    first: { kind: 'unknown-symbol', symbol: '__stack_chk_guard' },
  },
];

describe('make.log', () => {
  test.each(REAL)('$source', ({ log, first }) => {
    expect(parseMakeLog(log).faults[0]).toMatchObject(first);
  });

  test('whose build it was, as dkms 3.2 and as dkms 3.0 write it', () => {
    expect(
      parseMakeLog('DKMS (dkms-3.2.2) make.log for i915-sriov-dkms/2026.05.03 for kernel 7.0.0-3-pve (x86_64)\n'),
    ).toMatchObject({ name: 'i915-sriov-dkms', version: '2026.05.03', kernel: '7.0.0-3-pve' });
    expect(parseMakeLog('DKMS make.log for i915-sriov-dkms-6.5.13-5 for kernel 6.5.13-5-pve (x86_64)\n')).toMatchObject({
      name: 'i915-sriov-dkms',
      version: '6.5.13-5',
      kernel: '6.5.13-5-pve',
    });
  });

  test('what makes the others meaningless stands first', () => {
    const { faults } = parseMakeLog(REAL.map(({ log }) => log).join('\n'));
    expect(faults.map(({ kind }) => kind).slice(0, 3)).toEqual(['out-of-memory', 'headers-missing', 'tool-missing']);
    const full = `a.c:1:2: error: unknown type name ‘x’\nar: unable to write: No space left on device\n`;
    expect(parseMakeLog(full).faults.map(({ kind }) => kind)).toEqual(['disk-full', 'api']);
  });

  test('a build that went well has no fault, a warning is none', () => {
    const log = `  CC [M]  ${BUILD}/x/build/i915.o\na.c:1:2: warning: unused variable ‘x’ [-Wunused-variable]\n  LD [M]  i915.ko\n`;
    expect(parseMakeLog(log).faults).toEqual([]);
  });

  test('the same error in a thousand files is one fault, and an unknown one is given as it stands', () => {
    const many = Array.from({ length: 1000 }, (_, at) => `f${at}.c:1:1: error: unknown type name ‘u128’`).join('\n');
    expect(parseMakeLog(many).faults).toHaveLength(1);
    expect(parseMakeLog('x.c:1:1: error: the moon is wrong\nmake: *** [x] Error 1').faults).toEqual([
      { kind: 'other', line: 'x.c:1:1: error: the moon is wrong' },
    ]);
  });

  test('any text is read, and lines before and after take nothing away', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...REAL), (noise, { log, first }) => {
        const quiet = noise.replace(/error|\*\*\*|No space|Killed|memory/gi, '');
        const { faults } = parseMakeLog(`${quiet}\n${log}\n${quiet}`);
        expect(faults.map(({ kind }) => kind)).toContain(first.kind);
      }),
    );
  });
});
