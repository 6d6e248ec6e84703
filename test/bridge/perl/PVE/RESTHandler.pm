# Stand-in: keeps what is registered, checks what PVE's own checks when methods are registered, and calls them.
package PVE::RESTHandler;
use strict;
use warnings;
our %METHODS;

sub register_method {
    my ($self, $info) = @_;
    die "register method $self/ - no path" if !defined($info->{path});
    for my $part (split(m!/+!, $info->{path})) { die "path component has zero length\n" if $part eq '' }
    my $key = ($info->{subclass} ? 'SUBCLASS' : $info->{method}) . " $info->{path}";
    die "duplicate method definition $key\n" if $METHODS{$self}->{$key};
    if (!$info->{subclass}) {
        for my $field (qw(name parameters returns code permissions)) { die "$key has no $field\n" if !$info->{$field} }
        die "$key allows anything\n" if $info->{parameters}->{additionalProperties} // 1;
    }
    $METHODS{$self}->{$key} = $info;
}
1;
