// SPDX-License-Identifier: AGPL-3.0-or-later
import { initramfsPaths, readInitramfs } from '../boot/initramfs.ts';
import type { Program } from '../machine.ts';
import { UnknownCall } from './table.ts';

/** `lsinitramfs PATH`: the files in an initramfs, one a line, without a slash before them. */
export const lsinitramfs: Program = async (machine, argv) => {
  const [, path] = argv;
  if (path === undefined || argv.length > 2 || path.startsWith('-')) throw new UnknownCall(argv);
  const text = machine.tree.text(path);
  if (text === undefined) return { exitCode: 1, stdout: '', stderr: `cpio: ${path}: Cannot open: No such file or directory\n` };
  const image = readInitramfs(text);
  if (image === undefined) return { exitCode: 2, stdout: '', stderr: 'cpio: premature end of archive\n' };
  return {
    exitCode: 0,
    stdout: initramfsPaths(image)
      .map((line) => `${line}\n`)
      .join(''),
    stderr: '',
  };
};
