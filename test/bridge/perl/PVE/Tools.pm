# Stand-in: a time limit by alarm, and programs.
package PVE::Tools;
sub run_with_timeout {
    my ($seconds, $code) = @_;
    local $SIG{ALRM} = sub { die "got timeout\n" };
    alarm($seconds);
    my $answer = eval { $code->() };
    my $error = $@;
    alarm(0);
    die $error if $error;
    return $answer;
}
sub run_command { my ($argv, %options) = @_; system(@$argv); return $? >> 8 }
1;
