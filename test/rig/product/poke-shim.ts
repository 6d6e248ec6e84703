// SPDX-License-Identifier: AGPL-3.0-or-later
import type { VirtualMachine } from '../machine/virtual-machine.ts';

/** Where the shim keeps its orders (`kill-at`, `when`, `meddle`) and what it saw (`count`, `log`). */
const FOLDER = '/tmp/pokes';

/**
 * Stands before perl in the guest. Every sysfs write of the product is a perl of its own; this counts and notes them, and at
 * one of them kills the process that asked. All else, the hook's own perl too, passes unseen.
 */
const SHIM = `#!/bin/sh
case $1$2 in -e*syswrite*) ;; *) exec /usr/bin/perl.real "$@" ;; esac
[ -d ${FOLDER} ] || exec /usr/bin/perl.real "$@"
n=$(($(cat ${FOLDER}/count) + 1))
echo $n > ${FOLDER}/count
echo "$4 $5" >> ${FOLDER}/log
if [ $n = "$(cat ${FOLDER}/kill-at 2> /dev/null)" ]; then
  case $(cat ${FOLDER}/when) in
    after) /usr/bin/perl.real "$@" > /dev/null; kill -9 $PPID ;;
    before) kill -9 $PPID ;;
    # The writer outlives who asked, and writes while the next run is at work.
    late) rm -f ${FOLDER}-late; kill -9 $PPID; sleep 2; /usr/bin/perl.real "$@" > /dev/null; : > ${FOLDER}-late ;;
  esac
  exit
fi
[ ! -e ${FOLDER}/meddle ] || { /usr/bin/perl.real "$@"; code=$?; . ${FOLDER}/meddle; exit $code; }
exec /usr/bin/perl.real "$@"
`;

/** Puts the shim into a booted machine, whose disk is thrown away. It does nothing until `watchPokes`. */
export async function installPokeShim(machine: VirtualMachine): Promise<void> {
  await machine.must(
    `mv /usr/bin/perl /usr/bin/perl.real && cat > /usr/bin/perl && chmod 755 /usr/bin/perl && perl -e 'exit 0' && rm -rf ${FOLDER}`,
    { input: SHIM },
  );
}

/** Shell text that begins to count anew, with the orders given; the command that follows is watched. */
export function watchPokes(orders: { readonly [order: string]: string } = {}): string {
  const files = Object.entries(orders).map(([name, text]) => `cat > ${FOLDER}/${name} <<'END'\n${text}\nEND`);
  return [`rm -rf ${FOLDER}; mkdir ${FOLDER}; echo 0 > ${FOLDER}/count; : > ${FOLDER}/log`, ...files].join('\n');
}

/** Shell text that prints the writes seen, `PATH VALUE` a line. */
export const SHOW_POKES = `cat ${FOLDER}/log`;

/** Shell text that waits for the write of a `late` kill. */
export const AWAIT_LATE_POKE = `for n in $(seq 100); do [ ! -e ${FOLDER}-late ] || break; sleep 0.1; done; rm ${FOLDER}-late`;
