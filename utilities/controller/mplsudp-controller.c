#include <config.h>
#include "overlay-words.h"
#include "mpls-overlay-idl.h"
int
main(int argc OVS_UNUSED, char *argv[] OVS_UNUSED)
{
    return mplsrec_table_classes[0].name == NULL || overlay_encap_name(0) == NULL;
}
