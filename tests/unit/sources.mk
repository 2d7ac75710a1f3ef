# SPDX-License-Identifier: Apache-2.0
#
# The unit test program, and where it finds its vectors unless the environment
# says otherwise.

AM_CPPFLAGS += -DMPLSUDP_VECTORS='"$(abs_top_srcdir)/tests/vectors"'

mplsudp_unit_sources = \
	%D%/flows.c \
	%D%/flows.h \
	%D%/kinds.c \
	%D%/kinds.h \
	%D%/mplsudp-test.c \
	%D%/receive-check.c \
	%D%/receive-check.h \
	%D%/reference.c \
	%D%/reference.h \
	%D%/test-gre-header.c \
	%D%/test-icmp-quote.c \
	%D%/test-inet-sum.c \
	%D%/test-key-filter.c \
	%D%/test-inner-packet.c \
	%D%/test-label-action-errors.c \
	%D%/test-label-action.c \
	%D%/test-label-entropy.c \
	%D%/test-label-pop-ttl.c \
	%D%/test-label-pop.c \
	%D%/test-label-push-read.c \
	%D%/test-label-push.c \
	%D%/test-label-round-trip.c \
	%D%/test-label-spread.c \
	%D%/test-label-stack.c \
	%D%/test-mplsudp-config.c \
	%D%/test-mplsudp-decap.c \
	%D%/test-mplsudp-drop.c \
	%D%/test-mplsudp-ecn.c \
	%D%/test-mplsudp-encap.c \
	%D%/test-mplsudp-inherit.c \
	%D%/test-mplsudp-labels.c \
	%D%/test-mplsudp-refuse.c \
	%D%/test-mplsudp-template.c \
	%D%/test-mplsudp-ttl.c \
	%D%/test-option-lists.c \
	%D%/test-outer-header.c \
	%D%/test-receive-layout.c \
	%D%/test-receive-options.c \
	%D%/test-round-trip.c \
	%D%/test-stack-body.c \
	%D%/test-stack-memo.c \
	%D%/test-vectors.c \
	%D%/test-wire.c \
	%D%/tunnel.c \
	%D%/tunnel.h \
	%D%/unit.c \
	%D%/unit.h \
	%D%/vectors.c \
	%D%/vectors.h
