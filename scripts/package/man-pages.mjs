// SPDX-License-Identifier: AGPL-3.0-or-later
// Man pages from the command table and from the settings, in the language of man(7).

const EXITS = [
  ['0', 'done, or healthy'],
  ['1', 'failed, or unhealthy'],
  ['2', 'a wrong command line'],
  ['3', 'differs (plan, assert)'],
  ['4', 'done, and a reboot is needed (apply)'],
  ['5', 'somebody else changed it meanwhile, or is at work'],
  ['6', 'this hardware or host cannot'],
  ['7', 'could not be measured (doctor, driver check)'],
];

const FILES = [
  ['/etc/pveigpu/pveigpu.conf', 'what the administrator wants by default, see pveigpu.conf(5)'],
  ['/var/lib/pveigpu', 'what was asked for, what is ours on this node, and what was done; the only way back'],
  ['/run/pveigpu', 'locks, and the socket of the API'],
  ['/usr/lib/pveigpu/hook.cjs', 'what the hookscript of guests runs'],
];

/** Text as it stands: no line of it is taken for a request, and hyphens can be copied into a shell. */
function roff(text) {
  return text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^([.'])/gm, '\\&$1');
}

const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
const item = (term, text) => `.TP\n${term}\n${roff(text)}`;

function option({ flags, description }) {
  const [names, value] = flags.split(' <');
  return item(`\\fB${roff(names)}\\fR${value === undefined ? '' : ` \\fI${roff(value.replace('>', ''))}\\fR`}`, description);
}

/** pveigpu(1). */
export function commandPage({ COMMANDS, effectiveOptions, GLOBAL_OPTIONS }, version) {
  const command = (spec, before) => {
    if (spec.hidden === true) return [];
    const words = [...before, spec.name];
    const places = (spec.arguments ?? []).map(({ name, optional }) => ` ${optional ? `[\\fI${name}\\fR]` : `\\fI${name}\\fR`}`);
    if (spec.sub !== undefined) return spec.sub.flatMap((sub) => command(sub, words));
    const options = effectiveOptions(spec);
    return [
      `.SS "${words.join(' ')}"`,
      `.B pveigpu ${words.join(' ')}${places.length === 0 ? '' : `\\fR${places.join('')}`}${options.length === 0 ? '' : ' \\fR[options]'}`,
      '.PP',
      roff(sentence(spec.summary)),
      ...(spec.details === undefined ? [] : [roff(spec.details)]),
      ...(spec.arguments ?? []).map(({ name, description }) => item(`\\fI${name}\\fR`, description)),
      ...options.map(option),
      ...(spec.examples.length === 0
        ? []
        : ['.PP', 'Examples:', ...spec.examples.map(({ line, does }) => item(`\\fB${roff(line)}\\fR`, does))]),
    ];
  };
  return page('PVEIGPU', 1, version, [
    '.SH NAME',
    'pveigpu \\- one Intel GPU for the guests of a Proxmox VE node',
    '.SH SYNOPSIS',
    '.B pveigpu\n.I command\n.RI [ options ]',
    '.SH DESCRIPTION',
    roff(
      'pveigpu tells what a node can do with its Intel GPU, prepares the host, hands slices of the GPU to guests, keeps them working across reboots and kernel upgrades, and takes everything back as it was. Each command that changes something shows what it would do and asks once.',
    ),
    '.SH OPTIONS',
    'For every command:',
    ...GLOBAL_OPTIONS.map(option),
    '.SH COMMANDS',
    ...COMMANDS.flatMap((spec) => command(spec, [])),
    '.SH EXIT STATUS',
    ...EXITS.map(([code, means]) => item(`.B ${code}`, means)),
    '.SH FILES',
    ...FILES.map(([path, what]) => item(`.I ${path}`, what)),
    '.SH SEE ALSO',
    '.BR pveigpu.conf (5),\n.BR qm (1),\n.BR pct (1)',
  ]);
}

/** pveigpu.conf(5). */
export function settingsPage(settings, version) {
  const sections = [...new Set(settings.map(({ section }) => section))];
  return page('PVEIGPU.CONF', 5, version, [
    '.SH NAME',
    'pveigpu.conf \\- what the administrator wants of pveigpu by default',
    '.SH SYNOPSIS',
    '.I /etc/pveigpu/pveigpu.conf',
    '.SH DESCRIPTION',
    'The file is read and never written by',
    '.BR pveigpu (1).',
    roff(
      'Without it the defaults hold, and what is given on the command line goes before it. Lines are NAME = VALUE below a [SECTION]; a line that begins with # or ; is a comment. A misspelt section, name or value is refused, since it would do nothing without a word.',
    ),
    ...sections.flatMap((section) => [
      `.SS [${section}]`,
      ...settings
        .filter((setting) => setting.section === section)
        .map(({ name, value, text }) => item(`\\fB${roff(name)}\\fR = \\fI${roff(value)}\\fR`, sentence(text.join(' ')))),
    ]),
    '.SH SEE ALSO',
    '.BR pveigpu (1)',
  ]);
}

function page(name, section, version, lines) {
  return `.\\" Made from the program by scripts/package-texts.mjs.\n.TH ${name} ${section} "" "pveigpu ${version}"\n${lines.join('\n')}\n`;
}
