# SPDX-License-Identifier: Apache-2.0
#
# The adapter between OpenFlow actions and OVS: their encoding, which
# libopenvswitch has, and their translation, which libofproto has.  Included by
# the grafted Open vSwitch.

AM_CPPFLAGS += -I $(top_srcdir)/%D%

mplsudp_actions_sources = \
	%D%/ofp-label-actions.c \
	%D%/ofp-label-actions.h \
	%D%/ofp-label-actions.inc

mplsudp_ofproto_sources = \
	%D%/label-support.c \
	%D%/label-support.h \
	%D%/packet-type-mend.h \
	%D%/packet-undo.inc \
	%D%/trace-labels.inc \
	%D%/xlate-labels.h \
	%D%/xlate-labels.inc
