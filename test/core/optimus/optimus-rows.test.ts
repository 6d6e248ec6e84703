// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OPTIMUS_ROWS, type OptimusNeed, optimusAnswers } from '../../../src/core/optimus/optimus-rows.ts';

const ALL: readonly OptimusNeed[] = ['outputs', 'rom', 'table', 'subsystem', 'q35', 'ovmf', 'slice'];
const said = (...has: readonly OptimusNeed[]) =>
  Object.fromEntries(optimusAnswers(new Set(has)).map(({ id, verdict }) => [id, verdict]));

/** What https://github.com/jscinoz/optimus-vfio-docs lists, in its order. */
const LISTED = [
  'compute-intel',
  'compute-nouveau',
  'render-intel',
  'render-nouveau',
  'nvidia-prime',
  'windows',
  'reverse-prime-qxl',
  'qxl-primary',
  'bumblebee',
  'sole-gpu',
  'wayland',
  'remote-display',
];

describe('the ways to use a card without outputs', () => {
  test('each of the list has one answer, whatever there is', () => {
    expect(OPTIMUS_ROWS.map(({ id }) => id)).toEqual(LISTED);
    fc.assert(
      fc.property(fc.subarray([...ALL]), (has) => {
        const answers = optimusAnswers(new Set(has));
        expect(answers.map(({ id }) => id)).toEqual(LISTED);
        for (const { because } of answers) expect(because).toMatch(/^[^.]+[^.]$/);
      }),
    );
  });

  test('as it was tried: q35, OVMF, ROM, subsystem ids and a slice of the Intel GPU', () => {
    expect(said('rom', 'table', 'subsystem', 'q35', 'ovmf', 'slice')).toEqual({
      'compute-intel': 'works',
      'compute-nouveau': 'works',
      'render-intel': 'works',
      'render-nouveau': 'works',
      'nvidia-prime': 'works',
      windows: 'works',
      'reverse-prime-qxl': 'needs patch',
      'qxl-primary': 'needs patch',
      bumblebee: 'needs patch',
      'sole-gpu': 'never',
      wayland: 'untested',
      'remote-display': 'works',
    });
  });

  test('without the table the driver of NVIDIA needs its patch, elsewhere than tried nobody knows', () => {
    expect(said('rom', 'subsystem', 'q35', 'ovmf', 'slice')).toMatchObject({
      'nvidia-prime': 'needs patch',
      windows: 'needs patch',
    });
    expect(said('rom', 'table', 'subsystem', 'slice')).toMatchObject({
      'render-nouveau': 'untested',
      'render-intel': 'untested',
    });
    expect(said('rom', 'table')).toMatchObject({ windows: 'untested' });
  });

  test('a card with outputs is the only GPU too', () => {
    expect(said('outputs', 'rom')).toMatchObject({ 'sole-gpu': 'works', 'nvidia-prime': 'works', windows: 'works' });
  });
});
