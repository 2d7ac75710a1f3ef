# SPDX-License-Identifier: Apache-2.0
#
# The adapter between OpenFlow translation and OVS.  Included by the grafted
# Open vSwitch, which links it into libofproto.

AM_CPPFLAGS += -I $(top_srcdir)/%D%

mplsudp_ofproto_sources = \
	%D%/packet-type-mend.h
