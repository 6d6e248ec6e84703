// SPDX-License-Identifier: AGPL-3.0-or-later

/** What of guest and card a way to use the card rests on. */
export type OptimusNeed =
  /** The card has outputs (a VGA controller), so that it is no Optimus card at all. */
  | 'outputs'
  /** The guest gets a ROM with `romfile`. */
  | 'rom'
  /** The guest finds the ROM in ACPI. */
  | 'table'
  /** The guest sees the maker's subsystem ids. */
  | 'subsystem'
  | 'q35'
  | 'ovmf'
  /** The guest has a slice of the Intel GPU too. */
  | 'slice';

/** Works as far as it was reported; works with a changed program; cannot work; nobody has said so or otherwise. */
export type OptimusVerdict = 'works' | 'needs patch' | 'never' | 'untested';

/** One way to use the card in a guest. The first case whose needs are all there holds; the last one has none. */
export interface OptimusRow {
  readonly id: string;
  readonly what: string;
  readonly cases: readonly {
    readonly needs: readonly OptimusNeed[];
    readonly verdict: OptimusVerdict;
    readonly because: string;
  }[];
}

const SLICE_FIRST = 'once the guest has a slice of the Intel GPU too (pveigpu assign)';
const NO_TABLE = 'the driver of NVIDIA looks for the ROM in ACPI and nowhere else';

/**
 * Ways that people have tried with an NVIDIA card without outputs (https://github.com/jscinoz/optimus-vfio-docs, and its issue 2;
 * lion328/gpu-passthrough; the driver's own nv-acpi.c in NVIDIA/open-gpu-kernel-modules).
 */
export const OPTIMUS_ROWS: readonly OptimusRow[] = [
  {
    id: 'compute-intel',
    what: 'compute on the slice of the Intel GPU',
    cases: [
      { needs: ['slice'], verdict: 'works', because: 'by its render node, without a display' },
      { needs: [], verdict: 'works', because: SLICE_FIRST },
    ],
  },
  {
    id: 'compute-nouveau',
    what: 'compute on the NVIDIA card with nouveau',
    cases: [
      { needs: ['rom'], verdict: 'works', because: 'by its render node, without a display' },
      { needs: [], verdict: 'works', because: 'once nouveau finds a ROM (--rom)' },
    ],
  },
  {
    id: 'render-intel',
    what: 'render on the slice of the Intel GPU as the primary one',
    cases: [
      { needs: ['slice', 'q35', 'ovmf'], verdict: 'works', because: 'no ROM is needed for it' },
      { needs: ['slice'], verdict: 'untested', because: 'it was tried with q35 and OVMF alone' },
      { needs: [], verdict: 'works', because: SLICE_FIRST },
    ],
  },
  {
    id: 'render-nouveau',
    what: 'render on the NVIDIA card with nouveau, the slice of the Intel GPU being the primary one',
    cases: [
      {
        needs: ['slice', 'rom', 'subsystem', 'q35', 'ovmf'],
        verdict: 'works',
        because: "when the guest's kernel is started by its EFI stub or with EFI handover; nouveau finds no ROM else",
      },
      { needs: ['slice', 'rom', 'subsystem'], verdict: 'untested', because: 'it was tried with q35 and OVMF alone' },
      { needs: ['slice'], verdict: 'works', because: 'once nouveau finds a ROM (--rom) and the subsystem ids (--subsystem)' },
      { needs: [], verdict: 'works', because: SLICE_FIRST },
    ],
  },
  {
    id: 'nvidia-prime',
    what: 'render on the NVIDIA card with the driver of NVIDIA, by PRIME from the slice of the Intel GPU',
    cases: [
      { needs: ['outputs'], verdict: 'works', because: 'a card with outputs has its ROM from romfile' },
      { needs: ['table', 'slice'], verdict: 'works', because: 'shown with a driver that was patched to read the same bytes' },
      { needs: ['table'], verdict: 'works', because: SLICE_FIRST },
      { needs: [], verdict: 'needs patch', because: NO_TABLE },
    ],
  },
  {
    id: 'windows',
    what: 'a guest of Windows with the driver of NVIDIA',
    cases: [
      { needs: ['outputs'], verdict: 'works', because: 'a card with outputs has its ROM from romfile' },
      {
        needs: ['table', 'subsystem'],
        verdict: 'works',
        because: 'reported of GTX 1050, GTX 1060 and Quadro M1200, not of MX330; with Code 43 try --battery',
      },
      {
        needs: ['table'],
        verdict: 'untested',
        because: 'the driver takes a card of a laptop by its subsystem ids (--subsystem)',
      },
      { needs: [], verdict: 'needs patch', because: NO_TABLE },
    ],
  },
  {
    id: 'reverse-prime-qxl',
    what: 'reverse PRIME to QXL, for SPICE',
    cases: [{ needs: [], verdict: 'needs patch', because: 'setting a mode fails in the kernel: swiotlb buffer is full' }],
  },
  {
    id: 'qxl-primary',
    what: 'QXL as the primary GPU and the others beside it',
    cases: [
      {
        needs: [],
        verdict: 'needs patch',
        because: 'QXL shows pictures of others (Sink Output) and cannot have them rendered there',
      },
    ],
  },
  {
    id: 'bumblebee',
    what: 'Bumblebee',
    cases: [{ needs: [], verdict: 'needs patch', because: 'bumblebeed wants an Intel card, and its X server an output' }],
  },
  {
    id: 'sole-gpu',
    what: 'the NVIDIA card as the only GPU of a desktop',
    cases: [
      { needs: ['outputs'], verdict: 'works', because: 'it has outputs' },
      { needs: [], verdict: 'never', because: 'it has no outputs, and the dummy driver of X no PRIME' },
    ],
  },
  { id: 'wayland', what: 'Wayland', cases: [{ needs: [], verdict: 'untested', because: 'nobody has reported it' }] },
  {
    id: 'remote-display',
    what: 'a remote display',
    cases: [
      { needs: ['outputs'], verdict: 'works', because: 'as with any card' },
      { needs: [], verdict: 'works', because: 'and is the only way: the card itself shows nothing' },
    ],
  },
];

/** What holds of one way. */
export interface OptimusAnswer {
  readonly id: string;
  readonly what: string;
  readonly verdict: OptimusVerdict;
  readonly because: string;
}

/** One answer for each way, given what guest and card have. */
export function optimusAnswers(has: ReadonlySet<OptimusNeed>): readonly OptimusAnswer[] {
  return OPTIMUS_ROWS.flatMap(({ id, what, cases }) => {
    const found = cases.find(({ needs }) => needs.every((need) => has.has(need)));
    return found === undefined ? [] : [{ id, what, verdict: found.verdict, because: found.because }];
  });
}
