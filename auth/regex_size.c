#include "auth/regex_size.h"

#define GROUPS_MAX 16
#define REPEAT_MAX 255 /* RE_DUP_MAX of POSIX */
#define NODES_SATURATED 1000000u

/* What is known of an open group; the whole expression is the outermost one. */
struct group {
    unsigned nodes;
    unsigned last;            /* nodes of the atom that a repeat would multiply; 0: there is none */
    bool last_can_be_empty;   /* whether that atom matches the empty string */
    bool before_can_be_empty; /* whether what stands before it in its branch does */
    bool is_one_of_several;   /* a '|' has been seen */
};

struct scan {
    struct span rest;
    struct group groups[GROUPS_MAX + 1];
    unsigned depth;
    const char *error; /* NULL as long as all is well */
};

static unsigned saturate(uint64_t nodes)
{
    return nodes > NODES_SATURATED ? NODES_SATURATED : (unsigned)nodes;
}

static uint8_t take(struct scan *scan)
{
    if (scan->rest.len == 0)
        return '\0';
    uint8_t letter = scan->rest.base[0];
    scan->rest = span_slice(scan->rest, 1, scan->rest.len - 1);
    return letter;
}

static bool next_is(const struct scan *scan, char letter)
{
    return scan->rest.len > 0 && scan->rest.base[0] == (uint8_t)letter;
}

static bool branch_can_be_empty(const struct group *group)
{
    return group->before_can_be_empty && (group->last == 0 || group->last_can_be_empty);
}

static void add_atom(struct scan *scan, unsigned nodes, bool can_be_empty)
{
    struct group *group = &scan->groups[scan->depth];
    group->before_can_be_empty = branch_can_be_empty(group);
    group->nodes = saturate((uint64_t)group->nodes + nodes);
    group->last = nodes;
    group->last_can_be_empty = can_be_empty;
}

/* The atom before stands `times` times in the automaton; it has been counted once. */
static void repeat(struct scan *scan, unsigned times, bool can_be_empty)
{
    struct group *group = &scan->groups[scan->depth];
    if (group->last == 0) {
        scan->error = "a repeat follows nothing";
        return;
    }
    if (group->last_can_be_empty) {
        scan->error = "a repeat follows something that can be empty: write (x)* for (x*)*";
        return;
    }
    unsigned repeated = saturate((uint64_t)group->last * times + 1);
    group->nodes = saturate((uint64_t)group->nodes - group->last + repeated);
    group->last = repeated;
    group->last_can_be_empty = can_be_empty;
}

static bool take_number(struct scan *scan, unsigned *number)
{
    *number = 0;
    size_t digits = 0;
    while (scan->rest.len > 0 && scan->rest.base[0] >= '0' && scan->rest.base[0] <= '9') {
        *number = *number * 10 + (unsigned)(take(scan) - '0');
        if (++digits > 3)
            return false;
    }
    return digits > 0 && *number <= REPEAT_MAX;
}

/* {n}, {n,} or {n,m}; the brace is taken. */
static void scan_interval(struct scan *scan)
{
    unsigned low;
    unsigned high;
    bool valid = take_number(scan, &low);
    high = low;
    if (valid && next_is(scan, ',')) {
        take(scan);
        if (next_is(scan, '}'))
            high = low + 1; /* the last of them repeats for ever */
        else
            valid = take_number(scan, &high) && low <= high;
    }
    if (!valid || take(scan) != '}')
        scan->error = "a brace is no {n}, {n,} or {n,m} with numbers up to 255";
    else
        repeat(scan, high > 0 ? high : 1, low == 0);
}

/* "[:" has been seen; takes through ":]". */
static bool take_class(struct scan *scan)
{
    take(scan);
    while (scan->rest.len > 0) {
        uint8_t letter = take(scan);
        if (letter == ':' && next_is(scan, ']'))
            return take(scan) == ']';
        if (letter < 'a' || letter > 'z')
            return false;
    }
    return false;
}

/* A bracket expression (POSIX XBD 9.3.5); the bracket is taken. A ']' in the first place stands for
 * itself, and so do all other special characters. */
