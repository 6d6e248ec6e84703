// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Aml, packaged, terms } from './aml.ts';

/** Terms that compute and decide (ACPI specification 6.5, 20.2.5). An operand is a byte (a local or argument) or a term. */
type Operand = number | Aml;

const NO_TARGET = 0x00;

/** `Store (from, to)`. */
export function store(from: Operand, to: Operand): Aml {
  return terms(0x70, from, to);
}

/** `Subtract (from, what, to)`. */
export function subtract(from: Operand, what: Operand, to: Operand): Aml {
  return terms(0x74, from, what, to);
}

/** `Add (a, b, to)`. */
export function add(a: Operand, b: Operand, to: Operand): Aml {
  return terms(0x72, a, b, to);
}

/** `Divide (dividend, divisor, remainder, quotient)`. */
export function divide(dividend: Operand, divisor: Operand, remainder: Operand, quotient: Operand): Aml {
  return terms(0x78, dividend, divisor, remainder, quotient);
}

/** `Concatenate (a, b, to)`. */
export function concatenate(a: Operand, b: Operand, to: Operand): Aml {
  return terms(0x73, a, b, to);
}

/** `Mid (source, start, length, to)`: what lies within the source, and no more. */
export function mid(source: Operand, start: Operand, length: Operand, to: Operand): Aml {
  return terms(0x9e, source, start, length, to);
}

/** `SizeOf (what)`. */
export function sizeOf(what: Operand): Aml {
  return terms(0x87, what);
}

/** `a < b`. */
export function less(a: Operand, b: Operand): Aml {
  return terms(0x95, a, b);
}

/** `a > b`. */
export function greater(a: Operand, b: Operand): Aml {
  return terms(0x94, a, b);
}

/** `!a`. */
export function not(a: Operand): Aml {
  return terms(0x92, a);
}

/** `a == b`. */
export function equal(a: Operand, b: Operand): Aml {
  return terms(0x93, a, b);
}

/** `a || b`. */
export function either(a: Operand, b: Operand): Aml {
  return terms(0x91, a, b);
}

/** `CondRefOf (what)`, whether such an object exists. */
export function exists(what: Operand): Aml {
  return terms(0x5b, 0x12, what, NO_TARGET);
}

/** `If (condition) {body}`. */
export function when(condition: Operand, ...body: readonly Aml[]): Aml {
  return terms(0xa0, packaged(terms(condition, ...body)));
}

/** `Return (value)`. */
export function giveBack(value: Operand): Aml {
  return terms(0xa4, value);
}
