# Stand-in: two resource mappings.
package PVE::Mapping::PCI;
sub config { return { ids => { 'igpu-vf' => {}, 'other' => {} } } }
1;
