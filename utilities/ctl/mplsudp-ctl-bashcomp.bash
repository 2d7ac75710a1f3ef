# SPDX-License-Identifier: Apache-2.0
#
# Bash completion for mplsudp-ctl: commands and options as the program lists
# them, and the names of rows as the database has them.  Source this file, or
# put it where bash-completion looks for it.

# Asks the program, with the connection options that were typed.
_mplsudp_ctl_ask () {
    local word connection=()
    for word in "${words[@]}"; do
        case $word in
            --db=* | --private-key=* | --certificate=* | --ca-cert=*)
                connection+=("$word") ;;
        esac
    done
    mplsudp-ctl --timeout=5 "${connection[@]}" "$@" 2>/dev/null
}

# Prints what may stand for argument description $1, the words of which are
# separated by "|".
_mplsudp_ctl_candidates () {
    local description
    for description in ${1//|/ }; do
        case $description in
            HYPERVISOR | TENANT | NETWORK | PORT | PEER)
                _mplsudp_ctl_ask --bare --columns=name list "$description" ;;
            RECORD) _mplsudp_ctl_ask --bare --columns=name list "$table" ;;
            TABLE) echo Overlay Hypervisor Tenant Network Port Label Peer ;;
            [a-z]*=) echo "$description" ;;
        esac
    done
}

# Prints what may stand behind KEY= in $1.
_mplsudp_ctl_values () {
    case $1 in
        role=*) echo promiscuous isolated community: ;;
        label_scope=*) echo local global ;;
        unknown_unicast=*) echo drop flood ;;
        encap=* | encaps=* | default_encap=*) echo mplsudp mplsgre mplsip ;;
        allowed_hypervisors=*) _mplsudp_ctl_candidates HYPERVISOR ;;
        --wait=*) echo none hv ;;
        --format=*) echo table list html csv json ;;
        --data=*) echo string bare json ;;
    esac
}

# Prints what may stand for argument $1, counted from 0, of the command whose
# arguments $2 describes.
_mplsudp_ctl_argument () {
    local n=$1 description repeated=
    for description in $2; do
        case $description in
            '*'* | +*) repeated+=" ${description#?}" ;;
            *) if ((n-- == 0)); then
                   _mplsudp_ctl_candidates "${description#?}"
                   return
               fi ;;
        esac
    done
    for description in $repeated; do
        _mplsudp_ctl_candidates "$description"
    done
}

_mplsudp_ctl () {
    local line=${COMP_LINE:0:COMP_POINT} words cur command= table= n=0 i
    read -ra words <<<"$line"
    if [[ $line == *[[:space:]] ]]; then
        words+=("")
    fi
    cur=${words[-1]}

    # Which command is it, and how many arguments has it before this word?
    for ((i = 1; i < ${#words[@]} - 1; i++)); do
        if [[ ${words[i]} == -- ]]; then
            command= n=0
        elif [[ -z $command && ${words[i]} != -* ]]; then
            command=${words[i]}
        elif [[ -n $command ]]; then
            ((n++ == 0)) && table=${words[i]}
        fi
    done

    local candidates prefix=
    if [[ $cur == [a-z-]*=* ]]; then
        candidates=$(_mplsudp_ctl_values "$cur")
        prefix=${cur%"${cur##*[=,]}"}
    elif [[ -n $command ]]; then
        candidates="$(_mplsudp_ctl_argument $n "$(mplsudp-ctl --commands |
            sed -n "s/^[^,]*,$command,//p")") --"
    elif [[ $cur == -* ]]; then
        candidates=$(mplsudp-ctl --options | sed 's/=ARG$/=/; s/ ARG$//'
                     mplsudp-ctl --commands | cut -d, -f1 | tr -d '[]' |
                         tr ' ' '\n' | sort -u)
    else
        candidates=$(mplsudp-ctl --commands | cut -d, -f2)
    fi

    COMPREPLY=($(compgen -P "$prefix" -W "$candidates" -- "${cur#"$prefix"}"))
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=:] ]]; then
        compopt -o nospace 2>/dev/null
    fi

    # Readline replaces only what stands behind the last "=" or ":".
    local typed=${cur%"${cur##*[=:]}"}
    if [[ -n $typed && $COMP_WORDBREAKS == *[=:]* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"$typed"}")
    fi
}
complete -F _mplsudp_ctl mplsudp-ctl
