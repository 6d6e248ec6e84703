// SPDX-License-Identifier: AGPL-3.0-or-later

/** One display adapter as Windows sees it. */
export interface WindowsAdapter {
  readonly name: string;
  readonly driverVersion: string;
  /** Error code of the device manager: 0 for none, 43 for the one that everybody meets. */
  readonly errorCode: number;
  readonly pnpId: string;
}

/** Prints the adapters as JSON (Win32_VideoController, learn.microsoft.com); one adapter comes as an object, several as a list. */
export const WINDOWS_QUERY: readonly [string, ...string[]] = [
  'powershell.exe',
  '-NoProfile',
  '-NonInteractive',
  '-Command',
  'Get-CimInstance Win32_VideoController | Select-Object Name,DriverVersion,ConfigManagerErrorCode,PNPDeviceID | ConvertTo-Json -Compress',
];

/** Reads that answer; undefined when it is none. */
export function parseWindowsAdapters(text: string): readonly WindowsAdapter[] | undefined {
  const value = parsed(text.replace(/^\ufeff/, ''));
  if (value === undefined) return undefined;
  return (Array.isArray(value) ? value : [value]).flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return [];
    const { Name, DriverVersion, ConfigManagerErrorCode, PNPDeviceID } = one as { [key: string]: unknown };
    return [
      {
        name: typeof Name === 'string' ? Name : '',
        driverVersion: typeof DriverVersion === 'string' ? DriverVersion : '',
        errorCode: typeof ConfigManagerErrorCode === 'number' ? ConfigManagerErrorCode : 0,
        pnpId: typeof PNPDeviceID === 'string' ? PNPDeviceID : '',
      },
    ];
  });
}

/** Whether an adapter is an Intel GPU. */
export function isIntelAdapter({ pnpId }: WindowsAdapter): boolean {
  return /^PCI\\VEN_8086&/i.test(pnpId);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
