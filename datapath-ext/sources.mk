# SPDX-License-Identifier: Apache-2.0
#
# The adapter between lib/ and OVS's userspace datapath.  Included by the
# grafted Open vSwitch, which links it into libopenvswitch.

AM_CPPFLAGS += -I $(top_srcdir)/%D%

mplsudp_datapath_sources = \
	%D%/compat.h \
	%D%/direct-learn.inc \
	%D%/direct-receive.inc \
	%D%/label-actions-text.c \
	%D%/label-actions.c \
	%D%/label-actions.h \
	%D%/packet-room.h \
	%D%/receive-cache.c \
	%D%/receive-cache.h \
	%D%/receive-mask.c \
	%D%/receive-mask.h \
	%D%/receive-packet.h \
	%D%/route-resync.h \
	%D%/route-resync.inc \
	%D%/vport-mplsudp-config.c \
	%D%/vport-mplsudp-conflict.c \
	%D%/vport-mplsudp-count.c \
	%D%/vport-mplsudp-drops.c \
	%D%/vport-mplsudp-mtu.c \
	%D%/vport-mplsudp-pmtu.c \
	%D%/vport-mplsudp-private.h \
	%D%/vport-mplsudp-receive.c \
	%D%/vport-mplsudp-sflow.c \
	%D%/vport-mplsudp-show.c \
	%D%/vport-mplsudp-sources.c \
	%D%/vport-mplsudp-text.c \
	%D%/vport-mplsudp-transmit.c \
	%D%/vport-mplsudp.h
