#!/usr/bin/perl
# SPDX-License-Identifier: AGPL-3.0-or-later
# pveigpu: makes the GPU slice of a guest ready when it starts. PVE calls this as: pveigpu-hook VMID PHASE
# No modules are loaded, so that a phase with nothing to do costs no more than perl itself.

my ($vmid, $phase) = @ARGV;
# VFs are made ready before the start; nothing is to be done in the other phases, nor in those of a later PVE.
exit 0 unless defined $phase && $phase eq 'pre-start' && $vmid =~ /\A[1-9][0-9]{2,8}\z/;

my $hook = $ENV{PVEIGPU_HOOK} || '/usr/lib/pveigpu/hook.cjs';
my ($node) = grep { -x } $ENV{PVEIGPU_NODE} || (), '/usr/bin/node';
# A node without pveigpu (the guest was migrated or restored) must not keep the guest from starting.
exit 0 unless defined $node && -r $hook;

# One lock for everything that changes devices, kept across exec: it is free when the last process that has it is gone.
my $run = $ENV{PVEIGPU_RUN} || '/run/pveigpu';
my $wait = $ENV{PVEIGPU_LOCK_SECONDS} || 20;
my $held = 0;
mkdir $run, 0700;
$^F = 255;
if (sysopen my $lock, "$run/device.lock", 66, 0600) {    # O_RDWR | O_CREAT
    local $SIG{ALRM} = sub { die };
    $held = eval { alarm $wait; my $got = flock $lock, 2; alarm 0; $got } ? 1 : 0;    # LOCK_EX
    alarm 0;
    become($lock);
}
become();

sub become {
    $ENV{PVEIGPU_LOCK} = $held ? 'held' : 'busy';
    delete @ENV{qw(NODE_OPTIONS NODE_EXTRA_CA_CERTS)};
    exec { $node } $node, $hook, $vmid, $phase;
    print STDERR "pveigpu: $node cannot be run: $!\n";
    exit 0;
}
