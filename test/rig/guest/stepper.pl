#!/usr/bin/perl
# SPDX-License-Identifier: AGPL-3.0-or-later
# Runs kernel steps, one a line: DEADLINE_MS, OPERATION, ARGUMENTS, separated by tabs, with \t \n \\ escaped. Prints one line a
# step: ANSWER, and for every step but `shell` and `reset` the state of the PCI functions and mdevs after it. Each operation
# runs in a child with a deadline, because a write may hang in the kernel for ever; a child that hangs is left behind and
# waited for when its device is closed. `{group:BDF}` in a path is the IOMMU group that the function has or had last.
use strict;
use warnings;
use Errno;
use Fcntl;
use POSIX ();

my $DEVICES = '/sys/bus/pci/devices';
my $TICKS = POSIX::sysconf(POSIX::_SC_CLK_TCK());
my ( %group, %holder, @hung, $kmsg, $log );
$| = 1;

while ( my $line = <STDIN> ) {
    chomp $line;
    my ( $deadline, $operation, @arguments ) = map { unescape($_) } split /\t/, $line, -1;
    s/\{group:([^}]+)\}/$group{$1} \/\/ 'none'/e for @arguments;
    my $answer = run( $operation, $deadline / 1000, @arguments );
    remember_groups();
    my @fields = ($answer);
    push @fields, snapshot() unless $operation =~ /^(shell|reset|mark)$/;
    print join( "\t", map { escape($_) } @fields ), "\n";
}

# A device that stays open would keep this program, and the next one, waiting.
END { everything_let_go() if %holder || @hung }

