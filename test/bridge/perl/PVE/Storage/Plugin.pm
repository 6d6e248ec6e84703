# Stand-in: a plugin registers its type unless it overrides that.
package PVE::Storage::Plugin;
our @TYPES;
sub register { my ($class) = @_; push @TYPES, $class->type() }
1;
