/* completion_bash.c: the completion script for bash. */
#include <stdio.h>
#include <string.h>

#include "completion.h"

static void put_bash_options(const verb *v, option_value value)
{
    bool first = true;
    for (const option_row *row = v->options; row->id != OPTION_NONE; row++) {
        if (row->value != value)
            continue;
        printf("%s--%s", first ? "" : "|", row->name);
        if (row->letter != '\0')
            printf("|-%c", row->letter);
        first = false;
    }
    if (first)
        printf("''");
}

static void put_bash_case(const verb *v)
{
    printf("    '%s')\n        words='", v->name);
    if (v->verbs != NULL)
        completion_verbs(v->verbs);
    for (const option_row *row = v->options; row->id != OPTION_NONE; row++)
        printf(" --%s", row->name);
    printf("'\n        case $previous in\n        ");
    put_bash_options(v, VALUE_FILE);
    printf(") words='' files=yes ;;\n        ");
    put_bash_options(v, VALUE_TEXT);
    printf(") words='' ;;\n        ");
    put_bash_options(v, VALUE_STATUSES);
    printf(") words=$statuses list=yes ;;\n        *) files=yes ;;\n        esac\n        ;;\n");
}

/* "$path $word" of a first word begins with a blank. */
static void put_bash_path(const verb *v)
{
    printf("        '%s%s') path='%s' ;;\n", strchr(v->name, ' ') == NULL ? " " : "", v->name,
           v->name);
}

void completion_bash(void)
{
    printf("# bash completion for assay\n_assay() {\n"
           "    local current=$2 previous=$3 path='' words='' files='' list='' word i\n"
           "    local statuses='");
    completion_statuses();
    printf("'\n    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        word=${COMP_WORDS[i]}\n"
           "        case \"$path $word\" in\n");
    completion_each_verb(verbs, put_bash_path);
    printf("        esac\n    done\n    case $path in\n    '') words='");
    completion_verbs(verbs);
    printf(" --help --version' ;;\n    help) words='");
    completion_verbs(verbs);
    printf("' ;;\n    completion) words='bash zsh fish' ;;\n");
    for (const verb *const *v = verbs; *v != NULL; v++) {
        if (*v == &verb_help || *v == &verb_completion)
            continue;
        completion_each_verb((const verb *const[]) { *v, NULL }, put_bash_case);
    }
    printf("    esac\n"
           "    local before=''\n"
           "    if [[ $list && $current == *,* ]]; then\n"
           "        before=${current%%,*},\n"
           "        current=${current##*,}\n"
           "    fi\n"
           "    COMPREPLY=($(compgen -P \"$before\" -W \"$words\" -- \"$current\"))\n"
           "    if [[ $files && $current != -* ]]; then\n"
           "        compopt -o filenames 2>/dev/null\n"
           "        COMPREPLY+=($(compgen -f -- \"$current\"))\n"
           "    fi\n"
           "}\ncomplete -F _assay assay\n");
}
