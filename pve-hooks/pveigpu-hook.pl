#!/usr/bin/perl
# SPDX-License-Identifier: AGPL-3.0-or-later
# pveigpu: makes the GPU slice of a guest ready when it starts. PVE calls this as: pveigpu-hook VMID PHASE
# No modules are loaded, so that a phase with nothing to do costs no more than perl itself.

my ($vmid, $phase) = @ARGV;
my $run = $ENV{PVEIGPU_RUN} || '/run/pveigpu';
# VFs are made ready before the start, and a GPU that was handed over is given back after the stop. Nothing is to be done in
# the other phases, nor in those of a later PVE.
exit 0 unless defined $phase && $vmid =~ /\A[1-9][0-9]{2,8}\z/;
exit 0 unless $phase eq 'pre-start' || ($phase eq 'post-stop' && -d "$run/handover");

my $root = $ENV{PVEIGPU_ROOT} || '';
my $hook = $ENV{PVEIGPU_HOOK} || '/usr/lib/pveigpu/hook.cjs';
my ($node) = grep { -x } $ENV{PVEIGPU_NODE} || (), '/usr/bin/node';
give_up("$hook is not there") unless defined $node && -r $hook;

# One lock for everything that changes devices. The program gets it handed down; it is free when the last process that
# has it is gone.
my $held = 0;
mkdir $run, 0700;
$^F = 255;
if (sysopen my $lock, "$run/device.lock", 66, 0600) {    # O_RDWR | O_CREAT
    $held = within($ENV{PVEIGPU_LOCK_SECONDS} || 20, sub { flock $lock, 2 });    # LOCK_EX
    work();
}
work();

# The program ends by itself after 30 seconds and says 100 for a refusal; every other end is a fault of ours.
sub work {
    $ENV{PVEIGPU_LOCK} = $held ? 'held' : 'busy';
    delete @ENV{qw(NODE_OPTIONS NODE_EXTRA_CA_CERTS)};
    my $pid = fork;
    give_up("no process could be made: $!") unless defined $pid;
    if ($pid == 0) {
        exec { $node } $node, $hook, $vmid, $phase;
        exit 1;
    }
    $SIG{$_} = sub { kill TERM => $pid } for qw(INT TERM HUP);
    # A signal ends the wait early (EINTR is 4).
    if (!within($ENV{PVEIGPU_WORK_SECONDS} || 40, sub { 1 while waitpid($pid, 0) == -1 && $! == 4; 1 })) {
        kill KILL => $pid;
        give_up('it did not come to an end');
    }
    exit 0 if $? == 0;
    exit 1 if $? == 100 << 8;
    give_up($? & 127 ? 'it was ended by signal ' . ($? & 127) : 'it failed with exit code ' . ($? >> 8));
}

# Runs something that takes a while; false when the seconds are over first.
sub within {
    my ($seconds, $what) = @_;
    local $SIG{ALRM} = sub { die };
    my $done = eval { alarm $seconds; my $answer = $what->(); alarm 0; $answer } ? 1 : 0;
    alarm 0;
    return $done;
}

# Where pveigpu cannot look after a guest (a node without it, a fault of ours) one on a VF or mdev starts all the same: PVE
# fails by itself when the device is not there. One that takes the whole GPU would take the VFs of others, so it does not.
sub give_up {
    my ($why) = @_;
    if ($phase eq 'post-stop') {
        print STDERR "pveigpu: The GPU of VM $vmid was not given back to the host: $why.\n";
        exit 0;
    }
    my $gpu = whole_gpu();
    exit 0 if !defined $gpu && $why =~ /is not there\z/;
    print STDERR "pveigpu: The GPU of VM $vmid was not looked after: $why.\n";
    exit 0 unless defined $gpu;
    print STDERR "pveigpu: VM $vmid takes the whole GPU $gpu, so it is not started.\n";
    exit 1;
}

# The first whole Intel GPU among the functions that the guest's configuration names, itself or by a mapping.
sub whole_gpu {
    my @wanted;
    for (lines("/etc/pve/qemu-server/$vmid.conf")) {
        last if /^\[/;
        next unless /^hostpci\d+:\s*(\S+)/;
        my $value = $1;
        next if $value =~ /(?:^|,)mdev=/;
        if ($value =~ /(?:^|,)mapping=([^,]+)/) { push @wanted, mapped($1) }
        elsif ($value =~ /(?:^|,)(?:host=)?([0-9a-f:.;]+)/i) { push @wanted, split /;/, $1 }
    }
    my $devices = "$root/sys/bus/pci/devices";
    for my $address (map { lc } @wanted) {
        $address = "0000:$address" unless $address =~ /:.*:/;
        # An address without a function stands for all that there can be.
        for my $folder (map { "$devices/$_" } $address =~ /\./ ? $address : map { "$address.$_" } 0 .. 7) {
            next if -l "$folder/physfn" || !-e "$folder/class";
            my ($class, $vendor) = map { (lines(substr "$folder/$_", length $root))[0] // '' } qw(class vendor);
            return $folder =~ s{.*/}{}r if $class =~ /^0x03/ && $vendor =~ /^0x8086/;
        }
    }
    return undef;
}

# The addresses that a mapping has on this node.
sub mapped {
    my ($id) = @_;
    my ($here) = (readlink("$root/etc/pve/local") // '') =~ m{([^/]+)\z};
    my ($inside, @paths) = (0);
    for (lines('/etc/pve/mapping/pci.cfg')) {
        $inside = $1 eq $id if /^(\S+)/;
        next unless $inside && /^\s+map\s+(\S+)/;
        my %entry = map { split /=/, $_, 2 } split /,/, $1;
        push @paths, split /;/, $entry{path} // '' if ($entry{node} // '') eq ($here // '');
    }
    return @paths;
}

sub lines {
    my ($path) = @_;
    open my $file, '<', "$root$path" or return;
    return <$file>;
}
