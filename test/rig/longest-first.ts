// SPDX-License-Identifier: AGPL-3.0-or-later
import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Case files by how long they take, the longest first, so that two workers end at about the same time. */
const ORDER = [
  'apply',
  'apply-kills',
  'trial',
  'driver',
  'calibration',
  'vf-kills',
  'boot-vfs',
  'hook-kills',
  'handover',
  'acpi',
  'product-vf',
  'mdev',
  'guest-agent',
  'grub',
  'hook-guard',
  'hook',
  'container',
  'product-machines',
  'attributes',
];

/** Begins with the case files that take longest; one that is not listed comes first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => ORDER.indexOf(basename(moduleId, '.case.ts'));
    return [...files].sort((a, b) => place(a) - place(b));
  }
}
