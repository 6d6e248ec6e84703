// SPDX-License-Identifier: AGPL-3.0-or-later
import { withComponents } from './apt-components.ts';
import { majorOf } from './distribution.ts';
import type { InsideCase } from './inside-case.ts';
import { type InsideCommand, type InsideStep, quick, writeFile } from './inside-step.ts';

/** A generation that the catalogue does not know is one of the newest. */
const NEWEST_GEN = 12;

/** Firmware, media driver and groups of a Linux guest, VM or container. */
export function mediaSteps(inside: InsideCase): readonly InsideStep[] {
  const { known } = inside.linux;
  if (known === undefined)
    return [
      {
        id: 'media-driver',
        text: "Its distribution is not known: install Intel's media driver for VA-API (iHD), vainfo and ffmpeg with its package manager, or name it with --os debian, ubuntu, fedora, arch or alpine.",
        commands: [],
        by: 'you',
      },
    ];
  const { distribution } = known;
  const major = majorOf(known.version);
  const gen = inside.entry.graphicsGen === 'unknown' ? NEWEST_GEN : inside.entry.graphicsGen;
  const { driver, quickSync, tools } = distribution.media(major, gen);
  // A VF finds its firmware loaded, and in a container the host's kernel loads it.
  const firmware = inside.slice.kind === 'gpu' ? distribution.firmware(major, inside.entry) : [];
  const before = distribution.before?.(known.version) ?? [];
  return [
    ...components(
      inside,
      distribution.components(major).filter((name) => firmware.length > 0 || name !== 'non-free-firmware'),
    ),
    ...(before.length === 0
      ? []
      : [
          {
            id: 'repository',
            text: distribution.beforeText ?? '',
            commands: before,
            by: 'pveigpu' as const,
            source: distribution.source,
          },
        ]),
    {
      id: 'media-driver',
      text: `${distribution.title}: ${firmware.length === 0 ? '' : 'the firmware of the GPU, '}the VA-API driver${quickSync.length === 0 ? '' : ', the Quick Sync runtime'} and programs that show whether they work.`,
      commands: [...distribution.refresh, distribution.install([...firmware, ...driver, ...quickSync, ...tools])],
      by: 'pveigpu',
      source: distribution.source,
    },
    ...groups(inside),
  ];
}

/** Turns on the components that the packages are in, in lines and stanzas alike. */
function components({ linux }: InsideCase, names: readonly string[]): readonly InsideStep[] {
  const commands =
    linux.apt === undefined
      ? blindly(linux.known?.distribution.id, names)
      : withComponents(linux.apt, names).map(({ path, text }) => writeFile(path, text));
  if (commands.length === 0) return [];
  return [
    {
      id: 'components',
      text: `The archive's ${names.length === 1 ? 'component' : 'components'} ${names.join(' and ')} must be on: what follows is in there.`,
      commands,
      by: 'pveigpu',
      source: 'sources.list(5)',
    },
  ];
}

/** For a guest that cannot be looked into: Debian's own file, where it has not got them yet. Ubuntu's images have all components. */
function blindly(id: string | undefined, names: readonly string[]): readonly InsideCommand[] {
  if (id !== 'debian') return [];
  const edit = `/^Components:/{/non-free( |$)/!s/$/ ${names.join(' ')}/}`;
  return [quick('sed', '-i', '-E', edit, '/etc/apt/sources.list.d/debian.sources')];
}

function groups({ linux, user }: InsideCase): readonly InsideStep[] {
  const { distribution } = linux.known ?? {};
  const text = 'Who uses the GPU must be in the groups render (renderD128) and video (card0); root needs neither.';
  if (user === undefined || distribution === undefined)
    return [{ id: 'groups', text: `${text} Name a user or the account of a service with --user.`, commands: [], by: 'you' }];
  return [{ id: 'groups', text, commands: [distribution.join(user, 'video'), distribution.join(user, 'render')], by: 'pveigpu' }];
}