sub run {
    my ( $operation, $deadline, @a ) = @_;
    return in_child( $deadline, sub { write_value(@a) } )    if $operation eq 'write';
    return in_child( $deadline, sub { read_value(@a) } )     if $operation eq 'read';
    return in_child( $deadline, sub { load_module(@a) } )    if $operation eq 'modprobe';
    return in_child( $deadline, sub { shell(@a) } )          if $operation eq 'shell';
    return ( readlink( settled( $a[0] ) ) // 'null' ) =~ s/.*\///r if $operation eq 'link';
    return lstat( settled( $a[0] ) ) ? 'true' : 'false'      if $operation eq 'exists';
    return join "\n", names( $a[0] )                         if $operation eq 'list';
    return hold(@a)                                          if $operation eq 'open';
    return let_go(@a)                                        if $operation eq 'close';
    return wait_for_log( $deadline, @a )                     if $operation eq 'log';
    return mark()                                            if $operation eq 'mark';
    return everything_let_go()                               if $operation eq 'reset';
    return "unknown operation $operation";
}

# Runs code in a child and answers what it prints; HANG when it does not end in time.
sub in_child {
    my ( $deadline, $code ) = @_;
    pipe( my $from, my $to ) or die "pipe: $!";
    my $pid = fork() // die "fork: $!";
    if ( $pid == 0 ) {
        close $from;
        syswrite $to, $code->();
        POSIX::_exit(0);
    }
    close $to;
    my $end  = now() + $deadline;
    my $text = '';
    my $bits = '';
    vec( $bits, fileno $from, 1 ) = 1;
    while ( ( my $left = $end - now() ) > 0 ) {
        next unless select( my $ready = $bits, undef, undef, $left );
        my $count = sysread $from, $text, 65536, length $text;
        next if $count;
        waitpid $pid, 0;
        return $text;
    }
    # As a program with a deadline does; what waits in the kernel goes on waiting.
    kill 'KILL', $pid;
    push @hung, $pid;
    return 'HANG';
}

# Seconds since some time ago, to a hundredth; Time::HiRes is not in Debian's perl-base.
sub now { return ( POSIX::times() )[0] / $TICKS }

sub errno_name {
    for my $name ( keys %! ) { return $name if $!{$name} && $name !~ /^EWOULDBLOCK|^ENOTSUP$/ }
    return "errno " . ( $! + 0 );
}

sub write_value {
    my ( $path, $value ) = @_;
    sysopen( my $file, $path, O_WRONLY | O_TRUNC ) or return errno_name();
    defined syswrite( $file, $value ) or return errno_name();
    return 'ok';
}

sub read_value {
    my ($path) = @_;
    sysopen( my $file, $path, O_RDONLY ) or return errno_name();
    my $text = '';
    while (1) {
        my $count = sysread $file, $text, 65536, length $text;
        return errno_name() unless defined $count;
        last unless $count;
    }
    $text =~ s/\s+\z//;
    return $text;
}

sub load_module {
    my ($name) = @_;
    my $said = `modprobe $name 2>&1`;
    return 'ok'     if $? == 0;
    return 'ENOENT' if $said =~ /not found/;
    for my $errno ( values %{ { map { $_ => $_ } 1 .. 133 } } ) {
        $! = $errno;
        return errno_name() if $said =~ /: \Q$!\E$/m;
    }
    return $said;
}

sub shell {
    my ($command) = @_;
    my $said = `{ $command ; } 2>&1`;
    return $? == 0 ? 'ok' : 'exit ' . ( $? >> 8 ) . ": $said";
}

# Links below by-path are udev's work, which comes a moment later.
sub settled {
    my ($path) = @_;
    system 'udevadm', 'settle', '--timeout=5' if $path =~ m{/by-path/};
    return $path;
}

sub names {
    my ($path) = @_;
    opendir( my $folder, $path ) or return ();
    return sort grep { !/^\.\.?$/ } readdir $folder;
}

sub hold {
    my ( $path, $name ) = @_;
    my $number = ( readlink("$path/iommu_group") // return 'no IOMMU group' ) =~ s/.*\///r;
    my $device = $path =~ s/.*\///r;
    system 'modprobe', 'vfio_iommu_type1';
    my $pid = open( my $output, '-|', 'vfio_hold', "/dev/vfio/$number", $device, 600 ) // return "vfio_hold: $!";
    my $said = <$output> // 'nothing';
    chomp $said;
    return $said unless $said =~ /^held /;
    $holder{$name} = [ $pid, $output ];
    return 'ok';
}

sub let_go {
    my ($name) = @_;
    my $held = delete $holder{$name} or return "nothing is open as $name";
    kill 'KILL', $held->[0];
    close $held->[1];
    return finish_hung(5) ? 'ok' : 'still hanging';
}

# Waits for the operations that hung; they end when the device is free.
sub finish_hung {
    my ($seconds) = @_;
    my $end = now() + $seconds;
    while (@hung) {
        @hung = grep { waitpid( $_, POSIX::WNOHANG() ) == 0 } @hung;
        return 0 if @hung && now() > $end;
        select undef, undef, undef, 0.02 if @hung;
    }
    return 1;
}

sub everything_let_go {
    let_go($_) for keys %holder;
    return finish_hung(10) ? 'ok' : 'still hanging';
}

sub mark {
    close $kmsg if $kmsg;
    sysopen( $kmsg, '/dev/kmsg', O_RDONLY | O_NONBLOCK ) or return errno_name();
    sysseek $kmsg, 0, 2;
    $log   = '';
    %group = ();
    return 'ok';
}

sub kernel_log {
    while ( defined( my $count = sysread $kmsg, my $record, 8192 ) ) {
        last unless $count;
        $log .= ( $record =~ s/^[^;]*;//r ) =~ s/\n .*//sr . "\n";
    }
    return $log;
}

# Some messages come late: "Device is currently in use" after ten seconds.
sub wait_for_log {
    my ( $deadline, $text ) = @_;
    my $end = now() + $deadline;
    while ( index( kernel_log(), $text ) < 0 ) {
        return 'false' if now() > $end;
        select undef, undef, undef, 0.05;
    }
    return 'true';
}

sub remember_groups {
    for my $bdf ( grep { /:02\.\d$/ } names($DEVICES) ) {
        my $link = readlink "$DEVICES/$bdf/iommu_group" or next;
        $group{$bdf} = $link =~ s/.*\///r;
    }
}

# What is to see without taking a device lock, plus the two attributes that take it when nothing hangs.
sub snapshot {
    @hung = grep { waitpid( $_, POSIX::WNOHANG() ) == 0 } @hung;
    my @facts;
    for my $bdf ( grep { /:02\.\d$/ } names($DEVICES) ) {
        my $folder = "$DEVICES/$bdf";
        for my $link ( 'driver', 'physfn', 'iommu_group', grep { /^virtfn/ } names($folder) ) {
            my $target = readlink "$folder/$link" or next;
            push @facts, "$bdf/$link=" . $target =~ s/.*\///r;
        }
        my @attributes = qw(vendor device class revision subsystem_vendor subsystem_device boot_vga
          sriov_totalvfs sriov_offset sriov_stride sriov_vf_device sriov_drivers_autoprobe);
        push @attributes, qw(sriov_numvfs driver_override) unless @hung;
        for my $attribute (@attributes) {
            my $value = read_value("$folder/$attribute");
            push @facts, "$bdf/$attribute=$value" unless $value eq 'ENOENT';
        }
        for my $type ( names("$folder/mdev_supported_types") ) {
            my $path = "$folder/mdev_supported_types/$type";
            push @facts, "$bdf/$type=" . read_value("$path/available_instances") . ' ' . join ',', names("$path/devices");
        }
    }
    for my $driver (qw(i915 xe vfio-pci pci-pf-stub)) {
        push @facts, "$driver=" . join ',', grep { /:/ } names("/sys/bus/pci/drivers/$driver");
    }
    for my $uuid ( names('/sys/bus/mdev/devices') ) {
        my $path = "/sys/bus/mdev/devices/$uuid";
        push @facts, "$uuid=" . join ' ', map { ( readlink("$path/$_") // 'none' ) =~ s/.*\///r } qw(mdev_type driver iommu_group);
    }
    push @facts, 'dri=' . join ',', grep { /^(card|render)/ } names('/dev/dri');
    push @facts, 'groups=' . join ',', grep { /^\d+$/ } names('/dev/vfio');
    return ( scalar @hung ? 'hanging' : 'free', @facts );
}

sub escape {
    my ($text) = @_;
    $text =~ s/\\/\\\\/g;
    $text =~ s/\t/\\t/g;
    $text =~ s/\n/\\n/g;
    return $text;
}

sub unescape {
    my ($text) = @_;
    my %plain = ( t => "\t", n => "\n", '\\' => '\\' );
    $text =~ s/\\(.)/$plain{$1}/g;
    return $text;
}
