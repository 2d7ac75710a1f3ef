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

sbin_PROGRAMS += %D%/mplsudp-controller
%C%_mplsudp_controller_SOURCES = \
	$(mplsudp_overlay_sources) \
	$(mplsudp_switch_sources) \
	%D%/controller/mplsudp-controller.c
nodist_%C%_mplsudp_controller_SOURCES = $(mplsudp_overlay_built)
%C%_mplsudp_controller_LDADD = lib/libopenvswitch.la

bin_PROGRAMS += %D%/mplsudp-ctl
%C%_mplsudp_ctl_SOURCES = \
	$(mplsudp_overlay_sources) \
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
	%D%/ctl/ctl-words.c \
	%D%/ctl/ctl.h \
	%D%/ctl/mplsudp-ctl.c
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