static void scan_bracket(struct scan *scan)
{
    if (next_is(scan, '^'))
        take(scan);
    bool first = true;
    while (scan->rest.len > 0) {
        uint8_t letter = take(scan);
        if (letter == ']' && !first) {
            add_atom(scan, 1, false);
            return;
        }
        first = false;
        if (letter != '[')
            continue;
        if (next_is(scan, '.') || next_is(scan, '=') || (next_is(scan, ':') && !take_class(scan)))
            break;
    }
    scan->error = "a bracket is not closed, or holds [. or [=";
}

static void open_group(struct scan *scan)
{
    if (scan->depth == GROUPS_MAX) {
        scan->error = "parentheses lie deeper than 16";
        return;
    }
    scan->groups[++scan->depth] = (struct group){.before_can_be_empty = true};
}

/* At each '|' and at the end of a group with one. */
static void check_branch(struct scan *scan)
{
    const struct group *group = &scan->groups[scan->depth];
    if (group->is_one_of_several && branch_can_be_empty(group))
        scan->error = "an alternative can be empty: write (x)? for (x|)";
}

static void close_group(struct scan *scan)
{
    if (scan->depth == 0) {
        scan->error = "a parenthesis is closed that was not opened";
        return;
    }
    check_branch(scan);
    struct group group = scan->groups[scan->depth];
    scan->depth--;
    add_atom(scan, saturate((uint64_t)group.nodes + 1),
             !group.is_one_of_several && branch_can_be_empty(&group));
}

static void scan_escape(struct scan *scan)
{
    uint8_t letter = take(scan);
    if (letter == '\0' || strchr(".[]{}()\\*+?|^$/:-_~!@#%&=,;\"", letter) == NULL)
        scan->error = "a backslash stands before something other than punctuation";
    else
        add_atom(scan, 1, false);
}

static void scan_branch(struct scan *scan)
{
    struct group *group = &scan->groups[scan->depth];
    group->is_one_of_several = true;
    check_branch(scan);
    group->nodes = saturate((uint64_t)group->nodes + 1);
    group->last = 0;
    group->before_can_be_empty = true;
}

static void scan_letter(struct scan *scan, uint8_t letter)
{
    switch (letter) {
    case '(':
        open_group(scan);
        break;
    case ')':
        close_group(scan);
        break;
    case '[':
        scan_bracket(scan);
        break;
    case '{':
        scan_interval(scan);
        break;
    case '\\':
        scan_escape(scan);
        break;
    case '|':
        scan_branch(scan);
        break;
    case '*':
    case '?':
        repeat(scan, 1, true);
        break;
    case '+': /* written out as aa* */
        repeat(scan, 2, false);
        break;
    case '^':
    case '$':
        add_atom(scan, 1, true);
        break;
    default:
        add_atom(scan, 1, false);
    }
}

static bool is_printable(struct span pattern)
{
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.base[i] < 0x20 || pattern.base[i] > 0x7e)
            return false;
    }
    return true;
}

enum status regex_size(struct span pattern, size_t max_len, unsigned *nodes, struct fault *fault)
{
    *nodes = 0;
    if (pattern.len > max_len)
        return fault_raise(fault, STATUS_INVALID,
                           "the regular expression has %zu characters and may have %zu",
                           pattern.len, max_len);
    if (!is_printable(pattern))
        return fault_raise(fault, STATUS_INVALID,
                           "the regular expression has a character that is not printable ASCII");
    struct scan scan = {.rest = pattern, .groups = {{.before_can_be_empty = true}}};
    while (scan.rest.len > 0 && scan.error == NULL)
        scan_letter(&scan, take(&scan));
    if (scan.error == NULL && scan.depth > 0)
        scan.error = "a parenthesis is not closed";
    if (scan.error == NULL)
        check_branch(&scan);
    if (scan.error != NULL)
        return fault_raise(fault, STATUS_INVALID,
                           "the regular expression is refused: %s, near "
                           "character %zu",
                           scan.error, pattern.len - scan.rest.len);
    *nodes = scan.groups[0].nodes;
    return STATUS_OK;
}
