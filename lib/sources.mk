# SPDX-License-Identifier: Apache-2.0
#
# The pure codec.  Included by this project's own Makefile.am, which builds it
# alone, and by the grafted Open vSwitch, which links it into libopenvswitch.

AM_CPPFLAGS += -I $(top_srcdir)/%D%

mplsudp_lib_sources = \
	%D%/encap-lane.h \
	%D%/gre-header.c \
	%D%/gre-header.h \
	%D%/icmp-quote.c \
	%D%/icmp-quote.h \
	%D%/inet-sum.c \
	%D%/inet-sum.h \
	%D%/inner-packet.c \
	%D%/inner-packet.h \
	%D%/key-filter.c \
	%D%/key-filter.h \
	%D%/label-action.c \
	%D%/label-action.h \
	%D%/label-entropy.c \
	%D%/label-entropy.h \
	%D%/label-pop.c \
	%D%/label-pop.h \
	%D%/label-push.c \
	%D%/label-push.h \
	%D%/label-stack.c \
	%D%/label-stack.h \
	%D%/mplsudp-config.c \
	%D%/mplsudp-config.h \
	%D%/mplsudp-decap.c \
	%D%/mplsudp-decap.h \
	%D%/mplsudp-drop.c \
	%D%/mplsudp-drop.h \
	%D%/mplsudp-encap.c \
	%D%/mplsudp-encap.h \
	%D%/mplsudp-template.c \
	%D%/mplsudp-template.h \
	%D%/mplsudp-type.c \
	%D%/mplsudp-type.h \
	%D%/option-value.c \
	%D%/option-value.h \
	%D%/outer-header.c \
	%D%/outer-header.h \
	%D%/receive-layout.c \
	%D%/receive-layout.h \
	%D%/stack-body.c \
	%D%/stack-body.h \
	%D%/stack-memo.c \
	%D%/stack-memo.h \
	%D%/wire.h
