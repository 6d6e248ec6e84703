// SPDX-License-Identifier: AGPL-3.0-or-later

/** What may be asked besides the NVIDIA card itself. */
export interface OptimusWish {
  /** A battery in ACPI. */
  readonly battery?: boolean;
  /** The subsystem ids that the guest shall see, four lower-case hex digits each. */
  readonly subsystem?: SubsystemIds;
}

export interface SubsystemIds {
  readonly vendor: string;
  readonly device: string;
}
