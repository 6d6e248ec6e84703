// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { FINE, type FindingRule } from '../finding.ts';

const TASK =
  /task (kvm|qemu\S*|CPU \d+\/KVM|modprobe|(systemd-)?udevd|kworker\S*(i915|xe|drm)\S*|node|pveigpu\S*|i915\S*|xe\S*|vfio\S*):\d+ blocked for more than \d+ seconds/;

/** A task that works on the GPU waits for minutes (kernel/hung_task.c). */
export const HUNG_TASK: FindingRule = {
  id: 'kernel.hung-task',
  severity: 'warning',
  title: 'A task hangs in the kernel',
  reference: 'https://docs.kernel.org/admin-guide/sysctl/kernel.html#hung-task-timeout-secs',
  follows: ['vf.removal-open', 'kernel.driver-crashed', 'kernel.gpu-wedged'],
  examine: ({ facts }) => {
    const line = (ifKnown(facts.logs)?.lines ?? []).filter((one) => TASK.test(one)).at(-1);
    if (line === undefined) return FINE;
    return {
      state: 'problem',
      because: `The task ${TASK.exec(line)?.[1]} has waited in the kernel for minutes, and can be neither ended nor killed.`,
      evidence: [{ source: 'kernel log', value: line.trim() }],
      remedy: { text: 'Look at the lines before it in the kernel log; where nothing lets it go on, reboot the node.' },
    };
  },
};
