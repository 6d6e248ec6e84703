// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SectionName } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Evidence } from '../gpu/verdict.ts';
import { type NodeView, nodeView } from '../status/node-view.ts';
import type { DoctorCase } from './doctor-case.ts';
import { examine, type Finding } from './examine.ts';
import { AREAS, type Area, type FindingId, type FindingRule, type Severity } from './finding.ts';
import { type FirmwareSwitch, firmwareSwitches } from './firmware-switches.ts';
import { fixArguments, isPlan } from './fix.ts';
import { type Folded, fold, type GpuOf } from './fold.ts';

/** One problem as it is shown, with what follows from it. */
export interface Diagnosis {
  readonly id: FindingId;
  readonly area: Area;
  readonly severity: Severity;
  readonly title: string;
  readonly subject?: string;
  readonly because: string;
  readonly evidence: readonly Evidence[];
  readonly remedy: string;
  /** The arguments of the pveigpu command that mends it, and whether that command shows a plan first, so that `--fix` can run it. */
  readonly fix?: { readonly arguments: readonly string[]; readonly plan: boolean };
  readonly reference: string;
  readonly consequences: readonly Diagnosis[];
}

/** What could not be looked at. */
export interface UnmeasuredView {
  readonly id: FindingId;
  readonly subject?: string;
  readonly because: string;
  readonly needs?: 'deep' | 'root';
  /** Whether the whole answer is open without it. */
  readonly matters: boolean;
}

/** The value of `doctor --json`. */
export interface DoctorView {
  readonly format: 1;
  readonly answer: 'healthy' | 'problems' | 'unknown';
  readonly node: NodeView;
  /** How many findings were looked for. */
  readonly looked: number;
  readonly deep: boolean;
  /** By area, the worst first; what follows from another one stands below that one. */
  readonly problems: readonly Diagnosis[];
  /** What works and could be better. */
  readonly advice: readonly Diagnosis[];
  /** What looks wrong and is not. */
  readonly notes: readonly Diagnosis[];
  readonly unmeasured: readonly UnmeasuredView[];
  readonly switches: readonly FirmwareSwitch[];
}

/** What the rules say of a machine. With `only` it is about those findings alone, with their causes and consequences. */
export function doctorView(
  ground: DoctorCase,
  rules: readonly FindingRule[],
  { deep, only = () => true }: { readonly deep: boolean; readonly only?: (rule: FindingRule) => boolean },
): DoctorView {
  const findings = examine(ground, rules);
  const trees = fold(findings, gpuOf(ground)).filter((tree) => holds(tree, only));
  const sorted = byArea(trees.map(diagnosis));
  const problems = sorted.filter((one) => worst(one) < ADVICE);
  const unmeasured = findings.filter(({ rule }) => only(rule)).flatMap(unmeasuredOf);
  const isOpen = unmeasured.some(({ matters }) => matters) || hasBlindSpot(ground);
  return {
    format: 1,
    answer: problems.length > 0 ? 'problems' : isOpen ? 'unknown' : 'healthy',
    node: nodeView(ground.facts),
    looked: rules.filter(only).length,
    deep,
    problems,
    advice: sorted.filter((one) => worst(one) === ADVICE),
    notes: sorted.filter((one) => worst(one) === NOTE),
    unmeasured,
    switches: firmwareSwitches(ground.facts),
  };
}

/** Sections without which next to nothing can be said; of others their findings know whether they matter. */
const VITAL: readonly SectionName[] = ['pci', 'platform', 'kernel', 'modules', 'guests', 'boot', 'config'];

function hasBlindSpot({ facts, desired }: DoctorCase): boolean {
  return desired.state === 'unknown' || VITAL.some((name) => facts[name].state === 'unknown');
}

const SEVERITIES: readonly Severity[] = ['critical', 'error', 'warning', 'advice', 'note'];
const ADVICE = SEVERITIES.indexOf('advice');
const NOTE = SEVERITIES.indexOf('note');

/** How bad the worst of a tree is: 0 is the worst there can be. */
function worst({ severity, consequences }: Diagnosis): number {
  return consequences.reduce((least, one) => Math.min(least, worst(one)), SEVERITIES.indexOf(severity));
}

/** Areas in the order of their worst problem, and within each the worst first; what is equal stays in the order of the rules. */
function byArea(all: readonly Diagnosis[]): readonly Diagnosis[] {
  const groups = AREAS.map((area) => all.filter((one) => one.area === area).sort((a, b) => worst(a) - worst(b)));
  const worstOfGroup = ([first]: readonly Diagnosis[]) => (first === undefined ? NOTE : worst(first));
  return groups.sort((a, b) => worstOfGroup(a) - worstOfGroup(b)).flat();
}

/** The first word of a finding's id. */
export function areaOf({ id }: Pick<FindingRule, 'id'>): Area {
  return id.slice(0, id.indexOf('.')) as Area;
}

function holds(tree: Folded, only: (rule: FindingRule) => boolean): boolean {
  return only(tree.rule) || tree.consequences.some((one) => holds(one, only));
}

function diagnosis({ rule, trouble, consequences }: Folded): Diagnosis {
  const { subject, because, evidence, remedy } = trouble;
  const fix = remedy.fix === undefined ? {} : { fix: { arguments: fixArguments(remedy.fix), plan: isPlan(remedy.fix) } };
  return {
    id: rule.id,
    area: areaOf(rule),
    severity: rule.severity,
    title: rule.title,
    ...(subject === undefined ? {} : { subject }),
    because,
    evidence,
    remedy: remedy.text,
    ...fix,
    reference: rule.reference,
    consequences: consequences.map(diagnosis),
  };
}

function unmeasuredOf({ rule, outcome }: Finding): readonly UnmeasuredView[] {
  if (outcome.state !== 'unmeasured') return [];
  const { state: _state, ...said } = outcome;
  return [{ id: rule.id, ...said, matters: rule.matters === true }];
}

function gpuOf({ facts }: DoctorCase): GpuOf {
  const displays = ifKnown(facts.pci)?.displays ?? [];
  const parents = new Map(
    displays.flatMap(({ bdf, physfn }) => (physfn === undefined ? [] : [[bdf as string, physfn as string]])),
  );
  return (address) => parents.get(address) ?? address;
}
