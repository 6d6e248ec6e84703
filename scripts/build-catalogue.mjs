// SPDX-License-Identifier: AGPL-3.0-or-later
/**
 * Compiles the tables of `data/` into `src/core/gpu/catalogue-data.ts`: repeated texts are stored once, rows are lines of
 * tab-separated cells, and numbers in cells are base 36. `--print` writes the module to the standard output instead.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const LINE_OF_PCIIDS = /(pciids\.h:)(\d+)/;
const PCI_IDS_H = 'linux 7.3.4 include/linux/pci_ids.h:';

/** Rows of a table as objects by column name; lines that start with `#` are comments. */
function table(path) {
  const lines = readFileSync(at(path), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [head, ...rows] = lines.map((line) => line.split('\t'));
  return rows.map((row) => {
    if (row.length !== head.length) throw new Error(`${path}: "${row.join(' | ')}" has ${row.length} cells, not ${head.length}`);
    return Object.fromEntries(head.map((name, i) => [name, row[i]]));
  });
}

/** Gives equal texts the same number, in order of first appearance. */
function intern() {
  const numbers = new Map();
  return {
    number(text) {
      if (!numbers.has(text)) numbers.set(text, numbers.size);
      return numbers.get(text).toString(36);
    },
    texts: () => [...numbers.keys()],
  };
}

function compile() {
  const source = JSON.parse(readFileSync(at('data/intel-gpu-families.json'), 'utf8'));
  const releases = JSON.parse(readFileSync(at('data/dkms-releases.json'), 'utf8'));
  const gpus = table('data/intel-gpus.tsv');
  const companions = table('data/intel-companions.tsv');

  const names = Object.keys(source.families);
  const fields = Object.keys(source.families[names[0]]);
  const values = fields.map(() => intern());
  const families = names.map((name) => {
    const family = source.families[name];
    const own = Object.keys(family);
    if (own.join() !== fields.join()) throw new Error(`family ${name} has the fields ${own.join()}`);
    return fields.map((field, i) => values[i].number(JSON.stringify(family[field]))).join(' ');
  });

  const texts = intern();
  const parts = intern();
  const seen = new Set();
  const rows = gpus.map((gpu) => {
    const family = names.indexOf(gpu.family);
    if (family < 0) throw new Error(`${gpu.device}: there is no family ${gpu.family}`);
    if (!/^[0-9a-f]{4}$/.test(gpu.device) || seen.has(gpu.device)) throw new Error(`${gpu.device}: bad or repeated id`);
    seen.add(gpu.device);
    const line = LINE_OF_PCIIDS.exec(gpu.evidence)?.[2] ?? '';
    const evidence = gpu.evidence.replace(LINE_OF_PCIIDS, '$1#').split('; ');
    return [
      gpu.device,
      family.toString(36),
      gpu.gt,
      gpu.skuHint === '' ? '' : texts.number(gpu.skuHint),
      gpu.name === '' ? '' : texts.number(gpu.name),
      line,
      evidence.map((part) => parts.number(part)).join(' '),
    ].join('\t');
  });
  const others = companions.map((row) => {
    const linux = row.evidence.replaceAll(PCI_IDS_H, '@');
    return [row.device, row.platforms, row.role, row.bdfHint, row.name, texts.number(row.description), linux].join('\t');
  });

  const template = (lines) => `\`\n${lines.map((line) => line.replace(/[\\`$]/g, '\\$&')).join('\n')}\n\``;
  return `// SPDX-License-Identifier: AGPL-3.0-or-later
// Compiled from data/ by scripts/build-catalogue.mjs. Do not edit: change the tables and run \`npm run catalogue\`.

/** When the sources were read, \`YYYY-MM-DD\`. */
export const CATALOGUE_DATE = '${source.date}';

/** One GPU a line: device, family, GT, SKU text, name text, line in pciids.h, parts of the evidence. */
export const GPU_ROWS = ${template(rows)};

/** Texts of SKUs, names and descriptions, one a line. */
export const GPU_TEXTS = ${template(texts.texts())};

/** Parts of evidence, one a line; \`#\` stands for the line in pciids.h. */
export const EVIDENCE_PARTS = ${template(parts.texts())};

/** One family a line: per field the number of its value. */
export const FAMILY_ROWS = ${template(families)};

/** One field a line: its name and its distinct values as JSON. */
export const FAMILY_FIELDS = ${template(fields.map((field, i) => `${field}\t${values[i].texts().join('\t')}`))};

/** One companion a line: device, platforms, role, usual address, name, description text, evidence (\`@\` for linux 7.3.4 pci_ids.h). */
export const COMPANION_ROWS = ${template(others)};

/** The releases of i915-sriov-dkms with their kernels, oldest first, as JSON. */
export const DKMS_RELEASES = ${template([JSON.stringify({ ...releases, semantics: undefined })])};
`;
}

/** The advisories, one a line, so that a change of one is a change of one line. */
function compileAdvisories() {
  const { date, advisories } = JSON.parse(readFileSync(at('data/known-bad-kernels.json'), 'utf8'));
  const lines = advisories.map((one) => JSON.stringify(one)).join('\n');
  return `// SPDX-License-Identifier: AGPL-3.0-or-later
// Compiled from data/ by scripts/build-catalogue.mjs. Do not edit: change the table and run \`npm run catalogue\`.

/** When the threads were read, \`YYYY-MM-DD\`. */
export const ADVISORIES_DATE = '${date}';

/** Kernels and driver releases that are known for trouble, one a line as JSON. */
export const ADVISORY_ROWS = \`
${lines}
\`;
`;
}

const text = compile();
const advisories = compileAdvisories();
if (process.argv.includes('--print')) process.stdout.write(text);
else if (process.argv.includes('--print-advisories')) process.stdout.write(advisories);
else {
  writeFileSync(at('src/core/gpu/catalogue-data.ts'), text);
  writeFileSync(at('src/core/doctor/kernel/advisory-data.ts'), advisories);
}
