# SPDX-License-Identifier: Apache-2.0
#
# The controller and its command line tool.  Included by the grafted Open
# vSwitch, whose library and OVSDB code generator they are built with.

AM_CPPFLAGS += -I $(top_srcdir)/%D%/controller
AM_CPPFLAGS += -I $(top_builddir)/%D%/controller

OVSIDL_BUILT += \
	%D%/controller/mpls-overlay-idl.c \
	%D%/controller/mpls-overlay-idl.h \
	%D%/controller/mpls-overlay-idl.ovsidl
%D%/controller/mpls-overlay-idl.ovsidl: \
    %D%/controller/mpls-overlay.ovsschema %D%/controller/mpls-overlay.ann
	$(AM_V_GEN)mkdir -p $(@D) && $(OVSDB_IDLC) annotate \
	  $(srcdir)/mplsudp/utilities/controller/mpls-overlay.ovsschema \
	  $(srcdir)/mplsudp/utilities/controller/mpls-overlay.ann >$@.tmp && \
	  mv $@.tmp $@

pkgdata_DATA += %D%/controller/mpls-overlay.ovsschema

# ovsdb-doc fails if a table or column is not documented.
man_MANS += %D%/controller/mpls-overlay.5
CLEANFILES += %D%/controller/mpls-overlay.5
%D%/controller/mpls-overlay.5: ovsdb/ovsdb-doc \
    %D%/controller/mpls-overlay.xml %D%/controller/mpls-overlay.ovsschema
	$(AM_V_GEN)mkdir -p $(@D) && $(OVSDB_DOC) --version=$(VERSION) \
	  $(srcdir)/mplsudp/utilities/controller/mpls-overlay.ovsschema \
	  $(srcdir)/mplsudp/utilities/controller/mpls-overlay.xml >$@.tmp && \
	  mv $@.tmp $@

mplsudp_overlay_sources = \
	%D%/controller/overlay-words.c \
	%D%/controller/overlay-words.h
mplsudp_overlay_built = \
	%D%/controller/mpls-overlay-idl.c \
	%D%/controller/mpls-overlay-idl.h

mplsudp_switch_sources = \
	%D%/controller/flow-table.c \
	%D%/controller/flow-table.h \
	%D%/controller/switch-bundle.c \
	%D%/controller/switch-private.h \
	%D%/controller/switch-read.c \
	%D%/controller/switch-session.c \
	%D%/controller/switch.c \
	%D%/controller/switch.h

mplsudp_flows_sources = \
	%D%/controller/flow-writer.c \
	%D%/controller/flow-writer.h \
	%D%/controller/flows-classify.c \
	%D%/controller/flows-deliver.c \
	%D%/controller/flows-forward.c \
	%D%/controller/flows-labels.c \
	%D%/controller/flows-neighbours.c \
	%D%/controller/flows-pipeline.c \
	%D%/controller/flows-pipeline.h \
	%D%/controller/flows-replicate.c \
	%D%/controller/flows-route.c \
	%D%/controller/flows-security.c \
	%D%/controller/flows.c \
	%D%/controller/flows.h

sbin_PROGRAMS += %D%/mplsudp-controller
%C%_mplsudp_controller_SOURCES = \
	$(mplsudp_flows_sources) \
	$(mplsudp_overlay_sources) \
	$(mplsudp_switch_sources) \
	%D%/controller/acknowledge.c \
	%D%/controller/acknowledge.h \
	%D%/controller/commands.c \
	%D%/controller/controller.c \
	%D%/controller/controller.h \
	%D%/controller/high-availability.c \
	%D%/controller/high-availability.h \
	%D%/controller/label-policy.c \
	%D%/controller/label-policy.h \
	%D%/controller/label-pool.c \
	%D%/controller/label-pool.h \
	%D%/controller/label-ready.c \
	%D%/controller/label-ready.h \
	%D%/controller/label-release.c \
	%D%/controller/label-release.h \
	%D%/controller/mplsudp-controller.c \
	%D%/controller/overlay-rows.c \
	%D%/controller/overlay-rows.h \
	%D%/controller/overlay-sites.c \
	%D%/controller/overlay-sites.h \
	%D%/controller/overlay.c \
	%D%/controller/overlay.h \
	%D%/controller/packet-in.c \
	%D%/controller/packet-in.h \
	%D%/controller/peer-offers.c \
	%D%/controller/peer-offers.h \
	%D%/controller/port-binding.c \
	%D%/controller/port-binding.h \
	%D%/controller/program.c \
	%D%/controller/program.h \
	%D%/controller/rows-tenant.c \
	%D%/controller/rows-underlay.c \
	%D%/controller/status.c \
	%D%/controller/status.h
nodist_%C%_mplsudp_controller_SOURCES = $(mplsudp_overlay_built)
%C%_mplsudp_controller_LDADD = lib/libopenvswitch.la

completion_SCRIPTS += %D%/ctl/mplsudp-ctl-bashcomp.bash

bin_PROGRAMS += %D%/mplsudp-ctl
%C%_mplsudp_ctl_SOURCES = \
	$(mplsudp_overlay_sources) \
	%D%/ctl/ctl-check.c \
	%D%/ctl/ctl-cost.c \
	%D%/ctl/ctl-hypervisor.c \
	%D%/ctl/ctl-label.c \
	%D%/ctl/ctl-network.c \
	%D%/ctl/ctl-options.c \
	%D%/ctl/ctl-options.h \
	%D%/ctl/ctl-overlay.c \
	%D%/ctl/ctl-peer.c \
	%D%/ctl/ctl-port.c \
	%D%/ctl/ctl-row.c \
	%D%/ctl/ctl-rules.c \
	%D%/ctl/ctl-show.c \
	%D%/ctl/ctl-table.c \
	%D%/ctl/ctl-tenant.c \
	%D%/ctl/ctl-trace.c \
	%D%/ctl/ctl-words.c \
	%D%/ctl/ctl.h \
	%D%/ctl/mplsudp-ctl.c \
	%D%/ctl/trace-packet.c \
	%D%/ctl/trace-packet.h \
	%D%/ctl/trace-parse.c \
	%D%/ctl/trace-parse.h \
	%D%/ctl/trace-switch.c \
	%D%/ctl/trace-switch.h
nodist_%C%_mplsudp_ctl_SOURCES = $(mplsudp_overlay_built)
%C%_mplsudp_ctl_LDADD = lib/libopenvswitch.la

# What tests drive the OpenFlow side with.
noinst_PROGRAMS += %D%/controller/test-switch
%C%_controller_test_switch_SOURCES = \
	$(mplsudp_overlay_sources) \
	$(mplsudp_switch_sources) \
	%D%/controller/test-switch.c
nodist_%C%_controller_test_switch_SOURCES = $(mplsudp_overlay_built)
%C%_controller_test_switch_LDADD = lib/libopenvswitch.la
